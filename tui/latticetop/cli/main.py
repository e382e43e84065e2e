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


def main() -> None:
    """Run the console script, and exit. Signals are handled before anything else is imported."""
    ending = Ending()
    code, interrupted = 0, False
    try:
        ending.handle_signals()
        code = _run(ending)
    except BaseException:
        # KeyboardInterrupt, or what it became on its way.
        interrupted = True
    if interrupted or ending.received:
        # An ordinary exit waits for threads, and Python may turn it into a death by SIGINT.
        ending.end_now()
    ending.leave()
    # The interpreter collects garbage as it shuts down: a second, after large responses.
    gc.freeze()
    sys.exit(code)


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
        from latticetop.cli.crash import report

        ending.restore_terminal()
        return report(error)
    return code if isinstance(code, int) else 0
