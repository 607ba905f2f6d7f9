"""The chart of what the press printed on a place over time."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.charts.style import HERE, OTHERS, beside, drawing, nothing, percents, said, wrapped
from analysis.words import Shown, month, printed, printed_percent, term

# A mark for each base; hollow is what calls for caution.
_MARKS = {"eligible": "o", "employed, as published": "s", "labour force": "^", "base not stated": "D"}


def over_time(rows: pd.DataFrame) -> Shown:
    r"""Published rates in order of time, a mark for each base, its size beside it (rows of `recent.over_time`).

    Two rates are joined where the second goes on from the first: the base is the same and no larger or smaller, as far as print
    tells. Nothing where the press printed no rate.

    >>> over_time(an.recent.over_time(published, "18").tail(1)).alt["en"]
    'Published coverage rates over time, each on its own base: December 2025 25.27% of 3.1\xa0million (eligible, as published).'
    """
    if rows.empty:
        return nothing("published-over-time")
    records = rows.to_dict("records")

    def draw(axes: Axes, language: str) -> None:
        at = list(range(len(records), 0, -1))
        last: dict[str, tuple[float, int]] = {}
        for y, row in zip(at, records, strict=True):
            rate, base = float(row["rate"]), row["base"]
            if row["joined"]:
                axes.plot([last[base][0], rate], [last[base][1], y], color=OTHERS, linewidth=1.2, zorder=1)
            last[base] = (rate, y)
            face = "none" if row["caution"] else HERE
            axes.plot(
                [rate], [y], marker=_MARKS[base], color=HERE, markerfacecolor=face, markersize=6, linestyle="none"
            )
            beside(axes, rate, y, _rate_of(row, language), 7, fontsize=9)
        axes.set_yticks(at, [month(row["period"], language) for row in records], fontsize=9)
        axes.set_ylim(0.3, len(records) + 0.7)
        axes.set_xlim(0, max(float(row["rate"]) for row in records) * 1.15)
        percents(axes.xaxis, language)
        bases = list(dict.fromkeys(row["base"] for row in records))
        handles = [
            Line2D([], [], marker=_MARKS[base], color=HERE, linestyle="none", label=wrapped(term(base, language), 42))
            for base in bases
        ]
        if any(row["caution"] for row in records):
            hollow = {"id": "kosong: perlu kehati-hatian", "en": "hollow: with caution"}[language]
            handles.append(
                Line2D([], [], marker="o", color=HERE, markerfacecolor="none", linestyle="none", label=hollow)
            )
        axes.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False, fontsize=9)

    title = {
        "id": "Cakupan seperti diterbitkan dari waktu ke waktu, masing-masing dengan dasarnya sendiri",
        "en": "Published coverage rates over time, each on its own base",
    }

    def told(row: dict[Any, Any], language: str) -> str:
        return f"{month(row['period'], language)} {_rate_of(row, language)} ({term(row['base'], language)})"

    alt = said(title, lambda language: [told(row, language) for row in records])
    bases = len({row["base"] for row in records}) + any(row["caution"] for row in records)
    columns = ["period", "base", "rate", "rate_printed", "workers_printed", "joined", "caution"]
    return drawing("published-over-time", rows, draw, 0.7 + 0.2 * bases + 0.3 * len(records), title, alt, columns)


def _rate_of(row: dict[Any, Any], language: str) -> str:
    """The rate, and of how many workers, as printed."""
    rate = printed_percent(row["rate_printed"], language)
    of = {"id": "dari", "en": "of"}[language]
    return f"{rate} {of} {printed(row['workers_printed'], language)}" if row["workers_printed"] else rate
