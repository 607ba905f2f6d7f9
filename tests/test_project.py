"""What holds the project together: the environments, the lock, the workflows, make, the licence."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

from analysis.page import Page
from analysis.schema import Facts
from analysis.words import Shown

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = ["reports", "test", "pages-test", "quick", "lab", "check", "notebooks"]

PIN = re.compile(r"[a-z0-9-]+==[^\s;]+( ; [^\\]+)?( \\)?")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
NOTE = re.compile(r" *#.*")


class Pin(NamedTuple):
    requirement: Requirement
    hashes: int

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        (specifier,) = self.requirement.specifier
        return specifier.version

    def applies_to(self, python: str) -> bool:
        marker = self.requirement.marker
        return not marker or marker.evaluate({"python_version": python, "python_full_version": f"{python}.9"})


def pins() -> list[Pin]:
    """The requirements of the lock, each with the number of its hashes."""
    found: list[Pin] = []
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if PIN.fullmatch(line):
            found.append(Pin(Requirement(line.removesuffix(" \\")), 0))
        elif HASH.fullmatch(line) and found:
            found[-1] = found[-1]._replace(hashes=found[-1].hashes + 1)
    return found


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def direct_dependencies() -> list[str]:
    """What pyproject.toml asks for, its extras included."""
    extras = project()["optional-dependencies"]
    assert {"lab", "test"} <= set(extras)
    return [*project()["dependencies"], *(line for lines in extras.values() for line in lines)]


def yaml(path: Path) -> Any:
    return YAML(typ="safe").load(path)


def pythons_tested() -> list[str]:
    """The Python versions the test workflow runs on."""
    return yaml(ROOT / ".github/workflows/test.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]


def conda_dependency(name: str) -> str:
    """The line for `name` in environment.yml, without the name."""
    lines = [line for line in yaml(ROOT / "environment.yml")["dependencies"] if isinstance(line, str)]
    (rest,) = [rest for line in lines for found, rest in re.findall(r"^([a-z]+)(.*)$", line) if found == name]
    return rest


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run in the project's folder, free of what a surrounding `make` leaves in the environment."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def project_files() -> list[Path]:
    """Every file that is in git or would be after `git add --all`."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    listed = run("git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "-co", "--exclude-standard")
    assert listed.returncode == 0, listed.stderr
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


# The environments


@pytest.mark.parametrize("line", direct_dependencies())
def test_what_the_project_asks_for_is_in_the_lock_in_a_version_that_will_do(line: str) -> None:
    asked = Requirement(line)
    found = [pin for pin in pins() if pin.name == canonicalize_name(asked.name)]
    assert found, f"{asked.name} is not in requirements.lock: run `make lock`"
    for pin in found:
        assert asked.specifier.contains(pin.version), f"the lock has {pin.requirement}, asked is {line}"
    for python in pythons_tested():
        assert any(pin.applies_to(python) for pin in found), f"no {asked.name} for Python {python}"


@pytest.mark.parametrize("name", ["jupyterlab", "pandas", "matplotlib", "papermill", "nbval"])
def test_the_tools_of_the_trade_are_asked_for(name: str) -> None:
    assert name in [canonicalize_name(Requirement(line).name) for line in direct_dependencies()]


def test_conda_gets_a_python_the_project_allows_and_the_tests_run_on() -> None:
    python = conda_dependency("python").removeprefix("=")
    assert re.fullmatch(r"3\.\d+", python), "Binder understands `python=3.N` only"
    assert SpecifierSet(project()["requires-python"]).contains(python)
    assert python in pythons_tested()


def test_the_tests_run_on_the_oldest_python_the_project_allows() -> None:
    oldest = project()["requires-python"].removeprefix(">=")
    assert oldest in pythons_tested()


def test_conda_gets_everything_else_from_the_lock() -> None:
    environment = yaml(ROOT / "environment.yml")
    assert environment["channels"] == ["conda-forge"]
    assert conda_dependency("pip") == ""
    assert environment["dependencies"][2:] == [{"pip": ["-r requirements.lock"]}]


def test_binder_installs_the_project_itself() -> None:
    assert os.access(ROOT / "postBuild", os.X_OK)
    assert "pip install --no-deps -e ." in (ROOT / "postBuild").read_text(encoding="utf-8")
    assert not (ROOT / "binder").exists(), "with a folder binder/, environment.yml here is not read"
    assert not (ROOT / ".binder").exists(), "with a folder .binder/, environment.yml here is not read"


# The lock


def test_the_lock_holds_exact_versions_and_hashes_and_nothing_else() -> None:
    """So no index, no address, no path, nothing editable."""
    for number, line in enumerate(LOCK.read_text(encoding="utf-8").splitlines(), start=1):
        assert any(form.fullmatch(line) for form in (PIN, HASH, NOTE)), f"requirements.lock:{number}: {line}"
        assert "://" not in line, f"requirements.lock:{number}: {line}"
        assert not NOTE.fullmatch(line) or "--" not in line, f"requirements.lock:{number}: {line}"


def test_every_version_in_the_lock_has_a_hash() -> None:
    assert len(pins()) > 100
    assert [pin.name for pin in pins() if not pin.hashes] == []


@pytest.mark.process
def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is for the machine's own settings to say."""
    names = ["pypi org", "files pythonhosted org", "registry npmjs org", "deb debian org"]
    hosts = [name.replace(" ", ".").encode() for name in names]
    found = [
        f"{path.relative_to(ROOT)} names {host.decode()}"
        for path in project_files()
        for host in hosts
        if host in path.read_bytes().lower()
    ]
    assert found == []


# The workflows


def test_there_is_a_workflow_for_the_tests_and_one_for_the_reports() -> None:
    assert [path.name for path in WORKFLOWS] == ["reports.yml", "test.yml"]


@pytest.mark.process
def test_the_workflows_fit_githubs_schema() -> None:
    checked = run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.process
def test_zizmor_finds_nothing_unsafe_in_the_workflows() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    audited = run(zizmor, "--offline", "--persona=pedantic", "--color=never", *WORKFLOWS)
    assert audited.returncode == 0, audited.stdout + audited.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit(path: Path) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if re.search(r"\buses:", line)]
    assert lines
    for line in [line for line in lines if not line.endswith(" uses: $/.github/workflows/test.yml")]:
        assert re.fullmatch(r"\s*(- )?uses: [\w./-]+@[0-9a-f]{40} # v[\d.]+", line), line


def test_the_workflows_run_what_one_runs_by_hand() -> None:
    def commands(name: str) -> list[str]:
        jobs = yaml(ROOT / ".github/workflows" / name)["jobs"].values()
        return [step["run"] for job in jobs for step in job.get("steps", ()) if "run" in step]

    assert "bash .ci/run" in commands("test.yml")
    assert commands("reports.yml")[:2] == ["make reports", "make pages-test"]  # before anything is handed over


def test_only_the_job_that_publishes_may_publish() -> None:
    may = {name: job.get("permissions") for name, job in yaml(ROOT / ".github/workflows/reports.yml")["jobs"].items()}
    read = {"contents": "read"}
    assert may == {"test": read, "render": read, "publish": {"pages": "write", "id-token": "write"}}


def test_nothing_is_published_before_the_tests_have_passed() -> None:
    reports, test = (yaml(ROOT / ".github/workflows" / name) for name in ("reports.yml", "test.yml"))
    jobs = reports["jobs"]
    assert jobs["test"]["uses"] == "$/.github/workflows/test.yml" and "workflow_call" in test["on"]
    assert set(jobs["publish"]["needs"]) == {"test", "render"}
    assert not {"if", "continue-on-error"} & jobs["test"].keys()
    assert "always()" not in jobs["publish"]["if"] and "failure()" not in jobs["publish"]["if"]


def test_a_push_is_tested_once() -> None:
    """On main by the workflow of the reports, elsewhere by that of the tests."""
    reports, test = (yaml(ROOT / ".github/workflows" / name)["on"] for name in ("reports.yml", "test.yml"))
    assert reports["push"] == {"branches": ["main"]} and test["push"] == {"branches-ignore": ["main"]}


# Make and continuous integration


@pytest.mark.process
def test_make_help_lists_every_target_with_its_comment() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    wanted = re.findall(r"^([\w.-]+):[^\n]*## ([^\n]+)$", makefile, re.MULTILINE)
    listed = run("make", "help")
    assert listed.returncode == 0, listed.stderr
    shown = [tuple(re.split(r"\s+", line, maxsplit=2)[1:]) for line in listed.stdout.splitlines()]
    assert shown == wanted
    assert {*TARGETS, "help"} <= {target for target, _ in wanted}
    assert run("make").stdout == listed.stdout, "`make` alone shows the help"


@pytest.mark.process
@pytest.mark.parametrize("target", TARGETS)
def test_make_knows_what_to_do_for(target: str) -> None:
    dry = run("make", "-n", target)
    assert dry.returncode == 0, dry.stderr
    assert ".venv/bin/" in dry.stdout


@pytest.mark.process
def test_make_reports_renders_the_reports() -> None:
    assert run("make", "-n", "reports").stdout.splitlines()[-1] == ".venv/bin/cakupan render"


@pytest.mark.process
@pytest.mark.parametrize(("user", "root"), [("0", " --allow-root"), ("1000", "")])
def test_make_lab_passes_options_on_and_lets_root_only_be_root(tmp_path: Path, user: str, root: str) -> None:
    (tmp_path / "id").write_text(f"#!/bin/sh\necho {user}\n", encoding="utf-8")
    (tmp_path / "id").chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    dry = run("env", f"PATH={path}", "make", "-n", "lab", "ARGS=--port 9999 --no-browser")
    said = f".venv/bin/jupyter lab --notebook-dir=notebooks{root} --port 9999 --no-browser"
    assert dry.stdout.splitlines()[-1] == said
    assert run("env", f"PATH={path}", "make", "-n", "lab").stdout.splitlines()[-1].rstrip() == said.split(" --port")[0]


@pytest.mark.process
def test_continuous_integration_ends_in_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert run("bash", "-n", script).returncode == 0
    assert script.read_text(encoding="utf-8").splitlines()[-1] == "make test"


# The papers


DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "data/README.md",
    "analysis/reporting/README.md",
    "analysis/reporting/engine/README.md",
    "tests/data/small/README.md",
]


def anchors(document: Path) -> set[str]:
    """The anchors of its headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name: str) -> None:
    here = ROOT / name
    for link in re.findall(r"\]\(([^)\s]+)\)", here.read_text(encoding="utf-8")):
        file, _, anchor = link.partition("#")
        if "://" not in link:
            there = (here.parent / file).resolve() if file else here
            assert there.exists(), f"{name}: {link}"
            assert not anchor or anchor in anchors(there), f"{name}: {link}"


CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_contributing_is_short() -> None:
    assert len(CONTRIBUTING.encode()) <= 12_000


def test_every_file_that_contributing_names_is_there() -> None:
    named = re.findall(r"`((?:\w+/)+(?:\w+\.[\w.]+)?|[A-Za-z]+\.(?:md|toml))`", CONTRIBUTING)
    assert len(named) > 50
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_what_contributing_says_to_change_is_in_the_file_it_names() -> None:
    """Names in front of a module, as in "`LEVERS` in `analysis/scenarios/levers.py`", are defined there."""
    named = []
    for line in CONTRIBUTING.splitlines():
        since = 0
        for module in re.finditer(r"`(analysis/[\w/]+\.py)`", line):
            named += [(name, module[1]) for name in re.findall(r"`([A-Za-z_]+)`", line[since : module.start()])]
            since = module.end()
    assert {("_PAIRS", "analysis/printed.py"), ("ledger", "analysis/change.py")} <= set(named)
    for name, module in named:
        source = (ROOT / module).read_text(encoding="utf-8")
        assert re.search(rf"^(def |class )?{name}\b", source, re.MULTILINE), f"{module} has no {name}"


def test_the_table_of_ones_own_that_contributing_shows() -> None:
    code = CONTRIBUTING.split("```python\n")[1].split("```")[0]
    rows = pd.DataFrame(
        {"segment": ["PU"], "rate": [0.25], "rate_is": "known", "covered": [10], "facts": [Facts(("2023-12",))]}
    )
    seen: list[Shown] = []

    class Seen(Page):
        def show(self, shown: Shown) -> Shown:
            seen.append(super().show(shown))
            return seen[-1]

    exec(code, {"rows": rows, "page": Seen()})
    assert [shown.text["en"].splitlines()[1:] for shown in seen] == [
        ["Segment | Coverage rate | Participants", "Wage earners (PU) | 25.00% | 10"]
    ]


def test_the_project_is_checked_out_and_never_uploaded() -> None:
    assert "Private :: Do Not Upload" in project()["classifiers"]
    assert "not a library to install" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_file_that_code_reads_beside_itself_is_packed() -> None:
    packed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    files = {
        path
        for package, patterns in packed.items()
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    kinds = {".py", ".pyc", ".md"}
    assert files == {path for path in (ROOT / "analysis").rglob("*.*") if path.is_file() and path.suffix not in kinds}


def test_the_licence_is_mit() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("MIT License\n\nCopyright (c) 2026 the Cakupan developers\n")
    assert "Permission is hereby granted, free of charge" in text
    assert 'THE SOFTWARE IS PROVIDED "AS IS"' in text
    assert project()["license"] == "MIT"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_reader_finds(name: str) -> None:
    assert (ROOT / name).is_file(), f"{name} is missing"
    assert (ROOT / name).read_text(encoding="utf-8").strip(), f"{name} is empty"
