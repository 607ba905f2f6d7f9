"""Makes every file of one report: executes its notebook, builds the pages in both languages, writes the record's text.

Nothing is written here; the files come back as bytes, so that whoever asked, on this machine or another, puts them
into place.
"""

import hashlib
import json
from typing import Any

import nbformat

from analysis import data
from analysis.reporting.engine import execute as engine
from analysis.reporting.pages import page
from analysis.reporting.records import record
from analysis.reporting.records.record import Job
from analysis.words import LANGUAGES, harmless


def files_of(job: Job, by: str = engine.BEST, tell: engine.Tell = engine.UNHEARD) -> dict[str, bytes]:
    """Every file of a report by its path below `outputs`, the records last.

    `by` is the engine; `tell` hears how it goes (`engine.execute`). Raises NotebookError or PageError. For a process of
    its own: see `forks`.
    """
    executed = engine.execute(job.notebook, job.given, by, tell)
    notebook = executed.notebook
    known = _page_record(job, executed)
    made = hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:12]
    cakupan = known["made_of"]["versions"]["cakupan"]
    html = page.pages(notebook, page.Place(job.path, known["edition"], f"cakupan {cakupan}, {made}"))
    files: dict[str, bytes] = {}
    for language in LANGUAGES:
        stem = f"{language}/{job.path}"
        texts = {f"{stem}.html": html[language]} | page.csv_files(notebook, stem)
        texts[f"{stem}.ipynb"] = nbformat.writes(page.in_language(notebook, language)) + "\n"
        files |= {name: harmless(text).encode() for name, text in texts.items()}
    sizes = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()
    }
    text = record.as_text(known | {"made": made, "files": sizes}).encode()
    return files | {f"{language}/{job.path}.record.json": text for language in LANGUAGES}


def _page_record(job: Job, executed: engine.Executed) -> dict[str, Any]:
    """What made a page, and every number it publishes by name: sentences' values and tables' rows."""
    shown = page.bundles(executed.notebook)
    return {
        "report": job.name,
        "parameters": job.parameters,
        "edition": data.package()["version"],
        "made_of": record.made_of(job, executed.used),
        "published": {
            bundle["name"]: {"values": bundle["values"], "rows": _bundle_rows(bundle), "about": bundle["about"]}
            for bundle in shown
            if bundle["kind"] != "sources"
        },
        "sources": [row for bundle in shown if bundle["kind"] == "sources" for row in _bundle_rows(bundle)],
    }


def _bundle_rows(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(bundle["data"]["columns"], row, strict=True)) for row in bundle["data"]["rows"]]
