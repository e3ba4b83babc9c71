"""The consent ledger by situation: customers of whom it says the same things, together.

A ledger of millions of rows holds few situations, as soon as days are told apart only where that
can matter. So a rule is asked once per situation instead of once per customer.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from winback_tui.book.consents import KEPT, THEIR_OWN, fact_of
from winback_tui.model import Channel, PartyKind
from winback_tui.rules.consent import ConsentFact

#: The day of `at` in the user's zone. SQLite's own conversion is ten times quicker than a call of
#: Python's; the two agree on the years that a 32-bit clock knows. What is known to the month or the
#: year is `consents.fact_of`'s.
_DAY: Final = (
    "CASE WHEN precision IN ('month', 'year') THEN day_of(at, precision, event)"
    " WHEN length(at) = 10 THEN at"
    " WHEN at GLOB '[12][09][0-9][0-9]-*Z' AND length(at) = 20 AND at BETWEEN '1971' AND '2037'"
    " THEN date(at, 'localtime') ELSE day_of(at, precision, event) END"
)
#: The place of a row within its day, as `rules.consent.within_day` has it.
_TURN: Final = (
    "CASE WHEN length(at) = 20 AND at GLOB '*Z' AND precision <> 'minute' THEN at"
    " ELSE turn_of(at, precision, event) END"
)
#: The addresses in use of the customers with a row for one address; read where there is any.
_ADDRESSES: Final = (
    " UNION ALL SELECT p.customer_id, 0, 'address', NULL, 'winback', 1, '', '0001-01-01', '', p.id,"
    " NULL"
    " FROM contact_points p LEFT JOIN contacts c ON c.id = p.contact_id"
    " WHERE p.channel = :channel AND p.ended_on IS NULL AND c.ended_on IS NULL"
    " AND p.customer_id BETWEEN :first AND :last AND p.customer_id IN"
    " (SELECT customer_id FROM consent_events WHERE contact_point_id IS NOT NULL)"
)
_JOINED: Final = (
    " LEFT JOIN contact_points p ON p.id = facts.point LEFT JOIN contacts c ON c.id = p.contact_id"
)
#: Which of a customer's addresses, alike for customers with alike ledgers.
_WHOSE: Final = "facts.point - min(facts.point) OVER (PARTITION BY facts.customer_id)"
#: Whether that address has gone, or whose it was.
_GONE: Final = "p.ended_on IS NOT NULL OR c.ended_on IS NOT NULL OR "
#: Whether a row without an address was said by somebody who has left; asked where anybody has.
_LEFT: Final = f"(facts.point IS NULL AND {THEIR_OWN.format(row='facts', day='facts.day')})"


#: A month has at least and at most so many days; of several together, two may lack.
_MONTH: Final = (30, 31)
#: Customers whose ledgers are read at once.
_AT_ONCE: Final = 131_072


class Situation(NamedTuple):
    """What the ledger says about one channel of these customers, oldest first.

    The days of the facts are those of one of these customers; those of the others lie between the
    same two of the days that were to be told apart, in the same order.
    """

    party_kind: PartyKind
    facts: tuple[ConsentFact, ...]
    customers: list[int]


def of_channel(
    connection: sqlite3.Connection,
    channel: Channel,
    apart: Sequence[date],
    runs: tuple[int, int],
    among: Sequence[int] | None = None,
) -> Iterator[Situation]:
    """Yield the situations on a channel; customers without a row in the ledger are in none.

    One that many are in may come more than once, each time with other customers. With `among`, only
    these customers are looked at.

    Days before, and days from each of the ascending days `apart` on, are told apart. Whether a use
    still counted hangs on how long after the grant, or the use, before it it came: `runs` are the
    months that these carry. Where that is a matter of days, all days are told apart. The facts are
    those that `consents.facts` reads.
    """
    connection.create_function("day_of", 3, _iso_day, deterministic=True)
    connection.create_function("turn_of", 3, _turn, deterministic=True)
    (last,) = connection.execute("SELECT max(customer_id) FROM consent_events").fetchone()
    # Read as it lies where one part is all; else in parts that SQLite can sort in memory.
    path = "NOT INDEXED" if among is None and (last or 0) < _AT_ONCE else ""
    few = "" if among is None else " AND customer_id IN (SELECT value FROM json_each(:among))"
    (pointed,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM consent_events WHERE contact_point_id IS NOT NULL)"
    ).fetchone()
    (left,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM contacts WHERE ended_on IS NOT NULL)"
    ).fetchone()
    whose = _WHOSE if pointed else "NULL"
    gone = (_GONE if pointed else "") + (_LEFT if left else "0")
    place = " + ".join(f"(day >= :day{n})" for n in range(len(apart))) or "0"
    query = (
        "WITH facts AS MATERIALIZED (SELECT customer_id, id, event, basis, purpose,"  # noqa: S608
        f" precision <> 'unknown' AS dated, coalesce(conditions, '') AS conditions, {_DAY} AS day,"
        f" {_TURN} AS turn,"
        f" {'contact_point_id' if pointed else 'NULL'} AS point, event_id"
        f" FROM consent_events {path}"
        " WHERE customer_id BETWEEN :first AND :last AND (channel = :channel OR event = 'objected')"
        f"{few} AND {KEPT} AND (event_id IS NULL OR event_id NOT IN"
        " (SELECT value FROM json_each(:undone)))"
        " AND (batch_id IS NULL OR batch_id NOT IN"
        " (SELECT id FROM import_batches WHERE undone_at IS NOT NULL))"
        f"{_ADDRESSES if pointed else ''}),"
        f" told AS (SELECT facts.*, {whose} AS whose, {gone} AS gone"
        f" FROM facts{_JOINED if pointed else ''}),"
        # By how long a use came after the grant or the use before it: 0 soon, 2 late, 1 in between.
        " gaps AS (SELECT told.*, max(whose) OVER (PARTITION BY customer_id) IS NOT NULL AS named,"
        " CASE WHEN event = 'used' THEN lag(event) OVER raising = 'used' END AS again,"
        " julianday(day) - julianday(lag(day) OVER raising) AS after"
        " FROM told WINDOW raising AS (PARTITION BY customer_id, purpose, dated, gone,"
        " event IN ('granted', 'confirmed', 'renewed', 'used') ORDER BY day, turn, id)),"
        " turns AS (SELECT gaps.*, CASE WHEN again IS NULL THEN 0 WHEN named THEN 1"
        " WHEN after < iif(again, :soon1, :soon0) THEN 0"
        " WHEN after > iif(again, :late1, :late0) THEN 2 ELSE 1 END AS late FROM gaps),"
        " lines AS (SELECT customer_id, day, json_array(row_number() OVER own,"
        f" {place}, day IS lag(day) OVER own, late, event, basis, purpose, whose, gone, dated,"
        " conditions, CASE WHEN max(late = 1) OVER (PARTITION BY customer_id) THEN day END) AS line"
        " FROM turns WINDOW own AS (PARTITION BY customer_id ORDER BY day, turn, id)),"
        " ledgers AS (SELECT customer_id, group_concat(line) AS lines, group_concat(day) AS days"
        " FROM lines GROUP BY customer_id)"
        " SELECT party_kind, lines, days, json_group_array(customer_id) FROM ledgers"
        " JOIN customers ON customers.id = customer_id GROUP BY party_kind, lines"
    )
    asked: dict[str, Any] = {"channel": channel.value, "undone": json.dumps(_undone(connection))}
    asked |= {f"day{n}": day.isoformat() for n, day in enumerate(apart)}
    asked |= {f"soon{n}": months * _MONTH[0] - 2 for n, months in enumerate(runs)}
    asked |= {f"late{n}": months * _MONTH[1] for n, months in enumerate(runs)}
    asked["among"] = among and json.dumps(list(among))
    for first in range(0, (last or 0) + 1, _AT_ONCE):
        part = {"first": first, "last": first + _AT_ONCE - 1}
        for kind, lines, days, customers in connection.execute(query, {**asked, **part}):
            yield Situation(PartyKind(kind), _facts(lines, days), json.loads(customers))


def starting(
    connection: sqlite3.Connection, granted: tuple[str, str], used: tuple[str, str]
) -> dict[Channel, list[int]]:
    """Return the customers with a grant, or a use, between two moments, by channel."""
    found: dict[Channel, list[int]] = {}
    rows = connection.execute(
        "SELECT DISTINCT channel, customer_id FROM consent_events"
        " WHERE event IN ('granted', 'confirmed', 'renewed') AND at >= ? AND at < ?"
        " OR event = 'used' AND at >= ? AND at < ?",
        (*granted, *used),
    )
    for channel, customer in rows:
        found.setdefault(Channel(channel), []).append(customer)
    return found


class State(NamedTuple):
    """What of the book a standing depends on: the last rows of ledger and log, and imports."""

    row: int
    event: int
    batches: int


def state(connection: sqlite3.Connection) -> State:
    """Return the state that the ledger is in."""
    return State(
        *connection.execute(
            "SELECT coalesce((SELECT max(id) FROM consent_events), 0),"
            " coalesce((SELECT max(id) FROM events), 0),"
            " (SELECT count(*) FROM import_batches WHERE undone_at IS NOT NULL)"
        ).fetchone()
    )


def touched(connection: sqlite3.Connection, since: State, limit: int) -> list[int] | None:
    """Return the customers whom rows or deeds since `since` concern; None for more than `limit`."""
    rows = connection.execute(
        "SELECT customer_id FROM consent_events WHERE id > ? UNION"
        " SELECT customer_id FROM events WHERE id > ? AND customer_id IS NOT NULL LIMIT ?",
        (since.row, since.event, limit + 1),
    ).fetchall()
    return None if len(rows) > limit else [row[0] for row in rows]


def by_party_kind(connection: sqlite3.Connection) -> dict[PartyKind, list[int]]:
    """Return the customers of each kind."""
    rows = connection.execute("SELECT party_kind, json_group_array(id) FROM customers GROUP BY 1")
    return {PartyKind(kind): json.loads(customers) for kind, customers in rows}


def _facts(lines: str, days: str) -> tuple[ConsentFact, ...]:
    """Return the facts of a situation; of equal ones in a row the first counts."""
    facts: list[ConsentFact] = []
    last: list[object] = []
    # The first of a line is its place in the ledger, which no other has.
    for line, day in sorted(zip(json.loads(f"[{lines}]"), days.split(","), strict=True)):
        _, _, same_day, _, *said, _ = line
        if said != last or not same_day:
            last = said
            event, basis, purpose, point, gone, dated, conditions = said
            facts.append(
                ConsentFact(
                    event,
                    basis,
                    date.fromisoformat(day),
                    purpose,
                    point,
                    bool(gone),
                    bool(dated),
                    conditions,
                )
            )
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


def _iso_day(at: str, precision: str, event: str) -> str:
    said = (event, None, at, precision, "", None, "", 0)
    return fact_of(said).at.isoformat()


def _turn(at: str, precision: str, event: str) -> str:
    return fact_of((event, None, at, precision, "", None, "", 0)).order
