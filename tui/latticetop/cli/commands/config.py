"""`latticetop config`: the effective settings, an example file, its schema, and validation."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from latticetop.cli.options import settings, source_of
from latticetop.cli.output import emit, emit_schema, interval_from_environment, usage
from latticetop.config.settings import Config, config_path, examine
from latticetop.reports.exit_codes import ExitCode


@click.command("config")
@click.option("--check", "validate", is_flag=True, help="Validate the file; exit code 0 if it is valid, else 2.")
@click.option("--example", is_flag=True, help="Print a file with every setting at its default.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the settings, for an editor.")
@click.argument("file", required=False, metavar="[FILE]")
@click.pass_context
def config_command(context: click.Context, /, validate: bool, example: bool, schema: bool, file: str | None) -> None:
    """Show the config file path and each effective setting with its source.

    \b
    Examples:
      latticetop config --example > latticetop.toml
      latticetop config --check               validate the file
    """
    if validate + example + schema > 1 or (file and not validate):
        usage("Give one of --check [FILE], --example and --schema, or none of them.")
    if schema:
        emit_schema(msgspec.json.schema(Config))
    elif example:
        from latticetop.config.render import example_file

        emit(example_file())
    elif validate:
        _validate(Path(file) if file else config_path())
    else:
        _show(context)


def _validate(path: Path) -> None:
    try:
        config, problems = examine(path.read_bytes())
    except OSError as error:
        usage(f"{path} cannot be read: {error.strerror}. latticetop config --example prints one to start from.")
    problems += _accounts_problems(config, path)
    if problems:
        emit("".join(f"{path}: {problem}\n" for problem in problems))
        raise SystemExit(ExitCode.USAGE)
    emit(f"{path}: valid.\n")


def _accounts_problems(config: Config, path: Path) -> list[str]:
    """What is wrong in the file with the accounts of the organization."""
    from latticetop.model.records.problem import ReadError
    from latticetop.runtime.organization import read_accounts

    organization = config.organization
    if organization.accounts:
        try:
            read_accounts(organization.accounts_path(path.absolute()))
        except ReadError as error:
            return [str(error)]
    return []


def _show(context: click.Context) -> None:
    from latticetop.config.render import effective_settings

    path, config = config_path(), settings()
    config = msgspec.structs.replace(config, interval=interval_from_environment(config.interval))
    in_file = msgspec.toml.decode(path.read_bytes()) if path.exists() else {}
    emit(f"{path}{'' if path.exists() else ' (does not exist)'}\n\n")
    root = context.find_root()
    sources = {option.name: source_of(root, option) for option in root.command.params}
    options = {name: (root.params[name], source) for name, source in sources.items() if name and source != "default"}
    rows = list(effective_settings(config, in_file, options))
    width = max(len(name) for name, _, _ in rows)
    emit("".join(f"{name:<{width}}  {source:<20}  {value}\n" for name, value, source in rows))
