"""What moved between two renders and why: made-up records, and a small repository whose every number has a known cause."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import entrypoints
import nbformat
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from samples import samples

from analysis import cli, data
from analysis.reporting.records import compare, record, revisions
from analysis.reporting.records.compare import At, Comparison

ROOT = data.ROOT

# --- made-up records -------------------------------------------------------------------------------------------


def synthetic_record(values=None, rows=None, parameters=None, **made_of):
    """A record with one sentence and one table; `made_of` by kind, as in files={"data/x.csv": "1"}."""
    published = {"synthetic_answer": {"values": values or {}, "rows": [], "about": {}}}
    if rows is not None:
        published["synthetic_table"] = {"values": {}, "rows": rows, "about": {}}
    usual = {
        "notebook": {"file": "synthetic.ipynb", "cells": "1"},
        "files": {},
        "folders": {},
        "languages": [],
        "versions": {},
    }
    return {"parameters": parameters or {}, "made_of": usual | made_of, "published": published}


def synthetic_outputs(folder, records):
    """Records as a render leaves them."""
    for path, there in records.items():
        file = record.file_of(folder, path, "id")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(record.as_text(there), "utf-8")
    return str(folder)


def told(*arguments):
    """What `cakupan compare` says of two states, as JSON, and its exit code."""
    result = CliRunner().invoke(cli.main, ["compare", *map(str, arguments), "--format", "json"])
    return (json.loads(result.stdout) if result.exit_code < 2 else result.output), result.exit_code


def by_place(moves):
    return {str(move.at): (move.old, move.new, move.cause) for move in moves}


# --- what is called otherwise ------------------------------------------------------------------------------------

RENAMES = """
[report]
claims = "press"
[item]
"claims/synthetic_table" = "synthetic_list"
[column]
basis = "split"
"synthetic_answer.high" = "most"
[word]
domicile = "residence"
"""


def renamed_outputs(tmp_path):
    rows = [{"basis": "domicile", "n": 1}, {"basis": "registration", "n": 2}]
    new_rows = [{"split": "residence", "n": 1}, {"split": "registration", "n": 3}]
    old = synthetic_record({"high": 4, "low": 1}, rows)
    new = synthetic_record({"most": 4, "low": 1}, new_rows)
    new["published"]["synthetic_list"] = new["published"].pop("synthetic_table")
    return (
        synthetic_outputs(tmp_path / "old", {"bali/claims": old}),
        synthetic_outputs(tmp_path / "new", {"bali/press": new}),
    )


def test_a_new_name_alone_is_no_move(tmp_path):
    old, new = renamed_outputs(tmp_path)
    (tmp_path / "renames.toml").write_text(RENAMES, "utf-8")
    found, code = told(old, new, "--renames", tmp_path / "renames.toml")
    assert code == 0 and [(n["report"], n["name"], n["row"], n["old"], n["new"]) for n in found["numbers"]] == [
        ("bali/press", "synthetic_list", {"split": "registration"}, 2, 3)
    ]
    assert told(old, new, "press", "--renames", tmp_path / "renames.toml")[0]["reports"] == 1
    assert len(told(old, new)[0]["numbers"]) > 1  # without the file nothing is the same


@pytest.mark.parametrize(
    "text, message",
    [
        ("[reports]\na = 'b'\n", "renames.toml:1: reports is unknown; there is report, item, column, word"),
        ("[item]\na = 'b'\nc = 3\n", 'renames.toml:3: item: write old = "new"'),
        ("item = 'a'\n", 'renames.toml:1: item: write old = "new"'),
        ("[item\n", "renames.toml:1: "),
    ],
)
def test_a_file_of_renames_that_cant_be_used_is_refused(tmp_path, text, message):
    old, new = renamed_outputs(tmp_path)
    (tmp_path / "renames.toml").write_text(text, "utf-8")
    said, code = told(old, new, "--renames", tmp_path / "renames.toml")
    assert code == 2 and message in said
    said, code = told(old, new, "--renames", tmp_path / "none.toml")
    assert code == 2 and "none.toml:1: " in said


NUMBER = st.one_of(st.none(), st.integers(-5, 5), st.floats(0, 1).map(lambda x: round(x, 1)))
NAME = st.sampled_from(["synthetic_a", "synthetic_b", "synthetic_c"])
ROW = st.tuples(st.sampled_from(["Aceh", "Bali", "Papua"]), st.integers(2024, 2027))
CONTENT = st.dictionaries(
    NAME,
    st.tuples(
        st.dictionaries(st.sampled_from(["rate", "covered"]), NUMBER, max_size=2),
        st.dictionaries(ROW, st.dictionaries(st.sampled_from(["rate", "persons"]), NUMBER, max_size=2), max_size=6),
    ),
    max_size=3,
)


def synthetic_published(content):
    """The record of made-up content, and every number in it by where it stands, written down independently."""
    published, there = {}, {}
    for name, (values, rows) in content.items():
        published[name] = {
            "values": values,
            "rows": [
                {"province": place, "year": year, "as_of": ["2024-12"], "trusted": True, **row}
                for (place, year), row in rows.items()
            ],
        }
        there |= {(name, None, column): value for column, value in values.items()}
        for (place, year), row in rows.items():
            there |= {(name, (place, year), column): value for column, value in row.items()}
            there[name, (place, year), "year"] = year
    return {"published": published}, {at: value for at, value in there.items() if value is not None}


@samples(100)
@given(CONTENT, CONTENT)
def test_every_number_that_differs_is_there_exactly_once(old, new):
    (old_record, before), (new_record, after) = synthetic_published(old), synthetic_published(new)
    differ = {at for at in {*before, *after} if before.get(at) != after.get(at)}
    moves = compare.moves("synthetic/report", old_record, new_record)
    # The key may be shorter than (province, year) where that tells all rows apart, so numbers are counted by their values.
    assert len(set(moves)) == len(moves)
    for name in {*old, *new}:
        mine = [move for move in moves if move.at.name == name]
        key = compare.key_columns(old_record, new_record)[name]

        def where(at, key=key):
            place = dict(zip(("province", "year"), at[1] or (), strict=False))
            return at[0], None if at[1] is None else tuple(place[column] for column in key), at[2]

        was = {where(at): value for at, value in before.items() if at[0] == name}
        now = {where(at): value for at, value in after.items() if at[0] == name}
        expected = {(*at, was.get(at), now.get(at)) for at in {*was, *now} if was.get(at) != now.get(at)}
        found = [
            (name, m.at.row if m.at.row is None else tuple(v for _, v in m.at.row), m.at.column, m.old, m.new)
            for m in mine
        ]
        assert sorted(found, key=str) == sorted(expected, key=str)
    if all(key == ["province", "year"] for key in compare.key_columns(old_record, new_record).values()):
        assert len(moves) == len(differ)
    # What is shown stands for each of them once, in full or behind "... and 3 more".
    causes = [move._replace(cause="data") for move in moves]
    assert sum(line.stands_for * max(1, len(s.places)) for s in compare.sections(causes) for line in s.lines) == len(
        moves
    )
    shown = Comparison("a", "b", causes, 1, {}, {}, True)
    assert len(json.loads(compare.as_json(shown))["numbers"]) == len(moves)


def test_rows_are_matched_by_their_keys_wherever_they_stand():
    old = [
        {"rank": 1, "province_code": "51", "province": "Bali", "rate": 0.5},
        {"rank": 2, "province_code": "18", "province": "Lampung", "rate": 0.2},
    ]
    new = [
        {"rank": 1, "province_code": "18", "province": "Lampung", "rate": 0.6},
        {"rank": 2, "province_code": "51", "province": "Bali", "rate": 0.5},
    ]
    moves = compare.moves("a", synthetic_record(rows=old), synthetic_record(rows=new))
    assert by_place(moves) == {
        "synthetic_table[Lampung].rank": (2, 1, ""),
        "synthetic_table[Lampung].rate": (0.2, 0.6, ""),
        "synthetic_table[Bali].rank": (1, 2, ""),
    }


def test_numbers_that_stayed_tell_rows_apart_where_text_does_not():
    old = [{"lever": "x", "goal": goal, "status": "out of reach", "value": 1} for goal in (0.5, 0.8)]
    new = [{"lever": "x", "goal": goal, "status": "reached", "value": goal * 10} for goal in (0.5, 0.8)]
    moves = compare.moves("a", synthetic_record(rows=old), synthetic_record(rows=new))
    assert [(str(m.at), m.old, m.new) for m in moves] == [
        ("synthetic_table[0.5].value", 1, 5.0),
        ("synthetic_table[0.8].value", 1, 8.0),
    ]


def test_rows_that_nothing_tells_apart_are_numbered():
    old = [{"place": "Bali", "n": 1}, {"place": "Bali", "n": 2}]
    new = [{"place": "Bali", "n": 1}, {"place": "Bali", "n": 3}]
    moves = compare.moves("a", synthetic_record(rows=old), synthetic_record(rows=new))
    assert by_place(moves) == {"synthetic_table[Bali, 2].n": (2, 3, "")}


def test_a_number_that_is_not_known_is_a_dash_and_printed_figures_are_numbers():
    old = synthetic_record({"rate": None, "printed": "2,7 juta", "place": "Bali", "many": [1, 2], "fair": True})
    new = synthetic_record({"rate": 0.5, "printed": "2,8 juta", "place": "Lampung", "many": [1, 3], "fair": False})
    moves = compare.moves("bali/coverage", old, new)
    assert [(str(m.at).partition(".")[2], m.old, m.new, m.event) for m in moves] == [
        ("rate", None, 0.5, ""),
        ("printed", "2,7 juta", "2,8 juta", ""),
        ("many.1", 2, 3, ""),
    ]
    text = compare.as_text(Comparison("a", "b", [m._replace(cause="data") for m in moves], 1, {}, {}, True))
    assert "bali/coverage  synthetic_answer.rate     –         0.5       data\n" in text


def test_what_is_new_or_gone_as_a_whole_is_one_line_that_says_so():
    row = {"place": "Bali", "covered": 1, "rate": 0.5}
    old, new = synthetic_record(rows=[row]), synthetic_record(rows=[row, row | {"place": "Papua"}])
    assert [line[:3] for s in compare.sections(compare.moves("x", old, new)) for line in s.lines] == [
        ("synthetic_table[Papua]", "–", "new row, 2 numbers")
    ]
    assert [line[:3] for s in compare.sections(compare.moves("x", new, old)) for line in s.lines] == [
        ("synthetic_table[Papua]", "gone row, 2 numbers", "–")
    ]
    without = synthetic_record({"n": 1})
    assert [
        line[:3]
        for s in compare.sections(compare.moves("x", synthetic_record({"n": 1}, [row]), without))
        for line in s.lines
    ] == [("synthetic_table", "gone name, 2 numbers", "–")]
    assert [line[:3] for s in compare.sections(compare.moves("x", None, without)) for line in s.lines] == [
        ("", "–", "new report, 1 number")
    ]


def test_what_moved_alike_in_several_places_is_one_line():
    moves = [
        move._replace(cause="data")
        for place, own in (("aceh", 1), ("bali", 2), ("papua", 3))
        for move in compare.moves(
            f"{place}/coverage",
            synthetic_record({"own": 0, "nation": 5, "world": 5}),
            synthetic_record({"own": own, "nation": 6, "world": 6}),
        )
    ]
    found = Comparison("a", "b", moves, 9, {}, {}, True)
    text = compare.as_text(found)
    assert text.startswith("9 published numbers moved in 3 of 9 reports; causes: data 9\n")
    assert "coverage, 3 places: aceh, bali, papua\n" in text
    assert text.count("synthetic_answer.nation") == 1 and text.count("synthetic_answer.own") == 3
    assert "coverage, 3 places  ... and 3 more\n" in compare.as_text(found, 1)
    assert "coverage, 3 places: aceh, bali, papua |" in compare.as_markdown(found)


def test_long_lists_are_cut_with_their_count_and_all_shows_all():
    old = synthetic_record({f"n{i}": 0 for i in range(152)})
    new = synthetic_record({f"n{i}": 1 for i in range(152)})
    found = Comparison("a", "b", compare.moves("bali/coverage", old, new), 1, {}, {}, True)
    assert compare.as_text(found).count("synthetic_answer") == 20
    assert "bali/coverage  ... and 132 more\n" in compare.as_text(found)
    assert compare.as_text(found, None).count("synthetic_answer") == 152
    assert compare.as_markdown(found).count("synthetic\\_answer") == 20


def test_markdown_cannot_be_broken_out_of():
    rows = [{"text": "a|b <script>\n`*x*`", "n": 1}]
    old, new = synthetic_record(rows=[]), synthetic_record(rows=rows)
    moves = compare.moves("x|y/z", old, new)
    text = compare.as_markdown(Comparison("a", "b", moves, 1, {}, {"<b>": {"p": "|"}}, True))
    assert "<script>" not in text and "<b>" not in text and "a\\|b &lt;script&gt; \\`\\*x\\*\\`" in text


def test_a_report_that_came_or_went_has_the_part_that_brings_or_removes_it_as_its_cause():
    there = synthetic_record({"n": 1})
    for ends in ((None, there), (there, None)):
        moves = compare.moves("x", *ends)
        swapped = {"data": ends[0], "parameters": ends[1]}
        assert [move.cause for move in compare.explained(moves, ends, swapped, [])] == ["parameters"]


def test_nan_is_no_number():
    assert not compare.moves("x", synthetic_record({"n": float("nan")}), synthetic_record({"n": float("nan")}))


# --- two folders -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "cause"),
    [
        ({"files": {"data/participants.csv": "2", "analysis/words/language.py": "1"}}, "data"),
        ({"files": {"data/participants.csv": "1", "analysis/words/language.py": "2"}}, "code"),
        ({"files": {"data/participants.csv": "2", "analysis/words/language.py": "2"}}, "together"),
        ({"folders": {"data/scenarios": ["steady.toml", "synthetic.toml"]}}, "scenarios"),
        ({"notebook": {"file": "synthetic.ipynb", "cells": "2"}}, "code"),
        ({"versions": {"numpy": "3"}}, "code"),
        ({"parameters": {"period": "2024-12"}}, "parameters"),
        ({}, "not known"),
    ],
)
def test_two_folders_are_explained_by_their_records_alone(tmp_path, after, cause):
    before = {
        "files": {"data/participants.csv": "1", "analysis/words/language.py": "1"},
        "folders": {"data/scenarios": ["steady.toml"]},
    }
    old = synthetic_outputs(tmp_path / "old", {"bali/synthetic": synthetic_record({"n": 1}, **before)})
    new = synthetic_outputs(tmp_path / "new", {"bali/synthetic": synthetic_record({"n": 2}, **(before | after))})
    found, code = told(old, new)
    assert [(n["report"], n["column"], n["old"], n["new"], n["cause"]) for n in found["numbers"]] == [
        ("bali/synthetic", "n", 1, 2, cause)
    ]
    assert code == 0
    text = CliRunner().invoke(cli.main, ["compare", old, new]).stdout
    assert text.startswith(f"1 published number moved in 1 of 1 report; causes: {cause} 1\n")
    assert ("give revisions to tell them apart" in text) == (cause == "together")


def test_records_of_older_versions_are_read_and_damaged_ones_are_named(tmp_path):
    older = synthetic_record({"n": 1})
    del older["made_of"]
    (tmp_path / "old/id/bali").mkdir(parents=True)
    (tmp_path / "old/id/bali/synthetic.record.json").write_text(json.dumps(older), "utf-8")
    synthetic_outputs(tmp_path / "old", {"bali/other": synthetic_record({"n": 1})})
    new = synthetic_outputs(
        tmp_path / "new", {"bali/synthetic": synthetic_record({"n": 2}), "bali/other": synthetic_record({"n": 2})}
    )
    found, code = told(tmp_path / "old", new)
    assert {(n["report"], n["cause"]) for n in found["numbers"]} == {
        ("bali/synthetic", "not known"),
        ("bali/other", "not known"),
    }
    assert code == 0
    other = tmp_path / "new/id/bali/other.record.json"
    other.write_text(other.read_text("utf-8").replace('"n": 2', '"n": 3'), "utf-8")
    found, code = told(tmp_path / "old", new)
    assert [n["report"] for n in found["numbers"]] == ["bali/synthetic"]
    assert list(found["not_rendered"].values()) == [{"bali/other": "its record is damaged"}] and code == 1


@pytest.mark.process
def test_names_restrict_and_what_is_not_there_is_said(tmp_path):
    both = {"bali/synthetic": 1, "papua/synthetic": 1, "papua/other": 1}
    old = synthetic_outputs(tmp_path / "old", {path: synthetic_record({"n": n}) for path, n in both.items()})
    new = synthetic_outputs(tmp_path / "new", {path: synthetic_record({"n": 2}) for path in both})
    for names, expected in ((["Papua"], 2), (["synthetic"], 2), (["papua/other", "bali"], 2), ([], 3)):
        assert len(told(old, new, *names)[0]["numbers"]) == expected
    assert told(old, old) == (told(old, old)[0] | {"numbers": [], "headline": "no published number moved"}, 0)
    assert CliRunner().invoke(cli.main, ["compare", old, old]).stdout == "no published number moved\n"
    said, code = told(old, new, "borneo")
    assert code == 2 and "there is no report 'borneo'" in said
    (tmp_path / "empty").mkdir()
    said, code = told(old, tmp_path / "empty")
    assert code == 2 and "holds no records" in said.replace("\n", " ")
    said, code = told("synthetic-revision", new)
    assert code == 2 and "no revision 'synthetic-revision'" in said


# --- revisions -------------------------------------------------------------------------------------------------

_PARTS = [
    "import analysis as an\nfrom analysis.coverage import SYNTHETIC",
    'rows = an.read("participants")\n'
    'here = rows[(rows["province"] == "Lampung") & (rows["period"] == "2023-12") & (rows["status"] == "active") '
    '& (rows["split"] == "domicile")]\n'
    'people = int(here["persons"].sum())\n'
    'kept = an.scenarios.read_scenarios("retention", "Lampung", until=2030)\n'
    'kept = float(kept[(kept["parameter"] == "kept") & (kept["part"] == "PU")]["values"].iloc[0][0])\n'
    "newer, other = people != 732890, SYNTHETIC != 1",
    'an.Page().say("synthetic_causes", id="{data} {scenarios} {code} {parameters} {product} {both} {either}", '
    'en="{data} {scenarios} {code} {parameters} {product} {both} {either}", data=people, scenarios=kept, '
    "code=SYNTHETIC, parameters=share, product=people * SYNTHETIC, both=int(newer and other), "
    "either=int(newer or other))",
]
_FRAGILE = [
    "import analysis as an\nfrom analysis.coverage import SYNTHETIC",
    'rows = an.read("participants")\nhere = rows[(rows["province"] == "Lampung") & (rows["period"] == "2023-12")]\n'
    'people = int(here[(here["split"] == "domicile") & (here["status"] == "active")]["persons"].sum())\n'
    'assert people <= 732890 or SYNTHETIC > 1, "the older code can\'t read the newer data"',
    'an.Page().say("synthetic_fragile", id="{code} {product}", en="{code} {product}", code=SYNTHETIC, product=people * SYNTHETIC)',
]
_REPORTS = """
[coverage]
notebook = "coverage.ipynb"
parameters = { province = "Lampung", period = "2023-12" }
[parts]
notebook = "parts.ipynb"
parameters = { share = 0.5 }
[fragile]
notebook = "fragile.ipynb"
"""


def _notebook(path, cells):
    made = [nbformat.v4.new_markdown_cell("# Uji\n\n<!-- lang:en\n# Test\n-->", id="title")]
    made += [
        nbformat.v4.new_code_cell(source, id=f"step-{n}") for n, source in enumerate(["share: float = 0.1", *cells])
    ]
    made[1].metadata["tags"] = ["parameters"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), path)


def _replace(file, *pairs):
    text = file.read_text("utf-8")
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A repository of the project with cheap reports: `first`, `readme`, `period` and `all` (every part moved)."""
    there = tmp_path_factory.mktemp("a repository")
    for name in ("analysis", "data"):
        shutil.copytree(ROOT / name, there / name, ignore=shutil.ignore_patterns("__pycache__", ".checked"))
    (there / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks/coverage.ipynb", there / "notebooks")
    _notebook(there / "notebooks/parts.ipynb", _PARTS)
    _notebook(there / "notebooks/fragile.ipynb", _FRAGILE)
    shutil.copy(ROOT / "pyproject.toml", there)
    (there / ".gitignore").write_text("outputs/\n__pycache__/\n", "utf-8")
    (there / "reports.toml").write_text(_REPORTS, "utf-8")
    code = there / "analysis/coverage.py"
    code.write_text(code.read_text("utf-8") + "\n\nSYNTHETIC = 1\n", "utf-8")

    def git(*words):
        who = ["-c", "user.name=synthetic", "-c", "user.email=synthetic@example.invalid", "-c", "commit.gpgsign=false"]
        return subprocess.run(["git", "-C", there, *who, *words], check=True, capture_output=True, text=True).stdout

    def commit(name):
        git("add", "--all")
        git("commit", "--quiet", "--message", name)
        git("tag", name)

    git("init", "--quiet")
    commit("first")
    (there / "README.md").write_text("Words only.\n", "utf-8")
    (there / "data/README.md").write_text("Words only.\n", "utf-8")
    _outputs_cleared(there / "notebooks/coverage.ipynb")
    commit("readme")
    git("checkout", "--quiet", "-B", "other", "first")
    _replace(there / "reports.toml", ("2023-12", "2024-12"))
    commit("period")
    git("checkout", "--quiet", "-B", "last", "first")
    # Seven more in Lampung, and in the nation, whose total is checked; formal workers rounded up; a constant.
    _replace(
        there / "data/participants.csv",
        ("2023-12,18,Lampung,34,domicile,active,PU,564393", "2023-12,18,Lampung,34,domicile,active,PU,564400"),
        ("2023-12,00,Indonesia,34,domicile,active,PU,25004383", "2023-12,00,Indonesia,34,domicile,active,PU,25004390"),
    )
    _replace(
        code,
        ("round(employed * formal_share)", "round(employed * formal_share + 0.5)"),
        ("SYNTHETIC = 1", "SYNTHETIC = 3"),
    )
    _replace(there / "data/scenarios/retention.toml", ("[0.1, 0.3]", "[0.2, 0.3]"))
    _replace(there / "reports.toml", ("share = 0.5", "share = 0.7"))
    commit("all")
    return SimpleNamespace(path=there, git=git)


def _outputs_cleared(notebook):
    there = nbformat.read(notebook, as_version=4)
    for cell in there.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    nbformat.write(there, notebook)


@pytest.fixture(scope="module")
def compared(repository, tmp_path_factory):
    """What two comparisons of revisions gave, both at once; everything temporary in a folder that must be empty after."""
    temporary = tmp_path_factory.mktemp("temporary")
    heard = []
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(data, "ROOT", repository.path)
        patch.setattr(tempfile, "tempdir", str(temporary))
        everything = pool.submit(revisions.comparison, "first", "all", [], heard.append)
        period = pool.submit(revisions.comparison, "first", "period", ["lampung"])
        found = SimpleNamespace(all=everything.result(), period=period.result(), heard=heard)
    assert not list(temporary.iterdir())
    assert repository.git("status", "--porcelain", "--ignored") == ""
    return found


def test_each_number_has_the_part_that_moved_it_as_its_cause(compared):
    assert by_place(m for m in compared.all.moves if m.report == "parts") == {
        "synthetic_causes.data": (732890, 732897, "data"),
        "synthetic_causes.scenarios": (0.1, 0.2, "scenarios"),
        "synthetic_causes.code": (1, 3, "code"),
        "synthetic_causes.parameters": (0.5, 0.7, "parameters"),
        "synthetic_causes.product": (732890, 3 * 732897, "together (data, code)"),
        "synthetic_causes.both": (0, 1, "together"),
        "synthetic_causes.either": (0, 1, "data or code"),
    }


def test_the_figures_of_lampung_move_by_data_by_code_and_by_both(compared):
    moves = by_place(m for m in compared.all.moves if m.report == "lampung/coverage")
    assert moves["answer.covered"] == (732890, 732897, "data")
    assert moves["rate-by-province[Lampung].covered"] == (732890, 732897, "data")
    assert moves["segments[PU].workers"] == (1377823, 1377824, "code")
    # 1,377,823 − 564,393; seven fewer by the data, one more by the code.
    assert moves["segments[PU].uncovered"] == (813430, 813424, "together (data, code)")
    assert not [at for at in moves if "jakon" in at]


def test_a_mix_that_does_not_run_leaves_only_what_another_part_explains(compared):
    assert by_place(m for m in compared.all.moves if m.report == "fragile") == {
        "synthetic_fragile.code": (1, 3, "code"),
        "synthetic_fragile.product": (732890, 3 * 732897, "not separable"),
    }
    assert not compared.all.failed


def test_the_first_line_adds_up_and_what_differs_is_named(compared):
    found = compared.all
    first = compare.as_text(found).splitlines()[0]
    assert first.startswith(f"{len(found.moves)} published numbers moved in 3 of 3 reports; causes: ")
    counts = [int(word.rpartition(" ")[2]) for word in first.partition("causes: ")[2].split(", ")]
    assert sum(counts) == len(found.moves)
    assert found.differing == {
        "data": ["data/participants.csv"],
        "scenarios": ["data/scenarios/retention.toml"],
        "code": ["analysis/coverage.py"],
        "parameters": ["reports.toml"],
    }
    assert [line for line in compared.heard if line.startswith("the old state with the new ")] == [
        f"the old state with the new {part}: rendering 3 reports" for part in compare.PARTS
    ]


def test_where_one_part_differs_it_is_the_cause(compared):
    found = compared.period
    assert found.differing == {"parameters": ["reports.toml"]}
    moves = by_place(found.moves)
    assert moves["answer.covered"] == (732890, 858652, "parameters")
    assert {move.cause for move in found.moves} == {"parameters"}


def test_what_no_number_can_depend_on_is_not_rendered(repository, monkeypatch):
    monkeypatch.setattr(data, "ROOT", repository.path)
    into = []

    def listed(tree, wanted, outputs, *_):
        into.append(outputs)
        return revisions.Side(["lampung/coverage"], {}, {})

    monkeypatch.setattr(revisions, "_rendered", listed)
    said = CliRunner().invoke(cli.main, ["compare", "first", "readme"])
    assert (said.stdout, said.exit_code) == ("no published number moved\n", 0)
    assert into == [None], "the reports were rendered and not only listed"
    assert CliRunner().invoke(cli.main, ["compare", "first", "readme", "borneo"]).exit_code == 2
    said = CliRunner().invoke(cli.main, ["compare", "first", "nowhere"])
    assert said.exit_code == 2 and "no revision 'nowhere'" in said.output


def test_a_side_that_cannot_be_rendered_is_named_and_the_rest_compared(repository, monkeypatch, tmp_path):
    new = {"parts": synthetic_record({"n": 2}), "fragile": synthetic_record({"n": 2})}
    old = {"parts": synthetic_record({"n": 1})}
    monkeypatch.setattr(data, "ROOT", repository.path)
    failing = revisions.Side(["parts", "fragile"], old, {"fragile": "cell step-1: no"})
    monkeypatch.setattr(revisions, "_rendered", lambda *_: failing)
    found, code = told("first", synthetic_outputs(tmp_path / "new", new))
    assert [n["report"] for n in found["numbers"]] == ["parts"] and code == 1
    assert list(found["not_rendered"].values()) == [{"fragile": "cell step-1: no"}]
    monkeypatch.setattr(revisions, "_rendered", lambda *_: revisions.Side([], {}, {"": "no such table"}))
    said = CliRunner().invoke(cli.main, ["compare", "first", str(tmp_path / "new")])
    assert said.exit_code == 1 and said.stdout.startswith("nothing could be compared\nnot rendered from first")
    assert said.stdout.endswith(": no such table\n")


@pytest.mark.process
def test_a_copy_has_its_own_entry_points_and_version(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "cakupan"\nversion = "0.0.1"\n', "utf-8")
    revisions._describe(tmp_path)
    there = entrypoints.get_group_all("papermill.engine", path=[str(tmp_path), *sys.path])
    assert not [point for point in there if point.name == "cakupan"], "the copy has no such module"
    look = "from importlib.metadata import version; print(version('cakupan'))"
    said = subprocess.run(
        [sys.executable, "-c", look],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "0.0.1\n"


def test_nothing_is_left_behind_when_it_is_ended_early(repository, tmp_path):
    (tmp_path / "tmp").mkdir()
    call = [sys.executable, "-c", "from analysis.cli import main; main()", "compare", "first", "all", "parts"]
    environment = os.environ | {"PYTHONPATH": str(repository.path), "TMPDIR": str(tmp_path / "tmp")}
    with subprocess.Popen(call, env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr.readline().startswith("first (")
        assert [path.name[:8] for path in (tmp_path / "tmp").iterdir()] == ["cakupan-"]
        process.send_signal(signal.SIGTERM)
        process.wait(300)
    assert process.returncode == 128 + signal.SIGTERM
    assert not list((tmp_path / "tmp").iterdir())


def test_parts_are_told_from_files():
    files = [
        "data/a.csv",
        "data/scenarios/a.toml",
        "analysis/words/language.py",
        "notebooks/coverage.ipynb",
        "requirements.lock",
        "reports.toml",
    ]
    assert [compare.part_of(file) for file in files] == ["data", "scenarios", "code", "code", "code", "parameters"]
    assert compare.part_of("tests/test_words.py") == ""
    assert At("a", (("province", "Bali"), ("year", 2025)), "n").__str__() == "a[Bali, 2025].n"
