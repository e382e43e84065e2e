"""JSON documents checked against the JSON Schema that latticetop itself gives for them."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from tests.command import run


def printed_schema(*command: str) -> dict[str, Any]:
    """The schema that a command prints with `--schema`; it names its metaschema, and is valid by it."""
    ended = run(*command, "--schema")
    assert (ended.code, ended.err) == (0, "")
    schema: dict[str, Any] = json.loads(ended.out)
    validator = validator_for(schema, default=None)
    assert validator is Draft202012Validator
    validator.check_schema(schema)
    return schema


def schema_errors(document: Any, schema: dict[str, Any]) -> list[str]:
    """What is wrong with a document; keys that the schema does not describe are wrong too."""
    Draft202012Validator.check_schema(schema)
    errors = Draft202012Validator(_closed(schema)).iter_errors(document)
    return [f"{error.json_path}: {error.message}" for error in errors]


def _closed(schema: Any) -> Any:
    """The schema with no further properties allowed in objects whose properties it lists."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    return (
        {**closed, "additionalProperties": False}
        if schema.get("type") == "object" and "properties" in schema
        else closed
    )
