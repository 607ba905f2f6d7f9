"""Slips of sense: figures of the right form that can't be right, drawn over all tables, and what the check says of them."""

import random
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_data import put, refuses

from analysis.data import FOLDER, package, plausible, rules
from analysis.data.check import _typed
from analysis.data.files import rows_of, text_of

Row = dict[str, Any]
SEEDS, SLIPS = (13, *range(1, 10)), 200


def tables() -> tuple[dict, dict]:
    """The real tables as the rules take them."""
    resources = {resource["name"]: resource for resource in package(FOLDER)["resources"]}
    typed = {}
    for name, resource in resources.items():
        text, _ = text_of(FOLDER / resource["path"])
        rows, _ = rows_of(resource["path"], text, [field["name"] for field in resource["schema"]["fields"]])
        typed[name] = _typed(resource, rows, set())
        if name == "regions":
            typed[name] = [{"line": row.line} | row.cells for row in rows]
    return typed, resources


def digits(change: Callable[[str], str]) -> Callable:
    """A slip in the digits of a count or an amount."""

    def slip(row: Row, column: str, rows: list[Row], at: int, draw: random.Random) -> Any:
        whole, point, rest = f"{row[column]:.10g}".partition(".")
        return type(row[column])(float(change(whole) + point + rest)) if change(whole) else None

    return slip


def mistyped(whole: str) -> str:
    return str((int(whole[0]) + 4) % 9 + 1) + whole[1:]


def pasted(row: Row, column: str, rows: list[Row], at: int, draw: random.Random) -> Any:
    return rows[at - 1][column]


def of_another_place(row: Row, column: str, rows: list[Row], at: int, draw: random.Random) -> Any:
    return draw.choice(rows)[column]


def of_another_column(row: Row, column: str, rows: list[Row], at: int, draw: random.Random) -> Any:
    here, kind = ("line", "year", column), type(row[column])
    numbers = [value for name, value in row.items() if name not in here and type(value) is kind]
    return draw.choice(numbers) if numbers else row[column]


KINDS = {
    "a digit twice": digits(lambda whole: whole[0] + whole),
    "a digit lost": digits(lambda whole: whole[:-1]),
    "thousands twice": digits(lambda whole: whole + "000"),
    "thousands lost": digits(lambda whole: whole[:-3]),
    "the first digit mistyped": digits(mistyped),
    "two digits lost": digits(lambda whole: whole[:-2]),
    "the row above": pasted,
    "another place": of_another_place,
    "another column": of_another_column,
    "the point moved": lambda row, column, rows, at, draw: type(row[column])(row[column] / 10),
}


def cells(typed: dict, resources: dict) -> list[tuple[str, str, int]]:
    """Every figure of every table that could be slipped on."""
    found = []
    for name, rows in typed.items():
        for field in resources[name]["schema"]["fields"]:
            column = field["name"]
            if field["type"] in ("integer", "number") and column not in ("year", "values_in_print"):
                found += [(name, column, at) for at, row in enumerate(rows) if type(row[column]) in (int, float)]
    return found


def named(typed: dict, resources: dict, table: str, row: Row, column: str) -> bool:
    """Whether any rule, or the form of the cell, names this slip."""
    field = next(field for field in resources[table]["schema"]["fields"] if field["name"] == column)
    limits, value = field.get("constraints", {}), row[column]
    if field.get("unit", "").startswith("share") and value > 1:
        return True
    if value < limits.get("minimum", value) or value > limits.get("maximum", value):
        return True
    # Any order says the same; what looks at the table itself is most likely to find it, and so comes first.
    of_moves = [move for move in (*plausible.MOVES, *plausible.ROUNDS) if move.table == table]
    beside = [rule for rule in plausible.BESIDE if rule.table == table]
    first = plausible.moves(typed, resources, of_moves), plausible.besides(typed, resources, beside)
    every = (rule(typed, resources) for rule in (*rules.RULES, *plausible.RULES))
    return any(True for problems in chain(first, every) for _ in problems)


def drawn(seed: int, slips: int, typed: dict, resources: dict) -> list[tuple[str, str, str, int, Any, Any, bool]]:
    draw = random.Random(seed)
    by_table: dict[str, list] = {}
    for cell in cells(typed, resources):
        by_table.setdefault(f"{cell[0]}.{cell[1]}", []).append(cell)
    found = []
    while len(found) < slips:
        kind = list(KINDS)[len(found) % len(KINDS)]
        table, column, at = draw.choice(by_table[draw.choice(sorted(by_table))])
        row = typed[table][at]
        right = row[column]
        wrong = KINDS[kind](row, column, typed[table], at, draw)
        if not right or wrong is None or abs(wrong / right - 1) <= 0.1:
            continue  # less than a tenth is no slip of sense
        row[column] = wrong
        found.append((kind, table, column, row["line"], right, wrong, named(typed, resources, table, row, column)))
        row[column] = right
    return found


def test_of_200_slips_of_ten_kinds_at_least_190_are_named_whatever_the_seed() -> None:
    """Missed are figures among those of their peers: accidents of a few cases, unemployment of the young, a round's rate."""
    typed, resources = tables()
    assert not named(typed, resources, "population", {"population": 1}, "population")  # the clean tree has none
    for seed in SEEDS:
        slips = drawn(seed, SLIPS, typed, resources)
        missed = [slip[:-1] for slip in slips if not slip[-1]]
        assert len({kind for kind, *_ in slips}) == 10 and len({table for _, table, *_ in slips}) >= 15
        assert len(missed) <= 10, (seed, missed)


def implausible(table: str, where: Row, **changed: Any) -> list[tuple[str, str]]:
    """What is said of the real tables with cells of one row changed: column and message of what that row is told."""
    typed, resources = tables()
    [row] = [row for row in typed[table] if row.items() >= where.items()]
    row.update(changed)
    found = [problem for rule in plausible.RULES for problem in rule(typed, resources)]
    return [(p.column, p.message) for p in found if (p.file, p.line) == (resources[table]["path"], row["line"])]


LAMPUNG = {"province_code": "18"}


def test_what_a_note_accepts_is_one_figure_with_its_reason() -> None:
    here = {"period": "2025-08", "province_code": "18"}
    odd = {"average_net_wage": 25_000_000}
    [(column, message)] = implausible("labour_force", here, **odd)
    assert column == "average_net_wage" and "(line 86) the moves of 37 others let expect" in message
    assert message.endswith("where it is right, say why in note: checked average_net_wage 25000000: …")
    for note in ("checked formal_share 25000000: seen", "checked average_net_wage 2500000: seen", "seen twice"):
        assert implausible("labour_force", here, **odd, note=note)
    assert not implausible(
        "labour_force", here, **odd, note="printed so; checked average_net_wage 25000000: seen twice"
    )


@pytest.mark.parametrize(
    ("table", "start", "column", "odd"),
    [
        ("participants", "2024-12,65,Kalimantan Utara,34,domicile,active,PU,", "persons", "69647"),
        ("population", "2024,31,", "growth_rate", "0.0031"),
        ("work_accidents", "2023,72,Sulawesi Tengah,34,Jakon,", "claims_paid", "9039400"),
    ],
)
def test_counts_have_a_note_beside_them_that_accepts_an_odd_one(
    table: str, start: str, column: str, odd: str, real_folder: Path
) -> None:
    line = put(real_folder, f"{table}.csv", start, "note", "")
    refuses(real_folder, f"{table}.csv", line, column, odd, "implausible", f"say why in note: checked {column} {odd}:")


@pytest.mark.parametrize(
    ("table", "where", "changed", "message"),
    [
        ("minimum_wage", LAMPUNG | {"year": 2025}, {"minimum_wage": 2716497.0}, "the law lets it be 2893069"),
        ("minimum_wage", LAMPUNG | {"year": 2023}, {"minimum_wage": 2480000.0}, "the moves of 31 others let expect"),
        ("minimum_wage", {"year": 2021, "province_code": "00"}, {"minimum_wage": 7687724.0}, "the 34 provinces had"),
        ("contribution_rules", {"rule_id": "pu-jp-wage-cap-2026-03"}, {"value": 18086300.0}, "as the economy grew"),
        ("population", LAMPUNG, {"population": 941_987}, "the civil register let expect"),
        ("work_accidents", LAMPUNG | {"segment": "PU"}, {"cases": 9}, "participants and claims let expect"),
        ("labour_force_rounds", LAMPUNG | {"period": "2025-11"}, {"employed": 48_900_000}, "after 4853377 of 2025-08"),
        (
            "employment_by_status",
            LAMPUNG,
            {"unemployment_rate_men": 0.0637},
            "the rates of all and of women let expect",
        ),
        ("employment_by_status", LAMPUNG, {"own_account": 669_245}, "line 5 has the same figure"),
        (
            "regency_structure",
            {"regency_code": "1804"},
            {"informal_share": 0.08228},
            "services and factories let expect",
        ),
        ("regency_structure", {"regency_code": "1804"}, {"informal_share": 0.6841}, "line 4 has the same share"),
        (
            "regency_structure",
            {"regency_code": "3501"},
            {"unemployment_rate": 0.0456},
            "regency_labour_force has 0.0156",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_a_figure_that_cannot_be_is_named_with_what_makes_it_odd(
    table: str, where: Row, changed: Row, message: str
) -> None:
    said = implausible(table, where, **changed)
    assert [column for column, told in said if message in told] == list(changed), said


def test_fences_are_those_of_all_other_figures() -> None:
    """By hand: the line through nine points without the tenth, their furthest, and twice the width of the middle half."""
    x = np.arange(10.0)
    y = 2 * x + np.array([0.1, -0.1, 0.2, -0.2, 0.1, 0.0, -0.1, 0.2, -0.2, 5.0])
    low, high = plausible.fences(y, x[:, None])
    slope, level = np.polyfit(x[:9], y[:9], 1)
    rest = np.sort(y[:9] - (slope * x[:9] + level))
    room = plausible.ROOM * (rest[6] - rest[2])
    assert low[9] == pytest.approx(slope * 9 + level + rest[0] - room)
    assert high[9] == pytest.approx(slope * 9 + level + rest[-1] + room)
    assert y[9] > high[9] and (low[:9] <= y[:9]).all() and (y[:9] <= high[:9]).all()


@pytest.mark.parametrize(
    ("file", "start", "column", "written", "meant"),
    [
        ("reported_claims.csv", "LPG-2024-09-ANTARA#1,", "value_read", "28.46", "24,86 is read as 24.86"),
        ("vulnerable_workers.csv", "2025,Lampung,", "persons", "38027", "380.270 is read as 380270"),
        ("status_shares.csv", "2025-11,00,Indonesia,employees,", "share", "0.3831", "38,81 is read as 0.3881"),
    ],
)
def test_the_number_of_a_row_is_what_its_print_says(
    folder: Path, file: str, start: str, column: str, written: str, meant: str
) -> None:
    line = put(folder, file, start, column, written)
    refuses(folder, file, line, column, written, "implausible", meant)
