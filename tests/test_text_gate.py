"""Hostile text in every member of every record, in errors, settings and arguments: nothing of it acts on a terminal."""

from __future__ import annotations

import ast
import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from aiohttp import web
from msgspec import Struct, structs

from latticetop.cli.ending import Ending
from latticetop.cli.group import COMMANDS
from latticetop.cli.main import _run
from latticetop.dashboard.keys.bindings import INTERRUPT
from latticetop.model.records.lattice import (
    EndpointAssociation,
    Lattice,
    ResourceAssociation,
    ServiceAssociation,
    ServiceNetwork,
    VpcAssociation,
)
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.resources import Tag
from latticetop.model.snapshot import Snapshot
from tests.aws.conftest import CannedServer, ReceivedRequest, Responder
from tests.command import KEYS, PATIENCE
from tests.dashboard.accounts import ENDPOINT, A, incident, reservation
from tests.dashboard.stage import Stage, showing, update
from tests.dashboard.test_hostile import check
from tests.recordings import write_recording
from tests.unseen import unseen

PACKAGE = Path(__file__).parents[1] / "tui" / "latticetop"
XML_EVIL = "\x9b2J\x9d0;pwned\x9c\u202e\u2066\u200b\ufeff\u2028\U000e0041\u00ad"
"""What XML can carry."""
EVIL = f"\x1b]52;c;cm0=\x07\x1b[2J\r\n\x00\t{XML_EVIL}[bold]m[/bold][@click=app.quit]x[/]"
"""What a recording, an argument or a setting can carry; not NUL in arguments."""
LOGIC = frozenset(("state", "vpc_endpoint_type", "accessibility", "reservation_type", "interface_type"))
"""Members that decide what is said: each test runs with their usual values, and with hostile ones."""


def hostile(value: Any, *, spared: frozenset[str] = frozenset(), name: str = "") -> Any:
    """The same value with hostile text at the end of every string, in every member and key."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return value if name in spared else f"{value}{EVIL}"
    if isinstance(value, Struct):
        members = {field: getattr(value, field) for field in value.__struct_fields__}
        changed = {field: hostile(each, spared=spared, name=field) for field, each in members.items()}
        return structs.replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(hostile(each, spared=spared, name=name) for each in value)
    if isinstance(value, dict):
        return {hostile(key): hostile(each, spared=spared, name=name) for key, each in value.items()}
    return value


NETWORK = ServiceNetwork(
    "arn:aws:vpc-lattice:us-east-1:1:servicenetwork/sn-1", "sn-1", "net",
    services=(ServiceAssociation("snsa-1", "ACTIVE", "svc-1", "web", "arn:x", "web.on.aws"),),
    resources=(ResourceAssociation("snra-1", "ACTIVE", "rcfg-1", "db", "arn:x", "db.on.aws", "code"),),
    vpcs=(VpcAssociation("snva-1", "ACTIVE", "vpc-1", "arn:x", "net"),),
    endpoints=(EndpointAssociation("sne-1", "ACTIVE", "vpce-1", "vpc-1", "1"),),
)  # fmt: skip


def hostile_account(*, usual_states: bool, before: bool = False) -> Snapshot:
    """The incident with a problem, tags and a service network, in which every string is hostile."""
    snapshot = incident(before=before)
    tags = (Tag("Name", "value"),)
    subnets = {
        key: structs.replace(
            reading,
            subnet=structs.replace(reading.subnet, tags=tags),
            interfaces=tuple(structs.replace(each, tags=tags) for each in reading.interfaces),
            reservations=(reservation(key, "10.10.10.48/28", "prefix"),),
        )
        for key, reading in snapshot.subnets.items()
    }
    endpoints = {key: structs.replace(each, tags=tags) for key, each in snapshot.endpoints.items()}
    problem = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeVpcs", "You may not call it.", "Ask for it.")
    networks = {
        each.service_network_arn: structs.replace(NETWORK, arn=each.service_network_arn) for each in endpoints.values()
    }
    whole = structs.replace(
        snapshot, subnets=subnets, endpoints=endpoints, problems=(problem,), lattice=Lattice(networks)
    )
    changed: Snapshot = hostile(whole, spared=LOGIC if usual_states else frozenset())
    read = {key: snapshot.read_at[key] for key in ("endpoints", "associations", "subnets", "vpcs")}
    return structs.replace(changed, read_at=changed.read_at | read)


def test_every_string_is_hostile() -> None:
    """Every record has all its strings filled, so that no member is left out."""
    changed = hostile_account(usual_states=False)
    reading = next(iter(changed.subnets.values()))
    endpoint = next(iter(changed.endpoints.values()))
    association = next(iter(changed.associations.values()))
    records = (changed.scope, reading.subnet, reading.interfaces[0], endpoint, association, changed.problems[0])
    for record in records:
        for name in record.__struct_fields__:
            value = getattr(record, name)
            assert isinstance(value, Enum) or not isinstance(value, str) or value.endswith(EVIL), name


def bound_keys(stage: Stage) -> dict[tuple[str, str], str]:
    """The keys of the screen, by who binds them, without those that leave the app or its terminal."""
    leaving = ("quit", "sign_in", "demo", "suspend", "interrupt", "command_palette", "pause")
    return {
        (type(bound.node).__name__, key): key
        for key, bound in stage.app.screen.active_bindings.items()
        if key != INTERRUPT.key and not any(word in bound.binding.action for word in leaving)
    }


SCREENS: tuple[tuple[str, ...], ...] = (
    (), ("enter",), ("enter", "enter"), ("enter", "tab", "enter"), ("enter", "tab", "tab", "enter"), ("e",), ("p",),
    ("t",), ("o",), ("w",), ("exclamation_mark",), ("question_mark",), ("J",), ("slash",), ("Y",), ("x",),
    ("O",), ("1",), ("2",),
)  # fmt: skip
NAMES = {"MainScreen", "EndpointScreen", "AttributesScreen", "ExplainScreen", "PlanScreen", "TrendScreen",
         "AllSubnetsScreen", "ChangesScreen", "ProblemsScreen", "HelpScreen", "MenuScreen", "BlockScreen",
         "OwnersScreen", "TroubleScreen", "AllEndpointsScreen"}  # fmt: skip

MOST_ESCAPES = 9
"""Presses of escape that lead to the main screen from anywhere: each closes a screen, or takes away a filter."""


@pytest.mark.fault("hostile-text")
@pytest.mark.parametrize("usual_states", [True, False])
async def test_every_key_of_every_screen(usual_states: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    shown = hostile_account(usual_states=usual_states)
    pressed: set[tuple[str, str]] = set()
    names: set[str] = set()

    async def press(*keys: str) -> None:
        await stage.press(*keys)
        check(stage)
        names.add(stage.screen_name)

    async def open_screen(path: tuple[str, ...]) -> None:
        for _ in range(MOST_ESCAPES):
            if stage.screen_name == "MainScreen":
                break
            await stage.press("escape")
        await stage.press("escape")
        assert stage.screen_name == "MainScreen"
        stage.table("#endpoint-table").focus()
        await press(*path)

    async with showing(hostile_account(usual_states=True, before=True), title=EVIL, notify_by="desktop") as stage:
        stage.source.answer = {EVIL: EVIL, "TagSet": [{"Key": EVIL, "Value": EVIL}]}
        await stage.show(shown)
        stage.source.first = update(shown)
        stage.grid.focus()
        await press("enter")
        for path in SCREENS:
            await open_screen(path)
            name, focused = stage.screen_name, stage.app.screen.focused
            keys = {binding: key for binding, key in bound_keys(stage).items() if binding not in pressed}
            for key in keys.values() if usual_states else ():
                if stage.screen_name == name and focused is not None and focused.focusable:
                    stage.app.screen.set_focus(focused)
                else:
                    await open_screen(path)
                    focused = stage.app.screen.focused
                await press(key)
            pressed |= keys.keys()
    assert names >= NAMES
    assert len(pressed) > 60 or not usual_states
    files_are_clean(tmp_path)


def files_are_clean(folder: Path) -> None:
    """Whatever was copied, saved or exported: the names of the files, and what is in them."""
    for path in folder.rglob("*"):
        assert unseen(path.name) == []
        if path.is_file():
            assert unseen(path.read_text(encoding="utf-8"), "\n\r\t") == [], path


def printed(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command in this process; the exit code, and what the descriptors of stdout and stderr were given."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["latticetop", *arguments])
        code = _run(Ending())
    out, err = capfd.readouterr()
    assert unseen(out, "\n\t") == [], (arguments, out)
    assert unseen(err, "\n\t") == [], (arguments, err)
    return code, out, err


@pytest.mark.parametrize("usual_states", [True, False])
def test_every_report_of_a_recording(usual_states: bool, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = hostile_account(usual_states=usual_states, before=True)
    after = hostile_account(usual_states=usual_states)
    after = structs.replace(after, taken_at=after.taken_at + timedelta(seconds=15))
    path = str(write_recording(tmp_path / "hostile.rec", [before, after]))
    endpoint_id, subnet_id = next(iter(after.endpoints)), next(iter(after.subnets))
    _, text, _ = printed(capfd, "check", "--from", path)
    assert "cm0=" in text
    _, document, _ = printed(capfd, "check", "--from", path, "--json")
    assert json.loads(document)["endpoints"][0]["vpc_endpoint_id"] == endpoint_id
    printed(capfd, "watch", "--from", path)
    _, lines, _ = printed(capfd, "watch", "--from", path, "--json")
    assert "cm0=" in lines and all(map(json.loads, lines.splitlines()))
    for options in (("--json",), ()):
        code, out, _ = printed(capfd, "plan", "--from", path, "--subnet-ids", subnet_id, *options)
        assert code in (0, 1, 3) and "cm0=" in out
    code, _, error = printed(capfd, "plan", "--from", path, "--subnet-ids", f"subnet-9{EVIL}")
    assert (code, "cm0=" in error) == (2, True)


@pytest.mark.parametrize("command", [*sorted(COMMANDS), ""])
def test_every_command_with_hostile_arguments(command: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    evil = f"{EVIL.replace(chr(0), '')}\udcff"
    for arguments in ([evil], [f"--{evil}"], ["--profile", evil], ["--region", evil], ["--from", evil], ["--log", evil],
                      ["--interval", evil], ["--scenario", evil], ["--endpoint-url", evil]):  # fmt: skip
        if command == "serve" and arguments[0] in ("--profile", "--region", "--log", "--interval", "--endpoint-url"):
            continue  # It serves with these, and leaves them to the dashboard of a page.
        code, _, error = printed(capfd, *([command] if command else []), *arguments)
        assert code in (0, 2, 3), (arguments, error)


def test_hostile_settings(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps(EVIL)
    for setting in (
        f"theme = {text}",
        f"profiles = [{text}]",
        f"{text} = 1",
        f"regions = [{text}]",
        f"sign_in = {text}",
    ):
        path = tmp_path / "latticetop.toml"
        path.write_text(setting)
        monkeypatch.setenv("LATTICETOP_CONFIG", str(path))
        for arguments in (["config"], ["config", "--check"], ["check"], ["info"]):
            assert printed(capfd, *arguments)[0] in (0, 2, 3)


def test_hostile_answers_of_aws(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    runs: dict[str, str] = {}

    async def refuse(_: ReceivedRequest) -> web.StreamResponse:
        code, message = escape(f"Code{XML_EVIL}"), escape(f"Message {XML_EVIL}")
        body = f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>"
        return web.Response(body=body.encode(), status=400, content_type="text/xml")

    with serving(refuse) as url:
        for command in (["check"], ["explain", ENDPOINT], ["plan", "--subnet-ids", A], ["watch", "--for", "1"]):
            code, out, error = printed(capfd, *command, "--region", "us-east-1", "--endpoint-url", url)
            assert code == 3
            runs[command[0]] = out + error
    assert all("2J" in text for text in runs.values()), runs


@contextmanager
def serving(answer: Responder) -> Iterator[str]:
    """A server that answers every call so, in a thread with a loop of its own; the URL."""
    started, ended, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()
    canned = CannedServer(answer)

    async def serve() -> None:
        async with canned.serve():
            started.set()
            await ended.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert started.wait(PATIENCE)
    try:
        yield canned.url
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


WRITERS = {"__main__.py", "cli/output.py", "cli/ending.py", "cli/main.py"}
"""The modules that may write to the terminal: the gate, and those that write only constants as the process ends."""
SEQUENCES = {"dashboard/export/clipboard.py", "dashboard/state/notifications.py"}
"""The modules that write escape sequences of their own, with cleaned text in them."""


def test_nothing_is_printed_but_through_the_gate() -> None:
    around: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = str(path.relative_to(PACKAGE))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (how := ast.unparse(node.func)) in (
                "print", "click.echo", "click.secho", "echo", "traceback.print_exc", "sys.stdout.write",
                "sys.stderr.write", "os.write",
            ):  # fmt: skip
                around.setdefault(name, []).append(how)
            elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("_driver.write"):
                assert name in SEQUENCES, name
    assert around.keys() <= WRITERS, around
