"""papermill's way in: the engine `cakupan`, by the entry point of `pyproject.toml`.

papermill loads its entry points while it is being imported itself, so nothing of it may be imported here: what an
engine has to answer is handed on when it is asked.
"""

from typing import Any


class ForkedEngine:
    """`papermill --engine cakupan in.ipynb out.ipynb -p …`: see `analysis.reporting.engine.execute`."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        from analysis.reporting.engine.execute import Forked

        return Forked.execute_notebook(nb, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        from papermill.utils import nb_kernel_name

        return nb_kernel_name(nb, name)

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        from papermill.utils import nb_language

        return nb_language(nb, language)
