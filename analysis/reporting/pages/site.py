"""The index of all pages, in both languages: a sortable table of places with rate and links.

It is made from the records beside the pages, so it lists exactly what is there, and shows of them what `index` in
`reports.toml` says; a report without it gets a column of links. Where only some of the reports were rendered,
the pages there are of several states; those that aren't of today's are marked, with a legend below the table.
"""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader

from analysis import data
from analysis.reporting.manifest import NAME, Cell, Column, Report
from analysis.reporting.pages.style import page_css
from analysis.reporting.records.record import Reader, Record, listed
from analysis.reporting.records.record import read as read_record
from analysis.schema import CONFIDENCE
from analysis.words import LANGUAGES, TERMS, fields, fill, term

_HERE = Path(__file__).parent
_TEMPLATES = Environment(autoescape=True, loader=FileSystemLoader(_HERE / "template"))  # made anew when one is changed
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
    """The text of the index, and how many pages are marked in it."""

    text: str
    marked: Marked


def places() -> list[str]:
    """The names of all places in the order of the index."""
    return list(data.read("regions")["province"])


def index(
    outputs: Path,
    reports: Sequence[Report],
    read: Reader = read_record,
    known: Known | None = None,
    order: Sequence[str] | None = None,
) -> Index:
    """The text of `outputs/index.html`: one row a place, with what its pages found and links to them.

    What is shown, and in which order, `reports` say. A damaged record is passed over; its page is listed again when it is rendered
    again. `read` reads a record, `known` says in which state the pages are (None: all are taken to hold), `order` is `places()`,
    if that was read before.
    """
    order = places() if order is None else order
    records = _regular_records(outputs, read)
    columns = {report.name: report.columns for report in reports if report.folder}
    others = {name for there in records.values() for name in there} - set(columns)
    columns = {name: columns.get(name) or (_only_link(name),) for name in [*columns, *sorted(others)]}
    records = {folder: _legible(there, columns) for folder, there in records.items()}
    records = {folder: there for folder, there in records.items() if there}
    states = _states(records, known, columns)
    for path, (_, state) in (known.pages if known else {}).items():
        folder, _, report = path.rpartition("/")
        if folder and report in columns and state == FAILED:
            records.setdefault(folder, {})
    rows = [_place_row(folder, there, states, known, columns) for folder, there in records.items()]
    rows.sort(key=lambda row: (order.index(row["place"]) if row["place"] in order else len(order), row["place"]))
    used = [state for state in _MARKS if any(state in row["marks"].values() for row in rows)]
    css = page_css() + ((_HERE / "template" / "marks.css").read_text("utf-8") if used else "")
    script = (_HERE / "template" / "sort.js").read_text("utf-8")
    text = _TEMPLATES.get_template("site.html.j2").render(
        rows=rows,
        css=css,
        script=script,
        css_hash=_base64_hash(css),
        script_hash=_base64_hash(script),
        languages=LANGUAGES,
        term=term,
        marks={state: _MARKS[state] for state in used},
        heads=_heads(records, columns),
        first=next(iter(columns), ""),
    )
    return Index(text, _marked(records, states))


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
    """The heads of the columns in their order: the report, whether it leads to its pages, is of numbers, and its text by language."""
    heads = []
    for report, of_report in columns.items():
        levels = [_about(there[report]) for there in records.values() if report in there]
        lowest = next((level for level in CONFIDENCE if level in levels), "")
        for number, column in enumerate(of_report):
            values = {**column.given, "confidence": lowest}
            text = {language: fill(head, values, language) for language, head in column.head.items()}
            is_number = all((_alone(shown) or ("", ""))[1] not in _TEXT for shown in column.cells)
            place = {"report": report, "number": number, "at": column.at}
            heads.append(place | {"leads": not number, "is_number": is_number} | text)
    return sorted(heads, key=lambda head: head["at"])


def _place_row(
    folder: str,
    records: Mapping[str, Record],
    states: Mapping[str, str],
    known: Known | None,
    columns: Mapping[str, Sequence[Column]],
) -> Record:
    """A place with its `cells` by report (a value to sort by, none sorts as -1, and the text by language), `files`, and `marks`."""
    marks = {report: states.get(f"{folder}/{report}", HOLDS) for report in columns}
    named = [record["parameters"]["province"] for record in records.values()]
    named += [page.place for path, page in (known.pages if known else {}).items() if path.rpartition("/")[0] == folder]
    return {
        "place": named[0],
        "files": {report: f"{folder}/{report}.html" for report in records},
        "marks": {report: state for report, state in marks.items() if state != HOLDS},
        "cells": {name: [_cell(column, records.get(name)) for column in shown] for name, shown in columns.items()},
    }


def _cell(column: Column, record: Record | None) -> tuple[Any, dict[str, str]]:
    """What a column shows of a page, and what it is sorted by: its value, or how early the text stands, then the share counted."""
    if record is None:
        return -1, dict.fromkeys(LANGUAGES, "")
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
    return -1, {language: term("not known", language) for language in LANGUAGES}


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
    """A value to sort by, -1 for a word in a number's place, None for what has no order; TypeError or ValueError where it isn't of its kind."""
    name, kind = alone
    value = values[name]
    if name == "confidence":
        return CONFIDENCE.index(value) + 1
    if kind == "month" and not (isinstance(value, str) and _DATE.fullmatch(value)):
        raise ValueError(f"{name} is {value!r}")
    if isinstance(value, str) and (kind in _TEXT or value in TERMS):
        return value if kind in _TEXT else -1
    if kind not in _TEXT and not isfinite(value):
        raise ValueError(f"{name} is {value!r}")
    return value if isinstance(value, int | float) else None


def _only_link(report: str) -> Column:
    """What is shown of a report of which nothing is said: its name, and a link to its page."""
    return Column(dict.fromkeys(LANGUAGES, report), (Cell({"id": "lihat", "en": "see"}),))


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
