"""The speed clock: since when a customer stands in the queue, and when we first tried."""

import json
import sqlite3
from datetime import datetime
from typing import Final, NamedTuple

from winback_tui.book import listing
from winback_tui.book.standing import stands
from winback_tui.model import Sort, Tab


class Clock(NamedTuple):
    """Instants in UTC: the flag, the first attempt since, and the last one before; else None."""

    flagged_at: str
    tried_at: str | None
    cause: str
    before_at: str | None = None


def note(connection: sqlite3.Connection, at: str) -> None:
    """Flag who came to the queue with the lists that stand, and unflag who has left it.

    Call it in the transaction that stored scores and lists; `at` is the instant of which they are.
    """
    queue = json.dumps(listing.order(connection, Tab.QUEUE, Sort.SCORE).tolist())
    connection.execute(
        "DELETE FROM flags WHERE customer_id NOT IN (SELECT value FROM json_each(?))", (queue,)
    )
    connection.execute(
        "INSERT OR IGNORE INTO flags (customer_id, flagged_at, cause)"
        " SELECT value, ?, 'queue' FROM json_each(?)",
        (at, queue),
    )


def clock(connection: sqlite3.Connection, customer: int) -> Clock | None:
    """Return the speed clock of a customer, or None for one who is not flagged."""
    row = connection.execute(
        f"SELECT f.flagged_at, {_SINCE}, f.cause, {_BEFORE} FROM flags f"  # noqa: S608
        " WHERE f.customer_id = ?",
        (customer,),
    ).fetchone()
    return None if row is None else Clock(*row)


def hours(connection: sqlite3.Connection) -> list[float]:
    """Return the hours from flag to first attempt of whoever was flagged and tried."""
    rows = connection.execute(f"SELECT f.flagged_at, {_SINCE} FROM flags f")  # noqa: S608
    return [between(flagged, tried) for flagged, tried in rows if tried is not None]


def between(flagged: str, tried: str) -> float:
    """Return the hours between two instants."""
    span = datetime.fromisoformat(tried) - datetime.fromisoformat(flagged)
    return span.total_seconds() / 3600


#: When an attempt was: its instant, or the start of its day where it was logged as of another.
_AT: Final = (
    "CASE WHEN json_extract(e.payload, '$.on') IS NULL"
    " OR date(e.at, 'localtime') = json_extract(e.payload, '$.on') THEN e.at"
    " ELSE strftime('%Y-%m-%dT%H:%M:%SZ', json_extract(e.payload, '$.on'), 'utc') END"
)
_ATTEMPTS: Final = (
    f"FROM (SELECT {_AT} AS tried FROM events e WHERE e.customer_id = f.customer_id"  # noqa: S608
    " AND e.kind IN ('call', 'offer', 'mail') AND e.undoes IS NULL"
    " AND coalesce(json_extract(e.payload, '$.outcome'), '') <> 'inbound'"
    f" AND {stands('e.id')})"
)
_SINCE: Final = f"(SELECT min(tried) {_ATTEMPTS} WHERE tried >= f.flagged_at)"
_BEFORE: Final = f"(SELECT max(tried) {_ATTEMPTS} WHERE tried < f.flagged_at)"
