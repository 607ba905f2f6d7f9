"""Which published numbers moved between two renders, and why: on records alone; nothing is read or run here.

A record holds every number of its report by name: a sentence's values, a table's rows. A number is what JSON calls one, and
a figure quoted as it was printed (`printed`, `workers_printed`); where there is none (null, no such row) it is "–". Rows
are the same where their key columns are: as few columns as tell all rows apart, of text and years first.

Why a number moved is tried out by `revisions`: from the old state, one part of the project at a time is set to its new
state. A part that alone gives the new number is its cause.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from analysis.schema import many

Record = Mapping[str, Any]
Value = int | float | str
Key = tuple[tuple[str, Any], ...]

# What a page is made of, as far as numbers go.
DATA, SCENARIOS, CODE, PARAMETERS = PARTS = ("data", "scenarios", "code", "parameters")
# No single part gives the new number; a state with one part swapped didn't run; the records don't say.
TOGETHER, NOT_SEPARABLE, NOT_KNOWN = "together", "not separable", "not known"
NOTHING = "–"
_FROM_RECORDS = f"{TOGETHER}: several parts differ between the records; give revisions to tell them apart"
_FROM_SWAPS = {
    " or ": "a or b: each of them alone gives the new number",
    f"{TOGETHER} (": f"{TOGETHER} (a, b): a alone and b alone move the number, but not to what it is now",
}


class At(NamedTuple):
    """Where a number stands in its record: under a name, in a row (by its key; None: in a sentence), in a column."""

    name: str
    row: Key | None
    column: str

    def __str__(self) -> str:
        return f"{self.name}{_in_brackets(self.row)}.{self.column}"


class Move(NamedTuple):
    """A number that moved. `event` says what came or went with it: "new row", "gone name", "new report"; "" if it stayed."""

    report: str
    at: At
    old: Value | None
    new: Value | None
    event: str = ""
    cause: str = ""


class Comparison(NamedTuple):
    """Two renders: what moved, in how many reports that could be compared, what differs, what couldn't be rendered."""

    old: str
    new: str
    moves: list[Move]
    reports: int
    differing: Mapping[str, list[str]]
    failed: Mapping[str, Mapping[str, str]]
    tried: bool


def part_of(file: str) -> str:
    """The part of the project that a file belongs to; "" where no number can depend on it.

    >>> part_of("data/scenarios/steady.toml"), part_of("data/regions.csv"), part_of("analysis/words/language.py"), part_of("README.md")
    ('scenarios', 'data', 'code', '')
    """
    if file.startswith("data/scenarios/"):
        return SCENARIOS
    if file.startswith("data/"):
        return DATA
    if file.startswith(("analysis/", "notebooks/")) or file == "requirements.lock":
        return CODE
    return PARAMETERS if file == "reports.toml" else ""


def moves(report: str, old: Record | None, new: Record | None) -> list[Move]:
    """Every number that differs between two records of a report (None: there is no such report), in the records' order.

    >>> old = {"published": {"answer": {"values": {"rate": 0.15, "place": "Lampung"}, "rows": []}}}
    >>> new = {"published": {"answer": {"values": {"rate": 0.16, "place": "Lampung"}, "rows": []}}}
    >>> [(str(move.at), move.old, move.new) for move in moves("lampung/coverage", old, new)]
    [('answer.rate', 0.15, 0.16)]
    """
    keys = key_columns(old, new)
    before, after = numbers(old, keys), numbers(new, keys)
    there = [None if record is None else _names_and_rows(record, keys) for record in (old, new)]
    return [
        Move(report, at, before.get(at), after.get(at), _event(at, *there))
        for at in dict.fromkeys([*after, *before])
        if before.get(at) != after.get(at)
    ]


def key_columns(*records: Record | None) -> dict[str, list[str]]:
    """The key columns of each table that the records hold, by its name.

    >>> rows = [{"year": 2025, "segment": "PU", "n": 4}, {"year": 2026, "segment": "PU", "n": 4}]
    >>> key_columns({"published": {"path": {"values": {}, "rows": rows}}})
    {'path': ['year']}
    """
    tables: dict[str, list[Sequence[Mapping[str, Any]]]] = {}
    for record in records:
        for name, part in _published(record):
            tables.setdefault(name, []).append(part.get("rows") or [])
    return {name: _keys([rows for rows in found if rows]) for name, found in tables.items()}


def numbers(record: Record | None, keys: Mapping[str, Sequence[str]]) -> dict[At, Value]:
    """Every number of a record by where it stands."""
    found: dict[At, Value] = {}
    for name, part in _published(record):
        found |= {At(name, None, column): value for column, value in _figures(part.get("values") or {})}
        for key, row in _keyed(part.get("rows") or [], keys.get(name, ())):
            found |= {At(name, key, column): value for column, value in _figures(row)}
    return found


def differing(old: Record, new: Record) -> dict[str, list[str]] | None:
    """What two records of a report were made of and differs, by part; None where one of them doesn't say.

    >>> of = {"notebook": {}, "folders": {}, "languages": [], "versions": {}}
    >>> old = {"parameters": {}, "made_of": of | {"files": {"data/regions.csv": "1", "analysis/words/language.py": "2"}}}
    >>> new = {"parameters": {}, "made_of": of | {"files": {"data/regions.csv": "9", "analysis/words/language.py": "2"}}}
    >>> differing(old, new)
    {'data': ['data/regions.csv']}
    """
    before, after = old.get("made_of"), new.get("made_of")
    if not before or not after:
        return None
    found: dict[str, list[str]] = {part: [] for part in PARTS}
    for file in _keys_differing(before["files"], after["files"]):
        found[part_of(file) or CODE].append(file)
    for folder in _keys_differing(before["folders"], after["folders"]):
        found[part_of(f"{folder}/") or CODE].append(f"{folder}/")
    if before["notebook"] != after["notebook"]:
        found[CODE].append(f"notebooks/{after['notebook']['file']}")
    found[CODE] += _keys_differing(before["versions"], after["versions"])
    found[CODE] += ["languages"] if before["languages"] != after["languages"] else []
    found[PARAMETERS] += _keys_differing(old["parameters"], new["parameters"])
    return {part: what for part, what in found.items() if what}


def cause_of(
    old: Value | None, new: Value | None, swapped: Mapping[str, Value | None], failed: Iterable[str] = ()
) -> str:
    """Why a number moved, from what it is with one part swapped at a time; `failed`: parts whose swap didn't run.

    >>> cause_of(1, 2, {"data": 2, "code": 1}), cause_of(1, 2, {"data": 2, "code": 2})
    ('data', 'data or code')
    >>> cause_of(1, 9, {"data": 1, "code": 1}), cause_of(1, 9, {"data": 2, "code": 1}), cause_of(1, 9, {"data": 2}, ["code"])
    ('together', 'together (data)', 'not separable')
    """
    if enough := [part for part, value in swapped.items() if value == new]:
        return " or ".join(enough)
    if list(failed):
        return NOT_SEPARABLE
    elsewhere = [part for part, value in swapped.items() if value != old]
    return f"{TOGETHER} ({', '.join(elsewhere)})" if elsewhere else TOGETHER


def explained(
    moved: Sequence[Move],
    ends: tuple[Record | None, Record | None],
    swapped: Mapping[str, Record | None],
    failed: Sequence[str],
) -> list[Move]:
    """The moves of one report with their causes, from its records with one part swapped at a time (None: no such report)."""
    keys = key_columns(*ends)
    tried = {part: numbers(record, keys) for part, record in swapped.items()}
    return [
        move._replace(cause=cause_of(move.old, move.new, {p: there.get(move.at) for p, there in tried.items()}, failed))
        for move in moved
    ]


def from_records(moved: Sequence[Move], old: Record | None, new: Record | None) -> list[Move]:
    """The moves of one report with what the records alone say of their cause."""
    parts = differing(old, new) if old and new else None
    cause = NOT_KNOWN if not parts else next(iter(parts)) if len(parts) == 1 else TOGETHER
    return [move._replace(cause=cause) for move in moved]


def headline(found: Comparison) -> str:
    """The first line: how many numbers moved, where, and of which causes.

    >>> move = Move("lampung/coverage", At("answer", None, "rate"), 0.15, 0.16, cause="data")
    >>> headline(Comparison("HEAD~1", "HEAD", [move], 3, {}, {}, True))
    '1 published number moved in 1 of 3 reports; causes: data 1'
    """
    if not found.moves:
        return "no published number moved" if found.reports or not found.failed else "nothing could be compared"
    causes = Counter(move.cause.split(" (")[0] for move in found.moves)
    of = ", ".join(f"{cause} {n}" for cause, n in sorted(causes.items(), key=lambda pair: (-pair[1], pair[0])))
    there = len({move.report for move in found.moves})
    return (
        f"{many(len(found.moves), 'published number')} moved in {there} of {many(found.reports, 'report')}; "
        f"causes: {of}"
    )


class Line(NamedTuple):
    """One line of the table; it stands for so many numbers in each of its places."""

    label: str
    old: str
    new: str
    cause: str
    stands_for: int


class Section(NamedTuple):
    """What moved in one report, or alike in that report of several places."""

    title: str
    places: list[str]
    lines: list[Line]


def sections(moved: Sequence[Move]) -> list[Section]:
    """The lines to show: what is new or gone as a whole is one line, and so is what moved alike in several places."""
    alike: dict[tuple[Any, ...], list[str]] = {}
    for (report, *what), group in _one_a_line(moved).items():
        place, _, name = report.rpartition("/")
        alike.setdefault((name, _line(group), *what), []).append(place)
    by_places: dict[tuple[str, tuple[str, ...]], list[Line]] = {}
    for (name, line, *_), places in alike.items():
        by_places.setdefault((name, tuple(places)), []).append(line)
    return [
        Section(f"{name}, {len(places)} places", list(places), lines)
        if len(places) > 1
        else Section(f"{places[0]}/{name}".lstrip("/"), [], lines)
        for (name, places), lines in by_places.items()
    ]


def as_text(found: Comparison, most: int | None = 20) -> str:
    """A table to read, at most so many lines a report (None: all)."""
    rows = [("report", "number", "old", "new", "cause")]
    between: dict[int, str] = {}
    for section in sections(found.moves):
        if section.places:
            between[len(rows)] = f"{section.title}: {', '.join(section.places)}"
        rows += [(section.title, *line[:4]) for line in section.lines[:most]]
        if left := _more_lines(section, most):
            rows.append((section.title, left, "", "", ""))
    out = [headline(found), *_what_differs(found)]
    if found.moves:
        widths = [max(len(row[i]) for row in rows) for i in range(5)]
        out.append("")
        for number, row in enumerate(rows):
            out += [between[number]] if number in between else []
            out.append("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        out += ["", *notes] if (notes := _notes(found)) else []
    return "\n".join(out) + "\n"


def as_markdown(found: Comparison, most: int | None = 20) -> str:
    """The same for a page that shows Markdown."""
    out = [f"**{_safe(headline(found))}**", *(f"\n{_safe(fact)}" for fact in _what_differs(found))]
    if found.moves:
        out += ["", "| report | number | old | new | cause |", "| --- | --- | ---: | ---: | --- |"]
    for section in sections(found.moves):
        title = section.title + (f": {', '.join(section.places)}" if section.places else "")
        for number, line in enumerate(section.lines[:most]):
            cells = (title if number == 0 else section.title, *line[:4])
            out.append(f"| {' | '.join(map(_safe, cells))} |")
        if left := _more_lines(section, most):
            out.append(f"| {_safe(section.title)} | {left} | | | |")
    return "\n".join([*out, *(f"\n{_safe(note)}" for note in _notes(found))]) + "\n"


def as_json(found: Comparison) -> str:
    """Every number by itself, for programs; a number that isn't known is null."""
    told = {
        "old": found.old,
        "new": found.new,
        "headline": headline(found),
        "reports": found.reports,
        "differing": found.differing,
        "not_rendered": found.failed,
        "numbers": [
            {
                "report": move.report,
                "name": move.at.name,
                "row": None if move.at.row is None else dict(move.at.row),
                "column": move.at.column,
                "old": move.old,
                "new": move.new,
                "event": move.event or None,
                "cause": move.cause,
            }
            for move in found.moves
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _published(record: Record | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from (record or {}).get("published", {}).items()


def _figures(values: Any, within: str = "") -> Iterator[tuple[str, Value]]:
    """The numbers of a row or of a sentence's values, by column; those of a list by their place in it, as in values.0.

    To six digits after the point: no page prints more.
    """
    pairs = values.items() if isinstance(values, Mapping) else enumerate(values)
    for name, value in pairs:
        column = f"{within}.{name}" if within else str(name)
        if isinstance(value, Mapping | list | tuple):
            yield from _figures(value, column)
        elif _is_number(value) or (isinstance(value, str) and value and _is_printed(column)):
            yield column, round(value, 6) if isinstance(value, float) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _is_printed(column: str) -> bool:
    return column == "printed" or column.endswith("_printed")


def _keys(tables: Sequence[Sequence[Mapping[str, Any]]]) -> list[str]:
    """As few columns as tell the rows of each table apart: text and years, codes last; then numbers that stayed the same."""
    columns = list(dict.fromkeys(column for rows in tables for row in rows for column in row))
    held = {column: [{_hashable(row.get(column)) for row in rows} for rows in tables] for column in columns}
    text = [
        column
        for column in columns
        if column == "year"
        or (_is_text(row.get(column) for rows in tables for row in rows) and not _is_printed(column))
    ]
    text.sort(key=lambda column: column.endswith(("_code", "_id")))
    same = [
        column
        for column in columns
        if column not in text and held[column][0] == held[column][-1] and all(map(_is_number, held[column][0]))
    ]

    def apart(key: list[str]) -> int:
        return sum(len({tuple(_hashable(row.get(column)) for column in key) for row in rows}) for rows in tables)

    chosen = text[:1]
    for column in [*text[1:], *same]:
        if apart([*chosen, column]) > apart(chosen):
            chosen.append(column)
    for column in chosen[::-1]:
        rest = [other for other in chosen if other != column]
        if rest and apart(rest) == apart(chosen):
            chosen = rest
    return chosen


def _is_text(values: Iterable[Any]) -> bool:
    there = {type(value) for value in values if value is not None}
    return there == {str}


def _hashable(value: Any) -> Any:
    """A value as part of a key; a list can't be one."""
    return "" if value is None else json.dumps(value) if isinstance(value, list | dict | bool) else value


def _keyed(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    """Rows by their key; those that it doesn't tell apart are numbered."""
    seen: Counter[Key] = Counter()
    for row in rows:
        key: Key = tuple((column, _hashable(row.get(column))) for column in keys)
        seen[key] += 1
        yield (key if seen[key] == 1 else (*key, ("#", seen[key]))), row


def _names_and_rows(record: Record, keys: Mapping[str, Sequence[str]]) -> set[tuple[str, Key | None]]:
    """Every name and row that a record holds."""
    parts = dict(_published(record))
    rows = {(n, key) for n, part in parts.items() for key, _ in _keyed(part.get("rows") or [], keys.get(n, ()))}
    return rows | {(name, None) for name in parts}


def _event(at: At, *ends: set[tuple[str, Key | None]] | None) -> str:
    """What came or went as a whole with the number at a place; `ends` are the names and rows before and after."""
    for whole, is_in in (
        ("report", [end is not None for end in ends]),
        ("name", [(at.name, None) in (end or ()) for end in ends]),
        ("row", [at[:2] in (end or ()) for end in ends]),
    ):
        if not all(is_in):
            return f"{'gone' if is_in[0] else 'new'} {whole}"
    return ""


def _keys_differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


def _one_a_line(moved: Sequence[Move]) -> dict[tuple[Any, ...], list[Move]]:
    """Moves together that are one line: those of a new or gone row, name or report with one cause; each other by itself."""
    groups: dict[tuple[Any, ...], list[Move]] = {}
    for move in moved:
        kind = move.event.rpartition(" ")[2]
        deep = {"report": (), "name": move.at[:1], "row": move.at[:2], "": move.at}[kind]
        groups.setdefault((move.report, move.event, deep, move.cause), []).append(move)
    return groups


def _line(group: Sequence[Move]) -> Line:
    move = group[0]
    if not move.event:
        return Line(str(move.at), _as_recorded(move.old), _as_recorded(move.new), move.cause, 1)
    what = f"{move.event}, {many(len(group), 'number')}"
    row = _in_brackets(move.at.row) if move.event.endswith("row") else ""
    label = "" if move.event.endswith("report") else f"{move.at.name}{row}"
    old, new = (NOTHING, what) if move.event.startswith("new") else (what, NOTHING)
    return Line(label, old, new, move.cause, len(group))


def _more_lines(section: Section, most: int | None) -> str:
    left = (
        sum(line.stands_for for line in section.lines[most:]) * max(1, len(section.places)) if most is not None else 0
    )
    return f"... and {left} more" if left else ""


def _what_differs(found: Comparison) -> list[str]:
    """What differs between the two, and what couldn't be rendered."""
    parts = [f"{part} ({_few(what)})" for part, what in found.differing.items()]
    failed = [
        f"not rendered from {side}: {f'{path}: ' if path else ''}{reason}"
        for side, reports in found.failed.items()
        for path, reason in reports.items()
    ]
    return ([f"what differs: {', '.join(parts)}"] if parts and found.moves else []) + failed


def _notes(found: Comparison) -> list[str]:
    if not found.tried:
        return [_FROM_RECORDS] if any(move.cause == TOGETHER for move in found.moves) else []
    return [note for sign, note in _FROM_SWAPS.items() if any(sign in move.cause for move in found.moves)]


def _few(what: Sequence[str], most: int = 3) -> str:
    return ", ".join(what[:most]) + (f" and {len(what) - most} more" if len(what) > most else "")


def _in_brackets(row: Key | None) -> str:
    return f"[{', '.join(str(value) for _, value in row)}]" if row else ""


def _as_recorded(value: Value | None) -> str:
    """A number as it stands in the record.

    >>> _as_recorded(4697658), _as_recorded(0.156012), _as_recorded("2,7 juta"), _as_recorded(None)
    ('4697658', '0.156012', '2,7 juta', '–')
    """
    return NOTHING if value is None else value if isinstance(value, str) else json.dumps(value)


def _safe(text: str) -> str:
    """Text as it is, in a cell of a Markdown table."""
    for sign in "\\`*_[]|#~":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split())
