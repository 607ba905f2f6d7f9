"""Charts of the years ahead: paths, where scenarios end, and what moves a result."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from analysis.charts.style import COVERED, HERE, OTHERS, UNCOVERED, beside, drawing, nothing, percents, said, wrapped
from analysis.words import Shown, month, percent, span, term, uncertain


def fan(rows: pd.DataFrame, titles: pd.DataFrame, sure: int | None = None) -> Shown:
    """The usual course and the two scenarios that end highest, year by year (rows of `fan`, with facts).

    A line is the median of the draws; the band holds nine of ten, the darker one half of them. After the year `sure` (none: the last)
    there are lines without a band.

    >>> steady = assumptions[assumptions["scenario"] == "steady"]
    >>> rows = an.projection.fan(an.projection.project(start, past, steady, 2025, 50, 1))
    >>> an.charts.fan(rows, an.scenarios.scenario_titles("steady")).alt["en"][:71]
    'Coverage rate, December 2023 to December 2025: No new policy from 15.6%'
    """
    ends = rows[rows["year"] == rows["year"].max()].sort_values("p50", ascending=False, kind="stable")
    highest = [name for name in ends["scenario"] if name != "steady"][:2]
    chosen = [name for name in ("steady", *reversed(highest)) if name in set(rows["scenario"])]
    named = titles.set_index("scenario")

    quantiles = ["p05", "p25", "p50", "p75", "p95"]
    paths = {name: rows.loc[rows["scenario"] == name, ["year", *quantiles]].astype(float) for name in chosen}

    def draw(axes: Axes, language: str) -> None:
        lines: list[Any] = []
        for (name, path), colour in zip(paths.items(), (OTHERS, COVERED, HERE), strict=False):
            near = path[path["year"] <= until]
            for low, high, alpha in (("p05", "p95", 0.18), ("p25", "p75", 0.28)):
                axes.fill_between(near["year"], near[low], near[high], color=colour, alpha=alpha, linewidth=0)
            label = wrapped(named.loc[name, f"title_{language}"], 40)
            lines += axes.plot(near["year"], near["p50"], color=colour, linewidth=2, label=label)
            after = path[path["year"] >= until]
            axes.plot(after["year"], after["p50"], color=colour, linewidth=1.4, linestyle="--")
            last = path.iloc[-1]
            beside(axes, last["year"], last["p50"], percent(last["p50"], language, 0), fontsize=9)
        first, final = int(rows["year"].min()), int(rows["year"].max())
        axes.set_xlim(first, final + (final - first) * 0.13)
        axes.set_ylim(0, min(1.0, float(rows["p95"].max()) * 1.15))
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        percents(axes.yaxis, language)
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.grid(axis="y", linewidth=0.4, color=UNCOVERED)
        axes.set_axisbelow(True)
        # By name: matplotlib would leave out what begins with a low line.
        axes.legend(
            lines, [line.get_label() for line in lines], loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False
        )

    first, final = int(rows["year"].min()), int(rows["year"].max())
    until = final if sure is None else min(sure, final)
    title = {
        language: words.format(month(f"{first}-12", language), month(f"{final}-12", language))
        for language, words in (("id", "Tingkat cakupan, {} sampai {}"), ("en", "Coverage rate, {} to {}"))
    }
    alt = said(
        title,
        lambda language: [
            _from_to(rows[rows["scenario"] == name], named.loc[name], until, language) for name in chosen
        ],
    )
    shown = rows[rows["scenario"].isin(chosen)]
    return drawing("fan", shown, draw, 3.4, title, alt, ["scenario", "year", *quantiles])


def _from_to(path: pd.DataFrame, named: pd.Series, until: int, language: str) -> str:
    """From today to the year up to which there is a range, and the last."""
    start, near, end = path.iloc[0], path[path["year"] == until].iloc[0], path.iloc[-1]
    words = {"id": "{} dari {} ke {} ({}) pada {}", "en": "{} from {} to {} ({}) in {}"}[language]
    middle = [percent(row["p50"], language, 1) for row in (start, near)]
    ranged = span(near["p05"], near["p95"], True, language, 1)
    said_ = words.format(named[f"title_{language}"], *middle, ranged, int(near["year"]))
    later = {"id": ", lalu {} pada {}", "en": ", then {} in {}"}[language]
    return said_ + (later.format(percent(end["p50"], language, 1), int(end["year"])) if end["year"] > until else "")


def pit(rows: pd.DataFrame) -> Shown:
    """Where in the ranges of the method that pages use what came lay (rows of `pit`): provinces by tenth, one panel's bars a direction.

    >>> rows = pd.DataFrame({"direction": "forward", "low": [0.0, 0.5], "high": [0.5, 1.0], "cases": [20, 14]})
    >>> pit(rows.assign(facts=facts)).alt["en"]
    'Where in the forecast range what came lay, by tenth from low to high (number of provinces): forward 20, 14.'
    """
    directions = list(dict.fromkeys(rows["direction"]))

    def draw(axes: Axes, language: str) -> None:
        width = 0.8 / max(len(directions), 1)
        for i, (direction, colour) in enumerate(zip(directions, (COVERED, OTHERS), strict=False)):
            ours = rows[rows["direction"] == direction]
            at = np.arange(len(ours)) + (i - (len(directions) - 1) / 2) * width
            axes.bar(at, ours["cases"], width=width, color=colour, label=term(direction, language))
            axes.axhline(ours["cases"].sum() / len(ours), color=UNCOVERED, linewidth=1, linestyle="--")
        ends = {"id": ("di bawah", "di atas"), "en": ("below", "above")}[language]
        last = rows["direction"].eq(directions[0]).sum() - 1
        axes.set_xticks([0, last / 2, last], [ends[0], {"id": "di tengah", "en": "in the middle"}[language], ends[1]])
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False)

    title = {
        "id": "Letak yang terjadi di dalam rentang ramalan, menurut persepuluhan dari bawah ke atas (banyaknya provinsi)",
        "en": "Where in the forecast range what came lay, by tenth from low to high (number of provinces)",
    }
    alt = said(
        title,
        lambda language: [
            f"{term(direction, language)} {', '.join(map(str, rows.loc[rows['direction'] == direction, 'cases']))}"
            for direction in directions
        ],
    )
    return drawing("pit", rows, draw, 2.6, title, alt, ["direction", "low", "high", "cases"])


def what_if(rows: pd.DataFrame) -> Shown:
    """Coverage with one lever and without, year by year (rows of `scenarios.what_if`): medians, and the range with it.

    >>> rows = an.scenarios.what_if("Lampung", "retention.kept.BPU", 0.5, draws=20)
    >>> an.charts.what_if(rows).alt["en"][:60]
    'Coverage rate with and without retention.kept.BPU at 0.5: De'
    """
    first, last = rows.iloc[0], rows.iloc[-1]

    def draw(axes: Axes, language: str) -> None:
        years, words = rows["year"].astype(float), {"id": ("tanpa", "dengan"), "en": ("without", "with")}[language]
        axes.fill_between(years, rows["with_low"], rows["with_high"], color=COVERED, alpha=0.18, linewidth=0)
        for name, colour, word in (("without", OTHERS, words[0]), ("with", COVERED, words[1])):
            axes.plot(years, rows[name], color=colour, linewidth=2, label=word)
        # Written apart where the two end close together.
        apart = max(float(rows["with_high"].max()) * 0.04 - abs(last["with"] - last["without"]), 0) / 2
        side = 1 if last["with"] >= last["without"] else -1
        for name, word, shift in (("without", words[0], -side * apart), ("with", words[1], side * apart)):
            beside(
                axes, float(last["year"]), last[name] + shift, f"{percent(last[name], language, 1)} {word}", fontsize=9
            )
        axes.set_ylim(0, min(1.0, float(rows["with_high"].max()) * 1.15))
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        percents(axes.yaxis, language)
        axes.grid(axis="y", linewidth=0.4, color=UNCOVERED)
        axes.set_axisbelow(True)

    title = {
        "id": f"Tingkat cakupan dengan dan tanpa {first['lever']} sebesar {first['value']:g}",
        "en": f"Coverage rate with and without {first['lever']} at {first['value']:g}",
    }
    words = {"id": "{}: {} tanpa, {} dengan", "en": "{}: {} without, {} with"}
    alt = said(
        title,
        lambda language: [
            words[language].format(
                month(f"{row['year']:.0f}-12", language),
                *(percent(row[name], language, 1) for name in ("without", "with")),
            )
            for row in (first, last)
        ],
    )
    return drawing("what-if", rows, draw, 3.0, title, alt, list(rows.columns.drop("facts")))


def outcome(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """Where every scenario ends: the middle of the draws and where nine of ten lie (rows of `fan`), beside today's rate.

    >>> rows = an.projection.fan(an.projection.project(start, past, assumptions, 2025, 50, 1))
    >>> outcome(rows, an.scenarios.scenario_titles(assumptions)).alt["en"][:44]
    'Where every scenario stands in December 2025'
    """
    final = int(rows["year"].max())
    ends = rows[rows["year"] == final].sort_values("p50", kind="stable").merge(titles, on="scenario")
    today = float(rows.loc[rows["year"] == rows["year"].min(), "p50"].iloc[0])

    def draw(axes: Axes, language: str) -> None:
        names = [wrapped(name, 24) for name in ends[f"title_{language}"]]
        at = range(len(ends))  # places, not names: two may be called the same
        low, middle, high = (ends[q].astype(float) for q in ("p05", "p50", "p95"))
        axes.hlines(at, low, high, color=UNCOVERED, linewidth=5)
        axes.scatter(middle, at, color=COVERED, s=34, zorder=3)
        axes.set_yticks(at, names)
        for y, (end, value) in enumerate(zip(high, middle, strict=True)):
            beside(axes, end, y, percent(value, language, 1), 5)
        axes.axvline(today, color=HERE, linewidth=1.2, linestyle="--")
        words = f"{int(rows['year'].min())}: {percent(today, language, 1)}"
        beside(axes, today, len(ends) - 0.4, words, 3, va="baseline", color=HERE, fontsize=9)
        axes.set_xlim(0, max(float(high.max()), today) * 1.22)
        axes.set_ylim(-0.6, len(ends) - 0.1)
        percents(axes.xaxis, language)
        axes.xaxis.set_major_locator(MaxNLocator(4))

    title = {
        language: words.format(month(f"{final}-12", language))
        for language, words in (
            ("id", "Tingkat cakupan tiap skenario pada {}"),
            ("en", "Where every scenario stands in {}"),
        )
    }
    alt = said(
        title,
        lambda language: [
            f"{row[f'title_{language}']} {percent(row['p50'], language, 1)} ({span(row['p05'], row['p95'], True, language, 1)})"
            for row in reversed(ends.to_dict("records"))
        ],
    )
    return drawing(
        "outcomes",
        ends,
        draw,
        0.8 + 0.42 * len(ends),
        title,
        alt,
        ["scenario", "year", "p05", "p25", "p50", "p75", "p95"],
    )


def tornado(rows: pd.DataFrame, titles: pd.DataFrame, scenario: str, most: int = 8) -> Shown:
    """How far each uncertain assumption moves a scenario's outcome by itself (rows of `tornado`, with facts), the widest first.

    From its 5 % to its 95 % quantile, all others at their middle. Nothing where no assumption moves it.

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"input": ["usual.lapse.PU"], "at_low": [0.24], "at_high": [0.2], "middle": [0.22], "swing": [0.04]})
    >>> tornado(rows.assign(facts=facts), scenario_titles("steady"), "steady").alt["en"]
    'No new policy: how far each assumption moves the outcome by itself: Lapse, PU 24.0% if low, 20.0% if high.'
    """
    shown = rows[rows["swing"] > 0.0005].head(most)
    if shown.empty:
        return nothing(f"tornado-{scenario}")
    words = {"id": ("bila rendah", "bila tinggi"), "en": ("if low", "if high")}

    def draw(axes: Axes, language: str) -> None:
        middle = float(shown["middle"].iloc[0])
        order = shown.iloc[::-1]
        for end, colour in (("at_low", OTHERS), ("at_high", COVERED)):
            axes.barh(range(len(order)), order[end].astype(float) - middle, left=middle, color=colour, height=0.55)
        for y, row in enumerate(order.to_dict("records")):
            low, high = min(row["at_low"], row["at_high"]), max(row["at_low"], row["at_high"])
            beside(axes, max(float(high), middle), y, span(low, high, True, language, 1), 5, fontsize=9)
        axes.axvline(middle, color=HERE, linewidth=1)
        names = [wrapped(uncertain(name, language), 22) for name in order["input"]]
        axes.set_yticks(range(len(shown)), names, fontsize=9)
        low, high = (float(pick(shown[["at_low", "at_high"]].to_numpy(dtype=float))) for pick in (np.min, np.max))
        axes.set_xlim(low - (high - low) * 0.05, high + (high - low) * 0.5)
        percents(axes.xaxis, language, 1)
        axes.xaxis.set_major_locator(MaxNLocator(3))
        axes.set_xlabel({"id": "sumbu tidak mulai dari nol", "en": "axis doesn't start at zero"}[language], fontsize=9)
        handles = [Patch(color=c, label=w) for c, w in zip((OTHERS, COVERED), words[language], strict=True)]
        axes.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=2, frameon=False)

    named = titles.set_index("scenario").loc[scenario]
    title = {
        "id": f"{named['title_id']}: seberapa jauh tiap asumsi menggeser hasil bila berubah sendiri",
        "en": f"{named['title_en']}: how far each assumption moves the outcome by itself",
    }
    alt = said(
        title,
        lambda language: [
            f"{uncertain(row['input'], language)} {percent(row['at_low'], language, 1)} {words[language][0]}, "
            f"{percent(row['at_high'], language, 1)} {words[language][1]}"
            for row in shown.to_dict("records")
        ],
    )
    columns = ["input", "at_low", "at_high", "middle", "swing"]
    return drawing(f"tornado-{scenario}", shown, draw, 1.0 + 0.42 * len(shown), title, alt, columns)
