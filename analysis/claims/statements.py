"""Printed figures as claims: which figure of which place and date each speaks of, and what it says of it.

A *figure* is an unknown number of people: the covered C, the workers W or a target T of one place,
date and segment. A claim says that a sum of figures lies between two values; a claim of a rate does
so too, because l ≤ C/W ≤ h is C − lW ≥ 0 and C − hW ≤ 0. What must hold between figures whatever
is printed (0 ≤ C ≤ W, the parts of a whole) are the identities. Both are rows of one linear system:

    covered          C in [l, h]            uncovered        W − C in [l, h]
    workers          W in [l, h]            uncovered_rate   W − C, as a share of W
    coverage_rate    C, as a share of W     gap_to_target    T − C in [l, h]
    target_workers   T in [l, h]            gap_rate         T − C, as a share of W
    target_rate      T, as a share of W     achievement_rate C, as a share of T
    workers_share    W of a segment, as a share of all W; covered_share the same of C
    covered_change   C − C at the article's other date

How an article is read, where it leaves room: formal is PU and informal BPU; covered without a status
is active; a rate is of the workers the article gives no other name, else of the eligible, the
employed, the labour force, whichever it prints first in this order; a target's people are counted on the
workers of the same date; printed segments are taken for all there are, if they are one of `PARTITIONS`, until
that can't be (`with_more_segments`); a count that ends in 000 for exact, until that can't be (`in_thousands`).
All intervals are closed: where two figures only touch at an end they are called consistent.
"""

import re
import unicodedata
from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, NamedTuple

import pandas as pd

from analysis.printed import Printed, UnreadableError, finer, in_thousands, read_printed

NATIONAL = "national"
LEVELS = (NATIONAL, "province", "regency", "city", "region")
STATUSES = ("", "active", "non_active", "registered")
# Segments that are one whole when an article prints them all; the longest that is printed counts.
PARTITIONS: tuple[tuple[str, ...], ...] = (
    ("PU", "BPU"),
    ("PU", "BPU", "Jakon"),
    ("PU", "BPU", "Jakon", "PMI"),
    ("PU with PMI", "BPU", "Jakon"),
    ("PU without non-ASN", "non-ASN", "BPU", "Jakon", "PMI"),
    ("male", "female"),
)
SAME = {"formal": "PU", "informal": "BPU", "PPU": "PU", "laki-laki": "male", "perempuan": "female"}
UNITS = ("persons", "percent", "companies", "business entities", "projects")
BASES = ("", "eligible", "employed", "labour force")
REMAINING = "remaining potential"  # those who aren't covered yet: no base of a rate
MOST = 10**10  # people; a bound beyond what HiGHS takes for infinite would be lost without a word
NEEDED = ("place", "period", "measure", "value_printed")
OPTIONAL = (
    "claim_id",
    "article_id",
    "level",
    "province_code",
    "province",
    "as_of",
    "segment",
    "status",
    "base",
    "target_year",
    "qualifier",
    "unit",
    "value_read",
    "caution",
    "caution_id",
    "source_id",
    "note",
)
Terms = tuple[tuple["Figure", int], ...]


class Figure(NamedTuple):
    """One unknown number of people: `what` is covered, workers or target; `kind` their status, base or year."""

    place: str
    date: str
    what: str
    segment: str
    kind: str


class Row(NamedTuple):
    """low ≤ sum of terms ≤ high (None: open); of the claim with this id, or an identity if it is ""."""

    terms: Mapping[Figure, Fraction]
    low: Fraction | None
    high: Fraction | None
    claim_id: str
    identity: str = ""


class Quantity(NamedTuple):
    """What a claim is about: the sum of `top`, or its share of the sum of `base` where there is one."""

    top: Terms
    base: Terms = ()


class Wrong(NamedTuple):
    """One cell that can't be taken: the row's label in the frame, column, value, rule, what to do."""

    row: Any
    column: str
    value: str
    rule: str
    message: str


class ClaimError(ValueError):
    """Claims that can't be read; `problems` lists every cell, with what to do."""

    def __init__(self, problems: list[Wrong]):
        self.problems = problems
        super().__init__(
            "\n".join(f"row {p.row}, column {p.column}: {p.value!r} [{p.rule}] {p.message}" for p in problems)
        )


def claims_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Printed figures, one a row, read as intervals: what `bounds` and `verdict` take.

    `frame` needs the columns place, period, measure and value_printed; the other columns of
    `data/reported_claims` are taken where they are there. Adds `date` (as_of, or else the period), `article`
    (source_id, or else article_id: `data/` has one article_id for each place in an article), and as exact fractions,
    persons or shares, of each figure low and high as printed, and how far it may reach if it is read otherwise:

        thousands_low, thousands_high   a count that ends in 000 is rounded to thousands
        cut_low, cut_high               the press cut digits off instead of rounding (the hull of both)
        loose_low, loose_high           both of these, where a count may be cut off to thousands, too
        fine_low, fine_high             a whole number of millions beside one with decimals is as exact as that

    None is open. Names that differ by capitals, spaces or what nobody sees are one name (`name_key`), and stand as they
    are first printed; a place called Jumlah or Total is the total of the other places of its article (`is_total`).

    Raises ClaimError with every cell that can't be read: the row's label, column, value and rule.

    >>> frame = pd.DataFrame({"place": "Lampung", "period": "2023", "measure": ["covered", "workers"],
    ...                       "segment": "total", "value_printed": ["731.991", "2,7 juta"]})
    >>> [(int(low), int(high)) for low, high in claims_of(frame)[["low", "high"]].itertuples(index=False)]
    [(731991, 731991), (2650000, 2750000)]
    """
    labels = list(frame.index)  # they may repeat, as after pd.concat
    cells = _cells(frame)
    rows = rows_by_name(pd.DataFrame(cells, dtype=object))
    read, problems = _read_cells(rows)
    if problems:
        raise ClaimError([p._replace(row=labels[p.row]) for p in sorted(problems, key=lambda p: p.row)])
    printed, fine = list(read.values()), _finer(rows, read)
    thousands = [in_thousands(p) for p in printed]
    added = {
        "date": [row.as_of or row.period for row in rows],
        "article": [row.source_id or row.article_id for row in rows],
        **_ends("", printed),
        **_ends("cut_", printed, cut=True),
        **_ends("thousands_", thousands),
        **_ends("loose_", thousands, cut=True),
        **_ends("fine_", fine),
    }
    # Plain objects in one block, which `rows_by_name` is quick with; columns of text take it many times as long.
    return pd.DataFrame(cells | added, dtype=object)


def _ends(name: str, printed: Sequence[Printed], cut: bool = False) -> dict[str, list[Fraction | None]]:
    """Two columns: the ends of each figure, if it may be cut off the hull with those it then has."""
    return {
        f"{name}low": [_least(p.low, p.cut_low) if cut else p.low for p in printed],
        f"{name}high": [_most(p.high, p.cut_high) if cut else p.high for p in printed],
    }


def _read_cells(rows: list[Any]) -> tuple[dict[int, Printed], list[Wrong]]:
    """The printed figures by row, and every cell that can't be taken."""
    read: dict[int, Printed] = {}
    problems: list[Wrong] = []
    for at, row in enumerate(rows):
        problems += _wrong_cells(at, row)
        try:
            read[at] = _read_figure(row)
        except UnreadableError as error:
            problems.append(Wrong(at, "value_printed", str(row.value_printed), "printed number", str(error)))
    message = "each figure needs a key of its own"
    first = {row.claim_id: at for at, row in reversed(list(enumerate(rows)))}
    return read, problems + [
        Wrong(at, "claim_id", row.claim_id, "duplicate key", message)
        for at, row in enumerate(rows)
        if first[row.claim_id] < at
    ]


def _read_figure(row: Any) -> Printed:
    text = row.value_printed
    if isinstance(text, float):
        raise UnreadableError(
            str(text), "as a number it has lost its zeros and marks", "give the column as text (dtype=str)"
        )
    printed = read_printed(str(text), row.qualifier, row.unit)
    if row.measure in MEASURES and row.unit == "persons" and printed.scale < 1:
        raise UnreadableError(str(text), f"{row.measure} is no percentage", "write a number of people")
    if row.unit == "persons" and printed.value > MOST:
        raise UnreadableError(str(text), "that is more people than there are", "check the digits and the scale word")
    return printed


def _cells(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """The cells of all columns, as text; what a frame may leave out is filled in."""
    if missing := [column for column in NEEDED if column not in frame]:
        raise ClaimError(
            [
                Wrong("header", name, "", "missing column", f"claims need the columns {', '.join(NEEDED)}")
                for name in missing
            ]
        )
    defaults: dict[str, Any] = dict.fromkeys(OPTIONAL, "") | {"segment": "total", "article_id": "claims"}
    added = {name: [value] * len(frame) for name, value in defaults.items() if name not in frame}
    cells = frame.astype(object).fillna("").to_dict("list") | added
    for column in (*NEEDED, *OPTIONAL):
        if column not in ("value_printed", "value_read"):
            cells[column] = [_text(cell) for cell in cells[column]]
    cells |= _alike(cells)
    if "claim_id" in added:
        cells["claim_id"] = [f"{article}#{n}" for n, article in enumerate(cells["article_id"], 1)]
    units = zip(cells["unit"], cells["measure"], strict=True)
    cells["unit"] = [unit or ("percent" if is_share(measure) else "persons") for unit, measure in units]
    return cells


def _alike(cells: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """The columns of names with one spelling a name: that of our own words, else as it is first printed."""
    segments = ["total", *SAME, *(part for parts in PARTITIONS for part in parts), "unemployed"]
    known: dict[str, Iterable[str]] = {
        "level": LEVELS,
        "status": STATUSES,
        "base": [*BASES, REMAINING],
        "unit": UNITS,
        "measure": [*MEASURES, *NOT_TESTED],
        "segment": segments,
    }
    named = {column: _spellings([*words, *cells[column]]) for column, words in known.items()}
    named["segment"] |= {name: "total" for name in named["segment"] if not name or is_total(name)}
    named["place"] = named["province"] = _spellings([*cells["place"], *cells["province"]])
    return {column: [words[cell] for cell in cells[column]] for column, words in named.items()}


def _spellings(names: Iterable[str]) -> dict[str, str]:
    """Each name with the first that has its key."""
    first: dict[str, str] = {}
    return {name: first.setdefault(name_key(name), seen(name)) for name in dict.fromkeys(names)}


def seen(name: str) -> str:
    """A name without the characters that nobody sees, and with single ordinary spaces.

    >>> seen("Kota\u00a0 Me\u200btro")
    'Kota Metro'
    """
    return " ".join("".join(c for c in name if unicodedata.category(c) != "Cf").split())


@lru_cache(maxsize=10_000)
def name_key(name: str) -> str:
    """What a name is compared by: without capitals, kinds of spaces, hyphens and letters, or what nobody sees.

    >>> name_key("KOTA\u00a0Metro") == name_key(" Kota  Me\u200btro"), name_key("Fak\u2011Fak")
    (True, 'fak-fak')
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen(name)).casefold())
    return " ".join("".join("-" if unicodedata.category(c) == "Pd" else c for c in text).split())


@lru_cache(maxsize=10_000)
def is_total(name: str) -> bool:
    """Whether a place (or segment) is the last line of a table: the total of what stands in it.

    >>> is_total("JUMLAH / TOTAL"), is_total("Jumlah keseluruhan"), is_total("Jumlah Pekerja"), is_total("Totalindo")
    (True, True, False, False)
    """
    words = set(re.findall(r"\w+", name_key(name)))
    return bool(words & {"jumlah", "total"}) and words <= {*_ALL, "jumlah", "total"}


_ALL = ("grand", "semua", "seluruh", "seluruhnya", "keseluruhan", "all", "overall")


def _text(cell: Any) -> str:
    """A cell as text, also a year that came as a number."""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def _wrong_cells(at: int, row: Any) -> Iterator[Wrong]:
    cells = (
        ("measure", row.measure, [*MEASURES, *NOT_TESTED]),
        ("level", row.level, ["", *LEVELS]),
        ("status", row.status, STATUSES),
    )
    for column, value, allowed in cells:
        if value not in allowed:
            there = ", ".join(word for word in allowed if word)
            yield Wrong(at, column, value, "unknown value", f"write one of: {there}")
    if not row.place:
        yield Wrong(at, "place", "", "empty cell", "say which place the figure is for")
    yield from _wrong_dates(at, row)
    if row.measure in MEASURES:
        share = is_share(row.measure)
        if row.unit not in UNITS:
            message = f"write one of: {', '.join(UNITS)}"
            yield Wrong(at, "unit", row.unit, "unknown value", message)
        elif share != (row.unit == "percent"):
            message = f"{row.measure} is not a number of {row.unit}" if share else f"{row.measure} is no percentage"
            yield Wrong(at, "unit", row.unit, "unit", message)


def _wrong_dates(at: int, row: Any) -> Iterator[Wrong]:
    for column, value, shape in (("period", row.period, _PERIOD), ("as_of", row.as_of, f"({_PERIOD})?")):
        if not re.fullmatch(shape, value) or not _on_the_calendar(value):
            message = "write it as 2023, 2023-12, 2023-12-31, 2023-H1 or 2021-2024"
            yield Wrong(at, column, value, "date", message)
    if not re.fullmatch(r"(20\d\d(-20\d\d)?)?", row.target_year):
        message = "write the year the target is for, as in 2025, or 2024-2025 from one target to the next"
        yield Wrong(at, "target_year", row.target_year, "date", message)
    for column, value in (("period", row.period), ("target_year", row.target_year)):
        if (years := re.fullmatch(r"(20\d\d)-(20\d\d)", value)) and years[1] >= years[2]:
            yield Wrong(at, column, value, "date", "write the earlier year first")


def _on_the_calendar(value: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return True
    try:
        date.fromisoformat(value)
    except ValueError:  # a 31st of February
        return False
    return True


_PERIOD = r"20[0-4]\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|-H[12]|-20[0-4]\d)?"


def _least(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else min(a, b)


def _most(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else max(a, b)


def _finer(rows: list[Any], read: Mapping[int, Printed]) -> list[Printed]:
    """Whole numbers of thousands, millions … beside others of the article and measure that have decimals."""
    decimals: dict[tuple[str, str, Fraction], int] = {}
    keys = {at: (row.article_id, row.measure, read[at].scale) for at, row in enumerate(rows) if row.unit != "percent"}
    for at, key in keys.items():
        decimals[key] = max(decimals.get(key, 0), read[at].decimals)
    return [finer(p, decimals[keys[at]]) if at in keys and p.decimals == 0 else p for at, p in read.items()]


def as_thousands(claims: pd.DataFrame) -> pd.DataFrame:
    """The claims with every count that ends in 000 read as rounded to thousands, to take `bounds` of.

    >>> claims = claims_of(pd.DataFrame({"place": ["Lampung"], "period": "2023", "measure": "covered",
    ...                                  "value_printed": "573.000"}))
    >>> [int(end) for end in as_thousands(claims).loc[0, ["low", "high"]]]
    [572500, 573500]
    """
    rounded = claims["thousands_low"] != claims["low"]
    ends = {
        f"{kind}{end}": claims[f"{kind}{end}"].mask(rounded, claims[f"thousands_{end}"])
        for kind in ("", "fine_")
        for end in ("low", "high")
    }
    return claims.assign(**ends)


# What each measure is about, in letters of the docstring: (top, base); "-" subtracts.
MEASURES: dict[str, tuple[str, str]] = {
    "covered": ("C", ""),
    "workers": ("W", ""),
    "uncovered": ("W-C", ""),
    "target_workers": ("T", ""),
    "gap_to_target": ("T-C", ""),
    "covered_change": ("C-P", ""),
    "coverage_rate": ("C", "W"),
    "uncovered_rate": ("W-C", "W"),
    "target_rate": ("T", "W"),
    "gap_rate": ("T-C", "W"),
    "achievement_rate": ("C", "T"),
    "workers_share": ("W", "A"),
    "covered_share": ("C", "S"),
}


def is_share(measure: str) -> bool:
    """Whether a measure is printed as a percentage.

    >>> is_share("coverage_rate"), is_share("covered")
    (True, False)
    """
    return measure.endswith(("rate", "share"))


NOT_TESTED = ("coverage_change", "covered_new", "subsidised", "forecast", "share_national", "companies")


@cache
def _claim(columns: tuple[str, ...]) -> Callable[[Iterable[Any]], Any]:
    return namedtuple("Claim", columns, rename=True)._make  # type: ignore[attr-defined]


def rows_by_name(claims: pd.DataFrame) -> list[Any]:
    """The claims as named tuples: `itertuples` takes ten times as long for a table as short and wide as this."""
    make = _claim(tuple(claims.columns))
    return [make(row) for row in claims.to_numpy(dtype=object)]


def month_of(date: str) -> str:
    """The month of a day, for figures of one place that are tried together; other dates as they are.

    >>> month_of("2024-09-24"), month_of("2024-H1"), month_of("2017-2018")
    ('2024-09', '2024-H1', '2017-2018')
    """
    return date[:7] if re.fullmatch(r"\d{4}-\d\d-\d\d", date) else date


def known_month(date: str) -> str:
    """The month of a date, or "" where only a year, a half or a span of years is known: that is no one time.

    Two articles on 2023 may speak of its first month and of its last, with 700,000 more covered and no slip at all.

    >>> known_month("2024-09-24"), known_month("2024-09"), known_month("2023"), known_month("2024-H1")
    ('2024-09', '2024-09', '', '')
    """
    return date[:7] if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", date) else ""


def quantities(claims: pd.DataFrame) -> dict[str, Quantity]:
    """Of each claim that speaks of people covered, workers or targets, by claim_id, what it is about.

    >>> claims = claims_of(pd.DataFrame({"place": ["Lampung"], "period": "2023", "measure": "uncovered",
    ...                                  "value_printed": "2 juta"}))
    >>> [(figure.what, sign) for figure, sign in quantities(claims)["claims#1"].top]
    [('workers', 1), ('covered', -1)]
    """
    bases = _bases(claims)
    other = _other_dates(claims)
    people = [row for row in rows_by_name(claims) if row.measure in MEASURES and row.unit in ("persons", "percent")]
    found = {row.claim_id: _quantity(row, bases, other) for row in people}
    return {claim_id: quantity for claim_id, quantity in found.items() if quantity}


def _bases(claims: pd.DataFrame) -> dict[tuple[str, str], dict[str, set[str]]]:
    """The names of the workers that are printed for each place and date, and of which segments."""
    named: dict[tuple[str, str], dict[str, set[str]]] = {}
    for row in rows_by_name(claims):
        if row.measure != "workers":
            continue
        named.setdefault((row.place, row.date), {}).setdefault(row.base, set()).add(row.segment)
    return named


def _base(row: Any, bases: Mapping[tuple[str, str], Mapping[str, set[str]]]) -> str:
    """The base of a claim that may not name it: see the module's docstring."""
    printed = bases.get((row.place, row.date), {})
    if row.segment == "unemployed":  # of no kind of workers, whatever they are called
        return ""
    if row.base or not printed:
        return row.base
    order = BASES[1:3] if row.measure == "workers" else BASES[1:]
    named = next((name for name in order if name in printed), "")
    # Workers without a name are those of the name it gives to others, but not where it tells the two apart.
    apart = named == "labour force" or printed.get("", set()) & printed.get(named, set())
    return "" if "" in printed and apart else named


def _other_dates(claims: pd.DataFrame) -> dict[tuple[str, ...], list[str]]:
    dates: dict[tuple[str, ...], list[str]] = {}
    for row in rows_by_name(claims):
        if row.measure == "covered":
            dates.setdefault((row.article_id, row.place, row.segment), []).append(row.date)
    return {key: sorted(set(found)) for key, found in dates.items()}


def _quantity(
    row: Any, bases: Mapping[tuple[str, str], Mapping[str, set[str]]], other: Mapping[tuple[str, ...], list[str]]
) -> Quantity | None:
    top, base = MEASURES[row.measure]
    segment = SAME.get(row.segment, row.segment)
    name, status = _base(row, bases), row.status or "active"
    first, _, last = row.target_year.partition("-")
    earlier = [d for d in other.get((row.article_id, row.place, row.segment), []) if d < row.date]
    if "P" in top and len(earlier) != 1:
        return None
    letters = {
        "C": Figure(row.place, row.date, "covered", segment, status),
        "W": Figure(row.place, row.date, "workers", segment, name),
        "T": Figure(row.place, row.date, "target", segment, last or first),
        "A": Figure(row.place, row.date, "workers", "total", name),
        "S": Figure(row.place, row.date, "covered", "total", status),
        "P": Figure(row.place, "".join(earlier), "covered", segment, status),
    }
    if "T" in top and last:  # from one target to the next
        return Quantity(((letters["T"], 1), (letters["T"]._replace(kind=first), -1)))
    signs = [(letters[letter], sign) for letter, sign in zip(top[::2], (1, -1), strict=False)]
    return Quantity(tuple(signs), ((letters[base], 1),) if base else ())


def rows_of(claim_id: str, quantity: Quantity, low: Fraction | None, high: Fraction | None) -> list[Row]:
    """The claim as linear rows: one for a number of people, one for each end of a share."""
    if not quantity.base:
        return [Row(_sum(quantity.top), low, high, claim_id)]
    ends = []
    if low:
        ends.append(Row(_sum(quantity.top, quantity.base, -low), Fraction(0), None, claim_id))
    if high is not None:
        ends.append(Row(_sum(quantity.top, quantity.base, -high), None, Fraction(0), claim_id))
    return ends


def _sum(terms: Terms, more: Terms = (), times: Fraction = Fraction(1)) -> dict[Figure, Fraction]:
    total: dict[Figure, Fraction] = {}
    for figure, sign in terms:
        total[figure] = total.get(figure, Fraction(0)) + sign
    for figure, sign in more:
        total[figure] = total.get(figure, Fraction(0)) + times * sign
    return {figure: value for figure, value in total.items() if value}


def identities(
    figures: Collection[Figure], claims: pd.DataFrame, complete: Collection[str] = (), more: Collection[Figure] = ()
) -> list[Row]:
    """What holds between the figures whatever is printed: 0 ≤ C ≤ W, segments, sexes, status, places.

    `complete` names places whose parts (a province's districts, the country's provinces) all stand in
    the claims: then a figure that is known of every part adds up to the place's, otherwise to no more than that.
    A place called Jumlah or Total says itself that its article's other places add up to it, where all of them are on
    one level (a country aside) or it stands in `complete`; else those of the finest level are no more than it.
    `more` are the wholes to which the segments printed add up to no more than that, as there may be other segments.
    """
    known = dict.fromkeys(figures)
    rows = list(_partitions(known, more))
    known |= dict.fromkeys(figure for row in rows for figure in row.terms)
    rows += _statuses(known)
    rows += _labour_force(known)
    rows += _places(known, claims, complete)
    known |= dict.fromkeys(figure for row in rows for figure in row.terms)
    return [*rows, *_covered_within_workers(known)]


def _row(whole: Figure, parts: Iterable[Figure], identity: str, exact: bool = True) -> Row:
    terms = {whole: Fraction(1)} | {part: Fraction(-1) for part in parts}
    return Row(terms, Fraction(0), Fraction(0) if exact else None, "", identity)


def _partitions(figures: Iterable[Figure], more: Collection[Figure] = ()) -> Iterator[Row]:
    for whole, printed in _segments(figures).items():
        for parts in _printed_partitions(printed):
            exact = whole not in more or "BPU" not in parts
            name = f"{' + '.join(parts)} {'=' if exact else '≤'} total"
            yield _row(whole, [whole._replace(segment=part) for part in parts], name, exact)
        whole_segments = any("BPU" in parts for parts in _printed_partitions(printed))
        alone = [] if whole_segments else ["PU", "BPU"]
        alone += [] if {"male", "female"} <= set(printed) else ["male", "female"]
        for part in alone if "total" in printed else []:
            if part in printed:
                yield _row(whole, [whole._replace(segment=part)], f"{part} ≤ total", exact=False)


def _segments(figures: Iterable[Figure]) -> dict[Figure, list[str]]:
    """The segments that are known of each whole."""
    segments: dict[Figure, list[str]] = {}
    for figure in figures:
        segments.setdefault(figure._replace(segment="total"), []).append(figure.segment)
    return segments


def with_more_segments(figures: Collection[Figure]) -> tuple[Figure, ...]:
    """The wholes that may have segments which nobody printed, as Jakon or PMI beside PU and BPU.

    Those that are known themselves and whose printed segments are part of a longer one of `PARTITIONS`; of men
    and women, and of PU, BPU, Jakon and PMI together, nobody is left.

    >>> total, formal, informal = (Figure("Indonesia", "2023", "covered", s, "active") for s in ("total", "PU", "BPU"))
    >>> with_more_segments([total, formal, informal]) == (total,), with_more_segments([formal, informal])
    (True, ())
    """

    def longer(printed: Collection[str]) -> bool:
        known = [set(parts) for parts in _printed_partitions(printed) if "BPU" in parts]
        return any(parts < set(other) for parts in known for other in PARTITIONS)

    return tuple(w for w, printed in _segments(figures).items() if "total" in printed and longer(printed))


def segments_left(figures: Iterable[Figure], whole: Figure) -> Mapping[Figure, Fraction]:
    """Those of a whole who are in none of the segments that are known of it, as a sum: the whole less its parts."""
    parts = _printed_partitions(_segments(figures)[whole])[0]
    return _row(whole, [whole._replace(segment=part) for part in parts], "").terms


def _printed_partitions(printed: Collection[str]) -> list[tuple[str, ...]]:
    """The longest partition by segment that is printed whole, and the one by sex."""
    whole = [parts for parts in PARTITIONS if set(parts) <= set(printed)]
    by_segment = sorted((parts for parts in whole if "BPU" in parts), key=len)[-1:]
    return by_segment + [parts for parts in whole if "BPU" not in parts]


def _statuses(figures: Collection[Figure]) -> Iterator[Row]:
    for whole in figures:
        if whole.what == "covered" and whole.kind == "registered":
            parts = [whole._replace(kind=kind) for kind in ("active", "non_active")]
            if all(part in figures for part in parts):
                yield _row(whole, parts, "active + non-active = registered")
                continue
            for part, name in zip(parts, ("active", "non-active"), strict=True):
                if part in figures:
                    yield _row(whole, [part], f"{name} ≤ registered", exact=False)


def _labour_force(figures: Collection[Figure]) -> Iterator[Row]:
    for whole in figures:
        if whole.what == "workers" and whole.segment == "total" and whole.kind == "labour force":
            out_of_work = whole._replace(segment="unemployed", kind="")
            employed, unnamed = whole._replace(kind="employed"), whole._replace(kind="")
            if employed in figures and out_of_work in figures:
                yield _row(whole, [employed, out_of_work], "employed + unemployed = labour force")
            # Workers without a name may be the eligible, who are fewer than the employed.
            for workers in (employed, unnamed):
                if workers in figures:
                    yield _row(whole, [workers], "employed ≤ labour force", exact=False)


def _places(figures: Iterable[Figure], claims: pd.DataFrame, complete: Collection[str]) -> Iterator[Row]:
    there = dict.fromkeys(figures)
    of_place: dict[str, list[Figure]] = {}
    for figure in there:
        of_place.setdefault(figure.place, []).append(figure)
    whole_places = set(map(name_key, complete))
    for whole, parts, all_there in wholes(claims):
        members: dict[Figure, list[Figure]] = {}
        for figure in (figure for part in parts for figure in of_place.get(part, [])):
            members.setdefault(figure._replace(place=whole), []).append(figure)
        for whole_figure, known in members.items():
            if whole_figure in there:
                # A part of which this figure isn't known could have any number.
                exact = (all_there or name_key(whole) in whole_places) and len(known) == len(parts)
                yield _row(whole_figure, known, f"places {'=' if exact else '≤'} {whole}", exact)


def wholes(claims: pd.DataFrame) -> Iterator[tuple[str, list[str], bool]]:
    """Places with the places that lie in them, and whether it is said that these are all."""
    rows = list({(row.place, row.level, row.province, row.article): row for row in rows_by_name(claims)}.values())
    country = next((row.place for row in rows if row.level == NATIONAL), "")
    within = {
        row.place: country if row.level == "province" else row.province
        for row in rows
        if row.level in ("province", "regency", "city") and not is_total(row.place)
    }
    parts: dict[str, list[str]] = {}
    for place, whole in within.items():
        if whole:
            parts.setdefault(whole, []).append(place)
    yield from ((whole, places, False) for whole, places in parts.items())
    for total, article in dict.fromkeys((row.place, row.article) for row in rows if is_total(row.place)):
        yield (total, *_in_total([row for row in rows if row.article == article]))


def _in_total(rows: Iterable[Any]) -> tuple[list[str], bool]:
    """The places whose total a table's last line is, and whether all of them are on one level, so that none counts twice."""
    levels: dict[str, int] = {}
    for row in rows:
        if not is_total(row.place):
            levels[row.place] = max(levels.get(row.place, 0), _level(row))
    without = {place: level for place, level in levels.items() if level} or levels
    finest = max(without.values(), default=0)
    return [p for p, level in without.items() if level == finest], len(set(without.values())) == 1


def _level(row: Any) -> int:
    """How fine a place is, by its level, or else by its name: 0 is a country, 1 a province or any other name."""
    if row.level:
        return {NATIONAL: 0, "regency": 2, "city": 2}.get(row.level, 1)
    first = name_key(row.place).partition(" ")[0].rstrip(".")
    names = {
        "indonesia": 0,
        "nasional": 0,
        "kabupaten": 2,
        "kab": 2,
        "kota": 2,
        "kecamatan": 3,
        "kec": 3,
        "desa": 4,
        "kelurahan": 4,
    }
    return names.get(first, 1)


def _covered_within_workers(figures: Iterable[Figure]) -> Iterator[Row]:
    by_base: dict[Figure, list[Figure]] = {}
    for figure in figures:
        if figure.what == "workers" and figure.kind != REMAINING:
            by_base.setdefault(figure._replace(what="covered", kind="active"), []).append(figure)
    for figure in figures:
        for workers in by_base.get(figure, []):
            yield _row(workers, [figure], "covered ≤ workers", exact=False)
