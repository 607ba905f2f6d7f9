"""Which files of the project a running notebook really used: those it opened, folders it listed, modules it imported.

Python reports every file it opens to audit hooks (PEP 578), so no reader has to remember to say so. What another
process reads (a program, a pool's worker), or a library's own C code, isn't heard: such a notebook is rendered with --force. What is only checked and not
used, `analysis.data` brackets with an audit event of its own, `cakupan.checking`. Files outside the
project aren't watched: a report on them could not be made elsewhere anyway. What is reached through a link in the project
is: it has a name there, under which it is hashed, wherever the link leads. A file that was looked for and wasn't there isn't noted.
"""

import atexit
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# Of the folder `analysis`: a module in it may be a link to elsewhere.
ROOT = Path(__file__).parents[2].resolve().parent
CHECKING = "cakupan.checking"
# Where a kernel leaves what it has seen, for the process that started it.
REPORT_TO = "CAKUPAN_WATCH"
# A notebook that prints more characters has gone wrong.
MOST_PRINTED = 10_000_000
_EVENTS = ("open", "os.listdir", "os.scandir")
_GENERATED = ("outputs", "build")


class Watch:
    """Notes from its making on what this process uses of the project; one a process, as hooks stay for good."""

    def __init__(self) -> None:
        self._opened: set[str] = set()
        self._listed: set[str] = set()
        self._checking = 0
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("os.fork", "os.forkpty") and sys._getframe(1).f_globals.get("__name__") == "__main__":
            # A cell's own; libraries know what to do with the copy.
            raise RuntimeError("a notebook can't fork itself, as both would go on; use subprocess or multiprocessing")
        if event == CHECKING:
            self._checking += 1 if arguments[0] else -1
        elif self._checking or event not in _EVENTS or not isinstance(arguments[0], str | bytes | None):
            return
        elif event == "open":
            if not _writes(arguments[1:]):
                self._opened.add(_full(arguments[0] or ""))
        elif not _importing():
            self._listed.add(_full(arguments[0] or "."))

    def used(self) -> dict[str, list[str]]:
        """The files read and the folders listed, as paths below the project's root, sorted.

        Modules count as files; of the suite's own, those that make pages (`analysis.reporting`) are left to whoever
        makes the page.
        """
        modules = {str(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())}
        modules = {path for path in modules if not path.startswith((sys.prefix, sys.base_prefix))}  # thousands
        files = {_below(path) for path in self._opened | modules} - {""}
        folders = {_below(path) for path in self._listed} - {""}
        return {
            "files": sorted(f for f in files if (ROOT / f).is_file() and not f.startswith("analysis/reporting/")),
            "folders": sorted(f for f in folders if (ROOT / f).is_dir() and not f.startswith("analysis")),
        }


def _full(path: str | bytes) -> str:
    """The path in full; "" when it means nothing, as the folder that one is in is gone."""
    try:
        # Of the folder one is in now, and without asking the file system, which would be heard here again.
        return os.path.abspath(os.fsdecode(path))  # noqa: PTH100
    except OSError:
        return ""


def _writes(mode_and_flags: tuple[Any, ...]) -> bool:
    mode, flags = mode_and_flags
    if isinstance(mode, str):
        return "r" not in mode and "U" not in mode
    return bool(isinstance(flags, int) and flags & (os.O_WRONLY | os.O_CREAT))


def _importing() -> bool:
    """Whether it is Python that looks for a module in the folder, and not the notebook for a file."""
    return "importlib" in sys._getframe(2).f_code.co_filename


def _below(path: str) -> str:
    """The path below the root, in any system's notation alike; "" when it lies elsewhere or was generated.

    The path as it was written, links in it and all; where that lies elsewhere, what it leads to.
    """
    for full in (path, os.path.realpath(path)) if path else ():
        if full.startswith(f"{ROOT}{os.sep}"):
            return "" if full.startswith(f"{sys.prefix}{os.sep}") else _if_written(Path(full).relative_to(ROOT).parts)
    return ""


def _if_written(parts: tuple[str, ...]) -> str:
    """A path below the root, unless it is one that programs write: pages, bytecode, what is hidden."""
    generated = parts[0] in _GENERATED or parts[0].endswith(".egg-info") or parts[-1].endswith(".pyc")
    hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
    return "" if generated or hidden else "/".join(parts)


def load_ipython_extension(shell: Any) -> None:
    """Watch a kernel: loaded by IPython before the first cell, tells what it saw when the kernel ends."""
    watch = Watch()
    place = Path(os.environ[REPORT_TO])

    def tell() -> None:
        place.write_text(json.dumps(watch.used()), "utf-8")

    atexit.register(tell)
    _bound((sys.stdout, sys.stderr))


def _bound(streams: Iterable[Any]) -> None:
    """Let a kernel's streams take one character more than may be printed in all, by which it is noticed, and no more."""
    room = MOST_PRINTED + 1

    def bound(stream: Any) -> None:
        write = stream.write

        def written(text: str) -> int:
            nonlocal room
            taken, room = text[:room], max(0, room - len(text))
            write(taken)
            if not room:
                raise RuntimeError(f"it printed more than {MOST_PRINTED:,} characters; a page can't hold them")
            return len(text)

        stream.write = written

    for stream in streams:
        bound(stream)
