"""The targets that result from the configuration, the environment and the flags."""

from __future__ import annotations

from pathlib import Path

import pytest

from latticetop.config.settings import Config, Role, parse_config
from latticetop.runtime.targets import is_single_scope, override_scopes, targets_of

PAYMENTS = Role("arn:aws:iam::210987654321:role/latticetop", name="payments", profile="hub")
LEDGER = Role("arn:aws:iam::210987654322:role/ops/latticetop", regions=("eu-west-1",))
BOTH = Config(profiles=("hub",), regions=("us-east-1", "us-west-2"), roles=(PAYMENTS, LEDGER))


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "LATTICETOP_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def scopes(config: Config) -> list[tuple[str, str, str]]:
    return [(target.name, target.settings.role_arn, target.settings.region) for target in targets_of(config)]


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
    monkeypatch.delenv("AWS_PROFILE")
    assert scopes(override_scopes(config, (), ())) == [("hub", "", "")]
    monkeypatch.setenv("AWS_DEFAULT_PROFILE", "mine")
    assert scopes(override_scopes(config, (), ())) == [("", "", "")]


@pytest.mark.parametrize(("regions", "single"), [((), True), (("a",), True), (("a", "b"), False), (("all",), False)])
def test_one_target_is_a_single_scope_unless_it_stands_for_all_regions(regions: tuple[str, ...], single: bool) -> None:
    assert is_single_scope(targets_of(Config(regions=regions))) is single
