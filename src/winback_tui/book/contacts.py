"""People at customers and the ways to reach them: reading one, and writing through `Changes`."""

import sqlite3
from collections.abc import Sequence
from typing import Final, NamedTuple

from winback_tui.book import spelling
from winback_tui.book.changes import Changes
from winback_tui.model import Channel

#: What a signal of a person who has left is called.
LEFT_SIGNAL: Final = "contact_left"


class Person(NamedTuple):
    """A contact as stored; `ended_on` is ISO text."""

    id: int
    name: str
    role: str | None
    verified_on: str | None
    ended_on: str | None
    successor: int | None


class Point(NamedTuple):
    """A way to reach somebody; `contact` is None for the house itself."""

    id: int
    contact: int | None
    channel: Channel
    value: str
    verified_on: str | None
    ended_on: str | None


def people(connection: sqlite3.Connection, customer: int) -> list[Person]:
    """Return the customer's people, those still there first, in the order they were entered."""
    rows = connection.execute(
        "SELECT id, name, role, verified_on, ended_on, successor_id FROM contacts"
        " WHERE customer_id = ? ORDER BY ended_on IS NOT NULL, id",
        (customer,),
    )
    return [Person(*row) for row in rows]


def points(connection: sqlite3.Connection, customer: int) -> list[Point]:
    """Return the ways to reach a customer, those that still hold first."""
    rows = connection.execute(
        "SELECT id, contact_id, channel, value, verified_on, ended_on FROM contact_points"
        " WHERE customer_id = ? ORDER BY ended_on IS NOT NULL, id",
        (customer,),
    )
    return [Point(row[0], row[1], Channel(row[2]), *row[3:]) for row in rows]


def matching(connection: sqlite3.Connection, customer: int, words: str) -> list[Person]:
    """Return the people whom `words` name: a whole name, else part of one, or one of their points.

    Case, accents and spelling do not count; people who have left come last.
    """
    named = " ".join(words.split())
    wanted = spelling.sought(named)
    known = people(connection, customer)
    if exact := [each for each in known if spelling.same(each.name, named)]:
        return exact
    ways = points(connection, customer)
    owners = {each.contact for each in ways if spelling.same(each.value, named)}
    return [each for each in known if wanted.fits(each.name) or each.id in owners]


def add(
    changes: Changes,
    customer: int,
    name: str,
    role: str | None,
    ways: Sequence[tuple[Channel, str]],
    *,
    verified_on: str | None,
) -> int:
    """Write a new contact with ways to reach them; return their id."""
    contact = changes.insert(
        "contacts", customer_id=customer, name=name, role=role, verified_on=verified_on
    )
    for channel, value in ways:
        add_point(changes, customer, contact, channel, value, verified_on=verified_on)
    return contact


def add_point(
    changes: Changes,
    customer: int,
    contact: int | None,
    channel: Channel,
    value: str,
    *,
    verified_on: str | None,
) -> int:
    """Write a new way to reach a contact, or with None the house; return its id."""
    return changes.insert(
        "contact_points",
        customer_id=customer,
        contact_id=contact,
        channel=channel.value,
        value=value,
        verified_on=verified_on,
    )


def end(changes: Changes, customer: int, contact: int, on: str) -> None:
    """Note that a contact has left: the person and their points end, and nothing is deleted."""
    changes.update("contacts", contact, ended_on=on)
    for point in points(changes.connection, customer):
        if point.contact == contact and point.ended_on is None:
            changes.update("contact_points", point.id, ended_on=on)


def signal_left(changes: Changes, customer: int, day: int, name: str, event: int) -> None:
    """Keep the leaving as a signal, which score and alerts read; `day` counts from 1970-01-01."""
    (ordinal,) = changes.connection.execute(
        "SELECT count(*) FROM signals WHERE customer_id = ? AND kind = ? AND day = ?",
        (customer, LEFT_SIGNAL, day),
    ).fetchone()
    changes.insert(
        "signals",
        customer_id=customer,
        kind=LEFT_SIGNAL,
        day=day,
        ordinal=ordinal,
        note=name,
        source="by hand",
        event_id=event,
    )
