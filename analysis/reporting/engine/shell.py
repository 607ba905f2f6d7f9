"""Runs a notebook's cells in this very process, as a Jupyter kernel would, and returns what they put out.

IPython's own shell does the work; what is ours is where its outputs go: into the notebook instead of over sockets to
another process. (Starting a kernel, talking to it and ending it takes several times as long as a report's own cells.)
A process runs one notebook and is then done with: nothing is cleaned up between two.
"""

import io
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.jsonutil import json_default
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets import Type
from traitlets.config import Config

from analysis.reporting.engine.watch import MOST_PRINTED

# What a kernel sets for libraries that look for it.
_KERNELS = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "TERM": "xterm-color",
    "CLICOLOR": "1",
    "FORCE_COLOR": "1",
    "CLICOLOR_FORCE": "1",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
}

Data = dict[str, Any]  # what is shown, by kind (text/html …), or what is said of it


class TooMuchError(RuntimeError):
    """A notebook that prints without end."""


class Outputs:
    """The outputs of the cell that runs, in the order in which they came, neighbouring prints as one."""

    def __init__(self) -> None:
        self.items: list[NotebookNode] = []
        self._text: dict[int, list[str]] = {}  # pieces of the stream outputs, by their place
        self._by_display_id: dict[str, list[NotebookNode]] = {}
        self._clear_next = False
        self._printed = 0

    def add(self, output: NotebookNode, display_id: str = "") -> None:
        self._cleared()
        self.items.append(output)
        if display_id:
            self._by_display_id.setdefault(display_id, []).append(output)

    def update(self, display_id: str, data: Data, metadata: Data) -> None:
        """Change what was shown under a display id, in earlier cells too."""
        for output in self._by_display_id.get(display_id, []):
            output.data, output.metadata = NotebookNode(data), NotebookNode(metadata)

    def printed(self, name: str, text: str) -> None:
        self._printed += len(text)
        if self._printed > MOST_PRINTED:
            raise TooMuchError(f"it printed more than {MOST_PRINTED:,} characters; a page can't hold them")
        self._cleared()
        if not (self.items and self.items[-1].output_type == "stream" and self.items[-1].name == name):
            self.items.append(new_output("stream", name=name, text=""))
            self._text[len(self.items) - 1] = []
        self._text[len(self.items) - 1].append(text)

    def clear(self, wait: bool) -> None:
        self._clear_next = wait
        if not wait:
            self.items.clear()
            self._text.clear()

    def taken(self) -> list[NotebookNode]:
        """The outputs so far; the next cell starts with none."""
        for place, pieces in self._text.items():
            self.items[place].text = "".join(pieces)
        items, self.items, self._text, self._clear_next = self.items, [], {}, False
        return items

    def overflowed(self) -> bool:
        return self._printed > MOST_PRINTED

    def _cleared(self) -> None:
        if self._clear_next:
            self.clear(wait=False)


class _Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the cells."""

    encoding = "utf-8"

    def __init__(self, name: str, outputs: Outputs) -> None:
        self.name, self._outputs = f"<{name}>", outputs
        self._of = name

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            self._outputs.printed(self._of, text)
        return len(text)

    def writable(self) -> bool:
        return True


class _Results(DisplayHook):
    """The value of a cell's last line, as an output."""

    shell: "Shell"

    def write_output_prompt(self) -> None:
        """Nothing: the count stands in the output."""

    def write_format_data(self, format_dict: Data, md_dict: Data | None = None) -> None:
        shown = new_output(
            "execute_result",
            _through_json(format_dict),
            metadata=_through_json(md_dict),
            execution_count=self.prompt_count,
        )
        self.shell.outputs.add(shown)

    def log_output(self, format_dict: Data) -> None:
        """Nothing: there is no log."""

    def finish_displayhook(self) -> None:
        """Nothing: nothing is printed that would need a line's end."""


class _Displays(DisplayPublisher):
    """What cells show by `display`, as outputs."""

    shell: "Shell"

    def publish(
        self,
        data: Data,
        metadata: Data | None = None,
        *args: object,
        transient: Data | None = None,
        update: bool = False,
        **_: object,
    ) -> None:
        self._validate_data(data, metadata)
        display_id = (transient or {}).get("display_id", "")
        if update:
            self.shell.outputs.update(display_id, _through_json(data), _through_json(metadata))
        else:
            self.shell.outputs.add(
                new_output("display_data", _through_json(data), metadata=_through_json(metadata)), display_id
            )

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear(wait)


class Shell(InteractiveShell):
    """IPython's shell with its outputs collected in `outputs`."""

    displayhook_class = Type(_Results)
    display_pub_class = Type(_Displays)

    def __init__(self, **options: Any) -> None:
        self.outputs = Outputs()
        super().__init__(**options)

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.outputs.add(new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=stb))

    def ask_exit(self) -> None:
        raise SystemExit("the notebook ended itself")


def _through_json(data: Data | None) -> Data:
    """Data as it would arrive from a kernel: through JSON, with a kernel's way of writing bytes and dates."""
    return json.loads(json.dumps(data or {}, default=json_default, ensure_ascii=False))


def run_cells(notebook: NotebookNode, started: Callable[[int], None], ended: Callable[[int], None]) -> NotebookNode:
    """Run the code cells in order until one fails; their outputs and counts are put into `notebook`.

    `started` and `ended` are told each cell's index. An error is an output, as a kernel has it; what comes after it has no
    count. Text that other programs write is read after each cell and follows what the cell itself printed; a kernel may lose it.
    """
    os.environ.update(_KERNELS)
    _beside_notebook()
    shell = _shell()
    with tempfile.TemporaryFile() as written:
        _redirected(written.fileno())
        sys.stdout, sys.stderr = _Stream("stdout", shell.outputs), _Stream("stderr", shell.outputs)
        ran = None
        for index, cell in enumerate(notebook.cells):
            started(index)
            ok = True
            if _runs(cell):
                ran, ok = cell, _run_cell(cell, shell, written)
            ended(index)
            if not ok:
                break
        if ran is not None:
            _last_words(ran, shell, written)
    return notebook


def _beside_notebook() -> None:
    """Let cells import what lies beside the notebook: the entry that a kernel has, in the place where it has it."""
    installed = [n for n, path in enumerate(sys.path) if path.endswith(("site-packages", "dist-packages"))]
    sys.path.insert(installed[0] if installed else 0, "")


def _runs(cell: NotebookNode) -> bool:
    skipped = "skip-execution" in cell.metadata.get("tags", [])
    return bool(cell.cell_type == "code" and cell.source.strip() and not skipped)


def _shell() -> Shell:
    config = Config()
    config.HistoryManager.enabled = False
    shell = Shell.instance(config=config)
    if "matplotlib_inline.backend_inline" in sys.modules:
        # Imported before there was a shell, the backend would show no chart and say nothing.
        from matplotlib_inline.backend_inline import _enable_matplotlib_integration

        _enable_matplotlib_integration()
    return shell


def _redirected(written: int) -> None:
    """What programs and C libraries write goes to a file, what they would read is empty."""
    for stream in (1, 2):
        os.dup2(written, stream)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def _run_cell(cell: NotebookNode, shell: Shell, written: Any) -> bool:
    cell.execution_count = shell.execution_count
    result = shell.run_cell(cell.source, store_history=True)
    _add_written(shell, written)
    wrong = result.error_before_exec or result.error_in_exec
    if wrong and not any(output.output_type == "error" for output in shell.outputs.items):
        _add_error(shell, wrong)  # IPython only prints that there is no such magic
    if shell.outputs.overflowed() and result.success:  # a cell that caught the error
        _add_error(shell, TooMuchError(f"it printed more than {MOST_PRINTED:,} characters"))
    cell.outputs = shell.outputs.taken()
    return bool(result.success) and not any(output.output_type == "error" for output in cell.outputs)


def _add_written(shell: Shell, written: Any) -> None:
    """What other programs wrote while the cell ran, as its output."""
    text = b""
    if end := os.fstat(written.fileno()).st_size:
        text = os.pread(written.fileno(), min(end, MOST_PRINTED + 1), 0)
        os.ftruncate(written.fileno(), 0)
        os.lseek(written.fileno(), 0, os.SEEK_SET)
    try:
        shell.outputs.printed("stdout", text.decode("utf-8", "replace")) if text else None
    except TooMuchError as error:
        _add_error(shell, error)


def _add_error(shell: Shell, error: BaseException) -> None:
    shell.outputs.add(new_output("error", ename=type(error).__name__, evalue=str(error), traceback=[]))


def _last_words(cell: NotebookNode, shell: Shell, written: Any) -> None:
    """Wait for the threads that cells have started; what they still print belongs to the last cell that ran."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    _add_written(shell, written)
    cell.outputs = [*cell.outputs, *shell.outputs.taken()]
