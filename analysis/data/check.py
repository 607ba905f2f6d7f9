"""Checks a data folder and reports all problems at once: the files as such (`files`), then frictionless, then our rules.

Nothing that stands in the folder makes this raise. Where a file is too broken to compare others with
it (a key table with a lost row, say), those comparisons wait until it is whole; all else is checked.
"""

import re
import sys
from calendar import monthrange
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# jsonschema, behind frictionless, builds parsers for international web addresses at import when
# JupyterLab's dependencies are installed: more than a second for a format that no schema here uses.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from frictionless import Detector, FrictionlessException, Resource, Schema

from analysis.data import FOLDER, plausible, rules
from analysis.data.files import BIGGEST, Problem, Row, cell_problems, cleaned, json_of, rows_of, text_of
from analysis.schema import nearest

_DATE = "write it as {}, with a year from 2000 to 2049"
_NAME = "write small letters, digits and single hyphens only, as in bps-sakernas-2023"
# What the patterns of datapackage.json ask for, in words: rule and message.
PATTERNS = {
    "^[0-9]{2}$": ("province code", "write Kemendagri's two digits, as in 00 or 18 (a spreadsheet turns 00 into 0)"),
    "^[a-z0-9]+(-[a-z0-9]+)*$": ("key format", _NAME),
    "^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$": (
        "key format",
        "write letters, digits and hyphens only, as in LPG-2024-09-ANTARA",
    ),
    "^[A-Za-z0-9]+(-[A-Za-z0-9]+)*#[0-9]+$": (
        "key format",
        "write the article's key, a hash sign and a number, as in LPG-2024-09-ANTARA#1",
    ),
    "^[a-z]+(_[a-z]+)*$": ("key format", "write small letters and underscores only, as in jkk_rate"),
    "^https?://[^ ]+$": ("web address", "write a full address without spaces, beginning with http:// or https://"),
    "^[0-9]{4}$": ("regency code", "write Kemendagri's four digits, as in 1801 or 3578"),
    "^20[0-4][0-9]-08$": (
        "survey round",
        "write the year and August, as in 2025-08; February and November stand in labour_force_rounds",
    ),
    "^20[0-4][0-9]-(02|05|11)$": (
        "survey round",
        "write year and month of a smaller round, as in 2025-11; August stands in labour_force",
    ),
    "^20[0-4][0-9]-(0[1-9]|1[0-2])$": ("date", _DATE.format("year and month, as in 2023-12")),
    "^20[0-4][0-9](-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$": (
        "date",
        _DATE.format("2023, 2023-12 or 2023-12-31"),
    ),
    "^20[0-4][0-9](-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?|-H[12]|-20[0-4][0-9])?$": (
        "date",
        _DATE.format("2023, 2023-12, 2023-12-31, 2023-H1 or 2021-2024"),
    ),
    "^20[0-4][0-9](-20[0-4][0-9])?$": ("date", _DATE.format("2025 or 2024-2025")),
}


def check(folder: Path = FOLDER) -> list[Problem]:
    """Every problem in the folder's tables, by file and line; an empty list for a clean folder.

    >>> check()
    []
    """
    resources, problems = _resources(folder)
    rows: dict[str, list[Row]] = {}
    lost: set[str] = set()  # tables of which some rows couldn't be read
    for name, resource in resources.items():
        fields = resource["schema"]["fields"]
        rows[name] = []
        text, found = text_of(folder / resource["path"], "datapackage.json names this file and ")
        if not found:
            rows[name], found = rows_of(resource["path"], text, [field["name"] for field in fields])
        lost |= {name} if found else set()
        problems += found + cell_problems(resource["path"], rows[name], fields)
    for name in resources:
        problems += by_schema(resources[name], rows[name])
        problems += _unknown_references(resources[name], rows, lost)
    twice = list(rules.keys(rows, resources))
    between = [problem for problem, _ in twice]
    if not lost & {"regions"} and _regions_hold(resources, [*problems, *between]):
        # Names come first: what to write there says more than that a cell ends with a space.
        problems = one_a_cell([*rules.names(rows, resources), *problems])
        bad = {(p.file, p.line) for p in problems} | {(p.file, line) for p, lines in twice for line in lines}
        tables = {name: _typed(resources[name], rows[name], bad) for name in resources}
        tables["regions"] = [{"line": row.line} | row.cells for row in rows["regions"]]  # all, for their codes
        between += [problem for rule in rules.RULES for problem in rule(tables, resources)]
        said = {(problem.file, problem.line) for problem in between}  # a sum that doesn't hold says more than a jump
        odd = [problem for rule in plausible.RULES for problem in rule(tables, resources)]
        between += [problem for problem in odd if (problem.file, problem.line) not in said]
    return sorted(one_a_cell(problems) + between, key=lambda p: (p.file, p.line, p.column))


def describe(problems: list[Problem]) -> str:
    """One line that says how much is wrong where.

    >>> describe([Problem("a.csv", 2, "persons", "x", "number format", "")])
    '1 problem in a.csv'
    """
    files = ", ".join(dict.fromkeys(problem.file for problem in problems))
    return f"{len(problems)} problem{'s' if len(problems) != 1 else ''} in {files}"


def _resources(folder: Path) -> tuple[dict[str, dict], list[Problem]]:
    """The tables that `datapackage.json` describes, by name, or why there is no saying."""

    def problem(line: int, value: str, rule: str, message: str) -> tuple[dict[str, dict], list[Problem]]:
        return {}, [Problem("datapackage.json", line, "", value, rule, message)]

    described: Any
    described, wrong = json_of(folder / "datapackage.json")
    if wrong:
        return {}, wrong
    try:
        resources = {resource["name"]: resource for resource in described["resources"]}
        if len(resources) < len(described["resources"]):
            return problem(1, "", "package", "two tables have one name; rename or remove one")
        for resource in resources.values():
            Schema.from_descriptor({"fields": resource["schema"]["fields"]})
            if fault := _misdescribed(resource, resources):
                return problem(1, str(resource["name"]), "package", fault)
    except FrictionlessException as error:
        reasons = "; ".join(reason.note for reason in error.reasons or [error.error])
        return problem(1, str(resource["name"]), "package", f"a field isn't described as Frictionless asks: {reasons}")
    except (KeyError, TypeError, AttributeError) as error:
        message = "a table needs name, path and a schema with fields (name, type and unit each) and primaryKey"
        return problem(1, "", "package", f"{message} ({error})")
    for table, columns in rules.NEEDED.items():
        have = [field["name"] for field in resources.get(table, {}).get("schema", {}).get("fields", [])]
        if missing := [column for column in columns if column not in have]:
            return problem(1, table, "package", f"the checks need a table {table} with {', '.join(missing)}")
    return resources, []


def _misdescribed(resource: dict, resources: dict[str, dict]) -> str:
    """What the checks couldn't work with in a table's description; "" when there is nothing."""
    schema, fields = resource["schema"], resource["schema"]["fields"]
    limits = [field.get("constraints", {}) for field in fields]
    texts = [resource["name"], resource["path"], *(field[key] for field in fields for key in ("name", "type", "unit"))]
    texts += [value for limit in limits for value in limit.get("enum", [])]
    bounds = [
        (limit[key], int if field["type"] == "integer" else int | float)
        for field, limit in zip(fields, limits, strict=True)
        for key in ("minimum", "maximum")
        if key in limit
    ]
    if not all(isinstance(text, str) for text in texts):
        return "path, names, types, units and enumerated values must be text"
    if not re.fullmatch(r"[^/\\\0]+\.csv", resource["path"]):
        return "path must be the name of a CSV file in this folder"
    if not all(isinstance(b, kind) and not isinstance(b, bool) and abs(b) <= BIGGEST for b, kind in bounds):
        return "minimum and maximum must be numbers, and whole ones for whole numbers"
    for pattern in (limit["pattern"] for limit in limits if "pattern" in limit):
        try:
            re.compile(pattern)
        except (re.error, TypeError) as error:
            return f"the pattern {pattern!r} isn't a regular expression: {error}"
    links = [(resource["name"], schema["primaryKey"])]
    for foreign in schema.get("foreignKeys", []):
        target = foreign["reference"]["resource"] or resource["name"]
        links += [(resource["name"], foreign["fields"]), (target, foreign["reference"]["fields"])]
    for table, columns in links:
        there = [field["name"] for field in resources[table]["schema"]["fields"]]
        if not isinstance(columns, list) or not columns or not all(column in there for column in columns):
            return f"a key names columns that {table} doesn't have: {columns}"
    return ""


def _regions_hold(resources: dict[str, dict], problems: list[Problem]) -> bool:
    """Whether `regions` is good enough to compare the others' names, totals and territories with it."""
    file = resources["regions"]["path"] if resources else ""
    return bool(resources) and not any(p.file == file and p.column in rules.IDENTITY for p in problems)


def by_schema(resource: dict, rows: list[Row]) -> list[Problem]:
    """Types, required cells, enumerations, ranges and patterns, as `datapackage.json` states them."""
    if not rows:
        return []
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    schema = Schema.from_descriptor({"fields": list(fields.values()), "missingValues": [""]})
    # The rows go in as they were read: frictionless would sniff encoding and separator anew.
    data = [list(fields), *([row.cells[name] for name in fields] for row in rows)]
    report = Resource(data=data, schema=schema, detector=Detector(schema_sync=False)).validate(limit_errors=100_000)
    problems = []
    for number, name, kind, note in report.flatten(["rowNumber", "fieldName", "type", "note"]):
        row = rows[number - 2] if number else Row(1, {})
        value = row.cells.get(name, "")
        rule, message = _in_words(kind, note, value, fields.get(name, {}), rows)
        problems.append(Problem(resource["path"], row.line, name or "", value, rule, message))
    return problems + list(_impossible_dates(resource["path"], rows, list(fields.values())))


def _impossible_dates(file: str, rows: list[Row], fields: list[dict]) -> Iterator[Problem]:
    """Dates of the right form that there never were: 30 February, the years 2024 to 2021."""
    for name, pattern in ((field["name"], field.get("constraints", {}).get("pattern", "")) for field in fields):
        if PATTERNS.get(pattern, ("", ""))[0] != "date":
            continue
        for row in rows:
            value, message = row.cells[name], ""
            if years := re.fullmatch("([0-9]{4})-([0-9]{4})", value):
                message = "the second year must come after the first" if years[2] <= years[1] else ""
            elif day := re.fullmatch("([0-9]{4})-([0-9]{2})-([0-9]{2})", value):
                year, month, number = map(int, day.groups())
                days = monthrange(year, month)[1] if 1 <= month <= 12 else 0
                message = f"that month has {days} days" if number > days > 0 else ""
            if message:
                yield Problem(file, row.line, name, value, "date", message)


def _in_words(kind: str, note: str, value: str, field: dict, rows: list[Row]) -> tuple[str, str]:
    """What frictionless noted, as a rule and a sentence."""
    limits = field.get("constraints", {})
    limit = (re.findall(r'constraint "(\w+)"', note) or [kind])[0]
    if limit == "required":
        return "empty cell", "every row needs this; fill the cell or leave the row out"
    if limit == "enum":
        hint = f"did you mean {near}? Write" if (near := nearest(value, limits["enum"])) else "write"
        return "unknown value", f"{hint} one of: {', '.join(limits['enum'])}"
    if limit == "pattern":
        return PATTERNS.get(limits["pattern"], ("format", f"the cell must match the pattern {limits['pattern']}"))
    if limit in ("minimum", "maximum") and field["name"] == "year":
        return "date", f"write a year from {limits['minimum']} to {limits['maximum']}"
    if limit == "minimum":
        hint = "; where the figure isn't known, leave the cell empty" if value == "0" else ""
        return "below the minimum", f"the least value that makes sense here is {limits['minimum']}{hint}"
    if limit == "maximum":
        return "above the maximum", f"the greatest value that makes sense here is {limits['maximum']}"
    if kind == "unique-error":
        first = rows[int(note.rsplit(" ", 1)[1]) - 2].line
        return "duplicate value", f"line {first} has the same, and each may stand here once"
    return kind.removesuffix("-error").replace("-", " "), note


def _unknown_references(resource: dict, rows: dict[str, list[Row]], lost: set[str]) -> list[Problem]:
    """Keys that the table they point to doesn't hold. (Code and name of a province: `rules.names`.)"""
    found = []
    for foreign in resource["schema"].get("foreignKeys", []):
        target, columns = foreign["reference"]["resource"] or resource["name"], foreign["fields"]
        if len(columns) > 1 or target not in rows or target in lost:
            continue
        there = [row.cells[foreign["reference"]["fields"][0]] for row in rows[target]]
        known = {*there, *map(cleaned, there)}
        for row in rows[resource["name"]]:
            if (value := row.cells[columns[0]]) and value not in known:
                hint = f"did you mean {near}? Else add" if (near := nearest(value, known)) else "add"
                message = f"{hint} it to {target}.csv"
                found.append(Problem(resource["path"], row.line, columns[0], value, "unknown reference", message))
    return found


def _typed(resource: dict, rows: list[Row], bad: set[tuple[str, int]]) -> list[dict[str, Any]]:
    """The rows without a problem, numbers as exact numbers and None where a number isn't known."""
    number = {"integer": int, "number": float}
    types = {field["name"]: number.get(field["type"]) for field in resource["schema"]["fields"]}
    return [
        {"line": row.line}
        | {name: (kind(cell) if cell else None) if (kind := types[name]) else cell for name, cell in row.cells.items()}
        for row in rows
        if (resource["path"], row.line) not in bad
    ]


def one_a_cell(problems: list[Problem]) -> list[Problem]:
    """The first problem found in each cell: ours explain more than the library's."""
    seen: dict[tuple, Problem] = {}
    for problem in problems:
        place = (problem.file, problem.line, problem.column, problem.rule if not problem.value else "")
        seen.setdefault(place, problem)
    return list(seen.values())
