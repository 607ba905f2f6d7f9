"""`cakupan press`: what it says of a file of printed figures, what it refuses, and that it's the same everywhere.

Lampung's figures for 2023 come from the issue that asked for this, worked out there by hand: 731,991 covered at 26.79 %
are 2,731,820 to 2,732,839 workers (731,991 / 0.26795 and / 0.26785).
"""

import csv
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analysis import cli
from analysis.cli import main
from analysis.data import FOLDER, figures, read
from analysis.data.check import check
from analysis.data.figures import bytes_of, columns, example, figures_in
from analysis.press import release
from analysis.press.program import WORK, effort
from analysis.press.statements import MEASURES, claims_of
from analysis.press.verdict import Case
from analysis.printed import SCALES, WORDS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
HEADER = "place,period,measure,segment,value_printed"
LAMPUNG = example()
RIGHT = LAMPUNG.replace("1,7 orang", "1,7 juta")


def run(text: str | bytes, *words: str) -> Result:
    """The command on standard input."""
    return CliRunner().invoke(main, ["press", "-", *words], input=text)


def asked(text: str, *words: str) -> dict:
    return json.loads(run(text, "--format", "json", *words).stdout)


def rows(*lines: str, header: str = HEADER) -> str:
    return "\n".join([header, *lines]) + "\n"


def squeezed(text: str) -> str:
    return " ".join(text.split())


def bounds_by_line(trial: dict) -> dict[int, tuple]:
    return {row["line"]: (row["low"], row["high"]) for row in trial["bounds"] if row["line"]}


# ---- what it finds ----


def test_the_example_conflicts_as_printed_and_the_lost_word_is_offered() -> None:
    found = run(LAMPUNG)
    text = squeezed(found.stdout)
    assert found.exit_code == 1, found.stderr
    assert "CONFLICT: of 7 figures, 2 cannot be true together." in text
    assert "7 Covered, informal (BPU) sebanyak 167.605 8 Workers, informal (BPU) 1,7 orang" in text
    assert "What joins them: the covered are no more than the workers" in text
    assert "a scale word was dropped or mistaken: line 8 (“1,7 orang”) could be “1,7 juta”" in text
    assert "Corrections offered, none of them made in the file" in text
    assert "if line 8 is “1,7 juta”: line figure printed can be" in text
    assert "No other choice as small would do." in text


def test_the_corrected_example_is_consistent_and_has_both_readings() -> None:
    found = run(RIGHT)
    text = squeezed(found.stdout)
    assert found.exit_code == 0, found.stderr
    assert "CONSISTENT: all figures can be true together; 7 of 7 are tested by others." in text
    assert "4 Workers sebanyak 2,7 juta 2,731,820–2,732,839" in text
    # 1 juta to the nearest million, or to the nearest 100,000 as 1,7 and 2,7 juta are.
    assert "6 Workers, formal (PU) 1 juta 981,820–1,082,839 read finer 981,820–1,050,000" in text
    assert "an error within these bounds can't be seen" in text
    assert "Corrections" not in text and "Fewest" not in text


def test_rates_that_nobody_printed_follow_in_both_readings() -> None:
    follows = {(row["measure"], row["segment"]): row for row in asked(RIGHT)["articles"][0]["bounds"]}
    expected = {
        ("coverage_rate", "PU"): (0.5212, 0.5748, 0.5375, 0.5748),
        ("coverage_rate", "BPU"): (0.0958, 0.1016, 0.0958, 0.0997),
        ("workers_share", "BPU"): (0.6038, 0.6406, 0.6156, 0.6406),
    }
    for key, ends in expected.items():
        row = follows[key]
        assert row["share"] and row["line"] is None and row["value_printed"] is None
        assert tuple(round(row[end], 4) for end in ("low", "high", "fine_low", "fine_high")) == ends


@pytest.mark.parametrize(
    ("old", "new", "lines", "joined"),
    [
        ("26,79", "29,67", [2, 3, 4], "coverage rate = covered / workers"),
        ("167.605", "167.606", [3, 5, 7], "formal + informal = all"),
    ],
)
def test_a_planted_slip_is_named_with_its_lines_and_what_joins_them(
    old: str, new: str, lines: list[int], joined: str
) -> None:
    planted = RIGHT.replace(old, new)
    assert [row["line"] for row in asked(planted)["articles"][0]["conflict"]] == lines
    found = run(planted)
    assert found.exit_code == 1
    assert f"What joins them: {joined}" in squeezed(found.stdout)


def test_a_slip_within_the_rounding_stays_unseen() -> None:
    assert run(RIGHT.replace("26,79", "26,97")).exit_code == 0


def test_figures_cut_off_are_no_conflict() -> None:
    text = rows('L,2024,coverage_rate,,"24,86"', "L,2024,covered,,760.468", 'L,2024,workers,,"3,05 juta"')
    found = run(text)
    assert found.exit_code == 0
    assert "if digits of line 4 (“3,05 juta”) were cut off, not rounded" in squeezed(found.stdout)
    assert asked(text)["articles"][0]["cut_off"][0]["value_printed"] == "3,05 juta"


def test_nothing_to_test_is_no_conflict_and_says_what_a_figure_means() -> None:
    found = run(rows('Lampung,2023,workers,,"2,7 juta"', "Lampung,2023,companies,,13.245"))
    assert found.exit_code == 0
    assert "NOTHING TO TEST" in found.stdout
    assert "2,650,000–2,750,000" in found.stdout
    assert "Not tested, because no other figure bears on it: line 3 (“13.245”)." in squeezed(found.stdout)


def test_a_figure_that_no_measure_counts_is_listed_as_not_tested() -> None:
    trial = asked(LAMPUNG + "Lampung,2023,companies,total,,13.245,companies\n")["articles"][0]
    assert [row["line"] for row in trial["not_tested"]] == [9]


def test_seven_workers_at_45_percent_are_no_whole_people() -> None:
    found = run(rows("X,2023,workers,,7", "X,2023,coverage_rate,,45"))
    assert found.exit_code == 1
    assert "IMPOSSIBLE FOR WHOLE PEOPLE: of 2 figures, 2 fit no number of people." in squeezed(found.stdout)


def test_articles_on_one_place_and_month_are_tried_together() -> None:
    header = f"article_id,{HEADER}"
    text = rows("A,L,2024-09-24,workers,,3.058.943", "B,L,2024-09-30,workers,,3.059.943", header=header)
    found = run(text)
    assert found.exit_code == 1
    assert "ARTICLES ON ONE PLACE AND MONTH, TOGETHER" in found.stdout
    assert "one figure with different values" in found.stdout
    answer = asked(text)
    assert [trial["verdict"] for trial in answer["articles"]] == ["nothing to test", "nothing to test"]
    assert [trial["article_ids"] for trial in answer["together"]] == [["A", "B"]]


def test_another_articles_value_and_the_gap_to_a_target_are_offered() -> None:
    claims = read("reported_claims")
    wanted = ["LPG-2025-08-KUTIPAN2", "LPG-2025-08-SUMA", "LPG-2025-08-RADAR"]
    articles = claims[claims["article_id"].isin(wanted)]
    text = squeezed(run(articles.to_csv(index=False)).stdout)
    assert "could be “38,39”, as LPG-2025-08-RADAR prints it (line 5)" in text
    assert "could be the gap to the target of 38,39 % for 2025 (line 5)" in text


def test_a_file_with_semicolons_as_excel_saves_it_is_read() -> None:
    # 26,79 needs no quotes there.
    semicolons = "place;period;measure;segment;value_printed\nL;2023;covered;;731.991\nL;2023;coverage_rate;;26,79\n"
    assert "2,731,820–2,732,839" in run(semicolons).stdout


def test_segments_that_were_not_printed_are_no_conflict_and_it_says_how_many_people_they_have() -> None:
    text = rows("I,2023,covered,total,35.300.000", "I,2023,covered,BPU,6.100.000", "I,2023,covered,PU,22.580.000")
    found = run(text)
    assert found.exit_code == 0
    # 35.3 less 6.1 and 22.58 million
    said = "CONSISTENT IF THERE ARE OTHER SEGMENTS: all figures can be true if 6,620,000 people of “Covered” are in segments"
    assert said in squeezed(found.stdout)
    said = "COCOK BILA ADA SEGMEN LAIN: semua angka dapat benar bila 6.620.000 orang dari “Tercakup” ada di segmen"
    assert said in squeezed(run(text, "--language", "id").stdout)
    [trial] = asked(text)["articles"]
    assert (trial["verdict"], trial["read"]) == ("consistent if there are other segments", "with other segments")
    assert trial["other_segments"] == [
        {"place": "I", "date": "2023", "measure": "covered", "kind": "active", "low": 6620000, "high": 6620000}
    ]


def test_one_person_left_for_other_segments_is_one_person() -> None:
    text = squeezed(run(rows("I,2023,covered,total,91", "I,2023,covered,BPU,60", "I,2023,covered,PU,30")).stdout)
    assert "1 person of “Covered” is in segments that were not printed" in text


def test_counts_in_whole_thousands_may_be_rounded_and_that_is_no_conflict() -> None:
    # 573,000 / 843,000 = 67.972 %; / 843,200 = 67.956 %, which is 67.95 to 67.96.
    text = rows('S,2025,coverage_rate,,"67,95"', "S,2025,covered,,573.000", "S,2025,workers,,843.000")
    found = run(text)
    assert found.exit_code == 0
    said = squeezed(found.stdout)
    assert (
        "CONSISTENT IF ROUNDED TO THOUSANDS: all figures can be true if line 4 (“843.000”) was rounded to thousands. Other choices as small would do as well."
        in said
    )
    assert "What each figure can be, if counts that end in 000 are rounded to thousands:" in said
    indonesian = squeezed(run(text, "--language", "id").stdout)
    assert (
        "COCOK BILA DIBULATKAN KE RIBUAN: semua angka dapat benar bila baris 4 (“843.000”) dibulatkan ke ribuan."
        in indonesian
    )
    [trial] = asked(text)["articles"]
    assert trial["verdict"] == "consistent if counts are rounded to thousands"
    assert trial["read"] == "rounded to thousands"
    assert [row["line"] for row in trial["rounded"]] == [4] and trial["others_would_do"]
    # 842,500 × 67.945 % = 572,436.6, and no less than 572,500; 843,500 × 67.955 % = 573,200.4.
    assert bounds_by_line(trial)[3] == (572500, 573200)
    # 572,500 / 67.955 % = 842,469.3, and no less than 842,500.
    assert bounds_by_line(trial)[4] == (842500, 843500)


def test_a_rate_of_other_workers_of_the_article_is_offered() -> None:
    header = f"{HEADER},base"
    # 300 of 1,250 employed are 24.0 %; of the 1,111 eligible they would be 27.0 %.
    text = rows(
        'L,2023,coverage_rate,,"24,0",eligible',
        "L,2023,covered,,300,",
        "L,2023,workers,,1.111,eligible",
        "L,2023,workers,,1.250,employed",
        header=header,
    )
    found = run(text)
    assert found.exit_code == 1
    assert "line 2 (“24,0 %”) could be a share of the employed" in squeezed(found.stdout)
    assert "if line 2 is a share of the employed: line" in squeezed(found.stdout)
    indonesian = squeezed(run(text, "--language", "id").stdout)
    assert "baris 2 (“24,0 %”) mungkin bagian dari penduduk bekerja" in indonesian
    offered = asked(text)["articles"][0]["corrections"][0]
    assert (offered["kind"], offered["lines"], offered["base"]) == ("base", [2], "employed")


def test_a_count_that_is_the_targets_people_is_offered_as_that() -> None:
    header = f"{HEADER},target_year"
    # 40 % of 1,250 are 500, and 24 % are 300: the 500 aren't covered, they are to be.
    text = rows(
        'L,2023,coverage_rate,,"24,0",',
        "L,2023,covered,,500,",
        "L,2023,workers,,1.250,",
        'L,2023,target_rate,,"40,0",2024',
        header=header,
    )
    found = run(text)
    assert found.exit_code == 1
    assert "line 3 (“500”) could be the people of the target of 40,0 % for 2024 (line 5)" in squeezed(found.stdout)
    assert "if line 3 is the people of the target: line" in squeezed(found.stdout)
    indonesian = squeezed(run(text, "--language", "id").stdout)
    assert "baris 3 (“500”) mungkin jumlah orang dari target 40,0 % untuk 2024 (baris 5)" in indonesian
    offered = asked(text)["articles"][0]["corrections"][0]
    assert (offered["kind"], offered["lines"], offered["printed_on_line"]) == ("target", [3], 5)


def test_a_tables_last_line_is_added_up_and_a_place_is_one_however_it_is_spelt() -> None:
    text = rows("Kota Metro,2023,covered,,60", "Kabupaten Pesawaran,2023,covered,,40", "Jumlah,2023,covered,,101")
    assert run(text).exit_code == 1
    assert "What joins them: the places within, added up, = Jumlah" in squeezed(run(text).stdout)
    [trial] = asked(text)["articles"]
    assert trial["places"] == ["Kota Metro", "Kabupaten Pesawaran"]
    assert run(text.replace("101", "100")).exit_code == 0
    spelt = rows("Kota Metro,2023,covered,,60", "KOTA  METRO,2023,workers,,59")
    assert run(spelt).exit_code == 1
    found = run(text.replace("101", "100"), "--complete", "jumlah")
    assert found.exit_code == 0, found.stderr


def test_districts_add_up_to_their_province_only_when_all_are_there() -> None:
    text = rows(
        "Lampung,2023,covered,10.000,province,18",
        "Kota Metro,2023,covered,3.000,city,18",
        "Kabupaten Pesawaran,2023,covered,4.000,regency,18",
        header="place,period,measure,value_printed,level,province_code",
    )
    assert run(text).exit_code == 0
    assert run(text, "--complete", "Lampung").exit_code == 1


# ---- where a search would take too long ----


@pytest.fixture
def one_figure() -> str:
    """A hundred values of one figure, no two alike, beside something that agrees with the last."""
    return rows(*(f"L,2023,covered,total,{700_001 + n}" for n in range(100)), "L,2023,workers,total,900000")


def test_a_hundred_values_of_one_figure_are_told_apart_by_sorting(one_figure: str) -> None:
    with effort(WORK) as spent:
        trial = asked(one_figure)["articles"][0]
    assert [row["line"] for row in trial["conflict"]] == [100, 101]  # the last two
    assert len(trial["remove"]) == 99 and trial["others_would_do"]
    assert trial["not_tried"] == [] and spent.left_out == []


def test_what_the_work_did_not_suffice_for_is_said_and_a_conflict_stays_one(
    one_figure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "WORK", 1)
    trial = asked(one_figure)["articles"][0]
    assert trial["verdict"] == "inconsistent" and len(trial["conflict"]) == 2
    assert trial["not_tried"] == ["smallest", "fewest", "corrections"]
    assert trial["others_would_do"] is None or trial["remove"] == []
    found = run(one_figure)
    assert found.exit_code == 1
    assert "Not tried to the end, because the limit was reached: whether fewer figures conflict already;" in squeezed(
        found.stdout
    )
    assert "No correction is offered" not in found.stdout
    assert "Belum dicari sampai tuntas" in run(one_figure, "--language", "id").stdout


def test_the_same_work_gives_the_same_bytes(one_figure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "WORK", 30)
    assert run(one_figure).stdout == run(one_figure).stdout


@pytest.mark.data
@pytest.mark.parametrize("work", [1, 3, 10, 40])
def test_however_little_work_there_is_what_is_not_known_is_said(work: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # Which figures would have to be read otherwise may not be found; then nothing follows from them.
    monkeypatch.setattr(release, "WORK", work)
    found = release.checked(claims_of(read("reported_claims")))
    unknown = [trial for trial in found.articles if not trial.chosen]
    assert unknown and all("bounds" in trial.left_out and trial.bounds == [] for trial in unknown)
    assert "what the other figures can be" in squeezed(release.as_text(found))


def test_articles_for_which_no_time_is_left_are_named_and_the_exit_code_is_1() -> None:
    claims, _ = figures_in(
        "x.csv", rows(*(f"{a},L,2023-12,covered,,5" for a in "ABCDEFG"), header=f"article_id,{HEADER}").encode()
    )
    begun: list[str] = []
    found = release.checked(
        claims, seconds=lambda: 9.0 if begun.count("") < 3 else 0.0, told=lambda name: begun.append(name)
    )
    kinds = [trial["verdict"] for trial in release.as_json(found)["articles"]]
    assert set(kinds) == {"nothing to test", "not tried"} and kinds[0] == "nothing to test"
    assert release.untried(found) == kinds.count("not tried") + 1  # and all of them together
    trial = release.as_json(found)["articles"][-1]
    assert trial["not_tried"] == ["verdict"] and trial["conflict"] == trial["not_tested"] == trial["bounds"] == []
    text = squeezed(release.as_text(found))
    assert "NOT TRIED, because the limit was reached:" in text and "whether they agree isn't known: " in text
    assert "TIDAK DIUJI, karena batasnya tercapai:" in squeezed(release.as_text(found, "id"))


def test_the_command_says_what_was_not_tried_within_the_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10**9, 100))
    monkeypatch.setattr(cli, "monotonic", lambda: next(clock))
    found = run(RIGHT, "--seconds", "1")
    assert found.exit_code == 1
    assert found.stderr == "1 not tried within 1 second; --seconds 0 gives them all the time they need\n"
    assert run(RIGHT, "--seconds", "0").exit_code == 0
    monkeypatch.setattr(release, "WORK", 1)
    spent = run(RIGHT, "--seconds", "0")
    assert (spent.exit_code, "1 not tried within 1 solver calls a search; try fewer" in spent.stderr) == (1, True)


def test_progress_is_said_on_standard_error_off_a_terminal_in_few_lines(
    one_figure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(10**9))  # a second a look
    told = cli._now_and_then(lambda name: f"now {name}", lambda: next(clock))
    with CliRunner().isolation() as (_, err, *_):
        for number in range(100):
            told(str(number))
        lines = err.getvalue().decode().splitlines()
    assert lines[0].startswith("now ") and 2 <= len(lines) <= 10
    found = run(one_figure)
    assert found.stderr.splitlines()[0] == "trying 101 figures, 1 article"
    assert "trying" not in found.stdout


# ---- how it says it ----


def test_json_says_the_same_with_lines_keys_and_open_ends_as_null() -> None:
    answer = asked(LAMPUNG)
    assert list(answer) == ["articles", "together"] and answer["together"] == []
    [trial] = answer["articles"]
    assert list(trial) == [
        "article_ids",
        "places",
        "dates",
        "figures",
        "verdict",
        "read",
        "conflict",
        "identities",
        "remove",
        "others_would_do",
        "rounded",
        "cut_off",
        "other_segments",
        "corrections",
        "bounds",
        "not_tested",
        "not_tried",
    ]
    assert (trial["verdict"], trial["read"], trial["figures"]) == ("inconsistent", "as corrected", 7)
    assert trial["conflict"][1] == {
        "line": 8,
        "claim_id": None,
        "article_id": None,
        "place": "Lampung",
        "date": "2023",
        "measure": "workers",
        "segment": "informal",
        "qualifier": "",
        "value_printed": "1,7 orang",
        "unit": "persons",
    }
    assert [(c["kind"], c["lines"], c["texts"]) for c in trial["corrections"]] == [("scale", [8], ["1,7 juta"])]
    assert bounds_by_line(trial)[4] == (2731820, 2732839)
    assert bounds_by_line(trial)[2] == (0.26785, 0.26795)
    assert bounds_by_line(asked(rows("L,2023,covered,,lebih dari 800.000"))["articles"][0])[2] == (800000, None)


def test_a_key_of_the_files_own_is_given_back() -> None:
    text = rows("B 7,L,2023,covered,,9", "B 8,L,2023,workers,,7", header=f"claim_id,{HEADER}")
    assert [row["claim_id"] for row in asked(text)["articles"][0]["conflict"]] == ["B 7", "B 8"]


def test_a_gap_has_bounds_though_it_is_no_number_of_people_alone() -> None:
    text = rows("L,2024,covered,,300", "L,2024,target_workers,,500", "L,2024,gap_to_target,,200")
    assert bounds_by_line(asked(text)["articles"][0])[4] == (200, 200)


def test_indonesian_writes_its_own_sentences_and_numbers() -> None:
    text = squeezed(run(LAMPUNG, "--language", "id").stdout)
    assert "BERTENTANGAN: dari 7 angka, 2 tidak dapat benar bersama-sama." in text
    assert "2.731.820–2.732.839" in text and "53,75–57,48 %" in text


def test_columns_stand_in_any_order_and_only_four_are_needed() -> None:
    text = 'value_printed,measure,period,place\n731.991,covered,2023,Lampung\n"26,79",coverage_rate,2023,Lampung\n'
    workers = next(row for row in asked(text)["articles"][0]["bounds"] if row["measure"] == "workers")
    assert (workers["low"], workers["high"]) == (2731820, 2732839)


@pytest.mark.process
def test_the_answer_has_the_same_bytes_whatever_terminal_and_locale(tmp_path: Path) -> None:
    (tmp_path / "release.csv").write_text(LAMPUNG, "utf-8")
    answers = set()
    for env in (
        {"COLUMNS": "40", "LC_ALL": "C.UTF-8"},
        {"COLUMNS": "200", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii", "FORCE_COLOR": "1", "TERM": "xterm-256color", "TZ": "Asia/Jakarta"},
        {"NO_COLOR": "1", "TERM": "dumb", "PYTHONHASHSEED": "7"},
    ):
        for form in ("text", "json"):
            call = [
                sys.executable,
                "-c",
                "from analysis.cli import main; main()",
                "press",
                "release.csv",
                "--format",
                form,
            ]
            done = subprocess.run(
                call,
                cwd=tmp_path,
                env=os.environ | {"PYTHONPATH": str(ROOT)} | env,
                capture_output=True,
                check=False,
                timeout=120,
            )
            assert done.returncode == 1 and done.stderr == b"", done.stderr
            answers.add((form, done.stdout))
    assert len(answers) == 2
    widest = max(len(line) for form, answer in answers if form == "text" for line in answer.decode().splitlines())
    assert widest <= 80


@pytest.mark.process
def test_a_terminal_gets_the_same_text(tmp_path: Path) -> None:
    (tmp_path / "release.csv").write_text(LAMPUNG, "utf-8")
    reader, terminal = pty.openpty()
    call = [sys.executable, "-c", "from analysis.cli import main; main()", "press", "release.csv"]
    done = subprocess.Popen(
        call, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}, stdout=terminal
    )
    os.close(terminal)
    seen = b""
    try:
        while chunk := os.read(reader, 65536):
            seen += chunk
    except OSError:  # the end, on Linux
        pass
    assert done.wait() == 1
    assert seen.decode().replace("\r\n", "\n") == run(LAMPUNG).stdout


@pytest.mark.data
def test_every_article_of_data_gets_a_verdict() -> None:
    claims = read("reported_claims")
    answer = asked((FOLDER / "reported_claims.csv").read_text("utf-8"))
    assert len(answer["articles"]) == claims["source_id"].nunique()
    assert sum(trial["figures"] for trial in answer["articles"]) == len(claims)
    seed = next(t for t in answer["articles"] if t["article_ids"] == ["LPG-2023-SEED-ANTARA"])
    assert [row["claim_id"] for row in seed["conflict"]] == ["LPG-2023-SEED-ANTARA#6", "LPG-2023-SEED-ANTARA#7"]


# ---- what it refuses: text, then line, column, value, rule and part of what to do ----

FILES: list[tuple[str, str | bytes, tuple[int, str, str, str], str]] = [
    ("half of utf-16", RIGHT.encode("utf-16")[:-1], (1, "", "", "encoding"), "save it as CSV UTF-8"),
    ("utf-16 without its mark", RIGHT.encode("utf-16-le"), (1, "", "", "encoding"), "save it as CSV UTF-8"),
    (
        "long cell",
        rows(f"L,2023,covered,,{'7' * 20_000}"),
        (2, "value_printed", f"{'7' * 200}… (20,000 characters)", "cell too long"),
        "at most 10,000 characters",
    ),
    (
        "long cell between semicolons",
        rows(f"L;2023;covered;;{'7' * 20_000}", header=HEADER.replace(",", ";")),
        (2, "value_printed", f"{'7' * 200}… (20,000 characters)", "cell too long"),
        "is a quote missing",
    ),
    (
        "blank line after sep=",
        "sep=;\n" + rows("L;2023;covered;;5", "", header=HEADER.replace(",", ";")),
        (4, "", "", "blank line"),
        "remove the line",
    ),
    (
        "header twice but for its spaces",
        rows("L,2023,covered,,5,L", header=HEADER + ", Place"),
        (1, "place", "place", "duplicate header"),
        "remove or rename one",
    ),
    (
        "latin-1",
        rows("Yogya\xe9,2023,covered,,5").encode("latin-1"),
        (2, "", "\xe9,2023,cover", "encoding"),
        "isn't UTF-8",
    ),
    ("nul", rows("L,2023,covered,,7\x0031"), (2, "", "\\x00", "NUL byte"), "export it again"),
    ("empty", "", (1, "", "", "empty file"), "a header and rows were expected"),
    ("header only", HEADER + "\n", (1, "", "", "header only"), "no rows"),
    ("ragged", rows("L,2023,covered,,2,7 juta"), (2, "", "L,2023,covered,,2,7 juta", "ragged row"), "needs quotes"),
    (
        "quote",
        rows('L,2023,covered,,"2,7 juta'),
        (2, "", 'L,2023,covered,,"2,7 juta', "unclosed quote"),
        "isn't closed",
    ),
    (
        "duplicate header",
        rows("L,2023,covered,,5,L", header=HEADER + ",place"),
        (1, "place", "place", "duplicate header"),
        "remove or rename one",
    ),
    (
        "missing column",
        rows("L,2023,5", header="place,period,value_printed"),
        (1, "measure", "", "missing column"),
        "the table needs the columns place, period, measure, value_printed",
    ),
    (
        "unknown column",
        rows("L,2023,covered,,5,x", header=HEADER + ",qualifer"),
        (1, "qualifer", "qualifer", "extra column"),
        "did you mean qualifier? Else remove it",
    ),
    ("blank line", rows("L,2023,covered,,5", "", "L,2023,workers,,7"), (3, "", "", "blank line"), "remove the line"),
]


@pytest.mark.parametrize(("text", "where", "message"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
def test_a_broken_file_is_named_with_line_and_rule(text: str | bytes, where: tuple, message: str) -> None:
    found = run(text, "--format", "json")
    [problem] = json.loads(found.stdout)["problems"]
    assert found.exit_code == 1
    assert (problem["line"], problem["column"], problem["value"], problem["rule"]) == where
    assert message in problem["message"]
    assert problem["file"] == "<stdin>"


@pytest.mark.parametrize(
    "raw",
    {
        "utf-16 with its mark": RIGHT.encode("utf-16"),
        "utf-16, big end first": b"\xfe\xff" + RIGHT.encode("utf-16-be"),
        "utf-8 with a mark": b"\xef\xbb\xbf" + RIGHT.encode(),
        "lines of Windows": RIGHT.replace("\n", "\r\n").encode(),
        "columns with capitals and spaces": RIGHT.replace("place,period", " Place ,PERIOD")
        .replace("value_printed", "Value printed", 1)
        .encode(),
    }.values(),
    ids=[
        "utf-16 with its mark",
        "utf-16, big end first",
        "utf-8 with a mark",
        "lines of Windows",
        "columns with capitals and spaces",
    ],
)
def test_what_a_spreadsheet_leaves_is_read_as_it_is_meant(raw: bytes) -> None:
    assert run(raw).stdout == run(RIGHT).stdout


@pytest.mark.parametrize("mark", [";", "\t"])
def test_excels_first_line_is_no_row_and_lines_are_those_of_the_file(mark: str) -> None:
    text = (
        RIGHT.replace('"', "").replace("2,7 juta", "2.7 juta").replace("26,79", "26.79").replace("1,7 juta", "1.7 juta")
    )
    found = run(f"sep={mark}\n" + text.replace(",", mark), "--format", "json")
    assert [row["line"] for row in json.loads(found.stdout)["articles"][0]["bounds"]][:7] == [3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("value_printed", "7" * 5000, "it has 5,000 digits"),
        ("value_printed", "x" * 5000 + " 7", "is not in the table of words"),
        ("measure", "covered" * 1000, "write one of"),
        ("period", "2" * 5000, "write it as 2023"),
        ("place", "L\N{ZERO WIDTH SPACE}", "write 'L'"),
    ],
    ids=["digits", "word", "measure", "period", "unseen"],
)
def test_a_long_cell_is_refused_in_a_short_sentence(column: str, value: str, says: str) -> None:
    cells = {"place": "L", "period": "2023", "measure": "covered", "value_printed": "5"} | {column: value}
    found = run(rows(",".join(cells.values()), header=",".join(cells)))
    assert found.exit_code == 1
    assert says in found.stdout and len(found.stdout) < 3000


# ---- what stands in a file's place ----


def asked_of(
    path: "Path | bytes | str", *words: str, stdin: "bytes | None" = None
) -> subprocess.CompletedProcess[bytes]:
    call = [sys.executable, "-c", "from analysis.cli import main; main()", "press", path, *words]
    return subprocess.run(call, cwd=ROOT, input=stdin, capture_output=True, check=False, timeout=300)


@pytest.mark.process
def test_a_device_is_refused_and_not_read() -> None:
    found = asked_of("/dev/zero", "--format", "json")
    [problem] = json.loads(found.stdout)["problems"]
    assert found.returncode == 1
    assert (problem["file"], problem["rule"]) == ("/dev/zero", "not a file")
    assert "it is a device" in problem["message"]


@pytest.mark.process
def test_a_pipe_that_nobody_writes_to_is_waited_for_so_long_and_no_longer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    found = asked_of(tmp_path / "pipe", "--seconds", "1")
    assert found.returncode == 1
    assert b"nothing came out of this pipe for 1 second; is anything written to it?" in found.stdout


def test_a_pipe_that_is_written_to_is_read_to_its_end(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    with ThreadPoolExecutor() as pool:
        pool.submit(pipe.write_text, RIGHT * 1, "utf-8")
        raw, problems = bytes_of(str(pipe), 300)
    assert (raw.decode(), problems) == (RIGHT, [])


def test_a_process_substitution_is_read() -> None:
    reader, writer = os.pipe()
    os.write(writer, RIGHT.encode())
    os.close(writer)
    assert bytes_of(f"/dev/fd/{reader}") == (RIGHT.encode(), [])
    os.close(reader)


def test_more_than_a_file_may_have_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "big.csv").write_text(RIGHT, "utf-8")
    os.mkfifo(pipe := tmp_path / "pipe")
    monkeypatch.setattr(figures, "MOST_BYTES", 100)
    assert "more than 100 bytes" in bytes_of(str(tmp_path / "big.csv"))[1][0].message
    with ThreadPoolExecutor() as pool:
        pool.submit(pipe.write_text, RIGHT, "utf-8")
        assert "more than 100 bytes" in bytes_of(str(pipe), 300)[1][0].message
    assert "more than 100 bytes" in run(RIGHT).stdout


@pytest.mark.process
def test_a_name_that_is_no_utf_8_is_named_as_far_as_it_can_be(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/Lamp\xfcng.csv"
    Path(os.fsdecode(path)).write_text("place\n", "utf-8")
    for words in ([], ["--format", "json"]):
        found = asked_of(path, *words)
        assert found.returncode == 1
        assert b"Lamp\\" in found.stdout and b"Traceback" not in found.stderr


@pytest.mark.process
@pytest.mark.parametrize("words", [[], ["--format", "json"]], ids=["text", "json"])
def test_a_closed_standard_input_is_a_sentence(words: list[str]) -> None:
    call = f"exec {sys.executable} -c 'from analysis.cli import main; main()' press - {' '.join(words)} <&-"
    found = subprocess.run(["sh", "-c", call], cwd=ROOT, capture_output=True, check=False, timeout=300)
    assert found.returncode == 1
    assert b"standard input is closed" in found.stdout


CELLS = [
    ("value_printed", "puluhan ribu", "printed number", "it has no digits"),
    ("value_printed", "", "empty cell", "fill the cell"),
    ("value_printed", "9999999999999999999999", "printed number", "more people than there are"),
    ("measure", "covred", "unknown value", "did you mean covered?"),
    ("level", "provins", "unknown value", "did you mean province?"),
    ("status", "activ", "unknown value", "did you mean active?"),
    ("base", "eligble", "unknown value", "did you mean eligible?"),
    ("unit", "person", "unknown value", "did you mean persons?"),
    ("unit", "percent", "unit", "covered is no percentage"),
    ("segment", "Informal", "unknown value", "did you mean informal?"),
    ("segment", "infromal", "unknown value", "did you mean informal?"),
    ("segment", "Jumlah", "unknown value", "did you mean total?"),
    ("segment", "penerima upah", "unknown value", "did you mean PU?"),
    ("segment", "LAKI LAKI", "unknown value", "did you mean laki-laki?"),
    ("measure", "COVERED", "unknown value", "did you mean covered?"),
    ("measure", "covered rate", "unknown value", "did you mean coverage_rate?"),
    ("measure", "pekerja", "unknown value", "did you mean workers?"),
    ("measure", "tingkat cakupan", "unknown value", "did you mean coverage_rate?"),
    ("level", "PROVINCE", "unknown value", "did you mean province?"),
    ("level", "kabupaten", "unknown value", "did you mean regency?"),
    ("unit", "persen", "unknown value", "did you mean percent?"),
    ("unit", "orang", "unknown value", "did you mean persons?"),
    ("status", "aktif", "unknown value", "did you mean active?"),
    ("base", "angkatan kerja", "unknown value", "did you mean labour force?"),
    ("province_code", "77", "unknown province code", "there is no such province"),
    ("province_code", "8", "code and name disagree", "8 is no province and Lampung is 18"),
    ("province_code", "11", "code and name disagree", "11 is Aceh and Lampung is 18"),
    ("province", "Lampong", "unknown province", "did you mean Lampung?"),
    ("period", "12/2023", "date", "write it as 2023, 2023-12"),
    ("period", "2023-13", "date", "write it as 2023, 2023-12"),
    ("as_of", "23", "date", "write it as 2023, 2023-12"),
    ("target_year", "25", "date", "write it as 2025 or 2024-2025"),
    ("target_year", "2025", "target year", "covered is no target"),
    ("place", "", "empty cell", "fill the cell"),
    ("place", "Lampung ", "unclean text", "write 'Lampung'"),
    ("value_read", "7,3", "number format", "write 7.3"),
]


@pytest.mark.parametrize(("column", "value", "rule", "message"), CELLS)
def test_a_wrong_cell_is_named_with_what_to_do(column: str, value: str, rule: str, message: str) -> None:
    row = {"place": "Lampung", "period": "2023", "measure": "covered", "value_printed": "731.991"}
    if (column, value) == ("province_code", "77"):
        row["place"] = "Kota Baru"
    wrong = row | {column: value}
    text = rows(",".join(f'"{cell}"' for cell in wrong.values()), header=",".join(wrong))
    _, [problem] = figures_in("release.csv", text.encode())
    assert (problem.file, problem.line, problem.column, problem.value, problem.rule) == (
        "release.csv",
        2,
        column,
        value,
        rule,
    )
    assert message in problem.message


@pytest.mark.parametrize("column", figures._MEANT)
def test_no_other_name_of_a_word_is_a_word_itself_or_means_two(column: str) -> None:
    words = figures._MEANT[column]
    field = next(field for field in figures._schema()["fields"] if field["name"] == column)
    allowed = figures.JOINED if column == "segment" else field["constraints"]["enum"]
    others = [figures._plain(other) for names in words.values() for other in names.split(", ")]
    assert set(words) <= set(allowed)
    assert len(set(others)) == len(others) and not {*others} & {figures._plain(word) for word in allowed}


def test_everything_wrong_is_reported_at_once_and_nothing_is_tried() -> None:
    header = f"claim_id,{HEADER}"
    text = rows("a,L,2023,covred,,5", "a,L,2023-13,workers,,7", "b,,2023,workers,,x", header=header)
    found = run(text)
    assert found.exit_code == 1
    where = [line.split(": ")[0] for line in found.stdout.splitlines()]
    assert where == [
        "<stdin>:2, column measure",
        "<stdin>:3, column claim_id",
        "<stdin>:3, column period",
        "<stdin>:4, column place",
        "<stdin>:4, column value_printed",
    ]
    assert "lines 2 and 3 have one key" in found.stdout
    assert found.stderr == "5 problems in <stdin>\n"
    assert "CONFLICT" not in found.stdout


@pytest.mark.data
def test_all_that_data_holds_may_stand_in_a_file_from_outside() -> None:
    claims, problems = figures_in("x.csv", (FOLDER / "reported_claims.csv").read_bytes())
    assert problems == [] and len(claims) == len(read("reported_claims"))
    without = [field for field in columns() if field not in ("source_id", "claim_id", "province")]
    again = read("reported_claims")[without].to_csv(index=False).encode()
    completed, problems = figures_in("x.csv", again)
    assert problems == []
    assert [claim.province for claim in completed] == [claim.province for claim in claims]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "name a FILE, or - for standard input; --example prints one to start from"),
        (["nowhere.csv"], "'nowhere.csv' does not exist"),
        (["-", "--complete", "Lampong"], "the file has no such place; did you mean Lampung?"),
        (["-", "--complete", "Lampung"], "no row lies within it"),
        (["-", "--language", "jv"], "'jv' is not one of"),
        (["-", "--format", "xml"], "'xml' is not one of"),
    ],
)
def test_a_command_that_is_not_understood_exits_with_2(words: list[str], says: str) -> None:
    found = CliRunner().invoke(main, ["press", *words], input=RIGHT)
    assert found.exit_code == 2
    assert says in squeezed(found.stderr)


# ---- data/ is stricter ----


@pytest.mark.parametrize(
    ("column", "value", "rule", "message"),
    [
        ("source_id", "", "empty cell", "every row needs this"),
        ("province_code", "77", "code and name disagree", "77 is no province and Lampung is 18"),
        ("level", "provins", "unknown value", "did you mean province?"),
        ("value_printed", "2,7 jutaa", "printed number", "is not in the table of words"),
        ("value_printed", "puluhan ribu", "printed number", "it has no digits"),
        ("qualifier", "sekitr", "printed number", "the nearest known word is “sekitar”"),
    ],
)
def test_check_refuses_a_claim_and_names_the_line(
    folder: Path, column: str, value: str, rule: str, message: str
) -> None:
    path = folder / "reported_claims.csv"
    table = list(csv.reader(path.read_text("utf-8").splitlines()))
    line = next(n for n, row in enumerate(table, 1) if row[0] == "LPG-2023-SEED-ANTARA#3")
    table[line - 1][table[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(table)
    [problem] = check(folder)
    at = "value_printed" if rule == "printed number" else column
    assert (problem.file, problem.line, problem.column, problem.rule) == ("reported_claims.csv", line, at, rule)
    assert message in problem.message


# ---- what the papers say ----


def test_the_example_is_what_the_article_printed() -> None:
    printed = CliRunner().invoke(main, ["press", "--example"])
    assert printed.exit_code == 0 and printed.stdout == LAMPUNG
    claims = read("reported_claims").set_index("article_id").loc["LPG-2023-SEED-ANTARA"]
    lines = list(csv.DictReader(LAMPUNG.splitlines()))
    assert [line["value_printed"] for line in lines] == claims["value_printed"].tolist()


def test_the_help_explains_every_column_and_measure() -> None:
    text = CliRunner().invoke(main, ["press", "--help"]).stdout
    words = set(re.findall(r"[a-z_]+", text))
    assert set(columns()) <= words
    assert set(MEASURES) <= words


def in_order(parts: Iterable[str], whole: str) -> bool:
    at = 0
    for part in parts:
        at = whole.find(part, at)
        if at < 0:
            return False
    return True


def test_the_readme_shows_what_the_commands_say() -> None:
    section = README.split("## Check a release before it goes out")[1].split("\n## ")[0]
    commands = re.findall(r"^    \.venv/bin/cakupan (.+)$", section, re.MULTILINE)
    assert commands == ["press --example > release.csv", "press release.csv"]
    shown = section.split("```\n")[1]
    assert in_order([part.strip("\n") for part in shown.split("…")], run(LAMPUNG).stdout)


@pytest.mark.process
def test_the_readmes_python_gives_the_same(tmp_path: Path) -> None:
    (tmp_path / "release.csv").write_text(LAMPUNG, "utf-8")
    code = README.split("```python\n")[1].split("```")[0]
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("inconsistent\n")
    assert "workers total 2731820 2732839" in squeezed(done.stdout)


def test_the_documented_table_of_words_is_the_parsers() -> None:
    table = (ROOT / "data/README.md").read_text("utf-8").split("### How printed figures are read")[1].split("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")][2:]
    effects = list(dict.fromkeys(word.effect for word in WORDS))
    expected = [
        [
            ", ".join(dict.fromkeys(word.id for word in words)),
            ", ".join(dict.fromkeys(word.en for word in words)),
            words[0].does,
        ]
        for words in ([word for word in WORDS if word.effect == effect] for effect in effects)
    ]
    assert lines == expected
    assert all(scale.id in table and scale.en in table for scale in SCALES)


def test_figures_that_nothing_joins_are_nothing_to_test_and_take_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "WORK", 100)
    villages = rows(*(f"Desa {n},2023-12,covered,,{n}" for n in range(1, 160)))
    [trial] = asked(villages)["articles"]
    assert trial["verdict"] == "nothing to test" and "tested" not in trial["not_tried"]


def test_what_was_left_out_for_time_is_not_worked_out_for_printing(monkeypatch: pytest.MonkeyPatch) -> None:
    claims, _ = figures_in(
        "x.csv", rows("L,2023-12,covered,,500", "L,2023-12,workers,,900", "L,2023-12,uncovered,,400").encode()
    )
    heard: list[str] = []
    found = release.checked(claims, seconds=lambda: 0.0 if "bounds" in heard else 9.0, told=heard.append)
    assert found.articles[0].left_out == ["bounds"]
    monkeypatch.setattr(Case, "read", lambda *_: pytest.fail("it was worked out all the same"))
    text = release.as_text(found)
    assert "Not tried to the end, because the limit was reached: what the other figures can be." in " ".join(
        text.split()
    )


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_machine(ends: str) -> None:
    plain = rows("L,2023-12,covered,,500", "L,2023-12,workers,,900")
    claims, problems = figures_in("x.csv", plain.replace("\n", ends).encode())
    assert problems == [] and [claim.value_printed for claim in claims] == ["500", "900"]
