"""The checks of data/: what each kind of mistake is called, where it is found, and what is accepted.

Every test takes a copy of the tables of three provinces (`data/small`; of the real ones where a sum over all
provinces is meant), makes one mistake that people make, and states the whole answer: file, line, column, value, rule and
the part of the message that says what to do.
"""

import csv
import json
import os
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import frictionless
import pytest
from click.testing import CliRunner

import analysis.data.check
from analysis.cli import main
from analysis.data import FOLDER, DataError, fingerprint, noted, package, read, remember
from analysis.data.check import PATTERNS, check
from analysis.data.files import Problem, shortened

PEOPLE, WORKERS, REGIONS = "participants.csv", "labour_force.csv", "regions.csv"
CLAIMS = "reported_claims.csv"
# Lampung's participants by domicile in December 2023: 564393 PU and 168497 BPU; 4697658 employed in August.
LAMPUNG = "2023-12,18,Lampung,34,domicile,active,PU,"
LAMPUNG_BPU = "2023-12,18,Lampung,34,domicile,active,BPU,"
LAMPUNG_WORKERS = "2023-08,18,Lampung,34,"
YOGYAKARTA = "2023-12,34,DI Yogyakarta,34,domicile,active,PU,"
# The parts of a total: 354603 PU, 99250 BPU and 125036 Jakon.
LAMPUNG_PART = b"2023-12,18,Lampung,34,registration,active,PU,35460"
SOURCE = "den-econ-phk-dashboard-data-clean-data-a-8194"


def lines(folder: Path, file: str) -> list[str]:
    return (folder / file).read_text("utf-8").splitlines()


def write(folder: Path, file: str, rows: list[str]) -> None:
    (folder / file).write_text("\n".join(rows) + "\n", "utf-8", newline="")


def line_of(folder: Path, file: str, start: str) -> int:
    """The number of the only line that begins so."""
    [line] = [number for number, text in enumerate(lines(folder, file), 1) if text.startswith(start)]
    return line


def put(folder: Path, file: str, start: str, column: str, value: str) -> int:
    """Write a value into one cell of the row that begins so; the row's line."""
    line, rows = line_of(folder, file, start), list(csv.reader(lines(folder, file)))
    rows[line - 1][rows[0].index(column)] = value
    with (folder / file).open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)
    return line


def replace(folder: Path, file: str, start: str, *rows: str) -> int:
    """Put these rows, or none, where the row that begins so was; its line."""
    line, text = line_of(folder, file, start), lines(folder, file)
    write(folder, file, [*text[: line - 1], *rows, *text[line:]])
    return line


def append(folder: Path, file: str, row: str) -> int:
    write(folder, file, [*lines(folder, file), row])
    return len(lines(folder, file))


def found(folder: Path) -> list[tuple]:
    """All problems without their messages: file, line, column, value, rule."""
    return [tuple(problem[:5]) for problem in check(folder)]


def refuses(
    folder: Path, file: str, line: int, column: str, value: str, rule: str, message: str, odd: bool = False
) -> None:
    """The folder has this problem and no other, or, where the figure is odd beside others, too, none of another rule."""
    [problem] = [problem for problem in check(folder) if not odd or problem.rule != "implausible"]
    assert problem[:5] == (file, line, column, value, rule)
    assert message in problem.message


def test_the_real_tables_have_no_problem(real_folder: Path) -> None:
    assert check(real_folder) == []


def test_the_small_tables_are_rows_of_the_real_ones_and_have_no_problem(folder: Path) -> None:
    assert check(folder) == []
    assert (folder / "datapackage.json").read_bytes() == (FOLDER / "datapackage.json").read_bytes(), "copy it anew"
    for path in folder.glob("*.csv"):
        real = lines(FOLDER, path.name)
        head, *rows = lines(folder, path.name)
        assert head == real[0] and rows, path.name
        assert rows == [row for row in real if row in rows], f"{path.name}: take its rows over from data/ anew"
    assert {path.name for path in folder.glob("*.csv")} == {path.name for path in FOLDER.glob("*.csv")}


# Numbers

COUNTS = [
    ("731.991", "number format", "if 731991 is meant, write 731991"),
    ("731,991", "number format", "if 731991 is meant, write 731991"),
    ("731 991", "number format", "if 731991 is meant, write 731991"),
    ("1_000", "number format", "if 1000 is meant, write 1000"),
    ("7.32E+05", "number format", "written with an exponent"),
    ("26,79", "number format", "written with a decimal comma"),
    ("731.991,5", "number format", "Indonesian thousands (731.991); write plain digits"),
    ("731991.0", "number format", "a whole number was expected"),
    ("٧٣١٩٩١", "number format", "a whole number was expected"),
    ("NaN", "number format", "where the figure isn't known, leave the cell empty"),
    ("inf", "number format", "where the figure isn't known, leave the cell empty"),
    ("-", "number format", "where the figure isn't known, leave the cell empty"),
    ("9223372036854775808", "number too large", "doesn't fit into 64 bits"),  # 2 ** 63
    ("9" * 5000, "number too large", "doesn't fit into 64 bits"),
    ("-564393", "below the minimum", "the least value that makes sense here is 0"),
    ("", "empty cell", "every row needs this; fill the cell or leave the row out"),
]


@pytest.mark.parametrize(("written", "rule", "message"), COUNTS, ids=lambda text: text[:20])
def test_a_count_is_plain_digits(folder: Path, written: str, rule: str, message: str) -> None:
    line = put(folder, PEOPLE, LAMPUNG, "persons", written)
    refuses(folder, PEOPLE, line, "persons", shortened(written), rule, message)


SHARES = [
    (
        "29.33",
        "share above 1",
        "a share runs from 0 to 1, and this looks like a percentage; write 0.2933",
    ),  # 29.33 / 100
    ("1.5", "share above 1", "write 0.015"),
    ("293.3", "share above 1", "more than 100 %"),
    ("29,33", "number format", "a decimal comma (26,79); write 0.2933"),
    ("29.33%", "number format", "a percent sign; write 0.2933"),
    ("29,33 %", "number format", "a percent sign; write 0.2933"),
    ("0,2933", "number format", "a decimal comma (26,79); write 0.2933"),
    ("-0.2933", "below the minimum", "the least value that makes sense here is 0"),
    ("nan", "number format", "where the figure isn't known, leave the cell empty"),
]


@pytest.mark.parametrize(("written", "rule", "message"), SHARES)
def test_a_share_runs_from_0_to_1(folder: Path, written: str, rule: str, message: str) -> None:
    line = put(folder, WORKERS, LAMPUNG_WORKERS, "formal_share", written)
    refuses(folder, WORKERS, line, "formal_share", written, rule, message)


MANY_UNITS = [  # tables whose unit stands in the row
    ("targets.csv", "indonesia-rpjpn-coverage-rate-2045,", "value", "99.5", "share above 1", "write 0.995"),
    ("contribution_rules.csv", "pu-jkk-high-2015-07,", "value", "1.27", "share above 1", "write 0.0127"),
    (CLAIMS, "LPG-2024-09-ANTARA#2,", "value_read", "760.468", "number format", "write 760468"),
    (CLAIMS, "LPG-2024-09-ANTARA#1,", "value_read", "24,86", "number format", "write 24.86"),
    ("minimum_wage.csv", "2021,18,Lampung,", "minimum_wage", "2.432.001", "number format", "write 2432001"),
    ("minimum_wage.csv", "2021,18,Lampung,", "minimum_wage", "432.001", "number format", "write 432001"),
    ("minimum_wage.csv", "2021,18,Lampung,", "minimum_wage", "2.432.001,50", "number format", "write 2432001.50"),
    ("regions.csv", "18,Lampung,", "area_km2", "33,570.758", "number format", "write 33570.758"),
    ("regions.csv", "18,Lampung,", "area_km2", "33,570", "number format", "write 33570, or 33.570 if"),
    ("population.csv", "2024,18,Lampung,", "growth_rate", "1.2", "share above 1", "write 0.012"),
]


@pytest.mark.parametrize(("file", "start", "column", "written", "rule", "message"), MANY_UNITS)
def test_a_number_keeps_to_the_unit_of_its_row(
    folder: Path, file: str, start: str, column: str, written: str, rule: str, message: str
) -> None:
    line = put(folder, file, start, column, written)
    refuses(folder, file, line, column, written, rule, message)


def test_a_column_of_mixed_number_styles_is_reported_as_such_beside_its_cells(folder: Path) -> None:
    first = put(folder, PEOPLE, LAMPUNG_BPU, "persons", "168.497")
    second = put(folder, PEOPLE, LAMPUNG, "persons", "564,393")
    assert found(folder) == [
        (PEOPLE, 1, "persons", "", "mixed number styles"),
        (PEOPLE, first, "persons", "168.497", "number format"),
        (PEOPLE, second, "persons", "564,393", "number format"),
    ]
    mixed = check(folder)[0].message
    assert f"plain digits on line 2, Indonesian thousands (731.991) on line {first}" in mixed
    assert f"English thousands (731,991) on line {second}" in mixed


def test_a_large_amount_is_read_digit_for_digit_beside_empty_cells(folder: Path) -> None:
    put(folder, WORKERS, LAMPUNG_WORKERS, "average_net_wage", "9007199254740993")  # 2 ** 53 + 1: no float holds it
    put(folder, WORKERS, LAMPUNG_WORKERS, "note", "checked average_net_wage: for this test")
    assert check(folder) == []
    assert 9007199254740993 in read("labour_force", folder)["average_net_wage"].dropna().tolist()


# Files


def damage(folder: Path, file: str, old: bytes, new: bytes) -> int:
    """Change the bytes of a file at one place; the line of that place."""
    raw = (folder / file).read_bytes()
    assert raw.count(old) == 1
    (folder / file).write_bytes(raw.replace(old, new))
    return raw.count(b"\n", 0, raw.index(old)) + 1


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""], ids=["byte order mark", "none"])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["CRLF", "LF"])
def test_byte_order_mark_and_line_ends_make_no_difference(folder: Path, mark: bytes, end: bytes) -> None:
    people, claims = read("participants", folder), read("reported_claims", folder)
    for path in folder.glob("*.csv"):
        path.write_bytes(mark + path.read_bytes().replace(b"\n", end))
    assert check(folder) == []
    assert read("participants", folder).equals(people)
    assert read("reported_claims", folder).equals(claims)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le"])
def test_utf_16_is_refused(folder: Path, encoding: str) -> None:
    text = (folder / PEOPLE).read_text("utf-8")
    (folder / PEOPLE).write_bytes(text.encode(encoding))
    value, rule = ("", "encoding") if encoding == "utf-16" else ("\\x00", "NUL byte")  # without its mark it is NULs
    refuses(folder, PEOPLE, 1, "", value, rule, "save it as CSV UTF-8" if rule == "encoding" else "isn't text")


def test_latin_1_is_refused_where_it_shows(folder: Path) -> None:
    line = damage(folder, WORKERS, b"2023-08,18,Lampung,34,", b"2023-08,18,Lamp\xfang,34,")
    refuses(folder, WORKERS, line, "", "úng,34,46976", "encoding", "perhaps Latin-1 or Windows-1252")


def test_a_nul_byte_is_refused(folder: Path) -> None:
    line = damage(folder, PEOPLE, LAMPUNG.encode(), LAMPUNG.encode() + b"\0")
    refuses(folder, PEOPLE, line, "", "\\x00", "NUL byte", "the file is damaged")


@pytest.mark.parametrize("mark", [";", "\t"], ids=["semicolons", "tabs"])
def test_another_separator_is_named(folder: Path, mark: str) -> None:
    text = (folder / PEOPLE).read_text("utf-8").replace(",", mark)
    (folder / PEOPLE).write_text(text, "utf-8")
    name = "semicolons" if mark == ";" else "tabs"
    refuses(folder, PEOPLE, 1, "", text.splitlines()[0][:60], "separator", f"separated by {name}")


@pytest.mark.parametrize(
    ("row", "cells"),
    [(f"{LAMPUNG}564,393,medium,{SOURCE},", 12), (f"{LAMPUNG}564393,medium", 9)],
    ids=["one cell more", "one cell less"],
)
def test_a_ragged_row_is_refused(folder: Path, row: str, cells: int) -> None:
    line = replace(folder, PEOPLE, LAMPUNG, row)
    refuses(folder, PEOPLE, line, "", row[:60], "ragged row", f"{cells} cells where the header has 11")


@pytest.mark.parametrize("row", ["", ",,,,,,,,,"], ids=["nothing", "commas only"])
def test_a_blank_line_is_refused(folder: Path, row: str) -> None:
    line = append(folder, PEOPLE, row)
    refuses(folder, PEOPLE, line, "", "", "blank line", "remove the line")


@pytest.mark.parametrize("later", ["", '2025-12,11,"Aceh",34'], ids=["no quote after it", "a quote after it"])
def test_an_unclosed_quote_is_named_where_it_opens(folder: Path, later: str) -> None:
    row = f'2023-12,18,"Lampung,34,domicile,active,PU,564393,medium,{SOURCE},'
    line = replace(folder, PEOPLE, LAMPUNG, row)
    if later:
        append(folder, PEOPLE, later)
    refuses(folder, PEOPLE, line, "", row[:60], "unclosed quote", "isn't closed before a comma")


def test_a_quote_that_closes_lines_later_is_an_unclosed_quote(folder: Path) -> None:
    line = replace(folder, PEOPLE, LAMPUNG, '2023-12,18,"Lampung,34', '2023-12,18,Lampung",34')
    value = "2023-12,18,Lampung,34\n2023-12,18,Lampung,34"
    refuses(folder, PEOPLE, line, "", value, "unclosed quote", "isn't closed before a comma")


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_line_break_in_a_cell_is_refused(folder: Path, end: str) -> None:
    value = f"first{end}second"
    line = put(folder, WORKERS, LAMPUNG_WORKERS, "note", value)
    refuses(folder, WORKERS, line, "note", value, "line break in a cell", "write the cell on one line")


@pytest.mark.parametrize(
    ("text", "rule", "message"),
    [
        ("", "empty file", "the file holds nothing"),
        ("\ufeff\n \n", "empty file", "the file holds nothing"),
        (
            "period,province_code,province,territory,split,status,segment,persons,confidence,source_id,note\n",
            "header only",
            "no rows",
        ),
    ],
    ids=["empty", "spaces", "header"],
)
def test_a_table_without_rows_is_refused(folder: Path, text: str, rule: str, message: str) -> None:
    (folder / PEOPLE).write_text(text, "utf-8")
    refuses(folder, PEOPLE, 1, "", "", rule, message)


def test_a_missing_file_is_named_and_the_others_are_checked(folder: Path) -> None:
    (folder / PEOPLE).unlink()
    refuses(folder, PEOPLE, 1, "", "", "missing file", "datapackage.json names this file and it isn't there")
    line = put(folder, WORKERS, LAMPUNG_WORKERS, "formal_share", "29.33")
    assert found(folder) == [
        (WORKERS, line, "formal_share", "29.33", "share above 1"),
        (PEOPLE, 1, "", "", "missing file"),
    ]


HEADERS = [
    ("confidence", "confidence,persons", "persons", "persons", "duplicate header", "two columns have this name"),
    (",confidence", "", "confidence", "", "missing column", "the table needs the columns period, province_code"),
    (
        "confidence",
        "confidence,remark",
        "remark",
        "remark",
        "extra column",
        "datapackage.json doesn't know this column",
    ),
]


@pytest.mark.parametrize(("old", "new", "column", "value", "rule", "message"), HEADERS, ids=[h[4] for h in HEADERS])
def test_the_header_is_the_one_described(
    folder: Path, old: str, new: str, column: str, value: str, rule: str, message: str
) -> None:
    header = lines(folder, PEOPLE)[0]
    replace(folder, PEOPLE, header, header.replace(old, new))
    refuses(folder, PEOPLE, 1, column, value, rule, message)


def test_a_renamed_column_is_both_missing_and_extra(folder: Path) -> None:
    header = lines(folder, PEOPLE)[0]
    replace(folder, PEOPLE, header, header.replace("persons", "Person"))
    assert found(folder) == [
        (PEOPLE, 1, "Person", "Person", "extra column"),
        (PEOPLE, 1, "persons", "", "missing column"),
    ]
    assert "did you mean persons?" in check(folder)[0].message


def test_columns_keep_their_order(folder: Path) -> None:
    header = lines(folder, PEOPLE)[0]
    swapped = header.replace("split,status", "status,split")
    replace(folder, PEOPLE, header, swapped)
    refuses(folder, PEOPLE, 1, "", swapped[:60], "column order", "write the columns as period, province_code")


# Keys, references and lists of values


@pytest.mark.parametrize(("persons", "what"), [("564393", "are identical"), ("564394", "differ; keep the right one")])
def test_a_key_stands_once_and_both_lines_are_named(folder: Path, persons: str, what: str) -> None:
    first = line_of(folder, PEOPLE, LAMPUNG)
    second = append(folder, PEOPLE, f"{LAMPUNG}{persons},medium,{SOURCE},")
    key = "2023-12 18 34 domicile active PU"
    refuses(folder, PEOPLE, second, "period", key, "duplicate key", f"lines {first} and {second} have one key")
    assert what in check(folder)[0].message


def test_a_rule_of_no_trust_says_why_it_is_not_used(folder: Path) -> None:
    line = put(folder, "contribution_rules.csv", "bpu-jht,", "trust", "shown, not used")
    refuses(folder, "contribution_rules.csv", line, "not_used_because", "", "unused rule", "say here why it isn't used")


def test_a_name_stands_for_one_province(folder: Path) -> None:
    line = put(folder, REGIONS, "34,DI Yogyakarta,", "province", "Lampung")
    first = line_of(folder, REGIONS, "18,")
    problem = next(p for p in check(folder) if p.file == REGIONS)
    assert problem[:5] == (REGIONS, line, "province", "Lampung", "duplicate value")
    assert f"line {first} has the same" in problem.message


def test_an_unknown_source_offers_the_nearest(folder: Path) -> None:
    wrong = SOURCE.replace("dashboard", "dasboard")
    line = put(folder, PEOPLE, LAMPUNG, "source_id", wrong)
    refuses(folder, PEOPLE, line, "source_id", wrong, "unknown reference", f"did you mean {SOURCE}?")


def test_a_source_that_is_not_there_is_to_be_added(folder: Path) -> None:
    line = put(folder, PEOPLE, LAMPUNG, "source_id", "x-1")
    refuses(folder, PEOPLE, line, "source_id", "x-1", "unknown reference", "add it to sources.csv")


FORMS = [
    (
        PEOPLE,
        LAMPUNG,
        "split",
        "domisili",
        "unknown value",
        "did you mean domicile? Write one of: registration, domicile",
    ),
    (
        *("contribution_rules.csv", "bpu-jht,", "not_used_because", "too dear", "unknown value"),
        "write one of: law text not cited, misquoted",
    ),
    (
        *("contribution_rules.csv", "bpu-jht,", "not_used_because", "misquoted", "unused rule"),
        "trust is 'good'; a good rule is used",
    ),
    (PEOPLE, LAMPUNG, "segment", "formal", "unknown value", "write one of: PU, BPU, Jakon, total"),
    (PEOPLE, LAMPUNG, "period", "2203-12", "date", "write it as year and month, as in 2023-12, with a year from 2000"),
    (PEOPLE, LAMPUNG, "period", "2023-13", "date", "as in 2023-12"),
    (PEOPLE, LAMPUNG, "period", "Des 2023", "date", "as in 2023-12"),
    (PEOPLE, LAMPUNG, "period", "", "empty cell", "every row needs this"),
    (PEOPLE, LAMPUNG, "source_id", "BPS 2023", "key format", "small letters, digits and single hyphens only"),
    ("minimum_wage.csv", "2021,18,Lampung,", "year", "2203", "date", "write a year from 2000 to 2060"),
    ("minimum_wage.csv", "2021,18,Lampung,", "year", "", "empty cell", "every row needs this"),
    ("minimum_wage.csv", "2021,18,Lampung,", "minimum_wage", "0", "below the minimum", "the least value"),
    (CLAIMS, "LPG-2024-09-ANTARA#1,", "period", "2024-H3", "date", "2023-H1"),
    (CLAIMS, "LPG-2024-09-ANTARA#4,", "target_year", "2024-12", "date", "2025 or 2024-2025"),
    (CLAIMS, "LPG-2024-09-ANTARA#2,", "status", "aktif", "unknown value", "active, non_active"),
    (CLAIMS, "LPG-2024-09-ANTARA#3,", "base", "potential", "unknown value", "eligible, employed"),
    (
        "contribution_rules.csv",
        "pu-jkk-high-2015-07,",
        "effective_from",
        "Juli 2015",
        "date",
        "2023, 2023-12 or 2023-12-31",
    ),
    ("sources.csv", SOURCE, "url", "www.bps.go.id", "web address", "beginning with http:// or https://"),
    (CLAIMS, "LPG-2024-09-ANTARA#1,", "claim_id", "LPG 1", "key format", "a hash sign and a number"),
]


@pytest.mark.parametrize(("file", "start", "column", "written", "rule", "message"), FORMS)
def test_a_cell_has_the_form_that_its_column_asks_for(
    folder: Path, file: str, start: str, column: str, written: str, rule: str, message: str
) -> None:
    line = put(folder, file, start, column, written)
    refuses(folder, file, line, column, written, rule, message)


def test_every_pattern_of_the_package_is_put_into_words() -> None:
    fields = [field for resource in package()["resources"] for field in resource["schema"]["fields"]]
    assert {f["constraints"]["pattern"] for f in fields if "pattern" in f.get("constraints", {})} == set(PATTERNS)
    for file, start, column, written, *_ in FORMS:
        assert "^" not in written + start + file + column
    assert not any("constraint" in message or "^" in message for _, message in PATTERNS.values())


# Provinces

NAMES = [
    ("LAMPUNG ", LAMPUNG, "Lampung"),
    ("Lampong", LAMPUNG, "Lampung"),
    ("Prov. Lampung", LAMPUNG, "Lampung"),
    ("D.I. Yogyakarta", YOGYAKARTA, "DI Yogyakarta"),
    ("Daerah Istimewa Yogyakarta", YOGYAKARTA, "DI Yogyakarta"),
    ("DIY", YOGYAKARTA, "DI Yogyakarta"),
    ("Yogyakarta", YOGYAKARTA, "DI Yogyakarta"),
    ("Jogja", YOGYAKARTA, "DI Yogyakarta"),
    ("di yogyakarta", YOGYAKARTA, "DI Yogyakarta"),
    ("DI  Yogyakarta", YOGYAKARTA, "DI Yogyakarta"),
]


@pytest.mark.parametrize(("written", "start", "meant"), NAMES)
def test_an_unknown_or_misspelt_province_offers_the_nearest(folder: Path, written: str, start: str, meant: str) -> None:
    line = put(folder, PEOPLE, start, "province", written)
    refuses(folder, PEOPLE, line, "province", written, "unknown province", f"did you mean {meant}?")


def test_a_name_that_is_near_to_none_gets_the_list(folder: Path) -> None:
    line = put(folder, PEOPLE, LAMPUNG, "province", "Timor Leste")
    refuses(folder, PEOPLE, line, "province", "Timor Leste", "unknown province", "there is Indonesia, Lampung, DI Yogy")


INVISIBLE = [
    ("DI\u00a0Yogyakarta", "no-break space"),
    ("DI Yogyakarta\u202f", "narrow no-break space"),
    ("DI\tYogyakarta", "a tab"),
    ("DI Yogya\u200bkarta", "zero width space"),
    (" DI Yogyakarta", "begins or ends with a space"),
]


@pytest.mark.parametrize(("written", "what"), INVISIBLE, ids=[what for _, what in INVISIBLE])
def test_what_cannot_be_seen_is_named(folder: Path, written: str, what: str) -> None:
    line = put(folder, PEOPLE, YOGYAKARTA, "province", written)
    refuses(folder, PEOPLE, line, "province", written, "unclean text", what)
    assert check(folder)[0].message.endswith("write 'DI Yogyakarta'")


def test_bps_code_of_papua_disagrees_with_the_name(folder: Path) -> None:
    # BPS has 94 for Papua; Kemendagri, whose codes stand here, has 91 for it and 94 for Papua Tengah.
    line = put(folder, PEOPLE, "2023-12,91,Papua,34,domicile,active,PU,", "province_code", "94")
    message = "94 is Papua Tengah and Papua is 91; codes are Kemendagri's, and those of BPS differ in Papua"
    refuses(folder, PEOPLE, line, "province_code", "94", "code and name disagree", message)


def test_a_code_that_nobody_has_disagrees_with_the_name(folder: Path) -> None:
    line = put(folder, PEOPLE, LAMPUNG, "province_code", "99")
    refuses(
        folder, PEOPLE, line, "province_code", "99", "code and name disagree", "99 is no province and Lampung is 18"
    )


@pytest.mark.parametrize(("column", "message"), [("province", "18 is Lampung"), ("province_code", "Lampung is 18")])
def test_code_and_name_come_together(folder: Path, column: str, message: str) -> None:
    line = put(folder, CLAIMS, "LPG-2024-09-ANTARA#1,", column, "")  # both may be empty, not one
    refuses(folder, CLAIMS, line, column, "", "empty cell", message)


def test_a_spreadsheet_turns_code_00_into_0(folder: Path) -> None:
    line = put(folder, PEOPLE, "2023-12,00,Indonesia,34,domicile,active,PU,", "province_code", "0")
    refuses(folder, PEOPLE, line, "province_code", "0", "code and name disagree", "Indonesia is 00")


# Totals


def test_a_country_total_that_is_off_by_one(real_folder: Path) -> None:
    # 25004383 is the sum of the 34 provinces.
    line = put(real_folder, PEOPLE, "2023-12,00,Indonesia,34,domicile,active,PU,", "persons", "25004384")
    message = "the 34 provinces add up to 25004383, the stated total is +1 away"
    refuses(real_folder, PEOPLE, line, "persons", "25004384", "total differs from its parts", message)


def test_workers_of_the_38_provinces_that_are_off_by_one(real_folder: Path) -> None:
    line = put(real_folder, WORKERS, "2024-08,00,Indonesia,38,", "employed", "144642003")
    message = "the 38 provinces add up to 144642004, the stated total is -1 away"
    refuses(real_folder, WORKERS, line, "employed", "144642003", "total differs from its parts", message)


def test_a_province_total_that_is_off_by_one_is_off_for_the_province_and_the_country(real_folder: Path) -> None:
    # Aceh by registration: 299722 PU + 86668 BPU + 197248 Jakon = 583638; Indonesia 41560938.
    country = line_of(real_folder, PEOPLE, "2023-12,00,Indonesia,34,registration,active,total,")
    line = put(real_folder, PEOPLE, "2023-12,11,Aceh,34,registration,active,total,", "persons", "583639")
    assert found(real_folder) == [
        (PEOPLE, country, "persons", "41560938", "total differs from its parts"),
        (PEOPLE, line, "persons", "583639", "total differs from its parts"),
    ]
    off_country, off_province = check(real_folder)
    assert "add up to 41560939, the stated total is -1 away" in off_country.message
    assert "PU + BPU + Jakon add up to 583638, the stated total is +1 away" in off_province.message


@pytest.mark.parametrize(
    "start", [LAMPUNG, "2023-12,11,Aceh,34,registration,active,Jakon,", "2023-12,00,Indonesia,34,domicile,active,PU,"]
)
def test_totals_are_compared_only_when_all_parts_are_there(real_folder: Path, start: str) -> None:
    replace(real_folder, PEOPLE, start)
    assert check(real_folder) == []


def test_one_province_without_workers_makes_no_total_wrong(real_folder: Path) -> None:
    put(real_folder, WORKERS, LAMPUNG_WORKERS, "employed", "")
    assert check(real_folder) == []


def test_a_total_row_among_provinces_is_called_that(folder: Path) -> None:
    line = append(folder, PEOPLE, f"2023-12,,Jumlah,34,domicile,active,PU,25004383,medium,{SOURCE},")
    assert found(folder) == [
        (PEOPLE, line, "province", "Jumlah", "unknown province"),
        (PEOPLE, line, "province_code", "", "empty cell"),
    ]
    assert "write it as province_code 00, Indonesia, or remove the row" in check(folder)[0].message


# Territories


def test_new_papua_beside_old_papua_in_participants(folder: Path) -> None:
    old = line_of(folder, PEOPLE, "2023-12,91,Papua,34,domicile,active,PU,")
    line = append(folder, PEOPLE, f"2023-12,93,Papua Selatan,38,domicile,active,PU,100,low,{SOURCE},")
    message = (
        f"2023-12 domicile active PU: Papua as it was before the division (34 provinces, line {old}) stands beside"
    )
    refuses(folder, PEOPLE, line, "persons", "Papua Selatan", "two territories", message)


def test_new_papua_beside_old_papua_in_labour_force(folder: Path) -> None:
    # The six rows of the new provinces in 2023-08 are there, for wages; they hold no employed.
    line = put(folder, WORKERS, "2023-08,93,Papua Selatan,38,", "employed", "226586")
    message = "2023-08: Papua as it was before the division (34 provinces"
    refuses(folder, WORKERS, line, "employed", "Papua Selatan", "two territories", message, odd=True)


def test_new_papua_beside_old_papua_in_minimum_wages(folder: Path) -> None:
    row = "2022,93,Papua Selatan,38,3561932,1,high,dzulfiqarfr-jakpost-graphics-wage-minimu-3f84,"
    line = append(folder, "minimum_wage.csv", row)
    refuses(
        folder, "minimum_wage.csv", line, "minimum_wage", "Papua Selatan", "two territories", "2022: Papua as it was"
    )


def test_a_new_province_does_not_stand_on_the_old_map(folder: Path) -> None:
    line = append(folder, PEOPLE, f"2023-12,93,Papua Selatan,34,domicile,active,PU,100,low,{SOURCE},")
    message = "Papua Selatan doesn't exist among the 34 provinces; write 38"
    problems = check(folder)
    assert problems[0][:5] == (PEOPLE, line, "territory", "34", "territory")
    assert message in problems[0].message
    assert len(problems) == 1


@pytest.mark.parametrize(
    ("start", "code", "message"),
    [("93,Papua Selatan,", "", "needs the code of the one of the 34"), ("18,Lampung,", "91", "needs no parent")],
    ids=["a new province without", "an old province with"],
)
def test_only_new_provinces_have_a_parent(folder: Path, start: str, code: str, message: str) -> None:
    line = put(folder, REGIONS, start, "parent_code", code)
    refuses(folder, REGIONS, line, "parent_code", code, "parent province", message)


# Covered and workers


def test_more_covered_by_domicile_than_workers(folder: Path) -> None:
    # 168497 BPU + 4600000 PU = 4768497, and 4697658 were employed.
    bpu = line_of(folder, PEOPLE, LAMPUNG_BPU)
    put(folder, PEOPLE, LAMPUNG, "persons", "4600000")
    message = "Lampung: 4768497 covered by domicile in 2023-12 and 4697658 employed in 2023-08"
    refuses(folder, PEOPLE, bpu, "persons", "4768497", "covered above workers", message, odd=True)


def test_as_many_covered_as_formal_workers_is_possible_and_not_one_more(folder: Path) -> None:
    # Formal workers of Lampung, August 2023: 29.33 % of 4697658 = 1377823.
    pu = line_of(folder, PEOPLE, LAMPUNG)
    put(folder, PEOPLE, LAMPUNG, "persons", "1377823")
    assert check(folder) == []
    put(folder, PEOPLE, LAMPUNG, "persons", "1377824")
    message = "Lampung: 1377824 PU covered by domicile in 2023-12 and 1377823 employed in 2023-08"
    refuses(folder, PEOPLE, pu, "persons", "1377824", "covered above workers", message)


def test_more_covered_by_registration_than_workers_is_possible() -> None:
    # Jakarta: employers are registered there whose workers live elsewhere.
    people, workers = read("participants"), read("labour_force")
    people = people[(people["province"] == "DKI Jakarta") & (people["split"] == "registration")]
    covered = people[(people["segment"].isin(["PU", "BPU"])) & (people["status"] == "active")]["persons"].sum()
    jakarta = workers[(workers["province"] == "DKI Jakarta") & (workers["period"] == "2023-08")]["employed"].sum()
    assert covered > jakarta


def test_old_papua_is_compared_with_its_parts_added_up(real_folder: Path) -> None:
    # Papua Barat in December 2024: 127068 PU + 183242 BPU = 310310 covered on the map of 34.
    # Workers of August 2024 are on the map of 38: 290077 Papua Barat + 297745 Papua Barat Daya = 587822.
    assert check(real_folder) == []
    replace(real_folder, PEOPLE, "2024-12,00,Indonesia,34,domicile,active,PU,")
    bpu = line_of(real_folder, PEOPLE, "2024-12,92,Papua Barat,34,domicile,active,BPU,")
    put(real_folder, PEOPLE, "2024-12,92,Papua Barat,34,domicile,active,PU,", "persons", "404581")  # 587823 - 183242
    message = "Papua Barat: 587823 covered by domicile in 2024-12 and 587822 employed in 2024-08"
    refuses(real_folder, PEOPLE, bpu, "persons", "587823", "covered above workers", message, odd=True)


def test_a_missing_part_of_old_papua_is_not_taken_for_none(real_folder: Path) -> None:
    # Without Papua Barat Daya 290077 workers would be left for 310310 covered.
    replace(real_folder, WORKERS, "2024-08,96,Papua Barat Daya,38,")
    assert check(real_folder) == []


def test_a_province_where_nobody_is_employed_is_no_data(folder: Path) -> None:
    line = put(folder, WORKERS, LAMPUNG_WORKERS, "employed", "0")
    message = "the least value that makes sense here is 1; where the figure isn't known, leave the cell empty"
    refuses(folder, WORKERS, line, "employed", "0", "below the minimum", message)


def test_covered_in_a_segment_where_nobody_works_are_too_many(folder: Path) -> None:
    # All of Lampung's workers informal: 564393 PU covered of nobody.
    put(folder, WORKERS, LAMPUNG_WORKERS, "formal_share", "0")
    line = line_of(folder, PEOPLE, LAMPUNG)
    message = "Lampung: 564393 PU covered by domicile in 2023-12 and 0 employed in 2023-08"
    refuses(folder, PEOPLE, line, "persons", "564393", "covered above workers", message, odd=True)
    put(folder, PEOPLE, LAMPUNG, "persons", "0")
    assert {problem.rule for problem in check(folder)} == {"implausible"}  # none of nobody has no rate, and is odd


@pytest.mark.parametrize("column", ["formal_share", "employed"])
def test_unknown_workers_are_not_compared(folder: Path, column: str) -> None:
    put(folder, WORKERS, LAMPUNG_WORKERS, column, "")
    assert check(folder) == []


# All at once


def test_all_problems_are_reported_at_once_by_file_and_line(real_folder: Path) -> None:
    percent = put(real_folder, WORKERS, LAMPUNG_WORKERS, "formal_share", "29.33")
    ragged = replace(real_folder, WORKERS, "2024-08,18,Lampung,38,", "2024-08,18,Lampung")
    misspelt = put(real_folder, PEOPLE, YOGYAKARTA, "province", "Jogja")
    dotted = put(real_folder, PEOPLE, LAMPUNG, "persons", "564.393")
    twice = append(real_folder, PEOPLE, lines(real_folder, PEOPLE)[1])
    blank = append(real_folder, PEOPLE, "")
    (real_folder / "population.csv").write_text("", "utf-8")
    unknown = put(real_folder, "work_accidents.csv", "2023,18,Lampung,34,PU,", "source_id", "nobody")
    total = put(real_folder, WORKERS, "2025-08,00,Indonesia,38,", "employed", "146542265")
    assert found(real_folder) == [
        (WORKERS, percent, "formal_share", "29.33", "share above 1"),
        (WORKERS, ragged, "", "2024-08,18,Lampung", "ragged row"),
        (WORKERS, total, "employed", "146542265", "total differs from its parts"),
        (PEOPLE, dotted, "persons", "564.393", "number format"),
        (PEOPLE, misspelt, "province", "Jogja", "unknown province"),
        (PEOPLE, twice, "period", "2022-12 00 34 domicile active BPU", "duplicate key"),
        (PEOPLE, blank, "", "", "blank line"),
        ("population.csv", 1, "", "", "empty file"),
        ("work_accidents.csv", unknown, "source_id", "nobody", "unknown reference"),
    ]


def test_read_hands_out_nothing_and_lists_every_problem(folder: Path) -> None:
    percent = put(folder, WORKERS, LAMPUNG_WORKERS, "formal_share", "29.33")
    dotted = put(folder, PEOPLE, LAMPUNG, "persons", "564.393")
    with pytest.raises(DataError) as error:
        read("sources", folder)  # a table without a problem of its own
    head, *rest = str(error.value).splitlines()
    assert head == f"2 problems in {WORKERS}, {PEOPLE}"
    assert rest[0].startswith(
        f"{WORKERS}:{percent}, column formal_share: '29.33' [share above 1] a share runs from 0 to 1"
    )
    assert rest[1].startswith(f"{PEOPLE}:{dotted}, column persons: '564.393' [number format] a whole number")


def test_there_is_no_other_table(folder: Path) -> None:
    with pytest.raises(KeyError, match="there is no table 'people'; there is regions, regencies, sources"):
        read("people", folder)


BROKEN = {
    "empty": lambda text: "",
    "header only": lambda text: text.splitlines()[0],
    "semicolons": lambda text: text.replace(",", ";"),
    "NUL": lambda text: text.replace("Lampung", "Lamp\0ung"),
    "ragged": lambda text: text.replace("18,Lampung,", "18,"),
    "unclosed quote": lambda text: text.replace("18,Lampung,", '18,"Lampung,'),
    "no names": lambda text: text.replace(",Lampung,", ",,"),
    "a code twice": lambda text: text.replace("18,Lampung,", "34,Lampung,"),
    "a wrong parent": lambda text: text.replace("38,91,", "38,90,"),
    "a column less": lambda text: text.replace("territories", "maps"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_broken_regions_are_reported_once_and_the_other_files_are_checked(folder: Path, how: str) -> None:
    text = (folder / REGIONS).read_text("utf-8")
    (folder / REGIONS).write_text(BROKEN[how](text), "utf-8")
    line = put(folder, PEOPLE, LAMPUNG, "persons", "564.393")
    problems = found(folder)
    assert problems[0] == (PEOPLE, line, "persons", "564.393", "number format")
    assert problems[1:]
    assert {file for file, *_ in problems[1:]} == {REGIONS}


def test_regions_that_are_not_there(folder: Path) -> None:
    (folder / REGIONS).unlink()
    refuses(folder, REGIONS, 1, "", "", "missing file", "it isn't there")


def test_a_province_taken_out_of_regions_is_unknown_elsewhere(folder: Path) -> None:
    replace(folder, REGIONS, "18,Lampung,")
    problems = check(folder)
    assert {(p.column, p.value, p.rule) for p in problems} == {("province", "Lampung", "unknown province")}
    assert len(problems) == sum(
        row["province"] == "Lampung"
        for path in folder.glob("*.csv")
        for row in csv.DictReader(path.open(encoding="utf-8"))
        if "province" in row
    )


def test_a_lost_line_of_sources_is_one_problem_not_hundreds(folder: Path) -> None:
    line = replace(folder, "sources.csv", SOURCE, SOURCE)
    refuses(folder, "sources.csv", line, "", SOURCE, "ragged row", "1 cells where the header has 9")


PACKAGES = [
    ("", "package", "the file isn't JSON"),
    ("{", "package", "the file isn't JSON"),
    ("[]", "package", "a table needs name, path and a schema"),
    ('{"resources": [{"name": "a", "path": "a.csv"}]}', "package", "a table needs name, path and a schema"),
    ('{"resources": []}', "package", "the checks need a table regions with province_code"),
    ("1", "package", "a table needs name, path and a schema"),
    ('{"resources": [{"name": ["a"]}]}', "package", "a table needs name, path and a schema"),
]


@pytest.mark.parametrize(("text", "rule", "message"), PACKAGES)
def test_a_package_that_describes_nothing_is_a_problem_too(folder: Path, text: str, rule: str, message: str) -> None:
    (folder / "datapackage.json").write_text(text, "utf-8")
    [problem] = check(folder)
    assert (problem.file, problem.line, problem.rule) == ("datapackage.json", 1, rule)
    assert message in problem.message
    with pytest.raises(DataError, match=re.escape("datapackage.json:1")):
        read("regions", folder)


MISDESCRIBED = [
    (
        '"primaryKey": [\n          "claim_id"',
        "claim_id",
        "claim",
        "a key names columns that reported_claims doesn't have",
    ),
    ('"unit": "cases"', '"cases"', "12", "path, names, types, units and enumerated values must be text"),
    ('"minimum": -1', "-1", '"-1"', "minimum and maximum must be numbers"),
    ('"minimum": -1', "-1", "true", "minimum and maximum must be numbers"),
    ('"minimum": -1', "-1", "NaN", "minimum and maximum must be numbers"),
    (
        '"minimum": 1\n            }\n          },\n          {\n            "name": "funding"',
        '"minimum": 1',
        '"minimum": 1.5',
        "whole ones for whole numbers",
    ),
    ('"path": "targets.csv"', "targets.csv", "../targets.csv", "path must be the name of a CSV file in this folder"),
    ('"path": "targets.csv"', "targets.csv", "/dev/zero", "path must be the name of a CSV file in this folder"),
    ('"pattern": "^https?://[^ ]+$"', "[^ ]+", "[^ +", "isn't a regular expression: unterminated character set"),
    ('"name": "targets"', "targets", "regions", "two tables have one name"),
    (
        '"name": "area_km2",\n            "type": "number"',
        '"number"',
        '"acres"',
        "isn't described as Frictionless asks",
    ),
]


@pytest.mark.parametrize(
    ("at", "old", "new", "message"), MISDESCRIBED, ids=[f"{i} {case[1][:9]}" for i, case in enumerate(MISDESCRIBED)]
)
def test_a_table_that_is_not_described_as_it_should_be(folder: Path, at: str, old: str, new: str, message: str) -> None:
    damage(folder, "datapackage.json", at.encode(), at.replace(old, new).encode())
    [problem] = check(folder)
    assert (problem.file, problem.rule) == ("datapackage.json", "package")
    assert message in problem.message


def test_a_folder_without_package_is_a_problem(folder: Path) -> None:
    (folder / "datapackage.json").unlink()
    [problem] = check(folder)
    assert problem[:5] == ("datapackage.json", 1, "", "", "missing file")


@pytest.mark.parametrize("file", [PEOPLE, REGIONS, "datapackage.json"])
def test_a_named_pipe_in_place_of_a_file_is_named_and_not_waited_for(folder: Path, file: str) -> None:
    (folder / file).unlink()
    os.mkfifo(folder / file)
    [problem] = check(folder)
    assert problem[:5] == (file, 1, "", "", "not a file")
    assert "it is a named pipe; put an ordinary file in its place" in problem.message
    with pytest.raises(DataError, match="it is a named pipe"):
        read("sources", folder)


def test_a_line_with_a_cell_of_a_megabyte_is_one_problem_and_the_others_are_checked(folder: Path) -> None:
    line = put(folder, WORKERS, LAMPUNG_WORKERS, "note", "x" * 2**20)
    dotted = put(folder, PEOPLE, LAMPUNG, "persons", "564.393")
    one, other = check(folder)
    assert (one.file, one.line, one.rule) == (WORKERS, line, "cell too long") and len(str(one)) < 500
    assert other[:3] == (PEOPLE, dotted, "persons")


def test_damaged_bytes_never_end_in_a_traceback(folder: Path) -> None:
    chance, whole = random.Random(2023), (folder / PEOPLE).read_bytes()
    for _ in range(20):
        raw = bytearray(whole)
        for _ in range(chance.choice([1, 3, 30])):
            raw[chance.randrange(len(raw))] = chance.choice([*b',"\n\r; .-0\0', chance.randrange(256)])
        (folder / PEOPLE).write_bytes(raw)
        assert all(str(problem) and problem.message for problem in check(folder))


# The command


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["check", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_the_command_passes_clean_tables(folder: Path) -> None:
    assert run(str(folder)) == (0, f"{folder}: {len(RESOURCES)} tables, no problem\n", "")
    assert run(str(folder), "--format", "json") == (0, "[]\n", "")
    assert run(str(folder), "--format", "github") == (0, "", "")


def test_the_command_lists_problems_and_fails(folder: Path) -> None:
    line = put(folder, PEOPLE, LAMPUNG, "persons", "564.393")
    code, out, err = run(str(folder))
    assert (code, err) == (1, f"1 problem in {PEOPLE}\n")
    assert out.startswith(f"{PEOPLE}:{line}, column persons: '564.393' [number format] a whole number was expected")
    assert not (folder / ".checked").exists()


def test_the_command_does_not_understand_a_folder_without_package(tmp_path: Path) -> None:
    code, out, err = run(str(tmp_path))
    assert (code, out) == (2, "")
    assert "has no datapackage.json" in err


def test_problems_as_json(folder: Path) -> None:
    line = put(folder, PEOPLE, LAMPUNG, "persons", "564.393")
    code, out, _ = run(str(folder), "--format", "json")
    [problem] = json.loads(out)
    assert code == 1
    assert set(problem) == {"file", "line", "column", "value", "rule", "message"}
    assert (problem["file"], problem["line"], problem["value"]) == (PEOPLE, line, "564.393")


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_huge_cell_is_told_in_short_whatever_the_form(folder: Path, form: str) -> None:
    put(folder, PEOPLE, LAMPUNG, "persons", "9" * 9000)
    code, out, _ = run(str(folder), "--format", form)
    assert (code, len(out) < 700) == (1, True)
    assert "(9,000 characters)" in out
    if form == "json":
        assert json.loads(out)[0]["rule"] == "number too large"


@pytest.mark.parametrize("form", ["text", "github"])
def test_a_folder_whose_name_isnt_utf_8_is_checked_like_any_other(folder: Path, form: str) -> None:
    odd = folder.rename(folder.with_name(os.fsdecode(b"data-\xff")))
    code, out, _ = run(str(odd), "--format", form)
    assert (code, f"data-\\udcff: {len(RESOURCES)} tables, no problem" in out) == (0, form == "text")
    line = put(odd, PEOPLE, LAMPUNG, "persons", "564.393")
    code, out, _ = run(str(odd), "--format", form)
    assert code == 1 and f"{PEOPLE}{':' if form == 'text' else ',line='}{line}" in out


@pytest.mark.parametrize("what", ["a named pipe", "a dead link", "a folder"])
def test_a_package_that_is_no_file_is_a_problem_of_the_data(folder: Path, what: str) -> None:
    (folder / "datapackage.json").unlink()
    IN_THE_WAY[what](folder / "datapackage.json")
    code, out, _ = run(str(folder))
    assert code == 1 and out.startswith("datapackage.json:1:")
    assert what in out or "which isn't there; mend the link" in out


@pytest.mark.parametrize("name", ["scenarios", "projections"])
def test_a_file_in_place_of_a_folder_is_named(folder: Path, name: str) -> None:
    (folder / name).write_text("", "utf-8")
    code, out, _ = run(str(folder))
    assert (
        code == 1 and out == f"{name}:1: [not a folder] it isn't a folder; put the folder in its place, or remove it\n"
    )


def test_problems_as_workflow_commands(folder: Path) -> None:
    odd = folder.rename(folder.with_name("a,b: 50%"))
    percent = put(odd, WORKERS, LAMPUNG_WORKERS, "formal_share", "29,33 %")
    header = lines(odd, PEOPLE)[0]
    replace(odd, PEOPLE, header, header.replace("persons", '"per\nsons"'))
    code, out, _ = run(str(odd), "--format", "github")
    assert code == 1
    shown = re.compile(r"::error file=[^,:\s]+(?: [^,:\s]+)*,line=[0-9]+,title=[^,:\n]+::[^\n]+")
    first, second, third = out.splitlines()  # a line break in a name would make more
    assert all(shown.fullmatch(line) for line in (first, second, third))
    assert not re.search("%(?!25|0A|0D|2C|3A)", out)
    assert f"/a%2Cb%3A 50%25/{WORKERS},line={percent},title=number format::formal_share: '29,33 %25': a number" in first
    assert "per%0Asons" in second


# What has passed


def test_a_pass_is_remembered_by_content(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks: list[Path] = []

    def counted(folder: Path) -> list[Problem]:
        checks.append(folder)
        return check(folder)

    monkeypatch.setattr(analysis.data.check, "check", counted)
    read("participants", folder)
    read("regions", folder)
    assert len(checks) == 1
    assert (folder / ".checked").read_text("ascii").startswith(fingerprint(folder))

    clean = (folder / PEOPLE).read_bytes()
    damage(folder, PEOPLE, LAMPUNG_PART + b"3", LAMPUNG_PART + b"4")  # one byte
    with pytest.raises(DataError, match="total differs from its parts"):
        read("regions", folder)
    with pytest.raises(DataError):  # a refusal isn't remembered as a pass
        read("regions", folder)
    assert len(checks) == 3

    (folder / PEOPLE).write_bytes(clean)
    read("regions", folder)  # the bytes that passed before
    assert len(checks) == 3


def test_a_package_that_changed_is_checked_anew(folder: Path) -> None:
    read("participants", folder)
    damage(folder, "datapackage.json", b'"registration",\n', b'"registratiom",\n')
    with pytest.raises(DataError, match="unknown value"):
        read("participants", folder)


def test_a_folder_that_cannot_be_written_is_read_all_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_opening(monkeypatch, lambda path, flags: bool(flags & os.O_WRONLY))
    assert len(read("regions", folder)) == 8
    remember(folder, fingerprint(folder))
    assert not (folder / ".checked").exists()


IN_THE_WAY: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a named pipe": os.mkfifo,
    "a dead link": lambda note: note.symlink_to("nowhere"),
    "garbage": lambda note: note.write_bytes(b"\xff\0" * 2**20),
    "nothing": lambda note: None,
}


@pytest.mark.parametrize("what", IN_THE_WAY)
def test_a_note_of_a_pass_that_is_no_note_is_ignored(folder: Path, what: str) -> None:
    IN_THE_WAY[what](folder / ".checked")
    assert len(read("regions", folder)) == 8
    assert not (folder / "nowhere").exists()
    damage(folder, PEOPLE, LAMPUNG_PART + b"3", LAMPUNG_PART + b"4")
    with pytest.raises(DataError):
        read("regions", folder)


def test_a_note_that_is_a_link_is_neither_believed_nor_written_through(folder: Path) -> None:
    elsewhere = folder.with_name("elsewhere")
    read("regions", folder)
    (folder / ".checked").rename(elsewhere)
    passed = elsewhere.read_bytes()
    (folder / ".checked").symlink_to(elsewhere)
    assert not noted(folder / ".checked", passed.decode())
    elsewhere.write_bytes(b"mine")
    remember(folder, fingerprint(folder))
    assert elsewhere.read_bytes() == b"mine"


def test_a_note_that_cannot_be_read_is_ignored(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(folder, fingerprint(folder))
    passed = (folder / ".checked").read_text("ascii")
    assert noted(folder / ".checked", passed)
    refuse_opening(monkeypatch, lambda path, flags: path.name == ".checked")
    assert not noted(folder / ".checked", passed)
    remember(folder, fingerprint(folder))  # another user's: nothing happens


def refuse_opening(monkeypatch: pytest.MonkeyPatch, which: Callable[[Path, int], bool]) -> None:
    """As the system does for whoever may not; root, who runs some tests, may do anything."""
    opened = os.open

    def open_(path: Path, flags: int, *more: int) -> int:
        if which(Path(path), flags):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, flags, *more)

    monkeypatch.setattr(os, "open", open_)


def test_a_table_swapped_between_its_check_and_its_reading_is_not_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another program writes while a render reads: once half a file, once another figure that nobody has checked.
    whole = (folder / PEOPLE).read_bytes()
    for swapped in (whole[: len(whole) // 2 - 3], whole.replace(b"564393", b"564394"), b"", None):
        (folder / PEOPLE).write_bytes(whole)
        read("regions", folder)  # it has passed
        monkeypatch.setattr(analysis.data, "_checking", lambda swapped=swapped: swapping(folder, swapped))
        with pytest.raises(
            DataError, match=f"{PEOPLE} changed between its check and its reading.*run the command again"
        ):
            read("participants", folder)
        monkeypatch.undo()


@contextmanager
def swapping(folder: Path, swapped: bytes | None) -> Iterator[None]:
    yield
    (folder / PEOPLE).unlink()
    if swapped is not None:
        (folder / PEOPLE).write_bytes(swapped)


def test_a_pass_is_not_remembered_of_tables_that_changed_meanwhile(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(folder: Path) -> list[Problem]:
        damage(folder, PEOPLE, LAMPUNG_PART + b"3", LAMPUNG_PART + b"4")
        return []

    monkeypatch.setattr(analysis.data.check, "check", slow)
    read("regions", folder)
    assert not (folder / ".checked").exists()


def test_the_fingerprint_covers_files_that_have_no_name_in_utf_8_or_cannot_be_read(folder: Path) -> None:
    before = fingerprint(folder)
    (folder / os.fsdecode(b"\xff.csv")).write_bytes(b"a\n1\n")
    named = fingerprint(folder)
    os.mkfifo(folder / "pipe.csv")
    assert len({before, named, fingerprint(folder)}) == 3
    assert check(folder) == []  # neither is a table


# The package and its README

RESOURCES = {resource["name"]: resource for resource in package()["resources"]}


def test_the_package_is_valid_by_frictionless_itself() -> None:
    report = frictionless.Package(str(FOLDER / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "note"])
    assert len(report.tasks) == len(RESOURCES)


def test_every_csv_is_described() -> None:
    assert {path.name for path in FOLDER.glob("*.csv")} == {resource["path"] for resource in RESOURCES.values()}


def test_everything_is_described_in_both_languages() -> None:
    described = package()
    for text in ("title", "title_id", "description", "description_id"):
        assert described[text].strip()
        for name, resource in RESOURCES.items():
            assert resource[text].strip(), (name, text)
    for name, resource in RESOURCES.items():
        for field in resource["schema"]["fields"]:
            for text in ("title", "title_id", "description", "description_id", "unit", "unit_id"):
                assert field.get(text, "").strip(), (name, field["name"], text)


def test_licence_and_sources_are_stated() -> None:
    described = package()
    assert [licence["title"] for licence in described["licenses"]] == [
        "The facts stand under the terms of each source; see sources.csv"
    ]
    assert [source["path"] for source in described["sources"]] == ["sources.csv"]
    for name, resource in RESOURCES.items():  # every row has a source, and so no table needs a licence of its own
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        assert fields["source_id"]["constraints"]["required"], name


def test_who_made_a_figure_is_named_whole_or_not_at_all_and_the_survey_is_bps(folder: Path) -> None:
    sources = read("sources")
    named = sources[["institution", "document", "document_id"]] != ""
    assert (named.all(axis=1) == named.any(axis=1)).all()
    assert not sources["seen_as"].str.contains(",").any()
    rounds = read("labour_force").drop_duplicates("period").merge(sources, on="source_id")
    assert (rounds["institution"] + " " + rounds["document"]).tolist() == [
        f"BPS Sakernas August {year}" for year in (2022, 2023, 2024, 2025)
    ]


def test_readme_names_every_table_and_column_and_no_other() -> None:
    readme = (FOLDER / "README.md").read_text("utf-8")
    listed = re.findall(r"^\| \[`(\w+)`\]\(#(\w+)\) \|", readme, re.M)
    assert listed == [(name, name) for name in RESOURCES]
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", readme, re.M | re.S))
    assert list(sections.keys() - {"Terms", "Conventions", "Tables"}) and RESOURCES.keys() <= sections.keys()
    for name, resource in RESOURCES.items():
        columns = re.findall(r"^\| `(\w+)` \| (\w+) \|", sections[name], re.M)
        assert columns == [(field["name"], field["type"]) for field in resource["schema"]["fields"]], name
        assert f"File `{resource['path']}`. Key: " in sections[name]
    assert set(re.findall(r"^File `([^`]+)`", readme, re.M)) == {resource["path"] for resource in RESOURCES.values()}


@pytest.mark.parametrize(
    ("start", "measure"),
    [
        ("LPG-2024-09-ANTARA#1,", "coverage_rate"),
        ("LPG-2024-09-ANTARA#2,", "covered"),
        ("LPG-2025-08-LAMPOST#4,", "uncovered"),
    ],
)
def test_only_what_is_about_a_target_has_its_year(folder: Path, start: str, measure: str) -> None:
    line = put(folder, CLAIMS, start, "target_year", "2025")
    message = f"{measure} is no target; leave the cell empty"
    refuses(folder, CLAIMS, line, "target_year", "2025", "target year", message)


def test_the_two_targets_of_one_article_are_for_two_years() -> None:
    claims = read("reported_claims").set_index("claim_id")
    # Antara, September 2024: 32.62 % by 2024, 38.39 % (1.17 million) in 2025, 176,502 from one to the other.
    years = claims.loc[[f"LPG-2024-09-ANTARA#{n}" for n in (4, 5, 6, 7, 8)], "target_year"]
    assert years.tolist() == ["2024", "2024", "2025", "2025", "2024-2025"]


def test_each_word_of_a_claim_stands_in_its_own_column() -> None:
    claims = read("reported_claims").set_index("claim_id")
    words = ["measure", "segment", "status", "base", "as_of"]
    expected = {
        "LPG-2024-10-BERDIKARI#10": ["covered", "PU", "non_active", "", ""],
        "NAT-2021-04-HUKUMONLINE#1": ["coverage_rate", "total", "registered", "", ""],
        "ACEH-2023-09#2": ["workers", "total", "", "eligible", ""],
        "JAWA-TENGAH-DAN-DI-YOGYA-2021-11#2": ["workers", "BPU", "", "remaining potential", ""],
        "INDONESIA-2021-08#3": ["covered", "total", "active", "", "2020-12"],
    }
    assert {claim: claims.loc[claim, words].tolist() for claim in expected} == expected
    assert not claims["segment"].str.contains(r"20[0-4][0-9]|potential|^employed|PPU").any()
    # Seven provinces of one list: each figure is its province's.
    listed = claims[claims["article_id"] == "NAT-2025-GOODSTATS7"]
    assert set(listed["level"]) == {"province"} and listed["place"].tolist() == listed["province"].tolist()
    kutai = claims.loc["KALTIM-2023#2", ["place", "level", "province_code"]]
    assert kutai.tolist() == ["Kabupaten Kutai Kartanegara", "regency", "64"]


def test_a_caution_stands_in_both_languages(folder: Path) -> None:
    claims = read("reported_claims", folder)
    assert ((claims["caution"] == "") == (claims["caution_id"] == "")).all()
    assert (claims["caution"] != "").any()


DECREES_OF_2026 = [
    ("Aceh", 3932552, "high"),
    ("Sumatera Utara", 3228971, "high"),
    ("Kalimantan Utara", 3775243, "medium"),  # two outlets print 3,755,243 for the same decree
    ("Papua Barat", 3841000, "high"),
    ("Papua Barat Daya", 3766000, "high"),
]


@pytest.mark.parametrize(("province", "rupiah", "confidence"), DECREES_OF_2026, ids=lambda value: str(value))
def test_the_minimum_wage_of_2026_is_the_decrees_and_says_where_it_was_announced(
    province: str, rupiah: int, confidence: str
) -> None:
    wages = read("minimum_wage").set_index(["year", "province"])
    row = wages.loc[2026, province]
    assert (row["minimum_wage"], row["confidence"]) == (rupiah, confidence)
    assert row["minimum_wage"] != wages.loc[2025, province]["minimum_wage"]
    [source] = read("sources").set_index("source_id").loc[[row["source_id"]]].to_dict("records")
    assert source["published"] >= "2025-12" and "2026" in source["title"]


def test_no_province_has_the_minimum_wage_of_the_year_before() -> None:
    # 2022 is left out: three provinces kept the wage of 2021 then.
    by_year = read("minimum_wage").pivot(index="province", columns="year", values="minimum_wage")
    later = [year for year in by_year if year >= 2023]
    same = [(name, year) for year in later for name in by_year.index[by_year[year] == by_year[year - 1]]]
    assert same == []
