"""Renders two states of the project, and the states in between, so that `compare` can say what moved and why.

A state is a folder of outputs, read as it is, or a revision, taken out of git into a temporary folder and rendered there by
its own code with this Python. Between two revisions, the old one with one part (data, scenarios, code, parameters) of the
new one is rendered for the reports whose numbers moved. Everything lies in one temporary folder, gone whatever happens.
"""

import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from analysis import data, provenance
from analysis.reporting.manifest import slug
from analysis.reporting.records import compare, record
from analysis.reporting.records.compare import Comparison, Move, Record, part_of
from analysis.reporting.records.renames import Renames
from analysis.words import LANGUAGES

Tell = Callable[[str], None]
# Run by a state's own code: which reports there are, then a render of those wanted. `cakupan list` and `cakupan render
# NAMES --outputs DIR` are all that it takes for granted of a revision.
_RENDER = """
import contextlib, io, sys
from analysis.cli import main
there, outputs, *wanted = sys.argv[1:]
said = io.StringIO()
with contextlib.redirect_stdout(said):
    try:
        main(["list"], standalone_mode=False)
    except SystemExit as end:  # of what is broken the others are told apart, and compared
        if end.code and not said.getvalue():
            raise
paths = [line.split("  ")[0] for line in said.getvalue().splitlines()]
with open(there, "w", encoding="utf-8") as file:
    file.write("\\n".join(paths))
chosen = [path for path in paths if not wanted or {path, *path.rpartition("/")[::2]} & set(wanted)]
if outputs and chosen:
    main(["render", *chosen, "--outputs", outputs], prog_name="cakupan")
"""
_METADATA = "cakupan.egg-info"
_SECONDS_TO_END = 15
NO_RENAMES = Renames()
_LINES_OF_REASON = 2


class UnknownError(ValueError):
    """A revision, folder or report that there isn't."""


class State(NamedTuple):
    """What was asked for: a folder of outputs, or a commit."""

    word: str
    folder: Path | None
    commit: str = ""

    def __str__(self) -> str:
        short = self.commit[:7]
        return f"{self.word} ({short})" if short and not self.word.startswith(short) else self.word


class Side(NamedTuple):
    """A state's reports: the paths there are of those asked for, their records, and why the others have none ("": all)."""

    paths: list[str]
    records: Mapping[str, Record]
    failed: Mapping[str, str]


def comparison(
    old: str, new: str, names: Sequence[str] = (), tell: Tell = lambda line: None, renames: Renames = NO_RENAMES
) -> Comparison:
    """What moved between two states of the project, and why; `names` as in `cakupan render`, `tell` hears of the progress.

    What `renames` hold is read by its new name in every state, so that a name alone is no move.

    Raises UnknownError for what there isn't.
    """
    ends = state_of(old), state_of(new)
    with _temporary() as temporary:
        trees = [_taken_out(end, temporary / side) for end, side in zip(ends, ("old", "new"), strict=True)]
        differing = _differing(trees[0], trees[1]) if trees[0] and trees[1] else None
        if differing == {}:
            tell(f"{ends[0]} and {ends[1]} have the same data, scenarios, code and parameters")
            there = _side(ends[1], trees[1], names, None, None, tell, renames)
            _assert_known(names, [there])
            failed = {str(ends[1]): there.failed} if there.failed else {}
            return Comparison(old, new, [], len(there.paths), {}, failed, True)
        sides: list[Side] = []
        pages: Path | None = None
        for end, tree in zip(ends, trees, strict=True):
            outputs = temporary / f"outputs-{len(sides)}"
            sides.append(_side(end, tree, names, outputs, pages, tell, renames))
            pages = outputs if tree else None
            if "" in sides[-1].failed:
                return Comparison(old, new, [], 0, {}, {str(end): sides[-1].failed}, True)
        _assert_known(names, sides)
        moves, reports = _moves_by_report(*sides)
        if differing is None:
            found = [
                move
                for path, moved in moves.items()
                for move in compare.from_records(moved, *(side.records.get(path) for side in sides))
            ]
            what = _said_by_records(moves, sides)
        else:
            found, what = _explained(moves, sides, trees, differing, temporary, tell, renames), differing
    failed = {str(end): side.failed for end, side in zip(ends, sides, strict=True) if side.failed}
    return Comparison(old, new, found, reports, what, failed, differing is not None)


def state_of(word: str) -> State:
    """A folder of outputs or a revision, from what the user typed. UnknownError where it is neither."""
    folder = Path(word)
    if folder.is_dir() and any((folder / LANGUAGES[0]).rglob("*.record.json")):
        return State(word, folder.resolve())
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{word}^{{commit}}")
    if found.returncode == 0:
        return State(word, None, found.stdout.decode().strip())
    if folder.is_dir():
        raise UnknownError(f"{word} holds no records ({LANGUAGES[0]}/*.record.json) and is no revision either")
    why = found.stderr.decode("utf-8", "replace").strip()
    raise UnknownError(f"there is no folder and no revision {word!r}" + (f": {why}" if why else ""))


def _git(*words: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(data.ROOT), *words], capture_output=True, check=False)
    except OSError as error:
        raise UnknownError(f"git can't be run ({error.strerror}); give folders of outputs") from None


@contextmanager
def _temporary() -> Iterator[Path]:
    """A folder that is gone afterwards, also when the process is asked to end."""

    def end(*_: object) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, end) if main else None
    try:
        with tempfile.TemporaryDirectory(prefix="cakupan-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)
    finally:
        if main:
            signal.signal(signal.SIGTERM, before)


def _taken_out(state: State, tree: Path) -> Path | None:
    """The files of a revision in a folder of their own; None for a folder of outputs, which has none."""
    if state.folder:
        return None
    tree.mkdir()
    archive = tree.with_suffix(".tar")
    made = _git("archive", "--format=tar", f"--output={archive}", state.commit)
    if made.returncode:
        raise UnknownError(f"{state} can't be taken out: {made.stderr.decode('utf-8', 'replace').strip()}")
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(tree, filter="data")
    except tarfile.FilterError as error:  # a link out of the tree: what it leads to is today's, and not that revision's
        raise UnknownError(f"{state} can't be taken out: {error}; compare folders of outputs instead") from None
    archive.unlink()
    _describe(tree)
    return tree


def _describe(tree: Path) -> None:
    """Have the copy's own version and entry points found, not those of the project that runs here.

    papermill would load those otherwise, and an old revision may not have the module of our engine.
    """
    try:
        project = tomllib.loads((tree / "pyproject.toml").read_text("utf-8"))["project"]
    except (OSError, ValueError, KeyError):
        project = {}
    folder = tree / _METADATA
    folder.mkdir(exist_ok=True)
    version = project.get("version", "0")
    (folder / "PKG-INFO").write_text(f"Metadata-Version: 2.1\nName: cakupan\nVersion: {version}\n", "utf-8")
    lines = [
        line
        for group, entries in project.get("entry-points", {}).items()
        for line in (f"[{group}]", *(f"{name} = {entry}" for name, entry in entries.items()))
    ]
    (folder / "entry_points.txt").write_text("\n".join(lines) + "\n", "utf-8")


def _goes_with(file: str) -> str:
    """The part that a file of a tree goes with when parts are swapped: what describes the code goes with the code."""
    return compare.CODE if file.startswith((f"{_METADATA}/", "pyproject.toml")) else part_of(file)


def _files_in(tree: Path) -> list[str]:
    return sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file())


def _differing(old: Path, new: Path) -> dict[str, list[str]]:
    """The files that two trees have otherwise, by part; of notebooks the cells, without what can't move a number."""
    of, now = (_hashes(tree) for tree in (old, new))
    found: dict[str, list[str]] = {part: [] for part in compare.PARTS}
    for file in sorted({*_files_in(old), *_files_in(new)}):
        part = part_of(file)
        if part and not file.endswith((".md", ".pyc")) and of(file) != now(file):
            found[part].append(file)
    return {part: files for part, files in found.items() if files}


def _hashes(tree: Path) -> record.Hashes:
    of = record.hashes(tree)

    def hash_of(file: str) -> str:
        try:
            return of(file)
        except (ValueError, KeyError):  # a notebook that isn't one
            return provenance.sha256(tree / file)

    return hash_of


def _side(
    state: State,
    tree: Path | None,
    names: Sequence[str],
    outputs: Path | None,
    pages: Path | None,
    tell: Tell,
    renames: Renames,
) -> Side:
    """The reports of a state. `pages` are those of another one, of which whatever still holds isn't made again."""
    wanted = renames.before([word for name in names for word in (slug(name), name.casefold())])
    if tree is None:
        return _renamed(_of_folder(state.folder or Path(), wanted), renames)
    tell(f"{state}: rendering" if outputs else f"{state}: listing the reports")
    return _renamed(_rendered(tree, wanted, outputs, pages, tell), renames)


def _renamed(side: Side, renames: Renames) -> Side:
    records = {renames.path(path): renames.record(path, found) for path, found in side.records.items()}
    failed = {renames.path(path): why for path, why in side.failed.items()}
    return Side([renames.path(path) for path in side.paths], records, failed)


def _of_folder(folder: Path, wanted: Sequence[str]) -> Side:
    found, failed = {}, {}
    for file in sorted((folder / LANGUAGES[0]).rglob("*.record.json")):
        path = file.relative_to(folder / LANGUAGES[0]).as_posix().removesuffix(".record.json")
        if _is_wanted(path, wanted):
            there = record.published(file)
            if there:
                found[path] = there
            else:
                failed[path] = "its record is damaged"
    return Side([*found, *failed], found, failed)


def _is_wanted(path: str, wanted: Sequence[str]) -> bool:
    return not wanted or bool({path, *path.rpartition("/")[::2]} & set(wanted))


def _rendered(tree: Path, wanted: Sequence[str], outputs: Path | None, pages: Path | None, tell: Tell) -> Side:
    """The reports of a tree, rendered by its own code into `outputs` (None: only listed), beginning with `pages`."""
    if outputs and pages:
        shutil.copytree(pages, outputs, copy_function=os.link, ignore=shutil.ignore_patterns(".*"))
    there = tree.with_suffix(".list")
    code, said = _run_tree(tree, [str(there), str(outputs or ""), *wanted], tell)
    if not there.is_file():
        return Side([], {}, {"": _why_ended(said)})
    paths = [path for path in there.read_text("utf-8").splitlines() if _is_wanted(path, wanted)]
    if outputs is None:
        return Side(paths, {}, {})
    failed = {
        path: reason
        for line in said
        if line.startswith("failed: ")
        for path, _, reason in [line.removeprefix("failed: ").partition(": ")]
    }
    if code and not failed:
        return Side(paths, {}, dict.fromkeys(paths, _why_ended(said)))
    found = {}
    for path in paths:
        if path not in failed:
            if made := record.published(record.file_of(outputs, path, LANGUAGES[0])):
                found[path] = made
            else:
                failed[path] = "it left no record"
    return Side(paths, found, failed)


def _run_tree(tree: Path, words: Sequence[str], tell: Tell) -> tuple[int, list[str]]:
    """Run a tree's own code; its exit code, and what it said on stderr, which is passed on as it comes."""
    environment = {name: value for name, value in os.environ.items() if name != data.PASSED}
    environment |= {"PYTHONPATH": str(tree), "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    said: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-c", _RENDER, *words],
        cwd=tree,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,  # Ctrl-C is for us, who end it in order
    ) as process:
        try:
            for line in process.stderr or ():
                said.append(line.rstrip())
                tell(f"  {said[-1]}")
            return process.wait(), said
        except BaseException:
            _end_render(process)
            raise


def _end_render(process: subprocess.Popen[str]) -> None:
    """Ask a render to end, as Ctrl-C would, and see that it does."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, number)
            process.wait(_SECONDS_TO_END)
            return


def _why_ended(said: Sequence[str]) -> str:
    """Why a render ended early: the last line of a traceback, or else the first lines that were said."""
    lines = [line.strip() for line in said if line.strip() and not line.startswith(("[", "rendering "))]
    if any(line.startswith("Traceback") for line in lines):
        return lines[-1]
    return "; ".join(lines[:_LINES_OF_REASON]) or "it said nothing"


def _assert_known(names: Sequence[str], sides: Sequence[Side]) -> None:
    paths = list(dict.fromkeys(path for side in sides for path in side.paths))
    for name in names:
        if not any(_is_wanted(path, [slug(name), name.casefold()]) for path in paths):
            raise UnknownError(f"there is no report {name!r} in either of the two")


def _moves_by_report(old: Side, new: Side) -> tuple[dict[str, list[Move]], int]:
    """What moved in each report that both sides tell of, and how many those are."""
    paths = [p for p in dict.fromkeys([*new.paths, *old.paths]) if p not in old.failed and p not in new.failed]
    found = {path: compare.moves(path, old.records.get(path), new.records.get(path)) for path in paths}
    return {path: moved for path, moved in found.items() if moved}, len(paths)


def _said_by_records(moves: Mapping[str, Any], sides: Sequence[Side]) -> dict[str, list[str]]:
    """What the records of the reports that moved say differs, by part."""
    found: dict[str, dict[str, None]] = {}
    for path in moves:
        old, new = (side.records.get(path) for side in sides)
        for part, what in (compare.differing(old, new) or {}).items() if old and new else ():
            found.setdefault(part, {}).update(dict.fromkeys(what))
    return {part: list(found[part]) for part in compare.PARTS if part in found}


def _explained(
    moves: Mapping[str, list[Move]],
    sides: Sequence[Side],
    trees: Sequence[Path | None],
    differing: Mapping[str, list[str]],
    temporary: Path,
    tell: Tell,
    renames: Renames,
) -> list[Move]:
    """The moves with their causes. Where only one part differs, of the project or of what a report used, it is that one."""
    old_tree, new_tree = (tree or Path() for tree in trees)
    unclear, only = [], {}
    for path in moves:
        old, new = (side.records.get(path) for side in sides)
        parts = list((compare.differing(old, new) or {}) if old and new and len(differing) > 1 else differing)
        if len(parts) == 1:
            only[path] = parts[0]
        else:
            unclear.append(path)
    mixes: dict[str, Side] = {}
    for part in differing if unclear else ():
        tell(f"the old state with the new {part}: rendering {len(unclear)} report{'s' * (len(unclear) != 1)}")
        mix = _mixed(old_tree, new_tree, part, temporary / f"with-{part}")
        made = _rendered(mix, renames.before(unclear), temporary / f"outputs-{part}", temporary / "outputs-0", tell)
        mixes[part] = _renamed(made, renames)
    found: list[Move] = []
    for path, moved in moves.items():
        if path in only:
            found += [move._replace(cause=only[path]) for move in moved]
            continue
        failed = [part for part, mix in mixes.items() if path in mix.failed or "" in mix.failed]
        swapped = {part: mix.records.get(path) for part, mix in mixes.items() if part not in failed}
        ends = (sides[0].records.get(path), sides[1].records.get(path))
        found += compare.explained(moved, ends, swapped, failed)
    return found


def _mixed(old: Path, new: Path, part: str, tree: Path) -> Path:
    """The old tree with one part of the new one."""
    shutil.copytree(old, tree)
    for file in _files_in(tree):
        if _goes_with(file) == part:
            (tree / file).unlink()
    for file in _files_in(new):
        if _goes_with(file) == part:
            (tree / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(new / file, tree / file)
    return tree
