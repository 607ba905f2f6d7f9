"""What it takes to reach a coverage rate: of one `lever`, of a `mix` (by a `program`); `official` targets, and how likely all `reach` theirs."""

from analysis.names import public

_HOMES = {
    "at_hand": "analysis.targets.mix",
    "by_lever": "analysis.targets.mix",
    "cheapest_mix": "analysis.targets.mix",
    "compared": "analysis.targets.official",
    "efforts": "analysis.targets.lever",
    "middle_course": "analysis.targets.mix",
    "nearest_target": "analysis.targets.official",
    "reaching": "analysis.targets.reach",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = public(__name__, _HOMES)
