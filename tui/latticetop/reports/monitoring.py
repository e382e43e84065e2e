"""The alerting rules and the dashboard that belong to the metrics, as they are printed."""

from __future__ import annotations

from importlib.resources import files

_DATA = files("latticetop.reports") / "data"


def alerting_rules() -> str:
    """Return the rules file for Prometheus, in YAML."""
    return (_DATA / "latticetop.rules.yml").read_text("utf-8")


def grafana_dashboard() -> str:
    """Return the dashboard for Grafana, in JSON."""
    return (_DATA / "grafana-dashboard.json").read_text("utf-8")
