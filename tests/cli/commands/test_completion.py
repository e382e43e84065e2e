"""The completion scripts, in the shells that are installed."""

from __future__ import annotations

from pathlib import Path
from shutil import which

import pytest

from tests.command import finished, run

BASH = """source <(latticetop completion bash); complete -p latticetop
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); compopt() { echo "compopt $*"; }
  _latticetop_completion latticetop; printf '%s\\n' "${COMPREPLY[@]}"; }
try latticetop che; try latticetop --profile pro; try latticetop check --from ''
"""
FISH = """latticetop completion fish | source
complete -C 'latticetop che'; complete -C 'latticetop --profile pro'; complete -C 'latticetop check --from '
"""
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


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_asks_for_it(shell: str) -> None:
    ended = run("completion", shell)
    assert (ended.code, ended.err) == (0, "")
    assert f"_LATTICETOP_COMPLETE={shell}_complete" in ended.out


def in_shell(shell: str, *arguments: str, cwd: Path) -> list[str]:
    ended = finished(shell, *arguments, cwd=str(cwd))
    assert ended.err == ""
    return ended.out.splitlines()


@pytest.mark.skipif(not which("bash"), reason="there is no bash here")
def test_in_a_real_bash(home: Path) -> None:
    registered, *completed = in_shell("bash", "--norc", "-c", BASH, cwd=home)
    assert registered.endswith("-F _latticetop_completion latticetop")
    assert completed[:2] == ["check", "prod"]
    assert completed[2:4] == ["compopt -o", "default"]


@pytest.mark.skipif(not which("fish"), reason="there is no fish here")
def test_in_a_real_fish(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home))
    completed = [line.split("\t")[0] for line in in_shell("fish", "--no-config", "-c", FISH, cwd=home)]
    assert completed[:2] == ["check", "prod"]
    assert "incident.rec" in completed


@pytest.mark.skipif(not which("zsh"), reason="there is no zsh here")
def test_in_a_real_zsh(home: Path) -> None:
    """In a terminal of its own, where a key completes the line."""
    (home / "_latticetop").write_text(run("completion", "zsh").out, encoding="utf-8")
    registered, *completed = in_shell("zsh", "-f", "-c", ZSH, cwd=home)
    assert registered == "_latticetop_completion"
    assert [line.rstrip() for line in completed] == [
        "latticetop check",
        "latticetop --profile prod",
        "latticetop demo --scenario eks",
        "latticetop check --from incident.rec",
    ]
