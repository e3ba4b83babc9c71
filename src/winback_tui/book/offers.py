"""Offers, their answers and margins, read from the log: what stands of them now."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from winback_tui.book.events import is_undone
from winback_tui.book.listing import EPOCH
from winback_tui.model import LeavingReason
from winback_tui.rules.offers import Made, Result, Tally

_AT_ONCE: Final = 500
#: Days of sales that say which product groups a customer buys from.
_BASKET: Final = 730


def made(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, list[Made]]:
    """Return the offers to these customers that stand, oldest first, each with its answer.

    Customers without one are left out.
    """
    found: dict[int, list[Made]] = {}
    for rows in _of(connection, ids):
        answers = {
            payload["offer"]: payload
            for _, kind, _, payload in rows
            if kind == "offer_answer" and "offer" in payload
        }
        for event, kind, customer, payload in rows:
            if kind == "offer":
                found.setdefault(customer, []).append(_made(event, payload, answers.get(event)))
    return found


def _of(
    connection: sqlite3.Connection, ids: Sequence[int]
) -> Iterator[list[tuple[int, str, int, dict[str, Any]]]]:
    for start in range(0, len(ids), _AT_ONCE):
        part = tuple(ids[start : start + _AT_ONCE])
        marks = ", ".join("?" * len(part))
        yield _standing(
            connection,
            connection.execute(
                "SELECT id, kind, customer_id, payload, EXISTS (SELECT 1 FROM events u WHERE"  # noqa: S608
                " u.undoes = e.id) FROM events e WHERE kind IN ('offer', 'offer_answer')"
                f" AND customer_id IN ({marks}) AND undoes IS NULL ORDER BY id",
                part,
            ),
        )


def _standing(
    connection: sqlite3.Connection, rows: Iterable[tuple[int, str, int, str, int]]
) -> list[tuple[int, str, int, dict[str, Any]]]:
    """Return those of the events that are not taken back, with their payloads read.

    Those of who was erased are left out: nothing is known of them any more.
    """
    read = (
        (event, kind, customer, json.loads(payload))
        for event, kind, customer, payload, touched in list(rows)
        if not (touched and is_undone(connection, event))
    )
    return [each for each in read if "erased" not in each[3]]


def _made(event: int, payload: dict[str, Any], answer: dict[str, Any] | None) -> Made:
    said = answer or {}
    return Made(
        event,
        str(payload.get("rung", "")),
        date.fromisoformat(payload["on"]),
        Result(said["result"]) if said else None,
        date.fromisoformat(said["on"]) if said else None,
        int(said.get("amount", 0)),
        str(payload.get("currency", "")),
        str(payload.get("title", "")),
    )


def tallies(connection: sqlite3.Connection) -> dict[tuple[str, LeavingReason], Tally]:
    """Return what became of all offers of the book that were answered, by rung and reason."""
    rows = _standing(
        connection,
        connection.execute(
            "SELECT id, kind, coalesce(customer_id, 0), payload, EXISTS (SELECT 1 FROM events u"
            " WHERE u.undoes = e.id) FROM events e WHERE kind IN ('offer', 'offer_answer')"
            " AND undoes IS NULL ORDER BY id"
        ),
    )
    answers = {
        payload["offer"]: str(payload.get("result", ""))
        for _, kind, _, payload in rows
        if kind == "offer_answer" and "offer" in payload
    }
    found: dict[tuple[str, LeavingReason], Tally] = {}
    for event, kind, _, payload in rows:
        if kind != "offer" or event not in answers:
            continue
        accepted = answers[event] == Result.ACCEPTED
        key = (str(payload.get("rung", "")), _reason(payload.get("reason")))
        one = Tally(1, int(accepted), float(payload.get("p_left", 1.0)) if accepted else 0.0)
        found[key] = found.get(key, Tally()).plus(one)
    return found


def _reason(text: object) -> LeavingReason:
    try:
        return LeavingReason(str(text))
    except ValueError:
        return LeavingReason.UNKNOWN


class Margin(NamedTuple):
    """A margin rate (0–1) that somebody gave, for a customer, a product group, or everyone.

    `key` is the customer's id or the group's name; empty for everyone.
    """

    scope: str
    key: str
    rate: float
    on: date
    actor: str


def margins(connection: sqlite3.Connection) -> list[Margin]:
    """Return the margins that hold now, the newest of each customer and group."""
    found: dict[tuple[str, str], Margin] = {}
    rows = connection.execute(
        "SELECT id, actor, payload, EXISTS (SELECT 1 FROM events u WHERE u.undoes = e.id)"
        " FROM events e INDEXED BY events_margins WHERE kind = 'margin' AND undoes IS NULL"
        " ORDER BY id"
    ).fetchall()
    for event, actor, text, touched in rows:
        if touched and is_undone(connection, event):
            continue
        said = json.loads(text)
        if "erased" in said:
            continue
        each = Margin(
            said["scope"], said["key"], said["rate"], date.fromisoformat(said["on"]), actor
        )
        found[each.scope, each.key] = each
    return sorted(found.values(), key=lambda each: (each.scope, each.key))


def groups(connection: sqlite3.Connection) -> list[str]:
    """Return the names of the product groups that the book knows."""
    rows = connection.execute(
        "SELECT DISTINCT category FROM products WHERE category <> '' ORDER BY category"
    )
    return [row[0] for row in rows]


def basket(connection: sqlite3.Connection, customer: int, as_of: date) -> dict[str, int]:
    """Return what the customer bought in 730 days by product group, in minor units.

    Products without a group stand under the empty name; currencies are not mixed: the one that the
    customer is scored in counts.
    """
    today = (as_of - EPOCH).days
    rows = connection.execute(
        "SELECT coalesce(p.category, ''), SUM(t.amount) AS net FROM transactions t"
        " JOIN scores s ON s.customer_id = t.customer_id AND s.currency = t.currency"
        " LEFT JOIN products p ON p.code = t.product"
        " WHERE t.customer_id = ? AND t.day > ? AND t.day <= ? GROUP BY 1 HAVING net > 0",
        (customer, today - _BASKET, today),
    )
    return dict(rows.fetchall())
