"""The one door to aiobotocore, which is untyped. Slow to import (a third of a second): import it in a thread."""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import botocore
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from latticetop import __version__
from latticetop.aws.rate_limiter import Bucket
from latticetop.aws.call_log import give_up
from latticetop.aws.errors import problem_of
from latticetop.aws.trimmed_models import loader
from latticetop.aws.operations import OperationRefusedError, refuse, refuse_others
from latticetop.model.records.problem import Problem, ProblemKind, ReadError

Session = Any
"""An aiobotocore session."""

# Without a handler of its own it would print a refusal's traceback on the screen.
logging.getLogger("aiobotocore").addHandler(logging.NullHandler())

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Client:
    """One service of one Region, called no faster than AWS allows and the budget, which others may share.

    `calls` counts every request sent, retries included. `meta` is botocore's: the service model and the events.
    """

    def __init__(self, service: str, client: Any, profile: str = "", budget: Bucket | None = None) -> None:
        self.calls = 0
        self.meta = client.meta
        self._service = service
        self._client = client
        self._profile = profile
        client.meta.events.register("provide-client-params", refuse_others)
        client.meta.events.register("before-send", self._before_send)
        self.budget = budget
        self._buckets: dict[str, Bucket] = defaultdict(Bucket)

    async def call(self, operation: str, **params: Any) -> dict[str, Any]:
        """Call `DescribeSubnets` …; the parsed answer, in AWS's own member names. Raises ReadError."""
        refuse(f"{self._service}:{operation}")
        method = getattr(self._client, botocore.xform_name(operation))
        try:
            answer: dict[str, Any] = await method(**params)
        except (OperationRefusedError, ReadError):
            raise
        except Exception as error:
            give_up(error)
            raise ReadError(problem_of(error, f"{self._service}:{operation}", self._profile)) from error
        except BaseException as error:
            give_up(error)
            raise
        return answer

    def accepts(self, operation: str, member: str) -> bool:
        """Whether this botocore knows the input member; older ones refuse to send what they do not know."""
        return member in self.meta.service_model.operation_model(operation).input_shape.members

    async def _before_send(self, event_name: str, **_: object) -> None:
        """`event_name` ends in the operation, and every operation has a bucket of its own."""
        await self._buckets[event_name].take()
        if self.budget:
            await self.budget.take()
        self.calls += 1


def new_session(profile: str, *, sandbox: bool) -> Session:
    """An aiobotocore session; with `sandbox` one that has made-up credentials and reads no configuration."""
    if not sandbox:
        return _with_loader(AioSession(profile=profile or None))
    nowhere = (None, None, os.devnull, None)
    session = AioSession(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": nowhere,
            "credentials_file": nowhere,
            "ca_bundle": (None, None, None, None),
        }
    )
    session.set_credentials("sandbox", "sandbox")
    return _with_loader(session)


def _with_loader(session: Session) -> Session:
    """Let the session load of botocore's models what is called."""
    session.lazy_register_component("data_loader", lambda: loader(session.get_config_variable("data_path")))
    return session


def warm_up(session: Session, services: Iterable[str] = ("ec2", "sts")) -> None:
    """Load what clients need from disk: about 200 ms that would hold up the event loop. Safe in any thread."""
    loader = session.get_component("data_loader")
    for name in ("endpoints", "partitions", "sdk-default-configuration", "_retry"):
        loader.load_data_with_path(name)
    for service in services:
        for kind in ("service-2", "endpoint-rule-set-1"):
            loader.load_service_model(service, kind)
        for operation in loader.load_service_model(service, "service-2")["operations"]:
            botocore.xform_name(operation)


def client_config(endpoint_url: str = "") -> Any:
    """How clients behave: one retry, short waits (latticetop backs off by itself), no proxy for this machine."""
    here = urlsplit(endpoint_url).hostname in _LOOPBACK
    return AioConfig(
        retries={"mode": "standard", "total_max_attempts": 2},
        connect_timeout=5,
        read_timeout=20,
        max_pool_connections=16,
        user_agent_extra=f"latticetop/{__version__}",
        **({"proxies": {}} if here else {}),
    )


async def open_client(
    stack: AsyncExitStack,
    session: Session,
    service: str,
    *,
    region: str,
    endpoint_url: str,
    profile: str,
    budget: Bucket | None = None,
) -> Client:
    """Open a client that lives as long as the stack; ReadError when that fails."""
    try:
        context = session.create_client(
            service, region_name=region, endpoint_url=endpoint_url or None, config=client_config(endpoint_url)
        )
        client = await stack.enter_async_context(context)
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(_of_a_url(error, service) or problem_of(error, profile=profile)) from error
    return Client(service, client, profile, budget)


def _of_a_url(error: Exception, service: str) -> Problem | None:
    """What is wrong with an endpoint's URL from the environment or the configuration, if that is what is wrong."""
    if not (isinstance(error, ValueError) and any(word in str(error).lower() for word in ("endpoint", "url"))):
        return None
    where = "AWS_ENDPOINT_URL, the variables that begin with it, and endpoint_url in the AWS configuration"
    said = f"The endpoint set for {service} is not a URL that can be called."
    return Problem(ProblemKind.USAGE, "", said, f"Check {where}: http://127.0.0.1:5000 is one.")
