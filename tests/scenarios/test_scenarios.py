"""Scenario files: each mistake named with file, line and key, layers as defined, and the files that are shipped."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.data import files_read, read
from analysis.projection.plan import FUNDS
from analysis.scenarios.checks import FOLDER, ScenarioError, check_scenarios
from analysis.scenarios.levers import LEVERS, Lever, Parameter
from analysis.scenarios.read import read_scenarios, scenario_titles

ENDS = ("steady", "universal_coverage")
SHIPPED = [ENDS[0], *sorted({path.stem for path in FOLDER.glob("*.toml")} - {*ENDS}), ENDS[1]]
NAMES = '[title]\nid = "Uji"\nen = "Test"\n[summary]\nid = "Uji."\nen = "Test."\n'
BASED = 'based_on = ["steady"]\n' + NAMES
WHY = 'source = "assumption"\nreason = { id = "uji", en = "test" }\n'


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the shipped files that a test may change."""
    return Path(shutil.copytree(FOLDER, tmp_path / "scenarios"))


@pytest.fixture
def steady(tmp_path) -> Path:
    """A folder of the file that all others are based on, and of one of them: enough where a file's own mistakes are meant."""
    (folder := tmp_path / "scenarios").mkdir()
    for stem in ("steady", "retention"):
        shutil.copy(FOLDER / f"{stem}.toml", folder)
    return folder


def add(folder: Path, stem: str, text: str) -> None:
    (folder / f"{stem}.toml").write_text(text, "utf-8")


def change(folder: Path, stem: str, old: str, new: str) -> None:
    path = folder / f"{stem}.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def value(key: str, stated: str, unit: str, why: str = WHY) -> str:
    return f'[{key}]\n{stated}\nunit = "{unit}"\n{why}'


KEPT = "share of the lapse avoided"
MOVED = "share of the non-wage workers per year"


def kept(stated: str, part: str = "PU", start: str = "start = 2026") -> str:
    return f"{BASED}[retention]\n{start}\n{value(f'retention.kept.{part}', stated, KEPT)}"


def fund(*values: str, name: str = "palm_oil_fund") -> str:
    months = value(f"public_subsidy.{name}.months", "value = 12", "months per year")
    return f"{BASED}[public_subsidy]\nstart = 2026\n{months}{''.join(values)}"


def mandate() -> str:
    staff = value("agency_mandate.staff", "value = 10", "persons")
    return f"{BASED}[agency_mandate]\nstart = 2026\n{staff}"


# -- one mistake a file ---------------------------------------------------------------------------

# What is wrong, the file, the rule, the dotted key, a piece of the message.
MISTAKES = {
    "lever misspelt": (BASED + "[retension]\nstart = 2026\n", "unknown lever", "retension", "did you mean retention?"),
    "lever unlike any": (
        BASED + "[subsidi]\nstart = 2026\n",
        "unknown lever",
        "subsidi",
        "There is: usual, company_registration",
    ),
    "parameter misspelt": (
        BASED
        + "[formalisation]\nstart = 2026\n"
        + value("formalisation.moved", "value = 0.01", MOVED)
        + value("formalisation.movd", "value = 0.01", MOVED),
        "unknown parameter",
        "formalisation.movd",
        "did you mean moved?",
    ),
    "segment misspelt": (
        kept("value = 0.1") + value("retention.kept.BPO", "value = 0.1", KEPT),
        "unknown part",
        "retention.kept.BPO",
        "did you mean BPU?",
    ),
    "fund misspelt": (
        fund(value("public_subsidy.palm_oil_fund.seats", "value = 9", "persons"))
        + value("public_subsidy.palm_oil.seats", "value = 9", "persons"),
        "unknown fund",
        "public_subsidy.palm_oil",
        "did you mean palm_oil_fund?",
    ),
    "key misspelt": (kept("value = 0.1\nsorce = 1"), "unknown key", "retention.kept.PU.sorce", "did you mean source?"),
    "date misspelt": (
        kept("value = 0.1", start="start = 2026\nrampp = 2"),
        "unknown parameter",
        "retention.rampp",
        "did you mean ramp?",
    ),
    "a lever that isn't a table": (BASED + 'formalisation = "yes"\n'.join(["", ""]), "", "", ""),
    "8 for 8 %": (kept("value = 8"), "limits", "retention.kept.PU.value", "write 0.08 for 8 %"),
    "a negative share": (kept("value = -0.1"), "limits", "retention.kept.PU.value", "is 0 to 1"),
    "8 in a range": (kept("range = [0.02, 8]"), "limits", "retention.kept.PU.range", "write 0.08 for 8 %"),
    "8 in a path": (
        kept("path = { 2026 = 0.02, 2030 = 8 }"),
        "limits",
        "retention.kept.PU.path.2030",
        "write 0.08 for 8 %",
    ),
    "thirteen months": (
        fund(value("public_subsidy.palm_oil_fund.seats", "value = 9", "persons")).replace("= 12", "= 13"),
        "limits",
        "public_subsidy.palm_oil_fund.months.value",
        "months per year is 1 to 12",
    ),
    "half a person": (
        fund(value("public_subsidy.palm_oil_fund.seats", "value = 22.1", "persons")),
        "limits",
        "public_subsidy.palm_oil_fund.seats.value",
        "persons come in wholes",
    ),
    "a budget in billions": (
        fund(value("public_subsidy.palm_oil_fund.budget", "value = 1.86", "rupiah per year")),
        "limits",
        "public_subsidy.palm_oil_fund.budget.value",
        "without a scale word",
    ),
    "'8%' as text": (kept('value = "8%"'), "number", "retention.kept.PU.value", "write 0.08, without quotes"),
    "'0,08' as text": (kept('value = "0,08"'), "number", "retention.kept.PU.value", "write 0.08, without quotes"),
    "'8,5 %' in a range": (kept('range = [0.02, "8,5 %"]'), "number", "retention.kept.PU.range.1", "write 0.085"),
    "'22.100' as text": (
        fund(value("public_subsidy.palm_oil_fund.seats", 'value = "22.100"', "persons")),
        "number",
        "public_subsidy.palm_oil_fund.seats.value",
        "write 22100",
    ),
    "words for a number": (kept('value = "a tenth"'), "number", "retention.kept.PU.value", "8 % is 0.08"),
    "0,08 without quotes": (kept("value = 0,08"), "number", "retention.kept.PU.value", "write 0.08"),
    "8% without quotes": (kept("value = 8%"), "number", "retention.kept.PU.value", "write 0.08"),
    "NaN": (kept("value = nan"), "number", "retention.kept.PU.value", "a finite number was expected"),
    "infinity in a path": (
        kept("path = { 2026 = inf }"),
        "number",
        "retention.kept.PU.path.2026",
        "a finite number was expected",
    ),
    "true for a number": (kept("value = true"), "number", "retention.kept.PU.value", "a number was expected"),
    "end before start": (
        kept("value = 0.1", start="start = 2030\nend = 2028"),
        "end before start",
        "retention.end",
        "ends in 2028, before its start in 2030",
    ),
    "start before the horizon": (
        kept("value = 0.1", start="start = 2019"),
        "horizon",
        "retention.start",
        "2020 to 2060",
    ),
    "end after the horizon": (
        kept("value = 0.1", start="start = 2026\nend = 2061"),
        "horizon",
        "retention.end",
        "2020 to 2060",
    ),
    "path after the horizon": (
        kept("path = { 2026 = 0.1, 2061 = 0.2 }"),
        "horizon",
        "retention.kept.PU.path.2061",
        "2020 to 2060",
    ),
    "a path by months": (
        kept("path = { 2026 = 0.1, 2027-06 = 0.2 }"),
        "year",
        "retention.kept.PU.path.2027-06",
        "years such as 2026",
    ),
    "a path that begins after the start": (
        kept("path = { 2027 = 0.1 }"),
        "path starts late",
        "retention.kept.PU.path",
        "add 2026 to it",
    ),
    "start as text": (kept("value = 0.1", start='start = "2026"'), "type", "retention.start", "a year such as 2026"),
    "no ramp at all": (
        kept("value = 0.1", start="start = 2026\nramp = 0"),
        "ramp",
        "retention.ramp",
        "1 (at once) to 40",
    ),
    "no start": (kept("value = 0.1", start=""), "missing start", "retention.start", "write start = 2026"),
    "dates without values": (
        BASED + "[retention]\nstart = 2026\n",
        "missing value",
        "retention.start",
        "no values to go with",
    ),
    "a key twice": (kept("value = 0.1\nvalue = 0.2"), "duplicate key", "retention.kept.PU.value", "keep one of them"),
    "a table twice": (
        kept("value = 0.1") + "[retention.kept.PU]\nvalue = 0.2\n",
        "duplicate key",
        "retention.kept.PU",
        "keep one",
    ),
    "not TOML": (kept("value 0.1"), "syntax", "", "this isn't TOML: expected '='"),
    "no unit": (
        BASED + "[retention]\nstart = 2026\n[retention.kept.PU]\nvalue = 0.1\n" + WHY,
        "missing unit",
        "retention.kept.PU.unit",
        'write unit = "share of the lapse avoided"',
    ),
    "another unit": (
        kept("value = 0.1").replace(KEPT, "percent"),
        "unit",
        "retention.kept.PU.unit",
        'the unit here is "share of the lapse avoided"',
    ),
    "no source": (
        kept("value = 0.1").replace('source = "assumption"\n', ""),
        "missing source",
        "retention.kept.PU.source",
        'a source_id of data/sources.csv, or source = "assumption"',
    ),
    "a source that isn't there": (
        kept("value = 0.1").replace('"assumption"', '"lampung-anggarkan-rp1-86-miliar-subsidi-1612"'),
        "unknown source",
        "retention.kept.PU.source",
        "did you mean lampung-anggarkan-rp1-86-miliar-subsidi-1611?",
    ),
    "assumption misspelt": (
        kept("value = 0.1").replace('"assumption"', '"asumption"'),
        "unknown source",
        "retention.kept.PU.source",
        "did you mean assumption?",
    ),
    "an assumption without a reason": (
        kept("value = 0.1").replace('reason = { id = "uji", en = "test" }\n', ""),
        "missing reason",
        "retention.kept.PU.reason",
        "an assumption says why",
    ),
    "a reason in one language": (
        kept("value = 0.1").replace(', en = "test"', ""),
        "missing text",
        "retention.kept.PU.reason.en",
        "both languages",
    ),
    "a title in one language": (
        kept("value = 0.1").replace('id = "Uji"\n', ""),
        "missing text",
        "title.id",
        "both languages",
    ),
    "an empty summary": (kept("value = 0.1").replace('"Test."', '" "'), "missing text", "summary.en", "both languages"),
    "no title": (
        kept("value = 0.1").replace('[title]\nid = "Uji"\nen = "Test"\n', ""),
        "missing title",
        "title",
        "write [title]",
    ),
    "based on a file that isn't there": (
        kept("value = 0.1").replace('["steady"]', '["steady", "retenton"]'),
        "unknown base",
        "based_on",
        "did you mean retention?",
    ),
    "based on itself": (kept("value = 0.1").replace('["steady"]', '["wrong"]'), "loop", "based_on", "wrong → wrong"),
    "a place that isn't there": (
        kept("value = 0.1") + value("retention.kept.PU.place.Lampong", "value = 0.2", KEPT),
        "unknown place",
        "retention.kept.PU.place.Lampong",
        "did you mean Lampung?",
    ),
    "a place by name and code": (
        kept("value = 0.1")
        + value("retention.kept.PU.place.Lampung", "value = 0.2", KEPT)
        + value("retention.kept.PU.place.18", "value = 0.3", KEPT),
        "duplicate key",
        "retention.kept.PU.place.18",
        "Lampung has a value already",
    ),
    "low above high": (kept("range = [0.3, 0.1]"), "range", "retention.kept.PU.range", "low 0.3 is above high 0.1"),
    "mode outside": (
        kept("triangular = [0.1, 0.5, 0.3]"),
        "range",
        "retention.kept.PU.triangular",
        "[low, mode, high]",
    ),
    "a range of three": (
        kept("range = [0.1, 0.2, 0.3]"),
        "range",
        "retention.kept.PU.range",
        "two numbers, [low, high]",
    ),
    "seats and a budget": (
        fund(
            value("public_subsidy.palm_oil_fund.seats", "value = 9", "persons"),
            value("public_subsidy.palm_oil_fund.budget", "value = 9000000", "rupiah per year"),
        ),
        "seats and budget",
        "public_subsidy.palm_oil_fund.seats",
        "keep one of them",
    ),
    "months without seats": (fund(), "missing value", "public_subsidy.palm_oil_fund.seats", "seats or budget"),
    "a value and a range": (
        kept("value = 0.1\nrange = [0, 1]"),
        "one value",
        "retention.kept.PU",
        "value and range stand together",
    ),
    "no value": (kept(""), "one value", "retention.kept.PU", "none stands here"),
    "an empty path": (kept("path = {}"), "one value", "retention.kept.PU.path", "a path names years"),
    "a bare number": (
        BASED + "[formalisation]\nstart = 2026\nmoved = 0.01\n",
        "type",
        "formalisation.moved",
        "needs its unit and source",
    ),
    "one number for both segments": (
        BASED + "[retention]\nstart = 2026\nkept = 0.01\n",
        "type",
        "retention.kept",
        "[retention.kept.PU]",
    ),
    "history of something else": (
        kept('from = "history"'),
        "history",
        "retention.kept.PU.from",
        "can't give this value",
    ),
    "from somewhere else": (
        BASED + value("usual.growth", 'from = "last year"', "share of the workers per year"),
        "history",
        "usual.growth.from",
        'from = "history"',
    ),
    "h + l above 1 in the upper ends": (
        BASED + value("usual.enrolment.BPU", "range = [0.2, 0.7]", "share of the uncovered per year"),
        "h + l",
        "usual.enrolment.BPU",
        "usual.enrolment.BPU (0.7) and usual.lapse.BPU (0.4) add up to 1.1",
    ),
    "h + l above 1 in one year of a path": (
        BASED
        + value("usual.enrolment.BPU", "value = 0.3", "share of the uncovered per year")
        + value("usual.lapse.BPU", "path = { 2020 = 0.1, 2030 = 0.8, 2040 = 0.1 }", "share of the covered per year"),
        "h + l",
        "usual.enrolment.BPU",
        "usual.lapse.BPU (0.8) add up to 1.1",
    ),
    "h + l above 1 in one place": (
        BASED
        + value("usual.enrolment.PU", "value = 0.5", "share of the uncovered per year")
        + value("usual.enrolment.PU.place.Papua", "value = 0.9", "share of the uncovered per year"),
        "h + l",
        "usual.enrolment.PU.place.Papua",
        "add up to 1.05 in Papua",
    ),
    "a capacity that is a range": (
        mandate() + value("agency_mandate.capacity", "range = [10, 20]", "persons per year"),
        "one value",
        "agency_mandate.capacity",
        "a single number",
    ),
    "a capacity where nobody is enrolled": (
        kept("value = 0.1") + value("retention.capacity", "value = 10", "persons per year"),
        "unknown parameter",
        "retention.capacity",
        "There is: kept",
    ),
    "no usual course": (
        NAMES
        + "".join(
            value(f"usual.{name}.{part}".rstrip("."), "value = 0.1", spec.units[0])
            for name, spec in LEVERS["usual"].parameters.items()
            for part in spec.parts
            if name != "stay"
        ),
        "missing value",
        "usual.stay",
        'based_on = ["steady"]',
    ),
}
MISTAKES["a lever that isn't a table"] = (
    'formalisation = "yes"\n' + BASED,
    "type",
    "formalisation",
    "write a table [formalisation",
)


@pytest.mark.parametrize("text, rule, key, said", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_key_and_what_to_do(steady, text, rule, key, said):
    add(steady, "wrong", text)
    (problem,) = check_scenarios(steady)
    assert (problem.file, problem.rule, problem.column) == ("scenarios/wrong.toml", rule, key), problem
    assert said in problem.message, problem
    # The line is that of the key, or of the table or key that holds what is missing.
    line = text.split("\n")[problem.line - 1]
    assert problem.line == 1 or not key or any(part in line for part in key.split(".")), (problem, line)
    with pytest.raises(ScenarioError, match=r"(?s)1 problem.*scenarios/wrong\.toml"):
        read_scenarios("steady", "Lampung", folder=steady)


def test_the_line_is_the_one_the_key_stands_on(folder):
    add(folder, "wrong", kept("value = 8"))
    (problem,) = check_scenarios(folder)
    # Lines 1 to 7 are based_on and the names, 8 and 9 [retention] and its start, 10 [retention.kept.PU].
    assert (problem.line, problem.value) == (11, "8")


def test_the_second_of_two_equal_keys_is_the_line_named(folder):
    add(folder, "wrong", kept("value = 0.1\nvalue = 0.2"))
    assert [problem.line for problem in check_scenarios(folder)] == [12]


def test_every_mistake_of_every_file_is_named_at_once(folder):
    add(folder, "a", kept('value = "8%"\nrange = [2, 1]').replace(KEPT, "percent"))
    add(folder, "b", kept("value = 8", start="start = 1999"))
    found = {(p.file, p.column) for p in check_scenarios(folder)}
    assert found == {
        ("scenarios/a.toml", "retention.kept.PU"),
        ("scenarios/a.toml", "retention.kept.PU.value"),
        ("scenarios/a.toml", "retention.kept.PU.range"),
        ("scenarios/a.toml", "retention.kept.PU.unit"),
        ("scenarios/b.toml", "retention.kept.PU.value"),
        ("scenarios/b.toml", "retention.start"),
    }


def test_a_file_that_is_not_utf_8(folder):
    (folder / "wrong.toml").write_bytes(BASED.encode() + '# se\xf1al = "a"\n'.encode("latin-1"))
    (problem,) = check_scenarios(folder)
    assert (problem.rule, problem.line) == ("encoding", 8) and "UTF-8" in problem.message


def test_a_byte_order_mark_and_windows_line_ends_are_taken(folder):
    (folder / "ninth.toml").write_bytes(b"\xef\xbb\xbf" + kept("value = 0.1").replace("\n", "\r\n").encode("utf-8"))
    assert check_scenarios(folder) == []


def test_a_loop_of_three_is_named_once(folder):
    for stem, base in (("a", "c"), ("b", "a"), ("c", "b")):
        add(folder, stem, f'based_on = ["{base}"]\n{NAMES}')
    (problem,) = check_scenarios(folder)
    # a is based on c, c on b, b on a.
    assert (problem.file, problem.rule, problem.column) == ("scenarios/a.toml", "loop", "based_on")
    assert "a → c → b → a" in problem.message


def test_what_only_the_stack_makes_wrong_is_named_in_the_later_layer(folder):
    add(folder, "late", 'based_on = ["retention"]\n' + NAMES + "[retention]\nend = 2025\n")
    add(
        folder,
        "leaky",
        'based_on = ["open", "steady"]\n'
        + NAMES
        + value("usual.lapse.PU", "value = 0.95", "share of the covered per year"),
    )
    add(folder, "open", BASED + value("usual.enrolment.PU", "value = 0.8", "share of the uncovered per year"))
    first, second = check_scenarios(folder)
    assert (first.file, first.column) == ("scenarios/late.toml", "retention.end")
    assert (second.file, second.column) == ("scenarios/leaky.toml", "usual.lapse.PU")
    assert "usual.enrolment.PU (0.8) and usual.lapse.PU (0.95) add up to 1.75" in second.message


def test_a_missing_value_is_named_where_it_is_missing_and_not_in_the_files_above(folder):
    path = folder / "companies_register.toml"
    text = path.read_text("utf-8")
    path.write_text(text[: text.index("[company_registration.others_enrolled]")], "utf-8")
    change(folder, "universal_coverage", "[company_registration.others_enrolled]", "[company_registration.partly]")
    change(
        folder,
        "universal_coverage",
        'range = [0.2, 0.5]\nunit = "share of them per year"',
        'value = 0.5\nunit = "share of the uncovered wage earners"',
    )
    (problem,) = check_scenarios(folder)
    assert (problem.file, problem.column) == (
        "scenarios/companies_register.toml",
        "company_registration.others_enrolled",
    )


# -- layers ---------------------------------------------------------------------------------------


def one(frame: pd.DataFrame, scenario: str, parameter: str, part: str = "") -> pd.Series:
    rows = frame[(frame["scenario"] == scenario) & (frame["parameter"] == parameter) & (frame["part"] == part)]
    assert len(rows) == 1, rows
    return rows.iloc[0]


@pytest.fixture
def three(folder) -> pd.DataFrame:
    """Three layers: low, higher on top of it, and on top of both a range for PU and an end."""
    add(folder, "low", kept("value = 0.1") + value("retention.kept.BPU", "value = 0.15", KEPT))
    higher = 'based_on = ["low"]\n' + NAMES + "[retention]\nramp = 4\n"
    add(folder, "higher", higher + value("retention.kept.PU", "value = 0.2", KEPT))
    top = 'based_on = ["steady", "low", "higher"]\n' + NAMES + "[retention]\nend = 2040\n"
    add(folder, "top", top + value("retention.kept.PU", "range = [0.3, 0.4]", KEPT))
    return read_scenarios("top, low, higher", "Papua", folder=folder)


def test_a_later_layer_wins_and_says_what_was_there_before(three):
    pu = one(three, "top", "kept", "PU")
    assert (pu["layer"], pu["kind"], pu["values"]) == ("top", "uniform", (0.3, 0.4))
    assert (pu["before_kind"], pu["before_values"]) == ("number", (0.2,))
    bpu = one(three, "top", "kept", "BPU")
    assert (bpu["layer"], bpu["values"], bpu["before_kind"], bpu["before_values"]) == ("low", (0.15,), "", ())
    below = one(three, "higher", "kept", "PU")
    assert (below["values"], below["before_values"]) == ((0.2,), (0.1,))


def test_dates_are_layered_one_by_one(three):
    dates = {s: tuple(one(three, s, "kept", "PU")[["start", "ramp", "end"]]) for s in ("low", "higher", "top")}
    assert dates["top"] == (2026, 4, 2040)
    assert dates["low"][:2] == (2026, 1) and dates["low"][2] is pd.NA
    usual = three[three["lever"] == "usual"]
    assert usual[["start", "ramp", "end"]].isna().all(axis=None)


def test_a_base_that_two_layers_share_does_not_undo_the_first_of_them(folder):
    more = value("usual.stay", "value = 0.5", "share of those whose paid seat ends")
    add(folder, "first", BASED + more)
    add(folder, "second", kept("value = 0.1"))
    add(folder, "both", 'based_on = ["first", "second"]\n' + NAMES)
    frame = read_scenarios("both", "Lampung", folder=folder)
    assert one(frame, "both", "stay")["values"] == (0.5,)
    assert one(frame, "both", "stay")["before_values"] == (0, 0.2)


FLOWS = {
    "usual.lapse.PU": ("value = 0.05", "share of the covered per year", "To have fewer stop pull retention.kept"),
    "usual.moves": ("value = 0.05", "share of the wage earners per year", "pull formalisation.moved"),
    "usual.keep": ("value = 0.5", "share of the covered who move", "Leave it out"),
}


@pytest.mark.parametrize("key", FLOWS)
def test_a_flow_that_the_net_change_holds_already_is_refused(folder, key):
    stated, unit, instead = FLOWS[key]
    add(folder, "twice", BASED + value(key, stated, unit))
    (problem,) = check_scenarios(folder)
    assert (problem.file, problem.rule, problem.column) == ("scenarios/twice.toml", "counted twice", key)
    assert "net: whoever stops or moves is in it already" in problem.message and instead in problem.message


def test_who_states_enrolment_states_lapse_and_moves_with_it(folder):
    flows = [value(key, stated, unit) for key, (stated, unit, _) in FLOWS.items()]
    h = value("usual.enrolment.PU", "value = 0.1", "share of the uncovered per year")
    add(folder, "flows", BASED + h + h.replace(".PU", ".BPU") + "".join(flows))
    assert check_scenarios(folder) == []


def test_a_value_for_lampung_holds_in_lampung_only(folder):
    lampung, papua, by_code = (
        one(read_scenarios("agencies_mandate", place), "agencies_mandate", "staff")
        for place in ("Lampung", "Papua", "18")
    )
    assert (lampung["values"], lampung["unit"], lampung["place"]) == ((70700.0,), "persons", "Lampung")
    assert lampung["source_id"] == "cakupan-jamsostek-di-lampung-baru-24-5-p-5482"
    assert (papua["values"], papua["place"], papua["source_id"]) == ((0.01, 0.05), "", "")
    assert papua["reason_id"] and papua["reason_en"]
    assert by_code["values"] == lampung["values"]


def test_a_later_layer_replaces_a_value_in_every_place(folder):
    text = 'based_on = ["agencies_mandate"]\n' + NAMES
    add(folder, "more", text + value("agency_mandate.staff", "value = 0.02", "share of the wage earners"))
    staff = one(read_scenarios("more", "Lampung", folder=folder), "more", "staff")
    assert (staff["values"], staff["place"], staff["before_values"]) == ((0.02,), "", (70700.0,))


def test_a_value_for_one_place_alone_leaves_the_others_without_the_fund():
    frames = {place: read_scenarios("government_pays", place) for place in ("Lampung", "Papua")}
    palm = {place: set(frame.loc[frame["part"] == "palm_oil_fund", "parameter"]) for place, frame in frames.items()}
    assert palm == {"Lampung": {"seats", "months"}, "Papua": set()}


def test_a_budget_for_a_place_stands_instead_of_its_seats(folder):
    budget = value("public_subsidy.local_budget.budget.place.Lampung", "value = 1860000000", "rupiah per year")
    add(folder, "rupiah", 'based_on = ["government_pays"]\n' + NAMES + budget)
    seats = value("public_subsidy.local_budget.seats", "value = 500", "persons")
    add(folder, "after", fund(seats, budget, name="local_budget"))
    add(folder, "first", fund(budget, seats, name="local_budget"))
    for stem in ("rupiah", "after", "first"):
        here, there = (read_scenarios(stem, place, folder=folder) for place in ("Lampung", "Papua"))
        parameters = [set(f.loc[f["part"] == "local_budget", "parameter"]) for f in (here, there)]
        assert parameters == [{"budget", "months"}, {"seats", "months"}]


def test_capacity_and_december_are_part_of_the_frame(folder):
    seats = value("public_subsidy.palm_oil_fund.seats", "value = 500", "persons")
    capacity = value("public_subsidy.palm_oil_fund.capacity", "value = 200", "persons per year")
    own = "[public_subsidy.palm_oil_fund]\nstart = 2028\ndecember = false\n"
    add(folder, "capped", fund(seats, capacity, own))
    frame = read_scenarios("capped", "Riau", folder=folder)
    rows = frame[frame["part"] == "palm_oil_fund"].set_index("parameter")
    # The fund's own start comes before its lever's, and the capacity stands at every row and as a row of its own.
    assert rows["start"].tolist() == [2028] * 4
    assert rows.loc[["seats", "months", "capacity"], "capacity"].tolist() == [200, 200, 200]
    assert rows.loc["december", "values"] == (0.0,)


# -- which scenarios, for which years -------------------------------------------------------------


def test_all_scenarios_in_their_order():
    assert list(dict.fromkeys(read_scenarios("all", "Indonesia")["scenario"])) == SHIPPED
    named = read_scenarios(" retention,steady, retention", "Indonesia")
    assert list(dict.fromkeys(named["scenario"])) == ["retention", "steady"]


def test_a_ninth_file_is_found_without_touching_code(folder):
    add(folder, "ninth", kept("value = 0.1"))
    stems = list(dict.fromkeys(read_scenarios("all", "Bali", folder=folder)["scenario"]))
    assert stems == ["steady", *sorted([*SHIPPED[1:-1], "ninth"]), "universal_coverage"]
    assert scenario_titles("ninth", folder).drop(columns="title").iloc[0].tolist() == [
        "ninth",
        "Uji",
        "Test",
        "Uji.",
        "Test.",
        ("steady",),
    ]


def test_a_scenario_or_place_that_is_not_there():
    with pytest.raises(ScenarioError, match=r"'retenton'; did you mean retention\? There is: steady, agencies"):
        read_scenarios("steady, retenton", "Lampung")
    with pytest.raises(ScenarioError, match=r"'Lampong'; did you mean Lampung\?"):
        read_scenarios("steady", "Lampong")
    with pytest.raises(ScenarioError, match="there is no scenario ' , '"):
        read_scenarios(" , ", "Lampung")


def test_no_year_is_silently_the_baseline(folder):
    path = "path = { 2026 = 0.1, 2030 = 0.05 }"
    add(folder, "dated", BASED + value("usual.stay", path, "share of those whose paid seat ends"))
    assert one(read_scenarios("dated", "Bali", first=2026, folder=folder), "dated", "stay")["years"] == (2026, 2030)
    with pytest.raises(ScenarioError, match=r"dated\.toml:.*begins in 2026 and is needed from 2024; add 2024"):
        read_scenarios("dated", "Bali", first=2024, folder=folder)
    # A lever's path is needed from the lever's start on, or from the first projected year if that comes later.
    add(folder, "dated", kept("path = { 2027 = 0.1 }"))
    assert len(read_scenarios("dated", "Bali", first=2027, folder=folder))
    with pytest.raises(ScenarioError, match="needed from 2026"):
        read_scenarios("dated", "Bali", first=2024, folder=folder)


@pytest.mark.parametrize(
    "years, said",
    [
        ({"until": 2061}, "until is 2061; scenarios hold for 2020 to 2060"),
        ({"first": 2019}, "first is 2019"),
        ({"first": 2030, "until": 2029}, "until is 2029, before the first projected year 2030"),
    ],
)
def test_years_that_scenarios_do_not_hold_for(years, said):
    with pytest.raises(ScenarioError, match=said):
        read_scenarios("steady", "Lampung", **years)


def test_an_empty_folder_says_so(tmp_path):
    with pytest.raises(ScenarioError, match="there are no scenario files"):
        check_scenarios(tmp_path)


# -- the files that are shipped -------------------------------------------------------------------


@pytest.mark.data
def test_every_shipped_scenario_holds_for_every_place():
    regions = read("regions")
    columns = read_scenarios("all", "Lampung").columns
    for place in regions["province"]:
        frame = read_scenarios("all", place, until=2045, first=2024)
        assert list(frame.columns) == list(columns)
        assert list(dict.fromkeys(frame["scenario"])) == SHIPPED
        assert set(frame["place"]) <= {"", place}
        usual = frame[frame["lever"] == "usual"].groupby("scenario").size()
        # enrolment and lapse for two segments, growth, stay, wage_growth
        assert (usual == 7).all()


def test_all_together_changes_no_value_of_its_own():
    frame = read_scenarios("all", "Bengkulu")
    parts = ["companies_register", "companies_sponsor", "government_pays", "agencies_mandate", "retention"]
    key = ["lever", "parameter", "part"]
    apart = frame[frame["scenario"].isin(parts)].drop_duplicates(key)
    together = frame[frame["scenario"] == "all_together"]
    compared = ["layer", *key, "kind", "values", "start", "ramp", "place"]
    assert sorted(map(str, apart[compared].values.tolist())) == sorted(map(str, together[compared].values.tolist()))


def test_what_a_figure_was_worked_out_from_is_in_the_data():
    claims = read("reported_claims").set_index("claim_id")["value_read"].astype(float)
    article = "LPG-2025-08-RADAR"
    # non-civil-servants, heads of RT/RW, village heads and officials: covered / rate - covered
    pairs = [(7, 6), (9, 8), (11, 10)]
    left = [claims[f"{article}#{c}"] * (100 / claims[f"{article}#{r}"] - 1) for c, r in pairs]
    assert [round(n) for n in left] == [13744, 48164, 8821]
    staff = one(read_scenarios("agencies_mandate", "Lampung"), "agencies_mandate", "staff")
    assert staff["values"] == (round(sum(left), -2),) == (70700.0,)
    targets = read("targets").set_index("target_id")["value"].astype(float)
    pays = {p: read_scenarios("government_pays", p) for p in ("Lampung", "Bengkulu", "Sumatera Selatan")}
    funded = "palm-oil-fund-vulnerable-workers-funded-2024"
    assert one(pays["Lampung"], "government_pays", "seats", "palm_oil_fund")["values"] == (
        targets[f"lampung-{funded}"],
    )
    assert one(pays["Bengkulu"], "government_pays", "seats", "local_budget")["values"] == (
        targets["bengkulu-vulnerable-workers-2025"],
    )
    assert one(pays["Sumatera Selatan"], "government_pays", "seats", "palm_oil_fund")["values"] == (
        targets[f"sumatera-selatan-{funded}"],
        targets["sumatera-selatan-oil-palm-smallholders-2025"],
    )


def test_wage_growth_is_what_its_reason_says():
    rows = read("labour_force")
    # Papua and Papua Barat are other land in 2025 than in 2022.
    rows = rows[rows["average_net_wage"].notna() & ~rows["province_code"].isin(["91", "92"])]
    before, after = (
        rows[rows["period"] == month].set_index("province")["average_net_wage"].astype(float)
        for month in ("2022-08", "2025-08")
    )
    yearly = ((after / before) ** (1 / 3) - 1).dropna()
    assert len(yearly) == 32
    stated = one(read_scenarios("steady", "Indonesia"), "steady", "wage_growth")["values"]
    assert tuple(yearly.quantile([0.1, 0.5, 0.9]).round(3)) == stated == (0.022, 0.04, 0.065)


def test_the_frame_is_typed_and_driven_by_the_levers():
    frame = read_scenarios("universal_coverage", "Lampung")
    assert {c: str(frame[c].dtype) for c in ("start", "ramp", "end", "capacity")} == {
        "start": "Int64",
        "ramp": "Int64",
        "end": "Int64",
        "capacity": "Float64",
    }
    for row in frame.itertuples():
        spec = LEVERS[row.lever]
        known = spec.parameters[row.parameter]
        assert row.unit in known.units
        assert row.part in (FUNDS if spec.funds == FUNDS else known.parts)
        assert all(isinstance(year, int) for year in row.years)
        assert all(isinstance(number, float) for number in row.values)
        assert row.source_id or (row.reason_id and row.reason_en)


def test_a_new_lever_is_one_entry(folder, monkeypatch):
    checked = {"checked": Parameter(("share of the companies per year",))}
    spec = Lever(parameters=checked, alone=("checked", ""), reaches=None, paid_by={})
    monkeypatch.setitem(LEVERS, "inspection", spec)
    checked = value("inspection.checked", "value = 0.05", "share of the companies per year")
    add(folder, "ninth", BASED + "[inspection]\nstart = 2027\n" + checked)
    row = one(read_scenarios("ninth", "Aceh", folder=folder), "ninth", "checked")
    assert (row["lever"], row["start"], row["values"]) == ("inspection", 2027, (0.05,))


def test_titles_in_the_order_of_a_frame():
    titles = scenario_titles(read_scenarios("retention,steady", "Lampung"))
    assert titles["scenario"].tolist() == ["retention", "steady"]
    assert titles.drop(columns=["based_on", "title"]).map(lambda text: bool(text.strip())).all(axis=None)
    together = scenario_titles("all_together")["based_on"].iloc[0]
    single = {"agencies_mandate", "companies_register", "companies_sponsor", "government_pays", "retention"}
    assert single <= set(together) <= set(SHIPPED) - {"steady", "all_together", "universal_coverage"}


def test_the_files_of_the_layers_are_recorded_as_read(folder):
    read_scenarios("retention", "Lampung")
    assert {"scenarios/retention.toml", "scenarios/steady.toml"} <= set(files_read())
    # What is read elsewhere is no part of data/.
    add(folder, "elsewhere", kept("value = 0.1"))
    read_scenarios("elsewhere", "Lampung", folder=folder)
    assert "scenarios/elsewhere.toml" not in files_read()
