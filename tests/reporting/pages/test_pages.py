"""The pages as a reader meets them: in real Chromium, offline, on a phone and a desktop, light and dark.

Where Chromium can't be had the tests are skipped, loudly; with CI=true a skip is a failure.
"""

import os
import re
import shutil
import warnings
from itertools import cycle
from xml.etree import ElementTree

import nbformat
import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from links import dead
from playwright.sync_api import sync_playwright

import analysis as an
from analysis import charts
from analysis.reporting import runner
from analysis.reporting.engine import forks
from analysis.reporting.manifest import Site, reports
from analysis.reporting.pages import page
from analysis.reporting.pages import site as index_of
from analysis.schema import Facts
from analysis.words import harmless

CHROMIUM = shutil.which("chromium")
REPORTS = list(dict.fromkeys(report.name for report in reports()))


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        message = "NO CHROMIUM: the pages were not tested in a browser. Install it with: apt-get install chromium"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """Opens a file of the site and watches it: what it asks for beyond itself, and what it complains of."""
    contexts = []

    def open_page(path, width=1280, scheme="light", **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.requests, page.complaints = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (page.complaints.append(dialog.message), dialog.dismiss()))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(v["id"], node["html"][:120]) for v in found for node in v["nodes"]]


@pytest.mark.parametrize("place", ["lampung", "dki-jakarta", "papua"])
@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_page_opens_without_asking_for_anything(site, visit, place, report, language):
    path = site / language / place / f"{report}.html"
    page = visit(path)
    assert page.requests == [path.as_uri()]
    assert page.complaints == []
    assert page.locator("html").get_attribute("lang") == language
    assert path.stat().st_size < 400_000


def test_the_switch_leads_to_the_same_page_in_the_other_language_and_back(site, visit):
    page = visit(site / "id/lampung/coverage.html")
    assert page.title() == "Siapa yang tercakup jaminan sosial ketenagakerjaan? · Lampung, Desember 2024 · Cakupan"
    page.click("text=English")
    assert page.title() == "Who is covered by employment social security? · Lampung, December 2024 · Cakupan"
    page.click("text=Bahasa Indonesia")
    assert page.url.endswith("/id/lampung/coverage.html")
    page.click(".brand")
    assert page.url.endswith("/index.html") and page.locator("h1").inner_text().startswith("Siapa")
    page.click("text=English")
    assert page.url.endswith("/index.en.html") and page.locator("h1").inner_text().startswith("Who")
    page.goto((site / "en/lampung/coverage.html").as_uri())
    page.click(".brand")
    assert page.url.endswith("/index.en.html")


@pytest.mark.parametrize(("width", "script"), [(1280, True), (390, True), (390, False)])
def test_the_bar_leads_to_the_other_questions_and_places(site, visit, width, script):
    page = visit(site / "en/lampung/coverage.html", width=width, java_script_enabled=script)
    question = page.get_by_role("link", name="What does it cost?")
    assert question.is_visible() == (width == 1280)
    if width == 390:
        page.click(".asks summary")
    assert page.locator("[aria-current=page]").inner_text() == "Who is covered?"
    question.click()
    assert page.url.endswith("/en/lampung/costs.html")
    assert not page.get_by_role("link", name="Papua", exact=True).is_visible()
    page.focus(".where summary")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Papua", exact=True).click()
    assert page.url.endswith("/en/papua/costs.html"), "the question stays"


def test_contents_stand_beside_the_text_on_a_screen_and_fold_below_the_answer_on_a_phone(site, visit):
    page = visit(site / "en/lampung/coverage.html")
    rail, text = page.locator(".rail nav"), page.locator("main h2").first
    assert rail.is_visible()
    assert rail.bounding_box()["x"] + rail.bounding_box()["width"] <= text.bounding_box()["x"]
    page.evaluate("scrollTo(0, 3000)")
    assert 0 <= rail.bounding_box()["y"] < 200, "it stays in view"
    page = visit(site / "en/lampung/coverage.html", width=390)
    assert not page.locator(".rail nav").is_visible()
    answer, second = (
        page.locator("main h2").nth(0).bounding_box()["y"],
        page.locator("main h2").nth(1).bounding_box()["y"],
    )
    assert answer < page.locator(".contents summary").bounding_box()["y"] < second
    page.click(".contents summary")
    page.locator(".rail a").nth(1).click()
    assert "#" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_with_everything_unfolded_on_a_phone(site, visit, scheme):
    page = visit(site / "en/papua/change.html", width=390, scheme=scheme, bypass_csp=True)
    for fold in (".where", ".asks", ".contents"):
        page.click(f"{fold} summary")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_code_is_hidden_until_it_is_asked_for(site, visit):
    page = visit(site / "en/lampung/coverage.html")
    source = page.locator(".src").first
    assert not source.is_visible()
    page.click("label[for=kode]")
    assert source.is_visible() and "province" in source.inner_text()
    page.focus("#kode")
    page.keyboard.press("Space")
    assert not source.is_visible()


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("width", [360, 1280])
def test_figures_are_visible_and_nothing_is_wider_than_the_screen(site, visit, width, report):
    executed = nbformat.read(site / f"id/lampung/{report}.ipynb", as_version=4)
    drawn = [bundle["name"] for bundle in page.bundles(executed) if bundle["kind"] == "figure"]
    shown = visit(site / f"id/lampung/{report}.html", width=width)
    figures = shown.locator("figure svg")
    assert drawn and figures.count() == len(drawn)
    for at in range(len(drawn)):
        box = figures.nth(at).bounding_box()
        assert box["width"] > 250 and box["height"] > 100
        text = figures.nth(at).locator("text").first
        assert text.is_visible()
        # Text that can be read: at least 9 px high on a phone.
        assert text.bounding_box()["height"] >= 9
    assert shown.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        f"{place}/{report}"
        for place, report in zip(cycle(["id/dki-jakarta", "en/lampung", "id/papua"]), REPORTS, strict=False)
    ],
)
def test_axe_finds_no_violation_with_code_shown(site, visit, scheme, path):
    page = visit(site / f"{path}.html", scheme=scheme, bypass_csp=True)
    page.click("label[for=kode]")
    assert violations(page) == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_on_the_index(site, visit, scheme, width):
    for file in index_of.FILES.values():
        page = visit(site / file, width=width, scheme=scheme, bypass_csp=True)
        page.click("details.all summary")
        assert violations(page) == []


def test_charts_can_be_seen_in_the_dark(site, visit):
    page = visit(site / "id/lampung/coverage.html", scheme="dark")
    colour = page.locator("figure svg text").first.evaluate("e => getComputedStyle(e).fill")
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert colour == page.evaluate("getComputedStyle(document.documentElement).color")
    assert (colour, paper) == ("rgb(232, 237, 239)", "rgb(18, 24, 27)")


def test_figures_have_an_alternative_text_with_their_figures_and_their_data(site, visit):
    page = visit(site / "en/lampung/coverage.html")
    drawing = page.get_by_role("img", name="Covered and uncovered by segment")
    assert "Wage earners (PU) 710,444 of 1,477,450 (48.09%)" in drawing.locator("desc").text_content()
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids)), "two elements share an id"
    with page.expect_download() as download:
        page.locator("figure a.data").first.click()
    text = download.value.path().read_text("utf-8")
    assert download.value.suggested_filename == "coverage.coverage-by-segment.csv"
    assert text.splitlines()[:2] == [
        "segment,covered,workers,uncovered,rate",
        "PU,710444,1477450,767006,0.480858235473",
    ]


def test_a_source_number_leads_to_the_source(site, visit):
    page = visit(site / "en/lampung/coverage.html")
    page.locator('a[href="#source-2"]').first.click()
    assert page.locator("#source-2").is_visible()
    assert "BPS, Sakernas August 2024" in page.locator("#source-2").inner_text()


def test_every_link_inside_the_site_leads_somewhere(site):
    *found, followed = dead(site)
    assert found == [] and int(followed.split()[0]) > 1000


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    (tmp_path / "outputs").mkdir()
    (tmp_path / "theirs.html").write_text("")
    links = (
        "#here",
        "#twice",
        "#gone",
        "other.html",
        "other.html#there",
        "gone.html",
        "../theirs.html",
        "https://x",
        "a.csv#x",
    )
    text = "".join(f'<a href="{link}">' for link in links)
    (tmp_path / "outputs/index.html").write_text(f'<p id="here"><p id="twice"><p id="twice">{text}')
    (tmp_path / "outputs/other.html").write_text("")
    (tmp_path / "outputs/a.csv").write_text("")
    assert dead(tmp_path / "outputs") == [
        *(
            f"index.html: {link}"
            for link in ("#twice", "#gone", "other.html#there", "gone.html", "../theirs.html", "a.csv#x")
        ),
        "8 followed",
    ]


ROWS = ".places tbody th"
# Rows of the places that are rendered, and of the provinces that came out of Papua, which have no rate.
YOUNG = ["Papua Selatan", "Papua Tengah", "Papua Pegunungan"]


def test_the_index_sorts_both_ways_and_what_has_no_rate_stays_last(site, visit):
    page = visit(site / "index.html")
    assert page.complaints == [] and page.requests == [(site / "index.html").as_uri()]
    shown = page.locator(ROWS)
    assert shown.all_inner_texts() == ["DKI Jakarta", "Lampung", "Papua", *YOUNG]  # 45.59, 17.93 and 12.64 %
    head = page.get_by_role("button", name="Tercakup Desember 2024")
    head.click()
    assert shown.all_inner_texts() == ["Papua", "Lampung", "DKI Jakarta", *YOUNG]
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Tercakup")
    head.click()
    assert shown.all_inner_texts() == ["DKI Jakarta", "Lampung", "Papua", *YOUNG]
    page.get_by_role("button", name="Setahun, poin").click()
    assert shown.all_inner_texts() == ["Papua", "Lampung", "DKI Jakarta", *YOUNG]  # +2.61, +2.33, +2.15
    page.get_by_role("button", name="Tempat").click()
    assert shown.all_inner_texts() == [
        "DKI Jakarta",
        "Lampung",
        "Papua",
        "Papua Pegunungan",
        "Papua Selatan",
        "Papua Tengah",
    ]
    page.evaluate("scrollTo(0, document.querySelector('.places').offsetTop + 150)")
    assert page.locator(".places thead th").first.bounding_box()["y"] >= 0, "the head stays in view"


def test_the_index_says_what_the_country_comes_to_and_shows_all_provinces(site, visit):
    page = visit(site / "index.en.html")
    text = page.locator("main").inner_text()
    # 39,207,829 of 144,642,004 employed; 24.45 % a year before (CHANGELOG).
    assert "27.1%" in text and "144.6\N{NO-BREAK SPACE}million" in text and "+2.7 points since December 2023" in text
    assert "Employed people: BPS, August 2024. Confidence: low." in text
    line = page.locator("svg.line").get_attribute("aria-label")
    assert line == "December 2022: 21.3%; December 2023: 24.5%; December 2024: 27.1%"
    assert page.locator(".tile").count() == 34 and "boundaries before 2022" in text
    places = page.evaluate("[...document.querySelectorAll('.tiles li')].map(e => e.className)")
    assert len(set(places)) == 34, "two tiles in one place"
    assert page.locator("a.tile").count() == 3  # those that are rendered
    assert page.get_by_role("link", name="Lampung, 17.9%").get_attribute("href") == "en/lampung/coverage.html"
    # 2025-08, 93: 217,682 employed.
    assert "Papua Selatan (code 93). 217,682 employed people" in text and "counted within Papua" in text


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("lampung", "id/lampung/coverage.html"),
        ("DKJ", "id/dki-jakarta/coverage.html"),
        ("18", "id/lampung/coverage.html"),
        ("Kabupaten Way Kanan", "id/lampung/coverage.html"),
        ("way kanan", "id/lampung/coverage.html"),
        ("18.71", "id/lampung/coverage.html"),
        ("South Papua", "#papua-selatan"),
        ("jakar", "id/dki-jakarta/coverage.html"),
    ],
)
def test_a_place_is_found_by_name_alias_code_and_district(site, visit, asked, leads):
    page = visit(site / "index.html")
    page.fill("#cari", asked)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{leads}" if leads[0] != "#" else f"**/index.html{leads}")


def test_what_is_not_found_is_said_and_several_are_offered(site, visit):
    page = visit(site / "index.en.html")
    said = page.locator(".find output")
    page.fill("#cari", "Atlantis")
    page.click(".find button")
    assert said.inner_text() == "No place here has that name or code: Atlantis"
    page.fill("#cari", "pua")
    page.click(".find button")
    assert said.inner_text().startswith("Several places have that name:") and said.locator("a").count() == 4


def test_the_index_works_without_a_script(site, visit):
    page = visit(site / "index.en.html", java_script_enabled=False, width=390)
    assert not page.locator(".find").is_visible() and page.locator("button.sort").count() == 0
    page.click("details.all summary")
    page.click("details.all a:has-text('Lampung')")
    assert page.url.endswith("/en/lampung/coverage.html")
    page.go_back()
    page.click(".places a:has-text('Targets Papua')")
    assert page.url.endswith("/en/papua/targets.html")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_on_the_index_is_wider_than_the_screen(site, visit, width):
    for file in index_of.FILES.values():
        page = visit(site / file, width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        over = page.evaluate("""[...document.querySelectorAll("main *")].filter(e => !e.closest(".unseen, datalist, svg, thead")
            && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))""")
        assert over == []
        assert page.locator(".places thead th").count() <= 6


def test_what_is_not_said_of_the_publisher_is_not_shown_and_what_is_stands_at_the_foot(site):
    texts = index_of.index(site, reports()).texts
    assert all(word not in text for text in texts.values() for word in ("Penerbit", "Publisher", "Lisensi", "mailto:"))
    publisher = Site(
        {"id": "Dinas <A>", "en": "Office <A>"},
        {"id": "CC BY", "en": "CC BY"},
        "a@example.org",
        "https://example.org/x",
        "https://example.org/d",
    )
    english = index_of.index(site, reports(), publisher=publisher).texts["en"]
    for said in (
        "Publisher: Office &lt;A&gt;.",
        'href="mailto:a@example.org"',
        "Licence: CC BY.",
        'href="https://example.org/d"',
        'href="https://example.org/x"',
    ):
        assert said in english


def test_lampungs_page_says_what_its_published_figures_can_be(site, visit):
    page = visit(site / "en/lampung/press.html")
    text = page.locator("main").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    assert "2,731,820–2,732,839" in text
    assert "981,820–1,082,839 or 981,820–1,050,000" in text
    assert "52.12–57.48% or 53.75–57.48%" in text and "9.58–10.16% or 9.58–9.97%" in text
    assert "60.38–64.06% or 61.56–64.06%" in text
    assert "“1,7 orang”" in text and "a scale word may have been dropped or mistaken in print" in text
    assert "it may be the gap to a target, not the uncovered (38.39%)" in text


def test_lampungs_page_says_why_its_rate_moved(site, visit):
    page = visit(site / "en/lampung/change.html")
    text = page.locator("main").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    assert "26.79%" in text and "24.86%" in text and "+28,477" in text
    assert "+0.99" in text and "−2.92" in text and "+12.0%" in text and "+1.9%" in text


def test_html_from_data_stays_text(notebook, visit, tmp_path):
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    code = f"""
import analysis as an
import pandas as pd
from analysis.tables.column import text
from analysis.tables.table import table
from analysis.schema import Facts
sources = pd.DataFrame({{"source_id": ["s"], "title": [{hostile!r}], "url": ["javascript:alert(3)"], "published": [{hostile!r}],
                         "institution": [{hostile!r}], "document": "", "document_id": "", "seen_as": ["page"]}})
page = an.Page(sources=sources)
rows = pd.DataFrame({{"province": [{hostile!r}], "note": ["=1+1"], "facts": Facts(("2023-12",), ("2023-08",), "high", ("s",))}})
"""
    report = notebook(
        "hostile",
        'place: str = "x"',
        code,
        "page.show(table('t', rows, [text('province'), text('note')], id='Judul', en='Title'))",
        f"page.say('s', id='{{a}}', en='{{a}}', a={hostile!r})",
        "page.sources()",
        "rows",
    )
    [done] = runner.render([report], tmp_path / "outputs")
    assert done.failure == ""
    page = visit(tmp_path / "outputs/en/hostile.html")
    assert page.complaints == [] and len(page.requests) == 1
    assert page.locator("main img, main script, main [onerror]").count() == 0
    assert page.locator("main table th[scope=row]").first.inner_text() == hostile
    assert page.locator("main a[href^=javascript]").count() == 0
    assert (tmp_path / "outputs/en/hostile.t.csv").read_text().splitlines()[1].endswith("'=1+1")


def test_a_page_prints_on_a4(site, visit, tmp_path):
    page = visit(site / "id/lampung/coverage.html")
    page.emulate_media(media="print")
    assert not page.locator(".toggle").is_visible() and not page.locator(".contents").is_visible()
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert 2 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 9


# ---- text is text, whatever it looks like ----

TITLES = {
    "dollars": "US$5 sampai US$6",
    "a formula": r"$\href{https://x}{y}$",
    "no formula": r"$\frac{",
    "a tag": "<b>Skenario</b> &amp; <script>",
    "marks": "*Skenario* _dua_ | `tiga` **empat**",
    "control characters": "Ske\0nario \x01\x1b[31mdua\x85",
    "half a character": "Ske\ud800nario",
    "other scripts": "漢字 😀 עברית हिन्दी",
    "another direction": "\u202eoiranekS",
    "a low line first": "_skenario",
    "a year": "2030",
    "very long": "x" * 10_000,
    "many words": "kata " * 2_000,
}
FACTS = Facts(("2023-12",), ("2023-08",), "high", ("s",))


def rows_of(**columns):
    rows = pd.DataFrame(columns)
    return rows.assign(facts=FACTS)


def drawings_of(*titles):
    """Each chart that writes titles, with these on it: of the fan's, which has room for three, one for every two besides the usual course."""
    names = ["steady", *(f"s{n}" for n in range(1, len(titles)))]
    named = pd.DataFrame({"scenario": names, "title_id": titles, "title_en": titles})
    at = {f"p{q:02}": 0.2 + q / 1000 for q in (5, 25, 50, 75, 95)}
    paths = rows_of(scenario=np.repeat(names, 2), year=[2023, 2025] * len(names), **at)
    paid = rows_of(
        scenario=np.repeat(names, 2), year=2045, payer=["employer", "worker"] * len(names), contribution=2_000_000_000
    )
    whole = pd.DataFrame({"scenario": names, "year": 2045, "contribution": 4_000_000_000})
    places = list(dict.fromkeys(titles))
    regions = rows_of(
        province=places,
        province_code=names[: len(places)],
        covered=9,
        workers=90,
        rate=0.1,
        uncovered=810_000,
        share_of_uncovered=0.5,
        rank=range(1, len(places) + 1),
    )
    fans = [["steady", *names[n : n + 2]] for n in range(1, len(names), 2)]
    return {f"fan-{n}": charts.fan(paths[paths["scenario"].isin(some)], named) for n, some in enumerate(fans)} | {
        "outcomes": charts.outcome(paths, named),
        "bill": charts.bill(paid, whole, named),
        "gap": charts.gap(regions, here=titles[0], most=len(titles)),
        "ranking": charts.rank(regions, here=titles[0]),
    }


def test_a_title_is_text_in_every_chart():
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a warning would stand on the page
        drawn = drawings_of(*TITLES.values())
    starts = {name: re.sub(r"\s", "", harmless(title))[:20] for name, title in TITLES.items()}
    there = {}
    for name, chart in drawn.items():
        bundle = chart._repr_mimebundle_()
        svg = bundle["image/svg+xml"]
        assert len(svg) < 100_000
        on_page = page.on_page(svg, name, *(bundle[page.BILINGUAL]["id"][part] for part in ("title", "alt")))
        page._checked(f"<figure>{on_page}</figure>", "id")
        words = re.sub(r"\s", "", "".join(ElementTree.fromstring(svg).itertext()))
        kind = name.partition("-")[0]
        there.setdefault(kind, set()).update(title for title, start in starts.items() if start in words)
    assert there == {kind: {*TITLES} for kind in ("fan", "outcomes", "bill", "gap", "ranking")}


def test_scenarios_of_one_title_keep_a_bar_each():
    drawn = drawings_of("Skenario", "Skenario")
    for name in ("outcomes", "bill"):
        svg = drawn[name].svg["en"]
        assert "".join(ElementTree.fromstring(svg).itertext()).count("Skenario") == 2, name


@pytest.mark.parametrize("value", [*TITLES.values(), "a\0b\0c", "**tebal**"])
def test_a_value_in_a_sentence_is_text(value):
    said = an.Page().say("x", id="**Satu** {a}", en="**One** {a}", a=value)._repr_mimebundle_()[page.BILINGUAL]
    html = said["en"]["html"]
    assert re.findall(r"<\w+", html) == ["<p", "<strong"] and html == harmless(html)
    assert said["values"]["a"] == harmless(value)
    assert value.strip() != value or said["en"]["text"].endswith(harmless(value))


def test_a_sentence_leads_to_another_page_of_its_place_and_a_value_to_none():
    said = an.Page().say(
        "x", id="Lihat [halaman biaya](costs), {a}.", en="See [the page on costs](costs), {a}.", a="[b](c)"
    )
    bundle = said._repr_mimebundle_()[page.BILINGUAL]["en"]
    assert '<a href="costs.html">the page on costs</a>, [b](c).' in bundle["html"]
    assert bundle["text"] == "See the page on costs, [b](c)."
    for odd in ("[x](javascript:alert(1))", "[x](//x)", "[x](../x)", '[x](x" onclick="y)'):
        made = an.Page().say("x", id=odd, en=odd)._repr_mimebundle_()[page.BILINGUAL]["en"]["html"]
        assert "<a" not in made


# ---- what a cell may put on a page ----

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
BILINGUAL_PROSE = "Teks {0}\n\n<!-- lang:en\nText {0}\n-->"


def page_of(*cells):
    """The English page of a notebook with a title and these cells."""
    title = nbformat.v4.new_markdown_cell("# Uji\n\n<!-- lang:en\n# Test\n-->", id="title")
    notebook = nbformat.from_dict({"cells": [title, *cells]})  # as it came, strange as it may be
    return page.pages(notebook, page.Place("place/test", "1", "made"))["en"]


def showing(name="shows", **data):
    output = nbformat.v4.new_output("display_data", {kind.replace("_", "/"): value for kind, value in data.items()})
    return nbformat.v4.new_code_cell("1", id=name, outputs=[output])


HEADS = [
    "<script>",
    "<style>x",
    "<!-- y",
    '<a href="',
    "<x>",
    "</script>",
    "2 < 3",
    "<textarea>",
    "<svg><title>",
    "<plaintext>",
    "<?php",
]


@pytest.mark.parametrize("head", HEADS)
def test_a_table_keeps_its_cells_whatever_its_heads_hold(head):
    frame = pd.DataFrame({head: [11], "b": [22], "c": ["last"]})
    for html in (frame.style.to_html(), frame.style.set_caption(head).to_html(), frame.to_html(), frame._repr_html_()):
        made = page_of(showing(text_html=html))
        body = made.split("</style>")[1]
        assert str(page.escape(head)).replace("&#34;", '"') in body.replace("&quot;", '"')
        assert all(f"<td>{value}</td>" in body for value in (11, 22, "last"))
        assert "<script" not in body


def test_styles_and_scripts_beside_a_table_go():
    html = "<style>p { color: red }</style><script>alert(1)</script><p>before</p><table><tr><td>in</td></tr></table><SCRIPT>alert(2)</SCRIPT >after"
    body = page_of(showing(text_html=html)).split("</style>")[1]
    assert "color: red" not in body and "alert" not in body
    assert "<p>before</p>" in body and "<td>in</td>" in body and "after" in body


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/gif", "image/webp"])
def test_a_picture_pasted_into_prose_is_on_the_page(visit, tmp_path, kind):
    prose = BILINGUAL_PROSE.format("![Peta Lampung](attachment:peta%20satu.png)")
    held = {"peta satu.png": {kind: PIXEL[:40] + "\n" + PIXEL[40:]}}
    made = page_of(nbformat.v4.new_markdown_cell(prose, id="map", attachments=held))
    assert f'<img alt="Peta Lampung" src="data:{kind};base64,{PIXEL}"' in made
    if kind == "image/png":
        (tmp_path / "page.html").write_text(made, "utf-8")
        shown = visit(tmp_path / "page.html")
        assert shown.complaints == [] and shown.locator("img").evaluate("e => e.naturalWidth") == 1


WRONG_PROSE = {
    "a picture from elsewhere": ("![x](https://example.org/x.png)", {}, "would load or run something"),
    "a picture beside the notebook": ("![x](x.png)", {}, "would load or run something"),
    "a picture that is gone": (
        "![x](attachment:x.png)",
        {},
        "there is no picture x.png in it any more; paste it again",
    ),
    "a drawing": (
        "![x](attachment:x.svg)",
        {"x.svg": {"image/svg+xml": PIXEL}},
        "x.svg is image/svg[+]xml; a page can hold PNG",
    ),
    "no base64": ("![x](attachment:x.png)", {"x.png": {"image/png": '" onerror="x()'}}, "would load or run something"),
    "a script as a link": ("[x](javascript:alert(1))", {}, "would load or run something"),
}


@pytest.mark.parametrize(("text", "held", "says"), WRONG_PROSE.values(), ids=WRONG_PROSE.keys())
def test_prose_that_cannot_be_shown_is_refused_by_its_cells_name(text, held, says):
    cell = nbformat.v4.new_markdown_cell(BILINGUAL_PROSE.format(text), id="the-map", attachments=held)
    with pytest.raises(page.PageError, match=f"cell the-map: .*{says}"):
        page_of(nbformat.v4.new_markdown_cell(BILINGUAL_PROSE.format(""), id="fine"), cell)


@pytest.mark.parametrize(
    "text", ['<img src="https://x/y.png">', "<script>x()</script>", '<p style="background:url(//x)">']
)
def test_html_in_prose_is_text(text):
    made = page_of(nbformat.v4.new_markdown_cell(BILINGUAL_PROSE.format(text), id="fine"))
    assert "&lt;" in made and "<img" not in made and "<script" not in made


def test_dollars_in_prose_are_dollars():
    made = page_of(nbformat.v4.new_markdown_cell(BILINGUAL_PROSE.format("US$5 *penting* US$6"), id="fine"))
    assert "US$5 <em>penting</em> US$6" in made


def test_a_page_that_is_too_large_names_the_cell_that_is():
    large = nbformat.v4.new_code_cell("1", id="large", outputs=[nbformat.v4.new_output("stream", text="x" * 500_000)])
    with pytest.raises(page.PageError, match=r"at most 400,000 .*; 500,\d\d\d of them are of cell large"):
        page_of(showing(text_plain="small"), large)


def test_html_beyond_measure_is_refused_and_not_parsed():
    with pytest.raises(page.PageError, match="cell shows shows 100,000,000 characters of HTML"):
        page_of(showing(text_html="<b>" * (100_000_000 // 3) + "x"))


@pytest.mark.parametrize("kind", ["image_png", "image_jpeg", "image_gif", "image_bmp"])
def test_an_image_without_words_is_refused_whatever_its_type(kind):
    with pytest.raises(page.PageError, match="cell shows draws an image without a text in both languages"):
        page_of(showing(**{kind: PIXEL, "text_plain": "<Image>"}))


STRANGE = {
    "a widget": (
        {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "IntSlider(value=1)"},
        "IntSlider(value=1)",
    ),
    "no text": ({"application/x-unknown": "!"}, ""),
    "a list": ({"text/html": ["<b>", 5]}, "5"),
    "a number": ({"text/plain": 5}, "5"),
    "nested": ({"text/markdown": {"a": 1}}, "a"),
}


@pytest.mark.parametrize(("data", "shown"), STRANGE.values(), ids=STRANGE.keys())
def test_an_output_of_a_strange_kind_breaks_no_page(data, shown):
    cell = nbformat.v4.new_code_cell("1", id="odd")
    cell.outputs = [nbformat.from_dict({"output_type": "display_data", "data": data, "metadata": {}})]
    assert shown in page_of(cell).split("<main")[1]


def test_what_a_terminal_takes_for_colours_is_left_out():
    said = nbformat.v4.new_output("stream", text="\x1b[1;31mmerah\x1b[0m \x1b]8;;https://x\x1b\\tautan\x1b]8;;\x07")
    assert ">merah tautan</pre>" in page_of(nbformat.v4.new_code_cell("1", id="says", outputs=[said]))


@pytest.mark.render
@pytest.mark.parametrize("engine", forks.ENGINES)
def test_text_that_no_file_can_hold_reaches_the_page_as_a_replacement(notebook, tmp_path, engine):
    frame = "import pandas as pd\npd.DataFrame({'a\\x00': ['b\\x01c']})"
    said = "import analysis as an\nan.Page().say('x', id='Satu {a}', en='One {a}', a='d\\ud800e')"
    half = "print('f\\ud800g')\npd.DataFrame({'h': ['i\\udfffj']})"
    cells = ("a: int = 1", frame, said, "print('k\\x00l')", *([half] if engine == forks.FORKED else []))
    [done] = runner.render([notebook("odd", *cells)], tmp_path / "outputs", runner.here(1, engine))
    assert done.failure == ""
    made = (tmp_path / "outputs/en/odd.html").read_text("utf-8").split("<main")[1]
    assert all(text in made for text in ("a\ufffd", "b\ufffdc", "One d\ufffde", "k\ufffdl"))
    assert engine != forks.FORKED or ("f\ufffdg" in made and "i\ufffdj" in made)
    nbformat.read(tmp_path / "outputs/en/odd.ipynb", as_version=4)
