"""The targets by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.fuzz.answers import Bench
from tests.fuzz.example import Example, Target
from tests.fuzz.files import file_targets

NAMES = (
    *("ec2", "vpc-lattice", "selection", "cloudtrail", "one-shot", "follow"),
    *("recording", "settings", "state", "aws-config", "answer-files"),
)


@contextmanager
def open_target(name: str) -> Iterator[Target]:
    """A target, until the end of the block."""
    if target := file_targets().get(name):
        yield target
        return
    with Bench() as bench:
        yield bench.targets()[name]


def examples(target: Target, room: int) -> SearchStrategy[Example]:
    """Examples of a target, in which a mutation may add `room` bytes.

    Hypothesis draws the seed alone: of choices in a tree it would try those first that have few siblings.
    """
    return st.integers(0, 2**64 - 1).map(lambda seed: target.draw(Random(seed), room))
