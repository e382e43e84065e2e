"""The exit code of `latticetop check`, and the reasons for it."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.blocks.reasons import too_small_reason
from latticetop.model.capacity.counting_subnets import (
    DEFAULT_CRITERIA,
    Criteria,
    Supplied,
    counting_subnets,
    has_hidden_interfaces,
    is_selected,
    outside_selection,
    supplied,
)
from latticetop.model.capacity.supply import free_blocks_of
from latticetop.model.capacity.wording import unaccounted_text
from latticetop.model.endpoints.assessment import Assessment, assess
from latticetop.model.endpoints.findings import Tone
from latticetop.model.endpoints.remedies import subnet_fix
from latticetop.model.records.aws_actions import DESCRIBE_CLUSTER
from latticetop.model.records.missing_data import clause_of
from latticetop.model.records.read_parts import REQUIRED_LISTS
from latticetop.model.records.text import begin_upper, counted, plural
from latticetop.reports.exit_codes import ExitCode

if TYPE_CHECKING:
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot, SubnetReading


class Rule(StrEnum):
    """The rules by which the exit code of `check` is not 0; the value is what `check --json` prints."""

    ENDPOINT_WRONG = "endpoint-wrong"
    TOO_FEW_BLOCKS = "too-few-free-blocks"
    TOO_SMALL = "subnet-too-small"
    LIST_UNREAD = "list-unread"
    ENDPOINT_UNKNOWN = "endpoint-unknown"
    BLOCKS_UNKNOWN = "free-blocks-unknown"

    @property
    def code(self) -> ExitCode:
        """The exit code: 1 for what is wrong for certain, 3 for what is unknown."""
        wrong = self in (Rule.ENDPOINT_WRONG, Rule.TOO_FEW_BLOCKS, Rule.TOO_SMALL)
        return ExitCode.WRONG if wrong else ExitCode.UNKNOWN


class Reason(Struct, frozen=True):
    """Why the exit code is not 0: the endpoint, the subnet or the list concerned, the rule, and a whole sentence."""

    id: str
    rule: Rule
    sentence: str


def exit_code(snapshot: Snapshot, criteria: Criteria = DEFAULT_CRITERIA) -> ExitCode:
    """Return WRONG when something is wrong for certain, else UNKNOWN when unread data could change that, else OK."""
    return _code(reasons_for(snapshot, criteria))


def reasons_for(snapshot: Snapshot, criteria: Criteria = DEFAULT_CRITERIA) -> list[Reason]:
    """Return the reasons for the exit code: what is wrong, else what is unknown, endpoints before subnets."""
    return _wrong(snapshot, criteria) or _unknown(snapshot, criteria)


def wrong_and_unknown(snapshot: Snapshot, criteria: Criteria = DEFAULT_CRITERIA) -> list[Reason]:
    """Return everything that is wrong, then everything that is unknown, endpoints before subnets."""
    return _wrong(snapshot, criteria) + _unknown(snapshot, criteria)


def fix_for(snapshot: Snapshot, reason: Reason, criteria: Criteria = DEFAULT_CRITERIA) -> str:
    """Return what the user can do about a reason, in whole sentences; empty if nothing is known to help."""
    match reason.rule:
        case Rule.ENDPOINT_WRONG | Rule.ENDPOINT_UNKNOWN:
            findings = assess(snapshot, snapshot.endpoints[reason.id]).findings
            sentences = [finding.sentence for finding in findings if finding.tone is Tone.ADVICE]
            sentences = sentences or _next_steps(snapshot)
        case Rule.TOO_FEW_BLOCKS:
            sentences = [subnet_fix(snapshot, reason.id, criteria.min_free_blocks)]
        case Rule.TOO_SMALL:
            sentences = ["Use a /26 or a larger subnet."]
        case Rule.BLOCKS_UNKNOWN:
            sentences = [data.next_step for data in snapshot.missing_data(reason.id)]
        case Rule.LIST_UNREAD:
            sentences = _next_steps(snapshot)
    return " ".join(begin_upper(text) for text in dict.fromkeys(filter(None, sentences)))


def _next_steps(snapshot: Snapshot) -> list[str]:
    return [problem.next_step for problem in snapshot.problems]


def summary(snapshot: Snapshot, criteria: Criteria = DEFAULT_CRITERIA) -> str:
    """Return the meaning of the exit code in one sentence."""
    reasons = reasons_for(snapshot, criteria)
    code = _code(reasons)
    if code is ExitCode.OK:
        return "Nothing is wrong."
    rules = Counter(reason.rule for reason in reasons)
    least = criteria.min_free_blocks
    if code is ExitCode.UNKNOWN:
        unread = rules[Rule.LIST_UNREAD] or any(
            snapshot.missing_data(reason.id) for reason in reasons if reason.rule is Rule.BLOCKS_UNKNOWN
        )
        parts = ["some data could not be read"] if unread else []
        if count := rules[Rule.ENDPOINT_UNKNOWN]:
            parts.append(f"{counted(count, 'endpoint')} with an unknown verdict")
        if count := rules[Rule.BLOCKS_UNKNOWN]:
            lack = "no free /28" if least == 1 else f"fewer than {least:,} free /28"
            parts.append(f"{counted(count, 'subnet')} may have {lack}")
        return f"Unknown: {', '.join(parts)}."
    verdicts = Counter(assessment.verdict.value for _, assessment in endpoints_in_trouble(snapshot, criteria))
    parts = [f"{counted(count, 'endpoint')} {verdict}" for verdict, count in verdicts.items()]
    if count := rules[Rule.TOO_FEW_BLOCKS]:
        lack = "without a free /28" if least == 1 else f"with fewer than {least:,} free /28"
        parts.append(f"{counted(count, 'subnet')} {lack}")
    if count := rules[Rule.TOO_SMALL]:
        parts.append(f"{counted(count, 'subnet')} too small for a free /28")
    return f"Wrong: {', '.join(parts)}."


def ordered_endpoints(snapshot: Snapshot) -> list[tuple[Endpoint, Assessment]]:
    """Return the endpoints with their assessments, those in trouble first, then by id."""
    assessed = [(endpoint, assess(snapshot, endpoint)) for endpoint in snapshot.endpoints.values()]
    return sorted(assessed, key=lambda pair: (not pair[1].wrong, pair[1].verdict.rank, pair[0].vpc_endpoint_id))


def selected_endpoints(snapshot: Snapshot, criteria: Criteria = DEFAULT_CRITERIA) -> list[tuple[Endpoint, Assessment]]:
    """Return the endpoints in the selected subnets, with their assessments, in the order of `ordered_endpoints`."""
    return [pair for pair in ordered_endpoints(snapshot) if is_selected(snapshot, pair[0], criteria)]


def endpoints_in_trouble(
    snapshot: Snapshot, criteria: Criteria = DEFAULT_CRITERIA
) -> list[tuple[Endpoint, Assessment]]:
    """Return those of the selected endpoints whose verdict is wrong."""
    return [pair for pair in selected_endpoints(snapshot, criteria) if pair[1].wrong]


def subnets_short(snapshot: Snapshot, criteria: Criteria = DEFAULT_CRITERIA) -> list[SubnetReading]:
    """Return the subnets that count and have too few free blocks for certain."""
    return _subnets(snapshot, criteria, Supplied.TOO_FEW)


def _subnets(snapshot: Snapshot, criteria: Criteria, answer: Supplied) -> list[SubnetReading]:
    counting = counting_subnets(snapshot, criteria).items()
    return [reading for key, reading in counting if supplied(snapshot, key, criteria) is answer]


def _code(reasons: list[Reason]) -> ExitCode:
    return reasons[0].rule.code if reasons else ExitCode.OK


def _wrong(snapshot: Snapshot, criteria: Criteria) -> list[Reason]:
    in_trouble = endpoints_in_trouble(snapshot, criteria)
    wrong = [_endpoint_reason(endpoint, assessment) for endpoint, assessment in in_trouble]
    return wrong + [_short_reason(snapshot, reading, criteria) for reading in subnets_short(snapshot, criteria)]


def _endpoint_reason(endpoint: Endpoint, assessment: Assessment) -> Reason:
    return Reason(endpoint.vpc_endpoint_id, Rule.ENDPOINT_WRONG, assessment.headline)


def _short_reason(snapshot: Snapshot, reading: SubnetReading, criteria: Criteria) -> Reason:
    subnet_id = reading.subnet.subnet_id
    if reading.subnet.too_small:
        return Reason(subnet_id, Rule.TOO_SMALL, f"{too_small_reason(reading.blocks)}.")
    free = free_blocks_of(snapshot, subnet_id)
    most = free.max if free else 0
    count = f"{'' if free and free.exact else 'At most '}{most:,}" if most else "No"
    needed = f" ({criteria.min_free_blocks:,} needed)" if criteria.min_free_blocks > 1 else ""
    addresses = reading.subnet.address_count
    with_addresses = "" if addresses is None else f", with {counted(addresses, 'free address', 'free addresses')}"
    sentence = f"{count} free /28 in {reading.subnet.cidr_block}{needed}{with_addresses}."
    return Reason(subnet_id, Rule.TOO_FEW_BLOCKS, sentence)


def _unknown(snapshot: Snapshot, criteria: Criteria) -> list[Reason]:
    unread = [
        Reason(part, Rule.LIST_UNREAD, f"The {part} could not be read.")
        for part in REQUIRED_LISTS
        if part not in snapshot.read_at
    ]
    if criteria.clusters:
        problems = [problem for problem in snapshot.problems if problem.operation == DESCRIBE_CLUSTER]
        unread += [Reason("clusters", Rule.LIST_UNREAD, problem.message) for problem in problems]
    endpoints = [
        Reason(endpoint.vpc_endpoint_id, Rule.ENDPOINT_UNKNOWN, assessment.headline)
        for endpoint, assessment in selected_endpoints(snapshot, criteria)
        if _is_open(snapshot, endpoint, assessment, criteria)
    ]
    subnets = _subnets(snapshot, criteria, Supplied.UNKNOWN)
    return [*unread, *endpoints, *(_unknown_reason(snapshot, reading) for reading in subnets)]


def _is_open(snapshot: Snapshot, endpoint: Endpoint, assessment: Assessment, criteria: Criteria) -> bool:
    """Whether the verdict is unknown, and not for want of ENIs outside the selection alone."""
    unread = assessment.unread_subnets
    return assessment.verdict.inconclusive and not (unread and outside_selection(snapshot, endpoint, unread, criteria))


def _unknown_reason(snapshot: Snapshot, reading: SubnetReading) -> Reason:
    subnet_id, free = reading.subnet.subnet_id, free_blocks_of(snapshot, reading.subnet.subnet_id)
    missing = snapshot.missing_data(subnet_id)
    unaccounted = unaccounted_text(reading.unaccounted)
    cause = clause_of(missing) or unaccounted
    if free is None:
        sentence = f"How many /28 blocks are free in {reading.subnet.cidr_block} is unknown: {cause}."
    elif free.none and has_hidden_interfaces(snapshot, subnet_id):
        owner = f"{subnet_id} belongs to {reading.subnet.owner_id}, and {unaccounted}"
        sentence = (
            f"No /28 block is free in {reading.subnet.cidr_block}; whether anything needs one is unknown: {owner}."
        )
    elif free.certain:
        sentence = f"{free} /28 blocks are free in {reading.subnet.cidr_block}: {cause}."
    else:
        most = f"At most {counted(free.max, '/28 block')}" if free.max else "No /28 block"
        verb = plural(free.max or 1, "is", "are")
        sentence = f"{most} outside CIDR reservations {verb} free in {reading.subnet.cidr_block}: {cause}."
    return Reason(subnet_id, Rule.BLOCKS_UNKNOWN, sentence)
