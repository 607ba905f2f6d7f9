"""The engine: cells run in a forked process give what a Jupyter kernel gives, to the byte; what one uses is known."""

import json
import os
import subprocess
import sys

import nbformat
import papermill
import pytest

from analysis.data import ROOT
from analysis.reporting import runner
from analysis.reporting.engine import execute as engine
from analysis.reporting.engine import forks
from analysis.reporting.manifest import BrokenError, matching, parameters_of, reports
from analysis.reporting.pages.bar import Bars
from analysis.reporting.records import record
from analysis.reporting.runner import here

pytestmark = pytest.mark.render

# A kernel started by a process of its own, as the server's children do it; the outputs, images and all, go to a file.
BY_KERNEL = """
import sys
from pathlib import Path
import nbformat
from analysis.reporting.engine import execute as engine
executed = engine.execute(Path(sys.argv[1]), {}, "kernel")
Path(sys.argv[2]).write_text(nbformat.writes(executed.notebook), "utf-8")
"""


def by_kernel(notebook):
    out = notebook.with_suffix(".kernel")
    environment = os.environ | {"HOME": str(notebook.parent)} | forks.STEADY
    run = subprocess.run(
        [sys.executable, "-c", BY_KERNEL, str(notebook), str(out)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return nbformat.read(out, as_version=4)


def by_fork(notebook):
    executed = papermill.execute_notebook(
        str(notebook), None, engine_name="cakupan", cwd=str(notebook.parent), progress_bar=False
    )
    return engine.settled(engine.finished(executed))


def test_a_page_has_the_same_files_with_both_engines(site, tmp_path):
    # Two whole pages. What the cells of every notebook give: nbval runs all of them in kernels, against the outputs that a
    # forked process has stored.
    lampung = matching(["lampung/coverage", "lampung/costs"], reports())
    for done in runner.render(
        lampung, tmp_path, here(engine=forks.KERNEL), beside=matching(["lampung", "dki-jakarta", "papua"], reports())
    ):  # the bar leads to the same pages
        assert done.failure == ""
    drawn = 0
    for report in lampung:
        for language in ("id", "en"):
            for file in sorted((site / language / "lampung").glob(f"{report.stem}.*")):
                assert file.read_bytes() == (tmp_path / language / "lampung" / file.name).read_bytes(), file
        kernels = nbformat.read(tmp_path / f"id/{report.path}.ipynb", as_version=4)
        drawings = [
            output
            for cell in kernels.cells
            for output in cell.get("outputs", [])
            if "image/svg+xml" in output.get("data", {})
        ]
        page = (site / f"id/{report.path}.html").read_text("utf-8")
        assert page.count("<figure>") == len(drawings)
        drawn += len(drawings)
    assert drawn


# What researchers put into cells, and what an engine could get wrong.
ODD = {
    "prints": "print('one'); import sys; print('two', file=sys.stderr); print('three', end='')",
    "value": "6 * 7",
    "silent": "6 * 7;",
    "last value": "_ + 1, len(Out)",
    "frame": "import pandas as pd\npd.DataFrame({'a': [1, None], 'b': ['<x>', 'y']})",
    "rich": "from IPython.display import HTML, JSON, Markdown, Latex, display\ndisplay(HTML('<b>x</b>'), Markdown('*x*'))\nJSON({'a': [1, 2.5, None, 'é']})",
    "metadata": "display({'text/plain': 'x'}, raw=True, metadata={'isolated': True})",
    "updated": "shown = display('before', display_id='here')\nprint('between')",
    "updates": "shown.update('after')",
    "cleared": "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('stays')",
    "cleared later": "print('gone')\nclear_output(wait=True)\ndisplay('stays')",
    "plot": "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()\nprint('after the plot')",
    "two plots": "plt.figure(); plt.bar([1, 2], [3, 4]); plt.figure(); plt.plot([1]); None",
    "object": "fig, ax = plt.subplots(); ax.plot([1, 2]); ax.set_title('é')",
    "warned": "import warnings\nwarnings.warn('mind this')",
    "shell": "!echo from the shell",
    "bash": "%%bash\necho from bash",
    "captured": "%%capture caught\nprint('caught')",
    "uncaught": "caught.stdout",
    "awaited": "import asyncio\nawait asyncio.sleep(0)\nprint('awaited')",
    "function": "def f(x):\n    'Docstring.'\n    return x\nf(len(str(f)) > 0)",
    "main": "__name__, __import__('pickle').loads(__import__('pickle').dumps(f)) is f",
    "bytes": "b'\\x00\\xff', {'b': 1, 'a': {2, 1}}",
    "pickled class": "class A:\n    def __repr__(self): return 'A()'\n    def _repr_html_(self): return '<i>A</i>'\nA()",
    "in order": "import sys\nfor n in range(3):\n    print(n)\n    sys.stderr.write(f'{n}\\n')",
    "file": "import tempfile, pathlib\npathlib.Path(tempfile.mkdtemp(), 'x').write_text('x')",
    "folder": "import os; os.path.basename(os.getcwd())",
    "environment": "[os.environ.get(name) for name in ('TZ', 'LC_ALL', 'PYTHONHASHSEED', 'PAGER', 'MPLBACKEND', 'TERM')]",
    "path": "import sys; sys.path.index('') == [path.endswith('site-packages') for path in sys.path].index(True) - 1",
    "hash": "hash('cakupan'), set('cakupan')",
}


def test_odd_cells_give_the_same_outputs_with_both_engines(notebook):
    report = notebook("odd", "a: int = 1", *ODD.values())
    forked, kernel = by_fork(report.notebook), by_kernel(report.notebook)
    names = ["title", "parameters", *ODD]
    for name, ours, theirs in zip(names, forked.cells, kernel.cells, strict=True):
        assert ours == theirs, name
    images = sum("image/png" in output.get("data", {}) for cell in forked.cells for output in cell.get("outputs", []))
    assert images == 4, "matplotlib's charts are lost without a word when its backend is imported before the shell"


def test_what_other_programs_write_follows_what_the_cell_printed(notebook):
    # Not compared: whether a kernel still catches it is a matter of its timing.
    report = notebook(
        "written",
        "a: int = 1",
        "import os, subprocess\nos.system('echo from C')\n_ = subprocess.run(['echo', 'from a program'])\nprint('printed')",
    )
    [output] = by_fork(report.notebook).cells[-1].outputs
    assert output.text == "printed\nfrom C\nfrom a program\n"


def test_nothing_of_one_notebook_reaches_the_next(notebook, tmp_path):
    dirty = notebook(
        "dirty",
        "a: int = 1",
        "import os, sys, warnings, logging, builtins, random, decimal\nimport numpy as np, pandas as pd, matplotlib as mpl\nimport analysis as an, analysis.words as words\n"
        "words.TERMS['PU'] = ('kotor', 'dirty'); os.environ['DIRTY'] = '1'; os.chdir('/'); sys.path.insert(0, '/dirty')\n"
        "pd.set_option('display.max_rows', 3); mpl.rcParams['font.size'] = 99; np.random.seed(1); builtins.dirty = 1\n"
        "warnings.simplefilter('error'); logging.getLogger().addHandler(logging.NullHandler()); decimal.getcontext().prec = 3\n"
        "pd.DataFrame.to_csv = None; sys.modules['dirty'] = sys; get_ipython().set_custom_exc((KeyError,), lambda *a: None)",
    )
    probe = notebook(
        "probe",
        "a: int = 1",
        "import os, sys, warnings, logging, builtins, decimal\nimport pandas as pd, matplotlib as mpl\nimport analysis.words as words\n"
        "state = {'terms': words.TERMS['PU'][1] == 'dirty', 'environment': 'DIRTY' in os.environ, 'folder': os.getcwd() == '/',\n"
        " 'path': '/dirty' in sys.path, 'option': pd.get_option('display.max_rows') == 3, 'rc': mpl.rcParams['font.size'] == 99,\n"
        " 'builtin': hasattr(builtins, 'dirty'), 'filter': any(f[0] == 'error' and f[2] is Warning for f in warnings.filters), 'handler': any(type(h).__name__ == 'NullHandler' for h in logging.getLogger().handlers),\n"
        " 'precision': decimal.getcontext().prec == 3, 'method': pd.DataFrame.to_csv is None, 'module': 'dirty' in sys.modules, 'name': 'an' in globals()}\n"
        "print([name for name, leaked in state.items() if leaked])",
    )
    results = runner.render([dirty, probe], tmp_path / "outputs", here(1))
    assert [done.failure for done in results] == ["", ""]
    probed = nbformat.read(tmp_path / "outputs/en/probe.ipynb", as_version=4)
    assert probed.cells[-1].outputs[0].text == "[]\n"


def test_what_a_notebook_opens_at_its_end_is_written(notebook, tmp_path):
    late = tmp_path / "late.txt"
    report = notebook(
        "late",
        "a: int = 1",
        f"import atexit\nunclosed = open({str(late)!r}, 'w')\n_ = unclosed.write('unclosed ')\n"
        f"atexit.register(lambda: open({str(tmp_path / 'exit.txt')!r}, 'w').write('at exit'));",
    )
    [done] = runner.render([report], tmp_path / "outputs")
    assert done.failure == ""
    assert (late.read_text(), (tmp_path / "exit.txt").read_text()) == ("unclosed ", "at exit")


def test_papermill_itself_can_use_the_engine(tmp_path):
    here = ROOT / "notebooks"
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "papermill",
            "--engine",
            "cakupan",
            "change.ipynb",
            str(tmp_path / "out.ipynb"),
            "-p",
            "province",
            "Bali",
        ],
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    text = (tmp_path / "out.ipynb").read_text("utf-8")
    assert "Bali" in text and "image/svg+xml" in text
    assert {cell.metadata.papermill.status for cell in nbformat.reads(text, as_version=4).cells} == {"completed"}


def test_papermill_hears_of_a_cell_that_fails(notebook, tmp_path):
    report = notebook("fails", "a: int = 1", "print('before')", "1/0", "print('never')")
    run = subprocess.run(
        [sys.executable, "-m", "papermill", "--engine", "cakupan", str(report.notebook), str(tmp_path / "out.ipynb")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1 and "ZeroDivisionError" in run.stderr
    text = (tmp_path / "out.ipynb").read_text("utf-8")
    assert "before" in text and "An Exception was encountered" in text and '"never' not in text


def test_a_process_with_more_threads_than_one_is_not_forked(tmp_path):
    # The server as it is, but for a thread that a library might have started while it was imported.
    script = (
        "import sys, threading, time\n"
        "threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()\n"
        "from analysis.reporting.engine import server\n"
        "server.main(sys.argv[1], 'fork')\n"
    )
    ours, theirs = forks.Pipe()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(theirs.fileno())], pass_fds=[theirs.fileno()], cwd=ROOT
        )
    with ours:
        assert ours.recv()[1] == "ready"
        ours.send((0, "cells", ("{}", str(tmp_path)), None))
        assert ours.recv() == (
            0,
            "failed",
            "the process to fork from has 2 threads; it must have one (a library started them)",
        )
    process.wait(300)


def test_without_forks_each_notebook_has_a_fresh_process(notebook, tmp_path):
    # What runs where processes can't be forked: the same server, started afresh for each, with kernels.
    report = notebook("plain", "a: int = 1", "import analysis as an\nan.Page().say('x', id='Satu', en='One')")
    with forks.Forks(fork=False) as server:
        server.start(0, "report", (runner.job_of(report), forks.KERNEL), 60)
        while (event := server.next()).kind == "cell":
            pass
    assert event.kind == "made", event.told
    [done] = runner.render([report], tmp_path)
    assert done.failure == ""
    made = json.loads(event.told["en/plain.record.json"])
    told, _ = runner._with_bar(
        event.told, made, runner.job_of(report), Bars([report])
    )  # put in where files are written
    assert {name: (tmp_path / name).read_bytes() for name in told} == told


def test_the_list_of_page_making_code_is_what_page_making_imports():
    code = "import sys\nimport analysis.reporting.engine.making\nprint(*sorted(m.__file__ for n, m in sys.modules.items() if n.partition('.')[0] == 'analysis'))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    files = {str(name).removeprefix(f"{ROOT}/") for name in loaded.split()}
    assert files | {"analysis/reporting/engine/server.py"} == set(record.PAGE_CODE)  # the cells' surroundings
    assert all((ROOT / name).is_file() for name in (*record.PAGE_CODE, *record.TEMPLATE))


def test_a_record_knows_what_its_notebook_used_and_no_more(site):
    def used(report):
        return set(json.loads((site / f"id/lampung/{report}.record.json").read_text("utf-8"))["made_of"]["files"])

    claims, scenarios = used("press"), used("scenarios")
    assert "analysis/press/verdict.py" in claims and "data/reported_claims.csv" in claims
    assert not {file for file in claims if "projection" in file or "scenarios" in file or "labour_force" in file}
    assert {"analysis/projection/model.py", "data/scenarios/steady.toml", "requirements.lock"} <= scenarios
    assert "analysis/costs.py" not in scenarios
    for file in claims | scenarios:
        assert not file.endswith((".pyc", ".ipynb")) and not file.startswith((".", "outputs")), file


@pytest.mark.parametrize("engine", forks.ENGINES)
def test_files_that_a_cell_opens_and_folders_it_lists_are_noticed(notebook, tmp_path, engine):
    report = notebook(
        "reads",
        "a: int = 1",
        "from pathlib import Path\nimport analysis.words, os\nroot = Path(analysis.__file__).parents[1]\n"
        "text = (root / 'LICENSE').read_text()\nnames = sorted(os.listdir(root / '.github'))\nmore = list(root.glob('tests/*.py'))",
    )
    [done] = runner.render([report], tmp_path / "outputs", here(engine=engine))
    assert done.failure == ""
    made_of = json.loads((tmp_path / "outputs/id/reads.record.json").read_text("utf-8"))["made_of"]
    assert {"LICENSE", "analysis/words/glossary.toml"} <= set(made_of["files"])
    assert "test_words.py" in made_of["folders"]["tests"]
    assert "data/regions.csv" not in made_of["files"] and "notebooks" not in made_of["folders"]


# ---- which cell failed, and what is kept of its notebook ----

# The process that forks, or starts, those that run cells: found from a cell of either engine.
SERVER = (
    "import os, signal\nparent = lambda process: int(open(f'/proc/{process}/stat').read().rpartition(')')[2].split()[1])\n"
    "server = os.getppid() if 'ipykernel' not in open('/proc/self/cmdline').read() else parent(os.getppid())\n"
)
# Until the end that follows from the server's comes, a moment later.
LINGER = "import time\ntime.sleep(60)"
# How a second cell fails, and what is said of it.
FAILS = {
    "no-such-magic": ("%nosuchmagic", "UsageError: Line magic function `%nosuchmagic` not found."),
    "no-such-cell-magic": ("%%nosuchmagic\n1", "UsageError: Cell magic `%%nosuchmagic` not found."),
    "bad-magic-option": ("%timeit -z 1", "UsageError: option -z not recognized"),
    "no-python": ("a = = 1", "SyntaxError: invalid syntax"),
    "bad-indent": ("  a\n b", "IndentationError: "),
    "bad-program": ("%%bash\nfalse", "CalledProcessError: "),
    "ends": ("import sys\nsys.exit(0)", "SystemExit: 0"),
    "ends-wrongly": ("raise SystemExit", "SystemExit: "),
    "stops": ("raise KeyboardInterrupt", "KeyboardInterrupt: "),
    "cannot-be-shown": (
        "class A:\n    def _repr_html_(self):\n        1 / 0\nA()",
        "ZeroDivisionError: division by zero",
    ),
    "cannot-be-shown-first": (
        "class A:\n    def __repr__(self):\n        1 / 0\ndisplay(A())\nprint('on')",
        "ZeroDivisionError: division by zero",
    ),
    "goes": ("print('before')\n1 / 0", "ZeroDivisionError: division by zero"),
    "killed": ("import os\nos.kill(os.getpid(), 9)", "the "),
}


@pytest.mark.parametrize("engine", forks.ENGINES)
def test_a_cell_that_fails_is_named_and_the_notebook_is_kept_as_far_as_it_ran(notebook, tmp_path, engine):
    made = [notebook(name, "a: int = 1", cell, "print('after')") for name, (cell, _) in FAILS.items()]
    false = notebook("false", "a: int = 1", "!false", "print('after')")  # no error of Python's, as in JupyterLab
    outputs = tmp_path / "outputs"
    *failed, fine = runner.render([*made, false], outputs, here(2, engine))
    assert fine.failure == ""
    for done, (name, (_, says)) in zip(failed, FAILS.items(), strict=True):
        file = outputs / "failed" / f"{name}.ipynb"
        assert done.failure.startswith(f"cell step-2: {says}"), done.failure
        assert done.kept == file
        kept = nbformat.read(file, as_version=4)
        nbformat.validate(kept)
        note, _, parameters, cell, after = kept.cells
        assert f"    cell step-2: {says}" in note.source
        assert parameters.execution_count == 1 and "error" in [output.output_type for output in cell.outputs]
        assert name.startswith("cannot") or after.outputs == []
    assert "before" in (outputs / "failed" / "goes.ipynb").read_text() and "ZeroDivisionError" in "".join(
        nbformat.read(outputs / "failed" / "goes.ipynb", as_version=4).cells[3].outputs[-1].traceback
    )
    assert {path.name for path in outputs.rglob("*") if path.is_file()} == {
        ".lock",
        "index.html",
        "index.en.html",
        *(f"{name}.ipynb" for name in FAILS),
        *(f"false.{end}" for end in ("html", "ipynb", "record.json")),
    }


@pytest.mark.parametrize("engine", forks.ENGINES)
def test_the_cell_is_named_though_the_server_could_pass_nothing_on(notebook, tmp_path, engine):
    stop, kill = (f"os.kill(server, signal.SIG{name})" for name in ("STOP", "KILL"))
    report = notebook("kills", "a: int = 1", f"{SERVER}print('ran')\n{stop}", f"{kill}\n{LINGER}", "print('never')")
    [done] = runner.render([report], tmp_path / "outputs", here(1, engine))
    assert done.failure.startswith("cell step-3: the process that rendered it died (killed, or out of memory)")
    kept = nbformat.read(tmp_path / "outputs/failed/kills.ipynb", as_version=4)
    assert kept.cells[3].outputs[0].text == "ran\n" and kept.cells[4].outputs[0].output_type == "error"


def test_what_was_kept_of_a_failed_notebook_goes_when_its_report_holds(notebook, tmp_path):
    report = notebook("fails", "a: int = 1", "1 / 0")._replace(folder="place")
    outputs = tmp_path / "outputs"
    kept = outputs / "failed/place/fails.ipynb"
    runner.render([report], outputs)
    first = kept.read_bytes()
    runner.render([report], outputs)
    assert kept.read_bytes() == first
    notebook("fails", "a: int = 1", "1")
    assert runner.render([report], outputs)[0].failure == "" and not (outputs / "failed").exists()
    notebook("fails", "a: int = 1", "1 / 0")
    assert runner.render([report], outputs)[0].failure and kept.is_file()
    notebook("fails", "a: int = 1", "1")  # back to what its pages show: nothing to render
    [done] = runner.render([report], outputs)
    assert (done.why, done.failure) == ([], "") and not kept.exists()


def test_papermill_hears_which_cell_its_process_died_in(notebook, tmp_path):
    stop, kill = (f"os.kill(server, signal.SIG{name})" for name in ("STOP", "KILL"))
    report = notebook("kills", "a: int = 1", f"{SERVER}{stop}", f"{kill}\n{LINGER}")
    with pytest.raises(papermill.exceptions.PapermillException, match="cell step-3: the process that rendered it died"):
        by_fork(report.notebook)


def test_a_trail_that_was_cut_off_or_cannot_be_written_tells_what_it_can(tmp_path):
    trail = forks.Trail(tmp_path, 7)
    assert (trail.at(), trail.kept("why")) == ("", "")
    cell = {"cell_type": "code", "id": "one", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}
    trail.note("begun", {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})
    trail.note("cell", "one")
    with (tmp_path / "ran-7.jsonl").open("a") as file:
        file.write('["cell", "tw')
    assert trail.at() == "cell one"
    assert nbformat.reads(trail.kept("why\nand\nhow"), as_version=4).cells[1].outputs[0].evalue == "why\nand\nhow"
    elsewhere = forks.Trail(tmp_path / "nowhere", 7)
    elsewhere.note("cell", "one")
    assert elsewhere.at() == ""


# ---- notebooks as they may lie there ----


def rewritten(report, change):
    """The notebook of `report` with its tree changed, as an editor or a merge may have left it."""
    tree = json.loads(report.notebook.read_text("utf-8"))
    change(tree)
    report.notebook.write_text(json.dumps(tree), "utf-8")
    return report


def without_ids(tree):
    tree["nbformat_minor"] = 4
    for cell in tree["cells"]:
        del cell["id"]


ODD_FILES = {
    "shared": (lambda tree: tree["cells"][2].update(id="step-1"), "two cells have the id step-1; copy the text of one"),
    "a-null": (
        lambda tree: tree["cells"][2].update(source="1\0"),
        "cell step-2: SyntaxError: source code string cannot contain null bytes",
    ),
}


def test_a_notebook_of_an_older_format_gives_the_same_files_each_time_and_an_odd_one_a_sentence(notebook, tmp_path):
    old = rewritten(notebook("old", "a: int = 1", "print('ran')"), without_ids)
    odd = [rewritten(notebook(name, "a: int = 1", "1"), change) for name, (change, _) in ODD_FILES.items()]
    made = []
    for outputs in (tmp_path / "one", tmp_path / "two"):
        first, *others = runner.render([old, *odd], outputs)
        assert first.failure == ""
        made.append({path.name: path.read_bytes() for path in outputs.rglob("old.*")})
        for done, (_, says) in zip(others, ODD_FILES.values(), strict=True):
            assert says in done.failure and done.failure and "Traceback" not in done.failure
    assert made[0] == made[1] and b'id="cell-3"' not in made[0]["old.html"] and b"cell-3" in made[0]["old.html"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "[" * 100_000, '{"cells": [1]}', '{"cells": 5}', "\ufeff{}", "<<<<<<< HEAD\n{}"]
)
def test_a_file_that_is_no_notebook_is_named(tmp_path, text):
    (tmp_path / "half.ipynb").write_text(text, "utf-8")
    with pytest.raises(engine.NotebookError, match=r"^half.ipynb can't be read as a notebook"):
        engine._with_ids(tmp_path / "half.ipynb")


NOTEBOOKS_OF_OTHER_MAKERS = {
    "a byte order mark": lambda tree: ("\ufeff", tree),
    "no minor version, and no ids": lambda tree: (
        "",
        {key: value for key, value in tree.items() if key != "nbformat_minor"}
        | {"cells": [{key: value for key, value in cell.items() if key != "id"} for cell in tree["cells"]]},
    ),
    "ids that are null": lambda tree: ("", tree | {"cells": [cell | {"id": None} for cell in tree["cells"]]}),
}


@pytest.mark.parametrize("kind", NOTEBOOKS_OF_OTHER_MAKERS)
def test_a_notebook_that_another_program_saved_is_read_like_any_other(notebook, tmp_path, kind):
    made = notebook("other", "a: int = 1", "print(a)")
    mark, tree = NOTEBOOKS_OF_OTHER_MAKERS[kind](json.loads(made.notebook.read_text("utf-8")))
    made.notebook.write_text(mark + json.dumps(tree), "utf-8")
    assert list(parameters_of(made.notebook)) == ["a"]
    [done] = runner.render([made], tmp_path / "outputs")
    assert done.failure == ""


def test_an_id_that_is_no_text_is_named_as_no_notebook(notebook):
    made = notebook("odd", "a: int = 1")
    tree = json.loads(made.notebook.read_text("utf-8"))
    tree["cells"][1]["id"] = []
    made.notebook.write_text(json.dumps(tree), "utf-8")
    with pytest.raises(BrokenError, match=r"odd\.ipynb: its cell 2 is none"):
        parameters_of(made.notebook)
