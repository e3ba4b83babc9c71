"""The scores of one run, kept so that the next start paints them before it computes anything."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.book import bulk, details, frames
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
    "lifecycle",
    "last_day",
    "currency",
    "rfm",
    "signal",
)
#: The scores of so many as-of dates are kept.
HISTORY: Final = 12
#: Stands for no score in the history.
_ABSENT: Final = 0xFFFF
_RUN: Final = (
    "as_of, previous_as_of, scored_at, model_id, fingerprint, customers, arrived, previous_queue"
)


class ScoreRun(NamedTuple):
    """The run that the book holds: dates in ISO form, `scored_at` an instant.

    `fingerprint` stands for everything that the scores depend on but the as-of date and the
    model: the state of the transactions and the config. `arrived` counts who is in the queue and
    was not on `previous_as_of` (None: there is no such date); `previous_queue` holds the ids of
    those who were, as little-endian uint32.
    """

    as_of: str
    previous_as_of: str | None
    scored_at: str
    model_id: int | None
    fingerprint: str
    customers: int
    arrived: int | None = None
    previous_queue: bytes | None = None


class Prepared(NamedTuple):
    """Scores made ready for `store`.

    `rows` is the narrow part as a frame, None where it waits in a table of the connection;
    `details` and `points` are the rows of score_details and this run's row of the history.
    """

    rows: "pl.DataFrame | None"
    details: list[tuple[int, bytes]]
    points: bytes


def current_run(connection: sqlite3.Connection) -> ScoreRun | None:
    """Return the run whose scores the book holds, or None before the first."""
    row = connection.execute(f"SELECT {_RUN} FROM score_runs").fetchone()  # noqa: S608
    return None if row is None else ScoreRun(*row)


def queue(connection: sqlite3.Connection) -> bytes | None:
    """Return the ids of the kept run's queue as little-endian uint32, or None before the first."""
    row = connection.execute(
        "SELECT ids FROM score_orders WHERE tab = ? AND sort = ?",
        (Tab.QUEUE.value, Sort.SCORE.value),
    ).fetchone()
    return None if row is None else bytes(row[0])


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
def ready(connection: sqlite3.Connection, prepared: Prepared) -> Iterator[Prepared]:
    """Hold what `prepare` made ready for `store` inside the block.

    Yields what `store` takes. Where there are many rows, its narrow rows wait in a table of this
    connection alone, outside the book. Then the book is locked for copying them and not for
    bringing them from polars to SQLite, which takes longer. Enter it outside any transaction, and
    write nothing inside it but these scores: foreign keys are not checked there.
    """
    rows = prepared.rows
    staged = rows is not None and rows.height > AT_ONCE
    if staged and rows is not None:
        _stage(connection, rows)
        prepared = prepared._replace(rows=None)
    # A customer looked up per row would hold the lock twice as long. Whoever has a score has
    # transactions, and those cannot be without their customer.
    connection.execute("PRAGMA foreign_keys = OFF")
    # The log is folded into the book once the scores are there, not as a part of their commit.
    (usual,) = connection.execute("PRAGMA wal_autocheckpoint").fetchone()
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    try:
        yield prepared
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    finally:
        connection.execute(f"PRAGMA wal_autocheckpoint = {usual:d}")
        connection.execute("PRAGMA foreign_keys = ON")
        if staged:
            connection.execute("DROP TABLE staged_scores")


def warm_up() -> None:
    """Import what `prepare` needs; worth doing while something else is waited for."""
    import numpy  # noqa: F401


def prepare(frame: "pl.DataFrame") -> Prepared:
    """Return the scores of a frame (with previous_score) as `store` takes them."""
    import numpy as np

    points = np.empty(0, "<u2")
    if not frame.is_empty():
        ids = frame["customer_id"].to_numpy()
        points = np.full(ids[-1] + 1, _ABSENT, "<u2")
        points[ids] = np.rint(frame["score"].to_numpy() * 100).astype("<u2")
    return Prepared(frame, list(details.packed(frame)), points.tobytes())


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
    for part in frame.select(_COLUMNS).iter_slices(_BATCH):
        bulk.insert(connection, table, bulk.rows(part, _COLUMNS), {})


def set_aside(
    connection: sqlite3.Connection,
    prepared: Prepared,
    orders: Mapping[tuple[Tab, Sort], bytes],
    run: ScoreRun,
) -> None:
    """Show this connection these scores, lists and run instead of the book's, until it is closed.

    They lie in tables of its own that have the names of the book's, so that they hide those. Call
    it outside any transaction.
    """
    made = connection.execute(
        "SELECT sql FROM main.sqlite_schema WHERE type = 'table'"
        " AND name IN ('scores', 'score_details', 'score_history', 'score_orders', 'score_runs')"
    ).fetchall()
    connection.execute("BEGIN")
    try:
        for (sql,) in made:
            # Rows of another database cannot be referred to.
            alone = re.sub(r"\s+REFERENCES \w+\(\w+\)(\s+ON DELETE CASCADE)?", "", sql)
            connection.execute(alone.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
        connection.execute("INSERT INTO temp.score_history SELECT * FROM main.score_history")
        store(connection, prepared, orders, run)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def store(
    connection: sqlite3.Connection,
    prepared: Prepared,
    orders: Mapping[tuple[Tab, Sort], bytes],
    run: ScoreRun,
) -> None:
    """Replace the kept scores, lists and run by these, and add the scores to the history.

    Call it inside `ready`, with what that yields, and a write. `orders` has the ids of each list
    as little-endian uint32.
    """
    connection.execute("DELETE FROM scores")
    if prepared.rows is None:
        connection.execute("INSERT INTO scores SELECT * FROM staged_scores")
    else:
        _insert(connection, "scores", prepared.rows)
    details.write(connection, prepared.details)
    _remember(connection, run.as_of, prepared.points)
    connection.execute("DELETE FROM score_orders")
    connection.executemany(
        "INSERT INTO score_orders VALUES (?, ?, ?, ?)",
        [(tab.value, sort.value, len(ids) // 4, ids) for (tab, sort), ids in orders.items()],
    )
    marks = ", ".join("?" * len(run))
    connection.execute(
        f"INSERT OR REPLACE INTO score_runs (id, {_RUN}) VALUES (1, {marks})",  # noqa: S608
        run,
    )


def _remember(connection: sqlite3.Connection, as_of: str, points: bytes) -> None:
    """Add a run to the history, and drop the oldest beyond HISTORY, and any that it goes behind.

    Going back in time forgets what came later, as it does for the previous score.
    """
    connection.execute("DELETE FROM score_history WHERE as_of >= ?", (as_of,))
    connection.execute("INSERT INTO score_history VALUES (?, ?)", (as_of, points))
    connection.execute(
        "DELETE FROM score_history WHERE as_of NOT IN"
        " (SELECT as_of FROM score_history ORDER BY as_of DESC LIMIT ?)",
        (HISTORY,),
    )


def forget(connection: sqlite3.Connection, customer: int) -> None:
    """Leave no score of a customer behind: row, packed record, history and the queues' ids.

    Call it inside a write.
    """
    connection.execute("DELETE FROM scores WHERE customer_id = ?", (customer,))
    details.forget(connection, customer)
    for as_of, points in connection.execute("SELECT as_of, points FROM score_history").fetchall():
        cells = bytearray(points)
        if 2 * customer < len(cells):
            cells[2 * customer : 2 * customer + 2] = _ABSENT.to_bytes(2, "little")
            connection.execute(
                "UPDATE score_history SET points = ? WHERE as_of = ?", (bytes(cells), as_of)
            )
    for tab, sort, ids in connection.execute("SELECT tab, sort, ids FROM score_orders").fetchall():
        left = _without(ids, customer)
        connection.execute(
            "UPDATE score_orders SET ids = ?, customers = ? WHERE tab = ? AND sort = ?",
            (left, len(left) // 4, tab, sort),
        )
    row = connection.execute("SELECT previous_queue FROM score_runs").fetchone()
    if row is not None and row[0] is not None:
        connection.execute(
            "UPDATE score_runs SET previous_queue = ?", (_without(row[0], customer),)
        )


def _without(ids: bytes, customer: int) -> bytes:
    """Return a list of ids in little-endian uint32 without one of them."""
    wanted = customer.to_bytes(4, "little")
    cells = (ids[at : at + 4] for at in range(0, len(ids), 4))
    return b"".join(each for each in cells if each != wanted)


def history(connection: sqlite3.Connection, customer: int) -> list[tuple[str, float]]:
    """Return the customer's scores on the last as-of dates, the oldest first."""
    found = []
    for as_of, cell in connection.execute(
        "SELECT as_of, substr(points, ?, 2) FROM score_history ORDER BY as_of",
        (2 * customer + 1,),
    ):
        value = int.from_bytes(cell, "little") if len(cell) == 2 else _ABSENT
        if value != _ABSENT:
            found.append((as_of, value / 100))
    return found
