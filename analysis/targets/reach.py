"""How likely a coverage rate is reached under each scenario.

Rates are shares 0 to 1. The draw is the last axis of an array.
"""

import numpy as np
import pandas as pd

from analysis.projection.asked import fair_goal
from analysis.projection.model import Array
from analysis.projection.runs import Projection, rate_of

HAIR = 1e-12  # of a rate: below a hundredth of a person in any country


def share_reaching(rates: Array, goal: float) -> float:
    return float((rates >= goal - HAIR).mean())


def reaching(ahead: Projection, goal: float, year: int) -> pd.DataFrame:
    """How likely each scenario has the rate `goal` or more in December of `year`: one row a scenario.

    Facts are those that the projection started from. Columns: `an.columns("targets.reaching")`. ValueError for a year that isn't
    projected.

    >>> ahead = project(start, past, assumptions, until=2030, draws=100, seed=1)
    >>> reaching(ahead, 0.17, 2030)[["scenario", "first_year"]].values.tolist()[0]
    ['steady', 2025]
    """
    fair_goal(goal)
    check_projected(ahead, year)
    rates = rate_of(ahead)
    middle, at = np.median(rates, axis=-1), ahead.years.index(year)
    there = middle >= goal - HAIR
    out = pd.DataFrame(
        {
            "scenario": ahead.scenarios,
            "goal": goal,
            "year": year,
            "probability": [share_reaching(scenario[at], goal) for scenario in rates],
            "median_rate": middle[:, at],
            "best_median_rate": middle[:, 1:].max(axis=1),
            "best_year": np.array(ahead.years)[1 + middle[:, 1:].argmax(axis=1)],
            "first_year": pd.array([ahead.years[int(row.argmax())] if row.any() else pd.NA for row in there], "Int64"),
        }
    )
    return out.assign(facts=ahead.facts)


def check_projected(ahead: Projection, year: int) -> None:
    if year not in ahead.years:
        raise ValueError(
            f"{year} isn't projected; the years are {ahead.years[0]} to {ahead.years[-1]}. Project until {year} or ask for one of them"
        )


def distance(paths: pd.DataFrame, goal: float) -> pd.DataFrame:
    """How far today's rate is from a goal: the first row of `projection.fan` with goal, rate and gap (shares).

    >>> from analysis.projection.runs import fan
    >>> distance(fan(project(start, past, assumptions, 2030, 5, 1)), 0.995)[["rate", "gap"]].round(3).values.tolist()
    [[0.156, 0.839]]
    """
    today = paths[paths["year"] == paths["year"].min()].head(1)
    return today.assign(goal=goal, rate=today["p50"], gap=goal - today["p50"])


def likeliest(rows: pd.DataFrame) -> pd.DataFrame:
    """The scenario that is likeliest to reach the goal, of equals that with the highest median: one row of `reaching`.

    >>> likeliest(pd.DataFrame({"scenario": ["a", "b"], "probability": 0.0, "median_rate": [0.2, 0.3]}))["scenario"].tolist()
    ['b']
    """
    return rows.sort_values(["probability", "median_rate"], kind="stable").tail(1)


def furthest(rows: pd.DataFrame) -> str:
    """The scenario of `reaching` with the highest median.

    >>> furthest(pd.DataFrame({"scenario": ["a", "b"], "median_rate": [0.3, 0.2]}))
    'a'
    """
    return str(rows.sort_values("median_rate", kind="stable")["scenario"].iloc[-1])
