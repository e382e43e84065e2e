"""Exit codes: their numbers, and the code of several scopes."""

from __future__ import annotations

import pytest

from latticetop.reports.exit_codes import ExitCode, worst_of


def test_scripts_depend_on_the_numbers() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "OK": 0,
        "WRONG": 1,
        "USAGE": 2,
        "UNKNOWN": 3,
        "INTERRUPTED": 130,
    }


@pytest.mark.parametrize(("codes", "code"), [((), 0), ((0, 0), 0), ((3, 0), 3), ((3, 1, 0), 1)])
def test_what_is_wrong_for_certain_outweighs_what_is_unknown(codes: tuple[int, ...], code: int) -> None:
    assert worst_of(map(ExitCode, codes)) == code
