"""Product pairs as they are kept, and what they and the history say about one customer."""

import sqlite3
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.book import frames
from winback_tui.book.listing import EPOCH

if TYPE_CHECKING:
    import polars as pl

_REVISION: Final = "baskets_revision"
#: Purchases of so many days say what a customer buys.
_RECENT: Final = 730


class Partner(NamedTuple):
    """A product that the customer does not buy, though most like them do.

    Of `buyers` customers who buy `product`, `together` buy `other` as well.
    """

    product: str
    other: str
    together: int
    buyers: int


class Bought(NamedTuple):
    """A category (or a product without one) of a customer: on how many days, from when to when."""

    category: str
    days: int
    first_day: int
    last_day: int


def is_fresh(connection: sqlite3.Connection) -> bool:
    """Return whether the pairs are those of the transactions as they are now."""
    rows = dict(
        connection.execute(
            "SELECT key, value FROM meta WHERE key IN ('data_revision', ?)", (_REVISION,)
        ).fetchall()
    )
    return bool(rows.get(_REVISION) == rows.get("data_revision", "0"))


def bought(connection: sqlite3.Connection, as_of: date, enough: int) -> "pl.DataFrame":
    """Return which customer has bought which product in the last two years.

    Of more than `enough` customers an even share by id is read.
    """
    import polars as pl

    (customers,) = connection.execute("SELECT count(*) FROM customers").fetchone()
    today = (as_of - EPOCH).days
    return frames.read(
        connection,
        {"customer_id": pl.Int64, "product": pl.String},
        "(SELECT DISTINCT t.customer_id AS customer_id, t.product AS product FROM customers c"
        " JOIN transactions t ON t.customer_id = c.id WHERE c.id % ? = 0"
        " AND t.day BETWEEN ? AND ? AND t.product <> '' AND t.amount > 0)",
        (max(1, -(-customers // enough)), today - _RECENT, today),
    )


def keep(connection: sqlite3.Connection, pairs: "pl.DataFrame", revision: int) -> None:
    """Keep the pairs in the place of the earlier ones, inside a write transaction."""
    connection.execute("DELETE FROM product_pairs")
    connection.executemany("INSERT INTO product_pairs VALUES (?, ?, ?, ?, ?)", pairs.iter_rows())
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (_REVISION, str(revision)),
    )


def partners(connection: sqlite3.Connection, customer: int, as_of: date) -> list[Partner]:
    """Return what customers who buy the same buy besides, the likeliest first; each once."""
    today = (as_of - EPOCH).days
    rows = connection.execute(
        "WITH mine AS MATERIALIZED (SELECT DISTINCT product FROM transactions"
        " WHERE customer_id = ? AND day BETWEEN ? AND ? AND amount > 0 AND product <> '')"
        " SELECT p.product, p.other, p.together, p.buyers FROM mine"
        " JOIN product_pairs p ON p.product = mine.product"
        " WHERE p.other NOT IN (SELECT product FROM mine)"
        " ORDER BY p.together * 1.0 / p.buyers DESC, p.together DESC, p.other LIMIT 40",
        (customer, today - _RECENT, today),
    )
    best: dict[str, Partner] = {}
    for row in rows:
        best.setdefault(row[1], Partner(*row))
    return list(best.values())


def categories(connection: sqlite3.Connection, customer: int, as_of: date) -> list[Bought]:
    """Return on which days the customer has bought what, by category."""
    rows = connection.execute(
        "SELECT coalesce(nullif(p.category, ''), nullif(p.name, ''), t.product) AS what,"
        " count(DISTINCT t.day), min(t.day), max(t.day) FROM transactions t"
        " LEFT JOIN products p ON p.code = t.product"
        " WHERE t.customer_id = ? AND t.day <= ? AND t.amount > 0 AND t.product <> ''"
        " GROUP BY what ORDER BY what",
        (customer, (as_of - EPOCH).days),
    )
    return [Bought(*row) for row in rows]


def names(connection: sqlite3.Connection, codes: list[str]) -> dict[str, str]:
    """Return the names of products that have one."""
    marks = ", ".join("?" * len(codes))
    rows = connection.execute(
        f"SELECT code, name FROM products WHERE name <> '' AND code IN ({marks})",  # noqa: S608
        codes,
    )
    return dict(rows.fetchall())
