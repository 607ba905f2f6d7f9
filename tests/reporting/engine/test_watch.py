"""What a notebook uses of the project is seen, also where a file or a folder of it is a link to elsewhere."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import data, provenance
from analysis.reporting.records import record

# Run by the project's own code: uses files of each kind, then edits those in `sys.argv`, and says what of that is noticed: by the
# look at the tree before pages are made, and by the hashes that the data check, and a cluster, know code and data by.
USES = """
import json, sys
from analysis.reporting.engine.watch import Watch
watch = Watch()
import analysis as an
from analysis import data, provenance
from analysis.reporting.records import record
from analysis.reporting import runner
an.read("participants"), an.scenarios.read_scenarios("all", "Lampung"), an.press.trials, an.charts.fan
(data.ROOT / "notebooks/coverage.ipynb").read_text("utf-8")
used, noticed = watch.used(), {}
for name in sys.argv[1:]:
    file = data.ROOT / name
    seen, code, content = runner._look_at_all(record.hashes(), []), provenance.code_hash(), data.fingerprint()
    text = file.read_text("utf-8")
    file.write_text(text.replace('"source": [', '"source": ["0", ', 1) if name.endswith(".ipynb") else f"{text}\\n", "utf-8")
    noticed[name] = [seen.of(name) != record.hashes()(name), code != provenance.code_hash(), content != data.fingerprint()]
print(json.dumps([used, noticed, str(data.ROOT)]))
"""


def run(project: Path, code: str, *words: str, cwd: Path | None = None) -> str:
    env = os.environ | {"PYTHONPATH": str(project), data.PASSED: data.fingerprint()}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, *words],
        env=env,
        cwd=cwd or project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# What is moved out of the project, a link left in its place; and by what name each kind of file must be known all the same.
LINKS = {
    "nothing": (),
    "files": (
        "data/participants.csv",
        "data/scenarios/steady.toml",
        "analysis/charts/style.py",
        "analysis/words/glossary.toml",
        "analysis/press/statements.py",
        "notebooks/coverage.ipynb",
        "analysis/data/__init__.py",
        "analysis/reporting/engine/watch.py",
    ),
    "folders in folders": ("data/scenarios", "analysis/press", "analysis/data", "analysis/words"),
    "whole folders": ("data", "notebooks"),
}
EDITED = {
    "data/participants.csv": [True, False, True],
    "data/scenarios/steady.toml": [True, False, True],
    "analysis/charts/style.py": [True, True, False],
    "analysis/words/glossary.toml": [True, True, False],
    "analysis/press/statements.py": [True, True, False],
    "notebooks/coverage.ipynb": [True, False, False],
}


@pytest.mark.parametrize("links", LINKS.values(), ids=LINKS.keys())
def test_a_change_behind_a_link_is_noticed(links, elsewhere, tmp_path):
    for number, name in enumerate(links):
        outside = tmp_path / f"outside-{number}"
        shutil.move(elsewhere / name, outside)
        (elsewhere / name).symlink_to(outside)
    used, noticed, root = json.loads(run(elsewhere, USES, *EDITED))
    assert root == str(elsewhere)
    assert used["files"] == [file for file in used["files"] if not file.startswith(("/", ".."))]
    assert set(EDITED) <= set(used["files"]) and "data/scenarios" in used["folders"]
    assert noticed == EDITED


def test_what_is_reached_by_a_path_of_its_own_outside_the_project_is_not_watched(elsewhere, tmp_path):
    (tmp_path / "theirs.csv").write_text("a,b\n")
    code = f"""
from analysis.reporting.engine.watch import Watch
watch = Watch()
open({str(tmp_path / "theirs.csv")!r}).read()
print(watch.used()["files"])
"""
    assert "theirs" not in run(elsewhere, code)


def test_a_file_of_the_project_is_known_by_its_name_there_however_it_is_reached(elsewhere, tmp_path):
    (tmp_path / "shortcut").symlink_to(elsewhere)
    code = f"""
from analysis.reporting.engine.watch import Watch
watch = Watch()
open({str(tmp_path / "shortcut/data/regions.csv")!r}).read()
open({str(elsewhere / "notebooks/../data/sources.csv")!r}).read()
print(watch.used()["files"])
"""
    said = run(elsewhere, code)
    assert "'data/regions.csv'" in said and "'data/sources.csv'" in said


def test_in_a_folder_that_is_gone_a_notebook_hears_what_the_system_says_and_no_more(elsewhere, tmp_path):
    (tmp_path / "gone").mkdir()
    code = f"""
import os
from analysis.reporting.engine.watch import Watch
watch = Watch()
os.chdir({str(tmp_path / "gone")!r})
os.rmdir({str(tmp_path / "gone")!r})
print(os.listdir("."), open({str(elsewhere / "data/regions.csv")!r}).readline() != "", watch.used()["files"] != [])
"""
    assert run(elsewhere, code) == "[] True True\n"


def test_a_link_back_to_where_one_is_does_not_lead_round_for_ever(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "x.csv").write_text("1")
    (tmp_path / "a" / "back").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "itself").symlink_to("itself")
    found = [path.relative_to(tmp_path).as_posix() for path in provenance.below(tmp_path)]
    assert "a/b/x.csv" in found and "a/back" in found and len(found) < 20


def test_what_is_hidden_or_cannot_be_listed_is_not_looked_at(tmp_path):
    for name in (".checked", "x.pyc", "__pycache__", "x.csv"):
        (tmp_path / name).write_text("1")
    assert record.names_in(tmp_path) == ["x.csv"]
    assert record.names_in(tmp_path / "nothing") == record.names_in(tmp_path / "x.csv") == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "<<<<<<< HEAD\n{}",
        "[]",
        '{"cells": 5}',
        '{"cells": [5]}',
        '{"cells": [{}]}',
        "\0",
        '{"cells": ' + "[" * 100_000,
    ],
)
def test_a_notebook_that_is_none_has_the_hash_of_its_bytes(text, tmp_path):
    (tmp_path / "half.ipynb").write_text(text)
    assert record.hashes(tmp_path)("half.ipynb") == provenance.sha256(tmp_path / "half.ipynb")


def test_a_pipe_among_the_inputs_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    assert record.hashes(tmp_path)("pipe.csv") == ""
