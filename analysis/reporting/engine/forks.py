"""Has reports made by children of a warm process (`server`): as many at a time as asked, each by itself.

Whatever one does (it raises, dies, kills the server, runs too long), it is that job which fails, and the others go on.
"""

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Pipe
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from analysis.data import PASSED, ROOT
from analysis.reporting.records.record import Job

# Where processes can be forked safely, and be seen to have one thread only.
CAN_FORK = sys.platform == "linux"
FORKED, KERNEL = "cakupan", "kernel"
ENGINES = (FORKED, KERNEL)
BEST = FORKED if CAN_FORK else KERNEL
# The same bytes on any machine: nothing in a notebook may depend on its hash seed, zone or locale.
STEADY = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MATPLOTLIBRC": os.devnull,  # else one in the working folder, or somebody's own, would count
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # read when matplotlib is imported, before the fork
}


# More would fill the pipe to the server before it is read from.
_MOST_AT_ONCE = 64


# What a failed notebook is kept with, at most: the bytes of one cell's outputs.
_MOST_KEPT = 10_000_000


class Event(NamedTuple):
    """What is heard of a job: "started", "cell" with its id ("cell ended" too for "cells"), "made" with what came of it, or "failed" with the reason.

    `kept` is, of a job that failed, the text of its notebook as far as it ran; "" where none began.
    """

    job: int
    kind: str
    told: Any = None
    kept: str = ""


class Task(NamedTuple):
    """A job with the seconds that it may take."""

    job: Job
    limit: float


class Trail:
    """Where a job is in its notebook, and what has run of it, noted in a file by the job itself before each cell.

    What is told through pipes is lost with a process on the way that dies, and comes late where processors are busy;
    a file is there at once and outlives whoever wrote it.
    """

    def __init__(self, folder: Path, job: int) -> None:
        self._file = folder / f"ran-{job}.jsonl"

    def note(self, kind: str, what: Any) -> None:
        """Note that a notebook has "begun" (its text's tree), a "cell" begins (its id), or has "ended" (its place and tree)."""
        text = json.dumps([kind, what])
        if kind == "ended" and len(text) > _MOST_KEPT:
            return
        try:
            with self._file.open("a", encoding="ascii") as out:
                out.write(f"{text}\n")
        except OSError:  # a full disk: no trail is better than one that ends too early
            self.forget()

    def at(self) -> str:
        """The cell that ran last, as in "cell answer"; "" when none is noted."""
        cells = [f"cell {what}" for kind, what in self._notes() if kind == "cell"]
        return cells[-1] if cells else ""

    def kept(self, reason: str) -> str:
        """The text of the notebook as far as it ran, with the reason on top and in the cell that didn't end; "" when none began."""
        notebook, cell = dict[str, Any](), None
        for kind, what in self._notes():
            if kind == "begun":
                notebook = what
            elif kind == "cell":
                cell = next((one for one in notebook.get("cells", ()) if one["id"] == what), None)
            elif notebook:
                notebook["cells"][what[0]], cell = what[1], None
        if not notebook:
            return ""
        if cell and cell["cell_type"] == "code":
            error = {"output_type": "error", "ename": "Failed", "evalue": reason, "traceback": [reason]}
            cell["outputs"] = [error]
        said = "".join(f"    {line}\n" for line in reason.splitlines())
        note = {"cell_type": "markdown", "id": "failed", "metadata": {}, "source": f"This notebook failed:\n\n{said}"}
        notebook["cells"].insert(0, note)
        return json.dumps(notebook, indent=1, sort_keys=True) + "\n"

    def forget(self) -> None:
        with suppress(OSError):  # where it can't be taken away, it wasn't written, either
            self._file.unlink(missing_ok=True)

    def _notes(self) -> Iterator[tuple[str, Any]]:
        try:
            lines = self._file.read_text("ascii").splitlines()
        except (OSError, ValueError):  # none, or what a notebook has made of it
            return
        for line in lines:
            with suppress(ValueError):  # the last one, cut off
                kind, what = json.loads(line)
                yield kind, what


class GoneError(RuntimeError):
    """The server itself has died: a notebook killed it, or the machine ran out of memory."""

    def __init__(self) -> None:
        super().__init__("the process that runs notebooks died (killed, or out of memory)")


class StartError(RuntimeError):
    """The server can't start at all: its code, or a package, is broken."""

    def __init__(self) -> None:
        super().__init__("the process that renders reports can't start; what it said stands above")


class Forks:
    """A server, for as long as the `with` block lasts: whatever happens there, no child outlives it.

    `temporary` is where its children put temporary files; `passed` the fingerprint of data that has passed its check.
    """

    def __init__(self, temporary: Path | None = None, passed: str = "", fork: bool = CAN_FORK) -> None:
        self._own = None if temporary else TemporaryDirectory(prefix="cakupan-")
        self._temporary = temporary = temporary or Path(self._own.name)  # type: ignore[union-attr]
        self._ready = False
        self._connection, theirs = Pipe()
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        environment = os.environ | STEADY | {PASSED: passed, "PYTHONPATH": path}  # the asker's own `analysis`
        environment["TMPDIR"] = str(temporary)
        with theirs:
            self._server = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "analysis.reporting.engine.server",
                    str(theirs.fileno()),
                    "fork" if fork else "spawn",
                ],
                pass_fds=[theirs.fileno()],
                env=environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the asker, which ends the server in order
            )

    def __enter__(self) -> "Forks":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()  # the server ends its children and itself when it hears this
        try:
            self._server.wait(30)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        if self._own:
            self._own.cleanup()

    def start(self, number: int, kind: str, what: tuple[Any, ...], limit: float | None = None) -> None:
        """Start a job in a child: "report" (Job, engine), "notebook" (path, engine) or "cells" (notebook text, folder).

        Its events carry `number`; `limit` is its seconds from the first cell on, for "cells" those of each cell. GoneError as for `next`.
        """
        self.trail(number).forget()
        try:
            self._connection.send((number, kind, what, limit))
        except OSError:
            raise (GoneError if self._ready else StartError)() from None

    def next(self) -> Event:
        """What is heard next, waited for. GoneError when the server has died."""
        try:
            event = Event(*self._connection.recv())
            if event.kind == "ready":
                self._ready = True
                event = Event(*self._connection.recv())
        except (EOFError, OSError):
            raise (GoneError if self._ready else StartError)() from None
        if event.kind == "failed":
            return event._replace(kept=self.trail(event.job).kept(event.told))
        if event.kind == "made":
            self.trail(event.job).forget()
        return event

    def trail(self, number: int) -> Trail:
        """What job `number` has noted, also when the server has died."""
        return Trail(self._temporary, number)

    def lost(self, number: int, heard: str = "the first cell") -> Event:
        """The failure of a job with which the server died; `heard` is where it was, should its trail not say so."""
        trail = self.trail(number)
        reason = f"{trail.at() or heard}: the process that rendered it died (killed, or out of memory)"
        return Event(number, "failed", reason, trail.kept(reason))


def made(
    tasks: Sequence[Task], by: str, at_once: int, temporary: Path | None = None, passed: str = ""
) -> Generator[Event, None, None]:
    """Have every task made, `at_once` at a time; events carry its place in `tasks`.

    When a job takes the server down with it, those that ran then are tried once more, each alone.
    """
    at_once = min(at_once, _MOST_AT_ONCE)
    waiting, suspects = list(enumerate(tasks)), list[tuple[int, Task]]()
    ended: Event | None = None
    while waiting or suspects or ended:
        running: dict[int, Task] = {}
        at: dict[int, str] = {}
        alone = False  # a suspect runs
        with Forks(temporary, passed) as server:
            try:
                while waiting or suspects or running or ended:
                    while (suspects and not running) or (
                        waiting and not suspects and not (running and alone) and len(running) < at_once
                    ):
                        alone, line = bool(suspects), suspects or waiting
                        number, task = line[0]
                        server.start(number, "report", (task.job, by), task.limit)
                        running[number] = task
                        line.pop(0)
                        if line is waiting:
                            yield Event(number, "started")
                    if ended:  # told only now that its place is taken: to write pages takes a while
                        yield ended
                        ended = None
                        continue
                    event = server.next()
                    if event.kind in ("made", "failed"):
                        del running[event.job]
                        ended = event
                    else:
                        at[event.job] = f"cell {event.told}"
                        yield event
            except GoneError:
                if len(running) == 1:
                    number = next(iter(running))
                    yield server.lost(number, at.get(number, "the first cell"))
                else:
                    suspects += running.items()
