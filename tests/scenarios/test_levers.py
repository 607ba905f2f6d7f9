"""A lever's whole life stands in analysis/scenarios/levers.py: whoever adds one hears of what is missing here, never on a page."""

import pandas as pd
import pytest

import analysis as an
from analysis.contributions.month import PAYERS
from analysis.costs import costs_of
from analysis.data import ROOT
from analysis.projection.model import Rates
from analysis.projection.plan import FUNDS, SEATS
from analysis.projection.runs import rate_of
from analysis.scenarios.levers import LEVERS, Lever, Parameter, Reach
from analysis.targets.lever import efforts
from analysis.targets.mix import at_hand

PULLED = [name for name in LEVERS if name != "usual"]
WHOLE = {
    "parameters": {"checked": Parameter(("share of the companies per year",))},
    "alone": ("checked", ""),
    "reaches": Reach("PU", "take_up"),
    "paid_by": {},
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_lever_of_which_something_isnt_said_is_none(name):
    assert Lever(**WHOLE).funds == ("",)
    with pytest.raises(TypeError, match=f"missing 1 required keyword-only argument: '{name}'"):
        Lever(**{key: value for key, value in WHOLE.items() if key != name})


@pytest.mark.parametrize("alone", [("checkd", ""), ("checked", "PU"), ("capacity", "")])
def test_a_lever_is_tried_alone_by_a_value_it_has(alone):
    with pytest.raises(ValueError, match="isn't one; there is: checked"):
        Lever(**WHOLE | {"alone": alone})


def test_only_the_usual_course_is_no_lever():
    assert [name for name, lever in LEVERS.items() if not lever.dated] == ["usual"]


def test_each_lever_reaches_people_of_its_own_in_the_year_that_is_projected():
    reached = [lever.reaches for lever in LEVERS.values() if lever.reaches]
    assert {reach.rate for reach in reached} <= set(Rates._fields)
    assert len(set(reached)) == len(reached)


def test_who_pays_is_known_to_the_rules_and_every_paid_fund_to_the_projection():
    assert {payer for lever in LEVERS.values() for payer in lever.paid_by.values()} <= set(PAYERS)
    assert LEVERS["public_subsidy"].funds == FUNDS
    by_month = {
        (name, fund) for name, lever in LEVERS.items() if "months" in lever.parameters for fund in lever.paid_by
    }
    assert by_month == set(SEATS.values())


def test_the_readme_has_a_row_for_every_value_of_a_lever():
    rows = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for name, lever in LEVERS.items():
        fund = ".<fund>" if lever.funds != ("",) else ""
        assert [p for p in lever.parameters if f"| `{name}{fund}.{p}" not in rows] == [], name


def pulled_alone(name: str) -> pd.DataFrame:
    """The usual course, and with it the lever as the last scenario has it that pulls it."""
    rows = an.scenarios.read_scenarios("all", "Lampung")
    having = rows.loc[rows["lever"] == name, "scenario"]
    assert len(having), f"no scenario of data/scenarios/ pulls {name}"
    last = rows[(rows["scenario"] == having.iloc[-1]) & rows["lever"].isin(["usual", name])]
    return pd.concat([rows[rows["scenario"] == "steady"], last])


@pytest.mark.parametrize("name", PULLED)
def test_a_lever_moves_coverage_is_tried_paid_and_part_of_a_mix(name, lampung):
    start, past, wages, rules = lampung
    plans = pulled_alone(name)
    ahead = an.projection.project(start, past, plans, until=2030, draws=20, seed=1, seat_cost=16_800)
    usual, with_it = rate_of(ahead)[:, -1]
    assert (usual != with_it).any(), f"{name} has no term in analysis/projection/plan.py"
    assert efforts(ahead, 0.5, 2030)["lever"].unique().tolist() == [name]
    lines = costs_of(ahead, rules, wages).rupiah
    payers = {line.payer for line, rupiah in lines.items() if line.fund and rupiah.any()}
    assert payers >= {payer for fund, payer in LEVERS[name].paid_by.items() if fund in set(plans["part"])}
    month = pd.DataFrame({"segment": ["PU"], "contribution": [250_000]})
    hand = at_hand(ahead, ahead.scenarios[-1], 2030, month).set_index("lever")["capacity"]
    assert {lever for lever, people in hand.items() if people} == ({name} if LEVERS[name].reaches else set())


@pytest.fixture(scope="module")
def lampung():
    names = ("participants", "labour_force", "reported_claims", "regions")
    participants, force, published, regions = (an.read(name) for name in names)
    choice = an.coverage.choose("Lampung", "2023-12", "employed", "domicile", participants, regions, published)
    start, past = an.projection.starting_point(choice, participants, force, published, regions)
    wages = an.costs.average_wages(force, regions, "18", "34")
    return start, past, wages, an.read("contribution_rules")
