"""The page being written: what it knows, what a sentence takes, and how sources get their numbers."""

import pandas as pd
import pytest

from analysis.page import Page
from analysis.reporting import runner
from analysis.schema import Facts
from analysis.words import Shown, cited

SOURCES = pd.DataFrame(
    {"source_id": list("abc"), "title": ["A", "B", "C"], "url": "", "published": "2024", "seen_as": "page"}
).assign(institution="", document="", document_id="")


def rows_of(*sources, **columns):
    return pd.DataFrame({"n": [1]} | columns).assign(facts=Facts(("2023-12",), (), "high", sources))


def said(page, rows, **given):
    return page.say("x", id="{n}", en="{n}", rows=rows, **given)


def numbers(shown):
    return [part.partition("]")[0] for part in shown.note["en"].split(">[")[1:]]


def test_sources_are_numbered_when_first_cited_and_listed_at_the_end():
    page = Page(sources=SOURCES)
    assert numbers(said(page, rows_of("c", "a"))) == ["1", "2"]
    assert numbers(said(page, rows_of("b", "a"))) == ["2", "3"]  # those beside each other in order
    assert numbers(said(page, rows_of("c", "a"))) == ["1", "2"]  # the same cell again
    assert [(row["number"], row["source_id"]) for row in page.sources().data] == [(1, "c"), (2, "a"), (3, "b")]
    assert page.sources().text["en"].splitlines()[0] == "[1] C · published 2024 · read: page"


def test_a_source_says_who_made_the_figure_before_what_it_was_read_through():
    made = {"institution": "BPS", "document": "Sakernas August 2024", "document_id": "Sakernas Agustus 2024"}
    page = Page(sources=SOURCES.head(2).assign(**made, seen_as=["page", "institution's own table"]))
    said(page, rows_of("a", "b"))
    first, own = page.sources().text["en"].splitlines()
    assert first == "[1] BPS, Sakernas August 2024 · read through A · published 2024 · read: page"
    assert own == "[2] BPS, Sakernas August 2024 · B · published 2024 · read: the institution's own table"
    assert page.sources().text["id"].startswith("[1] BPS, Sakernas Agustus 2024 · dibaca melalui A · terbit 2024")


def test_links_in_a_table_get_the_numbers_of_the_page():
    page = Page(sources=SOURCES)
    said(page, rows_of("b"))
    html = {language: f"<td>{cited(['a', 'b'])}</td>" for language in ("id", "en")}
    text = dict.fromkeys(("id", "en"), "Lampung [draft] | [a] [b]")
    shown = page.show(Shown("table", "t", text, html, title=text, facts=Facts(source_ids=("a", "b"))))
    assert shown.html["en"] == '<td><a href="#source-1">[1]</a> <a href="#source-2">[2]</a></td>'
    assert shown.text["en"] == "Lampung [draft] | [1] [2]"


def test_a_source_that_the_table_lacks_is_named():
    page = Page(sources=SOURCES)
    said(page, rows_of("nobody"))
    with pytest.raises(KeyError, match=r"sources.csv has no nobody"):
        page.sources()


def test_what_is_given_comes_first_then_the_row_then_what_the_page_knows():
    page = Page(sources=SOURCES, n=3, place="Bali")
    assert page.say("x", id="{n} {place}", en="{n} {place}").text["en"] == "3 Bali"
    assert page.say("x", id="{n} {place}", en="{n} {place}", rows=rows_of("a")).text["en"] == "1 Bali"
    assert page.say("x", id="{n} {place}", en="{n} {place}", rows=rows_of("a"), n=2).text["en"] == "2 Bali"
    with pytest.raises(KeyError, match="needs a value for until"):
        page.say("x", id="{until}", en="{until}")


def test_a_sentence_without_rows_or_whose_condition_fails_shows_nothing_and_cites_nothing():
    page = Page(sources=SOURCES)
    assert said(page, rows_of("a").head(0)).text == {} and said(page, rows_of("a"), when=False).text == {}
    assert said(page, rows_of("a"), note=False).note == {}
    assert len(page.sources().data) == 0


def test_a_row_can_be_read_by_its_columns_and_a_scenario_has_its_title():
    titles = pd.DataFrame({"scenario": ["steady"], "title_id": ["Biasa"], "title_en": ["As usual"]})
    page = Page(sources=SOURCES, titles=titles)
    shown = page.say(
        "x",
        id="{title:both}, {top.rate:percent}",
        en="{title:both}, {top.rate:percent}",
        rows=rows_of("a", scenario="steady"),
        top=pd.DataFrame({"rate": [0.5, 0.1]}),
    )
    assert shown.text == {"id": "Biasa, 50,00 %", "en": "As usual, 50.00%"}
    assert shown.values == {"title": ("Biasa", "As usual"), "top.rate": 0.5}


def test_the_language_is_that_of_the_reader_and_checked():
    assert Page(language="en").say("x", id="satu", en="one")._repr_mimebundle_()["text/plain"] == "one"
    with pytest.raises(ValueError, match="language is 'jv'; there is id, en"):
        Page(language="jv")


@pytest.mark.process
def test_a_table_that_was_not_shown_through_the_page_is_refused(notebook, tmp_path):
    code = """
import analysis as an
from analysis.tables.coverage import published_rates
rows = an.press.published_rates(an.read("reported_claims"), "18")
"""
    report = notebook("unnumbered", 'place: str = "x"', code, "published_rates(rows)")
    [done] = runner.render([report], tmp_path / "outputs")
    assert "cell step-3 cites sources that have no number; show it through the page: page.show(…)" in done.failure
