"""What would make conflicting claims agree: readings that are offered and labelled, and never taken silently.

Tried on each claim without which the others agree, the likeliest first:

    elsewhere   another article prints another value for the same figure
    scale       a scale word was dropped or mistaken ("1,7 orang" beside millions)
    gap         an "unprotected" that is the gap to a target printed for the place
    base        a rate that is of other workers which the article prints: the eligible, the employed, the labour force
    target      "covered" or "workers" that are the people whom a target printed for the place wants covered
    digit       one digit is another, or two neighbours stand the wrong way round
    together    several of these at once, where one isn't enough

Counts rounded to thousands, figures cut off and segments that weren't printed are no corrections: a verdict of
their own says that the claims agree so (`verdict`).
"""

import re
from collections.abc import Collection, Iterator
from itertools import islice, pairwise
from typing import Any, NamedTuple

import pandas as pd

from analysis.claims.statements import (
    NEEDED,
    OPTIONAL,
    REMAINING,
    SAME,
    claims_of,
    is_total,
    known_month,
    month_of,
    rows_by_name,
)
from analysis.claims.verdict import CONFLICTS, WHOLE, System, Verdict, agree, enough_alone, range_of, readings, verdict
from analysis.printed import SCALES, UnreadableError, read_printed

KINDS = ("elsewhere", "scale", "gap", "base", "target", "together", "digit")
_OF_WORKERS = ("coverage_rate", "uncovered_rate", "target_rate", "gap_rate")  # shares of workers, of some base


class Correction(NamedTuple):
    """One way in which the claims would agree.

    kind as in the module's docstring; claim_ids the claims it changes, texts what each would read;
    printed_by the claim elsewhere that prints it; target and target_year what it is the gap to, or the people
    of; base the workers that it is of; alternatives how many corrections of its kind would do for the same claim.
    """

    kind: str
    claim_ids: tuple[str, ...]
    texts: tuple[str, ...] = ()
    printed_by: str = ""
    target: str = ""
    target_year: str = ""
    alternatives: int = 1
    base: str = ""


def corrections(
    claims: pd.DataFrame, found: Verdict, others: pd.DataFrame | None = None, complete: Collection[str] = ()
) -> list[Correction]:
    """Readings that make conflicting claims agree, the likeliest first; none for claims that agree.

    `found` is the claims' verdict, `others` claims of other articles to look into.

    >>> frame = pd.DataFrame({"place": "Lampung", "period": "2023", "measure": ["covered", "workers"],
    ...                       "value_printed": ["167.605", "1,7 orang"]})
    >>> claims = claims_of(frame)
    >>> corrections(claims, verdict(claims))[0].texts
    ('1,7 juta',)
    """
    if found.verdict not in CONFLICTS:
        return []
    elsewhere = claims.head(0)
    if others is not None:  # of other places nothing is offered
        here = others[others["place"].isin(set(claims["place"]))]
        elsewhere = here[~here["claim_id"].isin(claims["claim_id"])]
    for tried in readings(claims, complete):
        offered = list(_each(claims, tried, found, elsewhere, complete))
        if found.verdict == WHOLE:  # between the bounds isn't enough: there must be whole people
            among = pd.concat([claims, elsewhere])
            offered = [c for c in offered if verdict(corrected(claims, c, among), complete).verdict != WHOLE]
        if offered:
            return sorted(offered, key=lambda c: (KINDS.index(c.kind), c.alternatives))
    return []


def corrected(claims: pd.DataFrame, correction: Correction, others: pd.DataFrame | None = None) -> pd.DataFrame:
    """The claims as a correction would have them, to take `verdict` and `bounds` of.

    >>> frame = pd.DataFrame({"place": "Lampung", "period": "2023", "measure": ["covered", "workers"],
    ...                       "value_printed": ["167.605", "1,7 orang"]})
    >>> corrected(claims_of(frame), Correction("scale", ("claims#2",), ("1,7 juta",)))["value_printed"].tolist()
    ['167.605', '1,7 juta']
    """
    frame = claims[[*NEEDED, *OPTIONAL]].copy()
    for claim_id, text in zip(correction.claim_ids, correction.texts, strict=True):
        frame.loc[frame["claim_id"] == claim_id, "value_printed"] = text
    if correction.kind == "base":
        frame.loc[frame["claim_id"].isin(correction.claim_ids), "base"] = correction.base
    if correction.kind in ("gap", "target"):
        frame = _beside_target(frame, claims, correction, _printed_by(correction.printed_by, claims, others))
    return claims_of(frame)


def _printed_by(claim_id: str, claims: pd.DataFrame, others: pd.DataFrame | None) -> pd.DataFrame:
    """The claim with this id as a table of one row; the claims' own, where `others` hold it once more."""
    own = claims[claims["claim_id"] == claim_id]
    found = own if others is None or len(own) else others[others["claim_id"] == claim_id]
    return found[[*NEEDED, *OPTIONAL]]


def _beside_target(
    frame: pd.DataFrame, claims: pd.DataFrame, correction: Correction, target: pd.DataFrame
) -> pd.DataFrame:
    """The claim as the gap to a target (or its people), and that target in the place of what else is printed of it."""
    of_target = ["place", "measure", "segment", "target_year"]
    year, here = target["target_year"].iloc[0], frame["claim_id"].isin(correction.claim_ids)
    what = "gap_to_target" if correction.kind == "gap" else "target_workers"
    frame.loc[here, ["measure", "target_year", "status", "base"]] = [what, year, "", ""]
    same = frame[of_target].eq(target[of_target].iloc[0]).all(axis=1)
    when = claims.loc[here.values, "date"].iloc[0]
    return pd.concat([frame[~same | here], target.assign(as_of=when)], ignore_index=True)


def _each(
    claims: pd.DataFrame, tried: System, found: Verdict, elsewhere: pd.DataFrame, complete: Collection[str]
) -> Iterator[Correction]:
    """Corrections of one claim; or of all that must go together, where one isn't enough."""
    everything = set(tried.about)
    alone = enough_alone(tried)
    if alone:
        for claim in alone:
            yield from _of_claim(claims, tried, claim, everything - {claim}, elsewhere, complete)
        return
    kept = everything - set(found.remove)
    best: list[Correction] = []
    for claim in found.remove:
        offers = _of_claim(claims, tried, claim, kept, elsewhere, complete)
        best += [
            one
            for one in islice(offers, 1)
            if one.kind in ("elsewhere", "scale") or (one.kind == "digit" and one.alternatives == 1)
        ]
        if not best or best[-1].claim_ids != (claim,):
            return
    if best:
        together = Correction("together", found.remove, tuple(one.texts[0] for one in best))
        if agree(corrected(claims, together), complete):
            yield together


def _of_claim(
    claims: pd.DataFrame,
    tried: System,
    claim: str,
    kept: Collection[str],
    elsewhere: pd.DataFrame,
    complete: Collection[str],
) -> Iterator[Correction]:
    row = tried.claims[claim]
    low, high, _ = range_of(tried, claim, kept)

    def fits(text: str) -> bool:
        try:
            read = read_printed(text, row.qualifier, row.unit)
        except UnreadableError:
            return False
        if read.exact and read.low != int(read.value) and row.unit != "percent":
            return False  # people come whole
        return (high is None or read.low is None or read.low <= high) and (
            low is None or read.high is None or read.high >= low
        )

    same = {other.value_printed: other for other in rows_by_name(elsewhere) if _same_figure(row, other)}
    fitting = [
        other for other in same.values() if other.value_printed != row.value_printed and fits(other.value_printed)
    ]
    yield from (
        Correction("elsewhere", (claim,), (other.value_printed,), other.claim_id, alternatives=len(fitting))
        for other in fitting
    )
    bounded = high is not None or (row.low is not None and row.low.denominator > 1)
    scaled = [text for text in _scales(row) if bounded and fits(text)]
    yield from (Correction("scale", (claim,), (text,), alternatives=len(scaled)) for text in scaled)
    if row.measure == "uncovered":
        yield from _gaps(claims, claim, row, elsewhere, complete)
    if row.measure in _OF_WORKERS:
        yield from _other_bases(claims, tried, row, complete)
    if row.measure in ("covered", "workers"):
        yield from _target_people(claims, row, elsewhere, complete)
    slips = [text for text in _slips(row.value_printed) if fits(text)]
    yield from (Correction("digit", (claim,), (text,), alternatives=len(slips)) for text in slips)


def _same_figure(row: Any, other: Any) -> bool:
    """Whether another article speaks of the same figure of the same month (or target year)."""
    if (row.place, row.measure) != (other.place, other.measure) or row.unit != other.unit:
        return False
    if is_total(row.place) and row.article != other.article:
        return False
    if SAME.get(row.segment, row.segment) != SAME.get(other.segment, other.segment):
        return False
    if row.target_year or other.target_year:
        return row.target_year == other.target_year
    same_month = known_month(row.date) == known_month(other.date) != ""
    return same_month and (row.status or "active") == (other.status or "active")


def _scales(row: Any) -> Iterator[str]:
    if row.unit == "percent":
        return
    words = "|".join(re.escape(word) for s in SCALES for word in (s.id, s.en, *s.also_id, *s.also_en))
    printed = re.match(r"[\d.,]+", row.value_printed)
    scaled = re.search(rf"\d\s*({words})", row.value_printed, re.IGNORECASE)
    if not printed or (not scaled and re.fullmatch(r"\d{1,3}([.,]\d{3})+", printed[0])):
        return
    for scale in SCALES[:3]:
        if not scaled or scaled[1].lower() not in (scale.id, scale.en, *scale.also_id, *scale.also_en):
            yield f"{printed[0]} {scale.id}"


def _gaps(
    claims: pd.DataFrame, claim: str, row: Any, elsewhere: pd.DataFrame, complete: Collection[str]
) -> Iterator[Correction]:
    """The figure as the gap to a target that is printed for this place, here or elsewhere."""
    printed = pd.concat([claims, elsewhere])
    for target in _targets(printed, row, ("target_rate",)):
        offer = _of_target(Correction("gap", (claim,), (row.value_printed,)), target)
        if agree(corrected(claims, offer, printed), complete):
            yield offer


def _target_people(
    claims: pd.DataFrame, row: Any, elsewhere: pd.DataFrame, complete: Collection[str]
) -> Iterator[Correction]:
    """The figure as the people of a target that is printed for this place, here or elsewhere."""
    printed = pd.concat([claims, elsewhere])
    for target in _targets(printed, row, ("target_rate", "target_workers")):
        offer = _of_target(Correction("target", (row.claim_id,), (row.value_printed,)), target)
        if _fits_others(corrected(claims, offer, printed), row.claim_id, complete):
            yield offer


def _other_bases(claims: pd.DataFrame, tried: System, row: Any, complete: Collection[str]) -> Iterator[Correction]:
    """The rate as one of other workers whom the article prints for the same place, date and segment."""
    (of, _), *_ = tried.about[row.claim_id].base
    bases = [f.kind for f in tried.program.figures if f.what == "workers" and f._replace(kind=of.kind) == of]
    for base in bases:
        if base in (of.kind, REMAINING, ""):
            continue
        offer = Correction("base", (row.claim_id,), (row.value_printed,), base=base)
        if _fits_others(corrected(claims, offer), row.claim_id, complete):
            yield offer


def _fits_others(claims: pd.DataFrame, claim: str, complete: Collection[str]) -> bool:
    """Whether claims agree, and the others say of this one how much it is: else it would fit as it says nothing."""
    if not agree(claims, complete):
        return False
    loosest = readings(claims, complete)[-1]
    low, high, _ = range_of(loosest, claim, set(loosest.about) - {claim})
    return bool(low) and high is not None


def _of_target(offer: Correction, target: Any) -> Correction:
    return offer._replace(printed_by=target.claim_id, target=target.value_printed, target_year=target.target_year)


def _targets(printed: pd.DataFrame, row: Any, measures: Collection[str]) -> list[Any]:
    """Targets for the place and segment of a claim and a year that isn't past, those of its own month first."""
    of_place = printed[printed["measure"].isin(measures) & (printed["place"] == row.place)]
    if is_total(row.place):
        of_place = of_place[of_place["article"] == row.article]
    later = of_place[of_place["target_year"].str[-4:] >= row.date[:4]]
    near = later.assign(far=later["date"].map(month_of) != month_of(row.date)).sort_values("far", kind="stable")
    return rows_by_name(near.drop_duplicates(["measure", "value_printed", "target_year"]))


def _slips(text: str) -> Iterator[str]:
    """The text with one digit changed, or two neighbouring digits changed round."""
    for at, digit in enumerate(text):
        if digit.isdigit():
            for other in "0123456789":
                leading = (
                    other == "0" and re.match(r"\d|[.,]\d{3}(?!\d)", text[at + 1 :]) and not text[:at].strip("0.,")
                )
                if other != digit and not leading:
                    yield text[:at] + other + text[at + 1 :]
    digits = [at for at, char in enumerate(text) if char.isdigit()]
    for one, two in pairwise(digits):
        if text[one] != text[two] and not (one == digits[0] and text[two] == "0"):
            chars = list(text)
            chars[one], chars[two] = chars[two], chars[one]
            yield "".join(chars)
