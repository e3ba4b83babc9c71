"""Offers: make one, say what became of it, what was learned; and the margins they need."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats, open_desk
from winback_tui.cli.deed import Customer, Format, ListShape, Shape, find, say_done, word
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, exponent
from winback_tui.words import printed

if TYPE_CHECKING:
    from winback_tui.desk.session import Desk
    from winback_tui.desk.weighing import Position, Proposal
    from winback_tui.rules.offers import Belief, Lesson
    from winback_tui.words.format import Formats


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command("offer")(offer)
    app.command("offers")(offers)
    app.command("margin")(margin)


def offer(
    ctx: typer.Context,
    customer: Customer,
    *,
    rung: Annotated[
        str, typer.Option(metavar="RUNG", help="A rung by number or name; else the next one.")
    ] = "",
    channel: Annotated[
        str, typer.Option(metavar="WORD", help=f"By which channel: {', '.join(Channel)}.")
    ] = "",
    cost: Annotated[
        str, typer.Option(metavar="AMOUNT", help="What it costs if accepted: 50, or 10%.")
    ] = "",
    margin_: Annotated[
        str, typer.Option("--margin", metavar="SHARE", help="The customer's margin, kept: 30%.")
    ] = "",
    skip_why: Annotated[
        str, typer.Option("--skip-why", metavar="TEXT", help="Why a rung is skipped, or sooner.")
    ] = "",
    justify: Annotated[
        str, typer.Option(metavar="TEXT", help="Why the contact is expected (consent).")
    ] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="What exactly was offered.")] = "",
    follow_up: Annotated[
        str, typer.Option("--follow-up", metavar="DATE", help="When to ask: fri, +3d, 15.12.")
    ] = "",
    outcome: Annotated[
        str,
        typer.Option(metavar="WORD", help="Say what became of it: accepted, declined, no-answer."),
    ] = "",
    amount: Annotated[
        str, typer.Option(metavar="AMOUNT", help="With --outcome accepted: what was ordered.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Weigh the offer and log nothing.")
    ] = False,
    format_: Format = Shape.TEXT,
) -> None:
    """Make a customer the next offer, or say what became of it.

    An offer at a loss or above the cap is refused, and so is one that consent does not allow.

    Example: winback offer 17850 --rung price --cost 10%
    """
    from winback_tui.cli.reasons import ask_for_reason
    from winback_tui.desk import offers as desk_offers
    from winback_tui.desk import weighing
    from winback_tui.desk.gate import gate
    from winback_tui.rules.amounts import parse_share
    from winback_tui.rules.dates import parse_when

    if outcome:
        given = [rung, channel, cost, margin_, skip_why, justify, follow_up]
        if any(given) or dry_run:
            raise BadInputError(
                "--outcome is about the last offer; only --amount and --note go with it."
            )
        _answer(ctx, customer, outcome, amount=amount, note=note, shape=format_)
        return
    if amount:
        raise BadInputError("--amount goes with --outcome accepted.")
    rate = parse_share(margin_, "The margin") if margin_ else None
    with open_desk(ctx, reading=dry_run) as desk:
        who = find(desk, customer)
        when = parse_when(follow_up, desk.as_of) if follow_up else None
        where = weighing.position(desk, who)
        amount_, share = cost_of(cost, where.currency)
        ask = weighing.Ask(
            rung=rung,
            channel=word(Channel, channel, "channel") if channel else None,
            cost=amount_,
            share=share,
            skip_why=skip_why,
            justify=justify,
            note=note,
            follow_up=when.day if when else None,
            margin=rate,
        )
        if dry_run:
            _weighed(ctx, weighing.propose(desk, where, ask), format_)
            return
        proposal = weighing.propose(desk, where, ask)
        ask_for_reason(ctx, gate(desk, [who], proposal.channel)[who], justify)
        action = desk_offers.make_offer(desk, [who], ask)
        if format_ is Shape.TEXT:
            printing.line(_net(proposal, formats(ctx)))
        say_done(ctx, desk, action, format_)


def cost_of(text: str, currency: str = "") -> tuple[float | None, float | None]:
    """Return a cost as typed: whole units of a currency, or a share (0–1) of the revenue."""
    from winback_tui.rules.amounts import parse_amount, parse_share

    if not text.strip():
        return None, None
    if text.strip().endswith("%"):
        return None, parse_share(text, "The cost")
    return float(parse_amount(text, "The cost", currency)), None


def _answer(
    ctx: typer.Context, customer: str, outcome: str, *, amount: str, note: str, shape: Shape
) -> None:
    from winback_tui.desk import weighing
    from winback_tui.desk.offers import answer_offer
    from winback_tui.rules.amounts import parse_amount
    from winback_tui.rules.offers import Result

    result = word(Result, outcome, "outcome")
    with open_desk(ctx) as desk:
        who = find(desk, customer)
        minor = 0
        if amount:
            where = weighing.position(desk, who)
            currency = (where.open_offer and where.open_offer.currency) or where.currency
            minor = int(parse_amount(amount, "The amount", currency) * 10 ** exponent(currency))
        say_done(ctx, desk, answer_offer(desk, [who], result, amount=minor, note=note), shape)


def _net(proposal: "Proposal", shown: "Formats") -> str:
    from winback_tui.words.offers import net_line

    return net_line(proposal.quote, proposal.position.days, shown)


def _weighed(ctx: typer.Context, proposal: "Proposal", shape: Shape) -> None:
    """Print an offer that was only weighed."""
    from winback_tui.words.offers import belief_line

    where, quote, shown = proposal.position, proposal.quote, formats(ctx)
    if shape is Shape.JSON:
        printing.print_json(
            {
                "customer": where.name,
                "rung": proposal.step.code,
                "title": proposal.step.title,
                "channel": proposal.channel.value,
                "net": quote.net,
                "uplift": _belief(proposal.lesson.uplift),
                "accept": _belief(proposal.lesson.accept),
                "margin": quote.margin_rate,
                "revenue": quote.revenue,
                "days": where.days,
                "cost": quote.cost,
                "cap": proposal.cap,
                "contact_cost": quote.contact,
                "currency": quote.currency,
                "refused": proposal.block or None,
            }
        )
    else:
        printing.line(f"{where.name}: {proposal.step.place} {proposal.step.title}")
        printing.line(_net(proposal, shown))
        uplift = proposal.lesson.uplift
        printing.line(f"uplift {belief_line(*uplift, shown)}")
        if proposal.block:
            printing.note(f"{where.name}: {proposal.block}")
    if proposal.block:
        raise typer.Exit(1)


def offers(
    ctx: typer.Context,
    *,
    customer: Annotated[
        str, typer.Option(metavar="CUSTOMER", help="Show the ladder of one customer instead.")
    ] = "",
    format_: Annotated[ListShape, typer.Option("--format", help="How to print.")] = ListShape.TABLE,
) -> None:
    """Show what offers have brought, by rung and reason.

    Each share is drawn towards a guess until this book's own outcomes outweigh it; the range is
    where it lies in nine of ten cases.

    Example: winback offers
    """
    from winback_tui.desk import offers as desk_offers
    from winback_tui.desk import weighing

    with open_desk(ctx, reading=True) as desk:
        if customer:
            _ladder(ctx, weighing.position(desk, find(desk, customer)), format_)
            return
        learned = desk_offers.lessons(desk)
    if format_ is ListShape.JSON:
        printing.print_json([_lesson(each) for each in learned])
        return
    shown = formats(ctx)
    printing.print_table(
        ("rung", "reason", "outcomes", "accepted", "accepting", "uplift", "from", "to"),
        [_row(each, shown) for each in learned],
        frozenset(range(2, 8)),
        wide=0,
        spare=(6, 7, 4),
    )


def _row(each: "Lesson", shown: "Formats") -> tuple[str, ...]:
    from winback_tui.words.offers import reason_title

    return (
        printing.printable(f"{each.step.place} {each.step.title}"),
        reason_title(each.reason),
        shown.number(each.uplift.n),
        shown.number(each.accepted),
        shown.percent(each.accept.mean),
        shown.percent(each.uplift.mean, 1),
        shown.percent(each.uplift.low, 1),
        shown.percent(each.uplift.high, 1),
    )


def _lesson(each: "Lesson") -> dict[str, Any]:
    return {
        "rung": each.step.code,
        "place": each.step.place,
        "title": each.step.title,
        "reason": each.reason.value if each.reason else None,
        "outcomes": each.uplift.n,
        "accepted": each.accepted,
        "uplift": _belief(each.uplift),
        "accept": _belief(each.accept),
    }


def _belief(share: "Belief") -> dict[str, Any]:
    return {"mean": share.mean, "low": share.low, "high": share.high, "n": share.n}


def _ladder(ctx: typer.Context, where: "Position", shape: ListShape) -> None:
    """Print a customer's ladder: what was offered in this case, and what comes next."""
    from winback_tui.words.offers import RESULTS

    made = {each.rung: each for each in where.made}
    coming = where.next_step.code if where.next_step else None
    if shape is ListShape.JSON:
        printing.print_json(
            [
                {
                    "rung": step.code,
                    "place": step.place,
                    "title": step.title,
                    "made_on": printing.iso(made[step.code].made_on) if step.code in made else None,
                    "result": getattr(made.get(step.code), "result", None),
                    "next": step.code == coming,
                }
                for step in where.steps
            ]
        )
        return
    shown = formats(ctx)
    rows = []
    for step in where.steps:
        done = made.get(step.code)
        state = "next" if step.code == coming else ""
        if done is not None:
            state = RESULTS[done.result] if done.result else "waiting for an answer"
        rows.append(
            (
                f"{step.place} {printing.printable(step.title)}",
                shown.date(done.made_on) if done else "",
                state,
            )
        )
    printing.print_table(("rung", "offered", "state"), rows)


def margin(
    ctx: typer.Context,
    rate: Annotated[str, typer.Argument(metavar="[SHARE]", help="Such as 30%.")] = "",
    *,
    customer: Annotated[str, typer.Option(metavar="CUSTOMER", help="Of one customer.")] = "",
    group: Annotated[str, typer.Option(metavar="GROUP", help="Of a product group.")] = "",
    format_: Annotated[ListShape, typer.Option("--format", help="How to print.")] = ListShape.TABLE,
) -> None:
    """Keep, or list, what is left of a sale: the margins.

    Example: winback margin 30% --group Tea
    """
    from winback_tui.desk import margins
    from winback_tui.rules.amounts import parse_share

    if customer and group:
        raise BadInputError("Name a customer or a group, not both.")
    if not rate and (customer or group):
        raise BadInputError("Say the margin, such as “winback margin 30% --group Tea”.")
    share = parse_share(rate, "The margin") if rate else None
    with open_desk(ctx, reading=share is None) as desk:
        if share is None:
            _list_margins(ctx, desk, format_)
            return
        ids = [find(desk, customer)] if customer else []
        action = margins.set_margin(desk, share, customers=ids, group=group)
        shape = Shape.JSON if format_ is ListShape.JSON else Shape.TEXT
        say_done(ctx, desk, action, shape)


def _list_margins(ctx: typer.Context, desk: "Desk", shape: ListShape) -> None:
    from winback_tui.desk import margins

    known = margins.margins(desk)
    names = margins.names(desk, known)
    if shape is ListShape.JSON:
        printing.print_json(
            [
                {
                    "scope": each.scope,
                    "of": names[each.scope, each.key],
                    "rate": each.rate,
                    "since": printing.iso(each.on),
                    "by": each.actor,
                }
                for each in known
            ]
        )
        return
    if not known:
        printing.line(printed.NO_MARGIN)
        return
    shown = formats(ctx)
    printing.print_table(
        ("of", "margin", "since", "by"),
        [
            (
                printing.printable(names[each.scope, each.key]),
                shown.percent(each.rate, 1),
                shown.date(each.on),
                printing.printable(each.actor),
            )
            for each in known
        ],
        frozenset({1}),
    )
