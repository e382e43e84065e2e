"""An id alone finds its account and Region."""

from __future__ import annotations

import json

from latticetop.simulator import ServerThread
from tests.runtime.estate import HOME, command, ids_of


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
