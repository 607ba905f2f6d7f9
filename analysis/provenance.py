"""What made a page: the sources it cites, the files it read, the versions and hashes behind it."""

import hashlib
import platform
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from analysis import data
from analysis.words import Shown, month, term

_PACKAGES = ("babel", "matplotlib", "nbconvert", "numpy", "pandas", "papermill", "scipy")


def cite(sources: pd.DataFrame, *frames: pd.DataFrame) -> pd.DataFrame:
    """The sources that `frames` rest on, numbered in the order in which they first appear.

    `sources` is the table of that name; each frame has a column `source_ids` (tuples). The result
    is indexed by source_id and has number, title, url, published, seen_as. KeyError for a source
    that the table doesn't hold.

    >>> sources = pd.DataFrame({"source_id": ["a", "b"], "title": ["A", "B"], "url": "", "published": "2024", "seen_as": "page"})
    >>> cite(sources, pd.DataFrame({"source_ids": [("b",), ("b", "a")]}))["number"].to_dict()
    {'b': 1, 'a': 2}
    """
    used = dict.fromkeys(i for frame in frames for row in frame["source_ids"] for i in row)
    known = sources.set_index("source_id")
    if missing := [i for i in used if i not in known.index]:
        raise KeyError(f"sources.csv has no {', '.join(missing)}")
    cited = known.loc[list(used)]
    cited.insert(0, "number", list(range(1, len(cited) + 1)))
    return cited


def made_of(cited: pd.DataFrame) -> Shown:
    """The numbered list of sources, and for the record the files of `data/` that were read.

    >>> made_of(cited).text["en"].splitlines()[1][:48]
    '[2] Pemprov Lampung ajak perusahaan daftarkan pe'
    """
    html, text = {}, {}
    for language, words in (("id", ("terbit", "yang dibaca:")), ("en", ("published", "read:"))):
        lines = [_source(row, language, *words) for row in cited.to_dict("records")]
        html[language] = str(Markup('<ol class="sources">{}</ol>').format(Markup().join(lines)))
        text[language] = "\n".join(f"[{i}] {Markup(line).striptags()}" for i, line in enumerate(lines, 1))
    values = {"files": list(data.files_read())}
    rows = cited.reset_index()[["number", "source_id", "title", "url", "published", "seen_as"]]
    return Shown("sources", "sources", text=text, html=html, values=values, data=rows.to_dict("records"))


def _source(row: dict, language: str, date: str, seen: str) -> Markup:
    url = str(row["url"])
    linked = url.startswith(("https://", "http://"))  # anything else isn't an address one should follow
    title = Markup('<a href="{}" rel="noreferrer">{}</a>').format(url, row["title"]) if linked else row["title"]
    facts = [f"{date} {month(row['published'], language)}"] if row["published"] else []
    facts.append(f"{seen} {term(row['seen_as'], language)}")
    return Markup('<li id="source-{}">{} · {}</li>').format(row["number"], title, " · ".join(facts))


def sha256(path: Path) -> str:
    """The hash of a file's bytes, as `sha256sum` prints it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def code_hash() -> str:
    """One hash over the source of `analysis`, through links too: which code made a page."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(p for p in below(folder) if p.suffix in {".py", ".j2", ".css", ".js", ".json"}):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def seen_in(folder: Path) -> list[Path]:
    """What a folder holds, sorted, hidden names and Python's own leftovers aside; nothing where it can't be listed."""
    try:
        there = sorted(folder.iterdir())
    except OSError:
        return []
    return [
        path for path in there if not (path.name.startswith(".") or path.name == "__pycache__" or path.suffix == ".pyc")
    ]


def below(folder: Path, within: tuple[Path, ...] = ()) -> Iterator[Path]:
    """Every file and folder below a folder, through links too, as `seen_in` sees them.

    A link back to a folder that one is in already is named, and not gone into again.
    """
    real = folder.resolve()
    for path in seen_in(folder) if real not in within else ():
        yield path
        if path.is_dir():
            yield from below(path, (*within, real))


def versions() -> dict[str, str]:
    """The versions that the look of a page depends on; of Python the minor version only."""
    return dict(_versions())


@cache  # what is installed is looked up in files
def _versions() -> dict[str, str]:
    major, minor, _ = platform.python_version_tuple()
    return {"python": f"{major}.{minor}", "cakupan": version("cakupan")} | {name: version(name) for name in _PACKAGES}
