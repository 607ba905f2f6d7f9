"""Work accidents to expect among the covered, by the cases and claims of a year per participant."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from numbers import Real
from typing import Any, NamedTuple

import pandas as pd

from analysis.contributions.month import half_up
from analysis.schema import COUNTRY, SPLITS, Facts, union


class Accidents(NamedTuple):
    """Work accidents of a place's segment in a year, beside its active participants of that December."""

    cases: int
    claims_paid: int
    domicile: int
    registration: int
    year: int
    source_ids: tuple[str, ...]


def accidents_of(
    work_accidents: pd.DataFrame,
    participants: pd.DataFrame,
    province_code: str,
    segments: Iterable[str],
    year: int = 2023,
) -> dict[str, Accidents]:
    """What `claims_among` goes by, for each segment. ValueError for a place or segment without figures.

    `work_accidents` and `participants` are the tables; 00 is Indonesia, the sum of the provinces. The map is that of 34 provinces.

    >>> accidents = pd.DataFrame({"year": 2023, "province_code": "18", "segment": ["BPU"], "cases": 160,
    ...                           "claims_paid": 1240337080, "source_id": "s"})
    >>> accidents_of(accidents, participants, "18", ["BPU"])["BPU"].domicile
    168497
    """
    segments = list(segments)
    of = work_accidents[(work_accidents["year"] == year) & work_accidents["segment"].isin(segments)]
    if province_code != COUNTRY:
        of = of[of["province_code"] == province_code]
    counted = participants[
        (participants["period"] == f"{year}-12")
        & (participants["status"] == "active")
        & participants["province_code"].isin(list(of["province_code"]))
    ]
    return {segment: _accidents(of, counted, segment, province_code, year) for segment in segments}


def _accidents(of: pd.DataFrame, counted: pd.DataFrame, segment: str, province_code: str, year: int) -> Accidents:
    of, heads = (rows[rows["segment"] == segment] for rows in (of, counted))
    by = heads.groupby("split")["persons"].sum()
    if of.empty or set(by.index) != set(SPLITS) or not (by > 0).all():
        raise ValueError(
            f"there are no work accidents or participants of {segment} in province {province_code} for {year}. There are those "
            "of PU and BPU in the 34 provinces of the old map, by Kemendagri code, and 00 for all of them"
        )
    sources = union((source,) for source in (*of["source_id"], *heads["source_id"]))
    domicile, registration = (int(by[split]) for split in SPLITS)
    return Accidents(int(of["cases"].sum()), int(of["claims_paid"].sum()), domicile, registration, year, sources)


def claims_among(known: Mapping[str, Accidents], persons: Mapping[str, float]) -> list[dict[str, Any]]:
    """Work-accident cases and claims (JKK) to expect in a year for `persons` covered, at the year's rate per participant.

    With K the cases (or rupiah paid) of the year and P the active participants of its December:  expected = persons K / P.
    A rough order of magnitude, confidence low: it isn't stated whether an accident counts where the worker lives or where the
    employer is registered; claims of a year may be for earlier accidents; newcomers work elsewhere than those
    covered so far; a few serious cases move a small province. P is by domicile, as the suite's persons are; low and high are by
    whichever of the two counts gives less and more (for Indonesia they are one number, and no surer for that). Death claims (JKM) aren't in it: there is no data on them.

    `known` from `accidents_of`; `persons` maps PU, BPU to how many. One row a segment: segment, persons, participants, cases and
    claims_paid (of the year), cases_per_thousand (participants), claims_per_participant, cases_expected, claims_expected,
    claims_low, claims_high (rupiah of the year of `known` a year), facts.

    >>> known = Accidents(cases=160, claims_paid=1240337080, domicile=168_497, registration=99_250, year=2023, source_ids=("s",))
    >>> [(row["cases_expected"], row["claims_expected"]) for row in claims_among({"BPU": known}, {"BPU": 10_000})]
    [(9.5, 73611820)]
    """
    return [_claims_line(segment, number, known[segment]) for segment, number in persons.items()]


def _claims_line(segment: str, number: float, known: Accidents) -> dict[str, Any]:
    if not isinstance(number, Real) or not number >= 0:
        raise ValueError(f"persons of {segment} is {number!r}; give a number of people")
    expected = [Fraction(number) * known.claims_paid / heads for heads in (known.domicile, known.registration)]
    return {
        "segment": segment,
        "persons": number,
        "participants": known.domicile,
        "cases": known.cases,
        "claims_paid": known.claims_paid,
        "cases_per_thousand": round(1000 * known.cases / known.domicile, 2),
        "claims_per_participant": half_up(Fraction(known.claims_paid, known.domicile)),
        "cases_expected": round(float(number) * known.cases / known.domicile, 1),
        "claims_expected": half_up(expected[0]),
        "claims_low": half_up(min(expected)),
        "claims_high": half_up(max(expected)),
        "facts": Facts((str(known.year), f"{known.year}-12"), (), "low", known.source_ids),
    }
