"""A process that has imported everything a report needs, and forks one child for each report.

A fresh Python needs a second or two before it can run a notebook's first cell; a fork of one that is ready needs
milliseconds, and shares nothing with the next but memory that neither can change for the other. The server
has a single thread, because a lock held by another thread would stay locked in the child for ever; it refuses to fork
otherwise. It doesn't hand on `analysis`: each child imports it anew, so that its record can tell which modules were used.

What a child does wrong (it raises, dies, loops, takes memory without end) ends as a sentence about that job. The asker's
side is `forks`.
"""

import atexit
import ctypes
import errno
import gc
import json
import math
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from importlib import import_module
from io import StringIO
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple

import nbformat
import pandas as pd
from babel.dates import format_date
from babel.numbers import format_decimal
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from scipy.stats import qmc

from analysis import provenance
from analysis.reporting.engine import execute as engine
from analysis.reporting.engine import making, shell
from analysis.reporting.engine.forks import Trail
from analysis.reporting.pages import page
from analysis.reporting.records import record
from analysis.words import LANGUAGES

MOST_MEMORY = 2 * 1024**3
# A notebook may write files of this size at most; a report writes none.
_MOST_FILE = 256 * 1024**2
# Seconds for a child, and its kernel, to come to the notebook's first cell, from which on its own limit counts: how busy the
# machine is with others isn't held against a notebook.
_TO_BEGIN = 120.0
# The exit code of a child that had no memory left.
_NO_MEMORY = 12
# What notebooks import by way of `analysis`.
_LIBRARIES = (
    "babel.dates",
    "babel.numbers",
    "bleach",
    "encodings.utf_8_sig",
    "graphlib",
    "highspy",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.api",
    "pydantic.config",
    "pydantic.fields",
    "pydantic.main",
    "scipy.optimize",
    "scipy.special",
    "scipy.stats",
    "scipy.stats.qmc",
    "tomllib",
)


# From <linux/prctl.h>.
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_adopts = False


class _Running(NamedTuple):
    """A child: its job, until when it may run, and where in the notebook it is by what was heard."""

    job: int
    process: Any
    kind: str
    limit: float | None
    until: float
    heard: str = ""

    def at(self) -> str:
        return _trail(self.job).at() or self.heard or "the first cell"


def serve(asker: Connection, fork: bool) -> None:
    """Start a child for each job that `asker` sends, pass on what it tells, end it when its time is up."""
    context = multiprocessing.get_context("fork" if fork else "spawn")
    running: dict[Connection, _Running] = {}
    try:
        asker.send((-1, "ready", None))
        while True:
            soonest = min((one.until for one in running.values()), default=math.inf)
            for ready in wait([asker, *running], None if soonest == math.inf else max(0.0, soonest - monotonic())):
                if ready is asker:
                    job, kind, what, limit = asker.recv()
                    pipe, process = _started(context, job, kind, what, asker if fork else None, limit)
                    running[pipe] = _Running(job, process, kind, limit, _from_now(limit and max(limit, _TO_BEGIN)))
                else:
                    _pass_on(ready, running, asker)
            for pipe in [pipe for pipe, one in running.items() if one.until <= monotonic()]:
                one = running.pop(pipe)
                _end_child(one.process)
                asker.send((one.job, "failed", f"{one.at()}: it ran longer than {one.limit:g} seconds, its time limit"))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the asker is gone, or done
    finally:
        for one in running.values():
            _end_child(one.process)


def _from_now(limit: float | None) -> float:
    return monotonic() + limit if limit else math.inf


def _trail(job: int) -> Trail:
    return Trail(Path(tempfile.gettempdir()), job)


def _pass_on(pipe: Any, running: dict[Connection, _Running], asker: Connection) -> None:
    one = running[pipe]
    try:
        kind, told = pipe.recv()
    except (EOFError, OSError):
        _wait(one.process, 5)  # it may have closed the pipe and live on
        kind, told = "failed", f"{one.at()}: {_death(one.process.exitcode)}"
    if kind == "cell":
        until = _from_now(one.limit) if one.kind == "cells" or not one.heard else one.until
        running[pipe] = one._replace(heard=f"cell {told}", until=until)
    elif kind in ("made", "failed"):
        del running[pipe]
        _end_child(one.process, patience=5)
    asker.send((one.job, kind, told))


def _death(code: int | None) -> str:
    if code is None:
        return "the process closed files that weren't its own, and can't be heard any more"
    if code == _NO_MEMORY:
        return f"it took more than {MOST_MEMORY / 1024**3:g} GiB of memory"
    if code < 0:
        return f"the process was ended by {signal.Signals(-code).name} (killed, out of memory, or a crash in a library)"
    return "the process ended itself before the notebook was done"


def _end_child(process: Any, patience: float = 0) -> None:
    """End a child, and whatever it has started."""
    _wait(process, patience)
    for kill in (lambda: os.killpg(process.pid, signal.SIGKILL), process.kill):
        with suppress(ProcessLookupError, PermissionError):
            kill()
    process.join()
    while strays := _strays():
        for stray in strays:
            with suppress(ProcessLookupError):
                os.kill(stray, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(stray, 0)


def _strays() -> set[int]:
    """Processes that came to this one when whoever started them ended: a kernel, a program in a session of its own."""
    if not _adopts:
        return set()
    jobs = {one.pid for one in multiprocessing.active_children()}
    try:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()
    except OSError:  # a system that doesn't list them
        return set()
    return {int(child) for child in children} - jobs


def _wait(process: Any, patience: float) -> None:
    """Wait for a child's end. Its `join` would wait for ever for one that has closed the files which it watches."""
    until = monotonic() + patience
    while process.is_alive() and monotonic() < until:
        sleep(0.005)


def _started(
    context: Any, job: int, kind: str, what: tuple[Any, ...], asker: Connection | None, limit: float | None
) -> tuple[Any, Any]:
    ours, theirs = Pipe()
    process = context.Process(target=_child, args=(job, kind, what, theirs, asker, os.getpid(), limit))
    process.start()
    theirs.close()
    return ours, process


# ---- a child ----


def _child(
    job: int,
    kind: str,
    what: tuple[Any, ...],
    pipe: Connection,
    asker: Connection | None,
    server: int,
    limit: float | None,
) -> None:
    """Do one job and tell what came of it."""
    os.setsid()  # so that all it starts can be ended with it
    _noiseless()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if limit and kind != "cells":
        signal.alarm(int(max(limit, _TO_BEGIN) + limit) + 30)  # should the server die, this still ends
    if asker is not None:  # forked
        asker.close()
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # it doesn't outlive a server that was killed
        _libc().prctl(_PR_SET_CHILD_SUBREAPER, 1)  # what its programs leave stays with it
        if (threads := _threads_of(server)) > 1:
            pipe.send(
                ("failed", f"the process to fork from has {threads} threads; it must have one (a library started them)")
            )
            return
    _limited()
    # Bytecode is kept for this render only: the usual, beside the source, is told stale by whole seconds.
    sys.pycache_prefix, sys.dont_write_bytecode = f"{tempfile.gettempdir()}/bytecode", False
    atexit._clear()  # what the server wants done at its end isn't this child's to do
    for name in [name for name in sys.modules if name.partition(".")[0] == "analysis"]:
        del sys.modules[name]
    try:
        made = _DO[kind](pipe, _trail(job), *what)
        _farewell()
        pipe.send(("made", made))
    except Exception as error:
        if _lacked_memory(error):
            os._exit(_NO_MEMORY)  # there may not be enough left to say so
        pipe.send(("failed", _why_failed(error)))
    pipe.close()


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _noiseless() -> None:
    """What a kernel or a library says to a terminal is no message of ours."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _threads_of(process: int) -> int:
    return len(list(Path(f"/proc/{process}/task").iterdir()))


def _limited() -> None:
    """Bounds on memory and files, for all that this process starts, too; the first to go when the machine runs out."""
    for what, most in ((resource.RLIMIT_DATA, MOST_MEMORY), (resource.RLIMIT_FSIZE, _MOST_FILE)):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")


def _farewell() -> None:
    """What an interpreter does at its end, for the notebook's sake: `os._exit` would lose unwritten files."""
    atexit._run_exitfuncs()
    if InteractiveShell.initialized():
        InteractiveShell.instance().reset(new_session=False)
        gc.collect()


def _lacked_memory(error: BaseException | None) -> bool:
    while error and not (isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM):
        error = error.__context__
    return error is not None


def _why_failed(error: Exception) -> str:
    if isinstance(error, (engine.NotebookError, page.PageError, OSError)):
        return str(error)
    return f"unexpected, please report it:\n{traceback.format_exc()}"


def _teller(pipe: Connection, trail: Trail) -> engine.Tell:
    def tell(kind: str, what: Any) -> None:
        if kind == "cell":
            pipe.send(("cell", what))  # first: a cell that closed this pipe is to blame, not the next
        trail.note(kind, what)

    return tell


def _make(pipe: Connection, trail: Trail, job: record.Job, by: str) -> dict[str, bytes]:
    return making.files_of(job, by, _teller(pipe, trail))


def _execute(pipe: Connection, trail: Trail, notebook: Path, by: str) -> str:
    """The text of a notebook with the outputs that are stored: everything but images."""
    executed = engine.execute(notebook, {}, by, _teller(pipe, trail)).notebook
    for output in [output for cell in executed.cells for output in cell.get("outputs", [])]:
        for kind in [kind for kind in output.get("data", {}) if "svg" in kind or kind.startswith("image/")]:
            del output.data[kind]
    return nbformat.writes(executed) + "\n"


def _run_cells(pipe: Connection, trail: Trail, text: str, folder: str) -> str:
    os.chdir(folder)
    notebook = nbformat.reads(text, as_version=4)

    def started(index: int) -> None:
        pipe.send(("cell", index))
        trail.note("cell", notebook.cells[index].id)

    shell.run_cells(
        notebook, started, ended=lambda index: pipe.send(("cell ended", (index, json.dumps(notebook.cells[index]))))
    )
    return nbformat.writes(notebook)


_DO: dict[str, Callable[..., Any]] = {"report": _make, "notebook": _execute, "cells": _run_cells}


def _warm() -> None:
    """Use once what is slow the first time: libraries, fonts, templates, number formats.

    Not pyplot's inline backend: imported before there is a shell, it would show no chart and say nothing.
    """
    for library in _LIBRARIES:
        import_module(library)
    for language in LANGUAGES:
        format_decimal(1234.5, locale=language)
        format_date(date(2024, 1, 1), locale=language)
    qmc.Sobol(2).random(2)
    provenance.versions()
    pd.read_csv(StringIO("a,b\n1,2")).merge(pd.DataFrame({"a": [1]})).groupby("a").sum()
    figure = Figure(layout="constrained")
    figure.subplots().set_title("Cakupan")
    figure.savefig(StringIO(), format="svg")
    cells = [new_markdown_cell("# Cakupan\n\n<!-- lang:en\n# Coverage\n-->"), new_code_cell("1")]
    page.pages(new_notebook(cells=cells), page.Place("cakupan", "", ""))


def main(pipe: str, way: str) -> None:
    """Serve the asker at the other end of file descriptor `pipe`, by "fork" or "spawn"."""
    global _adopts
    if way == "fork":
        _adopts = _libc().prctl(_PR_SET_CHILD_SUBREAPER, 1) == 0
        _warm()
        gc.collect()
        gc.freeze()  # so that children don't copy memory just by looking for garbage
    with Connection(int(pipe)) as asker:
        serve(asker, way == "fork")


if __name__ == "__main__":
    main(*sys.argv[1:])
