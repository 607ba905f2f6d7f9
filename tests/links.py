"""Follows the links of pages without a browser: each to a file or a place on a page that is there."""

from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple


class Page(NamedTuple):
    """What a page leads to, and what can be led to on it."""

    links: list[str]
    ids: Counter[str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("href") is not None:
            self.links.append(str(given["href"]))
        if given.get("id"):
            self.ids[str(given["id"])] += 1


@cache
def read(path: Path) -> Page:
    """The links and ids of a page."""
    reader = _Reader()
    reader.feed(path.read_text("utf-8"))
    return Page(reader.links, reader.ids)


def pages(outputs: Path) -> list[Path]:
    """Every page below a folder of outputs, the index first."""
    return sorted(outputs.rglob("*.html"), key=lambda path: (len(path.relative_to(outputs).parts), path))


def dead(outputs: Path) -> list[str]:
    """Each link within the outputs that leads nowhere, out of them, or to an id that isn't there once; how many were followed, last."""
    found, followed = [], 0
    for path in pages(outputs):
        where = path.relative_to(outputs).as_posix()
        for link in read(path).links:
            file, _, part = link.partition("#")
            if link.startswith(("http://", "https://", "mailto:", "data:")):
                continue
            followed += 1
            there = (path.parent / file).resolve() if file else path
            if (
                not there.is_relative_to(outputs.resolve())
                or not there.is_file()
                or (part and (there.suffix != ".html" or read(there).ids[part] != 1))
            ):
                found.append(f"{where}: {link}")
    return [*found, f"{followed} followed"]
