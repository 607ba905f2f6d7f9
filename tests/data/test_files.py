"""What is no file, no text or no number is refused in a sentence, and costs neither time nor memory."""

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.cli import _annotation
from analysis.data.check import by_schema
from analysis.data.files import (
    MOST_BYTES,
    MOST_IN_CELL,
    Problem,
    Row,
    cell_problems,
    contents,
    json_of,
    rows_of,
    text_of,
    unclean,
)

# What is no file


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as there:
        there.bind(str(path))


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def too_much(path: Path) -> None:
    with path.open("wb") as out:
        out.truncate(2**40)  # a terabyte that takes no room on the disk


OBSTACLES: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a named pipe that nobody writes to": (os.mkfifo, "not a file", "it is a named pipe; put an ordinary file"),
    "a device without end": (lambda p: p.symlink_to("/dev/zero"), "not a file", "it is a device; put"),
    "a socket": (a_socket, "not a file", "it is a socket; put"),
    "a folder": (Path.mkdir, "not a file", "it is a folder; put"),
    "a dead link": (lambda p: p.symlink_to("nowhere"), "missing file", "it is a link to nowhere, which isn't there"),
    "a link to itself": (a_link_to_itself, "unreadable file", "it can't be read (Too many levels of symbolic links)"),
    "nothing": (lambda p: None, "missing file", "it isn't there"),
    "a terabyte": (too_much, "file too large", f"it has more than {MOST_BYTES:,} bytes; is it the right one?"),
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_what_is_no_file_of_sensible_size_is_named_and_never_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, obstacle: str
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    make, rule, message = OBSTACLES[obstacle]
    path = Path("table.csv")
    make(path)
    [problem] = text_of(path, "datapackage.json names this file and ")[1]
    assert problem[:5] == ("table.csv", 1, "", "", rule)
    assert f"datapackage.json names this file and {message}" in problem.message


def test_a_file_that_may_not_be_read_is_named_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a\n1\n", "utf-8")

    def refused(*arguments: object, **options: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refused)  # root may read everything
    message = "it can't be read (Permission denied); mend its permissions or its name"
    assert contents(path) == (b"", ("unreadable file", message))


def test_a_name_that_no_file_can_have_is_a_problem_and_no_error() -> None:
    assert contents(Path("a\0b.csv"))[1] is not None
    assert contents(Path("x" * 5000))[1] is not None


def test_a_pipe_that_becomes_one_at_the_last_moment_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, ordinary = tmp_path / "table.csv", tmp_path / "other.csv"
    os.mkfifo(path)
    ordinary.write_bytes(b"a\n")
    seen = ordinary.stat()
    monkeypatch.setattr(Path, "stat", lambda self, **options: seen)
    assert contents(path)[0] == b""


# What is no table

HEAD = "place,persons\n"
TEXTS = {
    "Excel's mark of the separator": ("sep=;\nplace;persons\nA;1\n", (1, "", "sep=;", "separator"), "remove the line"),
    "a cell of more than can be shown": (
        f"{HEAD}A,1\n{'x' * (MOST_IN_CELL + 1)},1\n",
        (3, "place", "x" * 200 + "… (10,001 characters)", "cell too long"),
        "a cell holds at most 10,000 characters",
    ),
    "a cell of a megabyte": (
        f"{HEAD}A,1\n{'x' * 2**20},1\n",
        (3, "place", "x" * 200 + "… (1,048,576 characters)", "cell too long"),
        "is a quote missing, or another file in it?",
    ),
    "a quote that swallows the rest of the file": (
        f'{HEAD}"A,1\n' + "B,1\n" * 50_000,
        (2, "", '"A,1', "unclosed quote"),
        "isn't closed",
    ),
    "a column without a name": (
        "place,persons,\nA,1,\n",
        (1, "", "place,persons,", "column without a name"),
        "column 3 has no name",
    ),
    "a header of a megabyte": (
        "x" * 100_000 + ",place,persons\n",
        (1, "x" * 200 + "… (100,000 characters)", "x" * 200 + "… (100,000 characters)", "extra column"),
        "datapackage.json doesn't know this column",
    ),
    "a million cells": (
        f"{HEAD}{',' * 1_000_000}1\n",
        (2, "", "," * 60, "ragged row"),
        "1000001 cells where the header has 2",
    ),
    "a row of fewer cells": (f"{HEAD}A\n", (2, "", "A", "ragged row"), "1 cells where the header has 2"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_text_that_is_no_table_is_named_by_line_and_told_in_short(case: str) -> None:
    text, found, message = TEXTS[case]
    [problem] = rows_of("t.csv", text, ["place", "persons"])[1]
    assert problem[:5] == ("t.csv", *found)
    assert message in problem.message


def test_a_cell_at_the_limit_is_read() -> None:
    rows, problems = rows_of("t.csv", f"{HEAD}{'x' * MOST_IN_CELL},1\n", ["place", "persons"])
    assert (len(rows), problems) == (1, [])


# What is said of it

HUGE = Problem("t\udcff.csv", 2, "c" * 10**6, "v" * 10**6, "rule", "write " + "m" * 10**6)


@pytest.mark.parametrize(
    "written",
    [str(HUGE), json.dumps(HUGE._asdict(), ensure_ascii=False), _annotation("data/t.csv", HUGE)],
    ids=["text", "JSON", "GitHub"],
)
def test_a_problem_is_short_and_printable_wherever_it_is_shown(written: str) -> None:
    assert len(written) < 4000
    assert written.encode("utf-8")
    assert "(1,000,000 characters)" in written


# The package

JSONS = {
    "nesting of thousands": (b"[" * 100_000 + b"]" * 100_000, 1, "package", "brackets are nested too deep"),
    "a number of 5,000 digits": (b'{"a": ' + b"9" * 5000 + b"}", 1, "package", "a number has thousands of digits"),
    "UTF-16": ("{}".encode("utf-16"), 1, "encoding", "the file isn't UTF-8; save it as UTF-8"),
    "Latin-1": ('{"a": "é"}'.encode("latin-1"), 1, "encoding", "the file isn't UTF-8"),
    "a NUL": (b'{\n"a": "\0"}', 2, "package", "the file isn't JSON"),
    "half a file": (b'{"a":\n', 2, "package", "the file isn't JSON"),
    "nothing": (b"", 1, "package", "the file isn't JSON"),
}


@pytest.mark.parametrize("case", JSONS)
def test_a_package_that_is_no_json_is_a_problem_and_no_error(tmp_path: Path, case: str) -> None:
    raw, line, rule, message = JSONS[case]
    (tmp_path / "datapackage.json").write_bytes(raw)
    value, [problem] = json_of(tmp_path / "datapackage.json")
    assert value is None
    assert problem[:5] == ("datapackage.json", line, "", "", rule)
    assert message in problem.message


def test_a_package_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_bytes(b"\xef\xbb\xbf{}")
    assert json_of(tmp_path / "datapackage.json") == ({}, [])


# Numbers: every way to write one is taken or refused on purpose

NUMBERS = [
    # as written, taken as a whole number, taken as a number
    ("0", True, True),
    ("731991", True, True),
    ("-12", True, True),
    ("0.5", False, True),
    ("-0.5", False, True),
    ("0.50", False, True),
    ("1.0", False, True),
    ("0." + "3" * 5000, False, True),  # more digits than anybody needs, and still a number
    ("007", False, False),  # a code, or a digit that was lost
    ("00.5", False, False),
    ("-0", False, False),
    ("-0.0", False, False),
    ("+5", False, False),
    (" 5", False, False),
    ("5 ", False, False),
    ("5\u00a0", False, False),
    ("1_000", False, False),  # Python's int takes it
    ("1e5", False, False),  # and its float this
    ("1E+05", False, False),
    ("0x10", False, False),
    ("nan", False, False),
    ("NaN", False, False),
    ("inf", False, False),
    ("-Infinity", False, False),
    ("\uff11\uff12", False, False),  # full-width digits, which Python's int takes
    ("\u0661\u0662", False, False),  # Arabic digits, likewise
    ("\u00b2", False, False),  # superscript two
    ("\u00bd", False, False),
    ("\u22125", False, False),  # the minus sign of typographers
    (".5", False, False),
    ("5.", False, False),
    ("1.2.3", False, False),
    ("1,5", False, False),
    ("1/2", False, False),
    ("Rp5", False, False),
    ("5%", False, False),
    ("#N/A", False, False),
    ("TRUE", False, False),
    ("9" * 5000, False, False),
    ("-" + "9" * 5000, False, False),
]


@pytest.mark.parametrize("kind", ["integer", "number"])
@pytest.mark.parametrize(("written", "whole", "any_number"), NUMBERS, ids=lambda value: ascii(value)[:20])
def test_a_number_is_written_in_one_way(written: str, whole: bool, any_number: bool, kind: str) -> None:
    field = {"name": "n", "type": kind, "unit": "index"}
    problems = cell_problems("t.csv", [Row(2, {"n": written})], [field])
    assert (problems == []) is (whole if kind == "integer" else any_number)
    assert all(p.line == 2 and p.column == "n" and p.message for p in problems)


# Text

TEXTS_REFUSED = [
    ("Papua\u200bBarat", "zero width space; write 'PapuaBarat'"),
    ("Papua\u00adBarat", "soft hyphen; write 'PapuaBarat'"),
    ("\ufeffPapua", "zero width no-break space; write 'Papua'"),
    ("Papua\u202eBarat", "right-to-left override; write 'PapuaBarat'"),
    ("Papua\x1b[31m", "control character; write 'Papua[31m'"),
    ("Papua\x85Barat", "control character; write 'Papua Barat'"),
    ("Papua\u3000Barat", "ideographic space; write 'Papua Barat'"),
    ("Papua\u2028Barat", "line separator; write 'Papua Barat'"),
    ("Papu\u0061\u0301", "letters and their accents are stored apart; write 'Papuá'"),  # NFD
    ("Pap\ufffda", "the mark of a letter that was lost; write the letter"),
]


@pytest.mark.parametrize(("written", "message"), TEXTS_REFUSED, ids=lambda value: ascii(value)[:20])
def test_what_nobody_sees_in_a_text_is_named(written: str, message: str) -> None:
    found = unclean(written)
    assert found is not None and found[0] == "unclean text" and message in found[1]


@pytest.mark.parametrize("written", ["Papuá", "“1,7 juta”", "Rp3,9 – Rp4", "", "日本"])
def test_what_can_be_seen_in_a_text_is_taken(written: str) -> None:
    assert unclean(written) is None


# Dates

DATES = [
    ("2023", True),
    ("2023-12", True),
    ("2023-12-31", True),
    ("2024-02-29", True),
    ("2023-H1", True),
    ("2021-2024", True),
    ("2023-13", False),
    ("2023-00", False),
    ("2023-02-29", False),
    ("2023-04-31", False),
    ("2023-H3", False),
    ("2024-2021", False),
    ("2024-2024", False),
    ("1999", False),
    ("2203-12", False),
    ("23-12", False),
    ("12-2023", False),
    ("2023-1", False),
    ("2023/12", False),
    ("٢٠٢٣", False),
    ("2023-12-31T00:00", False),
]


@pytest.mark.parametrize(("written", "taken"), DATES)
def test_a_date_is_one_that_there_is(written: str, taken: bool) -> None:
    pattern = "^20[0-4][0-9](-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?|-H[12]|-20[0-4][0-9])?$"
    field = {"name": "period", "type": "string", "unit": "–", "constraints": {"pattern": pattern}}
    resource = {"path": "t.csv", "schema": {"fields": [field], "primaryKey": ["period"]}}
    problems = by_schema(resource, [Row(2, {"period": written})])
    assert (problems == []) is taken
    assert all((p.column, p.value, p.rule) == ("period", written, "date") for p in problems)
