"""Letting go of a person's data: `erase` and `export-person`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats, open_desk
from winback_tui.cli.deed import Shape, find
from winback_tui.errors import BadInputError
from winback_tui.words import printed

if TYPE_CHECKING:
    from winback_tui.desk.erase import Erased, ErasePlan
    from winback_tui.desk.session import Desk


class PersonFormat(StrEnum):
    """How a person's data is written."""

    MD = "md"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command("erase")(erase)
    app.command("export-person")(export_person)


def erase(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(help="The customer's number, or their name.")] = "",
    *,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what goes and stays.")] = False,
    now: Annotated[bool, typer.Option("--now", help="Do not wait: erase at once.")] = False,
    due: Annotated[bool, typer.Option("--due", help="Carry out what has waited enough.")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Take a waiting erasure back.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
    format_: Annotated[Shape, typer.Option("--format", help="How to print.")] = Shape.TEXT,
) -> None:
    """Erase a customer, after a wait or at once.

    All goes but what the law keeps.

    Without options the waiting time begins; until it is over it can be taken back.

    Example: winback erase 17850 --plan
    """
    if due == bool(customer):
        raise BadInputError("Name the customer to erase, or say --due for all that have waited.")
    if sum((plan, now, due, cancel)) > 1:
        raise BadInputError("Say one of --plan, --now, --due and --cancel.")
    from winback_tui.desk import erase as desks

    with open_desk(ctx) as desk:
        if due:
            _due(ctx, desk, format_)
            return
        who = find(desk, customer, exact_only=True)
        if plan:
            _print_plan(ctx, desk, desks.plan(desk, who), format_)
        elif cancel:
            desks.cancel(desk, who)
            printing.line(printed.ERASURE_CANCELLED)
        elif now:
            _now(ctx, desk, who, format_, yes=yes)
        else:
            _wait(ctx, desk, who, format_)


def export_person(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(help="The customer's number, or their name.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The folder for both files, JSON and Markdown."),
    ] = None,
    format_: Annotated[
        PersonFormat, typer.Option("--format", help="Which one, without --out.")
    ] = PersonFormat.MD,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> None:
    """Write all that the book holds on a customer.

    It is what may be handed to them (GDPR Art. 15, 20).

    Example: winback export-person 17850 --out answer
    """
    from winback_tui.desk import person

    with open_desk(ctx) as desk:
        who = find(desk, customer, exact_only=True)
        if out is None:
            found = person.gather(desk, who)
            as_json = format_ is PersonFormat.JSON
            if as_json:
                printing.print_json(found)
            else:
                printing.write(person.as_markdown(found))
            person.note(desk, found, format_.value, "-")
            return
        for path in person.write(desk, who, out.expanduser(), force=force):
            printing.line(str(path))


def _wait(ctx: typer.Context, desk: "Desk", who: int, shape: Shape) -> None:
    from winback_tui.desk import erase as desks
    from winback_tui.words import erase as words

    desks.ask(desk, who)
    told = desks.plan(desk, who)
    if shape is Shape.JSON:
        printing.print_json(_document(told))
    else:
        printing.line(words.waits(told.name, formats(ctx).date(told.due_on)))


def _now(ctx: typer.Context, desk: "Desk", who: int, shape: Shape, *, yes: bool) -> None:
    from winback_tui.desk import erase as desks
    from winback_tui.words import erase as words

    if not yes:
        told = desks.plan(desk, who)
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise BadInputError("An erasure at once cannot be taken back; say so with --yes.")
        for line in desks.plan_lines(desk, told, formats(ctx)):
            printing.note(line)
        sys.stderr.write(f"{printing.visible(words.really(told.name))} ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().casefold() not in {"y", "yes"}:
            printing.note(words.NOT_ERASED)
            raise typer.Exit(1)
    _report(ctx, desk, [desks.purge_now(desk, who)], shape)


def _due(ctx: typer.Context, desk: "Desk", shape: Shape) -> None:
    from winback_tui.desk import erase as desks
    from winback_tui.words import erase as words

    done = desks.purge_due(desk)
    if done:
        _report(ctx, desk, done, shape)
        return
    if shape is Shape.JSON:
        printing.print_json([])
    else:
        printing.line(words.NOTHING_DUE)
        if next_on := desks.next_due(desk):
            printing.note(words.next_due(formats(ctx).date(next_on)))
    if desks.to_clear(desk):
        printing.note(words.NOT_CLEARED)
        raise typer.Exit(1)


def _report(ctx: typer.Context, desk: "Desk", done: "list[Erased]", shape: Shape) -> None:
    from winback_tui.desk import erase as desks
    from winback_tui.words import erase as words

    shown = formats(ctx)
    if shape is Shape.JSON:
        printing.print_json(
            [
                {
                    "pseudonym": each.pseudonym,
                    "cleared": each.cleared,
                    **each.purged._asdict(),
                    "todo": desks.todos(desk, each.plan, shown),
                }
                for each in done
            ]
        )
    else:
        for each in done:
            kept = each.purged.lines_kept
            printing.line(words.erased(each.plan.name, each.pseudonym, kept, shown.number))
            printing.line(printed.STILL_TO_DO)
            for line in desks.todos(desk, each.plan, shown):
                printing.line(f"  - {line}")
    if not all(each.cleared for each in done):
        printing.note(words.NOT_CLEARED)
        raise typer.Exit(1)


def _print_plan(ctx: typer.Context, desk: "Desk", told: "ErasePlan", shape: Shape) -> None:
    if shape is Shape.JSON:
        printing.print_json(_document(told))
        return
    from winback_tui.desk import erase as desks

    for line in desks.plan_lines(desk, told, formats(ctx)):
        printing.line(line)


def _document(told: "ErasePlan") -> dict[str, Any]:
    """Return a plan as JSON has it."""
    return {
        "customer": told.number,
        "name": told.name,
        "due_on": told.due_on.isoformat(),
        "waiting": told.asked is not None,
        "goes": told.goes,
        "lines_gone": told.lines_gone,
        "lines_kept_until": {day.isoformat(): rows for day, rows in told.lines.items()},
        "proofs": told.proofs,
        "proofs_until": printing.iso(told.proofs_until),
        "suppressed": told.suppressed,
        "exports": [each._asdict() for each in told.exports],
        "files": list(told.files),
        "mentioned_by": list(told.mentions),
        "perhaps_mentioned_by": list(told.perhaps),
    }
