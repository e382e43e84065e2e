"""Changed verdicts are announced as was chosen, in a form that suits the terminal."""

from __future__ import annotations

import pytest

from latticetop.dashboard.state.notifications import desktop_notification
from tests.dashboard.accounts import at, incident, with_state
from tests.dashboard.stage import showing


@pytest.mark.parametrize("how", ["off", "bell", "desktop"])
async def test_a_verdict_that_changes_is_told_of_as_was_asked(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    async with showing(at(incident(before=True), -60), notify_by=how) as stage:
        monkeypatch.setattr(stage.app, "bell", lambda: rung.append("bell"))
        assert stage.app._driver is not None
        monkeypatch.setattr(stage.app._driver, "write", rung.append)
        await stage.show(at(with_state(incident(), "Pending"), -30))
        await stage.show(at(incident(), 0))
        expected = {
            "off": [],
            "bell": ["bell"],
            "desktop": ["\x1b]9;latticetop: vpce-0e3b…2c4a: Pending → Failed: failed but accessible\x1b\\"],
        }
        assert rung == expected[how]
        assert stage.notices == ([] if how == "off" else ["vpce-0e3b…2c4a: Pending → Failed: failed but accessible"])
        rung.clear()
        stage.app.clear_notifications()
        await stage.show(at(with_state(incident(), "Available"), 15))
        assert len(rung) == (how != "off"), "what got better is told of too"
        assert not stage.notices, "but does not stand on screen"


def test_a_notice_holds_no_control_character_and_suits_the_terminal() -> None:
    hostile = "vpce-1: a\x1b]0;b\x07\nc\x9d‮d"
    assert desktop_notification(hostile, {}) == "\x1b]9;latticetop: vpce-1: a]0;b cd\x1b\\"
    assert desktop_notification("x", {"TERM": "foot"}) == "\x1b]777;notify;latticetop;x\x1b\\"
    assert desktop_notification("x", {"TMUX": "/tmp/t"}) == "\x1bPtmux;\x1b\x1b]9;latticetop: x\x1b\x1b\\\x1b\\"
    assert len(desktop_notification("x" * 1000, {})) < 250
