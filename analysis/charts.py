"""One function a chart: rows of `coverage` in, the drawing in both languages out.

The house style lives here: one colour for the covered, one for the uncovered, one for the place a
report is about; no title (the page has one), no grid where values are written. Drawings are SVG
with text as text, and equal data gives equal bytes. They are drawn narrow, so that the text can be
read on a phone.
"""

from collections.abc import Callable, Sequence
from io import StringIO
from textwrap import fill
from typing import Any

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.words import LANGUAGES, Shown, about, count, decimal, footnote, percent, rate, term

COVERED, UNCOVERED, OTHERS, HERE = "#0f766e", "#b8c4c9", "#7c98a6", "#c2410c"
_WIDTH = 4.4  # inches: 10 point text comes to 10 px on a phone and 17 px on a desktop
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "cakupan",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.linewidth": 0.6,
    "ytick.left": False,
    "figure.facecolor": "white",
    "path.simplify": True,
}


def coverage_chart(rows: pd.DataFrame, cited: pd.DataFrame) -> Shown:
    """Covered and uncovered workers of one place by segment (rows of `place`), the rate beside it.

    A segment of which the workers or the uncovered aren't known is left out; with none left there is
    no chart.

    >>> coverage_chart(here[here["segment"] == "PU"], cited).alt["en"]
    'Covered and uncovered by segment: Wage earners (PU) 564,393 of 1,377,823 (40.96%).'
    """
    rows = rows[rows["uncovered"].notna()]
    if rows.empty:
        return _nothing("coverage-by-segment")

    def draw(axes: Axes, language: str) -> None:
        order = rows.iloc[::-1]
        covered = order["covered"].astype(float)
        uncovered = order["uncovered"].astype(float)
        names = [fill(term(s, language), 16) for s in order["segment"]]
        axes.barh(names, covered, color=COVERED, height=0.55, label=term("covered", language))
        axes.barh(
            names, uncovered, left=covered, color=UNCOVERED, height=0.55, label=term("uncovered", language)
        )
        for y, row in enumerate(order.to_dict("records")):
            at = float(covered.iloc[y] + uncovered.iloc[y])
            words = f"{rate(row, language)} {term('covered', language).lower()}"
            axes.annotate(words, (at, y), xytext=(4, 0), textcoords="offset points", va="center")
        axes.set_xlim(0, max(1.0, float((covered + uncovered).max())) * 1.65)
        _millions(axes, language, float((covered + uncovered).max()))
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False)

    title = {"id": "Tercakup dan belum tercakup menurut segmen", "en": "Covered and uncovered by segment"}
    records = rows.to_dict("records")
    alt = {
        language: f"{title[language]}: " + "; ".join(_covered_of(row, language) for row in records) + "."
        for language in LANGUAGES
    }
    columns = ["segment", "covered", "workers", "uncovered", "rate"]
    return _figure("coverage-by-segment", rows, cited, draw, 2.3, title, alt, columns)


def _covered_of(row: dict[Any, Any], language: str) -> str:
    of = "dari" if language == "id" else "of"
    return f"{term(row['segment'], language)} {count(row['covered'], language)} {of} {count(row['workers'], language)} ({rate(row, language)})"


def uncovered_chart(rows: pd.DataFrame, cited: pd.DataFrame, here: str, most: int = 10) -> Shown:
    """Where the uncovered are: the `most` provinces with the largest gap, and `here` (rows of `gap`).

    Nothing while the gap of a province is unknown: shares of a part would mislead.

    >>> from analysis.coverage import gap
    >>> len(uncovered_chart(gap(provinces), cited, here="Papua", most=2).data)  # and Papua
    3
    """
    if rows["province"].duplicated().any():
        raise ValueError("this chart draws one bar a province; these rows are grouped further")
    if rows["share_of_uncovered"].isna().all():
        return _nothing("uncovered-by-province")
    top = rows.head(most)
    shown = top if here in set(top["province"]) else pd.concat([top, rows[rows["province"] == here]])

    def draw(axes: Axes, language: str) -> None:
        order = shown.iloc[::-1]
        values = order["uncovered"].astype(float)
        axes.barh(
            order["province"],
            values,
            color=[HERE if p == here else OTHERS for p in order["province"]],
            height=0.65,
        )
        for y, row in enumerate(order.to_dict("records")):
            share = percent(row["share_of_uncovered"], language, 1)
            axes.annotate(share, (values.iloc[y], y), xytext=(4, 0), textcoords="offset points", va="center")
        axes.set_xlim(0, float(values.max()) * 1.18)
        _mark(axes, here)
        _millions(axes, language, float(values.max()))

    title = {
        "id": "Pekerja belum tercakup menurut provinsi, dan bagiannya dari semua yang belum tercakup di Indonesia",
        "en": "Uncovered workers by province, and their share of Indonesia's uncovered workers",
    }
    alt = {
        language: f"{title[language]}: "
        + "; ".join(
            f"{row['province']} {count(row['uncovered'], language)} ({percent(row['share_of_uncovered'], language, 1)})"
            for row in shown.to_dict("records")
        )
        + "."
        for language in LANGUAGES
    }
    height = 0.9 + 0.27 * len(shown)
    columns = ["province_code", "province", "covered", "workers", "uncovered", "share_of_uncovered"]
    return _figure("uncovered-by-province", shown, cited, draw, height, title, alt, columns)


def ranking_chart(rows: pd.DataFrame, cited: pd.DataFrame, here: str) -> Shown:
    """All provinces from the highest rate to the lowest (rows of `rank`), with `here` marked; nothing without ranks.

    >>> from analysis.coverage import rank
    >>> ranking_chart(rank(provinces), cited, here="Lampung").alt["en"][-24:]
    'Lampung 15.60%, rank 33.'
    """
    shown = rows[rows["rank"].notna()]
    if shown.empty:
        return _nothing("rate-by-province")

    def draw(axes: Axes, language: str) -> None:
        order = shown.iloc[::-1]
        rates = order["rate"].astype(float)
        colours = [HERE if p == here else OTHERS for p in order["province"]]
        axes.hlines(order["province"], 0, rates, color=colours, linewidth=1.2)
        axes.scatter(rates, order["province"], color=colours, s=22, zorder=3)
        for y, row in enumerate(order.to_dict("records")):
            axes.annotate(percent(row["rate"], language, 1), (rates.iloc[y], y), xytext=(6, 0),
                          textcoords="offset points", va="center", fontsize=9)  # fmt: skip
        axes.set_xlim(0, float(rates.max()) * 1.18)
        _mark(axes, here)
        axes.set_ylim(-0.8, len(order) - 0.2)
        axes.xaxis.set_major_formatter(lambda value, _: percent(value, language, 0))

    first, last = shown.iloc[0], shown.iloc[-1]
    title = {
        "id": "Cakupan menurut provinsi, dari tertinggi",
        "en": "Coverage rate by province, highest first",
    }
    mine = shown[shown["province"] == here]
    alt = {}
    for language, highest, lowest, ranks in (
        ("id", "tertinggi", "terendah", "peringkat"),
        ("en", "highest", "lowest", "rank"),
    ):
        ends = f"{highest} {first['province']} {percent(first['rate'], language)}, {lowest} {last['province']} {percent(last['rate'], language)}"
        own = (
            f"; {here} {percent(mine.iloc[0]['rate'], language)}, {ranks} {mine.iloc[0]['rank']}"
            if len(mine)
            else ""
        )
        alt[language] = f"{title[language]}: {ends}{own}."
    columns = ["rank", "province_code", "province", "covered", "workers", "uncovered", "rate"]
    return _figure("rate-by-province", shown, cited, draw, 0.7 + 0.215 * len(shown), title, alt, columns)


def _mark(axes: Axes, here: str) -> None:
    """The place a report is about stands out in weight as well as in colour."""
    for label in axes.get_yticklabels():
        label.set_fontweight("bold" if label.get_text() == here else "normal")


def _millions(axes: Axes, language: str, largest: float) -> None:
    """Label an axis of persons in thousands or millions, the scale in words on the axis."""
    unit, name = (
        (1e6, ("juta orang", "million people"))
        if largest >= 2e6
        else (1e3, ("ribu orang", "thousand people"))
    )
    axes.xaxis.set_major_formatter(lambda value, _: _short(value / unit, language))
    axes.set_xlabel(name[LANGUAGES.index(language)])


def _short(value: float, language: str) -> str:
    return decimal(round(value, 6), language, 0 if float(value).is_integer() else 1)


def _nothing(name: str) -> Shown:
    return Shown("figure", name, text={})


def _figure(
    name: str, rows: pd.DataFrame, cited: pd.DataFrame, draw: Callable[[Axes, str], None], height: float,
    title: dict[str, str], alt: dict[str, str], columns: Sequence[str],
) -> Shown:  # fmt: skip
    svg = {language: _svg(draw, language, height) for language in LANGUAGES}
    data = rows[[column for column in columns if column in rows]].to_dict("records")
    facts = about(rows)
    return Shown(
        "figure",
        name,
        alt,
        svg=svg,
        title=title,
        alt=alt,
        note=footnote(facts, cited),
        about=facts,
        data=data,
    )


def _svg(draw: Callable[[Axes, str], None], language: str, height: float) -> str:
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        draw(figure.subplots(), language)
        out = StringIO()
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(out, format="svg", metadata=nothing)
    return out.getvalue()
