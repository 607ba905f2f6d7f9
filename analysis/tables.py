"""One function a printed table: rows of `coverage` in, a captioned table in both languages out.

The HTML is ten lines of template of our own, because pandas and Styler write no `scope`, no
caption and random ids, and don't escape what the data holds.
"""

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
    footnote,
    month,
    percent,
    printed,
    printed_percent,
    rate,
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
_NUMERIC = ("count", "rate", "percent", "printed")


def table(
    name: str,
    rows: pd.DataFrame,
    columns: Sequence[Column],
    cited: pd.DataFrame,
    *,
    id: str,
    en: str,
    note: bool = True,
) -> Shown:
    """A table with caption (`id`, `en`), header cells a screen reader can use, and its sources below.

    `columns` are pairs of a column of `rows` and a kind: term, text, month, count, percent, rate
    (the rate, or why there is none), printed (a count as it stood), dates, caution, or cite (numbered sources). The
    first column heads the row. Headers are the glossary's words for the columns. A table whose rows
    carry their own dates and sources goes without the `note`; one without rows shows nothing.
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
    data = [{column: row[column] for column, kind in columns} for row in records]
    facts = about(rows) if "source_ids" in rows else {}
    below = footnote(facts, cited) if note else {}
    return Shown("table", name, text, html, title=titles, note=below, about=facts, data=data)


def _cell(row: dict[str, Any], column: str, kind: str, cited: pd.DataFrame, language: str) -> str | Markup:
    value = row[column]
    if kind == "rate":
        if row.get("rate_printed"):
            return printed_percent(row["rate_printed"], language)
        return rate(row, language)
    if kind == "cite":
        numbers = sorted(int(cited["number"][i]) for i in value)
        return Markup(" ").join(Markup('<a href="#source-{0}">[{0}]</a>').format(n) for n in numbers)
    if kind == "dates":
        return _dates(row, language)
    if column == "uncovered" and row.get("rate_is") in ("not residents", "exceeds"):
        return "–"
    if kind == "caution":
        return str(row["caution_id"] if language == "id" else value)
    write: dict[str, Callable[[object, str], str]] = {
        "count": count, "percent": percent, "month": month, "term": term, "printed": printed
    }  # fmt: skip
    return write[kind](value, language) if kind in write else str(value)


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
