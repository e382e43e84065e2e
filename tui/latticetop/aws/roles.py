"""Assuming a role in a member account, with the credentials of a profile."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from aiobotocore.credentials import AioAssumeRoleCredentialFetcher, AioDeferredRefreshableCredentials

from latticetop.aws.sdk import client_config

if TYPE_CHECKING:
    from latticetop.aws.sdk import Session
    from latticetop.aws.settings import Settings

_SESSION_NAME = "latticetop"
"""What CloudTrail of the member account shows."""


async def assume(session: Session, settings: Settings) -> None:
    """Let a session act as the role from now on; botocore renews the credentials before they end.

    AWS is asked with the first call. A session without credentials is left as it is.
    """
    source = await session.get_credentials()
    if source is None:
        return
    extra = {"RoleSessionName": _SESSION_NAME, **({"ExternalId": settings.external_id} if settings.external_id else {})}
    fetcher = AioAssumeRoleCredentialFetcher(_creator(session, settings), source, settings.role_arn, extra_args=extra)
    session._credentials = AioDeferredRefreshableCredentials(
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )


def _creator(session: Session, settings: Settings) -> Any:
    """Makes the client that assumes the role; STS answers for every Region alike, so any will do."""
    region = settings.region or os.environ.get("AWS_REGION") or session.get_config_variable("region") or "us-east-1"
    url = settings.endpoint_url or None

    def create(service: str, **keys: Any) -> Any:
        return session.create_client(
            service, region_name=region, endpoint_url=url, config=client_config(settings.endpoint_url), **keys
        )

    return create
