"""Accounts rebuilt from public reports, and what is right for each."""

from __future__ import annotations

import re
import time

import pytest

from tests.cases.conftest import Case, Serve, read_account
from tests.cases.server import Account

OWNER = "210987654321"


def plan(case: Case, subnet_id: str, *arguments: str) -> tuple[int, str]:
    """Run `plan` for one subnet: its exit code and its outcome."""
    code, document = case.document("plan", "--subnet-ids", subnet_id, *arguments)
    (subnet,) = document["subnets"]
    return code, subnet["outcome"]


def fix_in(text: str) -> str:
    """The text that `check` or `plan` prints from `Fix` on, up to the table of subnets."""
    return text.partition(" Fix ")[2].partition(" subnet zone CIDR ")[0]


def is_ordered(text: str, *parts: str) -> bool:
    """Whether the parts stand in the text in this order."""
    return re.search(".*?".join(map(re.escape, parts)), text) is not None


def bounds(case: Case, subnet_id: str) -> tuple[int, int]:
    subnet = case.subnet(subnet_id)
    return subnet["free_blocks_min"], subnet["free_blocks_max"]


class TestReservationAtTheTop:
    """A public CI cluster that reserves the top /23 of each /18 for prefixes: AWS's count is lower by 512."""

    def test_check(self, serve: Serve) -> None:
        case = serve("reservation_at_the_top")
        code, text = case.run("check")
        assert code == 0
        assert "1,012" in text and "31 prefix reservation" in text
        assert "-1,012" not in text and "≤" not in text and "no visible ENI" not in text

    def test_json(self, serve: Serve) -> None:
        case = serve("reservation_at_the_top")
        subnet = case.subnet("subnet-0f1a")
        assert (subnet["free_blocks_min"], subnet["free_blocks_max"]) == (1012, 1012)
        assert (subnet["blocks"]["prefix_reserved"], subnet["unaccounted_addresses"]) == (31, 0)
        assert subnet["missing_data"] == []

    def test_plan(self, serve: Serve) -> None:
        case = serve("reservation_at_the_top")
        assert plan(case, "subnet-0f1a", "--prefixes", "1") == (0, "fits")
        assert plan(case, "subnet-0f1a", "--prefixes", "1012") == (0, "fits")
        assert plan(case, "subnet-0f1a", "--prefixes", "1013") == (1, "cannot")


class TestAllReserved:
    """A scale test that reserves a whole subnet: the count is 0, and fourteen blocks are free for prefixes."""

    def test_check(self, serve: Serve) -> None:
        case = serve("all_reserved")
        code, text = case.run("check", "--subnet-id", "subnet-0f3a")
        assert (code, "RPPPPPPPPPPPPPPR" in text) == (0, True)
        assert bounds(case, "subnet-0f3a") == (14, 14)
        assert case.subnet("subnet-0f3a")["unaccounted_addresses"] == 0

    def test_plan(self, serve: Serve) -> None:
        case = serve("all_reserved")
        assert plan(case, "subnet-0f3a", "--prefixes", "14") == (0, "fits")
        assert plan(case, "subnet-0f3a", "--prefixes", "15") == (1, "cannot")


class TestSlash13:
    """A reservation of a /14 in a /13."""

    def test_check(self, serve: Serve) -> None:
        case = serve("slash_13")
        code, _ = case.run("check", "--subnet-id", "subnet-0e8a")
        subnet = case.subnet("subnet-0e8a")
        assert (code, subnet["free_blocks_min"], subnet["free_blocks_max"]) == (0, 32766, 32766)
        assert (subnet["blocks"]["prefix_reserved"], subnet["unaccounted_addresses"]) == (16383, 0)

    def test_it_takes_no_longer_than_a_slash_16(self, serve: Serve) -> None:
        account = read_account("slash_13")
        account["Subnets"][0] |= {"CidrBlock": "10.0.0.0/16", "AvailableIpAddressCount": 65536 - 5 - 32768 + 4}
        account["Reservations"]["subnet-0e8a"][0]["Cidr"] = "10.0.0.0/17"
        seconds = {}
        for name, each in (("/16", account), ("/13", read_account("slash_13"))):
            case = serve(each)
            started = time.process_time()
            assert case.run("check", "--subnet-id", "subnet-0e8a")[0] == 0
            seconds[name] = time.process_time() - started
        assert seconds["/13"] < seconds["/16"] + 1


class TestOneAddressUnaccounted:
    """One address that nobody shows, in an empty /20."""

    def test_check(self, serve: Serve) -> None:
        case = serve("one_address_unaccounted")
        code, text = case.run("check", "--subnet-id", "subnet-0b1a")
        assert (code, "253-254" in text) == (0, True)
        assert bounds(case, "subnet-0b1a") == (253, 254)
        assert case.subnet("subnet-0b1a")["unaccounted_addresses"] == 1

    @pytest.mark.parametrize(
        ("prefixes", "answer"),
        [("1", (0, "fits")), ("200", (0, "fits")), ("253", (0, "fits")), ("254", (1, "may")), ("255", (1, "cannot"))],
    )
    def test_plan(self, serve: Serve, prefixes: str, answer: tuple[int, str]) -> None:
        assert plan(serve("one_address_unaccounted"), "subnet-0b1a", "--prefixes", prefixes) == answer


class TestSharedSubnet:
    """A subnet that another account shares: its count is of the whole subnet, its ENIs are hidden."""

    def test_nine_addresses_left(self, serve: Serve) -> None:
        case = serve("shared_nearly_full")
        code, text = case.run("check", "--subnet-id", "subnet-0c1a")
        assert code == 3
        assert OWNER in text and "GetSubnetCidrReservations" in text
        assert "30 free" not in text and "30 ." not in text
        assert bounds(case, "subnet-0c1a") == (0, 0)
        assert case.subnet("subnet-0c1a")["owner_id"] == OWNER

    def test_nine_addresses_left_in_a_plan(self, serve: Serve) -> None:
        case = serve("shared_nearly_full")
        code, text = case.run("plan", "--subnet-ids", "subnet-0c1a", "--prefixes", "1")
        assert code == 3
        assert OWNER in text and "outside" in text
        assert "30 free" not in text

    @pytest.mark.parametrize("name", ["shared_nearly_full", "shared_20_left"])
    def test_without_a_name(self, serve: Serve, name: str) -> None:
        """What the hidden ENIs need cannot be read."""
        case = serve(name)
        code, text = case.run("check")
        assert code == 3
        assert "30 free" not in text and "30 ." not in text and "Nothing is wrong" not in text
        (subnet,) = case.document("check")[1]["subnets"]
        assert (subnet["counts"], subnet["free_cidr_blocks"]) == (True, [])

    def test_twenty_addresses_left(self, serve: Serve) -> None:
        case = serve("shared_20_left")
        code, text = case.run("check", "--subnet-id", "subnet-0c1a")
        assert (code, "0-1" in text) == (3, True)
        assert bounds(case, "subnet-0c1a") == (0, 1)
        assert plan(case, "subnet-0c1a", "--prefixes", "1") == (3, "cannot-tell")

    def test_an_own_subnet_beside_it(self, serve: Serve) -> None:
        case = serve("shared_and_own")
        code, document = case.document("plan", "--subnet-ids", "subnet-0e7a", "subnet-0e7b")
        assert code == 3
        assert [subnet["outcome"] for subnet in document["subnets"]] == ["fits", "cannot-tell"]
        _, text = case.run("plan", "--subnet-ids", "subnet-0e7a", "subnet-0e7b")
        own, _, shared = text.partition("subnet-0e7b shared by network account")
        assert OWNER in shared and OWNER not in own
        assert "AWS does not let this account create an endpoint in subnet-0e7b" in text
        assert "create-vpc-endpoint" not in text
        assert document["refused_subnets"] == ["subnet-0e7b"]
        assert case.subnet("subnet-0e7a")["missing_data"] == []


class TestEksWithoutABlock:
    """Pods fail with 208 free addresses: no block of the /24 is free, and there is no endpoint of VPC Lattice."""

    def test_check(self, serve: Serve) -> None:
        code, text = serve("eks_without_a_block").run("check")
        assert code == 1
        assert "1 subnet without a free /28" in text
        assert "not read yet" not in text

    def test_the_fix(self, serve: Serve) -> None:
        """Draining a node frees everything of it: the best one frees two blocks."""
        code, text = serve("eks_without_a_block").run("check")
        assert code == 1
        assert is_ordered(text, "reserve 10.100.52.", "with type prefix", "drain i-0000000000000abc1", "frees 2 blocks")

    def test_the_plan_names_the_same(self, serve: Serve) -> None:
        code, text = serve("eks_without_a_block").run("plan", "--subnet-ids", "subnet-0e1a", "--prefixes", "1")
        assert code == 1
        assert is_ordered(text, "reserve 10.100.52.", "drain i-0000000000000abc1", "frees 2 blocks")

    def test_the_plan_after_the_fix_fits(self, serve: Serve) -> None:
        account = read_account("eks_without_a_block")
        _, text = serve(account).run("plan", "--subnet-ids", "subnet-0e1a", "--prefixes", "1")
        cidr = re.search(r"reserve (10\.100\.52\.\d+/\d+)", text)
        assert cidr
        after = serve(reserved(drained(account, "i-0000000000000abc1"), cidr[1]))
        assert plan(after, "subnet-0e1a", "--prefixes", "1") == (0, "fits")


def drained(account: Account, instance_id: str) -> Account:
    """The account without the ENIs of an instance."""
    interfaces = account["NetworkInterfaces"]
    left = [each for each in interfaces if each.get("Attachment", {}).get("InstanceId") != instance_id]
    assert len(left) < len(interfaces)
    return {**account, "NetworkInterfaces": left}


def reserved(account: Account, cidr: str) -> Account:
    """The account with a range of its subnet reserved as `prefix`."""
    subnet_id = account["Subnets"][0]["SubnetId"]
    reservation = {
        "SubnetCidrReservationId": "scr-0",
        "SubnetId": subnet_id,
        "Cidr": cidr,
        "ReservationType": "prefix",
        "OwnerId": "123456789012",
    }
    return {**account, "Reservations": {subnet_id: [reservation]}}


class TestStrayPrimaryAddresses:
    """Custom networking: each ENI of the pods has a primary address beside its two prefixes, in a block of its own."""

    def test_check(self, serve: Serve) -> None:
        case = serve("stray_primary_addresses")
        code, text = case.run("check")
        assert (code, "RfAAfAAfAA.....R" in text) == (0, True)
        subnet = case.subnet("subnet-0e2a")
        assert (subnet["free_blocks_min"], subnet["free_blocks_max"]) == (5, 5)
        assert (subnet["blocks"]["fragmented"], subnet["blocks"]["allocated"]) == (3, 6)

    def test_plan(self, serve: Serve) -> None:
        case = serve("stray_primary_addresses")
        assert plan(case, "subnet-0e2a", "--prefixes", "5") == (0, "fits")
        code, text = case.run("plan", "--subnet-ids", "subnet-0e2a", "--prefixes", "6")
        assert code == 1
        assert is_ordered(text, "drain i-0000000000000000", "frees 3 blocks")


class TestCilium:
    """A Cilium node with ENIs in two CIDR blocks of the VPC."""

    def test_check(self, serve: Serve) -> None:
        case = serve("cilium_two_cidrs")
        code, _ = case.run("check")
        assert code == 0
        assert bounds(case, "subnet-0e3p") == (26, 26)
        assert bounds(case, "subnet-0e3n") == (13, 13)

    def test_owners_are_named(self, serve: Serve) -> None:
        case = serve("cilium_two_cidrs")
        for subnet_id, prefixes in (("subnet-0e3p", "27"), ("subnet-0e3n", "14")):
            code, text = case.run("plan", "--subnet-ids", subnet_id, "--prefixes", prefixes)
            assert (code, "i-0aaaa000000000002" in text) == (1, True)


class TestOwners:
    """A directory, a transit gateway, Lambda, EFS, an ECS task and Fargate in one /25."""

    def test_the_advice_names_what_can_be_moved(self, serve: Serve) -> None:
        code, text = serve("owners").run("check")
        fix = fix_in(text)
        assert code == 1
        assert is_ordered(fix, "reserve 10.41.0.", "/28 in subnet-0ab2a with type prefix", "then create")
        assert re.search(r"reserve 10\.41\.0\.(80|96)/28", fix), fix
        assert "ECS" in fix or "Fargate" in fix
        assert not re.search("directory|transit|Lambda|EFS", fix)

    def test_each_owner_is_named_once(self, serve: Serve) -> None:
        _, text = serve("owners").run("check")
        services = text.partition(" Services ")[2].partition(" Fix ")[0].replace("- ", "-")
        for name in (
            "Directory Service d-0000000001",
            "transit gateway attachment tgw-attach-0123456789abcdef0",
            "(Lambda)",
            "EFS mount target fs-0123abcd",
            "ECS task",
            "(Fargate task)",
        ):
            assert services.count(name) == 1, (name, services)
        assert "AWS created" not in services and "managed by AWS" not in services


class TestEveryEndpointKind:
    """Every spelling of an endpoint's ENIs, and ten endpoints of all types."""

    def test_check(self, serve: Serve) -> None:
        case = serve("every_endpoint_kind")
        code, _ = case.run("check")
        assert code == 1
        assert bounds(case, "subnet-0a2a") == (10, 10)

    def test_verdicts(self, serve: Serve) -> None:
        assert serve("every_endpoint_kind").verdicts("--all-endpoints") == {
            "vpce-0bbbb000000000001": "healthy",
            "vpce-0bbbb000000000002": "healthy",
            "vpce-0bbbb000000000003": "healthy",
            "vpce-0bbbb000000000004": "healthy",
            "vpce-0bbbb000000000005": "failed-but-accessible",
            "vpce-0gw": "healthy",
            "vpce-0glb1": "waiting-for-acceptance",
            "vpce-0glb2": "failed",
            "vpce-0glb3": "failed",
            "vpce-0int2": "failed",
        }

    def test_the_owner_of_the_service_has_to_accept(self, serve: Serve) -> None:
        _, text = serve("every_endpoint_kind").run("check", "--all-endpoints")
        assert is_ordered(text, "vpce-0glb1", "owner", "accept")

    def test_no_service_network_talk_about_other_types(self, serve: Serve) -> None:
        _, text = serve("every_endpoint_kind").run("check", "--all-endpoints")
        table = text.partition(" subnet zone CIDR ")[0]
        parts = re.split(r"(?= vpce-0\w+ [a-z]+(?:-[a-z]+)* )", table)
        others = [part for part in parts if re.match(r" vpce-0(gw|glb\d|int2|bbbb000000000003) ", part)]
        assert len(others) == 6
        for part in others:
            assert not re.search(r"associat|service network|\bservices\b|/28|VPC Lattice", part, re.IGNORECASE), part

    def test_roles(self, serve: Serve) -> None:
        _, document = serve("every_endpoint_kind").document("check", "--all-endpoints")
        roles = {
            interface["network_interface_id"]: interface["role"]
            for endpoint in document["endpoints"]
            for interface in endpoint["network_interfaces"]
        }
        assert roles["eni-00000000000001009"] == "service"
        assert roles["eni-0000000000000100a"] == "resource"
        assert roles.get("eni-0000000000000100b") in (None, "")
        assert roles["eni-0000000000000100d"] == "service"
        assert roles["eni-0000000000000100e"] == "resource"


def test_a_vpc_that_is_associated_is_not_advised_to_be(serve: Serve) -> None:
    case = serve("already_associated")
    for arguments in (("check",), ("explain", "vpce-0b7")):
        _, text = case.run(*arguments)
        assert "associate the VPC" not in text
    account = read_account("already_associated")
    associations = account["lattice"]["servicenetworkvpcassociations"]
    associations["sn-0b7x"] = [
        {**associations["sn-0b7"][0], "serviceNetworkId": "sn-0b7x", "serviceNetworkName": "other-net"}
    ]
    associations["sn-0b7"] = []
    _, text = serve(account).run("explain", "vpce-0b7")
    assert "associate the VPC" not in text


class TestDualStackFailed:
    """A dual-stack endpoint that failed."""

    def test_the_fix(self, serve: Serve) -> None:
        case = serve("dual_stack_failed")
        for arguments in (("check",), ("explain", "vpce-0b7")):
            code, text = case.run(*arguments)
            assert is_ordered(
                text, "eserve 10.7.0.16/28 in subnet-0b7a with type prefix", "i-0b7", "reate the endpoint again"
            )
            assert code == (1 if arguments == ("check",) else 0)

    def test_the_plan_of_these_steps_fits(self, serve: Serve) -> None:
        account = reserved(drained(read_account("dual_stack_failed"), "i-0b7"), "10.7.0.16/28")
        assert plan(serve(account), "subnet-0b7a") == (0, "fits")


class TestOddEndpoints:
    """A state nobody knows, an endpoint without subnets, one in a foreign subnet, and one that expired."""

    def test_check(self, serve: Serve) -> None:
        case = serve("odd_endpoints")
        code, text = case.run("check")
        assert (code, "Updating" in text) == (1, True)
        assert case.verdicts() == {
            "vpce-0aa31": "unknown",
            "vpce-0aa32": "failed",
            "vpce-0aa33": "unknown",
            "vpce-0aa34": "failed",
        }

    def test_the_unknown_state_alone(self, serve: Serve) -> None:
        account = read_account("odd_endpoints")
        account["VpcEndpoints"] = account["VpcEndpoints"][:1]
        code, _ = serve(account).run("check")
        assert code == 3
