r"""What it takes to reach a coverage rate: the least of one lever, the cheapest mix of several, the probability.

**One lever.** In each draw the rate of the target year rises with the lever's value x, so the least x with
rate(x) ≥ goal is found by halving, for all draws at once; where the lever at its limit doesn't reach the goal,
nothing below does. With one segment, no lapse and no growth  $h = 1 - ((1 - goal)/(1 - c_0))^{1/T}$.
A lever for which the rate falls here and there (formalisation may) is first tried at nine values, and the answer is
then that of the first of them that reaches the goal.

**The cheapest mix.** With the shares of a usual course the year of `projection.model` is linear in people, as long as
nobody is enrolled or given a place twice. With X newly enrolled by the levers of a segment, P places in force at the
year's end, C covered on their own account and W workers (which no lever here changes):

    V  = (W - C - r P)(1 - h - l)                      left uncovered by the usual course, with last year's P
    C' = ((C + r P)(1 - l) + (W - C - r P) h + X),  moved between segments,  times (1 + min(g, 0))
    X ≤ V,   P' ≤ W' - C',   Σ cost x ≤ budget,   x ≤ capacity;   for places: x' - x ≤ capacity, as in a scenario
    least Σ cost x  so that  Σ(C' + P') ≥ goal Σ W'  in the target year

C is written out as a sum over the x of all years before, so that they are the only unknowns. HiGHS solves it.
Whether a goal can be reached is asked first: the most people covered in the target year, and with the dual values y
of that program a bound that no mix can exceed, whatever y is (A x ≤ b and 0 ≤ x ≤ u):

    c·x = y·(A x) + (c - A'y)·x ≤ y·b + Σ u max(c - A'y, 0),   y ≥ 0

**Official targets.** A rate of all employed and a rate of the eligible are never compared. A target that doesn't state its
base is put beside both and scored against neither. Met or missed is said of a year only if the rate is of that year.

Rates are shares 0 to 1, people are persons, money is rupiah. The draw is the last axis of an array.
"""

from collections.abc import Callable, Iterator, Mapping
from math import ceil, isfinite
from typing import Any, NamedTuple

import highspy
import numpy as np
import pandas as pd

from analysis.names import public
from analysis.projection.asked import fair_goal
from analysis.projection.model import BPU, PU, Array, Rates, Stocks, step
from analysis.projection.plan import Key, Plan, alone, at_the_middle, begun, plan_name, values_of
from analysis.projection.runs import Projection, rate_in, rate_of, rates_along
from analysis.schema import BASES, COUNTRY, SEGMENTS, Facts, facts_of, suggestion

__all__ = ["at_hand", "by_lever", "cheapest_mix", "compared", "efforts", "middle_course", "nearest_target", "reaching"]
__getattr__, __dir__ = public(__name__, {}, __all__)

CHANCES = (0.5, 0.8, 0.95)
_HAIR = 1e-12  # of a rate: below a hundredth of a person in any country
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
    there, draws = ends >= goal - _HAIR, np.arange(grid.shape[1])
    first = there.argmax(axis=0)
    high, low = grid[first, draws], grid[np.maximum(first - 1, 0), draws]
    for _ in range(_HALVINGS if (first > 0).any() else 0):
        middle = low + (high - low) / 2
        enough = np.atleast_2d(reached(middle))[-1] >= goal - _HAIR
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    # Of values that end alike the highest gets there first.
    best_at = steps - (ends >= ends.max(axis=0) - _HAIR)[::-1].argmax(axis=0)
    path = paths[best_at, :, draws].T  # (year, draw)
    later = path[1:] if len(path) > 1 else path
    best = later.max(axis=0)
    year = (later >= best - _HAIR).argmax(axis=0) + (1 if len(path) > 1 else 0)
    return Least(np.where(there.any(axis=0), high, np.nan), ends.max(axis=0), best, year, paths)


# -- one lever of a scenario ------------------------------------------------------------------------


def least_lever(
    ahead: Projection, scenario: str, key: Key, goal: float, year: int, draws: int | None = None
) -> pd.DataFrame:
    """The least value of one lever of one scenario that reaches `goal` in December of `year`: one row a chance.

    `key` is (lever, parameter, part) of the scenario; all its other assumptions are drawn as in the projection, of which the
    first `draws` are tried (all, unless told otherwise). A row says what value
    makes the share `chance` of the draws reach the goal (people and rupiah rounded up). Columns: scenario, lever, parameter, part,
    unit, goal, year, chance, status ("reachable", "unreachable", "already reached": without this lever), value (missing where
    unreachable), probability (the share of draws that reach the goal with that value), own_probability (with the scenario's own
    values), best_in_year (the best median rate in `year`, which is that of the lever at its limit where more helps), best_rate and
    best_year (the best median rate up to then with the same value), facts.

    ValueError for a scenario, a year or draws that aren't projected, and for a key that the scenario doesn't have or that moves no
    coverage.

    >>> ahead = project(start, past, assumptions, until=2030, draws=50, seed=1)
    >>> key = ("company_registration", "others_enrolled", "")
    >>> least_lever(ahead, "companies_register", key, goal=0.26, year=2030)[["chance", "status"]].values.tolist()
    [[0.5, 'reachable'], [0.8, 'reachable'], [0.95, 'reachable']]
    """
    fair_goal(goal)
    _projected(ahead, year)
    case, draws = ahead.case(scenario), _tried(ahead, draws)
    row = _lever_row(scenario, case.assumptions, key)
    plan = alone(ahead.plan, case, year, draws)
    at, upto = ahead.scenarios.index(scenario), ahead.years.index(year) + 1
    # (segment, year, draw)
    own_course = Stocks(*(np.moveaxis(people[at, :upto, :, :draws], 1, 0) for people in ahead[2:6]))

    def rates(values: Array) -> Array:
        return rates_along(plan._replace(given=dict(plan.given) | {key: values}), draws)[:, 0]

    found = least(rates, goal, _limit(key, row["unit"], plan, own_course.workers))
    middles = np.median(found.tried, axis=-1)  # (value, year)
    middle = middles[np.flatnonzero(middles[:, -1] >= middles[:, -1].max() - _HAIR)[-1]]
    facts = {
        "scenario": row["scenario"],
        "lever": key[0],
        "parameter": key[1],
        "part": key[2],
        "unit": row["unit"],
        "goal": goal,
        "year": year,
        "own_probability": _share_of(rate_in(own_course)[-1], goal),
        "best_in_year": float(middle[-1]),
        "best_rate": float(middle[1:].max()),
        "best_year": plan.years[1 + int(middle[1:].argmax())],
    }
    rows = []
    for chance in CHANCES:
        value = _enough(found.value, chance, row["unit"])
        done = pd.NA if value is None else _share_of(rates(np.full(draws, value))[-1], goal)
        status = "unreachable" if value is None else "reachable" if value > 0 else "already reached"
        rows.append(
            facts
            | {"chance": chance, "status": status, "probability": done, "value": pd.NA if value is None else value}
        )
    out = pd.DataFrame(rows)[_LEVER].astype({"value": "Float64", "probability": "Float64"})
    return out.assign(facts=ahead.facts + _stated(case.assumptions))


_LEVER = [
    "scenario",
    "lever",
    "parameter",
    "part",
    "unit",
    "goal",
    "year",
    "chance",
    "status",
    "value",
    "probability",
    "own_probability",
    "best_in_year",
    "best_rate",
    "best_year",
]


def _tried(ahead: Projection, draws: int | None) -> int:
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
    people = workers[PU if key[0] == "agency_mandate" else BPU].max(axis=0)
    if unit.startswith("rupiah"):
        return people * 12 * plan.seat_cost
    if unit.startswith("companies per"):
        return people * 100_000 / max(float(plan.covered[PU, 0]), 1.0)
    return people


def _enough(values: Array, chance: float, unit: str) -> float | None:
    """The value with which the share `chance` of the draws has what it needs; None if fewer can."""
    ordered = np.sort(np.where(np.isnan(values), np.inf, values))
    value = float(ordered[max(ceil(chance * len(ordered) - 1e-9), 1) - 1])
    if not isfinite(value):
        return None
    return value if unit.startswith("share") else float(ceil(value - 1e-6))


def _share_of(rates: Array, goal: float) -> float:
    return float((rates >= goal - _HAIR).mean())


# The value by which a lever is usually pulled: what `efforts` looks for the least of.
_PULLED = {
    "company_registration": ("others_enrolled", ""),
    "company_sponsorship": ("companies", ""),
    "public_subsidy": ("places", "local_budget"),
    "agency_mandate": ("staff", ""),
    "retention": ("kept", "BPU"),
    "formalisation": ("moved", ""),
}


def efforts(ahead: Projection, goal: float, year: int, draws: int | None = None) -> pd.DataFrame:
    """The least of each lever by itself that reaches `goal` in December of `year`: rows of `least_lever`.

    Tried are all scenarios that pull one lever alone, by the value by which it is usually pulled; the others of its values stay
    as the scenario has them. An empty frame where there is no such scenario.

    >>> plans = assumptions[assumptions["scenario"].isin(["steady", "government_pays"])]
    >>> ahead = project(start, past, plans, until=2030, draws=50, seed=1)
    >>> efforts(ahead, 0.4, 2030)[["chance", "value"]].round(2).values.tolist()[0]
    [0.5, 0.18]
    """
    found = []
    for scenario, case in zip(ahead.scenarios, ahead.plan.cases, strict=True):
        rows = case.assumptions[case.assumptions["lever"] != "usual"]
        levers = list(dict.fromkeys(rows["lever"]))
        if len(levers) != 1:
            continue
        key = (levers[0], *_PULLED[levers[0]])
        if ((rows["parameter"] == key[1]) & (rows["part"] == key[2])).any():
            found.append(least_lever(ahead, scenario, key, goal, year, draws))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=[*_LEVER, "facts"])


# -- the probability ---------------------------------------------------------------------------------------


def reaching(ahead: Projection, goal: float, year: int) -> pd.DataFrame:
    """How likely each scenario has the rate `goal` or more in December of `year`: one row a scenario.

    Columns: scenario, goal, year, probability (share of the draws at or above the goal in that year; having passed it before and
    lost it again doesn't count), median_rate in the year, best_median_rate and best_year over the years after today, first_year in
    which the median reaches the goal (missing if never); the facts that the projection started from. ValueError for a year that isn't projected.

    >>> ahead = project(start, past, assumptions, until=2030, draws=100, seed=1)
    >>> reaching(ahead, 0.17, 2030)[["scenario", "first_year"]].values.tolist()[0]
    ['steady', 2024]
    """
    fair_goal(goal)
    _projected(ahead, year)
    rates = rate_of(ahead)
    middle, at = np.median(rates, axis=-1), ahead.years.index(year)
    there = middle >= goal - _HAIR
    out = pd.DataFrame(
        {
            "scenario": ahead.scenarios,
            "goal": goal,
            "year": year,
            "probability": [_share_of(scenario[at], goal) for scenario in rates],
            "median_rate": middle[:, at],
            "best_median_rate": middle[:, 1:].max(axis=1),
            "best_year": np.array(ahead.years)[1 + middle[:, 1:].argmax(axis=1)],
            "first_year": pd.array([ahead.years[int(row.argmax())] if row.any() else pd.NA for row in there], "Int64"),
        }
    )
    return out.assign(facts=ahead.facts)


def _projected(ahead: Projection, year: int) -> None:
    if year not in ahead.years:
        raise ValueError(
            f"{year} isn't projected; the years are {ahead.years[0]} to {ahead.years[-1]}. Project until {year} or ask for one of them"
        )


# -- the cheapest mix -------------------------------------------------------------------------------


class Course(NamedTuple):
    """A usual course with one number for every share, for `cheapest_mix`.

    `years[0]` is today; `start` holds arrays (segment, 1, 1), `rates` the shares of each later year, `facts` dates
    and sources.
    """

    years: tuple[int, ...]
    start: Stocks
    rates: tuple[Rates, ...]
    facts: Facts = Facts()


class Mix(NamedTuple):
    """The cheapest mix of levers, or the best that any mix can do.

    `status` is "reachable", "unreachable" or "already reached" (by the usual course alone); `rate` what the plan reaches in the
    target year (if unreachable, the highest rate that any mix reaches then, at the least cost); `ceiling` the rate in the target
    year that no mix can exceed, by the dual values; `best_rate` and `best_year` the highest rate in any year up to then. `cost` in
    rupiah over all years; `plan` (year, lever, segment, kind, persons, cost, dates and sources) and `rates` (year, rate).
    """

    status: str
    rate: float
    ceiling: float
    best_rate: float
    best_year: int
    cost: int
    plan: pd.DataFrame
    rates: pd.DataFrame


def middle_course(ahead: Projection, until: int, scenario: str = "steady") -> Course:
    """The usual course of one scenario with every uncertain value at its median; its levers are left out.

    >>> ahead = project(start, past, assumptions, until=2030, draws=10, seed=1)
    >>> course = middle_course(ahead, until=2026)
    >>> course.years, course.rates[0].lapse.ravel().round(3).tolist()  # in the middle of 0.03 to 0.15, and of 0.1 to 0.4
    ((2023, 2024, 2025, 2026), [0.09, 0.25])
    """
    _projected(ahead, until)
    case = ahead.case(scenario)
    usual = case.assumptions[case.assumptions["lever"] == "usual"]
    plan = at_the_middle(ahead.plan, case._replace(assumptions=usual), until)
    begin, rates = begun(plan, slice(0, 1))
    return Course(plan.years, begin, tuple(rates(n) for n in range(1, len(plan.years))), ahead.facts + _stated(usual))


def cheapest_mix(
    course: Course, levers: pd.DataFrame, goal: float, year: int, budget: int | Mapping[str, int] | None = None
) -> Mix:
    """The cheapest mix of levers with which the coverage rate is `goal` or more in December of `year`.

    `levers` has one row a lever: lever, segment (PU, BPU), kind ("enrolment": persons newly enrolled in a year, on their own
    account from then on; "places": persons whose place is in force at the year's end), capacity (persons a year; for places how many
    more than the year before; missing if none), cost (rupiah, whole: for each person enrolled, or for each place a year). It may
    have most (places in force at a time), start (first year), payer, and facts. `budget` is rupiah a year over all levers,
    or for each payer. ValueError where a lever can't be read.

    >>> course = middle_course(project(start, past, assumptions, until=2026, draws=10, seed=1), until=2026)
    >>> levers = pd.DataFrame({"lever": ["village funds"], "segment": ["BPU"], "kind": ["places"], "capacity": [400_000],
    ...                        "cost": [12 * 16_800]})
    >>> mix = cheapest_mix(course, levers, goal=0.25, year=2026)
    >>> mix.status, round(mix.rate, 9), mix.plan["persons"].round().tolist()[:2]
    ('reachable', 0.25, [0.0, 0.0])
    """
    fair_goal(goal)
    if year not in course.years[1:]:
        raise ValueError(f"{year} isn't in the course, which goes from {course.years[1]} to {course.years[-1]}")
    levers, last = _read_levers(levers, budget), course.years.index(year)
    years = list(_written_out(course, levers, last))
    limits = _limits(course, levers, years, budget)
    most = [_solved(-limits.covered[n], limits) for n in range(last)]
    best = [_path(course, levers, x, n + 1)[-1] for n, (x, _) in enumerate(most)]
    nothing = np.zeros_like(most[0][0])
    usual = _path(course, levers, nothing, last)[-1]
    status = "already reached" if usual >= goal - _HAIR else "reachable" if best[-1] >= goal - _HAIR else "unreachable"
    plan = nothing if status == "already reached" else _least_cost(limits, goal, best[-1], last)
    table, cost = _plan_of_mix(course, levers, plan)
    top = int(np.argmax(np.array(best) >= max(best) - _HAIR))
    path = _path(course, levers, plan, last)
    return Mix(
        status,
        path[-1],
        _ceiling(limits, most[-1][1], last),
        best[top],
        course.years[top + 1],
        cost,
        table,
        pd.DataFrame({"year": course.years[: last + 1], "rate": path}),
    )


_LEVERS = ["lever", "segment", "kind", "capacity", "cost"]


def _read_levers(levers: pd.DataFrame, budget: int | Mapping[str, int] | None) -> pd.DataFrame:
    if missing := [name for name in _LEVERS if name not in levers]:
        raise ValueError(f"levers need the columns {', '.join(_LEVERS)}; there is no {', '.join(missing)}")
    for column, allowed in (("segment", SEGMENTS), ("kind", ("enrolment", "places"))):
        for value in levers.loc[~levers[column].isin(allowed), column]:
            raise ValueError(f"the {column} of a lever is {' or '.join(allowed)}, and {value!r} was given")
    out = levers.reset_index(drop=True)
    for column in ("most", "start", "payer"):
        if column not in out:
            out[column] = "" if column == "payer" else pd.NA
    costs, limits = out["cost"], pd.concat([out["capacity"], out["most"]]).dropna()
    if not len(out) or costs.isna().any() or (costs < 0).any() or (costs % 1 != 0).any() or (limits < 0).any():
        raise ValueError(
            "at least one lever is needed; its cost is whole rupiah, 0 or more, and its capacity 0 or more persons"
        )
    payers = set(budget) if isinstance(budget, Mapping) else set()
    if unknown := payers - set(out["payer"]):
        raise ValueError(
            f"no lever is paid by {', '.join(sorted(unknown))}; there are: {', '.join(sorted(set(out['payer'])))}"
        )
    return out


class _Year(NamedTuple):
    """People as sums over the x of all years: arrays (segment, x and at the end the constant)."""

    left: Array
    enrolled: Array
    own: Array
    places: Array
    workers: Array  # (segment,), which no lever changes


def _written_out(course: Course, levers: pd.DataFrame, last: int) -> Iterator[_Year]:
    """`projection.model.step` in sums over x, year by year: x of lever j in the n-th year stands in column (n - 1) levers + j."""
    size, now = last * len(levers), course.start
    own, places = np.zeros((2, len(now.own), size + 1))
    own[:, -1], places[:, -1] = _each(now.own, now.own), _each(now.company + now.public, now.own)
    for n, rates in enumerate(course.rates[:last]):
        h, lapse, growth, stay = (
            _each(value, now.own)[:, np.newaxis] for value in (rates.enrolment, rates.lapse, rates.growth, rates.stay)
        )
        held = own + stay * places
        free = -held
        free[:, -1] += _each(now.workers, now.own)
        enrolled, places = np.zeros((2, *own.shape))
        for j, row in enumerate(levers.itertuples()):
            (enrolled if row.kind == "enrolment" else places)[SEGMENTS.index(row.segment), n * len(levers) + j] = 1.0
        left = free * (1.0 - h - lapse)
        own = _moved(held * (1.0 - lapse) + free * h + enrolled, rates) * (1.0 + np.minimum(growth, 0.0))
        now = step(now, _without_levers(rates))
        yield _Year(left, enrolled, own, places, _each(now.workers, now.own))


def _each(value: Array | float, like: Array) -> Array:
    """One number a segment."""
    return np.broadcast_to(np.asarray(value, dtype=float), like.shape)[:, 0, 0]


def _moved(own: Array, rates: Rates) -> Array:
    out, keep = own.copy(), np.asarray(rates.keep).item()
    for i, row in enumerate(rates.moves):
        for j, share in enumerate(row):
            if i != j and i < len(own) and j < len(own):
                leaving = np.asarray(share).item() * own[i]
                out[i] -= leaving
                out[j] += keep * leaving
    return out


class _Limits(NamedTuple):
    """The linear program: rows · x ≤ high, 0 ≤ x ≤ most; `covered` (year, x) and what is covered without x."""

    rows: Array
    high: Array
    most: Array
    cost: Array
    covered: Array
    covered_anyway: Array  # (year,)
    workers: Array  # (year,)


def _limits(
    course: Course, levers: pd.DataFrame, years: list[_Year], budget: int | Mapping[str, int] | None
) -> _Limits:
    capacity, cost = _numbers(levers["capacity"]), _numbers(levers["cost"])
    everybody = max(course.start.workers.sum(), *(now.workers.sum() for now in years))
    rows, high, most = [], [], np.empty((len(years), len(levers)))
    for n, now in enumerate(years):
        # Nobody is enrolled whom the usual course enrols or loses this year, and nobody has a place twice.
        for room, ends in ((now.enrolled - now.left, 0.0), (now.places + now.own, now.workers)):
            rows.append(room[:, :-1])
            high.append(ends - room[:, -1])
        asked = [*_money_rows(levers, cost, budget, n, len(years)), *_growing_rows(levers, capacity, n, len(years))]
        rows += [row[np.newaxis] for row, _ in asked]
        high.append(np.array([end for _, end in asked]))
        most[n] = _most(levers, capacity, course.years[n + 1], everybody)
    covered = np.array([(now.own + now.places).sum(axis=0) for now in years])
    return _Limits(
        np.concatenate(rows),
        np.concatenate(high),
        most.ravel(),
        np.tile(cost, len(years)),
        covered[:, :-1],
        covered[:, -1],
        np.array([now.workers.sum() for now in years]),
    )


def _numbers(column: pd.Series) -> Array:
    """Numbers of a column, without end where none is given."""
    return pd.to_numeric(column).astype("Float64").fillna(np.inf).to_numpy(dtype=float)


def _most(levers: pd.DataFrame, capacity: Array, year: int, everybody: float) -> Array:
    places = (levers["kind"] == "places").to_numpy()
    most = np.minimum(np.where(places, _numbers(levers["most"]), capacity), everybody)
    starts = levers["start"].fillna(year).to_numpy(dtype=float)
    return np.where(starts <= year, most, 0.0)


def _money_rows(
    levers: pd.DataFrame, cost: Array, budget: int | Mapping[str, int] | None, n: int, years: int
) -> Iterator[tuple[Array, float]]:
    """What the levers of the n-th year cost together, in persons of the dearest, so that all rows are of one size."""
    if budget is None:
        return
    for payer, money in budget.items() if isinstance(budget, Mapping) else [(None, budget)]:
        paid = cost * (payer is None or (levers["payer"] == payer).to_numpy())
        row = np.zeros((years, len(levers)))
        row[n] = paid / max(paid.max(), 1.0)
        yield row.ravel(), money / max(paid.max(), 1.0)


def _growing_rows(levers: pd.DataFrame, capacity: Array, n: int, years: int) -> Iterator[tuple[Array, float]]:
    """Places are at most so many more than the year before."""
    for j in np.flatnonzero((levers["kind"] == "places").to_numpy() & np.isfinite(capacity)):
        row = np.zeros((years, len(levers)))
        row[n, j] = 1.0
        row[n - 1 if n else n, j] -= 1.0 if n else 0.0
        yield row.ravel(), float(capacity[j])


def _solved(cost: Array, limits: _Limits, rows: Array | None = None, high: Array | None = None) -> tuple[Array, Array]:
    """The x of least cost within the limits (and other rows, if given), and the rows' dual values."""
    a = limits.rows if rows is None else np.vstack([limits.rows, rows])
    ends = limits.high if high is None else np.append(limits.high, high)
    lp, highs = highspy.HighsLp(), highspy.Highs()
    lp.num_col_, lp.num_row_ = len(cost), len(ends)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(len(cost)), limits.most
    lp.row_lower_, lp.row_upper_ = np.full(len(ends), -highspy.kHighsInf), ends
    at, column = np.nonzero(a)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.searchsorted(at, np.arange(len(ends) + 1))
    lp.a_matrix_.index_, lp.a_matrix_.value_ = column, a[at, column]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("small_matrix_value", 1e-12)  # its least; what it drops is in the model all the same
    highs.passModel(lp)
    highs.run()
    if (status := highs.getModelStatus()) != highspy.HighsModelStatus.kOptimal:
        raise ArithmeticError(f"the solver gave up ({status.name}); nothing can be said of this mix")
    solution = highs.getSolution()
    x = np.array(solution.col_value)
    x[x < 1e-7] = 0.0  # less than the solver's own slack is nobody
    return x, np.array(solution.row_dual)


def _least_cost(limits: _Limits, goal: float, best: float, last: int) -> Array:
    """The cheapest x with which `goal`, or the best that any reaches, is reached in the last year."""
    people = limits.workers[last - 1]
    asked = min(goal, best - _HAIR) * people - limits.covered_anyway[last - 1]
    cost = limits.cost / max(limits.cost.max(), 1.0)
    return _solved(cost, limits, -limits.covered[last - 1], np.array([-asked]))[0]


def _ceiling(limits: _Limits, duals: Array, last: int) -> float:
    """A rate that no mix exceeds in the last year: the bound at the head of the module, widened by what rounding can do."""
    covered, y = limits.covered[last - 1], np.maximum(-duals, 0.0)
    terms = [limits.high * y, limits.most * np.maximum(covered - limits.rows.T @ y, 0.0)]
    size = [np.abs(limits.high) * y, limits.most * (np.abs(covered) + np.abs(limits.rows).T @ y)]
    bound = sum(float(term.sum()) for term in terms) + 1e-12 * sum(float(term.sum()) for term in size)
    return min((float(limits.covered_anyway[last - 1]) + bound) / float(limits.workers[last - 1]), 1.0)


def _path(course: Course, levers: pd.DataFrame, x: Array, last: int) -> list[float]:
    """The rate today and in each year with these persons, as `projection.model.step` gives it."""
    now, out = course.start, []
    for n in range(last + 1):
        if n:
            added = x.reshape(-1, len(levers))[n - 1]
            staff, places = (_by_segment(added, levers, kind) for kind in ("enrolment", "places"))
            now = step(
                now, _without_levers(course.rates[n - 1])._replace(take_up=(1.0, 1.0), capacity=staff, public=places)
            )
        out.append(float((now.own + now.company + now.public).sum() / now.workers.sum()))
    return out


def _by_segment(persons: Array, levers: pd.DataFrame, kind: str) -> list[float]:
    of_kind = levers["kind"] == kind
    return [float(persons[((levers["segment"] == s) & of_kind).to_numpy()].sum()) for s in SEGMENTS]


def _without_levers(rates: Rates) -> Rates:
    return rates._replace(take_up=(0.0, 0.0), company=(0.0, 0.0), public=(0.0, 0.0))


def _plan_of_mix(course: Course, levers: pd.DataFrame, x: Array) -> tuple[pd.DataFrame, int]:
    persons = x.reshape(-1, len(levers))
    rows = [
        (course.years[n + 1], row.lever, row.segment, row.kind, persons[n, j], round(persons[n, j] * int(row.cost)))
        for n in range(len(persons))
        for j, row in enumerate(levers.itertuples())
    ]
    out = pd.DataFrame(rows, columns=["year", "lever", "segment", "kind", "persons", "cost"])
    return out.astype({"cost": "int64"}).assign(facts=course.facts + facts_of(levers)), sum(cost for *_, cost in rows)


def at_hand(ahead: Projection, scenario: str, until: int, a_month: pd.DataFrame) -> pd.DataFrame:
    """The levers of one scenario as `cheapest_mix` takes them, each no stronger than in its strongest year there (at the middle).

    `a_month` holds the contributions for one worker in a month (rows of `costs.one_worker`, of which a wage earner's are taken); a
    place costs what the projection was told. Columns: lever, segment, kind, capacity (the most that it adds in a year, persons), most (in force at a time; missing for enrolment), cost,
    start (the first year in which it adds anybody), facts. A lever that the scenario doesn't pull has capacity 0.
    ValueError where the projection wasn't told what a place costs.

    >>> ahead = project(start, past, assumptions, until=2030, draws=10, seed=1, seat_cost=16_800)
    >>> month = pd.DataFrame({"segment": ["PU"], "contribution": [238_000]})
    >>> at_hand(ahead, "all_together", 2030, month)["lever"].tolist()
    ['company_registration', 'agency_mandate', 'company_sponsorship', 'public_subsidy']
    """
    _projected(ahead, until)
    case = ahead.case(scenario)
    plan = at_the_middle(ahead.plan, case, until)
    if plan.seat_cost <= 0:
        raise ValueError("a mix needs a price for its places: project with seat_cost, what a place costs a month")
    a_wage_earner = 12 * int(a_month.loc[a_month["segment"] == "PU", "contribution"].sum())
    rows = []
    for (lever, segment, kind), people in zip(_AT_HAND, _reached_by_levers(plan), strict=True):
        added = people if kind == "enrolment" else np.maximum(np.diff(people, prepend=0.0), 0.0)
        begins = np.flatnonzero(added)
        first = plan.years[1 + int(begins[0])] if len(begins) else plan.years[-1]
        most = pd.NA if kind == "enrolment" else ceil(people.max())
        rows.append(
            (
                lever,
                segment,
                kind,
                ceil(added.max()),
                most,
                a_wage_earner if segment == "PU" else 12 * plan.seat_cost,
                first,
            )
        )
    out = pd.DataFrame(rows, columns=["lever", "segment", "kind", "capacity", "most", "cost", "start"])
    return out.assign(facts=_stated(case.assumptions) + facts_of(a_month))


def _reached_by_levers(plan: Plan) -> Array:
    """People whom each lever of `_AT_HAND` enrols in a year, or whose place is in force at its end: array (lever, year)."""
    now, rates = begun(plan, slice(0, 1))
    reached = []
    for n in range(1, len(plan.years)):
        year = rates(n)
        uncovered = now.workers - now.own - year.stay * (now.company + now.public)
        left = (uncovered * (1.0 - year.enrolment - year.lapse))[PU]
        enrolled = np.minimum(year.take_up[PU] * left, year.capacity[PU])
        people = (enrolled, year.public[PU], year.company[BPU], year.public[BPU])
        reached.append([float(np.max(value)) for value in people])
        now = step(now, year)
    return np.array(reached).T


_AT_HAND = (
    ("company_registration", "PU", "enrolment"),
    ("agency_mandate", "PU", "places"),
    ("company_sponsorship", "BPU", "places"),
    ("public_subsidy", "BPU", "places"),
)


def by_lever(mix: Mix) -> pd.DataFrame:
    """The plan of a mix, one row a lever that it uses: first_year, people, people_total and the whole cost.

    `people` are those of the last year (for places in force then, for enrolment enrolled then), `people_total` all enrolled over
    the years (for places those of the last year).

    >>> course = middle_course(project(start, past, assumptions, until=2026, draws=10, seed=1), until=2026)
    >>> levers = pd.DataFrame({"lever": ["public_subsidy"], "segment": ["BPU"], "kind": ["places"], "capacity": [400_000], "cost": [201_600]})
    >>> by_lever(cheapest_mix(course, levers, goal=0.25, year=2026))["lever"].tolist()
    ['public_subsidy']
    """
    used = mix.plan[mix.plan["persons"] >= 0.5]
    if used.empty:
        return used.assign(first_year=0, people=0, people_total=0)
    last = mix.plan["year"].max()
    groups = used.groupby("lever", sort=False)
    out = groups.agg(
        segment=("segment", "first"),
        kind=("kind", "first"),
        first_year=("year", "min"),
        cost=("cost", "sum"),
        people_total=("persons", "sum"),
        facts=("facts", "first"),
    ).reset_index()
    then = used[used["year"] == last].set_index("lever")["persons"]
    people = out["lever"].map(then).fillna(0.0)
    total = out["people_total"].where(out["kind"] == "enrolment", people)
    return out.assign(people=people.round().astype("int64"), people_total=total.round().astype("int64"))


# -- official targets -------------------------------------------------------------------------------


def official(targets: pd.DataFrame, province_code: str) -> pd.DataFrame:
    """The coverage rates that a place and the nation have been set: rows of the table `targets`.

    Regencies and cities are left out, they are other places. Columns of the table, and whose ("place", "nation"; for 00 all are
    the place's own), facts. The place's own come first, then by year; a target without a year last.

    >>> from analysis.data import read
    >>> official(read("targets"), "18")[["value", "year", "base", "whose"]].values.tolist()[:2]
    [[0.3262, 2024, 'eligible', 'place'], [0.3262, 2025, 'not stated', 'place']]
    """
    rates = targets[(targets["measure"] == "coverage_rate") & targets["value"].notna()]
    own = (rates["province_code"] == province_code) & (
        rates["level"] == ("national" if province_code == COUNTRY else "province")
    )
    rows = rates[own | (rates["level"] == "national")]
    rows = rows.assign(
        whose=np.where(own[rows.index], "place", "nation"),
        year=rows["year"].astype("Int64"),
        facts=[Facts(source_ids=(source,)) for source in rows["source_id"]],
    )
    # The value before the name, so that two targets of one year stand in the order of what they ask for.
    last = rows.assign(_second=rows["whose"] == "nation")
    return (
        last.sort_values(["_second", "year", "value", "target_id"], na_position="last", kind="stable")
        .drop(columns="_second")
        .reset_index(drop=True)
    )


def scored(
    rows: pd.DataFrame, known: Mapping[str, pd.DataFrame], aheads: Mapping[str, Projection], usual: str = "steady"
) -> pd.DataFrame:
    """Each official target beside the rate on its own base: how far away it is, and the probability.

    `rows` from `official`; `known` has for a base (employed, eligible) the place's rows of `today` or `eligible_today` (several
    years may stand below each other; none may), `aheads` projections that start from the last of them. Columns:

    - target_id, name, place, whose, instrument, base, year, goal;
    - known_year, rate_low, rate_high: the rate on the target's base, of the target's year where it is known, else the last;
    - gap_low, gap_high (goal less rate: points as shares, negative where passed), missing_low, missing_high (persons, with
      the workers of known_year);
    - for a target without a base only: rate_employed_low, rate_employed_high, rate_eligible_low, rate_eligible_high;
    - probability_usual, best_scenario and probability_best for a year that is projected (probability in that year under the scenario `usual` and
      under the one with the highest; of equal ones that with the highest median);
    - verdict: "base not stated"; "of the nation" (a national target beside a province, for reference); "year not stated"; "ahead"
      (after the last known year); else "met", "missed" or "within the bounds" if the rate is of that year, and "not known" if
      it isn't, or if it is of earlier in that year and below the goal;
    - facts of target and rates.

    ValueError where a frame or a projection is of another base than it is given for.

    >>> from analysis.data import read
    >>> ahead = {"employed": project(start, past, assumptions, until=2030, draws=100, seed=1)}
    >>> scored(official(read("targets"), "18"), {"employed": start}, ahead)[["year", "verdict"]].values.tolist()[2:4]
    [[2025, 'not known'], [2025, 'of the nation']]
    """
    usable = {base: _known(base, frame) for base, frame in known.items()}
    for base, ahead in aheads.items():
        _same_start(base, usable.get(base), ahead)
    out = [_scored(row, usable, aheads, usual) for row in rows.to_dict("records")]
    return pd.DataFrame(out, columns=_SCORED).astype(_TYPES)


_RATES = [f"rate_{base}_{end}" for base in BASES for end in ("low", "high")]
_OWN = ["rate_low", "rate_high", "gap_low", "gap_high", "missing_low", "missing_high"]
_SCORED = [
    "target_id",
    "name",
    "place",
    "whose",
    "instrument",
    "base",
    "year",
    "goal",
    "known_year",
    *_OWN,
    *_RATES,
    "probability_usual",
    "best_scenario",
    "probability_best",
    "verdict",
    "facts",
]
_TYPES = dict.fromkeys(("year", "known_year", "missing_low", "missing_high"), "Int64") | dict.fromkeys(
    ("goal", *_OWN[:4], *_RATES, "probability_usual", "probability_best"), "Float64"
)


def _known(base: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The rates of all workers by year, as bounds; the last year last."""
    if base not in BASES:
        raise ValueError(f"a base is {' or '.join(BASES)}, and {base!r} was given")
    if others := sorted(set(frame["base"]) - {base}):
        raise ValueError(
            f"the rows given for base {base} are of base {', '.join(others)}; rates of unlike base don't compare"
        )
    rows = frame[frame["segment"] == "all"].sort_values("year", kind="stable")
    if (nobody := rows["workers_low"] <= 0).any():
        raise ValueError(
            f"there are no workers {base} in {rows.loc[nobody, 'year'].iloc[0]}, and a rate of nobody isn't defined"
        )
    covered = rows["covered"].astype(float)
    # A projection starts from the segments, which may add up to a little else than a printed total.
    parts = frame[frame["segment"] != "all"].groupby("year")["covered"].sum().astype(float)
    added = rows["year"].map(parts).fillna(covered)
    least_workers, most_workers = (rows[f"workers_{end}"].astype(float) for end in ("low", "high"))
    return rows.assign(
        rate_low=covered / most_workers,
        rate_high=covered / least_workers,
        starts_low=np.minimum(covered, added) / most_workers,
        starts_high=np.maximum(covered, added) / least_workers,
    )


def _same_start(base: str, known: pd.DataFrame | None, ahead: Projection) -> None:
    if known is None or known.empty:
        raise ValueError(
            f"there is a projection for base {base}, and no rate of today on that base; give the frame it starts from"
        )
    last, rates = known.iloc[-1], rate_of(ahead)[:, 0]
    apart = rates.min() < last["starts_low"] - 1e-9 or rates.max() > last["starts_high"] + 1e-9
    if ahead.years[0] != last["year"] or apart:
        raise ValueError(
            f"the projection for base {base} starts from {rates.min():.2%} in {ahead.years[0]}, and the rate on that base is "
            f"{last['rate_low']:.2%} to {last['rate_high']:.2%} in {last['year']}; give the projection of base {base}"
        )


def _scored(
    row: Mapping[Any, Any], known: Mapping[str, pd.DataFrame], aheads: Mapping[str, Projection], usual: str
) -> dict[str, Any]:
    goal, year, base = float(row["value"]), row["year"], row["base"]
    out = {name: row[name] for name in ("target_id", "name", "place", "whose", "instrument", "base", "year")} | {
        "goal": goal
    }
    facts = []
    if base not in BASES:
        for name in known:
            if len(known[name]):
                facts.append(known[name].iloc[[-1]])
                out |= {f"rate_{name}_{end}": facts[-1][f"rate_{end}"].iloc[0] for end in ("low", "high")}
        verdict = "base not stated"
    else:
        rate = _rate_for(known.get(base), year)
        facts = [] if rate is None else [rate]
        verdict = _verdict(row, goal, rate, None if rate is None else int(known[base]["year"].iloc[-1]))
        out |= ({} if rate is None else _distance(goal, rate.iloc[0])) | _probabilities(
            aheads.get(base), goal, year, usual
        )
    return out | {"verdict": verdict, "facts": row["facts"] + facts_of(*facts)}


def _rate_for(known: pd.DataFrame | None, year: Any) -> pd.DataFrame | None:
    """The rate of that year, else the last known one: one row."""
    if known is None or known.empty:
        return None
    of_year = known[known["year"] == year] if pd.notna(year) else known.iloc[:0]
    return of_year.iloc[[-1]] if len(of_year) else known.iloc[[-1]]


def _verdict(row: Mapping[Any, Any], goal: float, rate: pd.DataFrame | None, last: int | None) -> str:
    if row["whose"] == "nation":
        return "of the nation"
    if pd.isna(row["year"]):
        return "year not stated"
    if rate is None or last is None:
        return "not known"
    if row["year"] > last:
        return "ahead"
    found = rate.iloc[0]
    if found["year"] != row["year"]:
        return "not known"
    if found["rate_low"] >= goal - _HAIR:
        return "met"
    if not all(len(date) == 4 or date[5:7] == "12" for date in found["facts"].as_of):
        return "not known"  # of earlier in that year
    return "missed" if found["rate_high"] < goal - _HAIR else "within the bounds"


def _distance(goal: float, rate: pd.Series) -> dict[str, Any]:
    missing = [
        max(ceil(goal * int(rate[workers]) - int(rate["covered"]) - 1e-6), 0)
        for workers in ("workers_low", "workers_high")
    ]
    return {
        "known_year": rate["year"],
        "rate_low": rate["rate_low"],
        "rate_high": rate["rate_high"],
        "gap_low": goal - rate["rate_high"],
        "gap_high": goal - rate["rate_low"],
        "missing_low": missing[0],
        "missing_high": missing[1],
    }


def _probabilities(ahead: Projection | None, goal: float, year: Any, usual: str) -> dict[str, Any]:
    if ahead is None or pd.isna(year) or year not in ahead.years[1:]:
        return {}
    rows = reaching(ahead, goal, int(year))
    best = rows.sort_values(["probability", "median_rate"], ascending=False, kind="stable").iloc[0]
    as_usual = rows.loc[rows["scenario"] == usual, "probability"]
    return {
        "probability_usual": as_usual.iloc[0] if len(as_usual) else pd.NA,
        "best_scenario": best["scenario"],
        "probability_best": best["probability"],
    }


def compared(targets: pd.DataFrame, province_code: str, aheads: Mapping[str, Projection]) -> pd.DataFrame:
    """The official targets of a place and the nation, each against its own base: `scored` on `official`.

    `aheads` from `projection.runs.project_each`; the rates known on a base are those its projection starts from.

    >>> from analysis.data import read
    >>> from analysis.projection.runs import project_each
    >>> aheads = project_each({"employed": (start, past)}, assumptions, until=2030, draws=50, seed=1)
    >>> compared(read("targets"), "18", aheads)[["year", "base", "verdict"]].values.tolist()[1]
    [2025, 'not stated', 'base not stated']
    """
    return scored(official(targets, province_code), {base: ahead.today for base, ahead in aheads.items()}, aheads)


def nearest_target(rows: pd.DataFrame, base: str, by: int) -> pd.Series:
    """The official target to aim at by a year: of `compared`, the latest on this base, the place's own before the nation's.

    ValueError where no target on this base is set for that year or an earlier one.

    >>> from analysis.data import read
    >>> nearest_target(official(read("targets"), "18").rename(columns={"value": "goal"}), "employed", 2029)["name"]
    'RPJMN 2025-2029 akhir'
    """
    there = rows[(rows["base"] == base) & (rows["year"] <= by).fillna(False)]
    if there.empty:
        years = ", ".join(str(year) for year in sorted(rows.loc[rows["base"] == base, "year"].dropna()))
        raise ValueError(f"no official target on base {base} is set for {by} or before; there are targets for {years}")
    return there.sort_values(["whose", "year"], ascending=[False, False], kind="stable").iloc[0]


# -- dates and sources ------------------------------------------------------------------------------


def _stated(assumptions: pd.DataFrame) -> Facts:
    """The sources that assumptions name; what is assumed has none."""
    return Facts(source_ids=tuple(dict.fromkeys(source for source in assumptions["source_id"] if source)))
