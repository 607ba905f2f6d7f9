"""One function a chart: rows of `coverage` in, the drawing in both languages out.

The house style lives here: one colour for the covered, one for the uncovered, one for the place a
report is about; no title (the page has one), no grid where values are written. Drawings are SVG
with text as text, and equal data gives equal bytes; a PNG of the same chart has 2 to 4 times the bytes
and takes 3 to 6 times as long. They are drawn narrow, so that the text can be read on a phone.
"""

import textwrap
import warnings
from collections.abc import Callable, Sequence
from io import StringIO
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.text import Annotation
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import blended_transform_factory

from analysis.names import public
from analysis.schema import facts_of
from analysis.words import (
    LANGUAGES,
    Shown,
    count,
    decimal,
    figure,
    footnote,
    harmless,
    month,
    percent,
    points,
    printed,
    rate,
    rupiah_short,
    span,
    term,
    uncertain,
)

__all__ = ["bill", "coverage", "fan", "gap", "intervals", "ledger", "outcome", "rank", "seats", "tornado"]
__getattr__, __dir__ = public(__name__, {}, __all__)

COVERED, UNCOVERED, OTHERS, HERE = "#0f766e", "#b8c4c9", "#7c98a6", "#c2410c"
_WIDTH = 4.4  # inches: 10 point text comes to 10 px on a phone and 17 px on a desktop
_EDGE = 3  # points that stay free around a drawing
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
    # Text is text: "US$5 sampai US$6" is no formula.
    "text.parse_math": False,
    "text.usetex": False,
}


def coverage(rows: pd.DataFrame) -> Shown:
    """Covered and uncovered workers of one place by segment (rows of `place`), the rate beside it.

    A segment of which the workers or the uncovered aren't known is left out; with none left there is
    no chart.

    >>> coverage(here[here["segment"] == "PU"]).alt["en"]
    'Covered and uncovered by segment: Wage earners (PU) 564,393 of 1,377,823 (40.96%).'
    """
    rows = rows[rows["uncovered"].notna()]
    if rows.empty:
        return _nothing("coverage-by-segment")

    def draw(axes: Axes, language: str) -> None:
        order = rows.iloc[::-1]
        covered = order["covered"].astype(float)
        uncovered = order["uncovered"].astype(float)
        names = [_wrapped(term(s, language), 16) for s in order["segment"]]
        axes.barh(names, covered, color=COVERED, height=0.55, label=term("covered", language))
        axes.barh(names, uncovered, left=covered, color=UNCOVERED, height=0.55, label=term("uncovered", language))
        for y, row in enumerate(order.to_dict("records")):
            at = float(covered.iloc[y] + uncovered.iloc[y])
            words = rate(row, language)
            if row["rate_is"] == "known":  # else the words say why there is no rate
                words += f" {term('covered', language).lower()}"
            _beside(axes, at, y, words)
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
    return _figure("coverage-by-segment", rows, draw, 2.3, title, alt, columns)


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
        return _nothing("uncovered-by-province")
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
            _beside(axes, values.iloc[y], y, share)
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
    return _figure("uncovered-by-province", shown, draw, height, title, alt, columns)


def rank(rows: pd.DataFrame, here: str) -> Shown:
    """All provinces from the highest rate to the lowest (rows of `rank`), with `here` marked; nothing without ranks.

    >>> an.charts.rank(an.coverage.rank(provinces), here="Lampung").alt["en"][-24:]
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
            _beside(axes, rates.iloc[y], y, percent(row["rate"], language, 1), 6, fontsize=9)
        axes.set_xlim(0, float(rates.max()) * 1.18)
        _mark(axes, here)
        axes.set_ylim(-0.8, len(order) - 0.2)
        axes.xaxis.set_major_formatter(lambda value, _: percent(value, language, 0))

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
    return _figure("rate-by-province", shown, draw, 0.7 + 0.215 * len(shown), title, alt, columns)


def ledger(rows: pd.DataFrame) -> Shown:
    """From the first rate to the second, step by step: the known parts of a `ledger`; nothing when there is none.

    The axis doesn't start at 0, so that both rates are points and only the steps are bars.

    >>> an.charts.ledger(an.change.ledger(here.tail(1).assign(base="employed"), here.tail(1).assign(base="employed", facts=[Facts(("2024-12",))]))).alt["en"]
    'Steps from the first rate to the second: December 2023 15.60%; Enrolment 0.00; Base: number of workers 0.00; December 2024 15.60%.'
    """
    steps = rows[(rows["known_is"] == "known") & ~rows["component"].isin(["total", "rounding"])]
    if steps.empty or rows["rate_before"].isna().any() or rows["rate_after"].isna().any():
        return _nothing("change")
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
            _beside(axes, right, last - i, points(effect, language, unit=False), 5)
        for i, value in enumerate(level):  # a thread from each level to the next step
            axes.vlines(value, last - i - 1, last - i, color=OTHERS, linewidth=0.8, zorder=0)
        for y, value in ((last, start), (0, end)):
            axes.scatter([value], [y], color=HERE, s=36, zorder=3)
            _beside(axes, value, y, percent(value, language), 7, fontweight="bold")
        axes.set_yticks(range(last, -1, -1), [_wrapped(name, 17) for name in names(language)])
        axes.set_ylim(-0.6, last + 0.6)
        axes.set_xlim(lowest - spread * 0.08, highest + spread * 0.45)
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        axes.set_xlabel({"id": "sumbu tidak mulai dari nol", "en": "axis doesn't start at zero"}[language], fontsize=9)
        digits = 1 if spread < 0.05 else 0
        axes.xaxis.set_major_formatter(lambda value, _: percent(round(value, 6), language, digits))

    title = {
        "id": "Langkah dari tingkat cakupan pertama ke yang kedua",
        "en": "Steps from the first rate to the second",
    }
    alt = {}
    for language in LANGUAGES:
        values = [percent(start, language), *(points(e, language, unit=False) for e in effects), percent(end, language)]
        steps_said = "; ".join(f"{name} {value}" for name, value in zip(names(language), values, strict=True))
        alt[language] = f"{title[language]}: {steps_said}."
    columns = ["component", "points", "known_is", "rate_before", "rate_after", "since", "until"]
    return _figure("change", rows, draw, 0.75 + 0.45 * (len(effects) + 2), title, alt, columns)


def intervals(rows: pd.DataFrame, here: str) -> Shown:
    r"""People as printed (light) and as the article's other figures leave it (dark), at `here` (rows of `figure_rows`).

    Only rounded figures that the others narrow are drawn; nothing when there is none.

    >>> from analysis.press.articles import figure_rows, trials
    >>> rows = figure_rows(trials(claims[claims["article_id"] == "LPG-2023-SEED-ANTARA"]))
    >>> intervals(rows, here="Lampung").alt["en"].split("; ")[-1]
    'Workers, non-wage workers (BPU), 2023: printed “1,7\xa0orang”, can be 1,650,000–1,750,000.'
    """
    people = rows[(rows["unit"] == "persons") & (rows["printed"] != "") & (rows["place"] == here)]
    closed = people[["printed_low", "printed_high", "low", "high"]].notna().all(axis=1)
    shown = people[closed & people["narrowed"].astype(bool)].sort_values("date", kind="stable")
    if shown.empty:
        return _nothing("intervals")
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
            said = span(row["low"], row["high"], False, language)
            _beside(axes, max(float(row["printed_high"]), float(row["high"])), y, said, 5, fontsize=9)
        axes.set_yticks(at, [_wrapped(name(row, language), 22) for row in records], fontsize=9)
        axes.set_ylim(0.3, len(records) + 0.7)
        largest = max(float(row[key]) for row in records for key in ("printed_high", "high"))
        axes.set_xlim(0, largest * 2.8)
        _millions(axes, language, largest)
        words = {"id": ("tercetak", "yang mungkin"), "en": ("as printed", "what it can be")}[language]
        handles = [Patch(color=UNCOVERED, label=words[0]), Patch(color=COVERED, label=words[1])]
        axes.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=2, frameon=False)

    title = {
        "id": "Jumlah orang seperti tercetak, dan seperti dipersempit oleh angka lain dalam berita yang sama",
        "en": "People as printed, and as the other figures of the same article narrow it down",
    }
    words = {"id": ("tercetak", "mungkin"), "en": ("printed", "can be")}
    alt = {
        language: f"{title[language]}: "
        + "; ".join(
            f"{name(row, language)}: {words[language][0]} {printed(row['printed'], language)}, "
            f"{words[language][1]} {span(row['low'], row['high'], False, language)}"
            for row in records
        )
        + "."
        for language in LANGUAGES
    }
    columns = ["place", "date", "measure", "segment", "printed", "printed_low", "printed_high", "low", "high"]
    return _figure("intervals", shown, draw, 0.9 + 0.42 * len(records), title, alt, columns)


def fan(rows: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """The usual course and the two scenarios that end highest, year by year (rows of `fan`, with facts).

    A line is the middle of the draws; the band holds nine of ten, the darker one half of them.

    >>> steady = assumptions[assumptions["scenario"] == "steady"]
    >>> rows = an.projection.fan(an.projection.project(start, past, steady, 2025, 50, 1))
    >>> an.charts.fan(rows, an.scenarios.scenario_titles("steady")).alt["en"][:66]
    'Coverage rate, December 2023 to December 2025: As usual from 15.6%'
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
            for low, high, alpha in (("p05", "p95", 0.18), ("p25", "p75", 0.28)):
                axes.fill_between(path["year"], path[low], path[high], color=colour, alpha=alpha, linewidth=0)
            label = _wrapped(named.loc[name, f"title_{language}"], 40)
            lines += axes.plot(path["year"], path["p50"], color=colour, linewidth=2, label=label)
            last = path.iloc[-1]
            _beside(axes, last["year"], last["p50"], percent(last["p50"], language, 0), fontsize=9)
        first, final = int(rows["year"].min()), int(rows["year"].max())
        axes.set_xlim(first, final + (final - first) * 0.13)
        axes.set_ylim(0, min(1.0, float(rows["p95"].max()) * 1.15))
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.yaxis.set_major_formatter(lambda value, _: percent(round(value, 6), language, 0))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.grid(axis="y", linewidth=0.4, color=UNCOVERED)
        axes.set_axisbelow(True)
        # By name: matplotlib would leave out what begins with a low line.
        axes.legend(
            lines, [line.get_label() for line in lines], loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False
        )

    first, final = int(rows["year"].min()), int(rows["year"].max())
    alt, title = {}, {}
    for language, words in (("id", "Tingkat cakupan, {} sampai {}"), ("en", "Coverage rate, {} to {}")):
        title[language] = words.format(month(f"{first}-12", language), month(f"{final}-12", language))
        said = [_from_to(rows[rows["scenario"] == name], named.loc[name], language) for name in chosen]
        alt[language] = f"{title[language]}: {'; '.join(said)}."
    shown = rows[rows["scenario"].isin(chosen)]
    return _figure("fan", shown, draw, 3.4, title, alt, ["scenario", "year", *quantiles])


def _from_to(path: pd.DataFrame, named: pd.Series, language: str) -> str:
    start, end = path.iloc[0], path.iloc[-1]
    words = {"id": "{} dari {} ke {} ({})", "en": "{} from {} to {} ({})"}[language]
    middle = [percent(row["p50"], language, 1) for row in (start, end)]
    return words.format(named[f"title_{language}"], *middle, span(end["p05"], end["p95"], True, language, 1))


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
        names = [_wrapped(name, 24) for name in ends[f"title_{language}"]]
        at = range(len(ends))  # places, not names: two may be called the same
        low, middle, high = (ends[q].astype(float) for q in ("p05", "p50", "p95"))
        axes.hlines(at, low, high, color=UNCOVERED, linewidth=5)
        axes.scatter(middle, at, color=COVERED, s=34, zorder=3)
        axes.set_yticks(at, names)
        for y, (end, value) in enumerate(zip(high, middle, strict=True)):
            _beside(axes, end, y, percent(value, language, 1), 5)
        axes.axvline(today, color=HERE, linewidth=1.2, linestyle="--")
        words = f"{int(rows['year'].min())}: {percent(today, language, 1)}"
        _beside(axes, today, len(ends) - 0.4, words, 3, va="baseline", color=HERE, fontsize=9)
        axes.set_xlim(0, max(float(high.max()), today) * 1.22)
        axes.set_ylim(-0.6, len(ends) - 0.1)
        axes.xaxis.set_major_formatter(lambda value, _: percent(round(value, 6), language, 0))
        axes.xaxis.set_major_locator(MaxNLocator(4))

    title = {
        language: words.format(month(f"{final}-12", language))
        for language, words in (
            ("id", "Tingkat cakupan tiap skenario pada {}"),
            ("en", "Where every scenario stands in {}"),
        )
    }
    alt = {
        language: f"{title[language]}: "
        + "; ".join(
            f"{row[f'title_{language}']} {percent(row['p50'], language, 1)} ({span(row['p05'], row['p95'], True, language, 1)})"
            for row in reversed(ends.to_dict("records"))
        )
        + "."
        for language in LANGUAGES
    }
    return _figure(
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
    'As usual: how far each assumption moves the outcome by itself: Lapse, PU 24.0% if low, 20.0% if high.'
    """
    shown = rows[rows["swing"] > 0.0005].head(most)
    if shown.empty:
        return _nothing(f"tornado-{scenario}")
    words = {"id": ("bila rendah", "bila tinggi"), "en": ("if low", "if high")}

    def draw(axes: Axes, language: str) -> None:
        middle = float(shown["middle"].iloc[0])
        order = shown.iloc[::-1]
        for end, colour in (("at_low", OTHERS), ("at_high", COVERED)):
            axes.barh(range(len(order)), order[end].astype(float) - middle, left=middle, color=colour, height=0.55)
        for y, row in enumerate(order.to_dict("records")):
            right = max(float(row["at_low"]), float(row["at_high"]), middle)
            said = span(min(row["at_low"], row["at_high"]), max(row["at_low"], row["at_high"]), True, language, 1)
            _beside(axes, right, y, said, 5, fontsize=9)
        axes.axvline(middle, color=HERE, linewidth=1)
        names = [_wrapped(uncertain(name, language), 22) for name in order["input"]]
        axes.set_yticks(range(len(shown)), names, fontsize=9)
        low, high = (float(pick(shown[["at_low", "at_high"]].to_numpy(dtype=float))) for pick in (np.min, np.max))
        axes.set_xlim(low - (high - low) * 0.05, high + (high - low) * 0.5)
        axes.xaxis.set_major_formatter(lambda value, _: percent(round(value, 6), language, 1))
        axes.xaxis.set_major_locator(MaxNLocator(3))
        axes.set_xlabel({"id": "sumbu tidak mulai dari nol", "en": "axis doesn't start at zero"}[language], fontsize=9)
        handles = [Patch(color=c, label=w) for c, w in zip((OTHERS, COVERED), words[language], strict=True)]
        axes.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=2, frameon=False)

    named = titles.set_index("scenario").loc[scenario]
    title = {
        "id": f"{named['title_id']}: seberapa jauh tiap asumsi menggeser hasil bila berubah sendiri",
        "en": f"{named['title_en']}: how far each assumption moves the outcome by itself",
    }
    alt = {
        language: f"{title[language]}: "
        + "; ".join(
            f"{uncertain(row['input'], language)} {percent(row['at_low'], language, 1)} {words[language][0]}, "
            f"{percent(row['at_high'], language, 1)} {words[language][1]}"
            for row in shown.to_dict("records")
        )
        + "."
        for language in LANGUAGES
    }
    columns = ["input", "at_low", "at_high", "middle", "swing"]
    return _figure(f"tornado-{scenario}", shown, draw, 1.0 + 0.42 * len(shown), title, alt, columns)


PAYERS = {
    "employer": COVERED,
    "worker": "#7fb8b2",
    "national budget": HERE,
    "local budget": "#eba36f",
    "sponsoring company": "#6b4f8a",
    "self": OTHERS,
}
FUNDS = {
    "self": OTHERS,
    "company": "#6b4f8a",
    "national_budget": HERE,
    "local_budget": "#eba36f",
    "village_funds": "#f5d5b8",
    "palm_oil_fund": "#8a9a2b",
}


def bill(rows: pd.DataFrame, whole: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """Who pays how much in every scenario, for all the covered (rows of `bill` by payer of one year): bars of the payers' middles.

    `whole` (rows of `bill` by ()) is what is written beside a bar, as middles don't have to add up.

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": "steady", "year": 2045, "payer": ["employer", "worker"], "contribution": [2_000_000_000, 10**9]})
    >>> bill(rows.assign(facts=facts), rows.tail(1), scenario_titles("steady")).alt["en"].replace("\\xa0", " ")
    'Contributions by payer, 2045: As usual: Employers Rp2.00 billion, Workers, from their wages Rp1.00 billion.'
    """
    title = {"id": "Iuran menurut pembayar, {}", "en": "Contributions by payer, {}"}
    return _bars("bill", rows, whole, titles, "payer", PAYERS, title)


def seats(rows: pd.DataFrame, whole: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """Who pays for non-wage workers in every scenario (rows of `bill` by segment and fund of one year); "" is on own account.

    `whole` (rows of `bill` by segment) is what is written beside a bar.

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": "steady", "year": 2045, "segment": "BPU", "fund": ["", "palm_oil_fund"], "contribution": [2 * 10**9, 0]})
    >>> seats(rows.assign(facts=facts), rows.head(1), scenario_titles("steady")).alt["en"].replace("\\xa0", " ")
    'Contributions for non-wage workers by who pays, 2045: As usual: Non-wage workers themselves Rp2.00 billion.'
    """
    own = rows[rows["segment"] == "BPU"]
    named = own.assign(fund=own["fund"].where(own["fund"] != "", "self"))
    title = {
        "id": "Iuran bagi pekerja bukan penerima upah menurut sumber dana, {}",
        "en": "Contributions for non-wage workers by who pays, {}",
    }
    return _bars("places", named, whole[whole["segment"] == "BPU"], titles, "fund", FUNDS, title)


def _bars(
    name: str,
    rows: pd.DataFrame,
    whole: pd.DataFrame,
    titles: pd.DataFrame,
    by: str,
    colours: dict[str, str],
    title: dict[str, str],
) -> Shown:
    """One stacked bar a scenario, its parts by who pays; what is 0 everywhere is left out."""
    wide = rows.pivot(index="scenario", columns=by, values="contribution").astype(float).fillna(0.0)
    wide = wide.loc[list(dict.fromkeys(rows["scenario"]))]
    parts = [part for part in colours if part in wide and (wide[part] > 0).any()]
    if not parts:
        return _nothing(name)
    named = titles.set_index("scenario")
    totals = whole.set_index("scenario")["contribution"]
    largest = float(wide.sum(axis=1).max())

    def draw(axes: Axes, language: str) -> None:
        order = wide.iloc[::-1]
        names = [_wrapped(named.loc[scenario, f"title_{language}"], 22) for scenario in order.index]
        axes.set_yticks(range(len(order)), names)  # places, not names: two may be called the same
        left = pd.Series(0.0, index=order.index)
        for part in parts:
            axes.barh(
                range(len(order)),
                order[part],
                left=left,
                color=colours[part],
                height=0.6,
                label=_wrapped(_capital(part, language), 26),
            )
            left = left + order[part]
        for y, (scenario, end) in enumerate(left.items()):
            _beside(axes, end, y, rupiah_short(totals[scenario], language), fontsize=9)
        axes.set_xlim(0, largest * 1.5)
        axes.tick_params(axis="y", labelsize=9)
        _rupiah_axis(axes, language, largest)
        above = blended_transform_factory(axes.figure.transFigure, axes.transAxes)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), bbox_transform=above, ncols=2, frameon=False, fontsize=9)

    year = str(rows["year"].iloc[0])
    titled = {language: text.format(year) for language, text in title.items()}
    alt = {
        language: f"{titled[language]}: "
        + "; ".join(
            f"{named.loc[scenario, f'title_{language}']}: "
            + ", ".join(
                f"{_capital(part, language)} {rupiah_short(round(wide.loc[scenario, part]), language)}"
                for part in parts
                if wide.loc[scenario, part] > 0
            )
            for scenario in wide.index
        )
        + "."
        for language in LANGUAGES
    }
    shown = rows[rows[by].isin(parts)]
    return _figure(
        name,
        shown,
        draw,
        1.3 + 0.42 * len(wide) + 0.2 * len(parts),
        titled,
        alt,
        ["scenario", "year", by, "contribution"],
    )


def _wrapped(text: str, width: int) -> str:
    """A name in lines of `width` characters, of a very long one the beginning."""
    return textwrap.fill(text, width, max_lines=4, placeholder=" …")


def _capital(part: str, language: str) -> str:
    words = term(part, language)
    return words[0].upper() + words[1:]


def _rupiah_axis(axes: Axes, language: str, largest: float) -> None:
    """Label an axis of rupiah in billions or trillions, the scale in words on the axis."""
    unit, name = (
        (1e12, ("triliun rupiah", "trillion rupiah")) if largest >= 2e12 else (1e9, ("miliar rupiah", "billion rupiah"))
    )
    axes.xaxis.set_major_formatter(lambda value, _: _short(value / unit, language))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlabel(name[LANGUAGES.index(language)])


def _beside(axes: Axes, x: float, y: float, words: str, gap: float = 4, **style: Any) -> None:
    """Write `words` to the right of a point of the drawing, `gap` points from it."""
    axes.annotate(
        words, (x, y), xytext=(gap, 0), textcoords="offset points", annotation_clip=False, **{"va": "center"} | style
    )


def _mark(axes: Axes, here: str) -> None:
    """The place a report is about stands out in weight as well as in colour."""
    for label in axes.get_yticklabels():
        label.set_fontweight("bold" if label.get_text() == here else "normal")


def _millions(axes: Axes, language: str, largest: float) -> None:
    """Label an axis of persons in thousands or millions, the scale in words on the axis."""
    unit, name = (1e6, ("juta orang", "million people")) if largest >= 2e6 else (1e3, ("ribu orang", "thousand people"))
    axes.xaxis.set_major_formatter(lambda value, _: _short(value / unit, language))
    axes.set_xlabel(name[LANGUAGES.index(language)])


def _short(value: float, language: str) -> str:
    return decimal(round(value, 6), language, 0 if float(value).is_integer() else 1)


def _nothing(name: str) -> Shown:
    return Shown("figure", name, text={})


def _figure(
    name: str,
    rows: pd.DataFrame,
    draw: Callable[[Axes, str], None],
    height: float,
    title: dict[str, str],
    alt: dict[str, str],
    columns: Sequence[str],
) -> Shown:
    svg = {language: _svg(draw, language, height) for language in LANGUAGES}
    data = rows[[column for column in columns if column in rows]].to_dict("records")
    facts = facts_of(rows)
    return Shown("figure", name, alt, svg=svg, title=title, alt=alt, note=footnote(facts), facts=facts, data=data)


def _svg(draw: Callable[[Axes, str], None], language: str, height: float) -> str:
    with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        # The texts are drawn by who reads the page, with fonts that have what is missing in the one they are measured by.
        warnings.filterwarnings("ignore", "Glyph .* missing|Matplotlib currently does not support", UserWarning)
        figure = Figure(figsize=(_WIDTH, height), dpi=72)  # points, as in the SVG
        axes = figure.add_axes((0.35, 0.15, 0.55, 0.7))
        axes.yaxis.set_label_coords(0, 0)  # there is none; matplotlib would look for its place each time
        draw(axes, language)
        out = StringIO()
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        renderer = _Renderer(*figure.bbox.size, out, metadata=nothing)
        _fit(axes, renderer)
        figure.draw(renderer)
        renderer.finalize()
    return out.getvalue()


class _Renderer(RendererSVG):
    """Writes and measures no character that a drawing can't hold."""

    def draw_text(self, gc: Any, x: float, y: float, s: str, *how: Any, **more: Any) -> None:
        super().draw_text(gc, x, y, harmless(s), *how, **more)

    def get_text_width_height_descent(self, s: str, *how: Any) -> tuple[float, float, float]:
        return super().get_text_width_height_descent(harmless(s), *how)


def _fit(axes: Axes, renderer: RendererSVG) -> None:
    """Make the axes as large as their labels, their legend and what is written `_beside` their points leave room for.

    One measure of the texts will do, as a text keeps its size while its point moves with the axes; matplotlib's own
    layout, which holds for any drawing, measures everything twice.
    """
    (width, height), now = axes.figure.bbox.size, axes.bbox
    names, below = (axis.get_tightbbox(renderer) or now for axis in (axes.yaxis, axes.xaxis))
    written = [
        (axes.transData.transform(text.xy)[0], text.get_window_extent(renderer))
        for text in axes.texts
        if isinstance(text, Annotation)
    ]
    if legend := axes.get_legend():
        written.append((legend.get_bbox_to_anchor().x0, legend.get_window_extent(renderer)))
    left = now.x0 - names.x0 + _EDGE
    bottom = now.y0 - below.y0 + _EDGE
    top = max(box.y1 - now.y1 for box in (now, *(box for _, box in written))) + _EDGE
    room = width - left - _EDGE
    wide = min(
        room - max(0, below.x1 - now.x1),
        *((room - (box.x1 - x)) * now.width / (x - now.x0) for x, box in written if x > now.x0),
    )
    axes.set_position((left / width, bottom / height, wide / width, 1 - (bottom + top) / height))
