"""What must hold between rows: keys, names, totals, territories, covered against workers, target years, print.

`names` and `keys` look at the cells as written. The other rules take typed rows (`line` and the
columns) from which every row with a problem has been left out, and compare totals only where all
their parts are present, so that one mistake is reported once.
"""

import re
from collections.abc import Callable, Iterator

import pandas as pd

from analysis.coverage import formal_workers, nearest_name
from analysis.data import plausible, workers
from analysis.data.files import Problem, Row, cleaned, unclean
from analysis.data.workers import Resources, Tables, Typed, groups
from analysis.printed import UnreadableError, read_printed
from analysis.schema import COUNTRY, NEW_MAP, OLD_MAP, SEGMENTS, grouped

PARTS = ("PU", "BPU", "Jakon")

# The columns of `regions` that give a code its meaning, and those the rules below calculate with.
IDENTITY = ("province_code", "province", "also_known_as", "territories", "parent_code")
_OWN = {
    "regions": IDENTITY,
    "participants": ("period", "province_code", "province", "territory", "split", "status", "segment", "persons"),
    "labour_force": ("period", "province_code", "province", "territory", "employed", "formal_share"),
    "contribution_rules": ("trust", "not_used_because"),
    "reported_claims": ("place", "measure", "target_year", "value_printed", "qualifier", "unit", "caution"),
}
_EACH = (_OWN, workers.NEEDED, plausible.NEEDED)
NEEDED = {
    table: tuple(dict.fromkeys(column for needed in _EACH for column in needed.get(table, ())))
    for table in dict.fromkeys(table for needed in _EACH for table in needed)
}
# What a printed figure must measure to be for a target's year.
FOR_A_TARGET = ("target_rate", "target_workers", "gap_to_target", "gap_rate", "achievement_rate", "forecast")


def names(rows: dict[str, list[Row]], resources: Resources) -> Iterator[Problem]:
    """Province and code must be a pair of `regions`, spelt as there."""
    regions = pd.DataFrame([row.cells for row in rows["regions"]])
    known = dict(zip(regions["province_code"], regions["province"], strict=True))
    codes = {name: code for code, name in known.items()}
    for table, resource in resources.items():
        if table == "regions" or not {"province_code", "province"} <= set(_columns(resource)):
            continue
        for row in rows[table]:
            name, code = row.cells["province"], row.cells["province_code"]
            if (name == code == "") or (unclean(name) and cleaned(name) in codes):
                continue  # nothing to compare, or reported as unclean text
            column, value, rule, message = _name_problem(name, code, known, codes, regions)
            if rule:
                yield Problem(resource["path"], row.line, column, value, rule, message)


def _name_problem(
    name: str, code: str, known: dict[str, str], codes: dict[str, str], regions: pd.DataFrame
) -> tuple[str, str, str, str]:
    if not name:
        return (
            "province",
            "",
            "empty cell",
            f"the province is empty beside its code; {code} is {known.get(code, 'no province')}",
        )
    if name not in codes:
        return "province", name, "unknown province", _meant(name, regions)
    if not code:
        return ("province_code", "", "empty cell", f"the code is empty beside its province; {name} is {codes[name]}")
    if codes[name] == code:
        return "", "", "", ""
    papua = "; codes are Kemendagri's, and those of BPS differ in Papua: go by the name" if code.startswith("9") else ""
    message = f"{code} is {known.get(code, 'no province')} and {name} is {codes[name]}{papua}"
    return "province_code", code, "code and name disagree", message


def _meant(name: str, regions: pd.DataFrame) -> str:
    """What to write instead; a misspelt province gets the same suggestion as in a parameter."""
    if {"jumlah", "total", "subtotal"} & set(re.findall(r"\w+", name.casefold())):
        return "a total doesn't stand among provinces: write it as province_code 00, Indonesia, or remove the row"
    if near := nearest_name(re.sub(r"^(provinsi|propinsi|prov\b\.?)\s+", "", name, flags=re.IGNORECASE), regions):
        return f"did you mean {near}? Names are written as in regions.csv"
    return f"there is {', '.join(regions['province'])}"


def keys(rows: dict[str, list[Row]], resources: Resources) -> Iterator[tuple[Problem, set[int]]]:
    """One row a key; a problem says all its lines and whether they say the same. With it, those lines."""
    for table, resource in resources.items():
        columns = resource["schema"]["primaryKey"]
        for key, group in grouped((tuple(row.cells[c] for c in columns), row) for row in rows[table]).items():
            if all(key) and len(group) > 1:
                first, *others = [row.line for row in group]
                same = all(row.cells == group[0].cells for row in group)
                what = "and are identical; remove one" if same else "and differ; keep the right one"
                message = f"lines {first} and {', '.join(map(str, others))} have one key ({', '.join(columns)}) {what}"
                problem = Problem(resource["path"], others[0], columns[0], " ".join(key), "duplicate key", message)
                yield problem, {first, *others}


def totals(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """A stated total is the sum of its parts, wherever all parts are there (34 or 38 provinces, 3 segments)."""
    participants, file = tables["participants"], resources["participants"]["path"]
    where = ("period", "province_code", "territory", "split", "status")
    for group in groups(participants, where).values():
        by_segment = {row["segment"]: row for row in group}
        if {"total", *PARTS} <= set(by_segment):
            parts = sum(by_segment[part]["persons"] for part in PARTS)
            yield from _unequal(file, by_segment["total"], "persons", parts, " + ".join(PARTS))
    where = ("period", "territory", "split", "status", "segment")
    yield from _country_totals(participants, file, tables["regions"], where, "persons")
    workers = [row for row in tables["labour_force"] if row["employed"] is not None]
    file = resources["labour_force"]["path"]
    yield from _country_totals(workers, file, tables["regions"], ("period", "territory"), "employed")


def _country_totals(
    rows: list[Typed], file: str, regions: list[Typed], where: tuple[str, ...], column: str
) -> Iterator[Problem]:
    for key, group in groups(rows, where).items():
        territory = key[where.index("territory")]
        standing = {row["province_code"] for row in regions if territory in row["territories"].split()} - {COUNTRY}
        by_code = {row["province_code"]: row for row in group}
        country = by_code.pop(COUNTRY, None)
        if country and set(by_code) == standing and len(standing) == int(territory):
            parts = sum(row[column] for row in by_code.values())
            yield from _unequal(file, country, column, parts, f"the {territory} provinces")


def _unequal(file: str, total: Typed, column: str, parts: int, of: str) -> Iterator[Problem]:
    if total[column] != parts:
        message = f"{of} add up to {parts}, the stated total is {total[column] - parts:+d} away; correct the wrong one"
        yield Problem(file, total["line"], column, str(total[column]), "total differs from its parts", message)


def territories(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """A code stands on its territory, and old and new Papua never in one measure and period."""
    standing = {row["province_code"]: row["territories"].split() for row in tables["regions"]}
    parents = {row["parent_code"] for row in tables["regions"]} - {""}
    for table, resource in resources.items():
        if not {"territory", "province_code", "province"} <= set(_columns(resource)):
            continue
        file, rows = resource["path"], tables[table]
        for row in rows:
            if row["territory"] not in (there := standing.get(row["province_code"], [])):
                message = f"{row['province']} doesn't exist among the {row['territory']} provinces; write {' or '.join(there)}"
                yield Problem(file, row["line"], "territory", row["territory"], "territory", message)
        where = tuple(c for c in resource["schema"]["primaryKey"] if c not in ("province_code", "territory"))
        seen: set[int] = set()  # a line of several measures is one mistake
        for column in _columns(resource, ("integer", "number")):
            if column not in where:
                known = [row for row in rows if row[column] is not None and row["line"] not in seen]
                for problem in _two_maps(known, file, where, column, parents):
                    seen.add(problem.line)
                    yield problem


def _two_maps(
    rows: list[Typed], file: str, where: tuple[str, ...], column: str, parents: set[str]
) -> Iterator[Problem]:
    for key, group in groups(rows, where).items():
        old = [row for row in group if row["territory"] == OLD_MAP and row["province_code"] in parents]
        new = [row for row in group if row["territory"] == NEW_MAP]
        if old and new:
            message = (
                f"{' '.join(map(str, key))}: {old[0]['province']} as it was before the division (34 provinces, line "
                f"{old[0]['line']}) stands beside {new[0]['province']} of the 38; one measure and period has one territory"
            )
            yield Problem(file, new[0]["line"], column, new[0]["province"], "two territories", message)


def parents(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """A province of the 38 alone names the one of the 34 that it was cut from; the others name none."""
    old = {row["province_code"] for row in tables["regions"] if OLD_MAP in row["territories"].split()} - {COUNTRY}
    for row in tables["regions"]:
        code, young = row["parent_code"], row["province_code"] not in old | {COUNTRY}
        if young != (code in old) or (code and not young):
            what = (
                "the code of the one of the 34 provinces it was cut from" if young else "no parent: it is one of the 34"
            )
            message = f"{row['province']} needs {what}"
            yield Problem(resources["regions"]["path"], row["line"], "parent_code", code, "parent province", message)


def covered_within_workers(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """By domicile and on one territory, covered can't exceed the workers of that August: PU, BPU, or both.

    PU is held against the formal, BPU against the informal, as in `coverage.employed`.
    """
    workers = {
        (row["period"], row["territory"], row["province_code"]): _by_segment(row)
        for row in tables["labour_force"]
        if row["employed"] is not None and row["formal_share"] is not None
    }
    children = groups(tables["regions"], ("parent_code",))
    rows = [
        row
        for row in tables["participants"]
        if row["split"] == "domicile" and row["status"] == "active" and row["segment"] in SEGMENTS
    ]
    for (period, territory, code), group in groups(rows, ("period", "territory", "province_code")).items():
        august = f"{period[:4]}-08"
        base = workers.get((august, territory, code))
        if base is None and territory == OLD_MAP:  # 38 provinces can be added up to 34, if all are there
            parts = [
                workers.get((august, NEW_MAP, part))
                for part in [code, *(row["province_code"] for row in children.get((code,), []))]
            ]
            base = None if None in parts else {s: sum(part[s] for part in parts if part) for s in SEGMENTS}
        if base is None:
            continue
        whole = {row["segment"] for row in group} == set(SEGMENTS)
        counts = [(f"{row['segment']} ", row["persons"], base[row["segment"]], row) for row in group]
        if whole:
            counts.insert(0, ("", sum(row["persons"] for row in group), sum(base.values()), group[0]))
        for segment, covered, limit, row in counts:
            if covered > limit:
                message = (
                    f"{row['province']}: {covered} {segment}covered by domicile in {period} and {limit} employed in "
                    f"{august}; one of the two is wrong, or the split is registration"
                )
                file = resources["participants"]["path"]
                yield Problem(file, row["line"], "persons", str(covered), "covered above workers", message)
                break


def target_years(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """Only a target, the distance to it, its achievement or a forecast is for a target's year."""
    for row in tables["reported_claims"]:
        if row["target_year"] and row["measure"] not in FOR_A_TARGET:
            message = (
                f"{row['measure']} is no target; leave the cell empty (the date of a figure is as_of), "
                f"or write as measure one of: {', '.join(FOR_A_TARGET)}"
            )
            file = resources["reported_claims"]["path"]
            yield Problem(file, row["line"], "target_year", row["target_year"], "target year", message)


def unused_rules(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """A rule that may not be calculated with says why, and one of good trust has nothing against it."""
    for row in tables["contribution_rules"]:
        trust, why = row["trust"], row["not_used_because"]
        if (trust == "shown, not used" and not why) or (trust == "good" and why):
            message = f"trust is {trust!r}; " + ("say here why it isn't used" if not why else "a good rule is used")
            file = resources["contribution_rules"]["path"]
            yield Problem(file, row["line"], "not_used_because", why, "unused rule", message)


def printed_numbers(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """What the press printed can be read as a number, with the word before it and its unit."""
    for row in tables["reported_claims"]:
        try:
            read_printed(row["value_printed"], row["qualifier"], row["unit"])
        except UnreadableError as error:
            file, value = resources["reported_claims"]["path"], row["value_printed"]
            yield Problem(file, row["line"], "value_printed", value, "printed number", str(error))


def _by_segment(row: Typed) -> dict[str, int]:
    formal = formal_workers(row["employed"], row["formal_share"])
    return {"PU": formal, "BPU": row["employed"] - formal}


def _columns(resource: dict, types: tuple[str, ...] = ()) -> list[str]:
    return [field["name"] for field in resource["schema"]["fields"] if not types or field["type"] in types]


RULES: tuple[Callable[[Tables, Resources], Iterator[Problem]], ...] = (
    totals,
    territories,
    parents,
    covered_within_workers,
    target_years,
    printed_numbers,
    unused_rules,
    *workers.RULES,
)
