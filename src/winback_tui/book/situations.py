"""The consent ledger by situation: customers of whom it says the same things, together.

A ledger of millions of rows holds few situations, as soon as days are told apart only where that
can matter. So a rule is asked once per situation instead of once per customer.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from winback_tui.book.consents import day_of
from winback_tui.model import Channel, PartyKind
from winback_tui.rules.consent import ConsentFact

#: The day of `at` in the user's zone. SQLite's own conversion is ten times quicker than a call of
#: Python's; the two agree on the years that a 32-bit clock knows.
_DAY: Final = (
    "CASE WHEN length(at) = 10 THEN at"
    " WHEN at GLOB '[12][09][0-9][0-9]-*Z' AND length(at) = 20 AND at BETWEEN '1971' AND '2037'"
    " THEN date(at, 'localtime') ELSE day_of(at) END"
)


#: Customers whose ledgers are read at once.
_AT_ONCE: Final = 131_072


class Situation(NamedTuple):
    """What the ledger says about one channel of these customers, oldest first.

    The days of the facts are not those of the ledger, but lie between the same two of the days
    that were to be told apart, in the same order.
    """

    party_kind: PartyKind
    facts: tuple[ConsentFact, ...]
    customers: list[int]


def of_channel(
    connection: sqlite3.Connection, channel: Channel, apart: Sequence[date]
) -> Iterator[Situation]:
    """Yield the situations on a channel; customers without a row in the ledger are in none.

    One that many are in may come more than once, each time with other customers.

    Days before, and days from each of the ascending days `apart` on, are told apart. The facts are
    those that `consents.facts` reads.
    """
    connection.create_function("day_of", 1, _iso_day, deterministic=True)
    place = " + ".join(["(day >= ?)"] * len(apart)) or "0"
    (last,) = connection.execute("SELECT max(customer_id) FROM consent_events").fetchone()
    # Read as it lies where one part is all; else in parts that SQLite can sort in memory.
    path = "NOT INDEXED" if (last or 0) < _AT_ONCE else ""
    query = (
        "WITH facts AS MATERIALIZED (SELECT customer_id, id, event, basis,"  # noqa: S608
        f" {_DAY} AS day FROM consent_events {path}"
        " WHERE customer_id BETWEEN ? AND ? AND (channel = ? OR event = 'objected')"
        " AND (event_id IS NULL OR event_id NOT IN (SELECT value FROM json_each(?)))),"
        " lines AS (SELECT customer_id, json_array(row_number() OVER own, event, basis,"
        f" {place}, day IS lag(day) OVER own) AS line"
        " FROM facts WINDOW own AS (PARTITION BY customer_id ORDER BY day, id)),"
        " ledgers AS (SELECT customer_id, group_concat(line) AS lines FROM lines"
        " GROUP BY customer_id)"
        " SELECT party_kind, lines, json_group_array(customer_id) FROM ledgers"
        " JOIN customers ON customers.id = customer_id GROUP BY party_kind, lines"
    )
    asked = (channel.value, json.dumps(_undone(connection)), *(each.isoformat() for each in apart))
    days = [apart[0] - timedelta(days=1), *apart] if apart else [date(1970, 1, 1)]
    for first in range(0, (last or 0) + 1, _AT_ONCE):
        for kind, lines, customers in connection.execute(
            query, (first, first + _AT_ONCE - 1, *asked)
        ):
            yield Situation(PartyKind(kind), _facts(lines, days), json.loads(customers))


def state(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return numbers that change when the ledger says something else: its last row, and undos."""
    (last,) = connection.execute("SELECT max(id) FROM consent_events").fetchone()
    (undos,) = connection.execute("SELECT count(undoes) FROM events").fetchone()
    return last or 0, undos


def by_party_kind(connection: sqlite3.Connection) -> dict[PartyKind, list[int]]:
    """Return the customers of each kind."""
    rows = connection.execute("SELECT party_kind, json_group_array(id) FROM customers GROUP BY 1")
    return {PartyKind(kind): json.loads(customers) for kind, customers in rows}


def _facts(lines: str, days: Sequence[date]) -> tuple[ConsentFact, ...]:
    """Return the facts of a situation; of equal ones on one day only the first counts."""
    facts: list[ConsentFact] = []
    seen: set[tuple[str, str | None]] = set()
    for _, event, basis, place, same_day in sorted(json.loads(f"[{lines}]")):
        if not same_day:
            seen.clear()
        if (event, basis) not in seen:
            seen.add((event, basis))
            facts.append(ConsentFact(event, basis, days[place]))
    return tuple(facts)


def _undone(connection: sqlite3.Connection) -> list[int]:
    """Return the deeds that were taken back and not done again."""
    roots: dict[int, int] = {}
    undone: set[int] = set()
    for event, undoes in connection.execute(
        "SELECT id, undoes FROM events WHERE undoes IS NOT NULL ORDER BY id"
    ):
        roots[event] = roots.get(undoes, undoes)
        undone ^= {roots[event]}
    return sorted(undone)


def _iso_day(at: str) -> str:
    return day_of(at).isoformat()
