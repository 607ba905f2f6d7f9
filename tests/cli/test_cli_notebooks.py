"""`cakupan notebooks`: what can't be refreshed is named, and the others go on."""

import os
from pathlib import Path

from click.testing import CliRunner

from analysis.cli import main
from analysis.reporting import runner


def test_notebooks_that_cannot_be_written_are_said_before_anything_is_run(monkeypatch):
    # As on a read-only disk; root, who runs some tests, may write to anything else.
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and access(path, mode))
    monkeypatch.setattr(runner, "refresh", lambda path: 1 / 0)
    stopped = CliRunner().invoke(main, ["notebooks"])
    assert stopped.exit_code == 1
    assert "notebooks can't be written, and nothing was; make it writable" in stopped.stderr


def test_a_notebook_that_fails_is_named_and_the_others_go_on(monkeypatch):
    refreshed = []

    def refresh(path: Path) -> None:
        if path.stem == "change":
            raise RuntimeError("change.ipynb: cell answer: ValueError")
        if path.stem == "press":
            raise OSError(28, "No space left on device")
        refreshed.append(path.stem)

    monkeypatch.setattr(runner, "refresh", refresh)
    done = CliRunner().invoke(main, ["notebooks", "change", "press", "coverage"])
    assert (done.exit_code, refreshed) == (1, ["coverage"])
    assert "change.ipynb: cell answer: ValueError" in done.stderr
    assert "press.ipynb can't be written (No space left on device), and is as it was" in done.stderr
    assert [line.rsplit(" ", 1)[1] for line in done.stdout.splitlines()] == ["failed", "failed", "refreshed"]
