"""Articles tried one by one, and together where several speak of one place and month.

A `Trial` holds an article's claims with its verdict, the corrections that would make it agree, and what
its figures can be; the other functions lay trials out as tables, one row a verdict, figure or correction.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, inf
from typing import Any, NamedTuple

import pandas as pd

from analysis.frames import columns_of
from analysis.press.corrections import Correction, corrected, corrections
from analysis.press.program import effort, search
from analysis.press.statements import (
    SAME,
    Claim,
    Figure,
    Interval,
    as_thousands,
    claims_of,
    is_share,
    is_total,
    known_month,
    month_of,
)
from analysis.press.verdict import (
    CONFLICTS,
    CONSISTENT,
    CUT,
    NOTHING,
    SEGMENTS,
    THOUSANDS,
    UNTRIED,
    VERDICTS,
    Case,
    Range,
    System,
    Verdict,
    by_other_figures,
    range_of,
    ranges,
    verdict_of,
)
from analysis.schema import COUNTRY, Facts, grouped, row_key

End = int | float | None
Row = dict[str, Any]  # of a table, by column

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
    `left_out` are the searches that the work there was didn't suffice for (`program.effort`; none without a limit).
    A class, because `bounds` are worked out when they are first asked for.
    """

    case: Case
    verdict: Verdict
    corrections: list[Correction]
    how: str
    applied: Correction | None
    taken: Case
    by: Verdict
    left_out: Sequence[str] = ()

    @property
    def claims(self) -> Sequence[Claim]:
        """What was tried."""
        return self.case.claims

    @property
    def cut(self) -> tuple[str, ...]:
        """The claims that are taken as cut off."""
        return self.by.cut_off

    @property
    def more(self) -> tuple[Figure, ...]:
        """The wholes that are taken to have segments which nobody printed."""
        return tuple(left.whole for left in self.by.left)

    @cached_property
    def bounds(self) -> list[Range]:
        """What the figures can be: `ranges` of what is taken; none while it isn't known what is to be taken."""
        return ranges(self.taken, self.cut, self.more) if self.chosen else []

    @property
    def chosen(self) -> bool:
        """Whether it is known which figures are read otherwise, where some must be: the work may not suffice to find them."""
        return self.how not in (ROUNDED, CUT_OFF, MORE) or bool(self.by.rounded or self.cut or self.more)

    @cached_property
    def beyond(self) -> dict[str, tuple[Interval, Interval]]:
        """What printed figures can be that `bounds` have no row for (gaps, changes): as printed, and read finer."""
        case = self.taken
        bounded = {claim for row in self.bounds for claim in row.claim_ids}
        wanted = [c.claim_id for c in self.claims if c.claim_id in case.about and c.claim_id not in bounded]
        if not wanted or "bounds" in self.left_out:
            return {}
        every = set(case.about)
        plain = case.read("as printed", self.cut, self.more)
        finer = case.read("finer", self.cut, self.more) if case.has_finer else plain
        plain_only = finer is plain or not finer.program.feasible(every)

        def ends(system: System, claim: str) -> Interval:
            return Interval(*range_of(system, claim, every)[:2])

        found = {claim: ends(plain, claim) for claim in wanted}
        return {claim: (found[claim], found[claim] if plain_only else ends(finer, claim)) for claim in wanted}


def about_place(published: pd.DataFrame, province_code: str, period: str = "all") -> pd.DataFrame:
    """All claims of the articles that print something on a province, its districts, or the country ("00").

    `period` is "all" or the beginning of a date, as in 2023 or 2023-12; ValueError when nothing is left.

    >>> sorted(set(about_place(published, "18")["place"]))[:2]
    ['Indonesia', 'Kabupaten Lampung Barat']
    """
    here = published[published["province_code"] == province_code]
    when = here["as_of"].where(here["as_of"] != "", here["period"])
    if period != "all":
        here = here[when.str.startswith(period)]
    if here.empty:
        there = ", ".join(sorted(set(when.str[:4]))) or "none"
        raise ValueError(f"no figure is printed for period {period!r}. There is: all, {there}")
    cited = here["source_id"][here["source_id"] != ""]
    return published[published["article_id"].isin(here["article_id"]) | published["source_id"].isin(cited)]


def all_articles(published: pd.DataFrame, province_code: str) -> list[Trial]:
    """Every article there is, tried, for the page of the country ("00"); nothing for another place.

    >>> all_articles(published, "18")
    []
    """
    return trials(published) if province_code == COUNTRY else []


def trials(frame: pd.DataFrame, among: pd.DataFrame | None = None, complete: Collection[str] = ()) -> list[Trial]:
    """Every article of `frame` tried by itself, in its order; `among` is where corrections may be found.

    Raises ClaimError with every cell that can't be read.

    >>> one = published[published["article_id"] == "LPG-2023-SEED-ANTARA"]
    >>> trial = trials(one)[0]; trial.verdict.verdict, trial.how, trial.corrections[0].texts
    ('inconsistent', 'as corrected', ('1,7 juta',))
    """
    claims = claims_of(frame)
    return each_tried(claims, claims if among is None else claims_of(among), complete)


def each_tried(claims: Sequence[Claim], among: Sequence[Claim], complete: Collection[str] = ()) -> list[Trial]:
    """As `trials`, of claims that have been read."""
    of_place = grouped((claim.place, at) for at, claim in enumerate(among))

    def others(article: Iterable[Claim]) -> list[Claim]:
        places = dict.fromkeys(claim.place for claim in article)
        return [among[at] for at in sorted(at for place in places for at in of_place.get(place, []))]

    articles = grouped((claim.article, claim) for claim in claims).values()
    return [tried(article, others(article), complete) for article in articles]


def trials_by_month(frame: pd.DataFrame, complete: Collection[str] = ()) -> list[Trial]:
    """Articles on one place and month tried together, wherever there are several.

    Figures of which only the year (or a half, or a span) is known stand in no group, as they may be of any month.

    >>> [len({claim.article_id for claim in trial.claims}) for trial in trials_by_month(published[published["place"] == "Lampung"])]
    [3, 5, 3]
    """
    return tried_by_month(claims_of(frame), complete)


def tried_by_month(claims: Iterable[Claim], complete: Collection[str] = ()) -> list[Trial]:
    """As `trials_by_month`, of claims that have been read."""
    months = [(claim, month_of(claim.date)) for claim in claims]
    read = [claim._replace(date=month, as_of=month) for claim, month in months]  # as_of: read again with a correction
    # A table's last line is the total of its own article, and no place that two articles could speak of.
    dated = (claim for claim in read if known_month(claim.date) and not is_total(claim.place))
    groups = grouped(((claim.place, claim.date), claim) for claim in dated).values()
    of_place = grouped((claim.place, claim) for claim in read)
    several = (group for group in groups if len({claim.article for claim in group}) > 1)
    return [tried(group, of_place[group[0].place], complete) for group in several]


def tried(claims: Sequence[Claim], others: Sequence[Claim], complete: Collection[str] = ()) -> Trial:
    """One set of claims, as `claims_of` gives them, tried: see `Trial`.

    >>> from analysis.press.statements import claims_of
    >>> one = claims_of(published[published["article_id"] == "LPG-2024-09-ANTARA"])
    >>> trial = tried(one, one); trial.verdict.verdict, trial.how
    ('consistent if figures were cut off', 'cut off')
    """
    case = Case(claims, complete)
    with effort() as spent:
        spent.told("")
        try:
            spent.pay(0)
            found = verdict_of(case)
        except ArithmeticError:
            if not spent.limited:
                raise
            found = Verdict(UNTRIED)
        trial = replace(_trial(case, found, others), left_out=spent.left_out)
        if not trial.chosen:
            spent.left_out.append("bounds")
        elif spent.limited and trial.how != NOT_TAKEN:
            trial.bounds  # noqa: B018 - within the article's own share, and it may add to what is left out
            with effort(inf, lambda: inf):
                trial.beyond  # noqa: B018 - while the systems are there
    case.forget()
    trial.taken.forget()
    return trial


def _trial(case: Case, found: Verdict, others: Sequence[Claim]) -> Trial:
    trial = Trial(case, found, [], NOT_TAKEN, None, Case([], case.complete), found)
    if found.verdict != UNTRIED:
        with search("corrections"):
            trial = _with_corrections(case, found, others)
    return trial


def _with_corrections(case: Case, found: Verdict, others: Sequence[Claim]) -> Trial:
    offered = corrections(case, found, others)
    sure = [one for one in offered if one.kind in _SURE and one.alternatives == 1]
    sure = sure if len(sure) == 1 else []  # of several nothing says which
    taken, how, by, applied = case, _HOW.get(found.verdict, AS_PRINTED), found, None
    if found.verdict in CONFLICTS:
        how, taken = NOT_TAKEN, Case([], case.complete)
        if sure:
            how, applied = CORRECTED, sure[0]
            taken = Case(corrected(case.claims, sure[0], others), case.complete)
            by = verdict_of(taken)
    if by.rounded:
        taken = Case(as_thousands(taken.claims), case.complete)
    return Trial(case, found, offered, how, applied, taken, by)


def main_article(tried: Sequence[Trial], place: str) -> list[Trial]:
    """The article that a place's page is about, whose figures say most of each other: one trial, or none.

    It is the one with the most figures of all workers, PU and BPU that the others narrow; of equals the latest.

    >>> main_article(trials(about_place(published, "18")), "Lampung")[0].claims[0].article_id
    'LPG-2023-SEED-ANTARA'
    """

    def told(trial: Trial) -> tuple[int, str]:
        mine = [one for one in _rows_shown(trial) if one.row.place == place and one.row.segment in _MAIN]
        trial.taken.forget()
        return sum(one.narrowed for one in mine), max(claim.date for claim in trial.claims)

    testable = [trial for trial in tried if trial.verdict.verdict != NOTHING and place in places_of(trial.claims)]
    return sorted(testable, key=told)[-1:]


def other_articles(tried: Sequence[Trial], main: Sequence[Trial]) -> list[Trial]:
    """The trials without that of the main article.

    >>> some = trials(published[published["article_id"].isin(["NAT-2014", "BALI-2023-11"])])
    >>> len(other_articles(some, some[:1]))
    1
    """
    return [trial for trial in tried if not any(trial is one for one in main)]


def verdict_rows(tried: Sequence[Trial]) -> pd.DataFrame:
    """One row a trial in the order of `VERDICTS`, figures in conflict first, then the latest.

    Columns: `an.columns("press.verdict_rows")`.

    >>> from analysis.press.articles import trials
    >>> verdict_rows(trials(published[published["article_id"] == "NAT-2014"]))[["date", "verdict", "tested"]].values.tolist()
    [['2014-02', 'consistent', 5]]
    """
    rows = [_verdict_row(trial) for trial in tried]
    frame = pd.DataFrame(rows, columns=columns_of("press.verdict_rows"))
    order = frame.assign(at=frame["verdict"].map(VERDICTS.index))
    order = order.sort_values(["at", "date"], ascending=[True, False], kind="stable")
    return order.drop(columns="at").reset_index(drop=True)


def verdict_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """How many articles have which verdict, of the rows of `verdict_rows`, and from when to when they are (dates): one row.

    Segments, cut and thousands are parts of otherwise. Columns: `an.columns("press.verdict_counts")`.

    >>> verdict_counts(verdict_rows(trials(published[published["article_id"] == "NAT-2014"]))).to_dict("records")[0]["consistent"]
    1
    """
    found = rows["verdict"].value_counts().reindex(VERDICTS, fill_value=0)
    told = {"segments": found[SEGMENTS], "cut": found[CUT], "thousands": found[THOUSANDS]}
    counts = {
        "articles": len(rows),
        "figures": rows["figures"].sum(),
        "conflicting": found[list(CONFLICTS)].sum(),
        "otherwise": sum(told.values()),
        "consistent": found[CONSISTENT],
        "untested": found[NOTHING],
    }
    dates = list(rows.loc[rows["date"] != "", "date"])
    return pd.DataFrame([counts | told]).assign(dates=[(min(dates, default=""), max(dates, default=""))])


def in_conflict(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of `verdict_rows` with figures that conflict if read as printed.

    >>> in_conflict(verdict_rows(trials(published[published["article_id"] == "NAT-2014"]))).empty
    True
    """
    return rows[rows["conflict"].map(len) > 0]


def read_otherwise(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of `verdict_rows` or `figure_rows` whose bounds don't take every figure as printed.

    >>> read_otherwise(verdict_rows(trials(published[published["article_id"] == "LPG-2023-SEED-ANTARA"])))["how"].tolist()
    ['as corrected']
    """
    return rows[rows["readings"].map(len) > 0]


def _verdict_row(trial: Trial) -> Row:
    claims, found = trial.claims, trial.verdict
    dates = dates_of(claims)
    return {
        "article_ids": tuple(dict.fromkeys(claim.article_id for claim in claims)),
        "place": places_of(claims)[0],
        "level": claims[0].level,
        "date": dates[-1],
        "figures": len(claims),
        "tested": len(found.tested),
        "verdict": found.verdict,
        "conflict": statements(trial.case, found.conflict),
        "identities": found.identities,
        "rounded": statements(trial.case, found.rounded),
        "cut_off": statements(trial.case, found.cut_off),
        "left": found.left,
        "remove": statements(trial.case, found.remove),
        "conflict_places": _in_column(trial.case, found.conflict, "place"),
        "conflict_dates": _in_column(trial.case, found.conflict, "date"),
        "others_too": found.others_too,
        "how": trial.how,
        "readings": readings(trial),
    } | _facts_column(trial, dates)


def places_of(claims: Iterable[Claim]) -> list[str]:
    """The places that claims speak of, each once; a total of them is none."""
    places = list(dict.fromkeys(claim.place for claim in claims))
    return [place for place in places if not is_total(place)] or places


def dates_of(claims: Iterable[Claim]) -> tuple[str, ...]:
    """The dates of claims, each once, in order."""
    return tuple(sorted({claim.date for claim in claims}))


def _facts_column(trial: Trial, dates: tuple[str, ...]) -> Row:
    """Dates, confidence and sources, as every table has them."""
    sources = tuple(dict.fromkeys(claim.source_id for claim in trial.claims if claim.source_id))
    keys = tuple(row_key("reported_claims", claim.claim_id) for claim in trial.claims)
    return {"facts": Facts(dates, dates, "as printed", sources, keys)}


def _in_column(case: Case, claim_ids: Collection[str], column: str) -> tuple[str, ...]:
    """What some claims have in a column, each once, in the order of the claims."""
    return tuple(dict.fromkeys(getattr(claim, column) for claim in case.claims if claim.claim_id in claim_ids))


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
    rows = trial.case.by_id
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


def as_said(claim: Claim) -> str:
    """A claim's figure with the word before it, as printed."""
    return f"{claim.qualifier} {claim.value_printed}".strip()


def statements(case: Case, claim_ids: Iterable[str]) -> tuple[Statement, ...]:
    """The claims with these ids, to be put into words, in the order of the ids."""
    return tuple(
        Statement(c.measure, SAME.get(c.segment, c.segment), as_said(c), c.unit, c.target_year, c.article_id)
        for c in (case.by_id[claim_id] for claim_id in claim_ids)
    )


def figure_rows(tried: Sequence[Trial]) -> pd.DataFrame:
    """What each figure can be: one row a figure of those trials of which some say something of others.

    Figures that nobody printed are there when something bounds them on both sides. Columns: `an.columns("press.figure_rows")`.

    >>> one = figure_rows(trials(published[published["article_id"] == "LPG-2023-SEED-ANTARA"]))
    >>> one[(one["measure"] == "workers") & (one["segment"] == "total")][["printed", "low", "high"]].values.tolist()
    [['sebanyak 2,7 juta', 2731820, 2732839]]
    """
    rows = [
        row | {"trial": number}
        for number, trial in enumerate(tried)
        if trial.verdict.verdict != NOTHING
        for row in _figure_rows(trial)
    ]
    return _as_frame(rows, columns_of("press.figure_rows"))


def _as_frame(rows: Sequence[Row], columns: Sequence[str]) -> pd.DataFrame:
    """Rows as a table of plain objects: whole numbers beside shares, and None where an end is open."""
    return pd.DataFrame({column: pd.Series([row[column] for row in rows], dtype=object) for column in columns})


def _figure_rows(trial: Trial) -> list[Row]:
    apart = by_other_figures(trial.taken, trial.cut, trial.more)
    shown = list(_rows_shown(trial))
    trial.taken.forget()
    taken = readings(trial)
    found = []
    for one in shown:
        row, said = one.row, one.said
        unseen: tuple[End, End] = (None, None)
        if said:
            low, high = apart[said.claim_id]
            unseen = _end_as_number(low, said.unit, ceil), _end_as_number(high, said.unit, floor)
        found.append(
            row._asdict()
            | {
                "printed": as_said(said) if said else "",
                "unit": "percent" if is_share(row.measure) else "persons",
                "printed_low": one.ends[0],
                "printed_high": one.ends[1],
                "unseen_low": unseen[0],
                "unseen_high": unseen[1],
                "narrowed": one.narrowed,
                "how": trial.how,
                "readings": taken,
            }
            | _facts_column(trial, (row.date,))
        )
    return found


def narrowed_totals(rows: pd.DataFrame, place: str) -> pd.DataFrame:
    """All workers of a place as printed, where the other figures narrow them: of the rows of `figure_rows`.

    >>> one = figure_rows(trials(published[published["article_id"] == "LPG-2023-SEED-ANTARA"]))
    >>> narrowed_totals(one, "Lampung")[["printed", "low", "high"]].values.tolist()
    [['sebanyak 2,7 juta', 2731820, 2732839]]
    """
    totals = rows[(rows["measure"] == "workers") & (rows["segment"] == "total") & (rows["printed"] != "")]
    return totals[(totals["place"] == place) & totals["narrowed"].astype(bool)]


def loose_rates(rows: pd.DataFrame) -> pd.DataFrame:
    """Coverage rates of all that could be others without a conflict, by more than a tenth of a point: of `figure_rows`.

    >>> loose_rates(figure_rows(trials(published[published["article_id"] == "LPG-2023-SEED-ANTARA"])))["printed"].tolist()
    ['sudah mencapai 26,79']
    """
    rates = rows[(rows["measure"] == "coverage_rate") & (rows["segment"] == "total")]
    bounded = rates.dropna(subset=["unseen_low", "unseen_high"])
    return bounded[(bounded["unseen_high"] - bounded["unseen_low"]).astype(float) > 0.001]


class _Shown(NamedTuple):
    """A row of a trial's bounds, the claim that prints it (or none), between what that is, and whether others say more."""

    row: Range
    said: Claim | None
    ends: tuple[End, End]
    narrowed: bool


def _rows_shown(trial: Trial) -> Iterator[_Shown]:
    """The rows of a trial's bounds that are printed or pinned down."""
    claims = trial.case.by_id
    for row in trial.bounds:
        said = next((claims[c] for c in row.claim_ids if c in claims), None)
        if said:
            printed = said.thousands if trial.by.rounded else said.printed
            ends = _end_as_number(printed.low, said.unit), _end_as_number(printed.high, said.unit)
            yield _Shown(row, said, ends, _narrower((row.low, row.high), ends))
        elif pinned(row):
            yield _Shown(row, None, (None, None), True)


def _narrower(ends: tuple[End, End], printed: tuple[End, End]) -> bool:
    """Whether the ends differ from the printed ones by more than matters (a share within 0.05 points doesn't)."""
    pairs = list(zip(ends, printed, strict=True))
    if all(isinstance(end, float) for pair in pairs for end in pair):
        return max(abs((a or 0) - (b or 0)) for a, b in pairs) > 0.0005
    return ends != printed


def pinned(row: Range) -> bool:
    """Whether something bounds a figure of `ranges` on both sides (a share away from both 0 and 1).

    >>> pinned(Range("Lampung", "2023", "workers", "PU", "", (), 10, 20, ()))
    True
    >>> pinned(Range("Lampung", "2023", "coverage_rate", "PU", "", (), 0.0, 0.4, ()))
    False
    """
    if row.high is None or not row.low:
        return False
    return not is_share(row.measure) or (row.low > 0.001 and row.high < 0.999)


def _end_as_number(end: Fraction | None, unit: str, whole: Callable[[Fraction], int] | None = None) -> End:
    if end is None:
        return None
    if unit != "percent" and whole:
        return whole(end)
    return int(end) if unit != "percent" and end.denominator == 1 else float(end)


def correction_rows(tried: Sequence[Trial]) -> pd.DataFrame:
    """The corrections that are offered, the likeliest first; of a few digits that would do, one for all.

    Columns: `an.columns("press.correction_rows")`.

    >>> correction_rows(trials(published[published["article_id"] == "LPG-2023-SEED-ANTARA"]))[["kind", "text"]].values.tolist()
    [['scale', '1,7 juta']]
    """
    rows = [row | {"trial": number} for number, trial in enumerate(tried) for row in _correction_rows(trial)]
    return _as_frame(rows, columns_of("press.correction_rows"))


_OF_CORRECTION = ("kind", "printed_by", "target", "target_year", "base", "alternatives")


def _correction_rows(trial: Trial) -> list[Row]:
    by_claim: dict[tuple[str, ...], Row] = {}
    shared = _facts_column(trial, dates_of(trial.claims))
    for correction in trial.corrections:
        own = {name: getattr(correction, name) for name in _OF_CORRECTION}
        for claim_id, text in zip(correction.claim_ids, correction.texts, strict=True):
            claim = trial.case.by_id[claim_id]
            own |= {"place": claim.place, "date": claim.date}
            row = shared | own | {"statement": statements(trial.case, [claim_id])[0], "text": text}
            by_claim.setdefault((correction.kind, claim_id, correction.printed_by), row)
    told = {(row["statement"], row["text"]) for row in by_claim.values() if row["kind"] == "elsewhere"}
    return [
        row
        for row in by_claim.values()
        if row["kind"] != "digit" or (row["alternatives"] <= _FEW_WAYS and (row["statement"], row["text"]) not in told)
    ]
