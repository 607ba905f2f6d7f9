"""The linear program behind the claims, in whole persons, solved by HiGHS; every bound can be proved exactly.

One model holds all rows. To test some claims, the rows of the others are opened; to bound a figure,
the objective is changed in place. HiGHS's own search for a conflict isn't used: it came back empty.
Nothing is scaled to millions: in units of 100 million people an error of one person goes unnoticed.

Figures that no row joins, however far round, say nothing of each other. So the model is kept in parts, each with
a HiGHS model of its own: 514 districts are 514 small programs, and one that hasn't changed isn't solved again.

Searches for the fewest of something can take for ever. Within `effort` each of them (`search`) is given so much work,
counted in solver calls, so that it ends at the same place everywhere; what it left out is noted.

A bound is proved from the dual values y, taken as fractions, whatever they are: for x within its limits

    c·x  =  y·(A x) + (c − A'y)·x  ≥  sum over rows of min(y l, y h)  +  sum over figures of min(d·0, d·CAP),  d = c − A'y

so that a slip of floating point can widen a bound and never make it too narrow. CAP is a figure's own printed end
where it has one, so that the slip of the last binary digit, times CAP, is no whole person.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import combinations
from math import inf
from typing import NamedTuple

import highspy
import numpy as np

from analysis.press.statements import Figure, Row, figures_of
from analysis.schema import grouped

CAP = 10**12  # a hundred times more people than there are: what isn't bounded below this isn't bounded
WORK = 10_000  # solver calls on a small model that one search may take; each fifty rows count as one more
_OPTIMAL = highspy.HighsModelStatus.kOptimal
_CONFLICT = highspy.HighsModelStatus.kInfeasible
_OPEN = (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible)
_LIMITS = (highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kSolutionLimit)
_NODES = 10_000
_DUAL, _PRIMAL = 1, 4  # HiGHS' numbers; what grows without end is sometimes seen by primal steps only
_TINY = 1e-9
_HAIR = Fraction(1, 10**11)

Terms = Mapping[Figure, Fraction]


class Bound(NamedTuple):
    """One end of what a sum of figures can be: None is open; the claims it rests on."""

    value: Fraction | None
    rests_on: tuple[str, ...]


class Optimum(NamedTuple):
    """The solver's own least of a cost: where it is, and the prices (by row) that prove it."""

    cost: Terms
    value: Fraction
    duals: Mapping[int, float]
    point: Sequence[float]


class SpentError(ArithmeticError):
    """The work or the time there was is spent; see `effort`."""


class Effort:
    """What may still be spent on one set of claims, and what had to be left out.

    A class, because every solver call within draws on it.
    """

    def __init__(self, work: float, seconds: Callable[[], float], told: Callable[[str], None]):
        self.work, self.seconds, self.told = work, seconds, told
        self.limited = work < inf
        self.left: float = inf
        self.left_out: list[str] = []

    def pay(self, work: float) -> None:
        """Take so much from what is left; SpentError if nothing is, or if time is up."""
        self.left -= work
        if self.left < 0 or self.seconds() <= 0:
            raise SpentError


_EFFORT: ContextVar[Effort | None] = ContextVar("effort", default=None)


@contextmanager
def effort(
    work: float | None = None, seconds: Callable[[], float] | None = None, told: Callable[[str], None] | None = None
) -> Iterator[Effort]:
    """Within this, each `search` ends after so much work, and everything once no `seconds` are left; `told` hears of each.

    What isn't given is that of the one around it, or else no limit.

    >>> with effort(WORK) as spent:
    ...     with search("an endless search"):
    ...         while True:
    ...             pay(1)
    >>> spent.left_out
    ['an endless search']
    """
    outer = _EFFORT.get() or Effort(inf, lambda: inf, lambda _: None)
    new = Effort(work or outer.work, seconds or outer.seconds, told or outer.told)
    token = _EFFORT.set(new)
    try:
        yield new
    finally:
        _EFFORT.reset(token)


@contextmanager
def search(name: str) -> Iterator[None]:
    """A search that may be left out: where its share of work is spent, or the solver gives up, its name is noted.

    A search within another is part of it, and ends it. Without a limit nothing is left out.
    """
    spent = _EFFORT.get()
    if spent is None or not spent.limited or spent.left < inf:
        yield
        return
    spent.told(name)
    spent.left = spent.work
    try:
        yield
    except ArithmeticError:
        spent.left_out += [name] if name not in spent.left_out else []
    finally:
        spent.left = inf


def pay(work: float) -> None:
    """Count this much work, in solver calls on a small model; see `effort`."""
    if spent := _EFFORT.get():
        spent.pay(work)


class Program:
    """All rows, in parts that have no figure in common, of which the claims can be switched on and off."""

    def __init__(self, rows: Sequence[Row], somebody: Collection[Figure] = ()):
        """`somebody`: the figures that are at least one person, because a share of them is printed.

        Without that, two rates of one place would agree on nobody.
        """
        self.rows, self.somebody = list(rows), somebody
        self.parts = [Part(joined, somebody) for joined in _sharing_figures(self.rows)]
        self.figures = list(figures_of(self.rows))
        self.part_of = {figure: part for part in self.parts for figure in part.figures}
        self.of_claim = {claim: part for part in self.parts for claim in part.of_claim}
        self.kept = {row.claim_id for row in self.rows if row.claim_id}
        self._together: dict[tuple[int, ...], Part] = {}

    def rows_of(self, claim: str) -> list[Row]:
        """The rows of a claim."""
        return self.of_claim[claim].rows_of(claim) if claim in self.of_claim else []

    def keep(self, claims: Collection[str]) -> None:
        """Have these claims in force and no others."""
        self.kept = set(claims)

    def fresh(self) -> None:
        """Forget what was solved: on which claims a bound rests may depend on the solution that a search starts from."""
        for part in self.parts:
            part.fresh()
        self._together.clear()

    def feasible(self, claims: Collection[str] | None = None) -> bool:
        """Whether the claims in force (or these) can be true together."""
        if claims is not None:
            self.keep(claims)
        pay(len(self.parts) / 100)
        return all(part.feasible(self.kept) for part in self.parts)

    def bound(self, terms: Terms, least: bool, certified: bool = True) -> Bound:
        """The least (or most) that a sum of figures can be; the claims in force must be consistent.

        `certified` proves the value in exact arithmetic; else it is the solver's own.
        """
        return self._part(terms).bound(terms, least, certified)

    def ratio(self, top: Terms, base: Terms, least: bool, certified: bool = True) -> Bound:
        """The least (or most) share of `base` that `top` can be, where base is at least one person."""
        return self._part([*top, *base]).ratio(top, base, least, certified)

    def _part(self, figures: Iterable[Figure]) -> "Part":
        """The part that holds these figures, with the claims in force; of several, one that joins them."""
        parts = list(dict.fromkeys(self.part_of[figure] for figure in figures))
        part = parts[0]
        if len(parts) > 1:
            key = tuple(map(id, parts))
            if key not in self._together:
                self._together[key] = Part([row for one in parts for row in one.rows], self.somebody)
            part = self._together[key]
        part.keep(self.kept)
        return part


def _sharing_figures(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows in groups that have no figure in common, in the order of their first rows."""
    leader: dict[Figure, Figure] = {}

    def first(figure: Figure) -> Figure:
        while (above := leader.setdefault(figure, figure)) != figure:
            leader[figure] = leader[above]
            figure = above
        return figure

    about = [row for row in rows if row.terms]  # "100 % of all" says nothing
    for row in about:
        one, *others = row.terms
        for other in others:
            leader[first(other)] = first(one)
    return list(grouped((first(next(iter(row.terms))), row) for row in about).values())


class Part:
    """Rows in one HiGHS model, of which the claims can be switched on and off.

    A class, because the model and the claims that are in force must not be told apart.
    """

    def __init__(self, rows: Sequence[Row], somebody: Collection[Figure] = ()):
        self.rows, self.somebody = list(rows), somebody
        self.figures = list(figures_of(rows))
        self.column = {figure: at for at, figure in enumerate(self.figures)}
        self.of_claim = grouped((row.claim_id, at) for at, row in enumerate(self.rows) if row.claim_id)
        self.kept = set(self.of_claim)
        alone = (row for row in self.rows if row.claim_id and list(row.terms.values()) == [1])
        self.printed = grouped((next(iter(row.terms)), row) for row in alone)
        self.least = [int(figure in somebody) for figure in self.figures]
        self._known: dict[frozenset[str], bool] = {}
        self._priced: list[int] = []

    @cached_property
    def _highs(self) -> highspy.Highs:
        return _model(self.rows, self.column, self.least)

    def rows_of(self, claim: str) -> list[Row]:
        """The rows of a claim."""
        return [self.rows[at] for at in self.of_claim[claim]]

    def keep(self, claims: Collection[str]) -> None:
        """Have these claims in force and no others."""
        wanted = self.of_claim.keys() & claims
        for claim in sorted(self.kept ^ wanted):
            for at in self.of_claim[claim]:
                low, high = (self.rows[at].low, self.rows[at].high) if claim in wanted else (None, None)
                self._highs.changeRowBounds(at, *_ends_as_floats(low, high))
        self.kept = wanted

    def fresh(self) -> None:
        """Forget what was solved."""
        self._known.clear()
        if "_highs" in self.__dict__:
            self._highs.clearSolver()

    def feasible(self, claims: Collection[str] | None = None) -> bool:
        """Whether the claims in force (or these) can be true together."""
        if claims is not None:
            self.keep(claims)
        key = frozenset(self.kept)
        if key not in self._known:
            self._objective({})
            self._known[key] = self._solve() == _OPTIMAL  # without an objective nothing is unbounded
        return self._known[key]

    def bound(self, terms: Terms, least: bool, certified: bool = True) -> Bound:
        """The least (or most) that a sum of figures can be; the claims in force must be consistent.

        `certified` proves the value in exact arithmetic; else it is the solver's own.
        """
        found = self._least(terms, least)
        if found is None:
            return Bound(None, ())
        value = self._proved(found) if certified else found.value
        return Bound(value if least else -value, self._rests_on(found))

    def _least(self, terms: Terms, least: bool = True) -> Optimum | None:
        """Where a sum of figures is least, or else most, which is where its opposite is least."""
        cost = terms if least else {figure: -amount for figure, amount in terms.items()}
        self._objective(cost)
        if self._solve() != _OPTIMAL:
            return None
        solution = self._highs.getSolution()
        duals = {at: dual for at, dual in enumerate(solution.row_dual) if abs(dual) > _TINY}
        return Optimum(cost, Fraction(self._highs.getObjectiveValue()), duals, solution.col_value)

    def _rests_on(self, found: Optimum) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.rows[at].claim_id for at in found.duals if self.rows[at].claim_id))

    def ratio(self, top: Terms, base: Terms, least: bool, certified: bool = True) -> Bound:
        """The least (or most) share of `base` that `top` can be, where base is at least one person.

        By Dinkelbach: the share λ is right when the least of top − λ base is 0; each step takes λ from the point
        found, or from the direction in which it falls without end. Rates come out as fractions; a proof adds
        what is missing to 0, over the least base.
        """
        for figure in base:
            self._highs.changeColBounds(self.column[figure], 1, highspy.kHighsInf)
        try:
            return self._dinkelbach(top, base, least, certified)
        finally:
            for at in (self.column[figure] for figure in base):
                self._highs.changeColBounds(at, self.least[at], highspy.kHighsInf)

    def _dinkelbach(self, top: Terms, base: Terms, least: bool, certified: bool) -> Bound:
        sign = 1 if least else -1
        smallest = self._least(base)
        share = self._share(top, base, smallest.point if smallest else self._highs.getSolution().col_value)
        hair = Fraction(0)
        for _ in range(100):
            terms = _minus(top, base, share or Fraction(0))
            found = self._least(terms, least)
            if share is None or (found is None and not self._highs.getPrimalRay()[1]):  # type: ignore[attr-defined]
                return Bound(None, ())
            if found is None:
                better = self._share(top, base, self._highs.getPrimalRay()[2])  # type: ignore[attr-defined]
                # Beyond the share of that direction nothing is reached: a hair less can be proved.
                share = better - sign * hair if better is not None else None
                hair = max(10 * hair, _HAIR)
                continue
            better = self._share(top, base, found.point)
            if found.value >= -Fraction(1, 10**6) or better == share:
                slack = min(self._proved(found) if certified else found.value, Fraction(0))
                if slack and smallest:
                    slack /= max(self._proved(smallest) if certified else smallest.value, Fraction(1))
                return Bound(share + sign * slack, self._rests_on(found))
            share = better
        raise ArithmeticError("a share did not settle in 100 steps")

    def _share(self, top: Terms, base: Terms, values: Sequence[float]) -> Fraction | None:
        """What share of `base` `top` is at this point or in this direction; None if there is no base."""
        over, under = (
            sum((amount * Fraction(values[self.column[f]]) for f, amount in terms.items()), Fraction(0))
            for terms in (top, base)
        )
        return (over / under).limit_denominator(10**9) if under > _TINY else None

    def _objective(self, terms: Terms) -> None:
        for at in self._priced:
            self._highs.changeColCost(at, 0)
        for figure, value in terms.items():
            self._highs.changeColCost(self.column[figure], float(value))
        self._priced = [self.column[figure] for figure in terms]

    def _solve(self) -> highspy.HighsModelStatus:
        pay(1 + len(self.rows) / 50)
        return _solved(self._highs)

    def _proved(self, found: Optimum) -> Fraction:
        """A lower bound of cost·x that exact arithmetic proves; the better of plain and raw dual values."""
        plain = self._weak(found.cost, {at: _exact_dual(dual) for at, dual in found.duals.items()})
        if abs(plain - found.value) < Fraction(1, 10**4):
            return plain
        return max(plain, self._weak(found.cost, {at: Fraction(dual) for at, dual in found.duals.items()}))

    def _weak(self, cost: Terms, duals: Mapping[int, Fraction]) -> Fraction:
        total, rest = Fraction(0), dict(cost)
        for at, dual in duals.items():
            row = self.rows[at]
            end = row.low if dual > 0 else row.high
            if end is None or (row.claim_id and row.claim_id not in self.kept):
                continue  # a slip: this row holds nothing on that side
            total += dual * end
            for figure, amount in row.terms.items():
                rest[figure] = rest.get(figure, Fraction(0)) - dual * amount
        for figure, amount in ((figure, amount) for figure, amount in rest.items() if amount):
            total += amount * (self.least[self.column[figure]] if amount > 0 else self._most(figure))
        return total

    def _said_of(self, figure: Figure) -> list[Row]:
        """What the claims in force say of a figure alone."""
        return [row for row in self.printed.get(figure, []) if row.claim_id in self.kept]

    def _most(self, figure: Figure) -> Fraction | int:
        """The most a figure can be by the claims in force that speak of it alone."""
        return min((row.high for row in self._said_of(figure) if row.high is not None), default=CAP)

    def is_few(self, figure: Figure, few: int) -> bool:
        """Whether a figure can't reach so many people, by the claims in force that agree."""
        if any(row.low is not None and row.low > few for row in self._said_of(figure)):
            return False  # without a search: somebody prints more
        most = self.bound({figure: Fraction(1)}, False, certified=False).value
        return most is not None and most < few


@lru_cache(maxsize=10_000)
def _exact_dual(dual: float) -> Fraction:
    return Fraction(dual).limit_denominator(10**7)


def _solved(highs: highspy.Highs) -> highspy.HighsModelStatus:
    """Optimal, infeasible or open. From the last solution first, then from nothing, by interior points, by primal steps.

    Raises ArithmeticError when none of them comes to an end: that must not pass for a conflict. Within `effort`
    a search for whole numbers ends after `_NODES` branches, or when time is up, with SpentError.
    """
    if (spent := _EFFORT.get()) and spent.limited:
        highs.setOptionValue("mip_max_nodes", _NODES)
        if (seconds := spent.seconds()) < inf:
            highs.setOptionValue("time_limit", highs.getRunTime() + max(seconds, 0.1))
    for solver, strategy in (("choose", _DUAL), ("simplex", _DUAL), ("ipm", _DUAL), ("simplex", _PRIMAL)):
        if solver != "choose":
            highs.clearSolver()
            highs.setOptionValue("solver", solver)
            highs.setOptionValue("simplex_strategy", strategy)
        highs.run()
        status = highs.getModelStatus()
        if status in (_OPTIMAL, _CONFLICT, *_OPEN):
            if solver != "choose":
                highs.setOptionValue("solver", "choose")
                highs.setOptionValue("simplex_strategy", _DUAL)
            return status
        if spent and spent.limited and status in _LIMITS:
            raise SpentError
    raise ArithmeticError(f"the solver gave up ({status.name}); nothing can be said of these figures")


def _minus(top: Terms, base: Terms, share: Fraction) -> dict[Figure, Fraction]:
    terms = {figure: Fraction(amount) for figure, amount in top.items()}
    for figure, amount in base.items():
        terms[figure] = terms.get(figure, Fraction(0)) - share * amount
    return terms


def _ends_as_floats(low: Fraction | None, high: Fraction | None) -> tuple[float, float]:
    infinite = highspy.kHighsInf
    return (-infinite if low is None else float(low), infinite if high is None else float(high))


def _model(rows: Sequence[Row], column: Mapping[Figure, int], least: Sequence[int]) -> highspy.Highs:
    highs = _quiet()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(column), len(rows)
    lp.col_cost_, lp.col_lower_ = np.zeros(len(column)), np.array(least, float)
    lp.col_upper_ = np.full(len(column), highspy.kHighsInf)
    ends = [_ends_as_floats(row.low, row.high) for row in rows]
    lp.row_lower_, lp.row_upper_ = np.array([low for low, _ in ends]), np.array([high for _, high in ends])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(row.terms) for row in rows)])
    lp.a_matrix_.index_ = np.array([column[figure] for row in rows for figure in row.terms])
    lp.a_matrix_.value_ = np.array([float(amount) for row in rows for amount in row.terms.values()])
    highs.passModel(lp)
    return highs


def _quiet() -> highspy.Highs:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("presolve", "off")  # so that a solve starts from the last one
    # For whole numbers: this search for a first answer takes twenty times as long as finding the best of so few.
    highs.setOptionValue("mip_heuristic_run_feasibility_jump", False)
    return highs


class Clash(NamedTuple):
    """Claims of which at least so many have to go: of a smallest conflict one, of values that all differ all but one."""

    members: tuple[str, ...]
    least: int = 1


def fewest(clashes: Iterable[Clash], order: Sequence[str], times: Mapping[str, int] | None = None) -> tuple[str, ...]:
    """The smallest choice from `order` that has enough members of every clash; of equal ones, the later members.

    `times` says of a member how many it counts as (one, if it isn't there).

    >>> fewest([Clash(("a", "b")), Clash(("b", "c"))], order=["a", "b", "c"])
    ('b',)
    >>> fewest([Clash(("a", "b", "c"), 2)], order=["a", "b", "c"], times={"c": 5})
    ('a', 'b')
    """
    wanted = list(clashes)
    times = times or {}
    for few in range(3 if len(order) <= 40 and not times else 0):  # the usual answer, without building a model
        for choice in combinations(reversed(order), few):
            if all(len({*clash.members} & {*choice}) >= clash.least for clash in wanted):
                return tuple(reversed(choice))
    column = {name: at for at, name in enumerate(order)}
    highs = _quiet()
    size = len(order)
    for at, name in enumerate(order):  # far less than one for all together, so that the answer is always the same one
        highs.addVar(0, 1)
        highs.changeColCost(at, times.get(name, 1) - at / (size * (size + 1) * 10))
        highs.changeColIntegrality(at, highspy.HighsVarType.kInteger)
    for clash in wanted:
        places = np.array(sorted(column[name] for name in clash.members), dtype=np.int32)
        highs.addRow(clash.least, highspy.kHighsInf, len(places), places, np.ones(len(places)))
    for gap in ("mip_rel_gap", "mip_abs_gap"):
        highs.setOptionValue(gap, 0.0)
    pay(10 + len(wanted) / 50)
    _solved(highs)
    values = highs.getSolution().col_value
    return tuple(name for name, at in column.items() if values[at] > 0.5)


def whole(rows: Sequence[Row], integer: Collection[Figure], somebody: Collection[Figure]) -> bool:
    """Whether the rows can hold with the figures `integer` whole numbers of people.

    The rows are multiplied out to whole coefficients first, so that a row that is broken is broken by 1.
    """
    figures = list(figures_of(rows))
    column = {figure: at for at, figure in enumerate(figures)}
    highs = _model([_multiplied(row) for row in rows], column, [int(f in somebody) for f in figures])
    for figure in integer:
        highs.changeColIntegrality(column[figure], highspy.HighsVarType.kInteger)
    highs.setOptionValue("presolve", "choose")
    pay(10 + len(rows) / 50)
    return _solved(highs) == _OPTIMAL


def _multiplied(row: Row) -> Row:
    numbers = [*row.terms.values(), *(end for end in (row.low, row.high) if end is not None)]
    times = Fraction(np.lcm.reduce([number.denominator for number in numbers], dtype=object))
    low, high = (None if end is None else end * times for end in (row.low, row.high))
    return row._replace(terms={figure: amount * times for figure, amount in row.terms.items()}, low=low, high=high)
