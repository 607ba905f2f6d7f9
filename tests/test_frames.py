"""The list of columns holds: what a public function returns has the columns that `frames.toml` says, in that order."""

import inspect
import re
import tomllib
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import analysis as an
from analysis.data import ROOT, package
from analysis.frames import columns, columns_of

ROOMS = [name for name in an.__all__ if not callable(getattr(an, name)) and name not in ("tables", "charts")]
LISTED = tomllib.loads((ROOT / "analysis" / "frames.toml").read_text("utf-8"))
PACKAGE = sorted((ROOT / "analysis").rglob("*.py"))
TABLES = package()["resources"]
PUBLIC = {f"{room}.{name}": getattr(getattr(an, room), name) for room in ROOMS for name in getattr(an, room).__all__}


@pytest.fixture(scope="module")
def g(lampung):
    """What the functions take: Lampung in 2023, projected to 2030 under three scenarios, and its last article."""
    few = lampung["assumptions"]["scenario"].isin(["steady", "government_pays", "companies_register"])
    names = ("participants", "labour_force", "published", "regions")
    found = dict(lampung, plans=lampung["assumptions"][few], tables=[lampung[name] for name in names])
    found |= {name: an.read(name) for name in ("contribution_rules", "targets", "work_accidents")}
    counted, workers, _, regions = found["tables"]
    found["wages"] = an.costs.average_wages(workers, regions, "18", "34")
    found["ahead"] = an.projection.project(found["start"], found["past"], found["plans"], 2030, 20, 1, seat_cost=16_800)
    found["costs"] = an.costs.costs_of(found["ahead"], found["contribution_rules"], found["wages"])
    found["bought"] = an.costs.bought(found["costs"], years=[2030])
    found["titles"] = an.scenarios.scenario_titles(found["plans"])
    found["paths"] = an.projection.fan(found["ahead"])
    found["month"] = an.costs.one_worker(found["contribution_rules"], "2024-12", found["wages"])
    found["efforts"] = an.targets.efforts(found["ahead"], 0.2, 2030, 5)
    hand = an.targets.at_hand(found["ahead"], "government_pays", 2030, found["month"])
    course = an.targets.middle_course(found["ahead"], 2030)
    found["mix"] = an.targets.cheapest_mix(course, hand, 0.3, 2030)
    found["then"] = an.change.at_date(found["choice"], counted, workers, regions)
    found["trials"] = an.press.trials(found["published"][found["published"]["article_id"] == "LPG-2023-SEED-ANTARA"])
    found["dates"] = an.change.published_dates(an.press.published_rates(found["published"], "18"))
    steady = found["plans"][found["plans"]["scenario"] == "steady"]
    found["tested"] = an.backtest.back_test(counted, workers, found["published"], regions, steady, 10, 1)
    return found


# What each function is asked for; a frame that another function gives stands as it comes.
CALLS: dict[str, Callable[[dict[str, Any]], pd.DataFrame]] = {
    "coverage.active": lambda g: g["covered"],
    "coverage.all_provinces": lambda g: g["provinces"],
    "coverage.bases": lambda g: an.coverage.bases(g["choice"], g["covered"], g["workers"], g["published"]),
    "coverage.beside": lambda g: an.coverage.beside(CALLS["coverage.bases"](g)),
    "coverage.coverage_of": lambda g: an.coverage.coverage_of(g["covered"], g["workers"]),
    "coverage.decembers": lambda g: an.coverage.decembers(
        "2024-12", g["participants"], g["labour_force"], g["regions"]
    ),
    "coverage.employed": lambda g: g["workers"],
    "coverage.gap": lambda g: an.coverage.gap(g["provinces"]),
    "coverage.labour_force_of": lambda g: an.coverage.labour_force_of(g["choice"], g["labour_force"], g["regions"]),
    "coverage.left_out": lambda g: an.coverage.left_out(g["choice"], g["participants"]),
    "coverage.on_territory": lambda g: an.coverage.on_territory(
        an.coverage.employed(g["labour_force"], "2024-08"), "34", g["regions"]
    ),
    "coverage.place": lambda g: g["here"],
    "coverage.rank": lambda g: an.coverage.rank(g["provinces"]),
    "coverage.splits": lambda g: an.coverage.splits(g["choice"], g["participants"], g["labour_force"], g["regions"]),
    "coverage.workers_of": lambda g: an.coverage.workers_of(g["choice"], g["labour_force"], g["regions"]),
    "coverage.workers_over_time": lambda g: an.coverage.workers_over_time(g["labour_force"], "34", g["regions"]),
    "recent.by_identity_card": lambda g: an.recent.by_identity_card(g["published"]),
    "recent.counts": lambda g: an.recent.counts(g["choice"], g["participants"], g["published"]),
    "recent.newer": lambda g: an.recent.newer(g["choice"], *g["tables"]),
    "recent.over_time": lambda g: an.recent.over_time(g["published"], "18"),
    "recent.season": lambda g: an.recent.season(g["published"], "00"),
    "recent.season_of_nation": lambda g: an.recent.season_of_nation(g["choice"], g["published"]),
    "recent.by_status": lambda g: an.recent.by_status(g["participants"], g["published"], "18"),
    "press.about_place": lambda g: an.press.about_place(g["published"], "18"),
    "press.correction_rows": lambda g: an.press.correction_rows(g["trials"]),
    "press.each_rate_once": lambda g: an.press.each_rate_once(g["published"], "18"),
    "press.figure_rows": lambda g: an.press.figure_rows(g["trials"]),
    "press.in_conflict": lambda g: an.press.in_conflict(an.press.verdict_rows(g["trials"])),
    "press.loose_rates": lambda g: an.press.loose_rates(an.press.figure_rows(g["trials"])),
    "press.narrowed_totals": lambda g: an.press.narrowed_totals(an.press.figure_rows(g["trials"]), "Lampung"),
    "press.published_rates": lambda g: an.press.published_rates(g["published"], "18"),
    "press.read_otherwise": lambda g: an.press.read_otherwise(an.press.verdict_rows(g["trials"])),
    "press.verdict_counts": lambda g: an.press.verdict_counts(an.press.verdict_rows(g["trials"])),
    "press.verdict_rows": lambda g: an.press.verdict_rows(g["trials"]),
    "change.against_nation": lambda g: an.change.against_nation(g["then"]),
    "change.bases_compared": lambda g: an.change.bases_compared(
        g["dates"], g["labour_force"][g["labour_force"]["province_code"] == "18"]
    ),
    "change.by_provinces": lambda g: an.change.by_provinces(*[_country(g)] * 2, an.change.ledger(*_pair(g))),
    "change.ledger": lambda g: an.change.ledger(*_pair(g)),
    "change.ledgers": lambda g: an.change.ledgers(g["dates"]),
    "change.new_weights": lambda g: an.change.new_weights(*_pair(g)),
    "change.published_dates": lambda g: g["dates"],
    "change.redefined": lambda g: an.change.redefined(*_pair(g), 4697658, 4787589),
    "change.standardised": lambda g: an.change.standardised(g["then"].here, g["then"].nation),
    "disparity.inequality": lambda g: an.disparity.inequality(g["provinces"]),
    "disparity.ordered_by": lambda g: an.disparity.ordered_by(g["provinces"], g["labour_force"]),
    "scenarios.read_scenarios": lambda g: g["plans"],
    "scenarios.scenario_titles": lambda g: g["titles"],
    "projection.today": lambda g: g["start"],
    "projection.eligible_today": lambda g: an.projection.eligible_today(an.press.figure_rows(g["trials"]), "Lampung"),
    "projection.history": lambda g: g["past"],
    "projection.near_and_far": lambda g: an.projection.near_and_far(g["paths"], 2029),
    "projection.net_change": lambda g: an.projection.net_change(g["ahead"]),
    "projection.added": lambda g: an.projection.added(g["ahead"], 2030),
    "projection.assumed": lambda g: an.projection.assumed(g["ahead"]),
    "projection.best_lever": lambda g: an.projection.best_lever(an.projection.added(g["ahead"], 2030), g["plans"]),
    "projection.fan": lambda g: g["paths"],
    "projection.sobol": lambda g: an.projection.sobol(g["ahead"], "steady", 2024),
    "projection.tornado": lambda g: an.projection.tornado(g["ahead"], "steady", 2024),
    "backtest.back_test": lambda g: g["tested"],
    "backtest.back_test_summary": lambda g: an.backtest.back_test_summary(g["tested"]),
    "backtest.register_scores": lambda g: an.backtest.register_scores(
        an.recorded(), g["participants"], g["labour_force"], g["regions"]
    ),
    "backtest.register_summary": lambda g: an.backtest.register_summary(g["tested"]),
    "backtest.this_method": lambda g: an.backtest.this_method(an.backtest.back_test_summary(g["tested"])),
    "backtest.at_level": lambda g: an.backtest.at_level(an.backtest.back_test_summary(g["tested"]), "forward"),
    "backtest.of_place": lambda g: an.backtest.of_place(g["tested"], "18"),
    "backtest.pit": lambda g: an.backtest.pit(g["tested"]),
    "contributions.monthly": lambda g: an.contributions.monthly(g["contribution_rules"], "2025-06", "BPU", income=1),
    "contributions.not_used": lambda g: an.contributions.not_used(g["contribution_rules"]),
    "contributions.published_beside": lambda g: an.contributions.published_beside(
        g["contribution_rules"], g["targets"]
    ),
    "costs.accidents": lambda g: an.costs.accidents(g["costs"], g["work_accidents"], g["participants"], "18", 2030),
    "costs.average_wages": lambda g: g["wages"],
    "costs.bill": lambda g: an.costs.bill(g["costs"]),
    "costs.bought": lambda g: g["bought"],
    "costs.by_payers": lambda g: an.costs.by_payers(g["contribution_rules"], ["2026-12"]),
    "costs.cheapest_and_dearest": lambda g: an.costs.cheapest_and_dearest(g["bought"], g["titles"]),
    "costs.most_people": lambda g: an.costs.most_people(g["bought"]),
    "costs.one_worker": lambda g: g["month"],
    "costs.funds": lambda g: an.costs.funds(g["costs"], [2030]),
    "costs.usual_bill": lambda g: an.costs.usual_bill(g["costs"], 2023),
    "costs.wage_growth": lambda g: an.costs.wage_growth(g["plans"]),
    "costs.wage_taken": lambda g: an.costs.wage_taken(g["wages"], 2024),
    "targets.at_hand": lambda g: an.targets.at_hand(g["ahead"], "government_pays", 2030, g["month"]),
    "targets.by_lever": lambda g: an.targets.by_lever(g["mix"]),
    "targets.cheapest_mix": lambda g: g["mix"].plan,
    "scenarios.what_if": lambda g: an.scenarios.what_if("Lampung", "retention.kept.BPU", 0.5, draws=5),
    "targets.compared": lambda g: an.targets.compared(g["targets"], "18", {"employed": g["ahead"]}),
    "targets.distance": lambda g: an.targets.distance(g["paths"], 0.4),
    "targets.efforts": lambda g: g["efforts"],
    "targets.eligible_start": lambda g: an.targets.eligible_start({"eligible": g["ahead"]}),
    "targets.likeliest": lambda g: an.targets.likeliest(an.targets.reaching(g["ahead"], 0.4, 2030)),
    "targets.reached_alone": lambda g: an.targets.reached_alone(g["efforts"]),
    "data.recorded": lambda g: an.recorded(),
    "targets.reaching": lambda g: an.targets.reaching(g["ahead"], 0.4, 2030),
}


def _country(g):
    choice = g["choice"]._replace(province_code="00", province="Indonesia")
    return an.change.at_date(choice, g["participants"], g["labour_force"], g["regions"])


def _pair(g):
    return g["dates"].iloc[[0]], g["dates"].iloc[[1]]


def test_every_function_that_returns_a_frame_is_listed_and_nothing_else():
    frames = {
        name for name, function in PUBLIC.items() if inspect.signature(function).return_annotation is pd.DataFrame
    }
    assert frames | {"data.recorded", "targets.cheapest_mix"} == set(LISTED["frames"]) == set(CALLS)


@pytest.mark.parametrize("frame", CALLS)
def test_a_frame_has_the_columns_that_are_listed(g, frame):
    fields = {f"data/{table['name']}": [field["name"] for field in table["schema"]["fields"]] for table in TABLES}
    listed = [name for column in columns_of(frame) for name in fields.get(column, [column])]
    assert CALLS[frame](g).columns.tolist() == listed


def test_a_frame_of_no_rows_has_the_same_columns(g):
    usual = g["plans"][g["plans"]["scenario"] == "steady"]
    alone = an.projection.project(g["start"], g["past"], usual, 2030, 5, 1)
    costs = an.costs.costs_of(alone, g["contribution_rules"], g["wages"])
    one = g["dates"].head(1)
    frames = {
        "change.bases_compared": an.change.bases_compared(one, g["labour_force"]),
        "change.ledgers": an.change.ledgers(one),
        "costs.accidents": an.costs.accidents(costs, g["work_accidents"], g["participants"], "95", 2030),
        "costs.bought": an.costs.bought(costs),
        "projection.eligible_today": an.projection.eligible_today(an.press.figure_rows([]), "Lampung"),
        "targets.by_lever": an.targets.by_lever(g["mix"]._replace(plan=g["mix"].plan.head(0))),
        "targets.efforts": an.targets.efforts(alone, 0.2, 2030),
    }
    assert {name: rows.columns.tolist() for name, rows in frames.items()} == {name: columns_of(name) for name in frames}
    assert all(rows.empty for rows in frames.values())


def test_each_meaning_is_of_a_column_and_in_units_that_data_has_too():
    own = {(frame, name) for frame, names in LISTED["own"].items() for name in names}
    direct = {(frame, name) for frame, names in LISTED["frames"].items() for name in names.split() if "." not in name}
    assert own <= direct
    assert {name for _, name in direct - own} == set(LISTED["columns"])
    said = [*LISTED["columns"].values(), *(said for names in LISTED["own"].values() for said in names.values())]
    known = {field["unit"] for table in TABLES for field in table["schema"]["fields"]}
    assert {unit for unit, meaning in said if meaning} - known == {
        "person-months",
        "persons per year",
        "rupiah per year",
        "years",
    }


def test_docstrings_point_to_frames_that_are_listed():
    named = {frame for path in PACKAGE for frame in re.findall(r'`an\.columns\("([\w.]+)"\)', path.read_text("utf-8"))}
    assert len(named) > 20 and named <= set(LISTED["frames"])


def test_a_meaning_of_its_own_goes_with_the_columns():
    assert columns("contributions.monthly").loc["rate", "meaning"] == "of base_amount; missing for a fixed amount"
    assert columns("costs.one_worker").loc["rate"].equals(columns("contributions.monthly").loc["rate"])
    assert columns("coverage.bases").loc["rate", "meaning"].startswith("coverage rate")


def test_a_frame_that_there_is_not_is_refused_with_the_one_that_was_meant():
    with pytest.raises(ValueError, match=r"^frame is 'coverage.gaps'; did you mean coverage.gap\? There is: "):
        columns("coverage.gaps")
