"""The house holds: each room imports only what it may, and every file has a room.

`MAY_IMPORT` is the third column of the table in CONTRIBUTING.md, which this file holds it against.
"""

import ast
import re
from pathlib import Path

import pytest

import analysis
from analysis.data import ROOT

PACKAGE = ROOT / "analysis"
MAY_IMPORT = {
    "printed": set(),
    "claims": {"printed"},
    "coverage": {"claims"},
    "words": {"printed"},
    "change": {"coverage", "printed"},
    "disparity": {"coverage"},
    "contributions": {"claims"},
    "scenarios": {"coverage", "data", "projection"},
    "projection": {"claims", "coverage"},
    "costs": {"claims", "contributions", "projection"},
    "targets": {"coverage", "projection"},
    "uncertainty": set(),
    "hindsight": {"coverage", "projection", "uncertainty"},
    "data": {"claims", "coverage", "printed"},
    "tables": {"words"},
    "charts": {"words"},
    "provenance": {"data", "words"},
    "reporting": {"coverage", "data", "projection", "provenance", "scenarios", "words"},
    "release": {"claims", "words"},
    "cli": {"claims", "coverage", "data", "hindsight", "projection", "provenance", "release", "reporting", "scenarios"},
}
ONLY_IN_REPORTING = {"papermill", "nbconvert", "nbformat", "nbclient", "bleach"}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Every module that the file imports, also inside functions, as dotted names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
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
        PACKAGE / "contributions.py",
        PACKAGE / "costs.py",
        PACKAGE / "targets.py",
        PACKAGE / "uncertainty.py",
        PACKAGE / "hindsight.py",
        *sorted((PACKAGE / "claims").glob("*.py")),
        *sorted((PACKAGE / "projection").glob("*.py")),
    ):
        outside = {n.split(".")[0] for n in imports(path)} & {"pathlib", "os", "io", "matplotlib", "json", "csv"}
        assert not outside, f"{path.name} imports {outside}"


def test_importing_analysis_imports_nothing_else():
    assert imports(PACKAGE / "__init__.py") == {"importlib", "importlib.import_module"}


def test_what_a_notebook_may_call_is_there_and_says_what_it_means():
    for name in analysis.__all__:
        function = getattr(analysis, name)
        assert callable(function), f"{name} is hidden by the module of that name"
        assert ">>>" in (function.__doc__ or ""), f"{name} has no example"
    assert not set(analysis.__all__) & set(MAY_IMPORT), "a function and a module share a name"


def test_there_is_no_heap():
    assert not [path for path in PACKAGE.rglob("*") if re.match(r"(utils?|helpers?|common|misc)\b", path.name)]


def test_contributing_shows_the_same_table():
    lines = (ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| `[a-z]+/?` \|", line)
    ]
    table = {cells[0].strip("`/"): set(re.findall(r"`([a-z]+)`", cells[2])) for cells in rows}
    assert table == MAY_IMPORT
