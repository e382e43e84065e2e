"""Output of the commands: data on stdout, messages on stderr, exit codes; and checks of values from outside.

What the commands print passes here, and loses every character that a terminal acts upon or does not draw.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from io import StringIO, TextIOWrapper
from math import isnan
from pathlib import Path
from shutil import get_terminal_size
from typing import IO, TYPE_CHECKING, Any, NoReturn, TextIO, TypeVar

import click

from latticetop.config.settings import URL_VARIABLE, ignores_endpoint_urls, interval_problem, url_problem
from latticetop.reports.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from latticetop.model.records.problem import Problem

T = TypeVar("T")
MAX_SPEED = 100_000.0
"""Simulated seconds per real second; faster, and a day's demo would reach the last year that a datetime can hold."""


DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""The errors of a disk, as opposed to those of a path."""


class OutputError(click.ClickException):
    """stdout that cannot be written; the process ends with 3."""

    exit_code = ExitCode.UNKNOWN

    def __init__(self, error: OSError) -> None:
        super().__init__(f"stdout cannot be written: {error.strerror}.")

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence."""
        click.echo(f"latticetop: {self.message}", file)


class NumberRange(click.FloatRange):
    """A range of floats that excludes `nan`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Convert a value; a usage error for what is not a number in the range."""
        number: float = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


SPEED = NumberRange(0, MAX_SPEED, min_open=True)
"""Simulated seconds per real second."""


def run(work: Coroutine[Any, Any, T], report_unread: Callable[[Problem], None] | None = None) -> T:
    """Run a coroutine and return its result; a ReadError is printed as one sentence and ends the process.

    `report_unread` is called before that if the exit code is 3, for who reads the report and not the sentence.
    """
    from latticetop.model.records.problem import ProblemKind, ReadError
    from latticetop.runtime import interrupts

    try:
        return interrupts.run(work)
    except ReadError as error:
        code = ExitCode.USAGE if error.problem.kind is ProblemKind.USAGE else ExitCode.UNKNOWN
        if report_unread is not None and code is ExitCode.UNKNOWN:
            report_unread(error.problem)
        end(str(error), code)


def check_interval(context: click.Context, __: click.Parameter, seconds: float | None) -> float | None:
    """Validate an interval in seconds; a usage error if it is out of range."""
    if seconds is not None and not context.resilient_parsing and (problem := interval_problem(seconds)):
        usage(problem)
    return seconds


def check_url(context: click.Context, __: click.Parameter, url: str | None) -> str | None:
    """Validate an endpoint URL; a usage error if it cannot be called."""
    if url and not context.resilient_parsing and (problem := url_problem(url)):
        usage(problem)
    return url


def check_endpoint_variables() -> None:
    """Validate the URLs in AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_EC2, …, unless the SDK is to ignore them."""
    if ignores_endpoint_urls():
        return
    for name in sorted(os.environ):
        url = os.environ[name] if re.fullmatch(f"{URL_VARIABLE}(_.*)?", name) else ""
        if url and (problem := url_problem(url)):
            usage(f"{name}: {problem}")


def interval_from_environment(default: float) -> float:
    """Return LATTICETOP_INTERVAL in seconds, or the default; a usage error if it is out of range."""
    text = os.environ.get("LATTICETOP_INTERVAL", "")
    try:
        seconds = float(text) if text else default
    except ValueError:
        usage(f"LATTICETOP_INTERVAL is {text!r}; set it to seconds, such as 15.")
    if problem := interval_problem(seconds):
        usage(f"LATTICETOP_INTERVAL: {problem}")
    return seconds


def need_terminal() -> None:
    """End with a usage error if there is no terminal for Textual, which draws on stderr or as TEXTUAL_DRIVER says."""
    streams = (sys.stdin, sys.stderr)
    if not os.environ.get("TEXTUAL_DRIVER") and not all(stream and stream.isatty() for stream in streams):
        usage(
            "The dashboard needs a terminal. Without one, latticetop check reads once and prints, "
            "and latticetop watch prints changes."
        )


def usage(sentence: str) -> NoReturn:
    """Print what is wrong with the command on stderr, and exit with 2."""
    end(sentence, ExitCode.USAGE)


def end(sentence: str, code: ExitCode) -> NoReturn:
    """Print a sentence on stderr, and exit."""
    narrate(sentence)
    raise SystemExit(code)


def narrate(clause: str) -> None:
    """Print on stderr, in one line, what is being done."""
    message(f"latticetop: {clause}".replace("\n", " "))


def message(text: str) -> None:
    """Print lines of text on stderr."""
    try:
        click.echo(printable(text), err=True)
    except OSError:
        # The exit code says as much, and there is nowhere else to say why.
        _discard(sys.stderr)


def printable(text: str) -> str:
    """Remove from lines of text every character that a terminal acts upon or does not draw."""
    from latticetop.model.records.text import clean_lines

    return clean_lines(text)


def emit(text: str, encoding: str | None = None) -> bool:
    """Write to stdout, in the terminal's encoding unless one is given; return whether anything reads it.

    Raises OutputError if the disk is full, for example.
    JSON has characters that are not drawn as escapes, see `latticetop.reports.json_text`.
    """
    stream = sys.stdout
    if stream is None:
        return False
    try:
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=encoding, errors="replace")
        stream.write(printable(text))
        stream.flush()
    except BrokenPipeError:
        _discard(stream)
        return False
    except OSError as error:
        _discard(stream)
        raise OutputError(error) from error
    return True


def show_error(error: click.ClickException) -> None:
    """Print an error of click on stderr."""
    text = StringIO()
    error.show(text)
    message(text.getvalue().rstrip("\n"))


def emit_document(text: str) -> None:
    """Write JSON to stdout in UTF-8, whatever the terminal's encoding is."""
    emit(text, "utf-8")


def emit_schema(schema: dict[str, Any]) -> None:
    """Write a JSON Schema to stdout, with the dialect that msgspec generates."""
    import msgspec

    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    emit_document(msgspec.json.format(msgspec.json.encode(document)).decode() + "\n")


def write_file(path: str, text: str) -> None:
    """Write a report to a file in UTF-8. The file is as it was before if that fails.

    Ends the process: with 3 if the disk is full, with a usage error if the path is wrong. A pipe that nothing reads to
    its end is no error, as with stdout.
    """
    from latticetop.cli.whole_file import replace_file

    try:
        replace_file(Path(path), printable(text).encode("utf-8", "replace"))
    except BrokenPipeError:
        return
    except OSError as error:
        code = ExitCode.UNKNOWN if error.errno in DISK_ERRORS else ExitCode.USAGE
        end(f"{path} cannot be written: {error.strerror}.", code)


def two_columns(rows: Mapping[str, str]) -> str:
    """Render names and descriptions in two aligned columns."""
    width = max(map(len, rows))
    return "".join(f"{name:<{width}}  {description}\n" for name, description in rows.items())


def stdout_is_terminal() -> bool:
    """Return whether a person reads stdout as it is written."""
    return bool(sys.stdout and sys.stdout.isatty())


def text_width(*, to_file: bool = False) -> int:
    """Return the columns that text is wrapped to: those of the terminal, at most 120; no limit in a pipe or a file."""
    is_terminal = stdout_is_terminal() and not to_file
    return min(get_terminal_size((80, 24)).columns, 120) if is_terminal else sys.maxsize


def discard_streams() -> None:
    """Flush stdout and stderr, and discard what cannot be written: flushing at exit would change the exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            _discard(stream)


def _discard(stream: TextIO | None) -> None:
    """Send a stream to the null device, so that flushing its buffer at exit raises no error."""
    if stream is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
