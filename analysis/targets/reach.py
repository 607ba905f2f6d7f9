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

    Columns: scenario, goal, year, probability (share of the draws at or above the goal in that year; having passed it before and
    lost it again doesn't count), median_rate in the year, best_median_rate and best_year over the years after today, first_year in
    which the median reaches the goal (missing if never); the facts that the projection started from. ValueError for a year that isn't projected.

    >>> ahead = project(start, past, assumptions, until=2030, draws=100, seed=1)
    >>> reaching(ahead, 0.17, 2030)[["scenario", "first_year"]].values.tolist()[0]
    ['steady', 2024]
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
