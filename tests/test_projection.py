"""The projection against its closed form, conservation of people, arithmetic by hand, and itself in other blocks and orders."""

import json
import os
import subprocess
import sys
from fractions import Fraction
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from oracles import closed_form
from samples import samples

import analysis as an
from analysis.data import ROOT
from analysis.projection.model import BPU, PU, Rates, Stocks, carried, in_block, step, uniforms
from analysis.projection.plan import Case, alone, plan_of, started
from analysis.projection.runs import (
    assumed,
    net_change,
    project,
    rate_of,
    rates_along,
    rates_of_places,
    response,
    sobol,
    tornado,
)
from analysis.projection.start import eligible_today, history, today
from analysis.scenarios.read import read_scenarios
from analysis.schema import Facts


def shares(*shape: int, high: float = 1.0) -> st.SearchStrategy:
    return arrays(float, shape, elements=st.floats(0, high))


# -- the closed form --------------------------------------------------------------------------------


def by_itself(c0: float, h: float, l: float, g: float, years: int) -> float:  # noqa: E741 (the equation's letter)
    """One segment of 1,000 workers, carried by `step`."""
    begin = Stocks(*np.array([1000.0, 1000.0 * c0, 0.0, 0.0]).reshape(4, 1, 1))
    rate = carried(lambda part: (begin, lambda n: Rates(h, l, g)), years, 1, lambda now: now.own[0] / now.workers[0], 1)
    return float(rate[-1, 0])


def test_the_closed_form_is_the_published_number():
    assert closed_form(c0=0.2679, h=0.08, l=0.03, g=0.012, years=22) == pytest.approx(0.632762526151, abs=5e-13)


@pytest.mark.parametrize(
    ("c0", "h", "l", "g", "years", "expected"),
    [
        (0.2679, 0.08, 0.03, 0.012, 22, 0.632762526151),
        (0.2679, 0.08, 0.03, 0.0, 1, 0.318431),  # 0.2679 x 0.97 + 0.7321 x 0.08
        (0.2679, 0.08, 0.03, -0.2, 1, 0.318431),  # who leaves, leaves covered and uncovered in proportion
        (0.4, 0.0, 0.0, 0.25, 2, 0.256),  # 0.4 / 1.25 / 1.25: those who enter are uncovered
        (0.4, 0.0, 0.0, -0.25, 9, 0.4),
        (0.4, 0.0, 0.0, 0.0, 22, 0.4),
        (0.2679, 0.97, 0.03, 0.012, 5, 0.958498),  # h = 1 - l: the best there is, c* = 0.97 / 1.012 at once
        (1.0, 0.0, 1.0, 0.0, 1, 0.0),
    ],
)
def test_one_segment_follows_the_closed_form(c0, h, l, g, years, expected):  # noqa: E741
    assert closed_form(c0, h, l, g, years) == pytest.approx(expected, abs=5e-7)
    assert by_itself(c0, h, l, g, years) == pytest.approx(closed_form(c0, h, l, g, years), abs=1e-13)


@samples(100)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(-0.5, 0.5), st.integers(1, 30))
def test_any_one_segment_follows_the_closed_form(c0, h, free, g, years):
    lapse = free * (1 - h)
    assert by_itself(c0, h, lapse, g, years) == pytest.approx(closed_form(c0, h, lapse, g, years), abs=1e-9)


# -- conservation, limits ---------------------------------------------------------------------------


@st.composite
def years_of_rates(draw) -> list[Rates]:
    """Some years of any admissible rates: h + l at most 1, all may move, seats far above the uncovered, g down to -0.5."""
    out = []
    for _ in range(draw(st.integers(1, 4))):
        lapse, persons = draw(shares(2, 1)), st.sampled_from([0.0, 1.0, 70_700.0, 3e6, 1e12])
        move, people = draw(shares(2, 1)), [np.array([draw(persons)]) for _ in range(4)]
        out.append(
            Rates(
                (1 - lapse) * draw(shares(2, 1)),
                lapse,
                draw(arrays(float, (2, 1), elements=st.floats(-0.5, 0.5))),
                ((0.0, move[0]), (move[1], 0.0)),
                draw(shares(1)),
                tuple(draw(shares(2, 1))),
                (draw(persons), np.inf),
                (people[0], people[1]),
                (people[2], people[3]),
                draw(shares(1)),
                draw(st.sampled_from([0.0, 1.0, np.array([[1.0], [0.0]]), np.array([[0.0], [1.0]])])),
            )
        )
    return out


PEOPLE = st.tuples(st.floats(1, 1e8), st.floats(1, 1e8), shares(2, high=1)).map(
    lambda given: Stocks(
        np.array([[given[0]], [given[1]]]),
        np.array([[given[0]], [given[1]]]) * given[2][:, None],
        np.zeros((2, 1)),
        np.zeros((2, 1)),
    )
)


def exact(value) -> Fraction:
    return Fraction(float(np.ravel(value)[0]))


def ledger(now: Stocks, rates: Rates) -> tuple[list[Fraction], list[Fraction]]:
    """Workers and covered on their own account a year later, as a ledger of who comes and who goes, in exact fractions."""
    r, k = exact(rates.stay), exact(rates.keep)
    workers, own = [exact(w) for w in now.workers], []
    for s in (PU, BPU):
        stayed = r * (exact(now.company[s]) + exact(now.public[s]))
        before = exact(now.own[s]) + stayed
        lapsed, enrolled = (
            exact(rates.lapse[s]) * before,
            exact(rates.enrolment[s]) * (exact(now.workers[s]) - before),
        )
        open_to_levers = exact(now.workers[s]) - (before - lapsed + enrolled)  # all who are left
        limit = rates.capacity[s]
        by_lever = exact(rates.take_up[s]) * open_to_levers
        own.append(before - lapsed + enrolled + (min(by_lever, exact(limit)) if np.isfinite(limit) else by_lever))
    leave = [(exact(rates.moves[s][1 - s]), workers[s], own[s]) for s in (PU, BPU)]
    like = [exact(x) for x in np.broadcast_to(rates.like, (2, 1))]
    for s in (PU, BPU):
        (m, w, c), (m_in, w_in, c_in) = leave[s], leave[1 - s]
        workers[s] += m_in * w_in - m * w
        # Who comes in is covered as those there, or keeps cover with probability k.
        own[s] += (m_in * w_in * c / w if like[s] else k * m_in * c_in) - m * c
    growth = [exact(g) for g in rates.growth]
    return (
        [w * (1 + g) for w, g in zip(workers, growth, strict=True)],
        [c * (1 + (g if x else min(g, 0))) for c, g, x in zip(own, growth, like, strict=True)],
    )


@samples(100)
@given(PEOPLE, years_of_rates())
def test_people_are_conserved_at_every_step(now, years):
    for rates in years:
        after = step(now, rates)
        workers, own = ledger(now, rates)
        scale = float(np.sum(now.workers)) * 1e-9
        for s in (PU, BPU):
            assert float(after.workers[s, 0]) == pytest.approx(float(workers[s]), rel=1e-9, abs=scale)
            assert float(after.own[s, 0]) == pytest.approx(float(own[s]), rel=1e-9, abs=scale)
            company = min(exact(rates.company[s]), workers[s] - own[s])
            public = min(exact(rates.public[s]), workers[s] - own[s] - company)
            assert float(after.company[s, 0]) == pytest.approx(float(company), rel=1e-9, abs=scale)
            assert float(after.public[s, 0]) == pytest.approx(float(public), rel=1e-9, abs=scale)
        now = after


@samples(100)
@given(PEOPLE, years_of_rates())
def test_coverage_stays_within_0_and_1_and_no_stock_falls_below_0(now, years):
    for rates in years:
        now = step(now, rates)
        assert all((stock >= 0).all() for stock in now)
        assert (now.own <= now.workers).all()
        assert (now.own + now.company + now.public <= now.workers * (1 + 1e-14)).all()


@samples(100)
@given(PEOPLE, years_of_rates())
def test_a_year_leaves_the_year_before_as_it_was(now, years):
    kept = [stock.copy() for stock in now]
    step(now, years[0])
    for stock, before in zip(now, kept, strict=True):
        np.testing.assert_array_equal(stock, before)


# -- the order of events ----------------------------------------------------------------------------

BEFORE = {"W": [1000.0, 2000.0], "own": [400.0, 100.0], "company": [0.0, 60.0], "public": [0.0, 140.0]}
YEAR = Rates(
    enrolment=np.array([[0.1], [0.05]]),
    lapse=np.array([[0.2], [0.1]]),
    growth=np.array([[-0.1], [0.05]]),
    moves=((0.0, 0.1), (0.02, 0.0)),
    keep=0.5,
    take_up=(0.1, 0.0),
    capacity=(20.0, np.inf),
    company=(0.0, 500.0),
    public=(0.0, 5000.0),
    stay=0.25,
)
# By hand, in the order of the definition:
#   0. 60 + 140 seats end, a quarter stays on: BPU own 100 + 50 = 150; uncovered PU 600, BPU 1850
#   1. PU 400 x .8 + 600 x .1 = 380, and of the 620 left a tenth, at most 20: 400
#      BPU 150 x .9 + 1850 x .05 = 227.5
#   2. PU to BPU 100 workers, 40 of them covered; BPU to PU 40 workers, 4.55 covered; half of the covered keep it
#      W 940 and 2060; own 400 - 40 + 2.275 = 362.275 and 227.5 - 4.55 + 20 = 242.95
#   3. W 846 and 2163; own 362.275 x .9 = 326.0475 (leavers go in proportion) and 242.95 (entrants are uncovered)
#   4. the companies' 500 seats first, then public ones for all who are left: 2163 - 242.95 - 500 = 1420.05
AFTER = {"W": [846.0, 2163.0], "own": [326.0475, 242.95], "company": [0.0, 500.0], "public": [0.0, 1420.05]}


def _seats_end(p: dict) -> None:
    for s in (0, 1):
        p["own"][s] += 0.25 * (p["company"][s] + p["public"][s])
        p["company"][s] = p["public"][s] = 0.0


def _enrol_and_lapse(p: dict) -> None:
    for s, (h, lapse) in enumerate([(0.1, 0.2), (0.05, 0.1)]):
        uncovered = p["W"][s] - p["own"][s] - p["company"][s] - p["public"][s]
        p["own"][s] += h * uncovered - lapse * p["own"][s]
        left = p["W"][s] - p["own"][s] - p["company"][s] - p["public"][s]
        p["own"][s] += min(0.1 * left, 20.0) if s == 0 else 0.0


def _move(p: dict) -> None:
    there, back = ((m * p["W"][s], m * p["W"][s] * p["own"][s] / p["W"][s]) for s, m in enumerate((0.1, 0.02)))
    for s, ((gone, covered), (come, with_cover)) in enumerate([(there, back), (back, there)]):
        p["W"][s] += come - gone
        p["own"][s] += 0.5 * with_cover - covered


def _grow(p: dict) -> None:
    for s, g in enumerate((-0.1, 0.05)):
        p["W"][s] *= 1 + g
        p["own"][s] *= 1 + min(g, 0)


def _fill(p: dict, payers: tuple[tuple[str, float], ...] = (("company", 500.0), ("public", 5000.0))) -> None:
    for payer, seats in payers:
        free = p["W"][1] - p["own"][1] - p["company"][1] - p["public"][1] + p[payer][1]
        p[payer][1] = min(seats, free)


EVENTS = (_seats_end, _enrol_and_lapse, _move, _grow, _fill)


def played(order) -> dict[str, list[float]]:
    people = {name: list(stock) for name, stock in BEFORE.items()}
    for event in order:
        event(people)
    return people


def test_a_year_by_hand():
    after = step(Stocks(*(np.array(stock)[:, None] for stock in BEFORE.values())), YEAR)
    for stock, expected in zip(after, AFTER.values(), strict=True):
        np.testing.assert_allclose(stock[:, 0], expected, rtol=1e-13)


def test_any_other_order_gives_another_number():
    """What proves that the year by hand would catch a changed order."""

    def flat(people: dict) -> np.ndarray:
        return np.array(list(people.values())).ravel()

    np.testing.assert_allclose(flat(played(EVENTS)), flat(AFTER), rtol=1e-13)
    others = [order for order in permutations(EVENTS) if order != EVENTS]
    assert len(others) == 119
    for order in others:
        assert np.abs(flat(played(order)) - flat(AFTER)).max() > 0.01, [event.__name__ for event in order]


def test_companies_fill_their_seats_before_public_budgets():
    people = Stocks(*np.array([[100.0, 100], [0, 40], [0, 0], [0, 0]])[:, :, None])
    after = step(people, Rates(0.0, 0.0, company=(0.0, 50.0), public=(0.0, 50.0)))
    assert after.company[BPU] == 50  # 60 are uncovered: 50 by companies
    assert after.public[BPU] == 10  # and 10 are left


# -- scenarios for tests ----------------------------------------------------------------------------

USUAL = {
    "usual.enrolment.PU": 0.1,
    "usual.enrolment.BPU": 0.05,
    "usual.lapse.PU": 0.2,
    "usual.lapse.BPU": 0.1,
    "usual.growth": 0.0,
    "usual.moves": 0.0,
    "usual.keep": 0.0,
    "usual.stay": 0.0,
}
STILL = USUAL | {f"usual.{rate}.{s}": 0.0 for rate in ("enrolment", "lapse") for s in ("PU", "BPU")}
FUNDS = ("national_budget", "local_budget", "village_funds", "palm_oil_fund")
UNITS = {"seats": "persons", "staff": "persons", "companies": "companies"}


def scenario(values: dict, name: str = "test", units: dict | None = None, **dates) -> pd.DataFrame:
    """A scenario's frame from {"lever.parameter.part": value}: a number, (low, high), (low, mode, high), {year: value}, "history".

    `dates` (start, ramp, end, capacity) hold for every lever, or for those of `dates[lever]`.
    """
    rows = []
    for key, value in values.items():
        lever, *rest = key.split(".")
        fund = rest.pop(0) if rest[0] in FUNDS else ""
        parameter, part = rest[0], fund or (rest[1] if len(rest) > 1 else "")
        kind, years, numbers = _stated(value)
        own = {"start": 2024, "ramp": 1, "end": pd.NA, "capacity": pd.NA}
        own |= {k: v for k, v in (dates | dates.get(lever, {}) | dates.get(f"{lever}.{part}", {})).items() if k in own}
        own = own if lever != "usual" else dict.fromkeys(own, pd.NA)
        unit = (units or {}).get(key, UNITS.get(parameter, ""))
        rows.append(
            {
                "scenario": name,
                "layer": name,
                "lever": lever,
                "parameter": parameter,
                "part": part,
                "unit": unit,
                "kind": kind,
                "years": years,
                "values": numbers,
                **own,
            }
        )
    whole = {"start": "Int64", "ramp": "Int64", "end": "Int64", "capacity": "Float64"}
    return pd.DataFrame(rows).astype(whole)


def _stated(value) -> tuple[str, tuple, tuple]:
    if value == "history":
        return "history", (), ()
    if isinstance(value, dict):
        return "path", tuple(value), tuple(value.values())
    if isinstance(value, tuple):
        return ("uniform", "triangular")[len(value) - 2], (), value
    return "number", (), (value,)


def start_of(pu=(1000, 400), bpu=(2000, 100), base="employed", year=2023) -> pd.DataFrame:
    """Today as workers (or their bounds) and covered of the two segments."""
    ends = [segment[0] if isinstance(segment[0], tuple) else (segment[0], segment[0]) for segment in (pu, bpu)]
    ends.append((ends[0][0] + ends[1][0], ends[0][1] + ends[1][1]))
    return pd.DataFrame(
        {
            "province": "Lampung",
            "segment": ["PU", "BPU", "all"],
            "covered": [pu[1], bpu[1], pu[1] + bpu[1]],
            "workers_low": [low for low, _ in ends],
            "workers_high": [high for _, high in ends],
            "base": base,
            "year": year,
        }
    )


def past_of(before=((900, 360), (1900, 90)), after=((1000, 400), (2000, 100)), growth=(0.0, 0.0)):
    """A history: workers and covered of PU and BPU at its two ends."""
    return pd.DataFrame(
        {
            "segment": ["PU", "BPU"],
            "covered_before": [c for _, c in before],
            "covered": [c for _, c in after],
            "workers_before": [w for w, _ in before],
            "workers": [w for w, _ in after],
            "growth_low": growth[0],
            "growth_high": growth[1],
            "facts": Facts(("2023-12",), ("2023-08",), "low", ("s",)),
        }
    )


def run(values: dict, until: int = 2028, draws: int = 1, begin=None, past=None, **more):
    seat_cost = more.pop("seat_cost", 0)
    given_ = more.pop("given", None)
    begin = start_of() if begin is None else begin
    return project(begin, past, scenario(values, **more), until, draws, 1, given=given_, seat_cost=seat_cost)


def course(stock: np.ndarray, segment: int) -> list[float]:
    """One stock of the only scenario and draw, year by year."""
    return [round(float(x), 6) for x in stock[0, :, segment, 0]]


# -- levers -----------------------------------------------------------------------------------------


def test_a_projection_is_the_year_by_hand():
    begin = start_of()
    ahead = run(USUAL | {"usual.growth": 0.1, "usual.moves": 0.1, "usual.keep": 0.5}, until=2024, begin=begin)
    # own 400 x .8 + 600 x .1 = 380, 100 x .9 + 1900 x .05 = 185; 100 workers move each way: .1 of PU, .05 of BPU
    # PU 380 - 38 + .5 x 9.25 = 346.625; BPU 185 - 9.25 + .5 x 38 = 194.75; then all grow by a tenth
    assert course(ahead.own, PU) == [400, 346.625]
    assert course(ahead.own, BPU) == [100, 194.75]
    assert course(ahead.workers, PU) == [1000, 1100]
    assert course(ahead.workers, BPU) == [2000, 2200]


def test_paid_seats_end_when_funding_ends_and_some_stay():
    seats = {"public_subsidy.local_budget.seats": 600.0, "public_subsidy.local_budget.months": 12.0}
    ahead = run(STILL | {"usual.stay": 0.25} | seats, until=2028, start=2025, end=2026)
    assert course(ahead.public, BPU) == [0, 0, 600, 600, 0, 0]
    # After each year in force a quarter of the 600 stays on its own account: 150, and 150 more of the next 600.
    assert course(ahead.own, BPU) == [100, 100, 100, 250, 400, 400]
    assert ahead.funded["local_budget"][0, :, 0].tolist() == [0, 0, 7200, 7200, 0, 0]
    assert rate_of(ahead)[0, :, 0].round(6).tolist() == [round(x / 3000, 6) for x in (500, 500, 1100, 1250, 800, 800)]


def test_each_fund_has_dates_and_a_capacity_of_its_own():
    values = {f"public_subsidy.{fund}.{p}": x for fund in FUNDS[:2] for p, x in (("seats", 300.0), ("months", 12.0))}
    dates = {
        "public_subsidy.national_budget": {"start": 2024, "end": 2025},
        "public_subsidy.local_budget": {"start": 2026, "capacity": 100.0},
    }
    ahead = run(STILL | values, until=2028, **dates)
    assert course(ahead.public, BPU) == [0, 300, 300, 100, 200, 300]


def test_december_not_funded_costs_and_is_not_counted():
    values = {"public_subsidy.palm_oil_fund.seats": 22_100.0, "public_subsidy.palm_oil_fund.months": 5.0}
    begin = start_of(bpu=(3_000_000, 100))
    counted = run(STILL | values, until=2024, begin=begin)
    spared = run(STILL | values | {"public_subsidy.palm_oil_fund.december": 0.0}, until=2024, begin=begin)
    assert course(counted.public, BPU) == [0, 22_100]
    assert course(spared.public, BPU) == [0, 0]
    for ahead in (counted, spared):
        assert ahead.funded["palm_oil_fund"][0, :, 0].tolist() == [0, 110_500]  # 22,100 x 5 months
    assert 110_500 * 16_800 == 1_856_400_000  # the sum that was published as Rp1.86 billion


def test_december_of_one_scenario_says_nothing_of_another():
    values = STILL | {"public_subsidy.local_budget.seats": 600.0, "public_subsidy.local_budget.months": 5.0}
    both = pd.concat(
        [scenario(values, "funded"), scenario(values | {"public_subsidy.local_budget.december": 0.0}, "not")]
    )
    ahead = project(start_of(), None, both, 2024, 1, 1)
    assert ahead.public[:, 1, BPU, 0].tolist() == [600, 0]


def test_funded_months_are_shared_out_as_seats_are_filled():
    seats = {f"public_subsidy.{fund}.seats": x for fund, x in (("local_budget", 1000.0), ("village_funds", 3000.0))}
    months = {f"public_subsidy.{fund}.months": 12.0 for fund in ("local_budget", "village_funds")}
    ahead = run(STILL | seats | months, until=2024)
    assert course(ahead.public, BPU) == [0, 1900]  # all who are uncovered, for 4,000 seats
    assert ahead.funded["local_budget"][0, 1, 0] == pytest.approx(12 * 1900 / 4)
    assert ahead.funded["village_funds"][0, 1, 0] == pytest.approx(12 * 1900 * 3 / 4)


def test_a_ramp_and_a_capacity_hold_seats_back():
    seats = {"public_subsidy.national_budget.seats": 600.0, "public_subsidy.national_budget.months": 12.0}
    assert course(run(STILL | seats, ramp=3, until=2027).public, BPU) == [0, 200, 400, 600, 600]
    assert course(run(STILL | seats, capacity=250.0, until=2027).public, BPU) == [0, 250, 500, 600, 600]


def test_a_share_of_the_non_wage_workers_is_of_that_years():
    key = "public_subsidy.national_budget.seats"
    values = STILL | {"usual.growth": 0.1, key: 0.2, "public_subsidy.national_budget.months": 12.0}
    ahead = run(values, until=2025, units={key: "share of the non-wage workers"})
    assert course(ahead.public, BPU) == [0, 440, 484]  # 0.2 x 2000 x 1.1, and x 1.1 again


def test_company_sponsorship_counts_companies_and_their_seats():
    values = {f"company_sponsorship.{p}": x for p, x in (("companies", 5000.0), ("seats", 20.0), ("months", 6.0))}
    a_rate = {"company_sponsorship.companies": "companies per 100,000 covered wage earners"}
    ahead = run(STILL | values, until=2024, units=a_rate)
    assert course(ahead.company, BPU) == [0, 400]  # 5000 x 400 / 100,000 = 20 companies, 20 seats each
    assert ahead.funded["company"][0, 1, 0] == 2400
    as_such = run(STILL | values | {"company_sponsorship.companies": 7.0}, until=2024)
    assert course(as_such.company, BPU) == [0, 140]


def test_company_registration_enrols_a_share_of_those_left_at_most_its_capacity():
    values = USUAL | {
        "company_registration.partly": 0.4,
        "company_registration.partly_enrolled": 0.5,
        "company_registration.others_enrolled": 0.1,
    }
    # x = .4 x .5 + .6 x .1 = .26 of the 620 whom the usual 400 x .8 + 600 x .1 = 380 leaves: 161.2
    assert course(run(values, until=2024).own, PU) == [400, 541.2]
    assert course(run(values, until=2024, ramp=2).own, PU) == [400, 460.6]  # half of it in the first of two years
    everybody = values | {"company_registration.partly_enrolled": 1.0, "company_registration.others_enrolled": 1.0}
    assert course(run(everybody, until=2024).own, PU) == [400, 1000]  # a full lever leaves nobody, not even who lapsed
    assert course(run(values, until=2024, capacity=50.0).own, PU) == [400, 430]
    assert course(run(values, until=2024, start=2025).own, PU) == [400, 380]
    assert course(run(values, until=2024).own, BPU) == [100, 185]


def test_agencies_cover_their_staff_over_the_ramp_for_as_long_as_the_mandate_stands():
    values = STILL | {"agency_mandate.staff": 300.0}
    ahead = run(values, until=2030, start=2024, ramp=3, end=2028)
    assert course(ahead.public, PU) == [0, 100, 200, 300, 300, 300, 0, 0]
    assert course(ahead.own, PU) == [400] * 8
    slow = run(values, until=2028, start=2024, ramp=3, capacity=80.0)
    assert course(slow.public, PU) == [0, 80, 160, 240, 300, 300]
    share = run(
        values | {"agency_mandate.staff": 0.05}, until=2025, units={"agency_mandate.staff": "share of the wage earners"}
    )
    assert course(share.public, PU) == [0, 50, 50]


def test_retention_of_everybody_means_no_lapse():
    values = USUAL | {"usual.enrolment.PU": 0.0, "usual.enrolment.BPU": 0.0}
    kept = values | {"retention.kept.PU": 1.0, "retention.kept.BPU": 0.5}
    ahead = run(kept, until=2025)
    assert course(ahead.own, PU) == [400, 400, 400]
    assert course(ahead.own, BPU) == [100, 95, 90.25]  # half of the lapse of 0.1
    assert course(run(values, until=2025).own, PU) == [400, 320, 256]


def test_formalisation_moves_non_wage_workers_beyond_the_usual_moves():
    ahead = run(STILL | {"formalisation.moved": 0.1}, until=2025, ramp=2)
    assert course(ahead.workers, PU) == [1000, 1100, 1290]  # 0.05 x 2000, then 0.1 x 1900
    assert course(ahead.workers, BPU) == [2000, 1900, 1710]
    assert course(ahead.own, BPU) == [100, 95, 85.5]  # nobody keeps cover here
    both = run(STILL | {"usual.moves": 0.1, "formalisation.moved": 0.1}, until=2024)
    assert course(both.workers, PU) == [1000, 1200]  # 100 leave, 0.05 + 0.1 of 2000 come


def test_seats_are_drawn_as_they_were_when_pages_called_them_places():
    old, new = (uniforms([f"public_subsidy.{word}.local_budget"], 3, seed=1) for word in ("places", "seats"))
    assert [list(one) for one in old.values()] == [list(one) for one in new.values()]


def test_a_budget_in_rupiah_buys_seats_at_what_they_cost():
    values = STILL | {"public_subsidy.local_budget.budget": 42_000_000.0, "public_subsidy.local_budget.months": 5.0}
    ahead = run(values, until=2024, seat_cost=16_800)
    assert course(ahead.public, BPU) == [0, 500]  # 42,000,000 / (16,800 x 5)
    with pytest.raises(ValueError, match="pass seat_cost, what a seat costs a month"):
        run(values, until=2024)


def test_a_path_is_linear_between_its_years_and_constant_after():
    lapse = {2024: 0.2, 2026: 0.4, 2028: 0.1}
    ahead = run(STILL | {"usual.lapse.PU": lapse}, until=2030)
    own = ahead.own[0, :, PU, 0]
    np.testing.assert_allclose(1 - own[1:] / own[:-1], [0.2, 0.3, 0.4, 0.25, 0.1, 0.1, 0.1], atol=1e-12)


def test_a_path_that_begins_too_late_is_an_error_and_not_the_baseline():
    with pytest.raises(ValueError, match=r"usual\.lapse\.PU of test is given from 2026 on, and 2024 is needed"):
        run(STILL | {"usual.lapse.PU": {2026: 0.2}})
    key = "public_subsidy.local_budget.seats"
    late = STILL | {key: {2027: 100.0}, "public_subsidy.local_budget.months": 12.0}
    with pytest.raises(ValueError, match="given from 2027 on, and 2025 is needed"):
        run(late, start=2025)
    assert course(run(late, until=2028, start=2027).public, BPU) == [0, 0, 0, 0, 100, 100]


# -- enrolment and lapse ----------------------------------------------------------------------------


def test_enrolment_and_lapse_above_1_name_both_with_scenario_segment_and_year():
    with pytest.raises(
        ValueError, match=r"test: enrolment 0\.7000 and lapse 0\.4000 of BPU in 2024 are above 1 together"
    ):
        run(USUAL | {"usual.enrolment.BPU": 0.7, "usual.lapse.BPU": 0.4})
    rising = USUAL | {"usual.lapse.PU": {2024: 0.1, 2028: 0.9}, "usual.enrolment.PU": 0.4}
    with pytest.raises(ValueError, match=r"enrolment 0\.4000 and lapse 0\.7000 of PU in 2027"):
        run(rising)
    assert run(USUAL | {"usual.enrolment.BPU": 0.6, "usual.lapse.BPU": 0.4}).own.shape == (1, 6, 2, 1)


def test_without_a_history_what_is_taken_from_it_is_an_error():
    with pytest.raises(ValueError, match="test takes enrolment from history, and there is none"):
        run(USUAL | {"usual.enrolment.PU": "history"})
    with pytest.raises(ValueError, match="test takes growth from history, and there is none"):
        run(USUAL | {"usual.growth": "history"})


# -- where it starts --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables():
    names = ("participants", "labour_force", "reported_claims", "regions")
    return [an.read(name) for name in names]


@pytest.fixture(scope="module")
def lampung(tables):
    """Lampung in December 2023: (today, history) by base, and all scenarios."""
    participants, labour_force, published, regions = tables
    out = {}
    for base in ("employed", "eligible"):
        choice = an.coverage.choose("Lampung", "2023-12", base, "domicile", participants, regions, published)
        out[base] = an.projection.starting_point(choice, participants, labour_force, published, regions)
    return out, read_scenarios("all", "Lampung")


def test_on_base_employed_it_starts_from_the_published_point(lampung):
    begin, _ = lampung[0]["employed"]
    assert begin["covered"].tolist() == [564_393, 168_497, 732_890]
    assert begin["workers_low"].tolist() == begin["workers_high"].tolist() == [1_377_823, 3_319_835, 4_697_658]
    assert begin["base"].unique().tolist() == ["employed"]
    assert begin["year"].unique().tolist() == [2023]
    assert {facts.confidence for facts in begin["facts"]} == {"medium"}


def test_on_base_eligible_it_starts_from_what_the_article_bounds(lampung):
    begin, _ = lampung[0]["eligible"]
    assert begin[["workers_low", "workers_high"]].to_numpy().tolist() == [
        [981_820, 1_082_839],
        [1_650_000, 1_750_000],
        [2_731_820, 2_732_839],
    ]
    assert begin["covered"].tolist() == [564_386, 167_605, 731_991]


def test_draws_of_today_stay_within_all_bounds_and_add_up(lampung):
    begin, past = lampung[0]["eligible"]
    plan = plan_of([Case(scenario(USUAL), begin, past)], 2024, 20_000, 1)
    workers = started(plan, slice(0, 20_000)).workers[:, 0]
    total = workers[PU] + workers[BPU]
    ends = begin.set_index("segment")
    for segment, drawn in (("PU", workers[PU]), ("BPU", workers[BPU]), ("all", total)):
        low, high = ends.loc[segment, ["workers_low", "workers_high"]].astype(float)
        assert low - 1e-6 <= drawn.min() < low + (high - low) / 100
        assert high + 1e-6 >= drawn.max() > high - (high - low) / 100
    # The total is drawn first and evenly; a convention, which the formal's even share of what is left completes.
    assert plan.drawn["today.all"].mean() == pytest.approx(0.5, abs=0.01)
    np.testing.assert_allclose(total, 2_731_820 + 1_019 * plan.drawn["today.all"], rtol=1e-12)


def test_the_formal_are_drawn_within_what_the_total_leaves_them():
    begin = start_of(pu=((100, 200), 10), bpu=((300, 400), 10))
    begin.loc[2, ["workers_low", "workers_high"]] = [420, 420]
    for u, expected in ((0.0, 100), (0.5, 110), (1.0, 120)):  # at least 420 - 400 and 100, at most 420 - 300 and 200
        plan = plan_of(
            [Case(scenario(USUAL), begin, None)],
            2024,
            1,
            1,
            drawn={"today.PU": np.array([u]), "today.all": np.array([0.5])},
        )
        workers = started(plan, slice(0, 1)).workers[:, 0, 0]
        assert workers.tolist() == [expected, 420 - expected]


def test_more_covered_than_workers_is_an_error(tables):
    participants, labour_force, published, regions = tables
    choice = an.coverage.choose("DKI Jakarta", "2023-12", "employed", "registration", participants, regions, published)
    counted = an.coverage.active(participants, "2023-12", "registration")
    rows = an.coverage.place(choice, counted, an.coverage.employed(labour_force, "2023-08"), published)
    with pytest.raises(ValueError, match=r"5,464,264 PU are covered of 3,234,884 workers; .* take split domicile"):
        today(rows)


def test_a_segment_that_is_not_known_is_an_error(tables):
    rows = start_of().assign(
        workers=pd.array([1000, None, 3000], dtype="Int64"), facts=Facts(("2023-12",), ("2023-08",), "low", ("s",))
    )
    with pytest.raises(ValueError, match="Lampung can't be projected"):
        today(rows)


@pytest.mark.parametrize("workers, nobody", [((0, 2000, 2000), "PU"), ((1000, 0, 1000), "BPU"), ((0, 0, 0), "PU")])
def test_a_rate_of_nobody_isnt_projected(workers, nobody):
    rows = start_of().assign(
        covered=0, workers=pd.array(workers, dtype="Int64"), facts=Facts(("2023-12",), ("2023-08",), "low", ("s",))
    )
    with pytest.raises(ValueError, match=f"there are no workers of {nobody}, and a rate of nobody isn't defined"):
        today(rows)


def test_a_year_without_workers_tells_nothing_of_enrolment():
    before, after = ends_of(2022, (0, 90)).assign(workers=[0, 2000]), ends_of(2023, (110, 100))
    with pytest.raises(ValueError, match="has no covered or no workers of PU for 2022"):
        history(before, after, augusts(_2023=3000, _2024=3060))


@pytest.mark.parametrize("seed", [-1, -(2**70), 2**63])
def test_a_seed_is_a_whole_number_from_0(seed):
    with pytest.raises(ValueError, match=f"seed is {seed}; write a whole number from 0"):
        uniforms(["usual.growth"], 5, seed)


def test_where_no_article_bounds_the_workers_there_is_nothing_to_start_from(tables):
    columns = ["place", "segment", "date", "low", "high", "measure", "kind", "trial"]
    assert eligible_today(pd.DataFrame(columns=columns).astype({"date": str}), "Papua").empty


def ends_of(year: int, covered: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "province": "Lampung",
            "segment": ["PU", "BPU"],
            "covered": covered,
            "workers": [1000, 2000],
            "facts": Facts((f"{year}-12",), (f"{year}-08",), "low", ("s",)),
        }
    )


def augusts(**totals: int | None) -> pd.DataFrame:
    """Workers of all by August, a third of them PU."""
    rows = [
        (f"{name[1:]}-08", segment, None if total is None else total * part // 3)
        for name, total in totals.items()
        for segment, part in (("PU", 1), ("BPU", 2))
    ]
    return pd.DataFrame(rows, columns=["workers_period", "segment", "workers"]).astype({"workers": "Int64"})


def growth_of(**totals: int | None) -> list[float]:
    found = history(ends_of(2023, (400, 100)), ends_of(2024, (410, 120)), augusts(**totals))
    return found[["growth_low", "growth_high"]].iloc[0].round(9).tolist()


def test_growth_is_not_taken_across_the_survey_s_new_weights():
    # 2022 to 2023 is left out: +50 %. Then +10 % and +20 %.
    assert growth_of(y2021=3000, y2022=3300, y2023=4950, y2024=5940) == [0.1, 0.2]
    # Without 2023 the step from 2022 to 2024 crosses the new weights, too.
    assert growth_of(y2021=3000, y2022=3300, y2024=6600) == [0.1, 0.1]
    # Two years apart is a root: (1.21)^(1/2) - 1
    assert growth_of(y2023=3000, y2025=3630) == [0.1, 0.1]
    with pytest.raises(ValueError, match="two Augusts with the same survey weights are needed"):
        growth_of(y2022=3000, y2023=3300)


def test_an_august_of_which_a_segment_is_missing_is_no_small_august():
    known = augusts(y2023=3000, y2024=3300, y2025=3630)
    known.loc[known.index[2], "workers"] = pd.NA  # PU of 2024
    found = history(ends_of(2023, (400, 100)), ends_of(2024, (410, 120)), known)
    assert found[["growth_low", "growth_high"]].iloc[0].tolist() == pytest.approx([0.1, 0.1])


def test_history_is_of_one_year():
    with pytest.raises(ValueError, match="a change is of one year to the next, and these rows are of 2022 and 2024"):
        history(ends_of(2022, (1, 1)), ends_of(2024, (1, 1)), augusts(y2023=3000, y2024=3300))


def test_growth_from_history_runs_over_its_range():
    ahead = run(STILL | {"usual.growth": "history"}, past=past_of(growth=(0.01, 0.03)), until=2024, draws=5_000)
    grown = ahead.workers[0, 1, PU] / 1000 - 1
    assert 0.01 <= grown.min() < 0.0101
    assert 0.0299 < grown.max() <= 0.03
    np.testing.assert_allclose(grown, 0.01 + 0.02 * uniforms(["usual.growth"], 5_000, 1)["usual.growth"])


# -- asked wrongly ----------------------------------------------------------------------------------


@pytest.mark.parametrize("until", [2023, 2020])
def test_until_must_lie_after_today(until):
    with pytest.raises(ValueError, match=f"until is {until}, and the projection starts from 2023"):
        run(USUAL, until=until)


@pytest.mark.parametrize("draws", [0, -5])
def test_at_least_one_draw_is_needed(draws):
    with pytest.raises(ValueError, match=f"{draws} draws were asked for; at least one is needed"):
        run(USUAL, draws=draws)
    with pytest.raises(ValueError, match=f"{draws} draws were asked for; at least one is needed"):
        rates_of_places([Case(scenario(USUAL), start_of(), None)], 2025, draws, 1)


def test_places_of_different_years_are_not_carried_together():
    two = [Case(scenario(USUAL), start_of(year=year), None) for year in (2023, 2024)]
    with pytest.raises(ValueError, match=r"\[2023, 2024\]"):
        rates_of_places(two, 2030, 5, 1)


# -- the same numbers, whichever way --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def several(tables, lampung):
    """Three places with all scenarios."""
    participants, labour_force, published, regions = tables
    out = []
    for name in ("Lampung", "DKI Jakarta", "Bengkulu"):
        choice = an.coverage.choose(name, "2023-12", "employed", "domicile", participants, regions, published)
        begin, past = an.projection.starting_point(choice, participants, labour_force, published, regions)
        plans = read_scenarios("all", name)
        out += [Case(plan, begin, past) for _, plan in plans.groupby("scenario", sort=False)]
    return out


DRAWS = 130


@pytest.fixture(scope="module")
def together(several):
    return rates_of_places(several, 2045, DRAWS, 7)


@pytest.mark.parametrize(("block", "cases"), [(1, 2), (7, 8), (64, 8), (129, 8), (10_000, 8)])  # blocks of 1 are slow
def test_the_size_of_a_block_changes_no_bit(several, together, block, cases):
    found = rates_of_places(several[:cases], 2045, DRAWS, 7, block=block)
    np.testing.assert_array_equal(found, together[:, :cases])


@pytest.mark.parametrize("cells", [1, 90, 10**7])
def test_a_projection_does_not_depend_on_its_blocks(lampung, monkeypatch, cells):
    points, plans = lampung
    before = project(*points["eligible"], plans, 2030, 50, 3)
    monkeypatch.setattr("analysis.projection.model.CELLS", cells)
    assert in_block(8) == max(1, cells // 8)
    after = project(*points["eligible"], plans, 2030, 50, 3)
    for one, other in zip(before[2:6], after[2:6], strict=True):
        np.testing.assert_array_equal(one, other)


def test_each_place_by_itself_and_in_any_order_gives_the_same(several, together):
    order = np.random.default_rng(0).permutation(len(several))
    found = rates_of_places([several[i] for i in order], 2045, DRAWS, 7)
    np.testing.assert_array_equal(found, together[:, order])
    for i in (0, 9, 23):
        np.testing.assert_array_equal(rates_of_places([several[i]], 2045, DRAWS, 7)[:, 0], together[:, i])


def test_rates_of_places_are_those_of_projections(several, together):
    for first in (0, 8, 16):
        cases = several[first : first + 8]
        plans = pd.concat([case.assumptions for case in cases])
        ahead = project(cases[0].today, cases[0].history, plans, 2045, DRAWS, 7)
        assert ahead.years == tuple(range(2023, 2046))
        np.testing.assert_array_equal(rate_of(ahead).swapaxes(0, 1), together[:, first : first + 8])


def test_coverage_of_all_scenarios_lies_within_0_and_1(together):
    assert (together >= 0).all()
    assert (together <= 1).all()
    np.testing.assert_array_equal(together[0, :8], np.full((8, DRAWS), 732_890 / 4_697_658))


_SHORT = """
import json, sys
sys.path.insert(0, {tests!r})
from test_projection import scenario, start_of, past_of, USUAL
from analysis.projection.runs import project, rate_of
plans = scenario(USUAL | {{"usual.lapse.PU": (0.05, 0.3), "usual.keep": (0.1, 0.2, 0.5), "usual.growth": "history"}})
ahead = project(start_of(), past_of(growth=(0.0, 0.1)), plans, 2030, 20, {seed})
print(json.dumps(rate_of(ahead)[0, -1].tolist()))
"""


def in_a_process(seed: int, hashes: str) -> list[float]:
    code = _SHORT.format(tests=str(ROOT / "tests"), seed=seed)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": hashes, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.process
def test_the_same_seed_gives_the_same_numbers_in_any_process():
    one, two, other = in_a_process(5, "1"), in_a_process(5, "271828"), in_a_process(6, "1")
    assert one == two
    assert not set(one) & set(other)


# -- common random numbers --------------------------------------------------------------------------


def test_streams_are_of_the_name_and_the_seed_alone():
    few = uniforms(["usual.lapse.PU"], 1000, 1)["usual.lapse.PU"]
    many = uniforms(["usual.keep", "usual.lapse.PU", "new"], 1000, 1)
    np.testing.assert_array_equal(few, many["usual.lapse.PU"])
    assert not np.isin(few, uniforms(["usual.lapse.PU"], 1000, 2)["usual.lapse.PU"]).any()
    assert abs(np.corrcoef(list(many.values())) - np.eye(3)).max() < 0.1
    np.testing.assert_array_equal(uniforms(["new"], 5, 1)["new"], many["new"][:5])  # more draws keep the first ones


def test_scenarios_share_their_draws():
    wide = USUAL | {"usual.lapse.PU": (0.1, 0.3)}
    plans = pd.concat(
        [scenario(wide, "one"), scenario(wide, "again"), scenario(wide | {"usual.lapse.PU": (0.2, 0.4)}, "more")]
    )
    ahead = project(start_of(), None, plans, 2024, 500, 1)
    np.testing.assert_array_equal(ahead.own[0], ahead.own[1])
    # The same draw of the lapse, a tenth higher: 400 x 0.1 fewer, in every draw.
    np.testing.assert_allclose(ahead.own[0, 1, PU] - ahead.own[2, 1, PU], np.full(500, 40.0), rtol=1e-12)


def test_a_scenario_does_not_change_with_its_company(lampung):
    points, plans = lampung
    whole = project(*points["employed"], plans, 2035, 40, 1)
    for i, name in enumerate(whole.scenarios):
        alone_ = project(*points["employed"], plans[plans["scenario"] == name], 2035, 40, 1)
        np.testing.assert_array_equal(alone_.own[0], whole.own[i])
        np.testing.assert_array_equal(alone_.public[0], whole.public[i])
        for fund, months in alone_.funded.items():
            np.testing.assert_allclose(months[0], whole.funded[fund][i], rtol=1e-12)


def test_draws_follow_the_stated_distribution():
    key = "usual.lapse.PU"
    for stated, mean, deviation in (
        ((0.1, 0.3), 0.2, 0.2 / 12**0.5),
        ((0.0, 0.1, 0.2), 0.1, (0.04 + 0.01 - 0.02) ** 0.5 / 18**0.5),
    ):
        ahead = run(STILL | {key: stated}, until=2024, draws=20_000)
        lapse = 1 - ahead.own[0, 1, PU] / 400
        assert stated[0] <= lapse.min()
        assert lapse.max() <= stated[-1]
        assert lapse.mean() == pytest.approx(mean, abs=0.002)
        # of the triangle: (a² + b² + c² - ab - ac - bc) / 18 = (0 + .01 + .04 - 0 - 0 - .02) / 18
        assert lapse.std() == pytest.approx(deviation, rel=0.02)


def test_a_given_value_stands_in_for_the_assumption_in_every_scenario():
    path = {2024: 0.1, 2028: 0.2}
    plans = pd.concat(
        [
            scenario(USUAL, "one"),
            scenario(USUAL | {"usual.lapse.PU": (0.0, 0.3)}, "two"),
            scenario(USUAL | {"usual.lapse.PU": path}, "three"),
        ]
    )
    asked = np.array([0.0, 0.5, 0.9])
    ahead = project(start_of(), None, plans, 2025, 3, 1, given={("usual", "lapse", "PU"): asked})
    for i in range(3):
        np.testing.assert_allclose(ahead.own[i, 1, PU], 400 * (1 - asked) + 600 * 0.1)


# -- which assumption matters -----------------------------------------------------------------------


def test_a_response_is_the_projection_of_its_uniform_numbers(lampung):
    points, plans = lampung
    ahead = project(*points["eligible"], plans, 2040, 25, 11)
    for scenario in (ahead.scenarios[0], ahead.scenarios[3]):
        names, model = response(ahead, scenario, 2030)
        assert {"usual.own", "usual.year", "usual.growth", "today.all", "today.PU"} <= set(names)
        drawn = uniforms(names, 25, 11) | dict.fromkeys(("usual.own", "usual.year"), np.full(25, 0.5))
        found = model(np.array(list(drawn.values())))[0]
        still = drawn | {
            name: np.full(25, 0.5) for name in ahead.plan.drawn if name.startswith(("usual.own", "usual.year"))
        }
        one = project(*points["eligible"], plans[plans["scenario"] == scenario], 2030, 25, 11, drawn=still)
        np.testing.assert_allclose(found, rate_of(one)[0, -1], rtol=1e-13)


def test_a_higher_number_stands_for_a_sequence_of_years_that_ends_higher(lampung):
    points, plans = lampung
    ahead = project(*points["employed"], plans, 2029, 10, 1)
    names, model = response(ahead, "steady", 2029)
    for name in ("usual.own", "usual.year"):
        u = np.full((len(names), 9), 0.5)
        u[names.index(name)] = np.linspace(0.05, 0.95, 9)
        ends = model(u)[0]
        # What a sequence adds up to sets its place; that a rate bends makes small steps back.
        assert np.corrcoef(np.arange(9), np.argsort(np.argsort(ends)))[0, 1] > 0.9 and ends[-1] - ends[0] > 0.05


def test_a_response_leaves_out_what_is_certain(lampung):
    points, plans = lampung
    names, _ = response(project(*points["employed"], plans, 2030, 1, 1), "steady", 2030)
    assert not [name for name in names if name.startswith("today")]
    ahead = run(USUAL | {"usual.growth": "history"}, past=past_of(), until=2030)
    assert response(ahead, "test", 2030)[0] == ()


def test_what_matters_is_asked_of_a_scenario_and_a_year_that_are_projected(lampung):
    points, plans = lampung
    ahead = project(*points["employed"], plans, 2030, 1, 1)
    with pytest.raises(ValueError, match=r"scenario 'stedy' isn't among .*; add it to the parameter scenarios"):
        tornado(ahead, "stedy", 2030)
    with pytest.raises(ValueError, match="2031 isn't projected; there is 2023 to 2030"):
        sobol(ahead, "steady", 2031)
    assert set(tornado(ahead, "steady", 2030)["facts"]) == {ahead.facts}


# -- what a projection remembers ----------------------------------------------------------------------


def test_a_projection_remembers_what_it_was_made_of(lampung):
    points, plans = lampung
    start, past = points["employed"]
    ahead = project(start, past, plans, 2030, 20, 5, seat_cost=16_800)
    assert ahead.today is start and ahead.history is past and ahead.draws == 20
    assert (ahead.plan.seed, ahead.plan.seat_cost) == (5, 16_800)
    pd.testing.assert_frame_equal(pd.concat([case.assumptions for case in ahead.plan.cases]), plans)


def test_one_of_its_scenarios_alone_on_fewer_draws_is_part_of_it(lampung):
    points, plans = lampung
    ahead = project(*points["eligible"], plans, 2035, 40, 3)
    for i, name in enumerate(ahead.scenarios):
        plan = alone(ahead.plan, ahead.case(name), 2029, 15)
        np.testing.assert_array_equal(rates_along(plan, 15)[:, 0], rate_of(ahead)[i, :7, :15])
    given_ = {("usual", "lapse", "PU"): np.linspace(0, 0.1, 40)}
    ahead = project(*points["eligible"], plans, 2026, 40, 3, given=given_)
    plan = alone(ahead.plan, ahead.case("steady"), 2026, 15)
    np.testing.assert_array_equal(rates_along(plan, 15)[:, 0], rate_of(ahead)[ahead.scenarios.index("steady"), :, :15])


def test_assumptions_are_filled_in_from_the_projections_own_history(lampung):
    history_ = past_of(growth=(0.01, 0.03))
    plans = scenario(USUAL | {"usual.growth": "history"}).assign(source_id="law")
    rows = assumed(project(start_of(), history_, plans, 2024, 5, 1)).set_index(["parameter", "part"])
    assert rows.loc[("growth", ""), "values"] == (0.01, 0.03)
    assert rows.loc[("growth", ""), "facts"].source_ids == ("s",) and rows.loc[("keep", ""), "facts"].source_ids == (
        "law",
    )
    stated = assumed(project(start_of(), None, scenario(USUAL).assign(source_id=""), 2024, 5, 1))
    assert stated["values"].tolist() == [(value,) for value in USUAL.values()] and set(stated["facts"]) == {Facts()}
    points, plans = lampung
    ahead = project(*points["employed"], plans[plans["scenario"] == "steady"], 2024, 200, 1)
    rows = assumed(ahead).set_index(["parameter", "part"])
    changed = ahead.own[0, 1, BPU] / ahead.workers[0, 1, BPU] - 168_497 / 3_319_835
    ends = tuple(np.quantile(changed, [0.05, 0.5, 0.95]))
    assert rows.loc[("enrolment", "BPU"), "values"] == pytest.approx(ends, abs=1e-12)
    with pytest.raises(ValueError, match="nothing tells how a rate changes, as there is no history"):
        net_change(run(USUAL))
    with pytest.raises(ValueError, match="every scenario states its enrolment"):
        net_change(project(*points["employed"], scenario(USUAL), 2024, 5, 1))
