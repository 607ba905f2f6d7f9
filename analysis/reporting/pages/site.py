"""The index of all pages, in both languages: a sortable table of places with rate and links.

It is made from the records beside the pages, so it lists exactly what is there. Where only some of the reports were rendered,
the pages there are of several states; those that aren't of today's are marked, with a legend below the table.
"""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader

from analysis import data
from analysis.reporting.pages.style import page_css
from analysis.reporting.records.record import Reader, listed
from analysis.reporting.records.record import read as read_record
from analysis.schema import CONFIDENCE
from analysis.words import LANGUAGES, count, month, percent, points, rupiah_short, term

_HERE = Path(__file__).parent
_LEVELS = ("", *CONFIDENCE)
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
    outputs: Path, read: Reader = read_record, known: Known | None = None, order: Sequence[str] | None = None
) -> Index:
    """The text of `outputs/index.html`: one row a place, with what its pages found and links to them.

    A damaged record is passed over; its page is listed again when it is rendered again. `read` reads a record, `known` says in
    which state the pages are (None: all are taken to hold), `order` is `places()`, if that was read before.
    """
    order = places() if order is None else order
    records = _records(outputs, read)
    states = _states(records, known)
    for path, (_, state) in (known.pages if known else {}).items():
        folder, _, report = path.rpartition("/")
        if folder and report in REPORTS and state == FAILED:
            records.setdefault(folder, {})
    rows = [_row(folder, there, states, known) for folder, there in records.items()]
    rows.sort(key=lambda row: (order.index(row["place"]) if row["place"] in order else len(order), row["place"]))
    used = [state for state in _MARKS if any(state in row["marks"].values() for row in rows)]
    css = page_css() + ((_HERE / "template" / "marks.css").read_text("utf-8") if used else "")
    script = (_HERE / "template" / "sort.js").read_text("utf-8")
    template = Environment(autoescape=True, loader=FileSystemLoader(_HERE / "template")).get_template("site.html.j2")
    text = template.render(
        rows=rows,
        css=css,
        script=script,
        css_hash=_hash(css),
        script_hash=_hash(script),
        languages=LANGUAGES,
        term=term,
        marks={state: _MARKS[state] for state in used},
        **_heads(records, states),
    )
    return Index(text, _counted(records, states))


def _counted(records: Mapping[str, Mapping[str, Any]], states: Mapping[str, str]) -> Marked:
    shown = Counter(states[f"{folder}/{report}"] for folder, there in records.items() for report in there)
    return Marked(shown[OLDER] + shown[FAILED], len(states) - shown.total(), shown[UNKNOWN])


def _records(outputs: Path, read: Reader) -> dict[str, dict[str, dict[str, Any]]]:
    """The records of the regular pages, by the folder of the place and the report."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name in listed(outputs, LANGUAGES[0]):
        _, *folders, file = name.split("/")
        report = file.removesuffix(".record.json")
        if folders and report in REPORTS and file.endswith(".record.json"):
            record = read(outputs / name)
            if record and _legible(report, record):
                found.setdefault(folders[0], {})[report] = record
    return {folder: {r: there[r] for r in REPORTS if r in there} for folder, there in found.items()}


def _legible(report: str, record: dict[str, Any]) -> bool:
    """Whether the index can show what a record holds: its notebook may have published something else when it was made."""
    try:
        given = record["parameters"]
        dates = [str(given[name]) for name in _DATES.get(report, ())]
        cells = REPORTS[report](record)
        said = [given["province"], *(text(language) for _, text in cells.values() for language in LANGUAGES)]
        numbers = [value for name, (value, _) in cells.items() if name != "period"]
        return (
            all(isinstance(one, str) for one in said)
            and all(map(isfinite, numbers))
            and all(map(_DATE.fullmatch, dates))
        )
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
        return False


def _states(records: Mapping[str, Mapping[str, Any]], known: Known | None) -> dict[str, str]:
    """The state of each page that the index shows or should show, by its path."""
    shown = [f"{folder}/{report}" for folder, there in records.items() for report in there]
    if known is None:
        return dict.fromkeys(shown, HOLDS)
    found = {}
    for path in shown:
        report = path.rpartition("/")[2]
        lost = FAILED if report in known.left_out else UNKNOWN
        found[path] = known.pages[path].state if path in known.pages else lost
    wanted = [path for path in known.pages if "/" in path and path.rpartition("/")[2] in REPORTS and path not in found]
    return found | {path: FAILED if known.pages[path].state == FAILED else MISSING for path in wanted}


def _heads(records: Mapping[str, Mapping[str, Any]], states: Mapping[str, str]) -> dict[str, Any]:
    """What the heads of the columns say, from pages that hold if there are any."""

    def of(report: str) -> list[dict[str, Any]]:
        pages = [
            (states[f"{folder}/{report}"] != HOLDS, there[report])
            for folder, there in records.items()
            if report in there
        ]
        return [record for _, record in sorted(pages, key=lambda pair: pair[0])]

    changes, ahead = of("change"), of("scenarios")
    dates = [changes[0]["parameters"][name] for name in _DATES["change"]] if changes else []
    until = f"{ahead[0]['parameters']['until']}-12" if ahead else ""
    return {
        "between": {language: "–".join(month(date, language) for date in dates) for language in LANGUAGES},
        "lowest": min((_answer(one)[1].get("confidence", "") for one in changes), key=_LEVELS.index, default=""),
        "until": {language: month(until, language) for language in LANGUAGES},
    }


def _row(
    folder: str, records: Mapping[str, dict[str, Any]], states: Mapping[str, str], known: Known | None
) -> dict[str, Any]:
    """A place with its figures as text by language, `values` to sort by (none sorts as -1), `files`, and `marks` by report."""
    cells = {
        name: cell for report, cells_of in REPORTS.items() for name, cell in cells_of(records.get(report, {})).items()
    }
    marks = {report: states.get(f"{folder}/{report}", HOLDS) for report in REPORTS}
    named = [record["parameters"]["province"] for record in records.values()]
    named += [page.place for path, page in (known.pages if known else {}).items() if path.rpartition("/")[0] == folder]
    return {
        "place": named[0],
        "files": {report: f"{folder}/{report}.html" for report in records},
        "marks": {report: state for report, state in marks.items() if state != HOLDS},
        "values": {name: value for name, (value, _) in cells.items()},
    } | {name: {language: text(language) for language in LANGUAGES} for name, (_, text) in cells.items()}


Cell = tuple[Any, Callable[[str], str]]


def _answer(record: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    answer = record.get("published", {}).get("answer", {})
    return answer.get("values", {}), answer.get("about", {})


def _coverage(record: dict[str, Any]) -> dict[str, Cell]:
    values, about = _answer(record)
    if not record:
        return {name: (-1, lambda _: "") for name in ("rate", "covered", "workers", "period", "confidence")}
    period, level = record["parameters"].get("period", ""), about.get("confidence", "")
    return {
        "rate": (values.get("rate", -1), lambda language: percent(values.get("rate"), language)),
        "covered": (values.get("covered", -1), lambda language: count(values.get("covered"), language)),
        "workers": (values.get("workers", -1), lambda language: count(values.get("workers"), language)),
        "period": (period, lambda language: month(period, language)),
        "confidence": (_LEVELS.index(level), lambda language: term(level, language)),
    }


def _change(record: dict[str, Any]) -> dict[str, Cell]:
    total = _answer(record)[0].get("total")
    if not record:
        return {"change": (-1, lambda _: "")}
    if total is None:
        return {"change": (-1, lambda language: term("not known", language))}
    return {"change": (total, lambda language: points(total, language, unit=False))}


def _press(record: dict[str, Any]) -> dict[str, Cell]:
    """The gravest verdict on the place's articles, and on how many of them."""
    said = [record.get("published", {}).get(f"answer-{name}", {}) for name in _VERDICTS]
    values = dict(_answer(record)[0])
    for sentence in said:
        values |= sentence.get("values", {})
    name = next((name for name in _VERDICTS if values.get(name)), "")
    if not name:
        return {"press": (-1, lambda _: "")}
    gravity = len(_VERDICTS) - list(_VERDICTS).index(name) + values[name] / (values["articles"] + 1)
    return {"press": (gravity, lambda language: _verdict(values, _VERDICTS[name], language))}


def _verdict(values: dict[str, Any], verdict: str, language: str) -> str:
    conflicting = values["conflicting"]
    tested = sum(values.get(name, 0) for name in list(_VERDICTS)[:-1])
    words = {
        "inconsistent": ("{n} dari {m} berita: angkanya bertentangan", "{n} of {m} articles conflict in themselves"),
        "consistent if there are other segments": (
            "tidak bertentangan bila ada segmen lain",
            "no conflict if there are other segments",
        ),
        "consistent if counts are rounded to thousands": (
            "tidak bertentangan bila dibulatkan ke ribuan",
            "no conflict if rounded to thousands",
        ),
        "consistent if figures were cut off": (
            "tidak bertentangan bila ada yang dipotong",
            "no conflict if some were cut off",
        ),
        "consistent": ("tidak bertentangan ({m} berita diuji)", "no conflict ({m} articles tested)"),
        "nothing to test": ("tidak ada yang dapat diuji", "nothing to test"),
    }
    return words[verdict][LANGUAGES.index(language)].format(n=conflicting, m=tested)


_VERDICTS = {
    "conflicting": "inconsistent",
    "segments": "consistent if there are other segments",
    "cut": "consistent if figures were cut off",
    "thousands": "consistent if counts are rounded to thousands",
    "consistent": "consistent",
    "untested": "nothing to test",
}


def _ahead(
    report: str, name: str, sentences: Sequence[str], write: Callable[[Any, str], str]
) -> Callable[[dict[str, Any]], dict[str, Cell]]:
    """A cell with a value of the first of some sentences that a page about the years ahead says; empty without the page."""

    def cells(record: dict[str, Any]) -> dict[str, Cell]:
        said = [record.get("published", {}).get(sentence, {}).get("values", {}) for sentence in sentences]
        if not (values := [held[name] for held in said if name in held]):
            return {report: (-1, lambda _: "")}
        return {report: (values[0], lambda language: write(values[0], language))}

    return cells


# The dates that the index shows of a report, in its column or the head of it.
_DATES = {"coverage": ("period",), "change": ("since", "period"), "scenarios": ("until",)}
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

# The regular pages of a place, by their name in `reports.toml`, and what the index shows of each.
REPORTS = {
    "coverage": _coverage,
    "change": _change,
    "press": _press,
    "scenarios": _ahead("scenarios", "middle", ["answer"], lambda value, language: percent(value, language, 1)),
    "costs": _ahead("costs", "contribution", ["answer"], rupiah_short),
    "targets": _ahead(
        "targets",
        "median_rate",
        ["answer-reaching", "answer-none"],
        lambda value, language: percent(value, language, 1),
    ),
}


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
