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
    "articles": "claims.published",
    "successors": "coverage",
    "gap": "coverage",
    "rank": "coverage",
    "find_place": "coverage",
    "claims_of": "claims.statements",
    "verdict": "claims.verdict",
    "bounds": "claims.verdict",
    "corrections": "claims.corrections",
    "corrected": "claims.corrections",
    "about_place": "claims.articles",
    "trials": "claims.articles",
    "together": "claims.articles",
    "everywhere": "claims.articles",
    "foremost": "claims.articles",
    "the_others": "claims.articles",
    "verdict_rows": "claims.articles",
    "figure_rows": "claims.articles",
    "correction_rows": "claims.articles",
    "das_gupta": "change",
    "structure": "change",
    "ledger": "change",
    "new_weights": "change",
    "standardised": "change",
    "ordered_by": "disparity",
    "inequality": "disparity",
    "published_dates": "change",
    "ledgers": "change",
    "redefined": "change",
    "bases_compared": "change",
    "cite": "provenance",
    "say": "words",
    "by_segment": "tables",
    "two_bases": "tables",
    "two_splits": "tables",
    "as_published": "tables",
    "uncovered": "tables",
    "two_dates": "tables",
    "ledger_table": "tables",
    "inequality_table": "tables",
    "published_dates_table": "tables",
    "ledgers_table": "tables",
    "bases_table": "tables",
    "verdict_list": "tables",
    "conflict_list": "tables",
    "cut_list": "tables",
    "offered_list": "tables",
    "figure_list": "tables",
    "joint_list": "tables",
    "interval_chart": "charts",
    "coverage_chart": "charts",
    "uncovered_chart": "charts",
    "ranking_chart": "charts",
    "change_chart": "charts",
    "made_of": "provenance",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"analysis has no {name!r}. It has: {', '.join(_HOME)}")
    return getattr(import_module(f"analysis.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
