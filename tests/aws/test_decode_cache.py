"""The decode cache: an unchanged ENI is decoded once, on whatever page it is, and unused entries are dropped."""

from __future__ import annotations

from latticetop.aws import eni_xml
from latticetop.aws.decode_cache import MIN_KEPT_SECONDS, DecodeCache
from latticetop.model.records.resources import NetworkInterface
from tests.aws.test_eni_xml import ID_MEMBER, OTHER_MEMBERS, pages_of, reference


def test_unchanged_interfaces_are_decoded_once_on_whatever_page() -> None:
    cache, items = DecodeCache(), [ID_MEMBER.replace("1", f"{number:x}") + OTHER_MEMBERS for number in range(64)]
    first = eni_xml.decode_page(pages_of(*items), cache).interfaces
    changed = items[8].replace("<key>a", "<key>b")
    body = pages_of(*items[6:8], changed, *items[9:])
    second = eni_xml.decode_page(body, cache).interfaces
    assert second == reference(body).interfaces
    assert [old is new for old, new in zip(first[6:], second, strict=True)] == [False] * 10 + [True] * 48


def test_an_entry_that_is_not_used_is_dropped() -> None:
    now = 0.0
    cache, decoded = DecodeCache(lambda: now), []

    def decode_fragment(fragment: bytes) -> tuple[NetworkInterface, ...]:
        decoded.append(fragment)
        return ()

    for fragment in (b"unused", b"used", b"used", b"used", b"used", b"unused"):
        now += MIN_KEPT_SECONDS / 2 + 1
        cache.get_or_decode(fragment, decode_fragment)
    assert decoded == [b"unused", b"used", b"unused"]
