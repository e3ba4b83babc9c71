"""Erasing a customer: who is on the way out, and what goes when."""

import sqlite3
from typing import Final

from winback_tui.book import suppression

#: Which channels an address of a suppressed kind is used for.
_CHANNELS: Final = {"email": ("email",), "phone": ("phone", "sms")}


def on_their_way_out(connection: sqlite3.Connection) -> set[int]:
    """Return the customers whose erasure is asked for and stands, or is done."""
    from winback_tui.book import events

    return {
        customer
        for customer, event, state in connection.execute(
            "SELECT customer_id, event_id, state FROM erasures"
        ).fetchall()
        if state != "waiting" or not events.is_undone(connection, event)
    }


def never_leave(connection: sqlite3.Connection) -> frozenset[int]:
    """Return the customers who are in no export.

    That is whose erasure is asked for or done, and whose number or any address is suppressed.
    """
    found = on_their_way_out(connection)
    if not suppression.any_kept(connection):
        return frozenset(found)
    for kind, owners in _owners(connection).items():
        for value in suppression.among(connection, kind, owners):
            found |= owners[value]
    return frozenset(found)


def _owners(connection: sqlite3.Connection) -> dict[str, dict[str, set[int]]]:
    """Return for each kind of address whose each is."""
    found: dict[str, dict[str, set[int]]] = {"number": {}, "email": {}, "phone": {}, "post": {}}
    for customer, number, name, street, code in connection.execute(
        "SELECT id, number, name, street, zip FROM customers"
    ):
        found["number"].setdefault(number, set()).add(customer)
        if street:
            found["post"].setdefault(postal(name, street, code), set()).add(customer)
    for kind, channels in _CHANNELS.items():
        for customer, value in connection.execute(
            "SELECT customer_id, value FROM contact_points WHERE channel IN (?, ?)",
            (channels[0], channels[-1]),
        ):
            found[kind].setdefault(value, set()).add(customer)
    return found


def postal(name: str, street: str, code: str | None) -> str:
    """Return a postal address in one line, as suppression digests it."""
    return " ".join(part for part in (name, street, code) if part)
