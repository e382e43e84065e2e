"""From the exceptions of botocore and aiohttp to problems a person can act on. No message carries a credential."""

from __future__ import annotations

from typing import NamedTuple

import aiohttp
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from latticetop.aws.decode import whole
from latticetop.model.records.problem import Problem, ProblemKind

_LONGEST = 200
"""Characters of AWS's own message that are passed on."""


class _Words(NamedTuple):
    kind: ProblemKind
    message: str
    next_step: str


_EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_REFUSED_CODES = frozenset(
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
_NOT_OFFERED_CODES = frozenset(
    {"UnsupportedOperation", "OptInRequired", "InvalidAction", "UnknownOperationException", "UnknownEndpoint"}
)

_LOGIN = "Sign in again: aws sso login"
_RENEW = "Renew them; latticetop goes on by itself once they work."

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
_NOT_OFFERED_ERRORS = (boto.UnknownEndpointError, boto.UnknownServiceError, boto.EndpointProviderError)


def problem_of(error: Exception, operation: str = "", profile: str = "") -> Problem:
    """Name the kind of failure, say it in one sentence, and say what to do next.

    `operation` is `service:Operation`. Whatever is not recognised is an answer that could not be understood.
    """
    if isinstance(error, boto.ClientError):
        words, operation = _refusal(error, operation, profile)
    else:
        words = (
            _identity_words(error, profile)
            or _network_words(error)
            or _setup_words(error)
            or _Words(
                ProblemKind.BAD_ANSWER,
                f"The answer to {operation or 'a request'} could not be understood ({type(error).__name__}).",
                "latticetop asks again; a proxy on the way may have answered in AWS's place.",
            )
        )
    return Problem(words.kind, operation, words.message, words.next_step)


def _refusal(error: boto.ClientError, operation: str, profile: str) -> tuple[_Words, str]:
    """What AWS itself said, and the operation it said it of: signing may call STS or SSO before the call proper."""
    code = _text(error.response.get("Error", {}).get("Code")) or "an error without a code"
    called = _text(error.operation_name)
    if called and operation and called != operation.partition(":")[2]:
        return _signing_words(code, called, profile), operation
    return _code_words(code, error, operation), operation


def _signing_words(code: str, called: str, profile: str) -> _Words:
    if code in _THROTTLE_CODES:
        return _throttled(code)
    if code in ("UnauthorizedException", "ForbiddenException") or code in _EXPIRED_CODES:
        return _Words(ProblemKind.LOGIN_NEEDED, f"The sign-in has ended ({called}: {code}).", _login(profile))
    return _Words(
        ProblemKind.NO_CREDENTIALS,
        f"No credentials could be had: {called} was refused ({code}).",
        "Check the role and its trust policy in the AWS configuration, or choose another --profile.",
    )


def _code_words(code: str, error: boto.ClientError, operation: str) -> _Words:
    if code in _EXPIRED_CODES:
        return _Words(ProblemKind.EXPIRED, f"The AWS credentials have expired ({code}).", _RENEW)
    if code in _REFUSED_CODES:
        return _Words(ProblemKind.EXPIRED, f"AWS does not accept the credentials ({code}).", _RENEW)
    if code in _DENIED_CODES:
        return _Words(
            ProblemKind.ACCESS_DENIED,
            f"Access to {operation} is denied.",
            f"Allow {operation} in the IAM policy of this identity.",
        )
    if code in _THROTTLE_CODES or "Throttl" in code:
        return _throttled(code)
    if code in _NOT_OFFERED_CODES:
        return _Words(
            ProblemKind.NOT_OFFERED,
            f"{operation} is not offered here ({code}).",
            "Choose another Region with --region.",
        )
    said = _first_line(error.response.get("Error", {}).get("Message"))
    return _Words(
        ProblemKind.SERVICE_ERROR,
        f"{operation} failed: {code}{': ' + said if said else ''}",
        "latticetop asks again; the AWS Health Dashboard tells of outages.",
    )


def _throttled(code: str) -> _Words:
    return _Words(ProblemKind.THROTTLED, f"AWS is limiting requests ({code}).", "latticetop waits and asks less often.")


def _identity_words(error: Exception, profile: str) -> _Words | None:
    kind = ProblemKind.NO_CREDENTIALS
    if isinstance(error, boto.NoCredentialsError):
        return _Words(kind, "No AWS credentials were found.", "Choose a profile with --profile, or sign in.")
    if isinstance(error, boto.PartialCredentialsError):
        return _Words(kind, "The AWS credentials are incomplete.", "Set both the access key id and the secret key.")
    if isinstance(error, _LOGIN_ERRORS):
        return _Words(ProblemKind.LOGIN_NEEDED, "The sign-in has ended, or there was none yet.", _login(profile))
    if isinstance(error, _CREDENTIAL_ERRORS):
        provider = _text(getattr(error, "kwargs", {}).get("provider"))
        source = f" from {provider}" if provider else ""
        return _Words(
            kind,
            f"No credentials could be had{source} ({type(error).__name__}).",
            "Check the profile in the AWS configuration files, or choose another with --profile.",
        )
    return None


def _network_words(error: Exception) -> _Words | None:
    kind = ProblemKind.UNREACHABLE
    if isinstance(error, _CERTIFICATE_ERRORS):
        return _Words(
            kind, "The certificate of the AWS endpoint is not trusted.", "Name your CA file in AWS_CA_BUNDLE."
        )
    if isinstance(error, _PROXY_ERRORS):
        return _Words(kind, "The proxy cannot be reached.", "Check HTTPS_PROXY and NO_PROXY.")
    if isinstance(error, (boto.ReadTimeoutError, boto.ConnectTimeoutError, TimeoutError)):
        return _Words(kind, "AWS did not answer in time.", "Check the network, VPN and proxy (HTTPS_PROXY).")
    if isinstance(error, _NETWORK_ERRORS):
        return _Words(kind, "AWS cannot be reached.", "Check the network, VPN, proxy (HTTPS_PROXY) and --endpoint-url.")
    return None


def _setup_words(error: Exception) -> _Words | None:
    if isinstance(error, ResponseParserError):
        return None
    if isinstance(error, boto.ProfileNotFound):
        return _Words(ProblemKind.USAGE, "There is no such AWS profile.", "See: aws configure list-profiles")
    if isinstance(error, boto.NoRegionError):
        return _Words(ProblemKind.USAGE, "No AWS Region is set.", "Give one with --region or AWS_REGION.")
    if isinstance(error, boto.InvalidRegionError):
        return _Words(ProblemKind.USAGE, "The Region's name is malformed.", "Give one such as --region us-east-1.")
    if isinstance(error, (boto.ConfigParseError, boto.ConfigNotFound)):
        return _Words(ProblemKind.USAGE, "The AWS configuration file cannot be read.", "Check ~/.aws/config.")
    if isinstance(error, _NOT_OFFERED_ERRORS):
        return _Words(ProblemKind.NOT_OFFERED, "The service is not offered in this Region.", "Choose another --region.")
    return None


def _login(profile: str) -> str:
    return f"{_LOGIN} --profile {profile}" if profile else _LOGIN


def _text(value: object) -> str:
    return whole(value) if isinstance(value, str) else ""


def _first_line(message: object) -> str:
    lines = _text(message).strip().splitlines()
    return lines[0][:_LONGEST] if lines else ""
