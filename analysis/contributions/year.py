"""What is paid over several months: for one person in a year, for a programme, and for a seat."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.contributions.month import Asked, in_month, monthly, whole_number
from analysis.contributions.rules import Kind, Rule, month_name, month_number, rules_alike, usable, value_of
from analysis.schema import Facts, grouped, union


def owed(rules: Sequence[Rule], year: int, segment: str, *, months: int = 12, **who: Any) -> list[dict[str, Any]]:
    """What is paid for one person in the last `months` months of a year, one row a payer.

    `rules` were read before (`usable`). The sum of its months as `monthly` has them; `who` is what `monthly` takes (wage, income,
    risk, payer …), the same all year. The last months, because who counts as covered in a year is covered in December.

    Rows: segment, payer, year, months, contribution (whole rupiah in the year), rule_ids, facts (of all months). Errors as
    `monthly`.

    >>> from analysis.data import read; rules = usable(read("contribution_rules"))
    >>> [(row["payer"], row["contribution"]) for row in owed(rules, 2026, "BPU", income=1_000_000)]  # 3 x 16,800 + 9 x 8,400
    [('self', 126000)]
    """
    if months not in range(1, 13):
        raise ValueError(f"months is {months!r}; a year has 1 to 12")
    last = month_number(f"{year}-12")
    lines_of_all = _over(rules, range(last - months + 1, last + 1), segment, Asked(**who))
    by_payer = grouped((line["payer"], line) for line in lines_of_all)
    return [
        {
            "segment": segment,
            "payer": payer,
            "year": year,
            "months": months,
            "contribution": sum(line["contribution"] for line in lines),
            "rule_ids": union(line["rule_ids"] for line in lines),
            "facts": _dates_sorted(Facts.sum(line["facts"] for line in lines)),
        }
        for payer, lines in by_payer.items()
    ]


def programme_cost(
    rules: pd.DataFrame, month_first: str, months: int, persons: int, segment: str = "BPU", **who: Any
) -> int:
    """What it costs to pay for `persons` people over `months` months from `month_first`, in rupiah, all payers together.

    `who` is what `monthly` takes. Errors as `monthly`; ValueError where months or persons aren't whole.

    >>> from analysis.data import read; rules = read("contribution_rules")
    >>> programme_cost(rules, "2024-08", 5, 22_100, income=1_000_000, payer="local budget")  # x 16,800
    1856400000
    """
    many = whole_number("persons", persons, 0, "as a whole number")
    first, length = month_number(month_first), whole_number("months", months, 1, "as a whole number from 1")
    lines = _over(usable(rules), range(first, first + length), segment, Asked(**who))
    return sum(line["contribution"] for line in lines) * many


def seat_cost(rules: pd.DataFrame, month: str) -> int:
    """What a seat paid by a public budget costs a month: JKK and JKM of the lowest band, without relief (rupiah).

    >>> from analysis.data import read
    >>> seat_cost(read("contribution_rules"), "2026-05")
    16800
    """
    return int(monthly(rules, month, "BPU", income=lowest_income(rules), payer="local budget")["contribution"].sum())


def _dates_sorted(facts: Facts) -> Facts:
    return replace(facts, as_of=tuple(sorted(facts.as_of)))


def _over(rows: Sequence[Rule], months: Iterable[int], segment: str, asked: Asked) -> list[dict[str, Any]]:
    """The rows of `monthly` over months, added up where nothing changes: one calculation for each set of rules in force."""
    stretches = grouped((tuple(row.first <= month <= row.last for row in rows), month) for month in months)
    return [
        line
        | {
            "contribution": line["contribution"] * len(alike),
            "facts": replace(line["facts"], as_of=tuple(map(month_name, alike))),
        }
        for alike in stretches.values()
        for line in in_month(rows, alike[0], segment, asked)
    ]


def lowest_income(rules: pd.DataFrame) -> int:
    """The reported income that the lowest band stands for today: its amount of JKK over the rate."""
    rows = usable(rules)
    kinds = (Kind("jkk_contribution", "BPU", "JKK"), Kind("jkk_rate", "BPU", "JKK"))
    amount, rate = (value_of(rules_alike(rows, kind)) for kind in kinds)
    return int(amount / rate)
