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


def index(outputs: Path, name: str = "coverage") -> str:
    """The text of `outputs/index.html`: one row a place that has the report `name` of `reports.toml`."""
    order = list(data.read("regions")["province"])
    records = [
        (path, json.loads(path.read_text("utf-8"))) for path in (outputs / "id").glob(f"*/{name}.record.json")
    ]
    records.sort(key=lambda pair: order.index(pair[1]["parameters"]["province"]))
    rows = [_row(path.parent.name, name, record) for path, record in records]
    answers = (record["published"].get("answer", {}) for _, record in records)
    facts = [answer["about"] for answer in answers if answer.get("about")]
    script = (_HERE / "template" / "sort.js").read_text("utf-8")
    css = page_css()
    template = Environment(autoescape=True, loader=FileSystemLoader(_HERE / "template")).get_template(
        "site.html.j2"
    )
    return template.render(
        rows=rows, css=css, script=script, css_hash=_hash(css), script_hash=_hash(script),
        languages=LANGUAGES, notes={language: _note(facts, language) for language in LANGUAGES},
    )  # fmt: skip


def _row(folder: str, name: str, record: dict[str, Any]) -> dict[str, Any]:
    answer = record["published"].get("answer", {}).get("values", {})
    return {
        "place": record["parameters"]["province"], "file": f"{folder}/{name}.html",
        "values": {key: answer.get(key) for key in ("covered", "workers", "rate")},
        "covered": {language: count(answer.get("covered"), language) for language in LANGUAGES},
        "workers": {language: count(answer.get("workers"), language) for language in LANGUAGES},
        "rate": {language: percent(answer.get("rate"), language) for language in LANGUAGES},
    }  # fmt: skip


def _note(facts: list[dict[str, Any]], language: str) -> str:
    """Dates and confidence of all rows, or "" while there are none."""
    people, workers = (
        sorted({date for fact in facts for date in fact[key]}) for key in ("as_of", "workers_as_of")
    )
    levels = sorted({fact["confidence"] for fact in facts})
    if not people:
        return ""
    sentence = {
        "id": "Peserta per {}, pekerja per {} · keyakinan {}", "en": "Participants as of {}, workers as of {} · confidence {}"
    }[language]  # fmt: skip
    dates = (", ".join(month(date, language) for date in part) for part in (people, workers))
    return sentence.format(*dates, ", ".join(term(level, language) for level in levels))


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
