"""`latticetop check` as text for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.blocks.blocks import ASSIGNABLE_LETTERS
from latticetop.model.blocks.reasons import describe_ipv6, too_small_reason
from latticetop.model.capacity.counting_subnets import (
    DEFAULT_CRITERIA,
    Criteria,
    counts,
    live_lattice_endpoints,
    subnets_needing_reservations,
)
from latticetop.model.capacity.node_capacity import node_capacity
from latticetop.model.capacity.supply import free_blocks_of
from latticetop.model.capacity.wording import unaccounted_text
from latticetop.model.endpoints.remedies import subnet_fix
from latticetop.model.records.missing_data import MissingCause, MissingPart, clause_of
from latticetop.model.records.read_parts import ENDPOINTS
from latticetop.model.records.text import clean, counted, plural
from latticetop.reports.check import ordered_subnets
from latticetop.reports.check_reasons import endpoints_in_trouble, selected_endpoints, subnets_short, summary
from latticetop.reports.finding_text import finding_lines
from latticetop.reports.text_wrap import hang, unread_lines, wrap_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.model.endpoints.assessment import Assessment
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot, SubnetReading

LONGEST_MAP = 16
"""Blocks of a /24; the map of a larger subnet is summed up in numbers."""
RIGHT_ALIGNED = (3, 4)
"""Columns of the subnet table that hold numbers."""


def render_text(snapshot: Snapshot, width: int = 80, criteria: Criteria = DEFAULT_CRITERIA) -> str:
    """Render the result, endpoints, subnets and unread data, in lines of about `width` columns.

    Endpoints in trouble are explained, the others take one line each. Lines of the subnet table may be longer.
    """
    lines = wrap_text(_without_endpoints(snapshot, criteria), width)
    lines += [_head(snapshot), *wrap_text(summary(snapshot, criteria), width)]
    lines += [*_endpoints(snapshot, width, criteria), *_subnets(snapshot, width, criteria)]
    lines += unread_lines(snapshot.problems, width)
    return "\n".join(clean(line).rstrip() for line in lines) + "\n"


def _without_endpoints(snapshot: Snapshot, criteria: Criteria) -> str:
    """Say that every subnet is looked at, where no endpoint selects some."""
    if criteria.names_subnets or ENDPOINTS not in snapshot.read_at:
        return ""
    if live_lattice_endpoints(snapshot.endpoints.values()):
        return ""
    none = f"There is no service-network, Resource or Tunnel endpoint in {clean(snapshot.scope.region)}"
    return f"{none}, so every subnet of the Region is looked at."


def _head(snapshot: Snapshot) -> str:
    scope = snapshot.scope
    parts = (scope.profile, scope.account_id, scope.region, f"{snapshot.taken_at:%Y-%m-%d %H:%M:%S} UTC")
    return "  ".join(clean(part) for part in parts if part)


def _endpoints(snapshot: Snapshot, width: int, criteria: Criteria) -> Iterator[str]:
    endpoints = selected_endpoints(snapshot, criteria)
    left_out = len(snapshot.endpoints) - len(endpoints)
    if not endpoints and ENDPOINTS in snapshot.read_at and criteria.names_subnets:
        yield ""
        yield f"No VPC Lattice endpoint{' in the selected subnets' if left_out else ''}."
    for endpoint, assessment in endpoints:
        if assessment.wrong:
            yield from _in_trouble(endpoint, assessment, width)
    others = [(endpoint, assessment) for endpoint, assessment in endpoints if not assessment.wrong]
    if others:
        yield ""
    for endpoint, assessment in others:
        prefix = f"{endpoint.vpc_endpoint_id}  {assessment.verdict.value:<7}  "
        yield from hang(prefix, clean(assessment.headline), width)
    if left_out:
        yield ""
        yield f"{counted(left_out, 'endpoint')} outside the selection, left out."


def _in_trouble(endpoint: Endpoint, assessment: Assessment, width: int) -> Iterator[str]:
    yield ""
    yield f"{endpoint.vpc_endpoint_id}  {assessment.verdict.value}"
    yield from wrap_text(clean(assessment.headline), width, indent="  ")
    for finding in assessment.findings:
        yield from finding_lines(finding, width)


def _subnets(snapshot: Snapshot, width: int, criteria: Criteria) -> Iterator[str]:
    readings = ordered_subnets(snapshot)
    if not readings:
        return
    rows = [("subnet", "zone", "CIDR", "free", "/28", "map"), *(_subnet(snapshot, reading) for reading in readings)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    notes = [[], *(_notes(snapshot, reading, criteria) for reading in readings)]
    fixes = ["", *_fixes(snapshot, readings, criteria)]
    yield ""
    for row, notes_of_row, fix in zip(rows, notes, fixes, strict=True):
        cells = (f"{cell:{'>' if n in RIGHT_ALIGNED else '<'}{widths[n]}}" for n, cell in enumerate(row))
        yield "  ".join(cells)
        yield from wrap_text("; ".join(notes_of_row), width, indent="  ", break_on_hyphens=False)
        if fix:
            yield from hang("  Fix  ", clean(fix), width, break_on_hyphens=False)
    yield from _full_without_need(snapshot, readings, width, criteria)
    yield from _unread_reservations(snapshot, readings, width, criteria)


def _fixes(snapshot: Snapshot, readings: list[SubnetReading], criteria: Criteria) -> Iterator[str]:
    """Yield how each subnet gets the blocks it lacks; empty for one with enough, or with an endpoint's fix."""
    short = {reading.subnet.subnet_id for reading in subnets_short(snapshot, criteria)}
    short -= {
        subnet_id for endpoint, _ in endpoints_in_trouble(snapshot, criteria) for subnet_id in endpoint.subnet_ids
    }
    for reading in readings:
        subnet_id = reading.subnet.subnet_id
        yield subnet_fix(snapshot, subnet_id, criteria.min_free_blocks) if subnet_id in short else ""


def _full_without_need(
    snapshot: Snapshot, readings: list[SubnetReading], width: int, criteria: Criteria
) -> Iterator[str]:
    """Say how many subnets have no free block and do not count, for who expects them to."""
    subnet_ids = [reading.subnet.subnet_id for reading in readings if not reading.subnet.too_small]
    idle = [subnet_id for subnet_id in subnet_ids if not counts(snapshot, subnet_id, criteria)]
    full = sum(free.none for subnet_id in idle if (free := free_blocks_of(snapshot, subnet_id)))
    if full:
        it = plural(full, "it", "them")
        yield ""
        yield from wrap_text(
            f"{counted(full, 'subnet')} without a free /28 {plural(full, 'does', 'do')} not count: nothing in {it} "
            f"needs /28 blocks. --subnet-id and --all-subnets let {it} count.",
            width,
            break_on_hyphens=False,
        )


def _unread_reservations(
    snapshot: Snapshot, readings: list[SubnetReading], width: int, criteria: Criteria
) -> Iterator[str]:
    """Say of how many subnets the CIDR reservations were not read because no answer depends on them."""
    needed = set(subnets_needing_reservations(snapshot, criteria))
    subnet_ids = {reading.subnet.subnet_id for reading in readings if reading.blocks.free} - needed
    spared = sum(_is_spared(snapshot, subnet_id) for subnet_id in subnet_ids)
    if spared:
        yield ""
        yield from wrap_text(
            f"CIDR reservations of {counted(spared, 'subnet')} were not read: nothing in them needs /28 blocks. "
            "--subnet-id and --all-subnets read them.",
            width,
            break_on_hyphens=False,
        )


def _is_spared(snapshot: Snapshot, subnet_id: str) -> bool:
    """Whether only the CIDR reservations were not read, and without a failure."""
    missing = snapshot.missing_data(subnet_id)
    return [(m.part, m.cause) for m in missing] == [(MissingPart.RESERVATIONS, MissingCause.NOT_READ_YET)]


def _subnet(snapshot: Snapshot, reading: SubnetReading) -> tuple[str, ...]:
    subnet, blocks = reading.subnet, reading.blocks
    addresses = subnet.address_count_text.replace(",", "")
    letters = ""
    if subnet.cidr_block is None:
        free = "-"
    elif subnet.subnet_id not in snapshot.read_at:
        free = "?"
    else:
        bounds = free_blocks_of(snapshot, subnet.subnet_id)
        free = str(bounds) if bounds else "-"
        letters = blocks.letters if len(blocks) <= LONGEST_MAP else ""
    return subnet.subnet_id, clean(subnet.availability_zone), subnet.range_text, addresses, free, letters


def _notes(snapshot: Snapshot, reading: SubnetReading, criteria: Criteria) -> list[str]:
    """Return the notes under the row of a subnet: its name, owner, a long map in numbers, and what is uncertain.

    Where nodes hold prefixes, also how many more nodes and pods fit.
    """
    subnet, blocks = reading.subnet, reading.blocks
    notes = [name] if (name := clean(subnet.name)) else []
    if owner_id := snapshot.foreign_owner(subnet.subnet_id):
        notes.append(f"owner {owner_id}")
    if subnet.subnet_id in snapshot.read_at:
        if not blocks.letters and subnet.ipv6_cidr_blocks:
            notes.append(describe_ipv6(blocks))
        if len(blocks) > LONGEST_MAP:
            notes += _long_map(snapshot, reading)
        if subnet.too_small and counts(snapshot, subnet.subnet_id, criteria):
            notes.append(too_small_reason(blocks))
        if capacity := node_capacity(reading, snapshot.missing_data(subnet.subnet_id)):
            notes.append(f"capacity {capacity.nodes_text}, {capacity.pods_text}")
    return [*notes, *_uncertainty(snapshot, reading, criteria)]


def _long_map(snapshot: Snapshot, reading: SubnetReading) -> Iterator[str]:
    """Yield the number of blocks in each state, and the first that AWS can assign if that is certain."""
    blocks, free = reading.blocks, free_blocks_of(snapshot, reading.subnet.subnet_id)
    few = free is None or free.max < blocks.free
    names = {state: "with no visible use" if few and state.assignable else state.label for state in blocks.counts}
    yield ", ".join(f"{count:,} {names[state]}" for state, count in blocks.counts.items() if count)
    first = next((i for i, letter in enumerate(blocks.letters) if letter in ASSIGNABLE_LETTERS), None)
    if first is not None and free and free.exact:
        yield f"first free {blocks.cidr_of(first)}"


def _uncertainty(snapshot: Snapshot, reading: SubnetReading, criteria: Criteria) -> Iterator[str]:
    """Yield what was not read of a subnet and what to do about it, and the unaccounted addresses."""
    subnet_id = reading.subnet.subnet_id
    if problem := reading.subnet.count_problem:
        yield problem
    missing = snapshot.missing_data(subnet_id)
    if missing and not (_is_spared(snapshot, subnet_id) and not counts(snapshot, subnet_id, criteria)):
        steps = " ".join(dict.fromkeys(data.next_step for data in missing))
        yield f"no data: {clause_of(missing)}. {steps}".rstrip(".")
    if reading.unaccounted:
        yield unaccounted_text(reading.unaccounted)
