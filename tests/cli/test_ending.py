"""Signals and crashes, in a real terminal and without one: how the process ends and how it leaves the terminal."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path

import pytest

from latticetop.simulator import ServerThread
from tests.command import KEYS, PATIENCE, finished, launched, line_with, python, run
from tests.recordings import incident_recording
from tests.terminal import FreshTerminal, Terminal

SENTENCES = {
    signal.SIGINT: "latticetop: Interrupted.",
    signal.SIGTERM: "latticetop: Ended by SIGTERM.",
    signal.SIGHUP: "latticetop: Ended by SIGHUP.",
    signal.SIGQUIT: "latticetop: Ended by SIGQUIT.",
}
SEEN = "failed but accessible"
LEFT = "\x1b[?1049l"
"""The sequence that leaves the alternate screen."""


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(incident_recording(tmp_path_factory.mktemp("made") / "incident.rec"))


def flags(server: ServerThread) -> tuple[str, ...]:
    return ("--endpoint-url", server.url, "--region", "us-east-1")


def ended_well(terminal: Terminal, sentence: str) -> None:
    """The terminal is as it was before, and one sentence is all that was printed after the dashboard."""
    assert terminal.changed_modes == set()
    assert terminal.attributes == terminal.attributes_before
    assert terminal.written.count("\x1b[>") == terminal.written.count("\x1b[<u"), "the keyboard protocol is left on"
    _, _, after = terminal.seen.rpartition(LEFT)
    assert re.fullmatch(sentence, re.sub(r"\x1b\[\?[\d;]+[hl]", "", after).strip())


@pytest.mark.parametrize("number", SENTENCES)
def test_a_signal_ends_the_dashboard_and_leaves_the_terminal_as_it_was(
    incident: ServerThread, number: signal.Signals
) -> None:
    terminal = Terminal(*flags(incident), "--interval", "0", **KEYS)
    terminal.until(lambda: SEEN in terminal.seen)
    assert "1049" in terminal.changed_modes and terminal.attributes != terminal.attributes_before
    terminal.child.send_signal(number)
    assert terminal.to_end() == 128 + number
    ended_well(terminal, SENTENCES[number])


@pytest.mark.parametrize("command", [("demo",), ("replay", "{recording}")], ids=["demo", "replay"])
def test_the_other_dashboards_end_so_too(recording: str, command: tuple[str, ...]) -> None:
    terminal = Terminal(*(word.format(recording=recording) for word in command))
    terminal.until(lambda: "10.10.10.0/26" in terminal.seen)
    terminal.child.send_signal(signal.SIGTERM)
    assert terminal.to_end() == 143
    ended_well(terminal, SENTENCES[signal.SIGTERM])


def test_a_terminal_that_is_closed_ends_the_dashboard(incident: ServerThread) -> None:
    terminal = Terminal(*flags(incident), "--interval", "0", **KEYS)
    terminal.until(lambda: SEEN in terminal.seen)
    terminal.hang_up()
    assert terminal.child.wait(PATIENCE) == 129


HUNG = """
import sys, threading, time
from latticetop.dashboard.main import screen
def hang(*_):
    print("hung", file=sys.__stderr__, flush=True)
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
screen.MainScreen.on_key = hang
sys.argv = ["latticetop", *sys.argv[1:]]
from latticetop.cli import ending
ending.GRACE = 0.1
from latticetop.cli.main import main
main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_dashboard_that_hangs_ends_after_a_while_and_leaves_the_terminal_as_it_was(
    incident: ServerThread, number: signal.Signals
) -> None:
    terminal = Terminal(*flags(incident), "--interval", "0", program=HUNG, **KEYS)
    terminal.until(lambda: SEEN in terminal.seen)
    terminal.then("z", "hung")
    terminal.child.send_signal(number)
    assert terminal.to_end() == 128 + number
    ended_well(terminal, SENTENCES[number])


CRASHING = """
import sys
from latticetop.dashboard.app import LatticetopApp
def crash(app):
    {statement}
LatticetopApp.action_{action} = crash
sys.argv = ["latticetop", *sys.argv[1:]]
from latticetop.cli.main import main
main()
"""


def test_a_crash_is_one_sentence_and_the_log_has_its_traceback(incident: ServerThread, tmp_path: Path) -> None:
    program = CRASHING.format(action="estate", statement='raise RuntimeError("broken on purpose")')
    log = tmp_path / "calls.log"
    terminal = Terminal("--log", str(log), *flags(incident), "--interval", "0", program=program, **KEYS)
    terminal.until(lambda: SEEN in terminal.seen)
    terminal.press("o")
    assert terminal.to_end() == 3
    ended_well(
        terminal,
        r"latticetop: Internal error: RuntimeError: broken on purpose \([a-z_/]+\.py:\d+\)\. "
        "Repeat it with --log FILE, and report it with that file and the output of latticetop info.",
    )
    assert "Traceback" in log.read_text() and "broken on purpose" in log.read_text()


FAILING_AT_THE_END = """
import asyncio, sys
from latticetop.dashboard.app import LatticetopApp
async def work(app):
    print("begun", file=sys.__stderr__, flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        app.query_one("#gone-on-purpose")
LatticetopApp.action_estate = lambda app: app.run_worker(work(app))
sys.argv = ["latticetop", *sys.argv[1:]]
from latticetop.cli.main import main
main()
"""


@pytest.mark.parametrize(
    ("number", "code", "sentence"), [(None, 0, ""), (signal.SIGTERM, 143, SENTENCES[signal.SIGTERM])]
)
def test_what_a_widget_runs_into_when_the_dashboard_has_ended_is_no_crash(
    incident: ServerThread, tmp_path: Path, number: signal.Signals | None, code: int, sentence: str
) -> None:
    log = tmp_path / "calls.log"
    terminal = Terminal("--log", str(log), *flags(incident), "--interval", "0", program=FAILING_AT_THE_END, **KEYS)
    terminal.until(lambda: SEEN in terminal.seen)
    terminal.then("o", "begun")
    if number is None:
        terminal.press("q")
    else:
        terminal.child.send_signal(number)
    assert terminal.to_end() == code
    ended_well(terminal, sentence)
    assert "gone-on-purpose" in log.read_text()


def test_ctrl_z_suspends_the_dashboard_and_fg_draws_it_again(incident: ServerThread) -> None:
    terminal = FreshTerminal(*flags(incident), "--interval", "0", **KEYS)
    terminal.until(lambda: SEEN in terminal.seen)
    terminal.press("\x1a")
    terminal.until(lambda: LEFT in terminal.seen)
    pid, status = os.waitpid(terminal.child.pid, os.WUNTRACED)
    assert (pid, os.WIFSTOPPED(status)) == (terminal.child.pid, True)
    terminal.until(lambda: terminal.changed_modes <= {"1004"})
    assert terminal.attributes == terminal.attributes_before
    terminal.seen = ""
    terminal.child.send_signal(signal.SIGCONT)
    terminal.until(lambda: SEEN in terminal.seen)
    assert "1049" in terminal.changed_modes
    assert terminal.quit() == 0


def test_a_signal_ends_a_suspended_dashboard(incident: ServerThread) -> None:
    terminal = FreshTerminal(*flags(incident), "--interval", "0", **KEYS)
    terminal.until(lambda: SEEN in terminal.seen)
    terminal.press("\x1a")
    terminal.until(lambda: LEFT in terminal.seen)
    os.waitpid(terminal.child.pid, os.WUNTRACED)
    terminal.child.send_signal(signal.SIGTERM)
    terminal.child.send_signal(signal.SIGCONT)
    assert terminal.to_end() == 143
    assert terminal.changed_modes == set() and terminal.attributes == terminal.attributes_before


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Listens where nothing ever answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENCE)
        yield listening


@pytest.mark.parametrize("number", SENTENCES)
@pytest.mark.parametrize("command", ["watch", "check", "simulate", "serve"])
def test_a_signal_ends_a_command_with_one_sentence(
    incident: ServerThread, silent: socket.socket, command: str, number: signal.Signals
) -> None:
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    arguments, begun = {
        "watch": (("watch", "--json", *flags(incident)), "latticetop.start/1"),
        "check": (("check", "--endpoint-url", url, "--region", "us-east-1"), ""),
        "simulate": (("simulate",), "http://"),
        "serve": (("serve", "--port", "0", "demo"), "http://"),
    }[command]
    with launched(*arguments, **KEYS) as child, ExitStack() as stack:
        if begun:
            line_with(child, begun)
        else:
            stack.enter_context(silent.accept()[0])
        child.send_signal(number)
        out, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == 128 + number
    assert begun or not out
    assert err.splitlines()[-1] == SENTENCES[number]
    assert "Traceback" not in err and err.count("latticetop: Ended") + err.count("latticetop: Interrupted") == 1


IMPORTING = """
import os, signal, sys
class Finder:
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.{name})
sys.meta_path.insert(0, Finder())
sys.argv = ["latticetop", "check", "--from", "none.rec"]
from latticetop.cli.main import main
main()
"""


@pytest.mark.parametrize(
    ("module", "number"),
    [
        ("threading", signal.SIGINT),
        *product(("click", "latticetop.cli.options", "latticetop.cli.commands.check"), (signal.SIGINT, signal.SIGTERM)),
    ],
)
def test_a_signal_during_the_imports_is_one_sentence(module: str, number: signal.Signals) -> None:
    ended = finished(sys.executable, "-c", IMPORTING.format(module=module, name=number.name))
    assert (ended.code, ended.out, ended.err) == (128 + number, "", SENTENCES[number] + "\n")


INTERRUPTED_TWICE = """
import os, signal, sys
from latticetop.cli.ending import Ending
restore_terminal = Ending.restore_terminal
def interrupted(ending):
    os.kill(os.getpid(), signal.SIGINT)
    restore_terminal(ending)
Ending.restore_terminal = interrupted
from latticetop.cli import group
def interrupt(*_):
    os.kill(os.getpid(), signal.SIGINT)
group.merge = interrupt
sys.argv = ["latticetop", "--region", "us-east-1"]
from latticetop.cli.main import main
main()
"""


def test_a_second_interrupt_while_the_first_ends_the_process_is_no_traceback() -> None:
    ended = run(program=INTERRUPTED_TWICE)
    assert (ended.code, ended.out, ended.err) == (130, "", SENTENCES[signal.SIGINT] + "\n")


def test_threads_that_end_the_process_at_once_say_so_once() -> None:
    script = """
from threading import Barrier, Thread
from latticetop.cli.ending import Ending

ending, barrier = Ending(), Barrier(8)

def end():
    barrier.wait()
    ending.end_now()

for _ in range(8):
    Thread(target=end).start()
"""
    ended = python(script)
    assert (ended.code, ended.out, ended.err) == (130, "", SENTENCES[signal.SIGINT] + "\n")


EXECUTING = """
import os, signal, sys
from latticetop.cli import group
def executing(*_):
    exec("import os, signal; os.kill(os.getpid(), signal.SIGTERM)")
group.merge = executing
sys.argv = ["latticetop", "--region", "us-east-1"]
from latticetop.cli.main import main
main()
"""


def test_a_signal_in_code_that_is_made_while_it_runs_ends_with_its_number() -> None:
    """As dataclasses make theirs: for a KeyboardInterrupt there, Python ends the process as if by SIGINT."""
    ended = run(program=EXECUTING)
    assert (ended.code, ended.out, ended.err) == (143, "", SENTENCES[signal.SIGTERM] + "\n")


BEFORE_WAKENING = """
import asyncio, os, signal, sys
class Reader:
    def __init__(self, future):
        self.future = future
    def __eq__(self, other):
        return self.future is other
    def done(self):
        done = self.future.done()
        os.kill(os.getpid(), signal.{name})
        return done
    def set_result(self, result):
        self.future.set_result(result)
def interrupt_wakening(event):
    event._waiters.append(Reader(event._waiters.pop()))
{patch}
sys.argv = ["latticetop", *sys.argv[1:]]
from latticetop.cli.main import main
main()
"""
COMMAND = """
async def read(*_, **__):
    event = asyncio.Event()
    async def wake():
        interrupt_wakening(event)
        event.set()
    async with asyncio.TaskGroup() as group:
        group.create_task(wake())
        await event.wait()
from latticetop.runtime import read_once
read_once.read_snapshots = read
"""
DASHBOARD = """
from latticetop.dashboard.app import LatticetopApp
async def wake(app):
    ready = app._message_queue.ready_event
    while ready.is_set() or not ready._waiters:
        await asyncio.sleep(0)
    interrupt_wakening(ready)
    app.call_later(lambda: None)
LatticetopApp.action_estate = lambda app: app.run_worker(wake(app))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_between_the_check_of_a_reader_and_its_wakening_ends_the_dashboard(
    incident: ServerThread, number: signal.Signals
) -> None:
    program = BEFORE_WAKENING.format(name=number.name, patch=DASHBOARD)
    terminal = Terminal(*flags(incident), "--interval", "0", program=program, **KEYS)
    terminal.until(lambda: SEEN in terminal.seen)
    terminal.press("o")
    assert terminal.to_end() == 128 + number
    ended_well(terminal, SENTENCES[number])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_between_the_check_of_a_reader_and_its_wakening_ends_a_command(number: signal.Signals) -> None:
    program = BEFORE_WAKENING.format(name=number.name, patch=COMMAND)
    ended = run("check", "--region", "us-east-1", program=program, **KEYS)
    assert (ended.code, ended.out, ended.err) == (128 + number, "", SENTENCES[number] + "\n")


NAMING = """
import os, signal, sys
class Interrupted:
    def __set_name__(self, owner, name):
        os.kill(os.getpid(), signal.{name})
from latticetop.cli import group
group.merge = lambda *_: type("Owner", (), {{"member": Interrupted()}})
sys.argv = ["latticetop", "--region", "us-east-1"]
from latticetop.cli.main import main
main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_a_class_is_made_is_one_sentence(number: signal.Signals) -> None:
    """Until Python 3.12, what is raised while a member is told its name becomes a RuntimeError."""
    ended = run(program=NAMING.format(name=number.name))
    assert (ended.code, ended.out, ended.err) == (128 + number, "", SENTENCES[number] + "\n")


FINALIZING = """
import os, signal, sys
class Interrupted:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
sys.argv = ["latticetop", "watch", "--from", "none.rec"]
from latticetop.cli import recording_options
def interrupted(name):
    item = Interrupted()
    del item
    print("not interrupted")
recording_options.open_files = interrupted
from latticetop.cli.commands import watch
watch.open_files = interrupted
from latticetop.cli.main import main
main()
"""


def test_an_interrupt_in_a_finalizer_is_not_forgotten() -> None:
    ended = run(program=FINALIZING)
    assert (ended.code, ended.out, ended.err) == (130, "", SENTENCES[signal.SIGINT] + "\n")


def test_what_nohup_ignores_stays_ignored(incident: ServerThread) -> None:
    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    command = (sys.executable, "-m", "latticetop", "watch", "--json", *flags(incident))
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env={**os.environ, **KEYS}, text=True, preexec_fn=ignore, **pipes) as child:  # type: ignore[call-overload]
        line_with(child, "latticetop.start/1")
        child.send_signal(signal.SIGHUP)
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=PATIENCE)
    assert child.returncode == 143


def test_an_interrupt_while_the_event_loop_is_made_is_one_sentence() -> None:
    script = """
import sys
from asyncio.selector_events import BaseSelectorEventLoop

def interrupted(*_):
    raise KeyboardInterrupt

BaseSelectorEventLoop._make_self_pipe = interrupted
sys.argv = ["latticetop", "check", "--endpoint-url", "http://127.0.0.1:1", "--region", "us-east-1"]
from latticetop.cli.main import main
main()
"""
    ended = python(script, **KEYS)
    assert (ended.out, ended.err, ended.code) == ("", "latticetop: Interrupted.\n", 130)
