"""What changed about endpoints: come, gone, their state and verdict, their associations."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from latticetop.model.endpoints.verdict import Verdict, judge
from latticetop.model.history.events import MOST_IDS, Change, Entry, listed
from latticetop.model.records.text import resource_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.model.records.resources import Association, Endpoint
    from latticetop.model.snapshot import Snapshot


def endpoint_changes(before: Snapshot, after: Snapshot, *, same_selection: bool) -> Iterator[Entry]:
    """Everything that changed about the endpoints of a scope; see `journal.entries_between`."""
    told = all("associations" in each.read_at for each in (before, after))
    if told and before.associations is not after.associations:
        yield from _associations(before, after)
    if any("endpoints" not in each.read_at for each in (before, after)):
        return
    if before.endpoints is after.endpoints and before.associations is after.associations:
        return
    since = before.read_at["endpoints"]
    for endpoint_id, endpoint in after.endpoints.items():
        old = before.endpoints.get(endpoint_id)
        if old is not None:
            yield from _altered(old, endpoint, before, after, told)
        elif same_selection:
            verdict = _verdict(after, endpoint)
            words = f"new endpoint, {_state(endpoint)}{_meaning(verdict, endpoint)}"
            yield Entry(after.taken_at, since, Change.ENDPOINT_CAME, words, "", endpoint_id, verdict=verdict)
    for endpoint_id, endpoint in before.endpoints.items() if same_selection else ():
        if endpoint_id not in after.endpoints:
            words = f"AWS no longer lists the endpoint, which was {_state(endpoint)}"
            yield Entry(after.taken_at, since, Change.ENDPOINT_GONE, words, "", endpoint_id)


def _altered(old: Endpoint, new: Endpoint, before: Snapshot, after: Snapshot, told: bool) -> Iterator[Entry]:
    """A state or a verdict that is another one; without the associations of both moments, only a state."""
    was, now = _verdict(before, old), _verdict(after, new)
    if not told:
        was = now = None
    if old.state.lower() == new.state.lower() and was is now:
        return
    same = old.state.lower() == new.state.lower()
    words = f"still {_state(new)}" if same else f"{_state(old)} → {_state(new)}"
    if was is not now and was and now:
        words += f": {_word(now)}" if was.value == old.state.lower() else f": {_word(was)} → {_word(now)}"
    since = before.read_at["endpoints"]
    yield Entry(
        after.taken_at,
        since,
        Change.ENDPOINT_CHANGED,
        words,
        "",
        new.vpc_endpoint_id,
        verdict_before=was,
        verdict=now,
    )


def _verdict(snapshot: Snapshot, endpoint: Endpoint) -> Verdict | None:
    """The verdict, None where the associations on which it rests were not read."""
    if "associations" not in snapshot.read_at:
        return None
    return judge(endpoint.state, snapshot.associations_by_endpoint.get(endpoint.vpc_endpoint_id, ()))


def _state(endpoint: Endpoint) -> str:
    return endpoint.state or "without a state"


def _word(verdict: Verdict) -> str:
    return verdict.value.replace("-", " ")


def _meaning(verdict: Verdict | None, endpoint: Endpoint) -> str:
    """The verdict where it says more than AWS's word."""
    return f": {_word(verdict)}" if verdict and verdict.wrong and verdict.value != endpoint.state.lower() else ""


def _associations(before: Snapshot, after: Snapshot) -> Iterator[Entry]:
    """By endpoint, and by what happened to them."""
    old, new = before.associations, after.associations
    gone = [a for key, a in old.items() if key not in new]
    come = [a for key, a in new.items() if key not in old]
    other = [a for key, a in new.items() if key in old and old[key].accessibility.lower() != a.accessibility.lower()]
    yield from _grouped(gone, Change.ASSOCIATIONS_GONE, {a.association_id: "is gone" for a in gone}, before, after)
    yield from _grouped(come, Change.ASSOCIATIONS_CAME, {a.association_id: _first(a) for a in come}, before, after)
    moved = {a.association_id: f"{_said(old[a.association_id])} → {_said(a)}" for a in other}
    yield from _grouped(other, Change.ACCESSIBILITY, moved, before, after)


def _said(association: Association) -> str:
    return association.accessibility or "nothing said"


def _first(association: Association) -> str:
    return f"is new, {association.accessibility}" if association.accessibility else "is new"


def _grouped(
    found: Sequence[Association], change: Change, told: dict[str, str], before: Snapshot, after: Snapshot
) -> Iterator[Entry]:
    groups: dict[tuple[str, str], list[Association]] = defaultdict(list)
    for association in found:
        groups[association.vpc_endpoint_id, told[association.association_id]].append(association)
    since = before.read_at["associations"]
    for (endpoint_id, what), group in groups.items():
        verb = ":" if "→" in what else ""
        names = [resource_name(a.resource_arn) or a.association_id for a in group]
        if len(group) == 1:
            words = f"association {names[0]}{verb} {what}"
        else:
            many = what.replace("is ", "are ", 1)
            words = f"{len(group):,} associations{verb} {many}: {listed(names)}"
        ids = tuple(a.association_id for a in group[:MOST_IDS])
        yield Entry(after.taken_at, since, change, words, "", endpoint_id, ids, len(group))
