"""Exceptions of botocore and aiohttp as problems: the kind, one sentence, and what to do next. Never a credential."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import aiohttp
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from latticetop.aws.clock_skew import CLOCK_CODES, SET_THE_CLOCK, wrong_clock
from latticetop.aws.credential_process import CredentialProcessError
from latticetop.aws.decode import replace_surrogates
from latticetop.aws.no_credentials import NO_CREDENTIALS
from latticetop.aws.operations import operation_name
from latticetop.aws.response_check import FOREIGN_RESPONSE
from latticetop.aws.response_errors import ForeignResponseError, LoopStalledError, ResponseLimitError
from latticetop.aws.settings import account_of_role
from latticetop.model.records.aws_actions import ASSUME_ROLE
from latticetop.model.records.problem import Problem, ProblemKind

_MAX_MESSAGE = 200
"""Characters of AWS's own message that are passed on."""


class _Wording(NamedTuple):
    """A Problem without its action, or with the one that failed before it could be called."""

    kind: ProblemKind
    message: str
    next_step: str
    operation: str = ""


_EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_INVALID_CODES = frozenset(
    {
        "AuthFailure",
        "InvalidClientTokenId",
        "InvalidAccessKeyId",
        "InvalidToken",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "IncompleteSignature",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
    }
)
_DENIED_CODES = frozenset(
    {"UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "UnauthorizedAccess", "NotAuthorized"}
)
_THROTTLE_CODES = frozenset(
    {
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "EC2ThrottledException",
        "TooManyRequestsException",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "SlowDown",
    }
)
_UNAVAILABLE_CODES = frozenset(
    {"UnsupportedOperation", "OptInRequired", "InvalidAction", "UnknownOperationException", "UnknownEndpoint"}
)

_SIGN_IN = "Sign in again: aws sso login"
_RENEW = "Renew them."
_CHECK_PROFILE = "Check the profile in the AWS configuration files, or choose another with --profile."
_SIGN_IN_BEFORE = "If it prompts, run it in a shell before, or latticetop info, which lets it prompt; then press r."
_MAYBE_A_PROXY = "A proxy may have answered instead of AWS."
_SIGN_IN_TO_NETWORK = "Sign in to this network in a browser, or check HTTPS_PROXY, NO_PROXY and --endpoint-url."

_FEWER_AT_ONCE = "Set a smaller at_once in the settings file, or end other programs on this machine."

_LOGIN_ERRORS = (boto.SSOError, boto.TokenRetrievalError, boto.LoginError, boto.NoAuthTokenError)
_CERTIFICATE_ERRORS = (boto.SSLError, aiohttp.ClientSSLError)
_PROXY_ERRORS = (boto.ProxyConnectionError, boto.InvalidProxiesConfigError)
_NETWORK_ERRORS = (boto.ConnectionError, boto.HTTPClientError, aiohttp.ClientError, OSError, TimeoutError)
_CREDENTIAL_ERRORS = (
    boto.CredentialRetrievalError,
    boto.MetadataRetrievalError,
    boto.UnknownCredentialError,
    boto.InvalidConfigError,
    boto.RefreshWithMFAUnsupportedError,
)
_UNAVAILABLE_ERRORS = (boto.UnknownEndpointError, boto.UnknownServiceError, boto.EndpointProviderError)


def role_problem(error: Exception, role_arn: str, profile: str) -> Problem:
    """Describe why a role could not be assumed with the credentials of a profile.

    AWS refuses a role that does not exist, a trust policy and a wrong external id with the same words.
    """
    denied = isinstance(error, boto.ClientError) and error.response.get("Error", {}).get("Code") in _DENIED_CODES
    if not denied:
        return problem_of(error, ASSUME_ROLE, profile)
    name, account_id = role_arn.partition(":role/")[2], account_of_role(role_arn)
    message = f"The role {name} of account {account_id} cannot be assumed: AssumeRole was refused."
    next_step = (
        f"Check that the role exists, that its trust policy allows {f'profile {profile}' if profile else 'you'} and "
        f"the external id, and that you are allowed {ASSUME_ROLE} on it."
    )
    return Problem(ProblemKind.ACCESS_DENIED, ASSUME_ROLE, message, next_step)


def problem_of(error: Exception, action: str = "", profile: str = "") -> Problem:
    """Describe an exception as a Problem. An unknown exception is a response that could not be parsed.

    `action` is `service:Operation`; `profile` is for the command that signs in.
    """
    if isinstance(error, boto.ClientError) and FOREIGN_RESPONSE in error.response:
        error = error.response[FOREIGN_RESPONSE]
    if isinstance(error, ForeignResponseError):
        wording = _Wording(ProblemKind.UNREACHABLE, error.sentence(action), _SIGN_IN_TO_NETWORK)
    elif isinstance(error, ResponseLimitError):
        wording = _Wording(ProblemKind.BAD_ANSWER, error.sentence(action), _MAYBE_A_PROXY)
    elif isinstance(error, LoopStalledError):
        wording = _Wording(ProblemKind.BUSY, error.sentence(action), _FEWER_AT_ONCE)
    elif isinstance(error, boto.ClientError):
        wording = _client_error(error, action, profile)
    else:
        wording = (
            _credential_error(error, profile)
            or _network_error(error)
            or _configuration_error(error)
            or _Wording(
                ProblemKind.BAD_ANSWER,
                f"The response to {action or 'a request'} could not be parsed ({type(error).__name__}).",
                _MAYBE_A_PROXY,
            )
        )
    return Problem(wording.kind, wording.operation or action, wording.message, wording.next_step)


def _client_error(error: boto.ClientError, action: str, profile: str) -> _Wording:
    """An error that AWS returned, to the call itself or to a call that signing makes (STS, SSO)."""
    code = _text(error.response.get("Error", {}).get("Code")) or "an error without a code"
    if code in CLOCK_CODES and (sentence := wrong_clock(error.response, datetime.now(UTC))):
        return _Wording(ProblemKind.SERVICE_ERROR, f"{sentence} ({code}).", SET_THE_CLOCK)
    operation = _text(error.operation_name)
    if operation and action and operation != operation_name(action):
        return _signing_error(code, operation, profile)
    return _call_error(code, error, action)


def _signing_error(code: str, operation: str, profile: str) -> _Wording:
    if code in _THROTTLE_CODES:
        return _throttled(code)
    if code in ("UnauthorizedException", "ForbiddenException") or code in _EXPIRED_CODES:
        return _Wording(ProblemKind.LOGIN_NEEDED, f"The sign-in has expired ({operation}: {code}).", _sign_in(profile))
    if operation == operation_name(ASSUME_ROLE) and code in _DENIED_CODES:
        role = f"The role of profile {profile}" if profile else "The role of the AWS configuration"
        return _Wording(
            ProblemKind.ACCESS_DENIED,
            f"{role} cannot be assumed: AssumeRole was refused ({code}).",
            "Check that the role exists, and that its trust policy allows the source profile.",
            ASSUME_ROLE,
        )
    return _Wording(
        ProblemKind.NO_CREDENTIALS,
        f"No credentials: {operation} was refused ({code}).",
        "Check the role and its trust policy in the AWS configuration, or choose another --profile.",
    )


def is_denial(code: str) -> bool:
    """Whether an error code of AWS means that a permission is missing."""
    return code in _DENIED_CODES


def _call_error(code: str, error: boto.ClientError, action: str) -> _Wording:
    if code in _EXPIRED_CODES:
        return _Wording(ProblemKind.EXPIRED, f"The AWS credentials have expired ({code}).", _RENEW)
    if code in _INVALID_CODES:
        return _Wording(ProblemKind.EXPIRED, f"AWS does not accept the credentials ({code}).", _RENEW)
    if code in _DENIED_CODES:
        return _Wording(
            ProblemKind.ACCESS_DENIED,
            f"Access to {action} is denied.",
            f"Allow {action} in the IAM policy of this identity.",
        )
    if code in _THROTTLE_CODES or "Throttl" in code:
        return _throttled(code)
    if code in _UNAVAILABLE_CODES:
        return _Wording(
            ProblemKind.NOT_OFFERED,
            f"{action} is not available in this Region ({code}).",
            "Choose another Region with --region.",
        )
    message = _first_line(error.response.get("Error", {}).get("Message")).rstrip(".")
    sentence = f"{action} failed: {code}{': ' + message if message else ''}."
    if code.endswith((".NotFound", "ResourceNotFoundException")):
        return _Wording(ProblemKind.NOT_FOUND, sentence, "It may have been deleted.")
    return _Wording(ProblemKind.SERVICE_ERROR, sentence, "The AWS Health Dashboard lists outages.")


def _throttled(code: str) -> _Wording:
    return _Wording(
        ProblemKind.THROTTLED, f"AWS is limiting requests ({code}).", "--max-calls N sends fewer requests per minute."
    )


def _credential_error(error: Exception, profile: str) -> _Wording | None:
    kind = ProblemKind.NO_CREDENTIALS
    if isinstance(error, CredentialProcessError):
        return _Wording(kind, error.sentence(), _CHECK_PROFILE if error.had_terminal else _SIGN_IN_BEFORE)
    if isinstance(error, boto.NoCredentialsError):
        return _Wording(kind, NO_CREDENTIALS, "Choose a profile with --profile, or sign in.")
    if isinstance(error, boto.PartialCredentialsError):
        return _Wording(kind, "The AWS credentials are incomplete.", "Set both the access key id and the secret key.")
    if isinstance(error, _LOGIN_ERRORS):
        return _Wording(ProblemKind.LOGIN_NEEDED, "The sign-in is missing or has expired.", _sign_in(profile))
    if isinstance(error, _CREDENTIAL_ERRORS):
        provider = _text(getattr(error, "kwargs", {}).get("provider"))
        source = f"the provider {provider}" if provider else "a provider"
        return _Wording(
            kind,
            f"No credentials: {source} failed ({type(error).__name__}).",
            _CHECK_PROFILE,
        )
    return None


def _network_error(error: Exception) -> _Wording | None:
    kind = ProblemKind.UNREACHABLE
    if isinstance(error, _CERTIFICATE_ERRORS):
        return _Wording(
            kind,
            "The certificate of the AWS endpoint is not trusted.",
            "Set AWS_CA_BUNDLE to the path of your CA file.",
        )
    if isinstance(error, _PROXY_ERRORS):
        return _Wording(kind, "The proxy cannot be reached.", "Check HTTPS_PROXY and NO_PROXY.")
    if isinstance(error, (boto.ReadTimeoutError, boto.ConnectTimeoutError, TimeoutError)):
        return _Wording(kind, "AWS did not answer in time.", "Check the network, VPN and proxy (HTTPS_PROXY).")
    if isinstance(error, _NETWORK_ERRORS):
        return _Wording(
            kind, "AWS cannot be reached.", "Check the network, VPN, proxy (HTTPS_PROXY) and --endpoint-url."
        )
    return None


def _configuration_error(error: Exception) -> _Wording | None:
    kind = ProblemKind.USAGE
    if isinstance(error, ResponseParserError):
        return None
    if isinstance(error, boto.ProfileNotFound):
        return _Wording(kind, "There is no such AWS profile.", "See: aws configure list-profiles")
    if isinstance(error, boto.NoRegionError):
        return _Wording(kind, "No AWS Region is set.", "Set one with --region or AWS_REGION.")
    if isinstance(error, boto.InvalidRegionError):
        return _Wording(kind, "The Region's name is malformed.", "Set one such as --region us-east-1.")
    if isinstance(error, (boto.ConfigParseError, boto.ConfigNotFound)):
        return _Wording(kind, "The AWS configuration file cannot be read.", "Check ~/.aws/config.")
    if isinstance(error, _UNAVAILABLE_ERRORS):
        return _Wording(
            ProblemKind.NOT_OFFERED, "The service is not available in this Region.", "Choose another --region."
        )
    return None


def _sign_in(profile: str) -> str:
    return f"{_SIGN_IN} --profile {profile}" if profile else _SIGN_IN


def _text(value: object) -> str:
    return replace_surrogates(value) if isinstance(value, str) else ""


def _first_line(message: object) -> str:
    lines = _text(message).strip().splitlines()
    return lines[0][:_MAX_MESSAGE] if lines else ""
