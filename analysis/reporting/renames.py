"""What is called otherwise than before: old names in records read as new ones, so that only numbers are compared.

A file of renames is TOML, four tables of old = "new":

    [report]                         # what a report is called
    claims = "press"
    [item]                           # a sentence, a table or a chart; "report/item" for that of one report
    verdict_list = "verdicts"
    [column]                         # a value of a sentence, a column of a table; "item.column" for that of one item
    basis = "split"
    [word]                           # a text in a cell, as it stands there
    "not residents" = "elsewhere"
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from analysis.data import toml
from analysis.reporting.compare import Record

_TABLES = ("report", "item", "column", "word")


class RenamesError(ValueError):
    """A file of renames that can't be used; the message says where and why."""


class Renames(NamedTuple):
    """New names by old ones: of reports, items, columns and words."""

    report: Mapping[str, str] = {}
    item: Mapping[str, str] = {}
    column: Mapping[str, str] = {}
    word: Mapping[str, str] = {}

    def path(self, path: str) -> str:
        """A report's path by its new name.

        >>> Renames(report={"claims": "press"}).path("lampung/claims")
        'lampung/press'
        """
        place, slash, name = path.rpartition("/")
        return f"{place}{slash}{self.report.get(name, name)}"

    def before(self, names: Sequence[str]) -> list[str]:
        """Names as asked for, and the old ones of those that have one."""
        old = {new: name for name, new in self.report.items()}
        pairs = [(name, *name.rpartition("/")) for name in names]
        return [*names, *(f"{place}{slash}{old[last]}" for _, place, slash, last in pairs if last in old)]

    def record(self, path: str, record: Record) -> Record:
        """A record with everything by its new name; `path` is the report's old one.

        >>> old = {"published": {"bases": {"values": {}, "rows": [{"basis": "domicile", "n": 1}]}}}
        >>> Renames(column={"basis": "split"}).record("lampung/coverage", old)["published"]["bases"]["rows"]
        [{'split': 'domicile', 'n': 1}]
        """
        report = path.rpartition("/")[2]
        published = {
            self.item.get(f"{report}/{name}", self.item.get(name, name)): part
            | {"values": self._row(name, part.get("values") or {})}
            | {"rows": [self._row(name, row) for row in part.get("rows") or []]}
            for name, part in record.get("published", {}).items()
        }
        return {**record, "published": published}

    def _row(self, item: str, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            self.column.get(f"{item}.{name}", self.column.get(name, name)): self.word.get(value, value)
            if isinstance(value, str)
            else value
            for name, value in row.items()
        }


def read(path: Path) -> Renames:
    """The renames that a file holds. RenamesError, with file and line, for one that can't be used."""
    found = toml.read(path)
    if found.finding:
        raise RenamesError(f"{path}:{found.finding.line}: {found.finding.message}")
    for table, names in found.table.items():
        line = toml.line_at((table,), found.lines)
        if table not in _TABLES:
            raise RenamesError(f"{path}:{line}: {table} is unknown; there is {', '.join(_TABLES)}")
        for old, new in names.items() if isinstance(names, dict) else [("", None)]:
            if not isinstance(new, str) or not new:
                line = toml.line_at((table, old), found.lines)
                raise RenamesError(f'{path}:{line}: {table}: write old = "new", as in basis = "split"')
    return Renames(**found.table)
