r"""How projections have fared: the back-test, and the scores of the projections on record.

**Back-test.** What would have been projected from December 2023, strictly with what was known then, and what came in December 2024?
And with time turned round: of 2022 from 2023 with the change from 2024 back to 2023, which is another year's. All workers, base
employed, participants where they live, map of 34. Scored are

    net change      what pages project: each segment's net change as the other provinces and the year make it (`projection.yearly`)
    solved          the method that it replaced: lapse assumed, enrolment solved from the last year (`projection.solved`); forward
                    only, as who enrols and who lapses can't be turned round
    others' change  c + (c_j(now) − c_j(before)) of each other province j, in percentage points
    no change       c
    same change     c + (c − c(before)), in percentage points

The last three are what anybody can say without a model; a projection that doesn't beat them isn't worth its assumptions.

*What it can't say.* Two year-steps, 34 cases each that share their year's events, inputs of low confidence, workers weighted anew
between 2022 and 2023. One December can't test a year's effect, and nothing tests two years ahead. The year's σ is that of the
national Decembers until the origin in both directions; back, one of its four steps is the year that is forecast (without it: 24 of 34
instead of 25). How few hits are still chance is told by `chance`: of n independent cases that each lie within with probability p, the
numbers from the 2.5 % to the 97.5 % quantile of the binomial distribution. Provinces of a year aren't independent, so that it is
rather too narrow.

**Projections on record.** A path is recorded as quantiles before the figure is known (`baseline`), and scored by each official
figure that comes out later (`register_scores`): error of the median, whether the recorded 90 % interval holds it, and the CRPS. For the
CRPS (`uncertainty.crps`) the quantiles are read as a distribution: straight lines between two levels, and beyond the first and
the last level nothing further out. With the 19 levels recorded that is 0.2333 for a normal at its median instead of 0.2337
(`LEVELS`; five levels would give 0.247).
"""

from collections.abc import Callable, Collection, Sequence
from math import comb

import numpy as np
import pandas as pd

from analysis.coverage import active, choose, coverage_of, employed, on_territory
from analysis.frames import columns_of
from analysis.names import public
from analysis.projection.model import Array, Stocks
from analysis.projection.plan import Case, plan_of
from analysis.projection.runs import rate_in, rates_along, rates_of_places
from analysis.projection.solved import a_year_on
from analysis.projection.start import starting_point, today, with_years
from analysis.projection.yearly import told, year_scale
from analysis.schema import COUNTRY, OLD_MAP, SEGMENTS, facts_of
from analysis.uncertainty import crps, quantiles, scored, summary

__all__ = [
    "at_level",
    "back_test",
    "back_test_summary",
    "chance",
    "not_tested",
    "of_place",
    "pit",
    "register_scores",
    "register_summary",
    "this_method",
]
__getattr__, __dir__ = public(__name__, {}, __all__)

METHODS = ("net change", "solved", "others' change", "no change", "same change")
DIRECTIONS = ("forward", "back", "both")
DRAWS = 10_000  # of the back-test, so that its hits don't hang on the draws
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
    published: pd.DataFrame,
    regions: pd.DataFrame,
    assumptions: pd.DataFrame,
    draws: int = DRAWS,
    seed: int = 2024,
    origin: str = "2023-12",
) -> pd.DataFrame:
    """What a projection from `origin` says of the December after it and, time turned round, of the one before, against what came.

    `assumptions` are the rows of one scenario for any place, as `read_scenarios("steady", "Indonesia")` gives them. One row a direction
    (forward, back), place (Indonesia first, which is none of the 34 cases) and method of `METHODS`. Columns:
    `an.columns("backtest.back_test")`.

    A place whose coverage isn't known in one of the three Decembers is left out; `not_tested` names it. ValueError where none
    is known in all three, or a December isn't there.

    >>> steady = assumptions[assumptions["scenario"] == "steady"]
    >>> tested = back_test(participants, labour_force, published, regions, steady, draws=200, seed=1)
    >>> tested.loc[tested["province"] == "Lampung", ["direction", "method", "forecast", "observed"]].round(3).values.tolist()[3:5]
    [['forward', 'no change', 0.156, 0.179], ['forward', 'same change', 0.184, 0.179]]
    """
    year = int(origin[:4])
    known = [_rates(f"{y}-12", participants, labour_force, regions) for y in (year - 1, year, year + 1)]
    codes = [
        code
        for code in dict.fromkeys(known[1]["province_code"])
        if all(code in set(rows["province_code"]) for rows in known)
    ]
    if not codes:
        raise ValueError("no place's coverage is known in all three Decembers, so there is nothing to test")
    past, now, later = (rows[rows["province_code"].isin(codes)].reset_index(drop=True) for rows in known)
    scale = year_scale(published, origin)
    tested = [
        _one_direction(direction, *ends, codes, assumptions, scale, draws, seed)
        for direction, ends in zip(DIRECTIONS, ((past, now, later), (later, now, past)), strict=False)
    ]
    order = pd.concat(tested)
    order["direction"] = pd.Categorical(order["direction"], DIRECTIONS)
    order = order.sort_values(["direction", "province_code"], kind="stable", ignore_index=True)
    return order.astype({"direction": "str"}).assign(facts=facts_of(past, now, later))[columns_of("backtest.back_test")]


def _one_direction(
    direction: str,
    before: pd.DataFrame,
    now: pd.DataFrame,
    came: pd.DataFrame,
    codes: Sequence[str],
    assumptions: pd.DataFrame,
    scale: float,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """One direction: every method's forecasts of every place, scored."""
    then, rate, seen = (_rates_of_all(rows, codes) for rows in (before, now, came))
    mine = np.array(codes) != COUNTRY
    change = (rate - then)[mine]
    others = [rate[i] + change[np.array(codes)[mine] != code] for i, code in enumerate(codes)]
    least = min(map(len, others))  # of the country there is one more
    forecasts: dict[str, Array] = {"net change": _net_forecasts(before, now, codes, assumptions, scale, draws, seed)}
    if direction == "forward":
        forecasts["solved"] = rate_in(a_year_on(_stocks(before, codes), _stocks(now, codes), draws, seed))
    if least:
        forecasts["others' change"] = np.array([one[:least] for one in others])
    forecasts |= {"no change": rate, "same change": rate + (rate - then)}
    names = now.drop_duplicates("province_code")[["province_code", "province"]].reset_index(drop=True)
    kinds = {"low": "Float64", "high": "Float64"}  # also where a method has none
    return pd.concat(
        [
            pd.concat([names, scored(forecast, seen)], axis=1).astype(kinds).assign(method=method, direction=direction)
            for method, forecast in forecasts.items()
        ]
    )


def _net_forecasts(
    before: pd.DataFrame,
    now: pd.DataFrame,
    codes: Sequence[str],
    assumptions: pd.DataFrame,
    scale: float,
    draws: int,
    seed: int,
) -> Array:
    """The rates a year on that a page would have projected: (place, draw)."""
    logits = [_logits(rows, codes) for rows in (before, now)]
    workers = _people_of(now, "workers", codes)
    changes = pd.DataFrame((logits[1] - logits[0]).T, columns=list(SEGMENTS)).assign(
        year=1, province_code=list(codes), workers=workers.sum(axis=0), confidence="low"
    )
    found = told(changes[changes["province_code"] != COUNTRY])
    ends = now[now["segment"].isin(SEGMENTS)]
    of_place = dict(list(ends.groupby("province_code", sort=False)))
    starts = dict(zip(codes, (rows for _, rows in today(now).groupby("province", sort=False)), strict=True))
    histories = {
        code: with_years(rows.assign(growth_low=0.0, growth_high=0.0), code, found, scale)
        for code, rows in of_place.items()
    }
    places = [Case(assumptions, starts[code], histories[code]) for code in codes]
    until = int(places[0].today["year"].iloc[0]) + 1
    plan = plan_of(places, until, draws, seed)
    return rates_along(plan, draws)[-1]


def _logits(rows: pd.DataFrame, codes: Sequence[str]) -> Array:
    rate = _people_of(rows, "covered", codes) / _people_of(rows, "workers", codes)
    out: Array = np.log(rate / (1.0 - rate))
    return out


def _stocks(rows: pd.DataFrame, codes: Sequence[str]) -> Stocks:
    """A December's people: arrays (segment, place, 1)."""
    workers, own = (_people_of(rows, column, codes)[:, :, np.newaxis] for column in ("workers", "covered"))
    return Stocks(workers, own, np.zeros((2, 1, 1)), np.zeros((2, 1, 1)))


def back_test_summary(tested: pd.DataFrame) -> pd.DataFrame:
    """How each method fared over the provinces, Indonesia left out: one row a direction (forward, back, both) and method.

    Two year-steps only: few hits can be one surprise. Columns: `an.columns("backtest.back_test_summary")`.

    >>> steady = assumptions[assumptions["scenario"] == "steady"]
    >>> rows = back_test_summary(back_test(participants, labour_force, published, regions, steady, 200, 1))
    >>> rows[["direction", "method", "cases", "mean_absolute_error", "bias"]].round(4).values.tolist()[3]
    ['forward', 'no change', 34, 0.0326, -0.0212]
    """
    provinces = tested[tested["province_code"] != COUNTRY]
    rows = []
    for direction in DIRECTIONS:
        there = provinces if direction == "both" else provinces[provinces["direction"] == direction]
        for method in dict.fromkeys(there["method"]):
            of_method = there[there["method"] == method]
            if direction != "both" or of_method["direction"].nunique() == 2:
                rows.append(summary(of_method).assign(direction=direction, method=method))
    return pd.concat(rows, ignore_index=True).assign(facts=facts_of(tested))[columns_of("backtest.back_test_summary")]


def this_method(fared: pd.DataFrame) -> pd.DataFrame:
    """How often what came lay within the ranges of the method that pages use: one row a direction and level (0.5, 0.8, 0.9).

    `least` to `most` are the hits that chance leaves (`chance`); `holds`, and `verdict` in words, whether there were so many. Columns:
    `an.columns("backtest.this_method")`.

    >>> rows = pd.DataFrame({"method": ["net change"], "direction": ["forward"], "cases": [34], "hits_50": [29], "hits_80": [31],
    ...     "hits": [34], "facts": [Facts()]})
    >>> this_method(rows)[["level", "hits", "least", "most", "holds"]].values.tolist()
    [[0.5, 29, 11, 23, False], [0.8, 31, 22, 31, True], [0.9, 34, 27, 34, True]]
    """
    ours = fared[fared["method"] == METHODS[0]]
    rows = []
    for row in ours.to_dict("records"):
        for level, name in ((0.5, "hits_50"), (0.8, "hits_80"), (0.9, "hits")):
            least, most = chance(int(row["cases"]), level)
            hits = int(row[name])
            rows.append(
                {
                    "direction": row["direction"],
                    "level": level,
                    "cases": int(row["cases"]),
                    "hits": hits,
                    "least": least,
                    "most": most,
                    "holds": least <= hits <= most,
                    "verdict": "ranges hold" if least <= hits <= most else "ranges don't hold",
                    "facts": row["facts"],
                }
            )
    return pd.DataFrame(rows, columns=columns_of("backtest.this_method"))


def at_level(fared: pd.DataFrame, direction: str, level: float = 0.9) -> pd.DataFrame:
    """The row of `this_method` of a direction and level.

    >>> rows = pd.DataFrame({"method": ["net change"], "direction": ["forward"], "cases": [34], "hits_50": [29], "hits_80": [31],
    ...     "hits": [34], "facts": [Facts()]})
    >>> at_level(rows, "forward")[["hits", "verdict"]].values.tolist()
    [[34, 'ranges hold']]
    """
    rows = this_method(fared)
    return rows[(rows["direction"] == direction) & (rows["level"] == level)]


def of_place(tested: pd.DataFrame, province_code: str) -> pd.DataFrame:
    """What `back_test` says of one place by the method that pages use: a row a direction, none of a place that wasn't tested.

    >>> rows = pd.DataFrame({"province_code": ["18", "18"], "method": ["net change", "no change"], "forecast": [0.17, 0.16]})
    >>> of_place(rows, "18")["forecast"].tolist()
    [0.17]
    """
    return tested[(tested["province_code"] == province_code) & (tested["method"] == METHODS[0])]


def chance(cases: int, level: float) -> tuple[int, int]:
    """The numbers of hits from the 2.5 % to the 97.5 % quantile of the binomial distribution.

    >>> chance(34, 0.9), chance(68, 0.5)
    ((27, 34), (26, 42))
    """
    upto, ends = 0.0, []
    for hits in range(cases + 1):
        upto += comb(cases, hits) * level**hits * (1.0 - level) ** (cases - hits)
        ends.append(upto)
    return tuple(int(np.searchsorted(ends, q)) for q in (0.025, 0.975))  # type: ignore[return-value]


def pit(tested: pd.DataFrame, bins: int = 10) -> pd.DataFrame:
    """Where in the forecasts of the method that pages use what came lay: provinces by tenth of the draws below it, by direction.

    Alike in each tenth if ranges are right; a heap in the middle is too wide, heaps at the ends are too narrow, on one side too high or
    too low. Columns: `an.columns("backtest.pit")`.

    >>> rows = pd.DataFrame({"method": "net change", "direction": "forward", "province_code": ["11", "12"], "pit": [0.05, 1.0]})
    >>> pit(rows.assign(facts=Facts()))["cases"].tolist()
    [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    """
    ours = tested[(tested["method"] == METHODS[0]) & (tested["province_code"] != COUNTRY)]
    rows = []
    for direction in dict.fromkeys(ours["direction"]):
        at = np.minimum((ours.loc[ours["direction"] == direction, "pit"].to_numpy(float) * bins).astype(int), bins - 1)
        rows += [(direction, i / bins, (i + 1) / bins, int((at == i).sum())) for i in range(bins)]
    return pd.DataFrame(rows, columns=["direction", "low", "high", "cases"]).assign(facts=facts_of(tested))


def not_tested(tested: pd.DataFrame, participants: pd.DataFrame, regions: pd.DataFrame) -> str:
    """The places that `back_test` left out, with a comma between: their participants or workers are incomplete in one of its
    Decembers. "" where none is.

    >>> steady = assumptions[assumptions["scenario"] == "steady"]
    >>> gone = (participants["province"] == "Bali") & (participants["period"] == "2022-12") & (participants["segment"] == "PU")
    >>> few = participants[~gone]
    >>> not_tested(back_test(few, labour_force, published, regions, steady, draws=10, seed=1), few, regions)
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


def _people_of(rows: pd.DataFrame, column: str, codes: Sequence[str]) -> Array:
    """Workers or covered by segment and place."""
    table = rows.set_index(["segment", "province_code"])[column].unstack()
    return table.loc[list(SEGMENTS), list(codes)].to_numpy(float)


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
    as shares with six decimals; then what the years known told of the place, on the logit. ValueError where a place can't be projected.

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
            *_parameters(case),
        )
        for i, (choice, case) in enumerate(zip(chosen, cases, strict=True))
        for n in range(1, until - first + 1)
    ]
    return pd.DataFrame(rows, columns=[*PATH, *PARAMETERS])


PARAMETERS = ("pace_PU", "pace_BPU", "goes_on", "year_scale", "power", "own_weight")


def _parameters(case: Case) -> list[float]:
    """What the years known told of a place (`projection.yearly`)."""
    told_ = case.history.set_index("segment")  # type: ignore[union-attr]
    shared = [float(told_[name].iloc[0]) for name in PARAMETERS[2:]]
    return [*(round(float(told_.loc[segment, "pace"]), 6) for segment in SEGMENTS), *(round(x, 6) for x in shared)]


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
    ours = ours if "method" in ours else ours.assign(method=METHODS[0])
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
    """`register_scores` in one row a method (`uncertainty.summary`), that of the pages first; none where nothing can be scored yet.

    >>> scores = pd.DataFrame({"method": ["solved", "net change"], "error": [0.01, 0.02], "inside": [False, True], "crps": 0.02})
    >>> register_summary(scores)[["method", "cases", "hits"]].values.tolist()
    [['net change', 1, 1], ['solved', 1, 0]]
    """
    methods = sorted(set(scores["method"]), key=METHODS.index)
    rows = [summary(scores[scores["method"] == method]).assign(method=method) for method in methods]
    return pd.concat(rows or [summary(scores).head(0).assign(method="")], ignore_index=True)[
        columns_of("backtest.register_summary")
    ]


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
