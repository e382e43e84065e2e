"""Text pasted without brackets is one paste: it runs no actions, and does not keep the app busy."""

from __future__ import annotations

import string

import pytest
from textual.events import Key, Paste
from textual.message import Message

from latticetop.dashboard.keys import unbracketed_paste
from latticetop.dashboard.keys.unbracketed_paste import MAX_TYPED, QUIET, PasteParser
from tests.terminal import Terminal

LETTERS = string.ascii_letters * 200
"""10 kB in which every letter is a key of the app, `q` among them."""
READ = 4_096
"""Bytes of one read of Textual's driver."""


class Typist:
    """A parser, the time it goes by, and what it has parsed."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        self.messages: list[Message] = []
        patch.setattr(unbracketed_paste, "monotonic", lambda: self.now)
        self._parser = PasteParser()

    def read(self, *reads: str) -> None:
        """Feed what was read, one after the other, as the driver does."""
        for data in reads:
            self.messages += [*self._parser.feed(data), *self._parser.tick()]

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.messages += self._parser.tick()

    @property
    def keys(self) -> str:
        return "".join(message.character or "" for message in self.messages if isinstance(message, Key))

    @property
    def pasted(self) -> list[str]:
        return [message.text for message in self.messages if isinstance(message, Paste)]


@pytest.fixture
def typist(monkeypatch: pytest.MonkeyPatch) -> Typist:
    return Typist(monkeypatch)


def in_reads(text: str, size: int = READ) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def test_a_paste_of_several_reads_is_one_paste_once_it_is_over(typist: Typist) -> None:
    typist.read(*in_reads(LETTERS))
    assert typist.messages == []
    typist.wait(QUIET)
    assert typist.pasted == [LETTERS] and typist.keys == ""
    typist.read("q")
    assert typist.keys == "q"


def test_the_last_few_characters_of_a_paste_are_no_keys(typist: Typist) -> None:
    typist.read(LETTERS[:READ])
    typist.wait(QUIET / 2)
    typist.read("q")
    typist.wait(QUIET)
    assert typist.pasted == [LETTERS[:READ] + "q"] and typist.keys == ""


def test_a_key_after_a_paste_is_a_key_though_the_driver_did_not_look_between(typist: Typist) -> None:
    typist.read(LETTERS[:100])
    typist.now += QUIET
    typist.read("q")
    assert typist.pasted == [LETTERS[:100]] and typist.keys == "q"


@pytest.mark.parametrize("typed", [":subnets\r", "/owner:lambda az:a\r", string.ascii_letters[:MAX_TYPED], "j" * 200])
def test_what_was_typed_while_the_line_was_slow_and_a_held_key_are_keys(typist: Typist, typed: str) -> None:
    typist.read(typed)
    assert typist.keys == typed and typist.pasted == []


@pytest.mark.parametrize("size", [3, 7, 100, READ])
def test_a_bracketed_paste_is_parsed_by_textual_however_it_is_cut(typist: Typist, size: int) -> None:
    typist.read(*in_reads(f"\x1b[200~{LETTERS}\x1b[201~q", size))
    typist.wait(QUIET)
    assert typist.pasted == [LETTERS] and typist.keys == "q"


def test_a_sequence_ends_a_paste(typist: Typist) -> None:
    typist.read(LETTERS[:100], "\x1b[A")
    assert typist.pasted == [LETTERS[:100]]
    assert [message.key for message in typist.messages if isinstance(message, Key)] == ["up"]


def test_in_a_terminal_it_runs_no_action_and_goes_into_an_input() -> None:
    terminal = Terminal("demo", "--no-tour")
    terminal.until(lambda: "10.10.10.0/26" in terminal.seen)
    terminal.then(LETTERS, "Pasted text is ignored here")
    terminal.then(":", "searches descriptions")
    terminal.then(LETTERS, "Nothing is called")
    terminal.then("\x1b", "10.10.10.0/26")
    assert terminal.quit() == 0
