"""The chart of why a rate moved between two dates."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from analysis.charts.style import COVERED, HERE, OTHERS, beside, drawing, nothing, percents, said, wrapped
from analysis.words import Shown, month, percent, points, term


def ledger(rows: pd.DataFrame) -> Shown:
    """From the first rate to the second, step by step: the known parts of a `ledger`; nothing when there is none.

    The axis doesn't start at 0, so that both rates are points and only the steps are bars.

    >>> an.charts.ledger(an.change.ledger(here.tail(1).assign(base="employed"), here.tail(1).assign(base="employed", facts=[Facts(("2024-12",))]))).alt["en"]
    'Steps from the first rate to the second: December 2023 15.60%; Enrolment 0.00; Base: number of workers 0.00; December 2024 15.60%.'
    """
    steps = rows[(rows["known_is"] == "known") & ~rows["component"].isin(["total", "rounding"])]
    if steps.empty or rows["rate_before"].isna().any() or rows["rate_after"].isna().any():
        return nothing("change")
    start, end = float(rows["rate_before"].iloc[0]), float(rows["rate_after"].iloc[0])
    effects = [float(value) for value in steps["points"]]
    level = [start]
    for effect in effects:
        level.append(level[-1] + effect)
    dates = [rows[column].iloc[0] for column in ("since", "until")]

    def names(language: str) -> list[str]:
        parts = [term(f"{component} effect", language) for component in steps["component"]]
        return [month(dates[0], language), *parts, month(dates[1], language)]

    def draw(axes: Axes, language: str) -> None:
        last = len(effects) + 1
        lowest, highest = min(*level, end), max(*level, end)
        spread = max(highest - lowest, 0.002)
        for i, effect in enumerate(effects, 1):
            colour = COVERED if effect >= 0 else OTHERS
            axes.barh(last - i, effect, left=level[i - 1], color=colour, height=0.55)
            right = max(level[i - 1], level[i])
            beside(axes, right, last - i, points(effect, language, unit=False), 5)
        for i, value in enumerate(level):  # a thread from each level to the next step
            axes.vlines(value, last - i - 1, last - i, color=OTHERS, linewidth=0.8, zorder=0)
        for y, value in ((last, start), (0, end)):
            axes.scatter([value], [y], color=HERE, s=36, zorder=3)
            beside(axes, value, y, percent(value, language), 7, fontweight="bold")
        axes.set_yticks(range(last, -1, -1), [wrapped(name, 17) for name in names(language)])
        axes.set_ylim(-0.6, last + 0.6)
        axes.set_xlim(lowest - spread * 0.08, highest + spread * 0.45)
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        axes.set_xlabel({"id": "sumbu tidak mulai dari nol", "en": "axis doesn't start at zero"}[language], fontsize=9)
        percents(axes.xaxis, language, 1 if spread < 0.05 else 0)

    title = {
        "id": "Langkah dari tingkat cakupan pertama ke yang kedua",
        "en": "Steps from the first rate to the second",
    }

    def steps_of(language: str) -> list[str]:
        values = [percent(start, language), *(points(e, language, unit=False) for e in effects), percent(end, language)]
        return [f"{name} {value}" for name, value in zip(names(language), values, strict=True)]

    columns = ["component", "points", "known_is", "rate_before", "rate_after", "since", "until"]
    return drawing("change", rows, draw, 0.75 + 0.45 * (len(effects) + 2), title, said(title, steps_of), columns)
