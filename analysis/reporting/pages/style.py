"""The style of every page: our own, and the colours of code for light and dark."""

from functools import cache
from pathlib import Path

from pygments.formatters import HtmlFormatter


def page_css() -> str:
    """The whole style sheet, the same for pages and the index."""
    own = (Path(__file__).parent / "template" / "page.css").read_text("utf-8")
    light, dark = _colours("default"), _colours("github-dark")
    return f"{own}\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


@cache
def _colours(style: str) -> str:
    return HtmlFormatter(style=style, nobackground=True).get_style_defs(".src")
