"""Alerts as the book keeps them: what was raised, and what was done about it."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from winback_tui.book import events
from winback_tui.book.listing import EPOCH
from winback_tui.model import EventKind
from winback_tui.rules.alerts import Sign, Verdict

_COLUMNS: Final = (
    "a.id, a.customer_id, c.number, c.name, a.raised_on, a.rule, a.priority, a.weight, a.due_on,"
    " a.after_event, a.reasons, m.mark"
)
#: Deeds that answer an alert.
_ANSWERS: Final = frozenset({
    EventKind.CALL, EventKind.STAGE, EventKind.SNOOZE, EventKind.HANDOVER, EventKind.OFFER,
    EventKind.MAIL,
})  # fmt: skip


class Alert(NamedTuple):
    """One alert: `signs` is what it stands on, the leading one first; `mark` what was done."""

    id: int
    customer: int
    number: str
    name: str
    raised_on: date
    rule: str
    priority: int
    weight: float
    due_on: date
    signs: tuple[Sign, ...]
    mark: str | None = None


def raised_on(connection: sqlite3.Connection, day: date) -> int:
    """Return how many alerts were raised as of a day."""
    (count,) = connection.execute(
        "SELECT count(*) FROM alerts WHERE raised_on = ?", (day.isoformat(),)
    ).fetchone()
    return int(count)


def keys_of(
    connection: sqlite3.Connection, customers: Sequence[int]
) -> dict[int, dict[tuple[str, int], date]]:
    """Return for each customer what was warned of: the day, by rule and period."""
    found: dict[int, dict[tuple[str, int], date]] = {each: {} for each in customers}
    for customer, rule, period, day in connection.execute(
        "SELECT customer_id, rule, period, raised_day FROM alert_keys"
        " WHERE customer_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(customers)),),
    ):
        found[customer][rule, period] = EPOCH + timedelta(days=day)
    return found


def add(
    connection: sqlite3.Connection,
    customer: int,
    signs: Sequence[Sign],
    verdict: Verdict,
    *,
    today: date,
    at: str,
) -> int:
    """Write an alert, and that it was warned of its signs, in an open write; return its id."""
    from winback_tui.rules.alerts import leading

    lead = leading(signs)
    ordered = [lead, *(each for each in signs if each is not lead)]
    (number,) = connection.execute(
        "INSERT INTO alerts (customer_id, raised_on, raised_at, rule, priority, weight, due_on,"
        " after_event, reasons) VALUES (?, ?, ?, ?, ?, ?, ?,"
        " (SELECT coalesce(max(id), 0) FROM events), ?) RETURNING id",
        (
            customer,
            today.isoformat(),
            at,
            lead.rule,
            int(verdict.priority),
            verdict.weight,
            verdict.due_on.isoformat(),
            json.dumps([_plain(each) for each in ordered], ensure_ascii=False),
        ),
    ).fetchone()
    connection.executemany(
        "INSERT INTO alert_keys VALUES (?, ?, ?, ?)",
        [(customer, each.rule, each.period, (today - EPOCH).days) for each in signs],
    )
    return int(number)


def standing(
    connection: sqlite3.Connection, today: date, keep_days: int, after: int = 0
) -> list[Alert]:
    """Return the alerts that nobody has dismissed or answered, the most urgent first.

    Those raised in the last `keep_days` days up to `today`, with ids above `after`. One is
    answered by a call, a mail, an offer or a move of the case since, unless that was undone.
    """
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM alerts a JOIN customers c ON c.id = a.customer_id"  # noqa: S608
        " LEFT JOIN alert_marks m ON m.alert_id = a.id"
        " WHERE a.raised_on > ? AND a.raised_on <= ? AND a.id > ? AND m.mark IS NOT 'dismissed'"
        " ORDER BY a.priority, a.due_on, a.id",
        ((today - timedelta(days=keep_days)).isoformat(), today.isoformat(), after),
    ).fetchall()
    answered = _answered(connection, {row[1] for row in rows})
    return [_alert(row) for row in rows if answered.get(row[1], 0) <= row[9]]


def by_id(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Alert]:
    """Return the alerts with these ids, whatever became of them."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM alerts a JOIN customers c ON c.id = a.customer_id"  # noqa: S608
        " LEFT JOIN alert_marks m ON m.alert_id = a.id"
        " WHERE a.id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return {row[0]: _alert(row) for row in rows}


def last_id(connection: sqlite3.Connection) -> int:
    """Return the id of the newest alert, 0 where there is none."""
    (number,) = connection.execute("SELECT coalesce(max(id), 0) FROM alerts").fetchone()
    return int(number)


def told_until(connection: sqlite3.Connection, way: str) -> int | None:
    """Return up to which alert one way of delivery has told all; None where it never told any."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_told(way),)).fetchone()
    return None if row is None else int(row[0])


def tell_until(connection: sqlite3.Connection, way: str, alert: int) -> None:
    """Keep up to which alert a way has told all, inside a write; it never goes back."""
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET"
        " value = CAST(max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER)) AS TEXT)",
        (_told(way), str(alert)),
    )


def claim(connection: sqlite3.Connection, way: str, by: str, at: str, until: str) -> bool:
    """Take what a way has to tell for oneself, inside a write; False where somebody else has it.

    `at` and `until` are instants. Who never says what became of it has it no longer than until.
    """
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_claimed(way),)).fetchone()
    if row is not None:
        end, _, holder = str(row[0]).partition(" ")
        if holder != by and end > at:
            return False
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (_claimed(way), f"{until} {by}"),
    )
    return True


def release(connection: sqlite3.Connection, way: str, by: str) -> None:
    """Give back what was claimed, inside a write; what another took over meanwhile stays theirs."""
    connection.execute(
        "DELETE FROM meta WHERE key = ? AND value LIKE '% ' || ?", (_claimed(way), by)
    )


def _claimed(way: str) -> str:
    return f"alerts_claimed_{way}"


def _told(way: str) -> str:
    return f"alerts_told_{way}"


def _answered(connection: sqlite3.Connection, customers: Iterable[int]) -> dict[int, int]:
    """Return the last deed that answers alerts of each customer, by the number of its event."""
    rows = connection.execute(
        "SELECT customer_id, id FROM events WHERE customer_id IN (SELECT value FROM json_each(?))"
        " AND kind IN (SELECT value FROM json_each(?)) AND undoes IS NULL ORDER BY id DESC",
        (json.dumps(sorted(customers)), json.dumps(sorted(_ANSWERS))),
    ).fetchall()
    found: dict[int, int] = {}
    for customer, event in rows:
        if customer not in found and not events.is_undone(connection, event):
            found[customer] = event
    return found


def _alert(row: Sequence[object]) -> Alert:
    key, customer, number, name, raised, rule, priority, weight, due, _, reasons, mark = row
    signs = tuple(_sign(each) for each in json.loads(str(reasons)))
    return Alert(
        key,  # type: ignore[arg-type]
        customer,  # type: ignore[arg-type]
        str(number),
        str(name),
        date.fromisoformat(str(raised)),
        str(rule),
        priority,  # type: ignore[arg-type]
        weight,  # type: ignore[arg-type]
        date.fromisoformat(str(due)),
        signs,
        mark,  # type: ignore[arg-type]
    )


def _plain(sign: Sign) -> dict[str, object]:
    plain = sign._asdict() | {"day": sign.day.isoformat()}
    plain["until"] = sign.until.isoformat() if sign.until else None
    return {name: value for name, value in plain.items() if value is not None}


def _sign(plain: dict[str, object]) -> Sign:
    days = {
        name: date.fromisoformat(str(plain[name])) for name in ("day", "until") if plain.get(name)
    }
    return Sign(**(plain | days))  # type: ignore[arg-type]
