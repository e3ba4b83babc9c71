"""Alerts as the book keeps them: what the rules read, what was raised, what was done about it."""

import json
import sqlite3
import sys
from array import array
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.book import events, frames
from winback_tui.book import scores as kept_scores
from winback_tui.book.contracts import Contract, from_rows
from winback_tui.book.listing import EPOCH
from winback_tui.model import EventKind, Stage
from winback_tui.rules.alerts import Sign, Verdict

if TYPE_CHECKING:
    import polars as pl

_DAY: Final = "CAST(julianday(substr({}, 1, 10)) - 2440587.5 AS INTEGER)"
#: Days of lines that tell what is usual: two windows and the year between.
_PAST: Final = 730
_COLUMNS: Final = (
    "a.id, a.customer_id, c.number, c.name, a.raised_on, a.rule, a.priority, a.weight, a.due_on,"
    " a.after_event, a.reasons, m.mark"
)
#: Deeds that answer an alert.
_ANSWERS: Final = frozenset({
    EventKind.CALL, EventKind.STAGE, EventKind.SNOOZE, EventKind.HANDOVER, EventKind.OFFER,
    EventKind.MAIL,
})  # fmt: skip
#: Cases in which only what cannot wait is worth a warning, and those in which nothing is.
_WITH_SALES: Final = (Stage.HANDED_OVER, Stage.ACCEPTED)
_LET_GO: Final = (Stage.LET_GO,)
#: The history's sign for no score.
_ABSENT: Final = 0xFFFF


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


# What the rules read


def daily(
    connection: sqlite3.Connection, customers: "pl.Series", since: int, until: int
) -> "pl.DataFrame":
    """Return customer_id, day and net amount in the customer's main currency, per day with any."""
    import polars as pl

    columns = {"customer_id": pl.Int64, "day": pl.Int32, "amount": pl.Int64}
    source = (
        "(SELECT t.customer_id AS customer_id, t.day AS day, sum(t.amount) AS amount"
        " FROM scores s JOIN transactions t ON t.customer_id = s.customer_id"
        " AND t.currency = s.currency AND t.day BETWEEN ? AND ?"
        " WHERE s.customer_id IN (SELECT value FROM json_each(?)) GROUP BY 1, 2)"
    )
    return frames.read(connection, columns, source, (since, until, json.dumps(customers.to_list())))


def categories(
    connection: sqlite3.Connection, customers: "pl.Series", until: int, enough: int
) -> "pl.DataFrame":
    """Return customer_id, category, days, first and last of what was bought on `enough` days.

    Of the last two years. Products without a category count for nothing.
    """
    import polars as pl

    columns: dict[str, type[pl.DataType]] = {
        "customer_id": pl.Int64,
        "category": pl.String,
        "days": pl.Int32,
        "first": pl.Int32,
        "last": pl.Int32,
    }
    (any_,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM products WHERE category <> '')"
    ).fetchone()
    if not any_ or customers.is_empty():
        return pl.DataFrame(schema=columns)
    source = (
        "(SELECT t.customer_id AS customer_id, p.category AS category,"
        " count(DISTINCT t.day) AS days, min(t.day) AS first, max(t.day) AS last"
        " FROM transactions t JOIN products p ON p.code = t.product AND p.category <> ''"
        " WHERE t.customer_id IN (SELECT value FROM json_each(?)) AND t.day BETWEEN ? AND ?"
        " AND t.amount > 0 GROUP BY 1, 2 HAVING days >= ?)"
    )
    given = (json.dumps(customers.to_list()), until - _PAST, until, enough)
    return frames.read(connection, columns, source, given)


def told(connection: sqlite3.Connection, since: int, until: int) -> "pl.DataFrame":
    """Return what stands elsewhere than among the signals: who left, and which address bounced.

    As customer_id, kind, day and value, as signals are.
    """
    import polars as pl

    columns = {"customer_id": pl.Int64, "kind": pl.String, "day": pl.Int32, "value": pl.Float64}
    left, at = _DAY.format("ended_on"), _DAY.format("at")
    source = (
        f"(SELECT customer_id, 'contact_left' AS kind, {left} AS day, NULL AS value FROM contacts"  # noqa: S608
        f" WHERE ended_on IS NOT NULL AND {left} BETWEEN ? AND ?"
        f" UNION ALL SELECT customer_id, 'bounce', {at}, NULL FROM consent_events"
        f" WHERE event = 'bounced' AND erased_on IS NULL AND {at} BETWEEN ? AND ?"
        " AND (event_id IS NULL OR NOT EXISTS (SELECT 1 FROM events u WHERE u.undoes = event_id))"
        " AND (batch_id IS NULL OR batch_id NOT IN"
        " (SELECT id FROM import_batches WHERE undone_at IS NOT NULL)))"
    )
    return frames.read(connection, columns, source, (since, until, since, until))


def contracts(connection: sqlite3.Connection, today: date, within: int) -> list[Contract]:
    """Return the contracts whose last day of notice may lie within so many days.

    That is all whose day does, and those that have renewed themselves since; the rules tell when.
    """
    decide = "julianday(ends_on) - notice_days - julianday(?1)"
    return list(
        from_rows(
            connection.execute(
                "SELECT id, customer_id, number, title, starts_on, ends_on, notice_days, renewal,"  # noqa: S608
                f" amount, currency FROM contracts WHERE {decide} BETWEEN 0 AND ?2"
                f" OR ({decide} < 0 AND renewal = 'automatic') ORDER BY customer_id, id",
                (today.isoformat(), within),
            )
        )
    )


def earlier_scores(
    connection: sqlite3.Connection, since: date, before: date
) -> "tuple[date, pl.DataFrame] | None":
    """Return the first run from `since` to before `before`: its day, customer_id and before."""
    import polars as pl

    row = connection.execute(
        "SELECT as_of, points FROM score_history WHERE as_of >= ? AND as_of < ?"
        " ORDER BY as_of LIMIT 1",
        (since.isoformat(), before.isoformat()),
    ).fetchone()
    if row is None:
        return None
    cells = array("H", row[1])
    if sys.byteorder == "big":
        cells.byteswap()
    points = pl.Series("before", cells, pl.Float64) / 100
    frame = pl.DataFrame({"before": points}).with_row_index("customer_id")
    frame = frame.with_columns(pl.col("customer_id").cast(pl.Int64))
    return date.fromisoformat(row[0]), frame.filter(pl.col("before") < _ABSENT / 100)


def has_earlier_scores(connection: sqlite3.Connection, before: date) -> bool:
    """Return whether the book was scored for a day before `before`."""
    (found,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM score_history WHERE as_of < ?)", (before.isoformat(),)
    ).fetchone()
    return bool(found)


def scores(connection: sqlite3.Connection) -> "pl.DataFrame":
    """Return customer_id and score of the run that stands."""
    found = kept_scores.previous(connection, "score")
    return found.rename({"previous_score": "score"})


def currencies(connection: sqlite3.Connection) -> "pl.DataFrame":
    """Return customer_id and currency of the run that stands."""
    import polars as pl

    return frames.read(connection, {"customer_id": pl.Int64, "currency": pl.String}, "scores")


def consents_of(
    connection: sqlite3.Connection, spans: Sequence[tuple[date, date]], among: Sequence[int] | None
) -> list[int]:
    """Return the customers of whom the ledger has a row from one of the spans of days.

    With them those with a row whose day is not known exactly. `among` (None: everybody) narrows.
    """
    dated = " OR ".join("at BETWEEN ? AND ?" for _ in spans)
    narrower = "" if among is None else "AND customer_id IN (SELECT value FROM json_each(?))"
    days = [text for low, high in spans for text in (low.isoformat(), f"{high.isoformat()}~")]
    rows = connection.execute(
        "SELECT DISTINCT customer_id FROM consent_events WHERE erased_on IS NULL"  # noqa: S608
        f" AND ({dated} OR precision IN ('month', 'year')) {narrower} ORDER BY 1",
        (*days, *([] if among is None else [json.dumps(list(among))])),
    )
    return [row[0] for row in rows]


def raised(connection: sqlite3.Connection) -> "pl.DataFrame":
    """Return of what was warned, and when: customer_id, rule, period and raised_day."""
    import polars as pl

    columns = {
        "customer_id": pl.Int64,
        "rule": pl.String,
        "period": pl.Int64,
        "raised_day": pl.Int32,
    }
    return frames.read(connection, columns, "alert_keys")


def of_no_interest(connection: sqlite3.Connection) -> list[int]:
    """Return the customers who were let go: nothing about them is worth a warning."""
    return _with_case(connection, "stage IN (SELECT value FROM json_each(?))", json.dumps(_LET_GO))


def waited_for(connection: sqlite3.Connection, today: date) -> list[int]:
    """Return the customers who are snoozed or with sales: only what cannot wait is."""
    return _with_case(
        connection,
        "snoozed_until > ? OR stage IN (SELECT value FROM json_each(?))",
        today.isoformat(),
        json.dumps(_WITH_SALES),
    )


def _with_case(connection: sqlite3.Connection, where: str, *given: str) -> list[int]:
    rows = connection.execute(f"SELECT customer_id FROM cases WHERE {where}", given)  # noqa: S608
    return [row[0] for row in rows]


# What was raised


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
