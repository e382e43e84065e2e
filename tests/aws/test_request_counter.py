"""Requests to AWS, counted by service, operation and outcome."""

from __future__ import annotations

import logging

import pytest
from botocore.retries.standard import ExponentialBackoff

from latticetop.aws.call_log import LOG
from latticetop.aws.request_counter import RequestCounter
from latticetop.model.records.problem import ReadError
from latticetop.simulator import ManualClock, Server
from tests.aws.conftest import reading


async def test_every_attempt_is_counted_with_its_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
    async with Server("empty", clock=ManualClock()) as server:
        with RequestCounter() as counter:
            async with reading(server.url) as reader:
                await reader.subnets()
                server.account.faults.set(["throttle"])
                with pytest.raises(ReadError):
                    await reader.subnets()
    assert counter.counts == {
        ("ec2", "DescribeSubnets", "ok"): 1,
        ("ec2", "DescribeSubnets", "throttled"): 2,
    }


def test_the_log_is_as_it_was_before() -> None:
    level, handlers = LOG.level, list(LOG.handlers)
    with RequestCounter() as counter:
        assert LOG.isEnabledFor(logging.DEBUG)
        LOG.debug("no request")
    assert (LOG.level, LOG.handlers, counter.counts) == (level, handlers, {})
