"""Tables of rates to reach: official targets, how likely a scenario reaches a rate, and the least effort that does."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from analysis.schema import BASES
from analysis.tables.column import (
    Column,
    Row,
    counted,
    named,
    number,
    percent_of,
    rupiah_short_of,
    scenario,
    sources,
    to,
    year_of,
)
from analysis.tables.projection import assumption, quantity
from analysis.tables.table import table
from analysis.words import Shown, month, percent, points, signed, span, term


def _probability(share: object, language: str) -> str:
    return "–" if pd.isna(share) else percent(share, language, 0)


def _best(name: str, head: tuple[str, str] | str = "") -> Column:
    """The highest rate, and its year."""

    def write(row: Row, language: str) -> str:
        return f"{percent(row[name], language, 1)} ({row['best_year']:.0f})"

    return Column(name, write, head, numeric=True)


# -- official targets -----------------------------------------------------------------------------------


def compared(rows: pd.DataFrame, whose: str) -> Shown:
    """Official targets beside the rate on their own base (rows of `compared`): the `place`'s or the `nation`'s.

    >>> rows = pd.DataFrame({"name": ["Lampung 2024"], "whose": "place", "base": "eligible", "year": 2024,
    ...     "goal": 0.3262, "known_as_of": "2023-12", "rate_low": 0.2678, "rate_high": 0.2679, "gap_low": 0.0583,
    ...     "gap_high": 0.0584, "missing_low": 159129, "missing_high": 159462, "probability_usual": 0.0, "probability_best": 0.21,
    ...     "verdict": "ahead", "facts": Facts(source_ids=("perda",))})
    >>> print(compared(rows, "place").text["en"])
    Official targets of this place
    Target | Rate aimed at | Base of the target | Coverage rate | Distance (percentage points) | People still missing | Probability in the target's year, no new policy | Highest probability of all scenarios in that year | Verdict | Source
    Lampung 2024 | 32.62% | eligible, as published | 26.8% (December 2023) | +5.8 | 159,129 to 159,462 | 0% | 21% | the year isn't over | [perda]
    """
    titles = {
        "place": ("Target resmi untuk wilayah ini", "Official targets of this place"),
        "nation": ("Target resmi nasional", "Official national targets"),
    }
    columns = [
        Column("name", _target_and_year, ("Target", "Target")),
        percent_of("goal", ("Tingkat yang ditargetkan", "Rate aimed at")),
        named("base", ("Dasar target", "Base of the target")),
        Column("rate", _known_rate, numeric=True),
        _between("gap", lambda share, language: points(share, language, 1, unit=False)),
        _between("missing", lambda people, language: signed(people, language).lstrip("+")),
        number("probability_usual", _probability),
        number("probability_best", _probability),
        Column("verdict", _verdict_term),
        sources(),
    ]
    shown = rows[rows["whose"] == whose]
    data = shown.assign(confidence=shown["facts"].map(lambda facts: facts.confidence)).drop(columns="facts")
    return table(f"targets-{whose}", shown, columns, id=titles[whose][0], en=titles[whose][1], note=False, data=data)


def _target_and_year(row: Row, language: str) -> str:
    """The target's name, with its year where the name doesn't say it."""
    unknown = {"id": "tahun tidak disebut", "en": "year not stated"}[language]
    year = unknown if pd.isna(row["year"]) else f"{row['year']:.0f}"
    return row["name"] if year in row["name"] else f"{row['name']}, {year}"


def _known_rate(row: Row, language: str) -> str:
    """The rate with its year; for a target without a base the rates on both bases, beside each other."""
    if row["verdict"] == "base not stated":
        return "; ".join(_on_base(row, base, language) for base in BASES if pd.notna(row[f"rate_{base}_low"]))
    if pd.isna(row["rate_low"]):
        return "–"
    return f"{span(row['rate_low'], row['rate_high'], True, language, 1)} ({month(row['known_as_of'], language)})"


def _on_base(row: Row, base: str, language: str) -> str:
    said = span(row[f"rate_{base}_low"], row[f"rate_{base}_high"], True, language, 1)
    names = {
        "id": dict(zip(BASES, ("bekerja", "memenuhi syarat"), strict=True)),
        "en": dict(zip(BASES, BASES, strict=True)),
    }
    return f"{said} ({names[language][base]})"


def _between(name: str, write_end: Callable[[Any, str], str]) -> Column:
    """A number of which the ends are known, or nothing is."""

    def write(row: Row, language: str) -> str:
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        return "–" if pd.isna(low) else to(write_end(low, language), write_end(high, language), language)

    return Column(name, write, numeric=True)


def _verdict_term(row: Row, language: str) -> str:
    unscored = row["verdict"] == "base not stated"  # as a base these words mean something else
    return term("target base not stated" if unscored else row["verdict"], language)


# -- scenarios ------------------------------------------------------------------------------------------


def reaching(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """How likely each scenario reaches a rate (rows of `reaching`): in its year, the best, and when first.

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": ["steady"], "goal": 0.3, "year": 2045, "probability": 0.0,
    ...     "median_rate": 0.219, "best_median_rate": 0.22, "best_year": 2038, "first_year": pd.NA, "facts": facts})
    >>> print(reaching(rows, scenario_titles("steady")).text["en"])
    Probability of reaching 30.0% in December 2045
    Scenario | Probability of reaching it | Median | Highest, and its year | First in
    No new policy | 0% | 21.90% | 22.0% (2038) | never
    """
    chance, middle = number("probability", _probability), percent_of("median_rate")
    goal, year = rows["goal"].iloc[0], rows["year"].iloc[0]
    return table(
        "reaching",
        rows,
        [scenario(titles), chance, middle, _best("best_median_rate"), year_of("first_year")],
        id=f"Peluang mencapai {percent(goal, 'id', 1)} pada Desember {year}",
        en=f"Probability of reaching {percent(goal, 'en', 1)} in December {year}",
        data=rows.drop(columns="facts"),
    )


def efforts(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """The least of each lever by itself that reaches a rate, by how sure one wants to be (rows of `efforts`).

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": "government_pays", "lever": "public_subsidy", "parameter": "seats",
    ...     "part": "local_budget", "unit": "share of the non-wage workers", "goal": 0.4, "year": 2030,
    ...     "chance": [0.5, 0.8], "status": ["reachable", "unreachable"], "value": [0.18, None], "probability": 0.5,
    ...     "best_in_year": 0.42, "best_rate": 0.42, "best_year": 2030, "facts": facts})
    >>> print(efforts(rows, scenario_titles("government_pays")).text["en"])
    The least of a single lever that reaches 40.00% in December 2030
    Scenario | Assumption | Probability 50% | Probability 80% | Furthest at this assumption's limit
    Government pays | Seats paid for, local budgets (APBD) (of the non-wage workers) | 18% | out of reach | 42.0% (2030)
    """
    if rows.empty:
        return Shown("table", "efforts", text={})
    what = ["scenario", "lever", "parameter", "part", "unit"]
    least = {(*(row[name] for name in what), row["chance"]): row for row in rows.to_dict("records")}

    def for_chance(chance: float) -> Column:
        def write(row: Row, language: str) -> str:
            found = least[(*(row[name] for name in what), chance)]
            if found["status"] != "reachable":
                return term(found["status"], language)
            return quantity(found["value"], row["unit"], language)

        head = f"Peluang {chance * 100:.0f} %", f"Probability {chance * 100:.0f}%"
        return Column("value", write, head, numeric=True)

    goal, year = rows["goal"].iloc[0], rows["year"].iloc[0]
    best = _best("best_rate", ("Paling jauh pada batas asumsi ini", "Furthest at this assumption's limit"))
    tried = rows.drop_duplicates(what).sort_values(what, kind="stable")
    found = ["chance", "status", "value", "probability", "best_in_year", "best_rate", "best_year"]
    return table(
        f"efforts-{year}",
        titles[["scenario"]].merge(tried, on="scenario"),
        [scenario(titles), _LEVER, *(for_chance(chance) for chance in sorted(set(rows["chance"]))), best],
        data=rows[[*what, "goal", "year", *found]],
        id=f"Yang paling sedikit diperlukan dari satu langkah untuk mencapai {percent(goal, 'id', 2)} pada Desember {year}",
        en=f"The least of a single lever that reaches {percent(goal, 'en', 2)} in December {year}",
    )


def _lever_with_unit(row: Row, language: str) -> str:
    return f"{assumption(row, language)} ({term(row['unit'], language)})"


_LEVER = Column("parameter", _lever_with_unit, "assumption")


def by_lever(rows: pd.DataFrame, goal: float, year: int) -> Shown:
    """The cheapest mix of levers, lever by lever (rows of `by_lever`); nothing where none is needed.

    >>> rows = pd.DataFrame({"lever": ["public_subsidy"], "segment": "BPU", "kind": "seats", "first_year": 2026,
    ...     "people": 39963, "people_total": 39963, "cost": 201600, "facts": facts})
    >>> print(by_lever(rows, 0.25, 2026).text["en"])
    The cheapest mix of levers towards 25.00% in December 2026
    Lever | First in | People reached | Cost (rupiah)
    Government pays | 2026 | 39,963 | Rp201,600
    """
    reached = counted("people_total", ("Orang yang dijangkau", "People reached"))
    return table(
        "mix",
        rows,
        [named("lever"), year_of("first_year"), reached, rupiah_short_of("cost")],
        data=rows[["lever", "segment", "kind", "first_year", "people", "people_total", "cost"]],
        id=f"Gabungan langkah termurah menuju {percent(goal, 'id')} pada Desember {year}",
        en=f"The cheapest mix of levers towards {percent(goal, 'en')} in December {year}",
    )
