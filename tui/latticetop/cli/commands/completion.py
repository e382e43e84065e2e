"""`latticetop completion`: the script that makes a shell complete commands, flags and values."""

from __future__ import annotations

import click

from latticetop.cli.output import emit

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, /, shell: str) -> None:
    """Print the script that makes a shell complete commands, flags, profiles, Regions, scenarios and files.

    \b
    Examples:
      latticetop completion zsh > "${fpath[1]}/_latticetop"
      latticetop completion fish > ~/.config/fish/completions/latticetop.fish
      source <(latticetop completion bash)    in ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    emit(kind(context.find_root().command, {}, "latticetop", "_LATTICETOP_COMPLETE").source())
