"""The service models cut down: all that the calls need, as botocore has it, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.loaders import Loader
from botocore.model import OperationNotFoundError, ServiceModel
from botocore.parsers import create_parser

from latticetop.aws import OPERATIONS, sdk
from latticetop.aws import trimmed_models as models
from latticetop.aws.operations import OperationRefusedError
from latticetop.simulator import ManualClock, Server

LARGE = ("ec2", "cloudtrail", "vpc-lattice")


@cache
def whole() -> Loader:
    return Loader()


def operations_of(service: str) -> set[str]:
    return {name.partition(":")[2] for name in OPERATIONS if name.startswith(f"{service}:")}


def model(loader: Loader, service: str) -> ServiceModel:
    return ServiceModel(loader.load_service_model(service, "service-2"), service)


def undocumented(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: each for key, each in value.items() if key != "documentation" or not isinstance(each, str)}
        return {key: undocumented(each) for key, each in kept.items()}
    return [undocumented(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("service", LARGE)
def test_a_model_has_the_calls_that_are_made_and_no_other(service: str) -> None:
    cut = models.loader(None).load_service_model(service, "service-2")
    full = undocumented(whole().load_service_model(service, "service-2"))
    assert set(cut["operations"]) == operations_of(service)
    assert cut == full | {key: {name: full[key][name] for name in cut[key]} for key in ("operations", "shapes")}


@pytest.mark.parametrize("name", sorted(name for name in OPERATIONS if name.partition(":")[0] in LARGE))
def test_a_call_has_every_shape_that_botocore_has_for_it(name: str) -> None:
    service, _, operation = name.partition(":")

    def shapes(loader: Loader) -> set[str]:
        found: set[str] = set()
        described = model(loader, service).operation_model(operation)
        waiting = [described.input_shape, described.output_shape, *described.error_shapes]
        while waiting:
            shape = waiting.pop()
            if shape is not None and shape.name not in found:
                found.add(shape.name)
                waiting += getattr(shape, "members", {}).values()
                waiting += [getattr(shape, part, None) for part in ("member", "key", "value")]
        return found

    assert shapes(models.loader(None)) == shapes(whole())


def test_what_writes_is_not_there_to_be_called() -> None:
    with pytest.raises(OperationNotFoundError):
        model(models.loader(None), "ec2").operation_model("DeleteVpcEndpoints")


async def open_client(stack: AsyncExitStack, service: str, url: str) -> sdk.Client:
    session = sdk.new_session("", sandbox=True)
    return await sdk.open_client(stack, session, service, region="us-east-1", endpoint_url=url, profile="")


async def test_answers_are_parsed_as_by_the_whole_model() -> None:
    bodies: dict[str, dict[str, Any]] = {}

    def keep(response_dict: dict[str, Any], operation_model: Any, **_: object) -> None:
        bodies[operation_model.name] = dict(response_dict)

    async with Server("incident", clock=ManualClock()) as server, AsyncExitStack() as stack:
        client = await open_client(stack, "ec2", server.url)
        client.meta.events.register("before-parse.ec2", keep)
        subnet_id = next(iter(server.account.region().subnets))
        answers = {
            name: await client.call(name, **({"SubnetId": subnet_id} if name.startswith("Get") else {}))
            for name in operations_of("ec2")
        }
    parser, full = create_parser("ec2"), model(whole(), "ec2")
    for name, answer in answers.items():
        expected = parser.parse(bodies[name], full.operation_model(name).output_shape)
        assert answer.keys() == expected.keys()
        assert {**answer, "ResponseMetadata": None} == {**expected, "ResponseMetadata": None}


async def test_the_hook_refuses_what_a_whole_model_still_has() -> None:
    async with Server("incident", clock=ManualClock()) as server, AsyncExitStack() as stack:
        client = await open_client(stack, "sts", server.url)
        with pytest.raises(OperationRefusedError, match="sts:AssumeRole"):
            await client._client.assume_role(RoleArn="arn:aws:iam::123456789012:role/x", RoleSessionName="x")
        assert server.calls == []


@pytest.mark.parametrize("service", ["sts", "sso", "sso-oidc", "signin"])
def test_the_services_that_give_credentials_stay_whole(service: str) -> None:
    cut, full = (loader.load_service_model(service, "service-2") for loader in (models.loader(None), whole()))
    assert cut == full


@pytest.mark.parametrize("service", [*LARGE, "sts", "sso", "sso-oidc"])
def test_the_regions_of_a_service_are_those_botocore_knows(service: str) -> None:
    cut, full = botocore.session.Session(), botocore.session.Session()
    cut.register_component("data_loader", models.loader(None))
    assert cut.get_available_partitions() == full.get_available_partitions()
    for partition in full.get_available_partitions():
        known = full.get_available_regions(service, partition, allow_non_regional=True)
        assert cut.get_available_regions(service, partition, allow_non_regional=True) == known


MODEL: dict[str, dict[str, Any]] = {
    "metadata": {"protocol": "ec2"},
    "operations": {"DescribeVpcs": {"name": "DescribeVpcs", "output": {"shape": "Result"}}, "Other": {"name": "Other"}},
    "shapes": {"Result": {"type": "structure", "members": {"documentation": {"shape": "Text"}}}, "Text": {}, "No": {}},
}


def loaded(folder: Path, change: Callable[[dict[str, Any]], Any]) -> Any:
    """What is loaded of a model that a person keeps beside botocore's, changed."""
    place = folder / "ec2" / "2099-01-01"
    place.mkdir(parents=True)
    written = change(json.loads(json.dumps(MODEL)))
    (place / "service-2.json").write_text(json.dumps(written))
    return models.loader(str(folder)).load_service_model("ec2", "service-2"), written


def test_a_model_of_the_persons_own_is_cut_down_too(tmp_path: Path) -> None:
    found, _ = loaded(tmp_path, lambda model: model)
    assert found == {
        "metadata": {"protocol": "ec2"},
        "operations": {"DescribeVpcs": MODEL["operations"]["DescribeVpcs"]},
        "shapes": {"Result": MODEL["shapes"]["Result"], "Text": {}},
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda model: {key: value for key, value in model.items() if key != "shapes"},
        lambda model: model | {"shapes": {}},
        lambda model: model | {"operations": ["DescribeVpcs"]},
        lambda model: model | {"operations": {"DescribeVpcs": "?"}},
    ],
)
def test_a_model_of_an_unknown_form_is_loaded_whole(tmp_path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    found, written = loaded(tmp_path, change)
    assert found == written
