"""Deeds: log a call, move a case, snooze, note, done."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import open_desk
from winback_tui.cli.deed import Customer, Format, Shape, find, say_done, word
from winback_tui.model import (
    Channel,
    LeavingReason,
    LetGoReason,
    Mood,
    Outcome,
    Stage,
    WakeCause,
)
from winback_tui.words import plans, printed

if TYPE_CHECKING:
    from winback_tui.desk.session import Desk

#: Where `case` can bring a case; `handover` brings it to sales.
_STAGES: Final = tuple(stage for stage in Stage if stage is not Stage.HANDED_OVER)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command("log-call")(log_call)
    app.command("case")(case)
    app.command("snooze")(snooze)
    app.command("done")(done)
    app.command("note")(note)


def log_call(
    ctx: typer.Context,
    customer: Customer,
    *,
    outcome: Annotated[str, typer.Option(metavar="WORD", help=f"{', '.join(Outcome)}.")],
    note: Annotated[str, typer.Option(metavar="TEXT", help="What was said.")] = "",
    reason: Annotated[
        str,
        typer.Option(
            metavar="WORD",
            help=f"Why, as they say: {', '.join(LeavingReason)}; or price/increase.",
        ),
    ] = "",
    assessed: Annotated[
        str, typer.Option(metavar="WORD", help="Why they drift away, as you see it.")
    ] = "",
    next_step: Annotated[
        str, typer.Option("--next", metavar="TEXT", help="What is to be done then.")
    ] = "",
    mood: Annotated[str, typer.Option(metavar="WORD", help=f"{', '.join(Mood)}.")] = "",
    follow_up: Annotated[
        str, typer.Option("--follow-up", metavar="DATE", help="When to act next: fri, +3d, 15.12.")
    ] = "",
    justify: Annotated[
        str,
        typer.Option(metavar="TEXT", help="Why the call was expected (consent)."),
    ] = "",
    consent: Annotated[
        list[Channel] | None,
        typer.Option(help="A channel on which they said we may contact them; may be repeated."),
    ] = None,
    number: Annotated[
        str,
        typer.Option(metavar="NUMBER", help="With wrong-number: which, where they have several."),
    ] = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Log a call: how it ended, what was said, what is next.

    A wrong number is called no more; undo opens it again.

    Example: winback log-call 17850 --outcome callback --follow-up "fri 14:30"
    """
    from winback_tui.desk import deeds
    from winback_tui.rules.dates import parse_when
    from winback_tui.rules.leaving import parse_why

    ended = word(Outcome, outcome, "outcome")
    with open_desk(ctx) as desk:
        when = parse_when(follow_up, desk.as_of) if follow_up else None
        at = f"{when.time:%H:%M}" if when and when.time else None
        stated = parse_why(reason) if reason else None
        ours = parse_why(assessed) if assessed else None
        call = deeds.Call(
            ended,
            note,
            stated.reason if stated else None,
            word(Mood, mood, "mood") if mood else None,
            when.day if when else None,
            next_step or (plans.call_at(at) if at else None),
            justify,
            at=at,
            detail=stated.detail if stated else "",
            assessed=ours.reason if ours else None,
            assessed_detail=ours.detail if ours else "",
            consent=tuple(dict.fromkeys(consent or ())),
            number=number,
        )
        who = find(desk, customer)
        _ask_for_reason(ctx, desk, who, call)
        say_done(ctx, desk, deeds.log_call(desk, [who], call), format_)
        if ended is Outcome.WRONG_NUMBER:
            _say_which(desk, who, call)


def _say_which(desk: "Desk", customer: int, call: Any) -> None:
    """Say how to end a wrong number where the call does not tell which of several it was."""
    from winback_tui.desk.wrong_number import numbers

    known = numbers(desk, customer)
    if len(known) > 1 and not call.number.strip():
        printing.note(printed.which_number([printing.printable(each) for each in known]))


def case(
    ctx: typer.Context,
    customer: Customer,
    stage: Annotated[
        str, typer.Argument(help=", ".join(each.value.replace("_", "-") for each in _STAGES) + ".")
    ],
    *,
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why it is moved.")] = "",
    reason: Annotated[
        str,
        typer.Option(
            metavar="WORD",
            help="Why they drift away; for let-go: "
            f"{', '.join(each.value.replace('_', '-') for each in LetGoReason)}.",
        ),
    ] = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Move the case of a customer to another stage.

    Example: winback case 17850 let-go --reason no-reaction
    """
    from winback_tui.desk import deeds
    from winback_tui.rules.leaving import parse_why

    to = word(Stage, stage, "stage", _STAGES)
    leaving, let_go = None, None
    if reason and to is Stage.LET_GO:
        let_go = word(LetGoReason, reason, "reason for letting go")
    elif reason:
        leaving = parse_why(reason).reason
    with open_desk(ctx) as desk:
        who = find(desk, customer)
        say_done(ctx, desk, deeds.move_case(desk, [who], to, why, leaving, let_go=let_go), format_)


def snooze(
    ctx: typer.Context,
    customer: Customer,
    until: Annotated[
        str, typer.Argument(help="A date (tomorrow, +2w, mon, 15.12., 2026-12-15), or “contract”.")
    ],
    wake: Annotated[
        str,
        typer.Option(
            metavar="WORDS",
            help=f"What else may end it: {', '.join(WakeCause)} (commas between), or none.",
            show_default="all",
        ),
    ] = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Take a customer off the lists until a day or a contract.

    With the word “contract” that is when their contract is to be decided.

    They come back before it on a purchase, an inbound contact, a consent about to end, or a change
    of contact.

    Example: winback snooze 17850 +2w --wake purchase,inbound
    """
    from winback_tui.desk import contracts, deeds
    from winback_tui.rules.dates import parse_when

    causes = None
    if wake:
        named = [] if wake.strip() == "none" else wake.split(",")
        causes = [word(WakeCause, each, "cause to wake") for each in named]
    with open_desk(ctx) as desk:
        who = find(desk, customer)
        if until.strip().casefold() in {"contract", "vertrag"}:
            day = contracts.next_talk(desk, who)
        else:
            day = parse_when(until, desk.as_of).day
        say_done(ctx, desk, deeds.snooze(desk, [who], day, causes), format_)


def done(ctx: typer.Context, customer: Customer, format_: Format = Shape.TEXT) -> None:
    """Take a customer off today's list.

    Example: winback done 17850
    """
    from winback_tui.desk import deeds

    with open_desk(ctx) as desk:
        say_done(ctx, desk, deeds.mark_done(desk, [find(desk, customer)]), format_)


def note(
    ctx: typer.Context,
    customer: Customer,
    text: Annotated[str, typer.Argument(help="What to remember.")],
    format_: Format = Shape.TEXT,
) -> None:
    """Write a note on a customer.

    Example: winback note 17850 "new buyer from January"
    """
    from winback_tui.desk import deeds

    with open_desk(ctx) as desk:
        say_done(ctx, desk, deeds.add_note(desk, [find(desk, customer)], text), format_)


def _ask_for_reason(ctx: typer.Context, desk: "Desk", customer: int, call: Any) -> None:
    """Raise BadInputError where a call of ours needs a reason and none was given."""
    from winback_tui.cli.reasons import ask_for_reason
    from winback_tui.desk.gate import gate

    if call.outcome in {Outcome.INBOUND, Outcome.NO_CONTACT}:
        return
    ask_for_reason(ctx, gate(desk, [customer], Channel.PHONE)[customer], call.justify)
