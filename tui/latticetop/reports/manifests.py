"""What runs `latticetop export` as a service: manifests for containers, Kubernetes and systemd, as they are printed."""

from __future__ import annotations

from importlib.resources import files

from latticetop import __version__

_DATA = files("latticetop.reports") / "data"
_FILES = {"docker": "Dockerfile", "kubernetes": "kubernetes.yaml"}
_UNITS = ("latticetop-export@.service", "latticetop-textfile.service", "latticetop-textfile.timer")
_UNIT_FOLDER = "/etc/systemd/system"
_SYSTEMD = """\
# Printed by latticetop export --manifests systemd. To write each unit to its file, as root:
#   latticetop export --manifests systemd | awk '/^# .etc.systemd/ { unit = $2 } unit { print > unit }'
"""


def manifests_for(platform: str) -> str:
    """Return the manifests for docker, kubernetes or systemd.

    Before each unit of systemd stands its path, as `systemctl cat` prints it.
    """
    if platform == "systemd":
        return _SYSTEMD + "".join(f"\n# {_UNIT_FOLDER}/{unit}\n{_text(unit)}" for unit in _UNITS)
    return _text(_FILES[platform])


def _text(name: str) -> str:
    return (_DATA / name).read_text("utf-8").replace("@VERSION@", __version__)
