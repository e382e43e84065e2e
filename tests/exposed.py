"""The samples of a text for Prometheus, taken by the parser of prometheus_client, and pages that are asked again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar
from urllib.error import HTTPError
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from tests.command import PATIENCE

T = TypeVar("T")


class Samples(NamedTuple):
    """Every sample: its name without `latticetop_`, its labels and its value."""

    found: tuple[tuple[str, dict[str, str], float], ...]

    def values(self, name: str, **labels: str) -> list[float]:
        """The values of the samples with this name and these labels."""
        return [value for _, value in self._matching(name, labels)]

    def labels(self, name: str, **labels: str) -> list[dict[str, str]]:
        """All labels of the samples with this name and these labels."""
        return [found for found, _ in self._matching(name, labels)]

    @property
    def names(self) -> set[str]:
        """The names of all metrics."""
        return {name for name, _, _ in self.found}

    def _matching(self, name: str, labels: dict[str, str]) -> list[tuple[dict[str, str], float]]:
        return [
            (found, value)
            for found_name, found, value in self.found
            if found_name == name and labels.items() <= found.items()
        ]


def samples(text: str) -> Samples:
    """Parse a text; all lines of a family stand together, and no sample twice."""
    families = list(text_string_to_metric_families(text))
    names = [family.name for family in families]
    assert len(names) == len(set(names)), "a family stands in two places"
    found = [
        (sample.name.removeprefix("latticetop_"), sample.labels, sample.value)
        for family in families
        for sample in family.samples
    ]
    keys = [(name, tuple(sorted(labels.items()))) for name, labels, _ in found]
    assert len(keys) == len(set(keys)), "a sample stands in two places"
    return Samples(tuple(found))


def page(url: str) -> str:
    """A page; of one with an error the text of it."""
    try:
        with urlopen(url, timeout=PATIENCE) as response:
            return str(response.read().decode())
    except HTTPError as error:
        with error:
            return error.read().decode()


def scraped(url: str, until: Callable[[Samples], bool]) -> Samples:
    """Scrape until a condition holds."""
    return waited(lambda: samples(page(url)), until)


def waited(look: Callable[[], T], until: Callable[[T], bool]) -> T:
    """Look again and again until a condition holds; what was seen last is told if it never does."""
    end = time.monotonic() + PATIENCE
    while not until(seen := look()):
        assert time.monotonic() < end, seen
        time.sleep(0.1)
    return seen
