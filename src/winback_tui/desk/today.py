"""What a manager did today, and what is left."""

from datetime import date
from typing import NamedTuple

from winback_tui.book import today as book
from winback_tui.book.connection import plain_errors
from winback_tui.desk import listing
from winback_tui.desk.session import Desk
from winback_tui.model import EventKind, Money, Outcome, Stage, Tab

_REACHED = frozenset({Outcome.REACHED.value, Outcome.INBOUND.value, Outcome.CALLBACK.value})


class Summary(NamedTuple):
    """One day's work of one actor.

    `saved` is what was at risk, by currency, when those who came back did.
    """

    customers: int
    calls: int
    reached: int
    reactivated: int
    handed_over: int
    notes: int
    saved: tuple[Money, ...]
    queue: int
    due: int


def newest_purchase(desk: Desk) -> date | None:
    """Return the day of the book's newest purchase up to the desk's date, or None."""
    with plain_errors(desk.book.path):
        return book.newest_purchase(desk.book.connection, desk.as_of)


def summary(desk: Desk) -> Summary:
    """Return what the desk's actor did on the desk's day; what was undone does not count."""
    with plain_errors(desk.book.path):
        done = book.effective(desk.book.connection, desk.actor, desk.as_of)
        calls = [facts for kind, _, facts in done if kind is EventKind.CALL]
        back = {
            customer: facts
            for kind, customer, facts in done
            if kind is EventKind.STAGE and facts.get("stage") == Stage.REACTIVATED.value
        }
    saved: dict[str, int] = {}
    for facts in back.values():
        if currency := facts.get("currency"):
            saved[currency] = saved.get(currency, 0) + facts["value_at_risk"]
    counts = listing.counts(desk)
    return Summary(
        customers=len({customer for _, customer, _ in done}),
        calls=len(calls),
        reached=sum(facts.get("outcome") in _REACHED for facts in calls),
        reactivated=len(back),
        handed_over=sum(kind is EventKind.HANDOVER for kind, _, _ in done),
        notes=sum(kind is EventKind.NOTE for kind, _, _ in done),
        saved=tuple(Money(amount, currency) for currency, amount in sorted(saved.items())),
        queue=counts.tabs[Tab.QUEUE],
        due=counts.due,
    )
