"""Trimmed service models: of botocore's description of AWS only what latticetop calls.

An operation that is not in a trimmed model cannot be called at all.

Leans on: the files of botocore's data folder (`service-2.json.gz`, `endpoints.json`), their JSON form, and the loader
classes of `botocore.loaders`, none of which botocore documents as stable. A file of an unknown form is loaded whole.
EC2's model alone takes as much memory as about 30,000 ENIs: with whole models `check` takes 1.3 times the memory and
1.1 times the time for 1,000 and 10,000 ENIs, and about the same for 100,000.
"""

from __future__ import annotations

import gzip
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from botocore.loaders import JSONFileLoader, Loader
from msgspec import Raw

from latticetop.aws.operations import OPERATIONS

_Json = dict[str, Any]
_SIGNING = frozenset({"sts", "portal.sso", "oidc", "signin"})
"""Endpoint prefixes of the services that botocore itself calls to get credentials. Their models are not trimmed."""
_DOCUMENTATION = "documentation"


def _operations_by_service() -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for service, _, operation in (action.partition(":") for action in OPERATIONS):
        names[service].add(operation)
    return {service: frozenset(operations) for service, operations in names.items()}


_CALLED = _operations_by_service()


@cache
def loader(data_path: str | None) -> Loader:
    """Return a loader to register as a session's component `data_loader`.

    `data_path` is AWS_DATA_PATH: folders of the user's own models. Sessions with the same one share what it has loaded.
    """
    folders = [folder for folder in (data_path or "").split(os.pathsep) if folder]
    search_paths = [os.path.expanduser(os.path.expandvars(folder)) for folder in folders]
    return Loader(extra_search_paths=search_paths, file_loader=_TrimmingFileLoader())


class _TrimmingFileLoader(JSONFileLoader):  # type: ignore[misc]
    """Load botocore's JSON files, and trim the large ones."""

    def load_file(self, file_path: str) -> Any:
        """Return the contents of a file, whose name is given without its extension; None when it does not exist."""
        path = Path(file_path)
        try:
            if path.name == "endpoints" and (body := _bytes_of(path)):
                return only_services(body, _CALLED.keys() | _SIGNING)
            service = path.parent.parent.name
            if path.name == "service-2" and service in _CALLED.keys() - _SIGNING and (body := _bytes_of(path)):
                return only_operations(body, _CALLED[service])
        except (msgspec.MsgspecError, LookupError):
            pass
        return super().load_file(file_path)


def only_operations(body: bytes, names: Iterable[str]) -> _Json:
    """Trim a service model to the named operations that it has and the shapes they refer to, without documentation.

    Raises MsgspecError or LookupError when `body` is not in the form of a `service-2` file.
    """
    model: dict[str, Raw] = msgspec.json.decode(body, type=dict[str, Raw])
    operations, shapes = (_raw(model.pop(key)) for key in ("operations", "shapes"))
    kept_operations = {name: _object(operations[name]) for name in names if name in operations}
    kept_shapes: _Json = {}
    pending = [reference["shape"] for operation in kept_operations.values() for reference in _shapes_of(operation)]
    while pending:
        if (name := pending.pop()) not in kept_shapes:
            kept_shapes[name] = _object(shapes[name])
            pending += [reference["shape"] for reference in _members_of(kept_shapes[name])]
    model.pop(_DOCUMENTATION, None)
    other = {key: msgspec.json.decode(value) for key, value in model.items()}
    return other | {"operations": kept_operations, "shapes": kept_shapes}


def only_services(body: bytes, names: Iterable[str]) -> _Json:
    """Trim the endpoint table to the named services. Raises the same errors as `only_operations`."""
    table: dict[str, Raw] = msgspec.json.decode(body, type=dict[str, Raw])
    partitions = []
    for raw in msgspec.json.decode(table.pop("partitions"), type=list[dict[str, Raw]]):
        services = _raw(raw.pop("services"))
        partition = {key: msgspec.json.decode(value) for key, value in raw.items()}
        partition["services"] = {name: _object(services[name]) for name in names if name in services}
        partitions.append(partition)
    return {key: msgspec.json.decode(value) for key, value in table.items()} | {"partitions": partitions}


def _bytes_of(path: Path) -> bytes:
    """The contents of the file with the extension `.json` or `.json.gz`; empty when there is neither."""
    if (plain := path.with_name(path.name + ".json")).is_file():
        return plain.read_bytes()
    compressed = path.with_name(path.name + ".json.gz")
    return gzip.decompress(compressed.read_bytes()) if compressed.is_file() else b""


def _raw(value: Raw) -> dict[str, Raw]:
    return msgspec.json.decode(value, type=dict[str, Raw])


def _object(value: Raw) -> _Json:
    """An operation or a shape, without its own documentation and that of its references."""
    decoded = msgspec.json.decode(value, type=_Json)
    for part in (decoded, *_shapes_of(decoded), *_members_of(decoded)):
        part.pop(_DOCUMENTATION, None)
    return decoded


def _shapes_of(operation: _Json) -> Iterator[_Json]:
    """The references of an operation to its input, output and error shapes."""
    yield from (operation[key] for key in ("input", "output") if key in operation)
    yield from operation.get("errors", ())


def _members_of(shape: _Json) -> Iterator[_Json]:
    """The references of a shape to the shapes of its members or elements."""
    yield from shape.get("members", {}).values()
    yield from (shape[key] for key in ("member", "key", "value") if key in shape)
