"""How unequal provinces are: against WHO's own example, by hand, and by what a measure must do."""

from math import isclose, log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import samples

import analysis as an
from analysis.coverage import MixError


@pytest.fixture(scope="module")
def tables():
    return {name: an.read(name) for name in ("participants", "labour_force", "regions", "reported_claims")}


def provinces(rates, workers, **columns):
    codes = [f"{i:02}" for i in range(11, 11 + len(rates))]
    return pd.DataFrame({"province_code": codes, "rate": rates, "workers": workers} | columns)


def measures(rows, order="", column="weighted"):
    return an.disparity.inequality(rows, order).set_index("measure")[column]


def test_concentration_index_as_whos_healthequal_has_it():
    # OrderedSample of the R package healthequal (WHO): births with skilled attendance by wealth quintile.
    # Its documentation gives rci 0.0469506 and aci 4.30052.
    rows = provinces(
        [75.60530, 91.01997, 96.03959, 97.04223, 99.22405],
        [2072.436, 2112.204, 1983.059, 2052.124, 1884.510],
        wealth=[1, 2, 3, 4, 5],
    )
    index = measures(rows, "wealth")["concentration index"]
    assert round(index, 7) == 0.0469506
    assert round(index * np.average(rows["rate"], weights=rows["workers"]), 5) == 4.30052


def test_two_provinces_by_hand():
    rows = provinces([0.1, 0.3], [300, 100], wage=[1, 2])  # shares 3/4 and 1/4, mean 0.15
    weighted, each = measures(rows, "wage"), measures(rows, "wage", "unweighted")
    assert isclose(weighted["between-group variance"], 0.75 * 0.05**2 + 0.25 * 0.15**2)
    assert isclose(each["between-group variance"], 0.1**2)
    assert isclose(weighted["Theil index"], 0.75 * 2 / 3 * log(2 / 3) + 0.25 * 2 * log(2))
    assert isclose(each["Theil index"], 0.5 * 0.5 * log(0.5) + 0.5 * 1.5 * log(1.5))
    assert isclose(weighted["index of disparity"], (0.75 * 0.05 + 0.25 * 0.15) / 0.15)
    assert isclose(each["index of disparity"], (0.05 + 0.15) / 2 / 0.15)
    # Two groups: share of the workers of the poorer less its share of the covered, 3/4 - 1/2.
    assert isclose(weighted["concentration index"], 0.75 - 0.5)
    assert isclose(each["absolute gap"], 0.2) and isclose(each["relative gap"], 3)


def test_equal_provinces_are_equal():
    rows = provinces([0.2, 0.2, 0.2], [1, 50, 700], wage=[3, 1, 2])
    for column in ("weighted", "unweighted"):
        values = measures(rows, "wage", column).drop(["relative gap", "absolute gap"])
        assert np.allclose(values.astype(float), 0, atol=1e-12)
    assert measures(rows, column="unweighted")["relative gap"] == 1


@given(st.lists(st.tuples(st.floats(0.01, 0.3), st.integers(1, 10**6), st.integers(1, 4)), min_size=3, max_size=8))
@samples(25)
def test_scale_replication_and_order(values):
    rates, workers, wages = zip(*values, strict=True)
    rows = provinces(list(rates), list(workers), wage=list(wages))
    one = measures(rows, "wage").drop("absolute gap").astype(float)
    relative = ["Theil index", "index of disparity", "concentration index"]
    # All rates three times as high: relative measures stay, the variance is nine times as large.
    scaled = measures(rows.assign(rate=rows["rate"] * 3), "wage").astype(float)
    assert np.allclose(scaled[relative], one[relative], atol=1e-9)
    assert isclose(scaled["between-group variance"], 9 * one["between-group variance"], abs_tol=1e-12)
    # Every province cut into two alike halves: nothing moves.
    halves = pd.concat([rows, rows.assign(province_code=rows["province_code"] + "b")]).assign(
        workers=lambda t: t["workers"] / 2
    )
    assert np.allclose(measures(halves, "wage").drop("absolute gap").astype(float), one, atol=1e-9, equal_nan=True)
    # The other way round in the order: the concentration index changes its sign, nothing else does.
    turned = measures(rows.assign(wage=-rows["wage"]), "wage").astype(float)
    assert isclose(turned["concentration index"], -one["concentration index"], abs_tol=1e-9)
    assert one["Theil index"] > -1e-12


def test_an_unknown_province_makes_inequality_unknown_and_is_never_dropped():
    rows = an.disparity.inequality(provinces([0.1, None, 0.3], [1, 2, 3]))
    assert set(rows["known_is"]) == {"not known"} and rows["weighted"].isna().all()
    nobody = an.disparity.inequality(provinces([0.0, 0.0], [1, 2], wage=[1, 2]), "wage").set_index("measure")
    assert nobody.loc["Theil index", "known_is"] == "not defined"
    unordered = an.disparity.inequality(provinces([0.1, 0.2], [1, 2], wage=[1, None]), "wage").set_index("measure")
    assert unordered.loc["concentration index", "known_is"] == "not known"
    with pytest.raises(MixError, match="one row a province"):
        an.disparity.inequality(pd.concat([provinces([0.1], [1])] * 2))


@pytest.mark.parametrize("rate", [None, 0.0], ids=["no rate", "a rate of nobody"])
def test_inequality_with_a_province_where_nobody_works_is_not_defined(rate):
    rows = an.disparity.inequality(provinces([0.1, rate, 0.3], [1, 0, 3]))
    assert set(rows["known_is"]) == {"not defined"} and rows["weighted"].isna().all()


def test_provinces_are_ordered_by_the_last_wages_that_all_of_them_have(tables):
    rows = an.disparity.ordered_by(provinces_of(tables, "2024-12"), tables["labour_force"])
    # August 2023 and later have Papua's wages by its new provinces only.
    assert set(rows["order_period"]) == {"2022-08"}
    known = rows[rows["province_code"] != "00"]
    assert known["average_net_wage"].notna().all() and len(known) == 34
    assert all("den-econ" in " ".join(facts.source_ids) for facts in rows["facts"])


def provinces_of(tables, period):
    choice = an.coverage.choose(
        "00", period, "employed", "domicile", tables["participants"], tables["regions"], tables["reported_claims"]
    )
    workers = an.coverage.on_territory(
        an.coverage.employed(tables["labour_force"], choice.workers_period), "34", tables["regions"]
    )
    return an.coverage.all_provinces(choice, tables["participants"], workers, tables["regions"])
