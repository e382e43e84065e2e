"""The identity that a scope is read with, and the sources of its credentials. Never a secret."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.aws.credential_files import SIGN_IN_CACHES, credentials_path
from latticetop.aws.no_credentials import KEY_VARIABLES, container_variable, metadata_disabled
from latticetop.aws.sdk_import import import_with_sdk
from latticetop.model.records.aws_actions import GET_CALLER_IDENTITY
from latticetop.model.records.problem import Problem, ReadError

if TYPE_CHECKING:
    from latticetop.aws.session_cache import SessionCache
    from latticetop.aws.settings import Settings


class Identity(Struct):
    """The identity of a scope, as far as it could be determined; `problem` is why it could not be completed.

    `source` is botocore's name of the provider that the credentials come from, such as `env` or `sso`. `account_id`
    and `arn` are from STS's GetCallerIdentity; without it, `account_id` is that of the role.
    """

    profile: str = ""
    region: str = ""
    source: str = ""
    account_id: str = ""
    arn: str = ""
    problem: Problem | None = None


async def identify(settings: Settings, sessions: SessionCache) -> Identity:
    """Determine profile and Region, find credentials, and call GetCallerIdentity. Raises no ReadError."""
    identity = Identity(settings.profile, account_id=settings.account_id)
    try:
        await _identify(identity, settings, sessions)
    except ReadError as error:
        identity.problem = error.problem
    return identity


async def _identify(identity: Identity, settings: Settings, sessions: SessionCache) -> None:
    await import_with_sdk("latticetop.aws.session")
    from latticetop.aws import session
    from latticetop.aws.services import ServiceClients

    prepared = await session.prepare_in_thread(settings, await sessions.session(settings))
    identity.profile, identity.region = prepared.profile, prepared.region
    await session.check_credentials(prepared)
    identity.source = str((await prepared.session.get_credentials()).method)
    services = ServiceClients(prepared, sessions.rate_limiter(settings))
    try:
        response = await (await services.open("sts")).call(GET_CALLER_IDENTITY)
    finally:
        await services.close()
    identity.account_id = str(response.get("Account") or settings.account_id)
    identity.arn = str(response.get("Arn") or "")


def credential_sources(profile: str) -> tuple[str, ...]:
    """List the sources of credentials in botocore's order, with the state of each. Never a value."""
    variables = [name for name in KEY_VARIABLES if os.environ.get(name)]
    environment = f"only {variables[0]} is set" if len(variables) == 1 else "both set" if variables else "not set"
    sign_ins = sum(1 for folder in SIGN_IN_CACHES for _ in Path(folder).expanduser().glob("*.json"))
    file = credentials_path()
    metadata = "disabled by AWS_EC2_METADATA_DISABLED" if metadata_disabled() else "checked"
    return (
        f"{' and '.join(KEY_VARIABLES)}: {environment}",
        f"profile {profile or 'default'} in the AWS configuration: roles, sign-ins, processes",
        f"sign-ins in {' and '.join(SIGN_IN_CACHES)}: {sign_ins or 'none'}",
        f"{file}: {'found' if file.is_file() else 'missing'}",
        f"container credentials: {container_variable() or 'not set'}",
        f"instance metadata service: {metadata}",
    )
