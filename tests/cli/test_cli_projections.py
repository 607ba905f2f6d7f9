"""`cakupan record`: what it puts on record, that nothing on record is written over, and how wrong records are refused."""

import csv
import os
import re
from pathlib import Path

import pytest
from click import ClickException
from click.testing import CliRunner

from analysis.backtest import LEVELS
from analysis.cli import _put, _writing, main
from analysis.data import DataError
from analysis.data.projections import COLUMNS, PARAMETERS, inputs, projection_problems, recorded

QUICK = ("--period", "2023-12", "--until", "2025", "--draws", "100", "--seed", "1")


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
    file = small / "data" / "projections" / "2023-12-net.csv"
    shown = file.relative_to(small.parents[1])  # as one would type it from there
    assert done.stdout == f"{shown}: 4 rows put on record, 2 places until 2025\n"
    content = file.read_bytes()
    rows = rows_of(file)
    assert list(rows[0]) == [*COLUMNS, *PARAMETERS]
    assert [(row["province"], row["year"]) for row in rows] == [
        ("Indonesia", "2024"),
        ("Indonesia", "2025"),
        ("Lampung", "2024"),
        ("Lampung", "2025"),
    ]
    assert {(row["as_of"], row["base"], row["split"], row["scenario"], row["draws"], row["seed"]) for row in rows} == {
        ("2023-12", "employed", "domicile", "steady", "100", "1")
    }
    assert all(re.fullmatch(r"0\.\d{6}", row[f"p{round(level * 100):02d}"]) for row in rows for level in LEVELS)
    assert {row["inputs"] for row in rows} == {inputs(["steady"], small / "data")}

    again = cakupan("record", *QUICK, project=small)
    assert (again.returncode, file.read_bytes()) == (0, content)
    assert again.stdout == f"{shown}: these 4 rows are on record already\n"

    other = cakupan("record", *QUICK[:-1], "2", project=small)
    assert (other.returncode, file.read_bytes()) == (1, content)
    assert (
        "holds other paths, and a record is a promise: nothing was written. Indonesia 2024: p05 is 0." in other.stderr
    )
    assert "To take the record back on purpose, remove the file, note why in CHANGELOG.md" in other.stderr
    assert sorted(path.name for path in file.parent.iterdir()) == ["2023-12-net.csv"]


def test_what_isnt_there_is_said_and_nothing_is_written(small, cakupan):
    wrong = cakupan("record", "--period", "2024-06", "--until", "2030", project=small)
    assert wrong.returncode == 2
    assert "no participants by domicile for period '2024-06'. There is: 2022-12, 2023-12, 2024-12" in wrong.stderr
    early = cakupan("record", "--period", "2022-12", "--until", "2030", project=small)
    assert early.returncode == 2
    assert "no participants by domicile for 2021-12" in early.stderr
    assert not (small / "data" / "projections").is_dir() or not list((small / "data" / "projections").iterdir())


@pytest.mark.parametrize(
    "obstacle", [Path.touch, lambda path: path.symlink_to("nowhere")], ids=["a file", "a dead link"]
)
def test_a_register_that_is_no_folder_is_said_before_anything_is_computed(small, cakupan, obstacle):
    register = small / "data" / "projections"
    for file in register.glob("*"):
        file.unlink()
    register.rmdir()
    obstacle(register)
    stopped = cakupan("record", *QUICK, project=small)
    assert stopped.returncode == 1 and "carrying" not in stopped.stderr and "Traceback" not in stopped.stderr
    assert (
        "projections:1: [not a folder] it isn't a folder; put the folder in its place, or remove it" in stopped.stderr
    )


def test_a_register_that_cannot_be_written_is_said_before_anything_is_computed(monkeypatch):
    # As on a read-only disk; root, who runs some tests, may write to anything else.
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and access(path, mode))
    stopped = CliRunner().invoke(main, ["record", *QUICK])
    assert stopped.exit_code == 1 and "carrying" not in stopped.stderr
    assert "data/projections can't be written, and nothing was; make it writable" in stopped.stderr.replace("\n", "")


@pytest.mark.parametrize("step", ["open", "replace"])
def test_a_record_that_cannot_be_written_leaves_nothing_half_done(tmp_path, monkeypatch, step):
    there = tmp_path / "projections" / "2023-12.csv"
    there.parent.mkdir()
    there.with_suffix(".part").write_text("of a run that was killed", "utf-8")

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    with (
        monkeypatch.context() as patch,
        pytest.raises(ClickException, match=r"can't be written \(No space left on device\), and nothing was"),
    ):
        patch.setattr(Path, step, full)
        with _writing(there):
            _put(there, "text")
    assert list(there.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("period", "says"),
    [
        ("../x", "period is '../x'; write year and month, as in 2024-12"),
        ("²023-12", "period is '²023-12'; write year and month, as in 2024-12"),
        ("٢٠٢٣-12", "no participants by domicile for period '٢٠٢٣-12'"),
        ("2023", "no participants by domicile for period '2023'"),
    ],
)
def test_a_period_that_is_none_is_asked_back(period, says):
    asked = CliRunner().invoke(main, ["record", "--period", period, "--until", "2030"])
    assert asked.exit_code == 2 and says in asked.stderr


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
    assert rows[["province_code", "year", "p05", "p95", "draws"]].values.tolist() == [["18", 2025, 0.2, 0.218, 1000]]


def test_nothing_on_record_is_no_error(folder):
    assert recorded(folder).empty
    assert list(recorded(folder).columns) == [*COLUMNS, "method"]


def test_a_record_keeps_the_method_it_is_of(register, folder):
    assert register(LINE) == []
    told = f"{LINE},0.15,0.3,0.666667,0.11,0.38,0.1"
    assert register(told, header=",".join([*COLUMNS, *PARAMETERS]), name="2024-12-net.csv") == []
    assert recorded(folder)["method"].tolist() == ["net change", "solved"]
    missing = register(LINE, name="2024-12-net.csv")
    assert any("missing column" in problem for problem in missing)


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
)
def test_a_wrong_record_is_refused_with_file_line_and_column(register, folder, good, bad, said):
    problems = register(LINE.replace(good, bad, 1))
    assert len(problems) == 1
    assert said in problems[0]
    with pytest.raises(DataError, match=re.escape(said)):
        recorded(folder)


OBSTACLES = {
    "a folder": (Path.mkdir, "not a file", "it is a folder"),
    "a named pipe": (os.mkfifo, "not a file", "it is a named pipe"),
    "a dead link": (lambda file: file.symlink_to("nowhere"), "missing file", "which isn't there; mend the link"),
    "half a file": (
        lambda file: file.write_text(",".join(COLUMNS) + f"\n{LINE[:60]}\n", "utf-8"),
        "ragged row",
        "cells where the header has",
    ),
    "UTF-16": (lambda file: file.write_text(",".join(COLUMNS), "utf-16"), "encoding", "save it as CSV UTF-8"),
    "nothing": (Path.touch, "empty file", "the file holds nothing"),
}


@pytest.mark.parametrize("what", OBSTACLES)
def test_a_damaged_record_is_named_and_nothing_is_read_from_it(folder, what):
    make, rule, said = OBSTACLES[what]
    (folder / "projections").mkdir()
    make(folder / "projections" / "2024-12.csv")
    [problem] = projection_problems(folder)
    assert (problem.file, problem.rule) == ("projections/2024-12.csv", rule) and said in problem.message
    with pytest.raises(DataError, match=r"projections/2024-12\.csv"):
        recorded(folder)


def test_a_record_is_named_after_a_december(register):
    [problem] = register(LINE.replace("2024-12", "notes"), name="notes.csv")
    assert "projections/notes.csv:2, column as_of: 'notes' [date] paths start from a December" in problem


def test_a_record_whose_name_isnt_utf_8_is_named_as_far_as_it_can_be(register):
    [problem] = register(LINE, name=os.fsdecode(b"\xff.csv"))
    assert problem.startswith(r"projections/\udcff.csv:2, column as_of: '2024-12' [file name]") and problem.encode()


def test_a_path_stands_once_and_columns_are_strict(register):
    assert "line 2 records the same path and year" in register(LINE, LINE)[0]
    renamed = register(LINE, header=",".join(COLUMNS).replace("p50", "median"))
    assert any("missing column" in problem for problem in renamed)
    assert all(problem.startswith("projections/2024-12.csv:1") for problem in renamed)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--draws", "1"), "draws is 1; a range needs 100 at least"),
        (("--seed", "-1"), "seed is -1"),
        (("--until", "2023"), "until is 2023"),
    ],
)
def test_what_makes_no_range_is_not_put_on_record(small, cakupan, words, says):
    done = cakupan("record", "--period", "2023-12", *words, project=small)
    assert done.returncode == 2 and says in done.stderr
    assert not (small / "data" / "projections" / "2023-12-net.csv").exists()
