"""What a notebook may call, in the order a report uses it. Importing this package costs nothing.

The names below are looked up in their module when they are first used, so a notebook waits only
for what it calls.
"""

from importlib import import_module

_HOME = {
    "read": "data",
    "read_in": "words",
    "choose": "coverage",
    "active": "coverage",
    "employed": "coverage",
    "on_territory": "coverage",
    "coverage_of": "coverage",
    "place": "coverage",
    "bases": "coverage",
    "beside": "coverage",
    "splits": "coverage",
    "left_out": "coverage",
    "all_provinces": "coverage",
    "articles": "coverage",
    "successors": "coverage",
    "gap": "coverage",
    "rank": "coverage",
    "cite": "provenance",
    "say": "words",
    "by_segment": "tables",
    "two_bases": "tables",
    "two_splits": "tables",
    "as_published": "tables",
    "uncovered": "tables",
    "coverage_chart": "charts",
    "uncovered_chart": "charts",
    "ranking_chart": "charts",
    "made_of": "provenance",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"analysis has no {name!r}. It has: {', '.join(_HOME)}")
    return getattr(import_module(f"analysis.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
