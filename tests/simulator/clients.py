"""boto3 clients of a simulated account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from latticetop.simulator import ServerThread

CONFIG = Config(retries={"total_max_attempts": 1}, proxies={})
CONFIG_WITHOUT_VALIDATION = Config(retries={"total_max_attempts": 1}, proxies={}, parameter_validation=False)


class Clients:
    """A server and its clients."""

    def __init__(self, server: ServerThread) -> None:
        self.server = server
        self._clients: dict[tuple[str, str, bool], Any] = {}

    @property
    def ec2(self) -> Any:
        return self.client("ec2")

    def client(self, service: str, region: str = "us-east-1", *, validate: bool = True) -> Any:
        """A client; without ``validate`` it sends parameters that botocore would reject."""
        key = (service, region, validate)
        if key not in self._clients:
            self._clients[key] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self.server.url,
                config=CONFIG if validate else CONFIG_WITHOUT_VALIDATION,
            )
        return self._clients[key]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        self.server.stop()


def pages(operation: Callable[..., Any], key: str, size: int, **params: Any) -> Iterator[list[Any]]:
    """The pages of an operation, without botocore's paginator."""
    token: dict[str, str] = {}
    while True:
        response = operation(MaxResults=size, **params, **token)
        yield response[key]
        if "NextToken" not in response:
            return
        token = {"NextToken": response["NextToken"]}


def error_of(operation: Callable[..., Any], **params: Any) -> tuple[str, str]:
    """The code and the message of the error that an operation returns."""
    try:
        operation(**params)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError("the operation returned no error")


def available_addresses(clients: Clients, subnet_id: str) -> int:
    """AvailableIpAddressCount of a subnet."""
    count: int = clients.ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]["AvailableIpAddressCount"]
    return count
