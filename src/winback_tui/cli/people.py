"""`winback contact …`: people at a customer, and the word to who comes after them."""

from typing import TYPE_CHECKING, Annotated

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats, open_desk
from winback_tui.cli.deed import Customer, Format, Shape, find, say_done
from winback_tui.model import Channel
from winback_tui.words import printed

if TYPE_CHECKING:
    from winback_tui.desk.contacts import NewContact

app = typer.Typer(
    help="People at a customer: add, edit, verify, left, list, note.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

Who = Annotated[
    str, typer.Argument(metavar="CONTACT", help="Their name, part of it, or an address.")
]
Email = Annotated[str, typer.Option(metavar="ADDRESS", help="An e-mail address.")]
Phone = Annotated[str, typer.Option(metavar="NUMBER", help="A phone number.")]
Sms = Annotated[str, typer.Option(metavar="NUMBER", help="A number for text messages.")]
Role = Annotated[str, typer.Option(metavar="TEXT", help="What they do there.")]


@app.command("add")
def add(
    ctx: typer.Context,
    customer: Customer,
    name: Annotated[str, typer.Argument(help="The person; “” for the house itself.")],
    *,
    role: Role = "",
    email: Email = "",
    phone: Phone = "",
    sms: Sms = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Add a person, or addresses of the house.

    Both count as checked today.

    Example: winback contact add 17850 "Ms Arvid" --role buyer --email arvid@example.com
    """
    from winback_tui.desk import contacts

    with open_desk(ctx) as desk:
        new = _new(name, role, email, phone, sms=sms)
        say_done(ctx, desk, contacts.add_contact(desk, find(desk, customer), new), format_)


@app.command("edit")
def edit(
    ctx: typer.Context,
    customer: Customer,
    contact: Who,
    *,
    name: Annotated[str, typer.Option(metavar="TEXT", help="The right name.")] = "",
    role: Annotated[str | None, typer.Option(metavar="TEXT", help="What they do there.")] = None,
    email: Email = "",
    phone: Phone = "",
    sms: Sms = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Correct a person's name or role, or add an address.

    Example: winback contact edit 17850 arvid --phone "0221 123"
    """
    from winback_tui.desk import contacts
    from winback_tui.errors import BadInputError

    ways = _new("", "", email, phone, sms=sms).ways
    if not (name or role is not None or ways):
        raise BadInputError("Say what to change: --name, --role, --email, --phone or --sms.")
    with open_desk(ctx) as desk:
        who = find(desk, customer)
        person = contacts.find_contact(desk, who, contact).id
        for channel, value in ways:
            action = contacts.add_point(desk, who, person, channel, value)
        if name or role is not None:
            action = contacts.edit_contact(desk, who, person, name=name or None, role=role)
        say_done(ctx, desk, action, format_)


@app.command("verify")
def verify(
    ctx: typer.Context, customer: Customer, contact: Who, format_: Format = Shape.TEXT
) -> None:
    """Note that a person and their addresses were checked today.

    Example: winback contact verify 17850 arvid
    """
    from winback_tui.desk import contacts

    with open_desk(ctx) as desk:
        who = find(desk, customer)
        person = contacts.find_contact(desk, who, contact)
        say_done(ctx, desk, contacts.verify_contact(desk, who, person.id), format_)


@app.command("left")
def left(
    ctx: typer.Context,
    customer: Customer,
    contact: Who,
    *,
    successor: Annotated[str, typer.Option(metavar="NAME", help="Who comes after them.")] = "",
    role: Role = "",
    email: Email = "",
    phone: Phone = "",
    sms: Sms = "",
    on: Annotated[str, typer.Option(metavar="DATE", help="When they left; else today.")] = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Note that a person has left, and who comes after.

    A first word to the successor is drafted.

    Consent is theirs and does not pass on.

    Example: winback contact left 17850 arvid --successor "Mr Blom" --email blom@example.com
    """
    from winback_tui.cli.context import parse_day
    from winback_tui.desk import contacts
    from winback_tui.desk.successors import note_for

    with open_desk(ctx) as desk:
        who = find(desk, customer)
        person = contacts.find_contact(desk, who, contact)
        new = _new(successor, role, email, phone, sms=sms) if successor else None
        day = parse_day(on, "--on") if on else None
        action = contacts.contact_left(desk, who, person.id, new, on=day)
        say_done(ctx, desk, action, format_)
        if format_ is Shape.TEXT:
            _print_draft(note_for(desk, who, person.id))


@app.command("note")
def note(ctx: typer.Context, customer: Customer) -> None:
    """Print a first word to the successor of who left last.

    Example: winback contact note 17850
    """
    from winback_tui.desk.successors import note_for

    with open_desk(ctx, reading=True) as desk:
        _print_draft(note_for(desk, find(desk, customer)))


@app.command("list")
def list_contacts(ctx: typer.Context, customer: Customer, format_: Format = Shape.TEXT) -> None:
    """List the people at a customer with their addresses.

    Example: winback contact list 17850
    """
    from winback_tui.book import dossier
    from winback_tui.book.connection import plain_errors
    from winback_tui.cli import dossiers

    with open_desk(ctx, reading=True) as desk:
        with plain_errors(desk.book.path):
            people = dossier.contacts(desk.book.connection, find(desk, customer))
        if format_ is Shape.JSON:
            printing.print_json([dossiers.contact_record(each) for each in people])
            return
        for each in people:
            printing.line(dossiers.person_line(each, formats(ctx), desk))
        if not people:
            printing.line(printed.NO_CONTACTS)


def _print_draft(text: str) -> None:
    printing.write("\n")
    for line in text.splitlines():
        printing.line(line)


def _new(name: str, role: str, email: str, phone: str, *, sms: str) -> "NewContact":
    from winback_tui.desk.contacts import NewContact

    ways = ((Channel.EMAIL, email), (Channel.PHONE, phone), (Channel.SMS, sms))
    return NewContact(name, role, tuple((channel, value) for channel, value in ways if value))
