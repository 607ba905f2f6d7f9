"""What scenarios cost: bills by hand with their arithmetic, conservation between payers, and what is bought for them.

The amounts for one person are those of tests/test_contributions.py: BPU Rp16,800 a month, Rp8,400 with relief; PU at
Rp5,000,000 in 2025 Rp312,000 from the employer, Rp150,000 from the worker, Rp11,000 from the national budget.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import samples

import analysis as an
from analysis.contributions.rules import usable
from analysis.contributions.year import owed
from analysis.costs import (
    Costs,
    Line,
    _Prices,
    _wage_earners,
    accidents,
    average_wages,
    bill,
    bought,
    cheapest_and_dearest,
    costs_of,
    milestones,
    most_people,
    nobody_paid_for,
    one_worker,
)
from analysis.projection.runs import project
from analysis.schema import Facts

RULES = an.read("contribution_rules")
FACTS = Facts(("2024-12",), ("2024-08",), "low", ("s",))


def facts(rows):
    return rows.assign(facts=FACTS)


START = facts(
    pd.DataFrame(
        {
            "province": "Toy",
            "segment": ["PU", "BPU", "all"],
            "covered": [1000, 200, 1200],
            "base": "employed",
            "year": 2024,
            "workers_low": [2000, 50_000, 52_000],
            "workers_high": [2000, 50_000, 52_000],
        }
    )
)
WAGES = facts(pd.DataFrame({"year": [2025], "wage": [5_000_000]}))
USUAL = {
    ("enrolment", "PU"): 0,
    ("enrolment", "BPU"): 0,
    ("lapse", "PU"): 0,
    ("lapse", "BPU"): 0,
    ("growth", ""): 0,
    ("moves", ""): 0,
    ("keep", ""): 1,
    ("stay", ""): 0,
    ("wage_growth", ""): 0,
}


def plan(scenario="steady", usual=None, **levers):
    """A scenario as `read_scenarios` gives it; a lever as public_subsidy__palm_oil_fund={"seats": 5}, from 2025 at once."""
    stated = {("usual", *key): value for key, value in (USUAL | (usual or {})).items()}
    for name, values in levers.items():
        lever, _, part = name.partition("__")
        stated |= {(lever, parameter, part): value for parameter, value in values.items()}
    rows = [
        {
            "scenario": scenario,
            "layer": scenario,
            "lever": lever,
            "parameter": parameter,
            "part": part,
            "unit": {"seats": "persons", "companies": "companies"}.get(parameter, ""),
            "kind": "uniform" if isinstance(value, tuple) else "number",
            "years": (),
            "values": value if isinstance(value, tuple) else (float(value),),
            "source_id": "",
        }
        for (lever, parameter, part), value in stated.items()
    ]
    frame = pd.DataFrame(rows)
    dated = frame["lever"] != "usual"
    for column, date in (("start", 2025), ("ramp", 1), ("end", pd.NA)):
        frame[column] = pd.array([date if lever else pd.NA for lever in dated], dtype="Int64")
    return frame.assign(capacity=pd.array([pd.NA] * len(frame), dtype="Float64"))


def carried(*plans, until=2026, draws=1, wages=WAGES, rules=RULES, **options):
    """What some scenarios cost."""
    plans = pd.concat(plans, ignore_index=True)
    return costs_of(project(START, None, plans, until, draws, 1), rules, wages, **options)


def paid(costs, year, by=("payer",), scenario="steady"):
    rows = bill(costs, by, [year])
    rows = rows[rows["scenario"] == scenario]
    return rows.set_index(list(by))["contribution"].to_dict() if by else int(rows["contribution"].iloc[0])


# -- by hand ----------------------------------------------------------------------------------------


def test_two_years_by_hand():
    # Lapse of 10 % among 1,000 wage earners and 50 % among 200 others; nobody enrols; wages rise by 4 % after August 2025.
    costs = carried(plan(usual={("lapse", "PU"): 0.1, ("lapse", "BPU"): 0.5, ("wage_growth", ""): 0.04}))
    assert paid(costs, 2025) == {
        "employer": 3_556_800_000,  # (1,000 + 900) / 2 = 950 x 312,000 x 12
        "worker": 1_710_000_000,  # 950 x 150,000 x 12
        "national budget": 125_400_000,  # 950 x 11,000 x 12
        "self": 30_240_000,  # (200 + 100) / 2 = 150 x 16,800 x 12
    }
    assert paid(costs, 2026) == {
        "employer": 3_329_164_800,  # (900 + 810) / 2 = 855 x 6.24 % of 5,200,000 = 324,480 x 12
        "worker": 1_600_560_000,  # 855 x 3 % of 5,200,000 = 156,000 x 12
        "national budget": 112_860_000,  # 855 x 11,000 x 12: the JKP cap is 5,000,000
        "self": 9_450_000,  # (100 + 50) / 2 = 75 x (3 x 16,800 + 9 x 8,400): relief from April 2026
    }
    people = bill(costs, ["segment"], [2026]).set_index("segment")
    assert people["persons"].to_dict() == {"PU": 855, "BPU": 75}
    assert people.loc["BPU", "per_person"] == 126_000


def test_today_is_a_bill_for_those_covered_today():
    # 2024: no August of its own is known, so the next one; 1,000 x 150,000 x 12 from the workers, 200 x 16,800 x 12.
    costs = carried(plan(usual={("lapse", "PU"): 0.1}))
    assert paid(costs, 2024)["worker"] == 1_800_000_000
    assert paid(costs, 2024)["self"] == 40_320_000


def test_the_palm_oil_programme_of_lampung():
    # 22,100 workers x 5 months x 16,800 = 1,856,400,000, printed as Rp1,86 miliar; and all of it again in 2026: no relief
    # where a local budget pays (PP 50/2025).
    costs = carried(plan(public_subsidy__palm_oil_fund={"seats": 22_100, "months": 5}))
    rows = bill(costs, ["payer", "fund"])
    rows = rows[rows["fund"] == "palm_oil_fund"].set_index("year")
    assert rows["contribution"].to_dict() == {2024: 0, 2025: 1_856_400_000, 2026: 1_856_400_000}
    assert rows.loc[2025, ["payer", "person_months", "persons"]].tolist() == ["local budget", 110_500, 9_208]


@pytest.mark.parametrize(
    ("lever", "months", "owed"),
    [
        ({"company_sponsorship": {"companies": 10, "seats": 10, "months": 12}}, 12, 126_000),  # 3 x 16,800 + 9 x 8,400
        ({"company_sponsorship": {"companies": 10, "seats": 10, "months": 3}}, 3, 25_200),  # the last three: 3 x 8,400
        ({"company_sponsorship": {"companies": 10, "seats": 10, "months": 10}}, 10, 92_400),  # 1 x 16,800 + 9 x 8,400
        ({"public_subsidy__national_budget": {"seats": 100, "months": 12}}, 12, 201_600),  # no relief: 12 x 16,800
        ({"public_subsidy__village_funds": {"seats": 100, "months": 3}}, 3, 50_400),
    ],
)
def test_a_paid_seat_costs_its_months_with_the_relief_of_who_pays(lever, months, owed):
    costs = carried(plan(**lever))
    rows = bill(costs, ["fund"], [2026])
    row = rows[rows["fund"] != ""].iloc[0]
    assert (row["person_months"], row["contribution"]) == (100 * months, 100 * owed)


def test_after_the_last_dated_rule_the_open_rules_hold():
    # The relief ends with 2026, the JP cap of March 2026 stays: 3 % of min(w, 11,086,300) and 2 % of w = 20,000,000.
    wages = WAGES.assign(wage=20_000_000)
    costs = carried(plan(), until=2045, wages=wages)
    assert paid(costs, 2045)["self"] == 200 * 201_600
    assert paid(costs, 2045)["worker"] == 1000 * 12 * (400_000 + 110_863)
    assert paid(costs, 2045) == paid(costs, 2030)


def test_a_year_in_which_the_last_rule_ends_is_computed_by_itself():
    # The relief prolonged to June 2028: 6 x 8,400 + 6 x 16,800 = 151,200 in 2028, and 12 x 16,800 = 201,600 from 2029.
    prolonged = RULES.copy()
    prolonged.loc[prolonged["rule_id"] == "bpu-non-transport-jkk-jkm-discount-2026-04", "effective_to"] = "2028-06"
    costs = carried(plan(), until=2030, rules=prolonged)
    assert [paid(costs, year)["self"] for year in (2027, 2028, 2029, 2030)] == [
        200 * owed for owed in (100_800, 151_200, 201_600, 201_600)
    ]


def test_the_highest_risk_class_costs_the_employer_more_and_nobody_else():
    # JKK 1.74 % instead of 0.24 %: 1.5 % of 5,000,000 = 75,000 x 12 x 1,000 people.
    least, most = carried(plan()), carried(plan(), risk="very high")
    dearer = {payer: paid(most, 2025)[payer] - amount for payer, amount in paid(least, 2025).items()}
    assert dearer == {"employer": 900_000_000, "worker": 0, "national budget": 0, "self": 0}


def test_one_worker_as_published():
    rows = one_worker(RULES, "2025-06", WAGES)
    assert rows.groupby("payer", sort=False)["contribution"].sum().to_dict() == {
        "employer": 312_000,
        "worker": 150_000,
        "national budget": 11_000,
        "self": 16_800,
    }


# -- wages ------------------------------------------------------------------------------------------

REGIONS = pd.DataFrame(
    {"province_code": ["92", "96"], "province": ["Papua Barat", "Papua Barat Daya"], "parent_code": ["", "92"]}
)


def labour(*rows):
    columns = ["period", "province_code", "territory", "employees", "average_net_wage"]
    return pd.DataFrame(rows, columns=columns).assign(source_id="s")


def test_a_divided_province_is_the_mean_of_its_parts_weighted_by_employees():
    force = labour(("2024-08", "92", "38", 100, 1_000_000), ("2024-08", "96", "38", 300, 2_000_000))
    # (100 x 1,000,000 + 300 x 2,000,000) / 400 = 1,750,000; on 38 provinces Papua Barat stands for itself.
    assert average_wages(force, REGIONS, "92", "34")["wage"].tolist() == [1_750_000]
    assert average_wages(force, REGIONS, "92", "38")["wage"].tolist() == [1_000_000]
    assert average_wages(force, REGIONS, "00", "34")["wage"].tolist() == [1_750_000]


def test_a_part_without_employees_leaves_that_year_unknown():
    force = labour(
        ("2023-08", "92", "38", 100, 1_000_000),
        ("2023-08", "96", "38", None, 2_000_000),
        ("2024-08", "92", "38", 100, 1_000_000),
        ("2024-08", "96", "38", 100, 2_000_000),
    )
    assert average_wages(force, REGIONS, "92", "34")["year"].tolist() == [2024]
    nobody = force.assign(employees=pd.array([0] * len(force), dtype="Int64"))
    with pytest.raises(ValueError, match="no average net wage for province 92"):
        average_wages(nobody, REGIONS, "92", "34")
    with pytest.raises(ValueError, match="no average net wage for province 92"):
        average_wages(force.head(2), REGIONS, "92", "34")


def test_the_mean_wage_of_nobody_is_none():
    nobody = labour(("2023-08", "92", "38", 0, 1_000_000), ("2023-08", "96", "38", 0, 2_000_000))
    some = labour(("2024-08", "92", "38", 0, 1_000_000), ("2024-08", "96", "38", 100, 2_000_000))
    both = pd.concat([nobody, some], ignore_index=True)
    assert average_wages(both, REGIONS, "92", "34")[["year", "wage"]].values.tolist() == [[2024, 2_000_000]]


def test_wages_before_the_last_august_are_the_known_ones():
    wages = facts(pd.DataFrame({"year": [2024, 2026], "wage": [4_000_000, 6_000_000]}))
    costs = carried(plan(usual={("wage_growth", ""): 0.5}), until=2027, wages=wages)
    worker = [paid(costs, year)["worker"] for year in (2024, 2025, 2026)]
    # 3 % of 4,000,000, then of the next known 6,000,000; and in 2027 of 6,000,000 x 1.5.
    assert worker == [1_440_000_000, 2_160_000_000, 2_160_000_000]
    assert paid(costs, 2027)["worker"] == 3_240_000_000


def test_a_projection_that_starts_after_the_last_august_starts_from_grown_wages():
    wages = facts(pd.DataFrame({"year": [2022], "wage": [4_000_000]}))
    costs = carried(plan(usual={("wage_growth", ""): 0.1}), wages=wages)
    # 4,000,000 x 1.1 x 1.1 = 4,840,000 in 2024; 3 % x 12 x 1,000 people.
    assert paid(costs, 2024)["worker"] == 1_742_400_000


@samples(10)
@given(st.lists(st.integers(1_000_000, 40_000_000), min_size=1, max_size=6), st.sampled_from([2024, 2025, 2026, 2027]))
def test_between_the_caps_only_rounding_is_lost(wages, year):
    # Each of the five programmes and payers is rounded once a month: at most half a rupiah at either end of a stretch.
    prices = _Prices(usable(RULES), np.array([year]), {})
    wage = np.array(wages, dtype=float).reshape(1, 1, -1)
    got = _wage_earners(prices, np.full(wage.shape, 12.0), wage, "medium")
    for i, each in enumerate(wages):
        for row in owed(usable(RULES), year, "PU", wage=each, risk="medium"):
            assert abs(got[Line(row["payer"], "PU", "")][0, 0, i] - row["contribution"]) <= 12 * 4


# -- what must hold whatever the numbers -------------------------------------------------------------

PLACES = {
    "public_subsidy__local_budget": {"seats": (500, 1500), "months": (5, 12)},
    "company_sponsorship": {"companies": 20, "seats": (1, 9), "months": 12},
}
UNSURE = {("lapse", "PU"): (0.05, 0.2), ("lapse", "BPU"): (0.1, 0.5), ("wage_growth", ""): (0.0, 0.1)}


def test_payers_add_up_to_the_whole_in_every_draw():
    costs = carried(plan(usual=UNSURE, **PLACES), draws=1)
    for year in costs.years:
        assert abs(sum(paid(costs, year).values()) - paid(costs, year, ())) <= 3  # each rounded to whole rupiah
        assert abs(sum(paid(costs, year, ["segment", "fund"]).values()) - paid(costs, year, ())) <= 3


def test_people_are_counted_once_however_many_pay_for_them():
    costs = carried(plan(**PLACES), draws=50)
    whole, parts = bill(costs, ()), bill(costs, ["segment", "fund"])
    own = parts[parts["fund"] == ""].groupby("year")["persons"].sum()
    assert own.to_dict() == {2024: 1200, 2025: 1200, 2026: 1200}
    assert whole.loc[whole["year"] == 2024, "persons"].tolist() == [1200]
    assert bill(costs, ["payer"], [2024]).set_index("payer")["persons"]["employer"] == 1000


def test_ranges_hold_the_uncertainty_of_wages_and_of_people():
    costs = carried(plan(usual=UNSURE), draws=200, until=2030)
    rows = bill(costs, ()).set_index("year")
    assert rows.loc[2024, "contribution_low"] == rows.loc[2024, "contribution_high"]
    assert rows.loc[2030, "contribution_low"] < rows.loc[2030, "contribution"] < rows.loc[2030, "contribution_high"]
    fixed = bill(carried(plan(usual=UNSURE | {("wage_growth", ""): 0.05}), draws=200, until=2030), ()).set_index("year")
    assert np.ptp(fixed.loc[2030, ["contribution_low", "contribution_high"]]) < np.ptp(
        rows.loc[2030, ["contribution_low", "contribution_high"]]
    )


def test_another_scenario_beside_it_changes_nothing():
    alone = carried(plan(usual=UNSURE), draws=20)
    beside = carried(plan(usual=UNSURE), plan("paid", usual=UNSURE, **PLACES), draws=20)
    rows = bill(beside)
    mine = rows[(rows["scenario"] == "steady") & (rows["contribution"] > 0)]["contribution"]
    assert mine.tolist() == bill(alone)["contribution"].tolist()


@samples(10)
@given(st.integers(0, 40_000), st.integers(1, 12), st.integers(1, 40_000))
def test_more_seats_cost_more_and_buy_more(seats, months, more):
    def funded(name, number):
        return plan(name, public_subsidy__national_budget={"seats": number, "months": months})

    costs = carried(plan(), funded("some", seats), funded("most", seats + more))
    rows = bought(costs, years=[2026]).set_index("scenario")
    assert rows.loc["most", "additional"] > rows.loc["some", "additional"] or seats + more > 49_800
    assert rows.loc["most", "additional_cost"] >= rows.loc["some", "additional_cost"] >= 0
    assert rows.loc["some", "additional_cost"] == min(seats, 49_800) * months * 16_800  # 50,000 - 200 are uncovered


@samples(10)
@given(st.integers(1_000_000, 30_000_000), st.integers(1, 10_000_000))
def test_a_higher_wage_costs_nobody_less(wage, more):
    rows = [paid(carried(plan(), wages=WAGES.assign(wage=each)), 2026) for each in (wage, wage + more)]
    assert all(rows[1][payer] >= rows[0][payer] for payer in rows[0])
    assert rows[1]["worker"] > rows[0]["worker"] or more < 100


# -- what it buys -----------------------------------------------------------------------------------


def test_a_hundred_seats_buy_a_hundred_people():
    # In 2030, when no relief is left: 100 x 12 x 16,800 = 20,160,000; 201,600 for each.
    funded = plan("funded", public_subsidy__local_budget={"seats": 100, "months": 12})
    costs = carried(plan(), funded, until=2030)
    row = bought(costs, years=[2030]).set_index("scenario").loc["funded"]
    assert row[["additional", "additional_cost", "additional_public", "per_person"]].tolist() == [
        100,
        20_160_000,
        20_160_000,
        201_600,
    ]
    assert row["per_person_is"] == "known"


def test_a_person_covered_for_part_of_the_year_is_part_of_a_person_year():
    # 5 months for 22,100: 9,208.3 person-years for Rp1,856,400,000 = 201,600 each, though 22,100 are covered in December.
    funded = plan("funded", public_subsidy__palm_oil_fund={"seats": 22_100, "months": 5})
    costs = carried(plan(), funded)
    row = bought(costs, years=[2025]).set_index("scenario").loc["funded"]
    assert row[["additional", "per_person"]].tolist() == [22_100, 201_600]


def test_the_usual_course_buys_nobody_beside_itself():
    costs = carried(plan(usual=UNSURE), plan("same", usual=UNSURE), draws=20)
    rows = bought(costs)
    for column in ("additional", "additional_low", "additional_high", "additional_cost", "additional_public"):
        assert (rows[column] == 0).all()
    assert rows["per_person"].isna().all() and set(rows["per_person_is"]) == {"not defined"}


def test_a_handful_more_has_no_cost_per_person():
    # One seat beside 1,200 covered is less than a thousandth of them.
    costs = carried(plan(), plan("one", public_subsidy__local_budget={"seats": 1, "months": 12}))
    row = bought(costs, years=[2026]).set_index("scenario").loc["one"]
    assert (row["additional"], row["per_person_is"]) == (1, "too few")


def test_the_difference_is_taken_draw_by_draw():
    # Both lapse alike in every draw; the 500 paid for are 500 more in each, however uncertain the rest is.
    funded = plan("funded", usual=UNSURE, public_subsidy__local_budget={"seats": 500, "months": 12})
    costs = carried(plan(usual=UNSURE), funded, draws=100)
    row = bought(costs, years=[2026]).set_index("scenario").loc["funded"]
    assert row[["additional_low", "additional", "additional_high"]].tolist() == [500, 500, 500]
    assert np.ptp(costs.covered[0, -1]) > 20  # persons between the draws


def test_accidents_are_those_of_2023_per_participant():
    # Lampung, BPU: 160 cases among 168,497; 10,000 people for a year -> 9.5 cases, of which whole ones are shown.
    months = {
        ("PU", ""): np.zeros((1, 1, 1)),
        ("BPU", ""): np.full((1, 1, 1), 60_000.0),
        ("BPU", "company"): np.full((1, 1, 1), 60_000.0),
    }
    costs = Costs(("a",), (2045,), months, {}, np.zeros((1, 1, 1)), {"a": FACTS})
    tables = an.read("work_accidents"), an.read("participants")
    row = accidents(costs, *tables, "18", 2045).iloc[0]
    assert (row["persons"], row["cases_expected"], row["claims_expected"]) == (10_000, 9, 73_611_820)
    assert row["facts"].confidence == "low" and "s" in row["facts"].source_ids
    assert accidents(costs, *tables, "95", 2045).empty  # a province of the new map


# -- years worth showing, and wrong questions --------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "until", "shown"),
    [
        ([2026, 2028], 2045, [2026, 2030, 2045]),
        ([2030], 2045, [2030, 2040, 2045]),
        ([], 2045, [2025, 2030, 2045]),
        ([2026], 2027, [2026, 2027]),
        ([2050], 2045, [2045]),
        ([2020], 2030, [2025, 2030]),
    ],
)
def test_years_worth_showing(starts, until, shown):
    plans = pd.DataFrame({"start": pd.array([*starts, pd.NA], dtype="Int64")})
    assert milestones(plans, range(2024, until + 1)) == shown


def test_wrong_questions_get_a_sentence():
    costs = carried(plan("paid"))
    with pytest.raises(ValueError, match="counted against 'steady', which isn't among those projected"):
        bought(costs)
    with pytest.raises(ValueError, match="there is no cost for 2050; there is 2024 to 2026"):
        bill(costs, years=[2050])
    with pytest.raises(ValueError, match="cannot group by programme; there is payer, segment, fund"):
        bill(costs, ["programme"])


def test_every_scenario_of_lampung_carries_its_own_sources():
    tables = [an.read(name) for name in ("participants", "labour_force", "reported_claims", "regions")]
    participants, force, published, regions = tables
    choice = an.coverage.choose("Lampung", "2024-12", "employed", "domicile", participants, regions, published)
    start, past = an.projection.starting_point(choice, *tables)
    plans = an.scenarios.read_scenarios("steady, government_pays", "Lampung", 2027)
    costs = costs_of(project(start, past, plans, 2027, 20, 1), RULES, average_wages(force, regions, "18", "34"))
    rows = bill(costs, (), [2027]).set_index("scenario")["facts"].map(lambda facts: facts.source_ids)
    fund = "lampung-anggarkan-rp1-86-miliar-subsidi-1611"  # the source of the palm-oil fund's seats
    assert fund in rows["government_pays"] and fund not in rows["steady"]
    assert set(rows["government_pays"]) <= set(an.read("sources")["source_id"])


def test_where_nobody_is_paid_for_that_is_said():
    assert nobody_paid_for(carried(plan())) and not nobody_paid_for(carried(plan(), plan("paid", **PLACES)))


def test_of_one_scenario_there_is_no_cheapest_and_no_dearest():
    costs = carried(plan(), plan("paid", **PLACES))
    titles = pd.DataFrame({"scenario": ["paid"], "title": [("Dibayar", "Paid")]})
    assert bought(carried(plan())).empty and most_people(bought(costs, years=[2026]))["scenario"].tolist() == ["paid"]
    assert cheapest_and_dearest(bought(costs, years=[2026]), titles).empty
