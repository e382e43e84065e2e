"""Assuming a role in a member account with the credentials of a profile.

Leans on: aiobotocore's credential classes, and a session's private attribute `_credentials`, for which there is no
public setter of refreshable credentials.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from aiobotocore.credentials import AioAssumeRoleCredentialFetcher, AioDeferredRefreshableCredentials

from latticetop.aws.sdk import client_config
from latticetop.aws.settings import ALL_REGIONS, DEFAULT_REGION

if TYPE_CHECKING:
    from latticetop.aws.sdk import Session
    from latticetop.aws.settings import Settings

_SESSION_NAME = "latticetop"
"""The role session name, shown in the member account's CloudTrail."""


async def assume(session: Session, settings: Settings) -> None:
    """Use the role's credentials in this session from now on; botocore renews them before they expire.

    AssumeRole is called with the session's first request. A session without credentials is left unchanged.
    """
    source = await session.get_credentials()
    if source is None:
        return
    extra = {"RoleSessionName": _SESSION_NAME, **({"ExternalId": settings.external_id} if settings.external_id else {})}
    fetcher = AioAssumeRoleCredentialFetcher(
        _client_creator(session, settings), source, settings.role_arn, extra_args=extra
    )
    session._credentials = AioDeferredRefreshableCredentials(
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )


def _client_creator(session: Session, settings: Settings) -> Any:
    """Creates the STS client that assumes the role, in any Region that exists: STS answers alike in each."""
    named = "" if settings.region == ALL_REGIONS else settings.region
    region = named or os.environ.get("AWS_REGION") or session.get_config_variable("region") or DEFAULT_REGION
    url = settings.endpoint_url or None

    def create(service: str, **credentials: Any) -> Any:
        return session.create_client(
            service, region_name=region, endpoint_url=url, config=client_config(settings.endpoint_url), **credentials
        )

    return create
