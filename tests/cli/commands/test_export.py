"""`latticetop export`: what it serves, how it is asked for wrongly, and how it ends."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from latticetop.cli.group import cli
from latticetop.runtime.build import FollowOptions
from latticetop.runtime.export.exported_scope import Rendering
from latticetop.runtime.export.exporter import Shard
from latticetop.simulator import ServerThread
from tests.command import KEYS, PATIENCE, Child, launched, line_with, python, run
from tests.exposed import Samples, page, samples, scraped, waited
from tests.test_layers import command, loaded

ENDPOINT = "vpce-0e3b1bfc42d162c4a"
WITHOUT_CLIENT = """
import sys
sys.modules["prometheus_client"] = None
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "prometheus_client" else find(name, *rest)
from latticetop.cli.main import main
sys.argv = ["latticetop", "export"]
main()
"""
OFTEN = """
from latticetop.cli.main import main
from latticetop.runtime.export import exporter
exporter._LOOK = exporter._REUSED_FOR = 0.1
main()
"""
"""`latticetop` that looks often whether there is something new to serve."""
IMPATIENT = f"from latticetop.runtime.export import exporter\nexporter.FIRST_READ_LIMIT = 0.2\n{OFTEN}"


@contextmanager
def exporting(server: ServerThread, *arguments: str, program: str = "") -> Iterator[tuple[Child, str]]:
    """The command as a child process, and the URL that it prints."""
    options = ("--listen", "127.0.0.1:0", "--endpoint-url", server.url, "--region", "us-east-1", *arguments)
    with launched("export", *options, program=program, **KEYS) as child:
        yield child, line_with(child).strip()


def is_up(found: Samples) -> bool:
    return found.values("scope_up") == [1]


@pytest.fixture(scope="module")
def served(incident: ServerThread) -> Iterator[str]:
    """The incident, exported; SIGTERM ends the command with 0."""
    with exporting(incident, "--block-states") as (child, url):
        yield url
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=PATIENCE)
    assert (child.returncode, out, err) == (0, "", ""), "on loopback there is nothing to warn of"


def test_the_incident_is_served(served: str) -> None:
    found = scraped(served, is_up)
    assert found.values("endpoint_verdict", vpc_endpoint_id=ENDPOINT, verdict="failed-but-accessible") == [1]
    assert 0 in found.values("subnet_free_blocks_max")
    assert len(found.labels("subnet_blocks")) == 8 * len(found.labels("subnet_info"))
    assert found.values("scope_interval_seconds") == [300]
    ready = page(served.removesuffix("metrics") + "-/ready")
    assert ready == "Every account and Region was tried.\n"
    assert "running" in page(served.removesuffix("metrics") + "-/healthy")


def test_ctrl_c_ends_it_as_every_command(incident: ServerThread) -> None:
    with exporting(incident, program=OFTEN) as (child, url):
        scraped(url, is_up)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=PATIENCE)
    assert (child.returncode, err) == (130, "latticetop: Interrupted.\n")


def test_names_are_redacted(incident: ServerThread) -> None:
    with exporting(incident, "--redact", program=OFTEN) as (_, url):
        scraped(url, is_up)
        assert "123456789012" not in page(url)


def test_where_others_may_connect_it_says_that_there_is_no_password(incident: ServerThread) -> None:
    with exporting(incident, "--listen", "0.0.0.0:0", program=OFTEN) as (child, url):
        assert url.startswith("http://0.0.0.0:")
        assert is_up(scraped(url, is_up))
        child.send_signal(signal.SIGTERM)
        _, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == 0
    assert "no password" in err and "Let only Prometheus connect" in err


def test_a_shard_without_accounts_is_ready(incident: ServerThread) -> None:
    found = [shard_is_empty(incident, f"{number}/2") for number in range(2)]
    assert sorted(found) == [False, True]


def shard_is_empty(server: ServerThread, shard: str) -> bool:
    with exporting(server, "--shard", shard, program=OFTEN) as (_, url):
        waited(lambda: page(url.removesuffix("metrics") + "-/ready"), lambda text: text.startswith("Every"))
        return "scope_up" not in samples(page(url)).names


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--interval", "59"), "The interval is 59 s; export needs at least 60 and at most 86400."),
        (("--interval", "nan"), "The interval is nan s; export needs at least 60"),
        (("--listen", "9748"), "'9748' is no address to listen on: write HOST:PORT"),
        (("--listen", "127.0.0.1:99999"), "is no address to listen on"),
        (("--listen", "192.0.2.1:0"), "Cannot listen on 192.0.2.1:0: Cannot assign requested address."),
        (("--listen", "nowhere.invalid:0"), "Cannot listen on nowhere.invalid:0: "),
        (("--shard", "5/5"), "'5/5' is no shard: write I/N, from 0/N to N-1/N."),
        (("--shard", "1"), "'1' is no shard"),
        (("--profile", "nobody", "--listen", "127.0.0.1:0"), "nobody"),
        (("--rules", "--dashboard"), "Give one of --rules, --dashboard and --manifests"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_mistake_is_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    ended = run("export", *arguments, "--region", "us-east-1", program=OFTEN)
    assert ended.code == 2
    assert sentence in ended.err and ended.err.count("\n") == 1


class Asked(Exception):
    """The end of a command that would begin to export."""


def exported_with(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[FollowOptions, Rendering, Shard]:
    """What the command makes of its flags."""
    given: list[tuple[FollowOptions, Rendering, Shard]] = []

    def exporter(*options: Any) -> None:
        given.append(options)
        raise Asked

    monkeypatch.setattr("latticetop.runtime.export.exporter.Exporter", exporter)
    with pytest.raises(Asked):
        cli.main(["export", "--listen", "127.0.0.1:0", *arguments], standalone_mode=False)
    return given[0]


def test_flags_say_what_is_exported_and_how(monkeypatch: pytest.MonkeyPatch) -> None:
    follow, rendering, shard = exported_with(monkeypatch)
    assert (follow.interval, follow.min_interval, follow.at_once) == (300, 60, 8)
    assert (rendering.block_states, rendering.redactor, shard) == (False, None, Shard())
    flags = ("--interval", "900", "--at-once", "3", "--max-calls", "60", "--shard", "1/5", "--vpc-id", "vpc-1")
    follow, rendering, shard = exported_with(monkeypatch, *flags, "--block-states", "--redact", "--all-endpoints")
    assert (follow.interval, follow.at_once, follow.max_calls, shard) == (900, 3, 60, Shard(1, 5))
    assert (follow.selection.vpc_ids, rendering.criteria.vpc_ids) == (("vpc-1",), ("vpc-1",))
    assert follow.selection.all_endpoints and rendering.block_states and rendering.redactor


def test_at_once_of_the_settings_holds_without_the_flag(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "latticetop.toml").write_text("at_once = 2\n")
    monkeypatch.setenv("LATTICETOP_CONFIG", str(tmp_path / "latticetop.toml"))
    assert exported_with(monkeypatch)[0].at_once == 2


def test_a_port_in_use_is_told(served: str) -> None:
    address = served.split("/")[2]
    ended = run("export", "--listen", address)
    assert (ended.code, ended.err) == (2, f"latticetop: Cannot listen on {address}: Address already in use.\n")


def test_without_prometheus_client_it_says_what_to_install() -> None:
    ended = python(WITHOUT_CLIENT)
    assert ended.code == 2
    assert ended.err.startswith("latticetop: export requires prometheus-client, which is not installed: ")
    assert ended.err.endswith(" install prometheus-client\n")


def test_when_no_account_can_be_read_it_ends_with_3(incident: ServerThread) -> None:
    incident.call(lambda account: account.faults.set(["deny"]))
    try:
        where = ("--endpoint-url", incident.url, "--region", "us-east-1", "--listen", "127.0.0.1:0")
        ended = run("export", *where, program=IMPATIENT, **KEYS)
    finally:
        incident.call(lambda account: account.faults.set([]))
    assert ended.code == 3
    assert ended.err.startswith("latticetop: No account could be read within ")


def test_rules_and_dashboard_are_printed() -> None:
    rules, dashboard = run("export", "--rules"), run("export", "--dashboard")
    assert (rules.code, rules.err, dashboard.code, dashboard.err) == (0, "", 0, "")
    assert "groups:" in rules.out
    assert json.loads(dashboard.out)["title"] == "latticetop"


def test_rules_load_no_sdk_and_help_loads_nothing() -> None:
    modules = ("textual", "aiobotocore", "aiohttp", "prometheus_client")
    assert loaded(command("export", "--rules"), *modules) == set()
    assert loaded(command("export", "--help"), *modules, "latticetop.model") == set()


def test_it_never_loads_textual(incident: ServerThread, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    where = ("--endpoint-url", incident.url, "--region", "us-east-1", "--listen", "127.0.0.1:0")
    ends_after_a_read = (
        "import asyncio\n"
        "from latticetop.runtime.export import exporter\n"
        "async def first_read(self):\n"
        "    while not any(scope.was_read for scope in self._scopes): await asyncio.sleep(0.05)\n"
        "    await self.render()\n"
        "    raise SystemExit(0)\n"
        "exporter.Exporter._lasting_problem = first_read\n"
    )
    modules = ("textual", "latticetop.dashboard", "latticetop.simulator", "aiobotocore", "prometheus_client")
    assert loaded(ends_after_a_read + command("export", *where), *modules) == {"aiobotocore", "prometheus_client"}
