"""botocore's description of AWS, cut down to what latticetop calls: EC2's alone is as large as 30,000 ENIs.

What is not in a service model cannot be called either.
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
"""Services, by their names in addresses, that botocore itself calls to get credentials; their models stay whole."""
_DOCUMENTATION = "documentation"


def _by_service() -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for service, _, operation in (name.partition(":") for name in OPERATIONS):
        names[service].add(operation)
    return {service: frozenset(found) for service, found in names.items()}


_CALLED = _by_service()


@cache
def loader(data_path: str | None) -> Loader:
    """A loader to register as a session's `data_loader`. Sessions with one `AWS_DATA_PATH` share what it loads."""
    extra = [os.path.expanduser(os.path.expandvars(each)) for each in (data_path or "").split(os.pathsep) if each]
    return Loader(extra_search_paths=extra, file_loader=_Files())


class _Files(JSONFileLoader):  # type: ignore[misc]
    """Reads botocore's files, those that are large only in part. A file of an unknown form is read whole."""

    def load_file(self, file_path: str) -> Any:
        """What is in a file whose name is given without its extension, None when there is none."""
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
    """A service model with those of the operations that it has, the shapes they lead to, and no documentation.

    Raises MsgspecError or LookupError when it is not in the form of a `service-2` file.
    """
    model: dict[str, Raw] = msgspec.json.decode(body, type=dict[str, Raw])
    operations, shapes = (_raw(model.pop(each)) for each in ("operations", "shapes"))
    chosen = {name: _object(operations[name]) for name in names if name in operations}
    kept: _Json = {}
    waiting = [reference["shape"] for each in chosen.values() for reference in _ends(each)]
    while waiting:
        if (name := waiting.pop()) not in kept:
            kept[name] = _object(shapes[name])
            waiting += [reference["shape"] for reference in _parts(kept[name])]
    model.pop(_DOCUMENTATION, None)
    return {key: msgspec.json.decode(value) for key, value in model.items()} | {"operations": chosen, "shapes": kept}


def only_services(body: bytes, names: Iterable[str]) -> _Json:
    """The table of endpoints with the Regions of these services; the same errors as `only_operations`."""
    table: dict[str, Raw] = msgspec.json.decode(body, type=dict[str, Raw])
    partitions = []
    for raw in msgspec.json.decode(table.pop("partitions"), type=list[dict[str, Raw]]):
        services = _raw(raw.pop("services"))
        partition = {key: msgspec.json.decode(value) for key, value in raw.items()}
        partition["services"] = {name: _object(services[name]) for name in names if name in services}
        partitions.append(partition)
    return {key: msgspec.json.decode(value) for key, value in table.items()} | {"partitions": partitions}


def _bytes_of(path: Path) -> bytes:
    """The bytes of a file with the extension `.json` or `.json.gz`; empty when there is none."""
    if (plain := path.with_name(path.name + ".json")).is_file():
        return plain.read_bytes()
    packed = path.with_name(path.name + ".json.gz")
    return gzip.decompress(packed.read_bytes()) if packed.is_file() else b""


def _raw(value: Raw) -> dict[str, Raw]:
    return msgspec.json.decode(value, type=dict[str, Raw])


def _object(value: Raw) -> _Json:
    """An operation or a shape, without its documentation and that of what it refers to."""
    decoded = msgspec.json.decode(value, type=_Json)
    for each in (decoded, *_ends(decoded), *_parts(decoded)):
        each.pop(_DOCUMENTATION, None)
    return decoded


def _ends(operation: _Json) -> Iterator[_Json]:
    """The references of an operation to what goes in and what comes out, errors included."""
    yield from (operation[key] for key in ("input", "output") if key in operation)
    yield from operation.get("errors", ())


def _parts(shape: _Json) -> Iterator[_Json]:
    """The references of a shape to its members or elements."""
    yield from shape.get("members", {}).values()
    yield from (shape[key] for key in ("member", "key", "value") if key in shape)
