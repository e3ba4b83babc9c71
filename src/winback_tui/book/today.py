"""What one day's log holds."""

import json
import sqlite3
from datetime import date
from typing import Any

from winback_tui.book import events
from winback_tui.model import EventKind


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
