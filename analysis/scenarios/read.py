"""What a notebook asks: the values in force in each scenario for one place, its title, and what is left out.

A value of a lever holds from the lever's start to its end. A path is linear between the years it names and
constant after the last; a year before its first has no value, which is an error and never the baseline.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analysis import data
from analysis.coverage import find_place
from analysis.frames import columns_of
from analysis.projection.asked import HORIZON, reasonable
from analysis.scenarios.checks import FIRST, FOLDER, ScenarioError, checked_files
from analysis.scenarios.form import Dated, Written
from analysis.scenarios.layers import dates_in_force, fund_of, in_force, stacks_of
from analysis.scenarios.levers import LEVERS, keys_of
from analysis.schema import nearest


def read_scenarios(
    names: str, place: str, until: int | None = None, first: int | None = None, folder: Path = FOLDER
) -> pd.DataFrame:
    """The values in force in each scenario for one place: one row a value, with what it was in the layer below.

    `names` is "all" or stems with commas between; `place` a province (name or code) or Indonesia; `first` and `until`
    the first and last projected year. Columns: `an.columns("scenarios.read_scenarios")`.
    A scenario with a lever that starts after `until` would be shown as if that lever did nothing: "all" leaves it out
    (`starting_later` says so on the page), and one that is named is refused.
    Raises ScenarioError for a scenario or place that isn't there, a path that begins after the year it is needed in, and,
    with every problem, for wrong files.

    >>> rows = read_scenarios("steady, companies_register", "Lampung", until=2045, first=2025)
    >>> rows[rows["parameter"] == "partly_enrolled"][["scenario", "layer", "unit", "start"]].values.tolist()
    [['companies_register', 'companies_register', 'share of them per year', 2026]]
    """
    _years(first, until)
    written = checked_files(folder, first)
    name = _place_named(place)
    rows: list[tuple] = []
    stacks = stacks_of(written)
    for stem in _in_time(_chosen(names, list(written)), stacks, names, until):
        layers = stacks[stem]
        if folder == FOLDER:  # what is read elsewhere is no part of data/
            for layer in layers:
                data.note_read(f"scenarios/{layer.file.stem}.toml")
        rows += _scenario_rows(stem, layers, name)
    whole = {"start": "Int64", "ramp": "Int64", "end": "Int64", "capacity": "Float64"}
    return pd.DataFrame(rows, columns=columns_of("scenarios.read_scenarios")).astype(whole)


def scenario_titles(of: pd.DataFrame | str, folder: Path = FOLDER) -> pd.DataFrame:
    """Title and summary of scenarios in both languages, and what each is based on (a tuple of stems), in their order.

    `title` holds both languages' titles as a pair, for sentences.

    `of` is what `read_scenarios` gives, or names as it takes them. Raises ScenarioError as it does.

    >>> scenario_titles("companies_register")[["title_en", "based_on"]].values.tolist()
    [['Companies register their workers', ('steady',)]]
    """
    written = checked_files(folder)
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
    titles = pd.DataFrame(rows, columns=columns_of("scenarios.scenario_titles")[:-1])
    return titles.assign(title=list(zip(titles["title_id"], titles["title_en"], strict=True)))


def starting_later(names: str, until: int, folder: Path = FOLDER) -> tuple[str, ...]:
    """The scenarios that `names` asks for and `read_scenarios` leaves out, as a lever of theirs starts after `until`.

    A pair for sentences, in Indonesian and English, of titles with the year of that start; () where all are shown.

    >>> starting_later("all", 2045), starting_later("steady, retention", 2025)[1]
    ((), '“Participants stay” (2026)')
    """
    written = checked_files(folder)
    late = {stem: _late(layers, until) for stem, layers in stacks_of(written).items()}
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
    analysis.scenarios.checks.ScenarioError: until is 2025, and retention of scenario retention starts in 2026: nobody would be reached by it; write until 2026 or later, or leave the scenario out
    """
    reasonable(period=period, until=until, draws=draws, seed=seed, goal=goal, by=by)
    written = checked_files(folder)
    chosen = _in_time(_chosen(scenarios, list(written)), stacks_of(written), scenarios, until)
    if FIRST not in chosen:
        raise ScenarioError(
            f"scenarios is {scenarios!r}, and all are compared with {FIRST}; write {', '.join([FIRST, *chosen])}"
        )


def _in_time(chosen: list[str], stacks: dict[str, list[Written]], names: str, until: int | None) -> list[str]:
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


def _late(layers: list[Written], until: int) -> Dated | None:
    """The last start of a lever of the stack, where it is after `until`."""
    levers = {(s.lever, fund_of(s)) for layer in layers for s in layer.settings if LEVERS[s.lever].dated}
    starts = [dates_in_force(layers, *lever).get("start") for lever in sorted(levers)]
    return max((s for s in starts if s and s.value > until), key=lambda s: s.value, default=None)


def _years(first: int | None, until: int | None) -> None:
    for name, year in (("first", first), ("until", until)):
        if year is not None and not HORIZON[0] <= year <= HORIZON[1]:
            raise ScenarioError(f"{name} is {year}; scenarios hold for {HORIZON[0]} to {HORIZON[1]}")
    if first is not None and until is not None and until < first:
        raise ScenarioError(f"until is {until}, before the first projected year {first}; choose a later year")


def _place_named(place: str) -> str:
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


def _scenario_rows(stem: str, layers: list[Written], place: str) -> Iterator[tuple]:
    """A scenario's rows of the frame, in the order of `LEVERS`."""
    chains = in_force(layers, place)
    groups = dict.fromkeys((lever, fund) for lever, spec in LEVERS.items() for fund in spec.funds)
    for lever, fund in groups:
        dates = dates_in_force(layers, lever, fund)
        mine = [key for key in keys_of(lever, fund) if key in chains]
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
