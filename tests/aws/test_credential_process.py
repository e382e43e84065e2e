"""A `credential_process` that prompts: it has the whole terminal, or none while the dashboard has it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from latticetop.aws import SessionCache, Settings, connect
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from tests.terminal import Terminal

PROMPTING = """
import json, os, sys
place = sys.stdin if sys.argv[1] == "stdin" else open("/dev/tty")
print("MFA code: ", end="", file=sys.stderr, flush=True)
code = place.readline().strip()
if not code:
    sys.exit("no code")
print(json.dumps({"Version": 1, "AccessKeyId": code, "SecretAccessKey": "secret"}))
"""
CONNECTING = """
import asyncio, os
from latticetop.aws import SessionCache, Settings, connect
async def main():
    sessions = SessionCache(has_terminal=os.environ["HAS_TERMINAL"] == "yes")
    try:
        await (await connect(Settings(region="us-east-1"), sessions=sessions)).close()
        credentials = await (await sessions.session(Settings(region="us-east-1"))).get_credentials()
        print("key", credentials.access_key)
    except Exception as error:
        print("problem", error)
asyncio.run(main())
"""


def use_process(folder: Path, *arguments: str, script: str = PROMPTING, source: bool = False) -> None:
    """A profile whose process is this script; with `source` it is that of a role's source profile."""
    (folder / "process.py").write_text(script)
    process = f"credential_process={sys.executable} {folder / 'process.py'} {' '.join(arguments)}\n"
    role = "role_arn=arn:aws:iam::123456789012:role/reader\nsource_profile=source\n"
    (folder / "config").write_text(
        f"[default]\n{role}[profile source]\n{process}" if source else f"[default]\n{process}"
    )


async def problem_without_terminal() -> Problem:
    with pytest.raises(ReadError) as error:
        await connect(Settings(region="us-east-1"), sessions=SessionCache(has_terminal=False))
    return error.value.problem


@pytest.mark.parametrize("place", ["stdin", "tty"])
def test_with_the_terminal_a_prompt_is_seen_and_answered(bare_machine: Path, place: str) -> None:
    use_process(bare_machine, place)
    terminal = Terminal(program=CONNECTING, HAS_TERMINAL="yes")
    terminal.until(lambda: "MFA code: " in terminal.text)
    terminal.press("123456\r")
    terminal.to_end()
    assert "key 123456" in terminal.text


@pytest.mark.parametrize("source", [False, True])
@pytest.mark.parametrize("place", ["stdin", "tty"])
def test_without_the_terminal_it_neither_prompts_nor_takes_keys(bare_machine: Path, place: str, source: bool) -> None:
    use_process(bare_machine, place, source=source)
    terminal = Terminal(program=CONNECTING, HAS_TERMINAL="no")
    terminal.press("123456\r")
    terminal.to_end()
    assert "MFA code" not in terminal.text
    assert "problem The credential_process failed with exit code 1; it cannot use the terminal" in terminal.text


async def test_without_the_terminal_the_step_is_to_sign_in_before(bare_machine: Path) -> None:
    use_process(bare_machine, "stdin")
    problem = await problem_without_terminal()
    assert problem.kind is ProblemKind.NO_CREDENTIALS
    assert problem.message == (
        "The credential_process failed with exit code 1; it cannot use the terminal while the dashboard runs."
    )
    assert "run it in a shell before, or latticetop info" in problem.next_step


async def test_a_process_that_needs_no_terminal_works_without(bare_machine: Path) -> None:
    keys = {"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "secret"}
    use_process(bare_machine, script=f"print({json.dumps(json.dumps(keys))})")
    sessions, settings = SessionCache(has_terminal=False), Settings(region="us-east-1")
    await (await connect(settings, sessions=sessions)).close()
    assert (await (await sessions.session(settings)).get_credentials()).access_key == "AKIAPROCESS"


@pytest.mark.parametrize(
    ("script", "reason"),
    [("import sys; sys.exit(7)", "failed with exit code 7"), ("print('Enter code')", "printed no JSON object")],
)
async def test_a_failure_is_told_without_what_was_printed(bare_machine: Path, script: str, reason: str) -> None:
    use_process(bare_machine, script=f"{script}\n")
    with pytest.raises(ReadError) as error:
        await connect(Settings(region="us-east-1"))
    assert error.value.problem.kind is ProblemKind.NO_CREDENTIALS
    assert error.value.problem.message == f"The credential_process {reason}."


async def test_a_process_that_is_missing(bare_machine: Path) -> None:
    (bare_machine / "config").write_text("[default]\ncredential_process=/nowhere/process\n")
    problem = await problem_without_terminal()
    assert problem.message == "The credential_process cannot be started (No such file or directory)."
