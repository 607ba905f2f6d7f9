"""The tables of `data/`, read through `datapackage.json` into checked frames.

Nothing else opens those files. A table is handed out only when the whole folder has passed
`check` (frictionless plus our cross-row rules), so that inside the suite nobody checks again. A
pass is remembered by content in `data/.checked`: the same bytes are not checked twice.
"""

import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.data.files import contents, decoded, json_of

# Of the folder `analysis`: a module in it may be a link to elsewhere.
ROOT = Path(__file__).parents[1].resolve().parent
FOLDER = ROOT / "data"

# The environment variable that names content (a `fingerprint`) which has passed: a render checks once for all its notebooks.
PASSED = "CAKUPAN_PASSED"

_files_read: set[str] = set()


class DataError(ValueError):
    """Tables that don't hold what `datapackage.json` promises; the message lists every problem."""


def package(folder: Path = FOLDER) -> dict:
    """The folder's `datapackage.json`: tables, fields, units, keys. DataError where it isn't there or isn't JSON.

    >>> package()["name"]
    'cakupan'
    """
    described: Any
    described, problems = json_of(folder / "datapackage.json")
    if problems:
        raise DataError("\n".join(map(str, problems)))
    return described


def read(table: str, folder: Path = FOLDER) -> pd.DataFrame:
    """One table, typed: text as text ("" where empty), counts as Int64, other numbers as Float64.

    Columns, units and keys are those of `datapackage.json` and `data/README.md`. Raises KeyError
    for a table that isn't there and DataError, with every problem in the folder, when a file
    doesn't hold what it promises, or is no longer what was checked.

    >>> read("regions").set_index("province_code").loc["18", "province"]
    'Lampung'
    """
    checked = _assured(folder)
    schemas = {resource["name"]: resource for resource in package(folder)["resources"]}
    if table not in schemas:
        raise KeyError(f"there is no table {table!r}; there is {', '.join(schemas)}")
    path = folder / schemas[table]["path"]
    _files_read.add(path.name)
    raw, wrong = contents(path)
    if wrong or checked.get(path.name) != _sum(raw):
        raise DataError(
            f"{path.name} changed between its check and its reading"
            + (f" ({wrong[1]})" if wrong else "")
            + "; run the command again when nobody writes to the tables (cakupan check says whether they are whole)"
        )
    kinds = {"integer": "Int64", "number": "Float64"}
    fields = schemas[table]["schema"]["fields"]
    text, _ = decoded(path.name, raw)
    return _typed_frame(text, tuple((field["name"], kinds.get(field["type"], "str")) for field in fields)).copy()


@lru_cache(maxsize=32)  # a page asks for the same tables several times
def _typed_frame(text: str, dtypes: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    frame = pd.read_csv(StringIO(text), dtype=dict(dtypes), keep_default_na=False, na_values=[""])
    texts = [name for name, dtype in dtypes if dtype == "str"]
    return frame.assign(**{name: frame[name].fillna("") for name in texts})


def note_read(file: str) -> None:
    """Note that a file of `data/` that isn't a table was read: "scenarios/steady.toml".

    >>> note_read("scenarios/steady.toml"); "scenarios/steady.toml" in files_read()
    True
    """
    _files_read.add(file)


def files_read() -> tuple[str, ...]:
    """The files of `data/` that this process has read, for the record of what made a page.

    >>> _ = read("regions"); "regions.csv" in files_read()
    True
    """
    return tuple(sorted(_files_read))


def fingerprint(folder: Path = FOLDER) -> str:
    """One hash over the folder's package, tables, scenarios and projections: the same for the same content anywhere."""
    return _hash(_sums(folder))


def _sums(folder: Path) -> dict[str, str]:
    """The hash of every file that the fingerprint covers, by its path in the folder; of one that can't be read, why not."""
    files = [path for pattern in ("*.csv", "scenarios/*.toml", "projections/*.csv") for path in folder.glob(pattern)]
    sums = {}
    for path in sorted([*files, folder / "datapackage.json"]):
        raw, wrong = contents(path)
        sums[str(path.relative_to(folder))] = wrong[0] if wrong else _sum(raw)
    return sums


def assure(folder: Path = FOLDER) -> str:
    """Check the folder unless exactly this content has passed before; its `fingerprint`. DataError lists what is wrong."""
    return _hash(_assured(folder))


def _assured(folder: Path) -> dict[str, str]:
    """As `assure`; the hashes of the files that have passed."""
    with _checking():
        sums = _sums(folder)
        content = _hash(sums)
        if content == os.environ.get(PASSED) or noted(folder / ".checked", _passed(content)):
            return sums
        from analysis.data.check import check, describe  # frictionless is slow to import

        if problems := check(folder):
            raise DataError("\n".join([describe(problems), *map(str, problems)]))
        if _sums(folder) == sums:  # what was checked is what is remembered
            remember(folder, content)
        return sums


@contextmanager
def _checking() -> Iterator[None]:
    """Tells whoever notes what a notebook reads that this is only checked, not used."""
    sys.audit("cakupan.checking", True)
    try:
        yield
    finally:
        sys.audit("cakupan.checking", False)


def remember(folder: Path, content: str) -> None:
    """Note that this content (a `fingerprint`) has passed. A folder that can't be written stays as it is."""
    note(folder / ".checked", _passed(content))


def noted(file: Path, text: str) -> bool:
    """Whether this is what `note` wrote there. A link, a folder, a pipe or a file that can't be read holds no note."""
    return not file.is_symlink() and contents(file, len(text)) == (text.encode("ascii"), None)


def note(file: Path, text: str) -> None:
    """Write a note that spares work the next time. Where it can't be written there is none: slower, never wrong.

    Nothing but an ordinary file is written to, so that a link in its place doesn't lead elsewhere.
    """
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with suppress(OSError), os.fdopen(os.open(file, flags, 0o644), "wb") as out:
        if stat.S_ISREG(os.fstat(out.fileno()).st_mode):
            out.truncate()
            out.write(text.encode("ascii"))


# What the checking code imports from other rooms (a test holds it).
_RULES_USE = ("coverage.py", "frames.py", "names.py", "press/published.py", "printed.py", "schema.py")


def _passed(content: str) -> str:
    """What is written of a pass: the content, and the code that let it through."""
    code = [*Path(__file__).parent.glob("*.py"), *(ROOT / "analysis" / name for name in _RULES_USE)]
    return f"{content} {_hash({path.name: _sum(contents(path)[0]) for path in sorted(code)})}"


def _sum(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _hash(sums: dict[str, str]) -> str:
    listed = "".join(f"{name}\0{digest}\0" for name, digest in sums.items())
    return _sum(listed.encode("utf-8", "surrogateescape"))
