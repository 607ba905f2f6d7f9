"""Files in TOML that aren't what they should be: each is named with what to do, by the reports and the scenarios alike."""

import os
import shutil
import time
from pathlib import Path

import pytest

from analysis.data import toml
from analysis.reporting.manifest import BrokenError, known, reports
from analysis.scenarios.checks import FOLDER, ScenarioError, check_scenarios
from analysis.scenarios.read import read_scenarios

COVERAGE = '[coverage]\nnotebook = "coverage.ipynb"\n'
NAMES = '[title]\nid = "Uji"\nen = "Test"\n[summary]\nid = "Uji."\nen = "Test."\n'


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_dead_link(path: Path) -> None:
    path.symlink_to("nowhere.toml")


def content(raw: bytes):
    return lambda path: path.write_bytes(raw)


WHOLE = {
    "a folder": (a_folder, "it is a folder; put an ordinary file in its place"),
    "a named pipe": (a_pipe, "it is a named pipe"),
    "a device": (a_device, "it is a device"),
    "a dead link": (a_dead_link, "it is a link to nowhere.toml, which isn't there; mend the link"),
    "UTF-16": (content(COVERAGE.encode("utf-16")), "the file is UTF-16; save it as UTF-8 text"),
    "Latin-1": (content(b"# \xf1\n" + COVERAGE.encode()), "isn't UTF-8 (perhaps Latin-1"),
    "a file of another kind": (
        content(b"#" * (toml.MOST_BYTES + 1)),
        "more than 1,048,576 bytes; is it the right one?",
    ),
}


@pytest.mark.parametrize("lie, says", WHOLE.values(), ids=WHOLE)
def test_what_lies_in_the_place_of_reports_toml_is_said(tmp_path, lie, says):
    lie(tmp_path / "reports.toml")
    with pytest.raises(BrokenError, match=r"reports\.toml can't be read") as refused:
        known(tmp_path / "reports.toml")
    assert says in str(refused.value)


@pytest.mark.parametrize("lie, says", WHOLE.values(), ids=WHOLE)
def test_what_lies_in_the_place_of_a_scenario_is_one_problem_of_that_file(tmp_path, lie, says):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "scenarios"))
    lie(folder / "odd.toml")
    (problem,) = check_scenarios(folder)
    assert problem.file == "scenarios/odd.toml" and says in problem.message
    with pytest.raises(ScenarioError, match="1 problem in 1 scenario file;"):
        read_scenarios("all", "Lampung", folder=folder)


def test_a_file_that_may_not_be_read_is_said(tmp_path, monkeypatch):
    (tmp_path / "reports.toml").write_text(COVERAGE)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")  # root may read anything

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(BrokenError, match=r"it can't be read \(Permission denied\); mend its permissions"):
        known(tmp_path / "reports.toml")


def test_a_byte_order_mark_and_windows_line_ends_are_taken_by_reports_toml(tmp_path):
    (tmp_path / "reports.toml").write_bytes(b"\xef\xbb\xbf" + COVERAGE.replace("\n", "\r\n").encode())
    assert [report.path for report in reports(tmp_path / "reports.toml")] == ["lampung/coverage"]


ODD = {
    "a NUL": ("x = '\0'", "syntax", 1),
    "lists in each other by the thousand": ("a = 1\nx = " + "[" * 5000 + "]" * 5000, "nesting", 2),
    "lists in each other a hundredfold": ("a = 1\nx = " + "[" * 100 + "]" * 100, "nesting", 2),
    "inline tables in each other": ("x = " + "{x = " * 3000 + "1" + "}" * 3000, "nesting", 1),
    "a key of a thousand parts": ("x = 1\n" + ".".join("y" * 1000) + " = 1", "nesting", 2),
    "a key of thirty parts": ("x = 1\n" + ".".join("y" * 30) + " = 1", "nesting", 2),
    "a number of 5,000 digits": ("a = 1\nx = " + "9" * 5000, "number", 2),
    "a number of 5,000 hexadecimal digits": ("a = 1\nx = 0x" + "f" * 5000, "number", 2),
    "a number of 65 bits": ("a = 1\nx = 18446744073709551616", "number", 2),
    "a conflict that git left": ("a = 1\n<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> theirs", "conflict", 2),
    "a decimal comma": ("x = 0,08", "number", 1),
    "a key twice": ("x = 1\nx = 2", "duplicate key", 2),
}


@pytest.mark.parametrize("text, rule, line", ODD.values(), ids=ODD)
def test_what_no_file_here_needs_is_refused_on_its_line(text, rule, line):
    finding = toml.understood(text.encode()).finding
    assert finding is not None and (finding.rule, finding.line) == (rule, line)
    assert len(finding.message) < 200


@pytest.mark.parametrize("text, rule, line", ODD.values(), ids=ODD)
def test_an_odd_scenario_is_one_problem_and_stops_no_check_of_the_others(tmp_path, text, rule, line):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "scenarios"))
    (folder / "odd.toml").write_text(text)
    assert {(p.file, p.rule, p.line) for p in check_scenarios(folder)} == {("scenarios/odd.toml", rule, line)}


def test_keys_by_the_hundred_thousand_take_no_minutes(tmp_path):
    # The library's time grows with the square of the parts: 400,000 of them would take it hours.
    before = time.process_time()
    assert toml.understood(".".join("a" * 400_000).encode() + b" = 1").finding.rule == "nesting"
    assert time.process_time() - before < 60


@pytest.mark.parametrize(
    "name", ["a,b", "all", " ahead", "behind ", "tab\there", os.fsdecode(b"not-\xff-utf-8"), "semi;colon"]
)
def test_a_scenario_that_nobody_could_ask_for_by_its_name_is_refused(tmp_path, name):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "scenarios"))
    shutil.copy(folder / "retention.toml", folder / f"{name}.toml")
    (problem,) = check_scenarios(folder)
    assert problem.rule == "file name" and "letters, digits, _ and -" in problem.message
    str(problem).encode("utf-8")


def test_names_with_letters_digits_and_blanks_within_are_fine(tmp_path):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "scenarios"))
    for name in ("members_stay", "peserta-2030", "my scenario 2", "v1.2"):
        shutil.copy(folder / "retention.toml", folder / f"{name}.toml")
    assert check_scenarios(folder) == []


# -- what files are based on ------------------------------------------------------------------------


def based(folder: Path, stem: str, *below: str) -> None:
    names = ", ".join(f'"{name}"' for name in below)
    (folder / f"{stem}.toml").write_text(f"based_on = [{names}]\n{NAMES}")


def test_a_ladder_of_steps_is_read_once_a_file(tmp_path):
    # Each step names the two files below it: going down from each anew takes 2^24 ways.
    folder = Path(shutil.copytree(FOLDER, tmp_path / "scenarios"))
    before = ("steady", "steady")
    for step in range(24):
        based(folder, f"l{step:02}", *before)
        based(folder, f"r{step:02}", *before)
        before = (f"l{step:02}", f"r{step:02}")
    began = time.process_time()
    assert check_scenarios(folder) == []
    assert len(read_scenarios("l23, r23", "Lampung", folder=folder)) == 2 * len(
        read_scenarios("steady", "Lampung", folder=folder)
    )
    assert time.process_time() - began < 60


def test_a_long_chain_is_refused_once_where_it_becomes_too_long(tmp_path):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "scenarios"))
    for step in range(1500):
        based(folder, f"c{step:04}", "steady" if step == 0 else f"c{step - 1:04}")
    (problem,) = check_scenarios(folder)
    assert (problem.file, problem.rule) == ("scenarios/c0063.toml", "too many layers")


def test_a_chain_of_a_thousand_that_loops_is_named(tmp_path):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "scenarios"))
    for step in range(1200):
        based(folder, f"c{step:04}", f"c{(step + 1) % 1200:04}")
    (problem,) = check_scenarios(folder)
    assert problem.rule == "loop" and len(problem.message) < 400


def test_a_misspelt_lever_is_suggested_on_its_line(tmp_path):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "scenarios"))
    text = (folder / "retention.toml").read_text("utf-8")
    text = text.replace("[retention]\nstart = 2026\nramp = 3\n", "").replace("[retention.", "[retentoin.")
    (folder / "wrong.toml").write_text(text, "utf-8")
    (problem,) = check_scenarios(folder)
    line = text.split("\n")[problem.line - 1]
    assert "did you mean retention?" in problem.message and line == "[retentoin.kept.PU]"
