"""`latticetop dump`: the script that it prints, run by several shells against a simulated account."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from latticetop.aws import OPERATIONS
from latticetop.simulator import ServerThread
from tests.aws_cli import AwsCli, aws_cli
from tests.command import PATIENCE, at_rest, finished, run, running
from tests.dumps import account_of_many_pages, executed, script_of

SHELLS = ("sh", "bash", "dash", "zsh", "ksh", "mksh", "busybox")
ENDPOINT = "vpce-0e3b1bfc42d162c4a"
A, B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"
NETWORK = "sn-0fc4c78a8f94d8f09"
VPC = "vpc-0d54cbe88a44ffd04"
OLD = "this AWS CLI does not know --include-managed-resources"


@pytest.fixture
def cli() -> Iterator[AwsCli]:
    with aws_cli() as opened:
        yield opened


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def message(folder: Path, *, complete: bool = True) -> str:
    command = f"latticetop check --from {folder / 'dump'}"
    if complete:
        return f"latticetop dump: complete. Read it with: {command}\n"
    return f"latticetop dump: the dump is not complete. This says what is missing: {command}\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_makes_the_same_files(shell: str, incident: ServerThread, cli: AwsCli, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    incident.call(lambda account: account.world.clock.advance(5))  # type: ignore[attr-defined]
    ended = executed(script_of(tmp_path, incident, "--endpoint", ENDPOINT), cli, shell)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "latticetop dump: reading us-east-1\n" + message(tmp_path)
    made = files(tmp_path / "dump")
    lists = ("services", "resources", "vpcs", "endpoints")
    expected = {"identity", "vpcs", "subnets-1", "interfaces-1", "endpoints", "associations-1"}
    expected |= {"service-networks", "resource-gateways", "resource-configurations", f"{VPC}-service-networks"}
    expected |= {f"{NETWORK}-{each}" for each in lists} | {f"reservations-{each}-1" for each in (A, B)}
    assert set(made) == {f"{name}.txt" for name in expected | {f"events-{ENDPOINT}"}}
    for text in made.values():
        assert re.match(
            r"\$ aws [a-z2-]+ (?:describe|get|list|lookup)-.* --region us-east-1  # 20[-\d]+T[:\d]+Z\n\{\n", text
        )
    assert made[f"reservations-{A}-1.txt"].startswith(
        f"$ aws ec2 get-subnet-cidr-reservations --max-results 1000 --subnet-id {A} --region us-east-1  # 20"
    )
    # From a minute before 2024-12-19T08:18:49Z, its creation, to fifteen after the second in which that lies.
    assert "--start-time 1734596269 --end-time 1734597230 --lookup-attributes" in made[f"events-{ENDPOINT}.txt"]
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "dump").iterdir()} == {0o600}
    assert (tmp_path / "dump").stat().st_mode & 0o777 == 0o700


def test_it_only_reads(incident: ServerThread, cli: AwsCli, tmp_path: Path) -> None:
    """Every operation in the text is one of latticetop's, and so is every one that is called."""
    script = script_of(tmp_path, incident, "--endpoint", ENDPOINT)
    words = re.findall(r"\b(ec2|sts|cloudtrail|vpc-lattice) ([a-z]+-[a-z-]+)", script.read_text())
    written = {f"{service}:{''.join(word.title() for word in name.split('-'))}" for service, name in words}
    assert written <= OPERATIONS
    assert all(re.match(r"\w.*:(Describe|Get|List|Lookup)", action) for action in written)
    executed(script, cli)
    assert set(cli.called) == written - {"ec2:DescribeRegions"}
    assert len(written) > 15


@pytest.fixture(scope="module")
def large() -> Iterator[tuple[ServerThread, str]]:
    with account_of_many_pages() as account:
        yield account


def test_what_the_cli_does_not_page_is_read_to_the_end(
    large: tuple[ServerThread, str], cli: AwsCli, tmp_path: Path
) -> None:
    server, subnet_id = large
    ended = executed(script_of(tmp_path, server, "--subnet-id", subnet_id), cli)
    assert (ended.code, ended.err.splitlines()[1:]) == (0, [message(tmp_path).strip()])
    made = files(tmp_path / "dump")
    associations = [made[f"associations-{page}.txt"].count('"AssociatedResourceAcc') for page in (1, 2)]
    reservations = [made[f"reservations-{subnet_id}-{page}.txt"].count('"Cidr": ') for page in (1, 2)]
    assert (associations, reservations) == ([100, 1], [1000, 1])
    token = re.search(r'^    "NextToken": "(.*)"', made["associations-1.txt"], re.M)
    assert token is not None
    assert f"--next-token {token[1]} " in made["associations-2.txt"].splitlines()[0]
    assert {name for name in made if name.endswith("-3.txt")} == set()


def test_pages_that_go_round_in_a_circle_end(large: tuple[ServerThread, str], cli: AwsCli, tmp_path: Path) -> None:
    server, subnet_id = large
    script = script_of(tmp_path, server, "--subnet-id", subnet_id)
    with faults(server, "repeat:ec2:DescribeVpcEndpointAssociations"):
        ended = executed(script, cli)
    assert ended.code == 3
    command = "describe-vpc-endpoint-associations"
    assert ended.err.splitlines()[1:] == [
        f"latticetop dump: aws ec2 {command} returned the same NextToken twice in us-east-1: records are missing.",
        message(tmp_path, complete=False).strip(),
    ]


@contextmanager
def faults(server: ServerThread, *specs: str) -> Iterator[None]:
    server.call(lambda account: account.faults.set(specs))
    yield
    server.call(lambda account: account.faults.set([]))


def test_a_denied_call_is_one_sentence_and_the_next_ones_follow(
    incident: ServerThread, cli: AwsCli, tmp_path: Path
) -> None:
    script = script_of(tmp_path, incident)
    denied = ["ec2:DescribeVpcs", "ec2:GetSubnetCidrReservations"]
    with faults(incident, *(f"deny:{action}" for action in denied)):
        ended = executed(script, cli)
    assert ended.code == 3
    lines = ended.err.splitlines()
    assert len(lines) == 4
    for line, (command, action) in zip(
        lines[1:3],
        (("describe-vpcs", "DescribeVpcs"), ("get-subnet-cidr-reservations", "GetSubnetCidrReservations")),
        strict=True,
    ):
        start = (
            f"latticetop dump: aws ec2 {command} failed in us-east-1: An error occurred (UnauthorizedOperation) when "
        )
        assert line.startswith(f"{start}calling the {action} operation: You are not authorized")
    assert lines[3] == message(tmp_path, complete=False).strip()
    made = files(tmp_path / "dump")
    assert "An error occurred (UnauthorizedOperation)" in made["vpcs.txt"]
    assert '"NetworkInterfaceId": ' in made["interfaces-1.txt"]
    assert f"reservations-{B}-1.txt" in made


def test_an_old_cli_is_not_asked_for_hidden_interfaces_again(incident: ServerThread, tmp_path: Path) -> None:
    with aws_cli(old=True) as cli:
        ended = executed(script_of(tmp_path, incident, "--subnet-id", A, "--vpc-id", VPC), cli)
    assert ended.code == 0
    assert [line for line in ended.err.splitlines() if OLD in line] == [ended.err.splitlines()[1]]
    made = files(tmp_path / "dump")
    for name in ("interfaces-1.txt", "interfaces-2.txt"):
        assert "include-managed" not in made[name]
        assert '"NetworkInterfaceId": ' in made[name]
    interfaces = [words for words in cli.commands if "describe-network-interfaces" in words]
    assert ["--include-managed-resources" in words for words in interfaces] == [True, False, False]


def test_subnets_are_selected(incident: ServerThread, cli: AwsCli, tmp_path: Path) -> None:
    executed(script_of(tmp_path, incident, "--subnet-id", A), cli)
    made = files(tmp_path / "dump")
    assert {name for name in made if "reservations" in name} == {f"reservations-{A}-1.txt"}
    assert B not in made["interfaces-1.txt"] and f'"SubnetId": "{A}"' in made["interfaces-1.txt"]
    assert f'"SubnetId": "{A}"' in made["subnets-1.txt"] and B not in made["subnets-1.txt"]


def test_several_regions_have_a_folder_each(
    cli: AwsCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, incident: ServerThread
) -> None:
    regions = ("eu-west-1", "us-east-1")
    monkeypatch.setattr("latticetop.simulator.operations.regions.REGIONS", regions)
    folders = {
        ("--region", "eu-west-1"): {"2": "eu-west-1", "1": "us-east-1"},
        ("--region", "all"): {region: region for region in regions},
    }
    for flags, expected in folders.items():
        script = script_of(tmp_path, incident, "--subnet-id", A, *flags)
        ended = executed(script, cli)
        assert ended.code == 0
        read = [f"latticetop dump: reading {region}" for region in expected.values()]
        assert sorted(ended.err.splitlines()[:-1]) == read
        for folder, region in expected.items():
            path = tmp_path / "dump" / folder / "identity.txt"
            assert path.read_text().startswith(f"$ aws sts get-caller-identity --region {region} ")
        shutil.rmtree(tmp_path / "dump")


def test_the_region_is_that_of_the_environment(incident: ServerThread, cli: AwsCli, tmp_path: Path) -> None:
    script = script_of(tmp_path, incident, "--subnet-id", A, region="")
    assert "reading us-east-1" in executed(script, cli, AWS_DEFAULT_REGION="us-east-1").err
    shutil.rmtree(tmp_path / "dump")
    ended = executed(script, cli)
    assert ended.code == 3
    assert ended.err.startswith(
        "latticetop dump: there is no Region: set AWS_REGION, or make this script with --region.\n"
    )
    assert cli.commands[-1] == ["configure", "get", "region"]


def test_it_overwrites_nothing_and_needs_the_cli(tmp_path: Path, cli: AwsCli) -> None:
    script = script_of(tmp_path, None)
    (tmp_path / "bin").mkdir()
    for name in ("mkdir", "sed"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or name)
    shell = shutil.which("sh") or "sh"
    ended = finished(shell, str(script), PATH=str(tmp_path / "bin"))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "latticetop dump: there is no AWS CLI: the program aws is not on the PATH.\n"
    (tmp_path / "dump").mkdir()
    ended = executed(script, cli)
    assert (ended.code, ended.out, cli.commands) == (1, "", [])
    assert ended.err == (
        f"latticetop dump: {tmp_path / 'dump'} exists already: move it away, or make this script with another "
        "--output-dir.\n"
    )


def test_one_that_is_cut_off_does_nothing(incident: ServerThread, cli: AwsCli, tmp_path: Path) -> None:
    script = script_of(tmp_path, incident)
    text = script.read_text()
    for size in (len(text) - 2, len(text) - 20, len(text) // 2, 3000):
        script.write_text(text[:size])
        executed(script, cli)
        assert (cli.commands, (tmp_path / "dump").exists()) == ([], False)


@pytest.mark.parametrize("shell", ["bash", "dash", "zsh"])
def test_an_interruption_ends_it(shell: str, tmp_path: Path) -> None:
    """The AWS CLI handles the signal, and ends; without more the shell would go on with the next call."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    os.mkfifo(tmp_path / "started")
    program = tmp_path / "aws"
    program.write_text(f"#!/bin/sh\ntrap 'exit 130' INT\necho yes > {tmp_path}/started\nsleep 1000 &\nwait\n")
    program.chmod(0o700)
    with running(shell, str(script_of(tmp_path, None)), PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}") as child:
        with (tmp_path / "started").open() as started:
            assert started.read() == "yes\n"
        os.killpg(child.pid, signal.SIGINT)
        _, err = child.communicate(timeout=PATIENCE)
    assert child.returncode in (130, -signal.SIGINT)
    assert err == "latticetop dump: reading us-east-1\n"


def test_names_are_never_commands(incident: ServerThread, cli: AwsCli, tmp_path: Path) -> None:
    evil = f"x'; touch {tmp_path}/made; $(touch {tmp_path}/made) `touch {tmp_path}/made` \"\\"
    script = script_of(tmp_path, incident, "--profile", evil, "--output-dir", str(tmp_path / "a 'b' $HOME"))
    ended = executed(script, cli)
    assert (ended.code, (tmp_path / "made").exists()) == (0, False)
    assert all(evil in words for words in cli.commands)
    assert (tmp_path / "a 'b' $HOME" / "vpcs.txt").exists()


def test_a_name_that_begins_with_a_dash_is_no_option(cli: AwsCli, tmp_path: Path) -> None:
    script = tmp_path / "dump.sh"
    script.write_text(run("dump", "--output-dir=-x").out, encoding="utf-8")
    ended = executed(script, cli, cwd=str(tmp_path))
    assert "there is no Region" in ended.err
    assert (tmp_path / "-x").is_dir()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--vpc-id", "vpc-1,subnet-2"), "--vpc-id vpc-1,subnet-2 is no id"),
        (("--subnet-id", "subnet-1; rm"), "--subnet-id subnet-1; rm is no id"),
        (("--endpoint", "subnet-1"), "--endpoint subnet-1 is no id: one is vpce- with letters and digits."),
        (("--output-dir", ""), "--output-dir is empty"),
        (("--profile", "payments"), "The AWS CLI does not know the role payments of latticetop.toml"),
    ],
)
def test_mistakes_are_one_sentence(flags: tuple[str, ...], said: str, home: Path) -> None:
    ended = run("dump", *flags)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert said in ended.err


@pytest.mark.skipif(not shutil.which("aws"), reason="there is no AWS CLI here")
def test_the_real_cli_runs_it_too(cli: AwsCli, tmp_path: Path) -> None:
    """And prints the same, but for the form of times. An account without an endpoint takes seven calls."""
    with at_rest("empty") as server:
        subnet_id = server.call(lambda account: next(iter(account.region().subnets)))
        script = script_of(tmp_path, server, "--subnet-id", subnet_id)
        assert executed(script, cli).code == 0
        expected = files(tmp_path / "dump")
        shutil.rmtree(tmp_path / "dump")
        ended = finished("sh", str(script), PATH=os.environ["PATH"])
    assert (ended.code, ended.err.splitlines()[-1]) == (0, message(tmp_path).strip())
    made = files(tmp_path / "dump")
    assert {name: untimed(text) for name, text in made.items()} == {
        name: untimed(text) for name, text in expected.items()
    }
    assert len(made) == 7


def untimed(text: str) -> str:
    """Without the times in it, and without the option that an old AWS CLI does not know."""
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)|\d{10}\.\d+| --include-managed-resources", "", text)


def test_an_endpoint_that_is_not_there_is_told(incident: ServerThread, cli: AwsCli, tmp_path: Path) -> None:
    ended = executed(script_of(tmp_path, incident, "--subnet-id", A, "--endpoint", "vpce-0123"), cli)
    assert ended.code == 3
    assert "latticetop dump: there is no endpoint vpce-0123 in what was read.\n" in ended.err
