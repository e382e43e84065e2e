"""Assuming a role in a member account with the credentials of a profile.

Leans on: aiobotocore's credential classes, and a session's private attribute `_credentials`, for which there is no
public setter of refreshable credentials.
"""

from __future__ import annotations

import os
from time import monotonic
from typing import TYPE_CHECKING, Any

from aiobotocore.credentials import AioAssumeRoleCredentialFetcher, AioDeferredRefreshableCredentials

from latticetop.aws.errors import role_problem
from latticetop.aws.limits import ROLE_RETRY
from latticetop.aws.sdk import client_config
from latticetop.aws.settings import ALL_REGIONS, DEFAULT_REGION
from latticetop.model.records.problem import Problem, ReadError

if TYPE_CHECKING:
    from collections.abc import Callable

    from latticetop.aws.sdk import Session
    from latticetop.aws.settings import Settings

_SESSION_NAME = "latticetop"
"""The role session name, shown in the member account's CloudTrail."""


class RoleCredentialFetcher(AioAssumeRoleCredentialFetcher):  # type: ignore[misc]
    """Call AssumeRole, and after a failure not again for `retry_after` seconds.

    Every request of every client asks for the credentials, those of all Regions: without this each of them would wait
    for a call of its own. `describe` makes a Problem of an exception. Raises ReadError.
    """

    def __init__(
        self, *arguments: Any, retry_after: float, describe: Callable[[Exception], Problem], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self._retry_after = retry_after
        self._describe = describe
        self._failed_at = 0.0
        self._problem: Problem | None = None

    async def fetch_credentials(self) -> Any:
        """Return the credentials of the role, in botocore's form."""
        if self._problem is not None and monotonic() - self._failed_at < self._retry_after:
            raise ReadError(self._problem)
        self._problem = None
        try:
            return await super().fetch_credentials()
        except Exception as error:
            self._failed_at = monotonic()
            self._problem = error.problem if isinstance(error, ReadError) else self._describe(error)
            raise ReadError(self._problem) from error


async def assume(session: Session, settings: Settings, source: Session, retry_after: float = ROLE_RETRY) -> None:
    """Use the role's credentials in this session from now on; botocore renews them before they expire.

    `source` is the session whose credentials assume the role; it may be the same. AssumeRole is called with the first
    request of `session`, and after a failure with the first one `retry_after` seconds later. Without credentials the
    session is left unchanged.
    """
    credentials = await source.get_credentials()
    if credentials is None:
        return
    extra = {"RoleSessionName": _SESSION_NAME, **({"ExternalId": settings.external_id} if settings.external_id else {})}
    fetcher = RoleCredentialFetcher(
        _client_creator(session, settings),
        credentials,
        settings.role_arn,
        extra_args=extra,
        retry_after=retry_after,
        describe=lambda error: role_problem(error, settings.role_arn, settings.profile),
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
