"""Renders what has changed, many reports at once; pages are written whole or not at all.

Reports are made elsewhere, by `forks` on this machine or by `cluster` on others, and come back as bytes; the files are
written here, each under a temporary name and renamed when it is complete, the record last. A report that fails
leaves its old pages as they are, and the others go on.

The outputs may be any folder, with files of its owner's in it. What is removed there is what we made, known by its name; a link
is never followed, neither to read nor to write.
"""

import hashlib
import json
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout
from jinja2 import TemplateError

from analysis import data, provenance
from analysis.reporting.engine import forks
from analysis.reporting.engine.forks import Event, Forks, Task
from analysis.reporting.manifest import NOBODY, OUTPUTS, TIME_LIMIT, Report, Site, parameters_in
from analysis.reporting.pages import site
from analysis.reporting.pages.bar import Bars, has_bar, with_bar
from analysis.reporting.pages.front import Front, gathered
from analysis.reporting.records import record
from analysis.reporting.surplus import without_report
from analysis.words import LANGUAGES

# What we write for a while only: a folder `.cakupan-ab12cd34`, a file `.cakupan-ab12cd34.part`.
_OURS, _PART = ".cakupan-", ".part"
_LOCK = ".lock"
_HOLDER = "process {} on {}"


class OutputsError(RuntimeError):
    """The outputs can't be written: another render holds them, or the system refuses."""


class Done(NamedTuple):
    """One report that has ended: why it was rendered (empty: it still held), and in `failure` the cell and the reason.

    `kept` is where a notebook that failed lies as far as it ran, if it could be kept.
    """

    report: Report
    failure: str
    why: list[str]
    kept: Path | None = None


Makers = Callable[[Sequence[Task], Path, str], Generator[Event, None, None]]


class Watcher(NamedTuple):
    """Who is told how a render goes: what will be rendered and why, each report as it begins and ends, what the index marks."""

    planned: Callable[[Mapping[str, list[str]]], None] = lambda why: None
    started: Callable[[Report], None] = lambda report: None
    ended: Callable[[Done], None] = lambda done: None
    indexed: Callable[[site.Marked], None] = lambda marked: None


QUIET = Watcher()


def here(jobs: int | None = None, engine: str = forks.BEST) -> Makers:
    """Reports are made on this machine, `jobs` at a time (default: one a core)."""
    return lambda tasks, temporary, passed: forks.made(tasks, engine, jobs or os.cpu_count() or 1, temporary, passed)


def render(
    reports: Sequence[Report],
    outputs: Path = OUTPUTS,
    makers: Makers | None = None,
    *,
    force: bool = False,
    dry: bool = False,
    watcher: Watcher = QUIET,
    beside: Sequence[Report] = (),
    publisher: Site = NOBODY,
) -> list[Done]:
    """Render those of `reports` whose pages in `outputs` no longer hold, or all with `force`; then the index.

    `makers` makes them (default: `here()`); `dry` only finds out what would be rendered; `beside` are the other reports there are,
    for the index to mark their pages where those don't hold; `publisher` is what `[site]` says. One entry a report, in the order given. Raises OutputsError, once all
    have ended too, when it is the index that can't be written; and DataError when the data has problems.
    """
    with nullcontext(outputs) if dry else locked(outputs) as temporary:
        passed, of, reader = data.assure(), record.hashes(), cache(record.read)
        front = None if dry else gathered(beside or reports)  # now, as the data may be broken when all have ended
        tasks = [Task(job_of(report), report.time_limit) for report in reports]
        seen = _look_at_all(of, tasks)
        why = {
            task.job.path: ["asked for by --force"] if force else record.reasons(task.job, outputs, of, reader=reader)
            for task in tasks
        }
        watcher.planned({path: because for path, because in why.items() if because})
        results = {report.path: Done(report, "", why[report.path]) for report in reports}
        if dry:
            return [results[report.path] for report in reports]
        bars = Bars(beside or reports)
        for task in [task for task in tasks if not why[task.job.path]]:
            _rebar(outputs, task.job, bars, reader)
        lost = without_report((*reports, *beside)) if beside else set()
        others = [(report, job_of(report)) for report in beside if report.path not in why]
        due = [(report, task) for report, task in zip(reports, tasks, strict=True) if why[report.path]]
        with closing((makers or here())([task for _, task in due], temporary, passed)) as events:
            for event in events:
                report = due[event.job][0]
                if event.kind == "started":
                    watcher.started(report)
                elif event.kind in ("made", "failed"):
                    broke = event.kind == "failed"
                    failure = event.told if broke else _placed(event.told, outputs, due[event.job][1].job, seen, bars)
                    kept = _kept_aside(event.kept, outputs, report) if broke else None
                    results[report.path] = Done(report, failure, why[report.path], kept)
                    watcher.ended(results[report.path])
        _forget_failed(outputs, [done.report for done in results.values() if not done.failure])
        reader = cache(record.read) if due else reader
        pages = {
            report.path: _page_state(report, record.reasons(job, outputs, of, reader=reader)) for report, job in others
        }
        pages |= {done.report.path: _page_state(done.report, failure=done.failure) for done in results.values()}
        known = site.Known(pages, lost) if beside else None
        watcher.indexed(_write_index(outputs, beside or reports, reader, known, front, publisher))
    return [results[report.path] for report in reports]


def _page_state(report: Report, why: Sequence[str] = (), failure: str = "") -> site.Page:
    """A page as the index has to know it, from why it is due and how it failed."""
    state = site.FAILED if failure else site.OLDER if why else site.HOLDS
    return site.Page(str(report.parameters.get("province", "")), state)


def job_of(report: Report) -> record.Job:
    """A report as its maker needs it."""
    return record.Job(report.name, report.path, report.notebook, report.parameters, parameters_in(report))


class _Seen(NamedTuple):
    """What the inputs were when a render began: the hash of each file, and the names in their folders."""

    of: record.Hashes
    folders: dict[str, list[str]]


def _look_at_all(of: record.Hashes, tasks: Sequence[Task]) -> _Seen:
    """Take the hashes of all inputs now, so that one that changes while reports are made is noticed."""
    of(record.LOCK)
    for task in tasks:
        of(str(task.job.notebook))
    folders = {}
    for folder in ("data", "analysis", "notebooks"):
        for path in (record.ROOT / folder, *provenance.below(record.ROOT / folder)):
            below = path.relative_to(record.ROOT).as_posix()
            if path.is_dir():
                folders[below] = record.names_in(path)
            else:
                of(below)
    return _Seen(of, folders)


def _changed(made_of: Mapping[str, Any], job: record.Job, seen: _Seen) -> str:
    """The first input that isn't what it was when the render began; "" when all are."""
    if made_of["notebook"]["cells"] != seen.of(str(job.notebook)):
        return job.notebook.name
    files = [file for file, digest in made_of["files"].items() if seen.of(file) != digest]
    folders = [name for name, names in made_of["folders"].items() if seen.folders.get(name, names) != names]
    return next(iter([*files, *folders]), "")


@contextmanager
def locked(outputs: Path) -> Iterator[Path]:
    """Hold `outputs` for oneself; gives a folder for temporary files, which is gone afterwards.

    The lock is the operating system's: it goes with the process that holds it, however that ends.
    """
    file = outputs / _LOCK
    lock = FileLock(file, timeout=0)
    with _written(outputs):
        try:
            outputs.mkdir(parents=True, exist_ok=True)
            _assert_lock(file)
            lock.acquire()
        except Timeout:
            holder = (record.content_of(file) or b"").decode("utf-8", "replace").strip() or "another process"
            raise OutputsError(
                f"{holder} is rendering into {outputs}; wait for it, or give --outputs a folder of its own"
            ) from None
    temporary = None
    try:
        with _written(outputs):
            _sweep(outputs)
            file.write_text(_HOLDER.format(os.getpid(), socket.gethostname()), "utf-8")
            temporary = Path(tempfile.mkdtemp(prefix=_OURS, dir=outputs))
        yield temporary
    finally:
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)
        with suppress(OSError):  # taken away, or no longer to be written
            os.truncate(file, 0)
        lock.release()


def _assert_lock(file: Path) -> None:
    """Stop where what has the lock's name isn't a lock of ours: its content would be lost, or what it links to."""
    said = record.content_of(file)
    there = file.is_symlink() or file.exists()
    if there and (
        said is None or not re.fullmatch(_HOLDER.format(r"\d*", ".*") + "|", said.decode("utf-8", "replace"))
    ):
        raise OutputsError(
            f"{file} isn't a lock of ours; pages are written into a folder only under a lock of that name. Remove it, or give "
            "--outputs a folder of its own"
        )


@contextmanager
def _written(outputs: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputsError(f"{outputs} can't be written: {error.strerror or error}") from None


def _sweep(outputs: Path) -> None:
    """Remove what a killed render left behind, where it writes: in the outputs, the languages' folders and the places'."""
    for path in outputs.glob(f"{_OURS}*"):
        if _is_temporary(path.name, "") and record.is_folder(path):
            shutil.rmtree(path, ignore_errors=True)
    names = [path.name for path in outputs.glob(f"{_OURS}*{_PART}") if record.plain(path)]
    for name in (*names, *(name for folder in (*LANGUAGES, record.FAILED) for name in record.listed(outputs, folder))):
        if _is_temporary(name.rpartition("/")[2], _PART):
            (outputs / name).unlink(missing_ok=True)


def _is_temporary(name: str, ending: str) -> bool:
    """Whether a name is one that `tempfile` made for us."""
    return re.fullmatch(rf"{re.escape(_OURS)}[a-z0-9_]{{8}}{re.escape(ending)}", name) is not None


def _placed(files: Mapping[str, bytes], outputs: Path, job: record.Job, seen: _Seen, bars: Bars) -> str:
    """Put the files of one report into place with today's bar, the records last; the reason where that can't be done."""
    last = list(files)[-1]
    made = json.loads(files[last])
    if changed := _changed(made["made_of"], job, seen):
        return f"{changed} changed while reports were rendered; render again"
    if why := _no_place(files, outputs, job):
        return why
    before = record.read(outputs / last) or {}
    files, made = _with_bar(files, made, job, bars)
    gone = [name for name in before.get("files", {}) if name not in made["files"]]
    return _replaced(outputs, files, [*files], gone)


def _with_bar(
    files: Mapping[str, bytes], made: Mapping[str, Any], job: record.Job, bars: Bars
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files of a report with today's bar in its pages, and its record, which says so; the records last. A page without one gets none."""
    pages = {
        name: with_bar(files[name], bars.html(job.path, job.name, language))
        for language in LANGUAGES
        if has_bar(files.get(name := f"{language}/{job.path}.html", b""))
    }
    if not pages:
        return dict(files), dict(made)
    known = {name: value for name, value in made.items() if name != "sha256"}
    sizes = {name: {"bytes": len(page), "sha256": hashlib.sha256(page).hexdigest()} for name, page in pages.items()}
    known |= {"bar": bars.digest, "files": made["files"] | sizes}
    text = record.as_text(known).encode()
    records = {record.file_of(Path(), job.path, language).as_posix(): text for language in LANGUAGES}
    return {name: text for name, text in files.items() if name not in records} | pages | records, known


def _rebar(outputs: Path, job: record.Job, bars: Bars, reader: record.Reader) -> None:
    """Put today's bar into pages that hold and have another, without running their notebook; what can't be written stays as it is."""
    made = reader(record.file_of(outputs, job.path, LANGUAGES[0]))
    if made is None or made.get("bar") == bars.digest:
        return
    pages = {name: record.content_of(outputs / name) for name in made["files"] if name.endswith(".html")}
    there = {name: page for name, page in pages.items() if page is not None}
    files, known = _with_bar(there, made, job, bars)
    if "bar" not in known:
        return
    _replaced(outputs, files, [*known["files"], *files])


def _replaced(outputs: Path, files: Mapping[str, bytes], of_report: Iterable[str], gone: Iterable[str] = ()) -> str:
    """Write all files or none, give all of the report one time, and remove those that are gone; the reason where that can't be done."""
    parts: dict[Path, Path] = {}
    try:
        for name, content in files.items():
            parts[outputs / name] = _part_file(outputs / name, content)
        for path, part in parts.items():  # all of them fit
            part.replace(path)
        time = (outputs / list(files)[-1]).stat().st_mtime_ns
        for name in of_report:
            os.utime(outputs / name, ns=(time, time))
        for name in gone:
            (outputs / name).unlink(missing_ok=True)
    except OSError as error:
        return f"its files can't be written: {error.strerror}"
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    return ""


def _no_place(files: Iterable[str], outputs: Path, job: record.Job) -> str:
    """Why files can't be put where they belong, "" if they can: each by its own name, in folders that are the outputs' own."""
    records = [record.file_of(Path(), job.path, language).as_posix() for language in LANGUAGES]
    if foreign := next((name for name in files if name not in records and not record.is_own(name, job.path)), None):
        return f"it would write {foreign}, which is no name for a file of {job.path}; what a notebook shows needs a plain name"
    if odd := record.strayed(outputs, files):
        return (
            f"{odd} isn't a folder of its own; pages are written within {outputs} only. Move it away and render again"
        )
    if folder := next((outputs / name for name in files if record.is_folder(outputs / name)), None):
        return f"{folder} is a folder, and a page has to have that name; move it away and render again"
    return ""


def _kept_aside(notebook: str, outputs: Path, report: Report) -> Path | None:
    """Where the notebook of a report that failed is as far as it ran: beside the pages, never among them.

    The folder isn't hidden, because JupyterLab opens no hidden files.
    """
    file = _failed_notebook(outputs, report)
    if record.strayed(outputs, [file.relative_to(outputs).as_posix()]):
        return None
    try:
        file.unlink(missing_ok=True)
        if notebook:
            _write(file, notebook.encode())
    except OSError:  # a full disk, say; that it failed is what matters
        return None
    return file if notebook else None


def _forget_failed(outputs: Path, reports: Sequence[Report]) -> None:
    """Take away what was kept of reports that have pages now."""
    for file in [_failed_notebook(outputs, report) for report in reports]:
        if record.strayed(outputs, [file.relative_to(outputs).as_posix()]):
            continue
        with suppress(OSError):  # none was kept, or another one lies in the folder
            file.unlink()
            for folder in list(file.relative_to(outputs).parents)[:-1]:
                (outputs / folder).rmdir()


def _failed_notebook(outputs: Path, report: Report) -> Path:
    return outputs / record.FAILED / f"{report.path}.ipynb"


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: to a temporary file in the same folder, synced, renamed."""
    part = _part_file(path, content)
    try:
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _part_file(path: Path, content: bytes) -> Path:
    """The temporary file, in the same folder, that is to become `path`: whole and synced, or gone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_OURS, suffix=_PART)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        part.chmod(0o644)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _write_index(
    outputs: Path,
    reports: Sequence[Report],
    reader: record.Reader,
    known: site.Known | None,
    front: Front | None,
    publisher: Site,
) -> site.Marked:
    """Write the index, unless it is so already; what is marked in it. OutputsError when it can't be: it is as it was."""
    try:
        texts, marked = site.index(outputs, reports, reader, known, front, publisher)
        for language, text in texts.items():
            file = outputs / site.FILES[language]
            if record.content_of(file) != text.encode():
                _write(file, text.encode())
    except (OSError, TemplateError) as error:  # the disk is full, or somebody is just changing its template
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise OutputsError(f"{outputs / 'index.html'} can't be written, and is as it was: {why}") from None
    return marked


def refresh(notebook: Path, engine: str = forks.BEST) -> None:
    """Execute a notebook with its defaults and store its text outputs, canonically, in the notebook itself.

    Cell ids stay, counts run 1..n, images and timings are left out: what a review should see. RuntimeError with the cell
    and the reason when it fails.
    """
    with Forks(passed=data.fingerprint()) as server:
        server.start(0, "notebook", (notebook, engine), TIME_LIMIT)
        while (event := server.next()).kind not in ("made", "failed"):
            pass
    if event.kind == "failed":
        raise RuntimeError(event.told)
    _write(notebook.resolve(), event.told.encode())  # where a link leads: the notebook is written, and the link stays
