r"""The least of one lever that reaches a coverage rate.

In each draw the rate of the target year rises with the lever's value x, so the least x with
rate(x) ≥ goal is found by halving, for all draws at once; where the lever at its limit doesn't reach the goal,
nothing below does. With one segment, no lapse and no growth  $h = 1 - ((1 - goal)/(1 - c_0))^{1/T}$.
A lever for which the rate falls here and there (formalisation may) is first tried at nine values, and the answer is
then that of the first of them that reaches the goal.

Rates are shares 0 to 1, people are persons, money is rupiah. The draw is the last axis of an array.
"""

from collections.abc import Callable
from math import ceil, isfinite
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.frames import columns_of
from analysis.projection.asked import fair_goal
from analysis.projection.model import PU, Array, Stocks
from analysis.projection.plan import Key, Plan, alone, plan_name, values_of
from analysis.projection.runs import Projection, rate_in, rates_along
from analysis.scenarios.levers import LEVERS
from analysis.schema import SEGMENTS, suggestion
from analysis.targets.reach import HAIR, check_projected, share_reaching

CHANCES = (0.5, 0.8, 0.95)
_HALVINGS = 40  # after which what is left of the lever's limit is 1e-13 of it


class Least(NamedTuple):
    """The least value of a lever in each draw: arrays (draw,).

    `value` is NaN where even the limit doesn't reach the goal. `in_year` is the best rate in the target year, `best` the best in
    any year up to it and `best_year` the first year in which it is reached (counted from today, which is 0; 0 if not asked).
    `tried` holds the rates (value, year, draw) with no lever, with an equal part of the limit, ... with the limit.
    """

    value: Array
    in_year: Array
    best: Array
    best_year: Array
    tried: Array


def least(reached: Callable[[Array], Array], goal: float, highest: Array, *, steps: int = 8) -> Least:
    """The least value of one lever, from 0 to `highest` (draw,), with which each draw reaches the rate `goal`.

    `reached(values)` gives the rates that values (draw,) lead to: (draw,) in the target year, or (year, draw) from today to the
    target year. At the value found the rate is `goal` or above. Never raises for a goal that can't be reached.

    >>> found = least(lambda x: 0.2 + x / 2, 0.6, np.array([1.0, 0.5]))  # 0.2 + 0.8 / 2; the second ends at 0.45
    >>> found.value.round(9).tolist(), found.in_year.tolist()
    ([0.8, nan], [0.7, 0.45])
    """
    fair_goal(goal)
    grid = np.asarray(highest, dtype=float) * (np.arange(steps + 1) / steps)[:, np.newaxis]
    paths = np.stack([np.atleast_2d(reached(values)) for values in grid])  # (value, year, draw)
    ends = paths[:, -1]
    there, draws = ends >= goal - HAIR, np.arange(grid.shape[1])
    first = there.argmax(axis=0)
    high, low = grid[first, draws], grid[np.maximum(first - 1, 0), draws]
    for _ in range(_HALVINGS if (first > 0).any() else 0):
        middle = low + (high - low) / 2
        enough = np.atleast_2d(reached(middle))[-1] >= goal - HAIR
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    # Of values that end alike the highest gets there first.
    best_at = steps - (ends >= ends.max(axis=0) - HAIR)[::-1].argmax(axis=0)
    path = paths[best_at, :, draws].T  # (year, draw)
    later = path[1:] if len(path) > 1 else path
    best = later.max(axis=0)
    year = (later >= best - HAIR).argmax(axis=0) + (1 if len(path) > 1 else 0)
    return Least(np.where(there.any(axis=0), high, np.nan), ends.max(axis=0), best, year, paths)


def least_lever(
    ahead: Projection, scenario: str, key: Key, goal: float, year: int, draws: int | None = None
) -> pd.DataFrame:
    """The least value of one lever of one scenario that reaches `goal` in December of `year`: one row a chance.

    `key` is (lever, parameter, part) of the scenario; all its other assumptions are drawn as in the projection, of which the
    first `draws` are tried (all, unless told otherwise). A row says what value makes the share `chance` of the draws reach the goal
    (people and rupiah rounded up). Columns: `an.columns("targets.efforts")`.

    ValueError for a scenario, a year or draws that aren't projected, and for a key that the scenario doesn't have or that moves no
    coverage.

    >>> ahead = project(start, past, assumptions, until=2030, draws=50, seed=1)
    >>> key = ("company_registration", "others_enrolled", "")
    >>> least_lever(ahead, "companies_register", key, goal=0.26, year=2030)[["chance", "status"]].values.tolist()
    [[0.5, 'reachable'], [0.8, 'reachable'], [0.95, 'reachable']]
    """
    fair_goal(goal)
    check_projected(ahead, year)
    case, draws = ahead.case(scenario), _draws_tried(ahead, draws)
    row = _lever_row(scenario, case.assumptions, key)
    plan = alone(ahead.plan, case, year, draws)
    at, upto = ahead.scenarios.index(scenario), ahead.years.index(year) + 1
    # (segment, year, draw)
    own_course = Stocks(*(np.moveaxis(people[at, :upto, :, :draws], 1, 0) for people in ahead[2:6]))

    def rates(values: Array) -> Array:
        return rates_along(plan._replace(given=dict(plan.given) | {key: values}), draws)[:, 0]

    found = least(rates, goal, _limit(key, row["unit"], plan, own_course.workers))
    middles = np.median(found.tried, axis=-1)  # (value, year)
    middle = middles[np.flatnonzero(middles[:, -1] >= middles[:, -1].max() - HAIR)[-1]]
    facts = {
        "scenario": row["scenario"],
        "lever": key[0],
        "parameter": key[1],
        "part": key[2],
        "unit": row["unit"],
        "goal": goal,
        "year": year,
        "own_probability": share_reaching(rate_in(own_course)[-1], goal),
        "best_in_year": float(middle[-1]),
        "best_rate": float(middle[1:].max()),
        "best_year": plan.years[1 + int(middle[1:].argmax())],
    }
    rows = []
    for chance in CHANCES:
        value = _least_value(found.value, chance, row["unit"])
        done = pd.NA if value is None else share_reaching(rates(np.full(draws, value))[-1], goal)
        status = "unreachable" if value is None else "reachable" if value > 0 else "already reached"
        rows.append(
            facts
            | {"chance": chance, "status": status, "probability": done, "value": pd.NA if value is None else value}
        )
    out = pd.DataFrame(rows).assign(facts=ahead.facts + case.facts)[columns_of("targets.efforts")]
    return out.astype({"value": "Float64", "probability": "Float64"})


def _draws_tried(ahead: Projection, draws: int | None) -> int:
    """How many draws are tried: all, unless told otherwise; a projection has no more than it was made of."""
    if draws is not None and not 1 <= draws <= ahead.draws:
        raise ValueError(f"{draws} draws were asked for, and the projection has {ahead.draws}; ask for 1 to as many")
    return draws or ahead.draws


def _lever_row(scenario: str, assumptions: pd.DataFrame, key: Key) -> dict[str, Any]:
    rows = {(r["lever"], r["parameter"], r["part"]): r for r in assumptions.to_dict("records")}
    moving = [plan_name(k) for k in rows if _moves_coverage(k)]
    if key not in rows or not _moves_coverage(key):
        problem = "isn't a lever that raises coverage" if key in rows else "isn't in it"
        raise ValueError(
            f"{scenario}: {plan_name(key)} {problem}{suggestion(plan_name(key), moving)} There are: {', '.join(moving)}"
        )
    return rows[key]


def _moves_coverage(key: Key) -> bool:
    lever, parameter, _ = key
    return parameter not in ("months", "december") and (lever != "usual" or parameter == "enrolment")


def _limit(key: Key, unit: str, plan: Plan, workers: Array) -> Array:
    """The highest value that makes sense, in each draw: everybody there is (segment, year, draw), or all of a share."""
    draws = workers.shape[-1]
    if key[1] == "enrolment":  # with lapse at most 1
        value, lapse = values_of(plan, slice(0, draws)), ("usual", "lapse", key[2])
        most = np.max([np.broadcast_to(value(*lapse, n), (1, draws)) for n in range(1, len(plan.years))], axis=(0, 1))
        return 1.0 - most
    if unit.startswith("share"):
        return np.ones(draws)
    reaches = LEVERS[key[0]].reaches
    people = (workers[SEGMENTS.index(reaches.segment)] if reaches else workers.sum(axis=0)).max(axis=0)
    if unit.startswith("rupiah"):
        return people * 12 * plan.seat_cost
    if unit.startswith("companies per"):
        return people * 100_000 / max(float(plan.covered[PU, 0]), 1.0)
    return people


def _least_value(values: Array, chance: float, unit: str) -> float | None:
    """The value with which the share `chance` of the draws has what it needs; None if fewer can."""
    ordered = np.sort(np.where(np.isnan(values), np.inf, values))
    value = float(ordered[max(ceil(chance * len(ordered) - 1e-9), 1) - 1])
    if not isfinite(value):
        return None
    return value if unit.startswith("share") else float(ceil(value - 1e-6))


def efforts(ahead: Projection, goal: float, year: int, draws: int | None = None) -> pd.DataFrame:
    """The least of each lever by itself that reaches `goal` in December of `year`: rows of `least_lever`.

    Tried are all scenarios that pull one lever alone, by the value by which it is usually pulled; the others of its values stay
    as the scenario has them. An empty frame where there is no such scenario.

    >>> plans = assumptions[assumptions["scenario"].isin(["steady", "government_pays"])]
    >>> ahead = project(start, past, plans, until=2030, draws=50, seed=1)
    >>> efforts(ahead, 0.4, 2030)[["chance", "value"]].round(2).values.tolist()[0]
    [0.5, 0.2]
    """
    found = []
    for scenario, case in zip(ahead.scenarios, ahead.plan.cases, strict=True):
        rows = case.assumptions[case.assumptions["lever"] != "usual"]
        levers = list(dict.fromkeys(rows["lever"]))
        alone = LEVERS[levers[0]].alone if len(levers) == 1 else None
        if alone and ((rows["parameter"] == alone[0]) & (rows["part"] == alone[1])).any():
            found.append(least_lever(ahead, scenario, (levers[0], *alone), goal, year, draws))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns_of("targets.efforts"))


def fewer_draws(draws: int) -> int:
    """How many draws the least effort is tried on, where a page is made of `draws`: a fifth of them, at least one.

    >>> fewer_draws(1000), fewer_draws(3)
    (200, 1)
    """
    return max(1, draws // 5)


def reached_alone(rows: pd.DataFrame) -> pd.DataFrame:
    """How many of `efforts` reach the goal in half of the draws by one assumption alone: one row (n), none of no efforts.

    >>> reached_alone(pd.DataFrame({"chance": [0.5, 0.5, 0.8], "status": ["reachable", "unreachable", "reachable"]}))["n"].tolist()
    [1]
    """
    within = rows[(rows["chance"] == CHANCES[0]) & (rows["status"] != "unreachable")]
    return pd.DataFrame({"n": [len(within)]}).head(len(rows))
