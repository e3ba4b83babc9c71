"""Looking: `list`, `show` and `score`."""

import typer

from winback_tui.cli.context import Options


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""


def print_top(options: Options) -> int:
    """Print the top of the queue as plain text; return the exit code."""
    from winback_tui.cli.app import run

    return run([])
