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
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from analysis.printed import Printed, UnreadableError, finer, in_thousands, read_printed
from analysis.schema import SEGMENTS, grouped

NATIONAL = "national"
LEVELS = (NATIONAL, "province", "regency", "city", "region")
STATUSES = ("", "active", "non_active", "registered")
# Segments that are one whole when an article prints them all; the longest that is printed counts.
PARTITIONS: tuple[tuple[str, ...], ...] = (
    SEGMENTS,
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
Terms = tuple[tuple["Figure", int], ...]
Bases = dict[tuple[str, str], dict[str, set[str]]]  # segments by place and date, and by the name of the workers
Dates = dict[tuple[str, str, str], list[str]]  # by article, place and segment


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


class Interval(NamedTuple):
    """Between what a figure lies, exactly: persons, or a share. None is open."""

    low: Fraction | None
    high: Fraction | None


_NONE = Interval(None, None)


class Claim(NamedTuple):
    """One printed figure, read once: its cells as in `data/reported_claims`, of when it is, and what it says.

    `date` is as_of, or else the period; `article` the source_id, or else the article_id (`data/` has one article_id for
    each place in an article, by which a list of districts would hide its own conflicts); `key` the name that a file gives
    its row. What it says is an interval as `printed`, and four by how far it may reach if it is read otherwise:

        thousands   a count that ends in 000 is rounded to thousands
        cut         the press cut digits off instead of rounding (the hull of both)
        loose       both of these, where a count may be cut off to thousands, too
        fine        a whole number of millions beside one with decimals is as exact as that
    """

    claim_id: str
    article_id: str
    place: str
    level: str
    province: str
    period: str
    as_of: str
    measure: str
    segment: str
    status: str
    base: str
    target_year: str
    qualifier: str
    value_printed: str
    unit: str
    source_id: str
    key: str
    date: str = ""
    article: str = ""
    printed: Interval = _NONE
    thousands: Interval = _NONE
    cut: Interval = _NONE
    loose: Interval = _NONE
    fine: Interval = _NONE


_CELLS = Claim._fields[: Claim._fields.index("date")]


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


def claims_of(frame: pd.DataFrame) -> list[Claim]:
    """Printed figures, one a row, read as intervals: what `ranges` and `verdict` take.

    `frame` needs the columns place, period, measure and value_printed; the other cells of a `Claim` are taken where
    they are there. Names that differ by capitals, spaces or what nobody sees are one name (`name_key`), and stand as
    they are first printed; a place called Jumlah or Total is the total of the other places of its article (`is_total`).

    Raises ClaimError with every cell that can't be read: the row's label, column, value and rule.

    >>> frame = pd.DataFrame({"place": "Lampung", "period": "2023", "measure": ["covered", "workers"],
    ...                       "segment": "total", "value_printed": ["731.991", "2,7 juta"]})
    >>> [(int(claim.printed.low), int(claim.printed.high)) for claim in claims_of(frame)]
    [(731991, 731991), (2650000, 2750000)]
    """
    columns = _cells_by_column(frame)
    claims = [Claim(*cells) for cells in zip(*(columns[name] for name in _CELLS), strict=True)]
    problems = list(_unread(claims, columns["value_printed"]))
    if problems:
        labels = list(frame.index)  # they may repeat, as after pd.concat
        raise ClaimError([p._replace(row=labels[at]) for at, p in sorted(problems, key=lambda problem: problem[0])])
    return read(claims)


def read(claims: Sequence[Claim]) -> list[Claim]:
    """The claims with what their cells say, also after a cell was changed. Raises UnreadableError.

    >>> frame = pd.DataFrame({"place": "Lampung", "period": "2023", "measure": "covered", "value_printed": ["7", "8"]})
    >>> [int(claim.printed.low) for claim in read([c._replace(value_printed="9") for c in claims_of(frame)])]
    [9, 9]
    """
    figures = [read_printed(c.value_printed, c.qualifier, c.unit) for c in claims]
    cells = len(_CELLS)
    return [
        Claim._make((*c[:cells], c.as_of or c.period, c.source_id or c.article_id, *_intervals(figure, fine)))
        for c, figure, fine in zip(claims, figures, _finer(claims, figures), strict=True)
    ]


def _intervals(read: Printed, fine: Printed) -> tuple[Interval, ...]:
    """What a figure says as printed, in thousands, cut off, loose and finer."""
    plain, thousands = Interval(read.low, read.high), in_thousands(read)
    finer = plain if fine is read else Interval(fine.low, fine.high)
    if thousands is read:
        cut = plain if read.exact else _hull(read)
        return plain, plain, cut, cut, finer
    return plain, Interval(thousands.low, thousands.high), _hull(read), _hull(thousands), finer


def _hull(read: Printed) -> Interval:
    """From the least to the most that a figure is, rounded or cut off."""
    lows, highs = (read.low, read.cut_low), (read.high, read.cut_high)
    low = None if None in lows else min(end for end in lows if end is not None)
    return Interval(low, None if None in highs else max(end for end in highs if end is not None))


def _unread(claims: Sequence[Claim], texts: Sequence[object]) -> Iterator[tuple[int, Wrong]]:
    """Every cell that can't be taken, by row; `texts` are the figures as they stand in the frame."""
    seen: set[str] = set()
    for at, (claim, text) in enumerate(zip(claims, texts, strict=True)):
        for column, value, rule, message in _wrong_cells(claim):
            yield at, Wrong(at, column, value, rule, message)
        try:
            _check_figure(claim, text)
        except UnreadableError as error:
            yield at, Wrong(at, "value_printed", str(text), "printed number", str(error))
        if claim.claim_id in seen:
            yield at, Wrong(at, "claim_id", claim.claim_id, "duplicate key", "each figure needs a key of its own")
        seen.add(claim.claim_id)


def _check_figure(claim: Claim, text: object) -> None:
    if isinstance(text, float):
        raise UnreadableError(
            str(text), "as a number it has lost its zeros and marks", "give the column as text (dtype=str)"
        )
    printed = read_printed(claim.value_printed, claim.qualifier, claim.unit)
    if claim.measure in MEASURES and claim.unit == "persons" and printed.scale < 1:
        raise UnreadableError(str(text), f"{claim.measure} is no percentage", "write a number of people")
    if claim.unit == "persons" and printed.value > MOST:
        raise UnreadableError(str(text), "that is more people than there are", "check the digits and the scale word")


def _cells_by_column(frame: pd.DataFrame) -> dict[str, list]:
    """The cells of all columns, as text; what a frame may leave out is filled in."""
    if missing := [column for column in NEEDED if column not in frame]:
        message = f"claims need the columns {', '.join(NEEDED)}"
        raise ClaimError([Wrong("header", name, "", "missing column", message) for name in missing])
    there = frame[[column for column in _CELLS if column in frame]]
    columns = there.astype(object).fillna("").to_dict("list")
    for column, cells in columns.items():
        if column != "value_printed":
            texts = {cell: _cell_text(cell) for cell in set(cells)}
            columns[column] = [texts[cell] for cell in cells]
    defaults = dict.fromkeys(_CELLS, "") | {"segment": "total", "article_id": "claims"}
    columns |= {name: [value] * len(frame) for name, value in defaults.items() if name not in frame}
    columns |= _one_spelling(columns)
    if "claim_id" not in frame:
        columns["claim_id"] = [f"{article}#{n}" for n, article in enumerate(columns["article_id"], 1)]
    units = zip(columns["unit"], columns["measure"], strict=True)
    columns["unit"] = [unit or ("percent" if is_share(measure) else "persons") for unit, measure in units]
    return columns


def _one_spelling(cells: Mapping[str, list[str]]) -> dict[str, list[str]]:
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


def _cell_text(cell: object) -> str:
    """A cell as text, also a year that came as a number."""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def _wrong_cells(claim: Claim) -> Iterator[tuple[str, str, str, str]]:
    """Column, value, rule and what to do, of each cell that isn't one of those there may be."""
    for column, allowed in _ALLOWED.items():
        if (value := getattr(claim, column)) not in allowed:
            yield column, value, "unknown value", f"write one of: {', '.join(word for word in allowed if word)}"
    if not claim.place:
        yield "place", "", "empty cell", "say which place the figure is for"
    for column, value in (("period", claim.period), ("as_of", claim.as_of), ("target_year", claim.target_year)):
        if value or column == "period":
            yield from ((column, value, "date", message) for message in _wrong_date(column, value))
    if claim.measure in MEASURES:
        share = is_share(claim.measure)
        if claim.unit not in UNITS:
            yield "unit", claim.unit, "unknown value", f"write one of: {', '.join(UNITS)}"
        elif share != (claim.unit == "percent"):
            message = (
                f"{claim.measure} is not a number of {claim.unit}" if share else f"{claim.measure} is no percentage"
            )
            yield "unit", claim.unit, "unit", message


@lru_cache(maxsize=1000)
def _wrong_date(column: str, value: str) -> tuple[str, ...]:
    """What is wrong with a date that is there, in sentences."""
    wrong = []
    if column == "target_year" and not re.fullmatch(r"20\d\d(-20\d\d)?", value):
        wrong.append("write the year the target is for, as in 2025, or 2024-2025 from one target to the next")
    if column != "target_year" and not (re.fullmatch(_PERIOD, value) and _on_the_calendar(value)):
        wrong.append("write it as 2023, 2023-12, 2023-12-31, 2023-H1 or 2021-2024")
    years = re.fullmatch(r"(20\d\d)-(20\d\d)", value) if column != "as_of" else None
    return (*wrong, *["write the earlier year first"] * bool(years and years[1] >= years[2]))


def _on_the_calendar(value: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return True
    try:
        date.fromisoformat(value)
    except ValueError:  # a 31st of February
        return False
    return True


_PERIOD = r"20[0-4]\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|-H[12]|-20[0-4]\d)?"


def _finer(claims: Sequence[Claim], figures: Sequence[Printed]) -> list[Printed]:
    """Whole numbers of thousands, millions … beside others of the article and measure that have decimals.

    `ranges` gives both readings; the verdict is on the wider one, as printed.
    """
    keys = [(c.article_id, c.measure, read.scale) for c, read in zip(claims, figures, strict=True)]
    decimals: dict[tuple[str, str, Fraction], int] = {}
    for claim, key, read in zip(claims, keys, figures, strict=True):
        if read.decimals and claim.unit != "percent":
            decimals[key] = max(decimals.get(key, 0), read.decimals)
    return [
        finer(read, decimals[key]) if key in decimals and claim.unit != "percent" and read.decimals == 0 else read
        for claim, key, read in zip(claims, keys, figures, strict=True)
    ]


def as_thousands(claims: Iterable[Claim]) -> list[Claim]:
    """The claims with every count that ends in 000 read as rounded to thousands, to take `ranges` of.

    >>> claims = claims_of(pd.DataFrame({"place": ["Lampung"], "period": "2023", "measure": "covered",
    ...                                  "value_printed": "573.000"}))
    >>> [int(end) for end in as_thousands(claims)[0].printed]
    [572500, 573500]
    """
    return [c if c.thousands == c.printed else c._replace(printed=c.thousands, fine=c.thousands) for c in claims]


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


_ALLOWED = {"measure": (*MEASURES, *NOT_TESTED), "level": ("", *LEVELS), "status": STATUSES}


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


def quantities(claims: Sequence[Claim]) -> dict[str, Quantity]:
    """Of each claim that speaks of people covered, workers or targets, by claim_id, what it is about.

    >>> claims = claims_of(pd.DataFrame({"place": ["Lampung"], "period": "2023", "measure": "uncovered",
    ...                                  "value_printed": "2 juta"}))
    >>> [(figure.what, sign) for figure, sign in quantities(claims)["claims#1"].top]
    [('workers', 1), ('covered', -1)]
    """
    bases = _bases(claims)
    other = _other_dates(claims)
    people = [claim for claim in claims if claim.measure in MEASURES and claim.unit in ("persons", "percent")]
    found = {claim.claim_id: _quantity(claim, bases, other) for claim in people}
    return {claim_id: quantity for claim_id, quantity in found.items() if quantity}


def _bases(claims: Iterable[Claim]) -> Bases:
    """The names of the workers that are printed for each place and date, and of which segments."""
    named: Bases = {}
    for claim in claims:
        if claim.measure == "workers":
            named.setdefault((claim.place, claim.date), {}).setdefault(claim.base, set()).add(claim.segment)
    return named


def _base(claim: Claim, bases: Bases) -> str:
    """The base of a claim that may not name it: see the module's docstring."""
    printed = bases.get((claim.place, claim.date), {})
    if claim.segment == "unemployed":  # of no kind of workers, whatever they are called
        return ""
    if claim.base or not printed:
        return claim.base
    order = BASES[1:3] if claim.measure == "workers" else BASES[1:]
    named = next((name for name in order if name in printed), "")
    # Workers without a name are those of the name it gives to others, but not where it tells the two apart.
    apart = named == "labour force" or printed.get("", set()) & printed.get(named, set())
    return "" if "" in printed and apart else named


def _other_dates(claims: Iterable[Claim]) -> Dates:
    dates = grouped(((c.article_id, c.place, c.segment), c.date) for c in claims if c.measure == "covered")
    return {key: sorted(set(found)) for key, found in dates.items()}


def _quantity(claim: Claim, bases: Bases, other: Dates) -> Quantity | None:
    top, base = MEASURES[claim.measure]
    place, when = claim.place, claim.date
    segment = SAME.get(claim.segment, claim.segment)
    name, status = _base(claim, bases), claim.status or "active"
    first, _, last = claim.target_year.partition("-")
    earlier = [d for d in other.get((claim.article_id, place, claim.segment), []) if d < when] if "P" in top else []
    if "P" in top and len(earlier) != 1:
        return None

    letters = {
        "C": Figure(place, when, "covered", segment, status),
        "W": Figure(place, when, "workers", segment, name),
        "T": Figure(place, when, "target", segment, last or first),
        "A": Figure(place, when, "workers", "total", name),
        "S": Figure(place, when, "covered", "total", status),
        "P": Figure(place, "".join(earlier), "covered", segment, status),
    }
    if "T" in top and last:  # from one target to the next
        return Quantity(((letters["T"], 1), (letters["T"]._replace(kind=first), -1)))
    signs = [(letters[letter], sign) for letter, sign in zip(top[::2], (1, -1), strict=False)]
    return Quantity(tuple(signs), ((letters[base], 1),) if base else ())


def linear_rows(claim_id: str, quantity: Quantity, low: Fraction | None, high: Fraction | None) -> list[Row]:
    """The claim as linear rows: one for a number of people, one for each end of a share."""
    if not quantity.base:
        return [Row(_terms_added(quantity.top), low, high, claim_id)]
    ends = []
    if low:
        ends.append(Row(_terms_added(quantity.top, quantity.base, -low), Fraction(0), None, claim_id))
    if high is not None:
        ends.append(Row(_terms_added(quantity.top, quantity.base, -high), None, Fraction(0), claim_id))
    return ends


def _terms_added(terms: Terms, more: Terms = (), times: Fraction = Fraction(1)) -> dict[Figure, Fraction]:
    total: dict[Figure, Fraction] = {}
    for figure, sign in terms:
        total[figure] = total.get(figure, Fraction(0)) + sign
    for figure, sign in more:
        total[figure] = total.get(figure, Fraction(0)) + times * sign
    return {figure: value for figure, value in total.items() if value}


def identities(
    figures: Collection[Figure], claims: Sequence[Claim], complete: Collection[str] = (), more: Collection[Figure] = ()
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
    known |= figures_of(rows)
    rows += _statuses(known)
    rows += _labour_force(known)
    rows += _places_added_up(known, claims, complete)
    known |= figures_of(rows)
    return [*rows, *_covered_within_workers(known)]


def figures_of(rows: Iterable[Row]) -> dict[Figure, None]:
    """The figures that rows are about, each once, in their order."""
    return dict.fromkeys(figure for row in rows for figure in row.terms)


def _whole_of_parts(whole: Figure, parts: Iterable[Figure], identity: str, exact: bool = True) -> Row:
    terms = {whole: Fraction(1)} | {part: Fraction(-1) for part in parts}
    return Row(terms, Fraction(0), Fraction(0) if exact else None, "", identity)


def _partitions(figures: Iterable[Figure], more: Collection[Figure] = ()) -> Iterator[Row]:
    for whole, printed in _segments_by_whole(figures).items():
        for parts in _printed_partitions(printed):
            exact = whole not in more or "BPU" not in parts
            name = f"{' + '.join(parts)} {'=' if exact else '≤'} total"
            yield _whole_of_parts(whole, [whole._replace(segment=part) for part in parts], name, exact)
        whole_segments = any("BPU" in parts for parts in _printed_partitions(printed))
        alone = [] if whole_segments else [*SEGMENTS]
        alone += [] if {"male", "female"} <= set(printed) else ["male", "female"]
        for part in alone if "total" in printed else []:
            if part in printed:
                yield _whole_of_parts(whole, [whole._replace(segment=part)], f"{part} ≤ total", exact=False)


def _segments_by_whole(figures: Iterable[Figure]) -> dict[Figure, list[str]]:
    """The segments that are known of each whole."""
    return grouped((figure._replace(segment="total"), figure.segment) for figure in figures)


def with_more_segments(figures: Collection[Figure]) -> tuple[Figure, ...]:
    """The wholes that may have segments which nobody printed, as Jakon or PMI beside PU and BPU.

    Those that are known themselves and whose printed segments are part of a longer one of `PARTITIONS`; of men
    and women, and of PU, BPU, Jakon and PMI together, nobody is left. A total that is a single person more than PU and
    BPU counts as one person in another segment, too, not as a slip.

    >>> total, formal, informal = (Figure("Indonesia", "2023", "covered", s, "active") for s in ("total", "PU", "BPU"))
    >>> with_more_segments([total, formal, informal]) == (total,), with_more_segments([formal, informal])
    (True, ())
    """

    def longer(printed: Collection[str]) -> bool:
        known = [set(parts) for parts in _printed_partitions(printed) if "BPU" in parts]
        return any(parts < set(other) for parts in known for other in PARTITIONS)

    return tuple(w for w, printed in _segments_by_whole(figures).items() if "total" in printed and longer(printed))


def segments_left(figures: Iterable[Figure], whole: Figure) -> Mapping[Figure, Fraction]:
    """Those of a whole who are in none of the segments that are known of it, as a sum: the whole less its parts."""
    parts = _printed_partitions(_segments_by_whole(figures)[whole])[0]
    return _whole_of_parts(whole, [whole._replace(segment=part) for part in parts], "").terms


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
                yield _whole_of_parts(whole, parts, "active + non-active = registered")
                continue
            for part, name in zip(parts, ("active", "non-active"), strict=True):
                if part in figures:
                    yield _whole_of_parts(whole, [part], f"{name} ≤ registered", exact=False)


def _labour_force(figures: Collection[Figure]) -> Iterator[Row]:
    for whole in figures:
        if whole.what == "workers" and whole.segment == "total" and whole.kind == "labour force":
            out_of_work = whole._replace(segment="unemployed", kind="")
            employed, unnamed = whole._replace(kind="employed"), whole._replace(kind="")
            if employed in figures and out_of_work in figures:
                yield _whole_of_parts(whole, [employed, out_of_work], "employed + unemployed = labour force")
            # Workers without a name may be the eligible, who are fewer than the employed.
            for workers in (employed, unnamed):
                if workers in figures:
                    yield _whole_of_parts(whole, [workers], "employed ≤ labour force", exact=False)


def _places_added_up(figures: Iterable[Figure], claims: Sequence[Claim], complete: Collection[str]) -> Iterator[Row]:
    there = dict.fromkeys(figures)
    of_place = grouped((figure.place, figure) for figure in there)
    whole_places = set(map(name_key, complete))
    for whole, parts, all_there in wholes(claims):
        members = grouped((f._replace(place=whole), f) for part in parts for f in of_place.get(part, []))
        for whole_figure, known in members.items():
            if whole_figure in there:
                # A part of which this figure isn't known could have any number.
                exact = (all_there or name_key(whole) in whole_places) and len(known) == len(parts)
                yield _whole_of_parts(whole_figure, known, f"places {'=' if exact else '≤'} {whole}", exact)


def wholes(claims: Iterable[Claim]) -> Iterator[tuple[str, list[str], bool]]:
    """Places with the places that lie in them, and whether it is said that these are all."""
    rows = list({(row.place, row.level, row.province, row.article): row for row in claims}.values())
    country = next((row.place for row in rows if row.level == NATIONAL), "")
    within = {
        row.place: country if row.level == "province" else row.province
        for row in rows
        if row.level in ("province", "regency", "city") and not is_total(row.place)
    }
    parts = grouped((whole, place) for place, whole in within.items() if whole)
    yield from ((whole, places, False) for whole, places in parts.items())
    for total, article in dict.fromkeys((row.place, row.article) for row in rows if is_total(row.place)):
        yield (total, *_in_total([row for row in rows if row.article == article]))


def _in_total(rows: Iterable[Claim]) -> tuple[list[str], bool]:
    """The places whose total a table's last line is, and whether all of them are on one level, so that none counts twice."""
    levels: dict[str, int] = {}
    for row in rows:
        if not is_total(row.place):
            levels[row.place] = max(levels.get(row.place, 0), _level(row))
    without = {place: level for place, level in levels.items() if level} or levels
    finest = max(without.values(), default=0)
    return [p for p, level in without.items() if level == finest], len(set(without.values())) == 1


def _level(row: Claim) -> int:
    """How fine a place is, by its level, or else by its name: 0 is a country, 1 a province or any other name."""
    if row.level:
        return {NATIONAL: 0, "regency": 2, "city": 2}.get(row.level, 1)
    first = name_key(row.place).partition(" ")[0].rstrip(".")
    return next((level for level, names in enumerate(_FINENESS) if first in names), 1)


_FINENESS = (("indonesia", "nasional"), (), ("kabupaten", "kab", "kota"), ("kecamatan", "kec"), ("desa", "kelurahan"))


def _covered_within_workers(figures: Iterable[Figure]) -> Iterator[Row]:
    bases = (figure for figure in figures if figure.what == "workers" and figure.kind != REMAINING)
    by_base = grouped((figure._replace(what="covered", kind="active"), figure) for figure in bases)
    for figure in figures:
        for workers in by_base.get(figure, []):
            yield _whole_of_parts(workers, [figure], "covered ≤ workers", exact=False)
