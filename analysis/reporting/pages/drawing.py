"""A chart's SVG made fit for a page: readable in both colour schemes, by a screen reader, and inline.

matplotlib writes for a file of its own. On a page its ids collide with those of the next chart, its
`style` attributes are blocked by a strict content policy, and black text vanishes in dark mode.
"""

import re
from xml.etree import ElementTree

_SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"
_LONG = re.compile(r"-?\d+\.\d{3,}")
_FONT = re.compile(r"(?P<weight>bold |700 |normal |400 )?(?P<size>[\d.]+)px .*")


def on_page(svg: str, name: str, title: str, alt: str) -> str:
    """The drawing with its ids prefixed by `name`, `title` and `alt` for screen readers, and no styles."""
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
    for element in root.iter():
        _restyle(element)
        _prefix(element, name)
    width, height = root.attrib.pop("width"), root.attrib.pop("height")
    root.attrib |= {
        "viewBox": root.get("viewBox", f"0 0 {width.rstrip('pt')} {height.rstrip('pt')}"),
        "fill": "currentColor",
        "role": "img",
        "aria-labelledby": f"{name}-title {name}-alt",
    }
    for at, (tag, text) in enumerate((("title", title), ("desc", alt))):
        element = ElementTree.Element(f"{{{_SVG}}}{tag}", {"id": f"{name}-{'title' if tag == 'title' else 'alt'}"})
        element.text = text
        root.insert(at, element)
    return ElementTree.tostring(root, encoding="unicode")


def _restyle(element: ElementTree.Element) -> None:
    """`style` as presentation attributes; black as the text colour, white paper as nothing."""
    styles = dict(part.split(":", 1) for part in element.attrib.pop("style", "").split(";") if ":" in part)
    for key, value in ((key.strip(), value.strip()) for key, value in styles.items()):
        if key == "font" and (font := _FONT.fullmatch(value)):
            element.set("font-size", font["size"])
            if font["weight"] and font["weight"].strip() in ("bold", "700"):
                element.set("font-weight", "bold")
        elif key != "font-family":
            element.set(key, value)
    for key in ("fill", "stroke"):
        if element.get(key) in ("#000000", "black"):
            element.set(key, "currentColor")
        if element.get(key) in ("#ffffff", "white"):
            element.set(key, "none")
    for key in ("d", "transform", "x", "y", "width", "height"):
        if key in element.attrib and key != "id":
            element.set(key, _LONG.sub(lambda found: f"{float(found[0]):.2f}", element.attrib[key]))


def _prefix(element: ElementTree.Element, name: str) -> None:
    if "id" in element.attrib:
        element.set("id", f"{name}-{element.attrib['id']}")
    if target := element.attrib.pop(_HREF, ""):
        element.set("href", f"#{name}-{target.removeprefix('#')}")
    for key, value in element.attrib.items():
        if "url(#" in value:
            element.set(key, value.replace("url(#", f"url(#{name}-"))
