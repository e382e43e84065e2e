"""Shell completion, asked as the shells ask, and in the shells that are there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from tests.command import run
from tests.test_layers import SDK, loaded

LATTICETOP = Path(sys.executable).with_name("latticetop")
CONFIG = """[default]
region = us-east-1
[profile prod]
region = eu-west-1
[profile "with space"]
[sso-session corp]
[services local]
"""
CREDENTIALS = "[robot]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n"
SETTINGS = """profiles = ["hub"]
[[roles]]
arn = "arn:aws:iam::123456789012:role/latticetop"
name = "payments"
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's configuration, and `latticetop` on the path."""
    for name, text in (("config", CONFIG), ("credentials", CREDENTIALS), ("latticetop.toml", SETTINGS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "incident.rec").touch()
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("LATTICETOP_CONFIG", str(tmp_path / "latticetop.toml"))
    monkeypatch.setenv("PATH", f"{LATTICETOP.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def offered(line: str, shell: str = "bash") -> str:
    """What is offered for the word that the line ends with, as the shell's script asks for it."""
    words = line.split(" ")
    at = words[-1] if shell == "fish" else str(len(words) - 1)
    asked = {"_LATTICETOP_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": at}
    child = subprocess.run([LATTICETOP], env={**os.environ, **asked}, capture_output=True, text=True, check=True)
    assert child.stderr == ""
    return child.stdout


def values(line: str) -> set[str]:
    return {each.partition(",")[2] for each in offered(line).splitlines()}


def test_commands_and_flags_are_offered() -> None:
    assert {"check", "explain", "plan", "watch", "demo", "replay", "simulate"} <= values("latticetop ")
    assert {"--profile", "--region", "--plain", "--interval"} <= values("latticetop --")
    assert {"--json", "--count", "--for", "--from"} <= values("latticetop watch --")
    assert values("latticetop --interval 1 --max-calls 1 --endpoint-url x che") == {"check"}, "a mistake says nothing"


@pytest.mark.usefixtures("home")
def test_profiles_are_offered_by_name_and_nothing_else_of_them() -> None:
    told = offered("latticetop check --profile ")
    assert {"default", "prod", "with space", "robot", "hub", "payments"} == values("latticetop check --profile ")
    assert "secret" not in told and "AKIA" not in told
    assert values("latticetop --profile pr") == {"prod"}
    assert "arn:aws:iam::123456789012:role/latticetop" in offered("latticetop --profile pay", "zsh")
    assert offered("latticetop --profile pr", "fish").startswith("plain,prod")


def test_a_broken_configuration_offers_nothing(home: Path) -> None:
    (home / "config").write_bytes(b"\xff[[[\n= =")
    (home / "latticetop.toml").write_text("nonsense", encoding="utf-8")
    assert values("latticetop --profile ") == {"robot"}


def test_regions_scenarios_and_files_are_offered() -> None:
    assert values("latticetop watch --region us-east-") == {"us-east-1", "us-east-2"}
    assert values("latticetop check --region al") == {"all"}
    assert {"incident", "eks", "fleet"} <= values("latticetop demo --scenario ")
    assert values("latticetop simulate --scenario inc") == {"incident"}
    for line in ("check --from ", "watch --from ", "plan --from ", "replay ", "--record ", "demo --record "):
        assert offered(f"latticetop {line}").startswith("file,")


def test_it_loads_neither_the_sdk_nor_the_simulator() -> None:
    names = (*SDK, "textual", "asyncio", "aiohttp", "latticetop.simulator.account", "latticetop.model")
    offer = "from latticetop.cli.completion import profiles, regions, scenarios\n"
    asked = "assert regions(None, None, '') and scenarios(None, None, '') and profiles(None, None, '') == []"
    assert loaded(f"import latticetop.cli.main\n{offer}{asked}", *names) == set()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_asks_for_it(shell: str) -> None:
    ended = run("completion", shell)
    assert (ended.code, ended.err) == (0, "")
    assert f"_LATTICETOP_COMPLETE={shell}_complete" in ended.out


def in_shell(shell: str, *arguments: str, cwd: Path) -> list[str]:
    child = subprocess.run([shell, *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=50)
    assert child.stderr == ""
    return child.stdout.splitlines()


BASH = """source <(latticetop completion bash); complete -p latticetop
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); compopt() { echo "compopt $*"; }
  _latticetop_completion latticetop; printf '%s\\n' "${COMPREPLY[@]}"; }
try latticetop che; try latticetop --profile pro; try latticetop check --from ''
"""
FISH = """latticetop completion fish | source
complete -C 'latticetop che'; complete -C 'latticetop --profile pro'; complete -C 'latticetop check --from '
"""


@pytest.mark.skipif(not which("bash"), reason="there is no bash here")
def test_in_a_real_bash(home: Path) -> None:
    registered, *found = in_shell("bash", "--norc", "-c", BASH, cwd=home)
    assert registered.endswith("-F _latticetop_completion latticetop")
    assert found[:2] == ["check", "prod"]
    assert found[2:4] == ["compopt -o", "default"]


@pytest.mark.skipif(not which("fish"), reason="there is no fish here")
def test_in_a_real_fish(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home))
    found = [line.split("\t")[0] for line in in_shell("fish", "--no-config", "-c", FISH, cwd=home)]
    assert found[:2] == ["check", "prod"]
    assert "incident.rec" in found


ZSH = """zmodload zsh/zpty; mkfifo told; exec 3<>told
zpty shell zsh -f -i
zpty -w shell 'autoload -Uz compinit; compinit -u -d dump; source ./_latticetop
  tell() { zle complete-word; print -r -- "$BUFFER" > told; zle kill-whole-line }; zle -N tell; bindkey "^T" tell
  ready() { print -r -- $_comps[latticetop] > told }; zle -N zle-line-init ready'
read -r line <&3; print -r -- $line
try() { zpty -w -n shell "$1"$'\\x14'; read -r line <&3; print -r -- $line }
try 'latticetop che'; try 'latticetop --profile pro'
try 'latticetop demo --scenario ek'; try 'latticetop check --from inc'
zpty -d shell
"""


@pytest.mark.skipif(not which("zsh"), reason="there is no zsh here")
def test_in_a_real_zsh(home: Path) -> None:
    """In a terminal of its own, where a key completes the line."""
    (home / "_latticetop").write_text(run("completion", "zsh").out, encoding="utf-8")
    registered, *found = in_shell("zsh", "-f", "-c", ZSH, cwd=home)
    assert registered == "_latticetop_completion"
    assert [line.rstrip() for line in found] == [
        "latticetop check",
        "latticetop --profile prod",
        "latticetop demo --scenario eks",
        "latticetop check --from incident.rec",
    ]
