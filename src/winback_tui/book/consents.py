"""The consent table: what each customer allowed or refused, and what a call adds to it."""

import sqlite3
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from winback_tui.book.events import is_undone
from winback_tui.model import Channel, PartyKind
from winback_tui.rules.consent import ConsentFact

_AT_ONCE: Final = 500


def facts(
    connection: sqlite3.Connection, ids: Sequence[int]
) -> dict[int, dict[Channel, list[ConsentFact]]]:
    """Return the facts of each customer and channel, oldest first.

    An objection on one channel stands among the facts of all (GDPR Art. 21 (3)). Rows written by a
    deed that is undone do not count. Days are days in the user's zone.
    """
    found: dict[int, dict[Channel, list[ConsentFact]]] = {
        customer: {channel: [] for channel in Channel} for customer in ids
    }
    undone: dict[int, bool] = {}
    for start in range(0, len(ids), _AT_ONCE):
        part = tuple(ids[start : start + _AT_ONCE])
        rows = connection.execute(
            "SELECT customer_id, channel, event, basis, at, event_id FROM consent_events"  # noqa: S608
            f" WHERE customer_id IN ({', '.join('?' * len(part))}) ORDER BY id",
            part,
        ).fetchall()
        for customer, channel, event, basis, at, cause in rows:
            if cause is not None:
                if cause not in undone:
                    undone[cause] = is_undone(connection, cause)
                if undone[cause]:
                    continue
            fact = ConsentFact(event, basis, day_of(at))
            for each in Channel if event == "objected" else (Channel(channel),):
                if fact not in found[customer][each]:
                    found[customer][each].append(fact)
    for channels in found.values():
        for kept in channels.values():
            kept.sort(key=lambda fact: fact.at)
    return found


def party_kinds(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, PartyKind]:
    """Return whether each customer is a business or a consumer."""
    found: dict[int, PartyKind] = {}
    for start in range(0, len(ids), _AT_ONCE):
        part = tuple(ids[start : start + _AT_ONCE])
        marks = ", ".join("?" * len(part))
        rows = connection.execute(
            f"SELECT id, party_kind FROM customers WHERE id IN ({marks})",  # noqa: S608
            part,
        )
        found.update((row[0], PartyKind(row[1])) for row in rows)
    return found


def object_to_all(
    connection: sqlite3.Connection,
    customer: int,
    *,
    at: str,
    source: str,
    actor: str,
    note: str | None,
    event: int,
) -> None:
    """Write an objection for every channel, tied to the log's `event`, in an open transaction."""
    connection.executemany(
        "INSERT INTO consent_events"
        " (customer_id, channel, event, at, source, actor, note, event_id)"
        " VALUES (?, ?, 'objected', ?, ?, ?, ?, ?)",
        [(customer, channel.value, at, source, actor, note, event) for channel in Channel],
    )


def day_of(at: str) -> date:
    """Return the day of an instant in the user's zone; a plain date is itself."""
    if len(at) == 10:
        return date.fromisoformat(at)
    instant = datetime.fromisoformat(at)
    return instant.astimezone().date() if instant.tzinfo else instant.date()
