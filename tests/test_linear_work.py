"""Work on foreign text and on many records takes time in proportion: measured as CPU time, never against the clock."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable

import pytest
from rich.text import Text

from latticetop.dashboard.export.actions import _shortened
from latticetop.dashboard.export.views import ExportableView
from latticetop.dashboard.state.notifications import desktop_notification
from latticetop.dashboard.state.snapshot_view import SnapshotView
from latticetop.dashboard.table.rows import Column, sort_key
from latticetop.dashboard.text.format import cut
from latticetop.dashboard.text.printable import one_line
from latticetop.dashboard.theme.ascii import to_ascii
from latticetop.follow.one_shot import read_once
from latticetop.model.history.change_log import ChangeLog
from latticetop.model.incident.explanation import explain
from latticetop.model.incident.investigation import Investigation
from latticetop.model.query import parse_query
from latticetop.model.records.eni_owners import owner_of
from latticetop.model.records.resources import Association, Tag, zone_letter
from latticetop.model.records.text import clean, clean_lines, escape_invisible, shorten_ids
from latticetop.model.redact import Redactor
from latticetop.model.snapshot import Snapshot, SubnetReading
from latticetop.reports import check, check_text, explain_json, rows
from latticetop.reports.explain import escape, render_markdown
from latticetop.reports.table_text import rows_as_csv, rows_as_markdown
from latticetop.reports.text_wrap import hang, wrap_text
from tests.dashboard.accounts import NOW, account, endpoint, eni, subnet
from tests.dashboard.test_hostile import hostile
from tests.follow.fakes import FakeClock, FakeReader

SHORT, LONG = 32_000, 250_000
"""Characters: quadratic work on the short text takes longer than its limit, or on the long one sixty times as long."""
SECONDS = 0.5
PARTS = ("a-", "a", "0123456789", "a-0123456789-", " ", "a b ", '"', "arn:aws:ecs:", "\x1b[", "e\u0301", "\u200d", "東",
         "1,", "-", "1.2.", "a:b ", "|*_", "\n", "A=b ", "us-east-1")  # fmt: skip
_OWNER = "VPC Endpoint Interface vpce-"
COLUMNS = (Column("a", "a"), Column("a", "a", sentence=True))


def owners(text: str) -> None:
    """The owner of ENIs that have the text wherever one is looked at."""
    for prefix in (
        "",
        "ELB ",
        "VPC Endpoint Interface ",
        "Amazon EKS ",
        "arn:aws",
        "ElastiCache",
        "DAX ",
        "Cilium-CNI (",
    ):
        owner_of(eni("eni-1", "subnet-1", "10.0.0.9", description=prefix + text, requester_id=f"x:{text}",
                     operator=text, interface_type=text, instance_id=text, tags=(Tag(text, text),)))  # fmt: skip


FUNCTIONS: dict[str, Callable[[str], object]] = {
    "clean": clean,
    "clean_lines": clean_lines,
    "shorten_ids": shorten_ids,
    "escape_invisible": escape_invisible,
    "owner_of": owners,
    "zone_letter": lambda text: (zone_letter(text), zone_letter(f"us-{text}")),
    "parse_query": lambda text: parse_query(text, ("id", "name")),
    "wrap_text": lambda text: wrap_text(clean(text), 80),
    "hang": lambda text: list(hang(clean(text), clean(text), 80)),
    "escape": escape,
    "csv": lambda text: rows_as_csv(("a",), [{"a": f";{text}"}]),
    "markdown": lambda text: rows_as_markdown(text, ("a",), [{"a": text}]),
    "cut": lambda text: cut(text, 40),
    "one_line": lambda text: one_line(Text.assemble((text, "red"), (text, "blue"))),
    "sort_key": sort_key.__wrapped__,
    "cuts": lambda text: [column.cuts([text, f"{text}a", f"{text}b"], 30) for column in COLUMNS],
    "to_ascii": to_ascii,
    "shortened": _shortened,
    "file_stem": lambda text: ExportableView(text, {}).file_stem(),
    "notification": lambda text: desktop_notification(text, {}),
}


def seconds(work: Callable[[], object]) -> float:
    """The CPU time of this thread that some work takes, without collections of the garbage of all other tests."""
    gc.disable()
    try:
        before = time.thread_time()
        work()
        return time.thread_time() - before
    finally:
        gc.enable()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_long_text_takes_time_in_proportion(name: str) -> None:
    function, slowest = FUNCTIONS[name], ""
    worst = 0.0
    for part in PARTS:
        text = (part * (SHORT // len(part) + 1))[:SHORT]
        taken = seconds(lambda text=text: function(text))  # type: ignore[misc]
        assert taken < SECONDS, (part, taken)
        worst, slowest = max((worst, slowest), (taken, part))
    text = (slowest * (LONG // len(slowest) + 1))[:LONG]
    assert seconds(lambda: function(text)) < 3 * LONG / SHORT * max(worst, 0.004), slowest


@pytest.mark.parametrize("part", ["a-", "東", "\u200d"])
def test_reports_of_long_names_take_time_in_proportion(part: str) -> None:
    """A text four times as long takes four times as long; sixteen times would be quadratic."""

    def reports(length: int) -> Callable[[], object]:
        snapshot = hostile((part * length)[:length])
        first = next(iter(snapshot.endpoints.values()))

        def work() -> None:
            explained = explain(Investigation(snapshot, first, NOW))
            for text in (check.render_json(snapshot), check_text.render_text(snapshot, 80), render_markdown(explained)):
                assert text
            explain_json.render_json(explained)
            Redactor().snapshot(snapshot)

        return work

    quarter, whole = seconds(reports(10_000)), seconds(reports(40_000))
    assert whole < 6 * quarter + 0.1


def failed(count: int, subnets: int, *, with_interfaces: bool = False, full: bool = False) -> Snapshot:
    """Failed endpoints spread over subnets: roomy or full ones, each endpoint with or without an ENI."""
    readings = []
    for number in range(subnets):
        base = f"10.{number // 256}.{number % 256}"
        held = range(number, count, subnets) if with_interfaces else ()
        interfaces = [
            eni(f"eni-{each}", f"subnet-{number}", f"{base}.{20 + place}", description=f"{_OWNER}{each:017x}")
            for place, each in enumerate(held)
        ]
        length = 28 if full else 24
        readings.append(SubnetReading(subnet(f"subnet-{number}", f"{base}.0/{length}", 9), tuple(interfaces)))
    endpoints = [
        endpoint(
            f"vpce-{each:017x}", "Failed", [f"subnet-{each % subnets}"], network_interface_ids=(f"eni-gone{each}",)
        )
        for each in range(count)
    ]
    associations = [Association(f"asc-{each}", f"vpce-{each:017x}", "Inaccessible") for each in range(count)]
    return account(readings, endpoints, associations)


@pytest.mark.parametrize(
    ("subnets", "with_interfaces", "full"),
    [
        (lambda count: 40, False, False),
        (lambda count: count // 4, False, True),
        (lambda count: count // 100, True, False),
    ],
    ids=["few subnets", "many full subnets", "with ENIs"],
)
def test_many_failed_endpoints_take_time_in_proportion(
    subnets: Callable[[int], int], with_interfaces: bool, full: bool
) -> None:
    def work(count: int) -> Callable[[], object]:
        snapshot = failed(count, subnets(count), with_interfaces=with_interfaces, full=full)

        def reports() -> None:
            check.render_json(snapshot)
            check_text.render_text(snapshot, 80)
            view = SnapshotView(snapshot)
            assert view.endpoints_in_trouble == count
            for each in snapshot.endpoints.values():
                rows.endpoint_row(snapshot, each)
            log = ChangeLog()
            log.add_snapshot(account(snapshot.subnets.values()))
            log.add_snapshot(snapshot)

        return reports

    quarter, whole = seconds(work(200)), seconds(work(800))
    assert whole < 6 * quarter + 0.1


@pytest.mark.parametrize(("most", "endpoints"), [(16_000, 25), (4_000, 4_000)])
def test_reading_many_subnets_takes_time_in_proportion(most: int, endpoints: int) -> None:
    def work(count: int) -> Callable[[], object]:
        clock = FakeClock()
        reader = FakeReader(clock)
        ids = [f"subnet-{number}" for number in range(count)]
        reader.subnet_list = [subnet(key, f"10.{n // 256}.{n % 256}.0/24", 251) for n, key in enumerate(ids)]
        reader.endpoint_list = [
            endpoint(f"vpce-{number}", "Available", [ids[number]]) for number in range(min(count, endpoints))
        ]
        reader.interface_list = []
        return lambda: asyncio.run(read_once(reader, clock=clock))

    quarter, whole = seconds(work(most // 4)), seconds(work(most))
    assert whole < 6 * quarter + 0.1
