"""The usual course as a net change on the logit: what the years known tell, one draw of it, and what levers make of it."""

import math
import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from samples import samples
from test_projection import STILL, past_of, scenario, shares, start_of

import analysis as an
from analysis.projection.model import Rates, Stocks, moved, net, retained, step
from analysis.projection.plan import Case
from analysis.projection.runs import project, rate_of, rates_of_places
from analysis.projection.solved import enrolment_solved
from analysis.projection.yearly import for_place, names_of, spread_of, student, told, year_scale, yearly_changes
from analysis.scenarios.read import read_scenarios

NET = {key: value for key, value in STILL.items() if key.split(".")[1] not in ("moves", "keep")}
NET |= {"usual.enrolment.PU": "history", "usual.enrolment.BPU": "history"}


def told_of(pace=(0.1, 0.3), goes_on=0.5, others=((0.0, 0.0), (0.0, 0.0)), scale=0.0) -> pd.DataFrame:
    """A history that tells of the years ahead, on the logit."""
    told_ = {"years": 1, "places": 2, "power": 0.0, "own_weight": 0.0}
    return past_of().assign(pace=pace, goes_on=goes_on, others=list(others), year_scale=scale, **told_)


def logit(rate):
    return np.log(rate / (1 - rate))


@pytest.fixture(scope="module")
def tables():
    return [an.read(name) for name in ("participants", "labour_force", "reported_claims", "regions")]


@pytest.fixture(scope="module")
def kalimantan_utara(tables):
    participants, _, published, regions = tables
    choice = an.coverage.choose("Kalimantan Utara", "2024-12", "employed", "domicile", participants, regions, published)
    return an.projection.starting_point(choice, *tables)


# -- one year ---------------------------------------------------------------------------------------


@samples(60)
@given(shares(2, 5), st.lists(st.floats(-3, 3), min_size=5, max_size=5))
def test_a_rate_moves_on_the_logit_and_its_flows_are_shares(rate, d):
    year = net(rate, np.exp(np.array(d)))
    inside = (rate > 1e-9) & (rate < 1 - 1e-9)
    np.testing.assert_allclose(
        logit(year.rate[inside]), logit(rate[inside]) + (d * np.ones_like(rate))[inside], atol=1e-6
    )
    assert ((year.rate >= 0) & (year.rate <= 1)).all()
    assert ((year.coming >= 0) & (year.coming < 1) & (year.leaving >= 0) & (year.leaving < 1)).all()
    assert (np.minimum(year.coming, year.leaving) == 0).all()
    np.testing.assert_allclose(rate * (1 - year.leaving) + (1 - rate) * year.coming, year.rate, atol=1e-12)


def test_the_closed_form_of_a_pace_that_dies_out():
    # logit(0.4) + 0.1 (1/2 + 1/4 + ... ) and logit(0.05) + 0.3 (1/2 + ...): after k years 1 - 2^-k of the pace
    ahead = project(start_of(), told_of(), scenario(NET), 2030, 3, 1)
    for k in range(8):
        for segment, rate, pace in ((0, 0.4, 0.1), (1, 0.05, 0.3)):
            odds = rate / (1 - rate) * math.exp(pace * (1 - 0.5**k))
            found = ahead.own[0, k, segment] / ahead.workers[0, k, segment]
            np.testing.assert_allclose(found, odds / (1 + odds), rtol=1e-12)


@pytest.mark.parametrize("growth", [-0.1, 0.0, 0.25])
def test_who_enters_is_covered_as_those_there_so_that_growth_moves_no_rate(growth):
    still, grown = (
        project(start_of(), told_of(), scenario(NET | {"usual.growth": g}), 2028, 2, 1) for g in (0.0, growth)
    )
    for people in ("own", "workers"):
        np.testing.assert_allclose(
            getattr(grown, people)[0],
            getattr(still, people)[0] * (1 + growth) ** np.arange(6)[:, None, None],
            rtol=1e-12,
        )


def test_one_year_by_hand_with_the_numbers_of_its_streams():
    others = ((-0.2, -0.1, 0.1, 0.2), (0.4, -0.3, 0.3, -0.4))
    drawn = {
        "usual.own.Lampung.2024": np.array([0.1, 0.3, 0.5, 0.9]),  # the 1st, 2nd, none and the 4th of the others
        "usual.year.2024": np.array([0.5, 0.95, 0.5, 0.05]),  # t: 0, 2.1318, 0, -2.1318
    }
    ahead = project(start_of(), told_of(others=others, scale=0.1), scenario(NET), 2024, 4, 1, drawn=drawn)
    change = {
        0: [0.05 - 0.2, 0.05 - 0.1 + 0.21318, 0.05, 0.05 + 0.2 - 0.21318],
        1: [0.15 + 0.4, 0.15 - 0.3 + 0.21318, 0.15, 0.15 - 0.4 - 0.21318],
    }
    for segment, rate in ((0, 0.4), (1, 0.05)):
        found = ahead.own[0, 1, segment] / ahead.workers[0, 1, segment]
        np.testing.assert_allclose(logit(found) - logit(rate), change[segment], atol=2e-5)


def test_an_independent_simulation_agrees(kalimantan_utara):
    begin, past = kalimantan_utara
    rows = past.set_index("segment")
    rng, ends = random.Random(5), []
    both = list(zip(rows.loc["PU", "others"], rows.loc["BPU", "others"], strict=True))
    workers, covered = ([int(begin[c].iloc[i]) for i in (0, 1)] for c in ("workers_low", "covered"))
    for _ in range(20_000):
        logits = [math.log(c / (w - c)) for c, w in zip(covered, workers, strict=True)]
        for k in range(1, 6):
            apart = rng.choice(both)
            # Student's t with 4 degrees: a normal over the root of a chi-square of 4 over 4.
            year = rng.gauss(0, 1) / math.sqrt(rng.gammavariate(2, 2) / 4)
            for s, segment in enumerate(("PU", "BPU")):
                pace = rows.loc[segment, "pace"] * rows.loc[segment, "goes_on"] ** k
                logits[s] += pace + apart[s] + rows.loc[segment, "year_scale"] * year
        ends.append(sum(w / (1 + math.exp(-x)) for w, x in zip(workers, logits, strict=True)) / sum(workers))
    ours = rate_of(project(begin, past, read_scenarios("steady", "Kalimantan Utara"), 2029, 10_000, 1))[0, -1]
    levels = [0.05, 0.25, 0.5, 0.75, 0.95]
    np.testing.assert_allclose(np.quantile(ours, levels), np.quantile(ends, levels), atol=0.012)
    assert np.mean(ours) == pytest.approx(np.mean(ends), abs=0.006)


def test_a_province_that_fell_isnt_held_at_no_enrolment(kalimantan_utara):
    """Kalimantan Utara's PU lost 14 points in 2024; enrolment was held at 0 in every draw, and 38.8 % fell to 21.2 %."""
    rate = rate_of(project(*kalimantan_utara, read_scenarios("steady", "Kalimantan Utara"), 2045, 2000, 1))[0]
    low, middle, high = np.quantile(rate[-1], [0.05, 0.5, 0.95])
    assert middle > rate[0, 0] and low < 0.2 < 0.6 < high
    assert ((rate > 0) & (rate < 1)).all()


# -- what the years known tell ------------------------------------------------------------------------


def test_changes_are_those_of_the_rates_that_pages_print(tables):
    participants, labour_force, _, regions = tables
    rows = yearly_changes(participants, labour_force, regions, "2024-12").set_index(["year", "province_code"])
    assert len(rows) == 68 and "00" not in rows.index.get_level_values(1)
    # Lampung, PU: 467,278 of 1,250,132, 564,393 of 1,377,823, 710,444 of 1,477,450
    rates = [467_278 / 1_250_132, 564_393 / 1_377_823, 710_444 / 1_477_450]
    assert rows.loc[(2023, "18"), "PU"] == pytest.approx(logit(rates[1]) - logit(rates[0]), abs=1e-12)
    assert rows.loc[(2024, "18"), "PU"] == pytest.approx(logit(rates[2]) - logit(rates[1]), abs=1e-12)
    assert set(yearly_changes(participants, labour_force, regions, "2023-12")["year"]) == {2023}


def made_up(changes: list[list[float]], workers: list[float], year=2023) -> pd.DataFrame:
    codes = [str(11 + i) for i in range(len(workers))]
    rows = pd.DataFrame({"year": year, "province_code": codes, "workers": workers, "confidence": "low"})
    return rows.assign(PU=changes[0], BPU=changes[1])


def test_of_one_year_half_goes_on_of_two_two_thirds_and_nothing_of_the_own_past():
    one = made_up([[0.1, 0.2, 0.3], [0.5, 0.4, 0.0]], [1.0, 1.0, 1.0])
    found = told(one)
    assert found.pace.tolist() == [0.2, 0.4] and (found.goes_on, found.own_weight, found.power) == (0.5, 0.0, 0.0)
    two = told(pd.concat([one, made_up([[0.0, 0.1, 0.1], [0.0, 0.0, 0.0]], [1.0, 1.0, 1.0], 2024)]))
    np.testing.assert_allclose(two.pace, [0.15, 0.2])
    assert two.goes_on == pytest.approx(2 / 3)


def test_the_middle_is_the_provinces_in_which_half_of_the_weight_is_reached():
    rng = np.random.default_rng(0)
    workers = np.exp(rng.normal(0, 1, 4000))
    apart = rng.laplace(0, 1, (2, 4000)) * workers**-0.3
    found = told(made_up((0.25 + apart).tolist(), workers.tolist()))
    assert found.power == pytest.approx(0.3, abs=0.03)
    np.testing.assert_allclose(found.pace, 0.25, atol=0.1)
    # Brought to one size, deviations of small and large places are as wide.
    small = workers < np.median(workers)
    near = np.abs(found.apart).mean(axis=0)
    assert near[small].mean() == pytest.approx(near[~small].mean(), rel=0.25)


def test_more_decembers_that_say_the_same_of_a_place_let_more_of_its_past_count():
    rng = np.random.default_rng(1)
    lasting = rng.normal(0, 0.1, (2, 40))
    weights = []
    for noise in (0.0, 0.1, 2.0):
        years = [made_up((lasting + rng.normal(0, noise, (2, 40))).tolist(), [1.0] * 40, y) for y in (2022, 2023, 2024)]
        weights.append(told(pd.concat(years)).own_weight)
    assert weights[0] == pytest.approx(1.0) and 0.6 < weights[1] < 0.9 and weights[2] < 0.3


def test_others_are_wider_for_small_places_of_both_signs_and_not_the_place_itself():
    pool = told(made_up([[0.1, 0.2, 0.4], [0.1, 0.2, 0.0]], [1.0, 1.0, 1.0]))._replace(power=0.5)
    rate, small, large = np.array([10.0, 10.0]), np.array([50.0, 50.0]), np.array([200.0, 200.0])
    narrow, wide = (for_place(pool, "13", rate * w / 50, w, "low")[1] for w in (large, small))
    np.testing.assert_allclose(wide, narrow * 2)
    assert wide.shape == (2, 4) and sorted(wide[0]) == pytest.approx(sorted(-wide[0]))
    # PU and BPU of a province stay together: both lay a tenth and more below the middle, so both are of one sign.
    assert (np.sign(wide[0]) * np.sign(wide[1]) >= 0).all()
    sure = pool._replace(confidence="high")
    np.testing.assert_allclose(for_place(sure, "13", rate, small, "low")[1], wide * 2**0.5)


def test_the_spread_of_the_nations_years_minds_a_december_that_is_missing(tables):
    published = tables[2]
    # 30.46, 34.17, 29.98 million in 2018 to 2020, 35.86 in 2022, 41.56 in 2023
    counts = pd.Series({2018: 30.46, 2019: 34.17, 2020: 29.98, 2022: 35.86, 2023: 41.56})
    assert year_scale(published, "2023-12") == pytest.approx(spread_of(counts))
    mean = math.log(41.56 / 30.46) / 5
    steps = [(34.17, 30.46, 1), (29.98, 34.17, 1), (35.86, 29.98, 2), (41.56, 35.86, 1)]
    by_hand = sum((math.log(b / a) - mean * n) ** 2 / n for b, a, n in steps) / 3
    assert spread_of(counts) == pytest.approx(by_hand**0.5, rel=1e-12)
    assert spread_of(counts.head(3)) == 0.13 and year_scale(published, "2020-12") == 0.13


def test_student_is_scipys():
    from scipy.stats import t

    u = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 999), [0.5]])
    np.testing.assert_allclose(student(u), t.ppf(u, 4), rtol=1e-6, atol=1e-9)
    assert np.isfinite(student(np.array([0.0, 1 - 2**-53]))).all()


def test_a_corrected_datum_moves_the_range(tables, kalimantan_utara):
    participants, labour_force, published, regions = tables
    wrong = (
        (participants["province_code"] == "11")
        & (participants["period"] == "2023-12")
        & (participants["segment"] == "BPU")
    )
    other = participants.assign(persons=participants["persons"].mask(wrong, participants["persons"] * 2))
    choice = an.coverage.choose("Kalimantan Utara", "2024-12", "employed", "domicile", other, regions, published)
    past = an.projection.starting_point(choice, other, labour_force, published, regions)[1]
    assert past["others"].iloc[1] != kalimantan_utara[1]["others"].iloc[1]


# -- draws ------------------------------------------------------------------------------------------


def test_places_share_the_year_and_not_what_is_their_own():
    at = start_of()
    history = told_of(others=((-0.5, 0.5), (-0.5, 0.5)), scale=0.2)
    cases = [Case(scenario(NET), at.assign(province=name), history) for name in ("Lampung", "Aceh")]
    rates = logit(rates_of_places(cases, 2024, 4000, 3)[-1])
    together = np.corrcoef(rates)[0, 1]
    # Year: 2 x 0.2² = 0.08 (t with 4 degrees has twice the variance), own: 0.25, nearly: 0.08 / 0.33
    assert 0.15 < together < 0.35
    still = [case._replace(history=told_of(scale=0.2)) for case in cases]
    np.testing.assert_allclose(*rates_of_places(still, 2024, 50, 3)[-1], rtol=1e-12)


def test_a_year_has_the_same_numbers_whatever_the_last_year():
    history = told_of(others=((-0.5, 0.5), (-0.5, 0.5)), scale=0.2)
    short, long = (project(start_of(), history, scenario(NET), until, 20, 1) for until in (2026, 2040))
    np.testing.assert_array_equal(rate_of(short)[0], rate_of(long)[0, :4])
    assert set(names_of(["Lampung"], [2025])) <= set(long.plan.drawn)


# -- levers on it -----------------------------------------------------------------------------------


@samples(60)
@given(shares(2, 4), st.floats(-2, 2), shares(), shares(), st.integers(1, 6))
def test_retention_of_nobody_changes_nothing_and_any_keeps_rates_within(rate, d, lapse, kept, years):
    with_it = without = rate
    same = rate
    for _ in range(years):
        year = net(without, np.exp(np.full(4, d)))
        nobody = retained(year, without, same, np.array(lapse), np.array(0.0))
        some = retained(year, without, with_it, np.array(lapse), np.array(kept))
        np.testing.assert_allclose(nobody.rate, year.rate, atol=1e-9)
        assert (some.rate >= year.rate - 1e-9).all() and ((some.rate >= 0) & (some.rate <= 1)).all()
        assert ((some.coming >= 0) & (some.coming <= 1) & (some.leaving >= 0) & (some.leaving <= 1)).all()
        without, with_it, same = year.rate, some.rate, nobody.rate


def test_halving_the_lapse_through_the_lever_is_halving_it_in_the_flows():
    # A rate of 40 % that stays with a lapse of 0.2: 0.2 x 0.4 / 0.6 = 0.1333 come. With half the lapse and as many coming
    # it goes to 0.1333 / (0.1333 + 0.1) by (1 - 0.1333 - 0.1) a year.
    still = told_of(pace=(0.0, 0.0))
    pulled = NET | {"retention.kept.PU": 0.5, "usual.lapse.PU": 0.2}
    by_lever = project(start_of(), still, scenario(pulled), 2030, 1, 1).own[0, :, 0, 0] / 1000
    coming = 0.2 * 0.4 / 0.6
    ends = coming / (coming + 0.1)
    np.testing.assert_allclose(by_lever, ends + (0.4 - ends) * (1 - coming - 0.1) ** np.arange(8), rtol=1e-12)
    stated = STILL | {"usual.enrolment.PU": coming, "usual.lapse.PU": 0.1}
    np.testing.assert_allclose(project(start_of(), None, scenario(stated), 2030, 1, 1).own[0, :, 0, 0] / 1000, by_lever)


@pytest.mark.parametrize(
    ("flow", "instead"), [({"usual.moves": 0.1}, "pull formalisation.moved"), ({"usual.keep": 0.1}, "Leave it out")]
)
def test_a_flow_beside_a_net_change_is_refused(flow, instead):
    with pytest.raises(ValueError, match=f"test states {next(iter(flow))} beside enrolment from history.*{instead}"):
        project(start_of(), told_of(), scenario(NET | flow), 2025, 1, 1)


def test_who_moves_to_wage_work_is_covered_as_wage_earners_are():
    still = told_of(pace=(0.0, 0.0))
    ahead = project(start_of(), still, scenario(NET | {"formalisation.moved": 0.1}), 2024, 1, 1)
    # 200 of 2000 move; PU stay 40 % covered, BPU 5 %.
    assert ahead.workers[0, 1, :, 0].tolist() == [1200, 1800]
    np.testing.assert_allclose(ahead.own[0, 1, :, 0], [480, 90])


@samples(60)
@given(shares(2), shares(2), st.sampled_from([0.0, 1.0]))
def test_workers_are_conserved_by_moves_and_cover_never_exceeds_them(rate, share, like):
    workers = np.array([[1000.0], [3000.0]])
    own = workers * rate[:, None]
    moved(workers, own, Rates(0.0, 0.0, moves=((0.0, share[0]), (share[1], 0.0)), keep=1.0, like=like))
    assert workers.sum() == pytest.approx(4000)
    assert (own <= workers * (1 + 1e-12)).all() and (own >= -1e-9).all()


# -- the method that it replaced ----------------------------------------------------------------------


@samples(60)
@given(
    shares(2, 3),
    shares(2, 3),
    shares(2, 3),
    shares(2, 3, high=0.4),
    shares(3),
    arrays(float, (2, 3), elements=st.floats(-0.3, 0.3)),
)
def test_enrolment_is_solved_back(covered, h, lapse, move, keep, growth):
    workers = np.array([[1e6], [2e6]]) * np.ones((2, 3))
    before = Stocks(workers, workers * covered * 0.9, np.zeros((2, 3)), np.zeros((2, 3)))
    lapse = lapse * (1 - h)
    moves = ((0.0, move[0]), (move[1], 0.0))
    after = step(before, Rates(h, lapse, growth, moves, keep))
    solved, clipped = enrolment_solved(before, after, lapse, moves, keep)
    np.testing.assert_allclose(solved, h, atol=1e-9)
    again = step(before, Rates(solved, lapse, growth, moves, keep))
    np.testing.assert_allclose(again.own, after.own, rtol=1e-9, atol=1e-3)
    inside = (h > 1e-6) & (h < 1 - lapse - 1e-6)
    assert not clipped[inside].any()


def test_a_solved_enrolment_lies_between_0_and_what_lapse_leaves():
    before = Stocks(*np.array([[1000.0, 2000], [400, 100], [0, 0], [0, 0]])[:, :, None])
    after = before._replace(own=np.array([[300.0], [1990.0]]))
    h, clipped = enrolment_solved(before, after, np.array([[0.2], [0.1]]), ((0.0, 0.0), (0.0, 0.0)), 1.0)
    assert h.ravel().tolist() == [0.0, 0.9]  # (300 - 320) / 600 is below 0, (1990 - 90) / 1900 = 1 above 1 - .1
    assert clipped.all()
