"""Which levers there are, with their parameters, units and limits."""

from math import inf
from typing import NamedTuple

from analysis.projection.plan import FUNDS
from analysis.schema import SEGMENTS

Dotted = tuple[str, ...]  # a key of a scenario file: lever, parameter, part


class Parameter(NamedTuple):
    """What a parameter may be: its units, its limits (a share is 1 at most), its parts, whether history can give it."""

    units: tuple[str, ...]
    low: float = 0.0
    high: float = inf
    parts: tuple[str, ...] = ("",)
    history: bool = False


class Lever(NamedTuple):
    """A lever's parameters; its funds where it has some; parameters that stand for each other; whether it has dates."""

    parameters: dict[str, Parameter]
    funds: tuple[str, ...] = ("",)
    instead: tuple[str, ...] = ()
    every_part: bool = False
    dated: bool = True
    paid_place: bool = False
    limited: bool = True  # whether a capacity makes sense: who reaches people


PEOPLE_A_YEAR = Parameter(("persons per year",))
_MONTHS = Parameter(("months per year",), 1, 12)
LEVERS: dict[str, Lever] = {
    "usual": Lever(
        {
            "enrolment": Parameter(("share of the uncovered per year",), parts=SEGMENTS, history=True),
            "lapse": Parameter(("share of the covered per year",), parts=SEGMENTS),
            "growth": Parameter(("share of the workers per year",), -0.5, 0.5, history=True),
            "moves": Parameter(("share of the wage earners per year",)),
            "keep": Parameter(("share of the covered who move",)),
            "stay": Parameter(("share of those whose paid place ends",)),
            "wage_growth": Parameter(("share of the wage per year",), -0.5, 0.5),
        },
        every_part=True,
        dated=False,
    ),
    "company_registration": Lever(
        {
            "partly": Parameter(("share of the uncovered wage earners",)),
            "partly_enrolled": Parameter(("share of them per year",)),
            "others_enrolled": Parameter(("share of them per year",)),
        }
    ),
    "company_sponsorship": Lever(
        {
            "companies": Parameter(("companies per 100,000 covered wage earners", "companies")),
            "places": Parameter(("places per company",)),
            "months": _MONTHS,
        },
        paid_place=True,
    ),
    "public_subsidy": Lever(
        {
            "places": Parameter(("persons", "share of the non-wage workers")),
            "budget": Parameter(("rupiah per year",)),
            "months": _MONTHS,
        },
        funds=FUNDS,
        instead=("places", "budget"),
        paid_place=True,
    ),
    "agency_mandate": Lever({"staff": Parameter(("persons", "share of the wage earners"))}),
    "retention": Lever({"kept": Parameter(("share of the lapse avoided",), parts=SEGMENTS)}, limited=False),
    "formalisation": Lever({"moved": Parameter(("share of the non-wage workers per year",))}, limited=False),
}
# People, companies, months and rupiah come in wholes; a fraction is a slip (1.86 for 1.86 billion).
_WHOLES = {"persons", "persons per year", "companies", "rupiah per year", "months per year"}


def keys_of(lever: str, fund: str) -> list[Dotted]:
    """The keys (lever, parameter, part) that a lever, or one fund of it, may have."""
    spec = LEVERS[lever]
    keys: list[Dotted] = [
        (lever, name, part or fund) for name, known in spec.parameters.items() for part in known.parts
    ]
    return [*keys, (lever, "capacity", fund)] if spec.dated and spec.limited else keys


def rival_of(key: Dotted) -> Dotted:
    """The key that says the same thing in another way: the budget of a fund for its places, and the other way round."""
    lever, parameter, part = key
    others = [name for name in LEVERS[lever].instead if name != parameter]
    return (lever, others[0], part) if parameter in LEVERS[lever].instead else ()


def outside(number: float, unit: str, spec: Parameter) -> str:
    """What is wrong with a number in a unit; "" if nothing."""
    share = unit.startswith("share")
    high = min(spec.high, 1) if share else spec.high
    if not spec.low <= number <= high:
        limits = f"{spec.low:g} to {high:g}" if high < inf else f"{spec.low:g} or more"
        meant = f": write {number / 100:g} for {number:g} %" if share and 1 < abs(number) <= 100 else ""
        return f"{unit} is {limits}{meant}"
    if unit in _WHOLES and number != int(number):
        return f"{unit} come in wholes; write the number in full, without a scale word"
    return ""
