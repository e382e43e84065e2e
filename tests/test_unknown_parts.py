"""Nothing that was not read is told as known: no "all", "none", "no", "free" or "nothing" that may be false.

What is said of an account that was read in part is held against every account that agrees with what was read, reckoned
with ipaddress. A sentence with such a word that nobody judges here fails too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from rich.console import Console

from latticetop.dashboard.grid.block_detail import describe_block
from latticetop.dashboard.owners.text import owner_text, subnet_text
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.state.trouble import all_trouble, count_trouble
from latticetop.dashboard.text import summaries
from latticetop.dashboard.text.unread import missing_block_data
from latticetop.dashboard.theme.palette import Palette
from latticetop.dashboard.theme.themes import DARK
from latticetop.follow.status import Phase
from latticetop.model.capacity.counting_subnets import DEFAULT_CRITERIA
from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.owner_ranking import owner_ranking
from latticetop.model.capacity.plan import plan_by_behaviour
from latticetop.model.capacity.supply import free_blocks_of
from latticetop.model.endpoints.assessment import assess
from latticetop.model.incident.explanation import explain
from latticetop.model.incident.investigation import Investigation
from latticetop.model.records.owner_kinds import OwnerKind
from latticetop.model.snapshot import Snapshot
from latticetop.reports import check, check_text, explain_text, plan_text
from latticetop.reports.check_reasons import fix_for, reasons_for, summary
from tests.dashboard.stage import FakeSource, update
from tests.partly_read import PossibleAccount, PossibleEndpoint, PossibleSubnet, partly_read, possible_accounts

WIDE = 10_000
PALETTE = Palette(DARK)
WORDS = re.compile(r"\b(all|both|every|none|no|nobody|nothing|free|healthy)\b", re.IGNORECASE)


class Said(NamedTuple):
    """A line, and the subnet or endpoint that it is about; `is_qualified` if a line beside it names what is missing."""

    text: str
    about: str = ""
    is_qualified: bool = False


class Claim(NamedTuple):
    """What a text says, and whether it is so in an account."""

    pattern: str
    holds: Callable[[re.Match[str], PossibleAccount, str], bool]


def subnet_claim(pattern: str, holds: Callable[[PossibleSubnet, re.Match[str]], bool]) -> Claim:
    """A claim about the subnet that a line is about."""
    return Claim(pattern, lambda match, account, about: holds(account.subnets[about], match))


def endpoint_claim(pattern: str, holds: Callable[[PossibleEndpoint, PossibleAccount, re.Match[str]], bool]) -> Claim:
    """A claim about the endpoint that a line is about."""
    return Claim(pattern, lambda match, account, about: holds(account.endpoints[about], account, match))


def number(text: str) -> int:
    """A number of a sentence."""
    return {"one": 1, "no": 0}.get(text.lower()) or int(text.replace(",", "") if text[0].isdigit() else 0)


def full(account: PossibleAccount) -> int:
    """How many subnets have no free block."""
    return sum(not subnet.free for subnet in account.subnets.values())


def in_trouble(account: PossibleAccount) -> int:
    """How many endpoints are not healthy."""
    return sum(not endpoint.is_healthy for endpoint in account.endpoints.values())


def without_block(endpoint: PossibleEndpoint, account: PossibleAccount, zones: str, role: str = "service") -> bool:
    """Whether the endpoint has no ENI of a kind in these zones."""
    named = [key for key, zone in endpoint.zones.items() if re.search(rf"{zone}\b", zones)]
    return bool(named) and endpoint.served[role].isdisjoint(named)


def no_free(endpoint: PossibleEndpoint, account: PossibleAccount, zones: str) -> bool:
    """Whether no block is free in these zones."""
    named = [key for key, zone in endpoint.zones.items() if re.search(rf"{zone}\b", zones)]
    return bool(named) and not any(account.subnets[key].free for key in named)


CLAIMS = (
    Claim(r"all (\d+) have a free /28", lambda m, account, _: not full(account) and len(account.subnets) == int(m[1])),
    Claim(r"(\d+) of (\d+) have no free /28", lambda m, account, _: full(account) >= int(m[1])),
    Claim(r"^no free /28$", lambda _, account, __: full(account) == len(account.subnets) == 1),
    Claim(r"^a free /28$", lambda _, account, __: not full(account)),
    Claim(
        r"\b(\d+) without a free /28(?:, (\d+) unknown)?",
        lambda m, account, _: int(m[1]) <= full(account) <= int(m[1]) + int(m[2] or 0),
    ),
    Claim(r"\b(\d+) subnets? without a free /28\b", lambda m, account, _: full(account) >= int(m[1])),
    Claim(r"\b(\d+) subnets? full\b", lambda m, account, _: full(account) >= int(m[1])),
    Claim(
        r"Nothing is wrong",
        lambda _, account, __: (
            not in_trouble(account)
            and all(
                subnet.free or subnet.network.prefixlen > 26
                for key, subnet in account.subnets.items()
                if any(key in endpoint.zones for endpoint in account.endpoints.values())
            )
        ),
    ),
    Claim(r"\b(\d+) healthy\b", lambda m, account, _: len(account.endpoints) - in_trouble(account) >= int(m[1])),
    Claim(r"^\S+  healthy\b", lambda m, account, _: account.endpoints[m[0].split()[0]].is_healthy),
    Claim(r"(AWS lists no|^No|There is no).* endpoint\b", lambda _, account, __: not account.endpoints),
    subnet_claim(r"^No free /28 in|^no free /28 block", lambda subnet, _: not subnet.free),
    subnet_claim(r"[Nn]o /28 block is free(?= in|[.;:]|$)", lambda subnet, _: not subnet.free),
    subnet_claim(r"[Aa]t most (\w+) /28 blocks? (?:is|are) free(?=[:.])", lambda s, m: s.free <= number(m[1])),
    subnet_claim(r"; (\w+) /28 blocks? (?:is|are) free(?! outside)", lambda subnet, m: subnet.free == number(m[1])),
    subnet_claim(r"· (\d+) free(?: ·|$)", lambda subnet, m: subnet.free == int(m[1])),
    subnet_claim(r"· (\d+)-(\d+) free(?: ·|$)", lambda subnet, m: int(m[1]) <= subnet.free <= int(m[2])),
    subnet_claim(r"(\d+) blocks? (?:is|are) free when it goes", lambda s, _: len(s.explicit) < s.network.num_addresses),
    subnet_claim(r"\bfree: AWS can assign it|\bfree, prefix reservation", lambda subnet, _: subnet.free > 0),
    endpoint_claim(
        r"no ENI in ([\w ,-]+?): no /28 block is free there",
        lambda e, account, m: without_block(e, account, m[1]) and no_free(e, account, m[1]),
    ),
    endpoint_claim(
        r"(?:no ENI|none(?: yet)?) in ([\w-]+(?:, [\w-]+)*(?: and [\w-]+)?)(?=[,.:]| either|$)",
        lambda e, account, m: without_block(e, account, m[1]) or without_block(e, account, m[1], "resource"),
    ),
    endpoint_claim(
        r"Resources:? +served in (?:both|all \d+) zones", lambda e, _, __: e.served["resource"] >= set(e.zones)
    ),
    endpoint_claim(
        r"Services:? +served in (?:both|all \d+) zones", lambda e, _, __: e.served["service"] >= set(e.zones)
    ),
    endpoint_claim(r"(it has no association|none associated|no associations yet)", lambda e, _, __: not e.accessible),
    endpoint_claim(
        r"AWS calls (?:only )?(\d+) of (\d+) associations?",
        lambda e, _, m: (sum(e.accessible), len(e.accessible)) == (int(m[1]), int(m[2])),
    ),
)
"""What a line claims. What stands where nothing else was read is left to `HARMLESS`."""
HARMLESS = (
    r"No /28 block can ever be free in a /\d+(?: or /\d+)* subnet|no /28 block can ever be free in a /\d+ subnet",
    r"so no ENI for them is needed|where [\d,-]+ /28 blocks? (?:is|are) free|where the free /28 blocks are unknown",
    r"no data\b|may have no free /28|free /28 of (?:all )?\d+(?: of \d+)? unknown|free /28 unknown",
    r"not known whether a /28 block is free|How many /28 blocks are free in \S+ is unknown|\? free",
    r"[Aa]t most \w+ /28 blocks? (?:is|are) free outside CIDR reservations|no /28 block is free outside",
    r"[Aa]t most \w+ /28 blocks? outside CIDR reservations (?:is|are) free|No endpoint has been read yet",
    r"\d+ subnets? without a free /28 do(?:es)? not count: nothing in (?:it|them) needs /28 blocks",
    r"free +/28 +map|^[. ]*\. free  |first free|with \d+ free address(?:es)?|\d+ free address(?:es)?",
    r"reservations of \d+ subnets? were not read: nothing in them needs /28 blocks|(?:\w+ )?shows every subnet",
    r"every subnet of the Region is looked at|[Ff]ree a block in|[Ww]hich free[sd]|one subnet of each zone",
    r"each (?:endpoint deleted|of)|nothing has been run|AWS then assigns no single address|breaks no block",
    r"of \d+ free|even if|then no assignable /28 block is left|free /28 blocks? (?:is|are) wholly inside",
    r"uses no address of the VPC|AWS assigns no single address|belongs? to no visible ENI|every free block",
    r"no visible use|[Gg]ive every Lambda function|To free it: .*|Easiest to free here: .*|so many can never be free",
    r"No interface uses an address of this block|^  Blocks .*|, [\d,]+ (?:free|with no visible use)",
    r"to free:? ?\S*|first free \S+|the zone has no route through it meanwhile",
    r"AWS lets nobody else take addresses from it",
)
"""What claims nothing of parts that were not read: bounds, names of columns, advice, what was read alone."""


def said(snapshot: Snapshot) -> Iterator[Said]:
    """Every line that check, plan, explain and the panes say of what was read."""
    scope = FollowedScope(FakeSource(), "good", "us-east-1")
    scope.apply(update(snapshot, Phase.WAITING), snapshot.taken_at)
    assert scope.view is not None
    for line in check_text.render_text(snapshot, WIDE).splitlines():
        if not re.match(r" |subnet-|vpce-|$", line):
            yield Said(line)
    yield Said(summary(snapshot))
    for reason in reasons_for(snapshot):
        yield Said(reason.sentence, reason.id)
        yield Said(fix_for(snapshot, reason), reason.id)
    panes = (summaries.subnet_summary(scope.view), summaries.endpoint_summary(scope.view, WIDE))
    lists = (summaries.totals([scope]), summaries.endpoint_totals([scope]))
    empty = (summaries.no_endpoints_text(scope.update), summaries.no_subnets_text(scope.update))
    yield from map(Said, (*panes, *lists, *empty))
    if not snapshot.endpoints:
        yield Said(summaries.no_endpoints_of_any_text([scope]))
    yield from _trouble(scope)
    for key, endpoint in snapshot.endpoints.items():
        yield Said(assess(snapshot, endpoint).why, key)
        explanation = explain(Investigation(snapshot, endpoint, snapshot.taken_at))
        for line in explain_text.render_text(explanation, WIDE).splitlines():
            yield Said(line, key)
    for key in snapshot.subnets:
        yield from _of_subnet(snapshot, key)


def _trouble(scope: FollowedScope) -> Iterator[Said]:
    assert scope.update is not None and scope.update.snapshot is not None
    at = scope.update.snapshot.taken_at
    trouble = all_trouble([scope], DEFAULT_CRITERIA, lambda _: at)
    for each in trouble:
        yield Said(each.trouble.why, each.trouble.resource_id)
        yield Said(each.trouble.advice, each.trouble.resource_id)
    yield Said(" · ".join(count_trouble([scope], DEFAULT_CRITERIA, lambda _: at).parts))
    if not trouble:
        yield Said("Nothing is wrong")


def _of_subnet(snapshot: Snapshot, key: str) -> Iterator[Said]:
    reading, missing = snapshot.subnets[key], missing_block_data(snapshot, key)
    plan = plan_by_behaviour(snapshot, [key], Demand(1, 1))
    for line in plan_text.render_text(snapshot, plan, WIDE).splitlines():
        yield Said(line, key)
    if key not in snapshot.read_at:
        return
    ranking = owner_ranking(reading.blocks)
    yield Said(subnet_text(reading, ranking, free_blocks_of(snapshot, key), snapshot.missing_data(key)), key)
    qualified = bool(missing or reading.unaccounted)
    yield from (Said(owner_text(owner), key, qualified) for owner in ranking.owners)
    console = Console(width=WIDE, no_color=True)
    for index in range(len(reading.blocks)):
        block = reading.blocks.block(index)
        with console.capture() as capture:
            console.print(describe_block(reading.blocks, block, PALETTE, 30, WIDE, None if missing else ()))
        yield from (Said(line.strip(), key, qualified) for line in capture.get().splitlines())


@cache
def claims_of(text: str) -> tuple[tuple[tuple[Claim, re.Match[str]], ...], str]:
    """What a text claims, and the rest of it."""
    found, rest = [], text
    for pattern in HARMLESS:
        rest = re.sub(pattern, "…", rest)
    for claim in CLAIMS:
        found += [(claim, match) for match in re.finditer(claim.pattern, rest)]
        rest = re.sub(claim.pattern, "…", rest)
    return tuple(found), rest


def judge(line: Said, accounts: list[PossibleAccount]) -> list[str]:
    """What is wrong with a line: claims that are false in an account, and words of which nobody knows the claim."""
    claims, rest = claims_of(line.text)
    wrong = [
        f"{match[0]!r} may be false: {line}"
        for claim, match in claims
        if not line.is_qualified and not all(claim.holds(match, account, line.about) for account in accounts)
    ]
    return wrong + ([f"Who judges {rest!r}? {line}"] if WORDS.search(rest) else [])


@pytest.mark.parametrize("kind", OwnerKind)
def test_how_an_owner_frees_its_addresses_claims_nothing_of_what_was_read(kind: OwnerKind) -> None:
    assert judge(Said(kind.release.how), []) == []
    assert judge(Said(kind.release.note), []) == []


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(partly_read())
def test_what_was_not_read_is_not_told_as_known(parts: tuple[Snapshot, Snapshot]) -> None:
    whole, snapshot = parts
    accounts = list(possible_accounts(whole, snapshot))
    assert [fault for line in said(snapshot) for fault in judge(line, accounts)] == []


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(partly_read())
def test_no_number_of_the_json_counts_what_was_not_read(parts: tuple[Snapshot, Snapshot]) -> None:
    whole, snapshot = parts
    accounts = list(possible_accounts(whole, snapshot))
    for item in check.document(snapshot).subnets:
        possible = [account.subnets[item.subnet_id].free for account in accounts]
        assert item.read or (item.map, item.blocks.free, item.free_cidr_blocks, item.fits) == ("", 0, [], None)
        assert item.free_blocks_min is None or item.free_blocks_min <= min(possible)
        assert item.missing_data or item.free_blocks_max is None or item.free_blocks_max >= max(possible)
        assert item.fits is None or item.fits.min <= min(possible)
