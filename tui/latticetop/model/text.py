"""Text that comes from AWS, made fit to be shown: no control characters, ids cut in the middle."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls, line separators, and the marks that turn the direction of the text.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_ID = re.compile(r"\b([a-z]+(?:-[a-z]+)*-)([0-9a-f]{8,17})\b")


def clean(text: str) -> str:
    """The text without control, direction and zero-width characters, surrogates included; a run of them is dropped."""
    text = _UNSAFE.sub("", text)
    return "".join(c for c in text if unicodedata.category(c) not in ("Cs", "Cn", "Co")) if not text.isascii() else text


def shorten_ids(text: str) -> str:
    """Cut every AWS id in a text in the middle: `vpce-0e3b…2c4a`."""
    return _ID.sub(lambda found: f"{found[1]}{found[2][:4]}…{found[2][-4:]}" if len(found[2]) > 9 else found[0], text)


def resource_name(arn: str) -> str:
    """The last part of an ARN: `rcfg-0f8b…` of `arn:aws:vpc-lattice:…:resourceconfiguration/rcfg-0f8b…`."""
    return arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
