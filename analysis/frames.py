"""The columns of the frames that public functions return: listed once, in `frames.toml`, with unit and meaning."""

import tomllib
from functools import cache
from pathlib import Path

import pandas as pd

from analysis.schema import one_of


def columns(frame: str) -> pd.DataFrame:
    """What the columns of a public function's frame mean: one row a column, in their order.

    `frame` is room and function. Columns: unit ("–" for none), meaning. Of a function that is told what to group by, they are
    those of its default. ValueError for a function that returns no frame.

    >>> columns("costs.average_wages").loc["wage"].tolist()
    ['rupiah per month', 'average net wage of employees, as told to the survey']
    """
    return pd.DataFrame.from_dict(_meant(frame), orient="index", columns=["unit", "meaning"])


def columns_of(frame: str) -> list[str]:
    """The names of the columns alone.

    >>> columns_of("costs.average_wages")
    ['year', 'wage', 'facts']
    """
    return list(_meant(frame))


def _meant(frame: str) -> dict[str, list[str]]:
    """Unit and meaning by column; a frame that is named stands for its columns, as they are meant in it."""
    listed = _listed()
    one_of("frame", frame, listed["frames"])
    found: dict[str, list[str]] = {}
    for name in listed["frames"][frame].split():
        found |= _meant(name) if "." in name else {name: listed["columns"][name]}
    return found | listed["own"].get(frame, {})


@cache
def _listed() -> dict[str, dict]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
