"""The `cakupan` command: check the data or a release, render reports, verify and compare them, refresh the notebooks, record projections.

Exit codes: 0 all is well; 1 the data has problems, figures conflict or a report failed; 2 the command
was not understood (unknown report, parameter or province).
"""

import gc
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas

    from analysis.data.door import Problem
    from analysis.reporting import runner

FORMATS = click.Choice(["text", "github", "json"])


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 all is well; 1 problems in the data, figures that conflict, or a failed report; "
    "2 a command that was not understood.",
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
    """Check all tables and scenarios of data/ (or FOLDER) and report every problem at once.

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
    problems += _ahead_problems(folder) if not problems else []
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
        scenarios = len(list(folder.glob("scenarios/*.toml")))
        beside = f" and {scenarios} scenarios" if scenarios else ""
        click.echo(f"{_shown(folder)}: {len(data.package(folder)['resources'])} tables{beside}, no problem")


def _ahead_problems(folder: Path) -> "list[Problem]":
    """What is wrong with the scenarios and recorded projections of a folder whose tables have passed; it may have none."""
    from analysis.data.projections import projection_problems
    from analysis.scenarios import check_scenarios

    found = check_scenarios(folder / "scenarios") if (folder / "scenarios").is_dir() else []
    return found + (projection_problems(folder) if (folder / "projections").is_dir() else [])


@main.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=str)
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="A report to read, or one JSON object for programs.",
)  # fmt: skip
@click.option(
    "--language", type=click.Choice(["en", "id"]), default="en", show_default=True,
    help="Of the text and its numbers.",
)  # fmt: skip
@click.option(
    "--complete", "complete", multiple=True, metavar="PLACE",
    help="All parts of PLACE (districts, provinces) are in the file and add up to it; else they are only no more.",
)  # fmt: skip
@click.option(
    "--seconds", type=click.IntRange(0), default=60, show_default=True, metavar="N",
    help="After so long the rest isn't tried, and it is said what; 0 is as long as it takes.",
)  # fmt: skip
@click.option("--example", is_flag=True, help="Print a small FILE to start from, and do nothing else.")
def claims(
    file: str | None, form: str, language: str, complete: tuple[str, ...], seconds: int, example: bool
) -> None:
    """Try whether the figures of a release, an article or a table can be true together.

    FILE is a CSV with one printed figure a row, with commas, semicolons or tabs, as UTF-8 or UTF-16; - reads
    standard input. To start from an example:

    \b
      cakupan claims --example > release.csv
      cakupan claims release.csv

    Needed columns, in any order:

    \b
      place          any name, written the same in every row
      period         2023, 2023-12, 2023-12-31, 2023-H1 or 2021-2024
      measure        covered, workers, uncovered, coverage_rate, uncovered_rate,
                     target_rate, target_workers, gap_to_target, gap_rate,
                     achievement_rate, workers_share, covered_share, covered_change
      value_printed  exactly as printed: 731.991 or "2,7 juta" or "26,79"

    Columns that may be there:

    \b
      segment        total if left out; formal, informal, male, female, ...
      qualifier      the words before the figure: sekitar, lebih dari, about
      unit           persons, or percent for a rate or share, if left out
      status         active, non_active or registered participants
      base           eligible, employed or labour force, if the text says so
      as_of          the figure's own date, where it isn't the period
      target_year    2025, or 2024-2025 from one target to the next
      article_id     to try several articles of one file, each by itself; those
                     on one place and month are then tried together, too
      level          national, province, regency, city or region; with province
                     or province_code this says what lies within what
      claim_id, source_id, note, caution, caution_id, value_read   not used

    Nothing is corrected: a reading that would make figures agree is offered. With --format json:
    {"articles": [...], "together": [...]}, or {"problems": [...]} if the file can't be read; each
    article has verdict, conflict, identities, remove, cut_off, corrections, bounds, not_tested and
    not_tried, shares as 0 to 1, what isn't known as null, and a line for every figure.

    Two limits: each search within an article (for the smallest conflict, the fewest figures to drop,
    corrections, what figures can be) ends after 10,000 solver calls, the same on every machine; and
    --seconds ends them all. What was left out is said, article by article; in JSON under not_tried.
    A file may have 32 MiB; a named pipe is waited for --seconds.

    Exit code 0 when all was tried and nothing conflicts, 1 when figures conflict, when some weren't
    tried, or when the file can't be read, 2 when the command was not understood.
    """
    from analysis import data, release
    from analysis.data import figures
    from analysis.data.check import describe

    try:
        if example:
            _write(figures.example())
            return
        if file is None:
            raise click.UsageError("name a FILE, or - for standard input; --example prints one to start from")
        raw, problems = figures.bytes_of(file, seconds)
        if not problems:
            frame, problems = figures.figures_in("<stdin>" if file == "-" else file, raw)
    except data.DataError as error:
        raise click.ClickException(f"the tables of data/ have problems; run cakupan check\n{error}") from None
    if problems:
        _write(_json({"problems": [problem._asdict() for problem in problems]}) if form == "json"
               else "".join(f"{problem}\n" for problem in problems))  # fmt: skip
        click.echo(describe(problems), err=True)
        sys.exit(1)
    _whole_places(frame, complete)
    start = monotonic()
    with _progress(frame) as told:
        left = (lambda: start + seconds - monotonic()) if seconds else None
        found = release.checked(frame, complete, left, told)
    _write(_json(release.as_json(found)) if form == "json" else release.as_text(found, language))
    if untried := release.untried(found):
        click.echo(
            f"{untried} not tried within {seconds} {'second' if seconds == 1 else 'seconds'}; --seconds 0 tries all",
            err=True,
        )
    sys.exit(1 if untried or release.conflicts(found) else 0)


def _whole_places(frame: "pandas.DataFrame", complete: tuple[str, ...]) -> None:
    """Stop where a place of --complete isn't there, or has no parts that could add up to it."""
    from analysis import release

    places = list(dict.fromkeys(frame["place"]))
    for place in complete:
        if place not in places:
            near = get_close_matches(place, places, 1)
            hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(places)}"
            raise click.UsageError(f"--complete {place}: the file has no such place; {hint}")
    if lone := release.without_parts(frame, complete):
        raise click.UsageError(
            f"--complete {lone[0]}: no row lies within it. Provinces need level province and the country level "
            "national; districts need level regency or city, and province or province_code"
        )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _write(text: str) -> None:
    """To standard output: as text to a terminal, elsewhere as UTF-8 whatever the locale says."""
    click.echo(text if sys.stdout.isatty() else text.encode("utf-8"), nl=False)


_STEPS = {
    "": "trying", "tested": "which figures are tested", "smallest": "the smallest conflict", "fewest": "the fewest to drop",
    "others": "other choices", "corrections": "corrections", "bounds": "what figures can be",
}  # fmt: skip


@contextmanager
def _progress(frame: "pandas.DataFrame") -> "Iterator[Callable[[str], None]]":
    """Says on standard error how far it is with more than 50 figures: on a terminal in one line, else every few seconds."""
    articles = len(set(frame["article_id"]) - {""}) or 1
    what = f"{len(frame)} figures, {articles} {'article' if articles == 1 else 'articles'}"
    begun = 0

    def now(name: str) -> str:
        nonlocal begun
        begun += not name
        rest = f" and {begun - articles} of those together" if begun > articles else ""
        return f"{what}: {min(begun, articles)}{rest}, {_STEPS[name]}"

    if len(frame) <= 50:
        yield lambda name: None
    elif sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status(f"trying {what}") as status:
            yield lambda name: status.update(now(name))
    else:
        click.echo(f"trying {what}", err=True)
        yield _now_and_then(now)


def _now_and_then(line: "Callable[[str], str]", clock: "Callable[[], float]" = monotonic) -> "Callable[[str], None]":  # fmt: skip
    """Writes a line when five seconds have gone since the last, then ten, twenty: a log isn't flooded."""
    wait, last = 5.0, clock()

    def told(name: str) -> None:
        nonlocal wait, last
        text = line(name)
        if clock() - last >= wait:
            click.echo(text, err=True)
            wait, last = min(2 * wait, 60), clock()

    return told


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
@click.option("--force", is_flag=True, help="Render all, also those that still hold.")
@click.option("--explain", is_flag=True, help="Say for each report that is rendered why it is.")
@click.option("--dry-run", "dry", is_flag=True, help="Render nothing; say what would be rendered, and why.")
@click.option(
    "--engine", type=click.Choice(["cakupan", "kernel"]),
    help="How notebooks are run: forked from a warm process, or each in a Jupyter kernel (slower; the same pages).",
)  # fmt: skip
@click.option("--shard", metavar="I/N", help="Only the I-th of N parts of the reports, as in 1/4.")
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Have the reports made by a Dask cluster, as in tcp://10.0.0.1:8786.",
)
def render(
    names: tuple[str, ...], given: tuple[tuple[str, str], ...], jobs: int | None, outputs: Path | None, force: bool,
    explain: bool, dry: bool, engine: str | None, shard: str | None, scheduler: str | None,
) -> None:  # fmt: skip
    """Render the reports of reports.toml, or those that match NAME: a report, a place, or place/report.

    A report is rendered when what it was made of has changed: its notebook, its parameters, a file of data or code that
    it used, the lock; or when one of its files is missing or damaged. All others hold, and nothing is done for them.

    With -p, one report of one's own: cakupan render coverage -p province Lampung -p period 2023-12
    """
    gc.disable()  # next to nothing here becomes garbage, and looking for it takes a fifth of the time
    from analysis.reporting import manifest, runner
    from analysis.reporting.progress import counted, shown

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
        chosen = manifest.part(chosen, shard) if shard else chosen
    except manifest.ManifestError as error:
        raise click.UsageError(str(error)) from None
    outputs = (outputs or manifest.OUTPUTS).resolve()
    makers = _makers(jobs, engine, scheduler)
    with _interruptible(), shown(len(chosen), _shown(outputs), explain or dry) as watcher:
        results = runner.render(chosen, outputs, makers, force=force, dry=dry, watcher=watcher)
    failed = [done for done in results if done.failure]
    for done in failed:
        click.echo(f"failed: {done.report.path}: {done.failure}", err=True)
    if dry:
        return
    rendered = [done for done in results if done.why and not done.failure]
    click.echo(
        f"{len(rendered)} of {counted(len(results))} rendered"
        + (", the failed ones keep their old pages" if failed else "")
        + (f", {still} hold" if (still := len(results) - len(rendered) - len(failed)) else "")
    )
    for done in results if len(results) == 1 and not failed else []:
        click.echo(_shown(outputs / "id" / f"{done.report.path}.html"))
    click.echo(_shown(outputs / "index.html"))
    sys.exit(1 if failed else 0)


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("-j", "--jobs", type=click.IntRange(1), help="How many at a time (default: one a core).")
@click.option(
    "--outputs", type=click.Path(file_okay=False, path_type=Path), help="Where the pages are (default: outputs/)."
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(["cakupan", "kernel"]),
    help="How notebooks are run; pages rendered by one are verified by the other, too.",
)  # fmt: skip
def verify(names: tuple[str, ...], jobs: int | None, outputs: Path | None, engine: str | None) -> None:
    """Check that the pages there are what their inputs give: hash every file, render anew elsewhere, compare each byte.

    Nothing in the outputs is changed. Exit code 0 when all is the same, 1 when something differs, with file, line
    and column of each difference.
    """
    from analysis.reporting import manifest
    from analysis.reporting import verify as verifying
    from analysis.reporting.progress import counted, shown

    _checked_data("verified")
    try:
        chosen = manifest.matching(names, manifest.reports())
    except manifest.ManifestError as error:
        raise click.UsageError(str(error)) from None
    outputs = (outputs or manifest.OUTPUTS).resolve()
    with _interruptible(), shown(len(chosen), "a temporary folder") as watcher:
        found = verifying.verify(chosen, outputs, _makers(jobs, engine), watcher)
    for path, wrong in found.items():
        for sentence in dict.fromkeys(wrong):
            click.echo(f"{path}: {sentence}")
    bad = sum(bool(wrong) for wrong in found.values())
    click.echo(f"{len(found) - bad} of {counted(len(found))} in {_shown(outputs)} what their inputs give")
    sys.exit(1 if bad else 0)


@main.command()
@click.argument("old")
@click.argument("new")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True,
    help="A table to read, the same for a page of Markdown, or one JSON object for programs (with every number).",
)  # fmt: skip
@click.option(
    "--lines", type=click.IntRange(1), default=20, show_default=True, help="At most so many lines a report."
)
@click.option("--all", "everything", is_flag=True, help="All lines.")
def compare(old: str, new: str, names: tuple[str, ...], form: str, lines: int, everything: bool) -> None:
    """Print the published numbers that moved from OLD to NEW, and why, for all reports or those that match NAME.

    OLD and NEW are each a folder of outputs, or a git revision, which is rendered elsewhere by its own code. Only what
    is committed counts.

    \b
      cakupan compare HEAD~1 HEAD lampung
      cakupan compare v1.0 outputs

    Between two revisions, data, scenarios, code (with notebooks and lock) and parameters (reports.toml) are
    swapped one at a time in OLD, and the reports with moved numbers are rendered again. The cause of a
    number is the part that alone gives the new one:

    \b
      data, scenarios, code, parameters   this part alone ("data or code": either one alone)
      together         no part alone; in brackets those that move it elsewhere
      not separable    no part alone, and OLD with one of them swapped doesn't run
      not known        the records don't say

    Where only one part differs it is the cause. With a folder of outputs, what the records say is all there is to go by:
    if several parts differ, "together". Both revisions are run by today's Python and packages.

    Exit code 0 when both were compared, 1 when something couldn't be rendered (what could is compared), 2 when
    the command was not understood.
    """
    from analysis.reporting import compare as comparing
    from analysis.reporting import revisions

    try:
        found = revisions.compared(old, new, names, lambda line: click.echo(line, err=True))
    except revisions.UnknownError as error:
        raise click.UsageError(str(error)) from None
    most = None if everything else lines
    if form == "json":
        _write(comparing.as_json(found))
    else:
        _write((comparing.as_markdown if form == "markdown" else comparing.as_text)(found, most))
    sys.exit(1 if found.failed else 0)


def _makers(jobs: int | None, engine: str | None, scheduler: str | None = None) -> "runner.Makers":
    """Who makes the reports: this machine, or a cluster."""
    from analysis.reporting import forks, runner

    if engine == forks.FORKED and not forks.CAN_FORK:
        raise click.UsageError("processes can't be forked safely on this system; leave --engine out")
    if scheduler is None:
        return runner.here(jobs, engine or forks.BEST)
    if jobs:
        raise click.UsageError("--jobs goes with this machine; a cluster runs one report a worker's thread")
    from analysis.reporting import cluster

    return cluster.there(scheduler, engine or forks.BEST)


@contextmanager
def _interruptible() -> Iterator[None]:
    """What ends a render early, as the command's own errors."""
    from analysis.reporting.forks import StartError
    from analysis.reporting.runner import OutputsError

    try:
        yield
    except (OutputsError, StartError) as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        raise click.ClickException(
            "interrupted: what was done is in place, every other page is as it was"
        ) from None


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
    from analysis.reporting import manifest, runner

    _checked_data()
    there = {path.stem: path for path in sorted(manifest.NOTEBOOKS.glob("*.ipynb"))}
    if unknown := [name for name in names if Path(name).stem not in there]:
        raise click.UsageError(f"there is no notebook {', '.join(unknown)}; there is {', '.join(there)}")
    for path in [there[Path(name).stem] for name in names] or there.values():
        click.echo(f"{_shown(path)} ... ", nl=False)
        try:
            runner.refresh(path)
        except RuntimeError as error:
            click.echo("failed")
            raise click.ClickException(str(error)) from None
        click.echo("refreshed")


@main.command()
@click.option(
    "--period", metavar="YYYY-12",
    help="The December that the paths start from (default: the last with participants by domicile).",
)  # fmt: skip
@click.option("--until", type=int, default=2045, show_default=True, help="The last year of the paths.")
@click.option(
    "--draws", type=click.IntRange(1, 100_000), default=1000, show_default=True,
    help="How often the uncertain assumptions are drawn.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0), default=2024, show_default=True, help="Which numbers are drawn."
)
def record(period: str | None, until: int, draws: int, seed: int) -> None:
    """Put today's projections on record, so that later figures can tell how they fared.

    Carries the scenario steady forward for Indonesia and every province, on base employed and by domicile, and
    writes data/projections/PERIOD.csv: one row a place and year, with the coverage rate at 5, 10, ... 95 % of the
    draws. The pages score these paths by each official figure that comes out later.

    A record is a promise, so nothing on record is ever written over. The same paths again change nothing. Where
    they differ (other data, other assumptions, another seed) nothing is written, and the command says where they
    differ. To take a record back on purpose, remove its file, note why in CHANGELOG.md, and run this again.

    Exit code 0 when the paths are on record, 1 when others are or the data has problems, 2 when the command was not
    understood.
    """
    from analysis import data, hindsight
    from analysis.data import projections

    _checked_data("recorded", "all records are as they were")
    participants, *others = (
        data.read(name) for name in ("participants", "labour_force", "reported_claims", "regions")
    )
    period = period or max(participants.loc[participants["basis"] == "domicile", "period"])
    labour_force, claims, regions = others
    click.echo(f"carrying the usual course of all places from {period} to {until}", err=True)
    with _said():
        there = projections.recorded()
        plans = _steady(period, until)
        paths = hindsight.baseline(
            participants, labour_force, claims, regions, plans, period, until, draws, seed
        )
    file = data.FOLDER / "projections" / f"{period}.csv"
    if not file.is_file():
        _put(file, projections.text_of_record(paths, ["steady"]))
        click.echo(
            f"{_shown(file)}: {len(paths)} rows put on record, {paths['province'].nunique()} places until {until}"
        )
    elif unlike := hindsight.broken_promise(there[there["as_of"] == period], paths):
        raise click.ClickException(
            f"{_shown(file)} holds other paths, and a record is a promise: nothing was written. {unlike}. To take the record "
            "back on purpose, remove the file, note why in CHANGELOG.md, and run this again"
        )
    else:
        click.echo(f"{_shown(file)}: these {len(paths)} rows are on record already")


def _steady(period: str, until: int) -> "Callable[[str], pandas.DataFrame]":
    """The usual course for a place, from the year after `period` on."""
    from analysis.scenarios import read_scenarios

    first = int(period[:4]) + 1 if period[:4].isdigit() else None
    return lambda place: read_scenarios("steady", place, until, first)


@contextmanager
def _said() -> Iterator[None]:
    """Errors of data and scenarios as the command's own: wrong files with exit code 1, wrong words with 2."""
    from analysis.data import DataError
    from analysis.scenarios import ScenarioError

    try:
        yield
    except (DataError, ScenarioError) as error:
        raise click.ClickException(str(error)) from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _put(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    file.parent.mkdir(exist_ok=True)
    half = file.with_suffix(".part")
    half.write_text(text, "utf-8", newline="\n")
    half.replace(file)


def _checked_data(done: str = "rendered", left: str = "all pages are as they were") -> None:
    """Stop with every problem of the data before anything is made of it."""
    from analysis import data

    try:
        problems = [str(problem) for problem in _remembered_ahead_problems(data.assure())]
    except data.DataError as error:
        problems = [str(error)]
    if problems:
        click.echo("\n".join(problems), err=True)
        click.echo(f"nothing was {done}; {left}", err=True)
        sys.exit(1)


def _remembered_ahead_problems(content: str) -> "list[Problem]":
    """As `_ahead_problems` of data/ with this content; like the tables', a pass is remembered by content of data and code."""
    from analysis import data, provenance

    stamp = data.FOLDER / ".checked-ahead"
    passed = f"{content} {provenance.code_hash()}"
    if stamp.is_file() and stamp.read_text("ascii", errors="replace") == passed:
        return []
    problems = _ahead_problems(data.FOLDER)
    if not problems:
        with suppress(OSError):  # a read-only checkout is checked each time
            stamp.write_text(passed, "ascii")
    return problems
