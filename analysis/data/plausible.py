"""What a figure can sensibly be: what it was, what stands beside it, what the law says, and how it was printed.

No bound is set by hand. A figure is held against its peers: how they moved between the same dates (`Move`), or how they stand to
what lies beside them (`Beside`). A least-squares line through the peers alone, in logarithms (log odds of shares), says what to
expect; a figure is odd that lies further from this line than any of them, by more than `ROOM` times the width of their middle half.
What lies among its peers can't be told from a right figure. Where the law says how an amount moves, that holds, too (`law`).

A figure that is odd and right all the same is accepted where the `note` of its row has “checked”, the column, the figure, a colon
and the reason. It is then nobody's peer, and another figure in its cell isn't accepted.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from math import inf, log
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from analysis.data.files import Problem
from analysis.data.workers import PLACE, Resources, Tables, Typed, groups, workforce
from analysis.printed import UnreadableError, read_printed
from analysis.schema import COUNTRY

ROOM = 2.0
ENOUGH = 20  # with fewer peers their furthest says little, and nothing is called odd

Facts = dict[str, dict[tuple, Typed]]
Figure = Callable[[Typed, Facts], float | None]


def _own(column: str) -> Figure:
    return lambda row, facts: row[column]


def _there(table: str, column: str, *key: str) -> Figure:
    """The figure of the same place (and month, or segment) among the facts of another table."""

    def figure(row: Typed, facts: Facts) -> float | None:
        found = facts[table].get(tuple(row[k] for k in key))
        return None if found is None else found[column]

    return figure


def _of_workers(column: str) -> Figure:
    return _there("labour_force", column, *PLACE)


def _of_men(row: Typed, facts: Facts) -> float | None:
    """The unemployment of men that the rates of all and of women leave; there are as many men as women of working age."""
    both, women = _of_workers("unemployment_rate")(row, facts), row["unemployment_rate_women"]
    at_work = row["participation_rate_men"], row["participation_rate_women"]
    if both is None or women is None or None in at_work or not at_work[0]:
        return None
    return (both * sum(at_work) - women * at_work[1]) / at_work[0]


def _men_at_work(row: Typed, facts: Facts) -> float | None:
    both, women = _of_workers("participation_rate")(row, facts), row["participation_rate_women"]
    return None if both is None or women is None else 2 * both - women


def _of_age(row: Typed, facts: Facts) -> float | None:
    """The people of working age, which employed, unemployment and participation give together."""
    employed, out, at_work = row["employed"], row["unemployment_rate"], row["participation_rate"]
    return None if None in (employed, out, at_work) or not at_work or out >= 1 else employed / (1 - out) / at_work


class Move(NamedTuple):
    """A column that moves from date to date as it does elsewhere; where `of` is given, what is computed with it."""

    table: str
    column: str
    when: str = "period"
    among: tuple[str, ...] = ()
    figure: Figure | None = None
    of: str = ""


class Beside(NamedTuple):
    """A column that stands to `whole` as it does for its peers, as far as what is `given` explains it (`of` in words)."""

    table: str
    column: str
    of: str
    whole: Figure | None = None
    given: tuple[Figure, ...] = ()
    among: tuple[str, ...] = ()


AGED = "with employed and unemployment it makes {} people of working age; "
MOVES = (
    Move("minimum_wage", "minimum_wage", "year"),
    Move("participants", "persons", among=("segment",)),
    Move("labour_force", "employed"),
    Move("labour_force", "employees"),
    Move("labour_force", "average_net_wage"),
    Move("labour_force", "formal_share"),
    Move("labour_force", "unemployment_rate"),
    Move("labour_force", "participation_rate"),
    Move("labour_force", "participation_rate", figure=_of_age, of=AGED),
    Move("regency_labour_force", "employed"),
    Move("regency_labour_force", "unemployment_rate"),
    Move("regency_labour_force", "participation_rate"),
    Move("regency_labour_force", "average_net_wage"),
    Move("regency_labour_force", "participation_rate", figure=_of_age, of=AGED),
)
ROUNDS = tuple(
    Move("labour_force_rounds", column)
    for column in ("employed", "formal_share", "participation_rate", "unemployment_rate", "average_net_wage")
)

RATES = ("formal_share", "participation_rate", "unemployment_rate", "average_net_wage")
STATUS, STRUCTURE = "employment_by_status", "regency_structure"
SECTORS = "AGOP"  # farms, trade, administration, schools
_WORK = (_of_workers("A"), _of_workers("G"), _of_workers("employed"), _own("participation_rate_women"))
_REGISTERED = _there("participants", "persons", "segment", "province_code")
BESIDE = (
    Beside("labour_force", "employees", "the formal workers of the row", _of_workers("formal")),
    Beside("labour_force", "unemployment_rate", "the other provinces", among=("period",)),
    Beside("population", "population", "the civil register", _there("regions", "population", "province_code")),
    Beside("population", "growth_rate", "the others' growth"),
    Beside(
        "participants",
        "persons",
        "the active participants registered there",
        _there("registered", "persons", "status", "province_code"),
    ),
    Beside(STATUS, "own_account", "informal workers, farms, trade and women at work", _of_workers("informal"), _WORK),
    Beside(STATUS, "unpaid_family", "informal workers, farms, trade and women at work", _of_workers("informal"), _WORK),
    Beside(STATUS, "underemployed", "informal workers, farms, trade and women at work", _of_workers("informal"), _WORK),
    Beside(
        STATUS,
        "written_contract",
        "employees, and those in administration and schools",
        _own("employees"),
        (_of_workers("O"), _of_workers("P"), _of_workers("employed")),
    ),
    Beside(STATUS, "unemployment_rate_men", "the rates of all and of women", _of_men),
    Beside(STATUS, "participation_rate_men", "the rates of all and of women", _men_at_work),
    Beside(STATUS, "participation_rate_men", "the participation of women", _own("participation_rate_women")),
    Beside(
        STRUCTURE,
        "youth_unemployment_rate",
        "the unemployment of all and the farms",
        None,
        (_own("unemployment_rate"), _own("agriculture_share")),
    ),
    Beside(
        STRUCTURE,
        "unemployment_rate",
        "the unemployment of the young and the farms",
        None,
        (_own("youth_unemployment_rate"), _own("agriculture_share")),
    ),
    Beside(
        STRUCTURE,
        "informal_share",
        "farms, services and factories",
        None,
        (
            *(_own("agriculture_share"), _own("services_share"), _own("manufacturing_share")),
            *(_own("unemployment_rate"), _own("youth_unemployment_rate")),
        ),
    ),
    Beside(
        "work_accidents", "cases", "participants and claims", None, (_REGISTERED, _own("claims_paid")), ("segment",)
    ),
    Beside("work_accidents", "claims_paid", "participants and cases", None, (_REGISTERED, _own("cases")), ("segment",)),
)


def _scaled(figure: float | None, share: bool) -> float | None:
    """The logarithm, or of a share the log odds, in which figures are compared; what can't be is very far away."""
    if figure is None:
        return None
    least = max(figure, 1e-9)
    return log(least) - log(max(1 - figure, 1e-9)) if share else log(least)


def _is_share(column: str) -> bool:
    return column.endswith(("share", "_rate", "_rate_men", "_rate_women"))


def fences(figures: np.ndarray, given: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """How low and how high each figure may be by all the others: their line through what is `given`, their furthest, and `ROOM`.

    >>> low, high = fences(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 20.0]))
    >>> float(low[0].round(6)), float(high[-1].round(6))
    (-6.0, 15.0)
    """
    count = len(figures)
    if given is None:
        hat = np.full((count, count), 1 / count)
    else:
        base, _ = np.linalg.qr(np.hstack([np.ones((count, 1)), given]))
        hat = base @ base.T
    rest = figures - hat @ figures
    away = rest / np.maximum(1 - np.diag(hat), 1e-9)  # from the line through all others
    others = (rest + hat * away[:, None])[~np.eye(count, dtype=bool)].reshape(count, count - 1)
    others.sort(axis=1)
    quarter = (count - 1) // 4
    room = ROOM * (others[:, count - 2 - quarter] - others[:, quarter]) + 1e-9
    line = figures - away
    return line + others[:, 0] - room, line + others[:, -1] + room


def _unscaled(scaled: float, share: bool) -> str:
    value = float(np.exp(scaled))
    return f"{value / (1 + value):.4f}" if share else f"{value:.0f}"


def moves(tables: Tables, resources: Resources, of: Iterable[Move] = MOVES) -> Iterator[Problem]:
    """No figure moves from one date of a place to the next unlike those of all other places."""
    divided = {row["parent_code"] for row in tables["regions"]} - {""}  # another land on the map of 38
    for move in of:
        resource, share = resources[move.table], _is_share(move.column) and not move.figure
        figure = move.figure or _own(move.column)
        where = tuple(c for c in resource["schema"]["primaryKey"] if c not in (move.when, "territory"))
        series: dict[tuple, list[tuple[str, float, Typed, str]]] = {}
        for table in (move.table, "labour_force") if move in ROUNDS else (move.table,):
            for row in tables[table]:
                y = _scaled(figure(row, {}), share)
                if y is not None and not accepted(row, move.column):
                    land = row.get("territory") if row["province_code"] in divided else ""
                    place = (*(row[column] for column in where), land)
                    series.setdefault(place, []).append((str(row[move.when]), y, row, table))
        among: dict[tuple, list[tuple[float, Typed, Typed]]] = {}
        for known in series.values():
            known.sort(key=itemgetter(0))
            for (date, old, before, _), (day, new, row, table) in pairwise(known):
                kind = (date, day, *(row[column] for column in move.among))
                among.setdefault(kind, []).append((new - old, before, row if table == move.table else {}))
        for kind, pairs in among.items():
            peers = pairs
            if len(pairs) <= ENOUGH:  # of few dates: beside all moves over as long a time, or longer
                long = _months(kind)
                peers = pairs + [p for k, others in among.items() if k != kind and _months(k) >= long for p in others]
            if len(peers) <= ENOUGH or not any(row for *_, row in pairs):
                continue
            low, high = fences(np.array([moved for moved, *_ in peers]))
            for (moved, before, row), least, most in zip(pairs, low, high, strict=False):
                if row and not least <= moved <= most:
                    old = _scaled(figure(before, {}), share) or 0.0
                    made = move.of.format(f"{figure(row, {}):.0f}")
                    what = (
                        f"{made}after {before[move.column]} of {before[move.when]} (line {before['line']}) the moves of "
                        f"{len(peers) - 1} others let expect {_unscaled(old + least, share)} to {_unscaled(old + most, share)}"
                    )
                    yield _implausible(resource, row, move.column, what)


def _months(kind: tuple) -> int:
    """From the one date to the other: 2024-08 to 2025-02, or 2024 to 2025."""
    start, end = ([int(part) for part in str(date).split("-")] for date in kind[:2])
    return 12 * (end[0] - start[0]) + sum(end[1:]) - sum(start[1:])


# Of some years the law says how minimum wages rise: by 10 % at most (Permenaker 18/2022), by 6.5 % (Permenaker 16/2024).
# They don't fall (PP 36/2021 Pasal 26, PP 51/2023, PP 49/2025), and decrees round them to the thousand at most.
WAGES = {2023: (1.0, 1.1), 2025: (1.065, 1.065)}
ROUNDED = 1_000


def law(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """Minimum wages move as the rule of their year says, and the pension's wage cap as the economy grew, year by year."""
    resource = resources["minimum_wage"]
    for rows in groups(tables["minimum_wage"], ("province_code",)).values():
        known = sorted((row for row in rows if not accepted(row, "minimum_wage")), key=lambda row: row["year"])
        for before, row in pairwise(known):
            least, most = WAGES.get(row["year"], (1.0, inf)) if row["year"] == before["year"] + 1 else (1.0, inf)
            old, new = before["minimum_wage"], row["minimum_wage"]
            if not old * least - ROUNDED <= new <= old * most + ROUNDED:
                what = (
                    f"after {old:.12g} of {before['year']} (line {before['line']}) the law lets it be {old * least:.0f}"
                )
                more = "" if most == least else " or more" if most == inf else f" to {old * most:.0f}"
                yield _implausible(resource, row, "minimum_wage", f"{what}{more}")
    resource, caps = resources["contribution_rules"], tables["contribution_rules"]
    caps = sorted((row for row in caps if row["rule"] == "jp_wage_cap"), key=lambda row: row["effective_from"])
    rises = [
        (row["value"] / before["value"], before, row)
        for before, row in pairwise(caps)
        if int(row["effective_from"][:4]) == int(before["effective_from"][:4]) + 1
    ]
    for rise, before, row in rises:
        others = [r for r, _, other in rises if other is not row]
        if others and not 1 <= rise <= max(others) ** 2 and not accepted(row, "value"):
            what = f"this is {rise:.4g} times the cap before (line {before['line']}), which rises as the economy grew; "
            what += f"other years {min(others):.4g} to {max(others):.4g}"
            yield _implausible(resource, row, "value", what)


def rounds(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """February and November beside the August before."""
    return moves(tables, resources, ROUNDS)


def besides(tables: Tables, resources: Resources, of: Iterable[Beside] = BESIDE) -> Iterator[Problem]:
    """No figure is out of proportion to what stands beside it."""
    facts = _figures_beside(tables)
    for rule in of:
        resource, share = resources[rule.table], _is_share(rule.column)
        for rows in groups(tables[rule.table], rule.among).values():
            peers, figures, given = [], [], []
            for row in rows:
                whole = _scaled(rule.whole(row, facts), share) if rule.whole else 0.0
                value = _scaled(row[rule.column], share)
                beside = [_scaled(v, bool(v and v < 1)) for v in (figure(row, facts) for figure in rule.given)]
                if whole is None or value is None or None in beside or accepted(row, rule.column):
                    continue
                peers.append((row, whole))
                figures.append(value - whole)
                given.append(beside)
            if len(peers) <= ENOUGH:
                continue
            low, high = fences(np.array(figures), np.array(given) if rule.given else None)
            for (row, whole), figure, least, most in zip(peers, figures, low, high, strict=True):
                if not least <= figure <= most:
                    what = f"{rule.of} let expect {_unscaled(whole + least, share)} to {_unscaled(whole + most, share)}, by {len(peers) - 1} others"
                    yield _implausible(resource, row, rule.column, what)


def _figures_beside(tables: Tables) -> Facts:
    workers = {}
    for place, row in workforce(tables).items():
        formal = None if None in (row["employed"], row["formal_share"]) else row["employed"] * row["formal_share"]
        informal = None if formal is None else row["employed"] - formal
        workers[place] = row | dict.fromkeys(SECTORS) | {"formal": formal, "informal": informal}
    for row in tables["employment_by_sector"]:
        if row["sector"] in SECTORS and (there := workers.get(tuple(row[column] for column in PLACE))):
            there[row["sector"]] = row["persons"]
    regions = {
        (row["province_code"],): {"population": int(row["population"])}
        for row in tables["regions"]
        if row["population"].isdecimal()
    }
    registered: dict[tuple, Typed] = {}
    active = {}
    for row in tables["participants"]:
        if row["split"] == "registration" and row["status"] == "active":
            active[row["segment"], row["province_code"]] = row
            total = registered.setdefault(("non_active", row["province_code"]), {"persons": 0})
            total["persons"] += row["persons"]
    return {"labour_force": workers, "regions": regions, "participants": active, "registered": registered}


def of_country(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """A rate or a wage of Indonesia lies between those of its provinces at that date, or the August before."""
    for table, beside, when, columns in (
        ("labour_force", "labour_force", "period", RATES),
        ("labour_force_rounds", "labour_force", "period", RATES),
        ("minimum_wage", "minimum_wage", "year", ("minimum_wage",)),
    ):
        provinces = groups((row for row in tables[beside] if row["province_code"] != COUNTRY), (when,))
        for row in tables[table]:
            date = max((date for (date,) in provinces if date <= row[when]), default=None)
            if row["province_code"] != COUNTRY or date is None:
                continue
            for column in columns:
                there = [other[column] for other in provinces[date,] if other[column] is not None]
                if row[column] is None or len(there) <= ENOUGH or accepted(row, column):
                    continue
                if not min(there) <= row[column] <= max(there):
                    what = f"the {len(there)} provinces had {min(there)} to {max(there)} in {date}"
                    yield _implausible(resources[table], row, column, what)


def of_tables(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """What stands in two tables is the same in both."""
    there = workforce(tables)
    rates = {(row["period"][:4], row["place"]): row["unemployment_rate"] for row in tables["regency_labour_force"]}
    for row in tables[STATUS]:
        same = there.get(tuple(row[column] for column in PLACE), {}).get("employees")
        if None not in (same, row["employees"]) and same != row["employees"]:
            yield _implausible(resources[STATUS], row, "employees", f"labour_force has {same}")
    for row in tables[STRUCTURE]:
        rate, same = row["unemployment_rate"], rates.get((str(row["year"]), row["place"]))
        if None not in (rate, same) and abs(rate - same) > 0.0001:
            yield _implausible(resources[STRUCTURE], row, "unemployment_rate", f"regency_labour_force has {same}")


def copies(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """No count of five digits stands twice in a column or in a row, and no share in two lines on end: one is a copy.

    Not looked at are tables of print, which repeats itself, and minimum wages, which a young province takes from its parent.
    """
    for table, rows in tables.items():
        if table in READ or table in ("regions", "minimum_wage"):
            continue
        resource = resources[table]
        columns = [field["name"] for field in resource["schema"]["fields"] if field["type"] in ("integer", "number")]
        shares = [column for column in columns if _is_share(column)]
        seen: dict[tuple, Typed] = {}
        for above, row in pairwise([{}, *rows]):
            own: dict[int, str] = {}
            for column in columns:
                value = row[column]
                if value is None or column in shares or value < 10_000 or value % 10 ** (len(str(value)) - 4) == 0:
                    continue
                first, beside = seen.setdefault((column, value), row), own.setdefault(value, column)
                if (first is not row or beside != column) and not accepted(row, column):
                    where = f"line {first['line']}" if first is not row else f"the column {beside}"
                    yield _implausible(resource, row, column, f"{where} has the same figure, to the last digit")
            for column in shares:
                if row[column] and row[column] == above.get(column) and not accepted(row, column):
                    yield _implausible(resource, row, column, f"line {above['line']} has the same share; a copy?")


# The column that holds a printed figure as a number, where a table has both.
READ = {
    "reported_claims": "value_read",
    "targets": "value",
    "contribution_rules": "value",
    "vulnerable_workers": "persons",
    "status_shares": "share",
    "status_by_sector": "persons",
}

_read = cache(read_printed)


def printed_and_read(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """The number of a row is what the reader of printed numbers reads in its print; a note says why where it can't be."""
    for table, column in READ.items():
        for row in tables[table]:
            value, unit = row[column], row.get("unit", "")
            if value is None or (table == "status_by_sector" and row["note"]):
                continue
            percent = unit == "percent" or unit.startswith("share") or column == "share"
            try:
                read = _read(
                    row["value_printed"], row.get("qualifier", ""), "percent" if percent else unit or "persons"
                ).value
            except UnreadableError:
                continue
            meant = float(read * 100 if unit == "percent" else read)
            if abs(meant - value) > 1e-9 * max(1.0, abs(meant)) and not accepted(row, column):
                yield _implausible(resources[table], row, column, f"{row['value_printed']} is read as {meant:.12g}")


def accepted(row: Typed, column: str) -> bool:
    """Whether the row itself says why an odd figure stands.

    >>> accepted({"value": 7, "note": "checked value 7: the decree says so"}, "value")
    True
    >>> accepted({"value": 70, "note": "checked value 7: the decree says so"}, "value")
    False
    """
    note = row.get("note") or ""
    return "checked" in note and f"checked {column} {_as_in_file(row[column])}:" in note


def _as_in_file(value: object) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _implausible(resource: dict, row: Typed, column: str, what: str) -> Problem:
    value = _as_in_file(row[column])
    way = f"; where it is right, say why in note: checked {column} {value}: …" if "note" in row else ""
    return Problem(resource["path"], row["line"], column, value, "implausible", f"{what}; correct it{way}")


# The columns that the rules above look at, beside those of `workers.NEEDED`.
NEEDED = {
    "regions": ("population", "parent_code"),
    "labour_force": ("employees", "average_net_wage", "participation_rate", "unemployment_rate", "note"),
    "minimum_wage": ("year", "province_code", "minimum_wage", "note"),
    "population": ("province_code", "population", "growth_rate"),
    "work_accidents": ("province_code", "segment", "cases", "claims_paid"),
    "labour_force_rounds": ("period", "province_code", "territory", "employed", *RATES),
    STATUS: (
        *("unemployment_rate_men", "unemployment_rate_women", "participation_rate_men", "participation_rate_women"),
        *("own_account", "unpaid_family", "underemployed", "written_contract", "employees"),
    ),
    "regency_labour_force": ("unemployment_rate", "participation_rate", "average_net_wage"),
    STRUCTURE: (
        *("unemployment_rate", "youth_unemployment_rate", "informal_share"),
        *("agriculture_share", "services_share", "manufacturing_share"),
    ),
    **{table: ("value_printed", column) for table, column in READ.items()},
    "contribution_rules": ("rule", "effective_from", "value_printed", "value"),
}

RULES = (law, of_country, of_tables, copies, printed_and_read, moves, rounds, besides)
