"""Only what changed is rendered: which edit makes which report due, and what is said of it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.data import ROOT
from analysis.reporting.records import record, verify
from analysis.reporting.records.record import Job

pytestmark = pytest.mark.render

REPORTS = """
[coverage]
notebook = "coverage.ipynb"
parameters = { province = "Lampung", period = "2023-12" }
[press]
notebook = "press.ipynb"
parameters = { province = "Lampung" }
[scenarios]
notebook = "scenarios.ipynb"
parameters = { province = "Lampung", period = "2024-12", until = 2030 }
"""
NAMES = ("coverage", "press", "scenarios")


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Path:
    """A copy of the project with its three reports rendered into `outputs`, by its own command."""
    project = tmp_path_factory.mktemp("rendered") / "cakupan"
    for name in ("analysis", "data", "notebooks"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__", ".checked*"))
    shutil.copy(ROOT / "requirements.lock", project)
    (project / "reports.toml").write_text(REPORTS, "utf-8")
    call = [sys.executable, "-c", "from analysis.cli import main; main()", "render"]
    run = subprocess.run(
        call, cwd=project, env=os.environ | {"PYTHONPATH": str(project)}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return project


@pytest.fixture
def project(rendered, tmp_path) -> Path:
    """A copy of that to edit; all times are kept."""
    return Path(shutil.copytree(rendered, tmp_path / "cakupan"))


def job(project: Path, name: str, **changed) -> Job:
    made = record.read(record.file_of(project / "outputs", f"lampung/{name}", "id"))
    assert made
    return Job(name, f"lampung/{name}", project / f"notebooks/{name}.ipynb", {}, made["parameters"] | changed)


def due(project: Path, always_hash: bool = False) -> dict[str, list[str]]:
    """The reports that would be rendered, and why."""
    of = record.hashes(project)
    found = {n: record.reasons(job(project, n), project / "outputs", of, always_hash, project) for n in NAMES}
    return {name: why for name, why in found.items() if why}


def test_nothing_is_due_after_a_render_also_when_every_file_is_touched(project):
    assert due(project) == {}
    for path in [path for folder in ("analysis", "data", "notebooks") for path in (project / folder).rglob("*")]:
        os.utime(path)
    assert due(project) == {}


# An edit of a file, and what becomes due: a word of the report's name, and the reason.
EDITS = {
    "analysis/charts/style.py": dict.fromkeys(NAMES, "analysis/charts/style.py changed"),
    "analysis/charts/press.py": {"press": "analysis/charts/press.py changed"},
    "analysis/projection/model.py": {"scenarios": "analysis/projection/model.py changed"},
    "analysis/disparity.py": {},
    "analysis/costs.py": {},
    "analysis/cli.py": {},
    "analysis/words/glossary.toml": dict.fromkeys(NAMES, "analysis/words/glossary.toml changed"),
    "analysis/reporting/runner.py": {},
    "analysis/reporting/pages/page.py": dict.fromkeys(NAMES, "analysis/reporting/pages/page.py changed"),
    "analysis/reporting/pages/template/page.css": dict.fromkeys(
        NAMES, "analysis/reporting/pages/template/page.css changed"
    ),
    "analysis/reporting/pages/template/index.js": {},
    "requirements.lock": dict.fromkeys(NAMES, "requirements.lock changed"),
    "data/participants.csv": dict.fromkeys(("coverage", "scenarios"), "data/participants.csv changed"),
    "data/reported_claims.csv": dict.fromkeys(NAMES, "data/reported_claims.csv changed"),
    "data/scenarios/retention.toml": {"scenarios": "data/scenarios/retention.toml changed"},
    "data/README.md": {},
    "reports.toml": {},
}


@pytest.mark.parametrize("file", EDITS)
def test_an_edit_makes_those_reports_due_that_use_the_file(project, file):
    path = project / file
    path.write_bytes(path.read_bytes() + b"\n# a comment, or an empty row\n")
    assert due(project) == {name: [why] for name, why in EDITS[file].items()}


def test_another_word_for_a_term_makes_pages_due_and_stands_there_then(project, cakupan):
    glossary = project / "analysis/words/glossary.toml"
    glossary.write_text(glossary.read_text("utf-8").replace('id = "Belum tercakup"', 'id = "Tak tercakup"'), "utf-8")
    assert due(project)["coverage"] == ["analysis/words/glossary.toml changed"]
    page, outputs = project / "outputs/id/lampung/coverage.html", str(project / "outputs")
    assert ">Tak tercakup<" not in page.read_text("utf-8")
    assert cakupan("render", "coverage", "--outputs", outputs, project=project).returncode == 0
    assert ">Tak tercakup<" in page.read_text("utf-8") and set(due(project)) == {"press", "scenarios"}
    glossary.write_text(glossary.read_text("utf-8").replace('id = "Tak tercakup"\n', ""), "utf-8")
    refused = cakupan("render", "--outputs", outputs, project=project, fresh=True)
    assert refused.returncode == 1 and "Tak tercakup" in page.read_text("utf-8")
    said = "Error: analysis/words/glossary.toml: the term 'uncovered' lacks its Indonesian"
    assert refused.stderr.startswith(said) and "Traceback" not in refused.stderr


def test_a_new_scenario_is_noticed_by_what_lists_the_folder(project):
    shutil.copy(project / "data/scenarios/retention.toml", project / "data/scenarios/ninth.toml")
    assert due(project) == {"scenarios": ["data/scenarios/ninth.toml is new"]}


def test_a_scenario_that_is_gone_is_noticed(project):
    (project / "data/scenarios/retention.toml").unlink()
    gone = "data/scenarios/retention.toml is gone"
    assert due(project) == {"scenarios": [gone, gone]}


def test_of_a_notebook_its_cells_count_and_not_what_they_last_put_out(project):
    path = project / "notebooks/coverage.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][3]["outputs"] = []
    notebook["metadata"]["kernelspec"]["display_name"] = "Another"
    path.write_text(json.dumps(notebook), "utf-8")
    assert due(project) == {}
    notebook["cells"][0]["source"] = "".join(notebook["cells"][0]["source"]) + "\nSatu kalimat lagi."
    path.write_text(json.dumps(notebook), "utf-8")
    assert due(project) == {"coverage": ["notebooks/coverage.ipynb has other cells"]}


def test_another_parameter_is_named_with_both_values(project):
    changed = job(project, "scenarios", until=2035)
    found = record.reasons(changed, project / "outputs", record.hashes(project), root=project)
    assert found == ["parameter until: 2030 → 2035"]


def same_time(path: Path, content: bytes) -> None:
    """Change a file so that size and time don't show it."""
    before = path.stat()
    assert len(content) == before.st_size
    path.write_bytes(content)
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))


def test_a_page_that_is_gone_or_damaged_is_due(project):
    page = project / "outputs/en/lampung/coverage.html"
    content = page.read_bytes()
    page.write_bytes(content[:-1])
    assert due(project) == {"coverage": ["en/lampung/coverage.html is not what was rendered"]}
    page.write_bytes(content.replace(b"732,890", b"732,891"))
    assert due(project) == {"coverage": ["en/lampung/coverage.html is not what was rendered"]}
    page.write_bytes(content)
    assert due(project) == {}, "only the time differs"
    page.unlink()
    assert due(project) == {"coverage": ["en/lampung/coverage.html is missing"]}


def test_what_size_and_time_hide_is_found_by_hashing(project):
    page = project / "outputs/id/lampung/press.html"
    same_time(page, page.read_bytes().replace(b"167.605", b"167.606"))
    assert due(project) == {}
    assert due(project, always_hash=True) == {"press": ["id/lampung/press.html is not what was rendered"]}


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_record_with_one_digit_changed_is_known_for_damaged(project, language):
    file = record.file_of(project / "outputs", "lampung/coverage", language)
    same_time(file, file.read_bytes().replace(b"732890", b"732891"))
    of = record.hashes(project)
    if language == "id":
        assert record.read(file) is None
    whole = json.loads(record.file_of(project / "outputs", "lampung/coverage", "en").read_text("utf-8"))
    again = Job("coverage", "lampung/coverage", project / "notebooks/coverage.ipynb", {}, whole["parameters"])
    [why] = record.reasons(again, project / "outputs", of, root=project)
    assert f"{language}/lampung/coverage.record.json is damaged" in why


def test_the_command_renders_what_is_due_says_why_and_no_more(project, cakupan):
    def run(*words):
        done = cakupan(*words, "--outputs", str(project / "outputs"), project=project)
        assert done.returncode == 0, done.stderr
        return done

    pages = [path for path in (project / "outputs").rglob("*.*") if not path.name.startswith(".")]
    before = {path: path.stat().st_mtime_ns for path in pages}
    assert "0 of 3 reports rendered, 3 hold" in run("render").stdout
    assert {path: path.stat().st_mtime_ns for path in before} == before, "nothing was written"
    (project / "outputs/id/lampung/coverage.gone.csv").write_text("of an earlier render, not in the record")
    path = project / "analysis/projection/runs.py"
    path.write_bytes(path.read_bytes() + b"\n# a comment\n")
    dry = run("render", "--dry-run")
    assert dry.stdout == "lampung/scenarios: analysis/projection/runs.py changed\n"
    explained = run("render", "--explain")
    assert explained.stdout.startswith(dry.stdout + "1 of 3 reports rendered, 2 hold\n")
    assert "[1/1] done lampung/scenarios" in explained.stderr and "coverage" not in explained.stderr
    forced = run("render", "press", "--force", "--explain")
    assert "1 of 1 report rendered" in forced.stdout and "asked for by --force" in forced.stdout
    shards = [run("render", "--dry-run", "--force", "--shard", f"{i}/2").stdout.splitlines() for i in (1, 2)]
    assert [len(shard) for shard in shards] == [2, 1] and not set(shards[0]) & set(shards[1])


def test_files_that_a_report_no_longer_makes_are_removed(project, cakupan):
    path = project / "notebooks/coverage.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "rank-chart"]
    path.write_text(json.dumps(notebook), "utf-8")
    old = project / "outputs/en/lampung/coverage.rate-by-province.csv"
    assert old.is_file()
    done = cakupan("render", "coverage", "--outputs", str(project / "outputs"), project=project)
    assert done.returncode == 0, done.stderr
    assert not old.exists() and (project / "outputs/en/lampung/coverage.html").is_file()


def test_verify_finds_a_changed_digit_and_says_where(project, cakupan):
    page = project / "outputs/id/lampung/coverage.html"
    lines = page.read_bytes().split(b"\n")
    line = next(n for n, text in enumerate(lines, 1) if b"732.890" in text)
    same_time(page, page.read_bytes().replace(b"732.890", b"732.899", 1))
    damaged = page.read_bytes()
    run = cakupan("verify", "coverage", "--outputs", str(project / "outputs"), project=project)
    assert run.returncode == 1
    assert "lampung/coverage: id/lampung/coverage.html is not what was rendered" in run.stdout
    assert f"id/lampung/coverage.html differs from line {line}, column " in run.stdout
    assert "0 of 1 report in" in run.stdout and page.read_bytes() == damaged
    run = cakupan("verify", "press", "--outputs", str(project / "outputs"), project=project)
    assert (run.returncode, run.stdout.count("\n")) == (0, 1), run.stdout


def test_a_difference_is_found_at_its_place():
    assert verify.difference(b"ab", b"abc").startswith("differs from line 1, column 3")
    assert verify.difference(b"a\nb", b"a\nb\nc").startswith("differs from line 2, column 2")
