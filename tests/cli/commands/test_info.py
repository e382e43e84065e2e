"""`latticetop info` as a child process."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from latticetop import __version__
from tests.canary import ENVIRONMENT, leaks
from tests.command import KEYS, Ended, against, at_rest, run
from tests.json_schema import printed_schema, schema_errors
from tests.test_layers import command, loaded

ACCOUNT, REGION = "123456789012", "us-east-1"


def scope(ended: Ended) -> dict[str, Any]:
    (result,) = json.loads(ended.out)["scopes"]
    assert isinstance(result, dict)
    return result


def row(ended: Ended, name: str) -> list[str]:
    """The words of a line after its name."""
    (line,) = (line for line in ended.out.splitlines() if line.startswith(f"{name} "))
    return line.removeprefix(name).split()


def test_it_shows_versions_paths_and_the_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "calls.log"
    with at_rest("incident") as server:
        ended = against(server, "info", "--json", "--log", str(log), "--max-calls", "50")
        flags = ("--endpoint-url", server.url, "--region", REGION)
        text = run("info", *flags, **ENVIRONMENT)
        for name, value in KEYS.items():
            monkeypatch.setenv(name, value)
        assert loaded(command("info", *flags), "textual", "latticetop.dashboard", "aiobotocore") == {"aiobotocore"}
        arn = server.call(lambda account: account.world.caller_arn)
        assert {call.operation for call in server.calls} == {"GetCallerIdentity"}
    assert (ended.code, ended.err) == (text.code, text.err) == (0, "")
    result = json.loads(ended.out)
    assert result["schema"] == "latticetop.info/1"
    assert result["versions"]["latticetop"] == __version__
    for package in ("textual", "aiobotocore", "botocore", "boto3"):
        assert result["versions"][package] == version(package)
        assert row(text, package) == [version(package)]
    assert result["paths"]["log"] == {"path": str(log), "present": True}
    assert result["paths"]["aws_config"] == {"path": "/nonexistent/config", "present": False}
    assert (result["max_calls"], result["endpoint_url"]) == (50, server.url)
    assert scope(ended)["account_id"] == ACCOUNT
    assert scope(ended)["arn"] == arn
    assert row(text, "identity") == [arn]
    assert (scope(ended)["region"], scope(ended)["region_from"]) == (REGION, "--region")
    assert scope(ended)["credentials_from"] == "env"
    assert row(text, "account") == [ACCOUNT]
    assert row(text, "log") == ["off"]
    assert leaks(text.out.encode()) == []
    assert schema_errors(result, printed_schema("info")) == []


@pytest.mark.fault("no-credentials")
def test_without_credentials_it_prints_the_rest_and_what_it_looked_for(tmp_path: Path) -> None:
    ended = run("info", "--region", REGION, HOME=str(tmp_path))
    assert (ended.code, ended.err) == (3, "")
    assert row(ended, "latticetop") == [__version__]
    assert row(ended, "Region") == [REGION, "--region"]
    assert row(ended, "identity") == ["unknown:", "No", "credentials", "found."]
    assert "latticetop demo" in " ".join(row(ended, "next step"))
    for place in ("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: not set", "/nonexistent/credentials: missing"):
        assert place in ended.out
    assert "metadata service: disabled by AWS_EC2_METADATA_DISABLED" in ended.out
    assert ended.out.count("AWS_ACCESS_KEY_ID") == 1, "it says once where it looked"


@pytest.mark.parametrize(
    "words", [("check",), ("plan", "--subnet-ids", "subnet-1"), ("explain", "vpce-1"), ("watch", "--for", "3")]
)
def test_on_a_bare_machine_every_command_says_what_it_looked_for(words: tuple[str, ...], tmp_path: Path) -> None:
    """Without a Region too; the instance's metadata service does not answer on the port named."""
    nobody = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "false"}
    ended = run(*words, HOME=str(tmp_path), **nobody)
    message = ended.out if words[0] == "watch" else ended.err
    assert ended.code == 3
    assert "Checked AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in message
    assert "; the instance metadata service." in message
    assert "latticetop demo" in message


def test_it_says_where_profile_and_region_come_from(tmp_path: Path) -> None:
    files = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "LATTICETOP_CONFIG": str(tmp_path / "latticetop.toml")}
    (tmp_path / "config").write_text("[profile a]\nregion = eu-west-1\n[profile b]\n")
    settings = tmp_path / "latticetop.toml"
    settings.write_text("")
    files |= {"HOME": str(tmp_path)}

    def sources(*flags: str, **environment: str) -> tuple[str, ...]:
        result = scope(run("info", "--json", *flags, **files, **environment))
        return result["profile"], result["profile_from"], result["region"], result["region_from"]

    assert sources("--profile", "a") == ("a", "--profile", "eu-west-1", "the profile's, in the AWS configuration")
    variables = {"AWS_PROFILE": "b", "AWS_REGION": "us-west-2"}
    assert sources(**variables) == ("b", "AWS_PROFILE", "us-west-2", "AWS_REGION")
    settings.write_text('profiles = ["b"]\nregions = ["us-east-2"]')
    assert sources() == ("b", str(settings), "us-east-2", str(settings))
    assert sources(**variables) == ("b", "AWS_PROFILE", "us-west-2", "AWS_REGION")


def test_an_unknown_profile_is_a_mistake_of_the_command() -> None:
    ended = run("info", "--profile", "nobody")
    assert (ended.code, ended.err) == (2, "")
    assert "There is no AWS profile 'nobody'." in ended.out
