"""Changes of endpoints: added, removed, another state or verdict, and changes of their associations."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from latticetop.model.endpoints.endpoint_types import has_associations
from latticetop.model.endpoints.verdict import Verdict, verdict_for
from latticetop.model.history.change_events import MAX_IDS, ChangeEvent, ChangeKind, join_names
from latticetop.model.records.read_parts import ASSOCIATIONS, ENDPOINTS
from latticetop.model.records.text import counted, resource_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from latticetop.model.records.resources import Association, Endpoint
    from latticetop.model.snapshot import Snapshot


def endpoint_changes(before: Snapshot, after: Snapshot, *, same_selection: bool) -> Iterator[ChangeEvent]:
    """Yield all changes of the endpoints of a scope; see `change_log.events_between`."""
    associations_read = all(ASSOCIATIONS in snapshot.read_at for snapshot in (before, after))
    if associations_read and before.associations is not after.associations:
        yield from _association_changes(before, after)
    if any(ENDPOINTS not in snapshot.read_at for snapshot in (before, after)):
        return
    if before.endpoints is after.endpoints and before.associations is after.associations:
        return
    since = before.read_at[ENDPOINTS]
    for endpoint_id, endpoint in after.endpoints.items():
        old = before.endpoints.get(endpoint_id)
        if old is not None:
            yield from _endpoint_change(old, endpoint, before, after, associations_read)
        elif same_selection:
            verdict = _verdict(after, endpoint)
            message = f"new endpoint, {_state(endpoint)}{_verdict_suffix(verdict, endpoint)}"
            yield ChangeEvent(
                after.taken_at, since, ChangeKind.ENDPOINT_ADDED, message, "", endpoint_id, verdict=verdict
            )
    for endpoint_id, endpoint in before.endpoints.items() if same_selection else ():
        if endpoint_id not in after.endpoints:
            message = f"AWS no longer lists the endpoint; its last state was {_state(endpoint)}"
            yield ChangeEvent(after.taken_at, since, ChangeKind.ENDPOINT_REMOVED, message, "", endpoint_id)


def _endpoint_change(
    old: Endpoint, new: Endpoint, before: Snapshot, after: Snapshot, associations_read: bool
) -> Iterator[ChangeEvent]:
    """Another state or verdict; only the state is compared if either snapshot lacks the associations."""
    old_verdict, new_verdict = _verdict(before, old), _verdict(after, new)
    if not associations_read:
        old_verdict = new_verdict = None
    same_state = old.state.lower() == new.state.lower()
    if same_state and old_verdict is new_verdict:
        return
    message = f"still {_state(new)}" if same_state else f"{_state(old)} → {_state(new)}"
    if old_verdict is not new_verdict and old_verdict and new_verdict:
        verdict_is_state = old_verdict.value == old.state.lower()
        message += f": {new_verdict.words}" if verdict_is_state else f": {old_verdict.words} → {new_verdict.words}"
    yield ChangeEvent(
        after.taken_at,
        before.read_at[ENDPOINTS],
        ChangeKind.ENDPOINT_CHANGED,
        message,
        "",
        new.vpc_endpoint_id,
        verdict_before=old_verdict,
        verdict=new_verdict,
    )


def _verdict(snapshot: Snapshot, endpoint: Endpoint) -> Verdict | None:
    """The verdict by AWS's words; None if the associations, on which it depends, were not read."""
    if ASSOCIATIONS not in snapshot.read_at:
        return None
    associations = snapshot.associations_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    return verdict_for(endpoint.state, associations if has_associations(endpoint, bool(associations)) else ())


def _state(endpoint: Endpoint) -> str:
    return endpoint.state or "no state"


def _verdict_suffix(verdict: Verdict | None, endpoint: Endpoint) -> str:
    """The verdict if it says more than the state does."""
    return f": {verdict.words}" if verdict and verdict.wrong and verdict.value != endpoint.state.lower() else ""


def _association_changes(before: Snapshot, after: Snapshot) -> Iterator[ChangeEvent]:
    """Associations removed, added, and of other accessibility; those of one endpoint with the same change together."""
    old, new = before.associations, after.associations
    removed = {a: "removed" for key, a in old.items() if key not in new}
    added = {a: f"added, {a.accessibility}" if a.accessibility else "added" for key, a in new.items() if key not in old}
    changed = {
        a: f"{_accessibility(old[key])} → {_accessibility(a)}"
        for key, a in new.items()
        if key in old and old[key].accessibility.lower() != a.accessibility.lower()
    }
    yield from _grouped(removed, ChangeKind.ASSOCIATIONS_REMOVED, before, after)
    yield from _grouped(added, ChangeKind.ASSOCIATIONS_ADDED, before, after)
    yield from _grouped(changed, ChangeKind.ACCESSIBILITY, before, after)


def _accessibility(association: Association) -> str:
    return association.accessibility or "no accessibility"


def _grouped(
    changes: Mapping[Association, str], kind: ChangeKind, before: Snapshot, after: Snapshot
) -> Iterator[ChangeEvent]:
    groups: dict[tuple[str, str], list[Association]] = defaultdict(list)
    for association, change in changes.items():
        groups[association.vpc_endpoint_id, change].append(association)
    since = before.read_at[ASSOCIATIONS]
    for (endpoint_id, change), group in groups.items():
        ids = tuple(association.association_id for association in group[:MAX_IDS])
        message = _association_message(group, change)
        yield ChangeEvent(after.taken_at, since, kind, message, "", endpoint_id, ids, len(group))


def _association_message(group: Sequence[Association], change: str) -> str:
    """`association rcfg-1: Accessible → Inaccessible`, `2 associations removed: rcfg-1, rcfg-2`."""
    names = [resource_name(association.resource_arn) or association.association_id for association in group]
    separator = ": " if "→" in change else " "
    if len(group) == 1:
        return f"association {names[0]}{separator}{change}"
    return f"{counted(len(group), 'association')}{separator}{change}: {join_names(names)}"
