"""Who pays what: published amounts with their arithmetic, dates at their edges, and rules that can't be used.

Sources of the rates stand in data/contribution_rules.csv beside each of them.
"""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis as an
from analysis.contributions.accidents import accidents_of, claims_among
from analysis.contributions.month import PAYERS, monthly
from analysis.contributions.published import not_used, published_beside
from analysis.contributions.rules import BEFORE, RuleError, usable, wage_cap
from analysis.contributions.year import owed, programme_cost
from analysis.scenarios.levers import LEVERS
from analysis.tables.costs import not_used as not_used_table
from analysis.words.language import TERMS

QUICK = settings(derandomize=True, max_examples=25, deadline=None, database=None)
RISKS = ("very low", "low", "medium", "high", "very high")
RULES = an.read("contribution_rules")  # read-only: tests that need other rules make a copy


def confidence(rows):
    return [facts.confidence for facts in rows["facts"]]


def bpu(month, payer="self", income=1_000_000, rules=RULES, **who):
    """What one BPU worker costs in a month, all programmes together."""
    return int(monthly(rules, month, "BPU", income=income, payer=payer, **who)["contribution"].sum())


def in_year(year, segment, rules=RULES, **who):
    """What each payer owes for one person in a year: the rows of `owed` by payer."""
    return {row["payer"]: row for row in owed(usable(rules), year, segment, **who)}


def by_payer(rows):
    return rows.groupby("payer", sort=False)["contribution"].sum().to_dict()


def doctored(rule_id, **changes):
    """The rules with some cells of one row changed."""
    rules = RULES.copy()
    for column, value in changes.items():
        rules.loc[rules["rule_id"] == rule_id, column] = value
    return rules


def with_row(like, **changes):
    """The rules with a copy of one row added, some cells changed."""
    row = RULES[RULES["rule_id"] == like].assign(**changes)
    assert len(row) == 1
    return pd.concat([RULES, row], ignore_index=True)


# -- published amounts ----------------------------------------------------------------------------


def test_a_bpu_worker_of_the_lowest_band():
    # JKK 1 % x 1,000,000 = 10,000 and JKM 6,800 (PP 44/2015 jo PP 49/2023); printed: 16.800.
    assert bpu("2025-06") == 10_000 + 6_800 == 16_800
    # JHT 2 % x 1,000,000 = 20,000 (PP 46/2015); printed: 36.800.
    assert bpu("2025-06", programmes=("JKK", "JKM", "JHT")) == 16_800 + 20_000 == 36_800


def test_the_palm_oil_programme_of_lampung_2024():
    # 22,100 x 16,800 x 5 months; published as Rp1,86 miliar.
    cost = programme_cost(RULES, "2024-08", 5, 22_100, income=1_000_000, payer="local budget")
    assert cost == 22_100 * 16_800 * 5 == 1_856_400_000
    assert round(cost / 1e9, 2) == 1.86


@pytest.mark.parametrize(
    ("month", "payer", "transport", "rupiah"),
    [
        # PP 50/2025: half of 16,800 for transport January 2026 to March 2027, for others April to December 2026.
        ("2025-12", "self", True, 16_800),
        ("2026-01", "self", True, 8_400),
        ("2027-03", "self", True, 8_400),
        ("2027-04", "self", True, 16_800),
        ("2026-01", "self", False, 16_800),
        ("2026-03", "self", False, 16_800),
        ("2026-04", "self", False, 8_400),
        ("2026-12", "self", False, 8_400),
        ("2027-01", "self", False, 16_800),
        # It isn't for those whom APBN or APBD pays; a sponsoring company pays half.
        ("2026-04", "local budget", False, 16_800),
        ("2026-04", "national budget", False, 16_800),
        ("2026-04", "local budget", True, 16_800),
        ("2026-04", "sponsoring company", False, 8_400),
        ("2025-06", "sponsoring company", False, 16_800),
    ],
)
def test_the_discount_of_2026_and_whom_it_leaves_out(month, payer, transport, rupiah):
    assert bpu(month, payer, transport=transport) == rupiah


def test_a_relief_says_whether_it_was_given_and_by_which_rule():
    paid = monthly(RULES, "2026-04", "BPU", income=1_000_000)
    assert paid["relief"].tolist() == [0.5, 0.5] and set(paid["relief_is"]) == {"given"}
    assert all("bpu-non-transport-jkk-jkm-discount-2026-04" in ids for ids in paid["rule_ids"])
    public = monthly(RULES, "2026-04", "BPU", income=1_000_000, payer="local budget")
    assert public["relief"].tolist() == [0, 0] and set(public["relief_is"]) == {"excluded"}
    assert all("bpu-public-budget-jkk-jkm-discount-exclusion-2026-01" in ids for ids in public["rule_ids"])
    # Where there is no relief nobody is excluded from it.
    before = monthly(RULES, "2026-03", "BPU", income=1_000_000, payer="local budget")
    assert set(before["relief_is"]) == {"none"}


def test_the_discount_isnt_for_old_age_savings():
    # 8,400 + 2 % x 1,000,000: PP 50/2025 is of JKK and JKM.
    assert bpu("2026-04", programmes=("JKK", "JKM", "JHT")) == 8_400 + 20_000


def test_every_fund_is_spent_by_somebody_who_may_pay_and_all_of_them_are_public():
    payers = set(LEVERS["public_subsidy"].paid_by.values())
    assert payers <= set(PAYERS)
    assert {bpu("2026-04", payer) for payer in payers} == {16_800}


def test_a_wage_earner_at_five_million():
    # June 2025, very low risk. Employer 0.24 + 0.30 + 3.7 + 2 = 6.24 %, worker 2 + 1 = 3 %, state 0.22 %.
    rows = monthly(RULES, "2025-06", "PU", wage=5_000_000)
    assert by_payer(rows) == {"employer": 312_000, "worker": 150_000, "national budget": 11_000}
    each = rows.set_index(["programme", "payer"])["contribution"].to_dict()
    assert each == {
        ("JKK", "employer"): 12_000,
        ("JKM", "employer"): 15_000,
        ("JHT", "employer"): 185_000,
        ("JHT", "worker"): 100_000,
        ("JP", "employer"): 100_000,
        ("JP", "worker"): 50_000,
        ("JKP", "national budget"): 11_000,
    }


def test_the_pension_cap_by_date():
    # Letters of BPJS TK: 10,042,300 from March 2024, 10,547,400 from March 2025, 11,086,300 from March 2026.
    caps = {
        "2024-02": 9_559_600,
        "2024-03": 10_042_300,
        "2025-02": 10_042_300,
        "2025-03": 10_547_400,
        "2026-02": 10_547_400,
        "2026-03": 11_086_300,
        "2045-12": 11_086_300,
    }
    assert {month: wage_cap(RULES, month) for month in caps} == caps
    assert wage_cap(RULES, "2025-06", "JKP") == 5_000_000


def test_a_high_wage_is_capped_in_pension_and_job_loss_only():
    rows = monthly(RULES, "2025-06", "PU", wage=20_000_000, risk="very high").set_index(["programme", "payer"])
    assert rows["base_amount"].to_dict() == {
        ("JKK", "employer"): 20_000_000,
        ("JKM", "employer"): 20_000_000,
        ("JHT", "employer"): 20_000_000,
        ("JHT", "worker"): 20_000_000,
        ("JP", "employer"): 10_547_400,
        ("JP", "worker"): 10_547_400,
        ("JKP", "national budget"): 5_000_000,
    }
    assert rows.loc[("JKK", "employer"), "contribution"] == 348_000  # 1.74 %
    assert rows.loc[("JP", "worker"), "contribution"] == 105_474  # 1 % x 10,547,400


def test_the_state_adds_the_same_to_job_loss_before_and_after_2025_and_nobody_else_more():
    # PP 37/2021: 0.22 + 0.14 (JKK) + 0.10 (JKM) = 0.46 %; PP 6/2025: 0.22 + 0.14 (JKK) = 0.36 %. JKK and JKM stay in full.
    old, new = (monthly(RULES, month, "PU", wage=5_000_000) for month in ("2025-02", "2025-03"))
    assert old["contribution"].tolist() == new["contribution"].tolist()
    assert new.set_index("programme").loc["JKP", ["payer", "contribution"]].tolist() == ["national budget", 11_000]
    ids = [rows.set_index("programme").loc["JKP", "rule_ids"][0] for rows in (old, new)]
    assert ids == ["pu-jkp-total-2021", "pu-jkp-total-2025-02-07"]


def test_the_relief_of_2020_left_one_percent_of_jkk_and_jkm():
    # PP 49/2020, August 2020 to January 2021. PU at 5,000,000: 1 % of 12,000 and of 15,000. BPU: 100 and 68.
    programmes = ("JKK", "JKM", "JHT")
    covid = monthly(RULES, "2020-08", "PU", wage=5_000_000, programmes=programmes)
    assert covid["contribution"].tolist() == [120, 150, 185_000, 100_000]
    assert bpu("2020-08") == bpu("2021-01", "local budget") == 168
    assert bpu("2020-07") == bpu("2021-02") == 16_800


def test_labour_intensive_industry_pays_half_of_jkk_if_asked_for():
    # PP 7/2025 and PP 36/2025, February 2025 to January 2026: 0,120 to 0,870 % printed, half of 0,24 to 1,74.
    printed = {"very low": 6_000, "low": 13_500, "medium": 22_250, "high": 31_750, "very high": 43_500}
    for risk, rupiah in printed.items():
        rows = [
            monthly(RULES, month, "PU", wage=5_000_000, risk=risk, labour_intensive=asked).set_index("programme")
            for month, asked in (
                ("2025-02", True),
                ("2026-01", True),
                ("2025-06", False),
                ("2025-01", True),
                ("2026-02", True),
            )
        ]
        assert [row.loc["JKK", "contribution"] for row in rows] == [rupiah] * 2 + [2 * rupiah] * 3
        assert {row.loc["JKM", "contribution"] for row in rows} == {15_000}


def test_income_below_and_above_the_lowest_band():
    # The band table isn't in the data: 1 % of income, at least 10,000; above the lowest band confidence is medium.
    rows = {
        income: monthly(RULES, "2025-06", "BPU", income=income).iloc[0] for income in (400_000, 1_000_000, 2_500_000)
    }
    assert [row["contribution"] for row in rows.values()] == [10_000, 10_000, 25_000]
    assert [row["facts"].confidence for row in rows.values()] == ["high", "high", "medium"]
    assert bpu("2025-06", income=400_000, programmes=("JKK", "JKM", "JHT")) == 36_800  # the lowest package


def test_half_a_rupiah_is_rounded_up_for_each_programme_and_payer():
    # JKK 0.24 % x 625 = 1.5 and x 208 = 0.4992; JHT 3.7 % x 500 = 18.5.
    def rupiah(wage, programme):
        return monthly(RULES, "2025-06", "PU", wage=wage, programmes=(programme,))["contribution"].iloc[0]

    assert (rupiah(625, "JKK"), rupiah(208, "JKK"), rupiah(500, "JHT")) == (2, 0, 19)


def test_a_contract_with_known_wages():
    # Permenaker 5/2021: 1.74 % and 0.30 % of wages.
    rows = monthly(RULES, "2025-06", "Jakon", wage=5_000_000)
    assert rows[["programme", "payer", "contribution"]].values.tolist() == [
        ["JKK", "contractor", 87_000],
        ["JKM", "contractor", 15_000],
    ]
    assert confidence(rows) == ["high", "high"]


# -- which rule holds -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        ("2025-03", "2025-04", ["2025-03", "2025-04"]),
        ("2025-02-07", "2025-04", ["2025-03", "2025-04"]),  # a start inside a month: from the next
        ("2025-02-01", "2025-03", ["2025-02", "2025-03"]),
        ("2025-12-02", "2026-01", ["2026-01"]),
        ("2025-03", "2025-04-10", ["2025-03", "2025-04"]),  # an end inside a month: it was in force on the first
        ("2025-11", "2025", ["2025-11", "2025-12"]),
        ("2026", "2026-02", ["2026-01", "2026-02"]),
        ("2025-02-07", "2025-02-20", []),
    ],
)
def test_a_month_takes_the_rules_of_its_first_day(start, end, holds):
    rules = doctored("bpu-jkm-contribution", effective_from=start, effective_to=end)
    months = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)]
    assert [month for month in months if jkm_in(rules, month)] == holds


def jkm_in(rules, month):
    """The amount of JKM for BPU in a month; none where the error says that no rule holds."""
    try:
        return monthly(rules, month, "BPU", income=1_000_000, programmes=("JKM",))["contribution"].tolist()
    except RuleError as error:
        assert f"holds in {month}" in str(error) and "bpu-jkm-contribution" in str(error)
        return []


@pytest.mark.parametrize(
    ("end", "start", "february"),
    [("2025-02-06", "2025-02-07", 6800), ("2025-01-31", "2025-02-01", 7000), ("2025-02", "2025-02-07", 6800)],
)
def test_a_rule_that_ends_inside_a_month_and_its_successor_meet(end, start, february):
    old = doctored("bpu-jkm-contribution", effective_to=end)
    new = RULES[RULES["rule_id"] == "bpu-jkm-contribution"].assign(effective_from=start, value=7000)
    rules = pd.concat([old, new.assign(rule_id="next")])
    assert [jkm_in(rules, month) for month in ("2025-01", "2025-02", "2025-03")] == [[6800], [february], [7000]]


def test_a_month_before_the_rules_names_them():
    with pytest.raises(
        RuleError,
        match=r"no rule jkk_rate .* very low holds in 2015-06\. There is: pu-jkk-very-low-2015-07 = 0\.0024 .*2015-07 to open",
    ):
        monthly(RULES, "2015-06", "PU", wage=5_000_000)
    with pytest.raises(RuleError, match=r"no rule jp_wage_cap .* 2018-05.*pu-jp-wage-cap-2015-07.*pu-jp-wage-cap-2022"):
        wage_cap(RULES, "2018-05")
    with pytest.raises(RuleError, match=r"jkp_rate .* 2020-12.*pu-jkp-total-2021.*leave JKP out"):
        monthly(RULES, "2020-12", "PU", wage=5_000_000, programmes=("JKP",))


def test_two_rules_that_disagree_are_named_and_two_that_agree_are_fine():
    disagree = with_row("bpu-jkm-contribution", rule_id="bpu-jkm-other", value=7000, effective_from="2025-01")
    assert bpu("2024-12", rules=disagree) == 16_800
    with pytest.raises(
        RuleError,
        match=r"disagree in 2025-01: bpu-jkm-contribution = 6800 .*; bpu-jkm-other = 7000 .*2025-01 to open.* say which class",
    ):
        bpu("2025-01", rules=disagree)
    agree = with_row("bpu-jkm-contribution", rule_id="bpu-jkm-other", source_id="another")
    row = monthly(agree, "2025-01", "BPU", income=1_000_000).iloc[1]
    assert row["contribution"] == 6_800 and row["rule_ids"] == ("bpu-jkm-contribution", "bpu-jkm-other")
    assert "another" in row["facts"].source_ids


def test_two_reliefs_at_once_are_refused():
    both = doctored("pu-bpu-jakon-jkk-jkm-relief-covid-2020-08", effective_to="2026-04")
    with pytest.raises(RuleError, match=r"two reliefs hold in 2026-04.*covid.*non-transport"):
        bpu("2026-04", rules=both)


def test_medium_trust_lowers_the_confidence_of_its_own_row_only():
    rules = doctored("bpu-jkm-contribution", trust="medium")
    assert confidence(monthly(rules, "2025-06", "BPU", income=1_000_000)) == ["high", "medium"]
    assert in_year(2025, "BPU", rules, income=1_000_000)["self"]["facts"].confidence == "medium"
    # A medium rule that agrees with a good one: the result is as sure as the less sure of the two.
    beside = with_row("bpu-jkm-contribution", rule_id="other", trust="medium")
    assert confidence(monthly(beside, "2025-06", "BPU", income=1_000_000)) == ["high", "medium"]


def test_an_untrusted_rule_is_as_if_it_werent_there():
    rules = with_row("bpu-jkm-contribution", rule_id="wrong", value=1, trust="shown, not used")
    assert bpu("2025-06", rules=rules) == 16_800
    with pytest.raises(RuleError, match="none of any date that may be used"):
        bpu("2025-06", rules=doctored("bpu-jkm-contribution", trust="shown, not used"))


def test_a_rule_that_says_why_it_is_not_used_is_as_if_it_werent_there():
    rules = with_row("bpu-jkm-contribution", rule_id="draft", value=1, not_used_because="law text not cited")
    assert bpu("2025-06", rules=rules) == 16_800
    with pytest.raises(RuleError, match="none of any date that may be used"):
        bpu("2025-06", rules=doctored("bpu-jkm-contribution", not_used_because="law text not cited"))


def test_rules_that_are_not_used_are_shown_with_their_reason_and_law():
    rows = not_used(RULES).set_index("rule_id")
    assert rows["not_used_because"].value_counts().to_dict() == {
        "law text not cited": 7,  # of a draft register
        "source contradicts itself": 2,
        "misquoted": 1,
        "only part of the rule": 1,
    }
    assert rows.loc["pu-jp-monthly-benefit-condition", ["printed", "unit", "regulations"]].tolist() == [
        *("15", "years"),
        ("PP 45/2015",),
    ]
    table = not_used_table(not_used(RULES))
    for language, words in (("id", "naskah peraturannya belum dikutip"), ("en", "the law's own text isn't cited yet")):
        assert table.text[language].count(words) == 7
    known = {*RULES["class_or_band"], *RULES["unit"], *RULES["not_used_because"]} & {
        *rows["class_or_band"], *rows["unit"], *rows["not_used_because"],
    }  # fmt: skip
    assert not [word for word in known if word not in TERMS]  # both languages have a word for each


def test_the_law_is_cited_by_article_from_the_rules_that_were_used():
    rows = monthly(RULES, "2025-06", "PU", wage=5_000_000).set_index(["programme", "payer"])["regulations"]
    assert rows["JKK", "employer"] == ("PP 44/2015 Pasal 16 ayat (1)",)
    assert rows["JP", "worker"] == ("PP 45/2015 Pasal 28 ayat (3)", "surat BPJS Ketenagakerjaan B/726/022025")
    [relieved, _] = monthly(RULES, "2026-04", "BPU", income=1_000_000)["regulations"]
    assert relieved[-1] == "PP 50/2025" and "PP 44/2015 Lampiran II jo PP 49/2023" in relieved


def test_no_row_that_is_not_to_be_used_enters_anything():
    shown = set(RULES.loc[(RULES["trust"] == "shown, not used") | (RULES["not_used_because"] != ""), "rule_id"])
    assert len(shown) == 11  # the misquote, the headline, the two tables of one page, and seven of a draft register
    all_three, ways = ("JKK", "JKM", "JHT"), [(payer, moves) for payer in PAYERS for moves in (False, True)]
    rows = []
    for year in range(2016, 2031):  # a year's rules are those of all its months
        known = all_three if year < 2022 else ()  # the JP caps of 2016 to 2021 aren't
        rows += owed(usable(RULES), year, "PU", wage=5_000_000, programmes=known, labour_intensive=True)
        rows += owed(usable(RULES), year, "Jakon", wage=5_000_000)
        for payer, moves in ways:
            who = {"income": 2_000_000, "payer": payer, "transport": moves, "programmes": all_three}
            rows += owed(usable(RULES), year, "BPU", **who)
    used = {rule for row in rows for rule in row["rule_ids"]}
    assert not used & shown
    # And it isn't that nothing was used: rates, reliefs and exclusions came up.
    exclusion = "bpu-public-budget-jkk-jkm-discount-exclusion-2026-01"
    assert {"pu-jkk-very-low-2015-07", "bpu-transport-jkk-jkm-discount-2026-01", exclusion} <= used


def test_since_when_says_so_where_our_records_begin_later():
    rows = monthly(RULES, "2026-04", "BPU", income=1_000_000, payer="self", programmes=("JKK", "JHT"))
    assert rows["since"].tolist() == ["2026-04", BEFORE]
    assert monthly(RULES, "1999-01", "BPU", income=1_000_000)["since"].tolist() == [BEFORE, BEFORE]


def test_the_parts_of_job_loss_must_add_up():
    rules = doctored("pu-jkp-total-2025-02-07", payer="national budget 0.22 + JKK 0.15")
    with pytest.raises(RuleError, match=r"pu-jkp-total-2025-02-07 is 0,36 % .*adding up"):
        monthly(rules, "2025-06", "PU", wage=5_000_000)


def test_a_date_that_cant_be_read_names_its_rule():
    with pytest.raises(RuleError, match="rule bpu-jkm-contribution is dated 'Juli 2015'"):
        bpu("2025-06", rules=doctored("bpu-jkm-contribution", effective_from="Juli 2015"))


@pytest.mark.parametrize(
    ("month", "segment", "who", "message"),
    [
        ("2025/06", "BPU", {"income": 10**6}, "month is '2025/06'; write year and month as 2025-06"),
        ("2025-13", "BPU", {"income": 10**6}, "there is no month 13"),
        ("2025", "BPU", {"income": 10**6}, "write year and month"),
        ("2025-06", "PU", {"wage": 10**6, "risk": "very hihg"}, "did you mean very high"),
        ("2025-06", "BUP", {"income": 10**6}, "segment is 'BUP'; did you mean BPU"),
        ("2025-06", "BPU", {"income": 10**6, "payer": "local_budget"}, "did you mean local budget"),
        ("2025-06", "BPU", {"income": 10**6, "programmes": ("JP",)}, "programme is 'JP'"),
        ("2025-06", "BPU", {"income": 10**6, "programmes": ("JKK", "JKK")}, "name each once"),
        ("2025-06", "BPU", {"wage": 10**6}, "wage is 1000000, but contributions of BPU don't depend on it"),
        ("2025-06", "PU", {"wage": 10**6, "payer": "local budget"}, "contributions of PU don't depend on it"),
        ("2025-06", "PU", {"wage": 10**6, "transport": True}, "transport is True, but"),
        ("2025-06", "BPU", {"income": 10**6, "labour_intensive": True}, "labour_intensive is True, but"),
        ("2025-06", "PU", {}, "wage is None; give it in whole rupiah"),
        ("2025-06", "PU", {"wage": "5.000.000"}, "wage is '5.000.000'"),
        ("2025-06", "PU", {"wage": 0}, "wage is 0"),
        ("2025-06", "PU", {"wage": 4.5}, "wage is 4.5"),
        ("2025-06", "PU", {"wage": float("nan")}, "wage is nan"),
    ],
)
def test_what_cant_be_read_is_said_in_a_sentence(month, segment, who, message):
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        monthly(RULES, month, segment, **who)


# -- what holds whatever the numbers --------------------------------------------------------------


@given(st.integers(1, 60_000_000), st.integers(0, 5_000_000), st.sampled_from(RISKS))
@QUICK
def test_contributions_rise_with_the_wage_and_pension_stops_at_its_cap(wage, more, risk):
    low, high = (monthly(RULES, "2025-06", "PU", wage=w, risk=risk) for w in (wage, wage + more))
    assert (high["contribution"] >= low["contribution"]).all()
    capped = monthly(RULES, "2025-06", "PU", wage=10_547_400 + more, risk=risk).set_index(["programme", "payer"])
    assert capped.loc[[("JP", "employer"), ("JP", "worker")], "contribution"].tolist() == [210_948, 105_474]
    assert capped.loc[("JKP", "national budget"), "contribution"] == 11_000


@given(st.integers(1, 20_000_000), st.sampled_from(PAYERS), st.integers(2016, 2040), st.booleans())
@QUICK
def test_a_year_is_the_sum_of_its_months(income, payer, year, transport):
    who = {"income": income, "payer": payer, "transport": transport, "programmes": ("JKK", "JKM", "JHT")}
    months = [f"{year}-{month:02d}" for month in range(1, 13)]
    each = [int(monthly(RULES, month, "BPU", **who)["contribution"].sum()) for month in months]
    total = in_year(year, "BPU", **who)
    assert list(total) == [payer] and total[payer]["facts"].as_of == tuple(months)
    assert total[payer]["contribution"] == sum(each)
    assert in_year(year, "BPU", months=5, **who)[payer]["contribution"] == sum(each[-5:])
    assert programme_cost(RULES, months[0], 12, 7, **who) == 7 * sum(each)


def test_a_year_of_a_wage_earner_by_payer():
    # 2025 at 12,000,000: the JP cap is 10,042,300 for two months and 10,547,400 for ten. Worker: JHT 240,000 x 12
    # + JP 100,423 x 2 + 105,474 x 10 = 4,135,586; state 0.22 % x 5,000,000 x 12 = 132,000.
    total = {payer: row["contribution"] for payer, row in in_year(2025, "PU", wage=12_000_000).items()}
    assert total["worker"] == 240_000 * 12 + 100_423 * 2 + 105_474 * 10 == 4_135_586
    assert total["national budget"] == 132_000


def test_a_discount_year_and_the_years_after_the_last_dated_rule():
    # 2026, others: 3 x 16,800 + 9 x 8,400 = 126,000; transport 12 x 8,400; 2027: 3 x 8,400 + 9 x 16,800 and 12 x 16,800.
    def year(y, payer="self", **who):
        return in_year(y, "BPU", income=1_000_000, payer=payer, **who)[payer]["contribution"]

    assert [year(2026), year(2026, transport=True)] == [126_000, 100_800]
    assert [year(2027), year(2027, transport=True)] == [201_600, 176_400]
    assert year(2026, payer="local budget") == year(2045) == 201_600
    assert year(2026, months=9) == 75_600  # April to December


def test_spans_that_arent_whole_are_refused():
    with pytest.raises(ValueError, match="months is 13; a year has 1 to 12"):
        in_year(2026, "BPU", months=13, income=1_000_000)
    with pytest.raises(ValueError, match=r"persons is 2\.5"):
        programme_cost(RULES, "2024-08", 5, 2.5, income=1_000_000)
    with pytest.raises(ValueError, match="months is 0"):
        programme_cost(RULES, "2024-08", 0, 5, income=1_000_000)


def test_amounts_are_whole_rupiah_and_the_rules_arent_touched():
    before = RULES.copy()
    rows = monthly(RULES, "2025-06", "PU", wage=4_321_987)
    assert rows["contribution"].dtype == "Int64" and rows["base_amount"].dtype == "Int64"
    assert [facts.as_of for facts in rows["facts"]] == [("2025-06",)] * 7
    assert all(facts.source_ids for facts in rows["facts"])
    pd.testing.assert_frame_equal(RULES, before)


# -- beside what others print ---------------------------------------------------------------------


def test_printed_figures_stand_beside_ours():
    rows = published_beside(RULES, an.read("targets"))
    assert rows.loc[rows["control"] != "jp_cap", ["control", "ours", "printed", "agrees"]].values.tolist() == [
        ["package", 16_800, "16.800", True],
        ["package_jht", 36_800, "36.800", True],
        ["discount_transport", 8_400, "8.400", True],
        ["discount_others", 8_400, "8.400", True],
        ["discount_misquote", 8_400, "10.800", False],  # "Kalau enggak salah ... Rp10.800": half of 16,800 is 8,400
        ["palm_oil_worker", 16_800, "16800", True],
        ["palm_oil_budget", 1_856_400_000, "1,86 miliar", True],
    ]
    assert rows.loc[~rows["agrees"], "trust"].tolist() == ["shown, not used"]
    caps = rows[rows["control"] == "jp_cap"]
    assert caps["agrees"].all() and caps["ours"].tolist()[-3:] == [10_042_300, 10_547_400, 11_086_300]
    assert {len(facts.source_ids) for facts in rows["facts"]} == {1}


def test_a_printed_figure_that_is_off_by_more_than_its_rounding_doesnt_agree():
    targets = an.read("targets")
    budget = targets["target_id"] == "lampung-palm-oil-fund-budget-2024"
    for printed, value, agrees in (("1,85 miliar", 1_850_000_000, False), ("1,9 miliar", 1_900_000_000, True)):
        targets.loc[budget, ["value_printed", "value"]] = [printed, value]
        rows = published_beside(RULES, targets).set_index("control")
        assert rows.loc["palm_oil_budget", "agrees"] == agrees


# -- accident claims ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def accidents():
    return an.read("work_accidents")


@pytest.fixture(scope="module")
def participants():
    return an.read("participants")


def test_expected_claims_are_the_rate_of_2023_times_persons(accidents, participants):
    # Lampung BPU: 160 cases and Rp1,240,337,080 on 168,497 participants by domicile, 99,250 by registration;
    # 10,000 persons: 9.4957 cases, Rp73,611,820.4 and, by registration, Rp124,970,990.4.
    (row,) = claims_among(accidents_of(accidents, participants, "18", ["BPU"]), {"BPU": 10_000})
    assert (row["participants"], row["cases"], row["claims_paid"]) == (168_497, 160, 1_240_337_080)
    assert (row["cases_per_thousand"], row["claims_per_participant"]) == (0.95, 7_361)
    assert (row["cases_expected"], row["claims_expected"]) == (9.5, 73_611_820)
    assert (row["claims_low"], row["claims_high"]) == (73_611_820, 124_970_990)
    assert row["facts"].confidence == "low" and row["facts"].as_of == ("2023", "2023-12")


def test_as_many_persons_as_there_were_have_the_claims_there_were(accidents, participants):
    # Indonesia is the sum of 34 provinces: 25,004,383 PU and 9,192,755 BPU, as the national row has it.
    known = accidents_of(accidents, participants, "00", ["PU", "BPU"])
    rows = pd.DataFrame(claims_among(known, {"PU": 25_004_383, "BPU": 9_192_755}))
    paid = accidents.groupby("segment")["claims_paid"].sum()
    assert rows["participants"].tolist() == [25_004_383, 9_192_755]
    assert rows["claims_expected"].tolist() == [paid["PU"], paid["BPU"]] == [2_788_453_364_289, 177_323_715_460]
    assert rows["claims_low"].tolist() == rows["claims_high"].tolist()  # in the country both counts are one


@pytest.mark.parametrize(("code", "segment", "year"), [("93", "PU", 2023), ("18", "Jakon", 2023), ("18", "PU", 2022)])
def test_claims_of_a_place_without_figures_arent_guessed(accidents, participants, code, segment, year):
    with pytest.raises(ValueError, match=f"no work accidents or participants of .* in province {code} for {year}"):
        accidents_of(accidents, participants, code, [segment], year)
    with pytest.raises(ValueError, match="persons of PU is nan"):
        claims_among(accidents_of(accidents, participants, "18", ["PU"]), {"PU": float("nan")})
