"""Each action is named once."""

from __future__ import annotations

import ast
from pathlib import Path

import latticetop
from latticetop.aws import OPERATIONS
from latticetop.model.records import aws_actions

PACKAGE = Path(latticetop.__file__).parent
ACTIONS = {value for value in vars(aws_actions).values() if isinstance(value, str) and ":" in value} - {
    aws_actions.__doc__
}


def test_no_other_module_writes_an_action_but_the_simulator() -> None:
    modules = [path for path in PACKAGE.rglob("*.py") if "simulator" not in path.parts]
    constants = {
        (path.name, node.value)
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in ACTIONS
    }
    assert ACTIONS - {aws_actions.LATTICE_ACTIONS, aws_actions.ASSUME_ROLE} == OPERATIONS
    assert {name for name, _ in constants} == {"aws_actions.py"}
    assert {value for _, value in constants} == ACTIONS
