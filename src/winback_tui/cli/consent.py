"""`winback consent`: what customers allow, refuse or withdraw, with its evidence."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats, open_desk
from winback_tui.cli.deed import Customer, Format, Shape, find, say_done
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, Purpose

if TYPE_CHECKING:
    from winback_tui.desk.consent import Statement
    from winback_tui.desk.evidence import Ledger
    from winback_tui.words.format import Formats

app = typer.Typer(help="Show and record what customers allow or refuse.")

#: A wording longer than this is no wording, but some other file.
_LONGEST = 1_000_000


class ShowShape(StrEnum):
    """How the ledger is printed: as text, as JSON, or as ISO/IEC TS 27560 records."""

    TEXT = "text"
    JSON = "json"
    RECORDS = "records"


_Channels = Annotated[
    list[Channel], typer.Option("--channel", help="On which channel; may be repeated.")
]
_Purpose = Annotated[Purpose, typer.Option(help="For what.")]
_Source = Annotated[
    str, typer.Option(metavar="TEXT", help="Where it is known from: web form, paper form, call.")
]
_Reference = Annotated[
    str, typer.Option(metavar="TEXT", help="Where the source can be found: a file, a number.")
]
_Wording = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The text that the person was shown or read out."),
]
_At = Annotated[
    str,
    typer.Option(metavar="MOMENT", help="When: yesterday, 2026-05-03, 2026-05-03 14:30, 2026-05."),
]
_Note = Annotated[str, typer.Option(metavar="TEXT", help="What else should be known.")]
_Address = Annotated[
    str, typer.Option(metavar="TEXT", help="The one address it holds for; else all of them.")
]


@app.command(epilog="Example: winback consent show 17850")
def show(
    ctx: typer.Context,
    customer: Customer,
    format_: Annotated[ShowShape, typer.Option("--format", help="How to print.")] = ShowShape.TEXT,
) -> None:
    """Print where each channel stands, and the evidence.

    That is every row of the ledger, with its hash checked.
    """
    from winback_tui.desk import evidence

    with open_desk(ctx, reading=True) as desk:
        who = find(desk, customer)
        if format_ is ShowShape.RECORDS:
            printing.print_json(evidence.consent_records(desk, [who]))
            return
        found = evidence.of_customer(desk, who)
        if format_ is ShowShape.JSON:
            printing.print_json(_json(found))
        else:
            printing.write("\n".join(_text(found, formats(ctx))) + "\n")
    if found.broken:
        raise typer.Exit(1)


@app.command(
    epilog='Example: winback consent grant 17850 --channel phone --source "call, read out"'
)
def grant(
    ctx: typer.Context,
    customer: Customer,
    *,
    channel: _Channels,
    source: _Source,
    purpose: _Purpose = Purpose.WINBACK,
    basis: Annotated[
        str, typer.Option(metavar="WORD", help="consent; see “claim” for other bases.")
    ] = "consent",
    reference: _Reference = "",
    wording: _Wording = None,
    at: _At = "",
    note: _Note = "",
    address: _Address = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Record a consent, with where it comes from."""
    _record(
        ctx, customer, "granted", tuple(channel),
        address=address, wording=wording, shape=format_,
        purpose=purpose, basis=basis, source=source, reference=reference, at=at, note=note,
    )  # fmt: skip


@app.command(epilog="Example: winback consent confirm 17850 --channel email --source “reply”")
def confirm(
    ctx: typer.Context,
    customer: Customer,
    *,
    channel: _Channels,
    source: _Source,
    purpose: _Purpose = Purpose.WINBACK,
    reference: _Reference = "",
    wording: _Wording = None,
    at: _At = "",
    note: _Note = "",
    address: _Address = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Record that a consent was confirmed.

    Its clock starts again.
    """
    _record(
        ctx, customer, "confirmed", tuple(channel),
        address=address, wording=wording, shape=format_,
        purpose=purpose, source=source, reference=reference, at=at, note=note,
    )  # fmt: skip


@app.command(epilog="Example: winback consent withdraw 17850 --channel email --source “their mail”")
def withdraw(
    ctx: typer.Context,
    customer: Customer,
    *,
    channel: _Channels,
    purpose: _Purpose = Purpose.WINBACK,
    source: _Source = "",
    reference: _Reference = "",
    at: _At = "",
    note: _Note = "",
    address: _Address = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Record that a customer took a consent back.

    Nothing may make that harder than giving it.
    """
    _record(
        ctx, customer, "withdrawn", tuple(channel),
        address=address, wording=None, shape=format_,
        purpose=purpose, source=source, reference=reference, at=at, note=note,
    )  # fmt: skip


@app.command("object", epilog="Example: winback consent object 17850 --source “letter of 3 May”")
def object_(
    ctx: typer.Context,
    customer: Customer,
    *,
    channel: Annotated[
        Channel | None, typer.Option(help="Where they said so; it holds for every channel.")
    ] = None,
    purpose: _Purpose = Purpose.WINBACK,
    source: _Source = "",
    reference: _Reference = "",
    at: _At = "",
    note: _Note = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Record an objection to advertising.

    It blocks every channel until a new consent.
    """
    _record(
        ctx, customer, "objected", tuple(Channel),
        address="", wording=None, shape=format_,
        purpose=purpose, source=source or (channel.value if channel else ""),
        reference=reference, at=at, note=note,
    )  # fmt: skip


@app.command(epilog="Example: winback consent bounce 17850 --channel email --address a@b.example")
def bounce(
    ctx: typer.Context,
    customer: Customer,
    *,
    channel: _Channels,
    source: _Source = "",
    reference: _Reference = "",
    at: _At = "",
    note: _Note = "",
    address: _Address = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Record that an address does not work any more."""
    _record(
        ctx, customer, "bounced", tuple(channel),
        address=address, wording=None, shape=format_,
        source=source, reference=reference, at=at, note=note,
    )  # fmt: skip


@app.command(
    epilog="Example: winback consent claim 17850 --channel phone --basis presumed --note “orders "
    "by phone each month”"
)
def claim(
    ctx: typer.Context,
    customer: Customer,
    *,
    channel: _Channels,
    basis: Annotated[
        str,
        typer.Option(metavar="WORD", help="presumed (businesses, phone) or existing-customer."),
    ],
    condition: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD",
            help="For existing-customer, all four: sale, similar, no_objection, notice.",
        ),
    ] = None,
    purpose: _Purpose = Purpose.WINBACK,
    source: _Source = "",
    reference: _Reference = "",
    at: _At = "",
    note: _Note = "",
    address: _Address = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Record another basis than consent, with its facts."""
    _record(
        ctx, customer, "basis_claimed", tuple(channel),
        address=address, wording=None, shape=format_,
        purpose=purpose, basis=basis, source=source, reference=reference, at=at, note=note,
        conditions=tuple(each.strip().lower().replace("-", "_") for each in condition or ()),
    )  # fmt: skip


@app.command(epilog="Example: winback consent drop 17850 --channel phone --note “they moved away”")
def drop(
    ctx: typer.Context,
    customer: Customer,
    *,
    channel: _Channels,
    purpose: _Purpose = Purpose.WINBACK,
    at: _At = "",
    note: _Note = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Record that a claimed basis does not hold any more."""
    _record(
        ctx, customer, "basis_lost", tuple(channel),
        address="", wording=None, shape=format_,
        purpose=purpose, at=at, note=note,
    )  # fmt: skip


@app.command(epilog="Example: winback consent verify")
def verify(ctx: typer.Context) -> None:
    """Check the hash chain of the whole ledger."""
    from winback_tui.desk import evidence
    from winback_tui.words.evidence import checked

    with open_desk(ctx, reading=True) as desk:
        broken, last, head = evidence.verified(desk)
    printing.line(checked(last, head, [(each.id, each.what) for each in broken]))
    if broken:
        raise typer.Exit(1)


def _record(
    ctx: typer.Context,
    customer: str,
    event: str,
    channels: tuple[Channel, ...],
    *,
    address: str,
    wording: Path | None,
    shape: Shape,
    **said: Any,
) -> None:
    from winback_tui.desk import consent

    statement = consent.Statement(
        event, tuple(dict.fromkeys(channels)), wording=_wording(wording), **said
    )
    with open_desk(ctx) as desk:
        who = find(desk, customer)
        if address.strip():
            statement = _at_address(statement, consent.address_of(desk, who, address))
        say_done(ctx, desk, consent.record(desk, [who], statement), shape)


def _at_address(statement: "Statement", found: dict[Channel, int]) -> "Statement":
    points = {found[each] for each in statement.channels if each in found}
    if len(points) != 1 or len(found) < len(statement.channels):
        raise BadInputError(
            "An address belongs to one channel; name just that channel with --channel."
        )
    return statement._replace(point=points.pop())


def _wording(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        if file.stat().st_size > _LONGEST:
            raise BadInputError(f"{file} is too long for a wording; name the text that was shown.")
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInputError(f"{file} could not be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{file} is not UTF-8 text.") from error
    if not text.strip():
        raise BadInputError(f"{file} is empty; name the text that was shown.")
    return text


def _text(found: "Ledger", shown: "Formats") -> list[str]:
    from winback_tui.words import evidence as words
    from winback_tui.words.consent import consent_line, fix_line, leaving_line
    from winback_tui.words.customers import CHANNELS

    lines = [printing.printable(found.name), ""]
    for channel, state in found.standings.items():
        lines.append(f"{CHANNELS[channel]:8}{consent_line(state, shown)}")
        if fix := fix_line(state.why):
            lines.append(f"        {fix}")
        lines += [
            f"        {printing.printable(at.address.value)}: {consent_line(at.state, shown)}"
            for at in found.addresses[channel]
            if at.state != state
        ]
    lines += ["", *(leaving_line(*each, shown) for each in found.leaving.items())]
    if found.leaving:
        lines.append("")
    for row in found.rows:
        when = words.moment(row.at, row.precision, shown)
        lines += [
            printing.printable(f"{when}  {words.heading(row)}"),
            *(f"    {printing.printable(each)}" for each in words.grounds(row)),
            f"    {words.seal_line(row, row.hash)}",
        ]
        if row.wording:
            lines.append(f"    wording {row.wording[:12]}: {printing.printable(row.text or '')}")
    return [*lines, words.chain_line(found.rows, shown)]


def _json(found: "Ledger") -> dict[str, Any]:
    return {
        "customer": found.name,
        "standings": {
            channel.value: {
                "standing": state.standing.value,
                "why": state.why.value,
                "until": printing.iso(state.until),
                "since": printing.iso(state.since),
                "addresses": [
                    {"value": at.address.value, "standing": at.state.standing.value}
                    for at in found.addresses[channel]
                ],
            }
            for channel, state in found.standings.items()
        },
        "leaving_today": {
            channel.value: {"standing": state.standing.value, "why": state.why.value}
            for channel, state in found.leaving.items()
        },
        "rows": [row._asdict() for row in found.rows],
    }
