r"""Scenarios read from `data/scenarios/*.toml`: assumptions and levers, checked, stacked, for one place.

A file states values. Each has a unit and a source, or says "assumption" with its reason in both languages, and is
a number, a path by year, a range (uniform), a triangular distribution, or "history" (solved from the place's own
figures). `LEVERS` below is the one place that says which levers, parameters and units there are.

**Years.** A value of a lever holds from the lever's start to its end. A path is linear between the years it names and
constant after the last; a year before its first has no value, which is an error and never the baseline.

**Layers.** With B(s) the files that s is based on, in their order, the layers of s are

    L(s) = L(b) for b in B(s), one after the other, then s itself; each file once, where it comes first

and of every value the last layer that states it wins. Each file once, because a base that two layers share would
otherwise undo what the first of them changed. Dates (start, ramp, end) are layered one by one, like values.

**Places.** Within a layer the value stated for the place comes before the value for any place; a later layer that states
a value replaces it everywhere. Places and budget of a fund are two ways to say one thing: stating one ends the other.

**Segments.** In a year a covered worker lapses (share l) and an uncovered one is enrolled (share h): h + l ≤ 1 in each
segment, with the upper ends where a range is stated.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from math import inf
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis import data
from analysis.coverage import find_place, nearest_name
from analysis.data import toml
from analysis.data.files import Problem, contents
from analysis.names import public
from analysis.projection.asked import HORIZON, reasonable
from analysis.projection.plan import FUNDS
from analysis.schema import SEGMENTS, nearest

__all__ = ["check_asked", "read_scenarios", "scenario_titles", "starting_later"]
__getattr__, __dir__ = public(__name__, {}, __all__)

FOLDER = data.FOLDER / "scenarios"
FIRST, LAST = "steady", "universal_coverage"  # where they stand among all scenarios
LONGEST_RAMP = HORIZON[1] - HORIZON[0]
MOST_LAYERS = 64  # of a stack; eight files are here, and nobody can follow more
_STEM = r"[\w-]+([ .][\w-]+)*"  # no comma: the parameter `scenarios` has them between names


class Parameter(NamedTuple):
    """What a parameter may be: its units, its limits (a share is 1 at most), its parts, whether history can give it."""

    units: tuple[str, ...]
    low: float = 0.0
    high: float = inf
    parts: tuple[str, ...] = ("",)
    history: bool = False


class Lever(NamedTuple):
    """A lever's parameters; its funds where it has some; parameters that stand for each other; whether it has dates."""

    parameters: dict[str, Parameter]
    funds: tuple[str, ...] = ("",)
    instead: tuple[str, ...] = ()
    every_part: bool = False
    dated: bool = True
    paid_place: bool = False
    limited: bool = True  # whether a capacity makes sense: who reaches people


_PEOPLE_A_YEAR = Parameter(("persons per year",))
_MONTHS = Parameter(("months per year",), 1, 12)
LEVERS: dict[str, Lever] = {
    "usual": Lever(
        {
            "enrolment": Parameter(("share of the uncovered per year",), parts=SEGMENTS, history=True),
            "lapse": Parameter(("share of the covered per year",), parts=SEGMENTS),
            "growth": Parameter(("share of the workers per year",), -0.5, 0.5, history=True),
            "moves": Parameter(("share of the wage earners per year",)),
            "keep": Parameter(("share of the covered who move",)),
            "stay": Parameter(("share of those whose paid place ends",)),
            "wage_growth": Parameter(("share of the wage per year",), -0.5, 0.5),
        },
        every_part=True,
        dated=False,
    ),
    "company_registration": Lever(
        {
            "partly": Parameter(("share of the uncovered wage earners",)),
            "partly_enrolled": Parameter(("share of them per year",)),
            "others_enrolled": Parameter(("share of them per year",)),
        }
    ),
    "company_sponsorship": Lever(
        {
            "companies": Parameter(("companies per 100,000 covered wage earners", "companies")),
            "places": Parameter(("places per company",)),
            "months": _MONTHS,
        },
        paid_place=True,
    ),
    "public_subsidy": Lever(
        {
            "places": Parameter(("persons", "share of the non-wage workers")),
            "budget": Parameter(("rupiah per year",)),
            "months": _MONTHS,
        },
        funds=FUNDS,
        instead=("places", "budget"),
        paid_place=True,
    ),
    "agency_mandate": Lever({"staff": Parameter(("persons", "share of the wage earners"))}),
    "retention": Lever({"kept": Parameter(("share of the lapse avoided",), parts=SEGMENTS)}, limited=False),
    "formalisation": Lever({"moved": Parameter(("share of the non-wage workers per year",))}, limited=False),
}
# People, companies, months and rupiah come in wholes; a fraction is a slip (1.86 for 1.86 billion).
_WHOLES = {"persons", "persons per year", "companies", "rupiah per year", "months per year"}
_KINDS = {"value": "number", "path": "path", "range": "uniform", "triangular": "triangular", "from": "history"}
_COLUMNS = [
    "scenario",
    "layer",
    "lever",
    "parameter",
    "part",
    "unit",
    "kind",
    "years",
    "values",
    "start",
    "ramp",
    "end",
    "capacity",
    "place",
    "source_id",
    "reason_id",
    "reason_en",
    "before_kind",
    "before_values",
]
_TITLES = ["scenario", "title_id", "title_en", "summary_id", "summary_en", "based_on"]

_REGION = ("province_code", "province", "also_known_as", "parent_code")  # what a place is found by

_LONGEST = 200  # characters of a value that are shown

_Key = tuple[str, ...]


class ScenarioError(ValueError):
    """Scenario files that can't be used, or a scenario or place that isn't there; the message lists everything."""


# -- what a file may hold ------------------------------------------------------------------------------------------

_Number = Annotated[float, Field(allow_inf_nan=False)]
_Text = Annotated[str, Field(pattern=r"\S")]
_Year = Annotated[int, Field(ge=HORIZON[0], le=HORIZON[1])]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Texts(_Strict):
    id: _Text
    en: _Text


class _Head(_Strict):
    title: _Texts | None = None
    summary: _Texts | None = None
    based_on: list[str] = []


class _Dates(_Strict):
    start: _Year | None = None
    ramp: Annotated[int, Field(ge=1, le=LONGEST_RAMP)] | None = None
    end: _Year | None = None


class _PaidDates(_Dates):
    december: bool | None = None


class _Stated(_Strict):
    value: _Number | None = None
    path: dict[str, _Number] | None = None
    range: Annotated[list[_Number], Field(min_length=2, max_length=2)] | None = None
    triangular: Annotated[list[_Number], Field(min_length=3, max_length=3)] | None = None
    from_: Literal["history"] | None = Field(None, alias="from")
    unit: str | None = None
    source: str | None = None
    reason: _Texts | None = None


class _File(NamedTuple):
    """A file while it is read: its stem, the line of each key, and what its values may refer to."""

    stem: str
    lines: dict[_Key, int]
    sources: tuple[str, ...]
    regions: pd.DataFrame


class _Setting(NamedTuple):
    """One value as a file states it, for any place ("") or one; `at` is its key in that file."""

    layer: str
    at: _Key
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


class _Dated(NamedTuple):
    """A date of a lever (of one of its funds: `part`) as a file states it: start, ramp, end, december."""

    layer: str
    at: _Key
    lever: str
    part: str
    name: str
    value: int


class _Written(NamedTuple):
    """What one file says."""

    file: _File
    head: _Head
    settings: tuple[_Setting, ...]
    dates: tuple[_Dated, ...]


# -- what a notebook asks ------------------------------------------------------------------------------------------


def read_scenarios(
    names: str, place: str, until: int | None = None, first: int | None = None, folder: Path = FOLDER
) -> pd.DataFrame:
    """The values in force in each scenario for one place: one row a value, with what it was in the layer below.

    `names` is "all" or stems with commas between; `place` a province (name or code) or Indonesia; `first` and `until`
    the first and last projected year. Columns: scenario, layer (the file that set the value), lever, parameter, part
    (PU, BPU, a fund or ""), unit, kind, years and values (tuples), start, ramp, end, capacity (persons a year), place
    ("" if it holds for any), source_id ("" if an assumption), reason_id, reason_en, before_kind, before_values.
    A scenario with a lever that starts after `until` would be shown as if that lever did nothing: "all" leaves it out
    (`starting_later` says so on the page), and one that is named is refused.
    Raises ScenarioError for a scenario or place that isn't there, a path that begins after the year it is needed in, and,
    with every problem, for wrong files.

    >>> rows = read_scenarios("steady, companies_register", "Lampung", until=2045, first=2025)
    >>> rows[rows["parameter"] == "partly_enrolled"][["scenario", "layer", "unit", "start"]].values.tolist()
    [['companies_register', 'companies_register', 'share of them per year', 2026]]
    """
    _years(first, until)
    written = _whole(folder, first)
    name = _place(place)
    rows: list[tuple] = []
    stacks = _stacks(written)
    for stem in _in_time(_chosen(names, list(written)), stacks, names, until):
        layers = stacks[stem]
        if folder == FOLDER:  # what is read elsewhere is no part of data/
            for layer in layers:
                data.note_read(f"scenarios/{layer.file.stem}.toml")
        rows += _rows(stem, layers, name)
    whole = {"start": "Int64", "ramp": "Int64", "end": "Int64", "capacity": "Float64"}
    return pd.DataFrame(rows, columns=_COLUMNS).astype(whole)


def scenario_titles(of: pd.DataFrame | str, folder: Path = FOLDER) -> pd.DataFrame:
    """Title and summary of scenarios in both languages, and what each is based on (a tuple of stems), in their order.

    `title` holds both languages' titles as a pair, for sentences.

    `of` is what `read_scenarios` gives, or names as it takes them. Raises ScenarioError as it does.

    >>> scenario_titles("companies_register")[["title_en", "based_on"]].values.tolist()
    [['Companies register their workers', ('steady',)]]
    """
    written = _whole(folder)
    names = of if isinstance(of, str) else ",".join(dict.fromkeys(of["scenario"]))
    heads = {stem: written[stem].head for stem in _chosen(names, list(written))}
    rows = [
        (
            stem,
            *(text for pair in (head.title, head.summary) if pair for text in (pair.id, pair.en)),
            tuple(head.based_on),
        )
        for stem, head in heads.items()
    ]
    titles = pd.DataFrame(rows, columns=_TITLES)
    return titles.assign(title=list(zip(titles["title_id"], titles["title_en"], strict=True)))


def starting_later(names: str, until: int, folder: Path = FOLDER) -> tuple[str, ...]:
    """The scenarios that `names` asks for and `read_scenarios` leaves out, as a lever of theirs starts after `until`.

    A pair for sentences, in Indonesian and English, of titles with the year of that start; () where all are shown.

    >>> starting_later("all", 2045), starting_later("steady, retention", 2025)[1]
    ((), '“Participants stay” (2026)')
    """
    written = _whole(folder)
    late = {stem: _late(layers, until) for stem, layers in _stacks(written).items()}
    said = [
        (f"“{title.id}” ({found.value})", f"“{title.en}” ({found.value})")
        for stem in _chosen(names, list(written))
        if (found := late[stem]) and (title := written[stem].head.title)
    ]
    return tuple(", ".join(texts) for texts in zip(*said, strict=True))


def check_asked(
    scenarios: str,
    period: str,
    until: int,
    draws: int,
    seed: int,
    goal: float | None = None,
    by: int | None = None,
    folder: Path = FOLDER,
) -> None:
    """Whether a page can be made of a notebook's parameters: ValueError with what is sensible, for the first that can't be.

    As `projection.asked.reasonable`, and of the scenarios: that they are there, that the usual course is among them, since all
    others are compared with it, and that no lever of one that is named starts after `until`.

    >>> check_asked("steady, retention", "2024-12", until=2025, draws=1000, seed=2024)
    Traceback (most recent call last):
    ...
    analysis.scenarios.ScenarioError: until is 2025, and retention of scenario retention starts in 2026: nobody would be reached by it; write until 2026 or later, or leave the scenario out
    """
    reasonable(period=period, until=until, draws=draws, seed=seed, goal=goal, by=by)
    written = _whole(folder)
    chosen = _in_time(_chosen(scenarios, list(written)), _stacks(written), scenarios, until)
    if FIRST not in chosen:
        raise ScenarioError(
            f"scenarios is {scenarios!r}, and all are compared with {FIRST}; write {', '.join([FIRST, *chosen])}"
        )


def check_scenarios(folder: Path = FOLDER) -> list[Problem]:
    """Every problem in all scenario files of the folder: file, line, dotted key, value, rule, what to do.

    Sources and places are those of `data/`, which must itself have passed its check.

    >>> check_scenarios()
    []
    """
    return _read(folder)[1]


def _whole(folder: Path, first: int | None = None) -> dict[str, _Written]:
    """What the files of the folder say; ScenarioError with every problem where something is wrong with them."""
    written, problems = _read(folder, first)
    if problems:
        raise ScenarioError("\n".join([_headline(problems), *map(str, problems)]))
    return written


def _in_time(chosen: list[str], stacks: dict[str, list[_Written]], names: str, until: int | None) -> list[str]:
    """The scenarios of which every lever has started by `until`.

    Of "all" the others are left out, as a file of one's own must not stop the pages of every place, which have another
    horizon (`reports.toml`) than whoever wrote the file may know of. Where one is named, or none with a lever would be
    left, there is nothing to show of what was asked for.
    """
    late = {} if until is None else {stem: found for stem in chosen if (found := _late(stacks[stem], until))}
    there = [stem for stem in chosen if stem not in late]
    if late and (names.strip() != "all" or there in ([], [FIRST])):
        stem, found = next(iter(late.items()))
        lever = ".".join(filter(None, (found.lever, found.part)))
        earliest = (
            max(one.value for one in late.values())
            if names.strip() != "all"
            else min(one.value for one in late.values())
        )
        raise ScenarioError(
            f"until is {until}, and {lever} of scenario {stem} starts in {found.value}: nobody would be reached by it; write "
            f"until {earliest} or later, or leave the scenario out"
        )
    return there


def _late(layers: list[_Written], until: int) -> _Dated | None:
    """The last start of a lever of the stack, where it is after `until`."""
    levers = {(s.lever, _fund(s)) for layer in layers for s in layer.settings if LEVERS[s.lever].dated}
    starts = [_dates_in_force(layers, *lever).get("start") for lever in sorted(levers)]
    return max((s for s in starts if s and s.value > until), key=lambda s: s.value, default=None)


def _headline(problems: list[Problem]) -> str:
    files = len({problem.file for problem in problems})
    some, of = ("s" if n != 1 else "" for n in (len(problems), files))
    return f"{len(problems)} problem{some} in {files} scenario file{of}; nothing is projected until they are mended:"


def _years(first: int | None, until: int | None) -> None:
    for name, year in (("first", first), ("until", until)):
        if year is not None and not HORIZON[0] <= year <= HORIZON[1]:
            raise ScenarioError(f"{name} is {year}; scenarios hold for {HORIZON[0]} to {HORIZON[1]}")
    if first is not None and until is not None and until < first:
        raise ScenarioError(f"until is {until}, before the first projected year {first}; choose a later year")


def _place(place: str) -> str:
    regions = data.read("regions")
    try:
        return find_place(place, regions, regions, of="scenarios")[1]
    except ValueError as unknown:
        raise ScenarioError(str(unknown)) from None


def _chosen(names: str, stems: list[str]) -> list[str]:
    """The stems that `names` asks for: all in their order, or those named in the order named."""
    if names.strip() == "all":
        return stems
    chosen = list(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    unknown = [name for name in chosen if name not in stems]
    if unknown or not chosen:
        asked = ", ".join(map(repr, unknown)) or repr(names)
        hints = [near for name in unknown if (near := nearest(name, stems))]
        meant = f"; did you mean {', '.join(hints)}?" if hints else "."
        raise ScenarioError(f"there is no scenario {asked}{meant} There is: {', '.join(stems)}, or all")
    return chosen


def _rows(stem: str, layers: list[_Written], place: str) -> Iterator[tuple]:
    """A scenario's rows of the frame, in the order of `LEVERS`."""
    chains = _in_force(layers, place)
    groups = dict.fromkeys((lever, fund) for lever, spec in LEVERS.items() for fund in spec.funds)
    for lever, fund in groups:
        dates = _dates_in_force(layers, lever, fund)
        mine = [key for key in _keys(lever, fund) if key in chains]
        capacity = chains.get((lever, "capacity", fund))
        for key in mine:
            setting, before = chains[key][-1], chains[key][-2:-1]
            start, end = (dates[name].value if name in dates else pd.NA for name in ("start", "end"))
            ramp = (dates["ramp"].value if "ramp" in dates else 1) if LEVERS[lever].dated else pd.NA
            yield (
                stem,
                setting.layer,
                *key,
                setting.unit,
                setting.kind,
                setting.years,
                setting.values,
                start,
                ramp,
                end,
                capacity[-1].values[0] if capacity else pd.NA,
                setting.place,
                setting.source_id,
                setting.reason_id,
                setting.reason_en,
                before[0].kind if before else "",
                before[0].values if before else (),
            )
        if mine and "december" in dates:
            december = dates["december"]
            yield (
                stem,
                december.layer,
                lever,
                "december",
                fund,
                "",
                "number",
                (),
                (float(december.value),),
                start,
                ramp,
                end,
                pd.NA,
                "",
                "",
                "",
                "",
                "",
                (),
            )


def _keys(lever: str, fund: str) -> list[_Key]:
    """The keys (lever, parameter, part) that a lever, or one fund of it, may have."""
    spec = LEVERS[lever]
    keys: list[_Key] = [(lever, name, part or fund) for name, known in spec.parameters.items() for part in known.parts]
    return [*keys, (lever, "capacity", fund)] if spec.dated and spec.limited else keys


# -- layers --------------------------------------------------------------------------------------------------------


def _stacks(written: dict[str, _Written]) -> dict[str, list[_Written]]:
    """L(s) of the module's docstring for every file. There must be no loop.

    The lowest files first, so that each stack is put together once, from stacks that are there: on a ladder where each
    file names two, going down from every file anew doubles the work with every step. Of a stack that is too high
    (`_wrong_layers` says so) only the upper layers.
    """
    based_on = _based_on(written)
    stacks: dict[str, list[_Written]] = {}
    for stem in TopologicalSorter(based_on).static_order():
        below = [layer.file.stem for base in based_on[stem] for layer in stacks[base]]
        stacks[stem] = [written[name] for name in dict.fromkeys([*below, stem])][-MOST_LAYERS - 1 :]
    return stacks


def _based_on(written: dict[str, _Written]) -> dict[str, list[str]]:
    """The files that each is based on, as far as they are there."""
    return {stem: [base for base in one.head.based_on if base in written] for stem, one in written.items()}


def _in_force(layers: Sequence[_Written], place: str) -> dict[_Key, list[_Setting]]:
    """For each key (lever, parameter, part) what the layers state for the place ("" is any), the value in force last."""
    chains: dict[_Key, list[_Setting]] = {}
    for layer in layers:
        own: dict[_Key, _Setting] = {}
        for setting in layer.settings:
            key: _Key = (setting.lever, setting.parameter, setting.part)
            if setting.place in ("", place) and (key not in own or setting.place):
                own[key] = setting
        for key, setting in own.items():
            rival = _rival(key)
            if rival in own and own[rival].place and not setting.place:
                continue
            chains.pop(rival, None)
            chains.setdefault(key, []).append(setting)
    return chains


def _rival(key: _Key) -> _Key:
    """The key that says the same thing in another way: the budget of a fund for its places, and the other way round."""
    lever, parameter, part = key
    others = [name for name in LEVERS[lever].instead if name != parameter]
    return (lever, others[0], part) if parameter in LEVERS[lever].instead else ()


def _dates_in_force(layers: Sequence[_Written], lever: str, fund: str) -> dict[str, _Dated]:
    """The last date of each name that the layers state for a lever; within a layer the fund's own comes after."""
    found: dict[str, _Dated] = {}
    for layer in layers:
        mine = [dated for dated in layer.dates if dated.lever == lever and dated.part in ("", fund)]
        found |= {dated.name: dated for dated in sorted(mine, key=lambda dated: dated.part != "")}
    return found


# -- reading the files ---------------------------------------------------------------------------------------------


def _read(folder: Path, first: int | None = None) -> tuple[dict[str, _Written], list[Problem]]:
    """Every file of the folder by stem, in the order of "all", and every problem in them."""
    tables = folder.parent if (folder.parent / "datapackage.json").is_file() else data.FOLDER
    sources = tuple(data.read("sources", tables)["source_id"])
    regions = data.read("regions", tables)
    names = sorted(name for name in _names_in(folder) if name.endswith(".toml") and not name.startswith("."))
    if not names:
        raise ScenarioError(f"there are no scenario files (*.toml) in {folder.name}/; write one there")
    stems = sorted((name.removesuffix(".toml") for name in names), key=lambda s: (s == LAST, s != FIRST, s))
    files = tuple((_readable(stem), *contents(folder / f"{stem}.toml", toml.MOST_BYTES)) for stem in stems)
    places = tuple(regions[list(_REGION)].itertuples(index=False, name=None))
    written, problems = _understood(files, sources, places, first)
    return dict(written), list(problems)


def _names_in(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except OSError as error:
        raise ScenarioError(f"{folder.name}/ can't be read ({error.strerror}); scenarios are files in it") from None


def _readable(stem: str) -> str:
    """A name as it can be printed: with escapes for bytes that aren't UTF-8."""
    return stem.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


@lru_cache(maxsize=8)  # a page asks for the same files several times, and checking them takes longest
def _understood(
    files: tuple[tuple[str, bytes, tuple[str, str] | None], ...],
    sources: tuple[str, ...],
    places: tuple[tuple[str, ...], ...],
    first: int | None,
) -> tuple[dict[str, _Written], list[Problem]]:
    """What files (stem, content, and what is in the way of reading it) say, and what is wrong in them, beside these
    sources and places."""
    regions = pd.DataFrame(places, columns=list(_REGION))
    written: dict[str, _Written] = {}
    problems: list[Problem] = []
    for stem, raw, unread in files:
        said = toml.understood(raw) if unread is None else toml.Toml({}, {}, toml.Finding(1, (), *unread))
        file = _File(stem, said.lines, sources, regions)
        problems += _wrong_name(file)
        if said.finding is None:
            written[stem], wrong = _taken(file, said.table)
            problems += wrong
        else:
            written[stem] = _Written(file, _Head(), (), ())
            line, at, rule, message = said.finding
            problems.append(Problem(f"scenarios/{stem}.toml", line, ".".join(at), "", rule, message))
    problems += _wrong_layers(written)
    if not any(problem.rule in ("loop", "too many layers") for problem in problems):
        problems += _wrong_stacks(written, {problem.file for problem in problems}, first)
    return written, problems


def _wrong_name(file: _File) -> list[Problem]:
    if file.stem != "all" and re.fullmatch(_STEM, file.stem):
        return []
    message = "a scenario is asked for by its file's name: write letters, digits, _ and -, and not all"
    return [Problem(f"scenarios/{file.stem}.toml", 1, "", "", "file name", message)]


def _problem(file: _File, at: _Key, value: object, rule: str, message: str) -> Problem:
    """A problem at a key, on the line where the key, or what holds it, stands."""
    return Problem(
        f"scenarios/{file.stem}.toml", toml.line_at(at, file.lines), ".".join(at), _shown(value), rule, message
    )


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"


# -- one file ------------------------------------------------------------------------------------------------------

_Item = _Setting | _Dated | Problem


def _taken(file: _File, table: dict[str, Any]) -> tuple[_Written, list[Problem]]:
    """What a file says, and what is wrong with it by itself."""
    top = {key: below for key, below in table.items() if key in _Head.model_fields}
    head, problems = _checked(_Head, top, file, ())
    for name in ("title", "summary"):
        if name not in table:
            message = f'write [{name}] with id = "…" and en = "…"'
            problems.append(_problem(file, (name,), "", f"missing {name}", message))
    items: list[_Item] = []
    for name, below in table.items():
        if name not in top:
            items += _lever(file, name, below)
    settings = tuple(item for item in items if isinstance(item, _Setting))
    dates = tuple(item for item in items if isinstance(item, _Dated))
    problems += [item for item in items if isinstance(item, Problem)]
    return _Written(file, head, settings, dates), problems


_M = TypeVar("_M", bound=BaseModel)
_S = TypeVar("_S", _Setting, _Dated)


def _checked(model: type[_M], table: dict[str, Any], file: _File, at: _Key) -> tuple[_M, list[Problem]]:
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
        problems.append(_problem(file, key, value, *_in_words(error["type"], key[-1], error["input"], siblings)))
    bad = {error["loc"][0] for error in errors}
    return model.model_validate({key: below for key, below in table.items() if key not in bad}), problems


def _in_words(kind: str, key: str, value: object, siblings: list[str]) -> tuple[str, str]:
    """pydantic's finding as a rule and a sentence."""
    if kind == "extra_forbidden":
        return "unknown key", _unknown(key, siblings)
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


def _unknown(name: str, names: Sequence[str]) -> str:
    near = nearest(name, names)
    return (f"did you mean {near}? " if near else "") + f"There is: {', '.join(names)}"


def _lever(file: _File, name: str, table: object) -> Iterator[_Item]:
    """What a file says of a lever, fund by fund where it has funds."""
    if name not in LEVERS:
        yield _problem(file, (name,), name, "unknown lever", _unknown(name, [*LEVERS, *_Head.model_fields]))
    elif not isinstance(table, dict):
        yield _problem(file, (name,), table, "type", f"{name} is a lever: write a table [{name}.…]")
    elif LEVERS[name].funds == ("",):
        yield from _group(file, (name,), name, "", table)
    else:
        dates = {key: below for key, below in table.items() if key not in LEVERS[name].funds}
        yield from _dates(file, (name,), name, "", dates, LEVERS[name].funds)
        for fund in (fund for fund in LEVERS[name].funds if fund in table):
            if isinstance(table[fund], dict):
                yield from _group(file, (name, fund), name, fund, table[fund])
            else:
                message = f"write tables such as [{name}.{fund}.{next(iter(LEVERS[name].parameters))}]"
                yield _problem(file, (name, fund), table[fund], "type", message)


def _group(file: _File, at: _Key, lever: str, fund: str, table: dict[str, Any]) -> Iterator[_Item]:
    """The parameters and dates of a lever, or of one of its funds."""
    known = LEVERS[lever].parameters | (
        {"capacity": _PEOPLE_A_YEAR} if LEVERS[lever].dated and LEVERS[lever].limited else {}
    )
    yield from _dates(file, at, lever, fund, {k: v for k, v in table.items() if k not in known}, tuple(known))
    for name in (name for name in table if name in known):
        parts = known[name].parts
        if parts == ("",):
            yield from _leaf(file, (*at, name), known[name], (lever, name, fund), table[name])
            continue
        below = table[name] if isinstance(table[name], dict) else {}
        for part in below:
            if part in parts:
                yield from _leaf(file, (*at, name, part), known[name], (lever, name, part), below[part])
            else:
                yield _problem(file, (*at, name, part), part, "unknown part", _unknown(part, parts))
        if not below:
            message = f"state it by segment: [{'.'.join((*at, name, parts[0]))}] and so on"
            yield _problem(file, (*at, name), table[name], "type", message)


def _dates(
    file: _File, at: _Key, lever: str, fund: str, table: dict[str, Any], others: Sequence[str]
) -> Iterator[_Item]:
    """A lever's dates; any other key that is left is unknown."""
    spec = LEVERS[lever]
    model = (_PaidDates if spec.paid_place else _Dates) if spec.dated else None
    names = tuple(model.model_fields) if model else ()
    for key in (key for key in table if key not in names):
        rule = "unknown fund" if others == spec.funds else "unknown parameter"
        yield _problem(file, (*at, key), key, rule, _unknown(key, [*others, *names]))
    if model:
        dates, problems = _checked(model, {k: v for k, v in table.items() if k in names}, file, at)
        yield from problems
        for name, value in dates.model_dump(exclude_none=True).items():
            yield _Dated(file.stem, (*at, name), lever, fund, name, int(value))


# -- one value -----------------------------------------------------------------------------------------------------


def _leaf(file: _File, at: _Key, spec: Parameter, key: _Key, table: object) -> Iterator[_Item]:
    """The value for any place, and those for one place each."""
    if not isinstance(table, dict):
        message = f"a value needs its unit and source: write [{'.'.join(at)}] with value, unit and source"
        yield _problem(file, at, table, "type", message)
        return
    places = table.get("place", {})
    general = {name: below for name, below in table.items() if name != "place"}
    if general or not places:
        yield from _value(file, at, spec, key, "", general)
    if not isinstance(places, dict):
        message = f"write a table for each place: [{'.'.join(at)}.place.Lampung]"
        yield _problem(file, (*at, "place"), places, "type", message)
        return
    seen: dict[str, str] = {}
    for name, below in places.items():
        here = (*at, "place", name)
        try:
            place = find_place(name, file.regions, file.regions, of="scenarios")[1]
        except ValueError:
            near = nearest_name(name, file.regions)
            message = f"there is no such province{f'; did you mean {near}?' if near else '.'} Write a name or code of data/regions.csv"
            yield _problem(file, here, name, "unknown place", message)
            continue
        if place in seen:
            message = f"{place} has a value already, under {seen[place]!r}; keep one of them"
            yield _problem(file, here, name, "duplicate key", message)
        elif not isinstance(below, dict):
            message = f"write [{'.'.join(here)}] with value, unit and source"
            yield _problem(file, here, below, "type", message)
        else:
            yield from _value(file, here, spec, key, place, below)
        seen.setdefault(place, name)


def _value(file: _File, at: _Key, spec: Parameter, key: _Key, place: str, table: dict[str, Any]) -> Iterator[_Item]:
    """One value with unit and source; only a value with nothing wrong is handed on."""
    stated, problems = _checked(_Stated, table, file, at)
    given = [name for name in _KINDS if name in table]
    if len(given) != 1:
        said = f"{' and '.join(given)} stand together" if given else "none stands here"
        problems.append(_problem(file, at, "", "one value", f"state one of {', '.join(_KINDS)}; {said}"))
    problems += _wrong_unit(file, at, spec, table)
    problems += _wrong_source(file, at, stated, table)
    if "from" in given and not spec.history:
        message = "history can't give this value; state a value or a range"
        problems.append(_problem(file, (*at, "from"), table["from"], "history", message))
    if key[1] == "capacity" and given and given != ["value"]:
        problems.append(_problem(file, at, "", "one value", "a capacity is a single number: write value = …"))
    unit = stated.unit if stated.unit in spec.units else spec.units[0] if len(spec.units) == 1 else ""
    for where, number in _numbers(stated):
        if unit and (message := _outside(number, unit, spec)):
            problems.append(_problem(file, at + where, f"{number:g}", "limits", message))
    problems += _wrong_shape(file, at, stated)
    if problems:
        yield from problems
        return
    lever, parameter, part = key
    years, values = _series(stated)
    source = "" if stated.source in (None, "assumption") else str(stated.source)
    reason = (stated.reason.id, stated.reason.en) if stated.reason else ("", "")
    yield _Setting(file.stem, at, lever, parameter, part, place, unit, _KINDS[given[0]], years, values, source, *reason)


def _numbers(stated: _Stated) -> Iterator[tuple[_Key, float]]:
    """Every number of a value, and the key it stands at below the value's own."""
    if stated.value is not None:
        yield ("value",), stated.value
    for year, number in (stated.path or {}).items():
        yield ("path", year), number
    for name, several in (("range", stated.range), ("triangular", stated.triangular)):
        for number in several or []:
            yield (name,), number


def _series(stated: _Stated) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Years and values as the frame has them."""
    if stated.path is not None:
        pairs = sorted((int(year), float(number)) for year, number in stated.path.items())
        return tuple(year for year, _ in pairs), tuple(number for _, number in pairs)
    return (), tuple(float(number) for _, number in _numbers(stated))


def _outside(number: float, unit: str, spec: Parameter) -> str:
    """What is wrong with a number in a unit; "" if nothing."""
    share = unit.startswith("share")
    high = min(spec.high, 1) if share else spec.high
    if not spec.low <= number <= high:
        limits = f"{spec.low:g} to {high:g}" if high < inf else f"{spec.low:g} or more"
        meant = f": write {number / 100:g} for {number:g} %" if share and 1 < abs(number) <= 100 else ""
        return f"{unit} is {limits}{meant}"
    if unit in _WHOLES and number != int(number):
        return f"{unit} come in wholes; write the number in full, without a scale word"
    return ""


def _wrong_unit(file: _File, at: _Key, spec: Parameter, table: dict[str, Any]) -> Iterator[Problem]:
    allowed = " or ".join(f'"{unit}"' for unit in spec.units)
    if "unit" not in table:
        yield _problem(file, (*at, "unit"), "", "missing unit", f"write unit = {allowed}")
    elif isinstance(table["unit"], str) and table["unit"] not in spec.units:
        yield _problem(file, (*at, "unit"), table["unit"], "unit", f"the unit here is {allowed}")


def _wrong_source(file: _File, at: _Key, stated: _Stated, table: dict[str, Any]) -> Iterator[Problem]:
    if "source" not in table and stated.from_ is None:
        message = 'write a source_id of data/sources.csv, or source = "assumption" with a reason'
        yield _problem(file, (*at, "source"), "", "missing source", message)
    source = stated.source
    if source == "assumption" and "reason" not in table:
        message = 'an assumption says why: reason = { id = "…", en = "…" }'
        yield _problem(file, (*at, "reason"), "", "missing reason", message)
    elif source is not None and source != "assumption" and source not in file.sources:
        near = nearest(source, [*file.sources, "assumption"])
        meant = f"did you mean {near}? " if near else ""
        message = f"data/sources.csv has no such source_id; {meant}Add the source there first"
        yield _problem(file, (*at, "source"), source, "unknown source", message)


def _wrong_shape(file: _File, at: _Key, stated: _Stated) -> Iterator[Problem]:
    """A range whose low is above its high, a mode outside, a path without years or with keys that are none."""
    low_high = stated.range or (stated.triangular or [])[::2]
    if low_high and low_high[0] > low_high[1]:
        name = "range" if stated.range else "triangular"
        message = f"low {low_high[0]:g} is above high {low_high[1]:g}; write the lower number first"
        yield _problem(file, (*at, name), stated.range or stated.triangular, "range", message)
    elif stated.triangular and not low_high[0] <= stated.triangular[1] <= low_high[1]:
        message = f"the mode {stated.triangular[1]:g} is outside {low_high[0]:g} to {low_high[1]:g}; the order is [low, mode, high]"
        yield _problem(file, (*at, "triangular"), stated.triangular, "range", message)
    if stated.path == {}:
        yield _problem(file, (*at, "path"), "", "one value", "a path names years: { 2026 = 0.1, 2030 = 0.2 }")
    for year in stated.path or {}:
        if not re.fullmatch("[0-9]{4}", year):
            yield _problem(file, (*at, "path", year), year, "year", "a path's keys are years such as 2026")
        elif not HORIZON[0] <= int(year) <= HORIZON[1]:
            message = f"scenarios hold for {HORIZON[0]} to {HORIZON[1]}; write a year within"
            yield _problem(file, (*at, "path", year), year, "horizon", message)


# -- what files say together ---------------------------------------------------------------------------------------


def _wrong_layers(written: dict[str, _Written]) -> Iterator[Problem]:
    """Bases that aren't there, and stacks that loop."""
    for one in written.values():
        for below in one.head.based_on:
            if below not in written:
                message = f"there is no scenarios/{below}.toml; {_unknown(below, list(written))}"
                yield _problem(one.file, ("based_on",), below, "unknown base", message)
    below_of = _based_on(written)
    loops = 0
    while loop := _loop(below_of):
        loops += 1
        told = " → ".join([*loop, loop[0]] if len(loop) < 10 else [*loop[:4], "…", loop[-1], loop[0]])
        message = f"the files are based on each other in a loop: {told}; take one of them out of based_on"
        yield _problem(written[loop[0]].file, ("based_on",), ", ".join(below_of[loop[0]]), "loop", message)
        below_of[loop[0]] = []
    if not loops:
        yield from _too_high(written, below_of)


def _too_high(written: dict[str, _Written], below_of: dict[str, list[str]]) -> Iterator[Problem]:
    """The files with which a stack comes to have more layers than it may."""
    high = {stem for stem, layers in _stacks(written).items() if len(layers) > MOST_LAYERS}
    for stem in (stem for stem in written if stem in high and not high & {*below_of[stem]}):
        message = f"the file and all it is based on are more than {MOST_LAYERS} layers; base it on fewer"
        yield _problem(written[stem].file, ("based_on",), "", "too many layers", message)


def _loop(below_of: dict[str, list[str]]) -> list[str]:
    """A loop, each based on the next, from the first in name order; [] where there is none."""
    try:
        TopologicalSorter(below_of).prepare()
    except CycleError as error:
        loop = error.args[1][:0:-1]
        at = loop.index(min(loop))
        return loop[at:] + loop[:at]
    return []


def _wrong_stacks(written: dict[str, _Written], bad: set[str], first: int | None) -> list[Problem]:
    """What is wrong only once layers are put together, each finding once.

    In a stack that holds a file with problems (`bad`) nothing is called missing: it may be what couldn't be read.
    """
    found: list[Problem] = []
    missing: dict[str, list[Problem]] = {}
    stacks = _stacks(written)
    for stem, layers in ((stem, stacks[stem]) for stem in written):
        whole = not bad & {f"scenarios/{layer.file.stem}.toml" for layer in layers}
        missing[stem] = []
        for place in dict.fromkeys(["", *(s.place for layer in layers for s in layer.settings)]):
            force = {key: chain[-1] for key, chain in _in_force(layers, place).items()}
            found += _too_much(layers, force, place)
            missing[stem] += _missing(layers[-1], force, place) if whole else []
        found += _wrong_dates(layers, first, whole)
        found += _both_ways(layers[-1])
    for stem, problems in missing.items():
        below = {p.column for layer in stacks[stem][:-1] for p in missing[layer.file.stem]}
        found += [problem for problem in problems if problem.column not in below]
    return list({(p.file, p.column, p.rule): p for p in reversed(found)}.values())[::-1]


def _both_ways(layer: _Written) -> Iterator[Problem]:
    stated = {(s.lever, s.parameter, s.part, s.place): s for s in layer.settings}
    for (lever, parameter, fund, place), setting in stated.items():
        one, *others = LEVERS[lever].instead or ("",)
        if parameter == one and any((lever, other, fund, place) in stated for other in others):
            message = f"{' and '.join([one, *others])} of one fund say the same thing twice; keep one of them"
            yield _problem(layer.file, setting.at, "", "places and budget", message)


def _too_much(layers: list[_Written], force: dict[_Key, _Setting], place: str) -> Iterator[Problem]:
    """h + l above 1 in a segment, at the upper ends of what is stated; history keeps within by itself."""
    for segment in SEGMENTS:
        h, l = (force.get(("usual", name, segment)) for name in ("enrolment", "lapse"))  # noqa: E741
        if h is None or l is None or h.kind == "history":
            continue
        years = sorted({*h.years, *l.years}) or [HORIZON[0]]  # between two of them both are linear
        sums = [(_highest(h, year) + _highest(l, year), year) for year in years]
        most, year = max(sums, key=lambda pair: (pair[0], -pair[1]))
        if most > 1 + 1e-12:
            top = _later(layers, h, l)
            where = f" in {place}" if place else ""
            message = (
                f"usual.enrolment.{segment} ({_highest(h, year):g}) and usual.lapse.{segment} ({_highest(l, year):g}) "
                f"add up to {most:g}{where}; together they are 1 at most, so lower one of them"
            )
            yield _problem(_file_of(layers, top), top.at, "", "h + l", message)


def _later(layers: list[_Written], one: _S, other: _S) -> _S:
    """The one that the later layer states; the first if it is one layer."""
    stems = [layer.file.stem for layer in layers]
    return max(one, other, key=lambda stated: stems.index(stated.layer))


def _file_of(layers: list[_Written], stated: _Setting | _Dated) -> _File:
    return next(layer.file for layer in layers if layer.file.stem == stated.layer)


def _highest(setting: _Setting, year: int) -> float:
    """The value in a year, the upper end where a range is stated; 0 before a path's first year."""
    if setting.kind == "path":
        return float(np.interp(year, setting.years, setting.values, left=0.0))
    return setting.values[-1]


def _missing(top: _Written, force: dict[_Key, _Setting], place: str) -> Iterator[Problem]:
    """Values without which a lever says nothing; of the usual course everything is needed."""
    where = f" for {place}" if place else ""
    for lever, spec in LEVERS.items():
        for fund in spec.funds:
            stated = {key for key in _keys(lever, fund) if key in force and key[1] != "capacity"}
            if not stated and (lever != "usual" or place):
                continue
            for name, parameter in spec.parameters.items():
                names = spec.instead if name in spec.instead else (name,)
                there = [k for k in stated if k[1] in names]
                lacking = [p for p in parameter.parts if (lever, name, p or fund) not in stated]
                if name == names[0] and (not there or (spec.every_part and lacking)):
                    at = tuple(part for part in (lever, fund, name, lacking[0]) if part)
                    base = 'write it, or based_on = ["steady"]' if lever == "usual" else "write it"
                    message = f"{top.file.stem} states {lever} and not {' or '.join(names)}{where}; {base}"
                    yield _problem(top.file, at, "", "missing value", message)


def _wrong_dates(layers: list[_Written], first: int | None, whole: bool) -> Iterator[Problem]:
    """Dates of a lever that don't fit each other, its values or, where it is given, the first projected year."""
    settings = [setting for layer in layers for setting in layer.settings]
    for lever, fund in dict.fromkeys((s.lever, _fund(s)) for s in settings if LEVERS[s.lever].dated):
        start, end = (_dates_in_force(layers, lever, fund).get(name) for name in ("start", "end"))
        if start is None and whole:
            stated = next(s for s in settings if (s.lever, _fund(s)) == (lever, fund))
            at = tuple(part for part in (lever, fund, "start") if part)
            message = "a lever says in which year it starts: write start = 2026"
            yield _problem(_file_of(layers, stated), at, "", "missing start", message)
        if start and end and end.value < start.value:
            message = f"the lever ends in {end.value}, before its start in {start.value}; an end is its last year"
            later = _later(layers, end, start)
            yield _problem(_file_of(layers, later), later.at, later.value, "end before start", message)
    for dated in (dated for layer in layers for dated in layer.dates if whole):
        if not any(s.lever == dated.lever and dated.part in ("", s.part) for s in settings):
            message = "these dates have no values to go with; state the lever's values or take the dates out"
            yield _problem(_file_of(layers, dated), dated.at, dated.value, "missing value", message)
    for s in settings:
        start = _dates_in_force(layers, s.lever, _fund(s)).get("start")
        since = max([year for year in (first, start.value if start else None) if year], default=HORIZON[1])
        if s.years and s.years[0] > since:
            message = f"the path begins in {s.years[0]} and is needed from {since}; add {since} to it"
            yield _problem(_file_of(layers, s), (*s.at, "path"), s.years[0], "path starts late", message)


def _fund(setting: _Setting) -> str:
    return setting.part if setting.part in LEVERS[setting.lever].funds else ""
