"""The stamp of the credential files changes with a new sign-in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from latticetop.aws.credential_files import credentials_path, settings_path, stamp


def test_files_are_in_the_home_folder_unless_the_environment_names_others(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (settings_path(), credentials_path()) == (bare_machine / "config", bare_machine / "credentials")
    monkeypatch.delenv("AWS_CONFIG_FILE")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "~/keys")
    assert settings_path() == Path("~/.aws/config").expanduser()
    assert credentials_path() == bare_machine.parent / "keys"


@pytest.mark.parametrize("connected", [True, False])
@pytest.mark.parametrize("name", ["config", "credentials"])
def test_creating_changing_touching_or_deleting_a_file_changes_the_stamp(
    bare_machine: Path, name: str, connected: bool
) -> None:
    file, stamps = bare_machine / name, [stamp(connected)]
    file.write_text("[default]\n")
    stamps.append(stamp(connected))
    file.write_text("[default]\nregion=x\n")
    stamps.append(stamp(connected))
    os.utime(file, ns=(1, 1))
    stamps.append(stamp(connected))
    assert len(set(stamps)) == 4
    assert stamp(connected) == stamps[-1]
    file.unlink()
    assert stamp(connected) == stamps[0]


@pytest.mark.parametrize("cache", ["sso", "login"])
def test_the_sign_in_caches_count_only_while_not_connected(bare_machine: Path, cache: str) -> None:
    folder = bare_machine / cache / "cache"
    folder.mkdir(parents=True)
    before = {connected: stamp(connected) for connected in (True, False)}
    (folder / "0123.json").write_text("{}")
    assert stamp(connected=False) != before[False]
    assert stamp(connected=True) == before[True], "botocore itself rewrites the caches"
