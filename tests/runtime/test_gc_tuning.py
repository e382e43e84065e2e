"""The garbage collector, in a process of its own."""

from __future__ import annotations

from tests.command import python


def test_imports_are_frozen_and_the_collector_runs_again() -> None:
    script = """
import gc
from latticetop.runtime.gc_tuning import freeze_imports
with freeze_imports():
    assert not gc.isenabled()
    kept = [[] for _ in range(1000)]
assert gc.isenabled() and gc.get_freeze_count() > 1000
"""
    assert python(script).code == 0
