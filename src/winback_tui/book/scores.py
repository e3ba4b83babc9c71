"""The scores of one run, kept so that the next start paints them before it computes anything."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from winback_tui.book import aside, bulk, details, frames, score_history
from winback_tui.model import Sort, Tab

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    import polars as pl

#: Rows that are handed to SQLite at once.
_BATCH: Final = 16_384
#: Up to so many rows are written straight into the book: the lock is held a second or two then.
AT_ONCE: Final = 200_000
_COLUMNS: Final = (
    "customer_id",
    "lifecycle",
    "last_day",
    "currency",
    "rfm",
    "signal",
)
_NUMBERS: Final = ("customer_id", "last_day")
#: From one in so many rows, it is quicker to write them all.
_MANY: Final = 3
#: Customers whose kept scores are read at once.
_READ: Final = 1 << 16
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

    `rows` is the narrow part as a frame, and `changed` what of it differs from the kept rows, None
    where that waits in a table of the connection; `gone` are the customers whose kept rows are to
    make room, None: all. `details` and `points` are the rows of score_details, as soon as they are
    packed, and this run's row of the history.
    """

    rows: "pl.DataFrame"
    changed: "pl.DataFrame | None"
    gone: list[int] | None
    details: "Future[list[tuple[int, bytes]]]"
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
    """Return customer_id and previous_score from `column`: "score" or "previous_score".

    Without those who have none.
    """
    import numpy as np
    import polars as pl

    parts = list(details.column(connection, column))
    nothing = np.empty(0)
    ids = [np.arange(first, first + len(cells)) for first, cells in parts]
    whole = pl.DataFrame(
        {
            "customer_id": np.concatenate([nothing, *ids]),
            "previous_score": np.concatenate(
                [nothing, *(np.frombuffer(each) for _, each in parts)]
            ),
        },
        schema={"customer_id": pl.Int64, "previous_score": pl.Float64},
    )
    return whole.filter(pl.col("previous_score").is_not_nan())


def kept(connection: sqlite3.Connection) -> "pl.DataFrame":
    """Return the narrow part of the scores that the book holds, sorted by customer_id."""
    import polars as pl

    kinds = dict.fromkeys(_COLUMNS, pl.String) | dict.fromkeys(_NUMBERS, pl.Int64)
    (last,) = connection.execute("SELECT max(customer_id) FROM scores").fetchone()
    slices = [
        frames.read(
            connection,
            kinds,
            "scores WHERE customer_id BETWEEN ? AND ?",
            (start, start + _READ - 1),
        )
        for start in range(0, (last or 0) + 1, _READ)
    ]
    return pl.concat(slices)


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
    changed = prepared.changed
    staged = changed is not None and changed.height > AT_ONCE
    if staged and changed is not None:
        _stage(connection, changed)
        prepared = prepared._replace(changed=None)
    # A customer looked up per row would hold the lock twice as long. Whoever has a score has
    # transactions, and those cannot be without their customer.
    connection.execute("PRAGMA foreign_keys = OFF")
    # The log is folded into the book once the scores are there, not as a part of their commit.
    (usual,) = connection.execute("PRAGMA wal_autocheckpoint").fetchone()
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    # Nobody waits for the disk: scores that a power cut takes are made anew, and the next deed's
    # commit brings them there with it.
    (careful,) = connection.execute("PRAGMA synchronous").fetchone()
    connection.execute("PRAGMA synchronous = NORMAL")
    try:
        yield prepared
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    finally:
        connection.execute(f"PRAGMA synchronous = {careful:d}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {usual:d}")
        connection.execute("PRAGMA foreign_keys = ON")
        if staged:
            connection.execute("DROP TABLE staged_scores")


def warm_up() -> None:
    """Import what `prepare` needs; worth doing while something else is waited for."""
    import numpy  # noqa: F401


def prepare(
    frame: "pl.DataFrame",
    before: "pl.DataFrame",
    standing: "pl.DataFrame",
    worker: "ThreadPoolExecutor",
) -> Prepared:
    """Return the scores of a frame, with the previous_score of `before`, as `store` wants them.

    `standing` is what `kept` returned. `worker` packs what is packed, while the rest is written.
    """
    found = frame.select("customer_id").join(
        before, on="customer_id", how="left", maintain_order="left"
    )
    # Put beside the others: a join of them all would copy each.
    frame = frame.hstack([found["previous_score"]])
    packed = worker.submit(lambda: list(details.packed(frame)))
    points = score_history.points(frame)
    rows = frame.select(_COLUMNS)
    changed, left = _differing(rows, standing)
    if len(left) + changed.height > standing.height // _MANY:
        # Where most rows go, it is quicker to write them all in their order.
        return Prepared(rows, rows, None, packed, points)
    return Prepared(rows, changed, left + changed["customer_id"].to_list(), packed, points)


def _differing(rows: "pl.DataFrame", standing: "pl.DataFrame") -> "tuple[pl.DataFrame, list[int]]":
    """Return the rows that are not as the standing ones are, and whose standing row goes.

    Both are sorted by customer_id, and mostly of the same customers: then column stands by column.
    """
    import polars as pl

    ids, left = rows["customer_id"], list[int]()
    if not ids.equals(standing["customer_id"]):
        left = standing.join(rows, on="customer_id", how="anti")["customer_id"].to_list()
        standing = ids.to_frame().join(
            standing, on="customer_id", how="left", maintain_order="left"
        )
    # Who had none has no last_day there.
    differs = pl.any_horizontal(
        pl.col(name).ne_missing(standing[name]) for name in _COLUMNS if name != "customer_id"
    )
    return rows.filter(differs), left


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
    for part in frame.iter_slices(_BATCH):
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
    connection.execute("BEGIN")
    try:
        aside.make_room(connection)
        store_rows(connection, prepared._replace(changed=prepared.rows, gone=None))
        store(connection, prepared, orders, run, today=run.as_of)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def store_rows(connection: sqlite3.Connection, prepared: Prepared) -> None:
    """Replace the kept scores, and no more, by these; `store` is to follow in the same write.

    Call it inside `ready`, with what that yields, and a write.
    """
    if prepared.gone is None:
        connection.execute("DELETE FROM scores")
    else:
        connection.execute(
            "DELETE FROM scores WHERE customer_id IN (SELECT value FROM json_each(?))",
            (json.dumps(prepared.gone),),
        )
    if prepared.changed is None:
        connection.execute("INSERT INTO scores SELECT * FROM staged_scores")
    else:
        _insert(connection, "scores", prepared.changed)


def store(
    connection: sqlite3.Connection,
    prepared: Prepared,
    orders: Mapping[tuple[Tab, Sort], bytes],
    run: ScoreRun,
    *,
    today: str,
) -> None:
    """Replace the kept lists, run and whatever else is kept of scores, and add to their history.

    Call it after `store_rows`. `orders` has the ids of each list as little-endian uint32. `today`
    is the real day in ISO form, whatever day the run is of.
    """
    details.write(connection, prepared.details.result())
    score_history.add(connection, run.as_of, prepared.points, today)
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


def leave_out(connection: sqlite3.Connection, customer: int) -> list[Any] | None:
    """Let no list show a customer until the next run; call it inside a write.

    Nor those that are laid over the book's. What is packed stays for the run to compare with.
    Returns what `take_in` takes; None where there was no score.
    """
    row = connection.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM main.scores WHERE customer_id = ?",  # noqa: S608
        (customer,),
    ).fetchone()
    for place in aside.places(connection):
        connection.execute(f"DELETE FROM {place}.scores WHERE customer_id = ?", (customer,))  # noqa: S608
    return None if row is None else [*row]


def take_in(connection: sqlite3.Connection, row: Sequence[Any]) -> None:
    """Put back what `leave_out` returned, unless another run has scored the book since."""
    customer, *_ = row
    if details.holds(connection, customer):
        marks = ", ".join("?" * len(_COLUMNS))
        connection.execute(
            f"INSERT OR IGNORE INTO main.scores ({', '.join(_COLUMNS)}) VALUES ({marks})",  # noqa: S608
            row,
        )


def forget(connection: sqlite3.Connection, customer: int) -> None:
    """Leave no score of a customer behind: row, packed record, history and the queues' ids.

    Nor among those that are laid over the book's. Call it inside a write.
    """
    for place in aside.places(connection):
        _forget(connection, customer, place)


def _forget(connection: sqlite3.Connection, customer: int, place: str) -> None:
    """Leave no score of a customer in one of `aside.places`."""

    def rows(columns: str, table: str) -> list[Any]:
        return connection.execute(f"SELECT {columns} FROM {place}.{table}").fetchall()  # noqa: S608

    def change(statement: str, *values: object) -> None:
        connection.execute(statement.format(place=place), values)

    change("DELETE FROM {place}.scores WHERE customer_id = ?", customer)
    details.forget(connection, customer, place)
    score_history.forget(connection, customer, place)
    for tab, sort, ids in rows("tab, sort, ids", "score_orders"):
        left = _without(ids, customer)
        change(
            "UPDATE {place}.score_orders SET ids = ?, customers = ? WHERE tab = ? AND sort = ?",
            left,
            len(left) // 4,
            tab,
            sort,
        )
    for (before,) in rows("previous_queue", "score_runs"):
        if before is not None:
            change("UPDATE {place}.score_runs SET previous_queue = ?", _without(before, customer))


def _without(ids: bytes, customer: int) -> bytes:
    """Return a list of ids in little-endian uint32 without one of them."""
    wanted = customer.to_bytes(4, "little")
    cells = (ids[at : at + 4] for at in range(0, len(ids), 4))
    return b"".join(each for each in cells if each != wanted)
