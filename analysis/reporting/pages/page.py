"""One executed notebook becomes one page a language: self-contained, accessible, nothing unescaped.

Each output carries both languages (`words.Shown`); the page takes its own. What a researcher adds
(a printed line, a DataFrame, an image) reaches the page too: text as text, HTML cleaned.
"""

import base64
import csv
import functools
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import bleach
import nbformat
from markupsafe import Markup, escape
from mistune import BlockParser, InlineParser
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from analysis.reporting.pages.drawing import on_page
from analysis.reporting.pages.style import page_css
from analysis.words import BILINGUAL, LANGUAGES, OTHER_SVG, harmless

_HERE = Path(__file__).parent
_ENGLISH = re.compile(r"\s*<!--\s*lang:en\n(.*?)-->\s*", re.DOTALL)
# What may stand on a page, written just as it is written here; all else is refused, as it might be fetched or run.
_TAG = (
    "a|abbr|b|blockquote|body|br|caption|clip[Pp]ath|code|defs|del|desc|details|div|em|figcaption|figure|footer|g|h[1-6]|head|header|hr|html|i|"
    "input|label|li|main|nav|ol|p|path|pre|rect|s|section|small|span|strong|sub|summary|sup|svg|table|tbody|td|text|tfoot|th|thead|title|"
    "tr|tspan|ul"
)
_PLAIN = r"""(?:aria-[a-z]+|checked|class|colspan|d|disabled|download|fill-opacity|fill-rule|font-size|font-weight|for|height|
    hreflang|id|lang|opacity|rel|role|rowspan|scope|stroke-(?:dasharray|dashoffset|linecap|linejoin|miterlimit|opacity|width)|
    tabindex|text-anchor|title|transform|version|view[Bb]ox|width|x|y)(?=[=\s/>])(?:="[^"]*+"|='[^']*+')?+
    | (?:fill|stroke|clip-path)="(?:[\w\s.,%\#-]*+|url\(\#[\w.-]++\))"
    | style="[\w\s:;.%,\#-]*+"
    | type="checkbox" | xmlns="http://www\.w3\.org/2000/svg" """
_ADDRESS = r"""\#[^"]*+ | [\w.%/-]*+(?:[?\#][^"]*+)? | (?:https?://|mailto:)[^"]*+ | data:text/csv;base64,[\w+/=]*+"""
_SAFE = re.compile(
    rf"""(?: [^<]++ | <(?![A-Za-z/!?]) | </(?:{_TAG}|use|style)>
    | <(?:{_TAG})(?:\s++(?:{_PLAIN} | href="(?:{_ADDRESS})"))*+\s*+/?>
    | <img(?:\s++(?:{_PLAIN} | alt="[^"]*+" | src="data:image/(?:png|jpeg|gif|webp);base64,[\w+/=]*+"))*+\s*+/?>
    | <use(?:\s++(?:{_PLAIN} | href="\#[^"]*+"))*+\s*+/?>
    | <style>(?:(?!</|\\|(?i:@import|url\s*+\(|image-set))[\s\S])*+</style>
    | <!DOCTYPE\ html> | <meta(?:\s++(?:charset="utf-8"|name="(?:viewport|color-scheme)"|http-equiv="Content-Security-Policy"
    | content="[^"]*+"))++\s*+/?> )*+""",
    re.VERBOSE | re.ASCII,
)
_CODE = re.compile(r"<!--code ([\w-]+)-->")
_CURSED = ("=", "+", "-", "@", "\t", "\r")
_TAGS = {
    "a",
    "b",
    "br",
    "caption",
    "code",
    "div",
    "em",
    "h3",
    "h4",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
}
_ATTRIBUTES = {"a": ["href"], "th": ["scope", "colspan", "rowspan"], "td": ["colspan", "rowspan"]}
# A tag that is one, as bleach would read it: of an element that it can take away without what follows; and one of the allowed.
_WELL_FORMED = re.compile(
    r"</?(?!(?:script|style|textarea|title|xmp|iframe|noembed|noframes|noscript|plaintext|template|svg|math|select|frameset)\b)"
    r"[a-z][\w-]*(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ALLOWED = re.compile(rf"</?(?:{'|'.join(sorted(_TAGS))})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_TABLE = re.compile(r"(<table\b.*</table\s*>)", re.DOTALL | re.IGNORECASE)
# Pictures that can be pasted into prose.
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
# What a terminal takes for colours, links and the like.
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
MOST_BYTES = 400_000
# Characters of a cell's own HTML that are looked at, at most; most of a styled table's are styles, and go.
_MOST_HTML = 4_000_000


class PageError(RuntimeError):
    """A page that must not be written; the message says which cell and why."""


class Place(NamedTuple):
    """Where a page stands: its path below the language folder, the data's edition, and what made it."""

    path: str
    edition: str
    made: str


def pages(notebook: NotebookNode, place: Place) -> dict[str, str]:
    """The finished notebook as one HTML page a language. PageError when a page must not be written."""
    made = {}
    for language in LANGUAGES:
        cells = [_cell_html(cell, place, language) for cell in notebook.cells]
        made[language] = _checked(_page_html(notebook, cells, place, language), language, cells)
    return made


def _page_html(notebook: NotebookNode, cells: list[dict[str, Any]], place: Place, language: str) -> str:
    title, *rest = cells
    if not title["heading"]:
        raise PageError("the first cell must be the title, a markdown cell that begins with '# '")
    subject = _subject(notebook, language)
    css = page_css()
    resources = {
        "language": language,
        "css": css,
        "place": place,
        "style_hash": base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        "title": title,
        "subject": subject,
        "cells": [cell for cell in rest if not cell["empty"]],
        "csv": list(csv_files(notebook, Path(place.path).name)),
        "sections": (sections := [cell for cell in rest if cell["heading"]]),
        "after_answer": sections[1]["id"] if len(sections) > 1 else "",
        "pictures": any("<img" in cell["html"] for cell in cells),
    }
    # The template takes everything from `resources`: the notebook itself would be copied and checked for nothing.
    html, _ = _exporter().from_notebook_node(new_notebook(), resources={"cakupan": resources})
    sources = {cell["id"]: cell["source"] for cell in rest if cell["kind"] == "code"}
    return _CODE.sub(lambda found: _coloured(sources[found[1]]), html)


@functools.cache
def _exporter() -> HTMLExporter:
    return HTMLExporter(extra_template_basedirs=[str(_HERE)], template_name="template")


@functools.cache
def _coloured(source: str) -> str:
    """A cell's code in colours, to stand where the template left a comment for it.

    It is put in last, because the exporter parses all it is given, and more than half of a page's elements are code.

    >>> print(_coloured("a < 1"), end="")
    <div class="highlight hl-python"><pre><span></span><span class="n">a</span> <span class="o">&lt;</span> <span class="mi">1</span>
    </pre></div>
    """
    html = highlight(source, PythonLexer(), HtmlFormatter(cssclass="highlight hl-python"))
    return html.replace("&#39;", "'").replace("&quot;", '"')


def _subject(notebook: NotebookNode, language: str) -> str:
    shown = [b for b in bundles(notebook) if b["name"] == "subject"]
    return shown[0][language]["text"] if shown else ""


def bundles(notebook: NotebookNode) -> list[dict[str, Any]]:
    """Everything the notebook shows in both languages, in order."""
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return [output.data[BILINGUAL] for output in outputs if BILINGUAL in output.get("data", {})]


def _cell_html(cell: NotebookNode, place: Place, language: str) -> dict[str, Any]:
    if cell.cell_type != "code":
        text = prose(cell.source, cell.id)[language]
        heading = re.match(r"#{1,2} +(.*)", text)
        body = Markup(_markdown(re.sub(r"^# .*\n?", "", text), cell))
        return {"id": cell.id, "kind": "prose", "html": body, "heading": heading[1] if heading else "", "empty": False}
    html = Markup("\n").join(Markup(_output(output, cell.id, place, language)) for output in cell.outputs)
    return {
        "id": cell.id,
        "kind": "code",
        "source": cell.source,
        "html": html,
        "heading": "",
        "empty": not cell.source.strip(),
    }


def prose(source: str, cell_id: str) -> dict[str, str]:
    """A prose cell in both languages: Indonesian as it stands, English from its `<!-- lang:en` comment.

    >>> prose("## Sumber\\n\\n<!-- lang:en\\n## Sources\\n-->", "sources")
    {'id': '## Sumber', 'en': '## Sources'}
    """
    english = _ENGLISH.findall(source)
    if len(english) != 1 or not english[0].strip():
        raise PageError(f"prose cell {cell_id} needs its English in one comment: <!-- lang:en … -->")
    return {"id": _ENGLISH.sub("", source).strip(), "en": english[0].strip()}


def _output(output: NotebookNode, cell_id: str, place: Place, language: str) -> str:
    if output.output_type == "stream":
        return Markup('<pre tabindex="0">{}</pre>').format(_TERMINAL.sub("", output.text))
    if output.output_type == "error":
        raise PageError(f"cell {cell_id} ended in {output.ename}: {output.evalue}")
    data = output.data
    if BILINGUAL in data:
        return _shown(data, place, language, cell_id)
    if any(kind.startswith("image/") for kind in data):
        raise PageError(
            f"cell {cell_id} draws an image without a text in both languages; draw it with a function of analysis.charts"
        )
    if "text/html" in data:
        cleaned = _cleaned(_text_or_json(data["text/html"]), cell_id)
        return f'<div class="table" tabindex="0" role="region" aria-label="{escape(cell_id)}">{cleaned}</div>'
    if "text/markdown" in data:
        return _markdown(_text_or_json(data["text/markdown"]))
    text = _TERMINAL.sub("", _text_or_json(data.get("text/plain", "")))
    return Markup('<pre tabindex="0">{}</pre>').format(text) if text.strip("'\" \n") else ""


def _text_or_json(shown: Any) -> str:
    """What stands under a text's type in an output; a cell can put anything there."""
    return shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)


def _cleaned(html: str, cell_id: str) -> str:
    """A DataFrame's HTML, say: its table is kept, styles and whatever data might have smuggled in are not.

    What only looks like a tag, as in the head of a styled table, which pandas doesn't escape, is shown as the text it is: to a
    parser `<script>` would be the end of the table.
    """
    if len(html) > _MOST_HTML:
        raise PageError(f"cell {cell_id} shows {len(html):,} characters of HTML; at most {_MOST_HTML:,} are looked at")
    parts = _TABLE.split(harmless(html), 1)
    for at, part in enumerate(parts):
        if at != 1:
            part = re.sub(r"<(style|script)\b.*?</\1\s*>", "", part, flags=re.DOTALL | re.IGNORECASE)
        tag = _ALLOWED if at == 1 else _WELL_FORMED
        parts[at] = re.sub(
            "<", lambda found, tag=tag, part=part: "<" if tag.match(part, found.start()) else "&lt;", part
        )
    return bleach.clean("".join(parts), _TAGS, _ATTRIBUTES, strip=True)


def _markdown(text: str, cell: NotebookNode | None = None) -> str:
    """Markdown as HTML, with the pictures pasted into `cell`; HTML inside is shown literally, because it may have come from data.

    Formulas aren't known: "US$5 *sampai* US$6" has none, and a page has nothing to set them with.
    """
    pictures = _pasted(text, cell) if cell else {}
    renderer = IPythonRenderer(escape=True, exclude_anchor_links=True, attachments=pictures)
    return MarkdownWithMath(renderer, BlockParser(), InlineParser(hard_wrap=False)).render(text)


def _pasted(text: str, cell: NotebookNode) -> dict[str, dict[str, str]]:
    """The pictures pasted into a prose cell, by name: type and base64."""
    pasted = {}
    for name in re.findall(r"attachment:([^\s)\"'>]+)", text):
        held = cell.get("attachments", {}).get(unquote(name), cell.get("attachments", {}).get(name))
        if held is None:
            raise PageError(f"cell {cell.id}: there is no picture {name} in it any more; paste it again")
        kinds = [kind for kind in _PICTURES if kind in held]
        if not kinds:
            raise PageError(f"cell {cell.id}: {name} is {', '.join(held)}; a page can hold PNG, JPEG, GIF and WebP")
        pasted[name] = {kinds[0]: "".join(_text_or_json(held[kinds[0]]).split())}
    return pasted


def _shown(data: Mapping[str, Any], place: Place, language: str, cell_id: str) -> str:
    bundle = data[BILINGUAL]
    mine = bundle[language]
    note = mine.get("note", "")
    if 'href="#cited-' in mine.get("html", "") + note:
        raise PageError(f"cell {cell_id} cites sources that have no number; show it through the page: page.show(…)")
    if bundle["kind"] == "sentence":
        return mine["html"] + note
    if bundle["kind"] == "sources":
        return mine["html"]
    if bundle["kind"] == "table":
        return f'<div class="table" tabindex="0" role="region" aria-label="{escape(mine["title"])}">{mine["html"]}</div>{note}'
    svg = data["image/svg+xml"] if bundle["language"] == language else data[OTHER_SVG]
    drawing = on_page(svg, bundle["name"], mine["title"], mine["alt"])
    file = _csv_name(Path(place.path).name, bundle)
    encoded = base64.b64encode(csv_of(bundle["data"]).encode()).decode()
    words = {"id": "Data di balik gambar ini (CSV)", "en": "The data behind this figure (CSV)"}[language]
    link = f'<a class="data" download="{escape(file)}" href="data:text/csv;base64,{encoded}">{words}</a>'
    return f"<figure>{drawing}<figcaption>{escape(mine['title'])}. {link}{note}</figcaption></figure>"


def _csv_name(stem: str, bundle: Mapping[str, Any]) -> str:
    return f"{stem}.{bundle['name']}.csv"


def csv_files(notebook: NotebookNode, stem: str) -> dict[str, str]:
    """The data behind everything the notebook shows: CSV text by file name, which begins with `stem`."""
    return {_csv_name(stem, b): csv_of(b["data"]) for b in bundles(notebook) if b["data"]["columns"]}


def csv_of(data: Mapping[str, list]) -> str:
    r"""Columns and rows as CSV, harmless in a spreadsheet: a text that would start a formula gets an apostrophe.

    >>> csv_of({"columns": ["title", "n"], "rows": [["=1+1", -5]]})
    "title,n\r\n'=1+1,-5\r\n"
    """
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(data["columns"])
    writer.writerows([_harmless(value) for value in row] for row in data["rows"])
    return out.getvalue()


def _harmless(value: Any) -> Any:
    if isinstance(value, list):
        return _harmless("; ".join(map(str, value)))
    return f"'{value}" if isinstance(value, str) and value.startswith(_CURSED) else value


def _checked(html: str, language: str, cells: Sequence[Mapping[str, Any]] = ()) -> str:
    """The page, if nothing in it would be fetched or run, and it can be mailed; `cells` to say which is to blame."""
    if found := _unsafe(html):
        blamed = next((f"cell {cell['id']}: " for cell in cells if _unsafe(cell["html"])), "")
        raise PageError(
            f"{blamed}the {language} page would load or run something, or holds what isn't known here: {found[:80]!r}; "
            "pages are self-contained, and pictures pasted in"
        )
    if (size := _size(html)) > MOST_BYTES:
        largest = max(((_size(cell["html"]), cell["id"]) for cell in cells), default=None)
        most = f"; {largest[0]:,} of them are of cell {largest[1]}" if largest else ""
        raise PageError(
            f"the {language} page has {size:,} bytes; at most {MOST_BYTES:,} can be mailed and read on a phone{most}"
        )
    return html


def _unsafe(html: str) -> str:
    """The first that would be fetched or run, or isn't known, and all that follows; "" where there is none."""
    return html[_SAFE.match(html).end() :]  # type: ignore[union-attr]  # nothing at all matches, too


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def in_language(notebook: NotebookNode, language: str) -> NotebookNode:
    """The executed notebook as JupyterLab shows it in `language`."""
    copy = nbformat.from_dict(notebook)
    for cell in copy.cells:
        for output in cell.get("outputs", []):
            if BILINGUAL in output.get("data", {}):
                _turn(output.data, language)
    return copy


def _turn(data: dict[str, Any], language: str) -> None:
    bundle = data[BILINGUAL]
    if bundle["language"] == language:
        return
    data["text/plain"] = bundle[language]["text"]
    if "image/svg+xml" in data:
        data["image/svg+xml"], data[OTHER_SVG] = data[OTHER_SVG], data["image/svg+xml"]
    else:
        data["text/html"] = bundle[language]["html"] + bundle[language].get("note", "")
    bundle["language"] = language
