"""Projections on record: `data/projections/<as-of>-net.csv`, written by `cakupan record` before the figures they are of were known.

`<as-of>.csv`, without the ending, holds paths of the method that pages used until November 2026 (`projection.solved`): a record stays as it
is, and each is scored as its own method's. With the present method's paths stand what the years known told of each place.

They are no table of `datapackage.json`, because there is one file a run, but they are read as strictly.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pandas as pd

from analysis import data
from analysis.data.files import Problem, Row, cell_problems, rows_of, text_of

_QUANTILES = [f"p{percent:02d}" for percent in range(5, 100, 5)]
_TEXT = ["as_of", "province_code", "province", "territory", "base", "split", "scenario"]
_KEY = [*_TEXT, "year"]
COLUMNS = [*_KEY, *_QUANTILES, "draws", "seed", "data_version", "inputs"]
# What the present method was told by, place by place: on the logit, see `projection.yearly`.
PARAMETERS = ["pace_PU", "pace_BPU", "goes_on", "year_scale", "power", "own_weight"]
METHODS = {"": "solved", "-net": "net change"}  # by how the file's name ends
_WHOLE = ("year", "draws", "seed")
_FIELDS = [
    {
        "name": name,
        "type": "integer" if name in _WHOLE else "number" if name in (*_QUANTILES, *PARAMETERS) else "string",
        "unit": "share" if name in _QUANTILES else "–",
    }
    for name in [*COLUMNS, *PARAMETERS]
]
_INPUTS = ("participants.csv", "labour_force.csv", "regions.csv", "reported_claims.csv")


def file_of(period: str, folder: Path = data.FOLDER) -> Path:
    """Where the present method's paths from a December are recorded.

    >>> file_of("2024-12").name
    '2024-12-net.csv'
    """
    return folder / "projections" / f"{period}-net.csv"


def _method_ending(path: Path) -> str:
    return "-net" if path.stem.endswith("-net") else ""


def _columns_of_record(path: Path) -> list[str]:
    return [*COLUMNS, *PARAMETERS] if _method_ending(path) else COLUMNS


def recorded(folder: Path = data.FOLDER) -> pd.DataFrame:
    """Every path on record, in the order of the files: one row a path and year, none if nothing is on record, with its method.

    Columns: `an.columns("data.recorded")`. DataError names file, line and column of everything that is wrong.

    >>> list(recorded().columns[:3])
    ['as_of', 'province_code', 'province']
    """
    rows, problems = _read(folder)
    if problems:
        raise data.DataError("\n".join(map(str, problems)))
    kinds = dict.fromkeys(_WHOLE, "int64") | dict.fromkeys(_QUANTILES, "float64")
    names = [*COLUMNS, "method"]
    dtypes = {name: kinds.get(name, "str") for name in names}
    if folder == data.FOLDER:
        for path in _files(folder):
            data.note_read(f"projections/{path.name}")
    # As text first: a float parsed by Python is the one that was written, to the last bit.
    return pd.DataFrame([row.cells for row in rows], columns=names, dtype="str").astype(dtypes)


def projection_problems(folder: Path = data.FOLDER) -> list[Problem]:
    """Every problem in the recorded projections of a folder: file, line, column, value, rule, what to do.

    >>> projection_problems()
    []
    """
    return _read(folder)[1]


def _read(folder: Path) -> tuple[list[Row], list[Problem]]:
    """The rows of all records, each file read once, and every problem in them."""
    rows: list[Row] = []
    problems: list[Problem] = []
    if paths := _files(folder):
        known = data.read("regions", folder)
        names = dict(zip(known["province_code"], known["province"], strict=True))
        for path in paths:
            there, found = _record(path, names)
            rows += [row._replace(cells=row.cells | {"method": METHODS[_method_ending(path)]}) for row in there]
            problems += found
    return rows, problems


def inputs(scenarios: Iterable[str], folder: Path = data.FOLDER) -> str:
    """A hash of what recorded paths rest on: participants, labour force, regions, printed figures, and the scenario files (stems).

    Its first 16 digits; the same for the same content anywhere.

    >>> inputs(["steady"]) == inputs(["steady"]), len(inputs(["steady"]))
    (True, 16)
    """
    digest = hashlib.sha256()
    for file in [*_INPUTS, *(f"scenarios/{stem}.toml" for stem in sorted(scenarios))]:
        digest.update(file.encode() + b"\0" + (folder / file).read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def text_of_record(paths: pd.DataFrame, scenarios: Iterable[str], folder: Path = data.FOLDER) -> str:
    """The CSV of paths (rows of `backtest.baseline`), with the data they rest on: the same text for the same paths and data.

    >>> text_of_record(recorded().head(0).reindex(columns=[*COLUMNS, *PARAMETERS]), ["steady"])[:29]
    'as_of,province_code,province,'
    """
    facts = {"data_version": data.package(folder)["version"], "inputs": inputs(scenarios, folder)}
    return paths.assign(**facts)[[*COLUMNS, *PARAMETERS]].to_csv(index=False, lineterminator="\n", float_format="%.6f")


def _files(folder: Path) -> list[Path]:
    return sorted((folder / "projections").glob("*.csv"))


def _record(path: Path, names: dict[str, str]) -> tuple[list[Row], list[Problem]]:
    """The rows of one record and what is wrong with it."""
    file = f"projections/{path.name}"
    text, problems = text_of(path)
    rows: list[Row] = []
    if not problems:
        rows, problems = rows_of(file, text, _columns_of_record(path))
    fields = [field for field in _FIELDS if field["name"] in _columns_of_record(path)]
    problems = [problem._replace(file=file) for problem in problems] + cell_problems(file, rows, fields)
    wrong = {problem.line for problem in problems}
    problems += [
        Problem(file, row.line, *found)
        for row in rows
        if row.line not in wrong
        for found in _odd(row, path.stem.removesuffix(_method_ending(path)), names)
    ]
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        at = first.setdefault(tuple(row.cells[name] for name in _KEY), row.line)
        if at != row.line:
            message = f"line {at} records the same path and year; a path is recorded once"
            problems.append(Problem(file, row.line, "year", row.cells["year"], "duplicate row", message))
    return rows, sorted(problems, key=lambda problem: (problem.line, problem.column))


def _odd(row: Row, as_of: str, names: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Column, value, rule and message of what can't be in a row of plain cells."""
    cells = row.cells
    for name in (name for name in cells if not cells[name]):
        yield (name, "", "empty cell", "a recorded path has no empty cells; record it again with cakupan record")
        return
    if cells["as_of"] != as_of:
        yield ("as_of", cells["as_of"], "file name", f"the file is named after what its paths start from: {as_of}")
    if names.get(cells["province_code"]) != cells["province"]:
        there = names.get(cells["province_code"], "no such code")
        yield (
            "province",
            cells["province"],
            "code and name",
            f"code {cells['province_code']} is {there} in regions.csv",
        )
    if not re.fullmatch("20[0-4][0-9]-12", cells["as_of"]):
        message = "paths start from a December: write it as 2024-12, and name the file after it"
        yield "as_of", cells["as_of"], "date", message
    elif int(cells["year"]) <= int(cells["as_of"][:4]):
        yield "year", cells["year"], "date", "a path is of the years after the one it starts from"
    for low, high in pairwise(_QUANTILES):
        if float(cells[low]) > float(cells[high]):
            yield (
                high,
                cells[high],
                "order of quantiles",
                f"{low} is {cells[low]}, and a higher level can't lie lower",
            )
            return
