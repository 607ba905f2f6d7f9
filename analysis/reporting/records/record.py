"""What a page was made of, so that it is made again when, and only when, that has changed.

Beside each page lies its record: the notebook's cells, parameters, versions, the hash of every file of the project that
was read or imported for it, the names in every folder that was listed, and the size and hash of every file that was
made. All files of a report carry the time of its record: a look at sizes and times is enough, unless someone
has put the time back; where they differ, the content decides. No cache is kept of that, so that nothing in the outputs
differs from machine to machine.

A record is a file that anyone can write. So it counts only if it has the shape of one, and names nothing but the report's own
files among the outputs and files of the project among its inputs; and only plain files are read: a link would
lead elsewhere, a pipe would never end.
"""

import hashlib
import json
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from os import stat_result
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from analysis import data, provenance
from analysis.words import LANGUAGES

ROOT = data.ROOT
LOCK = "requirements.lock"
# Where notebooks that failed are kept, below the outputs: not hidden, as JupyterLab opens no hidden files.
FAILED = "failed"
# The code that turns an executed notebook into pages: every page depends on it. (A test holds the list.)
PAGE_CODE = (
    "analysis/__init__.py",
    "analysis/data/__init__.py",
    "analysis/data/files.py",
    "analysis/names.py",
    "analysis/printed.py",
    "analysis/provenance.py",
    "analysis/reporting/__init__.py",
    "analysis/reporting/engine/__init__.py",
    "analysis/reporting/engine/entry.py",
    "analysis/reporting/engine/execute.py",
    "analysis/reporting/engine/forks.py",
    "analysis/reporting/engine/making.py",
    "analysis/reporting/engine/server.py",
    "analysis/reporting/engine/shell.py",
    "analysis/reporting/engine/watch.py",
    "analysis/reporting/pages/__init__.py",
    "analysis/reporting/pages/drawing.py",
    "analysis/reporting/pages/page.py",
    "analysis/reporting/pages/style.py",
    "analysis/reporting/records/__init__.py",
    "analysis/reporting/records/record.py",
    "analysis/schema.py",
    "analysis/words/__init__.py",
    "analysis/words/language.py",
    "analysis/words/press.py",
    "analysis/words/sentences.py",
    "analysis/words/shown.py",
)
TEMPLATE = tuple(f"analysis/reporting/pages/template/{name}" for name in ("conf.json", "index.html.j2", "page.css"))


class Job(NamedTuple):
    """A report as its maker needs it: what is given to the notebook, and all of the notebook's parameters."""

    name: str
    path: str
    notebook: Path
    given: dict[str, Any]
    parameters: dict[str, Any]


# What follows a report's path in the name of a file of its own.
_KINDS = r"html|ipynb|[^/\\\x00-\x1f]+\.csv"
# The shape of a record: what each name stands for; a single name in <> for all names there are.
_ANY = "<name>"
_ORIGIN = {
    "parameters": dict,
    "made_of": {
        "notebook": {"file": str, "cells": str},
        "files": {_ANY: str},
        "folders": {_ANY: [str]},
        "languages": [str],
        "versions": {_ANY: str},
    },
}
_SHAPE = _ORIGIN | {
    "report": str,
    "published": {_ANY: {"values": dict, "rows": [dict], "about": dict}},
    "files": {_ANY: {"bytes": int, "sha256": str}},
}

Record = dict[str, Any]  # what stands beside a page, or a part of it, by name
Hashes = Callable[[str], str]
Reader = Callable[[Path], Record | None]


def hashes(root: Path = ROOT) -> Hashes:
    """The hash of a file below `root`, worked out once for each; "" when it isn't there or can't be read. Of a notebook the cells count.

    A link is followed: what counts is what a notebook finds under that name.

    >>> len(hashes()("data/regions.csv")), hashes()("data/nothing.csv")
    (64, '')
    """

    @cache
    def of(file: str) -> str:
        path = root / file
        try:
            cells = _cells(path) if path.suffix == ".ipynb" and path.is_file() else ""
            return cells or (provenance.sha256(path) if path.is_file() else "")
        except (OSError, ValueError):  # it can't be read, or no file can have that name
            return ""

    return of


def names_in(folder: Path) -> list[str]:
    """The names in a folder, sorted, hidden ones and Python's own leftovers aside."""
    return [path.name for path in provenance.seen_in(folder)]


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
            for cell in json.loads(notebook.read_text("utf-8-sig"))["cells"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return provenance.sha256(notebook)  # empty, conflicted, half saved: a notebook in no report
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def made_of(job: Job, used: Mapping[str, list[str]], root: Path = ROOT) -> Record:
    """What a page rests on, from what its notebook was seen to use (`Watch.used`)."""
    of = hashes(root)
    notebook = (
        job.notebook.parent.resolve() / job.notebook.name
    )  # it may itself be a link, and is known by its own name
    own = notebook.relative_to(root).as_posix() if notebook.is_relative_to(root) else ""
    files = {*used["files"], *PAGE_CODE, *TEMPLATE, LOCK, "data/datapackage.json"} - {own}
    return {
        "notebook": {"file": job.notebook.name, "cells": of(str(notebook))},
        "files": {file: of(file) for file in sorted(files)},
        "folders": {folder: names_in(root / folder) for folder in used["folders"]},
        "languages": list(LANGUAGES),
        "versions": provenance.versions(),
    }


def file_of(outputs: Path, path: str, language: str) -> Path:
    """Where the record of a report lies: one in each language's folder, both the same, so that either folder can be handed on.

    All files of a page are named after it, as those of other notebooks lie in the same folder.
    """
    return outputs / language / f"{path}.record.json"


def as_text(record: Record) -> str:
    """A record as it is written: JSON that ends with the hash of itself."""
    text = json.dumps({**record, "sha256": ""}, indent=1, ensure_ascii=False) + "\n"
    head, tail = text[: text.rindex('""')], text[text.rindex('""') + 2 :]
    return f'{head}"{hashlib.sha256(text.encode()).hexdigest()}"{tail}'


def read(file: Path) -> Record | None:
    """A record, or None where there is none, it isn't what was written, or it isn't a record of today's kind.

    So whoever reads one finds every name of `_SHAPE`, no file among the outputs that isn't the report's own, and none outside
    the project among the inputs.
    """
    record = written(file)
    if record is None or not _is(record, _SHAPE):
        return None
    used = [*record["made_of"]["files"], *record["made_of"]["folders"]]
    own = any(all(is_own(name, path) for name in record["files"]) for path in _paths(file))
    return record if own and all(map(_is_below, used)) else None


def published(file: Path) -> Record | None:
    """A record of whatever version as far as `compare` reads it: what it published, with `made_of` only where today's code knows it.

    The oldest have no hash of themselves. None where there is none, it isn't what was written, or it published nothing.
    """
    try:
        record = json.loads(content_of(file) or b"")
        if "sha256" in record:
            record = written(file)
        tables = [(part.get("values") or {}, part.get("rows") or []) for part in record["published"].values()]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not all(_is(values, dict) and _is(rows, [dict]) for values, rows in tables):
        return None
    return record if _is(record, _ORIGIN) else {"published": record["published"]}


def written(file: Path) -> Record | None:
    """What a record holds, of whatever version; None where there is none, or it isn't what was written."""
    try:
        content = content_of(file)
        if content is None:
            return None
        text = content.decode("utf-8")
        record = json.loads(text)
        digest = record["sha256"]
        whole = text.replace(f'"{digest}"', '""')
        return record if hashlib.sha256(whole.encode()).hexdigest() == digest else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def is_own(name: str, path: str) -> bool:
    """Whether a name below the outputs is one of the files of the report at `path`: page, notebook or data, in one of the languages.

    >>> is_own("id/lampung/coverage.html", "lampung/coverage"), is_own("id/../coverage.html", "lampung/coverage")
    (True, False)
    """
    return re.fullmatch(rf"({'|'.join(LANGUAGES)})/{re.escape(path)}\.({_KINDS})", name) is not None


def _paths(file: Path) -> list[str]:
    """The paths of the reports that a record could be of, by where it lies: with or without the folder of a place."""
    stem, folder = file.name.removesuffix(".record.json"), file.parent
    found = [stem] if folder.name in LANGUAGES else []
    return [*found, f"{folder.name}/{stem}"] if folder.parent.name in LANGUAGES else found


def _is_below(name: str) -> bool:
    """Whether a name can only mean something below the folder that it is put to."""
    path = PurePosixPath(name)
    return not (path.is_absolute() or ".." in path.parts or "\0" in name)


def _is(value: Any, shape: Any) -> bool:
    """Whether what was read from JSON has a shape (see `_SHAPE`); names that the shape doesn't know are left alone."""
    if isinstance(shape, type):
        return isinstance(value, shape) and not isinstance(value, bool)
    if isinstance(shape, list):
        return isinstance(value, list) and all(_is(one, shape[0]) for one in value)
    if not isinstance(value, dict):
        return False
    if _ANY in shape:
        return all(_is(one, shape[_ANY]) for one in value.values())
    return all(name in value and _is(value[name], one) for name, one in shape.items())


def plain(path: Path) -> stat_result | None:
    """Size and times of a plain file; None for anything else (nothing, a link, a folder, a pipe), or where one can't look."""
    found = _itself(path)
    return found if found and stat.S_ISREG(found.st_mode) else None


def is_folder(path: Path) -> bool:
    """Whether there is a folder, and not a link to one; False where one can't look."""
    found = _itself(path)
    return found is not None and stat.S_ISDIR(found.st_mode)


def _itself(path: Path) -> stat_result | None:
    try:
        return path.lstat()
    except (OSError, ValueError):  # ValueError: no system has such a name
        return None


def content_of(path: Path) -> bytes | None:
    """The content of a plain file; None for anything else, or where it can't be read."""
    try:
        return path.read_bytes() if plain(path) else None
    except OSError:
        return None


def strayed(outputs: Path, names: Iterable[str]) -> Path | None:
    """The first folder on the way from `outputs` to one of `names` that isn't a folder but, say, a link to elsewhere; None if all are."""
    folders = {
        outputs / folder: None for name in names for folder in reversed(PurePosixPath(name).parents) if folder.name
    }
    return next(
        (folder for folder in folders if folder.is_symlink() or (folder.exists() and not folder.is_dir())), None
    )


def listed(outputs: Path, language: str) -> list[str]:
    """Every plain file of a language's folder and of the places' folders in it, by its name below `outputs`; links aren't followed.

    That is where pages are; nothing deeper is looked at. An empty list where there is no such folder, or it can't be read.
    """
    names: list[str] = []
    folders = [outputs / language] if not strayed(outputs, [f"{language}/x"]) else []
    for folder in folders:  # it grows by the places
        try:
            there = sorted(folder.iterdir())
        except OSError:
            continue
        names += [path.relative_to(outputs).as_posix() for path in there if plain(path)]
        if folder.name == language and folder.parent == outputs:
            folders += [path for path in there if is_folder(path)]
    return names


def reasons(
    job: Job, outputs: Path, of: Hashes, always_hash: bool = False, root: Path = ROOT, reader: Reader = read
) -> list[str]:
    """Why a report has to be made again, in words; an empty list when its pages hold.

    Files made are looked at by size and time, and hashed where those differ, or all with `always_hash`.
    """
    records = [file_of(outputs, job.path, language) for language in LANGUAGES]
    names = [_path_in(file, outputs) for file in records]
    if odd := strayed(outputs, names):
        return [f"{_path_in(odd, outputs)} isn't a folder of its own"]
    if missing := [lacking(name, outputs) for name in names if not plain(outputs / name)]:
        return ["there is no page yet"] if len(missing) == len(records) else missing
    record = reader(records[0])
    if record is None:
        return [f"{_path_in(records[0], outputs)} is damaged, or of an older version"]
    if content_of(records[1]) != content_of(records[0]):
        return [f"{_path_in(records[1], outputs)} is damaged"]
    return [*_inputs_moved(job, record, of, root), *_damaged(record, outputs, records[0], always_hash)]


def _inputs_moved(job: Job, record: Record, of: Hashes, root: Path) -> Iterator[str]:
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


def _damaged(record: Record, outputs: Path, file: Path, always_hash: bool) -> Iterator[str]:
    time = file.stat().st_mtime_ns
    for name, made in record["files"].items():
        path = outputs / name
        if not (there := plain(path)):
            yield lacking(name, outputs)
            continue
        same_size = there.st_size == made["bytes"]
        if same_size and there.st_mtime_ns == time and not always_hash:
            continue
        content = content_of(path) if same_size else None
        if content is None or hashlib.sha256(content).hexdigest() != made["sha256"]:
            yield f"{name} is not what was rendered"


def lacking(name: str, outputs: Path) -> str:
    """What is wrong with a file that isn't a plain file, or can't be read."""
    if plain(outputs / name):
        return f"{name} can't be read"
    return f"{name} isn't a plain file" if _itself(outputs / name) else f"{name} is missing"


def _path_in(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
