"""One function a printed table: rows of `coverage` in, a captioned table in both languages out.

The HTML is ten lines of template of our own, because pandas and Styler write no `scope`, no
caption and random ids, and don't escape what the data holds.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
from jinja2 import Environment
from markupsafe import Markup

from analysis.words import (
    LANGUAGES,
    Shown,
    about,
    count,
    decimal,
    figure,
    footnote,
    growth,
    identity,
    month,
    percent,
    points,
    printed,
    printed_percent,
    rate,
    signed,
    span,
    statement,
    statements,
    term,
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
)


def table(
    name: str,
    rows: pd.DataFrame,
    columns: Sequence[Column],
    cited: pd.DataFrame,
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
    records: list[dict[str, Any]] = rows.to_dict("records")
    html, text = {}, {}
    for language in LANGUAGES:
        heads = [
            (term(column if kind != "cite" else "title", language), kind in _NUMERIC)
            for column, kind in columns
        ]
        cells = [[_cell(row, column, kind, cited, language) for column, kind in columns] for row in records]
        numbered = [
            [first, *zip(rest, (kind in _NUMERIC for _, kind in columns[1:]), strict=True)]
            for first, *rest in cells
        ]
        html[language] = _TEMPLATE.render(title=titles[language], heads=heads, rows=numbered)
        lines = [
            [head for head, _ in heads],
            *([str(Markup(cell).striptags()) for cell in row] for row in cells),
        ]
        text[language] = "\n".join([titles[language], *(" | ".join(line) for line in lines)])
    plain = [{column: row[column] for column, kind in columns} for row in records]
    behind = plain if data is None else data.to_dict("records")
    facts = about(rows) if "source_ids" in rows else {}
    below = footnote(facts, cited) if note else {}
    return Shown("table", name, text, html, title=titles, note=below, about=facts, data=behind)


def _cell(row: dict[str, Any], column: str, kind: str, cited: pd.DataFrame, language: str) -> str | Markup:
    value = row[column]
    if kind == "rate":
        if row.get("rate_printed"):
            return printed_percent(row["rate_printed"], language)
        return rate(row, language)
    if kind in _OF_CLAIMS:
        return _OF_CLAIMS[kind](row, language)
    if kind == "cite":
        numbers = sorted(int(cited["number"][i]) for i in value)
        return Markup(" ").join(Markup('<a href="#source-{0}">[{0}]</a>').format(n) for n in numbers)
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
    write: dict[str, Callable[[object, str], str]] = {
        "count": count, "percent": percent, "month": month, "term": term, "printed": printed,
        "growth": growth,
    }  # fmt: skip
    return write[kind](value, language) if kind in write else str(value)


def _effect(row: dict[str, Any], language: str) -> str:
    """Points with their interval where it shows in two decimals, or in words why there are none."""
    if row["known_is"] != "known":
        return term(row["known_is"], language)
    point, low, high = (
        points(row[column], language, unit=False) for column in ("points", "points_low", "points_high")
    )
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
    people, workers = (
        ", ".join(month(p, language) for p in row[column]) for column in ("as_of", "workers_as_of")
    )
    note = {"id": "pekerja", "en": "workers"}[language]
    return people if people == workers or not workers else f"{people}; {note}: {workers}"


# The rate stands first after the row's name: on a phone it is what is seen without scrolling.
_RATE = ("rate", "rate")
_AS_PRINTED = [("covered_printed", "printed"), ("workers_printed", "printed")]
_OWN = [("as_of", "dates"), ("confidence", "term"), ("source_ids", "cite")]


def _cautions(rows: pd.DataFrame) -> list[Column]:
    return [("caution", "caution")] if (rows["caution"] != "").any() else []


def by_segment(rows: pd.DataFrame, cited: pd.DataFrame) -> Shown:
    """Covered, workers, uncovered and rate of one place: PU, BPU and all (rows of `place`).

    >>> print(by_segment(here.tail(1), cited).text["en"])
    Coverage by segment
    Segment | Coverage rate | Covered | Workers | Uncovered
    All segments | 15.60% | 732,890 | 4,697,658 | 3,964,768
    """
    counted = [("covered", "count"), ("workers", "count"), ("uncovered", "count")]
    figures = _AS_PRINTED if (rows["workers_printed"] != "").any() else counted
    columns = [("segment", "term"), _RATE, *figures, *(_cautions(rows) if "caution" in rows else [])]
    return table("segments", rows, columns, cited, id="Cakupan menurut segmen", en="Coverage by segment")


def two_bases(rows: pd.DataFrame, cited: pd.DataFrame) -> Shown:
    """The place on BPS's base and, as published in the same year, on the eligible base (rows of `bases`).

    Nothing where no article prints a rate for that year.

    >>> from analysis.coverage import bases
    >>> [row["base"] for row in two_bases(bases(choice, covered, workers, claims), cited).data]
    ['employed', 'eligible']
    """
    if len(rows) == 1:
        return Shown("table", "bases", text={})
    columns = [("base", "term"), _RATE, *_AS_PRINTED, *_OWN, *_cautions(rows)]
    return table(
        "bases", rows, columns, cited, id="Satu tempat, dua dasar", en="One place, two bases", note=False
    )


def two_splits(rows: pd.DataFrame, cited: pd.DataFrame) -> Shown:
    """The same period by domicile and by registration, side by side and never added (rows of `splits`).

    >>> from analysis.coverage import splits
    >>> from analysis.provenance import cite
    >>> rows = splits(choice, participants, workers)
    >>> two_splits(rows, cite(sources, rows)).text["en"].splitlines()[3]
    "where the employer is registered | not the residents' coverage | 453,853 | 4,697,658 | December 2023; workers: August 2023 | high | [1] [2]"
    """
    columns = [("basis", "term"), _RATE, ("covered", "count"), ("workers", "count"), *_OWN]
    english = "Two ways of splitting the same participants"
    return table(
        "splits", rows, columns, cited, id="Dua cara membagi peserta yang sama", en=english, note=False
    )


def as_published(rows: pd.DataFrame, cited: pd.DataFrame) -> Shown:
    r"""The rates that the press printed on the place (rows of `articles`), each on its own base.

    >>> from analysis.coverage import articles
    >>> as_published(articles(claims, "18").head(1), cited).text["id"].splitlines()[-1].replace("\xa0", " ")
    '2023 | Semua segmen | 26,79 % | 731.991 | 2,7 juta | seperti tercetak | [2]'
    """
    columns = [
        ("period", "month"),
        ("segment", "term"),
        _RATE,
        *_AS_PRINTED,
        *_OWN[1:],
        *_cautions(rows),
    ]
    indonesian = "Angka cakupan seperti diterbitkan, masing-masing dengan dasarnya sendiri"
    english = "Coverage figures as published, each on its own base"
    return table("published", rows, columns, cited, id=indonesian, en=english, note=False)


def uncovered(rows: pd.DataFrame, cited: pd.DataFrame) -> Shown:
    """Which segments the uncovered of a place consist of (rows of `gap`); nothing while that isn't known.

    >>> from analysis.coverage import gap
    >>> uncovered(gap(here.head(2)), cited).text["en"].splitlines()[2:]
    ['Non-wage workers (BPU) | 79.48% | 3,151,338', 'Wage earners (PU) | 20.52% | 813,430']
    """
    columns = [("segment", "term"), ("share_of_uncovered", "percent"), ("uncovered", "count")]
    known = rows[rows["share_of_uncovered"].notna()]
    return table(
        "uncovered", known, columns, cited, id="Siapa yang belum tercakup", en="Who the uncovered are"
    )


def two_dates(frames: Sequence[pd.DataFrame], cited: pd.DataFrame) -> Shown:
    """Covered, workers and rate of one place at two dates, all and by segment (frames of `coverage_of`).

    >>> whole = here.tail(1).assign(period="2023-12")
    >>> two_dates([whole, whole], cited).text["en"].splitlines()[2]
    'All segments | December 2023 | 15.60% | 732,890 | 4,697,658 | 100.00%'
    """
    both = pd.concat(frames, ignore_index=True).fillna({"segment": "all"})
    both = both.sort_values("segment", key=lambda s: s.map({"all": 0, "PU": 1, "BPU": 2}), kind="stable")
    whole = both[both["segment"] == "all"].groupby("period")["workers"].first()
    rows = both.assign(share_of_workers=both["workers"] / both["period"].map(whole))
    columns = [
        ("segment", "term"), ("period", "month"), _RATE, ("covered", "count"), ("workers", "count"),
        ("share_of_workers", "percent"),
    ]  # fmt: skip
    indonesian, english = "Dua waktu dengan dasarnya", "Two dates and their bases"
    return table("two-dates", rows, columns, cited, id=indonesian, en=english)


def ledger_table(rows: pd.DataFrame, cited: pd.DataFrame) -> Shown:
    """What moved a rate, in points and in people (rows of `ledger`); what didn't change at all is left out.

    >>> from analysis.change import ledger, published_dates
    >>> from analysis.claims.published import articles
    >>> dates = published_dates(articles(claims, "18"))
    >>> print(ledger_table(ledger(dates.head(1), dates.iloc[[1]]), cited).text["en"])
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
    indonesian, english = (
        " – ".join(month(d, "id") for d in dates),
        " to ".join(month(d, "en") for d in dates),
    )
    return table(
        "ledger", rows, columns, cited,
        id=f"Apa yang menggerakkan tingkat cakupan, {indonesian}", en=f"What moved the rate, {english}",
    )  # fmt: skip


def published_dates_table(rows: pd.DataFrame, cited: pd.DataFrame) -> Shown:
    """Published figures one can compare over time, each with the base that fits it (rows of `published_dates`).

    >>> from analysis.change import published_dates
    >>> from analysis.claims.published import articles
    >>> published_dates_table(published_dates(articles(claims, "18")).head(1), cited).text["en"].splitlines()[-1]
    '2023 | 26.79% | 731,991 | 2.7 million | 2,731,820 to 2,732,839 | [2]'
    """
    columns = [
        ("period", "month"),
        _RATE,
        *_AS_PRINTED,
        ("workers_between", "between"),
        ("source_ids", "cite"),
    ]
    ends = {f"workers_between_{end}": rows[f"workers_{end}"] for end in ("low", "high")}
    return table(
        "published-dates", rows.assign(workers_between=rows["workers"], **ends), columns, cited,
        id="Angka terbitan yang dapat dibandingkan", en="Published figures that can be compared", note=False,
    )  # fmt: skip


def ledgers_table(rows: pd.DataFrame, cited: pd.DataFrame) -> Shown:
    """What moved the published rate from each date to the next (rows of `ledgers`); nothing without two dates.

    >>> from analysis.change import ledgers, published_dates
    >>> from analysis.claims.published import articles
    >>> ledgers_table(ledgers(published_dates(articles(claims, "18"))), cited).text["en"].splitlines()[2]
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
        "published-ledgers", rows, columns, cited, note=False,
        id="Apa yang menggerakkan tingkat cakupan terbitan", en="What moved the published rate",
    )  # fmt: skip


def bases_table(rows: pd.DataFrame, cited: pd.DataFrame) -> Shown:
    """Published bases beside BPS's employed: how fast both grew (rows of `bases_compared`).

    >>> from analysis.change import bases_compared, published_dates
    >>> from analysis.claims.published import articles
    >>> rows = bases_compared(published_dates(articles(claims, "18")), labour_force[labour_force["province_code"] == "18"])
    >>> bases_table(rows, cited).text["en"].splitlines()[2]
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
        "published-bases", rows, columns, cited, note=False,
        id="Dasar terbitan di samping penduduk bekerja menurut BPS", en="Published bases beside BPS's employed",
    )  # fmt: skip


def inequality_table(
    before: pd.DataFrame, after: pd.DataFrame, dates: Sequence[str], cited: pd.DataFrame
) -> Shown:
    """Inequality between provinces at two dates (rows of `inequality`), weighted by workers and not.

    >>> from analysis.disparity import inequality
    >>> rows = inequality(provinces)
    >>> inequality_table(rows, rows, ["2023-12", "2023-12"], cited).text["en"].splitlines()[2]
    'Highest less lowest (percentage points) | each province as one | 39.31 | 39.31'
    """
    both = before[["measure", "unit"]].assign(source_ids=before["source_ids"])
    long = [
        both.assign(weighting=weighting, before=before[weighting], after=after[weighting])
        for weighting in ("weighted", "unweighted")
    ]
    rows = pd.concat(long).sort_index(kind="stable")
    single = rows["measure"].isin(["absolute gap", "relative gap"]) & (rows["weighting"] == "weighted")
    rows = rows[~single & (rows["measure"] != "between-group variance")]
    rows = rows.assign(
        **{c: [tuple(dict.fromkeys(v for f in (before, after) for row in f[c] for v in row))] * len(rows)
           for c in ("as_of", "workers_as_of", "source_ids")},
        confidence=min(before["confidence"].iloc[0], after["confidence"].iloc[0], key=("low", "medium", "high", "").index),
    )  # fmt: skip
    columns = [("measure", "term"), ("weighting", "term"), ("before", "measure"), ("after", "measure")]
    first, last = dates
    return table(
        "inequality", rows, columns, cited,
        id=f"Ketimpangan antarprovinsi, {month(first, 'id')} (awal) dan {month(last, 'id')} (akhir)",
        en=f"Inequality between provinces, {month(first, 'en')} (before) and {month(last, 'en')} (after)",
    )  # fmt: skip


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
    "gap": (
        "mungkin selisih ke target, bukan yang belum tercakup",
        "it may be the gap to a target, not the uncovered",
    ),
    "digit": ("cukup mengganti satu digit; ada {n} cara", "changing one digit is enough; there are {n} ways"),
    "one digit": (
        "cukup mengganti satu digit; hanya ini caranya",
        "changing one digit is enough; this is the only way",
    ),
    "rounded": ("mungkin dibulatkan ke ribuan", "it may be rounded to thousands"),
    "together": ("bersama koreksi lain dalam berita ini", "together with the other of this article"),
    "segment": ("mungkin ada segmen lain yang tidak tercetak", "there may be segments that weren't printed"),
}


def _offer(row: dict[str, Any], language: str) -> str:
    """What a correction would have the figure read."""
    claim = row["statement"]
    if row["kind"] == "segment":
        people = span(row["low"], row["high"], False, language)
        return f"{people} orang di segmen lain" if language == "id" else f"{people} people in other segments"
    write = printed_percent if claim.unit == "percent" else printed
    text = write(row["text"], language)
    if row["kind"] == "gap" and claim.measure == "uncovered":
        return f"{term('gap_to_target', language)}, {row['target_year']}: {text}"
    return text


def _why(row: dict[str, Any], language: str) -> str:
    kind = "one digit" if row["kind"] == "digit" and row["alternatives"] == 1 else row["kind"]
    said = _OFFERS[kind][LANGUAGES.index(language)].format(n=row["alternatives"])
    if row["kind"] == "gap":  # which target
        return f"{said} ({printed_percent(row['target'], language)})"
    return said


def _conflict(row: dict[str, Any], language: str) -> str:
    """The figures, and what joins them where that isn't plain."""
    figures = statements(row["conflict"], language)
    joined = ", ".join(identity(name, language) for name in row["identities"])
    return f"{figures} ({joined})" if joined else figures


def _in_short(claims: Sequence[Any]) -> str:
    """Printed figures as text for a CSV file: measure, segment, figure."""
    return "; ".join(f"{claim.measure} {claim.segment} {claim.printed}" for claim in claims)


def _conflicts(rows: pd.DataFrame) -> pd.DataFrame:
    """What a CSV file holds of rows of `verdict_rows`."""
    short = {name: rows[name].map(_in_short) for name in ("conflict", "cut_off", "remove")}
    names = [
        "article_ids",
        "place",
        "date",
        "verdict",
        "figures",
        "tested",
        *short,
        "identities",
        "source_ids",
    ]
    return rows.assign(**short)[names]


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
    "cut": lambda row, language: statements(row["cut_off"], language) or "–",
    "conflict": _conflict,
    "statement": lambda row, language: statement(row["statement"], language),
    "offer": _offer,
    "why": _why,
}
_ARTICLE = [("date", "month"), ("source_ids", "cite")]


def verdict_list(rows: pd.DataFrame, cited: pd.DataFrame, name: str = "verdicts") -> Shown:
    """Articles with their verdict, the gravest first (rows of `verdict_rows`).

    >>> from analysis.claims.articles import trials, verdict_rows
    >>> from analysis.provenance import cite
    >>> rows = verdict_rows(trials(claims[claims["article_id"] == "NAT-2014"]))
    >>> verdict_list(rows, cite(sources, rows)).text["en"].splitlines()[-1]
    'Indonesia | can be true together | 6 | 5 | February 2014 | [1]'
    """
    columns = [("place", "text"), ("verdict", "term"), ("figures", "count"), ("tested", "count"), *_ARTICLE]
    indonesian, english = (
        "Berita dan hasil ujinya, yang paling berat lebih dahulu",
        "Articles and their verdict, the gravest first",
    )
    if name == "everywhere":
        indonesian, english = (
            "Semua berita dalam data dan hasil ujinya",
            "All articles of the data and their verdict",
        )
    return table(name, rows, columns, cited, id=indonesian, en=english, note=False, data=_conflicts(rows))  # fmt: skip


def joint_list(rows: pd.DataFrame, cited: pd.DataFrame) -> Shown:
    """Articles on one place and month, tried together (rows of `verdict_rows` of `together`).

    >>> from analysis.claims.articles import together, verdict_rows
    >>> from analysis.provenance import cite
    >>> rows = verdict_rows(together(claims[claims["place"] == "Kota Batam"]))
    >>> joint_list(rows, cite(sources, rows)).data[0]["verdict"]
    'consistent if figures were cut off'
    """
    columns = [("place", "text"), ("date", "month"), ("verdict", "term"), ("figures", "count"),
               ("conflict", "statements"), ("source_ids", "cite")]  # fmt: skip
    return table("together", rows, columns, cited, id="Berita tentang tempat dan bulan yang sama, diuji bersama",
                 en="Articles on one place and month, tried together", note=False, data=_conflicts(rows))  # fmt: skip


def conflict_list(rows: pd.DataFrame, cited: pd.DataFrame, here: str) -> Shown:
    """The fewest figures of each article that can't all be true (rows of `verdict_rows`); nothing if none conflict.

    `here` is the place that goes without saying.

    >>> from analysis.claims.articles import trials, verdict_rows
    >>> from analysis.provenance import cite
    >>> rows = verdict_rows(trials(claims[claims["article_id"] == "SULAWESI-BARAT-2017-2018"]))
    >>> shown = conflict_list(rows, cite(sources, rows), here="Sulawesi Barat")
    >>> shown.text["en"].splitlines()[-1].replace("\xa0", " ").split(" | ")[0]
    'Covered: 79 thousand; Workers: 621 thousand; Coverage rate: 11%'
    """
    found = rows[rows["verdict"].isin(["inconsistent", "impossible for whole people"])]
    return _conflict_table("conflicts", found, cited, here, id="Angka yang tidak dapat benar bersama-sama, dalam tiap berita",
                           en="Figures that can't all be true, article by article")  # fmt: skip


def cut_list(rows: pd.DataFrame, cited: pd.DataFrame, here: str) -> Shown:
    """Figures that conflict if rounded and agree if cut off (rows of `verdict_rows`); nothing if there are none.

    >>> from analysis.claims.articles import trials, verdict_rows
    >>> from analysis.provenance import cite
    >>> rows = verdict_rows(trials(claims[claims["article_id"] == "DKI-2022-10"]))
    >>> cut_list(rows, cite(sources, rows), here="DKI Jakarta").data[0]["cut_off"]
    'achievement_rate BPU 62,65'
    """
    found = rows[rows["verdict"] == "consistent if figures were cut off"]
    return _conflict_table("cut-off", found, cited, here, id="Angka yang bertentangan bila dibulatkan, tetapi cocok bila ada yang dipotong",
                           en="Figures that conflict if rounded, and agree if some were cut off")  # fmt: skip


def _conflict_table(
    name: str, found: pd.DataFrame, cited: pd.DataFrame, here: str, *, id: str, en: str
) -> Shown:
    found = found.assign(
        place=found["conflict_places"].map(", ".join), date=found["conflict_dates"].map(lambda d: d[-1])
    )
    columns: list[Column] = [("conflict", "conflict")]
    columns += [("cut_off", "cut")] if name == "cut-off" else []
    columns += [("remove", "remove")] if (found["remove"].map(len) > 1).any() else []
    columns += [*_place(found, here), *_ARTICLE]
    return table(name, found, columns, cited, id=id, en=en, note=False, data=_conflicts(found))


def _place(rows: pd.DataFrame, here: str) -> list[Column]:
    """A column for the place, where a row is of another than the page's."""
    return [("place", "text")] if set(rows["place"]) - {here} else []


def offered_list(rows: pd.DataFrame, cited: pd.DataFrame, here: str, whole: bool = False) -> Shown:
    """Readings that would make an article's figures agree (rows of `correction_rows`); nothing if there are none.

    `whole`: they are all of one article, that is shown by itself.

    >>> from analysis.claims.articles import correction_rows, trials
    >>> from analysis.provenance import cite
    >>> rows = correction_rows(trials(claims[claims["article_id"] == "LPG-2023-SEED-ANTARA"]))
    >>> offered_list(rows, cite(sources, rows), "Lampung").text["en"].splitlines()[-1].replace("\xa0", " ")
    'Workers, non-wage workers (BPU): “1,7 orang” | 1.7 million | a scale word may have been dropped or mistaken in print | 2023 | [1]'
    """
    name, *whose = (
        ("foremost-offered", "untuk berita ini", "for this article")
        if whole
        else ("offered", "untuk berita lainnya", "for the other articles")
    )
    named = rows.assign(figure=rows["statement"], would_read=rows["text"], why=rows["kind"])
    columns = [
        ("figure", "statement"),
        ("would_read", "offer"),
        ("why", "why"),
        *_place(rows, here),
        *_ARTICLE,
    ]
    short = rows.assign(statement=rows["statement"].map(lambda claim: _in_short([claim])))
    names = ["place", "date", "kind", "statement", "text", "printed_by", "target", "target_year", "alternatives",
             "low", "high", "source_ids"]  # fmt: skip
    return table(name, named, columns, cited, id=f"Pembacaan yang mungkin {whose[0]}; tidak ada yang diubah diam-diam",
                 en=f"Possible readings {whose[1]}; nothing is corrected silently", note=False, data=short[names])  # fmt: skip


def figure_list(rows: pd.DataFrame, cited: pd.DataFrame, here: str, whole: bool = False) -> Shown:
    """What each figure can be, given the others of its article (rows of `figure_rows`).

    Only figures that the others narrow, each with its article; or all of one article, if `whole`. Where a
    whole number of millions may be as exact as the decimals beside it, the second reading stands behind "or".

    >>> from analysis.claims.articles import figure_rows, trials
    >>> from analysis.provenance import cite
    >>> rows = figure_rows(trials(claims[claims["article_id"] == "LPG-2023-SEED-ANTARA"]))
    >>> for line in figure_list(rows, cite(sources, rows), "Lampung", whole=True).text["en"].splitlines()[3:5]: print(line.replace("\\xa0", " "))
    Workers | 2.7 million | 2,731,820–2,732,839 | 2,731,820–2,732,839
    Covered, wage earners (PU) | 564,386 | 564,386 | 564,386
    """
    shown = rows if whole else rows[rows["narrowed"].astype(bool)]
    shown = shown.assign(figure="", can_be="", unseen="").sort_values("date", kind="stable")
    how = [] if whole or set(shown["how"]) <= {"as printed"} else [("how", "term")]
    own = _place(shown, here) + ([] if whole else [*how, *_ARTICLE])
    columns = [("figure", "figure"), ("printed", "said"), ("can_be", "span"), ("unseen", "unseen"), *own]
    name, indonesian, english = (
        ("figures", "Tercetak, dan yang mungkin menurut angka lain dalam berita itu", "As printed, and what it can be by the other figures of the article")
        if whole
        else ("other-figures", "Angka lain yang dipersempit oleh beritanya sendiri", "Other figures that their own article narrows down")
    )  # fmt: skip
    names = ["place", "date", "measure", "segment", "kind", "printed", "unit", "printed_low", "printed_high", "low", "high",
             "fine_low", "fine_high", "unseen_low", "unseen_high", "how", "source_ids"]  # fmt: skip
    return table(name, shown, columns, cited, id=indonesian, en=english, note=whole, data=shown[names])
