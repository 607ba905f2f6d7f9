"""What JupyterLab shows, and the page takes from the notebook: one thing in both languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.schema import NOTHING, Facts
from analysis.words.language import LANGUAGES, harmless, missing

BILINGUAL = "application/vnd.cakupan.bilingual+json"
OTHER_SVG = "application/vnd.cakupan.other-svg"


@dataclass(frozen=True)
class Shown:
    """One thing on the page, in both languages: a sentence, a table or a chart.

    `html` and `text` hold it by language; `svg` a drawing by language (a chart has no html, so
    that JupyterLab shows the drawing); `note` what stands below it, by language. `values` are the
    published numbers by name, `facts` what they rest on, and `data` the rows behind it, for the record and
    the CSV file. `language` is the one that JupyterLab shows. Without any text it shows nothing.
    """

    kind: str
    name: str
    text: Mapping[str, str]
    html: Mapping[str, str] = field(default_factory=dict)
    svg: Mapping[str, str] = field(default_factory=dict)
    title: Mapping[str, str] = field(default_factory=dict)
    alt: Mapping[str, str] = field(default_factory=dict)
    note: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    facts: Facts = NOTHING
    data: Sequence[Mapping[str, Any]] = ()
    language: str = "id"

    def __post_init__(self) -> None:
        for part in (self.text, self.html, self.svg, self.title, self.alt, self.note):
            if part and set(part) != set(LANGUAGES):
                raise ValueError(f"{self.kind} {self.name!r} is not in both languages: {sorted(part)}")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        reader, other = self.language, LANGUAGES[1 - LANGUAGES.index(self.language)]
        if not self.text:  # a sentence that doesn't hold for this place
            return {"text/plain": ""}
        both = {
            language: {
                part: harmless(values[language])
                for part, values in (
                    ("html", self.html),
                    ("text", self.text),
                    ("title", self.title),
                    ("alt", self.alt),
                    ("note", self.note),
                )
                if values
            }
            for language in LANGUAGES
        }
        bundle: dict[str, Any] = {
            BILINGUAL: {
                "kind": self.kind,
                "name": self.name,
                "language": reader,
                **both,
                "values": _for_json(dict(self.values)),
                "about": self.facts.about() if self.facts != NOTHING else {},
                "data": _columns_and_cells(self.data),
            },
            "text/plain": self.text[reader],
        }
        if self.svg:
            return bundle | {"image/svg+xml": self.svg[reader], OTHER_SVG: self.svg[other]}
        return bundle | {"text/html": self.html[reader] + self.note.get(reader, "")}


def _columns_and_cells(rows: Sequence[Mapping[str, Any]]) -> dict[str, list]:
    """Rows as columns and cells: a notebook file sorts the keys of an object, and order matters in a table."""
    columns = list(rows[0]) if rows else []
    return {"columns": _for_json(columns), "rows": [[_for_json(row[column]) for column in columns] for row in rows]}


def _for_json(value: Any) -> Any:
    """`value` as JSON can hold it: missing becomes null, numpy and pandas numbers become Python's."""
    if isinstance(value, Mapping):
        return {str(key): _for_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_for_json(item) for item in value]
    if missing(value):
        return None
    if isinstance(value, str):
        return harmless(value)
    item = value.item() if hasattr(value, "item") else value
    # Fewer digits than a division has, so that its last bits are not part of what is published; of a share more than any page
    # prints, so that the index rounds what the page rounds (17.93496 % is 17.93, not 17.94).
    return round(item, 12 if abs(item) < 1 else 6) if isinstance(item, float) else item
