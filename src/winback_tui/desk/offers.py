"""Offers: which rung comes next, what it would bring, making it, and what became of it."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NoReturn

from winback_tui.book import cases
from winback_tui.book import offers as book
from winback_tui.desk import margins
from winback_tui.desk.action import Action, Plan, clean, decide, must_exist, record, refuse_all
from winback_tui.desk.outgoing import Passages
from winback_tui.desk.session import Desk
from winback_tui.desk.weighing import Ask, Proposal, of_case, tallies, weigh, who
from winback_tui.errors import BadInputError
from winback_tui.model import CaseState, EventKind, LeavingReason
from winback_tui.rules import offer_cases
from winback_tui.rules import offers as rules
from winback_tui.rules.offers import Lesson, Made, Result, Step
from winback_tui.words import plans

#: Days after an accepted offer on which to look whether the order came.
_ORDER_DUE: Final = timedelta(days=14)


def make_offer(desk: Desk, customers: Sequence[int], ask: Ask) -> Action:
    """Log an offer to these customers, each weighed and gated; the next rung unless one is named.

    Raises BadInputError where it is refused for all: by the ladder, the cooldown, the cap, a
    negative net, an unknown margin, or the consent.
    """
    ids = tuple(dict.fromkeys(customers))
    with desk.book.write() as connection:
        must_exist(connection, ids)
        if ask.margin is not None:
            _keep_margin(desk, connection, ids, ask)
        passages = Passages(desk, source="offer", reason=ask.justify)
        found, refused = weigh(desk, connection, ids, ask, passages)
        if not found:
            _refuse_all(refused)
        moves: dict[int, Callable[[CaseState], CaseState]] = {
            each: _move(desk, proposal, ask) for each, proposal in found.items()
        }
        plan = _decide(connection, moves, refused)
        facts = {each: _facts(found[each], ask) for each in plan.after}
        return record(desk, connection, EventKind.OFFER, plan, facts, also=passages.write)


def _keep_margin(desk: Desk, connection: sqlite3.Connection, ids: Sequence[int], ask: Ask) -> None:
    """Keep the margin that comes with an offer; undone apart from it."""
    rate = ask.margin or 0.0
    if ask.margin_for == "customer":
        margins.keep(desk, connection, rate, customers=ids)
        return
    group = ""
    if ask.margin_for == "group":
        basket = book.basket(connection, ids[0], desk.as_of)
        group = max((each for each in basket if each), key=lambda each: basket[each], default="")
        if not group:
            raise BadInputError("What they buy has no product group; give the margin otherwise.")
    margins.keep(desk, connection, rate, group=group)


def answer_offer(
    desk: Desk, customers: Sequence[int], result: Result, *, amount: int = 0, note: str = ""
) -> Action:
    """Record what became of the last open offer to each of these customers.

    `amount` is what was ordered, in minor units of the offer's currency. Raises BadInputError where
    none of them has an open offer, and for an amount with anything but a yes.
    """
    if amount and result is not Result.ACCEPTED:
        raise BadInputError("Only an offer that was accepted brings an amount; leave it out.")
    ids = tuple(dict.fromkeys(customers))
    with desk.book.write() as connection:
        labels = must_exist(connection, ids)
        states = cases.load_many(connection, ids)
        made = book.made(connection, ids)
        steps = rules.ladder(desk.config.offers)
        found: dict[int, Made] = {}
        moves: dict[int, Callable[[CaseState], CaseState]] = {}
        refused: list[tuple[int, str]] = []
        for each in ids:
            offers = made.get(each, [])
            open_one = next((one for one in reversed(offers) if one.result is None), None)
            if open_one is None:
                refused.append((each, f"{who(labels[each])}: no offer is waiting for an answer."))
                continue
            found[each] = open_one
            these = [
                one._replace(result=result) if one.event == open_one.event else one
                for one in of_case(offers, states[each])
            ]
            moves[each] = _after_answer(desk, steps, these, result)
        if not found:
            _refuse_all(refused)
        plan = _decide(connection, moves, refused)
        facts = {
            each: _kept(
                offer=found[each].event,
                rung=found[each].rung,
                title=found[each].title,
                result=result.value,
                amount=amount,
                currency=found[each].currency,
                note=clean(note),
            )
            for each in plan.after
        }
        return record(desk, connection, EventKind.OFFER_ANSWER, plan, facts)


def _after_answer(
    desk: Desk, steps: Sequence[Step], made: Sequence[Made], result: Result
) -> Callable[[CaseState], CaseState]:
    """Return what the answer makes of the case, and when which step is due."""
    today = desk.as_of
    if result is Result.ACCEPTED:
        due, action = today + _ORDER_DUE, plans.HAS_THE_ORDER_COME
    elif (step := rules.next_step(steps, made)) is None:
        due, action = today, plans.LADDER_USED_UP
    else:
        free = rules.free_from(made, desk.config.offers.cooldown_days)
        due, action = max(today, free or today), plans.offer(step.title)
    return lambda state: offer_cases.after_answer(
        state, result, today, follow_up=due, next_action=action
    )


# What was learned


def lessons(desk: Desk) -> list[Lesson]:
    """Return what this book has taught: each rung with all reasons, then with those it has met."""
    learned = tallies(desk)
    weight = desk.config.offers.prior_weight
    found: list[Lesson] = []
    for step in rules.ladder(desk.config.offers):
        found.append(rules.lesson(step, None, learned, weight))
        met = [reason for reason in LeavingReason if (step.code, reason) in learned]
        found += [rules.lesson(step, reason, learned, weight) for reason in met]
    return found


def _move(desk: Desk, proposal: Proposal, ask: Ask) -> Callable[[CaseState], CaseState]:
    follow_up = ask.follow_up or desk.as_of + timedelta(days=desk.config.offers.cooldown_days)
    return lambda state: offer_cases.after_offer(
        state, desk.as_of, follow_up=follow_up, next_action=plans.answer_to(proposal.step.title)
    )


def _decide(
    connection: sqlite3.Connection,
    moves: Mapping[int, Callable[[CaseState], CaseState]],
    refused: Sequence[tuple[int, str]],
) -> Plan:
    """Return the plan of moves that differ by customer, with those already refused."""
    plans: list[Plan] = []
    left = list(refused)
    for each, move in moves.items():
        try:
            plans.append(decide(connection, [each], move))
        except BadInputError as refusal:
            left.append((each, str(refusal)))
    if not plans:
        _refuse_all(left)
    before = {each: state for plan in plans for each, state in plan.before.items()}
    after = {each: state for plan in plans for each, state in plan.after.items()}
    return plans[0]._replace(before=before, after=after, skipped=tuple(left))


def _refuse_all(refused: Sequence[tuple[int, str]]) -> NoReturn:
    if not refused:
        raise BadInputError("No customer is chosen; choose at least one.")
    refuse_all(refused)


def _facts(proposal: Proposal, ask: Ask) -> dict[str, Any]:
    quote, where = proposal.quote, proposal.position
    return _kept(
        rung=proposal.step.code,
        title=proposal.step.title,
        channel=proposal.channel.value,
        cost=quote.cost,
        contact=quote.contact,
        net=quote.net,
        expected=quote.revenue,
        currency=quote.currency,
        margin=round(quote.margin_rate, 6),
        uplift=round(quote.uplift, 6),
        accept=round(quote.accept, 6),
        p_left=round(where.p_left, 6),
        reason=None if where.reason is LeavingReason.UNKNOWN else where.reason.value,
        skip_why=clean(ask.skip_why),
        justify=clean(ask.justify),
        note=clean(ask.note),
        follow_up=ask.follow_up and ask.follow_up.isoformat(),
    )


def _kept(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value not in (None, "")}
