"""`latticetop serve`: the dashboard in a browser on this machine."""

from __future__ import annotations

import os

import click
from click.core import ParameterSource

from latticetop.cli.optional_packages import need_package
from latticetop.cli.output import emit, message, run, usage

SERVED = ("demo", "replay")
NO_PASSWORD = (
    "There is no password and no encryption: anyone who can connect to the\nport sees your AWS accounts as you do."
)
_WARNING = (
    f"latticetop: for use on this machine only. {NO_PASSWORD} "
    "Do not forward the port to others. ctrl-c stops the server."
)


def _check_host(context: click.Context, _: click.Parameter, host: str) -> str:
    if host not in ("127.0.0.1", "localhost") and not context.resilient_parsing:
        usage(
            f"serve has no password, so it listens on 127.0.0.1 and not on {host}. "
            "To use it from another machine, connect with ssh -L 8000:127.0.0.1:8000."
        )
    return host


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port on 127.0.0.1 (0: any free port).",
)
@click.option(
    "--max-pages",
    type=click.IntRange(1, 1000),
    default=8,
    show_default=True,
    metavar="N",
    help="Maximum number of open pages; each runs a process.",
)
@click.option("--host", default="127.0.0.1", callback=_check_host, hidden=True)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[FLAGS | demo … | replay …]")
@click.pass_context
def serve(context: click.Context, /, port: int, max_pages: int, host: str, arguments: tuple[str, ...]) -> None:
    """Serve the dashboard, the demo or a replay to a browser on this machine, and print the URL.

    Takes the flags of what it serves; each open page is a process. There is no password and no encryption: whoever
    reaches the port sees your accounts as you do, so it listens on 127.0.0.1 only, answers only pages that it served
    itself, and lets them load nothing from the internet. Requires textual-serve, and says how to install it.

    \b
    Examples:
      latticetop serve --profile prod --region eu-west-1
      latticetop serve --port 8080 demo --scenario eks
      latticetop serve replay incident.rec
    """
    _check_flags(context.find_root())
    _check_arguments(context.find_root(), arguments)
    need_package("textual-serve", "serve")
    import socket

    from latticetop.cli.web_server import HOST
    from latticetop.cli.web_server import serve as serve_until_interrupted

    def ready(url: str) -> None:
        emit(url + "\n")
        message(_WARNING)

    try:
        listening = socket.create_server((HOST, port))
    except OSError as error:
        usage(f"Cannot listen on port {port}: {os.strerror(error.errno) if error.errno else error}.")
    with listening:
        run(serve_until_interrupted(arguments, listening, max_pages, ready))


def _check_flags(root: click.Context) -> None:
    """End with a usage error for flags before `serve`."""
    if any(root.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in root.params):
        usage("Put the flags after serve: latticetop serve --profile NAME.")


def _check_arguments(root: click.Context, arguments: tuple[str, ...]) -> None:
    """End with a usage error for arguments that the child would refuse, or that print instead of drawing a screen."""
    group = root.command
    assert isinstance(group, click.Group)
    context = group.make_context("latticetop", list(arguments))
    leaf = context
    words = [*context._protected_args, *context.args]
    if words:
        name, command, rest = group.resolve_command(context, words)
        if name not in SERVED or command is None:
            usage(f"serve shows the dashboard, {' or '.join(SERVED)}; {name} only prints.")
        leaf = command.make_context(name, rest, parent=context)
    if context.params["plain"] or leaf.params.get("plain"):
        usage("--plain does not apply to serve: remove it, or run the command in a terminal.")
