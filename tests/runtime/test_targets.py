"""latticetop.toml, and the scopes that it, the environment and the flags come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from latticetop.config.settings import Config, ConfigError, Notify, Role, config_path, load_config, parse_config
from latticetop.runtime.targets import override_scopes, targets_of

PAYMENTS = Role("arn:aws:iam::210987654321:role/latticetop", name="payments", profile="hub")
LEDGER = Role("arn:aws:iam::210987654322:role/ops/latticetop", regions=("eu-west-1",))
BOTH = Config(profiles=("hub",), regions=("us-east-1", "us-west-2"), roles=(PAYMENTS, LEDGER))


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "LATTICETOP_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def scopes(config: Config) -> list[tuple[str, str, str]]:
    return [(p.title or p.settings.profile, p.settings.role_arn, p.settings.region) for p in targets_of(config)]


def test_a_file_says_how_to_be_told_of_a_verdict() -> None:
    assert parse_config(b"").notify is Notify.OFF
    assert parse_config(b'notify = "bell"').notify is Notify.BELL


def test_a_file_names_the_command_that_signs_in_word_by_word() -> None:
    assert parse_config(b'sign_in = ["my-login", "{profile}"]').sign_in == ("my-login", "{profile}")
    for wrong, says in ((b'sign_in = [""]', "sign_in has no command"), (b'sign_in = "my-login"', "sign_in")):
        with pytest.raises(ConfigError, match=says):
            parse_config(wrong)


def test_a_file_names_profiles_regions_and_roles() -> None:
    text = b"""
        profiles = ["hub"]
        regions = ["us-east-1", "us-west-2"]
        [[roles]]
        arn = "arn:aws:iam::210987654321:role/latticetop"
        name = "payments"
        profile = "hub"
        [[roles]]
        arn = "arn:aws:iam::210987654322:role/ops/latticetop"
        regions = ["eu-west-1"]
        """
    assert parse_config(text) == BOTH


def test_every_profile_and_role_is_followed_in_each_of_its_regions() -> None:
    assert scopes(BOTH) == [
        ("hub", "", "us-east-1"),
        ("hub", "", "us-west-2"),
        ("payments", PAYMENTS.arn, "us-east-1"),
        ("payments", PAYMENTS.arn, "us-west-2"),
        ("210987654322", LEDGER.arn, "eu-west-1"),
    ]


def test_without_anything_there_is_one_scope_and_the_sdk_says_which() -> None:
    assert scopes(Config()) == [("", "", "")]


def test_roles_alone_leave_out_the_account_they_are_assumed_from() -> None:
    assert scopes(Config(roles=(LEDGER,))) == [("210987654322", LEDGER.arn, "eu-west-1")]


def test_all_takes_the_place_of_other_regions() -> None:
    assert scopes(Config(regions=("us-east-1", "all"))) == [("", "", "all")]


def test_flags_choose_profiles_and_roles_by_name_and_go_before_the_regions_of_a_role() -> None:
    assert scopes(override_scopes(BOTH, ("payments", "dev"), ("sa-east-1",))) == [
        ("dev", "", "sa-east-1"),
        ("payments", PAYMENTS.arn, "sa-east-1"),
    ]
    assert scopes(override_scopes(BOTH, ("210987654322",), ())) == [("210987654322", LEDGER.arn, "eu-west-1")]


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(profiles=("hub",), regions=("us-east-1",))
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert scopes(override_scopes(config, (), ())) == [("", "", "")]
    assert scopes(override_scopes(config, ("dev",), ("us-west-2",))) == [("dev", "", "us-west-2")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("intervall = 5", "there is no setting 'intervall'. Did you mean 'interval'?"),
        ("hue = 5", "there is no setting 'hue'. There are: profiles, "),
        ('[[roles]]\narn = "x"\nprofil = "y"', "there is no setting 'profil'. Did you mean 'profile'?"),
        ("interval = 'soon'", "expected `float`, got `str` - at `$.interval`."),
        ("interval = 2", "The interval is 2 s;"),
        ("notify = 'beep'", "invalid enum value 'beep' - at `$.notify`; take off, bell or desktop."),
        ("max_calls = 3", "A budget of 3 calls a minute is too small"),
        ('endpoint_url = "nonsense"', "'nonsense' is not a URL that can be called."),
        ('endpoint_url = "http://bob:secret@127.0.0.1:9"', "An endpoint URL has no name and password before its host"),
        ('[[roles]]\narn = "arn:aws:iam::1:role/x"', "'arn:aws:iam::1:role/x' is no role:"),
        ("[[roles]]\nname = 'x'", "object missing required field `arn`"),
        ("regions = ", "it is not TOML:"),
        (
            '[[roles]]\narn = "arn:aws:iam::210987654321:role/a"\n[[roles]]\narn = "arn:aws:iam::210987654321:role/b"',
            "Two scopes are called '210987654321'",
        ),
    ],
)
def test_a_mistake_in_the_file_is_named(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(text.encode())
    assert said in str(error.value)


def test_a_file_that_is_no_text_is_named() -> None:
    with pytest.raises(ConfigError, match="not TOML"):
        parse_config(b"\xff\xfe")


def test_the_file_lies_where_the_system_keeps_configurations(tmp_path: Path) -> None:
    assert load_config() == Config()
    path = tmp_path / "latticetop" / "latticetop.toml"
    assert config_path() == path
    path.parent.mkdir()
    path.write_text("interval = 60\n")
    assert load_config().interval == 60


def test_the_environment_names_another_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    monkeypatch.setenv("LATTICETOP_CONFIG", str(path))
    with pytest.raises(ConfigError, match="which LATTICETOP_CONFIG names"):
        load_config()
    path.write_text("intervall = 60\n")
    with pytest.raises(ConfigError, match=r"mine\.toml: there is no setting"):
        load_config()
