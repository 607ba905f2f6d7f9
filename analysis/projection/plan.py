"""Scenarios as arrays: every assumption of every case, year and draw, as the rates of a year (`model.Rates`).

A scenario is known here only as rows of `scenarios.read_scenarios`, one a value, so that tests can write them by hand.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.projection.model import BPU, PU, Array, Net, Rates, Stocks, net, retained, uniforms
from analysis.projection.yearly import names_of, student
from analysis.schema import SEGMENTS, Facts

Key = tuple[str, str, str]  # lever, parameter, part
# Flows of the usual course that are part of what is net, and what to do for each.
INSTEAD = {
    "lapse": "To have fewer stop pull retention.kept",
    "moves": "To have more move to wage work pull formalisation.moved",
    "keep": "Leave it out: who moves is covered as those there",
}
FUNDS = ("national_budget", "local_budget", "village_funds", "palm_oil_fund")
# Who pays for seats, and the lever and part that say how many.
SEATS = {"company": ("company_sponsorship", "")} | {fund: ("public_subsidy", fund) for fund in FUNDS}


class Case(NamedTuple):
    """One scenario in one place: its assumptions (rows of one scenario), where it starts, and the last year (None: unknown)."""

    assumptions: pd.DataFrame
    today: pd.DataFrame
    history: pd.DataFrame | None

    @property
    def facts(self) -> Facts:
        """The sources that the assumptions name; what is assumed has none."""
        return Facts(source_ids=tuple(dict.fromkeys(source for source in self.assumptions["source_id"] if source)))


class Yearly(NamedTuple):
    """What the years before tell of the places of a plan (`projection.yearly`); NaN where a place has no history."""

    places: tuple[str, ...]
    stands: tuple[
        tuple[int, int], ...
    ]  # which frames they are told by, so that plans of the same can share what they work out
    of_case: NDArray[np.intp]  # the place of each case
    pace: Array  # (segment, place, 1)
    goes_on: Array  # φ: (place, 1)
    others: Array  # e^D of the others with either sign, in order: (segment, place, other), filled up with 1
    number: NDArray[np.intp]  # of others with either sign: (place, 1)
    scale: Array  # σ: (place, 1)


class Plan(NamedTuple):
    """Cases as arrays with the case axis before the draws, ready to be carried. Made by `plan_of`; the cases and what else it
    was made of stay with it."""

    cases: tuple[Case, ...]
    years: tuple[int, ...]
    # Low, mode, high of an assumption: (case, 1); NaN: from history.
    spread: Mapping[Key, tuple[Array, ...]]
    paths: Mapping[Key, Array]  # (year, case, 1), NaN where a case has no path
    force: Mapping[str, Array]  # how far a lever, or one of its funds, is in force: (year, case, 1)
    capacity: Mapping[str, Array]  # of a lever or fund, persons a year: (case, 1)
    units: Mapping[
        Key, Array
    ]  # whether a value counts persons or companies as such, not by size of the place: (case, 1)
    drawn: Mapping[str, Array]  # the uniform numbers of each uncertain value, by "lever.parameter.part": (draw,)
    given: Mapping[Key, Array]  # values that stand in for an assumption in every case: (draw,)
    covered: Array  # today: (segment, case)
    bounds: Array  # today's workers: (PU BPU all, low high, case)
    yearly: Yearly
    growth: Array  # (low high, case)
    seat_cost: int
    seed: int

    @property
    def names(self) -> tuple[str, ...]:
        """The scenario of each case."""
        return tuple(case.assumptions["scenario"].iloc[0] for case in self.cases)


def plan_of(
    cases: Sequence[Case],
    until: int,
    draws: int,
    seed: int,
    *,
    given: Mapping[Key, Array] | None = None,
    drawn: Mapping[str, Array] | None = None,
    seat_cost: int = 0,
) -> Plan:
    """Cases that start in the same year, to be carried to `until`; see `project` for the rest."""
    years = years_of(cases, until)
    frames = {id(case.assumptions): case.assumptions for case in cases}  # places share one, which is read once
    read = {key: _by_key(frame) for key, frame in frames.items()}
    tables = [read[id(case.assumptions)] for case in cases]
    rows = {
        key: [table.get(key) for table in tables] for key in dict.fromkeys(key for table in tables for key in table)
    }
    levers = {
        name: [next((row for key, row in table.items() if _lever_or_fund(key) == name), None) for table in tables]
        for name in dict.fromkeys(map(_lever_or_fund, rows))
    }
    names = dict.fromkeys([*map(plan_name, rows), "today.all", "today.PU", "usual.growth"])
    if any(
        row and row["kind"] == "history" and row["parameter"] == "enrolment" for found in rows.values() for row in found
    ):
        names |= dict.fromkeys(names_of(list(dict.fromkeys(map(_place, cases))), years[1:]))
    told = dict(drawn or {})
    return Plan(
        tuple(cases),
        years,
        {key: _stacked([_low_mode_high(row, key[1]) for row in found]) for key, found in rows.items()},
        {
            key: _by_year([_path(row, years) for row in found])
            for key, found in rows.items()
            if any(row and row["kind"] == "path" for row in found)
        },
        {name: _by_year([_in_force(row, years) for row in found]) for name, found in levers.items()},
        {
            name: _stacked(
                [(np.inf if row is None or pd.isna(row["capacity"]) else row["capacity"],) for row in found]
            )[0]
            for name, found in levers.items()
        },
        {
            key: _stacked([(row is not None and row["unit"] in ("persons", "companies"),) for row in found])[0]
            for key, found in rows.items()
        },
        uniforms([name for name in names if name not in told], draws, seed) | told,
        dict(given or {}),
        *_stands(cases),
        seat_cost,
        seed,
    )


def alone(plan: Plan, case: Case, until: int, draws: int) -> Plan:
    """One case of a plan by itself, to a year of the plan, on its first draws: the same numbers for each of them.

    >>> both = plan_of([Case(rows, start, past) for _, rows in assumptions.groupby("scenario")], 2030, draws=3, seed=1)
    >>> one = alone(both, both.cases[0], 2025, draws=2)
    >>> one.years, bool((one.drawn["usual.stay"] == both.drawn["usual.stay"][:2]).all())
    ((2023, 2024, 2025), True)
    """
    given = {key: values[:draws] for key, values in plan.given.items()}
    drawn = {name: u[:draws] for name, u in plan.drawn.items()}
    return plan_of([case], until, draws, plan.seed, given=given, drawn=drawn, seat_cost=plan.seat_cost)


def at_the_middle(
    plan: Plan, case: Case, until: int, *, drawn: Mapping[str, Array] | None = None, runs: int = 1
) -> Plan:
    """One case of a plan with every uncertain value at its median, but for the uniform numbers of `drawn` (one a run).

    >>> plan = plan_of([Case(assumptions[assumptions["scenario"] == "steady"], start, past)], 2030, draws=3, seed=1)
    >>> set(map(float, at_the_middle(plan, plan.cases[0], 2025).drawn["usual.year.2025"]))
    {0.5}
    """
    middle = dict.fromkeys(plan.drawn, np.full(runs, 0.5)) | dict(drawn or {})
    given = {key: np.full(runs, np.median(values)) for key, values in plan.given.items()}
    return plan_of([case], until, runs, plan.seed, given=given, drawn=middle, seat_cost=plan.seat_cost)


def years_of(cases: Sequence[Case], until: int) -> tuple[int, ...]:
    """Today's year, the same for all cases, to `until`."""
    starts = sorted({int(case.today["year"].iloc[0]) for case in cases})
    if len(starts) != 1:
        raise ValueError(f"places that start in different years can't be carried together: {starts}")
    if until <= starts[0]:
        raise ValueError(f"until is {until}, and the projection starts from {starts[0]}; write a later year")
    return tuple(range(starts[0], until + 1))


def _by_key(assumptions: pd.DataFrame) -> dict[Key, dict[str, Any]]:
    columns = [assumptions[name].tolist() for name in assumptions]
    rows = [dict(zip(assumptions, row, strict=True)) for row in zip(*columns, strict=True)]
    return {(row["lever"], row["parameter"], row["part"]): row for row in rows}


def _lever_or_fund(key: Key) -> str:
    """What has dates of its own: a lever, or one of its funds."""
    return plan_name((key[0], "", key[2] if key[2] in FUNDS else ""))


def _stands(cases: Sequence[Case]) -> tuple[Array, Array, Yearly, Array]:
    """Where the cases stand: covered, bounds, yearly and growth of `Plan`; read once for a place."""
    keys = [(id(case.today), id(case.history)) for case in cases]
    places = dict(zip(keys, cases, strict=True))
    at = [list(places).index(key) for key in keys]
    covered = np.array([_of(case.today, "covered", SEGMENTS) for case in places.values()]).T
    bounds = [
        [_of(case.today, end, (*SEGMENTS, "all")) for end in ("workers_low", "workers_high")]
        for case in places.values()
    ]
    growth = np.array([_growth(case) for case in places.values()]).T
    return covered[:, at], np.array(bounds).T[:, :, at], _yearly(list(places.values()), at), growth[:, at]


def _place(case: Case) -> str:
    return str(case.today["province"].iloc[0])


def _yearly(places: Sequence[Case], at: Sequence[int]) -> Yearly:
    pace = np.full((len(SEGMENTS), len(places), 1), np.nan)
    goes_on, scale = np.full((2, len(places), 1), np.nan)
    found = []
    for i, case in enumerate(places):
        if case.history is None or "pace" not in case.history:
            found.append(np.zeros((len(SEGMENTS), 0)))
            continue
        pace[:, i, 0] = _of(case.history, "pace", SEGMENTS)
        goes_on[i], scale[i] = (_of(case.history, name, SEGMENTS[:1])[0] for name in ("goes_on", "year_scale"))
        others = dict(zip(case.history["segment"], case.history["others"], strict=True))
        found.append(np.array([others[segment] for segment in SEGMENTS], dtype=float))
    number = np.array([[one.shape[1]] for one in found])
    odds = np.ones((len(SEGMENTS), len(places), max(int(number.max()), 1)))
    for i, one in enumerate(found):
        odds[:, i, : one.shape[1]] = np.exp(one)
    stands = tuple((id(case.today), id(case.history)) for case in places)
    return Yearly(tuple(map(_place, places)), stands, np.array(at), pace, goes_on, odds, number, scale)


def _of(rows: pd.DataFrame, column: str, segments: Iterable[str]) -> list[float]:
    known = dict(zip(rows["segment"], rows[column].to_numpy(dtype=float, na_value=np.nan), strict=True))
    return [known[segment] for segment in segments]


def _stacked(values: list[tuple[Any, ...]]) -> tuple[Array, ...]:
    """Values of the cases as arrays (case, 1), one for each place in the tuples."""
    return tuple(np.array(column)[:, np.newaxis] for column in zip(*values, strict=True))


def _by_year(values: list[list[float]]) -> Array:
    return np.array(values).T[:, :, np.newaxis]


def _growth(case: Case) -> tuple[float, float]:
    if case.history is None:
        return np.nan, np.nan
    return float(case.history["growth_low"].iloc[0]), float(case.history["growth_high"].iloc[0])


def _low_mode_high(row: dict[str, Any] | None, parameter: str) -> tuple[float, float, float]:
    """Low, mode and high of a stated value; a mode of NaN is an even range, NaN everywhere a value from history."""
    if row is None or row["kind"] == "path":
        said = 1.0 if parameter == "december" else 0.0  # December is funded unless a scenario says otherwise
        return said, said, said
    if row["kind"] == "history":
        return np.nan, np.nan, np.nan
    values = row["values"]
    return (values[0], values[1], values[2]) if row["kind"] == "triangular" else (values[0], np.nan, values[-1])


def _path(row: dict[str, Any] | None, years: Sequence[int]) -> list[float]:
    """A path's value in each year: linear between given years, constant after the last, an error before the first."""
    if row is None or row["kind"] != "path":
        return [np.nan] * len(years)
    first = years[1] if row["lever"] == "usual" else max(years[1], int(row["start"]))
    if first < row["years"][0] and first <= years[-1]:
        name = plan_name((row["lever"], row["parameter"], row["part"]))
        raise ValueError(
            f"{name} of {row['scenario']} is given from {row['years'][0]} on, and {first} is needed; no year is taken for "
            "granted: give that year, too"
        )
    return [float(np.interp(year, row["years"], row["values"])) for year in years]


def _in_force(row: dict[str, Any] | None, years: Sequence[int]) -> list[float]:
    """How far a lever is in force: 0 before its start and after its end, rising evenly over its ramp to 1."""
    if row is None or pd.isna(row["start"]):
        return [0.0] * len(years)
    last = years[-1] if pd.isna(row["end"]) else int(row["end"])
    return [min(1.0, (y - row["start"] + 1) / row["ramp"]) if row["start"] <= y <= last else 0.0 for y in years]


def plan_name(key: Key) -> str:
    """An assumption as it is written in a scenario file.

    >>> plan_name(("usual", "lapse", "PU"))
    'usual.lapse.PU'
    """
    return ".".join(filter(None, key))


def values_of(plan: Plan, block: slice) -> Callable[[str, str, str, int], Array]:
    """A function that gives an assumption (lever, parameter, part) in the n-th year: array (case, draw or 1).

    0 where a case has none. What is drawn is drawn once for the block.
    """
    base = {key: _drawn(plan, key, block) for key in plan.spread}
    base |= {key: values[block][np.newaxis] for key, values in plan.given.items()}
    nothing = np.zeros((1, 1))

    def value(lever: str, parameter: str, part: str, n: int) -> Array:
        key = (lever, parameter, part)
        drawn = base.get(key, nothing)
        if key not in plan.paths or key in plan.given:
            return drawn
        path = plan.paths[key][n]
        return np.where(np.isnan(path), drawn, path)

    return value


def _drawn(plan: Plan, key: Key, block: slice) -> Array:
    """The quantile of each draw: of the triangular distribution, or of an even range where the mode is NaN."""
    low, mode, high = plan.spread[key]
    width = high - low
    if not (width != 0).any():
        return low
    u = plan.drawn[plan_name(key)][block]
    even = low + width * u
    if np.isnan(mode).all():
        return even
    peak = np.divide(mode - low, width, out=np.zeros_like(width), where=width > 0)
    rising, falling = (low + np.sqrt(u * width * (mode - low)), high - np.sqrt((1.0 - u) * width * (high - mode)))
    return np.where(np.isnan(mode), even, np.where(u < peak, rising, falling))


def started(plan: Plan, block: slice) -> Stocks:
    """Today's stocks of a slice of the draws: everybody covered counts as on their own account, as nobody says who isn't."""
    total, formal = plan.drawn["today.all"][block], plan.drawn["today.PU"][block]
    (pu_low, pu_high), (bpu_low, bpu_high), (low, high) = plan.bounds[:, :, :, np.newaxis]
    workers = low + (high - low) * total
    least, most = np.maximum(pu_low, workers - bpu_high), np.minimum(pu_high, workers - bpu_low)
    pu = least + (most - least) * formal
    stocks = np.stack([pu, workers - pu])
    own = np.broadcast_to(plan.covered[:, :, np.newaxis], stocks.shape).copy()
    nobody = np.zeros((len(SEGMENTS), 1, 1))
    return Stocks(stocks, own, nobody, nobody)


Value = Callable[[str, str, str, int], Array]


def _usual_moves(value: Value, n: int, workers: Array) -> list[list[Array | float]]:
    """The usual moves between the segments that a scenario states: as many each way, so that the mix stays as in `workers`."""
    out = value("usual", "moves", "", n)
    return [[0.0, out], [np.minimum(out * workers[PU] / workers[BPU], 1.0), 0.0]]


Shared = dict[tuple[tuple[int, int], ...], Callable[[int], Net]]


def net_of(plan: Plan, block: slice, start: Stocks, shared: Shared | None = None) -> Callable[[int], Net]:
    """What the rate of each place does of itself in the n-th year: arrays (segment, place, draw).

    `shared` keeps it for other plans of the same places, draws and seed, which must ask for the same block.
    """
    yearly = plan.yearly
    if shared is not None and yearly.stands in shared:
        return shared[yearly.stands]
    first = [list(yearly.of_case).index(i) for i in range(len(yearly.places))]
    each = np.arange(len(first))[:, np.newaxis]
    rate = start.own[:, first] / start.workers[:, first]
    years: list[Net] = []

    def year(n: int) -> Net:
        while len(years) < n:
            of = plan.years[len(years) + 1]
            shared, *own = (plan.drawn[name][block] for name in names_of(yearly.places, [of]))
            u = np.array(own)
            one = np.minimum((u * yearly.number).astype(np.intp), np.maximum(yearly.number - 1, 0))
            # The middle of those with either sign is none of them.
            none = u == 0.5
            q = yearly.others[:, each, one]
            if none.any():
                q = np.where(none, 1.0, q)
            q *= np.exp(yearly.pace * yearly.goes_on ** (len(years) + 1)) * np.exp(yearly.scale * student(shared))
            years.append(net(years[-1].rate if years else rate, q))
        return years[n - 1]

    if shared is not None:
        shared[yearly.stands] = year
    return year


def from_history(plan: Plan, value: Value) -> Array:
    """Whether the usual course of each segment is net and from history, or stated: array (segment, case, 1), 1.0 or 0.0.

    ValueError where it is asked of a history that there isn't, and where a scenario states a flow that is part of what is net.
    """
    asked = np.isnan(_for_each_segment(value, "usual", "enrolment", 1)).any(axis=-1, keepdims=True)
    asked = np.broadcast_to(asked, (len(SEGMENTS), len(plan.cases), 1))
    unknown = np.isnan(plan.yearly.pace[:, plan.yearly.of_case])
    if (missing := unknown & asked).any():
        name = plan.names[int(np.argwhere(missing.any(axis=(0, 2)))[0, 0])]
        raise ValueError(f"{name} takes enrolment from history, and there is none; state enrolment in the scenario")
    for key in plan.spread:
        if key[0] != "usual" or key[1] not in ("moves", "keep"):
            continue
        for i in np.flatnonzero(asked.any(axis=0)):
            if key in _by_key(plan.cases[i].assumptions):
                raise ValueError(
                    f"{plan.names[i]} states {plan_name(key)} beside enrolment from history, which is net: whoever stops or moves is "
                    f"in it already. {INSTEAD[key[1]]}, or state enrolment, too"
                )
    return asked.astype(float)


def _for_each_segment(value: Value, lever: str, parameter: str, n: int) -> Array:
    return np.stack(np.broadcast_arrays(*(value(lever, parameter, segment, n) for segment in SEGMENTS)))


# Seats paid for, whether they count in December, months: (case, draw or 1).
Seats = tuple[Array, Array, Array]


def seats_of(plan: Plan, value: Value, block: slice) -> dict[str, list[Seats]]:
    """For "company" and each public fund, the seats of each year after today, as far as the lever's capacity goes.

    A share of the non-wage workers is one of that year's, as they grow in the usual course.
    """
    out: dict[str, list[Seats]] = {}
    names = {fund: _lever_or_fund((lever, "", part)) for fund, (lever, part) in SEATS.items()}
    there = {fund: name for fund, name in names.items() if name in plan.force}
    workers = [started(plan, block).workers[BPU]] if there else []
    for fund, name in there.items():
        lever, part = SEATS[fund]
        december = plan.spread.get((lever, "december", part), (np.ones((1, 1)),))[0]
        limited = np.isfinite(plan.capacity[name]).any()
        standing, out[fund] = np.zeros((1, 1)), []
        for n in range(1, len(plan.years)):
            if n == len(workers):
                workers.append(workers[-1] * (1.0 + _grown(plan, value, n, block)))
            number = _seats_paid(plan, value, lever, part, n, workers[n]) * plan.force[name][n]
            standing = np.minimum(number, standing + plan.capacity[name]) if limited else number
            out[fund].append((standing, december, value(lever, "months", part, n)))
    return out


def _seats_paid(plan: Plan, value: Value, lever: str, part: str, n: int, workers: Array) -> Array:
    """How many seats a lever in full force pays for, in persons."""
    seats = value(lever, "seats", part, n)
    if lever == "company_sponsorship":
        as_such = plan.units.get((lever, "companies", ""), np.array([[True]]))
        scale = np.where(as_such, 1.0, plan.covered[PU][:, np.newaxis] / 100_000)
        return value(lever, "companies", "", n) * scale * seats
    as_such = plan.units.get((lever, "seats", part), np.array([[True]]))
    seats = seats * np.where(as_such, 1.0, workers)
    budget = value(lever, "budget", part, n)
    if not budget.any():
        return seats
    if plan.seat_cost <= 0:
        raise ValueError("a budget in rupiah buys seats at a price: pass seat_cost, what a seat costs a month")
    return seats + np.floor(budget / (plan.seat_cost * np.maximum(value(lever, "months", part, n), 1.0)))


def begun(plan: Plan, block: slice, shared: Shared | None = None) -> tuple[Stocks, Callable[[int], Rates]]:
    """Today's stocks of a slice of the draws, and the rates of each year."""
    start, value = started(plan, block), values_of(plan, block)
    seats, staff = seats_of(plan, value, block), _staff(plan, value)
    like = from_history(plan, value)
    year = _net_with_retention(plan, value, net_of(plan, block, start, shared), start) if like.any() else None
    growth = _grown(plan, value, 1, block)

    def rates(n: int) -> Rates:
        h, l = _usual_flows(plan, value, year, like, n)  # noqa: E741 (the equation's letters)
        moves: list[list[Array | float]] = [[0.0, 0.0], [0.0, 0.0]]
        if not like.all():
            moves = _usual_moves(value, n, start.workers)
        company, public = of_december(seats, ["company"], n), of_december(seats, FUNDS, n)
        return Rates(
            h,
            l,
            _grown(plan, value, n, block) if ("usual", "growth", "") in plan.paths else growth,
            _formalised(plan, value, moves, n),
            value("usual", "keep", "", n),
            (_taken_up(plan, value, n), 0.0),
            (plan.capacity.get("company_registration", np.inf), np.inf),
            (0.0, company),
            (staff[n - 1], public),
            _of_bpu(value("usual", "stay", "", n)),
            (1.0 if like.all() else like) if like.any() else 0.0,
        )

    return start, rates


def _usual_flows(
    plan: Plan, value: Value, year: Callable[[int], Net] | None, like: Array, n: int
) -> tuple[Array, Array]:
    """h and l of the n-th year: net from history, or as stated, with the lapse that retention leaves."""
    if year is not None and like.all():
        return year(n)[:2]
    h, l = (_for_each_segment(value, "usual", name, n) for name in ("enrolment", "lapse"))  # noqa: E741
    stated = like == 0
    _at_most_one(plan, np.where(stated, h, 0.0), np.where(stated, l, 0.0), n)
    if (force := plan.force.get("retention")) is not None:
        l = l * (1.0 - _for_each_segment(value, "retention", "kept", n) * force[n])  # noqa: E741
    if year is None:
        return h, l
    coming, leaving, _ = year(n)
    return np.where(stated, h, coming), np.where(stated, l, leaving)


def _net_with_retention(plan: Plan, value: Value, year: Callable[[int], Net], start: Stocks) -> Callable[[int], Net]:
    """What the rate of each case does of itself in the n-th year, with those whom retention keeps: arrays (segment, case, draw)."""
    at = plan.yearly.of_case
    laid_out = not _in_order(at, len(plan.yearly.places))

    def each(n: int) -> Net:
        return Net(*(people[:, at] for people in year(n))) if laid_out else year(n)

    force = plan.force.get("retention")
    if force is None or not force.any():
        return each
    keeping: Array = np.any(force, axis=0, keepdims=True)
    years: list[Net] = []
    today = start.own / start.workers

    def kept(n: int) -> Net:
        while len(years) < n:
            k = len(years) + 1
            before, rate = (each(k - 1).rate, years[-1].rate) if years else (today, today)
            share = _for_each_segment(value, "retention", "kept", k) * force[k]
            lapse = _for_each_segment(value, "usual", "lapse", k)
            now = each(k)
            with_it = retained(now, before, rate, lapse, share)
            years.append(
                with_it
                if keeping.all()
                else Net(*(np.where(keeping, *pair) for pair in zip(with_it, now, strict=True)))
            )
        return years[n - 1]

    return kept


def _in_order(at: NDArray[np.intp], places: int) -> bool:
    """Whether each case is of a place of its own, in order, or all are of one: then nothing has to be laid out."""
    return places == 1 or (len(at) == places and bool((at == np.arange(places)).all()))


def _at_most_one(plan: Plan, h: Array, lapse: Array, n: int) -> None:
    both = h + lapse
    if (both > 1.0 + 1e-12).any():
        s, case, draw = np.argwhere(both > 1.0 + 1e-12)[0]
        values = [float(np.broadcast_to(x, both.shape)[s, case, draw]) for x in (h, lapse)]
        raise ValueError(
            f"{plan.names[case]}: enrolment {values[0]:.4f} and lapse {values[1]:.4f} of {SEGMENTS[s]} in {plan.years[n]} are "
            "above 1 together; lower usual.enrolment or usual.lapse"
        )


def _grown(plan: Plan, value: Value, n: int, block: slice) -> Array:
    stated = value("usual", "growth", "", n)
    if not np.isnan(stated).any():
        return stated
    low, high = plan.growth[:, :, np.newaxis]
    if (missing := np.isnan(stated) & np.isnan(low)).any():
        name = plan.names[int(np.argwhere(missing.any(axis=1))[0, 0])]
        raise ValueError(f"{name} takes growth from history, and there is none; state growth in the scenario")
    return np.where(np.isnan(stated), low + (high - low) * plan.drawn["usual.growth"][block], stated)


def _formalised(plan: Plan, value: Value, moves: list[list[Array | float]], n: int) -> list[list[Array | float]]:
    """The usual moves, and those whom formalisation takes from non-wage to wage work.

    The shares of usual moves that are stated stay as today's mix sets them, which undoes some of it.
    """
    force = plan.force.get("formalisation")
    if force is None:
        return moves
    return [moves[PU], [np.minimum(moves[BPU][PU] + value("formalisation", "moved", "", n) * force[n], 1.0), 0.0]]


def _taken_up(plan: Plan, value: Value, n: int) -> Array | float:
    force = plan.force.get("company_registration")
    if force is None or not force[n].any():
        return 0.0
    partly, some, others = (
        value("company_registration", name, "", n) for name in ("partly", "partly_enrolled", "others_enrolled")
    )
    return (partly * some + (1.0 - partly) * others) * force[n]


def _of_bpu(share: Array) -> Array:
    """A share of the non-wage workers alone: staff stay in their seats for as long as the mandate stands."""
    return np.stack([np.zeros_like(share), share])


def _staff(plan: Plan, value: Value) -> list[Array | float]:
    """Staff whom agencies must enrol, in each year after today: as many as the ramp and the capacity allow."""
    key = ("agency_mandate", "staff", "")
    if key not in plan.units:
        return [0.0] * (len(plan.years) - 1)
    size = np.where(plan.units[key], 1.0, plan.bounds[PU].mean(axis=0)[:, np.newaxis])
    standing, out = np.zeros((1, 1)), []
    for n in range(1, len(plan.years)):
        reached = value(*key, n) * size * plan.force["agency_mandate"][n]
        standing = np.minimum(reached, standing + plan.capacity["agency_mandate"])
        out.append(standing)
    return out


def of_december(seats: dict[str, list[Seats]], funds: Iterable[str], n: int) -> Array | float:
    """Seats of some funds that are in force at the end of the n-th year; 0.0 where there is none of the funds."""
    there = [seats[fund][n - 1] for fund in funds if fund in seats]
    return sum(number if december.all() else number * december for number, december, _ in there) if there else 0.0
