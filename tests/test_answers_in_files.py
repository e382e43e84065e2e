"""Answers of AWS in files, in every command: what they tell, and what is said of all that they lack."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from latticetop.cli.group import cli
from latticetop.runtime import answer_files
from tests.recordings import incident_recording
from tests.test_layers import SDK, command, loaded

INCIDENT = Path(__file__).parent / "simulator" / "incident"
SAMPLES = Path(__file__).parent / "aws" / "answers" / "samples"
ACCOUNT, VPC, A, B = "123456789012", "vpc-0a1", "subnet-0a1", "subnet-0b2"
ENDPOINT, ARN = "vpce-0c3", "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0d4"
INCIDENT_ENDPOINT = "vpce-0e3b1bfc42d162c4a"

Answers = dict[str, Any]


def subnet(subnet_id: str, cidr: str, count: int | None, zone: str = "us-east-1a", owner: str = ACCOUNT) -> Answers:
    raw = {"SubnetId": subnet_id, "VpcId": VPC, "CidrBlock": cidr, "AvailabilityZone": zone, "OwnerId": owner}
    return raw if count is None else {**raw, "AvailableIpAddressCount": count}


def eni(number: int, address: str, subnet_id: str = A, zone: str = "us-east-1a") -> Answers:
    return {
        "NetworkInterfaceId": f"eni-{number:04}",
        "SubnetId": subnet_id,
        "VpcId": VPC,
        "AvailabilityZone": zone,
        "OwnerId": ACCOUNT,
        "PrivateIpAddress": address,
    }


def association(accessibility: str = "Accessible", number: int = 1) -> Answers:
    raw = {"Id": f"vpce-rsc-asc-{number}", "VpcEndpointId": ENDPOINT, "ServiceNetworkArn": ARN}
    return {**raw, "AssociatedResourceAccessibility": accessibility}


def account() -> dict[str, Any]:
    """A healthy endpoint in a /26 of which one block is free: .0 and .48 are AWS's, .36 breaks .32, .16 is free."""
    return {
        "who.json": {"UserId": "x", "Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/x"},
        "vpcs.json": {"Vpcs": [{"VpcId": VPC, "CidrBlock": "10.0.0.0/16", "OwnerId": ACCOUNT, "IsDefault": False}]},
        "subnets.json": {"Subnets": [subnet(A, "10.0.0.0/26", 57)]},
        "enis.json": {"NetworkInterfaces": [eni(1, "10.0.0.13"), eni(2, "10.0.0.36")]},
        "endpoints.json": {
            "VpcEndpoints": [
                {
                    "VpcEndpointId": ENDPOINT,
                    "VpcEndpointType": "ServiceNetwork",
                    "VpcId": VPC,
                    "State": "Available",
                    "SubnetIds": [A],
                    "ServiceNetworkArn": ARN,
                    "OwnerId": ACCOUNT,
                    "CreationTimestamp": "2024-12-19T08:18:49.081000+00:00",
                }
            ]
        },
        "associations.json": {"VpcEndpointAssociations": [association()]},
        f"reservations-{A}.json": {"SubnetIpv4CidrReservations": [], "SubnetIpv6CidrReservations": []},
    }


def written(folder: Path, files: dict[str, Any]) -> Path:
    """A folder with these files: texts as they are, anything else as the AWS CLI prints it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=4), encoding="utf-8")
    return folder


def run(*arguments: str | Path, stdin: str | bytes = "") -> tuple[int, str, str]:
    """Run a command in this process: its exit code, its output and its messages, white space as one space."""
    result = CliRunner().invoke(cli, [str(word) for word in arguments], input=stdin, env={"COLUMNS": "120"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, " ".join(result.stdout.split()), " ".join(result.stderr.split())


def document(*arguments: str | Path) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(cli, ["check", "--json", "--from", *map(str, arguments)])
    return result.exit_code, json.loads(result.stdout)


def test_a_whole_account_in_a_folder(tmp_path: Path) -> None:
    code, result = document(written(tmp_path, account()))
    assert (code, result["reasons"], result["problems"]) == (0, [], [])
    assert (result["account_id"], result["region"]) == (ACCOUNT, "us-east-1")
    assert result["taken_at"] == "2024-12-19T08:18:49Z"
    (endpoint,), (read,) = result["endpoints"], result["subnets"]
    assert endpoint["verdict"] == "healthy"
    assert (read["map"], read["free_blocks_min"], read["free_blocks_max"]) == ("R.fR", 1, 1)
    assert document(tmp_path, "--at", "2024-12-25T00:00:00Z")[1]["taken_at"] == "2024-12-25T00:00:00Z"


def test_names_and_places_of_files_do_not_matter(tmp_path: Path) -> None:
    expected = document(written(tmp_path / "a", account()))
    renamed = {f"deep/{number}/x": content for number, content in enumerate(account().values())}
    renamed[f"deep/{A}.md"] = renamed.pop("deep/6/x")
    assert document(written(tmp_path / "b", renamed)) == expected
    paths = sorted((tmp_path / "a").iterdir())
    assert document(*paths) == expected


def pasted(files: dict[str, Any]) -> str:
    """A ticket: prompts, fences and words around the answers."""
    question = {f"reservations-{A}.json": f"get-subnet-cidr-reservations --subnet-id {A}"}
    return "Hello,\n\n" + "\n".join(
        f"This is {name} [see](https://example.com):\n```\n$ aws ec2 {question.get(name, 'describe-x')}\n"
        f"{json.dumps(content, indent=2)}\n```\n[me@host ~]$\n"
        for name, content in files.items()
    )


def test_a_ticket_through_a_pipe(tmp_path: Path) -> None:
    code, out, err = run("check", "--from", "-", stdin=pasted(account()))
    assert (code, err) == (0, "")
    assert "Nothing is wrong." in out
    utf16 = pasted(account()).encode("utf-16")
    assert run("check", "--from", "-", stdin=utf16) == (code, out, err)
    lines = "\n".join(json.dumps(each) for each in account().values() if "SubnetIpv4CidrReservations" not in each)
    assert run("check", "--from", "-", stdin=lines)[0] == 3


Change = Callable[[dict[str, Any]], object]


def without(name: str) -> Change:
    return lambda files: files.pop(name)


PITFALLS: dict[str, tuple[Change, int, list[str]]] = {
    "more associations": (
        lambda files: files["associations.json"].update(NextToken="t"),
        3,
        ["There are more associations of VPC endpoints: ", "line 1 ends with a NextToken.", "latticetop dump"],
    ),
    "more interfaces": (
        lambda files: files["enis.json"].update(NextToken="t"),
        3,
        ["There are more network interfaces: ", "without --max-items", f"{A} us-east-1a 10.0.0.0/26 57 ? "],
    ),
    "more reservations": (
        lambda files: files[f"reservations-{A}.json"].update(NextToken="t"),
        3,
        ["There are more CIDR reservations: "],
    ),
    "interfaces of some subnets": (
        lambda files: files["subnets.json"]["Subnets"].append(subnet(B, "10.0.1.0/26", 50, "us-east-1b")),
        3,
        [
            f"{B} us-east-1b 10.0.1.0/26 50 ? ",
            "its network interfaces and its CIDR reservations are not in the files",
            f"Run aws ec2 describe-network-interfaces --include-managed-resources --filters Name=subnet-id,Values={B}",
        ],
    ),
    "some interfaces of a subnet, as without --include-managed-resources": (
        lambda files: files.update({"subnets.json": {"Subnets": [subnet(A, "10.0.0.0/26", 40)]}}),
        3,
        [f"{A} us-east-1a 10.0.0.0/26 40 0-1 ", "17 addresses in use belong to no visible ENI"],
    ),
    "no interfaces": (
        without("enis.json"),
        3,
        ["The files have no network interfaces. Run: aws ec2 describe-network-interfaces --include-managed-resources"],
    ),
    "no reservations": (
        without(f"reservations-{A}.json"),
        3,
        ["0-1 ", "its CIDR reservations are not in the files.", f"get-subnet-cidr-reservations --subnet-id {A}"],
    ),
    "no associations": (
        without("associations.json"),
        3,
        ["The files have no associations of VPC endpoints. Run: aws ec2 describe-vpc-endpoint-associations"],
    ),
    "associations of another endpoint": (
        lambda files: files["associations.json"]["VpcEndpointAssociations"][0].update(VpcEndpointId="vpce-0e5"),
        3,
        [f"The files have no associations of {ENDPOINT}. Run: ", f"--vpc-endpoint-ids {ENDPOINT}"],
    ),
    "no endpoints": (
        without("endpoints.json"),
        3,
        ["The files have no VPC endpoints. Run: aws ec2 describe-vpc-endpoints", f"{A} us-east-1a 10.0.0.0/26 57 1 "],
    ),
    "no subnets": (without("subnets.json"), 3, ["The files have no subnets. Run: aws ec2 describe-subnets"]),
    "no count": (
        lambda files: files.update({"subnets.json": {"Subnets": [subnet(A, "10.0.0.0/26", None)]}}),
        3,
        [f"{A} us-east-1a 10.0.0.0/26 ? 0-1 ", "its count of available addresses is not in the files"],
    ),
    "subnets shaped by --query": (
        lambda files: files.update({"subnets.json": [{"SubnetId": A, "AvailableIpAddressCount": 57}]}),
        3,
        ["The subnets in the files have no valid CidrBlock, as after --query or masking. Run, without --query: aws"],
    ),
    "interfaces shaped by --query": (
        lambda files: files.update({"enis.json": [{"PrivateIpAddress": "10.0.0.13", "Ipv4Prefixes": None}]}),
        3,
        ["The network interfaces in the files have no NetworkInterfaceId or SubnetId, as after --query or masking."],
    ),
    "YAML": (
        lambda files: files.update({"subnets.json": "Subnets:\n- AvailabilityZone: us-east-1a\n  SubnetId: x\n"}),
        3,
        ["subnets.json is YAML, which is not read. Run the command again with --output json."],
    ),
    "a table": (
        lambda files: files.update({"subnets.json": "-----\n|   DescribeSubnets   |\n+----+\n||  Subnets  ||\n"}),
        3,
        ["subnets.json is a table, which is not read. Run the command again with --output json."],
    ),
    "tab-separated text": (
        lambda files: files.update({"subnets.json": f"SUBNETS\tFalse\tus-east-1a\t57\t10.0.0.0/26\t{A}\n"}),
        3,
        ["subnets.json is tab-separated text, which is not read. Run the command again with --output json."],
    ),
    "a file that is cut off": (
        lambda files: files.update({"subnets.json": json.dumps(files["subnets.json"], indent=4)[:-30]}),
        3,
        ["subnets.json, line 1: the JSON is cut off or malformed. Save the whole output"],
    ),
    "no account": (
        lambda files: files.update({name: _without_owners(content) for name, content in files.items()}),
        0,
        ["The files do not tell the account id. Run: aws sts get-caller-identity"],
    ),
    "a denied call": (
        lambda files: files.update(
            {
                f"reservations-{A}.json": f"$ aws ec2 get-subnet-cidr-reservations --subnet-id {A}\n\n"
                "An error occurred (UnauthorizedOperation) when calling the GetSubnetCidrReservations operation: No."
            }
        ),
        3,
        ["its CIDR reservations could not be read: ec2:GetSubnetCidrReservations was denied"],
    ),
}  # fmt: skip


def _without_owners(content: Any) -> Any:
    """Remove the account, which other tools and old answers do not tell."""
    if isinstance(content, dict):
        return {key: _without_owners(each) for key, each in content.items() if key not in ("OwnerId", "Account")}
    return [_without_owners(each) for each in content] if isinstance(content, list) else content


@pytest.mark.parametrize("name", PITFALLS)
def test_what_is_missing_is_one_sentence_and_never_good(tmp_path: Path, name: str) -> None:
    change, expected, sentences = PITFALLS[name]
    files = account()
    change(files)
    code, out, _ = run("check", "--from", written(tmp_path, files))
    assert code == expected
    assert [sentence for sentence in sentences if sentence not in out] == []


def test_what_is_wrong_in_an_incomplete_list_is_wrong(tmp_path: Path) -> None:
    files = account()
    files["associations.json"] = {"VpcEndpointAssociations": [association("NotAccessible")], "NextToken": "t"}
    code, out, _ = run("check", "--from", written(tmp_path, files))
    assert code == 1
    assert "1 endpoint degraded" in out


def test_pages_that_were_asked_for_are_complete(tmp_path: Path) -> None:
    files = account()
    page = "$ aws ec2 describe-vpc-endpoint-associations --max-results 1{}\n{}\n"
    first = {"VpcEndpointAssociations": [association()], "NextToken": "token=="}
    last = {"VpcEndpointAssociations": [association("Inaccessible", 2)]}
    files["associations.json"] = page.format("", json.dumps(first, indent=4))
    assert run("check", "--from", written(tmp_path / "cut", files))[0] == 3
    files["more.txt"] = page.format(" --next-token token==", json.dumps(last, indent=4))
    code, out, _ = run("check", "--from", written(tmp_path / "whole", files))
    assert (code, "There are more" in out) == (1, False)


def test_a_list_that_was_asked_for_may_be_empty(tmp_path: Path) -> None:
    """Without the command nothing says that the list of interfaces is not of some other subnet."""
    files = account()
    files["subnets.json"]["Subnets"].append(subnet(B, "10.0.1.0/26", 50, "us-east-1b"))
    files[f"reservations-{B}.json"] = files[f"reservations-{A}.json"]
    files["enis.json"] = f"$ aws ec2 describe-network-interfaces\n{json.dumps(files['enis.json'], indent=4)}"
    _, result = document(written(tmp_path, files))
    last = result["subnets"][-1]
    assert (last["subnet_id"], last["read"], last["unaccounted_addresses"]) == (B, True, 9)


def test_a_subnet_whose_count_shows_no_use_is_empty(tmp_path: Path) -> None:
    files = account()
    files["subnets.json"]["Subnets"].append(subnet(B, "10.0.1.0/26", 59, "us-east-1b"))
    files[f"reservations-{B}.json"] = files[f"reservations-{A}.json"]
    code, result = document(written(tmp_path, files))
    assert code == 0
    assert {each["subnet_id"]: each["free_blocks_max"] for each in result["subnets"]} == {A: 1, B: 2}


def test_the_state_after_creation_wins_over_the_first_one(tmp_path: Path) -> None:
    files = account()
    pending = {**files["endpoints.json"]["VpcEndpoints"][0], "State": "Pending"}
    files["z-created.json"] = {"VpcEndpoint": pending}
    assert document(written(tmp_path, files))[1]["endpoints"][0]["state"] == "Available"


def test_of_two_dumps_the_later_one_wins(tmp_path: Path) -> None:
    """By the times of their answers: a name or an order on the command line says nothing."""
    now, before = account(), account()
    now["endpoints.json"]["VpcEndpoints"][0]["State"] = "Failed"
    for files, day in ((now, 20), (before, 19)):
        text = json.dumps(files["endpoints.json"], indent=4)
        files["endpoints.json"] = (
            f"$ aws ec2 describe-vpc-endpoints --region us-east-1  # 2024-12-{day}T08:30:00Z\n{text}"
        )
    written(tmp_path / "a", now)
    written(tmp_path / "b", before)
    for names in (("a", "b"), ("b", "a")):
        assert run("check", "--from", *(tmp_path / name for name in names))[0] == 1


def scopes(*arguments: str | Path) -> list[tuple[str, str]]:
    _, result = document(*arguments)
    return [(scope["account_id"], scope["region"]) for scope in result["scopes"]]


def test_accounts_and_regions_are_never_merged(tmp_path: Path) -> None:
    there = json.loads(json.dumps(account()).replace("us-east-1", "eu-west-1").replace("-0", "-9"))
    written(tmp_path / "a", account())
    written(tmp_path / "b", there)
    assert scopes(tmp_path) == [(ACCOUNT, "us-east-1"), (ACCOUNT, "eu-west-1")]
    other = json.loads(json.dumps(account()).replace(ACCOUNT, "111122223333").replace("-0", "-8"))
    written(tmp_path / "c", other)
    assert sorted(scopes(tmp_path / "a", tmp_path / "c")) == [("111122223333", "us-east-1"), (ACCOUNT, "us-east-1")]
    code, out, _ = run("check", "--from", tmp_path / "a", tmp_path / "b")
    assert (code, "2 accounts and Regions" in out or "us-east-1" in out) == (0, True)


def test_a_shared_subnet_belongs_to_the_account_that_sees_it(tmp_path: Path) -> None:
    files = account()
    files["subnets.json"]["Subnets"].append(subnet(B, "10.0.1.0/26", 50, "us-east-1b", owner="210987654321"))
    files["enis.json"]["NetworkInterfaces"].append(eni(3, "10.0.1.9", B, "us-east-1b"))
    files[f"reservations-{B}.json"] = files[f"reservations-{A}.json"]
    for left_out in ((), ("who.json",)):
        folder = tmp_path / str(len(left_out))
        _, result = document(written(folder, {name: files[name] for name in files if name not in left_out}))
        assert result["account_id"] == ACCOUNT
        shared = next(each for each in result["subnets"] if each["subnet_id"] == B)
        assert (shared["owner_id"], shared["unaccounted_addresses"]) == ("210987654321", 8)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, " has no answers of the AWS CLI as JSON, and is no recording."),
        ({"a.txt": "hello", "b.json": "{}"}, " has no answers of the AWS CLI as JSON, and is no recording."),
        (
            {"a.yml": "Vpcs:\n- VpcId: x\n"},
            "a.yml is YAML, which is not read. Run the command again with --output json.",
        ),
        (
            {"a.json": '{"Vpcs": [{"VpcId": "x"'},
            "a.json, line 1: the JSON is cut off or malformed. Save the whole output",
        ),
    ],
)
def test_folders_without_answers(tmp_path: Path, files: dict[str, str], message: str) -> None:
    code, out, err = run("check", "--from", written(tmp_path, files))
    assert (code, out) == (2, "")
    assert message in err


def test_other_files_and_no_files(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(5000))
    (tmp_path / "half.rec").write_bytes(incident_recording(tmp_path / "a.rec").read_bytes()[:60])
    for name, message in {
        "photo.jpg": "photo.jpg has no answers of the AWS CLI as JSON, and is no recording.",
        "none": "none cannot be read: No such file or directory.",
        "half.rec": "half.rec has no complete snapshot; the recording ended too early.",
    }.items():
        code, out, err = run("check", "--from", tmp_path / name)
        assert (code, out) == (2, "")
        assert message in err
    code, _, err = run("check", "--from", tmp_path / "a.rec", tmp_path / "photo.jpg")
    assert (code, "a.rec is a recording: name it alone." in err) == (2, True)
    code, out, _ = run("check", "--from", tmp_path / "a.rec")
    assert (code, "failed-but-accessible" in out) == (1, True)


def test_subnets_whose_ranges_somebody_masked_are_unknown_and_not_well(tmp_path: Path) -> None:
    files = account() | {"subnets.json": {"Subnets": [subnet(A, "x.x.x.0/26", 57)]}}
    code, out, _ = run("check", "--from", written(tmp_path, files))
    assert (code, "Nothing is wrong" in out) == (3, False)
    assert "some of the subnets lack members, as after --query or masking." in out
    code, _, err = run("plan", "--from", tmp_path, "--subnet-ids", A)
    assert (code, "some of the subnets lack members, as after --query or masking." in err) == (3, True)


def test_flags_of_the_connection_have_no_effect_and_those_of_the_selection_do(tmp_path: Path) -> None:
    folder = written(tmp_path, account())
    code, _, err = run("check", "--from", folder, "--region", "us-east-1")
    assert (code, "--region has no effect with --from" in err) == (2, True)
    code, _, err = run("check", "--subnet-id", "subnet-0f9", "--from", folder)
    sentence = f"latticetop: Subnet 'subnet-0f9' does not exist in the files of {ACCOUNT} us-east-1. Check the id."
    assert (code, err.split()) == (2, sentence.split())
    code, out, _ = run("check", "--from", folder, "--subnet-id", A, "--min-free-blocks", "2")
    assert (code, "1 subnet with fewer than 2 free /28" in out or "2 needed" in out) == (1, True)


def test_files_that_take_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = written(tmp_path, account())
    monkeypatch.setattr(answer_files, "MAX_TOTAL_SIZE", 1000)
    assert "is too large" in run("check", "--from", folder)[2]
    monkeypatch.undo()
    monkeypatch.setattr(answer_files, "MAX_ENTRIES", 3)
    assert "has more than 3 files." in run("check", "--from", folder)[2]
    monkeypatch.undo()
    monkeypatch.setattr(answer_files, "MAX_BLOCKS", 3)
    assert "The subnets in the files are too large together." in run("check", "--from", folder)[2]
    monkeypatch.undo()
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(b"[" + b" " * (8 << 20) + b"]"))
    assert "becomes too large when it is unpacked" in run("check", "--from", bomb)[2]


def test_packed_files_are_read_whole_or_not_at_all(tmp_path: Path) -> None:
    parts = [json.dumps(content, indent=4).encode() + b"\n" for content in account().values()]
    folder = written(tmp_path / "plain", account())
    packed = tmp_path / "all.txt.gz"
    packed.write_bytes(b"".join(gzip.compress(part) for part in parts))
    (tmp_path / "whole").write_bytes(b"".join(parts))
    assert run("check", "--from", packed)[1:] == run("check", "--from", tmp_path / "whole")[1:]
    (folder / "more.gz").write_bytes(gzip.compress(b"[]")[:-6])
    code, _, err = run("check", "--from", folder)
    assert (code, "more.gz is cut off or damaged, and cannot be unpacked." in err) == (2, True)


def test_a_folder_that_cannot_be_read_is_not_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = written(tmp_path, account() | {"deep/x.json": {}})
    scandir = os.scandir

    def denied(path: str) -> object:
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", denied)
    code, out, err = run("check", "--from", folder)
    assert (code, out) == (2, "")
    assert "deep cannot be read: Permission denied. Change its permissions, or name the other files." in err


REFUSED = "An error occurred (ExpiredTokenException) when calling the DescribeSubnets operation: Expired."


def test_a_region_of_which_nothing_was_answered_is_unknown(tmp_path: Path) -> None:
    """As of a dump of several accounts or Regions, of which one is not allowed."""
    written(tmp_path / "1", account())
    assert run("check", "--from", tmp_path)[0] == 0
    written(tmp_path / "2", {"s.txt": f"$ aws ec2 describe-subnets --region eu-west-1\n\n{REFUSED}\n"})
    code, out, _ = run("check", "--from", tmp_path)
    assert (code, "eu-west-1" in out) == (3, True)
    assert "The files have no subnets. Run: aws ec2 describe-subnets --region eu-west-1" in out
    assert run("check", "--from", tmp_path / "2")[0] == 3


def test_a_list_beside_one_in_another_form_is_not_whole(tmp_path: Path) -> None:
    for name, text in {
        "more.yml": "VpcEndpoints:\n- VpcEndpointId: x\n",
        "more.txt": "-----\n|  DescribeVpcEndpoints  |\n+----+\n",
        "more.tsv": "VPCENDPOINTS\tvpce-1\n",
    }.items():
        code, out, _ = run("check", "--from", written(tmp_path / name, account() | {name: text}))
        assert code == 3
        assert f"There may be more VPC endpoints: {tmp_path / name / name} is " in out


def test_what_mail_wrapped_brings_no_other_sentence(tmp_path: Path) -> None:
    files = account()
    holder = {
        **eni(3, "10.0.0.40"),
        "Description": "of a very long name",
        "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.16/28"}],
    }
    text = json.dumps({"NetworkInterfaces": [holder]}, indent=4).replace("very long", "very\nlong")
    files["enis.json"] = f"$ aws ec2 describe-network-interfaces\n{text}"
    code, out, _ = run("check", "--from", written(tmp_path, files))
    assert (code, "the JSON is cut off or malformed." in out, "as after --query" in out) == (3, True, False)


def test_a_list_whose_beginning_is_not_there_is_not_whole(tmp_path: Path) -> None:
    """The record that is left is well, and the one before it, of which the end is left, may not be."""
    files = account()
    files["endpoints.json"] = (
        f'        "State": "Failed"\n}},\n{json.dumps(files["endpoints.json"]["VpcEndpoints"][0])}\n]}}'
    )
    code, out, _ = run("check", "--from", written(tmp_path, files))
    assert (code, "There may be more VPC endpoints: the JSON in " in out) == (3, True)


def test_objects_that_take_too_much_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = written(tmp_path, {"a.json": {"Vpcs": [[] for _ in range(200_000)]}})
    sizes = iter([0, *[1 << 40] * 100])
    monkeypatch.setattr(answer_files, "resident_size", lambda: next(sizes))
    code, out, err = run("check", "--from", folder)
    assert (code, out) == (2, "")
    assert "take too much memory" in err or "cut off or malformed" in err


def article() -> str:
    """What the public article on the incident prints, with words around it."""
    names = (
        "describe-subnets",
        "create-vpc-endpoint",
        "describe-vpc-endpoints",
        "describe-vpc-endpoint-associations",
        "cloudtrail-create-network-interface",
        "describe-network-interfaces",
    )
    return "# 作成が失敗しても使える時の裏側\n\n" + "\n\n".join(
        f"次に {name} です。\n\n```\n$ aws ec2 {name}\n{(INCIDENT / f'{name}.json').read_text()}\n```\n"
        for name in names
    )


def test_the_article_of_the_incident_as_text() -> None:
    code, out, err = run("check", "--from", "-", stdin=article())
    assert (code, err) == (1, "")
    assert f"{INCIDENT_ENDPOINT} failed-but-accessible" in out
    assert "Failed, yet AWS calls 3 of 3 associations accessible" in out
    assert "The subnets in the files have no valid CidrBlock, as after --query or masking." in out
    assert "unknown: its network interfaces are not in the files. Run aws ec2 describe-network-interfaces" in out
    assert "no data for subnet-0a84d8f4554925b16 and subnet-0f6a1ce53b9fd9793: not in the files" in out
    assert "not selected" not in out
    code, out, _ = run("explain", INCIDENT_ENDPOINT, "--from", "-", stdin=article())
    assert code == 0
    assert "08:18:57 | +8 s" in out
    assert "failed 5 times in 65 s" in out
    assert "There aren't sufficient free Ipv4 addresses or prefixes" in out


def test_the_article_with_whole_lists_gives_the_map_of_the_incident() -> None:
    """The ranges are in the words of the article; its lists of subnets and interfaces are projections."""
    a, b, vpc = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793", "vpc-0d54cbe88a44ffd04"
    events = json.loads((INCIDENT / "cloudtrail-create-network-interface.json").read_text())
    created = [event["responseElements"]["networkInterface"] for event in events if event["responseElements"]]
    enis = [
        {
            "NetworkInterfaceId": each["networkInterfaceId"],
            "SubnetId": each["subnetId"],
            "VpcId": vpc,
            "Description": each["description"],
            "InterfaceType": "interface",
            "RequesterManaged": True,
            "OwnerId": ACCOUNT,
            "PrivateIpAddress": each["privateIpAddress"],
            "Ipv4Prefixes": [{"Ipv4Prefix": item["ipv4Prefix"]} for item in each["ipv4PrefixSet"]["item"]],
        }
        for each in created
        if each["privateIpAddress"] != "10.10.10.77"
    ]
    listed = {address: n for n, address in enumerate(("10.10.10.13", "10.10.10.36"))}
    enis += [{**eni(n, address, a), "VpcId": vpc} for address, n in listed.items()]
    subnets = [subnet(a, "10.10.10.0/26", 40), subnet(b, "10.10.10.64/26", 42, "us-east-1b")]
    subnets = [{**each, "VpcId": vpc} for each in subnets]
    text = f"{article()}\n{json.dumps({'Subnets': subnets})}\n{json.dumps({'NetworkInterfaces': enis})}"
    code, out, _ = run("check", "--from", "-", stdin=text)
    assert code == 1
    assert f"{a} us-east-1a 10.10.10.0/26 40 0 RLfR" in out
    assert "R.LR" in out
    assert "no ENI in us-east-1a: no /28 block is free there" in out


def test_events_of_a_trail_in_s3(tmp_path: Path) -> None:
    files = {path.name: path.read_text() for path in INCIDENT.glob("*.json") if "cloudtrail" not in path.name}
    folder = written(tmp_path, files)
    nothing = run("explain", INCIDENT_ENDPOINT, "--from", folder)[1]
    assert "The files have no CloudTrail events. Run: aws cloudtrail lookup-events" in nothing
    assert "--start-time 2024-12-19T08:17:49Z --end-time 2024-12-19T08:33:49Z" in nothing
    events = json.loads((INCIDENT / "cloudtrail-create-network-interface.json").read_text())
    (folder / "trail.json.gz").write_bytes(gzip.compress(json.dumps({"Records": events}).encode()))
    assert "failed 5 times in 65 s" in run("explain", INCIDENT_ENDPOINT, "--from", folder)[1]
    code, out, err = run("explain", "vpce-0f9", "--from", folder)
    assert (code, out) == (2, "")
    assert "There is no endpoint vpce-0f9 in the files." in err


def test_plan_and_watch(tmp_path: Path) -> None:
    folder = written(tmp_path, account())
    assert run("plan", "--subnet-ids", A, "--prefixes", "1", "--from", folder)[0] == 0
    assert run("plan", "--from", folder, "--subnet-ids", A, "--prefixes", "2")[0] == 1
    code, out, _ = run("watch", "--from", folder)
    assert (code, "1 endpoint, 1 subnet. Nothing is wrong." in out) == (0, True)
    code, _, err = run("plan", "--subnet-ids", "subnet-0f9", "--from", folder)
    assert (code, "subnet-0f9" in err) == (2, True)
    (folder / f"reservations-{A}.json").unlink()
    code, out, _ = run("plan", "--subnet-ids", A, "--prefixes", "1", "--from", folder)
    assert (code, "its CIDR reservations are not in the files" in out) == (3, True)


def test_a_dump_becomes_a_recording_that_can_be_handed_on(tmp_path: Path) -> None:
    """It gives the same answers, with the events of what is wrong, and names no account, service network or tag."""
    folder, path = tmp_path / "dump", tmp_path / "ticket.rec"
    written(folder, {file.name: file.read_text() for file in INCIDENT.glob("*.json")})
    code, _, err = run("check", "--from", folder, "--record", path, "--redact")
    assert (code, err) == (1, "")
    assert run("check", "--from", path)[0] == 1
    story = run("explain", INCIDENT_ENDPOINT, "--from", path)[1]
    assert "failed 5 times in 65 s" in story
    assert [secret for secret in (ACCOUNT, "test-service-network-a", "dump") if secret in story] == []
    again = run("check", "--from", folder, "--record", path, "--redact")
    assert (again[0], "already exists; choose another name for the recording." in again[2]) == (2, True)
    assert "--redact requires --record FILE." in run("check", "--from", folder, "--redact")[2]
    written(tmp_path / "more", json.loads(json.dumps(account()).replace("us-east-1", "eu-west-1")))
    several = run("check", "--from", tmp_path / "more", folder, "--record", tmp_path / "b.rec")
    assert (several[0], "A recording holds one account and Region" in several[2]) == (2, True)


@pytest.mark.parametrize("name", ["cloudmapper-demo", "custodian-placebo", "aws-config-item-subnet.json"])
def test_public_files_never_look_good(name: str) -> None:
    code, out, _ = run("check", "--from", SAMPLES / name)
    assert (code, "Nothing is wrong" in out) == (3, False)


def test_public_files_by_region() -> None:
    found = scopes(SAMPLES / "custodian-placebo")
    assert sorted(found) == [
        ("123456789012", "us-east-1"),
        ("123456789012", "us-east-2"),
        ("123456789012", "us-west-2"),
    ]
    code, _, err = run("check", "--from", SAMPLES / "eks-workshop-query-shape.md")
    assert (code, "or masking. Run, without --query: aws ec2 describe-network-interfaces" in err) == (3, True)


def test_the_sdk_is_not_loaded(tmp_path: Path) -> None:
    folder = written(tmp_path, account())
    assert loaded(command("check", "--from", str(folder)), *SDK, "textual", "aiohttp", "lxml") == set()


def test_broken_values_of_one_file_are_told_in_one_sentence(tmp_path: Path) -> None:
    text = json.dumps({"Subnets": [{"SubnetId": A}]}, indent=4)
    (tmp_path / "ticket.txt").write_text("\n".join([text.replace(A, f"{A}\n") for _ in range(3)]))
    (tmp_path / "other.txt").write_text("Hello\n")
    _, _, err = run("check", "--from", tmp_path / "ticket.txt", tmp_path / "other.txt")
    assert err.count("cut off or malformed") == 1 and "ticket.txt, line 1 and 2 more: " in err
    _, _, err = run("check", "--from", tmp_path / "other.txt", tmp_path / "other.txt")
    assert "and 1 more have no answers of the AWS CLI as JSON, and are no recordings. Ask for text" in err


def test_a_recording_of_several_scopes_needs_the_files_of_one(tmp_path: Path) -> None:
    elsewhere = {"subnets.json": {"Subnets": [subnet("subnet-0f9", "10.1.0.0/26", 59, "eu-west-1a")]}}
    here, there = written(tmp_path / "here", account()), written(tmp_path / "there", elsewhere)
    code, _, err = run("check", "--from", here, there, "--record", tmp_path / "x.rec")
    assert (code, "name the files of one of them after --from." in err) == (2, True)


def test_the_commands_for_a_subnet_name_its_region_and_the_hidden_interfaces(tmp_path: Path) -> None:
    _, out, _ = run("check", "--from", written(tmp_path, {"subnets.json": account()["subnets.json"]}))
    assert "its network interfaces and its CIDR reservations are not in the files" in out
    region = "--region us-east-1"
    interfaces = f"--include-managed-resources --filters Name=subnet-id,Values={A} {region}"
    assert f"Run aws ec2 describe-network-interfaces {interfaces}." in out
    assert f"Run aws ec2 get-subnet-cidr-reservations --subnet-id {A} {region}" in out


def test_subnets_whose_ids_somebody_masked_are_unknown(tmp_path: Path) -> None:
    both = [subnet(A, "10.0.0.0/26", 57), subnet(A, "10.0.0.64/26", 59)]
    code, out, _ = run("check", "--from", written(tmp_path, account() | {"subnets.json": {"Subnets": both}}))
    assert (code, "no ENI" in out) == (3, False)
    assert "different subnets have one id, as after masking." in out
