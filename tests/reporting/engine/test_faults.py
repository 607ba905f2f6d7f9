"""No crash, full disk or second render can damage a page: each test breaks something while pages are written.

The commands run in processes forked from a warm one (`warm`), so that a hundred of them can be killed in a minute.
"""

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from html import escape
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from warm import Warm

from analysis import data
from analysis.data import ROOT
from analysis.reporting import manifest
from analysis.reporting.engine.forks import STEADY
from analysis.reporting.pages import page
from analysis.words import harmless

pytestmark = pytest.mark.faults

TINY = ("one", "two", "three")
# What a render may leave beside its pages.
KEPT = (".lock",)


class Ended(NamedTuple):
    """A command that has ended: its exit code (negative: the signal that ended it), and what it said."""

    returncode: int
    stdout: str
    stderr: str


class World:
    """A copy of the project with small notebooks, and a warm process that runs `cakupan` there.

    Where mounting needs it the process is in a namespace of its own, and what it sees is looked at by `seen`.
    """

    def __init__(self, folder: Path) -> None:
        self.project, self.mark = folder / "cakupan", f"CAKUPAN_FAULTS={folder}"
        generated = shutil.ignore_patterns("__pycache__", ".checked")
        for name in ("analysis", "data"):
            shutil.copytree(ROOT / name, self.project / name, ignore=generated)
        (self.project / "notebooks").mkdir()
        (self.project / "requirements.lock").write_text("none")
        self.alone = () if os.geteuid() == 0 or not _works("unshare", "-rm", "true") else ("unshare", "-rm")
        self._count, self._said = 0, {}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        named = {"PYTHONPATH": str(self.project), data.PASSED: data.fingerprint(), "NO_COLOR": "1"}
        self._warm = Warm(environment | STEADY | dict([self.mark.split("=")]) | named, self.project, self.alone)

    def write(self, notebooks: dict[str, tuple[str, ...]], limits: dict[str, float] | None = None) -> None:
        """Make these the notebooks and reports: code cells by name, the first of them the parameters."""
        entries = []
        for name, cells in notebooks.items():
            _write_notebook(self.project / "notebooks" / f"{name}.ipynb", cells)
            limit = f"\ntime_limit = {(limits or {})[name]}" if name in (limits or {}) else ""
            entries.append(f'[{name}]\nnotebook = "{name}.ipynb"{limit}\n')
        (self.project / "reports.toml").write_text("\n".join(entries))

    def start(self, *words: str | Path, line: int | None = None) -> int:
        """The process number of a `cakupan` that has been started, the leader of its group."""
        self._count += 1
        out, err = (str(self.project.parent / f"{self._count}.{name}") for name in ("out", "err"))
        process = self._warm.ask(start=[str(word) for word in words], out=out, err=err, line=line)
        self._said[process] = Path(out), Path(err)
        return process

    def wait(self, process: int) -> Ended:
        code = self._warm.wait(process)
        out, err = (file.read_text("utf-8") for file in self._said.pop(process))
        return Ended(code, out, " ".join(err.split()))

    def run(self, *words: str | Path, line: int | None = None) -> Ended:
        return self.wait(self.start(*words, line=line))

    def shell(self, *words: str) -> int:
        return self._warm.ask(sh=words)

    def seen(self, folder: Path) -> Path:
        return Path(f"/proc/{self._warm.process.pid}/root{folder}") if self.alone else folder

    def left(self) -> list[str]:
        """The processes that go on although their command has ended."""
        until, found = time.monotonic() + 60, self._others()
        while found and time.monotonic() < until:
            time.sleep(0.02)
            found = self._others()
        return found

    def close(self) -> None:
        self._warm.close()

    def _others(self) -> list[str]:
        found = []
        for process in Path("/proc").iterdir():
            if process.name.isdigit() and int(process.name) != self._warm.process.pid:
                with suppress(OSError):  # it has just ended, or is somebody else's
                    if self.mark.encode() in (process / "environ").read_bytes():
                        found.append(f"{process.name}: {(process / 'cmdline').read_text()}")
        return found


def _works(*words: str) -> bool:
    try:
        return subprocess.run(words, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _write_notebook(path: Path, cells: tuple[str, ...]) -> None:
    made = [nbformat.v4.new_markdown_cell("# Uji\n\n<!-- lang:en\n# Test\n-->", id="title")]
    made += [nbformat.v4.new_code_cell(source, id=f"step-{n}") for n, source in enumerate(cells, 1)]
    made[1].metadata["tags"] = ["parameters"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), path)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("faults"))
    yield world
    world.close()
    assert not world.left()


def tiny(version: str) -> dict[str, tuple[str, ...]]:
    return {name: ("x: int = 1", f"print('{name} {version}' * 500)") for name in TINY}


def pages(folder: Path) -> dict[str, bytes]:
    """Every file by name, temporary ones too, but for the lock."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in KEPT]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def versions(world, tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("versions")
    for version in ("old", "new"):
        world.write(tiny(version))
        run = world.run("render", "--outputs", folder / version)
        assert run.returncode == 0, run.stderr
    old, new = pages(folder / "old"), pages(folder / "new")
    assert old.keys() == new.keys() and old["id/one.html"] != new["id/one.html"]
    return folder / "old", folder / "new"


@pytest.fixture
def both(world, versions) -> tuple[Path, Path]:
    """The pages of two versions of the notebooks, in a folder each; the notebooks are those of the second."""
    world.write(tiny("new"))
    return versions


def put(old: Path, outputs: Path) -> None:
    shutil.rmtree(outputs, ignore_errors=True)
    shutil.copytree(old, outputs)


def temporary(outputs: Path) -> list[Path]:
    return [path for path in outputs.rglob(".*") if path.name not in KEPT]


def test_a_render_killed_at_any_moment_leaves_whole_pages_and_the_next_one_completes(world, both, tmp_path):
    old, new = map(pages, both)
    folders = [tmp_path / "outputs", tmp_path / "beside"]
    put(both[0], folders[0])
    whole = world.run("render", "--outputs", folders[0], line=0)
    assert whole.returncode == 0 and pages(folders[0]) == new, whole.stderr
    lines = int(whole.stdout.split()[-1])
    chance, met = random.Random(2024), set()
    for kill in range(50):  # two at a time
        at_line = kill % 4 > 0  # before a line of the code that writes; else at any time, within a system call too
        for folder in folders:
            put(both[0], folder)
        started = [
            world.start("render", "-j", "2", "--outputs", folder, line=chance.randint(1, lines) if at_line else None)
            for folder in folders
        ]
        if not at_line:
            time.sleep(chance.uniform(0, 2))
            for process in started:
                with suppress(ProcessLookupError):
                    os.killpg(process, signal.SIGKILL)
        for process in started:
            ended = world.wait(process)
            assert ended.returncode in (-signal.SIGKILL, 0), ended.stderr
        assert not world.left(), "a process outlived the render"
        for folder in folders:
            found = {name: content for name, content in pages(folder).items() if "/." not in f"/{name}"}
            assert found.keys() == old.keys()
            for name, content in found.items():
                assert content in (old[name], new[name]), f"{name} is neither the old nor the new one"
                met.add("old" if content == old[name] else "new")
        if kill % 10 == 0:
            assert world.run("render", "--outputs", folders[0]).returncode == 0
            assert pages(folders[0]) == new and not temporary(folders[0])
    assert met == {"old", "new"}


# ---- a disk that is full or can't be written ----


@contextmanager
def mounted(world: World, folder: Path, size: str):
    """A file system of its own on `folder`; what the world sees of it. Skipped where that isn't allowed."""
    folder.mkdir()
    ask = () if os.geteuid() == 0 or world.alone else ("sudo", "-n")
    options = f"size={size},uid={0 if world.alone else os.geteuid()},mode=755"
    if world.shell(*ask, "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)) != 0:
        message = "NO MOUNT: a full disk was not tested. It needs root, sudo without a password, or user namespaces"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    try:
        yield world.seen(folder), lambda how: world.shell(*ask, "mount", "-o", f"remount,{how}", str(folder))
    finally:
        world.shell(*ask, "umount", str(folder))


def fill(folder: Path, room: int) -> Path:
    """A file that leaves `room` bytes of the disk."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as out, suppress(OSError):
        while True:
            out.write(bytes(4096))
    os.truncate(filler, max(0, filler.stat().st_size - room))
    return filler


def test_a_full_disk_leaves_the_old_pages_and_says_so(world, both, tmp_path):
    old, new = map(pages, both)
    with mounted(world, tmp_path / "disk", "2m") as (disk, _):
        world.write(tiny("old"))
        assert world.run("render", "--outputs", tmp_path / "disk").returncode == 0
        world.write(tiny("new"))
        for room in (0, 4, 8, 24, 48, 64):
            filler = fill(disk, room * 1024)
            run = world.run("render", "-j", "1", "--outputs", tmp_path / "disk")
            filler.unlink()
            assert run.returncode == 1, f"there was room enough in {room} kB"
            assert "No space left on device" in run.stderr and "Traceback" not in run.stderr, run.stderr
            found = pages(disk)
            for report in TINY:
                files = [name for name in old if name.split("/")[-1].startswith(f"{report}.")]
                assert [found[name] for name in files] in ([old[name] for name in files], [new[name] for name in files])
            assert not temporary(disk)
        assert world.run("render", "--outputs", tmp_path / "disk").returncode == 0
        assert pages(disk) == new and not temporary(disk)


def test_a_read_only_folder_is_named(world, both, tmp_path):
    with mounted(world, tmp_path / "disk", "2m") as (disk, remount):
        shutil.copytree(both[0], disk, dirs_exist_ok=True)
        assert remount("ro") == 0
        run = world.run("render", "--outputs", tmp_path / "disk")
        assert run.returncode == 1
        assert f"{tmp_path / 'disk'} can't be written: Read-only file system" in run.stderr
        assert pages(disk) == pages(both[0])


def test_a_folder_that_is_somebody_elses_is_named(world, both, tmp_path):
    (tmp_path / "closed").mkdir(mode=0o555)
    if os.access(tmp_path / "closed", os.W_OK) or world.alone:
        run = world.run("render", "--outputs", "/proc/outputs")  # even root can't make one there
        assert "/proc/outputs can't be written: No such file or directory" in run.stderr
    else:
        run = world.run("render", "--outputs", tmp_path / "closed")
        assert f"{tmp_path / 'closed'} can't be written: Permission denied" in run.stderr
    assert run.returncode == 1 and "Traceback" not in run.stderr


def test_outputs_that_are_a_file_are_named(world, both, tmp_path):
    (tmp_path / "file").write_text("mine")
    run = world.run("render", "--outputs", tmp_path / "file")
    assert run.returncode == 2 and f"'{tmp_path / 'file'}' is a file" in run.stderr
    (world.project / "outputs").write_text("mine")
    run = world.run("render")
    assert run.returncode == 1 and f"{world.project / 'outputs'} can't be written: File exists" in run.stderr
    assert "Traceback" not in run.stderr
    (world.project / "outputs").unlink()


# ---- two at once, and an end in the middle ----

# Waits for ever, with two programs of its own; one isn't in its process group.
WAITS = """
import subprocess, time
for alone in (False, True):
    subprocess.Popen(["sleep", "1000"], start_new_session=alone)
open("begun", "w").close()
time.sleep(1000)
"""


@pytest.fixture
def waiting(world, both, tmp_path):
    """A render that has come to a notebook that waits for ever, with old pages; its process and folder."""
    outputs = tmp_path / "outputs"
    put(both[0], outputs)
    world.write({"waits": ("x: int = 1", WAITS)} | tiny("new"))
    begun = world.project / "notebooks" / "begun"
    process = world.start("render", "waits", "--outputs", outputs)
    until = time.monotonic() + 300
    while not begun.exists() and time.monotonic() < until:
        time.sleep(0.02)
    begun.unlink()
    yield process, outputs
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)


def test_a_second_render_says_who_is_at_work_and_takes_over_when_that_one_was_killed(world, both, waiting):
    process, outputs = waiting
    before = {path: path.stat().st_mtime_ns for path in outputs.rglob("*")}
    second = world.run("render", "one", "--outputs", outputs)
    assert second.returncode == 1
    assert f"process {process} on {socket.gethostname()} is rendering into {outputs}" in second.stderr
    assert {path: path.stat().st_mtime_ns for path in outputs.rglob("*")} == before
    os.killpg(process, signal.SIGKILL)
    world.wait(process)
    assert world.run("render", *TINY, "--outputs", outputs).returncode == 0
    assert pages(outputs) == pages(both[1]) and not temporary(outputs)
    assert not world.left()


# How a render is ended from outside: by what signal, and with which exit code and words it ends.
ENDS = {
    "ctrl-c": (signal.SIGINT, 1, "interrupted"),
    "a job that is cancelled": (signal.SIGTERM, 143, "ended by SIGTERM"),
    "a terminal that is closed": (signal.SIGHUP, 129, "ended by SIGHUP"),
}


@pytest.mark.parametrize("end", [os.kill, os.killpg], ids=["the process", "its group, as a terminal does"])
@pytest.mark.parametrize(("by", "code", "says"), ENDS.values(), ids=ENDS.keys())
def test_what_ends_a_render_ends_it_in_order(world, both, waiting, end, by, code, says):
    process, outputs = waiting
    end(process, by)
    run = world.wait(process)
    assert run.returncode == code
    assert f"{says}: what was done is in place, every other page is as it was" in run.stderr
    assert "Traceback" not in run.stderr
    assert not world.left()
    assert pages(outputs) == pages(both[0]) and not temporary(outputs)


# ---- notebooks that do harm ----


class Bad(NamedTuple):
    """What a cell does, what is said of it (a pattern), by which engine if not both, and the seconds it may take."""

    cell: str
    says: str
    engine: str = ""
    seconds: float = 60


# Leaves programs running, one in its process group and one in another.
LEAVES = WAITS.replace('open("begun", "w").close()\ntime.sleep(1000)\n', "")
OUTPUT = r"it printed more than 10,000,000 characters"
THREAD = "import threading\ndef work():\n    raise ValueError('in a thread')\n(t := threading.Thread(target=work))"
DEAD_THREAD = "a thread it started ended in ValueError: in a thread"
DIED = r"the (process|kernel) (was ended by SIG\w+|ended itself|died)"
MEMORY = r"it took more (than 2 GiB of memory|memory than a report may)"
# From the first cell on: long enough for a busy machine to come to the second.
LIMIT = 8
TIME = f"it ran longer than {LIMIT} seconds, its time limit"
BAD = {
    "sys-exit": Bad("import sys\nsys.exit(0)", "SystemExit: 0"),
    "exit": Bad("exit()", "SystemExit: the notebook ended itself", "cakupan"),
    "os-exit": Bad("import os\nos._exit(0)", DIED),
    "kills-itself": Bad("import os\nos.kill(os.getpid(), 9)", DIED),
    "segfault": Bad("import ctypes\nctypes.string_at(0)", DIED),
    "kills-parent": Bad(
        "import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(60)", "(was ended by SIGKILL|that rendered it died)"
    ),
    "memory-at-once": Bad("bytearray(3 * 1024**3)", MEMORY),
    "memory-in-pieces": Bad("x = []\nwhile True:\n    x.append(bytearray(10**7))", MEMORY),
    "memory-in-crumbs": Bad("x = []\nwhile True:\n    x.append([])", MEMORY, "cakupan"),
    "busy": Bad("while True:\n    pass", TIME, seconds=LIMIT),
    "sleeps": Bad("import time\ntime.sleep(1000)", TIME, seconds=LIMIT),
    "deaf": Bad(
        "import signal, time\nfor n in {*range(1, 32)} - {9, 19}:\n    signal.signal(n, signal.SIG_IGN)\n"
        "while True:\n    time.sleep(1000)",
        TIME,
        seconds=LIMIT,
    ),
    "stops-itself": Bad("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", TIME, seconds=LIMIT),
    "recurses": Bad(
        "def f():\n    f()\nf()", f"RecursionError: maximum recursion depth exceeded|{TIME}", seconds=LIMIT
    ),
    "recurses-deep": Bad(
        "import sys\nsys.setrecursionlimit(10**9)\nclass A:\n    def __getattr__(self, name):\n        return getattr(self, name)\nA().x",
        f"{DIED}|{MEMORY}",
    ),
    "thread": Bad(f"{THREAD}.start()", DEAD_THREAD, "cakupan"),
    "thread-awaited": Bad(f"{THREAD}.start()\nt.join()", DEAD_THREAD),
    "prints-one": Bad("print('x' * 10**9)", OUTPUT),
    "prints-many": Bad("for n in range(10**4):\n    print('x' * 10**5)", OUTPUT),
    "prints-and-catches": Bad(
        "for n in range(10**4):\n    try:\n        print('x' * 10**5)\n    except BaseException:\n        pass", OUTPUT
    ),
    "prints-by-another": Bad(
        "import subprocess\nsubprocess.run('yes | head -c 1000000000', shell=True)", OUTPUT, "cakupan"
    ),
    "prints-by-another-slowly": Bad(
        "import subprocess\nsubprocess.run('yes | head -c 1000000000', shell=True)",
        f"{OUTPUT}|{TIME}|{MEMORY}|{DIED}",
        "kernel",
        LIMIT,
    ),
    "forks": Bad("import os\nos.fork()\nprint('twice')", "RuntimeError: a notebook can't fork itself"),
    "closes-files": Bad("import os\nos.closerange(0, 51)", DIED),
    "closes-files-and-stays": Bad(
        "import os, time\nos.closerange(0, 51)\ntime.sleep(1000)", f"closed files that weren't its own|{DIED}"
    ),
}
GOOD = ("x: int = 1", "print('good')")


@pytest.mark.parametrize("engine", ["cakupan", "kernel"])
def test_a_notebook_that_does_harm_fails_alone_and_its_cell_is_named(world, tmp_path, engine):
    bad = {name: one for name, one in BAD.items() if one.engine in ("", engine)}
    good = {"good": GOOD, "leaving": (*GOOD, LEAVES), "last": GOOD}
    world.write(
        {**{name: ("x: int = 1", one.cell, "1") for name, one in bad.items()}, **good},
        {name: one.seconds for name, one in bad.items()},
    )
    outputs = tmp_path / "outputs"
    (outputs / "id").mkdir(parents=True)
    for name in bad:
        (outputs / "id" / f"{name}.html").write_text(f"the old page of {name}")
    run = world.run("render", "--engine", engine, "--outputs", outputs, "-j", "4")
    assert run.returncode == 1, run.stderr
    said = {part.split(": ", 1)[0]: part for part in run.stderr.split("failed: ")[1:]}
    if engine == "kernel":  # which may have to kill a kernel whose programs go on, and says so
        assert "a process of the notebook goes on" in said.pop("leaving", "a process of the notebook goes on")
        del good["leaving"]
    assert said.keys() == bad.keys()
    for name, one in bad.items():
        assert re.match(rf"{name}: cell step-2: .*({one.says})", said[name]), said[name]
        assert len(said[name]) < 300
        assert (outputs / "id" / f"{name}.html").read_text() == f"the old page of {name}"
        assert not (outputs / "en" / f"{name}.html").exists()
    for name in good:
        assert "good" in (outputs / "id" / f"{name}.html").read_text()
    assert not world.left() and not temporary(outputs)


# ---- what a parameter may hold ----

ODD = {
    "a way out": "../../../etc/passwd",
    "a script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "lines": "one\ntwo\r\nthree",
    "quotes": "'\"`\\'''\"\"\"",
    "very long": "x" * 10_000,
    "a null byte": "a\0b",
    "another direction": "\u202eabc\u2028\ud7ff",
}
FREE = (
    "\n".join(['text: str = "free"', *(f'p{n}: str = "free"' for n in range(6))]),
    "print(text, p0, p1, p2, p3, p4, p5, sep=chr(10))",
    'import analysis as an\nan.Page().say("x", id="Satu {text}", en="One {text}", text=text)',
)


@pytest.fixture(scope="module")
def all_reports():
    return manifest.reports()


def is_text_on_its_page(page: Path, text: str) -> None:
    body = page.read_text("utf-8").split("</style>")[1]
    assert "<script" not in body and "<img" not in body
    for line in harmless(text).splitlines():
        assert escape(line) in re.sub("&#(39|x27);", "&#x27;", body).replace('"', "&quot;").replace("'", "&#x27;")


def test_an_odd_parameter_in_the_manifest_is_text_on_the_page(world, tmp_path):
    names = [f"free{n}" for n in range(len(ODD))]
    world.write(dict.fromkeys(names, FREE))
    entries = (world.project / "reports.toml").read_text().split("\n\n")
    given = [
        f"{entry.rstrip()}\nparameters = {{ text = {json.dumps(text)} }}\n"
        for entry, text in zip(entries, ODD.values(), strict=True)
    ]
    (world.project / "reports.toml").write_text("\n".join(given))
    run = world.run("render", "--outputs", tmp_path / "outputs")
    assert run.returncode == 0, run.stderr
    for name, text in zip(names, ODD.values(), strict=True):
        is_text_on_its_page(tmp_path / "outputs" / "id" / f"{name}.html", text)


@pytest.mark.parametrize("way", ["a way out", "very long"])
def test_an_odd_parameter_on_the_command_line_gives_a_harmless_name(world, tmp_path, way):
    world.write({"free": FREE})
    texts = [text for name, text in ODD.items() if (name == "very long") == (way == "very long")] * 6
    given = dict(zip([f"p{n}" for n in range(6)], texts, strict=False))
    outputs = tmp_path / "in" / "outputs"
    words = [word for name, text in given.items() for word in ("-p", name, text)]
    run = world.run("render", "free", *words, "--outputs", outputs)
    assert run.returncode == 0, run.stderr
    assert [path.name for path in tmp_path.rglob("*") if not path.is_relative_to(outputs)] == ["in"]
    made = sorted(path.name for path in (outputs / "id").iterdir())
    assert all(re.fullmatch(r"free-[a-z0-9-]{0,80}(\.x)?\.(html|ipynb|record\.json|csv)", name) for name in made), made
    for text in given.values():
        is_text_on_its_page(next((outputs / "id").glob("*.html")), text)


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("name", ["province", "period", "base", "split", "until", "a name"])
def test_an_odd_value_is_refused_in_a_short_sentence(all_reports, text, name):
    report = "scenarios" if name == "until" else "coverage"
    with pytest.raises(manifest.ManifestError) as refused:
        manifest.own(report, [(text if name == "a name" else name, text)], all_reports)
    assert len(str(refused.value)) < 1000 and "\0" not in str(refused.value)


def test_an_odd_province_on_the_command_line_is_refused(world, tmp_path):
    cell = 'province: str = "Lampung"\nperiod: str = "2023-12"\nbase: str = "employed"\nbasis: str = "domicile"'
    world.write({"coverage": (cell, "1")})
    for text in (ODD["very long"], ODD["a script"]):
        for words in (["coverage", "-p", "province", text], [text], ["coverage", "--shard", text]):
            run = world.run("render", *words, "--outputs", tmp_path / "outputs")
            assert run.returncode == 2 and "Traceback" not in run.stderr and len(run.stderr) < 1200, run.stderr
    assert not (tmp_path / "outputs").exists()


# ---- what a page may hold ----

REFUSED = [
    "<script>alert(1)</script>",
    "<SCRIPT src=x>",
    "<svg><script>1</script></svg>",
    '<script src="data:,1"></script>',
    '<p onclick="x()">',
    "<p ONCLICK=x()>",
    '<div class="a" onMouseOver = "x()">',
    '<svg onload="x()">',
    '<b/onclick="x()">',
    '<a href="javascript:x()">',
    '<a href="JaVaScRiPt:x()">',
    '<a href=" javascript:x()">',
    '<a href="java&#115;cript:x()">',
    '<a href="java\tscript:x()">',
    '<a href="javascript&colon;x()">',
    "<a href=javascript:x()>",
    "<a href='javascript:x()'>",
    '<a href="vbscript:x()">',
    '<a href="data:text/html;base64,PHA+">',
    '<a xlink:href="javascript:x()">',
    '<a ping="https://x">',
    '<iframe src="x">',
    "<iframe srcdoc='x'>",
    '<object data="x">',
    '<embed src="x">',
    '<form action="https://x">',
    "<form>",
    '<button formaction="https://x">',
    '<input type="image">',
    '<meta http-equiv="refresh" content="0;url=https://x">',
    '<META HTTP-EQUIV="Refresh">',
    '<base href="https://x/">',
    '<link rel="stylesheet" href="x">',
    '<img src="https://x/y.png">',
    '<img src="//x/y.png">',
    "<img src=x>",
    '<img srcset="https://x/y.png 2x">',
    '<image href="x">',
    '<video poster="//x">',
    '<audio src="x">',
    '<svg><image href="https://x/y.png"/></svg>',
    '<svg><use href="https://x/y.svg#z"/></svg>',
    '<use href="y.svg#z">',
    '<use xlink:href="https://x">',
    '<svg><animate attributeName="href" values="javascript:x()"/></svg>',
    '<svg><set attributeName="onload" to="x()"/></svg>',
    "<svg><foreignObject></foreignObject></svg>",
    '<path fill="url(https://x/y.svg#z)">',
    '<path fill="u\\72l(//x)">',
    '<path fill="&#117;rl(//x)">',
    '<path clip-path="url(//x#y)">',
    '<path filter="url(//x#y)">',
    '<p style="background:url(//x/y.png)">',
    '<p style="background:u\\72l(x)">',
    "<style>@import 'x';</style>",
    "<style>p { background: URL( //x/y.png ) }</style>",
    "<style>p { background: image-set('x' 1x) }</style>",
    "<style>@im\\70ort 'x';</style>",
    "<template>",
    "<math><mtext></mtext></math>",
    "<noscript>",
    "<textarea>",
    "<!-- x -->",
    "<!--><script>",
    "<?xml-stylesheet href='x'?>",
    '<p class="a" "onclick=x()">',
    "<p",
    '<p class="',
    "</p onclick=x()",
    "<p\x00onclick=x()>",
    "<marquee>",
    "<frame src=x>",
]
ALLOWED = [
    '<a href="https://example.org/a?b=1&amp;c=2#d">source</a>',
    '<a href="#isi">',
    '<a href="../../index.html#en" lang="en">',
    "a &lt; b, 1 < 2, a<5 <=",
    "&lt;script&gt;alert(1)&lt;/script&gt; onclick= javascript:x() url(https://x) @import",
    '<a download="x.csv" href="data:text/csv;base64,YQ==">',
    '<svg viewBox="0 0 1 1" xmlns="http://www.w3.org/2000/svg"><defs><clipPath id="a"><rect x="0"/></clipPath></defs><use href="#a" fill="#fff"/></svg>',
    '<path clip-path="url(#a)" fill="currentColor" d="M0 0L1 1z"/>',
    '<th style="text-align:right">',
    '<p title="<script> onclick=x()">',
    "<p title='\"'>",
    '<text transform="translate(1 2) rotate(-90)">src="https://x"</text>',
    '<input id="kode" type="checkbox"/>',
    "<style>p > b { color: #fff }</style>",
    '<a href="mailto:a@example.org">',
    "<br/>",
    "<hr>",
    '<td colspan="2" data-x>'.replace(" data-x", ""),
]


@pytest.mark.parametrize("html", REFUSED)
def test_a_page_that_would_fetch_or_run_something_is_refused(html):
    with pytest.raises(page.PageError, match="would load or run something"):
        page._checked(f"<!DOCTYPE html>\n<html><body><p>{html}</p></body></html>", "id")


@pytest.mark.parametrize("html", ALLOWED)
def test_text_and_links_are_not_refused(html):
    text = f"<!DOCTYPE html>\n<html><body><p>{html}</p></body></html>"
    assert page._checked(text, "id") == text


def test_a_picture_from_elsewhere_in_prose_is_refused_before_a_page_is_written(world, tmp_path):
    world.write(
        {"picture": ("x: int = 1", "from IPython.display import Markdown\nMarkdown('![x](https://example.org/x.png)')")}
    )
    run = world.run("render", "--outputs", tmp_path / "outputs")
    assert run.returncode == 1 and "would load or run something" in run.stderr and "example.org" in run.stderr
    assert pages(tmp_path / "outputs").keys() == {"index.html", "index.en.html", "failed/picture.ipynb"}
