"""The house style of charts: one colour for the covered, one for the uncovered, one for the place a report is about.

No title (the page has one), no grid where values are written. Drawings are SVG with text as text, and equal data gives equal
bytes; a PNG of the same chart has 2 to 4 times the bytes and takes 3 to 6 times as long. They are drawn narrow, so that
the text can be read on a phone.
"""

import textwrap
import warnings
from collections.abc import Callable, Iterable, Sequence
from io import StringIO
from typing import Any

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from analysis.schema import facts_of
from analysis.words import LANGUAGES, Shown, decimal, footnote, harmless, percent

COVERED, UNCOVERED, OTHERS, HERE = "#0f766e", "#b8c4c9", "#7c98a6", "#c2410c"
_WIDTH = 4.4  # inches: 10 point text comes to 10 px on a phone and 17 px on a desktop
_EDGE = 3  # points that stay free around a drawing
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "cakupan",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.linewidth": 0.6,
    "ytick.left": False,
    "figure.facecolor": "white",
    "path.simplify": True,
    # Text is text: "US$5 sampai US$6" is no formula.
    "text.parse_math": False,
    "text.usetex": False,
}


def wrapped(text: str, width: int) -> str:
    """A name in lines of `width` characters, of a very long one the beginning."""
    return textwrap.fill(text, width, max_lines=4, placeholder=" …")


def beside(axes: Axes, x: float, y: float, words: str, gap: float = 4, **style: Any) -> None:
    """Write `words` to the right of a point of the drawing, `gap` points from it."""
    axes.annotate(
        words, (x, y), xytext=(gap, 0), textcoords="offset points", annotation_clip=False, **{"va": "center"} | style
    )


def mark(axes: Axes, here: str) -> None:
    """The place a report is about stands out in weight as well as in colour."""
    for label in axes.get_yticklabels():
        label.set_fontweight("bold" if label.get_text() == here else "normal")


def millions(axes: Axes, language: str, largest: float) -> None:
    """Label an axis of persons in thousands or millions, the scale in words on the axis."""
    unit, name = (1e6, ("juta orang", "million people")) if largest >= 2e6 else (1e3, ("ribu orang", "thousand people"))
    axes.xaxis.set_major_formatter(lambda value, _: short(value / unit, language))
    axes.set_xlabel(name[LANGUAGES.index(language)])


def short(value: float, language: str) -> str:
    """A number on an axis: with one decimal, or without where it is whole."""
    return decimal(round(value, 6), language, 0 if float(value).is_integer() else 1)


def percents(axis: Axis, language: str, digits: int = 0) -> None:
    """Label an axis of shares as percentages."""
    axis.set_major_formatter(lambda value, _: percent(round(value, 6), language, digits))


def said(title: dict[str, str], parts: Callable[[str], Iterable[str]]) -> dict[str, str]:
    """A chart in words, for those who can't see it: its title and what it shows, by language.

    >>> said({"id": "Angka", "en": "Figures"}, lambda language: ["one", "two"])["en"]
    'Figures: one; two.'
    """
    return {language: f"{title[language]}: {'; '.join(parts(language))}." for language in LANGUAGES}


def nothing(name: str) -> Shown:
    return Shown("figure", name, text={})


def drawing(
    name: str,
    rows: pd.DataFrame,
    draw: Callable[[Axes, str], None],
    height: float,
    title: dict[str, str],
    alt: dict[str, str],
    columns: Sequence[str],
) -> Shown:
    svg = {language: _svg(draw, language, height) for language in LANGUAGES}
    data = rows[[column for column in columns if column in rows]].to_dict("records")
    facts = facts_of(rows)
    return Shown("figure", name, alt, svg=svg, title=title, alt=alt, note=footnote(facts), facts=facts, data=data)


def _svg(draw: Callable[[Axes, str], None], language: str, height: float) -> str:
    with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        # The texts are drawn by who reads the page, with fonts that have what is missing in the one they are measured by.
        warnings.filterwarnings("ignore", "Glyph .* missing|Matplotlib currently does not support", UserWarning)
        figure = Figure(figsize=(_WIDTH, height), dpi=72)  # points, as in the SVG
        axes = figure.add_axes((0.35, 0.15, 0.55, 0.7))
        axes.yaxis.set_label_coords(0, 0)  # there is none; matplotlib would look for its place each time
        draw(axes, language)
        out = StringIO()
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        renderer = _Renderer(*figure.bbox.size, out, metadata=nothing)
        _fit(axes, renderer)
        figure.draw(renderer)
        renderer.finalize()
    return out.getvalue()


class _Renderer(RendererSVG):
    """Writes and measures no character that a drawing can't hold."""

    def draw_text(self, gc: Any, x: float, y: float, s: str, *how: Any, **more: Any) -> None:
        super().draw_text(gc, x, y, harmless(s), *how, **more)

    def get_text_width_height_descent(self, s: str, *how: Any) -> tuple[float, float, float]:
        return super().get_text_width_height_descent(harmless(s), *how)


def _fit(axes: Axes, renderer: RendererSVG) -> None:
    """Make the axes as large as their labels, their legend and what is written `beside` their points leave room for.

    One measure of the texts will do, as a text keeps its size while its point moves with the axes; matplotlib's own
    layout, which holds for any drawing, measures everything twice.
    """
    (width, height), now = axes.figure.bbox.size, axes.bbox
    names, below = (axis.get_tightbbox(renderer) or now for axis in (axes.yaxis, axes.xaxis))
    written = [
        (axes.transData.transform(text.xy)[0], text.get_window_extent(renderer))
        for text in axes.texts
        if isinstance(text, Annotation)
    ]
    if legend := axes.get_legend():
        written.append((legend.get_bbox_to_anchor().x0, legend.get_window_extent(renderer)))
    left = now.x0 - names.x0 + _EDGE
    bottom = now.y0 - below.y0 + _EDGE
    top = max(box.y1 - now.y1 for box in (now, *(box for _, box in written))) + _EDGE
    room = width - left - _EDGE
    wide = min(
        room - max(0, below.x1 - now.x1),
        *((room - (box.x1 - x)) * now.width / (x - now.x0) for x, box in written if x > now.x0),
    )
    axes.set_position((left / width, bottom / height, wide / width, 1 - (bottom + top) / height))
