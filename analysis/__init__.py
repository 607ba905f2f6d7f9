"""What a notebook may call, in the order of a paper. Importing this package costs nothing.

    Page          the page being written: say, show, sources
    read          a table of data/, checked
    columns       what the columns of a function's frame mean: an.columns("coverage.gap")
    recorded      the paths of the usual course that were put on record
    coverage      who is covered: counts and rates for any grouping, gaps, ranks
    recent        what is known of a place beside its December: newer figures, other months, who doesn't pay
    press         published figures tried against each other, and rates as published
    change        why a rate moved between two dates
    disparity     how unequal coverage is between provinces
    scenarios     scenarios read from their files
    projection    where a projection starts, and what scenarios come to
    backtest      how projections fared
    contributions what is paid for whom in a month, by the rules of the law
    costs         what scenarios cost, who pays, and what it buys
    targets       official targets, and the least that reaches one
    tables        one function a table; it bears the name of what it shows
    charts        one function a chart; it bears the name of what it shows

Each room lists its own names: dir(an.charts) answers what can be drawn.
"""

from importlib import import_module

from analysis.names import public

_ROOMS = (
    "coverage",
    "recent",
    "press",
    "change",
    "disparity",
    "scenarios",
    "projection",
    "backtest",
    "contributions",
    "costs",
    "targets",
    "tables",
    "charts",
)
_TOP = {
    "Page": "analysis.page",
    "read": "analysis.data",
    "columns": "analysis.frames",
    "recorded": "analysis.data.projections",
}
_look, _listed = public("analysis", _TOP, _ROOMS)

__all__ = [*_TOP, *_ROOMS]


def __getattr__(name: str) -> object:
    return import_module(f"analysis.{name}") if name in _ROOMS else _look(name)


def __dir__() -> list[str]:
    return __all__
