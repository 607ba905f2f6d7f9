"""What several tests share: three places rendered once, as a reader would get them."""

import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock
from hypothesis import settings
from warm import Warm, served_by

from analysis import data
from analysis.data import FOLDER, check
from analysis.data.files import Problem, Row
from analysis.reporting import manifest, runner
from analysis.reporting.engine import forks
from analysis.reporting.manifest import Report, matching, reports

ROOT = Path(__file__).resolve().parents[1]
SMALL = ROOT / "tests" / "data" / "small"
PLACES = ("lampung", "dki-jakarta", "papua")

settings.register_profile("quick")  # what it means: tests/samples.py

# What takes long by what it asks for; whole files say so themselves, in `pytestmark`.
MARKS = dict.fromkeys(("site", "chosen", "elsewhere", "repository"), "render") | {"visit": "browser"}
MARKS |= dict.fromkeys(("real_folder", "tried", "tested"), "data")
LONG = ("render", "process", "browser", "cluster", "faults")


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in MARKS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKS[fixture])
    # Side by side, files that take long are begun first, then notebooks, so that no core is idle for long at the end.
    long = {item.path for item in items if any(mark.name in LONG for mark in item.iter_markers())}
    items.sort(key=lambda item: 0 if item.path in long else 1 if item.path.suffix == ".ipynb" else 2)


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """A process that has imported everything, for commands and for servers of notebooks to be forked from."""
    process = Warm(os.environ | forks.STEADY | {"PYTHONPATH": str(ROOT)}, ROOT)
    yield process
    process.close()


@pytest.fixture(scope="session", autouse=True)
def servers(warm: Warm) -> Iterator[None]:
    """The servers of notebooks that tests start are forks of the warm process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forks, "subprocess", served_by(warm))
        yield


@pytest.fixture(autouse=True)
def units_start_no_program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `make quick` runs is quick: a test that needs another program or a warm process says so by its mark."""
    if not any(mark.name in LONG for mark in request.node.iter_markers()):

        def refused(*_: object, **__: object) -> None:
            pytest.fail("a unit starts a program: mark the test `process`")

        monkeypatch.setattr(subprocess, "Popen", refused)
        monkeypatch.setattr(Warm, "ask", refused)


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id, servers) -> Path:
    """A folder of outputs with the pages of Lampung, DKI Jakarta and Papua, which tests leave as it is.

    The first of xdist's workers to need it renders it for all; they share the folder above their own.
    """
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    outputs, whole = shared / "site", shared / "site.whole"
    with FileLock(shared / "site.lock"):
        if not whole.exists():
            failures = [done.failure for done in runner.render(matching(PLACES, reports()), outputs) if done.failure]
            assert not failures, failures
            whole.touch()
    return outputs


@pytest.fixture
def notebook(tmp_path):
    """Makes a report of a small notebook out of cells: text is prose, anything else code."""

    def make(name: str, *code: str, prose: str = "# Uji\n\n<!-- lang:en\n# Test\n-->") -> Report:
        cells = [nbformat.v4.new_markdown_cell(prose, id="title")]
        cells += [nbformat.v4.new_code_cell(source, id=f"step-{n}") for n, source in enumerate(code, 1)]
        cells[1].metadata["tags"] = ["parameters"]
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
        return Report(name, path, {}, "", name)

    return make


@pytest.fixture
def elsewhere(tmp_path) -> Path:
    """A copy of the project in another folder, without anything generated."""
    there = tmp_path / "a folder with spaces" / "cakupan"
    for name in ("analysis", "data", "notebooks"):
        shutil.copytree(
            ROOT / name, there / name, ignore=shutil.ignore_patterns("__pycache__", ".checked*", ".ipynb_checkpoints")
        )
    for name in ("reports.toml", "requirements.lock"):
        shutil.copy(ROOT / name, there)
    return there


@pytest.fixture
def cakupan(tmp_path, warm):
    """Runs the command as a user does, in a process of its own, a fresh Python if asked for or where `env` matters, by the code of `project`."""

    def run(*words: str, project: Path = ROOT, fresh: bool = False, **env: str) -> subprocess.CompletedProcess:
        given = os.environ | {"PYTHONPATH": str(project), "NO_COLOR": "1"} | env
        if fresh or env:
            call = [sys.executable, "-c", "from analysis.cli import main; main(prog_name='cakupan')", *words]
            return subprocess.run(
                call, env=given, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
            )
        out, err = tmp_path / ".out", tmp_path / ".err"
        process = warm.ask(
            start=words, out=str(out), err=str(err), env=given, folder=str(tmp_path), project=str(project)
        )
        code = warm.wait(process, timeout=300)
        return subprocess.CompletedProcess(words, code, out.read_text("utf-8"), err.read_text("utf-8"))

    return run


@pytest.fixture
def folder(tmp_path: Path, said_once: None) -> Path:
    """A copy of the small tables: three provinces and the country."""
    return tables_of(SMALL, tmp_path)


@pytest.fixture
def real_folder(tmp_path: Path, said_once: None) -> Path:
    """A copy of the real tables, where something needs every province."""
    return tables_of(FOLDER, tmp_path)


def tables_of(folder: Path, tmp_path: Path) -> Path:
    """A copy of the tables, without the note that they have passed."""
    copy = tmp_path / "data"
    copy.mkdir()
    for path in [*folder.glob("*.csv"), folder / "datapackage.json"]:
        shutil.copy(path, copy)
    return copy


def stamp(*folders: Path) -> tuple:
    """What tells whether anything in these folders has changed."""
    paths = sorted(
        f"{at}/{name}" for folder in folders for at, _, names in os.walk(folder) for name in names if name[0] != "."
    )
    return tuple((path, found.st_mtime_ns, found.st_size) for path in paths if (found := os.lstat(path)))


@pytest.fixture(scope="session", autouse=True)
def tables_assured_once() -> Iterator[None]:
    """The project's own tables are hashed, and a file of reports opened out, anew only where something has changed."""
    assured, opened = data._assured, manifest._reports
    sums: dict[tuple, dict[str, str]] = {}
    found: dict[tuple, manifest.Known] = {}

    def once(folder: Path) -> dict[str, str]:
        if folder != FOLDER:
            return assured(folder)
        if (key := (stamp(folder), os.environ.get(data.PASSED))) not in sums:
            sums[key] = assured(folder)
        return dict(sums[key])

    def opened_once(file: Path) -> manifest.Known:
        if not file.is_file():
            return opened(file)
        key = file.read_bytes(), file.name, stamp(FOLDER, manifest.NOTEBOOKS)
        if key not in found:
            found[key] = opened(file)
        one = found[key]
        return one._replace(reports=list(one.reports), left_out=list(one.left_out))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "_assured", once)
        patch.setattr(manifest, "_reports", opened_once)
        yield


SAID: dict[str, list[Problem]] = {}
DESCRIBED: dict[bytes, bytes] = {}


@pytest.fixture
def said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """frictionless is asked once about a table and the same rows, and once about a description: most of a check is asking it."""

    def by_schema(resource: dict, rows: list[Row]) -> list[Problem]:
        key = repr((resource, rows))
        if key not in SAID:
            SAID[key] = asked(resource, rows)
        return list(SAID[key])

    def resources(folder: Path) -> tuple[dict[str, dict], list[Problem]]:
        file = folder / "datapackage.json"
        if file.is_symlink() or not file.is_file():
            return described(folder)
        if (key := file.read_bytes()) not in DESCRIBED:
            DESCRIBED[key] = pickle.dumps(described(folder))
        return pickle.loads(DESCRIBED[key])  # a check may write into it; copying takes five times as long

    asked, described = check.by_schema, check._resources
    monkeypatch.setattr(check, "by_schema", by_schema)
    monkeypatch.setattr(check, "_resources", resources)
