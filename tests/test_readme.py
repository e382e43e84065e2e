"""README.md and README.ja.md say the same, what they say holds, and every command in them runs as printed."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from latticetop.aws import OPERATIONS
from latticetop.cli.group import COMMANDS, cli
from latticetop.config.actions import ACTIONS, keys_of
from latticetop.config.settings import Config, Theme
from latticetop.model.blocks.blocks import BlockState
from latticetop.reports.exit_codes import ExitCode
from latticetop.simulator import ServerThread
from tests.aws_cli import aws_cli
from tests.command import KEYS, against, at_rest
from tests.terminal import Terminal

ROOT = Path(__file__).parents[1]
ENGLISH, JAPANESE = (ROOT / name for name in ("README.md", "README.ja.md"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OF_THE_SHELL = dict(os.environ)
"""With the proxies, which the tests of the program do without."""
TRY_IT = "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/latticetop demo"
TEST_IT = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/pytest"
INSTALLS = {TRY_IT: "python3", "pipx install . && latticetop demo": "pipx", "uvx --from . latticetop demo": "uvx"}
"""Lines that install it and open the demo, and the program that each needs."""
BASH = "import os, sys; os.chdir(sys.argv[1]); os.execvp('bash', ['bash', '-ec', sys.argv[2]])"
A, B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"


class Run(NamedTuple):
    """How a command of the README ends on the account of the incident, and what it says; a dashboard after `q`."""

    code: int
    says: str
    is_dashboard: bool = False


RUNS = {
    "latticetop": Run(0, "Failed", True),
    "latticetop --profile prod --profile dev --region us-east-1 --region eu-west-1": Run(0, "Failed", True),
    "latticetop --region all --max-calls 120": Run(0, "Failed", True),
    "latticetop --record incident.rec --redact": Run(0, "Failed", True),
    "latticetop replay incident.rec": Run(0, "Failed", True),
    "latticetop explain vpce-0e3b1bfc42d162c4a > ticket.md": Run(0, ""),
    "latticetop dump > dump.sh": Run(0, ""),
    "latticetop info --member-role": Run(0, "AWS::IAM::Role"),
    "sh dump.sh && latticetop check --from latticetop-dump": Run(1, "failed-but-accessible"),
    f"latticetop plan --subnet-ids {A} {B} --resources 3": Run(1, "cannot fit"),
    f"latticetop plan --subnet-ids {A} --without 10.10.10.36": Run(1, "10.10.10.32/28"),
    "latticetop plan --vpc-id vpc-0d54cbe88a44ffd04 --any --nodes 3 --pods 110": Run(1, "cannot fit"),
    "latticetop check --all-subnets --min-free-blocks 4": Run(1, "fewer than 4 free /28"),
    "latticetop check --json | jq -r '.subnets[] | select(.free_blocks_max == 0 and .missing_data == []) | "
    ".subnet_id'": Run(0, A),
    "latticetop export --rules > latticetop.rules.yml": Run(0, ""),
    "latticetop export --dashboard > latticetop.json": Run(0, ""),
    "latticetop man | man -l -": Run(0, "EXIT STATUS"),
    "latticetop config --example": Run(0, "# When a subnet is a warning."),
    "latticetop simulate --list": Run(0, "incident"),
    "latticetop info": Run(0, "123456789012"),
}
"""Every other command. What `/28` needs is in the tests of the command; here it runs, and ends as it is said to."""


def prose(path: Path) -> str:
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def levels(path: Path) -> list[str]:
    return re.findall(r"^#+(?= )", prose(path), re.MULTILINE)


def fences(path: Path) -> list[tuple[str, str]]:
    """Each code block and its language, without comments."""
    blocks = FENCE.findall(path.read_text(encoding="utf-8"))
    return [(language, re.sub(r"\s*(?<!\S)# .*$", "", code, flags=re.MULTILINE)) for language, code in blocks]


def targets(path: Path) -> list[str]:
    """Where links and pictures lead, in order."""
    return re.findall(r"\]\(([^)]+)\)", prose(path))


def sections(path: Path) -> list[str]:
    return re.split(r"^#+ ", prose(path), flags=re.MULTILINE)


def tables(path: Path) -> list[int]:
    """How many cells each row of a table has."""
    return [line.count("|") for line in prose(path).splitlines() if line.startswith("|")]


def test_both_have_the_same_sections_tables_and_code() -> None:
    assert levels(ENGLISH) == levels(JAPANESE)
    assert tables(ENGLISH) == tables(JAPANESE)
    assert fences(ENGLISH) == fences(JAPANESE)


def test_each_section_names_the_same_things_in_both() -> None:
    for english, japanese in zip(sections(ENGLISH), sections(JAPANESE), strict=True):
        named = (sorted(set(re.findall(r"`([^`\n]+)`", text))) for text in (english, japanese))
        assert next(named) == next(named), english.partition("\n")[0]


def test_both_show_the_same_pictures_and_lead_to_each_other() -> None:
    english, japanese = targets(ENGLISH), targets(JAPANESE)
    assert (english[0], japanese[0]) == (JAPANESE.name, ENGLISH.name)
    assert english[1:] == japanese[1:]


@pytest.mark.parametrize("path", [ENGLISH, JAPANESE], ids=lambda path: path.name)
def test_what_is_linked_is_there(path: Path) -> None:
    assert [target for target in targets(path) if not (ROOT / target).is_file()] == []


def commands(path: Path) -> list[list[str]]:
    """The commands of each block for the shell."""
    return [code.splitlines() for language, code in fences(path) if language == "sh"]


def spans(path: Path) -> list[str]:
    """What is marked as code in the text."""
    return re.findall(r"`([^`\n]+)`", prose(path))


def test_the_readme_is_short() -> None:
    for path, longest in ((ENGLISH, 227), (JAPANESE, 227)):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= longest
    assert len(ENGLISH.read_bytes()) <= 12_200


def test_the_two_commands_are_there_to_the_letter_and_ci_runs_the_second() -> None:
    lines = ENGLISH.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("python3 ")] == [TRY_IT, TEST_IT]
    assert TEST_IT in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_no_command_is_without_a_run() -> None:
    """In a block for the shell, or marked as code; `latticetop plan` alone only names a command."""
    names = {f"latticetop {name}" for name in COMMANDS}
    in_text = {span for span in spans(ENGLISH) if re.match(r"(latticetop|pipx|uvx|pip|python3)\b(?![.-])", span)}
    assert {*chain.from_iterable(commands(ENGLISH)), *(in_text - names)} == {*RUNS, *INSTALLS, TEST_IT}


def test_flags_keys_and_letters_are_those_of_the_program() -> None:
    context = click.Context(cli)
    every = [cli, *(command for name in COMMANDS if (command := cli.get_command(context, name)))]
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", " ".join([*spans(ENGLISH), *RUNS])))
    flags = {option for command in every for parameter in command.params for option in parameter.opts} | {"--help"}
    assert named - flags == set()
    keys = {key for action in ACTIONS for key in keys_of(action, {})} | {"esc"}
    letters = {state.value for state in BlockState}
    assert {span for span in spans(ENGLISH) if len(span) == 1} - keys - letters - {"0", "1", "2", "3"} == set()


def test_numbers_and_names_are_those_of_the_program() -> None:
    text = ENGLISH.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(.)` \| (.+) \|$", text, re.MULTILINE))
    assert list(rows) == [state.value for state in BlockState]
    assert all(rows[state.value].startswith(state.label) for state in BlockState)
    codes = re.findall(r"^\| (\d+) \|", text, re.MULTILINE)
    assert [int(code) for code in codes] == [code for code in ExitCode if code is not ExitCode.INTERRUPTED]
    assert f"every {Config().interval:g} seconds" in text
    assert len(Theme) == 6 and sum("blind" in theme for theme in Theme) == 2


def test_both_name_the_same_sizes() -> None:
    assert sizes(ENGLISH) == sizes(JAPANESE) == [(60, 20), (200, 60), (80, 24)]


def sizes(path: Path) -> list[tuple[int, int]]:
    return [(int(width), int(height)) for width, height in re.findall(r"\b(\d+)x(\d+)\b", prose(path))]


def test_check_calls_aws_eight_times(incident: ServerThread, tmp_path: Path) -> None:
    log = tmp_path / "calls.log"
    assert against(incident, "check", "--log", str(log)).code == 1
    assert log.read_text(encoding="utf-8").count("outcome=") == 8


def test_the_policy_names_the_actions_that_are_called() -> None:
    policy = json.loads(ENGLISH.read_text(encoding="utf-8").partition("```json\n")[2].partition("```")[0])
    actions = [action for statement in policy["Statement"] for action in statement["Action"]]
    core = [action for action in policy["Statement"][0]["Action"] if action.startswith("ec2:Describe")]
    assert len(core) == len(policy["Statement"][0]["Action"]) == 4
    assert sorted(actions) == sorted(OPERATIONS - {"sts:GetCallerIdentity"})


@pytest.fixture(scope="module")
def incident() -> Iterator[ServerThread]:
    with at_rest("incident") as server:
        yield server


@pytest.fixture
def reader(incident: ServerThread, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of somebody who has latticetop, the AWS CLI, two profiles, and the account of the incident."""
    (tmp_path / "config").write_text("[profile prod]\n[profile dev]\n", encoding="utf-8")
    keys = "".join(f"{name.lower()} = {value}\n" for name, value in KEYS.items())
    (tmp_path / "credentials").write_text(f"[prod]\n{keys}[dev]\n{keys}", encoding="utf-8")
    with aws_cli(endpoint_url=incident.url) as aws:
        yield {
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), str(aws.folder), os.environ["PATH"])),
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
            "AWS_ENDPOINT_URL": incident.url,
            "AWS_REGION": "us-east-1",
            "MANPAGER": "cat",
            **KEYS,
        }


def entered(line: str, folder: Path, is_dashboard: bool, says: str, **environment: str) -> tuple[int, str]:
    """Enter a line in a terminal; leave the dashboard once it says something. Return the exit code and what it said."""
    terminal = Terminal(str(folder), line, program=BASH, **environment)
    if is_dashboard:
        terminal.until(lambda: says in terminal.text)
        return terminal.quit(), says
    return terminal.to_end(), " ".join(re.sub(r".\x08", "", terminal.text).split())


RUNNABLE = [block for block in commands(ENGLISH) if not {*block} & {*INSTALLS, TEST_IT}]


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")
@pytest.mark.parametrize("block", RUNNABLE, ids=lambda block: block[0][:40])
def test_a_block_for_the_shell_runs_as_printed(block: list[str], reader: dict[str, str], tmp_path: Path) -> None:
    for line in block:
        if needed := {program for program in ("jq", "man") if f"| {program} " in line and not shutil.which(program)}:
            pytest.skip(f"there is no {needed.pop()} here")
        code, said = entered(line, tmp_path, RUNS[line].is_dashboard, RUNS[line].says, **reader)
        assert (code, RUNS[line].says in said) == (RUNS[line].code, True), f"{line}\n{said}"


def test_the_ticket_of_the_first_table(reader: dict[str, str], tmp_path: Path) -> None:
    line = next(line for line in spans(ENGLISH) if line.endswith("> ticket.md"))
    assert entered(line, tmp_path, False, "", **reader)[0] == 0
    assert (tmp_path / "ticket.md").read_text(encoding="utf-8").startswith("# ")


def test_the_second_step_for_ci(reader: dict[str, str], tmp_path: Path) -> None:
    step = dict(fences(ENGLISH))["yaml"].rpartition("  run: ")[2].strip()
    assert step.startswith("latticetop plan ")
    code, said = entered(step.replace("${{ vars.SUBNETS }}", f"{A} {B}"), tmp_path, False, "", **reader)
    assert (code, "Cannot fit" in said) == (1, True), said


@pytest.mark.parametrize(("line", "program"), INSTALLS.items(), ids=INSTALLS.values())
def test_it_installs_as_printed(line: str, program: str, tmp_path: Path) -> None:
    if not shutil.which(program):
        pytest.skip(f"there is no {program} here")
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "tui", clone / "tui", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, clone)
    places = {name: str(tmp_path / name) for name in ("PIPX_HOME", "PIPX_BIN_DIR", "UV_TOOL_DIR")}
    path = f"{places['PIPX_BIN_DIR']}{os.pathsep}{os.environ['PATH']}"
    environment = {**OF_THE_SHELL, **places, "PATH": path}
    terminal = Terminal(str(clone), line, program=BASH, **environment)
    terminal.until(lambda: "Pending" in terminal.text)
    assert terminal.quit() == 0


def test_pipx_and_uvx_find_the_command_by_the_name_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert list(project["scripts"]) == [project["name"]] == ["latticetop"]
    assert len([each for each in project["dependencies"] if re.match("(aiobotocore|boto3)>", each)]) == 2


@pytest.mark.parametrize("size", sizes(ENGLISH), ids=str)
def test_the_sizes_hold(size: tuple[int, int], reader: dict[str, str]) -> None:
    """The state, whether it works and the culprit are on the first screen."""
    columns, lines = map(str, size)
    terminal = Terminal(**reader, COLUMNS=columns, LINES=lines)
    terminal.until(lambda: all(part in terminal.text for part in ("Failed", "3 of 3", "10.10.10.36")))
    assert terminal.quit() == 0
