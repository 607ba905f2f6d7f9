"""The checks between tables of workers: what sectors, statuses and regencies add up to, and where a regency lies."""

from pathlib import Path

import pandas as pd
import pytest
from test_data import CLAIMS, WORKERS, append, line_of, put, refuses

from analysis.coverage import employed
from analysis.data import read
from analysis.data.check import check

SECTORS, STATUS, BY_STATUS = "employment_by_sector.csv", "status_by_sector.csv", "employment_by_status.csv"
PLACES, PLACES_AT_WORK, STRUCTURE = "regencies.csv", "regency_labour_force.csv", "regency_structure.csv"
ROUNDS = "labour_force_rounds.csv"
DIFFERS = "total differs from its parts"


def test_sectors_add_up_to_the_employed_where_none_is_a_dash() -> None:
    workers = read("labour_force").query("period == '2025-08' and territory == '38'").set_index("province_code")
    sectors = read("employment_by_sector").set_index("province_code")["persons"]
    empty = sectors.isna().groupby(level=0).sum()
    lack = workers.loc[empty.index, "employed"] - sectors.groupby(level=0).sum()
    assert (len(empty), (empty == 0).sum(), empty.sum()) == (38, 28, 26)
    assert (lack[empty == 0] == 0).all()
    assert (lack >= empty).all() and lack.max() == 5633  # Papua Pegunungan, ten dashes
    assert int(lack["53"]) == 2112 and empty["53"] == 1  # the most that one dash stands for


@pytest.mark.parametrize("more", [1, -1, 10**6])
def test_a_sector_that_is_off_by_one_is_named_with_its_province(folder: Path, more: int) -> None:
    rows = read("employment_by_sector", folder).query("province == 'Lampung' and sector == 'A'")
    line = put(folder, SECTORS, "2025-08,18,Lampung,38,A,", "persons", str(rows["persons"].iloc[0] + more))
    message = f"{-more:+d}; correct the wrong one"
    refuses(folder, SECTORS, line, "persons", "", DIFFERS, message)


def test_dashes_hold_somebody_and_not_everybody(folder: Path) -> None:
    """Papua Selatan has six dashes, which hold 4,508: six at least and 15,000 at most."""
    rows = read("employment_by_sector", folder).query("province_code == '93'")
    shown = rows.loc[rows["sector"] == "A", "persons"].iloc[0]
    put(folder, SECTORS, "2025-08,93,Papua Selatan,38,A,", "persons", str(shown + 4508 - 6))
    assert check(folder) == []
    first = put(folder, SECTORS, "2025-08,93,Papua Selatan,38,A,", "persons", str(shown + 4508 - 5))
    refuses(folder, SECTORS, first, "persons", "", DIFFERS, "+5; 6 empty cells hold 6 to 15,000")
    put(folder, SECTORS, "2025-08,93,Papua Selatan,38,A,", "persons", str(shown + 4508 - 15_000))
    assert check(folder) == []
    put(folder, SECTORS, "2025-08,93,Papua Selatan,38,A,", "persons", str(shown + 4508 - 15_001))
    refuses(folder, SECTORS, first, "persons", "", DIFFERS, "+15001; 6 empty cells")


def test_a_status_and_a_sector_that_lost_a_zero_are_named(folder: Path) -> None:
    """The slip of the source itself: 548,290 became 54,829. It shows in its row, and in its column."""
    rows = read("status_by_sector", folder)
    row = rows[(rows["note"].str.startswith("final zeros")) & (rows["status"] == "employees")].iloc[0]
    start = f"2024-08,35,Jawa Timur,38,employees,{row['sector']},"
    put(folder, STATUS, start, "persons", row["value_printed"])
    problems = check(folder)
    assert {problem.rule for problem in problems} == {DIFFERS}
    assert {problem.message.partition(":")[0] for problem in problems} == {"employees", row["sector"]}


def test_all_statuses_together_are_the_employed(folder: Path) -> None:
    put(folder, WORKERS, "2024-08,35,Jawa Timur,38,", "employed", "23361111")
    total = line_of(folder, STATUS, "2024-08,35,Jawa Timur,38,total,total,")
    refuses(folder, STATUS, total, "persons", "23361110", DIFFERS, "labour_force has 23361111 employed")


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("written_contract", "9999999", "written_contract make 9999999"),
        ("underemployed", "9999999", "underemployed make 9999999"),
    ],
)
def test_a_part_stays_within_the_whole(folder: Path, column: str, value: str, message: str) -> None:
    line = put(folder, BY_STATUS, "2025-08,18,", column, value)
    refuses(folder, BY_STATUS, line, column, value, "part above the whole", message)


def test_regencies_add_up_to_their_province(folder: Path) -> None:
    line = put(folder, PLACES_AT_WORK, "2025-08,3501,", "employed", "386905")
    message = "the 38 regencies and cities of Jawa Timur add up to 23801035 and the employed to 23801034, -1"
    refuses(folder, PLACES_AT_WORK, line, "employed", "", DIFFERS, message)


def test_regencies_of_every_august_add_up_to_their_province() -> None:
    workers = read("labour_force").query("province == 'Jawa Timur'").set_index("period")["employed"]
    here = read("regency_labour_force").groupby("period")["employed"].sum()
    assert here.to_dict() == workers[here.index].to_dict() and len(here) == 3


def test_a_rate_fits_the_counts_beside_it(folder: Path) -> None:
    line = put(folder, PLACES_AT_WORK, "2025-08,3501,", "unemployment_rate", "0.041")
    message = "5490 of 392394 are 0.0140"
    refuses(folder, PLACES_AT_WORK, line, "unemployment_rate", "0.041", "rate differs from its counts", message)


def test_the_shares_of_a_regency_make_one(folder: Path) -> None:
    line = put(folder, STRUCTURE, "2024,1801,", "agriculture_share", "0.9")
    refuses(folder, STRUCTURE, line, "agriculture_share", "0.9", DIFFERS, "and not 1")


def test_bps_code_of_a_regency_disagrees_with_its_name(folder: Path) -> None:
    """What the file from which it comes has: BPS's 1801 is Lampung Barat, Kemendagri's is Lampung Selatan."""
    first = put(folder, STRUCTURE, "2024,1801,", "regency_code", "1804")
    second = put(folder, STRUCTURE, "2024,1804,Kabupaten Lampung Barat,", "regency_code", "1801")
    problems = check(folder)
    rule = "code and name disagree"
    assert [(problem.line, problem.rule) for problem in problems] == [(first, rule), (second, rule)]
    message = "1801 is Kabupaten Lampung Selatan and Kabupaten Lampung Barat is 1804"
    assert message in problems[1].message


def test_a_regency_under_another_province_is_named(folder: Path) -> None:
    rows = read("targets", folder)
    target = rows[rows["level"] == "regency"].iloc[0]
    put(folder, "targets.csv", f"{target['target_id']},", "province", "Papua")
    line = put(folder, "targets.csv", f"{target['target_id']},", "province_code", "91")
    message = f"{target['place']} lies in {target['province']} ({target['province_code']})"
    refuses(folder, "targets.csv", line, "province_code", "91", "regency under another province", message)


def test_a_misspelt_regency_is_not_in_the_list(folder: Path) -> None:
    line = put(folder, PLACES_AT_WORK, "2025-08,3501,", "place", "Kabupaten Paicitan")
    message = "there is no such regency or city in regencies.csv"
    refuses(folder, PLACES_AT_WORK, line, "place", "Kabupaten Paicitan", "unknown regency", message)


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [("level", "city", "level and name disagree"), ("regency_code", "1899", "code and name disagree")],
)
def test_a_regency_is_described_as_its_name_says(folder: Path, column: str, value: str, rule: str) -> None:
    put(folder, PLACES, "1804,", column, value)
    assert rule in {problem.rule for problem in check(folder)}


def test_a_code_begins_with_that_of_the_province(folder: Path) -> None:
    line = put(folder, PLACES, "1804,", "regency_code", "1704")
    problems = {(problem.file, problem.line, problem.rule) for problem in check(folder)}
    assert (PLACES, line, "regency under another province") in problems


def test_a_young_regency_needs_a_caution_so_that_nothing_ranks_it(folder: Path) -> None:
    cells = ["LPG-2024-09-PESBAR#1", "LPG-2024-09-PESBAR", "Kabupaten Pesisir Barat", "regency", "18", "Lampung"]
    cells += ["2024-09", "", "coverage_rate", "total", "", "", "", '"1,9"', "", "percent", "1.9", "", ""]
    line = append(folder, CLAIMS, ",".join([*cells, read("sources", folder)["source_id"].iloc[0], ""]))
    message = "people of Kabupaten Pesisir Barat hold those of the parent regency"
    refuses(folder, CLAIMS, line, "caution", "", "young regency", message)
    put(folder, CLAIMS, "LPG-2024-09-PESBAR#1,", "caution", "young")
    put(folder, CLAIMS, "LPG-2024-09-PESBAR#1,", "caution_id", "muda")
    assert check(folder) == []


def test_no_printed_rate_of_a_young_regency_is_without_a_caution() -> None:
    places = read("regencies")
    young = places.loc[places["identity_numbers"] != "", "place"]
    claims = read("reported_claims")
    rates = claims[claims["place"].isin(young) & (claims["measure"] == "coverage_rate")]
    assert len(young) == len(rates) == 3 and (rates["caution"] != "").all()


# Rounds of the survey


@pytest.mark.parametrize("period", ["2025-02", "2025-11"])
def test_another_round_is_no_august_by_schema(folder: Path, period: str) -> None:
    line = put(folder, WORKERS, "2025-08,18,Lampung,38,", "period", period)
    [problem] = [problem for problem in check(folder) if problem.file == WORKERS]
    assert (problem.line, problem.column, problem.rule) == (line, "period", "survey round")
    assert "labour_force_rounds" in problem.message


def test_august_is_no_other_round(folder: Path) -> None:
    line = put(folder, ROUNDS, "2025-11,18,Lampung,38,", "period", "2025-08")
    refuses(folder, ROUNDS, line, "period", "2025-08", "survey round", "August stands in labour_force")


@pytest.mark.parametrize("period", ["2025-02", "2025-11", ["2024-08", "2025-11"]])
def test_no_rate_is_taken_of_another_round(period: str | list[str]) -> None:
    rows = pd.concat([read("labour_force"), read("labour_force_rounds")])
    with pytest.raises(ValueError, match=r"coverage is taken of the workers of August; 2025-\d\d is a smaller round"):
        employed(rows, period)
