"""Executes one notebook with papermill and makes sure that it really ran to its end.

papermill alone accepts unknown parameters, stays silent after `sys.exit(0)` with later cells not
run, and leaves half a notebook when a kernel dies; each of these is an error here. What differs
from run to run (timings, paths, the id of the injected cell) is taken out.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# See analysis.data.check: parsers that nobody here uses, at the cost of a second in each process.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

# The same bytes on any machine: nothing in a kernel may depend on its hash seed, zone or locale.
STEADY = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class NotebookError(RuntimeError):
    """A notebook that didn't run to its end; the message names the cell and the reason."""


def execute(notebook: Path, parameters: Mapping[str, Any], scratch: Path) -> nbformat.NotebookNode:
    """`notebook` executed with `parameters`, in the notebook's own folder; `scratch` is overwritten.

    Raises NotebookError when a cell fails, the kernel dies, or a cell wasn't reached.
    """
    os.environ.update(STEADY)
    try:
        papermill.execute_notebook(
            str(notebook), str(scratch), parameters=dict(parameters), cwd=str(notebook.parent),
            kernel_name="python3", progress_bar=False, request_save_on_cell_execute=False,
            record_timing=False,
            extra_arguments=["--log-level=50"],  # the kernel's remark on its own loopback connection
        )  # fmt: skip
    except PapermillExecutionError as error:
        where = _cell_name(nbformat.read(scratch, as_version=4), error.exec_count)
        raise NotebookError(f"{where}: {error.ename}: {error.evalue}") from None
    except DeadKernelError:
        raise NotebookError(f"{_last_cell(scratch)}: the kernel died (killed, or out of memory)") from None
    return settled(finished(nbformat.read(scratch, as_version=4)))


def finished(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook, if every code cell ran and none failed; NotebookError otherwise."""
    for cell in notebook.cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        if cell.execution_count is None:
            raise NotebookError(f"cell {cell.id}: it was not run; an earlier cell ended the kernel")
        if errors := [output for output in cell.outputs if output.output_type == "error"]:
            raise NotebookError(f"cell {cell.id}: {errors[0].ename}: {errors[0].evalue}")
    return notebook


def settled(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook without what differs from run to run."""
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"], "language_info": {"name": "python"}}
    number = 0
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
        if cell.cell_type == "code":
            number += 1
            cell.execution_count = number
            cell.outputs = _joined(cell.outputs)
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = number
    return notebook


def _joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Neighbouring prints as one: how a kernel cuts them depends on its timing.

    nbclient can do this too, with a pattern that takes minutes for a long line.
    """
    joined: list[nbformat.NotebookNode] = []
    for output in outputs:
        before = joined[-1] if joined else None
        if before and output.output_type == "stream" == before.output_type and output.name == before.name:
            before.text += output.text
        else:
            joined.append(output)
    return joined


def _cell_name(notebook: nbformat.NotebookNode, count: int | None) -> str:
    cells = [c for c in notebook.cells if c.cell_type == "code" and c.execution_count == count]
    return f"cell {cells[0].id}" if cells else "a cell"


def _last_cell(scratch: Path) -> str:
    if not scratch.is_file():
        return "the first cell"
    code = [c for c in nbformat.read(scratch, as_version=4).cells if c.cell_type == "code"]
    begun = [c for c in code if c.metadata.get("papermill", {}).get("status") == "running"] or code
    return f"cell {begun[0].id}"
