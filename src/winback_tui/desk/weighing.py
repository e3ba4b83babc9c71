"""Where a customer stands on the ladder, and what an offer would bring them and us."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from winback_tui.book import cases, listing
from winback_tui.book import offers as book
from winback_tui.book.connection import plain_errors
from winback_tui.book.listing import Record
from winback_tui.desk import outgoing
from winback_tui.desk.action import must_exist
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import CaseState, Channel, LeavingReason, Money, exponent
from winback_tui.rules import offers as rules
from winback_tui.rules.amounts import MarginRate, margin_rate
from winback_tui.rules.consent import Contactability
from winback_tui.rules.leaving import ruling
from winback_tui.rules.offers import Lesson, Made, Quote, Step, Tally
from winback_tui.words import offers as words
from winback_tui.words.format import Formats


class Ask(NamedTuple):
    """An offer as it is asked for; what is empty is chosen.

    `cost` is in whole units of the customer's currency, `share` a part (0–1) of the expected
    revenue instead; `skip_why` says why a rung is skipped or comes sooner, `justify` why the
    contact is expected where consent only warns. `margin` (0–1) is kept with the offer, for
    `margin_for`: customer, group (the one they buy most from) or all.
    """

    rung: str = ""
    channel: Channel | None = None
    cost: float | None = None
    share: float | None = None
    skip_why: str = ""
    justify: str = ""
    note: str = ""
    follow_up: date | None = None
    margin: float | None = None
    margin_for: str = "customer"


#: An offer as it is, where nothing else is asked for.
_PLAIN: Final = Ask()


class Position(NamedTuple):
    """Where a customer stands on the ladder, and what is known for the next offer.

    `made` are the offers of this case, oldest first; `revenue` is what they would bring in `days`
    if they came back, in minor units of `currency`; `margin` is None where it must be asked for.
    """

    customer: int
    name: str
    steps: tuple[Step, ...]
    made: tuple[Made, ...]
    next_step: Step | None
    free_from: date | None
    reason: LeavingReason
    margin: MarginRate | None
    revenue: int
    days: int
    currency: str
    p_left: float
    groups: tuple[str, ...]
    channels: dict[Channel, Contactability]

    @property
    def open_offer(self) -> Made | None:
        """The last offer whose answer is not known yet."""
        return next((each for each in reversed(self.made) if each.result is None), None)


class Proposal(NamedTuple):
    """An offer weighed for one customer; `block` says why it must not be made, or nothing."""

    position: Position
    step: Step
    channel: Channel
    quote: Quote
    cap: int
    lesson: Lesson
    block: str


def position(desk: Desk, customer: int) -> Position:
    """Return where a customer stands on the ladder.

    Raises BadInputError for one who is not in the book, or has no score.
    """
    with plain_errors(desk.book.path):
        return positions(desk, desk.book.connection, [customer])[customer]


def propose(desk: Desk, where: Position, ask: Ask) -> Proposal:
    """Return the offer weighed.

    Raises BadInputError where it cannot be weighed: the ladder is used up, or no margin is known.
    """
    try:
        return proposed(desk, _with_margin(where, ask), ask, tallies(desk))
    except BadInputError as refusal:
        raise BadInputError(f"{where.name}: {refusal}") from None


def _with_margin(where: Position, ask: Ask) -> Position:
    """Return the position as it will be once the margin that comes with the offer is kept."""
    if ask.margin is None:
        return where
    return where._replace(margin=MarginRate(ask.margin, ask.margin_for))


def positions(
    desk: Desk, connection: sqlite3.Connection, ids: Sequence[int]
) -> dict[int, Position]:
    """Return where each customer stands on the ladder; BadInputError where one has no score."""
    labels = must_exist(connection, ids)
    records = listing.records(connection, ids)
    states = cases.load_many(connection, ids)
    made = book.made(connection, ids)
    known = book.margins(connection)
    allowed = outgoing.standings(desk, ids)
    steps = rules.ladder(desk.config.offers)
    found: dict[int, Position] = {}
    for each in ids:
        if each not in records:
            raise BadInputError(
                f"{who(labels[each])} has no score yet, so nobody knows what an offer would bring;"
                " they must have bought something first."
            )
        basket = book.basket(connection, each, desk.as_of)
        these = tuple(of_case(made.get(each, []), states[each]))
        revenue, days = expected_revenue(desk, records[each])
        found[each] = Position(
            each,
            who(labels[each]),
            steps,
            these,
            rules.next_step(steps, these),
            rules.free_from(these, desk.config.offers.cooldown_days),
            reason_of(states[each]),
            margin_from(known, each, basket),
            revenue,
            days,
            records[each].currency,
            records[each].p_left,
            tuple(group for group in basket if group),
            allowed[each],
        )
    return found


def expected_revenue(desk: Desk, of: Record) -> tuple[int, int]:
    """Return what a customer would bring if they came back, in minor units, and in how many days.

    It is what the score expects of them within its horizon if they stayed, before the hope fades,
    for the days that the config names.
    """
    whole = of.value_at_risk / max(1e-9, of.score / 100 * _hope(desk, of)) if of.score > 0.5 else 0
    days = desk.config.offers.horizon_days or of.horizon_days
    return round(min(whole * days / max(1, of.horizon_days), 2**53)), days


def _hope(desk: Desk, of: Record) -> float:
    """Return the hope that is in the value at risk, as `scoring.value.hope` has it."""
    silence = max(0, (desk.as_of - listing.EPOCH).days - of.last_day)
    over = max(0, silence - of.horizon_days)
    return float(max(0.5 ** (over / max(of.horizon_days, 91)), 1e-6))


def reason_of(state: CaseState) -> LeavingReason:
    """Return the reason to weigh by: ours where we have one, else theirs."""
    return ruling(state.reason, state.assessed) or LeavingReason.UNKNOWN


def of_case(made: Sequence[Made], state: CaseState) -> list[Made]:
    """Return the offers that belong to the case as it is now; a new case begins below."""
    if state.stage is None or state.stage.closed:
        return []
    return [each for each in made if state.opened_on is None or each.made_on >= state.opened_on]


def margin_from(
    known: Sequence[book.Margin], customer: int, basket: Mapping[str, int]
) -> MarginRate | None:
    """Return the margin of a customer by what is known and what they buy; None: to be asked."""
    rates = {(each.scope, each.key): each.rate for each in known}
    groups = {each.key: each.rate for each in known if each.scope == "group"}
    return margin_rate(
        rates.get(("customer", str(customer))), groups, rates.get(("all", "")), basket
    )


def proposed(
    desk: Desk, where: Position, ask: Ask, learned: Mapping[tuple[str, LeavingReason], Tally]
) -> Proposal:
    """Return the offer weighed by what was `learned`; BadInputError where it cannot be."""
    settings = desk.config.offers
    step = rules.rung_of(where.steps, ask.rung) if ask.rung else where.next_step
    if step is None:
        raise BadInputError("the ladder is used up; let the customer go, or name a rung.")
    if where.margin is None:
        raise BadInputError(
            "the margin is not known, and unknown is never taken as 100 %; give it once with the"
            " offer, or for a product group or everyone with “winback margin”."
        )
    personal = (Channel.PHONE,) if step.code == "personal" else ()
    channel = ask.channel or outgoing.best_channel(where.channels, personal)
    lesson = rules.lesson(step, where.reason, learned, settings.prior_weight)
    revenue = Money(where.revenue, where.currency)
    quote = quoted(desk, lesson, where.margin.rate, (revenue, channel), ask)
    rate, minor = rate_of(desk, where.currency), 10 ** exponent(where.currency)
    cap = rules.cap_of(
        where.margin.rate, where.revenue, minor, settings._replace(cap=settings.cap * rate)
    )
    block = rules.blocked(quote, cap)
    formats = Formats.from_environment(desk.config.user.locale)
    sentence = words.refused_line(block.value, quote, cap, formats) if block else ""
    return Proposal(where, step, channel, quote, cap, lesson, sentence)


def quoted(
    desk: Desk, lesson: Lesson, margin: float, by: tuple[Money, Channel], ask: Ask = _PLAIN
) -> Quote:
    """Return what an offer costs and brings: of a revenue, by a channel.

    Raises BadInputError where nobody has said what the currency is worth.
    """
    revenue, channel = by
    step, rate = lesson.step, rate_of(desk, revenue.currency)
    minor = 10 ** exponent(revenue.currency)
    return Quote(
        lesson.uplift.mean,
        lesson.accept.mean,
        margin,
        revenue.amount,
        rules.cost_of(
            step._replace(cost=step.cost * rate), revenue.amount, minor, ask.cost, ask.share
        ),
        round(getattr(desk.config.offers.contact, channel.value) * rate * minor),
        revenue.currency,
    )


def rate_of(desk: Desk, currency: str) -> float:
    """Return how many units of a currency are one of the currency that `[offers]` is told in."""
    settings = desk.config.offers
    own = settings.currency or desk.config.imports.currency
    known = settings.currencies.get(currency)
    if currency != own and (known is None or not known.rate):
        raise BadInputError(
            f"they pay in {currency}, and what offers cost is told in {own}; in the config, write"
            f' currency = "{currency}" under [offers] if you mean {currency} by all figures there,'
            f" or what one {own} is worth under [offers.currencies.{currency}], such as rate = 1.1."
        )
    return 1.0 if currency == own or known is None else known.rate


def weigh(
    desk: Desk,
    connection: sqlite3.Connection,
    ids: Sequence[int],
    ask: Ask,
    passages: outgoing.Passages,
) -> tuple[dict[int, Proposal], list[tuple[int, str]]]:
    """Return the offers that may be made, and the sentences for those who get none.

    Every brake is tried: the margin, the gate, the ladder with its cooldown, the cap and the net.
    """
    learned = book.tallies(connection)
    labels = must_exist(connection, ids)
    scored = listing.records(connection, ids)
    where_they_stand = positions(desk, connection, [each for each in ids if each in scored])
    found: dict[int, Proposal] = {}
    why: dict[int, str] = {
        each: "there is no score yet; they must have bought something first."
        for each in ids
        if each not in where_they_stand
    }
    for each, where in where_they_stand.items():
        try:
            found[each] = proposed(desk, where, ask, learned)
        except BadInputError as refusal:
            why[each] = str(refusal)
    why |= passages.refuse(connection, {each: found[each].channel for each in found})
    for each, proposal in found.items():
        try:
            _braked(desk, proposal, ask)
        except BadInputError as refusal:
            why.setdefault(each, str(refusal))
    refused = [(each, f"{who(labels[each])}: {why[each]}") for each in ids if each in why]
    return {each: found[each] for each in found if each not in why}, refused


def _braked(desk: Desk, proposal: Proposal, ask: Ask) -> None:
    """Raise BadInputError where the ladder, the cap or the net hold the offer back."""
    rules.may_step(
        proposal.position.steps,
        proposal.step,
        proposal.position.made,
        desk.as_of,
        cooldown=desk.config.offers.cooldown_days,
        why=ask.skip_why,
    )
    if proposal.block:
        raise BadInputError(proposal.block)


def margin_of(desk: Desk, customer: int) -> MarginRate | None:
    """Return what is left of a customer's sales, or None where nobody has said."""
    with plain_errors(desk.book.path):
        connection = desk.book.connection
        basket = book.basket(connection, customer, desk.as_of)
        return margin_from(book.margins(connection), customer, basket)


def tallies(desk: Desk) -> dict[tuple[str, LeavingReason], Tally]:
    """Return what became of all offers of the book that were answered, by rung and reason."""
    with plain_errors(desk.book.path):
        return book.tallies(desk.book.connection)


def who(label: tuple[str, str]) -> str:
    """Return number and name as a refusal names a customer."""
    number, name = label
    return f"{name} ({number})" if name else number
