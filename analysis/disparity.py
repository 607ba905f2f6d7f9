r"""How unequal coverage is between provinces, weighted by their workers and with each province as one.

After Harper & Lynch 2010 (NCI) and Schlotheuber & Hosseinpoor 2022 (for WHO's HEAT). $y_j$ rate, $p_j$ share of
the workers, or 1/n each; $μ = Σ p_j y_j$:

    gap                       max y - min y,   ratio  max y / min y
    between-group variance    Σ p_j (y_j - μ)²        (points squared; its root is in points)
    Theil index               Σ p_j (y_j/μ) ln(y_j/μ)
    index of disparity        Σ p_j |y_j - μ| / μ     (Pearcy & Keppel 2002; μ is always that of all workers)
    concentration index       (2/μ) Σ p_j y_j x_j - 1 (x_j relative rank: workers below, and half of one's own)
"""

from typing import Any

import numpy as np
import pandas as pd

from analysis.coverage import MixError
from analysis.names import public
from analysis.schema import COUNTRY, Facts, facts_of, row_keys

__all__ = ["inequality", "ordered_by"]
__getattr__, __dir__ = public(__name__, {}, __all__)


def ordered_by(rows: pd.DataFrame, labour_force: pd.DataFrame, column: str = "average_net_wage") -> pd.DataFrame:
    """`rows` of provinces with a column of labour_force to order them by, of the last August that has it for all.

    One order for every date keeps a changed order out of a changed inequality. Where no August has
    all these provinces the column is missing. Adds `column`, order_period, and its source to the facts.

    >>> ordered_by(provinces, labour_force)[["province", "order_period"]].values.tolist()[1]
    ['Aceh', '2022-08']
    """
    codes = set(rows["province_code"]) - {COUNTRY}
    known = labour_force[labour_force[column].notna() & labour_force["province_code"].isin(codes)]
    territory = labour_force.groupby("period")["territory"].nunique()
    stands = set(rows["territory"]) if "territory" in rows else set()
    for period in sorted(territory.index[territory == 1], reverse=True):
        there = known[known["period"] == period].set_index("province_code")
        others = set(labour_force.loc[labour_force["period"] == period, "province_code"]) - {COUNTRY}
        if set(there.index) == codes == others and (not stands or stands == set(there["territory"])):
            table = there.reset_index()
            said = zip(table["province_code"], table["source_id"], row_keys("labour_force", table), strict=True)
            wages = {code: Facts(source_ids=(source,), keys=key) for code, source, key in said}
            pairs = zip(rows["facts"], rows["province_code"], strict=True)
            values = rows["province_code"].map(there[column]).astype("Float64")
            facts = [own + wages.get(code, Facts()) for own, code in pairs]
            return rows.assign(**{column: values}, order_period=period, facts=facts)
    return rows.assign(**{column: pd.array([pd.NA] * len(rows), "Float64"), "order_period": ""})


def inequality(rows: pd.DataFrame, order: str = "") -> pd.DataFrame:
    """How unequal the rates of provinces are: one row a measure, weighted by workers and with each province as one.

    `rows` as `all_provinces` gives them (the country is left out); `order` names the column that
    ranks provinces from poor to rich, for the concentration index. Formulas and sources stand at the head of
    the module. When one province's rate isn't known no measure is; where a province has no workers all are "not
    defined", and where nobody is covered the relative ones. Columns: `an.columns("disparity.inequality")`.

    >>> rows = pd.DataFrame({"province_code": ["11", "12"], "rate": [0.1, 0.3], "workers": [300, 100]})
    >>> inequality(rows)[["measure", "weighted"]].round(4).values.tolist()[3:5]  # mean 0.15, 3/4 and 1/4 of the workers
    [['between-group deviation', 0.0866], ['Theil index', 0.1438]]
    """
    parts = rows[rows["province_code"] != COUNTRY]
    if parts["province_code"].duplicated().any():
        raise MixError("inequality between provinces needs one row a province; these rows are grouped further")
    if not len(parts):
        raise ValueError("inequality needs provinces; there is none")
    nobody = bool((parts["workers"] == 0).any())  # one of the rates is of nobody
    known = bool(parts[["rate", "workers"]].notna().all(axis=None)) and not nobody
    ranked = bool(order) and bool(parts[order].notna().all())
    values = _measures(parts, order if ranked else "") if known else {}
    out = pd.DataFrame(
        [(name, unit, *values.get(name, (pd.NA, pd.NA))) for name, unit in _UNITS.items()],
        columns=["measure", "unit", "weighted", "unweighted"],
    ).astype({"weighted": "Float64", "unweighted": "Float64"})
    empty = out["weighted"].isna() & out["unweighted"].isna()
    no_order = (out["measure"] == "concentration index") & (known and not ranked)
    why = "not defined" if known or nobody else "not known"
    out["known_is"] = empty.map({True: why, False: "known"}).mask(no_order, "not known")
    return out.assign(facts=facts_of(parts))


_UNITS = {
    "absolute gap": "points",
    "relative gap": "ratio",
    "between-group variance": "points squared",
    "between-group deviation": "points",
    "Theil index": "index",
    "index of disparity": "share",
    "concentration index": "index",
}


def _measures(parts: pd.DataFrame, order: str) -> dict[str, tuple[Any, Any]]:
    """Each measure, weighted by workers and with each province as one; the relative ones only if anybody is covered."""
    y, p = parts["rate"].to_numpy(float), parts["workers"].to_numpy(float)
    weights = (p / p.sum(), np.full(len(p), 1 / len(p)))
    mean = float((weights[0] * y).sum())
    lowest, highest = float(y.min()), float(y.max())
    variances = [_variance(y, q) for q in weights]
    found: dict[str, tuple[Any, Any]] = {
        "absolute gap": (pd.NA, highest - lowest),
        "relative gap": (pd.NA, highest / lowest if lowest > 0 else pd.NA),
        "between-group variance": (variances[0], variances[1]),
        "between-group deviation": (variances[0] ** 0.5, variances[1] ** 0.5),
    }
    if mean > 0:
        found["Theil index"] = (_theil(y, weights[0]), _theil(y, weights[1]))
        found["index of disparity"] = tuple(float((q * abs(y - mean)).sum() / mean) for q in weights)  # type: ignore[assignment]
    if mean > 0 and order:
        ranks = parts[order].to_numpy(float)
        found["concentration index"] = tuple(_concentration(y, q, ranks) for q in weights)  # type: ignore[assignment]
    return found


def _variance(y: np.ndarray, p: np.ndarray) -> float:
    return float((p * (y - (p * y).sum()) ** 2).sum())


def _theil(y: np.ndarray, p: np.ndarray) -> float:
    ratio = y / (p * y).sum()
    # x ln x goes to 0 with x: a province without any covered adds nothing.
    return float((p * ratio * np.log(np.where(ratio > 0, ratio, 1))).sum())


def _concentration(y: np.ndarray, p: np.ndarray, order: np.ndarray) -> float:
    """Provinces of equal order share one rank, the middle of their workers."""
    below = np.array([p[order < own].sum() + p[order == own].sum() / 2 for own in order])
    return float(2 * (p * y * below).sum() / (p * y).sum() - 1)
