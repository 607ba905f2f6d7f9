"""Tables of printed figures tried against each other: verdicts, conflicts, possible readings, what a figure can be."""

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.tables.column import Column, Row, counted, month_of, named, sources, text
from analysis.tables.table import held, table
from analysis.words import (
    LANGUAGES,
    Shown,
    base_name,
    figure,
    identity,
    people_left,
    printed,
    printed_percent,
    span,
    statement,
    statements,
    target_printed,
    term,
)

_DATED = [month_of("date"), sources()]
_FIGURE = ("Angka", "Figure")


def _place_column(rows: pd.DataFrame, here: str) -> list[Column]:
    """A column for the place, where a row is of another than the page's."""
    return [text("place")] if set(rows["place"]) - {here} else []


# -- articles and their verdicts -----------------------------------------------------------------------


def verdicts(rows: pd.DataFrame, name: str = "verdicts") -> Shown:
    """Articles with their verdict, figures in conflict first (rows of `verdict_rows`).

    >>> from analysis.press.articles import trials, verdict_rows
    >>> rows = verdict_rows(trials(published[published["article_id"] == "NAT-2014"]))
    >>> print(verdicts(rows.assign(facts=Facts(source_ids=("antara",)))).text["en"])
    Articles and their verdicts, conflicts first
    Place | Verdict | Figures | Tested | Date | Source
    Indonesia | can be true together | 6 | 5 | February 2014 | [antara]
    """
    columns = [text("place"), named("verdict"), counted("figures"), counted("tested"), *_DATED]
    indonesian = "Berita dan hasil ujinya, yang bertentangan lebih dahulu"
    english = "Articles and their verdicts, conflicts first"
    if name == "all-articles":
        indonesian, english = (
            "Semua berita dalam data dan hasil ujinya",
            "All articles of the data and their verdicts",
        )
    return table(name, rows, columns, id=indonesian, en=english, note=False, data=_in_short(rows))


def by_month(rows: pd.DataFrame) -> Shown:
    """Articles on one place and month, tried together (rows of `verdict_rows` of `trials_by_month`).

    >>> rows = an.press.verdict_rows(an.press.trials_by_month(published[published["place"] == "Kota Batam"]))
    >>> an.tables.by_month(rows).data[0]["verdict"]
    'consistent if figures were cut off'
    """
    conflict = Column("conflict", lambda row, language: statements(row["conflict"], language) or "–")
    return table(
        "by-month",
        rows,
        [text("place"), month_of("date"), named("verdict"), counted("figures"), conflict, sources()],
        id="Berita tentang tempat dan bulan yang sama, diuji bersama",
        en="Articles on one place and month, tried together",
        note=False,
        data=_in_short(rows),
    )


def conflicts(rows: pd.DataFrame, here: str) -> Shown:
    """The fewest figures of each article that can't all be true (rows of `verdict_rows`); nothing if none conflict.

    `here` is the place that goes without saying.

    >>> from analysis.press.articles import trials, verdict_rows
    >>> rows = verdict_rows(trials(published[published["article_id"] == "SULAWESI-BARAT-2017-2018"]))
    >>> shown = conflicts(rows.assign(facts=Facts(source_ids=("antara",))), here="Sulawesi Barat")
    >>> print(shown.text["en"].replace("\\xa0", " "))
    Figures that can't all be true, article by article
    Figures in conflict | Date | Source
    Covered: 79 thousand; Workers: 621 thousand; Coverage rate: 11% | 2017-2018 | [antara]
    """
    found = _where_they_conflict(rows[rows["verdict"].isin(["inconsistent", "impossible for whole people"])])
    return table(
        "conflicts",
        found,
        [_CONFLICT, *_remove(found), *_place_column(found, here), *_DATED],
        id="Angka yang tidak dapat benar bersama-sama, dalam tiap berita",
        en="Figures that can't all be true, article by article",
        note=False,
        data=_in_short(found),
    )


def otherwise(rows: pd.DataFrame, here: str) -> Shown:
    """Figures that conflict as printed and agree if read otherwise (rows of `verdict_rows`), and how; nothing if none.

    >>> from analysis.press.articles import trials, verdict_rows
    >>> rows = verdict_rows(trials(published[published["article_id"] == "SULUT-2025-12"]))
    >>> otherwise(rows, here="Sulawesi Utara").text["en"].splitlines()[-1].split(" | ")[1]
    'rounded to thousands: Workers: 843,000; others would do as well'
    """
    found = _where_they_conflict(rows[rows["verdict"].str.startswith("consistent if")])
    needs = Column("needs", _what_must_be_so, ("Cocok bila", "They agree if"))
    return table(
        "otherwise",
        found,
        [_CONFLICT, needs, *_remove(found), *_place_column(found, here), *_DATED],
        id="Angka yang bertentangan seperti tercetak, tetapi cocok bila dibaca lain",
        en="Figures that conflict as printed, and agree if read otherwise",
        note=False,
        data=_in_short(found),
    )


def _where_they_conflict(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the place and the date of the figures that conflict, instead of the article's."""
    return rows.assign(place=rows["conflict_places"].map(", ".join), date=rows["conflict_dates"].map(lambda d: d[-1]))


def _figures_joined(row: Row, language: str) -> str:
    """The figures, and what joins them where that isn't plain."""
    figures = statements(row["conflict"], language)
    joined = ", ".join(identity(name, language) for name in row["identities"])
    return f"{figures} ({joined})" if joined else figures


_CONFLICT = Column("conflict", _figures_joined)
_MORE = {"id": "; pilihan lain juga mungkin", "en": "; others would do as well"}


def _remove(rows: pd.DataFrame) -> list[Column]:
    """A column for the fewest figures that would have to be others, where for a row one isn't enough."""

    def write(row: Row, language: str) -> str:
        if len(row["remove"]) < 2:
            return "–"
        return statements(row["remove"], language) + (_MORE[language] if row["others_too"] else "")

    return [Column("remove", write)] if (rows["remove"].map(len) > 1).any() else []


def _what_must_be_so(row: Row, language: str) -> str:
    """All that must be so for the figures of an article to agree, in the order of `VERDICTS`."""
    words = {
        "left": ("ada segmen yang tidak tercetak", "there are segments that were not printed"),
        "cut_off": ("dipotong, bukan dibulatkan", "cut off, not rounded"),
        "rounded": ("dibulatkan ke ribuan", "rounded to thousands"),
    }
    said = {
        "left": "; ".join(f"{_whole_in_words(left, language)}: {people_left(left, language)}" for left in row["left"]),
        "cut_off": statements(row["cut_off"], language),
        "rounded": statements(row["rounded"], language),
    }
    parts = [f"{words[name][LANGUAGES.index(language)]}: {figures}" for name, figures in said.items() if figures]
    return "; ".join(parts) + (_MORE[language] if row["others_too"] else "")


def _whole_in_words(left: Any, language: str) -> str:
    measure = {"target": "target_workers"}.get(left.whole.what, left.whole.what)
    return figure({"measure": measure, "segment": left.whole.segment, "kind": left.whole.kind}, language)


def _in_short(rows: pd.DataFrame) -> pd.DataFrame:
    """What a CSV file holds of rows of `verdict_rows`."""
    short = {name: rows[name].map(_figures_in_short) for name in ("conflict", "rounded", "cut_off", "remove")}
    short["other_segments"] = rows["left"].map(lambda left: "; ".join(map(_left_in_short, left)))
    names = ["article_ids", "place", "date", "verdict", "figures", "tested", *short, "identities", "source_ids"]
    return held(rows.assign(**short), names)


def _figures_in_short(claims: Sequence[Any]) -> str:
    """Printed figures as text for a CSV file: measure, segment, figure."""
    return "; ".join(f"{claim.measure} {claim.segment} {claim.printed}" for claim in claims)


def _left_in_short(left: Any) -> str:
    most = "" if left.high is None else left.high
    return f"{left.whole.what} {left.whole.kind} {left.low}–{most}".replace("  ", " ")


# -- how figures could be read --------------------------------------------------------------------------


def corrections(rows: pd.DataFrame, here: str, whole: bool = False) -> Shown:
    """Readings that would make an article's figures agree (rows of `correction_rows`); nothing if there are none.

    `whole`: they are all of one article, that is shown by itself.

    >>> from analysis.press.articles import correction_rows, trials
    >>> rows = correction_rows(trials(published[published["article_id"] == "LPG-2023-SEED-ANTARA"]))
    >>> shown = corrections(rows.assign(facts=Facts(source_ids=("antara",))), "Lampung", whole=True)
    >>> print(shown.text["en"].replace("\\xa0", " "))
    Possible readings for this article; nothing is corrected silently
    Figure | Possible reading | Why | Date | Source
    Workers, non-wage workers (BPU): “1,7 orang” | 1.7 million | a scale word may have been dropped or mistaken in print | 2023 | [antara]
    """
    columns = [
        Column("statement", lambda row, language: statement(row["statement"], language), _FIGURE),
        Column("text", _would_read, ("Pembacaan yang mungkin", "Possible reading")),
        Column("kind", _why, ("Alasannya", "Why")),
        *_place_column(rows, here),
        *_DATED,
    ]
    names = ["place", "date", "kind", "statement", "text", "printed_by"]
    short = rows.assign(statement=rows["statement"].map(lambda claim: _figures_in_short([claim])))
    whose = ("untuk berita ini", "for this article") if whole else ("untuk berita lainnya", "for the other articles")
    return table(
        "main-offered" if whole else "offered",
        rows,
        columns,
        id=f"Pembacaan yang mungkin {whose[0]}; tidak ada yang diubah diam-diam",
        en=f"Possible readings {whose[1]}; nothing is corrected silently",
        note=False,
        data=held(short, [*names, "target", "target_year", "base", "alternatives", "source_ids"]),
    )


def _would_read(row: Row, language: str) -> str:
    """What a correction would have the figure read."""
    claim = row["statement"]
    said = (printed_percent if claim.unit == "percent" else printed)(row["text"], language)
    if row["kind"] == "gap" and claim.measure == "uncovered":
        return f"{term('gap_to_target', language)}, {row['target_year']}: {said}"
    if row["kind"] == "target":
        return f"{term('target_workers', language)}, {row['target_year']}: {said}"
    if row["kind"] == "base":
        return f"{said} {'dari' if language == 'id' else 'of'} {base_name(row['base'], language)}"
    return said


_REASONS = {
    "elsewhere": ("tercantum di berita lain", "another article prints this"),
    "scale": (
        "mungkin kata satuan hilang atau keliru dalam cetakan",
        "a scale word may have been dropped or mistaken in print",
    ),
    "gap": ("mungkin selisih ke target, bukan yang belum tercakup", "it may be the gap to a target, not the uncovered"),
    "base": (
        "cocok dengan pekerja lain yang tercetak dalam berita itu",
        "it fits other workers that the article prints",
    ),
    "target": (
        "mungkin jumlah orang yang menjadi target",
        "it may be the number of people that a target wants covered",
    ),
    "digit": ("cukup mengganti satu digit; ada {n} cara", "changing one digit is enough; there are {n} ways"),
    "one digit": (
        "cukup mengganti satu digit; hanya ini caranya",
        "changing one digit is enough; this is the only way",
    ),
    "together": ("bersama koreksi lain dalam berita ini", "together with the other of this article"),
}


def _why(row: Row, language: str) -> str:
    kind = "one digit" if row["kind"] == "digit" and row["alternatives"] == 1 else row["kind"]
    said = _REASONS[kind][LANGUAGES.index(language)].format(n=row["alternatives"])
    if row["kind"] in ("gap", "target"):  # which target
        return f"{said} ({target_printed(row['target'], language)})"
    return said


# -- what figures can be --------------------------------------------------------------------------------


def figures(rows: pd.DataFrame, here: str, whole: bool = False) -> Shown:
    """What each figure can be, given the others of its article (rows of `figure_rows`).

    Only figures that the others narrow, each with its article; or all of one article, if `whole`. Where a
    whole number of millions may be as exact as the decimals beside it, the second reading stands behind "or".

    >>> from analysis.press.articles import figure_rows, trials
    >>> rows = figure_rows(trials(published[published["article_id"] == "LPG-2023-SEED-ANTARA"]))
    >>> print(figures(rows.head(3), "Lampung", whole=True).text["en"].replace("\\xa0", " "))
    As printed, and what it can be by the other figures of the article
    Figure | Printed | Possible range | Range implied by the other figures
    Covered | 731,991 | 731,991 | 731,991
    Workers | 2.7 million | 2,731,820–2,732,839 | 2,731,820–2,732,839
    Covered, wage earners (PU) | 564,386 | 564,386 | 564,386
    """
    shown = (rows if whole else rows[rows["narrowed"].astype(bool)]).sort_values("date", kind="stable")
    how = [] if set(shown["how"]) <= {"as printed"} else [named("how")]
    columns = [
        Column("measure", figure, _FIGURE),
        Column("printed", _as_printed, numeric=True),
        Column("can_be", _can_be, ("Yang mungkin", "Possible range"), numeric=True),
        Column("unseen", _by_other_figures, ("Menurut angka lain saja", "Range implied by the other figures"), numeric=True),
        *_place_column(shown, here),
        *([] if whole else [*how, *_DATED]),
    ]
    name = "figures" if whole else "other-figures"
    indonesian = "Angka lain yang dipersempit oleh beritanya sendiri"
    english = "Other figures that their own article narrows down"
    if whole:
        indonesian = "Tercetak, dan yang mungkin menurut angka lain dalam berita itu"
        english = "As printed, and what it can be by the other figures of the article"
    return table(name, shown, columns, id=indonesian, en=english, note=whole, data=held(shown, _RANGES))


_ENDS = [f"{kind}{end}" for kind in ("printed_", "", "fine_", "unseen_") for end in ("low", "high")]
_RANGES = ["place", "date", "measure", "segment", "kind", "printed", "unit", *_ENDS, "how", "source_ids"]


def _as_printed(row: Row, language: str) -> str:
    if not row["printed"]:
        return "–"
    return (printed_percent if row["unit"] == "percent" else printed)(row["printed"], language)


def _can_be(row: Row, language: str) -> str:
    coarse, fine = _end_to_end(row, "", language), _end_to_end(row, "fine_", language)
    return coarse if coarse == fine else f"{coarse} {'atau' if language == 'id' else 'or'} {fine}"


def _by_other_figures(row: Row, language: str) -> str:
    return _end_to_end(row, "unseen_", language) if row["printed"] else "–"


def _end_to_end(row: Row, kind: str, language: str) -> str:
    """From one end to the other (columns `kind`low and `kind`high), with one digit more than was printed.

    So 26,79 % is 26,785 to 26,795.
    """
    low, high = row[f"{kind}low"], row[f"{kind}high"]
    if low is None and high is None:
        return "–"
    decimals = re.search(r",(\d+)", row["printed"])
    digits = 1 + len(decimals[1]) if decimals else 2
    return span(low, high, row["unit"] == "percent", language, digits)
