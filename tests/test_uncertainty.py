"""Spread, sensitivity and scores against published results, closed forms and numpy."""

import warnings
from math import erf, exp, pi, sqrt
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from samples import samples

from analysis.uncertainty import _resampled_ends, crps, fan, quantiles, scored, sobol, summary, tornado

# -- quantiles --------------------------------------------------------------------------------------

RNG = np.random.default_rng(20)
SHARES = RNG.beta(3, 7, (6, 10_000))
KINDS = {
    "shares": SHARES,
    "float32": SHARES.astype("float32"),
    "equal": np.full((3, 10_000), 0.2679),
    "some equal": np.where(np.arange(6)[:, None] % 2, SHARES, 0.2679),
    "clipped at 0": np.maximum(SHARES - 0.25, 0),
    "mostly clipped": np.maximum(SHARES - 0.5, 0),
    "one far away": np.where(np.arange(10_000) == 7, 1e9, SHARES),
    "heavy tails": RNG.standard_cauchy((6, 10_000)),
    "few values": np.floor(SHARES * 20) / 20,
    "negative": -SHARES,
    "rupiah": np.round(SHARES * 1e13),
    "persons": (SHARES * 1e7).astype(int),
    "few draws": SHARES[:, :3],
    "one draw": SHARES[:, :1],
    "many axes": SHARES.reshape(2, 3, 1, 10_000),
    "draws not contiguous": SHARES.reshape(10_000, 6).T,
    "one series": SHARES[0],
    "no series": np.empty((0, 5)),
}


def by_definition(draws, levels):
    """Definition 7 of Hyndman and Fan: on the straight line between the draws in order."""
    return np.interp(np.asarray(levels) * (len(draws) - 1), np.arange(len(draws)), np.sort(draws))


@pytest.mark.parametrize("kind", KINDS)
def test_quantiles_are_those_of_the_definition_series_by_series(kind):
    values, levels = KINDS[kind], [0, 0.025, 0.05, 1 / 3, 0.5, 0.95, 1]
    ours = quantiles(values, levels)
    assert ours.shape == (7, *values.shape[:-1]) and ours.dtype == float
    for at in np.ndindex(values.shape[:-1]):
        np.testing.assert_allclose(ours[(slice(None), *at)], by_definition(values[at].astype(float), levels), rtol=1e-9)


def test_the_median_of_equal_draws_is_that_draw():
    assert (quantiles(np.full((3, 10_000), 0.2679), [0.05, 0.5, 0.95]) == 0.2679).all()


def test_the_draws_given_stay_as_they_are():
    before = SHARES.copy()
    quantiles(SHARES)
    np.testing.assert_array_equal(SHARES, before)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_a_draw_that_is_no_number_is_named(odd):
    values = SHARES.reshape(2, 3, -1).copy()
    values[1, 2, 17] = odd
    with pytest.raises(ValueError, match=rf"draw 17 of series 1, 2 is {odd}"):
        quantiles(values)
    values[1, 2, 20] = odd
    with pytest.raises(ValueError, match="and so are 1 more"):
        quantiles(values)


def test_levels_and_draws_there_have_to_be():
    for levels in ([5, 50, 95], [-0.1], [np.nan], 0.5):
        with pytest.raises(ValueError, match="levels of quantiles lie from 0 to 1"):
            quantiles(SHARES, levels)
    for nothing in (np.empty((3, 0)), np.float64(0.2)):
        with pytest.raises(ValueError, match="there are none in an array of shape"):
            quantiles(nothing)


# -- fans -------------------------------------------------------------------------


def test_a_fan_has_a_row_for_each_scenario_and_year():
    rates = np.arange(2 * 3 * 5).reshape(2, 3, 5) / 30
    rows = fan(rates, ("steady", "together"), (2023, 2024, 2025), (0.025, 0.05, 0.5, 1))
    assert list(rows.columns) == ["scenario", "year", "p2.5", "p05", "p50", "p100"]
    assert list(zip(rows["scenario"], rows["year"], strict=True)) == [
        ("steady", 2023),
        ("steady", 2024),
        ("steady", 2025),
        ("together", 2023),
        ("together", 2024),
        ("together", 2025),
    ]
    # Five draws: the median is the third, 2.5 % lies a tenth of the way from the first to the second.
    last = rows.iloc[-1]
    assert last["p50"] == rates[1, 2, 2] and last["p100"] == rates[1, 2, 4]
    assert last["p2.5"] == pytest.approx(rates[1, 2, 0] + 0.1 / 30)


def test_a_fan_of_other_scenarios_is_refused():
    with pytest.raises(ValueError, match=r"2 scenarios and 3 years need an array \(2, 3, draws\)"):
        fan(np.zeros((3, 2, 5)), ["a", "b"], [1, 2, 3])


# -- which assumption matters -----------------------------------------------------------------------


def ishigami(u, a=7, b=0.1):
    x = pi * (2 * u - 1)
    return np.sin(x[0]) + a * np.sin(x[1]) ** 2 + b * x[2] ** 4 * np.sin(x[0])


def test_ishigami():
    # Ishigami & Homma 1990; the variances in closed form (a = 7, b = 0.1):
    a, b = 7, 0.1
    one = (1 + b * pi**4 / 5) ** 2 / 2  # of x1 alone
    two = a**2 / 8  # of x2 alone
    both = b**2 * pi**8 * 8 / 225  # of x1 with x3
    variance = one + two + both
    first = [one / variance, two / variance, 0]
    total = [(one + both) / variance, two / variance, both / variance]
    assert np.round(first, 4).tolist() == [0.3139, 0.4424, 0]
    assert np.round(total, 4).tolist() == [0.5576, 0.4424, 0.2437]
    rows = sobol(ishigami, ("x1", "x2", "x3"), n=4096)
    assert rows["converged"].all()
    assert np.abs(rows["first"].to_numpy(float) - first).max() < 0.01
    assert np.abs(rows["total"].to_numpy(float) - total).max() < 0.01
    for name, true in (("first", first), ("total", total)):
        low, high = (rows[f"{name}_{end}"].to_numpy(float) for end in ("low", "high"))
        assert ((low < true) & (true < high)).all()


def test_too_few_points_have_not_converged():
    few = sobol(ishigami, ("x1", "x2", "x3"), n=64)
    assert not few["converged"].any()
    # 1,024 settle the total of x2 and x3, but none of the first-order indices; both are asked for.
    more = sobol(ishigami, ("x1", "x2", "x3"), n=1024)
    assert (more["total_high"] - more["total_low"] <= 0.1).tolist() == [False, True, True]
    assert (more["first_high"] - more["first_low"] > 0.1).all()
    assert not more["converged"].any()


def test_an_interval_holds_the_index_about_as_often_as_it_says():
    # Y = 3 u + 2 v + w: variances 9, 4 and 1 of 14. 20 seeds of 3 inputs; 95 % of 60 is 57, and it is rather too wide.
    true = np.array([9, 4, 1]) / 14
    held = []
    for seed in range(20):
        rows = sobol(lambda u: 3 * u[0] + 2 * u[1] + u[2], ("a", "b", "c"), n=256, seed=seed)
        held += [*((rows["total_low"] <= true) & (rows["total_high"] >= true))]
    assert sum(held) >= 57


def test_a_resample_is_the_formula_on_the_points_drawn():
    # The same 40 drawings again, and on each the indices as Saltelli et al. 2010 write them.
    a, b, ab = RNG.normal(5, 1, 64), RNG.normal(5, 1, 64), RNG.normal(5, 1, (2, 64))
    middle = np.concatenate([a, b]).mean()
    low, high = _resampled_ends(a, b, ab, np.random.default_rng(3), 40)
    again, indices = np.random.default_rng(3), []
    for _ in range(40):
        drawn = again.integers(64, size=64)
        f_a, f_b, f_ab = a[drawn] - middle, b[drawn] - middle, ab[:, drawn] - middle
        variance = np.var(np.concatenate([f_a, f_b]))
        first, total = (f_b * (f_ab - f_a)).mean(axis=1), ((f_a - f_ab) ** 2).mean(axis=1) / 2
        indices.append(np.concatenate([first, total]) / variance)
    np.testing.assert_allclose([low, high], np.quantile(indices, [0.025, 0.975], axis=0), rtol=1e-12)


def test_the_interval_is_the_spread_of_the_index():
    # An interval of means narrows as 1/sqrt(n): n 16 times as large, a quarter as wide.
    wide, narrow = (sobol(ishigami, ("x1", "x2", "x3"), n=n) for n in (512, 8192))
    for name in ("first", "total"):
        ratio = (wide[f"{name}_high"] - wide[f"{name}_low"]) / (narrow[f"{name}_high"] - narrow[f"{name}_low"])
        assert ratio.between(2.8, 5.6).all()


def test_the_same_seed_gives_the_same_table_and_another_seed_another():
    names = ("x1", "x2", "x3")
    pd.testing.assert_frame_equal(sobol(ishigami, names, 256), sobol(ishigami, names, 256))
    assert (sobol(ishigami, names, 256)["first"] != sobol(ishigami, names, 256, seed=1)["first"]).all()


def test_one_input_is_all_of_it():
    row = sobol(lambda u: u**2, ("lapse",), n=4096).iloc[0]
    assert row["first"] == pytest.approx(1, abs=0.01) and row["total"] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("value", [0.0, 0.2679])
def test_where_nothing_varies_there_is_no_index(value):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = sobol(lambda u: value + 1e-17 * u[0] + value * 1e-16 * u[1], ("lapse", "growth"), n=64)
        zero = sobol(lambda u: np.zeros(u.shape[1]), ("lapse", "growth"), n=64)
    for frame in (rows, zero) if value else (zero,):
        assert frame.drop(columns=["input", "converged"]).isna().all(axis=None)
        assert not frame["converged"].any()


def test_an_output_that_hardly_ever_varies_has_not_converged():
    # 1 in about 1,600 points: in many a resample none.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = sobol(lambda u: ((u[0] > 0.96) & (u[1] > 0.985)).astype(float), ("lapse", "growth"), n=512)
    assert not rows["converged"].any()


def test_a_model_is_called_once_and_sees_values_from_0_to_1():
    seen = []

    def model(u):
        seen.append(u)
        return u.sum(axis=0)[None]  # (1, n) will do, too

    sobol(model, ("lapse", "growth", "moves"), n=64)
    assert [u.shape for u in seen] == [(3, 64 * 5)]
    assert (seen[0] >= 0).all() and (seen[0] <= 1).all()
    tornado(model, ("lapse", "growth", "moves"))
    assert seen[1].T.tolist() == [
        [0.05, 0.5, 0.5],
        [0.5, 0.05, 0.5],
        [0.5, 0.5, 0.05],
        [0.95, 0.5, 0.5],
        [0.5, 0.95, 0.5],
        [0.5, 0.5, 0.95],
        [0.5, 0.5, 0.5],
    ]


def test_wrong_questions_get_a_sentence():
    with pytest.raises(ValueError, match="power of two from 64 on, such as 1024 or 4096; it is 1000"):
        sobol(ishigami, ("x1", "x2", "x3"), n=1000)
    for names in ("lapse", (), ("lapse", "lapse")):
        with pytest.raises(ValueError, match="different names of a model's inputs"):
            tornado(ishigami, names)
    with pytest.raises(ValueError, match=r"given 3 columns and has to give one number for each; it gave \(2, 3\)"):
        tornado(lambda u: np.stack([u[0], u[0]]), ("lapse",))
    with pytest.raises(ValueError, match=r"the model gives nan where its inputs are at 0\.05, 0\.5"):
        tornado(lambda u: np.where(u[0] < 0.5, np.nan, u[1]), ("lapse", "growth"))
    with pytest.raises(ValueError, match=r"either side of 0\.5"):
        tornado(ishigami, ("x1", "x2", "x3"), low=5, high=95)


def test_tornado_of_a_linear_model():
    # Y = 10 - 4 lapse + wage + 2 growth; 0.05 to 0.95 is 0.9 of each slope; the middle is 10 - 2 + 0.5 + 1.
    rows = tornado(lambda u: 10 - 4 * u[0] + u[1] + 2 * u[2], ("lapse", "wage", "growth"))
    assert rows["input"].tolist() == ["lapse", "growth", "wage"]
    assert rows["swing"].to_numpy(float) == pytest.approx([3.6, 1.8, 0.9])
    assert rows["middle"].to_numpy(float) == pytest.approx([9.5] * 3)
    assert rows["at_low"].to_numpy(float) == pytest.approx([9.5 + 1.8, 9.5 - 0.9, 9.5 - 0.45])
    assert rows["at_high"].to_numpy(float) == pytest.approx([9.5 - 1.8, 9.5 + 0.9, 9.5 + 0.45])


def test_a_swing_there_and_back_is_seen():
    rows = tornado(lambda u: (u[0] - 0.5) ** 2 + 0.01 * u[1], ("both ways", "one way"))
    assert rows["input"].tolist() == ["both ways", "one way"]  # 0.2025 against 0.009
    assert rows["at_low"][0] == pytest.approx(rows["at_high"][0])
    assert rows["swing"][0] == pytest.approx(0.45**2)


# -- scores -----------------------------------------------------------------------------------------


def normal_draws(mean, deviation, n=20_000):
    return mean + deviation * np.array([NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)])


def normal_crps(z):
    """Of N(0, 1) at z (Gneiting & Raftery 2007, equation 22; with their sign turned)."""
    return z * erf(z / sqrt(2)) + 2 * exp(-(z**2) / 2) / sqrt(2 * pi) - 1 / sqrt(pi)


def test_crps_of_a_normal_distribution():
    assert round(normal_crps(0), 6) == 0.233695  # 2 phi(0) - 1 / sqrt(pi) = 0.797885 - 0.564190
    assert crps(normal_draws(0, 1), 0) == pytest.approx(0.233695, abs=2e-5)
    assert crps(normal_draws(0.3, 0.02), 0.27) == pytest.approx(0.02 * normal_crps(-1.5), abs=1e-6)


@pytest.mark.parametrize("came", [0.0, 0.2, 0.5, 1.0])
def test_crps_of_an_interval(came):
    # Uniform on [0, 1]: F(x) = x, so the integrals of x² up to what came and of (1 - x)² after it.
    n = 10_000
    assert crps((np.arange(n) + 0.5) / n, came) == pytest.approx((came**3 + (1 - came) ** 3) / 3, abs=1e-8)


def test_crps_of_a_point_is_its_absolute_error():
    assert crps(np.array([0.3]), 0.45) == pytest.approx(0.15)
    assert crps(np.full(50, 0.3), 0.45) == pytest.approx(0.15)


@samples(100)
@given(arrays(float, st.integers(1, 40), elements=st.floats(-1e3, 1e3)), st.floats(-1e3, 1e3))
def test_crps_is_the_sum_over_all_pairs(draws, came):
    pairs = np.abs(draws[:, None] - draws[None, :]).mean()
    assert crps(draws, came) == pytest.approx(np.abs(draws - came).mean() - pairs / 2, abs=1e-9)


def test_crps_of_many_series_is_that_of_each():
    came = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    draws = SHARES[:, :100].reshape(2, 3, 100)
    together = crps(draws, came)
    assert together.shape == (2, 3)
    assert together[1, 2] == pytest.approx(crps(draws[1, 2], 0.6))


def test_the_true_distribution_scores_best():
    # CRPS is proper: over what N(0, 1) brings, no other spread or middle scores better than N(0, 1).
    came = normal_draws(0, 1, 400)

    def mean_score(mean, deviation):
        return np.mean([crps(normal_draws(mean, deviation, 400), y) for y in came[::10]])

    best = mean_score(0, 1)
    assert best < min(mean_score(0, 0.5), mean_score(0, 2), mean_score(0.5, 1), mean_score(-0.5, 1))


def test_scores_of_draws_by_hand():
    # 101 draws 0.20, 0.21, …, 1.20: median 0.70, the central 90 % from 0.25 to 1.15.
    draws = np.stack([0.2 + np.arange(101) / 100] * 3)
    rows = scored(draws, np.array([0.6, 0.24, 1.15 - 1e-9]))
    assert rows["error"].to_numpy(float) == pytest.approx([0.1, 0.46, -0.45])
    assert rows["inside"].tolist() == [True, False, True]
    assert rows[["low", "high"]].to_numpy(float)[0] == pytest.approx([0.25, 1.15])
    assert rows["crps"].to_numpy(float) == pytest.approx([crps(draws[0], y) for y in rows["observed"]])
    whole = summary(rows).iloc[0]
    assert whole["cases"] == 3 and whole["hits"] == 2
    assert whole["mean_absolute_error"] == pytest.approx((0.1 + 0.46 + 0.45) / 3)
    assert whole["bias"] == pytest.approx((0.1 + 0.46 - 0.45) / 3)
    assert whole["crps"] == pytest.approx(rows["crps"].mean())


def test_scores_of_points():
    rows = scored(np.array([0.25, 0.30]), np.array([0.20, 0.40]))
    assert rows["crps"].to_numpy(float) == pytest.approx([0.05, 0.10])
    assert rows[["low", "high", "inside"]].isna().all(axis=None)
    whole = summary(rows).iloc[0]
    assert whole["mean_absolute_error"] == pytest.approx(0.075) and whole["bias"] == pytest.approx(-0.025)
    assert whole["hits"] is pd.NA


def test_nine_in_ten_of_what_the_draws_themselves_bring_lie_inside():
    n = 1000
    draws = np.tile(normal_draws(0.3, 0.05, n), (n, 1))
    assert summary(scored(draws, normal_draws(0.3, 0.05, n)))["hits"][0] == 900


def test_cases_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match=r"forecasts \(3, 100\), \(case, draw\) or \(case\), and observed \(2,\)"):
        scored(SHARES[:3, :100], np.array([0.1, 0.2]))
    with pytest.raises(ValueError, match="leave out what isn't known"):
        scored(np.array([0.1, 0.2]), np.array([0.1, np.nan]))
    with pytest.raises(ValueError, match="draw 1 of series 0 is nan"):
        scored(np.array([[0.1, np.nan]]), np.array([0.1]))
