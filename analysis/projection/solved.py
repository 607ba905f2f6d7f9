r"""The method that pages used until November 2026, kept so that the back-test can hold the present one against it.

Lapse, moves and the keeping of cover are assumed and drawn; enrolment h of each segment is solved in every draw so that the last
known year comes out, within [0, 1 − lapse], and carries on; the workers grow evenly by 0 to 3 %. As h makes up for whatever was
drawn, one year ahead next to nothing is left uncertain: its nine-in-ten range held 6 of 34 provinces.
"""

from collections.abc import Sequence

import numpy as np

from analysis.projection.model import BPU, PU, Array, Rates, Stocks, moved, step, uniforms

LAPSE = ((0.03, 0.15), (0.1, 0.4))  # share of the covered a year, PU and BPU
MOVES = (0.02, 0.1)  # share of the wage earners a year; as many move the other way
KEEP = (0.1, 0.5)  # share of the covered who move
GROWTH = (0.0, 0.03)  # of the workers, share a year


def a_year_on(before: Stocks, now: Stocks, draws: int, seed: int) -> Stocks:
    """The stocks a year after `now`, whose year before was `before`: arrays (segment, place, draw).

    >>> stocks = lambda own: Stocks(*np.array([[[1000.0], [2000.0]], own, [[0.0], [0.0]], [[0.0], [0.0]]])[..., None])
    >>> later = a_year_on(stocks([[400.0], [100.0]]), stocks([[420.0], [120.0]]), draws=3, seed=1)
    >>> later.own[0, 0].round().tolist()  # 420 and some 20 more, nearly the same in each draw
    [434.0, 433.0, 437.0]
    """
    names = ("usual.lapse.PU", "usual.lapse.BPU", "usual.moves", "usual.keep", "usual.growth")
    ranges = (*LAPSE, MOVES, KEEP, GROWTH)
    drawn = uniforms(names, draws, seed)
    pu, bpu, out, keep, growth = (low + (high - low) * drawn[n] for n, (low, high) in zip(names, ranges, strict=True))
    lapse = np.stack([pu, bpu])[:, np.newaxis]

    def moves(at: Stocks) -> list[list[Array | float]]:
        return [[0.0, out], [np.minimum(out * at.workers[PU] / at.workers[BPU], 1.0), 0.0]]

    then, today = (
        Stocks(*(np.broadcast_to(people, (*people.shape[:-1], draws)).copy() for people in at)) for at in (before, now)
    )
    h, _ = enrolment_solved(then, today, lapse, moves(then), keep)
    return step(today, Rates(h, lapse, growth, moves(today), keep))


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
    moved(workers, np.zeros_like(workers), Rates(0.0, 0.0, moves=moves))
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
