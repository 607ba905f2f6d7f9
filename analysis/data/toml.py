"""A TOML file as people write it: its table, or what is wrong with it, on which line, and what to do.

One rule for `reports.toml` and the scenarios: an ordinary file of at most `MOST_BYTES`, UTF-8 with or without a byte order
mark, tables no deeper than `DEEPEST`, whole numbers of 64 bits. Nothing that stands in a file makes this raise, and
nothing that lies in its place makes it wait.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from analysis.data.files import contents

MOST_BYTES = 2**20  # a hundred times the longest that is here
DEEPEST = 20
_BIGGEST = 2**63 - 1  # what TOML promises of whole numbers

Key = tuple[str, ...]


class Finding(NamedTuple):
    """What is wrong with a file as such: the line, the key that stands there (empty: none), the rule and what to do."""

    line: int
    key: Key
    rule: str
    message: str


class Toml(NamedTuple):
    """What a file says, and the line of each of its tables and keys; with a finding the table is empty."""

    table: dict[str, Any]
    lines: dict[Key, int]
    finding: Finding | None


def read(path: Path) -> Toml:
    """The file at `path`, links followed.

    >>> read(Path("/dev/zero")).finding.message
    'it is a device; put an ordinary file in its place'
    """
    raw, wrong = contents(path, MOST_BYTES)
    return understood(raw) if wrong is None else Toml({}, {}, Finding(1, (), *wrong))


def understood(raw: bytes) -> Toml:
    """What the bytes of a file say.

    >>> understood(b'a = 1\\n[b]\\nc = 08').finding[:3]
    (3, ('b', 'c'), 'number')
    """
    if isinstance(text := decoded(raw), Finding):
        return Toml({}, {}, text)
    lines = _lines(text)
    if dotted := _MANY_DOTS.search(text):  # the library takes minutes over keys of thousands of parts
        return Toml({}, lines, Finding(_line_of(dotted, text), (), "nesting", _TOO_DEEP))
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Toml({}, lines, _syntax(str(error), text))
    except RecursionError:
        return Toml({}, lines, Finding(*_widest(text), "nesting", _TOO_DEEP))
    except ValueError:  # Python's own limit on the digits of a whole number
        number = _line_of(re.search(r"(?<![\w.])[+-]?[0-9](_?[0-9]){4000,}", text), text)
        return Toml({}, lines, Finding(number, _key_at(text, number), "number", _TOO_BIG))
    return Toml({}, lines, wrong) if (wrong := _beyond(table, lines)) else Toml(table, lines, None)


_MANY_DOTS = re.compile(r"""(?<![\w."'-])(?:["']?[\w-]+["']? ?\. ?){200,}""")
_TOO_DEEP = f"tables or lists stand in each other more than {DEEPEST} deep; no value here needs that"
_TOO_BIG = "a whole number has 19 digits at most; write the number that was meant"


def decoded(raw: bytes) -> str | Finding:
    """The text of a file's bytes, its line ends as \\n, or why it is none."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Finding(1, (), "encoding", "the file is UTF-16; save it as UTF-8 text")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = "the file isn't UTF-8 (perhaps Latin-1 or Windows-1252); save it as UTF-8 text"
        return Finding(line, (), "encoding", message)


_BARE = r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'"""
_DOTTED = rf"(?:{_BARE})(?:\s*\.\s*(?:{_BARE}))*"


def _spots(text: str) -> Iterator[tuple[int, Key]]:
    """Line and key of each table and value, as far as they stand at the start of a line."""
    table: Key = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := re.match(rf"\s*\[+\s*({_DOTTED})\s*\]", line):
            table = _parts(header[1])
            yield number, table
        elif key := re.match(rf"\s*({_DOTTED})\s*=", line):
            yield number, table + _parts(key[1])


def _lines(text: str) -> dict[Key, int]:
    """The line of every key: of what stands twice the first, and of a table that has no line of its own that of its first key."""
    spots = list(_spots(text))
    lines = {key: line for line, key in reversed(spots)}
    for line, key in spots:
        for n in range(1, min(len(key), DEEPEST)):
            lines.setdefault(key[:n], line)
    return lines


def _parts(dotted: str) -> Key:
    return tuple(part.strip("\"'") for part in re.findall(_BARE, dotted))


def _key_at(text: str, number: int) -> Key:
    return next((key for line, key in _spots(text) if line == number), ())


def _line_of(found: re.Match[str] | None, text: str) -> int:
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _widest(text: str) -> tuple[int, Key]:
    """The line with the most brackets, which is where a file nests too deep, and its key."""
    lines = text.split("\n")
    number = max(range(len(lines)), key=lambda n: lines[n].count("[") + lines[n].count("{")) + 1
    return number, _key_at(text, number)


def _beyond(table: dict[str, Any], lines: dict[Key, int]) -> Finding | None:
    """The first value that nests too deep, or is a whole number of more than 64 bits. Without recursion: it may be deep."""
    below: list[tuple[Key, Any]] = [((), table)]
    while below:
        key, value = below.pop()
        if len(key) > DEEPEST:
            return Finding(line_at(key, lines), key[:3], "nesting", _TOO_DEEP)
        if isinstance(value, dict):
            below += [((*key, name), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            below += [((*key, ""), inner) for inner in value]
        elif isinstance(value, int) and abs(value) > _BIGGEST:
            return Finding(line_at(key, lines), key, "number", _TOO_BIG)
    return None


def line_at(key: Key, lines: Mapping[Key, int]) -> int:
    """The line where the key, or what holds it, stands.

    >>> line_at(("a", "b"), {("a",): 3}), line_at(("c",), {("a",): 3})
    (3, 1)
    """
    return next((lines[key[:n]] for n in range(len(key), 0, -1) if key[:n] in lines), 1)


def _syntax(said: str, text: str) -> Finding:
    """What tomllib says of a file that isn't TOML, on the line it names."""
    lines = text.split("\n")
    if conflict := re.search(r"^(<{7}|={7}|>{7}|\|{7})( |$)", text, re.MULTILINE):
        message = "git left a conflict here; keep one of the two versions and take out the lines of <, = and >"
        return Finding(_line_of(conflict, text), (), "conflict", message)
    named = re.search(r"at line (\d+)", said)
    number = int(named[1]) if named else text.rstrip("\n").count("\n") + 1
    stated = lines[number - 1].partition("=")[2].strip()
    if re.search("overwrite|twice|[Dd]uplicate|redefine|mutate", said):
        rule, message = "duplicate key", "this key or table stands in the file twice; keep one of them"
    elif plain := plain_number(stated.partition("#")[0].strip(" []")):
        rule = "number"
        message = f"a number is written with a dot and without a percent sign: write {plain}"
    else:
        rule, message = "syntax", f"this isn't TOML: {said[:1].lower()}{said[1:]}"
    return Finding(number, _key_at(text, number), rule, message)


def plain_number(text: str) -> str:
    """The number that a text means, "8 %" or "0,08" as 0.08, "22.100" as 22100; "" where it is none.

    >>> plain_number("8 %"), plain_number("0,08"), plain_number("22.100"), plain_number("many")
    ('0.08', '0.08', '22100', '')
    """
    if len(text) > 30:
        return ""
    if re.fullmatch(r"[1-9][0-9]{0,2}([.,][0-9]{3})+", text):
        return re.sub("[.,]", "", text)
    try:
        number = Decimal(text.rstrip("% ").replace(",", "."))
    except InvalidOperation:
        return ""
    if not number.is_finite() or abs(number.adjusted()) > 30:
        return ""
    return f"{(number / 100 if '%' in text else number).normalize():f}"
