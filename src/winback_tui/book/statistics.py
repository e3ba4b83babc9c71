"""Purchase statistics, kept in the book so that opening it never reads its history again.

They are written in the same transaction as whatever changes the transactions of a customer, in
chunks of 65,536 customers, each one Arrow IPC frame.
"""

import io
import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from winback_tui.book import frames
from winback_tui.book.today import newest_purchase

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    import polars as pl

    #: Statistics of each chunk that are being unpacked.
    Ahead = dict[int, Future[pl.DataFrame]]

#: A chunk holds the customers whose id agrees in all but the last so many bits.
_BITS: Final = 16
_SIZE: Final = 1 << _BITS
_EPOCH: Final = date(1970, 1, 1)
_LATEST: Final = "last_transaction_day"


def refresh(
    connection: sqlite3.Connection,
    customers: "Iterable[int] | pl.Series | None" = None,
    transactions: "pl.DataFrame | None" = None,
) -> None:
    """Recompute the statistics of `customers` (ids; None: of all) and rewrite their chunks.

    Call it inside the transaction that changed the rows. `transactions` spares reading them back:
    it must hold every line of those customers as of now, in columns customer_id, day, amount,
    currency and product.
    """
    if customers is None:
        _refresh_all(connection, transactions)
        return
    chunks: dict[int, set[int]] = {}
    for customer in customers:
        chunks.setdefault(int(customer) >> _BITS, set()).add(int(customer))
    for chunk, ids in sorted(chunks.items()):
        _refresh_some(connection, chunk, ids, transactions)


def add(connection: sqlite3.Connection, summed: "pl.DataFrame") -> None:
    """Keep the statistics of customers of whom none were kept, as scoring's `summary` made them.

    Call it inside the transaction that wrote their rows.
    """
    import polars as pl

    of = summed["customer_id"] // _SIZE
    for chunk in of.unique().sort().to_list():
        kept = _kept(connection, chunk)
        _keep(connection, chunk, pl.concat([kept, summed.filter(of == chunk)]).sort("customer_id"))


def outdated(connection: sqlite3.Connection) -> bool:
    """Return whether an earlier version kept the statistics, which knew less of a history.

    They still serve, but are made anew at each reading until `refresh` rewrites them.
    """
    import polars as pl

    from winback_tui.scoring.statistics import SCHEMA

    row = connection.execute("SELECT frame FROM purchase_statistics LIMIT 1").fetchone()
    return row is not None and list(pl.read_ipc_schema(io.BytesIO(row[0]))) != list(SCHEMA)


def ahead(connection: sqlite3.Connection, worker: "ThreadPoolExecutor") -> "Ahead":
    """Return the kept statistics for `load`, which `worker` unpacks meanwhile."""
    import polars as pl

    rows = connection.execute("SELECT chunk, frame FROM purchase_statistics ORDER BY chunk")
    return {chunk: worker.submit(pl.read_ipc, io.BytesIO(frame)) for chunk, frame in rows}


def load(
    connection: sqlite3.Connection, as_of_day: int, begun: "Ahead | None" = None
) -> "pl.DataFrame":
    """Return the statistics as of a day, one row per customer with a purchase up to then.

    Columns and meaning are those of scoring.statistics.statistics; rows are sorted by customer_id.
    Kept rows serve unless a customer has lines after `as_of_day`; those are computed from the
    lines up to that day. Call it inside `Book.snapshot` or `Book.write` for a consistent view;
    `begun` is what `ahead` returned in the same view.
    """
    import polars as pl

    from winback_tui.scoring.statistics import SCHEMA

    if begun is None:
        chunks = connection.execute("SELECT chunk FROM purchase_statistics ORDER BY chunk")
        parts = [_as_of(connection, chunk, as_of_day) for (chunk,) in chunks.fetchall()]
    else:
        parts = [_as_of(connection, chunk, as_of_day, each) for chunk, each in begun.items()]
    whole = pl.concat([pl.DataFrame(schema=SCHEMA), *parts])
    return whole.filter(pl.col("purchases") > 0)


def newest(connection: sqlite3.Connection, as_of: date) -> date | None:
    """Return the last day up to `as_of` on which anybody bought, or None.

    It is what `today.newest_purchase` tells without polars, which has to read every line; those are
    read here too where what is kept leaves the day open.
    """
    import polars as pl

    day = (as_of - _EPOCH).days
    bought: list[int] = []
    latest: list[int] = []
    for (kept,) in connection.execute("SELECT frame FROM purchase_statistics"):
        frame = pl.read_ipc(io.BytesIO(kept), columns=["purchases", "last_day", _LATEST])
        last = frame.filter(pl.col("purchases") > 0)["last_day"].max()
        bought += [last] if isinstance(last, int) else []
        any_line = frame[_LATEST].max()
        latest += [any_line] if isinstance(any_line, int) else []
    if not latest:
        return None
    if max(latest) > day or not bought or max(bought) < max(latest):
        # Of later lines, and of those that were cancelled or returned since, nothing is kept.
        return newest_purchase(connection, as_of)
    return _EPOCH + timedelta(days=max(bought))


def _refresh_all(connection: sqlite3.Connection, transactions: "pl.DataFrame | None") -> None:
    from concurrent.futures import ThreadPoolExecutor

    from winback_tui.scoring.statistics import summary

    connection.execute("DELETE FROM purchase_statistics")
    low, high = connection.execute(
        "SELECT (SELECT min(customer_id) FROM transactions),"
        " (SELECT max(customer_id) FROM transactions)"
    ).fetchone()
    if low is None:
        return
    # SQLite reads the next chunk on one core while polars sums up the last one on another.
    with ThreadPoolExecutor(1) as aside:
        waiting: list[tuple[int, Future[pl.DataFrame]]] = []
        for chunk in range(low >> _BITS, (high >> _BITS) + 1):
            if transactions is None:
                first = chunk << _BITS
                last = min(first + _SIZE - 1, high)
                lines = frames.transactions(connection, max(first, low), last)
            else:
                lines = _within(transactions, chunk)
            while waiting:
                done, summed = waiting.pop()
                _keep(connection, done, summed.result())
            waiting.append((chunk, aside.submit(summary, lines)))
        for done, summed in waiting:
            _keep(connection, done, summed.result())


def _refresh_some(
    connection: sqlite3.Connection,
    chunk: int,
    ids: set[int],
    transactions: "pl.DataFrame | None",
) -> None:
    import polars as pl

    from winback_tui.scoring.statistics import summary

    changed = pl.Series("customer_id", sorted(ids), pl.Int64)
    if transactions is None:
        lines = frames.transactions_of(connection, ids)
    else:
        lines = _within(transactions, chunk).filter(pl.col("customer_id").is_in(changed.implode()))
    kept = _kept(connection, chunk).filter(~pl.col("customer_id").is_in(changed.implode()))
    _keep(connection, chunk, pl.concat([kept, summary(lines)]).sort("customer_id"))


def _as_of(
    connection: sqlite3.Connection,
    chunk: int,
    day: int,
    begun: "Future[pl.DataFrame] | None" = None,
) -> "pl.DataFrame":
    import polars as pl

    from winback_tui.scoring.statistics import summary

    kept = _kept(connection, chunk, begun)
    late = kept.filter(pl.col("last_transaction_day") > day)["customer_id"]
    if late.is_empty():
        return kept
    if len(late) > kept.height // 2:
        first = chunk << _BITS
        last = min(first + _SIZE - 1, int(kept["customer_id"][-1]))
        return summary(frames.transactions(connection, first, last, until=day))
    lines = frames.transactions_of(connection, late.to_list(), until=day)
    rest = kept.filter(pl.col("last_transaction_day") <= day)
    return pl.concat([rest, summary(lines)]).sort("customer_id")


def _within(transactions: "pl.DataFrame", chunk: int) -> "pl.DataFrame":
    import polars as pl

    first = chunk << _BITS
    return transactions.filter(pl.col("customer_id").is_between(first, first + _SIZE - 1))


def _kept(
    connection: sqlite3.Connection, chunk: int, begun: "Future[pl.DataFrame] | None" = None
) -> "pl.DataFrame":
    import polars as pl

    from winback_tui.scoring.statistics import SCHEMA

    if begun is not None:
        kept = begun.result()
    else:
        row = connection.execute(
            "SELECT frame FROM purchase_statistics WHERE chunk = ?", (chunk,)
        ).fetchone()
        if row is None:
            return pl.DataFrame(schema=SCHEMA)
        kept = pl.read_ipc(io.BytesIO(row[0]))
    if kept.columns == list(SCHEMA):
        return kept
    # Kept by an earlier version, which knew less of a history.
    from winback_tui.scoring.statistics import summary

    first = chunk << _BITS
    last = min(first + _SIZE - 1, int(kept["customer_id"][-1]))
    return summary(frames.transactions(connection, first, last))


def _keep(connection: sqlite3.Connection, chunk: int, frame: "pl.DataFrame") -> None:
    if frame.is_empty():
        connection.execute("DELETE FROM purchase_statistics WHERE chunk = ?", (chunk,))
        return
    buffer = io.BytesIO()
    frame.rechunk().write_ipc(buffer, compression="lz4")
    connection.execute(
        "INSERT INTO purchase_statistics VALUES (?, ?, ?) ON CONFLICT (chunk)"
        " DO UPDATE SET customers = excluded.customers, frame = excluded.frame",
        (chunk, frame.height, buffer.getvalue()),
    )
