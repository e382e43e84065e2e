"""Responses that are refused: those that are not AWS's, and those beyond a limit; and those that nobody saw in time."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"[\w.:-]{1,253}", re.ASCII)
_CONTENT_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)


class ForeignResponseError(Exception):
    """A response that is not one of the AWS API: of a proxy, or of the login page of a network.

    `content_type` and `location` are headers of the response; anything but a media type and a host is left out of the
    sentence, because another program wrote them.
    """

    def __init__(self, host: str, status: int, content_type: str = "", location: str = "") -> None:
        super().__init__(host, status, content_type, location)
        self._host, self._status, self._content_type, self._location = host, status, content_type, location

    def sentence(self, action: str) -> str:
        """One sentence; `action` is `service:Operation` or empty."""
        request = action or "a request"
        media_type = self._content_type.partition(";")[0].strip()
        kind = media_type if _CONTENT_TYPE.fullmatch(media_type) else "no content type"
        redirect = f", redirects to {_host_of(self._location) or self._host}" if self._location else ""
        return (
            f"{self._host} sent an answer to {request} that is not AWS's (a proxy or a login page?): "
            f"status {self._status}, {kind}{redirect}."
        )


class ResponseLimitError(Exception):
    """A response beyond a limit of `limits`. `excess` completes "The response to an action …", with the figure."""

    def __init__(self, excess: str) -> None:
        super().__init__(excess)
        self._excess = excess

    def sentence(self, action: str) -> str:
        """One sentence; `action` is `service:Operation` or empty."""
        return f"The response to {action or 'a request'} {self._excess}."


class LoopStalledError(Exception):
    """No answer was seen in time because this process was busy; that says nothing about AWS or the network."""

    def sentence(self, action: str) -> str:
        """One sentence; `action` is `service:Operation` or empty."""
        return f"latticetop was too busy to read the response to {action or 'a request'} in time."


def _host_of(url: str) -> str:
    """The host of a URL; empty for a path, or a host with other characters than a host name has."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) else ""
