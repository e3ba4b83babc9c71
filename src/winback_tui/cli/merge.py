"""`winback merge`: who may be one customer, making them one, saying that they are two."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from winback_tui.cli import printing
from winback_tui.cli.context import open_desk
from winback_tui.cli.deed import ListShape, find
from winback_tui.words import printed


class _OrTwo(TyperGroup):
    """A group in which two customers may be named at once: `winback merge 1001 1002`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Take what is no command for the first of two customers."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["customers", *args]
        return super().resolve_command(ctx, args)


app = typer.Typer(cls=_OrTwo, help="Make duplicates one customer; undo takes it back.")

_One = Annotated[str, typer.Argument(metavar="CUSTOMER", help="Who stays: number, or name.")]
_Other = Annotated[str, typer.Argument(metavar="OTHER", help="Who goes into them.")]
_First = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The one: number, or name.")]
_Second = Annotated[str, typer.Argument(metavar="OTHER", help="The other.")]


@app.command(epilog="Example: winback merge suggest --top 20")
def suggest(
    ctx: typer.Context,
    top: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Only the first N.", show_default=False)
    ] = None,
    format_: Annotated[ListShape, typer.Option("--format", help="How to print.")] = ListShape.TABLE,
) -> None:
    """List customers who may be one, the likeliest first."""
    from winback_tui.desk import merge
    from winback_tui.words import merge as words
    from winback_tui.words.customers import customer_name

    with open_desk(ctx, reading=True) as desk:
        found = merge.suggestions(desk, top)
    if format_ is ListShape.JSON:
        printing.print_json(
            [
                {
                    "customer": each.left.number,
                    "name": each.left.name,
                    "other": each.right.number,
                    "other_name": each.right.name,
                    "reasons": list(each.reasons),
                }
                for each in found
            ]
        )
    elif not found:
        printing.note(words.NONE)
    else:
        rows = [
            (
                printing.printable(each.left.number),
                printing.printable(customer_name(each.left.number, each.left.name)),
                printing.printable(each.right.number),
                printing.printable(customer_name(each.right.number, each.right.name)),
                words.why(each.reasons),
            )
            for each in found
        ]
        printing.print_table(("customer", "name", "other", "name", "because"), rows, wide=1)


@app.command("customers", epilog="Example: winback merge customers 1001 1002")
def customers(ctx: typer.Context, customer: _One, other: _Other) -> None:
    """Make two customers one.

    The first gets all of the second, and their number too.
    """
    from winback_tui.book import cases
    from winback_tui.desk import merge
    from winback_tui.words import merge as words

    with open_desk(ctx) as desk:
        kept, gone = find(desk, customer), find(desk, other)
        labels = cases.labels(desk.book.connection, (kept, gone))
        merge.merge(desk, kept, gone)
    printing.line(f"{words.merged(labels[kept], labels[gone])} {printed.UNDO}")


@app.command(epilog="Example: winback merge dismiss 1001 1002")
def dismiss(ctx: typer.Context, customer: _First, other: _Second) -> None:
    """Remember that two customers are two, and suggest them no more."""
    from winback_tui.book import cases
    from winback_tui.desk import merge
    from winback_tui.words import merge as words

    with open_desk(ctx) as desk:
        one, two = find(desk, customer), find(desk, other)
        labels = cases.labels(desk.book.connection, (one, two))
        merge.dismiss(desk, one, two)
    printing.line(words.apart(labels[one], labels[two]))
