"""The formats of check and plan, on stdout and in files."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from latticetop.cli.optional_packages import install_command
from latticetop.cli.report_format import ReportFormat, ReportOutput, report_output
from latticetop.simulator import ServerThread
from tests.command import Ended, against, at_rest, run
from tests.exposed import samples
from tests.junit_schema import parsed_junit
from tests.workflow_commands import parsed_commands

A, B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"
ENDPOINT = "vpce-0e3b1bfc42d162c4a"


def check(server: ServerThread, *arguments: str, **environment: str) -> Ended:
    ended = against(server, "check", *arguments, **environment)
    assert ended.err == ""
    return ended


def test_json_has_a_short_form(incident: ServerThread) -> None:
    long, short = check(incident, "--format", "json"), check(incident, "--json", "--format", "json")
    assert long.code == short.code == 1
    assert json.loads(long.out)["schema"] == json.loads(short.out)["schema"] == "latticetop.check/1"
    both = against(incident, "check", "--json", "--format", "junit")
    assert (both.code, both.out) == (2, "")
    assert both.err == "latticetop: Give --json or --format junit, not both.\n"


def test_junit_has_a_case_for_each_endpoint_and_subnet(incident: ServerThread) -> None:
    ended = check(incident, "--format", "junit")
    assert ended.code == 1
    results = {case.get("name"): [result.tag for result in case] for case in parsed_junit(ended.out).iter("testcase")}
    assert {str(name).split()[0]: tags for name, tags in results.items()} == {
        ENDPOINT: ["failure"],
        A: ["failure"],
        B: [],
    }


def test_github_annotates_what_is_wrong(incident: ServerThread) -> None:
    ended = check(incident, "--format", "github")
    assert ended.code == 1
    *errors, notice = parsed_commands(ended.out)
    assert [(error.name, error.message.partition(":")[0]) for error in errors] == [("error", ENDPOINT), ("error", A)]
    assert (notice.name, notice.message) == ("notice", "2 wrong, 0 unknown, 1 passed.")


def test_metrics_are_written_whole_for_the_collector(incident: ServerThread, tmp_path: Path) -> None:
    """A collector reads files of which it is neither owner nor group, and takes every .prom that it sees."""
    path = tmp_path / "latticetop.prom"
    before = os.umask(0o022)
    try:
        ended = check(incident, "--format", "metrics", "--output", str(path))
    finally:
        os.umask(before)
    assert (ended.code, ended.out, list(tmp_path.iterdir())) == (1, "", [path])
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    found = samples(path.read_text())
    assert found.values("scope_up", account_id="123456789012", region="us-east-1") == [1]
    assert found.values("subnet_free_blocks_max", subnet_id=A) == [0]


def test_a_file_keeps_its_mode_and_is_another_one_after(incident: ServerThread, tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("old")
    path.chmod(0o640)
    number = path.stat().st_ino
    ended = check(incident, "-o", str(path), COLUMNS="40")
    assert (ended.code, ended.out) == (1, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.stat().st_ino != number
    assert "Wrong: 1 endpoint failed-but-accessible, 1 subnet without a free /28." in path.read_text().splitlines()


def unread(folder: Path, form: str, *arguments: str, **variables: str) -> str:
    """What `check` without credentials writes over the report of before; stderr has one line."""
    path = folder / "report"
    path.write_text("old")
    ended = run("check", *arguments, "--format", form, "--output", str(path), **variables)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (3, "", 1)
    text = path.read_text()
    assert form != "text" or text == ended.err.removeprefix("latticetop: ")
    return text


@pytest.mark.parametrize("form", ["text", "json", "metrics", "junit", "github"])
def test_where_nothing_could_be_read_the_file_says_so(incident: ServerThread, tmp_path: Path, form: str) -> None:
    text = unread(tmp_path, form, "--endpoint-url", incident.url, "--region", "us-east-1")
    match form:
        case "text":
            assert text.startswith("No credentials found.")
        case "json":
            assert [problem["kind"] for problem in json.loads(text)["problems"]] == ["no-credentials"]
        case "metrics":
            assert samples(text).values("scope_up", region="us-east-1") == [0]
        case "junit":
            assert parsed_junit(text).get("errors") == "1"
        case "github":
            assert [command.name for command in parsed_commands(text)] == ["warning", "notice"]


@pytest.mark.parametrize("form", ["text", "json", "metrics", "junit", "github"])
def test_where_the_accounts_of_an_organization_cannot_be_listed_the_file_says_so(tmp_path: Path, form: str) -> None:
    """node_exporter would go on with the samples of the last run."""
    settings = tmp_path / "latticetop.toml"
    settings.write_text('regions = ["us-east-1"]\n[organization]\nrole = "latticetop"\n')
    text = unread(tmp_path, form, LATTICETOP_CONFIG=str(settings))
    match form:
        case "text":
            assert text.startswith("No credentials found.")
        case "json":
            (scope,) = json.loads(text)["scopes"]
            assert (scope["exit_code"], scope["problem"]["kind"]) == (3, "no-credentials")
        case "metrics":
            assert samples(text).values("scope_up") == [0]
        case "junit":
            assert parsed_junit(text).get("errors") == "1"
        case "github":
            assert [command.name for command in parsed_commands(text)] == ["warning", "notice"]


def test_a_plan_says_so_too(tmp_path: Path) -> None:
    settings = tmp_path / "latticetop.toml"
    settings.write_text('regions = ["us-east-1"]\n[organization]\nrole = "latticetop"\n')
    ended = run("plan", "--subnet-ids", A, "--format", "junit", LATTICETOP_CONFIG=str(settings))
    assert (ended.code, parsed_junit(ended.out).get("errors")) == (3, "1")


def test_a_plan_of_files_that_may_lack_the_subnet_says_so_too(tmp_path: Path) -> None:
    answer = tmp_path / "subnets.json"
    subnet = {"SubnetId": B, "VpcId": "vpc-0d54cbe88a44ffd04", "CidrBlock": "10.10.10.64/26"}
    answer.write_text(json.dumps({"Subnets": [subnet], "NextToken": "more"}))
    ended = run("plan", "--subnet-ids", A, "--format", "junit", "--from", str(answer))
    assert (ended.code, parsed_junit(ended.out).get("errors")) == (3, "1")


@pytest.mark.parametrize("command", [["check"], ["plan", "--subnet-ids", A]], ids=" ".join)
def test_an_account_that_was_not_read_is_named_by_what_the_environment_says(tmp_path: Path, command: list[str]) -> None:
    config = tmp_path / "config"
    config.write_text("[profile dev]\nregion = eu-west-1\n", encoding="utf-8")
    ended = run(*command, "--profile", "dev", "--format", "github", AWS_CONFIG_FILE=str(config))
    warning, _ = parsed_commands(ended.out)
    assert (ended.code, warning.title) == (3, "dev eu-west-1")
    ended = run(*command, "--format", "github", AWS_REGION="us-west-2")
    assert parsed_commands(ended.out)[0].title == "us-west-2"


@pytest.mark.parametrize("form", ["text", "metrics", "junit"])
def test_a_file_that_cannot_be_written_is_one_sentence(incident: ServerThread, tmp_path: Path, form: str) -> None:
    path = tmp_path / "missing" / "report"
    ended = against(incident, "check", "--format", form, "--output", str(path))
    assert ended == Ended(2, "", f"latticetop: {path} cannot be written: No such file or directory.\n")


@pytest.mark.fault("disk-full-report")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", [["check", "--format", "metrics"], ["plan", "--subnet-ids", A]], ids=" ".join)
def test_a_full_disk_is_one_sentence_and_unknown(incident: ServerThread, command: list[str]) -> None:
    ended = against(incident, *command, "--output", "/dev/full")
    assert ended == Ended(3, "", "latticetop: /dev/full cannot be written: No space left on device.\n")


def test_several_regions_are_a_suite_each(incident: ServerThread) -> None:
    where = ("--region", "eu-west-1")
    suites = list(parsed_junit(check(incident, *where, "--format", "junit").out))
    assert [suite.get("name", "").rpartition(" ")[2] for suite in suites] == ["eu-west-1", "us-east-1"]
    regions = samples(check(incident, *where, "--format", "metrics").out).labels("scope_up")
    assert [labels["region"] for labels in regions] == ["eu-west-1", "us-east-1"]


def test_a_plan_that_does_not_fit_is_wrong_in_each_subnet(incident: ServerThread) -> None:
    arguments = ("plan", "--subnet-ids", A, B, "--prefixes", "1")
    junit = against(incident, *arguments, "--format", "junit")
    assert (junit.code, junit.err) == (1, "")
    cases = {str(case.get("name")).split()[0]: len(case) for case in parsed_junit(junit.out).iter("testcase")}
    assert cases == {A: 1, B: 0}
    github = against(incident, *arguments, "--format", "github")
    error, notice = parsed_commands(github.out)
    assert (github.code, error.name, error.title.split()[0]) == (1, "error", A)
    assert "no /28 block is free" in error.message
    assert notice.message == "1 wrong, 0 unknown, 1 passed."


def test_a_plan_that_could_not_be_made_is_unknown() -> None:
    with at_rest("incident") as server:
        server.call(lambda account: account.faults.set(["expire"]))
        ended = against(server, "plan", "--subnet-ids", A, "--format", "github")
    warning, _ = parsed_commands(ended.out)
    assert (ended.code, warning.name) == (3, "warning")
    assert warning.message.endswith(ended.err.removeprefix("latticetop: ").rstrip("\n"))


def test_metrics_without_their_library_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    flags = {"report_format": "metrics", "as_json": False, "output": None}
    with pytest.raises(SystemExit) as ended:
        report_output(flags)
    assert ended.value.code == 2
    sentence = (
        f"--format metrics requires prometheus-client, which is not installed: {install_command('prometheus-client')}"
    )
    assert capsys.readouterr().err == f"latticetop: {sentence}\n"
    assert report_output({"report_format": None, "as_json": False, "output": None}) == ReportOutput(ReportFormat.TEXT)
