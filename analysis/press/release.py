"""Printed figures checked before they go out: what came of trying them, as text for a terminal or for programs.

Each article is tried by itself, then the articles of one place and month together. Nothing is corrected:
readings that would make figures agree are offered, and what follows from one says so.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from io import StringIO
from typing import Any, NamedTuple

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.press.articles import (
    AS_PRINTED,
    NOT_TAKEN,
    Trial,
    as_said,
    dates_of,
    each_tried,
    pinned,
    places_of,
    readings,
    tried_by_month,
)
from analysis.press.corrections import Correction
from analysis.press.program import WORK, effort
from analysis.press.statements import Claim, is_share, name_key, wholes
from analysis.press.verdict import (
    CONFLICTS,
    CONSISTENT,
    CUT,
    INCONSISTENT,
    NOTHING,
    SEGMENTS,
    THOUSANDS,
    UNTRIED,
    VERDICTS,
    WHOLE,
    Left,
    Range,
)
from analysis.schema import grouped
from analysis.words import base_name, count, figure, identity, month, people_left, percent, sentence, span, taken, term

WIDTH = 80
_FEW = 4  # so many ways to change one digit are written out


class Checked(NamedTuple):
    """All figures as read, every article's trial, those of articles on one place and month, and the whole places."""

    claims: dict[str, Claim]
    articles: list[Trial]
    together: list[Trial]


End = int | float | Fraction | None
Json = dict[str, Any]  # an object


class CanBe(NamedTuple):
    """What a figure can be, in persons or as a share; `claim` prints it, if one does.

    fine_low and fine_high hold if a whole number of millions is as exact as the decimals beside it.
    """

    claim: Claim | None
    name: dict[str, str]
    share: bool
    low: End
    high: End
    fine_low: End
    fine_high: End
    rests_on: tuple[str, ...] | None = None


def checked(
    claims: Sequence[Claim],
    complete: Collection[str] = (),
    seconds: Callable[[], float] | None = None,
    told: Callable[[str], None] | None = None,
) -> Checked:
    """Every article of `claims` tried (`claim_id` is the line, see `data.figures.figures_in`).

    `complete` names places whose parts all stand in the file. Each search in an article ends after `program.WORK`,
    and once no `seconds` are left what remains isn't tried; `Trial.left_out` and the verdict say so. `told` hears ""
    when an article is begun, and the name of each of its searches. Pages have no such limits: nothing on them is left out.
    Corrections are looked for in `claims` only, not in `data/`.

    >>> import pandas as pd
    >>> from analysis.press.statements import claims_of
    >>> frame = pd.DataFrame({"place": "Lampung", "period": "2023", "measure": ["covered", "coverage_rate"],
    ...                       "value_printed": ["731.991", "26,79"], "claim_id": ["2", "3"]})
    >>> [trial.verdict.verdict for trial in checked(claims_of(frame)).articles]
    ['nothing to test']
    """
    with effort(WORK, seconds, told):
        articles = each_tried(claims, claims, complete)
        return Checked({claim.claim_id: claim for claim in claims}, articles, tried_by_month(claims, complete))


def conflicts(found: Checked) -> bool:
    """Whether any figures can't be true together."""
    return any(trial.verdict.verdict in CONFLICTS for trial in (*found.articles, *found.together))


def untried(found: Checked) -> int:
    """How many articles, and articles together, weren't tried: whether their figures agree isn't known."""
    return sum(trial.verdict.verdict == UNTRIED for trial in (*found.articles, *found.together))


def nowhere(claims: Iterable[Claim], complete: Iterable[str]) -> list[str]:
    """Which of these places the figures don't speak of, however they are spelt."""
    there = {name_key(claim.place) for claim in claims}
    return [place for place in complete if name_key(place) not in there]


def without_parts(claims: Sequence[Claim], complete: Iterable[str]) -> list[str]:
    """Which of these places have no parts in the figures, so that there is nothing to add up."""
    there = {name_key(claim.place) for claim in claims}
    within = {name_key(whole) for whole, parts, _ in wholes(claims) if parts} & there
    return [place for place in complete if name_key(place) not in within]


# ---- for programs ----


def as_json(found: Checked) -> Json:
    """`{"articles": [...], "together": [...]}`; each trial as follows, lines being those of the file.

    article_ids, places, dates, figures (how many), verdict, read (as printed, rounded to thousands, cut off, with
    other segments, as corrected, not taken: how bounds were reached), conflict, identities, remove, others_would_do,
    rounded, cut_off, other_segments, corrections, bounds, not_tested, not_tried (what was left out as the work or the
    time was spent, see `LEFT_OUT`; the verdict is "not tried" if all was).
    conflict, remove, rounded, cut_off and not_tested list figures: line, claim_id (null if the file has none),
    article_id, place, date, measure, segment, qualifier, value_printed, unit. other_segments lists the totals that are
    more than the segments printed: place, date, measure, kind, low, high (people left; null: open).
    A correction has kind, lines, texts, printed_on_line, base, alternatives; a bound the place, date, measure, segment, kind, line and value_printed (null where it
    isn't printed), share (true: 0 to 1, false: persons), low, high, fine_low, fine_high (null: open), rests_on (lines).
    """
    return {
        name: [_trial_json(trial) for trial in tried]
        for name, tried in (("articles", found.articles), ("together", found.together))
    }


def _trial_json(trial: Trial) -> Json:
    claims, of = trial.claims, trial.verdict

    def printed(ids: Iterable[str]) -> list[Json]:
        return [_claim_json(trial.case.by_id[i]) for i in ids]

    return {
        "article_ids": [article for article in dict.fromkeys(c.article_id for c in claims) if article],
        "places": places_of(claims),
        "dates": list(dates_of(claims)),
        "figures": len(claims),
        "verdict": of.verdict,
        "read": trial.how,
        "conflict": printed(of.conflict),
        "identities": list(of.identities),
        "remove": printed(of.remove),
        "others_would_do": None if "others" in trial.left_out else of.others_too,
        "rounded": printed(of.rounded),
        "cut_off": printed(of.cut_off),
        "other_segments": [_left_json(left) for left in of.left],
        "corrections": [
            {
                "kind": c.kind,
                "lines": [int(i) for i in c.claim_ids],
                "texts": list(c.texts),
                "printed_on_line": int(c.printed_by) if c.printed_by else None,
                "base": c.base or None,
                "alternatives": c.alternatives,
            }
            for c in trial.corrections
        ],
        "bounds": [_bound_json(row) for row in can_be(trial)],
        "not_tested": printed(_untested(trial)),
        "not_tried": ["verdict"] if of.verdict == UNTRIED else list(trial.left_out),
    }


def _claim_json(claim: Claim) -> Json:
    names = ("place", "date", "measure", "segment", "qualifier", "value_printed", "unit")
    where = {"line": int(claim.claim_id), "claim_id": claim.key or None, "article_id": claim.article_id or None}
    return where | {name: getattr(claim, name) for name in names}


def _left_json(left: Left) -> Json:
    of = left.whole
    measure = {"target": "target_workers"}.get(of.what, of.what)
    return {"place": of.place, "date": of.date, "measure": measure, "kind": of.kind, "low": left.low, "high": left.high}


def _bound_json(row: CanBe) -> Json:
    return {
        **{name: row.name[name] for name in _NAME},
        "line": int(row.claim.claim_id) if row.claim else None,
        "value_printed": row.claim.value_printed if row.claim else None,
        "share": row.share,
        **{end: _rounded_end(getattr(row, end), row.share) for end in ("low", "high", "fine_low", "fine_high")},
        "rests_on": None if row.rests_on is None else [int(i) for i in row.rests_on],
    }


def _rounded_end(value: End, share: bool) -> int | float | None:
    return None if value is None else round(float(value), 6) if share else int(value)


def _untested(trial: Trial) -> list[str]:
    if trial.verdict.verdict == UNTRIED or "tested" in trial.left_out:
        return []
    tested = set(trial.verdict.tested)
    return [claim.claim_id for claim in trial.claims if claim.claim_id not in tested]


# ---- what each figure can be ----


def can_be(trial: Trial) -> list[CanBe]:
    """What each printed figure can be, in the file's order, then what follows for figures that aren't printed."""
    if trial.how == NOT_TAKEN:
        return []
    found = {claim: row for row in trial.bounds for claim in row.claim_ids}
    rows = []
    for claim in trial.claims:
        if row := found.get(claim.claim_id):
            rows.append(_from_bounds(claim, _figure_of(claim), row))
        elif beyond := trial.beyond.get(claim.claim_id):
            rows.append(CanBe(claim, _figure_of(claim), claim.unit == "percent", *beyond[0], *beyond[1]))
    follows = (row for row in trial.bounds if not row.claim_ids and pinned(row))
    return rows + [_from_bounds(None, {name: getattr(row, name) for name in _NAME}, row) for row in follows]


_NAME = ("place", "date", "measure", "segment", "kind")


def _from_bounds(claim: Claim | None, name: dict[str, str], row: Range) -> CanBe:
    ends = (row.low, row.high, row.fine_low, row.fine_high)
    return CanBe(claim, name, is_share(row.measure), *ends, rests_on=row.rests_on)


# ---- for a terminal ----


def as_text(found: Checked, language: str = "en") -> str:
    """What came of it, article by article, 80 characters wide; how many of each verdict stands last."""
    parts = _trial_texts(found.articles, found, language)
    if found.together:
        parts.append(
            _say(
                language,
                id="BERITA TENTANG SATU TEMPAT DAN BULAN, BERSAMA-SAMA",
                en="ARTICLES ON ONE PLACE AND MONTH, TOGETHER",
            )
            + "\n"
        )
        parts += _trial_texts(found.together, found, language)
    return "\n".join([*parts, _ending(found, language)])


def _trial_texts(tried: Iterable[Trial], found: Checked, language: str) -> list[str]:
    """The text of each trial; of those that weren't tried the names of a few, together."""
    texts = [_trial_text(trial, found, language) for trial in tried if trial.verdict.verdict != UNTRIED]
    names = [_title(trial, language) for trial in tried if trial.verdict.verdict == UNTRIED]
    if names:
        more = _say(language, n=len(names) - _FEW, id="; … dan {n:count} lagi", en="; … and {n:count} more")
        texts.append(
            _sentence(
                language,
                names="; ".join(names[:_FEW]) + (more if len(names) > _FEW else ""),
                id="TIDAK DIUJI, karena batasnya tercapai: {names}.",
                en="NOT TRIED, because the limit was reached: {names}.",
            )
            + "\n"
        )
    return texts


# What may be left out of an article once the work or the time for it is spent: name in JSON, in words.
LEFT_OUT = {
    "verdict": ("apakah angka-angkanya cocok", "whether its figures agree"),
    "tested": ("angka mana lagi yang diuji oleh angka lain", "which other figures are tested by others"),
    "smallest": ("apakah sebagian kecil angka saja sudah bertentangan", "whether fewer figures conflict already"),
    "fewest": ("apakah lebih sedikit angka sudah cukup", "whether fewer figures would be enough"),
    "others": ("apakah pilihan lain juga cukup", "whether other choices would do as well"),
    "corrections": ("koreksi", "corrections"),
    "bounds": ("nilai yang mungkin dari angka lain", "what the other figures can be"),
}


def _left_out(trial: Trial, language: str) -> Iterator[str]:
    if trial.left_out:
        names = "; ".join(LEFT_OUT[name][language == "en"] for name in trial.left_out)
        yield "\n" + _sentence(
            language,
            names=names,
            id="Belum dicari sampai tuntas, karena batasnya tercapai: {names}.",
            en="Not tried to the end, because the limit was reached: {names}.",
        )


def _trial_text(trial: Trial, found: Checked, language: str) -> str:
    blocks = [_heading(trial, language), _verdict_said(trial, language)]
    blocks += _conflict(trial, language)
    blocks += _offers(trial, found, language)
    if rows := can_be(trial):
        blocks += [_how(trial, language), *_bounds_table(rows, trial, language)]
    blocks += _not_tested(trial, language)
    blocks += _left_out(trial, language)
    return "\n".join(blocks) + "\n"


def _say(language: str, *, id: str, en: str, **values: object) -> str:
    return sentence("release", id=id, en=en, values=values).text[language]


def _sentence(language: str, **said: Any) -> str:
    return _wrapped(_say(language, **said))


def _heading(trial: Trial, language: str) -> str:
    title = _wrapped(_title(trial, language))
    return f"{title}\n{'=' * min(WIDTH, max(map(len, title.splitlines())))}"


def _title(trial: Trial, language: str) -> str:
    claims = trial.claims
    articles = ", ".join(article for article in dict.fromkeys(c.article_id for c in claims) if article)
    places = _some(places_of(claims), language)
    dates = _some([month(date, language) for date in dates_of(claims)], language)
    return ": ".join(part for part in (articles, f"{places}, {dates}") if part)


def _some(names: Sequence[str], language: str) -> str:
    """All names, or the first dozen and how many more there are."""
    if len(names) <= 13:
        return ", ".join(names)
    more = _say(language, n=len(names) - 12, id="dan {n:count} lagi", en="and {n:count} more")
    return ", ".join([*names[:12], more])


def _verdict_said(trial: Trial, language: str) -> str:
    of = trial.verdict
    id_, en = _ONE_ALONE.get(of.verdict, _VERDICTS[of.verdict]) if len(of.conflict) == 1 else _VERDICTS[of.verdict]
    text = _say(
        language,
        id=id_,
        en=en,
        n=len(trial.claims),
        conflict=len(of.conflict),
        tested=len(of.tested),
        line=_where_printed(of.conflict[:1], trial, language),
        needs=_needs(trial, language),
    )
    return _wrapped(f"{text} {_OTHERS[language]}" if of.others_too and not of.remove else text)


# What each verdict says, in Indonesian and in English; then of a single figure that can't be.
_VERDICTS = {
    INCONSISTENT: (
        "BERTENTANGAN: dari {n:count} angka, {conflict:count} tidak dapat benar bersama-sama.",
        "CONFLICT: of {n:count} figures, {conflict:count} cannot be true together.",
    ),
    WHOLE: (
        "TIDAK COCOK DENGAN JUMLAH ORANG YANG BULAT: dari {n:count} angka, {conflict:count} tidak cocok dengan jumlah orang mana pun.",
        "IMPOSSIBLE FOR WHOLE PEOPLE: of {n:count} figures, {conflict:count} fit no number of people.",
    ),
    SEGMENTS: (
        "COCOK BILA ADA SEGMEN LAIN: semua angka dapat benar bila {needs}.",
        "CONSISTENT IF THERE ARE OTHER SEGMENTS: all figures can be true if {needs}.",
    ),
    CUT: (
        "COCOK BILA DIPOTONG: semua angka dapat benar bila {needs}.",
        "CONSISTENT IF CUT OFF: all figures can be true if {needs}.",
    ),
    THOUSANDS: (
        "COCOK BILA DIBULATKAN KE RIBUAN: semua angka dapat benar bila {needs}.",
        "CONSISTENT IF ROUNDED TO THOUSANDS: all figures can be true if {needs}.",
    ),
    CONSISTENT: (
        "COCOK: semua angka dapat benar bersama-sama; {tested:count} dari {n:count} diuji oleh angka lain.",
        "CONSISTENT: all figures can be true together; {tested:count} of {n:count} are tested by others.",
    ),
    NOTHING: (
        "TIDAK ADA YANG DAPAT DIUJI: tidak ada angka yang menyatakan sesuatu tentang angka lain.",
        "NOTHING TO TEST: no figure says anything of another.",
    ),
}
_ONE_ALONE = {
    INCONSISTENT: ("BERTENTANGAN: {line} tidak mungkin benar.", "CONFLICT: {line} cannot be true."),
    WHOLE: (
        "TIDAK COCOK DENGAN JUMLAH ORANG YANG BULAT: {line} tidak cocok dengan jumlah orang mana pun.",
        "IMPOSSIBLE FOR WHOLE PEOPLE: {line} fits no number of people.",
    ),
}
_OTHERS = {"id": "Pilihan lain yang sama sedikitnya juga cukup.", "en": "Other choices as small would do as well."}


def _needs(trial: Trial, language: str) -> str:
    """All that must be so for the figures to agree, to stand behind "if", in the order of `VERDICTS`."""
    of = trial.verdict
    needs = [
        _say(
            language,
            people=people_left(left, language),
            whole=_whole_name(left, trial, language),
            id="{people} dari “{whole}” ada di segmen yang tidak tercetak",
            en="{people} of “{whole}” {are} in segments that were not printed".replace("{are}", _be(left)),
        )
        for left in of.left
    ]
    if of.cut_off:
        needs.append(
            _say(
                language,
                lines=_where_printed(of.cut_off, trial, language),
                id="digit {lines} dipotong, bukan dibulatkan",
                en="digits of {lines} were cut off, not rounded",
            )
        )
    if of.rounded:
        needs.append(
            _say(
                language,
                lines=_where_printed(of.rounded, trial, language),
                id="{lines} dibulatkan ke ribuan",
                en="{lines} was rounded to thousands" if len(of.rounded) == 1 else "{lines} were rounded to thousands",
            )
        )
    return {"id": " dan ", "en": " and "}[language].join(needs)


def _be(left: Left) -> str:
    return "is" if left.high == 1 else "are"


def _whole_name(left: Left, trial: Trial, language: str) -> str:
    named = _left_json(left) | {"segment": "total"}
    return _name(named | {"kind": "" if named["kind"] == "active" else named["kind"]}, trial, language)


def _where_printed(ids: Collection[str], trial: Trial, language: str) -> str:
    """Where figures stand and what is printed there: `line 4 (“3,05 juta”)`."""
    word = {"id": "baris", "en": "line"}[language]
    return ", ".join(f"{word} {i} (“{_with_percent_sign(trial.case.by_id[i])}”)" for i in ids)


def _with_percent_sign(row: Claim) -> str:
    percent_sign = " %" if row.unit == "percent" and "%" not in row.value_printed else ""
    return as_said(row) + percent_sign


def _conflict(trial: Trial, language: str) -> Iterator[str]:
    of = trial.verdict
    if not of.conflict:
        return
    if of.verdict in CONFLICTS:
        yield "\n" + _say(language, id="Bertentangan, seperti tercetak:", en="In conflict, as printed:")
    else:
        yield "\n" + _say(language, id="Bila tidak demikian, ini bertentangan:", en="If not, these conflict:")
    yield _claims_table([row for row in trial.claims if row.claim_id in of.conflict], trial, language)
    if joined := _what_joins(trial, language):
        yield _wrapped({"id": "Hubungannya: ", "en": "What joins them: "}[language] + joined, 2)
    if of.remove:
        if of.others_too:
            others = _OTHERS
        else:
            others = {"id": "Tidak ada pilihan lain yang sama sedikitnya.", "en": "No other choice as small would do."}
        fewest = _say(
            language,
            lines=_where_printed(of.remove, trial, language),
            id="Paling sedikit yang harus dilepas agar sisanya cocok: {lines}.",
            en="Fewest figures to drop so that the rest agree: {lines}.",
        )
        if "fewest" in trial.left_out:
            fewest = _say(
                language,
                lines=_where_printed(of.remove, trial, language),
                id="Cukup dilepas agar sisanya cocok: {lines}.",
                en="Enough to drop so that the rest agree: {lines}.",
            )
        known = not {"fewest", "others"} & {*trial.left_out}
        yield _wrapped(f"{fewest} {others[language]}" if known else fewest, 2)


def _what_joins(trial: Trial, language: str) -> str:
    """What joins the conflicting figures, in words: identities between figures, and what a measure means."""
    rows = [row for row in trial.claims if row.claim_id in trial.verdict.conflict]
    if len(rows) > 1 and not trial.verdict.identities and len({tuple(_figure_of(row).values()) for row in rows}) == 1:
        return {"id": "satu angka dengan nilai yang berbeda", "en": "one figure with different values"}[language]
    names = [_in_the_files_words(name, rows, language) for name in trial.verdict.identities]
    names += [_MEANS[row.measure][language == "en"] for row in rows if row.measure in _MEANS]
    return "; ".join(dict.fromkeys(names))


_MEANS = {
    "coverage_rate": ("tingkat cakupan = tercakup / pekerja", "coverage rate = covered / workers"),
    "uncovered_rate": (
        "bagian belum tercakup = (pekerja - tercakup) / pekerja",
        "share not covered = (workers - covered) / workers",
    ),
    "uncovered": ("belum tercakup = pekerja - tercakup", "uncovered = workers - covered"),
    "gap_to_target": ("selisih ke target = target - tercakup", "gap to the target = target - covered"),
    "gap_rate": (
        "selisih ke target = (target - tercakup) / pekerja",
        "gap to the target = (target - covered) / workers",
    ),
    "target_rate": ("target (tingkat) = target (orang) / pekerja", "target (rate) = target (people) / workers"),
    "achievement_rate": ("capaian target = tercakup / target", "share of the target reached = covered / target"),
    "covered_change": ("perubahan = tercakup kini - tercakup dulu", "change = covered now - covered before"),
    "workers_share": ("bagian = pekerja segmen / semua pekerja", "share = workers of the segment / all workers"),
    "covered_share": ("bagian = tercakup segmen / semua tercakup", "share = covered of the segment / all covered"),
}


def _in_the_files_words(name: str, rows: list[Claim], language: str) -> str:
    """An identity with formal and informal where that is what was printed instead of PU and BPU."""
    text = identity(name, language)
    for said, stands in (("formal", r"\bPU\b(?! with)"), ("informal", r"\bBPU\b")):
        if any(row.segment == said for row in rows):
            text = re.sub(stands, said, text)
    return text


def _claims_table(rows: list[Claim], trial: Trial, language: str) -> str:
    several = len({claim.article_id for claim in trial.claims}) > 1
    cells = [
        [
            row.claim_id,
            *[row.article_id or "–"] * several,
            _name(_figure_of(row), trial, language),
            _with_percent_sign(row),
        ]
        for row in rows
    ]
    return _lined_up(["line", *["article"] * several, "figure", "printed"], cells, language)


def _figure_of(row: Claim) -> dict[str, str]:
    kind = row.target_year or row.base or (row.status if row.status != "active" else "")
    return {"place": row.place, "date": row.date, "measure": row.measure, "segment": row.segment, "kind": kind}


def _name(row: dict[str, str], trial: Trial, language: str) -> str:
    """A figure's name, with its place and date where the article speaks of several."""
    where = [row["place"]] if len({claim.place for claim in trial.claims}) > 1 else []
    when = [month(row["date"], language)] if len({claim.date for claim in trial.claims}) > 1 else []
    return ", ".join([*where, *when, figure(row, language)])


def _offers(trial: Trial, found: Checked, language: str) -> Iterator[str]:
    if trial.verdict.verdict not in CONFLICTS:
        return
    if not trial.corrections and "corrections" in trial.left_out:
        return
    if not trial.corrections:
        yield "\n" + _sentence(
            language,
            id="Tidak ada koreksi yang ditawarkan: tidak ada satu kekeliruan umum yang menjelaskannya.",
            en="No correction is offered: no single common slip explains it.",
        )
        return
    yield "\n" + _sentence(
        language,
        id="Koreksi yang ditawarkan, tidak satu pun diterapkan pada berkas:",
        en="Corrections offered, none of them made in the file:",
    )
    groups = grouped(((c.kind, c.claim_ids, c.printed_by or c.base), c) for c in trial.corrections)
    for (kind, ids, _), group in groups.items():
        yield _wrapped("- " + _offer(kind, ids, group, trial, found, language), 2, 4)


def _offer(
    kind: str, ids: tuple[str, ...], group: list[Correction], trial: Trial, found: Checked, language: str
) -> str:
    first = group[0]
    where = _where_printed(ids, trial, language)
    texts = ", ".join(f"“{text}”" for correction in group[:_FEW] for text in correction.texts)
    source = found.claims.get(first.printed_by)
    if kind == "digit" and first.alternatives > _FEW:
        kind = "digit of many"
    id_, en = _OFFERS[kind]
    return _say(
        language,
        id=id_,
        en=en,
        where=where,
        texts=texts,
        base=base_name(first.base, language),
        ways=first.alternatives,
        target=_with_percent_sign(source) if source else "",
        line=first.printed_by,
        year=(source.target_year if source else "") or "?",
        article=(source.article_id if source else "") or "–",
    )


# What each kind of correction says, in Indonesian and in English.
_OFFERS = {
    "gap": (
        "{where} mungkin selisih ke target {target} untuk {year} (baris {line})",
        "{where} could be the gap to the target of {target} for {year} (line {line})",
    ),
    "target": (
        "{where} mungkin jumlah orang dari target {target} untuk {year} (baris {line})",
        "{where} could be the people of the target of {target} for {year} (line {line})",
    ),
    "base": ("{where} mungkin bagian dari {base}", "{where} could be a share of {base}"),
    "elsewhere": (
        "{where} mungkin {texts}, seperti tercetak di {article} (baris {line})",
        "{where} could be {texts}, as {article} prints it (line {line})",
    ),
    "scale": (
        "kata skala hilang atau keliru: {where} mungkin {texts}",
        "a scale word was dropped or mistaken: {where} could be {texts}",
    ),
    "together": ("beberapa sekaligus: {where} mungkin {texts}", "several at once: {where} could be {texts}"),
    "digit": ("satu digit lain: {where} mungkin {texts}", "another digit: {where} could be {texts}"),
    "digit of many": (
        "satu digit lain: {where} mungkin {texts}, … ({ways:count} cara)",
        "another digit: {where} could be {texts}, … ({ways:count} ways)",
    ),
}


def _how(trial: Trial, language: str) -> str:
    if trial.how == AS_PRINTED:
        return "\n" + {"id": "Nilai yang mungkin:", "en": "What each figure can be:"}[language]
    first = trial.applied
    if first is None:
        return "\n" + _sentence(
            language,
            readings=taken(readings(trial), language),
            id="Nilai yang mungkin, bila {readings}:",
            en="What each figure can be, if {readings}:",
        )
    texts, base = ", ".join(f"“{text}”" for text in first.texts), base_name(first.base, language)
    read = {
        "gap": ("selisih ke target", "the gap to the target"),
        "target": ("jumlah orang dari target", "the people of the target"),
        "base": (f"bagian dari {base}", f"a share of {base}"),
    }.get(first.kind, (texts, texts))
    return "\n" + _sentence(
        language,
        where=", ".join(first.claim_ids),
        what=read[language == "en"],
        id="Nilai yang mungkin, bila baris {where} adalah {what}:",
        en="What each figure can be, if line {where} is {what}:",
    )


def _bounds_table(rows: list[CanBe], trial: Trial, language: str) -> Iterator[str]:
    cells = []
    finer = {"id": "  dibaca lebih teliti", "en": "  read finer"}[language]
    not_printed = {"id": "(tidak tercetak)", "en": "(not printed)"}[language]
    notes = False
    for row in rows:
        line, text = (row.claim.claim_id, _with_percent_sign(row.claim)) if row.claim else ("", not_printed)
        plain = _span(row.low, row.high, row.share, language)
        fine = _span(row.fine_low, row.fine_high, row.share, language)
        cells.append([line, _name(row.name, trial, language), text, plain])
        if fine != plain:
            cells.append(["", finer, "", fine])
            notes = True
    yield _lined_up(["line", "figure", "printed", "can be"], cells, language)
    if notes:
        yield _wrapped(
            _say(
                language,
                id="Dibaca lebih teliti: jutaan atau ribuan bulat seteliti angka berdesimal di sampingnya.",
                en="Read finer: whole millions or thousands as exact as the figures with decimals beside them.",
            ),
            2,
        )


def _span(low: End, high: End, share: bool, language: str) -> str:
    if not low and high is None:
        return "–"
    if not share:
        return span(None if low is None else int(low), None if high is None else int(high), False, language)
    low, high = (None if end is None else round(float(end), 7) for end in (low, high))
    if high is None or high - (low or 0) >= 0.001 or low == high:
        return span(low, high, True, language)
    ends = [percent(end or 0, language, 3) for end in (low, high)]  # 26.79 is 26.785 to 26.795
    return f"{ends[0].rstrip('%').rstrip()}–{ends[1]}"


def _not_tested(trial: Trial, language: str) -> Iterator[str]:
    nothing = trial.verdict.verdict == NOTHING
    if untested := trial.verdict.not_tested if nothing else _untested(trial):
        yield "\n" + _sentence(
            language,
            lines=_where_printed(untested, trial, language),
            id="Tidak diuji, karena tidak ada angka lain yang menyangkutnya: {lines}.",
            en="Not tested, because no other figure bears on it: {lines}.",
        )


def _ending(found: Checked, language: str) -> str:
    tried = [*found.articles, *found.together]
    counts = {kind: sum(trial.verdict.verdict == kind for trial in tried) for kind in VERDICTS}
    tally = ", ".join(f"{term(kind, language)} ({count(n, language)})" for kind, n in counts.items() if n)
    text = _say(
        language,
        n=len(found.claims),
        tally=tally,
        articles=len(found.articles),
        groups=len(found.together),
        id="Angka: {n:count}. Berita: {articles:count}, diuji bersama: {groups:count}. Hasil: {tally}.",
        en="Figures: {n:count}. Articles: {articles:count}, tried together: {groups:count}. Verdicts: {tally}.",
    )
    lines = [_wrapped(text)]
    if counts[UNTRIED]:
        lines.append(
            _sentence(
                language,
                n=counts[UNTRIED],
                id="Tidak diuji, sehingga belum diketahui cocok atau tidak: {n:count}.",
                en="Not tried, so that whether they agree isn't known: {n:count}.",
            )
        )
    if any(counts[kind] for kind in (CONSISTENT, THOUSANDS, CUT, SEGMENTS)):
        lines.append(
            _sentence(
                language,
                id="Angka yang cocok belum tentu benar: kekeliruan di dalam batas ini tidak terlihat.",
                en="Figures that agree need not be right: an error within these bounds can't be seen.",
            )
        )
    return "\n".join(lines) + "\n"


_HEADS = {
    "line": ("baris", "line"),
    "article": ("berita", "article"),
    "figure": ("angka", "figure"),
    "printed": ("tercetak", "printed"),
    "can be": ("dapat bernilai", "can be"),
}
_RIGHT = ("line", "can be")


def _lined_up(columns: Sequence[str], rows: Iterable[Sequence[str]], language: str) -> str:
    """A table; by rich, which takes long, only where a cell has to be folded."""
    lines = [[_HEADS[name][language == "en"] for name in columns], *rows]
    widths = [max(map(cell_len, cells)) for cells in zip(*lines, strict=True)]
    fits = sum(widths) + 3 * (len(widths) - 1) <= WIDTH - 2
    if not fits or not all(cell.replace("\xa0", " ").isprintable() for line in lines for cell in line):
        return _folded(columns, lines)
    padded = []
    for line in lines:
        gaps = [" " * (width - cell_len(cell)) for width, cell in zip(widths, line, strict=True)]
        cells = zip(columns, line, gaps, strict=True)
        padded.append("   ".join(gap + cell if name in _RIGHT else cell + gap for name, cell, gap in cells))
    padded.insert(1, "─" * (sum(widths) + 3 * (len(widths) - 1)))
    return "\n".join(f"  {line}".rstrip() for line in padded)


def _folded(columns: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    for name, head in zip(columns, lines[0], strict=True):
        table.add_column(head, justify="right" if name in _RIGHT else "left", overflow="fold")
    for line in lines[1:]:
        table.add_row(*line)
    console = _console()
    with console.capture() as drawn:
        console.print(table)
    return "\n".join(f"  {line}".rstrip() for line in drawn.get().splitlines())


@cache
def _console() -> Console:
    """A console that writes the same everywhere, whatever the terminal says of itself."""
    return Console(
        file=StringIO(),
        width=WIDTH - 2,
        color_system=None,
        force_terminal=False,
        force_jupyter=False,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )


def _wrapped(text: str, indent: int = 0, hanging: int | None = None) -> str:
    first, rest = " " * indent, " " * (indent if hanging is None else hanging)
    wrapped = Text(text).wrap(_console(), WIDTH - len(rest), justify="default", overflow="fold")
    lines = "\n".join(line.plain for line in wrapped).splitlines()
    return "\n".join((first if n == 0 else rest) + line.rstrip() for n, line in enumerate(lines))
