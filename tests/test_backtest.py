"""How projections fared: the back-test against hand arithmetic and known truths, the register against figures made up for it."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

import analysis as an
from analysis.backtest import (
    LEVELS,
    METHODS,
    PARAMETERS,
    PATH,
    back_test,
    back_test_summary,
    baseline,
    broken_promise,
    chance,
    crps_of_quantiles,
    not_tested,
    pit,
    register_scores,
    this_method,
)
from analysis.data.projections import COLUMNS, recorded
from analysis.data.projections import PARAMETERS as RECORDED
from analysis.projection.model import Stocks
from analysis.projection.solved import a_year_on
from analysis.uncertainty import crps, quantiles

DRAWS, SEED = 200, 7
OURS = METHODS[0]


@pytest.fixture(scope="module")
def tables() -> list[pd.DataFrame]:
    return [an.read(name) for name in ("participants", "labour_force", "reported_claims", "regions")]


@pytest.fixture(scope="module")
def steady() -> pd.DataFrame:
    return an.scenarios.read_scenarios("steady", "Indonesia")


@pytest.fixture(scope="module")
def tested(tables, steady) -> pd.DataFrame:
    return back_test(*tables, steady, DRAWS, SEED)


@pytest.fixture(scope="module")
def fared(tables, steady) -> pd.DataFrame:
    """As the page has it."""
    return back_test_summary(back_test(*tables, steady))


def of(rows: pd.DataFrame, place: str, direction: str = "forward") -> pd.DataFrame:
    return rows[(rows["province"] == place) & (rows["direction"] == direction)].set_index("method")


# -- the back-test ------------------------------------------------------------------------------------


def test_the_ranges_hold(fared):
    """The hits, scores and errors by which this method was taken instead of the one before."""
    rows = fared.set_index(["direction", "method"])
    print(rows.drop(columns="facts").round(4).to_string())
    ours, both = rows.loc[("forward", OURS)], rows.loc[("both", OURS)]
    assert 27 <= ours["hits"] <= 34 and ours["cases"] == 34
    assert both["hits"] >= 58 and 22 <= both["hits_50"] <= 46 and both["cases"] == 68
    assert ours["crps"] <= 0.0175 and ours["mean_absolute_error"] <= 0.021
    for method, before in (
        ("solved", 0.0215),
        ("others' change", 0.0195),
        ("no change", 0.0326),
        ("same change", 0.04),
    ):
        assert rows.loc[("forward", method), "crps"] == pytest.approx(before, abs=0.0001)
        assert ours["crps"] < before
    assert rows.loc[("forward", "solved"), "hits"] == 6  # of 34 in a range that was to hold nine in ten


def test_what_the_hits_are_worth_is_told_from_the_binomial_distribution(fared):
    from scipy.stats import binom

    for cases, level in ((34, 0.5), (34, 0.8), (34, 0.9), (68, 0.9), (1, 0.5), (3, 0.999)):
        assert chance(cases, level) == tuple(int(x) for x in binom.ppf([0.025, 0.975], cases, level))
    rows = this_method(fared).set_index(["direction", "level"])
    assert rows.loc[("forward", 0.9), "holds"] and rows.loc[("both", 0.9), "holds"] and rows.loc[("both", 0.5), "holds"]
    assert not rows.loc[("back", 0.9), "holds"]  # 25 of 34: a year unlike the one before, and the page says so
    fewer = fared.assign(hits=fared["hits"].mask(fared["method"] == OURS, 26))
    assert not this_method(fewer).set_index(["direction", "level"]).loc[("forward", 0.9), "holds"]


def test_the_naive_forecasts_are_what_they_say(tables, tested):
    rates = {
        year: dict(zip(rows["province"], rows["rate"], strict=True))
        for year in (2022, 2023, 2024)
        for rows in [published(tables, year)]
    }
    for direction, years in (("forward", (2022, 2023, 2024)), ("back", (2024, 2023, 2022))):
        then, today, later = (rates[year] for year in years)
        for place in rates[2023]:
            rows = of(tested, place, direction)
            before, now, came = then[place], today[place], later[place]
            assert rows.loc["no change", "forecast"] == now
            assert rows.loc["same change", "forecast"] == pytest.approx(2 * now - before, abs=1e-15)
            assert (rows["observed"] == came).all()
            naive = ["no change", "same change"]
            assert rows.loc[naive, ["low", "high", "inside", "pit", "interval_score"]].isna().all(axis=None)
            others = [now + today[other] - then[other] for other in rates[2023] if other not in (place, "Indonesia")]
            if place != "Indonesia":
                assert rows.loc["others' change", "forecast"] == pytest.approx(np.median(others), abs=1e-12)


def published(tables, year: int) -> pd.DataFrame:
    """The rates that the coverage pages print for one December."""
    participants, labour_force, _, regions = tables
    choice = an.coverage.choose(
        "Indonesia", f"{year}-12", "employed", "domicile", participants, regions, pd.DataFrame()
    )
    workers = an.coverage.on_territory(an.coverage.employed(labour_force, f"{year}-08"), "34", regions)
    return an.coverage.all_provinces(choice, participants, workers, regions)


def test_34_cases_each_way_and_the_country_apart(tested):
    assert len(tested) == 35 * (5 + 4)  # who enrols and who lapses can't be turned round
    assert set(tested.loc[tested["province_code"] == "00", "province"]) == {"Indonesia"}
    table = back_test_summary(tested)
    forward = table[table["direction"] == "forward"]
    assert forward["method"].tolist() == list(METHODS) and forward["cases"].tolist() == [34] * 5
    assert table.loc[table["direction"] == "both", "cases"].tolist() == [68] * 4
    provinces = tested[(tested["province_code"] != "00") & (tested["direction"] == "forward")]
    for row in forward.itertuples():
        theirs = provinces[provinces["method"] == row.method]
        assert len(theirs) == 34
        assert row.mean_absolute_error == pytest.approx(sum(map(abs, theirs["error"])) / 34, abs=1e-15)
        assert row.bias == pytest.approx(sum(theirs["error"]) / 34, abs=1e-15)
        assert (row.hits is pd.NA) if theirs["inside"].isna().all() else (row.hits == theirs["inside"].sum())


def test_it_is_the_projection_that_a_reader_would_have_seen(tables, steady, tested):
    participants, labour_force, printed, regions = tables
    for place in ("Indonesia", "Papua", "Jawa Barat"):
        choice = an.coverage.choose(place, "2023-12", "employed", "domicile", participants, regions, printed)
        start = an.projection.starting_point(choice, participants, labour_force, printed, regions)
        rates = an.projection.rate_of(an.projection.project(*start, steady, 2024, DRAWS, SEED))[0, 1]
        row = of(tested, place).loc[OURS]
        assert [row["low"], row["forecast"], row["high"]] == pytest.approx(
            np.quantile(rates, [0.05, 0.5, 0.95]), abs=1e-12
        )


def test_a_forecast_knows_nothing_of_the_december_it_is_of(tables, steady, tested):
    participants, labour_force, printed, regions = tables
    columns = ["province", "method", "forecast", "low", "high"]
    for direction, year in (("forward", "2024"), ("back", "2022")):
        there = labour_force["period"] == f"{year}-08"
        more = labour_force.assign(employed=labour_force["employed"].mask(there, labour_force["employed"] * 2))
        there = participants["period"] == f"{year}-12"
        fewer = participants.assign(persons=participants["persons"].mask(there, participants["persons"] // 2))
        doctored = back_test(fewer, more, printed, regions, steady, DRAWS, SEED)
        same = [rows.loc[rows["direction"] == direction, columns].reset_index(drop=True) for rows in (tested, doctored)]
        pd.testing.assert_frame_equal(*same)


def test_time_turned_round_is_the_model_on_the_change_turned_round(tested):
    # Indonesia isn't in the pool. Back, the middle of the changes is that of 2024 to 2023, which is below 0: rates fall.
    back = tested[(tested["direction"] == "back") & (tested["method"] == OURS)].set_index("province")
    naive = tested[(tested["direction"] == "back") & (tested["method"] == "no change")].set_index("province")
    assert (back["forecast"] < naive["forecast"]).all()


def test_the_method_before_solved_enrolment_from_the_year_before():
    # 400 of 1,000 and 100 of 2,000 became 420 and 130; workers stay. With a lapse of 9 %, say, h = (420 - 364) / 600, and one more
    # year is 420 x .91 + 580 h = 436.3: nearly what the change says whatever lapse is, so that the draws lie close together.
    def people(own):
        workers = np.array([[[1000.0]], [[2000.0]]])
        return Stocks(workers, np.array(own)[:, None, None], *np.zeros((2, 2, 1, 1)))

    later = a_year_on(people([400.0, 100.0]), people([420.0, 130.0]), draws=2000, seed=1)
    assert np.ptp(later.own[0, 0]) < 15 and 425 < np.median(later.own[0, 0]) < 440


def test_the_pit_counts_every_province_once(tested):
    rows = pit(tested)
    assert rows.groupby("direction")["cases"].sum().to_dict() == {"forward": 34, "back": 34}


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
    participants, labour_force, printed, regions = tables
    rows = participants["province_code"] == "18"
    for column, value in gone.items():
        rows &= participants[column] == value
    few = participants[~rows]
    found = back_test(few, labour_force, printed, regions, steady, DRAWS, SEED)
    assert set(tested["province"]) - set(found["province"]) == {"Lampung"}
    assert not_tested(found, few, regions) == "Lampung" and not_tested(tested, participants, regions) == ""
    # The others are told by one province less, so that their ranges move a little.
    columns = ["forecast", "observed"]
    there = tested[(tested["province"] != "Lampung") & (tested["method"] == OURS)][columns].reset_index(drop=True)
    ours = found[found["method"] == OURS][columns].reset_index(drop=True)
    np.testing.assert_allclose(ours.astype(float), there.astype(float), atol=0.02)


def test_a_back_test_of_nobody_is_refused(tables, steady):
    participants, *others = tables
    nobody = participants[~((participants["period"] == "2024-12") & (participants["segment"] == "PU"))]
    with pytest.raises(ValueError, match="no place's coverage is known in all three Decembers"):
        back_test(nobody, *others, steady, DRAWS, SEED)


# -- projections on record ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def paths(tables) -> pd.DataFrame:
    """Recorded paths of Indonesia, Lampung and both old Papuas from December 2024 to 2027."""
    participants, labour_force, printed, regions = tables
    every = baseline(participants, labour_force, printed, regions, plans, "2024-12", 2027, DRAWS, SEED)
    return every[every["province_code"].isin(["00", "18", "91", "92"])].reset_index(drop=True)


def plans(place: str) -> pd.DataFrame:
    return an.scenarios.read_scenarios("steady", place)


def test_what_is_recorded_is_what_the_page_shows(tables, paths):
    participants, labour_force, printed, regions = tables
    assert paths[["province_code", "year"]].values.tolist() == [
        [code, year] for code in ("00", "18", "91", "92") for year in (2025, 2026, 2027)
    ]
    choice = an.coverage.choose("Lampung", "2024-12", "employed", "domicile", participants, regions, printed)
    start = an.projection.starting_point(choice, participants, labour_force, printed, regions)
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
    empty = register_scores(paths, tables[0], tables[1], tables[3])
    assert len(empty) == 0
    assert {"forecast", "inside", "crps", "facts"} <= set(empty.columns)


def test_synthetic_a_figure_scores_the_path_of_its_year(tables, paths):
    participants, labour_force, _, regions = tables
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
    participants, labour_force, _, regions = tables
    path = paths[(paths["province_code"] == "18") & (paths["year"] == 2025)].iloc[0]
    covered = round((path[end] + beyond) * 4_853_377)
    came = synthetic_figures(participants, p18=(covered - 100_000, 100_000))
    assert register_scores(paths, came, labour_force, regions)["inside"].tolist() == [inside]


def test_synthetic_figures_on_the_map_of_38_are_added_up(tables, paths):
    participants, labour_force, _, regions = tables
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
    participants, labour_force, _, regions = tables
    came = synthetic_figures(participants, p18=(800_000, 200_000))
    before = labour_force[labour_force["period"] < "2025"]
    assert len(register_scores(paths, came, before, regions)) == 0


def test_the_columns_on_record_are_those_of_a_path():
    assert list(PATH) == COLUMNS[: len(PATH)]
    assert COLUMNS[len(PATH) :] == ["data_version", "inputs"]
    assert list(PARAMETERS) == RECORDED


def test_what_is_on_record_covers_every_place_and_can_be_scored(tables):
    rows = recorded()
    assert "2024-12" in set(rows["as_of"])
    assert set(rows["method"]) == {"solved", "net change"}
    assert set(rows.groupby(["as_of", "method"])["province_code"].nunique()) == {35}
    register_scores(rows, tables[0], tables[1], tables[3])
