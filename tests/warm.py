"""Runs the `cakupan` command, and the process that runs notebooks, many times without their start-up of some seconds.

A process that has imported everything forks one for each that it is asked for over its socket. A command runs in a session of
its own, with the `analysis` of its own project, and where it would start a server of notebooks, that is forked as well. All
else is the real thing. What a fresh Python does is tested where it matters: `test_command`, `test_engine`, README's commands.

Each message is a JSON object: {"start": words, "out": file, "err": file} is answered with the process number, as is
{"serve": way} with the server's end of its pipe; both may have their whole "env" and "folder", a command its
"project". {"wait": process} is answered with its exit code, null while it runs, {"sh": words} with an exit code. With `line` the process kills
its group before the n-th line of `runner.py` that it runs, and writes to `out` how many lines ran if it didn't.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

_MOST = 1 << 20  # bytes of a message


class Warm:
    """Such a process, of the project that `PYTHONPATH` in `env` names first; it starts when it is first asked for something."""

    def __init__(self, env: dict[str, str], cwd: Path, before: tuple[str, ...] = ()) -> None:
        self.env, self._cwd, self._call = env, cwd, [*before, sys.executable, "-P", __file__]
        self._socket, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self._socket, self._theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MOST)

    @cached_property
    def process(self) -> subprocess.Popen:
        with self._theirs as theirs:
            call, files = [*self._call, str(theirs.fileno())], [theirs.fileno()]
            return subprocess.Popen(call, pass_fds=files, stdin=subprocess.DEVNULL, env=self.env, cwd=self._cwd)

    def ask(self, pass_fds: tuple[int, ...] = (), **what: Any) -> Any:
        assert self.process
        socket.send_fds(self._socket, [json.dumps(what).encode()], list(pass_fds))
        return json.loads(self._socket.recv(_MOST))

    def wait(self, process: int, timeout: float = 3600) -> int:
        """The exit code of a process that was asked for; TimeoutExpired when it still runs after `timeout` seconds."""
        return _waited(process, timeout, lambda process: self.ask(wait=process))

    def close(self) -> None:
        self._socket.close()
        if "process" in vars(self):
            self.process.wait(60)


def _waited(process: int, timeout: float, ended: Callable[[int], int | None]) -> int:
    """What `ended` gives once it is an exit code, asked again and again."""
    until = time.monotonic() + timeout
    while (code := ended(process)) is None:
        if time.monotonic() > until:
            raise subprocess.TimeoutExpired(str(process), timeout)
        time.sleep(0.005)
    return code


class Served:
    """Stands in for `subprocess.Popen` in `forks`: the server as a fork of a warm process."""

    def __init__(self, pid: int, wait: Callable[[int, float], int]) -> None:
        self.pid, self._wait = pid, wait

    def wait(self, timeout: float = 3600) -> int:
        return self._wait(self.pid, timeout)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


def served_by(warm: Warm) -> SimpleNamespace:
    """What `forks` finds in place of `subprocess` so that its servers are forks of `warm`."""

    def popen(call: list[str], pass_fds: list[int], env: dict[str, str], **how: Any) -> Any:
        if call[-1] != "fork" or env["PYTHONPATH"] != warm.env["PYTHONPATH"]:
            return subprocess.Popen(call, pass_fds=pass_fds, env=env, **how)
        return Served(warm.ask((*pass_fds,), serve=call[-1], env=env, folder=str(Path.cwd())), warm.wait)

    return SimpleNamespace(Popen=popen, DEVNULL=subprocess.DEVNULL, TimeoutExpired=subprocess.TimeoutExpired)


# ---- within the process ----


class Lines:
    """Counts the lines of `runner.py` that run, and kills the process group before one of them."""

    def __init__(self, last: int, file: str) -> None:
        self.ran, self._last, self._file = 0, last, file

    def __call__(self, frame: FrameType, event: str, _: object) -> "Lines | None":
        if frame.f_code.co_filename != self._file or frame.f_code.co_name == "_look_at_all":
            return None
        if event == "line":
            self.ran += 1
            if self.ran == self._last:
                os.killpg(0, signal.SIGKILL)
        return self


def _of_project(project: str) -> None:
    """Let `analysis` be that of another project, imported anew."""
    sys.path.insert(0, project)
    for name in [name for name in sys.modules if name.partition(".")[0] == "analysis"]:
        del sys.modules[name]


def _forked(started: Callable[[], int], given: dict[str, Any]) -> int:
    """A fork, in the session, environment and folder asked for, that ends with what `started` returns."""
    if process := os.fork():
        return process
    code = 1
    try:
        os.setsid()
        sys.settrace(None)
        if "env" in given:
            os.environ.clear()
            os.environ.update(given["env"])
        if "folder" in given:
            os.chdir(given["folder"])
        tempfile.tempdir = None
        if given.get("project", sys.path[0]) != sys.path[0]:
            _of_project(given["project"])
        code = started()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with suppress(OSError):
            sys.stdout.flush(), sys.stderr.flush()
        os._exit(code)


def _serve(pipe: int, way: str, given: dict[str, Any]) -> int:
    def serve() -> int:
        os.closerange(3, pipe)
        os.closerange(pipe + 1, 256)
        import_module("analysis.reporting.engine.server").main(str(pipe), way)
        return 0

    return _forked(serve, given)


def _start(words: list[str], out: str, err: str, line: int | None, given: dict[str, Any]) -> int:
    def command() -> int:
        os.closerange(3, 256)
        code = 0
        for stream, file in ((0, os.devnull), (1, out), (2, err)):
            opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
            os.dup2(opened, stream)
            os.close(opened)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # also where the tests are run under nohup
        cli, forks, runner, server = (
            import_module(f"analysis.{name}")
            for name in ("cli", "reporting.engine.forks", "reporting.runner", "reporting.engine.server")
        )
        server._warm = lambda: None  # it is
        forks.subprocess = SimpleNamespace(Popen=_served, DEVNULL=None, TimeoutExpired=subprocess.TimeoutExpired)
        lines, render = Lines(line or 0, runner.__file__), runner.render

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
            code = end.code if isinstance(end.code, int) else 1 if end.code else 0
        if line is not None:
            print(f"\n{lines.ran}")
        return code

    return _forked(command, given)


def _served(call: list[str], pass_fds: list[int], env: dict[str, str], **_: object) -> Served:
    return Served(_serve(pass_fds[0], call[-1], {"env": env}), lambda *given: _waited(*given, _ended))


def _ended(process: int) -> int | None:
    pid, status = os.waitpid(process, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if pid else None


def _shell(words: list[str]) -> int:
    nothing = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
    process = os.posix_spawnp(words[0], words, os.environ, file_actions=[nothing, (os.POSIX_SPAWN_DUP2, 2, 1)])
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def main(asker: str) -> None:
    del globals()["__file__"]  # this file is none that a notebook used
    server = import_module("analysis.reporting.engine.server")
    for name in ("cli", "data.check", "reporting.manifest", "reporting.progress", "reporting.runner"):
        import_module(f"analysis.{name}")  # so that commands find them ready
    server._warm()
    server._warm = lambda: None
    with socket.socket(fileno=int(asker)) as connection:
        while True:
            text, passed, _, _ = socket.recv_fds(connection, _MOST, 1)
            if not text:
                return
            asked = json.loads(text)
            if "start" in asked:
                answer: int | None = _start(asked["start"], asked["out"], asked["err"], asked.get("line"), asked)
            elif "serve" in asked:
                answer = _serve(passed[0], asked["serve"], asked)
            elif "wait" in asked:
                answer = _ended(asked["wait"])
            else:
                answer = _shell(asked["sh"])
            for pipe in passed:
                os.close(pipe)
            connection.send(json.dumps(answer).encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
