"""The note to a successor: what the book knows, gathered into a draft."""

from collections.abc import Sequence
from typing import Final

from winback_tui.book import cases, contacts, events, handover_facts
from winback_tui.book import dossier as book
from winback_tui.desk.session import Desk
from winback_tui.desk.worked import one_view
from winback_tui.model import CaseState, EventKind, Outcome
from winback_tui.words.customers import customer_name
from winback_tui.words.deeds import day_of, event_line
from winback_tui.words.format import Formats
from winback_tui.words.successor import Facts, letter

_ORDERS: Final = 3
_PRODUCTS: Final = 3
_TALKS: Final = 4
#: Calls in which something can be agreed.
_TALKED: Final = (Outcome.REACHED, Outcome.CALLBACK, Outcome.INBOUND)


def note_for(desk: Desk, customer: int, contact: int | None = None) -> str:
    """Return a draft to the successor of `contact` (None: of whoever left last).

    Without anybody who has left it introduces us to whoever reads it.
    """
    formats = Formats.from_environment(desk.config.user.locale)
    with one_view(desk.book) as connection:
        people = contacts.people(connection, customer)
        gone = [each for each in people if each.ended_on]
        left = next((each for each in gone if each.id == contact), None)
        if left is None and contact is None:
            left = max(gone, key=lambda each: (each.ended_on or "", each.id), default=None)
        after = next((each for each in people if left and each.id == left.successor), None)
        number, name = cases.labels(connection, [customer])[customer]
        case = cases.load(connection, customer)
        first = book.first_purchase(connection, customer)
        log = events.of_customer(connection, customer, 50)
        return letter(
            Facts(
                customer=customer_name(number, name),
                left=left.name if left else "",
                successor=after.name if after else "",
                since=first.year if first else None,
                orders=tuple(
                    (each.day, formats.money(each.amount, each.currency))
                    for each in book.orders(connection, customer, desk.as_of, _ORDERS)
                    if each.amount > 0
                ),
                products=tuple(
                    each.name or each.code
                    for each in handover_facts.products(connection, customer, desk.as_of, _PRODUCTS)
                    if each.name or each.code
                ),
                talks=tuple(
                    (
                        day_of(each.payload, each.at),
                        event_line(each.kind, each.payload, formats.date),
                    )
                    for each in log
                    if each.kind in (EventKind.CALL, EventKind.NOTE)
                )[:_TALKS],
                open_step=(
                    (case.next_action_on, case.next_action)
                    if case.next_action_on and case.next_action
                    else None
                ),
                agreed=_agreed(log, case),
                sender=desk.actor,
            ),
            formats,
        )


def _agreed(log: Sequence[events.Event], case: CaseState) -> bool:
    """Return whether what comes next was said in a talk with the customer.

    What the program or a colleague plans alone (aftercare, an offer, a question to sales) was not.
    """
    on = case.next_action_on.isoformat() if case.next_action_on else ""
    return any(
        each.kind is EventKind.CALL
        and each.payload.get("outcome") in _TALKED
        and each.payload.get("follow_up") == on
        and each.payload.get("next_action") == case.next_action
        for each in log
    )
