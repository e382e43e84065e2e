"""Mutated answers of AWS in a file, as `--from` reads them: of each command what the AWS CLI prints."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from latticetop.cli.options import criteria_of
from latticetop.config.settings import Config
from latticetop.follow.subnet_selection import Selection
from latticetop.model.incident.explanation import explain
from latticetop.model.records.problem import Problem, ReadError
from latticetop.model.snapshot import Snapshot
from latticetop.reports.check_scopes import ScopeResult, scopes_exit_code
from latticetop.reports.exit_codes import ExitCode
from latticetop.reports.explain import render_markdown
from latticetop.reports.explain_json import render_json
from latticetop.runtime.answer_files import AnswerFilesError, FileScopes, read_files
from latticetop.runtime.read_answers import investigate_in_files, read_scopes
from tests.aws_cli import AwsCli
from tests.command import at_rest
from tests.fuzz.example import Example
from tests.fuzz.octets import mutate_bytes
from tests.fuzz.plain_data import mutate_json
from tests.fuzz.rendering import record, render

LISTS = (
    "sts get-caller-identity",
    "ec2 describe-vpcs",
    "ec2 describe-subnets",
    "ec2 describe-network-interfaces --page-size 1000 --include-managed-resources",
    "ec2 describe-vpc-endpoints",
    "ec2 describe-vpc-endpoint-associations --max-results 100",
)
_MOST_SCOPES = 3
"""Scopes of an example that are rendered: mutated Regions and accounts make many, each as good as the next."""


@cache
def dumped(scenario: str) -> dict[str, bytes]:
    """The answers of an account by the command, as the AWS CLI prints them."""
    with at_rest(scenario) as server:
        cli = AwsCli(Path())
        subnets = server.call(lambda account: list(account.region().subnets))
        endpoints = server.call(lambda account: list(account.region().endpoints))
        commands = [*LISTS, *(f"ec2 get-subnet-cidr-reservations --subnet-id {subnet_id}" for subnet_id in subnets)]
        if endpoints:
            attribute = "AttributeKey=ReadOnly,AttributeValue=false"
            commands.append(f"cloudtrail lookup-events --lookup-attributes {attribute}")
            commands += [f"vpc-lattice list-{name}" for name in ("service-networks", "resource-gateways")]
        where = ["--endpoint-url", server.url, "--region", "us-east-1"]
        answers = {command: cli.run([*command.split(), *where]).out.encode() for command in commands}
        cli.close()
    return answers


def text_of(answers: dict[str, bytes]) -> bytes:
    """The answers in one text, with their commands above them."""
    return b"".join(f"$ aws {command} --region us-east-1\n".encode() + body for command, body in answers.items())


def draw_answer_files(random: Random, room: int) -> Example:
    """The answers of the incident, one or two of them mutated."""
    answers = dict(dumped("incident"))
    for command in random.sample(list(answers), random.randint(1, 2)):
        member = "CloudTrailEvent" if "lookup-events" in command else ""
        answers[command] = mutate_json(random, answers[command], room, member) + b"\n"
    content = text_of(answers)
    return Example("answer-files", content=content if random.randint(0, 2) else mutate_bytes(random, content))


def run_answer_files(example: Example) -> None:
    """Read the file as `check` and `explain` do; a value, or a sentence."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "answers.txt"
        path.write_bytes(example.content)
        try:
            files = read_files([str(path)])
        except AnswerFilesError as error:
            assert str(error).endswith("."), error
            return
        files.scopes = files.scopes[:_MOST_SCOPES]
        for snapshot in _snapshots(files):
            render(snapshot)
            record(snapshot)
        for endpoint_id in [each for scope in files.scopes for each in scope.endpoints][:_MOST_SCOPES]:
            try:
                explanation = explain(asyncio.run(investigate_in_files(files, endpoint_id)))
            except ReadError as error:
                assert error.problem.message.endswith("."), error.problem
                continue
            render_markdown(explanation)
            render_json(explanation)


def exit_code_of(content: bytes, min_free_blocks: int = 1) -> ExitCode:
    """The exit code of `check --from` a file with this content."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "answers.txt"
        path.write_bytes(content)
        try:
            files = read_files([str(path)])
        except AnswerFilesError:
            return ExitCode.USAGE
        criteria = criteria_of(Config(), min_free_blocks)
        results = asyncio.run(read_scopes(files, Selection()))
    return scopes_exit_code([ScopeResult(t.name, t.settings.region, result, criteria) for t, result in results])


def _snapshots(files: FileScopes) -> list[Snapshot]:
    snapshots = []
    for _, result in asyncio.run(read_scopes(files, Selection(all_endpoints=True, all_subnets=True))):
        if isinstance(result, Problem):
            assert result.message.endswith("."), result
        else:
            snapshots.append(result)
    return snapshots
