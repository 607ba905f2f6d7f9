"""How every command ends where it can't write, or has no place to stand: in a sentence, never in a traceback."""

import os
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from analysis import cli
from analysis.data import ROOT

CALL = [sys.executable, "-P", "-c", "from analysis.cli import main; main(prog_name='cakupan')"]
COMMANDS = {
    "--help": (),
    "--version": (),
    "list": ("lampung",),
    "check": (),
    "press": ("--example",),
    "prune": (),
    "render": ("lampung/coverage", "--dry-run", "--force"),  # due whatever was rendered before
    "compare": ("--help",),
    "nothing": ("like", "this"),
}


def shell(script: str, *words: str, **how) -> subprocess.CompletedProcess:
    """Run the command by a line of shell, where "$@" stands for it."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.run(
        ["bash", "-c", script, "bash", *CALL, *words], env=env, capture_output=True, text=True, check=False, **how
    )


@pytest.mark.process
@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "nothing"])
def test_a_full_standard_output_is_a_sentence_and_an_exit_code(command):
    run = shell('"$@" > /dev/full', command, *COMMANDS[command])
    assert (run.returncode, run.stderr.splitlines()[-1]) == (
        1,
        "Error: standard output can't be written: No space left on device",
    )
    assert "Traceback" not in run.stderr and "Exception ignored" not in run.stderr


@pytest.mark.process
@pytest.mark.parametrize("command", ["list", "render", "--help"])
def test_a_closed_standard_output_is_said_before_anything_is_done(command):
    run = shell('"$@" >&-', command, *COMMANDS[command])
    assert run.returncode == 1
    assert run.stderr == "Error: standard output is closed; send it to a file, or to /dev/null if it isn't wanted\n"


@pytest.mark.process
def test_whoever_has_read_enough_ends_the_command_without_a_traceback():
    read, write = os.pipe()
    os.close(read)
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run([*CALL, "list"], env=env, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (run.returncode, run.stderr) == (1, "")


@pytest.mark.process
@pytest.mark.parametrize("closing", ["2> /dev/full", "2>&-"])
@pytest.mark.parametrize("command", ["nothing", "list"])
def test_an_error_that_nobody_can_be_told_still_has_its_exit_code(command, closing):
    run = shell(f'"$@" {closing} > /dev/null', command, *COMMANDS[command])
    assert (run.returncode != 0) == (command == "nothing")


@pytest.mark.process
def test_with_a_closed_stream_no_file_takes_its_place(tmp_path):
    code = "from analysis.cli import _assert_streams; _assert_streams(); print(open('x', 'w').fileno() > 2)"
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        ["bash", "-c", '"$@" <&- 2>&-', "bash", sys.executable, "-P", "-c", code],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout == "True\n"


@pytest.mark.process
@pytest.mark.parametrize("command", ["list", "render", "--version"])
def test_a_working_folder_that_is_gone_is_a_sentence(command, tmp_path):
    run = shell(
        f'mkdir "{tmp_path}/gone" && cd "{tmp_path}/gone" && rmdir "{tmp_path}/gone" && "$@"',
        command,
        *COMMANDS[command],
    )
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == "Error: the folder you are in is gone; change to another (cd) and try again"
    assert "Traceback" not in run.stderr


def test_a_working_folder_that_goes_meanwhile_leaves_paths_in_full(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli._path_here(tmp_path / "outputs/index.html") == "outputs/index.html"
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert cli._path_here(tmp_path / "outputs") == str(tmp_path / "outputs")


def test_a_file_that_the_system_refuses_is_named(monkeypatch, capsys):
    def refused(*_):
        raise PermissionError(13, "Permission denied", "data/regions.csv")

    monkeypatch.setattr(cli, "_checked_data", refused)
    with pytest.raises(SystemExit) as end:
        cli.main(["list"])
    assert end.value.code == 1 and capsys.readouterr().err == "Error: data/regions.csv: Permission denied\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("twice", [False, True])
def test_a_signal_to_end_is_a_sentence_and_its_own_exit_code(number, code, twice, monkeypatch, capsys, request):
    cleaned = []

    def end(*_):
        try:
            os.kill(os.getpid(), number)
        finally:
            if twice:
                os.kill(os.getpid(), number)
            cleaned.append(True)

    monkeypatch.setattr(cli, "_checked_data", end)
    at_first = signal.signal(number, signal.SIG_DFL)  # under nohup it would be let pass
    request.addfinalizer(lambda: signal.signal(number, at_first))
    before = signal.getsignal(number)
    with pytest.raises(SystemExit) as ended:
        cli.main(["list"])
    assert ended.value.code == code and cleaned
    assert (
        capsys.readouterr().err
        == f"Error: ended by {number.name}: what was done is in place, every other page is as it was\n"
    )
    assert signal.getsignal(number) == before


def test_a_signal_that_was_to_be_ignored_still_is(monkeypatch):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        monkeypatch.setattr(cli, "_checked_data", lambda *_: os.kill(os.getpid(), signal.SIGHUP))
        assert CliRunner().invoke(cli.main, ["list", "lampung"]).exit_code == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_who_calls_a_command_from_python_hears_of_errors(monkeypatch):
    def refused(*_):
        raise PermissionError(13, "Permission denied", "data/regions.csv")

    monkeypatch.setattr(cli, "_checked_data", refused)
    with pytest.raises(PermissionError):
        cli.main(["list"], standalone_mode=False)
