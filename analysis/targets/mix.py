"""The cheapest mix of a scenario's levers that reaches a coverage rate, or the best that any mix can do (`program`)."""

from collections.abc import Mapping
from math import ceil
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.frames import columns_of
from analysis.projection.asked import fair_goal
from analysis.projection.model import Array, Rates, step
from analysis.projection.plan import Plan, at_the_middle, begun
from analysis.projection.runs import Projection
from analysis.scenarios.levers import LEVERS, Reach
from analysis.schema import SEGMENTS, facts_of
from analysis.targets.official import Aim
from analysis.targets.program import Course, ceiling_of, least_cost, limits_of, path_of, solved, written_out
from analysis.targets.reach import HAIR, check_projected


class Mix(NamedTuple):
    """The cheapest mix of levers, or the best that any mix can do.

    `status` is "reachable", "unreachable" or "already reached" (by the usual course alone); `rate` what the plan reaches in the
    target year (if unreachable, the highest rate that any mix reaches then, at the least cost); `ceiling` the rate in the target
    year that no mix can exceed, by the dual values; `best_rate` and `best_year` the highest rate in any year up to then. `cost` in
    rupiah over all years; `plan` a row a year and lever (`an.columns("targets.cheapest_mix")`) and `rates` (year, rate).
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
    >>> course.years, course.rates[0].enrolment.ravel().round(3).tolist()  # half of the pace known in 2023: odds by e^0.065, e^0.276
    ((2023, 2024, 2025, 2026), [0.027, 0.016])
    """
    check_projected(ahead, until)
    case = ahead.case(scenario)
    usual = case._replace(assumptions=case.assumptions[case.assumptions["lever"] == "usual"])
    plan = at_the_middle(ahead.plan, usual, until)
    begin, rates = begun(plan, slice(0, 1))
    return Course(plan.years, begin, tuple(rates(n) for n in range(1, len(plan.years))), ahead.facts + usual.facts)


def cheapest_mix(
    course: Course, levers: pd.DataFrame, goal: float, year: int, budget: int | Mapping[str, int] | None = None
) -> Mix:
    """The cheapest mix of levers with which the coverage rate is `goal` or more in December of `year`.

    `levers` has one row a lever: lever, segment (PU, BPU), kind ("enrolment": persons newly enrolled in a year, on their own
    account from then on; "seats": persons whose seat is in force at the year's end), capacity (persons a year; for seats how many
    more than the year before; missing if none), cost (rupiah, whole: for each person enrolled, or for each seat a year). It may
    have most (seats in force at a time), start (first year), payer, and facts. `budget` is rupiah a year over all levers,
    or for each payer. ValueError where a lever can't be read.

    >>> course = middle_course(project(start, past, assumptions, until=2026, draws=10, seed=1), until=2026)
    >>> levers = pd.DataFrame({"lever": ["village funds"], "segment": ["BPU"], "kind": ["seats"], "capacity": [400_000],
    ...                        "cost": [12 * 16_800]})
    >>> mix = cheapest_mix(course, levers, goal=0.25, year=2026)
    >>> mix.status, round(mix.rate, 9), mix.plan["persons"].round().tolist()[:2]
    ('reachable', 0.25, [0.0, 0.0])
    """
    fair_goal(goal)
    if year not in course.years[1:]:
        raise ValueError(f"{year} isn't in the course, which goes from {course.years[1]} to {course.years[-1]}")
    levers, last = _read_levers(levers, budget), course.years.index(year)
    years = list(written_out(course, levers, last))
    limits = limits_of(course, levers, years, budget)
    most = [solved(-limits.covered[n], limits) for n in range(last)]
    best = [path_of(course, levers, x, n + 1)[-1] for n, (x, _) in enumerate(most)]
    nothing = np.zeros_like(most[0][0])
    usual = path_of(course, levers, nothing, last)[-1]
    status = "already reached" if usual >= goal - HAIR else "reachable" if best[-1] >= goal - HAIR else "unreachable"
    plan = nothing if status == "already reached" else least_cost(limits, goal, best[-1], last)
    table, cost = _plan_of_mix(course, levers, plan)
    top = int(np.argmax(np.array(best) >= max(best) - HAIR))
    path = path_of(course, levers, plan, last)
    return Mix(
        status,
        path[-1],
        ceiling_of(limits, most[-1][1], last),
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
    for column, allowed in (("segment", SEGMENTS), ("kind", ("enrolment", "seats"))):
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


def _plan_of_mix(course: Course, levers: pd.DataFrame, x: Array) -> tuple[pd.DataFrame, int]:
    persons = x.reshape(-1, len(levers))
    rows = [
        (course.years[n + 1], row.lever, row.segment, row.kind, persons[n, j], round(persons[n, j] * int(row.cost)))
        for n in range(len(persons))
        for j, row in enumerate(levers.itertuples())
    ]
    out = pd.DataFrame(rows, columns=columns_of("targets.cheapest_mix")[:-1])
    return out.astype({"cost": "int64"}).assign(facts=course.facts + facts_of(levers)), sum(cost for *_, cost in rows)


def at_hand(ahead: Projection, scenario: str, until: int, a_month: pd.DataFrame) -> pd.DataFrame:
    """The levers of one scenario as `cheapest_mix` takes them, each no stronger than in its strongest year there (at the middle).

    `a_month` holds the contributions for one worker in a month (rows of `costs.one_worker`, of which a wage earner's are taken); a
    seat costs what the projection was told. A lever that the scenario doesn't pull has capacity 0. Columns:
    `an.columns("targets.at_hand")`. ValueError where the projection wasn't told what a seat costs.

    >>> ahead = project(start, past, assumptions, until=2030, draws=10, seed=1, seat_cost=16_800)
    >>> month = pd.DataFrame({"segment": ["PU"], "contribution": [238_000]})
    >>> at_hand(ahead, "all_together", 2030, month)["lever"].tolist()
    ['company_registration', 'agency_mandate', 'company_sponsorship', 'public_subsidy']
    """
    check_projected(ahead, until)
    case = ahead.case(scenario)
    plan = at_the_middle(ahead.plan, case, until)
    if plan.seat_cost <= 0:
        raise ValueError("a mix needs a price for its seats: project with seat_cost, what a seat costs a month")
    a_wage_earner = 12 * int(a_month.loc[a_month["segment"] == "PU", "contribution"].sum())
    rows = []
    for (lever, reach), people in zip(_reaching(), _reached(plan), strict=True):
        added = people if reach.kind == "enrolment" else np.maximum(np.diff(people, prepend=0.0), 0.0)
        begins = np.flatnonzero(added)
        first = plan.years[1 + int(begins[0])] if len(begins) else plan.years[-1]
        most = pd.NA if reach.kind == "enrolment" else ceil(people.max())
        rows.append(
            (
                lever,
                reach.segment,
                reach.kind,
                ceil(added.max()),
                most,
                a_wage_earner if reach.segment == "PU" else 12 * plan.seat_cost,
                first,
            )
        )
    out = pd.DataFrame(rows, columns=columns_of("targets.at_hand")[:-1])
    return out.assign(facts=case.facts + facts_of(a_month))


def _reaching() -> list[tuple[str, Reach]]:
    """The levers that reach people, those of wage earners first."""
    found = [(name, lever.reaches) for name, lever in LEVERS.items() if lever.reaches]
    return sorted(found, key=lambda one: SEGMENTS.index(one[1].segment))


def _reached(plan: Plan) -> Array:
    """People whom each of these levers enrols in a year, or whose seat is in force at its end: array (lever, year)."""
    now, rates = begun(plan, slice(0, 1))
    reached = []
    for n in range(1, len(plan.years)):
        year = rates(n)
        own = now.own + year.stay * (now.company + now.public)
        uncovered = now.workers - own
        left = uncovered * (1.0 - year.enrolment) + own * year.lapse
        reached.append([_people_reached(year, left, reach) for _, reach in _reaching()])
        now = step(now, year)
    return np.array(reached).T


def _people_reached(year: Rates, left: Array, reach: Reach) -> float:
    at = SEGMENTS.index(reach.segment)
    people = getattr(year, reach.rate)[at]
    return float(np.max(people if reach.kind == "seats" else np.minimum(people * left[at], year.capacity[at])))


def by_lever(mix: Mix) -> pd.DataFrame:
    """The plan of a mix, one row a lever that it uses. Columns: `an.columns("targets.by_lever")`.

    >>> course = middle_course(project(start, past, assumptions, until=2026, draws=10, seed=1), until=2026)
    >>> levers = pd.DataFrame({"lever": ["public_subsidy"], "segment": ["BPU"], "kind": ["seats"], "capacity": [400_000], "cost": [201_600]})
    >>> by_lever(cheapest_mix(course, levers, goal=0.25, year=2026))["lever"].tolist()
    ['public_subsidy']
    """
    used = mix.plan[mix.plan["persons"] >= 0.5]
    if used.empty:
        return pd.DataFrame(columns=columns_of("targets.by_lever"))
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


class Answers(NamedTuple):
    """What a mix says, sentence by sentence: rows whose first is said, or none where it doesn't hold. See `answers`."""

    levers: pd.DataFrame
    needs_none: pd.DataFrame
    has_none: pd.DataFrame


def answers(mix: Mix, aimed: Aim) -> Answers:
    """What `cheapest_mix` comes to: `levers` where it uses some, `needs_none` where the usual course reaches the goal.

    `has_none` is a goal out of reach without any lever to combine. Rows have goal, year, target_year, status, rate and cost.

    >>> course = middle_course(project(start, past, assumptions, until=2026, draws=10, seed=1), until=2026)
    >>> levers = pd.DataFrame({"lever": ["public_subsidy"], "segment": ["BPU"], "kind": ["seats"], "capacity": [400_000], "cost": [201_600]})
    >>> answers(cheapest_mix(course, levers, goal=0.1, year=2026), Aim(0.1, 2026, 2026)).needs_none["status"].tolist()
    ['already reached']
    """
    told = {**aimed._asdict(), "status": mix.status, "rate": mix.rate, "cost": mix.cost}
    used, row = by_lever(mix), pd.DataFrame([told])
    return Answers(
        levers=used.assign(**told),
        needs_none=row[row["status"] == "already reached"],
        has_none=row[(row["status"] == "unreachable") & used.empty],
    )
