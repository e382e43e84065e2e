"""Signing in: the terminal is lent to a command, and reading continues with the credentials it got."""

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
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import App

    from latticetop.dashboard.state.followed_scope import FollowedScope
    from latticetop.model.records.problem import Problem

_TERMINAL_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGQUIT") if hasattr(signal, name)]
"""The signals that a terminal sends to every process in its foreground, and that end a program."""


def needs_settings(scope: FollowedScope) -> bool:
    """Whether a scope waits for credentials, or for a profile or Region that can be used."""
    return scope.update is not None and scope.update.status.phase is Phase.NEEDS_CREDENTIALS


def lacks_credentials(scope: FollowedScope) -> bool:
    """Whether a scope waits for credentials that its sign-in command can get."""
    problem = scope.update.status.problem if scope.update and needs_settings(scope) else None
    return bool(scope.sign_in) and problem is not None and problem.kind.needs_new_credentials


def problems_with_key(scope: FollowedScope, key: str) -> list[Problem]:
    """The problems of a scope; where credentials ended, the key that signs in, if there is one, is the next step.

    Where no credentials were found the next step stays, because another profile may have some.
    """
    next_step = f"{key} signs in: {shlex.join(scope.sign_in)}"
    kinds = (ProblemKind.EXPIRED, ProblemKind.LOGIN_NEEDED) if key else ()
    return [
        structs.replace(problem, next_step=next_step) if problem.kind in kinds else problem
        for problem in scope.current_problems
    ]


def sign_in(app: App[int], scopes: Sequence[FollowedScope], command: Sequence[str]) -> None:
    """Run a command in the app's terminal, then let the scopes that wait for its credentials read again.

    The screen stands still until the command ends. A failure is shown as a notice.
    """
    try:
        with app.suspend():
            failure = _run(command)
    except SuspendNotSupported:
        failure = f"This screen cannot be suspended. Run in another terminal: {shlex.join(command)}"
    if failure:
        app.notify(failure, severity="error", timeout=15, markup=False)
        return
    for scope in scopes:
        if tuple(scope.sign_in) == tuple(command) and lacks_credentials(scope):
            scope.source.renew()


def _run(command: Sequence[str]) -> str:
    """Run a command to its end; return why it failed as a sentence with the next step, empty when it succeeded."""
    with _interrupt_only_the_child():
        try:
            # Textual draws on stderr, so that is the terminal wherever stdout leads.
            code = subprocess.run(command, stdout=sys.__stderr__, check=False).returncode
        except OSError as error:
            hint = "Install it, or set another command as sign_in in latticetop.toml."
            return f"{command[0]} cannot be started: {error.strerror}. {hint}"
        if code in (-signal.SIGINT, 128 + signal.SIGINT):
            return "The sign-in was interrupted. Try again, or sign in elsewhere."
        if code:
            _wait_for_enter(f"{shlex.join(command)} ended with {code}")
            return f"{shlex.join(command)} ended with {code}. Try again, or sign in elsewhere."
    return ""


def _wait_for_enter(reason: str) -> None:
    """Leave the output of the command in sight until Enter is pressed."""
    if sys.__stderr__ is not None and sys.__stdin__ is not None:
        sys.__stderr__.write(f"\nlatticetop: {clean(reason)}. Press enter to go back. ")
        sys.__stderr__.flush()
        sys.__stdin__.readline()


@contextmanager
def _interrupt_only_the_child() -> Iterator[None]:
    # Ignored signals would be ignored by the child too; handlers are not inherited.
    handlers = {number: signal.signal(number, lambda *_: None) for number in _TERMINAL_SIGNALS}
    # Nor is it to be reported to a thread, which would end the process.
    wakeup = signal.set_wakeup_fd(-1)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        for number, handler in handlers.items():
            signal.signal(number, handler)
