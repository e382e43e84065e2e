"""Credentials that nobody may ever see again, and a look for them in whatever a program left behind."""

from __future__ import annotations

import base64
import re
import zlib
from urllib.parse import quote

KEY_ID = "AKIACANARYCANARY0001"
SECRET = "canary/Secret+0123456789abcdefghijklmnop"
TOKEN = "canary//Token++" + "IQoJb3JpZ2luX2Vj" * 8
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN}
FILE = f"[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\naws_session_token = {TOKEN}\n"
SIGNED = ("AWS4-HMAC-SHA256", "Authorization", "X-Amz-Security-Token", "SignedHeaders", "Credential=")


def leaks(data: bytes) -> list[str]:
    """The secrets and signed headers in some bytes, as they are, encoded, or in zlib streams, broken lines or not."""
    texts = [data, *inflated(data)]
    squeezed = [re.sub(rb"[\s\x00]+|\xe2\x94\x82", b"", text) for text in texts]
    return [name for name, spelling in _spellings() if any(spelling.lower() in each.lower() for each in squeezed)]


def _spellings() -> list[tuple[str, bytes]]:
    spellings = [(name, name.encode()) for name in SIGNED]
    for secret in (KEY_ID, SECRET, TOKEN):
        plain = secret.encode()
        forms = (plain, quote(secret, safe="").encode(), base64.b64encode(plain).rstrip(b"="), plain[:16], plain[-16:])
        spellings += [(secret, form) for form in forms]
    return spellings


def inflated(data: bytes) -> list[bytes]:
    """What every zlib stream in the bytes holds."""
    streams = []
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
        try:
            streams.append(zlib.decompressobj().decompress(data[match.start() :]))
        except zlib.error:
            continue
    return streams
