r"""How far coverage goes under a scenario: workers and covered carried forward, year by year, for many draws.

In segment $s$ (wage earners PU, non-wage workers BPU) and year $t$ there are $W$ workers, of whom $C$ are
covered on their own account, and others on a seat that a company or a public budget pays for. One
year, in this order, which is part of the definition:

0. People on a seat that was paid for until last year's end return to the uncovered; the share $r$ of them
   stays on their own account. (They do so each year, also where funding goes on and others take their seats; not so
   agencies' staff.)
1. Of the covered on their own account the share $l$ lapses; of the uncovered $U = W - C$ the share $h$ enrols.
   A lever enrols the share $x$ of $V = U(1-h-l)$, at most its capacity: $C' = C(1-l) + U h + \min(x V, \text{capacity})$.
   $V$ and not $U(1-h)$, so that enrolment and lapse together stay within 1 whatever the lever.
2. Workers move between segments, all at once: the share $m_{ij}$ of the covered and uncovered of $i$ moves to
   $j$; a covered mover keeps cover with probability $k$.
3. $W$ grows by $g$; those who enter are uncovered; if $g < 0$ the covered leave in proportion:
   $C'' = C'(1 + \min(g, 0))$.
4. Paid seats in force at the year's end are filled from the uncovered, the companies' before the public ones, at
   most all of them. They neither lapse nor move within the year. Staff whom agencies must enrol hold such seats among
   the wage earners for as long as the mandate stands: enrolled once and left to lapse, they would be gone in a few years.

With one segment, constant shares and no seats (the test of this module):

    c_t = c* + (c_0 − c*)((1 − h − l)/(1 + g₊))^t,   c* = h/(g₊ + h + l),   g₊ = max(g, 0)

One yearly change can't tell $h$ from $l$: lapse, moves and keep are stated, and $h$ is solved so that the
last known year comes out (`enrolment_solved`), within $[0, 1-l]$; what had to be clipped is reported. Uncertain
values are drawn once a draw, each from a stream of its own (its name and the seed), so that scenarios share
them and a difference between two scenarios isn't noise. Draws are carried in blocks that stay in the
processor's cache; the result doesn't depend on the size of a block.

On base eligible today's workers are known within bounds: the total is drawn evenly between its bounds,
then the formal within what the total leaves them, the informal are the rest. That is a convention. On
base employed today's point is taken, with its confidence.

Arrays: segment first (PU, BPU), then case (one scenario in one place), draw last.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.projection.asked import fair_seed

Array = NDArray[Any]
PU, BPU = 0, 1
CELLS = 20_000  # cases times draws carried together: so many numbers a segment stay in the processor's cache


class Stocks(NamedTuple):
    """People at a year's end: arrays (segment, ...cells), in persons. The covered by who pays; company and public may be
    zeros that are broadcast."""

    workers: Array
    own: Array
    company: Array
    public: Array


class Rates(NamedTuple):
    """What happens in one year: shares 0 to 1 and persons, broadcastable to `Stocks`.

    `moves[i][j]` is a share of the origin i. A lever's `take_up` and `capacity` (x, persons) and the seats in
    force at the year's end, `company` and `public`, are listed by segment; 0.0 is none, and takes no time.
    """

    enrolment: Array | float
    lapse: Array | float
    growth: Array | float = 0.0
    moves: Sequence[Sequence[Array | float]] = ((0.0, 0.0), (0.0, 0.0))
    keep: Array | float = 1.0
    take_up: Sequence[Array | float] = (0.0, 0.0)
    capacity: Sequence[Array | float] = (np.inf, np.inf)
    company: Sequence[Array | float] = (0.0, 0.0)
    public: Sequence[Array | float] = (0.0, 0.0)
    stay: Array | float = 0.0


def step(now: Stocks, rates: Rates) -> Stocks:
    """One year later, in the order of events that the module's docstring gives.

    >>> year = step(Stocks(*np.array([[[100.0]], [[26.79]], [[0.0]], [[0.0]]])), Rates(0.08, 0.03, 0.012))
    >>> float(round((year.own / year.workers).item(), 6))  # (26.79 x 0.97 + 73.21 x 0.08) / 101.2
    0.314655
    """
    paid = now.company + now.public
    own = now.own + rates.stay * paid if paid.any() else now.own
    uncovered = now.workers - own
    own = own * (1.0 - rates.lapse)
    own += uncovered * rates.enrolment
    _enrol(own, uncovered, rates)
    workers = now.workers.copy()
    _move(workers, own, rates)
    workers *= 1.0 + rates.growth
    own *= 1.0 + np.minimum(rates.growth, 0.0)
    np.minimum(own, workers, out=own)  # the last bit of a product
    uncovered = workers - own
    company = _filled(rates.company, uncovered)
    return Stocks(workers, own, company, _filled(rates.public, uncovered))


def _none(value: Array | float) -> bool:
    return isinstance(value, float) and value == 0.0


def _enrol(own: Array, uncovered: Array, rates: Rates) -> None:
    """Adds to the covered whom levers enrol of those the usual course leaves uncovered."""
    if all(map(_none, rates.take_up)):
        return
    h, l = (np.broadcast_to(share, own.shape) for share in (rates.enrolment, rates.lapse))  # noqa: E741
    for s in range(len(own)):
        if not _none(rates.take_up[s]):
            own[s] += np.minimum(rates.take_up[s] * uncovered[s] * (1.0 - h[s] - l[s]), rates.capacity[s])


def _move(workers: Array, own: Array, rates: Rates) -> None:
    """Moves workers and covered between the segments, all at once."""
    flows = [
        (i, j, share * workers[i], share * own[i])
        for i, row in enumerate(rates.moves)
        for j, share in enumerate(row)
        if i != j and not _none(share)
    ]
    for i, j, leaving, covered in flows:
        workers[i] -= leaving
        workers[j] += leaving
        own[i] -= covered
        own[j] += rates.keep * covered


def _filled(seats: Sequence[Array | float], uncovered: Array) -> Array:
    """Seats filled from the uncovered, who are no longer uncovered then. Zeros of one draw where there are no seats."""
    if all(map(_none, seats)):
        return np.zeros((len(uncovered), *(1 for _ in uncovered.shape[1:])))
    filled = np.zeros_like(uncovered)
    for s in range(len(uncovered)):
        if not _none(seats[s]):
            np.minimum(seats[s], uncovered[s], out=filled[s])
            uncovered[s] -= filled[s]
    return filled


def _at_least_one(draws: int) -> None:
    if draws < 1:
        raise ValueError(f"{draws} draws were asked for; at least one is needed")


Begin = Callable[[slice], tuple[Stocks, Callable[[int], Rates]]]


def walked(begin: Begin, years: int, draws: int, block: int) -> Iterator[tuple[int, slice, Stocks]]:
    """The stocks of each year (0 is today) and block of draws; a block goes to the last year before the next begins."""
    _at_least_one(draws)
    for first in range(0, draws, block):
        part = slice(first, min(first + block, draws))
        now, rates = begin(part)
        yield 0, part, now
        for n in range(1, years + 1):
            now = step(now, rates(n))
            yield n, part, now


def in_block(cases: int) -> int:
    """How many draws of so many cases are carried together.

    >>> in_block(38), in_block(1)
    (526, 20000)
    """
    return max(1, CELLS // cases)


def carried(begin: Begin, years: int, draws: int, keep: Callable[[Stocks], Array], block: int) -> Array:
    """What `keep` takes of the stocks, today and after each of `years`: array (year, ..., draw).

    `begin(slice of the draws)` gives today's stocks and a function with the rates of the n-th year (1 is the first).

    >>> begin = lambda draws: (Stocks(*np.full((4, 1, 2), [[[100.0]], [[40.0]], [[0.0]], [[0.0]]])), lambda n: Rates(0.1, 0.1))
    >>> carried(begin, 2, 2, lambda s: s.own[0], block=2).round(1).tolist()
    [[40.0, 40.0], [42.0, 42.0], [43.6, 43.6]]
    """
    out = np.empty(0)
    for n, part, now in walked(begin, years, draws, block):
        kept = keep(now)
        if not out.size:
            out = np.empty((years + 1, *kept.shape[:-1], draws))
        out[n, ..., part] = kept
    return out


def uniforms(names: Iterable[str], draws: int, seed: int) -> dict[str, Array]:
    """For each name `draws` numbers between 0 and 1, from a stream that only the name and the seed decide.

    >>> one, two = uniforms(["lapse"], 2, seed=1), uniforms(["growth", "lapse"], 2, seed=1)
    >>> bool((one["lapse"] == two["lapse"]).all())
    True
    """
    _at_least_one(draws)
    fair_seed(seed)
    # Seats keep the numbers of "places", which pages called them first: a change of words moves no figure.
    streams = {name: hashlib.sha256(name.replace(".seats", ".places").encode()).digest()[:8] for name in names}
    return {
        name: np.random.default_rng([seed, int.from_bytes(stream)]).random(draws) for name, stream in streams.items()
    }


def enrolment_solved(
    before: Stocks, after: Stocks, lapse: Array | float, moves: Sequence[Sequence[Array | float]], keep: Array | float
) -> tuple[Array, Array]:
    """The enrolment h of each segment that leads from one year's covered to the next, and where it was clipped.

    `before` and `after` hold workers and own of both segments; lapse, moves and keep are shares as in `Rates`. The
    equations of the year are solved backwards; h is clipped to [0, 1 − lapse], and the second array is True where it was.

    >>> before = Stocks(*np.array([[[200.0], [400.0]], [[100.0], [20.0]], [[0], [0]], [[0], [0]]]))
    >>> after = step(before, Rates(np.array([[0.2], [0.05]]), 0.1, 0.01, ((0.0, 0.04), (0.02, 0.0)), 0.5))
    >>> enrolment_solved(before, after, 0.1, ((0.0, 0.04), (0.02, 0.0)), 0.5)[0].round(6).ravel().tolist()
    [0.2, 0.05]
    """
    out, back = moves[PU][BPU], moves[BPU][PU]
    workers = before.workers.astype(float)
    _move(workers, np.zeros_like(workers), Rates(0.0, 0.0, moves=moves))
    own = after.own / np.minimum(after.workers / workers, 1.0)  # before those who left
    # own = M C' for the two segments, where M holds who stays and who moves and keeps cover.
    stay_pu, stay_bpu, to_pu, to_bpu = 1.0 - out, 1.0 - back, keep * back, keep * out
    determinant = stay_pu * stay_bpu - to_pu * to_bpu
    enrolled = np.stack(
        [(stay_bpu * own[PU] - to_pu * own[BPU]) / determinant, (stay_pu * own[BPU] - to_bpu * own[PU]) / determinant]
    )
    h = (enrolled - before.own * (1.0 - lapse)) / (before.workers - before.own)
    fair = np.clip(h, 0.0, 1.0 - lapse)
    return fair, np.abs(h - fair) > 1e-12
