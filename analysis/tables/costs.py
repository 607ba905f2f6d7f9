"""Tables of what is paid: for one worker in a month, and in every scenario, by whom and for what."""

import pandas as pd

from analysis.schema import UNKNOWN, Interval
from analysis.tables.column import (
    Column,
    Row,
    as_printed,
    counted,
    month_of,
    named,
    number,
    regulations,
    rupiah_between,
    rupiah_of,
    rupiah_short_of,
    rupiah_with_ends,
    scenario,
    sources,
    text,
)
from analysis.tables.projection import more_people
from analysis.tables.table import table
from analysis.words import Shown, month, percent, printed, rupiah, rupiah_short, term

_COVERED_IN_YEAR = counted("persons", ("Tercakup, rata-rata setahun", "Covered, average of the year"))
_BILLED = ["persons", "person_months", "contribution", "contribution_low", "contribution_high", "per_person"]


# -- one worker in a month ------------------------------------------------------------------------------


def one_worker(rows: pd.DataFrame) -> Shown:
    """What one worker costs in a month, by programme and payer (rows of `one_worker`).

    >>> rows = pd.DataFrame({"segment": ["PU", "BPU"], "programme": ["JKK", "JKM"], "payer": ["employer", "self"],
    ...     "class_or_band": "", "rate": [0.0024, None], "base_amount": pd.array([2517788, None], "Int64"),
    ...     "contribution": [6043, 6800], "relief": 0.0, "since": "2015-07", "regulations": [("PP 44/2015 Pasal 16 ayat (1)",),
    ...     ("PP 44/2015",)], "facts": Facts(("2024-12",), (), "high", ("pp44",))})
    >>> print(one_worker(rows).text["en"])
    What one worker costs in a month, December 2024
    Programme | Segment | Payer | Rate | Contribution base | Contribution | Regulation | Source
    Work accident (JKK) | Wage earners (PU) | Employers | 0.24% | Rp2,517,788 | Rp6,043 | PP 44/2015 Pasal 16 ayat (1) | [pp44]
    Death (JKM) | Non-wage workers (BPU) | Non-wage workers themselves | fixed amount | – | Rp6,800 | PP 44/2015 | [pp44]
    """
    tariff = Column("rate", _tariff, ("Tarif", "Rate"), numeric=True)
    who = [named("programme"), named("segment"), named("payer")]
    date = rows["facts"].iloc[0].as_of[0]
    names = ["segment", "programme", "payer", "class_or_band", "rate", "base_amount", "contribution", "relief", "since"]
    names.append("regulations")
    return table(
        "one-worker",
        rows,
        [*who, tariff, number("base_amount", _rupiah_or_dash), rupiah_of("contribution"), regulations(), sources()],
        note=False,
        data=rows[names],
        id=f"Iuran satu pekerja dalam sebulan, {month(date, 'id')}",
        en=f"What one worker costs in a month, {month(date, 'en')}",
    )


def _tariff(row: Row, language: str) -> str:
    return term("fixed amount", language) if pd.isna(row["rate"]) else percent(row["rate"], language)


def _rupiah_or_dash(amount: object, language: str) -> str:
    return "–" if pd.isna(amount) else rupiah(amount, language)


def by_payers(rows: pd.DataFrame) -> Shown:
    """What a non-wage worker costs a month, by who pays (rows of `by_payers`).

    >>> rows = pd.DataFrame({"payer": ["self", "sponsoring company"], "month": "2026-12", "contribution": [16800, 8400],
    ...     "relief_is": ["excluded", "given"], "regulations": [("PP 44/2015",), ("PP 44/2015", "PP 50/2025")],
    ...     "facts": Facts(source_ids=("pp50",))})
    >>> print(by_payers(rows).text["en"])
    What a non-wage worker costs in a month, by who pays
    Payer | Period | Contribution | Relief | Regulation | Source
    Non-wage workers themselves | December 2026 | Rp16,800 | not for this payer | PP 44/2015 | [pp50]
    Sponsoring companies | December 2026 | Rp8,400 | given | PP 44/2015; PP 50/2025 | [pp50]
    """
    return table(
        "by-payers",
        rows.rename(columns={"month": "period"}),
        [named("payer"), month_of("period"), rupiah_of("contribution"), named("relief_is"), regulations(), sources()],
        note=False,
        id="Iuran sebulan satu pekerja bukan penerima upah, menurut pembayarnya",
        en="What a non-wage worker costs in a month, by who pays",
    )


def published_beside(rows: pd.DataFrame) -> Shown:
    """Amounts that others printed beside ours, the wrong one too (rows of `contributions.published_beside`).

    >>> rows = pd.DataFrame({"control": ["package", "discount_misquote"], "ours": [16800, 8400], "printed": ["16.800",
    ...     "10.800"], "printed_value": [16800, 10800], "agrees": [True, False], "trust": ["good", "shown, not used"],
    ...     "regulations": [("PP 50/2025",), ()], "facts": Facts(("2026-04",), (), "high", ("antara",))})
    >>> print(published_beside(rows).text["en"])
    Amounts that others printed beside ours
    Figure | Period | Ours | As printed (rupiah) | Agrees? | Regulation | Source
    BPU a month, JKK and JKM | April 2026 | Rp16,800 | 16,800 | yes | PP 50/2025 | [antara]
    Other BPU, as misquoted | April 2026 | Rp8,400 | 10,800 | no; not used | – | [antara]
    """
    when = Column("as_of", lambda row, language: month(row["facts"].as_of[0], language), "period")
    others = as_printed("printed", ("Tercetak (rupiah)", "As printed (rupiah)"))
    return table(
        "published-amounts",
        rows,
        [named("control"), when, rupiah_of("ours"), others, Column("agrees", _agrees), regulations(), sources()],
        note=False,
        id="Jumlah yang dicetak pihak lain di samping hitungan kami",
        en="Amounts that others printed beside ours",
        data=rows[["control", "ours", "printed", "printed_value", "agrees", "trust", "regulations"]],
    )


def _agrees(row: Row, language: str) -> str:
    no = "no, not used" if row["trust"] == "shown, not used" else "no"
    return term("yes" if row["agrees"] else no, language)


def not_used(rows: pd.DataFrame) -> Shown:
    """Rules that are known and not calculated with, and why (rows of `contributions.not_used`).

    >>> rows = pd.DataFrame({"programme": ["JP"], "segment": "PU", "class_or_band": "years of contributions for a monthly pension",
    ...     "printed": "15", "unit": "years", "regulations": [("PP 45/2015",)], "not_used_because": "law text not cited",
    ...     "facts": Facts(source_ids=("register",))})
    >>> print(not_used(rows).text["en"])
    Rules that we know of and don't use, and why
    Programme | Segment | For | As printed | Regulation | Why not | Source
    Pension (JP) | Wage earners (PU) | years of contributions for a monthly pension; before that a lump sum | 15 years | PP 45/2015 | the law's own text isn't cited yet | [register]
    """
    about = named("class_or_band", ("Tentang", "For"))
    amount = Column("printed", _with_unit, ("Tercetak", "As printed"))
    why = named("not_used_because", ("Mengapa tidak", "Why not"))
    return table(
        "not-used",
        rows,
        [named("programme"), named("segment"), about, amount, regulations(), why, sources()],
        note=False,
        id="Aturan yang kami ketahui dan tidak kami pakai, dan sebabnya",
        en="Rules that we know of and don't use, and why",
        data=rows.drop(columns="facts"),
    )


def _with_unit(row: Row, language: str) -> str:
    said = row["printed"] if "/" in row["printed"] else printed(row["printed"], language)
    return f"{said} {term(row['unit'], language)}".strip()


# -- scenarios ------------------------------------------------------------------------------------------


def bill(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """What every scenario costs in some years, all payers together (rows of `bill` by ()).

    The middle, and where nine of ten draws lie.

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": "steady", "year": [2024, 2045], "persons": 2, "person_months": 24,
    ...     "contribution": 403200, "contribution_low": [403200, 201600], "contribution_high": [403200, 806400],
    ...     "per_person": 201600, "facts": facts})
    >>> print(bill(rows, scenario_titles("steady")).text["en"])
    Contributions a year in every scenario, all payers
    Scenario | 2024 | 2045
    No new policy | Rp403,200 | Rp403,200 (Rp201,600–806,400)
    """
    paid = {(row["scenario"], row["year"]): Interval.of(row, "contribution") for row in rows.to_dict("records")}

    def in_year(year: int) -> Column:
        def write(row: Row, language: str) -> str:
            return rupiah_with_ends(paid.get((row["scenario"], year), UNKNOWN), language)

        return Column(str(year), write, numeric=True)

    return table(
        "costs",
        rows.drop_duplicates("scenario"),
        [scenario(titles), *(in_year(year) for year in dict.fromkeys(rows["year"]))],
        id="Iuran setahun tiap skenario, semua pembayar",
        en="Contributions a year in every scenario, all payers",
        data=rows[["scenario", "year", *_BILLED]],
    )


def payers(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """Who pays how much in every scenario and year (rows of `bill` by payer); who never pays has no column.

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": "steady", "year": 2045, "payer": ["self", "national budget"], "persons": 2,
    ...     "person_months": 24, "contribution": [403200, 0], "contribution_low": 0, "contribution_high": [806400, 0],
    ...     "per_person": 201600, "facts": facts})
    >>> print(payers(rows, scenario_titles("steady")).text["en"])
    Who pays how much, in rupiah of the year
    Scenario | Year | Non-wage workers themselves
    No new policy | 2045 | Rp403,200
    """
    paid = rows.set_index(["scenario", "year", "payer"])["contribution"].to_dict()

    def by(payer: str) -> Column:
        def write(row: Row, language: str) -> str:
            return rupiah_short(paid.get((row["scenario"], row["year"], payer)), language)

        return Column(payer, write, numeric=True)

    payers = dict.fromkeys(rows.loc[rows["contribution_high"] > 0, "payer"])
    return table(
        "payers",
        rows.drop_duplicates(["year", "scenario"]).sort_values("year", kind="stable"),
        [scenario(titles), text("year"), *(by(payer) for payer in payers)],
        id="Siapa membayar berapa, rupiah pada tahun itu",
        en="Who pays how much, in rupiah of the year",
        data=rows[["scenario", "year", "payer", *_BILLED]],
    )


def funds(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """Seats that companies and public funds pay for in the last year (rows of `bill` by fund).

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": "steady", "year": [2024, 2045], "fund": "palm_oil_fund", "persons": [2, 4],
    ...     "person_months": [24, 48], "contribution": [403200, 806400], "contribution_low": 403200,
    ...     "contribution_high": 806400, "facts": facts})
    >>> print(funds(rows, scenario_titles("steady")).text["en"])
    Seats paid for by companies and public funds, 2045
    Scenario | Fund | Covered, average of the year | Person-months | Contribution
    No new policy | Palm-oil revenue sharing | 4 | 48 | Rp806,400 (Rp403,200–806,400)
    """
    paid = rows[(rows["fund"] != "") & (rows["contribution_high"] > 0)]
    year = int(rows["year"].max())
    seats = [_COVERED_IN_YEAR, counted("person_months"), rupiah_between("contribution")]
    return table(
        "funds",
        paid[paid["year"] == year],
        [scenario(titles), Column("fund", _fund), *seats],
        id=f"Tempat yang dibayar perusahaan dan dana publik, {year}",
        en=f"Seats paid for by companies and public funds, {year}",
        data=paid[["scenario", "year", "fund", *_BILLED[:-1]]],
    )


def _fund(row: Row, language: str) -> str:
    words = term(row["fund"], language)
    return words[0].upper() + words[1:]


def bought(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """What each scenario buys beside the usual course (rows of `bought` of one year).

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": ["retention"], "year": 2045, "additional": 10, "additional_low": 5,
    ...     "additional_high": 20, "additional_cost": 201600, "additional_cost_low": 100800,
    ...     "additional_cost_high": 403200, "additional_public": 0, "per_person": pd.NA, "per_person_low": pd.NA,
    ...     "per_person_high": pd.NA, "per_person_is": "too few", "facts": facts})
    >>> print(bought(rows, scenario_titles("retention")).text["en"])
    What is bought beside the usual course, 2045
    Scenario | People covered in addition | Additional contributions a year | Of it national and local budgets | For one more person covered for a year
    Participants stay | +10 (+5 to +20) | Rp201,600 (Rp100,800–403,200) | Rp0 | too few to say
    """
    year = 0 if rows.empty else int(rows["year"].iloc[0])
    money = [rupiah_between("additional_cost"), rupiah_short_of("additional_public")]
    return table(
        f"bought-{year}",
        rows,
        [scenario(titles), more_people("additional"), *money, Column("per_person", _per_person, numeric=True)],
        id=f"Yang didapat di atas keadaan biasa, {year}",
        en=f"What is bought beside the usual course, {year}",
        data=rows.drop(columns="facts"),
    )


def _per_person(row: Row, language: str) -> str:
    """Rupiah for one more person, or in words why there are none."""
    if row["per_person_is"] != "known":
        return term(row["per_person_is"], language)
    return rupiah_with_ends(Interval.of(row, "per_person"), language)


def accidents(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """Work-accident cases and claims to expect among the covered (rows of `accidents`): a rough order of magnitude.

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": ["steady"], "year": 2045, "persons": 1470301, "cases_expected": 7463,
    ...     "claims_expected": 65899117589, "claims_low": 65899117589, "claims_high": 105008465735, "facts": facts})
    >>> print(accidents(rows, scenario_titles("steady")).text["en"].replace("\\xa0", " "))
    Work accidents to expect among the covered, roughly, 2045
    Scenario | Covered, average of the year | Work-accident cases | JKK claims, rupiah of 2023
    No new policy | 1,470,301 | 7,463 | Rp65.9 billion (Rp65.9–105 billion)
    """
    year = 0 if rows.empty else int(rows["year"].iloc[0])
    names = ["scenario", "year", "persons", "cases_expected", "claims_expected", "claims_low", "claims_high"]
    return table(
        "accidents",
        rows,
        [
            scenario(titles),
            _COVERED_IN_YEAR,
            counted("cases_expected"),
            Column("claims_expected", _claims, numeric=True),
        ],
        id=f"Perkiraan kasar kecelakaan kerja di antara yang tercakup, {year}",
        en=f"Work accidents to expect among the covered, roughly, {year}",
        data=rows[names],
    )


def _claims(row: Row, language: str) -> str:
    return rupiah_with_ends(Interval(row["claims_low"], row["claims_expected"], row["claims_high"]), language)
