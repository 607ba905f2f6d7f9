"""Tables of what moved a coverage rate, between two dates and between published figures."""

from collections.abc import Sequence

import pandas as pd

from analysis.schema import Interval, facts_of
from analysis.tables.column import (
    Column,
    Row,
    between,
    counted,
    month_of,
    named,
    number,
    percent_of,
    rate,
    sources,
    to,
    with_ends,
)
from analysis.tables.coverage import AS_PRINTED
from analysis.tables.table import held, table
from analysis.words import Shown, count, decimal, growth, month, percent, points, signed, term


def two_dates(frames: Sequence[pd.DataFrame]) -> Shown:
    """Covered, workers and rate of one place at two dates, all and by segment (frames of `coverage_of`).

    >>> whole = here.tail(1)
    >>> print(two_dates([whole.assign(period="2022-12"), whole.assign(period="2023-12")]).text["en"])
    Two dates and their bases
    Segment | Period | Coverage rate | Covered | Workers | Share of workers
    All segments | December 2022 | 15.60% | 732,890 | 4,697,658 | 100.00%
    All segments | December 2023 | 15.60% | 732,890 | 4,697,658 | 100.00%
    """
    both = pd.concat(frames, ignore_index=True).fillna({"segment": "all"})
    both = both.sort_values("segment", key=lambda s: s.map({"all": 0, "PU": 1, "BPU": 2}), kind="stable")
    whole = both[both["segment"] == "all"].groupby("period")["workers"].first()
    rows = both.assign(share_of_workers=both["workers"] / both["period"].map(whole))
    figures = [rate(), counted("covered"), counted("workers"), percent_of("share_of_workers")]
    columns = [named("segment"), month_of("period"), *figures]
    return table("two-dates", rows, columns, id="Dua waktu dengan dasarnya", en="Two dates and their bases")


def _component(row: Row, language: str) -> str:
    return term(f"{row['component']} effect", language)


def _effect(row: Row, language: str) -> str:
    """Points with their interval where it shows in two decimals, or in words why there are none."""
    if row["known_is"] != "known":
        return term(row["known_is"], language)
    return with_ends(Interval.of(row, "points"), lambda share, _: points(share, language, unit=False), language)


def _people(row: Row, language: str) -> str:
    """By how many people, where the part is one of people."""
    if pd.isna(row["people"]):
        return "–"
    return to(signed(row["people_low"], language), signed(row["people_high"], language), language)


def _people_if_any(people: object, language: str) -> str:
    return "–" if pd.isna(people) else count(people, language)


_PART = Column("component", _component)
_EFFECT = Column("points", _effect, numeric=True)
_PEOPLE = Column("people", _people, numeric=True)


def ledger(rows: pd.DataFrame) -> Shown:
    """What moved a rate, in points and in people (rows of `ledger`); what didn't change at all is left out.

    >>> dates = an.change.published_dates(an.press.published_rates(published, "18"))
    >>> print(an.tables.ledger(an.change.ledger(dates.head(1), dates.iloc[[1]])).text["en"])
    What moved the rate, 2023 to 24 September 2024
    Part | Percentage points | Before | After | Change (people)
    Enrolment | +0.99 | 731,991 | 760,468 | +28,477
    Base: number of workers | −2.92 (−2.92 to −2.91) | 2,732,329 | 3,058,943 | +326,104 to +327,123
    Mix of segments | not known | – | – | –
    Definition | same words, perhaps not the same base | – | – | –
    Rounding | 0.00 (−0.02 to +0.01) | – | – | –
    Whole change | −1.93 (−1.94 to −1.92) | – | – | –
    """
    rows = rows[rows["known_is"] != "none"]
    columns = [_PART, _EFFECT, number("before", _people_if_any), number("after", _people_if_any), _PEOPLE]
    dates = [] if rows.empty else [rows["since"].iloc[0], rows["until"].iloc[0]]
    indonesian, english = (" – ".join(month(d, "id") for d in dates), " to ".join(month(d, "en") for d in dates))
    return table(
        "ledger",
        rows,
        columns,
        id=f"Apa yang menggerakkan tingkat cakupan, {indonesian}",
        en=f"What moved the rate, {english}",
    )


def published_dates(rows: pd.DataFrame) -> Shown:
    """Published figures one can compare over time, each with the base that fits it (rows of `published_dates`).

    >>> rows = pd.DataFrame({"period": ["2023"], "rate_printed": "26,79", "rate": 0.2679, "covered_printed": "731.991",
    ...     "workers_printed": "2.732.000", "workers": 2732329, "workers_low": 2731820, "workers_high": 2732839})
    >>> print(published_dates(rows.assign(facts=Facts(("2023",), (), "as printed", ("antara",)))).text["en"])
    Published figures that can be compared
    Period | Coverage rate | Covered | Workers | Base that fits these figures | Source
    2023 | 26.79% | 731,991 | 2,732,000 | 2,731,820 to 2,732,839 | [antara]
    """
    fitting = between("workers", ("Dasar yang cocok dengan angka itu", "Base that fits these figures"))
    names = ["period", "rate", "covered_printed", "workers_printed", "workers", "source_ids"]
    return table(
        "published-dates",
        rows,
        [month_of("period"), rate(), *AS_PRINTED, fitting, sources()],
        id="Angka terbitan yang dapat dibandingkan",
        en="Published figures that can be compared",
        note=False,
        data=held(rows, names).rename(columns={"workers": "workers_between"}),
    )


def ledgers(rows: pd.DataFrame) -> Shown:
    """What moved the published rate from each date to the next (rows of `ledgers`); nothing without two dates.

    >>> steps = an.change.ledgers(an.change.published_dates(an.press.published_rates(published, "18")))
    >>> print(an.tables.ledgers(steps.head(2)).text["en"])
    What moved the published rate
    Part | From | To | Percentage points | Change (people)
    Enrolment | 2023 | 24 September 2024 | +0.99 | +28,477
    Base: number of workers | 2023 | 24 September 2024 | −2.92 (−2.92 to −2.91) | +326,104 to +327,123
    """
    return table(
        "published-ledgers",
        rows,
        [_PART, month_of("since"), month_of("until"), _EFFECT, _PEOPLE],
        note=False,
        id="Apa yang menggerakkan tingkat cakupan terbitan",
        en="What moved the published rate",
    )


def bases_compared(rows: pd.DataFrame) -> Shown:
    """Published bases beside BPS's employed: how fast both grew (rows of `bases_compared`).

    >>> rows = pd.DataFrame({"since": ["2023"], "until": ["2024-09-24"], "growth": [0.1195],
    ...     "employed_growth": [0.0187], "redefined_is": ["perhaps"]})
    >>> print(bases_compared(rows).text["en"])
    Published bases beside BPS's employed
    From | To | Growth of the published base | Growth of the employed, BPS | Redefined?
    2023 | 24 September 2024 | +12.0% | +1.9% | perhaps
    """
    growths = [number("growth", growth), number("employed_growth", growth)]
    return table(
        "published-bases",
        rows,
        [month_of("since"), month_of("until"), *growths, named("redefined_is")],
        note=False,
        id="Dasar terbitan di samping penduduk bekerja menurut BPS",
        en="Published bases beside BPS's employed",
    )


def inequality(before: pd.DataFrame, after: pd.DataFrame, dates: Sequence[str]) -> Shown:
    """Inequality between provinces at two dates (rows of `inequality`), weighted by workers and not.

    >>> rows = an.disparity.inequality(provinces).head(2)
    >>> print(an.tables.inequality(rows, rows, ["2022-12", "2023-12"]).text["en"])
    Inequality between provinces, December 2022 (before) and December 2023 (after)
    Measure | Weights | Before | After
    Gap between highest and lowest (percentage points) | each province equally | 39.31 | 39.31
    Highest over lowest (times) | each province equally | 4.93 | 4.93
    """
    both = before[["measure", "unit"]].assign(facts=facts_of(before, after))
    long = [
        both.assign(weighting=weighting, before=before[weighting], after=after[weighting])
        for weighting in ("weighted", "unweighted")
    ]
    rows = pd.concat(long).sort_index(kind="stable")
    single = rows["measure"].isin(["absolute gap", "relative gap"]) & (rows["weighting"] == "weighted")
    rows = rows[~single & (rows["measure"] != "between-group variance")]
    first, last = dates
    return table(
        "inequality",
        rows,
        [named("measure"), named("weighting"), _measured("before"), _measured("after")],
        id=f"Ketimpangan antarprovinsi, {month(first, 'id')} (awal) dan {month(last, 'id')} (akhir)",
        en=f"Inequality between provinces, {month(first, 'en')} (before) and {month(last, 'en')} (after)",
    )


def _measured(name: str) -> Column:
    """A measure of inequality in the row's unit."""
    return Column(name, lambda row, language: _measure(row[name], row["unit"], language), numeric=True)


def _measure(value: float, unit: str, language: str) -> str:
    if pd.isna(value):
        return term("not known", language)
    if unit == "share":
        return percent(value, language, 1)
    scale, digits = {"points": (100, 2), "points squared": (10_000, 1), "ratio": (1, 2)}.get(unit, (1, 3))
    return ("−" if value < 0 else "") + decimal(abs(float(value)) * scale, language, digits)
