"""Articles tried one by one, and together where several speak of one place and month.

A `Trial` holds an article's claims with its verdict, the corrections that would make it agree, and what
its figures can be; the other functions lay trials out as tables, one row a verdict, figure or correction.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Any, NamedTuple

import pandas as pd

from analysis.claims.corrections import Correction, corrected, corrections
from analysis.claims.program import effort, step
from analysis.claims.statements import (
    SAME,
    Figure,
    as_thousands,
    claims_of,
    is_share,
    is_total,
    known_month,
    month_of,
    rows_by_name,
)
from analysis.claims.verdict import (
    CONFLICTS,
    CUT,
    NOTHING,
    SEGMENTS,
    THOUSANDS,
    UNTRIED,
    VERDICTS,
    Verdict,
    bounds,
    by_the_others,
    verdict,
)
from analysis.schema import COUNTRY, Facts, row_keys, union

# How the figures of an article are taken for its bounds.
AS_PRINTED, CORRECTED, NOT_TAKEN = "as printed", "as corrected", "not taken"
ROUNDED, CUT_OFF, MORE = "rounded to thousands", "cut off", "with other segments"
_HOW = {THOUSANDS: ROUNDED, CUT: CUT_OFF, SEGMENTS: MORE}
_MAIN = ("total", "PU", "BPU")
_FEW_WAYS = 4  # that one digit of many would do says nothing
_SURE = ("elsewhere", "scale", "gap", "base", "target")  # corrections that something besides the arithmetic speaks for


@dataclass(frozen=True, eq=False)
class Trial:
    """Some claims and what came of trying them: `how` says under which reading `bounds` hold.

    `taken` are the claims of that reading (with the correction `applied`, if there is one), `by` the verdict on
    them: of those that it reads as cut off, and the wholes that it leaves people for other segments, `bounds` do so, too.
    Where it needs one count rounded to thousands, all that end in 000 are taken so, as nothing says which alone was.
    `left_out` are the steps that the work there was didn't suffice for (`program.effort`; none without a limit).
    A class, because `bounds` are worked out when they are first asked for.
    """

    claims: pd.DataFrame
    verdict: Verdict
    corrections: list[Correction]
    how: str
    applied: Correction | None
    taken: pd.DataFrame
    by: Verdict
    complete: tuple[str, ...] = ()
    left_out: Sequence[str] = ()

    @property
    def cut(self) -> tuple[str, ...]:
        """The claims that are taken as cut off."""
        return self.by.cut_off

    @property
    def more(self) -> tuple[Figure, ...]:
        """The wholes that are taken to have segments which nobody printed."""
        return tuple(left.whole for left in self.by.left)

    @cached_property
    def bounds(self) -> pd.DataFrame:
        """What the figures can be: `bounds` of what is taken."""
        return bounds(self.taken, self.complete, self.cut, more=self.more)


def about_place(claims: pd.DataFrame, province_code: str, period: str = "all") -> pd.DataFrame:
    """All claims of the articles that print something on a province, its districts, or the country ("00").

    `period` is "all" or the beginning of a date, as in 2023 or 2023-12; ValueError when nothing is left.

    >>> sorted(set(about_place(claims, "18")["place"]))[:2]
    ['Indonesia', 'Kabupaten Lampung Barat']
    """
    here = claims[claims["province_code"] == province_code]
    when = here["as_of"].where(here["as_of"] != "", here["period"])
    if period != "all":
        here = here[when.str.startswith(period)]
    if here.empty:
        there = ", ".join(sorted(set(when.str[:4]))) or "none"
        raise ValueError(f"no figure is printed for period {period!r}. There is: all, {there}")
    cited = here["source_id"][here["source_id"] != ""]
    return claims[claims["article_id"].isin(here["article_id"]) | claims["source_id"].isin(cited)]


def everywhere(claims: pd.DataFrame, province_code: str) -> list[Trial]:
    """Every article there is, tried, for the page of the country ("00"); nothing for another place.

    >>> everywhere(claims, "18")
    []
    """
    return trials(claims) if province_code == COUNTRY else []


def trials(frame: pd.DataFrame, among: pd.DataFrame | None = None, complete: Collection[str] = ()) -> list[Trial]:
    """Every article of `frame` tried by itself, in its order; `among` is where corrections may be found.

    Raises ClaimError with every cell that can't be read.

    >>> one = claims[claims["article_id"] == "LPG-2023-SEED-ANTARA"]
    >>> trial = trials(one)[0]; trial.verdict.verdict, trial.how, trial.corrections[0].texts
    ('inconsistent', 'as corrected', ('1,7 juta',))
    """
    read = _read(frame)
    others = read if among is None else _read(among)
    return [tried(rows, others, complete) for _, rows in read.groupby("article", sort=False)]


def _read(frame: pd.DataFrame) -> pd.DataFrame:
    """The claims of a frame, which may be what `claims_of` has given already."""
    return frame if {"article", "cut_low"} <= set(frame) else claims_of(frame)


def together(frame: pd.DataFrame, complete: Collection[str] = ()) -> list[Trial]:
    """Articles on one place and month tried together, wherever there are several.

    Figures of which only the year (or a half, or a span) is known stand in no group, as they may be of any month.

    >>> [len(set(trial.claims["article_id"])) for trial in together(claims[claims["place"] == "Lampung"])]
    [3, 5]
    """
    read = _read(frame)
    read = read.assign(date=read["date"].map(month_of))
    read = read.assign(as_of=read["date"])  # also for what is read again with a correction
    # A table's last line is the total of its own article, and no place that two articles could speak of.
    dated = read[(read["date"].map(known_month) != "") & ~read["place"].map(is_total)]
    groups = [rows for _, rows in dated.groupby(["place", "date"], sort=False)]
    return [tried(rows, read, complete) for rows in groups if rows["article"].nunique() > 1]


def tried(claims: pd.DataFrame, others: pd.DataFrame, complete: Collection[str] = ()) -> Trial:
    """One set of claims, as `claims_of` gives them, tried: see `Trial`.

    >>> from analysis.claims.statements import claims_of
    >>> one = claims_of(claims[claims["article_id"] == "LPG-2024-09-ANTARA"])
    >>> trial = tried(one, one); trial.verdict.verdict, trial.how
    ('consistent if figures were cut off', 'cut off')
    """
    with effort() as spent:
        spent.told("")
        try:
            spent.pay(0)
            found = verdict(claims, complete)
        except ArithmeticError:
            if not spent.limited:
                raise
            found = Verdict(UNTRIED)
        trial = replace(_tried(claims, found, others, complete), left_out=spent.left_out)
        if spent.limited and trial.how != NOT_TAKEN:
            trial.bounds  # noqa: B018 - within the article's own share, and it may add to what is left out
    return trial


def _tried(claims: pd.DataFrame, found: Verdict, others: pd.DataFrame, complete: Collection[str]) -> Trial:
    trial = Trial(claims, found, [], NOT_TAKEN, None, claims.head(0), found, tuple(complete))
    if found.verdict != UNTRIED:
        with step("corrections"):
            trial = _with_corrections(claims, found, others, complete)
    return trial


def _with_corrections(claims: pd.DataFrame, found: Verdict, others: pd.DataFrame, complete: Collection[str]) -> Trial:
    offered = corrections(claims, found, others, complete)
    sure = [one for one in offered if one.kind in _SURE and one.alternatives == 1]
    sure = sure if len(sure) == 1 else []  # of several nothing says which
    taken, how, by, applied = claims, _HOW.get(found.verdict, AS_PRINTED), found, None
    if found.verdict in CONFLICTS:
        how, taken = NOT_TAKEN, claims.head(0)
        if sure:
            how, applied = CORRECTED, sure[0]
            taken = corrected(claims, sure[0], others)
            by = verdict(taken, complete)
    if by.rounded:
        taken = as_thousands(taken)
    return Trial(claims, found, offered, how, applied, taken, by, tuple(complete))


def foremost(tried: Sequence[Trial], place: str) -> list[Trial]:
    """The article on a place of which the figures say most of each other: one trial, or none.

    It is the one with the most figures of all workers, PU and BPU that the others narrow; of equals the latest.

    >>> foremost(trials(about_place(claims, "18")), "Lampung")[0].claims["article_id"].iloc[0]
    'LPG-2023-SEED-ANTARA'
    """

    def told(trial: Trial) -> tuple[int, str]:
        mine = [shown for shown in _shown(trial) if shown[0]["place"] == place and shown[0]["segment"] in _MAIN]
        return sum(_narrowed(*shown) for shown in mine), trial.claims["date"].max()

    testable = [trial for trial in tried if trial.verdict.verdict != NOTHING and place in set(trial.claims["place"])]
    return sorted(testable, key=told)[-1:]


def the_others(tried: Sequence[Trial], foremost: Sequence[Trial]) -> list[Trial]:
    """The trials without those that are shown apart.

    >>> some = trials(claims[claims["article_id"].isin(["NAT-2014", "BALI-2023-11"])])
    >>> len(the_others(some, some[:1]))
    1
    """
    return [trial for trial in tried if not any(trial is one for one in foremost)]


def verdict_rows(tried: Sequence[Trial]) -> pd.DataFrame:
    """One row a trial, the gravest verdict first, then the latest.

    Columns: article_ids (tuple), place, level, date, figures (printed), tested (those that others say something of),
    verdict, conflict, rounded, cut_off and remove (tuples of `Statement`), left (tuple of `Left`), conflict_places and
    conflict_dates, identities, others_too, how, readings (tuple of `Reading`), facts.

    >>> from analysis.claims.articles import trials
    >>> verdict_rows(trials(claims[claims["article_id"] == "NAT-2014"]))[["date", "verdict", "tested"]].values.tolist()
    [['2014-02', 'consistent', 5]]
    """
    rows = [_verdict_row(trial) for trial in tried]
    frame = pd.DataFrame(rows, columns=_VERDICT_COLUMNS)
    order = frame.assign(gravity=frame["verdict"].map(VERDICTS.index))
    order = order.sort_values(["gravity", "date"], ascending=[True, False], kind="stable")
    return order.drop(columns="gravity").reset_index(drop=True)


_VERDICT_COLUMNS = [
    "article_ids",
    "place",
    "level",
    "date",
    "figures",
    "tested",
    "verdict",
    "conflict",
    "identities",
    "rounded",
    "cut_off",
    "left",
    "conflict_places",
    "conflict_dates",
    "remove",
    "others_too",
    "how",
    "readings",
    "facts",
]


def _verdict_row(trial: Trial) -> dict[str, Any]:
    claims, found = trial.claims, trial.verdict
    dates = tuple(sorted(set(claims["date"])))
    return {
        "article_ids": tuple(dict.fromkeys(claims["article_id"])),
        "place": places_of(claims)[0],
        "level": claims["level"].iloc[0],
        "date": dates[-1],
        "figures": len(claims),
        "tested": len(found.tested),
        "verdict": found.verdict,
        "conflict": statements(claims, found.conflict),
        "identities": found.identities,
        "rounded": statements(claims, found.rounded),
        "cut_off": statements(claims, found.cut_off),
        "left": found.left,
        "remove": statements(claims, found.remove),
        "conflict_places": _told(claims, found.conflict, "place"),
        "conflict_dates": _told(claims, found.conflict, "date"),
        "others_too": found.others_too,
        "how": trial.how,
        "readings": readings(trial),
    } | _facts(trial, dates)


def places_of(claims: pd.DataFrame) -> list[str]:
    """The places that claims speak of, each once; a total of them is none."""
    places = list(dict.fromkeys(claims["place"]))
    return [place for place in places if not is_total(place)] or places


def _facts(trial: Trial, dates: tuple[str, ...]) -> dict[str, Any]:
    """Dates, confidence and sources, as every table has them."""
    sources = tuple(source for source in dict.fromkeys(trial.claims["source_id"]) if source)
    return {"facts": Facts(dates, dates, "as printed", sources, union(row_keys("reported_claims", trial.claims)))}


def _told(claims: pd.DataFrame, claim_ids: Collection[str], column: str) -> tuple[str, ...]:
    """What some claims have in a column, each once."""
    return tuple(dict.fromkeys(claims.loc[claims["claim_id"].isin(claim_ids), column]))


class Reading(NamedTuple):
    """A figure that isn't taken as printed: why (a correction's kind, or cut), as printed, as read.

    Or what is taken otherwise of all: `rounded` (counts that end in 000) and `more` (segments that nobody printed).
    """

    kind: str
    printed: str
    text: str
    unit: str


def readings(trial: Trial) -> tuple[Reading, ...]:
    """The figures that a trial's bounds don't take as printed."""
    rows = {row.claim_id: row for row in rows_by_name(trial.claims)}
    cut = [Reading("cut", rows[c].value_printed, "", rows[c].unit) for c in trial.cut if c in rows]
    of_all = {"rounded": trial.by.rounded, "more": trial.by.left}
    cut += [Reading(kind, "", "", "") for kind, needed in of_all.items() if needed]
    if (applied := trial.applied) is None:
        return tuple(cut)
    changed = zip(applied.claim_ids, applied.texts, strict=True)
    return tuple(
        Reading(applied.kind, rows[c].value_printed, applied.base or applied.target or text, rows[c].unit)
        for c, text in changed
    ) + tuple(cut)


class Statement(NamedTuple):
    """A claim to be put into words: what it is of, and what was printed."""

    measure: str
    segment: str
    printed: str
    unit: str
    target_year: str = ""
    article_id: str = ""


def as_said(claim: Any) -> str:
    """A claim's figure with the word before it, as printed."""
    return f"{claim.qualifier} {claim.value_printed}".strip()


def statements(claims: pd.DataFrame, claim_ids: Collection[str]) -> tuple[Statement, ...]:
    """The claims with these ids, to be put into words, in the order of the ids."""
    rows = {row.claim_id: row for row in rows_by_name(claims)}
    return tuple(
        Statement(
            row.measure, SAME.get(row.segment, row.segment), as_said(row), row.unit, row.target_year, row.article_id
        )
        for row in (rows[claim_id] for claim_id in claim_ids)
    )


def figure_rows(tried: Sequence[Trial]) -> pd.DataFrame:
    """What each figure can be: one row a figure of those trials of which some say something of others.

    Columns: trial (its number), place, date, measure, segment, kind, printed (text, "" where it isn't), unit,
    printed_low and printed_high (as the text stands alone), unseen_low and unseen_high (where it could stand without
    a conflict, by the other claims alone), low, high, fine_low, fine_high, narrowed (whether the
    others say more than the text), how, facts. Figures that nobody
    printed are there when something bounds them on both sides.

    >>> one = figure_rows(trials(claims[claims["article_id"] == "LPG-2023-SEED-ANTARA"]))
    >>> one[(one["measure"] == "workers") & (one["segment"] == "total")][["printed", "low", "high"]].values.tolist()
    [['sebanyak 2,7 juta', 2731820, 2732839]]
    """
    rows = [
        row | {"trial": number}
        for number, trial in enumerate(tried)
        if trial.verdict.verdict != NOTHING
        for row in _figure_rows(trial)
    ]
    return _as_frame(rows, _FIGURE_COLUMNS)


def _as_frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Rows as a table of plain objects: whole numbers beside shares, and None where an end is open."""
    return pd.DataFrame({column: pd.Series([row[column] for row in rows], dtype=object) for column in columns})


_FIGURE_COLUMNS = [
    "trial",
    "place",
    "date",
    "measure",
    "segment",
    "kind",
    "printed",
    "unit",
    "printed_low",
    "printed_high",
    "low",
    "high",
    "fine_low",
    "fine_high",
    "unseen_low",
    "unseen_high",
    "narrowed",
    "how",
    "readings",
    "facts",
]


def _figure_rows(trial: Trial) -> list[dict[str, Any]]:
    apart = by_the_others(trial.taken, trial.complete, trial.cut, trial.more)
    taken = readings(trial)
    found = []
    for row, said, ends in _shown(trial):
        alone = (None, None) if said is None else apart[said.claim_id]
        found.append(
            {
                **{
                    key: row[key]
                    for key in ("place", "date", "measure", "segment", "kind", "low", "high", "fine_low", "fine_high")
                },
                "printed": "" if said is None else as_said(said),
                "unit": "percent" if is_share(row["measure"]) else "persons",
                "printed_low": ends[0],
                "printed_high": ends[1],
                "unseen_low": None if said is None else _plain(alone[0], said.unit, ceil),
                "unseen_high": None if said is None else _plain(alone[1], said.unit, floor),
                "narrowed": _narrowed(row, said, ends),
                "how": trial.how,
                "readings": taken,
            }
            | _facts(trial, (row["date"],))
        )
    return found


def _shown(trial: Trial) -> Iterator[tuple[dict[str, Any], Any, tuple[Any, Any]]]:
    """The rows of a trial's bounds that are printed or pinned down, each with its claim (or None) and printed ends."""
    printed = as_thousands(trial.claims) if trial.by.rounded else trial.claims
    claims = {row.claim_id: row for row in rows_by_name(printed)}
    for row in trial.bounds.to_dict("records"):
        said = next((claims[c] for c in row["claim_ids"] if c in claims), None)
        if said is not None:
            yield row, said, (_plain(said.low, said.unit), _plain(said.high, said.unit))
        elif pinned(row):
            yield row, None, (None, None)


def _narrowed(row: Mapping[str, Any], said: Any, ends: tuple[Any, Any]) -> bool:
    """Whether the other figures say more of a figure than its own print does."""
    return said is None or _narrower((row["low"], row["high"]), ends)


def _narrower(ends: tuple[Any, Any], printed: tuple[Any, Any]) -> bool:
    """Whether the ends differ from the printed ones by more than matters (a share within 0.05 points doesn't)."""
    if all(isinstance(end, float) for end in (*ends, *printed)):
        return max(abs(a - b) for a, b in zip(ends, printed, strict=True)) > 0.0005
    return ends != printed


def pinned(row: Mapping[str, Any]) -> bool:
    """Whether something bounds a figure of `bounds` on both sides (a share away from both 0 and 1).

    >>> pinned({"measure": "workers", "low": 10, "high": 20}), pinned({"measure": "coverage_rate", "low": 0.0, "high": 0.4})
    (True, False)
    """
    if row["high"] is None or not row["low"]:
        return False
    return not is_share(row["measure"]) or (row["low"] > 0.001 and row["high"] < 0.999)


def _plain(end: Fraction | None, unit: str, whole: Callable[[Fraction], int] | None = None) -> int | float | None:
    if end is None:
        return None
    if unit != "percent" and whole:
        return whole(end)
    return int(end) if unit != "percent" and end.denominator == 1 else float(end)


def correction_rows(tried: Sequence[Trial]) -> pd.DataFrame:
    """The corrections that are offered, the likeliest first; of a few digits that would do, one for all.

    Columns: trial, place, date, kind, statement (the claim as printed), text (as it would read), printed_by
    (the claim elsewhere that prints it), target and target_year (that it is the gap to, or the people of), base (that it is of),
    alternatives, facts.

    >>> correction_rows(trials(claims[claims["article_id"] == "LPG-2023-SEED-ANTARA"]))[["kind", "text"]].values.tolist()
    [['scale', '1,7 juta']]
    """
    rows = [row | {"trial": number} for number, trial in enumerate(tried) for row in _correction_rows(trial)]
    return _as_frame(rows, _OFFER_COLUMNS)


_OF_CORRECTION = ("kind", "printed_by", "target", "target_year", "base", "alternatives")
_OFFER_COLUMNS = [
    "trial",
    "place",
    "date",
    "kind",
    "statement",
    "text",
    "printed_by",
    "target",
    "target_year",
    "base",
    "alternatives",
    "facts",
]


def _correction_rows(trial: Trial) -> list[dict[str, Any]]:
    by_claim: dict[tuple[str, ...], dict[str, Any]] = {}
    dates = tuple(sorted(set(trial.claims["date"])))
    shared = _facts(trial, dates)
    for correction in trial.corrections:
        own = {name: getattr(correction, name) for name in _OF_CORRECTION}
        for claim_id, text in zip(correction.claim_ids, correction.texts, strict=True):
            own |= {name: _told(trial.claims, [claim_id], name)[0] for name in ("place", "date")}
            row = shared | own | {"statement": statements(trial.claims, [claim_id])[0], "text": text}
            by_claim.setdefault((correction.kind, claim_id, correction.printed_by), row)
    told = {(row["statement"], row["text"]) for row in by_claim.values() if row["kind"] == "elsewhere"}
    return [
        row
        for row in by_claim.values()
        if row["kind"] != "digit" or (row["alternatives"] <= _FEW_WAYS and (row["statement"], row["text"]) not in told)
    ]
