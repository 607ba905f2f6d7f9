"""All bounds of a national set of printed figures, ours against `scipy.optimize.linprog`, in one run.

    pip install scipy && .venv/bin/python benchmarks/press.py
    .venv/bin/python benchmarks/press.py --against 85ce570 --most 600

The set is synthetic (38 invented provinces, two segments and totals, printed as a press would: full
counts, scale words, rounded percentages, about 270 claims), so that the true values are known. Both
sides find the least and the most of every figure by the same rows; ours changes the objective of one
model in place, the peer poses each bound anew, as its interface asks. Prints the ratio of the times,
how far the two agree, and whether every true value lies inside.

With --against, `cakupan press` on three sizes that took for ever, by this tree and by that revision, side by side:
200 values of one figure, 514 districts with a slip in one figure of twenty, and 100,000 figures of 25,000 articles.
Seconds of processor time (which a busy machine doesn't stretch); a run that takes more than --most is ended.
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.press.statements import claims_of
from analysis.press.verdict import Case, ranges


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
    program = Case(claims, {"Indonesia"}).read().program
    size = len(program.figures)
    column = {figure: at for at, figure in enumerate(program.figures)}
    upper, limits, equal, values = [], [], [], []
    for row in program.rows:
        line = np.zeros(size)
        for figure, amount in row.terms.items():
            line[column[figure]] = float(amount)
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
    from scipy.optimize import linprog
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
    program = Case(claims, {"Indonesia"}).read().program
    return {
        figure: tuple(program.bound({figure: Fraction(1)}, least, certified).value for least in (True, False))
        for figure in program.figures
    }


ROOT = Path(__file__).resolve().parents[1]
COMMAND = "from analysis.cli import main; main()"


def one_figure(rows: int = 200) -> str:
    """So many values of one figure, no two of them alike."""
    chance = random.Random(1)
    values = [f"Lampung,2023-12,covered,{700_000 + 100 * chance.randrange(1000) + n}" for n in range(rows)]
    return "\n".join(["place,period,measure,value_printed", *values]) + "\n"


def districts(number: int = 514) -> str:
    """Districts of one article, each with workers, covered and rate, one figure of twenty with a wrong digit."""
    chance = random.Random(2)

    def printed(text: str) -> str:
        at = chance.choice([at for at, char in enumerate(text) if at and char.isdigit()])
        other = chance.choice([digit for digit in "123456789" if digit != text[at]])
        return text if chance.random() >= 0.05 else text[:at] + other + text[at + 1 :]

    rows = ["article_id,place,level,period,measure,value_printed"]
    for n in range(number):
        workers = chance.randrange(20_000, 900_000)
        covered = int(workers * chance.uniform(0.05, 0.6))
        texts = {"workers": f"{workers}", "covered": f"{covered}", "coverage_rate": f"{100 * covered / workers:.2f}"}
        rows += [f"A,Kabupaten {n},regency,2023-12,{name},{printed(text)}" for name, text in texts.items()]
    return "\n".join(rows) + "\n"


def many(figures: int = 100_000) -> str:
    """Articles of four figures each, one in twenty with a rate that is 7 points too high."""
    chance = random.Random(3)
    rows = ["article_id,place,period,measure,value_printed"]
    for n in range(figures // 4):
        workers = chance.randrange(20_000, 900_000)
        covered = int(workers * chance.uniform(0.05, 0.6))
        rate = 100 * covered / workers + 7 * (chance.random() < 0.05)
        where = f"A{n},Tempat {n},2023-12"
        rows += [
            f"{where},workers,{workers}",
            f"{where},covered,{covered}",
            f"{where},coverage_rate,{rate:.2f}",
            f"{where},uncovered,{workers - covered}",
        ]
    return "\n".join(rows) + "\n"


def taken(tree: Path, file: Path, most: int) -> float | None:
    """Seconds of processor time that the command of a tree takes for a file; None where it is more than `most`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "press", file, "--format", "json"],
        cwd=tree,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(tree)},
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (most, most)),
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return None if done.returncode < 0 else after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def side_by_side(revision: str, most: int) -> None:
    """Prints what each size takes now and took at that revision."""
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        archive = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True)
        (there / "old").mkdir()
        subprocess.run(["tar", "-x", "-C", there / "old"], input=archive.stdout, check=True)
        for name, text in (("one figure", one_figure()), ("districts", districts()), ("many", many())):
            (there / "figures.csv").write_text(text, "utf-8")
            now, then = (taken(tree, there / "figures.csv", most) for tree in (ROOT, there / "old"))
            told = ["more than " + str(most) if seconds is None else f"{seconds:.1f}" for seconds in (now, then)]
            ratio = "" if now is None else f": {'at least ' if then is None else ''}{(then or most) / now:.1f} times"
            print(
                f"{name}, {text.count(chr(10)) - 1:,} figures: now {told[0]} s, {revision} {told[1]} s{ratio}",
                flush=True,
            )


def main() -> None:
    asked = argparse.ArgumentParser(description="Time of cakupan press.")
    asked.add_argument("--against", metavar="REVISION", help="the three sizes, by this tree and by that revision")
    asked.add_argument("--most", type=int, default=600, help="seconds of processor time for one run")
    given = asked.parse_args()
    if given.against:
        side_by_side(given.against, given.most)
    else:
        against_linprog()


def against_linprog() -> None:
    try:
        import scipy.optimize  # noqa: F401
    except ImportError:
        sys.exit("scipy is only needed here: .venv/bin/pip install scipy")
    frame, true = synthetic()
    claims = claims_of(frame)
    program = Case(claims, {"Indonesia"}).read().program
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
        print(
            f"ours {between - start:.2f} s, ours with every bound proved {after - between:.2f} s, "
            f"linprog {end - after:.2f} s: ratio {ratios[-1]:.1f}, proved {(end - after) / (after - between):.1f}"
        )
    apart = max(
        abs(float(a) - b) / max(1.0, abs(b))
        for figure in ours
        for a, b in zip(proved[figure], theirs[figure], strict=True)
        if a is not None and b is not None
    )
    inside = all(
        proved[figure][0] <= true[figure.place, figure.what, figure.segment] <= proved[figure][1] for figure in proved
    )
    start = time.perf_counter()
    rows = ranges(Case(claims, {"Indonesia"}))
    print(f"largest difference {apart:.1e}; every true value inside: {inside}")
    print(
        f"the whole table of bounds, {len(rows)} figures, rates and shares, proved: {time.perf_counter() - start:.2f} s"
    )
    print(f"ratio {sorted(ratios)[1]:.1f}")


if __name__ == "__main__":
    main()
