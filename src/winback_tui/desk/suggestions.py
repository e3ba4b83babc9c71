"""What is suggested for which case, and who is awake again; accepted or dismissed by one key."""

import sqlite3
from datetime import date

from winback_tui.book import cases, consents, contracts
from winback_tui.book import suggestions as book
from winback_tui.book.changes import Changes
from winback_tui.desk import listing, worked
from winback_tui.desk.action import Action, perform
from winback_tui.desk.contracts import round_of
from winback_tui.desk.session import Desk
from winback_tui.desk.worked import Known
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, EventKind, Stage, Standing
from winback_tui.rules.suggestions import (
    Facts,
    Suggestion,
    WakeFacts,
    Woken,
    suggest,
    wakes,
)
from winback_tui.words import plans


def known(desk: Desk, connection: sqlite3.Connection) -> Known:
    """Return what the book as it is in `connection` suggests: a few queries for all cases."""
    talks = _talks(desk, connection)
    return Known(_suggestions(desk, connection, talks), _woken(desk, connection, talks))


def suggestion_for(desk: Desk, customer: int) -> Suggestion | None:
    """Return what is suggested for a customer's case, or None."""
    return worked.suggestions(desk).suggestions.get(customer)


def accept(desk: Desk, customer: int) -> Action:
    """Do what is suggested for a customer; BadInputError where nothing is."""
    from winback_tui.desk import deeds

    found = suggestion_for(desk, customer)
    if found is None:
        raise BadInputError("Nothing is suggested for this customer.")
    because = {"suggestion": found.hint.value}
    if found.until is not None:
        return deeds.snooze(desk, [customer], found.until, because=because)
    if found.ask_sales:
        to = _handed_to(desk, customer)
        return deeds.plan(desk, [customer], desk.as_of, plans.ask_sales(to),
                          because=because)  # fmt: skip
    return deeds.move_case(
        desk,
        [customer],
        found.stage or Stage.OPEN,
        let_go=found.let_go,
        because=because,
    )


def dismiss(desk: Desk, customer: int) -> Action:
    """Wave a suggestion aside until its facts change; BadInputError where there is none."""
    found = suggestion_for(desk, customer)
    if found is None:
        raise BadInputError("Nothing is suggested for this customer.")

    def write(changes: Changes, who: int, event: int) -> None:
        changes.put(
            "dismissals",
            customer_id=who,
            suggestion=found.hint.value,
            evidence=found.evidence,
            event_id=event,
        )

    facts = {"suggestion": found.hint.value}
    return perform(desk, [customer], EventKind.SUGGESTION, lambda state: state, facts, rows=write)


def _handed_to(desk: Desk, customer: int) -> str:
    with worked.one_view(desk.book) as connection:
        return cases.load(connection, customer).handed_to or "sales"


def _talks(desk: Desk, connection: sqlite3.Connection, *, renewed: bool = True) -> dict[int, date]:
    """Return when to begin to talk about the next contract round of whoever has an open case.

    Without `renewed`, a contract that is only taken to have renewed itself has no round.
    """
    found: dict[int, date] = {}
    for customer, known_contracts in contracts.of_cases(connection).items():
        rounds = [turn for each in known_contracts if (turn := round_of(desk, each))]
        if not renewed:
            stated = {each.ends_on for each in known_contracts}
            rounds = [turn for turn in rounds if turn.ends_on in stated]
        if rounds:
            found[customer] = min(turn.talk_from for turn in rounds)
    return found


def _suggestions(
    desk: Desk, connection: sqlite3.Connection, talks: dict[int, date]
) -> dict[int, Suggestion]:
    clocks, today = desk.config.cases, desk.as_of
    bought = book.bought(connection, today, clocks.paid_within)
    notices, signed = book.notices(connection, today), book.signed(connection, today)
    # Who gave notice has not renewed what came to its end.
    ending = _talks(desk, connection, renewed=False) if notices else {}
    objectors = book.objectors(connection)
    wrote = book.wrote_again(connection, today)
    ladder, losing = _used_ladders(desk, connection), _losing(desk, connection)
    worn = book.worn(
        connection, today, clocks.stop_attempts, clocks.stop_after, clocks.sales_silent
    )
    ids = sorted({*bought, *notices, *signed, *objectors, *wrote, *ladder, *losing, *worn})
    if not ids:
        return {}
    states = cases.load_many(connection, ids)
    blocked = _objecting(desk, connection, list(objectors))
    dismissed = book.dismissed(connection)
    found: dict[int, Suggestion] = {}
    for customer in ids:
        paid_on, paid = bought.get(customer, (None, ()))
        facts = Facts(
            paid_on,
            paid,
            notices.get(customer),
            signed.get(customer),
            (ending if customer in notices else talks).get(customer),
            objectors[customer] if customer in blocked else None,
            customer in ladder,
            losing.get(customer),
            wrote.get(customer),
        )
        each = suggest(states[customer], facts, today, clocks)
        if each and dismissed.get((customer, each.hint.value)) != each.evidence:
            found[customer] = each
    return found


def _objecting(desk: Desk, connection: sqlite3.Connection, ids: list[int]) -> set[int]:
    """Return those of `ids` whose objection holds today."""
    facts, kinds = consents.facts(connection, ids), consents.party_kinds(connection, ids)
    return {
        customer
        for customer, kind in kinds.items()
        if all(
            state.standing is Standing.BLOCKED and state.why.value == "objected"
            for state in listing.contactability(desk, kind, facts[customer]).values()
        )
    }


def _used_ladders(desk: Desk, connection: sqlite3.Connection) -> set[int]:
    ids = book.offered(connection)
    if not ids:
        return set()
    from winback_tui.book import offers
    from winback_tui.rules.offers import ladder, used_up, waits

    steps, cooldown = ladder(desk.config.offers), desk.config.offers.cooldown_days
    states = cases.load_many(connection, ids)
    found: set[int] = set()
    for customer, every in offers.made(connection, ids).items():
        made = [each for each in every if each.made_on >= (states[customer].opened_on or date.min)]
        # Of the last rung, too, the answer is waited for.
        if used_up(steps, made) and not waits(made, desk.as_of, cooldown):
            found.add(customer)
    return found


def _losing(desk: Desk, connection: sqlite3.Connection) -> dict[int, str]:
    """Return with whom every offer that is left would lose money; none where no margin is known."""
    ids = book.worked(connection, desk.as_of) if book.margins_known(connection) else []
    if not ids:
        return {}
    from winback_tui.desk.stopping import losing

    return losing(desk, connection, ids)


def _woken(desk: Desk, connection: sqlite3.Connection, talks: dict[int, date]) -> dict[int, Woken]:
    ids = book.asleep(connection, desk.as_of)
    if not ids:
        return {}
    today, clocks = desk.as_of, desk.config.cases
    states = cases.load_many(connection, ids)
    bought, wrote = book.bought_asleep(connection, today), book.wrote_asleep(connection, today)
    changed = book.changed_asleep(connection, today)
    facts, kinds = consents.facts(connection, ids), consents.party_kinds(connection, ids)
    found: dict[int, Woken] = {}
    for customer in ids:
        standings = listing.contactability(desk, kinds[customer], facts[customer])
        ends = [
            standings[channel].until
            for channel in (Channel.EMAIL, Channel.PHONE, Channel.SMS)
            if standings[channel].standing is Standing.ALLOWED
        ]
        each = wakes(
            states[customer],
            WakeFacts(
                bought.get(customer),
                wrote.get(customer),
                changed.get(customer),
                min((day for day in ends if day is not None), default=None),
                talks.get(customer),
            ),
            today,
            clocks,
        )
        if each is not None:
            found[customer] = each
    return found
