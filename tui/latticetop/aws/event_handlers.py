"""The event handlers of botocore's sessions, without those of services that latticetop never calls.

A session registers more than a hundred, each of which is inspected then, and every client copies them: that takes
a scope 10 ms of the processor and 0.2 MB.

Leans on: `botocore.handlers.BUILTIN_HANDLERS`, names of events with handlers.
"""

from __future__ import annotations

from copy import copy
from functools import cache

from aiobotocore.hooks import AioHierarchicalEmitter
from aiobotocore.session import AioSession
from botocore.handlers import BUILTIN_HANDLERS, REGISTER_FIRST, REGISTER_LAST

_SERVICES = ("ec2", "sts", "cloudtrail", "vpc-lattice", "organizations", "sso", "sso-oidc", "signin")
"""The services that are called, those that botocore calls for credentials included; as in the names of events."""


def builtin_handlers() -> AioHierarchicalEmitter:
    """Return the handlers for a new session."""
    return copy(_registered())


@cache
def _registered() -> AioHierarchicalEmitter:
    emitter = AioHierarchicalEmitter()
    session = AioSession(event_hooks=emitter, include_builtin_handlers=False)
    events = session.get_component("event_emitter")
    register = {REGISTER_FIRST: events.register_first, REGISTER_LAST: events.register_last}
    for event_name, handler, *order in BUILTIN_HANDLERS:
        if is_used(event_name):
            register.get(order[0] if order else None, events.register)(event_name, handler)
    return emitter


def is_used(event_name: str) -> bool:
    """Whether an event is one of all services or of those that are called, and not for documentation."""
    kind, _, rest = event_name.partition(".")
    service = rest.partition(".")[0]
    return kind != "docs" and service in ("", "*", *_SERVICES)
