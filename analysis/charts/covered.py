"""Charts of who is covered: by segment, province by province, and where the uncovered are."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.charts.style import (
    COVERED,
    HERE,
    OTHERS,
    UNCOVERED,
    beside,
    drawing,
    mark,
    millions,
    nothing,
    percents,
    said,
    wrapped,
)
from analysis.words import Shown, count, percent, rate, term


def coverage(rows: pd.DataFrame) -> Shown:
    """Covered and uncovered workers of one place by segment (rows of `place`), the rate beside it.

    A segment of which the workers or the uncovered aren't known is left out; with none left there is
    no chart.

    >>> coverage(here[here["segment"] == "PU"]).alt["en"]
    'Covered and uncovered by segment: Wage earners (PU) 564,393 of 1,377,823 (40.96%).'
    """
    rows = rows[rows["uncovered"].notna()]
    if rows.empty:
        return nothing("coverage-by-segment")

    def draw(axes: Axes, language: str) -> None:
        order = rows.iloc[::-1]
        covered = order["covered"].astype(float)
        uncovered = order["uncovered"].astype(float)
        names = [wrapped(term(s, language), 16) for s in order["segment"]]
        axes.barh(names, covered, color=COVERED, height=0.55, label=term("covered", language))
        axes.barh(names, uncovered, left=covered, color=UNCOVERED, height=0.55, label=term("uncovered", language))
        for y, row in enumerate(order.to_dict("records")):
            at = float(covered.iloc[y] + uncovered.iloc[y])
            words = rate(row, language)
            if row["rate_is"] == "known":  # else the words say why there is no rate
                words += f" {term('covered', language).lower()}"
            beside(axes, at, y, words)
        axes.set_xlim(0, max(1.0, float((covered + uncovered).max())) * 1.65)
        millions(axes, language, float((covered + uncovered).max()))
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False)

    title = {"id": "Tercakup dan belum tercakup menurut segmen", "en": "Covered and uncovered by segment"}
    records = rows.to_dict("records")
    alt = said(title, lambda language: [_covered_of(row, language) for row in records])
    columns = ["segment", "covered", "workers", "uncovered", "rate"]
    return drawing("coverage-by-segment", rows, draw, 2.3, title, alt, columns)


def _covered_of(row: dict[Any, Any], language: str) -> str:
    of = "dari" if language == "id" else "of"
    return f"{term(row['segment'], language)} {count(row['covered'], language)} {of} {count(row['workers'], language)} ({rate(row, language)})"


def gap(rows: pd.DataFrame, here: str, most: int = 10) -> Shown:
    """Where the uncovered are: the `most` provinces with the largest gap, and `here` (rows of `gap`).

    Nothing while the gap of a province is unknown: shares of a part would mislead.

    >>> len(an.charts.gap(an.coverage.gap(provinces), here="Papua", most=2).data)  # and Papua
    3
    """
    if rows["province"].duplicated().any():
        raise ValueError("this chart draws one bar a province; these rows are grouped further")
    if rows["share_of_uncovered"].isna().all():
        return nothing("uncovered-by-province")
    top = rows.head(most)
    shown = top if here in set(top["province"]) else pd.concat([top, rows[rows["province"] == here]])

    def draw(axes: Axes, language: str) -> None:
        order = shown.iloc[::-1]
        values = order["uncovered"].astype(float)
        axes.barh(
            order["province"], values, color=[HERE if p == here else OTHERS for p in order["province"]], height=0.65
        )
        for y, row in enumerate(order.to_dict("records")):
            share = percent(row["share_of_uncovered"], language, 1)
            beside(axes, values.iloc[y], y, share)
        axes.set_xlim(0, float(values.max()) * 1.18)
        mark(axes, here)
        millions(axes, language, float(values.max()))

    title = {
        "id": "Pekerja belum tercakup menurut provinsi, dan bagiannya dari semua yang belum tercakup di Indonesia",
        "en": "Uncovered workers by province, and their share of Indonesia's uncovered workers",
    }
    alt = said(
        title,
        lambda language: [
            f"{row['province']} {count(row['uncovered'], language)} ({percent(row['share_of_uncovered'], language, 1)})"
            for row in shown.to_dict("records")
        ],
    )
    height = 0.9 + 0.27 * len(shown)
    columns = ["province_code", "province", "covered", "workers", "uncovered", "share_of_uncovered"]
    return drawing("uncovered-by-province", shown, draw, height, title, alt, columns)


def rank(rows: pd.DataFrame, here: str) -> Shown:
    """All provinces from the highest rate to the lowest (rows of `rank`), with `here` marked; nothing without ranks.

    >>> an.charts.rank(an.coverage.rank(provinces), here="Lampung").alt["en"][-24:]
    'Lampung 15.60%, rank 33.'
    """
    shown = rows[rows["rank"].notna()]
    if shown.empty:
        return nothing("rate-by-province")

    def draw(axes: Axes, language: str) -> None:
        order = shown.iloc[::-1]
        rates = order["rate"].astype(float)
        colours = [HERE if p == here else OTHERS for p in order["province"]]
        axes.hlines(order["province"], 0, rates, color=colours, linewidth=1.2)
        axes.scatter(rates, order["province"], color=colours, s=22, zorder=3)
        for y, row in enumerate(order.to_dict("records")):
            beside(axes, rates.iloc[y], y, percent(row["rate"], language, 1), 6, fontsize=9)
        axes.set_xlim(0, float(rates.max()) * 1.18)
        mark(axes, here)
        axes.set_ylim(-0.8, len(order) - 0.2)
        percents(axes.xaxis, language)

    first, last = shown.iloc[0], shown.iloc[-1]
    title = {"id": "Cakupan menurut provinsi, dari tertinggi", "en": "Coverage rate by province, highest first"}
    mine = shown[shown["province"] == here]
    alt = {}
    for language, highest, lowest, ranks in (
        ("id", "tertinggi", "terendah", "peringkat"),
        ("en", "highest", "lowest", "rank"),
    ):
        ends = f"{highest} {first['province']} {percent(first['rate'], language)}, {lowest} {last['province']} {percent(last['rate'], language)}"
        own = f"; {here} {percent(mine.iloc[0]['rate'], language)}, {ranks} {mine.iloc[0]['rank']}" if len(mine) else ""
        alt[language] = f"{title[language]}: {ends}{own}."
    columns = ["rank", "province_code", "province", "covered", "workers", "uncovered", "rate"]
    return drawing("rate-by-province", shown, draw, 0.7 + 0.215 * len(shown), title, alt, columns)
