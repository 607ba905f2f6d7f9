"""What `make pages-test` does on everything that `make reports` made: follow each link, measure each page, on a phone and a screen.

Its name keeps it out of `make test`, which does the same on three places. Pages elsewhere: CAKUPAN_OUTPUTS=folder make pages-test.
"""

import os
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from links import dead, pages
from playwright.sync_api import sync_playwright

from analysis.reporting.manifest import OUTPUTS, reports
from analysis.reporting.pages.site import FILES
from analysis.words import LANGUAGES

WHERE = Path(os.environ.get("CAKUPAN_OUTPUTS", OUTPUTS)).resolve()
FOLDERS = sorted({report.folder for report in reports()})
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium")
    assert chromium, "these tests need Chromium; install it with: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        yield browser
        browser.close()


def test_every_report_has_its_pages():
    wanted = {f"{language}/{report.path}.html" for report in reports() for language in LANGUAGES} | {*FILES.values()}
    missing = sorted(name for name in wanted if not (WHERE / name).is_file())
    assert missing == [], f"make them with: make reports (looked in {WHERE})"


def test_every_link_leads_somewhere():
    *found, followed = dead(WHERE)
    assert found == [] and not followed.startswith("0 ")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("folder", ["", *FOLDERS])
def test_no_page_is_wider_than_the_screen(browser, folder, width):
    mine = [p for p in pages(WHERE) if (p.parent == WHERE if not folder else p.parent.name == folder)]
    tab = browser.new_page(viewport={"width": width, "height": 900}, offline=True)
    wide = {}
    for path in mine:
        tab.goto(path.as_uri())
        if (is_wide := tab.evaluate("document.documentElement.scrollWidth")) > width:
            wide[path.relative_to(WHERE).as_posix()] = is_wide
    tab.close()
    assert mine and wide == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("file", FILES.values())
def test_axe_finds_no_violation_on_the_whole_index(browser, file, width, scheme):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, bypass_csp=True
    )
    tab = context.new_page()
    tab.goto((WHERE / file).as_uri())
    tab.click("details.all summary")
    found = Axe().run(tab).response["violations"]
    assert [(v["id"], node["html"][:120]) for v in found for node in v["nodes"]] == []
    context.close()
