"""The console script: it runs a command, and ends with its exit code whatever happens."""

from __future__ import annotations

import gc
import os
import sys

try:
    from latticetop.cli.ending import Ending
except KeyboardInterrupt:
    # The only imports that it can interrupt, of the standard library.
    os.write(2, b"latticetop: Interrupted.\n")
    os._exit(130)


_OBJECTS_AT_THE_START = 150_000
"""Objects after which garbage is collected. The imports of the dashboard and the SDK make 90,000."""


def main() -> None:
    """Run the console script, and exit. Signals are handled before anything else is imported."""
    ending = Ending()
    collect_after_the_start()
    code = 0
    try:
        ending.handle_signals()
        code = _run(ending)
    except BaseException:
        # KeyboardInterrupt, or what it became on its way. What it has left half made complains if it is finalized.
        ending.end_now()
    if ending.received:
        # An ordinary exit waits for threads, and Python may turn it into a death by SIGINT.
        ending.end_now()
    ending.leave()
    # The interpreter collects garbage as it shuts down: a second, after large responses.
    gc.freeze()
    sys.exit(code)


def collect_after_the_start() -> None:
    """Collect no garbage while modules are imported, and leave out of all collections what was made until then.

    To pass over it once takes 50 to 70 ms, just before the first row is drawn, and finds a sixtieth to be garbage.
    """
    usual = gc.get_threshold()[0]

    def end(phase: str, _: dict[str, int]) -> None:
        if phase == "start" and end in gc.callbacks:
            gc.callbacks.remove(end)
            gc.freeze()
            gc.set_threshold(usual, *gc.get_threshold()[1:])

    gc.callbacks.append(end)
    gc.set_threshold(_OBJECTS_AT_THE_START, *gc.get_threshold()[1:])


def _run(ending: Ending) -> int:
    """Run the command and return its exit code."""
    try:
        import click

        from latticetop.cli.group import cli
        from latticetop.cli.output import show_error

        try:
            code = cli.main(standalone_mode=False)
        except click.Abort:
            raise KeyboardInterrupt from None
        except click.ClickException as error:
            show_error(error)
            code = error.exit_code
    except SystemExit as error:
        code = error.code
    except Exception as error:
        if _was_interrupted(error):
            raise KeyboardInterrupt from error
        from latticetop.cli.crash import report

        ending.restore_terminal()
        return report(error)
    return code if isinstance(code, int) else 0


def _was_interrupted(error: BaseException | None) -> bool:
    """Whether an exception is what became of KeyboardInterrupt, as of one in `__set_name__`, or followed from it."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
