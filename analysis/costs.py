r"""What a scenario costs, who pays it, and what it buys: the people of `projection` times the rules of `contributions`.

In scenario and draw, year $t$, with $C_s$ the covered on their own account in segment $s$ at a December, $w$ the monthly
wage, $a(p, m)$ what payer $p$ owes for one person over the last $m$ months of the year (`contributions.year.owed`):

    person-months on own account     N_s = 12 (C_s(t−1) + C_s(t)) / 2              in today's year: 12 C_s(t)
    wage earners (PU)                rupiah(p) = N_PU / 12 · a_t(p, 12; w_t)       p: employer, worker, national budget
    non-wage (BPU), own account      rupiah(self) = N_BPU / 12 · a_t(self, 12)
    paid seats of a fund f           rupiah(p) = N_f · a_t(p, m_f) / m_f           p spends f; N_f and m_f of the scenario
    wage                             w_t = w_(t−1) (1 + g)                         after the last August that is known

Rupiah are those of the year. The first year is a bill for those covered today, as if they were covered for all twelve months.

**Assumptions.** All wage earners count at the place's average wage, with all five programmes, in one risk class. The wage
is the net wage that employees tell the survey, not the wage that is reported to BPJS. The risk class isn't known by province:
it is the lowest unless another is asked for. Firms that may leave programmes out (micro firms JHT and JP) aren't told apart. Non-wage
workers report the lowest band, pay for JKK and JKM, and don't work in transport. Nobody says who pays for those covered today: they
count as on their own account. After the last dated rule the rules that are open hold on: the JP cap, too, which has been raised
each March, so JP is understated in later years where wages pass it.

**Between wages.** For the draws' wages $a$ is interpolated between the lowest wage, the caps of JP and JKP, and the highest: it is
linear between those, so that only the rounding of each month to whole rupiah is lost.

**What it buys.** Two scenarios of the same draws share their random numbers, so their difference is taken draw by draw:

    cost per additional person covered for a year  =  12 (rupiah − rupiah₀) / (N − N₀)

Only draws with at least a thousandth more person-months count, and 95 of 100 must be such: two scenarios that end nearly alike
have no cost per person worth naming.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.contributions.accidents import accidents_of, claims_among
from analysis.contributions.month import PAYERS, monthly, owed_in
from analysis.contributions.rules import Rule, usable
from analysis.contributions.year import owed
from analysis.frames import columns_of
from analysis.names import public
from analysis.projection.model import BPU, PU, Array
from analysis.projection.plan import SEATS, Case, values_of
from analysis.projection.runs import Projection
from analysis.scenarios.levers import LEVERS
from analysis.schema import COUNTRY, OLD_MAP, SEGMENTS, Facts, facts_of, row_keys, union

__all__ = [
    "accidents",
    "average_wages",
    "bill",
    "bought",
    "by_payers",
    "cheapest_and_dearest",
    "costs_of",
    "funds",
    "milestones",
    "months_shown",
    "most_people",
    "nobody_paid_for",
    "one_worker",
    "usual_bill",
    "wage_growth",
    "wage_taken",
]
__getattr__, __dir__ = public(__name__, {}, __all__)

LOWEST_BAND = 1  # a reported income that falls into the lowest band, whatever its limit is
_BUDGETS = ("national budget", "local budget")
_PLAINLY = 0.95  # the share of draws that must have additional people for a cost per person
_ENOUGH = 0.001  # of the others' person-months: a cost for each of fewer would be a ratio of two roundings
_SPREAD = (0.05, 0.5, 0.95)


class Line(NamedTuple):
    """Who pays for whom: `fund` is "" on own account, else "company" or the public fund that pays for the seat."""

    payer: str
    segment: str
    fund: str


class Costs(NamedTuple):
    """People and rupiah of scenarios: arrays (scenario, year, draw). years[0] is today.

    `person_months` by (segment, fund), `rupiah` by `Line` (rupiah of the year), `covered` people in December; `facts` a scenario:
    dates, confidence, sources.
    """

    scenarios: tuple[str, ...]
    years: tuple[int, ...]
    person_months: dict[tuple[str, str], Array]
    rupiah: dict[Line, Array]
    covered: Array
    facts: dict[str, Facts]


# -- wages ------------------------------------------------------------------------------------------


def average_wages(
    labour_force: pd.DataFrame, regions: pd.DataFrame, province_code: str, territory: str
) -> pd.DataFrame:
    """The average net wage of a place's employees in every August it is known: one row a year.

    A province of the 34 that was divided later, and Indonesia (00), are the mean of their parts weighted by employees; a year in
    which a part's wage or employees are missing has no row. Confidence is low: told by employees to a survey, net, and not the
    wage that contributions are paid on. Columns: `an.columns("costs.average_wages")`. ValueError where no year is known.

    >>> average_wages(labour_force, regions, "18", "34")[["year", "wage"]].values.tolist()[-1]
    [2025, 2520619]
    """
    rows = [
        row
        for period, every in labour_force.groupby("period")
        for row in _wage_of(str(period), every, _codes_of_place(every, regions, province_code, territory))
    ]
    if not rows:
        raise ValueError(
            f"labour_force has no average net wage for province {province_code} on {territory} provinces; contributions of wage "
            "earners can't be worked out"
        )
    return pd.DataFrame(rows).astype({"wage": "Int64"})


def _codes_of_place(every: pd.DataFrame, regions: pd.DataFrame, province_code: str, territory: str) -> list[str]:
    """The codes that make up a place in one August: its own where there is a wage on its territory, else its successors' too."""
    waged = every[every["average_net_wage"].notna()]
    if province_code == COUNTRY:
        return sorted(set(every["province_code"]) - {COUNTRY})
    own = waged[(waged["province_code"] == province_code) & (waged["territory"] == territory)]
    young = regions.loc[regions["parent_code"] == province_code, "province_code"]
    return [province_code, *young] if own.empty and territory == OLD_MAP else [province_code]


def _wage_of(period: str, every: pd.DataFrame, parts: Sequence[str]) -> list[dict[str, Any]]:
    rows = every[every["province_code"].isin(list(parts)) & every["average_net_wage"].notna()]
    # Of a single part the employees don't matter; a part without wage or employees leaves the mean unknown, and so do parts
    # without a single employee: the wage of nobody isn't defined.
    weights = pd.Series(1, index=rows.index) if len(parts) == 1 else rows["employees"]
    if len(rows) != len(parts) or weights.isna().any() or not weights.sum():
        return []
    wages, heads = ([int(value) for value in column] for column in (rows["average_net_wage"], weights))
    mean = sum(wage * head for wage, head in zip(wages, heads, strict=True)) / sum(heads)
    return [
        {
            "year": int(period[:4]),
            "wage": int(mean + 0.5),
            "facts": Facts((period,), (period,), "low", tuple(dict.fromkeys(rows["source_id"])), _keys_of(rows)),
        }
    ]


def _keys_of(rows: pd.DataFrame) -> tuple[str, ...]:
    return union(row_keys("labour_force", rows))


def wage_taken(wages: pd.DataFrame, year: int) -> pd.DataFrame:
    """The wage that a year's contributions are worked out from: of `average_wages` the first of the year or later, else the last.

    Rows from there on, the wage taken first; with the latest wage known (`latest`) and its August (`date`).

    >>> wage_taken(average_wages(labour_force, regions, "18", "34"), 2024)[["wage", "latest", "date"]].values.tolist()[0]
    [2517788, 2520619, '2025-08']
    """
    last = wages.iloc[-1]
    used = wages[wages["year"] >= min(year, wages["year"].max())]
    return used.assign(latest=last["wage"], date=last["facts"].as_of[0])


def wage_growth(assumptions: pd.DataFrame, usual: str = "steady") -> pd.DataFrame:
    """How wages are assumed to grow in the usual course: one row (low, high: shares a year), none where a path is given.

    >>> wage_growth(assumptions)[["low", "high"]].values.tolist()
    [[0.022, 0.065]]
    """
    rows = assumptions[(assumptions["scenario"] == usual) & (assumptions["parameter"] == "wage_growth")]
    values = [value for of_row in rows["values"] for value in of_row]
    known = rows.head(int((rows["kind"] != "path").all()))
    return known.assign(low=min(values, default=0.0), high=max(values, default=0.0))


# -- the bill ---------------------------------------------------------------------------------------


def costs_of(ahead: Projection, rules: pd.DataFrame, wages: pd.DataFrame, *, risk: str = "very low") -> Costs:
    """What every scenario of a projection costs, by who pays for whom, in each year and draw.

    `rules` is the table contribution_rules; `wages` from `average_wages`; `risk` the risk class of all wage earners. Wage growth is
    drawn with the projection's seed. Summed up by `bill`, `bought` and `accidents`. RuleError for a year outside the rules.

    >>> from analysis.data import read
    >>> wages = average_wages(labour_force, regions, "18", "34")
    >>> steady = assumptions[assumptions["scenario"] == "steady"]
    >>> ahead = project(start, past, steady, until=2024, draws=10, seed=1)
    >>> costs = costs_of(ahead, read("contribution_rules"), wages)
    >>> int(costs.rupiah[Line("self", "BPU", "")][0, 0, 0])  # 168,497 x 16,800 x 12
    33968995200
    """
    value = values_of(ahead.plan, slice(0, ahead.draws))

    def over_years(
        lever: str, parameter: str, part: str
    ) -> Array:  # (scenario, year, draw); today has the first year's value
        each = [value(lever, parameter, part, max(n, 1)) for n in range(len(ahead.years))]
        return np.stack([np.broadcast_to(one, (len(ahead.scenarios), ahead.draws)) for one in each], axis=1)

    wage = _wages_ahead(wages, ahead.years, over_years("usual", "wage_growth", ""))
    months = _person_months(ahead)
    prices = _Prices(usable(rules), _rule_years(rules, ahead.years), {})
    paid = _wage_earners(prices, months["PU", ""], wage, risk)
    if ("PU", "agency") in months:
        for line, amount in _wage_earners(prices, months["PU", "agency"], wage, risk).items():
            payer = LEVERS["agency_mandate"].paid_by[""] if line.payer == "employer" else line.payer
            paid[Line(payer, "PU", "agency")] = amount
    whole_years = np.full((1, len(ahead.years), 1), 12.0)
    paid[Line("self", "BPU", "")] = months["BPU", ""] * _per_person_month(prices, "self", whole_years)
    for fund, served in ahead.funded.items():
        lever, part = SEATS[fund]
        payer = LEVERS[lever].paid_by[part]
        length = np.where(served > 0, over_years(lever, "months", part), 12.0)
        paid[Line(payer, "BPU", fund)] = served * _per_person_month(prices, payer, length)
    facts = {name: _facts(ahead, wages, prices, ahead.case(name)) for name in ahead.scenarios}
    covered = (ahead.own + ahead.company + ahead.public).sum(axis=2)
    return Costs(ahead.scenarios, ahead.years, months, paid, covered, facts)


class _Prices(NamedTuple):
    """The rules, the year whose rules each projected year takes, and what was asked of them so far."""

    rules: Sequence[Rule]
    years: Array
    asked: dict[tuple[Any, ...], list[dict[str, Any]]]

    def of(self, year: int, segment: str, **who: Any) -> dict[str, int]:
        """What each payer owes for one person in a year."""
        key = (year, segment, *who.items())
        if key not in self.asked:
            self.asked[key] = owed(self.rules, year, segment, **who)
        return {row["payer"]: row["contribution"] for row in self.asked[key]}


def _rule_years(rules: pd.DataFrame, years: Sequence[int]) -> Array:
    """Every year after the last date in the rules takes the same rules, those of the year that follows that date."""
    dated = pd.concat([rules["effective_from"], rules["effective_to"]])
    last = int(dated[dated != ""].str[:4].astype(int).max())
    return np.minimum(np.array(years), last + 1)


def _person_months(ahead: Projection) -> dict[tuple[str, str], Array]:
    """Person-months by segment and fund; on own account the mean of last and this December, today's for all of today's year."""
    before = np.concatenate([ahead.own[:, :1], ahead.own[:, :-1]], axis=1)
    mean = 6.0 * (before + ahead.own)
    own = {(segment, ""): mean[:, :, i] for segment, i in zip(SEGMENTS, (PU, BPU), strict=True)}
    if ahead.public[:, :, PU].any():
        own["PU", "agency"] = 12.0 * ahead.public[:, :, PU]  # staff whom an agency must enrol
    return own | {("BPU", fund): months for fund, months in ahead.funded.items()}


def _wages_ahead(wages: pd.DataFrame, years: Sequence[int], growth: Array) -> Array:
    """The monthly wage: as known for its August (or the next one known), then grown: (scenario, year, draw)."""
    known = wages.set_index("year")["wage"].astype(float).sort_index()
    last = int(known.index[-1])
    wage = np.empty(growth.shape)
    for n, year in enumerate(years):
        if year <= last:
            wage[:, n] = known[known.index >= year].iloc[0]
        else:
            before = wage[:, n - 1] if n else known.iloc[-1] * (1.0 + growth[:, 0]) ** (year - last - 1)
            wage[:, n] = before * (1.0 + growth[:, n])
    return wage


def _wage_earners(prices: _Prices, months: Array, wage: Array, risk: str) -> dict[Line, Array]:
    """What employer, worker and national budget pay for the wage earners, linear between the caps."""
    caps = {int(rule.value) for rule in prices.rules if rule.rule in ("jp_wage_cap", "jkp_wage_cap") and rule.value}
    out: dict[Line, Array] = {}
    for year in np.unique(prices.years):
        then = prices.years == year
        low, high = int(np.floor(wage[:, then].min())), int(np.ceil(wage[:, then].max()))
        nodes = sorted({low, high} | {cap for cap in caps if low < cap < high})
        asked = [prices.of(int(year), "PU", wage=node, risk=risk) for node in nodes]
        for payer in asked[0]:
            amount = np.interp(wage[:, then], nodes, [each[payer] for each in asked])
            line = out.setdefault(Line(payer, "PU", ""), np.zeros(wage.shape))
            line[:, then] = months[:, then] / 12.0 * amount
    return out


def _per_person_month(prices: _Prices, payer: str, length: Array) -> Array:
    """What a payer owes for a non-wage worker for each of the last `length` months of a year, on average over them."""
    out = np.empty(length.shape)
    for year in np.unique(prices.years):
        then = prices.years == year
        part = length[:, then]
        nodes = np.unique([np.floor(part), np.ceil(part)])
        owed = [prices.of(int(year), "BPU", income=LOWEST_BAND, payer=payer, months=int(m))[payer] for m in nodes]
        out[:, then] = np.interp(part, nodes, owed) / part
    return out


def _facts(ahead: Projection, wages: pd.DataFrame, prices: _Prices, case: Case) -> Facts:
    """Dates and sources of a scenario's costs. Confidence is low: the covered are projected, and wages are not those reported."""
    known, wage = ahead.facts, facts_of(wages.tail(1))
    rules = [row["facts"].source_ids for rows in prices.asked.values() for row in rows]
    return Facts(
        tuple(sorted(known.as_of)),
        tuple(sorted(union([known.workers_as_of, wage.workers_as_of]))),
        "low",
        union([known.source_ids, wage.source_ids, *rules, case.facts.source_ids]),
        union([known.keys, wage.keys]),
    )


# -- what it comes to -------------------------------------------------------------------------------


def bill(costs: Costs, by: Sequence[str] = ("payer",), years: Sequence[int] = ()) -> pd.DataFrame:
    """Who pays how much for how many: one row a scenario, year and group of `by` (of payer, segment, fund; () is all together).

    Columns: `an.columns("costs.bill")`, with those of `by` after the year. Middles of groups don't have to add up to the middle of
    their sum; draws do. The first year is a bill for those covered today. `years` picks some of the years. ValueError for an unknown
    column or year.

    >>> toy = Costs(("a",), (2024,), {("BPU", ""): np.array([[[24.0]]])}, {Line("self", "BPU", ""): np.array([[[403200.0]]])},
    ...             np.array([[[2.0]]]), {"a": Facts()})
    >>> bill(toy)[["payer", "persons", "contribution", "per_person"]].values.tolist()
    [['self', 2, 403200, 201600]]
    """
    if unknown := [name for name in by if name not in Line._fields]:
        raise ValueError(f"cannot group by {', '.join(unknown)}; there is {', '.join(Line._fields)}")
    groups: dict[tuple[str, ...], list[Line]] = {}
    for line in costs.rupiah:
        groups.setdefault(tuple(getattr(line, name) for name in by), []).append(line)
    at = _at(costs, years)
    rows = [row for key, lines in groups.items() for row in _billed(costs, at, dict(zip(by, key, strict=True)), lines)]
    order = pd.DataFrame(rows)
    order["place"] = order["scenario"].map(costs.scenarios.index)
    frame = order.sort_values(["place", "year"], kind="stable", ignore_index=True).drop(columns="place")
    return frame.astype(dict.fromkeys(_WHOLE, "Int64"))


_WHOLE = ["persons", "person_months", "contribution", "contribution_low", "contribution_high", "per_person"]


def _at(costs: Costs, years: Sequence[int]) -> list[int]:
    if missing := [year for year in years if year not in costs.years]:
        raise ValueError(
            f"there is no cost for {', '.join(map(str, missing))}; there is {costs.years[0]} to {costs.years[-1]}"
        )
    return [costs.years.index(year) for year in years or costs.years]


def _billed(costs: Costs, at: Sequence[int], group: dict[str, str], lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The rows of one group: people are counted once, however many pay for them."""
    rupiah = sum(costs.rupiah[line][:, at] for line in lines)
    served = dict.fromkeys((line.segment, line.fund) for line in lines)
    months = np.asarray(sum(costs.person_months[key][:, at] for key in served))
    middle = np.median(months, axis=-1)
    spread = np.quantile(rupiah, _SPREAD, axis=-1)
    each = np.median(np.divide(12.0 * rupiah, months, out=np.zeros_like(months), where=months > 0), axis=-1)
    return [
        {"scenario": name, "year": costs.years[year]}
        | group
        | {"persons": _half_up(middle[i, j] / 12), "person_months": _half_up(middle[i, j])}
        | {
            column: _half_up(ends[i, j])
            for column, ends in zip(("contribution_low", "contribution", "contribution_high"), spread, strict=True)
        }
        | {"per_person": _half_up(each[i, j]) if middle[i, j] > 0 else pd.NA}
        | {"facts": costs.facts[name]}
        for i, name in enumerate(costs.scenarios)
        for j, year in enumerate(at)
    ]


def usual_bill(costs: Costs, year: int, usual: str = "steady") -> pd.DataFrame:
    """The bill of the usual course in a year, in one row: `bill` by () with what is said of its parts.

    Adds rupiah by payer, the largest payer and its share, and rupiah a person by segment: `an.columns("costs.usual_bill")`.

    >>> from analysis.data import read
    >>> ahead = project(start, past, assumptions, until=2024, draws=10, seed=1)
    >>> costs = costs_of(ahead, read("contribution_rules"), average_wages(labour_force, regions, "18", "34"))
    >>> usual_bill(costs, 2023)[["payer", "informal"]].values.tolist()
    [['employer', 201600]]
    """
    whole, paid, each = (bill(costs, by, [year]) for by in ((), ("payer",), ("segment",)))
    by_payer = paid[paid["scenario"] == usual].set_index("payer")["contribution"]
    by_segment = each[each["scenario"] == usual].set_index("segment")["per_person"]
    return whole[whole["scenario"] == usual].assign(
        employer=by_payer["employer"],
        worker=by_payer["worker"],
        state=by_payer["national budget"],
        own=by_payer["self"],
        payer=by_payer.idxmax(),
        share=by_payer.max() / by_payer.sum(),
        formal=by_segment["PU"],
        informal=by_segment["BPU"],
    )


def funds(costs: Costs, years: Sequence[int]) -> pd.DataFrame:
    """Who pays for non-wage workers in some years: the rows of `bill` by segment and fund that are theirs.

    >>> toy = Costs(("a",), (2024,), {("BPU", ""): np.array([[[24.0]]])}, {Line("self", "BPU", ""): np.array([[[403200.0]]])},
    ...             np.array([[[2.0]]]), {"a": Facts()})
    >>> funds(toy, [2024])[["fund", "persons"]].values.tolist()
    [['', 2]]
    """
    rows = bill(costs, ("segment", "fund"), years)
    return rows[rows["segment"] == "BPU"]


def nobody_paid_for(costs: Costs) -> bool:
    """Whether no scenario has a non-wage worker for whom a company or a public fund pays, in the middle of the draws.

    >>> nobody_paid_for(Costs(("a",), (2024,), {("BPU", ""): np.ones((1, 1, 1))}, {}, np.ones((1, 1, 1)), {}))
    True
    """
    paid_for = [months for (segment, fund), months in costs.person_months.items() if segment == "BPU" and fund]
    return all(_half_up(np.median(months, axis=-1).max()) == 0 for months in paid_for)


def _half_up(number: float) -> int:
    return int(np.floor(number + 0.5))


def bought(costs: Costs, against: str = "steady", years: Sequence[int] = ()) -> pd.DataFrame:
    """What each other scenario buys beside `against`: more people covered, what they cost, and the cost of one: a row a scenario and year.

    All are spreads of the draws' differences. Columns: `an.columns("costs.bought")`. ValueError where `against` isn't one of the
    scenarios.

    >>> from analysis.data import read
    >>> plans = assumptions[assumptions["scenario"].isin(["steady", "government_pays"])]
    >>> ahead = project(start, past, plans, until=2030, draws=10, seed=1)
    >>> costs = costs_of(ahead, read("contribution_rules"), average_wages(labour_force, regions, "18", "34"))
    >>> bought(costs, years=[2030])[["scenario", "additional", "per_person"]].values.tolist()
    [['government_pays', 210652, 201600]]
    """
    if against not in costs.scenarios:
        raise ValueError(
            f"what a scenario buys is counted against {against!r}, which isn't among those projected ({', '.join(costs.scenarios)}); "
            "add it to the parameter scenarios"
        )
    base, at = costs.scenarios.index(against), _at(costs, years)
    nothing = np.zeros(costs.covered.shape)
    public = sum((rupiah for line, rupiah in costs.rupiah.items() if line.payer in _BUDGETS), nothing)
    served, paid = (sum(parts.values(), nothing) for parts in (costs.person_months, costs.rupiah))
    people, months, rupiah, budgets = (
        numbers[:, at] - numbers[base, at] for numbers in (costs.covered, served, paid, public)
    )
    rows = [
        {
            "scenario": name,
            "year": costs.years[year],
            **_spread("additional", people[i, j]),
            **_spread("additional_cost", rupiah[i, j]),
            "additional_public": _half_up(np.median(budgets[i, j])),
            **_per_additional(rupiah[i, j], months[i, j], served[base, at[j]]),
            "facts": costs.facts[name],
        }
        for i, name in enumerate(costs.scenarios)
        for j, year in enumerate(at)
        if name != against
    ]
    return pd.DataFrame(rows, columns=columns_of("costs.bought")).astype(dict.fromkeys(_BOUGHT, "Int64"))


def most_people(gains: pd.DataFrame) -> pd.DataFrame:
    """The scenario that adds most people: one row of `bought`, or none.

    >>> most_people(pd.DataFrame({"scenario": ["a", "b"], "additional": [10, 5]}))["scenario"].tolist()
    ['a']
    """
    return gains.sort_values("additional", kind="stable").tail(1)


def cheapest_and_dearest(gains: pd.DataFrame, titles: pd.DataFrame) -> pd.DataFrame:
    """Between what and what one more person covered for a year costs: the rows of `bought` that know it, the cheapest first.

    Each with least and most (rupiah), and the titles of the scenarios that cost so (cheapest, dearest: pairs, Indonesian and
    English; `titles` from `scenarios.scenario_titles`). No rows where fewer than two scenarios know it.

    >>> gains = pd.DataFrame({"scenario": ["a", "b"], "per_person": [300, 200], "per_person_is": "known"})
    >>> titles = pd.DataFrame({"scenario": ["a", "b"], "title": [("A", "A"), ("B", "B")]})
    >>> cheapest_and_dearest(gains, titles)[["least", "cheapest"]].values.tolist()[0]
    [200, ('B', 'B')]
    """
    known = gains[gains["per_person_is"] == "known"].sort_values("per_person", kind="stable")
    if len(known) < 2:
        return known.head(0)
    title = titles.set_index("scenario")["title"]
    cheapest, dearest = (title[known["scenario"].iloc[at]] for at in (0, -1))
    ends = {"least": known["per_person"].min(), "most": known["per_person"].max()}
    return known.assign(**ends, cheapest=[cheapest] * len(known), dearest=[dearest] * len(known))


_BOUGHT = [f"{name}{end}" for name in ("additional", "additional_cost", "per_person") for end in ("", "_low", "_high")]


def _spread(name: str, draws: Array) -> dict[str, int]:
    low, middle, high = (_half_up(number) for number in np.quantile(draws, _SPREAD))
    return {name: middle, f"{name}_low": low, f"{name}_high": high}


def _per_additional(rupiah: Array, months: Array, base: Array) -> dict[str, Any]:
    """Rupiah for one more person covered for a year, over the draws in which there are enough more than in `base`."""
    enough = months > np.maximum(_ENOUGH * base, 0.5)
    if enough.mean() >= _PLAINLY:
        return _spread("per_person", 12.0 * rupiah[enough] / months[enough]) | {"per_person_is": "known"}
    word = "too few" if (months > 0.5).any() else "not defined"
    return dict.fromkeys(("per_person", "per_person_low", "per_person_high"), pd.NA) | {"per_person_is": word}


def accidents(
    costs: Costs, work_accidents: pd.DataFrame, participants: pd.DataFrame, province_code: str, year: int
) -> pd.DataFrame:
    """Work-accident cases and claims (JKK) to expect among the covered of a projected year: one row a scenario. A rough order of magnitude.

    The middle of the draws' covered, by segment, times the 2023 rates of the place (`contributions.accidents.claims_among`, with all that is
    said there); confidence is low. No rows where the place has no figures, as the provinces that are new. Columns:
    `an.columns("costs.accidents")`.

    >>> from analysis.data import read
    >>> toy = Costs(("a",), (2045,), {("PU", ""): np.array([[[0.0]]]), ("BPU", ""): np.array([[[120_000.0]]])}, {}, np.zeros((1, 1, 1)), {"a": Facts()})
    >>> accidents(toy, read("work_accidents"), participants, "18", 2045)[["persons", "cases_expected"]].values.tolist()
    [[10000, 9]]
    """
    (at,) = _at(costs, [year])
    if province_code not in {COUNTRY, *work_accidents["province_code"]}:
        return pd.DataFrame(columns=columns_of("costs.accidents"))
    known = accidents_of(work_accidents, participants, province_code, SEGMENTS)
    rows: list[dict[str, Any]] = []
    for i, name in enumerate(costs.scenarios):
        heads = {
            segment: float(
                np.median(sum(months[i, at] for (of, _), months in costs.person_months.items() if of == segment))
            )
            / 12
            for segment in SEGMENTS
        }
        found = claims_among(known, heads)
        sums = {
            column: sum(row[column] for row in found) for column in ("claims_expected", "claims_low", "claims_high")
        }
        cases = sum(row["persons"] * row["cases"] / row["participants"] for row in found)
        own = costs.facts[name]
        theirs = Facts.sum(row["facts"] for row in found)
        rows.append(
            {
                "scenario": name,
                "year": year,
                "persons": _half_up(sum(heads.values())),
                "cases_expected": _half_up(cases),
                **sums,
                "facts": replace(own + theirs, as_of=theirs.as_of, confidence="low"),
            }
        )
    return pd.DataFrame(rows, columns=columns_of("costs.accidents"))


# -- one worker -------------------------------------------------------------------------------------


def one_worker(rules: pd.DataFrame, month: str, wages: pd.DataFrame, *, risk: str = "very low") -> pd.DataFrame:
    """What one worker costs in a month, by programme and payer: a wage earner at the average wage, a non-wage worker of the lowest band.

    The wage is that of the month's August, or the next one known, or else the last (it isn't grown here). Rows as
    `contributions.monthly`, with wage (missing for BPU), whose date, source and confidence PU's rows have.

    >>> from analysis.data import read
    >>> rows = one_worker(read("contribution_rules"), "2024-12", average_wages(labour_force, regions, "18", "34"))
    >>> rows.groupby(["segment", "payer"], sort=False)["contribution"].sum().to_dict()
    {('PU', 'employer'): 157110, ('PU', 'worker'): 75534, ('PU', 'national budget'): 5539, ('BPU', 'self'): 16800}
    """
    later = wages[wages["year"] >= int(month[:4])].head(1)
    wage = (wages.tail(1) if later.empty else later).iloc[0]
    earner = monthly(rules, month, "PU", wage=int(wage["wage"]), risk=risk).assign(wage=wage["wage"])
    told = wage["facts"]
    earner["facts"] = [
        replace(facts + told, as_of=facts.as_of, confidence=told.confidence) for facts in earner["facts"]
    ]
    other = monthly(rules, month, "BPU", income=LOWEST_BAND).assign(wage=pd.NA)
    return pd.concat([earner, other], ignore_index=True).astype({"wage": "Int64"})


def by_payers(rules: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    """What a non-wage worker of the lowest band costs whoever pays, in each of some months: one row a month and payer.

    Columns: `an.columns("costs.by_payers")`.

    >>> from analysis.data import read
    >>> by_payers(read("contribution_rules"), ["2026-12"])[["payer", "contribution"]].values.tolist()[1:3]
    [['sponsoring company', 8400], ['national budget', 16800]]
    """
    used = usable(rules)
    rows = [
        {
            "month": month,
            "payer": payer,
            "contribution": sum(row["contribution"] for row in each),
            "relief": max(row["relief"] for row in each),
            "relief_is": each[0]["relief_is"],
            "regulations": union(row["regulations"] for row in each),
            "facts": replace(
                Facts.sum(row["facts"] for row in each), workers_as_of=(month,), confidence=each[0]["facts"].confidence
            ),
        }
        for month in months
        for payer in PAYERS
        for each in [owed_in(used, month, "BPU", income=LOWEST_BAND, payer=payer)]
    ]
    return pd.DataFrame(rows).astype({"contribution": "Int64"})


def milestones(plans: pd.DataFrame, years: Sequence[int]) -> list[int]:
    """Years worth showing: the first in which a lever starts, the next round one (2030 after 2026), the last.

    >>> milestones(assumptions, range(2024, 2046))
    [2026, 2030, 2045]
    """
    starts = plans["start"].dropna()
    first = int(starts.min()) if len(starts) else years[1]
    first = min(max(first, years[1]), years[-1])
    return sorted({first, min(first // 10 * 10 + 10, years[-1]), years[-1]})


def months_shown(period: str, years: Sequence[int]) -> list[str]:
    """The months by which one worker's contributions are compared: `period`, and the December of the first two milestones.

    >>> months_shown("2024-12", [2026, 2030, 2045])
    ['2024-12', '2026-12', '2030-12']
    """
    return [period, *(f"{year}-12" for year in years[:2])]
