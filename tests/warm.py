"""Runs the `cakupan` command many times without its start-up: for the tests that interrupt it, in `test_faults`.

A process that has imported everything forks one for each command that it reads from its input, in a session of its
own, and that one's server of notebooks is forked as well, where `cakupan` would start it. All else is the real thing.

Each line of the input is a JSON object: {"start": [words of the command], "out": file, "err": file, "line": number} is
answered with the process number, {"wait": process} with its exit code, {"sh": [words]} with an exit code. With `line` the
process kills its group before the n-th line of `runner.py` that it runs, and writes to `out` how many lines ran if it didn't.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from types import FrameType, SimpleNamespace
from typing import Any

from analysis import cli
from analysis.data import check
from analysis.reporting import manifest, progress, runner
from analysis.reporting.engine import forks, server

__all__ = ["check", "manifest", "progress"]  # imported so that commands find them ready


class Forked:
    """Stands in for `subprocess.Popen` in `forks`: the server as a fork of this process, which is warm."""

    def __init__(self, _: list[str], pass_fds: tuple[int], env: dict[str, str], **__: Any) -> None:
        (pipe,) = pass_fds
        self.pid = os.fork()
        if self.pid == 0:
            sys.settrace(None)
            try:
                os.setsid()
                os.closerange(3, pipe)
                os.closerange(pipe + 1, 256)
                os.environ.update(env)
                tempfile.tempdir = None
                server.main(str(pipe), "fork")
            finally:
                os._exit(0)

    def wait(self, timeout: float = 3600) -> None:
        until = time.monotonic() + timeout
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("server", timeout)
            time.sleep(0.005)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


class Lines:
    """Counts the lines of `runner.py` that run, and kills the process group before one of them."""

    def __init__(self, last: int) -> None:
        self.ran, self._last = 0, last

    def __call__(self, frame: FrameType, event: str, _: object) -> "Lines | None":
        if frame.f_code.co_filename != runner.__file__ or frame.f_code.co_name == "_look_at_all":
            return None
        if event == "line":
            self.ran += 1
            if self.ran == self._last:
                os.killpg(0, signal.SIGKILL)
        return self


def start(words: list[str], out: str, err: str, line: int | None = None) -> int:
    if process := os.fork():
        return process
    code: Any = 1
    try:
        os.setsid()
        for stream, file in ((0, os.devnull), (1, out), (2, err)):
            opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
            os.dup2(opened, stream)
            os.close(opened)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # also where the tests are run under nohup
        lines, render = Lines(line or 0), runner.render

        def traced(*given: Any, **more: Any) -> Any:
            sys.settrace(lines)
            try:
                return render(*given, **more)
            finally:
                sys.settrace(None)

        if line is not None:
            runner.render = traced
        try:
            cli.main(words, prog_name="cakupan")
        except SystemExit as end:
            code = end.code or 0
        if line is not None:
            print(f"\n{lines.ran}")
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with suppress(OSError):
            sys.stdout.flush(), sys.stderr.flush()
        os._exit(code)


def main() -> None:
    server._warm()
    server._warm = lambda: None
    forks.subprocess = SimpleNamespace(Popen=Forked, DEVNULL=None, TimeoutExpired=subprocess.TimeoutExpired)
    for text in iter(sys.stdin.readline, ""):
        asked = json.loads(text)
        if "start" in asked:
            answer = start(asked.pop("start"), **asked)
        elif "wait" in asked:
            answer = os.waitstatus_to_exitcode(os.waitpid(asked["wait"], 0)[1])
        else:
            answer = shell(asked["sh"])
        print(answer, flush=True)


def shell(words: list[str]) -> int:
    nothing = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
    process = os.posix_spawnp(words[0], words, os.environ, file_actions=[nothing, (os.POSIX_SPAWN_DUP2, 2, 1)])
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


if __name__ == "__main__":
    main()
