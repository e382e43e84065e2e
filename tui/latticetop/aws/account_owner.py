"""The account id when STS does not tell it: of the role, or the owner of what only the account itself can list."""

from __future__ import annotations

from typing import Any

from latticetop.aws.response_hook import InterfaceResponseHook
from latticetop.aws.sdk import Client
from latticetop.aws.settings import account_of_role
from latticetop.model.records.aws_actions import DESCRIBE_ENDPOINTS, DESCRIBE_INTERFACES
from latticetop.model.records.problem import Problem, ReadError

_FEW = 5
"""Records to ask for: the least that EC2 takes."""


async def account_without_sts(
    problem: Problem, role_arn: str, ec2: Client, interface_hook: InterfaceResponseHook
) -> tuple[str, Problem]:
    """Return the account id, empty when nothing tells it, and STS's problem with the source of the id.

    Subnets do not tell it: a shared one belongs to another account.
    """
    account_id = account_of_role(role_arn)
    source = "from the ARN of the role" if account_id else ""
    try:
        if not account_id:
            response = await ec2.call(DESCRIBE_ENDPOINTS, MaxResults=_FEW)
            account_id, source = _only_owner(response["VpcEndpoints"]), "the owner of its VPC endpoints"
        if not account_id:
            response = await ec2.call(DESCRIBE_INTERFACES, MaxResults=_FEW)
            members = await interface_hook.members(response)
            account_id, source = _only_owner(members["NetworkInterfaces"]), "the owner of its network interfaces"
    except ReadError:
        pass
    told = f"The account id is {source}." if account_id else "The account id is unknown."
    return account_id, Problem(problem.kind, problem.operation, f"{problem.message} {told}", problem.next_step)


def _only_owner(records: list[dict[str, Any]]) -> str:
    owners = {str(record.get("OwnerId") or "") for record in records}
    return owners.pop() if len(owners) == 1 else ""
