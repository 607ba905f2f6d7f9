"""How far coverage goes under a scenario: the model (`model`), where it starts (`start`), scenarios as arrays (`plan`), runs (`runs`)."""

from analysis.names import public

_HOMES = {
    "starting_point": "analysis.projection.start",
    "today": "analysis.projection.start",
    "eligible_today": "analysis.projection.start",
    "history": "analysis.projection.start",
    "near_and_far": "analysis.projection.runs",
    "horizon": "analysis.projection.runs",
    "net_change": "analysis.projection.runs",
    "project": "analysis.projection.runs",
    "rate_of": "analysis.projection.runs",
    "starting_points": "analysis.projection.start",
    "project_each": "analysis.projection.runs",
    "added": "analysis.projection.runs",
    "assumed": "analysis.projection.runs",
    "best_lever": "analysis.projection.runs",
    "ends": "analysis.projection.runs",
    "fan": "analysis.projection.runs",
    "years_shown": "analysis.projection.runs",
    "sobol": "analysis.projection.runs",
    "tornado": "analysis.projection.runs",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = public(__name__, _HOMES)
