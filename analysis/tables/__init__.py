"""Printed tables: `column` has the columns that they share, `table` puts them together; then one file a subject."""

from analysis.names import public

_HOMES = {
    "place": "analysis.tables.coverage",
    "bases": "analysis.tables.coverage",
    "splits": "analysis.tables.coverage",
    "published_rates": "analysis.tables.coverage",
    "gap": "analysis.tables.coverage",
    "two_dates": "analysis.tables.change",
    "ledger": "analysis.tables.change",
    "inequality": "analysis.tables.change",
    "published_dates": "analysis.tables.change",
    "ledgers": "analysis.tables.change",
    "bases_compared": "analysis.tables.change",
    "verdicts": "analysis.tables.press",
    "conflicts": "analysis.tables.press",
    "otherwise": "analysis.tables.press",
    "corrections": "analysis.tables.press",
    "figures": "analysis.tables.press",
    "by_month": "analysis.tables.press",
    "start": "analysis.tables.projection",
    "usual": "analysis.tables.projection",
    "levers": "analysis.tables.projection",
    "fan": "analysis.tables.projection",
    "added": "analysis.tables.projection",
    "sobol": "analysis.tables.projection",
    "compared": "analysis.tables.targets",
    "reaching": "analysis.tables.targets",
    "back_test_summary": "analysis.tables.projection",
    "by_lever": "analysis.tables.targets",
    "efforts": "analysis.tables.targets",
    "one_worker": "analysis.tables.costs",
    "by_payers": "analysis.tables.costs",
    "published_beside": "analysis.tables.costs",
    "bill": "analysis.tables.costs",
    "payers": "analysis.tables.costs",
    "funds": "analysis.tables.costs",
    "bought": "analysis.tables.costs",
    "accidents": "analysis.tables.costs",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = public(__name__, _HOMES)
