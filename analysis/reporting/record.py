"""What a page was made of, so that it is made again when, and only when, that has changed.

Beside each page lies its record: the notebook's cells, parameters, versions, the hash of every file of the project that
was read or imported for it, the names in every folder that was listed, and the size and hash of every file that was
made. All files of a report carry the time of its record: a look at sizes and times is enough, unless someone
has put the time back; where they differ, the content decides.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from analysis import data, provenance
from analysis.words import LANGUAGES

ROOT = data.ROOT
LOCK = "requirements.lock"
# The code that turns an executed notebook into pages: every page depends on it. (A test holds the list.)
PAGE_CODE = (
    "analysis/__init__.py", "analysis/claims/__init__.py", "analysis/claims/printed.py", "analysis/data/__init__.py",
    "analysis/provenance.py", "analysis/reporting/__init__.py", "analysis/reporting/drawing.py",
    "analysis/reporting/engine.py", "analysis/reporting/entry.py", "analysis/reporting/forks.py",
    "analysis/reporting/making.py", "analysis/reporting/page.py", "analysis/reporting/record.py", "analysis/reporting/server.py",
    "analysis/reporting/shell.py", "analysis/reporting/style.py", "analysis/reporting/watch.py", "analysis/words.py",
)  # fmt: skip
TEMPLATE = tuple(f"analysis/reporting/template/{name}" for name in ("conf.json", "index.html.j2", "page.css"))


class Job(NamedTuple):
    """A report as its maker needs it: what is given to the notebook, and all of the notebook's parameters."""

    name: str
    path: str
    notebook: Path
    given: dict[str, Any]
    parameters: dict[str, Any]


Hashes = Callable[[str], str]
Reader = Callable[[Path], dict[str, Any] | None]


def hashes(root: Path = ROOT) -> Hashes:
    """The hash of a file below `root`, worked out once for each file; "" when it isn't there. Of a notebook only the cells count.

    >>> len(hashes()("data/regions.csv")), hashes()("data/nothing.csv")
    (64, '')
    """

    @cache
    def of(file: str) -> str:
        path = root / file
        if not path.is_file():
            return ""
        return _cells(path) if path.suffix == ".ipynb" else provenance.sha256(path)

    return of


def names_in(folder: Path) -> list[str]:
    """The names in a folder, sorted, hidden ones and Python's own leftovers aside."""
    if not folder.is_dir():
        return []
    return sorted(
        path.name
        for path in folder.iterdir()
        if not path.name.startswith(".") and path.name != "__pycache__" and path.suffix != ".pyc"
    )


def _cells(notebook: Path) -> str:
    """One hash over the cells of a notebook: what they are, not what they last put out. Of what is no notebook, of its bytes."""
    try:
        facts = [
            (
                cell.get("id"),
                cell["cell_type"],
                "".join(cell["source"]),
                cell["metadata"].get("tags", []),
                cell.get("attachments"),
            )
            for cell in json.loads(notebook.read_text("utf-8"))["cells"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return provenance.sha256(notebook)  # empty, conflicted, half saved: a notebook in no report
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def inputs(job: Job, used: Mapping[str, list[str]], root: Path = ROOT) -> dict[str, Any]:
    """What a page rests on, from what its notebook was seen to use (`Watch.used`)."""
    of = hashes(root)
    notebook = job.notebook.resolve()
    own = notebook.relative_to(root).as_posix() if notebook.is_relative_to(root) else ""
    files = {*used["files"], *PAGE_CODE, *TEMPLATE, LOCK, "data/datapackage.json"} - {own}
    return {
        "notebook": {"file": job.notebook.name, "cells": of(str(notebook))},
        "files": {file: of(file) for file in sorted(files)},
        "folders": {folder: names_in(root / folder) for folder in used["folders"]},
        "languages": list(LANGUAGES),
        "versions": provenance.versions(),
    }


def place(outputs: Path, path: str, language: str) -> Path:
    """Where the record of a report lies: one in each language's folder, both the same."""
    return outputs / language / f"{path}.record.json"


def text_of(record: Mapping[str, Any]) -> str:
    """A record as it is written: JSON that ends with the hash of itself."""
    text = json.dumps({**record, "sha256": ""}, indent=1, ensure_ascii=False) + "\n"
    head, tail = text[: text.rindex('""')], text[text.rindex('""') + 2 :]
    return f'{head}"{hashlib.sha256(text.encode()).hexdigest()}"{tail}'


def read(file: Path) -> dict[str, Any] | None:
    """A record, or None where there is none or it isn't what was written."""
    try:
        text = file.read_text("utf-8")
        record = json.loads(text)
        digest = record["sha256"]
        whole = text.replace(f'"{digest}"', '""')
        return record if hashlib.sha256(whole.encode()).hexdigest() == digest else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def reasons(
    job: Job, outputs: Path, of: Hashes, always_hash: bool = False, root: Path = ROOT, reader: Reader = read
) -> list[str]:  # fmt: skip
    """Why a report has to be made again, in words; an empty list when its pages hold.

    Files made are looked at by size and time, and hashed where those differ, or all with `always_hash`.
    """
    records = [place(outputs, job.path, language) for language in LANGUAGES]
    if not any(file.is_file() for file in records):
        return ["there is no page yet"]
    if missing := [file for file in records if not file.is_file()]:
        return [f"{_below(missing[0], outputs)} is missing"]
    record = reader(records[0])
    if record is None or "made_of" not in record:
        return [f"{_below(records[0], outputs)} is damaged, or of an older version"]
    if records[1].read_bytes() != records[0].read_bytes():
        return [f"{_below(records[1], outputs)} is damaged"]
    return [*_moved(job, record, of, root), *_damaged(record, outputs, records[0], always_hash)]


def _moved(job: Job, record: Mapping[str, Any], of: Hashes, root: Path) -> Iterator[str]:
    made_of = record["made_of"]
    for name, value in job.parameters.items():
        if name not in record["parameters"]:
            yield f"parameter {name} is new: {value}"
        elif (before := record["parameters"][name]) != value:
            yield f"parameter {name}: {before} → {value}"
    yield from (f"parameter {name} is gone" for name in record["parameters"] if name not in job.parameters)
    if made_of["notebook"] != {"file": job.notebook.name, "cells": of(str(job.notebook))}:
        yield f"notebooks/{job.notebook.name} has other cells"
    for file, digest in made_of["files"].items():
        if (now := of(file)) != digest:
            yield f"{file} {'is new' if not digest else 'changed' if now else 'is gone'}"
    yield from (f"{file} is new" for file in (*PAGE_CODE, *TEMPLATE) if file not in made_of["files"])
    for folder, names in made_of["folders"].items():
        there = names_in(root / folder)
        yield from (f"{folder}/{name} is new" for name in there if name not in names)
        yield from (f"{folder}/{name} is gone" for name in names if name not in there)
    for name, version in provenance.versions().items():
        if (before := made_of["versions"].get(name)) != version:
            yield f"{name} {before} → {version}"
    if made_of["languages"] != list(LANGUAGES):
        yield f"languages: {', '.join(made_of['languages'])} → {', '.join(LANGUAGES)}"


def _damaged(record: Mapping[str, Any], outputs: Path, file: Path, always_hash: bool) -> Iterator[str]:
    time = file.stat().st_mtime_ns
    for name, made in record["files"].items():
        path = outputs / name
        try:
            there = path.stat()
        except OSError:
            yield f"{name} is missing"
            continue
        same_size = there.st_size == made["bytes"]
        if same_size and there.st_mtime_ns == time and not always_hash:
            continue
        if not same_size or provenance.sha256(path) != made["sha256"]:
            yield f"{name} is not what was rendered"


def _below(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
