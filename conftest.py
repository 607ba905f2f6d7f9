"""How pytest treats the notebooks: what is compared, and what to do when a figure has moved."""

import os
import sys

# As in analysis/data/check.py: two seconds for every process of a run. nbval would import it, were it loaded before this file.
sys.modules.setdefault("rfc3987_syntax", None)

import pytest
from _pytest.doctest import DoctestItem
from nbval.plugin import IPyNbFile

import analysis as an
from analysis.schema import Facts, facts_of

pytest_plugins = ["nbval.plugin"]

# Stored outputs hold no images: the drawings are proved by their alt text and the data behind them.
NOT_STORED = ("image/svg+xml", "application/vnd.cakupan.other-svg")


def pytest_configure() -> None:
    # The kernels that nbval starts compute what a render computes, in any zone and locale.
    os.environ.update(PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C.UTF-8")


def pytest_collectstart(collector: pytest.Collector) -> None:
    if isinstance(collector, IPyNbFile):
        collector.skip_compare += NOT_STORED


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter):
    failed = [report for report in terminalreporter.stats.get("failed", []) if ".ipynb" in report.nodeid]
    if failed:
        terminalreporter.section("notebooks")
        terminalreporter.line("A notebook no longer gives the outputs stored in it.")
        terminalreporter.line("If the change was meant, run `make notebooks` and commit the notebooks with it.")
    return (yield)


@pytest.fixture(autouse=True)
def tables_for_examples(request: pytest.FixtureRequest) -> None:
    """Docstring examples may use the real tables, and what a report on Lampung in 2023 starts from."""
    if isinstance(request.node, DoctestItem) and "/analysis/" in str(request.node.path):
        request.getfixturevalue("doctest_namespace").update(request.getfixturevalue("lampung"))


@pytest.fixture(scope="session")
def lampung() -> dict[str, object]:
    """The real tables, and what a report on Lampung in 2023 starts from."""
    names = ("participants", "labour_force", "regions", "sources")
    tables = {name: an.read(name) for name in names} | {"published": an.read("reported_claims")}
    choice = an.coverage.choose(
        "Lampung", "2023-12", "employed", "domicile", tables["participants"], tables["regions"], tables["published"]
    )
    covered = an.coverage.active(tables["participants"], choice.period, choice.split)
    workers = an.coverage.employed(tables["labour_force"], choice.workers_period)
    here = an.coverage.place(choice, covered, workers, tables["published"])
    provinces = an.coverage.all_provinces(choice, tables["participants"], workers, tables["regions"])
    tables_needed = [tables[name] for name in ("participants", "labour_force", "published", "regions")]
    start, past = an.projection.starting_point(choice, *tables_needed)
    return tables | {
        "choice": choice,
        "covered": covered,
        "workers": workers,
        "here": here,
        "provinces": provinces,
        "facts": facts_of(here),
        "an": an,
        "facts_of": facts_of,
        "Facts": Facts,
        "start": start,
        "past": past,
        "project": an.projection.project,
        "assumptions": an.scenarios.read_scenarios("all", choice.province),
    }
