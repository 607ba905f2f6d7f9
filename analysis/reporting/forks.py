"""Has reports made by children of a warm process (`server`): as many at a time as asked, each by itself.

Whatever one does (it raises, dies, kills the server, runs too long), it is that job which fails, and the others go on.
"""

import os
import subprocess
import sys
from collections.abc import Generator, Sequence
from multiprocessing.connection import Pipe
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from analysis.data import PASSED, ROOT
from analysis.reporting.record import Job

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
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # read when matplotlib is imported, before the fork
}


# More would fill the pipe to the server before it is read from.
_MOST_AT_ONCE = 64


class Event(NamedTuple):
    """What is heard of a job: "started", "cell" with its id ("cell ended" too for "cells"), "made" with what came of it, or "failed" with the reason."""

    job: int
    kind: str
    told: Any = None


class Task(NamedTuple):
    """A job with the seconds that it may take."""

    job: Job
    limit: float


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
        temporary = temporary or Path(self._own.name)  # type: ignore[union-attr]
        self._ready = False
        self._connection, theirs = Pipe()
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        environment = os.environ | STEADY | {PASSED: passed, "PYTHONPATH": path}  # the asker's own `analysis`
        environment["TMPDIR"] = str(temporary)
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-P", "-m", "analysis.reporting.server", str(theirs.fileno()), "fork" if fork else "spawn"],
                pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the asker, which ends the server in order
            )  # fmt: skip

    def __enter__(self) -> "Forks":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()  # the server ends its children and itself when it hears this
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        if self._own:
            self._own.cleanup()

    def start(self, number: int, kind: str, what: tuple[Any, ...], limit: float | None = None) -> None:
        """Start a job in a child: "report" (Job, engine), "notebook" (path, engine) or "cells" (notebook text, folder).

        Its events carry `number`; `limit` is its seconds, for "cells" those of each cell. GoneError as for `next`.
        """
        try:
            self._connection.send((number, kind, what, limit))
        except OSError:
            raise (GoneError if self._ready else StartError)() from None

    def next(self) -> Event:
        """What is heard next, waited for. GoneError when the server has died."""
        try:
            event = Event(*self._connection.recv())
            if event.kind != "ready":
                return event
            self._ready = True
            return Event(*self._connection.recv())
        except (EOFError, OSError):
            raise (GoneError if self._ready else StartError)() from None


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
        try:
            with Forks(temporary, passed) as server:
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
                cell = at.get(number, "the first cell")
                ended = Event(
                    number, "failed", f"{cell}: the process that rendered it died (killed, or out of memory)"
                )
            else:
                suspects += running.items()
