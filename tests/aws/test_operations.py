"""The list of operations is read-only, and nothing else is sent to AWS."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from latticetop.aws import OPERATIONS, sdk
from latticetop.aws.operations import OperationRefusedError, operation_name
from latticetop.simulator import ManualClock, Server
from tests.aws.conftest import reading


def test_every_listed_operation_is_read_only() -> None:
    verbs = {operation_name(action)[:3] for action in OPERATIONS}
    assert verbs == {"Des", "Get", "Lis", "Loo"}


async def test_an_unlisted_operation_is_refused_before_it_is_sent() -> None:
    async with Server("empty", clock=ManualClock()) as server, reading(server.url) as reader:
        with pytest.raises(OperationRefusedError, match="ec2:DeleteVpcEndpoints"):
            await reader._ec2.call("ec2:DeleteVpcEndpoints", VpcEndpointIds=["vpce-1"])
    assert server.calls == []


async def test_the_hook_refuses_an_operation_that_a_full_model_has() -> None:
    async with Server("incident", clock=ManualClock()) as server, AsyncExitStack() as stack:
        client = await sdk.open_client(
            stack, sdk.new_session("", sandbox=True), "sts", region="us-east-1", endpoint_url=server.url, profile=""
        )
        with pytest.raises(OperationRefusedError, match="sts:AssumeRole"):
            await client._client.assume_role(RoleArn="arn:aws:iam::123456789012:role/x", RoleSessionName="x")
        assert server.calls == []
