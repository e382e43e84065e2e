"""`latticetop config`: the settings, an example of them, their schema, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from latticetop.cli.options import settings
from latticetop.cli.output import emit, emit_schema, interval_from_environment, usage
from latticetop.config.settings import Config, config_path, examine


@click.command("config")
@click.option("--check", "checking", is_flag=True, help="Say what is wrong with the file; 0 when nothing is, else 2.")
@click.option("--example", "exemplary", is_flag=True, help="Print a file with every setting at its default.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the settings, for an editor.")
@click.argument("file", required=False, metavar="[FILE]")
@click.pass_context
def config_command(context: click.Context, /, checking: bool, exemplary: bool, schema: bool, file: str | None) -> None:
    """Say where latticetop.toml is, what is in force, and whether a flag, the environment or the file says so.

    \b
    Examples:
      latticetop config --example > latticetop.toml
      latticetop config --check               what is wrong with the file
    """
    if checking + exemplary + schema > 1 or (file and not checking):
        usage("Give one of --check [FILE], --example and --schema, or none of them.")
    if schema:
        emit_schema(msgspec.json.schema(Config))
    elif exemplary:
        from latticetop.config.render import example

        emit(example())
    elif checking:
        _check(Path(file) if file else config_path())
    else:
        _tell(context)


def _check(path: Path) -> None:
    try:
        _, problems = examine(path.read_bytes())
    except OSError as error:
        usage(f"{path} cannot be read: {error.strerror}. latticetop config --example prints one to begin with.")
    if problems:
        emit("".join(f"{path}: {problem}\n" for problem in problems))
        raise SystemExit(2)
    emit(f"{path}: nothing is wrong with it.\n")


def _tell(context: click.Context) -> None:
    from latticetop.config.render import in_force

    path, config = config_path(), settings()
    config = msgspec.structs.replace(config, interval=interval_from_environment(config.interval))
    written = msgspec.toml.decode(path.read_bytes()) if path.exists() else {}
    emit(f"{path}{'' if path.exists() else ' (there is none)'}\n\n")
    rows = list(in_force(config, written, context.find_root().obj or {}))
    width = max(len(name) for name, _, _ in rows)
    emit("".join(f"{name:<{width}}  {source:<20}  {value}\n" for name, value, source in rows))
