"""The speed clock: since when a customer stands in the queue, and when we first tried."""

import sqlite3
from datetime import datetime
from typing import Final, NamedTuple

#: Bands that bring a customer to the queue.
_FLAGGED: Final = "('at_risk', 'lapsed')"


class Clock(NamedTuple):
    """Instants in UTC: when the customer was flagged, and of the first attempt since, or None."""

    flagged_at: str
    tried_at: str | None
    cause: str


def note(connection: sqlite3.Connection, at: str) -> None:
    """Flag who came to the queue with the scores that stand, and unflag who has left it.

    Call it in the transaction that stored the scores; `at` is its instant.
    """
    connection.execute(
        "DELETE FROM flags WHERE customer_id NOT IN"  # noqa: S608 - our own words
        f" (SELECT customer_id FROM scores WHERE lifecycle IN {_FLAGGED})"
    )
    connection.execute(
        "INSERT OR IGNORE INTO flags (customer_id, flagged_at, cause)"  # noqa: S608
        f" SELECT customer_id, ?, 'queue' FROM scores WHERE lifecycle IN {_FLAGGED}",
        (at,),
    )


def clock(connection: sqlite3.Connection, customer: int) -> Clock | None:
    """Return the speed clock of a customer, or None for one who is not flagged."""
    row = connection.execute(
        f"SELECT f.flagged_at, {_TRIED}, f.cause FROM flags f WHERE f.customer_id = ?",  # noqa: S608
        (customer,),
    ).fetchone()
    return None if row is None else Clock(*row)


def hours(connection: sqlite3.Connection) -> list[float]:
    """Return the hours from flag to first attempt of whoever was flagged and tried."""
    rows = connection.execute(f"SELECT f.flagged_at, {_TRIED} FROM flags f")  # noqa: S608
    return [between(flagged, tried) for flagged, tried in rows if tried is not None]


def between(flagged: str, tried: str) -> float:
    """Return the hours between two instants."""
    span = datetime.fromisoformat(tried) - datetime.fromisoformat(flagged)
    return span.total_seconds() / 3600


_TRIED: Final = (
    "(SELECT min(e.at) FROM events e WHERE e.customer_id = f.customer_id AND e.kind = 'call'"
    " AND e.undoes IS NULL AND e.at >= f.flagged_at"
    " AND json_extract(e.payload, '$.outcome') <> 'inbound'"
    " AND NOT EXISTS (SELECT 1 FROM events u WHERE u.undoes = e.id))"
)
