"""What is known beside the December, held against what was printed: the arithmetic stands beside the expected number."""

import pandas as pd
import pytest

import analysis as an
from analysis.schema import Facts

PLACES = ("Indonesia", "Lampung", "Sulawesi Utara", "Bali", "Sulawesi Selatan")


@pytest.fixture(scope="module")
def tables():
    return [an.read(name) for name in ("participants", "labour_force", "reported_claims", "regions")]


def choose(tables, province, period="2024-12"):
    participants, _, published, regions = tables
    return an.coverage.choose(province, period, "employed", "domicile", participants, regions, published)


def with_a_later_december(participants, code="18"):
    """The participants with one province a year on, as somebody's own books would have it: 900,000 and 160,000."""
    mine = participants[
        (participants["period"] == "2024-12")
        & (participants["province_code"] == code)
        & (participants["split"] == "domicile")
    ]
    later = mine.assign(period="2025-12", persons=mine["segment"].map({"PU": 900_000, "BPU": 160_000}))
    return pd.concat([participants, later], ignore_index=True)


def test_the_newest_december_is_that_of_all_places(tables):
    participants, _, _, regions = tables
    assert an.coverage.latest(participants, regions) == "2024-12"
    assert an.coverage.latest(with_a_later_december(participants), regions) == "2024-12"
    without = participants[~((participants["period"] == "2024-12") & (participants["province_code"] == "18"))]
    assert an.coverage.latest(without, regions) == "2023-12"
    one_segment = participants[
        ~(
            (participants["period"] == "2024-12")
            & (participants["province_code"] == "11")
            & (participants["segment"] == "BPU")
        )
    ]
    assert an.coverage.latest(one_segment, regions) == "2023-12"
    assert an.coverage.latest(participants, regions, "registration") == "2023-12"
    with pytest.raises(
        ValueError, match="no December of which Indonesia and every place have participants by domicile"
    ):
        an.coverage.latest(participants[participants["period"].str[5:] != "12"], regions)


def test_a_places_own_newer_december_stands_among_the_newer_figures_and_not_on_its_page(tables):
    participants, labour_force, published, regions = tables
    more = with_a_later_december(participants)
    rows = an.recent.newer(choose(tables, "Lampung"), more, labour_force, published, regions)
    own = rows[rows["base"] == "employed"].iloc[0]
    # 900,000 + 160,000 of the 4,853,377 employed of August 2025.
    assert (own["period"], own["covered_printed"], own["why"]) == ("2025-12", "1060000", "not of all places")
    earlier = an.recent.newer(choose(tables, "Lampung", "2022-12"), *tables).set_index("period")
    assert earlier.loc["2024-12", "why"] == "another month", "all places have December 2024"
    assert own["rate"] == pytest.approx(1_060_000 / 4_853_377)
    assert own["facts"].workers_as_of == ("2025-08",)
    printed = rows[rows["base"] == "eligible"].iloc[0]
    assert (printed["period"], printed["rate_printed"], printed["why"]) == ("2025-12", "25,27", "of the eligible")


@pytest.mark.parametrize("place", PLACES)
def test_newer_figures_are_newer_one_month_a_base_with_a_reason_each(tables, place):
    participants, labour_force, published, regions = tables
    choice = choose(tables, place)
    rows = an.recent.newer(choice, participants, labour_force, published, regions)
    assert (rows["period"].str[:7] > choice.period).all()
    assert set(rows["why"]) <= {"of the eligible", "nobody says of whom", "not the same workers"}
    assert (rows.groupby("base")["period"].agg(lambda each: each.str[:7].nunique()) == 1).all()
    assert rows["period"].is_monotonic_decreasing


def test_lampungs_three_counts_stand_side_by_side_with_what_is_known_of_each(tables):
    participants, _, published, _ = tables
    rows = an.recent.counts(choose(tables, "Lampung"), participants, published).set_index(["period", "covered"])
    assert ("2024-09", 760_468) in rows.index and ("2024-12", 858_652) in rows.index  # 710,444 + 148,208
    assert rows.loc[("2024-12", 858_652), "split"] == "domicile"
    january = rows.loc[("2025-01", 568_468)]
    # By registration with construction December 2023 has 354,603 + 99,250 + 125,036 = 578,889, within 2 %.
    assert (january["split"], january["nearest"], january["nearest_count"], january["nearest_period"]) == (
        "",
        "registration with construction",
        578_889,
        "2023-12",
    )


def test_an_unclear_count_is_said_to_be_near_nothing(tables):
    participants, _, published, _ = tables
    choice = choose(tables, "Lampung")
    between = published[published["claim_id"] == "LPG-2025-03-BERDIKARI#2"]  # January 2025
    assert set(an.recent.counts(choice, participants, between)["nearest"]) == {"", "registration with construction"}
    whole = an.recent.counts(choice, participants, published).set_index("period")["nearest"]
    # Of one article's months the one nearest to ours is compared; the others are as that one, and no nearness of theirs is claimed.
    assert (whole["2025-01"], whole["2025-02"], whole["2025-03"]) == (
        "registration with construction",
        *["as the one before"] * 2,
    )
    # 650,000 is 11.6 % above 578,889 and 11.3 % below 732,890: near two, so near none.
    halfway = between.assign(value_read=650_000.0, value_printed="650.000", as_of="2023-12")
    assert set(an.recent.counts(choose(tables, "Lampung", "2023-12"), participants, halfway)["nearest"]) == {""}
    assert an.recent.counts(choice, participants, published.head(0))["period"].tolist() == ["2024-12"]


def test_indonesia_lost_an_eighth_of_its_active_participants_after_the_turn_of_the_year(tables):
    row = an.recent.season(tables[2], "00").iloc[0]
    # 45.22 million in December 2024, 39.05 million in May 2025, both with construction: -13.64 %.
    assert (row["before_printed"], row["after_printed"]) == ("45,22 juta", "39,05 juta")
    assert row["growth"] == pytest.approx(39.05 / 45.22 - 1)
    assert row["facts"].as_of == ("2024-12", "2025-05")


def test_a_season_takes_two_counts_printed_as_active_within_one_turn_of_the_year(tables):
    published = tables[2]
    # 760,468 of September 2024 isn't printed as active, so the season of Lampung begins in January; if it were, it would be of
    # the year before, which has October's 508,956, too.
    active = published["status"].where(published["claim_id"] != "LPG-2024-09-LAMPOST#3", "active")
    for table in (published, published.assign(status=active)):
        assert an.recent.season(table, "18")["since"].tolist() == ["2025-01"]
    # Two months of one kind are needed, and a fall: a rise is no season of this kind.
    lampung = published[published["province_code"] == "18"]
    assert an.recent.season(lampung[lampung["claim_id"] != "LPG-2025-03-BERDIKARI#2"], "18")["since"].tolist() == [
        "2025-02"
    ]
    rising = lampung.assign(
        value_read=lampung["value_read"].where(lampung["claim_id"] != "LPG-2025-03-BERDIKARI#1", 600_000)
    )
    assert an.recent.season(rising, "18").empty
    assert an.recent.season_of_nation(choose(tables, "Indonesia"), published).empty


def test_non_active_participants_are_a_share_of_all_who_are_registered(tables):
    participants, _, published, _ = tables
    rows = an.recent.by_status(participants, published, "18").set_index("period")
    # October 2024: 508,956 + 207,419 = 716,375, as printed; 207,419 of it is 28.95 %.
    assert rows.loc["2024-10", "registered_printed"] == "716.375" and 508_956 + 207_419 == 716_375
    assert rows.loc["2024-10", "share_non_active"] == pytest.approx(207_419 / 716_375)
    assert rows.loc["2023-12", "share_non_active"] == pytest.approx(206_337 / (578_889 + 206_337))
    nation = an.recent.by_status(participants, published, "00")
    assert nation["period"].tolist().count("2023-12") == 1, "our own table and print of one month are one row"


def test_a_base_that_moved_by_no_more_than_its_rounding_joins(tables):
    published = tables[2]
    one = published[
        published["claim_id"].isin(["LPG-2025-08-LAMPOST#1", "LPG-2025-08-LAMPOST#3"])
    ]  # 24.5 % of 2.8 million
    later = one.assign(
        claim_id=["X#1", "X#2"],
        article_id="X",
        period="2025-10",
        value_printed=["24,9", "2,83 juta"],
        value_read=[24.9, 2.83e6],
    )
    joined = an.recent.over_time(pd.concat([one, later]), "18")
    assert joined["joined"].tolist() == [False, True] and joined["at"].is_monotonic_increasing
    plain, line = (an.charts.over_time(joined.assign(joined=said)).svg["en"] for said in (False, joined["joined"]))
    assert line.count("<path") == plain.count("<path") + 1, "the two marks are joined by one line"
    sizeless = pd.concat([one, later[later["measure"] == "coverage_rate"]])
    assert not an.recent.over_time(sizeless, "18")["joined"].any(), "without the size of its base it goes on from none"
    grown = later.assign(
        value_printed=["24,9", "2,86 juta"], value_read=[24.9, 2.86e6]
    )  # 2.75 to 2.85 and 2.855 to 2.865
    assert an.recent.over_time(pd.concat([one, grown]), "18")["joined"].tolist() == [False, False]


def test_who_says_that_published_rates_go_by_identity_card_is_cited(tables):
    row = an.recent.by_identity_card(tables[2]).iloc[0]
    assert (row["place"], row["by_card_printed"], row["by_work_printed"]) == ("Kabupaten Lumajang", "89.266", "50.098")
    assert an.recent.newest_print(tables[2].head(0)) == "" and an.recent.newest_print(tables[2]) == "2026-03"
    assert len(row["facts"].source_ids) == 3  # Lumajang, Gresik, DKI Jakarta
    assert an.recent.by_identity_card(tables[2].head(0)).empty


def test_a_month_whose_august_is_not_out_takes_the_last_one_and_says_so(tables):
    participants, labour_force, published, regions = tables
    march = participants[participants["period"] == "2024-12"].assign(period="2026-03")
    choice = an.coverage.choose(
        "Lampung", "2026-03", "employed", "domicile", pd.concat([participants, march]), regions, published
    )
    workers = an.coverage.workers_of(choice, labour_force, regions)
    covered = an.coverage.active(march, "2026-03", "domicile")
    here = an.coverage.place(choice, covered, workers, published)
    whole = here[here["segment"] == "all"].iloc[0]
    assert whole["rate"] == pytest.approx(858_652 / 4_853_377)  # the employed of August 2025
    answers = an.coverage.answers(choice, here, published.head(0).assign(**dict.fromkeys(_NEEDED, "")))
    assert answers.last_august["workers_month"].tolist() == ["2025-08"]
    # While August 2024 is out, a December of 2024 has its own, and nothing is said.
    usual = choose(tables, "Lampung")
    workers = an.coverage.workers_of(usual, labour_force, regions)
    here = an.coverage.place(usual, an.coverage.active(participants, "2024-12", "domicile"), workers, published)
    assert an.coverage.answers(usual, here, published.head(0).assign(**dict.fromkeys(_NEEDED, ""))).last_august.empty


_NEEDED = ("covered_printed", "workers_printed", "rate_printed", "base", "caution")


def test_low_confidence_is_said_once_and_hides_nothing(tables):
    participants, labour_force, published, regions = tables
    for period, low in (("2024-12", 1), ("2023-12", 0)):
        choice = choose(tables, "Lampung", period)
        covered = an.coverage.active(participants, period, "domicile")
        workers = an.coverage.workers_of(choice, labour_force, regions)
        here = an.coverage.place(choice, covered, workers, published)
        answers = an.coverage.answers(choice, here, an.coverage.bases(choice, covered, workers, published))
        assert (len(answers.rate), len(answers.low)) == (1, low)
    assert Facts((), (), "low") + Facts((), (), "medium") == Facts((), (), "low")


def test_a_change_of_one_place_is_told_before_the_nations_figures_are_there(tables):
    participants, labour_force, published, regions = tables
    more = with_a_later_december(participants)
    first, last = (
        an.coverage.choose("Lampung", period, "employed", "domicile", more, regions, published)
        for period in ("2024-12", "2025-12")
    )
    then, now = (an.change.at_date(choice, more, labour_force, regions) for choice in (first, last))
    ledger = an.change.ledger(then.here, now.here)
    answers = an.change.answers(ledger)
    # 858,652 of 4,787,589, then 1,060,000 of 4,853,377.
    assert answers.is_known and answers.change["total"].iloc[0] == pytest.approx(
        1_060_000 / 4_853_377 - 858_652 / 4_787_589
    )
    assert now.nation.empty and an.change.against_nation(now).empty and an.change.by_provinces(then, now, ledger).empty
    provinces = an.disparity.ordered_by(now.provinces, labour_force)
    assert set(an.disparity.inequality(provinces, "average_net_wage")["known_is"]) == {"not known"}
