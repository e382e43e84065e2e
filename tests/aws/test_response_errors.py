"""The sentences about refused responses: names of the response, and nothing else that another program wrote."""

from __future__ import annotations

import pytest

from latticetop.aws.response_errors import ForeignResponseError, ResponseLimitError

FOREIGN = "ec2.example sent an answer to ec2:DescribeVpcs that is not AWS's (a proxy or a login page?): status"


@pytest.mark.parametrize(
    ("content_type", "location", "end"),
    [
        ("text/html; charset=utf-8", "", "200, text/html."),
        ("", "", "200, no content type."),
        ("text/\x1b]52;c;aGk=\x07", "", "200, no content type."),
        ("text/html", "https://u:secret@portal.example:84/x?token=1", "200, text/html, redirects to portal.example."),
        ("text/html", "/login", "200, text/html, redirects to ec2.example."),
        ("text/html", "https://portal\x9d.example/", "200, text/html, redirects to ec2.example."),
        ("text/html", "https://[portal/", "200, text/html, redirects to ec2.example."),
    ],
)
def test_a_foreign_response_is_named_by_host_status_and_type(content_type: str, location: str, end: str) -> None:
    error = ForeignResponseError("ec2.example", 200, content_type, location)
    assert error.sentence("ec2:DescribeVpcs") == f"{FOREIGN} {end}"


def test_a_limit_is_told_with_its_figure() -> None:
    error = ResponseLimitError("is larger than 32 MiB and was not read")
    assert (
        error.sentence("ec2:DescribeVpcs") == "The response to ec2:DescribeVpcs is larger than 32 MiB and was not read."
    )
    assert error.sentence("") == "The response to a request is larger than 32 MiB and was not read."
