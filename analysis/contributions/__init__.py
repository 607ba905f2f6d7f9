"""What is paid for whom by whom, from the rules passed in: which `rules` hold, in a `month`, over a `year`; `published`, `accidents`.

No rate, amount or date stands in these files: rules are passed in as the table `contribution_rules`.
"""

from analysis.names import public

_HOMES = {
    "monthly": "analysis.contributions.month",
    "not_used": "analysis.contributions.published",
    "published_beside": "analysis.contributions.published",
    "seat_cost": "analysis.contributions.year",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = public(__name__, _HOMES)
