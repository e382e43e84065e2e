"""The text of metrics: by family, in either format, from parts that were rendered before."""

from __future__ import annotations

import subprocess
from shutil import which

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from latticetop.reports.metrics import Families, ScopeRead, all_families
from latticetop.reports.metrics_text import exposition, joined, lines_of, render_metrics, snapshot_lines
from tests.exposed import samples
from tests.model.builders import endpoint, incident, reading, snapshot

READ = ScopeRead("prod", "123456789012", "us-east-1", up=True)
OPEN_METRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"


def test_the_lines_of_many_slices_stand_together_by_family() -> None:
    ids = [f"subnet-{number}" for number in range(130)]
    one = snapshot(
        *(reading(i, f"10.0.{n}.0/24") for n, i in enumerate(ids)), endpoints=(endpoint("Available", ids[0]),)
    )
    parts = list(snapshot_lines(one))
    assert len(parts) > 5
    text = exposition(parts).body.decode()
    assert text.count("# HELP latticetop_subnet_info ") == 1
    assert [labels["subnet_id"] for labels in samples(text).labels("subnet_info")] == ids


def test_parts_of_several_scopes_are_joined() -> None:
    families = [Families() for _ in range(2)]
    for number, each in enumerate(families):
        each.add_scope(ScopeRead(f"account-{number}", "123456789012", "us-east-1"))
    lines = joined(map(lines_of, families))
    assert lines["latticetop_scope_up"].count(b"\n") == 2


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "text/plain; version=0.0.4; charset=utf-8"),
        ("*/*", "text/plain; version=0.0.4; charset=utf-8"),
        ("application/openmetrics-text;version=zero", "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        (OPEN_METRICS, "application/openmetrics-text; version=1.0.0; charset=utf-8"),
    ],
)
def test_the_format_is_the_one_that_is_asked_for(accept: str, content_type: str) -> None:
    assert exposition([], accept).content_type == content_type


def test_in_open_metrics_the_counter_has_its_name_without_total_and_the_text_its_end() -> None:
    families = Families()
    families.add_requests({("ec2", "DescribeSubnets", "ok"): 3})
    families.add_scope(READ)
    text = exposition([lines_of(families), *snapshot_lines(incident())], OPEN_METRICS).body.decode()
    assert text.endswith("# EOF\n")
    assert "# TYPE latticetop_aws_requests counter\n" in text
    found = {family.name: family for family in text_string_to_metric_families(text)}  # type: ignore[no-untyped-call]
    (requests,) = found["latticetop_aws_requests"].samples
    assert (requests.name, requests.value) == ("latticetop_aws_requests_total", 3)
    assert len(found["latticetop_subnet_info"].samples) == 2


def test_both_formats_have_the_same_samples() -> None:
    families = Families()
    families.add_requests({("ec2", "DescribeSubnets", "ok"): 3})
    parts = [lines_of(families), *snapshot_lines(incident(), block_states=True)]
    plain, open_metrics = (exposition(parts, accept).body.decode() for accept in ("", OPEN_METRICS))

    def lines(text: str) -> list[str]:
        return [line for line in text.splitlines() if not line.startswith("#")]

    assert lines(plain) == lines(open_metrics)


def test_every_family_says_what_it_is() -> None:
    assert all(family.documentation.endswith(".") for family in all_families())


@pytest.mark.skipif(not which("promtool"), reason="promtool is not installed")
def test_promtool_has_nothing_to_say() -> None:
    text = render_metrics([(READ, incident())], block_states=True)
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
