"""What a check-up reads from a book; nothing here writes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from math import isnan
from pathlib import Path
from typing import Final, NamedTuple

from winback_tui.book import cases, details, frames, statistics
from winback_tui.book.file import address

#: So many complaints of SQLite are listed; a broken book has thousands.
LISTED: Final = 5
_EPOCH: Final = date(1970, 1, 1)
#: Customers whose statistics are recomputed at once, as many as a kept chunk holds.
_AT_ONCE: Final = 65_536


class Holdings(NamedTuple):
    """How much a book holds, and what in it is odd."""

    customers: int
    transactions: int
    events: int
    without_transactions: int
    in_future: int
    not_searchable: int


@contextmanager
def untouched(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a damaged book to look at, so that neither it nor a side file is written.

    What still stands in a write-ahead log is not seen.
    """
    with closing(sqlite3.connect(address(path, "mode=ro&immutable=1"), uri=True)) as c:
        yield c


def integrity(connection: sqlite3.Connection) -> list[str]:
    """Return what SQLite's own check complains of, at most a few lines; empty when all is well."""
    try:
        rows = connection.execute(f"PRAGMA integrity_check({LISTED})").fetchall()
    except sqlite3.DatabaseError as error:
        return [str(error)]
    lines = [line for (text,) in rows for line in str(text).splitlines()]
    return [] if lines == ["ok"] else lines[:LISTED]


def broken_references(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows of each table refer to a row that is not there."""
    found: dict[str, int] = {}
    for row in connection.execute("PRAGMA foreign_key_check"):
        found[row[0]] = found.get(row[0], 0) + 1
    return found


def journal_mode(connection: sqlite3.Connection) -> str:
    """Return the journal mode; "wal" lets one process read while another writes."""
    return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def version(connection: sqlite3.Connection) -> int:
    """Return the schema version."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def holdings(connection: sqlite3.Connection, as_of: date) -> Holdings:
    """Return what the book holds; the future begins after `as_of`."""

    def count(sql: str, *values: object) -> int:
        return int(connection.execute(f"SELECT count(*) FROM {sql}", values).fetchone()[0])  # noqa: S608

    return Holdings(
        customers=count("customers"),
        transactions=count("transactions"),
        events=count("events"),
        without_transactions=count(
            "customers c WHERE NOT EXISTS (SELECT 1 FROM transactions t WHERE t.customer_id = c.id)"
        ),
        in_future=count("transactions WHERE day > ?", (as_of - _EPOCH).days),
        not_searchable=count(
            "customers c WHERE NOT EXISTS"
            " (SELECT 1 FROM customer_search s WHERE s.customer_id = c.id)"
        ),
    )


def strayed_cases(connection: sqlite3.Connection) -> list[int]:
    """Return the customers whose kept case is not what the events say."""
    kept, said = cases.everything(connection), cases.replay(connection)
    return sorted(each for each in kept.keys() | said.keys() if kept.get(each) != said.get(each))


def torn_scores(connection: sqlite3.Connection, *, fresh: bool) -> int:
    """Return of how many customers one part of the score is kept without the other.

    Where the scores are not `fresh`, the packed part of who is in no list any more may stay.
    """
    narrow = {row[0] for row in connection.execute("SELECT customer_id FROM scores")}
    wide = {
        first + place
        for first, cells in details.column(connection, "score")
        for place, value in enumerate(cells)
        if not isnan(value)
    }
    return len(narrow ^ wide if fresh else narrow - wide)


def wrong_statistics(connection: sqlite3.Connection) -> int:
    """Return how many customers' kept purchase statistics differ from a recomputation."""
    import polars as pl

    from winback_tui.scoring.statistics import statistics as recompute

    kept = statistics.load(connection, 2**31 - 2)
    low, high = connection.execute(
        "SELECT (SELECT min(customer_id) FROM transactions),"
        " (SELECT max(customer_id) FROM transactions)"
    ).fetchone()
    if low is None:
        return kept.height
    wrong = kept.filter(~pl.col("customer_id").is_between(low, high)).height
    for first in range(low, high + 1, _AT_ONCE):
        last = min(first + _AT_ONCE - 1, high)
        fresh = recompute(frames.transactions(connection, first, last))
        part = kept.filter(pl.col("customer_id").is_between(first, last))
        equal = part.join(fresh, on=part.columns, how="semi", nulls_equal=True).height
        wrong += max(part.height, fresh.height) - equal
    return wrong
