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


def test_what_survives_a_long_collection_is_frozen_a_few_times() -> None:
    script = """
import gc
from latticetop.runtime import gc_tuning
gc_tuning.MAX_PAUSE = 0.0
gc_tuning.limit_gc_pauses()
assert gc.get_threshold() == gc_tuning.THRESHOLDS
counts = [gc.get_freeze_count()]
kept = []
for _ in range(gc_tuning.MAX_FREEZES + 2):
    kept.append([[] for _ in range(1000)])
    gc.collect()
    counts.append(gc.get_freeze_count())
grown = [after > before + 900 for before, after in zip(counts, counts[1:])]
assert grown == [True] * gc_tuning.MAX_FREEZES + [False] * 2, grown
"""
    assert python(script).code == 0
