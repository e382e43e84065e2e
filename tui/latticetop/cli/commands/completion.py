"""`latticetop completion`: scripts for shell completion."""

from __future__ import annotations

import click

from latticetop.cli.output import emit

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, /, shell: str) -> None:
    """Print the shell completion script: commands, flags, profiles, Regions, scenarios and files.

    \b
    Examples:
      latticetop completion zsh > "${fpath[1]}/_latticetop"
      latticetop completion fish > ~/.config/fish/completions/latticetop.fish
      source <(latticetop completion bash)    in ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    completion_class = get_completion_class(shell)
    assert completion_class is not None
    emit(completion_class(context.find_root().command, {}, "latticetop", "_LATTICETOP_COMPLETE").source())
