"""Handing a lead to sales: packets in the formats that sales can read."""

from pathlib import Path
from typing import Annotated

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import open_desk
from winback_tui.cli.deed import Customer, Shape, find, say_done
from winback_tui.model import Channel
from winback_tui.words import printed


def register(app: typer.Typer) -> None:
    """Add the command of this module to `app`."""
    app.command("handover")(handover)


def handover(
    ctx: typer.Context,
    customer: Customer,
    *,
    to: Annotated[
        str, typer.Option(metavar="NAME", help="Who takes over; may be “Kim <kim@example.org>”.")
    ],
    packet: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="md|json|csv|vcf|ics|eml",
            help="Format of the packet; may be repeated.",
            show_default="md and json",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder that the packet is written to.")
    ] = None,
    message: Annotated[str, typer.Option(metavar="TEXT", help="A word to who takes over.")] = "",
    need: Annotated[str, typer.Option(metavar="TEXT", help="What they need.")] = "",
    budget: Annotated[str, typer.Option(metavar="TEXT", help="What they may spend.")] = "",
    authority: Annotated[str, typer.Option(metavar="TEXT", help="Who decides.")] = "",
    timing: Annotated[str, typer.Option(metavar="TEXT", help="When, and against whom.")] = "",
    fixed: Annotated[str, typer.Option(metavar="TEXT", help="What was put right.")] = "",
    promised: Annotated[str, typer.Option(metavar="TEXT", help="What you promised.")] = "",
    notes: Annotated[
        bool, typer.Option("--with-notes", help="Put the notes of the timeline into the packet.")
    ] = False,
    channel: Annotated[
        Channel | None,
        typer.Option(help="How sales will get in touch.", show_default="phone or e-mail"),
    ] = None,
    justify: Annotated[
        str, typer.Option(metavar="TEXT", help="Why the contact is expected (consent).")
    ] = "",
) -> None:
    """Hand a warm lead to sales, with a packet.

    Example: winback handover 17850 --to "Kim Berger" --format md --format ics --out packets
    """
    from winback_tui.cli.reasons import ask_for_reason
    from winback_tui.desk import deeds
    from winback_tui.desk.handover import standing
    from winback_tui.outreach.packet import Terms

    with open_desk(ctx) as desk:
        who = find(desk, customer)
        ask_for_reason(ctx, standing(desk, who, channel), justify)
        handed = deeds.hand_over(
            desk,
            [who],
            to,
            note=message,
            out=out,
            formats=packet or (),
            notes=notes,
            channel=channel,
            justify=justify,
            terms=Terms(need, budget, authority, timing, fixed, promised),
        )
        say_done(ctx, desk, handed.action, Shape.TEXT)
        for path in handed.files:
            printing.line(str(path))
        for path in handed.finished:
            printing.note(printed.finished(path))
