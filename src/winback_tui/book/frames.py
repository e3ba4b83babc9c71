"""The one door from the book into polars.

SQLite gathers each column of a range of rows into one JSON array, and polars decodes the arrays:
both work without Python touching a row, and SQLite does it with the interpreter's lock released.
A driver with an SQLite of its own would be no faster here, and two copies of SQLite in a process
drop each other's file locks.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

#: Customers whose lines are read at once: keeps the JSON of a big book small.
SLICE: Final = 8_192

_OF_RANGE: Final = "transactions WHERE customer_id BETWEEN ? AND ? AND day <= ?"
_OF_IDS: Final = "transactions WHERE customer_id IN (SELECT value FROM json_each(?)) AND day <= ?"
#: Later than any day that a transaction can have.
_EVER: Final = 2**31 - 1


def read(
    connection: sqlite3.Connection,
    columns: Mapping[str, "type[pl.DataType] | pl.DataType"],
    source: str,
    parameters: tuple[object, ...] = (),
) -> "pl.DataFrame":
    """Return the `columns` (name → polars type) of `source` as a frame.

    `source` is what stands after FROM, a constant of this package; values go into `parameters`.
    Rows come in the order in which SQLite meets them, which is the order of a table's key for a
    range of that key.
    """
    import polars as pl

    gathered = ", ".join(f"json_group_array({name})" for name in columns)
    # The text is put together from constants of this package alone.
    count, *arrays = connection.execute(
        f"SELECT count(*), {gathered} FROM {source}",  # noqa: S608
        parameters,
    ).fetchone()
    if not count:
        return pl.DataFrame(schema=columns)
    return pl.DataFrame(
        [
            _decode(name, array, kind)
            for (name, kind), array in zip(columns.items(), arrays, strict=True)
        ]
    )


def transactions(
    connection: sqlite3.Connection,
    low: int,
    high: int,
    until: int | None = None,
) -> "pl.DataFrame":
    """Return the lines of the customers with ids from `low` to `high`, up to the day `until`.

    Columns customer_id, day, amount, currency and product, as scoring.statistics wants them. The
    product is read only for customers with a refund, since nothing else depends on it, and is
    empty for all others.
    """
    import polars as pl

    day = _EVER if until is None else until
    slices = [
        _lines(connection, _OF_RANGE, (start, min(start + SLICE - 1, high), day))
        for start in range(low, high + 1, SLICE)
    ]
    return pl.concat(slices)


def transactions_of(
    connection: sqlite3.Connection, customers: Iterable[int], until: int | None = None
) -> "pl.DataFrame":
    """Return what `transactions` returns, for the `customers` with these ids."""
    import polars as pl

    day = _EVER if until is None else until
    ids = sorted(customers)
    slices = [
        _lines(connection, _OF_IDS, (json.dumps(ids[start : start + SLICE]), day))
        for start in range(0, max(len(ids), 1), SLICE)
    ]
    return pl.concat(slices)


def _lines(
    connection: sqlite3.Connection, source: str, parameters: tuple[object, ...]
) -> "pl.DataFrame":
    import polars as pl

    numbers = {"customer_id": pl.Int64, "day": pl.Int32, "amount": pl.Int64}
    texts = {"currency": pl.String, "product": pl.String}
    gathered = ", ".join(f"json_group_array({name})" for name in numbers)
    low, high, *arrays = connection.execute(
        f"SELECT min(currency), max(currency), {gathered} FROM {source}",  # noqa: S608
        parameters,
    ).fetchone()
    if low is None:
        return pl.DataFrame(schema={**numbers, **texts})
    lines = pl.DataFrame(
        [
            _decode(name, array, kind)
            for (name, kind), array in zip(numbers.items(), arrays, strict=True)
        ]
    )
    if low == high:
        lines = lines.with_columns(currency=pl.lit(low))
    else:
        lines = lines.with_columns(
            read(connection, {"currency": pl.String}, source, parameters)["currency"]
        )
    refunding = lines.filter(pl.col("amount") < 0)["customer_id"].unique()
    if refunding.is_empty():
        return lines.with_columns(product=pl.lit(""))
    known = read(
        connection,
        {"customer_id": pl.Int64, "day": pl.Int32, "amount": pl.Int64, **texts},
        _OF_IDS,
        (json.dumps(refunding.sort().to_list()), parameters[-1]),
    )
    plain = lines.filter(~pl.col("customer_id").is_in(refunding.implode()))
    return pl.concat([plain.with_columns(product=pl.lit("")), known])


def _decode(name: str, array: str, kind: "type[pl.DataType] | pl.DataType") -> "pl.Series":
    import polars as pl

    return pl.Series(name, [array]).str.json_decode(pl.List(kind)).explode()
