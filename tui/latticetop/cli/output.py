"""What the command says: data on stdout, narration on stderr, and an exit code."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from math import isnan
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from latticetop.config.settings import interval_problem, url_problem

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

T = TypeVar("T")
USAGE, UNREADABLE, INTERRUPTED = 2, 3, 130
FASTEST = 100_000.0
"""Simulated seconds to a real one; faster, and a day's demo would reach the end of the calendar."""


class Number(click.FloatRange):
    """A range of numbers that `nan` is not in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number; a usage error for what is none."""
        number: float = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


SPEED = Number(0, FASTEST, min_open=True)
"""Simulated seconds to a real one."""


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; what AWS refuses becomes one sentence and an exit code."""
    import asyncio

    from latticetop.model.records.problem import ProblemKind, ReadError

    try:
        return asyncio.run(work)
    except ReadError as error:
        end(str(error), USAGE if error.problem.kind is ProblemKind.USAGE else UNREADABLE)


def check_interval(context: click.Context, __: click.Parameter, seconds: float | None) -> float | None:
    """An interval that can be had, or a usage error."""
    if seconds is not None and not context.resilient_parsing and (problem := interval_problem(seconds)):
        usage(problem)
    return seconds


def check_url(context: click.Context, __: click.Parameter, url: str | None) -> str | None:
    """A URL that can be called, or a usage error."""
    if url and not context.resilient_parsing and (problem := url_problem(url)):
        usage(problem)
    return url


def interval_from_environment(default: float) -> float:
    """LATTICETOP_INTERVAL in seconds, or the default."""
    text = os.environ.get("LATTICETOP_INTERVAL", "")
    try:
        seconds = float(text) if text else default
    except ValueError:
        usage(f"LATTICETOP_INTERVAL is {text!r}; give it in seconds, such as 15.")
    if problem := interval_problem(seconds):
        usage(f"LATTICETOP_INTERVAL: {problem}")
    return seconds


def need_terminal() -> None:
    """A usage error where a screen cannot be drawn. Textual draws on stderr; TEXTUAL_DRIVER serves it elsewhere."""
    streams = (sys.stdin, sys.stderr)
    if not os.environ.get("TEXTUAL_DRIVER") and not all(stream and stream.isatty() for stream in streams):
        usage(
            "The dashboard needs a terminal. latticetop check reads once and prints, "
            "latticetop watch prints what changes."
        )


def usage(sentence: str) -> NoReturn:
    """Say what is wrong with the command and end with 2."""
    end(sentence, USAGE)


def end(sentence: str, code: int) -> NoReturn:
    """Say why it ends, and end."""
    click.echo(f"latticetop: {sentence}", err=True)
    raise SystemExit(code)


def emit(text: str, encoding: str | None = None) -> bool:
    """Write to stdout, in the terminal's encoding unless one is given; whether anybody is there to read it."""
    stream = sys.stdout
    if stream is None:
        return False
    try:
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=encoding, errors="replace")
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _silence()
        return False
    except OSError as error:
        _silence()
        end(f"stdout cannot be written: {error.strerror}.", UNREADABLE)
    return True


def emit_document(text: str) -> None:
    """Write JSON to stdout: UTF-8, whatever the terminal."""
    emit(text, "utf-8")


def emit_schema(schema: dict[str, Any]) -> None:
    """Write a JSON Schema to stdout."""
    import msgspec

    emit_document(msgspec.json.format(msgspec.json.encode(schema)).decode() + "\n")


def write(path: str, text: str) -> None:
    """Write a report to a file."""
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        usage(f"{path} cannot be written: {error.strerror}.")


def aligned(rows: Mapping[str, str]) -> str:
    """Names and what they mean, in two columns."""
    width = max(map(len, rows))
    return "".join(f"{name:<{width}}  {meaning}\n" for name, meaning in rows.items())


def terminal_width() -> int:
    """Columns to write text in."""
    return min(get_terminal_size((80, 24)).columns, 120)


def _silence() -> None:
    """Let what is still buffered go nowhere, so that flushing it at the exit says nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
