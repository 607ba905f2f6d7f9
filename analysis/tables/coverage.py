"""Tables of who is covered: by segment, base and split, as published, and who isn't."""

import pandas as pd

from analysis.tables.column import (
    Column,
    Row,
    as_printed,
    confidence,
    counted,
    dates,
    month_of,
    named,
    percent_of,
    rate,
    sources,
)
from analysis.tables.table import table
from analysis.words import Shown, count


def _uncovered(row: Row, language: str) -> str:
    """Nobody can say how many aren't covered, where the rate isn't one of residents."""
    return "–" if row["rate_is"] in ("not residents", "exceeds") else count(row["uncovered"], language)


_UNCOVERED = Column("uncovered", _uncovered, numeric=True)
AS_PRINTED = [as_printed("covered_printed", "covered"), as_printed("workers_printed", "workers")]


def caution(rows: pd.DataFrame) -> list[Column]:
    """A column of what to know, where there is something."""
    if "caution" not in rows or (rows["caution"] == "").all():
        return []
    return [Column("caution", lambda row, language: str(row["caution_id" if language == "id" else "caution"]))]


def place(rows: pd.DataFrame) -> Shown:
    """Covered, workers, uncovered and rate of one place: PU, BPU and all (rows of `place`).

    >>> print(place(here).text["en"])
    Coverage by segment
    Segment | Coverage rate | Covered | Workers | Uncovered
    Wage earners (PU) | 40.96% | 564,393 | 1,377,823 | 813,430
    Non-wage workers (BPU) | 5.08% | 168,497 | 3,319,835 | 3,151,338
    All segments | 15.60% | 732,890 | 4,697,658 | 3,964,768
    """
    figures = (
        AS_PRINTED if (rows["workers_printed"] != "").any() else [counted("covered"), counted("workers"), _UNCOVERED]
    )
    columns = [named("segment"), rate(), *figures, *caution(rows)]
    return table("segments", rows, columns, id="Cakupan menurut segmen", en="Coverage by segment")


def bases(rows: pd.DataFrame) -> Shown:
    """The place on BPS's base and, as published in the same year, on the eligible base (rows of `bases`).

    Nothing where no article prints a rate for that year.

    >>> an.tables.bases(an.coverage.bases(choice, covered, workers, published)).data[1]["base"]
    'eligible'
    """
    if len(rows) == 1:
        return Shown("table", "bases", text={})
    columns = [named("base"), rate(), *AS_PRINTED, dates(), confidence(), sources(), *caution(rows)]
    return table("bases", rows, columns, id="Satu tempat, dua dasar", en="One place, two bases", note=False)


def splits(rows: pd.DataFrame) -> Shown:
    """The same period by domicile and by registration, side by side and never added (rows of `splits`).

    >>> rows = pd.DataFrame({"split": ["domicile", "registration"], "rate": [0.156, None], "rate_is": ["known",
    ...     "not residents"], "covered": [732890, 453853], "workers": 4697658,
    ...     "facts": Facts(("2023-12",), ("2023-08",), "high", ("bps",))})
    >>> print(splits(rows).text["en"])
    Two ways of splitting the same participants
    Split by | Coverage rate | Covered | Workers | As of | Confidence | Source
    the worker's domicile | 15.60% | 732,890 | 4,697,658 | December 2023; workers: August 2023 | high | [bps]
    where the employer is registered | not the residents' coverage | 453,853 | 4,697,658 | December 2023; workers: August 2023 | high | [bps]
    """
    columns = [named("split"), rate(), counted("covered"), counted("workers"), dates(), confidence(), sources()]
    english = "Two ways of splitting the same participants"
    return table("splits", rows, columns, id="Dua cara membagi peserta yang sama", en=english, note=False)


def published_rates(rows: pd.DataFrame) -> Shown:
    """The rates that the press printed on the place (rows of `articles`), each on its own base.

    >>> rows = pd.DataFrame({"period": ["2023"], "segment": "all", "rate": 0.2679, "rate_printed": "26,79",
    ...     "covered_printed": "731.991", "workers_printed": "2.732.329", "caution": "", "facts": Facts(("2023",), (),
    ...     "as printed", ("antara",))})
    >>> print(published_rates(rows).text["id"].replace("\\xa0", " "))
    Angka cakupan seperti diterbitkan, masing-masing dengan dasarnya sendiri
    Waktu | Segmen | Cakupan | Tercakup | Pekerja | Keandalan | Sumber
    2023 | Semua segmen | 26,79 % | 731.991 | 2.732.329 | seperti tercetak | [antara]
    """
    columns = [month_of("period"), named("segment"), rate(), *AS_PRINTED, confidence(), sources(), *caution(rows)]
    indonesian = "Angka cakupan seperti diterbitkan, masing-masing dengan dasarnya sendiri"
    english = "Coverage figures as published, each on its own base"
    return table("published", rows, columns, id=indonesian, en=english, note=False)


def gap(rows: pd.DataFrame) -> Shown:
    """Which segments the uncovered of a place consist of (rows of `gap`); nothing while that isn't known.

    >>> print(an.tables.gap(an.coverage.gap(here.head(2))).text["en"])
    Who the uncovered are
    Segment | Share of the uncovered | Uncovered
    Non-wage workers (BPU) | 79.48% | 3,151,338
    Wage earners (PU) | 20.52% | 813,430
    """
    columns = [named("segment"), percent_of("share_of_uncovered"), _UNCOVERED]
    known = rows[rows["share_of_uncovered"].notna()]
    return table("uncovered", known, columns, id="Siapa yang belum tercakup", en="Who the uncovered are")
