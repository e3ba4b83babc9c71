"""Come-back mails: drafts, a list for the newsletter tool, and the templates of both."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import open_desk
from winback_tui.cli.deed import Customer, Format, ListShape, Shape, find, say_done
from winback_tui.cli.tabs import tab_option
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, Purpose, Tab
from winback_tui.words import printed

if TYPE_CHECKING:
    from winback_tui.desk.letters import Asked, Mail
    from winback_tui.desk.session import Desk

Rung = Annotated[
    str, typer.Option(metavar="RUNG", help="For which rung; else that of the open offer.")
]
TemplateName = Annotated[str, typer.Option(metavar="NAME", help="A template by its name.")]
Language = Annotated[str, typer.Option(metavar="en|de", help="The language of the mail.")]
What = Annotated[
    str, typer.Option("--offer", metavar="TEXT", help="What exactly is offered; else as logged.")
]
Until = Annotated[
    str, typer.Option("--valid-until", metavar="DATE", help="Until when it holds: +2w, 15.12.")
]
Justify = Annotated[str, typer.Option(metavar="TEXT", help="Why the mail is expected (consent).")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command("mail")(mail)
    app.command("mailing")(mailing)
    app.command("templates")(templates)


def mail(
    ctx: typer.Context,
    customer: Customer,
    *,
    rung: Rung = "",
    template: TemplateName = "",
    language: Language = "",
    offer: What = "",
    valid_until: Until = "",
    justify: Justify = "",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder that the draft is written to.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the mail and write nothing.")
    ] = False,
    format_: Format = Shape.TEXT,
) -> None:
    """Write the draft of a come-back mail, if consent allows.

    Nothing is sent: your mail program opens the draft (.eml). A consent to a newsletter alone does
    not cover a come-back mail.

    Example: winback mail 17850 --rung personal
    """
    from winback_tui.cli.reasons import ask_for_reason
    from winback_tui.desk import letters
    from winback_tui.desk.gate import gate
    from winback_tui.desk.mailing import draft_mails

    with open_desk(ctx, reading=dry_run) as desk:
        asked = _asked(desk, rung, template, language, offer=offer, until=valid_until)
        asked = asked._replace(justify=justify)
        who = find(desk, customer)
        if dry_run:
            _show(letters.mails_of(desk, [who], asked)[who], format_)
            return
        ask_for_reason(ctx, gate(desk, [who], Channel.EMAIL)[who], justify)
        drafted = draft_mails(desk, [who], asked, out=out)
        say_done(ctx, desk, drafted.action, format_)
        if format_ is Shape.TEXT:
            for path in drafted.files:
                printing.line(str(path))


def _asked(
    desk: "Desk", rung: str, template: str, language: str, *, offer: str, until: str
) -> "Asked":
    from winback_tui.desk.letters import Asked
    from winback_tui.rules.dates import parse_when

    day = parse_when(until, desk.as_of).day if until else None
    if day is not None and day < desk.as_of:
        raise BadInputError(f"--valid-until ({day}) must not lie before today ({desk.as_of}).")
    return Asked(rung, template, language, offer, day)


def _show(found: "Mail", shape: Shape) -> None:
    """Print a mail that is not written."""
    if shape is Shape.JSON:
        printing.print_json(
            {
                "customer": found.number,
                "to": found.address,
                "name": found.person,
                "template": f"{found.template.language}/{found.template.name}",
                "standing": found.state.standing.value,
                "subject": found.subject,
                "body": found.body,
                "refused": found.refused or None,
            }
        )
    else:
        address = f"<{found.address}>" if found.address else "(no address)"
        printing.line(f"To: {found.person or found.name} {address}")
        printing.line(f"Subject: {found.subject}")
        printing.line("")
        for line in found.body.splitlines():
            printing.line(line)
    if found.refused:
        printing.note(f"{found.name}: {found.refused}")
        raise typer.Exit(1)


def mailing(
    ctx: typer.Context,
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The CSV file that is written.")],
    where: Annotated[
        str, typer.Option(metavar="TEXT", help="Narrow as in the list: segment:retail score:>70")
    ] = "",
    tab: Annotated[Tab, tab_option("Of which list.")] = Tab.QUEUE,
    top: Annotated[int | None, typer.Option(min=1, metavar="N", help="The first N only.")] = None,
    rung: Rung = "",
    template: TemplateName = "",
    language: Language = "",
    offer: What = "",
    valid_until: Until = "",
    justify: Justify = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Write a gated list for the newsletter tool.

    Who has not allowed e-mail for winning back is left out and counted; each of the others is
    logged. A consent to a newsletter alone does not cover it.

    Example: winback mailing --where segment:retail --out comeback.csv
    """
    from winback_tui.desk import listing
    from winback_tui.desk.filters import parse
    from winback_tui.desk.mailing import mailing_list
    from winback_tui.model import Sort

    with open_desk(ctx) as desk:
        asked = _asked(desk, rung, template, language, offer=offer, until=valid_until)
        asked = asked._replace(justify=justify)
        ids = list(listing.order(desk, tab, Sort.SCORE, parse(where) if where else None))[:top]
        if not ids:
            raise BadInputError("Nobody is in that list; narrow it less, or name another --tab.")
        if format_ is Shape.TEXT:
            printing.note(printed.MAILING_PURPOSE)
        drafted = mailing_list(desk, ids, asked, out)
        if format_ is Shape.JSON:
            printing.print_json(
                {
                    "file": str(drafted.files[0]),
                    "purpose": Purpose.WINBACK.value,
                    "written": len(drafted.action.customers),
                    "left_out": len(drafted.action.skipped),
                    "action": drafted.action.id,
                }
            )
        else:
            say_done(ctx, desk, drafted.action, format_)
            printing.line(str(drafted.files[0]))
    if skipped := drafted.action.skipped:
        printing.note(printed.left_out(len(skipped), skipped[0][1]))
        raise typer.Exit(1)


def templates(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Print this template.")] = "",
    *,
    language: Language = "",
    copy: Annotated[
        bool, typer.Option("--copy", help="Copy the shipped ones to your folder, to change them.")
    ] = False,
    format_: Annotated[ListShape, typer.Option("--format", help="How to print.")] = ListShape.TABLE,
) -> None:
    """List, print, or copy the templates of mails.

    Example: winback templates personal --language de
    """
    from winback_tui.desk import letters
    from winback_tui.outreach import mails

    del ctx
    if copy:
        made = letters.copy_templates()
        for path in made:
            printing.line(str(path))
        printing.note(printed.templates_copied(len(made)))
        return
    known = letters.templates(language)
    if name:
        for line in mails.named(known, language or "en", name).text.splitlines():
            printing.line(line)
        return
    if format_ is ListShape.JSON:
        printing.print_json(
            [
                {
                    "name": each.name,
                    "language": each.language,
                    "own": each.own,
                    "path": str(each.path),
                }
                for each in known
            ]
        )
        return
    printing.print_table(
        ("name", "language", "from"),
        [(each.name, each.language, str(each.path) if each.own else "shipped") for each in known],
    )
    printing.note(printed.own_templates(letters.template_dir(), mails.NAMES))
