"""Sentences in Indonesian and English, filled from the same values, and what stands below what is shown."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from string import Formatter
from typing import Any, cast

import pandas as pd
from markupsafe import Markup, escape

from analysis.schema import NOTHING, Facts
from analysis.words.language import (
    LANGUAGES,
    count,
    growth,
    harmless,
    month,
    months,
    percent,
    points,
    rupiah,
    rupiah_short,
    signed,
    term,
)
from analysis.words.press import printed, printed_percent, statements, taken
from analysis.words.shown import Shown

_KINDS: dict[str, Callable[[object, str], str]] = {
    "count": count,
    "percent": percent,
    "percents": lambda share, language: percent(share, language, 0),
    "percent_short": lambda share, language: percent(share, language, 1),
    "month": month,
    "months": months,
    "term": term,
    "printed": printed,
    "printed_percent": printed_percent,
    "points": points,
    "points_alone": lambda share, language: points(share, language, unit=False),
    "growth": growth,
    "signed": signed,
    "rupiah": rupiah,
    "rupiah_short": rupiah_short,
    "statements": statements,
    "taken": taken,
    "both": lambda value, language: str(cast(Sequence[str], value)[LANGUAGES.index(language)]),
    "": lambda value, language: str(value),
}


def sentence(
    name: str, *, id: str, en: str, values: Mapping[str, Any] | None = None, facts: Facts | None = None
) -> Shown:
    r"""One sentence in Indonesian and English, filled from the same values; nothing without `values`.

    A value is placed as `{covered:count}`, `{rate:percent}`, `{as_of:month}`, `{base:term}`, `{title:both}` (a
    pair: Indonesian, English), `{place}`, or, of a row that was given by name, `{highest.rate:percent}`; `**bold**` is the only
    markup, and values are never taken as HTML. What `facts` hold stands below.

    Raises ValueError when a translation is missing or the two sentences use different values, and
    KeyError for a value that was not given.

    >>> s = sentence("answer", id="**{rate:percent}** dari {n:count}", en="**{rate:percent}** of {n:count}",
    ...              values={"rate": 0.2679, "n": 2732329})
    >>> s.text["en"], s.html["id"]
    ('26.79% of 2,732,329', '<p class="sentence"><strong>26,79\xa0%</strong> dari 2.732.329</p>')
    """
    templates = {"id": id, "en": en}
    used = {language: set(fields(text)) for language, text in templates.items()}
    if not id.strip() or not en.strip():
        raise ValueError(f"sentence {name!r} lacks its {'Indonesian' if not id.strip() else 'English'}")
    if used["id"] != used["en"]:
        odd = ", ".join(sorted(used["id"] ^ used["en"]))
        raise ValueError(f"the two languages of sentence {name!r} use different values: {odd}")
    if values is None:
        return Shown("sentence", name, text={})
    if missing := sorted(field for field in used["id"] if field.partition(".")[0] not in values):
        raise KeyError(f"sentence {name!r} needs a value for {', '.join(missing)}")
    filled = {field: _of_row(values, field) for field in sorted(used["id"])}
    html = {
        lang: Markup('<p class="sentence">{}</p>').format(fill(text, filled, lang)) for lang, text in templates.items()
    }
    text = {lang: Markup(html[lang]).striptags() for lang in LANGUAGES}
    strings = {language: str(text) for language, text in html.items()}
    note = footnote(facts) if facts else {}
    return Shown("sentence", name, text, strings, note=note, values=filled, facts=facts or NOTHING)


def _of_row(values: Mapping[str, Any], field: str) -> Any:
    """A value, or a column of the first of the rows that were given as a value."""
    name, _, column = field.partition(".")
    value = values[name]
    if not column:
        return value
    return (value.iloc[0] if isinstance(value, pd.DataFrame) else value)[column]


def fields(template: str) -> dict[str, str]:
    """The values that a sentence has places for, and how each is written; ValueError where that is no way to write one.

    >>> fields("{covered:count} / {workers:count} = {rate:percent}")
    {'covered': 'count', 'workers': 'count', 'rate': 'percent'}
    """
    found = {name: kind or "" for _, name, kind, _ in Formatter().parse(template) if name}
    for name, kind in found.items():
        if kind not in _KINDS:
            raise ValueError(f"{{{name}:{kind}}}: there is {', '.join(k for k in _KINDS if k)}")
    return found


_TO_PAGE = re.compile(r"\[([^\[\]]+)\]\(([A-Za-z0-9_-]+)\)")


def fill(template: str, values: Mapping[str, object], language: str) -> Markup:
    """A sentence of one language with its values in their places; KeyError for a value that was not given.

    Words in brackets with a report's name lead to its page of the same place; a value is text, whatever stands in it.

    >>> str(fill("**{rate:percent}** of {n:count}", {"rate": 0.2679, "n": 2732329}, "en"))
    '<strong>26.79%</strong> of 2,732,329'
    >>> str(fill("See [the page on costs](costs).", {}, "en"))
    'See <a href="costs.html">the page on costs</a>.'
    """
    out = Markup()
    for literal, name, kind, _ in Formatter().parse(
        harmless(template).replace("**", "\0")
    ):  # the marks survive escaping
        out += Markup(_TO_PAGE.sub(r'<a href="\2.html">\1</a>', str(escape(literal))))
        if name:
            out += escape(harmless(_KINDS[kind or ""](values[name], language)))
    pieces = str(out).split("\0")
    bold = [piece if i % 2 == 0 else f"<strong>{piece}</strong>" for i, piece in enumerate(pieces)]
    return Markup("".join(bold))


def cited(source_ids: Iterable[str]) -> Markup:
    """Links to sources by their keys, beside each other; the page that shows them puts numbers in.

    >>> str(cited(["bps"]))
    '<a href="#cited-bps">[bps]</a>'
    """
    return Markup(" ").join(Markup('<a href="#cited-{0}">[{0}]</a>').format(key) for key in source_ids)


def footnote(facts: Facts) -> dict[str, str]:
    """Dates, confidence and sources as one line a language, to stand below what rests on them.

    >>> footnote(Facts(("2023-12",), ("2023-12",), "high", ("bps",)))["en"][:55]
    '<p class="note">As of December 2023 · confidence high ·'
    """
    if facts == NOTHING:
        return {}
    lines = {}
    for language, line, same, source in (
        (
            "id",
            "Peserta per {people}, pekerja per {workers} · keandalan {level}",
            "Per {people} · keandalan {level}",
            "sumber",
        ),
        (
            "en",
            "Participants as of {people}, workers as of {workers} · confidence {level}",
            "As of {people} · confidence {level}",
            "source",
        ),
    ):
        text = (same if facts.as_of == facts.workers_as_of else line).format(
            people=", ".join(month(date, language) for date in facts.as_of),
            workers=", ".join(month(date, language) for date in facts.workers_as_of),
            level=term(facts.confidence, language),
        )
        links = (
            Markup('<a href="#cited-{0}" aria-label="[{0}] {1} {0}">[{0}]</a>').format(key, source)
            for key in facts.source_ids
        )
        lines[language] = str(Markup('<p class="note">{} · {}</p>').format(text, Markup(" ").join(links)))
    return lines
