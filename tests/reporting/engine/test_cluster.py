"""Reports made by a Dask cluster: the same bytes, whichever worker dies, and none from a worker that differs.

A scheduler and workers really run here, each in a process of its own on loopback; workers have a nanny, as by default.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from click.testing import CliRunner

from analysis import cli
from analysis.data import ROOT
from analysis.reporting import runner
from analysis.reporting.engine import cluster, forks
from analysis.reporting.manifest import matching, reports
from analysis.reporting.pages import site as index_of

pytestmark = pytest.mark.cluster

PLACES = ["lampung/coverage", "lampung/change", "papua/coverage"]


def until(true, seconds=300.0):
    """What `true` gives once it is something, asked again and again."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


@contextmanager
def dask(*words: str, project: Path = ROOT, cwd: Path) -> Iterator[subprocess.Popen]:
    """A `dask` command with all it starts in a group of its own, killed at the end."""
    environment = os.environ | {"PYTHONPATH": str(project)}
    with (cwd / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "dask", *words],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def scheduler_in(folder: Path) -> Iterator[tuple[str, subprocess.Popen]]:
    """A scheduler on a port of its own: its address and its process."""
    file = folder / "scheduler.json"
    words = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    with dask("scheduler", *words, cwd=folder) as process:
        yield (until(lambda: file.is_file() and file.read_text() and json.loads(file.read_text())["address"]), process)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory) -> Iterator[str]:
    with scheduler_in(tmp_path_factory.mktemp("scheduler")) as (address, _):
        yield address


def client_of(scheduler: str):
    from distributed import Client  # here: it takes a third of a second from all who collect this file

    return Client(scheduler, set_as_default=False)


@pytest.fixture
def workers(scheduler, tmp_path):
    """Starts workers of one thread and waits until all are there; gives their processes."""
    with client_of(scheduler) as client, ExitStack() as all_of_them:

        def start(many: int, *words: str, project: Path = ROOT) -> list[subprocess.Popen]:
            call = ["worker", scheduler, "--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path)]
            started = [dask(*call, *words, project=project, cwd=tmp_path) for _ in range(many)]
            processes = [all_of_them.enter_context(one) for one in started]
            until(lambda: len(client.nthreads()) == many)
            return processes

        yield start
        all_of_them.close()
        until(lambda: not client.nthreads())


def tasks_at(scheduler: str) -> int:
    with client_of(scheduler) as client:
        return client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))


def servers_of(process: subprocess.Popen) -> list[psutil.Process]:
    """The processes below a worker's that make reports: a server, and its children."""
    found = []
    with suppress(psutil.Error):
        for child in psutil.Process(process.pid).children(recursive=True):
            found += [child] if "analysis.reporting.engine.server" in child.cmdline() else []
    return found


def at_work(process: subprocess.Popen) -> bool:
    return len(servers_of(process)) > 1


def alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def files(folder: Path) -> dict[str, bytes]:
    found = [path for path in sorted(folder.rglob("*.*")) if path.is_file() and path.name != ".lock"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def killing(process: subprocess.Popen) -> Thread:
    """Kills a worker once it is making a report."""
    killer = Thread(target=lambda: (until(lambda: at_work(process)), kill(process)))
    killer.start()
    return killer


def test_a_worker_killed_while_it_renders_costs_nothing_but_time(
    site, workers, scheduler, elsewhere, tmp_path, monkeypatch
):
    chosen = matching(PLACES, reports())
    shutil.copytree(site, tmp_path / "here")
    assert not any(
        done.why for done in runner.render(chosen, tmp_path / "here")
    )  # but for the bar, which leads to these three
    mine = files(tmp_path / "here")
    here = {name: content for name, content in mine.items() if any(f"/{place}." in name for place in PLACES)}
    one, other = workers(2, "--no-nanny", project=elsewhere)
    makers, ended, left = cluster.there(scheduler, forks.BEST), [], []

    def note(done: runner.Done) -> None:
        left.extend(servers_of(other))
        ended.append(done.report.path)
        if len(ended) == len(chosen):  # still within the render: what has ended is let go
            until(lambda: not tasks_at(scheduler))

    killer = killing(one)
    results = runner.render(chosen, tmp_path / "there", makers, watcher=runner.Watcher(ended=note))
    killer.join()
    assert one.poll() is not None and other.poll() is None
    assert [done.failure for done in results] == [""] * len(chosen)
    there = files(tmp_path / "there")
    index = {language: there.pop(file).decode("utf-8") for language, file in index_of.FILES.items()}
    assert there == here and index == index_of.index(tmp_path / "there", chosen).texts

    # Killed over a report that an earlier worker had begun, with none left to say so.
    monkeypatch.setattr(cluster, "uuid4", lambda: SimpleNamespace(hex="known"))
    with client_of(scheduler) as client:
        client.set_metadata(["cakupan", "known", "0"], ["an earlier worker"])
    killer = killing(other)
    [done] = runner.render(chosen[:1], tmp_path / "there", makers, force=True)
    killer.join()
    assert done.failure == "two workers died while rendering it"
    there = files(tmp_path / "there")
    assert all(there.pop(file) for file in index_of.FILES.values()) and there == here
    until(lambda: left and not any(map(alive, left)))  # a dead worker leaves no process behind


def test_a_worker_with_other_data_refuses_and_old_pages_stay(workers, scheduler, elsewhere, tmp_path, monkeypatch):
    with (elsewhere / "data" / "sources.csv").open("ab") as file:
        file.write(b"\n")
    old = tmp_path / "outputs" / "id" / "lampung" / "coverage.html"
    old.parent.mkdir(parents=True)
    old.write_text("the old page")
    workers(2, project=elsewhere)
    at_once = error_of(scheduler, tmp_path / "outputs")
    monkeypatch.setattr(cluster, "_check_all", lambda *_: None)  # as if they had come later
    later = error_of(scheduler, tmp_path / "outputs")
    for told, workers_named in ((at_once, 2), (later, 1)):
        assert "Error: worker tcp://127.0.0.1:" in told
        assert told.count(": its data/ differs from yours; give every worker the same") == workers_named
    assert old.read_text() == "the old page"
    assert [path.name for path in sorted((tmp_path / "outputs").rglob("*.*"))] == [".lock", "coverage.html"]


# Whom the second cell of each notebook kills: its own process, the server it was forked from, the Dask worker.
KILLS = {
    "server": "kill(os.getppid())",
    "itself": "kill(os.getpid())",
    "worker": "kill(int(open(f'/proc/{os.getppid()}/stat').read().rpartition(')')[2].split()[1]))",
}


@pytest.fixture
def killers(elsewhere) -> Path:
    """A copy of the project whose reports kill, and a good one."""
    text = ""
    for name, line in KILLS.items():
        source = f"import os, signal\nkill = lambda process: os.kill(process, signal.SIGKILL)\n{line}"
        cells = [nbformat.v4.new_code_cell("x: int = 1", id="parameters", metadata={"tags": ["parameters"]})]
        cells += [nbformat.v4.new_code_cell(source, id="kill")]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, elsewhere / "notebooks" / f"{name}.ipynb")
        text += f'[{name}]\nnotebook = "{name}.ipynb"\n'
    text += '[good]\nnotebook = "coverage.ipynb"\nparameters = { province = "Lampung" }\n'
    (elsewhere / "reports.toml").write_text(text)
    return elsewhere


def test_a_report_that_kills_workers_fails_by_name_and_the_others_go_on(workers, scheduler, killers, cakupan, tmp_path):
    workers(2, project=killers)  # with nannies, which start killed workers anew
    outputs = tmp_path / "outputs"
    run = cakupan("render", "--scheduler", scheduler, "--outputs", str(outputs), project=killers)
    assert run.returncode == 1, run.stderr
    assert "failed: worker: two workers died while rendering it" in run.stderr
    assert (tmp_path / "log").read_text().count("was killed by signal 9") == 2
    assert "failed: server: cell kill: the process that rendered it died" in run.stderr
    assert "the notebook as far as it ran: " in run.stderr and "failed/server.ipynb" in run.stderr
    assert "failed: itself: cell kill: the process was ended by SIGKILL" in run.stderr
    assert "1 of 4 reports rendered" in run.stdout and (outputs / "id/lampung/good.html").is_file()


def test_an_interrupted_render_leaves_the_scheduler_free(workers, scheduler, tmp_path):
    workers(1)
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # background jobs ignore it
    run = f"{heard}\nfrom analysis.cli import main; main(prog_name='cakupan')"
    asker = subprocess.Popen(
        [
            sys.executable,
            "-c",
            run,
            "render",
            *PLACES,
            "--scheduler",
            scheduler,
            "--outputs",
            str(tmp_path / "outputs"),
        ],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
    )
    try:
        until(lambda: tasks_at(scheduler))
        asker.send_signal(signal.SIGINT)
        _, told = asker.communicate(timeout=300)
    finally:
        asker.kill()
    assert asker.returncode == 1 and "Error: interrupted" in told and "Traceback" not in told
    until(lambda: not tasks_at(scheduler))


def test_a_scheduler_that_dies_ends_the_render_with_a_sentence(tmp_path):
    with scheduler_in(tmp_path) as (address, process):
        killer = Thread(target=lambda: (until(lambda: tasks_at(address)), kill(process)))
        with dask("worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny", cwd=tmp_path):
            killer.start()
            told = error_of(address, tmp_path / "outputs")
            killer.join()
    assert f"the scheduler at {address} was lost" in told


def error_of(address: str, outputs: Path) -> str:
    """What the command says when it can't render by the scheduler at `address`."""
    words = ["render", "lampung/coverage", "--outputs", str(outputs), "--scheduler", address]
    done = CliRunner().invoke(cli.main, words)
    assert done.exit_code == 1 and isinstance(done.exception, SystemExit), done.output
    assert "Error: " in done.output and not (outputs / "index.html").exists()
    return done.output


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:9", "nonsense", "tcp://nowhere.invalid:8786", "tls://127.0.0.1:9"]
)
def test_where_no_scheduler_answers_a_sentence_says_so(address, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 1)
    assert f"no Dask scheduler answers at {address} " in error_of(address, tmp_path / "outputs")


def test_a_cluster_without_workers_is_waited_for_and_then_said(scheduler, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    told = error_of(scheduler, tmp_path / "outputs")
    assert f"{scheduler} has no worker; waiting 1 seconds for one" in told
    assert f"start one on each machine, in its checkout: dask worker {scheduler}" in told


def test_without_dask_the_command_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "analysis.reporting.engine.cluster")
    monkeypatch.delattr("analysis.reporting.engine.cluster")
    assert 'pip install "cakupan[cluster]"' in error_of("tcp://127.0.0.1:9", tmp_path / "outputs")
