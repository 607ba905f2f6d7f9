r"""The linear program of the cheapest mix: a usual course and levers as limits on people, solved, and a bound on any mix.

With the shares of a usual course the year of `projection.model` is linear in people, as long as
nobody is enrolled or given a seat twice. With X newly enrolled by the levers of a segment, P seats in force at the
year's end, C covered on their own account and W workers (which no lever here changes):

    V  = W - (C + r P)(1 - l) - (W - C - r P) h        left uncovered by the usual course, with last year's P
    C' = ((C + r P)(1 - l) + (W - C - r P) h + X),  moved between segments,  times (1 + min(g, 0)), or 1 + g where who enters
                                                       is covered as those there
    X ≤ V,   P' ≤ W' - C',   Σ cost x ≤ budget,   x ≤ capacity;   for seats: x' - x ≤ capacity, as in a scenario
    least Σ cost x  so that  Σ(C' + P') ≥ goal Σ W'  in the target year

C is written out as a sum over the x of all years before, so that they are the only unknowns. HiGHS solves it.
Whether a goal can be reached is asked first: the most people covered in the target year, and with the dual values y
of that program a bound that no mix can exceed, whatever y is (A x ≤ b and 0 ≤ x ≤ u):

    c·x = y·(A x) + (c - A'y)·x ≤ y·b + Σ u max(c - A'y, 0),   y ≥ 0

Rates are shares 0 to 1, people are persons, money is rupiah.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import highspy
import numpy as np
import pandas as pd

from analysis.projection.model import Array, Rates, Stocks, step
from analysis.schema import SEGMENTS, Facts
from analysis.targets.reach import HAIR


class Course(NamedTuple):
    """A usual course with one number for every share, for `cheapest_mix`.

    `years[0]` is today; `start` holds arrays (segment, 1, 1), `rates` the shares of each later year, `facts` dates
    and sources.
    """

    years: tuple[int, ...]
    start: Stocks
    rates: tuple[Rates, ...]
    facts: Facts = Facts()


class _Year(NamedTuple):
    """People as sums over the x of all years: arrays (segment, x and at the end the constant)."""

    left: Array
    enrolled: Array
    own: Array
    seats: Array
    workers: Array  # (segment,), which no lever changes


def written_out(course: Course, levers: pd.DataFrame, last: int) -> Iterator[_Year]:
    """`projection.model.step` in sums over x, year by year: x of lever j in the n-th year stands in column (n - 1) levers + j."""
    size, now = last * len(levers), course.start
    own, seats = np.zeros((2, len(now.own), size + 1))
    own[:, -1], seats[:, -1] = _one_a_segment(now.own, now.own), _one_a_segment(now.company + now.public, now.own)
    for n, rates in enumerate(course.rates[:last]):
        h, lapse, growth, stay, like = (
            _one_a_segment(value, now.own)[:, np.newaxis]
            for value in (rates.enrolment, rates.lapse, rates.growth, rates.stay, rates.like)
        )
        held = own + stay * seats
        free = -held
        free[:, -1] += _one_a_segment(now.workers, now.own)
        enrolled, seats = np.zeros((2, *own.shape))
        for j, row in enumerate(levers.itertuples()):
            (enrolled if row.kind == "enrolment" else seats)[SEGMENTS.index(row.segment), n * len(levers) + j] = 1.0
        usual = held * (1.0 - lapse) + free * h
        left = -usual
        left[:, -1] += _one_a_segment(now.workers, now.own)
        entering = np.minimum(growth, 0.0) + like * np.maximum(growth, 0.0)
        own = _after_moves(usual + enrolled, rates, _one_a_segment(now.workers, now.own), like[:, 0]) * (1.0 + entering)
        now = step(now, _without_levers(rates))
        yield _Year(left, enrolled, own, seats, _one_a_segment(now.workers, now.own))


def _one_a_segment(value: Array | float, like: Array) -> Array:
    """One number a segment."""
    return np.broadcast_to(np.asarray(value, dtype=float), like.shape)[:, 0, 0]


def _after_moves(own: Array, rates: Rates, workers: Array, like: Array) -> Array:
    """Covered after the moves: a mover keeps cover with the probability keep, or is covered as those there."""
    out, keep = own.copy(), np.asarray(rates.keep).item()
    for i, row in enumerate(rates.moves):
        for j, share in enumerate(row):
            if i != j and i < len(own) and j < len(own):
                part = np.asarray(share).item()
                out[i] -= part * own[i]
                out[j] += (1.0 - like[j]) * keep * part * own[i] + like[j] * part * workers[i] / workers[j] * own[j]
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


def limits_of(
    course: Course, levers: pd.DataFrame, years: list[_Year], budget: int | Mapping[str, int] | None
) -> _Limits:
    capacity, cost = _number_or_endless(levers["capacity"]), _number_or_endless(levers["cost"])
    everybody = max(course.start.workers.sum(), *(now.workers.sum() for now in years))
    rows, high, most = [], [], np.empty((len(years), len(levers)))
    for n, now in enumerate(years):
        # Nobody is enrolled whom the usual course enrols or loses this year, and nobody has a seat twice.
        for room, ends in ((now.enrolled - now.left, 0.0), (now.seats + now.own, now.workers)):
            rows.append(room[:, :-1])
            high.append(ends - room[:, -1])
        asked = [*_money_rows(levers, cost, budget, n, len(years)), *_growing_rows(levers, capacity, n, len(years))]
        rows += [row[np.newaxis] for row, _ in asked]
        high.append(np.array([end for _, end in asked]))
        most[n] = _most(levers, capacity, course.years[n + 1], everybody)
    covered = np.array([(now.own + now.seats).sum(axis=0) for now in years])
    return _Limits(
        np.concatenate(rows),
        np.concatenate(high),
        most.ravel(),
        np.tile(cost, len(years)),
        covered[:, :-1],
        covered[:, -1],
        np.array([now.workers.sum() for now in years]),
    )


def _number_or_endless(column: pd.Series) -> Array:
    """Numbers of a column, without end where none is given."""
    return pd.to_numeric(column).astype("Float64").fillna(np.inf).to_numpy(dtype=float)


def _most(levers: pd.DataFrame, capacity: Array, year: int, everybody: float) -> Array:
    seats = (levers["kind"] == "seats").to_numpy()
    most = np.minimum(np.where(seats, _number_or_endless(levers["most"]), capacity), everybody)
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
    """Seats are at most so many more than the year before."""
    for j in np.flatnonzero((levers["kind"] == "seats").to_numpy() & np.isfinite(capacity)):
        row = np.zeros((years, len(levers)))
        row[n, j] = 1.0
        row[n - 1 if n else n, j] -= 1.0 if n else 0.0
        yield row.ravel(), float(capacity[j])


def solved(cost: Array, limits: _Limits, rows: Array | None = None, high: Array | None = None) -> tuple[Array, Array]:
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


def least_cost(limits: _Limits, goal: float, best: float, last: int) -> Array:
    """The cheapest x with which `goal`, or the best that any reaches, is reached in the last year."""
    people = limits.workers[last - 1]
    asked = min(goal, best - HAIR) * people - limits.covered_anyway[last - 1]
    cost = limits.cost / max(limits.cost.max(), 1.0)
    return solved(cost, limits, -limits.covered[last - 1], np.array([-asked]))[0]


def ceiling_of(limits: _Limits, duals: Array, last: int) -> float:
    """A rate that no mix exceeds in the last year: the bound at the head of the module, widened by what rounding can do."""
    covered, y = limits.covered[last - 1], np.maximum(-duals, 0.0)
    terms = [limits.high * y, limits.most * np.maximum(covered - limits.rows.T @ y, 0.0)]
    size = [np.abs(limits.high) * y, limits.most * (np.abs(covered) + np.abs(limits.rows).T @ y)]
    bound = sum(float(term.sum()) for term in terms) + 1e-12 * sum(float(term.sum()) for term in size)
    return min((float(limits.covered_anyway[last - 1]) + bound) / float(limits.workers[last - 1]), 1.0)


def path_of(course: Course, levers: pd.DataFrame, x: Array, last: int) -> list[float]:
    """The rate today and in each year with these persons, as `projection.model.step` gives it."""
    now, out = course.start, []
    for n in range(last + 1):
        if n:
            added = x.reshape(-1, len(levers))[n - 1]
            staff, seats = (_persons_by_segment(added, levers, kind) for kind in ("enrolment", "seats"))
            now = step(
                now, _without_levers(course.rates[n - 1])._replace(take_up=(1.0, 1.0), capacity=staff, public=seats)
            )
        out.append(float((now.own + now.company + now.public).sum() / now.workers.sum()))
    return out


def _persons_by_segment(persons: Array, levers: pd.DataFrame, kind: str) -> list[float]:
    of_kind = levers["kind"] == kind
    return [float(persons[((levers["segment"] == s) & of_kind).to_numpy()].sum()) for s in SEGMENTS]


def _without_levers(rates: Rates) -> Rates:
    return rates._replace(take_up=(0.0, 0.0), company=(0.0, 0.0), public=(0.0, 0.0))
