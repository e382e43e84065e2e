"""`latticetop config` as a child process."""

from __future__ import annotations

from pathlib import Path

from latticetop.config.settings import Config
from tests.command import run
from tests.json_schema import printed_schema


def test_the_command_checks_a_file(tmp_path: Path) -> None:
    path = tmp_path / "latticetop.toml"
    path.write_text(run("config", "--example").out)
    ended = run("config", "--check", str(path))
    assert (ended.code, ended.out, ended.err) == (0, f"{path}: valid.\n", "")
    path.write_text('colours = "dark"\n')
    ended = run("config", "--check", LATTICETOP_CONFIG=str(path))
    assert ended.code == 2
    assert ended.out.startswith(f"{path}: there is no setting 'colours'. ")
    ended = run("config", "--check", str(tmp_path / "none.toml"))
    assert ended.code == 2 and "cannot be read: No such file" in ended.err and "Traceback" not in ended.err


def test_the_check_tells_all_faults_and_other_commands_the_first(tmp_path: Path) -> None:
    path = tmp_path / "latticetop.toml"
    path.write_text('colours = "dark"\ninterval = "soon"\nmax_calls = 3\n')
    ended = run("config", "--check", str(path))
    first, *others = ended.out.splitlines()
    assert (ended.code, ended.err) == (2, "")
    assert first.startswith(f"{path}: there is no setting 'colours'. ")
    assert others == [
        f"{path}: expected `float`, got `str` - at `$.interval`.",
        f"{path}: 3 API calls per minute are too few to read an account; the minimum is 10.",
    ]
    ended = run("check", LATTICETOP_CONFIG=str(path))
    assert (ended.code, ended.out) == (2, "")
    assert "there is no setting 'colours'. " in ended.err
    assert ended.err.endswith(" latticetop config --check lists all 3 problems.\n")


def test_the_check_reads_the_accounts_of_the_organization_too(tmp_path: Path) -> None:
    path, accounts = tmp_path / "latticetop.toml", tmp_path / "accounts.json"
    path.write_text('[organization]\nrole = "latticetop"\naccounts = "accounts.json"\ninterval = 5\n')
    for text, sentence in ((None, "cannot be read: No such file"), ("{}", "it is not a list of accounts.")):
        if text is not None:
            accounts.write_text(text)
        first, second = run("config", "--check", str(path)).out.splitlines()
        assert first.startswith(f"{path}: there is no setting 'interval'.")
        assert second.startswith(f"{path}: {accounts}, the accounts of [organization]") and sentence in second
    path.write_text(path.read_text().replace("interval = 5\n", ""))
    accounts.write_text('{"Accounts": []}')
    assert run("config", "--check", str(path)).out == f"{path}: valid.\n"


def test_the_schema_is_that_of_the_settings() -> None:
    settings = printed_schema("config")["$defs"]["Config"]["properties"]
    assert list(settings) == list(Config.__struct_fields__)
    assert all(setting.get("description") for setting in settings.values())
    assert "refresh" in settings["keys"]["propertyNames"]["enum"]


def test_a_flag_overrides_the_environment_and_that_the_file(tmp_path: Path) -> None:
    path = tmp_path / "latticetop.toml"

    def interval_row(*flags: str, **environment: str) -> tuple[str, list[str]]:
        ended = run(*flags, "config", LATTICETOP_CONFIG=str(path), **environment)
        line = next(line for line in ended.out.splitlines() if line.startswith("interval"))
        return ended.out.splitlines()[0], line.split()[1:]

    path.write_text("")
    assert interval_row() == (str(path), ["default", "15.0"])
    path.write_text("interval = 60\n")
    assert interval_row()[1] == ["file", "60.0"]
    assert interval_row(LATTICETOP_INTERVAL="30")[1] == ["LATTICETOP_INTERVAL", "30.0"]
    assert interval_row("--interval", "20", LATTICETOP_INTERVAL="30")[1] == ["flag", "20.0"]
    assert interval_row("--interval", "0", LATTICETOP_INTERVAL="30")[1] == ["flag", "0.0"]


def test_the_source_of_each_setting_is_named(tmp_path: Path) -> None:
    path = tmp_path / "latticetop.toml"
    path.write_text('theme = "light"\nascii = true\nnotify = "bell"\nendpoint_url = "http://127.0.0.1:1"\n')

    def rows(*flags: str, **environment: str) -> dict[str, tuple[str, str]]:
        ended = run(*flags, "config", LATTICETOP_CONFIG=str(path), **environment)
        lines = [line.split(maxsplit=2) for line in ended.out.splitlines()[2:]]
        return {name: (source, value) for name, source, value in lines}

    found = rows()
    assert (found["theme"], found["ascii"], found["profiles"]) == (
        ("file", '"light"'),
        ("file", "true"),
        ("default", "[]"),
    )
    found = rows(
        LATTICETOP_THEME="colour-blind",
        LATTICETOP_ASCII="0",
        AWS_DEFAULT_PROFILE="prod",
        AWS_PROFILE="dev",
        AWS_ENDPOINT_URL="http://127.0.0.1:2",
    )
    assert found["theme"] == ("LATTICETOP_THEME", '"colour-blind"')
    assert found["ascii"] == ("LATTICETOP_ASCII", "false")
    assert found["profiles"] == ("AWS_DEFAULT_PROFILE", '["prod"]')
    assert found["endpoint_url"] == ("AWS_ENDPOINT_URL", '"http://127.0.0.1:2"')
    found = rows(AWS_ENDPOINT_URL="http://127.0.0.1:2", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true")
    assert found["endpoint_url"] == ("file", '"http://127.0.0.1:1"')
    found = rows("--theme", "contrast", "--all-subnets", "--notify", "off", LATTICETOP_THEME="dark")
    assert (found["theme"], found["all_subnets"], found["notify"]) == (
        ("flag", '"contrast"'),
        ("flag", "true"),
        ("flag", '"off"'),
    )
