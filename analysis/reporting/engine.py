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
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

# See analysis.data.check: parsers that nobody here uses, at the cost of a second in each process.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_output
from papermill.engines import Engine, NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillException, PapermillExecutionError

from analysis.reporting.forks import BEST, FORKED, KERNEL, Forks, GoneError, StartError
from analysis.reporting.shell import MOST_PRINTED, run_cells
from analysis.reporting.watch import REPORT_TO, Watch

# How a warning names the cell it came from: a kernel's path holds its process number.
_CELL_FILE = re.compile(r"<ipython-input-\d+-[0-9a-f]+>|/[^\s:]{0,200}/ipykernel_\d+/\d+\.py")
_DEAD_THREAD = re.compile(r"^Exception in thread .*:\n(?:.*\n)*?(?P<error>[\w.]+(?::.*)?)$", re.MULTILINE)


_KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


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
        cls, nb_man: NotebookExecutionManager, kernel_name: str, tell: Callable[[str], None] | None = None,
        execution_timeout: float | None = None, **_: object,
    ) -> None:  # fmt: skip
        cells = nb_man.nb.cells

        def started(index: int) -> None:
            if tell:
                tell(cells[index].id)
            nb_man.cell_start(cells[index], index)

        def ended(index: int) -> None:
            if any(output.output_type == "error" for output in cells[index].get("outputs", [])):
                nb_man.cell_exception(cells[index], cell_index=index)
            nb_man.cell_complete(cells[index], cell_index=index)

        if tell:
            run_cells(nb_man.nb, started, ended)
        else:
            _run_in_fork(nb_man.nb, started, ended, execution_timeout)
        nb_man.nb.metadata["language_info"] = {"name": "python"}


@contextmanager
def _as_papermills() -> Iterator[None]:
    try:
        yield
    except (GoneError, StartError) as error:
        raise PapermillException(str(error)) from None


def _run_in_fork(
    notebook: nbformat.NotebookNode, started: Callable[[int], None], ended: Callable[[int], None], limit: float | None
) -> None:  # fmt: skip
    """Have the cells run by a process started for this; each is put into the notebook as it ends."""
    with _as_papermills(), Forks() as server:
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
    """papermill's own engine, telling which cell runs."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, tell: Callable[[str], None], **options: Any
    ) -> None:
        start = nb_man.cell_start

        def started(cell: nbformat.NotebookNode, *where: Any, **more: Any) -> None:
            tell(cell.id)
            start(cell, *where, **more)

        nb_man.cell_start = started
        super().execute_managed_notebook(nb_man, kernel_name, **options)


papermill_engines.register(FORKED, Forked)
papermill_engines.register(KERNEL, _Kernel)


def execute(
    notebook: Path, parameters: Mapping[str, Any], engine: str = BEST, tell: Callable[[str], None] = lambda cell: None
) -> Executed:  # fmt: skip
    """`notebook` executed with `parameters`, in the notebook's own folder. For a process of its own: see `forks`.

    `tell` hears the id of each cell before it runs. Raises NotebookError when a cell fails, the kernel dies, or a
    cell wasn't reached.
    """
    at = ["the first cell"]

    def heard(cell: str) -> None:
        at[0] = f"cell {cell}"
        tell(cell)

    with tempfile.TemporaryDirectory() as scratch:
        os.environ["IPYTHONDIR"] = f"{scratch}/ipython"  # nobody's own start-up files
        seen = Path(scratch) / "used.json"
        os.environ[REPORT_TO] = str(seen)
        watch = Watch() if engine == FORKED else None
        try:
            executed = papermill.execute_notebook(
                str(notebook), None, parameters=dict(parameters), cwd=str(notebook.parent), engine_name=engine,
                kernel_name="python3", progress_bar=False, tell=heard, autosave_cell_every=0,
                **({} if watch else {"record_timing": False, "extra_arguments": _KERNEL_OPTIONS}),
            )  # fmt: skip
        except PapermillExecutionError as error:
            raise NotebookError(f"{at[0]}: {_said(error)}") from None
        except DeadKernelError:
            raise NotebookError(f"{at[0]}: the kernel died (killed, or out of memory)") from None
        if not watch and not seen.is_file():
            raise NotebookError(
                f"{at[0]}: the kernel didn't end by itself; a thread or a process of the notebook goes on"
            )
        used = watch.used() if watch else json.loads(seen.read_text("utf-8"))
    return Executed(settled(finished(executed)), used)


# The remark on its own loopback connection is left out; what the notebook uses is watched.
_KERNEL_OPTIONS = ["--log-level=50", "--IPKernelApp.extra_extensions=analysis.reporting.watch"]


def _said(error: Any) -> str:
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
        if errors := [output for output in cell.outputs if output.output_type == "error"]:
            raise NotebookError(f"cell {cell.id}: {_said(errors[0])}")
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
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
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
        joined += [
            new_output("stream", name=name, text="".join(parts)) for name, parts in texts.items() if parts
        ]
    return joined
