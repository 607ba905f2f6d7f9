"""Pages about scenarios where something of one place or one file isn't there: said on the page, and the others go on."""

import json
import shutil

import pytest

from analysis.scenarios.checks import FOLDER, ScenarioError
from analysis.scenarios.read import check_asked, read_scenarios, starting_later


@pytest.fixture
def folder(tmp_path):
    """The shipped scenarios, and one whose lever starts in 2050, on top of another."""
    there = shutil.copytree(FOLDER, tmp_path / "scenarios")
    add_late(there)
    return there


def add_late(folder):
    text = (folder / "retention.toml").read_text("utf-8")
    text = text.replace('based_on = ["steady"]', 'based_on = ["companies_register"]')
    text = text.replace("start = 2026", "start = 2050").replace("Peserta bertahan", "Jauh di depan")
    (folder / "late.toml").write_text(text.replace("Participants stay", "Far ahead"), "utf-8")


def test_a_scenario_that_starts_after_the_last_year_is_left_out_and_named(folder):
    shown = read_scenarios("all", "Lampung", 2045, folder=folder)
    assert "late" not in set(shown["scenario"]) and "retention" in set(shown["scenario"])
    assert starting_later("all", 2045, folder) == ("“Jauh di depan” (2050)", "“Far ahead” (2050)")
    assert "late" in set(read_scenarios("all", "Lampung", 2050, folder=folder)["scenario"])
    assert starting_later("all", 2050, folder) == ()


def test_a_scenario_that_starts_after_the_last_year_is_refused_where_it_is_named(folder):
    says = r"until is 2045, and retention of scenario late starts in 2050: nobody would be reached by it; write until 2050 or later"
    with pytest.raises(ScenarioError, match=says):
        read_scenarios("steady, late", "Lampung", 2045, folder=folder)
    with pytest.raises(ScenarioError, match=says):
        check_asked("steady, late", "2024-12", 2045, 1000, 1, folder=folder)
    check_asked("all", "2024-12", 2045, 1000, 1, folder=folder)


def test_a_fund_that_starts_later_than_its_lever_counts(folder):
    text = (folder / "government_pays.toml").read_text("utf-8")
    assert "[public_subsidy.local_budget]" in text or "[public_subsidy.local_budget." in text
    text += "\n[public_subsidy.local_budget]\nstart = 2048\n"
    (folder / "late_fund.toml").write_text(text, "utf-8")
    assert "late_fund" not in set(read_scenarios("all", "Lampung", 2045, folder=folder)["scenario"])


def test_one_place_without_a_segment_fails_alone_and_is_named_on_the_pages_of_the_others(cakupan, elsewhere, tmp_path):
    table = elsewhere / "data" / "participants.csv"
    lines = table.read_text("utf-8").splitlines(keepends=True)
    rest = [line for line in lines if not line.startswith("2023-12,51,Bali,34,domicile,active,BPU,")]
    assert len(rest) == len(lines) - 1
    table.write_text("".join(rest), "utf-8")
    add_late(elsewhere / "data/scenarios")
    pages = [f"papua/{name}" for name in ("scenarios", "costs", "targets")]
    run = cakupan("render", *pages, "bali/scenarios", "--outputs", str(tmp_path / "outputs"), project=elsewhere)
    assert run.returncode == 1 and "3 of 4 reports rendered" in run.stdout, run.stderr
    assert "failed: bali/scenarios: " in run.stderr
    assert "Bali has no covered or no workers of BPU for 2023" in run.stderr and "failed: papua" not in run.stderr
    for path in pages:
        said = json.loads((tmp_path / f"outputs/en/{path}.record.json").read_text("utf-8"))["published"]
        assert said["starting-later"]["values"]["later"] == ["“Jauh di depan” (2050)", "“Far ahead” (2050)"]
        page = (tmp_path / f"outputs/id/{path}.html").read_text("utf-8")
        assert "Tidak ditampilkan, karena sebuah langkahnya baru mulai sesudah 2045" in page
    assert "Not tested, because their participants or workers are incomplete in one of those Decembers: Bali" in (
        tmp_path / "outputs/en/papua/scenarios.html"
    ).read_text("utf-8")
