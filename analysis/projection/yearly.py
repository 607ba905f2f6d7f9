r"""By how much a rate of coverage changes in a year: what all provinces share, what sets them apart, and what a year brings.

In segment $s$ (PU, BPU) of province $i$, from one December to the next, with $c$ covered over workers of that August,

    d_s = logit c_s(t) − logit c_s(t−1),   logit c = log(c / (1 − c))

Net: how many came in and how many went out isn't known, and isn't needed. A rate moved on this scale stays between 0 and 1.

**What is told by the years known**, $n$ of them (`told`):

    m_s      the middle of a year's changes over all provinces: weighted median, weights W^p
    D_s      d_s − m_s, what sets a province apart from the others in that year
    p        how far deviations shrink with size, by least squares of log mean_s |D_s| on log W, a constant for each year (D from
             the plain median here; p within 0 and ½, and 0 where fewer than `ENOUGH` provinces are known)
    pace_s   the mean of m_s over the n years, and of a province's own past b × the mean of its D_s:  b = n ρ / (1 + (n − 1) ρ)  with ρ
             the correlation of D W^p of a year and the next over all provinces and both segments, 0 if below; of one year known
             nothing of its own
    φ        n / (n + 1): how much of a pace goes on for another year. It is as if one more year had been seen, without change: of one
             year known half goes on, of two two thirds. In the k-th year ahead φ^k of it is left, so that a pace dies out
    others   D_s of the other provinces × (W_j / W_i)^p, with either sign: wider for small places. PU and BPU of one stay together.
    σ        of the year: the spread of the national count's yearly growth (`year_scale`)

W are the workers of both segments in the later August. A Laplace distribution whose scale falls as W^−p has this weighted median as
its likeliest middle. A place whose start is of lower confidence than the changes gets `others` √2 times as wide, as one more error
as large as theirs comes in.

**One draw** takes for each year ahead, new every year (`projection.plan`)

    d_s = φ^k pace_s + D_s of another province, any of them with either sign + σ t,   t of Student's distribution, 4 degrees

with σ t common to both segments and to all places of a draw. Four degrees because four steps between national Decembers were known
when the choice was made; a distribution with light tails would call a year like 2020 impossible.

**How it was chosen**: by the rules above, once; not by what came out. On 34 provinces (60,000 draws; forward: 2024 from 2023, back:
time turned round, 2022 from 2023) hits of 34 at 90 % and CRPS in points of the neighbours of each choice, the chosen first:

    φ                ½ 34, 1.74 and 25, 3.29      0 34, 2.07; 21, 3.98     ¼ 34, 1.76; 22, 3.62     ¾ 34, 2.05; 28, 3.01     1 33, 2.71; 31, 2.77
    p                as fitted (0.25; 0.50)       0 34, 1.77; 27, 3.41     ½ 34, 1.77; 25, 3.29
    middle           weighted median              plain median 34, 1.76; 25, 3.36
    σ                0.128 (2018 to 2023)         none 32, 1.58; 12, 3.62  0.10 34, 1.68; 22, 3.36  0.117 (without the step
                     that is forecast back) 34, 1.72; 24, 3.31             0.15 34, 1.79; 29, 3.25
    degrees          4                            normal 34, 1.69; 22, 3.35   3 34, 1.76; 28, 3.28  6 34, 1.72; 23, 3.33
    one change for both segments, of the total (a draft)  33, 1.72 and 28, 3.20
    share that goes on drawn evenly from 0 to 1 (instead of ½)  34, 1.81 and 25, 3.34

With ¾ the two years together would fare better (62 hits) and with no year's effect the forward year would (1.58); neither is
known in the year before.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.coverage import active, workers_over_time
from analysis.schema import COUNTRY, SEGMENTS

Array = NDArray[np.float64]

ENOUGH = 10  # provinces from which a slope on size can be told
STEPS = 3  # between national Decembers, from which a spread can be told
# Where fewer are known: what the national Decembers of 2018 to 2023 give, to two decimals.
YEAR_SCALE = 0.13
_TRUST = {"high": 0, "medium": 1, "low": 2}


class Told(NamedTuple):
    """What the years known tell of all provinces; arrays (segment, change), a change being one province's in one year.

    `apart` is D W^p, so that `apart` / W_i^p is what a place of W_i workers would have; `codes` are the provinces (change,).
    """

    pace: Array  # m, the mean of the years: (segment,)
    goes_on: float  # φ
    apart: Array
    codes: NDArray[np.str_]
    power: float
    own_weight: float  # b
    years: int
    confidence: str


def yearly_changes(
    participants: pd.DataFrame, labour_force: pd.DataFrame, regions: pd.DataFrame, upto: str
) -> pd.DataFrame:
    """Every province's change of the logit of its rate from one December to the next, up to the December `upto`.

    Participants by domicile, workers of August, both on one map. One row a province and year (year, province_code, PU, BPU, workers,
    confidence); a province of which a segment isn't known at one end, or is all or not at all covered, has none.

    >>> rows = yearly_changes(participants, labour_force, regions, "2024-12")
    >>> rows[rows["province_code"] == "18"][["year", "PU", "BPU"]].round(3).values.tolist()
    [[2023.0, 0.151, 0.529], [2024.0, 0.289, -0.132]]
    """
    counted = participants[(participants["split"] == "domicile") & (participants["province_code"] != COUNTRY)]
    counted = counted[counted["period"].str.endswith("-12") & (counted["period"] <= upto)]
    found = [pd.DataFrame(columns=["year", "province_code", *SEGMENTS, "workers", "confidence"])]
    for territory, there in counted.groupby("territory"):
        periods = sorted(set(there["period"]))
        if len(periods) > 1:
            rows = active(there, periods, "domicile")
            workers = workers_over_time(labour_force, str(territory), regions)
            found.append(_steps(rows, workers))
    return pd.concat([rows for rows in found if len(rows)] or found, ignore_index=True)


def _steps(covered: pd.DataFrame, workers: pd.DataFrame) -> pd.DataFrame:
    """The changes on one map."""
    key = ["year", "province_code", "segment"]
    counts = covered.assign(year=covered["period"].str[:4].astype(int))
    people = workers.assign(year=workers["workers_period"].str[:4].astype(int))
    rows = counts.merge(people[[*key, "workers"]], on=key).dropna(subset=["covered", "workers"])
    rows["rate"] = rows["covered"].astype(float) / rows["workers"].astype(float)
    rows = rows[(rows["rate"] > 0) & (rows["rate"] < 1)]
    rows["logit"] = np.log(rows["rate"] / (1 - rows["rate"]))
    rows["trust"] = [_TRUST.get(facts.confidence, 2) for facts in rows["facts"]]
    wide = rows.pivot(index=["province_code", "year"], columns="segment", values=["logit", "workers", "trust"])
    wide = wide.reindex(columns=pd.MultiIndex.from_product([["logit", "workers", "trust"], SEGMENTS])).dropna()
    wide = wide.astype(float).reset_index(level="year")
    before = wide.assign(year=wide["year"] + 1).set_index("year", append=True)
    after = wide.set_index("year", append=True)
    both = after.index.intersection(before.index)
    trust = np.maximum(after.loc[both, "trust"].max(axis=1), before.loc[both, "trust"].max(axis=1))
    change = after.loc[both, "logit"] - before.loc[both, "logit"]
    out = pd.DataFrame({segment: change[segment] for segment in SEGMENTS}, index=both)
    names = {level: name for name, level in _TRUST.items()}
    out = out.assign(workers=after.loc[both, "workers"].sum(axis=1), confidence=[names[int(t)] for t in trust])
    return out.reset_index()[["year", "province_code", *SEGMENTS, "workers", "confidence"]].sort_values(
        ["year", "province_code"], ignore_index=True
    )


def told(changes: pd.DataFrame) -> Told:
    """What the changes of `yearly_changes` tell of the next: see the module. ValueError where there are none.

    >>> found = told(yearly_changes(participants, labour_force, regions, "2023-12"))
    >>> found.pace.round(3).tolist(), found.goes_on, round(found.power, 2), found.own_weight
    ([0.129, 0.551], 0.5, 0.25, 0.0)
    """
    if changes.empty:
        raise ValueError(
            "no province's coverage is known in two Decembers running, so nothing tells how much a rate changes in a year; state "
            "enrolment in the scenario"
        )
    d = changes[list(SEGMENTS)].to_numpy(float).T
    workers, year = changes["workers"].to_numpy(float), changes["year"].to_numpy(int)
    years = sorted(set(year))
    power = _power(
        np.stack([_deviations(d, year, np.median(d[:, year == y], axis=1), y) for y in years]).sum(axis=0),
        workers,
        year,
    )
    size = workers**power
    middles = {y: np.array([_weighted_median(row[year == y], size[year == y]) for row in d]) for y in years}
    apart = sum(_deviations(d, year, middles[y], y) for y in years) * size
    codes = changes["province_code"].to_numpy(str)
    worst = max(changes["confidence"], key=lambda word: _TRUST[word])
    pace = np.mean(list(middles.values()), axis=0)
    n = len(years)
    return Told(pace, n / (n + 1), apart, codes, power, _own_weight(apart, codes, year), n, str(worst))


def _deviations(d: Array, year: NDArray[np.int_], middle: Array, one: int) -> Array:
    """The deviations of one year's changes from its middle; 0 in other years."""
    return np.where(year == one, d - middle[:, np.newaxis], 0.0)


def _weighted_median(values: Array, weights: Array) -> float:
    """The first value, in order, at which half of the weight is reached."""
    order = np.argsort(values, kind="stable")
    upto = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(upto, upto[-1] / 2)])


def _power(apart: Array, workers: Array, year: NDArray[np.int_]) -> float:
    """By which power of the workers deviations fall: 0 (not at all) to ½ (as those of persons drawn one by one)."""
    size, far = np.log(workers), np.abs(apart).mean(axis=0)
    if len(far) < ENOUGH or not (far > 0).all():
        return 0.0
    far = np.log(far)
    for one in set(year):
        size[year == one] -= size[year == one].mean()
        far[year == one] -= far[year == one].mean()
    return float(np.clip(-(size @ far) / (size @ size), 0.0, 0.5)) if size.any() else 0.0


def _own_weight(apart: Array, codes: NDArray[np.str_], year: NDArray[np.int_]) -> float:
    """How much of the mean of a province's own deviations goes on."""
    at = {(code, y): i for i, (code, y) in enumerate(zip(codes, year, strict=True))}
    pairs = [(i, at[code, y + 1]) for (code, y), i in at.items() if (code, y + 1) in at]
    if len(pairs) < ENOUGH:
        return 0.0
    first, second = apart[:, [i for i, _ in pairs]], apart[:, [j for _, j in pairs]]
    spread = np.sqrt((first**2).mean(axis=1) * (second**2).mean(axis=1))
    rho = max(0.0, float(np.mean((first * second).mean(axis=1) / spread)))
    n = len(set(year))
    return n * rho / (1 + (n - 1) * rho)


def for_place(found: Told, code: str, covered: Array, workers: Array, confidence: str) -> tuple[Array, Array]:
    """What the changes tell of one place: its pace (segment,), and the deviations of others (segment, 2 others).

    `covered` and `workers` of its segments today set the size, and the order of the others, with either sign: by what they do to the
    rate of all workers, the lowest first, so that a higher number of a draw means a higher rate.

    >>> pool = Told(np.array([0.1, 0.2]), 0.5, np.array([[0.3, -0.2], [0.1, 0.4]]), np.array(["18", "31"]), 0.0, 0.0, 1, "low")
    >>> [x.tolist() for x in for_place(pool, "31", np.array([50.0, 50.0]), np.array([100.0, 100.0]), "low")]
    [[0.1, 0.2], [[-0.3, 0.3], [-0.1, 0.1]]]
    """
    ours = found.codes == code
    size = workers.sum() ** found.power
    own = found.own_weight * found.apart[:, ours].mean(axis=1) / size if ours.any() else np.zeros(len(SEGMENTS))
    one_way = found.apart[:, ~ours] / size
    if not one_way.size:
        one_way = np.zeros((len(SEGMENTS), 1))  # nobody else is known: no deviation, and the year's effect alone
    if _TRUST.get(confidence, 2) > _TRUST[found.confidence]:
        one_way = one_way * np.sqrt(2.0)
    others = np.concatenate([one_way, -one_way], axis=1)
    rate = covered / workers
    moved = (workers * rate * (1.0 - rate)) @ others
    return found.pace + own, others[:, np.argsort(moved, kind="stable")]


def year_scale(published: pd.DataFrame, upto: str) -> float:
    """The spread σ of the yearly growth (log) of the nation's active participants, from the printed Decembers up to `upto`.

    A count of a year is taken as of its end; of several prints of a December the median. Between Decembers a and b, x = log N_b − log N_a,
    μ the growth over all years:  σ² = sum (x − μ (b − a))² / (b − a) / (steps − 1),  so that a December that is missing costs one
    step. `YEAR_SCALE` where fewer than `STEPS` steps are known.

    >>> [round(year_scale(published, upto), 3) for upto in ("2023-12", "2024-12")]
    [0.128, 0.111]
    """
    rows = published[(published["province_code"] == COUNTRY) & (published["measure"] == "covered")]
    rows = rows[(rows["segment"] == "total") & (rows["status"] == "active") & rows["value_read"].notna()]
    date = rows["as_of"].where(rows["as_of"] != "", rows["period"])
    december = date.where(date.str.endswith("-12"), date.where(date.str.len() == 4) + "-12")
    rows = rows.assign(year=december)[(december <= upto).fillna(False)]
    return spread_of(rows.groupby(rows["year"].str[:4].astype(int))["value_read"].median())


def spread_of(counts: pd.Series) -> float:
    """σ of `year_scale` from counts by year.

    >>> round(spread_of(pd.Series({2018: 100.0, 2019: 110.0, 2020: 99.0, 2021: 108.9})), 4)  # 0.0953, −0.1054, 0.0953
    0.1159
    """
    years, values = np.array(counts.index, dtype=float), np.log(counts.to_numpy(float))
    if len(years) <= STEPS:
        return YEAR_SCALE
    length, x = np.diff(years), np.diff(values)
    mean = x.sum() / length.sum()
    return float(np.sqrt(((x - mean * length) ** 2 / length).sum() / (len(x) - 1)))


def student(u: Array) -> Array:
    """The quantile of Student's distribution with 4 degrees of freedom (closed form, Shaw 2006).

    >>> student(np.array([0.5, 0.95, 0.995])).round(3).tolist()
    [0.0, 2.132, 4.604]
    """
    tails = np.clip(4.0 * u * (1.0 - u), 1e-15, 1.0)
    root = np.cos(np.arccos(np.sqrt(tails)) / 3.0) / np.sqrt(tails)
    out: Array = np.sign(u - 0.5) * 2.0 * np.sqrt(np.maximum(root - 1.0, 0.0))
    return out


def names_of(places: Sequence[str], years: Sequence[int]) -> list[str]:
    """The names of the numbers that one draw takes for places in years: the year's effect, and each place's own.

    >>> names_of(["Lampung"], [2025])
    ['usual.year.2025', 'usual.own.Lampung.2025']
    """
    return [f"usual.year.{year}" for year in years] + [
        f"usual.own.{place}.{year}" for place in places for year in years
    ]
