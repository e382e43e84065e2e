"""For every test: no AWS configuration or terminal of this machine, no hypothesis deadline, no child process left."""

from __future__ import annotations

import compileall
import gc
import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import latticetop
from tests import command

# Whoever starts the tests in the background may have them ignore signals; children would inherit that.
for number in ("SIGINT", "SIGHUP", "SIGQUIT"):
    if hasattr(signal, number) and signal.getsignal(getattr(signal, number)) is signal.SIG_IGN:
        signal.signal(getattr(signal, number), signal.default_int_handler if number == "SIGINT" else signal.SIG_DFL)

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

PREFIXES = ("AWS_", "LATTICETOP_", "TEXTUAL_", "CLICOLOR")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")
LONGEST = (
    # First, because it measures the memory of its process: what other tests leave in it would count.
    "tests/follow/test_soak.py",
    "tests/test_readme.py",
    "tests/test_dumped_answers.py",
    "tests/cli/test_ending.py",
    "tests/test_text_gate.py",
    "tests/dashboard/find/test_filtering.py",
    "tests/fuzz/test_fuzz.py",
    "tests/dashboard/plan/test_screen.py",
    "tests/dashboard/test_hostile.py",
    "tests/dashboard/owners/test_screen.py",
    "tests/dashboard/plan/test_form.py",
    "tests/dashboard/test_screenshots.py",
    "tests/cli/test_web_server.py",
    "tests/test_remedies_carried_out.py",
    "tests/cli/commands/test_dump.py",
    "tests/reports/test_hostile.py",
    "tests/runtime/test_read_once.py",
    "tests/test_one_way.py",
    "tests/dashboard/test_pictures.py",
    "tests/aws/test_limits.py",
    "tests/cli/commands/test_check.py",
    "tests/dashboard/keys/test_commands.py",
    "tests/dashboard/main/test_screen.py",
    "tests/model/capacity/test_supply.py",
    "tests/dashboard/overviews/test_trouble_screen.py",
    "tests/follow/recording/test_bounded_decode.py",
)
"""Files that take longest. They run first: no worker has one of them left when the others have nothing more to do."""
TERMINAL = ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "COLUMNS", "LINES", "PYTHONIOENCODING")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: now and then one waits for a child process, or for time to pass."""
    return 1 + (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def pytest_configure(config: pytest.Config) -> None:
    """Compile once what each child process would compile anew where Python does not write what it has compiled."""
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(Path(latticetop.__file__).parent, quiet=2)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage while modules are imported, and leave them out of what is collected later.

    Garbage is collected less often than usual: the apps of the tests made it a third of all CPU time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 10, 10)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: longest.get(item.nodeid.partition("::")[0], len(longest)))


@pytest.fixture(autouse=True)
def nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in list(os.environ):
        if "SNAPSHOT" in name:
            continue
        if name.startswith(PREFIXES) or name.upper() in PROXIES or name in TERMINAL:
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / "state"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(autouse=True)
def no_child_left() -> Iterator[None]:
    yield
    command.end_started()
