"""What the things on screen are for somebody who looks for them: subnets, endpoints, blocks, rows of any table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from latticetop.model.capacity.decide import fits
from latticetop.model.query import NUMBERS, Subject, matches, range_of
from latticetop.model.records.address import Cidr
from latticetop.model.records.eni_owners import owner_of
from latticetop.model.snapshot import doubt_about

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from rich.text import Text

    from latticetop.dashboard.state.followed_scope import Watched
    from latticetop.model.blocks.blocks import Block, BlockMap
    from latticetop.model.query import Query
    from latticetop.model.records.resources import Endpoint, NetworkInterface, Tags, Vpc
    from latticetop.model.snapshot import Scope, SubnetReading

SUBNET_KEYS = ("id", "name", "cidr", "az", "vpc", "free", "fits", "addresses", "state", "owner", "eni", "tag",
               "account", "region")  # fmt: skip
ENDPOINT_KEYS = ("id", "name", "state", "verdict", "type", "network", "subnet", "az", "vpc", "eni", "tag", "account",
                 "region")  # fmt: skip
BLOCK_KEYS = ("state", "owner", "eni")
MOST_AT_ONCE = 2000
"""ENIs that are put into words while somebody waits; more are in a thread."""

_RANGE = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?")


class Known:
    """What was made last for each key, with what it was made of: made of the same objects again it is the same."""

    def __init__(self) -> None:
        self._made: dict[Hashable, tuple[tuple[object, ...], Subject]] = {}

    def subject(self, key: Hashable, make: Callable[..., Subject], *of: object) -> Subject:
        """`make` called with `of`, unless it was before."""
        last = self._made.get(key)
        if last is None or not all(map(_same, last[0], of)):
            self._made[key] = last = (of, make(*of))
        return last[1]


class ScopeSubjects:
    """The subnets and endpoints of scopes, for filters."""

    def __init__(self) -> None:
        self._known = Known()

    def subnet(self, watched: Watched, subnet_id: str) -> Subject:
        """A subnet of a scope that has been read."""
        assert watched.view is not None
        snapshot = watched.view.snapshot
        reading = snapshot.subnets[subnet_id]
        of = (reading, snapshot.vpcs.get(reading.subnet.vpc_id), snapshot.scope, watched.title)
        doubt, known = doubt_about(snapshot, subnet_id), subnet_id in snapshot.read_at
        return self._known.subject((id(watched), subnet_id), subnet_subject, *of, known, doubt)

    def endpoint(self, watched: Watched, endpoint_id: str) -> Subject:
        """An endpoint of a scope that has been read."""
        assert watched.view is not None
        view, snapshot = watched.view, watched.view.snapshot
        endpoint = snapshot.endpoints[endpoint_id]
        subnets = [snapshot.subnets[each].subnet for each in endpoint.subnet_ids if each in snapshot.subnets]
        zones = _lines(name for s in subnets for name in (s.zone_letter, s.availability_zone, s.availability_zone_id))
        interfaces = snapshot.interfaces_by_endpoint.get(endpoint_id, ())
        of = (endpoint, view.assessments[endpoint_id].verdict.value, view.network_name(endpoint), interfaces, zones)
        return self._known.subject((id(watched), endpoint_id), endpoint_subject, *of, snapshot.scope, watched.title)


def subnet_subject(reading: SubnetReading, vpc: Vpc | None, scope: Scope, profile: str, known: bool, doubt: str
                   ) -> Subject:  # fmt: skip
    """A subnet; `profile` is how its scope is called, `known` whether its ENIs were read."""
    subnet = reading.subnet
    known = known and bool(reading.blocks.letters)
    fields = {
        "id": subnet.subnet_id,
        "name": subnet.name,
        "cidr": _lines([str(subnet.cidr_block or ""), *subnet.ipv6_cidr_blocks]),
        "az": _lines([subnet.zone_letter, subnet.availability_zone, subnet.availability_zone_id]),
        "vpc": _lines([subnet.vpc_id, vpc.name if vpc else ""]),
        "state": subnet.state,
        "tag": _tags(subnet.tags),
        **_of_scope(scope, profile),
    }
    return _subject(
        fields,
        ("id", "name", "cidr", "az", "vpc", "tag"),
        numbers={
            "free": lambda: reading.blocks.free if known else None,
            "fits": lambda: fits(reading, doubt=doubt).possible if known else None,
            "addresses": lambda: subnet.available_ip_address_count if subnet.cidr_block else None,
        },
        ranges=(subnet.cidr_block,) if subnet.cidr_block else (),
        interfaces=lambda: reading.interface_words if is_told(reading) else "",
        owners=lambda: reading.owner_words if is_told(reading) else "",
    )


def endpoint_subject(
    endpoint: Endpoint,
    verdict: str,
    network: str,
    interfaces: Sequence[NetworkInterface],
    zones: str,
    scope: Scope,
    profile: str,
) -> Subject:
    """An endpoint; `interfaces` are its ENIs, `zones` the names of its zones."""
    fields = {
        "id": endpoint.vpc_endpoint_id,
        "name": endpoint.name,
        "state": endpoint.state,
        "verdict": f"{verdict}\n{verdict.replace('-', ' ')}",
        "type": endpoint.vpc_endpoint_type,
        "network": _lines([network, endpoint.service_network_arn, endpoint.resource_configuration_arn,
                           endpoint.service_name]),
        "subnet": _lines(endpoint.subnet_ids),
        "az": zones,
        "vpc": endpoint.vpc_id,
        "tag": _tags(endpoint.tags),
        **_of_scope(scope, profile),
    }  # fmt: skip
    text = ("id", "name", "state", "verdict", "type", "network", "subnet", "vpc", "tag")
    listed = [*endpoint.network_interface_ids, *(each.network_interface_id for each in interfaces)]
    ranges = [
        *(Cidr(a, 32) for each in interfaces for a in each.addresses),
        *(p for i in interfaces for p in i.prefixes),
    ]
    return _subject(fields, text, ranges=tuple(ranges), interfaces=lambda: _lines(listed).lower())


def block_subject(block: Block) -> Subject:
    """A block: its letter, its state, whose it is."""
    state = block.state.word.replace("_", " ")
    held = [*(use.interface for use in block.prefixes), *(use.interface for use in block.uses)]
    return Subject(
        text=f"{state}\n{block.cidr}",
        fields={"state": f"{state}\n{block.state.word}"},
        ranges=(block.cidr,),
        letter=block.state.value,
        interfaces=lambda: "\n".join(map(_interface_words, held)),
        owners=lambda: "\n".join(str(owner_of(each)).lower() for each in held),
    )


def find_blocks(blocks: BlockMap, query: Query) -> tuple[int, ...]:
    """The indexes of the blocks that a query asks for."""
    return tuple(index for index in range(len(blocks)) if matches(query, block_subject(blocks.block(index))))


def row_subject(key: str, cells: Mapping[str, Text], more: Mapping[str, str] | None = None) -> Subject:
    """A row of any table by what stands in its cells, and `more` fields."""
    fields = {name: cell.plain.lower() for name, cell in cells.items()}
    fields |= {name: told.lower() for name, told in (more or {}).items()}
    numbers = {name: _number(fields[name]) for name in NUMBERS & fields.keys()}
    return Subject("\n".join([key.lower(), *fields.values()]), fields, numbers)


def ranges_in(words: str) -> tuple[Cidr, ...]:
    """The addresses and ranges that a sentence names."""
    return tuple(found for text in _RANGE.findall(words) if (found := range_of(text)))


def is_told(reading: SubnetReading) -> bool:
    """Whether a subnet's ENIs have been put into words."""
    return "owner_words" in vars(reading)


def put_into_words(readings: Iterable[SubnetReading]) -> None:
    """Put the ENIs of subnets into words; it takes a second and a half for 100,000."""
    for reading in readings:
        _ = reading.interface_words
        _ = reading.owner_words


def _subject(fields: Mapping[str, str], text: Iterable[str], **more: object) -> Subject:
    folded = {key: told.lower() for key, told in fields.items()}
    return Subject("\n".join(folded[key] for key in text), folded, **more)  # type: ignore[arg-type]


def _of_scope(scope: Scope, profile: str) -> dict[str, str]:
    return {"account": _lines([scope.account_id, scope.profile, profile]), "region": scope.region}


def _tags(tags: Tags) -> str:
    return _lines(f"{tag.key}={tag.value}" for tag in tags)


def _same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, str) and one == other)


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)


def _interface_words(interface: NetworkInterface) -> str:
    return f"{interface.network_interface_id} {interface.description} {interface.instance_id}".lower()


def _number(told: str) -> Callable[[], int | None]:
    digits = told.replace(",", "").lstrip("≤ ")
    return lambda: int(digits) if digits.isdecimal() else None
