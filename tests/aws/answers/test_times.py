"""The time of answers, by what stands in and around them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from latticetop.aws.answers.times import event_times, times_beside_records, times_in_text

AT = datetime(2024, 12, 19, 8, 20, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("2024-12-19T08:20:27Z\n", [AT]),
        ("# 2024-12-19T09:20:27+01:00\n$ aws ec2 describe-vpcs\n", [AT]),
        ("$ aws ec2 describe-vpcs --region us-east-1  # 2024-12-19T08:20:27Z\n", [AT]),
        ("It failed at 2024-12-19T08:20:27Z again.\n", []),
        ("2024-13-19T08:20:27Z", []),
        ("9999-12-31T23:59:59Z", []),
    ],
)
def test_times_on_lines_of_their_own(text: str, times: list[datetime]) -> None:
    assert list(times_in_text(text)) == times


def test_times_of_responses_items_and_events() -> None:
    assert list(times_beside_records({"HTTPHeaders": {"date": "Thu, 19 Dec 2024 08:20:27 GMT"}})) == [AT]
    assert list(times_beside_records({"HTTPHeaders": {"date": "soon"}})) == []
    assert list(times_beside_records({"configurationItemCaptureTime": "2024-12-19T08:20:27.000Z"})) == [AT]
    assert list(event_times({"CloudTrailEvent": '{"eventTime": "2024-12-19T08:20:27Z"}'})) == [AT]
    assert list(event_times({"eventTime": "2024-12-19T08:20:27Z"})) == [AT]
    assert list(event_times({"eventTime": 7})) == []
