"""Mutated answers of AWS, over HTTP: what a reader, a one-shot command and the follow loop make of them."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from random import Random
from typing import Any, TypeVar
from unittest.mock import patch

import msgspec
from botocore.retries.standard import ExponentialBackoff

from latticetop.aws import OPERATIONS, cloudtrail, connect
from latticetop.aws.rate_limiter import RateLimiter
from latticetop.aws.reader import AwsReader
from latticetop.follow.investigate import investigate
from latticetop.follow.loop import Follower
from latticetop.follow.one_shot import read_once
from latticetop.follow.reader import Reader
from latticetop.model.incident.explanation import explain
from latticetop.model.records import aws_actions
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.model.snapshot import Snapshot
from latticetop.reports.explain import render_markdown
from latticetop.reports.explain_json import render_json
from tests.aws.conftest import refusal
from tests.follow.fakes import FakeClock, Screen
from tests.fuzz.account import ENDPOINT, FuzzedAccount, call, ignore_progress
from tests.fuzz.example import LARGE, Answer, Example, Target
from tests.fuzz.octets import mutate_bytes
from tests.fuzz.plain_data import mutate_json
from tests.fuzz.rendering import record, render
from tests.fuzz.values import TIMES
from tests.fuzz.xml_trees import mutate_xml
from tests.recordings import EVERYTHING

_T = TypeVar("_T")
LATTICE_ACTIONS = sorted(action for action in OPERATIONS if action.startswith("vpc-lattice:"))
EVENT_ACTIONS = [aws_actions.LOOKUP_EVENTS]
SELECTION_ACTIONS = sorted(action for action in OPERATIONS if action.startswith(("eks:", "organizations:")))
EC2_ACTIONS = sorted(OPERATIONS - {*LATTICE_ACTIONS, *EVENT_ACTIONS, *SELECTION_ACTIONS})
_KEPT_PARTS: dict[str, Callable[[Snapshot], object]] = {
    aws_actions.DESCRIBE_VPCS: lambda snapshot: snapshot.vpcs,
    aws_actions.DESCRIBE_SUBNETS: lambda snapshot: {key: each.subnet for key, each in snapshot.subnets.items()},
    aws_actions.DESCRIBE_ENDPOINTS: lambda snapshot: snapshot.endpoints,
    aws_actions.DESCRIBE_ASSOCIATIONS: lambda snapshot: snapshot.associations,
    aws_actions.DESCRIBE_INTERFACES: lambda snapshot: {k: each.interfaces for k, each in snapshot.subnets.items()},
    aws_actions.GET_RESERVATIONS: lambda snapshot: {k: each.reservations for k, each in snapshot.subnets.items()},
}
"""What of a snapshot an action's answer is, and stays when the next one cannot be read."""
_ERRORS = (
    refusal("UnauthorizedOperation").encode(),
    refusal("RequestLimitExceeded").encode(),
    refusal("InvalidSubnetID.NotFound").encode(),
    refusal("ExpiredToken").encode(),
    b'{"__type": "AccessDeniedException", "message": "No."}',
    b'{"__type": "ThrottlingException", "message": "Later."}',
    b"<html><body>Sign in</body></html>",
    b"",
)
_STATUSES = (*[200] * 14, 201, 302, 400, 403, 404, 429, 500, 503)
_HEADERS = {
    "Content-Type": (
        "text/html",
        "application/xml",
        "application/json; charset=x",
        "text/xml; charset=utf-16",
        "x",
        "",
    ),
    "Content-Encoding": ("gzip", "deflate", "br", "x"),
    "x-amzn-ErrorType": ("", "AccessDeniedException:http://x/", "x" * 5_000),
}


class Bench:
    """The account, its readers and its followers, in an event loop of their own, without waits for a turn."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._patches: list[Any] = [
            patch.object(RateLimiter, "acquire", _at_once),
            patch.object(ExponentialBackoff, "delay_amount", lambda *_: 0),
            patch.object(cloudtrail, "RETRY_DELAYS", (0.0,)),
        ]
        self._follow: _Followed | None = None
        self.account = FuzzedAccount()
        self.reader: AwsReader
        self.snapshot: Snapshot
        """The account as it is."""
        self.real: dict[str, Answer] = {}
        """The account's own answers by action."""

    def __enter__(self) -> Bench:
        for each in self._patches:
            each.start()
        self._runner.run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._close())
        self._runner.close()
        for each in self._patches:
            each.stop()

    def targets(self) -> dict[str, Target]:
        """The targets that read answers."""
        once = sorted({*EC2_ACTIONS, *LATTICE_ACTIONS})
        return {
            "ec2": Target(self._drawer("ec2", EC2_ACTIONS), self._run_call),
            "vpc-lattice": Target(self._drawer("vpc-lattice", LATTICE_ACTIONS), self._run_call),
            "selection": Target(self._drawer("selection", SELECTION_ACTIONS), self._run_call),
            "cloudtrail": Target(self._drawer("cloudtrail", EVENT_ACTIONS), self._run_investigation),
            "one-shot": Target(self._drawer("one-shot", once, most=3), self._run_once),
            "follow": Target(self._drawer("follow", once), self._run_follow),
        }

    def _drawer(self, target: str, actions: list[str], most: int = 1) -> Callable[[Random, int], Example]:
        def draw_example(random: Random, room: int) -> Example:
            chosen = random.sample(actions, random.randint(1, most))
            return Example(target, {action: _answer(random, self.real[action], room) for action in chosen})

        return draw_example

    def _run_with(self, example: Example, coroutine: Coroutine[Any, Any, _T]) -> _T | None:
        """The result with the example's answers; None after a ReadError, which has a sentence."""
        self.account.replaced = example.answers
        try:
            return self._runner.run(coroutine)
        except ReadError as error:
            assert error.problem.message.endswith("."), error.problem
            return None
        finally:
            self.account.replaced = {}

    def _run_call(self, example: Example) -> None:
        (action,) = example.answers
        msgspec.msgpack.encode(self._run_with(example, call(self.reader, action, self.account)))

    def _run_investigation(self, example: Example) -> None:
        snapshot = self.snapshot
        investigation = self._run_with(example, investigate(self.reader, snapshot, ENDPOINT, ignore_progress))
        assert investigation is not None
        explanation = explain(investigation)
        render_markdown(explanation)
        render_json(explanation)

    def _run_once(self, example: Example) -> None:
        reading = read_once(self.reader, EVERYTHING, self.account.read_clock, lattice=True)
        snapshot = self._run_with(example, reading)
        if snapshot is not None:
            render(snapshot)
            record(snapshot)

    def _run_follow(self, example: Example) -> None:
        follow, self._follow = self._follow or _Followed(self.account), None
        self._runner.run(follow.read(example))
        self._follow = follow

    async def _open(self) -> None:
        await self._stack.enter_async_context(self.account.serve())
        self.reader = await self._stack.enter_async_context(self.account.reading())
        for action in (*SELECTION_ACTIONS, *EC2_ACTIONS, *EVENT_ACTIONS, LATTICE_ACTIONS[0]):
            await call(self.reader, action, self.account)
        self.real = dict(self.account.real)
        self.snapshot = await read_once(self.reader, EVERYTHING, self.account.read_clock, lattice=True)

    async def _close(self) -> None:
        if self._follow:
            await self._follow.stop()
        await self._stack.aclose()


class _Followed:
    """A follower of the account, for one example after the other: each begins and ends with the account's own data."""

    def __init__(self, account: FuzzedAccount) -> None:
        self._account, self._clock, self._screen = account, FakeClock(), Screen()
        self._follower = Follower(self._connect, EVERYTHING, clock=self._clock, random=lambda: 0.5)
        self._task: asyncio.Task[None] | None = None

    async def read(self, example: Example) -> None:
        """Read the account, then with the example's answers, then as it is again."""
        if self._task is None:
            self._task = asyncio.create_task(self._follower.run(self._screen))
            await self._rest()
        good = await self._refreshed()
        assert not good.problems, good.problems
        self._account.replaced = example.answers
        try:
            altered = await self._refreshed()
        finally:
            self._account.replaced = {}
        for problem in altered.problems:
            part = _KEPT_PARTS.get(problem.operation)
            if part and problem.kind is not ProblemKind.NOT_FOUND:
                assert part(altered) == part(good), problem
        if any(problem.kind.needs_new_credentials for problem in altered.problems):
            self._follower.renew()
        again = await self._refreshed()
        assert not again.problems, again.problems
        assert {action: part(again) for action, part in _KEPT_PARTS.items()} == {
            action: part(good) for action, part in _KEPT_PARTS.items()
        }
        assert again.lattice == good.lattice

    async def stop(self) -> None:
        """End the follower."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _refreshed(self) -> Snapshot:
        self._follower.refresh()
        await self._rest()
        snapshot = self._screen.last.snapshot
        assert snapshot is not None
        return snapshot

    async def _rest(self) -> None:
        """Wait until the follower waits again. Raises what ended it, if anything did."""
        assert self._task is not None
        resting = asyncio.create_task(self._clock.rest())
        await asyncio.wait({self._task, resting}, return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            resting.cancel()
            self._task.result()
        self._screen.updates[:-1] = []

    async def _connect(self) -> Reader:
        return await connect(self._account.settings)


def _answer(random: Random, real: Answer, room: int) -> Answer:
    """The real answer with another body, and now and then with another status or header."""
    status = random.choice(_STATUSES)
    body, headers = real.body, dict(real.headers)
    if status != 200 and (random.random() < 0.5):
        body = random.choice(_ERRORS)
    how = random.randint(0, 9)
    if body and how:
        with suppress(ValueError):
            body = (
                mutate_json(random, body, room, "CloudTrailEvent")
                if body[:1] == b"{"
                else mutate_xml(random, body, room)
            )
    if how < 3:
        body = mutate_bytes(random, body)
    if not random.randint(0, 9):
        name = random.choice([*_HEADERS, "Date", "bomb"])
        if name == "bomb":
            filled = body[:-1] + b" " * room if room < LARGE else b" " * (room * 5)
            body = gzip.compress(filled, 1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        else:
            headers[name] = random.choice([*filter(str.isascii, TIMES)] if name == "Date" else _HEADERS[name])
    return Answer(status, headers, body)


async def _at_once(_: RateLimiter) -> None:
    """Wait for no turn."""
