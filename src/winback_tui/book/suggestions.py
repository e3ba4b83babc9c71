"""The facts on which a case may be moved or woken, for all cases at once: one query per fact."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from winback_tui.book.listing import EPOCH
from winback_tui.book.standing import stands
from winback_tui.model import Money

#: Signals in which a customer turns to us.
INBOUND: Final = ("inbound", "email_replied", "reply", "ticket", "complaint", "nps")
#: Signals that they have signed with somebody else.
SIGNED: Final = ("competitor", "competitor_signed", "signed_elsewhere")
_NOTICE: Final = ("notice_given",)
#: So long a notice or a rival's contract is news.
_NEWS: Final = timedelta(days=365)
_DAY: Final = "CAST(julianday({}) - 2440587.5 AS INTEGER)"
_OPEN: Final = "stage IS NOT NULL AND closed_on IS NULL"


def bought(
    connection: sqlite3.Connection, today: date, within: int
) -> dict[int, tuple[date, tuple[Money, ...]]]:
    """Return who bought since the last contact (within so many days), or since being given up.

    With the day of the first purchase, and what came in, net, by currency.
    """
    contact, closed = _DAY.format("last_contact_on"), _DAY.format("closed_on")
    rows = connection.execute(
        "WITH base AS MATERIALIZED ("  # noqa: S608 - our own words
        f" SELECT customer_id, {contact} AS first, min(?, {contact} + ?) AS last FROM cases"
        f" WHERE {_OPEN} AND last_contact_on IS NOT NULL"
        f" UNION ALL SELECT customer_id, {closed} + 1, ? FROM cases"
        " WHERE stage IN ('lost', 'let_go'))"
        " SELECT base.customer_id, currency, min(CASE WHEN amount > 0 THEN day END), sum(amount)"
        " FROM base JOIN transactions t ON t.customer_id = base.customer_id"
        " AND t.day BETWEEN first AND last GROUP BY 1, 2 HAVING sum(amount) > 0 ORDER BY 1, 2",
        (_day(today), within, _day(today)),
    )
    found: dict[int, tuple[date, tuple[Money, ...]]] = {}
    for customer, currency, day, amount in rows:
        on = EPOCH + timedelta(days=day)
        first, paid = found.get(customer, (on, ()))
        found[customer] = (min(first, on), (*paid, Money(amount, currency)))
    return found


def bought_asleep(connection: sqlite3.Connection, today: date) -> dict[int, date]:
    """Return the first purchase of the snoozed since the day they were snoozed."""
    began = _DAY.format("snoozed_on")
    rows = connection.execute(
        "SELECT c.customer_id, min(t.day) FROM cases c JOIN transactions t"  # noqa: S608
        f" ON t.customer_id = c.customer_id AND t.day > {began} AND t.day <= ? AND t.amount > 0"
        " WHERE c.snoozed_until > ? GROUP BY 1",
        (_day(today), today.isoformat()),
    )
    return _dated(rows)


def signed(connection: sqlite3.Connection, today: date) -> dict[int, date]:
    """Return when customers with an open case signed with somebody else: by signal or by word."""
    found = _signals(connection, today, SIGNED)
    rows = connection.execute(
        "SELECT e.customer_id, max(coalesce(json_extract(e.payload, '$.on'), substr(e.at, 1, 10)))"  # noqa: S608
        f" FROM cases c JOIN events e ON e.customer_id = c.customer_id WHERE {_OPEN}"
        " AND 'competitor' IN (c.reason, c.assessed) AND e.kind = 'call' AND e.undoes IS NULL"
        f" AND {stands('e.id')}"
        " AND 'signed' IN (json_extract(e.payload, '$.detail'),"
        " json_extract(e.payload, '$.assessed_detail')) GROUP BY 1"
    )
    for customer, on in rows:
        found[customer] = max(date.fromisoformat(on), found.get(customer, date.min))
    return found


def notices(connection: sqlite3.Connection, today: date) -> dict[int, date]:
    """Return when customers with an open case gave notice."""
    return _signals(connection, today, _NOTICE)


def _signals(connection: sqlite3.Connection, today: date, kinds: Iterable[str]) -> dict[int, date]:
    rows = connection.execute(
        "SELECT c.customer_id, max(s.day) FROM cases c JOIN signals s"  # noqa: S608
        f" ON s.customer_id = c.customer_id WHERE {_OPEN} AND s.day BETWEEN ? AND ?"
        " AND s.kind IN (SELECT value FROM json_each(?)) GROUP BY 1",
        (_day(today - _NEWS), _day(today), json.dumps(list(kinds))),
    )
    return _dated(rows)


def wrote_asleep(connection: sqlite3.Connection, today: date) -> dict[int, date]:
    """Return when the snoozed turned to us since they were snoozed."""
    return _since_asleep(connection, today, INBOUND)


def changed_asleep(connection: sqlite3.Connection, today: date) -> dict[int, date]:
    """Return when a contact of the snoozed left since they were snoozed."""
    found = _since_asleep(connection, today, ("contact_left",))
    rows = connection.execute(
        "SELECT c.customer_id, min(p.ended_on) FROM cases c JOIN contacts p"
        " ON p.customer_id = c.customer_id AND p.ended_on >= c.snoozed_on AND p.ended_on <= ?"
        " WHERE c.snoozed_until > ? GROUP BY 1",
        (today.isoformat(), today.isoformat()),
    )
    for customer, on in rows:
        found[customer] = min(date.fromisoformat(on), found.get(customer, date.max))
    return found


def wrote_again(connection: sqlite3.Connection, today: date) -> dict[int, date]:
    """Return when those who were given up first turned to us since."""
    closed = _DAY.format("c.closed_on")
    rows = connection.execute(
        "SELECT c.customer_id, min(s.day) FROM cases c JOIN signals s"  # noqa: S608
        f" ON s.customer_id = c.customer_id AND s.day > {closed} AND s.day <= ?"
        " WHERE c.stage IN ('lost', 'let_go')"
        " AND s.kind IN (SELECT value FROM json_each(?)) GROUP BY 1",
        (_day(today), json.dumps(list(INBOUND))),
    )
    return _dated(rows)


def _since_asleep(
    connection: sqlite3.Connection, today: date, kinds: Iterable[str]
) -> dict[int, date]:
    began = _DAY.format("c.snoozed_on")
    rows = connection.execute(
        "SELECT c.customer_id, min(s.day) FROM cases c JOIN signals s"  # noqa: S608
        f" ON s.customer_id = c.customer_id AND s.day > {began} AND s.day <= ?"
        " WHERE c.snoozed_until > ? AND s.kind IN (SELECT value FROM json_each(?)) GROUP BY 1",
        (_day(today), today.isoformat(), json.dumps(list(kinds))),
    )
    return _dated(rows)


def objectors(connection: sqlite3.Connection) -> dict[int, date]:
    """Return who with an open case has objected, and when last; the ledger says what holds.

    What was undone, or taken back with its import, does not count.
    """
    from winback_tui.book.consents import taken_back

    rows = connection.execute(
        "SELECT c.customer_id, substr(e.at, 1, 10), e.event_id, e.batch_id FROM cases c"  # noqa: S608
        " JOIN consent_events e ON e.customer_id = c.customer_id AND e.event = 'objected'"
        f" WHERE {_OPEN} ORDER BY 2"
    ).fetchall()
    gone = taken_back(connection, {row[2] for row in rows}, {row[3] for row in rows})
    return {
        customer: date.fromisoformat(on)
        for customer, on, cause, batch in rows
        if cause not in gone.causes and batch not in gone.batches
    }


def offered(connection: sqlite3.Connection) -> list[int]:
    """Return who has an open case and was ever made an offer."""
    rows = connection.execute(
        f"SELECT customer_id FROM cases c WHERE {_OPEN} AND EXISTS (SELECT 1 FROM events e"  # noqa: S608
        " WHERE e.customer_id = c.customer_id AND e.kind = 'offer')"
    )
    return [row[0] for row in rows]


def margins_known(connection: sqlite3.Connection) -> bool:
    """Return whether anybody ever said what is left of a sale."""
    (known,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM events INDEXED BY events_margins WHERE kind = 'margin')"
    ).fetchone()
    return bool(known)


def worked(connection: sqlite3.Connection, today: date) -> list[int]:
    """Return whose case is open, awake, and not with sales."""
    rows = connection.execute(
        f"SELECT customer_id FROM cases WHERE {_OPEN}"  # noqa: S608
        " AND stage NOT IN ('handed_over', 'accepted') AND coalesce(snoozed_until, '') <= ?",
        (today.isoformat(),),
    )
    return [row[0] for row in rows]


def worn(
    connection: sqlite3.Connection, today: date, attempts: int, stop: int, silent: int
) -> list[int]:
    """Return whom the stop rule, or the silence of sales, may concern."""
    rows = connection.execute(
        f"SELECT customer_id FROM cases WHERE {_OPEN} AND (unanswered >= ?"  # noqa: S608
        " OR coalesce(answered_on, opened_on) <= ?"
        " OR (stage = 'handed_over' AND handed_on <= ?))",
        (
            attempts,
            (today - timedelta(days=stop)).isoformat(),
            (today - timedelta(days=silent)).isoformat(),
        ),
    )
    return [row[0] for row in rows]


def asleep(connection: sqlite3.Connection, today: date) -> list[int]:
    """Return who is snoozed beyond today."""
    rows = connection.execute(
        "SELECT customer_id FROM cases WHERE snoozed_until > ?", (today.isoformat(),)
    )
    return [row[0] for row in rows]


def dismissed(connection: sqlite3.Connection) -> dict[tuple[int, str], str]:
    """Return what each suggestion that was waved aside stood on."""
    rows = connection.execute("SELECT customer_id, suggestion, evidence FROM dismissals")
    return {(customer, suggestion): evidence for customer, suggestion, evidence in rows}


def _dated(rows: Iterable[tuple[int, int]]) -> dict[int, date]:
    return {customer: EPOCH + timedelta(days=day) for customer, day in rows}


def _day(day: date) -> int:
    return (day - EPOCH).days
