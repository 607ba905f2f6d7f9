"""The bar on top of every page: where it leads, what it says of pages that there aren't, and how it comes into pages that hold."""

import json
import re
from pathlib import Path

import pytest

from analysis.data import ROOT
from analysis.reporting import runner
from analysis.reporting.engine.forks import Event
from analysis.reporting.manifest import Report, reports
from analysis.reporting.pages.bar import Bars, with_bar
from analysis.reporting.records import record, verify
from analysis.words import LANGUAGES

PAGE = b'<p>above</p><header class="bar"></header><main>%s</main><header class="bar">text</header>'


def report(name: str, place: str, **more) -> Report:
    given = {"province": place, "period": "2024-12"} if name != "press" else {"province": place}
    folder = place.lower().replace(" ", "-")
    return Report(name, ROOT / "notebooks" / "coverage.ipynb", given, folder, name, **more)


ASKS = {"question": {"id": "Siapa <b>?", "en": "Who <b>?"}}
ALL = [
    report("coverage", "Bali", **ASKS),
    report("press", "Bali"),
    report("coverage", "Aceh", **ASKS),
    report("press", "Papua Barat Daya"),
]


def links(html: str) -> dict[str, str]:
    return {text: href for href, text in re.findall(r'<a[^>]*href="([^"]*)"[^>]*>([^<]*)', html)}


def test_the_bar_keeps_the_question_where_another_place_has_it_and_the_language_the_page():
    found = links(Bars(ALL).html("bali/press", "press", "en"))
    assert found["Papua Barat Daya"] == "../papua-barat-daya/press.html"
    assert found["Aceh"] == "../aceh/coverage.html"  # which has no press
    assert found["Bahasa Indonesia"] == "../../id/bali/press.html"
    assert found["Cakupan"] == "../../index.en.html" and "Bali" not in found
    assert links(Bars(ALL).html("bali/press", "press", "id"))["Cakupan"] == "../../index.html"


def test_a_question_without_a_page_stays_as_text_with_its_reason():
    html = Bars(ALL).html("papua-barat-daya/press", "press", "en")
    assert "Who &lt;b&gt;? <small>participants of this place are not known</small>" in html
    assert '<a href="press.html" aria-current="page">press</a>' in html
    html = Bars(ALL).html("aceh/coverage", "coverage", "id")
    assert "press <small>belum ada angka yang diterbitkan</small>" in html and "<b>" not in html


def test_a_page_of_ones_own_is_among_the_questions_of_its_place_and_is_none_of_them():
    html = Bars(ALL).html("bali/coverage-period-2022-12", "coverage", "en")
    assert 'href="coverage.html">Who' in html and "aria-current" not in html
    assert links(html)["Bahasa Indonesia"] == "../../id/bali/coverage-period-2022-12.html"


def test_only_the_first_bar_of_a_page_is_one():
    made = with_bar(PAGE, r'<header class="bar">\1 new</header>').decode()
    assert made.startswith(r'<p>above</p><header class="bar">\1 new</header><main>') and made.endswith(
        '"bar">text</header>'
    )


def test_every_question_of_ours_has_a_short_name_in_both_languages():
    for one in reports():
        for language in LANGUAGES:
            assert one.asks(language).endswith("?") and len(one.asks(language)) <= 25
            assert len(one.called(language)) <= 10


# ---- how it comes into the pages ----


def makers(ran: list[str]) -> runner.Makers:
    """Makes pages with an empty bar, and notes which were made."""

    def made(tasks, temporary, passed):
        for number, task in enumerate(tasks):
            ran.append(task.job.path)
            yield Event(number, "started")
            files = {f"{language}/{task.job.path}.html": PAGE % language.encode() for language in LANGUAGES}
            files |= {f"{language}/{task.job.path}.part.csv": b"a" for language in LANGUAGES}
            known = {
                "report": task.job.name,
                "parameters": task.job.parameters,
                "edition": "1",
                "sources": [],
                "made": "0",
                "made_of": record.made_of(task.job, {"files": [], "folders": []}),
                "published": {},
                "files": {
                    name: {"bytes": len(text), "sha256": record.hashlib.sha256(text).hexdigest()}
                    for name, text in files.items()
                },
            }
            text = record.as_text(known).encode()
            yield Event(
                number, "made", files | {f"{language}/{task.job.path}.record.json": text for language in LANGUAGES}
            )

    return made


@pytest.fixture
def render(tmp_path):
    """Renders some of ALL into one folder; what had to be made."""

    def run(chosen: list[Report], beside: list[Report] = ALL) -> list[str]:
        ran: list[str] = []
        assert not [done for done in runner.render(chosen, tmp_path, makers(ran), beside=beside) if done.failure]
        return ran

    return run


def test_a_place_more_is_in_the_bars_of_all_pages_without_running_their_notebooks(render, tmp_path):
    page = tmp_path / "en/bali/coverage.html"
    assert render(ALL[:2], beside=ALL[:2]) == ["bali/coverage", "bali/press"]
    assert "aceh" not in page.read_text("utf-8")
    assert render(ALL) == ["aceh/coverage", "papua-barat-daya/press"]
    for one in ALL:
        text = (tmp_path / f"en/{one.path}.html").read_text("utf-8")
        assert "../aceh/coverage.html" in text or one.folder == "aceh"
        assert text.count("<main>") == 1 and text.endswith('<header class="bar">text</header>')
    made = record.read(tmp_path / "en/bali/coverage.record.json")
    assert made["bar"] == Bars(ALL).digest and made["files"]["en/bali/coverage.html"]["bytes"] == page.stat().st_size
    assert [record.reasons(runner.job_of(one), tmp_path, record.hashes(), always_hash=True) for one in ALL] == [[]] * 4
    assert (tmp_path / "id/bali/coverage.record.json").read_bytes() == (
        tmp_path / "en/bali/coverage.record.json"
    ).read_bytes()


def test_bars_that_are_as_they_were_are_not_written(render, tmp_path):
    render(ALL)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")}
    assert render(ALL) == [] and before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")}
    render(ALL, beside=[*ALL, report("coverage", "Riau")])
    assert all((path.stat().st_mtime_ns != time) for path, time in before.items())


def test_a_damaged_page_is_made_again_and_gets_no_bar_only(render, tmp_path):
    render(ALL[:2], beside=ALL[:2])
    (tmp_path / "en/bali/coverage.html").write_text("damaged")
    assert render(ALL[:2]) == ["bali/coverage"]


def test_pages_with_a_bar_are_verified(render, tmp_path):
    render(ALL)
    assert verify.verify(ALL[:1], tmp_path, makers([]), beside=ALL) == {"bali/coverage": []}
    page = tmp_path / "id/bali/coverage.html"
    page.write_text(page.read_text("utf-8").replace("../aceh", "../oceh"), "utf-8")
    assert any(
        "rendering gives" in said for said in verify.verify(ALL[:1], tmp_path, makers([]), beside=ALL)["bali/coverage"]
    )


def test_a_wish_in_reports_toml_is_all_that_a_bar_takes(render, tmp_path):
    """Another question in an entry is a bar of another digest, and nothing that a notebook reads."""
    other = [one._replace(question={"id": "Lain?", "en": "Other?"}) for one in ALL]
    assert Bars(ALL).digest != Bars(other).digest and Bars(ALL).digest == Bars(list(ALL)).digest
    render(ALL)
    assert render(ALL, beside=other) == []
    assert "Other?" in (tmp_path / "en/bali/coverage.html").read_text("utf-8")
    assert json.loads((Path(tmp_path) / "en/bali/coverage.record.json").read_text("utf-8"))["bar"] == Bars(other).digest
