"""The fast decoder against botocore's parser: the same ENIs from the same bytes, whatever they are."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from xml.sax.saxutils import escape

import botocore.session
import pytest
from botocore.parsers import EC2QueryParser
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from latticetop.aws import decode
from latticetop.aws import eni_xml as fast
from latticetop.aws.eni_xml import InterfacePage
from latticetop.aws.response_hook import BODY, HOT, InterfaceParser
from latticetop.aws.decode_cache import KEPT_FOR, Remembered
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.model.records.resources import NetworkInterface, Tag

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"


@cache
def service_model() -> Any:
    return botocore.session.get_session().get_service_model("ec2")


@cache
def parser() -> InterfaceParser:
    events = SimpleNamespace(register=lambda *_: None)
    return InterfaceParser(SimpleNamespace(service_model=service_model(), events=events))


def reference(body: bytes) -> InterfacePage:
    """By botocore's parser and `decode`; raises whatever they raise."""
    shape = service_model().operation_model(HOT).output_shape
    parsed = EC2QueryParser().parse({"status_code": 200, "headers": {}, "body": body}, shape)
    found = decode.each(decode.interface, parsed.get("NetworkInterfaces") or [])
    return InterfacePage(tuple(found), parsed.get("NextToken") or "")


def outcome(read: Callable[[bytes], InterfacePage], body: bytes) -> InterfacePage | str:
    try:
        return read(body)
    except Exception as error:
        return type(error).__name__


# What stands in the elements: anything XML can hold, written with entities, and what EC2 writes.
anything = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\n<>&'\"]:/?"))
texts = anything.map(escape) | anything.map(lambda text: "".join(f"&#{ord(each)};" for each in text))
ids = st.sampled_from(["eni-1", "subnet-1", "vpc-1", "123456789012", "", "in-use", "us-east-1a"])
octets = st.integers(0, 259)
addresses = st.builds("{}.{}.{}.{}".format, octets, octets, octets, octets) | st.sampled_from(
    ["10.0.0.1", "10.0.0.16", "10.1", "010.0.0.1", " 10.0.0.1", "１.1.1.1", "fd00::1", "1.1.1.1/0"]
)
prefixes = st.builds("{}/{}".format, addresses, st.sampled_from(["28", "27", "24", "32", "255.255.255.240", "-1", ""]))
booleans = st.sampled_from(["true", "false", "", "1", "True"])
moments = st.sampled_from(["2024-12-19T08:18:49.081Z", "2024-12-19T08:18:49Z", "2024-02-29T00:00:00.000Z"])
numbers = st.integers(0, 99).map(str)


def element(name: str, content: SearchStrategy[str]) -> SearchStrategy[str]:
    return content.map(lambda text: f"<{name}>{text}</{name}>" if text else f"<{name}/>")


def structure(*members: SearchStrategy[str]) -> SearchStrategy[str]:
    """Some of the members, each once, in any order."""
    chosen = st.lists(st.integers(0, len(members) - 1), unique=True)
    return chosen.flatmap(lambda places: st.tuples(*(members[place] for place in places))).map("".join)


def listing(name: str, item: SearchStrategy[str]) -> SearchStrategy[str]:
    return element(name, st.lists(element("item", item), max_size=3).map("".join))


unknown = element("somethingNew", structure(element("description", texts), element("item", texts)))
interfaces = structure(
    element("networkInterfaceId", ids),
    element("subnetId", ids),
    element("vpcId", ids | texts),
    element("availabilityZone", ids),
    element("description", texts),
    element("interfaceType", ids),
    element("status", ids),
    element("ownerId", ids),
    element("requesterId", ids | texts),
    element("requesterManaged", booleans),
    element("privateIpAddress", addresses),
    listing(
        "privateIpAddressesSet",
        structure(element("privateIpAddress", addresses), element("primary", booleans), unknown),
    ),
    listing("ipv4PrefixSet", structure(element("ipv4Prefix", prefixes))),
    listing("ipv6PrefixSet", structure(element("ipv6Prefix", texts))),
    listing("ipv6AddressesSet", structure(element("ipv6Address", texts), unknown)),
    element("operator", structure(element("managed", booleans), element("principal", texts))),
    element(
        "attachment",
        structure(
            element("instanceId", ids),
            element("instanceOwnerId", texts),
            element("deviceIndex", numbers),
            element("attachTime", moments),
            element("status", ids),
        ),
    ),
    listing("tagSet", structure(element("key", texts), element("value", texts))),
    unknown,
)


def answers(items: SearchStrategy[str]) -> SearchStrategy[str]:
    """What stands inside the root of an answer."""
    return structure(
        element("requestId", ids), listing("networkInterfaceSet", items), element("nextToken", texts), unknown
    )


def page(content: str, root: str = HOT + "Response", namespace: str = f' xmlns="{NAMESPACE}"') -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}{namespace}>{content}</{root}>'.encode()


def pages_of(*items: str) -> bytes:
    return page(f"<networkInterfaceSet>{''.join(f'<item>{item}</item>' for item in items)}</networkInterfaceSet>")


@given(answers(interfaces))
@settings(deadline=None)
def test_plain_answers_are_decoded_alike(content: str) -> None:
    body = page(content)
    assert fast.decode_page(body) == reference(body)


@given(
    answers(interfaces),
    st.sampled_from(["", ' xmlns="urn:other"', f' xmlns="{NAMESPACE}" xmlns:x="urn:x" x:y="z"', " xmlns='urn:a'"]),
)
def test_the_namespace_does_not_matter(content: str, namespace: str) -> None:
    body = page(content, namespace=namespace)
    assert fast.decode_page(body) == reference(body)


def test_prefixed_and_mixed_namespaces_are_read_alike() -> None:
    body = (
        b'<e:R xmlns:e="urn:e" xmlns:f="urn:f"><f:networkInterfaceSet><e:item><f:networkInterfaceId>eni-1'
        b"</f:networkInterfaceId><e:subnetId>subnet-1</e:subnetId></e:item></f:networkInterfaceSet></e:R>"
    )
    assert fast.decode_page(body) == reference(body)
    assert fast.decode_page(body).interfaces[0].subnet_id == "subnet-1"


NOISE = [
    "<!-- x -->",
    "<?x y?>",
    "<![CDATA[<a>&]]>",
    "\n  ",
    "&amp;",
    "&lt;",
    "&#x10FFFF;",
    "&#0;",
    "&nope;",
    "\x00",
    "&",
]
NOISE += [
    "<item/>",
    "<item>",
    "</item>",
    "<x:y/>",
    "<networkInterfaceId>eni-2</networkInterfaceId>",
    "<a",
    "]]>",
    "\xff",
]
CUTTING = [
    "<item><networkInterfaceId>eni-3</networkInterfaceId>",
    "</item><item>",
    "<networkInterfaceSet>",
    "</networkInterfaceSet>",
    "<other><networkInterfaceSet/></other>",
    "<!--",
    "-->",
]


NAMED = "<networkInterfaceId>eni-1</networkInterfaceId>"
REST = "<subnetId>subnet-1</subnetId><tagSet><item><key>a</key></item></tagSet>"
parts_of_one = patch.object(fast, "_FIRST_OF_PART", re.compile(rb"<item>\s*<networkInterfaceId>"))
ec2_like = interfaces.map(lambda rest: f"{NAMED}{rest.replace('networkInterfaceId', 'another')}")
"""ENIs whose id comes first, as in EC2's answers: only between such ones an answer is cut into parts."""


@given(answers(ec2_like))
@settings(deadline=None)
def test_an_answer_in_parts_is_decoded_alike(content: str) -> None:
    body = page(content)
    with parts_of_one:
        assert fast.decode_page(body) == reference(body)


@given(st.lists(ec2_like, min_size=2, max_size=4), st.data())
@settings(max_examples=300, deadline=None)
def test_noise_in_an_answer_in_parts_comes_to_the_same(items: list[str], data: st.DataObject) -> None:
    body = pages_of(*items)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(body)))
        noise = data.draw(st.sampled_from([*NOISE, *CUTTING])).encode("latin-1")
        body = body[:place] + noise + body[place:]
    with parts_of_one:
        assert outcome(parser()._page, body) == outcome(reference, body)


def test_no_more_than_a_few_interfaces_are_parsed_at_once() -> None:
    body = pages_of(*(NAMED.replace("1", f"{n:x}") + REST for n in range(5, 50)))
    frame, *parts = fast._cut(body)
    assert frame == pages_of()
    assert [part.count(REST.encode()) for part in parts] == [11, 16, 16, 2]
    assert fast.decode_page(body) == reference(body)


def test_the_same_interfaces_are_decoded_once_on_whatever_page() -> None:
    remembered, items = Remembered(), [NAMED.replace("1", f"{n:x}") + REST for n in range(64)]
    first = fast.decode_page(pages_of(*items), remembered).interfaces
    changed = items[8].replace("<key>a", "<key>b")
    again = fast.decode_page(pages_of(*items[6:8], changed, *items[9:]), remembered).interfaces
    assert again == reference(pages_of(*items[6:8], changed, *items[9:])).interfaces
    assert [one is other for one, other in zip(first[6:], again, strict=True)] == [False] * 10 + [True] * 48


def test_what_does_not_come_again_is_forgotten() -> None:
    now = 0.0
    remembered, decoded = Remembered(lambda: now), []

    def decode_part(part: bytes) -> tuple[NetworkInterface, ...]:
        decoded.append(part)
        return ()

    half = KEPT_FOR / 2 + 1
    for part in (b"lost", b"kept", b"kept", b"kept", b"kept", b"lost"):
        now += half
        remembered.decoded(part, decode_part)
    assert decoded == [b"lost", b"kept", b"lost"]


@pytest.mark.parametrize(
    "body",
    [
        page(""),
        page("<networkInterfaceSet/>"),
        pages_of(f"{NAMED}<!-- <item>{NAMED} -->", NAMED),
        pages_of(f"{NAMED}<description><![CDATA[</item><item>{NAMED}]]></description>", NAMED),
        pages_of(f"{NAMED}<?x <item>{NAMED}?>", NAMED),
        page(f"<other><networkInterfaceSet><item>{NAMED}</item></networkInterfaceSet></other>") + b"<!-- -->",
        page(f"<o><networkInterfaceSet/></o><networkInterfaceSet><item>{NAMED}</item></networkInterfaceSet>"),
        page(f"<x:networkInterfaceSet xmlns:x='a'><item>{NAMED}</item></x:networkInterfaceSet>"),
        page(f"<networkInterfaceSet x='y'><item>{NAMED}</item></networkInterfaceSet>"),
        page(f"<networkInterfaceSet><x:item>{NAMED}</x:item></networkInterfaceSet>", namespace=" xmlns:x='a'"),
        page(f"</networkInterfaceSet><item>{NAMED}</item><networkInterfaceSet>"),
        page("<networkInterfaceSet>"),
    ],
)
def test_an_answer_with_doubtful_cuts_is_parsed_whole(body: bytes) -> None:
    assert [*fast._cut(body)] == [body]
    assert outcome(parser()._page, body) == outcome(reference, body)


@pytest.mark.parametrize(
    "body",
    [
        page(f"<other><networkInterfaceSet><item>{NAMED}</item></networkInterfaceSet></other>"),
        pages_of(NAMED, f"<a><item>{NAMED}</item></a>", NAMED),
        pages_of(f"{NAMED}</item></networkInterfaceSet><nextToken>t</nextToken><x><item>{NAMED}", NAMED),
        page(f"<networkInterfaceSet>text<other>{NAMED}</other> \n<item>\n\t{NAMED}</item>&amp;</networkInterfaceSet>"),
        pages_of(f"{NAMED}<x:y/>", NAMED),
        pages_of(f'{NAMED}<description xmlns:x="a"><x:y/></description>', NAMED),
        pages_of(NAMED, f'{NAMED}<description xmlns="urn:b">d</description>'),
    ],
)
def test_wherever_an_answer_is_cut_it_says_the_same(body: bytes) -> None:
    with parts_of_one:
        assert outcome(parser()._page, body) == outcome(reference, body)


@given(answers(interfaces), st.data())
@settings(max_examples=300, deadline=None)
def test_noise_in_an_answer_comes_to_the_same(content: str, data: st.DataObject) -> None:
    body = page(content)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(body)))
        noise = data.draw(st.sampled_from(NOISE)).encode("latin-1")
        body = body[:place] + noise + body[place:]
    assert outcome(parser()._page, body) == outcome(reference, body)


@given(answers(interfaces), st.data())
def test_a_truncated_answer_is_malformed(content: str, data: st.DataObject) -> None:
    body = page(content)
    body = body[: data.draw(st.integers(0, len(body) - 1))]
    assert outcome(parser()._page, body) == outcome(reference, body) == "ResponseParserError"


@given(st.binary())
def test_any_bytes_come_to_the_same(body: bytes) -> None:
    assert outcome(parser()._page, body) == outcome(reference, body)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "utf-8-sig"])
def test_the_encoding_is_utf_8_whatever_the_answer_says(encoding: str) -> None:
    text = pages_of("<networkInterfaceId>eni-\xe9</networkInterfaceId>").decode().replace("UTF-8", encoding)
    body = text.encode(encoding)
    assert outcome(parser()._page, body) == outcome(reference, body)


@pytest.mark.parametrize(
    "item",
    [
        f"{NAMED}<networkInterfaceId>eni-2</networkInterfaceId>",
        f"{NAMED}<tagSet/><tagSet><item><key>a</key></item></tagSet>",
        f"{NAMED}<attachment/><attachment><instanceId>i</instanceId></attachment>",
        f"{NAMED}<attachment><deviceIndex/></attachment>",
        f"{NAMED}<attachment><deviceIndex>one</deviceIndex></attachment>",
        f"{NAMED}<attachment><deviceIndex>-7</deviceIndex></attachment>",
        f"{NAMED}<attachment><attachTime/></attachment>",
        f"{NAMED}<attachment><attachTime>noon</attachTime></attachment>",
        f"{NAMED}<attachment><attachTime>1734596329</attachTime></attachment>",
        f"{NAMED}<attachment><attachTime>2024-12-19T10:18:49.081+02:00</attachTime></attachment>",
        f"{NAMED}<attachment><attachTime>2024-02-30T10:18:49.081Z</attachTime></attachment>",
        "<networkInterfaceId>eni<x/>-1</networkInterfaceId>",
        "<networkInterfaceId><x/>eni-1</networkInterfaceId>",
        '<networkInterfaceId xmlns="a}b">eni-1</networkInterfaceId>',
    ],
)
def test_odd_answers_are_left_to_the_reference(item: str) -> None:
    body = pages_of(item)
    assert outcome(parser()._page, body) == outcome(reference, body)


def test_a_malformed_number_the_model_does_not_need_costs_no_page() -> None:
    body = pages_of(
        "<networkInterfaceId>eni-1</networkInterfaceId><attachment><networkCardIndex>x</networkCardIndex></attachment>"
    )
    assert [each.network_interface_id for each in parser()._page(body).interfaces] == ["eni-1"]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "head",
    [
        f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE r [<!ENTITY l11 SYSTEM "{secret}">]>',
        '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd">',
        '<?x?><!-- <!DOCTYPE --> \n<!DOCTYPE r [<!ENTITY l11 "ha">]>',
    ],
)
def test_a_document_type_is_refused_before_anything_grows(head: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    body = f"\ufeff{head.replace('{secret}', secret.as_uri())}<r><nextToken>&l11;</nextToken></r>".encode()
    assert fast.declares_document_type(body)
    with pytest.raises(fast.NotPlainError):
        fast.decode_page(body)
    assert outcome(parser()._page, body) == "ResponseParserError"


def test_what_only_looks_like_a_document_type_is_read() -> None:
    body = pages_of("<networkInterfaceId>eni-1</networkInterfaceId><description>&lt;!DOCTYPE r></description>")
    assert fast.decode_page(body).interfaces[0].description == "<!DOCTYPE r>"


@pytest.mark.parametrize("body", [b"", b"<html><body>Sign in", b"<r>&l11;</r>"])
async def test_a_malformed_answer_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(ReadError) as page_error:
        await parser().page({BODY: body})
    with pytest.raises(ReadError) as members_error:
        await parser().members({BODY: body})
    assert page_error.value.problem == members_error.value.problem
    assert page_error.value.problem.kind is ProblemKind.BAD_ANSWER
    assert page_error.value.problem.operation == "ec2:DescribeNetworkInterfaces"


def test_shared_texts_are_kept_once() -> None:
    tags = "<tagSet><item><key>cluster</key><value>blue</value></item></tagSet>"
    item = f"<networkInterfaceId>eni-1</networkInterfaceId><subnetId>subnet-0123</subnetId>{tags}"
    one, other = (fast.decode_page(pages_of(item)).interfaces[0] for _ in range(2))
    assert one.subnet_id is other.subnet_id is sys.intern("subnet-0123")
    assert one.tags[0] is other.tags[0]
    assert one.tags == (Tag("cluster", "blue"),)


@given(st.lists(addresses, min_size=1, max_size=4), st.lists(prefixes, max_size=4))
def test_addresses_are_those_of_the_model(lone: Sequence[str], ranges: Sequence[str]) -> None:
    def parsed(parse: Callable[[str], Any], texts: Sequence[str]) -> list[Any]:
        found = []
        for text in texts:
            try:
                found.append(parse(text))
            except ValueError:
                continue
        return found

    assert [a for text in lone if (a := fast._address(text)) is not None] == parsed(parse_address, lone)
    assert [c for text in ranges if (c := fast._cidr(text))] == parsed(parse_cidr, ranges)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (path, name)
        for path, names in {
            "NetworkInterfaces": "networkInterfaceId subnetId vpcId description interfaceType status ownerId "
            "requesterId requesterManaged availabilityZone privateIpAddress privateIpAddressesSet ipv4PrefixSet "
            "ipv6PrefixSet ipv6AddressesSet operator attachment tagSet",
            "NetworkInterfaces.PrivateIpAddresses": "privateIpAddress primary",
            "NetworkInterfaces.Ipv4Prefixes": "ipv4Prefix",
            "NetworkInterfaces.Ipv6Prefixes": "ipv6Prefix",
            "NetworkInterfaces.Ipv6Addresses": "ipv6Address",
            "NetworkInterfaces.Operator": "managed principal",
            "NetworkInterfaces.Attachment": "instanceId instanceOwnerId deviceIndex attachTime",
            "NetworkInterfaces.TagSet": "key value",
        }.items()
        for name in names.split()
    ],
)
def test_the_names_are_those_of_the_service_model(path: str, name: str) -> None:
    shape = service_model().operation_model(HOT).output_shape
    for step in path.split("."):
        shape = shape.members[step]
        shape = shape.member if shape.type_name == "list" else shape
    assert name in {member.serialization["name"] for member in shape.members.values()}
