"""Which reports there are: `reports.toml`, opened out into one report a province, and checked.

A notebook's parameters are read from its parameters cell with Python's own parser: names, types
and defaults. (papermill's inspector is a line regex that drops `str | None` and misreads `#`.)
"""

import ast
import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from analysis import data
from analysis.coverage import chooser, finder

NOTEBOOKS = data.ROOT / "notebooks"
OUTPUTS = data.ROOT / "outputs"
MANIFEST = data.ROOT / "reports.toml"
_TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
# What stands for many places: those with participants, or those with published figures.
_EVERY, _PUBLISHED = "all", "published"
_LONGEST = 86_400
_LONGEST_NAME = 60
# Parameters whose values are looked up in the tables.
_CHECKED = ("province", "period", "since", "base", "basis")


# The seconds a report may take, unless reports.toml says otherwise.
TIME_LIMIT = 300.0


class ManifestError(ValueError):
    """A report, parameter or value that there isn't; the message says what there is instead."""


class Parameter(NamedTuple):
    kind: type
    default: Any


class Report(NamedTuple):
    """One page in two languages: which notebook, with which parameters, under which path."""

    name: str
    notebook: Path
    parameters: dict[str, Any]
    folder: str
    stem: str
    time_limit: float = TIME_LIMIT

    @property
    def path(self) -> str:
        """Where it lands below each language's folder, for example `lampung/coverage`."""
        return f"{self.folder}/{self.stem}" if self.folder else self.stem


def parameters_of(notebook: Path) -> dict[str, Parameter]:
    """Names, types and defaults of a notebook's parameters cell.

    Raises ManifestError when there is no such cell, or a line in it isn't `name: type = literal`
    with a type of str, int, float or bool.

    >>> parameters_of(NOTEBOOKS / "coverage.ipynb")["province"].default
    'Lampung'
    """
    return dict(_parameters_in(notebook.read_text("utf-8"), notebook.name))


@cache  # by content: many reports share a notebook
def _parameters_in(text: str, name: str) -> dict[str, Parameter]:
    try:
        cells = json.loads(text)["cells"]
    except (ValueError, KeyError, TypeError):
        raise ManifestError(f"{name} isn't a notebook; open it in JupyterLab, or take back its last change") from None  # fmt: skip
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        raise ManifestError(f"{name} has {len(tagged)} cells tagged 'parameters'; one is needed")
    try:
        lines = ast.parse("".join(tagged[0]["source"])).body
        return dict(_parameter(line) for line in lines)
    except (SyntaxError, ValueError) as error:
        form = f"each line is `name: type = value` with a type of {', '.join(_TYPES)}"
        raise ManifestError(f"{name}, parameters cell: {error}; {form}") from None


def _parameter(line: ast.stmt) -> tuple[str, Parameter]:
    match line:
        case ast.AnnAssign(
            target=ast.Name(id=name), annotation=ast.Name(id=kind), value=ast.expr() as value
        ) if kind in _TYPES:
            return name, Parameter(_TYPES[kind], ast.literal_eval(value))
    raise ValueError(f"{ast.unparse(line)!r} is something else")


def typed(notebook: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` with each value as the type its parameter has: "18" stays text where text is asked for.

    Raises ManifestError for a name the notebook doesn't have (the nearest is offered), a value that
    can't be read, and the language, which a page has no choice of.

    >>> typed(NOTEBOOKS / "coverage.ipynb", {"provinsi": "Lampung"})
    Traceback (most recent call last):
    ...
    analysis.reporting.manifest.ManifestError: coverage.ipynb has no parameter 'provinsi'; did you mean province? There is: province, period, base, basis, language
    """
    if "language" in given:
        raise ManifestError("language is what JupyterLab shows; a page always comes in both languages")
    there = parameters_of(notebook)
    values = {}
    for name, value in given.items():
        if name not in there:
            near = get_close_matches(name, there, 1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise ManifestError(
                f"{notebook.name} has no parameter {_brief(name)}; {hint}There is: {', '.join(there)}"
            )
        values[name] = _as(there[name].kind, name, value)
    return values


def _as(kind: type, name: str, value: Any) -> Any:
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    if kind is bool and str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    try:
        if isinstance(value, str) and kind in (int, float):
            return kind(value)
    except ValueError:
        pass  # said below, with what is wrong
    raise ManifestError(f"parameter {name} is {_brief(value)}; a value of type {kind.__name__} is needed")


def _brief(value: Any, most: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]} … ({len(text):,} characters)"


def reports(manifest: Path = MANIFEST) -> list[Report]:
    """Every report of `reports.toml`, opened out. Two with one path are an error, before anything runs.

    >>> [report.path for report in reports() if report.folder == "lampung"][:3]
    ['lampung/coverage', 'lampung/change', 'lampung/claims']
    """
    try:
        entries = tomllib.loads(manifest.read_text("utf-8"))
    except OSError as error:
        raise ManifestError(f"{manifest} can't be read: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"{manifest.name}: {error}") from None
    if not entries:
        raise ManifestError(f"{manifest.name} names no report; write one, as in [coverage] and its notebook")
    tables = cache(_tables)  # read once for all entries
    found = [
        report._replace(time_limit=float(entry.get("time_limit", TIME_LIMIT)))
        for name, entry in entries.items()
        for report in _opened_out(name, entry, manifest, tables)
    ]
    by_path: dict[str, Report] = {}
    for report in found:
        if other := by_path.get(report.path.casefold()):  # one file on macOS and Windows
            raise ManifestError(
                f"{manifest.name}: {other.name} and {report.name} would both write {report.path}.html; "
                "give one of them another name or other parameters"
            )
        by_path[report.path.casefold()] = report
    return found


def _opened_out(
    name: str, entry: Mapping[str, Any], manifest: Path, read: Callable[[], tuple[pd.DataFrame, ...]]
) -> list[Report]:
    def wrong(what: str) -> ManifestError:
        return ManifestError(f"{manifest.name}: [{name}] {what}")

    if not re.fullmatch(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*", name):
        raise wrong("is the name of a file; write letters, digits, hyphens")
    if not isinstance(entry, dict) or not isinstance(entry.get("notebook"), str):
        raise wrong('needs a notebook, as in notebook = "coverage.ipynb"')
    if extra := set(entry) - {"notebook", "parameters", "time_limit"}:
        raise wrong(f"has {', '.join(sorted(extra))}; there is notebook, parameters, time_limit")
    limit = entry.get("time_limit", TIME_LIMIT)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 < limit <= _LONGEST:
        raise wrong(f"has time_limit {limit!r}; write the seconds it may take, up to {_LONGEST}")
    if not isinstance(given := entry.get("parameters", {}), dict):
        raise wrong('has parameters that are no table, as in parameters = { province = "all" }')
    there = {path.name: path for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    if (notebook := there.get(entry["notebook"])) is None:
        raise wrong(f"names notebook {entry['notebook']!r}; there is {', '.join(there)}")
    given = typed(notebook, given)
    defaults, tables = _defaults(notebook), read()
    place = _chosen(defaults | given, tables)
    if (every := given.get("province")) not in (_EVERY, _PUBLISHED):
        return [_report(name, notebook, given, name, defaults, place)]
    values = defaults | given
    if not (places := _places(values, tables, every)):
        periods = ", ".join(sorted(tables[0]["period"].unique()))
        raise wrong(f"asks for all provinces and none has participants for {values}; there are {periods}")
    found = []
    for province in places:
        try:
            found.append(_report(name, notebook, given | {"province": province}, name, defaults, place))
        except ManifestError:
            if values.get("base") != "eligible":  # known only where an article prints it
                raise
    return found


def _defaults(notebook: Path) -> dict[str, Any]:
    return {name: parameter.default for name, parameter in parameters_of(notebook).items()}


def _tables() -> tuple[pd.DataFrame, ...]:
    return tuple(data.read(table) for table in ("participants", "regions", "reported_claims"))


def _places(values: Mapping[str, Any], tables: tuple[pd.DataFrame, ...], every: str) -> list[str]:
    participants, regions, claims = tables
    if every == _PUBLISHED:
        return [name for name in regions["province"] if name in set(claims["province"])]
    rows = participants[participants["status"] == "active"]
    if "basis" in values:
        rows = rows[rows["basis"] == values["basis"]]
    codes = [set(rows.loc[rows["period"] == period, "province_code"]) for period in _periods(values)]
    return [name for code, name in zip(regions["province_code"], regions["province"], strict=True)
            if all(code in there for there in codes)]  # fmt: skip


def _periods(values: Mapping[str, Any]) -> list[str]:
    return [values[key] for key in ("since", "period") if key in values]


def _report(
    name: str, notebook: Path, given: dict[str, Any], stem: str,
    defaults: dict[str, Any], place: Callable[[str], str],
) -> Report:  # fmt: skip
    """A report with its place checked (and its dates and base, where it is about participants), under the place's folder."""
    values = defaults | given
    if "province" not in values:
        return Report(name, notebook, given, "", stem)
    try:
        if long := [name for name in _CHECKED if len(str(values.get(name, ""))) > _LONGEST_NAME]:
            raise ValueError(f"there is no {long[0]} {_brief(values[long[0]])}")
        chosen = place(values["province"])
    except ValueError as error:
        raise ManifestError(f"{name}: {error}") from None
    return Report(name, notebook, given | {"province": chosen}, slug(chosen), stem)


def _chosen(values: Mapping[str, Any], tables: tuple[pd.DataFrame, ...]) -> Callable[[str], str]:
    """What chooses a place, for all places of a report at once: its name or code in, its name out, or ValueError."""
    participants, regions, claims = tables
    if "base" not in values and "since" not in values:
        find = finder(regions, claims[claims["province_code"] != ""], "published figures")
        return lambda province: find(province)[1]
    base, basis = values.get("base", "employed"), values.get("basis", "domicile")
    choose = chooser(base, basis, participants, regions, claims)

    def place(province: str) -> str:
        if "since" in values and values["since"] >= values["period"]:
            raise ValueError(f"period {values['period']!r} must be after since {values['since']!r}")
        return [choose(province, period) for period in _periods(values)][-1].province

    return place


def own(name: str, given: Sequence[tuple[str, str]], all_reports: Sequence[Report]) -> Report:
    """One report of one's own: `name` with parameters as papermill takes them, `-p NAME VALUE`.

    What isn't given is as in `reports.toml` (for all provinces: the notebook's). A value that
    differs from there becomes part of the page's name (`lampung/coverage-2022-12`), so that the
    regular page stays as it is.
    """
    regular = [report for report in all_reports if report.name == name]
    if not regular:
        raise ManifestError(_no_report(name, all_reports))
    first = regular[0]
    values = typed(first.notebook, dict(given))
    defaults = _defaults(first.notebook)
    shared = {
        key: value
        for key, value in first.parameters.items()
        if all(r.parameters.get(key) == value for r in regular)
    }
    usual = defaults | shared
    odd = [slug(str(v)) for key, v in values.items() if key != "province" and v != usual[key]]
    here = {"province": usual["province"]} if "province" in usual else {}
    taken = shared | here | values
    place = _chosen(defaults | taken, _tables())
    stem = "-".join([name, slug("-".join(odd))] if odd else [name])
    mine = _report(name, first.notebook, taken, stem, defaults, place)
    if clash := next((r for r in all_reports if r.path == mine.path and r.name != name), None):
        raise ManifestError(
            f"{mine.path} is the page of {clash.name} in reports.toml; render that, or rename it"
        )
    return mine._replace(time_limit=first.time_limit)


def parameters_in(report: Report) -> dict[str, Any]:
    """Everything the notebook runs with, its defaults too, apart from the language that JupyterLab shows.

    >>> parameters_in(matching(["lampung/claims"], reports())[0])
    {'province': 'Lampung', 'period': 'all'}
    """
    values = _defaults(report.notebook) | report.parameters
    return {name: value for name, value in values.items() if name != "language"}


def matching(patterns: Sequence[str], all_reports: Sequence[Report]) -> list[Report]:
    """The reports that `patterns` name: a report (coverage), a place (lampung) or a path (lampung/coverage)."""
    if not patterns:
        return list(all_reports)
    chosen: dict[str, Report] = {}
    for pattern in patterns:
        hits = [r for r in all_reports if {slug(pattern), pattern.casefold()} & {r.name, r.folder, r.path}]
        if not hits:
            raise ManifestError(_no_report(pattern, all_reports))
        chosen |= {report.path: report for report in hits}
    return list(chosen.values())


def part(chosen: Sequence[Report], shard: str) -> list[Report]:
    """One of several parts of the reports, as even as can be: "1/4" is every fourth, beginning with the first.

    >>> [len(part(reports(), f"{i}/4")) for i in (1, 2, 3, 4)]
    [52, 52, 52, 51]
    """
    found = re.fullmatch(r"(\d{1,4})/(\d{1,4})", shard)
    if not found or not 1 <= (number := int(found[1])) <= (parts := int(found[2])):
        raise ManifestError(f"shard {_brief(shard)} isn't a part; write 1/4 for the first of four")
    return list(chosen[number - 1 :: parts])


def _no_report(name: str, all_reports: Sequence[Report]) -> str:
    names, folders = [
        list(dict.fromkeys(x)) for x in zip(*((r.name, r.folder) for r in all_reports), strict=True)
    ]
    near = get_close_matches(name.casefold(), [*names, *folders], 1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"there is no report {_brief(name)}; {hint}There is: {', '.join(names)}, for {', '.join(f for f in folders if f)}"


def slug(text: str) -> str:
    """A name as a folder: lower case, hyphenated, nothing that means something to a file system, no longer than it takes.

    >>> slug("DKI Jakarta"), slug("../2023-12")
    ('dki-jakarta', '2023-12')
    """
    plain = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    if len(plain) <= _LONGEST_NAME:
        return plain
    return f"{plain[:_LONGEST_NAME]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
