"""Which reports there are: names of pages of one's own, what may be asked, and what is broken is left out by name."""

import json
import os
import re
import shutil

import nbformat
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from samples import samples

from analysis.reporting import manifest as module
from analysis.reporting.manifest import (
    NOTEBOOKS,
    BrokenError,
    LeftOut,
    ManifestError,
    asked_of,
    known,
    matching,
    own,
    own_stem,
    parameters_of,
    reports,
)
from analysis.reporting.records import record

COVERAGE = '[coverage]\nnotebook = "coverage.ipynb"\nparameters = { province = "Lampung" }\n'


@pytest.fixture(scope="module")
def all_reports():
    return reports()


def manifest(tmp_path, text):
    path = tmp_path / "reports.toml"
    path.write_text(text)
    return path


# -- the name of a page of one's own ------------------------------------------------------------------


def test_parameters_name_themselves_in_the_pages_name(all_reports):
    stems = {name: own("scenarios", [(name, "2030")], all_reports).path for name in ("until", "draws", "seed")}
    assert stems == {name: f"lampung/scenarios-{name}-2030" for name in stems}
    assert own("coverage", [("period", "2022-12")], all_reports).path == "lampung/coverage-period-2022-12"


def test_the_order_in_which_parameters_are_given_makes_no_other_page(all_reports):
    one, other = [("draws", "200"), ("until", "2030")], [("until", "2030"), ("draws", "200")]
    assert own("scenarios", one, all_reports).path == own("scenarios", other, all_reports).path


TYPES = {"text": str, "other_text": str, "until": int, "goal": float, "open": bool}
VALUES = {
    str: st.text(max_size=80)
    | st.lists(st.sampled_from([*TYPES, "1", "x", "2022-12", "a"]), max_size=6).map("-".join)
    | st.sampled_from(["", " ", "A", "a", "a b", "a-b", "a--b", "-a", "é", "e", "x" * 61, "x" * 62, "X" * 200]),
    int: st.integers(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
}
SETS = st.fixed_dictionaries({}, optional={name: VALUES[kind] for name, kind in TYPES.items()})
REPORTS = ("scenarios", "scenarios-until", "scenarios-until-5", "a", "A-1")


@samples(500)
@given(st.sampled_from(REPORTS), SETS, st.sampled_from(REPORTS), SETS)
def test_no_two_sets_of_parameters_share_a_name(name, odd, other_name, other):
    assume((name, repr(odd)) != (other_name, repr(other)))
    stems = [own_stem(n, o, TYPES, REPORTS) for n, o in ((name, odd), (other_name, other))]
    assert stems[0] != stems[1] or stems[0] in REPORTS  # the name of another's regular page is refused: below
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", stem) and len(stem) < 120 for stem in stems)


@pytest.mark.parametrize(
    "one, other",
    [
        ({"until": -5}, {"until": 5}),
        ({"goal": 0.5}, {"goal": 5.0}),
        ({"goal": 1e-05}, {"goal": 1e05}),
        ({"text": "A b"}, {"text": "a-b"}),
        ({"text": "a/b"}, {"text": "a b"}),
        ({"text": "1-other_text-2"}, {"text": "1", "other_text": "2"}),
        ({"text": "x" * 100}, {"text": "x" * 101}),
        ({"text": "until-5"}, {"until": 5}),
        ({"open": True}, {"text": "true"}),
    ],
)
def test_values_that_look_alike_have_names_of_their_own(one, other):
    assert own_stem("r", one, TYPES) != own_stem("r", other, TYPES)


def test_the_name_of_another_report_is_refused(tmp_path):
    both = '[coverage]\nnotebook = "coverage.ipynb"\n["coverage-period-2022-12"]\nnotebook = "coverage.ipynb"'
    with pytest.raises(ManifestError, match="is the page of coverage-period-2022-12"):
        own("coverage", [("period", "2022-12")], reports(manifest(tmp_path, both)))


def test_a_parameter_given_twice_is_refused_with_both_values(all_reports):
    for second in ("Bali", "LAMPUNG", "18"):
        with pytest.raises(ManifestError, match=f"'province' is given twice, 'Lampung' and '{second}'"):
            own("coverage", [("province", "Lampung"), ("province", second)], all_reports)


# -- what may be asked ------------------------------------------------------------------------------

REFUSED = {
    "one draw": ("scenarios", {"draws": "1"}, "a range needs 100 at least"),
    "draws beyond memory": ("costs", {"draws": "1000000000"}, "more than 10,000 take more memory"),
    "a negative seed": ("scenarios", {"seed": "-1"}, "write a whole number from 0"),
    "a seed that no file could hold": ("scenarios", {"seed": "9" * 30}, "write a whole number from 0"),
    "a last year that has been": (
        "scenarios",
        {"until": "2024"},
        "until is 2024, and the projection starts from 2024-12; write a year from 2025 to 2060",
    ),
    "a last year far away": ("costs", {"until": "2100"}, "a year from 2025 to 2060"),
    "a nearer year that has been": ("targets", {"by": "2020"}, "by is 2020"),
    "a goal of nothing": ("targets", {"goal": "0"}, "a share above 0 and up to 1"),
    "a goal in percent": ("targets", {"goal": "70"}, "write 0.7 for 70 %"),
    "a goal that is no number": ("targets", {"goal": "nan"}, "goal is nan; write a number"),
    "a goal without end": ("targets", {"goal": "inf"}, "goal is inf; write a number"),
    "a month without participants": ("scenarios", {"period": "2024-11"}, "There is: 2022-12, 2023-12, 2024-12"),
    "a month typed wrong": ("scenarios", {"period": "Dec 2024"}, "period is 'Dec 2024'; write year and month"),
    "a month without a year before": (
        "scenarios",
        {"period": "2022-12"},
        "no participants by domicile (2021-12). There is: 2023-12, 2024-12",
    ),
    "a lever that starts later": (
        "scenarios",
        {"until": "2025", "scenarios": "steady,retention"},
        "until is 2025, and retention of scenario retention starts in 2026: nobody would be reached by it; write until 2026 or later",
    ),
    "levers that all start later": ("scenarios", {"until": "2025"}, "write until 2026 or later"),
    "scenarios without the usual course": ("scenarios", {"scenarios": "retention"}, "write steady, retention"),
    "a scenario that isn't there": ("scenarios", {"scenarios": "steady,retentoin"}, "did you mean retention?"),
}


@pytest.mark.parametrize("name, values, says", REFUSED.values(), ids=REFUSED)
def test_what_makes_no_page_is_refused_before_anything_runs(all_reports, name, values, says):
    with pytest.raises(ManifestError) as refused:
        own(name, list(values.items()), all_reports)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "name, values, says", [x for x in REFUSED.values() if "scenarios" not in x[1] and x[1] != {"until": "2025"}]
)
def test_the_same_rules_hold_for_an_entry_of_reports_toml(tmp_path, name, values, says):
    stated = {
        key: value if re.fullmatch("[0-9.-]{1,18}|nan|inf", value) and key != "period" else f'"{value}"'
        for key, value in values.items()
    }
    entry = ", ".join(f"{key} = {value}" for key, value in stated.items())
    text = f'[mine]\nnotebook = "{name}.ipynb"\nparameters = {{ {entry} }}\n'
    (left,) = known(manifest(tmp_path, COVERAGE + text)).left_out
    assert left.said.startswith("reports.toml, line 4: [mine] ")
    assert says in left.said or "a value of type int is needed" in left.said


@pytest.mark.parametrize("values", [{"draws": "100", "seed": "0"}, {"until": "2026"}, {"until": "2060"}])
def test_the_ends_of_what_makes_sense_are_taken(all_reports, values):
    assert (
        own("scenarios", list(values.items()), all_reports).parameters.items()
        >= {key: int(v) for key, v in values.items()}.items()
    )


# -- entries that are broken ----------------------------------------------------------------------------

BROKEN = {
    "without a notebook": ("[new]\n", "needs a notebook"),
    "no table": ("new = 5\n", "needs a notebook"),
    "a key that isn't finished": ("[new]\nnotebook =\n", "[new] this isn't TOML"),
    "a text that isn't finished": ('[new]\nnotebook = "cover\n', "[new] this isn't TOML"),
    "a head that isn't finished": ("[new\n", "[new] this isn't TOML"),
    "a list that isn't finished": ('[new]\nnotebook = "coverage.ipynb"\nparameters = {\n', "[new] this isn't TOML"),
    "nesting of thousands": ("[new]\nx = " + "[" * 5000 + "\n", "deep; no value here needs that"),
    "a number of 5,000 digits": ("[new]\ntime_limit = " + "9" * 5000 + "\n", "19 digits at most"),
    "twice": ('[new]\nnotebook = "coverage.ipynb"\n[new]\nnotebook = "change.ipynb"\n', "stands in the file twice"),
    "a key that isn't known": ('[new]\nnotebook = "coverage.ipynb"\nparameter = {}\n', "did you mean parameters?"),
    "a time limit in words": ('[new]\nnotebook = "coverage.ipynb"\ntime_limit = "long"\n', "write the seconds"),
    "a time limit that is no number": ('[new]\nnotebook = "coverage.ipynb"\ntime_limit = nan\n', "write the seconds"),
    "a notebook elsewhere": ('[new]\nnotebook = "../x.ipynb"\n', "names notebook '../x.ipynb'; there is change.ipynb"),
    "a notebook in a list": ('[new]\nnotebook = ["coverage.ipynb"]\n', "needs a notebook"),
    "a page of another": ('["Coverage"]\nnotebook = "coverage.ipynb"\n', "[coverage] would both write lampung/"),
    "a date for a text": (
        '[new]\nnotebook = "coverage.ipynb"\nparameters = { period = 2023-12-01 }\n',
        "type str is needed",
    ),
    "a question in one language": (
        '[new]\nnotebook = "coverage.ipynb"\nquestion = { id = "Siapa?" }\n',
        "has a question that can't be read",
    ),
    "a short name that shows a value": (
        '[new]\nnotebook = "coverage.ipynb"\nshort = { id = "{rate:percent}", en = "{rate:percent}" }\n',
        "it is the same on all pages, and shows no value",
    ),
    "a publisher's key that isn't known": (
        '[site]\npublihser = "x"\n',
        "[site] has 'publihser'; did you mean publisher? It says who publishes the pages, and there is: publisher, licence",
    ),
    "a publisher in one language": ('[site]\npublisher = { id = "x" }\n', "[site] has publisher {'id': 'x'}; write"),
    "a publisher in a list": ('[site]\npublisher = ["x"]\n', "[site] has publisher"),
    "a publisher of two lines": ('[site]\npublisher = "x\\ny"\n', "[site] has publisher"),
    "a contact that is no address": ('[site]\ncontact = "call us"\n', "[site] has contact 'call us'; write an address"),
    "an address that would run": ('[site]\naddress = "javascript:alert(1)"\n', "[site] has address"),
    "an address with a quote": ('[site]\ndata = "https://x/\\"y"\n', "[site] has data"),
    "a report called site": ('[site]\nnotebook = "coverage.ipynb"\n', "[site] has 'notebook'"),
    "a site that is no table": ("site = 5\n", "[site] is no table"),
    "a name that leads elsewhere": ('["../new"]\nnotebook = "coverage.ipynb"\n', "is the name of a file"),
    "a name of megabytes": (f'["{"n" * 5000}"]\nnotebook = "coverage.ipynb"\n', "is the name of a file"),
}


# Of two with one page the first stays, an open bracket takes what follows, and a bare key belongs to the entry above it.
ORDERS = [
    (name, before)
    for name in BROKEN
    for before in (True, False)
    if (name, before)
    not in (
        ("a page of another", True),
        ("a list that isn't finished", True),
        ("no table", False),
        ("a site that is no table", False),
    )
]


@pytest.mark.parametrize(
    "name, before", ORDERS, ids=[f"{name}, {'before' if before else 'after'}" for name, before in ORDERS]
)
def test_a_broken_entry_is_left_out_by_name_and_the_others_are_there(tmp_path, name, before):
    text, says = BROKEN[name]
    file = manifest(tmp_path, text + COVERAGE if before else COVERAGE + text)
    found = known(file)
    assert [report.path for report in found.reports] == ["lampung/coverage"]
    assert any(says in left.said for left in found.left_out), found.left_out
    assert all(left.said.startswith("reports.toml, line ") and len(left.said) < 400 for left in found.left_out)
    with pytest.raises(BrokenError) as refused:
        reports(file)  # whoever needs all of them gets none
    assert says in str(refused.value)


def test_who_publishes_is_said_in_an_entry_that_is_no_report(tmp_path):
    text = '[site]\npublisher = { id = "Dinas", en = "Office" }\nlicence = "CC BY"\ncontact = "a@example.org"\n'
    found = known(manifest(tmp_path, text + COVERAGE))
    assert found.left_out == [] and [report.name for report in found.reports] == ["coverage"]
    assert found.site.publisher == {"id": "Dinas", "en": "Office"} and found.site.licence["id"] == "CC BY"
    assert (found.site.contact, found.site.address) == ("a@example.org", "")
    assert known(manifest(tmp_path, COVERAGE)).site == module.NOBODY


def test_what_pages_answer_is_said_in_their_entry_and_is_their_name_otherwise(tmp_path):
    text = COVERAGE + 'question = { id = "Siapa?", en = "Who?" }\n' + COVERAGE.replace("coverage]", "other]")
    first, second = reports(manifest(tmp_path, text))
    assert (first.asks("id"), first.called("en"), second.asks("id"), second.called("en")) == (
        "Siapa?",
        "Who?",
        "other",
        "other",
    )
    both = COVERAGE + 'question = { id = "Siapa?", en = "Who?" }\nshort = { id = "S", en = "W" }\n'
    mine = own("coverage", [("period", "2022-12")], reports(manifest(tmp_path, both)))
    assert (mine.asks("en"), mine.called("id")) == ("Who?", "S")


def test_a_conflict_that_git_left_takes_only_the_entries_in_it(tmp_path):
    text = '<<<<<<< HEAD\n[new]\nnotebook = "change.ipynb"\n=======\n[new]\nnotebook = "press.ipynb"\n>>>>>>> theirs\n'
    found = known(manifest(tmp_path, COVERAGE + text + COVERAGE.replace("coverage]", "other]")))
    assert {report.name for report in found.reports} == {"coverage", "other"}
    assert any("git left a conflict here" in left.said for left in found.left_out)
    assert any(left.name == "new" and "twice" in left.said for left in found.left_out)


LEFT = [LeftOut("new", "", "…"), LeftOut("balis", "bali", "…"), LeftOut("Untitled", "", "…", in_report=False)]


@pytest.mark.parametrize(
    "patterns, names",
    [
        ([], ["new", "balis", "Untitled"]),
        (["coverage"], []),
        (["lampung/coverage"], []),
        (["new"], ["new"]),
        (["lampung/new", "coverage"], ["new"]),
        (["lampung"], ["new"]),
        (["bali"], ["new", "balis"]),
    ],
)
def test_what_is_left_out_counts_where_it_was_asked_for(all_reports, patterns, names):
    assert [left.name for left in asked_of(patterns, all_reports, LEFT)] == names
    assert matching(["new"], all_reports, LEFT) == []
    with pytest.raises(ManifestError):
        matching(["nwe"], all_reports, LEFT)


# -- notebooks that are broken ---------------------------------------------------------------------------


def whole():
    return (NOTEBOOKS / "coverage.ipynb").read_text("utf-8")


def as_json(**fields):
    cell = {"cell_type": "code", "id": "a", "metadata": {"tags": ["parameters"]}, "source": "x: int = 1"} | fields
    return json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}})


DAMAGED = {
    "empty": ("", "odd.ipynb is empty and no notebook"),
    "blank": (" \n", "is empty and no notebook"),
    "half saved": (whole()[:5000], "it isn't a notebook, or half of one"),
    "conflicted": (
        whole().replace('"cells"', '\n<<<<<<< HEAD\n"cells"', 1),
        "odd.ipynb, line 3: git left a conflict here",
    ),
    "JSON, and no notebook": ("[1, 2]", "it has no cells"),
    "of an older format": (json.dumps({"nbformat": 3, "worksheets": [], "cells": []}), "of format 3 and 4 is needed"),
    "with a cell that is none": (json.dumps({"nbformat": 4, "cells": [1]}), "its cell 1 is none"),
    "with a source that is none": (as_json(source=5), "its cell 1 is none"),
    "with tags that are none": (as_json(metadata={"tags": 5}), "its cell 1 is none"),
    "nested by the thousand": ("[" * 100_000, "too deep"),
    "with a number of 5,000 digits": (
        as_json(execution_count=0).replace("0,", "9" * 5000 + ",").replace('count": 0', 'count": ' + "9" * 5000),
        "thousands of digits",
    ),
    "UTF-16": (whole().encode("utf-16"), "the file is UTF-16"),
    "Latin-1": ("é".encode("latin-1") + whole().encode(), "isn't UTF-8"),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the notebooks, in which the manifest looks for them."""
    there = shutil.copytree(NOTEBOOKS, tmp_path / "notebooks", ignore=shutil.ignore_patterns(".*"))
    monkeypatch.setattr(module, "NOTEBOOKS", there)
    return there


@pytest.mark.parametrize("content, says", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_notebook_is_named_in_a_report_or_in_none(folder, tmp_path, content, says):
    odd = folder / "odd.ipynb"
    odd.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = known(manifest(tmp_path, COVERAGE))
    (left,) = found.left_out
    assert [report.path for report in found.reports] == ["lampung/coverage"]
    assert says in left.said and left.name == "odd" and not left.in_report and len(left.said) < 300
    found = known(manifest(tmp_path, COVERAGE + '[mine]\nnotebook = "odd.ipynb"\n'))
    (left,) = found.left_out
    assert [report.path for report in found.reports] == ["lampung/coverage"]
    assert says in left.said and left.name == "mine" and left.in_report
    assert re.fullmatch("[0-9a-f]{64}", record._cells(odd))


def test_what_lies_in_the_place_of_a_notebook_is_said(folder, tmp_path):
    (folder / "a.ipynb").mkdir()
    os.mkfifo(folder / "b.ipynb")
    (folder / "c.ipynb").symlink_to("nowhere.ipynb")
    (folder / "d.ipynb").symlink_to("/dev/zero")
    (folder / ".~e.ipynb").write_text("")  # Jupyter's own
    said = [left.said for left in known(manifest(tmp_path, COVERAGE)).left_out]
    for what, line in zip(("a folder", "a named pipe", "a link to nowhere.ipynb", "a device"), said, strict=True):
        assert f"can't be read: it is {what}" in line


def test_a_notebook_without_parameters_is_one_that_can_lie_there(folder, tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Uji", id="a")])
    nbformat.write(notebook, folder / "scratch.ipynb")
    assert known(manifest(tmp_path, COVERAGE)).left_out == []
    found = known(manifest(tmp_path, COVERAGE + '[mine]\nnotebook = "scratch.ipynb"\n'))
    assert "0 cells are tagged 'parameters' and one is needed" in found.left_out[0].said


def test_parameters_that_nest_too_deep_are_refused(tmp_path):
    (tmp_path / "deep.ipynb").write_text(as_json(source="x: int = " + "(" * 5000 + "1" + ")" * 5000))
    with pytest.raises(BrokenError, match=r"deep\.ipynb, parameters cell: "):
        parameters_of(tmp_path / "deep.ipynb")


# -- the command ------------------------------------------------------------------------------------------


def test_a_broken_entry_and_notebook_are_named_and_fail_only_who_asked_for_them(cakupan, elsewhere):
    (elsewhere / "notebooks/Untitled.ipynb").write_text("")
    (elsewhere / "reports.toml").write_text(COVERAGE + "[new]\nnotebook =\n")
    codes = {words: cakupan("list", *words, project=elsewhere) for words in ((), ("coverage",), ("new",), ("lampung",))}
    assert {words: run.returncode for words, run in codes.items()} == {
        (): 1,
        ("coverage",): 0,
        ("new",): 1,
        ("lampung",): 1,
    }
    for words, run in codes.items():
        assert "Traceback" not in run.stderr
        assert "left out: reports.toml, line 5: [new] this isn't TOML" in run.stderr
        assert "left out: notebooks: Untitled.ipynb is empty and no notebook" in run.stderr
        assert bool("lampung/coverage  coverage.ipynb" in run.stdout) == (words != ("new",))
    run = cakupan("render", "coverage", "--dry-run", project=elsewhere)
    assert run.returncode == 0 and "lampung/coverage: there is no page yet" in run.stdout, run.stderr
    assert cakupan("render", "--dry-run", project=elsewhere).returncode == 1
    run = cakupan("render", "new", "-p", "period", "2022-12", project=elsewhere)
    assert run.returncode == 1 and "of what was asked for nothing can be made" in run.stderr


def test_a_file_that_cant_be_read_is_no_misunderstanding(cakupan, elsewhere):
    (elsewhere / "reports.toml").unlink()
    (elsewhere / "reports.toml").mkdir()
    run = cakupan("render", project=elsewhere)
    assert run.returncode == 1 and "reports.toml can't be read: it is a folder" in run.stderr
    assert "Traceback" not in run.stderr and "Usage" not in run.stderr


def test_a_folder_without_a_scenario_is_said(cakupan, elsewhere):
    for file in (elsewhere / "data/scenarios").iterdir():
        file.unlink()
    for words in (["check"], ["list"], ["render", "--dry-run"]):
        run = cakupan(*words, project=elsewhere)
        assert run.returncode == 1 and "there are no scenario files (*.toml) in scenarios/" in run.stderr
        assert "Traceback" not in run.stderr


def test_latest_is_the_newest_december_of_all_places_and_year_before_the_one_before(tmp_path):
    text = '[change]\nnotebook = "change.ipynb"\nparameters = { province = "Lampung", since = "year before", period = "latest" }\n'
    (report,) = reports(manifest(tmp_path, text))
    assert report.parameters == {"province": "Lampung", "since": "2023-12", "period": "2024-12"}
    registered = '[coverage]\nnotebook = "coverage.ipynb"\nparameters = { period = "latest", split = "registration" }\n'
    (report,) = reports(manifest(tmp_path, registered))
    assert report.parameters["period"] == "2023-12", "the newest that all have by registration"


def test_latest_is_not_taken_for_a_month_where_no_december_has_all_places(tmp_path, monkeypatch):
    tables = module._tables()
    few = tables[0][tables[0]["province_code"] != "18"]
    monkeypatch.setattr(module, "_tables", lambda: (few, *tables[1:]))
    text = '[coverage]\nnotebook = "coverage.ipynb"\nparameters = { province = "all", period = "latest" }\n'
    with pytest.raises(
        ManifestError, match=r"line 1: \[coverage\] there is no December of which Indonesia and every place"
    ):
        reports(manifest(tmp_path, text))
