"""What a column of a table is, and the columns that several tables have.

A column has the name of what it holds, a head, and a function that writes its cell for one row in one language. The
functions below make columns: `counted("covered")` is one of people, under the glossary's word for "covered".
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from analysis.schema import Facts, Interval
from analysis.words import (
    LANGUAGES,
    cited,
    count,
    month,
    percent,
    printed,
    printed_percent,
    rupiah,
    rupiah_short,
    rupiah_span,
    span,
    term,
)
from analysis.words import rate as rate_or_why

Row = Mapping[str, Any]
Head = str | tuple[str, str]


class Column(NamedTuple):
    """A column: the name of what it holds, how its cell is written, its head, and whether it stands to the right.

    The name is also the column's in the CSV file. The head is a key of the glossary, or a pair (Indonesian, English);
    without one it is the glossary's word for the name.

    >>> days = Column("days", lambda row, language: str(row["days"]), ("Hari", "Days"), numeric=True)
    >>> days.title("id"), days.write({"days": 3}, "id")
    ('Hari', '3')
    """

    name: str
    write: Callable[[Row, str], str | Markup]
    head: Head = ""
    numeric: bool = False

    def title(self, language: str) -> str:
        head = self.head or self.name
        return term(head, language) if isinstance(head, str) else head[LANGUAGES.index(language)]


def to(low: str, high: str, language: str) -> str:
    """From one end to the other, in words; once where both are written alike.

    >>> to("3", "4", "id"), to("3", "3", "en")
    ('3 sampai 4', '3')
    """
    return low if low == high else f"{low} {'sampai' if language == 'id' else 'to'} {high}"


def with_ends(value: Interval, write: Callable[[Any, str], str], language: str) -> str:
    """What is taken for a number, with its ends in brackets where they are written differently.

    >>> with_ends(Interval(1, 2, 4), count, "en"), with_ends(Interval.exactly(2), count, "en")
    ('2 (1 to 4)', '2')
    """
    low, point, high = (write(each, language) for each in value)
    return point if low == high else f"{point} ({to(low, high, language)})"


def rupiah_with_ends(value: Interval, language: str) -> str:
    """The middle of the draws in rupiah, and from where to where nine of ten lie.

    >>> rupiah_with_ends(Interval(1000, 2000, 4000), "en"), rupiah_with_ends(Interval.exactly(2000), "en")
    ('Rp2,000 (Rp1,000–4,000)', 'Rp2,000')
    """
    said = rupiah_short(value.point, language)
    return f"{said} ({rupiah_span(value.low, value.high, language)})" if value.known and not value.exact else said


# -- words --------------------------------------------------------------------------------------------


def text(name: str, head: Head = "") -> Column:
    """What the row holds, as it is."""
    return Column(name, lambda row, language: str(row[name]), head)


def named(name: str, head: Head = "") -> Column:
    """The glossary's word for what the row holds.

    >>> named("segment").write({"segment": "PU"}, "en")
    'Wage earners (PU)'
    """
    return Column(name, lambda row, language: term(row[name], language), head)


def month_of(name: str, head: Head = "") -> Column:
    """A date in words, as exact as it is known.

    >>> month_of("period").write({"period": "2023-12"}, "id")
    'Desember 2023'
    """
    return Column(name, lambda row, language: month(row[name], language), head)


def year_of(name: str) -> Column:
    """A year, or that it never comes.

    >>> year_of("first_year").write({"first_year": None}, "en")
    'never'
    """
    return Column(name, lambda row, language: f"{row[name]:.0f}" if pd.notna(row[name]) else term("never", language))


def scenario(titles: pd.DataFrame) -> Column:
    """The title of the row's scenario (from `scenario_titles`)."""
    known = titles.set_index("scenario").to_dict("index")
    return Column("scenario", lambda row, language: str(known[row["scenario"]][f"title_{language}"]))


# -- numbers ------------------------------------------------------------------------------------------


def number(name: str, write: Callable[[Any, str], str], head: Head = "") -> Column:
    """A number, written by one of the functions of `words`.

    >>> from analysis.words import growth
    >>> number("growth", growth).write({"growth": 0.1195}, "en")
    '+12.0%'
    """
    return Column(name, lambda row, language: write(row[name], language), head, numeric=True)


def counted(name: str, head: Head = "") -> Column:
    """Whole people, or other things that are counted."""
    return number(name, count, head)


def percent_of(name: str, head: Head = "") -> Column:
    """A share as a percentage."""
    return number(name, percent, head)


def rupiah_of(name: str) -> Column:
    """Money in full."""
    return number(name, rupiah)


def rupiah_short_of(name: str) -> Column:
    """Money to three digits."""
    return number(name, rupiah_short)


def as_printed(name: str, head: Head = "") -> Column:
    """A number of people as the press printed it."""
    return number(name, printed, head)


def between(name: str, head: Head = "") -> Column:
    """People of whom only a least and a greatest number is known (columns `name`_low and `name`_high).

    >>> between("workers").write({"workers_low": 1200, "workers_high": 1300}, "en")
    '1,200 to 1,300'
    """

    def write(row: Row, language: str) -> str:
        return to(count(row[f"{name}_low"], language), count(row[f"{name}_high"], language), language)

    return Column(name, write, head, numeric=True)


def percent_between(name: str) -> Column:
    """A share of which only the ends are known."""

    def write(row: Row, language: str) -> str:
        return span(row[f"{name}_low"], row[f"{name}_high"], True, language)

    return Column(name, write, numeric=True)


def rupiah_between(name: str) -> Column:
    """Money in the middle of the draws, and where nine of ten lie."""
    return Column(name, lambda row, language: rupiah_with_ends(Interval.of(row, name), language), numeric=True)


def rate() -> Column:
    """The coverage rate: as printed where an article prints it, else as computed, or in words why there is none.

    It stands first after the row's name: on a phone it is what is seen without scrolling.

    >>> rate().write({"rate": 0.27, "rate_printed": "26,79"}, "en")
    '26.79%'
    >>> rate().write({"rate": 0.156, "rate_is": "known"}, "en")
    '15.60%'
    """

    def write(row: Row, language: str) -> str:
        if row.get("rate_printed"):
            return printed_percent(row["rate_printed"], language)
        return rate_or_why(row, language)

    return Column("rate", write, numeric=True)


# -- what a row rests on -------------------------------------------------------------------------------


def dates() -> Column:
    """The date of the participants, and that of the workers where it is another.

    >>> dates().write({"facts": Facts(("2023-12",), ("2023-08",))}, "en")
    'December 2023; workers: August 2023'
    """

    def write(row: Row, language: str) -> str:
        facts: Facts = row["facts"]
        people, workers = (", ".join(month(p, language) for p in each) for each in (facts.as_of, facts.workers_as_of))
        note = {"id": "pekerja", "en": "workers"}[language]
        return people if people == workers or not workers else f"{people}; {note}: {workers}"

    return Column("as_of", write)


def confidence() -> Column:
    """How reliable the row is: the lowest confidence of what it rests on."""
    return Column("confidence", lambda row, language: term(row["facts"].confidence, language))


def regulations() -> Column:
    """What the law says it in, as the law is cited in Indonesia.

    >>> regulations().write({"regulations": ("PP 44/2015 Pasal 16 ayat (1)", "PP 50/2025")}, "en")
    'PP 44/2015 Pasal 16 ayat (1); PP 50/2025'
    """
    return Column("regulations", lambda row, language: "; ".join(row["regulations"]) or "–")


def sources() -> Column:
    """The sources of the row, which the page numbers.

    >>> from analysis.tables.column import sources
    >>> sources().write({"facts": Facts(source_ids=("bps",))}, "en")
    Markup('<a href="#cited-bps">[bps]</a>')
    """
    return Column("source_ids", lambda row, language: cited(row["facts"].source_ids), ("Sumber", "Source"))
