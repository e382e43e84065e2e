"""boto3's clients of a simulated account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from latticetop.simulator import ServerThread

CONFIG = Config(retries={"total_max_attempts": 1}, proxies={})
PLAIN = Config(retries={"total_max_attempts": 1}, proxies={}, parameter_validation=False)


class Clients:
    """A server and the clients made for it."""

    def __init__(self, server: ServerThread) -> None:
        self.server = server
        self._made: dict[tuple[str, str, bool], Any] = {}

    @property
    def ec2(self) -> Any:
        return self.client("ec2")

    def client(self, service: str, region: str = "us-east-1", *, checked: bool = True) -> Any:
        """A client; unless ``checked`` it sends what botocore would refuse to send."""
        key = (service, region, checked)
        if key not in self._made:
            self._made[key] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self.server.url,
                config=CONFIG if checked else PLAIN,
            )
        return self._made[key]

    def close(self) -> None:
        for client in self._made.values():
            client.close()
        self.server.stop()


def pages(call: Callable[..., Any], key: str, size: int, **params: Any) -> Iterator[list[Any]]:
    """The pages of a call, followed by hand."""
    token: str | None = None
    while True:
        asked = params | ({"NextToken": token} if token else {})
        answer = call(MaxResults=size, **asked)
        yield answer[key]
        token = answer.get("NextToken")
        if not token:
            return


def refusal(call: Callable[..., Any], **params: Any) -> tuple[str, str]:
    """The code and message of the error a call ends in."""
    try:
        call(**params)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError("the call was not refused")
