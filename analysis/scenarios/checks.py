"""All scenario files of a folder, read and checked: each by itself, then what they say together.

**Segments.** In a year a covered worker lapses (share l) and an uncovered one is enrolled (share h): h + l ≤ 1 in each
segment, with the upper ends where a range is stated. Where enrolment is taken from history it is net: moves and the keeping of cover
beside it would count an exit twice, and lapse says only how many there are whom retention may keep. So a file that lowers lapse
instead of pulling retention is refused: it would change nothing.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from analysis import data
from analysis.data import toml
from analysis.data.files import Problem, contents
from analysis.projection.asked import HORIZON
from analysis.projection.plan import INSTEAD
from analysis.scenarios.file import read_table
from analysis.scenarios.form import Dated, File, Head, Setting, Written, problem_at, there_is
from analysis.scenarios.layers import MOST_LAYERS, bases_of, dates_in_force, fund_of, in_force, stacks_of
from analysis.scenarios.levers import LEVERS, Key, keys_of
from analysis.schema import SEGMENTS

FOLDER = data.FOLDER / "scenarios"
FIRST, LAST = "steady", "universal_coverage"  # where they stand among all scenarios
_STEM = r"[\w-]+([ .][\w-]+)*"  # no comma: the parameter `scenarios` has them between names
_REGION = ("province_code", "province", "also_known_as", "parent_code")  # what a place is found by


class ScenarioError(ValueError):
    """Scenario files that can't be used, or a scenario or place that isn't there; the message lists everything."""


def check_scenarios(folder: Path = FOLDER) -> list[Problem]:
    """Every problem in all scenario files of the folder: file, line, dotted key, value, rule, what to do.

    Sources and places are those of `data/`, which must itself have passed its check.

    >>> check_scenarios()
    []
    """
    return _files_read(folder)[1]


def checked_files(folder: Path, first: int | None = None) -> dict[str, Written]:
    """What the files of the folder say; ScenarioError with every problem where something is wrong with them."""
    written, problems = _files_read(folder, first)
    if problems:
        raise ScenarioError("\n".join([_headline(problems), *map(str, problems)]))
    return written


def _headline(problems: list[Problem]) -> str:
    files = len({problem.file for problem in problems})
    some, of = ("s" if n != 1 else "" for n in (len(problems), files))
    return f"{len(problems)} problem{some} in {files} scenario file{of}; nothing is projected until they are mended:"


def _files_read(folder: Path, first: int | None = None) -> tuple[dict[str, Written], list[Problem]]:
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
) -> tuple[dict[str, Written], list[Problem]]:
    """What files (stem, content, and what is in the way of reading it) say, and what is wrong in them, beside these
    sources and places."""
    regions = pd.DataFrame(places, columns=list(_REGION))
    written: dict[str, Written] = {}
    problems: list[Problem] = []
    for stem, raw, unread in files:
        said = toml.understood(raw) if unread is None else toml.Toml({}, {}, toml.Finding(1, (), *unread))
        file = File(stem, said.lines, sources, regions)
        problems += _wrong_name(file)
        if said.finding is None:
            written[stem], wrong = read_table(file, said.table)
            problems += wrong
        else:
            written[stem] = Written(file, Head(), (), ())
            line, at, rule, message = said.finding
            problems.append(Problem(f"scenarios/{stem}.toml", line, ".".join(at), "", rule, message))
    problems += _wrong_layers(written)
    if not any(problem.rule in ("loop", "too many layers") for problem in problems):
        problems += _wrong_stacks(written, {problem.file for problem in problems}, first)
    return written, problems


def _wrong_name(file: File) -> list[Problem]:
    if file.stem != "all" and re.fullmatch(_STEM, file.stem):
        return []
    message = "a scenario is asked for by its file's name: write letters, digits, _ and -, and not all"
    return [Problem(f"scenarios/{file.stem}.toml", 1, "", "", "file name", message)]


_S = TypeVar("_S", Setting, Dated)


def _wrong_layers(written: dict[str, Written]) -> Iterator[Problem]:
    """Bases that aren't there, and stacks that loop."""
    for one in written.values():
        for below in one.head.based_on:
            if below not in written:
                message = f"there is no scenarios/{below}.toml; {there_is(below, list(written))}"
                yield problem_at(one.file, ("based_on",), below, "unknown base", message)
    below_of = bases_of(written)
    loops = 0
    while loop := _loop(below_of):
        loops += 1
        told = " → ".join([*loop, loop[0]] if len(loop) < 10 else [*loop[:4], "…", loop[-1], loop[0]])
        message = f"the files are based on each other in a loop: {told}; take one of them out of based_on"
        yield problem_at(written[loop[0]].file, ("based_on",), ", ".join(below_of[loop[0]]), "loop", message)
        below_of[loop[0]] = []
    if not loops:
        yield from _too_high(written, below_of)


def _too_high(written: dict[str, Written], below_of: dict[str, list[str]]) -> Iterator[Problem]:
    """The files with which a stack comes to have more layers than it may."""
    high = {stem for stem, layers in stacks_of(written).items() if len(layers) > MOST_LAYERS}
    for stem in (stem for stem in written if stem in high and not high & {*below_of[stem]}):
        message = f"the file and all it is based on are more than {MOST_LAYERS} layers; base it on fewer"
        yield problem_at(written[stem].file, ("based_on",), "", "too many layers", message)


def _loop(below_of: dict[str, list[str]]) -> list[str]:
    """A loop, each based on the next, from the first in name order; [] where there is none."""
    try:
        TopologicalSorter(below_of).prepare()
    except CycleError as error:
        loop = error.args[1][:0:-1]
        at = loop.index(min(loop))
        return loop[at:] + loop[:at]
    return []


def _wrong_stacks(written: dict[str, Written], bad: set[str], first: int | None) -> list[Problem]:
    """What is wrong only once layers are put together, each finding once.

    In a stack that holds a file with problems (`bad`) nothing is called missing: it may be what couldn't be read.
    """
    found: list[Problem] = []
    missing: dict[str, list[Problem]] = {}
    stacks = stacks_of(written)
    for stem, layers in ((stem, stacks[stem]) for stem in written):
        whole = not bad & {f"scenarios/{layer.file.stem}.toml" for layer in layers}
        missing[stem] = []
        for place in dict.fromkeys(["", *(s.place for layer in layers for s in layer.settings)]):
            force = {key: chain[-1] for key, chain in in_force(layers, place).items()}
            found += _too_much(layers, force, place)
            found += _twice(layers, force)
            missing[stem] += _missing(layers[-1], force, place) if whole else []
        found += _wrong_dates(layers, first, whole)
        found += _both_ways(layers[-1])
    for stem, problems in missing.items():
        below = {p.column for layer in stacks[stem][:-1] for p in missing[layer.file.stem]}
        found += [problem for problem in problems if problem.column not in below]
    return list({(p.file, p.column, p.rule): p for p in reversed(found)}.values())[::-1]


def _both_ways(layer: Written) -> Iterator[Problem]:
    stated = {(s.lever, s.parameter, s.part, s.place): s for s in layer.settings}
    for (lever, parameter, fund, place), setting in stated.items():
        one, *others = LEVERS[lever].instead or ("",)
        if parameter == one and any((lever, other, fund, place) in stated for other in others):
            message = f"{' and '.join([one, *others])} of one fund say the same thing twice; keep one of them"
            yield problem_at(layer.file, setting.at, "", "seats and budget", message)


def _too_much(layers: list[Written], force: dict[Key, Setting], place: str) -> Iterator[Problem]:
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
            yield problem_at(_file_of(layers, top), top.at, "", "h + l", message)


def _twice(layers: list[Written], force: dict[Key, Setting]) -> Iterator[Problem]:
    """Flows that enrolment from history, which is net, holds already: moves, and a lapse changed by a file above it."""
    net = {s: h for s in SEGMENTS if (h := force.get(("usual", "enrolment", s))) is not None and h.kind == "history"}
    for (lever, parameter, part), stated in force.items():
        if lever != "usual" or parameter not in INSTEAD or not (part in net or (net and not part)):
            continue
        if parameter != "lapse" or stated.layer != net[part].layer:
            message = (
                f"enrolment is taken from history, which is net: whoever stops or moves is in it already. {INSTEAD[parameter]}, or "
                "state enrolment, too"
            )
            yield problem_at(_file_of(layers, stated), stated.at, "", "counted twice", message)


def _later(layers: list[Written], one: _S, other: _S) -> _S:
    """The one that the later layer states; the first if it is one layer."""
    stems = [layer.file.stem for layer in layers]
    return max(one, other, key=lambda stated: stems.index(stated.layer))


def _file_of(layers: list[Written], stated: Setting | Dated) -> File:
    return next(layer.file for layer in layers if layer.file.stem == stated.layer)


def _highest(setting: Setting, year: int) -> float:
    """The value in a year, the upper end where a range is stated; 0 before a path's first year."""
    if setting.kind == "path":
        return float(np.interp(year, setting.years, setting.values, left=0.0))
    return setting.values[-1]


def _missing(top: Written, force: dict[Key, Setting], place: str) -> Iterator[Problem]:
    """Values without which a lever says nothing; of the usual course everything is needed."""
    where = f" for {place}" if place else ""
    for lever, spec in LEVERS.items():
        for fund in spec.funds:
            stated = {key for key in keys_of(lever, fund) if key in force and key[1] != "capacity"}
            if not stated and (lever != "usual" or place):
                continue
            for name, parameter in spec.parameters.items():
                names = spec.instead if name in spec.instead else (name,)
                there = [k for k in stated if k[1] in names]
                lacking = [p for p in parameter.parts if (lever, name, p or fund) not in stated]
                if parameter.optional:
                    continue
                if name == names[0] and (not there or (lacking and not spec.dated)):
                    at = tuple(part for part in (lever, fund, name, lacking[0]) if part)
                    base = 'write it, or based_on = ["steady"]' if lever == "usual" else "write it"
                    message = f"{top.file.stem} states {lever} and not {' or '.join(names)}{where}; {base}"
                    yield problem_at(top.file, at, "", "missing value", message)


def _wrong_dates(layers: list[Written], first: int | None, whole: bool) -> Iterator[Problem]:
    """Dates of a lever that don't fit each other, its values or, where it is given, the first projected year."""
    settings = [setting for layer in layers for setting in layer.settings]
    for lever, fund in dict.fromkeys((s.lever, fund_of(s)) for s in settings if LEVERS[s.lever].dated):
        start, end = (dates_in_force(layers, lever, fund).get(name) for name in ("start", "end"))
        if start is None and whole:
            stated = next(s for s in settings if (s.lever, fund_of(s)) == (lever, fund))
            at = tuple(part for part in (lever, fund, "start") if part)
            message = "a lever says in which year it starts: write start = 2026"
            yield problem_at(_file_of(layers, stated), at, "", "missing start", message)
        if start and end and end.value < start.value:
            message = f"the lever ends in {end.value}, before its start in {start.value}; an end is its last year"
            later = _later(layers, end, start)
            yield problem_at(_file_of(layers, later), later.at, later.value, "end before start", message)
    for dated in (dated for layer in layers for dated in layer.dates if whole):
        if not any(s.lever == dated.lever and dated.part in ("", s.part) for s in settings):
            message = "these dates have no values to go with; state the lever's values or take the dates out"
            yield problem_at(_file_of(layers, dated), dated.at, dated.value, "missing value", message)
    for s in settings:
        start = dates_in_force(layers, s.lever, fund_of(s)).get("start")
        since = max([year for year in (first, start.value if start else None) if year], default=HORIZON[1])
        if s.years and s.years[0] > since:
            message = f"the path begins in {s.years[0]} and is needed from {since}; add {since} to it"
            yield problem_at(_file_of(layers, s), (*s.at, "path"), s.years[0], "path starts late", message)
