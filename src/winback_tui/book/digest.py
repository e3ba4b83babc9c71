"""What a digest reads: who came to the queue since, and when the last digest was made."""

import sqlite3

_LAST = "digest_at"


def flagged_since(connection: sqlite3.Connection, at: str) -> set[int]:
    """Return the customers who came to the queue after the instant `at`."""
    rows = connection.execute("SELECT customer_id FROM flags WHERE flagged_at > ?", (at,))
    return {row[0] for row in rows}


def last(connection: sqlite3.Connection) -> str | None:
    """Return the instant of the last digest, or None before the first."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_LAST,)).fetchone()
    return None if row is None else str(row[0])


def remember(connection: sqlite3.Connection, at: str) -> None:
    """Keep the instant of a digest, inside an open write transaction."""
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (_LAST, at),
    )
