"""When the garbage collector looks through all objects, and how long threads keep each other waiting."""

from __future__ import annotations

import gc
import sys
from unittest.mock import Mock, patch

import pytest

from latticetop.dashboard.state.collection_at_rest import DUE, OVERDUE, REST_SECONDS, CollectionAtRest, keys_first


def test_no_full_collection_comes_of_itself_until_the_end_of_the_block() -> None:
    before = gc.get_threshold(), sys.getswitchinterval()
    with keys_first():
        assert gc.get_threshold()[:2] == before[0][:2]
        assert gc.get_threshold()[2] > OVERDUE
        assert sys.getswitchinterval() == pytest.approx(0.001)
    assert (gc.get_threshold(), sys.getswitchinterval()) == before


@pytest.mark.parametrize(
    "younger, seconds_since_input, collected",
    [
        (DUE, REST_SECONDS, True),
        (DUE - 1, 60.0, False),
        (DUE, REST_SECONDS / 2, False),
        (OVERDUE, 0.0, True),
    ],
)
def test_a_collection_waits_for_a_rest_but_not_for_ever(
    younger: int, seconds_since_input: float, collected: bool
) -> None:
    now = 100.0
    with patch(
        "latticetop.dashboard.state.collection_at_rest.gc", Mock(get_count=lambda: (0, 0, younger))
    ) as collector:
        at_rest = CollectionAtRest(lambda: now)
        now = 200.0
        at_rest.on_input()
        now += seconds_since_input
        at_rest.tick()
        assert collector.collect.called is collected
