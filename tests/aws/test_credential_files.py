"""A new sign-in is noticed by the files that it changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from latticetop.aws.credential_files import credentials_path, settings_path, stamp


def test_files_are_those_of_the_home_unless_the_environment_names_others(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (settings_path(), credentials_path()) == (bare_machine / "config", bare_machine / "credentials")
    monkeypatch.delenv("AWS_CONFIG_FILE")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "~/keys")
    assert settings_path() == Path("~/.aws/config").expanduser()
    assert credentials_path() == bare_machine.parent / "keys"


@pytest.mark.parametrize("connected", [True, False])
@pytest.mark.parametrize("name", ["config", "credentials"])
def test_a_file_that_comes_grows_is_touched_or_goes_is_another_stamp(
    bare_machine: Path, name: str, connected: bool
) -> None:
    file, seen = bare_machine / name, [stamp(connected)]
    file.write_text("[default]\n")
    seen.append(stamp(connected))
    file.write_text("[default]\nregion=x\n")
    seen.append(stamp(connected))
    os.utime(file, ns=(1, 1))
    seen.append(stamp(connected))
    assert len(set(seen)) == 4
    assert stamp(connected) == seen[-1]
    file.unlink()
    assert stamp(connected) == seen[0]


@pytest.mark.parametrize("cache", ["sso", "login"])
def test_a_sign_in_counts_while_there_is_none(bare_machine: Path, cache: str) -> None:
    folder = bare_machine / cache / "cache"
    folder.mkdir(parents=True)
    before = {connected: stamp(connected) for connected in (True, False)}
    (folder / "0123.json").write_text("{}")
    assert stamp(connected=False) != before[False]
    assert stamp(connected=True) == before[True], "botocore renews what is there by itself"
