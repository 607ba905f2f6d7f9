"""Scenarios from `data/scenarios/*.toml`: which `levers` there are, what a `file` may hold (its `form`), `layers`, `checks`, how to `read` them, and `one_lever` tried alone."""

from analysis.names import public

_HOMES = {
    "check_asked": "analysis.scenarios.read",
    "read_scenarios": "analysis.scenarios.read",
    "scenario_titles": "analysis.scenarios.read",
    "starting_later": "analysis.scenarios.read",
    "what_if": "analysis.scenarios.one_lever",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = public(__name__, _HOMES)
