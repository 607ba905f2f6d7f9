"""Both languages say the same thing, numbers are written as each language does, and nothing is HTML by accident."""

import re

import pandas as pd
import pytest

from analysis.backtest import METHODS
from analysis.page import Page
from analysis.projection.plan import FUNDS
from analysis.scenarios.levers import LEVERS
from analysis.schema import GlossaryError
from analysis.tables.column import counted, text
from analysis.tables.table import table
from analysis.words import (
    BILINGUAL,
    TERMS,
    Shown,
    count,
    month,
    percent,
    printed,
    rupiah,
    rupiah_short,
    rupiah_span,
    term,
)
from analysis.words.language import glossary


def test_a_missing_translation_is_an_error():
    with pytest.raises(ValueError, match="lacks its English"):
        Page().say("x", id="Cakupan naik.", en=" ")


def test_languages_that_use_different_values_are_an_error():
    with pytest.raises(ValueError, match="different values: workers"):
        Page().say("x", id="{rate:percent}", en="{rate:percent} of {workers:count}", rate=0.2, workers=3)


def test_a_value_that_was_not_passed_is_an_error():
    with pytest.raises(KeyError, match="needs a value for rate"):
        Page().say("x", id="{rate:percent}", en="{rate:percent}")


def test_an_unknown_kind_of_value_is_an_error():
    with pytest.raises(ValueError, match="there is count"):
        Page().say("x", id="{rate:persen}", en="{rate:persen}", rate=0.2)


def test_values_and_text_are_never_html():
    shown = Page().say("x", id="<b>{a}</b> **{a}**", en="<b>{a}</b> **{a}**", a="<script>alert(1)</script>**")
    assert "<script>" not in shown.html["id"] and "<b>" not in shown.html["id"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown.html["en"]
    assert shown.html["en"].count("<strong>") == 1


def test_a_sentence_that_does_not_hold_shows_nothing():
    assert Page().say("x", id="a", en="b", when=False)._repr_mimebundle_() == {"text/plain": ""}


def test_the_reader_sees_one_language_and_the_page_gets_both():
    bundle = Page(language="en").say("x", id="{n:count} orang", en="{n:count} people", n=731991)._repr_mimebundle_()
    assert bundle["text/plain"] == "731,991 people"
    assert bundle[BILINGUAL]["id"]["text"] == "731.991 orang"
    assert bundle[BILINGUAL]["values"] == {"n": 731991}


def test_something_shown_in_one_language_is_an_error():
    with pytest.raises(ValueError, match="not in both languages"):
        Shown("table", "x", text={"id": "a"})


@pytest.mark.parametrize(
    ("share", "indonesian", "english"),
    [
        (0.2679, "26,79 %", "26.79%"),
        (0.156012, "15,60 %", "15.60%"),
        (0.0508, "5,08 %", "5.08%"),
        (0.00005, "0,01 %", "0.01%"),  # halves go up: Babel alone would give 0,00
        (0.12345, "12,35 %", "12.35%"),
        (1, "100,00 %", "100.00%"),
        (pd.NA, "tidak diketahui", "unknown"),
        (float("nan"), "tidak diketahui", "unknown"),
        ("not defined", "tidak terdefinisi", "not defined"),
    ],
)
def test_rates(share, indonesian, english):
    assert percent(share, "id").replace("\xa0", " ") == indonesian
    assert percent(share, "en") == english


def test_counts_and_dates():
    assert (count(731991, "id"), count(731991, "en"), count(pd.NA, "id")) == ("731.991", "731,991", "tidak diketahui")
    assert (month("2023-12", "id"), month("2023-12", "en")) == ("Desember 2023", "December 2023")
    assert (month("2024-H1", "id"), month("2024-H1", "en")) == ("semester 1, 2024", "half 1, 2024")
    assert month("date not shown", "en") == "date not shown"


def test_a_rounded_figure_stays_as_it_was_printed():
    assert printed("1,7 orang", "en") == "“1,7\xa0orang”"
    assert printed("716.375; 760.468", "en") == "716,375 / 760,468"


WRONG_TERMS = {
    "missing": ('[PU]\nid = "Penerima upah"', "the term 'PU' lacks its English; write en = "),
    "empty": ('[PU]\nid = " "\nen = "Wage earners"', "the term 'PU' lacks its Indonesian; write id = "),
    "no text": ('[PU]\nid = 5\nen = "Wage earners"', "the term 'PU' lacks its Indonesian; write id = "),
    "unknown key": ('[PU]\nid = "a"\nen = "b"\nenn = "c"', "a key of the term 'PU' is 'enn'; did you mean en?"),
    "without quotes": (
        '[usual.lapse]\nid = "a"\nen = "b"',
        "the term 'usual.lapse' has a dot; write [\"usual.lapse\"]",
    ),
    "no term": ('id = "a"\nen = "b"', "'id' stands before the first term"),
    "no TOML": ("[labour force]", "this isn't TOML in UTF-8: Expected ']'"),
    "twice": ('[PU]\nid = "a"\nen = "b"\n[PU]\nid = "a"', "Cannot declare ('PU',) twice (at line 4"),
    "no UTF-8": ('[PU]\nid = "a\udce9"', "this isn't TOML in UTF-8: 'utf-8' codec can't decode byte 0xe9"),
}


@pytest.mark.parametrize(("text", "says"), WRONG_TERMS.values(), ids=WRONG_TERMS.keys())
def test_a_term_that_is_not_whole_is_named_with_its_file(text, says):
    with pytest.raises(GlossaryError, match=re.escape("analysis/words/glossary.toml: ")) as refused:
        glossary(text.encode("utf-8", "surrogateescape"))
    assert says in str(refused.value)


def test_the_glossary_may_be_saved_on_any_system():
    assert glossary(b'\xef\xbb\xbf[PU]\r\nid = "a"\r\nen = "b"\r\n') == {"PU": ("a", "b")}
    assert term("uncovered", "id") == "Belum tercakup"


def test_a_table_has_a_caption_scopes_and_no_html_from_data():
    rows = pd.DataFrame({"province": ["<script>alert(1)</script>"], "covered": [5]})
    html = table("x", rows, [text("province"), counted("covered")], id="Judul", en="Title", note=False).html["en"]
    assert "<caption>Title</caption>" in html
    assert html.count('scope="col"') == 2 and html.count('scope="row"') == 1
    assert "<script>" not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (1_856_400_000, "Rp1,86 miliar", "Rp1.86 billion"),  # printed as Rp1,86 miliar by Lampung's government
        (10_080_000_000, "Rp10,1 miliar", "Rp10.1 billion"),
        (174_000_000, "Rp174 juta", "Rp174 million"),
        (2_500_000_000_000, "Rp2,50 triliun", "Rp2.50 trillion"),
        (2_500_000_000_000_000, "Rp2.500 triliun", "Rp2,500 trillion"),  # no word beyond triliun
        (999_499_999, "Rp999 juta", "Rp999 million"),
        (999_500_000, "Rp1,00 miliar", "Rp1.00 billion"),  # rounds up into the next word
        (1_855_000_000, "Rp1,86 miliar", "Rp1.86 billion"),  # halves go up
        (999_999, "Rp1,00 juta", "Rp1.00 million"),
        (16_800, "Rp16.800", "Rp16,800"),
        (0, "Rp0", "Rp0"),
        (-1_856_400_000, "−Rp1,86 miliar", "−Rp1.86 billion"),
        (pd.NA, "tidak diketahui", "unknown"),
        ("not defined", "tidak terdefinisi", "not defined"),
    ],
)
def test_money_in_short(value, indonesian, english):
    assert rupiah_short(value, "id").replace("\xa0", " ") == indonesian
    assert rupiah_short(value, "en").replace("\xa0", " ") == english


def test_money_in_full():
    assert (rupiah(1_856_400_000, "id"), rupiah(1_856_400_000, "en")) == ("Rp1.856.400.000", "Rp1,856,400,000")
    assert (rupiah(0.5, "en"), rupiah(-16_800, "id"), rupiah(pd.NA, "id")) == ("Rp1", "−Rp16.800", "tidak diketahui")
    shown = Page().say("x", id="{a:rupiah} {a:rupiah_short}", en="{a:rupiah} {a:rupiah_short}", a=2_000_000)
    assert shown.text["id"].replace("\xa0", " ") == "Rp2.000.000 Rp2,00 juta"


def test_a_span_of_money_names_a_common_scale_once():
    assert rupiah_span(1e9, 2e9, "en") == "Rp1.00–2.00\xa0billion"
    assert rupiah_span(16_800, 36_800, "id") == "Rp16.800–36.800"
    assert rupiah_span(-1e9, 2e9, "en") == "−Rp1.00\xa0billion to Rp2.00\xa0billion"
    assert rupiah_span(5, 5, "en") == "Rp5"


def test_every_lever_parameter_unit_method_and_verdict_has_its_words():
    keys = {unit for spec in LEVERS.values() for parameter in spec.parameters.values() for unit in parameter.units}
    keys |= {f"{lever}.{parameter}" for lever, spec in LEVERS.items() for parameter in spec.parameters}
    keys |= {f"{lever}.capacity" for lever, spec in LEVERS.items() if spec.reaches}
    keys |= {lever for lever in LEVERS if lever != "usual"} | {*FUNDS, *METHODS, "persons per year"}
    keys |= {"met", "missed", "within the bounds", "not known", "ahead", "of the nation", "year not stated"}
    keys |= {"reachable", "unreachable", "already reached"}
    assert not sorted(keys - set(TERMS))
