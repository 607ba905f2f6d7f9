"""Charts of who pays: for all the covered, and for non-wage workers."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import blended_transform_factory

from analysis.charts.style import COVERED, HERE, OTHERS, beside, drawing, nothing, said, short, wrapped
from analysis.words import LANGUAGES, Shown, rupiah_short, term

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
    """Who pays how much in every scenario, for all the covered (rows of `bill` by payer, of which the last year is shown): bars of the payers' middles.

    `whole` (rows of `bill` by ()) is what is written beside a bar, as middles don't have to add up.

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": "steady", "year": 2045, "payer": ["employer", "worker"], "contribution": [2_000_000_000, 10**9]})
    >>> bill(rows.assign(facts=facts), rows.tail(1), scenario_titles("steady")).alt["en"].replace("\\xa0", " ")
    'Contributions by payer, 2045: No new policy: Employers Rp2.00 billion, Workers, from their wages Rp1.00 billion.'
    """
    title = {"id": "Iuran menurut pembayar, {}", "en": "Contributions by payer, {}"}
    return _bars("bill", rows, whole, titles, "payer", PAYERS, title)


def funds(rows: pd.DataFrame, whole: pd.DataFrame, titles: pd.DataFrame) -> Shown:
    """Who pays for non-wage workers in every scenario (rows of `costs.funds`, of which the last year is shown); "" is on own account.

    `whole` (rows of `bill` by segment) is what is written beside a bar.

    >>> from analysis.scenarios import scenario_titles
    >>> rows = pd.DataFrame({"scenario": "steady", "year": 2045, "segment": "BPU", "fund": ["", "palm_oil_fund"], "contribution": [2 * 10**9, 0]})
    >>> funds(rows.assign(facts=facts), rows.head(1), scenario_titles("steady")).alt["en"].replace("\\xa0", " ")
    'Contributions for non-wage workers by who pays, 2045: No new policy: Non-wage workers themselves Rp2.00 billion.'
    """
    named = rows.assign(fund=rows["fund"].where(rows["fund"] != "", "self"))
    title = {
        "id": "Iuran bagi pekerja bukan penerima upah menurut sumber dana, {}",
        "en": "Contributions for non-wage workers by who pays, {}",
    }
    return _bars("funds-chart", named, whole[whole["segment"] == "BPU"], titles, "fund", FUNDS, title)


def _bars(
    name: str,
    rows: pd.DataFrame,
    whole: pd.DataFrame,
    titles: pd.DataFrame,
    by: str,
    colours: dict[str, str],
    title: dict[str, str],
) -> Shown:
    """One stacked bar a scenario in the last year of the rows, its parts by who pays; what is 0 for all is left out."""
    rows, whole = (frame[frame["year"] == rows["year"].max()] for frame in (rows, whole))
    wide = rows.pivot(index="scenario", columns=by, values="contribution").astype(float).fillna(0.0)
    wide = wide.loc[list(dict.fromkeys(rows["scenario"]))]
    parts = [part for part in colours if part in wide and (wide[part] > 0).any()]
    if not parts:
        return nothing(name)
    named = titles.set_index("scenario")
    totals = whole.set_index("scenario")["contribution"]
    largest = float(wide.sum(axis=1).max())

    def draw(axes: Axes, language: str) -> None:
        order = wide.iloc[::-1]
        names = [wrapped(named.loc[scenario, f"title_{language}"], 22) for scenario in order.index]
        axes.set_yticks(range(len(order)), names)  # places, not names: two may be called the same
        left = pd.Series(0.0, index=order.index)
        for part in parts:
            axes.barh(
                range(len(order)),
                order[part],
                left=left,
                color=colours[part],
                height=0.6,
                label=wrapped(_capital(part, language), 26),
            )
            left = left + order[part]
        for y, (scenario, end) in enumerate(left.items()):
            beside(axes, end, y, rupiah_short(totals[scenario], language), fontsize=9)
        axes.set_xlim(0, largest * 1.5)
        axes.tick_params(axis="y", labelsize=9)
        _rupiah_axis(axes, language, largest)
        above = blended_transform_factory(axes.figure.transFigure, axes.transAxes)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), bbox_transform=above, ncols=2, frameon=False, fontsize=9)

    year = str(rows["year"].iloc[0])
    titled = {language: text.format(year) for language, text in title.items()}

    def paid(scenario: str, language: str) -> str:
        each = [
            f"{_capital(part, language)} {rupiah_short(round(wide.loc[scenario, part]), language)}"
            for part in parts
            if wide.loc[scenario, part] > 0
        ]
        return f"{named.loc[scenario, f'title_{language}']}: {', '.join(each)}"

    alt = said(titled, lambda language: [paid(scenario, language) for scenario in wide.index])
    shown = rows[rows[by].isin(parts)]
    return drawing(
        name,
        shown,
        draw,
        1.3 + 0.42 * len(wide) + 0.2 * len(parts),
        titled,
        alt,
        ["scenario", "year", by, "contribution"],
    )


def _capital(part: str, language: str) -> str:
    words = term(part, language)
    return words[0].upper() + words[1:]


def _rupiah_axis(axes: Axes, language: str, largest: float) -> None:
    """Label an axis of rupiah in billions or trillions, the scale in words on the axis."""
    unit, name = (
        (1e12, ("triliun rupiah", "trillion rupiah")) if largest >= 2e12 else (1e9, ("miliar rupiah", "billion rupiah"))
    )
    axes.xaxis.set_major_formatter(lambda value, _: short(value / unit, language))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlabel(name[LANGUAGES.index(language)])
