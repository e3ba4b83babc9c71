"""The queue of what is to be posted to the webhook: messages wait here until they are taken."""

import hashlib
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

_COLUMNS: Final = "id, customer_id, topic, message_id, body, sha256, event_id, attempts, queued_at"
#: Whoever sends a message has it for himself for so long.
LEASE: Final = timedelta(minutes=15)
#: What is said of a message while somebody has it.
_LEASED: Final = "being posted"
#: A message on a hand-over that was undone is kept for so long, for a redo.
KEPT: Final = timedelta(days=7)


class Message(NamedTuple):
    """One message: `key` is its idempotency key, `event` the deed that it tells of."""

    id: int
    customer: int
    topic: str
    key: str
    body: str
    sha256: str
    event: int | None
    attempts: int
    queued_at: str


class Waiting(NamedTuple):
    """How many messages wait, how many were given up, and what was said of the last failure."""

    waiting: int
    given_up: int
    said: str


def put(
    connection: sqlite3.Connection,
    *,
    customer: int,
    topic: str,
    key: str,
    body: str,
    at: str,
    event: int | None = None,
) -> None:
    """Add a message to the queue, in an open write; one with the same key is there already."""
    connection.execute(
        "INSERT OR IGNORE INTO outbox (customer_id, topic, message_id, body, sha256, queued_at,"
        " event_id, next_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (customer, topic, key, body, hashlib.sha256(body.encode()).hexdigest(), at, event, at),
    )


def due(connection: sqlite3.Connection, at: str) -> list[int]:
    """Return the messages whose time has come, the oldest first."""
    rows = connection.execute(
        "SELECT id FROM outbox WHERE state = 'waiting' AND next_at <= ? ORDER BY id", (at,)
    )
    return [row[0] for row in rows]


def claim(connection: sqlite3.Connection, message: int, at: str) -> Message | None:
    """Take a message to send it, in an open write; None where somebody else has it.

    It counts as tried, and comes back by itself where whoever took it never says what became of it.
    """
    row = connection.execute(
        f"UPDATE outbox SET attempts = attempts + 1, next_at = ?, said = ? WHERE id = ?"  # noqa: S608
        f" AND state = 'waiting' AND next_at <= ? RETURNING {_COLUMNS}",
        (_later(at, LEASE), _LEASED, message, at),
    ).fetchone()
    return None if row is None else Message(*row)


def sent(connection: sqlite3.Connection, message: int, at: str) -> None:
    """Say that a message was taken; its body is no longer needed."""
    _done(connection, message, "sent", at, "")


def failed(
    connection: sqlite3.Connection, message: Message, at: str, said: str, attempts: int
) -> bool:
    """Say that a message was not taken; return whether it will be tried again.

    After 1, 2, 4 … minutes, at most 6 hours; after so many attempts it is given up.
    """
    if message.attempts >= attempts:
        _done(connection, message.id, "given_up", at, said, keep=True)
        return False
    wait = min(timedelta(minutes=2 ** min(message.attempts - 1, 12)), timedelta(hours=6))
    connection.execute(
        "UPDATE outbox SET next_at = ?, said = ? WHERE id = ?", (_later(at, wait), said, message.id)
    )
    return True


def drop(connection: sqlite3.Connection, message: int, at: str, said: str) -> None:
    """Say that a message must not be sent any more; its body goes."""
    _done(connection, message, "dropped", at, said)


def hold(connection: sqlite3.Connection, message: Message, at: str) -> None:
    """Put a message back untried, to be looked at again in an hour; a week after it is dropped."""
    if message.queued_at < _later(at, -KEPT):
        drop(connection, message.id, at, "its hand-over was undone")
        return
    connection.execute(
        "UPDATE outbox SET attempts = attempts - 1, next_at = ?, said = '' WHERE id = ?",
        (_later(at, timedelta(hours=1)), message.id),
    )


def retry(connection: sqlite3.Connection, at: str) -> int:
    """Let what waits or was given up be tried from the start, now; return how many that are.

    What somebody is posting at this moment is left to them.
    """
    return connection.execute(
        "UPDATE outbox SET state = 'waiting', attempts = 0, next_at = ?, done_at = NULL"
        " WHERE state IN ('waiting', 'given_up') AND NOT (said = ? AND next_at > ?)",
        (at, _LEASED, at),
    ).rowcount


def waiting(connection: sqlite3.Connection) -> Waiting:
    """Return how the queue stands."""
    count, given_up = connection.execute(
        "SELECT count(*) FILTER (WHERE state = 'waiting'),"
        " count(*) FILTER (WHERE state = 'given_up') FROM outbox"
    ).fetchone()
    row = connection.execute(
        "SELECT said FROM outbox WHERE state IN ('waiting', 'given_up') "
        " AND said NOT IN ('', ?) ORDER BY id DESC LIMIT 1",
        (_LEASED,),
    ).fetchone()
    return Waiting(count, given_up, "" if row is None else str(row[0]))


def _done(
    connection: sqlite3.Connection,
    message: int,
    state: str,
    at: str,
    said: str,
    *,
    keep: bool = False,
) -> None:
    body = "body" if keep else "''"
    connection.execute(
        f"UPDATE outbox SET state = ?, done_at = ?, said = ?, body = {body} WHERE id = ?",  # noqa: S608
        (state, at, said, message),
    )


def leased(at: str) -> str:
    """Return until when somebody who takes something up at an instant has it for himself."""
    return _later(at, LEASE)


def _later(at: str, by: timedelta) -> str:
    then = datetime.fromisoformat(at) + by
    return then.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
