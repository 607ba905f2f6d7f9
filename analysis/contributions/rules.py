"""Which dated rule of `data/contribution_rules.csv` holds in a month.

A month takes the rules that are in force on its first day. So a rule that starts inside a month
(2025-02-07) applies from the next month, and one that ends inside a month still holds in it: the old JKP rule
(to 2025-02) and the new one (from 2025-02-07) meet without gap or overlap. A year or month as a start means its first
day, as an end its last. An empty start is "before our records", an empty end is open, so that years after the last
dated rule use the rules that are open: the JP cap of the last letter, too, though it has been raised each March.
Rows that say why they aren't used, or aren't trusted ("shown, not used"), are never used; one of medium trust lowers the
confidence of what it enters. A month outside every rule's dates, or inside two that disagree, is a RuleError that names the rules.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import pandas as pd

from analysis.schema import one_of

BEFORE = "before our records"
TRUSTED = {"good": "high", "medium": "medium"}  # trust that may be used; any other word is shown only
CAPS = {"JP": "jp_wage_cap", "JKP": "jkp_wage_cap"}
_EARLIEST, _OPEN = 0, 12 * 9999 + 11  # months counted since the year 0
_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?")


class RuleError(ValueError):
    """A month outside every rule's dates, or inside two that disagree; the message names the rules."""


class Rule(NamedTuple):
    """A row that may be used, with the first and last month it holds (counted since the year 0)."""

    rule_id: str
    rule: str
    segment: str
    programme: str
    class_or_band: str
    value_printed: str
    value: Fraction | None
    unit: str
    payer: str
    effective_from: str
    effective_to: str
    regulation: str
    trust: str
    source_id: str
    first: int
    last: int


class Kind(NamedTuple):
    """What is looked for; an empty class or payer is any."""

    rule: str
    segment: str
    programme: str
    class_or_band: str = ""
    payer: str = ""


def wage_cap(rules: pd.DataFrame, month: str, programme: str = "JP") -> int:
    """The highest monthly wage that counts for JP (or JKP) in a month, in rupiah. RuleError where it isn't known.

    >>> from analysis.data import read; rules = read("contribution_rules")
    >>> [wage_cap(rules, month) for month in ("2025-02", "2025-03", "2026-03")]
    [10042300, 10547400, 11086300]
    """
    one_of("programme", programme, CAPS)
    kind = Kind(CAPS[programme], "PU", programme)
    return int(value_of(rules_in(usable(rules), kind, month_number(month))))


def usable(rules: pd.DataFrame) -> list[Rule]:
    """The rows of `rules` that may be used, read for `owed`: who asks often reads them once.

    None that isn't trusted, and none that says why it isn't used (`not_used`).

    >>> from analysis.data import read
    >>> "pmi-jht-minimum" in {rule.rule_id for rule in usable(read("contribution_rules"))}
    False
    """
    fields = [name for name in Rule._fields if name not in ("value", "first", "last")]
    rows = rules[rules["trust"].isin(list(TRUSTED)) & (rules["not_used_because"] == "")]
    columns = [rows[name].tolist() for name in fields]
    texts = [dict(zip(fields, row, strict=True)) for row in zip(*columns, strict=True)]
    # str() of a rate gives the digits of the table, so that 0.0024 is 24/10000 and not its binary neighbour.
    values = [None if pd.isna(value) else Fraction(str(value)) for value in rows["value"]]
    return [
        Rule(**row, value=value, first=first, last=last)
        for row, value, (first, last) in zip(texts, values, map(_months_in_force, texts), strict=True)
    ]


def _months_in_force(row: Mapping[Any, str]) -> tuple[int, int]:
    """The first and last month on whose first day the rule is in force."""
    span = {"first": _EARLIEST, "last": _OPEN}
    for end, text in (("first", row["effective_from"]), ("last", row["effective_to"])):
        found = _DATE.fullmatch(text)
        if text and not found:
            raise RuleError(
                f"rule {row['rule_id']} is dated {text!r}; write 2025, 2025-02 or 2025-02-07 in contribution_rules"
            )
        if found:
            month = int(found[2] or (1 if end == "first" else 12))
            late = end == "first" and int(found[3] or 1) > 1
            span[end] = 12 * int(found[1]) + month - 1 + late
    return span["first"], span["last"]


def month_number(month: str) -> int:
    """A month counted since the year 0."""
    found = re.fullmatch(r"(\d{4})-(\d\d)", month) if isinstance(month, str) else None
    if not found:
        raise ValueError(f"month is {month!r}; write year and month as 2025-06")
    if not 1 <= int(found[2]) <= 12:
        raise ValueError(f"month is {month!r}, and there is no month {found[2]}; write it as 2025-01 to 2025-12")
    return 12 * int(found[1]) + int(found[2]) - 1


def month_name(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def rules_alike(rows: Iterable[Rule], kind: Kind) -> list[Rule]:
    """The rules of a kind, whatever their dates. A row may be for several segments or programmes at once."""
    return [
        row
        for row in rows
        if row.rule == kind.rule
        and kind.segment in row.segment.split(", ")
        and kind.programme in row.programme.split("+")
        and kind.class_or_band in ("", row.class_or_band)
        and kind.payer in ("", row.payer)
    ]


def rules_in(rows: Sequence[Rule], kind: Kind, month: int, needed: bool = True) -> list[Rule]:
    """The rules of a kind that hold in a month: at least one (if `needed`), and all saying the same."""
    alike = rules_alike(rows, kind)
    found = [row for row in alike if row.first <= month <= row.last]
    what = " ".join(word for word in (kind.rule, "for", kind.segment, *kind[2:]) if word)
    if needed and not found:
        there = f"There is: {rules_with_dates(alike)}" if alike else "There is none of any date that may be used"
        raise RuleError(
            f"no rule {what} holds in {month_name(month)}. {there}. Ask for a month within these dates, leave "
            f"{kind.programme} out, or add the rule of that month to data/contribution_rules.csv"
        )
    if len({_says(row) for row in found}) > 1:
        raise RuleError(
            f"rules {what} disagree in {month_name(month)}: {rules_with_dates(found)}. Mend their dates or values in "
            "data/contribution_rules.csv, set the trust of the wrong one to 'shown, not used', or say which class or "
            "payer is meant"
        )
    return found


def _says(row: Rule) -> tuple[object, ...]:
    """What a rule sets. Only where it sets no single number do print and class say it (contract layers)."""
    return row.unit, row.payer, row.value if row.value is not None else (row.value_printed, row.class_or_band)


def rules_with_dates(rows: Iterable[Rule]) -> str:
    return "; ".join(
        f"{row.rule_id} = {row.value_printed if row.value is None else f'{float(row.value):.12g}'} {row.unit} "
        f"({row.effective_from or BEFORE} to {row.effective_to or 'open'})"
        for row in rows
    )


def value_of(found: Sequence[Rule]) -> Fraction:
    value = found[0].value
    if value is None:
        raise RuleError(f"rule {found[0].rule_id} has no single value ({found[0].value_printed!r}); name its class")
    return value
