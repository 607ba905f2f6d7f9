"""The levers: each one's values and limits, how it is tried alone, whom it reaches and who pays, in one place.

Scenario files are read by it, `targets` tries a lever as it says here, `costs` asks here who pays. Elsewhere are a lever's
equation, and `SEATS` if it pays for seats (`projection.plan`), its words (`words/glossary.toml`), its rows in `data/README.md`.
"""

from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from analysis.schema import SEGMENTS

Key = tuple[str, ...]  # a key of a scenario file: lever, parameter, part
# People, companies, months and rupiah come in wholes; a fraction is a slip (1.86 for 1.86 billion).
_WHOLES = {"persons", "persons per year", "companies", "rupiah per year", "months per year"}


class Parameter(NamedTuple):
    """What a parameter may be: its units, its limits (a share is 1 at most), its parts, whether history can give it and
    whether it may be left out."""

    units: tuple[str, ...]
    low: float = 0.0
    high: float = inf
    parts: tuple[str, ...] = ("",)
    history: bool = False
    optional: bool = False

    def outside(self, number: float, unit: str) -> str:
        """What is wrong with a number in a unit; "" if nothing.

        >>> Parameter(("share of the wage earners",)).outside(8, "share of the wage earners")
        'share of the wage earners is 0 to 1: write 0.08 for 8 %'
        """
        share = unit.startswith("share")
        high = min(self.high, 1) if share else self.high
        if not self.low <= number <= high:
            limits = f"{self.low:g} to {high:g}" if high < inf else f"{self.low:g} or more"
            meant = f": write {number / 100:g} for {number:g} %" if share and 1 < abs(number) <= 100 else ""
            return f"{unit} is {limits}{meant}"
        if unit in _WHOLES and number != int(number):
            return f"{unit} come in wholes; write the number in full, without a scale word"
        return ""


class Reach(NamedTuple):
    """The people whom a lever reaches: their segment, and where `projection.model.Rates` has them (take_up, company, public)."""

    segment: str
    rate: str

    @property
    def kind(self) -> str:
        """Whether they are enrolled on their own account or have seats that are paid for."""
        return "enrolment" if self.rate == "take_up" else "seats"


@dataclass(frozen=True, kw_only=True)
class Lever:
    """One lever. What has no default must be said of every lever, so that none can be added with a part of its life missing.

    - `parameters`: its values, with units and limits.
    - `alone`: the value (parameter, part) of which the least is looked for while the lever's others stay as they are. None for the
      usual course, which is no lever: it has no dates, and all of it must be stated.
    - `reaches`: the people whom it reaches, who may have a capacity and be part of a mix; None where it changes what people do.
    - `paid_by`: who pays for them, fund by fund ("" where there are no funds); {} where they pay as everybody does.
    - `instead`: parameters that say the same thing in different ways.

    >>> Lever(parameters={"checked": Parameter(("share of the companies",))}, alone=("cheked", ""), reaches=None, paid_by={})
    Traceback (most recent call last):
    ...
    ValueError: a lever is tried alone by one of its values, and cheked isn't one; there is: checked
    """

    parameters: dict[str, Parameter]
    alone: tuple[str, str] | None
    reaches: Reach | None
    paid_by: dict[str, str]
    instead: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        of_parts = [(name, part) for name, known in self.parameters.items() for part in known.parts]
        values = [(name, part or fund) for fund in self.funds for name, part in of_parts]
        if self.alone and self.alone not in values:
            asked, *there = (".".join(filter(None, value)) for value in (self.alone, *values))
            raise ValueError(
                f"a lever is tried alone by one of its values, and {asked} isn't one; there is: {', '.join(there)}"
            )

    @property
    def funds(self) -> tuple[str, ...]:
        """The funds that it has values for, one by one."""
        return tuple(self.paid_by) or ("",)

    @property
    def dated(self) -> bool:
        """Whether it starts in some year, as every lever does and the usual course doesn't."""
        return self.alone is not None

    @property
    def stated(self) -> dict[str, Parameter]:
        """The parameters that a file may state: a capacity, too, where people are reached."""
        return self.parameters | ({"capacity": Parameter(("persons per year",))} if self.reaches else {})


_MONTHS = Parameter(("months per year",), 1, 12)
LEVERS: dict[str, Lever] = {
    "usual": Lever(
        parameters={
            # From history it is net, a change of the rate; stated, it is a flow (`projection.model`). Lapse is a flow always.
            "enrolment": Parameter(
                ("share of the uncovered per year", "share of the workers per year"), parts=SEGMENTS, history=True
            ),
            "lapse": Parameter(("share of the covered per year",), parts=SEGMENTS),
            "growth": Parameter(("share of the workers per year",), -0.5, 0.5, history=True),
            "moves": Parameter(("share of the wage earners per year",), optional=True),
            "keep": Parameter(("share of the covered who move",), optional=True),
            "stay": Parameter(("share of those whose paid seat ends",)),
            "wage_growth": Parameter(("share of the wage per year",), -0.5, 0.5),
        },
        alone=None,
        reaches=None,
        paid_by={},
    ),
    "company_registration": Lever(
        parameters={
            "partly": Parameter(("share of the uncovered wage earners",)),
            "partly_enrolled": Parameter(("share of them per year",)),
            "others_enrolled": Parameter(("share of them per year",)),
        },
        alone=("others_enrolled", ""),
        reaches=Reach("PU", "take_up"),
        paid_by={},
    ),
    "company_sponsorship": Lever(
        parameters={
            "companies": Parameter(("companies per 100,000 covered wage earners", "companies")),
            "seats": Parameter(("seats per company",)),
            "months": _MONTHS,
        },
        alone=("companies", ""),
        reaches=Reach("BPU", "company"),
        paid_by={"": "sponsoring company"},
    ),
    "public_subsidy": Lever(
        parameters={
            "seats": Parameter(("persons", "share of the non-wage workers")),
            "budget": Parameter(("rupiah per year",)),
            "months": _MONTHS,
        },
        alone=("seats", "local_budget"),
        reaches=Reach("BPU", "public"),
        # Revenue sharing from palm oil is spent through the local budget (PMK 91/2023, in the rules). Village funds come
        # from the national and go through the village's budget: counting them as public, without the relief of
        # PP 50/2025, is an assumption, and the dearer reading.
        paid_by={
            "national_budget": "national budget",
            "local_budget": "local budget",
            "village_funds": "local budget",
            "palm_oil_fund": "local budget",
        },
        instead=("seats", "budget"),
    ),
    "agency_mandate": Lever(
        parameters={"staff": Parameter(("persons", "share of the wage earners"))},
        alone=("staff", ""),
        reaches=Reach("PU", "public"),
        paid_by={"": "local budget"},  # the employer's part: local and village governments
    ),
    "retention": Lever(
        parameters={"kept": Parameter(("share of the lapse avoided",), parts=SEGMENTS)},
        alone=("kept", "BPU"),
        reaches=None,
        paid_by={},
    ),
    "formalisation": Lever(
        parameters={"moved": Parameter(("share of the non-wage workers per year",))},
        alone=("moved", ""),
        reaches=None,
        paid_by={},
    ),
}


def keys_of(lever: str, fund: str) -> list[Key]:
    """The keys (lever, parameter, part) that a lever, or one fund of it, may have."""
    return [(lever, name, part or fund) for name, known in LEVERS[lever].stated.items() for part in known.parts]


def rival_of(key: Key) -> Key:
    """The key that says the same thing in another way: the budget of a fund for its seats, and the other way round."""
    lever, parameter, part = key
    others = [name for name in LEVERS[lever].instead if name != parameter]
    return (lever, others[0], part) if parameter in LEVERS[lever].instead else ()
