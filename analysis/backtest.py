r"""How projections have fared: the back-test, and the scores of the projections on record.

**Back-test.** What would have been projected from December 2023, and what came in December 2024? The scenario's lapse,
moves and keep are drawn as stated; h of each segment is solved so that December 2022 leads to December 2023 and then
carries one more year (`projection.model`). All workers, base employed, participants where they live, map of 34. Scored are

    published workers   each segment's workers grow as they did, g_s = W_s(Aug 2024) / W_s(Aug 2023) − 1: errors of enrolment only
    projected workers   g is drawn evenly from `GROWTH`: what could have been said at the time
    no change           c(2024) = c(2023)
    same change         c(2024) = c(2023) + (c(2023) − c(2022)), in percentage points

The last two are what anybody can say without a model; a projection that doesn't beat them isn't worth its assumptions.

*Growth.* The workers' growth from August 2022 to 2023 can't be used for g: the survey's weights changed between them (Lampung
+7.1 %, old Papua +26.6 %). No earlier pair of Augusts is in the data, the population's growth in `population` was published in
2025 and lacks two provinces, and later figures weren't known. So g is an assumption, wide on purpose, and the same for every
province. Which g it is hardly matters for how far the forecasts miss: any from 0 to 5 % moves the mean absolute error by about
a tenth of a point at most. It does matter for the side on which they miss: the bias falls from 1.4 points too high with
g = 0 to a tenth of a point too low with 5 %, as more workers lower every rate.

*What it can't say.* One origin, 34 cases that share one year's events, inputs of low confidence. c(2022) and the h solved from
it rest on the old weights, too. The interval holds what is drawn (lapse, moves, keep, growth) and not that enrolment
differs from year to year: how often it holds what came says how much is missing in it.

**Projections on record.** A path is recorded as quantiles before the figure is known (`baseline`), and scored by each official
figure that comes out later (`register_scores`): error of the median, whether the recorded 90 % interval holds it, and the CRPS. For the
CRPS (`uncertainty.crps`) the quantiles are read as a distribution: straight lines between two levels, and beyond the first and
the last level nothing further out. With the 19 levels recorded that is 0.2333 for a normal at its median instead of 0.2337
(`LEVELS`; five levels would give 0.247).
"""

from collections.abc import Callable, Collection, Sequence

import numpy as np
import pandas as pd

from analysis.coverage import active, choose, coverage_of, employed, on_territory
from analysis.frames import columns_of
from analysis.names import public
from analysis.projection.model import Array, step, uniforms
from analysis.projection.plan import Case, begun, enrolment_of, plan_of, started, values_of
from analysis.projection.runs import rate_in, rates_of_places
from analysis.projection.start import starting_point, today
from analysis.schema import COUNTRY, OLD_MAP, SEGMENTS, facts_of
from analysis.uncertainty import crps, quantiles, scored, summary

__all__ = ["back_test", "back_test_summary", "not_tested", "register_scores", "register_summary", "too_narrow"]
__getattr__, __dir__ = public(__name__, {}, __all__)

METHODS = ("published workers", "projected workers", "no change", "same change")
GROWTH = (0.0, 0.03)  # of the workers, share a year: an assumption, see above
LEVELS = tuple(percent / 100 for percent in range(5, 100, 5))  # the quantiles that are recorded
PATH = (
    "as_of",
    "province_code",
    "province",
    "territory",
    "base",
    "split",
    "scenario",
    "year",
    *(f"p{round(level * 100):02d}" for level in LEVELS),
    "draws",
    "seed",
)


# -- the back-test --------------------------------------------------------------------------------


def back_test(
    participants: pd.DataFrame,
    labour_force: pd.DataFrame,
    regions: pd.DataFrame,
    assumptions: pd.DataFrame,
    draws: int,
    seed: int,
    origin: str = "2023-12",
    growth: tuple[float, float] = GROWTH,
) -> pd.DataFrame:
    """What a projection from `origin` says of the December after it, against what came, and against two naive forecasts.

    `assumptions` are the rows of one scenario for any place, as `read_scenarios("steady", "Indonesia")` gives them; its growth
    is replaced by the range `growth`. One row a place (Indonesia first, which is none of the 34 cases) and method of `METHODS`.
    Columns: `an.columns("backtest.back_test")`.

    A place whose coverage isn't known in one of the three Decembers is left out; `not_tested` names it. ValueError where none
    is known in all three, or a December isn't there.

    >>> steady = assumptions[assumptions["scenario"] == "steady"]
    >>> tested = back_test(participants, labour_force, regions, steady, draws=200, seed=1)
    >>> tested.loc[tested["province"] == "Lampung", ["method", "forecast", "observed"]].round(3).values.tolist()[2:]
    [['no change', 0.156, 0.179], ['same change', 0.184, 0.179]]
    """
    year = int(origin[:4])
    past, now, later = (_rates(f"{y}-12", participants, labour_force, regions) for y in (year - 1, year, year + 1))
    codes = [
        code
        for code in dict.fromkeys(now["province_code"])
        if all(code in set(rows["province_code"]) for rows in (past, later))
    ]
    if not codes:
        raise ValueError("no place's coverage is known in all three Decembers, so there is nothing to test")
    past, now, later = (rows[rows["province_code"].isin(codes)].reset_index(drop=True) for rows in (past, now, later))
    before, then, came = (_rates_of_all(rows, codes) for rows in (past, now, later))
    drawn, clipped = _forecasts(past, now, later, codes, assumptions, draws, seed, growth)
    forecasts = [*drawn, then, then + (then - before)]
    names = now.drop_duplicates("province_code")[["province_code", "province"]].reset_index(drop=True)
    tested = [
        pd.concat([names, scored(forecast, came)], axis=1).assign(
            method=method, clipped=pd.array(clipped if forecast.ndim == 2 else [pd.NA] * len(codes), "Float64")
        )
        for method, forecast in zip(METHODS, forecasts, strict=True)
    ]
    order = pd.concat(tested).sort_values("province_code", kind="stable", ignore_index=True)
    kinds = {"low": "Float64", "high": "Float64", "inside": "boolean"}  # also where a method has none
    told = order.astype(kinds).assign(facts=facts_of(past, now, later))
    return told[columns_of("backtest.back_test")]


def back_test_summary(tested: pd.DataFrame) -> pd.DataFrame:
    """How each method fared over the provinces, Indonesia left out: one row a method.

    One origin and one year: few hits can be one surprise. Columns: `an.columns("backtest.back_test_summary")`.

    >>> steady = assumptions[assumptions["scenario"] == "steady"]
    >>> rows = back_test_summary(back_test(participants, labour_force, regions, steady, 200, 1))
    >>> rows.drop(columns="facts").round(4).values.tolist()[2]
    ['no change', 34, 0.0326, -0.0212, <NA>, 0.0326]
    """
    provinces = tested[tested["province_code"] != COUNTRY]
    methods = list(dict.fromkeys(provinces["method"]))
    rows = pd.concat([summary(provinces[provinces["method"] == m]) for m in methods], ignore_index=True)
    rows.insert(0, "method", methods)
    return rows.assign(facts=facts_of(tested))


def too_narrow(fared: pd.DataFrame) -> pd.DataFrame:
    """The row of `back_test_summary` for projected workers, if fewer than 90 % of its cases lie in the 90 % range; else none.

    >>> too_narrow(pd.DataFrame({"method": ["projected workers"], "cases": 34, "hits": 6}))["hits"].tolist()
    [6]
    """
    projected = fared[fared["method"] == "projected workers"]
    return projected[projected["hits"] < projected["cases"] * 0.9]


def not_tested(tested: pd.DataFrame, participants: pd.DataFrame, regions: pd.DataFrame) -> str:
    """The places that `back_test` left out, with a comma between: their participants or workers are incomplete in one of its
    Decembers. "" where none is.

    >>> steady = assumptions[assumptions["scenario"] == "steady"]
    >>> gone = (participants["province"] == "Bali") & (participants["period"] == "2022-12") & (participants["segment"] == "PU")
    >>> few = participants[~gone]
    >>> not_tested(back_test(few, labour_force, regions, steady, draws=10, seed=1), few, regions)
    'Bali'
    """
    counted = participants[(participants["split"] == "domicile") & (participants["territory"] == OLD_MAP)]
    lone = set(counted["province_code"]) - set(tested["province_code"])
    return ", ".join(regions.loc[regions["province_code"].isin(lone), "province"])


def _rates(period: str, participants: pd.DataFrame, labour_force: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    """Coverage of every place by domicile in one December: PU, BPU and all, by place in the order of codes.

    Without the places of which something isn't known.
    """
    counted = active(participants, period, "domicile")
    if counted.empty:
        there = sorted(set(participants.loc[participants["split"] == "domicile", "period"]))
        raise ValueError(
            f"the back-test needs participants by domicile for {period}, and there are none; there is {', '.join(there)}"
        )
    workers = on_territory(employed(labour_force, f"{period[:4]}-08"), OLD_MAP, regions)
    parts = [coverage_of(counted, workers, by) for by in (["province", "segment"], ["province"])]
    rows = pd.concat(parts, ignore_index=True).fillna({"segment": "all"})
    known = rows.groupby("province_code")["rate"].transform(lambda rates: len(rates) == 3 and rates.notna().all())
    rows = rows[known.astype(bool)]
    return rows.sort_values("province_code", kind="stable", ignore_index=True)


def _rates_of_all(rows: pd.DataFrame, codes: Sequence[str]) -> Array:
    """The rate of all workers of each place."""
    every = rows[rows["segment"] == "all"].set_index("province_code")["rate"]
    return every.loc[list(codes)].to_numpy(float)


def _forecasts(
    past: pd.DataFrame,
    now: pd.DataFrame,
    later: pd.DataFrame,
    codes: Sequence[str],
    assumptions: pd.DataFrame,
    draws: int,
    seed: int,
    growth: tuple[float, float],
) -> tuple[list[Array], Array]:
    """The rates a year on (place, draw) with published and with projected workers, and how often h was clipped (place)."""
    places = _cases(assumptions, past, now)
    low, high = growth
    g = low + (high - low) * uniforms(["usual.growth"], draws, seed)["usual.growth"]
    until = int(places[0].today["year"].iloc[0]) + 1
    plan = plan_of(places, until, draws, seed, given={("usual", "growth", ""): g})
    every = slice(0, draws)
    start, rates = begun(plan, every)
    usual = rates(1)
    published = (_workers(later, codes) / _workers(now, codes) - 1.0)[:, :, np.newaxis]
    ends = [step(start, usual._replace(growth=published)), step(start, usual)]
    clipped = enrolment_of(plan, values_of(plan, every), 1, started(plan, every))[1]
    return [rate_in(end) for end in ends], clipped.any(axis=0).mean(axis=-1)


def _cases(assumptions: pd.DataFrame, past: pd.DataFrame, now: pd.DataFrame) -> list[Case]:
    """Every place as it stood at the origin, in the order of `now`. Its growth isn't known: see the module."""
    key = ["province", "segment"]
    ends = now[[*key, "covered", "workers"]].merge(past[[*key, "covered", "workers"]], on=key, suffixes=("", "_before"))
    ends = ends[ends["segment"].isin(SEGMENTS)].assign(growth_low=np.nan, growth_high=np.nan)
    starts, histories = (rows.groupby("province", sort=False) for rows in (today(now), ends))
    return [Case(assumptions, start, history) for (_, start), (_, history) in zip(starts, histories, strict=True)]


def _workers(rows: pd.DataFrame, codes: Sequence[str]) -> Array:
    """Workers by segment and place."""
    return (
        rows.set_index(["segment", "province_code"])["workers"]
        .unstack()
        .loc[list(SEGMENTS), list(codes)]
        .to_numpy(float)
    )


# -- projections on record ------------------------------------------------------------------------


def baseline(
    participants: pd.DataFrame,
    labour_force: pd.DataFrame,
    published: pd.DataFrame,
    regions: pd.DataFrame,
    assumptions: Callable[[str], pd.DataFrame],
    period: str,
    until: int,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """The paths to be put on record: every place with participants in `period`, base employed, by domicile.

    `assumptions` gives the rows of one scenario for a place. The numbers are those that `project` gives for the place with as
    many draws and the same seed. One row a place and year after `period`: the columns of `PATH`, rates at the levels of `LEVELS`
    as shares with six decimals. ValueError where a place can't be projected.

    >>> few = participants[participants["province_code"].isin(["00", "18"])]
    >>> plans = lambda place: assumptions[assumptions["scenario"] == "steady"]
    >>> baseline(few, labour_force, published, regions, plans, "2023-12", 2025, 50, 1)[["province", "year"]].values.tolist()
    [['Indonesia', 2024], ['Indonesia', 2025], ['Lampung', 2024], ['Lampung', 2025]]
    """
    codes = sorted(set(active(participants, period, "domicile")["province_code"]))
    chosen = [
        choose(code, period, "employed", "domicile", participants, regions, published)
        for code in codes or [COUNTRY]  # if nothing is there, `choose` says what there is
    ]
    points = [starting_point(choice, participants, labour_force, published, regions) for choice in chosen]
    cases = [Case(assumptions(choice.province), *point) for choice, point in zip(chosen, points, strict=True)]
    rates = quantiles(rates_of_places(cases, until, draws, seed), LEVELS)  # level, year, place
    first = int(period[:4])
    rows = [
        (
            period,
            choice.province_code,
            choice.province,
            choice.territory,
            choice.base,
            choice.split,
            case.assumptions["scenario"].iloc[0],
            first + n,
            *rates[:, n, i].round(6).tolist(),
            draws,
            seed,
        )
        for i, (choice, case) in enumerate(zip(chosen, cases, strict=True))
        for n in range(1, until - first + 1)
    ]
    return pd.DataFrame(rows, columns=list(PATH))


def broken_promise(recorded: pd.DataFrame, paths: pd.DataFrame) -> str:
    """Where newly computed paths differ from those on record, in one sentence; "" where they are the same.

    Both have the columns of `PATH`. What differs is named by its place and year, the first one only.

    >>> few = participants[participants["province_code"] == "18"]
    >>> plans = lambda place: assumptions[assumptions["scenario"] == "steady"]
    >>> paths = baseline(few, labour_force, published, regions, plans, "2023-12", 2024, 50, 1)
    >>> broken_promise(paths, paths), broken_promise(paths.assign(seed=2), paths)
    ('', 'Lampung 2024: seed is 2 on record and 1 now')
    """
    key = ["province_code", "base", "split", "scenario", "year"]
    old, new = (rows[list(PATH)].set_index(key, drop=False).sort_index() for rows in (recorded, paths))
    for rows, others, said in ((old, new, "is on record and not among these"), (new, old, "isn't on record")):
        if len(lone := rows.index.difference(others.index)):
            return f"{rows.loc[lone[0], 'province']} {lone[0][-1]} {said}"
    for column in PATH:
        if len(unlike := np.flatnonzero((old[column] != new[column]).to_numpy(bool))):
            there, now = old.iloc[unlike[0]], new.iloc[unlike[0]]
            return f"{there['province']} {there['year']}: {column} is {there[column]} on record and {now[column]} now"
    return ""


def register_scores(
    recorded: pd.DataFrame, participants: pd.DataFrame, labour_force: pd.DataFrame, regions: pd.DataFrame
) -> pd.DataFrame:
    """The recorded paths against the official figures that have come out since: one row a path and year with a figure.

    `recorded` has the columns of `PATH` (`data.projections.recorded`). A figure is a December's participants by domicile over the workers of
    that August, on the map of the path. Without a figure since, no rows. Columns: `an.columns("backtest.register_scores")`.

    >>> few = participants[participants["province_code"] == "18"]
    >>> plans = lambda place: assumptions[assumptions["scenario"] == "steady"]
    >>> paths = baseline(few, labour_force, published, regions, plans, "2023-12", 2026, 50, 1)
    >>> register_scores(paths, few, labour_force, regions)[["year", "observed"]].round(4).values.tolist()
    [[2024, 0.1793]]
    """
    ours = recorded[(recorded["base"] == "employed") & (recorded["split"] == "domicile")]
    came = _observed(participants, labour_force, regions, set(ours["year"]))
    rows = ours.merge(came, on=["province_code", "territory", "year"], sort=False)
    levels = {name: int(name[1:]) / 100 for name in PATH if name[1:].isdigit()}
    values, observed = rows[list(levels)].to_numpy(float), rows["observed"].to_numpy(float)
    low, middle, high = (rows[name].astype("Float64") for name in ("p05", "p50", "p95"))
    inside = (low <= rows["observed"]) & (rows["observed"] <= high)
    rows = rows.assign(
        forecast=middle,
        low=low,
        high=high,
        error=middle - rows["observed"],
        inside=inside.astype("boolean"),
        crps=pd.array(crps_of_quantiles(values, list(levels.values()), observed), "Float64"),
    )
    return rows[columns_of("backtest.register_scores")]


def register_summary(scores: pd.DataFrame) -> pd.DataFrame:
    """All of `register_scores` in one row (`uncertainty.summary`); none where nothing can be scored yet.

    >>> register_summary(pd.DataFrame({"error": [0.01], "inside": [True], "crps": [0.02]}))[["cases", "hits"]].values.tolist()
    [[1, 1]]
    """
    return summary(scores).head(len(scores))


def crps_of_quantiles(values: Array, levels: Sequence[float], observed: Array) -> Array:
    """CRPS of forecasts known by quantiles only: values (case, level) against what came (case), in its unit.

    Between two levels the distribution is a straight line, beyond the first and the last nothing lies further out.

    >>> crps_of_quantiles(np.array([[0.2, 0.3, 0.4]]), [0.05, 0.5, 0.95], np.array([0.3])).round(4).tolist()
    [0.0185]
    """
    if not len(values):
        return np.zeros(0)
    at = (np.arange(1000) + 0.5) / 1000
    draws = np.array([np.interp(at, levels, row) for row in values])
    return np.asarray(crps(draws, observed))


def _observed(
    participants: pd.DataFrame, labour_force: pd.DataFrame, regions: pd.DataFrame, years: Collection[int]
) -> pd.DataFrame:
    """The published rate of every place in every December of `years` that has participants by domicile and workers, on the
    maps it can be put on."""
    counted = participants[(participants["split"] == "domicile") & participants["period"].str.endswith("-12")]
    surveyed = set(labour_force.loc[labour_force["employed"].notna(), "period"].str[:4])
    maps = [pd.DataFrame(columns=["province_code", "territory", "year", *_OBSERVED])]
    for period in sorted(set(counted["period"])):
        if int(period[:4]) not in years or period[:4] not in surveyed:
            continue  # nobody asks for the rate of that December, or it isn't known yet
        rows = active(participants, period, "domicile")
        territory = rows["territory"].iloc[0]
        workers = on_territory(employed(labour_force, f"{period[:4]}-08"), territory, regions)
        known = coverage_of(rows, workers, ["province"]).assign(year=int(period[:4]))
        maps.append(known.assign(territory=territory))
        if territory != OLD_MAP:
            maps.append(_on_old_map(known, regions).assign(territory=OLD_MAP))
    every = pd.concat([rows for rows in maps if len(rows)] or maps, ignore_index=True)
    every = every.rename(columns={"rate": "observed"})[maps[0].columns]
    return every[every["observed"].notna()].astype({"observed": "Float64", "year": "int64"})


_OBSERVED = ["observed", "facts"]


def _on_old_map(known: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    """Rates on the map of 38 as rates on that of 34: what came out of a province is added to it, if all of it is known."""
    young = regions[regions["parent_code"] != ""]
    split = {*young["province_code"], *young["parent_code"]}
    maps = [known[~known["province_code"].isin(split)]]
    for parent, children in young.groupby("parent_code"):
        parts = known[known["province_code"].isin([parent, *children["province_code"]])]
        if len(parts) == 1 + len(children) and parts["rate"].notna().all():
            rate = parts["covered"].sum() / parts["workers"].sum()
            whole = pd.DataFrame({"province_code": [parent], "rate": [rate], "year": parts["year"].iloc[:1].values})
            maps.append(whole.assign(facts=facts_of(parts)))
    return pd.concat(maps, ignore_index=True)
