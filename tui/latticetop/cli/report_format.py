"""The options for the format of a report and the file that it is written to."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

import click

from latticetop.cli.completion import files
from latticetop.cli.optional_packages import need_package
from latticetop.cli.output import emit, emit_document, text_width, usage, write_file

F = TypeVar("F", bound=Callable[..., object])


class ReportFormat(StrEnum):
    """The formats of a report."""

    TEXT = "text"
    JSON = "json"
    METRICS = "metrics"
    JUNIT = "junit"
    GITHUB = "github"


_MEANINGS = {
    ReportFormat.JSON: "json as --json prints it",
    ReportFormat.METRICS: "metrics for Prometheus (a textfile of node_exporter)",
    ReportFormat.JUNIT: "junit XML for GitLab and Jenkins",
    ReportFormat.GITHUB: "github for annotations of GitHub Actions",
}


class ReportOutput(NamedTuple):
    """The format of a report, and the file for it; without one it is printed."""

    format: ReportFormat
    path: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether a person reads it."""
        return self.format is ReportFormat.TEXT

    @property
    def width(self) -> int:
        """The columns that text is wrapped to; no limit in a file."""
        return text_width(to_file=self.path is not None)

    @property
    def has_unread_report(self) -> bool:
        """Whether a report is due where nothing could be read: for a person the sentence on stderr is enough."""
        return not self.is_text or self.path is not None

    def write(self, text: str) -> None:
        """Print the report or write the file; ends the process if the file cannot be written."""
        if self.path is not None:
            write_file(self.path, text)
        elif self.is_text:
            emit(text)
        else:
            emit_document(text)


def report_options(schema: str, *formats: ReportFormat) -> tuple[Callable[[F], F], ...]:
    """Make the options `--format`, `--json` and `--output`; `schema` is the JSON document's."""
    meanings = ", ".join(_MEANINGS[each] for each in formats if each in _MEANINGS)
    return (
        click.option(
            "--format",
            "report_format",
            type=click.Choice([each.value for each in (ReportFormat.TEXT, *formats)]),
            help=f"Format of the report: text (default), {meanings}.",
        ),
        click.option(
            "--json", "as_json", is_flag=True, help=f"Print the JSON document {schema}: short for --format json."
        ),
        click.option(
            "-o",
            "--output",
            metavar="FILE",
            type=click.Path(dir_okay=False),
            shell_complete=files,
            help="Write the report to this file, whole or not at all, instead of stdout.",
        ),
    )


def report_output(flags: dict[str, Any]) -> ReportOutput:
    """Return the format and the file of the options, and remove these from `flags`; a usage error for two formats."""
    name, as_json, path = flags.pop("report_format"), flags.pop("as_json"), flags.pop("output")
    if as_json and name not in (None, ReportFormat.JSON.value):
        usage(f"Give --json or --format {name}, not both.")
    if name == ReportFormat.METRICS.value:
        need_package("prometheus-client", "--format metrics")
    return ReportOutput(ReportFormat.JSON if as_json else ReportFormat(name or ReportFormat.TEXT), path)
