"""The index of all pages, in both languages: a sortable table of places with rate and links.

It is made from the records beside the pages, so it lists exactly what is there.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from analysis.reporting.page import _css
from analysis.words import LANGUAGES, count, month, percent

_HERE = Path(__file__).parent


def index(outputs: Path, name: str = "coverage") -> str:
    """The text of `outputs/index.html`: one row a place that has the report `name` of `reports.toml`."""
    rows = [_row(path, name) for path in sorted((outputs / "id").glob(f"*/{name}.record.json"))]
    rows.sort(key=lambda row: (row["code"] != "00", row["code"]))
    script = (_HERE / "template" / "sort.js").read_text("utf-8")
    css = _css()
    template = Environment(autoescape=True, loader=FileSystemLoader(_HERE / "template")).get_template(
        "site.html.j2"
    )
    periods = sorted({row["period"] for row in rows})
    return template.render(
        rows=rows, css=css, script=script, css_hash=_hash(css), script_hash=_hash(script), languages=LANGUAGES,
        periods={language: ", ".join(month(period, language) for period in periods) for language in LANGUAGES},
    )  # fmt: skip


def _row(path: Path, name: str) -> dict[str, Any]:
    record = json.loads(path.read_text("utf-8"))
    places = record["published"].get("rate-by-province", {}).get("rows", [])
    answer = record["published"].get("answer", {}).get("values", {})
    place = record["parameters"]["province"]
    own = [row for row in places if row["province"] == place]
    share = answer.get("rate")
    return {
        "place": place, "folder": path.parent.name, "code": own[0]["province_code"] if own else "00",
        "period": record["parameters"].get("period", ""), "covered": answer.get("covered"), "share": share,
        "file": f"{path.parent.name}/{name}.html",
        "count": {language: count(answer.get("covered"), language) for language in LANGUAGES},
        "percent": {language: percent(share, language) for language in LANGUAGES},
    }  # fmt: skip


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
