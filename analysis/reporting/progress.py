"""Shows what a render is about to do and how far it has come: a bar on a terminal, plain lines elsewhere."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from time import monotonic

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from analysis.reporting.manifest import Report
from analysis.reporting.runner import Done, Watcher
from analysis.schema import many


@contextmanager
def shown(total: int, place: str, explain: bool = False, console: Console | None = None) -> Iterator[Watcher]:
    """Tells of a render of `total` reports into `place` while it goes on; with `explain`, why each is rendered."""
    console = console or Console(stderr=True)
    with ExitStack() as until_the_end:
        told: list[Watcher] = []

        def planned(why: Mapping[str, list[str]]) -> None:
            for path, reasons in why.items() if explain else ():
                click.echo(f"{path}: {'; '.join(reasons)}")
            held = f" ({total - len(why)} hold)" if len(why) < total else ""
            click.echo(f"rendering {many(len(why), 'report')}{held} into {place}", err=True)
            parts = _bar if console.is_terminal and why else _line_by_line
            told.append(until_the_end.enter_context(parts(len(why), console)))

        yield Watcher(planned, lambda report: told[0].started(report), lambda done: told[0].ended(done))


@contextmanager
def _bar(total: int, console: Console) -> Iterator[Watcher]:
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

        yield Watcher(started=started, ended=ended)


@contextmanager
def _line_by_line(total: int, console: Console) -> Iterator[Watcher]:
    begun: dict[str, float] = {}
    finished: list[Done] = []

    def started(report: Report) -> None:
        begun[report.path] = monotonic()

    def ended(done: Done) -> None:
        finished.append(done)
        seconds = monotonic() - begun[done.report.path]
        word = "failed" if done.failure else "done"
        console.print(
            f"[{len(finished)}/{total}] {word} {done.report.path} ({seconds:.1f} s)", highlight=False, markup=False
        )

    yield Watcher(started=started, ended=ended)
