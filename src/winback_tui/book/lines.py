"""The lines of a file on their way into the table: made ready aside, inserted many at a time."""

import sqlite3
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.book import bulk

if TYPE_CHECKING:
    import polars as pl

#: The primary key of `transactions`.
KEY: Final = ("customer_id", "day", "document", "product", "amount", "currency", "ordinal")


class Ready(NamedTuple):
    """Lines in the order of the table, and as SQLite takes them.

    `height` counts the lines that the part had, also those of customers who are kept out. `summed`
    has the purchase statistics of those who are new.
    """

    lines: "pl.DataFrame"
    taken: bulk.Rows
    height: int
    summed: "pl.DataFrame"


def begun(parts: "Iterator[pl.DataFrame]") -> "Iterator[pl.DataFrame]":
    """Return an iterator over the parts, the first of which is being fetched already."""
    aside = ThreadPoolExecutor(1)
    waiting = [aside.submit(next, parts, None)]
    aside.shutdown(wait=False)

    def every() -> "Iterator[pl.DataFrame]":
        # Taken out of the list, so that nothing holds the first part while others are worked on.
        if (part := waiting.pop().result()) is not None:
            yield part
            del part
            yield from parts

    return every()


def ready(
    parts: "Iterator[pl.DataFrame]", customers: "pl.DataFrame", *, at_once: bool = True
) -> Generator[Ready, None, None]:
    """Return the parts made ready, each while the one before it is worked on.

    The first is made `at_once`, or else when it is asked for. `customers` has at the place of each
    code the customer_id, null for who is kept out, and in `new` whether the book has no lines of
    theirs.
    """

    def following() -> Ready | None:
        part = next(parts, None)
        return None if part is None else _ready(part, customers)

    aside = ThreadPoolExecutor(1)
    waiting = [aside.submit(following)] if at_once else []

    def every() -> Generator[Ready, None, None]:
        with aside:
            if not waiting:
                waiting.append(aside.submit(following))
            while (made := waiting.pop().result()) is not None:
                waiting.append(aside.submit(following))
                yield made
                # Not to be held while the next one is waited for.
                del made

    return every()


def _ready(part: "pl.DataFrame", customers: "pl.DataFrame") -> Ready:
    import polars as pl

    from winback_tui.scoring.statistics import summary

    known = part.with_columns(customers[part["code"]].iter_columns())
    ordered = in_order(known.filter(pl.col("customer_id").is_not_null()))
    fresh = ordered.filter(pl.col("new"))
    summed = summary(fresh.select("customer_id", "day", "amount", "currency", "product"))
    return as_taken(ordered)._replace(height=part.height, summed=summed)


def in_order(lines: "pl.DataFrame") -> "pl.DataFrame":
    """Return the lines in the order of the table, equal ones numbered by `ordinal` from 0.

    Equal lines are ordered by quantity, so that the order of the file means nothing.
    """
    import polars as pl

    key = KEY[:-1]
    # One number for customer and day: fewer columns are sorted faster.
    both = pl.col("customer_id") * 2**24 + pl.col("day") + 2**23
    days = lines.select(both).to_series()
    if days.is_sorted():
        # As they come from a file that fits into memory.
        order, ordered = pl.int_range(len(days), dtype=pl.get_index_type(), eager=True), lines
    else:
        order = days.arg_sort()
        days, ordered = days.gather(order), None
    # These two alone tell most neighbours apart; only the others are looked at as a whole.
    follows = (days == days.shift()).fill_null(value=False)
    near = (follows | follows.shift(-1, fill_value=False)).arg_true()
    if len(near):
        rows = order.gather(near)
        doubtful = lines.select(both.alias("both"), *key[2:], "quantity")[rows]
        by = pl.arg_sort_by(doubtful.columns, nulls_last=True)
        places = rows.gather(doubtful.select(by).to_series())
        if not places.equals(rows):
            order, ordered = order.scatter(near, places), None
    if ordered is None:
        ordered = lines[order]
    ordinal = pl.repeat(0, ordered.height, dtype=pl.Int64, eager=True)
    if len(near):
        place = pl.int_range(pl.len(), dtype=pl.Int64)
        begins = pl.any_horizontal(pl.col(each) != pl.col(each).shift() for each in key)
        first = pl.when(begins.fill_null(value=True)).then(place).forward_fill()
        ordinal = ordinal.scatter(near, ordered[near].select(place - first).to_series())
    return ordered.with_columns(ordinal.alias("ordinal"))


def as_taken(ordered: "pl.DataFrame") -> Ready:
    """Return lines (the columns of KEY, and quantity) as `insert` takes them."""
    taken = bulk.rows(ordered, (*KEY, "quantity"))
    return Ready(ordered, taken, ordered.height, ordered.clear())


def insert(connection: sqlite3.Connection, made: Ready, batch: int) -> int:
    """Insert the lines that the table's key does not refuse; return how many."""
    _must_be_currencies(made.lines["currency"])
    unless = f"ON CONFLICT ({', '.join(KEY)}) DO NOTHING"
    with bulk.checked(connection):
        return bulk.insert(connection, "transactions", made.taken, {"batch_id": batch}, unless)


def _must_be_currencies(codes: "pl.Series") -> None:
    """Raise sqlite3.IntegrityError for a code that has not three letters.

    That is what the CHECK of `transactions` says, asked of all lines at once.
    """
    if bool((codes.str.len_chars() != 3).any()):
        raise sqlite3.IntegrityError("CHECK constraint failed: length(currency) = 3")
