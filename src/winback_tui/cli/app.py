"""The command line: global options, the commands, and what becomes of errors.

Importing this module imports typer and nothing that is heavier; each command imports what it
needs when it runs.
"""

import gc
import sys
from collections.abc import Sequence
from pathlib import PurePath
from typing import Annotated, Any, Final

import typer

from winback_tui.cli import (
    backtest,
    care,
    cases,
    consent,
    deeds,
    digest,
    erase,
    export,
    handover,
    history,
    import_kinds,
    imports,
    mails,
    merge,
    offers,
    people,
    printing,
    sample,
    views,
    watch,
)
from winback_tui.cli.context import Options
from winback_tui.cli.guard import guarded
from winback_tui.cli.late import LateCommands, LateGroup, as_said

_NAMES: Final = ("winback", "winback-tui")
#: So many containers more than before set off the garbage collector while a command runs.
_CONTAINERS: Final = 50_000


class _ReaderLeftError(Exception):
    """Standard output was closed; typer would end with 1 where winback ends quietly."""


class _Group(LateGroup):
    """The group of all commands, in which a closed pipe is not an error."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a closed pipe leaves as an error of our own."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderLeftError from error


app = typer.Typer(
    name="winback",
    cls=_Group,
    help="Triage for customers who are drifting away. Without a command it opens the app.",
    epilog="Exit codes: 0 done; 1 done, but something in it was refused; 2 wrong use or bad input, "
    "nothing changed; 3 the book is in use, damaged, read-only or from a newer version; 70 winback "
    "crashed; 130 ctrl+c.",
    # Rich help doubles the time that --help takes.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _version(asked: bool) -> None:
    if asked:
        from winback_tui import __version__

        printing.line(f"winback {__version__}")
        raise typer.Exit


@app.callback()
def global_options(
    ctx: typer.Context,
    db: Annotated[
        str | None,
        typer.Option("--db", metavar="FILE", help="The book (or WINBACK_DB).", show_default=False),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option("--config", metavar="FILE", help="The config file (or WINBACK_CONFIG)."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="DATE", help="Look at the book as of this day (or WINBACK_AS_OF)."
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool,
        typer.Option(
            "--version", "-V", callback=_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Triage for customers who are drifting away. Without a command it opens the app.

    Example: winback --db retail.db list --top 10
    """
    ctx.obj = Options.gather(db, config, as_of)


#: Where the modules put their commands; the app takes from it what a call needs.
shelf = typer.Typer()
for _module in (
    views,
    backtest,
    deeds,
    history,
    cases,
    handover,
    offers,
    mails,
    digest,
    watch,
    erase,
    care,
    sample,
):
    _module.register(shelf)
import_kinds.register(imports.app)
shelf.add_typer(imports.app, name="import")
shelf.add_typer(export.app, name="export")
shelf.add_typer(merge.app, name="merge")
shelf.add_typer(consent.app, name="consent")
shelf.add_typer(people.app, name="contact")


def root() -> Any:
    """Return the command `winback` with all that hangs on it."""
    made: Any = as_said(typer.main.get_command(app))
    made.commands = LateCommands(shelf)
    return made


def run(argv: Sequence[str]) -> int:
    """Run the command line `argv` and return its exit code; errors are said in one sentence."""
    # What a command makes lives until its end: looks for circles of objects find next to nothing.
    gc.set_threshold(_CONTAINERS, *gc.get_threshold()[1:])
    code = guarded(lambda: _run(list(argv)))
    # Nor is there anything to find when the process ends, though Python would look twice.
    gc.freeze()
    return code


def _run(argv: list[str]) -> int:
    called = PurePath(sys.argv[0]).name
    try:
        result = root().main(
            args=argv,
            prog_name=called if called in _NAMES else _NAMES[0],
            standalone_mode=False,
        )
    except typer.TyperException as error:
        return _wrong_use(error)
    except typer.Abort:
        return 1
    except _ReaderLeftError as error:
        raise BrokenPipeError from error
    return result if isinstance(result, int) else 0


_WHOLE: Final = "it must be a whole number"
#: How the libraries that read arguments speak, and what a person would say.
_SAID: Final = (
    ("Value error, ", ""),
    ("Input should be a valid integer, unable to parse string as an integer", _WHOLE),
    ("Input should be a valid integer, got a number with a fractional part", _WHOLE),
    ("Input should be a valid integer", _WHOLE),
    ("Input should be a valid number, unable to parse string as a number", "it must be a number"),
    ("Input should be greater than or equal to", "it must be at least"),
    ("Input should be less than or equal to", "it must be at most"),
    ("Input should be", "it must be"),
)


def _plain(message: str) -> str:
    for theirs, ours in _SAID:
        message = message.replace(theirs, ours)
    return message


def _wrong_use(error: typer.TyperException) -> int:
    """Say in one sentence what was wrong with the arguments; return exit code 2."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else _NAMES[0]
    message = _plain(" ".join(error.format_message().split()).rstrip("."))
    printing.note(f"{message}; see “{command} --help”.")
    return 2
