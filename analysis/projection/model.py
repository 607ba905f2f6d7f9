r"""How far coverage goes under a scenario: workers and covered carried forward, year by year, for many draws.

In segment $s$ (wage earners PU, non-wage workers BPU) and year $t$ there are $W$ workers, of whom $C$ are
covered on their own account, and others on a seat that a company or a public budget pays for. One
year, in this order, which is part of the definition:

0. People on a seat that was paid for until last year's end return to the uncovered; the share $r$ of them
   stays on their own account. (They do so each year, also where funding goes on and others take their seats; not so
   agencies' staff.)
1. Of the covered on their own account the share $l$ leaves; of the uncovered $U = W - C$ the share $h$ comes in:
   $C' = C(1-l) + U h$. A lever enrols the share $x$ of $V = W - C'$, all who are left, at most its capacity:
   $C' \mathrel{+}= \min(x V, \text{capacity})$. A full lever leaves nobody.
2. Workers move between segments, all at once: the share $m_{ij}$ of the covered and uncovered of $i$ moves to $j$.
3. $W$ grows by $g$; if $g < 0$ the covered leave in proportion.
4. Paid seats in force at the year's end are filled from the uncovered, the companies' before the public ones, at
   most all of them. They neither lapse nor move within the year. Staff whom agencies must enrol hold such seats among
   the wage earners for as long as the mandate stands: enrolled once and left to lapse, they would be gone in a few years.

**The usual course is net.** How much a rate changes in a year is known, how many came and went isn't. With $d$ the year's change of
the logit (`projection.yearly`), $q = e^d$ and $c$ the rate that the place has in this draw when no lever is pulled (`net`),

    ρ = 1 / (1 − c + c q),   c' = c q ρ,   h = max(1 − ρ, 0),   l = max(1 − q ρ, 0)

one of $h$ and $l$ is 0: where the rate rises a share of the uncovered comes in, where it falls a share of the covered leaves, and
the same shares hold in every scenario of the draw. $c'$ lies between 0 and 1 for any $d$, without a bound that has to be held.
Who enters a segment, because $W$ grows or by a move, is covered as those who are there (`like` 1): what a rate did in the years
known has them in it.

**A gross flow** stands only where a lever works on it. Retention keeps the share κ of those who stop; how many stop, $L$ of the covered in
a year, is stated, and how many come follows from the net change (`retained`):

    L' = min(max(L, l), (1 − c')/c)      at least the net fall, and who has stopped is uncovered at the year's end
    h' = (c' − c + L' c) / (1 − c)       who comes then, between 0 and 1
    b' = b (1 − L'(1 − κ)) + (1 − b) h'  the rate with retention; b = c at the start, and with κ = 0 for ever

In a scenario with retention $h$ and $l$ are those of b. So an exit counts once, and the gain is the one that a lapse of $L(1 − κ)$ with
as many coming has: it levels off.

**Stated flows.** A scenario may state $h$ and $l$ itself, by segment; then who enters is uncovered (`like` 0), a covered mover keeps cover
with probability $k$, and retention takes the share κ off $l$. With one segment, constant shares and no seats (a test):

    c_t = c* + (c_0 − c*)((1 − h − l)/(1 + g₊))^t,   c* = h/(g₊ + h + l),   g₊ = max(g, 0)

Uncertain values are drawn once a draw, each from a stream of its own (its name and the seed), the yearly ones from one for each year,
so that scenarios share them and a difference between two scenarios isn't noise. Draws are carried in blocks that stay in the
processor's cache; the result doesn't depend on the size of a block.

On base eligible today's workers are known within bounds: the total is drawn evenly between its bounds,
then the formal within what the total leaves them, the informal are the rest. That is a convention. On
base employed today's point is taken.

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
    force at the year's end, `company` and `public`, are listed by segment; 0.0 is none, and takes no time. `like` is 1 where those
    who enter a segment are covered as those there, 0 where they come uncovered (or, of movers, with the share `keep`).
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
    like: Array | float = 0.0


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
    _enrol(own, now.workers, rates)
    workers = now.workers.copy()
    moved(workers, own, rates)
    workers *= 1.0 + rates.growth
    own *= 1.0 + np.minimum(rates.growth, 0.0) + rates.like * np.maximum(rates.growth, 0.0)
    np.minimum(own, workers, out=own)  # the last bit of a product
    uncovered = workers - own
    company = _filled(rates.company, uncovered)
    return Stocks(workers, own, company, _filled(rates.public, uncovered))


def _none(value: Array | float) -> bool:
    return isinstance(value, float) and value == 0.0


def _enrol(own: Array, workers: Array, rates: Rates) -> None:
    """Adds to the covered whom levers enrol of those who are left uncovered."""
    for s in range(len(own)):
        if not _none(rates.take_up[s]):
            own[s] += np.minimum(rates.take_up[s] * (workers[s] - own[s]), rates.capacity[s])


def moved(workers: Array, own: Array, rates: Rates) -> None:
    """Moves workers and covered between the segments, all at once."""
    like = np.broadcast_to(rates.like, own.shape) if not _none(rates.like) else None
    flows = [
        (
            i,
            j,
            share * workers[i],
            share * own[i],
            0.0 if like is None else share * like[j] * _part_of(own[j], workers[j]),
        )
        for i, row in enumerate(rates.moves)
        for j, share in enumerate(row)
        if i != j and not _none(share)
    ]
    of = [people.copy() for people in workers] if flows else []
    for i, j, leaving, covered, joining in flows:
        workers[i] -= leaving
        workers[j] += leaving
        own[i] -= covered
        own[j] += rates.keep * covered if like is None else (1.0 - like[j]) * rates.keep * covered + joining * of[i]


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


def at_least_one(draws: int) -> None:
    if draws < 1:
        raise ValueError(f"{draws} draws were asked for; at least one is needed")


Begin = Callable[[slice], tuple[Stocks, Callable[[int], Rates]]]


def walked(begin: Begin, years: int, draws: int, block: int) -> Iterator[tuple[int, slice, Stocks]]:
    """The stocks of each year (0 is today) and block of draws; a block goes to the last year before the next begins."""
    at_least_one(draws)
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
    at_least_one(draws)
    fair_seed(seed)
    # Seats keep the numbers of "places", which pages called them first: a change of words moves no figure.
    streams = {name: hashlib.sha256(name.replace(".seats", ".places").encode()).digest()[:8] for name in names}
    return {
        name: np.random.default_rng([seed, int.from_bytes(stream)]).random(draws) for name, stream in streams.items()
    }


class Net(NamedTuple):
    """What a place's rate does of itself: by year from the first one ahead, arrays (segment, place, draw).

    `coming` is h, `leaving` is l; `rate` is the rate without any lever.
    """

    coming: Array
    leaving: Array
    rate: Array


def net(rate: Array, q: Array) -> Net:
    """One year of a rate whose odds are multiplied by q: see the head of the module.

    >>> [x.round(4).tolist() for x in net(np.array([0.2, 0.2]), np.array([1.5, 0.5]))]  # odds 1/4 become 3/8 and 1/8
    [[0.0909, 0.0], [0.0, 0.4444], [0.2727, 0.1111]]
    """
    left = 1.0 / (1.0 - rate + rate * q)
    kept = q * left
    return Net(np.maximum(1.0 - left, 0.0), np.maximum(1.0 - kept, 0.0), np.minimum(rate * kept, 1.0))


def retained(now: Net, before: Array, rate: Array, lapse: Array, kept: Array) -> Net:
    """One year of a rate with retention: `before` and `now.rate` are the rate without, `rate` the one with it before the year.

    >>> here, after = np.array([0.2, 0.2]), net(np.array([0.2, 0.2]), np.array([1.0, 0.5]))
    >>> retained(after, here, here, np.array(0.25), np.array(0.4)).rate.round(4).tolist()
    [0.22, 0.1467]
    """
    stopping = np.minimum(np.maximum(lapse, now.leaving) * before, 1.0 - now.rate)
    coming = _part_of(now.rate - before + stopping, 1.0 - before)
    after = np.clip(
        rate * (1.0 - _part_of(stopping, before) * (1.0 - kept)) + (1.0 - rate) * coming, 0.0, 1.0
    )  # the last bit
    return Net(
        _part_of(np.maximum(after - rate, 0.0), 1.0 - rate), _part_of(np.maximum(rate - after, 0.0), rate), after
    )


def _part_of(part: Array, whole: Array) -> Array:
    """A part of a whole, 0 of nothing."""
    if np.min(whole) > 0:
        out: Array = part / whole  # as nearly always, and in half the time
        return out
    shape = np.broadcast_shapes(np.shape(part), np.shape(whole))
    return np.divide(part, whole, out=np.zeros(shape), where=np.broadcast_to(whole > 0, shape))
