"""`winback import`: transactions, log and undo; the other kinds are in import_kinds."""

import sys
from typing import Annotated

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats, open_desk
from winback_tui.cli.import_command import Format, Layout, command
from winback_tui.words import printed

app = typer.Typer(help="Bring files into the book; list them, take them back.")

app.command(
    "transactions",
    help="""Import purchases, invoice lines and refunds.

    A row needs a customer, a date and an amount (or quantity and price). Importing the same rows
    again adds nothing; orders that have changed since take the place of the old ones, and what is
    told twice is pointed out.
    What --map, --decimal, --dayfirst and --currency say is kept for the next file with the same
    header. Ends with 1 if rows were rejected.""",
    epilog="Example: winback import transactions orders.csv --map Firma=customer",
)(
    command(
        "transactions",
        files_help="CSV, TSV, Excel, Parquet, JSON Lines; packed or not; - is standard input.",
        preset_help="What made the file (see import presets); auto looks for itself.",
    )
)


@app.command()
def presets(layout: Format = Layout.TEXT) -> None:
    """List the programs whose files are known, by columns.

    Example: winback import presets --format json
    """
    from winback_tui.desk.imports import known_presets

    known = known_presets()
    if layout is Layout.JSON:
        printing.print_json([each._asdict() for each in known])
        return
    for each in known:
        printing.line(printed.known_by(each.name, each.kind, each.title, each.columns))


@app.command()
def log(ctx: typer.Context, layout: Format = Layout.TEXT) -> None:
    """List the batches that were imported, the newest first.

    Example: winback import log --format json
    """
    from winback_tui.desk.imports import import_log
    from winback_tui.words import imports as words

    with open_desk(ctx) as desk:
        batches = import_log(desk)
    if layout is Layout.JSON:
        printing.print_json([batch._asdict() for batch in batches])
        return
    number = formats(ctx).number
    if not batches:
        printing.line(words.EMPTY_LOG)
    for batch in batches:
        printing.line(
            words.log_line(
                batch=batch.id,
                file=batch.file_name,
                at=batch.imported_at,
                actor=batch.actor,
                created=batch.created,
                updated=batch.updated,
                rejected=batch.rejected,
                undone_at=batch.undone_at,
                number=number,
            )
        )


@app.command()
def undo(
    ctx: typer.Context,
    batch: Annotated[
        int | None,
        typer.Argument(help="Its number in “winback import log”; the newest if not given."),
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
    layout: Format = Layout.TEXT,
) -> None:
    """Take a batch back.

    Its rows go, and the customers whom nothing else refers to.

    On a terminal it asks first. Ends with 1 if the answer is no.

    Example: winback import undo 3
    """
    from winback_tui.desk.imports import KIND, batch_to_undo, undo_import
    from winback_tui.words import imports as words

    number = formats(ctx).number
    with open_desk(ctx) as desk:
        found = batch_to_undo(desk, batch)
        if (
            found is not None
            and not yes
            and not _agreed(words.really_undo(found.id, found.file_name, found.created, number))
        ):
            printing.note(words.NOT_UNDONE)
            raise typer.Exit(1)
        taken = undo_import(desk, batch if found is None else found.id)
    if layout is Layout.JSON:
        printing.print_json(taken._asdict())
        return
    printing.line(
        words.undone(
            taken.batch,
            taken.transactions,
            taken.customers,
            taken.kept,
            number,
            again=taken.again,
            facts=None if found is None or found.kind == KIND else found.created + found.updated,
        )
    )


def _agreed(question: str) -> bool:
    """Return whether the user says yes, or nobody is there to be asked."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    sys.stderr.write(f"{printing.visible(question)} ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}
