"""What a scenario file may hold, value by value, and the sentence for what it holds otherwise."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.data import toml
from analysis.data.files import Problem
from analysis.projection.asked import HORIZON
from analysis.scenarios.levers import Key
from analysis.schema import nearest

LONGEST_RAMP = HORIZON[1] - HORIZON[0]
_LONGEST = 200  # characters of a value that are shown
_Number = Annotated[float, Field(allow_inf_nan=False)]
_Text = Annotated[str, Field(pattern=r"\S")]
_Year = Annotated[int, Field(ge=HORIZON[0], le=HORIZON[1])]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Texts(_Strict):
    id: _Text
    en: _Text


class Head(_Strict):
    """What a file says of the scenario itself."""

    title: _Texts | None = None
    summary: _Texts | None = None
    based_on: list[str] = []


class Dates(_Strict):
    """When a lever, or one of its funds, starts, is in full force and ends."""

    start: _Year | None = None
    ramp: Annotated[int, Field(ge=1, le=LONGEST_RAMP)] | None = None
    end: _Year | None = None


class PaidDates(Dates):
    """Also whether December is paid, in which coverage is counted."""

    december: bool | None = None


class Stated(_Strict):
    """One value as it is written, with its unit and source."""

    value: _Number | None = None
    path: dict[str, _Number] | None = None
    range: Annotated[list[_Number], Field(min_length=2, max_length=2)] | None = None
    triangular: Annotated[list[_Number], Field(min_length=3, max_length=3)] | None = None
    from_: Literal["history"] | None = Field(None, alias="from")
    unit: str | None = None
    source: str | None = None
    reason: _Texts | None = None


class File(NamedTuple):
    """A file while it is read: its stem, the line of each key, and what its values may refer to."""

    stem: str
    lines: dict[Key, int]
    sources: tuple[str, ...]
    regions: pd.DataFrame


class Setting(NamedTuple):
    """One value as a file states it, for any place ("") or one; `at` is its key in that file."""

    layer: str
    at: Key
    lever: str
    parameter: str
    part: str
    place: str
    unit: str
    kind: str
    years: tuple[int, ...]
    values: tuple[float, ...]
    source_id: str
    reason_id: str
    reason_en: str


class Dated(NamedTuple):
    """A date of a lever (of one of its funds: `part`) as a file states it: start, ramp, end, december."""

    layer: str
    at: Key
    lever: str
    part: str
    name: str
    value: int


class Written(NamedTuple):
    """What one file says."""

    file: File
    head: Head
    settings: tuple[Setting, ...]
    dates: tuple[Dated, ...]


def problem_at(file: File, at: Key, value: object, rule: str, message: str) -> Problem:
    """A problem at a key, on the line where the key, or what holds it, stands."""
    return Problem(
        f"scenarios/{file.stem}.toml", toml.line_at(at, file.lines), ".".join(at), _short_value(value), rule, message
    )


def _short_value(value: object) -> str:
    if isinstance(value, dict):
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"


_M = TypeVar("_M", bound=BaseModel)


def as_model(model: type[_M], table: dict[str, Any], file: File, at: Key) -> tuple[_M, list[Problem]]:
    """The table as the model, without the keys that are wrong, and what is wrong with these."""
    try:
        return model.model_validate(table), []
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False)
    names = [field.alias or name for name, field in model.model_fields.items()]
    problems = []
    for error in errors:
        key = at + tuple(str(part) for part in error["loc"])
        siblings = names if len(error["loc"]) == 1 else ["id", "en"]
        value = "" if error["type"] == "missing" else error["input"]
        problems.append(problem_at(file, key, value, *_worded(error["type"], key[-1], error["input"], siblings)))
    bad = {error["loc"][0] for error in errors}
    return model.model_validate({key: below for key, below in table.items() if key not in bad}), problems


def _worded(kind: str, key: str, value: object, siblings: list[str]) -> tuple[str, str]:
    """pydantic's finding as a rule and a sentence."""
    if kind == "extra_forbidden":
        return "unknown key", there_is(key, siblings)
    if kind in ("missing", "string_pattern_mismatch"):
        return "missing text", f"write it in both languages; {key} is missing or empty"
    if kind == "finite_number":
        return "number", "a finite number was expected; where nothing is known, state a range and say why"
    if kind in ("greater_than_equal", "less_than_equal") and key != "ramp":
        return "horizon", f"scenarios hold for {HORIZON[0]} to {HORIZON[1]}; write a year within"
    if key == "ramp":
        return "ramp", f"ramp is a whole number of years, 1 (at once) to {LONGEST_RAMP}"
    if kind == "literal_error":
        return "history", 'from = "history" is the only value it takes: solved from the place\'s own figures'
    if kind == "float_type":
        plain = toml.plain_number(value.strip()) if isinstance(value, str) else ""
        return (
            "number",
            f"a number was expected; write {plain}, without quotes" if plain else "a number was expected; 8 % is 0.08",
        )
    if kind in ("too_short", "too_long"):
        return "range", "range takes two numbers, [low, high]; triangular three, [low, mode, high]"
    expected = {
        "int_type": "a year such as 2026",
        "bool_type": "true or false",
        "string_type": "text in quotes",
        "dict_type": "{ 2026 = 0.1, 2030 = 0.2 }",
        "list_type": "a list in brackets",
        "model_type": '{ id = "…", en = "…" }',
    }
    return "type", f"{expected.get(kind, 'something else')} was expected"


def there_is(name: str, names: Sequence[str]) -> str:
    near = nearest(name, names)
    return (f"did you mean {near}? " if near else "") + f"There is: {', '.join(names)}"
