"""What may be asked of a projection: the years, how many draws, which seed, which rate. Each rule is told here and nowhere else.

The command asks before anything runs, the notebooks when they begin; both say the same sentence.
"""

from math import isfinite

HORIZON = (2020, 2060)  # the years that scenarios hold for
# With fewer the ends of "nine in ten" are one or two draws. More take more memory than a report may: eight scenarios to
# 2060 with their costs need 0.1 MB a draw.
DRAWS = (100, 10_000)
SURE = 5  # years ahead for which ranges are given: to 2029 from December 2024. They were tested one year ahead only.
_MOST_SEED = 2**63 - 1  # what fits where a seed is kept: TOML, JSON, a CSV of records


def reasonable(
    *, period: str, until: int, draws: int, seed: int, goal: float | None = None, by: int | None = None
) -> None:
    """Whether a page can be made of this: ValueError with what is sensible, for the first that can't be.

    `period` is the month it starts from, `until` and `by` are years, `goal` is a share.

    >>> reasonable(period="2024-12", until=2045, draws=1000, seed=2024, goal=0.995, by=2029)
    >>> reasonable(period="2024-12", until=2045, draws=1, seed=2024)
    Traceback (most recent call last):
    ...
    ValueError: draws is 1; a range needs 100 at least, and more than 10,000 take more memory than a report may
    """
    fair_year("until", until, period)
    fair_draws(draws)
    fair_seed(seed)
    if by is not None:
        fair_year("by", by, period)
    if goal is not None:
        fair_goal(goal)


def fair_year(name: str, year: int, period: str) -> None:
    """A last year lies after the month that a projection starts from, within the years that scenarios hold for.

    >>> fair_year("until", 2024, "2024-12")
    Traceback (most recent call last):
    ...
    ValueError: until is 2024, and the projection starts from 2024-12; write a year from 2025 to 2060
    """
    if not period[:4].isdecimal():
        raise ValueError(f"period is {period!r}; write year and month, as in 2024-12")
    first = int(period[:4]) + 1
    if not first <= year <= HORIZON[1]:
        raise ValueError(
            f"{name} is {year}, and the projection starts from {period}; write a year from {first} to {HORIZON[1]}"
        )


def fair_draws(draws: int) -> None:
    """A range needs draws, and draws need memory.

    >>> fair_draws(100), fair_draws(10_000)
    (None, None)
    """
    if not DRAWS[0] <= draws <= DRAWS[1]:
        raise ValueError(
            f"draws is {draws}; a range needs {DRAWS[0]} at least, and more than {DRAWS[1]:,} take more memory than a report may"
        )


def fair_seed(seed: int) -> None:
    """A seed is a whole number from 0 on.

    >>> fair_seed(-1)
    Traceback (most recent call last):
    ...
    ValueError: seed is -1; write a whole number from 0 to 9223372036854775807, such as 2024
    """
    if not 0 <= seed <= _MOST_SEED:
        raise ValueError(f"seed is {seed}; write a whole number from 0 to {_MOST_SEED}, such as 2024")


def fair_goal(goal: float) -> None:
    """A rate to be reached is a share above 0, and 1 at most.

    >>> fair_goal(70)
    Traceback (most recent call last):
    ...
    ValueError: a target is a share above 0 and up to 1, and 70 was asked for; write 0.7 for 70 %
    """
    if not (isfinite(goal) and 0 < goal <= 1):
        meant = f"; write {goal / 100:g} for {goal:g} %" if 1 < goal <= 100 else ""
        raise ValueError(f"a target is a share above 0 and up to 1, and {goal:g} was asked for{meant}")
