"""An account that means ill, as EC2, VPC Lattice and CloudTrail would send it: texts, shapes, members of any kind."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web
from hypothesis import strategies as st

from tests.aws.conftest import IDENTITY, ReceivedRequest

Record = dict[str, Any]
VPC = "vpc-0d54cbe88a44ffd04"
ARN = "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09"
SUBNETS = [f"subnet-{number:017x}" for number in range(1, 4)]
ENDPOINTS = [f"vpce-{number:017x}" for number in range(1, 3)]

EVIL = [
    "[bold red]prod[/] [/bold] [@click=app.quit]x[/] [link=file:///etc/passwd]y[/link] \\[z]",
    "\x9b2J\x9d0;pwned\x9c\x90q\x85\x7f\r\n\t",
    "a\u202egnp.exe\u202c\u2066b\u2069\u200b\u200d\ufeff\u2028\u2029\u061cc",
    "\U000e0001\U000e0069\U000e0067\U000e006e\U000e006f\U000e0072\U000e0065\U000e007f",
    "pass\u00adword \u3164\u115f\u034f",
    "n" * 256,
    "東京リージョンの運用本番環境" * 18,
    "\u0301" * 256,
    "e\u0301\u0489" * 85,
    "\U0001f469\u200d\U0001f469\u200d\U0001f466\ufe0f\u2764\ufe0f\U0001f1e9\U0001f1ea" * 20,
    "\u0639\u0631\u0628\u064a \u05e2\u05d1\u05e8\u05d9\u05ea",
    "`|*_<b>#&amp;\\\"'$(reboot)${x}%{y}|\n# heading\n| a | b |",
    " \u3000\u00a0 ",
    "",
]
ESCAPES = ["\x1b[2J\x1b]0;pwned\x07\x1b]52;c;cm0=\x1b\\", "\x00\x08\ud800\udfff", "\ud83d"]
"""What JSON can say and XML cannot."""

_LEGAL = st.characters(codec="utf-8", exclude_characters="\ufffe\uffff", min_codepoint=32)
names = st.one_of(st.sampled_from(EVIL), st.text(_LEGAL, max_size=256))
"""Any text that XML can carry, at most as long as AWS lets a name be."""
loud = st.one_of(st.sampled_from([*EVIL, *ESCAPES]), st.text(max_size=256))
"""Any text that JSON can carry."""
states = st.one_of(st.sampled_from(["Available", "failed", "Failed", "Pending", "PartlyQuantum"]), names)
cidrs = st.sampled_from(
    ["10.10.10.0/26", "10.10.10.0/26", "10.10.10.64/28", "10.10.12.0/24", "10.10.10.128/30", "10.10.10.1/26", "::/0",
     "10.10.0.0/33", "10.10.0.0/20", "0.0.0.0/0", "everything", ""]
)  # fmt: skip
prefixes = st.sampled_from(["10.10.10.16/28", "10.10.10.32/28", "10.10.10.40/29", "10.0.0.0/8", "0.0.0.0/0", "x", ""])
addresses = st.sampled_from(["10.10.10.7", "10.10.10.36", "10.10.12.9", "8.8.8.8", "10.10.10.999", "::1", "", "ten"])
times = st.sampled_from(
    ["2024-12-19T08:18:51.000Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"]
)
counts = st.sampled_from([40, 0, 11, -5, 2**31 - 1])
tags = st.lists(st.builds(lambda key, value: {"key": key, "value": value}, names | st.just("Name"), names), max_size=2)


@st.composite
def bruised(draw: st.DrawFn, record: Record) -> Record:
    """The record with some members gone, empty, changed to any text, and with one that AWS has not invented yet."""
    changed = dict(record)
    for name in draw(st.lists(st.sampled_from(sorted(record)), max_size=2, unique=True)):
        how = draw(st.sampled_from(["gone", "empty", "other"]))
        if how == "gone":
            del changed[name]
        elif how == "empty":
            changed[name] = None
        elif isinstance(record[name], str) and not name.lower().endswith("time"):
            changed[name] = draw(names)
    if draw(st.booleans()):
        changed["quantumState"] = {"entangledWith": [draw(names)]}
    return changed


@st.composite
def subnets(draw: st.DrawFn, subnet_id: str) -> Record:
    return draw(
        bruised(
            {
                "subnetId": subnet_id,
                "vpcId": VPC,
                "cidrBlock": draw(cidrs),
                "availableIpAddressCount": draw(counts),
                "availabilityZone": draw(st.sampled_from(["us-east-1a", "us-east-1b"])),
                "availabilityZoneId": "use1-az1",
                "state": draw(states),
                "ipv6CidrBlockAssociationSet": [{"ipv6CidrBlock": "fd00::/64"}],
                "tagSet": draw(tags),
            }
        )
    )


@st.composite
def interfaces(draw: st.DrawFn, number: int) -> Record:
    owner = draw(st.sampled_from([f"VPC Endpoint Interface {ENDPOINTS[0]}", f"VPC Endpoint Interface: {ENDPOINTS[1]}"]))
    held = draw(st.lists(addresses, max_size=3))
    return draw(
        bruised(
            {
                "networkInterfaceId": f"eni-{number:017x}",
                "subnetId": draw(st.sampled_from(SUBNETS)),
                "vpcId": VPC,
                "description": draw(st.just(owner) | names.map("ELB {}".format) | names),
                "interfaceType": draw(st.sampled_from(["interface", "nat_gateway", "wormhole"]) | names),
                "status": draw(states),
                "privateIpAddress": held[0] if held else None,
                "privateIpAddressesSet": [{"privateIpAddress": each, "primary": each == held[0]} for each in held],
                "ipv4PrefixSet": [{"ipv4Prefix": each} for each in draw(st.lists(prefixes, max_size=2))],
                "attachment": {"instanceId": draw(st.just("i-0b71f2c6d80e9a534") | names), "attachTime": draw(times)},
                "requesterManaged": draw(st.booleans()),
                "tagSet": draw(tags),
            }
        )
    )


@st.composite
def endpoints(draw: st.DrawFn, endpoint_id: str) -> Record:
    return draw(
        bruised(
            {
                "vpcEndpointId": endpoint_id,
                "vpcEndpointType": draw(st.just("ServiceNetwork") | names),
                "vpcId": VPC,
                "state": draw(states),
                "subnetIdSet": draw(st.lists(st.sampled_from([*SUBNETS, "subnet-ffffffffffffffffa"]), max_size=3)),
                "networkInterfaceIdSet": draw(st.lists(st.sampled_from(["eni-00000000000000001", "eni-f"]))),
                "serviceNetworkArn": draw(st.just(ARN) | names),
                "creationTimestamp": draw(times),
                "failureReason": draw(names),
                "lastError": {"code": draw(names), "message": draw(names)},
                "groupSet": [{"groupId": "sg-1", "groupName": draw(names)}],
                "tagSet": draw(tags),
            }
        )
    )


@st.composite
def associations(draw: st.DrawFn, number: int) -> Record:
    return draw(
        bruised(
            {
                "id": f"vpce-rsc-asc-{number:017x}",
                "vpcEndpointId": draw(st.sampled_from(ENDPOINTS)),
                "serviceNetworkArn": ARN,
                "serviceNetworkName": draw(names),
                "associatedResourceAccessibility": draw(st.sampled_from(["Accessible", "Inaccessible"]) | names),
                "failureReason": draw(names),
                "failureCode": draw(names),
                "dnsEntry": {"dnsName": draw(names)},
                "associatedResourceArn": draw(names),
            }
        )
    )


@st.composite
def reservations(draw: st.DrawFn) -> Record:
    return draw(
        bruised(
            {
                "subnetCidrReservationId": "scr-1",
                "subnetId": SUBNETS[0],
                "cidr": draw(prefixes),
                "reservationType": draw(st.sampled_from(["prefix", "explicit", "borrowed"]) | names),
                "description": draw(names),
            }
        )
    )


@st.composite
def events(draw: st.DrawFn) -> Record:
    """An event as LookupEvents gives it: the body is JSON in a text."""
    body = {
        "eventTime": draw(times),
        "eventName": draw(st.just("CreateNetworkInterface") | loud),
        "errorCode": draw(st.none() | loud),
        "errorMessage": draw(loud | st.integers()),
        "userIdentity": draw(st.none() | st.builds(lambda name: {"invokedBy": name}, loud)),
        "requestParameters": {"subnetId": SUBNETS[0], "description": f"VPC Endpoint Interface {ENDPOINTS[0]}"},
        "responseElements": {"networkInterface": {"networkInterfaceId": draw(loud), "privateIpAddress": "10.10.10.7"}},
    }
    text = json.dumps(body, ensure_ascii=draw(st.booleans()))
    return {"EventId": draw(loud), "EventTime": 1734596331, "EventName": draw(loud), "CloudTrailEvent": text}


@st.composite
def lattice_items(draw: st.DrawFn) -> Record:
    """An item with the members of every List operation of VPC Lattice at once."""
    members = ["id", "name", "arn", "status", "type", "serviceName", "customDomainName", "resourceConfigurationName",
               "failureCode", "vpcId", "vpcEndpointId", "vpcIdentifier", "state", "resourceGatewayId"]  # fmt: skip
    item: Record = {name: draw(st.none() | loud) for name in draw(st.lists(st.sampled_from(members), max_size=5))}
    item |= {"dnsEntry": draw(st.none() | st.builds(lambda name: {"domainName": name}, loud))}
    return item | {"subnetIds": SUBNETS, "id": draw(loud), "arn": draw(st.just(ARN) | loud)}


EC2 = "http://ec2.amazonaws.com/doc/2016-11-15/"


class HostileAccount:
    """What an account answers to each operation."""

    def __init__(self, draw: st.DrawFn) -> None:
        few = st.integers(0, 2)
        self.lists: dict[str, tuple[str, list[Record]]] = {
            "DescribeVpcs": ("vpcSet", [{"vpcId": VPC, "cidrBlock": "10.10.0.0/16", "tagSet": draw(tags)}]),
            "DescribeSubnets": ("subnetSet", [draw(subnets(each)) for each in SUBNETS]),
            "DescribeVpcEndpoints": ("vpcEndpointSet", [draw(endpoints(each)) for each in ENDPOINTS]),
            "DescribeNetworkInterfaces": ("networkInterfaceSet", [draw(interfaces(n)) for n in range(draw(few) + 1)]),
            "DescribeVpcEndpointAssociations": (
                "vpcEndpointAssociationSet", [draw(associations(n)) for n in range(draw(few))],
            ),
            "GetSubnetCidrReservations": (
                "subnetIpv4CidrReservationSet", [draw(reservations()) for _ in range(draw(few))],
            ),
        }  # fmt: skip
        self.events = draw(st.lists(events(), max_size=2))
        self.lattice = draw(st.lists(lattice_items(), max_size=2))

    def __repr__(self) -> str:
        return f"HostileAccount({self.lists!r}, {self.events!r}, {self.lattice!r})"

    async def answer(self, seen: ReceivedRequest) -> web.StreamResponse:
        """The answer to a request of any of the services."""
        if seen.action == "GetCallerIdentity":
            return web.Response(text=IDENTITY, content_type="text/xml")
        if seen.action:
            key, records = self.lists[seen.action]
            body = f'<{seen.action}Response xmlns="{EC2}">{element(key, records)}</{seen.action}Response>'
            return web.Response(body=body.encode(), content_type="text/xml")
        answer = {"Events": self.events} if seen.path == "/" else {"items": self.lattice}
        return web.Response(text=json.dumps(answer), content_type="application/json")


accounts = st.composite(HostileAccount)()


def element(name: str, value: Any) -> str:
    """A member as EC2 writes it; None is an empty element."""
    if isinstance(value, dict):
        inner = "".join(element(key, member) for key, member in value.items())
    elif isinstance(value, list):
        inner = "".join(element("item", each) for each in value)
    elif isinstance(value, bool):
        inner = str(value).lower()
    else:
        inner = "" if value is None else _spelled(str(value))
    return f"<{name}>{inner}</{name}>"


def _spelled(text: str) -> str:
    """Controls by number, as XML takes them; the others as they are."""
    return "".join(f"&#{ord(c)};" if ord(c) < 32 or 127 <= ord(c) < 160 else escape(c) for c in text)
