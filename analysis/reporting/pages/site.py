"""The index of all pages, one file a language: the country, a map, and a table of places with rate and links.

Its table is made from the records beside the pages, so it lists exactly what is there, and shows of them what `index` in
`reports.toml` says, and a link to each; what stands above it is from the tables of `data/` (`front`). Where only some of the reports were rendered,
the pages there are of several states; those that aren't of today's are marked, with a legend below the table.
"""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader

from analysis.reporting.manifest import NAME, NOBODY, Cell, Column, Report, Site
from analysis.reporting.pages.front import (
    Front,
    courses,
    findable,
    gathered,
    legend,
    nation,
    scale,
    the_map,
    years,
    young,
)
from analysis.reporting.pages.style import page_css
from analysis.reporting.records.record import Reader, Record, listed
from analysis.reporting.records.record import read as read_record
from analysis.schema import CONFIDENCE, COUNTRY
from analysis.words import LANGUAGES, TERMS, fields, fill, percent, term

_TEMPLATE = Path(__file__).parent / "template"
_TEMPLATES = Environment(
    autoescape=True, trim_blocks=True, lstrip_blocks=True, loader=FileSystemLoader(_TEMPLATE)
)  # made anew when one is changed
# The states of a page: what it was made of is as it was; has changed; it failed when it was last to be made; it was never made;
# it belongs to no report.
HOLDS, OLDER, FAILED, MISSING, UNKNOWN = "holds", "older", "failed", "missing", "unknown"


class Page(NamedTuple):
    """A page that there should be: of which place, and in which state it is."""

    place: str
    state: str


class Known(NamedTuple):
    """Which pages there should be, by their path, and the names of reports of which that can't be told today."""

    pages: Mapping[str, Page]
    left_out: Container[str] = ()


class Marked(NamedTuple):
    """How many pages the index shows that are of an older state, should show and can't, and shows although they belong to no report."""

    older: int = 0
    missing: int = 0
    unknown: int = 0


class Index(NamedTuple):
    """The text of the index by language, and how many pages are marked in it."""

    texts: dict[str, str]
    marked: Marked


# One file a language, side by side, so that both lead to a page by the same path below the outputs, and nothing of the index lies
# in a folder that may be a link or be handed on by itself. In one file it would be twice as large, and read out twice.
FILES = {language: "index.html" if language == LANGUAGES[0] else f"index.{language}.html" for language in LANGUAGES}


def index(
    outputs: Path,
    reports: Sequence[Report],
    read: Reader = read_record,
    known: Known | None = None,
    front: Front | None = None,
    publisher: Site = NOBODY,
) -> Index:
    """The texts of the index: what the country comes to, the map, and one row a place with what its pages found and links to them.

    What is shown of pages, and in which order, `reports` say. A damaged record is passed over; its page is listed again when it is
    rendered again. `read` reads a record, `known` says in which state the pages are (None: all are taken to hold), `front` is what
    was gathered before, `publisher` what `[site]` says.
    """
    front = gathered(reports) if front is None else front
    records = _regular_records(outputs, read)
    columns = {report.name: report.columns for report in reports if report.folder}
    others = {name for there in records.values() for name in there} - set(columns)
    columns = {name: columns.get(name, ()) for name in [*columns, *sorted(others)]}
    records = {folder: _legible(there, columns) for folder, there in records.items()}
    records = {folder: there for folder, there in records.items() if there}
    states = _states(records, known, columns)
    for path, (_, state) in (known.pages if known else {}).items():
        folder, _, report = path.rpartition("/")
        if folder and report in columns and state == FAILED:
            records.setdefault(folder, {})
    rows = [_place_row(folder, there, states, known, columns) for folder, there in records.items()]
    used = [state for state in _MARKS if any(state in row["marks"].values() for row in rows)]
    css = page_css() + "".join((_TEMPLATE / name).read_text("utf-8") for name in ("index.css", "marks.css"))
    script = (_TEMPLATE / "index.js").read_text("utf-8")
    heads = _heads(records, columns)
    rows = _rows_in_order(rows, heads, front)
    texts = {}
    for language in LANGUAGES:
        shown = {
            "language": language,
            "other": next(other for other in LANGUAGES if other != language),
            "files": FILES,
            "rows": rows,
            "css": css,
            "script": script,
            "css_hash": _base64_hash(css),
            "script_hash": _base64_hash(script),
            "term": term,
            "marks": {state: _MARKS[state] for state in used},
            "heads": heads,
            "names": _called(columns, reports),
            "nation": nation(front, language),
            "courses": courses(front, language),
            "years": years(front),
            "scale": scale(front),
            "percent": partial(percent, language=language, digits=0),
            "map": (drawn := the_map(front, language)),
            "legend": legend(drawn, language) if drawn else [],
            "young": young(front, language),
            "findable": findable(front),
            "codes": {name: code for code, name in front.names.items()},
            "linked": {row["place"]: row for row in rows},
            "edition": front.edition,
            "publisher": publisher,
            "tables": _rates_as_csv(records, rows),
        }
        texts[language] = _TEMPLATES.get_template("site.html.j2").render(shown)
    return Index(texts, _marked(records, states))


def _rows_in_order(
    rows: list[dict[str, Any]], heads: Sequence[Mapping[str, Any]], front: Front
) -> list[dict[str, Any]]:
    """The country, then all places from the highest rate down (what the first column of numbers shows), those without one last.

    Provinces that have no participants of their own get a row beside those that they are counted within.
    """
    first = next((head for head in heads if head["is_number"]), None)
    order, names = front.order, front.names
    there = {row["place"] for row in rows}
    for one in young(front, LANGUAGES[0]):
        if one["parent"] in there and one["name"] not in there:
            rows = [*rows, {"place": one["name"], "folder": one["folder"], "files": {}, "marks": {}, "cells": {}}]

    def rank(row: Mapping[str, Any]) -> tuple[Any, ...]:
        value = row["cells"][first["report"]][first["number"]][0] if first and row["cells"] else ""
        number = value if isinstance(value, int | float) else None
        at = order.index(row["place"]) if row["place"] in order else len(order)
        return row["place"] != names.get(COUNTRY), number is None, -(number or 0), at, row["place"]

    return sorted(rows, key=rank)


def _called(columns: Mapping[str, Any], reports: Sequence[Report]) -> dict[str, dict[str, tuple[str, str]]]:
    """What the pages of each report are called, by report and language: in a word, and as the question that they answer."""
    by_name = {report.name: report for report in reports}
    return {
        name: {
            language: (by_name[name].called(language), by_name[name].asks(language))
            if name in by_name
            else (name, name)
            for language in LANGUAGES
        }
        for name in columns
    }


def _rates_as_csv(records: Mapping[str, Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """For each language the data of all provinces that a page of today keeps beside it, the country's first; "" where none does."""
    found = dict.fromkeys(LANGUAGES, "")
    for row in rows:
        for record in records.get(row["folder"], {}).values():
            for name in record["files"]:
                language = name.partition("/")[0]
                if name.endswith(".rate-by-province.csv") and not found.get(language, "x"):
                    found[language] = name
    return found


def _marked(records: Mapping[str, Record], states: Mapping[str, str]) -> Marked:
    shown = Counter(states[f"{folder}/{report}"] for folder, there in records.items() for report in there)
    return Marked(shown[OLDER] + shown[FAILED], len(states) - shown.total(), shown[UNKNOWN])


def _regular_records(outputs: Path, read: Reader) -> dict[str, dict[str, Record]]:
    """The records of the regular pages, those of a report's own name, by the folder of the place and the report."""
    found: dict[str, dict[str, Record]] = {}
    for name in listed(outputs, LANGUAGES[0]):
        _, *folders, file = name.split("/")
        report = file.removesuffix(".record.json")
        record = read(outputs / name) if folders and report != file and NAME.fullmatch(report) else None
        if record and record["report"] == report:
            found.setdefault(folders[0], {})[report] = record
    return found


def _legible(records: Mapping[str, Record], columns: Mapping[str, Sequence[Column]]) -> dict[str, Record]:
    """The records that the index can show, in the order of the reports: a notebook may have published something else once."""
    found = {}
    for report in [name for name in columns if name in records]:
        try:
            if not isinstance(records[report]["parameters"]["province"], str):
                raise TypeError(f"{report} is about no place")
            _ = [_cell(column, records[report]) for column in columns[report]]
            found[report] = records[report]
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
            continue
    return found


def _states(records: Mapping[str, Record], known: Known | None, columns: Container[str]) -> dict[str, str]:
    """The state of each page that the index shows or should show, by its path."""
    shown = [f"{folder}/{report}" for folder, there in records.items() for report in there]
    if known is None:
        return dict.fromkeys(shown, HOLDS)
    found = {}
    for path in shown:
        report = path.rpartition("/")[2]
        lost = FAILED if report in known.left_out else UNKNOWN
        found[path] = known.pages[path].state if path in known.pages else lost
    wanted = [path for path in known.pages if "/" in path and path.rpartition("/")[2] in columns and path not in found]
    return found | {path: FAILED if known.pages[path].state == FAILED else MISSING for path in wanted}


def _heads(records: Mapping[str, Record], columns: Mapping[str, Sequence[Column]]) -> list[Record]:
    """The heads of the columns in their order: the report, whether it is of numbers or shares, and its text by language."""
    heads = []
    for report, of_report in columns.items():
        levels = [_about(there[report]) for there in records.values() if report in there]
        lowest = next((level for level in CONFIDENCE if level in levels), "")
        for number, column in enumerate(of_report):
            values = {**column.given, "confidence": lowest}
            text = {language: fill(head, values, language) for language, head in column.head.items()}
            kinds = [(_alone(shown) or ("", ""))[1] for shown in column.cells]
            place = {"report": report, "number": number, "at": column.at}
            is_number, is_share = all(kind not in _TEXT for kind in kinds), kinds[0].startswith("percent")
            heads.append(place | {"is_number": is_number, "is_share": is_share} | text)
    return sorted(heads, key=lambda head: head["at"])


def _place_row(
    folder: str,
    records: Mapping[str, Record],
    states: Mapping[str, str],
    known: Known | None,
    columns: Mapping[str, Sequence[Column]],
) -> Record:
    """A place with its `cells` by report (a value to sort by, "" for none, and the text by language), `files`, and `marks`."""
    marks = {report: states.get(f"{folder}/{report}", HOLDS) for report in columns}
    named = [record["parameters"]["province"] for record in records.values()]
    named += [page.place for path, page in (known.pages if known else {}).items() if path.rpartition("/")[0] == folder]
    return {
        "place": named[0],
        "folder": folder,
        "files": {report: f"{folder}/{report}.html" for report in records},
        "marks": {report: state for report, state in marks.items() if state != HOLDS},
        "cells": {name: [_cell(column, records.get(name)) for column in shown] for name, shown in columns.items()},
    }


def _cell(column: Column, record: Record | None) -> tuple[Any, dict[str, str]]:
    """What a column shows of a page, and what it is sorted by: its value, or how early the text stands, then the share counted."""
    if record is None:
        return "", dict.fromkeys(LANGUAGES, "")
    values = _values_published(record)
    counts = [values.get(shown.when, 0) for shown in column.cells if shown.when]
    for rank, shown in enumerate(column.cells):
        known = values | ({"n": values.get(shown.when, 0), "of": sum(counts)} if shown.when else {})
        if (shown.when and not known["n"]) or fields(shown.text[LANGUAGES[0]]).keys() - known.keys():
            continue
        share = known["n"] / (known["of"] + 1) if shown.when else 0
        alone = _alone(shown)
        value = _sortable(alone, known) if alone else None
        return len(column.cells) - rank + share if value is None else value, {
            language: fill(text, known, language) for language, text in shown.text.items()
        }
    return "", {language: term("not known", language) for language in LANGUAGES}


def _values_published(record: Record) -> Record:
    """What a page published in sentences, by sentence and name, that of its answer by name alone, and its parameters."""
    published = {name: shown.get("values", {}) for name, shown in record.get("published", {}).items()}
    found = {f"{name}.{key}": value for name, held in published.items() for key, value in held.items()}
    found |= published.get("answer", {}) | ({"confidence": level} if (level := _about(record)) else {})
    return {key: value for key, value in (found | record["parameters"]).items() if value is not None}


def _about(record: Record) -> str:
    return record.get("published", {}).get("answer", {}).get("about", {}).get("confidence", "")


def _alone(shown: Cell) -> tuple[str, str] | None:
    """The value and its kind, where nothing else is shown."""
    found = fields(text := shown.text[LANGUAGES[0]])
    return next(iter(found.items())) if re.fullmatch(r"\{[^{}]+\}", text) and len(found) == 1 else None


def _sortable(alone: tuple[str, str], values: Mapping[str, Any]) -> Any:
    """A value to sort by, "" for a word in a number's place, None for what has no order; TypeError or ValueError where it isn't of its kind."""
    name, kind = alone
    value = values[name]
    if name == "confidence":
        return CONFIDENCE.index(value) + 1
    if kind == "month" and not (isinstance(value, str) and _DATE.fullmatch(value)):
        raise ValueError(f"{name} is {value!r}")
    if isinstance(value, str) and (kind in _TEXT or value in TERMS):
        return value if kind in _TEXT else ""
    if kind not in _TEXT and not isfinite(value):
        raise ValueError(f"{name} is {value!r}")
    return value if isinstance(value, int | float) else None


# Kinds of values that are text.
_TEXT = ("", "month", "term", "both", "printed", "printed_percent", "statements", "taken")
_DATE = re.compile(r"\d{4}(-\d\d)?")

# How the index marks a page that isn't of today's state: sign, what a screen reader says, and the legend, in both languages.
_MARKS = {
    OLDER: {
        "sign": "*",
        "id": (
            "halaman lama",
            "Halaman lama: data, cara menghitung, atau teksnya sudah berubah sejak halaman itu dibuat.",
        ),
        "en": ("older page", "Older page: its data, method or text has changed since it was made."),
    },
    FAILED: {
        "sign": "†",
        "id": ("gagal dibuat", "Gagal dibuat terakhir kali; bila ada halaman, itu halaman lama."),
        "en": ("could not be made", "Could not be made the last time; if there is a page, it is an older one."),
    },
    MISSING: {
        "sign": "‡",
        "id": ("belum dibuat", "Halaman ini belum dibuat."),
        "en": ("not made yet", "This page has not been made yet."),
    },
    UNKNOWN: {
        "sign": "§",
        "id": ("tidak diperbarui lagi", "Halaman ini tidak termasuk laporan mana pun dan tidak diperbarui lagi."),
        "en": ("no longer kept up", "This page belongs to no report and is no longer kept up."),
    },
}


def _base64_hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
