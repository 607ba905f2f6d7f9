"""What the press printed on the coverage of a place: one row an article, date and segment, nothing computed.

The figures come from the table `reported_claims`, where measure, status, base and segment stand in columns
of their own. Registered and non-active participants are no coverage, and a figure of another level or
place is not the province's.
"""

from collections.abc import Sequence

import pandas as pd

from analysis.printed import matters
from analysis.schema import COUNTRY, SEGMENTS, Facts, row_keys, union

_FIGURES = {"coverage_rate": "rate", "covered": "covered", "workers": "workers"}
_SEGMENTS = {"total": "all", "formal": "PU", "informal": "BPU", "PU": "PU", "BPU": "BPU"}
# Workers that an article names otherwise than as its total: which base they are.
_BASES = {"eligible": "eligible", "employed": "employed, as published", "labour force": "labour force"}


def published_figures(published: pd.DataFrame, province_code: str) -> pd.DataFrame:
    """What the press printed on a place's coverage: one row an article, date and segment.

    Columns: period, segment (all, PU, BPU), base (eligible where the article gives its workers no
    other name; base not stated where it prints none), and for each of covered, workers and rate what was
    printed, with the words before it where they change its meaning (`printed.matters`; `covered_printed`), and how it
    is read (`covered`, persons; `rate`, a share); facts (confidence "as printed", or "with caution"
    where `caution` says why). A figure that an article doesn't print is "" and
    missing; one it prints with two values is shown with both and missing. Nothing is computed from
    them, because a rounded base pins down no rate.

    >>> c = pd.DataFrame({"claim_id": ["a1", "a2"], "article_id": "A", "province_code": "18", "level": "province", "period": "2023", "as_of": "",
    ...     "measure": ["coverage_rate", "covered"], "segment": "total", "status": "", "base": "",
    ...     "value_printed": ["26,79", "731.991"], "qualifier": ["sudah mencapai", "lebih dari"],
    ...     "value_read": [26.79, 731991.0], "caution": "", "caution_id": "", "source_id": "s"})
    >>> published_figures(c, "18")[["covered_printed", "rate_printed", "rate"]].values.tolist()
    [['lebih dari 731.991', '26,79', 0.2679]]
    """
    level = "national" if province_code == COUNTRY else "province"
    counted = (published["measure"] == "coverage_rate") | published["status"].isin(("", "active"))
    rows = published[
        (published["province_code"] == province_code)
        & (published["level"] == level)
        & published["measure"].isin(_FIGURES)
        & published["segment"].isin(_SEGMENTS)
        & counted
        & (published["base"] != "remaining potential")
    ]
    rows = rows.assign(
        figure=rows["measure"].map(_FIGURES),
        segment=rows["segment"].map(_SEGMENTS),
        base=rows["base"].map(_BASES),
        period=rows["as_of"].where(rows["as_of"] != "", rows["period"]),
        text=(rows["qualifier"] + " ").where(rows["qualifier"].map(matters).astype(bool), "") + rows["value_printed"],
    )
    where = ["article_id", "period", "segment"]
    out = rows[[*where, "source_id"]].drop_duplicates(where)
    for figure in ("covered", "workers", "rate"):
        part = rows[rows["figure"] == figure].groupby(where, sort=False)
        printed = part["text"].agg(_each_once).rename(f"{figure}_printed")
        # Two different values of one figure in one article: both are shown and neither is used.
        value = (
            part["value_read"].agg(lambda v: v.iloc[0] if v.nunique() == 1 else pd.NA).astype("Float64").rename(figure)
        )
        out = out.merge(printed, on=where, how="left").merge(value, on=where, how="left")
    cautions = rows.groupby(where, sort=False)[["caution", "caution_id"]].agg(_each_once)
    base = rows[rows["figure"] == "workers"].groupby(where, sort=False)["base"].first()
    out = out.merge(cautions, on=where, how="left").merge(base, on=where, how="left")
    keys = rows.assign(key=row_keys("reported_claims", rows)).groupby(where, sort=False)["key"].agg(union)
    out = out.merge(keys, on=where, how="left")
    out = out.fillna({"covered_printed": "", "workers_printed": "", "rate_printed": ""})
    out["base"] = out["base"].fillna("eligible").where(out["workers_printed"] != "", "base not stated")
    told = zip(out["period"], out["caution"], out["source_id"], out["key"], strict=True)
    facts = [
        Facts((period,), (period,), "with caution" if caution else "as printed", (source,), keys)
        for period, caution, source, keys in told
    ]
    rates = (out["rate"] / 100).round(6)
    return out.assign(rate=rates, facts=facts).sort_values("period", kind="stable", ignore_index=True)


def _each_once(texts: pd.Series) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def published_rates(published: pd.DataFrame, province_code: str) -> pd.DataFrame:
    """`published_figures` with a rate; articles with equal figures for one month are taken together.

    >>> published_rates(published, "18")[["period", "covered_printed", "rate_printed"]].head(2).values.tolist()
    [['2023', '731.991', '26,79'], ['2024-09', '760.468', '24,86']]
    """
    rows = published_figures(published, province_code)
    rows = rows[rows["rate_printed"] != ""].assign(month=rows["period"].str[:7])
    same = ["month", "segment", "covered_printed", "workers_printed", "rate_printed", "caution", "caution_id"]
    groups = rows.groupby(same, sort=False)
    first = groups[["period", "base", "covered", "workers", "rate"]].first()
    joined = first.join(groups.agg(facts=("facts", Facts.sum))).reset_index()
    return joined.assign(rate_is="known").drop(columns="month")


def each_rate_once(published: pd.DataFrame, province_code: str) -> pd.DataFrame:
    """`published_rates` with each rate of a month, segment and base once: the print without a caution, its base in most digits.

    The facts are those of the print that stays.

    >>> len(published_rates(published, "18")), len(each_rate_once(published, "18"))
    (9, 4)
    """
    rows = published_rates(published, province_code)
    doubt, sizes = rows["caution"] != "", rows["workers_printed"]
    ranked = rows.assign(
        _month=rows["period"].str[:7], _doubt=doubt, _less=sizes == "", _digits=-sizes.str.count(r"\d")
    )
    best = ranked.sort_values(["_doubt", "_less", "_digits"], kind="stable")
    return rows.loc[rows.index.isin(best.drop_duplicates(["_month", "segment", "base", "rate"]).index)]


def eligible(published: pd.DataFrame, province_code: str, period: str, periods: Sequence[str] = ()) -> pd.DataFrame:
    """Coverage on the base *eligible*, as published for the year of `period`: PU, BPU and all.

    Columns as `coverage_of` by segment, and `covered_printed`, `workers_printed`, `rate_printed`. The
    article with the most segments is taken, then the latest. Rates stand where they were printed;
    workers only where they were printed in full, because "1 juta" pins down no rate; a segment that
    the article doesn't have is missing.

    Raises ValueError that lists where there is such a figure (for a year of `periods`, if given).

    >>> eligible(published, "18", "2023-12")[["segment", "covered", "rate"]].tail(2).values.tolist()
    [['BPU', 167605, <NA>], ['all', 731991, 0.2679]]
    """
    statements = published_figures(published, province_code)
    rows = statements[statements["period"].str[:4] == period[:4]]
    whole = rows[_complete(rows)]
    if whole.empty:
        raise ValueError(
            f"no article in data/ prints covered, workers and rate of this place for {period[:4]} on the base "
            f"eligible. There is: {_where_eligible(published, periods)}. Use base employed elsewhere"
        )
    size = rows.groupby("article_id")["segment"].nunique()
    best = whole.assign(size=whole["article_id"].map(size)).sort_values(["size", "period", "article_id"]).iloc[-1]
    article = rows[(rows["article_id"] == best["article_id"]) & (rows["period"] == best["period"])]
    out = pd.DataFrame({"segment": [*SEGMENTS, "all"]}).merge(article, how="left")
    texts = ("covered_printed", "workers_printed", "rate_printed", "caution", "caution_id")
    out = out.fillna(dict.fromkeys(texts, "")).assign(facts=[best["facts"]] * len(out))
    full = out["workers_printed"].str.fullmatch(r"\d{1,3}(\.\d{3})+")
    out["covered"] = out["covered"].astype("Float64").round().astype("Int64")
    out["workers"] = out["workers"].astype("Float64").where(full).round().astype("Int64")
    out["uncovered"] = out["workers"] - out["covered"]
    return out.assign(rate_is=out["rate"].notna().map({True: "known", False: "not stated"}))


def _complete(rows: pd.DataFrame) -> pd.Series:
    figures = rows[["covered", "workers", "rate"]].notna().all(axis=1) & (rows["base"] == "eligible")
    return (rows["segment"] == "all") & figures & (rows["caution"] == "")


def _where_eligible(published: pd.DataFrame, periods: Sequence[str]) -> str:
    places = published.loc[
        published["level"].isin(("province", "national")), ["province_code", "province"]
    ].drop_duplicates()
    there = []
    for code, name in places.sort_values("province").itertuples(index=False):
        rows = published_figures(published, code)
        years = sorted(set(rows.loc[_complete(rows), "period"].str[:4]))
        there += [f"{name} {p}" for p in periods if p[:4] in years] if periods else [f"{name} {y}" for y in years]
    return ", ".join(there) or "none"
