"""What fits into a /16 of 4,096 blocks with 30,000 addresses in use: `python -m tests.benchmarks.capacity`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from random import Random

from msgspec import structs

from latticetop.model.capacity.decide import capacity_of, decide
from latticetop.model.capacity.defragment import DEFRAGMENTATIONS, OCCUPANTS, defragment
from latticetop.model.capacity.demand import Behaviour, Demand
from latticetop.model.capacity.supply import SUPPLIES
from latticetop.model.records.address import Cidr, parse_cidr
from latticetop.model.records.resources import CidrReservation, NetworkInterface, Subnet
from latticetop.model.snapshot import SubnetReading

SUBNET, CIDR = "subnet-1", parse_cidr("10.0.0.0/16")
ADDRESSES = 30_000
TIMES = 9
DEMANDS = {
    "1 endpoint, 1 configuration": Demand(),
    "50 endpoints, 500 configurations": Demand(50, 500),
    "50 endpoints, 500 configurations, 2024": Demand(50, 500, Behaviour.IN_2024),
    "2,000 prefixes": Demand(0, 0, prefixes=2_000),
}


def packed() -> SubnetReading:
    """The lower addresses in use, three to an instance; the rest is free."""
    return of([CIDR.first + 4 + n for n in range(ADDRESSES)])


def scattered() -> SubnetReading:
    """Addresses at random: hardly a block is free, and ENIs span blocks."""
    return of(Random(1).sample(range(CIDR.first + 4, CIDR.last), ADDRESSES))


def nodes() -> SubnetReading:
    """1,000 nodes with a prefix each, the other addresses packed, and a /17 reserved but for its first addresses."""
    reading = of([CIDR.first + 4 + n for n in range(ADDRESSES - 16_000)])
    prefixes = [Cidr(CIDR.first + 16 * (2_000 + n), 28) for n in range(1_000)]
    with_prefix = tuple(
        structs.replace(interface, prefixes=(prefix,))
        for interface, prefix in zip(reading.interfaces, prefixes, strict=False)
    )
    ranges = [Cidr(CIDR.first + 2**15 + 2**n, 32 - n) for n in range(15)]
    reservations = tuple(CidrReservation(f"scr-{n}", SUBNET, cidr, "prefix") for n, cidr in enumerate(ranges))
    return structs.replace(reading, interfaces=(*with_prefix, *reading.interfaces[1_000:]), reservations=reservations)


def of(addresses: list[int]) -> SubnetReading:
    interfaces = tuple(
        NetworkInterface(f"eni-{n:017x}", SUBNET, addresses=tuple(addresses[n : n + 3]), instance_id=f"i-{n:017x}")
        for n in range(0, len(addresses), 3)
    )
    return SubnetReading(Subnet(SUBNET, "vpc-1", CIDR, availability_zone="us-east-1a"), interfaces)


def cpu(action: Callable[[], object], prepare: Callable[[], object] = lambda: None) -> float:
    """Milliseconds of processor, the median of several."""
    taken = []
    for _ in range(TIMES):
        prepare()
        started = time.process_time()
        action()
        taken.append(1000 * (time.process_time() - started))
    return sorted(taken)[TIMES // 2]


def proven(reading: SubnetReading, demand: Demand) -> None:
    """The answer with all that proves it."""
    answer = decide(reading, demand)
    assert answer.reason
    _ = answer.working_sequence, answer.failing_sequence, answer.block_evidence


def main() -> None:
    """Measure and print tables."""
    say("| /16 | demand | answer | first answer | again | first with its proof | fits |")
    say("| --- | --- | --- | --- | --- | --- | --- |")
    scenes = {scene.__name__: scene() for scene in (packed, scattered, nodes)}
    for scene, reading in scenes.items():
        forget = partial(SUPPLIES.pop, reading.blocks)
        for name, demand in DEMANDS.items():
            answer = partial(decide, reading, demand)
            times = (
                cpu(answer, forget),
                cpu(answer),
                cpu(partial(proven, reading, demand), forget),
                cpu(partial(capacity_of, reading, demand)),
            )
            say(f"| {' | '.join([scene, name, answer().outcome, *(f'{ms:.2f} ms' for ms in times)])} |")
    say("\n| /16 | blocks to free | removals | exact | CPU |\n| --- | --- | --- | --- | --- |")
    for scene, reading in scenes.items():
        for count in (1, 3, 20):
            defragmented, taken = defragment(reading.blocks, count), cpu(partial(defragment_anew, reading, count))
            say(f"| {scene} | {count} | {len(defragmented.removals)} | {defragmented.exact} | {taken:.0f} ms |")


def defragment_anew(reading: SubnetReading, count: int) -> None:
    """Without what `defragment` keeps with the map."""
    DEFRAGMENTATIONS.pop(reading.blocks)
    OCCUPANTS.pop(reading.blocks)
    defragment(reading.blocks, count)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
