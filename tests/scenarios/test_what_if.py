"""One lever at one value: the path with it and without, by the lever's own route."""

import numpy as np
import pytest

import analysis as an
from analysis.scenarios.checks import ScenarioError

LEVER = "company_registration.others_enrolled"


def test_a_gain_goes_up_with_the_value_and_is_none_at_nothing():
    none, some, more = (an.scenarios.what_if("Lampung", "retention.kept.BPU", value, draws=40) for value in (0, 0.5, 1))
    assert (none["gain"].abs() < 1e-12).all() and (none["with"] - none["without"]).abs().max() < 1e-12
    assert (more["gain"].iloc[1:] > some["gain"].iloc[1:]).all() and (some["gain"].iloc[1:] > 0).all()
    # Without the lever it is the page's own path: the same simulations, whatever is asked.
    assert (none["without"] == more["without"]).all()


def test_it_starts_from_the_newest_december_and_leads_five_years():
    rows = an.scenarios.what_if("Lampung", LEVER, 0.1, draws=20)
    assert rows["year"].tolist() == list(range(2024, 2030))
    today = rows.iloc[0]
    assert today["with"] == today["without"] == pytest.approx(858_652 / 4_787_589) and today["gain"] == 0
    assert (rows["with_low"] <= rows["with"]).all() and (rows["with"] <= rows["with_high"]).all()
    earlier = an.scenarios.what_if("18", LEVER, 0.1, period="2023-12", until=2025, draws=20)
    assert earlier["year"].tolist() == [2023, 2024, 2025]


def test_it_is_the_projection_of_a_scenario_that_sets_the_same_value():
    # The scenario that pulls the lever alone, its value in each simulation given by hand, from the first year on.
    participants, labour_force, regions = map(an.read, ("participants", "labour_force", "regions"))
    published = an.read("reported_claims")
    choice = an.coverage.choose("Lampung", "2024-12", "employed", "domicile", participants, regions, published)
    start, past = an.projection.starting_point(choice, participants, labour_force, published, regions)
    plans = an.scenarios.read_scenarios("steady, retention", "Lampung")
    pulled = plans["scenario"] == "retention"
    plans = plans.assign(start=plans["start"].mask(pulled, 2025), ramp=plans["ramp"].mask(pulled, 1))
    given = {("retention", "kept", "BPU"): np.full(30, 0.5), ("retention", "kept", "PU"): np.zeros(30)}
    paths = an.projection.fan(an.projection.project(start, past, plans, 2029, 30, 2024, given=given))
    rows = an.scenarios.what_if("Lampung", "retention.kept.BPU", 0.5, draws=30)
    by_hand = paths[paths["scenario"] == "retention"]["p50"].to_numpy(float)
    np.testing.assert_allclose(rows["with"].to_numpy(float), by_hand, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("lever", "value", "said"),
    [
        ("usual.lapse.BPU", 0.1, r"is of the usual course.*write retention\.kept\.BPU"),
        (
            "retention.kep.BPU",
            0.5,
            r"there is no lever 'retention.kep.BPU'; did you mean retention\.kept\.BPU\? There is: ",
        ),
        (
            "retention.kept.BPU",
            50,
            r"retention\.kept\.BPU is 50: share of the lapse avoided is 0 to 1: write 0\.5 for 50 %",
        ),
        ("public_subsidy.months.national_budget", 6, "there is no lever"),
    ],
)
def test_what_is_no_way_to_a_gain_is_refused_with_the_one_that_is(lever, value, said):
    with pytest.raises(ScenarioError, match=said):
        an.scenarios.what_if("Lampung", lever, value)


def test_the_chart_says_both_ends_in_both_languages():
    shown = an.charts.what_if(an.scenarios.what_if("Lampung", LEVER, 0.1, draws=20))
    assert "December 2024: 17.9% without, 17.9% with" in shown.alt["en"] and "tanpa" in shown.alt["id"]
    assert len(shown.data) == 6
