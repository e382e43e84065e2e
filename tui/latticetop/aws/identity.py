"""Who a scope is read as, and where credentials are looked for. Nothing of a credential itself is told."""

from __future__ import annotations

import asyncio
import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.aws.credential_files import CACHES, credentials_path
from latticetop.aws.no_credentials import KEYS, container_variable, metadata_off
from latticetop.model.records.problem import Problem, ReadError

if TYPE_CHECKING:
    from latticetop.aws.settings import Settings
    from latticetop.aws.session_cache import Shared


class Identity(Struct):
    """What is known of a scope, as far as it got: `source` is botocore's name for where the credentials are from."""

    profile: str = ""
    region: str = ""
    source: str = ""
    account_id: str = ""
    arn: str = ""
    problem: Problem | None = None


async def identify(settings: Settings, shared: Shared) -> Identity:
    """Settle profile and Region, find credentials, ask STS whose they are; what hinders it is the problem."""
    found = Identity(settings.profile)
    try:
        await _identify(found, settings, shared)
    except ReadError as error:
        found.problem = error.problem
    return found


async def _identify(found: Identity, settings: Settings, shared: Shared) -> None:
    await asyncio.to_thread(import_module, "latticetop.aws.session")
    from latticetop.aws import session
    from latticetop.aws.services import Services

    opened = await shared.session(settings)
    prepared = await session.settle(settings, opened)
    found.profile, found.region = prepared.profile, prepared.region
    await session.check_credentials(prepared)
    found.source = str((await prepared.session.get_credentials()).method)
    services = Services(prepared, shared.budget(settings))
    try:
        answer = await (await services.open("sts")).call("GetCallerIdentity")
    finally:
        await services.close()
    found.account_id, found.arn = str(answer.get("Account") or ""), str(answer.get("Arn") or "")


def looked_for(profile: str) -> tuple[str, ...]:
    """Where credentials were looked for, in botocore's order, and what is there."""
    keys = [name for name in KEYS if os.environ.get(name)]
    told = f"{keys[0]} alone is set" if len(keys) == 1 else "both are set" if keys else "not set"
    caches = sum(1 for folder in CACHES for _ in Path(folder).expanduser().glob("*.json"))
    file = credentials_path()
    return (
        f"{' and '.join(KEYS)}: {told}",
        f"profile {profile or 'default'} in the AWS configuration: roles, sign-ins, processes",
        f"sign-ins in {' and '.join(CACHES)}: {caches or 'none'}",
        f"{file}: {'there' if file.is_file() else 'not there'}",
        f"a container's credentials: {container_variable() or 'none offered'}",
        f"the instance's metadata service: {'off, by AWS_EC2_METADATA_DISABLED' if metadata_off() else 'asked'}",
    )
