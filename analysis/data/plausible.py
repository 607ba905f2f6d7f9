"""What a figure can sensibly be: what it was, what stands beside it, and how it was printed.

The bounds are what the clean tables show, with room; each message says the comparison that makes a figure odd. One that is right
all the same is accepted where its row has a `note` with “checked”, the column, a colon and the reason, or `confidence` low and a note.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from analysis.data.files import Problem
from analysis.data.workers import Resources, Tables, Typed, groups
from analysis.printed import UnreadableError, read_printed
from analysis.schema import NEW_MAP, OLD_MAP


class Move(NamedTuple):
    """How far a column may move from one date of a place to the next: as a multiple, or in points of a share."""

    table: str
    column: str
    when: str
    least: float
    most: float
    points: bool = False


class Beside(NamedTuple):
    """How large a column (with others added) may be beside another figure of the same place: as a multiple of it."""

    table: str
    column: str
    of: str
    least: float
    most: float
    beside: Callable[[Typed, "Facts"], float | None]
    also: tuple[str, ...] = ()


Facts = dict[tuple, Typed]

# Of some years the rule itself says by how much minimum wages rise: 10 % at most in 2023, 6.5 % everywhere in 2025.
LAW = {("minimum_wage", 2023): (1.0, 1.1), ("minimum_wage", 2025): (1.0648, 1.0652)}
MOVES = (
    Move("minimum_wage", "minimum_wage", "year", 1.0, 1.115),
    Move("participants", "persons", "period", 0.2, 6),
    Move("labour_force", "employed", "period", 0.85, 1.3),
    Move("labour_force", "employees", "period", 0.85, 1.3),
    Move("labour_force", "average_net_wage", "period", 0.84, 1.2),
    Move("labour_force", "formal_share", "period", -0.06, 0.06, True),
    Move("labour_force", "participation_rate", "period", -0.06, 0.06, True),
    Move("labour_force", "unemployment_rate", "period", -0.025, 0.025, True),
    Move("regency_labour_force", "employed", "period", 0.9, 1.15),
    Move("regency_labour_force", "average_net_wage", "period", 0.85, 1.65),
    Move("regency_labour_force", "participation_rate", "period", -0.08, 0.08, True),
)


def _of_province(table: str, column: str, period: str = "") -> Callable[[Typed, Facts], float | None]:
    """The column of the same province (and month) in another table."""

    def beside(row: Typed, facts: Facts) -> float | None:
        there = facts.get((table, period or row.get("period", ""), row["province_code"]))
        return None if there is None else there[column]

    return beside


def _own(column: str) -> Callable[[Typed, Facts], float | None]:
    return lambda row, facts: row[column]


def _formal(row: Typed, facts: Facts) -> float | None:
    return None if None in (row["employed"], row["formal_share"]) else row["employed"] * row["formal_share"]


def _informal(row: Typed, facts: Facts) -> float | None:
    there = facts.get(("labour_force", row["period"], row["province_code"]))
    formal = None if there is None else _formal(there, facts)
    return None if there is None or formal is None else there["employed"] - formal


def _of_men(row: Typed, facts: Facts) -> float | None:
    """The unemployment of men that the rates of all and of women leave; there are as many men as women of working age."""
    women, at_work = row["unemployment_rate_women"], (row["participation_rate_men"], row["participation_rate_women"])
    both = _of_province("labour_force", "unemployment_rate")(row, facts)
    if both is None or women is None or None in at_work or not at_work[0]:
        return None
    return (both * sum(at_work) - women * at_work[1]) / at_work[0]


def _informal_by_sector(row: Typed, facts: Facts) -> float | None:
    """The informal share that the farms of a regency let expect: a line through the regencies of Lampung and Jawa Timur."""
    return None if row["agriculture_share"] is None else 0.4 + 0.7 * row["agriculture_share"]


def _registered(row: Typed, facts: Facts) -> float | None:
    return (facts.get(("participants", row["segment"], row["province_code"])) or {"persons": None})["persons"]


def _middle(column: str) -> Callable[[Typed, Facts], float | None]:
    """The median of the provinces in August 2025."""

    def beside(row: Typed, facts: Facts) -> float | None:
        august = [
            r[column] for key, r in facts.items() if key[:2] == ("labour_force", "2025-08") and r[column] is not None
        ]
        return median(august) if august else None

    return beside


def _civil(row: Typed, facts: Facts) -> float | None:
    there = facts.get(("regions", "", row["province_code"]), {"population": ""})["population"]
    return float(there) if there.isdecimal() else None


def _bounds_of_accidents(
    segment: str, cases: tuple[float, float], claims: tuple[float, float]
) -> tuple[Beside, Beside]:
    """Of a segment: cases a participant registered there, and rupiah a case."""

    def of(beside: Callable[[Typed, Facts], float | None]) -> Callable[[Typed, Facts], float | None]:
        return lambda row, facts: beside(row, facts) if row["segment"] == segment else None

    table = "work_accidents"
    return (
        Beside(table, "cases", f"the {segment} participants registered there", *cases, of(_registered)),
        Beside(table, "claims_paid", "the cases beside it, in rupiah", *claims, of(_own("cases"))),
    )


STATUS, ROUNDS, AUGUST = "employment_by_status", "labour_force_rounds", "that of August 2025"
BESIDE = (
    Beside("labour_force", "employees", "the formal workers of the row", 0.8, 1.0, _formal),
    Beside("population", "population", "the people in the civil register", 0.93, 1.05, _civil),
    Beside(ROUNDS, "employed", AUGUST, 0.97, 1.04, _of_province("labour_force", "employed", "2025-08")),
    Beside(
        ROUNDS, "unemployment_rate", AUGUST, 0.8, 1.35, _of_province("labour_force", "unemployment_rate", "2025-08")
    ),
    Beside(ROUNDS, "formal_share", AUGUST, 0.9, 1.1, _of_province("labour_force", "formal_share", "2025-08")),
    Beside(
        ROUNDS, "participation_rate", AUGUST, 0.95, 1.05, _of_province("labour_force", "participation_rate", "2025-08")
    ),
    Beside(ROUNDS, "participation_rate", "the median of provinces", 0.88, 1.12, _middle("participation_rate")),
    Beside(ROUNDS, "average_net_wage", "the median of provinces", 0.6, 1.8, _middle("average_net_wage")),
    Beside(STATUS, "employees", "those of labour_force", 1.0, 1.0, _of_province("labour_force", "employees")),
    Beside(STATUS, "own_account", "the employed", 0.1, 0.32, _of_province("labour_force", "employed")),
    Beside(STATUS, "unpaid_family", "the informal workers", 0.5, 0.8, _informal, ("own_account",)),
    Beside(STATUS, "underemployed", "the employed", 0.025, 0.19, _of_province("labour_force", "employed")),
    Beside(STATUS, "written_contract", "the employees of the row", 0.37, 0.8, _own("employees")),
    Beside(STATUS, "unemployment_rate_men", "what the rates of all and of women leave", 0.95, 1.05, _of_men),
    Beside(
        *(STATUS, "participation_rate_men", "that of both (with that of women)", 1.96, 2.02),
        *(_of_province("labour_force", "participation_rate"), ("participation_rate_women",)),
    ),
    Beside(STATUS, "participation_rate_men", "that of women", 1.05, 1.9, _own("participation_rate_women")),
    Beside(
        "regency_structure", "youth_unemployment_rate", "the unemployment of all", 1.8, 4.6, _own("unemployment_rate")
    ),
    Beside("regency_structure", "informal_share", "what its farms let expect", 0.78, 1.22, _informal_by_sector),
    *_bounds_of_accidents("PU", (0.0007, 0.055), (4e6, 36e6)),
    *_bounds_of_accidents("BPU", (0.00015, 0.008), (1.4e6, 20e6)),
    *_bounds_of_accidents("Jakon", (0.000005, 0.0021), (1.4e6, 115e6)),
)


def moves(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """No figure jumps from what it was for the same place at its date before."""
    for move in MOVES:
        resource = resources[move.table]
        where = tuple(column for column in resource["schema"]["primaryKey"] if column != move.when)
        for rows in groups(tables[move.table], where).values():
            known = sorted((row for row in rows if row[move.column] is not None), key=lambda row: row[move.when])
            for before, row in pairwise(known):
                old, new = before[move.column], row[move.column]
                if not old or accepted(before, move.column) or accepted(row, move.column):
                    continue
                moved = new - old if move.points else new / old
                least, most = LAW.get((move.column, row[move.when]), (move.least, move.most))
                if not least <= round(moved, 6) <= most:
                    how = f"{moved:+.4f}" if move.points else f"{moved:.3g} times"
                    what = f"after {old} of {before[move.when]} (line {before['line']}) this is {how}, and elsewhere {least} to {most}"
                    yield _implausible(resource, row, move.column, what)


def besides(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """No figure is out of proportion to another of the same place."""
    facts = {("labour_force", row["period"], row["province_code"]): row for row in tables["labour_force"]}
    facts |= {("regions", "", row["province_code"]): row for row in tables["regions"]}
    facts |= {
        ("participants", row["segment"], row["province_code"]): row
        for row in tables["participants"]
        if row["split"] == "registration" and row["status"] == "active"
    }
    for rule in BESIDE:
        for row in tables[rule.table]:
            values, beside = [row[column] for column in (rule.column, *rule.also)], rule.beside(row, facts)
            if None in values or not beside or accepted(row, rule.column):
                continue
            value = sum(values)
            if not rule.least <= round(value / beside, 6) <= rule.most:
                what = f"this is {value / beside:.3g} times {rule.of} ({beside:.10g}), and elsewhere {rule.least:g} to {rule.most:g}"
                yield _implausible(resources[rule.table], row, rule.column, what)


# People of working age, from one August to the next; 34 provinces were surveyed with other weights in 2022 and 2023.
_AGE = {
    ("labour_force", OLD_MAP): (0.92, 1.085),
    ("labour_force", NEW_MAP): (0.998, 1.026),
    ("regency_labour_force", ""): (0.998, 1.02),
}


def working_age(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """The people of working age, which employed, unemployment and participation give together, change slowly."""
    for (table, territory), (least, most) in _AGE.items():
        key = "regency_code" if table == "regency_labour_force" else "province_code"
        rows = [row for row in tables[table] if row.get("territory", "") == territory and _age(row)]
        for group in groups(rows, (key,)).values():
            for before, row in pairwise(sorted(group, key=lambda row: row["period"])):
                moved = _age(row) / _age(before)
                if (
                    not least <= round(moved, 6) <= most
                    and not accepted(before, "participation_rate")
                    and not accepted(row, "participation_rate")
                ):
                    what = (
                        f"with employed and unemployment it makes {moved:.3g} times the people of working age of "
                        f"{before['period']} (line {before['line']}), and elsewhere {least} to {most}"
                    )
                    yield _implausible(resources[table], row, "participation_rate", what)


def _age(row: Typed) -> float:
    parts = row["employed"], row["unemployment_rate"], row["participation_rate"]
    if None in parts or not parts[2] or parts[1] >= 1:
        return 0.0
    return parts[0] / (1 - parts[1]) / parts[2]


def of_regencies(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """The unemployment of a regency's structure is that of its labour force."""
    rates = {(row["period"][:4], row["place"]): row["unemployment_rate"] for row in tables["regency_labour_force"]}
    for row in tables["regency_structure"]:
        rate, there = row["unemployment_rate"], rates.get((str(row["year"]), row["place"]))
        if None not in (rate, there) and abs(rate - there) > 0.0001:
            yield _implausible(
                resources["regency_structure"], row, "unemployment_rate", f"regency_labour_force has {there}"
            )


# The column that holds a printed figure as a number, where a table has both.
READ = {
    "reported_claims": "value_read",
    "targets": "value",
    "contribution_rules": "value",
    "vulnerable_workers": "persons",
    "status_shares": "share",
    "status_by_sector": "persons",
}


def printed_and_read(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """The number of a row is what the reader of printed numbers reads in its print; a note says why where it can't be."""
    for table, column in READ.items():
        for row in tables[table]:
            value, unit = row[column], row.get("unit", "")
            if value is None or (table == "status_by_sector" and row["note"]):
                continue
            percent = unit == "percent" or unit.startswith("share") or column == "share"
            try:
                read = read_printed(
                    row["value_printed"], row.get("qualifier", ""), "percent" if percent else unit or "persons"
                ).value
            except UnreadableError:
                continue
            meant = float(read * 100 if unit == "percent" else read)
            if abs(meant - value) > 1e-9 * max(1.0, abs(meant)) and not accepted(row, column):
                yield _implausible(resources[table], row, column, f"{row['value_printed']} is read as {meant:.12g}")


def accepted(row: Typed, column: str) -> bool:
    """Whether the row itself says why an odd figure stands.

    >>> accepted({"note": "checked value: the decree says so"}, "value"), accepted({"note": "see the list"}, "value")
    (True, False)
    """
    note = row.get("note") or ""
    return f"checked {column}:" in note or (bool(note) and row.get("confidence") == "low")


def _implausible(resource: dict, row: Typed, column: str, what: str) -> Problem:
    way = f"; where it is right, say why in note: checked {column}: …" if "note" in row else ""
    return Problem(resource["path"], row["line"], column, str(row[column]), "implausible", f"{what}; correct it{way}")


# The columns that the rules above look at, beside those of `workers.NEEDED`.
NEEDED = {
    "regions": ("population",),
    "labour_force": ("employees", "average_net_wage", "participation_rate", "unemployment_rate", "note"),
    "minimum_wage": ("year", "province_code", "minimum_wage", "confidence", "note"),
    "population": ("province_code", "population"),
    "work_accidents": ("province_code", "segment", "cases", "claims_paid"),
    "labour_force_rounds": ("employed", "formal_share", "participation_rate", "unemployment_rate", "average_net_wage"),
    "employment_by_status": (
        "unemployment_rate_men",
        "unemployment_rate_women",
        "participation_rate_men",
        "participation_rate_women",
    ),
    "regency_labour_force": ("unemployment_rate", "participation_rate", "average_net_wage"),
    "regency_structure": ("unemployment_rate", "youth_unemployment_rate", "informal_share", "agriculture_share"),
    **{table: ("value_printed", column) for table, column in READ.items()},
}

RULES = (moves, besides, working_age, of_regencies, printed_and_read)
