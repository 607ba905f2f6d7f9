"""What is known of a place beside its December: newer figures on other bases, counts of other months, who doesn't pay.

A count of one month by one way of counting is never set against that of another month by another way: each row says what it
is of. Nothing is estimated; what the press printed stands as it was printed.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from math import log

import pandas as pd

from analysis.coverage import Choice, active, coverage_of, facts_of_counts, latest, workers_of
from analysis.frames import columns_of
from analysis.names import public
from analysis.press.published import each_rate_once, published_figures, published_rates
from analysis.printed import UnreadableError, read_printed
from analysis.schema import COUNTRY, SPLITS, Facts, row_keys

__all__ = [
    "by_identity_card",
    "by_status",
    "counts",
    "newer",
    "newest_print",
    "over_time",
    "season",
    "season_of_nation",
]
__getattr__, __dir__ = public(__name__, {}, __all__)

# Why a newer figure can't be set against the rate of the page, by what it is of.
_WHY = {
    "eligible": "of the eligible",
    "employed, as published": "not the same workers",
    "labour force": "of the labour force",
    "base not stated": "nobody says of whom",
    "registration": "not of the residents",
}
# Two counts that are as far apart as this (in logarithms) are not called near, nor is one of two that are about as near.
_NEAR, _CLEARLY = 0.15, 2.0


def newer(
    choice: Choice,
    participants: pd.DataFrame,
    labour_force: pd.DataFrame,
    published: pd.DataFrame,
    regions: pd.DataFrame,
) -> pd.DataFrame:
    """What is newer than the page's month: the newest published rates, one month a base, and the place's own later participants.

    The newest first. `why` says why a row can't be set against the rate of the page. A rate is computed only where the place has
    later participants by domicile. Columns: `an.columns("recent.newer")`.

    >>> newer(choice, participants, labour_force, published, regions)[["period", "base", "rate_printed"]].head(2).values.tolist()
    [['2025-12', 'eligible', '25,27'], ['2024-12', 'employed', '']]
    """
    rates = published_rates(published, choice.province_code)
    rates = rates[(rates["segment"] == "all") & (rates["period"].str[:7] > choice.period)]
    last = rates.groupby("base")["period"].transform("max").str[:7]
    rates = rates[rates["period"].str[:7] == last].drop_duplicates(["base", "period", "rate_printed"])
    own = _own_later(choice, participants, labour_force, regions)
    rows = pd.concat([rates.assign(split=""), own]) if len(own) else rates.assign(split="")
    newest = latest(participants, regions)

    def why(period: str, base: str, split: str) -> str:
        if split == "registration":
            return _WHY[split]
        if base == choice.base:  # on the page's own base it is another month, which has all places or hasn't
            return "another month" if base == "eligible" or period <= newest else "not of all places"
        return _WHY.get(base, "of all employed")

    told = [why(*row) for row in zip(rows["period"], rows["base"], rows["split"], strict=True)]
    rows = rows.assign(why=told).sort_values(["period", "base"], ascending=[False, True], kind="stable")
    return rows[columns_of("recent.newer")].reset_index(drop=True)


def _own_later(
    choice: Choice, participants: pd.DataFrame, labour_force: pd.DataFrame, regions: pd.DataFrame
) -> pd.DataFrame:
    """The place's participants of later months than the page's, each way of counting, with a rate where they are residents."""
    mine = participants[
        (participants["province_code"] == choice.province_code) & (participants["period"] > choice.period)
    ]
    rows = []
    for period, split in sorted(set(zip(mine["period"], mine["split"], strict=True))):
        covered = active(mine, period, split)
        if covered.empty:
            continue
        then = choice._replace(period=period, workers_period=f"{period[:4]}-08", split=split)
        found = coverage_of(covered, workers_of(then, labour_force, regions), ["province", "period", "split"])
        rows.append(found if split == "domicile" else found.assign(rate=pd.NA, rate_is="not residents"))
    if not rows:
        return pd.DataFrame()
    out = pd.concat(rows, ignore_index=True).assign(base="employed", rate_printed="", caution="", caution_id="")
    return out.assign(
        **{f"{name}_printed": out[name].astype(str).replace("<NA>", "") for name in ("covered", "workers")}
    )


def counts(choice: Choice, participants: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Counts of participants from four months before the page's December to a year after, in order.

    Our own by each split, and those printed for all segments, equal ones of a month together. Where an article doesn't say how
    it counts, `nearest` says of its count that is nearest in time to ours which of our counts it is clearly near: "domicile",
    "registration" or "registration with construction", with that count and its month; of the others of that article it says
    "as the one before". That is a hint and no proof. Columns: `an.columns("recent.counts")`.

    >>> counts(choice, participants, published)[["period", "covered", "split"]].head(2).values.tolist()
    [['2023-12', 732890, 'domicile'], ['2023-12', 453853, 'registration']]
    """
    ours = _own_counts(choice.province_code, participants)
    printed = _printed_counts(choice.province_code, published)
    with_construction = set(_articles_with_construction(choice.province_code, published))
    first_of = {
        article: _nearest(group, ours, article in with_construction) for article, group in printed.groupby("article_id")
    }
    blank = ("", pd.NA, "")
    told = []
    for article, month in zip(printed["article_id"], printed["period"], strict=True):
        of_month, near = first_of[article]
        told.append(near if month == of_month or not near[0] else (_AS_THAT, pd.NA, ""))
    printed = printed.assign(split="", **dict(zip(_NEAREST, zip(*told, strict=True), strict=True)) if told else {})
    own = ours[ours["split"] != _WITH_CONSTRUCTION].assign(covered_printed="", caution="", caution_id="")
    rows = pd.concat([part for part in (own.assign(**dict(zip(_NEAREST, blank, strict=True))), printed) if len(part)])
    rows = rows[rows["period"].between(_later_by(choice.period, -4), _later_by(choice.period, 12))]
    rows = rows.astype({"covered": "Int64", "nearest_count": "Int64"}).sort_values("period", kind="stable")
    return rows[columns_of("recent.counts")].reset_index(drop=True)


_WITH_CONSTRUCTION, _AS_THAT = "registration with construction", "as the one before"
_NEAREST = ("nearest", "nearest_count", "nearest_period")


def _printed_counts(province_code: str, published: pd.DataFrame) -> pd.DataFrame:
    """Counts of covered that the press printed for a month and all segments; equal ones of a month are one row."""
    rows = published_figures(published, province_code)
    rows = rows[(rows["segment"] == "all") & (rows["covered_printed"] != "") & (rows["period"].str.len() > 4)]
    rows = rows.assign(period=rows["period"].str[:7], covered=rows["covered"].round().astype("Int64"))
    counted = published.loc[published["measure"] == "covered", ["claim_id", "caution", "caution_id"]]
    cautions = {f"reported_claims/{claim}": pair for claim, *pair in counted.itertuples(index=False)}
    # An article's caution may be about its workers; here only what is said of the count itself.
    mine = [[cautions[key] for key in facts.keys if key in cautions] for facts in rows["facts"]]
    levels = ["with caution" if any(caution for caution, _ in each) else "as printed" for each in mine]
    rows = rows.assign(
        facts=[replace(facts, confidence=level) for facts, level in zip(rows["facts"], levels, strict=True)],
        caution=[_told_once(pair[0] for pair in each) for each in mine],
        caution_id=[_told_once(pair[1] for pair in each) for each in mine],
    )
    plain = rows.assign(_worded=~rows["covered_printed"].str[:1].str.isdigit()).sort_values("_worded", kind="stable")
    same = plain.groupby(["period", "covered"], sort=False, dropna=False)
    first = same[["article_id", "covered_printed", "caution", "caution_id"]].first()
    return first.join(same.agg(facts=("facts", Facts.sum))).reset_index().sort_values("period", kind="stable")


def _articles_with_construction(province_code: str, published: pd.DataFrame) -> pd.Series:
    """Articles that count construction participants of a place among the active ones."""
    rows = _covered_in_print(published, province_code)
    return rows.loc[rows["segment"] == "Jakon", "article_id"]


def _covered_in_print(published: pd.DataFrame, province_code: str) -> pd.DataFrame:
    """Printed counts of covered of a place itself, with their `date` and what each row says of itself (facts)."""
    level = "national" if province_code == COUNTRY else "province"
    rows = published[
        (published["province_code"] == province_code)
        & (published["level"] == level)
        & (published["measure"] == "covered")
    ]
    date = rows["as_of"].where(rows["as_of"] != "", rows["period"])
    told = zip(date, rows["caution"], rows["source_id"], row_keys("reported_claims", rows), strict=True)
    facts = [Facts((d,), (d,), "with caution" if c else "as printed", (s,), key) for d, c, s, key in told]
    return rows.assign(date=date, facts=facts)


def _later_by(period: str, number: int) -> str:
    year, month = divmod(int(period[:4]) * 12 + int(period[5:7]) - 1 + number, 12)
    return f"{year}-{month + 1:02}"


def _own_counts(province_code: str, participants: pd.DataFrame) -> pd.DataFrame:
    """Active participants of a place in `data/`: by month and split, PU and BPU, and by registration with construction, too."""
    rows = participants[(participants["province_code"] == province_code) & (participants["status"] == "active")]
    rows = rows[rows["segment"] != "total"]
    ways = [(split, rows[(rows["split"] == split) & (rows["segment"] != "Jakon")]) for split in SPLITS]
    of_construction = rows[(rows["split"] == "registration") & (rows["segment"] == "Jakon")]["period"]
    with_it = rows[(rows["split"] == "registration") & rows["period"].isin(of_construction)]
    found = []
    for way, part in [*ways, (_WITH_CONSTRUCTION, with_it)]:
        grouped = (
            part.assign(facts=facts_of_counts(part))
            .groupby("period")
            .agg(covered=("persons", "sum"), facts=("facts", Facts.sum))
        )
        found.append(grouped.reset_index().assign(split=way))
    return pd.concat(found, ignore_index=True)


def _nearest(article: pd.DataFrame, ours: pd.DataFrame, with_construction: bool) -> tuple[str, tuple[str, object, str]]:
    """The month of the article's count that is compared, and which of our counts it is clearly near, with it and its month.

    Of several counts of an article that one is compared which is nearest in time. An article that prints construction
    participants is compared with what holds them.
    """
    like = ours[ours["split"] == _WITH_CONSTRUCTION] if with_construction else ours
    known = article[article["covered"].notna() & (article["covered"] > 0)]
    if known.empty or like.empty:
        return "", ("", pd.NA, "")
    pairs = known.merge(like, how="cross", suffixes=("", "_ours"))
    apart = [
        abs(_month_number(a) - _month_number(b)) for a, b in zip(pairs["period"], pairs["period_ours"], strict=True)
    ]
    far = [abs(log(b / a)) for a, b in zip(pairs["covered"], pairs["covered_ours"], strict=True)]
    pairs = pairs.assign(apart=apart, far=far).sort_values(["apart", "far"], kind="stable").drop_duplicates("split")
    best, *others = pairs.sort_values("far", kind="stable").to_dict("records")
    if best["far"] > _NEAR or (others and others[0]["far"] < _CLEARLY * best["far"]):
        return "", ("", pd.NA, "")
    return best["period"], (best["split"], best["covered_ours"], best["period_ours"])


def _month_number(period: str) -> int:
    return int(period[:4]) * 12 + int(period[5:7])


def _told_once(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _printed_active(published: pd.DataFrame, province_code: str) -> pd.DataFrame:
    """Printed counts of active participants of all segments, of which the month is known, in order."""
    rows = _covered_in_print(published, province_code)
    rows = rows[(rows["segment"] == "total") & (rows["status"] == "active") & rows["value_read"].notna()]
    rows = rows.assign(month=rows["date"].str[:7])
    return rows[rows["month"].str.len() == 7].sort_values(["month", "caution"], kind="stable")


def season(published: pd.DataFrame, province_code: str) -> pd.DataFrame:
    """How active participants fell after the turn of the year, by printed counts of one kind: one row, or none.

    Both counts are printed as active and of all segments; the first of December or later, the second the last there is before
    the next December, of the newest such months. Columns: `an.columns("recent.season")`.

    >>> season(published, "00")[["since", "until", "before", "after"]].values.tolist()
    [['2024-12', '2025-05', 45220000, 39050000]]
    """
    rows = _printed_active(published, province_code)
    rows = rows.assign(span=[int(month[:4]) - (month[5:] != "12") for month in rows["month"]])
    months = rows.groupby("span")["month"].nunique()
    empty = pd.DataFrame(columns=columns_of("recent.season"))
    if (months < 2).all():
        return empty
    rows = rows[rows["span"] == months[months > 1].index.max()]
    first, last = (rows[rows["month"] == rows["month"].agg(end)] for end in ("min", "max"))
    ends = [each.iloc[0] for each in (first, last)]
    before, after = (round(end["value_read"]) for end in ends)
    if after >= before:
        return empty
    facts = Facts.sum(replace(end["facts"], as_of=(end["month"],), workers_as_of=(end["month"],)) for end in ends)
    row = {
        "since": ends[0]["month"],
        "until": ends[1]["month"],
        "before_printed": ends[0]["value_printed"],
        "after_printed": ends[1]["value_printed"],
        "before": before,
        "after": after,
        "growth": after / before - 1,
        "facts": facts,
    }
    return pd.DataFrame([row])[columns_of("recent.season")]


def season_of_nation(choice: Choice, published: pd.DataFrame) -> pd.DataFrame:
    """The `season` of Indonesia beside another place; nothing on Indonesia's own page. Columns: `an.columns("recent.season")`.

    >>> season_of_nation(choice, published)["until"].tolist()
    ['2025-05']
    """
    return season(published, COUNTRY).head(int(choice.province_code != COUNTRY))


_STATUSES = ("active", "non_active", "registered")


def by_status(participants: pd.DataFrame, published: pd.DataFrame, province_code: str) -> pd.DataFrame:
    """Registered, active and non-active participants of a place, where a date has two of them; the newest first.

    All segments, construction too. `share_non_active` is of both together, worked out from the figures as read. Columns:
    `an.columns("recent.by_status")`.

    >>> by_status(participants, published, "18")[["period", "active_printed", "non_active_printed"]].values.tolist()
    [['2024-10', '508.956', '207.419'], ['2023-12', '578889', '206337']]
    """
    counted = participants[(participants["province_code"] == province_code) & (participants["segment"] == "total")]
    ours = counted.assign(
        value=counted["persons"].astype("Float64"),
        printed=counted["persons"].astype(str),
        where=counted["split"],
        facts=facts_of_counts(counted),
    )
    theirs = _covered_in_print(published, province_code)
    theirs = theirs[(theirs["segment"] == "total") & theirs["status"].isin(_STATUSES)]
    theirs = theirs.assign(
        period=theirs["date"],
        value=theirs["value_read"].astype("Float64"),
        printed=theirs["value_printed"],
        where=theirs["article_id"],
        split="",
    )
    rows = pd.concat(
        [part[["period", "where", "split", "status", "value", "printed", "facts"]] for part in (ours, theirs)]
    )
    found = []
    for (period, where), group in rows.groupby(["period", "where"], sort=False):
        by_status = group.drop_duplicates("status").set_index("status")
        if len(by_status) < 2:
            continue
        active_ones, others, both = (by_status["value"].get(name, pd.NA) for name in _STATUSES)
        prints = {f"{name}_printed": by_status["printed"].get(name, "") for name in _STATUSES}
        if where in SPLITS and not prints["registered_printed"]:
            prints["registered_printed"] = str(int(active_ones + others))  # our own table is exact
        both = active_ones + others if pd.isna(both) else both
        others = both - active_ones if pd.isna(others) else others
        share = others / both if pd.notna(both) and both > 0 else pd.NA
        facts = Facts.sum(by_status["facts"])
        found.append(
            {"period": period, **prints, "share_non_active": share, "split": group["split"].iloc[0], "facts": facts}
        )
    out = pd.DataFrame(found, columns=columns_of("recent.by_status"))
    # Of two prints of one month our own table stands, which is exact.
    own_first = out.assign(_theirs=out["split"] == "", _month=out["period"].str[:7])
    kept = own_first.sort_values(["_month", "_theirs"], ascending=[False, True], kind="stable").drop_duplicates(
        "_month"
    )
    return kept.drop(columns=["_theirs", "_month"]).reset_index(drop=True)


def by_identity_card(published: pd.DataFrame) -> pd.DataFrame:
    """Who says that published rates count a worker where the identity card is from: one row, with all who say so as its sources.

    The branch of Lumajang prints both counts side by side; Gresik and DKI Jakarta name the card as their rule. Columns:
    `an.columns("recent.by_identity_card")`; empty where the data hold none of them.

    >>> by_identity_card(published)[["place", "by_card_printed", "by_work_printed"]].values.tolist()
    [['Kabupaten Lumajang', '89.266', '50.098']]
    """
    said = published.set_index("claim_id")
    found = [claim for claim in (*_BOTH_COUNTS, *_NAMING_THE_CARD) if claim in said.index]
    if not set(_BOTH_COUNTS) <= set(found):
        return pd.DataFrame(columns=columns_of("recent.by_identity_card"))
    card, work = (said.loc[claim] for claim in _BOTH_COUNTS)
    rows = published[published["claim_id"].isin(found)]
    facts = Facts.sum(
        Facts((period,), (period,), "as printed", (source,), key)
        for period, source, key in zip(
            rows["period"], rows["source_id"], row_keys("reported_claims", rows), strict=True
        )
    )
    row = {
        "place": card["place"],
        "by_card_printed": card["value_printed"],
        "by_work_printed": work["value_printed"],
        "facts": facts,
    }
    return pd.DataFrame([row])[columns_of("recent.by_identity_card")]


# Printed figures whose text says how a worker is counted (reported_claims, column note).
_BOTH_COUNTS = ("JATIM-2026-03-LUMAJANG#2", "JATIM-2026-03-LUMAJANG#3")
_NAMING_THE_CARD = ("JATIM-2025-11-GRESIK#1", "DKI-2024-08-REPUBLIKA#1")


def over_time(published: pd.DataFrame, province_code: str) -> pd.DataFrame:
    """Published rates of a place in order, each with its base, the base's size, and whether it goes on from the one before.

    The ends of rate and workers are what their print leaves open, exact fractions. `joined` holds where the rate before on the same base stands on a base of the same size, as far as the two prints tell:
    their intervals meet. A rate without the size of its base goes on from none. A date without a month stands in the middle of its
    year (`at`, in years). Columns: `an.columns("recent.over_time")`.

    >>> over_time(published, "18")[["period", "rate_printed", "workers_printed", "joined"]].head(2).values.tolist()
    [['2023', '26,79', '2,7 juta', False], ['2024-09-24', '24,86', '3.058.943', False]]
    """
    rows = each_rate_once(published, province_code)
    rows = rows[(rows["segment"] == "all") & rows["rate"].notna()]
    rows = rows.assign(at=rows["period"].map(_year_and_part)).sort_values(["at", "base"], kind="stable")
    sizes = [_ends(text, "persons") for text in rows["workers_printed"]]
    rates = [_ends(text, "percent") for text in rows["rate_printed"]]
    ends = {
        f"{name}_{end}": [each[end == "high"] if each else pd.NA for each in of]
        for name, of in (("workers", sizes), ("rate", rates))
        for end in ("low", "high")
    }
    last: dict[str, tuple[Fraction, Fraction]] = {}
    joined = []
    for base, size in zip(rows["base"], sizes, strict=True):
        before = last.get(base)
        joined.append(bool(before and size and before[0] <= size[1] and size[0] <= before[1]))
        if size:
            last[base] = size
        else:
            last.pop(base, None)
    return rows.assign(joined=joined, **ends)[columns_of("recent.over_time")].reset_index(drop=True)


def _year_and_part(period: str) -> float:
    month = re.match(r"\d{4}-(\d{2})", period)
    return float(period[:4]) + ((int(month[1]) - 0.5) / 12 if month else 0.5)


def _ends(text: str, unit: str) -> tuple[Fraction, Fraction] | None:
    """The ends of what a printed number can be; None where there is none, it can't be read, or it is open."""
    try:
        read = read_printed(text, unit=unit)
    except UnreadableError:
        return None
    return None if read.low is None or read.high is None else (read.low, read.high)


def newest_print(published: pd.DataFrame) -> str:
    """The last month that any printed figure is of, "" where none has a month: what lies before it is over.

    >>> newest_print(published)
    '2026-03'
    """
    dates = published["as_of"].where(published["as_of"] != "", published["period"])
    return max(dates[dates.str.fullmatch(r"\d{4}-\d{2}.*").astype(bool)].str[:7], default="")
