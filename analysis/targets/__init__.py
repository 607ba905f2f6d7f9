"""What it takes to reach a coverage rate: of one `lever`, of a `mix` (by a `program`); `official` targets, and how likely all `reach` theirs."""

from analysis.names import public

_HOMES = {
    "aim": "analysis.targets.official",
    "at_hand": "analysis.targets.mix",
    "by_lever": "analysis.targets.mix",
    "cheapest_mix": "analysis.targets.mix",
    "compared": "analysis.targets.official",
    "distance": "analysis.targets.reach",
    "efforts": "analysis.targets.lever",
    "eligible_start": "analysis.targets.official",
    "fewer_draws": "analysis.targets.lever",
    "furthest": "analysis.targets.reach",
    "answers": "analysis.targets.mix",
    "likeliest": "analysis.targets.reach",
    "middle_course": "analysis.targets.mix",
    "nearest_target": "analysis.targets.official",
    "reached_alone": "analysis.targets.lever",
    "reaching": "analysis.targets.reach",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = public(__name__, _HOMES)
