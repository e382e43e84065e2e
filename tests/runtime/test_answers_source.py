"""The dashboard on answers in files."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from latticetop.follow.freshness import DataState, freshness_of
from latticetop.follow.status import Phase, Update
from latticetop.follow.subnet_selection import Selection
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.runtime.answer_files import FileScopes, read_files
from latticetop.runtime.answers_source import AnswersSource
from latticetop.runtime.read_answers import investigate_in_files
from tests.dashboard.stage import playing

INCIDENT = Path(__file__).parents[1] / "simulator" / "incident"
ENDPOINT, VPC, NETWORK = "vpce-0e3b1bfc42d162c4a", "vpc-0d54cbe88a44ffd04", "sn-0fc4c78a8f94d8f09"


@pytest.fixture
def files() -> FileScopes:
    return read_files([str(INCIDENT)])


def source_of(files: FileScopes) -> AnswersSource:
    return AnswersSource(files.scopes[0], files.newest, Selection(), files.problems)


async def test_it_publishes_one_snapshot_and_another_one_on_selection(files: FileScopes) -> None:
    source, updates, published = source_of(files), list[Update](), asyncio.Event()

    def publish(update: Update) -> None:
        updates.append(update)
        published.set()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(source.run(publish))
        await published.wait()
        published.clear()
        source.select(Selection(all_endpoints=True))
        await published.wait()
        task.cancel()
    assert [update.status.phase for update in updates] == [Phase.FROM_FILES] * 2
    for update in updates:
        assert update.snapshot is not None
        assert not [problem for problem in update.snapshot.problems if "vpc-lattice" in problem.operation]
        assert set(update.snapshot.endpoints) == {ENDPOINT}
        assert freshness_of(update.status, files.newest).state is DataState.FROM_FILES
    investigation = await source.investigate(ENDPOINT, lambda _: None)
    assert investigation.timeline is not None
    with pytest.raises(ReadError) as raised:
        await source.describe_interface("eni-1")
    assert raised.value.problem.kind is ProblemKind.NOT_OFFERED


async def test_it_investigates_as_the_command_does(tmp_path: Path) -> None:
    """Among others it knows of the associations of the VPC, one of which could replace the failed endpoint."""
    for path in INCIDENT.glob("*.json"):
        (tmp_path / path.name).write_text(path.read_text())
    for option in (f"--vpc-identifier {VPC}", f"--service-network-identifier {NETWORK}"):
        command = f"aws vpc-lattice list-service-network-vpc-associations {option} --region us-east-1"
        (tmp_path / option).write_text(f'$ {command}\n{{"items": []}}\n')
    files = read_files([str(tmp_path)])
    source, published = source_of(files), asyncio.Event()
    task = asyncio.create_task(source.run(lambda _: published.set()))
    await published.wait()
    investigation = await source.investigate(ENDPOINT, lambda _: None)
    task.cancel()
    expected = await investigate_in_files(files, ENDPOINT)
    assert investigation.snapshot.lattice == expected.snapshot.lattice
    assert investigation.snapshot.lattice.vpc_associations == {VPC: ()}


async def test_the_dashboard_says_that_it_is_from_files(files: FileScopes) -> None:
    async with playing(source_of(files), now=lambda: files.newest, title="") as stage:
        await stage.until(lambda: ENDPOINT[:9] in stage.text)
        assert f"from files   {files.newest:%Y-%m-%d %H:%M} UTC" in stage.lines[0]
        assert "every" not in stage.lines[0] and "ago" not in stage.lines[0]
        for key in ("r", "z"):
            await stage.press_for_notice(key)
            assert stage.notices == ["Files are read once, when latticetop starts: start it again to read them again."]
        assert "from files" in stage.lines[0]
        await stage.press("enter", "e")
        await stage.until(lambda: "failed 5 times in 65 s" in stage.words)


async def test_files_are_one_moment_in_which_nothing_changes_and_no_rate_is_known(tmp_path: Path) -> None:
    subnet = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/26", "AvailableIpAddressCount": 59}
    (tmp_path / "subnets").write_text(f"aws ec2 describe-subnets\n{json.dumps({'Subnets': [subnet]})}\n")
    (tmp_path / "interfaces").write_text('aws ec2 describe-network-interfaces\n{"NetworkInterfaces": []}\n')
    (tmp_path / "reservations").write_text(
        'aws ec2 get-subnet-cidr-reservations --subnet-id subnet-1\n{"SubnetIpv4CidrReservations": []}\n'
    )
    files = read_files([str(tmp_path)])
    async with playing(source_of(files), now=lambda: files.newest, title="") as stage:
        await stage.until(lambda: "subnet-1" in stage.text)
        await stage.press("w")
        await stage.until(lambda: "of one moment: nothing changes in them" in stage.words)
        await stage.press("escape", "t")
        await stage.until(lambda: "too little data" in stage.words)
        assert "no change" not in stage.words
