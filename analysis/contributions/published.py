"""Amounts that others printed, beside ours for the same month."""

import re
from fractions import Fraction
from typing import Any

import pandas as pd

from analysis.contributions.rules import RuleError, month_name, month_number, wage_cap
from analysis.contributions.year import lowest_income, programme_cost
from analysis.schema import Facts


def published_beside(rules: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Figures that others printed beside ours, the wrong ones too: one row a control.

    `rules` and `targets` are the tables contribution_rules and targets. The figures of non-wage workers are for the lowest
    band; facts have its source and the months of our figure. Columns: `an.columns("contributions.published_beside")`.

    >>> from analysis.data import read; rules, targets = read("contribution_rules"), read("targets")
    >>> published_beside(rules, targets)[["control", "ours", "printed", "agrees"]].values.tolist()[3:6]
    [['discount_others', 8400, '8.400', True], ['discount_misquote', 8400, '10.800', False], ['palm_oil_worker', 16800, '16800', True]]
    """
    rows = rules.set_index("rule_id")
    funded = targets.set_index("target_id")
    budget = funded.loc["lampung-palm-oil-fund-budget-2024"]
    months = int(_found(r"\b(\d+) months\b", budget["note"], "the target's note"))
    persons = int(funded.loc["lampung-palm-oil-fund-vulnerable-workers-funded-2024", "value"])
    band = "bpu-jkk-jkm-min-package-lowest-band", "bpu-jkk-jkm-discounted-package-lowest-band-2026-01"
    bpu = {"income": lowest_income(rules), "months": 1, "persons": 1}
    # The palm-oil programme ran for five months of 2024, it isn't stated which; no rule changed in that year.
    fund = bpu | {"month_first": "2024-08", "payer": "local budget"}
    lampung = funded.loc["lampung-palm-oil-fund-contribution-per-worker-2024"]
    jht = {"programmes": ("JKK", "JKM", "JHT")}
    controls: list[tuple[str, pd.Series, dict[str, Any]]] = [
        ("package", rows.loc[band[0]], bpu | {"month_first": "2025-06"}),
        ("package_jht", rows.loc["bpu-jkk-jkm-jht-min-package-lowest-band"], bpu | {"month_first": "2025-06"} | jht),
        ("discount_transport", rows.loc[band[1]], bpu | {"month_first": "2026-01", "transport": True}),
        ("discount_others", rows.loc[band[1]], bpu | {"month_first": "2026-04"}),
        (
            "discount_misquote",
            rows.loc["bpu-jkk-jkm-discounted-package-misquote-lowest-band"],
            bpu | {"month_first": "2026-04"},
        ),
        ("palm_oil_worker", lampung, fund),
        ("palm_oil_budget", budget, fund | {"months": months, "persons": persons}),
    ]
    lines = [
        _control(name, row, programme_cost(rules, **who), who["month_first"], who["months"])
        for name, row, who in controls
    ]
    caps = rules[(rules["rule"] == "jp_wage_cap") & rules["effective_from"].str.fullmatch(r"\d{4}-\d\d")]
    for _, row in caps.iterrows():
        lines.append(_control("jp_cap", row, wage_cap(rules, row["effective_from"]), row["effective_from"]))
    return pd.DataFrame(lines).astype({"ours": "Int64", "printed_value": "Int64"})


def not_used(rules: pd.DataFrame) -> pd.DataFrame:
    """Rules that are known and not calculated with, one row a rule, and why.

    `rules` is the table contribution_rules. Columns: `an.columns("contributions.not_used")`.

    >>> from analysis.data import read
    >>> not_used(read("contribution_rules"))[["programme", "printed", "unit", "not_used_because"]].values.tolist()[:2]
    [['JHT', '10', 'years', 'law text not cited'], ['JP', '15', 'years', 'law text not cited']]
    """
    rows = rules[rules["not_used_because"] != ""]
    found = rows[["rule_id", "segment", "programme", "class_or_band"]].assign(
        printed=rows["value_printed"],
        unit=rows["unit"],
        not_used_because=rows["not_used_because"],
        regulations=[tuple(regulation.split("; ")) if regulation else () for regulation in rows["regulation"]],
        facts=[Facts(source_ids=(source,)) for source in rows["source_id"]],
    )
    return found.reset_index(drop=True)


def _control(name: str, row: pd.Series, ours: int, month: str, months: int = 1) -> dict[str, Any]:
    """Ours agrees when it is within half a unit of the last digit that was printed ("1,86 miliar": 5 million)."""
    value, digits = Fraction(str(row["value"])), re.sub(r"\D", "", row["value_printed"])
    first = month_number(month)
    return {
        "control": name,
        "ours": ours,
        "printed": row["value_printed"],
        "printed_value": int(value),
        "agrees": abs(ours - value) <= value / int(digits) / 2,
        "trust": row.get("trust", ""),
        "regulations": tuple(row["regulation"].split("; ")) if row.get("regulation") else (),
        "facts": Facts(tuple(month_name(first + i) for i in range(months)), source_ids=(row["source_id"],)),
    }


def _found(pattern: str, text: str, where: str) -> str:
    if not (found := re.search(pattern, text)):
        raise RuleError(f"{where} doesn't say {pattern!r}: {text!r}")
    return found[1]
