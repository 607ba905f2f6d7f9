"""The index of all pages, in both languages: a sortable table of places with rate and links.

It is made from the records beside the pages, so it lists exactly what is there.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from analysis import data
from analysis.reporting.page import page_css
from analysis.words import LANGUAGES, count, month, percent, term

_HERE = Path(__file__).parent
_LEVELS = ("", "as printed", "with caution", "low", "medium", "high")


def index(outputs: Path, name: str = "coverage") -> str:
    """The text of `outputs/index.html`: one row a place that has the report `name` of `reports.toml`.

    A damaged record is passed over; its page is listed again when it is rendered again.
    """
    order = list(data.read("regions")["province"])
    found = [(path.parent.name, _record(path)) for path in (outputs / "id").glob(f"*/{name}.record.json")]
    records = [(folder, record) for folder, record in found if record]
    records.sort(key=lambda pair: order.index(pair[1]["parameters"]["province"]))
    script = (_HERE / "template" / "sort.js").read_text("utf-8")
    css = page_css()
    template = Environment(autoescape=True, loader=FileSystemLoader(_HERE / "template")).get_template(
        "site.html.j2"
    )
    return template.render(
        rows=[_row(f"{folder}/{name}.html", record) for folder, record in records],
        css=css, script=script, css_hash=_hash(css), script_hash=_hash(script), languages=LANGUAGES, term=term,
    )  # fmt: skip


def _record(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError:
        return {}


def _row(file: str, record: dict[str, Any]) -> dict[str, Any]:
    """A place with its figures as text by language, and as `values` to sort by (none sorts as -1)."""
    answer = record["published"].get("answer", {})
    values, about = answer.get("values", {}), answer.get("about", {})
    period, level = record["parameters"].get("period", ""), about.get("confidence", "")
    return {
        "place": record["parameters"]["province"], "file": file,
        "values": {key: values.get(key, -1) for key in ("rate", "covered", "workers")} | {"period": period, "confidence": _LEVELS.index(level)},
        "rate": {language: percent(values.get("rate"), language) for language in LANGUAGES},
        "covered": {language: count(values.get("covered"), language) for language in LANGUAGES},
        "workers": {language: count(values.get("workers"), language) for language in LANGUAGES},
        "period": {language: month(period, language) for language in LANGUAGES},
        "confidence": {language: term(level, language) for language in LANGUAGES},
    }  # fmt: skip


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
