"""Undo and redo, and the history of deeds."""

from typing import Annotated

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats, open_desk
from winback_tui.cli.deed import Format, ListShape, Shape, as_json
from winback_tui.errors import BadInputError
from winback_tui.words import printed


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command("undo")(undo)
    app.command("redo")(redo)
    app.command("history")(history)


def undo(
    ctx: typer.Context,
    count: Annotated[int, typer.Argument(min=1, metavar="[N]", help="How many deeds.")] = 1,
    format_: Format = Shape.TEXT,
) -> None:
    """Take back your last deed, or your last N.

    A deed whose case somebody else has changed since is left out. An import is taken back by
    “winback import undo”.

    Example: winback undo 2
    """
    from winback_tui.desk import undoing
    from winback_tui.words.deeds import fewer_sentence, kept_sentence, undone_sentence

    with open_desk(ctx) as desk:
        steps = undoing.undo(desk, count)
        if not steps:
            raise BadInputError(undoing.nothing_to_undo(desk))
    if format_ is Shape.JSON:
        printing.print_json(
            [
                {**as_json(each.entry), "skipped": list(each.skipped), "kept": list(each.kept)}
                for each in steps
            ]
        )
    else:
        dates = formats(ctx).date
        for step in steps:
            entry = step.entry
            printing.line(
                undone_sentence(
                    entry.kind,
                    entry.facts,
                    entry.names,
                    len(entry.customers),
                    recall=entry.recall,
                    dates=dates,
                )
            )
            if step.kept:
                printing.line(kept_sentence(step.kept))
    skipped = [sentence for step in steps for sentence in step.skipped]
    for sentence in skipped:
        printing.note(sentence)
    if len(steps) < count:
        printing.note(fewer_sentence(len(steps), count))
    if skipped or len(steps) < count:
        raise typer.Exit(1)


def redo(ctx: typer.Context, format_: Format = Shape.TEXT) -> None:
    """Do your last undone deed again.

    Example: winback redo
    """
    from winback_tui.desk import undoing
    from winback_tui.words.deeds import missing_files, missing_sentence, redone_sentence

    with open_desk(ctx) as desk:
        step = undoing.redo(desk)
        if step is None:
            raise BadInputError(f"There is nothing to do again for {desk.actor}.")
        entry = step.entry
        if format_ is Shape.JSON:
            printing.print_json({**as_json(entry), "missing": list(step.missing)})
        else:
            printing.line(
                redone_sentence(
                    entry.kind,
                    entry.facts,
                    entry.names,
                    len(entry.customers),
                    dates=formats(ctx).date,
                )
            )
        if step.missing:
            printing.note(missing_sentence(entry.kind, step.missing))
            printing.note(missing_files(step.missing))


def history(
    ctx: typer.Context,
    top: Annotated[int, typer.Option(min=1, metavar="N", help="How many deeds.")] = 20,
    format_: Annotated[ListShape, typer.Option("--format", help="How to print.")] = ListShape.TABLE,
) -> None:
    """List the last deeds, the newest first.

    What is undone says so.

    Example: winback history --top 50
    """
    from datetime import datetime

    from winback_tui.desk import undoing
    from winback_tui.words.deeds import history_line

    shown = formats(ctx)
    with open_desk(ctx, reading=True) as desk:
        entries = undoing.history(desk, top)
        if format_ is ListShape.JSON:
            printing.print_json([as_json(entry) for entry in entries])
            return
        if not entries:
            printing.line(printed.NO_HISTORY)
            return
        rows = []
        for entry in entries:
            at = datetime.fromisoformat(entry.at).astimezone()
            line = history_line(
                entry.kind,
                entry.facts,
                entry.names,
                len(entry.customers),
                undone=entry.undone,
                dates=shown.date,
            )
            rows.append(
                (
                    f"{shown.date(at.date())} {at:%H:%M}",
                    printing.printable(entry.actor),
                    printing.printable(line),
                )
            )
        printing.print_table(("when", "who", "what"), rows)
