"""Tables of projections: where they start, what they assume, where they lead, what matters, and how they fared."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
from markupsafe import Markup

from analysis.schema import SEGMENTS, Interval
from analysis.tables.column import (
    Column,
    Row,
    between,
    counted,
    named,
    number,
    percent_between,
    scenario,
    to,
    with_ends,
)
from analysis.tables.table import table
from analysis.words import Shown, cited, count, decimal, percent, points, signed, span, term, uncertain


def start(rows: pd.DataFrame) -> Shown:
    """Where a projection starts: covered and workers by segment with their bounds (rows of `starting_point`).

    >>> print(an.tables.start(start).text["en"])
    Where the projection starts
    Segment | Covered | Workers | Coverage rate
    Wage earners (PU) | 564,393 | 1,377,823 | 40.96%
    Non-wage workers (BPU) | 168,497 | 3,319,835 | 5.08%
    All segments | 732,890 | 4,697,658 | 15.60%
    """
    ends = {f"rate_{a}": rows["covered"] / rows[f"workers_{b}"] for a, b in (("low", "high"), ("high", "low"))}
    rows = rows.assign(**ends)
    columns = [named("segment"), counted("covered"), between("workers"), percent_between("rate")]
    names = ["segment", "covered", "workers_low", "workers_high", "rate_low", "rate_high", "base", "year"]
    return table("start", rows, columns, id="Titik awal proyeksi", en="Where the projection starts", data=rows[names])


# -- what is assumed ------------------------------------------------------------------------------------


def usual(rows: pd.DataFrame) -> Shown:
    """What is assumed of the usual course (rows of `assumed` of one scenario), with source or reason.

    >>> lapse = assumptions[(assumptions["scenario"] == "steady") & (assumptions["parameter"] == "lapse")]
    >>> rows = lapse.assign(facts=Facts(), reason_en="our guess")
    >>> print(usual(rows).text["en"])
    Assumptions on the usual course
    Assumption | Value | Source or reason
    Lapse, PU | 3% to 15% of the covered, a year | assumption: our guess
    Lapse, BPU | 10% to 40% of the covered, a year | assumption: our guess
    """
    usual = rows[rows["lever"] == "usual"]
    columns = [_ASSUMPTION, _VALUE, _REASON]
    english = "Assumptions on the usual course"
    return table(
        "usual", usual, columns, id="Asumsi tentang perjalanan biasa", en=english, note=False, data=_assumed(usual)
    )


def levers(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """What each scenario changes against the layers it is based on (rows of `assumed`), with source or reason.

    >>> from analysis.scenarios import scenario_titles
    >>> plan = assumptions[assumptions["scenario"] == "retention"]
    >>> print(levers(plan.assign(facts=Facts(), reason_en="our guess"), scenario_titles(plan)).text["en"])
    What each scenario changes
    Scenario | Assumption | Value | In force from | Source or reason
    Participants stay | Lapse avoided, PU | 10% to 30% of those who would lapse | 2026, in full after 3 years | assumption: our guess
    Participants stay | Lapse avoided, BPU | 10% to 50% of those who would lapse | 2026, in full after 3 years | assumption: our guess
    """
    own = rows[((rows["layer"] == rows["scenario"]) & (rows["scenario"] != "steady")) | _redated(rows)]
    starts = Column("start", _starts, ("Mulai berlaku", "In force from"))
    columns = [scenario(titles), _ASSUMPTION, _VALUE, starts, _REASON]
    english = "What each scenario changes"
    return table("levers", own, columns, id="Yang diubah tiap skenario", en=english, note=False, data=_assumed(own))


def _redated(rows: pd.DataFrame) -> pd.Series:
    """Rows of which a scenario changes the dates alone: the value is another layer's, start, ramp or end aren't."""
    keys, dates = ["lever", "parameter", "part"], ["start", "ramp", "end"]
    theirs = rows[rows["layer"] == rows["scenario"]][["scenario", *keys, *dates]]
    both = rows.merge(
        theirs.rename(columns={"scenario": "layer"}), on=["layer", *keys], how="left", suffixes=("", "_set")
    )
    known = rows["layer"].isin(theirs["scenario"]) & (rows["layer"] != rows["scenario"]) & (rows["lever"] != "usual")
    moved = [both[date].fillna(0) != both[f"{date}_set"].fillna(0) for date in dates]
    return known & (moved[0] | moved[1] | moved[2]).to_numpy()


def _assumed(rows: pd.DataFrame) -> pd.DataFrame:
    """What a CSV file holds of rows of `assumed`."""
    what = [
        "scenario",
        "layer",
        "lever",
        "parameter",
        "part",
        "unit",
        "kind",
        "years",
        "values",
        "start",
        "ramp",
        "end",
    ]
    why = ["capacity", "place", "source_id", "reason_id", "reason_en", "before_kind", "before_values"]
    return rows[[*what, *why]].assign(**{name: rows[name].map(list) for name in ("years", "values", "before_values")})


def assumption(row: Row, language: str) -> str:
    """What is assumed: a lever's parameter, and the segment or fund it is for."""
    parts = [term(f"{row['lever']}.{row['parameter']}", language)]
    parts += [row["part"] if row["part"] in SEGMENTS else term(row["part"], language)] if row["part"] else []
    return ", ".join(parts)


def quantity(value: float, unit: str, language: str) -> str:
    """A number as its unit has it: a share as a percentage, people whole.

    >>> quantity(0.155, "share of the covered per year", "en"), quantity(12000, "persons", "en")
    ('15.5%', '12,000')
    """
    if unit.startswith("share"):
        digits = 0 if round(value * 100, 6).is_integer() else 1
        return ("−" if value < 0 else "") + percent(abs(value), language, digits)
    return count(round(value), language) if float(value).is_integer() else decimal(value, language, 1)


def _value_with_unit(row: Row, language: str) -> str:
    """A value with its unit: a number, the ends of a range, or the years of a path."""
    unit = str(row["unit"])
    values = [quantity(value, unit, language) for value in row["values"]]
    if row["parameter"] == "december":
        return term("yes" if row["values"][0] else "no", language)
    if row["kind"] == "path":
        said = "; ".join(f"{year}: {value}" for year, value in zip(row["years"], values, strict=True))
    elif len(values) == 3:
        said = {"id": "{1}, dari {0} sampai {2}", "en": "{1}, from {0} to {2}"}[language].format(*values)
    else:
        said = to(values[0], values[-1], language)
    return f"{said} {term(unit, language)}{_was(row, unit, language)}"


def _was(row: Row, unit: str, language: str) -> str:
    """What the value was in the layer below, where a scenario sets it anew."""
    before = row["before_values"]
    if row["layer"] != row["scenario"] or not before or row["before_kind"] == "path":
        return ""
    ends = [quantity(value, unit, language) for value in (before[0], before[-1])]
    return {"id": " (semula {})", "en": " (was {})"}[language].format(to(ends[0], ends[1], language))


def _reason(row: Row, language: str) -> str | Markup:
    """Why a value is what it is: the reason, and the source or the word that it is an assumption."""
    links = cited(row["facts"].source_ids)
    kind = links if links and row["source_id"] else term("assumed", language)
    return Markup("{}: {}").format(kind, row[f"reason_{language}"]) if row[f"reason_{language}"] else kind


def _starts(row: Row, language: str) -> str:
    """From which year to which, and after how many years in full."""
    if pd.isna(row["start"]):
        return "–"
    last = "" if pd.isna(row["end"]) else f"–{row['end']:.0f}"
    ramp = {"id": ", penuh dalam {:.0f} tahun", "en": ", in full after {:.0f} years"}[language]
    return f"{row['start']:.0f}{last}" + (ramp.format(row["ramp"]) if row["ramp"] > 1 else "")


_ASSUMPTION = Column("parameter", assumption, "assumption")
_VALUE = Column("values", _value_with_unit, ("Nilai", "Value"))
_REASON = Column("reason", _reason, ("Dasar atau alasan", "Source or reason"))


# -- where it leads -------------------------------------------------------------------------------------


def fan(rows: pd.DataFrame, titles: pd.DataFrame, years: Sequence[int], sure: int | None = None) -> Shown:
    """The coverage rate of every scenario in some years (rows of `fan`): the median, and where nine of ten draws lie.

    After the year `sure` (none: the last) the median stands alone.

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": "steady", "year": [2024, 2045], "p05": [0.179, 0.2], "p25": 0.2,
    ...     "p50": [0.179, 0.219], "p75": 0.2, "p95": [0.179, 0.24], "facts": facts})
    >>> print(fan(rows, scenario_titles("steady"), [2024, 2045]).text["en"])
    Coverage rate by scenario
    Scenario | 2024 | 2045
    No new policy | 17.9% | 21.9% (20.0–24.0%)
    """
    known = rows.set_index(["scenario", "year"]).to_dict("index")

    def in_year(year: int) -> Column:
        def write(row: Row, language: str) -> str:
            at = known[row["scenario"], year]
            alone = sure is not None and year > sure
            return percent(at["p50"], language, 1) if alone else _middle_and_range(at, language)

        return Column(str(year), write, numeric=True)

    names = ["scenario", "year", "p05", "p25", "p50", "p75", "p95"]
    return table(
        "paths",
        titles[["scenario"]].merge(rows.drop_duplicates("scenario"), on="scenario"),
        [scenario(titles), *(in_year(year) for year in years)],
        id="Tingkat cakupan menurut skenario",
        en="Coverage rate by scenario",
        data=rows[rows["year"].isin(list(years))][names],
    )


def _middle_and_range(row: Row, language: str) -> str:
    """The middle of the draws, and from where to where nine of ten lie."""
    middle, ends = percent(row["p50"], language, 1), span(row["p05"], row["p95"], True, language, 1)
    return middle if middle == ends else f"{middle} ({ends})"


def added(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """What each scenario adds to the usual course by one year (rows of `added`).

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": ["retention"], "year": 2045, "points_low": 0.01, "points": 0.02,
    ...     "points_high": 0.04, "people_low": 70000, "people": 140000, "people_high": 280000, "facts": facts})
    >>> print(added(rows, scenario_titles("retention")).text["en"])
    What each scenario adds to the usual course, December 2045
    Scenario | Added (percentage points) | People covered in addition
    Participants stay | +2.0 (+1.0 to +4.0) | +140,000 (+70,000 to +280,000)
    """
    if rows.empty:
        return Shown("table", "added", text={})
    year = int(rows["year"].iloc[0])
    names = ["scenario", "year", "points_low", "points", "points_high", "people_low", "people", "people_high"]
    return table(
        f"added-{year}",
        rows,
        [scenario(titles), _more_points(), more_people("people")],
        id=f"Tambahan tiap skenario di atas keadaan biasa, Desember {year}",
        en=f"What each scenario adds to the usual course, December {year}",
        data=rows[names],
    )


def _more_points() -> Column:
    def write(row: Row, language: str) -> str:
        return with_ends(Interval.of(row, "points"), lambda share, _: points(share, language, 1, unit=False), language)

    return Column("points", write, ("Tambahan (poin persentase)", "Added (percentage points)"), numeric=True)


def more_people(name: str) -> Column:
    """How many people more are covered, and from where to where nine draws in ten lie."""

    def write(row: Row, language: str) -> str:
        return with_ends(Interval.of(row, name), signed, language)

    return Column(name, write, "additional", numeric=True)


def sobol(rows: pd.DataFrame) -> Shown:
    """Which uncertain assumption moves the outcome most (rows of `sobol`); nothing unless all have converged.

    >>> rows = pd.DataFrame({"input": ["usual.lapse.PU"], "first": [0.8], "first_low": [0.78], "first_high": [0.82],
    ...     "total": [0.9], "total_low": [0.88], "total_high": [0.92], "converged": [True]})
    >>> print(sobol(rows.assign(facts=facts)).text["en"])
    Share of the uncertainty that comes from each assumption (Sobol indices)
    Assumption | Alone | With the others
    Lapse, PU | 0.80 (0.78 to 0.82) | 0.90 (0.88 to 0.92)
    """
    if not rows["converged"].all():
        return Shown("table", "matters", text={})
    ordered = rows.sort_values("total", ascending=False, kind="stable")
    columns = [
        Column("input", lambda row, language: uncertain(row["input"], language), "assumption"),
        _sobol_index("first", ("Sendiri", "Alone")),
        _sobol_index("total", ("Dengan yang lain", "With the others")),
    ]
    names = ["input", "first", "first_low", "first_high", "total", "total_low", "total_high"]
    return table(
        "matters",
        ordered,
        columns,
        id="Bagian ketidakpastian yang berasal dari tiap asumsi (indeks Sobol)",
        en="Share of the uncertainty that comes from each assumption (Sobol indices)",
        data=ordered[names],
    )


def _sobol_index(name: str, head: tuple[str, str]) -> Column:
    """A Sobol index with its confidence interval; below 0 is noise."""

    def write(row: Row, language: str) -> str:
        low, point, high = (decimal(max(value, 0.0), language, 2) for value in Interval.of(row, name))
        return f"{point} ({to(low, high, language)})"

    return Column(name, write, head, numeric=True)


# -- how it fared ---------------------------------------------------------------------------------------


def back_test_summary(rows: pd.DataFrame) -> Shown:
    """How forecasts of years that are known by now would have fared, by direction and method (rows of `back_test_summary`).

    >>> rows = pd.DataFrame({"direction": "forward", "method": ["net change", "no change"], "cases": 34,
    ...     "mean_absolute_error": [0.0202, 0.0326], "bias": [0.0071, -0.0212], "hits_50": pd.array([29, pd.NA], dtype="Int64"),
    ...     "hits_80": pd.array([31, pd.NA], dtype="Int64"), "hits": pd.array([34, pd.NA], dtype="Int64"), "crps": [0.0173, 0.0326],
    ...     "interval_score": [0.183, pd.NA], "dispersion": [0.183, pd.NA], "overprediction": [0.0, pd.NA],
    ...     "underprediction": [0.0, pd.NA]})
    >>> print(back_test_summary(rows.assign(facts=facts)).text["en"])
    Back-test: forecasts of years that are known by now (percentage points)
    Direction | Method | Mean absolute error | Mean error (bias) | Inside the 50% range | Inside the 80% range | Inside the 90% range | CRPS | Interval score
    forward | This page's method | 2.02 | 0.71 | 29 of 34 | 31 of 34 | 34 of 34 | 1.73 | 18.30 (its width 18.30, too high 0.00, too low 0.00)
    forward | The rate stays as it was | 3.26 | −2.12 | – | – | – | 3.26 | –
    """
    error, bias, crps = (number(name, _unsigned_points) for name in ("mean_absolute_error", "bias", "crps"))
    within = [Column(name, partial(_hits, name), numeric=True) for name in ("hits_50", "hits_80", "hits")]
    score = Column("interval_score", _interval_score, numeric=True)
    return table(
        "back-test",
        rows,
        [named("direction"), named("method"), error, bias, *within, crps, score],
        id="Uji mundur: ramalan untuk tahun yang sudah diketahui (poin persentase)",
        en="Back-test: forecasts of years that are known by now (percentage points)",
    )


def _interval_score(row: Row, language: str) -> str:
    """The score of the 90 % range and its three parts."""
    if pd.isna(row["interval_score"]):
        return "–"
    parts = [f"{term(name, language)} {_unsigned_points(row[name], language)}" for name in _PARTS]
    return f"{_unsigned_points(row['interval_score'], language)} ({', '.join(parts)})"


_PARTS = ("dispersion", "overprediction", "underprediction")


def _unsigned_points(share: object, language: str) -> str:
    """Percentage points, without a plus."""
    return points(share, language, unit=False).lstrip("+")


def _hits(name: str, row: Row, language: str) -> str:
    """How often the outcome lay in the range; a method without a range has none."""
    if pd.isna(row[name]):
        return "–"
    return {"id": "{} dari {}", "en": "{} of {}"}[language].format(row[name], row["cases"])
