"""Subnets that are selected by their tags and by their EKS cluster, in each command and from the settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from latticetop.model.records.resources import Tag
from latticetop.simulator import ServerThread
from latticetop.simulator.account import SimulatedAccount
from latticetop.simulator.ec2_resources import SimulatedCluster
from latticetop.simulator.scenarios.eks_nodes import add_node
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.vpcs import add_subnet, add_vpc
from tests.command import KEYS, Ended, against, run
from tests.model.builders import eni, reading, snapshot
from tests.recordings import write_recording

FULL, ROOMY, SMALL, OTHER = (
    "subnet-0aaaaaaaaaaaaaaaa",
    "subnet-0bbbbbbbbbbbbbbbb",
    "subnet-0cccccccccccccccc",
    "subnet-0d",
)


def fill(account: SimulatedAccount) -> None:
    """Four subnets of a VPC: one without a free /28, one of a cluster, a /27, and one that is of no interest."""
    region = account.region()
    vpc = add_vpc(region, "10.0.0.0/16")
    production, development = {"env": "prod"}, {"env": "dev"}
    full = add_subnet(region, vpc.id, "10.0.0.0/26", subnet_id=FULL, tags={"tier": "private", **production})
    roomy = add_subnet(region, vpc.id, "10.0.1.0/24", subnet_id=ROOMY, tags=production)
    add_subnet(region, vpc.id, "10.0.2.0/27", subnet_id=SMALL, tags={"tier": "small"})
    add_subnet(region, vpc.id, "10.0.3.0/24", subnet_id=OTHER, tags=development)
    factory = InterfaceFactory(region)
    for address in ("10.0.0.20", "10.0.0.40"):
        factory.instance(full, address)
    add_node(region, roomy, "shop")
    region.put_cluster(SimulatedCluster(name="shop", vpc_id=vpc.id, subnet_ids=(FULL,)))


@pytest.fixture(scope="module")
def server() -> Iterator[ServerThread]:
    with ServerThread("empty") as server:
        server.call(fill)
        yield server


def check(server: ServerThread, *arguments: str, code: int) -> dict[str, Any]:
    ended = against(server, "check", "--json", *arguments)
    assert (ended.code, ended.err) == (code, "")
    answer: dict[str, Any] = json.loads(ended.out)
    return answer


def counted(document: dict[str, Any]) -> dict[str, bool]:
    return {subnet["subnet_id"]: subnet["counts"] for subnet in document["subnets"]}


def test_what_a_tag_selects_counts_like_a_named_subnet(server: ServerThread) -> None:
    """Nothing in FULL needs blocks: without the tag it decides nothing."""
    assert not counted(check(server, code=0))[FULL]
    document = check(server, "--tag", "env=prod", code=1)
    assert counted(document) == {FULL: True, ROOMY: True}
    assert [(reason["id"], reason["rule"]) for reason in document["reasons"]] == [(FULL, "too-few-free-blocks")]
    assert document["criteria"]["tags"] == ["env=prod"]


def test_keys_must_all_match_with_one_of_their_values(server: ServerThread) -> None:
    assert counted(check(server, "--tag", "env=prod", "--tag", "tier", code=1)).keys() == {FULL}
    assert counted(check(server, "--tag", "env=dev", "--tag", "env=prod", code=1)).keys() == {FULL, ROOMY, OTHER}


def test_a_27_counts_by_its_own_id_alone(server: ServerThread) -> None:
    assert counted(check(server, "--tag", "tier=small", code=0)) == {SMALL: False}
    assert counted(check(server, "--tag", "tier=small", "--subnet-id", SMALL, code=1)) == {SMALL: True}


def test_a_cluster_is_in_its_own_subnets_and_those_of_its_nodes(server: ServerThread) -> None:
    assert counted(check(server, "--cluster", "shop", code=1)) == {FULL: True, ROOMY: True}
    narrowed = check(server, "--cluster", "shop", "--tag", "tier", code=1)
    assert (counted(narrowed), narrowed["criteria"]["clusters"]) == ({FULL: True}, ["shop"])


def test_where_describe_cluster_is_denied_it_goes_on_and_that_nothing_is_wrong_is_unknown() -> None:
    """FULL is a subnet of the cluster, and has no free block: with the permission the exit code is 1."""
    with ServerThread("empty") as server:
        server.call(fill)
        server.call(lambda account: account.faults.set(["deny:eks:DescribeCluster"]))
        document = check(server, "--cluster", "shop", code=3)
        nothing_shows = against(server, "check", "--cluster", "mill")
        planned = against(server, "plan", "--cluster", "mill", "--prefixes", "1")
    assert counted(document) == {ROOMY: True}
    (problem,) = document["problems"]
    assert (problem["kind"], problem["operation"]) == ("access-denied", "eks:DescribeCluster")
    assert "cluster shop" in problem["message"] and "eks:DescribeCluster" in problem["next_step"]
    (reason,) = document["reasons"]
    assert (reason["rule"], reason["sentence"]) == ("list-unread", problem["message"])
    for ended in (nothing_shows, planned):
        assert (ended.code, ended.out) == (3, "")
        assert "Access to eks:DescribeCluster is denied." in ended.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--tag", "env=prd"], "No subnet in this account and Region has the tag 'env=prd'. Tags here: env=prod"),
        (["--cluster", "shp"], "No subnet in this account and Region is of an EKS cluster 'shp'."),
        (["--tag", "=prod"], "'=prod' is not a tag: write KEY=VALUE, or KEY for any value."),
    ],
)
@pytest.mark.parametrize("command", [["check"], ["watch", "--for", "60"], ["plan", "--prefixes", "1"]], ids=" ".join)
def test_what_does_not_exist_is_a_mistake_of_the_command(
    server: ServerThread, command: list[str], arguments: list[str], sentence: str
) -> None:
    ended = against(server, *command, *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"latticetop: {sentence}") and len(ended.err.splitlines()) == 1


def in_two_regions(server: ServerThread, *arguments: str) -> Ended:
    return against(server, *arguments, "--region", "eu-west-1")


def test_of_several_scopes_one_need_not_have_it(server: ServerThread) -> None:
    """eu-west-1 has no subnets at all."""
    ended = in_two_regions(server, "check", "--json", "--tag", "env=prod")
    scopes = json.loads(ended.out)["scopes"]
    assert (ended.code, [(scope["region"], scope["exit_code"]) for scope in scopes]) == (
        1,
        [("eu-west-1", 0), ("us-east-1", 1)],
    )
    nowhere = in_two_regions(server, "check", "--cluster", "shp", "--tag", "env=prod")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert "No subnet of the 2 accounts and Regions matches cluster shp and tag env=prod." in nowhere.err
    plan = in_two_regions(server, "plan", "--cluster", "shop", "--any", "--prefixes", "1")
    assert (plan.code, ROOMY in plan.out) == (0, True)


def test_a_plan_is_for_one_account_and_region() -> None:
    def fill_both(account: SimulatedAccount) -> None:
        fill(account)
        region = account.region("eu-west-1")
        add_subnet(region, add_vpc(region, "10.0.0.0/16").id, "10.0.0.0/24", tags={"env": "prod"})

    with ServerThread("empty") as server:
        server.call(fill_both)
        ended = in_two_regions(server, "plan", "--tag", "env=prod", "--prefixes", "1")
    assert (ended.code, ended.out) == (2, "")
    assert "2 accounts and Regions have a subnet with tag env=prod: eu-west-1, us-east-1. Choose one" in ended.err


def test_the_settings_select_for_check_and_watch(server: ServerThread, tmp_path: Path) -> None:
    path = tmp_path / "latticetop.toml"
    path.write_text('clusters = ["shop"]\ntags = ["tier"]\n')
    where = ("--endpoint-url", server.url, "--region", "us-east-1")
    checked = run("check", "--json", *where, LATTICETOP_CONFIG=str(path), **KEYS)
    assert counted(json.loads(checked.out)) == {FULL: True}
    watched = run("watch", "--for", "2", *where, LATTICETOP_CONFIG=str(path), **KEYS)
    assert (watched.code, f"{FULL}: no free /28" in watched.out) == (1, True)
    path.write_text('tags = ["=prod"]\n')
    wrong = run("check", *where, LATTICETOP_CONFIG=str(path), **KEYS)
    assert (wrong.code, wrong.out) == (2, "")
    assert "'=prod' is not a tag" in wrong.err


def test_a_plan_is_for_the_subnets_of_a_cluster(server: ServerThread) -> None:
    ended = against(server, "plan", "--json", "--cluster", "shop", "--prefixes", "1")
    outcomes = {subnet["subnet_id"]: subnet["outcome"] for subnet in json.loads(ended.out)["subnets"]}
    assert (ended.code, outcomes) == (1, {FULL: "cannot", ROOMY: "fits"})
    tagged = against(server, "plan", "--json", "--tag", "env=prod", "--any", "--prefixes", "1")
    assert (tagged.code, json.loads(tagged.out)["any"]) == (0, True)
    both = against(server, "plan", "--tag", "env=prod", "--subnet-ids", FULL)
    assert (both.code, both.out) == (2, "")
    assert both.err == "latticetop: Name the subnets or select them by --cluster and --tag, not both.\n"


def test_in_a_recording_tags_and_interfaces_select(tmp_path: Path) -> None:
    node = structs.replace(
        eni("eni-1", ROOMY, "10.0.1.4", "10.0.1.16/28"), tags=(Tag("cluster.k8s.amazonaws.com/name", "shop"),)
    )
    tagged, roomy = reading(FULL, "10.0.0.0/26", available=59), reading(ROOMY, "10.0.1.0/24", node, available=234)
    tagged = structs.replace(tagged, subnet=structs.replace(tagged.subnet, tags=(Tag("env", "prod"),)))
    file = str(write_recording(tmp_path / "tagged.rec", [snapshot(tagged, roomy)]))

    def planned(*arguments: str) -> list[str]:
        ended = run("plan", "--json", "--from", file, "--prefixes", "1", *arguments)
        assert (ended.code, ended.err) == (0, "")
        return [subnet["subnet_id"] for subnet in json.loads(ended.out)["subnets"]]

    assert planned("--tag", "env=prod") == [FULL]
    assert planned("--cluster", "shop") == [ROOMY]
    wrong = run("plan", "--from", file, "--tag", "env=prd")
    assert (wrong.code, wrong.out) == (2, "")
    assert "No subnet in this account and Region has the tag 'env=prd'." in wrong.err
