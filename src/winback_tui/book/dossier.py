"""What the dossier of one customer reads: contacts, orders and the log."""

import json
import sqlite3
from datetime import date, timedelta
from typing import Any, NamedTuple

from winback_tui.book import events
from winback_tui.book.listing import EPOCH
from winback_tui.model import Channel, EventKind


class Address(NamedTuple):
    """Where a customer sits; empty parts are None."""

    street: str | None
    zip: str | None
    city: str | None
    country: str | None
    vat_id: str | None


class ContactPoint(NamedTuple):
    """One way to reach a customer or a person there."""

    channel: Channel
    value: str
    ended_on: date | None
    id: int = 0


class Contact(NamedTuple):
    """A person at a customer; `ended_on` says when they left, `id` is 0 for the house itself."""

    name: str
    role: str | None
    verified_on: date | None
    ended_on: date | None
    points: tuple[ContactPoint, ...]
    id: int = 0


class OrderEntry(NamedTuple):
    """The lines of one document on one day; `amount` is their net in minor units."""

    day: date
    document: str
    amount: int
    currency: str
    lines: int


class SignalEntry(NamedTuple):
    """A signal that a file brought, such as a complaint; `note` is its text, empty for none."""

    day: date
    kind: str
    value: float | None
    note: str


class LogEntry(NamedTuple):
    """One event of the log; `undone` says that its inverse follows."""

    id: int
    at: str
    actor: str
    kind: EventKind
    payload: dict[str, Any]
    undone: bool


def address(connection: sqlite3.Connection, customer: int) -> Address | None:
    """Return where the customer sits, or None for one who is not in the book."""
    row = connection.execute(
        "SELECT street, zip, city, country, vat_id FROM customers WHERE id = ?", (customer,)
    ).fetchone()
    return None if row is None else Address(*row)


def first_purchase(connection: sqlite3.Connection, customer: int) -> date | None:
    """Return the day of the customer's first transaction, or None."""
    row = connection.execute(
        "SELECT min(day) FROM transactions WHERE customer_id = ?", (customer,)
    ).fetchone()
    return None if row[0] is None else EPOCH + timedelta(days=row[0])


def contacts(connection: sqlite3.Connection, customer: int) -> list[Contact]:
    """Return the customer's people, those still there first; points of the house itself last."""
    points: dict[int | None, list[ContactPoint]] = {}
    for contact, channel, value, ended, point in connection.execute(
        "SELECT contact_id, channel, value, ended_on, id FROM contact_points WHERE customer_id = ?"
        " ORDER BY ended_on IS NOT NULL, id",
        (customer,),
    ):
        points.setdefault(contact, []).append(
            ContactPoint(Channel(channel), value, _date(ended), point)
        )
    people = [
        Contact(name, role, _date(verified), _date(ended), tuple(points.get(key, ())), key)
        for key, name, role, verified, ended in connection.execute(
            "SELECT id, name, role, verified_on, ended_on FROM contacts WHERE customer_id = ?"
            " ORDER BY ended_on IS NOT NULL, id",
            (customer,),
        )
    ]
    if None in points:
        people.append(Contact("", None, None, None, tuple(points[None])))
    return people


def orders(
    connection: sqlite3.Connection, customer: int, as_of: date, limit: int
) -> list[OrderEntry]:
    """Return the customer's latest documents up to `as_of`, newest first, at most `limit`."""
    rows = connection.execute(
        "SELECT day, document, SUM(amount), currency, count(*) FROM transactions"
        " WHERE customer_id = ? AND day <= ? GROUP BY day, document, currency"
        " ORDER BY day DESC, document DESC LIMIT ?",
        (customer, (as_of - EPOCH).days, limit),
    )
    return [OrderEntry(EPOCH + timedelta(days=day), *rest) for day, *rest in rows]


def signals(
    connection: sqlite3.Connection, customer: int, as_of: date, limit: int
) -> list[SignalEntry]:
    """Return the customer's latest imported signals up to `as_of`, newest first.

    What a deed says as well is in the log, and mails that were merely opened or followed would hide
    all else: both are left out.
    """
    rows = connection.execute(
        "SELECT day, kind, value, coalesce(note, '') FROM signals"
        " WHERE customer_id = ? AND day <= ? AND event_id IS NULL"
        " AND (kind NOT IN ('email_opened', 'email_clicked') OR note > '')"
        " ORDER BY day DESC, id DESC LIMIT ?",
        (customer, (as_of - EPOCH).days, limit),
    )
    return [SignalEntry(EPOCH + timedelta(days=day), *rest) for day, *rest in rows]


def revenues(
    connection: sqlite3.Connection, ids: list[int], after: date, until: date
) -> dict[int, dict[str, int]]:
    """Return net revenue in (after, until] by currency, in minor units; none is ever summed up.

    Currencies with nothing are left out. The one that a customer is scored in comes first.
    """
    found: dict[int, dict[str, int]] = {each: {} for each in ids}
    for customer, currency, amount in connection.execute(
        "SELECT t.customer_id, t.currency, SUM(t.amount) FROM transactions t"
        " LEFT JOIN scores s ON s.customer_id = t.customer_id"
        " WHERE t.customer_id IN (SELECT value FROM json_each(?)) AND t.day > ? AND t.day <= ?"
        " GROUP BY t.customer_id, t.currency HAVING SUM(t.amount) <> 0"
        " ORDER BY t.customer_id, t.currency IS NOT s.currency, t.currency",
        (json.dumps(ids), (after - EPOCH).days, (until - EPOCH).days),
    ):
        found[customer][currency] = amount
    return found


def log(connection: sqlite3.Connection, customer: int, as_of: date, limit: int) -> list[LogEntry]:
    """Return the latest events about the customer up to `as_of`, newest first.

    Inverses are folded in.
    """
    rows = connection.execute(
        "SELECT id, at, actor, kind, payload, EXISTS (SELECT 1 FROM events u WHERE u.undoes = e.id)"
        " FROM events e WHERE customer_id = ? AND undoes IS NULL"
        " AND coalesce(json_extract(payload, '$.on'), substr(at, 1, 10)) <= ?"
        " ORDER BY id DESC LIMIT ?",
        (customer, as_of.isoformat(), limit),
    ).fetchall()
    return [
        LogEntry(
            key,
            at,
            actor,
            EventKind(kind),
            json.loads(payload),
            bool(touched) and events.is_undone(connection, key),
        )
        for key, at, actor, kind, payload, touched in rows
    ]


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
