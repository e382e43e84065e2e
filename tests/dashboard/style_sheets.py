"""Style sheets that are parsed once for the apps of all tests: each would parse some three hundred rules."""

from __future__ import annotations

from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_parse_rules = Stylesheet._parse_rules
_parsed: dict[tuple[Any, ...], list[RuleSet]] = {}


def parse_once(patch: pytest.MonkeyPatch) -> None:
    """Have Textual take rules that were parsed from the same text with the same variables."""
    patch.setattr(Stylesheet, "_parse_rules", _rules)


def _rules(self: Stylesheet, *arguments: Any, **options: Any) -> list[RuleSet]:
    key = (arguments, *options.items(), *self._variables.items())
    if key not in _parsed:
        _parsed[key] = _parse_rules(self, *arguments, **options)
    return _parsed[key]
