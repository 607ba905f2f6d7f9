"""The house holds: each room imports only what it may, and every file has a room.

`MAY_IMPORT` is the third column of the table in CONTRIBUTING.md, which this file holds it against.
"""

import ast
import json
import re
import subprocess
import sys
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import analysis
from analysis import data, schema
from analysis.data import ROOT

PACKAGE = ROOT / "analysis"
MAY_IMPORT = {
    "schema": set(),
    "names": {"schema"},
    "frames": {"schema"},
    "printed": {"schema"},
    "press": {"frames", "names", "printed", "schema", "words"},
    "coverage": {"frames", "names", "press", "schema"},
    "recent": {"coverage", "frames", "names", "press", "printed", "schema"},
    "words": {"printed", "schema"},
    "change": {"coverage", "frames", "names", "printed", "schema"},
    "disparity": {"coverage", "names", "schema"},
    "scenarios": {"coverage", "data", "frames", "names", "projection", "schema"},
    "projection": {"coverage", "frames", "names", "press", "schema", "uncertainty"},
    "contributions": {"frames", "names", "schema"},
    "costs": {"contributions", "frames", "names", "projection", "scenarios", "schema"},
    "targets": {"frames", "names", "projection", "scenarios", "schema"},
    "uncertainty": set(),
    "backtest": {"coverage", "frames", "names", "projection", "schema", "uncertainty"},
    "data": {"coverage", "press", "printed", "schema"},
    "tables": {"names", "schema", "words"},
    "charts": {"names", "schema", "words"},
    "page": {"data", "schema", "words"},
    "provenance": set(),
    "reporting": {"coverage", "data", "projection", "provenance", "scenarios", "schema", "words"},
    "cli": {"backtest", "data", "press", "projection", "provenance", "reporting", "scenarios", "schema"},
}
ONLY_IN_REPORTING = {"papermill", "nbconvert", "nbformat", "nbclient", "bleach"}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path, inside: bool = True) -> set[str]:
    """Every module that the file imports, also inside functions (unless told otherwise), as dotted names."""
    found, tree = set(), ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree) if inside else tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively; write analysis.…"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def test_every_file_has_a_room_and_every_room_a_file():
    assert {room(path) for path in SOURCES} == set(MAY_IMPORT)


@pytest.mark.parametrize("name", MAY_IMPORT)
def test_a_room_imports_what_it_may_and_nothing_else(name):
    files = [path for path in SOURCES if room(path) == name]
    used = {imported.split(".")[1] for path in files for imported in imports(path) if imported.startswith("analysis.")}
    assert used - {name} == MAY_IMPORT[name]


def first_circle(needs: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as circle:
        return list(circle.args[1])
    return []


def test_no_files_import_each_other_in_a_circle():
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in SOURCES}
    known = set(names.values())
    assert first_circle({name: imports(path, inside=False) & known - {name} for path, name in names.items()}) == []
    assert first_circle({"a": {"b"}, "b": {"a"}}) != []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_reporting_knows_papermill_and_nbconvert(path):
    tools = {name.split(".")[0] for name in imports(path)} & ONLY_IN_REPORTING
    assert not tools or room(path) == "reporting"


def test_the_middle_opens_no_files_and_draws_nothing():
    for path in (
        PACKAGE / "printed.py",
        PACKAGE / "coverage.py",
        PACKAGE / "change.py",
        PACKAGE / "disparity.py",
        PACKAGE / "costs.py",
        PACKAGE / "uncertainty.py",
        PACKAGE / "backtest.py",
        *sorted(set((PACKAGE / "press").glob("*.py")) - {PACKAGE / "press" / "release.py"}),  # that one writes text
        *sorted((PACKAGE / "projection").glob("*.py")),
        *sorted((PACKAGE / "contributions").glob("*.py")),
        *sorted((PACKAGE / "targets").glob("*.py")),
    ):
        outside = {n.split(".")[0] for n in imports(path)} & {"pathlib", "os", "io", "matplotlib", "json", "csv"}
        assert not outside, f"{path.name} imports {outside}"


@pytest.mark.process
def test_importing_analysis_imports_nothing_else():
    light = {"importlib", "importlib.import_module", "analysis.names", "analysis.names.public"}
    assert imports(PACKAGE / "__init__.py") == light
    call = "import sys, analysis; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", call], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not {"pandas", "numpy", "matplotlib"} & set(loaded.split())


ROOMS = [name for name in analysis.__all__ if not callable(getattr(analysis, name))]


def test_few_names_open_the_suite_and_each_has_a_sentence():
    assert len(dir(analysis)) <= 20 and set(dir(analysis)) == set(analysis.__all__)
    said = {line.split()[0] for line in (analysis.__doc__ or "").splitlines() if line.startswith("    ")}
    assert said == set(analysis.__all__)


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_notebook_may_call_is_listed_and_says_what_it_means(room):
    module = getattr(analysis, room)
    assert dir(module) == sorted(module.__all__)
    for name in module.__all__:
        function = getattr(module, name)
        assert callable(function), f"{room}.{name} is hidden by a module of that name"
        assert ">>>" in (function.__doc__ or ""), f"{room}.{name} has no example"


@pytest.mark.parametrize(
    "look, meant",
    [
        (lambda: analysis.coverag, "coverage"),
        (lambda: analysis.charts.fam, "fan"),
        (lambda: analysis.tables.ledgr, "ledger"),
        (lambda: analysis.coverage.gapp, "gap"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_one_that_was_meant(look, meant):
    with pytest.raises(AttributeError, match=rf"; did you mean {meant}\? There is: "):
        look()


SHARED = {name: set(getattr(schema, name)) for name in ("SEGMENTS", "BASES", "SPLITS", "CONFIDENCE", "NEW_WEIGHTS")}


def doubles(source: str) -> list[str]:
    """What a file spells out that `schema` says for everybody."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Tuple | ast.List | ast.Set) and all(isinstance(e, ast.Constant) for e in node.elts):
            words = {e.value for e in node.elts if isinstance(e, ast.Constant)}
            found += [name for name, shared in SHARED.items() if len(words) > 1 and words == shared]
            found += ["CONFIDENCE"] * (words > {"low", "high", "medium"})
        elif isinstance(node, ast.Constant) and node.value in (schema.COUNTRY, schema.OLD_MAP, schema.NEW_MAP):
            found.append(repr(node.value))
        elif isinstance(node, ast.ImportFrom) and node.module == "difflib":
            found.append("nearest")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_all_rooms_share_is_said_once(path):
    assert path == PACKAGE / "schema.py" or doubles(path.read_text("utf-8")) == []


def test_a_double_is_found():
    assert doubles("from difflib import get_close_matches\nPARTS = ['BPU', 'PU']\nif code == '00': pass") == [
        "nearest",
        "SEGMENTS",
        "'00'",
    ]


SHOWS = {"tables", "charts", "cli", "page"}  # what a table, chart or command shows has the name of what computes it


def twice_named(sources: dict[Path, str]) -> list[str]:
    """The functions' names that stand in two modules, a public name where it shows left out."""
    named = [
        node.name
        for path, source in sources.items()
        for node in {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}.values()
        if node.name.startswith("_") or room(path) not in SHOWS
    ]
    return sorted(name for name, modules in Counter(named).items() if modules > 1)


def test_a_function_s_name_means_one_thing():
    assert len(named := twice_named({path: path.read_text("utf-8") for path in SOURCES})) <= 15, named


def test_a_name_that_means_two_things_is_found():
    both = "def bill(): ...\ndef _plain(): ..."
    shown = {PACKAGE / "costs.py": both, PACKAGE / "tables" / "costs.py": both}
    assert twice_named(shown) == ["_plain"]
    assert twice_named(shown | {PACKAGE / "targets" / "mix.py": both}) == ["_plain", "bill"]


def test_rows_are_known_by_the_keys_of_the_data_package():
    package = json.loads((ROOT / "data" / "datapackage.json").read_text("utf-8"))
    keys = {table["name"]: tuple(table["schema"]["primaryKey"]) for table in package["resources"]}
    assert {name: keys[name] for name in schema.KEYS} == schema.KEYS


@pytest.mark.process
def test_a_pass_of_the_check_holds_for_all_code_that_checks():
    call = "import sys, analysis.data.check; print(*(m for m in sys.modules if m.startswith('analysis.')))"
    loaded = subprocess.run([sys.executable, "-c", call], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = {f"{name.removeprefix('analysis.').replace('.', '/')}.py" for name in loaded.split()}
    others = {name for name in files if name.split("/")[0] != "data" and (PACKAGE / name).is_file()}
    assert others - {"data.py"} == set(data._RULES_USE)


def test_there_is_no_heap():
    assert not [path for path in PACKAGE.rglob("*") if re.match(r"(utils?|helpers?|common|misc)\b", path.name)]


def test_tests_lie_where_what_they_test_lies():
    beside = {"small", "__pycache__"}
    folders = [path for path in (ROOT / "tests").rglob("*") if path.is_dir() and path.name not in beside]
    rooms = {path.relative_to(ROOT / "tests"): path for path in folders if "small" not in path.parts}
    assert [room for room in rooms if not ((PACKAGE / room).is_dir() or (PACKAGE / f"{room}.py").is_file())] == []
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests").glob("test_*.py")} | {
        str(room) for room in rooms
    }
    # Tables, charts and names are shown by their examples and on pages; what schema and provenance say, by whoever asks them.
    assert set(MAY_IMPORT) - tested == {"charts", "names", "provenance", "schema", "tables"}


def test_contributing_shows_the_same_table():
    lines = (ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| `[a-z]+/?` \|", line)
    ]
    table = {cells[0].strip("`/"): set(re.findall(r"`([a-z]+)`", cells[2])) for cells in rows}
    assert table == MAY_IMPORT
