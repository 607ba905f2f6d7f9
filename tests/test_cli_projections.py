"""`cakupan record`: what it puts on record, that nothing on record is written over, and how wrong records are refused."""

import csv
import re
from pathlib import Path

import pytest

from analysis.data import DataError
from analysis.data.projections import COLUMNS, inputs, projection_problems, recorded
from analysis.hindsight import LEVELS

QUICK = ("--period", "2023-12", "--until", "2025", "--draws", "30", "--seed", "1")


@pytest.fixture
def small(elsewhere: Path) -> Path:
    """A copy of the project with the participants of Indonesia and Lampung only, and nothing on record."""
    file = elsewhere / "data" / "participants.csv"
    header, *lines = file.read_text("utf-8").splitlines()
    kept = [line for line in lines if line.split(",")[1] in ("00", "18")]
    file.write_text("\n".join([header, *kept]) + "\n", "utf-8", newline="\n")
    for record in (elsewhere / "data" / "projections").glob("*.csv"):
        record.unlink()
    return elsewhere


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_record_is_a_promise(small, cakupan):
    done = cakupan("record", *QUICK, project=small)
    assert done.returncode == 0, done.stderr
    file = small / "data" / "projections" / "2023-12.csv"
    shown = file.relative_to(small.parents[1])  # as one would type it from there
    assert done.stdout == f"{shown}: 4 rows put on record, 2 places until 2025\n"
    content = file.read_bytes()
    rows = rows_of(file)
    assert list(rows[0]) == COLUMNS
    assert [(row["province"], row["year"]) for row in rows] == [
        ("Indonesia", "2024"), ("Indonesia", "2025"), ("Lampung", "2024"), ("Lampung", "2025"),
    ]  # fmt: skip
    assert {
        (row["as_of"], row["base"], row["basis"], row["scenario"], row["draws"], row["seed"]) for row in rows
    } == {("2023-12", "employed", "domicile", "steady", "30", "1")}
    assert all(
        re.fullmatch(r"0\.\d{6}", row[f"p{round(level * 100):02d}"]) for row in rows for level in LEVELS
    )
    assert {row["inputs"] for row in rows} == {inputs(["steady"], small / "data")}

    again = cakupan("record", *QUICK, project=small)
    assert (again.returncode, file.read_bytes()) == (0, content)
    assert again.stdout == f"{shown}: these 4 rows are on record already\n"

    other = cakupan("record", *QUICK[:-1], "2", project=small)
    assert (other.returncode, file.read_bytes()) == (1, content)
    assert (
        "holds other paths, and a record is a promise: nothing was written. Indonesia 2024: p05 is 0."
        in other.stderr
    )
    assert "To take the record back on purpose, remove the file, note why in CHANGELOG.md" in other.stderr
    assert sorted(path.name for path in file.parent.iterdir()) == ["2023-12.csv"]


def test_what_isnt_there_is_said_and_nothing_is_written(small, cakupan):
    wrong = cakupan("record", "--period", "2024-06", "--until", "2030", project=small)
    assert wrong.returncode == 2
    assert (
        "no participants by domicile for period '2024-06'. There is: 2022-12, 2023-12, 2024-12"
        in wrong.stderr
    )
    early = cakupan("record", "--period", "2022-12", "--until", "2030", project=small)
    assert early.returncode == 2
    assert "no participants by domicile for 2021-12" in early.stderr
    assert not (small / "data" / "projections").is_dir() or not list(
        (small / "data" / "projections").iterdir()
    )


def test_wrong_data_stop_it(small, cakupan):
    file = small / "data" / "participants.csv"
    file.write_text(file.read_text("utf-8").replace(",564393,", ",564.393,"), "utf-8")
    stopped = cakupan("record", *QUICK, project=small)
    assert stopped.returncode == 1
    assert "participants.csv" in stopped.stderr
    assert "nothing was recorded; all records are as they were" in stopped.stderr


# ---- reading what is on record ----

QUANTILES = ",".join(f"0.{n:06d}" for n in range(200_000, 219_000, 1000))
LINE = f"2024-12,18,Lampung,34,employed,domicile,steady,2025,{QUANTILES},1000,2024,2026.11,0123456789abcdef"


@pytest.fixture
def register(folder: Path):
    """Writes a file of recorded projections beside a copy of the real tables, and gives the problems found in it."""

    def write(*lines: str, header: str = ",".join(COLUMNS), name: str = "2024-12.csv") -> list[str]:
        (folder / "projections").mkdir(exist_ok=True)
        (folder / "projections" / name).write_text("\n".join([header, *lines]) + "\n", "utf-8")
        return [str(problem) for problem in projection_problems(folder)]

    return write


def test_a_good_record_is_read(register, folder):
    assert register(LINE) == []
    rows = recorded(folder)
    assert rows[["province_code", "year", "p05", "p95", "draws"]].values.tolist() == [
        ["18", 2025, 0.2, 0.218, 1000]
    ]


def test_nothing_on_record_is_no_error(folder):
    assert recorded(folder).empty
    assert list(recorded(folder).columns) == COLUMNS


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("0.218000", "21.8", "projections/2024-12.csv:2, column p95: '21.8' [share above 1]"),
        ("0.218000", '"0,218"', "column p95: '0,218' [number format]"),
        ("0.218000", "0.1", "column p95: '0.1' [order of quantiles] p90 is 0.217000"),
        ("0.218000", "", "column p95: [empty cell]"),
        ("0.218000,", "", "2024-12.csv:2: '2024-12,18,Lampung"),
        ("18,Lampung", "18,Lampong", "column province: 'Lampong' [code and name] code 18 is Lampung"),
        ("18,Lampung", "20,Lampung", "code 20 is no such code"),
        ("2024-12", "2023-12", "column as_of: '2023-12' [file name]"),
        ("steady,2025", "steady,2024", "column year: '2024' [date]"),
        ("steady,2025", "steady,2025.5", "column year: '2025.5' [number format]"),
    ],
)  # fmt: skip
def test_a_wrong_record_is_refused_with_file_line_and_column(register, folder, good, bad, said):
    problems = register(LINE.replace(good, bad, 1))
    assert len(problems) == 1
    assert said in problems[0]
    with pytest.raises(DataError, match=re.escape(said)):
        recorded(folder)


def test_a_path_stands_once_and_columns_are_strict(register):
    assert "line 2 records the same path and year" in register(LINE, LINE)[0]
    renamed = register(LINE, header=",".join(COLUMNS).replace("p50", "median"))
    assert any("missing column" in problem for problem in renamed)
    assert all(problem.startswith("projections/2024-12.csv:1") for problem in renamed)
