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
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from analysis.press.statements import REMAINING, SAME, Claim, is_total, known_month, month_of, read
from analysis.press.verdict import (
    CONFLICTS,
    WHOLE,
    Case,
    System,
    Verdict,
    agree,
    enough_alone,
    range_of,
    verdict,
    ways_to_read,
)
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


def corrections(case: Case, found: Verdict, others: Sequence[Claim] = ()) -> list[Correction]:
    """Readings that make conflicting claims agree, the likeliest first; none for claims that agree.

    `found` is the claims' verdict, `others` claims of other articles to look into.

    >>> import pandas as pd
    >>> from analysis.press.statements import claims_of
    >>> frame = pd.DataFrame({"place": "Lampung", "period": "2023", "measure": ["covered", "workers"],
    ...                       "value_printed": ["167.605", "1,7 orang"]})
    >>> case = Case(claims_of(frame)); corrections(case, verdict(case.claims))[0].texts
    ('1,7 juta',)
    """
    if found.verdict not in CONFLICTS:
        return []
    claims = case.claims
    places = {claim.place for claim in claims}  # of other places nothing is offered
    elsewhere = [other for other in others if other.place in places and other.claim_id not in case.by_id]
    for tried in ways_to_read(case):
        offered = list(_alone_or_together(case, tried, found, elsewhere))
        if found.verdict == WHOLE:  # between the bounds isn't enough: there must be whole people
            among = [*claims, *elsewhere]
            offered = [c for c in offered if verdict(corrected(claims, c, among), case.complete).verdict != WHOLE]
        if offered:
            return sorted(offered, key=lambda c: (KINDS.index(c.kind), c.alternatives))
    return []


def corrected(claims: Sequence[Claim], correction: Correction, others: Sequence[Claim] = ()) -> list[Claim]:
    """The claims as a correction would have them, to take `verdict` and `ranges` of.

    >>> import pandas as pd
    >>> from analysis.press.statements import claims_of
    >>> frame = pd.DataFrame({"place": "Lampung", "period": "2023", "measure": ["covered", "workers"],
    ...                       "value_printed": ["167.605", "1,7 orang"]})
    >>> claims = corrected(claims_of(frame), Correction("scale", ("claims#2",), ("1,7 juta",)))
    >>> [claim.value_printed for claim in claims]
    ['167.605', '1,7 juta']
    """
    texts = dict(zip(correction.claim_ids, correction.texts, strict=True))
    changed = [c._replace(value_printed=texts[c.claim_id]) if c.claim_id in texts else c for c in claims]
    if correction.kind == "base":
        changed = [c._replace(base=correction.base) if c.claim_id in texts else c for c in changed]
    if correction.kind in ("gap", "target"):
        # The claims' own target, where `others` hold it once more.
        target = next(c for c in (*claims, *others) if c.claim_id == correction.printed_by)
        changed = _beside_target(changed, correction, target)
    return read(changed)


def _beside_target(claims: Sequence[Claim], correction: Correction, target: Claim) -> list[Claim]:
    """The claim as the gap to a target (or its people), and that target in the place of what else is printed of it."""
    what = "gap_to_target" if correction.kind == "gap" else "target_workers"
    when = next(claim.date for claim in claims if claim.claim_id in correction.claim_ids)
    beside = []
    for claim in claims:
        if claim.claim_id in correction.claim_ids:
            beside.append(claim._replace(measure=what, target_year=target.target_year, status="", base=""))
        elif _target_key(claim) != _target_key(target):
            beside.append(claim)
    return [*beside, target._replace(as_of=when)]


def _target_key(claim: Claim) -> tuple[str, ...]:
    """What a target is of: two claims that have it in common print one target."""
    return claim.place, claim.measure, claim.segment, claim.target_year


def _alone_or_together(case: Case, tried: System, found: Verdict, elsewhere: Sequence[Claim]) -> Iterator[Correction]:
    """Corrections of one claim; or of all that must go together, where one isn't enough."""
    everything = set(tried.about)
    alone = enough_alone(tried)
    if alone:
        for claim in alone:
            yield from _of_claim(case, tried, claim, everything - {claim}, elsewhere)
        return
    kept = everything - set(found.remove)
    best: list[Correction] = []
    for claim in found.remove:
        offers = _of_claim(case, tried, claim, kept, elsewhere)
        best += [
            one
            for one in islice(offers, 1)
            if one.kind in ("elsewhere", "scale") or (one.kind == "digit" and one.alternatives == 1)
        ]
        if not best or best[-1].claim_ids != (claim,):
            return
    if best:
        together = Correction("together", found.remove, tuple(one.texts[0] for one in best))
        if agree(Case(corrected(case.claims, together), case.complete)):
            yield together


def _of_claim(
    case: Case, tried: System, claim: str, kept: Collection[str], elsewhere: Sequence[Claim]
) -> Iterator[Correction]:
    row = case.by_id[claim]
    low, high, _ = range_of(tried, claim, kept)

    def fits(text: str) -> bool:
        try:
            read = read_printed(text, row.qualifier, row.unit)
        except UnreadableError:
            return False
        if read.exact and read.value.denominator != 1 and row.unit != "percent":
            return False  # people come whole
        return (high is None or read.low is None or read.low <= high) and (
            low is None or read.high is None or read.high >= low
        )

    same = {other.value_printed: other for other in elsewhere if _same_figure(row, other)}
    fitting = [
        other for other in same.values() if other.value_printed != row.value_printed and fits(other.value_printed)
    ]
    yield from (
        Correction("elsewhere", (claim,), (other.value_printed,), other.claim_id, alternatives=len(fitting))
        for other in fitting
    )
    printed = row.printed.low
    bounded = high is not None or (printed is not None and printed.denominator > 1)
    scaled = [text for text in _scales(row) if bounded and fits(text)]
    yield from (Correction("scale", (claim,), (text,), alternatives=len(scaled)) for text in scaled)
    if row.measure == "uncovered":
        yield from _gaps(case, row, elsewhere)
    if row.measure in _OF_WORKERS:
        yield from _other_bases(case, tried, row)
    if row.measure in ("covered", "workers"):
        yield from _target_people(case, row, elsewhere)
    slips = [text for text in _slips(row.value_printed) if fits(text)]
    yield from (Correction("digit", (claim,), (text,), alternatives=len(slips)) for text in slips)


def _same_figure(row: Claim, other: Claim) -> bool:
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


def _scales(row: Claim) -> Iterator[str]:
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


def _gaps(case: Case, row: Claim, elsewhere: Sequence[Claim]) -> Iterator[Correction]:
    """The figure as the gap to a target that is printed for this place, here or elsewhere."""
    for target in _targets([*case.claims, *elsewhere], row, ("target_rate",)):
        offer = _of_target(Correction("gap", (row.claim_id,), (row.value_printed,)), target)
        if agree(Case(corrected(case.claims, offer, elsewhere), case.complete)):
            yield offer


def _target_people(case: Case, row: Claim, elsewhere: Sequence[Claim]) -> Iterator[Correction]:
    """The figure as the people of a target that is printed for this place, here or elsewhere."""
    for target in _targets([*case.claims, *elsewhere], row, ("target_rate", "target_workers")):
        offer = _of_target(Correction("target", (row.claim_id,), (row.value_printed,)), target)
        if _fits_others(Case(corrected(case.claims, offer, elsewhere), case.complete), row.claim_id):
            yield offer


def _other_bases(case: Case, tried: System, row: Claim) -> Iterator[Correction]:
    """The rate as one of other workers whom the article prints for the same place, date and segment."""
    (of, _), *_ = tried.about[row.claim_id].base
    bases = [f.kind for f in tried.program.figures if f.what == "workers" and f._replace(kind=of.kind) == of]
    for base in bases:
        if base in (of.kind, REMAINING, ""):
            continue
        offer = Correction("base", (row.claim_id,), (row.value_printed,), base=base)
        if _fits_others(Case(corrected(case.claims, offer), case.complete), row.claim_id):
            yield offer


def _fits_others(case: Case, claim: str) -> bool:
    """Whether claims agree, and the others say of this one how much it is: else it would fit as it says nothing."""
    if not agree(case):
        return False
    loosest = ways_to_read(case)[-1]
    low, high, _ = range_of(loosest, claim, set(loosest.about) - {claim})
    return bool(low) and high is not None


def _of_target(offer: Correction, target: Claim) -> Correction:
    return offer._replace(printed_by=target.claim_id, target=target.value_printed, target_year=target.target_year)


def _targets(printed: Iterable[Claim], row: Claim, measures: Collection[str]) -> list[Claim]:
    """Targets for the place and segment of a claim and a year that isn't past, those of its own month first."""
    later = [
        other
        for other in printed
        if other.measure in measures
        and other.place == row.place
        and (other.article == row.article or not is_total(row.place))
        and other.target_year[-4:] >= row.date[:4]
    ]
    near = sorted(later, key=lambda other: month_of(other.date) != month_of(row.date))
    first: dict[tuple[str, ...], Claim] = {}
    for other in near:
        first.setdefault((other.measure, other.value_printed, other.target_year), other)
    return list(first.values())


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
