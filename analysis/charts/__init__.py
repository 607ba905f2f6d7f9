"""Charts: rows in, the drawing in both languages out. `style` has what they share; then one file a subject.

Who is covered stands in `covered`: `coverage` is a chart, and a module of that name would hide it.
"""

from analysis.names import public

_HOMES = {
    "coverage": "analysis.charts.covered",
    "gap": "analysis.charts.covered",
    "rank": "analysis.charts.covered",
    "over_time": "analysis.charts.recent",
    "ledger": "analysis.charts.change",
    "intervals": "analysis.charts.press",
    "fan": "analysis.charts.projection",
    "what_if": "analysis.charts.projection",
    "outcome": "analysis.charts.projection",
    "pit": "analysis.charts.projection",
    "tornado": "analysis.charts.projection",
    "bill": "analysis.charts.costs",
    "funds": "analysis.charts.costs",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = public(__name__, _HOMES)
