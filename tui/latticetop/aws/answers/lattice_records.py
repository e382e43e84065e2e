"""VPC Lattice's records in files, answered as the List actions answer them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from latticetop.aws.answers import problems
from latticetop.aws.answers.recognise import LATTICE_KINDS, RecordKind
from latticetop.model.records.aws_actions import cli_command
from latticetop.model.records.problem import Problem, ProblemKind, ReadError

_IDENTIFIERS = {"serviceNetworkIdentifier": "service-network-identifier", "vpcIdentifier": "vpc-identifier"}
"""The parameters that select what is listed, and the options of the AWS CLI for them."""
Question = tuple[RecordKind, str]
"""A List action, and the id of the service network or VPC that is asked for; empty for all."""


class LatticeRecords:
    """The client of `aws.lattice.read_lattice` for files: knows the records, and which lists were asked for."""

    def __init__(
        self,
        records: Mapping[RecordKind, Sequence[Mapping[str, Any]]],
        asked: Collection[Question],
        denied: Mapping[RecordKind, Collection[str]],
    ) -> None:
        self._records = records
        self._asked = asked
        self._denied = denied

    async def call(self, action: str, **params: Any) -> Mapping[str, Any]:
        """Return the items of a list. Raises ReadError if the files do not have it."""
        kind = RecordKind(action)
        parameter = next((name for name in _IDENTIFIERS if name in params), "")
        key = short_id(params[parameter]) if parameter else ""
        if (kind, key) not in self._asked and self._denied.get(kind):
            raise ReadError(problems.denied(action))
        if (kind, key) not in self._asked:
            option = f" --{_IDENTIFIERS[parameter]} …" if parameter else ""
            message = f"The files do not have every answer of {cli_command(action)}."
            raise ReadError(Problem(ProblemKind.NOT_GIVEN, action, message, f"Run: {cli_command(action)}{option}"))
        return {"items": [item for item in self._records.get(kind, ()) if not key or key in keys_of(item)]}


def keys_of(item: Mapping[str, Any]) -> set[str]:
    """Return the ids of the service network and the VPC that a record belongs to."""
    texts = (item.get("serviceNetworkArn"), item.get("serviceNetworkId"), item.get("vpcId"))
    return {short_id(text) for text in texts if isinstance(text, str)}


def questions_of(
    kind: RecordKind, items: Sequence[Mapping[str, Any]], asked_for: Sequence[str]
) -> set[tuple[RecordKind, str]]:
    """Return which lists an answer is: of what its command names, else of the service networks of its records."""
    if kind in LATTICE_KINDS[:3]:
        return {(kind, "")}
    if asked_for:
        return {(kind, short_id(name)) for name in asked_for}
    return {(kind, key) for item in items for key in keys_of(item) if key.startswith("sn-")}


def short_id(name: str) -> str:
    """Return the id of an ARN, or of itself: `sn-0a1b`."""
    return re.split(r"[/:]", name)[-1]
