"""From notebook to page: what is refused, what is left alone, and that equal inputs give equal bytes."""

import json
import re
import shutil

import nbformat
import pytest
from click.testing import CliRunner
from filelock import FileLock

import analysis as an
from analysis.cli import main
from analysis.data import ROOT
from analysis.reporting import runner
from analysis.reporting.engine import execute as engine
from analysis.reporting.manifest import ManifestError, matching, own, parameters_of, reports, typed
from analysis.reporting.pages import page
from analysis.reporting.pages import site as index_of
from analysis.words import count, percent

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PARAMETERS = 'place: str = "Lampung"\nshare: float = 0.5\nmany: int = 3\nopen: bool = True'
SAY = 'import analysis as an\nan.Page().say("x", id="Satu", en="One")'


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_rendered_place_has_its_files_in_both_languages(site):
    for language in ("id", "en"):
        names = {path.name for path in (site / language / "lampung").iterdir()}
        assert {"coverage.html", "coverage.ipynb", "coverage.record.json", "coverage.segments.csv"} <= names
        assert {
            "coverage.coverage-by-segment.csv",
            "coverage.uncovered-by-province.csv",
            "coverage.rate-by-province.csv",
        } <= names
    assert (site / "index.html").is_file()
    assert [path.name for path in site.rglob(".*")] == [".lock"], "something temporary was left behind"


def test_the_known_figures_of_lampung_stand_on_the_page_in_both_languages(site):
    indonesian = (site / "id/lampung/coverage.html").read_text("utf-8").replace("\xa0", " ")
    english = (site / "en/lampung/coverage.html").read_text("utf-8")
    # 710,444 + 148,208 = 858,652 of 4,787,589; 710,444 of 1,477,450 and 148,208 of 3,310,139; in print of September 2024 24.86 %,
    # of December 2025 25.27 %, each on its own base.
    for text in ("858.652", "4.787.589", "17,93 %", "48,09 %", "4,48 %", "760.468", "24,86 %", "25,27 %"):
        assert text in indonesian, text
    for text in ("858,652", "4,787,589", "17.93%", "48.09%", "4.48%", "760,468", "24.86%", "25.27%"):
        assert text in english, text
    assert "Peserta per Desember 2024, pekerja per Agustus 2024 · keandalan rendah" in indonesian


@pytest.mark.parametrize("place", ["lampung", "dki-jakarta", "papua"])
def test_one_date_has_one_figure_on_every_page_of_a_place_and_on_the_index(site, place):
    said, month = {}, set()
    for stem in ("coverage", "change", "scenarios", "costs", "targets"):
        record = json.loads((site / "id" / place / f"{stem}.record.json").read_text("utf-8"))
        said[stem] = record["published"]["answer"]["values"]
        month.add(record["parameters"]["period"])
    assert month == {"2024-12"}, "all pages stand on the newest December of all places"
    coverage = said["coverage"]
    assert said["change"]["rate_after"] == said["scenarios"]["rate"] == said["targets"]["rate"] == coverage["rate"]
    assert said["costs"]["persons"] == coverage["covered"]
    name = {"dki-jakarta": "DKI Jakarta"}.get(place, place.title())
    for language, file in index_of.FILES.items():
        index = (site / file).read_text("utf-8")
        rate = percent(coverage["rate"], language)
        said = published(site, language, place)[0]["answer"]
        assert rate.replace("\N{NO-BREAK SPACE}", " ") in said, "as rounded on the page, so on the index"
        assert rate in index and count(coverage["uncovered"], language) in index
        assert f"{name}, {percent(coverage['rate'], language, 1)}" in index  # on the map


def published(folder, language, place, stem="coverage"):
    """The text of everything on a page by name, and the published values and rows by name."""
    executed = nbformat.read(folder / language / place / f"{stem}.ipynb", as_version=4)
    record = json.loads((folder / language / place / f"{stem}.record.json").read_text("utf-8"))
    return {b["name"]: b[language]["text"] for b in page.bundles(executed)}, record["published"]


def test_jakarta_by_registration_is_explained_and_not_printed_as_coverage(site):
    for language, reason in (("id", "lebih banyak peserta (6.726.563)"), ("en", "more participants (6,726,563)")):
        text, values = published(site, language, "dki-jakarta")
        assert reason in text["splits-exceed"]
        by_split = {row["split"]: row["rate"] for row in values["splits"]["rows"]}
        assert by_split == {"domicile": pytest.approx(0.434448, abs=1e-6), "registration": None}
        assert not [name for name, shown in text.items() if "132" in shown or "133" in shown]


@pytest.fixture(scope="module")
def chosen(tmp_path_factory):
    """Pages with other choices than the regular ones."""
    outputs = tmp_path_factory.mktemp("chosen")
    all_reports = reports()
    choices = [
        {"province": "Lampung", "split": "registration", "period": "2023-12"},
        {"province": "Lampung", "base": "eligible", "period": "2023-12"},
        {"province": "Sulawesi Selatan", "base": "eligible"},
    ]
    mine = [own("coverage", list(choice.items()), all_reports) for choice in choices]
    assert [done.failure for done in runner.render(mine, outputs)] == [""] * len(mine)
    return outputs


def test_a_province_by_registration_is_told_apart_from_coverage(chosen):
    text, values = published(chosen, "en", "lampung", "coverage-period-2023-12-split-registration")
    assert "453,853 active participants were registered with employers in Lampung" in text["answer-registration"]
    assert "not a coverage rate" in text["answer-registration"]
    assert "answer" not in text and "coverage-by-segment" not in text and "uncovered" not in text
    assert all(row["rate"] is None for row in values["segments"]["rows"])
    # Where the uncovered are and the ranking are by domicile all the same.
    assert "Lampung is number 33 of 34" in text["rank"] and "Lampung 3,964,768" in text["uncovered-by-province"]


def test_the_eligible_base_is_shown_as_printed_and_no_more(chosen):
    text, _ = published(chosen, "en", "lampung", "coverage-period-2023-12-base-eligible")
    says = "As published, 731,991 workers in Lampung were covered: 26.79% of 2.7 million"
    assert text["answer-eligible"].startswith(says)
    informal = text["segments"].splitlines()[3].replace("\xa0", " ")
    assert (
        informal
        == "Non-wage workers (BPU) | not stated | 167,605 | “1,7 orang” | misprint: the word juta (million) is missing"
    )
    assert "coverage-by-segment" not in text and "uncovered" not in text and "answer-segments" not in text
    assert published(chosen, "id", "sulawesi-selatan", "coverage-base-eligible")[1]["answer-eligible"]["values"]


def test_papua_in_december_2024_is_on_the_old_territory(site):
    text, values = published(site, "id", "papua")
    # 312,516 of 2,472,392: joined on the code alone it would be 68 %.
    assert round(values["answer"]["values"]["rate"], 6) == 0.126402
    assert "12,64" in text["answer"] and "keandalan rendah" in (site / "id/papua/coverage.html").read_text("utf-8")


def test_papua_says_that_it_is_the_old_territory(site):
    assert "Papua Selatan, Papua Tengah, Papua Pegunungan" in (site / "en/papua/coverage.html").read_text("utf-8")
    assert "Papua Selatan, Papua Tengah" not in (site / "en/lampung/coverage.html").read_text("utf-8")


def test_the_record_holds_every_published_number_and_what_made_it(site):
    record = json.loads((site / "id/lampung/coverage.record.json").read_text("utf-8"))
    about = record["published"]["answer"]["about"]
    assert (about["as_of"], about["workers_as_of"], about["confidence"]) == (["2024-12"], ["2024-08"], "low")
    assert record["published"]["answer"]["values"] == {
        "covered": 858652,
        "workers": 4787589,
        "uncovered": 3928937,
        "rate": pytest.approx(858652 / 4787589, abs=1e-12),
        "period": "2024-12",
        "place": "Lampung",
    }
    rows = record["published"]["segments"]["rows"]
    assert {row["segment"]: round(row["rate"], 6) for row in rows} == {"PU": 0.480858, "BPU": 0.044774, "all": 0.17935}
    assert {file for file in record["made_of"]["files"] if file.startswith("data/")} == {
        "data/datapackage.json",
        "data/labour_force.csv",
        "data/participants.csv",
        "data/regions.csv",
        "data/reported_claims.csv",
        "data/sources.csv",
    }
    assert record["parameters"] == {"province": "Lampung", "period": "2024-12", "base": "employed", "split": "domicile"}
    assert record == json.loads((site / "en/lampung/coverage.record.json").read_text("utf-8"))


def test_every_output_of_the_notebook_reaches_the_page(site):
    executed = nbformat.read(site / "en/lampung/coverage.ipynb", as_version=4)
    html = (site / "en/lampung/coverage.html").read_text("utf-8")
    bundles = page.bundles(executed)
    assert len(bundles) >= 12
    for bundle in bundles:
        if bundle["kind"] in ("sentence", "table", "sources") and bundle["name"] != "subject":
            assert bundle["en"]["html"].splitlines()[0] in html, bundle["name"]
    figures = [bundle for bundle in bundles if bundle["kind"] == "figure"]
    assert html.count("<svg") == html.count("<figure>") == len(figures) > 0


def test_the_executed_notebook_speaks_the_language_of_its_folder(site):
    for language in ("id", "en"):
        executed = nbformat.read(site / language / "lampung/coverage.ipynb", as_version=4)
        answer = next(b for b in page.bundles(executed) if b["name"] == "answer")
        assert answer["language"] == language
        output = next(c for c in executed.cells if c.id == "answer").outputs[0]
        assert output.data["text/plain"] == answer[language]["text"]


def test_equal_inputs_give_equal_bytes_anywhere(site, elsewhere, cakupan, tmp_path):
    # Another folder, user, zone, locale, hash seed, number of jobs and year: every file of Lampung is the same to the byte.
    # (The other engine: engine/test_engine.py. Other machines: engine/test_cluster.py.)
    later = tmp_path / "later"
    later.mkdir()
    (later / "sitecustomize.py").write_text(
        "import datetime, time_machine\ntime_machine.travel(datetime.datetime(2031, 5, 5), tick=True).start()\n"
    )
    run = cakupan(
        "render",
        "lampung",
        "--jobs",
        "1",
        "--outputs",
        str(tmp_path / "again"),
        project=elsewhere,
        PYTHONPATH=f"{elsewhere}:{later}",
        HOME=str(tmp_path),
        USER="somebody",
        LOGNAME="somebody",
        TZ="Asia/Jakarta",
        LC_ALL="C",
        LANG="id_ID",
        PYTHONHASHSEED="7",
    )
    assert run.returncode == 0, run.stderr
    # The bar there leads to all places; with the same one, put in without running anything, the pages are the same.
    here = tmp_path / "here"
    shutil.copytree(site, here)
    assert not [done for done in runner.render(matching(["lampung"], reports()), here, beside=reports()) if done.why]
    for language in ("id", "en"):
        assert files(tmp_path / "again" / language) == files_of(here / language, "lampung")


@pytest.mark.render
def test_the_year_is_another_one_for_notebooks_too_where_a_test_says_so(notebook, tmp_path, monkeypatch):
    # What the test above rests on: the other year reaches the processes that run cells.
    (tmp_path / "sitecustomize.py").write_text(
        "import datetime, time_machine\ntime_machine.travel(datetime.datetime(2031, 5, 5), tick=True).start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    [done] = runner.render(
        [notebook("year", PARAMETERS, "import datetime\nprint(datetime.date.today().year)")], tmp_path / "outputs"
    )
    assert done.failure == "" and "2031" in (tmp_path / "outputs/en/year.html").read_text("utf-8")


def files_of(folder, place):
    return {name: content for name, content in files(folder).items() if name.startswith(f"{place}/")}


def test_the_index_lists_what_is_there(site):
    for language, rate, change in (("id", "17,93 %", "+2,33"), ("en", "17.93%", "+2.33")):
        html = (site / index_of.FILES[language]).read_text("utf-8").replace("\xa0", " ")
        for name in ("lampung/coverage", "lampung/change", "lampung/press", "papua/targets"):
            assert f'<a href="{language}/{name}.html"' in html
        assert rate in html and change in html
        assert "/aceh/" not in html and f'href="{"en" if language == "id" else "id"}/' not in html


# One render of several bad notebooks and a good one shows that none of them stops the others.
BAD = {
    "raises": (["1/0"], "cell step-2: ZeroDivisionError"),
    "exits": (["import sys; sys.exit(0)", SAY], "cell step-2: SystemExit"),
    "dies": (
        ["import os, signal; os.kill(os.getpid(), signal.SIGKILL)"],
        "cell step-2: the process was ended by SIGKILL",
    ),
    "kills": (["import os, signal; os.kill(os.getppid(), signal.SIGKILL)"], "the process that rendered it died"),
    "image": (
        ["import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"],
        "draws an image without a text in both languages",
    ),
    "external": (
        [
            "from analysis.words import Shown\nh = '<img src=\"https://example.org/x.png\">'\nShown('sentence', 'x', text={'id': 'a', 'en': 'a'}, html={'id': h, 'en': h})"
        ],
        "would load or run something",
    ),
    "huge": (["print('x' * 500_000)"], "can be mailed"),
}


@pytest.mark.render
def test_a_failing_report_is_named_with_its_cell_and_the_others_go_on(notebook, tmp_path):
    outputs = tmp_path / "outputs"
    old = outputs / "id" / "raises.html"
    old.parent.mkdir(parents=True)
    old.write_text("the old page")
    all_reports = [notebook(name, PARAMETERS, *cells) for name, (cells, _) in BAD.items()]
    all_reports += [
        notebook("untranslated", PARAMETERS, SAY, prose="# Hanya Indonesia?"),
        notebook("good", PARAMETERS, SAY),
    ]
    results = {done.report.name: done.failure for done in runner.render(all_reports, outputs)}
    for name, (_, says) in BAD.items():
        assert says in results[name], (name, results[name])
    assert "needs its English" in results["untranslated"]
    assert results["good"] == "" and (outputs / "id/good.html").is_file()
    assert old.read_text() == "the old page"
    assert {path.name for path in (outputs / "id").iterdir()} == {
        "raises.html",
        "good.html",
        "good.ipynb",
        "good.record.json",
    }
    assert [path.name for path in outputs.rglob(".*")] == [".lock"]


@pytest.mark.render
def test_what_a_researcher_adds_reaches_the_page_as_text(notebook, tmp_path):
    hostile = "<script>alert(1)</script><b>=1+1</b>"
    report = notebook(
        "added",
        PARAMETERS,
        f"import pandas as pd\nprint({hostile!r})\npd.DataFrame({{'a': [{hostile!r}]}})",
        f"from IPython.display import Markdown\nMarkdown({hostile + chr(10) * 2 + '**bold**'!r})",
        f"from IPython.display import HTML\nHTML({'<table><tr><td onclick=x>kept</td></tr></table>' + hostile!r})",
    )
    [done] = runner.render([report], tmp_path / "outputs")
    assert done.failure == ""
    html = (tmp_path / "outputs/en/added.html").read_text("utf-8")
    assert "<script" not in html and "<td onclick" not in html
    assert "&lt;script&gt;alert(1)" in html and "<strong>bold</strong>" in html and "<td>kept</td>" in html


def test_a_notebook_that_was_not_run_to_its_end_is_refused():
    cells = [nbformat.v4.new_code_cell("1", id="first", execution_count=1), nbformat.v4.new_code_cell("2", id="second")]
    with pytest.raises(engine.NotebookError, match="cell second: it was not run"):
        engine.finished(nbformat.v4.new_notebook(cells=cells))


def test_csv_is_harmless_in_a_spreadsheet():
    text = page.csv_of({"columns": ["title", "n"], "rows": [["=1+1", -5], ["+62", None], ["<script>", 0.5]]})
    assert text.splitlines() == ["title,n", "'=1+1,-5", "'+62,", "<script>,0.5"]


def test_a_page_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    target = tmp_path / "page.html"
    target.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runner.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        runner._write(target, b"new")
    assert target.read_text() == "old" and [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_leftovers_of_a_killed_render_are_swept(tmp_path):
    (tmp_path / ".cakupan-ab12cd_4").mkdir()
    (tmp_path / ".cakupan-ab12cd_4" / "notebook.ipynb").write_text("half")
    for folder in ("", "id", "en/bali"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / ".cakupan-ab12cd_4.part").write_text("half")
    (tmp_path / "id" / "kept.html").write_text("whole")
    runner._sweep(tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["kept.html"]
    assert not list(tmp_path.glob(".*"))


# What somebody may keep in a folder that is given to --outputs, by its path there.
THEIRS = (
    ".scratch-notes/ideas.txt",
    ".x.part",
    "id/.draft.part",
    ".cakupan-notes",
    ".cakupan-notes.part",
    ".cakupan-ab12cd_4.partly",
    "projects/.cakupan-ab12cd_4.part",
    "id/bali/deeper/.cakupan-ab12cd_4.part",
    ".cakupan-AB12CD34/thesis.txt",
)


def test_what_looks_like_a_leftover_and_isnt_ours_stays(tmp_path):
    for name in THEIRS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("mine")
    runner._sweep(tmp_path)
    assert files(tmp_path) == dict.fromkeys(sorted(THEIRS), b"mine")


def test_a_link_with_a_leftovers_name_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / ".cakupan-ab12cd_4.part").write_text("mine")
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    for link in (".cakupan-zz12cd_4", "id", ".cakupan-yy12cd_4.part"):
        (outputs / link).symlink_to(tmp_path / "elsewhere")
    runner._sweep(outputs)
    assert (tmp_path / "elsewhere" / ".cakupan-ab12cd_4.part").read_text() == "mine"


def test_the_index_of_nothing_is_still_a_page(tmp_path):
    assert all("<table" in text for text in index_of.index(tmp_path, reports()).texts.values())


def test_a_damaged_record_does_not_stop_the_index(site, tmp_path):
    for place in ("lampung", "papua"):
        (tmp_path / "id" / place).mkdir(parents=True)
        shutil.copy(site / f"id/{place}/coverage.record.json", tmp_path / "id" / place)
    (tmp_path / "id/papua/coverage.record.json").write_text("{ half")
    html = index_of.index(tmp_path, reports()).texts["id"]
    assert 'href="id/lampung/coverage.html"' in html and 'href="id/papua' not in html


def test_a_second_render_says_that_the_first_is_at_work(notebook, tmp_path):
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    with FileLock(outputs / ".lock"), pytest.raises(runner.OutputsError, match="is rendering into"):
        runner.render([notebook("good", PARAMETERS, SAY)], outputs)
    assert [path.name for path in outputs.iterdir()] == [".lock"]


# ---- which reports there are ----


def test_one_entry_opens_out_into_every_province_with_data():
    found = [report for report in reports() if report.name == "coverage"]
    assert len(found) == 35  # 34 provinces in December 2023 and Indonesia
    assert {"indonesia", "lampung", "dki-jakarta"} <= {report.folder for report in found}


def test_places_with_published_figures_have_a_page_of_them():
    claims = an.read("reported_claims")
    folders = {report.folder for report in reports() if report.name == "press"}
    assert len(folders) == len(set(claims["province_code"]) - {""})
    assert {"indonesia", "lampung", "papua-barat-daya"} <= folders and "papua-pegunungan" not in folders


def test_a_change_needs_participants_at_both_dates(tmp_path):
    text = (
        '[a]\nnotebook = "change.ipynb"\nparameters = { province = "Lampung", since = "2021-12", period = "2024-12" }'
    )
    with pytest.raises(ManifestError, match="no participants by domicile for period '2021-12'"):
        reports(manifest(tmp_path, text))


def manifest(tmp_path, text):
    path = tmp_path / "reports.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[a]\nnotebook = "coverage.ipynb"\nparameters = { provinsi = "Lampung" }', "did you mean province"),
        ('[a]\nnotebook = "coverage.ipynb"\nparameters = { province = "Lampong" }', "did you mean Lampung"),
        (
            '[a]\nnotebook = "coverage.ipynb"\nparameters = { province = "Papua Selatan" }',
            "With participants: Indonesia, Aceh",
        ),
        ('[a]\nnotebook = "coverage.ipynb"\nparameters = { period = 2023 }', "type str is needed"),
        ('[a]\nnotebook = "coverag.ipynb"', f"there is {', '.join(path.name for path in NOTEBOOKS)}"),
        ('[a]\nnotebok = "coverage.ipynb"', "needs a notebook"),
        ('[a]\nnotebook = "coverage.ipynb"\nparameter = {}', "There is notebook, parameters"),
        ('[a\nnotebook = "coverage.ipynb"', "line 1"),
        ("", "names no report"),
        ('[a]\nnotebook = "coverage.ipynb"\nparameters = 5', "parameters that are no table"),
        ('["../../evil"]\nnotebook = "coverage.ipynb"', "is the name of a file"),
        ('[a]\nnotebook = "../notebooks/coverage.ipynb"', "there is change.ipynb"),
        (
            '[a]\nnotebook = "coverage.ipynb"\nparameters = { province = "all", period = "2025-12" }',
            "none has participants",
        ),
        (
            '[a]\nnotebook = "coverage.ipynb"\nparameters = { period = "2022-12", split = "registration" }',
            "with split domicile there is",
        ),
    ],
)
def test_a_wrong_manifest_is_answered_with_what_there_is(tmp_path, text, says):
    with pytest.raises(ManifestError, match=says):
        reports(manifest(tmp_path, text))


COLUMN = 'id = "Peserta", en = "Participants"'


@pytest.mark.parametrize(
    ("index", "says"),
    [
        ("5", "5 isn't a table"),
        ('"rate"', "'rate' isn't a table"),
        ('[{ id = "Peserta", show = "{covered:count}" }]', "needs a text in each of id, en"),
        (f"[{{ {COLUMN} }}]", "show is missing"),
        (f"[{{ {COLUMN}, show = [] }}]", "show is empty"),
        (f'[{{ {COLUMN}, sow = "x" }}]', "did you mean show"),
        (f'[{{ {COLUMN}, show = "{{covered:cuont}}" }}]', "covered:cuont.*there is count, percent"),
        (f'[{{ {COLUMN}, show = "{{covered" }}]', "expected '}'"),
        (f'[{{ {COLUMN}, show = "x", at = "first" }}]', "at is 'first'"),
        (f'[{{ {COLUMN}, show = [{{ id = "{{a}}", en = "{{b}}" }}] }}]', "show different values"),
        ('[{ id = "{since:month}", en = "{since:month}", show = "x" }]', "no parameter 'since'"),
    ],
)
def test_a_wrong_index_is_answered_with_how_to_write_one(tmp_path, index, says):
    with pytest.raises(ManifestError, match=rf"\[a\] has an index that can't be read: .*{says}.*write index = "):
        reports(manifest(tmp_path, f'[a]\nnotebook = "coverage.ipynb"\nindex = {index}'))


@pytest.mark.data
def test_all_provinces_on_the_base_eligible_are_those_that_have_it(tmp_path, monkeypatch):
    # All are two here: what each one's articles leave possible is worked out, which takes a minute for 34.
    monkeypatch.setattr("analysis.reporting.manifest._places_with_data", lambda *_: ["DKI Jakarta", "Lampung"])
    text = '[e]\nnotebook = "coverage.ipynb"\nparameters = { province = "all", base = "eligible" }'
    folders = [report.folder for report in reports(manifest(tmp_path, text))]
    assert folders == ["lampung"]


def test_a_manifest_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ManifestError, match=r"reports\.toml can't be read"):
        reports(tmp_path / "reports.toml")


def test_what_is_not_given_is_as_in_the_manifest(tmp_path):
    bali = reports(manifest(tmp_path, '[bali]\nnotebook = "coverage.ipynb"\nparameters = { province = "Bali" }'))
    assert own("bali", [("period", "2022-12")], bali).path == "bali/bali-period-2022-12"
    both = '[coverage]\nnotebook = "coverage.ipynb"\n["coverage-period-2022-12"]\nnotebook = "coverage.ipynb"'
    with pytest.raises(ManifestError, match="is the page of coverage-period-2022-12"):
        own("coverage", [("period", "2022-12")], reports(manifest(tmp_path, both)))


def test_two_reports_with_one_path_are_an_error(tmp_path):
    text = '[A]\nnotebook = "coverage.ipynb"\nparameters = { province = "all" }\n["a"]\nnotebook = "coverage.ipynb"\n'
    with pytest.raises(ManifestError, match=r"would both write lampung/"):
        reports(manifest(tmp_path, text))


def test_a_report_of_ones_own_leaves_the_regular_page_alone():
    found = reports()
    assert own("coverage", [("province", "18"), ("period", "2024-12")], found).path == "lampung/coverage"
    assert own("coverage", [("province", "18"), ("period", "latest")], found).path == "lampung/coverage"
    earlier = own("change", [("province", "18"), ("period", "2023-12")], found)
    assert (earlier.path, earlier.parameters["since"]) == ("lampung/change-period-2023-12", "2022-12"), "a year before"
    mine = own("coverage", [("province", "DKI Jakarta"), ("period", "2022-12"), ("split", "domicile")], found)
    assert (mine.path, mine.parameters) == (
        "dki-jakarta/coverage-period-2022-12",
        {"period": "2022-12", "province": "DKI Jakarta", "split": "domicile"},
    )


def test_parameters_take_the_type_of_the_notebooks_cell(notebook):
    path = notebook("typed", PARAMETERS).notebook
    assert typed(path, {"place": "18", "share": "0.25", "many": "4", "open": "false"}) == {
        "place": "18",
        "share": 0.25,
        "many": 4,
        "open": False,
    }
    for wrong in ({"many": "four"}, {"many": "4.5"}, {"share": "25%"}, {"open": "ja"}, {"place": 18}, {"many": True}):
        with pytest.raises(ManifestError, match="is needed"):
            typed(path, wrong)


@pytest.mark.parametrize(
    "line", ["a = 1", "a: str | None = None", "a: int = 1; import os", 'a: str = str("x")', "a: int = ", "a: list = []"]
)
def test_a_parameters_cell_that_papermill_would_misread_is_refused(notebook, line):
    with pytest.raises(ManifestError, match=r"odd\.ipynb, parameters cell: .*each line is"):
        parameters_of(notebook("odd", line).notebook)


def test_reports_are_chosen_by_report_place_or_path():
    found = reports()
    lampung = [report.path for report in found if report.folder == "lampung"]
    assert lampung[:2] == ["lampung/coverage", "lampung/change"]
    chosen = [report.path for report in matching(["Lampung", "dki-jakarta/coverage"], found)]
    assert chosen == [*lampung, "dki-jakarta/coverage"]
    every = {report.name for report in found}
    assert len(matching(sorted(every), found)) == len(found) == len(matching([], found))
    with pytest.raises(ManifestError, match="did you mean lampung"):
        matching(["lampong"], found)


# ---- the command ----


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["render", "coverage", "-p", "provinsi", "Lampung"], "has no parameter 'provinsi'; did you mean province?"),
        (["render", "coverage", "-p", "province", "Lampong"], "did you mean Lampung?"),
        (["render", "coverage", "-p", "province", "Papua Selatan"], "With participants: Indonesia, Aceh"),
        (["render", "coverage", "-p", "period", "2023-11"], "There is: 2022-12, 2023-12, 2024-12"),
        (["render", "coverage", "-p", "base", "eligible", "-p", "province", "Bali"], "There is: "),
        (["render", "coverage", "-p", "province", ""], "there is no province ''"),
        (["render", "coverage", "-p", "province", "Papua Selatan"], "they are counted within Papua"),
        (["render", "coverage", "-p", "language", "en"], "always comes in both languages"),
        (["render", "coverag"], "did you mean coverage?"),
        (["render", "-p", "province", "Lampung"], "-p goes with one report"),
        (["notebooks", "coverag"], f"there is {', '.join(path.stem for path in NOTEBOOKS)}"),
    ],
)
def test_a_command_that_is_not_understood_exits_with_2_and_says_what_there_is(words, says):
    run = CliRunner().invoke(main, words)
    assert run.exit_code == 2
    assert says in " ".join(run.stderr.split())
    assert "Traceback" not in run.stderr


def test_bad_data_stops_a_render_before_anything_is_touched(cakupan, elsewhere, tmp_path):
    page_before = tmp_path / "outputs/id/lampung/coverage.html"
    page_before.parent.mkdir(parents=True)
    page_before.write_text("old")
    table = elsewhere / "data" / "participants.csv"
    table.write_text(table.read_text("utf-8").replace("564393", "564.393"), "utf-8")
    run = cakupan("render", "lampung", "--outputs", str(tmp_path / "outputs"), project=elsewhere)
    assert run.returncode == 1
    assert "participants.csv:" in run.stderr and "564.393" in run.stderr and "all pages are as they were" in run.stderr
    assert files(tmp_path / "outputs") == {"id/lampung/coverage.html": b"old"}


def test_a_province_without_a_row_fails_alone_and_says_why(cakupan, elsewhere, tmp_path):
    shutil.copy(elsewhere / "notebooks/coverage.ipynb", elsewhere / "notebooks/broken.ipynb")
    broken = nbformat.read(elsewhere / "notebooks/broken.ipynb", as_version=4)
    next(cell for cell in broken.cells if cell.id == "compute").source += "\nraise RuntimeError('planted')"
    nbformat.write(broken, elsewhere / "notebooks/broken.ipynb")
    (elsewhere / "reports.toml").write_text(
        '[broken]\nnotebook = "broken.ipynb"\n[coverage]\nnotebook = "coverage.ipynb"\n'
    )
    run = cakupan("render", "--outputs", str(tmp_path / "outputs"), project=elsewhere)
    assert run.returncode == 1
    assert "failed: lampung/broken: cell compute: RuntimeError: planted" in run.stderr
    assert "1 of 2 reports rendered, the failed ones keep their old pages" in run.stdout
    assert (tmp_path / "outputs/id/lampung/coverage.html").is_file()


def test_one_wrong_digit_in_an_article_is_found_on_its_page(elsewhere, cakupan, tmp_path):
    # 564,386 + 167,605 = 731,991; with 167,606 informal the three can't be true together, nor "1,7 orang" with any.
    table = elsewhere / "data" / "reported_claims.csv"
    text = table.read_text("utf-8")
    right = next(line for line in text.splitlines() if line.startswith("LPG-2023-SEED-ANTARA#6,"))
    table.write_text(text.replace(right, right.replace("167.605", "167.606").replace("167605", "167606")), "utf-8")
    run = cakupan("render", "lampung/press", "--outputs", str(tmp_path / "outputs"), project=elsewhere)
    assert run.returncode == 0, run.stderr
    page = (tmp_path / "outputs/en/lampung/press.html").read_text("utf-8")
    assert "together with the other of this article" in page
    record = json.loads((tmp_path / "outputs/id/lampung/press.record.json").read_text("utf-8"))
    assert record["published"]["answer"]["values"]["conflicting"] >= 5
    offered = (tmp_path / "outputs/en/lampung/press.offered.csv").read_text("utf-8")
    assert "together,covered BPU sebanyak 167.606,167.605," in offered
    assert 'together,"workers BPU 1,7 orang","1,7 juta",' in offered
    conflicts = (tmp_path / "outputs/en/lampung/press.conflicts.csv").read_text("utf-8")
    assert "sebanyak 167.606" in conflicts and "1,7 orang" in conflicts


def test_a_second_date_that_is_not_later_is_answered(tmp_path):
    dates = ["-p", "since", "2024-12", "-p", "period", "2023-12"]
    words = ["render", "change", "-p", "province", "Lampung", *dates, "--outputs", str(tmp_path / "outputs")]
    run = CliRunner().invoke(main, words)
    assert run.exit_code == 2
    assert "period '2023-12' must be after since '2024-12'" in " ".join(run.stderr.split())
    assert not list((tmp_path / "outputs").glob("id/*/*.html"))


def test_the_list_names_path_notebook_and_parameters():
    run = CliRunner().invoke(main, ["list", "lampung"])
    lines = run.stdout.splitlines()
    assert len(lines) == len(matching(["lampung"], reports())) and {
        "lampung/coverage  coverage.ipynb  province Lampung, period 2024-12",
        "lampung/press  press.ipynb  province Lampung",
        "lampung/scenarios  scenarios.ipynb  province Lampung, period 2024-12, until 2045",
    } <= set(lines)


@pytest.mark.render
def test_the_commands_of_the_readme_run(cakupan, tmp_path):
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = re.findall(r"`\.venv/bin/cakupan ([^`]+)`", readme)
    verbs = ["check", "render", "render", "prune", "list", "render", "verify", "compare", "check"]
    assert [command.split()[0] for command in commands] == verbs
    for command in commands:
        if command.startswith("compare"):  # needs the history, and has tests of its own
            continue
        elsewhere = (
            ["--outputs", str(tmp_path / "outputs")] if command.startswith(("render", "verify", "prune")) else []
        )
        run = cakupan(*command.split(), *elsewhere)
        assert run.returncode == 0, (command, run.stderr)
    assert (tmp_path / "outputs/id/lampung/coverage-period-2022-12.html").is_file()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:`|    )make ([a-z]+)", readme)) <= targets


def test_a_missing_segment_is_unknown_on_the_page_and_nothing_is_ranked(cakupan, elsewhere, tmp_path):
    table = elsewhere / "data" / "participants.csv"
    lines = table.read_text("utf-8").splitlines(keepends=True)
    rest = [line for line in lines if not line.startswith("2024-12,18,Lampung,34,domicile,active,BPU,")]
    assert len(rest) == len(lines) - 1
    table.write_text("".join(rest), "utf-8")
    toml = elsewhere / "reports.toml"
    toml.write_text(toml.read_text("utf-8").replace('period = "latest"', 'period = "2024-12"'), "utf-8")
    pages = ["lampung/coverage", "lampung/change", "lampung/press"]
    run = cakupan("render", *pages, "--outputs", str(tmp_path / "outputs"), project=elsewhere)
    assert run.returncode == 0, run.stderr
    text, values = published(tmp_path / "outputs", "en", "lampung")
    assert "is unknown: its participants or workers are incomplete" in text["answer-unknown"]
    assert {row["segment"]: row["rate"] for row in values["segments"]["rows"]} == {
        "PU": pytest.approx(710444 / 1477450, abs=1e-12),
        "BPU": None,
        "all": None,
    }
    assert "1 of them have no data" in text["rank-unknown"]
    assert not {"answer", "answer-segments", "rank", "rate-by-province", "uncovered", "uncovered-by-province"} & set(
        text
    )
    everything = " ".join(text.values())
    assert "nan" not in everything.split() and "None" not in everything and "<NA>" not in everything
    index = (tmp_path / "outputs/index.html").read_text("utf-8")
    assert re.search(r'data-value="Lampung">.*?class="n lead"[^>]*data-value=""', index, re.DOTALL)
    assert 'aria-label="Lampung, tidak diketahui"' in index
    run = cakupan("render", "lampung/scenarios", "--outputs", str(tmp_path / "outputs"), project=elsewhere)
    assert run.returncode == 1 and "Lampung has no covered or no workers of BPU for 2024" in run.stderr
