"""Executes one notebook with papermill and makes sure that it really ran to its end.

There are two papermill engines. `cakupan` runs the cells in a process forked from one that has pandas, matplotlib and the
rest imported already; `cakupan render` uses it, and anyone can: `papermill --engine cakupan in.ipynb out.ipynb`. papermill's
own, here `kernel`, starts a Jupyter kernel: slower, the check of the first, and what runs where processes can't be
forked safely. Both give the same notebook to the byte.

papermill alone accepts unknown parameters, stays silent after `sys.exit(0)` with later cells not
run, and leaves half a notebook when a kernel dies; each of these is an error here. What differs
from run to run (timings, paths, the id of the injected cell) is taken out.
"""

import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_output
from papermill.engines import Engine, NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillException, PapermillExecutionError
from traitlets.config import Config

from analysis.reporting.engine.forks import BEST, FORKED, KERNEL, Forks, GoneError, StartError
from analysis.reporting.engine.shell import MOST_PRINTED, run_cells
from analysis.reporting.engine.watch import REPORT_TO, Watch

# How a warning names the cell it came from: a kernel's path holds its process number.
_CELL_FILE = re.compile(r"<ipython-input-\d+-[0-9a-f]+>|/[^\s:]{0,200}/ipykernel_\d+/\d+\.py")
_DEAD_THREAD = re.compile(r"^Exception in thread .*:\n(?:.*\n)*?(?P<error>[\w.]+(?::.*)?)$", re.MULTILINE)


# Is told how a notebook goes: "begun" with its tree, "cell" with the id of each cell before it runs, "ended" with its place and tree.
Tell = Callable[[str, Any], None]
_KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


# The tag, and the id, of the cell of parameters that papermill puts in.
_INJECTED = "injected-parameters"


def UNHEARD(kind: str, what: Any) -> None:
    """Nobody hears it."""


class NotebookError(RuntimeError):
    """A notebook that didn't run to its end; the message names the cell and the reason."""


class Executed(NamedTuple):
    """A notebook with its outputs, and the files and folders of the project that it used (`Watch.used`)."""

    notebook: nbformat.NotebookNode
    used: dict[str, list[str]]


class Forked(Engine):
    """papermill's engine `cakupan`. In a process that was forked for it the cells run here; else one is started."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        tell: Tell | None = None,
        execution_timeout: float | None = None,
        **_: object,
    ) -> None:
        cells = nb_man.nb.cells

        def started(index: int) -> None:
            if tell:
                tell("cell", _id(cells[index]))
            nb_man.cell_start(cells[index], index)

        def ended(index: int) -> None:
            if _errors(cells[index]):
                nb_man.cell_exception(cells[index], cell_index=index)
            nb_man.cell_complete(cells[index], cell_index=index)
            if tell and cells[index].get("execution_count"):
                tell("ended", (index, _noted(cells[index])))

        if tell:
            tell("begun", _begun(nb_man.nb))
            run_cells(nb_man.nb, started, ended)
        else:
            _run_in_fork(nb_man.nb, started, ended, execution_timeout)
        nb_man.nb.metadata["language_info"] = {"name": "python"}


@contextmanager
def _server() -> Iterator[Forks]:
    """A server for papermill, to which its death is an exception of papermill's own."""
    try:
        with Forks() as server:
            try:
                yield server
            except GoneError:
                raise PapermillException(server.lost(0).told) from None
    except StartError as error:
        raise PapermillException(str(error)) from None


def _run_in_fork(
    notebook: nbformat.NotebookNode, started: Callable[[int], None], ended: Callable[[int], None], limit: float | None
) -> None:
    """Have the cells run by a process started for this; each is put into the notebook as it ends."""
    with _server() as server:
        server.start(0, "cells", (nbformat.writes(notebook), str(Path.cwd())), limit)
        while (event := server.next()).kind != "made":
            if event.kind == "cell":
                started(event.told)
            elif event.kind == "cell ended":
                index, cell = event.told
                notebook.cells[index].update(nbformat.from_dict(json.loads(cell)))
                ended(index)
            elif event.kind == "failed":
                raise PapermillException(event.told)
    for cell, final in zip(notebook.cells, nbformat.reads(event.told, as_version=4).cells, strict=True):
        cell.update(final)  # what a later cell has changed in it


class _Kernel(NBClientEngine):
    """papermill's own engine, telling how it goes; a cell that fails without an error among its outputs gets one."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, tell: Tell, **options: Any
    ) -> None:
        start, fail, complete = nb_man.cell_start, nb_man.cell_exception, nb_man.cell_complete

        def started(cell: nbformat.NotebookNode, *where: Any, **more: Any) -> None:
            tell("cell", _id(cell))
            start(cell, *where, **more)

        def failed(cell: nbformat.NotebookNode, exception: Any, **more: Any) -> None:
            if not _errors(cell):  # IPython only prints that there is no such magic
                error = new_output("error", ename=exception.ename, evalue=exception.evalue, traceback=[])
                cell.outputs = [*cell.outputs, error]
            fail(cell, exception=exception, **more)

        def ended(cell: nbformat.NotebookNode, cell_index: int, **more: Any) -> None:
            complete(cell, cell_index=cell_index, **more)
            if cell.get("execution_count"):  # else the kernel died
                tell("ended", (cell_index, _noted(cell)))

        nb_man.cell_start, nb_man.cell_exception, nb_man.cell_complete = started, failed, ended
        tell("begun", _begun(nb_man.nb))
        super().execute_managed_notebook(nb_man, kernel_name, **options)


papermill_engines.register(FORKED, Forked)
papermill_engines.register(KERNEL, _Kernel)


def execute(notebook: Path, parameters: Mapping[str, Any], engine: str = BEST, tell: Tell = UNHEARD) -> Executed:
    """`notebook` executed with `parameters`, in the notebook's own folder. For a process of its own: see `forks`.

    Raises NotebookError when a cell fails, the kernel dies, or a cell wasn't reached. A thread that dies after the last cell goes
    unnoticed in a kernel.
    """
    at, ran = ["the first cell"], list[tuple[int, dict[str, Any]]]()

    def heard(kind: str, what: Any) -> None:
        if kind == "cell":
            at[0] = f"cell {what}"
        elif kind == "ended":
            ran.append(what)
        tell(kind, what)

    with tempfile.TemporaryDirectory() as scratch:
        os.environ["IPYTHONDIR"] = f"{scratch}/ipython"  # nobody's own start-up files
        seen = Path(scratch) / "used.json"
        os.environ[REPORT_TO] = str(seen)
        watch = Watch() if engine == FORKED else None
        try:
            executed = papermill.execute_notebook(
                _with_ids(notebook),
                None,
                parameters=dict(parameters),
                cwd=str(notebook.parent),
                engine_name=engine,
                kernel_name="python3",
                progress_bar=False,
                tell=heard,
                autosave_cell_every=0,
                **({} if watch else _KERNEL_OPTIONS),
            )
        except PapermillExecutionError as error:
            for _, cell in ran:  # papermill tells of the last error; one while a value is shown doesn't stop a kernel
                if errors := _errors(cell):
                    raise NotebookError(f"cell {cell['id']}: {_name_and_message(errors[0])}") from None
            raise NotebookError(f"{at[0]}: {_name_and_message(error)}") from None
        except DeadKernelError:
            tell("cell", at[0].removeprefix("cell "))  # which has not ended, though papermill says so
            raise NotebookError(f"{at[0]}: the kernel died (killed, or out of memory)") from None
        if not watch and not seen.is_file():
            raise NotebookError(
                f"{at[0]}: the kernel didn't end by itself; a thread or a process of the notebook goes on"
            )
        used = watch.used() if watch else json.loads(seen.read_text("utf-8"))
    return Executed(settled(finished(executed)), used)


def _with_ids(notebook: Path) -> str | nbformat.NotebookNode:
    """What papermill is given: the notebook's path; its tree, if it is of a format without ids, with one for each cell.

    nbformat would make up ids, others in each run, for cells that have none and for those that share one.
    """
    try:
        text = notebook.read_text("utf-8")
        tree = json.loads(text.removeprefix("\ufeff"))
        cells = tree["cells"]
        ids = [cell.get("id") for cell in cells]
        again = [name for name, times in Counter(ids).items() if name is not None and times > 1]
    except KeyError:
        raise NotebookError(f"{notebook.name} can't be read as a notebook (it has no cells)") from None
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise NotebookError(f"{notebook.name} can't be read as a notebook ({error})") from None
    if again:
        raise NotebookError(
            f"two cells have the id {again[0]}; copy the text of one into a new cell, which gets its own"
        )
    # papermill doesn't read over a byte order mark.
    if None not in ids and not text.startswith("\ufeff"):
        return str(notebook)
    for number, cell in enumerate(cells, 1):
        cell["id"] = cell.get("id") or f"cell-{number}"
    return nbformat.from_dict(tree | {"nbformat_minor": max(5, tree.get("nbformat_minor") or 0)})


# The remark on its own loopback connection is left out; what the notebook uses is watched.
_KERNEL_ARGUMENTS = ["--log-level=50", "--IPKernelApp.extra_extensions=analysis.reporting.engine.watch"]
# What a kernel may take to start, to hand over its last output and to end is a matter of how busy the machine is: nbclient's own
# 4 and 5 seconds for the latter two make good notebooks fail there.
_KERNEL_OPTIONS: dict[str, Any] = {
    "record_timing": False,
    "extra_arguments": _KERNEL_ARGUMENTS,
    "start_timeout": 120,
    "iopub_timeout": 60,
    "config": Config(KernelManager={"shutdown_wait_time": 30.0}),
}


def _errors(cell: Mapping[str, Any]) -> list[nbformat.NotebookNode]:
    return [output for output in cell.get("outputs", []) if output.output_type == "error"]


def _begun(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """The notebook as it begins, for `tell`."""
    return {
        "nbformat": notebook.nbformat,
        "nbformat_minor": notebook.nbformat_minor,
        "metadata": {"kernelspec": dict(_KERNELSPEC)},
        "cells": [_noted(cell) for cell in notebook.cells],
    }


def _id(cell: nbformat.NotebookNode) -> str:
    return _INJECTED if _INJECTED in cell.metadata.get("tags", []) else cell.id


def _noted(cell: nbformat.NotebookNode) -> dict[str, Any]:
    """A cell as it is kept should the notebook fail: without papermill's notes, which differ from run to run."""
    tags = cell.metadata.get("tags", [])
    return {**cell, "id": _id(cell), "metadata": {"tags": tags} if tags else {}}


def _name_and_message(error: Any) -> str:
    what = error.evalue or ("it took more memory than a report may" if error.ename == "MemoryError" else "")
    return f"{error.ename}: {_shortened(what)}"


def _shortened(text: str, most: int = 2000) -> str:
    return text if len(text) <= most else f"{text[:most]} … ({len(text):,} characters)"


def finished(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook, if every code cell ran, none failed and none printed without end; NotebookError otherwise."""
    printed, thread_of, said = 0, "", ""
    for cell in notebook.cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        if cell.execution_count is None:
            raise NotebookError(f"cell {cell.id}: it was not run; an earlier cell ended the kernel")
        if errors := _errors(cell):
            raise NotebookError(f"cell {cell.id}: {_name_and_message(errors[0])}")
        cell.outputs = _joined(cell.outputs)
        streams = [output for output in cell.outputs if output.output_type == "stream"]
        printed += sum(len(output.text) for output in streams)
        if printed > MOST_PRINTED:
            raise NotebookError(
                f"cell {cell.id}: it printed more than {MOST_PRINTED:,} characters; a page can't hold them"
            )
        for output in streams:
            if output.name == "stderr" and (thread_of or "Exception in thread " in output.text):
                thread_of, said = thread_of or cell.id, said + output.text  # it may go on beside later cells
    if dead := _DEAD_THREAD.search(said):
        raise NotebookError(f"cell {thread_of}: a thread it started ended in {dead['error']}")
    return notebook


def settled(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook without what differs from run to run."""
    notebook.metadata = {"kernelspec": dict(_KERNELSPEC), "language_info": {"name": "python"}}
    number = 0
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        if _INJECTED in tags:
            cell.id = _INJECTED
        if cell.cell_type == "code":
            number += 1
            cell.execution_count = number
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = number
                elif output.output_type == "stream":
                    output.text = _CELL_FILE.sub(f"<{cell.id}>", output.text)
    return notebook


def _joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Neighbouring prints as one, standard output before errors: how a kernel cuts and mixes them depends on its timing.

    nbclient can join them too, with a pattern that takes minutes for a long line.
    """
    joined: list[nbformat.NotebookNode] = []
    for is_stream, run in groupby(outputs, lambda output: output.output_type == "stream"):
        if not is_stream:
            joined += run
            continue
        texts: dict[str, list[str]] = {"stdout": [], "stderr": []}
        for output in run:
            texts[output.name].append(output.text)
        joined += [new_output("stream", name=name, text="".join(parts)) for name, parts in texts.items() if parts]
    return joined
