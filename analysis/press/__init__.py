"""Published figures: read as printed, tried against each other."""

from analysis.names import public

_HOMES = {
    "published_rates": "analysis.press.published",
    "each_rate_once": "analysis.press.published",
    "about_place": "analysis.press.articles",
    "trials": "analysis.press.articles",
    "trials_by_month": "analysis.press.articles",
    "all_articles": "analysis.press.articles",
    "main_article": "analysis.press.articles",
    "other_articles": "analysis.press.articles",
    "verdict_rows": "analysis.press.articles",
    "verdict_counts": "analysis.press.articles",
    "in_conflict": "analysis.press.articles",
    "read_otherwise": "analysis.press.articles",
    "figure_rows": "analysis.press.articles",
    "narrowed_totals": "analysis.press.articles",
    "loose_rates": "analysis.press.articles",
    "correction_rows": "analysis.press.articles",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = public(__name__, _HOMES)
