"""The problem of having no credentials, and its next step."""

from __future__ import annotations

import pytest

from latticetop.aws.no_credentials import no_credentials_problem


def test_the_only_profile_is_the_one_to_sign_in_with() -> None:
    assert no_credentials_problem("dev", ("dev",)).next_step.startswith("Sign in (aws sso login --profile dev)")
    others = no_credentials_problem("dev", ("dev", "prod")).next_step
    assert others.startswith("Choose a profile with --profile (prod)")


def test_the_next_step_names_at_most_six_profiles() -> None:
    assert "--profile (a, b, c, d, e, f, …)" in no_credentials_problem("", tuple("abcdefg")).next_step
    assert "--profile (a, b, c, d, e, f)" in no_credentials_problem("", tuple("abcdef")).next_step


def test_container_credentials_are_among_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """ECS and EKS set this variable in tasks and pods (docs.aws.amazon.com, SDK reference, container credentials)."""
    assert "container" not in no_credentials_problem("", ()).message
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/1")
    message = no_credentials_problem("", ()).message
    assert "the container credentials (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI)" in message
