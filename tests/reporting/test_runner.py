"""What lies in the folder of outputs: only what is ours there is read, written, marked, listed or removed.

Reports are made without running their notebooks (`makers`), so that each test takes milliseconds: it is where files go that counts.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from filelock import FileLock
from jinja2 import TemplateSyntaxError

from analysis import cli, data
from analysis.reporting import manifest, runner
from analysis.reporting.engine.forks import Event
from analysis.reporting.manifest import Report, matching
from analysis.reporting.pages import site
from analysis.reporting.records import record, revisions
from analysis.reporting.surplus import remove, surplus
from analysis.words import LANGUAGES, fields

COLUMNS = {report.name: report.columns for report in manifest.reports()}
ANSWER = {"values": {}, "rows": [], "about": {"confidence": "low"}}


def published(name: str) -> dict[str, dict]:
    """What the index shows of a report, as its page would publish it: shares are a quarter, all else is 10."""
    found = {"answer": ANSWER | {"values": {}}}
    for shown in (column.cells[0] for column in COLUMNS.get(name, ())):
        values = fields(shown.text["en"]) | ({shown.when: "count"} if shown.when else {})
        for value, kind in values.items():
            sentence, _, key = value.rpartition(".")
            held = found.setdefault(sentence or "answer", ANSWER | {"values": {}})["values"]
            held[key] = 0.25 if kind.startswith("p") else 10
    return found


def content(job: record.Job) -> dict[str, bytes]:
    """The files of a report as a notebook's run would give them."""
    names = [f"{language}/{job.path}.{kind}" for language in LANGUAGES for kind in ("html", "part.csv", "ipynb")]
    files = {name: name.encode() for name in names}
    known = {
        "report": job.name,
        "parameters": job.parameters,
        "edition": "1",
        "sources": [],
        "made": "0",
        "made_of": record.made_of(job, {"files": ["data/regions.csv"], "folders": []}),
        "published": published(job.name),
        "files": {name: sizes(text) for name, text in files.items()},
    }
    text = record.as_text(known).encode()
    return files | {f"{language}/{job.path}.record.json": text for language in LANGUAGES}


def sizes(content: bytes) -> dict[str, object]:
    return {"bytes": len(content), "sha256": record.hashlib.sha256(content).hexdigest()}


def makers(*failing: str, of=content, last=lambda: None) -> runner.Makers:
    """Make every report at once, but for those that fail, and do something at the end."""

    def made(tasks, temporary, passed):
        for number, task in enumerate(tasks):
            yield Event(number, "started")
            bad = task.job.path in failing
            yield Event(number, *(("failed", "cell step-2: planted") if bad else ("made", of(task.job))))
        last()

    return made


@pytest.fixture(scope="module")
def all_reports() -> list[Report]:
    return manifest.reports()


@pytest.fixture(scope="module")
def rendered(all_reports, tmp_path_factory) -> Path:
    """The pages of Lampung, and one of Bali."""
    outputs = tmp_path_factory.mktemp("rendered") / "outputs"
    runner.render(matching(["lampung", "bali/coverage"], all_reports), outputs, makers())
    return outputs


@pytest.fixture
def empty(tmp_path) -> Path:
    return tmp_path / "outputs"


@pytest.fixture
def outputs(rendered, empty) -> Path:
    """A copy of those pages, with all times, to do something to."""
    return Path(shutil.copytree(rendered, empty))


@pytest.fixture
def render(empty, all_reports):
    """Renders the reports that are named; what is said of those that failed."""

    def run(*names: str, by: runner.Makers | None = None, **how) -> dict[str, str]:
        done = runner.render(matching(names, all_reports), empty, by or makers(), **how)
        return {one.report.path: one.failure for one in done if one.failure}

    return run


@pytest.fixture(autouse=True)
def ends():
    """What waits for a pipe would wait for ever: it is ended, and fails."""
    signal.alarm(120)
    yield
    signal.alarm(0)


def everything(folder: Path) -> dict[str, bytes | None]:
    """Each name below a folder, hidden ones aside, with its content; None for what isn't a plain file."""
    paths = [path for path in sorted(folder.rglob("*")) if not path.name.startswith(".")]
    return {
        path.relative_to(folder).as_posix(): record.content_of(path)
        for path in paths
        if path.is_symlink() or not path.is_dir()
    }


def change_record(outputs: Path, path: str, **parts) -> None:
    """Write other things into a report's records, with a hash that fits, as someone who knows how could."""
    for language in LANGUAGES:
        file = record.file_of(outputs, path, language)
        known = {name: value for name, value in json.loads(file.read_text("utf-8")).items() if name != "sha256"}
        file.write_text(record.as_text(known | parts), "utf-8")


def reasons(outputs: Path, path: str, all_reports) -> list[str]:
    [report] = matching([path], all_reports)
    return record.reasons(runner.job_of(report), outputs, record.hashes())


# ---- a record that names what isn't the report's ----

FOREIGN = (
    "{outside}/theirs.txt",
    "../outside/theirs.txt",
    "id/../../outside/theirs.txt",
    "id/lampung/../../../outside/theirs.txt",
    "index.html",
    "id/bali/coverage.html",
    "id/lampung/press.html",
    "id/lampung/coverage-2022-12.html",
    "id/lampung/notes.csv",
    "id/lampung/coverage",
    "id/lampung/coverage.",
    "id/lampung/coverage.a/b.csv",
    "fr/lampung/coverage.html",
    "coverage.html",
    "id/coverage.html",
    "id/lampung/coverage.x.csv\0",
    "id/lampung/coverage.md",
    "",
    ".",
    "/",
)


@pytest.mark.parametrize("name", FOREIGN)
def test_a_record_that_names_a_file_elsewhere_removes_nothing(name, outputs, render, all_reports, tmp_path):
    outside = tmp_path / "outside"
    name = name.format(outside=outside)
    for theirs in (outside / "theirs.txt", outputs / "id/lampung/notes.csv", outputs / "id/lampung/coverage.md"):
        theirs.parent.mkdir(exist_ok=True)
        theirs.write_text("mine")
    made = record.read(record.file_of(outputs, "lampung/coverage", "id"))
    change_record(outputs, "lampung/coverage", files=made["files"] | {name: sizes(b"mine")})
    before = everything(tmp_path)
    assert record.read(record.file_of(outputs, "lampung/coverage", "id")) is None
    assert reasons(outputs, "lampung/coverage", all_reports) == [
        "id/lampung/coverage.record.json is damaged, or of an older version"
    ]
    assert not render("lampung/coverage")
    assert everything(tmp_path).keys() == before.keys()
    assert (outside / "theirs.txt").read_text() == "mine"
    assert reasons(outputs, "lampung/coverage", all_reports) == []


@pytest.mark.parametrize("kind", ["files", "folders"])
@pytest.mark.parametrize("name", ["/etc/hostname", "../outside.txt", "data/../../outside.txt", "data/\0"])
def test_a_record_that_names_an_input_elsewhere_counts_for_nothing(name, kind, outputs, all_reports):
    made = record.read(record.file_of(outputs, "lampung/coverage", "id"))["made_of"]
    given = "1" if kind == "files" else []
    change_record(outputs, "lampung/coverage", made_of=made | {kind: made[kind] | {name: given}})
    asked: list[str] = []
    [report] = matching(["lampung/coverage"], all_reports)
    found = record.reasons(runner.job_of(report), outputs, lambda file: asked.append(file) or "")
    assert found == ["id/lampung/coverage.record.json is damaged, or of an older version"] and asked == []


SHAPES = {
    "no files": {"files": None},
    "files as a list": {"files": ["id/lampung/coverage.html"]},
    "sizes as text": {"files": {"id/lampung/coverage.html": "12"}},
    "nothing it was made of": {"made_of": None},
    "inputs as a list": {"made_of": ["data/regions.csv"]},
    "folders as text": {"made_of": {"folders": "data"}},
    "parameters as a list": {"parameters": ["Lampung"]},
    "no report": {"report": None},
    "published as a list": {"published": [1]},
    "an answer without values": {"published": {"answer": {}}},
    "rows as text": {"published": {"answer": {"values": {}, "rows": "x", "about": {}}}},
}


@pytest.mark.parametrize("parts", SHAPES.values(), ids=SHAPES.keys())
def test_a_record_of_another_shape_is_due_and_never_a_traceback(parts, outputs, render, all_reports):
    change_record(outputs, "lampung/coverage", **parts)
    assert reasons(outputs, "lampung/coverage", all_reports) == [
        "id/lampung/coverage.record.json is damaged, or of an older version"
    ]
    assert "id/lampung/coverage.html" not in site.index(outputs, manifest.reports()).texts["id"]
    revisions.comparison(str(outputs), str(outputs))
    assert not render("lampung/coverage")
    assert reasons(outputs, "lampung/coverage", all_reports) == []


def test_a_record_is_no_record_when_it_is_nested_without_end_or_is_no_object(tmp_path):
    for text in ("[" * 100_000, "[]", "null", '"sha256"', '{"sha256": []}', ""):
        (tmp_path / "x.record.json").write_text(text)
        assert record.read(tmp_path / "x.record.json") is None


ODD = {
    "coverage": [{"rate": "much"}, {"rate": [1]}, {"rate": float("nan")}, {"uncovered": {}}, {"uncovered": "1"}],
    "change": [{"total": "up"}, {"total": float("inf")}],
}


@pytest.mark.parametrize(("name", "values"), [(name, values) for name, many in ODD.items() for values in many], ids=str)
def test_a_record_that_published_something_else_does_not_stop_the_index(name, values, outputs):
    change_record(outputs, f"lampung/{name}", published={"answer": {"values": values, "rows": [], "about": {}}})
    text = site.index(outputs, manifest.reports()).texts["id"]
    assert f"id/lampung/{name}.html" not in text and "id/bali/coverage.html" in text


@pytest.mark.parametrize(
    ("show", "value", "sorted_by"),
    [
        ("{rate:percent}", 0.25, 0.25),
        ("{rate:percent}", "not defined", ""),
        ("{rate:rupiah_short}", 5, 5),
        ("{rate}", 2045, 2045),
        ("{rate:month}", "2024-12", "2024-12"),
        ("{rate:term}", "known", "known"),
        ("{rate:printed}", "sekitar 2,7 juta", "sekitar 2,7 juta"),
        ("{rate:both}", ["Seperti biasa", "As usual"], 1),
    ],
)
def test_whatever_a_sentence_may_say_can_stand_in_the_index(show, value, sorted_by):
    column = manifest.Column({"id": "x", "en": "x"}, (manifest.Cell({"id": show, "en": show}),))
    told = {"published": {"answer": {"values": {"rate": value}}}, "parameters": {}}
    by, text = site._cell(column, told)
    assert by == sorted_by and all(text.values())


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("coverage", {}),
        ("coverage", {"province": 5}),
        ("change", {"province": ["Lampung"]}),
        ("scenarios", {"until": 2045}),
    ],
)
def test_a_record_with_other_parameters_does_not_stop_the_index(name, parameters, outputs):
    change_record(outputs, f"lampung/{name}", parameters=parameters)
    text = site.index(outputs, manifest.reports()).texts["id"]
    assert f"id/lampung/{name}.html" not in text and "id/bali/coverage.html" in text


def test_an_unknown_confidence_does_not_stop_the_index(outputs):
    answer = published("coverage")["answer"] | {"about": {"confidence": "utter"}}
    change_record(outputs, "lampung/coverage", published={"answer": answer})
    text = site.index(outputs, manifest.reports()).texts["id"]
    assert "id/lampung/coverage.html" in text and "utter" not in text  # the index shows no page's confidence


COMPARED = {
    "nothing it was made of": {"made_of": None},
    "inputs as a list": {"made_of": ["data/regions.csv"]},
    "folders as text": {"made_of": {"folders": "data"}},
    "parameters as a list": {"parameters": ["Lampung"]},
    "no files": {"files": None},
}


@pytest.mark.parametrize("parts", COMPARED.values(), ids=COMPARED.keys())
def test_what_a_record_of_another_shape_published_is_compared_all_the_same(parts, rendered, outputs):
    answer = {"values": {"rate": 0.5}, "rows": [], "about": {}}
    change_record(outputs, "lampung/coverage", **{"published": {"answer": answer}} | parts)
    found = revisions.comparison(str(rendered), str(outputs))
    [move] = [move for move in found.moves if (move.at.column, move.event) == ("rate", "")]
    assert (move.old, move.new) == (0.25, 0.5)
    assert move.cause == "not known"


@pytest.mark.parametrize(
    "published", [None, [], {"answer": 5}, {"answer": {"rows": [1]}}, {"answer": {"values": [1]}}], ids=str
)
def test_a_record_that_published_nothing_legible_is_named_by_compare(published, rendered, outputs):
    change_record(outputs, "lampung/coverage", published=published)
    found = revisions.comparison(str(rendered), str(outputs))
    assert found.failed == {str(outputs): {"lampung/coverage": "its record is damaged"}}


def test_compare_does_not_wait_for_a_pipe(rendered, outputs):
    file = record.file_of(outputs, "lampung/coverage", "id")
    file.unlink()
    os.mkfifo(file)
    found = revisions.comparison(str(rendered), str(outputs))
    assert found.failed == {str(outputs): {"lampung/coverage": "its record is damaged"}}


def test_a_revision_with_a_link_out_of_the_tree_is_named_by_compare(tmp_path, monkeypatch):
    def archive(*words):
        with tarfile.open(words[2].removeprefix("--output="), "w") as tar:
            link = tarfile.TarInfo("data")
            link.type, link.linkname = tarfile.SYMTYPE, "/somewhere/else"
            tar.addfile(link)
        return subprocess.CompletedProcess(words, 0, b"", b"")

    monkeypatch.setattr(revisions, "_git", archive)
    with pytest.raises(revisions.UnknownError, match=r"HEAD~1 \(abc\) can't be taken out: 'data' .*link"):
        revisions._taken_out(revisions.State("HEAD~1", None, "abc"), tmp_path / "tree")


# ---- links, pipes and folders in the way ----


@pytest.mark.parametrize("link", ["id", "en", "id/lampung", "en/lampung"])
def test_a_folder_that_leads_elsewhere_is_named_and_nothing_is_written_there(link, outputs, render, tmp_path):
    outside = tmp_path / "outside"
    (outputs / link).rename(outside)
    (outputs / link).symlink_to(outside)
    before = everything(outside)
    failed = render("lampung/coverage", "bali/coverage", force=True)
    assert f"{outputs / link} isn't a folder of its own" in failed["lampung/coverage"]
    assert ("bali/coverage" in failed) == (link in LANGUAGES)
    assert everything(outside) == before
    assert "lampung" not in site.index(outputs, manifest.reports()).texts["id"] or link.startswith("en")


def test_outputs_may_themselves_be_a_link(empty, render, tmp_path):
    (tmp_path / "disk").mkdir()
    empty.symlink_to(tmp_path / "disk")
    assert not render("lampung/coverage")
    assert empty.is_symlink() and (tmp_path / "disk/id/lampung/coverage.html").is_file()


@pytest.mark.parametrize("kind", ["html", "part.csv", "ipynb", "record.json"])
def test_a_link_in_the_place_of_a_file_is_replaced_and_what_it_leads_to_stays(
    kind, outputs, render, all_reports, tmp_path
):
    file = outputs / f"id/lampung/coverage.{kind}"
    theirs = file.rename(tmp_path / "theirs")
    file.symlink_to(theirs)
    before = theirs.read_bytes()
    theirs.chmod(0o600)
    assert f"id/lampung/coverage.{kind} isn't a plain file" in reasons(outputs, "lampung/coverage", all_reports)
    assert not render("lampung/coverage")
    assert record.plain(file) and theirs.read_bytes() == before and theirs.stat().st_mode & 0o777 == 0o600


def test_of_a_link_that_has_the_name_of_an_old_file_only_the_link_is_removed(outputs, render, tmp_path):
    def fewer(job):
        files = {name: text for name, text in content(job).items() if not name.endswith(".csv")}
        known = json.loads(files["id/lampung/coverage.record.json"])
        known["files"] = {name: size for name, size in known["files"].items() if name in files}
        text = record.as_text({name: value for name, value in known.items() if name != "sha256"}).encode()
        return files | {name: text for name in files if name.endswith(".record.json")}

    (tmp_path / "theirs").write_text("mine")
    old = outputs / "id/lampung/coverage.part.csv"
    old.unlink()
    old.symlink_to(tmp_path / "theirs")
    assert not render("lampung/coverage", by=makers(of=fewer), force=True)
    assert not old.is_symlink() and (tmp_path / "theirs").read_text() == "mine"


@pytest.mark.parametrize(
    "name",
    ["id/lampung/coverage.record.json", "en/lampung/coverage.record.json", "id/lampung/coverage.html", "index.html"],
)
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(name, outputs, render):
    (outputs / name).unlink()
    os.mkfifo(outputs / name)
    assert not render("lampung/coverage")
    assert record.plain(outputs / name)


def test_a_folder_in_the_place_of_a_page_fails_that_report_before_anything_is_written(outputs, render):
    page = outputs / "en/lampung/coverage.html"
    page.unlink()
    page.mkdir()
    before = everything(outputs)
    failed = render("lampung")
    assert f"{page} is a folder" in failed["lampung/coverage"] and len(failed) == 1
    assert {name: text for name, text in everything(outputs).items() if not name.startswith("index.")} == {
        name: text for name, text in before.items() if not name.startswith("index.")
    }


@pytest.mark.parametrize(
    "name", ["id/lampung/coverage./../../../x.csv", "/abs/x.csv", "id/lampung/coverage.a/b.csv", "id/lampung/x.csv"]
)
def test_a_notebook_that_names_what_it_shows_like_a_path_fails_alone(name, render, tmp_path):
    failed = render("lampung/coverage", by=makers(of=lambda job: {name: b"x"} | content(job)))
    assert f"it would write {name}" in failed["lampung/coverage"]
    assert everything(tmp_path).keys() == {"outputs/index.html", "outputs/index.en.html"}


LOCKS = {
    "a link": lambda lock, theirs: lock.symlink_to(theirs),
    "somebody's file": lambda lock, theirs: lock.write_text("my notes"),
    "a pipe": lambda lock, theirs: os.mkfifo(lock),
    "a folder": lambda lock, theirs: lock.mkdir(),
}


@pytest.mark.parametrize("make", LOCKS.values(), ids=LOCKS.keys())
def test_a_lock_that_is_not_ours_is_named_and_left(make, empty, render, tmp_path):
    (tmp_path / "theirs").write_text("mine")
    empty.mkdir()
    make(empty / ".lock", tmp_path / "theirs")
    before = record.content_of(empty / ".lock")
    with pytest.raises(runner.OutputsError, match=r"\.lock isn't a lock of ours"):
        render("lampung/coverage")
    assert (tmp_path / "theirs").read_text() == "mine" and record.content_of(empty / ".lock") == before
    assert [path.name for path in empty.iterdir()] == [".lock"]


def test_a_lock_that_a_killed_render_left_is_taken_over(empty, render):
    empty.mkdir()
    (empty / ".lock").write_text("process 123 on some-machine")
    assert not render("lampung/coverage")
    assert (empty / ".lock").read_text() == ""


# ---- the index, where some of the pages are of another state ----


def index_text(outputs: Path, language: str = "id") -> str:
    return (outputs / site.FILES[language]).read_text("utf-8")


def marks(outputs: Path) -> dict[str, list[str]]:
    """What the index says to a screen reader of the pages of each place, in English."""
    rows = re.findall(r'scope="row" data-value="([^"]*)">(.*?)</tr>', index_text(outputs, "en"), re.DOTALL)
    return {place: found for place, cells in rows if (found := re.findall(r'class="unseen">\((.*?)\)', cells))}


def legend(outputs: Path, language: str = "id") -> list[str]:
    return re.findall(r'<li><span aria-hidden="true">(.)</span>', index_text(outputs, language))


def older(outputs: Path, *paths: str) -> None:
    """Make pages be of other inputs than today's, as if a table had changed since."""
    for path in paths:
        made = record.read(record.file_of(outputs, path, "id"))["made_of"]
        change_record(outputs, path, made_of=made | {"files": made["files"] | {"data/regions.csv": "1"}})


@pytest.fixture
def cakupan(monkeypatch, outputs):
    """Runs the command on those outputs, its reports made as above; what it says on both streams, and its exit code."""

    def run(*words: str, by: runner.Makers | None = None):
        monkeypatch.setattr(runner, "here", lambda *_: by or makers())
        return CliRunner().invoke(cli.main, [*words, "--outputs", str(outputs)])

    return run


def test_where_all_hold_nothing_is_marked_and_nothing_is_said(outputs, render, all_reports):
    mine = matching(["lampung", "bali/coverage"], all_reports)
    told = []
    runner.render(mine, outputs, makers(), beside=mine, watcher=runner.Watcher(indexed=told.append))
    assert marks(outputs) == {} and legend(outputs) == [] and 'class="mark"' not in index_text(outputs)
    assert told == [site.Marked()]
    assert index_text(outputs) == site.index(outputs, manifest.reports()).texts["id"]


def test_after_a_render_of_some_reports_the_index_marks_the_others_that_no_longer_hold(outputs, cakupan, all_reports):
    older(outputs, "lampung/coverage", "lampung/press", "bali/coverage")
    run = cakupan("render", "lampung/press")
    assert run.exit_code == 0, run.output
    assert marks(outputs)["Lampung"] == ["older page"] and marks(outputs)["Bali"].count("older page") == 1
    assert marks(outputs)["Bali"].count("not made yet") == len(COLUMNS) - 1
    assert run.stdout.splitlines()[-1] == (
        f"the index shows 2 pages of an older state, and {len(all_reports) - len(COLUMNS) - 1} reports have no page yet; "
        f"render them with: cakupan render --outputs {outputs}"
    )
    assert [legend(outputs, language) for language in LANGUAGES] == [["*", "‡"]] * 2


def test_a_mark_is_said_in_both_languages_and_explained_below_the_table(outputs, cakupan):
    older(outputs, "lampung/coverage")
    cakupan("render", "lampung/press")
    for language, mark, explained in (
        ("id", "(halaman lama)", "Halaman lama: data, cara"),
        ("en", "(older page)", "Older page: its data, method"),
    ):
        text = index_text(outputs, language)
        assert text.count(mark) == 1 and explained in text
        assert '</a><sup class="mark"><span aria-hidden="true">*</span>' in text


def test_a_report_that_failed_is_marked_whether_it_has_an_old_page_or_none(outputs, cakupan):
    older(outputs, "lampung/press")
    run = cakupan("render", "lampung/press", "aceh/coverage", by=makers("lampung/press", "aceh/coverage"))
    assert run.exit_code == 1
    assert "failed: lampung/press: cell step-2: planted" in run.stderr
    assert "the index shows 1 page of an older state" in run.stdout.splitlines()[-1]
    assert marks(outputs)["Lampung"] == ["could not be made"]
    assert marks(outputs)["Aceh"].count("could not be made") == 1
    assert 'href="id/lampung/press.html"' in index_text(outputs) and "id/aceh/coverage.html" not in index_text(outputs)


def test_a_page_of_ones_own_marks_what_no_longer_holds_too(outputs, cakupan):
    older(outputs, "bali/coverage")
    run = cakupan("render", "coverage", "-p", "province", "Lampung", "-p", "period", "2022-12")
    assert run.exit_code == 0, run.output
    assert "older page" in marks(outputs)["Bali"]
    assert "the index shows 1 page of an older state" in run.stdout.splitlines()[-1]


def test_a_shard_marks_what_the_others_have_not_made(outputs, cakupan):
    older(outputs, "bali/coverage", "lampung/press")
    run = cakupan("render", "bali", "lampung/press", "--shard", "2/99")
    assert run.exit_code == 0, run.output
    assert marks(outputs)["Lampung"] == ["older page"] and "older page" in marks(outputs)["Bali"]


def test_the_index_is_the_same_bytes_again_and_is_not_written_then(outputs, cakupan):
    older(outputs, "bali/coverage")
    cakupan("render", "lampung/press")
    before = index_text(outputs), (outputs / "index.html").stat()
    cakupan("render", "lampung/costs")
    assert (index_text(outputs), (outputs / "index.html").stat()) == before
    assert not re.search(r"\bNone\b|\bnan\b", index_text(outputs) + index_text(outputs, "en"))


def test_what_is_marked_goes_when_it_is_rendered(outputs, cakupan):
    older(outputs, "lampung/coverage")
    cakupan("render", "bali")
    assert marks(outputs)["Lampung"] == ["older page"]
    cakupan("render", "lampung")
    assert marks(outputs) == {}


def renamed(outputs: Path) -> None:
    """Give Lampung's pages another name of the place, as those of a province have that was renamed since."""
    for language in LANGUAGES:
        (outputs / language / "lampung").rename(outputs / language / "lampoeng")
    for name in COLUMNS:
        made = json.loads(record.file_of(outputs, f"lampoeng/{name}", "id").read_text("utf-8"))
        names = {file.replace("lampung", "lampoeng"): size for file, size in made["files"].items()}
        change_record(
            outputs, f"lampoeng/{name}", parameters=made["parameters"] | {"province": "Lampoeng"}, files=names
        )


def test_pages_of_a_place_that_was_renamed_belong_to_no_report_and_the_index_is_written(outputs, cakupan):
    renamed(outputs)
    run = cakupan("render", "lampung/coverage")
    assert run.exit_code == 0, run.output
    assert marks(outputs)["Lampoeng"] == ["no longer kept up"] * len(COLUMNS)
    assert list(marks(outputs)).index("Lampoeng") == len(marks(outputs)) - 1
    assert (
        run.stdout.splitlines()[-1]
        == f"the index shows {len(COLUMNS)} pages of no report; list them with: cakupan prune --outputs {outputs}"
    )


def test_the_heads_of_the_index_are_those_of_pages_that_hold(outputs, cakupan):
    cakupan("render", "bali/change")
    made = record.read(record.file_of(outputs, "bali/change", "id"))
    change_record(outputs, "bali/change", parameters=made["parameters"] | {"since": "2022-12"})
    cakupan("render", "lampung/change")
    assert "Covered December 2024" in index_text(outputs, "en")


def test_data_that_breaks_while_pages_are_made_does_not_hide_what_failed(outputs, cakupan, monkeypatch):
    def broken():
        def read(*_):
            raise data.DataError("participants.csv:5: broken")

        for name in ("read", "assure"):
            monkeypatch.setattr(data, name, read)

    run = cakupan("render", "lampung", "--force", by=makers("lampung/press", last=broken))
    assert run.exit_code == 1
    assert "failed: lampung/press: cell step-2: planted" in run.stderr
    assert f"{len(COLUMNS) - 1} of {len(COLUMNS)} reports rendered" in run.stdout
    assert marks(outputs)["Lampung"] == ["could not be made"]


@pytest.mark.parametrize(
    "why", [OSError(28, "No space left on device"), TemplateSyntaxError("odd", 1)], ids=["disk", "template"]
)
def test_an_index_that_cannot_be_written_does_not_hide_what_failed(why, outputs, cakupan, monkeypatch):
    def refused(*_):
        raise why

    before = index_text(outputs)
    run = cakupan(
        "render",
        "lampung",
        "--force",
        by=makers("lampung/press", last=lambda: monkeypatch.setattr(site, "index", refused)),
    )
    assert run.exit_code == 1
    assert "failed: lampung/press: cell step-2: planted" in run.stderr
    assert f"{outputs}/index.html can't be written, and is as it was" in " ".join(run.stderr.split())
    assert index_text(outputs) == before


def test_a_render_that_is_interrupted_says_what_had_failed(cakupan):
    def interrupted():
        raise KeyboardInterrupt

    run = cakupan("render", "lampung", "--force", by=makers("lampung/press", last=interrupted))
    assert run.exit_code == 1
    assert "failed: lampung/press: cell step-2: planted" in run.stderr and "interrupted: what was done" in run.stderr


def test_data_that_breaks_after_it_was_checked_is_a_sentence(cakupan, monkeypatch):
    def broken(*_):
        raise data.DataError("participants.csv:5: broken")

    monkeypatch.setattr(manifest, "known", broken)
    run = cakupan("render", "lampung")
    assert (
        run.exit_code == 1
        and "the data was changed meanwhile" in run.stderr
        and "participants.csv:5: broken" in run.stderr
    )


# ---- pages of no report ----


def put(outputs: Path, *names: str) -> None:
    for name in names:
        (outputs / name).parent.mkdir(parents=True, exist_ok=True)
        (outputs / name).write_text("x")


def removed(before: dict, outputs: Path) -> set[str]:
    return before.keys() - everything(outputs).keys()


def files_of(*paths: str) -> set[str]:
    kinds = ("html", "part.csv", "ipynb", "record.json")
    return {f"{language}/{path}.{kind}" for language in LANGUAGES for path in paths for kind in kinds}


def moved(outputs: Path, old: str, new: str, **parts) -> None:
    """Give a report's files another path, as those of another report have."""
    for language in LANGUAGES:
        for file in sorted((outputs / language).glob(f"{old}.*")):
            to = outputs / language / new
            to.parent.mkdir(exist_ok=True)
            file.rename(to.with_name(file.name.replace(old.rpartition("/")[2], to.name, 1)))
    made = json.loads(record.file_of(outputs, new, "id").read_text("utf-8"))
    change_record(outputs, new, files={name.replace(old, new): size for name, size in made["files"].items()}, **parts)


def test_where_every_page_belongs_to_a_report_there_is_nothing_to_prune(outputs, cakupan):
    for words in (["prune"], ["prune", "--remove"]):
        run = cakupan(*words)
        assert (run.exit_code, run.stdout) == (0, f"{outputs}: nothing that belongs to no report\n")


KINDS = {
    "a report that is gone": ("lampung/jobs", {"report": "jobs"}, "reports.toml no longer has a report jobs"),
    "a place that is gone": ("lampoeng/costs", {}, "reports.toml makes no page of costs for lampoeng"),
    "a page of one's own": ("lampung/costs-2022-12", {}, "a page of one's own, made with: cakupan render costs -p"),
    "a page without a place": ("costs", {}, "reports.toml makes costs for places only"),
}


@pytest.mark.parametrize(("path", "parts", "says"), KINDS.values(), ids=KINDS.keys())
def test_pages_of_no_report_are_listed_as_what_they_are_and_removed_with_a_word_more(
    path, parts, says, outputs, cakupan
):
    moved(outputs, "lampung/costs", path, **parts)
    before = everything(outputs)
    run = cakupan("prune")
    assert run.exit_code == 0 and removed(before, outputs) == set()
    assert run.stdout.splitlines()[0] == f"{path}: {says}"
    assert {line.strip() for line in run.stdout.splitlines() if line.startswith("  ")} == {
        str(outputs / name) for name in files_of(path)
    }
    assert (
        run.stdout.splitlines()[-1] == "files of 1 page belong to no report; remove them with: cakupan prune --remove"
    )
    run = cakupan("prune", "--remove")
    assert run.exit_code == 0 and removed(before, outputs) == files_of(path), run.output
    assert (outputs / "id" / path).parent.exists() == (path != "lampoeng/costs"), "an empty folder goes"
    assert f"{path}.html" not in index_text(outputs)


def test_of_a_report_that_stays_what_its_record_does_not_name_is_listed(outputs, cakupan):
    put(outputs, "id/lampung/coverage.left.csv")
    run = cakupan("prune", "--remove")
    assert run.exit_code == 0 and "lampung/coverage: the report no longer makes these files" in run.stdout
    assert not (outputs / "id/lampung/coverage.left.csv").exists() and (outputs / "id/lampung/coverage.html").is_file()


# What somebody may keep among the pages.
NOTES = (
    "notes.txt",
    "CNAME",
    "id/notes.csv",
    "id/lampung/notes.md",
    "id/lampung/my.data.csv",
    "id/lampung/coverage.md",
    "id/lampung/coverage.csv",
    "id/lampung/deeper/coverage.part.csv",
    "fr/lampung/coverage.html",
    "id/lampung/.coverage.part.csv",
    "lampung/coverage.left.csv",
    "id/lampung/interview.record.json",
    "id/lampung/interview.html",
    "id/lampung/jobs.html",
)


def test_what_is_not_ours_is_neither_listed_nor_removed(outputs, cakupan):
    put(outputs, *NOTES)
    moved(outputs, "bali/coverage", "bali/jobs", report="jobs")
    put(outputs, "id/bali/notes.md")
    run = cakupan("prune", "--remove")
    assert run.exit_code == 0 and "bali/jobs" in run.stdout
    assert not [
        name
        for name in (*NOTES, "id/bali/notes.md")
        if not (outputs / name).is_file() or str(outputs / name) in run.stdout
    ]


def test_pruning_follows_no_link(outputs, cakupan, tmp_path):
    moved(outputs, "lampung/costs", "old/costs")
    theirs = tmp_path / "theirs"
    (outputs / "id/old").rename(theirs)
    (outputs / "id/old").symlink_to(theirs)
    page = outputs / "en/old/costs.html"
    page.unlink()
    page.symlink_to(theirs / "costs.html")
    before = everything(theirs)
    run = cakupan("prune", "--remove")
    assert run.exit_code == 0, run.output
    assert everything(theirs) == before and page.is_symlink() and not (outputs / "en/old/costs.ipynb").exists()


def test_a_page_of_no_report_whose_record_is_damaged_is_known_by_it_all_the_same(outputs, cakupan):
    moved(outputs, "lampung/costs", "lampung/jobs", report="jobs")
    for language in LANGUAGES:
        file = record.file_of(outputs, "lampung/jobs", language)
        file.write_bytes(file.read_bytes()[:-10])
    before = everything(outputs)
    run = cakupan("prune", "--remove")
    assert run.exit_code == 0 and "lampung/jobs: a page whose record is damaged" in run.stdout
    assert removed(before, outputs) == files_of("lampung/jobs")


def test_a_name_chooses_what_is_pruned(outputs, cakupan):
    moved(outputs, "lampung/costs", "lampung/costs-2022-12")
    moved(outputs, "lampung/press", "lampung/jobs", report="jobs")
    before = everything(outputs)
    assert cakupan("prune", "jobs", "--remove").exit_code == 0
    assert removed(before, outputs) == files_of("lampung/jobs")
    assert "nothing of jobs that belongs to no report" in cakupan("prune", "jobs").stdout


def test_nothing_is_pruned_beside_a_render(outputs, cakupan):
    moved(outputs, "lampung/costs", "lampung/costs-2022-12")
    before = everything(outputs)
    with FileLock(outputs / ".lock"):
        assert cakupan("prune").exit_code == 0
        run = cakupan("prune", "--remove")
    assert run.exit_code == 1 and "is rendering into" in run.stderr and everything(outputs) == before


ENTRIES = {
    "whole": '[jobs]\nnotebook = "jobs.ipynb"\n',
    "being written": "[jobs]\nnotebook = \n",
    "with a mark": '\ufeff[jobs]\nnotebook = "jobs.ipynb"',
    "quoted": '["jobs"]\nnotebook = "jobs.ipynb"',
    "indented": '  [ jobs ]\n  notebook = "jobs.ipynb"',
    "in one line": 'jobs = { notebook = "jobs.ipynb" }',
}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES.keys())
def test_pages_of_a_report_that_cannot_be_opened_out_today_belong_to_it(entry, outputs, all_reports, tmp_path):
    moved(outputs, "lampung/costs", "lampung/jobs", report="jobs")
    file = tmp_path / "reports.toml"
    file.write_text(entry, "utf-8")
    assert surplus(outputs, all_reports, file) == []
    file.write_text("# [jobs]\n")
    assert [one.path for one in surplus(outputs, all_reports, file)] == ["lampung/jobs"]


def test_without_reports_toml_nothing_is_taken_for_surplus(outputs, all_reports, tmp_path):
    with pytest.raises(manifest.ManifestError, match="can't be read"):
        surplus(outputs, all_reports, tmp_path / "reports.toml")


def test_verify_says_that_there_is_something_of_no_report(outputs, cakupan):
    assert cakupan("verify", "lampung/coverage").stderr.count("prune") == 0
    moved(outputs, "lampung/costs", "lampung/costs-2022-12")
    run = cakupan("verify", "lampung/coverage")
    assert (
        run.exit_code == 0 and "files of 1 page there belong to no report; list them with: cakupan prune" in run.stderr
    )


@pytest.mark.parametrize(
    "make",
    [os.mkfifo, lambda path: path.symlink_to(path.with_suffix(".ipynb")), lambda path: path.mkdir()],
    ids=["pipe", "link", "folder"],
)
def test_verify_names_what_is_no_plain_file_and_does_not_wait_for_it(make, outputs, cakupan):
    page = outputs / "en/lampung/coverage.html"
    page.unlink()
    make(page)
    run = cakupan("verify", "lampung/coverage")
    assert (
        run.exit_code == 1
        and run.stdout.splitlines()[0] == "lampung/coverage: en/lampung/coverage.html isn't a plain file"
    )


# ---- a folder that can't be one ----

PLACES = {
    "a pipe": (os.mkfifo, "isn't a folder"),
    "a file": (lambda path: path.write_text("mine"), "is a file"),
    "a dead link": (lambda path: path.symlink_to(path.with_name("nowhere")), "which isn't there"),
    "a link to itself": (lambda path: path.symlink_to(path), "which isn't there"),
}


@pytest.mark.parametrize("command", ["render", "verify", "prune"])
@pytest.mark.parametrize(("make", "says"), PLACES.values(), ids=PLACES.keys())
def test_outputs_that_cannot_be_a_folder_are_named(make, says, command, tmp_path):
    make(tmp_path / "there")
    run = CliRunner().invoke(cli.main, [command, "--outputs", str(tmp_path / "there")])
    assert run.exit_code == 2 and says in " ".join(run.stderr.split()), run.output
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


@pytest.mark.parametrize("name", ["id/lampung", "id/lampung/coverage.record.json", "en/lampung/coverage.html"])
def test_what_cannot_be_read_fails_that_report_alone(name, outputs, render, monkeypatch):
    def refuse(function, itself):
        def call(path, *more, **how):
            if outputs / name in path.parents or (itself and path == outputs / name):
                raise PermissionError(13, "Permission denied", str(path))
            return function(path, *more, **how)

        return call

    for method in ("lstat", "stat", "is_file", "is_symlink", "read_bytes", "read_text", "iterdir"):
        monkeypatch.setattr(Path, method, refuse(getattr(Path, method), method.startswith(("read", "iter"))))
    older(outputs, "bali/coverage")
    failed = render("lampung/coverage", "bali/coverage")
    assert failed.keys() <= {"lampung/coverage"}
    assert all("can't be written: Permission denied" in why for why in failed.values())


def test_a_failed_notebook_of_no_report_is_listed_and_removed(all_reports, tmp_path):
    for name in ("lampung/coverage", "lampung/gone", "lampung/coverage-period-2022-12"):
        file = tmp_path / "failed" / f"{name}.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}")
    found = surplus(tmp_path, all_reports)
    assert [one.path for one in found] == ["lampung/coverage-period-2022-12", "lampung/gone"]
    remove(tmp_path, found)
    assert [file.name for file in (tmp_path / "failed").rglob("*.ipynb")] == ["coverage.ipynb"]


def test_a_page_of_no_report_is_named_in_any_spelling(cakupan, tmp_path):
    assert (
        cakupan(
            "render", "press", "-p", "province", "DKI Jakarta", "-p", "period", "2022", "--outputs", str(tmp_path)
        ).exit_code
        == 0
    )
    for spelling in ("DKI Jakarta", "dki-jakarta", "dki-jakarta/press-period-2022"):
        said = cakupan("prune", spelling, "--outputs", str(tmp_path)).stdout
        assert said.startswith("dki-jakarta/press-period-2022: a page of one's own"), said
