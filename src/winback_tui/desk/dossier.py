"""Everything about one customer: who, why, what happened, and who may be called."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

from winback_tui.book import dossier as book
from winback_tui.book import listing as lists
from winback_tui.book import score_history
from winback_tui.book.dossier import Address, Contact, LogEntry, OrderEntry, SignalEntry
from winback_tui.desk import listing, worked
from winback_tui.desk.listing import Row
from winback_tui.desk.session import Desk

#: So many documents and events does a timeline show.
TIMELINE = 300
PLOT_MONTHS = 24


class Dossier(NamedTuple):
    """One customer in full; `months` are the net revenues of the last 24 calendar months."""

    row: Row
    address: Address
    first_purchase: date | None
    contacts: tuple[Contact, ...]
    timeline: tuple[OrderEntry | LogEntry | SignalEntry, ...]
    months: tuple[int, ...]
    month_starts: tuple[date, ...]
    revenue_12m: int
    due: date | None
    #: The scores on the last as-of dates, the oldest first.
    scores: tuple[tuple[date, float], ...] = ()
    #: Pairs of label and text on contracts and the speed clock.
    around: tuple[tuple[str, str], ...] = ()
    #: The revenue of 12 months in minor units, by currency.
    revenues: Mapping[str, int] = MappingProxyType({})


def dossier(desk: Desk, customer: int) -> Dossier | None:
    """Return the dossier of a customer, or None for one who has never bought (or no score yet)."""
    from winback_tui.desk.around import around

    with worked.one_view(desk.book) as connection:
        row = listing.rows(desk, [customer]).get(customer)
        address = book.address(connection, customer)
        if row is None or address is None:
            return None
        orders = book.orders(connection, customer, desk.as_of, TIMELINE)
        events = book.log(connection, customer, desk.as_of, TIMELINE)
        signals = book.signals(connection, customer, desk.as_of, TIMELINE)
        months = lists.monthly(connection, [customer], desk.as_of, PLOT_MONTHS)[customer]
        year = book.revenues(connection, [customer], desk.as_of - timedelta(days=365), desk.as_of)
        due = row.record.due_day
        return Dossier(
            row=row,
            address=address,
            first_purchase=book.first_purchase(connection, customer),
            contacts=tuple(book.contacts(connection, customer)),
            timeline=tuple(sorted((*orders, *signals, *events), key=_instant, reverse=True)),
            months=months,
            month_starts=tuple(lists.month_starts(desk.as_of, PLOT_MONTHS)),
            revenue_12m=year[customer].get(row.record.currency, 0),
            revenues=year[customer],
            due=None if due is None else lists.EPOCH + timedelta(days=due),
            scores=tuple(
                (date.fromisoformat(day), points)
                for day, points in score_history.history(connection, customer)
                if day <= desk.as_of.isoformat()
            ),
            around=tuple(around(desk, connection, customer)),
        )


def _instant(entry: OrderEntry | LogEntry | SignalEntry) -> tuple[str, int]:
    if isinstance(entry, OrderEntry | SignalEntry):
        return entry.day.isoformat(), 0
    # The day that the user saw, which an --as-of date may have moved.
    return str(entry.payload.get("on", entry.at))[:10], entry.id
