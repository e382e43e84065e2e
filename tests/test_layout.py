"""The shape of the project: names, lengths and places of modules."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import defaultdict
from pathlib import Path

from tests.conftest import LONGEST

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tui" / "latticetop"
TESTS = ROOT / "tests"
MOST_LINES = 400
CROSS_CUTTING = {
    "benchmarks/test_benchmarks": "the benchmarks",
    "cases/test_further_cases": "accounts like those of public reports",
    "cases/test_reckoning": "the free blocks of every account, reckoned with ipaddress",
    "cases/test_reported_cases": "accounts rebuilt from public reports",
    "dashboard/test_first_frame": "what the first frame waits for",
    "dashboard/test_hostile": "hostile data on every screen",
    "dashboard/test_long_names": "long names on every screen",
    "dashboard/test_pictures": "every screen as a picture",
    "dashboard/test_resizing": "every screen in every size",
    "dashboard/test_screenshots": "the pictures of the README",
    "dashboard/test_soak": "the screen after hours of faults",
    "follow/recording/test_redacted": "recordings without names",
    "follow/test_incident": "the incident, followed",
    "follow/test_loop_clock": "the loop while the clock is set, and while AWS does not answer",
    "follow/test_loop_credentials": "the loop while credentials expire",
    "follow/test_soak": "the loop over hours of faults",
    "fuzz/test_lost_answers": "what is lost from answers in files",
    "fuzz/test_fuzz": "mutated answers, recordings and configuration files",
    "model/endpoints/test_sentences": "every sentence that is said of an endpoint",
    "reports/test_hostile": "hostile data in every report",
    "simulator/scenarios/test_incident_fix": "the fix of the incident, on the simulator",
    "simulator/scenarios/test_leftovers_and_reservations": "the scenarios leaked, shared and reserved",
    "simulator/scenarios/test_scenarios": "all scenarios",
    "test_dumped_answers": "a dump of each scenario, compared with the account",
    "test_answers_in_files": "answers of AWS in files, in every command",
    "test_faults_table": "CONTRIBUTING.md",
    "test_import_graph": "circles of imports",
    "test_layers": "what a process loads",
    "test_layout": "the layout of the project",
    "test_readme": "README.md and README.ja.md",
    "test_remedies_carried_out": "every remedy, carried out on the simulator",
    "test_linear_work": "the time that long texts and many records take",
    "test_one_way": "what frees a block, said alike by check, explain, the dashboard and plan",
    "test_text_gate": "hostile text on its way to a terminal",
    "test_packaging": "pyproject.toml",
    "test_prometheus": "Prometheus and Alertmanager, scraping what is exported",
    "test_secrets": "credentials in any output",
    "test_selection_by_tags": "subnets selected by tag and by EKS cluster, in every command",
    "test_unknown_parts": "what is said of accounts that were read in part",
}
"""Tests of no single module, with what they are about."""


def tracked() -> list[str]:
    """The files of the repository, or of the unpacked source distribution."""
    if (ROOT / ".git").exists():
        command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")]


def test_class_names_are_unique() -> None:
    """Of classes at the level of modules; a message of a widget is named with its widget."""
    places = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_modules_are_short_enough_to_be_read_by_themselves() -> None:
    lengths = {
        str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_there_are_three_folders() -> None:
    folders = {name.split("/")[0] for name in tracked() if "/" in name}
    assert {name for name in folders if not name.startswith(".")} == {"tui", "tests", "screenshots"}


def test_tests_lie_where_what_they_test_lies() -> None:
    misplaced = []
    for path in sorted(TESTS.rglob("test_*.py")):
        name = str(path.relative_to(TESTS).with_suffix(""))
        subject = PACKAGE / path.relative_to(TESTS).with_name(path.stem.removeprefix("test_"))
        is_there = subject.with_suffix(".py").is_file() or (subject / "__init__.py").is_file()
        if not is_there and name not in CROSS_CUTTING:
            misplaced.append(name)
    assert misplaced == []
    assert [name for name in CROSS_CUTTING if not (TESTS / f"{name}.py").is_file()] == []


def test_the_files_that_contributing_names_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w./]+(?:\.py|/))`", text)
    roots = (ROOT, PACKAGE, PACKAGE / "dashboard")
    assert len(named) > 50
    assert [name for name in named if not any((root / name).exists() for root in roots)] == []


def test_the_files_that_run_first_exist() -> None:
    assert [name for name in LONGEST if not (ROOT / name).is_file()] == []


def test_workers_are_described() -> None:
    """Textual would format all arguments, on the event loop: the blocks of 60,000 ENIs are 27 MB of text."""
    undescribed = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.AsyncFunctionDef) or len(node.args.args) == 1:
                continue
            for each in node.decorator_list:
                function = each.func if isinstance(each, ast.Call) else each
                words = {word.arg for word in each.keywords} if isinstance(each, ast.Call) else set()
                if isinstance(function, ast.Name) and function.id == "work" and "description" not in words:
                    undescribed.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert undescribed == []


def test_workers_are_given_functions() -> None:
    """A coroutine would never be awaited where the app ends before its worker begins, and Python prints a warning."""
    calls = [
        node
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "run_worker"
    ]
    called = [call.args[0].func for call in calls if isinstance(call.args[0], ast.Call)]
    assert calls and all(isinstance(function, ast.Name) and function.id == "partial" for function in called)
