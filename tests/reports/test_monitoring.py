"""The alerting rules, run by promtool, and the dashboard: they name only metrics and labels that are exported."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from shutil import which
from typing import Any, NamedTuple

import click
import pytest
import yaml

from latticetop.cli.group import cli
from latticetop.reports.metrics import all_families
from latticetop.reports.monitoring import alerting_rules, grafana_dashboard

needs_promtool = pytest.mark.skipif(not which("promtool"), reason="promtool is not installed")
WHERE = {"account_id": "123456789012", "region": "us-east-1", "instance": "10.0.0.9:9748", "job": "latticetop"}
SUBNET = WHERE | {"subnet_id": "subnet-1"}
ENDPOINT = WHERE | {"vpc_endpoint_id": "vpce-1"}
SCOPE = WHERE | {"scope": "payments"}
NAMED = {"scope": "payments", "name": "ledger"}
EXPLAIN = "latticetop explain vpce-1 --profile 'payments' --region us-east-1"
CHECK = "latticetop check --subnet-id subnet-1 --profile 'payments' --region us-east-1"
INFO = "latticetop info --profile 'payments' --region us-east-1"
ACCOUNT = "account 123456789012, us-east-1"
DAY_BEFORE = -86_400


class Given(NamedTuple):
    """A series: a metric without `latticetop_`, unless it is not one of ours, its labels and its values a minute."""

    metric: str
    labels: dict[str, str]
    values: str

    @property
    def document(self) -> dict[str, str]:
        """The series as promtool reads it."""
        name = self.metric if self.metric == "up" else f"latticetop_{self.metric}"
        labels = ",".join(f'{key}="{value}"' for key, value in self.labels.items())
        return {"series": f"{name}{{{labels}}}", "values": self.values}


class Case(NamedTuple):
    """An alert, series with which it fires once at the time, series with which it does not, and what it then says."""

    alert: str
    at: str
    fires: tuple[Given, ...]
    silent: tuple[Given, ...]
    labels: dict[str, str]
    summary: str
    runbook: str


def verdict(verdict: str, values: str = "1x2000") -> tuple[Given, ...]:
    return (
        Given("endpoint_verdict", ENDPOINT | {"verdict": verdict}, values),
        Given("endpoint_info", ENDPOINT | NAMED, "1x2000"),
    )


def created(seconds: int) -> Given:
    return Given("endpoint_creation_timestamp_seconds", ENDPOINT, f"{seconds}x2000")


def blocks(free: str, usable: int = 14, needed: int = 1) -> tuple[Given, ...]:
    return (
        Given("subnet_free_blocks_max", SUBNET, free),
        Given("subnet_usable_blocks", SUBNET, f"{usable}x2000"),
        Given("subnet_needs_blocks", SUBNET, f"{needed}x2000"),
        Given("subnet_info", SUBNET | NAMED, "1x2000"),
    )


def unaccounted(count: int) -> Given:
    return Given("subnet_unaccounted_addresses", SUBNET, f"{count}x2000")


def of_endpoint(
    alert: str, at: str, fires: tuple[Given, ...], silent: tuple[Given, ...], state: str, severity: str, says: str
) -> Case:
    """A case of an endpoint whose verdict is the state when the alert fires."""
    labels = ENDPOINT | NAMED | {"verdict": state, "severity": severity}
    return Case(alert, at, fires, silent, labels, f"VPC endpoint vpce-1 (ledger) in {ACCOUNT} {says}.", EXPLAIN)


def of_subnet(
    alert: str, at: str, fires: tuple[Given, ...], silent: tuple[Given, ...], severity: str, says: str
) -> Case:
    """A case of a subnet."""
    labels = SUBNET | NAMED | {"severity": severity}
    return Case(alert, at, fires, silent, labels, f"{says} in subnet subnet-1 (ledger) of {ACCOUNT}.", CHECK)


MISSING = Given("subnet_missing_data", SUBNET | {"part": "CIDR reservations", "cause": "denied"}, "1x2000")
INTERVAL = Given("scope_interval_seconds", SCOPE, "300x2000")
WHOLE_READ = Given("scope_read_timestamp_seconds", SCOPE, "0x2000")
PROBLEM = Given("scope_problem", SCOPE | {"kind": "access-denied", "operation": "sts:AssumeRole"}, "1x2000")
LISTING = {"scope": "hub", "instance": "10.0.0.9:9748", "job": "latticetop"}
OPEN = "Addresses of no visible ENI, or data that was not read, leave the free /28 blocks open"
CASES = [
    of_endpoint(
        "EndpointDown", "6m",
        verdict("degraded"),
        verdict("failed-but-accessible"),
        "degraded", "critical", "is degraded",
    ),
    of_endpoint(
        "EndpointFailedButAccessible", "16m",
        verdict("failed-but-accessible"),
        verdict("failed-but-accessible", "1x5 0x5 1x10"),
        "failed-but-accessible", "warning", "is Failed, though AWS calls an association of it accessible",
    ),
    of_endpoint(
        "EndpointPending", "31m",
        verdict("pending"),
        (*verdict("waiting-for-acceptance"), created(0)),
        "pending", "warning", "has been pending for too long",
    ),
    of_endpoint(
        "EndpointPending", "31m",
        (*verdict("waiting-for-acceptance"), created(DAY_BEFORE)),
        (*verdict("healthy"), created(DAY_BEFORE)),
        "waiting-for-acceptance", "warning", "has been waiting-for-acceptance for too long",
    ),
    of_subnet(
        "SubnetOutOfBlocks", "16m",
        blocks("0x2000"),
        blocks("0x2000", needed=0),
        "warning", "No /28 block is free",
    ),
    of_subnet(
        "SubnetOutOfBlocks", "16m",
        blocks("0x2000", usable=2),
        blocks("0x2000", usable=0),
        "warning", "No /28 block is free",
    ),
    of_subnet(
        "SubnetFewBlocks", "61m",
        blocks("1x2000"),
        blocks("1x2000", usable=10),
        "info", "Less than a tenth of the /28 blocks are free (1)",
    ),
    of_subnet(
        "SubnetRunningOut", "6h",
        # One block less in 40 minutes, of 14 at first: none in about five hours.
        blocks(" ".join(f"{14 - number // 40}x0" for number in range(361)), usable=10),
        blocks(f"14x100 {' '.join('11x0' for _ in range(300))}", usable=10),
        "warning", "At the rate of the last six hours, no /28 block will be free within two days",
    ),
    of_subnet(
        "SubnetIncomplete", "31m",
        (*blocks("5x2000"), unaccounted(3)),
        (*blocks("5x2000"), unaccounted(0)),
        "info", OPEN,
    ),
    of_subnet(
        "SubnetIncomplete", "31m",
        (*blocks("5x2000"), MISSING),
        (*blocks("5x2000", needed=0), MISSING, unaccounted(3)),
        "info", OPEN,
    ),
    Case(
        "ScopeFailing", "16m",
        (Given("scope_up", SCOPE, "0x2000"), PROBLEM),
        (Given("scope_up", SCOPE, "0x5 1x2000"), PROBLEM),
        SCOPE | {"severity": "warning"},
        "latticetop cannot read account 123456789012 (payments) in us-east-1. sts:AssumeRole: access-denied.",
        INFO,
    ),
    # The accounts of an organization cannot be listed: there is no account and no Region yet.
    Case(
        "ScopeFailing", "16m",
        (Given("scope_up", LISTING, "0x2000"),),
        (Given("scope_up", LISTING, "0x5 1x2000"),),
        LISTING | {"severity": "warning"},
        "latticetop cannot read an account (hub).",
        "latticetop info --profile 'hub'",
    ),
    Case(
        "ScopeStale", "21m",
        (WHOLE_READ, INTERVAL),
        (WHOLE_READ, INTERVAL._replace(values="1800x2000")),
        SCOPE | {"severity": "warning"},
        "The last whole read of account 123456789012 (payments) in us-east-1 is 21m 0s old.",
        INFO,
    ),
    # A file of `check` that is not written any more.
    Case(
        "ScopeStale", "61m",
        (WHOLE_READ,),
        (Given("scope_read_timestamp_seconds", SCOPE, "1800x2000"),),
        SCOPE | {"severity": "warning"},
        "The last whole read of account 123456789012 (payments) in us-east-1 is 1h 1m 0s old.",
        INFO,
    ),
    Case(
        "ExporterDown", "6m",
        (Given("up", {"instance": "10.0.0.9:9748", "job": "latticetop"}, "0x2000"),),
        (Given("up", {"instance": "10.0.0.9:9748", "job": "latticetop"}, "1x2000"),),
        {"instance": "10.0.0.9:9748", "job": "latticetop", "severity": "critical"},
        "Prometheus gets no metrics of latticetop from 10.0.0.9:9748.",
        "latticetop export --log latticetop.log",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rules") / "latticetop.rules.yml"
    path.write_text(alerting_rules())
    return path


def alerts() -> list[str]:
    return re.findall(r"- alert: Latticetop(\w+)", alerting_rules())


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)


def run_rules(rules: Path, tmp_path: Path, case: Case, series: tuple[Given, ...], expected: list[Any]) -> None:
    """Run promtool on series; YAML takes JSON as it is."""
    up = [] if case.alert == "ExporterDown" else [Given("up", WHERE, "1x2000")]
    test = {
        "interval": "1m",
        "input_series": [given.document for given in (*series, *up)],
        "alert_rule_test": [{"eval_time": case.at, "alertname": f"Latticetop{case.alert}", "exp_alerts": expected}],
    }
    file = tmp_path / "test.yml"
    file.write_text(json.dumps({"rule_files": [str(rules)], "evaluation_interval": "1m", "tests": [test]}))
    done = promtool("test", "rules", str(file))
    assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_an_alert_fires(rules: Path, tmp_path: Path, case: Case) -> None:
    annotations = {"summary": case.summary, "runbook": case.runbook}
    run_rules(rules, tmp_path, case, case.fires, [{"exp_labels": case.labels, "exp_annotations": annotations}])


@needs_promtool
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_an_alert_does_not_fire_for_what_is_no_trouble(rules: Path, tmp_path: Path, case: Case) -> None:
    run_rules(rules, tmp_path, case, case.silent, [])


@needs_promtool
def test_promtool_accepts_the_rules(rules: Path) -> None:
    done = promtool("check", "rules", str(rules))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "10 rules found" in done.stdout


def test_every_alert_is_tested_and_has_a_runbook() -> None:
    assert len(alerts()) == 10
    assert set(alerts()) == {case.alert for case in CASES}


@pytest.mark.parametrize("runbook", sorted({case.runbook for case in CASES}))
def test_a_runbook_is_a_command_that_latticetop_takes(runbook: str) -> None:
    program, name, *arguments = shlex.split(runbook)
    command = cli.get_command(click.Context(cli), name)
    assert program == "latticetop" and command is not None
    command.make_parser(click.Context(command)).parse_args(arguments)


@needs_promtool
def test_a_name_with_an_apostrophe_is_one_argument_of_a_runbook(rules: Path, tmp_path: Path) -> None:
    case, scope = CASES[0], "Bob's team"
    info = Given("endpoint_info", ENDPOINT | {"scope": scope}, "1x2000")
    runbook = f"latticetop explain vpce-1 --profile {shlex.quote(scope)} --region us-east-1".replace("'\"'\"'", "'\\''")
    assert shlex.split(runbook)[4] == scope
    labels = ENDPOINT | {"scope": scope, "verdict": "degraded", "severity": "critical"}
    annotations = {"summary": f"VPC endpoint vpce-1 in {ACCOUNT} is degraded.", "runbook": runbook}
    expected = [{"exp_labels": labels, "exp_annotations": annotations}]
    run_rules(rules, tmp_path, case, (verdict("degraded")[0], info), expected)


def alertmanager_settings() -> dict[str, Any]:
    """What the rules advise for Alertmanager."""
    lines = re.findall(r"^#   (?! )?(.*)$", alerting_rules().partition("In Alertmanager")[2], re.MULTILINE)
    settings: dict[str, Any] = yaml.safe_load("\n".join(lines))
    return settings


@pytest.mark.skipif(not which("amtool"), reason="amtool is not installed")
def test_alertmanager_takes_what_the_rules_advise(tmp_path: Path) -> None:
    settings = alertmanager_settings()
    settings["route"]["receiver"] = "nobody"
    file = tmp_path / "alertmanager.yml"
    file.write_text(json.dumps(settings | {"receivers": [{"name": "nobody"}]}))
    done = subprocess.run(["amtool", "check-config", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 inhibit rules" in done.stdout


def test_a_scope_that_cannot_be_read_silences_nothing_that_was_read() -> None:
    (rule,) = alertmanager_settings()["inhibit_rules"]
    ((_, pattern),) = (matcher.split("=~") for matcher in rule["target_matchers"])
    silenced = {name for name in alerts() if re.fullmatch(pattern.strip('"'), f"Latticetop{name}")}
    assert silenced == {"ScopeStale", "SubnetIncomplete"}
    assert rule["equal"] == ["account_id", "region", "scope"], "another name may read the same account"


def dashboard_expressions() -> list[str]:
    return [target["expr"] for panel in json.loads(grafana_dashboard())["panels"] for target in panel["targets"]]


def exported_labels() -> dict[str, set[str]]:
    """The labels of every metric as it is exported, by the family's own words."""
    labels = {family.name: set(getattr(family, "_labelnames", ())) for family in all_families()}
    return labels | {"latticetop_aws_requests_total": labels["latticetop_aws_requests"]}


def test_rules_and_panels_name_only_metrics_that_are_exported() -> None:
    named = set(re.findall(r"\blatticetop_\w+", " ".join([alerting_rules(), *dashboard_expressions()])))
    assert len(named) > 10
    assert named - exported_labels().keys() == set()


def test_rules_and_panels_name_only_labels_that_are_exported() -> None:
    labels = exported_labels()
    for text in (alerting_rules(), *dashboard_expressions()):
        for metric, matchers in re.findall(r"\b(latticetop_\w+)\{([^}]*)\}", text):
            assert set(re.findall(r"(\w+)=", matchers)) <= labels[metric], (metric, matchers)
        for added, metric in re.findall(r"group_left \(([^)]*)\) (latticetop_\w+)", text):
            assert set(re.findall(r"\w+", added)) <= labels[metric], (metric, added)


@needs_promtool
@pytest.mark.parametrize(("up", "shown"), [(0, []), (1, [{"labels": "{}", "value": 0}])])
def test_the_dashboard_counts_nothing_as_none_unless_something_was_read(
    tmp_path: Path, up: int, shown: list[Any]
) -> None:
    counts = [re.sub(r"\$\w+", ".*", each) for each in dashboard_expressions() if " or " in each]
    assert len(counts) == 4
    expected = [{"expr": each, "eval_time": "5m", "exp_samples": shown} for each in counts]
    series = [Given("scope_up", SCOPE, f"{up}x10").document]
    file = tmp_path / "test.yml"
    file.write_text(json.dumps({"tests": [{"interval": "1m", "input_series": series, "promql_expr_test": expected}]}))
    done = promtool("test", "rules", str(file))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dashboard_has_twelve_panels_that_fill_rows_without_overlaps() -> None:
    dashboard = json.loads(grafana_dashboard())
    assert dashboard["schemaVersion"] == 39
    panels = dashboard["panels"]
    assert len(panels) == len({panel["id"] for panel in panels}) == len(dashboard_expressions()) == 12
    places = [panel["gridPos"] for panel in panels]
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(cells) == len(set(cells)) and max(x for x, _ in cells) == 23
    assert [variable["name"] for variable in dashboard["templating"]["list"]] == [
        "datasource",
        "account",
        "subnet",
        "endpoint",
    ]
