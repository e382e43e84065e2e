"""The ENI XML decoder against botocore's parser: the same ENIs from the same bytes, whatever the bytes are."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import botocore.session
import pytest
from botocore.parsers import EC2QueryParser
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from latticetop.aws import decode, eni_xml
from latticetop.aws.eni_xml import InterfacePage
from latticetop.aws.operations import operation_name
from latticetop.aws.response_hook import BODY, InterfaceResponseHook, kept_response
from latticetop.model.records.aws_actions import DESCRIBE_INTERFACES
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.model.records.resources import Tag

OPERATION = operation_name(DESCRIBE_INTERFACES)
NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
NAMESPACES = (f' xmlns="{NAMESPACE}"', f' xmlns="{NAMESPACE}" xmlns:x="urn:x" x:y="z"', ' xmlns="urn:other"',
              " xmlns='urn:a'", "")  # fmt: skip


@cache
def service_model() -> Any:
    return botocore.session.get_session().get_service_model("ec2")


@cache
def hook() -> InterfaceResponseHook:
    events = SimpleNamespace(register=lambda *_: None)
    return InterfaceResponseHook(SimpleNamespace(service_model=service_model(), events=events))


def reference(body: bytes) -> InterfacePage:
    """The page by botocore's parser and `decode`; raises what they raise."""
    shape = service_model().operation_model(OPERATION).output_shape
    parsed = EC2QueryParser().parse({"status_code": 200, "headers": {}, "body": body}, shape)
    interfaces = decode.records(decode.interface, parsed.get("NetworkInterfaces") or [])
    return InterfacePage(tuple(interfaces), parsed.get("NextToken") or "", "NetworkInterfaces" in parsed)


def through_hook(body: bytes) -> InterfacePage:
    """The page by the decoder, or by the parser that decides where it cannot."""
    return hook()._page(kept_response(response_with(body)), "localhost")


def response_with(body: bytes) -> dict[str, Any]:
    return {BODY: body, "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {"content-type": "text/xml"}}}


def outcome(read: Callable[[bytes], InterfacePage], body: bytes) -> InterfacePage | str:
    """The page, or the name of the error. One without a list of ENIs is not AWS's."""
    try:
        page = read(body)
    except Exception as error:
        return type(error).__name__
    return page if page.has_interface_set else "ForeignResponseError"


def expected(body: bytes) -> InterfacePage | str:
    """The outcome by botocore's parser. The decoder does not look at the numbers of an ENI without an id."""
    by_parser = outcome(reference, body)
    return outcome(reference, with_identified_only(body)) if by_parser == "ValueError" else by_parser


def with_identified_only(body: bytes) -> bytes:
    """The response without the ENIs that have no id."""
    root = ElementTree.fromstring(body)
    for interface_set in root.iterfind("{*}networkInterfaceSet"):
        for item in [*interface_set]:
            if not any(each.text for each in item.iterfind("{*}networkInterfaceId")):
                interface_set.remove(item)
    return ElementTree.tostring(root)


# Texts of elements: anything that XML can contain, written with entities, and what EC2 writes.
anything = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\n<>&'\"]:/?"))
texts = anything.map(escape) | anything.map(lambda text: "".join(f"&#{ord(character)};" for character in text))
ids = st.sampled_from(["eni-1", "subnet-1", "vpc-1", "123456789012", "", "in-use", "us-east-1a"])
octets = st.integers(0, 259)
addresses = st.builds("{}.{}.{}.{}".format, octets, octets, octets, octets) | st.sampled_from(
    ["10.0.0.1", "10.0.0.16", "10.1", "010.0.0.1", " 10.0.0.1", "１.1.1.1", "fd00::1", "1.1.1.1/0"]
)
prefixes = st.builds("{}/{}".format, addresses, st.sampled_from(["28", "27", "24", "32", "255.255.255.240", "-1", ""]))
booleans = st.sampled_from(["true", "false", "", "1", "True"])
times = st.sampled_from(["2024-12-19T08:18:49.081Z", "2024-12-19T08:18:49Z", "2024-02-29T00:00:00.000Z"])
numbers = st.integers(0, 99).map(str)
seeds = st.integers(0, 2**32)


def element(name: str, content: SearchStrategy[str]) -> SearchStrategy[str]:
    return content.map(lambda text: f"<{name}>{text}</{name}>" if text else f"<{name}/>")


def structure(*members: SearchStrategy[str]) -> SearchStrategy[str]:
    """Some of the members, none twice, in any order."""
    indexes = st.lists(st.integers(0, len(members) - 1), unique=True)
    return indexes.flatmap(lambda drawn: st.tuples(*(members[index] for index in drawn))).map("".join)


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
            element("attachTime", times),
            element("status", ids),
        ),
    ),
    listing("tagSet", structure(element("key", texts), element("value", texts))),
    unknown,
)


def responses(items: SearchStrategy[str]) -> SearchStrategy[str]:
    """The contents of a response's root element."""
    return structure(
        element("requestId", ids), listing("networkInterfaceSet", items), element("nextToken", texts), unknown
    )


def page(content: str, root: str = OPERATION + "Response", namespace: str = f' xmlns="{NAMESPACE}"') -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}{namespace}>{content}</{root}>'.encode()


def pages_of(*items: str) -> bytes:
    return page(f"<networkInterfaceSet>{''.join(f'<item>{item}</item>' for item in items)}</networkInterfaceSet>")


@given(responses(interfaces))
@settings(deadline=None)
def test_responses_are_decoded_equally_whatever_their_namespace(content: str) -> None:
    for namespace in NAMESPACES:
        body = page(content, namespace=namespace)
        assert eni_xml.decode_page(body) == reference(body)


def test_prefixed_and_mixed_namespaces_are_decoded_equally() -> None:
    body = (
        b'<e:R xmlns:e="urn:e" xmlns:f="urn:f"><f:networkInterfaceSet><e:item><f:networkInterfaceId>eni-1'
        b"</f:networkInterfaceId><e:subnetId>subnet-1</e:subnetId></e:item></f:networkInterfaceSet></e:R>"
    )
    assert eni_xml.decode_page(body) == reference(body)
    assert eni_xml.decode_page(body).interfaces[0].subnet_id == "subnet-1"


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
NOISE_AT_CUTS = [
    "<item><networkInterfaceId>eni-3</networkInterfaceId>",
    "</item><item>",
    "<networkInterfaceSet>",
    "</networkInterfaceSet>",
    "<other><networkInterfaceSet/></other>",
    "<!--",
    "-->",
]


ID_MEMBER = "<networkInterfaceId>eni-1</networkInterfaceId>"
OTHER_MEMBERS = "<subnetId>subnet-1</subnetId><tagSet><item><key>a</key></item></tagSet>"
one_eni_per_fragment = patch.object(eni_xml, "_FRAGMENT_START", re.compile(rb"<item>\s*<networkInterfaceId>"))
ec2_like = interfaces.map(lambda rest: f"{ID_MEMBER}{rest.replace('networkInterfaceId', 'another')}")
"""ENIs whose id is the first member, as in EC2's responses: a response is cut only between such ENIs."""


@given(responses(ec2_like))
@settings(deadline=None)
def test_a_response_in_fragments_is_decoded_equally(content: str) -> None:
    body = page(content)
    with one_eni_per_fragment:
        assert eni_xml.decode_page(body) == reference(body)


def with_noise(body: bytes, kinds: list[str], seed: int) -> Iterator[bytes]:
    """The response with noise anywhere behind its namespace, some times: `response_check` refuses any but EC2's.

    To draw a response takes much longer than to decode it.
    """
    start, random = body.index(NAMESPACE.encode()) + len(f'{NAMESPACE}"'), Random(seed)
    for _ in range(6):
        noisy = body
        for _ in range(random.randint(1, 3)):
            position = random.randint(start, len(noisy))
            noisy = noisy[:position] + random.choice(kinds).encode("latin-1") + noisy[position:]
        yield noisy


@given(st.lists(ec2_like, min_size=2, max_size=4), seeds)
@settings(deadline=None)
def test_noise_in_a_response_in_fragments_has_the_same_result(items: list[str], seed: int) -> None:
    for body in with_noise(pages_of(*items), [*NOISE, *NOISE_AT_CUTS], seed):
        with one_eni_per_fragment:
            assert outcome(through_hook, body) == expected(body), body


def test_only_a_few_interfaces_are_parsed_at_once() -> None:
    body = pages_of(*(ID_MEMBER.replace("1", f"{n:x}") + OTHER_MEMBERS for n in range(5, 50)))
    frame, *fragments = eni_xml._split(body)
    assert frame == pages_of()
    assert [fragment.count(OTHER_MEMBERS.encode()) for fragment in fragments] == [11, 16, 16, 2]
    assert eni_xml.decode_page(body) == reference(body)


@pytest.mark.parametrize(
    "body",
    [
        page(""),
        page("<networkInterfaceSet/>"),
        pages_of(f"{ID_MEMBER}<!-- <item>{ID_MEMBER} -->", ID_MEMBER),
        pages_of(f"{ID_MEMBER}<description><![CDATA[</item><item>{ID_MEMBER}]]></description>", ID_MEMBER),
        pages_of(f"{ID_MEMBER}<?x <item>{ID_MEMBER}?>", ID_MEMBER),
        page(f"<other><networkInterfaceSet><item>{ID_MEMBER}</item></networkInterfaceSet></other>") + b"<!-- -->",
        page(f"<o><networkInterfaceSet/></o><networkInterfaceSet><item>{ID_MEMBER}</item></networkInterfaceSet>"),
        page(f"<x:networkInterfaceSet xmlns:x='a'><item>{ID_MEMBER}</item></x:networkInterfaceSet>"),
        page(f"<networkInterfaceSet x='y'><item>{ID_MEMBER}</item></networkInterfaceSet>"),
        page(f"<networkInterfaceSet><x:item>{ID_MEMBER}</x:item></networkInterfaceSet>", namespace=" xmlns:x='a'"),
        page(f"</networkInterfaceSet><item>{ID_MEMBER}</item><networkInterfaceSet>"),
        page("<networkInterfaceSet>"),
    ],
)
def test_a_response_with_uncertain_cuts_is_parsed_whole(body: bytes) -> None:
    assert [*eni_xml._split(body)] == [body]
    assert outcome(through_hook, body) == outcome(reference, body)


@pytest.mark.parametrize(
    "body",
    [
        page(f"<other><networkInterfaceSet><item>{ID_MEMBER}</item></networkInterfaceSet></other>"),
        pages_of(ID_MEMBER, f"<a><item>{ID_MEMBER}</item></a>", ID_MEMBER),
        pages_of(f"{ID_MEMBER}</item></networkInterfaceSet><nextToken>t</nextToken><x><item>{ID_MEMBER}", ID_MEMBER),
        page(
            f"<networkInterfaceSet>text<other>{ID_MEMBER}</other> \n<item>\n\t{ID_MEMBER}</item>"
            "&amp;</networkInterfaceSet>"
        ),
        pages_of(f"{ID_MEMBER}<x:y/>", ID_MEMBER),
        pages_of(f'{ID_MEMBER}<description xmlns:x="a"><x:y/></description>', ID_MEMBER),
        pages_of(ID_MEMBER, f'{ID_MEMBER}<description xmlns="urn:b">d</description>'),
    ],
)
def test_the_cuts_do_not_change_the_result(body: bytes) -> None:
    with one_eni_per_fragment:
        assert outcome(through_hook, body) == outcome(reference, body)


@given(responses(interfaces), seeds)
@settings(deadline=None)
def test_noise_in_a_response_has_the_same_result(content: str, seed: int) -> None:
    for body in with_noise(page(content), NOISE, seed):
        assert outcome(through_hook, body) == expected(body), body


@given(responses(interfaces), st.data())
def test_a_truncated_response_is_malformed(content: str, data: st.DataObject) -> None:
    body = page(content)
    body = body[: data.draw(st.integers(0, len(body) - 1))]
    assert outcome(through_hook, body) == outcome(reference, body) == "ResponseParserError"


@given(st.binary())
def test_any_bytes_have_the_same_result(body: bytes) -> None:
    assert outcome(through_hook, body) == outcome(reference, body)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "utf-8-sig"])
def test_the_encoding_is_utf_8_whatever_is_declared(encoding: str) -> None:
    text = pages_of("<networkInterfaceId>eni-\xe9</networkInterfaceId>").decode().replace("UTF-8", encoding)
    body = text.encode(encoding)
    by_parser = outcome(reference, body) if encoding == "utf-8-sig" else "ResponseParserError"
    assert outcome(through_hook, body) == by_parser


@pytest.mark.parametrize(
    "item",
    [
        f"{ID_MEMBER}<networkInterfaceId>eni-2</networkInterfaceId>",
        f"{ID_MEMBER}<tagSet/><tagSet><item><key>a</key></item></tagSet>",
        f"{ID_MEMBER}<attachment/><attachment><instanceId>i</instanceId></attachment>",
        f"{ID_MEMBER}<attachment><deviceIndex/></attachment>",
        f"{ID_MEMBER}<attachment><deviceIndex>one</deviceIndex></attachment>",
        f"{ID_MEMBER}<attachment><deviceIndex>-7</deviceIndex></attachment>",
        f"{ID_MEMBER}<attachment><attachTime/></attachment>",
        f"{ID_MEMBER}<attachment><attachTime>noon</attachTime></attachment>",
        f"{ID_MEMBER}<attachment><attachTime>1734596329</attachTime></attachment>",
        f"{ID_MEMBER}<attachment><attachTime>2024-12-19T10:18:49.081+02:00</attachTime></attachment>",
        f"{ID_MEMBER}<attachment><attachTime>2024-02-30T10:18:49.081Z</attachTime></attachment>",
        "<networkInterfaceId>eni<x/>-1</networkInterfaceId>",
        "<networkInterfaceId><x/>eni-1</networkInterfaceId>",
        '<networkInterfaceId xmlns="a}b">eni-1</networkInterfaceId>',
    ],
)
def test_unusual_members_are_left_to_botocores_parser(item: str) -> None:
    body = pages_of(item)
    assert outcome(through_hook, body) == outcome(reference, body)


def test_a_malformed_number_of_an_interface_without_an_id_is_ignored() -> None:
    body = pages_of("<attachment><deviceIndex>x</deviceIndex></attachment>", ID_MEMBER)
    assert [eni.network_interface_id for eni in through_hook(body).interfaces] == ["eni-1"]


def test_a_malformed_number_that_is_not_needed_is_ignored() -> None:
    body = pages_of(
        "<networkInterfaceId>eni-1</networkInterfaceId><attachment><networkCardIndex>x</networkCardIndex></attachment>"
    )
    assert [eni.network_interface_id for eni in through_hook(body).interfaces] == ["eni-1"]


BILLION_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "head",
    [
        f'<!DOCTYPE r [<!ENTITY l0 "ha">{BILLION_LAUGHS}]>',
        '<!DOCTYPE r [<!ENTITY l11 SYSTEM "{secret}">]>',
        '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd">',
        '<?x?><!-- <!DOCTYPE --> \n<!DOCTYPE r [<!ENTITY l11 "ha">]>',
    ],
)
def test_a_document_type_is_refused_before_entities_expand(head: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    body = f"\ufeff{head.replace('{secret}', secret.as_uri())}<r><nextToken>&l11;</nextToken></r>".encode()
    assert eni_xml.declares_document_type(body)
    with pytest.raises(eni_xml.UnexpectedXmlError):
        eni_xml.decode_page(body)
    assert outcome(through_hook, body) == "ResponseParserError"


def test_an_escaped_document_type_is_text() -> None:
    body = pages_of("<networkInterfaceId>eni-1</networkInterfaceId><description>&lt;!DOCTYPE r></description>")
    assert eni_xml.decode_page(body).interfaces[0].description == "<!DOCTYPE r>"


@pytest.mark.parametrize("body", [b"", b"<html><body>Sign in", b"<r>&l11;</r>"])
async def test_a_malformed_response_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(ReadError) as page_error:
        await hook().page(response_with(body))
    with pytest.raises(ReadError) as members_error:
        await hook().members(response_with(body))
    assert page_error.value.problem == members_error.value.problem
    assert page_error.value.problem.kind is ProblemKind.BAD_ANSWER
    assert page_error.value.problem.operation == "ec2:DescribeNetworkInterfaces"


def test_shared_texts_and_tags_are_in_memory_once() -> None:
    tags = "<tagSet><item><key>cluster</key><value>blue</value></item></tagSet>"
    item = f"<networkInterfaceId>eni-1</networkInterfaceId><subnetId>subnet-0123</subnetId>{tags}"
    first, second = (eni_xml.decode_page(pages_of(item)).interfaces[0] for _ in range(2))
    assert first.subnet_id is second.subnet_id is sys.intern("subnet-0123")
    assert first.tags[0] is second.tags[0]
    assert first.tags == (Tag("cluster", "blue"),)
