"""A page being written: what a notebook says goes through here, so that it knows its place, its dates and its sources.

A source gets its number when it is first cited, in the order of the page. Sentences, tables and charts name their sources by
key (`words.cited`); the page puts the numbers in. It is the one thing in this suite that remembers: run a notebook from its top,
and equal cells give equal pages.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
from markupsafe import Markup

from analysis import data
from analysis.schema import facts_of
from analysis.words import LANGUAGES, Shown, month, sentence, term

_LINK = r'<a href="#cited-([^"]+)"(?: aria-label="\[[^"]*\] (\w+) [^"]*")?>\[[^\]]*\]</a>'
_LINKS = re.compile(f"{_LINK}(?: {_LINK})*")


class Page:
    """What a notebook writes to: `say` a sentence, `show` a table or a chart, and at the end `sources`.

    `language` is the one that JupyterLab shows ("id" or "en"; pages always come in both), `titles` those of scenarios, `sources`
    the table of that name (that of `data/`, if none is given), and `known` what sentences may name without being given it: place, period, until … ValueError for a language there isn't.

    >>> page = Page(place="Lampung")
    >>> page.say("answer", id="{place}: **{rate:percent}**", en="{place}: **{rate:percent}**", rows=here.tail(1)).text["en"]
    'Lampung: 15.60%'
    """

    def __init__(
        self,
        *,
        language: str = "id",
        titles: pd.DataFrame | None = None,
        sources: pd.DataFrame | None = None,
        **known: object,
    ) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"language is {language!r}; there is {', '.join(LANGUAGES)}")
        self._language, self._titles, self._sources, self._known = language, titles, sources, known
        self._numbers: dict[str, int] = {}

    def say(
        self,
        name: str,
        *,
        id: str,
        en: str,
        rows: pd.DataFrame | None = None,
        when: object = True,
        note: bool = True,
        **values: object,
    ) -> Shown:
        r"""One sentence in Indonesian and English, filled from the same values (see `words.sentence`).

        What isn't given is taken from the first of `rows`, then from what the page knows. The dates, the confidence and the
        sources of `rows` stand below, unless `note` is False. Without rows, where `rows` are given, and where `when`
        doesn't hold, nothing is shown. A sentence that holds in some places only is a cell of its own with `when`: so its two
        languages stay together and the notebook needs no `if`. `[halaman biaya](costs)` leads to the place's page of that report.

        >>> Page().say("none", id="{rate:percent}", en="{rate:percent}", rows=here.head(0)).text
        {}
        """
        if not when or (rows is not None and rows.empty):
            return sentence(name, id=id, en=en)
        own = {} if rows is None else {str(key): value for key, value in rows.iloc[0].items()}
        if self._titles is not None and "scenario" in own:
            named = self._titles.set_index("scenario").loc[own["scenario"]]
            own |= {"title": (named["title_id"], named["title_en"])}
        facts = facts_of(rows) if rows is not None and note and "facts" in rows else None
        return self.show(sentence(name, id=id, en=en, values=self._known | own | values, facts=facts))

    def show(self, shown: Shown) -> Shown:
        """A table or a chart with its sources numbered: what `analysis.tables` and `analysis.charts` give.

        >>> from analysis.tables.coverage import place
        >>> Page().show(place(here)).note["en"][-57:]
        '<a href="#source-2" aria-label="[2] source 2">[2]</a></p>'
        """
        for source in shown.facts.source_ids:
            self._numbers.setdefault(source, len(self._numbers) + 1)
        html, note = ({lang: self._linked(text) for lang, text in part.items()} for part in (shown.html, shown.note))
        text = {lang: self._named(said, shown.facts.source_ids) for lang, said in shown.text.items()}
        return replace(shown, language=self._language, text=text, html=html, note=note)

    def made_by(self, rows: pd.DataFrame) -> tuple[str, str]:
        """Who made the figures of some rows and through what they were read, in Indonesian and English, by their sources.

        >>> Page().made_by(workers)[1]
        'BPS, Sakernas August 2023, read through den-econ/phk_dashboard data/clean_data/annual_full.csv (PHK early-warning panel, province x year)'
        """
        known = self._known_sources().loc[list(facts_of(rows).source_ids)].to_dict("records")
        said = {}
        for language, words in (("id", "dibaca melalui"), ("en", "read through")):
            unnamed = {"id": "pembuatnya tidak disebut", "en": "maker not named"}[language]
            parts = [
                f"{_maker(source, language) or unnamed}, {source['title']}"
                if source["seen_as"] == "institution's own table"
                else f"{_maker(source, language) or unnamed}, {words} {source['title']}"
                for source in known
            ]
            said[language] = "; ".join(dict.fromkeys(parts))
        return said["id"], said["en"]

    def _known_sources(self) -> pd.DataFrame:
        return (data.read("sources") if self._sources is None else self._sources).set_index("source_id")

    def _linked(self, html: str) -> str:
        """Links to sources by their numbers, those beside each other in order."""

        def numbered(links: re.Match) -> str:
            found = sorted((self._numbers[key], word) for key, word in re.findall(_LINK, links[0]))
            return " ".join(_number_link(number, word) for number, word in found)

        return _LINKS.sub(numbered, html)

    def _named(self, text: str, source_ids: tuple[str, ...]) -> str:
        if not source_ids:
            return text
        key = r"\[(" + "|".join(map(re.escape, source_ids)) + r")\]"
        return re.sub(
            f"{key}(?: {key})*",
            lambda keys: " ".join(f"[{n}]" for n in sorted(self._numbers[i] for i in re.findall(key, keys[0]))),
            text,
        )

    def sources(self) -> Shown:
        """The numbered list of the sources cited above, and for the record the files of `data/` that were read.

        KeyError for a source that the table doesn't hold.

        >>> page = Page()
        >>> _ = page.say("x", id="{rate:percent}", en="{rate:percent}", rows=here)
        >>> [row["number"] for row in page.sources().data]
        [1, 2]
        """
        known = self._known_sources()
        if missing := [key for key in self._numbers if key not in known.index]:
            raise KeyError(f"sources.csv has no {', '.join(missing)}")
        cited = known.loc[list(self._numbers)].reset_index()
        cited.insert(0, "number", list(self._numbers.values()))
        html, text = {}, {}
        for language, words in (
            ("id", ("dibaca melalui", "terbit", "yang dibaca:")),
            ("en", ("read through", "published", "read:")),
        ):
            lines = [_source(row, language, *words) for row in cited.to_dict("records")]
            html[language] = str(Markup('<ol class="sources">{}</ol>').format(Markup().join(lines)))
            text[language] = "\n".join(f"[{i}] {Markup(line).striptags()}" for i, line in enumerate(lines, 1))
        values = {"files": list(data.files_read())}
        rows = cited[["number", *_LISTED]].to_dict("records")
        return Shown("sources", "sources", text=text, html=html, values=values, data=rows, language=self._language)


def _number_link(number: int, word: str) -> str:
    label = f' aria-label="[{number}] {word} {number}"' if word else ""
    return f'<a href="#source-{number}"{label}>[{number}]</a>'


_LISTED = ["source_id", "institution", "document", "document_id", "title", "url", "published", "seen_as"]


def _maker(row: Mapping, language: str) -> str:
    """Institution and document, where the source names them."""
    document = row["document_id" if language == "id" else "document"]
    return f"{row['institution']}, {document}" if row["institution"] else ""


def _source(row: Mapping, language: str, through: str, date: str, seen: str) -> Markup:
    """Who made the figure and in what, where the source says so; then the page or file that was read."""
    url = str(row["url"])
    linked = url.startswith(("https://", "http://"))  # anything else isn't an address one should follow
    title = Markup('<a href="{}" rel="noreferrer">{}</a>').format(url, row["title"]) if linked else row["title"]
    facts = [f"{date} {month(row['published'], language)}"] if row["published"] else []
    if maker := _maker(row, language):
        read = title if row["seen_as"] == "institution's own table" else Markup("{} {}").format(through, title)
        title = Markup("{} · {}").format(maker, read)
    facts.append(f"{seen} {term(row['seen_as'], language)}")
    return Markup('<li id="source-{}">{} · {}</li>').format(row["number"], title, " · ".join(facts))
