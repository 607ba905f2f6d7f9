"""What must hold between the tables of workers: sectors, status and regencies against the labour force, and the names of places.

A cell that the survey doesn't show (a dash) is empty here. What is missing must then be something that the dashes can hold,
`IN_A_DASH` each.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from analysis.data.files import Problem
from analysis.schema import NEW_MAP, grouped

Typed = dict[str, Any]
Tables = dict[str, list[Typed]]
Resources = dict[str, dict]

# The columns that the rules below look at.
NEEDED = {
    "regions": ("regencies", "cities"),
    "regencies": ("regency_code", "place", "level", "province_code", "province", "identity_numbers"),
    "employment_by_sector": ("period", "province_code", "province", "territory", "sector", "persons"),
    "employment_by_status": (
        *("period", "province_code", "province", "territory"),
        *("own_account", "employees", "unpaid_family", "written_contract", "underemployed"),
    ),
    "status_by_sector": ("period", "province_code", "province", "territory", "status", "sector", "persons"),
    "regency_labour_force": ("period", "regency_code", "place", "province_code", "employed", "unemployed"),
    "regency_structure": ("year", "regency_code", "place"),
}
# The least and the most persons that one dash stands for. Seen: 2,112 in a sector (Nusa Tenggara Timur, August 2025);
# of status by sector 3,293 (mining, Jawa Timur), and none, as where all of public administration are employees.
IN_A_DASH = {"employment_by_sector": (1, 2_500), "status_by_sector": (0, 3_500)}
SHARES = ("agriculture_share", "manufacturing_share", "other_industry_share", "services_share")
TOTAL = "total"


def regency_codes(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """A regency's code begins with its province's, and its name says whether it is a city."""
    file = resources["regencies"]["path"]
    for row in tables["regencies"]:
        code, place = row["regency_code"], row["place"]
        if code[:2] != row["province_code"]:
            message = f"the code begins with {code[:2]} and {row['province']} is {row['province_code']}; correct the wrong one"
            yield Problem(file, row["line"], "regency_code", code, "regency under another province", message)
        city = place.startswith("Kota ")
        if city != (row["level"] == "city") or not place.startswith(("Kota ", "Kabupaten ")):
            message = f"a city is called Kota and a regency Kabupaten; {place} is written as {row['level']}"
            yield Problem(file, row["line"], "level", row["level"], "level and name disagree", message)


def regency_names(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """A regency or city stands in `regencies`, under its code where a table has one, in the province that it has there."""
    known = {row["place"]: row for row in tables["regencies"]}
    names = {row["regency_code"]: row["place"] for row in tables["regencies"]}
    for table, rows in tables.items():
        if table == "regencies" or not rows or "place" not in rows[0]:
            continue
        file = resources[table]["path"]
        for row in rows:
            place, code = row["place"], row.get("regency_code", "")
            if not code and row.get("level") not in ("regency", "city"):
                continue
            if place not in known:
                message = "there is no such regency or city in regencies.csv; correct the name or add it with its code"
                yield Problem(file, row["line"], "place", place, "unknown regency", message)
            elif code and known[place]["regency_code"] != code:
                message = f"{code} is {names.get(code, 'no regency')} and {place} is {known[place]['regency_code']}; codes are Kemendagri's, and those of BPS differ"
                yield Problem(file, row["line"], "regency_code", code, "code and name disagree", message)
            elif known[place]["province_code"] != row["province_code"]:
                message = f"{place} lies in {known[place]['province']} ({known[place]['province_code']})"
                value = row["province_code"]
                yield Problem(file, row["line"], "province_code", value, "regency under another province", message)


def young_regencies(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """A printed rate of a regency whose people hold the identity numbers of another has a caution, so that nothing ranks it."""
    young = {row["place"] for row in tables["regencies"] if row["identity_numbers"]}
    file = resources["reported_claims"]["path"]
    for row in tables["reported_claims"]:
        if row["place"] in young and row["measure"] == "coverage_rate" and not row["caution"]:
            message = f"coverage is counted by identity number, and people of {row['place']} hold those of the parent regency; say so in caution"
            yield Problem(file, row["line"], "caution", "", "young regency", message)


def sectors(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """A province's sectors add up to its employed of that month."""
    employed = _employed(tables)
    file = resources["employment_by_sector"]["path"]
    described = {field["name"]: field for field in resources["employment_by_sector"]["schema"]["fields"]}
    whole = len(described["sector"].get("constraints", {}).get("enum", []))
    for key, rows in groups(tables["employment_by_sector"], PLACE).items():
        if len(rows) == whole and key in employed:
            yield from _not_the_sum(file, rows, employed[key], f"the sectors of {rows[0]['province']}", "employed")


def statuses(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """Statuses and sectors add up to their printed totals, all together to the employed, and parts stay within the whole."""
    employed, file = _employed(tables), resources["status_by_sector"]["path"]
    for key, rows in groups(tables["status_by_sector"], PLACE).items():
        for across, along in (("status", "sector"), ("sector", "status")):
            for (name,), line in groups(rows, (across,)).items():
                parts = [row for row in line if row[along] != TOTAL]
                total = next((row for row in line if row[along] == TOTAL), None)
                if total and total["persons"] is not None and parts:
                    yield from _not_the_sum(file, parts, total["persons"], f"{name}: what stands under {along}", TOTAL)
        whole = next((row for row in rows if row["status"] == row["sector"] == TOTAL), None)
        if whole and key in employed and whole["persons"] != employed[key]:
            message = f"labour_force has {employed[key]} employed; correct the wrong one"
            value = str(whole["persons"])
            yield Problem(file, whole["line"], "persons", value, "total differs from its parts", message)
    file = resources["employment_by_status"]["path"]
    for row in tables["employment_by_status"]:
        most = employed.get(tuple(row[column] for column in PLACE))
        some = ("own_account", "employees", "unpaid_family")
        checks = [(some, most, "employed"), (("underemployed",), most, "employed")]
        checks.append((("written_contract",), row["employees"], "employees"))
        for columns, limit, of in checks:
            known = [row[column] for column in columns if row[column] is not None]
            if limit is not None and sum(known) > limit:
                message = f"{' + '.join(columns)} make {sum(known)} and there are {limit} {of}; correct the wrong one"
                yield Problem(file, row["line"], columns[0], str(known[0]), "part above the whole", message)


def regencies(tables: Tables, resources: Resources) -> Iterator[Problem]:
    """A province's regencies add up to its employed where all are there, their rates fit their counts, their shares make one."""
    there = {row["province_code"]: _places(row) for row in tables["regions"]}
    employed, file = _employed(tables), resources["regency_labour_force"]["path"]
    for (period, code), rows in groups(tables["regency_labour_force"], ("period", "province_code")).items():
        total = employed.get((period, code, NEW_MAP))
        if total is not None and len(rows) == there.get(code):
            of = f"the {len(rows)} regencies and cities of {rows[0]['province']}"
            yield from _not_the_sum(file, rows, total, of, "employed", "employed")
    for row in tables["regency_labour_force"]:
        rate, out, at_work = row["unemployment_rate"], row["unemployed"], row["employed"]
        if None not in (rate, out, at_work) and abs(rate - out / (out + at_work)) > 0.0001:
            message = f"{out} of {out + at_work} are {out / (out + at_work):.4f}; correct the wrong one"
            yield Problem(file, row["line"], "unemployment_rate", str(rate), "rate differs from its counts", message)
    file = resources["regency_structure"]["path"]
    for row in tables["regency_structure"]:
        shares = [row[column] for column in SHARES]
        if None not in shares and abs(sum(shares) - 1) > 0.0006:
            message = f"{', '.join(SHARES)} make {sum(shares):.4f} and not 1; correct the wrong one"
            yield Problem(file, row["line"], SHARES[0], str(shares[0]), "total differs from its parts", message)


PLACE = ("period", "province_code", "territory")


def workforce(tables: Tables) -> dict[tuple, Typed]:
    """The rows of `labour_force` by month, province and map."""
    return {tuple(row[column] for column in PLACE): row for row in tables["labour_force"]}


def _employed(tables: Tables) -> dict[tuple, int]:
    return {place: row["employed"] for place, row in workforce(tables).items() if row["employed"] is not None}


def _places(region: Typed) -> int:
    """How many regencies and cities a province has; its cells are text here, as they are written."""
    return sum(int(region[column]) for column in ("regencies", "cities") if region[column].isdecimal())


def _not_the_sum(
    file: str, rows: list[Typed], total: int, of: str, whole: str, column: str = "persons"
) -> Iterator[Problem]:
    """What `rows` lack of the total isn't nothing, or, where cells are empty, nothing that these can hold."""
    parts = sum(row[column] for row in rows if row[column] is not None)
    empty = sum(row[column] is None for row in rows)
    lack = total - parts
    least, most = (each * empty for each in IN_A_DASH.get(file.removesuffix(".csv"), (0, 0)))
    if least <= lack <= most:
        return
    held = f"; {empty} empty cells hold {least} to {most:,}" if empty else ""
    message = f"{of} add up to {parts} and the {whole} to {total}, {lack:+d}{held}; correct the wrong one"
    yield Problem(file, rows[0]["line"], column, "", "total differs from its parts", message)


def groups(rows: Iterable[Typed], columns: Sequence[str]) -> dict[tuple, list[Typed]]:
    """The rows by what stands in these columns, in their order."""
    return grouped((tuple(row[column] for column in columns), row) for row in rows)


RULES = (regency_codes, regency_names, young_regencies, sectors, statuses, regencies)
