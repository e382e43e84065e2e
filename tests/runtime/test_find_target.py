"""An id alone finds its account and Region."""

from __future__ import annotations

import json
from pathlib import Path

from latticetop.simulator import ServerThread
from tests.runtime.estate import HOME, MEMBER, command, ids_of


def test_explain_and_plan_find_the_scope_of_an_id(estate: ServerThread) -> None:
    (endpoint,) = ids_of(estate, HOME, "ap-northeast-1", "endpoints")
    everywhere = ("--region", "all")
    document = json.loads(command(estate, "explain", endpoint, "--json", *everywhere, AWS_REGION="us-east-1").out)
    assert document["vpc_endpoint_id"] == endpoint
    subnet = min(ids_of(estate, HOME, "ap-northeast-1", "subnets"))
    planned = command(estate, "plan", "--subnet-ids", subnet, "--json", *everywhere, AWS_REGION="us-east-1")
    assert subnet in planned.out
    assert planned.code in (0, 1)
    for missing in (("explain", "vpce-00000000000000000"), ("plan", "--subnet-ids", "subnet-00000000000000000")):
        ended = command(estate, *missing, "--region", "us-east-1", "--region", "us-west-2")
        assert ended.code == 2
        assert "in any of 2 accounts and Regions" in ended.err


def test_an_account_whose_regions_cannot_be_read_stops_no_other(estate: ServerThread, role_file: Path) -> None:
    role_file.write_text(
        f'{role_file.read_text()}[[roles]]\narn = "arn:aws:iam::210987654321:role/latticetop"\nname = "other"\n'
    )
    where = {"LATTICETOP_CONFIG": str(role_file), "AWS_REGION": "us-east-1"}
    (endpoint,) = ids_of(estate, MEMBER, "ap-northeast-1", "endpoints")
    explained = command(estate, "explain", endpoint, "--json", "--region", "all", **where)
    assert json.loads(explained.out)["vpc_endpoint_id"] == endpoint
    missing = command(estate, "explain", "vpce-00000000000000000", "--region", "all", **where)
    assert (missing.code, missing.out) == (3, "")
    assert "was not found, and 1 of " in missing.err and "AssumeRole was refused" in missing.err
