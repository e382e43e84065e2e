"""The manifests: what other programs read in them, and that the commands in them are commands of latticetop."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from shutil import which
from typing import Any

import click
import pytest
import yaml

from latticetop import __version__
from latticetop.cli.commands.export import PLATFORMS, Address
from latticetop.cli.group import cli
from latticetop.config.settings import parse_config
from latticetop.reports.manifests import manifests_for
from tests.command import finished, run

PORT = 9748
USER = 65532
LABELS = {"app.kubernetes.io/name": "latticetop"}
PLACED = re.compile(r"^# /etc/systemd/system/(\S+)\n", re.MULTILINE)
UNITS = dict(zip(*[iter(PLACED.split(manifests_for("systemd"))[1:])] * 2, strict=True))
EXPORT, TEXTFILE, TIMER = UNITS


def parsed(line: list[str]) -> dict[str, Any]:
    """The options of a command as `latticetop` understands them."""
    name, *arguments = line
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    with command.make_context(name, arguments, parent=click.Context(cli)) as context:
        return context.params


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_command_prints_them(platform: str) -> None:
    ended = run("export", "--manifests", platform)
    assert (ended.code, ended.err, ended.out) == (0, "", manifests_for(platform))
    assert "@VERSION@" not in ended.out


# The Dockerfile


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"^#.*\n", "", manifests_for("docker"), flags=re.MULTILINE).replace("\\\n", "")
    return [(line.split()[0], line.partition(" ")[2]) for line in text.splitlines() if line]


def test_the_image_has_what_was_built_and_no_more() -> None:
    names = [name for name, _ in instructions()]
    bases = [text.split()[0] for name, text in instructions() if name == "FROM"]
    assert len(bases) == 2 and bases[0] == bases[1] and re.fullmatch(r"python:3\.1[1-4]-slim", bases[0])
    final = instructions()[names.index("FROM", 1) :]
    assert [text for name, text in final if name in ("COPY", "ADD", "RUN")] == [
        "--from=build /opt/latticetop /opt/latticetop"
    ]


def test_the_image_needs_no_root_and_no_shell() -> None:
    last = dict(instructions())
    assert last["USER"] == f"{USER}:{USER}"
    assert "HOME=/tmp" in last["ENV"] and last["EXPOSE"] == str(PORT)
    command = [*json.loads(last["ENTRYPOINT"]), *json.loads(last["CMD"])]
    assert command[0] == "latticetop"
    assert parsed(command[1:])["listen"] == Address("0.0.0.0", PORT)


def test_the_image_is_made_of_files_of_the_repository() -> None:
    root = Path(__file__).parents[2]
    copied = [text.split()[:-1] for name, text in instructions() if name == "COPY" and "--from" not in text]
    assert {path for paths in copied for path in paths} == {"pyproject.toml", "README.md", "LICENSE", "tui"}
    assert [path for paths in copied for path in paths if not (root / path).exists()] == []


# Kubernetes


@pytest.fixture(scope="module")
def objects() -> dict[str, Any]:
    documents = list(yaml.safe_load_all(manifests_for("kubernetes")))
    assert {document["metadata"]["name"] for document in documents} == {"latticetop"}
    return {document["kind"]: document for document in documents}


@pytest.fixture(scope="module")
def pod(objects: dict[str, Any]) -> dict[str, Any]:
    template: dict[str, Any] = objects["StatefulSet"]["spec"]["template"]
    assert template["metadata"]["labels"] == LABELS
    return dict(template["spec"])


@pytest.fixture(scope="module")
def container(pod: dict[str, Any]) -> dict[str, Any]:
    [only] = pod["containers"]
    assert only["image"].endswith(f"/latticetop:{__version__}")
    return dict(only)


def test_the_objects_find_each_other(objects: dict[str, Any], pod: dict[str, Any], container: dict[str, Any]) -> None:
    kinds = ["ServiceAccount", "ConfigMap", "Service", "StatefulSet", "ServiceMonitor"]
    assert list(objects) == kinds
    service, stateful_set, monitor = (objects[kind]["spec"] for kind in kinds[2:])
    assert service["selector"] == stateful_set["selector"]["matchLabels"] == LABELS
    assert monitor["selector"]["matchLabels"] == objects["Service"]["metadata"]["labels"] == LABELS
    assert stateful_set["serviceName"] == pod["serviceAccountName"] == "latticetop"
    assert pod["volumes"][0]["configMap"]["name"] == "latticetop"
    [port], [exposed], [scraped] = container["ports"], service["ports"], monitor["endpoints"]
    assert (port["containerPort"], exposed["port"], scraped["path"]) == (PORT, PORT, "/metrics")
    assert port["name"] == exposed["targetPort"] == exposed["name"] == scraped["port"]
    assert scraped["relabelings"] == [{"sourceLabels": ["__meta_kubernetes_pod_name"], "targetLabel": "instance"}]


def test_the_pods_divide_the_accounts(objects: dict[str, Any], container: dict[str, Any]) -> None:
    environment = {each["name"]: each for each in container["env"]}
    label = "metadata.labels['apps.kubernetes.io/pod-index']"
    assert environment["SHARD"]["valueFrom"]["fieldRef"]["fieldPath"] == label
    of_the_first = [argument.replace("$(SHARD)", "0") for argument in container["args"]]
    options = parsed(of_the_first)
    assert options["shard"] == (0, objects["StatefulSet"]["spec"]["replicas"])
    assert options["listen"] == Address("0.0.0.0", PORT)


def test_the_probes_ask_for_health(container: dict[str, Any]) -> None:
    paths = {name: probe["httpGet"] for name, probe in container.items() if name.endswith("Probe")}
    healthy, ready = ({"path": f"/-/{state}", "port": "metrics"} for state in ("healthy", "ready"))
    assert paths == {"livenessProbe": healthy, "startupProbe": healthy, "readinessProbe": ready}


def test_a_pod_may_do_nothing(pod: dict[str, Any], container: dict[str, Any]) -> None:
    assert pod["automountServiceAccountToken"] is False
    rules = {**pod["securityContext"], **container["securityContext"]}
    assert (rules["runAsNonRoot"], rules["runAsUser"], rules["readOnlyRootFilesystem"]) == (True, USER, True)
    assert (rules["allowPrivilegeEscalation"], rules["capabilities"]) == (False, {"drop": ["ALL"]})


def test_the_settings_of_the_pods_are_settings(objects: dict[str, Any], container: dict[str, Any]) -> None:
    [(name, text)] = objects["ConfigMap"]["data"].items()
    [mount] = container["volumeMounts"]
    path = next(each["value"] for each in container["env"] if each["name"] == "LATTICETOP_CONFIG")
    assert path == f"{mount['mountPath']}/{name}"
    assert [role.name for role in parse_config(text.encode()).roles] == ["network"]


# systemd


def settings(unit: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", UNITS[unit], re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def test_the_service_exports_its_shard() -> None:
    variables = dict(each.split("=") for line in settings(EXPORT)["Environment"] for each in line.split())
    [line] = settings(EXPORT)["ExecStart"]
    command = re.sub(r"\$\{(\w+)\}", lambda match: variables[match[1]], line.replace("%i", "0"))
    options = parsed(shlex.split(command)[1:])
    assert (options["shard"], options["listen"]) == ((0, 1), Address("127.0.0.1", PORT))
    assert settings(EXPORT)["RestartPreventExitStatus"] == ["2"]


def test_the_timer_writes_a_file_for_the_textfile_collector() -> None:
    [line] = settings(TEXTFILE)["ExecStart"]
    options = parsed(shlex.split(line)[1:])
    folder = "/var/lib/prometheus/node-exporter"
    assert (str(options["output"]), options["report_format"]) == (f"{folder}/latticetop.prom", "metrics")
    assert settings(TEXTFILE)["ReadWritePaths"] == [folder]
    assert settings(TEXTFILE)["SuccessExitStatus"] == ["1 3"]
    assert TIMER.replace(".timer", ".service") == TEXTFILE


@pytest.mark.skipif(not which("awk"), reason="there is no awk here")
def test_the_line_in_them_writes_each_unit_to_its_file(tmp_path: Path) -> None:
    [line] = re.findall(r"^#   (latticetop export .* \| awk .*)$", manifests_for("systemd"), re.MULTILINE)
    program = shlex.split(line.rpartition("| ")[2])
    printed = tmp_path / "printed"
    printed.write_text(manifests_for("systemd").replace("/etc/systemd/system", str(tmp_path)), encoding="utf-8")
    program[1] = program[1].replace(".etc.systemd", str(tmp_path).replace("/", "."))
    assert finished(*program, str(printed)).code == 0
    for name, text in UNITS.items():
        assert (tmp_path / name).read_text(encoding="utf-8").partition("\n")[2].strip() == text.strip()


@pytest.mark.skipif(not which("systemd-analyze"), reason="there is no systemd-analyze here")
def test_systemd_finds_nothing_wrong_with_them(tmp_path: Path) -> None:
    for name, text in UNITS.items():
        command = text.replace("/usr/local/bin/latticetop", sys.executable)
        (tmp_path / name).write_text(command, encoding="utf-8")
    ended = finished("systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS))
    assert [line for line in ended.err.splitlines() if "latticetop" in line] == []
