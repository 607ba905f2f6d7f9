"""Published figures: read as printed, tried against each other."""

from analysis.names import public

_HOMES = {
    "published_rates": "analysis.press.published",
    "about_place": "analysis.press.articles",
    "trials": "analysis.press.articles",
    "together": "analysis.press.articles",
    "everywhere": "analysis.press.articles",
    "foremost": "analysis.press.articles",
    "the_others": "analysis.press.articles",
    "verdict_rows": "analysis.press.articles",
    "figure_rows": "analysis.press.articles",
    "correction_rows": "analysis.press.articles",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = public(__name__, _HOMES)
