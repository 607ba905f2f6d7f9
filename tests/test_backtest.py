"""How projections fared: the back-test against hand arithmetic and known truths, the register against figures made up for it."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

import analysis as an
from analysis.backtest import (
    LEVELS,
    METHODS,
    PATH,
    back_test,
    back_test_summary,
    baseline,
    broken_promise,
    crps_of_quantiles,
    not_tested,
    register_scores,
)
from analysis.data.projections import COLUMNS, recorded
from analysis.projection.model import Rates, Stocks, step, uniforms
from analysis.uncertainty import crps, quantiles

DRAWS, SEED = 200, 7


@pytest.fixture(scope="module")
def tables() -> list[pd.DataFrame]:
    return [an.read(name) for name in ("participants", "labour_force", "regions")]


@pytest.fixture(scope="module")
def steady() -> pd.DataFrame:
    return an.scenarios.read_scenarios("steady", "Indonesia")


@pytest.fixture(scope="module")
def tested(tables, steady) -> pd.DataFrame:
    return back_test(*tables, steady, DRAWS, SEED)


def stated(steady: pd.DataFrame, **values: float) -> pd.DataFrame:
    """The steady scenario with some usual values as one number: lapse_PU, lapse_BPU, moves, keep."""
    rows = steady.copy()
    for name, value in values.items():
        parameter, _, part = name.partition("_")
        row = (rows["lever"] == "usual") & (rows["parameter"] == parameter) & (rows["part"] == part)
        assert row.sum() == 1, name
        rows.loc[row, "kind"] = "number"
        rows.loc[row, "values"] = pd.Series([(value,)] * len(rows), index=rows.index)[row]
    return rows


def of(rows: pd.DataFrame, place: str) -> pd.DataFrame:
    return rows[rows["province"] == place].set_index("method")


# -- the back-test ------------------------------------------------------------------------------------


def test_lampung_by_hand(tables, steady):
    # Participants by domicile (PU, BPU): Dec 2022 467,278 and 95,808; Dec 2023 564,393 and 168,497.
    # Employed: Aug 2022 4,387,966 x 0.2849 = 1,250,131.5 formal; Aug 2023 4,697,658 x 0.2933 = 1,377,823.1;
    # Aug 2024 4,787,589 x 0.3086 = 1,477,450.0. Informal is the rest.
    pu_22, bpu_22 = 1_250_132, 4_387_966 - 1_250_132
    pu_23, bpu_23 = 1_377_823, 4_697_658 - 1_377_823
    bpu_24 = 4_787_589 - 1_477_450
    # With a lapse of 10 and 25 % and nobody moving, h is what the covered of 2023 ask for.
    h_pu = (564_393 - 0.90 * 467_278) / (pu_22 - 467_278)  # 143,842.8 of 782,854: 0.1837
    h_bpu = (168_497 - 0.75 * 95_808) / (bpu_22 - 95_808)  # 96,641 of 3,042,026: 0.0318
    pu = 0.90 * 564_393 + h_pu * (pu_23 - 564_393)
    bpu = 0.75 * 168_497 + h_bpu * (bpu_23 - 168_497)
    fixed = stated(steady, lapse_PU=0.10, lapse_BPU=0.25, moves=0.0, keep=0.5)
    found = of(back_test(*tables, fixed, 3, SEED, growth=(0.015, 0.015)), "Lampung")
    # The wage earners grew and their newcomers are uncovered; of the others 0.3 % left, the covered in proportion.
    assert found.loc["published workers", "forecast"] == pytest.approx(
        (pu + bpu * bpu_24 / bpu_23) / 4_787_589, abs=1e-12
    )
    assert found.loc["projected workers", "forecast"] == pytest.approx((pu + bpu) / (4_697_658 * 1.015), abs=1e-12)
    assert round((pu + bpu * bpu_24 / bpu_23) / 4_787_589, 4) == 0.1845
    # Published in Dec 2024: (710,444 + 148,208) / 4,787,589 = 17.93 %.
    assert found.loc["published workers", "observed"] == pytest.approx(858_652 / 4_787_589, abs=1e-12)
    # Nothing was drawn, so that the interval is a point and holds nothing else.
    assert (found["low"] == found["forecast"])[list(METHODS[:2])].all()
    assert not found["inside"][list(METHODS[:2])].any()


def test_the_naive_forecasts_are_what_they_say(tables, tested):
    rates = {
        year: dict(zip(rows["province"], rows["rate"], strict=True))
        for year in (2022, 2023, 2024)
        for rows in [published(tables, year)]
    }
    for place, rows in tested.groupby("province"):
        before, now, came = (rates[year][place] for year in (2022, 2023, 2024))
        naive = rows.set_index("method")
        assert naive.loc["no change", "forecast"] == now
        assert naive.loc["same change", "forecast"] == pytest.approx(2 * now - before, abs=1e-15)
        assert (naive["observed"] == came).all()
        assert naive.loc[list(METHODS[2:]), ["low", "high", "inside", "clipped"]].isna().all(axis=None)


def published(tables, year: int) -> pd.DataFrame:
    """The rates that the coverage pages print for one December."""
    participants, labour_force, regions = tables
    choice = an.coverage.choose(
        "Indonesia", f"{year}-12", "employed", "domicile", participants, regions, pd.DataFrame()
    )
    workers = an.coverage.on_territory(an.coverage.employed(labour_force, f"{year}-08"), "34", regions)
    return an.coverage.all_provinces(choice, participants, workers, regions)


def test_34_cases_and_the_country_apart(tested):
    assert len(tested) == 35 * 4
    assert set(tested.loc[tested["province_code"] == "00", "province"]) == {"Indonesia"}
    table = back_test_summary(tested)
    assert table["method"].tolist() == list(METHODS)
    assert table["cases"].tolist() == [34] * 4
    provinces = tested[tested["province_code"] != "00"]
    for row in table.itertuples():
        errors = provinces.loc[provinces["method"] == row.method, "error"]
        assert len(errors) == 34
        assert row.mean_absolute_error == pytest.approx(sum(map(abs, errors)) / 34, abs=1e-15)
        assert row.bias == pytest.approx(sum(errors) / 34, abs=1e-15)
        hits = provinces.loc[provinces["method"] == row.method, "inside"]
        assert (row.hits is pd.NA) if hits.isna().all() else (row.hits == hits.sum())


def test_it_is_the_projection_that_a_reader_would_have_seen(tables, steady, tested):
    participants, labour_force, regions = tables
    growth = {("usual", "growth", ""): 0.03 * uniforms(["usual.growth"], DRAWS, SEED)["usual.growth"]}
    for place in ("Indonesia", "Papua", "Jawa Barat"):
        choice = an.coverage.choose(place, "2023-12", "employed", "domicile", participants, regions, pd.DataFrame())
        start = an.projection.starting_point(choice, participants, labour_force, pd.DataFrame(), regions)
        rates = an.projection.rate_of(an.projection.project(*start, steady, 2024, DRAWS, SEED, given=growth))[0, 1]
        row = of(tested, place).loc["projected workers"]
        assert [row["low"], row["forecast"], row["high"]] == pytest.approx(
            np.quantile(rates, [0.05, 0.5, 0.95]), abs=1e-12
        )


def test_a_forecast_with_projected_workers_knows_nothing_of_later_years(tables, steady, tested):
    participants, labour_force, regions = tables
    late = labour_force["period"] >= "2024"
    more = labour_force.assign(employed=labour_force["employed"].mask(late, labour_force["employed"] * 2))
    later = participants["period"] == "2024-12"
    fewer = participants.assign(persons=participants["persons"].mask(later, participants["persons"] // 2))
    doctored = back_test(fewer, more, regions, steady, DRAWS, SEED)
    ahead = ["no change", "same change", "projected workers"]
    columns = ["province", "method", "forecast", "low", "high"]
    same = [rows.loc[rows["method"].isin(ahead), columns] for rows in (tested, doctored)]
    pd.testing.assert_frame_equal(*same)
    with_workers = [rows.loc[rows["method"] == "published workers", "forecast"] for rows in (tested, doctored)]
    assert (with_workers[0] > 1.5 * with_workers[1]).all()  # twice the workers, as many covered


def test_how_the_workers_are_taken_to_grow_matters_little(tables, steady, tested):
    ours = back_test_summary(tested).set_index("method")["mean_absolute_error"]["projected workers"]
    for g in (0.0, 0.05):
        rows = back_test_summary(back_test(*tables, steady, DRAWS, SEED, growth=(g, g))).set_index("method")
        assert abs(rows["mean_absolute_error"]["projected workers"] - ours) < 0.0015  # of some 2.4 points


@pytest.mark.data
def test_how_the_workers_are_taken_to_grow_moves_the_side_on_which_forecasts_miss(tables, steady):
    # What the head of the module says: some 1.4 points too high with no growth, a tenth of a point too low with 5 %.
    bias = [
        back_test_summary(back_test(*tables, steady, DRAWS, SEED, growth=(g, g))).set_index("method")["bias"]
        for g in (0.0, 0.05)
    ]
    assert 0.012 < bias[0]["projected workers"] < 0.016
    assert -0.003 < bias[1]["projected workers"] < 0


def synthetic(states: list[Stocks], codes: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Made-up tables of participants and workers that hold the given Decembers from 2022 on: stocks (segment, place)."""
    counted, surveyed = [], []
    for year, now in enumerate(states, 2022):
        for i, (code, name) in enumerate(codes.items()):
            where = {"province_code": code, "province": name, "territory": "34"}
            counted += [
                {
                    "period": f"{year}-12",
                    **where,
                    "split": "domicile",
                    "status": "active",
                    "segment": segment,
                    "persons": round(now.own[s, i]),
                    "confidence": "low",
                    "source_id": "synthetic",
                }
                for s, segment in enumerate(("PU", "BPU"))
            ]
            total = now.workers[:, i].sum()
            surveyed.append(
                {
                    "period": f"{year}-08",
                    **where,
                    "employed": round(total),
                    "source_id": "synthetic",
                    "formal_share": now.workers[0, i] / total,
                }
            )
    kinds = {"persons": "Int64"}, {"employed": "Int64", "formal_share": "Float64"}
    return pd.DataFrame(counted).astype(kinds[0]), pd.DataFrame(surveyed).astype(kinds[1])


def usual_year(now: Stocks, h: np.ndarray, growth: np.ndarray) -> Stocks:
    """A made-up year: a lapse of 10 and 25 %, moves of 5 % of the wage earners and as many back, half of whom keep cover."""
    out = 0.05
    back = out * now.workers[0] / now.workers[1]
    lapse = np.array([[0.10], [0.25]])
    return step(now, Rates(h, lapse, growth, ((0.0, out), (back, 0.0)), 0.5))


def test_synthetic_the_true_enrolment_and_published_workers_leave_no_error(tables, steady):
    workers = np.array([[1.4e8, 5e7], [3.1e8, 9e7]])
    none = np.zeros((2, 2))
    states = [Stocks(workers, workers * np.array([[0.4], [0.05]]), none, none)]
    h = np.array([[0.12, 0.3], [0.04, 0.1]])
    for growth in ([[0.03, 0.01], [0.02, -0.04]], [[0.05, -0.02], [-0.01, 0.06]]):
        states.append(usual_year(states[-1], h, np.array(growth)))
    participants, labour_force = synthetic(states, {"17": "Bengkulu", "18": "Lampung"})
    fixed = stated(steady, lapse_PU=0.10, lapse_BPU=0.25, moves=0.05, keep=0.5)
    rows = back_test(participants, labour_force, tables[2], fixed, 5, SEED)
    exact = rows[rows["method"] == "published workers"]
    assert exact["error"].abs().max() < 1e-7  # persons are whole
    assert (exact["clipped"] == 0).all()
    assert rows.loc[rows["method"] != "published workers", "error"].abs().min() > 1e-4


def test_synthetic_an_enrolment_that_had_to_be_held_is_reported(tables, steady):
    # Half of the covered are gone within a year in which a tenth lapses: no enrolment from 0 up explains that.
    none = np.zeros((2, 2))
    workers = np.array([[1e6, 1e6], [3e6, 3e6]])
    shares = [
        np.array([[0.4, 0.4], [0.1, 0.1]]),
        np.array([[0.2, 0.4], [0.1, 0.1]]),
        np.array([[0.2, 0.4], [0.1, 0.1]]),
    ]
    participants, labour_force = synthetic(
        [Stocks(workers, workers * c, none, none) for c in shares], {"17": "Bengkulu", "18": "Lampung"}
    )
    fixed = stated(steady, lapse_PU=0.1, lapse_BPU=0.1, moves=0.0, keep=0.5)
    rows = back_test(participants, labour_force, tables[2], fixed, 5, SEED)
    assert of(rows, "Bengkulu").loc["projected workers", "clipped"] == 1
    assert of(rows, "Lampung").loc["projected workers", "clipped"] == 0
    # h is held at 0: a tenth of the 20 % lapses; the others (10 % of 3 million) enrol what they lose. 18 % and 10 %:
    assert of(rows, "Bengkulu").loc["published workers", "forecast"] == pytest.approx((0.18e6 + 0.3e6) / 4e6)


def test_what_is_missing_is_said(tables, steady):
    with pytest.raises(ValueError, match=r"participants by domicile for 2021-12.* there is 2022-12, 2023-12, 2024-12"):
        back_test(*tables, steady, DRAWS, SEED, origin="2022-12")


GONE = {
    "the place in a later December": {"period": "2024-12"},
    "a segment in an earlier December": {"period": "2022-12", "segment": "PU"},
    "a segment at the start": {"period": "2023-12", "segment": "BPU"},
}


@pytest.mark.parametrize("gone", GONE.values(), ids=GONE)
def test_a_place_that_isnt_known_is_left_out_by_name_and_the_others_are_tested(tables, steady, tested, gone):
    participants, labour_force, regions = tables
    rows = participants["province_code"] == "18"
    for column, value in gone.items():
        rows &= participants[column] == value
    few = participants[~rows]
    found = back_test(few, labour_force, regions, steady, DRAWS, SEED)
    assert set(tested["province"]) - set(found["province"]) == {"Lampung"}
    assert not_tested(found, few, regions) == "Lampung" and not_tested(tested, participants, regions) == ""
    columns = ["forecast", "observed", "crps"]
    pd.testing.assert_frame_equal(
        found[columns].reset_index(drop=True), tested[tested["province"] != "Lampung"][columns].reset_index(drop=True)
    )


def test_a_back_test_of_nobody_is_refused(tables, steady):
    participants, labour_force, regions = tables
    nobody = participants[~((participants["period"] == "2024-12") & (participants["segment"] == "PU"))]
    with pytest.raises(ValueError, match="no place's coverage is known in all three Decembers"):
        back_test(nobody, labour_force, regions, steady, DRAWS, SEED)


# -- projections on record ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def paths(tables) -> pd.DataFrame:
    """Recorded paths of Indonesia, Lampung and both old Papuas from December 2024 to 2027."""
    participants, labour_force, regions = tables
    some = participants[participants["province_code"].isin(["00", "18", "91", "92"])]
    return baseline(some, labour_force, pd.DataFrame(), regions, plans, "2024-12", 2027, DRAWS, SEED)


def plans(place: str) -> pd.DataFrame:
    return an.scenarios.read_scenarios("steady", place)


def test_what_is_recorded_is_what_the_page_shows(tables, paths):
    participants, labour_force, regions = tables
    assert paths[["province_code", "year"]].values.tolist() == [
        [code, year] for code in ("00", "18", "91", "92") for year in (2025, 2026, 2027)
    ]
    choice = an.coverage.choose("Lampung", "2024-12", "employed", "domicile", participants, regions, pd.DataFrame())
    start = an.projection.starting_point(choice, participants, labour_force, pd.DataFrame(), regions)
    rates = an.projection.rate_of(an.projection.project(*start, plans("Lampung"), 2027, DRAWS, SEED))[0, 1:]
    ours = paths.loc[paths["province_code"] == "18", [name for name in PATH if name[1:].isdigit()]].to_numpy(float)
    np.testing.assert_array_equal(ours, np.quantile(rates, LEVELS, axis=-1).T.round(6))
    assert (np.diff(ours) >= 0).all()


def test_a_promise_is_kept_to_the_last_digit(paths):
    assert broken_promise(paths, paths.sample(frac=1, random_state=1)) == ""
    other = paths.copy()
    other.loc[4, "p50"] += 0.000001  # Lampung 2026
    assert broken_promise(paths, other).startswith("Lampung 2026: p50 is 0.")
    assert broken_promise(paths, paths.iloc[:-1]) == "Papua Barat 2027 is on record and not among these"
    assert broken_promise(paths.iloc[:-1], paths) == "Papua Barat 2027 isn't on record"


def test_crps_of_three_quantiles_by_hand():
    # A twentieth lies at 0.2, another at 0.4 and the rest evenly between. What came is 0.3.
    distance = 0.1 * 0.1 + 0.9 * 0.05
    apart = 0.9**2 * 0.2 / 3 + 2 * 0.9 * 0.1 * 0.1 + 2 * 0.05**2 * 0.2
    found = crps_of_quantiles(np.array([[0.2, 0.3, 0.4]]), [0.05, 0.5, 0.95], np.array([0.3]))
    assert found == pytest.approx([distance - apart / 2], abs=1e-6)  # 0.055 - 0.0365


def test_crps_of_the_quantiles_of_a_normal_approaches_the_published_one():
    def of_normal(levels):
        return crps_of_quantiles(np.array([[NormalDist().inv_cdf(level) for level in levels]]), levels, np.zeros(1))[0]

    exact = 0.233695  # N(0, 1) at 0: (sqrt(2) - 1) / sqrt(pi)
    assert of_normal(LEVELS) == pytest.approx(exact, abs=0.0005)
    assert of_normal([0.05, 0.25, 0.5, 0.75, 0.95]) == pytest.approx(0.247, abs=0.0005)  # too few
    assert of_normal([n / 1000 for n in range(1, 1000)]) == pytest.approx(exact, abs=0.00001)
    draws = np.random.default_rng(1).beta(3, 7, 5000)
    assert crps_of_quantiles(quantiles(draws, LEVELS)[np.newaxis], LEVELS, np.array([0.2])) == pytest.approx(
        crps(draws, 0.2), rel=0.02
    )


def synthetic_figures(participants: pd.DataFrame, **persons: tuple[int, int]) -> pd.DataFrame:
    """The table of participants with made-up figures of December 2025 for some provinces: p18=(PU, BPU), on the map of 34."""
    rows = participants[
        (participants["period"] == "2024-12") & participants["province_code"].isin([code[1:] for code in persons])
    ]
    count = [persons[f"p{row.province_code}"][row.segment == "BPU"] for row in rows.itertuples()]
    made_up = rows.assign(period="2025-12", persons=pd.array(count, "Int64"), source_id="synthetic")
    return pd.concat([participants, made_up], ignore_index=True)


def test_until_a_figure_comes_out_there_is_nothing_to_score(tables, paths):
    empty = register_scores(paths, *tables)
    assert len(empty) == 0
    assert {"forecast", "inside", "crps", "facts"} <= set(empty.columns)


def test_synthetic_a_figure_scores_the_path_of_its_year(tables, paths):
    participants, labour_force, regions = tables
    came = synthetic_figures(participants, p18=(800_000, 200_000))
    scores = register_scores(paths, came, labour_force, regions)
    assert scores[["as_of", "province", "year"]].values.tolist() == [["2024-12", "Lampung", 2025]]
    row, path = scores.iloc[0], paths[(paths["province_code"] == "18") & (paths["year"] == 2025)].iloc[0]
    assert row["observed"] == pytest.approx(1_000_000 / 4_853_377, abs=1e-12)  # employed in August 2025
    assert row["error"] == pytest.approx(path["p50"] - 1_000_000 / 4_853_377, abs=1e-12)
    assert (row["low"], row["forecast"], row["high"]) == (path["p05"], path["p50"], path["p95"])
    assert row["facts"].source_ids[0] == "synthetic"
    assert row["facts"].workers_as_of == ("2025-08",)
    values = path[[name for name in PATH if name[1:].isdigit()]].to_numpy(float)
    # Above all recorded levels: the mean distance less half the mean distance of two draws.
    spread = crps_of_quantiles(values[np.newaxis], LEVELS, np.array([row["observed"]]))
    assert row["crps"] == pytest.approx(spread[0], abs=1e-15)


@pytest.mark.parametrize(
    ("end", "beyond", "inside"),
    [("p05", -0.001, False), ("p05", 1e-6, True), ("p95", -1e-6, True), ("p95", 0.001, False)],
)
def test_synthetic_the_interval_holds_what_lies_within_its_ends(tables, paths, end, beyond, inside):
    participants, labour_force, regions = tables
    path = paths[(paths["province_code"] == "18") & (paths["year"] == 2025)].iloc[0]
    covered = round((path[end] + beyond) * 4_853_377)
    came = synthetic_figures(participants, p18=(covered - 100_000, 100_000))
    assert register_scores(paths, came, labour_force, regions)["inside"].tolist() == [inside]


def test_synthetic_figures_on_the_map_of_38_are_added_up(tables, paths):
    participants, labour_force, regions = tables
    old = synthetic_figures(participants, p18=(800_000, 200_000), p91=(1, 1), p92=(1, 1))
    then = old["period"] == "2025-12"
    parts = []
    for code, parent in (("93", "91"), ("94", "91"), ("95", "91"), ("96", "92")):
        parts.append(
            old[then & (old["province_code"] == parent)].assign(province_code=code, province=code, persons=30_000)
        )
    young = pd.concat(
        [
            old[then].assign(persons=old.loc[then, "persons"].mask(old["province_code"].isin(["91", "92"]), 50_000)),
            *parts,
        ]
    )
    young = young.assign(territory="38")
    figures = pd.concat([participants, young], ignore_index=True)
    scores = register_scores(paths, figures, labour_force, regions).set_index("province")["observed"]
    august = labour_force[labour_force["period"] == "2025-08"].set_index("province_code")["employed"]
    # Papua: two segments of 50,000 and three new provinces with two segments of 30,000 each.
    assert scores["Papua"] == pytest.approx(280_000 / august[["91", "93", "94", "95"]].sum(), abs=1e-12)
    assert scores["Papua Barat"] == pytest.approx(160_000 / august[["92", "96"]].sum(), abs=1e-12)
    assert scores["Lampung"] == pytest.approx(1_000_000 / august["18"], abs=1e-12)
    partly = figures[figures["province_code"] != "95"]
    assert sorted(register_scores(paths, partly, labour_force, regions)["province"]) == ["Lampung", "Papua Barat"]


def test_synthetic_a_december_without_a_survey_waits(tables, paths):
    participants, labour_force, regions = tables
    came = synthetic_figures(participants, p18=(800_000, 200_000))
    before = labour_force[labour_force["period"] < "2025"]
    assert len(register_scores(paths, came, before, regions)) == 0


def test_the_columns_on_record_are_those_of_a_path():
    assert list(PATH) == COLUMNS[: len(PATH)]
    assert COLUMNS[len(PATH) :] == ["data_version", "inputs"]


def test_what_is_on_record_covers_every_place_and_can_be_scored(tables):
    rows = recorded()
    assert "2024-12" in set(rows["as_of"])
    assert rows.groupby("as_of")["province_code"].nunique().tolist() == [35] * rows["as_of"].nunique()
    register_scores(rows, *tables)
