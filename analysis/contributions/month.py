r"""What is paid for one person in a month, by whom.

With $w$ a wage earner's monthly wage, $y$ a non-wage worker's reported monthly income, $a$ a rate (a share) and $u$ the
share that a relief takes off, a programme costs in a month, in whole rupiah,

    PU     JKK   a(risk class) w (1-u)  employer            BPU  JKK  a max(y, y0) (1-u)   one payer for all
           JKM   a w (1-u)              employer                 JKM  fixed amount (1-u)
           JHT   a w                    employer, worker         JHT  a max(y, y0)
           JP    a min(w, JP cap)       employer, worker    Jakon    JKK, JKM  a w (1-u)  contractor, where wages are known
           JKP   a min(w, JKP cap)      national budget

Each programme and payer is worked out in exact fractions and rounded once, half a rupiah up; sums are sums of whole rupiah.

**Reliefs.** PP 49/2020 took 99 % off JKK and JKM. PP 50/2025 halves both for BPU, whoever pays (a sponsoring company
pays half), unless a rule of exclusion names the payer: where a national or local budget pays, all of it is due.
PP 7/2025 halves JKK in labour-intensive industry, for firms that ask (`labour_intensive`). The deferral
of JP in 2020 changed the date of payment, not the amount.

**JKP.** Of its rate only what the national budget adds is a contribution of its own. The rest is carved out of JKK (and
before March 2025 of JKM) and adds nothing to anybody's bill: JKK and JKM stand here in full.

**BPU by income.** JKK and JHT go by a table of income bands (annexes of PP 44/2015 and PP 46/2015) that isn't in the
data. There is 1 % of income, and Rp10,000 for the lowest band, which is therefore y0 = 10,000 / 1 % = Rp1,000,000;
who reports less pays the lowest band. Above y0 the band's amount differs somewhat from the percentage, and confidence is medium.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from math import floor
from numbers import Real
from typing import Any, NamedTuple

import pandas as pd

from analysis.contributions.rules import (
    BEFORE,
    CAPS,
    TRUSTED,
    Kind,
    Rule,
    RuleError,
    month_name,
    month_number,
    rules_alike,
    rules_in,
    rules_with_dates,
    usable,
    value_of,
)
from analysis.frames import columns_of
from analysis.schema import Facts, lowest, one_of, union

PAYERS = ("self", "sponsoring company", "national budget", "local budget")  # who may pay for a BPU worker
_RATES = {
    "PU": {"JKK": "jkk_rate", "JKM": "jkm_rate", "JHT": "jht_rate", "JP": "jp_rate", "JKP": "jkp_rate"},
    "BPU": {"JKK": "jkk_rate", "JKM": "jkm_contribution", "JHT": "jht_rate"},
    "Jakon": {"JKK": "jakon_rate", "JKM": "jakon_rate"},
}
_USUAL = {"PU": ("JKK", "JKM", "JHT", "JP", "JKP"), "BPU": ("JKK", "JKM"), "Jakon": ("JKK", "JKM")}
_SHARED = {"JHT": ("employer", "worker"), "JP": ("employer", "worker")}  # for PU, each with a rule of its own
_TAKES = {"PU": ("wage", "risk", "labour_intensive"), "BPU": ("income", "payer", "transport"), "Jakon": ("wage",)}
_TYPES = {"rate": "Float64", "base_amount": "Int64", "contribution": "Int64", "relief": "Float64"}
_PART = re.compile(r"(national budget|JKK|JKM) (\d+(?:\.\d+)?)")


class Asked(NamedTuple):
    """What a caller says of the person and of what is wanted, as `monthly` takes it."""

    wage: int | None = None
    income: int | None = None
    risk: str = "very low"
    payer: str = "self"
    transport: bool = False
    labour_intensive: bool = False
    programmes: Sequence[str] = ()


class _Who(NamedTuple):
    """For whom is paid: one person of a segment, and what its contribution depends on."""

    segment: str
    amount: int
    risk: str
    payer: str
    transport: bool
    labour_intensive: bool
    programmes: tuple[str, ...]


class _Bill(NamedTuple):
    """One programme and payer before reliefs: `amount` = rate x base, or the fixed amount where rate is missing."""

    programme: str
    payer: str
    class_or_band: str
    rate: Fraction | None
    base: Fraction | None
    amount: Fraction
    rules: tuple[Rule, ...]
    confidence: str = "high"  # of the amount; the rules may lower it


def monthly(
    rules: pd.DataFrame,
    month: str,
    segment: str,
    *,
    wage: int | None = None,
    income: int | None = None,
    risk: str = "very low",
    payer: str = "self",
    transport: bool = False,
    labour_intensive: bool = False,
    programmes: Sequence[str] = (),
) -> pd.DataFrame:
    """What is paid for one person in a month, one row a programme and payer.

    `rules` is the table contribution_rules. PU takes `wage` (rupiah a month), `risk` ("very low" to "very high") and
    `labour_intensive`; BPU takes `income` (reported, rupiah a month), `payer` (one of PAYERS) and `transport`; Jakon with known
    wages takes `wage` (contracts by their value aren't worked out). `programmes` are all five for PU, JKK and JKM otherwise; BPU
    may add JHT.

    Facts are of the month; confidence is high or medium. Columns: `an.columns("contributions.monthly")`.

    RuleError for a month outside the rules or inside two that disagree; ValueError for what can't be read or doesn't belong.

    >>> from analysis.data import read; rules = read("contribution_rules")
    >>> rows = monthly(rules, "2025-06", "PU", wage=5_000_000)
    >>> rows.groupby("payer", sort=False)["contribution"].sum().to_dict()
    {'employer': 312000, 'worker': 150000, 'national budget': 11000}
    >>> rows = monthly(rules, "2026-04", "BPU", income=1_000_000)
    >>> rows[["programme", "payer", "contribution", "relief"]].values.tolist()
    [['JKK', 'self', 5000, 0.5], ['JKM', 'self', 3400, 0.5]]
    """
    asked = Asked(wage, income, risk, payer, transport, labour_intensive, programmes)
    lines = in_month(usable(rules), month_number(month), segment, asked)
    return pd.DataFrame(lines, columns=columns_of("contributions.monthly")).astype(_TYPES)


def owed_in(rules: Sequence[Rule], month: str, segment: str, **who: Any) -> list[dict[str, Any]]:
    """The rows of `monthly`, from rules that were read before (`usable`).

    >>> from analysis.data import read; rules = usable(read("contribution_rules"))
    >>> [row["contribution"] for row in owed_in(rules, "2026-04", "BPU", income=1_000_000)]
    [5000, 3400]
    """
    return in_month(rules, month_number(month), segment, Asked(**who))


def in_month(rows: Sequence[Rule], month: int, segment: str, asked: Asked) -> list[dict[str, Any]]:
    """The rows of `monthly`."""
    who = _who(rows, segment, asked)
    bills = [bill for programme in who.programmes for bill in _bills(rows, month, programme, who)]
    return [_result_row(bill, _relief(rows, month, bill, who), segment, month_name(month)) for bill in bills]


def _who(rows: Sequence[Rule], segment: str, asked: Asked) -> _Who:
    """The person, checked: what belongs to another segment is refused and not passed over."""
    one_of("segment", segment, _RATES)
    takes = _TAKES[segment]
    given, usual, programmes = asked._asdict(), Asked()._asdict(), asked.programmes
    for name, value in given.items():
        if name not in (*takes, "programmes") and value != usual[name]:
            raise ValueError(
                f"{name} is {value!r}, but contributions of {segment} don't depend on it; they take {', '.join(takes)}"
            )
    if segment == "PU":
        classes = [row.class_or_band for row in rules_alike(rows, Kind("jkk_rate", "PU", "JKK")) if row.value]
        one_of("risk", given["risk"], dict.fromkeys(classes))
    one_of("payer", given["payer"], PAYERS)
    programmes = (programmes,) if isinstance(programmes, str) else tuple(programmes) or _USUAL[segment]
    for programme in programmes:
        one_of("programme", programme, _RATES[segment])
    if len(set(programmes)) < len(programmes):
        raise ValueError(f"programmes are {', '.join(programmes)}; name each once")
    amount = whole_number(takes[0], given[takes[0]])
    flags = bool(given["transport"]), bool(given["labour_intensive"])
    return _Who(segment, amount, given["risk"], given["payer"], *flags, programmes)


def whole_number(name: str, number: Any, least: int = 1, unit: str = "in whole rupiah, as 5000000") -> int:
    if not isinstance(number, Real) or not float(number) >= least or not float(number).is_integer():
        raise ValueError(f"{name} is {number!r}; give it {unit}")
    return int(float(number))


def _bills(rows: Sequence[Rule], month: int, programme: str, who: _Who) -> list[_Bill]:
    """What a programme costs before reliefs, one bill a payer."""
    classes = {"PU": who.risk if programme == "JKK" else "", "BPU": "", "Jakon": "known wages"}
    kind = Kind(_RATES[who.segment][programme], who.segment, programme, classes[who.segment])
    if who.segment == "BPU":
        return [_bpu_bill(rows, month, kind, who)]
    base, rules = Fraction(who.amount), tuple[Rule, ...]()
    if programme in CAPS:
        rules = tuple(rules_in(rows, Kind(CAPS[programme], who.segment, programme), month))
        base = min(base, value_of(rules))
    bills = []
    for party in _SHARED.get(programme, ("",)):
        found = tuple(rules_in(rows, kind._replace(payer=party), month))
        payer, rate = ("national budget", _state(found[0])) if programme == "JKP" else (found[0].payer, value_of(found))
        bills.append(_Bill(programme, payer, kind.class_or_band, rate, base, rate * base, found + rules))
    return bills


def _bpu_bill(rows: Sequence[Rule], month: int, kind: Kind, who: _Who) -> _Bill:
    found = tuple(rules_in(rows, kind, month))
    if kind.programme == "JKM":
        return _Bill("JKM", who.payer, "", None, None, value_of(found), found)
    # The band table isn't in the data; its lowest band is the amount of JKK there over the rate of JKK.
    lowest = tuple(rules_in(rows, Kind("jkk_contribution", "BPU", "JKK"), month))
    jkk = tuple(rules_in(rows, kind._replace(rule="jkk_rate", programme="JKK"), month))
    least = value_of(lowest) / value_of(jkk)
    base, rate = max(Fraction(who.amount), least), value_of(found)
    rules = tuple(dict.fromkeys((*found, *lowest, *jkk)))
    band = lowest[0].class_or_band if base == least else ""
    return _Bill(kind.programme, who.payer, band, rate, base, rate * base, rules, "high" if band else "medium")


def _state(rule: Rule) -> Fraction:
    """What the national budget adds to JKP. The rule's payer names all parts in percent of wage: they must add up."""
    parts = [_PART.fullmatch(part) for part in rule.payer.split(" + ")]
    shares = {part[1]: Fraction(part[2]) / 100 for part in parts if part}
    if not all(parts) or sum(shares.values()) != rule.value or "national budget" not in shares:
        raise RuleError(
            f"rule {rule.rule_id} is {rule.value_printed} % of wage and names its payers as {rule.payer!r}; write "
            "the parts as 'national budget 0.22 + JKK 0.14', adding up to the whole"
        )
    return shares["national budget"]


class _Relief(NamedTuple):
    """The share taken off a bill, what to call it, and the rules that say so."""

    off: Fraction = Fraction(0)
    is_: str = "none"
    rules: tuple[Rule, ...] = ()


def _relief(rows: Sequence[Rule], month: int, bill: _Bill, who: _Who) -> _Relief:
    """The relief in force on a bill. It holds for whoever pays, unless an exclusion names the payer."""
    kinds = [Kind("jkk_jkm_relief_covid", who.segment, bill.programme)]
    if who.segment == "BPU":
        part = "BPU transport" if who.transport else "BPU non-transport"
        kinds.append(Kind("bpu_discount", part, bill.programme))
    if who.labour_intensive:
        kinds.append(Kind("jkk_relief", "PU labour-intensive", bill.programme, who.risk))
    found = [rules for kind in kinds if (rules := tuple(rules_in(rows, kind, month, needed=False)))]
    if len(found) > 1:
        both = rules_with_dates(rule for rules in found for rule in rules)
        raise RuleError(f"two reliefs hold in {month_name(month)} and no rule says how they go together: {both}")
    if not found:
        return _Relief()
    rules = found[0]
    if rules[0].rule == "bpu_discount" and (excluded := _exclusion(rows, month, bill)):
        return _Relief(Fraction(0), "excluded", excluded)
    value = value_of(rules)
    # In labour-intensive industry the rule prints the rate that is left, elsewhere the share taken off.
    off = 1 - value / bill.rate if rules[0].unit == "share of wage" and bill.rate else value
    return _Relief(off, "given", rules)


def _exclusion(rows: Sequence[Rule], month: int, bill: _Bill) -> tuple[Rule, ...]:
    kind = Kind("bpu_discount_exclusion", "BPU paid by national or local budget", bill.programme)
    found = rules_in(rows, kind, month, needed=False)
    # The rule's payer is "national or local budget"; of ours only the two budgets begin with one of these words.
    return tuple(row for row in found if bill.payer.split()[0] in row.payer.split())


def _result_row(bill: _Bill, relief: _Relief, segment: str, month: str) -> dict[str, Any]:
    """A bill after its relief as a row of the result."""
    rules = (*bill.rules, *relief.rules)
    latest = max(rules, key=lambda rule: rule.first)
    return {
        "segment": segment,
        "programme": bill.programme,
        "payer": bill.payer,
        "class_or_band": bill.class_or_band,
        "rate": pd.NA if bill.rate is None else float(bill.rate),
        "base_amount": pd.NA if bill.base is None else half_up(bill.base),
        "contribution": half_up(bill.amount * (1 - relief.off)),
        "relief": float(relief.off),
        "relief_is": relief.is_,
        "since": latest.effective_from or BEFORE,
        "rule_ids": union([(rule.rule_id,) for rule in rules]),
        "regulations": union([rule.regulation.split("; ") for rule in rules if rule.regulation]),
        "facts": Facts(
            (month,),
            (),
            lowest([bill.confidence, *(TRUSTED[rule.trust] for rule in rules)]),
            union([(rule.source_id,) for rule in rules]),
        ),
    }


def half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))
