"""What a file must be before its cells mean anything: its bytes, its lines, its header, its numbers.

By hand, because the libraries are lenient here: pandas reads `731.991` as a fraction and drops rows
around a ragged line, frictionless lets NUL bytes, no-break spaces, header-only files and numbers
beyond 64 bits pass.
"""

import csv
import io
import json
import os
import re
import stat
import unicodedata
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from analysis.schema import nearest

# One way to write a number: no plus sign, no leading zeros (a code, or digits that were lost), no minus zero.
WHOLE = re.compile(r"0|-?[1-9][0-9]*")
NUMBER = re.compile(r"(?!-0(\.0+)?$)-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_STYLES = {
    "Indonesian thousands (731.991)": re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?"),
    "English thousands (731,991)": re.compile(r"-?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?"),
    "separate thousands (731 991 or 731_991)": re.compile(r"-?[1-9][0-9]{0,2}([ _'][0-9]{3})+"),
    "a decimal comma (26,79)": re.compile(r"-?[0-9]+,[0-9]+"),
    "an exponent (7.32E+05)": re.compile(r"-?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+"),
    "leading zeros (007)": re.compile(r"-?0[0-9]+(\.[0-9]+)?"),
    "a minus sign before zero": re.compile(r"-0(\.0+)?"),
    "a plus sign": re.compile(r"\+[0-9]+(\.[0-9]+)?"),
    "a percent sign": re.compile(r"-?[0-9]+([.,][0-9]+)?\s*%"),
}
_NOT_KNOWN = {
    "nan",
    "inf",
    "-inf",
    "+inf",
    "infinity",
    "na",
    "n/a",
    "#n/a",
    "null",
    "none",
    "-",
    "–",
    "—",
    "...",
    "tad",
}
# People, rupiah and the like come in wholes: with them `731.991` can only be thousands.
_COUNTED = ("persons", "rupiah", "companies", "business entities", "projects", "count", "cases")
BIGGEST = 2**63 - 1
# A hundred times what the longest table holds; a larger file is another's (a disk image, a device's dump).
MOST_BYTES = 32 * 2**20
# Characters in a cell. The longest here has 248; a page of prose has 3,000.
MOST_IN_CELL = 10_000
_SHOWN, _TOLD = 200, 2000
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def shortened(text: str, most: int = _SHOWN) -> str:
    """The text as it can be printed anywhere: its beginning where it is long, and escapes for bytes that aren't UTF-8.

    >>> shortened("7" * 5000, 10), shortened("Lamp\\udcfang")
    ('7777777777… (5,000 characters)', 'Lamp\\\\udcfang')
    """
    whole = text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"
    return whole.encode("utf-8", "backslashreplace").decode("utf-8")


class _Problem(NamedTuple):
    file: str
    line: int
    column: str
    value: str
    rule: str
    message: str


class Problem(_Problem):
    """One thing that is wrong: where, what stands there, which rule it breaks, what to do.

    Whoever prints it, as text, as JSON or for GitHub, gets no megabytes and nothing that can't be encoded: `shortened`.
    """

    __slots__ = ()

    def __new__(cls, file: str, line: int, column: str, value: str, rule: str, message: str) -> "Problem":
        """All texts but the rule, which is ours, are shortened."""
        told = shortened(message, _TOLD)
        return super().__new__(cls, shortened(file), line, shortened(column), shortened(value), rule, told)

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" + (f", column {self.column}" if self.column else "")
        found = f" {self.value!r}" if self.value else ""
        return f"{where}:{found} [{self.rule}] {self.message}"


class Row(NamedTuple):
    """One line of a file: its number there and its cells, as text, by column name."""

    line: int
    cells: dict[str, str]


def contents(path: Path, most: int = MOST_BYTES) -> tuple[bytes, tuple[str, str] | None]:
    """The bytes of an ordinary file, at most so many; or none, with the rule it breaks and what to do.

    Never waits and never fills the memory: a named pipe, a device or a folder isn't read at all. Links are followed.

    >>> contents(Path("/dev/zero"))
    (b'', ('not a file', 'it is a device; put an ordinary file in its place'))
    """
    try:
        kind = path.stat().st_mode
        if not stat.S_ISREG(kind):
            what = next((name for is_so, name in _KINDS if is_so(kind)), "something else")
            return b"", ("not a file", f"it is {what}; put an ordinary file in its place")
        # Should it have become a pipe just now, opening it like this doesn't wait for who may write to it.
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as stream:
            raw = stream.read(most + 1)
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            return b"", ("missing file", f"it is a link to {path.readlink()}, which isn't there; mend the link")
        return b"", ("missing file", "it isn't there")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return b"", ("unreadable file", f"it can't be read ({reason}); mend its permissions or its name")
    if len(raw) > most:
        return b"", ("file too large", f"it has more than {most:,} bytes; is it the right one?")
    return raw, None


def text_of(path: Path, because: str = "") -> tuple[str, list[Problem]]:
    """The file's text. UTF-8, with or without a byte order mark, is the only encoding taken.

    `because` stands before what is wrong with the file as such: "datapackage.json names this file and ".
    """
    raw, wrong = contents(path)
    if wrong is None:
        return decoded(path.name, raw)
    rule, message = wrong
    return "", [Problem(path.name, 1, "", "", rule, because + message)]


def decoded(file: str, raw: bytes) -> tuple[str, list[Problem]]:
    """What `text_of` says, of a file's bytes."""

    def problem(line: int, value: str, rule: str, message: str) -> tuple[str, list[Problem]]:
        return "", [Problem(file, line, "", value, rule, message)]

    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return problem(1, "", "encoding", "the file is UTF-16; save it as CSV UTF-8")
    if (at := raw.find(b"\0")) >= 0:
        return problem(
            raw.count(b"\n", 0, at) + 1, "\\x00", "NUL byte", "the file is damaged or isn't text; export it again"
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = raw[error.start : error.start + 12].decode("latin-1").splitlines()[0]
        return problem(
            line, found, "encoding", "the file isn't UTF-8 (perhaps Latin-1 or Windows-1252); save it as CSV UTF-8"
        )
    if not text.strip():
        return problem(1, "", "empty file", "the file holds nothing; a header and rows were expected")
    return text, []


def json_of(path: Path) -> tuple[object, list[Problem]]:
    """What a JSON file holds, UTF-8 with or without a byte order mark; or None, and what is wrong with it."""

    def problem(line: int, rule: str, message: str) -> tuple[None, list[Problem]]:
        return None, [Problem(path.name, line, "", "", rule, message)]

    raw, wrong = contents(path)
    if wrong:
        return problem(1, *wrong)
    try:
        return json.loads(raw.decode("utf-8-sig")), []
    except UnicodeDecodeError:
        return problem(1, "encoding", "the file isn't UTF-8; save it as UTF-8")
    except json.JSONDecodeError as error:
        return problem(error.lineno, "package", f"the file isn't JSON: {error.msg}, column {error.colno}")
    except RecursionError:
        return problem(
            1, "package", "brackets are nested too deep; the file is damaged or isn't a description of tables"
        )
    except ValueError:  # Python reads no whole number of more than 4,300 digits
        return problem(1, "package", "a number has thousands of digits; write the one that is meant")


def rows_of(
    file: str, text: str, fields: list[str], needed: list[str] | None = None
) -> tuple[list[Row], list[Problem]]:
    """The file's rows by column name, as far as they can be told apart, and what is wrong with the rest.

    The header must be `fields`; with `needed` these alone must be there, and the order is free.
    """
    if text[:4].casefold() == "sep=":  # what Excel writes, and hides, before the header
        message = "Excel's mark of the separator stands before the header; remove the line"
        return [], [Problem(file, 1, "", text.splitlines()[0], "separator", message)]
    records, problems = _records(file, text)
    header = records[0][1] if records else []
    if found := _header_problems(file, header, fields, needed):
        return [], problems + found
    if len(records) == 1 and not problems:
        return [], [Problem(file, 1, "", "", "header only", "the file has a header and no rows")]
    rows = []
    for line, cells in records[1:]:
        broken = [at for at, cell in enumerate(cells) if "\n" in cell or "\r" in cell]
        long = [at for at, cell in enumerate(cells) if len(cell) > MOST_IN_CELL]
        if not any(cells):
            problems.append(Problem(file, line, "", "", "blank line", "remove the line"))
        elif long and len(cells) == len(header):
            problems += [_too_long(file, line, header[at], cells[at]) for at in long]
        elif len(cells) == len(header):
            row = Row(line, dict(zip(header, cells, strict=True)))
            rows.append(row)
            message = "write the cell on one line"
            problems += [Problem(file, line, header[at], cells[at], "line break in a cell", message) for at in broken]
        elif broken:
            problems.append(_unclosed(file, line, ",".join(cells)))
        else:
            message = f"{len(cells)} cells where the header has {len(header)}; a text that holds a comma needs quotes"
            problems.append(Problem(file, line, "", ",".join(cells)[:60], "ragged row", message))
    return rows, problems


def _records(file: str, text: str) -> tuple[list[tuple[int, list[str]]], list[Problem]]:
    """The cells of each record with the line it begins on, up to a quote that makes nonsense of the rest."""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, strict=True)
    records: list[tuple[int, list[str]]] = []
    start = 1
    before = csv.field_size_limit(len(text) + 1)  # frictionless changes it once it is imported: state our own
    try:
        for cells in reader:
            records.append((start, cells))
            start = reader.line_num + 1
    except csv.Error:
        return records, [_unclosed(file, start, lines[start - 1])]
    finally:
        csv.field_size_limit(before)
    return records, []


def _too_long(file: str, line: int, column: str, found: str) -> Problem:
    message = f"a cell holds at most {MOST_IN_CELL:,} characters; is a quote missing, or another file in it?"
    return Problem(file, line, column, found, "cell too long", message)


def _unclosed(file: str, line: int, found: str) -> Problem:
    message = "a quote that opens on this line isn't closed before a comma or the end of the line"
    return Problem(file, line, "", found.rstrip("\r\n")[:60], "unclosed quote", message)


def _header_problems(file: str, header: list[str], fields: list[str], needed: list[str] | None = None) -> list[Problem]:
    def problem(column: str, value: str, rule: str, message: str) -> Problem:
        return Problem(file, 1, column, value, rule, message)

    joined, wanted = ",".join(header), fields if needed is None else needed
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) < len(wanted) and joined.count(mark) >= max(1, len(wanted) // 2):
            message = f"the columns are separated by {name}; save as CSV with commas (and a dot for decimals)"
            return [problem("", joined[:60], "separator", message)]
    twice = [name for name, times in Counter(header).items() if times > 1 and name]
    message = "two columns have this name; remove or rename one"
    found = [problem(name, name, "duplicate header", message) for name in twice]
    message = f"the table needs the columns {', '.join(wanted)}"
    found += [problem(name, "", "missing column", message) for name in wanted if name not in header]
    for at, name in enumerate(header, 1):
        if not name:
            message = f"column {at} has no name; name it, or remove it (a comma too many?)"
            found.append(problem("", joined[:60], "column without a name", message))
    for name in dict.fromkeys(filter(None, header)):
        if name not in fields:
            near = nearest(name, fields) if len(name) < _SHOWN else ""
            if needed is None:
                hint = f"did you mean {near}? Else describe" if near else "describe"
                message = f"datapackage.json doesn't know this column; {hint} it there or remove it"
            else:
                hint = f"did you mean {near}? Else" if near else "there is no such column;"
                message = f"{hint} remove it; there is {', '.join(fields)}"
            found.append(problem(name, name, "extra column", message))
    if not found and needed is None and header != fields:
        found = [problem("", joined[:60], "column order", f"write the columns as {', '.join(fields)}")]
    return found


def cell_problems(file: str, rows: list[Row], fields: list[dict]) -> list[Problem]:
    """Cells that aren't clean text, plain numbers, or what their unit allows; then mixed columns."""
    problems = []
    for field in fields:
        styles: dict[str, int] = {}
        wrong = 0
        for row in rows:
            value = row.cells[field["name"]]
            if not value:
                continue
            # Some tables have one number column for several units, and the unit beside it.
            unit = row.cells.get("unit", "") if field.get("unit", "").startswith("see") else field.get("unit", "")
            rule, message = unclean(value) or _wrong_number(value, field["type"], unit) or ("", "")
            if rule:
                problems.append(Problem(file, row.line, field["name"], value, rule, message))
            if style := _style(value, rule) if field["type"] in ("integer", "number") else "":
                styles.setdefault(style, row.line)
                wrong += rule == "number format"
        # One odd cell is a slip and reported above; several are a column that was put together.
        if len(styles) > 1 and wrong > 1:
            kinds = ", ".join(f"{style} on line {line}" for style, line in styles.items())
            message = f"one column, several ways to write a number: {kinds}; write plain digits with a dot for decimals"
            problems.append(Problem(file, 1, field["name"], "", "mixed number styles", message))
    return problems


def _style(value: str, rule: str) -> str:
    if rule == "number format":
        return next((name for name, shape in _STYLES.items() if shape.fullmatch(value)), "")
    return "plain digits" if not rule else ""


def unclean(value: str) -> tuple[str, str] | None:
    """Rule and message for a text with spaces around it or characters that nobody sees."""
    if value.isascii() and value.isprintable() and value == value.strip():
        return None
    if "\ufffd" in value:
        return (
            "unclean text",
            "the cell holds the mark of a letter that was lost; write the letter, and look for more",
        )
    hidden = ("Cc", "Cf", "Zl", "Zp")
    if odd := [c for c in value if unicodedata.category(c) in hidden or (c.isspace() and c != " ")]:
        name = {"\t": "tab"}.get(odd[0]) or unicodedata.name(odd[0], "control character").lower()
        return "unclean text", f"the cell holds a {name}; write {cleaned(value)!r}"
    if value != value.strip():
        return "unclean text", f"the cell begins or ends with a space; write {cleaned(value)!r}"
    if not unicodedata.is_normalized("NFC", value):
        return ("unclean text", f"letters and their accents are stored apart; write {cleaned(value)!r} (Unicode NFC)")
    return None


def cleaned(value: str) -> str:
    """The text without invisible characters, with single spaces, and with accents on their letters (NFC).

    >>> cleaned("Jawa\\u00a0 Barat ")
    'Jawa Barat'
    """
    if value.isascii() and value.isprintable():
        return " ".join(value.split())
    spaced = (" " if c.isspace() else c for c in value)
    seen = "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def _wrong_number(value: str, kind: str, unit: str) -> tuple[str, str] | None:
    if kind not in ("integer", "number"):
        return None
    plain = (WHOLE if kind == "integer" else NUMBER).fullmatch(value)
    style = "" if plain and "." not in value else _style(value, "number format")
    thousands = style.startswith("Indonesian") and unit.startswith(_COUNTED)
    if not plain or thousands:
        return "number format", _how_to_write(value, kind, style, unit)
    if abs(Decimal(value)) > BIGGEST:
        return "number too large", "the number doesn't fit into 64 bits; nothing counted here is that large"
    if unit.startswith("share") and Decimal(value) > 100:
        return "share above 1", "a share runs from 0 to 1, and this is more than 100 %"
    if unit.startswith("share") and Decimal(value) > 1:
        return ("share above 1", f"a share runs from 0 to 1, and this looks like a percentage; write {_share(value)}")
    return None


def _share(percentage: str) -> str:
    """The percentage as a share, digit for digit: 29.33 is 0.2933."""
    return f"{Decimal(percentage).scaleb(-2):f}"


def _how_to_write(value: str, kind: str, style: str, unit: str) -> str:
    what = "a whole number" if kind == "integer" else "a number"
    if value.strip().casefold() in _NOT_KNOWN:
        return (
            f"{what} was expected; where the figure isn't known, leave the cell empty (or the row out, if it needs one)"
        )
    written = f"{what} was expected and this is written with {style}" if style else f"{what} was expected"
    dotted = value.rstrip(" %").replace(",", ".")
    if unit.startswith("share") and style.startswith(("a percent", "a decimal")):
        return f"{written}; write {_share(dotted) if '%' in value or Decimal(dotted) > 1 else dotted}, as a share"
    if style.startswith("a decimal") and kind == "number":
        return f"{written}; write {dotted}"
    if "thousands" in style:
        plain = re.sub("[, _']", "", value)
        if style.startswith("Indonesian"):
            plain = value.replace(".", "").replace(",", ".")
        if kind == "number" and style.startswith("English") and NUMBER.fullmatch(dotted):
            return f"{written}; write {plain}, or {dotted} if the comma is a decimal comma"
        if kind == "number" or WHOLE.fullmatch(plain):
            return f"{written}; if {plain} is meant, write {plain}"
    return f"{written}; write plain digits{' with a dot for decimals' if kind == 'number' else ''}"
