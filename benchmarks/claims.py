"""All bounds of a national set of printed figures, ours against `scipy.optimize.linprog`, in one run.

    pip install scipy && .venv/bin/python benchmarks/claims.py

The set is synthetic (38 invented provinces, two segments and totals, printed as a press would: full
counts, scale words, rounded percentages, about 270 claims), so that the true values are known. Both
sides find the least and the most of every figure by the same rows; ours changes the objective of one
model in place, the peer poses each bound anew, as its interface asks. Prints the ratio of the times,
how far the two agree, and whether every true value lies inside.
"""

import sys
import time
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.claims.statements import claims_of
from analysis.claims.verdict import bounds, system

try:
    from scipy.optimize import linprog
except ImportError:
    sys.exit("scipy is only needed here: .venv/bin/pip install scipy")


def synthetic(provinces: int = 38, seed: int = 1) -> tuple[pd.DataFrame, dict[tuple[str, str, str], int]]:
    """Printed figures of invented provinces, and the true numbers of people behind them."""
    rng = np.random.default_rng(seed)
    true: dict[tuple[str, str, str], int] = {}
    for number in range(provinces):
        place = f"synthetic {number}"
        for segment in ("PU", "BPU"):
            workers = int(rng.integers(150_000, 9_000_000))
            true[place, "workers", segment] = workers
            true[place, "covered", segment] = int(workers * rng.uniform(0.03, 0.7))
    places = [f"synthetic {number}" for number in range(provinces)]
    for what in ("workers", "covered"):
        for place in places:
            true[place, what, "total"] = true[place, what, "PU"] + true[place, what, "BPU"]
        for segment in ("PU", "BPU", "total"):
            true["Indonesia", what, segment] = sum(true[place, what, segment] for place in places)
    rows = []
    for place in [*places, "Indonesia"]:
        for segment in ("PU", "BPU", "total"):
            covered, workers = true[place, "covered", segment], true[place, "workers", segment]
            printed = [
                ("workers", _millions(workers)),
                ("coverage_rate", _percent(covered, workers)),
                ("covered", _full(covered)),
            ]
            kept = printed if segment == "total" else printed[int(rng.integers(0, 2)) :][:2]
            rows += [(place, measure, segment, text) for measure, text in kept]
    frame = pd.DataFrame(rows, columns=["place", "measure", "segment", "value_printed"])
    level = np.where(frame["place"] == "Indonesia", "national", "province")
    return frame.assign(level=level, province=frame["place"], period="2023"), true


def _millions(persons: int) -> str:
    return f"{persons / 1e6:.1f} juta".replace(".", ",")


def _full(persons: int) -> str:
    return f"{persons:,}".replace(",", ".")


def _percent(covered: int, workers: int) -> str:
    return f"{100 * covered / workers:.2f}".replace(".", ",")


def by_linprog(claims: pd.DataFrame) -> dict:
    program = system(claims, {"Indonesia"}).program
    size = len(program.figures)
    upper, limits, equal, values = [], [], [], []
    for row in program.rows:
        line = np.zeros(size)
        for figure, amount in row.terms.items():
            line[program.column[figure]] = float(amount)
        if row.low is not None and row.low == row.high:
            equal.append(line)
            values.append(float(row.low))
            continue
        if row.high is not None:
            upper.append(line)
            limits.append(float(row.high))
        if row.low is not None:
            upper.append(-line)
            limits.append(-float(row.low))
    # As sparse as ours, which is how scipy hands a problem on fastest.
    from scipy.sparse import csr_array

    matrices = csr_array(np.array(upper)), csr_array(np.array(equal))
    found = {}
    for at, figure in enumerate(program.figures):
        ends = []
        for sign in (1, -1):
            cost = np.zeros(size)
            cost[at] = sign
            solved = linprog(cost, matrices[0], limits, matrices[1], values, method="highs")
            ends.append(sign * solved.fun if solved.status == 0 else None)
        found[figure] = tuple(ends)
    return found


def by_ours(claims: pd.DataFrame, certified: bool) -> dict:
    program = system(claims, {"Indonesia"}).program
    return {
        figure: tuple(program.bound({figure: Fraction(1)}, least, certified).value for least in (True, False))
        for figure in program.figures
    }


def main() -> None:
    frame, true = synthetic()
    claims = claims_of(frame)
    program = system(claims, {"Indonesia"}).program
    print(f"{len(claims)} claims, {len(program.figures)} figures, {len(program.rows)} rows")
    ratios = []
    for _ in range(3):
        start = time.perf_counter()
        ours = by_ours(claims, certified=False)
        between = time.perf_counter()
        proved = by_ours(claims, certified=True)
        after = time.perf_counter()
        theirs = by_linprog(claims)
        end = time.perf_counter()
        ratios.append((end - after) / (between - start))
        print(f"ours {between - start:.2f} s, ours with every bound proved {after - between:.2f} s, "
              f"linprog {end - after:.2f} s: ratio {ratios[-1]:.1f}, proved {(end - after) / (after - between):.1f}")  # fmt: skip
    apart = max(
        abs(float(a) - b) / max(1.0, abs(b))
        for figure in ours
        for a, b in zip(proved[figure], theirs[figure], strict=True)
        if a is not None and b is not None
    )
    inside = all(
        proved[figure][0] <= true[figure.place, figure.what, figure.segment] <= proved[figure][1]
        for figure in proved
    )
    start = time.perf_counter()
    rows = bounds(claims, {"Indonesia"})
    print(f"largest difference {apart:.1e}; every true value inside: {inside}")
    print(
        f"the whole table of bounds, {len(rows)} figures, rates and shares, proved: {time.perf_counter() - start:.2f} s"
    )
    print(f"ratio {sorted(ratios)[1]:.1f}")


if __name__ == "__main__":
    main()
