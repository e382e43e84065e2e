"""A wrong clock is told by AWS's own time, over HTTP, and not as expired credentials."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from latticetop.aws.clock_skew import wrong_clock
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from tests.aws.conftest import CannedServer, ReceivedRequest, reading, refusal
from tests.aws.operation_calls import call

NOW = datetime(2024, 12, 19, 8, 18, 49, tzinfo=UTC)


async def problem_with(code: str, ahead: timedelta, action: str = "ec2:DescribeSubnets") -> Problem:
    """The problem of a call that AWS refuses, whose time is this much ahead of this machine's."""

    async def refuse(_: ReceivedRequest) -> web.StreamResponse:
        headers = {"Date": format_datetime(datetime.now(UTC) + ahead, usegmt=True)}
        if action.startswith("vpc-lattice"):
            headers |= {"x-amzn-ErrorType": code}
            return web.json_response({"message": "Signature expired"}, status=403, headers=headers)
        return web.Response(text=refusal(code), status=400, content_type="text/xml", headers=headers)

    async with CannedServer(refuse).serve() as canned:
        with pytest.raises(ReadError) as error:
            if action == "ec2:DescribeSubnets":
                async with reading(canned.url) as reader:
                    await reader.subnets()
            else:
                await call(action, canned.url)
    return error.value.problem


@pytest.mark.parametrize("code", ["RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch", "AuthFailure"])
@pytest.mark.parametrize(
    ("ahead", "clause"),
    [
        (timedelta(minutes=10), "10 min behind AWS's"),
        (timedelta(minutes=-7), "7 min ahead of AWS's"),
        (timedelta(hours=3), "3 h 0 min behind AWS's"),
        (timedelta(days=-400), "400 d ahead of AWS's"),
    ],
)
async def test_a_wrong_clock_is_told_with_its_error(code: str, ahead: timedelta, clause: str) -> None:
    problem = await problem_with(code, ahead)
    assert problem.message == f"This machine's clock is {clause} ({code})."
    assert "timedatectl" in problem.next_step
    assert not problem.kind.needs_new_credentials


async def test_a_signature_that_a_json_service_refuses() -> None:
    problem = await problem_with("InvalidSignatureException", timedelta(minutes=10), "vpc-lattice:ListServiceNetworks")
    assert problem.message == "This machine's clock is 10 min behind AWS's (InvalidSignatureException)."


@pytest.mark.parametrize("code", ["RequestExpired", "SignatureDoesNotMatch", "AuthFailure"])
@pytest.mark.parametrize("ahead", [timedelta(), timedelta(minutes=3), timedelta(minutes=-3)])
async def test_with_a_right_clock_it_is_the_credentials(code: str, ahead: timedelta) -> None:
    assert (await problem_with(code, ahead)).kind is ProblemKind.EXPIRED


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "InternalError", "ExpiredToken"])
async def test_other_errors_do_not_blame_the_clock(code: str) -> None:
    assert "clock" not in (await problem_with(code, timedelta(hours=1))).message


@pytest.mark.parametrize(
    "date",
    [
        "",
        "noon",
        "Thu, 19 Dec 99999 08:18:49 GMT",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Thu, 19 Dec 2024 08:18:49 -0000",
    ],
)
def test_a_time_that_is_none_blames_nothing(date: str) -> None:
    assert wrong_clock({"ResponseMetadata": {"HTTPHeaders": {"date": date}}}, NOW) == ""
    assert wrong_clock({}, NOW) == ""
