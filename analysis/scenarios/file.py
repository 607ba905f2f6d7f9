"""One scenario file: its levers and their dates, fund by fund, down to each value with its unit and source.

A file states values. Each has a unit and a source, or says "assumption" with its reason in both languages, and is
a number, a path by year, a range (uniform), a triangular distribution, or "history" (solved from the place's own
figures).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from analysis.coverage import find_place, nearest_name
from analysis.data.files import Problem
from analysis.projection.asked import HORIZON
from analysis.scenarios.form import (
    Dated,
    Dates,
    File,
    Head,
    PaidDates,
    Setting,
    Stated,
    Written,
    as_model,
    problem_at,
    there_is,
)
from analysis.scenarios.levers import LEVERS, Key, Parameter
from analysis.schema import nearest

_KINDS = {"value": "number", "path": "path", "range": "uniform", "triangular": "triangular", "from": "history"}
_Item = Setting | Dated | Problem


def read_table(file: File, table: dict[str, Any]) -> tuple[Written, list[Problem]]:
    """What a file says, and what is wrong with it by itself."""
    top = {key: below for key, below in table.items() if key in Head.model_fields}
    head, problems = as_model(Head, top, file, ())
    for name in ("title", "summary"):
        if name not in table:
            message = f'write [{name}] with id = "…" and en = "…"'
            problems.append(problem_at(file, (name,), "", f"missing {name}", message))
    items: list[_Item] = []
    for name, below in table.items():
        if name not in top:
            items += _lever(file, name, below)
    settings = tuple(item for item in items if isinstance(item, Setting))
    dates = tuple(item for item in items if isinstance(item, Dated))
    problems += [item for item in items if isinstance(item, Problem)]
    return Written(file, head, settings, dates), problems


def _lever(file: File, name: str, table: object) -> Iterator[_Item]:
    """What a file says of a lever, fund by fund where it has funds."""
    if name not in LEVERS:
        yield problem_at(file, (name,), name, "unknown lever", there_is(name, [*LEVERS, *Head.model_fields]))
    elif not isinstance(table, dict):
        yield problem_at(file, (name,), table, "type", f"{name} is a lever: write a table [{name}.…]")
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
                yield problem_at(file, (name, fund), table[fund], "type", message)


def _group(file: File, at: Key, lever: str, fund: str, table: dict[str, Any]) -> Iterator[_Item]:
    """The parameters and dates of a lever, or of one of its funds."""
    known = LEVERS[lever].stated
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
                yield problem_at(file, (*at, name, part), part, "unknown part", there_is(part, parts))
        if not below:
            message = f"state it by segment: [{'.'.join((*at, name, parts[0]))}] and so on"
            yield problem_at(file, (*at, name), table[name], "type", message)


def _dates(file: File, at: Key, lever: str, fund: str, table: dict[str, Any], others: Sequence[str]) -> Iterator[_Item]:
    """A lever's dates; any other key that is left is unknown."""
    spec = LEVERS[lever]
    # Who pays by the month may leave out December.
    model = (PaidDates if "months" in spec.parameters else Dates) if spec.dated else None
    names = tuple(model.model_fields) if model else ()
    for key in (key for key in table if key not in names):
        rule = "unknown fund" if others == spec.funds else "unknown parameter"
        yield problem_at(file, (*at, key), key, rule, there_is(key, [*others, *names]))
    if model:
        dates, problems = as_model(model, {k: v for k, v in table.items() if k in names}, file, at)
        yield from problems
        for name, value in dates.model_dump(exclude_none=True).items():
            yield Dated(file.stem, (*at, name), lever, fund, name, int(value))


def _leaf(file: File, at: Key, spec: Parameter, key: Key, table: object) -> Iterator[_Item]:
    """The value for any place, and those for one place each."""
    if not isinstance(table, dict):
        message = f"a value needs its unit and source: write [{'.'.join(at)}] with value, unit and source"
        yield problem_at(file, at, table, "type", message)
        return
    places = table.get("place", {})
    general = {name: below for name, below in table.items() if name != "place"}
    if general or not places:
        yield from _value(file, at, spec, key, "", general)
    if not isinstance(places, dict):
        message = f"write a table for each place: [{'.'.join(at)}.place.Lampung]"
        yield problem_at(file, (*at, "place"), places, "type", message)
        return
    seen: dict[str, str] = {}
    for name, below in places.items():
        here = (*at, "place", name)
        try:
            place = find_place(name, file.regions, file.regions, of="scenarios")[1]
        except ValueError:
            near = nearest_name(name, file.regions)
            message = f"there is no such province{f'; did you mean {near}?' if near else '.'} Write a name or code of data/regions.csv"
            yield problem_at(file, here, name, "unknown place", message)
            continue
        if place in seen:
            message = f"{place} has a value already, under {seen[place]!r}; keep one of them"
            yield problem_at(file, here, name, "duplicate key", message)
        elif not isinstance(below, dict):
            message = f"write [{'.'.join(here)}] with value, unit and source"
            yield problem_at(file, here, below, "type", message)
        else:
            yield from _value(file, here, spec, key, place, below)
        seen.setdefault(place, name)


def _value(file: File, at: Key, spec: Parameter, key: Key, place: str, table: dict[str, Any]) -> Iterator[_Item]:
    """One value with unit and source; only a value with nothing wrong is handed on."""
    stated, problems = as_model(Stated, table, file, at)
    given = [name for name in _KINDS if name in table]
    if len(given) != 1:
        said = f"{' and '.join(given)} stand together" if given else "none stands here"
        problems.append(problem_at(file, at, "", "one value", f"state one of {', '.join(_KINDS)}; {said}"))
    problems += _wrong_unit(file, at, spec, table)
    problems += _wrong_source(file, at, stated, table)
    if "from" in given and not spec.history:
        message = "history can't give this value; state a value or a range"
        problems.append(problem_at(file, (*at, "from"), table["from"], "history", message))
    if key[1] == "capacity" and given and given != ["value"]:
        problems.append(problem_at(file, at, "", "one value", "a capacity is a single number: write value = …"))
    unit = stated.unit if stated.unit in spec.units else spec.units[0] if len(spec.units) == 1 else ""
    for where, number in _numbers(stated):
        if unit and (message := spec.outside(number, unit)):
            problems.append(problem_at(file, at + where, f"{number:g}", "limits", message))
    problems += _wrong_shape(file, at, stated)
    if problems:
        yield from problems
        return
    lever, parameter, part = key
    years, values = _series(stated)
    source = "" if stated.source in (None, "assumption") else str(stated.source)
    reason = (stated.reason.id, stated.reason.en) if stated.reason else ("", "")
    yield Setting(file.stem, at, lever, parameter, part, place, unit, _KINDS[given[0]], years, values, source, *reason)


def _numbers(stated: Stated) -> Iterator[tuple[Key, float]]:
    """Every number of a value, and the key it stands at below the value's own."""
    if stated.value is not None:
        yield ("value",), stated.value
    for year, number in (stated.path or {}).items():
        yield ("path", year), number
    for name, several in (("range", stated.range), ("triangular", stated.triangular)):
        for number in several or []:
            yield (name,), number


def _series(stated: Stated) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Years and values as the frame has them."""
    if stated.path is not None:
        pairs = sorted((int(year), float(number)) for year, number in stated.path.items())
        return tuple(year for year, _ in pairs), tuple(number for _, number in pairs)
    return (), tuple(float(number) for _, number in _numbers(stated))


def _wrong_unit(file: File, at: Key, spec: Parameter, table: dict[str, Any]) -> Iterator[Problem]:
    allowed = " or ".join(f'"{unit}"' for unit in spec.units)
    if "unit" not in table:
        yield problem_at(file, (*at, "unit"), "", "missing unit", f"write unit = {allowed}")
    elif isinstance(table["unit"], str) and table["unit"] not in spec.units:
        yield problem_at(file, (*at, "unit"), table["unit"], "unit", f"the unit here is {allowed}")


def _wrong_source(file: File, at: Key, stated: Stated, table: dict[str, Any]) -> Iterator[Problem]:
    if "source" not in table and stated.from_ is None:
        message = 'write a source_id of data/sources.csv, or source = "assumption" with a reason'
        yield problem_at(file, (*at, "source"), "", "missing source", message)
    source = stated.source
    if source == "assumption" and "reason" not in table:
        message = 'an assumption says why: reason = { id = "…", en = "…" }'
        yield problem_at(file, (*at, "reason"), "", "missing reason", message)
    elif source is not None and source != "assumption" and source not in file.sources:
        near = nearest(source, [*file.sources, "assumption"])
        meant = f"did you mean {near}? " if near else ""
        message = f"data/sources.csv has no such source_id; {meant}Add the source there first"
        yield problem_at(file, (*at, "source"), source, "unknown source", message)


def _wrong_shape(file: File, at: Key, stated: Stated) -> Iterator[Problem]:
    """A range whose low is above its high, a mode outside, a path without years or with keys that are none."""
    low_high = stated.range or (stated.triangular or [])[::2]
    if low_high and low_high[0] > low_high[1]:
        name = "range" if stated.range else "triangular"
        message = f"low {low_high[0]:g} is above high {low_high[1]:g}; write the lower number first"
        yield problem_at(file, (*at, name), stated.range or stated.triangular, "range", message)
    elif stated.triangular and not low_high[0] <= stated.triangular[1] <= low_high[1]:
        message = f"the mode {stated.triangular[1]:g} is outside {low_high[0]:g} to {low_high[1]:g}; the order is [low, mode, high]"
        yield problem_at(file, (*at, "triangular"), stated.triangular, "range", message)
    if stated.path == {}:
        yield problem_at(file, (*at, "path"), "", "one value", "a path names years: { 2026 = 0.1, 2030 = 0.2 }")
    for year in stated.path or {}:
        if not re.fullmatch("[0-9]{4}", year):
            yield problem_at(file, (*at, "path", year), year, "year", "a path's keys are years such as 2026")
        elif not HORIZON[0] <= int(year) <= HORIZON[1]:
            message = f"scenarios hold for {HORIZON[0]} to {HORIZON[1]}; write a year within"
            yield problem_at(file, (*at, "path", year), year, "horizon", message)
