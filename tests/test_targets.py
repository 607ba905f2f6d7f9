"""The least effort against closed forms and hand arithmetic; official targets against the rate on their own base only."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import closed_form
from samples import samples

import analysis as an
from analysis.projection.model import Rates, Stocks, step
from analysis.projection.plan import Case, plan_of
from analysis.projection.runs import Projection
from analysis.projection.yearly import names_of
from analysis.schema import Facts
from analysis.targets.lever import efforts, least, least_lever, reached_alone
from analysis.targets.mix import answers, at_hand, by_lever, cheapest_mix, middle_course
from analysis.targets.official import Aim, aim, compared, official, scored
from analysis.targets.program import Course
from analysis.targets.reach import reaching

# -- the least of one lever ---------------------------------------------------------------------------


def rate_after(c0, h, lapse, growth, years):
    """The rate of one segment year by year, from today on, with h enrolled of the uncovered: array (year, draw)."""
    now = Stocks(*(np.full((1, len(h)), share) for share in (1.0, c0, 0.0, 0.0)))
    path = [now]
    for _ in range(years):
        path.append(step(path[-1], Rates(h, lapse, growth)))
    return np.stack([now.own[0] / now.workers[0] for now in path])


def least_enrolment(c0, goal, lapse, growth, years):
    """The least share h of the uncovered enrolled a year, up to 1 - lapse, that brings one segment from rate c0 to the goal."""
    return least(lambda h: rate_after(c0, h, lapse, growth, years), goal, np.array([1.0 - lapse]))


def test_least_enrolment_is_the_closed_form_without_lapse_and_growth():
    found = least_enrolment(c0=0.2679, goal=0.7, lapse=0, growth=0, years=22)
    assert found.value[0] == pytest.approx(1 - ((1 - 0.7) / (1 - 0.2679)) ** (1 / 22), abs=1e-11)
    assert round(found.value[0], 8) == 0.03974036


def test_least_enrolment_with_lapse_and_growth():
    found = least_enrolment(c0=0.2679, goal=0.7, lapse=0.03, growth=0.012, years=22)
    assert round(found.value[0], 8) == 0.10492986
    assert closed_form(0.2679, found.value[0], 0.03, 0.012, 22) == pytest.approx(0.7, abs=1e-11)


def test_an_unreachable_goal_says_the_best_and_when():
    found = least_enrolment(c0=0.2679, goal=0.99, lapse=0.03, growth=0.012, years=22)
    assert np.isnan(found.value[0])
    # h = 1 - l covers all but those who lapse, of whom the newcomers dilute: 0.97 / 1.012, from the first year on.
    assert found.best[0] == pytest.approx(0.97 / 1.012, abs=1e-12) == pytest.approx(0.958498, abs=1e-6)
    assert found.in_year[0] == pytest.approx(found.best[0]) and found.best_year[0] == 1


@given(st.floats(0.01, 0.6), st.floats(0, 0.3), st.floats(-0.02, 0.03), st.floats(0.05, 0.9), st.integers(1, 25))
@samples(25)
def test_least_enrolment_undoes_the_projection(c0, lapse, growth, share, years):
    h = share * (1 - lapse)
    goal = closed_form(c0, h, lapse, growth, years)
    found = least_enrolment(c0, goal, lapse, growth, years).value[0]
    # From there on the goal is reached, and just below it isn't, unless nobody needs to be enrolled at all.
    assert closed_form(c0, found, lapse, growth, years) >= goal - 1e-11
    assert found == 0 or closed_form(c0, found - 1e-7, lapse, growth, years) < goal


def test_every_draw_has_its_own_least():
    found = least(lambda x: np.array([0.1, 0.5, 0.9, 0.0]) + 0.4 * x, 0.5, np.ones(4))
    # (0.5 - 0.1) / 0.4 = 1 is just enough; the second and third are there without; the fourth ends at 0.4.
    np.testing.assert_allclose(found.value, [1, 0, 0, np.nan], atol=1e-12)
    np.testing.assert_allclose(found.in_year, [0.5, 0.9, 1.3, 0.4])


def test_the_best_year_is_the_first_of_the_best_and_not_today():
    path = np.array([0.9, 0.3, 0.6, 0.6, 0.5])[:, np.newaxis]
    found = least(lambda x: path * np.ones_like(x), 0.7, np.ones(2))
    assert found.best.tolist() == [0.6, 0.6] and found.best_year.tolist() == [2, 2]
    assert found.in_year.tolist() == [0.5, 0.5] and np.isnan(found.value).all()


def test_a_lever_that_helps_only_up_to_a_point_is_found_before_it():
    # 0.5 - (x - 0.5)^2 = 0.49 at x = 0.4 and again at 0.6; at the limit it is 0.25.
    found = least(lambda x: 0.5 - (x - 0.5) ** 2, 0.49, np.ones(1))
    assert found.value[0] == pytest.approx(0.4, abs=1e-9) and found.in_year[0] == pytest.approx(0.5) == found.best[0]


def test_a_goal_in_percent_is_refused_with_what_to_write():
    with pytest.raises(ValueError, match=r"38.39 was asked for; write 0.3839 for 38.39 %"):
        least(lambda x: x, 38.39, np.ones(1))
    with pytest.raises(ValueError, match=r"above 0 and up to 1, and -0\.1"):
        least_enrolment(0.2, -0.1, 0, 0, 3)


@pytest.mark.parametrize("goal", [0, -1, 1.0001, float("nan"), float("inf")])
def test_a_goal_that_is_no_rate_is_refused(goal):
    with pytest.raises(ValueError, match="a target is a share above 0 and up to 1"):
        least(lambda x: x, goal, np.ones(1))


def test_a_target_isnt_compared_with_the_rate_of_nobody():
    nobody = today_of(pu=(0, 0), bpu=(0, 0))
    with pytest.raises(ValueError, match="there are no workers employed in 2024, and a rate of nobody"):
        scored(official(TARGETS, "18"), {"employed": nobody}, {})


# -- one lever of a scenario --------------------------------------------------------------------------


def today_of(pu=(50, 100), bpu=(20, 200), base="employed", year=2024, as_of=("2024-12",), high=None):
    """Covered and workers of the two segments; `high` are the most workers of (PU, BPU, all)."""
    rows = [("PU", *pu), ("BPU", *bpu), ("all", pu[0] + bpu[0], pu[1] + bpu[1])]
    out = pd.DataFrame(rows, columns=["segment", "covered", "workers_low"])
    return out.assign(
        province="Lampung",
        workers_high=high or out["workers_low"],
        base=base,
        year=year,
        facts=Facts(as_of, (f"{year}-08",), "medium", ("s",)),
    )


def assumed(**values):
    """A scenario's assumptions: usual values of 0 unless given, and a lever per key with "."; (low, high) is a range."""
    usual = {
        "enrolment.PU": 0.0,
        "enrolment.BPU": 0.0,
        "lapse.PU": 0.0,
        "lapse.BPU": 0.0,
        "growth": 0.0,
        "moves": 0.0,
        "keep": 1.0,
        "stay": 0.0,
    }
    named = {f"usual.{name}": value for name, value in usual.items()} | {
        name.replace("__", "."): value for name, value in values.items()
    }
    rows = []
    for name, value in named.items():
        lever, parameter, part = (*name.split("."), "")[:3]
        if lever == "public_subsidy":
            parameter, part = part, parameter
        wide = isinstance(value, tuple)
        rows.append(
            {
                "scenario": "tried",
                "layer": "tried",
                "lever": lever,
                "parameter": parameter,
                "part": part,
                "unit": "persons" if parameter in ("seats", "staff") else "share",
                "kind": "uniform" if wide else "number",
                "years": (),
                "values": value if wide else (value,),
                "start": pd.NA if lever == "usual" else 2025,
                "ramp": pd.NA if lever == "usual" else 1,
                "end": pd.NA,
                "capacity": pd.NA,
                "source_id": "law" if parameter == "staff" else "",
            }
        )
    return pd.DataFrame(rows).astype({"start": "Int64", "ramp": "Int64", "end": "Int64", "capacity": "Float64"})


SEATS = ("public_subsidy", "seats", "local_budget")


def tried(plans, key, goal, year, draws, seed=1, start=None):
    """The least of a lever of the only scenario, projected to the year that is asked for."""
    ahead = an.projection.project(today_of() if start is None else start, None, plans, year, draws, seed)
    return least_lever(ahead, "tried", key, goal, year)


def seats(**usual):
    return assumed(**usual, public_subsidy__local_budget__seats=10.0, public_subsidy__local_budget__months=12.0)


def test_the_least_number_of_seats_by_hand():
    rows = tried(seats(), SEATS, goal=0.5, year=2026, draws=10, seed=1)
    # 70 of 300 are covered and nobody comes or goes: 0.5 x 300 - 70 = 80 seats.
    assert rows["chance"].tolist() == [0.5, 0.8, 0.95] and set(rows["status"]) == {"reachable"}
    assert rows["value"].tolist() == [80, 80, 80] and rows["probability"].tolist() == [1, 1, 1]
    assert rows["own_probability"].tolist() == [0, 0, 0]  # 10 seats make 80 of 300
    assert rows.loc[0, ["unit", "facts"]].tolist() == ["persons", Facts(("2024-12",), ("2024-08",), "medium", ("s",))]


def test_seats_that_dont_suffice_and_seats_that_nobody_needs():
    rows = tried(seats(), SEATS, goal=0.9, year=2027, draws=10, seed=1)
    # With a seat for each of the 180 uncovered non-wage workers 250 of 300 are covered, from the first year on.
    assert set(rows["status"]) == {"unreachable"} and rows["value"].isna().all()
    assert rows["best_rate"].tolist() == pytest.approx([250 / 300] * 3) == rows["best_in_year"].tolist()
    assert set(rows["best_year"]) == {2025}
    rows = tried(seats(), SEATS, goal=0.2, year=2027, draws=10, seed=1)
    assert set(rows["status"]) == {"already reached"} and rows["value"].tolist() == [0, 0, 0]


def test_more_certainty_takes_more_and_no_less_would_do():
    plans = seats(usual__enrolment__BPU=(0.0, 0.2), usual__lapse__BPU=(0.0, 0.5))
    start = today_of(pu=(500, 1000), bpu=(400, 2000))
    rows = tried(plans, SEATS, goal=0.5, year=2027, draws=400, seed=3, start=start)
    assert rows["value"].is_monotonic_increasing and rows["value"].nunique() == 3
    for row in rows.itertuples():
        assert row.probability >= row.chance
        fewer = an.projection.project(start, None, plans, 2027, 400, 3, given={SEATS: np.full(400, row.value - 2)})
        assert (an.projection.rate_of(fewer)[0, -1] >= 0.5).mean() < row.chance


def test_some_draws_reach_it_and_too_few_for_certainty():
    # Nobody lapses in some draws and half of the wage earners do in others; 180 seats are all there can be.
    plans = seats(usual__lapse__PU=(0.0, 0.5))
    rows = tried(plans, SEATS, goal=0.75, year=2025, draws=200, seed=1)
    # Own 20 + 50 (1 - l), all non-wage workers covered: (200 + 50 (1 - l)) / 300 >= 0.75 where l <= 0.5: all draws.
    assert set(rows["status"]) == {"reachable"}
    rows = tried(plans, SEATS, goal=0.8, year=2025, draws=200, seed=1)
    # 0.8 needs 40 wage earners: l <= 0.2, in about two draws of five.
    assert set(rows["status"]) == {"unreachable"}
    assert rows["best_rate"][0] == pytest.approx((200 + 50 * 0.75) / 300, abs=0.01)


def test_a_lever_that_does_harm_is_best_left_alone():
    # Of the covered non-wage workers who move to wage work nobody keeps cover: 50 + 20 (1 - x) of 300.
    plans = assumed(usual__keep=0.0, formalisation__moved=0.1)
    rows = tried(plans, ("formalisation", "moved", ""), goal=0.5, year=2025, draws=3, seed=1)
    assert set(rows["status"]) == {"unreachable"} and rows["best_in_year"][0] == pytest.approx(70 / 300)


def test_staff_of_a_mandate_and_the_sources_of_assumptions():
    plans = assumed(agency_mandate__staff=5.0)
    rows = tried(plans, ("agency_mandate", "staff", ""), goal=0.3, year=2025, draws=3, seed=1)
    assert rows["value"].tolist() == [20, 20, 20]  # 0.3 x 300 - 70
    assert rows["facts"][0].source_ids == ("s", "law")


def test_usual_enrolment_goes_as_far_as_lapse_lets_it():
    plans = assumed(usual__lapse__PU=0.4)
    key = ("usual", "enrolment", "PU")
    rows = tried(plans, key, goal=0.5, year=2025, draws=3, seed=1)
    # With h = 1 - l = 0.6: 50 x 0.6 + 50 x 0.6 + 20 = 80 of 300.
    assert set(rows["status"]) == {"unreachable"} and rows["best_rate"][0] == pytest.approx(80 / 300)
    rows = tried(plans, key, goal=0.25, year=2025, draws=3, seed=1)
    assert rows["value"].tolist() == pytest.approx([0.5] * 3, abs=1e-9)  # 75 = 30 + 20 + 50 h


def test_a_lever_that_isnt_there_is_named_with_those_that_are():
    with pytest.raises(
        ValueError,
        match=r"tried: public_subsidy.seats.local_budgt isn't in it; did you mean public_subsidy.seats.local_budget\?",
    ):
        tried(seats(), ("public_subsidy", "seats", "local_budgt"), 0.5, 2026, 3)
    with pytest.raises(ValueError, match=r"months\.local_budget isn't a lever that raises coverage"):
        tried(seats(), ("public_subsidy", "months", "local_budget"), 0.5, 2026, 3)


def test_what_isnt_projected_isnt_tried():
    ahead = an.projection.project(today_of(), None, seats(), 2026, 3, 1)
    with pytest.raises(ValueError, match="scenario 'other' isn't among tried"):
        least_lever(ahead, "other", SEATS, 0.5, 2026)
    with pytest.raises(ValueError, match="2027 isn't projected; the years are 2024 to 2026"):
        least_lever(ahead, "tried", SEATS, 0.5, 2027)
    for draws in (0, 4):
        with pytest.raises(ValueError, match=f"{draws} draws were asked for, and the projection has 3"):
            least_lever(ahead, "tried", SEATS, 0.5, 2026, draws)


def test_the_first_draws_of_a_longer_projection_give_what_a_projection_of_their_own_gives():
    today, past, plans = lampung()
    ahead = an.projection.project(today, past, plans, 2045, 50, 7, seat_cost=16_800)
    short = an.projection.project(today, past, plans, 2029, 10, 7, seat_cost=16_800)
    pd.testing.assert_frame_equal(efforts(ahead, 0.4, 2029, 10), efforts(short, 0.4, 2029))
    assert efforts(ahead, 0.4, 2029)["value"].tolist() != efforts(short, 0.4, 2029)["value"].tolist()


# -- the probability -----------------------------------------------------------------------------------------


AT_START = Facts(("2024-12",), ("2024-08",), "medium", ("s",))


def ahead_of(rates, years=(2024, 2025, 2026), names=("steady",)):
    """A projection with these rates (scenario, year, draw) of 100 workers."""
    own = np.zeros((len(names), len(years), 2, np.shape(rates)[-1]))
    own[:, :, 0] = 100 * np.array(rates)
    workers, nobody = np.zeros_like(own), np.zeros_like(own)
    workers[:, :, 0] = 100
    cases = [Case(assumed().assign(scenario=name), today_of(), None) for name in names]
    plan = plan_of(cases, years[-1], np.shape(rates)[-1], 1)
    return Projection(names, years, workers, own, nobody, nobody, {}, plan, AT_START)


def test_odds_count_the_draws_of_the_year():
    ahead = ahead_of(
        [[[0.2] * 4, [0.3, 0.5, 0.5, 0.6], [0.3, 0.4, 0.5, 0.6]], [[0.2] * 4, [0.2] * 4, [0.1] * 4]],
        names=("steady", "worse"),
    )
    rows = reaching(ahead, 0.5, 2026)
    assert rows["probability"].tolist() == [0.5, 0]  # 0.5 and 0.6 of four
    assert rows["median_rate"].tolist() == pytest.approx([0.45, 0.1])
    assert rows["best_median_rate"].tolist() == pytest.approx([0.5, 0.2]) and rows["best_year"].tolist() == [2025, 2025]
    assert rows["first_year"].tolist() == [2025, pd.NA]
    assert rows["facts"].tolist() == [AT_START] * 2
    with pytest.raises(ValueError, match="2030 isn't projected; the years are 2024 to 2026"):
        reaching(ahead, 0.5, 2030)


# -- the cheapest mix ---------------------------------------------------------------------------------


def course(covered=(500, 100), workers=(1000, 1000), years=2, **shares):
    zero = np.zeros((len(covered), 1, 1))
    start = Stocks(*(np.array(people, float)[:, np.newaxis, np.newaxis] for people in (workers, covered)), zero, zero)
    rates = Rates(**({"enrolment": 0.0, "lapse": 0.0} | shares))
    return Course(tuple(range(2024, 2025 + years)), start, (rates,) * years)


def levers(*rows, **more):
    return pd.DataFrame(rows, columns=["lever", "segment", "kind", "capacity", "cost"]).assign(**more)


THREE = levers(
    ("seats", "BPU", "seats", 100, 10),
    ("campaign", "BPU", "enrolment", 150, 100),
    ("inspection", "PU", "enrolment", 300, 60),
)


def persons(mix):
    return mix.plan.pivot_table(index="year", columns="lever", values="persons").round(6)


def test_the_cheapest_is_filled_first():
    mix = cheapest_mix(course(), THREE, goal=0.5, year=2026)
    # 600 of 2,000 are covered, so 400 more in 2026: 100 seats in 2026 only at 10; 100 more, which have to be there in 2025 too,
    # at 2 x 10; the other 200 by inspection at 60, of at most 600; nobody by the campaign. 1,000 + 2,000 + 12,000.
    assert (mix.status, mix.cost) == ("reachable", 15_000) and mix.rate == pytest.approx(0.5, abs=1e-12)
    assert persons(mix)["seats"].tolist() == [100, 200] and persons(mix)["campaign"].sum() == 0
    assert persons(mix)["inspection"].sum() == 200
    assert mix.plan["cost"].sum() == mix.cost and mix.plan["cost"].dtype == "int64"


def test_the_last_lever_is_bought_when_the_others_are_full():
    mix = cheapest_mix(course(), THREE, goal=0.7, year=2025)
    # One year: 800 more, of which 100 seats, 300 by inspection, 150 by campaign: 550 at most, (600 + 550) / 2,000.
    assert mix.status == "unreachable" and mix.rate == pytest.approx(0.575, abs=1e-11)
    assert mix.cost == 100 * 10 + 300 * 60 + 150 * 100
    mix = cheapest_mix(course(), THREE, goal=0.55, year=2025)
    assert mix.cost == 100 * 10 + 300 * 60 + 100 * 100  # 500 more


def test_a_budget_that_binds_spreads_the_cost_over_the_years():
    mix = cheapest_mix(course(), THREE, goal=0.5, year=2026, budget=9_000)
    # The same people: inspection is done in both years, 200 x 60 in all, and 2026 alone could pay (9,000 - 2,000) / 60 = 116.7.
    assert (mix.status, mix.cost) == ("reachable", 15_000)
    assert mix.plan.groupby("year")["cost"].sum().max() <= 9_000
    mix = cheapest_mix(course(), THREE, goal=0.5, year=2026, budget=5_000)
    # (5,000 - 1,000) / 60 = 66.67 in 2025 and (5,000 - 2,000) / 60 = 50 in 2026, with 200 seats: 316.67 more.
    assert mix.status == "unreachable" and mix.rate == pytest.approx((600 + 200 + 4000 / 60 + 50) / 2000, abs=1e-10)


def test_each_payer_has_its_own_budget():
    paid = THREE.assign(payer=["APBD", "APBD", "firms"])
    mix = cheapest_mix(course(), paid, goal=0.9, year=2025, budget={"APBD": 3_000, "firms": 6_000})
    # APBD: 100 seats for 1,000 and 2,000 / 100 = 20 by campaign; firms 6,000 / 60 = 100.
    assert persons(mix).iloc[0].to_dict() == {"campaign": 20, "inspection": 100, "seats": 100}
    with pytest.raises(ValueError, match="no lever is paid by APBN; there are: APBD, firms"):
        cheapest_mix(course(), paid, 0.9, 2025, budget={"APBN": 1})


def test_who_is_enrolled_early_lapses():
    one = course(covered=[0], workers=[1000], lapse=0.1)
    mix = cheapest_mix(one, levers(("a", "PU", "enrolment", 100, 1_000)), goal=0.18, year=2026)
    # 100 in the last year, and 80 / 0.9 = 88.89 the year before, of whom a tenth is lost again.
    assert persons(mix)["a"].tolist() == pytest.approx([80 / 0.9, 100], abs=1e-6)
    assert mix.cost == round(1000 * 80 / 0.9) + 100_000


def test_paid_seats_return_and_some_stay():
    one = course(covered=[0], workers=[1000], stay=0.25)
    mix = cheapest_mix(one, levers(("a", "PU", "seats", None, 10)), goal=0.2, year=2026)
    # 200 seats in 2026 cost 2,000; a seat in 2025 leaves a quarter of a person for 10, which is dearer than 10 a whole one.
    assert persons(mix)["a"].tolist() == [0, 200]
    mix = cheapest_mix(one, levers(("a", "PU", "seats", None, 10), most=150), goal=0.2, year=2026)
    # At most 150 seats: 50 must have stayed from 2025, a quarter of 200, and there may be 150 only: 150 + 37.5.
    assert mix.status == "unreachable" and mix.rate == pytest.approx(0.1875, abs=1e-11)


def test_a_lever_starts_when_it_starts():
    late = levers(("a", "PU", "enrolment", 100, 1), start=2026)
    mix = cheapest_mix(course(covered=[0], workers=[1000]), late, goal=0.5, year=2026)
    assert persons(mix)["a"].tolist() == [0, 100] and mix.rate == pytest.approx(0.1)


def test_nothing_is_bought_for_what_comes_anyway():
    mix = cheapest_mix(course(enrolment=0.2), THREE, goal=0.4, year=2026)
    assert (mix.status, mix.cost, mix.plan["persons"].sum()) == ("already reached", 0, 0)
    # 2,000 - 1,400 x 0.8 x 0.8 = 1,104
    assert mix.rate == pytest.approx(1104 / 2000)


def test_what_no_mix_reaches_is_proved():
    mix = cheapest_mix(course(lapse=0.2, growth=0.05, years=3), THREE, goal=0.9, year=2027)
    now = course(lapse=0.2, growth=0.05).start
    for places_now in (100, 200, 300):  # everything at capacity
        now = step(
            now, Rates(0.0, 0.2, 0.05, take_up=(1.0, 1.0), capacity=(300.0, 150.0), public=(0.0, float(places_now)))
        )
    everything = (now.own + now.public).sum() / now.workers.sum()
    assert mix.status == "unreachable" and mix.rate == pytest.approx(everything, abs=1e-9)
    assert mix.rate - 1e-12 <= mix.ceiling < mix.rate + 1e-9
    assert mix.best_rate >= mix.rate - 1e-12 and mix.best_year in (2025, 2026, 2027)


def test_the_best_year_may_be_earlier_than_the_target():
    # Capacity 10 doesn't make up for a lapse of half: 600 of 2,000 is 310 with 10, then 165, so 2025 is the best.
    mix = cheapest_mix(course(lapse=0.5), levers(("a", "PU", "enrolment", 10, 1)), goal=0.9, year=2026)
    assert mix.best_year == 2025 and mix.best_rate == pytest.approx(310 / 2000)
    assert mix.rate == pytest.approx(165 / 2000)
    assert mix.rates["rate"].tolist() == pytest.approx([0.3, 310 / 2000, 165 / 2000])


@st.composite
def courses(draw):
    share = st.floats(0, 0.3)
    two = lambda: np.array([draw(share), draw(share)])[:, np.newaxis, np.newaxis]  # noqa: E731
    shares = {
        "enrolment": two(),
        "lapse": two(),
        "growth": draw(st.floats(-0.05, 0.05)),
        "keep": draw(share),
        "moves": ((0.0, draw(share)), (draw(share), 0.0)),
        "stay": draw(share),
        "like": draw(st.sampled_from([0.0, 1.0, np.array([[[1.0]], [[0.0]]])])),
    }
    covered = draw(st.tuples(st.integers(0, 600), st.integers(0, 300)))
    return course(covered=covered, years=draw(st.integers(1, 6)), **shares)


@given(courses(), st.floats(0.2, 0.99), st.sampled_from([None, 20_000]))
@samples(25)
def test_any_mix_is_a_run_of_the_model_and_nobody_is_there_twice(course, goal, budget):
    mix = cheapest_mix(course, THREE, goal, course.years[-1], budget)
    now, people, path = course.start, mix.plan.set_index(["year", "lever"])["persons"], []
    for year, rates in zip(course.years[1:], course.rates, strict=True):
        x = people[year]
        h, lapse = rates.enrolment, rates.lapse
        held = now.own + rates.stay * now.public
        left = now.workers - held * (1 - lapse) - (now.workers - held) * h
        assert x["inspection"] <= left[0].item() + 1e-6 and x["campaign"] <= left[1].item() + 1e-6
        now = step(
            now, rates._replace(take_up=(1.0, 1.0), capacity=(x["inspection"], x["campaign"]), public=(0.0, x["seats"]))
        )
        assert now.public.sum() == pytest.approx(x["seats"], abs=1e-6)  # every seat is filled
        path.append((now.own + now.public).sum() / now.workers.sum())
    assert mix.rates["rate"].tolist()[1:] == pytest.approx(path, abs=1e-9)
    assert mix.rate <= mix.ceiling + 1e-12 and mix.rate <= mix.best_rate + 1e-9
    if mix.status == "reachable":
        assert mix.rate == pytest.approx(goal, abs=1e-9)  # not one more than is asked for
    else:
        assert (mix.rate >= goal - 1e-12) == (mix.status == "already reached")
        assert mix.status == "already reached" or mix.ceiling < goal


@pytest.mark.parametrize("stay", [1e-9, 5e-10, 1e-11])
@pytest.mark.parametrize("moves", [((0.0, 0.0), (0.25, 0.0)), ((0.0, 0.0), (0.0, 0.0))])
@pytest.mark.parametrize("budget", [None, 20_000])
def test_the_solver_drops_no_small_share(stay, moves, budget):
    # HiGHS takes 1e-9 for nothing unless told otherwise; the bound then lay below a rate that a mix reaches, or nothing was found.
    nobody = np.zeros((2, 1, 1))
    here = course(covered=(0, 0), years=2, enrolment=nobody, lapse=nobody, growth=0.0, keep=0.0, moves=moves, stay=stay)
    for goal in (0.5, 0.55, 0.75):
        mix = cheapest_mix(here, THREE, goal, here.years[-1], budget)
        assert mix.rate <= mix.ceiling + 1e-12 and mix.rate <= mix.best_rate + 1e-9


@given(courses(), st.floats(0.05, 0.95), st.integers(0, 1000))
@samples(25)
def test_no_other_plan_reaches_the_goal_for_less(course, share, seed):
    # Any plan within the capacities is a witness: what it reaches costs at most what it costs.
    rng, now, cost = np.random.default_rng(seed), course.start, 0.0
    last_seats = 0.0
    for rates in course.rates:
        left = (now.workers - now.own - rates.stay * now.public) * (1 - rates.enrolment - rates.lapse)
        x, y = (min(share * rng.random() * size, room.item()) for size, room in zip((300, 150), left, strict=True))
        wanted = min(last_seats + 100 * rng.random(), 1000 * rng.random())
        now = step(now, rates._replace(take_up=(1.0, 1.0), capacity=(x, y), public=(0.0, wanted)))
        last_seats = now.public.sum()
        cost += 60 * x + 100 * y + 10 * last_seats
    rate = (now.own + now.public).sum() / now.workers.sum()
    mix = cheapest_mix(course, THREE, rate - 1e-9, course.years[-1])
    assert mix.status != "unreachable" and mix.cost <= cost + 3 * len(course.rates)  # each line is rounded


def test_one_lever_is_what_least_lever_finds():
    plans = seats(usual__enrolment__BPU=0.05, usual__lapse__BPU=0.2, usual__lapse__PU=0.1, usual__growth=0.02)
    plans.loc[plans["parameter"] == "moves", "values"] = pd.Series([(0.05,)] * len(plans), index=plans.index)
    start = today_of(pu=(50_000, 100_000), bpu=(20_000, 200_000))
    ahead = an.projection.project(start, None, plans, 2027, 2, 1)
    alone = least_lever(ahead, "tried", SEATS, goal=0.5, year=2027)["value"].iloc[0]
    middle = middle_course(ahead, 2027, "tried")
    mix = cheapest_mix(middle, levers(("a", "BPU", "seats", None, 201_600)), goal=0.5, year=2027)
    assert mix.plan["persons"].tolist()[:2] == [0, 0]  # with nobody staying only the last year counts
    assert alone - 1 < mix.plan["persons"].iloc[-1] <= alone
    assert mix.plan["facts"][0].source_ids == ("s",) and mix.plan["facts"][0].as_of == ("2024-12",)


def test_the_middle_course_is_the_median_of_each_share_and_has_no_levers():
    plans = seats(usual__lapse__PU=(0.1, 0.3))
    middle = middle_course(an.projection.project(today_of(), None, plans, 2027, 5, 1), 2026, "tried")
    assert middle.years == (2024, 2025, 2026)
    rates = middle.rates[0]
    assert np.broadcast_to(rates.lapse, (2, 1, 1)).ravel().tolist() == pytest.approx([0.2, 0])
    assert rates.public[1] == 0.0 and middle.start.own.ravel().tolist() == [50, 20]


def test_the_middle_course_of_a_real_place_is_its_projection_at_the_medians():
    today, past, plans = lampung()
    steady = plans[plans["scenario"] == "steady"]
    names = [".".join(filter(None, key)) for key in steady[["lever", "parameter", "part"]].itertuples(index=False)]
    yearly = names_of(["Lampung"], range(2025, 2046))
    drawn = dict.fromkeys([*names, "today.all", "today.PU", *yearly], np.array([0.5]))
    ahead = an.projection.project(today, past, steady, 2045, 1, 1, drawn=drawn)
    mix = cheapest_mix(middle_course(an.projection.project(today, past, plans, 2045, 3, 1), 2045), THREE, 1e-9, 2045)
    np.testing.assert_allclose(mix.rates["rate"], an.projection.rate_of(ahead)[0, :, 0], atol=1e-12)


def test_levers_that_cant_be_read_are_refused():
    for bad, message in (
        (THREE.drop(columns="cost"), "there is no cost"),
        (THREE.replace({"segment": {"BPU": "informal"}}), "segment of a lever is PU or BPU, and 'informal'"),
        (THREE.replace({"kind": {"seats": "seat"}}), "kind of a lever is enrolment or seats, and 'seat'"),
        (THREE.assign(cost=[10, 100, 60.5]), "cost is whole rupiah"),
        (THREE.assign(capacity=-1), "capacity 0 or more"),
        (THREE.iloc[:0], "at least one lever"),
    ):
        with pytest.raises(ValueError, match=message):
            cheapest_mix(course(), bad, 0.5, 2026)
    with pytest.raises(ValueError, match="2045 isn't in the course, which goes from 2025 to 2026"):
        cheapest_mix(course(), THREE, 0.5, 2045)


# -- official targets ---------------------------------------------------------------------------------


def lampung():
    names = ("participants", "labour_force", "regions", "reported_claims")
    p, lf, r, c = (an.read(name) for name in names)
    choice = an.coverage.choose("Lampung", "2024-12", "employed", "domicile", p, r, c)
    here, past = an.projection.starting_point(choice, p, lf, c, r)
    return here, past, an.scenarios.read_scenarios("all", "Lampung")


TARGETS = an.read("targets")


def by_id(rows, target_id):
    return rows.set_index("target_id").loc[target_id]


def test_a_place_has_its_own_targets_and_the_nations():
    rows = official(TARGETS, "18")
    own = rows[rows["whose"] == "place"]
    assert own[["value", "year", "base"]].values.tolist() == [
        [0.3262, 2024, "eligible"],
        [0.3262, 2025, "not stated"],
        [0.3839, 2025, "eligible"],
        [0.4553, 2026, "not stated"],
        [0.5835, 2030, "not stated"],
    ]
    nation = rows[rows["whose"] == "nation"]
    assert (
        set(nation["province_code"]) == {"00"}
        and [0.4392, 2029, "employed"] in nation[["value", "year", "base"]].values.tolist()
    )
    assert rows["measure"].unique().tolist() == ["coverage_rate"]


def test_a_regency_isnt_its_province_and_the_nation_has_no_other():
    assert (official(TARGETS, "33")["whose"] == "nation").all()  # Jawa Tengah has those of regencies only
    indonesia = official(TARGETS, "00")
    assert set(indonesia["whose"]) == {"place"} and set(indonesia["province_code"]) == {"00"}
    assert indonesia["target_id"].is_unique


EMPLOYED = today_of(pu=(700, 1500), bpu=(150, 3350), year=2024)  # 850 of 4,850: 17.53 %
ELIGIBLE = today_of(
    pu=(700, 1000), bpu=(150, 1700), base="eligible", year=2024, high=[1100, 1750, 2710]
)  # 850 of 2,700 to 2,710: 31.37 to 31.48 %
AHEAD = {
    "employed": ahead_of(
        [[[850 / 4850] * 2, [0.18, 0.19]], [[850 / 4850] * 2, [0.4, 0.6]]], (2024, 2025), ("steady", "more")
    ),
    "eligible": ahead_of([[[0.314] * 2, [0.38, 0.39]], [[0.314] * 2, [0.39, 0.5]]], (2024, 2025), ("steady", "more")),
}


def test_each_target_is_scored_on_its_own_base():
    rows = scored(official(TARGETS, "18"), {"employed": EMPLOYED, "eligible": ELIGIBLE}, AHEAD)
    row = by_id(rows, "lampung-coverage-rate-2025")  # 38.39 % of the eligible
    assert (row["verdict"], row["known_year"]) == ("ahead", 2024)
    assert [row["rate_low"], row["rate_high"]] == pytest.approx([850 / 2710, 850 / 2700])
    assert [row["gap_low"], row["gap_high"]] == pytest.approx([0.3839 - 850 / 2700, 0.3839 - 850 / 2710])
    assert (row["missing_low"], row["missing_high"]) == (
        187,
        191,
    )  # 0.3839 x 2,700 = 1,036.5 and x 2,710 = 1,040.4, less 850
    # 0.39 of 0.38 and 0.39; both of 0.39 and 0.5.
    assert (row["probability_usual"], row["best_scenario"], row["probability_best"]) == (0.5, "more", 1.0)
    assert row[["rate_employed_low", "rate_eligible_high"]].isna().all()
    rpjmn = by_id(rows, "indonesia-rpjmn-start-coverage-rate-2025")  # 32.15 % of all employed
    assert rpjmn["verdict"] == "of the nation"
    assert rpjmn["rate_low"] == rpjmn["rate_high"] == pytest.approx(850 / 4850)
    assert (rpjmn["probability_usual"], rpjmn["probability_best"]) == (0, 1)
    ucj = by_id(rows, "indonesia-ucj-coverage-rate-2025")  # 52.15 % of the eligible
    assert ucj["rate_high"] == pytest.approx(850 / 2700)


def test_without_a_base_it_is_shown_beside_both_and_scored_against_neither():
    rows = scored(official(TARGETS, "18"), {"employed": EMPLOYED, "eligible": ELIGIBLE}, AHEAD)
    for name in ("lampung-ucj-coverage-rate-2025", "indonesia-rpjpn-coverage-rate-2045"):
        row = by_id(rows, name)
        assert row["verdict"] == "base not stated"
        assert row["rate_employed_low"] == row["rate_employed_high"] == pytest.approx(850 / 4850)
        assert [row["rate_eligible_low"], row["rate_eligible_high"]] == pytest.approx([850 / 2710, 850 / 2700])
        unscored = [
            "known_year",
            "rate_low",
            "rate_high",
            "gap_low",
            "gap_high",
            "missing_low",
            "missing_high",
            "probability_usual",
            "best_scenario",
            "probability_best",
        ]
        assert row[unscored].isna().all()
    assert not (set(rows.loc[rows["base"] == "not stated", "verdict"]) - {"base not stated"})


def test_met_and_missed_are_said_of_the_rates_own_year_only():
    rows = official(TARGETS, "18")

    def verdict(frame, name="lampung-coverage-rate-2024"):  # 32.62 % of the eligible in 2024
        return by_id(scored(rows, {"eligible": frame}, {}), name)["verdict"]

    assert verdict(ELIGIBLE) == "missed"  # 31.48 % at most
    assert verdict(today_of(pu=(750, 1000), bpu=(150, 1700), base="eligible")) == "met"  # 900 / 2,700 = 33.3 %
    between = today_of(pu=(750, 1000), bpu=(150, 1700), base="eligible", high=[1000, 2000, 2800])
    assert verdict(between) == "within the bounds"  # 900 of 2,700 to 2,800: 32.1 to 33.3 %
    assert verdict(ELIGIBLE.assign(year=2023)) == "ahead"
    assert verdict(ELIGIBLE.assign(year=2025)) == "not known"  # below in 2025 says nothing of 2024
    early = ELIGIBLE.assign(facts=Facts(("2024-06",), ("2024-08",), "medium", ("s",)))
    assert verdict(early) == "not known"  # the year had six months to go
    yearly = ELIGIBLE.assign(facts=Facts(("2024",), ("2024-08",), "medium", ("s",)))
    assert verdict(yearly) == "not known"  # nobody says of which month
    assert verdict(pd.concat([ELIGIBLE, ELIGIBLE.assign(year=2025)])) == "missed"  # by the rate of 2024
    assert verdict(ELIGIBLE.iloc[:0]) == "not known"
    assert by_id(scored(rows, {"employed": EMPLOYED}, {}), "lampung-coverage-rate-2024")["rate_low"] is pd.NA


def printed_rate(period, rate, workers=None, covered=None, base="eligible", caution=""):
    ends = (pd.NA, pd.NA) if workers is None else (workers, workers)
    return pd.DataFrame(
        {
            "period": period,
            "base": base,
            "rate_low": [rate - 0.00005],
            "rate_high": rate + 0.00005,
            "covered": pd.array([covered], dtype="Float64"),
            "workers_low": ends[0],
            "workers_high": ends[1],
            "caution": caution,
            "facts": [Facts((period,), (period,), "as printed", ("p",))],
        }
    )


def test_the_newest_published_rate_of_the_targets_own_base_is_taken():
    rows = official(TARGETS, "18")

    def row(printed, name="lampung-coverage-rate-2025", over=2025):  # 38.39 % of the eligible
        return by_id(scored(rows, {"eligible": ELIGIBLE}, {}, printed=printed, over=over), name)

    found = row(printed_rate("2025-12", 0.2527, 3_100_000))
    assert (found["verdict"], found["known_as_of"]) == ("missed", "2025-12")
    # 0.3839 x 3,100,000 = 1,190,090, less 0.25265 or 0.25275 of 3,100,000 (783,215 or 783,525).
    assert (found["missing_low"], found["missing_high"]) == (406_565, 406_875)
    assert row(printed_rate("2025-12", 0.39))["verdict"] == "met"
    assert pd.isna(row(printed_rate("2025-12", 0.39))["missing_low"]), "of how many isn't printed"
    # 0.3839 x 3,100,000 - 800,000 = 390,090, whatever the rate's own rounding.
    assert row(printed_rate("2025-12", 0.2581, 3_100_000, 800_000))["missing_high"] == 390_090
    assert row(printed_rate("2025-08", 0.2527, 3_100_000))["verdict"] == "not known", "the year had four months to go"
    for other in (
        printed_rate("2025-12", 0.2527, caution="misprint"),
        printed_rate("2025-12", 0.2527, base="labour force"),
    ):
        assert (row(other)["verdict"], row(other)["known_year"]) == ("not known", 2024)
    assert row(printed_rate("2023-12", 0.1))["known_year"] == 2024, "an older print doesn't replace a newer rate"


def test_a_year_that_is_over_has_no_probability():
    rows = official(TARGETS, "18")

    def row(over, name="lampung-coverage-rate-2025"):
        return by_id(scored(rows, {"employed": EMPLOYED, "eligible": ELIGIBLE}, AHEAD, over=over), name)

    assert (row(2024)["verdict"], row(2024)["probability_usual"]) == ("ahead", 0.5)
    assert row(2025)["verdict"] == "not known" and pd.isna(row(2025)["probability_usual"])
    assert pd.isna(row(2025, "indonesia-rpjmn-start-coverage-rate-2025")["probability_best"]), "a national target too"
    ahead = {"employed": ahead_of([[[70 / 300] * 2, [0.3, 0.4]]], (2024, 2025))}
    newest = compared(TARGETS, "18", ahead, newest="2026-03")
    assert pd.isna(by_id(newest, "indonesia-rpjmn-start-coverage-rate-2025")["probability_best"])
    before = compared(TARGETS, "18", ahead, newest="2025-12")
    assert by_id(before, "indonesia-rpjmn-start-coverage-rate-2025")["probability_best"] == 0.5  # 32.15 % of 30 and 40


def test_a_place_whose_prints_all_call_for_caution_has_no_rate_on_that_base():
    doubtful = printed_rate("2024-08", 0.5916, 240_009, caution="of the smaller province")
    rows = scored(official(TARGETS, "91"), {"employed": EMPLOYED}, {}, printed=doubtful)
    assert by_id(rows, "indonesia-ucj-coverage-rate-2025")["rate_low"] is pd.NA


def test_a_target_without_a_year_has_no_probability():
    sulawesi = official(TARGETS, "72")
    row = by_id(scored(sulawesi, {"employed": EMPLOYED}, {}), "sulawesi-tengah-coverage-rate")
    assert pd.isna(row["year"]) and row["verdict"] == "base not stated"
    stated = sulawesi.assign(base="employed")
    row = by_id(
        scored(stated, {"employed": EMPLOYED}, {"employed": AHEAD["employed"]}), "sulawesi-tengah-coverage-rate"
    )
    assert row["verdict"] == "year not stated" and pd.isna(row["probability_usual"])
    assert row["gap_low"] == pytest.approx(0.71 - 850 / 4850)


def test_the_nation_is_scored_on_its_own_targets():
    rows = scored(official(TARGETS, "00"), {"employed": EMPLOYED}, {"employed": AHEAD["employed"]})
    assert by_id(rows, "indonesia-rpjmn-start-coverage-rate-2025")["verdict"] == "ahead"
    end = by_id(rows, "indonesia-rpjmn-end-coverage-rate-2029")
    assert end["verdict"] == "ahead" and pd.isna(end["probability_usual"])  # the projection ends in 2025
    ucj = by_id(rows, "indonesia-ucj-coverage-rate-2025")
    assert ucj["verdict"] == "not known" and pd.isna(ucj["rate_low"])  # no rate of the eligible
    assert by_id(rows, "indonesia-rpjpn-coverage-rate-2045")["verdict"] == "base not stated"


def test_a_rate_of_the_other_base_is_refused():
    rows = official(TARGETS, "18")
    with pytest.raises(ValueError, match="given for base eligible are of base employed"):
        scored(rows, {"eligible": EMPLOYED}, {})
    with pytest.raises(
        ValueError,
        match=r"projection for base eligible starts from 17.53% in 2024, and the rate on that base is 31.37%",
    ):
        scored(rows, {"eligible": ELIGIBLE}, {"eligible": AHEAD["employed"]})
    with pytest.raises(ValueError, match="no rate of today on that base"):
        scored(rows, {"employed": EMPLOYED}, {"eligible": AHEAD["eligible"]})
    with pytest.raises(ValueError, match="a base is employed or eligible, and 'all' was given"):
        scored(rows, {"all": EMPLOYED}, {})


def test_segments_that_add_up_to_a_little_else_than_the_printed_total_may_start_a_projection():
    printed = ELIGIBLE.assign(covered=[700, 150, 860])
    rows = scored(official(TARGETS, "18"), {"eligible": printed}, {"eligible": AHEAD["eligible"]})
    row = by_id(rows, "lampung-coverage-rate-2025")
    assert row["rate_high"] == pytest.approx(860 / 2700) and row["probability_usual"] == 0.5


def test_scored_rows_cite_the_target_and_the_rate():
    rows = scored(
        official(TARGETS, "18"),
        {"employed": EMPLOYED, "eligible": ELIGIBLE.assign(facts=Facts(("2024-12",), (), "medium", ("t",)))},
        {},
    )
    row = by_id(rows, "lampung-coverage-rate-2025")
    assert row["facts"].source_ids == ("cakupan-perlindungan-jamsostek-di-lampun-2340", "t")
    assert row["facts"].as_of == ("2024-12",) and row["facts"].confidence == "medium"
    both = by_id(rows, "lampung-ucj-coverage-rate-2025")
    assert both["facts"].source_ids[1:] == ("s", "t")
    known = set(an.read("sources")["source_id"])
    assert all(set(facts.source_ids) <= known for facts in official(TARGETS, "18")["facts"])


def test_levers_at_hand_are_no_stronger_than_in_their_scenario():
    # Uncovered wage earners 50 of 100; of the others a tenth a year is enrolled: 5, then 4.5; 10 seats in force each year.
    plans = assumed(
        company_registration__others_enrolled=0.1,
        public_subsidy__local_budget__seats=10.0,
        public_subsidy__local_budget__months=12.0,
    )
    month = pd.DataFrame({"segment": ["PU", "PU", "BPU"], "contribution": [200_000, 50_000, 16_800]})
    ahead = an.projection.project(today_of(), None, plans, 2026, 1, 1, seat_cost=16_800)
    levers = at_hand(ahead, "tried", 2026, month).set_index("lever")
    assert levers["capacity"].to_dict() == {
        "company_registration": 5,
        "agency_mandate": 0,
        "company_sponsorship": 0,
        "public_subsidy": 10,
    }
    assert levers.loc["public_subsidy", ["most", "cost", "start"]].tolist() == [10, 201_600, 2025]
    mix = cheapest_mix(middle_course(ahead, 2026, "tried"), levers.reset_index(), goal=0.27, year=2026)
    # 70 of 300 are covered and 81 are asked for: 10 seats at 201,600 in 2026, and one wage earner enrolled.
    rows = by_lever(mix).set_index("lever")
    assert rows["people_total"].to_dict() == {"company_registration": 1, "public_subsidy": 10}
    assert mix.cost == rows["cost"].sum() == 10 * 201_600 + 3_000_000
    with pytest.raises(ValueError, match="a mix needs a price for its seats: project with seat_cost"):
        at_hand(an.projection.project(today_of(), None, plans, 2026, 1, 1), "tried", 2026, month)


def test_efforts_try_the_levers_that_stand_alone():
    one = assumed(public_subsidy__local_budget__seats=10.0, public_subsidy__local_budget__months=12.0)
    two = assumed(retention__kept__BPU=0.5, agency_mandate__staff=5.0).assign(scenario="both")
    found = efforts(an.projection.project(today_of(), None, pd.concat([one, two]), 2026, 3, 1), goal=0.5, year=2026)
    # 150 - 70 = 80 seats; the scenario with two levers is left out.
    assert set(found["scenario"]) == {"tried"} and found["value"].tolist() == [80, 80, 80]
    assert efforts(an.projection.project(today_of(), None, two, 2026, 3, 1), goal=0.5, year=2026).empty


@pytest.mark.parametrize(
    ("hands", "goal", "said"),
    [
        (THREE, 0.5, ["levers"]),
        (THREE, 0.99, ["levers"]),
        (THREE, 0.3, ["needs_none"]),
        (THREE.assign(capacity=0), 0.5, ["has_none"]),
    ],
)
def test_a_mix_is_said_by_its_levers_or_that_it_needs_or_has_none(hands, goal, said):
    # 600 of 2,000 are covered.
    words = answers(cheapest_mix(course(), hands, goal=goal, year=2026), Aim(goal, 2029, 2026))
    assert [name for name, rows in words._asdict().items() if len(rows)] == said
    assert getattr(words, said[0])[["goal", "target_year", "year"]].iloc[0].tolist() == [goal, 2029, 2026]


def test_a_target_is_aimed_at_no_later_than_the_projection_goes():
    rows = pd.DataFrame({"base": "employed", "whose": "nation", "goal": [0.3, 0.4], "year": [2025, 2026]})
    ahead = ahead_of(np.full((1, 3, 2), 0.2))
    assert aim(rows, "employed", 2045, ahead) == Aim(0.4, 2026, 2026)
    assert aim(rows, "employed", 2025, ahead) == Aim(0.3, 2025, 2025)


def test_of_no_efforts_nothing_is_said_and_of_no_reached_one_that_none_is():
    rows = pd.DataFrame({"chance": [0.5, 0.8], "status": ["unreachable", "reachable"]})
    assert reached_alone(rows)["n"].tolist() == [0] and reached_alone(rows.head(0)).empty
