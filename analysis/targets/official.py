"""Official targets, each beside the rate on its own base.

A rate of all employed and a rate of the eligible are never compared. A target that doesn't state its
base is put beside both and scored against neither. Met or missed is said of a year only if the rate is of that year.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.frames import columns_of
from analysis.projection.runs import Projection, rate_of
from analysis.schema import BASES, COUNTRY, Facts, facts_of
from analysis.targets.reach import HAIR, reaching


def official(targets: pd.DataFrame, province_code: str) -> pd.DataFrame:
    """The coverage rates that a place and the nation have been set: rows of the table `targets`.

    Regencies and cities are left out, they are other places. Columns of the table, and whose ("place", "nation"; for 00 all are
    the place's own), facts. The place's own come first, then by year; a target without a year last.

    >>> from analysis.data import read
    >>> official(read("targets"), "18")[["value", "year", "base", "whose"]].values.tolist()[:2]
    [[0.3262, 2024, 'eligible', 'place'], [0.3262, 2025, 'not stated', 'place']]
    """
    rates = targets[(targets["measure"] == "coverage_rate") & targets["value"].notna()]
    own = (rates["province_code"] == province_code) & (
        rates["level"] == ("national" if province_code == COUNTRY else "province")
    )
    rows = rates[own | (rates["level"] == "national")]
    rows = rows.assign(
        whose=np.where(own[rows.index], "place", "nation"),
        year=rows["year"].astype("Int64"),
        facts=[Facts(source_ids=(source,)) for source in rows["source_id"]],
    )
    # The value before the name, so that two targets of one year stand in the order of what they ask for.
    last = rows.assign(_second=rows["whose"] == "nation")
    return (
        last.sort_values(["_second", "year", "value", "target_id"], na_position="last", kind="stable")
        .drop(columns="_second")
        .reset_index(drop=True)
    )


def scored(
    rows: pd.DataFrame,
    known: Mapping[str, pd.DataFrame],
    aheads: Mapping[str, Projection],
    usual: str = "steady",
    printed: pd.DataFrame | None = None,
    over: int = 0,
) -> pd.DataFrame:
    """Each official target beside the newest rate on its own base: how far away it is, and the probability.

    `rows` from `official`; `known` has for a base (employed, eligible) the place's rows of `today` or `eligible_today` (several
    years may stand below each other; none may), `aheads` projections that start from the last of them. Probabilities are there for
    a year that is projected and later than `over`, the last that is over. `printed` has published rates of the place with the ends
    of their print (rows of `recent.over_time`); of a base, those of later years than its known ones are taken, without those that
    call for caution. Columns: `an.columns("targets.compared")`.

    The verdict is "base not stated"; "of the nation" (a national target beside a province, for reference); "year not stated"; "ahead"
    (after the last known year, and not over); else "met", "missed" or "within the bounds" if the rate is of that year, and "not
    known" if it isn't, or if it is of earlier in that year and below the goal.

    ValueError where a frame or a projection is of another base than it is given for.

    >>> from analysis.data import read
    >>> ahead = {"employed": project(start, past, assumptions, until=2030, draws=100, seed=1)}
    >>> scored(official(read("targets"), "18"), {"employed": start}, ahead)[["year", "verdict"]].values.tolist()[2:4]
    [[2025, 'not known'], [2026, 'base not stated']]
    """
    usable = {base: _rates_by_year(base, frame) for base, frame in known.items()}
    for base, ahead in aheads.items():
        _same_start(base, usable.get(base), ahead)
    if printed is not None:
        usable |= {base: _with_printed(usable.get(base), printed[printed["base"] == base]) for base in BASES}
    out = [_scored(row, usable, aheads, usual, over) for row in rows.to_dict("records")]
    return pd.DataFrame(out, columns=columns_of("targets.compared")).astype(_TYPES)


_RATES = [f"rate_{base}_{end}" for base in BASES for end in ("low", "high")]
_OWN = ["rate_low", "rate_high", "gap_low", "gap_high", "missing_low", "missing_high"]
_TYPES = dict.fromkeys(("year", "known_year", "missing_low", "missing_high"), "Int64") | dict.fromkeys(
    ("goal", *_OWN[:4], *_RATES, "probability_usual", "probability_best"), "Float64"
)


def _rates_by_year(base: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The rates of all workers by year, as bounds; the last year last."""
    if base not in BASES:
        raise ValueError(f"a base is {' or '.join(BASES)}, and {base!r} was given")
    if others := sorted(set(frame["base"]) - {base}):
        raise ValueError(
            f"the rows given for base {base} are of base {', '.join(others)}; rates of unlike base don't compare"
        )
    rows = frame[frame["segment"] == "all"].sort_values("year", kind="stable")
    if (nobody := rows["workers_low"] <= 0).any():
        raise ValueError(
            f"there are no workers {base} in {rows.loc[nobody, 'year'].iloc[0]}, and a rate of nobody isn't defined"
        )
    covered = rows["covered"].astype(float)
    # A projection starts from the segments, which may add up to a little else than a printed total.
    parts = frame[frame["segment"] != "all"].groupby("year")["covered"].sum().astype(float)
    added = rows["year"].map(parts).fillna(covered)
    least_workers, most_workers = (rows[f"workers_{end}"].astype(float) for end in ("low", "high"))
    return rows.assign(
        rate_low=covered / most_workers,
        rate_high=covered / least_workers,
        starts_low=np.minimum(covered, added) / most_workers,
        starts_high=np.maximum(covered, added) / least_workers,
    )


def _with_printed(known: pd.DataFrame | None, printed: pd.DataFrame) -> pd.DataFrame:
    """The known rates, and below them the printed ones of later years, in order; one printed without its ends can't be used."""
    last = -1 if known is None or known.empty else int(known["year"].iloc[-1])
    dated = printed.assign(year=printed["period"].str[:4].astype(int))
    rows = dated[(dated["year"] > last) & (dated["caution"] == "") & dated["rate_low"].notna()]
    found = pd.concat([each for each in (known, rows) if each is not None and len(each)]) if len(rows) else known
    return rows if found is None else found


def _same_start(base: str, known: pd.DataFrame | None, ahead: Projection) -> None:
    if known is None or known.empty:
        raise ValueError(
            f"there is a projection for base {base}, and no rate of today on that base; give the frame it starts from"
        )
    last, rates = known.iloc[-1], rate_of(ahead)[:, 0]
    apart = rates.min() < last["starts_low"] - 1e-9 or rates.max() > last["starts_high"] + 1e-9
    if ahead.years[0] != last["year"] or apart:
        raise ValueError(
            f"the projection for base {base} starts from {rates.min():.2%} in {ahead.years[0]}, and the rate on that base is "
            f"{last['rate_low']:.2%} to {last['rate_high']:.2%} in {last['year']}; give the projection of base {base}"
        )


def _scored(
    row: Mapping[Any, Any], known: Mapping[str, pd.DataFrame], aheads: Mapping[str, Projection], usual: str, over: int
) -> dict[str, Any]:
    goal, year, base = float(row["value"]), row["year"], row["base"]
    out = {name: row[name] for name in ("target_id", "name", "place", "whose", "instrument", "base", "year")} | {
        "goal": goal
    }
    facts = []
    if base not in BASES:
        for name in known:
            if len(known[name]):
                facts.append(known[name].iloc[[-1]])
                out |= {f"rate_{name}_{end}": facts[-1][f"rate_{end}"].iloc[0] for end in ("low", "high")}
        verdict = "base not stated"
    else:
        rate = _rate_for(known.get(base), year)
        facts = [] if rate is None else [rate]
        last = None if rate is None else max(int(known[base]["year"].iloc[-1]), over)
        verdict = _verdict(row, goal, rate, last)
        out |= {} if rate is None else _distance(goal, rate.iloc[0])
        out |= {} if pd.notna(year) and year <= over else _probabilities(aheads.get(base), goal, year, usual)
    return out | {"verdict": verdict, "facts": row["facts"] + facts_of(*facts)}


def _rate_for(known: pd.DataFrame | None, year: Any) -> pd.DataFrame | None:
    """The rate of that year, else the last known one: one row."""
    if known is None or known.empty:
        return None
    of_year = known[known["year"] == year] if pd.notna(year) else known.iloc[:0]
    return of_year.iloc[[-1]] if len(of_year) else known.iloc[[-1]]


def _verdict(row: Mapping[Any, Any], goal: float, rate: pd.DataFrame | None, last: int | None) -> str:
    if row["whose"] == "nation":
        return "of the nation"
    if pd.isna(row["year"]):
        return "year not stated"
    if rate is None or last is None:
        return "not known"
    if row["year"] > last:
        return "ahead"
    found = rate.iloc[0]
    if found["year"] != row["year"]:
        return "not known"
    if found["rate_low"] >= goal - HAIR:
        return "met"
    if not all(date[5:7] == "12" for date in found["facts"].as_of):
        return "not known"  # of earlier in that year, or nobody says of when
    return "missed" if found["rate_high"] < goal - HAIR else "within the bounds"


def _distance(goal: float, rate: pd.Series) -> dict[str, Any]:
    return {
        "known_year": rate["year"],
        "known_as_of": max(rate["facts"].as_of, default=str(rate["year"])),
        "rate_low": float(rate["rate_low"]),
        "rate_high": float(rate["rate_high"]),
        "gap_low": goal - float(rate["rate_high"]),
        "gap_high": goal - float(rate["rate_low"]),
        "missing_low": _people_missing(goal, rate, "low"),
        "missing_high": _people_missing(goal, rate, "high"),
    }


def _people_missing(goal: float, rate: pd.Series, end: str) -> Any:
    """The people that are missing, at least or at most: of a rate without its covered, as far as its print tells."""
    workers = rate[f"workers_{end}"]
    if pd.isna(workers):
        return pd.NA
    other = {"low": "high", "high": "low"}[end]
    covered = float(rate[f"rate_{other}"]) * float(workers) if pd.isna(rate["covered"]) else int(rate["covered"])
    return max(ceil(goal * float(workers) - covered - 1e-6), 0)


def _probabilities(ahead: Projection | None, goal: float, year: Any, usual: str) -> dict[str, Any]:
    if ahead is None or pd.isna(year) or year not in ahead.years[1:]:
        return {}
    rows = reaching(ahead, goal, int(year))
    best = rows.sort_values(["probability", "median_rate"], ascending=False, kind="stable").iloc[0]
    as_usual = rows.loc[rows["scenario"] == usual, "probability"]
    return {
        "probability_usual": as_usual.iloc[0] if len(as_usual) else pd.NA,
        "best_scenario": best["scenario"],
        "probability_best": best["probability"],
    }


def compared(
    targets: pd.DataFrame,
    province_code: str,
    aheads: Mapping[str, Projection],
    printed: pd.DataFrame | None = None,
    newest: str = "",
) -> pd.DataFrame:
    """The official targets of a place and the nation, each against its own base: `scored` on `official`.

    `aheads` from `projection.runs.project_each`; the rates known on a base are those its projection starts from, and those
    `printed` later (rows of `recent.over_time`). `newest` is the last month that any figure is of; the years before it are over.

    >>> from analysis.data import read
    >>> from analysis.projection.runs import project_each
    >>> aheads = project_each({"employed": (start, past)}, assumptions, until=2030, draws=50, seed=1)
    >>> compared(read("targets"), "18", aheads)[["year", "base", "verdict"]].values.tolist()[1]
    [2025, 'not stated', 'base not stated']
    """
    known = {base: ahead.today for base, ahead in aheads.items()}
    over = int(newest[:4]) - 1 if newest else 0
    return scored(official(targets, province_code), known, aheads, printed=printed, over=over)


def nearest_target(rows: pd.DataFrame, base: str, by: int) -> pd.Series:
    """The official target to aim at by a year: of `compared`, the latest on this base, the place's own before the nation's.

    ValueError where no target on this base is set for that year or an earlier one.

    >>> from analysis.data import read
    >>> nearest_target(official(read("targets"), "18").rename(columns={"value": "goal"}), "employed", 2029)["name"]
    'RPJMN 2025-2029 akhir'
    """
    there = rows[(rows["base"] == base) & (rows["year"] <= by).fillna(False)]
    if there.empty:
        years = ", ".join(str(year) for year in sorted(rows.loc[rows["base"] == base, "year"].dropna()))
        raise ValueError(f"no official target on base {base} is set for {by} or before; there are targets for {years}")
    return there.sort_values(["whose", "year"], ascending=[False, False], kind="stable").iloc[0]


class Aim(NamedTuple):
    """The rate to be reached, the year its target is set for, and the year by which it is aimed at. See `aim`."""

    goal: float
    target_year: int
    year: int


def aim(rows: pd.DataFrame, base: str, by: int, ahead: Projection) -> Aim:
    """The `nearest_target` by a year, or by the last year projected if that is earlier.

    >>> from analysis.data import read
    >>> ahead = project(start, past, assumptions, until=2030, draws=5, seed=1)
    >>> aim(official(read("targets"), "18").rename(columns={"value": "goal"}), "employed", 2045, ahead)
    Aim(goal=0.4392, target_year=2029, year=2030)
    """
    year = min(by, ahead.years[-1])
    target = nearest_target(rows, base, year)
    return Aim(float(target["goal"]), int(target["year"]), year)


def eligible_start(aheads: Mapping[str, Projection]) -> pd.DataFrame:
    """Where the projection on base eligible starts, all segments in one row; none where there is no such projection.

    >>> eligible_start({"employed": project(start, past, assumptions, 2030, 5, 1)}).empty
    True
    """
    return aheads["eligible"].today.tail(1) if "eligible" in aheads else pd.DataFrame()
