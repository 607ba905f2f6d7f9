"""The tables of `data/`, read through `datapackage.json` into checked frames.

Nothing else opens those files. A table is handed out only when the whole folder has passed
`check` (frictionless plus our cross-row rules), so that inside the suite nobody checks again. A
pass is remembered by content in `data/.checked`: the same bytes are not checked twice.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

ROOT = (
    Path(__file__).parents[1].resolve().parent
)  # of the folder `analysis`: a module in it may be a link to elsewhere
FOLDER = ROOT / "data"

# The environment variable that names content (a `fingerprint`) which has passed: a render checks once for all its notebooks.
PASSED = "CAKUPAN_PASSED"

_files_read: set[str] = set()


class DataError(ValueError):
    """Tables that don't hold what `datapackage.json` promises; the message lists every problem."""


def package(folder: Path = FOLDER) -> dict:
    """The folder's `datapackage.json`: tables, fields, units, keys.

    >>> package()["name"]
    'cakupan'
    """
    return json.loads((folder / "datapackage.json").read_text("utf-8"))


def read(table: str, folder: Path = FOLDER) -> pd.DataFrame:
    """One table, typed: text as text ("" where empty), counts as Int64, other numbers as Float64.

    Columns, units and keys are those of `datapackage.json` and `data/README.md`. Raises KeyError
    for a table that isn't there and DataError, with every problem in the folder, when a file
    doesn't hold what it promises.

    >>> read("regions").set_index("province_code").loc["18", "province"]
    'Lampung'
    """
    assure(folder)
    schemas = {resource["name"]: resource for resource in package(folder)["resources"]}
    if table not in schemas:
        raise KeyError(f"there is no table {table!r}; there is {', '.join(schemas)}")
    path = folder / schemas[table]["path"]
    _files_read.add(path.name)
    fields = schemas[table]["schema"]["fields"]
    kinds = {"integer": "Int64", "number": "Float64"}
    dtypes = {field["name"]: kinds.get(field["type"], "str") for field in fields}
    frame = pd.read_csv(path, dtype=dtypes, keep_default_na=False, na_values=[""], encoding="utf-8-sig")
    text = [name for name, dtype in dtypes.items() if dtype == "str"]
    return frame.assign(**{name: frame[name].fillna("") for name in text})


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
    beside = [*folder.glob("scenarios/*.toml"), *folder.glob("projections/*.csv")]
    return _hash([*folder.glob("*.csv"), *beside, folder / "datapackage.json"])


def assure(folder: Path = FOLDER) -> str:
    """Check the folder unless exactly this content has passed before; its `fingerprint`. DataError lists what is wrong."""
    with _checking():
        stamp, content = folder / ".checked", fingerprint(folder)
        if content == os.environ.get(PASSED):
            return content
        if stamp.is_file() and stamp.read_text("ascii", errors="replace") == _passed(content):
            return content
        from analysis.data.check import check, describe  # frictionless is slow to import

        if problems := check(folder):
            raise DataError("\n".join([describe(problems), *map(str, problems)]))
        remember(folder, content)
        return content


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
    try:
        (folder / ".checked").write_text(_passed(content), "ascii")
    except OSError:  # a read-only checkout is checked each time: slower, never wrong
        return


def _passed(content: str) -> str:
    """What is written of a pass: the content, and the code that let it through."""
    reader = ROOT / "analysis" / "claims" / "printed.py"
    return f"{content} {_hash([*Path(__file__).parent.glob('*.py'), reader])}"


def _hash(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(filter(Path.is_file, files)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
