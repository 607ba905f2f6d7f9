"""Where a projection starts: today's workers and covered with their bounds, and what last year tells."""

from dataclasses import replace

import pandas as pd

from analysis.coverage import Choice, active, coverage_of, place, workers_over_time
from analysis.frames import columns_of
from analysis.press.articles import figure_rows, tried
from analysis.press.statements import SAME, Claim, claims_of
from analysis.projection.yearly import Told, for_place, told, year_scale, yearly_changes
from analysis.schema import NEW_WEIGHTS, SEGMENTS, facts_of


def starting_point(
    choice: Choice,
    participants: pd.DataFrame,
    labour_force: pd.DataFrame,
    published: pd.DataFrame,
    regions: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Where the chosen place stands (`today` or `eligible_today`) and what the years before tell (`history`, `with_years`).

    ValueError, with a sentence, where a segment isn't known on the chosen base, or there are no participants a year earlier.

    >>> start, past = starting_point(choice, participants, labour_force, published, regions)
    >>> start["covered"].tolist(), past["covered_before"].tolist()
    ([564393, 168497, 732890], [467278, 95808])
    """
    past, counted, every = _year_before(choice, participants, labour_force, published, regions)
    if choice.base == "eligible":
        return _bounded_start(choice, _printed(published, choice)), past
    now = every[every["workers_period"] == choice.workers_period]
    return today(place(choice, counted[counted["period"] == choice.period], now, published)), past


def _year_before(
    choice: Choice,
    participants: pd.DataFrame,
    labour_force: pd.DataFrame,
    published: pd.DataFrame,
    regions: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The `history` of the chosen place with what the years tell, its participants at both ends of the year, and the workers
    of every August."""
    since = f"{int(choice.period[:4]) - 1}-12"
    counted = active(participants, [since, choice.period], "domicile")
    counted = counted[counted["province_code"] == choice.province_code]
    if set(counted["period"]) != {since, choice.period}:
        there = sorted(set(participants.loc[participants["split"] == "domicile", "period"]))[1:]
        raise ValueError(
            f"{choice.province} has no participants by domicile for {since}, and how a rate changes is told by the year before "
            f"the start; choose a period of {', '.join(there)}"
        )
    every = workers_over_time(labour_force, choice.territory, regions)
    here = every[every["province_code"] == choice.province_code]
    ends = [
        coverage_of(
            counted[counted["period"] == period],
            here[here["workers_period"] == f"{period[:4]}-08"],
            ["province", "segment"],
        )
        for period in (since, choice.period)
    ]
    past = history(ends[0], ends[1], here)
    found = told(yearly_changes(participants, labour_force, regions, choice.period))
    return with_years(past, choice.province_code, found, year_scale(published, choice.period)), counted, every


def _printed(published: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """What the articles on the chosen place that speak of both segments print, with the bounds it leaves."""
    here = claims_of(published[published["province_code"] == choice.province_code])
    articles: dict[str, list[Claim]] = {}
    for claim in here:
        articles.setdefault(claim.article, []).append(claim)
    both = [
        article
        for article in articles.values()
        if {SAME.get(claim.segment, claim.segment) for claim in article} >= set(SEGMENTS)
    ]
    return figure_rows([tried(article, here) for article in both])


def _bounded_start(choice: Choice, printed: pd.DataFrame) -> pd.DataFrame:
    start = eligible_today(printed, choice.province, choice.period[:4])
    if start.empty:
        raise ValueError(
            f"no article bounds the eligible workers of {choice.province} by segment in {choice.period[:4]}, so a projection on base "
            "eligible has nothing to start from; Lampung has such figures for 2023. Base employed is there for every province"
        )
    return start


def starting_points(
    choice: Choice,
    participants: pd.DataFrame,
    labour_force: pd.DataFrame,
    published: pd.DataFrame,
    regions: pd.DataFrame,
) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """The `starting_point` of the chosen place on every base it has: the chosen one, and the other where figures bound it.

    On base eligible that is the last year with such figures and participants a year before, which may lie before the chosen
    period.

    >>> points = starting_points(choice, participants, labour_force, published, regions)
    >>> [(base, start["year"].tolist()) for base, (start, _) in points.items()]
    [('employed', [2023, 2023, 2023]), ('eligible', [2023, 2023, 2023])]
    """
    tables = (participants, labour_force, published, regions)
    points = {choice.base: starting_point(choice, *tables)}
    counted = participants[
        (participants["split"] == "domicile") & (participants["province_code"] == choice.province_code)
    ]
    periods = sorted(set(counted["period"]))[1:]
    if choice.base == "eligible":
        other = choice._replace(base="employed")
        return {"employed": starting_point(other, *tables)} | points
    printed = _printed(published, choice)
    for period in reversed(periods):
        if period <= choice.period and len(eligible_today(printed, choice.province, period[:4])):
            then = choice._replace(base="eligible", period=period, workers_period=f"{period[:4]}-08")
            past = _year_before(then, participants, labour_force, published, regions)[0]
            return points | {"eligible": (_bounded_start(then, printed), past)}
    return points


def today(rows: pd.DataFrame) -> pd.DataFrame:
    """Where a projection starts on base employed: rows of `coverage.place` for a place, or several, as a frame of bounds.

    Segments of a place are in the order PU, BPU, all; here workers_low and workers_high are equal. Columns:
    `an.columns("projection.today")`. ValueError where a segment isn't known.

    >>> today(here)[["segment", "covered", "workers_low", "workers_high"]].values.tolist()[1]
    ['BPU', 168497, 3319835, 3319835]
    """
    base = rows["base"].iloc[0] if "base" in rows else "employed"
    return _every_segment(rows.assign(workers_low=rows["workers"], workers_high=rows["workers"], base=base))


def eligible_today(figures: pd.DataFrame, place: str, year: str = "") -> pd.DataFrame:
    """Where a projection starts on base eligible: the bounds that one article leaves (rows of `press.articles.figure_rows`).

    The last article on `place` (of `year`, if given) that prints or bounds covered and workers of PU, BPU and all. Columns as
    `today`; an empty frame where there is none.

    >>> from analysis.press.articles import figure_rows, trials
    >>> figures = figure_rows(trials(published[published["article_id"] == "LPG-2023-SEED-ANTARA"]))
    >>> eligible_today(figures, "Lampung")[["segment", "covered", "workers_low", "workers_high"]].values.tolist()[2]
    ['all', 731991, 2731820, 2732839]
    """
    here = figures[(figures["place"] == place) & figures["segment"].isin(["PU", "BPU", "total"])]
    here = here[here["date"].str.startswith(year) & here["low"].notna() & here["high"].notna()]
    found = pd.DataFrame(columns=columns_of("projection.today"))
    for _, article in here.sort_values("date", kind="stable").groupby(["date", "trial"], sort=False):
        workers = article[article["measure"] == "workers"].drop_duplicates("segment").set_index("segment")
        covered = article[(article["measure"] == "covered") & article["kind"].isin(["", "active"])]
        covered = covered.drop_duplicates("segment").set_index("segment")
        if {"PU", "BPU", "total"} <= set(workers.index) & set(covered.index):
            found = _bounded(workers, covered)
    return found


def _bounded(workers: pd.DataFrame, covered: pd.DataFrame) -> pd.DataFrame:
    rows = covered.loc[["PU", "BPU", "total"]].rename(index={"total": "all"}).rename_axis("segment").reset_index()
    ends = workers.loc[["PU", "BPU", "total"]]
    middle = ((rows["low"] + rows["high"]) // 2).astype("Int64")
    return _every_segment(
        rows.assign(
            province=rows["place"],
            covered=middle,
            base="eligible",
            workers_low=ends["low"].values,
            workers_high=ends["high"].values,
        )
    )


def _every_segment(rows: pd.DataFrame) -> pd.DataFrame:
    every = [(place, segment) for place in rows["province"].unique() for segment in (*SEGMENTS, "all")]
    rows = rows.set_index(["province", "segment"]).loc[every].reset_index()
    rows = rows.assign(year=[int(max(facts.as_of)[:4]) for facts in rows["facts"]])
    if (unknown := rows[["covered", "workers_low", "workers_high"]].isna().any(axis=1)).any():
        raise ValueError(
            f"{rows.loc[unknown, 'province'].iloc[0]} can't be projected: covered or workers of a segment aren't known today"
        )
    if (nobody := rows["workers_low"] <= 0).any():
        row = rows[nobody].iloc[0]
        raise ValueError(
            f"{row['province']} can't be projected: there are no workers of {row['segment']}, and a rate of nobody isn't defined"
        )
    if (over := rows["covered"] > rows["workers_low"]).any():
        row = rows[over].iloc[0]
        raise ValueError(
            f"{row['province']} can't be projected: {row['covered']:,} {row['segment']} are covered of {row['workers_low']:,} workers; "
            "by registration people count where their firm has its office, so take split domicile"
        )
    return rows[columns_of("projection.today")].astype(
        {"covered": "Int64", "workers_low": "Int64", "workers_high": "Int64"}
    )


def history(before: pd.DataFrame, after: pd.DataFrame, employed: pd.DataFrame) -> pd.DataFrame:
    """What last year tells about a place: covered and workers at its two ends, and how workers have grown.

    `before` and `after` are rows of `coverage_of` by province and segment at two Decembers a year apart; `employed` has the
    place's workers by segment for several Augusts (workers_period, segment, workers). One row a segment; growth
    isn't taken across August 2022 to 2023, when the survey's weights changed. Columns: `an.columns("projection.history")`, of which those
    on the years known are added by `with_years`.

    >>> rows = pd.DataFrame({"province": "Lampung", "segment": ["PU", "BPU"], "covered": [100, 20], "workers": [200, 400],
    ...     "facts": Facts(("2023-12",))})
    >>> later = rows.assign(covered=[110, 18], facts=Facts(("2024-12",)))
    >>> augusts = pd.DataFrame({"workers_period": ["2023-08", "2024-08"], "segment": "PU", "workers": [600, 612]})
    >>> history(rows, later, augusts)[["covered_before", "covered", "growth_low"]].round(6).values.tolist()
    [[100.0, 110.0, 0.02], [20.0, 18.0, 0.02]]
    """
    ends = [rows.set_index("segment").loc[list(SEGMENTS)] for rows in (before, after)]
    years = [int(facts_of(rows.head(1)).as_of[0][:4]) for rows in ends]
    if years[1] - years[0] != 1:
        raise ValueError(f"a change is of one year to the next, and these rows are of {years[0]} and {years[1]}")
    for rows, year in zip(ends, years, strict=True):
        known = rows[["covered", "workers"]].notna().all(axis=1) & (rows["workers"] > 0).fillna(False)
        if missing := [s for s in SEGMENTS if not known[s]]:
            raise ValueError(
                f"{rows['province'].iloc[0]} has no covered or no workers of {', '.join(missing)} for {year}; how its rate changed is "
                "told by both segments at both ends of a year"
            )
    totals = employed.groupby("workers_period")["workers"].sum(skipna=False).dropna().astype(float).sort_index()
    pairs = list(zip(totals.index, totals.index[1:], strict=False))
    grown = [
        (totals[b] / totals[a]) ** (1 / (int(b[:4]) - int(a[:4]))) - 1
        for a, b in pairs
        if not (a <= NEW_WEIGHTS[0] and NEW_WEIGHTS[1] <= b) and totals[a] > 0
    ]
    if not grown:
        raise ValueError("the growth of the workers isn't known: two Augusts with the same survey weights are needed")
    facts = [
        replace(first + last, confidence=last.confidence)
        for first, last in zip(ends[0]["facts"], ends[1]["facts"], strict=True)
    ]
    return (
        ends[1][["province", "covered", "workers"]]
        .assign(
            covered_before=ends[0]["covered"],
            workers_before=ends[0]["workers"],
            growth_low=min(grown),
            growth_high=max(grown),
            facts=facts,
        )
        .reset_index()
    )


def with_years(past: pd.DataFrame, code: str, found: Told, scale: float) -> pd.DataFrame:
    """A `history` with what the years known tell of the place's next, on the logit (`projection.yearly`).

    `pace` and `goes_on` (φ), `others` the deviations of other provinces with either sign, as a tuple in which PU and BPU have the same
    order, and `year_scale` (σ). `years` are those known, `places` how many provinces, `power` and `own_weight` are p and b.

    >>> rows = with_years(past, "18", told(yearly_changes(participants, labour_force, regions, "2023-12")), 0.13)
    >>> rows["pace"].round(3).tolist(), rows["goes_on"].tolist(), len(rows["others"].iloc[0])  # 33 others, either sign
    ([0.129, 0.551], [0.5, 0.5], 66)
    """
    covered, workers = (past[name].to_numpy(float) for name in ("covered", "workers"))
    pace, others = for_place(found, code, covered, workers, past["facts"].iloc[0].confidence)
    return past.assign(
        pace=pace,
        goes_on=found.goes_on,
        others=[tuple(map(float, row)) for row in others],
        year_scale=scale,
        years=found.years,
        places=len(set(found.codes)),
        power=found.power,
        own_weight=found.own_weight,
    )
