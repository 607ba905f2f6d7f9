"""Renders many reports at once: one process a report, pages written whole or not at all.

A report is executed and its files are made in a scratch folder beside `outputs/`; only when every
one of them is complete are they moved into place, the record last. A report that fails leaves its
old pages as they are, and the others go on.
"""

import hashlib
import json
import multiprocessing
import os
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from filelock import FileLock, Timeout

from analysis import data, provenance
from analysis.reporting import engine, page, site
from analysis.reporting.manifest import OUTPUTS, Report, parameters_of
from analysis.words import LANGUAGES


class BusyError(RuntimeError):
    """Another render holds the outputs."""


class Done(NamedTuple):
    """One report that has ended: its pages, or in `failure` the cell and the reason."""

    report: Report
    failure: str


def render(
    reports: Sequence[Report], outputs: Path = OUTPUTS, jobs: int | None = None,
    started: Callable[[Report], None] = lambda report: None, ended: Callable[[Done], None] = lambda done: None,
) -> list[Done]:  # fmt: skip
    """Render `reports` into `outputs`, `jobs` at a time (default: one a core), then the index.

    `started` and `ended` are told as reports begin and end. The result has one entry a report, in
    the order given. BusyError when another render is writing there.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(outputs / ".lock", timeout=0):
            return _render(reports, outputs, jobs or os.cpu_count() or 1, started, ended)
    except Timeout:
        raise BusyError(
            f"another render is writing to {outputs}; wait for it, or give --outputs a folder of its own"
        ) from None


def _render(
    reports: Sequence[Report], outputs: Path, jobs: int,
    started: Callable[[Report], None], ended: Callable[[Done], None],
) -> list[Done]:  # fmt: skip
    _sweep(outputs)
    os.environ.update(engine.STEADY)
    results: dict[str, Done] = {}
    waiting, running = list(reports), dict[Future[str], Report]()
    workers = min(jobs, max(1, len(waiting)))
    pool = _pool(workers)
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                report = waiting.pop(0)
                started(report)
                running[pool.submit(_render_one, report, outputs)] = report
            finished = wait(running, return_when=FIRST_COMPLETED).done
            if any(isinstance(future.exception(), BrokenProcessPool) for future in finished):
                # A process died and took the pool with it: each that ran then is tried once more, alone.
                pool.shutdown()
                pool = _pool(workers)
                failures = [(report, _alone(report, outputs)) for report in running.values()]
                running.clear()
            else:
                failures = [(running.pop(future), future.result()) for future in finished]
            for report, failure in failures:
                results[report.path] = Done(report, failure)
                ended(results[report.path])
    finally:
        pool.shutdown(cancel_futures=True)
        _sweep(outputs)
    _write(outputs / "index.html", site.index(outputs))
    return [results[report.path] for report in reports]


def _pool(workers: int) -> ProcessPoolExecutor:
    # Spawned, not forked: the parent has threads (the progress bar), and a fork would copy their locks.
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))


def _alone(report: Report, outputs: Path) -> str:
    """Render one report in a process of its own; the reason when it failed, "" when all is in place."""
    try:
        with _pool(1) as pool:
            return pool.submit(_render_one, report, outputs).result()
    except BrokenProcessPool:
        return "the process that rendered it died (killed, or out of memory)"


def _render_one(report: Report, outputs: Path) -> str:
    """Render one report; the reason when it failed, "" when all is in place."""
    scratch = Path(tempfile.mkdtemp(prefix=".scratch-", dir=outputs))
    try:
        files = _files(report, scratch)
        for path, text in files.items():
            _write(outputs / path, text)
    except (engine.NotebookError, page.PageError, OSError) as error:
        return str(error)
    except Exception:  # a defect of ours: the others go on, and the end says what to report
        return f"unexpected, please report it:\n{traceback.format_exc()}"
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return ""


def _files(report: Report, scratch: Path) -> dict[str, str]:
    """Every file of one report by its path below `outputs`, the records last."""
    before = data.fingerprint()
    notebook = engine.execute(report.notebook, report.parameters, scratch / "executed.ipynb")
    if data.fingerprint() != before:
        raise engine.NotebookError("data/ changed while the notebook ran; render again")
    record = record_of(report, notebook)
    made = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:12]
    html = page.pages(
        notebook,
        page.Place(report.path, record["edition"], f"cakupan {record['versions']['cakupan']}, {made}"),
    )
    files = {}
    for language in LANGUAGES:
        stem = f"{language}/{report.path}"
        files[f"{stem}.html"] = html[language]
        files[f"{stem}.ipynb"] = nbformat.writes(page.in_language(notebook, language)) + "\n"
        files |= page.csv_files(notebook, stem)
    for language in LANGUAGES:
        files[f"{language}/{report.path}.record.json"] = (
            json.dumps(record, indent=1, ensure_ascii=False) + "\n"
        )
    return files


def record_of(report: Report, notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """What made a page, and every number it publishes by name: sentences' values and tables' rows."""
    shown = page.bundles(notebook)
    read = sorted({file for bundle in shown for file in bundle["values"].get("files", [])})
    return {
        "report": report.name,
        "parameters": _parameters(report),
        "notebook": {"file": report.notebook.name, "sha256": provenance.sha256(report.notebook)},
        "data": {file: provenance.sha256(data.FOLDER / file) for file in read},
        "edition": data.package()["version"],
        "code": provenance.code_hash(),
        "versions": provenance.versions(),
        "published": {
            bundle["name"]: {"values": bundle["values"], "rows": _rows(bundle), "about": bundle["about"]}
            for bundle in shown
            if bundle["kind"] != "sources"
        },
        "sources": [row for bundle in shown if bundle["kind"] == "sources" for row in _rows(bundle)],
    }


def _parameters(report: Report) -> dict[str, Any]:
    """Everything the notebook ran with, its defaults too, apart from the language that JupyterLab shows."""
    defaults = {name: parameter.default for name, parameter in parameters_of(report.notebook).items()}
    return {name: value for name, value in (defaults | report.parameters).items() if name != "language"}


def _rows(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(bundle["data"]["columns"], row, strict=True)) for row in bundle["data"]["rows"]]


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all: to a temporary file in the same folder, synced, renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _sweep(outputs: Path) -> None:
    """Remove what a killed render left behind."""
    leftovers: Iterable[Path] = [*outputs.glob(".scratch-*"), *outputs.rglob(".*.part")]
    for path in leftovers:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def refresh(notebook: Path) -> None:
    """Execute a notebook with its defaults and store its text outputs, canonically, in the notebook itself.

    Cell ids stay, counts run 1..n, images and timings are left out: what a review should see.
    """
    with tempfile.TemporaryDirectory() as scratch:
        executed = engine.execute(notebook, {}, Path(scratch) / "executed.ipynb")
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            for image in [
                kind for kind in output.get("data", {}) if "svg" in kind or kind.startswith("image/")
            ]:
                del output.data[image]
    _write(notebook, nbformat.writes(executed) + "\n")
