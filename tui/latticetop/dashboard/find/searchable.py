"""The search fields of what a filter can find: subnets, endpoints, blocks, rows of any table."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from latticetop.dashboard.find.interface_texts import InterfaceTexts
from latticetop.model.capacity.behaviour import demands_by_behaviour
from latticetop.model.capacity.best_subnets import worst_capacity
from latticetop.model.capacity.demand import ONE_ENDPOINT
from latticetop.model.capacity.node_capacity import node_capacity
from latticetop.model.capacity.supply import free_blocks_in
from latticetop.model.identity_cache import IdentityCache
from latticetop.model.query import NUMERIC_KEYS, SearchFields, matches, range_of
from latticetop.model.records.address import Cidr
from latticetop.model.records.eni_owners import owner_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from rich.text import Text

    from latticetop.dashboard.state.followed_scope import FollowedScope
    from latticetop.model.blocks.blocks import Block, BlockMap
    from latticetop.model.capacity.demand import Demand
    from latticetop.model.query import Query
    from latticetop.model.records.missing_data import MissingData
    from latticetop.model.records.resources import Endpoint, NetworkInterface, Tags, Vpc
    from latticetop.model.snapshot import Scope, SubnetReading

SUBNET_KEYS = ("id", "name", "cidr", "az", "vpc", "free", "fits", "nodes", "pods", "addresses", "state", "owner",
               "eni", "tag", "account", "region")  # fmt: skip
ENDPOINT_KEYS = ("id", "name", "state", "verdict", "type", "network", "subnet", "az", "vpc", "eni", "tag", "account",
                 "region")  # fmt: skip
BLOCK_KEYS = ("state", "owner", "eni")

_RANGE = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?")


class SearchFieldsCache:
    """The last search fields of each key, made again only if an argument of their function is another object."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, tuple[tuple[object, ...], SearchFields]] = {}

    def fields(self, key: Hashable, make: Callable[..., SearchFields], *arguments: object) -> SearchFields:
        """The result of `make(*arguments)`."""
        entry = self._entries.get(key)
        if entry is None or not all(map(_is_same, entry[0], arguments)):
            self._entries[key] = entry = (arguments, make(*arguments))
        return entry[1]


class ScopeSearchFields:
    """The search fields of the subnets and endpoints of followed scopes, and the text of their ENIs."""

    def __init__(self) -> None:
        self._cache = SearchFieldsCache()
        self.interface_texts = InterfaceTexts()

    def subnet(self, followed: FollowedScope, subnet_id: str) -> SearchFields:
        """The fields of a subnet in the last snapshot of a scope."""
        assert followed.view is not None
        snapshot = followed.view.snapshot
        reading = snapshot.subnets[subnet_id]
        return self._cache.fields(
            (id(followed), subnet_id),
            subnet_fields,
            reading,
            snapshot.vpcs.get(reading.subnet.vpc_id),
            snapshot.scope,
            followed.title,
            subnet_id in snapshot.read_at,
            snapshot.missing_data(subnet_id),
            demands_by_behaviour(snapshot, ONE_ENDPOINT),
            self.interface_texts,
        )

    def endpoint(self, followed: FollowedScope, endpoint_id: str) -> SearchFields:
        """The fields of an endpoint in the last snapshot of a scope."""
        assert followed.view is not None
        view, snapshot = followed.view, followed.view.snapshot
        endpoint = snapshot.endpoints[endpoint_id]
        subnets = [snapshot.subnets[key].subnet for key in endpoint.subnet_ids if key in snapshot.subnets]
        zones = _lines(name for s in subnets for name in (s.zone_letter, s.availability_zone, s.availability_zone_id))
        return self._cache.fields(
            (id(followed), endpoint_id),
            endpoint_fields,
            endpoint,
            view.assessments[endpoint_id].verdict.value,
            view.network_name(endpoint),
            snapshot.interfaces_by_endpoint.get(endpoint_id, ()),
            zones,
            snapshot.scope,
            followed.title,
        )


def subnet_fields(
    reading: SubnetReading,
    vpc: Vpc | None,
    scope: Scope,
    scope_title: str,
    interfaces_read: bool,
    missing: tuple[MissingData, ...],
    demands: tuple[Demand, ...],
    texts: InterfaceTexts,
) -> SearchFields:
    """The fields of a subnet; `missing` is what was not read of it, `demands` what an endpoint may need."""
    subnet = reading.subnet
    has_counts = interfaces_read and bool(reading.blocks.letters)
    fields = {
        "id": subnet.subnet_id,
        "name": subnet.name,
        "cidr": _lines([str(subnet.cidr_block or ""), *subnet.ipv6_cidr_blocks]),
        "az": _lines([subnet.zone_letter, subnet.availability_zone, subnet.availability_zone_id]),
        "vpc": _lines([subnet.vpc_id, vpc.name if vpc else ""]),
        "state": subnet.state,
        "tag": _tag_lines(subnet.tags),
        **_scope_fields(scope, scope_title),
    }
    return _search_fields(
        fields,
        ("id", "name", "cidr", "az", "vpc", "tag"),
        numbers={
            "free": lambda: free.max if (free := free_blocks_in(reading, missing)) else None,
            "fits": lambda: worst_capacity(reading, demands, missing).possible if has_counts else None,
            "nodes": lambda: nodes.nodes.possible if (nodes := node_capacity(reading, missing)) else None,
            "pods": lambda: nodes.max_pods if (nodes := node_capacity(reading, missing)) else None,
            "addresses": lambda: subnet.address_count,
        },
        ranges=(subnet.cidr_block,) if subnet.cidr_block else (),
        interfaces=lambda: texts.get(reading).interfaces,
        owners=lambda: texts.get(reading).owners,
    )


def endpoint_fields(
    endpoint: Endpoint,
    verdict: str,
    network: str,
    interfaces: Sequence[NetworkInterface],
    zones: str,
    scope: Scope,
    scope_title: str,
) -> SearchFields:
    """The fields of an endpoint; `network` is what it leads to, `zones` has the names of its zones, one a line."""
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
        "tag": _tag_lines(endpoint.tags),
        **_scope_fields(scope, scope_title),
    }  # fmt: skip
    text_keys = ("id", "name", "state", "verdict", "type", "network", "subnet", "vpc", "tag")
    interface_ids = [*endpoint.network_interface_ids, *(i.network_interface_id for i in interfaces)]
    addresses = [Cidr(address, 32) for i in interfaces for address in i.addresses]
    prefixes = [prefix for i in interfaces for prefix in i.prefixes]
    return _search_fields(
        fields, text_keys, ranges=(*addresses, *prefixes), interfaces=lambda: _lines(interface_ids).lower()
    )


def block_fields(block: Block) -> SearchFields:
    """The fields of a block: its letter, its state, its owners."""
    states = f"{block.state.label.lower()}\n{block.state.key}\n{block.state.key.replace('_', ' ')}"
    interfaces = [*(use.interface for use in block.prefixes), *(use.interface for use in block.uses)]
    return SearchFields(
        text=f"{states}\n{block.cidr}",
        fields={"state": states},
        ranges=(block.cidr,),
        letter=block.state.value,
        interfaces=cache(lambda: "\n".join(map(_interface_line, interfaces))),
        owners=cache(lambda: "\n".join(str(owner_of(interface)).lower() for interface in interfaces)),
    )


_BLOCK_FIELDS = IdentityCache["BlockMap", tuple[SearchFields, ...]]()


def find_blocks(blocks: BlockMap, query: Query) -> tuple[int, ...]:
    """The indexes of the blocks that match a query."""
    fields = _BLOCK_FIELDS.get(blocks)
    if fields is None:
        _BLOCK_FIELDS[blocks] = fields = tuple(block_fields(blocks.block(index)) for index in range(len(blocks)))
    return tuple(index for index, each in enumerate(fields) if matches(query, each))


def row_fields(key: str, cells: Mapping[str, Text], more: Mapping[str, str] | None = None) -> SearchFields:
    """The fields of a row of any table: the text of its cells, and `more`, which replaces cells of the same key."""
    fields = {name: cell.plain.lower() for name, cell in cells.items()}
    fields |= {name: value.lower() for name, value in (more or {}).items()}
    numbers = {name: _number(fields[name]) for name in NUMERIC_KEYS & fields.keys()}
    return SearchFields("\n".join([key.lower(), *fields.values()]), fields, numbers)


def ranges_in(text: str) -> tuple[Cidr, ...]:
    """The addresses and ranges in a text."""
    return tuple(cidr for match in _RANGE.findall(text) if (cidr := range_of(match)))


def _search_fields(fields: Mapping[str, str], text_keys: Iterable[str], **more: object) -> SearchFields:
    lower = {key: value.lower() for key, value in fields.items()}
    return SearchFields("\n".join(lower[key] for key in text_keys), lower, **more)  # type: ignore[arg-type]


def _scope_fields(scope: Scope, title: str) -> dict[str, str]:
    return {"account": _lines([scope.account_id, scope.profile, title]), "region": scope.region}


def _tag_lines(tags: Tags) -> str:
    return _lines(f"{tag.key}={tag.value}" for tag in tags)


def _is_same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, str) and one == other)


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)


def _interface_line(interface: NetworkInterface) -> str:
    return f"{interface.network_interface_id} {interface.description} {interface.instance_id}".lower()


def _number(text: str) -> Callable[[], int | None]:
    digits = text.replace(",", "").lstrip("≤ ")
    return lambda: int(digits) if digits.isdecimal() else None
