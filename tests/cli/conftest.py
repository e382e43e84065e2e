"""What the tests of the command line share: a simulated account, and a person's configuration."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from latticetop.simulator import ServerThread
from tests.command import at_rest

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


@pytest.fixture(scope="module")
def incident() -> Iterator[ServerThread]:
    """The incident after its end."""
    with at_rest("incident") as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's AWS configuration and latticetop.toml, and `latticetop` on the path."""
    for name, text in (("config", CONFIG), ("credentials", CREDENTIALS), ("latticetop.toml", SETTINGS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "incident.rec").touch()
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("LATTICETOP_CONFIG", str(tmp_path / "latticetop.toml"))
    monkeypatch.setenv("PATH", f"{LATTICETOP.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path
