"""One lever pulled to one value in one place: the path with it and without, in one line.

A gain goes by the lever's route. An assumption of the usual course is not the way: what is known is its net change, and other
values of what it is made of would only be made up for by the rest.
"""

import pandas as pd

from analysis import data
from analysis.coverage import choose, latest
from analysis.frames import columns_of
from analysis.projection.runs import fan, project
from analysis.projection.start import starting_point
from analysis.scenarios.checks import FIRST, ScenarioError
from analysis.scenarios.levers import LEVERS
from analysis.scenarios.read import read_scenarios
from analysis.schema import suggestion

YEARS = 5  # so far ahead a range leads; further on nothing was tested
# What of the usual course somebody may ask for, and the lever that is the way to it.
_BY_LEVER = {"usual.lapse": "retention.kept"}


def what_if(
    place: str,
    lever: str,
    value: float,
    *,
    period: str = "latest",
    until: int | None = None,
    draws: int = 1000,
    seed: int = 2024,
) -> pd.DataFrame:
    """Coverage in a place with one lever at one value from next year on, and without: one row a year.

    `lever` is lever, parameter and part as a scenario file has them ("retention.kept.BPU"); the lever's other values stay as in the
    scenario that pulls it alone, other parts of this one are 0. `value` in the unit of that file (a share is 0 to 1). From the newest
    December of all places (or `period`) to five years on (or `until`). Rates are shares: the median of the simulations
    and where nine in ten of them lie; `gain` is the difference of each simulation, its median. Columns:
    `an.columns("scenarios.what_if")`.

    ScenarioError, with the lever that is meant, for what is no lever, one that moves no coverage, a value outside its limits, and an
    assumption of the usual course, which is no way to a gain. ValueError for a place or a month without participants.

    >>> what_if("Lampung", "retention.kept.BPU", 0.5, draws=50)[["year", "without", "with", "gain"]].round(3).tail(1).values.tolist()
    [[2029.0, 0.209, 0.23, 0.017]]
    """
    rows, unit = _plans(place, lever, float(value))
    participants, labour_force, published, regions = map(data.read, _TABLES)
    month = latest(participants, regions) if period == "latest" else period
    choice = choose(place, month, "employed", "domicile", participants, regions, published)
    start, past = starting_point(choice, participants, labour_force, published, regions)
    first = int(month[:4])
    dated = rows.assign(
        start=rows["start"].mask(rows["scenario"] != FIRST, first + 1),
        ramp=rows["ramp"].mask(rows["scenario"] != FIRST, 1),
    )
    ahead = project(start, past, dated, first + YEARS if until is None else until, draws, seed)
    paths = fan(ahead).set_index(["scenario", "year"])
    without, pulled = (paths.loc[name] for name in ahead.scenarios)
    covered = (ahead.own + ahead.company + ahead.public).sum(axis=2) / ahead.workers.sum(axis=2)
    gains = pd.DataFrame((covered[1] - covered[0]).T).median()
    out = pd.DataFrame({"year": list(ahead.years), "gain": gains.tolist()})
    for name, path in (("without", without), ("with", pulled)):
        out[[name, f"{name}_low", f"{name}_high"]] = path[["p50", "p05", "p95"]].to_numpy(float)
    return out.assign(lever=lever, value=float(value), unit=unit, facts=ahead.facts)[columns_of("scenarios.what_if")]


_TABLES = ("participants", "labour_force", "reported_claims", "regions")


def _plans(place: str, lever: str, value: float) -> tuple[pd.DataFrame, str]:
    """The usual course, and the scenario that pulls the lever alone with this one value, and its unit; ScenarioError where there is none."""
    key = (*lever.split("."), "", "")[:3]
    if meant := _BY_LEVER.get(".".join(key[:2])):
        part = f".{key[2]}" if key[2] else ""
        raise ScenarioError(
            f"{lever} is of the usual course, whose net change is known, and not what it is made of: another value would be made up for by "
            f"how many enrol. A gain goes by the lever: write {meant}{part}"
        )
    every = read_scenarios("all", place)
    pulled = every[every["lever"] != "usual"]
    alone = pulled.groupby("scenario")["lever"].nunique()
    pulled = pulled[pulled["scenario"].isin(alone.index[alone == 1])]
    names = {".".join(filter(None, (r["lever"], r["parameter"], r["part"]))): r for r in pulled.to_dict("records")}
    names = {name: row for name, row in names.items() if row["parameter"] not in ("months", "december")}
    if lever not in names:
        raise ScenarioError(f"there is no lever {lever!r}{suggestion(lever, names)} There is: {', '.join(names)}")
    row = names[lever]
    if wrong := LEVERS[row["lever"]].parameters[row["parameter"]].outside(value, row["unit"]):
        raise ScenarioError(f"{lever} is {value:g}: {wrong}")
    rows = every[every["scenario"].isin([FIRST, row["scenario"]])]
    same = (
        (rows["scenario"] == row["scenario"])
        & (rows["lever"] == row["lever"])
        & (rows["parameter"] == row["parameter"])
    )
    values = [(value,) if part == row["part"] else (0.0,) for part in rows.loc[same, "part"]]
    rows = rows.assign(kind=rows["kind"].mask(same, "number"))
    rows["years"] = rows["years"].mask(same, pd.Series([()] * len(rows), index=rows.index))
    rows["values"] = rows["values"].mask(same, pd.Series(values, index=rows.index[same]).reindex(rows.index))
    return rows.sort_values("scenario", key=lambda names: names != FIRST, kind="stable"), row["unit"]
