"""Shows how far a render has come: a bar on a terminal, plain lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from analysis.reporting.manifest import Report
from analysis.reporting.runner import Done

Events = tuple[Callable[[Report], None], Callable[[Done], None]]


@contextmanager
def shown(total: int, console: Console | None = None) -> Iterator[Events]:
    """Two functions to call when a report starts and ends, with `total` reports in all."""
    console = console or Console(stderr=True)
    with _bar(total, console) if console.is_terminal else _lines(total, console) as events:
        yield events


@contextmanager
def _bar(total: int, console: Console) -> Iterator[Events]:
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]}"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total, failed="")
        running: list[str] = []
        failures: list[str] = []

        def started(report: Report) -> None:
            running.append(report.path)
            progress.update(task, description=", ".join(running))

        def ended(done: Done) -> None:
            running.remove(done.report.path)
            if done.failure:
                failures.append(done.report.path)
                progress.console.print(f"[red]failed[/red] {done.report.path}")
            text = f"[red]{len(failures)} failed[/red]" if failures else ""
            progress.update(task, advance=1, description=", ".join(running), failed=text)

        yield started, ended


@contextmanager
def _lines(total: int, console: Console) -> Iterator[Events]:
    begun: dict[str, float] = {}
    finished: list[Done] = []

    def started(report: Report) -> None:
        begun[report.path] = monotonic()

    def ended(done: Done) -> None:
        finished.append(done)
        seconds = monotonic() - begun[done.report.path]
        word = "failed" if done.failure else "done"
        console.print(
            f"[{len(finished)}/{total}] {word} {done.report.path} ({seconds:.1f} s)",
            highlight=False,
            markup=False,
        )

    yield started, ended
