"""The words that every table and every room share: places, segments, bases, and what a figure rests on.

Nothing here reads, computes coverage or writes for a reader; everything else may import it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple, TypeVar

import pandas as pd

K = TypeVar("K")
V = TypeVar("V")

COUNTRY = "00"  # Indonesia, where Kemendagri's code of a province stands
SEGMENTS = ("PU", "BPU")  # wage earners and non-wage workers; construction (Jakon) has no base
BASES = ("employed", "eligible")
SPLITS = ("domicile", "registration")
OLD_MAP, NEW_MAP = "34", "38"  # provinces before and after Papua was divided
CONFIDENCE = ("low", "medium", "high", "with caution", "as printed")  # the lowest first; the press apart
NEW_WEIGHTS = ("2022-08", "2023-08")  # between these BPS weighted its survey anew

# What identifies a row of the tables that figures are computed from, as in datapackage.json (a test compares them).
KEYS = {
    "participants": ("period", "province_code", "territory", "split", "status", "segment"),
    "labour_force": ("period", "province_code", "territory"),
    "reported_claims": ("claim_id",),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a figure rests on: dates of participants and of workers, the lowest confidence, sources, and rows of `data/`.

    Facts are added: each date, source and row once, in the order in which they come; of two confidences the lower.

    >>> Facts(("2023-12",), ("2023-08",), "high", ("a",)) + Facts(("2024-12",), ("2023-08",), "low", ("b", "a"))
    Facts(as_of=('2023-12', '2024-12'), workers_as_of=('2023-08',), confidence='low', source_ids=('a', 'b'), keys=())
    """

    as_of: tuple[str, ...] = ()
    workers_as_of: tuple[str, ...] = ()
    confidence: str = ""
    source_ids: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    def __add__(self, other: "Facts") -> "Facts":
        return Facts.sum([self, other])

    @staticmethod
    def sum(each: "Iterable[Facts]") -> "Facts":
        """All facts together; none of none.

        >>> Facts.sum([Facts(source_ids=("a",)), Facts(source_ids=("b",))]).source_ids
        ('a', 'b')
        """
        each = list(each)
        return Facts(
            union(facts.as_of for facts in each),
            union(facts.workers_as_of for facts in each),
            lowest(facts.confidence for facts in each),
            union(facts.source_ids for facts in each),
            union(facts.keys for facts in each),
        )

    def about(self) -> dict[str, Any]:
        """Dates, confidence and sources as a page's record has them."""
        lists = {name: list(getattr(self, name)) for name in ("as_of", "workers_as_of", "source_ids")}
        return lists | {"confidence": self.confidence}


NOTHING = Facts()


def grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    """What stands with each key; keys and values in their order.

    >>> grouped([("PU", 1), ("BPU", 2), ("PU", 3)])
    {'PU': [1, 3], 'BPU': [2]}
    """
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


def facts_of(*frames: pd.DataFrame) -> Facts:
    """What the rows of some frames rest on, together: their column `facts`; a frame without it has none.

    >>> facts_of(pd.DataFrame({"facts": [Facts(("2023-12",)), Facts(("2024-12",))]}), pd.DataFrame()).as_of
    ('2023-12', '2024-12')
    """
    return Facts.sum(facts for rows in frames if "facts" in rows for facts in rows["facts"] if isinstance(facts, Facts))


def row_key(table: str, *cells: str) -> str:
    """The key of one row of a table, from the cells that identify it.

    >>> row_key("reported_claims", "NAT-2014#1")
    'reported_claims/NAT-2014#1'
    """
    return "/".join((table, *cells))


def row_keys(table: str, rows: pd.DataFrame) -> list[tuple[str]]:
    """The key of each row of a table, by which it is found again.

    >>> row_keys("labour_force", pd.DataFrame({"period": ["2023-08"], "province_code": "18", "territory": "34"}))
    [('labour_force/2023-08/18/34',)]
    """
    cells = (rows[column].astype(str) for column in KEYS[table])
    return [(row_key(table, *row),) for row in zip(*cells, strict=True)]


def lowest(levels: Iterable[str]) -> str:
    """The lowest confidence there is; "" where none is stated.

    >>> lowest(["high", "", "low"]), lowest([])
    ('low', '')
    """
    there = set(levels)
    return next((level for level in CONFIDENCE if level in there), "")


def union(values: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """What stands in several tuples, each once, in the order in which it first appears.

    >>> union([("b", "a"), ("a", "c")])
    ('b', 'a', 'c')
    """
    return tuple(dict.fromkeys(value for row in values for value in row))


class Interval(NamedTuple):
    """A number between two ends, with the one that is taken for it; all three are equal where it is known exactly.

    >>> Interval(1, 2, 4) - Interval.exactly(1), Interval(2, 4, 8) / Interval(1, 2, 2), Interval(1, 2, 4).exact
    (Interval(low=0, point=1, high=3), Interval(low=1.0, point=2.0, high=8.0), False)
    """

    low: Any
    point: Any
    high: Any

    @classmethod
    def of(cls, row: Mapping[Any, Any], name: str) -> "Interval":
        """The columns `name`_low, `name`, `name`_high of a row; the ends are the value where there are no such columns."""
        return cls(row.get(f"{name}_low", row[name]), row[name], row.get(f"{name}_high", row[name]))

    def __sub__(self, other: "Interval") -> "Interval":
        return Interval(self.low - other.high, self.point - other.point, self.high - other.low)

    def __truediv__(self, other: "Interval") -> "Interval":
        """Of positive numbers."""
        return Interval(self.low / other.high, self.point / other.point, self.high / other.low)

    @classmethod
    def exactly(cls, value: Any) -> "Interval":
        return cls(value, value, value)

    @property
    def exact(self) -> bool:
        return bool(self.low == self.high)

    @property
    def known(self) -> bool:
        return not any(pd.isna(end) for end in self)

    def columns(self, name: str) -> dict[str, Any]:
        """As columns of a row: the inverse of `of`."""
        return {name: self.point, f"{name}_low": self.low, f"{name}_high": self.high}


UNKNOWN = Interval.exactly(pd.NA)


def many(number: int, what: str) -> str:
    """A number of things, as English has them.

    >>> many(1, "page"), many(0, "report")
    ('1 page', '0 reports')
    """
    return f"{number} {what}{'s' if number != 1 else ''}"


class GlossaryError(ValueError):
    """A term of the glossary that isn't there in both languages, or has a key that nobody reads."""


def nearest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str:
    """The one of `words` that is nearest to `word`, whatever its capitals; "" when none is near. Never `word` itself.

    >>> nearest("Provinsi", ["province", "period"]), nearest("lampung", ["lampung", "bali"]), nearest("Bali", ["bali"])
    ('province', '', 'bali')
    """
    folded = {known.casefold(): known for known in words if known != word}
    near = get_close_matches(" ".join(word.split()).casefold(), folded, 1, cutoff)
    return folded[near[0]] if near else ""


def suggestion(word: str, words: Any, find: Callable[[str, Any], str] = nearest) -> str:
    """The end of a clause about a word that there isn't: a question if one is near, else a full stop.

    `find` says which of `words` is near, "" if none is: provinces have a way of their own, `coverage.nearest_name`.

    >>> suggestion("Lampong", ["Lampung"]), suggestion("x", ["Lampung"])
    ('; did you mean Lampung?', '.')
    """
    return f"; did you mean {near}?" if (near := find(word, words)) else "."


def one_of(name: str, value: object, allowed: Iterable[str], error: type[ValueError] = ValueError) -> None:
    """Refuse a value that isn't among those allowed, with the one that was meant and all there are.

    >>> one_of("base", "eligibel", BASES)
    Traceback (most recent call last):
    ...
    ValueError: base is 'eligibel'; did you mean eligible? There is: employed, eligible
    """
    known = list(allowed)
    if value not in known:
        raise error(f"{name} is {value!r}{suggestion(str(value), known)} There is: {', '.join(known)}")
