"""What CONTRIBUTING promises of a notebook, a scenario and a lever of one's own: the files that it names are enough."""

import json
import re
from filecmp import cmp
from pathlib import Path

import nbformat
import pytest

from analysis.data import ROOT
from analysis.reporting.pages.site import FILES
from analysis.words import LANGUAGES

PLACE = "papua"
PROSE = """# Siapa yang berupah?

<!-- lang:en
# Who earns a wage?
-->"""
PARAMETERS = """province: str = "Lampung"
period: str = "2023-12"
language: str = "id"
"""
COMPUTE = """import analysis as an

participants, labour_force = an.read("participants"), an.read("labour_force")
regions, published = an.read("regions"), an.read("reported_claims")
choice = an.coverage.choose(province, period, "employed", "domicile", participants, regions, published)
covered = an.coverage.active(participants, choice.period, choice.split)
workers = an.coverage.on_territory(an.coverage.employed(labour_force, choice.workers_period), choice.territory, regions)
here = an.coverage.place(choice, covered, workers, published)
page = an.Page(language=language, place=choice.province)
"""
SAY = """page.say("answer", id="Penerima upah di {place}: {workers:count}.", en="Wage earners in {place}: {workers:count}.",
         rows=here[here["segment"] == "PU"])
"""
# Two reports of one notebook: one says what the index shows of it, the other says nothing.
ENTRIES = """
[wages]
notebook = "wages.ipynb"
parameters = { province = "all", period = "2023-12" }
index = [{ at = 1.5, id = "Penerima upah {period:month}", en = "Wage earners {period:month}", show = "{workers:count}" }]

[unsaid]
notebook = "wages.ipynb"
parameters = { province = "all", period = "2022-12" }
"""
# A lever as one would write it: some of the wage earners who are left are reminded and come.
LEVER = """
LEVERS["reminders"] = Lever(
    parameters={"heeded": Parameter(("share of the reminders heeded",))}, alone=("heeded", ""), reaches=None, paid_by={}
)
"""
TERM = """
_taken_up_without_reminders = _taken_up


def _taken_up(plan: Plan, value: Value, n: int) -> Array | float:
    taken, force = _taken_up_without_reminders(plan, value, n), plan.force.get("reminders")
    return taken if force is None else taken + 0.05 * value("reminders", "heeded", "", n) * force[n]
"""
WORDS = """
[reminders]
id = "Pengingat iuran"
en = "Reminders to pay"

["reminders.heeded"]
id = "Pengingat yang dituruti"
en = "Reminders heeded"

["share of the reminders heeded"]
id = "bagian pengingat yang dituruti"
en = "share of the reminders heeded"
"""
ROW = "| `reminders.heeded` | share of the reminders heeded | 0 to 1 | who pay after all | yang tetap membayar |\n"
SCENARIO = """based_on = ["steady"]
title = { id = "Semua diingatkan", en = "Everybody is reminded" }
summary = { id = "Peserta diingatkan sebelum berhenti.", en = "Participants are reminded before they lapse." }

[reminders]
start = 2026

[reminders.heeded]
value = 0.4
unit = "share of the reminders heeded"
source = "assumption"
reason = { id = "Contoh.", en = "An example." }
"""
TITLES = {
    "id": ("Peserta BPU bertahan", "Semua diingatkan"),
    "en": ("Non-wage participants stay", "Everybody is reminded"),
}


def add_notebook(project: Path) -> None:
    cells = [nbformat.v4.new_markdown_cell(PROSE, id="title")]
    cells += [
        nbformat.v4.new_code_cell(code, id=name)
        for name, code in (("parameters", PARAMETERS), ("compute", COMPUTE), ("answer", SAY), ("s", "page.sources()"))
    ]
    cells[1].metadata["tags"] = ["parameters"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(made, project / "notebooks/wages.ipynb")
    with (project / "reports.toml").open("a", encoding="utf-8") as file:
        file.write(ENTRIES)


def add_scenario(project: Path) -> Path:
    """The one that the README shows."""
    readme = (ROOT / "README.md").read_text("utf-8")
    file = project / "data/scenarios/members_stay.toml"
    file.write_text(re.search(r"```toml\n(.*?)```", readme, re.DOTALL)[1], "utf-8")
    return file


def add_lever(project: Path) -> None:
    """Its entry, its term, its words, its row, and a scenario that pulls it."""
    for name, text in (
        ("analysis/scenarios/levers.py", LEVER),
        ("analysis/projection/plan.py", TERM),
        ("analysis/words/glossary.toml", WORDS),
        ("data/README.md", ROW),
        ("data/scenarios/reminders.toml", SCENARIO),
    ):
        with (project / name).open("a", encoding="utf-8") as file:
            file.write(text)


def touched(project: Path) -> set[str]:
    """The files of a copy that are new or other than ours."""
    files = [path for path in project.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    names = {path.relative_to(project).as_posix() for path in files if not path.name.startswith(".")}
    return {
        name for name in names if not (ROOT / name).is_file() or not cmp(project / name, ROOT / name, shallow=False)
    }


def promised() -> set[str]:
    """The files and folders that CONTRIBUTING names where it says how a notebook, a scenario and a lever are added."""
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    rows = re.findall(r"^\| a (?:scenario|lever).*", contributing, re.MULTILINE)
    section = contributing.split("## Add a notebook\n")[1].split("\n## ")[0]
    return set(re.findall(r"`([\w./]+(?:/|\.(?:py|toml|md)))`", "".join([*rows, section])))


@pytest.fixture
def project(elsewhere, cakupan, tmp_path):
    """The copy with what was added, its scenario's file, the outputs, and what renders the pages that show them."""
    add_notebook(elsewhere)
    add_lever(elsewhere)
    names = ("wages", "unsaid", "scenarios", "costs", "targets")
    words = [*(f"{PLACE}/{name}" for name in names), "--outputs", str(tmp_path / "outputs")]
    scenario = add_scenario(elsewhere)
    folders = tuple(name for name in promised() if name.endswith("/"))
    assert {name for name in touched(elsewhere) if not name.startswith(folders)} <= promised()
    return scenario, tmp_path / "outputs", lambda: cakupan("render", *words, project=elsewhere)


def test_what_was_added_by_the_files_that_contributing_names_is_on_the_pages_and_the_index(project):
    scenario, outputs, render = project
    run = render()
    assert run.returncode == 0, run.stderr
    dates, points = {"id": "Desember 2023", "en": "December 2023"}, {"id": ".", "en": ","}
    heads = {"id": "Penerima upah", "en": "Wage earners"}
    for language in LANGUAGES:
        index = (outputs / FILES[language]).read_text("utf-8")
        page = (outputs / language / PLACE / "wages.html").read_text("utf-8")
        workers = re.search(rf"{heads[language]} (?:di|in) Papua: ([\d{points[language]}]+)\.", page)[1]
        shown = re.findall(r'<th role="columnheader"[^>]*>(.*?)</th>', index)
        assert f"{heads[language]} {dates[language]}" in shown
        assert f'data-l="{heads[language]} {dates[language]}"' in index and f">{workers}</td>" in index
        for name in ("wages", "unsaid"):
            assert re.search(rf'<a href="{language}/{PLACE}/{name}.html" title="{name}">{name}<', index)
        for name in ("scenarios", "costs", "targets"):
            page = (outputs / language / PLACE / f"{name}.html").read_text("utf-8")
            assert all(title in page for title in TITLES[language]), name
    assert "Reminders heeded" in (outputs / f"en/{PLACE}/targets.html").read_text("utf-8")
    made = json.loads((outputs / f"en/{PLACE}/scenarios.record.json").read_text("utf-8"))["published"]
    added = next(shown["rows"] for name, shown in made.items() if name.startswith("added-"))
    [gained] = [row["points"] for row in added if row["scenario"] == "reminders"]
    assert gained > 0

    before = (outputs / f"en/{PLACE}/scenarios.html").read_bytes()
    scenario.write_text(scenario.read_text("utf-8").replace("value = 0.5", "value = 50"), "utf-8")
    run = render()
    assert run.returncode == 1 and "nothing was rendered; all pages are as they were" in run.stderr
    assert "scenarios/members_stay.toml" in run.stderr and "retention.kept.BPU.value" in run.stderr
    assert (outputs / f"en/{PLACE}/scenarios.html").read_bytes() == before
