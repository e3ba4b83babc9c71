"""Calls that stand in the log: how often a customer was tried, and when somebody was reached."""

import json
import sqlite3
from typing import Final, NamedTuple

from winback_tui.book import events
from winback_tui.book.standing import stands

#: The newest so many calls of the book say at which hours people are reached.
_NEWEST: Final = 5_000


class CallMade(NamedTuple):
    """One call: its UTC instant and its outcome as stored."""

    at: str
    outcome: str


def of_customer(connection: sqlite3.Connection, customer: int) -> list[CallMade]:
    """Return the customer's calls that stand, oldest first."""
    rows = connection.execute(
        "SELECT id, at, json_extract(payload, '$.outcome'),"
        " EXISTS (SELECT 1 FROM events u WHERE u.undoes = e.id) FROM events e"
        " WHERE customer_id = ? AND kind = 'call' AND undoes IS NULL ORDER BY id",
        (customer,),
    ).fetchall()
    return [
        CallMade(at, outcome)
        for key, at, outcome, touched in rows
        if outcome and not (touched and events.is_undone(connection, key))
    ]


def by_hour(connection: sqlite3.Connection, reached: tuple[str, ...]) -> list[tuple[int, int, int]]:
    """Return hour of the day (in the user's zone), calls, and how many ended in `reached`.

    Only the book's newest calls count; inbound ones do not.
    """
    rows = connection.execute(
        "WITH calls AS (SELECT at, json_extract(payload, '$.outcome') AS outcome FROM events e"  # noqa: S608
        " WHERE kind = 'call' AND undoes IS NULL"
        f" AND {stands('e.id')}"
        " ORDER BY id DESC LIMIT ?)"
        " SELECT CAST(strftime('%H', at, 'localtime') AS INTEGER) AS hour, count(*),"
        " sum(outcome IN (SELECT value FROM json_each(?))) FROM calls"
        " WHERE outcome <> 'inbound' GROUP BY hour ORDER BY hour",
        (_NEWEST, json.dumps(list(reached))),
    )
    return [(hour, made, got) for hour, made, got in rows]
