"""One function a printed table: rows of `coverage` in, a captioned table in both languages out.

The HTML is ten lines of template of our own, because pandas and Styler write no `scope`, no
caption and random ids, and don't escape what the data holds.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
from jinja2 import Environment
from markupsafe import Markup, escape

from analysis.schema import BASES, SEGMENTS, facts_of
from analysis.words import (
    LANGUAGES,
    Shown,
    base_name,
    cited,
    count,
    decimal,
    figure,
    footnote,
    growth,
    identity,
    month,
    people_left,
    percent,
    points,
    printed,
    printed_percent,
    rate,
    rupiah,
    rupiah_short,
    rupiah_span,
    signed,
    span,
    statement,
    statements,
    target_printed,
    term,
    uncertain,
)

_TEMPLATE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<table>
<caption>{{ title }}</caption>
<thead><tr>{% for head, numeric in heads %}<th scope="col"{% if numeric %} class="n"{% endif %}>{{ head }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in rows %}
<tr><th scope="row">{{ row[0] }}</th>{% for cell, numeric in row[1:] %}<td{% if numeric %} class="n"{% endif %}>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
""")

Column = tuple[str, str]
_NUMERIC = (
    "count",
    "rate",
    "percent",
    "printed",
    "effect",
    "people",
    "growth",
    "measure",
    "between",
    "span",
    "fine",
    "unseen",
    "said",
    "shares",
    "spread",
    "gain",
    "indices",
    "bounds",
    "odds",
    "reach",
    "effort",
    "plain_points",
    "hits",
    "rupiah",
    "rupiah_short",
    "rupiah_spread",
    "per_head",
    "tariff",
)


def table(
    name: str,
    rows: pd.DataFrame,
    columns: Sequence[Column],
    *,
    id: str,
    en: str,
    note: bool = True,
    data: pd.DataFrame | None = None,
) -> Shown:
    """A table with caption (`id`, `en`), header cells a screen reader can use, and its sources below.

    `columns` are pairs of a column of `rows` and a kind: term, text, month, count, percent, rate
    (the rate, or why there is none), printed (a count as it stood), dates, caution, or cite (numbered sources). The
    first column heads the row. Headers are the glossary's words for the columns. A table whose rows
    carry their own dates and sources goes without the `note`; one without rows shows nothing. `data` goes
    into the CSV file beside the page, where that isn't the columns themselves.
    """
    if rows.empty:
        return Shown("table", name, text={})
    titles = {"id": id, "en": en}
    records: list[dict[str, Any]] = _with_columns_of_facts(rows).to_dict("records")
    html, text = {}, {}
    for language in LANGUAGES:
        heads = [(term(column if kind != "cite" else "title", language), kind in _NUMERIC) for column, kind in columns]
        cells = [[_cell(row, column, kind, language) for column, kind in columns] for row in records]
        numbered = [
            [first, *zip(rest, (kind in _NUMERIC for _, kind in columns[1:]), strict=True)] for first, *rest in cells
        ]
        html[language] = _TEMPLATE.render(title=titles[language], heads=heads, rows=numbered)
        lines = [[head for head, _ in heads], *([str(escape(cell).striptags()) for cell in row] for row in cells)]
        text[language] = "\n".join([titles[language], *(" | ".join(line) for line in lines)])
    plain = [{column: row[column] for column, kind in columns} for row in records]
    behind = plain if data is None else data.to_dict("records")
    facts = facts_of(rows)
    below = footnote(facts) if note else {}
    return Shown("table", name, text, html, title=titles, note=below, facts=facts, data=behind)


def _with_columns_of_facts(rows: pd.DataFrame) -> pd.DataFrame:
    if "facts" not in rows:
        return rows
    names = ("as_of", "workers_as_of", "confidence", "source_ids")
    return rows.assign(**{name: [getattr(facts, name) for facts in rows["facts"]] for name in names})


def _cell(row: dict[str, Any], column: str, kind: str, language: str) -> str | Markup:
    value = row[column]
    if kind == "rate":
        if row.get("rate_printed"):
            return printed_percent(row["rate_printed"], language)
        return rate(row, language)
    if kind in _OF_CLAIMS:
        return _OF_CLAIMS[kind](row, language)
    if kind == "cite":
        return cited(value)
    if kind == "dates":
        return _dates(row, language)
    if column == "uncovered" and row.get("rate_is") in ("not residents", "exceeds"):
        return "–"
    if kind == "component":
        return term(f"{value} effect", language)
    if kind == "effect":
        return _effect(row, language)
    if kind == "measure":
        return _measure(value, row["unit"], language)
    if kind == "between":
        return _to(count(row[f"{column}_low"], language), count(row[f"{column}_high"], language), language)
    if kind in ("count", "people") and "component" in row and pd.isna(value):
        return "–"  # this part of a change isn't one of people
    if kind == "people":
        return _to(signed(row["people_low"], language), signed(row["people_high"], language), language)
    if kind == "caution":
        return str(row["caution_id"] if language == "id" else value)
    if kind in _OF_SCENARIOS:
        return _OF_SCENARIOS[kind](row, column, language)
    write: dict[str, Callable[[object, str], str]] = {
        "count": count,
        "percent": percent,
        "month": month,
        "term": term,
        "printed": printed,
        "growth": growth,
        "rupiah": rupiah,
        "rupiah_short": rupiah_short,
    }
    return write[kind](value, language) if kind in write else str(value)


def _effect(row: dict[str, Any], language: str) -> str:
    """Points with their interval where it shows in two decimals, or in words why there are none."""
    if row["known_is"] != "known":
        return term(row["known_is"], language)
    point, low, high = (points(row[column], language, unit=False) for column in ("points", "points_low", "points_high"))
    return point if low == high else f"{point} ({_to(low, high, language)})"


def _to(low: str, high: str, language: str) -> str:
    return low if low == high else f"{low} {'sampai' if language == 'id' else 'to'} {high}"


def _measure(value: Any, unit: str, language: str) -> str:
    if pd.isna(value):
        return term("not known", language)
    if unit == "share":
        return percent(value, language, 1)
    scale, digits = {"points": (100, 2), "points squared": (10_000, 1), "ratio": (1, 2)}.get(unit, (1, 3))
    return ("−" if value < 0 else "") + decimal(abs(float(value)) * scale, language, digits)


def _dates(row: dict[str, Any], language: str) -> str:
    """The date of the participants, and that of the workers where it is another."""
    people, workers = (", ".join(month(p, language) for p in row[column]) for column in ("as_of", "workers_as_of"))
    note = {"id": "pekerja", "en": "workers"}[language]
    return people if people == workers or not workers else f"{people}; {note}: {workers}"


# The rate stands first after the row's name: on a phone it is what is seen without scrolling.
_RATE = ("rate", "rate")
_AS_PRINTED = [("covered_printed", "printed"), ("workers_printed", "printed")]
_OWN = [("as_of", "dates"), ("confidence", "term"), ("source_ids", "cite")]


def _cautions(rows: pd.DataFrame) -> list[Column]:
    return [("caution", "caution")] if (rows["caution"] != "").any() else []


def by_segment(rows: pd.DataFrame) -> Shown:
    """Covered, workers, uncovered and rate of one place: PU, BPU and all (rows of `place`).

    >>> print(by_segment(here.tail(1)).text["en"])
    Coverage by segment
    Segment | Coverage rate | Covered | Workers | Uncovered
    All segments | 15.60% | 732,890 | 4,697,658 | 3,964,768
    """
    counted = [("covered", "count"), ("workers", "count"), ("uncovered", "count")]
    figures = _AS_PRINTED if (rows["workers_printed"] != "").any() else counted
    columns = [("segment", "term"), _RATE, *figures, *(_cautions(rows) if "caution" in rows else [])]
    return table("segments", rows, columns, id="Cakupan menurut segmen", en="Coverage by segment")


def two_bases(rows: pd.DataFrame) -> Shown:
    """The place on BPS's base and, as published in the same year, on the eligible base (rows of `bases`).

    Nothing where no article prints a rate for that year.

    >>> from analysis.coverage import bases
    >>> [row["base"] for row in two_bases(bases(choice, covered, workers, claims)).data]
    ['employed', 'eligible']
    """
    if len(rows) == 1:
        return Shown("table", "bases", text={})
    columns = [("base", "term"), _RATE, *_AS_PRINTED, *_OWN, *_cautions(rows)]
    return table("bases", rows, columns, id="Satu tempat, dua dasar", en="One place, two bases", note=False)


def two_splits(rows: pd.DataFrame) -> Shown:
    """The same period by domicile and by registration, side by side and never added (rows of `splits`).

    >>> from analysis.coverage import splits
    >>> rows = splits(choice, participants, workers)
    >>> two_splits(rows).text["en"].splitlines()[3]
    "where the employer is registered | not the residents' coverage | 453,853 | 4,697,658 | December 2023; workers: August 2023 | high | [1] [2]"
    """
    columns = [("basis", "term"), _RATE, ("covered", "count"), ("workers", "count"), *_OWN]
    english = "Two ways of splitting the same participants"
    return table("splits", rows, columns, id="Dua cara membagi peserta yang sama", en=english, note=False)


def as_published(rows: pd.DataFrame) -> Shown:
    r"""The rates that the press printed on the place (rows of `articles`), each on its own base.

    >>> from analysis.coverage import articles
    >>> as_published(articles(claims, "18").head(1)).text["id"].splitlines()[-1].replace("\xa0", " ")
    '2023 | Semua segmen | 26,79 % | 731.991 | 2,7 juta | seperti tercetak | [2]'
    """
    columns = [("period", "month"), ("segment", "term"), _RATE, *_AS_PRINTED, *_OWN[1:], *_cautions(rows)]
    indonesian = "Angka cakupan seperti diterbitkan, masing-masing dengan dasarnya sendiri"
    english = "Coverage figures as published, each on its own base"
    return table("published", rows, columns, id=indonesian, en=english, note=False)


def uncovered(rows: pd.DataFrame) -> Shown:
    """Which segments the uncovered of a place consist of (rows of `gap`); nothing while that isn't known.

    >>> from analysis.coverage import gap
    >>> uncovered(gap(here.head(2))).text["en"].splitlines()[2:]
    ['Non-wage workers (BPU) | 79.48% | 3,151,338', 'Wage earners (PU) | 20.52% | 813,430']
    """
    columns = [("segment", "term"), ("share_of_uncovered", "percent"), ("uncovered", "count")]
    known = rows[rows["share_of_uncovered"].notna()]
    return table("uncovered", known, columns, id="Siapa yang belum tercakup", en="Who the uncovered are")


def two_dates(frames: Sequence[pd.DataFrame]) -> Shown:
    """Covered, workers and rate of one place at two dates, all and by segment (frames of `coverage_of`).

    >>> whole = here.tail(1).assign(period="2023-12")
    >>> two_dates([whole, whole]).text["en"].splitlines()[2]
    'All segments | December 2023 | 15.60% | 732,890 | 4,697,658 | 100.00%'
    """
    both = pd.concat(frames, ignore_index=True).fillna({"segment": "all"})
    both = both.sort_values("segment", key=lambda s: s.map({"all": 0, "PU": 1, "BPU": 2}), kind="stable")
    whole = both[both["segment"] == "all"].groupby("period")["workers"].first()
    rows = both.assign(share_of_workers=both["workers"] / both["period"].map(whole))
    columns = [
        ("segment", "term"),
        ("period", "month"),
        _RATE,
        ("covered", "count"),
        ("workers", "count"),
        ("share_of_workers", "percent"),
    ]
    indonesian, english = "Dua waktu dengan dasarnya", "Two dates and their bases"
    return table("two-dates", rows, columns, id=indonesian, en=english)


def ledger_table(rows: pd.DataFrame) -> Shown:
    """What moved a rate, in points and in people (rows of `ledger`); what didn't change at all is left out.

    >>> from analysis.change import ledger, published_dates
    >>> from analysis.claims.published import articles
    >>> dates = published_dates(articles(claims, "18"))
    >>> print(ledger_table(ledger(dates.head(1), dates.iloc[[1]])).text["en"])
    What moved the rate, 2023 to 24 September 2024
    Part | Percentage points | Before | After | Change (people)
    Enrolment | +0.99 | 731,991 | 760,468 | +28,477
    Base: number of workers | −2.92 (−2.92 to −2.91) | 2,732,329 | 3,058,943 | +326,104 to +327,123
    Mix of segments | not known | – | – | –
    Definition | same words, perhaps not the same base | – | – | –
    Rounding | 0.00 (−0.02 to +0.01) | – | – | –
    Whole change | −1.93 (−1.94 to −1.92) | – | – | –
    """
    rows = rows[rows["known_is"] != "none"]
    columns = [
        ("component", "component"),
        ("points", "effect"),
        ("before", "count"),
        ("after", "count"),
        ("people", "people"),
    ]
    dates = [] if rows.empty else [rows["since"].iloc[0], rows["until"].iloc[0]]
    indonesian, english = (" – ".join(month(d, "id") for d in dates), " to ".join(month(d, "en") for d in dates))
    return table(
        "ledger",
        rows,
        columns,
        id=f"Apa yang menggerakkan tingkat cakupan, {indonesian}",
        en=f"What moved the rate, {english}",
    )


def published_dates_table(rows: pd.DataFrame) -> Shown:
    """Published figures one can compare over time, each with the base that fits it (rows of `published_dates`).

    >>> from analysis.change import published_dates
    >>> from analysis.claims.published import articles
    >>> published_dates_table(published_dates(articles(claims, "18")).head(1)).text["en"].splitlines()[-1]
    '2023 | 26.79% | 731,991 | 2.7 million | 2,731,820 to 2,732,839 | [2]'
    """
    columns = [("period", "month"), _RATE, *_AS_PRINTED, ("workers_between", "between"), ("source_ids", "cite")]
    ends = {f"workers_between_{end}": rows[f"workers_{end}"] for end in ("low", "high")}
    return table(
        "published-dates",
        rows.assign(workers_between=rows["workers"], **ends),
        columns,
        id="Angka terbitan yang dapat dibandingkan",
        en="Published figures that can be compared",
        note=False,
    )


def ledgers_table(rows: pd.DataFrame) -> Shown:
    """What moved the published rate from each date to the next (rows of `ledgers`); nothing without two dates.

    >>> from analysis.change import ledgers, published_dates
    >>> from analysis.claims.published import articles
    >>> ledgers_table(ledgers(published_dates(articles(claims, "18")))).text["en"].splitlines()[2]
    'Enrolment | 2023 | 24 September 2024 | +0.99 | +28,477'
    """
    columns = [
        ("component", "component"),
        ("since", "month"),
        ("until", "month"),
        ("points", "effect"),
        ("people", "people"),
    ]
    return table(
        "published-ledgers",
        rows,
        columns,
        note=False,
        id="Apa yang menggerakkan tingkat cakupan terbitan",
        en="What moved the published rate",
    )


def bases_table(rows: pd.DataFrame) -> Shown:
    """Published bases beside BPS's employed: how fast both grew (rows of `bases_compared`).

    >>> from analysis.change import bases_compared, published_dates
    >>> from analysis.claims.published import articles
    >>> rows = bases_compared(published_dates(articles(claims, "18")), labour_force[labour_force["province_code"] == "18"])
    >>> bases_table(rows).text["en"].splitlines()[2]
    '2023 | 24 September 2024 | +12.0% | +1.9% | perhaps'
    """
    columns = [
        ("since", "month"),
        ("until", "month"),
        ("growth", "growth"),
        ("employed_growth", "growth"),
        ("redefined_is", "term"),
    ]
    return table(
        "published-bases",
        rows,
        columns,
        note=False,
        id="Dasar terbitan di samping penduduk bekerja menurut BPS",
        en="Published bases beside BPS's employed",
    )


def inequality_table(before: pd.DataFrame, after: pd.DataFrame, dates: Sequence[str]) -> Shown:
    """Inequality between provinces at two dates (rows of `inequality`), weighted by workers and not.

    >>> from analysis.disparity import inequality
    >>> rows = inequality(provinces)
    >>> inequality_table(rows, rows, ["2023-12", "2023-12"]).text["en"].splitlines()[2]
    'Highest less lowest (percentage points) | each province as one | 39.31 | 39.31'
    """
    both = before[["measure", "unit"]].assign(facts=facts_of(before, after))
    long = [
        both.assign(weighting=weighting, before=before[weighting], after=after[weighting])
        for weighting in ("weighted", "unweighted")
    ]
    rows = pd.concat(long).sort_index(kind="stable")
    single = rows["measure"].isin(["absolute gap", "relative gap"]) & (rows["weighting"] == "weighted")
    rows = rows[~single & (rows["measure"] != "between-group variance")]
    columns = [("measure", "term"), ("weighting", "term"), ("before", "measure"), ("after", "measure")]
    first, last = dates
    return table(
        "inequality",
        rows,
        columns,
        id=f"Ketimpangan antarprovinsi, {month(first, 'id')} (awal) dan {month(last, 'id')} (akhir)",
        en=f"Inequality between provinces, {month(first, 'en')} (before) and {month(last, 'en')} (after)",
    )


def _said(row: dict[str, Any], language: str) -> str:
    if not row["printed"]:
        return "–"
    return (printed_percent if row["unit"] == "percent" else printed)(row["printed"], language)


def _span_of(row: dict[str, Any], ends: str, language: str) -> str:
    low, high = (row[f"{ends}low"], row[f"{ends}high"])
    nothing = (low is None and high is None) or (ends == "unseen_" and not row["printed"])
    # One digit more than was printed: 26,79 % is 26,785 to 26,795.
    decimals = re.search(r",(\d+)", row["printed"])
    digits = 1 + len(decimals[1]) if decimals else 2
    return "–" if nothing else span(low, high, row["unit"] == "percent", language, digits)


def _can_be(row: dict[str, Any], language: str) -> str:
    coarse, fine = _span_of(row, "", language), _span_of(row, "fine_", language)
    return coarse if coarse == fine else f"{coarse} {'atau' if language == 'id' else 'or'} {fine}"


_OFFERS = {
    "elsewhere": ("tercantum di berita lain", "another article prints this"),
    "scale": (
        "mungkin kata satuan hilang atau keliru dalam cetakan",
        "a scale word may have been dropped or mistaken in print",
    ),
    "gap": ("mungkin selisih ke target, bukan yang belum tercakup", "it may be the gap to a target, not the uncovered"),
    "base": (
        "cocok dengan pekerja lain yang tercetak dalam berita itu",
        "it fits other workers that the article prints",
    ),
    "target": (
        "mungkin jumlah orang yang menjadi target",
        "it may be the number of people that a target wants covered",
    ),
    "digit": ("cukup mengganti satu digit; ada {n} cara", "changing one digit is enough; there are {n} ways"),
    "one digit": (
        "cukup mengganti satu digit; hanya ini caranya",
        "changing one digit is enough; this is the only way",
    ),
    "together": ("bersama koreksi lain dalam berita ini", "together with the other of this article"),
}


def _offer(row: dict[str, Any], language: str) -> str:
    """What a correction would have the figure read."""
    claim = row["statement"]
    write = printed_percent if claim.unit == "percent" else printed
    text = write(row["text"], language)
    if row["kind"] == "gap" and claim.measure == "uncovered":
        return f"{term('gap_to_target', language)}, {row['target_year']}: {text}"
    if row["kind"] == "target":
        return f"{term('target_workers', language)}, {row['target_year']}: {text}"
    if row["kind"] == "base":
        return f"{text} {'dari' if language == 'id' else 'of'} {base_name(row['base'], language)}"
    return text


def _why(row: dict[str, Any], language: str) -> str:
    kind = "one digit" if row["kind"] == "digit" and row["alternatives"] == 1 else row["kind"]
    said = _OFFERS[kind][LANGUAGES.index(language)].format(n=row["alternatives"])
    if row["kind"] in ("gap", "target"):  # which target
        return f"{said} ({target_printed(row['target'], language)})"
    return said


def _conflict(row: dict[str, Any], language: str) -> str:
    """The figures, and what joins them where that isn't plain."""
    figures = statements(row["conflict"], language)
    joined = ", ".join(identity(name, language) for name in row["identities"])
    return f"{figures} ({joined})" if joined else figures


def _in_short(claims: Sequence[Any]) -> str:
    """Printed figures as text for a CSV file: measure, segment, figure."""
    return "; ".join(f"{claim.measure} {claim.segment} {claim.printed}" for claim in claims)


def _left_in_short(left: Any) -> str:
    most = "" if left.high is None else left.high
    return f"{left.whole.what} {left.whole.kind} {left.low}–{most}".replace("  ", " ")


def _conflicts(rows: pd.DataFrame) -> pd.DataFrame:
    """What a CSV file holds of rows of `verdict_rows`."""
    short = {name: rows[name].map(_in_short) for name in ("conflict", "rounded", "cut_off", "remove")}
    short["other_segments"] = rows["left"].map(lambda left: "; ".join(map(_left_in_short, left)))
    names = ["article_ids", "place", "date", "verdict", "figures", "tested", *short, "identities", "source_ids"]
    return _with_columns_of_facts(rows).assign(**short)[names]


def _remove(row: dict[str, Any], language: str) -> str:
    """The fewest figures that would have to be others, where one isn't enough."""
    if len(row["remove"]) < 2:
        return "–"
    figures = statements(row["remove"], language)
    return figures + (_MORE[language] if row["others_too"] else "")


_MORE = {"id": "; pilihan lain juga mungkin", "en": "; others would do as well"}
_OF_CLAIMS: dict[str, Callable[[dict[str, Any], str], str]] = {
    "figure": figure,
    "said": _said,
    "span": _can_be,
    "unseen": lambda row, language: _span_of(row, "unseen_", language),
    "statements": lambda row, language: statements(row["conflict"], language) or "–",
    "remove": _remove,
    "needs": lambda row, language: _needs(row, language),
    "conflict": _conflict,
    "statement": lambda row, language: statement(row["statement"], language),
    "offer": _offer,
    "why": _why,
}
_ARTICLE = [("date", "month"), ("source_ids", "cite")]


def verdict_list(rows: pd.DataFrame, name: str = "verdicts") -> Shown:
    """Articles with their verdict, the gravest first (rows of `verdict_rows`).

    >>> from analysis.claims.articles import trials, verdict_rows
    >>> rows = verdict_rows(trials(claims[claims["article_id"] == "NAT-2014"]))
    >>> verdict_list(rows).text["en"].splitlines()[-1]
    'Indonesia | can be true together | 6 | 5 | February 2014 | [1]'
    """
    columns = [("place", "text"), ("verdict", "term"), ("figures", "count"), ("tested", "count"), *_ARTICLE]
    indonesian, english = (
        "Berita dan hasil ujinya, yang paling berat lebih dahulu",
        "Articles and their verdict, the gravest first",
    )
    if name == "everywhere":
        indonesian, english = ("Semua berita dalam data dan hasil ujinya", "All articles of the data and their verdict")
    return table(name, rows, columns, id=indonesian, en=english, note=False, data=_conflicts(rows))


def joint_list(rows: pd.DataFrame) -> Shown:
    """Articles on one place and month, tried together (rows of `verdict_rows` of `together`).

    >>> from analysis.claims.articles import together, verdict_rows
    >>> rows = verdict_rows(together(claims[claims["place"] == "Kota Batam"]))
    >>> joint_list(rows).data[0]["verdict"]
    'consistent if figures were cut off'
    """
    columns = [
        ("place", "text"),
        ("date", "month"),
        ("verdict", "term"),
        ("figures", "count"),
        ("conflict", "statements"),
        ("source_ids", "cite"),
    ]
    return table(
        "together",
        rows,
        columns,
        id="Berita tentang tempat dan bulan yang sama, diuji bersama",
        en="Articles on one place and month, tried together",
        note=False,
        data=_conflicts(rows),
    )


def conflict_list(rows: pd.DataFrame, here: str) -> Shown:
    """The fewest figures of each article that can't all be true (rows of `verdict_rows`); nothing if none conflict.

    `here` is the place that goes without saying.

    >>> from analysis.claims.articles import trials, verdict_rows
    >>> rows = verdict_rows(trials(claims[claims["article_id"] == "SULAWESI-BARAT-2017-2018"]))
    >>> shown = conflict_list(rows, here="Sulawesi Barat")
    >>> shown.text["en"].splitlines()[-1].replace("\xa0", " ").split(" | ")[0]
    'Covered: 79 thousand; Workers: 621 thousand; Coverage rate: 11%'
    """
    found = rows[rows["verdict"].isin(["inconsistent", "impossible for whole people"])]
    return _conflict_table(
        "conflicts",
        found,
        here,
        id="Angka yang tidak dapat benar bersama-sama, dalam tiap berita",
        en="Figures that can't all be true, article by article",
    )


def otherwise_list(rows: pd.DataFrame, here: str) -> Shown:
    """Figures that conflict as printed and agree if read otherwise (rows of `verdict_rows`), and how; nothing if none.

    >>> from analysis.claims.articles import trials, verdict_rows
    >>> rows = verdict_rows(trials(claims[claims["article_id"] == "SULUT-2025-12"]))
    >>> shown = otherwise_list(rows, here="Sulawesi Utara").text["en"].splitlines()[-1]
    >>> shown.replace("\xa0", " ").split(" | ")[1]
    'rounded to thousands: Workers: 843,000; others would do as well'
    """
    found = rows[rows["verdict"].str.startswith("consistent if")]
    return _conflict_table(
        "otherwise",
        found,
        here,
        id="Angka yang bertentangan seperti tercetak, tetapi cocok bila dibaca lain",
        en="Figures that conflict as printed, and agree if read otherwise",
    )


def _needs(row: dict[str, Any], language: str) -> str:
    """All that must be so for the figures of an article to agree, the gravest first."""
    words = {
        "left": ("ada segmen yang tidak tercetak", "there are segments that were not printed"),
        "cut_off": ("dipotong, bukan dibulatkan", "cut off, not rounded"),
        "rounded": ("dibulatkan ke ribuan", "rounded to thousands"),
    }
    said = {
        "left": "; ".join(f"{_whole(left, language)}: {people_left(left, language)}" for left in row["left"]),
        "cut_off": statements(row["cut_off"], language),
        "rounded": statements(row["rounded"], language),
    }
    parts = [f"{words[name][LANGUAGES.index(language)]}: {text}" for name, text in said.items() if text]
    return "; ".join(parts) + (_MORE[language] if row["others_too"] else "")


def _whole(left: Any, language: str) -> str:
    measure = {"target": "target_workers"}.get(left.whole.what, left.whole.what)
    return figure({"measure": measure, "segment": left.whole.segment, "kind": left.whole.kind}, language)


def _conflict_table(name: str, found: pd.DataFrame, here: str, *, id: str, en: str) -> Shown:
    found = found.assign(
        needs="", place=found["conflict_places"].map(", ".join), date=found["conflict_dates"].map(lambda d: d[-1])
    )
    columns: list[Column] = [("conflict", "conflict")]
    columns += [("needs", "needs")] if name == "otherwise" else []
    columns += [("remove", "remove")] if (found["remove"].map(len) > 1).any() else []
    columns += [*_place(found, here), *_ARTICLE]
    return table(name, found, columns, id=id, en=en, note=False, data=_conflicts(found))


def _place(rows: pd.DataFrame, here: str) -> list[Column]:
    """A column for the place, where a row is of another than the page's."""
    return [("place", "text")] if set(rows["place"]) - {here} else []


def offered_list(rows: pd.DataFrame, here: str, whole: bool = False) -> Shown:
    """Readings that would make an article's figures agree (rows of `correction_rows`); nothing if there are none.

    `whole`: they are all of one article, that is shown by itself.

    >>> from analysis.claims.articles import correction_rows, trials
    >>> rows = correction_rows(trials(claims[claims["article_id"] == "LPG-2023-SEED-ANTARA"]))
    >>> offered_list(rows, "Lampung").text["en"].splitlines()[-1].replace("\xa0", " ")
    'Workers, non-wage workers (BPU): “1,7 orang” | 1.7 million | a scale word may have been dropped or mistaken in print | 2023 | [1]'
    """
    name, *whose = (
        ("foremost-offered", "untuk berita ini", "for this article")
        if whole
        else ("offered", "untuk berita lainnya", "for the other articles")
    )
    named = rows.assign(figure=rows["statement"], would_read=rows["text"], why=rows["kind"])
    columns = [("figure", "statement"), ("would_read", "offer"), ("why", "why"), *_place(rows, here), *_ARTICLE]
    short = rows.assign(statement=rows["statement"].map(lambda claim: _in_short([claim])))
    names = [
        "place",
        "date",
        "kind",
        "statement",
        "text",
        "printed_by",
        "target",
        "target_year",
        "base",
        "alternatives",
        "source_ids",
    ]
    return table(
        name,
        named,
        columns,
        id=f"Pembacaan yang mungkin {whose[0]}; tidak ada yang diubah diam-diam",
        en=f"Possible readings {whose[1]}; nothing is corrected silently",
        note=False,
        data=_with_columns_of_facts(short)[names],
    )


def figure_list(rows: pd.DataFrame, here: str, whole: bool = False) -> Shown:
    """What each figure can be, given the others of its article (rows of `figure_rows`).

    Only figures that the others narrow, each with its article; or all of one article, if `whole`. Where a
    whole number of millions may be as exact as the decimals beside it, the second reading stands behind "or".

    >>> from analysis.claims.articles import figure_rows, trials
    >>> rows = figure_rows(trials(claims[claims["article_id"] == "LPG-2023-SEED-ANTARA"]))
    >>> for line in figure_list(rows, "Lampung", whole=True).text["en"].splitlines()[3:5]: print(line.replace("\\xa0", " "))
    Workers | 2.7 million | 2,731,820–2,732,839 | 2,731,820–2,732,839
    Covered, wage earners (PU) | 564,386 | 564,386 | 564,386
    """
    shown = rows if whole else rows[rows["narrowed"].astype(bool)]
    shown = shown.assign(figure="", can_be="", unseen="").sort_values("date", kind="stable")
    how = [] if whole or set(shown["how"]) <= {"as printed"} else [("how", "term")]
    own = _place(shown, here) + ([] if whole else [*how, *_ARTICLE])
    columns = [("figure", "figure"), ("printed", "said"), ("can_be", "span"), ("unseen", "unseen"), *own]
    name, indonesian, english = (
        (
            "figures",
            "Tercetak, dan yang mungkin menurut angka lain dalam berita itu",
            "As printed, and what it can be by the other figures of the article",
        )
        if whole
        else (
            "other-figures",
            "Angka lain yang dipersempit oleh beritanya sendiri",
            "Other figures that their own article narrows down",
        )
    )
    names = [
        "place",
        "date",
        "measure",
        "segment",
        "kind",
        "printed",
        "unit",
        "printed_low",
        "printed_high",
        "low",
        "high",
        "fine_low",
        "fine_high",
        "unseen_low",
        "unseen_high",
        "how",
        "source_ids",
    ]
    return table(name, shown, columns, id=indonesian, en=english, note=whole, data=_with_columns_of_facts(shown)[names])


def _title(row: dict[str, Any], column: str, language: str) -> str:
    return str(row[f"{column}_{language}"])


def _spread(row: dict[str, Any], column: str, language: str) -> str:
    """The middle of the draws, and from where to where nine of ten lie."""
    low, middle, high = row[column]
    ends = span(low, high, True, language, 1)
    said = percent(middle, language, 1)
    return said if said == ends else f"{said} ({ends})"


def _gain(row: dict[str, Any], column: str, language: str) -> str:
    """What is added, and from where to where nine draws in ten lie: points or people."""
    low, middle, high = row[column]
    if column.startswith("points"):
        ends = [points(value, language, 1, unit=False) for value in (middle, low, high)]
    else:
        ends = [signed(value, language) for value in (middle, low, high)]
    return ends[0] if ends[1] == ends[2] else f"{ends[0]} ({_to(ends[1], ends[2], language)})"


def _shares(row: dict[str, Any], column: str, language: str) -> str:
    return span(row[f"{column}_low"], row[f"{column}_high"], True, language)


def _assumption(row: dict[str, Any], column: str, language: str) -> str:
    """What is assumed: a lever's parameter, and the segment or fund it is for."""
    parts = [term(f"{row['lever']}.{row['parameter']}", language)]
    parts += [row["part"] if row["part"] in SEGMENTS else term(row["part"], language)] if row["part"] else []
    return ", ".join(parts)


def _assumed(row: dict[str, Any], column: str, language: str) -> str:
    """A value with its unit: a number, the ends of a range, or the years of a path."""
    unit = str(row["unit"])
    values = [_quantity(value, unit, language) for value in row["values"]]
    if row["parameter"] == "december":
        return term("yes" if row["values"][0] else "no", language)
    if row["kind"] == "path":
        said = "; ".join(f"{year}: {value}" for year, value in zip(row["years"], values, strict=True))
    elif len(values) == 3:
        said = {"id": "{1}, dari {0} sampai {2}", "en": "{1}, from {0} to {2}"}[language].format(*values)
    else:
        said = _to(values[0], values[-1], language)
    return f"{said} {term(unit, language)}{_was(row, unit, language)}"


def _was(row: dict[str, Any], unit: str, language: str) -> str:
    """What the value was in the layer below, where a scenario sets it anew."""
    before = row["before_values"]
    if row["layer"] != row["scenario"] or not before or row["before_kind"] == "path":
        return ""
    ends = [_quantity(value, unit, language) for value in (before[0], before[-1])]
    return {"id": " (semula {})", "en": " (was {})"}[language].format(_to(ends[0], ends[1], language))


def _quantity(value: float, unit: str, language: str) -> str:
    if unit.startswith("share"):
        digits = 0 if round(value * 100, 6).is_integer() else 1
        return ("−" if value < 0 else "") + percent(abs(value), language, digits)
    return count(round(value), language) if float(value).is_integer() else decimal(value, language, 1)


def _reason(row: dict[str, Any], column: str, language: str) -> str | Markup:
    """Why a value is what it is: the reason, and the source or the word that it is an assumption."""
    links = cited(row["source_ids"])
    kind = links if row["source_ids"] and row["source_id"] else term("assumed", language)
    return Markup("{}: {}").format(kind, row[f"reason_{language}"]) if row[f"reason_{language}"] else kind


def _starts(row: dict[str, Any], column: str, language: str) -> str:
    if pd.isna(row["start"]):
        return "–"
    last = "" if pd.isna(row["end"]) else f"–{row['end']:.0f}"
    ramp = {"id": ", penuh dalam {:.0f} tahun", "en": ", in full after {:.0f} years"}[language]
    return f"{row['start']:.0f}{last}" + (ramp.format(row["ramp"]) if row["ramp"] > 1 else "")


def _indices(row: dict[str, Any], column: str, language: str) -> str:
    middle, low, high = (decimal(max(row[f"{column}{end}"], 0.0), language, 2) for end in ("", "_low", "_high"))
    return f"{middle} ({_to(low, high, language)})"


def _input(row: dict[str, Any], column: str, language: str) -> str:
    return uncertain(row[column], language)


def _rupiah_spread(row: dict[str, Any], column: str, language: str) -> str:
    """The middle of the draws in rupiah, and from where to where nine of ten lie."""
    low, middle, high = (row[f"{column}_low"], row[column], row[f"{column}_high"])
    if pd.isna(middle) or low == high:
        return rupiah_short(middle, language)
    return f"{rupiah_short(middle, language)} ({rupiah_span(low, high, language)})"


def _per_head(row: dict[str, Any], column: str, language: str) -> str:
    """Rupiah for one more person, or in words why there are none."""
    known = row[f"{column}_is"] == "known"
    return _rupiah_spread(row, column, language) if known else term(row[f"{column}_is"], language)


def _fund(row: dict[str, Any], column: str, language: str) -> str:
    words = term(row[column], language)
    return words[0].upper() + words[1:]


def _tariff(row: dict[str, Any], column: str, language: str) -> str:
    return term("fixed amount", language) if pd.isna(row[column]) else percent(row[column], language)


def _target(row: dict[str, Any], column: str, language: str) -> str:
    year = (
        {"id": "tahun tidak disebut", "en": "year not stated"}[language]
        if pd.isna(row["year"])
        else f"{row['year']:.0f}"
    )
    return row["name"] if year in row["name"] else f"{row['name']}, {year}"


def _span_or_none(row: dict[str, Any], column: str, language: str) -> str:
    """A rate, a distance or people between bounds; of a target without a base the rates of both bases, side by side."""
    low, high = row.get(f"{column}_low"), row.get(f"{column}_high")
    if column == "rate" and row["verdict_is"] == "base not stated":
        return "; ".join(_on_base(row, base, language) for base in BASES if not pd.isna(row[f"rate_{base}_low"]))
    if low is None or pd.isna(low):
        return "–"
    if column == "gap":
        return _to(points(low, language, 1, unit=False), points(high, language, 1, unit=False), language)
    if column == "rate":
        return f"{span(low, high, True, language, 1)} ({row['known_year']:.0f})"
    return _to(signed(low, language).lstrip("+"), signed(high, language).lstrip("+"), language)


def _on_base(row: dict[str, Any], base: str, language: str) -> str:
    said = span(row[f"rate_{base}_low"], row[f"rate_{base}_high"], True, language, 1)
    name = {"employed": {"id": "bekerja", "en": "employed"}, "eligible": {"id": "memenuhi syarat", "en": "eligible"}}[
        base
    ]
    return f"{said} ({name[language]})"


def _odds(row: dict[str, Any], column: str, language: str) -> str:
    return "–" if pd.isna(row[column]) else percent(row[column], language, 0)


def _year_of(row: dict[str, Any], column: str, language: str) -> str:
    return term("never", language) if pd.isna(row[column]) else f"{row[column]:.0f}"


def _reach(row: dict[str, Any], column: str, language: str) -> str:
    return f"{percent(row[column], language, 1)} ({row['best_year']:.0f})"


def _effort(row: dict[str, Any], column: str, language: str) -> str:
    """The least of a lever for one chance, in its unit, or that it is out of reach."""
    status, value = row[column]
    return _quantity(value, str(row["unit"]), language) if status == "reachable" else term(status, language)


_OF_SCENARIOS: dict[str, Callable[[dict[str, Any], str, str], str | Markup]] = {
    "titled": _title,
    "spread": _spread,
    "gain": _gain,
    "shares": _shares,
    "assumption": _assumption,
    "assumption_of": lambda row, column, language: (
        f"{_assumption(row, column, language)} ({term(row['unit'], language)})"
    ),
    "assumed": _assumed,
    "reason": _reason,
    "starts": _starts,
    "indices": _indices,
    "input": _input,
    "rupiah_spread": _rupiah_spread,
    "per_head": _per_head,
    "tariff": _tariff,
    "fund": _fund,
    "plain_points": lambda row, column, language: points(row[column], language, unit=False).lstrip("+"),
    "hits": lambda row, column, language: (
        "–"
        if pd.isna(row["hits"])
        else {"id": "{} dari {}", "en": "{} of {}"}[language].format(row["hits"], row["cases"])
    ),
    "target": _target,
    "bounds": _span_or_none,
    "odds": _odds,
    "year_of": _year_of,
    "reach": _reach,
    "effort": _effort,
}


def start_table(rows: pd.DataFrame) -> Shown:
    """Where a projection starts: covered and workers by segment with their bounds (rows of `starting_point`).

    >>> start_table(start).text["en"].splitlines()[2]
    'Wage earners (PU) | 564,393 | 1,377,823 | 40.96%'
    """
    ends = {f"rate_{a}": rows["covered"] / rows[f"workers_{b}"] for a, b in (("low", "high"), ("high", "low"))}
    columns = [("segment", "term"), ("covered", "count"), ("workers", "between"), ("rate", "shares")]
    named = rows.assign(workers=rows["workers_low"], rate=0.0, **ends)
    names = ["segment", "covered", "workers_low", "workers_high", "rate_low", "rate_high", "base", "year"]
    return table("start", named, columns, id="Titik awal proyeksi", en="Where the projection starts", data=named[names])


def usual_table(rows: pd.DataFrame) -> Shown:
    """What is assumed of the usual course (rows of `assumed` of one scenario), with source or reason.

    >>> from analysis.projection.runs import assumed
    >>> rows = assumed(project(start, past, assumptions, 2024, 50, 1))
    >>> usual_table(rows[rows["scenario"] == "steady"]).text["en"].splitlines()[4].split(" | ")[:2]
    ['Lapse, PU', '3% to 15% of the covered, a year']
    """
    usual = rows[rows["lever"] == "usual"]
    return _assumptions("usual", usual, [], id="Asumsi tentang perjalanan biasa", en="Assumptions on the usual course")


def lever_table(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """What each scenario changes against the layers it is based on (rows of `assumed`), with source or reason.

    >>> from analysis.projection.runs import assumed
    >>> from analysis.scenarios import scenario_titles
    >>> rows = assumed(project(start, past, assumptions, 2024, 50, 1))
    >>> lever_table(rows, scenario_titles(assumptions)).data[0]["scenario"]
    'agencies_mandate'
    """
    own = rows[((rows["layer"] == rows["scenario"]) & (rows["scenario"] != "steady")) | _redated(rows)]
    columns = [("scenario", "titled"), ("starts", "starts")]
    shown = _titled(own, titles).assign(starts=own["start"])
    return _assumptions("levers", shown, columns, id="Yang diubah tiap skenario", en="What each scenario changes")


def _redated(rows: pd.DataFrame) -> pd.Series:
    """Rows of which a scenario changes the dates alone: value and layer are another scenario's, start, ramp or end aren't."""
    keys, dates = ["lever", "parameter", "part"], ["start", "ramp", "end"]
    theirs = rows[rows["layer"] == rows["scenario"]][["scenario", *keys, *dates]]
    both = rows.merge(
        theirs.rename(columns={"scenario": "layer"}), on=["layer", *keys], how="left", suffixes=("", "_set")
    )
    known = rows["layer"].isin(theirs["scenario"]) & (rows["layer"] != rows["scenario"]) & (rows["lever"] != "usual")
    moved = [both[date].fillna(0) != both[f"{date}_set"].fillna(0) for date in dates]
    return known & (moved[0] | moved[1] | moved[2]).to_numpy()


def _assumptions(name: str, rows: pd.DataFrame, first: list[Column], *, id: str, en: str) -> Shown:
    columns = [*first[:1], ("assumption", "assumption"), ("value", "assumed"), *first[1:], ("reason", "reason")]
    names = [
        "scenario",
        "layer",
        "lever",
        "parameter",
        "part",
        "unit",
        "kind",
        "years",
        "values",
        "start",
        "ramp",
        "end",
        "capacity",
        "place",
        "source_id",
        "reason_id",
        "reason_en",
        "before_kind",
        "before_values",
    ]
    shown = rows.assign(assumption="", value="", reason="")
    plain = rows[names].assign(years=rows["years"].map(list), values=rows["values"].map(list))
    plain["before_values"] = rows["before_values"].map(list)
    return table(name, shown, columns, id=id, en=en, note=False, data=plain)


def path_table(rows: pd.DataFrame, titles: pd.DataFrame, years: Sequence[int]) -> Shown:
    """The coverage rate of every scenario in some years (rows of `fan`): the middle, and where nine of ten draws lie.

    >>> from analysis.projection.runs import project
    >>> from analysis.scenarios import scenario_titles
    >>> from analysis.projection.runs import fan
    >>> ahead = project(start, past, assumptions[assumptions["scenario"] == "steady"], 2025, 50, 1)
    >>> rows = fan(ahead)
    >>> path_table(rows, scenario_titles("steady"), [2023, 2025]).text["en"].splitlines()[2][:30]
    'As usual | 15.6% | 20.4% (19.8'
    """
    ends = [tuple(row) for row in rows[["p05", "p50", "p95"]].itertuples(index=False)]
    wide = rows.assign(ends=ends, year=rows["year"].astype(str)).pivot(index="scenario", columns="year", values="ends")
    facts = rows.drop_duplicates("scenario")[["scenario", "facts"]]
    named = titles.merge(wide.reset_index(), on="scenario").merge(facts, on="scenario")
    named = named.assign(scenario_id=named["title_id"], scenario_en=named["title_en"])
    shown = [str(year) for year in years]
    columns = [("scenario", "titled"), *((year, "spread") for year in shown)]
    data = rows[rows["year"].isin(list(years))][["scenario", "year", "p05", "p25", "p50", "p75", "p95"]]
    return table(
        "paths", named, columns, id="Tingkat cakupan menurut skenario", en="Coverage rate by scenario", data=data
    )


def added_table(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """What each scenario adds to the usual course by one year (rows of `added`, with facts).

    >>> from analysis.projection.runs import added, project
    >>> from analysis.scenarios import scenario_titles
    >>> found = added(project(start, past, assumptions, 2027, 50, 1), 2027)
    >>> added_table(found, scenario_titles(assumptions)).text["en"].splitlines()[0]
    'What each scenario adds to the usual course, December 2027'
    """
    if rows.empty:
        return Shown("table", "added", text={})
    named = _titled(rows, titles)
    ends = {
        f"{name}_added": [tuple(r) for r in named[[f"{name}_low", name, f"{name}_high"]].itertuples(index=False)]
        for name in ("points", "people")
    }
    named = named.assign(**ends)
    columns = [("scenario", "titled"), ("points_added", "gain"), ("people_added", "gain")]
    year = int(rows["year"].iloc[0])
    names = ["scenario", "year", "points_low", "points", "points_high", "people_low", "people", "people_high"]
    return table(
        f"added-{year}",
        named,
        columns,
        id=f"Tambahan tiap skenario di atas keadaan biasa, Desember {year}",
        en=f"What each scenario adds to the usual course, December {year}",
        data=rows[names],
    )


def matters_table(rows: pd.DataFrame) -> Shown:
    """Which uncertain assumption moves the outcome most (rows of `sobol`, with facts); nothing unless all have converged.

    >>> rows = pd.DataFrame({"input": ["usual.lapse.PU"], "first": [0.8], "first_low": [0.78], "first_high": [0.82],
    ...     "total": [0.9], "total_low": [0.88], "total_high": [0.92], "converged": [True]})
    >>> matters_table(rows.assign(facts=facts)).text["en"].splitlines()[2]
    'Lapse, PU | 0.80 (0.78 to 0.82) | 0.90 (0.88 to 0.92)'
    """
    if not rows["converged"].all():
        return Shown("table", "matters", text={})
    ordered = rows.sort_values("total", ascending=False, kind="stable")
    renamed = ordered.rename(
        columns={
            f"{a}{e}": f"index_{b}{e}"
            for a, b in (("first", "alone"), ("total", "total"))
            for e in ("", "_low", "_high")
        }
    )
    columns = [("input", "input"), ("index_alone", "indices"), ("index_total", "indices")]
    names = ["input", "first", "first_low", "first_high", "total", "total_low", "total_high"]
    return table(
        "matters",
        renamed,
        columns,
        id="Bagian ketidakpastian yang berasal dari tiap asumsi (indeks Sobol)",
        en="Share of the uncertainty that comes from each assumption (Sobol indices)",
        data=ordered[names],
    )


def _titled(rows: pd.DataFrame, titles: pd.DataFrame) -> pd.DataFrame:
    """Rows with their scenario's title in both languages, as the kind "titled" takes them, in the order they had."""
    named = titles.set_index("scenario")
    return rows.assign(
        **{f"scenario_{language}": rows["scenario"].map(named[f"title_{language}"]) for language in LANGUAGES}
    )


def one_worker_table(rows: pd.DataFrame) -> Shown:
    """What one worker costs in a month, by programme and payer (rows of `one_worker`).

    >>> from analysis.costs import average_wages, one_worker
    >>> from analysis.data import read
    >>> rows = one_worker(read("contribution_rules"), "2024-12", average_wages(labour_force, regions, "18", "34"))
    >>> one_worker_table(rows.head(1)).text["en"].splitlines()[2]
    'Work accident (JKK) | Wage earners (PU) | Employers | 0.24% | Rp2,517,788 | Rp6,043 | [1] [2]'
    """
    columns = [
        ("programme", "term"),
        ("segment", "term"),
        ("payer", "term"),
        ("contribution_rate", "tariff"),
        ("base_amount", "rupiah"),
        ("contribution", "rupiah"),
        ("source_ids", "cite"),
    ]
    shown = rows.assign(contribution_rate=rows["rate"], base_amount=rows["base_amount"].astype(object))
    shown["base_amount"] = shown["base_amount"].where(shown["base_amount"].notna(), "–")
    date = rows["facts"].iloc[0].as_of[0]
    names = ["segment", "programme", "payer", "class_or_band", "rate", "base_amount", "contribution", "relief", "since"]
    return table(
        "one-worker",
        shown,
        columns,
        note=False,
        data=rows[names],
        id=f"Iuran satu pekerja dalam sebulan, {month(date, 'id')}",
        en=f"What one worker costs in a month, {month(date, 'en')}",
    )


def by_payers_table(rows: pd.DataFrame) -> Shown:
    """What a non-wage worker costs a month, by who pays (rows of `by_payers`).

    >>> from analysis.costs import by_payers
    >>> from analysis.data import read
    >>> rows = by_payers(read("contribution_rules"), ["2026-12"])
    >>> by_payers_table(rows).text["en"].splitlines()[3].split(" | ")[:4]
    ['Sponsoring companies', 'December 2026', 'Rp8,400', 'given']
    """
    columns = [
        ("payer", "term"),
        ("period", "month"),
        ("contribution", "rupiah"),
        ("relief_is", "term"),
        ("source_ids", "cite"),
    ]
    shown = rows.assign(period=rows["month"])
    return table(
        "by-payers",
        shown,
        columns,
        note=False,
        id="Iuran sebulan satu pekerja bukan penerima upah, menurut pembayarnya",
        en="What a non-wage worker costs in a month, by who pays",
    )


def published_amounts_table(rows: pd.DataFrame) -> Shown:
    """Amounts that others printed beside ours, the wrong one too (rows of `contributions.published_beside`).

    >>> from analysis.contributions import published_beside
    >>> from analysis.data import read
    >>> rows = published_beside(read("contribution_rules"), read("targets"))
    >>> for line in published_amounts_table(rows).text["en"].splitlines()[6:9]: print(line.replace("\\xa0", " "))
    Other BPU, as misquoted | April 2026 | Rp8,400 | 10,800 | no; not used | [3]
    Lampung, palm-oil fund: one person a month | August 2024 | Rp16,800 | 16,800 | yes | [4]
    Lampung, palm-oil fund: the whole programme | August 2024 | Rp1,856,400,000 | 1.86 billion | yes | [4]
    """
    unused = rows["trust"].eq("shown, not used")
    shown = rows.assign(
        period=rows["facts"].map(lambda facts: facts.as_of[0]),
        printed_amount=rows["printed"],
        agrees=rows["agrees"].map({True: "yes", False: "no"}).mask(unused & ~rows["agrees"], "no, not used"),
    )
    columns = [
        ("control", "term"),
        ("period", "month"),
        ("ours", "rupiah"),
        ("printed_amount", "printed"),
        ("agrees", "term"),
        ("source_ids", "cite"),
    ]
    names = ["control", "ours", "printed", "printed_value", "agrees", "trust"]
    return table(
        "published-amounts",
        shown,
        columns,
        note=False,
        id="Jumlah yang dicetak pihak lain di samping hitungan kami",
        en="Amounts that others printed beside ours",
        data=rows[names],
    )


def cost_table(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """What every scenario costs in some years, all payers together (rows of `bill` by ()): the middle, and where nine of ten draws lie.

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": "steady", "year": [2024, 2025], "payer": "self", "fund": "palm_oil_fund", "persons": [2, 4],
    ...     "person_months": [24, 48], "contribution": [403200, 806400], "per_person": 201600})
    >>> rows = rows.assign(contribution_low=rows["contribution"], contribution_high=rows["contribution"]).assign(facts=facts)
    >>> cost_table(rows, scenario_titles("steady")).text["en"].splitlines()[2]
    'As usual | Rp403,200 | Rp806,400'
    """
    cells = _titled(rows, titles)
    years = list(dict.fromkeys(int(year) for year in rows["year"]))
    wide = cells.drop_duplicates("scenario").reset_index(drop=True)
    for year in years:
        then = rows[rows["year"] == year].set_index("scenario")
        for end in ("", "_low", "_high"):
            wide[f"{year}{end}"] = wide["scenario"].map(then[f"contribution{end}"])
    columns = [("scenario", "titled"), *((str(year), "rupiah_spread") for year in years)]
    names = ["scenario", "year", *_BILLED]
    return table(
        "costs",
        wide,
        columns,
        id="Iuran setahun tiap skenario, semua pembayar",
        en="Contributions a year in every scenario, all payers",
        data=rows[names],
    )


def payers_table(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """Who pays how much in every scenario and year (rows of `bill` by payer); who never pays has no column.

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": "steady", "year": [2024, 2025], "payer": "self", "fund": "palm_oil_fund", "persons": [2, 4],
    ...     "person_months": [24, 48], "contribution": [403200, 806400], "per_person": 201600})
    >>> rows = rows.assign(contribution_low=rows["contribution"], contribution_high=rows["contribution"]).assign(facts=facts)
    >>> payers_table(rows, scenario_titles("steady")).text["en"].splitlines()[1:3]
    ['Scenario | Year | Non-wage workers themselves', 'As usual | 2024 | Rp403,200']
    """
    paid = rows[rows["contribution_high"] > 0]
    payers = list(dict.fromkeys(paid["payer"]))
    wide = rows.pivot(index=["year", "scenario"], columns="payer", values="contribution").reset_index()
    facts = rows.drop_duplicates(["year", "scenario"])[["year", "scenario", "facts"]]
    named = _titled(facts.merge(wide, on=["year", "scenario"]), titles).sort_values("year", kind="stable")
    columns = [("scenario", "titled"), ("year", "text"), *((payer, "rupiah_short") for payer in payers)]
    names = ["scenario", "year", "payer", *_BILLED]
    return table(
        "payers",
        named,
        columns,
        id="Siapa membayar berapa, rupiah pada tahun itu",
        en="Who pays how much, in rupiah of the year",
        data=rows[names],
    )


_BILLED = ["persons", "person_months", "contribution", "contribution_low", "contribution_high", "per_person"]


def funds_table(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """Places that companies and public funds pay for (rows of `bill` by fund): people, person-months, rupiah. The last year is shown.

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": "steady", "year": [2024, 2025], "payer": "self", "fund": "palm_oil_fund", "persons": [2, 4],
    ...     "person_months": [24, 48], "contribution": [403200, 806400], "per_person": 201600})
    >>> rows = rows.assign(contribution_low=rows["contribution"], contribution_high=rows["contribution"]).assign(facts=facts)
    >>> funds_table(rows, scenario_titles("steady")).text["en"].splitlines()[2]
    'As usual | Palm-oil revenue sharing | 4 | 48 | Rp806,400'
    """
    paid = rows[(rows["fund"] != "") & (rows["contribution_high"] > 0)]
    last = paid[paid["year"] == rows["year"].max()]
    shown = _titled(last, titles).assign(covered_average=last["persons"])
    columns = [
        ("scenario", "titled"),
        ("fund", "fund"),
        ("covered_average", "count"),
        ("person_months", "count"),
        ("contribution", "rupiah_spread"),
    ]
    names = ["scenario", "year", "fund", *_BILLED[:-1]]
    year = int(rows["year"].max())
    return table(
        "funds",
        shown,
        columns,
        id=f"Tempat yang dibayar perusahaan dan dana publik, {year}",
        en=f"Places paid for by companies and public funds, {year}",
        data=paid[names],
    )


def bought_table(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """What each scenario buys beside the usual course (rows of `bought` of one year).

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": ["retention"], "year": 2045, "additional": 10, "additional_low": 10, "additional_high": 10,
    ...     "additional_cost": 2016000, "additional_cost_low": 2016000, "additional_cost_high": 2016000, "additional_public": 0,
    ...     "per_person": pd.NA, "per_person_low": pd.NA, "per_person_high": pd.NA, "per_person_is": "too few"})
    >>> bought_table(rows.assign(facts=facts), scenario_titles("retention")).text["id"].splitlines()[2].replace("\\xa0", " ")
    'Peserta bertahan | +10 | Rp2,02 juta | Rp0 | terlalu sedikit untuk dihitung'
    """
    ends = [tuple(r) for r in rows[["additional_low", "additional", "additional_high"]].itertuples(index=False)]
    shown = _titled(rows, titles).assign(additional=pd.Series(ends, index=rows.index))
    columns = [
        ("scenario", "titled"),
        ("additional", "gain"),
        ("additional_cost", "rupiah_spread"),
        ("additional_public", "rupiah_short"),
        ("per_person", "per_head"),
    ]
    year = 0 if rows.empty else int(rows["year"].iloc[0])
    plain = rows.drop(columns="facts")
    return table(
        f"bought-{year}",
        shown,
        columns,
        id=f"Yang didapat di atas keadaan biasa, {year}",
        en=f"What is bought beside the usual course, {year}",
        data=plain,
    )


def accidents_table(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """Work-accident cases and claims to expect among the covered (rows of `accidents`): a rough order of magnitude.

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": ["steady"], "year": 2045, "persons": 1470301, "cases_expected": 7463,
    ...     "claims_expected": 65899117589, "claims_low": 65899117589, "claims_high": 105008465735})
    >>> accidents_table(rows.assign(facts=facts), scenario_titles("steady")).text["en"].splitlines()[2].replace("\\xa0", " ")
    'As usual | 1,470,301 | 7,463 | Rp65.9 billion (Rp65.9–105 billion)'
    """
    ends = {f"claims_expected_{end}": rows[f"claims_{end}"] for end in ("low", "high")}
    shown = _titled(rows, titles).assign(covered_average=rows["persons"], **ends)
    columns = [
        ("scenario", "titled"),
        ("covered_average", "count"),
        ("cases_expected", "count"),
        ("claims_expected", "rupiah_spread"),
    ]
    year = 0 if rows.empty else int(rows["year"].iloc[0])
    names = ["scenario", "year", "persons", "cases_expected", "claims_expected", "claims_low", "claims_high"]
    return table(
        "accidents",
        shown,
        columns,
        id=f"Perkiraan kasar kecelakaan kerja di antara yang tercakup, {year}",
        en=f"Work accidents to expect among the covered, roughly, {year}",
        data=rows[names],
    )


def target_table(rows: pd.DataFrame, whose: str) -> Shown:
    """Official targets beside the coverage rate on their own base (rows of `compared`): the `place`'s or the `nation`'s.

    >>> from analysis.data import read
    >>> from analysis.projection.runs import project_each
    >>> from analysis.targets import compared
    >>> aheads = project_each({"employed": (start, past)}, assumptions, 2030, 50, 1)
    >>> rows = compared(read("targets"), "18", aheads)
    >>> target_table(rows, "nation").text["en"].splitlines()[2].split(" | ")[:3]
    ['RPJMN 2025-2029 awal', '32.15%', 'employed, by BPS']
    """
    shown = rows[rows["whose"] == whose]
    titles = {
        "place": ("Target resmi untuk wilayah ini", "Official targets of this place"),
        "nation": ("Target resmi nasional", "Official national targets"),
    }
    named = shown.assign(target="", target_rate_set=shown["goal"], target_base=shown["base"])
    columns = [
        ("target", "target"),
        ("target_rate_set", "percent"),
        ("target_base", "term"),
        ("rate", "bounds"),
        ("gap", "bounds"),
        ("missing", "bounds"),
        ("odds_usual", "odds"),
        ("odds_best", "odds"),
        ("verdict", "term"),
        ("source_ids", "cite"),
    ]
    data = shown.assign(confidence=shown["facts"].map(lambda facts: facts.confidence)).drop(columns="facts")
    said = shown["verdict"].replace("base not stated", "target base not stated")
    named = named.assign(rate=0.0, gap=0.0, missing=0, verdict_is=shown["verdict"], verdict=said)
    return table(f"targets-{whose}", named, columns, id=titles[whose][0], en=titles[whose][1], note=False, data=data)


def odds_table(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """How likely each scenario reaches a rate (rows of `odds`): in its year, the best, and when first.

    >>> from analysis.projection.runs import project
    >>> from analysis.scenarios import scenario_titles
    >>> from analysis.targets import odds
    >>> ahead = project(start, past, assumptions[assumptions["scenario"] == "steady"], 2030, 50, 1)
    >>> odds_table(odds(ahead, 0.3, 2030), scenario_titles("steady")).text["en"].splitlines()[2].split(" | ")[4]
    'never'
    """
    named = _titled(rows, titles)
    columns = [
        ("scenario", "titled"),
        ("probability", "odds"),
        ("median_rate", "percent"),
        ("best_median_rate", "reach"),
        ("first_year", "year_of"),
    ]
    goal, year = rows["goal"].iloc[0], rows["year"].iloc[0]
    names = ["scenario", "goal", "year", "probability", "median_rate", "best_median_rate", "best_year", "first_year"]
    return table(
        "odds",
        named,
        columns,
        id=f"Peluang mencapai {percent(goal, 'id', 1)} pada Desember {year}",
        en=f"Probability of reaching {percent(goal, 'en', 1)} in December {year}",
        data=rows[names],
    )


def effort_table(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """The least of each lever by itself that reaches a rate, by how sure one wants to be (rows of `efforts`).

    >>> from analysis.scenarios import scenario_titles
    >>> from analysis.targets import efforts
    >>> plans = assumptions[assumptions["scenario"].isin(["steady", "government_pays"])]
    >>> rows = efforts(project(start, past, plans, 2030, 50, 1), 0.4, 2030)
    >>> effort_table(rows, scenario_titles(plans)).text["en"].splitlines()[2].split(" | ")[1]
    'Places paid for, local budgets (APBD) (of the non-wage workers)'
    """
    if rows.empty:
        return Shown("table", "efforts", text={})
    cells = [tuple(pair) for pair in rows[["status", "value"]].itertuples(index=False)]
    keys = ["scenario", "lever", "parameter", "part", "unit", "best_rate", "best_year"]
    wide = rows.assign(cell=cells, chance=[f"chance {chance:g}" for chance in rows["chance"]])
    wide = wide.drop_duplicates([*keys, "chance"]).pivot(index=keys, columns="chance", values="cell").reset_index()
    facts = rows.drop_duplicates("scenario")[["scenario", "facts"]]
    named = titles[["scenario", "title_id", "title_en"]].merge(wide, on="scenario").merge(facts, on="scenario")
    named = named.assign(
        scenario_id=named["title_id"], scenario_en=named["title_en"], assumption="", best_reach=named["best_rate"]
    )
    columns = [
        ("scenario", "titled"),
        ("assumption", "assumption_of"),
        *((name, "effort") for name in ("chance 0.5", "chance 0.8", "chance 0.95")),
        ("best_reach", "reach"),
    ]
    goal, year = rows["goal"].iloc[0], rows["year"].iloc[0]
    names = [
        "scenario",
        "lever",
        "parameter",
        "part",
        "unit",
        "goal",
        "year",
        "chance",
        "status",
        "value",
        "probability",
        "best_in_year",
        "best_rate",
        "best_year",
    ]
    return table(
        f"efforts-{year}",
        named,
        columns,
        data=rows[names],
        id=f"Yang paling sedikit diperlukan dari satu langkah untuk mencapai {percent(goal, 'id', 2)} pada Desember {year}",
        en=f"The least of a single lever that reaches {percent(goal, 'en', 2)} in December {year}",
    )


def back_test_table(rows: pd.DataFrame) -> Shown:
    """How forecasts of a year that is known by now would have fared, method by method (rows of `back_test_summary`, with facts).

    >>> rows = pd.DataFrame({"method": ["no change"], "cases": [34], "mean_absolute_error": [0.0326], "bias": [-0.0212],
    ...     "hits": pd.array([pd.NA], dtype="Int64"), "crps": [0.0326]})
    >>> back_test_table(rows.assign(facts=facts)).text["en"].splitlines()[2]
    'The rate stays as it was | 3.26 | −2.12 | – | 3.26'
    """
    columns = [
        ("method", "term"),
        ("mean_absolute_error", "plain_points"),
        ("bias", "plain_points"),
        ("hits", "hits"),
        ("crps", "plain_points"),
    ]
    return table(
        "back-test",
        rows,
        columns,
        id="Uji mundur: ramalan untuk tahun yang sudah diketahui (poin persentase)",
        en="Back-test: forecasts of a year that is known by now (percentage points)",
    )


def mix_table(rows: pd.DataFrame, goal: float, year: int) -> Shown:
    """The cheapest mix of levers, lever by lever (rows of `by_lever`); nothing where none is needed.

    >>> from analysis.targets import by_lever, cheapest_mix, middle_course
    >>> course = middle_course(project(start, past, assumptions, 2026, 50, 1), until=2026)
    >>> levers = pd.DataFrame({"lever": ["public_subsidy"], "segment": ["BPU"], "kind": ["places"], "capacity": [400_000], "cost": [201_600]})
    >>> rows = by_lever(cheapest_mix(course, levers, goal=0.25, year=2026))
    >>> mix_table(rows, 0.25, 2026).text["en"].splitlines()[2].split(" | ")[:2]
    ['Government pays', '2026']
    """
    named = rows.assign(reached_people=rows["people_total"])
    columns = [("lever", "term"), ("first_year", "year_of"), ("reached_people", "count"), ("cost", "rupiah_short")]
    names = ["lever", "segment", "kind", "first_year", "people", "people_total", "cost"]
    return table(
        "mix",
        named,
        columns,
        data=rows[names],
        id=f"Gabungan langkah termurah menuju {percent(goal, 'id')} pada Desember {year}",
        en=f"The cheapest mix of levers towards {percent(goal, 'en')} in December {year}",
    )
