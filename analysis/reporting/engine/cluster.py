"""Has reports made by the workers of a Dask cluster (`distributed`), on as many machines as there are.

Nothing is started here: scheduler and workers run already, each worker from a checkout of its own. A page has to be the
same wherever it is made, so a worker first shows that it has the asker's data, code, notebooks, lock and versions; one
that hasn't ends the render. Pages come back as bytes, for the asker to write.

When a worker dies, Dask runs its report again on another. So that a report which kills workers doesn't go through all
of them, each start is noted with the scheduler: what two workers have begun, a third doesn't begin.
"""

import hashlib
import json
import logging
import tempfile
import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from analysis import data, provenance
from analysis.reporting.engine.forks import Event, Forks, GoneError, Task
from analysis.reporting.manifest import NOTEBOOKS
from analysis.reporting.records import record
from analysis.reporting.records.record import Job
from analysis.reporting.runner import Makers


class ClusterError(click.ClickException):
    """The cluster can't be used, or no longer; the message says what to do."""


try:
    from distributed import CancelledError, Client, Future, KilledWorker, get_client, get_worker, wait
except ImportError:
    raise ClusterError('--scheduler needs Dask; install it: pip install "cakupan[cluster]"') from None

# Seconds to wait for the scheduler's answer, and for a worker where there is none.
CONNECT, PATIENCE = 10.0, 60.0
_TWICE = "two workers died while rendering it"


def there(scheduler: str, engine: str) -> Makers:
    """Reports are made by the workers of the Dask cluster at `scheduler`, one at a time by each of their threads.

    The render ends in ClusterError when the cluster can't be reached, has no worker, or a worker differs.
    """
    return lambda tasks, _, passed: _made(tasks, scheduler, engine, passed)


# ---- the asker ----


def _made(tasks: Sequence[Task], scheduler: str, engine: str, passed: str) -> Generator[Event, None, None]:
    """The events of all tasks, in order of completion.

    As many are sent as workers have threads: the scheduler holds no queue, and a worker that dies takes down only what it
    had begun.
    """
    if not tasks:
        return
    stamp, starts = _stamp(passed), ["cakupan", uuid4().hex]
    waiting, running = deque(range(len(tasks))), dict[Future, int]()

    def send(number: int) -> None:
        job, limit = tasks[number]
        job = job._replace(notebook=job.notebook.relative_to(NOTEBOOKS))  # the worker's own may lie elsewhere
        future = client.submit(_make_one, job, limit, engine, stamp, [*starts, str(number)], pure=False)
        running[future] = number

    with _connected(scheduler) as client:
        try:
            _await_worker(client, scheduler)
            _check_all(client, stamp)
            while waiting or running:
                if not (threads := sum(client.nthreads().values())):
                    for future, number in list(running.items()):
                        if len(client.get_metadata([*starts, str(number)], ())) == 2:  # and both are gone
                            del running[future]
                            yield Event(number, "failed", _TWICE)
                    if waiting or running:
                        _await_worker(client, scheduler)
                    continue
                while waiting and len(running) < threads:
                    yield Event(waiting[0], "started")
                    send(waiting.popleft())
                for future in _ended(list(running)):
                    number = running.pop(future)
                    if event := _outcome(future, number, client, stamp):
                        yield event
                    else:
                        send(number)
        finally:
            with suppress(Exception):  # the scheduler may be gone
                client.cancel(list(running))
                client.set_metadata(starts, None)


@contextmanager
def _connected(scheduler: str) -> Iterator[Client]:
    logging.getLogger("distributed.client").setLevel("CRITICAL")  # a loss is told below, in a sentence
    try:
        client = Client(scheduler, timeout=CONNECT)
    except (OSError, TypeError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler answers at {scheduler} ({error}); start one with `dask scheduler` and give the address "
            "that it prints, as in tcp://10.0.0.1:8786"
        ) from None
    try:
        yield client
    except (OSError, CancelledError):
        raise ClusterError(
            f"the scheduler at {scheduler} was lost; what was done is in place, render again for the rest"
        ) from None
    finally:
        with suppress(Exception):
            client.close()


def _await_worker(client: Client, scheduler: str) -> None:
    if client.nthreads():
        return
    click.echo(f"{scheduler} has no worker; waiting {PATIENCE:g} seconds for one", err=True)
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise ClusterError(
            f"{scheduler} has no worker; start one on each machine, in its checkout: dask worker {scheduler}"
        ) from None


def _check_all(client: Client, stamp: dict[str, str]) -> None:
    """Ask all workers of now whether they have what `stamp` says; later ones are asked when they get a report."""
    answers = client.run(_stamp_differs, stamp, on_error="return")
    refusals = [
        _refusal(worker, answer) for worker, answer in answers.items() if answer and not isinstance(answer, OSError)
    ]
    if refusals:
        raise ClusterError("\n".join(refusals))


def _refusal(worker: str, answer: list[str] | Exception) -> str:
    if isinstance(answer, Exception):
        what = f"it can't load the project ({type(answer).__name__}: {answer})"
    else:
        what = f"its {', '.join(answer)} {'differs' if len(answer) == 1 else 'differ'} from yours"
    return f"worker {worker}: {what}; give every worker the same checkout and environment"


def _ended(futures: list[Future]) -> set[Future]:
    try:
        return wait(futures, timeout=1, return_when="FIRST_COMPLETED").done
    except TimeoutError:
        return set()


def _outcome(future: Future, number: int, client: Client, stamp: dict[str, str]) -> Event | None:
    """What came of a task that has ended; None when it was lost with its worker, and has to be sent again."""
    try:
        if future.status == "error":
            error = future.exception()
            if isinstance(error, KilledWorker):  # it may have been given to them only, never begun
                return None
            _check_all(client, stamp)
            raise ClusterError(
                f"the cluster can't render ({type(error).__name__}: {str(error).strip()}); "
                "scheduler and workers need the same checkout and environment as you"
            )
        kind, *told = future.result(timeout=PATIENCE)
    except TimeoutError:  # the worker that held it is gone
        return None
    finally:
        future.release()  # else the workers would keep every page
    if kind == "refused":
        raise ClusterError(told[0])
    return Event(number, kind, *told)


# ---- both ----


def _stamp(passed: str) -> dict[str, str]:
    """What pages rest on, each part by the name it has in a message; `passed` is the data's fingerprint."""
    of = record.hashes()
    cells = json.dumps([(path.name, of(str(path))) for path in sorted(NOTEBOOKS.glob("*.ipynb"))])
    return {
        "data/": passed,
        "analysis/": provenance.code_hash(),
        "notebooks/": hashlib.sha256(cells.encode()).hexdigest(),
        record.LOCK: of(record.LOCK),
    } | provenance.versions()


# ---- a worker ----

_kept = threading.local()


def _stamp_differs(stamp: dict[str, str]) -> list[str]:
    mine = _stamp(data.fingerprint())
    return [part for part in stamp if mine.get(part) != stamp[part]]


def _make_one(job: Job, limit: float, engine: str, stamp: dict[str, str], start: list[str]) -> tuple[Any, ...]:
    """Make one report: "made" with its files, "failed" with the reason and the notebook, or "refused" with what differs."""
    worker, scheduler = get_worker(), get_client()
    if differing := _stamp_differs(stamp):
        return "refused", _refusal(worker.address, differing)
    begun = scheduler.get_metadata(start, ())
    if len(begun) == 2:
        return "failed", _TWICE
    scheduler.set_metadata(start, [*begun, worker.address])
    what = (job._replace(notebook=NOTEBOOKS / job.notebook), engine)
    try:
        _kept_server(stamp, worker.local_directory).start(0, "report", what, limit)
    except GoneError:  # it died with the last report, or since
        _drop_server()
        _kept_server(stamp, worker.local_directory).start(0, "report", what, limit)
    try:
        while (event := _kept.server.next()).kind not in ("made", "failed"):
            pass
    except GoneError:
        event = _kept.server.lost(0)
    return event[1:]


def _kept_server(stamp: dict[str, str], temporary: str) -> Forks:
    """This thread's server, with a folder of its own in `temporary`, kept from report to report while the checkout stays as it is.

    A thread has its own, so that none waits for another's events. It ends with the thread, and with the worker however
    that ends, because its pipe is closed then.
    """
    if getattr(_kept, "stamp", None) != stamp:
        _drop_server()
        _kept.open = ExitStack()
        scratch = _kept.open.enter_context(tempfile.TemporaryDirectory(dir=temporary))
        _kept.server = _kept.open.enter_context(Forks(Path(scratch), stamp["data/"]))
        _kept.stamp = stamp
    return _kept.server


def _drop_server() -> None:
    if hasattr(_kept, "open"):
        _kept.open.close()
    _kept.__dict__.clear()
