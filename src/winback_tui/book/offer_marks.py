"""The last offer to each customer, for the list: read with as little as a first paint can bear."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from winback_tui.book.events import is_undone

_AT_ONCE: Final = 500


class OfferMark(NamedTuple):
    """The last offer that stands; `result` is "" while nobody knows what became of it."""

    rung: str
    title: str
    made_on: date
    result: str


def last_offers(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, OfferMark]:
    """Return the last offer to each of these customers; those without one are left out."""
    found: dict[int, OfferMark] = {}
    for start in range(0, len(ids), _AT_ONCE):
        part = tuple(ids[start : start + _AT_ONCE])
        made: dict[int, int] = {}
        for event, kind, customer, text, touched in connection.execute(
            "SELECT id, kind, customer_id, payload, EXISTS (SELECT 1 FROM events u"  # noqa: S608
            " WHERE u.undoes = e.id) FROM events e WHERE kind IN ('offer', 'offer_answer')"
            f" AND customer_id IN ({', '.join('?' * len(part))}) AND undoes IS NULL ORDER BY id",
            part,
        ).fetchall():
            if touched and is_undone(connection, event):
                continue
            said = json.loads(text)
            if "erased" in said:
                continue
            if kind == "offer":
                made[customer] = event
                day = date.fromisoformat(said["on"])
                found[customer] = OfferMark(said.get("rung", ""), said.get("title", ""), day, "")
            elif said.get("offer") == made.get(customer):
                found[customer] = found[customer]._replace(result=said.get("result", ""))
    return found
