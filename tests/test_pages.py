"""The pages as a reader meets them: in real Chromium, offline, on a phone and a desktop, light and dark.

Where Chromium can't be had the tests are skipped, loudly; with CI=true a skip is a failure.
"""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from analysis.reporting import runner

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        message = (
            "NO CHROMIUM: the pages were not tested in a browser. Install it with: apt-get install chromium"
        )
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
@pytest.mark.parametrize(
    "report", ["coverage", "change", "claims", "scenarios", "costs", "universal_coverage"]
)
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
    assert (
        page.title()
        == "Siapa yang tercakup jaminan sosial ketenagakerjaan? · Lampung, Desember 2023 · Cakupan"
    )
    page.click("text=English")
    assert page.title() == "Who is covered by employment social security? · Lampung, December 2023 · Cakupan"
    page.click("text=Bahasa Indonesia")
    assert page.url.endswith("/id/lampung/coverage.html")
    page.click("text=Semua provinsi")
    assert page.url.endswith("/index.html")
    assert page.locator("h1:visible").inner_text().startswith("Siapa")
    page.goto((site / "en/lampung/coverage.html").as_uri())
    page.click("text=All provinces")
    assert page.locator("h1:visible").inner_text().startswith("Who")


def test_code_is_hidden_until_it_is_asked_for(site, visit):
    page = visit(site / "en/lampung/coverage.html")
    source = page.locator(".src").first
    assert not source.is_visible()
    page.click("label[for=kode]")
    assert source.is_visible() and "province" in source.inner_text()
    page.focus("#kode")
    page.keyboard.press("Space")
    assert not source.is_visible()


@pytest.mark.parametrize(
    ("report", "drawn"),
    [
        ("coverage", 3),
        ("change", 1),
        ("claims", 1),
        ("scenarios", 4),
        ("costs", 2),
        ("universal_coverage", 1),
    ],
)
@pytest.mark.parametrize("width", [360, 1280])
def test_figures_are_visible_and_nothing_is_wider_than_the_screen(site, visit, width, report, drawn):
    page = visit(site / f"id/lampung/{report}.html", width=width)
    figures = page.locator("figure svg")
    assert figures.count() == drawn
    for at in range(drawn):
        box = figures.nth(at).bounding_box()
        assert box["width"] > 250 and box["height"] > 100
        text = figures.nth(at).locator("text").first
        assert text.is_visible()
        # Text that can be read: at least 9 px high on a phone.
        assert text.bounding_box()["height"] >= 9
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "id/dki-jakarta/coverage",
        "en/lampung/claims",
        "id/papua/change",
        "en/dki-jakarta/scenarios",
        "id/lampung/costs",
        "en/papua/universal_coverage",
    ],
)
def test_axe_finds_no_violation_with_code_shown(site, visit, scheme, path):
    page = visit(site / f"{path}.html", scheme=scheme, bypass_csp=True)
    page.click("label[for=kode]")
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_on_the_index(site, visit, scheme):
    page = visit(site / "index.html", scheme=scheme, bypass_csp=True)
    assert violations(page) == []
    page.click("label[for=bahasa-en]")
    assert violations(page) == []


def test_charts_can_be_seen_in_the_dark(site, visit):
    page = visit(site / "id/lampung/coverage.html", scheme="dark")
    colour = page.locator("figure svg text").first.evaluate("e => getComputedStyle(e).fill")
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert colour == page.evaluate("getComputedStyle(document.documentElement).color")
    assert (colour, paper) == ("rgb(230, 234, 236)", "rgb(20, 24, 27)")


def test_figures_have_an_alternative_text_with_their_figures_and_their_data(site, visit):
    page = visit(site / "en/lampung/coverage.html")
    drawing = page.get_by_role("img", name="Covered and uncovered by segment")
    assert "Wage earners (PU) 564,393 of 1,377,823 (40.96%)" in drawing.locator("desc").text_content()
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids)), "two elements share an id"
    with page.expect_download() as download:
        page.locator("figure a.data").first.click()
    text = download.value.path().read_text("utf-8")
    assert download.value.suggested_filename == "coverage.coverage-by-segment.csv"
    assert text.splitlines()[:2] == [
        "segment,covered,workers,uncovered,rate",
        "PU,564393,1377823,813430,0.409627",
    ]


def test_a_source_number_leads_to_the_source(site, visit):
    page = visit(site / "en/lampung/coverage.html")
    page.locator('a[href="#source-2"]').first.click()
    assert page.locator("#source-2").is_visible()
    assert "ANTARA" in page.locator("#source-2").inner_text()


def test_every_link_inside_the_site_leads_somewhere(site, visit):
    for path in [site / "index.html", *sorted(site.glob("*/*/*.html"))]:
        page = visit(path)
        for href in page.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))"):
            if href.startswith("#"):
                assert page.locator(f"[id='{href[1:]}']").count() == 1, (path, href)
            elif not href.startswith(("http://", "https://", "data:")):
                assert (path.parent / href.split("#")[0]).resolve().is_file(), (path, href)


def test_the_index_sorts_by_rate_and_speaks_both_languages(site, visit):
    page = visit(site / "index.html")
    assert page.complaints == [] and page.requests == [(site / "index.html").as_uri()]
    shown = page.locator("section:visible tbody tr th")
    assert shown.all_inner_texts() == ["Lampung", "DKI Jakarta", "Papua"]
    assert "Desember 2023" in page.locator("section:visible tbody tr").first.inner_text()
    page.click("section:visible button:has-text('Cakupan')")
    assert shown.all_inner_texts() == ["Papua", "Lampung", "DKI Jakarta"]
    page.click("section:visible button:has-text('Cakupan')")
    assert shown.all_inner_texts() == ["DKI Jakarta", "Lampung", "Papua"]
    page.click("label[for=bahasa-en]")
    assert page.locator("h1:visible").inner_text() == "Who is covered by employment social security?"
    page.click("section:visible th a:has-text('Papua')")
    assert page.url.endswith("/en/papua/coverage.html")


def test_the_index_leads_to_the_verdict_and_to_the_change_and_sorts_by_them(site, visit):
    page = visit(site / "index.html")
    shown = page.locator("section:visible tbody tr th")
    page.click("section:visible button:has-text('Angka yang diterbitkan')")
    page.click("section:visible button:has-text('Angka yang diterbitkan')")
    assert shown.all_inner_texts()[0] == "Lampung"  # the gravest verdict first
    page.click("section:visible a:has-text('angkanya bertentangan')")
    assert page.url.endswith("/id/lampung/claims.html")
    page.go_back()
    page.click("section:visible a:has-text('+2,33')")
    assert page.title().startswith("Mengapa tingkat cakupan berubah?")


def test_lampungs_page_says_what_its_published_figures_can_be(site, visit):
    page = visit(site / "en/lampung/claims.html")
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
from analysis.tables import table
cited = pd.DataFrame({{"number": [1], "title": [{hostile!r}], "url": ["javascript:alert(3)"], "published": [{hostile!r}],
                       "seen_as": ["page"]}}, index=pd.Index(["s"], name="source_id"))
rows = pd.DataFrame({{"province": [{hostile!r}], "note": ["=1+1"], "as_of": [("2023-12",)], "workers_as_of": [("2023-08",)],
                      "confidence": ["high"], "source_ids": [("s",)]}})
"""
    report = notebook(
        "hostile", 'place: str = "x"', code,
        "table('t', rows, [('province', 'term'), ('note', 'text')], cited, id='Judul', en='Title')",
        f"an.say('s', id='{{a}}', en='{{a}}', a={hostile!r})",
        "an.made_of(cited)", "rows",
    )  # fmt: skip
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
    assert 2 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 8
