"""The `cakupan` command: check the data, render reports, list them, refresh the notebooks.

Exit codes: 0 all is well; 1 the data has problems or a report failed; 2 the command was not
understood (unknown report, parameter or province).
"""

import json
import sys
from pathlib import Path

import click

FORMATS = click.Choice(["text", "github", "json"])


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 all is well; 1 problems in the data or a failed report; 2 a command that was not understood.",
)
@click.version_option(package_name="cakupan", message="cakupan %(version)s")
def main() -> None:
    """Reports on who is covered by Indonesia's employment social security (Jamsostek)."""


@main.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--format", "form", type=FORMATS, default="text", show_default=True, help="How problems are written."
)
def check(folder: Path | None, form: str) -> None:
    """Check all tables of data/ (or FOLDER) and report every problem at once.

    Each problem names file, line, column, value, the rule it breaks and what to do. Exit code 0
    when there is none, 1 when there are some.
    """
    from analysis import data
    from analysis.data.check import check as problems_of
    from analysis.data.check import describe

    folder = folder or data.FOLDER
    if not (folder / "datapackage.json").is_file():
        raise click.UsageError(f"{folder} has no datapackage.json")
    content = data.fingerprint(folder)  # what is checked is what is remembered
    problems = problems_of(folder)
    if form == "json":
        click.echo(json.dumps([problem._asdict() for problem in problems], ensure_ascii=False, indent=2))
    elif form == "github":
        for problem in problems:
            click.echo(_annotation(_shown(folder / problem.file), problem))
    else:
        for problem in problems:
            click.echo(str(problem))
    if problems:
        click.echo(describe(problems), err=True)
        sys.exit(1)
    data.remember(folder, content)
    if form == "text":
        click.echo(f"{_shown(folder)}: {len(data.package(folder)['resources'])} tables, no problem")


def _annotation(path: str, problem) -> str:  # type: ignore[no-untyped-def]
    """One line of GitHub's workflow command syntax, escaped as it asks."""

    def safe(text: str, more: str = "") -> str:
        for char in "%\r\n" + more:
            text = text.replace(char, f"%{ord(char):02X}")
        return text

    where = "".join(f"{part}: " for part in (problem.column, problem.value and repr(problem.value)) if part)
    title = safe(problem.rule, ",:")
    return (
        f"::error file={safe(path, ',:')},line={problem.line},title={title}::{safe(where + problem.message)}"
    )


def _shown(path: Path) -> str:
    """The path as one would type it here, or in full when it lies elsewhere."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "-p",
    "--parameter",
    "given",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="A parameter of the notebook, as papermill takes it; with one report.",
)
@click.option("-j", "--jobs", type=click.IntRange(1), help="How many at a time (default: one a core).")
@click.option(
    "--outputs", type=click.Path(file_okay=False, path_type=Path), help="Where pages go (default: outputs/)."
)
def render(
    names: tuple[str, ...], given: tuple[tuple[str, str], ...], jobs: int | None, outputs: Path | None
) -> None:
    """Render all reports of reports.toml, or those that match NAME: a report, a place, or place/report.

    With -p, one report of one's own: cakupan render coverage -p province Lampung -p period 2023-12
    """
    from analysis.reporting import manifest, runner
    from analysis.reporting.progress import shown

    _checked_data()
    try:
        all_reports = manifest.reports()
        if given and len(names) != 1:
            raise click.UsageError(
                "-p goes with one report, as in: cakupan render coverage -p province Lampung"
            )
        chosen = (
            [manifest.own(names[0], given, all_reports)] if given else manifest.matching(names, all_reports)
        )
    except manifest.ManifestError as error:
        raise click.UsageError(str(error)) from None
    outputs = (outputs or manifest.OUTPUTS).resolve()
    click.echo(
        f"rendering {len(chosen)} report{'s' if len(chosen) != 1 else ''} into {_shown(outputs)}", err=True
    )
    try:
        with shown(len(chosen)) as (started, ended):
            results = runner.render(chosen, outputs, jobs, started, ended)
    except runner.BusyError as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        raise click.ClickException(
            "interrupted: what was done is in place, every other page is as it was"
        ) from None
    failed = [done for done in results if done.failure]
    for done in failed:
        click.echo(f"failed: {done.report.path}: {done.failure}", err=True)
    click.echo(
        f"{len(results) - len(failed)} of {len(results)} reports rendered"
        + (", the failed ones keep their old pages" if failed else "")
    )
    for done in results if len(results) == 1 and not failed else []:
        click.echo(_shown(outputs / "id" / f"{done.report.path}.html"))
    click.echo(_shown(outputs / "index.html"))
    sys.exit(1 if failed else 0)


@main.command("list")
@click.argument("names", nargs=-1, metavar="[NAME]...")
def list_reports(names: tuple[str, ...]) -> None:
    """Show the reports of reports.toml: path, notebook and parameters."""
    from analysis.reporting import manifest

    _checked_data()
    try:
        for report in manifest.matching(names, manifest.reports()):
            values = ", ".join(f"{name} {value}" for name, value in report.parameters.items())
            click.echo(f"{report.path}  {report.notebook.name}  {values}")
    except manifest.ManifestError as error:
        raise click.UsageError(str(error)) from None


@main.command()
@click.argument("names", nargs=-1, metavar="[NOTEBOOK]...")
def notebooks(names: tuple[str, ...]) -> None:
    """Run the notebooks with their defaults and refresh the outputs stored in them."""
    from analysis.reporting import engine, manifest, runner

    _checked_data()
    there = {path.stem: path for path in sorted(manifest.NOTEBOOKS.glob("*.ipynb"))}
    if unknown := [name for name in names if Path(name).stem not in there]:
        raise click.UsageError(f"there is no notebook {', '.join(unknown)}; there is {', '.join(there)}")
    for path in [there[Path(name).stem] for name in names] or there.values():
        click.echo(f"{_shown(path)} ... ", nl=False)
        try:
            runner.refresh(path)
        except engine.NotebookError as error:
            click.echo("failed")
            raise click.ClickException(str(error)) from None
        click.echo("refreshed")


def _checked_data() -> None:
    """Stop with every problem of the data before anything is rendered from it."""
    from analysis import data

    try:
        data.assure()
    except data.DataError as error:
        click.echo(str(error), err=True)
        click.echo("nothing was rendered; all pages are as they were", err=True)
        sys.exit(1)
