"""Completion of values, requested as the shells request it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import LATTICETOP
from tests.command import finished
from tests.test_layers import SDK, loaded


def offered(line: str, shell: str = "bash") -> str:
    """What is offered for the word that the line ends with, as the shell's script asks for it."""
    words = line.split(" ")
    at = words[-1] if shell == "fish" else str(len(words) - 1)
    request = {"_LATTICETOP_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": at}
    ended = finished(str(LATTICETOP), **request)
    assert (ended.code, ended.err) == (0, "")
    return ended.out


def values(line: str) -> set[str]:
    return {item.partition(",")[2] for item in offered(line).splitlines()}


def test_commands_and_flags_are_offered() -> None:
    assert {"check", "explain", "plan", "watch", "demo", "replay", "simulate"} <= values("latticetop ")
    assert {"--profile", "--region", "--plain", "--interval"} <= values("latticetop --")
    assert {"--json", "--count", "--for", "--from"} <= values("latticetop watch --")
    assert values("latticetop --interval 1 --max-calls 1 --endpoint-url x che") == {"check"}, "a mistake says nothing"


@pytest.mark.usefixtures("home")
def test_profiles_are_offered_by_name_and_nothing_else_of_them() -> None:
    items = offered("latticetop check --profile ")
    assert {"default", "prod", "with space", "robot", "hub", "payments"} == values("latticetop check --profile ")
    assert "secret" not in items and "AKIA" not in items
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
    checks = "assert regions(None, None, '') and scenarios(None, None, '') and profiles(None, None, '') == []"
    assert loaded(f"import latticetop.cli.group\n{offer}{checks}", *names) == set()
