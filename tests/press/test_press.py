"""Published figures against each other: what must come out, with the arithmetic beside it, and by brute force."""

from fractions import Fraction
from itertools import combinations
from math import ceil, floor

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ranged import bounds
from samples import cases, samples

import analysis as an
from analysis.press import articles, program
from analysis.press.articles import correction_rows, figure_rows, trials, trials_by_month, verdict_rows
from analysis.press.corrections import Correction, corrected, corrections
from analysis.press.program import Part, whole
from analysis.press.statements import MEASURES, ClaimError, Figure, Quantity, Row, claims_of, is_share, linear_rows
from analysis.press.verdict import (
    CONSISTENT,
    CUT,
    INCONSISTENT,
    NOTHING,
    SEGMENTS,
    THOUSANDS,
    VERDICTS,
    WHOLE,
    Case,
    range_of,
    verdict,
    ways_to_read,
)


@pytest.fixture(scope="module")
def printed():
    """Every figure in `data/reported_claims`."""
    return an.read("reported_claims")


@pytest.fixture(scope="module")
def tried(printed):
    """Every article tried by itself, by the name of each place's part of it."""
    return {name: trial for trial in trials(printed) for name in (c.article_id for c in trial.claims)}


def figures(*rows, **columns):
    """Invented figures: (measure, text) or (measure, segment, text) a row, the same columns for all."""
    rows = [(measure, *rest) if len(rest) > 1 else (measure, "total", *rest) for measure, *rest in rows]
    frame = pd.DataFrame(rows, columns=["measure", "segment", "value_printed"])
    return frame.assign(**{"place": "Kota Uji", "period": "2024"} | columns)


def of(*rows, **columns):
    return claims_of(figures(*rows, **columns))


def said(claims, claim_ids):
    """What was printed of these claims: {(measure, segment, text)}."""
    return {(c.measure, c.segment, c.value_printed) for c in claims if c.claim_id in claim_ids}


def ends(rows, measure, segment="total", columns=("low", "high"), **where):
    """The two ends of one figure, of the place that stands first."""
    rows = pd.DataFrame(rows)
    rows = rows[rows["place"] == rows["place"].iloc[0]]
    for column, value in {"measure": measure, "segment": segment, **where}.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1, f"{len(rows)} rows of {measure}, {segment}"
    return tuple(None if end is None or end != end else end for end in rows[list(columns)].iloc[0])


def percent(pair):
    return tuple(round(100 * end, 2) for end in pair)


FINE = ("fine_low", "fine_high")  # "1 juta" beside "1,7 juta", read to the nearest 100,000


# Lampung 2023, as Antara printed it.


def test_lampung_2023_as_printed_has_more_covered_than_informal_workers(printed, tried):
    trial = tried["LPG-2023-SEED-ANTARA"]
    assert trial.verdict.verdict == INCONSISTENT
    # 167,605 covered of "1,7 orang": no two figures of the article are further apart, and one of the two is wrong.
    conflict = {("covered", "informal", "167.605"), ("workers", "informal", "1,7 orang")}
    assert said(trial.claims, trial.verdict.conflict) == conflict
    assert trial.verdict.identities == ("covered ≤ workers",)
    assert said(trial.claims, trial.verdict.remove) == {("workers", "informal", "1,7 orang")}
    assert not trial.verdict.others_too


def test_lampung_2023_is_offered_1_7_million_and_nothing_is_corrected_silently(printed, tried):
    before = printed.copy(deep=True)
    article = printed[printed["article_id"] == "LPG-2023-SEED-ANTARA"]
    trial = trials(article)[0]
    assert [(c.kind, c.texts) for c in trial.corrections] == [("scale", ("1,7 juta",))]
    assert trial.how == "as corrected"
    pd.testing.assert_frame_equal(printed, before)
    assert [c.value_printed for c in trial.claims] == article["value_printed"].tolist()
    (offered,) = correction_rows([trial])[["kind", "text"]].itertuples(index=False, name=None)
    assert offered == ("scale", "1,7 juta")
    (row,) = verdict_rows([trial])[["verdict", "how"]].itertuples(index=False, name=None)
    assert row == (INCONSISTENT, "as corrected")


def test_lampung_2023_with_1_7_million_pins_down_what_was_not_printed(tried):
    trial = tried["LPG-2023-SEED-ANTARA"]
    right = corrected(trial.claims, trial.corrections[0])
    assert verdict(right).verdict == CONSISTENT
    found = bounds(right)
    assert list(found.itertuples(index=False, name=None)) == trial.bounds
    # 731,991 / 26.795 % = 2,731,819.4; 731,991 / 26.785 % = 2,732,839.3.
    assert ends(found, "workers") == (2_731_820, 2_732_839)
    # Informal workers are 1,650,000 to 1,750,000, so formal ones 2,731,820 − 1,750,000 to 2,732,839 − 1,650,000;
    # and "1 juta" to the nearest 100,000 is at most 1,050,000.
    assert ends(found, "workers", "PU", FINE) == (981_820, 1_050_000)
    assert ends(found, "workers", "PU") == (981_820, 1_082_839)
    # 564,386 / 981,820 = 57.48 %; / 1,050,000 = 53.75 %; / 1,082,839 = 52.12 %.
    assert percent(ends(found, "coverage_rate", "PU", FINE)) == (53.75, 57.48)
    assert percent(ends(found, "coverage_rate", "PU")) == (52.12, 57.48)
    # 167,605 / 1,750,000 = 9.58 %; / (2,731,820 − 1,050,000) = 9.97 %; / 1,650,000 = 10.16 %.
    assert percent(ends(found, "coverage_rate", "BPU", FINE)) == (9.58, 9.97)
    assert percent(ends(found, "coverage_rate", "BPU")) == (9.58, 10.16)
    # 1,681,820 / 2,731,820 = 61.56 %; 1,650,000 / 2,732,839 = 60.38 %; 1,750,000 / 2,731,820 = 64.06 %.
    assert percent(ends(found, "workers_share", "BPU", FINE)) == (61.56, 64.06)
    assert percent(ends(found, "workers_share", "BPU")) == (60.38, 64.06)
    # What each bound rests on: the total number of workers is covered by rate, and nothing else.
    rests = ends(found, "workers", columns=("rests_on",))[0]
    assert said(right, rests) == {("covered", "total", "731.991"), ("coverage_rate", "total", "26,79")}


def lampung(printed, **texts):
    """Antara's article of 2023 with 1.7 million, and some figures printed otherwise."""
    article = printed[printed["article_id"] == "LPG-2023-SEED-ANTARA"].set_index("claim_id", drop=False)
    article.loc["LPG-2023-SEED-ANTARA#7", "value_printed"] = "1,7 juta"
    for number, text in texts.items():
        article.loc[f"LPG-2023-SEED-ANTARA#{number[1:]}", "value_printed"] = text
    return claims_of(article)


def test_29_67_percent_instead_of_26_79_is_found(printed):
    claims = lampung(printed, n1="29,67")
    found = verdict(claims)
    # 731,991 / 29.67 % = 2,467,108, and 2.7 million is 2,650,000 at least.
    conflict = {("coverage_rate", "total", "29,67"), ("covered", "total", "731.991"), ("workers", "total", "2,7 juta")}
    assert (found.verdict, said(claims, found.conflict)) == (INCONSISTENT, conflict)


def test_one_informal_person_more_is_found(printed):
    claims = lampung(printed, n6="167.606")
    found = verdict(claims)
    # 564,386 + 167,606 = 731,992, one more than the total.
    conflict = {("covered", "total", "731.991"), ("covered", "formal", "564.386"), ("covered", "informal", "167.606")}
    assert (found.verdict, said(claims, found.conflict)) == (INCONSISTENT, conflict)
    assert found.identities == ("PU + BPU = total",)


def test_26_97_percent_instead_of_26_79_cannot_be_seen(printed):
    # 731,991 / 26.97 % = 2,714,093: still 2.7 million.
    assert verdict(lampung(printed, n1="26,97")).verdict == CONSISTENT


# Lampung 2024 and 2025: figures cut off, one wrong digit, a gap called "unprotected".


def test_3_05_million_of_september_2024_was_cut_off(tried):
    trial = tried["LPG-2024-09-ANTARA"]
    # 760,468 / 24.865 % = 3,058,388 at least, and 3.05 million rounded is 3,055,000 at most.
    assert trial.verdict.verdict == CUT == "consistent if figures were cut off"
    assert said(trial.claims, trial.verdict.cut_off) == {("workers", "total", "3,05 juta")}
    assert trial.corrections == []
    # 760,468 + 237,360 = 997,828 in 2024, and 176,502 more in 2025.
    assert ends(trial.bounds, "target_workers", kind="2024") == (997_828, 997_828)
    assert ends(trial.bounds, "target_workers", kind="2025") == (1_174_330, 1_174_330)
    # 1,174,330 / 38.395 % = 3,058,550 (rounded up); / 38.385 % = 3,059,346: the true 3,058,943 is among them.
    assert ends(trial.bounds, "workers") == (3_058_550, 3_059_346)


def test_berdikari_printed_3_059_943_for_3_058_943(tried):
    trial = tried["LPG-2024-10-BERDIKARI"]
    # 760,468 / 3,059,943 = 24.852 %, which is 24.85 and not 24.86, rounded or cut off.
    conflict = {("workers", "total", "3.059.943"), ("covered", "total", "760.468"), ("coverage_rate", "total", "24,86")}
    assert trial.verdict.verdict == INCONSISTENT
    assert said(trial.claims, trial.verdict.conflict) == conflict
    assert trial.verdict.others_too  # any one of the three may be the wrong one
    first = trial.corrections[0]
    # 760,468 / 3,058,943 = 24.8604 %; Lampung Post printed that number of workers.
    assert (first.kind, first.texts) == ("elsewhere", ("3.058.943",))
    assert first.printed_by == "LPG-2024-09-LAMPOST#2"
    assert ("digit", ("3.058.943",)) in [(c.kind, c.texts) for c in trial.corrections]


@pytest.mark.parametrize("article", ["LPG-2025-08-LAMPOST", "LPG-2025-08-SUMA"])
def test_389_534_unprotected_is_the_gap_to_the_target(printed, tried, article):
    trial = tried[article]
    # Of 2.8 million workers and 687,000 covered over 2 million are uncovered; but 38.39 % of 2,804,000 is 1,076,456,
    # and 1,076,456 − 687,000 is 389,456.
    assert trial.verdict.verdict == INCONSISTENT
    assert said(trial.claims, trial.verdict.remove) == {("uncovered", "total", "389.534")}
    assert [(c.kind, c.texts) for c in trial.corrections] == [("gap", ("389.534",))]
    target = printed[printed["claim_id"] == trial.corrections[0].printed_by].iloc[0]
    assert (target["measure"], target["value_printed"], target["target_year"]) == ("target_rate", "38,39", "2025")
    assert trial.how == "as corrected"
    low, high = ends(trial.bounds, "target_workers", kind="2025")
    assert low <= 687_000 + 389_534 <= high


def test_32_6_percent_is_not_the_target_that_389_534_lacks(tried):
    trial = tried["LPG-2025-08-KUTIPAN2"]
    # 32.65 % of 2,850,000 − 686,000 = 244,525 at most.
    assert trial.verdict.verdict == INCONSISTENT
    conflict = said(trial.claims, trial.verdict.conflict)
    assert {("target_rate", "total", "32,6"), ("gap_to_target", "total", "389.534")} < conflict
    assert (trial.corrections[0].kind, trial.corrections[0].texts) == ("elsewhere", ("38,39",))


# All articles.


def test_every_article_has_one_of_the_seven_verdicts(printed, tried):
    assert set(tried) == set(printed["article_id"])  # each stands in the trial of its article
    assert len({id(trial) for trial in tried.values()}) == printed["source_id"].nunique()
    assert {trial.verdict.verdict for trial in tried.values()} <= set(VERDICTS)
    for trial in tried.values():
        found = trial.verdict
        assert set(found.tested) | set(found.not_tested) <= {c.claim_id for c in trial.claims}
        assert bool(found.conflict) == (found.verdict not in (CONSISTENT, NOTHING))
        assert not found.cut_off or found.verdict in (CUT, SEGMENTS)
        assert not found.rounded or found.verdict in (THOUSANDS, CUT, SEGMENTS)
        assert bool(found.left) == (found.verdict == SEGMENTS)
        assert bool(found.remove) == (found.verdict in (INCONSISTENT, WHOLE))
        assert trial.corrections == [] or found.verdict in (INCONSISTENT, WHOLE)
    rows = verdict_rows(list(tried.values()))
    assert len(rows) == len(tried)
    order = [VERDICTS.index(word) for word in rows["verdict"]]
    assert order == sorted(order)
    ranges = figure_rows(list(tried.values()))
    both = ranges[ranges["low"].notna() & ranges["high"].notna()]
    assert (both["low"] <= both["high"]).all()
    assert set(correction_rows(list(tried.values()))["kind"]) >= {"elsewhere", "scale", "gap", "digit"}


@pytest.mark.data
def test_articles_on_one_place_and_month_are_tried_together(printed):
    grouped = {tuple(sorted({c.article_id for c in t.claims})): t for t in trials_by_month(printed)}
    # Berdikari's wrong digit conflicts with the two that printed the figures of September 2024, too.
    september = grouped["LPG-2024-09-ANTARA", "LPG-2024-09-LAMPOST", "LPG-2024-10-BERDIKARI"]
    assert september.verdict.verdict == INCONSISTENT
    assert ("workers", "total", "3.059.943") in said(september.claims, september.verdict.remove)
    assert len(next(name for name in grouped if "LPG-2025-08-RADAR" in name)) == 5
    assert all(len(name) > 1 for name in grouped)


def test_35_3_million_leaves_more_than_formal_and_informal(tried):
    trial = tried["NAT-2023-02"]
    assert trial.verdict.verdict == SEGMENTS == "consistent if there are other segments"
    assert trial.verdict.identities == ("PU + BPU = total",)
    # Total 35.25 to 35.35 million, formal 22.575 to 22.585, informal ("6,1 jutaan") 6.1 to 6.2:
    # 35.25 − 22.585 − 6.2 = 6.465 at least, 35.35 − 22.575 − 6.1 = 6.675 million at most are in other segments.
    (left,) = trial.verdict.left
    assert (left.whole.what, left.low, left.high) == ("covered", 6_465_000, 6_675_000)
    assert trial.corrections == []
    # The bounds hold with the total free of its parts: formal stays as wide as it is printed.
    assert trial.how == "with other segments"
    assert ends(trial.bounds, "covered", "PU") == (22_575_000, 22_585_000)


def test_pidie_cut_11_02_percent_off(tried):
    trial = tried["PIDIE-2024"]
    # 7,093 / 64,391 = 11.0155 %, printed as 11,01; none of the counts ends in 000.
    assert trial.verdict.verdict == CUT
    assert said(trial.claims, trial.verdict.cut_off) == {("coverage_rate", "PU", "11,01")}


def test_jakartas_target_of_912_000_may_be_rounded(tried):
    trial = tried["DKI-2022-10"]
    # 571,456 / 912,000 = 62.6596 %, printed 62,65; but / 912,100 = 62.6527 %, and a rounded count is the milder reading.
    assert trial.verdict.verdict == THOUSANDS
    assert said(trial.claims, trial.verdict.rounded) == {("target_workers", "BPU", "912.000")}
    assert trial.verdict.cut_off == ()


def test_bali_agrees_with_itself(tried):
    # 1,214,028 − 538,504 = 675,524 to the person; 538,504 / 1,214,028 = 44.36 %; 298,595 / 1,393,042 = 21.435 %.
    trial = tried["BALI-2023-11"]
    assert trial.verdict.verdict == CONSISTENT
    assert len(trial.verdict.tested) == 7


def test_79_of_621_thousand_is_not_11_percent(tried):
    # 78,500 / 621,500 = 12.63 % at least, and 11 % cut off is less than 12.
    trial = tried["SULAWESI-BARAT-2017-2018"]
    assert trial.verdict.verdict == INCONSISTENT
    conflict = {("covered", "total", "79 ribu"), ("workers", "total", "621 ribu"), ("coverage_rate", "total", "11")}
    assert said(trial.claims, trial.verdict.conflict) == conflict


def test_one_figure_with_two_rates_is_a_conflict_of_the_two(tried):
    trial = tried["BABEL-2023-10"]
    conflict = {("coverage_rate", "formal", "46,61"), ("coverage_rate", "formal", "41,61")}
    assert (trial.verdict.verdict, said(trial.claims, trial.verdict.conflict)) == (INCONSISTENT, conflict)
    assert trial.verdict.others_too  # nothing says which of the two


# What holds whatever is printed: one test for each identity.

WHOLES = [
    ("PU", "BPU"),
    ("PU", "BPU", "Jakon"),
    ("PU", "BPU", "Jakon", "PMI"),
    ("PU with PMI", "BPU", "Jakon"),
    ("PU without non-ASN", "non-ASN", "BPU", "Jakon", "PMI"),
    ("male", "female"),
    ("formal", "informal"),
]


@pytest.mark.parametrize("measure", ["covered", "workers", "target_workers"])
@pytest.mark.parametrize("parts", WHOLES, ids="+".join)
def test_the_segments_printed_add_up_to_the_total(measure, parts):
    rows = [(measure, part, str(10 + number)) for number, part in enumerate(parts)]
    total = sum(10 + number for number in range(len(parts)))
    assert verdict(of(*rows, (measure, str(total)))).verdict == CONSISTENT
    # A total that is more than its parts may have others, unless nothing is left to print.
    names = {{"formal": "PU", "informal": "BPU"}.get(part, part) for part in parts}
    others = names in ({"PU", "BPU"}, {"PU", "BPU", "Jakon"})
    for wrong, expected in ((total - 1, INCONSISTENT), (total + 1, SEGMENTS if others else INCONSISTENT)):
        found = verdict(of(*rows, (measure, str(wrong))))
        assert (found.verdict, len(found.conflict)) == (expected, len(parts) + 1)
        assert [(left.low, left.high) for left in found.left] == [(1, 1)] * (expected == SEGMENTS)


def test_sexes_and_segments_are_two_partitions_of_one_total():
    # PU 60 + BPU 40 = 100, and men 70 + women 29 = 99: nobody printed the total.
    rows = [("covered", "PU", "60"), ("covered", "BPU", "40"), ("covered", "male", "70"), ("covered", "female", "29")]
    assert verdict(of(*rows)).verdict == INCONSISTENT
    assert verdict(of(*rows[:3], ("covered", "female", "30"))).verdict == CONSISTENT


def test_one_segment_is_no_more_than_the_total():
    found = verdict(of(("covered", "100"), ("covered", "PU", "101")))
    assert (found.verdict, found.identities) == (INCONSISTENT, ("PU ≤ total",))
    assert verdict(of(("covered", "100"), ("covered", "PU", "99"))).verdict == CONSISTENT


def test_active_and_non_active_are_the_registered():
    # Berdikari, October 2024: 508,956 active + 207,419 non-active = 716,375.
    status = {"status": ["active", "non_active", "registered"]}
    rows = [("covered", "508.956"), ("covered", "207.419"), ("covered", "716.375")]
    assert verdict(of(*rows, **status)).verdict == CONSISTENT
    found = verdict(of(*rows[:2], ("covered", "716.376"), **status))
    assert (found.verdict, found.identities) == (INCONSISTENT, ("active + non-active = registered",))


def test_active_are_no_more_than_registered():
    found = verdict(of(("covered", "101"), ("covered", "100"), status=["active", "registered"]))
    assert (found.verdict, found.identities) == (INCONSISTENT, ("active ≤ registered",))


def test_registered_may_be_more_than_the_workers():
    # Who has left work stays registered, so that is no slip.
    claims = of(("covered", "150"), ("workers", "100"), status=["registered", ""])
    assert verdict(claims).verdict == NOTHING


def test_employed_and_unemployed_are_the_labour_force():
    # 100 in the labour force, 95 at work, 6 without: one too many.
    rows = [("workers", "100"), ("workers", "95"), ("workers", "unemployed", "6")]
    base = {"base": ["labour force", "employed", ""]}
    found = verdict(of(*rows, **base))
    assert (found.verdict, found.identities) == (INCONSISTENT, ("employed + unemployed = labour force",))
    assert verdict(of(*rows[:2], ("workers", "unemployed", "5"), **base)).verdict == CONSISTENT


def test_the_employed_are_no_more_than_the_labour_force():
    found = verdict(of(("workers", "100"), ("workers", "101"), base=["labour force", "employed"]))
    assert (found.verdict, found.identities) == (INCONSISTENT, ("employed ≤ labour force",))


def test_no_more_are_covered_than_work():
    found = verdict(of(("covered", "101"), ("workers", "100")))
    assert (found.verdict, found.identities) == (INCONSISTENT, ("covered ≤ workers",))
    assert verdict(of(("covered", "100"), ("workers", "100"))).verdict == CONSISTENT


PLACES = {
    "districts": {
        "place": ["Lampung", "Kota Metro", "Kabupaten Mesuji"],
        "level": ["province", "city", "regency"],
        "province": "Lampung",
    },
    "provinces": {
        "place": ["Indonesia", "Lampung", "Bali"],
        "level": ["national", "province", "province"],
        "province": ["", "Lampung", "Bali"],
    },
}


@pytest.mark.parametrize("places", PLACES.values(), ids=PLACES)
def test_places_are_no_more_than_the_whole_and_add_up_where_they_are_all(places):
    whole_place = places["place"][0]

    def came(total, complete):
        found = verdict(of(("covered", total), ("covered", "60"), ("covered", "40"), **places), complete)
        return found.verdict, found.identities

    assert came("99", ()) == (INCONSISTENT, (f"places ≤ {whole_place}",))
    assert came("100", ())[0] == came("101", ())[0] == CONSISTENT  # there may be other places
    assert came("100", (whole_place,))[0] == CONSISTENT
    assert came("101", (whole_place,)) == (INCONSISTENT, (f"places = {whole_place}",))


def test_districts_of_another_province_do_not_count():
    places = {"place": ["Lampung", "Kota Metro", "Kota Denpasar"], "level": ["province", "city", "city"]}
    claims = of(
        ("covered", "99"), ("covered", "60"), ("covered", "40"), **places, province=["Lampung", "Lampung", "Bali"]
    )
    assert verdict(claims).verdict == CONSISTENT


@pytest.mark.parametrize(
    ("measure", "good", "wrong"),
    [
        ("coverage_rate", "25", "23"),  # 300 / 1,200; 25.00 cut off may just be 24, as ends that touch agree
        ("uncovered", "900", "901"),  # 1,200 − 300
        ("uncovered_rate", "75", "76"),
        ("gap_to_target", "180", "181"),  # 480 − 300
        ("gap_rate", "15", "16"),
        ("target_rate", "40", "41"),
        ("achievement_rate", "62,5", "62,3"),  # 300 / 480
    ],
)
def test_each_measure_means_what_its_name_says(measure, good, wrong):
    known = [("covered", "300"), ("workers", "1.200"), ("target_workers", "480")]
    assert verdict(of(*known, (measure, good), target_year="2025")).verdict == CONSISTENT
    found = verdict(of(*known, (measure, wrong), target_year="2025"))
    assert found.verdict == INCONSISTENT and "claims#4" in found.conflict


@pytest.mark.parametrize(("measure", "of_all"), [("workers_share", "workers"), ("covered_share", "covered")])
def test_the_share_of_a_segment_is_of_all_segments(measure, of_all):
    rows = [(of_all, "BPU", "960"), (of_all, "1.500")]
    assert verdict(of(*rows, (measure, "BPU", "64"))).verdict == CONSISTENT
    assert verdict(of(*rows, (measure, "BPU", "65"))).verdict == INCONSISTENT


def test_a_growth_is_the_difference_of_two_dates():
    rows = [("covered", "731.991"), ("covered", "760.468"), ("covered_change", "28.477")]
    dates = {"period": ["2023-12", "2024-09", "2024-09"]}
    assert verdict(of(*rows, **dates)).verdict == CONSISTENT  # 760,468 − 731,991 = 28,477
    assert verdict(of(*rows[:2], ("covered_change", "28.478"), **dates)).verdict == INCONSISTENT


def test_targets_of_two_years_are_two_figures():
    rows = [("workers", "1.000"), ("target_rate", "32,6"), ("target_rate", "38,4")]
    assert verdict(of(*rows, target_year=["", "2024", "2025"])).verdict in (NOTHING, CONSISTENT)
    assert verdict(of(*rows, target_year=["", "2025", "2025"])).verdict == INCONSISTENT


def test_a_target_above_the_workers_is_shown_as_it_is():
    claims = of(("target_workers", "1.200"), ("workers", "1.000"), target_year="2025")
    assert verdict(claims).verdict == NOTHING
    assert ends(bounds(claims), "target_rate") == (1.2, 1.2)


# Ends that touch, one person, order and names.


@pytest.mark.parametrize("texts", [("2,6 juta", "2,7 juta"), ("2.650.000", "2,7 juta"), ("2,6 juta", "2.650.000")])
def test_intervals_that_share_an_end_agree(texts):
    # 2.6 million is 2,550,000 to 2,650,000, and 2.7 million from there to 2,750,000: both can be printed of 2,650,000.
    claims = of(*(("workers", text) for text in texts))
    assert verdict(claims).verdict == CONSISTENT
    assert ends(bounds(claims), "workers") == (2_650_000, 2_650_000)


def test_a_rate_at_the_end_of_its_interval_agrees_and_one_person_less_does_not():
    # 51,051 / 200,200 = 25.5 % exactly, which is 26 and 25; one person fewer is not 26.
    both = [("workers", "200.200"), ("coverage_rate", "26"), ("coverage_rate", "25")]
    assert verdict(of(*both, ("covered", "51.051"))).verdict == CONSISTENT
    found = verdict(of(*both[:2], ("covered", "51.050")))
    assert found.verdict == INCONSISTENT


@pytest.mark.parametrize("slip", [0, 1, -1])
def test_one_person_in_a_national_total_is_found(slip):
    random = np.random.default_rng(38)
    counts = [int(count) for count in random.integers(200_000, 9_000_000, 38)]
    names = ["Indonesia", *(f"synthetic {number}" for number in range(38))]
    frame = pd.DataFrame(
        {
            "place": names,
            "level": ["national"] + ["province"] * 38,
            "province": names,
            "period": "2023",
            "measure": "covered",
            "value_printed": [f"{count:,}".replace(",", ".") for count in [sum(counts) + slip, *counts]],
        }
    )
    found = verdict(claims_of(frame), {"Indonesia"})
    assert found.verdict == (INCONSISTENT if slip else CONSISTENT)
    if slip:  # any one of the 39 may be the wrong one
        assert (len(found.conflict), len(found.remove), found.others_too) == (39, 1, True)


def shown(claims, **names):
    rows = bounds(claims).replace({"place": names})
    keys = ["place", "date", "measure", "segment", "kind"]
    return {
        tuple(row[k] for k in keys): (row["low"], row["high"], row["fine_low"], row["fine_high"])
        for row in rows.to_dict("records")
    }


@pytest.mark.parametrize("article", ["BALI-2023-11", "NAT-2014", "LPG-2023-SEED-ANTARA"])
def test_order_and_names_change_nothing(printed, article):
    frame = printed[printed["article_id"] == article].copy()
    frame["value_printed"] = frame["value_printed"].replace("1,7 orang", "1,7 juta")
    found = verdict(claims_of(frame))
    expected = shown(claims_of(frame))
    assert found.verdict == CONSISTENT
    place = frame["place"].iloc[0]
    others = [
        frame.iloc[::-1],
        frame.sample(frac=1, random_state=1),
        frame[frame.columns[::-1]],
        frame.assign(place="Negeri X"),
    ]
    for other in others:
        again = verdict(claims_of(other))
        assert (again.verdict, set(again.tested)) == (found.verdict, set(found.tested))
        values = shown(claims_of(other), **{"Negeri X": place})
        assert values.keys() == expected.keys()
        for key, value in values.items():
            assert value == pytest.approx(expected[key], abs=1e-9), key


def test_order_changes_no_conflict(printed, tried):
    expected = tried["LPG-2023-SEED-ANTARA"].verdict
    frame = printed[printed["article_id"] == "LPG-2023-SEED-ANTARA"]
    again = verdict(claims_of(frame.sample(frac=1, random_state=2)))
    assert (again.verdict, set(again.conflict), again.remove) == (
        expected.verdict,
        set(expected.conflict),
        expected.remove,
    )


# Invented places whose true numbers are known.


def people(random, most=3_000_000):
    """True numbers of one place: {(measure, segment): persons}."""
    true = {}
    for segment in ("PU", "BPU"):
        workers = int(random.integers(2_000, most))
        true["workers", segment] = workers
        true["covered", segment] = int(workers * random.uniform(0.02, 0.95))
    for measure in ("workers", "covered"):
        true[measure, "total"] = true[measure, "PU"] + true[measure, "BPU"]
    return true


def text_of(value, size, decimals, cut):
    """A number of units of `size` as the press prints it: cut off, or rounded half up; all in whole numbers."""
    tenths = Fraction(value) * 10**decimals / size
    digits = floor(tenths) if cut else floor(tenths + Fraction(1, 2))
    whole_part, part = divmod(digits, 10**decimals)
    return f"{whole_part},{part:0{decimals}d}" if decimals else str(whole_part)


def press(random, true, cut):
    """Some of a place's figures as printed."""
    rows = []
    for segment in ("PU", "BPU", "total"):
        covered, workers = true["covered", segment], true["workers", segment]
        for measure, value in (("covered", covered), ("workers", workers), ("uncovered", workers - covered)):
            how = random.integers(0, 4)
            if how == 0 or (measure == "uncovered" and how < 3):
                continue
            if how == 1:
                text = f"{value:,}".replace(",", ".")
            elif value >= 1_000_000:
                text = text_of(value, 10**6, int(random.integers(0, 3)), cut) + " juta"
            else:
                text = text_of(value, 10**3, int(random.integers(0, 2)), cut) + " ribu"
            rows.append((measure, segment, text))
        if random.random() < 0.7:
            rate = text_of(Fraction(covered, workers), Fraction(1, 100), int(random.integers(0, 3)), cut)
            rows.append(("coverage_rate", segment, rate))
    return figures(*rows) if rows else press(random, true, cut)


def test_figures_that_were_all_cut_off_are_never_called_inconsistent():
    random = np.random.default_rng(2026)
    came = []
    for _ in range(cases(60)):
        frame = press(random, people(random), cut=True)
        found = verdict(claims_of(frame))
        came.append(found.verdict)
        assert found.verdict in (CONSISTENT, CUT, NOTHING), frame
    assert came.count(CUT) > cases(60) // 7  # or nothing was tried


def test_figures_that_were_all_rounded_agree_and_the_true_ones_are_inside():
    random = np.random.default_rng(1945)
    for _ in range(cases(60)):
        true = people(random)
        claims = claims_of(press(random, true, cut=False))
        found = verdict(claims)
        assert found.verdict in (CONSISTENT, NOTHING), claims
        for row in bounds(claims).itertuples():
            truth = true.get((row.measure, row.segment))
            if row.measure == "coverage_rate":
                truth = true["covered", row.segment] / true["workers", row.segment]
            elif row.measure.endswith("_share"):
                measure = row.measure.removesuffix("_share")
                truth = true[measure, row.segment] / true[measure, "total"]
            assert truth is not None
            slack = 1e-12 if isinstance(truth, float) else 0
            assert row.low is None or row.low <= truth + slack, (row, truth)
            assert row.high is None or truth <= row.high + slack, (row, truth)


# Bounds and whole people, by counting.


def counted(claims):
    """Every (covered, workers) of whole people that a pair of intervals and a rate allow."""
    said_of = {claim.measure: claim.printed for claim in claims}
    c, d = said_of["covered"]
    a, b = said_of["workers"]
    low, high = said_of["coverage_rate"]
    return [
        (covered, workers)
        for workers in range(ceil(a), floor(b) + 1)
        for covered in range(ceil(c), min(floor(d), workers) + 1)
        if low * workers <= covered <= high * workers
    ]


def test_bounds_of_a_rate_are_those_of_the_polygon_and_hold_every_whole_number():
    random = np.random.default_rng(7)
    seen = 0
    while seen < cases(30):
        a, b = sorted(int(n) for n in random.integers(20, 200, 2))
        c, d = sorted(int(n) for n in random.integers(1, b, 2))
        rate = int(random.integers(1, 99))
        claims = of(("covered", f"{c} sampai {d}"), ("workers", f"{a} sampai {b}"), ("coverage_rate", str(rate)))
        points = counted(claims)
        if not points:
            continue
        seen += 1
        low, high = Fraction(2 * rate - 1, 200), Fraction(2 * rate + 1, 200)
        found = bounds(claims)
        # The corners of {a ≤ W ≤ b, c ≤ C ≤ d, low W ≤ C ≤ high W}, tightened to whole people.
        workers = max(Fraction(a), c / high), min(Fraction(b), d / low)
        covered = max(Fraction(c), low * a), min(Fraction(d), high * b)
        assert ends(found, "workers") == (ceil(workers[0]), floor(workers[1]))
        assert ends(found, "covered") == (ceil(covered[0]), floor(covered[1]))
        share = float(max(low, Fraction(c, b))), float(min(high, Fraction(d, a)))
        assert ends(found, "coverage_rate") == pytest.approx(share, abs=1e-9)
        for at, name in enumerate(("covered", "workers")):
            values = [point[at] for point in points]
            assert ends(found, name)[0] <= min(values) and max(values) <= ends(found, name)[1]
        rates = [C / W for C, W in points]
        assert share[0] - 1e-12 <= min(rates) and max(rates) <= share[1] + 1e-12


@pytest.mark.parametrize("workers", [61, 100, 137, 199])
def test_bounds_are_the_counted_ends_where_one_number_is_known(workers):
    for rate in (3, 17, 50, 88):
        low, high = Fraction(2 * rate - 1, 200), Fraction(2 * rate + 1, 200)
        # Workers printed in full: C from ⌈low W⌉ to ⌊high W⌋.
        possible = [c for c in range(workers + 1) if low * workers <= c <= high * workers]
        claims = of(("workers", str(workers)), ("coverage_rate", str(rate)))
        if possible:
            assert ends(bounds(claims), "covered") == (min(possible), max(possible))
        # Covered printed in full.
        covered = workers // 2
        possible = [w for w in range(covered, 40_000) if low * w <= covered <= high * w]
        assert ends(bounds(of(("covered", str(covered)), ("coverage_rate", str(rate)))), "workers") == (
            min(possible),
            max(possible),
        )


def test_bounds_of_a_gap_and_of_a_partition_are_the_counted_ends():
    random = np.random.default_rng(8)
    for _ in range(cases(25)):
        # Whole ends and coefficients of one: the corners are whole people, so counting gives the same ends.
        formal, informal = (sorted(int(n) for n in random.integers(0, 90, 2)) for _ in range(2))
        total = int(random.integers(formal[0] + informal[0], formal[1] + informal[1] + 1))
        uncovered = sorted(int(n) for n in random.integers(0, 90, 2))
        claims = of(
            ("covered", "PU", "{} sampai {}".format(*formal)),
            ("covered", "BPU", "{} sampai {}".format(*informal)),
            ("covered", str(total)),
            ("uncovered", "{} sampai {}".format(*uncovered)),
        )
        pairs = [(f, total - f) for f in range(formal[0], formal[1] + 1) if informal[0] <= total - f <= informal[1]]
        found = bounds(claims)
        for at, segment in enumerate(("PU", "BPU")):
            values = [pair[at] for pair in pairs]
            assert ends(found, "covered", segment) == (min(values), max(values))
        assert ends(found, "workers") == (total + uncovered[0], total + uncovered[1])


def can_be(workers, low, high):
    """Whether some whole number of these workers is such a share of them."""
    return ceil(low * workers) <= floor(min(high, Fraction(1)) * workers)


def rate_of(percent_text):
    """(as printed, cut off as well): the two intervals of a printed percentage, by hand."""
    decimals = len(percent_text.partition(",")[2])
    unit = Fraction(1, 100 * 10**decimals)
    value = int(percent_text.replace(",", "")) * unit
    low = max(value - unit / 2, Fraction(0))
    return (low, value + unit / 2), (low, value + unit)


def by_counting(workers, text):
    as_printed, cut = rate_of(text)
    if can_be(workers, *as_printed):
        return (NOTHING, CONSISTENT)
    return (CUT,) if can_be(workers, *cut) else (WHOLE,)


def test_every_whole_percentage_of_1_to_60_workers_is_possible_where_counting_finds_people():
    covered, workers = (
        Figure("Kota Uji", "2024", what, "total", kind) for what, kind in (("covered", "active"), ("workers", ""))
    )
    within = Row({workers: Fraction(1), covered: Fraction(-1)}, Fraction(0), None, "")
    random = np.random.default_rng(60)
    tenths = [f"{n // 10},{n % 10}" for n in random.choice(1001, 40, replace=False)]
    for number in range(1, 61, 60 // cases(60)):
        count = linear_rows("w", Quantity(((workers, 1),)), Fraction(number), Fraction(number))
        for text in [*map(str, range(number % 4, 101, 4)), *tenths[number % 4 :: 4]]:
            for low, high in rate_of(text):
                rows = [*count, *linear_rows("r", Quantity(((covered, 1),), ((workers, 1),)), low, high), within]
                assert whole(rows, [covered, workers], [workers]) == can_be(number, low, high), (number, text)


def test_verdicts_on_a_few_workers_are_those_of_counting():
    random = np.random.default_rng(61)
    came = set()
    for _ in range(90):
        workers, tenths = int(random.integers(1, 61)), int(random.integers(0, 1001))
        text = f"{tenths // 10},{tenths % 10}" if random.random() < 0.5 else str(tenths // 10)
        found = verdict(of(("workers", str(workers)), ("coverage_rate", text)))
        assert found.verdict in by_counting(workers, text), (workers, text)
        came.add(found.verdict)
        if found.verdict == WHOLE:
            assert set(found.conflict) == set(found.tested) == {"claims#1", "claims#2"}
            assert (len(found.remove), found.others_too) == (1, True)
    assert came >= {CUT, WHOLE}


def test_45_percent_of_7_workers_is_impossible_and_43_is_not():
    # 3/7 = 42.857 %, 4/7 = 57.14 %: nothing between.
    found = verdict(of(("workers", "7"), ("coverage_rate", "45")))
    assert found.verdict == WHOLE == "impossible for whole people"
    assert verdict(of(("workers", "7"), ("coverage_rate", "43"))).verdict in (CONSISTENT, NOTHING)
    assert verdict(of(("workers", "7"), ("coverage_rate", "43"), ("covered", "3"))).verdict == CONSISTENT
    # 1/7 = 14.286 %: 14.2 only if it was cut off.
    assert verdict(of(("workers", "7"), ("coverage_rate", "14,2"))).verdict == CUT


def test_whole_people_do_not_matter_where_there_are_many():
    # 45.00 % of 20,011 is 9,004 to 9,005 people: any such share can be had.
    assert verdict(of(("workers", "20.011"), ("coverage_rate", "45,00"))).verdict in (CONSISTENT, NOTHING)


# The smallest conflict and the fewest removals, against trying all subsets.


def subsets(program, claim_ids):
    """Sizes and members of all conflicts and of all sets that can be true, by trying each."""
    feasible = {
        frozenset(chosen)
        for size in range(len(claim_ids) + 1)
        for chosen in combinations(claim_ids, size)
        if program.feasible(chosen)
    }
    smallest = next(
        size
        for size in range(1, len(claim_ids) + 1)
        if any(frozenset(chosen) not in feasible for chosen in combinations(claim_ids, size))
    )
    largest = max(map(len, feasible))
    return feasible, smallest, [chosen for chosen in feasible if len(chosen) == largest]


def slipped(random, value):
    """Most often the number itself; or a few thousand more, or three times as many."""
    chance = random.random()
    return value * 3 if chance < 0.1 else value + int(random.integers(1, 9000)) * (chance < 0.35)


def test_conflict_and_removals_are_the_smallest_of_all_subsets():
    random = np.random.default_rng(5)
    several, sizes = set(), set()
    while len(sizes) < 40:
        true = people(random)
        rows = [
            (measure, segment, f"{slipped(random, value):,}".replace(",", "."))
            for (measure, segment), value in true.items()
        ]
        rows += [("uncovered", "total", "{}".format(true["workers", "total"] - true["covered", "total"]))]
        rows += [
            (
                "coverage_rate",
                "PU",
                text_of(Fraction(true["covered", "PU"], true["workers", "PU"]), Fraction(1, 100), 2, False),
            )
        ]
        chosen = random.choice(len(rows), 7, replace=False)
        claims = of(*(rows[at] for at in chosen))
        found = verdict(claims)
        if found.verdict != INCONSISTENT:
            continue
        ids = [claim.claim_id for claim in claims]
        feasible, smallest, best = subsets(ways_to_read(Case(claims))[-1].program, ids)
        assert len(found.conflict) == smallest and frozenset(found.conflict) not in feasible
        assert frozenset(ids) - set(found.remove) in best
        assert found.others_too == (len(best) > 1)
        several.add(found.others_too)
        sizes.add((len(sizes), len(found.conflict), len(found.remove)))
    assert several == {True, False}
    assert {size for _, size, _ in sizes} >= {2, 3} and {size for *_, size in sizes} >= {1, 2}


def synthetic(provinces, seed=1):
    """Printed figures of invented provinces and their country, and where covered people stand."""
    random = np.random.default_rng(seed)
    true = {f"synthetic {n}": people(random, 9_000_000) for n in range(provinces)}
    true["Indonesia"] = {key: sum(province[key] for province in true.values()) for key in true["synthetic 0"]}
    rows = []
    for place, values in true.items():
        for segment in ("PU", "BPU", "total"):
            covered, workers = values["covered", segment], values["workers", segment]
            rows += [
                (place, "workers", segment, text_of(workers, 10**6, 1, False) + " juta"),
                (place, "coverage_rate", segment, text_of(Fraction(covered, workers), Fraction(1, 100), 2, False)),
                (place, "covered", segment, str(covered)),
            ]
    frame = pd.DataFrame(rows, columns=["place", "measure", "segment", "value_printed"])
    level = np.where(frame["place"] == "Indonesia", "national", "province")
    return frame.assign(level=level, province=frame["place"], period="2023")


@pytest.mark.parametrize("errors", [0, 1, 2, 4])
def test_planted_errors_in_a_national_set_are_found(errors):
    frame = synthetic(10)
    counts = frame.index[(frame["measure"] == "covered") & (frame["level"] == "province")]
    planted = np.random.default_rng(errors).choice(counts, errors, replace=False)
    for at in planted:
        frame.loc[at, "value_printed"] = str(int(int(frame.loc[at, "value_printed"]) * 1.3) + 7)
    claims = claims_of(frame)
    found = verdict(claims, {"Indonesia"})
    assert found.verdict == (INCONSISTENT if errors else CONSISTENT)
    assert len(found.remove) <= errors
    rest = [claim for claim in claims if claim.claim_id not in found.remove]
    assert verdict(rest, {"Indonesia"}).verdict == CONSISTENT
    if not found.others_too:
        assert set(found.remove) == {claims[at].claim_id for at in planted}


# The proof of a bound.


def some_programs(number, seed):
    """Small invented sets that agree, as one model each."""
    random = np.random.default_rng(seed)
    for _ in range(cases(number)):
        claims = claims_of(press(random, people(random), cut=False))
        model = Case(claims).read().program
        assert model.feasible()
        yield random, model


def test_a_proved_bound_is_the_solvers_own():
    for _, model in some_programs(25, 71):
        for figure in model.figures:
            for least in (True, False):
                own, proved = (
                    model.bound({figure: Fraction(1)}, least, certified).value for certified in (False, True)
                )
                assert (own is None) == (proved is None)
                if own is not None:
                    # Millions of people have eight digits, a float sixteen.
                    assert float(proved) == pytest.approx(float(own), rel=0, abs=1e-5)
                    assert proved <= own + Fraction(1, 10**5) if least else proved >= own - Fraction(1, 10**5)


def test_an_uncovered_that_is_the_gap_to_a_target_of_its_own_article_is_offered_and_taken_as_that():
    # 37.94 % of 3,058,943 are 1,160,563; less 760,468 they are 400,095, printed as 400 thousand.
    claims = of(
        ("covered", "760.468"),
        ("workers", "3.058.943"),
        ("uncovered", "400 ribu"),
        ("target_rate", "37,94"),
        target_year=["", "", "", "2024"],
    )
    trial = articles.tried(claims, claims)
    assert [(c.kind, c.claim_ids, c.printed_by) for c in trial.corrections] == [("gap", ("claims#3",), "claims#4")]
    assert [c.measure for c in trial.taken.claims] == ["covered", "workers", "gap_to_target", "target_rate"]
    assert corrected(claims, trial.corrections[0]) == trial.taken.claims  # the target is the claims' own


def test_a_gap_takes_the_place_of_its_own_target_only():
    claims = of(
        ("covered", "760.468"),
        ("workers", "3.058.943"),
        ("uncovered", "400 ribu"),
        ("target_rate", "37,94"),
        ("target_rate", "50"),
        target_year=["", "", "", "2024", "2024"],
        place=["L", "L", "L", "L", "Kota Metro"],
    )
    gap = Correction("gap", ("claims#3",), ("400 ribu",), "claims#4", "37,94", "2024")
    assert {c.claim_id for c in corrected(claims, gap, claims)} == {c.claim_id for c in claims}


A_CLAIM = st.fixed_dictionaries(
    {
        "article_id": st.sampled_from("AB"),
        "place": st.sampled_from(["Lampung", "Kota Metro"]),
        "period": st.sampled_from(["2024", "2024-12"]),
        "segment": st.sampled_from(["total", "total", "PU", "BPU"]),
        "of": st.sampled_from(sorted(MEASURES)),
        "target_year": st.sampled_from(["2024", "2025", "2024-2025"]),
        "count": st.sampled_from(
            ["760.468", "3.058.943", "400.123", "3,05 juta", "7", "0", "1,7", "lebih dari 5 ribu"]
        ),
        "share": st.sampled_from(["24,86", "37,94", "0", "100", "lebih dari 0", "lebih dari 100", "sekitar 40"]),
    }
)


@given(st.lists(A_CLAIM, min_size=2, max_size=6))
@samples(40)
def test_no_set_of_articles_measures_and_targets_ends_in_an_error(drawn):
    frame = pd.DataFrame(drawn).rename(columns={"of": "measure"})
    share = frame["measure"].map(is_share)
    frame = frame.assign(value_printed=frame["share"].where(share, frame["count"]))
    frame["target_year"] = frame["target_year"].where(frame["measure"].str.contains("target|gap|achievement"), "")
    for trial in [*trials(frame), *trials_by_month(frame)]:
        assert trial.verdict.verdict in VERDICTS
        if trial.how == "not taken":
            assert trial.verdict.conflict
        else:
            assert len(trial.bounds) or not trial.verdict.tested


@given(st.lists(A_CLAIM, min_size=4, max_size=7))
@samples(15)
def test_a_conflict_is_the_smallest_there_is_and_what_is_dropped_the_fewest(drawn):
    frame = pd.DataFrame(drawn).rename(columns={"of": "measure"})
    frame = frame[frame["measure"].isin(["covered", "workers", "uncovered"])].assign(target_year="", article_id="A")
    claims = claims_of(frame.assign(value_printed=frame["count"])) if len(frame) else []
    found = verdict(claims) if len(frame) else None
    if found is None or found.verdict != "inconsistent":
        return

    def can_be(ids):
        kept = [claim for claim in claims if claim.claim_id in ids]
        return Case(kept).read("cut off").program.feasible() if kept else True

    ids = [claim.claim_id for claim in claims]
    sizes = [n for n in range(1, len(ids) + 1) if any(not can_be(some) for some in combinations(ids, n))]
    assert len(found.conflict) == sizes[0] and not can_be(found.conflict)
    enough = [n for n in range(len(ids)) if any(can_be(set(ids) - {*gone}) for gone in combinations(ids, n))]
    assert len(found.remove) == enough[0] and can_be(set(ids) - {*found.remove})


def test_districts_that_say_nothing_of_each_other_are_told_apart():
    # Two districts of three conflict, each in a set of its own, and both must be mended.
    claims = of(
        *[("covered", "50"), ("workers", "100"), ("coverage_rate", "60")] * 2,
        *[("covered", "60"), ("workers", "100"), ("coverage_rate", "60")],
        place=[f"Kabupaten {n // 3}" for n in range(9)],
    )
    found = verdict(claims)
    assert len(Case(claims).read().program.parts) == 3
    assert found.conflict == ("claims#4", "claims#5", "claims#6")
    assert len(found.remove) == 2 and found.others_too
    assert [(c.kind, c.claim_ids) for c in corrections(Case(claims), found)] == [("together", found.remove)]


def test_equal_values_stay_or_go_together():
    # Three of five print 70: the two others are the fewest to drop, and nothing else would do.
    claims = of(*[("covered", text) for text in ("70", "80", "70", "90", "70")])
    found = verdict(claims)
    assert (found.conflict, found.remove, found.others_too) == (
        ("claims#4", "claims#5"),
        ("claims#2", "claims#4"),
        False,
    )


def least_of(model, figure, sign):
    """The solver's own least of ±figure, and the prices of the rows that it rests on."""
    found = model.bound({figure: Fraction(1)}, sign > 0, certified=False).value
    return None if found is None else (sign * found, list(model._highs.getSolution().row_dual))


def test_whatever_the_dual_values_no_bound_is_too_narrow():
    # That is what makes them a proof: a slip of floating point can only widen a bound.
    slack = Fraction(1, 10**5)
    for random, whole_model in some_programs(15, 72):
        for figure in whole_model.figures:
            model = whole_model.part_of[figure]
            for sign in (1, -1):
                found = least_of(model, figure, sign)
                if found is None:
                    continue
                least, duals = found
                cost = {figure: Fraction(sign)}
                exact = {at: Fraction(dual) for at, dual in enumerate(duals) if abs(dual) > 1e-9}
                assert model._weak(cost, exact) <= least + slack
                spoilt = [
                    {at: -dual for at, dual in exact.items()},
                    {at: dual * Fraction(1001, 1000) for at, dual in exact.items()},
                    {at: dual + Fraction(int(random.integers(-9, 10)), 9000) for at, dual in exact.items()},
                    *(
                        {at: Fraction(float(v)) for at, v in enumerate(random.normal(0, scale, len(duals)))}
                        for scale in (0.1, 1, 50)
                    ),
                    {},
                ]
                for wrong in spoilt:
                    assert model._weak(cost, wrong) <= least + slack


def test_claims_that_are_not_in_force_prove_nothing():
    claims = of(("covered", "100"), ("workers", "200"))
    [model] = Case(claims).read().program.parts
    (workers,) = [figure for figure in model.figures if figure.what == "workers"]
    model.keep({"claims#1"})
    prices = {at: Fraction(1) for at, row in enumerate(model.rows) if row.claim_id == "claims#2"}
    assert model._weak({workers: Fraction(1)}, prices) <= 100  # and not 200, which only the other claim says


def test_a_slip_in_the_solver_is_not_published(monkeypatch):
    claims = of(("covered", "731.991"), ("coverage_rate", "26,79"))
    right = ends(bounds(claims), "workers")
    prove = Part._proved

    def slipped(self, found):
        duals = {at: dual * 1.0001 for at, dual in found.duals.items()}
        return prove(self, found._replace(duals=duals, value=found.value + 500))

    monkeypatch.setattr(Part, "_proved", slipped)
    low, high = ends(bounds(claims), "workers")
    assert low <= right[0] and (high is None or high >= right[1])


def test_a_proved_share_is_that_of_the_polygon_and_holds_every_point():
    random = np.random.default_rng(74)
    for _ in range(cases(40)):
        a, b = sorted(int(n) for n in random.integers(10, 60, 2))
        c, d = sorted(int(n) for n in random.integers(1, a + 1, 2))
        model = Case(of(("covered", f"{c} sampai {d}"), ("workers", f"{a} sampai {b}"))).read().program
        covered, workers = model.figures
        low, high = (
            model.ratio({covered: Fraction(1)}, {workers: Fraction(1)}, least).value for least in (True, False)
        )
        assert (float(low), float(high)) == pytest.approx((c / b, d / a), abs=1e-9)
        points = [Fraction(x, y) for x in range(c, d + 1) for y in range(a, b + 1)]
        assert low <= min(points) + Fraction(1, 10**9) and max(points) <= high + Fraction(1, 10**9)


def test_proved_shares_are_the_solvers_own():
    for _, model in some_programs(12, 75):
        there = set(model.figures)
        for workers in model.figures:
            covered = workers._replace(what="covered", kind="active")
            if workers.what != "workers" or covered not in there:
                continue
            for least in (True, False):
                own, proved = (
                    model.ratio({covered: Fraction(1)}, {workers: Fraction(1)}, least, certified).value
                    for certified in (False, True)
                )
                assert float(proved) == pytest.approx(float(own), abs=1e-6)
                assert proved <= own + Fraction(1, 10**9) if least else proved >= own - Fraction(1, 10**9)


# Figures that can't be taken, and odd ones that can.


def problems(frame):
    with pytest.raises(ClaimError) as error:
        claims_of(frame)
    assert len(str(error.value).splitlines()) == len(error.value.problems)
    return {(p.row, p.column, p.value) for p in error.value.problems}


def test_every_cell_that_cannot_be_read_is_named_at_once():
    frame = figures(
        ("covered", "puluhan ribu"),
        ("cover", "5"),
        ("workers", "5"),
        ("covered", "5"),
        ("workers", "5"),
        ("target_rate", "5"),
        ("covered", "5"),
        ("coverage_rate", "5"),
        ("covered", "5"),
        ("covered", "5"),
        ("covered", "26 %"),
        ("workers", "12 juta"),
    )
    frame.index = [f"baris {number}" for number in range(1, 13)]
    for number, column, value in [
        (3, "level", "kota"),
        (4, "status", "aktif"),
        (5, "period", "2024-13"),
        (6, "target_year", "25"),
        (7, "unit", "percent"),
        (8, "unit", "persons"),
        (9, "claim_id", "a"),
        (10, "claim_id", "a"),
        (12, "unit", "orang"),
    ]:
        frame[column] = frame.get(column, pd.Series("", index=frame.index))
        frame.loc[f"baris {number}", column] = value
    frame["claim_id"] = frame["claim_id"].where(frame["claim_id"] != "", [f"x{n}" for n in range(12)])
    assert problems(frame) == {
        ("baris 1", "value_printed", "puluhan ribu"),
        ("baris 2", "measure", "cover"),
        ("baris 3", "level", "kota"),
        ("baris 4", "status", "aktif"),
        ("baris 5", "period", "2024-13"),
        ("baris 6", "target_year", "25"),
        ("baris 7", "unit", "percent"),
        ("baris 8", "unit", "persons"),
        ("baris 10", "claim_id", "a"),
        ("baris 11", "value_printed", "26 %"),
        ("baris 12", "unit", "orang"),
    }


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("period", ""),
        ("period", "2024-06-31x"),
        ("period", "24"),
        ("period", "2024-2021"),
        ("as_of", "1999"),
        ("target_year", "2025-2024"),
        ("target_year", "tahun depan"),
        ("place", ""),
        ("qualifier", "kayaknya"),
    ],
)
def test_a_wrong_cell_is_named(column, value):
    found = problems(figures(("covered", "5"), **{column: value}))
    assert {(row, column) for row, column, _ in found} == {(0, "value_printed" if column == "qualifier" else column)}


def test_a_missing_column_is_named():
    frame = figures(("covered", "5")).drop(columns=["place", "period"])
    assert problems(frame) == {("header", "place", ""), ("header", "period", "")}


def test_a_column_of_numbers_is_not_what_was_printed():
    # Read without dtype=str, 760.468 became 760.468 and 26,80 lost its zero: nobody can say what was printed.
    assert problems(figures(("covered", 760.468))) == {(0, "value_printed", "760.468")}
    years = figures(("covered", "5"), ("workers", "10"), period=2024, target_year=[2025.0, None])
    assert [(c.period, c.target_year) for c in claims_of(years)] == [("2024", "2025"), ("2024", "")]


def test_two_tables_put_together_keep_their_figures():
    # pd.concat repeats the row labels.
    both = pd.concat([figures(("covered", "101")), figures(("workers", "100"))])
    assert [claim.printed.low for claim in claims_of(both)] == [101, 100]
    assert verdict(claims_of(both)).verdict == INCONSISTENT


def test_an_empty_segment_is_all_of_them_and_spaces_are_nothing():
    frame = figures(("covered", "101"), ("workers", "100"), segment=["", "total"], place=["Kota Uji ", "Kota Uji"])
    assert verdict(claims_of(frame)).verdict == INCONSISTENT


def test_no_figures_and_one_figure_are_nothing_to_test():
    none = claims_of(figures(("covered", "5")).head(0))
    assert verdict(none).verdict == NOTHING and bounds(none).empty
    assert trials(figures(("covered", "5")).head(0)) == trials_by_month(figures(("covered", "5")).head(0)) == []
    assert verdict_rows([]).empty and figure_rows([]).empty and correction_rows([]).empty
    for measure, text in (("covered", "731.991"), ("coverage_rate", "26,79"), ("companies", "13.245")):
        assert verdict(of((measure, text))).verdict == NOTHING
    assert verdict(of(("companies", "13.245"))).not_tested == ("claims#1",)


def test_more_than_100_percent_covered_is_a_conflict_by_itself():
    found = verdict(of(("coverage_rate", "102,5"), ("workers", "1.000")))
    assert (found.verdict, found.conflict, found.identities) == (INCONSISTENT, ("claims#1",), ("covered ≤ workers",))
    assert verdict(of(("covered", "150"), ("target_workers", "100"), ("achievement_rate", "150"))).verdict == CONSISTENT


def test_more_than_5_million_has_no_upper_end_until_others_give_one():
    open_ended = ("workers", "lebih dari 5 juta")
    alone = bounds(of(open_ended, ("coverage_rate", "40")))
    assert ends(alone, "workers") == (5_000_000, None)
    # 2,000,000 / 39.5 % = 5,063,291.
    found = of(open_ended, ("coverage_rate", "40"), ("covered", "2.000.000"))
    assert verdict(found).verdict == CONSISTENT
    assert ends(bounds(found), "workers") == (5_000_000, 5_063_291)
    assert verdict(of(open_ended, ("coverage_rate", "40"), ("covered", "1.900.000"))).verdict == INCONSISTENT


def test_nobody_works_and_nobody_is_covered():
    claims = of(("workers", "0"), ("covered", "0"))
    assert verdict(claims).verdict == CONSISTENT
    assert ends(bounds(claims), "workers") == (0, 0)
    assert ends(bounds(claims), "coverage_rate") == (None, None)  # a share of nobody is none
    assert verdict(of(("workers", "0"), ("coverage_rate", "45"))).verdict == INCONSISTENT


def test_nothing_follows_from_figures_that_conflict():
    with pytest.raises(ValueError, match="can't be true together"):
        bounds(of(("covered", "101"), ("workers", "100")))


def test_no_correction_is_offered_that_is_no_number_of_people():
    claims = of(("covered", "1.101"), ("workers", "1.100"))
    texts = {text for c in corrections(Case(claims), verdict(claims)) for text in c.texts}
    assert {"1.100", "1.110"} <= texts | {"1.110"} and "0.101" not in texts
    for text in texts:
        assert of(("covered", text))[0].printed.low.denominator == 1
    assert corrections(Case(of(("covered", "100"))), verdict(of(("covered", "100")))) == []


# What a reviewer found.


def verdict_of(*rows, complete=(), **columns):
    return verdict(claims_of(figures(*rows, **columns)), complete).verdict


def test_workers_without_a_name_need_not_be_all_the_employed():
    # 2.7 million eligible, 4.7 million employed, 200,000 unemployed, 4.9 million in the labour force: all can be.
    rows = [
        ("workers", "2,7 juta"),
        ("workers", "4,7 juta"),
        ("workers", "unemployed", "200 ribu"),
        ("workers", "4,9 juta"),
    ]
    base = ["", "employed", "", "labour force"]
    assert verdict_of(*rows, base=base) == CONSISTENT
    rows[1] = ("workers", "4,8 juta")  # 4.75 + 0.1995 = 4.9495: less than 4.95, so it can; 4,9 + 0,2 can't
    assert verdict_of(*rows, base=base) == CONSISTENT
    rows[1] = ("workers", "4,9 juta")
    assert verdict_of(*rows, base=base) == INCONSISTENT


def test_a_complete_place_adds_up_only_what_every_part_prints():
    frame = pd.DataFrame(
        {
            "place": ["L", "A", "B", "A"],
            "level": ["province", "regency", "regency", "regency"],
            "province": "L",
            "period": "2023",
            "measure": ["workers", "covered", "covered", "workers"],
            "segment": "total",
            "value_printed": ["2.700.000", "100.000", "200.000", "1.000.000"],
        }
    )
    assert verdict(claims_of(frame), ["L"]).verdict != INCONSISTENT  # B may have 1.7 million workers
    whole = pd.concat([frame, frame.tail(1).assign(place="B", value_printed="1.800.000")], ignore_index=True)
    assert verdict(claims_of(whole), ["L"]).verdict == INCONSISTENT  # 1.0 + 1.8 is not 2.7
    assert verdict(claims_of(whole)).verdict == INCONSISTENT  # and more than 2.7, complete or not


@pytest.mark.parametrize(
    ("part", "status"), [("male", ""), ("female", ""), ("PU", ""), ("total", "non_active"), ("total", "active")]
)
def test_a_part_is_no_more_than_its_whole(part, status):
    whole = "registered" if status else ""
    rows = [("covered", "100.000"), ("covered", part, "160.000")]
    assert verdict_of(*rows, status=[whole, status]) == INCONSISTENT


def test_a_wage_earner_is_one_of_all_also_where_the_sexes_are_printed():
    rows = [
        ("covered", "100.000"),
        ("covered", "male", "60.000"),
        ("covered", "female", "40.000"),
        ("covered", "PU", "150.000"),
    ]
    assert verdict_of(*rows) == INCONSISTENT


def test_a_day_that_is_not_on_the_calendar_is_refused():
    with pytest.raises(ClaimError, match="2023-02-31"):
        claims_of(figures(("covered", "5"), period="2023-02-31"))


def test_a_solver_that_gives_up_is_no_conflict(monkeypatch):
    monkeypatch.setattr(program.highspy.Highs, "getModelStatus", lambda self: program.highspy.HighsModelStatus.kUnknown)
    with pytest.raises(ArithmeticError, match="the solver gave up"):
        verdict_of(("covered", "5"), ("workers", "7"))


def test_of_two_articles_that_print_other_values_neither_is_taken():
    frame = figures(("covered", "300.000"), ("workers", "200.000"), ("workers", "310.000"), ("workers", "320.000"))
    read = frame.assign(article_id=["A", "A", "B", "C"], period="2024-06")
    trial = trials(read)[0]
    assert [c.texts for c in trial.corrections if c.kind == "elsewhere"] == [("310.000",), ("320.000",)]
    assert trial.how == "not taken" and trial.bounds == []


def test_one_article_on_many_places_is_tried_as_one(tried):
    # Lampost prints 25,6 and 26,6 % for Lampung Utara in one list.
    trial = tried["LPG-KAB-2024-09-LAMUT-A"]
    assert trial is tried["LPG-2024-09-LAMPOST"] and trial.verdict.verdict == INCONSISTENT
    assert {row[2] for row in said(trial.claims, trial.verdict.conflict)} == {"25,6", "26,6"}


def test_shares_without_a_bound_on_people_are_proved_at_their_end():
    # At least 88,000 uncovered and nothing else: coverage can come as near to 100 % as one likes, and be 0.
    rows = bounds(claims_of(figures(("uncovered", "88.000"), ("coverage_rate", "43"))))
    low, high = ends(rows, "coverage_rate", kind="active")
    assert 0.42499 < low <= 0.42501 and 0.43499 < high < 0.43501
    read = Case(of(("uncovered", "88.000"), ("coverage_rate", "43"))).read()
    low, high, _ = range_of(read, "claims#2", {"claims#1"})
    assert low == 0 and 0.999 < high <= 1.000001
