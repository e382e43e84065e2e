"""Several accounts and Regions, and the configuration that leads into them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from latticetop.simulator import ManualClock, ServerThread
from tests.runtime.estate import ROLE


@pytest.fixture(scope="module")
def estate() -> Iterator[ServerThread]:
    """Two accounts with resources in two Regions each."""
    with ServerThread("estate:interfaces=40,regions=2,accounts=2", clock=ManualClock()) as server:
        yield server


@pytest.fixture
def role_file(tmp_path: Path) -> Path:
    """A latticetop.toml with a role in the member account."""
    path = tmp_path / "latticetop.toml"
    path.write_text(f'[[roles]]\narn = "{ROLE}"\nname = "member"\n')
    return path
