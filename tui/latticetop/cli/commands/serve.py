"""`latticetop serve`: the dashboard in a browser on this machine."""

from __future__ import annotations

import os
from importlib.util import find_spec

import click
from click.core import ParameterSource

from latticetop.cli.output import emit, run, usage

SERVED = ("demo", "replay")
_WARNING = (
    "latticetop: this is for you, on this machine, and nothing more. There is no password and no encryption: whoever\n"
    "reaches the port sees of your AWS accounts what you see. Never forward it to others; ctrl-c ends it."
)


def _check_host(context: click.Context, _: click.Parameter, host: str) -> str:
    if host not in ("127.0.0.1", "localhost") and not context.resilient_parsing:
        usage(
            f"serve asks nobody for a password, so it listens on 127.0.0.1 and not on {host}. "
            "To see it from elsewhere, come by ssh -L 8000:127.0.0.1:8000."
        )
    return host


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", callback=_check_host, hidden=True)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[FLAGS | demo … | replay …]")
@click.pass_context
def serve(context: click.Context, /, port: int, host: str, arguments: tuple[str, ...]) -> None:
    """Serve the dashboard, the demo or a replay to a browser on this machine, and print the URL.

    It takes the flags of what it serves. It has no password and no encryption: it is for this machine alone. It needs
    textual-serve: pip install 'latticetop[serve]'.

    \b
    Examples:
      latticetop serve --profile prod --region eu-west-1
      latticetop serve --port 8080 demo --scenario eks
      latticetop serve replay incident.rec
    """
    _check_flags(context.find_root())
    _check_arguments(context.find_root(), arguments)
    if find_spec("textual_serve") is None:
        usage("serve needs textual-serve, which is not installed: pip install 'latticetop[serve]'.")
    import socket

    from latticetop.cli.web_server import HOST
    from latticetop.cli.web_server import serve as serve_until_interrupted

    def ready(url: str) -> None:
        emit(url + "\n")
        click.echo(_WARNING, err=True)

    try:
        listening = socket.create_server((HOST, port))
    except OSError as error:
        usage(f"Port {port} cannot be had: {os.strerror(error.errno) if error.errno else error}.")
    with listening:
        run(serve_until_interrupted(arguments, listening, ready))


def _check_flags(root: click.Context) -> None:
    """A usage error for flags that stand before `serve`."""
    if any(root.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in root.params):
        usage("The flags of what is served stand after serve: latticetop serve --profile NAME.")


def _check_arguments(root: click.Context, arguments: tuple[str, ...]) -> None:
    """A usage error for what the child would refuse, or could not show in a browser."""
    group = root.command
    assert isinstance(group, click.Group)
    context = group.make_context("latticetop", list(arguments))
    shown = context
    words = [*context._protected_args, *context.args]
    if words:
        name, command, rest = group.resolve_command(context, words)
        if name not in SERVED or command is None:
            usage(f"A browser shows the dashboard, {' or '.join(SERVED)}: {name} only prints.")
        shown = command.make_context(name, rest, parent=context)
    if context.params["plain"] or shown.params.get("plain"):
        usage("A browser shows the dashboard: leave --plain out, or run it in a terminal.")
