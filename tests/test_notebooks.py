"""The committed notebooks: stored outputs in canonical form, prose in both languages, plain code."""

import ast
import re

import nbformat
import pytest

from analysis.data import ROOT
from analysis.reporting.manifest import NOTEBOOKS, parameters_of
from analysis.reporting.pages.page import prose

ALL = sorted(NOTEBOOKS.glob("*.ipynb"))


@pytest.fixture(params=ALL, ids=lambda path: path.name)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert ALL


def test_stored_outputs_are_canonical(notebook):
    assert [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags"}
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cell.id), f"{cell.id}: give the cell a speaking id"
        for output in cell.get("outputs", []):
            assert not [kind for kind in output.get("data", {}) if "image" in kind or "svg" in kind]
    assert str(ROOT) not in nbformat.writes(notebook), "a path of this machine stands in the outputs"


def test_the_title_is_a_question_and_every_prose_cell_has_its_english(notebook):
    title, *_ = [prose(cell.source, cell.id) for cell in notebook.cells if cell.cell_type == "markdown"]
    assert all(re.match(r"# .*\?$", text, re.MULTILINE) for text in title.values())


def test_no_number_is_typed_in_prose(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"\d", cell.source.replace("lang:en", "")), f"cell {cell.id} has a number typed in"
        else:
            # Sentences hold their numbers as {values}; digits in a string are typed-in figures.
            texts = [
                n.value
                for n in ast.walk(ast.parse(cell.source))
                if isinstance(n, ast.Constant) and isinstance(n.value, str)
            ]
            typed = [text for text in texts if len(text) > 20 and re.search(r"\d", text)]
            assert not typed, f"cell {cell.id} has a number typed in: {typed}"


def test_code_reads_like_a_paper(notebook):
    for cell in code(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.If)), (
                f"cell {cell.id} has {type(node).__name__}; heavy code lives in analysis"
            )


def test_parameters_work_as_they_stand():
    for path in ALL:
        assert {"province", "period", "language"} <= set(parameters_of(path))
