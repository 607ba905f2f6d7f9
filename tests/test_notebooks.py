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


# What a cell doesn't hold: definitions, branches, loops, arithmetic.
LOGIC = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.If, ast.IfExp, ast.BoolOp, ast.Match),
    *(ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    *(ast.Try, ast.With, ast.BinOp, ast.AugAssign),
)
YEAR = r"(19|20)\d\d(-\d\d)*"


def test_code_reads_like_a_paper(notebook):
    for cell in code(notebook):
        assert not re.search(r"^\s*[%!]", cell.source, re.MULTILINE), f"cell {cell.id} has a command of Jupyter"
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, LOGIC), f"cell {cell.id} has {type(node).__name__}; logic lives in analysis"
            year = isinstance(node, ast.Constant) and re.fullmatch(YEAR, str(node.value))
            assert not year or "parameters" in cell.metadata.tags, f"cell {cell.id} has a year typed in: {node.value}"


def lines_of_code(source):
    """The lines of a cell but blank ones, comments, and strings of a `page.say`: its name, and its sentences."""
    said = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "page.say":
            strings = [*node.args, *(text for text in node.keywords if text.arg in ("id", "en"))]
            said |= {n for text in strings for n in range(text.lineno, text.end_lineno + 1)} - {node.lineno}
    lines = [line.strip() for n, line in enumerate(source.splitlines(), 1) if n not in said]
    return [line for line in lines if line and not line.startswith("#")]


def test_a_line_of_a_sentence_is_none_of_code():
    said = 'rows = here  # code\n\n# comment\npage.say(\n    "name",\n    id="satu "\n    "dua",\n    en="two",\n    rows=rows,\n)'
    assert lines_of_code(said) == ["rows = here  # code", "page.say(", "rows=rows,", ")"]


def test_notebooks_are_short_beside_their_sentences():
    for path in ALL:
        sizes = {cell.id: len(lines_of_code(cell.source)) for cell in code(nbformat.read(path, as_version=4))}
        assert [f"{path.name}: {cell} has {size} lines" for cell, size in sizes.items() if size > 14] == []
        assert sum(sizes.values()) <= 100, f"{path.name}: what a cell works out belongs into analysis; sentences stay"


def test_parameters_work_as_they_stand():
    for path in ALL:
        assert {"province", "period", "language"} <= set(parameters_of(path))
