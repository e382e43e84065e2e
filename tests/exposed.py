"""The samples of a text for Prometheus, taken by the parser of prometheus_client."""

from __future__ import annotations

from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families


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
