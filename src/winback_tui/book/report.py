"""What came of all cases, counted in the log and in the cases as they stand."""

import json
import sqlite3
from datetime import date
from typing import Final

from winback_tui.book.listing import EPOCH
from winback_tui.book.standing import stands
from winback_tui.model import Money, Stage

_STANDS: Final = f"e.undoes IS NULL AND {stands('e.id')}"
_ON: Final = "coalesce(json_extract(e.payload, '$.on'), substr(e.at, 1, 10))"


def stages(connection: sqlite3.Connection) -> dict[Stage, int]:
    """Return how many cases stand at each stage."""
    rows = dict(
        connection.execute(
            "SELECT stage, count(*) FROM cases WHERE stage IS NOT NULL GROUP BY stage"
        ).fetchall()
    )
    return {stage: rows.get(stage.value, 0) for stage in Stage}


def calls(
    connection: sqlite3.Connection, reached: tuple[str, ...], since: date, until: date
) -> tuple[int, int]:
    """Return the outbound calls of a time, and how many ended in one of the outcomes `reached`."""
    made, got = connection.execute(
        "SELECT count(*), coalesce(sum(json_extract(e.payload, '$.outcome') IN"  # noqa: S608
        " (SELECT value FROM json_each(?))), 0) FROM events e WHERE e.kind = 'call'"
        f" AND json_extract(e.payload, '$.outcome') <> 'inbound' AND {_STANDS}"
        f" AND {_ON} BETWEEN ? AND ?",
        (json.dumps(list(reached)), since.isoformat(), until.isoformat()),
    ).fetchone()
    return made, got


def reactivated(
    connection: sqlite3.Connection, since: date, until: date
) -> dict[int, tuple[date, int, str | None]]:
    """Return who was won back: the day, and what was at risk (minor units, currency)."""
    rows = connection.execute(
        f"SELECT e.customer_id, {_ON}, coalesce(json_extract(e.payload, '$.value_at_risk'), 0),"  # noqa: S608
        " json_extract(e.payload, '$.currency') FROM events e WHERE e.kind = 'stage'"
        f" AND json_extract(e.payload, '$.stage') = 'reactivated' AND {_STANDS}"
        f" AND {_ON} BETWEEN ? AND ? ORDER BY e.id",
        (since.isoformat(), until.isoformat()),
    )
    return {
        customer: (date.fromisoformat(on), at_risk, currency)
        for customer, on, at_risk, currency in rows
    }


def came_in(
    connection: sqlite3.Connection, back: dict[int, date], until: date
) -> tuple[Money, ...]:
    """Return what these customers have bought since their day, net, by currency."""
    rows = connection.execute(
        "WITH back AS (SELECT CAST(key AS INTEGER) AS customer_id, value AS first"
        " FROM json_each(?)) SELECT t.currency, sum(t.amount) FROM back JOIN transactions t"
        " ON t.customer_id = back.customer_id AND t.day BETWEEN back.first AND ? GROUP BY 1",
        (
            json.dumps({customer: (on - EPOCH).days for customer, on in back.items()}),
            (until - EPOCH).days,
        ),
    )
    return tuple(Money(amount, currency) for currency, amount in sorted(rows))


def let_go(connection: sqlite3.Connection, since: date, until: date) -> dict[str | None, int]:
    """Return how many were let go for which reason; None where none was given."""
    rows = connection.execute(
        "SELECT json_extract(e.payload, '$.let_go'), count(*) FROM events e"  # noqa: S608
        f" WHERE e.kind = 'stage' AND json_extract(e.payload, '$.stage') = 'let_go' AND {_STANDS}"
        f" AND {_ON} BETWEEN ? AND ? GROUP BY 1 ORDER BY 2 DESC",
        (since.isoformat(), until.isoformat()),
    )
    return dict(rows.fetchall())


def warned(connection: sqlite3.Connection, since: date, until: date) -> int:
    """Return how many contacts were made against a consent warning, with a typed reason."""
    (count,) = connection.execute(
        "SELECT count(*) FROM events e WHERE json_extract(e.payload, '$.justify') > ''"  # noqa: S608
        f" AND {_STANDS} AND {_ON} BETWEEN ? AND ?",
        (since.isoformat(), until.isoformat()),
    ).fetchone()
    return int(count)
