"""Deeds: log a call, move a case, snooze, note, done, hand over, undo, redo, history."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats, open_desk
from winback_tui.errors import BadInputError
from winback_tui.model import (
    Channel,
    EventKind,
    LeavingReason,
    LetGoReason,
    Mood,
    Outcome,
    Stage,
    WakeCause,
)

if TYPE_CHECKING:
    from winback_tui.desk.action import Action
    from winback_tui.desk.session import Desk
    from winback_tui.desk.undoing import HistoryEntry

#: Where `case` can bring a case; `handover` brings it to sales.
_STAGES: Final = tuple(stage for stage in Stage if stage is not Stage.HANDED_OVER)

_Word = TypeVar("_Word", bound=StrEnum)


class Shape(StrEnum):
    """How a deed is confirmed."""

    TEXT = "text"
    JSON = "json"


class ListShape(StrEnum):
    """How the history is printed."""

    TABLE = "table"
    JSON = "json"


Customer = Annotated[str, typer.Argument(help="The customer's number, or their name.")]
Format = Annotated[Shape, typer.Option("--format", help="How to confirm.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command("log-call")(log_call)
    app.command("case")(case)
    app.command("snooze")(snooze)
    app.command("done")(done)
    app.command("note")(note)
    app.command("undo")(undo)
    app.command("redo")(redo)
    app.command("history")(history)


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

    ended = _word(Outcome, outcome, "outcome")
    with open_desk(ctx) as desk:
        when = parse_when(follow_up, desk.as_of) if follow_up else None
        at = f"{when.time:%H:%M}" if when and when.time else None
        stated = parse_why(reason) if reason else None
        ours = parse_why(assessed) if assessed else None
        call = deeds.Call(
            ended,
            note,
            stated.reason if stated else None,
            _word(Mood, mood, "mood") if mood else None,
            when.day if when else None,
            next_step or (f"call at {at}" if at else None),
            justify,
            at=at,
            detail=stated.detail if stated else "",
            assessed=ours.reason if ours else None,
            assessed_detail=ours.detail if ours else "",
            consent=tuple(dict.fromkeys(consent or ())),
            number=number,
        )
        who = _find(desk, customer)
        _ask_for_reason(ctx, desk, who, call)
        _confirm(ctx, desk, deeds.log_call(desk, [who], call), format_)
        if ended is Outcome.WRONG_NUMBER:
            _say_which(desk, who, call)


def _say_which(desk: "Desk", customer: int, call: Any) -> None:
    """Say how to end a wrong number where the call does not tell which of several it was."""
    from winback_tui.desk.wrong_number import numbers

    known = numbers(desk, customer)
    if len(known) > 1 and not call.number.strip():
        printing.note(
            f"Which number was wrong is not known, so none was ended; name it with --number: "
            f"{', '.join(map(printing.printable, known))}."
        )


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

    to = _word(Stage, stage, "stage", _STAGES)
    leaving, let_go = None, None
    if reason and to is Stage.LET_GO:
        let_go = _word(LetGoReason, reason, "reason for letting go")
    elif reason:
        leaving = parse_why(reason).reason
    with open_desk(ctx) as desk:
        who = _find(desk, customer)
        _confirm(ctx, desk, deeds.move_case(desk, [who], to, why, leaving, let_go=let_go), format_)


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
        causes = [_word(WakeCause, each, "cause to wake") for each in named]
    with open_desk(ctx) as desk:
        who = _find(desk, customer)
        if until.strip().casefold() in {"contract", "vertrag"}:
            day = contracts.next_talk(desk, who)
        else:
            day = parse_when(until, desk.as_of).day
        _confirm(ctx, desk, deeds.snooze(desk, [who], day, causes), format_)


def done(ctx: typer.Context, customer: Customer, format_: Format = Shape.TEXT) -> None:
    """Take a customer off today's list.

    Example: winback done 17850
    """
    from winback_tui.desk import deeds

    with open_desk(ctx) as desk:
        _confirm(ctx, desk, deeds.mark_done(desk, [_find(desk, customer)]), format_)


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
        _confirm(ctx, desk, deeds.add_note(desk, [_find(desk, customer)], text), format_)


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
                {**_entry(each.entry), "skipped": list(each.skipped), "kept": list(each.kept)}
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
    from winback_tui.words.deeds import redone_sentence

    with open_desk(ctx) as desk:
        step = undoing.redo(desk)
        if step is None:
            raise BadInputError(f"There is nothing to do again for {desk.actor}.")
        entry = step.entry
        if format_ is Shape.JSON:
            printing.print_json(_entry(entry))
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
            printing.print_json([_entry(entry) for entry in entries])
            return
        if not entries:
            printing.line("Nothing has been done in this book yet.")
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


def _find(desk: "Desk", customer: str) -> int:
    from winback_tui.book import customers
    from winback_tui.book.connection import plain_errors
    from winback_tui.desk.action import clean

    with plain_errors(desk.book.path):
        return customers.find(desk.book.connection, clean(customer))


def _word(kind: type[_Word], text: str, what: str, allowed: Sequence[_Word] | None = None) -> _Word:
    """Return the member that `text` names; hyphens and underscores are one.

    Raises BadInputError listing the words that are allowed.
    """
    words = {each.value.replace("_", "-"): each for each in allowed or tuple(kind)}
    found = words.get(text.strip().casefold().replace("_", "-"))
    if found is None:
        raise BadInputError(f"“{text}” is no {what}; there are {', '.join(words)}.")
    return found


def _ask_for_reason(ctx: typer.Context, desk: "Desk", customer: int, call: Any) -> None:
    """Raise BadInputError where a call of ours needs a reason and none was given."""
    from winback_tui.cli.reasons import ask_for_reason
    from winback_tui.desk.gate import gate

    if call.outcome in {Outcome.INBOUND, Outcome.NO_CONTACT}:
        return
    ask_for_reason(ctx, gate(desk, [customer], Channel.PHONE)[customer], call.justify)


def _confirm(ctx: typer.Context, desk: "Desk", action: "Action", shape: Shape) -> None:
    """Print what was done, in one sentence or as JSON."""
    from winback_tui.desk import undoing
    from winback_tui.words.deeds import confirmation

    entry = undoing.entry_of(desk, action.id)
    if shape is Shape.JSON:
        printing.print_json(_entry(entry))
        return
    sentence = confirmation(
        entry.kind, entry.facts, _labels(desk, entry), len(entry.customers), formats(ctx).date
    )
    recall = "" if action.kind is not EventKind.HANDOVER else " (the packet stays where it is)"
    printing.line(f"{sentence}. Undo with “winback undo”{recall}.")


def _labels(desk: "Desk", entry: "HistoryEntry") -> list[str]:
    from winback_tui.book import cases
    from winback_tui.words.customers import customer_name

    labels = cases.labels(desk.book.connection, entry.customers[:3])
    return [
        f"{name} ({number})" if name.strip() else customer_name(number, name)
        for number, name in labels.values()
    ]


def _entry(entry: "HistoryEntry") -> dict[str, Any]:
    """Return a deed as JSON has it."""
    return {
        "action": entry.action,
        "at": entry.at,
        "actor": entry.actor,
        "kind": entry.kind.value,
        "customers": len(entry.customers),
        "names": list(entry.names),
        "undone": entry.undone,
        "recall": entry.recall,
        "facts": entry.facts,
    }
