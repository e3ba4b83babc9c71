"""What the rules of early warning read: purchases, contracts, scores, and what was raised."""

import json
import sqlite3
import sys
from array import array
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from winback_tui.book import frames, score_history
from winback_tui.book import scores as kept_scores
from winback_tui.book.contracts import Contract, from_rows
from winback_tui.model import Stage

if TYPE_CHECKING:
    import polars as pl

_DAY: Final = "CAST(julianday(substr({}, 1, 10)) - 2440587.5 AS INTEGER)"
#: Days of lines that tell what is usual: two windows and the year between.
_PAST: Final = 730
#: Cases in which only what cannot wait is worth a warning, and those in which nothing is.
_WITH_SALES: Final = (Stage.HANDED_OVER, Stage.ACCEPTED)
_LET_GO: Final = (Stage.LET_GO,)


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
    return date.fromisoformat(row[0]), frame.filter(pl.col("before") < score_history.ABSENT / 100)


def has_earlier_scores(connection: sqlite3.Connection, before: date) -> bool:
    """Return whether the book was scored for a day before `before`."""
    (found,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM score_history WHERE as_of < ?)", (before.isoformat(),)
    ).fetchone()
    return bool(found)


def scores(connection: sqlite3.Connection) -> "pl.DataFrame":
    """Return customer_id and score of the run that stands, of those who are in the book still."""
    import polars as pl

    found = kept_scores.previous(connection, "score")
    # The packed part of a customer whose import was undone stays until the next run.
    there = frames.read(connection, {"customer_id": pl.Int64}, "scores")
    return found.join(there, on="customer_id", how="semi").rename({"previous_score": "score"})


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
