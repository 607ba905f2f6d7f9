"""Which reports there are: `reports.toml`, opened out into one report a province, and checked.

A notebook's parameters are read from its parameters cell with Python's own parser: names, types
and defaults. (papermill's inspector is a line regex that drops `str | None` and misreads `#`.)
"""

import ast
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from math import inf, isfinite
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from analysis import data
from analysis.coverage import chooser, finder, latest
from analysis.data import toml
from analysis.data.files import contents
from analysis.projection.asked import reasonable
from analysis.schema import CONFIDENCE, suggestion
from analysis.words import LANGUAGES, fields, fill

NOTEBOOKS = data.ROOT / "notebooks"
OUTPUTS = data.ROOT / "outputs"
MANIFEST = data.ROOT / "reports.toml"
_TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
# What stands for many places: those with participants, or those with published figures.
_EVERY, _PUBLISHED = "all", "published"
# What stands for a month: the newest December of all places, and the same month of the year before the period.
_LATEST, _YEAR_BEFORE = "latest", "year before"
_LONGEST = 86_400
_LONGEST_NAME = 60
_LONGEST_LINE = 300
# The entry that is no report: who publishes the pages.
_SITE = "site"
# Parameters whose values are looked up in the tables.
_CHECKED = ("province", "period", "since", "base", "split")
# The parameters of a notebook about scenarios that `projection.asked` has rules for.
_ASKED = ("period", "until", "draws", "seed", "goal", "by")


# What a report may be called.
NAME = re.compile(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*")

# The seconds a report may take, unless reports.toml says otherwise.
TIME_LIMIT = 300.0


class ManifestError(ValueError):
    """A report, parameter or value that there isn't; the message says what there is instead."""


class BrokenError(ManifestError):
    """A file that isn't what it has to be, `reports.toml` or a notebook; the message says which, and what to do."""


class Parameter(NamedTuple):
    kind: type
    default: Any


class Cell(NamedTuple):
    """What the index shows of a page, in each language, if the page published all the values in it (and of `when` more than none)."""

    text: dict[str, str]
    when: str = ""


class Column(NamedTuple):
    """A column of the index: its head in each language, what that is filled with, and of each page the first of `cells` that holds."""

    head: dict[str, str]
    cells: tuple[Cell, ...]
    at: float = inf
    given: Mapping[str, Any] = {}


class Report(NamedTuple):
    """One page in two languages: which notebook, with which parameters, under which path, and what the index shows of it."""

    name: str
    notebook: Path
    parameters: dict[str, Any]
    folder: str
    stem: str
    time_limit: float = TIME_LIMIT
    columns: tuple[Column, ...] = ()
    question: Mapping[str, str] = {}
    short: Mapping[str, str] = {}

    def asks(self, language: str) -> str:
        """What its pages answer, as the bar of every page names it; the report's name where nothing is said."""
        return self.question.get(language, self.name)

    def called(self, language: str) -> str:
        """The same in a word, as the index names it beside others."""
        return self.short.get(language, self.asks(language))

    @property
    def path(self) -> str:
        """Where it lands below each language's folder, for example `lampung/coverage`."""
        return f"{self.folder}/{self.stem}" if self.folder else self.stem


class LeftOut(NamedTuple):
    """An entry of `reports.toml`, or a notebook that none names, of which no page can be made: its name, the place
    it is about ("" for all, or if nobody can tell), and what is wrong, in a sentence."""

    name: str
    place: str
    said: str
    in_report: bool = True


class Site(NamedTuple):
    """What `[site]` says of who publishes the pages: texts by language, "" where nothing is said, and addresses."""

    publisher: Mapping[str, str] = {}
    licence: Mapping[str, str] = {}
    contact: str = ""
    address: str = ""
    data: str = ""


# Where nothing is said.
NOBODY = Site()


class Known(NamedTuple):
    """The reports there are, what had to be left out, and what is said of who publishes them."""

    reports: list[Report]
    left_out: list[LeftOut]
    site: Site = NOBODY


def parameters_of(notebook: Path) -> dict[str, Parameter]:
    """Names, types and defaults of a notebook's parameters cell.

    Raises BrokenError when the file is no notebook, there is no such cell, or a line in it isn't `name: type = literal`
    with a type of str, int, float or bool.

    >>> parameters_of(NOTEBOOKS / "coverage.ipynb")["province"].default
    'Lampung'
    """
    return dict(_parameters_in(_bytes_of(notebook), notebook.name))


def _bytes_of(notebook: Path) -> bytes:
    raw, wrong = contents(notebook)
    if wrong:
        raise BrokenError(f"{notebook.name} can't be read: {wrong[1]}")
    return raw


@cache  # by content: many reports share a notebook
def _parameters_in(raw: bytes, name: str) -> dict[str, Parameter]:
    cells = _cells_of(raw, name)
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        cells_are = "cell is" if len(tagged) == 1 else "cells are"
        raise BrokenError(
            f"{name}: {len(tagged)} {cells_are} tagged 'parameters' and one is needed; tag it in JupyterLab's property inspector"
        )
    try:
        lines = ast.parse("".join(tagged[0]["source"])).body
        return dict(_parameter(line) for line in lines)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        form = f"each line is `name: type = value` with a type of {', '.join(_TYPES)}"
        what = "it nests too deep" if isinstance(error, RecursionError | MemoryError) else error
        raise BrokenError(f"{name}, parameters cell: {what}; {form}") from None


def _cells_of(raw: bytes, name: str) -> list[dict[str, Any]]:
    """The cells of a notebook, as far as they are read here; BrokenError where the bytes aren't a notebook's."""
    text = toml.decoded(raw)
    if isinstance(text, toml.Finding):
        raise BrokenError(f"{name}, line {text.line}: {text.message}")
    if conflict := re.search(r"^(<{7}|={7}|>{7})( |$)", text, re.MULTILINE):
        line = text.count("\n", 0, conflict.start()) + 1
        raise BrokenError(f"{name}, line {line}: git left a conflict here; take one of the two versions")
    back = "open it in JupyterLab, or take back its last change"
    if not text.strip():
        raise BrokenError(f"{name} is empty and no notebook; remove it, or {back}")
    try:
        found = json.loads(text)
    except RecursionError:
        raise BrokenError(f"{name} isn't a notebook, its lists stand in each other too deep; {back}") from None
    except json.JSONDecodeError as error:
        raise BrokenError(f"{name}, line {error.lineno}: it isn't a notebook, or half of one; {back}") from None
    except ValueError:  # Python's own limit on the digits of a number
        raise BrokenError(f"{name} isn't a notebook, a number in it has thousands of digits; {back}") from None
    if not isinstance(found, dict) or not isinstance(cells := found.get("cells"), list):
        raise BrokenError(f"{name} isn't a notebook, it has no cells; {back}")
    if not isinstance(found.get("nbformat_minor", 0), int):
        raise BrokenError(f"{name} isn't a notebook, its nbformat_minor is no whole number; {back}")
    if (version := found.get("nbformat")) != 4:
        raise BrokenError(
            f"{name} is a notebook of format {_brief(version)} and 4 is needed; open and save it in JupyterLab"
        )
    for number, cell in enumerate(cells, 1):
        if not _is_cell(cell):
            raise BrokenError(f"{name}: its cell {number} is none, without type, source or metadata; {back}")
    return cells


def _is_cell(cell: Any) -> bool:
    """Whether something has what every cell has: a type, a source (text, or its lines), metadata with a list of tags if any."""
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata"), dict):
        return False
    source, tags = cell.get("source"), cell["metadata"].get("tags", [])
    texts = [*source] if isinstance(source, list) else [source]
    texts += [cell.get("cell_type"), "" if cell.get("id") is None else cell["id"]]
    return isinstance(tags, list) and all(isinstance(text, str) for text in texts)


def _parameter(line: ast.stmt) -> tuple[str, Parameter]:
    match line:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id=kind), value=ast.expr() as value) if (
            kind in _TYPES
        ):
            return name, Parameter(_TYPES[kind], ast.literal_eval(value))
    raise ValueError(f"{_brief(ast.unparse(line))} is something else")


def typed(notebook: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` with each value as the type its parameter has: "18" stays text where text is asked for.

    Raises ManifestError for a name the notebook doesn't have (the nearest is offered), a value that
    can't be read, and the language, which a page has no choice of.

    >>> typed(NOTEBOOKS / "coverage.ipynb", {"provinsi": "Lampung"})
    Traceback (most recent call last):
    ...
    analysis.reporting.manifest.ManifestError: coverage.ipynb has no parameter 'provinsi'; did you mean province? There is: province, period, base, split
    """
    if "language" in given:
        raise ManifestError("language is what JupyterLab shows; a page always comes in both languages")
    there = {name: known for name, known in parameters_of(notebook).items() if name != "language"}
    values = {}
    for name, value in given.items():
        if name not in there:
            raise ManifestError(
                f"{notebook.name} has no parameter {_brief(name)}{suggestion(name, there)} There is: {', '.join(there)}"
            )
        values[name] = _as(there[name].kind, name, value)
    return values


def _as(kind: type, name: str, value: Any) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if isinstance(value, float) and not isfinite(value):
        raise ManifestError(f"parameter {name} is {value}; write a number")
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    if kind is bool and str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    try:
        if isinstance(value, str) and kind in (int, float):
            return _as(kind, name, kind(value))
    except ManifestError:
        raise
    except ValueError:
        pass  # said below, with what is wrong
    raise ManifestError(f"parameter {name} is {_brief(value)}; a value of type {kind.__name__} is needed")


def _brief(value: Any, most: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]} … ({len(text):,} characters)"


def reports(manifest: Path = MANIFEST) -> list[Report]:
    """Every report of `reports.toml`, opened out. BrokenError, with every sentence, where an entry gives none.

    >>> [report.path for report in reports() if report.folder == "lampung"][:3]
    ['lampung/coverage', 'lampung/change', 'lampung/press']
    """
    found, left_out, _ = _reports(manifest)
    if left_out:
        raise BrokenError("\n".join(entry.said for entry in left_out))
    return found


def known(manifest: Path = MANIFEST) -> Known:
    """As `reports`, with the entries of which no page can be made left out by name, and notebooks that can't be read, too.

    A notebook that no entry names makes no page; it is read because a render looks at all that lies in the folder.

    >>> known().left_out
    []
    """
    found, left_out, site = _reports(manifest)
    used = {report.notebook.name for report in found}
    for path in (path for name, path in _notebooks().items() if name not in used):
        try:
            _cells_of(_bytes_of(path), path.name)
        except BrokenError as error:
            named = any(path.name in entry.said for entry in left_out)
            left_out += [] if named else [LeftOut(path.stem, "", f"notebooks: {error}", in_report=False)]
    return Known(found, left_out, site)


def _reports(manifest: Path) -> Known:
    entries, left_out, lines = _entries(manifest)
    tables = cache(_tables)  # read once for all entries
    found: list[Report] = []
    by_path: dict[str, Report] = {}
    site = NOBODY
    for name, entry in entries.items():
        try:
            if name == _SITE:
                site = _site(entry)
                continue
            opened = _opened_out(name, entry, tables)
            for report in opened:
                if other := by_path.get(report.path.casefold()):  # one file on macOS and Windows
                    raise ManifestError(
                        f"and [{other.name}] would both write {report.path}.html; give one of them another name or other parameters"
                    )
        except ManifestError as error:
            said = f"{manifest.name}, line {toml.line_at((name,), lines)}: [{_printable(name)}] {error}"
            left_out.append(LeftOut(name, _place_of(entry), said, in_report=name != _SITE))
            continue
        by_path |= {report.path.casefold(): report for report in opened}
        found += opened
    return Known(found, left_out, site)


def _site(entry: Any) -> Site:
    """What `[site]` says. ManifestError, with what there is, for another key or what can't be shown."""
    keys = Site._fields
    if not isinstance(entry, dict):
        raise ManifestError(f"is no table; write [{_SITE}], and below it any of {', '.join(keys)}")
    if extra := [key for key in entry if key not in keys]:
        raise ManifestError(
            f"has {_brief(extra[0])}{suggestion(extra[0], keys)} It says who publishes the pages, and there is: {', '.join(keys)}"
        )
    found: dict[str, Any] = {}
    for key, value in entry.items():
        if key in ("publisher", "licence"):
            both = dict.fromkeys(LANGUAGES, value) if isinstance(value, str) else value
            if not isinstance(both, dict) or set(both) != set(LANGUAGES) or not all(map(_is_line, both.values())):
                raise ManifestError(f'has {key} {_brief(value)}; write {key} = "…", or {{ id = "…", en = "…" }}')
            found[key] = both
        elif not _is_line(value) or not re.fullmatch(r"https?://[^\s\"<>]+|[^\s@\"<>/:]+@[^\s@\"<>/:]+", value):
            raise ManifestError(f'has {key} {_brief(value)}; write an address, as in {key} = "https://example.org"')
        else:
            found[key] = value
    return Site(**found)


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= _LONGEST_LINE and "\n" not in value


def _place_of(entry: Any) -> str:
    """The folder of the one place that an entry is about; "" for many, or where nobody can tell."""
    given = entry.get("parameters", {}) if isinstance(entry, dict) else {}
    place = given.get("province", "") if isinstance(given, dict) else ""
    return slug(place) if isinstance(place, str) and place not in (_EVERY, _PUBLISHED) else ""


def _entries(manifest: Path) -> tuple[dict[str, Any], list[LeftOut], Mapping[toml.Key, int]]:
    """The entries by name, those that aren't TOML, and the line of each. BrokenError where the file as such can't be used."""
    raw, wrong = contents(manifest, toml.MOST_BYTES)
    text = "" if wrong else toml.decoded(raw)
    if wrong:
        raise BrokenError(f"{manifest} can't be read: {wrong[1]}")
    if isinstance(text, toml.Finding):
        raise BrokenError(f"{manifest} can't be read, line {text.line}: {text.message}")
    whole = toml.understood(raw)
    entries, left_out = (whole.table, []) if whole.finding is None else _piecewise(text, manifest.name)
    if not entries and not left_out:
        raise BrokenError(f"{manifest.name} names no report; write one, as in [coverage] and its notebook")
    return entries, left_out, whole.lines


def _piecewise(text: str, file: str) -> tuple[dict[str, Any], list[LeftOut]]:
    """The entries of a file that isn't TOML as a whole, each read by itself, so that an unfinished one stops no other."""
    lines = text.split("\n")
    parts: dict[str, list[int]] = {}
    name = ""
    for number, line in enumerate(lines):
        if re.match(r"[<=>|]{7}( |$)", line):
            name = f"line {number + 1}"
        elif head := re.match(r"""\s*\[\s*["']?([^\]["'.#]*)""", line):
            name = head[1].strip()
        parts.setdefault(name, []).append(number)
    entries: dict[str, Any] = {}
    left_out = []
    for name, numbers in parts.items():
        mine = set(numbers)
        said = toml.understood("\n".join(x if n in mine else "" for n, x in enumerate(lines)).encode())
        if said.finding is None:
            entries |= {key: entry for key, entry in said.table.items() if key not in entries}
        else:
            where = f"{file}, line {said.finding.line}: [{_printable(name)}]"
            left_out.append(LeftOut(name, "", f"{where} {said.finding.message}"))
    return entries, left_out


def _notebooks() -> dict[str, Path]:
    """What lies in the folder under the name of a notebook, Jupyter's own hidden files aside."""
    return {path.name: path for path in sorted(NOTEBOOKS.glob("*.ipynb")) if not path.name.startswith(".")}


def _opened_out(name: str, entry: Any, read: Callable[[], tuple[pd.DataFrame, ...]]) -> list[Report]:
    if not NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise ManifestError(f"is the name of a file; write letters, digits, hyphens, {_LONGEST_NAME} at most")
    if not isinstance(entry, dict) or not isinstance(entry.get("notebook"), str):
        raise ManifestError('needs a notebook, as in notebook = "coverage.ipynb"')
    keys = ("notebook", "parameters", "index", "question", "short", "time_limit")
    if extra := sorted(set(entry) - set(keys)):
        raise ManifestError(f"has {_brief(', '.join(extra))}{suggestion(extra[0], keys)} There is {', '.join(keys)}")
    limit = entry.get("time_limit", TIME_LIMIT)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 < limit <= _LONGEST:
        raise ManifestError(f"has time_limit {_brief(limit)}; write the seconds it may take, up to {_LONGEST}")
    if not isinstance(given := entry.get("parameters", {}), dict):
        raise ManifestError('has parameters that are no table, as in parameters = { province = "all" }')
    if (notebook := (there := _notebooks()).get(entry["notebook"])) is None:
        raise ManifestError(f"names notebook {_brief(entry['notebook'])}; there is {', '.join(map(_printable, there))}")
    defaults, tables = _defaults(notebook), read()
    given = _dated(typed(notebook, given), defaults, tables)
    values = defaults | given
    columns = _index_columns(entry.get("index", []), values)
    names = {key: _named(key, entry[key]) for key in ("question", "short") if key in entry}
    place = _place_chooser(values, defaults, tables)
    if (every := given.get("province")) not in (_EVERY, _PUBLISHED):
        found = [_report(name, notebook, given, name, defaults, place)]
    elif not (places := _places_with_data(values, tables, every)):
        periods = ", ".join(sorted(tables[0]["period"].unique()))
        raise ManifestError(
            f"asks for all provinces and none has participants for {_brief(', '.join(_periods(values)))}; there are {periods}"
        )
    else:
        found = _of_places(places, name, notebook, given, defaults, place)
    return [
        report._replace(
            time_limit=float(limit), columns=columns, question=names.get("question", {}), short=names.get("short", {})
        )
        for report in found
    ]


def _named(key: str, given: Any) -> dict[str, str]:
    """A name of a report's pages in both languages."""
    try:
        found = _both_languages(_table(given, LANGUAGES))
        if any(fields(text) for text in found.values()):
            raise ValueError("it is the same on all pages, and shows no value")
        return found
    except ValueError as error:
        form = f'{key} = {{ id = "Siapa tercakup?", en = "Who is covered?" }}'
        raise ManifestError(f"has a {key} that can't be read: {error}; write {form}") from None


def _dated(given: dict[str, Any], defaults: Mapping[str, Any], tables: tuple[pd.DataFrame, ...]) -> dict[str, Any]:
    """`given` with months in the place of "latest" and "year before", so that a record says which month a page was made for."""
    dated = dict(given)
    try:
        if dated.get("period") == _LATEST and _is_of_participants(defaults):
            dated["period"] = latest(tables[0], tables[1], {**defaults, **given}.get("split", "domicile"))
    except ValueError as error:
        raise ManifestError(str(error)) from None
    if dated.get("since") == _YEAR_BEFORE:
        dated["since"] = _a_year_before({**defaults, **dated}["period"])
    return dated


def _is_of_participants(defaults: Mapping[str, Any]) -> bool:
    """Whether a notebook is about participants: its own `period` is a month. Another is about published figures."""
    return re.fullmatch(r"\d{4}-\d{2}", str(defaults.get("period", ""))) is not None


def _index_columns(given: Any, values: Mapping[str, Any]) -> tuple[Column, ...]:
    """The columns of an entry, the heads tried on what fills them: the parameters, and the lowest confidence."""
    try:
        found = [_column(one)._replace(given=values) for one in (given if isinstance(given, list) else [given])]
        for column in found:
            for language, head in column.head.items():
                fill(head, {**values, "confidence": CONFIDENCE[0]}, language)
        return tuple(found)
    except (TypeError, ValueError, KeyError, ArithmeticError) as error:
        why = f"there is no parameter {error}" if isinstance(error, KeyError) else error
        form = 'index = [{ id = "Peserta", en = "Participants", show = "{covered:count}" }]'
        raise ManifestError(f"has an index that can't be read: {why}; write {form}") from None


def _column(given: Any) -> Column:
    head = _both_languages(_table(given, ("id", "en", "show", "at")))
    if "show" not in given:
        raise ValueError("show is missing")
    shows = given["show"] if isinstance(given["show"], list) else [given["show"]]
    tables = [{"id": one, "en": one} if isinstance(one, str) else _table(one, ("id", "en", "when")) for one in shows]
    found = tuple(Cell(_both_languages(one), str(one.get("when", ""))) for one in tables)
    at = given.get("at", inf)
    if not found or isinstance(at, bool) or not isinstance(at, int | float) or not at > 0:
        raise ValueError(f"at is {_brief(at)}" if found else "show is empty")
    return Column(head, found, at)


def _table(given: Any, keys: Sequence[str]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise ValueError(f"{_brief(given)} isn't a table")
    if extra := [key for key in given if key not in keys]:
        raise ValueError(f"it has {_brief(extra[0])}{suggestion(extra[0], keys)} There is: {', '.join(keys)}")
    return given


def _both_languages(given: Mapping[str, Any]) -> dict[str, str]:
    """The text in each language; ValueError where one is missing or shows other values."""
    texts = {language: given.get(language) for language in LANGUAGES}
    if not all(isinstance(text, str) and text.strip() for text in texts.values()):
        raise ValueError(f"{_brief(dict(given))} needs a text in each of {', '.join(LANGUAGES)}")
    used = [fields(str(text)) for text in texts.values()]
    if used[0] != used[1]:
        raise ValueError(f"the languages of {_brief(dict(given))} show different values")
    return {language: str(text) for language, text in texts.items()}


def _of_places(
    places: Sequence[str],
    name: str,
    notebook: Path,
    given: dict[str, Any],
    defaults: dict[str, Any],
    place: Callable[[str], str],
) -> list[Report]:
    found = []
    for province in places:
        try:
            found.append(_report(name, notebook, given | {"province": province}, name, defaults, place))
        except ManifestError:
            if (defaults | given).get("base") != "eligible":  # known only where an article prints it
                raise
    return found


def _defaults(notebook: Path) -> dict[str, Any]:
    return {name: parameter.default for name, parameter in parameters_of(notebook).items()}


def _tables() -> tuple[pd.DataFrame, ...]:
    return tuple(data.read(table) for table in ("participants", "regions", "reported_claims"))


def _places_with_data(values: Mapping[str, Any], tables: tuple[pd.DataFrame, ...], every: str) -> list[str]:
    participants, regions, published = tables
    if every == _PUBLISHED:
        return [name for name in regions["province"] if name in set(published["province"])]
    rows = participants[participants["status"] == "active"]
    if "split" in values:
        rows = rows[rows["split"] == values["split"]]
    codes = [set(rows.loc[rows["period"] == period, "province_code"]) for period in _periods(values)]
    return [
        name
        for code, name in zip(regions["province_code"], regions["province"], strict=True)
        if all(code in there for there in codes)
    ]


def _periods(values: Mapping[str, Any]) -> list[str]:
    return [values[key] for key in ("since", "period") if key in values]


def _report(
    name: str, notebook: Path, given: dict[str, Any], stem: str, defaults: dict[str, Any], place: Callable[[str], str]
) -> Report:
    """A report with its place checked (and its dates and base, where it is about participants), under the place's folder."""
    values = defaults | given
    try:
        if "scenarios" in values and {"period", "until", "draws", "seed"} <= set(values):
            reasonable(**{key: values[key] for key in _ASKED if key in values})
        if "province" not in values:
            return Report(name, notebook, given, "", stem)
        if long := [name for name in _CHECKED if len(str(values.get(name, ""))) > _LONGEST_NAME]:
            raise ValueError(f"there is no {long[0]} {_brief(values[long[0]])}")
        chosen = place(values["province"])
    except (ValueError, TypeError) as error:
        raise ManifestError(str(error)) from None
    return Report(name, notebook, given | {"province": chosen}, slug(chosen), stem)


def _place_chooser(
    values: Mapping[str, Any], defaults: Mapping[str, Any], tables: tuple[pd.DataFrame, ...]
) -> Callable[[str], str]:
    """What chooses a place, for all places of a report at once: its name or code in, its name out, or ValueError.

    So a place or period without data is refused before anything runs.
    """
    participants, regions, published = tables
    if not _is_of_participants(defaults):
        find = finder(regions, published, "published figures")
        return lambda province: find(province)[1]
    base, split = values.get("base", "employed"), values.get("split", "domicile")
    choose = chooser(base, split, participants, regions, published)
    counted = chooser("employed", "domicile", participants, regions, published)

    rows = participants[(participants["split"] == "domicile") & (participants["status"] == "active")]
    periods = rows.groupby("province_code")["period"].agg(set)

    def year_before(province: str, period: str) -> None:
        there = periods[counted(province, period).province_code]
        if (before := _a_year_before(period)) not in there:
            fine = ", ".join(sorted(p for p in there if _a_year_before(p) in there)) or "none"
            raise ValueError(
                f"period is {period!r}, and how many enrol is solved from the year before, of which {province} has no participants "
                f"by domicile ({before}). There is: {fine}"
            )

    def place(province: str) -> str:
        if "since" in values and values["since"] >= values["period"]:
            raise ValueError(f"period {values['period']!r} must be after since {values['since']!r}")
        if "scenarios" in values:
            year_before(province, values["period"])
        return [choose(province, period) for period in _periods(values)][-1].province

    return place


def _a_year_before(period: str) -> str:
    return f"{int(period[:4]) - 1}{period[4:]}"


def own(name: str, given: Sequence[tuple[str, str]], all_reports: Sequence[Report]) -> Report:
    """One report of one's own: `name` with parameters as papermill takes them, `-p NAME VALUE`.

    What isn't given is as in `reports.toml` (for all provinces: the notebook's). A value that
    differs from there becomes part of the page's name, with its parameter's (`lampung/coverage-period-2022-12`), so that
    the regular page stays as it is and no two pages share a name.
    """
    names = {report.name for report in all_reports}
    regular = [r for r in all_reports if r.name == name] or [r for r in all_reports if r.name == name.casefold()]
    if not regular:
        raise ManifestError(_no_own_report(name, all_reports))
    if twice := [key for i, (key, _) in enumerate(given) if key in {other for other, _ in given[:i]}]:
        said = " and ".join(_brief(value) for other, value in given if other == twice[0])
        raise ManifestError(
            f"parameter {_brief(twice[0])} is given twice, {said}, and a page has one; give it once, and render each"
        )
    first = regular[0]
    defaults, tables = _defaults(first.notebook), _tables()
    values = _dated(typed(first.notebook, dict(given)), defaults, tables)
    shared = {
        key: value for key, value in first.parameters.items() if all(r.parameters.get(key) == value for r in regular)
    }
    if "since" in shared and "since" not in values and shared["since"] == _a_year_before(shared["period"]):
        shared["since"] = _a_year_before(values.get("period", shared["period"]))  # a year before, whichever the period
    usual = defaults | shared
    odd = {key: values[key] for key in defaults if key in values and key != "province" and values[key] != usual[key]}
    here = {"province": usual["province"]} if "province" in usual else {}
    taken = shared | here | values
    place = _place_chooser(defaults | taken, defaults, tables)
    stem = own_stem(first.name, odd, defaults, names)
    mine = _report(first.name, first.notebook, taken, stem, defaults, place)
    _check_scenarios(defaults | taken)
    if clash := next((r for r in all_reports if r.path == mine.path and r.name != first.name), None):
        raise ManifestError(f"{mine.path} is the page of {clash.name} in reports.toml; render that, or rename it")
    same = {key: getattr(first, key) for key in ("time_limit", "columns", "question", "short")}
    return mine._replace(**same)


def _check_scenarios(values: Mapping[str, Any]) -> None:
    """The scenarios asked for, of a notebook that has any. Only here: a page of `reports.toml` leaves out what starts too
    late, and whether the files are right has been checked for all of them."""
    if "scenarios" not in values or not {"period", "until", "draws", "seed"} <= set(values):
        return
    from analysis.scenarios.read import check_asked  # which takes long to import, and nobody else here needs it

    try:
        check_asked(values["scenarios"], **{key: values[key] for key in _ASKED if key in values})
    except (ValueError, TypeError) as error:
        raise ManifestError(str(error)) from None


def own_stem(name: str, odd: Mapping[str, Any], parameters: Iterable[str], names: Iterable[str] = ()) -> str:
    """The name of a page of one's own: the report's, and each parameter that is another than usual with its value.

    No two sets of parameters have one name. What can be read back from the name stands there as it is; where small
    letters, digits and single hyphens can't say it (signs, capitals, long texts, a value that reads like a parameter or
    like another of the reports `names`), the name ends with two hyphens and a hash of it all, and no other name has two hyphens.

    >>> own_stem("scenarios", {"until": 2030}, ["until"]), own_stem("reach", {"goal": 0.5}, ["goal"])
    ('scenarios-until-2030', 'reach-goal-0-5')
    >>> own_stem("scenarios", {"until": -1}, ["until"])
    'scenarios-until-1--239250c82600b76b'
    """
    if not odd:
        return name
    words = [_in_a_name(value) for value in odd.values()]
    stem = "-".join([name, *(f"{key}-{word}" for key, word in zip(odd, words, strict=True))])
    others = [other for other in names if len(other) > len(name) and stem.startswith(f"{other}-")]
    known = set(parameters)
    if (
        all(words)
        and not others
        and len(stem) <= len(name) + _LONGEST_NAME
        and all(
            re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", key) and not known & set(word.split("-"))
            for key, word in zip(odd, words, strict=True)
        )
    ):
        return stem
    told = json.dumps([name, [[key, repr(value)] for key, value in odd.items()]])
    readable = re.sub("[^a-z0-9]+", "-", "-".join(f"{key}-{value}" for key, value in odd.items()).casefold())
    return f"{name}-{readable.strip('-')[:_LONGEST_NAME].strip('-')}--{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def _in_a_name(value: Any) -> str:
    """A value as part of a name from which it can be read back, given its type; "" where it can't be."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, float):
        return text.replace(".", "-") if re.fullmatch(r"[0-9]+\.[0-9]+", text) else ""
    return text if re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", text) else ""


def parameters_in(report: Report) -> dict[str, Any]:
    """Everything the notebook runs with, its defaults too, apart from the language that JupyterLab shows.

    >>> parameters_in(matching(["lampung/press"], reports())[0])
    {'province': 'Lampung', 'period': 'all'}
    """
    values = _defaults(report.notebook) | report.parameters
    return {name: value for name, value in values.items() if name != "language"}


def named(path: str, pattern: str) -> bool:
    """Whether a page's path is what NAME of a command says: a report, a place, or place/report, in whatever spelling.

    >>> named("dki-jakarta/coverage", "DKI Jakarta"), named("dki-jakarta/coverage", "press")
    (True, False)
    """
    folder, _, stem = path.casefold().rpartition("/")
    return bool({slug(pattern), pattern.casefold()} & ({path.casefold(), folder, stem} - {""}))


def matching(patterns: Sequence[str], all_reports: Sequence[Report], left_out: Sequence[LeftOut] = ()) -> list[Report]:
    """The reports that `patterns` name: a report (coverage), a place (lampung) or a path (lampung/coverage).

    A pattern that names only what is `left_out` gives none, and isn't an error.
    """
    if not patterns:
        return list(all_reports)
    chosen: dict[str, Report] = {}
    for pattern in patterns:
        hits = [r for r in all_reports if named(r.path, pattern)]
        if not hits and not any(_names_it(pattern, entry) for entry in left_out):
            raise ManifestError(_no_report(pattern, all_reports))
        chosen |= {report.path: report for report in hits}
    return list(chosen.values())


def asked_of(patterns: Sequence[str], all_reports: Sequence[Report], left_out: Sequence[LeftOut]) -> list[LeftOut]:
    """Which of `left_out` were asked for: all where everything was, else those named, and those of a place that was named."""
    if not patterns:
        return list(left_out)
    folders = {slug(pattern) for pattern in patterns} & {report.folder for report in all_reports} - {""}
    return [
        entry
        for entry in left_out
        if any(_names_it(pattern, entry) for pattern in patterns)
        or (entry.in_report and folders and (not entry.place or entry.place in folders))
    ]


def _names_it(pattern: str, entry: LeftOut) -> bool:
    return pattern.casefold().rpartition("/")[2] == entry.name.casefold()


def part(chosen: Sequence[Report], shard: str) -> list[Report]:
    """One of several parts of the reports, as even as can be: "1/4" is every fourth, beginning with the first.

    >>> [report.path for report in part(matching(["lampung/coverage", "lampung/change", "lampung/press"], reports()), "1/2")]
    ['lampung/coverage', 'lampung/press']
    """
    found = re.fullmatch(r"(\d{1,4})/(\d{1,4})", shard)
    if not found or not 1 <= (number := int(found[1])) <= (parts := int(found[2])):
        raise ManifestError(f"shard {_brief(shard)} isn't a part; write 1/4 for the first of four")
    return list(chosen[number - 1 :: parts])


def _no_report(name: str, all_reports: Sequence[Report]) -> str:
    names, folders = _names_and_folders(all_reports)
    meant = suggestion(name.casefold(), [*names, *folders])
    return f"there is no report {_brief(name)}{meant} There is: {', '.join(names)}, for {', '.join(folders)}"


def _no_own_report(name: str, all_reports: Sequence[Report]) -> str:
    """Why `-p` can't go with a name that is no report's; of a place, or a page of one, what to write instead."""
    names, folders = _names_and_folders(all_reports)
    folder, _, report = name.casefold().rpartition("/")
    place, wanted = (slug(folder), report) if folder else (slug(report), names[0] if names else "")
    if place in folders and wanted in names:
        return (
            f"-p goes with a report's name, and {_brief(name)} is {'a page' if folder else 'a place'}; write: "
            f"cakupan render {wanted} -p province {place} … There is: {', '.join(names)}"
        )
    return f"there is no report {_brief(name)}{suggestion(name.casefold(), names)} There is: {', '.join(names)}"


def _names_and_folders(all_reports: Sequence[Report]) -> tuple[list[str], list[str]]:
    return tuple(
        list(dict.fromkeys(filter(None, found)))
        for found in ([r.name for r in all_reports], [r.folder for r in all_reports])
    )  # type: ignore[return-value]


def _printable(name: str) -> str:
    """A name as it can be printed: short, on one line, with escapes for bytes that aren't UTF-8."""
    return _brief(name)[1:-1].encode("utf-8", "backslashreplace").decode("utf-8")


def slug(text: str) -> str:
    """A name as a folder: lower case, hyphenated, nothing that means something to a file system, no longer than it takes.

    >>> slug("DKI Jakarta"), slug("../2023-12")
    ('dki-jakarta', '2023-12')
    """
    plain = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    if len(plain) <= _LONGEST_NAME:
        return plain
    return f"{plain[:_LONGEST_NAME]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
