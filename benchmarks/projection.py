"""All projections of a whole country at once: ours against a pandas loop and against unblocked numpy, in one run.

    .venv/bin/python benchmarks/projection.py

10,000 draws x 22 years x 8 scenarios x 38 provinces x 2 segments. The scenarios are those of `data/scenarios`, the
places the real 34 and four synthetic ones, which repeat a real place's figures (their names say so). The peers are

(a) a loop over the years as an analyst would write it in pandas: one row a draw, scenario, province and segment, the
    year's rates merged to it, the other segment's movers merged to it, rates by groupby. On 50 draws, scaled up; making its
    tables of rates isn't counted, though ours counts everything from the scenarios to the rates.
(b) our own year (`model.step`) on whole arrays: every place, scenario and draw at once, on all 10,000 draws.

All three must give the same rates on the same draws. Prints the medians of three runs, the ratios, the largest
difference, what quantiles cost, and the peak memory of ours in a process of its own.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median

import numpy as np
import pandas as pd

import analysis as an
from analysis.projection.model import Rates, Stocks, carried
from analysis.projection.plan import Case, begun, plan_of
from analysis.projection.runs import rates_of_places
from analysis.scenarios.read import read_scenarios
from analysis.schema import SEGMENTS
from analysis.uncertainty import quantiles

DRAWS, FEW, YEARS, PLACES, SEED = 10_000, 50, 22, 38, 1
CELL = ["draw", "scenario", "province"]
ROW = [*CELL, "segment"]


def cases() -> tuple[list[Case], list[str]]:
    """The scenarios in every place, and the places' names."""
    names = ("participants", "labour_force", "reported_claims", "regions")
    participants, labour_force, published, regions = map(an.read, names)
    real = sorted(set(participants.loc[participants["territory"] == "34", "province"]) - {"Indonesia"})
    out: list[Case] = []
    for name in (real + real)[:PLACES]:
        choice = an.coverage.choose(name, "2024-12", "employed", "domicile", participants, regions, published)
        today, history = an.projection.starting_point(choice, participants, labour_force, published, regions)
        plans = read_scenarios("all", name)
        out += [Case(plan, today, history) for _, plan in plans.groupby("scenario", sort=False)]
    synthetic = [f"{name} repeated (synthetic)" for name in real[: PLACES - len(real)]]
    return out, real + synthetic


def ours(of: list[Case], draws: int) -> np.ndarray:
    return rates_of_places(of, 2024 + YEARS, draws, SEED)


def by_numpy(of: list[Case], draws: int) -> np.ndarray:
    """(b): the same year on whole arrays, without blocks."""
    plan = plan_of(of, 2024 + YEARS, draws, SEED)

    def rate(now: Stocks) -> np.ndarray:
        return (now.own + now.company + now.public).sum(axis=0) / now.workers.sum(axis=0)

    return carried(partial(begun, plan), YEARS, draws, rate, block=draws)


def tables(of: list[Case], places: list[str], draws: int) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """For (a): today's people and each year's rates as tables, one row a draw, scenario, province and segment."""
    start, rates = begun(plan_of(of, 2024 + YEARS, draws, SEED), slice(0, draws))
    scenarios = [case.assumptions["scenario"].iloc[0] for case in of]
    each = len(of) // len(places)
    shape = (2, len(of), draws)
    segment, case, draw = (axis.ravel() for axis in np.indices(shape))
    rows = pd.DataFrame(
        {
            "draw": draw,
            "scenario": np.array(scenarios)[case],
            "province": np.array(places)[case // each],
            "segment": np.array(SEGMENTS)[segment],
        }
    )

    def column(values: np.ndarray | float) -> np.ndarray:
        return np.broadcast_to(values, shape).ravel()

    def by_segment(values: tuple[np.ndarray | float, ...]) -> np.ndarray:
        return np.concatenate([np.broadcast_to(value, shape[1:]).ravel() for value in values])

    def year(r: Rates) -> pd.DataFrame:
        return rows.assign(
            h=column(r.enrolment),
            l=column(r.lapse),
            g=column(r.growth),
            k=column(r.keep),
            r=column(r.stay),
            m=by_segment((r.moves[0][1], r.moves[1][0])),
            x=by_segment(r.take_up),
            capacity=by_segment(r.capacity),
            company_seats=by_segment(r.company),
            public_seats=by_segment(r.public),
        )

    people = rows.assign(**{name: column(values) for name, values in start._asdict().items()})
    return people, [year(rates(n)) for n in range(1, YEARS + 1)]


def by_pandas(people: pd.DataFrame, rates: list[pd.DataFrame]) -> pd.DataFrame:
    """(a): a loop over the years; the rates of every year, by draw, scenario and province."""
    out = []
    for n, year in enumerate(rates, 1):
        df = people.merge(year, on=ROW)
        df["own"] += df["r"] * (df["company"] + df["public"])
        df["uncovered"] = df["workers"] - df["own"]
        df["lever"] = (df["x"] * df["uncovered"] * (1 - df["h"] - df["l"])).clip(upper=df["capacity"])
        df["own"] = df["own"] * (1 - df["l"]) + df["uncovered"] * df["h"] + df["lever"]
        df["leaving"], df["leaving_covered"] = df["m"] * df["workers"], df["m"] * df["own"]
        movers = df[[*ROW, "leaving", "leaving_covered"]].assign(segment=df["segment"].map({"PU": "BPU", "BPU": "PU"}))
        df = df.merge(movers, on=ROW, suffixes=("", "_in"))
        df["workers"] = (df["workers"] - df["leaving"] + df["leaving_in"]) * (1 + df["g"])
        df["own"] = df["own"] - df["leaving_covered"] + df["k"] * df["leaving_covered_in"]
        df["own"] *= 1 + df["g"].clip(upper=0)
        df["company"] = df["company_seats"].clip(upper=df["workers"] - df["own"])
        df["public"] = df["public_seats"].clip(upper=df["workers"] - df["own"] - df["company"])
        df["covered"] = df["own"] + df["company"] + df["public"]
        people = df[[*ROW, "workers", "own", "company", "public"]]
        totals = df.groupby(CELL, as_index=False)[["covered", "workers"]].sum()
        out.append(totals.assign(year=n, rate=totals["covered"] / totals["workers"]))
    return pd.concat(out)


def as_array(table: pd.DataFrame, of: list[Case], places: list[str]) -> np.ndarray:
    """The rates of (a) in the order of ours: (year after today, case, draw)."""
    wide = table.pivot(index=["year", "province", "scenario"], columns="draw", values="rate")
    scenarios = list(dict.fromkeys(case.assumptions["scenario"].iloc[0] for case in of))
    order = pd.MultiIndex.from_product([range(1, YEARS + 1), places, scenarios])
    return wide.reindex(order).to_numpy().reshape(YEARS, len(of), -1)


def timed(what: Callable[[], object]) -> float:
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).max())


def main() -> None:
    of, places = cases()
    if "--memory" in sys.argv:
        seconds = timed(lambda: ours(of, DRAWS))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"ours alone in a fresh process: {seconds:.2f} s, peak memory {peak:.2f} GB")
        return
    cells = DRAWS * YEARS * len(of) * len(SEGMENTS)
    print(
        f"{DRAWS} draws x {YEARS} years x {len(of)} cases ({len(of) // len(places)} scenarios, {len(places)} places of "
        f"which {sum('synthetic' in place for place in places)} synthetic) x {len(SEGMENTS)} segments: {cells / 1e6:.0f} million cells"
    )
    subprocess.run([sys.executable, __file__, "--memory"], check=True)

    people, rates = tables(of, places, FEW)
    few = ours(of, FEW)[1:]
    pandas_apart = apart(as_array(by_pandas(people, rates), of, places), few)
    mine = ours(of, DRAWS)
    numpy_apart = apart(by_numpy(of, DRAWS), mine)

    times: dict[str, list[float]] = {"ours": [], "pandas": [], "numpy": [], "quantiles": []}
    for _ in range(3):
        del mine
        start = time.perf_counter()
        mine = ours(of, DRAWS)
        times["ours"].append(time.perf_counter() - start)
        times["quantiles"].append(timed(partial(quantiles, mine, [0.05, 0.5, 0.95])))
        times["pandas"].append(timed(partial(by_pandas, people, rates)) * DRAWS / FEW)
        times["numpy"].append(timed(partial(by_numpy, of, DRAWS)))
    a = median(t / o for t, o in zip(times["pandas"], times["ours"], strict=True))
    b = median(t / o for t, o in zip(times["numpy"], times["ours"], strict=True))
    q = median(t / o for t, o in zip(times["quantiles"], times["ours"], strict=True))
    for name, note in (
        ("ours", ""),
        ("pandas", f", {FEW} draws scaled up"),
        ("numpy", ", unblocked"),
        ("quantiles", ", three"),
    ):
        middle = median(times[name])
        print(
            f"{name}{note}: {middle:.2f} s, {middle / cells * 1e9:.1f} ns a cell "
            f"({', '.join(f'{t:.2f}' for t in times[name])})"
        )
    print(f"largest difference in a rate: {pandas_apart:.1e} to pandas, {numpy_apart:.1e} to unblocked numpy")
    print(f"times as fast as pandas {a:.1f}, as unblocked numpy {b:.1f}; quantiles take {q:.2f} of the model's time")


if __name__ == "__main__":
    main()
