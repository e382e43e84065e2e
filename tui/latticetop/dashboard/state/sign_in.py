"""Signing in: the terminal is lent to a command, and the reading goes on with what it brought."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import structs
from textual.app import SuspendNotSupported

from latticetop.follow.status import Phase
from latticetop.model.records.problem import ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import App

    from latticetop.dashboard.state.followed_scope import Watched
    from latticetop.model.records.problem import Problem

_FOR_THE_CHILD = [getattr(signal, name) for name in ("SIGINT", "SIGQUIT") if hasattr(signal, name)]
"""The signals that a terminal sends to all of its foreground, and that end a program."""


def waits_for_settings(watched: Watched) -> bool:
    """Whether a scope waits for credentials, or for a profile or Region that can be used."""
    return watched.latest is not None and watched.latest.status.phase is Phase.NEEDS_CREDENTIALS


def lacks_credentials(watched: Watched) -> bool:
    """Whether a scope waits for credentials that its command could bring."""
    status = watched.latest.status if watched.latest else None
    if not watched.sign_in or status is None or status.phase is not Phase.NEEDS_CREDENTIALS:
        return False
    return status.problem is not None and status.problem.kind.needs_new_credentials


def with_the_key(watched: Watched, key: str) -> list[Problem]:
    """What is wrong in a scope; of credentials that have ended the key, if there is one, is the next step.

    Where there were no credentials another profile may do as well.
    """
    step = f"{key} signs in: {shlex.join(watched.sign_in)}"
    ended = (ProblemKind.EXPIRED, ProblemKind.LOGIN_NEEDED) if key else ()
    return [structs.replace(each, next_step=step) if each.kind in ended else each for each in watched.wrong]


def sign_in(app: App[int], watched: Sequence[Watched], command: Sequence[str]) -> None:
    """Run the command in the app's terminal, then let the scopes that wait for it read anew.

    All stands still meanwhile. What goes wrong is a notice.
    """
    try:
        with app.suspend():
            failure = _run(command)
    except SuspendNotSupported:
        failure = f"The screen cannot make room here. Run in another terminal: {shlex.join(command)}"
    if failure:
        app.notify(failure, severity="error", timeout=15, markup=False)
        return
    for each in watched:
        if tuple(each.sign_in) == tuple(command) and lacks_credentials(each):
            each.source.renew()


def _run(command: Sequence[str]) -> str:
    """Run it to its end; why it brought nothing in a sentence with the next step, empty when it ended well."""
    with _left_to_the_child():
        try:
            # Textual draws on stderr, so that is the terminal wherever stdout leads.
            code = subprocess.run(command, stdout=sys.__stderr__, check=False).returncode
        except OSError as error:
            hint = "Install it, or name another command as sign_in in latticetop.toml."
            return f"{command[0]} cannot be started: {error.strerror}. {hint}"
        if code in (-signal.SIGINT, 128 + signal.SIGINT):
            return "The sign-in was interrupted. Try again, or sign in elsewhere."
        if code:
            _wait_for_enter(f"{shlex.join(command)} ended with {code}")
            return f"{shlex.join(command)} ended with {code}. Try again, or sign in elsewhere."
    return ""


def _wait_for_enter(why: str) -> None:
    """Leave what the command said in sight."""
    if sys.__stderr__ is not None and sys.__stdin__ is not None:
        sys.__stderr__.write(f"\nlatticetop: {why}. Press enter to go back. ")
        sys.__stderr__.flush()
        sys.__stdin__.readline()


@contextmanager
def _left_to_the_child() -> Iterator[None]:
    """An interrupt ends the child alone. (Ignored ones would be ignored by the child too, handlers are not kept.)"""
    before = {each: signal.signal(each, lambda *_: None) for each in _FOR_THE_CHILD}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
