"""How pytest treats the notebooks: what is compared, and what to do when a figure has moved."""

import os

import pytest
from nbval.plugin import IPyNbFile

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
        terminalreporter.line(
            "If the change was meant, run `make notebooks` and commit the notebooks with it."
        )
    return (yield)
