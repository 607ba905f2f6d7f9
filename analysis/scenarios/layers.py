"""Which values and dates are in force where files are based on each other.

With B(s) the files that s is based on, in their order, the layers of s are

    L(s) = L(b) for b in B(s), one after the other, then s itself; each file once, where it comes first

and of every value the last layer that states it wins. Each file once, because a base that two layers share would
otherwise undo what the first of them changed. Dates (start, ramp, end) are layered one by one, like values.

Within a layer the value stated for the place comes before the value for any place; a later layer that states
a value replaces it everywhere. Seats and budget of a fund are two ways to say one thing: stating one ends the other.
"""

from collections.abc import Sequence
from graphlib import TopologicalSorter

from analysis.scenarios.form import Dated, Setting, Written
from analysis.scenarios.levers import LEVERS, Key, rival_of

MOST_LAYERS = 64  # of a stack; eight files are here, and nobody can follow more


def stacks_of(written: dict[str, Written]) -> dict[str, list[Written]]:
    """L(s) of the module's docstring for every file. There must be no loop.

    The lowest files first, so that each stack is put together once, from stacks that are there: on a ladder where each
    file names two, going down from every file anew doubles the work with every step. Of a stack that is too high
    (`_wrong_layers` says so) only the upper layers.
    """
    based_on = bases_of(written)
    stacks: dict[str, list[Written]] = {}
    for stem in TopologicalSorter(based_on).static_order():
        below = [layer.file.stem for base in based_on[stem] for layer in stacks[base]]
        stacks[stem] = [written[name] for name in dict.fromkeys([*below, stem])][-MOST_LAYERS - 1 :]
    return stacks


def bases_of(written: dict[str, Written]) -> dict[str, list[str]]:
    """The files that each is based on, as far as they are there."""
    return {stem: [base for base in one.head.based_on if base in written] for stem, one in written.items()}


def in_force(layers: Sequence[Written], place: str) -> dict[Key, list[Setting]]:
    """For each key (lever, parameter, part) what the layers state for the place ("" is any), the value in force last."""
    chains: dict[Key, list[Setting]] = {}
    for layer in layers:
        own: dict[Key, Setting] = {}
        for setting in layer.settings:
            key: Key = (setting.lever, setting.parameter, setting.part)
            if setting.place in ("", place) and (key not in own or setting.place):
                own[key] = setting
        for key, setting in own.items():
            rival = rival_of(key)
            if rival in own and own[rival].place and not setting.place:
                continue
            chains.pop(rival, None)
            chains.setdefault(key, []).append(setting)
    return chains


def dates_in_force(layers: Sequence[Written], lever: str, fund: str) -> dict[str, Dated]:
    """The last date of each name that the layers state for a lever; within a layer the fund's own comes after."""
    found: dict[str, Dated] = {}
    for layer in layers:
        mine = [dated for dated in layer.dates if dated.lever == lever and dated.part in ("", fund)]
        found |= {dated.name: dated for dated in sorted(mine, key=lambda dated: dated.part != "")}
    return found


def fund_of(setting: Setting) -> str:
    return setting.part if setting.part in LEVERS[setting.lever].funds else ""
