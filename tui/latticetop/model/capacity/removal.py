"""What is removed so that blocks become free: its records, and the sentences on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.records.address import Cidr, format_address
from latticetop.model.records.eni_owners import Owner, how_to_free, owner_label
from latticetop.model.records.owner_kinds import Effort, OwnerKind
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.records.text import counted, plural

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from latticetop.model.capacity.occupants import Unit

MAX_NAMED_BLOCKS = 3
"""The most freed blocks that a sentence names; of more it gives the number."""


class Removal(Struct, frozen=True):
    """One action that frees addresses: of whole ENIs of one owner, or some addresses and prefixes of one ENI.

    `freed_blocks` are the blocks that are free after it, once the removals before it are done too. `replaced` says that
    an endpoint is deleted in order to be created again.
    """

    owner: Owner
    effort: Effort
    interfaces: tuple[NetworkInterface, ...]
    whole: bool
    addresses: tuple[int, ...]
    prefixes: tuple[Cidr, ...]
    freed_blocks: tuple[Cidr, ...] = ()
    replaced: bool = False

    @property
    def interface(self) -> NetworkInterface:
        """The ENI, the first one of several."""
        return self.interfaces[0]

    @property
    def owner_label(self) -> str:
        """The owner as text; the ENI's id if nothing is known of the owner."""
        return str(self.owner) if self.owner != Owner(OwnerKind.OTHER) else owner_label(self.interface)

    @property
    def address_count(self) -> int:
        """The number of addresses removed, including those of prefixes."""
        return len(self.addresses) + sum(prefix.size for prefix in self.prefixes)

    @property
    def address_texts(self) -> tuple[str, ...]:
        """The addresses, then the prefixes."""
        return (*map(format_address, self.addresses), *map(str, self.prefixes))

    @property
    def movable(self) -> bool:
        """Whether AWS lets anybody free the addresses without replacing the resource that uses them."""
        return self.effort < Effort.FIXED

    @property
    def endpoint_id(self) -> str:
        """The endpoint that is deleted; empty if the removal is of anything else."""
        deleted = self.replaced or self.effort is Effort.LEFTOVER
        return self.owner.name if deleted and self.owner.kind is OwnerKind.LATTICE_ENDPOINT else ""

    def is_of_endpoint(self, *endpoint_ids: str) -> bool:
        """Whether it frees addresses of one of these VPC Lattice endpoints."""
        return self.owner.kind is OwnerKind.LATTICE_ENDPOINT and self.owner.name in endpoint_ids

    def joined(self, other: Removal) -> Removal:
        """Join the same action in another subnet."""
        return structs.replace(
            self,
            interfaces=self.interfaces + other.interfaces,
            addresses=self.addresses + other.addresses,
            prefixes=self.prefixes + other.prefixes,
            freed_blocks=self.freed_blocks + other.freed_blocks,
        )

    @property
    def targets(self) -> tuple[str, ...]:
        """What is removed, as `what_if.without` takes it: `i-…`, ids of ENIs, or addresses and prefixes."""
        if self.effort is Effort.NODE and self.owner.name:
            return (self.owner.name,)
        if self.whole:
            return tuple(interface.network_interface_id for interface in self.interfaces)
        return self.address_texts

    @property
    def action(self) -> str:
        """What to do, as a clause in the imperative with full ids: `drain i-0abc (EKS node) and terminate it`."""
        if self.replaced:
            return f"delete {self.endpoint_id} and wait until it is gone"
        if self.endpoint_id:
            return f"delete the failed endpoint {self.endpoint_id}"
        if self.whole:
            return how_to_free(self.owner, self.interfaces)[0]
        return f"unassign {' and '.join(self.address_texts)} from {self.interface.network_interface_id}"

    @property
    def note(self) -> str:
        """A clause that explains the action; empty where there is nothing to add."""
        if self.replaced:
            return "its traffic stops until the new one is available"
        if not self.whole:
            return f"{self.owner_label} stops using {plural(len(self.targets), 'it', 'them')}"
        return how_to_free(self.owner, self.interfaces)[1] if self.effort is not Effort.LEFTOVER else ""

    @property
    def effect(self) -> str:
        """What the action frees, as a clause: `frees 10.0.0.16/28`, `frees 2 blocks: 10.0.0.16/28, 10.0.0.48/28`."""
        return freed_text(self.freed_blocks)

    @property
    def task(self) -> str:
        """The action without a full stop. A single address is named, and what a leftover was for."""
        details = list(self.address_texts) if self.address_count == 1 and self.whole else []
        details += [self.owner.name] if self.owner.kind is OwnerKind.DETACHED and self.owner.name else []
        named = f" ({', '.join(details)})" if details and self.effort < Effort.SERVICE else ""
        return f"{self.action}{named}"

    @property
    def sentence(self) -> str:
        """The task with its effect, without a full stop."""
        return f"{self.task}, which {self.effect}" if self.freed_blocks else self.task


def freed_text(blocks: Sequence[Cidr]) -> str:
    """Say which blocks become free, as a clause; of many, the first ones."""
    if len(blocks) == 1:
        return f"frees {blocks[0]}"
    more = " …" if len(blocks) > MAX_NAMED_BLOCKS else ""
    return f"frees {counted(len(blocks), 'block')}: {', '.join(map(str, blocks[:MAX_NAMED_BLOCKS]))}{more}"


class Defragmentation(Struct, frozen=True):
    """Removals in their order.

    `exact` says that no option of less cost frees as many blocks.
    """

    requested: int
    removals: tuple[Removal, ...]
    freed_blocks: tuple[Cidr, ...]
    exact: bool

    @property
    def sufficient(self) -> bool:
        """Whether as many blocks are freed as requested; if not, no more can be freed."""
        return len(self.freed_blocks) >= self.requested

    @property
    def movable(self) -> bool:
        """Whether every removal frees addresses of something that AWS lets anybody move."""
        return all(removal.movable for removal in self.removals)

    @property
    def sentence(self) -> str:
        """What to do, without a full stop; empty if nothing can be freed."""
        return "; ".join(removal.sentence for removal in self.removals)

    def replacing(self, endpoint_ids: Collection[str]) -> Defragmentation:
        """Return the same with these endpoints deleted in order to be created again; leftovers are not missed."""
        removals = (
            structs.replace(removal, replaced=True)
            if removal.is_of_endpoint(*endpoint_ids) and removal.effort is not Effort.LEFTOVER
            else removal
            for removal in self.removals
        )
        return structs.replace(self, removals=tuple(removals))

    @property
    def targets(self) -> tuple[str, ...]:
        """What is removed, as `what_if.without` takes it."""
        return tuple(target for removal in self.removals for target in removal.targets)


def removal_of(units: list[Unit], freed: Iterable[Cidr] = ()) -> Removal:
    """Return the action that frees some units of one owner; `freed` are the blocks that are free after it."""
    first, cidrs = units[0], [cidr for unit in units for cidr in unit.cidrs]
    return Removal(
        first.owner,
        first.effort,
        first.interfaces,
        first.parent is None,
        tuple(cidr.first for cidr in cidrs if cidr.length == 32),
        tuple(cidr for cidr in cidrs if cidr.length < 32),
        tuple(freed),
    )
