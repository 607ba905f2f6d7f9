"""Whether pages are what their inputs give today: everything is hashed, rendered anew elsewhere and compared byte by byte."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from analysis.reporting import runner
from analysis.reporting.manifest import Report
from analysis.reporting.records import record
from analysis.words import LANGUAGES

_AROUND = 30


def verify(
    reports: Sequence[Report],
    outputs: Path,
    makers: runner.Makers | None = None,
    watcher: runner.Watcher = runner.QUIET,
    beside: Sequence[Report] = (),
) -> dict[str, list[str]]:
    """What is wrong with the pages of `reports` in `outputs`, by the reports' paths; nothing there is changed. `beside` are all
    reports there are, which a page's bar names.

    A sentence for each file that is missing, isn't what its record says, or differs from what a new render gives, with the
    place where it does.
    """
    of = record.hashes()
    found = {report.path: record.reasons(runner.job_of(report), outputs, of, always_hash=True) for report in reports}
    with tempfile.TemporaryDirectory(prefix="cakupan-") as folder:
        fresh = Path(folder)
        for done in runner.render(reports, fresh, makers, force=True, watcher=watcher, beside=beside):
            path = done.report.path
            if done.failure:
                found[path].append(f"it can't be rendered: {done.failure}")
            else:
                found[path] += _files_unlike(path, outputs, fresh)
    return found


def _files_unlike(path: str, outputs: Path, fresh: Path) -> Iterator[str]:
    """Every file of a report that isn't the same in both folders, and where."""
    made = record.read(record.file_of(fresh, path, LANGUAGES[0])) or {"files": {}}
    names = [*made["files"], *(record.file_of(Path(), path, language).as_posix() for language in LANGUAGES)]
    for name in names:
        old, new = record.content_of(outputs / name), (fresh / name).read_bytes()
        if old is None:
            yield record.lacking(name, outputs)
        elif old != new:
            yield f"{name} {difference(old, new)}"


def difference(old: bytes, new: bytes) -> str:
    """Where two contents begin to differ, in words.

    >>> difference(b"one\\ntwo 2,7\\n", b"one\\ntwo 2,8\\n")
    "differs from line 2, column 7 on: it has '7' where rendering gives '8'"
    """
    at = next((i for i, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), min(len(old), len(new)))
    line, column = old.count(b"\n", 0, at) + 1, at - (old.rfind(b"\n", 0, at) + 1) + 1
    was, gives = (part[at : at + _AROUND].split(b"\n")[0].decode("utf-8", "replace") for part in (old, new))
    return f"differs from line {line}, column {column} on: it has {was!r} where rendering gives {gives!r}"
