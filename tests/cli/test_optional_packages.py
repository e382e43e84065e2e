"""What is said where an optional package is missing, in each kind of environment."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from latticetop.cli.optional_packages import install_command, need_package
from tests.command import finished

PACKAGE = "textual-serve"


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of an empty virtual environment that runs this process."""
    root = tmp_path / "latticetop"
    root.mkdir()
    monkeypatch.setattr(sys, "prefix", str(root))
    monkeypatch.setattr(sys, "executable", str(root / "bin" / "python"))
    return root


def test_pip_installs_it_into_the_environment_that_runs(environment: Path) -> None:
    (environment / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.2\n", encoding="utf-8")
    assert install_command(PACKAGE) == f"{environment}/bin/python -m pip install textual-serve"


def test_without_a_virtual_environment_pip_does_too(environment: Path) -> None:
    assert install_command(PACKAGE) == f"{environment}/bin/python -m pip install textual-serve"


def test_pipx_injects_it(environment: Path) -> None:
    (environment / "pipx_metadata.json").write_text("{}", encoding="utf-8")
    assert install_command(PACKAGE) == "pipx inject latticetop textual-serve"


@pytest.mark.parametrize("above", ["", "home = /usr/bin\n"])
def test_uv_installs_it_where_there_is_no_pip(environment: Path, above: str) -> None:
    (environment / "pyvenv.cfg").write_text(f"{above}uv = 0.13.9\n", encoding="utf-8")
    assert install_command(PACKAGE) == f"uv pip install --python {environment}/bin/python textual-serve"


def test_a_path_with_a_space_is_quoted(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/my tools/python")
    assert install_command(PACKAGE) == "'/my tools/python' -m pip install textual-serve"


def test_the_command_is_that_of_a_shell() -> None:
    """In the environment of the tests: pip has the package already."""
    ended = finished("sh", "-c", f"{install_command('click')} --no-index -q")
    assert ended.code == 0, ended.err


def test_nothing_is_said_of_a_package_that_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    need_package("click", "latticetop")
    assert capsys.readouterr() == ("", "")
    with pytest.raises(SystemExit, match="2"):
        need_package("no-such-package", "latticetop")
