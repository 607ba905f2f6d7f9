"""Scenarios carried forward: people by scenario, year, segment and draw, and the rates they come to."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.frames import columns_of
from analysis.projection.asked import SURE
from analysis.projection.model import BPU, PU, Array, Rates, Stocks, at_least_one, carried, in_block, uniforms, walked
from analysis.projection.plan import (
    FUNDS,
    Case,
    Key,
    Plan,
    Shared,
    at_the_middle,
    begun,
    net_of,
    of_december,
    plan_name,
    plan_of,
    seats_of,
    started,
    values_of,
    years_of,
)
from analysis.projection.yearly import names_of, student
from analysis.schema import SEGMENTS, Facts, facts_of
from analysis.uncertainty import fan as quantile_rows
from analysis.uncertainty import sobol as sobol_rows
from analysis.uncertainty import tornado as tornado_rows

# Years that a table of paths shows beside its first and last: levers start, the RPJMN ends, half of the RPJPN is over.
MILESTONES = (2026, 2029, 2035)
OWN, YEAR = "usual.own", "usual.year"  # the numbers of a place and a year, and those that all places of a year share
YEARLY = (f"{OWN}.", f"{YEAR}.")
_SEQUENCES = 4096  # of yearly numbers, from which one is taken for a number between 0 and 1


class Projection(NamedTuple):
    """People by scenario, year, segment and draw: arrays (scenario, year, segment, draw) in persons; years[0] is today.

    `funded` holds for "company" and for each public fund the person-months it pays for in a year: arrays (scenario, year, draw).
    `plan` is what all this was made of: cases (assumptions, where the place stands, its history), the drawn numbers and their
    seed, what a seat costs. So whatever is asked of a projection later is asked of the same draws. `facts` are those of where
    it starts.
    """

    scenarios: tuple[str, ...]
    years: tuple[int, ...]
    workers: Array
    own: Array
    company: Array
    public: Array
    funded: dict[str, Array]
    plan: Plan
    facts: Facts

    @property
    def draws(self) -> int:
        return self.own.shape[-1]

    @property
    def today(self) -> pd.DataFrame:
        """Where all scenarios start from."""
        return self.plan.cases[0].today

    @property
    def history(self) -> pd.DataFrame | None:
        """What the year before tells."""
        return self.plan.cases[0].history

    def case(self, scenario: str) -> Case:
        """One of its scenarios. ValueError, with those there are, where it isn't one of them."""
        return self.plan.cases[_scenario(self, scenario)]


def project(
    today: pd.DataFrame,
    history: pd.DataFrame | None,
    assumptions: pd.DataFrame,
    until: int,
    draws: int,
    seed: int,
    *,
    given: Mapping[Key, Array] | None = None,
    drawn: Mapping[str, Array] | None = None,
    seat_cost: int = 0,
) -> Projection:
    """Every scenario of `assumptions` carried from `today` to the December of `until`, `draws` times.

    `today` from `today` or `eligible_today`, `history` from `history`, `assumptions` from `scenarios.read_scenarios` (one row a
    value). `given` sets a value (lever, parameter, part) in every scenario, one number a draw; `drawn` sets the uniform numbers
    behind an uncertain value ("usual.lapse.PU"); `seat_cost` is what a paid seat costs a month in rupiah, for budgets.
    ValueError where enrolment and lapse exceed 1 together, a path begins too late, or `until` isn't after today.

    >>> plans = assumptions[assumptions["scenario"] == "steady"]
    >>> ahead = project(start, past, plans, until=2026, draws=100, seed=1)
    >>> ahead.years, ahead.workers.shape, ahead.own[0, 0].sum(axis=0)[0]
    ((2023, 2024, 2025, 2026), (1, 4, 2, 100), np.float64(732890.0))
    """
    names = tuple(dict.fromkeys(assumptions["scenario"]))
    cases = [Case(assumptions[assumptions["scenario"] == name], today, history) for name in names]
    plan = plan_of(cases, until, draws, seed, given=given, drawn=drawn, seat_cost=seat_cost)
    kept = carried(partial(begun, plan), len(plan.years) - 1, draws, _together, in_block(len(cases)))
    workers, own, company, public = np.moveaxis(
        kept, [1, 3, 0, 2], [0, 1, 2, 3]
    )  # stock, scenario, year, segment, draw
    funded = _paid(plan, draws, company, public)
    facts = facts_of(today) if history is None else facts_of(today, history)
    return Projection(names, plan.years, workers, own, company, public, funded, plan, facts)


def _together(now: Stocks) -> Array:
    return np.stack(np.broadcast_arrays(*now))


def project_each(
    points: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]],
    assumptions: pd.DataFrame,
    until: int,
    draws: int,
    seed: int,
    *,
    seat_cost: int = 0,
) -> dict[str, Projection]:
    """`project` from every base of `start.starting_points`, on the same draws.

    >>> each = project_each({"employed": (start, past)}, assumptions, until=2025, draws=10, seed=1)
    >>> each["employed"].years
    (2023, 2024, 2025)
    """
    return {
        base: project(today, history, assumptions, until, draws, seed, seat_cost=seat_cost)
        for base, (today, history) in points.items()
    }


def _paid(plan: Plan, draws: int, company: Array, public: Array) -> dict[str, Array]:
    """Person-months that each fund pays for: its seats as filled, or as planned where December isn't funded."""
    whole = slice(0, draws)
    seats = seats_of(plan, values_of(plan, whole), whole)
    out = {fund: np.zeros((len(plan.names), len(plan.years), draws)) for fund in seats}
    for fund, months in out.items():
        filled, funds = (company, ["company"]) if fund == "company" else (public, FUNDS)
        for n, (number, december, length) in enumerate(seats[fund], 1):
            every = np.maximum(of_december(seats, funds, n), 1e-9)
            months[:, n] = length * (filled[:, n, BPU] * number * december / every + number * (1.0 - december))
    return out


def rate_of(ahead: Projection) -> Array:
    """The coverage rate of all workers: array (scenario, year, draw), shares; added up first, divided last.

    >>> round(float(rate_of(project(start, past, assumptions, 2024, 5, 1))[0, 0, 0]), 4)
    0.156
    """
    return rate_in(Stocks(*(np.moveaxis(people, 2, 0) for people in ahead[2:6])))


def fan(ahead: Projection) -> pd.DataFrame:
    """The coverage rate of every scenario and year as quantiles over the draws (`uncertainty.fan`), with facts.

    >>> fan(project(start, past, assumptions, 2024, 5, 1))[["scenario", "year", "p50"]].round(4).values.tolist()[0]
    ['steady', 2023, 0.156]
    """
    return quantile_rows(rate_of(ahead), ahead.scenarios, ahead.years).assign(facts=ahead.facts)


class Ends(NamedTuple):
    """Where paths end: `usual` and `furthest` are rows of one, or none; `highest` is a scenario's name. See `ends`."""

    usual: pd.DataFrame
    furthest: pd.DataFrame
    highest: str


def ends(paths: pd.DataFrame, year: int, usual: str = "steady") -> Ends:
    """Where the usual course stands in a year, which of the other scenarios goes furthest, and which of all.

    `paths` from `fan`. The rows have rate (today's), and low, middle and high of the year (5, 50 and 95 % of the draws).

    >>> found = ends(fan(project(start, past, assumptions, 2030, 50, 1)), 2030)
    >>> found.furthest["scenario"].tolist(), found.highest, found.usual["rate"].round(4).tolist()
    (['universal_coverage'], 'universal_coverage', [0.156])
    """
    today = paths.loc[paths["year"] == paths["year"].min(), "p50"].iloc[0]
    rows = paths[paths["year"] == year].sort_values("p50", kind="stable").assign(rate=today)
    rows = rows.rename(columns={"p05": "low", "p50": "middle", "p95": "high"})
    is_usual = rows["scenario"] == usual
    return Ends(rows[is_usual], rows[~is_usual].tail(1), rows["scenario"].iloc[-1])


def horizon(ahead: Projection) -> int:
    """The year up to which ranges are given; beyond it paths are illustrations (`asked.SURE`), or the last year if that is earlier.

    >>> horizon(project(start, past, assumptions, 2045, 5, 1)), horizon(project(start, past, assumptions, 2025, 5, 1))
    (2028, 2025)
    """
    return min(ahead.years[0] + SURE, ahead.years[-1])


def near_and_far(paths: pd.DataFrame, near: int, usual: str = "steady") -> pd.DataFrame:
    """The usual course today (rate), in a near year (low, middle, high: 5, 50, 95 % of the draws) and at its end (last, far: the median).

    One row, none without the usual course. `paths` from `fan`. Columns: `an.columns("projection.near_and_far")`.

    >>> near_and_far(fan(project(start, past, assumptions, 2045, 50, 1)), 2028)[["year", "last"]].values.tolist()
    [[2028, 2045]]
    """
    ours = paths[paths["scenario"] == usual]
    row = ours[ours["year"] == near].rename(columns={"p05": "low", "p50": "middle", "p95": "high"})
    ends = {"rate": ours["p50"].head(1), "last": ours["year"].tail(1), "far": ours["p50"].tail(1)}
    row = row.assign(**{name: value.to_numpy() for name, value in ends.items()} if len(row) else dict.fromkeys(ends))
    return row[columns_of("projection.near_and_far")]


def years_shown(ahead: Projection) -> list[int]:
    """The years worth a column: today, those of `MILESTONES` that lie within, and the last.

    >>> years_shown(project(start, past, assumptions, 2030, 5, 1))
    [2023, 2026, 2029, 2030]
    """
    first, last = ahead.years[0], ahead.years[-1]
    return sorted({first, *(year for year in MILESTONES if first < year < last), last})


def rate_in(now: Stocks) -> Array:
    """The coverage rate of all workers in one year's stocks: array (case, draw)."""
    covered = now.own + (now.company + now.public)
    return np.minimum((covered[PU] + covered[BPU]) / (now.workers[PU] + now.workers[BPU]), 1.0)  # the last bit of a sum


def rates_along(plan: Plan, draws: int) -> Array:
    """The coverage rate of every case of a plan, from today to its last year: array (year, case, draw), shares.

    The same numbers as `project` and `rate_of` give.
    """
    return carried(partial(begun, plan), len(plan.years) - 1, draws, rate_in, in_block(len(plan.names)))


def rates_of_places(
    cases: Sequence[Case], until: int, draws: int, seed: int, *, block: int = 0, seat_cost: int = 0
) -> Array:
    """The coverage rate of many places and scenarios at once: array (year, case, draw), shares.

    All start in the same year; scenarios may be of any place. The same numbers as `project` and `rate_of` give one by one:
    cases with the same levers are carried together, so that no time goes into levers that aren't there, in blocks of
    `block` draws (0: as many as stay in the cache).

    >>> steady = assumptions[assumptions["scenario"] == "steady"]
    >>> rates_of_places([Case(steady, start, past)] * 2, until=2025, draws=10, seed=1).shape
    (3, 2, 10)
    """
    years = years_of(cases, until)
    groups: dict[frozenset[str], list[int]] = {}
    for i, case in enumerate(cases):
        groups.setdefault(frozenset(case.assumptions["lever"]), []).append(i)
    out = np.empty((len(years), len(cases), max(draws, 0)))
    at_least_one(draws)
    yearly: dict[str, Array] = {}  # the numbers of places and years, drawn once for all groups
    plans = []
    for members in groups.values():
        plan = plan_of([cases[i] for i in members], until, draws, seed, drawn=yearly, seat_cost=seat_cost)
        yearly |= {name: u for name, u in plan.drawn.items() if name.startswith(YEARLY)}
        plans.append((members, plan))
    size = block or in_block(max(map(len, groups.values())))
    for first in range(0, draws, size):
        part, shared = slice(first, min(first + size, draws)), Shared()
        for members, plan in plans:
            begin = partial(_begun_of, plan, part, shared)
            for n, _, now in walked(begin, len(years) - 1, part.stop - first, size):
                out[n, members, part] = rate_in(now)
    return out


def _begun_of(plan: Plan, part: slice, shared: Shared, _: slice) -> tuple[Stocks, Callable[[int], Rates]]:
    """The draws of one part, whatever slice of them is asked for: all."""
    return begun(plan, part, shared)


def net_change(ahead: Projection) -> pd.DataFrame:
    """By how much the rate of each segment changes in the first year ahead when no lever is pulled, and what that is told by.

    One row a segment: low, middle, high (5, 50, 95 % of the draws) as shares of its workers; pace, φ and σ on the logit, the years and
    provinces known, p and b (`projection.yearly`). Columns: `an.columns("projection.net_change")`; facts are the history's.
    ValueError without a history, and where every scenario states its enrolment.

    >>> net_change(project(start, past, assumptions, 2024, 200, 1))[["segment", "years", "places"]].values.tolist()
    [['PU', 1, 34], ['BPU', 1, 34]]
    """
    if ahead.history is None or "pace" not in ahead.history:
        raise ValueError(
            "nothing tells how a rate changes, as there is no history; project from a place with a history"
        )
    if not set(names_of(ahead.plan.yearly.places, ahead.years[1:2])) <= set(ahead.plan.drawn):
        raise ValueError("every scenario states its enrolment, so that no change is taken from history")
    every = slice(0, ahead.draws)
    begin = started(ahead.plan, every)
    first = net_of(ahead.plan, every, begin)(1).rate[:, 0] - begin.own[:, 0] / begin.workers[:, 0]
    low, middle, high = np.quantile(np.broadcast_to(first, (len(SEGMENTS), ahead.draws)), (0.05, 0.5, 0.95), axis=-1)
    told = ahead.history.set_index("segment").loc[list(SEGMENTS)].reset_index()
    names = ["segment", "facts", "pace", "goes_on", "year_scale", "years", "places", "power", "own_weight"]
    return told[names].assign(low=low, middle=middle, high=high)


def response(ahead: Projection, scenario: str, year: int) -> tuple[tuple[str, ...], Callable[[Array], Array]]:
    """The uncertain values of one scenario of a projection, and the coverage rate of `year` as a function of them.

    The function takes uniform numbers (value, run) and returns rates (1, run): what `uncertainty.sobol` and `tornado` ask for.

    >>> names, model = response(project(start, past, assumptions, 2030, 10, 1), "steady", 2030)
    >>> names[:2], model(np.full((len(names), 3), 0.5)).shape
    (('usual.lapse.PU', 'usual.lapse.BPU'), (1, 3))
    """
    case, until = ahead.case(scenario), ahead.years[_year(ahead, year)]
    rows, history = case.assumptions, case.history
    wide = rows["kind"].isin(["uniform", "triangular"]) & (rows["parameter"] != "wage_growth")
    names = [plan_name((row.lever, row.parameter, row.part)) for row in rows[wide].itertuples()]
    asked = set(rows.loc[rows["kind"] == "history", "parameter"])
    names += [OWN, YEAR] if "enrolment" in asked else []
    if "growth" in asked and history is not None and history["growth_low"].iloc[0] < history["growth_high"].iloc[0]:
        names.append("usual.growth")
    bounds = case.today.set_index("segment")
    names += [f"today.{s}" for s in ("all", "PU") if bounds.loc[s, "workers_low"] < bounds.loc[s, "workers_high"]]

    sequences = _sequences(ahead, until) if "enrolment" in asked else {}

    def model(u: Array) -> Array:
        runs, drawn = u.shape[1], dict(zip(names, u, strict=True))
        for name, numbers in sequences.items():
            one = drawn.pop(name)
            at = np.minimum((one * _SEQUENCES).astype(np.intp), _SEQUENCES - 1)
            drawn |= {of: np.where(one == 0.5, 0.5, taken[at]) for of, taken in numbers.items()}
        plan = at_the_middle(ahead.plan, case, until, drawn=drawn, runs=runs)
        return rates_along(plan, runs)[-1]

    return tuple(names), model


def _sequences(ahead: Projection, until: int) -> dict[str, dict[str, Array]]:
    """For a place's own part and for the year's effect: numbers of every year up to `until`, `_SEQUENCES` of them in the order of
    what they add up to, so that one number between 0 and 1 stands for a whole sequence."""
    yearly, years = ahead.plan.yearly, [year for year in ahead.years[1:] if year <= until]
    numbers = uniforms(names_of(yearly.places, years), _SEQUENCES, ahead.plan.seed)
    begin = started(at_the_middle(ahead.plan, ahead.plan.cases[0], until), slice(0, 1))
    rate = (begin.own / begin.workers)[:, 0]
    moved = (begin.workers[:, 0] * rate * (1.0 - rate)).T @ np.log(
        yearly.others[:, 0]
    )  # by each of the others: (1, other)
    out = {}
    for name, does in ((OWN, lambda u: moved[0, (u * yearly.number[0, 0]).astype(np.intp)]), (YEAR, student)):
        of = {key: u for key, u in numbers.items() if key.startswith(f"{name}.")}
        order = np.argsort(sum(does(u) for u in of.values()), kind="stable")
        out[name] = {key: u[order] for key, u in of.items()}
    return out


def tornado(ahead: Projection, scenario: str, year: int) -> pd.DataFrame:
    """What each uncertain value of a scenario does alone to the coverage rate of `year` (`uncertainty.tornado`), with facts.

    >>> rows = tornado(project(start, past, assumptions, 2030, 10, 1), "steady", 2030)
    >>> rows[["input", "swing"]].round(3).values.tolist()[0]
    ['usual.own', 0.321]
    """
    names, model = response(ahead, scenario, year)
    return tornado_rows(model, names).assign(facts=ahead.facts)


def sobol(ahead: Projection, scenario: str, year: int) -> pd.DataFrame:
    """How much of the spread of a scenario's rate in `year` comes from which uncertain value (`uncertainty.sobol`), with facts.

    >>> rows = sobol(project(start, past, assumptions, 2030, 10, 1), "steady", 2030)
    >>> rows[["input", "converged"]].values.tolist()[0]
    ['usual.lapse.PU', True]
    """
    names, model = response(ahead, scenario, year)
    return sobol_rows(model, names, seed=ahead.plan.seed).assign(facts=ahead.facts)


def added(ahead: Projection, year: int, against: str = "steady") -> pd.DataFrame:
    """What each scenario adds to another by the December of a year: one row a scenario, that one left out.

    Draw by draw, on the same draws. Columns: `an.columns("projection.added")`.

    >>> found = added(project(start, past, assumptions, 2027, 50, 1), 2027)
    >>> found["scenario"].tolist()[:2], bool((found["points_high"] >= found["points_low"]).all())
    (['agencies_mandate', 'all_together'], True)
    """
    at, base = _year(ahead, year), _scenario(ahead, against)
    rate, covered = rate_of(ahead)[:, at], (ahead.own + ahead.company + ahead.public).sum(axis=2)[:, at]
    points, people = (np.quantile(x - x[base], (0.05, 0.5, 0.95), axis=-1) for x in (rate, covered))
    names = ("low", "", "high")
    rows = pd.DataFrame({"scenario": ahead.scenarios, "year": year})
    for i, name in enumerate(names):
        end = f"_{name}" if name else ""
        rows[f"points{end}"], rows[f"people{end}"] = points[i], np.rint(people[i]).astype("int64")
    return rows[rows["scenario"] != against].reset_index(drop=True).assign(facts=ahead.facts)


def best_lever(gains: pd.DataFrame, assumptions: pd.DataFrame) -> pd.DataFrame:
    """Of the scenarios that pull one lever alone, the one that adds most: a row of `added`, or none.

    >>> best_lever(added(project(start, past, assumptions, 2027, 50, 1), 2027), assumptions)["scenario"].tolist()
    ['government_pays']
    """
    levers = assumptions[assumptions["lever"] != "usual"].groupby("scenario")["lever"].nunique()
    single = gains[gains["scenario"].isin(levers.index[levers == 1])]
    return single.sort_values("points", kind="stable").tail(1)


def _year(ahead: Projection, year: int) -> int:
    if year not in ahead.years:
        raise ValueError(f"{year} isn't projected; there is {ahead.years[0]} to {ahead.years[-1]}")
    return ahead.years.index(year)


def _scenario(ahead: Projection, name: str) -> int:
    if name not in ahead.scenarios:
        raise ValueError(
            f"scenario {name!r} isn't among {', '.join(ahead.scenarios)}; add it to the parameter scenarios"
        )
    return ahead.scenarios.index(name)


def assumed(ahead: Projection) -> pd.DataFrame:
    """The assumptions of all scenarios with what history gives filled in, and the facts behind each, for a table.

    A value of kind history gets the ends of its range as values: of enrolment, which is net, those of the first year's change with the
    middle (`net_change`), of growth the least and the greatest. Its source is the participants and workers it was told by. Adds facts.

    >>> rows = assumed(project(start, past, assumptions, 2024, 50, 1))
    >>> rows[(rows["scenario"] == "steady") & (rows["parameter"] == "growth")]["values"].iloc[0]
    (0.013741363345934676, 0.01914379463128224)
    """
    rows = pd.concat([case.assumptions for case in ahead.plan.cases])
    told = _from_history(ahead, rows) if (rows["kind"] == "history").any() else {}
    records = []
    for row in rows.to_dict("records"):
        facts = Facts(source_ids=(row["source_id"],)) if row["source_id"] else Facts()
        if row["kind"] == "history":
            row["values"], facts = told[row["parameter"], row["part"]]
        records.append(row | {"facts": facts})
    return pd.DataFrame(records, columns=[*rows.columns, "facts"])


def _from_history(ahead: Projection, rows: pd.DataFrame) -> dict[tuple[str, str], tuple[tuple[float, ...], Facts]]:
    """The values that history gives, by parameter and part, and what they rest on."""
    if ahead.history is None:
        return {}
    known = ahead.history.iloc[0]
    told: dict[tuple[str, str], tuple[float, ...]] = {
        ("growth", ""): (float(known["growth_low"]), float(known["growth_high"]))
    }
    if ((rows["kind"] == "history") & (rows["parameter"] == "enrolment")).any():
        told |= {
            ("enrolment", row["segment"]): tuple(float(row[end]) for end in ("low", "middle", "high"))
            for row in net_change(ahead).to_dict("records")
        }
    return {key: (values, known["facts"]) for key, values in told.items()}
