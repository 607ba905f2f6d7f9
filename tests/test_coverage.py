"""Coverage against figures worked out elsewhere: the arithmetic stands beside the expected number."""

import pandas as pd
import pytest

import analysis as an
from analysis.coverage import MixError
from analysis.press.published import eligible, published_figures
from analysis.schema import Facts
from analysis.words import percent


@pytest.fixture(scope="module")
def tables():
    names = ("participants", "labour_force", "regions", "reported_claims")
    return {name: an.read(name) for name in names}


def covered_and_workers(tables, period="2023-12", split="domicile"):
    workers = an.coverage.employed(tables["labour_force"], f"{period[:4]}-08")
    return an.coverage.active(tables["participants"], period, split), an.coverage.on_territory(
        workers, "34", tables["regions"]
    )


def choose(tables, **given):
    values = {"province": "Lampung", "period": "2023-12", "base": "employed", "split": "domicile"} | given
    return an.coverage.choose(
        **values, participants=tables["participants"], regions=tables["regions"], published=tables["reported_claims"]
    )


def row(rows, **where):
    """The one row in which each named column has the given value."""
    for column, value in where.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1, f"{len(rows)} rows have {where}"
    return rows.iloc[0]


def test_lampung_2023_is_15_60_percent_of_the_employed(tables):
    whole = row(an.coverage.coverage_of(*covered_and_workers(tables), by=["province"]), province="Lampung")
    # PU 564,393 + BPU 168,497 = 732,890 by domicile; BPS employed, August 2023: 4,697,658.
    assert (whole.covered, whole.workers, whole.uncovered) == (732_890, 4_697_658, 3_964_768)
    assert round(whole.rate, 4) == 0.1560
    assert (whole.facts.as_of, whole.facts.workers_as_of, whole.facts.confidence) == (
        ("2023-12",),
        ("2023-08",),
        "medium",
    )
    # Both segments of the participants and the one row of the labour force, by their keys.
    assert whole.facts.keys == (
        "participants/2023-12/18/34/domicile/active/PU",
        "labour_force/2023-08/18/34",
        "participants/2023-12/18/34/domicile/active/BPU",
    )


def test_lampung_2023_by_segment(tables):
    segments = an.coverage.coverage_of(*covered_and_workers(tables))
    formal = row(segments, province="Lampung", segment="PU")
    informal = row(segments, province="Lampung", segment="BPU")
    # Formal: 29.33 % of 4,697,658 = 1,377,823; informal is the rest.
    assert (formal.workers, informal.workers) == (1_377_823, 3_319_835)
    assert (round(formal.rate, 4), round(informal.rate, 4)) == (0.4096, 0.0508)


def test_the_published_figure_stands_beside_it_with_its_own_base(tables):
    articles = published_figures(tables["reported_claims"], "18")
    press = row(articles[articles["period"] == "2023"], segment="all")
    assert (press.covered_printed, press.workers_printed, press.rate_printed) == ("731.991", "2,7 juta", "26,79")
    # 731,991 / 2,700,000 = 27.11 %: the rounded base doesn't give the printed rate, so nothing is computed.
    assert press.rate == 0.2679
    on_eligible = eligible(tables["reported_claims"], "18", "2023-12")
    assert row(on_eligible, segment="all").workers is pd.NA
    assert row(on_eligible, segment="PU").rate_is == "not stated"


def test_an_article_with_two_values_of_one_figure_is_shown_and_not_used(tables):
    # Sumatera Barat, say, with two values of covered in one article for one date: both stand, none is used.
    claims = tables["reported_claims"]
    twice = claims[claims["claim_id"] == "LPG-2023-SEED-ANTARA#2"].assign(value_printed="731.992", value_read=731992.0)
    press = row(published_figures(pd.concat([claims, twice]), "18").query("period == '2023'"), segment="all")
    assert press.covered_printed == "731.991; 731.992" and pd.isna(press.covered)


def test_a_figure_stands_under_its_own_date_and_with_its_caution(tables):
    # Berdikari, October 2024: 24.86 % is BPJS's figure of 24 September; 716,375 are active and non-active.
    lampung = published_figures(tables["reported_claims"], "18")
    september = lampung[lampung["period"] == "2024-09-24"]
    assert set(september["covered_printed"]) == {"760.468"} and set(september["rate_printed"]) == {"24,86"}
    assert not lampung["covered_printed"].str.contains("716.375").any()
    registered = row(published_figures(tables["reported_claims"], "00").query("rate_printed == '54,09'"), segment="all")
    assert registered.facts.confidence == "with caution" and "registered" in registered.caution
    # "lebih dari 50": the word stays with the figure.
    assert "lebih dari 50" in set(published_figures(tables["reported_claims"], "64")["rate_printed"])


def test_the_figure_beside_ours_is_one_article_and_none_that_calls_for_caution(tables):
    covered, workers = covered_and_workers(tables)
    for name, expected in (("Lampung", ["26,79"]), ("Indonesia", []), ("DKI Jakarta", [])):
        choice = choose(tables, province=name)
        assert (
            an.coverage.beside(an.coverage.bases(choice, covered, workers, tables["reported_claims"]))[
                "rate_printed"
            ].tolist()
            == expected
        )


def test_jakarta_by_registration_is_more_than_its_resident_workers_and_no_rate(tables):
    jakarta = row(
        an.coverage.coverage_of(*covered_and_workers(tables, split="registration"), by=["province"]),
        province="DKI Jakarta",
    )
    # PU 5,464,264 + BPU 1,262,299 = 6,726,563 registered, 5,072,737 employed: 132.6 %, and that is no coverage.
    assert (jakarta.covered, jakarta.workers) == (6_726_563, 5_072_737)
    assert jakarta.rate_is == "exceeds"
    assert jakarta.rate is pd.NA and jakarta.uncovered is pd.NA


@pytest.mark.parametrize(("province", "rate"), [("Papua", 0.1264), ("Papua Barat", 0.5279)])
def test_december_2024_in_the_old_territories_of_papua(tables, province, rate):
    whole = row(an.coverage.coverage_of(*covered_and_workers(tables, "2024-12"), by=["province"]), province=province)
    # Papua: 312,516 of 458,792 + 226,586 + 778,596 + 1,008,418 = 2,472,392. On the code alone it would be 68 %.
    assert round(whole.rate, 4) == rate


def test_indonesia_is_the_sum_of_its_provinces(tables):
    provinces = an.coverage.coverage_of(*covered_and_workers(tables), by=["province"])
    country = row(provinces, province="Indonesia")
    parts = provinces[provinces["province"] != "Indonesia"]
    assert parts["covered"].sum() == country.covered == 34_197_138
    assert parts["workers"].sum() == country.workers == 139_852_377


def test_the_two_splits_have_one_national_total(tables):
    sums = [covered_and_workers(tables, split=split)[0] for split in ("domicile", "registration")]
    totals = [part.loc[part["province_code"] == "00", "covered"].sum() for part in sums]
    assert totals == [34_197_138, 34_197_138]


def small(**changes):
    rows = pd.DataFrame(
        {
            "period": "2023-12",
            "province_code": ["18", "18", "31", "31"],
            "province": ["Lampung"] * 2 + ["DKI Jakarta"] * 2,
            "territory": "34",
            "split": "domicile",
            "segment": ["PU", "BPU"] * 2,
            "covered": [40, 10, 70, 30],
            "facts": [Facts((), (), level, ("p",)) for level in ("low", "medium", "high", "high")],
        }
    )
    return rows.assign(**changes)


def small_workers(**changes):
    rows = pd.DataFrame(
        {
            "workers_period": "2023-08",
            "province_code": ["18", "18", "31", "31"],
            "province": ["Lampung"] * 2 + ["DKI Jakarta"] * 2,
            "territory": "34",
            "segment": ["PU", "BPU"] * 2,
            "workers": [100, 300, 100, 100],
            "facts": Facts(source_ids=("w",)),
        }
    )
    return rows.assign(**changes)


def test_rates_are_divided_last():
    by_segment = an.coverage.coverage_of(small(), small_workers(), by=["segment"])
    # PU: (40 + 70) / (100 + 100) = 55 %. BPU: (10 + 30) / (300 + 100) = 10 %, not the mean of 3.3 % and 30 %.
    assert by_segment.set_index("segment")["rate"].to_dict() == {"PU": 0.55, "BPU": 0.10}
    everyone = an.coverage.coverage_of(small(), small_workers(), by=[])
    assert everyone[["covered", "workers", "rate"]].values.tolist() == [[150, 600, 0.25]]
    assert everyone["facts"].item().confidence == "low"
    assert everyone["facts"].item().source_ids == ("p", "w")


def test_a_missing_segment_makes_the_total_unknown_and_not_the_rest():
    rows = small().drop(index=1)  # Lampung without BPU
    total = row(an.coverage.coverage_of(rows, small_workers(), by=["province"]), province="Lampung")
    assert total.rate_is == "unknown" and total.covered is pd.NA and total.rate is pd.NA
    assert row(an.coverage.coverage_of(rows, small_workers()), province="Lampung", segment="PU").rate == 0.40
    assert row(an.coverage.coverage_of(rows, small_workers(), by=["province"]), province="DKI Jakarta").rate == 0.50


def test_a_base_of_zero_is_not_defined():
    rows = an.coverage.coverage_of(small(covered=0), small_workers(workers=0), by=["province"])
    assert set(rows["rate_is"]) == {"not defined"}
    assert rows["rate"].isna().all()


def test_covered_where_nobody_works_have_no_rate_and_leave_no_negative_number_of_uncovered():
    rows = an.coverage.coverage_of(small(), small_workers(workers=0), by=["province"])
    assert set(rows["rate_is"]) == {"not defined"}
    assert rows["rate"].isna().all() and rows["uncovered"].isna().all()


def test_a_segment_where_nobody_works_is_not_covered_at_0_percent():
    workers = small_workers()
    workers.loc[workers["segment"] == "PU", "workers"] = 0
    covered = small()
    covered.loc[covered["segment"] == "PU", "covered"] = 0
    rows = an.coverage.coverage_of(covered, workers)
    lampung = rows[rows["province"] == "Lampung"]
    assert an.coverage.rate_or_why(lampung, "PU") == "not defined"
    assert percent(an.coverage.rate_or_why(lampung, "PU"), "en") == "not defined"
    assert percent(an.coverage.rate_or_why(lampung, "PU"), "id") == "tidak terdefinisi"
    assert 0 < an.coverage.rate_or_why(lampung, "BPU") < 1
    assert an.coverage.gap(lampung).set_index("segment")["share_of_uncovered"].to_dict() == {"BPU": 1.0, "PU": 0.0}


def test_a_province_where_nobody_works_leaves_the_ranking_open():
    workers, covered = small_workers(), small()
    workers.loc[workers["province_code"] == "18", "workers"] = 0
    covered.loc[covered["province_code"] == "18", "covered"] = 0
    assert an.coverage.rank(an.coverage.coverage_of(covered, workers, by=["province"]))["rank"].isna().all()


@pytest.mark.parametrize(
    ("participants", "workers", "says"),
    [
        (small(split=["domicile", "domicile", "registration", "registration"]), small_workers(), "counted twice"),
        (small(period=["2022-12", "2022-12", "2023-12", "2023-12"]), small_workers(), "two dates"),
        (small(territory=["34", "34", "38", "38"]), small_workers(), "old Papua"),
        (small(), small_workers(territory="38"), "on_territory"),
        (small(), small_workers(workers_period="2022-08"), "of 2023 and workers of 2022"),
        (small(segment=["PU", "Jakon"] * 2), small_workers(), "Jakon has no base"),
        (small(province_code=["00", "00", "31", "31"]), small_workers(), "beside its provinces"),
    ],
)
def test_a_mix_is_an_error_that_explains(participants, workers, says):
    with pytest.raises(MixError, match=says):
        an.coverage.coverage_of(participants, workers, by=["segment"])


def test_bases_and_splits_are_not_mixed(tables):
    with pytest.raises(MixError, match="goes with split domicile"):
        an.coverage.choose(
            "Lampung",
            "2023-12",
            "eligible",
            "registration",
            tables["participants"],
            tables["regions"],
            tables["reported_claims"],
        )


def test_thirty_four_provinces_cannot_be_told_apart_into_thirty_eight(tables):
    with pytest.raises(MixError, match="nothing else can be told apart"):
        an.coverage.on_territory(small_workers(), "38", tables["regions"])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"province": "Lampong"}, "did you mean Lampung.*With participants: Indonesia, Aceh"),
        ({"province": "Papua Selatan"}, "Papua Selatan has no participants.*With participants"),
        ({"period": "2023-11"}, "There is: 2022-12, 2023-12, 2024-12"),
        ({"period": "2022-12", "split": "registration"}, "There is: 2023-12"),
        ({"base": "eligibel"}, "did you mean eligible"),
        ({"split": "domisili"}, "There is: domicile, registration"),
        ({"province": "DKI Jakarta", "base": "eligible"}, "There is: .*Lampung 2023-12"),
    ],
)
def test_a_wrong_parameter_is_answered_with_what_there_is(tables, given, says):
    values = {"province": "Lampung", "period": "2023-12", "base": "employed", "split": "domicile"} | given
    with pytest.raises(ValueError, match=says):
        an.coverage.choose(
            **values,
            participants=tables["participants"],
            regions=tables["regions"],
            published=tables["reported_claims"],
        )


def test_an_empty_province_is_not_the_country(tables):
    with pytest.raises(ValueError, match="there is no province ''"):
        choose(tables, province="")


@pytest.mark.parametrize("text", ["Lampung", "lampung", " Lampung ", "18"])
def test_a_province_is_found_by_name_and_code(tables, text):
    choice = an.coverage.choose(
        text, "2023-12", "employed", "domicile", tables["participants"], tables["regions"], tables["reported_claims"]
    )
    assert (choice.province_code, choice.province, choice.workers_period) == ("18", "Lampung", "2023-08")


def test_an_old_province_without_one_of_its_parts_is_unknown_and_not_the_rest(tables):
    workers = an.coverage.employed(tables["labour_force"], "2024-08")
    # Papua Barat (290,077) without Papua Barat Daya (297,745)
    rest = an.coverage.on_territory(workers[workers["province"] != "Papua Barat Daya"], "34", tables["regions"])
    assert rest.loc[rest["province"] == "Papua Barat", "workers"].isna().all()
    assert rest.loc[rest["province"] != "Papua Barat", "workers"].notna().all()


def test_the_gap_consists_of_all_who_are_uncovered(tables):
    provinces = an.coverage.gap(an.coverage.coverage_of(*covered_and_workers(tables), by=["province"]))
    assert abs(provinces["share_of_uncovered"].sum() - 1) < 1e-12
    assert provinces["province"].iloc[0] == "Jawa Timur"
    assert "Indonesia" not in set(provinces["province"])
    # 139,852,377 - 34,197,138
    assert provinces["uncovered"].sum() == 105_655_239


def test_provinces_are_ranked_by_rate(tables):
    ranked = an.coverage.rank(an.coverage.coverage_of(*covered_and_workers(tables), by=["province"]))
    assert row(ranked, province="Lampung")["rank"] == 33
    equal = an.coverage.rank(
        pd.DataFrame({"province_code": ["11", "12", "13"], "rate": pd.array([0.2, 0.3, 0.2], dtype="Float64")})
    )
    assert equal["rank"].tolist() == [1, 2, 2]


def test_nothing_is_ranked_or_shared_out_while_a_province_is_missing(tables):
    _, workers = covered_and_workers(tables)
    rest = tables["participants"][tables["participants"]["province"] != "Papua"]
    rows = an.coverage.all_provinces(choose(tables), rest, workers, tables["regions"])
    assert row(rows, province="Papua").rate_is == "unknown"
    assert an.coverage.rank(rows)["rank"].isna().all()
    assert an.coverage.gap(rows)["share_of_uncovered"].isna().all()
    whole = an.coverage.all_provinces(choose(tables), tables["participants"], workers, tables["regions"])
    assert an.coverage.rank(whole)["rank"].tolist() == list(range(1, 35))


def test_a_province_by_registration_has_participants_and_no_coverage_rate(tables):
    choice = choose(tables, split="registration")
    covered, workers = covered_and_workers(tables, split="registration")
    whole = row(an.coverage.place(choice, covered, workers, tables["reported_claims"]), segment="all")
    # 453,853 registered with employers in Lampung; who of them lives there isn't known.
    assert (whole.covered, whole.rate_is) == (453_853, "not residents")
    assert whole.rate is pd.NA and whole.uncovered is pd.NA
    country = choose(tables, province="Indonesia", split="registration")
    assert (
        round(row(an.coverage.place(country, covered, workers, tables["reported_claims"]), segment="all").rate, 4)
        == 0.2445
    )


def test_several_decembers_stand_side_by_side_each_with_its_august(tables):
    people = an.coverage.active(tables["participants"], ["2023-12", "2024-12"], "domicile")
    workers = an.coverage.employed(tables["labour_force"], ["2023-08"])
    later = an.coverage.on_territory(an.coverage.employed(tables["labour_force"], "2024-08"), "34", tables["regions"])
    rows = an.coverage.coverage_of(people, pd.concat([workers, later]), by=["province", "period"])
    lampung = rows[rows["province"] == "Lampung"].set_index("period")["rate"].round(4).to_dict()
    # 732,890 / 4,697,658 and 858,652 / 4,787,589
    assert lampung == {"2023-12": 0.1560, "2024-12": 0.1793}
    assert set(an.coverage.coverage_of(small(), small_workers(), by=["base"])["base"]) == {"employed"}


def test_three_decembers_of_all_places_are_what_each_december_is_by_itself(tables):
    named = [tables[name] for name in ("participants", "labour_force", "regions")]
    rows = an.coverage.decembers("2024-12", *named)
    assert list(dict.fromkeys(rows["period"])) == ["2022-12", "2023-12", "2024-12"] and len(rows) == 3 * 35
    # 34,197,138 of 139,852,377 employed; in 2024 710,444 + 148,208 = 858,652 of 4,787,589 in Lampung.
    nation = row(rows, province="Indonesia", period="2023-12")
    assert (nation.covered, nation.workers, round(nation.rate, 4)) == (34_197_138, 139_852_377, 0.2445)
    lampung = row(rows, province="Lampung", period="2024-12")
    assert (lampung.covered, lampung.workers, round(lampung.rate, 4)) == (858_652, 4_787_589, 0.1793)
    papua = row(rows, province="Papua Barat", period="2024-12")
    assert (
        papua.workers
        == an.coverage.coverage_of(*covered_and_workers(tables, "2024-12"), by=["province"])
        .set_index("province")
        .loc["Papua Barat", "workers"]
    )


def test_a_year_without_figures_is_left_out_of_the_decembers_and_a_month_without_them_is_refused(tables):
    participants, workers, regions = (tables[name] for name in ("participants", "labour_force", "regions"))
    fewer = workers[workers["period"] != "2023-08"]
    assert set(an.coverage.decembers("2024-12", participants, fewer, regions)["period"]) == {"2022-12", "2024-12"}
    with pytest.raises(ValueError, match="no participants by domicile of 2031-12"):
        an.coverage.decembers("2031-12", participants, workers, regions)
    gone = participants[(participants["province_code"] != "18") | (participants["period"] != "2024-12")]
    assert (
        row(an.coverage.decembers("2024-12", gone, workers, regions), province="Lampung", period="2024-12")["rate_is"]
        == "unknown"
    )


def test_old_papua_is_one_row_whatever_its_parts_rest_on(tables):
    workers = an.coverage.employed(tables["labour_force"], "2024-08")
    other = Facts(source_ids=("another-source",))
    facts = [
        other if name == "Papua Tengah" else own
        for name, own in zip(workers["province"], workers["facts"], strict=True)
    ]
    papua = an.coverage.on_territory(workers.assign(facts=facts), "34", tables["regions"]).query("province == 'Papua'")
    assert papua["workers"].tolist() == [414_951, 2_057_441]
    assert all("another-source" in facts.source_ids for facts in papua["facts"])


@pytest.mark.parametrize(("province", "period"), [("Lampung", "2024-12"), ("Sulawesi Selatan", "2024-12")])
def test_an_article_without_segments_leaves_them_missing(tables, province, period):
    choice = choose(tables, province=province, period=period, base="eligible")
    rows = an.coverage.place(choice, None, None, tables["reported_claims"])
    assert rows["segment"].tolist() == ["PU", "BPU", "all"]
    assert row(rows, segment="all").rate_is == "known"


@pytest.mark.data
def test_what_is_offered_for_the_base_eligible_can_be_had(tables):
    with pytest.raises(ValueError, match="There is: ") as error:
        choose(tables, province="DKI Jakarta", base="eligible")
    offered = str(error.value).split("There is: ")[1].split(". Use")[0].split(", ")
    assert "Lampung 2023-12" in offered
    for each in offered:
        province, period = each.rsplit(" ", 1)
        assert choose(tables, province=province, period=period, base="eligible").period == period


def test_the_grouping_of_the_recipe(tables):
    # CONTRIBUTING, "a grouping": one place, another grouping.
    covered, workers = covered_and_workers(tables)
    rows = an.coverage.coverage_of(covered[covered["province"] == "Lampung"], workers, by=["segment"])
    assert rows.set_index("segment")["rate"].round(4).to_dict() == {"PU": 0.4096, "BPU": 0.0508}


def test_workers_that_an_article_names_otherwise_are_its_base(tables):
    claims = tables["reported_claims"]
    # Aceh, September 2023: 38.05 % beside "potential 1,7 juta"; Sulawesi Tengah 2021: of 1,516,347 employed.
    aceh = row(published_figures(claims, "11").query("rate_printed == '38,05'"), segment="all")
    assert (aceh.workers_printed, aceh.base) == ("1,7 juta", "eligible")
    assert "employed, as published" in set(published_figures(claims, "72")["base"])


def test_what_an_article_says_of_elsewhere_or_of_what_remains_is_not_the_place_s(tables):
    claims = tables["reported_claims"]
    # Kutai Kartanegara's 56 thousand aren't Kalimantan Timur's; 48 million in an article on Sulawesi Barat are Indonesia's.
    assert not published_figures(claims, "64")["covered_printed"].str.contains("56 ribu").any()
    assert "sekitar 48 juta" in set(published_figures(claims, "00").query("period == '2017-2018'")["covered_printed"])
    assert published_figures(claims, "76")["covered_printed"].tolist() == ["79 ribu"]
    # Berdikari: 207,419 non-active, 716,375 registered and 508,956 active in October 2024; only the last are covered.
    october = row(published_figures(claims, "18").query("period == '2024-10'"), segment="all")
    assert (october.covered_printed, october.rate_printed) == ("508.956", "")
    workers = claims[claims["claim_id"] == "LPG-2023-SEED-ANTARA#3"]
    for base, printed in (("employed", ["2,7 juta"]), ("remaining potential", [])):
        assert published_figures(workers.assign(base=base), "18")["workers_printed"].tolist() == printed


def test_a_misprinted_base_does_not_stand_beside_ours(tables):
    # Berdikari prints 3,059,943; 760,468 / 3,059,943 = 24.852 %, and 24.86 % is printed. Lampost: 3,058,943.
    covered, workers = covered_and_workers(tables, "2024-12")
    beside = an.coverage.beside(
        an.coverage.bases(choose(tables, period="2024-12"), covered, workers, tables["reported_claims"])
    )
    assert beside["workers_printed"].tolist() == ["3.058.943"]


def test_a_chart_says_why_a_segment_has_no_rate_and_not_that_so_much_is_covered(tables):
    counts = {"covered": [0, 5], "workers": [0, 10], "uncovered": [0, 5], "rate_is": ["not defined", "known"]}
    rows = pd.DataFrame({"segment": ["PU", "BPU"]} | counts)
    rows["rate"] = pd.array([pd.NA, 0.5], dtype="Float64")
    chart = an.charts.coverage(rows)
    assert "50.00% covered" in chart.svg["en"] and ">not defined<" in chart.svg["en"]


@pytest.mark.data
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, ["rate", "by_segment", "published_too"]),
        ({"base": "eligible"}, ["as_published"]),
        ({"province": "DKI Jakarta", "split": "registration"}, ["registered"]),  # more than its workers
        ({"split": "registration"}, ["registered"]),  # not those who live there
    ],
)
def test_of_the_answers_on_a_place_those_that_hold_have_a_row(tables, values, said):
    asked = {"province": "Lampung", "period": "2023-12", "base": "employed", "split": "domicile"} | values
    published = tables["reported_claims"]
    choice = an.coverage.choose(
        **asked, participants=tables["participants"], regions=tables["regions"], published=published
    )
    covered = an.coverage.active(tables["participants"], choice.period, choice.split)
    workers = an.coverage.workers_of(choice, tables["labour_force"], tables["regions"])
    here = an.coverage.place(choice, covered, workers, published)
    answers = an.coverage.answers(choice, here, an.coverage.bases(choice, covered, workers, published))
    assert [name for name, rows in answers._asdict().items() if len(rows)] == said
    nothing = an.coverage.answers(
        choice, here.assign(rate_is="unknown"), an.coverage.bases(choice, covered, workers, published)
    )
    assert len(nothing.unknown) == 1 and nothing.rate.empty and nothing.published_too.empty and nothing.registered.empty


def test_where_a_rate_is_missing_nobody_stands_anywhere_and_the_country_has_no_rank(tables):
    values = {"period": "2023-12", "base": "employed", "split": "domicile", "published": tables["reported_claims"]}
    frames = {"participants": tables["participants"], "regions": tables["regions"]}
    lampung, country = (an.coverage.choose(place, **values, **frames) for place in ("Lampung", "Indonesia"))
    workers = an.coverage.workers_of(lampung, tables["labour_force"], tables["regions"])
    provinces = an.coverage.all_provinces(lampung, tables["participants"], workers, tables["regions"])
    assert an.coverage.standing(lampung, provinces).country.empty
    told = an.coverage.standing(country, provinces)
    assert told.ranked.empty and told.country["of"].iloc[0] == 34 and told.on_old_map and told.unknown.empty
    gone = an.coverage.standing(lampung, provinces.assign(rate=provinces["rate"].mask(provinces["province"] == "Bali")))
    assert gone.ranked.empty and gone.country.empty and not gone.on_old_map and gone.unknown["missing"].tolist() == [1]
