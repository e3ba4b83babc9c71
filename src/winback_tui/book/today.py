"""What one day's log holds, and how new the book's data is."""

import json
import sqlite3
from datetime import date, timedelta
from typing import Any, Final

from winback_tui.book import events
from winback_tui.model import EventKind

_EPOCH: Final = date(1970, 1, 1)


def newest_purchase(connection: sqlite3.Connection, as_of: date) -> date | None:
    """Return the last day up to `as_of` on which anybody bought, or None."""
    (day,) = connection.execute(
        "SELECT max(day) FROM transactions WHERE amount > 0 AND day <= ?", ((as_of - _EPOCH).days,)
    ).fetchone()
    return None if day is None else _EPOCH + timedelta(days=day)


def effective(
    connection: sqlite3.Connection, actor: str, day: date
) -> list[tuple[EventKind, int, dict[str, Any]]]:
    """Return the deeds (kind, customer, facts) of `actor` logged for `day` that are not undone."""
    rows = connection.execute(
        "SELECT id, kind, customer_id, payload FROM events"
        " WHERE actor = ? AND json_extract(payload, '$.on') = ? AND undoes IS NULL"
        " AND customer_id IS NOT NULL ORDER BY id",
        (actor, day.isoformat()),
    ).fetchall()
    return [
        (EventKind(kind), customer, json.loads(payload))
        for key, kind, customer, payload in rows
        if not events.is_undone(connection, key)
    ]
