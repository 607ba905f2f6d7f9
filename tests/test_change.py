"""Decompositions against published examples and against what they must be, whatever the numbers."""

from itertools import permutations
from math import isclose

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import samples

import analysis as an
from analysis.change import PERHAPS_REDEFINED, published_dates, redefined
from analysis.coverage import MixError
from analysis.schema import Facts


@pytest.fixture(scope="module")
def tables():
    names = ("participants", "labour_force", "regions", "reported_claims")
    return {name: an.read(name) for name in names}


def dated(tables, code, period, split="domicile"):
    """One place at one date by segment, as the page computes it."""
    workers = an.coverage.on_territory(
        an.coverage.employed(tables["labour_force"], f"{period[:4]}-08"), "34", tables["regions"]
    )
    rows = an.coverage.active(tables["participants"], period, split)
    by = ["province", "segment", "period", "split", "base"]
    return an.coverage.coverage_of(rows[rows["province_code"] == code], workers, by)


def frame(period="2023-12", base="employed", split="domicile", **columns):
    """A frame of one place and date; `columns` are segment, covered, workers and whatever else."""
    rows = pd.DataFrame({"segment": ["all"]} | columns)
    return rows.assign(
        period=period, base=base, split=split, facts=Facts((period,), (f"{period[:4]}-08",), "medium", ("s",))
    )


def component(rows, name):
    return rows.set_index("component").loc[name]


# -- effects of factors ---------------------------------------------------------------------------


def times(**factors):
    return float(np.prod(list(factors.values())))


def test_three_factors_example_2_2_of_das_gupta():
    # Birth rates of Austria and Chile, 1981 (Das Gupta 1993, example 2.2).
    austria = {"a": 51.78746, "b": 0.45919, "c": 0.52638}
    chile = {"a": 84.90502, "b": 0.75756, "c": 0.51065}
    effects = an.change.das_gupta(austria, chile, times)
    assert round(times(**austria), 5) == 12.51747 and round(times(**chile), 5) == 32.84534
    assert effects.round(7).to_dict() == {"a": 10.4340333, "b": 10.5608476, "c": -0.6670084}


def test_factors_may_be_vectors_and_the_rate_any_function():
    # Das Gupta's example 4.3: birth rate of Taiwan 1960 to 1970 as the sum of products of three vectors.
    bm = [[393, 407, 369, 274, 184, 90, 16], [488, 452, 338, 156, 63, 22, 3]]
    mw = [[0.122, 0.622, 0.903, 0.930, 0.916, 0.873, 0.800], [0.082, 0.527, 0.866, 0.941, 0.942, 0.923, 0.876]]
    wp = [[0.043, 0.041, 0.036, 0.032, 0.026, 0.020, 0.018], [0.058, 0.038, 0.032, 0.030, 0.026, 0.023, 0.019]]
    before, after = ({"bm": np.array(bm[i]), "mw": np.array(mw[i]), "wp": np.array(wp[i])} for i in (0, 1))
    effects = an.change.das_gupta(before, after, lambda bm, mw, wp: float((bm * mw * wp).sum()))
    # By his formula for three factors: [(b c + B C)/3 + (b C + B c)/6] (a - A), summed over the ages.
    (A, B, C), (a, b, c) = (list(f.values()) for f in (before, after))
    expected = (((b * c + B * C) / 3 + (b * C + B * c) / 6) * (a - A)).sum()
    assert isclose(effects["bm"], expected)
    assert isclose(effects.sum(), (a * b * c - A * B * C).sum())


def test_a_rate_that_is_a_difference():
    # Example 3.1: natural increase of the US, births less deaths, 1940 to 1960.
    effects = an.change.das_gupta({"b": 19.4, "d": 10.8}, {"b": 23.7, "d": 9.5}, lambda b, d: b - d)
    assert effects.round(9).to_dict() == {"b": 4.3, "d": 1.3}


def test_factors_that_dont_match_are_named():
    with pytest.raises(ValueError, match="only one has workers"):
        an.change.das_gupta({"covered": 1}, {"covered": 1, "workers": 2}, times)
    with pytest.raises(ValueError, match=r"factor r has shape \(2,\) before and \(3,\) after"):
        an.change.das_gupta({"r": np.ones(2)}, {"r": np.ones(3)}, times)
    with pytest.raises(ValueError, match="there are 13 factors"):
        an.change.das_gupta({str(i): 1 for i in range(13)}, {str(i): 1 for i in range(13)}, times)


NUMBERS = st.floats(0.01, 1000)


@st.composite
def two_dates(draw):
    names = [f"f{i}" for i in range(draw(st.integers(1, 5)))]
    size = draw(st.integers(1, 4))
    vector = st.lists(NUMBERS, min_size=size, max_size=size).map(np.array)
    return [{name: draw(vector) for name in names} for _ in range(2)]


def sum_of_products(**factors):
    return float(np.prod(list(factors.values()), axis=0).sum())


@given(two_dates())
@samples(25)
def test_effects_add_up_to_the_change(dates):
    before, after = dates
    effects = an.change.das_gupta(before, after, sum_of_products)
    rates = sum_of_products(**before), sum_of_products(**after)
    assert isclose(effects.sum(), rates[1] - rates[0], rel_tol=1e-9, abs_tol=1e-9 * max(rates))


@given(two_dates())
@samples(25)
def test_nothing_changed_gives_zeros_and_swapped_dates_the_opposite(dates):
    before, after = dates
    assert (an.change.das_gupta(before, before, sum_of_products) == 0).all()
    there, back = (an.change.das_gupta(*pair, sum_of_products) for pair in ((before, after), (after, before)))
    scale = max(sum_of_products(**before), sum_of_products(**after))
    assert np.allclose(there, -back, rtol=1e-9, atol=1e-9 * scale)


def test_the_order_of_factors_doesnt_matter():
    before, after = {"a": 2.0, "b": 3.0, "c": 5.0}, {"a": 7.0, "b": 11.0, "c": 13.0}
    one = an.change.das_gupta(before, after, times)
    for names in permutations("abc"):
        other = an.change.das_gupta({n: before[n] for n in names}, {n: after[n] for n in names}, times)
        assert np.allclose(other[list("abc")], one)


# -- structures -----------------------------------------------------------------------------------


def headship():
    # Das Gupta's example 5.1: US household heads by age, 1970 and 1985.
    sizes = (
        [12.9, 10.9, 9.5, 8, 7.8, 8.4, 8.6, 7.8, 7, 5.9, 4.7, 3.6, 4.9],
        [10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6, 6.3, 5.9, 5.1, 4, 5.5],
    )
    rates = (
        [1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8],
        [2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2],
    )
    return [pd.DataFrame({"age": range(13), "workers": s, "rate": r}) for s, r in zip(sizes, rates, strict=True)]


def overall(rows):
    return (rows["workers"] * rows["rate"]).sum() / rows["workers"].sum()


def test_one_classifier_example_5_1_of_das_gupta():
    before, after = headship()
    effects = an.change.structure(before, after, ["age"])
    assert (round(overall(before), 4), round(overall(after), 4)) == (44.7268, 47.6940)
    assert effects.round(4).to_dict() == {"rates": 1.7403, "age": 1.2269}


def deaths():
    # Das Gupta's example 5.3: US deaths per 1,000 by race and age, 1970 and 1985 (44 cells, thousands of people).
    size85 = [3041, 11577, 27450, 32711, 35480, 27411, 19555, 19795, 15254, 8022, 2472,
              707, 2692, 6473, 6841, 6547, 4352, 3034, 2540, 1749, 804, 236]  # fmt: skip
    size70 = [2968, 11484, 34614, 30992, 21983, 20314, 20928, 16897, 11339, 5720, 1315,
              535, 2162, 6120, 4781, 3096, 2718, 2363, 1767, 1149, 448, 117]  # fmt: skip
    rate85 = [9.163, 0.462, 0.248, 0.929, 1.084, 1.810, 4.715, 12.187, 27.728, 64.068, 157.570,
              17.208, 0.738, 0.328, 1.103, 2.045, 3.724, 8.052, 17.812, 34.128, 68.276, 125.161]  # fmt: skip
    rate70 = [18.469, 0.751, 0.391, 1.146, 1.287, 2.672, 6.636, 15.691, 34.723, 79.763, 176.837,
              36.993, 1.352, 0.541, 2.040, 3.523, 6.746, 12.967, 24.471, 45.091, 74.902, 123.205]  # fmt: skip
    cells = {"race": ["white"] * 11 + ["other"] * 11, "age": [*range(11)] * 2}
    return [pd.DataFrame(cells | {"workers": s, "rate": r}) for s, r in ((size70, rate70), (size85, rate85))]


def test_two_classifiers_example_5_3_of_das_gupta():
    effects = an.change.structure(*deaths(), ["race", "age"])
    # His table prints adjusted rates: age 8.385 → 9.907, race 9.136 → 9.156, rates 10.258 → 8.030.
    assert round(effects["age"], 3) == round(9.907 - 8.385, 3)
    assert round(effects["race"], 3) == round(9.156 - 9.136, 3)
    assert round(effects["rates"], 3) == round(8.030 - 10.258, 3)


def test_structures_add_up_to_kitagawas_which_all_factors_at_once_do_not():
    before, after = deaths()
    effects = an.change.structure(before, after, ["race", "age"])
    share = [rows["workers"] / rows["workers"].sum() for rows in (before, after)]
    mean_rate = (before["rate"] + after["rate"]) / 2
    kitagawa = (mean_rate * (share[1] - share[0])).sum()
    assert isclose(effects["race"] + effects["age"], kitagawa)
    # The three factors of each cell at once: the sum is right, the parts differ by some tenths of a percent.
    flat = []
    for rows in (before, after):
        n, race, age = (rows["workers"], *(rows.groupby(c)["workers"].transform("sum") for c in ("race", "age")))
        total = n.sum()
        flat.append(
            {
                "A": ((n / age) * (race / total)).to_numpy() ** 0.5,
                "B": ((n / race) * (age / total)).to_numpy() ** 0.5,
                "T": rows["rate"].to_numpy(),
            }
        )
    at_once = an.change.das_gupta(*flat, sum_of_products)
    assert isclose(at_once.sum(), effects.sum())
    assert 0.0001 < abs((at_once["A"] + at_once["B"]) / kitagawa - 1) < 0.01


CELLS = [(a, b, c) for a in "pq" for b in "rs" for c in "tu"]


@given(st.lists(st.tuples(st.integers(1, 1000), st.floats(0, 1)), min_size=16, max_size=16))
@samples(25)
def test_structures_add_up_swap_and_dont_mind_the_order_of_classifiers(values):
    rows = [
        pd.DataFrame(CELLS, columns=["a", "b", "c"]).assign(workers=[w for w, _ in half], rate=[r for _, r in half])
        for half in (values[:8], values[8:])
    ]
    effects = an.change.structure(*rows, ["a", "b", "c"])
    assert isclose(effects.sum(), overall(rows[1]) - overall(rows[0]), abs_tol=1e-12)
    assert np.allclose(an.change.structure(rows[1], rows[0], ["a", "b", "c"]), -effects, atol=1e-12)
    turned = an.change.structure(rows[0], rows[1].sample(frac=1, random_state=1), ["c", "a", "b"])
    assert np.allclose(turned[effects.index], effects, atol=1e-12)
    assert np.allclose(an.change.structure(rows[0], rows[0], ["a", "b", "c"]), 0, atol=1e-15)


def test_an_empty_cell_is_a_share_of_nothing_and_an_empty_category_is_refused():
    cells = {"a": ["x", "x", "y", "y"], "b": ["v", "w", "v", "w"], "rate": [0.1, 0.2, 0.3, 0.4]}
    full, hole = (pd.DataFrame(cells | {"workers": w}) for w in ([10, 20, 30, 40], [10, 0, 30, 40]))
    effects = an.change.structure(hole, full, ["a", "b"])
    assert isclose(effects.sum(), overall(full) - overall(hole))
    gone = pd.DataFrame(cells | {"workers": [0, 0, 30, 40]})
    with pytest.raises(ValueError, match="nobody is in a of"):
        an.change.structure(gone, full, ["a", "b"])
    with pytest.raises(ValueError, match="only one has"):
        an.change.structure(full.head(3), full, ["a", "b"])
    assert an.change.structure(full.assign(rate=[0.1, None, 0.3, 0.4]), full, ["a", "b"]).isna().all()
    with pytest.raises(MixError, match="stands twice"):
        an.change.structure(full, full, ["a"])


SEGMENTS = {"segment": ["PU", "BPU"]}


def test_a_cell_that_nobody_was_in_takes_the_rate_of_the_other_date_and_its_coming_is_structure():
    # Nobody formal, then 40 of 100 at 50 %; the informal stay at 10 %: 0.1 to 0.4 * 0.5 + 0.6 * 0.1 = 0.26.
    before = pd.DataFrame(SEGMENTS | {"workers": [0, 100], "rate": [None, 0.1]})
    after = pd.DataFrame(SEGMENTS | {"workers": [40, 60], "rate": [0.5, 0.1]})
    there, back = an.change.structure(before, after, ["segment"]), an.change.structure(after, before, ["segment"])
    assert isclose(there["rates"], 0, abs_tol=1e-15) and isclose(there["segment"], 0.16)
    assert np.allclose(back, -there, atol=1e-15)
    # With a rate of one's own for the empty cell the sum is the same, and only the split differs: mean share 0.2 of +0.1.
    given = an.change.structure(before.assign(rate=[0.4, 0.1]), after, ["segment"])
    assert isclose(given.sum(), 0.16) and isclose(given["rates"], 0.2 * 0.1)


def test_a_cell_that_is_empty_at_both_dates_moves_nothing():
    before = pd.DataFrame({"segment": ["PU", "BPU", "x"], "workers": [40, 60, 0], "rate": [0.5, 0.1, None]})
    after = pd.DataFrame({"segment": ["PU", "BPU", "x"], "workers": [50, 50, 0], "rate": [0.5, 0.2, None]})
    without = an.change.structure(before.head(2), after.head(2), ["segment"])
    assert np.allclose(an.change.structure(before, after, ["segment"]), without)


@pytest.mark.parametrize("column", ["workers", "rate"])
def test_what_isnt_known_of_a_cell_with_people_leaves_every_effect_missing(column):
    full = pd.DataFrame(SEGMENTS | {"workers": [40, 60], "rate": [0.5, 0.1]})
    hole = full.assign(**{column: [None, full[column][1]]})
    empty = full.assign(workers=[0, 100], rate=[None, 0.1])  # and its other date isn't known
    assert an.change.structure(hole, full, ["segment"]).isna().all()
    assert an.change.structure(empty, hole, ["segment"]).isna().all()


def test_the_structure_of_nobody_is_refused_in_a_sentence():
    nobody = pd.DataFrame(SEGMENTS | {"workers": [0, 0], "rate": [None, None]})
    full = pd.DataFrame(SEGMENTS | {"workers": [40, 60], "rate": [0.5, 0.1]})
    with pytest.raises(ValueError, match="nowhere negative; the rate of nobody isn't defined"):
        an.change.structure(nobody, full, ["segment"])


# -- the ledger of a rate -------------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, -1], ids=["nobody before", "nobody after"])
def test_a_change_from_or_to_nobody_is_not_defined_and_never_a_number(order):
    nobody = {"segment": ["PU", "BPU"], "covered": [0, 0], "workers": [0, 0]}
    some = {"segment": ["PU", "BPU"], "covered": [20, 8], "workers": [40, 80]}
    first, second = (nobody, some)[::order]
    rows = an.change.ledger(frame("2023-12", **first), frame("2024-12", **second))
    for name in ("enrolment", "base", "mix", "total"):
        assert component(rows, name).known_is == "not defined", name
        assert component(rows, name).points is pd.NA, name
    assert "nan" not in str(rows[["points", "rate_before", "rate_after"]]).replace("<NA>", "")


def test_a_segment_that_nobody_works_in_at_either_date_changes_nothing():
    one = {"segment": ["PU", "BPU"], "covered": [20, 8], "workers": [40, 80]}
    other = {"segment": ["PU", "BPU"], "covered": [25, 8], "workers": [44, 90]}
    empty = {"segment": ["PU", "BPU", "x"]}
    with_it = [empty | {name: [*rows[name], 0] for name in ("covered", "workers")} for rows in (one, other)]
    plain = an.change.ledger(frame("2023-12", **one), frame("2024-12", **other))
    rows = an.change.ledger(frame("2023-12", **with_it[0]), frame("2024-12", **with_it[1]))
    assert np.allclose(rows["points"].astype(float), plain["points"].astype(float), equal_nan=True)
    assert list(rows["known_is"]) == list(plain["known_is"]) and component(rows, "mix").known_is == "known"


def test_a_segment_that_nobody_works_in_at_one_date_leaves_the_total_to_be_split_and_no_mix():
    before = frame("2023-12", segment=["PU", "BPU"], covered=[0, 8], workers=[0, 80])
    after = frame("2024-12", segment=["PU", "BPU"], covered=[20, 8], workers=[40, 80])
    rows = an.change.ledger(before, after)
    assert component(rows, "mix").known_is == "not defined" and component(rows, "mix").points is pd.NA
    effects = component(rows, "enrolment").points + component(rows, "base").points
    assert isclose(effects, 28 / 120 - 8 / 80) and isclose(component(rows, "total").points, effects)


def test_a_place_where_nobody_works_in_a_segment_isnt_given_the_nations_mix():
    here = frame(segment=["PU", "BPU"], covered=[0, 8], workers=[0, 80])
    nation = frame(segment=["PU", "BPU"], covered=[300, 40], workers=[500, 500])
    row = an.change.standardised(here, nation).iloc[0]
    assert row.known_is == "not defined" and row.with_nation_mix is pd.NA and row.gap is pd.NA


@pytest.mark.parametrize(
    ("workers", "employed"), [((0, 100), (100, 110)), ((100, 110), (0, 100))], ids=["published", "employed"]
)
def test_a_base_that_grew_from_nobody_has_no_growth(workers, employed):
    frames = [frame(f"{2023 + i}-12", base="eligible", covered=[0], workers=[w]) for i, w in enumerate(workers)]
    row = redefined(*frames, *employed).iloc[0]
    assert row["redefined_is"] == "not defined" and row["difference"] is pd.NA


def test_lampung_as_computed_from_december_2023_to_december_2024(tables):
    rows = an.change.ledger(dated(tables, "18", "2023-12"), dated(tables, "18", "2024-12"))
    # 732,890 of 4,697,658 to 858,652 of 4,787,589: 15.6012 % to 17.9350 %.
    enrolment, base, mix, total = (component(rows, name) for name in ("enrolment", "base", "mix", "total"))
    assert (enrolment.before, enrolment.after, enrolment.people) == (732_890, 858_652, 125_762)
    assert (base.before, base.after, base.people) == (4_697_658, 4_787_589, 89_931)
    assert round(total.points, 6) == round(858_652 / 4_787_589 - 732_890 / 4_697_658, 6) == 0.023338
    # The mix by hand: PU's share rises from 29.33 to 30.86 %, and the mean rates differ by 39.8 points.
    before, after = (dated(tables, "18", f"{year}-12").set_index("segment") for year in (2023, 2024))
    gap = [(rows.loc["PU", "rate"] - rows.loc["BPU", "rate"]) for rows in (before, after)]
    shares = [rows.loc["PU", "workers"] / rows["workers"].sum() for rows in (before, after)]
    assert isclose(mix.points, sum(gap) / 2 * (shares[1] - shares[0]))
    assert isclose(enrolment.points + base.points + mix.points, total.points)
    assert component(rows, "definition").known_is == component(rows, "rounding").known_is == "none"
    assert (rows["since"].iloc[0], rows["until"].iloc[0], rows["facts"].iloc[0].confidence) == (
        "2023-12",
        "2024-12",
        "low",
    )


def test_lampung_as_published_grew_in_people_and_fell_in_rate(tables):
    # Antara and Berdikari, September 2024: 760,468 of 3,058,943 (24.86 %); a year before 731,991, 26.79 %.
    dates = an.change.published_dates(an.press.published_rates(tables["reported_claims"], "18"))
    assert dates["period"].tolist()[:2] == ["2023", "2024-09-24"]
    first, second = dates.iloc[[0]], dates.iloc[[1]]
    # 731,991 / 26.795 % and / 26.785 %, to whole persons.
    assert dates[["workers_low", "workers", "workers_high"]].iloc[0].tolist() == [2_731_820, 2_732_329, 2_732_839]
    rows = an.change.ledger(first, second)
    enrolment, base, total = (component(rows, name) for name in ("enrolment", "base", "total"))
    assert enrolment.people == 28_477
    assert round(100 * enrolment.points, 2) == 0.99 and round(100 * base.points, 2) == -2.92
    assert round(total.points, 4) == -0.0193 and total.points_low < -0.0193 < total.points_high
    # 28,477 times the mean of 1/2,732,329 and 1/3,058,943.
    assert isclose(enrolment.points, 28_477 * (1 / 2_732_329 + 1 / 3_058_943) / 2)
    assert component(rows, "mix").points is pd.NA and component(rows, "mix").known_is == "not known"
    assert component(rows, "definition").known_is == "same words"
    rounding = component(rows, "rounding")
    assert rounding.points_low < 0 < rounding.points_high
    assert isclose(enrolment.points + base.points + rounding.points, total.points)


def test_lampungs_published_base_may_have_been_redefined(tables):
    dates = an.change.published_dates(an.press.published_rates(tables["reported_claims"], "18"))
    lampung = tables["labour_force"][tables["labour_force"]["province_code"] == "18"]
    hint = an.change.bases_compared(dates, lampung).iloc[0]
    # 3,058,943 / 2,732,329 against BPS's 4,787,589 / 4,697,658.
    assert (round(hint.growth, 3), round(hint.employed_growth, 3)) == (0.120, 0.019)
    assert hint.redefined_is == "perhaps" and hint.difference > PERHAPS_REDEFINED
    steady = redefined(frame("2023-12", covered=10, workers=100), frame("2024-12", covered=10, workers=103), 100, 102)
    assert steady["redefined_is"].item() == "no sign of it"
    unknown = redefined(
        frame("2023-12", covered=10, workers=100), frame("2024-12", covered=10, workers=130), pd.NA, 102
    )
    assert unknown["redefined_is"].item() == "not known"


def test_an_interval_that_might_lie_within_the_threshold_is_no_hint():
    wide = {"workers_low": [90], "workers_high": [110], "covered_low": [10], "covered_high": [10]}
    before, after = (frame("2023", covered=10, workers=100, **wide), frame("2024", covered=10, workers=112, **wide))
    assert redefined(before, after, 100, 100)["redefined_is"].item() == "no sign of it"


def test_what_isnt_known_is_missing_and_never_zero():
    rows = an.change.ledger(frame("2023-12", covered=10, workers=100), frame("2024-12", covered=12, workers=pd.NA))
    assert rows["points"][rows["component"].isin(["enrolment", "base", "mix", "rounding", "total"])].isna().all()
    assert component(rows, "enrolment").people == 2 and component(rows, "base").people is pd.NA
    segments = {"segment": ["PU", "BPU"], "covered": [10, None], "workers": [50, 50]}
    rows = an.change.ledger(frame("2023-12", **segments), frame("2024-12", **segments))
    assert component(rows, "total").known_is == "not known"


def test_a_segment_that_isnt_known_leaves_the_total_to_be_split():
    before = frame("2023-12", segment=["PU", "BPU", "all"], covered=[6, 4, 10], workers=[None, None, 100])
    after = frame("2024-12", segment=["PU", "BPU", "all"], covered=[8, 4, 12], workers=[40, 70, 110])
    rows = an.change.ledger(before, after)
    assert component(rows, "mix").known_is == "not known"
    assert isclose(component(rows, "enrolment").points, 2 * (1 / 100 + 1 / 110) / 2)


def test_a_total_that_isnt_its_parts_is_refused():
    wrong = frame("2023-12", segment=["PU", "BPU", "all"], covered=[6, 4, 11], workers=[50, 50, 100])
    with pytest.raises(MixError, match="covered of the segments come to 10, that of all to 11"):
        an.change.ledger(wrong, frame("2024-12", covered=12, workers=110))


def test_a_move_of_an_uncovered_worker_gives_to_mix_what_it_takes_from_base():
    before = frame("2023-12", segment=["PU", "BPU"], covered=[4000, 500], workers=[10_000, 20_000])
    after = frame("2024-12", segment=["PU", "BPU"], covered=[4000, 500], workers=[10_001, 19_999])
    rows = an.change.ledger(before, after)
    mix, base = component(rows, "mix").points, component(rows, "base").points
    assert isclose(mix, -base) and isclose(mix, (0.4 - 0.025) / 30_000, rel_tol=1e-3)
    assert component(rows, "enrolment").points == 0 and abs(component(rows, "total").points) < 1e-15


def test_another_base_is_no_growth():
    before, after = (
        frame("2023-12", covered=10, workers=100),
        frame("2024-12", base="eligible", covered=12, workers=60),
    )
    rows = an.change.ledger(before, after)
    assert set(rows["known_is"][:5]) == {"cannot be separated"} and rows["points"][:5].isna().all()
    assert isclose(component(rows, "total").points, 0.2 - 0.1)
    assert rows["people"].isna().all()
    two = [frame(p, base="base not stated", covered=10, workers=100) for p in ("2023", "2024")]
    assert component(an.change.ledger(*two), "base").known_is == "cannot be separated"


@pytest.mark.parametrize("at", ["2023-12", "2024-12"])
def test_a_bridge_tells_definition_from_the_rest(at):
    before = frame("2023-12", covered=10, workers=100)
    after = frame("2024-12", base="eligible", covered=12, workers=60)
    if at == "2023-12":
        bridge, definition = frame(at, base="eligible", covered=10, workers=50), 10 / 50 - 10 / 100
    else:
        bridge, definition = frame(at, covered=12, workers=110), 12 / 60 - 12 / 110
    rows = an.change.ledger(before, after, bridge)
    assert isclose(component(rows, "definition").points, definition)
    parts = rows.set_index("component")["points"]
    assert isclose(parts["enrolment"] + parts["base"] + parts["definition"] + parts["rounding"], parts["total"])
    with pytest.raises(ValueError, match="the bridge must be 2023-12 by the definition of 2024-12"):
        an.change.ledger(before, after, frame("2024-06", covered=1, workers=2))


def test_by_registration_a_province_has_no_rate_to_explain(tables):
    one = dated(tables, "31", "2023-12", split="registration")
    rows = an.change.ledger(one.assign(period="2022-12"), one)
    assert component(rows, "total").known_is == "not known"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2024-12", "2023-12"),
        ("2023", "2023-12"),
        ("2023-12", "2023"),
        ("2024-H1", "2024-06"),
        ("2017-2018", "2018"),
        ("2024-09", "2024-09-24"),
        ("2023-12", "2023-12"),
    ],
)
def test_the_second_date_must_be_after_the_first(first, second):
    with pytest.raises(ValueError, match=rf"{second} \(s\) isn't after {first} \(s\)"):
        an.change.ledger(frame(first, covered=1, workers=2), frame(second, covered=1, workers=2))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2023", "2024-09-24"),
        ("2023-12", "2024"),
        ("2024-H1", "2024-07"),
        ("2017-2018", "2019"),
        ("2024-08-31", "2024-09"),
    ],
)
def test_periods_of_unlike_length_are_in_order(first, second):
    assert len(an.change.ledger(frame(first, covered=1, workers=2), frame(second, covered=1, workers=2))) == 6


def test_a_date_that_is_none_and_a_frame_of_two_are_refused():
    with pytest.raises(ValueError, match="'2024-13' is no period"):
        an.change.ledger(frame("2023", covered=1, workers=2), frame("2024-13", covered=1, workers=2))
    two = pd.concat([frame("2022", covered=1, workers=2), frame("2023", covered=1, workers=2)])
    with pytest.raises(MixError, match="one date at a time; there is 2022, 2023"):
        an.change.ledger(two, frame("2024", covered=1, workers=2))
    places = frame("2023", segment=["PU", "BPU"], covered=1, workers=2).assign(province_code=["18", "19"])
    with pytest.raises(MixError, match="of one place"):
        an.change.ledger(places, frame("2024", covered=1, workers=2))


COUNTS = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))


def by_segment(period, counts):
    c, d, w, v = counts
    return frame(period, segment=["PU", "BPU"], covered=[c, d], workers=[c + w, d + v])


@given(COUNTS, COUNTS)
@samples(25)
def test_a_ledger_adds_up_and_the_way_back_is_its_opposite(one, other):
    rows = an.change.ledger(by_segment("2023-12", one), by_segment("2024-12", other))
    parts = rows.set_index("component")["points"]
    assert isclose(parts[:5].sum(), parts["total"], abs_tol=1e-14)
    back = an.change.ledger(by_segment("2023-12", other), by_segment("2024-12", one)).set_index("component")["points"]
    assert np.allclose(back.astype(float), -parts.astype(float), atol=1e-15)
    still = an.change.ledger(by_segment("2023-12", one), by_segment("2024-12", one))
    assert (still["points"] == 0).all() and (still["people"].dropna() == 0).all()


@given(st.lists(st.integers(0, 50), min_size=4, max_size=4), st.lists(st.floats(0, 1), min_size=4, max_size=4))
@samples(25)
def test_no_reading_inside_the_intervals_leaves_the_interval_of_an_effect(halves, at):
    points = (1000, 1300, 4000, 4500)
    ends = [(p - h, p + h) for p, h in zip(points, halves, strict=True)]
    columns = ("covered", "workers")
    wide = [
        frame(
            p,
            **{c: [points[2 * i + j]] for i, c in enumerate(columns)},
            **{f"{c}_{e}": [ends[2 * i + j][k]] for i, c in enumerate(columns) for k, e in enumerate(("low", "high"))},
        )
        for j, p in enumerate(("2023", "2024"))
    ]
    inside = [low + a * (high - low) for (low, high), a in zip(ends, at, strict=True)]
    C0, C1, W0, W1 = inside
    true = {
        "enrolment": (1 / W0 + 1 / W1) / 2 * (C1 - C0),
        "base": (C0 + C1) / 2 * (1 / W1 - 1 / W0),
        "total": C1 / W1 - C0 / W0,
    }
    rows = an.change.ledger(*wide)
    for name, value in true.items():
        part = component(rows, name)
        assert part.points_low - 1e-12 <= value <= part.points_high + 1e-12


def test_new_weights_are_said_only_when_the_comparison_crosses_them():
    dates = {year: frame(f"{year}-12", covered=1, workers=2) for year in (2022, 2023, 2024)}
    assert (
        len(an.change.new_weights(dates[2022], dates[2023]))
        == len(an.change.new_weights(dates[2022], dates[2024]))
        == 1
    )
    assert an.change.new_weights(dates[2023], dates[2024]).empty


# -- published figures ----------------------------------------------------------------------------


def printed(*rows):
    columns = ["period", "covered_printed", "workers_printed", "rate_printed"]
    table = pd.DataFrame(rows, columns=columns).assign(
        segment="all", caution="", base="eligible", covered=pd.NA, workers=pd.NA, rate=pd.NA
    )
    return table.assign(facts=Facts(("x",), ("x",), "as printed", ("x",)))


def test_published_dates_take_plain_figures_and_one_for_each_time():
    dates = published_dates(
        printed(
            ("2024-09", "760.468", "3,05 juta", "24,86"),
            ("2024-09-24", "760.468", "3.058.943", "24,86"),
            ("2025-08", "sekitar 687 ribu", "2,8 juta", "24,5"),
            ("2025-10", "", "", "25"),
            ("2021", "100.000", "", "10"),
        )
    )
    assert dates["period"].tolist() == ["2021", "2024-09-24"]
    assert dates[["workers_low", "workers_high"]].iloc[1].tolist() == [3_058_943] * 2
    # 100.000 may be a rounded number: 99,500 / 10.5 % = 947,619.05 and 100,500 / 9.5 % = 1,057,894.7.
    assert dates[["workers_low", "workers_high"]].iloc[0].tolist() == [947_620, 1_057_894]


def test_figures_that_cant_be_true_together_are_not_taken():
    # 731,991 is 26.79 % of 2.73 million, not of 2.2.
    assert published_dates(printed(("2023", "731.991", "2,2 juta", "26,79"))).empty


def test_fewer_than_two_dates_give_no_ledger():
    dates = published_dates(printed(("2023", "731.991", "", "26,79")))
    assert an.change.ledgers(dates).empty and "points" in an.change.ledgers(dates)
    assert an.change.bases_compared(
        dates, pd.DataFrame(columns=["period", "province_code", "territory", "employed", "source_id"])
    ).empty


# -- a place beside the nation --------------------------------------------------------------------


def test_standardised_by_hand():
    here = frame(segment=["PU", "BPU"], covered=[20, 8], workers=[40, 80])  # 50 % and 10 %, a third formal
    nation = frame(segment=["PU", "BPU"], covered=[300, 40], workers=[500, 500])  # 60 % and 8 %, half formal
    row = an.change.standardised(here, nation).iloc[0]
    assert isclose(row.rate, 28 / 120) and isclose(row.nation_rate, 0.34)
    assert isclose(row.with_nation_mix, 0.3) and isclose(row.nation_with_mix, 0.2 + 0.16 / 3)
    # Kitagawa: mean rates 0.55 and 0.09, mean shares 5/12 and 7/12.
    assert isclose(row.from_mix, (0.55 - 0.09) * (1 / 3 - 1 / 2))
    assert isclose(row.from_rates, 5 / 12 * -0.1 + 7 / 12 * 0.02)
    assert isclose(row.gap, row.from_mix + row.from_rates) and isclose(row.gap, 28 / 120 - 0.34)


def test_standardised_needs_every_segment_and_one_base():
    here = frame(segment=["PU", "BPU"], covered=[20, None], workers=[40, 80])
    nation = frame(segment=["PU", "BPU"], covered=[300, 40], workers=[500, 500])
    row = an.change.standardised(here, nation).iloc[0]
    assert row.known_is == "not known" and row.rate is pd.NA
    with pytest.raises(MixError, match="base of the place and of the nation differ"):
        an.change.standardised(nation, nation.assign(base="eligible"))
    with pytest.raises(MixError, match="the same segments"):
        an.change.standardised(nation.head(1), nation)


def test_the_country_has_effects_by_provinces_and_no_nation_beside_it():
    names = ("participants", "labour_force", "regions", "reported_claims")
    participants, labour_force, regions, published = map(an.read, names)
    then, now = (
        an.change.at_date(
            an.coverage.choose("Indonesia", month, "employed", "domicile", participants, regions, published),
            participants,
            labour_force,
            regions,
        )
        for month in ("2023-12", "2024-12")
    )
    found = an.change.ledger(then.here, now.here)
    effects = an.change.by_provinces(then, now, found).iloc[0]
    cells = [date.cells.query("province_code != '00'").set_index(["province", "segment"]) for date in (then, now)]
    weights = [(rows["workers"] / rows["workers"].sum()).astype(float) for rows in cells]
    changed = (cells[1]["rate"] - cells[0]["rate"]).astype(float)
    assert effects["rates"] == pytest.approx((sum(weights) / 2 * changed).sum())
    # Provinces add up to the country but for the rounding of their formal shares.
    total = found.set_index("component")["points"]["total"]
    assert effects["rates"] + effects["segment"] + effects["between"] == pytest.approx(total, abs=1e-5)
    assert an.change.against_nation(now).empty


def test_more_participants_and_a_lower_rate_are_said_only_where_every_part_is_known():
    rows = {"segment": ["PU", "BPU"], "base": "employed"}
    then = pd.DataFrame(rows | {"covered": [50, 10], "workers": [100, 100], "facts": [Facts(("2023-12",))] * 2})
    now = pd.DataFrame(rows | {"covered": [55, 10], "workers": [120, 120], "facts": [Facts(("2024-12",))] * 2})
    said = an.change.answers(an.change.ledger(then, now))
    assert said.is_lower and len(said.parts) == 1 and said.change["covered"].tolist() == [5]
    assert not an.change.answers(
        an.change.ledger(now.assign(facts=then["facts"]), then.assign(facts=now["facts"]))
    ).is_lower
    unknown = an.change.answers(an.change.ledger(then, now.assign(workers=pd.array([120, pd.NA], "Int64"))))
    assert not unknown.is_lower and not unknown.is_known and unknown.parts.empty and unknown.change.empty
