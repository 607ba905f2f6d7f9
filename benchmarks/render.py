"""Times our render of the suite's own reports against papermill, in one run, and prints the ratios.

Run it with the project's Python: `.venv/bin/python benchmarks/render.py`, and with `--all` for all reports of all places, nothing to do,
and memory. Four sides make the same reports, both languages each:

- ours: `cakupan render`, a process and its start-up included;
- loop: a shell loop of `papermill` and `jupyter nbconvert` commands, one notebook a language. It does the places of `LOOP` only, and is
  taken for all by the report;
- pool: two processes that call papermill's API and a shared nbconvert exporter each, their start-up excluded and printed;
- bound: the notebooks' cells run bare, figures drawn, in warm processes that do nothing else: no page, no record.

A stock tool makes a page in one language, so it runs a notebook once for each (`language` is a parameter of each). Printed beside
it is what remains of the ratio if it ran each notebook once. It takes four minutes, so there is one round; `rounds` can be
raised where the machine's speed drifts.
"""

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from analysis.reporting.engine import forks
from analysis.reporting.manifest import Report, reports
from analysis.words import LANGUAGES

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
CORES = 2
# Every seventh place for the sides that take minutes: enough to be of all kinds (the nation, with and without articles).
EVERY, LOOP = 7, ("bali",)


def ours(chosen: Sequence[Report], folder: Path) -> float:
    start = time.perf_counter()
    run([BIN / "cakupan", "render", *[report.path for report in chosen], "--jobs", CORES, "--outputs", folder])
    assert len(list(folder.glob("*/*/*.html"))) == len(LANGUAGES) * len(chosen)
    return time.perf_counter() - start


def loop(chosen: Sequence[Report], folder: Path) -> float:
    start = time.perf_counter()
    for report in chosen:
        for language in LANGUAGES:
            executed = folder / f"{report.folder}-{report.stem}-{language}.ipynb"
            given = [word for pair in (report.parameters | {"language": language}).items() for word in ("-p", *pair)]
            run([BIN / "papermill", "--cwd", "notebooks", report.notebook, executed, *given])
            run([BIN / "jupyter", "nbconvert", "--to", "html", executed])
    assert len(list(folder.glob("*.html"))) == len(LANGUAGES) * len(chosen)
    return time.perf_counter() - start


def run(command: list) -> None:
    subprocess.run([str(word) for word in command], cwd=ROOT, check=True, capture_output=True)


def _start_peer() -> None:
    global exporter, papermill
    import papermill
    from nbconvert import HTMLExporter

    exporter = HTMLExporter()


def _peer_started(_: int) -> int:
    return os.getpid()


def _peer(job: tuple[Report, str, str]) -> None:
    report, language, folder = job
    nb = papermill.execute_notebook(
        str(report.notebook),
        None,
        parameters=report.parameters | {"language": language},
        cwd=str(report.notebook.parent),
        progress_bar=False,
        extra_arguments=["--log-level=50"],  # the kernel's remark on its own loopback connection
    )
    html, _ = exporter.from_notebook_node(nb)
    (Path(folder) / f"{report.folder}-{report.stem}-{language}.html").write_text(html, "utf-8")


def pool(chosen: Sequence[Report], folder: Path) -> tuple[float, float]:
    """Seconds of the work, and of the start-up."""
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(CORES, _start_peer) as peers:
        peers.map(_peer_started, range(CORES), chunksize=1)
        ready = time.perf_counter()
        jobs = [(report, language, str(folder)) for report in chosen for language in LANGUAGES]
        peers.map(_peer, jobs, chunksize=1)
    assert len(list(folder.glob("*.html"))) == len(jobs)
    return time.perf_counter() - ready, ready - start


# The cells as they are, in a child forked from a warm process, which is what is measured; the parent waits.
BARE = """
import contextlib, io, json, os, sys, time
sys.modules.setdefault("rfc3987_syntax", None)
import nbformat
from IPython.core.interactiveshell import InteractiveShell
from analysis.reporting.engine import server
server._warm()
for name in [name for name in sys.modules if name.partition(".")[0] == "analysis"]:
    del sys.modules[name]
import analysis
from analysis import _HOME
for name in _HOME:
    getattr(analysis, name)
server.gc.collect(); server.gc.freeze()
print("ready", flush=True)
seconds = 0.0
for line in sys.stdin:
    path, given = json.loads(line)
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    read, write = os.pipe()
    if not os.fork():
        os.chdir(os.path.dirname(path))
        shell, start = InteractiveShell(), time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            for cell in cells:
                result = shell.run_cell(cell.source)
                assert result.success, cell.source
                if "parameters" in cell.metadata.get("tags", []):
                    shell.user_ns.update(given)
                if hasattr(result.result, "_repr_mimebundle_"):
                    result.result._repr_mimebundle_()
        os.write(write, f"{time.perf_counter() - start}".encode())
        os._exit(0)
    os.close(write)
    seconds += float(os.read(read, 100))
    os.close(read)
    os.wait()
print(seconds)
"""


def bound(chosen: Sequence[Report]) -> float:
    """Seconds of the slower of two processes that share the cells out."""
    environment = os.environ | forks.STEADY
    sides = [
        subprocess.Popen(
            [sys.executable, "-c", BARE],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(CORES)
    ]
    for side in sides:
        assert side.stdout and side.stdout.readline() == "ready\n"
    for number, report in enumerate(chosen):
        stdin = sides[number % CORES].stdin
        assert stdin
        stdin.write(json.dumps([str(report.notebook), report.parameters]) + "\n")
    return sum(float(side.communicate()[0]) for side in sides) / CORES


def nothing(chosen: Sequence[Report], folder: Path) -> float:
    start = time.perf_counter()
    run([BIN / "cakupan", "render", *[report.path for report in chosen], "--outputs", folder])
    return time.perf_counter() - start


def in_folder(side, chosen):
    with tempfile.TemporaryDirectory() as folder:
        return side(chosen, Path(folder))


def main() -> None:
    everything = reports()
    folders = list(dict.fromkeys(report.folder for report in everything))[::EVERY]
    chosen = [report for report in everything if report.folder in folders]
    few = [report for report in everything if report.folder in LOOP]
    print(f"{len(chosen)} reports of {len(folders)} places, the loop {len(few)}, {CORES} cores", flush=True)
    rounds = 1
    mine = mine_few = by_loop = by_pool = bare = 0.0
    for number in range(1, rounds + 1):
        mine += in_folder(ours, chosen)
        work, started = in_folder(pool, chosen)
        by_pool += work
        bare += bound(chosen)
        mine_few += in_folder(ours, few)
        by_loop += in_folder(loop, few)
        print(
            f"round {number}: ours {mine / number:.1f} s, pool {by_pool / number:.1f} s (and {started:.1f} s to start), bound {bare / number:.1f} s; "
            f"of the loop's reports: ours {mine_few / number:.1f} s, loop {by_loop / number:.1f} s",
            flush=True,
        )
    each, each_loop = mine / rounds / len(chosen), by_loop / rounds / len(few)
    print(
        f"against a shell loop: {each_loop / each:.1f} times as fast a report ({each_loop:.2f} s against {each:.2f} s); "
        f"{each_loop / 2 / each:.1f} if it ran each notebook once"
    )
    print(
        f"against a pool: {by_pool / mine:.1f} times as fast, our start-up included; {by_pool / 2 / mine:.1f} if it ran each notebook once"
    )
    print(f"of the bound: {bare / mine:.0%}")


def memory(chosen: Sequence[Report]) -> tuple[int, int]:
    """The most that one child and the server have taken: megabytes, what they share counted once in all (PSS)."""
    most = {"child": 0, "server": 0}
    with tempfile.TemporaryDirectory() as folder:
        render = subprocess.Popen(
            [BIN / "cakupan", "render", *[report.path for report in chosen], "--outputs", folder, "--jobs", str(CORES)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while render.poll() is None:
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    if b"analysis.reporting.engine.server" not in (process / "cmdline").read_bytes():
                        continue
                    parent = (process / "stat").read_text().rsplit(")", 1)[1].split()[1]
                    kind = "server" if parent == str(render.pid) else "child"
                    lines = (process / "smaps_rollup").read_text().splitlines()
                except OSError:  # it has ended
                    continue
                pss = next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
                most[kind] = max(most[kind], pss // 1000)
            time.sleep(0.1)
    return most["child"], most["server"]


def whole() -> None:
    """All reports of all places, cold, then with nothing to do; and the memory it takes."""
    everything = reports()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds = ours(everything, folder)
        print(
            f"all {len(everything)} reports, cold, {CORES} cores: {seconds:.0f} s, {len(everything) / seconds:.2f} reports a second"
        )
        idle = sorted(nothing(everything, folder) for _ in range(5))
    bare = bound(everything)
    print(f"the same cells bare: {bare:.0f} s; ours runs at {bare / seconds:.0%} of that bound, its start-up included")
    print(f"nothing to do: {idle[2]:.2f} s (median of 5, {idle[0]:.2f} to {idle[-1]:.2f})")
    child, server = memory([report for report in everything if report.folder in ("lampung", "indonesia")])
    print(f"memory: a child at most {child} MB, the server they are forked from {server} MB")


if __name__ == "__main__":
    whole() if sys.argv[1:] == ["--all"] else main()
