"""Tables of what is known of a place beside its December: newer figures, counts of other months, who doesn't pay."""

import pandas as pd

from analysis.tables.column import Column, Row, as_printed, confidence, month_of, named, percent_of, rate, sources
from analysis.tables.coverage import AS_PRINTED, caution
from analysis.tables.table import table
from analysis.words import Shown, count, month, printed, term


def newer(rows: pd.DataFrame) -> Shown:
    """Newer figures, each with its base and why it can't be set against the rate of the page (rows of `recent.newer`).

    >>> rows = an.recent.newer(choice, participants, labour_force, published, regions)
    >>> print(newer(rows.head(1)).text["en"].split(" | ")[-3])
    of the eligible, not of all who are employed
    """
    columns = [month_of("period"), rate(), named("base"), *AS_PRINTED, named("why"), confidence(), sources()]
    indonesian, english = "Angka yang lebih baru, dengan dasar lain", "Newer figures, on other bases"
    return table("newer", rows, [*columns, *caution(rows)], id=indonesian, en=english, note=False)


def counts(rows: pd.DataFrame) -> Shown:
    """Counts of participants around a December, with what is known of how each was counted (rows of `recent.counts`).

    >>> print(counts(an.recent.counts(choice, participants, published).head(2)).text["en"])
    Counts of active participants around that month, each counted in its own way
    Period | Participants | How they were counted | Confidence | Source
    December 2023 | 732,890 | by the worker's domicile, PU and BPU | medium | [den-econ-phk-dashboard-data-clean-data-a-8194]
    December 2023 | 453,853 | by where the employer is registered, PU and BPU | high | [alifinaaulia-tetris4-capstone-project-da-5f04]
    """
    people = Column("covered", _as_printed_or_counted, ("Peserta", "Participants"), numeric=True)
    way = Column("split", _way_of_counting, ("Cara menghitungnya", "How they were counted"))
    columns = [month_of("period"), people, way, confidence(), sources(), *caution(rows)]
    return table(
        "counts",
        rows,
        columns,
        id="Jumlah peserta aktif di sekitar bulan itu, masing-masing dihitung dengan caranya sendiri",
        en="Counts of active participants around that month, each counted in its own way",
        note=False,
    )


def _as_printed_or_counted(row: Row, language: str) -> str:
    return printed(row["covered_printed"], language) if row["covered_printed"] else count(row["covered"], language)


def _way_of_counting(row: Row, language: str) -> str:
    """By domicile or registration; of print, that it doesn't say, and which of our counts it is near."""
    if row["split"]:
        return term(f"by {row['split']}", language)
    if not row["nearest"]:
        return term("not stated", language)
    if row["nearest"] == "as the one before":
        return term("counted as the article's other figure", language)
    said = term("near another count", language)
    way = term(f"by {row['nearest']}", language)
    return said.format(
        count=count(row["nearest_count"], language), way=way, month=month(row["nearest_period"], language)
    )


def by_status(rows: pd.DataFrame) -> Shown:
    """Registered, active and non-active participants, the newest first (rows of `recent.by_status`).

    >>> print(by_status(an.recent.by_status(participants, published, "18")).text["en"].split("\\n")[1])
    Period | Active | Non-active | Registered | Non-active, of all registered | Confidence | Source
    """
    columns = [
        month_of("period"),
        as_printed("active_printed", ("Aktif", "Active")),
        as_printed("non_active_printed", ("Tidak aktif", "Non-active")),
        as_printed("registered_printed", ("Terdaftar", "Registered")),
        percent_of("share_non_active"),
        confidence(),
        sources(),
    ]
    english = "Active and non-active participants, construction too"
    return table(
        "by_status", rows, columns, id="Peserta aktif dan tidak aktif, termasuk jasa konstruksi", en=english, note=False
    )
