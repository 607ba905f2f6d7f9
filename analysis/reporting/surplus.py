"""Pages that belong to no report: of a report or place that is gone, one's own, or left by a crash.

What counts as a page of ours is decided by names, and by records where there are any: a stem that a report of today has, or beside
which a record of ours lies (it may be damaged), and after it what pages have (`.html`, `.ipynb`, `.record.json`, `.<name>.csv`).
Anything else in the outputs is somebody's, and isn't looked at.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from analysis.reporting.manifest import MANIFEST, ManifestError, Report
from analysis.reporting.records import record
from analysis.words import LANGUAGES

_RECORD = ".record.json"
# What every record of ours has held since the first version, by which a damaged one is told from somebody's file of such a name.
_MARK = b'"published"'


class Surplus(NamedTuple):
    """Files that belong to no report: the path of their page, what it is in words, and their names below the outputs."""

    path: str
    what: str
    files: list[str]


def surplus(outputs: Path, all_reports: Sequence[Report], manifest: Path = MANIFEST) -> list[Surplus]:
    """What in `outputs` is ours and belongs to none of `all_reports`, by path. ManifestError when `manifest` can't be read.

    Pages of a report that `manifest` names belong to it even where it can't be opened out today (its notebook is broken, say).
    """
    lost = without_report(all_reports, manifest)
    regular = {report.path for report in all_reports}
    names = [name for language in LANGUAGES for name in record.listed(outputs, language)]
    records = [name for name in names if name.endswith(_RECORD) and _MARK in (record.content_of(outputs / name) or b"")]
    known = {name.partition("/")[2].removesuffix(_RECORD) for name in records} | regular
    found = []
    for path in sorted(known):
        made = next(
            filter(None, (record.read(record.file_of(outputs, path, language)) for language in LANGUAGES)), None
        )
        files = [name for name in names if record.is_own(name, path) or name.partition("/")[2] == path + _RECORD]
        report = str(made["report"]) if made else path.rpartition("/")[2]
        if report in lost:
            continue
        if path not in regular:
            found.append(Surplus(path, _what(path, report, made is not None, all_reports), files))
        elif made and (left := [name for name in files if name not in made["files"] and not name.endswith(_RECORD)]):
            found.append(Surplus(path, "the report no longer makes these files", left))
    found += [
        Surplus(path, "the notebook of a report that failed and is no longer in reports.toml", [name])
        for name in record.listed(outputs, record.FAILED)
        if name.endswith(".ipynb")
        and (path := name.partition("/")[2].removesuffix(".ipynb")) not in regular
        and path.rpartition("/")[2] not in lost
    ]
    return [one for one in found if one.files]


def without_report(all_reports: Iterable[Report], manifest: Path = MANIFEST) -> set[str]:
    """The names in `manifest` of which there is no report today. ManifestError when it can't be read.

    They are looked for line by line, so that an entry that is being written hides none; a name too many keeps a page, one too few
    would lose it.
    """
    try:
        text = manifest.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        raise ManifestError(f"{manifest} can't be read: {error.strerror}") from None
    names = re.findall(r"""^\s*\[*\s*["']?([A-Za-z0-9_-]+)""", text, re.MULTILINE)
    return set(names) - {report.name for report in all_reports}


def _what(path: str, report: str, whole: bool, all_reports: Sequence[Report]) -> str:
    """What a page of no report is, in words."""
    folder, _, stem = path.rpartition("/")
    if not whole:
        return "a page whose record is damaged or of an older version, of no report in reports.toml"
    if report not in {one.name for one in all_reports}:
        return f"reports.toml no longer has a report {report}"
    if stem != report:
        return f"a page of one's own, made with: cakupan render {report} -p"
    return (
        f"reports.toml makes no page of {report} for {folder}"
        if folder
        else f"reports.toml makes {report} for places only"
    )


def remove(outputs: Path, found: Iterable[Surplus]) -> None:
    """Remove the files, each itself and not what it may link to, and the folders that are empty then. OSError when one can't be."""
    folders = set()
    for one in found:
        for name in one.files:
            (outputs / name).unlink(missing_ok=True)
            folders.add((outputs / name).parent)
    for folder in folders:
        if not any(folder.iterdir()):
            folder.rmdir()
