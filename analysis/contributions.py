r"""What is paid for whom by whom in a month, from the dated rules of `data/contribution_rules.csv`.

No rate, amount or date stands in this module: rules are passed in as the table `contribution_rules`. With $w$ a wage
earner's monthly wage, $y$ a non-wage worker's reported monthly income, $a$ a rate (a share) and $u$ the share that a
relief takes off, a programme costs in a month, in whole rupiah,

    PU     JKK   a(risk class) w (1-u)  employer            BPU  JKK  a max(y, y0) (1-u)   one payer for all
           JKM   a w (1-u)              employer                 JKM  fixed amount (1-u)
           JHT   a w                    employer, worker         JHT  a max(y, y0)
           JP    a min(w, JP cap)       employer, worker    Jakon    JKK, JKM  a w (1-u)  contractor, where wages are known
           JKP   a min(w, JKP cap)      national budget

Each programme and payer is reckoned in exact fractions and rounded once, half a rupiah up; sums are sums of whole rupiah.

**Which rule holds.** A month takes the rules that are in force on its first day. So a rule that starts inside a month
(2025-02-07) applies from the next month, and one that ends inside a month still holds in it: the old JKP rule
(to 2025-02) and the new one (from 2025-02-07) meet without gap or overlap. A year or month as a start means its first
day, as an end its last. An empty start is "before our records", an empty end is open, so that years after the last
dated rule use the rules that are open: the JP cap of the last letter, too, though it has been raised each March.
Rows that aren't trusted ("shown, not used") are never used; one of medium trust lowers the confidence of what it
enters. A month outside every rule's dates, or inside two that disagree, is a RuleError that names the rules.

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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor
from numbers import Real
from typing import Any, NamedTuple

import pandas as pd

from analysis.names import public
from analysis.schema import COUNTRY, SPLITS, Facts, lowest, one_of, union

__all__ = ["monthly", "published_beside", "seat_cost"]
__getattr__, __dir__ = public(__name__, {}, __all__)

PAYERS = ("self", "sponsoring company", "national budget", "local budget")  # who may pay for a BPU worker
# Which of them spends a fund's money. Revenue sharing from palm oil is spent through the local budget (PMK 91/2023,
# in the rules). Village funds come from the national and go through the village's budget: counting them as public,
# without the relief of PP 50/2025, is an assumption, and the dearer reading.
SPENT_BY = {
    "national_budget": "national budget",
    "local_budget": "local budget",
    "village_funds": "local budget",
    "palm_oil_fund": "local budget",
}
BEFORE = "before our records"
_CONFIDENCE = {"good": "high", "medium": "medium"}  # trust that may be used; any other word is shown only
_RATES = {
    "PU": {"JKK": "jkk_rate", "JKM": "jkm_rate", "JHT": "jht_rate", "JP": "jp_rate", "JKP": "jkp_rate"},
    "BPU": {"JKK": "jkk_rate", "JKM": "jkm_contribution", "JHT": "jht_rate"},
    "Jakon": {"JKK": "jakon_rate", "JKM": "jakon_rate"},
}
_USUAL = {"PU": ("JKK", "JKM", "JHT", "JP", "JKP"), "BPU": ("JKK", "JKM"), "Jakon": ("JKK", "JKM")}
_SHARED = {"JHT": ("employer", "worker"), "JP": ("employer", "worker")}  # for PU, each with a rule of its own
_CAPS = {"JP": "jp_wage_cap", "JKP": "jkp_wage_cap"}
_TAKES = {"PU": ("wage", "risk", "labour_intensive"), "BPU": ("income", "payer", "transport"), "Jakon": ("wage",)}
_COLUMNS = [
    "segment",
    "programme",
    "payer",
    "class_or_band",
    "rate",
    "base_amount",
    "contribution",
    "relief",
    "relief_is",
    "since",
    "rule_ids",
    "facts",
]
_TYPES = {"rate": "Float64", "base_amount": "Int64", "contribution": "Int64", "relief": "Float64"}
_EARLIEST, _OPEN = 0, 12 * 9999 + 11  # months counted since the year 0
_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?")
_PART = re.compile(r"(national budget|JKK|JKM) (\d+(?:\.\d+)?)")


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
    trust: str
    source_id: str
    first: int
    last: int


class _Kind(NamedTuple):
    """What is looked for; an empty class or payer is any."""

    rule: str
    segment: str
    programme: str
    class_or_band: str = ""
    payer: str = ""


class _Asked(NamedTuple):
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
    confidence: str = "high"  # of the reckoning; the rules may lower it


# -- which rule holds -----------------------------------------------------------------------------


def wage_cap(rules: pd.DataFrame, month: str, programme: str = "JP") -> int:
    """The highest monthly wage that counts for JP (or JKP) in a month, in rupiah. RuleError where it isn't known.

    >>> from analysis.data import read; rules = read("contribution_rules")
    >>> [wage_cap(rules, month) for month in ("2025-02", "2025-03", "2026-03")]
    [10042300, 10547400, 11086300]
    """
    one_of("programme", programme, _CAPS)
    kind = _Kind(_CAPS[programme], "PU", programme)
    return int(_value(_holding(usable(rules), kind, _number(month))))


def usable(rules: pd.DataFrame) -> list[Rule]:
    """The rows of `rules` whose trust lets them be used, read for `owed`: who asks often reads them once."""
    fields = [name for name in Rule._fields if name not in ("value", "first", "last")]
    rows = rules[rules["trust"].isin(list(_CONFIDENCE))]
    columns = [rows[name].tolist() for name in fields]
    texts = [dict(zip(fields, row, strict=True)) for row in zip(*columns, strict=True)]
    # str() of a rate gives the digits of the table, so that 0.0024 is 24/10000 and not its binary neighbour.
    values = [None if pd.isna(value) else Fraction(str(value)) for value in rows["value"]]
    return [
        Rule(**row, value=value, first=first, last=last)
        for row, value, (first, last) in zip(texts, values, map(_span, texts), strict=True)
    ]


def _span(row: Mapping[Any, str]) -> tuple[int, int]:
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


def _number(month: str) -> int:
    """A month counted since the year 0."""
    found = re.fullmatch(r"(\d{4})-(\d\d)", month) if isinstance(month, str) else None
    if not found:
        raise ValueError(f"month is {month!r}; write year and month as 2025-06")
    if not 1 <= int(found[2]) <= 12:
        raise ValueError(f"month is {month!r}, and there is no month {found[2]}; write it as 2025-01 to 2025-12")
    return 12 * int(found[1]) + int(found[2]) - 1


def _named(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _alike(rows: Iterable[Rule], kind: _Kind) -> list[Rule]:
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


def _holding(rows: Sequence[Rule], kind: _Kind, month: int, needed: bool = True) -> list[Rule]:
    """The rules of a kind that hold in a month: at least one (if `needed`), and all saying the same."""
    alike = _alike(rows, kind)
    found = [row for row in alike if row.first <= month <= row.last]
    what = " ".join(word for word in (kind.rule, "for", kind.segment, *kind[2:]) if word)
    if needed and not found:
        there = f"There is: {_dated(alike)}" if alike else "There is none of any date that may be used"
        raise RuleError(
            f"no rule {what} holds in {_named(month)}. {there}. Ask for a month within these dates, leave "
            f"{kind.programme} out, or add the rule of that month to data/contribution_rules.csv"
        )
    if len({_says(row) for row in found}) > 1:
        raise RuleError(
            f"rules {what} disagree in {_named(month)}: {_dated(found)}. Mend their dates or values in "
            "data/contribution_rules.csv, set the trust of the wrong one to 'shown, not used', or say which class or "
            "payer is meant"
        )
    return found


def _says(row: Rule) -> tuple[object, ...]:
    """What a rule sets. Only where it sets no single number do print and class say it (contract layers)."""
    return row.unit, row.payer, row.value if row.value is not None else (row.value_printed, row.class_or_band)


def _dated(rows: Iterable[Rule]) -> str:
    return "; ".join(
        f"{row.rule_id} = {row.value_printed if row.value is None else f'{float(row.value):.12g}'} {row.unit} "
        f"({row.effective_from or BEFORE} to {row.effective_to or 'open'})"
        for row in rows
    )


def _value(found: Sequence[Rule]) -> Fraction:
    value = found[0].value
    if value is None:
        raise RuleError(f"rule {found[0].rule_id} has no single value ({found[0].value_printed!r}); name its class")
    return value


# -- one month ------------------------------------------------------------------------------------


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
    wages takes `wage` (contracts by their value aren't reckoned). `programmes` are all five for PU, JKK and JKM otherwise; BPU
    may add JHT.

    Columns: segment, programme, payer, class_or_band, rate (share; missing for a fixed amount), base_amount (rupiah that the
    rate is taken of, after cap or lowest band), contribution (whole rupiah a month), relief (share taken off),
    relief_is ("none", "given", "excluded": there is one, but not for this payer), since (start of the latest rule used, or
    "before our records"), rule_ids, facts (of the month; confidence "high", "medium").

    RuleError for a month outside the rules or inside two that disagree; ValueError for what can't be read or doesn't belong.

    >>> from analysis.data import read; rules = read("contribution_rules")
    >>> rows = monthly(rules, "2025-06", "PU", wage=5_000_000)
    >>> rows.groupby("payer", sort=False)["contribution"].sum().to_dict()
    {'employer': 312000, 'worker': 150000, 'national budget': 11000}
    >>> rows = monthly(rules, "2026-04", "BPU", income=1_000_000)
    >>> rows[["programme", "payer", "contribution", "relief"]].values.tolist()
    [['JKK', 'self', 5000, 0.5], ['JKM', 'self', 3400, 0.5]]
    """
    asked = _Asked(wage, income, risk, payer, transport, labour_intensive, programmes)
    lines = _in_month(usable(rules), _number(month), segment, asked)
    return pd.DataFrame(lines, columns=_COLUMNS).astype(_TYPES)


def owed_in(rules: Sequence[Rule], month: str, segment: str, **who: Any) -> list[dict[str, Any]]:
    """The rows of `monthly`, from rules that were read before (`usable`).

    >>> from analysis.data import read; rules = usable(read("contribution_rules"))
    >>> [row["contribution"] for row in owed_in(rules, "2026-04", "BPU", income=1_000_000)]
    [5000, 3400]
    """
    return _in_month(rules, _number(month), segment, _Asked(**who))


def _in_month(rows: Sequence[Rule], month: int, segment: str, asked: _Asked) -> list[dict[str, Any]]:
    """The rows of `monthly`."""
    who = _who(rows, segment, asked)
    bills = [bill for programme in who.programmes for bill in _bills(rows, month, programme, who)]
    return [_line(bill, _relief(rows, month, bill, who), segment, _named(month)) for bill in bills]


def _who(rows: Sequence[Rule], segment: str, asked: _Asked) -> _Who:
    """The person, checked: what belongs to another segment is refused and not passed over."""
    one_of("segment", segment, _RATES)
    takes = _TAKES[segment]
    given, usual, programmes = asked._asdict(), _Asked()._asdict(), asked.programmes
    for name, value in given.items():
        if name not in (*takes, "programmes") and value != usual[name]:
            raise ValueError(
                f"{name} is {value!r}, but contributions of {segment} don't depend on it; they take {', '.join(takes)}"
            )
    if segment == "PU":
        classes = [row.class_or_band for row in _alike(rows, _Kind("jkk_rate", "PU", "JKK")) if row.value]
        one_of("risk", given["risk"], dict.fromkeys(classes))
    one_of("payer", given["payer"], PAYERS)
    programmes = (programmes,) if isinstance(programmes, str) else tuple(programmes) or _USUAL[segment]
    for programme in programmes:
        one_of("programme", programme, _RATES[segment])
    if len(set(programmes)) < len(programmes):
        raise ValueError(f"programmes are {', '.join(programmes)}; name each once")
    amount = _whole(takes[0], given[takes[0]])
    flags = bool(given["transport"]), bool(given["labour_intensive"])
    return _Who(segment, amount, given["risk"], given["payer"], *flags, programmes)


def _whole(name: str, number: Any, least: int = 1, unit: str = "in whole rupiah, as 5000000") -> int:
    if not isinstance(number, Real) or not float(number) >= least or not float(number).is_integer():
        raise ValueError(f"{name} is {number!r}; give it {unit}")
    return int(float(number))


def _bills(rows: Sequence[Rule], month: int, programme: str, who: _Who) -> list[_Bill]:
    """What a programme costs before reliefs, one bill a payer."""
    classes = {"PU": who.risk if programme == "JKK" else "", "BPU": "", "Jakon": "known wages"}
    kind = _Kind(_RATES[who.segment][programme], who.segment, programme, classes[who.segment])
    if who.segment == "BPU":
        return [_bpu_bill(rows, month, kind, who)]
    base, rules = Fraction(who.amount), tuple[Rule, ...]()
    if programme in _CAPS:
        rules = tuple(_holding(rows, _Kind(_CAPS[programme], who.segment, programme), month))
        base = min(base, _value(rules))
    bills = []
    for party in _SHARED.get(programme, ("",)):
        found = tuple(_holding(rows, kind._replace(payer=party), month))
        payer, rate = ("national budget", _state(found[0])) if programme == "JKP" else (found[0].payer, _value(found))
        bills.append(_Bill(programme, payer, kind.class_or_band, rate, base, rate * base, found + rules))
    return bills


def _bpu_bill(rows: Sequence[Rule], month: int, kind: _Kind, who: _Who) -> _Bill:
    found = tuple(_holding(rows, kind, month))
    if kind.programme == "JKM":
        return _Bill("JKM", who.payer, "", None, None, _value(found), found)
    # The band table isn't in the data; its lowest band is the amount of JKK there over the rate of JKK.
    lowest = tuple(_holding(rows, _Kind("jkk_contribution", "BPU", "JKK"), month))
    jkk = tuple(_holding(rows, kind._replace(rule="jkk_rate", programme="JKK"), month))
    least = _value(lowest) / _value(jkk)
    base, rate = max(Fraction(who.amount), least), _value(found)
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
    kinds = [_Kind("jkk_jkm_relief_covid", who.segment, bill.programme)]
    if who.segment == "BPU":
        part = "BPU transport" if who.transport else "BPU non-transport"
        kinds.append(_Kind("bpu_discount", part, bill.programme))
    if who.labour_intensive:
        kinds.append(_Kind("jkk_relief", "PU labour-intensive", bill.programme, who.risk))
    found = [rules for kind in kinds if (rules := tuple(_holding(rows, kind, month, needed=False)))]
    if len(found) > 1:
        both = _dated(rule for rules in found for rule in rules)
        raise RuleError(f"two reliefs hold in {_named(month)} and no rule says how they go together: {both}")
    if not found:
        return _Relief()
    rules = found[0]
    if rules[0].rule == "bpu_discount" and (excluded := _exclusion(rows, month, bill)):
        return _Relief(Fraction(0), "excluded", excluded)
    value = _value(rules)
    # In labour-intensive industry the rule prints the rate that is left, elsewhere the share taken off.
    off = 1 - value / bill.rate if rules[0].unit == "share of wage" and bill.rate else value
    return _Relief(off, "given", rules)


def _exclusion(rows: Sequence[Rule], month: int, bill: _Bill) -> tuple[Rule, ...]:
    kind = _Kind("bpu_discount_exclusion", "BPU paid by national or local budget", bill.programme)
    found = _holding(rows, kind, month, needed=False)
    # The rule's payer is "national or local budget"; of ours only the two budgets begin with one of these words.
    return tuple(row for row in found if bill.payer.split()[0] in row.payer.split())


def _line(bill: _Bill, relief: _Relief, segment: str, month: str) -> dict[str, Any]:
    """A bill after its relief as a row of the result."""
    rules = (*bill.rules, *relief.rules)
    latest = max(rules, key=lambda rule: rule.first)
    return {
        "segment": segment,
        "programme": bill.programme,
        "payer": bill.payer,
        "class_or_band": bill.class_or_band,
        "rate": pd.NA if bill.rate is None else float(bill.rate),
        "base_amount": pd.NA if bill.base is None else _half_up(bill.base),
        "contribution": _half_up(bill.amount * (1 - relief.off)),
        "relief": float(relief.off),
        "relief_is": relief.is_,
        "since": latest.effective_from or BEFORE,
        "rule_ids": union([(rule.rule_id,) for rule in rules]),
        "facts": Facts(
            (month,),
            (),
            lowest([bill.confidence, *(_CONFIDENCE[rule.trust] for rule in rules)]),
            union([(rule.source_id,) for rule in rules]),
        ),
    }


def _half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


# -- years and programmes -------------------------------------------------------------------------


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
    last = _number(f"{year}-12")
    by_payer: dict[str, list[dict[str, Any]]] = {}
    for line in _over(rules, range(last - months + 1, last + 1), segment, _Asked(**who)):
        by_payer.setdefault(line["payer"], []).append(line)
    return [
        {
            "segment": segment,
            "payer": payer,
            "year": year,
            "months": months,
            "contribution": sum(line["contribution"] for line in lines),
            "rule_ids": union(line["rule_ids"] for line in lines),
            "facts": _in_order(Facts.sum(line["facts"] for line in lines)),
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
    many = _whole("persons", persons, 0, "as a whole number")
    first, length = _number(month_first), _whole("months", months, 1, "as a whole number from 1")
    lines = _over(usable(rules), range(first, first + length), segment, _Asked(**who))
    return sum(line["contribution"] for line in lines) * many


def seat_cost(rules: pd.DataFrame, month: str) -> int:
    """What a place paid by a public budget costs a month: JKK and JKM of the lowest band, without relief (rupiah).

    >>> from analysis.data import read
    >>> seat_cost(read("contribution_rules"), "2026-05")
    16800
    """
    return int(monthly(rules, month, "BPU", income=_lowest_income(rules), payer="local budget")["contribution"].sum())


def _in_order(facts: Facts) -> Facts:
    return replace(facts, as_of=tuple(sorted(facts.as_of)))


def _over(rows: Sequence[Rule], months: Iterable[int], segment: str, asked: _Asked) -> list[dict[str, Any]]:
    """The rows of `monthly` over months, added up where nothing changes: one reckoning for each set of rules in force."""
    stretches: dict[tuple[bool, ...], list[int]] = {}
    for month in months:
        stretches.setdefault(tuple(row.first <= month <= row.last for row in rows), []).append(month)
    return [
        line
        | {
            "contribution": line["contribution"] * len(alike),
            "facts": replace(line["facts"], as_of=tuple(map(_named, alike))),
        }
        for alike in stretches.values()
        for line in _in_month(rows, alike[0], segment, asked)
    ]


# -- beside what others print, and what the money may come back as ---------------------------------


def published_beside(rules: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Figures that others printed beside ours, the wrong ones too: one row a control.

    `rules` and `targets` are the tables contribution_rules and targets. The figures of non-wage workers are for the lowest
    band. Columns: control (key), ours and printed_value (rupiah), printed (text), agrees (ours rounds to what is
    printed), trust (of a printed rule; targets have none), facts (its source, the months of our figure).

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
    bpu = {"income": _lowest_income(rules), "months": 1, "persons": 1}
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


def _control(name: str, row: pd.Series, ours: int, month: str, months: int = 1) -> dict[str, Any]:
    """Ours agrees when it is within half a unit of the last digit that was printed ("1,86 miliar": 5 million)."""
    value, digits = Fraction(str(row["value"])), re.sub(r"\D", "", row["value_printed"])
    first = _number(month)
    return {
        "control": name,
        "ours": ours,
        "printed": row["value_printed"],
        "printed_value": int(value),
        "agrees": abs(ours - value) <= value / int(digits) / 2,
        "trust": row.get("trust", ""),
        "facts": Facts(tuple(_named(first + i) for i in range(months)), source_ids=(row["source_id"],)),
    }


def _lowest_income(rules: pd.DataFrame) -> int:
    """The reported income that the lowest band stands for today: its amount of JKK over the rate."""
    rows = usable(rules)
    kinds = (_Kind("jkk_contribution", "BPU", "JKK"), _Kind("jkk_rate", "BPU", "JKK"))
    amount, rate = (_value(_alike(rows, kind)) for kind in kinds)
    return int(amount / rate)


def _found(pattern: str, text: str, where: str) -> str:
    if not (found := re.search(pattern, text)):
        raise RuleError(f"{where} doesn't say {pattern!r}: {text!r}")
    return found[1]


class Accidents(NamedTuple):
    """Work accidents of a place's segment in a year, beside its active participants of that December."""

    cases: int
    claims_paid: int
    domicile: int
    registration: int
    year: int
    source_ids: tuple[str, ...]


def accidents_of(
    work_accidents: pd.DataFrame,
    participants: pd.DataFrame,
    province_code: str,
    segments: Iterable[str],
    year: int = 2023,
) -> dict[str, Accidents]:
    """What `claims_among` goes by, for each segment. ValueError for a place or segment without figures.

    `work_accidents` and `participants` are the tables; 00 is Indonesia, the sum of the provinces. The map is that of 34 provinces.

    >>> accidents = pd.DataFrame({"year": 2023, "province_code": "18", "segment": ["BPU"], "cases": 160,
    ...                           "claims_paid": 1240337080, "source_id": "s"})
    >>> accidents_of(accidents, participants, "18", ["BPU"])["BPU"].domicile
    168497
    """
    segments = list(segments)
    of = work_accidents[(work_accidents["year"] == year) & work_accidents["segment"].isin(segments)]
    if province_code != COUNTRY:
        of = of[of["province_code"] == province_code]
    counted = participants[
        (participants["period"] == f"{year}-12")
        & (participants["status"] == "active")
        & participants["province_code"].isin(list(of["province_code"]))
    ]
    return {segment: _accidents(of, counted, segment, province_code, year) for segment in segments}


def _accidents(of: pd.DataFrame, counted: pd.DataFrame, segment: str, province_code: str, year: int) -> Accidents:
    of, heads = (rows[rows["segment"] == segment] for rows in (of, counted))
    by = heads.groupby("split")["persons"].sum()
    if of.empty or set(by.index) != set(SPLITS) or not (by > 0).all():
        raise ValueError(
            f"there are no work accidents or participants of {segment} in province {province_code} for {year}. There are those "
            "of PU and BPU in the 34 provinces of the old map, by Kemendagri code, and 00 for all of them"
        )
    sources = union((source,) for source in (*of["source_id"], *heads["source_id"]))
    domicile, registration = (int(by[split]) for split in SPLITS)
    return Accidents(int(of["cases"].sum()), int(of["claims_paid"].sum()), domicile, registration, year, sources)


def claims_among(known: Mapping[str, Accidents], persons: Mapping[str, float]) -> list[dict[str, Any]]:
    """Work-accident cases and claims (JKK) to expect in a year for `persons` covered, at the year's rate per participant.

    With K the cases (or rupiah paid) of the year and P the active participants of its December:  expected = persons K / P.
    A rough order of magnitude, confidence low: it isn't stated whether an accident counts where the worker lives or where the
    employer is registered; claims of a year may be for earlier accidents; newcomers work elsewhere than those
    covered so far; a few serious cases move a small province. P is by domicile, as the suite's persons are; low and high are by
    whichever of the two counts gives less and more (for Indonesia they are one number, and no surer for that). Death claims (JKM) aren't in it: there is no data on them.

    `known` from `accidents_of`; `persons` maps PU, BPU to how many. One row a segment: segment, persons, participants, cases and
    claims_paid (of the year), cases_per_thousand (participants), claims_per_participant, cases_expected, claims_expected,
    claims_low, claims_high (rupiah of the year of `known` a year), facts.

    >>> known = Accidents(cases=160, claims_paid=1240337080, domicile=168_497, registration=99_250, year=2023, source_ids=("s",))
    >>> [(row["cases_expected"], row["claims_expected"]) for row in claims_among({"BPU": known}, {"BPU": 10_000})]
    [(9.5, 73611820)]
    """
    return [_claims_line(segment, number, known[segment]) for segment, number in persons.items()]


def _claims_line(segment: str, number: float, known: Accidents) -> dict[str, Any]:
    if not isinstance(number, Real) or not number >= 0:
        raise ValueError(f"persons of {segment} is {number!r}; give a number of people")
    expected = [Fraction(number) * known.claims_paid / heads for heads in (known.domicile, known.registration)]
    return {
        "segment": segment,
        "persons": number,
        "participants": known.domicile,
        "cases": known.cases,
        "claims_paid": known.claims_paid,
        "cases_per_thousand": round(1000 * known.cases / known.domicile, 2),
        "claims_per_participant": _half_up(Fraction(known.claims_paid, known.domicile)),
        "cases_expected": round(float(number) * known.cases / known.domicile, 1),
        "claims_expected": _half_up(expected[0]),
        "claims_low": _half_up(min(expected)),
        "claims_high": _half_up(max(expected)),
        "facts": Facts((str(known.year), f"{known.year}-12"), (), "low", known.source_ids),
    }
