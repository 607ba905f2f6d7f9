"""The bar on top of every page: the place, with all others to go to; what else is answered of it; the other language; the index.

It depends on what pages there are, and on nothing that a notebook computes. So it is put into a page when that is written, and
into pages that hold when it has changed, without running their notebooks: it stands in an element of its own, the first of its kind.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import Environment, FileSystemLoader

from analysis.reporting.manifest import Report
from analysis.reporting.pages.site import FILES
from analysis.words import LANGUAGES

_TEMPLATE = Path(__file__).parent / "template"
_TEMPLATES = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, loader=FileSystemLoader(_TEMPLATE))
_FILE = "bar.html.j2"
_BAR = re.compile(rb'<header class="bar">.*?</header>', re.DOTALL)
# Why a place has no page of a report, by what that is about.
_NO_PAGE = {
    "participants": {"id": "peserta tempat ini belum diketahui", "en": "participants of this place are not known"},
    "published": {"id": "belum ada angka yang diterbitkan", "en": "no published figures yet"},
}


class Bars:
    """The bars of all pages that `reports` make."""

    def __init__(self, reports: Sequence[Report]) -> None:
        of_places = [report for report in reports if report.folder]
        self._names = list(dict.fromkeys(report.name for report in of_places))
        self._asks = {
            report.name: {language: report.asks(language) for language in LANGUAGES} for report in reversed(of_places)
        }
        months = {r.name for r in of_places if re.fullmatch(r"\d{4}-\d\d", str(r.parameters.get("period", "")))}
        self._about = {name: "participants" if name in months else "published" for name in self._names}
        self._places: dict[str, dict[str, str]] = {}
        self._called: dict[str, str] = {}
        for report in of_places:
            self._places.setdefault(report.folder, {}).setdefault(report.name, report.stem)
            self._called[report.folder] = str(report.parameters.get("province", report.folder))

    @cached_property
    def digest(self) -> str:
        """One hash over all that bars are made of."""
        made_of = [self._names, self._asks, self._about, self._places, self._called, FILES, _NO_PAGE]
        text = json.dumps(made_of) + (_TEMPLATE / _FILE).read_text("utf-8")
        return hashlib.sha256(text.encode()).hexdigest()

    def html(self, path: str, name: str, language: str) -> str:
        """The bar of the page of report `name` at `path` below the folder of its language.

        >>> from analysis.reporting.manifest import reports
        >>> html = Bars(reports()).html("lampung/coverage", "coverage", "en")
        >>> '<a href="../aceh/coverage.html">Aceh</a>' in html, 'href="coverage.html" aria-current="page">Who is covered?</a>' in html
        (True, True)
        """
        folder = PurePosixPath(path).parent.as_posix()
        here = self._places.get(folder, {})
        return _TEMPLATES.get_template(_FILE).render(
            language=language,
            other=LANGUAGES[1 - LANGUAGES.index(language)],
            up="../" * (path.count("/") + 1),
            path=path,
            index=FILES[language],
            place=self._called.get(folder, ""),
            places=self._others(folder, name),
            asked=self._asks.get(name, {}).get(language, ""),
            questions=[self._question(one, here, path, language) for one in self._names] if here else [],
        )

    def _others(self, folder: str, name: str) -> list[dict[str, Any]]:
        """All places, A to Z, with the page on the same question, or the first there is."""
        found = [
            {
                "name": self._called[one],
                "here": one == folder,
                "file": f"../{one}/{there.get(name, next(iter(there.values())))}.html",
            }
            for one, there in self._places.items()
        ]
        return sorted(found, key=lambda place: place["name"])

    def _question(self, name: str, here: dict[str, str], path: str, language: str) -> dict[str, Any]:
        stem = here.get(name, "")
        return {
            "text": self._asks[name][language],
            "file": f"{stem}.html" if stem else "",
            "here": bool(stem) and stem == PurePosixPath(path).name,
            "why": _NO_PAGE[self._about[name]][language],
        }


def with_bar(page: bytes, bar: str) -> bytes:
    """A page with this bar in the place of its own.

    >>> with_bar(b'<header class="bar">old</header><p>', '<header class="bar">new</header>')
    b'<header class="bar">new</header><p>'
    """
    return _BAR.sub(lambda _: bar.encode(), page, count=1)


def has_bar(page: bytes) -> bool:
    """Whether a page has a place for a bar.

    >>> has_bar(b'<header class="bar"></header>'), has_bar(b"text")
    (True, False)
    """
    return _BAR.search(page) is not None
