"""Prometheus and Alertmanager themselves, scraping `latticetop export` while it follows simulated accounts."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import which
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode

import pytest

from latticetop.reports.monitoring import alerting_rules, grafana_dashboard
from latticetop.simulator import ManualClock, ServerThread
from latticetop.simulator.account import SimulatedAccount
from latticetop.simulator.endpoint_states import set_endpoint_state
from tests.benchmarks import alike
from tests.command import KEYS, launched, line_with, running
from tests.exposed import page, waited

ALERTMANAGER = which("prometheus-alertmanager") or which("alertmanager")
"""Debian's name of it, and its own."""
pytestmark = pytest.mark.skipif(not (which("prometheus") and ALERTMANAGER), reason="Prometheus is not installed")
MEMBERS, STRANGER = ("210000000001", "210000000002"), "999988887777"
"""Two accounts, and one whose role nobody may assume."""
OFTEN = """
from latticetop.cli.commands import export
from latticetop.cli.main import main
from latticetop.runtime.export import exporter
export.MIN_INTERVAL = exporter._REUSED_FOR = 0.2
main()
"""


def fill(account: SimulatedAccount) -> None:
    for account_id in MEMBERS:
        alike.fill(account.add_member_account(account_id))


@dataclass(frozen=True)
class Monitoring:
    """A fleet, and the addresses of what watches it."""

    server: ServerThread
    metrics: str
    prometheus: str
    alertmanager: str

    def query(self, expression: str) -> Any:
        """The result of a query; an error fails."""
        answer = json.loads(page(f"{self.prometheus}/api/v1/query?{urlencode({'query': expression})}"))
        assert answer["status"] == "success", (expression, answer)
        return answer["data"]["result"]

    def alerts(self) -> list[dict[str, Any]]:
        """The alerts that Alertmanager has and that are not resolved."""
        found: list[dict[str, Any]] = json.loads(page(f"{self.alertmanager}/api/v2/alerts"))
        return found

    def alert(self, name: str) -> list[dict[str, Any]]:
        """Those of a name."""
        return [alert for alert in self.alerts() if alert["labels"]["alertname"] == f"Latticetop{name}"]


@pytest.fixture(scope="module")
def monitoring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitoring]:
    folder = tmp_path_factory.mktemp("prometheus")
    clock = ManualClock()
    with ExitStack() as stack:
        server = stack.enter_context(ServerThread("empty", clock=clock))
        server.call(fill)
        clock.advance(3600)
        metrics = stack.enter_context(exporting(folder, server))
        alertmanager, prometheus = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        stack.enter_context(running(*alertmanager_command(folder, alertmanager)))
        stack.enter_context(running(*prometheus_command(folder, prometheus, metrics, alertmanager)))
        for url in (alertmanager, prometheus):
            waited(partial(is_answering, f"{url}/-/ready"), bool)
        yield Monitoring(server, metrics, prometheus, alertmanager)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def is_answering(url: str) -> bool:
    try:
        return page(url).strip().lower().endswith(("ready.", "ok"))
    except URLError:
        return False


@contextmanager
def exporting(folder: Path, server: ServerThread) -> Iterator[str]:
    """The command, following the accounts; yields the URL of the metrics."""
    arns = (f"arn:aws:iam::{account_id}:role/latticetop" for account_id in (*MEMBERS, STRANGER))
    config = folder / "latticetop.toml"
    config.write_text("".join(f'[[roles]]\narn = "{arn}"\n' for arn in arns))
    where = ("--endpoint-url", server.url, "--region", "us-east-1", "--listen", "127.0.0.1:0")
    command = ("export", "--interval", "0.2", *where)
    with launched(*command, program=OFTEN, **KEYS, LATTICETOP_CONFIG=str(config)) as child:
        yield line_with(child).strip()


def alertmanager_command(folder: Path, url: str) -> tuple[str, ...]:
    config = folder / "alertmanager.yml"
    config.write_text(json.dumps({"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}))
    return (
        str(ALERTMANAGER),
        f"--config.file={config}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address={url.removeprefix('http://')}",
        "--cluster.listen-address=",
        "--log.level=error",
    )


def prometheus_command(folder: Path, url: str, metrics: str, alertmanager: str) -> tuple[str, ...]:
    """Prometheus, with alerts that wait for a moment where they would wait for minutes."""
    rules, config = folder / "latticetop.rules.yml", folder / "prometheus.yml"
    rules.write_text(re.sub(r"for: \w+", "for: 200ms", alerting_rules()))
    target = [{"targets": [metrics.split("/")[2]]}]
    document = {
        "global": {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "200ms"},
        "rule_files": [str(rules)],
        "scrape_configs": [{"job_name": "latticetop", "static_configs": target}],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager.removeprefix("http://")]}]}]},
    }
    config.write_text(json.dumps(document))
    return (
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        f"--web.listen-address={url.removeprefix('http://')}",
        "--log.level=error",
    )


def test_an_endpoint_that_fails_is_an_alert_until_it_is_fixed(monitoring: Monitoring) -> None:
    waited(lambda: monitoring.query("sum(latticetop_scope_up)"), lambda found: found and found[0]["value"][1] == "2")
    assert monitoring.alert("EndpointDown") == monitoring.alert("EndpointFailedButAccessible") == []
    account_id = MEMBERS[1]
    endpoint_id = monitoring.server.call(lambda home: set_state(home, account_id, "", "failed"))
    (alert,) = waited(lambda: monitoring.alert("EndpointFailedButAccessible"), bool)
    assert alert["labels"] | {"account_id": account_id, "vpc_endpoint_id": endpoint_id} == alert["labels"]
    assert alert["annotations"]["runbook"] == (
        f"latticetop explain {endpoint_id} --profile '{account_id}' --region us-east-1"
    )
    monitoring.server.call(lambda home: set_state(home, account_id, endpoint_id, "available"))
    waited(lambda: monitoring.alert("EndpointFailedButAccessible"), lambda found: not found)


def set_state(home: SimulatedAccount, account_id: str, endpoint_id: str, state: str) -> str:
    region = home.member_accounts[account_id].region()
    return set_endpoint_state(region, endpoint_id or min(region.endpoints), state).id


def test_an_account_that_cannot_be_read_is_an_alert_with_the_reason(monitoring: Monitoring) -> None:
    (alert,) = waited(lambda: monitoring.alert("ScopeFailing"), bool)
    assert alert["labels"]["account_id"] == STRANGER
    assert "sts:AssumeRole" in alert["annotations"]["summary"]


def test_every_panel_of_the_dashboard_is_a_query_that_prometheus_answers(monitoring: Monitoring) -> None:
    waited(lambda: monitoring.query("latticetop_subnet_info"), bool)
    panels = json.loads(grafana_dashboard())["panels"]
    answers = {
        panel["title"]: monitoring.query(re.sub(r"\$(account|subnet|endpoint)", ".*", target["expr"]))
        for panel in panels
        for target in panel["targets"]
    }
    empty = {title for title, answer in answers.items() if not answer}
    assert empty <= {"Endpoints that are not healthy", "Verdicts"}, "of healthy endpoints there is nothing"


def test_prometheus_takes_every_sample(monitoring: Monitoring) -> None:
    count = sum(not line.startswith("#") for line in page(monitoring.metrics).splitlines())
    waited(
        lambda: monitoring.query("scrape_samples_post_metric_relabeling"),
        lambda found: found and abs(int(found[0]["value"][1]) - count) < 20,
    )
    assert monitoring.query("up")[0]["value"][1] == "1"
