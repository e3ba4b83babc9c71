"""The scores of one run, kept so that the next start paints them before it computes anything."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.book import frames
from winback_tui.model import Sort, Tab

if TYPE_CHECKING:
    import polars as pl

#: Rows that are handed to SQLite at once.
_BATCH: Final = 16_384
#: Up to so many rows are written straight into the book: the lock is held a second or two then.
AT_ONCE: Final = 200_000
_COLUMNS: Final = (
    "customer_id",
    "score",
    "previous_score",
    "p_left",
    "horizon_days",
    "lifecycle",
    "purchases",
    "last_day",
    "usual_gap",
    "long_gap",
    "still_there",
    "base_points",
    "history_points",
    "silence_points",
    "due_day",
    "value_at_risk",
    "currency",
    "rfm",
)


class ScoreRun(NamedTuple):
    """The run that the book holds: dates in ISO form, `scored_at` an instant.

    `fingerprint` stands for everything that the scores depend on but the as-of date and the
    model: the state of the transactions and the config.
    """

    as_of: str
    previous_as_of: str | None
    scored_at: str
    model_id: int | None
    fingerprint: str
    customers: int


def current_run(connection: sqlite3.Connection) -> ScoreRun | None:
    """Return the run whose scores the book holds, or None before the first."""
    row = connection.execute(
        "SELECT as_of, previous_as_of, scored_at, model_id, fingerprint, customers FROM score_runs"
    ).fetchone()
    return None if row is None else ScoreRun(*row)


def previous(connection: sqlite3.Connection, column: str) -> "pl.DataFrame":
    """Return customer_id and previous_score from `column`: "score" or "previous_score"."""
    import polars as pl

    if column not in {"score", "previous_score"}:
        raise ValueError(column)
    source = f"(SELECT customer_id, {column} AS previous_score FROM scores)"  # noqa: S608
    return frames.read(connection, {"customer_id": pl.Int64, "previous_score": pl.Float64}, source)


def by_number(connection: sqlite3.Connection) -> "pl.Series":
    """Return the ids of all customers in the order of their customer numbers."""
    import polars as pl

    source = "(SELECT id FROM customers ORDER BY number)"
    return frames.read(connection, {"id": pl.Int64}, source)["id"].alias("customer_id")


@contextmanager
def ready(connection: sqlite3.Connection, frame: "pl.DataFrame") -> "Iterator[pl.DataFrame | None]":
    """Hold the rows of `frame` (the columns of table scores) ready for `store` inside the block.

    Yields what `store` takes: the frame itself, or None where it is so big that its rows wait in a
    table of this connection alone, outside the book. Then the book is locked for copying them and
    not for bringing them from polars to SQLite, which takes longer. Enter it outside any
    transaction, and write nothing inside it but the scores of that frame: foreign keys are not
    checked there.
    """
    staged = frame.height > AT_ONCE
    if staged:
        _stage(connection, frame)
    # A customer looked up per row would hold the lock twice as long. Whoever has a score has
    # transactions, and those cannot be without their customer.
    connection.execute("PRAGMA foreign_keys = OFF")
    # The log is folded into the book once the scores are there, not as a part of their commit.
    (usual,) = connection.execute("PRAGMA wal_autocheckpoint").fetchone()
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    try:
        yield None if staged else frame
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    finally:
        connection.execute(f"PRAGMA wal_autocheckpoint = {usual:d}")
        connection.execute("PRAGMA foreign_keys = ON")
        if staged:
            connection.execute("DROP TABLE staged_scores")


def _stage(connection: sqlite3.Connection, frame: "pl.DataFrame") -> None:
    connection.execute("BEGIN")
    try:
        connection.execute("CREATE TEMP TABLE staged_scores AS SELECT * FROM scores LIMIT 0")
        _insert(connection, "staged_scores", frame)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _insert(connection: sqlite3.Connection, table: str, frame: "pl.DataFrame") -> None:
    marks = ", ".join("?" * len(_COLUMNS))
    for part in frame.select(_COLUMNS).iter_slices(_BATCH):
        connection.executemany(
            f"INSERT INTO {table} VALUES ({marks})",  # noqa: S608 - names of this module
            zip(*(column.to_list() for column in part.iter_columns()), strict=True),
        )


def set_aside(
    connection: sqlite3.Connection,
    rows: "pl.DataFrame",
    orders: Mapping[tuple[Tab, Sort], bytes],
    run: ScoreRun,
) -> None:
    """Show this connection these scores, lists and run instead of the book's, until it is closed.

    They lie in tables of its own that have the names of the book's, so that they hide those. Call
    it outside any transaction.
    """
    made = connection.execute(
        "SELECT sql FROM main.sqlite_schema WHERE type = 'table'"
        " AND name IN ('scores', 'score_orders', 'score_runs')"
    ).fetchall()
    connection.execute("BEGIN")
    try:
        for (sql,) in made:
            # Rows of another database cannot be referred to.
            alone = re.sub(r"\s+REFERENCES \w+\(\w+\)(\s+ON DELETE CASCADE)?", "", sql)
            connection.execute(alone.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
        store(connection, rows, orders, run)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def store(
    connection: sqlite3.Connection,
    rows: "pl.DataFrame | None",
    orders: Mapping[tuple[Tab, Sort], bytes],
    run: ScoreRun,
) -> None:
    """Replace the kept scores, lists and run by these.

    Call it inside `ready`, with what that yields as `rows`, and a write. `orders` has the ids of
    each list as little-endian uint32.
    """
    connection.execute("DELETE FROM scores")
    if rows is None:
        connection.execute("INSERT INTO scores SELECT * FROM staged_scores")
    else:
        _insert(connection, "scores", rows)
    connection.execute("DELETE FROM score_orders")
    connection.executemany(
        "INSERT INTO score_orders VALUES (?, ?, ?, ?)",
        [(tab.value, sort.value, len(ids) // 4, ids) for (tab, sort), ids in orders.items()],
    )
    connection.execute(
        "INSERT OR REPLACE INTO score_runs VALUES (1, ?, ?, ?, ?, ?, ?)",
        (
            run.as_of,
            run.previous_as_of,
            run.scored_at,
            run.model_id,
            run.fingerprint,
            run.customers,
        ),
    )
