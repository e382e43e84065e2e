"""aiobotocore, which is untyped: sessions, clients and their configuration. Its import takes about 0.3 seconds.

Leans on: botocore's events `provide-client-params` (refuses unlisted actions), `before-send` (rate limits) and
`before-parse`, its component `data_loader`, a loader that keeps what it has loaded, and the private attributes
`_create_credential_resolver` of a session and `_ref_counted_session_cls` of the fetchers of metadata.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from typing import Any, TypeVar
from urllib.parse import urlsplit

import botocore
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from aiobotocore.utils import AioContainerMetadataFetcher, AioIMDSFetcher

from latticetop import __version__
from latticetop.aws.call_log import log_failure, log_parsed
from latticetop.aws.credential_process import set_terminal_use
from latticetop.aws.errors import problem_of
from latticetop.aws.event_handlers import builtin_handlers
from latticetop.aws.http_session import BoundedMetadataSession, BoundedSession, answering_host
from latticetop.aws.operations import OperationRefusedError, operation_name, refuse_unlisted, refuse_unlisted_model
from latticetop.aws.rate_limiter import RateLimiter
from latticetop.aws.response_check import check_response
from latticetop.aws.response_hook import keep_body, kept_response
from latticetop.aws.response_parser import in_thread, parse
from latticetop.aws.trimmed_models import loader
from latticetop.model.records.aws_actions import DESCRIBE_INTERFACES
from latticetop.model.records.problem import Problem, ProblemKind, ReadError

_T = TypeVar("_T")
Session = Any
"""An aiobotocore session."""

# Without a handler of its own aiobotocore would print the traceback of a refused call on the screen.
logging.getLogger("aiobotocore").addHandler(logging.NullHandler())
# botocore parses times with dateutil, which would write a warning of an unknown time zone on the screen. The time then
# counts as UTC.
warnings.filterwarnings("ignore", module=r"dateutil\.")

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_BOUNDS: dict[str, Any] = {
    "retries": {"mode": "standard", "total_max_attempts": 2},
    "connect_timeout": 5,
    "read_timeout": 20,
    "http_session_cls": BoundedSession,
}
"""Of every client: one retry and short timeouts, in seconds, since latticetop backs off itself."""
# Fetchers of metadata create their own session, those of the session's credential providers and of its Region.
for _fetcher in (AioIMDSFetcher, AioContainerMetadataFetcher):
    _fetcher._ref_counted_session_cls = BoundedMetadataSession


class Client:
    """A client of one service in one Region, within AWS's rate limits and those of the account.

    `calls` is the number of requests sent so far, retries included. `account_limiter` may be shared with other clients;
    None is unlimited. `on_response` is called for every response of AWS, an error included, when it is complete. `meta`
    is botocore's, with the service model and the events.
    """

    def __init__(self, client: Any, profile: str = "", account_limiter: RateLimiter | None = None) -> None:
        self.calls = 0
        self.meta = client.meta
        self.account_limiter = account_limiter
        self.on_response: Callable[[], None] = lambda: None
        self._client = client
        self._profile = profile
        self._operation_limiters: dict[str, RateLimiter] = defaultdict(RateLimiter)
        client.meta.events.register("provide-client-params", refuse_unlisted_model)
        client.meta.events.register("before-parse", lambda **_: self.on_response())
        client.meta.events.register_last("before-parse", keep_body)
        client.meta.events.register("before-send", self._before_send)

    async def call(self, action: str, **params: Any) -> dict[str, Any]:
        """Call an action (`ec2:DescribeSubnets`) and return the parsed response, in AWS's own member names.

        A response of DescribeNetworkInterfaces has its body instead, for InterfaceResponseHook. Raises ReadError when
        the call fails or the response is not AWS's, OperationRefusedError when the action is not listed.
        """
        return await self.call_decoded(action, _unchanged, **params)

    async def call_decoded(self, action: str, decode: Callable[[dict[str, Any]], _T], **params: Any) -> _T:
        """Call an action and return what `decode` makes of the parsed response, in the thread that parses.

        Raises the same errors as `call`.
        """
        refuse_unlisted(action)
        method = getattr(self._client, botocore.xform_name(operation_name(action)))
        try:
            response: dict[str, Any] = await method(**params)
            decoded = await self._parsed(action, response, decode)
        except (OperationRefusedError, ReadError):
            raise
        except Exception as error:
            log_failure(error)
            raise ReadError(problem_of(error, action, self._profile)) from error
        except BaseException as error:
            log_failure(error)
            raise
        log_parsed()
        return decoded

    async def _parsed(self, action: str, response: dict[str, Any], decode: Callable[[dict[str, Any]], _T]) -> _T:
        if action == DESCRIBE_INTERFACES:
            return decode(response)
        kept, host = kept_response(response), answering_host()
        model = self.meta.service_model.operation_model(operation_name(action))
        return await in_thread(lambda: decode(parse(model, kept, host)))

    def accepts(self, action: str, parameter: str) -> bool:
        """Whether this botocore knows a request parameter of an action; an older one refuses to send it."""
        shape = self.meta.service_model.operation_model(operation_name(action)).input_shape
        return parameter in shape.members

    async def _before_send(self, event_name: str, **_: object) -> None:
        """Wait for both limiters. `event_name` ends in the operation: each operation has a limiter of its own."""
        await self._operation_limiters[event_name].acquire()
        if self.account_limiter:
            await self.account_limiter.acquire()
        self.calls += 1


def _unchanged(response: dict[str, Any]) -> dict[str, Any]:
    return response


def new_session(profile: str, *, sandbox: bool, has_terminal: bool = True) -> Session:
    """Create an aiobotocore session; with `sandbox` it has placeholder credentials and reads no configuration.

    `has_terminal` is whether a `credential_process` may use the terminal.
    """
    handlers: dict[str, Any] = {"event_hooks": builtin_handlers(), "include_builtin_handlers": False}
    if not sandbox:
        session = _prepared(AioSession(profile=profile or None, **handlers))
        session.lazy_register_component(
            "credential_provider",
            lambda: set_terminal_use(session._create_credential_resolver(), has_terminal=has_terminal),
        )
        return session
    empty_file = (None, None, os.devnull, None)
    session = AioSession(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": empty_file,
            "credentials_file": empty_file,
            "ca_bundle": (None, None, None, None),
        },
        **handlers,
    )
    session.set_credentials("sandbox", "sandbox")
    return _prepared(session)


def _prepared(session: Session) -> Session:
    """Give a session trimmed models, and each of its clients, those for credentials too, bounded and checked responses.

    Its credential providers send requests with clients of the session, or to the metadata services.
    """
    session.lazy_register_component("data_loader", lambda: loader(session.get_config_variable("data_path")))
    session.set_default_client_config(AioConfig(**_BOUNDS))
    session.get_component("event_emitter").register_first("before-parse", check_response)
    return session


def preload(session: Session, services: Iterable[str]) -> None:
    """Load from disk what clients need: about 200 ms that would block the event loop. Safe to call in any thread."""
    data_loader = session.get_component("data_loader")
    for name in ("endpoints", "partitions", "sdk-default-configuration", "_retry"):
        data_loader.load_data_with_path(name)
    for service in services:
        for model in ("service-2", "endpoint-rule-set-1"):
            data_loader.load_service_model(service, model)
        for operation in data_loader.load_service_model(service, "service-2")["operations"]:
            botocore.xform_name(operation)


def client_config(endpoint_url: str = "") -> Any:
    """Client configuration, beside what every client of a session has: no proxy for loopback."""
    is_loopback = urlsplit(endpoint_url).hostname in _LOOPBACK
    return AioConfig(
        **_BOUNDS,
        # Without a limit: all accounts share the pool, where those that do not answer would keep the others waiting.
        max_pool_connections=0,
        user_agent_extra=f"latticetop/{__version__}",
        **({"proxies": {}} if is_loopback else {}),
    )


async def open_client(
    stack: AsyncExitStack,
    session: Session,
    service: str,
    *,
    region: str,
    endpoint_url: str,
    profile: str,
    account_limiter: RateLimiter | None = None,
) -> Client:
    """Open a client that `stack` closes. Raises ReadError when it cannot be opened."""
    try:
        context = session.create_client(
            service, region_name=region, endpoint_url=endpoint_url or None, config=client_config(endpoint_url)
        )
        client = await stack.enter_async_context(context)
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(_invalid_url(error, service) or problem_of(error, profile=profile)) from error
    return Client(client, profile, account_limiter)


def _invalid_url(error: Exception, service: str) -> Problem | None:
    """The problem of an invalid endpoint URL in the environment or the configuration; None for any other error."""
    if not (isinstance(error, ValueError) and any(word in str(error).lower() for word in ("endpoint", "url"))):
        return None
    message = f"The endpoint URL of {service} is not valid."
    sources = "AWS_ENDPOINT_URL, the variables that begin with it, and endpoint_url in the AWS configuration"
    return Problem(ProblemKind.USAGE, "", message, f"Check {sources}. A valid URL: http://127.0.0.1:5000.")
