"""The index of all pages, in both languages: a sortable table of places with rate and links.

It is made from the records beside the pages, so it lists exactly what is there.
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from analysis import data
from analysis.reporting.record import Reader
from analysis.reporting.record import read as read_record
from analysis.reporting.style import page_css
from analysis.words import LANGUAGES, count, month, percent, points, rupiah_short, term

_HERE = Path(__file__).parent
_LEVELS = ("", "as printed", "with caution", "low", "medium", "high")


def index(outputs: Path, read: Reader = read_record) -> str:
    """The text of `outputs/index.html`: one row a place, with what its pages found and links to them.

    A damaged record is passed over; its page is listed again when it is rendered again. `read` reads a record.
    """
    order = list(data.read("regions")["province"])
    places: dict[str, dict[str, dict[str, Any]]] = {}
    for report in REPORTS:
        for path in sorted((outputs / "id").glob(f"*/{report}.record.json")):
            if found := read(path):
                places.setdefault(path.parent.name, {})[report] = found
    rows = [_row(folder, records) for folder, records in places.items()]
    rows.sort(key=lambda row: order.index(row["place"]))
    changes = [records["change"]["parameters"] for records in places.values() if "change" in records]
    dates = [changes[0].get(name, "") for name in ("since", "period")] if changes else []
    levels = [
        _answer(records["change"])[1].get("confidence", "")
        for records in places.values()
        if "change" in records
    ]
    lowest = min(levels, key=_LEVELS.index, default="")
    ahead = [
        record["parameters"]
        for records in places.values()
        for name, record in records.items()
        if name == "scenarios"
    ]
    until = f"{ahead[0]['until']}-12" if ahead else ""
    between = {language: "–".join(month(date, language) for date in dates) for language in LANGUAGES}
    script = (_HERE / "template" / "sort.js").read_text("utf-8")
    css = page_css()
    template = Environment(autoescape=True, loader=FileSystemLoader(_HERE / "template")).get_template(
        "site.html.j2"
    )
    return template.render(
        rows=rows, css=css, script=script, css_hash=_hash(css), script_hash=_hash(script), languages=LANGUAGES, term=term,
        between=between, lowest=lowest, until={language: month(until, language) for language in LANGUAGES},
    )  # fmt: skip


def _row(folder: str, records: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A place with its figures as text by language, `values` to sort by (none sorts as -1), and `files`."""
    cells = {
        name: cell
        for report, cells_of in REPORTS.items()
        for name, cell in cells_of(records.get(report, {})).items()
    }
    return {
        "place": next(iter(records.values()))["parameters"]["province"],
        "files": {report: f"{folder}/{report}.html" for report in records},
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


def _claims(record: dict[str, Any]) -> dict[str, Cell]:
    """The gravest verdict on the place's articles, and on how many of them."""
    said = [record.get("published", {}).get(f"answer-{name}", {}) for name in _VERDICTS]
    values = dict(_answer(record)[0])
    for sentence in said:
        values |= sentence.get("values", {})
    name = next((name for name in _VERDICTS if values.get(name)), "")
    if not name:
        return {"claims": (-1, lambda _: "")}
    gravity = len(_VERDICTS) - list(_VERDICTS).index(name) + values[name] / (values["articles"] + 1)
    return {
        "claims": (
            gravity,
            lambda language: _verdict(values, _VERDICTS[name], language),
        )
    }


def _verdict(values: dict[str, Any], verdict: str, language: str) -> str:
    conflicting = values["conflicting"]
    tested = sum(values.get(name, 0) for name in list(_VERDICTS)[:-1])
    words = {
        "inconsistent": ("{n} dari {m} berita: angkanya bertentangan", "{n} of {m} articles conflict in themselves"),
        "consistent if there are other segments": ("tidak bertentangan bila ada segmen lain", "no conflict if there are other segments"),
        "consistent if counts are rounded to thousands": ("tidak bertentangan bila dibulatkan ke ribuan", "no conflict if rounded to thousands"),
        "consistent if figures were cut off": ("tidak bertentangan bila ada yang dipotong", "no conflict if some were cut off"),
        "consistent": ("tidak bertentangan ({m} berita diuji)", "no conflict ({m} articles tested)"),
        "nothing to test": ("tidak ada yang dapat diuji", "nothing to test"),
    }  # fmt: skip
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


# The regular pages of a place, by their name in `reports.toml`, and what the index shows of each.
REPORTS = {
    "coverage": _coverage,
    "change": _change,
    "claims": _claims,
    "scenarios": _ahead(
        "scenarios", "middle", ["answer"], lambda value, language: percent(value, language, 1)
    ),
    "costs": _ahead("costs", "contribution", ["answer"], rupiah_short),
    "universal_coverage": _ahead(
        "universal_coverage",
        "median_rate",
        ["answer-odds", "answer-none"],
        lambda value, language: percent(value, language, 1),
    ),
}


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
