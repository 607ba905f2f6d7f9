"""What made a page: the versions and hashes behind it."""

import hashlib
import platform
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("babel", "matplotlib", "nbconvert", "numpy", "pandas", "papermill", "scipy")


def sha256(path: Path) -> str:
    """The hash of a file's bytes, as `sha256sum` prints it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def code_hash() -> str:
    """One hash over the source of `analysis`, through links too: which code made a page."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(p for p in below(folder) if p.suffix in {".py", ".j2", ".css", ".js", ".json", ".toml"}):
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
