"""What one day's log holds."""

import json
import sqlite3
from datetime import date
from typing import Any

from winback_tui.model import EventKind


def effective(
    connection: sqlite3.Connection, actor: str, day: date
) -> list[tuple[EventKind, int, dict[str, Any]]]:
    """Return the deeds (kind, customer, facts) of `actor` logged for `day` that are not undone."""
    rows = connection.execute(
        "SELECT e.kind, e.customer_id, e.payload FROM events e"
        " WHERE e.actor = ? AND json_extract(e.payload, '$.on') = ? AND e.undoes IS NULL"
        " AND e.customer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM events u"
        " WHERE u.undoes = e.id AND NOT EXISTS (SELECT 1 FROM events r WHERE r.undoes = u.id))"
        " ORDER BY e.id",
        (actor, day.isoformat()),
    )
    return [(EventKind(kind), customer, json.loads(payload)) for kind, customer, payload in rows]
