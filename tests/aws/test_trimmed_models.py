"""Trimmed service models: what the calls need, as botocore has it, and nothing else."""

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

from latticetop.aws import OPERATIONS, sdk, trimmed_models
from latticetop.aws.response_hook import BODY, InterfaceResponseHook
from latticetop.simulator import ManualClock, Server

TRIMMED = ("ec2", "cloudtrail", "vpc-lattice")


@cache
def full_loader() -> Loader:
    return Loader()


def operations_of(service: str) -> set[str]:
    return {name.partition(":")[2] for name in OPERATIONS if name.startswith(f"{service}:")}


def model(loader: Loader, service: str) -> ServiceModel:
    return ServiceModel(loader.load_service_model(service, "service-2"), service)


def undocumented(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key != "documentation" or not isinstance(item, str)}
        return {key: undocumented(item) for key, item in kept.items()}
    return [undocumented(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("service", TRIMMED)
def test_a_model_has_only_the_operations_that_are_called(service: str) -> None:
    trimmed = trimmed_models.loader(None).load_service_model(service, "service-2")
    full = undocumented(full_loader().load_service_model(service, "service-2"))
    assert set(trimmed["operations"]) == operations_of(service)
    assert trimmed == full | {key: {name: full[key][name] for name in trimmed[key]} for key in ("operations", "shapes")}


@pytest.mark.parametrize("action", sorted(action for action in OPERATIONS if action.partition(":")[0] in TRIMMED))
def test_an_operation_has_every_shape_that_botocore_has_for_it(action: str) -> None:
    service, _, operation = action.partition(":")

    def shapes(loader: Loader) -> set[str]:
        names: set[str] = set()
        operation_model = model(loader, service).operation_model(operation)
        pending = [operation_model.input_shape, operation_model.output_shape, *operation_model.error_shapes]
        while pending:
            shape = pending.pop()
            if shape is not None and shape.name not in names:
                names.add(shape.name)
                pending += getattr(shape, "members", {}).values()
                pending += [getattr(shape, part, None) for part in ("member", "key", "value")]
        return names

    assert shapes(trimmed_models.loader(None)) == shapes(full_loader())


def test_a_write_operation_cannot_be_called() -> None:
    with pytest.raises(OperationNotFoundError):
        model(trimmed_models.loader(None), "ec2").operation_model("DeleteVpcEndpoints")


async def open_client(stack: AsyncExitStack, service: str, url: str) -> sdk.Client:
    session = sdk.new_session("", sandbox=True)
    return await sdk.open_client(stack, session, service, region="us-east-1", endpoint_url=url, profile="")


async def test_responses_are_parsed_as_with_the_full_model() -> None:
    bodies: dict[str, dict[str, Any]] = {}

    def keep(response_dict: dict[str, Any], operation_model: Any, **_: object) -> None:
        bodies[operation_model.name] = dict(response_dict)

    async with Server("incident", clock=ManualClock()) as server, AsyncExitStack() as stack:
        client = await open_client(stack, "ec2", server.url)
        client.meta.events.register("before-parse.ec2", keep)
        subnet_id = next(iter(server.account.region().subnets))
        responses = {
            name: await client.call(f"ec2:{name}", **({"SubnetId": subnet_id} if name.startswith("Get") else {}))
            for name in operations_of("ec2")
        }
        with_body = responses["DescribeNetworkInterfaces"]
        with_body |= await InterfaceResponseHook(client.meta).members(with_body)
        del with_body[BODY]
    parser, full = create_parser("ec2"), model(full_loader(), "ec2")
    for name, response in responses.items():
        expected = parser.parse(bodies[name], full.operation_model(name).output_shape)
        assert response.keys() == expected.keys()
        assert {**response, "ResponseMetadata": None} == {**expected, "ResponseMetadata": None}


@pytest.mark.parametrize("service", ["sts", "sso", "sso-oidc", "signin"])
def test_models_of_services_for_credentials_are_not_trimmed(service: str) -> None:
    trimmed, full = (
        loader.load_service_model(service, "service-2") for loader in (trimmed_models.loader(None), full_loader())
    )
    assert trimmed == full


@pytest.mark.parametrize("service", [*TRIMMED, "sts", "sso", "sso-oidc"])
def test_the_regions_of_a_service_are_those_of_the_full_table(service: str) -> None:
    trimmed, full = botocore.session.Session(), botocore.session.Session()
    trimmed.register_component("data_loader", trimmed_models.loader(None))
    assert trimmed.get_available_partitions() == full.get_available_partitions()
    for partition in full.get_available_partitions():
        regions = full.get_available_regions(service, partition, allow_non_regional=True)
        assert trimmed.get_available_regions(service, partition, allow_non_regional=True) == regions


MODEL: dict[str, dict[str, Any]] = {
    "metadata": {"protocol": "ec2"},
    "operations": {"DescribeVpcs": {"name": "DescribeVpcs", "output": {"shape": "Result"}}, "Other": {"name": "Other"}},
    "shapes": {"Result": {"type": "structure", "members": {"documentation": {"shape": "Text"}}}, "Text": {}, "No": {}},
}


def load_changed(folder: Path, change: Callable[[dict[str, Any]], Any]) -> Any:
    """A changed model in a folder of the user's own: as it is loaded, and as it was written."""
    model_folder = folder / "ec2" / "2099-01-01"
    model_folder.mkdir(parents=True)
    written = change(json.loads(json.dumps(MODEL)))
    (model_folder / "service-2.json").write_text(json.dumps(written))
    return trimmed_models.loader(str(folder)).load_service_model("ec2", "service-2"), written


def test_a_model_of_the_user_is_trimmed_too(tmp_path: Path) -> None:
    loaded, _ = load_changed(tmp_path, lambda model: model)
    assert loaded == {
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
def test_a_model_of_an_unknown_form_is_loaded_in_full(tmp_path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    loaded, written = load_changed(tmp_path, change)
    assert loaded == written
