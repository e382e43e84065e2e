"""What is said where no credentials were found."""

from __future__ import annotations

import pytest

from latticetop.aws.no_credentials import none_found


def test_the_only_profile_is_signed_in_to_and_no_other_is_named() -> None:
    assert none_found("dev", ("dev",)).next_step.startswith("Sign in (aws sso login --profile dev)")
    others = none_found("dev", ("dev", "prod")).next_step
    assert others.startswith("Choose a profile with --profile (prod)")


def test_of_many_profiles_the_first_six_are_named() -> None:
    assert "--profile (a, b, c, d, e, f, …)" in none_found("", tuple("abcdefg")).next_step
    assert "--profile (a, b, c, d, e, f)" in none_found("", tuple("abcdef")).next_step


def test_a_container_that_offers_credentials_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pods and tasks are told by this variable where theirs are (docs.aws.amazon.com, SDK container credentials)."""
    assert "container" not in none_found("", ()).message
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/1")
    assert "for a container's credentials (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI)" in none_found("", ()).message
