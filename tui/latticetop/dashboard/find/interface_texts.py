"""Searchable text about the ENIs of subnets. Making it takes a second and a half for 100,000 ENIs, so it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from latticetop.model.identity_cache import IdentityCache
from latticetop.model.records.eni_owners import owner_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.snapshot import SubnetReading


class InterfaceText(NamedTuple):
    """The ENIs of a subnet in lower case, one a line: ids, descriptions, instances and names; and their owners."""

    interfaces: str = ""
    owners: str = ""


NO_TEXT = InterfaceText()


class InterfaceTexts:
    """The text of each subnet reading that was loaded, kept as long as the reading itself is."""

    def __init__(self) -> None:
        self._texts = IdentityCache["SubnetReading", InterfaceText]()

    def __len__(self) -> int:
        return len(self._texts)

    def get(self, reading: SubnetReading) -> InterfaceText:
        """The text of a reading; empty if it was not loaded."""
        return self._texts.get(reading) or NO_TEXT

    def unloaded(self, readings: Iterable[SubnetReading]) -> list[SubnetReading]:
        """The readings whose text was not loaded."""
        return [reading for reading in readings if reading not in self._texts]

    def load(self, readings: Iterable[SubnetReading]) -> None:
        """Make the text of readings. May be called in another thread."""
        for reading in readings:
            self._texts[reading] = _interface_text(reading)


def _interface_text(reading: SubnetReading) -> InterfaceText:
    lines = (f"{i.network_interface_id} {i.description} {i.instance_id} {i.name}" for i in reading.interfaces)
    owners = dict.fromkeys(str(owner_of(interface)).lower() for interface in reading.interfaces)
    return InterfaceText("\n".join(lines).lower(), "\n".join(owners))
