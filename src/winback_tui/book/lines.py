"""The lines of a file on their way into the table: made ready aside, inserted many at a time."""

import sqlite3
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import polars as pl

#: The primary key of `transactions`.
KEY: Final = ("customer_id", "day", "document", "product", "amount", "currency", "ordinal")
#: Rows per statement: beginning a statement costs as much as two thirds of a row.
_AT_ONCE: Final = 64


class Ready(NamedTuple):
    """Lines in the order of the table, and as SQLite takes them.

    `height` counts the lines that the part had, also those of customers who are kept out. `summed`
    has the purchase statistics of those who are new.
    """

    lines: "pl.DataFrame"
    varying: tuple[str, ...]
    values: list[Any]
    shared: list[Any]
    height: int
    summed: "pl.DataFrame"


def ready(
    parts: "Iterator[pl.DataFrame]", customers: "pl.DataFrame"
) -> Generator[Ready, None, None]:
    """Yield the parts made ready, the next of which is made while one is worked on.

    `customers` has at the place of each code the customer_id, null for who is kept out, and in
    `new` whether the book has no lines of theirs.
    """

    def following() -> Ready | None:
        part = next(parts, None)
        return None if part is None else _ready(part, customers)

    with ThreadPoolExecutor(1) as aside:
        waiting = aside.submit(following)
        while (made := waiting.result()) is not None:
            waiting = aside.submit(following)
            yield made
            # Not to be held while the next one is waited for.
            del made


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
    ordered = lines.sort(both, *key[2:], "quantity", nulls_last=True)
    ordinal = pl.repeat(0, ordered.height, dtype=pl.Int64, eager=True)
    # The first two alone tell most neighbours apart; only the others are looked at as a whole.
    follows = ordered.select((both == both.shift()).fill_null(value=False)).to_series()
    near = (follows | follows.shift(-1, fill_value=False)).arg_true()
    if len(near):
        place = pl.int_range(pl.len(), dtype=pl.Int64)
        begins = pl.any_horizontal(pl.col(each) != pl.col(each).shift() for each in key)
        first = pl.when(begins.fill_null(value=True)).then(place).forward_fill()
        ordinal = ordinal.scatter(near, ordered[near].select(place - first).to_series())
    return ordered.with_columns(ordinal.alias("ordinal"))


def as_taken(ordered: "pl.DataFrame") -> Ready:
    """Return lines (the columns of KEY, and quantity) as `insert` takes them."""
    columns = (*KEY, "quantity")
    varying = tuple(name for name in columns if not _one_value(ordered[name]))
    return Ready(
        ordered,
        varying,
        list(chain.from_iterable(zip(*(ordered[name].to_list() for name in varying), strict=True))),
        [ordered[name][0] for name in columns if name not in varying and ordered.height],
        ordered.height,
        ordered.clear(),
    )


def _one_value(column: "pl.Series") -> bool:
    return len(column) > 0 and bool(column.eq_missing(column[0]).all())


def insert(connection: sqlite3.Connection, made: Ready, batch: int) -> int:
    """Insert the lines that the table's key does not refuse; return how many."""
    width = len(made.varying)
    if not width:
        return _insert(connection, made, batch, [[]] * min(made.lines.height, 1), 1)
    size = width * _AT_ONCE
    whole = len(made.values) - len(made.values) % size
    many = [made.values[place : place + size] for place in range(0, whole, size)]
    rest = made.values[whole:]
    return _insert(connection, made, batch, many, _AT_ONCE) + _insert(
        connection, made, batch, [rest] if rest else [], len(rest) // width
    )


def _insert(
    connection: sqlite3.Connection,
    made: Ready,
    batch: int,
    values: list[list[Any]],
    rows: int,
) -> int:
    """Insert lists of values, `rows` lines each; what all lines share is bound but once."""
    if not values:
        return 0
    columns = (*KEY, "quantity", "batch_id")
    width = len(made.varying)
    places = {name: place for place, name in enumerate(made.varying, 1)}
    common = [name for name in columns if name not in places]
    behind = {name: rows * width + place for place, name in enumerate(common, 1)}
    tuples = ", ".join(
        f"({', '.join(f'?{behind.get(n) or row * width + places[n]}' for n in columns)})"
        for row in range(rows)
    )
    statement = (
        f"INSERT INTO transactions ({', '.join(columns)}) VALUES {tuples}"  # noqa: S608
        f" ON CONFLICT ({', '.join(KEY)}) DO NOTHING"
    )
    ends = [*made.shared, batch]
    return connection.executemany(statement, [each + ends for each in values]).rowcount
