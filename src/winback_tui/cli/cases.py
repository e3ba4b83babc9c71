"""Around a case: suggestions, plans, contracts, edits by hand, and the report."""

from typing import Annotated

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats, open_desk, parse_day
from winback_tui.cli.deed import Customer, Format, Shape, find, say_done
from winback_tui.errors import BadInputError
from winback_tui.words import printed

contract_app = typer.Typer(
    help="Contracts of a customer: add, list, remove.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command("accept")(accept)
    app.command("dismiss")(dismiss)
    app.command("plan")(plan)
    app.command("edit")(edit)
    app.command("report")(report)
    app.add_typer(contract_app, name="contract")


def accept(ctx: typer.Context, customer: Customer, format_: Format = Shape.TEXT) -> None:
    """Do what is suggested for the case of a customer.

    “winback show” says what that is.

    Example: winback accept 17850
    """
    from winback_tui.desk import suggestions

    with open_desk(ctx) as desk:
        say_done(ctx, desk, suggestions.accept(desk, find(desk, customer)), format_)


def dismiss(ctx: typer.Context, customer: Customer, format_: Format = Shape.TEXT) -> None:
    """Wave a suggestion aside until its facts change.

    Example: winback dismiss 17850
    """
    from winback_tui.desk import suggestions

    with open_desk(ctx) as desk:
        say_done(ctx, desk, suggestions.dismiss(desk, find(desk, customer)), format_)


def plan(
    ctx: typer.Context,
    customer: Customer,
    when: Annotated[str, typer.Argument(help="A date, with a time or without: “fri 14:30”.")],
    what: Annotated[str, typer.Argument(help="What is to be done then.")] = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Plan a follow-up with a customer.

    Example: winback plan 17850 "fri 14:30" "bring the new price list"
    """
    from winback_tui.desk import deeds
    from winback_tui.rules.dates import parse_when

    with open_desk(ctx) as desk:
        due = parse_when(when, desk.as_of)
        at = f"{due.time:%H:%M}" if due.time else None
        who = find(desk, customer)
        say_done(ctx, desk, deeds.plan(desk, [who], due.day, what, at=at), format_)


def edit(
    ctx: typer.Context,
    said: Annotated[
        list[str],
        typer.Argument(
            metavar="[CUSTOMER] FIELD=VALUE…", help="Such as owner=kim; an empty value removes."
        ),
    ],
    where: Annotated[
        str, typer.Option(metavar="TEXT", help="Instead of CUSTOMER: all whom this filter leaves.")
    ] = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Set facts of a customer, or of many, right by hand.

    No import changes those fields again.

    Fields: name, kind, segment, industry, owner, street, zip, city, country, vat_id.

    Example: winback edit 17850 owner=kim segment="key accounts"
    """
    from winback_tui.desk import edits
    from winback_tui.desk.filters import parse
    from winback_tui.desk.matching import matching

    customer, *fields = ["", *said] if where else said
    if not fields:
        raise BadInputError("Say what is to be set; write field=value, such as owner=kim.")
    wanted: dict[str, str] = {}
    for each in fields:
        name, sign, value = each.partition("=")
        if not sign:
            raise BadInputError(f"“{each}” says no value; write field=value, such as owner=kim.")
        wanted[name.strip().casefold().replace("-", "_")] = value
    with open_desk(ctx) as desk:
        if where:
            chosen = sorted(matching(desk, parse(where)))
            if not chosen:
                raise BadInputError(f"Nobody is left by “{where}”; narrow it less.")
        else:
            chosen = [find(desk, customer)]
        say_done(ctx, desk, edits.edit_customers(desk, chosen, wanted), format_)


def report(
    ctx: typer.Context,
    since: Annotated[
        str, typer.Option(metavar="DATE", help="Count from this day on; else from the start.")
    ] = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Report what came of the work.

    It counts stages, calls, and who was won back or let go, and says how quickly.

    Example: winback report --since 2026-10-01
    """
    from winback_tui.desk.report import outcomes
    from winback_tui.words.report import report_lines

    first = parse_day(since, "--since") if since else None
    with open_desk(ctx, reading=True) as desk:
        found = outcomes(desk, first)
    if format_ is Shape.JSON:
        printing.print_json(
            {
                "stages": {stage.value: count for stage, count in found.stages.items()},
                "calls": found.calls,
                "reached": found.reached,
                "reached_rate": found.rate,
                "reactivated": found.reactivated,
                "amounts": [each._asdict() for each in found.amounts],
                "at_risk": [each._asdict() for each in found.at_risk],
                "let_go": {why.value if why else "": n for why, n in found.let_go.items()},
                "median_hours_to_first_attempt": found.hours,
                "tried": found.tried,
                "against_a_consent_warning": found.warned,
            }
        )
        return
    for label, value in report_lines(found, formats(ctx)):
        printing.line(f"{label:<28}{value}".replace("\u00a0", " "))


@contract_app.command("add")
def contract_add(
    ctx: typer.Context,
    customer: Customer,
    *,
    ends: Annotated[
        str, typer.Option(metavar="DATE", help="Its last day: 31.12., 2027-06-30; or unlimited.")
    ],
    notice: Annotated[
        str, typer.Option(metavar="TIME", help="Notice: 90 (days), 6 weeks, 3 months.")
    ] = "",
    renewal: Annotated[
        str, typer.Option(metavar="WORD", help="automatic, manual, none.")
    ] = "automatic",
    title: Annotated[str, typer.Option(metavar="TEXT", help="What it is about.")] = "",
    number: Annotated[str, typer.Option(metavar="TEXT", help="Its number.")] = "",
    starts: Annotated[str, typer.Option(metavar="DATE", help="Its first day.")] = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Enter a contract.

    Its end and notice say when to talk, and a snooze wakes for it.

    Example: winback contract add 17850 --ends 2027-06-30 --notice 90 --title "Frame order"
    """
    from winback_tui.desk import contracts
    from winback_tui.words.contracts import past_end

    with open_desk(ctx) as desk:
        terms = contracts.terms(
            ends, notice, renewal, today=desk.as_of, title=title, number=number, starts=starts
        )
        who = find(desk, customer)
        say_done(ctx, desk, contracts.add_contract(desk, who, terms), format_)
        if terms.ends_on < desk.as_of and terms.renewal == "automatic":
            printing.note(past_end(contracts.next_end(desk, terms), formats(ctx)))


@contract_app.command("list")
def contract_list(ctx: typer.Context, customer: Customer, format_: Format = Shape.TEXT) -> None:
    """List a customer's contracts with the dates by which to decide.

    Example: winback contract list 17850
    """
    from winback_tui.desk import contracts
    from winback_tui.words.contracts import contract_line

    with open_desk(ctx, reading=True) as desk:
        who = find(desk, customer)
        known = contracts.contracts_of(desk, [who])[who]
    if format_ is Shape.JSON:
        printing.print_json(
            [
                {
                    "number": each.contract.number,
                    "title": each.contract.title,
                    "starts_on": printing.iso(each.contract.starts_on),
                    "ends_on": printing.iso(contracts.end_of(each.contract)),
                    "notice_days": each.contract.notice_days,
                    "renewal": each.contract.renewal,
                    "next_end": printing.iso(each.round.ends_on) if each.round else None,
                    "decide_by": printing.iso(each.round.decide_by) if each.round else None,
                    "talk_from": printing.iso(each.round.talk_from) if each.round else None,
                }
                for each in known
            ]
        )
        return
    shown = formats(ctx)
    for each in known:
        printing.line(contract_line(each, shown))
    if not known:
        printing.line(printed.NO_CONTRACT)


@contract_app.command("remove")
def contract_remove(
    ctx: typer.Context,
    customer: Customer,
    number: Annotated[str, typer.Argument(help="Its number or title; may be left out.")] = "",
    format_: Format = Shape.TEXT,
) -> None:
    """Remove a contract of a customer.

    Example: winback contract remove 17850 F-77
    """
    from winback_tui.desk import contracts

    with open_desk(ctx) as desk:
        who = find(desk, customer)
        known = [each.contract for each in contracts.contracts_of(desk, [who])[who]]
        meant = [each for each in known if not number or number in (each.number, each.title)]
        if len(meant) != 1:
            names = ", ".join(each.number or each.title or "without a number" for each in known)
            raise BadInputError(f"Say which contract; there are: {names or 'none'}.")
        say_done(ctx, desk, contracts.remove_contract(desk, who, meant[0].id), format_)
