"""The handlers of a session: for what is called those of botocore, and none of other services."""

from __future__ import annotations

from typing import Any

import pytest
from aiobotocore.hooks import AioHierarchicalEmitter
from aiobotocore.session import AioSession
from botocore.handlers import BUILTIN_HANDLERS

from latticetop.aws import OPERATIONS
from latticetop.aws.event_handlers import builtin_handlers

CREDENTIAL_CALLS = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithWebIdentity",
    "sso:GetRoleCredentials",
    "sso-oidc:CreateToken",
    "signin:CreateOAuth2Token",
)
KINDS = sorted({name.partition(".")[0] for name, *_ in BUILTIN_HANDLERS} - {"docs"})


def handlers_of(emitter: Any, event_name: str) -> list[Any]:
    return list(emitter._handlers.prefix_search(event_name))


@pytest.mark.parametrize("action", sorted({*OPERATIONS, *CREDENTIAL_CALLS}))
def test_what_is_called_has_all_handlers(action: str) -> None:
    every = AioHierarchicalEmitter()
    AioSession(event_hooks=every)
    ours, event = builtin_handlers(), action.replace(":", ".")
    for kind in KINDS:
        assert handlers_of(ours, f"{kind}.{event}") == handlers_of(every, f"{kind}.{event}")


def test_other_services_have_only_the_handlers_of_all() -> None:
    ours = builtin_handlers()
    assert handlers_of(ours, "before-parameter-build.s3.PutObject") == handlers_of(ours, "before-parameter-build")


def test_what_a_session_registers_is_its_own() -> None:
    first, second = builtin_handlers(), builtin_handlers()
    first.register("before-call.ec2", lambda **_: None)
    assert len(handlers_of(first, "before-call.ec2.X")) == len(handlers_of(second, "before-call.ec2.X")) + 1
