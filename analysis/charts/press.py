"""The chart of published figures and what they can be."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from analysis.charts.style import COVERED, UNCOVERED, beside, drawing, millions, nothing, said, wrapped
from analysis.words import Shown, figure, month, printed, span


def intervals(rows: pd.DataFrame, here: str) -> Shown:
    r"""People as printed (light) and as the article's other figures leave it (dark), at `here` (rows of `figure_rows`).

    Only rounded figures that the others narrow are drawn; nothing when there is none.

    >>> from analysis.press.articles import figure_rows, trials
    >>> rows = figure_rows(trials(published[published["article_id"] == "LPG-2023-SEED-ANTARA"]))
    >>> intervals(rows, here="Lampung").alt["en"].split("; ")[-1]
    'Workers, non-wage workers (BPU), 2023: printed “1,7\xa0orang”, can be 1,650,000–1,750,000.'
    """
    people = rows[(rows["unit"] == "persons") & (rows["printed"] != "") & (rows["place"] == here)]
    closed = people[["printed_low", "printed_high", "low", "high"]].notna().all(axis=1)
    shown = people[closed & people["narrowed"].astype(bool)].sort_values("date", kind="stable")
    if shown.empty:
        return nothing("intervals")
    records = shown.to_dict("records")

    def name(row: dict[Any, Any], language: str) -> str:
        return f"{figure(row, language)}, {month(row['date'], language)}"

    def draw(axes: Axes, language: str) -> None:
        at = list(range(len(records), 0, -1))
        ends = shown[["printed_low", "printed_high", "low", "high"]].astype(float)
        outer, inner = ends["printed_high"] - ends["printed_low"], ends["high"] - ends["low"]
        axes.barh(at, outer, left=ends["printed_low"], color=UNCOVERED, height=0.62)
        axes.barh(at, inner, left=ends["low"], color=COVERED, height=0.62, edgecolor=COVERED, linewidth=1.5)
        for y, row in zip(at, records, strict=True):
            end = max(float(row["printed_high"]), float(row["high"]))
            beside(axes, end, y, span(row["low"], row["high"], False, language), 5, fontsize=9)
        axes.set_yticks(at, [wrapped(name(row, language), 22) for row in records], fontsize=9)
        axes.set_ylim(0.3, len(records) + 0.7)
        largest = max(float(row[key]) for row in records for key in ("printed_high", "high"))
        axes.set_xlim(0, largest * 2.8)
        millions(axes, language, largest)
        words = {"id": ("tercetak", "yang mungkin"), "en": ("as printed", "what it can be")}[language]
        handles = [Patch(color=UNCOVERED, label=words[0]), Patch(color=COVERED, label=words[1])]
        axes.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=2, frameon=False)

    title = {
        "id": "Jumlah orang seperti tercetak, dan seperti dipersempit oleh angka lain dalam berita yang sama",
        "en": "People as printed, and as the other figures of the same article narrow it down",
    }
    words = {"id": ("tercetak", "mungkin"), "en": ("printed", "can be")}
    alt = said(
        title,
        lambda language: [
            f"{name(row, language)}: {words[language][0]} {printed(row['printed'], language)}, "
            f"{words[language][1]} {span(row['low'], row['high'], False, language)}"
            for row in records
        ],
    )
    columns = ["place", "date", "measure", "segment", "printed", "printed_low", "printed_high", "low", "high"]
    return drawing("intervals", shown, draw, 0.9 + 0.42 * len(records), title, alt, columns)
