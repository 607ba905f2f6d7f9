"""What figures may say otherwise than printed, what joins places and dates, and which readings are offered.

Counts in whole thousands may be rounded, PU and BPU need not be all, a year is no month, a name is one name however it
is spelt, and the last line of a table is the total of its places. The arithmetic stands beside each case.
"""

import numpy as np
import pandas as pd
import pytest
from ranged import bounds

from analysis.change import _as_interval, published_dates
from analysis.press.articles import correction_rows, figure_rows, readings, trials, trials_by_month, verdict_rows
from analysis.press.published import published_figures
from analysis.press.statements import claims_of
from analysis.press.verdict import verdict
from analysis.reporting import manifest
from analysis.reporting.pages import site
from analysis.schema import Interval
from analysis.words import taken

CONSISTENT, INCONSISTENT, NOTHING = "consistent", "inconsistent", "nothing to test"
THOUSANDS, CUT = "consistent if counts are rounded to thousands", "consistent if figures were cut off"
SEGMENTS = "consistent if there are other segments"


def printed(*rows, **columns):
    """Invented figures: (measure, text) or (measure, segment, text) a row, the same columns for all."""
    rows = [(measure, *rest) if len(rest) > 1 else (measure, "total", *rest) for measure, *rest in rows]
    frame = pd.DataFrame(rows, columns=["measure", "segment", "value_printed"])
    return frame.assign(**{"place": "Kota Uji", "period": "2024"} | columns)


def came(*rows, complete=(), **columns):
    return verdict(claims_of(printed(*rows, **columns)), complete)


def texts(frame, claim_ids):
    read = {claim.claim_id: claim.value_printed for claim in claims_of(frame)}
    return [read[claim_id] for claim_id in claim_ids]


# Counts in whole thousands.


def test_573_000_of_843_000_at_67_95_percent_agree_once_rounded():
    # Sulawesi Utara: 573,000 / 843,000 = 67.972 %; 573,000 / 843,200 = 67.955 %.
    rows = [("coverage_rate", "67,95"), ("covered", "573.000"), ("workers", "843.000")]
    found = came(*rows)
    assert found.verdict == THOUSANDS
    assert found.rounded == ("claims#3",) and found.others_too  # one is enough, and nothing says which
    assert found.remove == found.cut_off == ()
    assert set(found.conflict) == {"claims#1", "claims#2", "claims#3"}


def test_a_count_that_does_not_end_in_000_stays_exact():
    # 573,100 / 843,100 = 67.975 %, and no rounding is printed.
    rows = [("coverage_rate", "67,95"), ("covered", "573.100"), ("workers", "843.100")]
    assert came(*rows).verdict == INCONSISTENT


@pytest.mark.parametrize(("covered", "expected"), [("570.000", THOUSANDS), ("569.000", INCONSISTENT)])
def test_a_rounded_count_reaches_half_a_thousand_and_no_further(covered, expected):
    # 570,500 / 838,900 is 68.006 % and 569,500 / 838,900 is 67.886 %; printed 68,00 is 67.995 to 68.005 (cut off: 68.01).
    # 838,900 × 67.995 % = 570,410; 838,900 × 68.01 % = 570,536: 570,000 rounded reaches it, 569,000 doesn't, cut off neither.
    assert came(("coverage_rate", "68,00"), ("covered", covered), ("workers", "838.900")).verdict == expected


def test_a_count_as_printed_is_tried_first():
    # 573,000 / 843,000 = 67.972 %, printed 67,97: nothing is read otherwise, and 573,000 is 573,000.
    rows = [("coverage_rate", "67,97"), ("covered", "573.000"), ("workers", "843.000")]
    assert came(*rows).verdict == CONSISTENT
    found = bounds(claims_of(printed(*rows)))
    assert found.loc[found["measure"] == "covered", ["low", "high"]].values.tolist() == [[573000, 573000]]


def test_where_rounding_and_cutting_off_would_each_do_it_is_rounding():
    # Jakarta: 571,456 / 912,000 = 62.6596 %, printed 62,65: 62.66 cut off, or 571,456 / 912,100 = 62.653 %.
    rows = [("covered", "571.456"), ("target_workers", "912.000"), ("achievement_rate", "62,65")]
    found = came(*rows, target_year="2022")
    assert (found.verdict, found.rounded, found.cut_off) == (THOUSANDS, ("claims#2",), ())


def test_where_both_are_needed_it_is_cut_off_and_both_are_named():
    # 100,000 at 16.55 % are 604,230 workers, 605,000 at most if rounded to thousands (100,500 / 16.545 % = 607,434);
    # printed 61 and 60 juta can't be; so, in thousands: 600,499 + 4,400 is no 605,000 unless "600 ribu" was cut off.
    rows = [("workers", "PU", "600 ribu"), ("workers", "BPU", "4.400"), ("workers", "605.000")]
    # Rounded, PU is 599,500 to 600,500 and the total 604,500 to 605,500: 600,100 + 4,400 = 604,500. One is enough.
    assert came(*rows).verdict == THOUSANDS
    # With 3,700 it takes 600,800 for PU at least: cut off, and the total rounded.
    rows[1] = ("workers", "BPU", "3.700")
    found = came(*rows)
    assert (found.verdict, found.cut_off, found.rounded) == (CUT, ("claims#1",), ("claims#3",))


def test_a_count_may_be_cut_off_to_thousands_too():
    # 3,058,943 of which 24.86 % is 760,468; printed 3.058.000: 760,468 / 3,058,500 = 24.864 % is still 24,86.
    # 24.8600 % (two more digits) wants 3,058,999 at least: cut off, not rounded.
    rows = [("covered", "760.468"), ("workers", "3.058.000"), ("coverage_rate", "24,8600")]
    found = came(*rows)
    assert (found.verdict, found.cut_off, found.rounded) == (CUT, ("claims#2",), ())


@pytest.mark.parametrize("text", ["sekitar 573.000", "lebih dari 573.000", "573.000 sampai 574.000", "0"])
def test_a_count_that_a_word_widens_or_that_is_nobody_is_not_widened_again(text):
    (read,) = claims_of(printed(("covered", text)))
    assert read.thousands == read.printed


def test_figures_rounded_or_cut_to_thousands_are_never_called_inconsistent():
    random = np.random.default_rng(11)
    seen = set()
    for _ in range(40):
        workers = {part: int(random.integers(20_000, 900_000)) for part in ("PU", "BPU")}
        covered = {part: int(random.integers(1, count)) for part, count in workers.items()}
        cut = bool(random.integers(0, 2))
        rows = []
        for measure, counts in (("workers", workers), ("covered", covered)):
            for part, count in (*counts.items(), ("total", sum(counts.values()))):
                whole = count // 1000 if cut else (count + 500) // 1000
                text = f"{whole * 1000:,}".replace(",", ".") if whole else str(count)
                rows += [(measure, part, text)] * bool(random.integers(0, 3))
        rate = f"{100 * sum(covered.values()) / sum(workers.values()):.2f}".replace(".", ",")
        found = came(*rows, ("coverage_rate", rate))
        assert found.verdict in (CONSISTENT, NOTHING, THOUSANDS, CUT, SEGMENTS), rows
        seen.add(found.verdict)
    assert seen >= {THOUSANDS, CUT}


def test_the_change_page_reads_a_count_as_the_verdict_does():
    for row in claims_of(printed(("covered", "573.000"), ("workers", "843.100"))):
        low, value, high = _as_interval(row.value_printed, "persons")
        assert (low, high) == row.thousands and low <= value <= high
    assert _as_interval("573.000", "persons") == Interval(572_500, 573_000, 573_500)
    assert _as_interval("0", "persons") == Interval.exactly(0)  # nobody, and never fewer


def test_what_the_figures_can_be_holds_whichever_count_was_rounded():
    frame = printed(("coverage_rate", "67,95"), ("covered", "573.000"), ("workers", "843.000"))
    (trial,) = trials(frame)
    assert trial.how == "rounded to thousands"
    shown = figure_rows([trial]).set_index("measure")
    # 572,500 / 67.955 % = 842,469; 573,500 / 67.945 % = 844,065; and 843,500 × 67.955 % = 573,200.
    assert shown.loc["covered", ["low", "high"]].tolist() == [572_500, 573_200]
    assert shown.loc["workers", ["low", "high"]].tolist() == [842_500, 843_500]
    said = {language: taken(readings(trial), language) for language in ("id", "en")}
    assert said == {
        "id": "angka yang berakhir dengan 000 dibulatkan ke ribuan",
        "en": "counts that end in 000 are rounded to thousands",
    }
    (row,) = verdict_rows([trial]).to_dict("records")
    assert [said.printed for said in row["rounded"]] == ["843.000"]


# Segments that nobody printed.


def test_pu_and_bpu_that_are_fewer_than_their_total_leave_people_for_others():
    found = came(("covered", "35.300.100"), ("covered", "PU", "22.580.100"), ("covered", "BPU", "6.100.100"))
    assert found.verdict == SEGMENTS
    (left,) = found.left
    # 35,300,100 − 22,580,100 − 6,100,100
    assert (left.whole.what, left.low, left.high) == ("covered", 6_619_900, 6_619_900)
    assert found.identities == ("PU + BPU = total",) and len(found.conflict) == 3


def test_pu_and_bpu_that_are_more_than_their_total_are_a_conflict_with_any_other_segments():
    found = came(("covered", "100"), ("covered", "PU", "60"), ("covered", "BPU", "41"))
    assert (found.verdict, found.identities) == (INCONSISTENT, ("PU + BPU = total",))


def test_nobody_is_left_beside_pu_bpu_jakon_and_pmi_or_beside_men_and_women():
    four = [("covered", part, "10") for part in ("PU", "BPU", "Jakon", "PMI")]
    assert came(("covered", "41"), *four).verdict == INCONSISTENT
    assert came(("covered", "41"), *four[:3]).verdict == SEGMENTS  # 11 for PMI
    assert came(("covered", "41"), ("covered", "male", "20"), ("covered", "female", "20")).verdict == INCONSISTENT


def test_a_total_that_nobody_printed_is_the_sum_of_the_segments():
    # 60 + 40 = 100 and 70 + 29 = 99: without a printed total there is nothing that others could be part of.
    rows = [("covered", "PU", "60"), ("covered", "BPU", "40"), ("covered", "male", "70"), ("covered", "female", "29")]
    assert came(*rows).verdict == INCONSISTENT


def test_figures_that_agree_once_cut_off_need_no_other_segments():
    # "3 juta" rounded is 3.5 at most; 1.8 + 1.8 = 3.6 million if it was cut off: milder than a third segment.
    rows = [("workers", "PU", "1,8 juta"), ("workers", "BPU", "1,8 juta"), ("workers", "3,7 juta")]
    # 1.85 + 1.85 = 3.7: as printed. 3.8 million: 3.75 is more than 3.7, and 1.9 + 1.9 cut off reaches it.
    assert came(*rows).verdict == CONSISTENT
    rows[2] = ("workers", "3,8 juta")
    assert came(*rows).verdict == CUT
    rows[2] = ("workers", "4,8 juta")
    found = came(*rows)
    # 4.75 − 2 × 1.85 = 1.05, 4.85 − 2 × 1.75 = 1.35 million.
    assert (found.verdict, found.cut_off) == (SEGMENTS, ())
    assert [(left.low, left.high) for left in found.left] == [(1_050_000, 1_350_000)]


def test_other_segments_and_rounded_counts_may_both_be_needed():
    # 500 + 300 of 900 leave 100 people; and 67.95 % of 843,000 workers isn't 573,000 unless they are rounded.
    frame = printed(
        ("covered", "900"),
        ("covered", "PU", "500"),
        ("covered", "BPU", "300"),
        ("coverage_rate", "67,95"),
        ("covered", "573.000"),
        ("workers", "843.000"),
        place=["Kota A"] * 3 + ["Kota B"] * 3,
    )
    found = verdict(claims_of(frame))
    assert (found.verdict, found.rounded, found.cut_off) == (SEGMENTS, ("claims#6",), ())
    assert [(left.whole.place, left.low, left.high) for left in found.left] == [("Kota A", 100, 100)]


def test_a_conflict_elsewhere_accuses_nobody_whose_segments_are_not_all():
    frame = printed(
        ("covered", "900"),
        ("covered", "PU", "500"),
        ("covered", "BPU", "300"),
        ("covered", "101"),
        ("workers", "100"),
        place=["Kota A"] * 3 + ["Kota B"] * 2,
    )
    found = verdict(claims_of(frame))
    assert found.verdict == INCONSISTENT
    assert set(found.conflict) == {"claims#4", "claims#5"} and len(found.remove) == 1


def test_what_segments_say_of_each_other_is_not_lost_where_the_conflict_is_another():
    # Lampung as printed: 167,605 of "1,7 orang". As formal and informal make up the total, only the 1.7 can be wrong.
    rows = [
        ("covered", "731.991"),
        ("covered", "formal", "564.386"),
        ("covered", "informal", "167.605"),
        ("workers", "informal", "1,7 orang"),
    ]
    found = came(*rows)
    assert (found.verdict, found.remove, found.others_too) == (INCONSISTENT, ("claims#4",), False)


# Articles of which only the year is known.


@pytest.mark.parametrize("period", ["2023", "2023-H1", "2021-2023"])
def test_two_articles_on_one_year_are_not_tried_as_of_one_month(period):
    frame = printed(("covered", "700.100"), ("covered", "731.991"), period=period, article_id=["A", "B"])
    assert trials_by_month(frame) == []


@pytest.mark.parametrize("days", [("2023-12", "2023-12"), ("2023-12-05", "2023-12-31"), ("2023-12", "2023-12-31")])
def test_two_articles_on_one_month_are_tried_together(days):
    frame = printed(("covered", "700.100"), ("covered", "731.991"), period=list(days), article_id=["A", "B"])
    (trial,) = trials_by_month(frame)
    assert trial.verdict.verdict == INCONSISTENT


def test_a_figure_that_has_a_month_of_its_own_is_tried_with_that_month():
    # The article is of 2023, the figure as of December.
    frame = printed(
        ("covered", "700.100"),
        ("covered", "731.991"),
        period=["2023", "2023-12"],
        as_of=["2023-12", ""],
        article_id=["A", "B"],
    )
    assert len(trials_by_month(frame)) == 1


@pytest.mark.parametrize(("period", "offered"), [("2023", []), ("2023-12", [("310.100",)])])
def test_another_article_on_the_year_is_no_article_on_the_same_figure(period, offered):
    frame = printed(("covered", "300.100"), ("workers", "200.100"), ("workers", "310.100"), period=period)
    trial = trials(frame.assign(article_id=["A", "A", "B"]))[0]
    assert [c.texts for c in trial.corrections if c.kind == "elsewhere"] == offered


# Readings that are offered.


def test_a_rate_that_fits_other_workers_of_the_article_is_offered_as_theirs():
    # 300 / 1,111 eligible = 27.0 %, 300 / 1,250 employed = 24.0 %, 300 / 1,500 in the labour force = 20.0 %.
    rows = [
        ("coverage_rate", "24,0"),
        ("covered", "300"),
        ("workers", "1.111"),
        ("workers", "1.250"),
        ("workers", "1.510"),
    ]
    frame = printed(*rows, base=["", "", "eligible", "employed", "labour force"])
    (trial,) = trials(frame)
    assert trial.verdict.verdict == INCONSISTENT
    assert [(c.kind, c.claim_ids, c.base) for c in trial.corrections if c.kind == "base"] == [
        ("base", ("claims#1",), "employed")
    ]
    assert trial.how == "as corrected"
    (row,) = [row for row in correction_rows([trial]).to_dict("records") if row["kind"] == "base"]
    assert (row["text"], row["base"]) == ("24,0", "employed")
    assert taken(readings(trial), "en") == "24.0% is read as a share of the employed"


def test_a_rate_that_fits_no_printed_workers_is_offered_none():
    frame = printed(
        ("coverage_rate", "23,0"),
        ("covered", "300"),
        ("workers", "1.111"),
        ("workers", "1.250"),
        base=["", "", "eligible", "employed"],
    )
    assert not [c for c in trials(frame)[0].corrections if c.kind == "base"]


@pytest.mark.parametrize("measure", ["covered", "workers"])
def test_a_count_that_is_the_targets_people_is_offered_as_those(measure):
    # Of 1,250 workers 24.0 % (300) are covered and 40.0 % (500) are to be: 500 is neither covered nor workers.
    rows = [
        (measure, "500"),
        ("coverage_rate", "24,0"),
        ("workers", "1.250"),
        ("covered", "300"),
        ("target_rate", "40,0"),
    ]
    frame = printed(*rows, target_year=["", "", "", "", "2025"])
    (trial,) = trials(frame)
    assert trial.verdict.verdict == INCONSISTENT
    found = [(c.kind, c.claim_ids, c.target, c.target_year) for c in trial.corrections if c.kind == "target"]
    assert found == [("target", ("claims#1",), "40,0", "2025")]
    assert taken(readings(trial), "en") == "500 is read as the people of the target of 40.0%"


def test_a_target_printed_in_people_elsewhere_is_one_too():
    frame = printed(
        ("covered", "500"),
        ("coverage_rate", "24,0"),
        ("workers", "1.250"),
        ("target_workers", "500"),
        target_year=["", "", "", "2025"],
        article_id=["A", "A", "A", "B"],
        period="2024-06",
    )
    first = trials(frame)[0]
    assert [c.printed_by for c in first.corrections if c.kind == "target"] == ["B#4"]


def test_a_count_of_which_nothing_else_speaks_is_no_target():
    # Without a rate or a number of people the target could be anything, and would always fit.
    frame = printed(("covered", "500"), ("coverage_rate", "24,0"), ("workers", "1.250"))
    assert not [c for c in trials(frame)[0].corrections if c.kind == "target"]


# Names of places, and the last line of a table.


@pytest.mark.parametrize(
    "other",
    [
        "KOTA METRO",
        "kota metro",
        "Kota  Metro",
        " Kota Metro ",
        "Kota\u00a0Metro",
        "Kota\u2009Metro",
        "Kota Me\u200btro",
        "\ufeffKota Metro",
        "Kota Me\u00adtro",
        "Kota Ｍetro",
    ],
    ids=[
        "capitals",
        "none",
        "two spaces",
        "spaces around",
        "no-break",
        "thin",
        "zero width",
        "mark",
        "soft hyphen",
        "wide",
    ],
)
def test_a_place_is_one_place_however_it_is_spelt(other):
    frame = printed(("covered", "101"), ("workers", "100"), place=["Kota Metro", other])
    assert verdict(claims_of(frame)).verdict == INCONSISTENT
    assert [claim.place for claim in claims_of(frame)] == ["Kota Metro"] * 2  # as it was first printed
    assert frame["place"].tolist() == ["Kota Metro", other]


def test_two_places_are_two():
    assert came(("covered", "101"), ("workers", "100"), place=["Kota Metro", "Kabupaten Metro"]).verdict == NOTHING


def test_a_province_and_a_level_are_the_same_however_they_are_spelt():
    rows = [("covered", "99"), ("covered", "60"), ("covered", "40")]
    columns = {
        "place": ["Lampung", "Kota Metro", "Kabupaten Mesuji"],
        "level": ["Province", "CITY", "regency "],
        "province": ["", "LAMPUNG", "Lam\u200bpung"],
    }
    assert came(*rows, **columns).identities == ("places ≤ Lampung",)
    found = came(("covered", "101"), *rows[1:], complete=["LAMPUNG"], **columns)
    assert found.identities == ("places = Lampung",)


@pytest.mark.parametrize("segment", ["Informal", "INFORMAL", "bpu", "Informal\u00a0"])
def test_a_segment_is_one_segment_however_it_is_spelt(segment):
    assert came(("covered", "BPU", "101"), ("workers", segment, "100")).verdict == INCONSISTENT


def test_articles_on_one_place_are_tried_together_however_it_is_spelt():
    frame = printed(("covered", "100"), ("covered", "200"), period="2023-12", place=["Lampung", "LAMPUNG"])
    assert len(trials_by_month(frame.assign(article_id=["A", "B"]))) == 1


TOTALS = ["Jumlah", "TOTAL", "Jumlah total", "jumlah / total", "Grand Total", "Jumlah keseluruhan", "Jumlah:"]


@pytest.mark.parametrize("name", TOTALS)
def test_the_last_line_of_a_table_is_the_total_of_its_places(name):
    def of(total):
        rows = [("covered", "60"), ("covered", "40"), ("covered", total)]
        return came(*rows, place=["Kota Metro", "Kabupaten Mesuji", name])

    assert of("100").verdict == CONSISTENT
    for wrong in ("99", "101"):
        found = of(wrong)
        assert (found.verdict, len(found.conflict)) == (INCONSISTENT, 3)
        assert found.identities == (f"places = {name}",)


def test_the_country_does_not_count_in_the_total_of_provinces():
    columns = {"place": ["Indonesia", "Lampung", "Bali", "Jumlah"]}
    rows = [("covered", "999"), ("covered", "60"), ("covered", "40")]
    assert came(*rows, ("covered", "100"), **columns).verdict == CONSISTENT
    assert came(*rows, ("covered", "101"), **columns).verdict == INCONSISTENT


def test_a_total_beside_places_of_two_levels_is_no_less_than_the_finest():
    # Is 100 the province's total or that of the two districts? It can't be told; less than 100 it can't be.
    columns = {"place": ["Lampung", "Kota Metro", "Kabupaten Mesuji", "Jumlah"]}
    rows = [("covered", "300"), ("covered", "60"), ("covered", "40")]
    assert came(*rows, ("covered", "300"), **columns).verdict == CONSISTENT
    assert came(*rows, ("covered", "99"), **columns).identities == ("places ≤ Jumlah",)
    found = came(*rows, ("covered", "300"), complete=["jumlah"], **columns)
    assert found.identities == ("places = Jumlah",)


def test_a_total_adds_up_only_what_every_place_prints():
    columns = {"place": ["Kota Metro", "Kabupaten Mesuji", "Kota Metro", "Jumlah"]}
    rows = [("covered", "60"), ("covered", "40"), ("workers", "100"), ("workers", "300")]
    assert came(*rows, **columns).verdict != INCONSISTENT  # Mesuji may have 200 workers


def test_a_total_is_that_of_its_own_article_and_no_place_of_two_articles():
    frame = printed(
        ("covered", "60"),
        ("covered", "60"),
        ("covered", "90"),
        ("covered", "90"),
        period="2023-12",
        place=["Kota Metro", "Jumlah", "Kota Batam", "Jumlah"],
        article_id=["A", "A", "B", "B"],
    )
    assert trials_by_month(frame) == []
    assert [trial.verdict.verdict for trial in trials(frame)] == [CONSISTENT, CONSISTENT]
    assert verdict_rows(trials(frame))["place"].tolist() == ["Kota Metro", "Kota Batam"]


def test_a_total_that_is_printed_first_gives_the_article_no_place():
    frame = printed(("covered", "60"), ("covered", "60"), place=["Jumlah", "Kota Metro"])
    assert verdict_rows(trials(frame))["place"].tolist() == ["Kota Metro"]


def test_a_base_printed_as_a_whole_thousand_is_a_thousand_wide_on_the_change_page():
    rows = pd.DataFrame(
        {
            "segment": ["all"],
            "caution": [""],
            "period": ["2023-12"],
            "covered_printed": ["573.000"],
            "rate_printed": ["67,95"],
            "workers_printed": ["843.000"],
            "covered": [573000],
            "workers": [843000],
            "rate": [0.6795],
        }
    )
    (found,) = published_dates(rows).to_dict("records")
    assert (found["covered_low"], found["covered_high"]) == (572_500, 573_500)
    # 572,500 / 67.955 % = 842,470 and 573,500 / 67.945 % = 844,064, within 842,500 to 843,500.
    assert (found["workers_low"], found["workers_high"]) == (842_500, 843_500)


# What the index shows of it.


# What an entry of reports.toml may show of the press pages: the first that holds.
VERDICTS_SHOWN = [
    {
        "when": "conflicting",
        "id": "{n} dari {of} berita: angkanya bertentangan",
        "en": "{n} of {of} articles conflict in themselves",
    },
    {
        "when": "answer-segments.segments",
        "id": "cocok bila ada segmen lain",
        "en": "no conflict if there are other segments",
    },
    {"when": "answer-cut.cut", "id": "cocok bila ada yang dipotong", "en": "no conflict if some were cut off"},
    {
        "when": "answer-thousands.thousands",
        "id": "cocok bila dibulatkan ke ribuan",
        "en": "no conflict if rounded to thousands",
    },
    {"when": "consistent", "id": "tidak bertentangan ({of} berita diuji)", "en": "no conflict ({of} articles tested)"},
    {"id": "tidak ada yang dapat diuji", "en": "nothing to test"},
]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({}, "no conflict (2 articles tested)"),
        ({"thousands": 1}, "no conflict if rounded to thousands"),
        ({"thousands": 1, "cut": 1}, "no conflict if some were cut off"),
        ({"cut": 1, "segments": 1}, "no conflict if there are other segments"),
        ({"conflicting": 1, "thousands": 2, "segments": 1}, "1 of 6 articles conflict in themselves"),
    ],
)
def test_the_index_shows_the_first_verdict_of_a_place(said, shown):
    answer = {"articles": 9, "conflicting": said.get("conflicting", 0), "consistent": 2, "untested": 3}
    apart = {f"answer-{name}": {"values": {name: n}} for name, n in said.items() if name != "conflicting"}
    record = {"parameters": {}, "published": {"answer": {"values": answer}} | apart}
    column = manifest._column({"id": "Angka", "en": "Figures", "show": VERDICTS_SHOWN})
    assert site._cell(column, record)[1]["en"] == shown


@pytest.mark.parametrize("word", ["setidaknya", "nyaris", "kurang dari", "minimal", "baru sekitar"])
def test_a_word_that_changes_a_figure_stands_before_it_on_the_coverage_page(word):
    text = {
        "status": "",
        "base": "",
        "caution": "",
        "caution_id": "",
        "as_of": "",
        "source_id": "s",
        "article_id": "A",
        "claim_id": "A#1",
    }
    frame = printed(("covered", "731.991"), level="province", province_code="18", value_read=731991.0, **text)
    for said, shown in ((word, f"{word} 731.991"), ("sudah mencapai", "731.991")):
        assert published_figures(frame.assign(qualifier=said), "18")["covered_printed"].tolist() == [shown]
