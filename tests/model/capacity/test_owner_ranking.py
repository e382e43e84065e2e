"""The owners of a subnet by the blocks that they break, and what goes free with them."""

from __future__ import annotations

from msgspec import structs

from latticetop.model.capacity.defragment import defragment
from latticetop.model.capacity.owner_ranking import (
    FREES_NONE,
    FREES_NONE_ALONE,
    OwnerRanking,
    is_ranked,
    owner_ranking,
)
from latticetop.model.capacity.what_if import without
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import ENDPOINT, A, eni, reading


def pod(name: str, address: str) -> NetworkInterface:
    return eni(name, A, address, description="aws-k8s-branch-eni")


def function(name: str, address: str, group: str) -> NetworkInterface:
    interface = eni(name, A, address, description="AWS Lambda VPC ENI-thumbnails-1")
    return structs.replace(interface, security_group_ids=(group,))


def shared_subnet() -> SubnetReading:
    """Blocks 1 to 5 of 8: a pod; a pod and an instance; a pod and a node; the node's prefix; a function."""
    return reading(
        A,
        "10.0.0.0/25",
        pod("eni-1", "10.0.0.17"),
        pod("eni-2", "10.0.0.33"),
        pod("eni-3", "10.0.0.50"),
        eni("eni-4", A, "10.0.0.34", instance_id="i-1"),
        eni("eni-5", A, "10.0.0.51", "10.0.0.64/28", instance_id="i-2", description="aws-K8S-i-2"),
        function("eni-6", "10.0.0.81", "sg-1"),
    )


def ranked(one: SubnetReading) -> dict[str, tuple[set[int], set[int], set[int]]]:
    """The blocks that each owner breaks, breaks alone, and frees when it goes, in the order of the ranking."""
    owners = OwnerRanking(one.blocks).owners
    return {owner.label: (set(owner.broken), set(owner.alone), set(owner.freed)) for owner in owners}


def test_who_breaks_most_alone_comes_first_and_then_who_is_easier_to_free() -> None:
    expected = {
        "EKS pod": ({1, 2, 3}, {1}, {1}),
        "Lambda sg-1": ({5}, {5}, {5}),
        "EKS node i-2": ({3}, set(), {4}),
        "i-1": ({2}, set(), set()),
    }
    assert list(ranked(shared_subnet()).items()) == list(expected.items())
    assert OwnerRanking(shared_subnet().blocks).broken == 4


def test_owners_that_share_a_block_free_it_together() -> None:
    ranking = OwnerRanking(shared_subnet().blocks)
    by_label = {owner.label: owner for owner in ranking.owners}
    pods, node, instance = by_label["EKS pod"], by_label["EKS node i-2"], by_label["i-1"]
    assert ranking.freed_without([]) == set()
    assert ranking.freed_without([pods, instance]) == {1, 2}
    assert ranking.freed_without([pods, instance, node]) == {1, 2, 3, 4}


def test_what_goes_is_what_the_plan_simulates() -> None:
    subnet = shared_subnet()
    before = {index for index, letter in enumerate(subnet.blocks.letters) if letter == "."}
    for owner in OwnerRanking(subnet.blocks).owners:
        after = without(subnet, owner.targets).blocks.letters
        assert {index for index, letter in enumerate(after) if letter == "."} - before == owner.freed, owner.label


def test_the_action_is_that_of_the_advice_and_says_how_many_more() -> None:
    by_label = {owner.label: owner for owner in OwnerRanking(shared_subnet().blocks).owners}
    pods = by_label["EKS pod"]
    assert pods.action == "delete the pod that uses eni-1, and so for 2 more ENIs"
    assert pods.ids == ("eni-1", "eni-2", "eni-3") and pods.address_count == 3
    node = by_label["EKS node i-2"]
    assert (node.action, node.ids, node.address_count) == ("drain i-2 (EKS node) and terminate it", ("i-2",), 17)
    alone = reading(A, "10.0.0.0/26", pod("eni-1", "10.0.0.17"))
    (owner,) = OwnerRanking(alone.blocks).owners
    assert owner.action == defragment(alone.blocks).removals[0].action


def test_nobody_is_advised_to_remove_what_frees_no_block() -> None:
    """A pod shares its block with an instance; the other instance is in a block that AWS reserves addresses of."""
    neighbours = pod("eni-1", "10.0.0.17"), eni("eni-2", A, "10.0.0.18", instance_id="i-1")
    subnet = reading(A, "10.0.0.0/25", *neighbours, eni("eni-3", A, "10.0.0.5", instance_id="i-2"))
    ranking = OwnerRanking(subnet.blocks)
    by_label = {owner.label: owner for owner in ranking.owners}
    advice = {"EKS pod": FREES_NONE_ALONE, "i-1": FREES_NONE_ALONE, "i-2": FREES_NONE}
    assert {label: owner.advice for label, owner in by_label.items()} == advice
    frees = {label: ranking.frees_with(owner, [by_label["i-1"]]) for label, owner in by_label.items()}
    assert frees == {"EKS pod": True, "i-1": False, "i-2": False}
    assert ranking.frees_with(by_label["i-1"], ranking.owners), "once the pod is gone"


def test_a_block_inside_an_explicit_reservation_is_not_freed_by_anybody() -> None:
    neighbours = pod("eni-1", "10.0.0.17"), eni("eni-2", A, "10.0.0.18", instance_id="i-1")
    subnet = reading(A, "10.0.0.0/25", *neighbours, reservations=(("10.0.0.16/28", "explicit"),))
    assert {owner.advice for owner in OwnerRanking(subnet.blocks).owners} == {FREES_NONE}


def test_an_instance_with_two_interfaces_is_terminated_once_with_the_primary_one_first() -> None:
    secondary = structs.replace(eni("eni-1", A, "10.0.0.17", instance_id="i-1"), device_index=1)
    primary = structs.replace(eni("eni-2", A, "10.0.0.33", instance_id="i-1"), device_index=0)
    (owner,) = OwnerRanking(reading(A, "10.0.0.0/25", secondary, primary).blocks).owners
    assert owner.action == "terminate or replace i-1" and set(owner.freed) == {1, 2}
    (owner,) = OwnerRanking(reading(A, "10.0.0.0/25", secondary).blocks).owners
    assert owner.action == "detach eni-1 from i-1 and delete it"


def test_functions_of_other_groups_and_interfaces_of_nobody_known_stay_apart() -> None:
    functions = function("eni-1", "10.0.0.17", "sg-1"), function("eni-2", "10.0.0.18", "sg-2")
    unknown = eni("eni-3", A, "10.0.0.33"), eni("eni-4", A, "10.0.0.34")
    labels = list(ranked(reading(A, "10.0.0.0/25", *functions, *unknown)))
    assert sorted(labels) == ["Lambda sg-1", "Lambda sg-2", "eni-3", "eni-4"]


def test_a_failed_endpoint_is_deleted_and_any_other_one_is_not() -> None:
    subnet = reading(A, "10.0.0.0/26", eni("eni-1", A, "10.0.0.17", description=f"VPC Endpoint Interface {ENDPOINT}"))
    actions = [OwnerRanking(subnet.blocks, failed).owners[0].action for failed in ((), (ENDPOINT,))]
    assert actions == [
        f"recreate VPC Lattice endpoint {ENDPOINT} in another subnet",
        f"delete the failed endpoint {ENDPOINT}",
    ]


def test_a_subnet_without_blocks_has_no_owners_to_rank() -> None:
    assert OwnerRanking(reading(A, None, eni("eni-1", A, "10.0.0.17")).blocks).owners == ()


def test_a_map_is_ranked_once() -> None:
    blocks = shared_subnet().blocks
    assert not is_ranked(blocks)
    assert owner_ranking(blocks) is owner_ranking(blocks) and is_ranked(blocks)
    assert owner_ranking(blocks, (ENDPOINT,)) is not owner_ranking(blocks)
    held = reading(A, "10.0.0.0/26", eni("eni-1", A, "10.0.0.17", description=f"VPC Endpoint Interface {ENDPOINT}"))
    (owner,) = owner_ranking(held.blocks, (ENDPOINT,)).owners
    assert owner.action == f"delete the failed endpoint {ENDPOINT}"


def test_an_owner_touches_the_blocks_of_its_addresses_and_prefixes_inside_the_subnet() -> None:
    """The first and the last block hold addresses that AWS reserves: nobody breaks them."""
    addresses = ("10.0.0.4", "10.0.0.31", "10.0.0.48/28", "10.0.0.64/27", "10.0.0.126", "10.0.0.128", "10.0.9.9")
    (owner,) = OwnerRanking(reading(A, "10.0.0.0/25", eni("eni-1", A, *addresses, instance_id="i-1")).blocks).owners
    assert (set(owner.blocks), set(owner.broken), set(owner.alone)) == ({0, 1, 3, 4, 5, 7}, {1}, {1})
    assert set(owner.freed) == {1, 3, 4, 5}
    assert owner.has("eni-1") and not owner.has("eni-2")


def test_of_owners_that_break_as_much_that_comes_first_with_which_more_goes_free() -> None:
    nodes = (
        eni("eni-1", A, "10.0.0.17", description="aws-K8S-i-1"),
        eni("eni-2", A, "10.0.0.33", "10.0.0.64/28", description="aws-K8S-i-2"),
    )
    assert list(ranked(reading(A, "10.0.0.0/25", *nodes)).items()) == [
        ("EKS node i-2", ({2}, {2}, {2, 4})),
        ("EKS node i-1", ({1}, {1}, {1})),
    ]
