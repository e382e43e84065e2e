"""What a fresh process has loaded: the rules of who imports whom, seen at run time."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator

import pytest

from latticetop import dashboard
from latticetop.simulator import ServerThread
from tests.command import KEYS, at_rest, python
from tests.dashboard.accounts import ENDPOINT, A, B

SDK = ("botocore", "boto3", "aiobotocore")


def loaded(statement: str, *names: str) -> set[str]:
    """The modules of these that a fresh process has loaded after a statement."""
    script = f"import sys\n{statement}\nprint(','.join(n for n in {names!r} if n in sys.modules), file=sys.stderr)"
    return set(python(script).err.strip().rpartition("\n")[2].split(",")) - {""}


def command(*arguments: str) -> str:
    return (
        "from latticetop.cli.main import main\n"
        f"sys.argv = {['latticetop', *arguments]!r}\n"
        "try:\n    main()\nexcept SystemExit:\n    pass"
    )


def test_help_and_version_load_neither_the_sdk_nor_textual() -> None:
    statements = ["import latticetop.cli.group", command("--help"), command("--version"), command("check", "--help")]
    others = ("textual", "aiohttp", "latticetop.simulator", "latticetop.model")
    assert loaded("\n".join(statements), *SDK, *others) == set()


@pytest.fixture(scope="module")
def incident() -> Iterator[ServerThread]:
    with at_rest("incident") as server:
        yield server


def test_commands_for_scripts_never_load_textual(incident: ServerThread, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    where = ("--endpoint-url", incident.url, "--region", "us-east-1")
    modules = ("textual", "latticetop.dashboard", "latticetop.simulator", "aiobotocore", "boto3")
    commands = (
        ("check",),
        ("check", "--json"),
        ("plan", "--subnet-ids", A, B),
        ("explain", ENDPOINT),
        ("watch", "--for", "2"),
    )
    assert loaded("\n".join(command(*words, *where) for words in commands), *modules) == {"aiobotocore"}


def test_the_model_loads_nothing_but_itself() -> None:
    everything = (
        "import pkgutil, importlib, latticetop.model as m\n"
        "for each in pkgutil.walk_packages(m.__path__, 'latticetop.model.'): importlib.import_module(each.name)"
    )
    others = ("latticetop.aws", "latticetop.follow", "latticetop.reports", "latticetop.simulator", "asyncio", "click")
    assert loaded(everything, *SDK, *others, "textual", "aiohttp") == set()


def test_the_dashboard_loads_no_sdk() -> None:
    modules = loaded("import latticetop.dashboard.app", *SDK, "latticetop.aws", "latticetop.simulator", "textual")
    assert modules == {"textual"}


def test_a_screen_is_loaded_when_it_is_opened() -> None:
    package = "latticetop.dashboard."
    names = [each.name for each in pkgutil.walk_packages(dashboard.__path__, package)]
    every = [name for name in names if name.endswith("screen")]
    at_the_start = {package + name for name in ("main.screen", "base_screen", "settled_screen")}
    assert loaded("import latticetop.dashboard.app", *every) == at_the_start < set(every)


def test_the_simulator_knows_nothing_of_the_rest() -> None:
    modules = loaded("import latticetop.simulator", *SDK, "latticetop.model", "latticetop.aws", "textual")
    assert modules == set()


def test_what_the_first_frame_does_not_show_is_loaded_after_it() -> None:
    script = f"""
import os, sys
from textual.app import App
from latticetop.cli import group

def stop(_: App) -> None:
    print(*sys.modules, file=sys.stderr, flush=True)
    os._exit(0)

App.run_async, group.need_terminal = stop, lambda: None
{command("--endpoint-url", "http://127.0.0.1:1", "--region", "us-east-1")}
"""
    modules = set(python(script).err.split())
    assert "latticetop.dashboard.main.screen" in modules
    features = ("plan", "trend", "owners", "overviews", "endpoint", "replay", "export")
    late = (
        *SDK,
        *("aiohttp", "lxml", "latticetop.simulator", "latticetop.follow.recording", "latticetop.aws.reader"),
        *(f"latticetop.dashboard.{feature}" for feature in features),
        *("latticetop.reports.check", "latticetop.reports.plan", "latticetop.reports.explain"),
    )
    assert modules.isdisjoint(late)
