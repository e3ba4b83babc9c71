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
_LISTED: Final = "(SELECT value FROM json_each(?))"
#: So many days before a deed a fact may be dated and still be news; older is history.
_HISTORY: Final = _NEWS.days
#: The deed by which a customer was given up, and its day.
_GIVEN_UP: Final = ("e.kind = 'stage' AND e.payload ->> '$.stage' = c.stage", "c.closed_on")
_TURNED: Final = f"SELECT customer_id, day FROM signals WHERE kind IN {_LISTED}"  # noqa: S608
#: When contacts left: as the book was told, or as it was noted with them.
_LEFT: Final = (
    "SELECT customer_id, day FROM signals WHERE kind = 'contact_left' UNION ALL"  # noqa: S608
    f" SELECT customer_id, {_DAY.format('ended_on')} FROM contacts WHERE ended_on IS NOT NULL"
)


def bought(
    connection: sqlite3.Connection, today: date, within: int
) -> dict[int, tuple[date, tuple[Money, ...]]]:
    """Return who bought since the last contact (within so many days), or since being given up.

    With the day of the first purchase, and what came in, net, by currency. Who was given up counts
    with what the book did not hold then.
    """
    contact, known = _DAY.format("last_contact_on"), _known("purchase", *_GIVEN_UP)
    rows = connection.execute(
        "WITH base AS MATERIALIZED ("  # noqa: S608 - our own words
        f" SELECT customer_id, {contact} AS first, min(?, {contact} + ?) AS last FROM cases"
        f" WHERE {_OPEN} AND last_contact_on IS NOT NULL"
        f" UNION ALL SELECT customer_id, {known} + 1, ? FROM cases c"
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


def latest(
    connection: sqlite3.Connection, ids: Iterable[int], today: date
) -> dict[int, dict[str, int | None]]:
    """Return the last day, up to today, of each fact that may wake these customers.

    By its cause, as whole days since 1970; None where the book holds no such fact. Kept with a
    snooze, it tells what comes to the book later from what was known.
    """
    found: dict[int, dict[str, int | None]] = {
        customer: dict.fromkeys(("purchase", "inbound", "contact")) for customer in ids
    }
    among = json.dumps(list(found))
    for cause, select, values in (
        ("purchase", "SELECT customer_id, day FROM transactions WHERE amount > 0", ()),
        ("inbound", _TURNED, INBOUND),
        ("contact", _LEFT, ()),
    ):
        rows = connection.execute(
            f"SELECT customer_id, max(day) FROM ({select}) WHERE day <= ?"  # noqa: S608
            f" AND customer_id IN {_LISTED} GROUP BY 1",
            (*((json.dumps(values),) if values else ()), _day(today), among),
        )
        for customer, day in rows:
            found[customer][cause] = day
    return found


def bought_asleep(connection: sqlite3.Connection, today: date) -> dict[int, date]:
    """Return the first purchase of the snoozed that the book did not hold when they were snoozed.

    Of snoozes that do not say what was known: the first since the day after them.
    """
    rows = connection.execute(
        f"WITH {_asleep('purchase')} SELECT asleep.customer_id, min(t.day)"  # noqa: S608
        " FROM asleep JOIN transactions t ON t.customer_id = asleep.customer_id"
        " AND t.day > since AND t.day <= ? AND t.amount > 0 GROUP BY 1",
        (today.isoformat(), _day(today)),
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
    """Return when the snoozed turned to us, where that was not known when they were snoozed."""
    rows = connection.execute(
        f"WITH {_asleep('inbound')} SELECT asleep.customer_id, min(s.day)"  # noqa: S608
        " FROM asleep JOIN signals s ON s.customer_id = asleep.customer_id"
        f" AND s.day > since AND s.day <= ? AND s.kind IN {_LISTED} GROUP BY 1",
        (today.isoformat(), _day(today), json.dumps(INBOUND)),
    )
    return _dated(rows)


def changed_asleep(connection: sqlite3.Connection, today: date) -> dict[int, date]:
    """Return when a contact of the snoozed left, where that was not known at the snooze."""
    rows = connection.execute(
        f"WITH {_asleep('contact')} SELECT asleep.customer_id, min(gone.day)"  # noqa: S608
        f" FROM asleep JOIN ({_LEFT}) gone ON gone.customer_id = asleep.customer_id"
        " AND gone.day > since AND gone.day <= ? GROUP BY 1",
        (today.isoformat(), _day(today)),
    )
    return _dated(rows)


def _asleep(cause: str) -> str:
    """Return a part of a query: who is snoozed beyond the day it is given, and what is no news."""
    deed = "e.kind = 'snooze' AND e.payload ->> '$.until' = c.snoozed_until"
    return (
        f"asleep AS MATERIALIZED (SELECT c.customer_id, {_known(cause, deed, 'c.snoozed_on')}"  # noqa: S608
        " AS since FROM cases c WHERE c.snoozed_until > ?)"
    )


def _known(cause: str, deed: str, on: str) -> str:
    """Return the last day of a fact that was known when a deed made the case `c` what it is.

    The deed's own event says it (`latest`); an older one does not, and then what is dated up to the
    day `on` of the deed is taken to have been known. What is more than a year older than the deed
    is no news, whenever it comes to the book: a list of old tickets wakes nobody.
    """
    oldest = f"{_DAY.format(on)} - {_HISTORY}"
    return (
        f"coalesce((SELECT iif(e.payload -> '$.known' IS NULL, NULL,"  # noqa: S608
        f" max(coalesce(e.payload ->> '$.known.{cause}', {oldest}), {oldest}))"
        " FROM events e INDEXED BY events_customer WHERE e.customer_id = c.customer_id"
        f" AND e.undoes IS NULL AND {deed}"
        f" AND e.payload ->> '$.on' = {on} ORDER BY e.id DESC LIMIT 1), {_DAY.format(on)})"
    )


def wrote_again(connection: sqlite3.Connection, today: date) -> dict[int, date]:
    """Return when those who were given up turned to us first, where that was not known then."""
    rows = connection.execute(
        "SELECT c.customer_id, min(s.day) FROM cases c JOIN signals s"  # noqa: S608
        f" ON s.customer_id = c.customer_id AND s.day > {_known('inbound', *_GIVEN_UP)}"
        " AND s.day <= ? WHERE c.stage IN ('lost', 'let_go')"
        f" AND s.kind IN {_LISTED} GROUP BY 1",
        (_day(today), json.dumps(INBOUND)),
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
