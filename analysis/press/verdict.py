"""What can be true together: the verdict on a set of claims, and how tightly it pins every figure down.

`verdict` says whether the claims conflict, which few of them do, and what would make them agree;
`ranges` gives for every figure and rate the least and the most it can be, with the claims that this
rests on. Both take claims as `claims_of` reads them: those of one article, or of several of one place and date.

The tests behind it have been used apart before: the audit of tables with suppressed cells (Fischetti and
Salazar 2001), the fewest fields in error (Fellegi and Holt 1976), and whether a mean or a share can
come from so many whole people (GRIM: Brown and Heathers 2017).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, inf
from typing import NamedTuple

from analysis.press.program import Bound, Clash, Part, Program, SpentError, fewest, search, whole
from analysis.press.statements import (
    Claim,
    Figure,
    Quantity,
    Row,
    identities,
    linear_rows,
    quantities,
    segments_left,
    with_more_segments,
)
from analysis.schema import grouped

NOTHING, CONSISTENT = "nothing to test", "consistent"
THOUSANDS, CUT = "consistent if counts are rounded to thousands", "consistent if figures were cut off"
SEGMENTS = "consistent if there are other segments"
WHOLE, INCONSISTENT = "impossible for whole people", "inconsistent"
UNTRIED = "not tried"  # where the time or the work there was is spent; never without a limit (`program.effort`)
VERDICTS = (INCONSISTENT, WHOLE, UNTRIED, SEGMENTS, CUT, THOUSANDS, CONSISTENT, NOTHING)  # conflicts first
CONFLICTS = (INCONSISTENT, WHOLE)  # the others can be true
_NEAR = Fraction(1, 10**6)
_CLEARLY = Fraction(99, 100)  # a share less than this by the solver's own numbers is less than 1
FEW = 10_000  # below this many people, whole numbers matter beside percentages of two decimals
# Which interval of a claim; the first four in the order in which they are tried, from what is printed outwards.
READINGS = {"as printed": "printed", "thousands": "thousands", "cut off": "cut", "loose": "loose", "finer": "fine"}


Ids = tuple[str, ...]  # of claims


class Left(NamedTuple):
    """A whole that is more than the segments printed: how many people are left for those that aren't (None: open)."""

    whole: Figure
    low: int
    high: int | None


class Verdict(NamedTuple):
    """What `verdict` found; claims stand as their claim_id.

    conflict: the smallest set that can't be true together, with the identities that join it.
    remove: the fewest claims without which the rest is consistent. cut_off: the fewest claims that must be read as
    cut off; rounded: the fewest counts that must be read as rounded to thousands, beside them; others_too says whether
    that is one of several such choices. left: the fewest wholes that must have other segments.
    tested: the claims of which the others say something; not_tested: those that speak of something else.
    """

    verdict: str
    conflict: Ids = ()
    identities: Ids = ()
    remove: Ids = ()
    others_too: bool = False
    cut_off: Ids = ()
    tested: Ids = ()
    not_tested: Ids = ()
    rounded: Ids = ()
    left: tuple[Left, ...] = ()


class System(NamedTuple):
    """The claims as a linear system under one reading."""

    program: Program | Part
    about: dict[str, Quantity]


Test = Callable[[System, Collection[str] | None], bool]  # whether these claims of a system can be true


class Case:
    """Some claims with their linear systems, one a reading, each made when it is first asked for.

    A class, because verdict, corrections and bounds ask for the same ones. `complete` names places of which all parts
    stand in the claims.
    """

    def __init__(self, claims: Sequence[Claim], complete: Collection[str] = ()):
        self.claims, self.complete = claims, complete
        self._systems: dict[tuple, System] = {}

    @cached_property
    def about(self) -> dict[str, Quantity]:
        """What each claim is about, of those that speak of people covered, workers or targets."""
        return quantities(self.claims)

    @cached_property
    def by_id(self) -> dict[str, Claim]:
        """The claims by their names."""
        return {claim.claim_id: claim for claim in self.claims}

    @cached_property
    def figures(self) -> list[Figure]:
        """Whom the claims are about."""
        return list(dict.fromkeys(f for q in self.about.values() for f, _ in (*q.top, *q.base)))

    @cached_property
    def ways(self) -> list[str]:
        """The readings that differ from what is printed: none is of thousands where no count ends in 000."""
        rounded = any(claim.thousands != claim.printed for claim in self.claims)
        return list(READINGS)[1:4] if rounded else ["cut off"]

    @cached_property
    def has_finer(self) -> bool:
        """Whether a whole number of millions stands beside one with decimals."""
        return any(claim.fine != claim.printed for claim in self.claims)

    def read(self, reading: str = "as printed", cut: Collection[str] = (), more: Collection[Figure] = ()) -> System:
        """All rows of the claims, read one way; those in `cut` as cut off in any case; `more` as in `identities`."""
        key = reading, frozenset(cut), frozenset(more)
        if key not in self._systems:
            self._systems[key] = self._system(reading, cut, more)
        return self._systems[key]

    def _system(self, reading: str, cut: Collection[str], more: Collection[Figure]) -> System:
        rows = []
        for claim_id, quantity in self.about.items():
            ends = getattr(self.by_id[claim_id], READINGS["loose" if claim_id in cut else reading])
            rows += linear_rows(claim_id, quantity, *ends)
        rows += identities(self.figures, self.claims, self.complete, more)
        seen = {figure for row in rows for figure in row.terms}  # "more than 0 %" has no row of its own
        rows += [Row({figure: Fraction(1)}, Fraction(0), None, "") for figure in self.figures if figure not in seen]
        return System(Program(rows, [f for q in self.about.values() for f, _ in q.base]), self.about)

    def forget(self) -> None:
        """Let the systems go: the solver's models of many articles would fill the memory."""
        self._systems.clear()


def _by_part(system: System) -> list[System]:
    """The system in parts that say nothing of each other: no smallest conflict reaches beyond one of them."""
    if isinstance(system.program, Part):
        return [system]
    about: dict[int, dict[str, Quantity]] = {}
    of_claim = system.program.of_claim
    for claim, quantity in system.about.items():
        if claim in of_claim:
            about.setdefault(id(of_claim[claim]), {})[claim] = quantity
    parts = {id(part): part for part in system.program.parts}
    return [system._replace(program=parts[at], about=claims) for at, claims in about.items()]


def verdict(claims: Sequence[Claim], complete: Collection[str] = ()) -> Verdict:
    """Whether the claims can be true together: see `Verdict`.

    `complete` names places of which all parts (districts, provinces) stand in the claims. Claims that conflict as
    printed are read otherwise, the mildest first: counts that end in 000 rounded to thousands; figures cut off
    instead of rounded; both; and then the same once more with segments that nobody printed, where PU and BPU are
    less than their total (`with_more_segments`). Never "inconsistent" where one of these resolves it. Where both
    are needed the verdict is the graver one, and `rounded`, `cut_off` and `left` say all that is.

    >>> import pandas as pd; from analysis.press.statements import claims_of
    >>> frame = pd.DataFrame({"place": "Lampung", "period": "2023", "measure": ["covered", "workers", "coverage_rate"],
    ...                       "value_printed": ["731.991", "2,7 juta", "29,67"]})
    >>> found = verdict(claims_of(frame)); found.verdict, len(found.conflict)
    ('inconsistent', 3)
    >>> verdict(claims_of(frame.assign(value_printed=["573.000", "843.000", "67,95"]))).verdict
    'consistent if counts are rounded to thousands'
    """
    return verdict_of(Case(claims, complete))


def verdict_of(case: Case) -> Verdict:
    """As `verdict`, on claims whose systems are wanted again."""
    about = tuple(case.about)
    not_tested = tuple(c.claim_id for c in case.claims if c.claim_id not in case.about)
    if not about:
        return Verdict(NOTHING, not_tested=not_tested)
    printed = case.read()
    can_be = _breaks(printed)
    tested = about if can_be is _feasible else _tested(printed)
    if can_be is None:
        return Verdict(CONSISTENT if tested else NOTHING, tested=tested, not_tested=not_tested)
    for reading, more in _otherwise(case):
        if _whole_people(case.read(reading, more=more)):
            found = _read_otherwise(case, reading, more)
            return found._replace(tested=_with(tested, found.conflict, about), not_tested=not_tested)
    loosest = ways_to_read(case)[-1]
    test = _breaks(loosest) or _whole_people
    conflict = _smallest(loosest, test)
    remove, several = _fewest_to_remove(loosest, test)
    kind, joined = (WHOLE, ()) if test is _whole_people else (INCONSISTENT, _identities(loosest, conflict))
    return Verdict(kind, conflict, joined, remove, several, (), _with(tested, conflict, about), not_tested)


def _with(tested: Collection[str], conflict: Collection[str], about: Iterable[str]) -> Ids:
    return tuple(claim for claim in about if claim in {*tested, *conflict})


def _breaks(system: System) -> Test | None:
    """Which test the claims fail: that they can be true at all, or of whole people only; None if neither."""
    if not _feasible(system):
        return _feasible
    return None if _whole_people(system) else _whole_people


def _otherwise(case: Case) -> Iterator[tuple[str, tuple[Figure, ...]]]:
    """How claims that conflict as printed may be read instead, the mildest first."""
    yield from ((reading, ()) for reading in case.ways)
    if more := with_more_segments(case.figures):
        yield from ((reading, more) for reading in ("as printed", *case.ways))


def ways_to_read(case: Case) -> list[System]:
    """Claims that conflict however they are read: as printed and otherwise, the loosest last.

    Only those wholes are taken to have other segments whose own figures leave people for them: what else conflicts
    would lose what the parts of a whole say of each other.

    >>> import pandas as pd; from analysis.press.statements import claims_of
    >>> frame = pd.DataFrame({"place": "Lampung", "period": "2023", "measure": ["covered", "workers"], "value_printed": "9"})
    >>> len(ways_to_read(Case(claims_of(frame)))), len(ways_to_read(Case(claims_of(frame.assign(value_printed="9.000")))))
    (2, 4)
    """
    closed = [case.read(reading) for reading in ("as printed", *case.ways)]
    more = tuple(w for w in with_more_segments(case.figures) if _leaves_people(closed[-1], w))
    return [*closed, *([case.read(case.ways[-1], more=more)] if more else [])]


def _leaves_people(system: System, whole: Figure) -> bool:
    """Whether the figures of a whole and its segments alone agree only if there are other segments."""
    terms = segments_left(system.program.figures, whole)
    rows = [row for row in system.program.rows if row.claim_id and set(row.terms) <= set(terms)]
    open_, closed = (Program([*rows, Row(terms, Fraction(0), high, "")]) for high in (None, Fraction(0)))
    return open_.feasible() and not closed.feasible()


def _read_otherwise(case: Case, reading: str, more: tuple[Figure, ...]) -> Verdict:
    """The verdict on claims that agree under a reading, which of them must be read so, and what conflicts if not."""
    closed = case.read(reading if more else "as printed")
    conflict = _smallest(closed, _breaks(closed) or _whole_people)
    kind = SEGMENTS if more else THOUSANDS if reading == "thousands" else CUT
    wholes = _fewest_open(case.read(reading, more=more), more)

    def read(reading: str, cut: Collection[str] = ()) -> System:
        return case.read(reading, cut, wholes)

    cut_off: Ids = ()
    rounded: Ids = ()
    several = [False, False]
    if reading in ("cut off", "loose"):
        milder = read("thousands" if reading == "loose" else "as printed")
        cut_off, several[0] = _needed(milder, read(reading))
    if reading in ("thousands", "loose"):
        rounded, several[1] = _needed(read("as printed", cut_off), read("thousands", cut_off))
    last = read("thousands" if rounded else "as printed", cut_off)
    left = tuple(_left_for_others(last, whole) for whole in wholes)
    return Verdict(kind, conflict, _identities(closed, conflict), (), any(several), cut_off, rounded=rounded, left=left)


def _left_for_others(system: System, whole: Figure) -> Left:
    """How many people the segments printed of a whole leave for others."""
    terms = segments_left(system.program.figures, whole)
    system.program.keep(system.about)
    least, most = (system.program.bound(terms, end).value for end in (True, False))
    return Left(whole, _up(least) or 0, _down(most))


def agree(case: Case) -> bool:
    """Whether `verdict` is that the claims agree, as printed or read otherwise; what else it says isn't looked for.

    >>> import pandas as pd; from analysis.press.statements import claims_of
    >>> frame = pd.DataFrame({"place": "Lampung", "period": "2023", "measure": ["covered", "workers", "coverage_rate"],
    ...                       "value_printed": ["731.991", "2,7 juta", "26,79"]})
    >>> agree(Case(claims_of(frame))), agree(Case(claims_of(frame.head(1))))
    (True, False)
    """
    if not case.about:
        return False
    printed = case.read()
    if _whole_people(printed):
        return any(_is_tested(printed, claim) for claim in case.about)
    return any(_whole_people(case.read(how, more=more)) for how, more in _otherwise(case))


def _feasible(system: System, kept: Collection[str] | None = None) -> bool:
    return system.program.feasible(set(system.about) if kept is None else kept)


def _whole_people(system: System, kept: Collection[str] | None = None) -> bool:
    """Whether the claims hold for whole people: those figures that can't reach `FEW` are whole numbers."""
    claims = set(system.about) if kept is None else set(kept)
    if isinstance(system.program, Program):
        return system.program.feasible(claims) and all(
            _whole_people(part, part.about.keys() & claims) for part in _by_part(system)
        )
    if not system.program.feasible(claims):
        return False
    few = [figure for figure in system.program.figures if system.program.is_few(figure, FEW)]
    rows = [row for row in system.program.rows if not row.claim_id or row.claim_id in claims]
    return not few or whole(rows, [f for f in few if any(f in row.terms for row in rows)], system.program.somebody)


def _tested(system: System) -> Ids:
    """The claims of which the others say something. Raises SpentError where none was found when the work was spent."""
    found: list[str] = []
    joined = [claim for claim in system.about if not _is_alone(system, claim)]
    left = set(joined)
    with search("tested"):
        for claim in joined:
            found += [claim] if _is_tested(system, claim) else []
            left.discard(claim)
    if left and not found:
        raise SpentError
    return tuple(found)


def _is_alone(system: System, claim: str) -> bool:
    """Whether nothing joins a claim with another, so that none can say something of it."""
    part = system.program.of_claim.get(claim) if isinstance(system.program, Program) else None
    return isinstance(part, Part) and len(part.of_claim) == 1


def _is_tested(system: System, claim: str) -> bool:
    """Whether the others say something of a claim: without it, its figure is narrower than it need be."""
    others, quantity = system.about.keys() - {claim}, system.about[claim]
    system.program.keep(others)
    most = _bound_of(system.program, quantity, least=False, certified=False).value
    if most is not None and (not quantity.base or most < _CLEARLY):
        return True  # most are: without a proof, and without the other end
    return _narrowed(*range_of(system, claim, others))


def _narrowed(low: Fraction | None, high: Fraction | None, share: bool = False) -> bool:
    if share:  # with an open number of people a share comes as near to 0 or 1 as that allows
        return (low or 0) > _NEAR or (high is not None and high < 1 - _NEAR)
    return (low or 0) > 1 or high is not None


def enough_alone(system: System) -> list[str]:
    """The claims without any one of which the others can be true: none, where parts conflict that say nothing of each other.

    >>> import pandas as pd; from analysis.press.statements import claims_of
    >>> frame = pd.DataFrame({"place": "Lampung", "period": "2023", "measure": ["covered", "workers", "target_workers"],
    ...                       "value_printed": ["9", "7", "5"]})
    >>> enough_alone(Case(claims_of(frame)).read())
    ['claims#1', 'claims#2']
    """
    broken = [part for part in _by_part(system) if not _feasible(part)]
    if len(broken) != 1:
        return [] if broken else list(system.about)
    everything = set(broken[0].about)
    return [claim for claim in broken[0].about if _feasible(broken[0], everything - {claim})]


def range_of(system: System, claim_id: str, kept: Collection[str]) -> tuple[Fraction | None, Fraction | None, bool]:
    """The least and the most that the figure of a claim can be by the claims in `kept`; whether it is a share."""
    quantity = system.about[claim_id]
    system.program.keep(kept)
    low, high = (_bound_of(system.program, quantity, least).value for least in (True, False))
    return low, high, bool(quantity.base)


def by_other_figures(
    case: Case, cut: Collection[str] = (), more: Collection[Figure] = ()
) -> dict[str, tuple[Fraction | None, Fraction | None]]:
    """Between which values each printed figure could stand without conflicting with the others.

    What a misprint inside this range would be: unseen. By claim_id, persons or shares; None is open.

    >>> import pandas as pd; from analysis.press.statements import claims_of
    >>> frame = pd.DataFrame({"place": "Lampung", "period": "2023", "measure": ["covered", "workers", "coverage_rate"],
    ...                       "value_printed": ["731.991", "2,7 juta", "26,79"]})
    >>> low, high = by_other_figures(Case(claims_of(frame)))["claims#3"]; round(float(low), 4), round(float(high), 4)
    (0.2662, 0.2762)
    """
    read = case.read(cut=cut, more=more)
    ranges = {claim: range_of(read, claim, set(read.about) - {claim}) for claim in read.about}
    return {
        claim: (low if _narrowed(low, None, share) else None, high if _narrowed(None, high, share) else None)
        for claim, (low, high, share) in ranges.items()
    }


def _smallest(system: System, can_be: Test) -> Ids:
    """The smallest set of claims that can't be true together; of equal ones, the later claims."""
    order = {claim: at for at, claim in enumerate(system.about)}
    broken = [part for part in _by_part(system) if not can_be(part, part.about)]
    found = [_minimal(part, list(part.about), can_be) for part in broken]
    if not found or not all(found):
        raise ArithmeticError("the identities alone can't be solved; nothing can be said of these figures")
    with search("smallest"):
        for at, part in enumerate(broken):
            found[at] = _shortest(part, found[at], can_be)
    return min(found, key=lambda conflict: (len(conflict), -order[conflict[0]]))


def _shortest(system: System, known: Ids, can_be: Test) -> Ids:
    """The smallest conflict of a part, of which one from which no claim can be left out is known.

    Every such set meets the complement of every largest set that can be; so: choose the fewest that meet the
    complements known so far, and where those can be true together, add the complement of what they grow to.
    No conflict is smaller than such a choice, so that a known one of its size ends the search.
    """
    order = list(system.about)
    if len(known) == 1:
        return known
    for claim in reversed(order):
        if not can_be(system, [claim]):
            return (claim,)
    if len(known) == 2:
        return known
    if pairs := [_last_pair(values) for values in _values_by_figure(system, order) if _last_pair(values)]:
        return max(pairs, key=lambda pair: [order.index(claim) for claim in pair])
    apart: list[Clash] = []
    shortest = min(_apart(system, order, can_be), key=len)
    while can_be(system, chosen := fewest(apart, order) if apart else ()):
        if len(chosen) == len(shortest):
            return shortest
        kept = list(chosen)
        for claim in order:
            if claim not in kept and can_be(system, [*kept, claim]):
                kept.append(claim)
        apart.append(Clash(tuple(claim for claim in order if claim not in kept)))
    return chosen


def _apart(system: System, claims: Sequence[str], can_be: Test) -> list[Ids]:
    """Conflicts that have no claim in common, one after another until the rest can be true together."""
    found: list[Ids] = []
    rest = list(claims)
    while not can_be(system, rest):
        found.append(_minimal(system, rest, can_be))
        if not found[-1]:
            raise ArithmeticError("the identities alone can't be solved; nothing can be said of these figures")
        rest = [claim for claim in rest if claim not in found[-1]]
    return found


def _minimal(system: System, claims: Sequence[str], can_be: Test) -> Ids:
    """A conflict from which no claim can be left out (not always the smallest), of late claims rather than early ones.

    By halves (QuickXplain, Junker 2004): what leaving out one after another would end with, in far fewer looks.
    """

    def needed(beside: list[str], grown: bool, among: Sequence[str]) -> list[str]:
        if grown and not can_be(system, beside):
            return []
        if len(among) == 1:
            return list(among)
        half = len(among) // 2
        early, late = among[:half], among[half:]
        of_early = needed([*beside, *late], True, early)
        return of_early + needed([*beside, *of_early], bool(of_early), late)

    return tuple(needed([], True, claims)) if claims else ()


class Value(NamedTuple):
    """Between what a claim says that its figure lies."""

    low: Fraction | float
    high: Fraction | float
    claim: str


def _values_by_figure(system: System, claims: Collection[str]) -> list[list[Value]]:
    """What is printed of each figure, figure by figure."""
    printed = ((system.about[claim], claim) for claim in claims)
    values = (
        (quantity, _value_printed(claim, quantity, system.program.rows_of(claim)))
        for quantity, claim in printed
        if quantity.top  # without one the claim is no print of a figure
    )
    return list(grouped(values).values())


def _value_printed(claim: str, quantity: Quantity, rows: Iterable[Row]) -> Value:
    ends: dict[str, Fraction | float] = {"low": Fraction(0), "high": inf}
    for row in rows:
        if not quantity.base:
            return Value(row.low or Fraction(0), inf if row.high is None else row.high, claim)
        [(base, _)] = quantity.base  # a share l of the base is a row of top - l base
        share = dict(quantity.top).get(base, 0) - row.terms.get(base, Fraction(0))
        ends["low" if row.high is None else "high"] = share
    return Value(ends["low"], ends["high"], claim)


def _last_pair(values: Sequence[Value]) -> Ids:
    """The last two that exclude each other, if any do: no search finds a smaller conflict."""
    highest: Fraction | float = Fraction(0)
    lowest: Fraction | float = inf
    for at in reversed(range(len(values))):
        one = values[at]
        if one.high < highest or one.low > lowest:
            other = next(v for v in reversed(values) if one.high < v.low or one.low > v.high)
            return one.claim, other.claim
        highest, lowest = max(highest, one.low), min(lowest, one.high)
    return ()


def _values_apart(system: System, claims: Collection[str]) -> list[Clash]:
    """Of each figure that is printed with values that exclude each other, the most that do so: all but one must go."""
    found = []
    for values in _values_by_figure(system, claims):
        apart: list[Value] = []
        for value in sorted(values, key=lambda value: value.high):  # what ends first leaves most room
            if not apart or value.low > apart[-1].high:
                apart.append(value)
        if len(apart) > 1:
            found.append(Clash(tuple(value.claim for value in apart), len(apart) - 1))
    return found


def _fewest_to_remove(system: System, can_be: Test) -> tuple[Ids, bool]:
    """The fewest claims without which the rest can be true, and whether others would do as well."""
    chosen = [_fewest_of(part, can_be) for part in _by_part(system) if not can_be(part, part.about)]
    gone = {claim for remove, _ in chosen for claim in remove}
    return tuple(claim for claim in system.about if claim in gone), any(several for _, several in chosen)


def _fewest_of(system: System, can_be: Test) -> tuple[Ids, bool]:
    """As `_fewest_to_remove`, of one part. When the work is spent, enough and perhaps not the fewest."""
    alike = _alike(system)
    known: list[Clash] = []
    first, several = None, False
    with search("fewest"):
        first = _removed(system, can_be, known, alike)
    if first is None:
        with search("fewest"):
            return _to_remove(system, can_be), False
        return (), False
    size = sum(len(alike[claim]) for claim in first)
    with search("others"):  # another choice of this size lacks one of these
        others = (_removed(system, can_be, known, alike, claim, size) for claim in first)
        several = any(other is not None for other in others)
    gone = {claim for one in first for claim in alike[one]}
    return tuple(claim for claim in system.about if claim in gone), several


def _alike(system: System) -> dict[str, list[str]]:
    """Claims that say the very same of one figure, under the last of them: they all stay, or all go."""

    def said(claim: str) -> tuple:
        return tuple((tuple(row.terms.items()), row.low, row.high) for row in system.program.rows_of(claim))

    last = {claims[-1]: claims for claims in grouped((said(claim), claim) for claim in system.about).values()}
    return {claim: last[claim] for claim in system.about if claim in last}


def _to_remove(system: System, can_be: Test) -> Ids:
    """Claims without which the rest can be true, none of which could stay."""
    kept: list[str] = []
    for claim in system.about:
        if can_be(system, [*kept, claim]):
            kept.append(claim)
    return tuple(claim for claim in system.about if claim not in kept)


def _removed(
    system: System,
    can_be: Test,
    known: list[Clash],
    alike: Mapping[str, list[str]],
    stays: str = "",
    most: int | None = None,
) -> Ids | None:
    """The fewest claims (at most `most`, and not the one that `stays`) without which the rest can be true.

    They meet every conflict; where the rest conflicts nevertheless, its conflicts join `known`. Of claims that are
    `alike` one stands for all.
    """
    order = [claim for claim in alike if claim != stays]
    times = {claim: len(same) for claim, same in alike.items() if len(same) > 1}
    while True:
        left = [clash._replace(members=tuple(c for c in clash.members if c != stays)) for clash in known]
        if any(len(clash.members) < clash.least for clash in left):
            return None
        remove = fewest(left, order, times)
        if most is not None and sum(times.get(claim, 1) for claim in remove) > most:
            return None
        rest = [claim for claim in alike if claim not in remove]
        if can_be(system, rest):
            return remove
        known += _clashes(system, rest, can_be)


def _clashes(system: System, claims: list[str], can_be: Test) -> list[Clash]:
    """Conflicts without a claim in common: first of one figure's values, which are found by sorting, then all others."""
    differing = _values_apart(system, claims)
    gone = {claim for clash in differing for claim in clash.members}
    rest = [claim for claim in claims if claim not in gone]
    return differing + [Clash(conflict) for conflict in _apart(system, rest, can_be)]


def _needed(strict: System, loose: System) -> tuple[Ids, bool]:
    """The fewest claims that must be read as in `loose` for all to be true together; the others stay as in `strict`.

    And whether others would do as well.
    What a figure can be in `loose` holds in any case, so a claim that is left out of `strict` is one read so.
    """
    always = [row._replace(claim_id="") for row in loose.program.rows if row.claim_id]
    both = Program([*strict.program.rows, *always], strict.program.somebody)
    return _fewest_to_remove(strict._replace(program=both), _whole_people)


def _fewest_open(loose: System, more: Sequence[Figure]) -> tuple[Figure, ...]:
    """The fewest of the wholes in `more` that must have segments which nobody printed."""
    if not more:
        return ()
    names = {str(at): whole for at, whole in enumerate(more)}
    always = [row._replace(claim_id="") for row in loose.program.rows]
    figures = loose.program.figures
    closed = [Row(segments_left(figures, whole), None, Fraction(0), name) for name, whole in names.items()]
    choice = System(Program([*always, *closed], loose.program.somebody), dict.fromkeys(names, Quantity(())))
    return tuple(names[name] for name in _fewest_to_remove(choice, _whole_people)[0])


def _identities(system: System, conflict: Collection[str]) -> Ids:
    """The identities that join the claims of a conflict: those without which it would be none."""
    [part] = [part for part in _by_part(system) if part.about.keys() & conflict]
    rows = [row for row in part.program.rows if row.claim_id in conflict]
    kept = [row for row in part.program.rows if not row.claim_id]
    for rule in list(kept):
        rest = [row for row in kept if row is not rule]
        if not Program([*rows, *rest], part.program.somebody).feasible():
            kept = rest
    return tuple(dict.fromkeys(row.identity for row in kept))


RATES = {"covered": "coverage_rate", "target": "target_rate"}


class Range(NamedTuple):
    """What a figure, a rate or a share can be, if all claims are true: see `ranges`."""

    place: str
    date: str
    measure: str
    segment: str
    kind: str
    claim_ids: Ids
    low: int | float | None
    high: int | float | None
    rests_on: Ids
    fine_low: int | float | None = None
    fine_high: int | float | None = None


def ranges(case: Case, cut: Collection[str] = (), more: Collection[Figure] = ()) -> list[Range]:
    """The least and the most that every figure, rate and share can be, if all claims are true; each proved in exact arithmetic.

    One a figure: place, date, measure (covered, workers, target_workers, coverage_rate, target_rate, workers_share,
    covered_share), segment, kind (status, base or target year), claim_ids (those that print it), low and high
    (persons, whole; or shares, 0 to 1; None where nothing bounds it), fine_low and fine_high (where a whole number of
    millions may be exact to the decimals beside it), and rests_on.
    Claims in `cut` are read as cut off, and wholes in `more` may have segments that nobody printed; for counts
    rounded to thousands take a case of `as_thousands(claims)`. A search (`program.search`), so that some may be missing
    where the work is spent.

    Raises ValueError when the claims conflict; take `verdict` first, and leave out or correct.

    >>> import pandas as pd; from analysis.press.statements import claims_of
    >>> frame = pd.DataFrame({"place": "Lampung", "period": "2023", "measure": ["covered", "coverage_rate"],
    ...                       "value_printed": ["731.991", "26,79"]})
    >>> [(row.low, row.high) for row in ranges(Case(claims_of(frame))) if row.measure == "workers"]
    [(2731820, 2732839)]
    """
    rows = _ranges(case.read(cut=cut, more=more))
    fine = rows
    if case.has_finer:
        finer = case.read("finer", cut, more)
        with search("bounds"):
            fine = _ranges(finer) if finer.about and finer.program.feasible(set(finer.about)) else rows
        fine = fine if len(fine) == len(rows) else rows  # it is cut short when the work is spent
    return [row._replace(fine_low=own.low, fine_high=own.high) for row, own in zip(rows, fine, strict=True)]


def _ranges(system: System) -> list[Range]:
    program = system.program
    if not system.about:
        return []
    program.fresh()
    printed = grouped((quantity, claim_id) for claim_id, quantity in system.about.items())
    found: list[Range] = []
    with search("bounds"):
        if not program.feasible(set(system.about)):
            raise ValueError("the claims can't be true together, so nothing follows from them; see verdict()")
        found.extend(_all_ranges(program, printed))
    return found


def _all_ranges(program: Program | Part, printed: Mapping[Quantity, list[str]]) -> Iterator[Range]:
    for measure, figure, quantity in _wanted(program.figures):
        least, most = (_bound_of(program, quantity, end) for end in (True, False))
        low, high = least.value, most.value
        share = bool(quantity.base)
        yield Range(
            figure.place,
            figure.date,
            measure,
            figure.segment,
            figure.kind,
            claim_ids=tuple(printed.get(quantity, ())),
            low=_capped_share(measure, low) if share else _up(low),
            high=_capped_share(measure, high) if share else _down(high),
            rests_on=tuple(dict.fromkeys((*least.rests_on, *most.rests_on))),
        )


def _bound_of(program: Program | Part, quantity: Quantity, least: bool, certified: bool = True) -> Bound:
    top, base = ({f: Fraction(sign) for f, sign in terms} for terms in (quantity.top, quantity.base))
    return program.ratio(top, base, least, certified) if base else program.bound(top, least, certified)


def _wanted(figures: Sequence[Figure]) -> Iterable[tuple[str, Figure, Quantity]]:
    """Every figure, and every rate and share that can be taken of two of them."""
    there = set(figures)
    names = {"covered": "covered", "workers": "workers", "target": "target_workers"}
    for figure in figures:
        yield names[figure.what], figure, Quantity(((figure, 1),))
    for workers in figures:
        if workers.what != "workers" or workers.kind == "remaining potential":
            continue  # those who aren't covered yet have no rate of those who are
        for what, measure in RATES.items():
            for top in figures:
                if top.what == what and _same(top, workers) and (what == "target" or top.kind == "active"):
                    yield measure, top, Quantity(((top, 1),), ((workers, 1),))
    for part in figures:
        if part.segment == "BPU" and part.what in ("workers", "covered"):
            total = part._replace(segment="total")
            if total in there:
                yield f"{part.what}_share", part, Quantity(((part, 1),), ((total, 1),))


def _same(a: Figure, b: Figure) -> bool:
    return (a.place, a.date, a.segment) == (b.place, b.date, b.segment)


def _up(value: Fraction | None) -> int | None:
    return None if value is None else max(0, ceil(value))


def _down(value: Fraction | None) -> int | None:
    return None if value is None else floor(value)


def _capped_share(measure: str, value: Fraction | None) -> float | None:
    """A share of 0 to 1; but a target may be more than the workers there are."""
    if value is None:
        return None
    return float(max(value if measure == "target_rate" else min(value, Fraction(1)), Fraction(0)))
