"""The wide part of a score: packed columns, found by the customer's id.

A row of `score_details` holds 256 customers: the values of each field one after the other, field
after field, little-endian. Days are kept as distances from the customer's last purchase, so that
they stay right when all dates of a book move.
"""

import json
import sqlite3
import struct
import sys
from array import array
from collections.abc import Iterable, Iterator
from math import isnan, nan
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import polars as pl

_BITS: Final = 8
#: So many customers are packed at once.
_AT_ONCE: Final = 1 << 16
_SIZE: Final = 1 << _BITS
#: Stands for none; no distance in days is that far.
_NONE: Final = -(2**31)


class Detail(NamedTuple):
    """What is kept of one customer's score beside the row of `scores`; see Record for the units."""

    score: float
    previous_score: float | None
    p_left: float
    usual_gap: float | None
    long_gap: float | None
    still_there: float
    base_points: float
    history_points: float
    silence_points: float
    rhythm_points: float
    signal_points: float
    expected: int
    value_at_risk: int
    horizon_days: int
    purchases: int
    signal_day: int | None
    due_day: int | None
    next_from: int | None
    next_day: int | None
    next_until: int | None


_FLOATS: Final = Detail._fields[:11]
_AMOUNTS: Final = Detail._fields[11:13]
_COUNTS: Final = Detail._fields[13:15]
_DAYS: Final = Detail._fields[15:]
#: The fields that may be none among the floats.
_GAPS: Final = tuple(map(Detail._fields.index, ("previous_score", "usual_gap", "long_gap")))
#: How each field is stored, in the order of the fields: as `array` and `struct` call it.
_KINDS: Final = "d" * 11 + "q" * 2 + "i" * 7
_FIELDS: Final = tuple(struct.Struct("<" + kind) for kind in _KINDS)
#: Where each field begins in a row of 256 customers.
_STARTS: Final = tuple(
    _SIZE * sum(each.size for each in _FIELDS[:at]) for at in range(len(_FIELDS))
)


def packed(frame: "pl.DataFrame") -> Iterator[tuple[int, bytes]]:
    """Yield the rows of `score_details` that hold a frame of scores, sorted by customer_id."""
    import polars as pl

    columns = (
        pl.col("customer_id"),
        *(pl.col(name).cast(pl.Float64).fill_null(float("nan")) for name in _FLOATS),
        *(pl.col(name).cast(pl.Int64) for name in _AMOUNTS),
        *(pl.col(name).cast(pl.Int32) for name in _COUNTS),
        *((pl.col(name) - pl.col("last_day")).fill_null(_NONE).cast(pl.Int32) for name in _DAYS),
    )
    ids, begin = frame["customer_id"], 0
    while begin < len(ids):
        beyond = (int(ids[begin]) // _AT_ONCE + 1) * _AT_ONCE
        end = int(ids.search_sorted(beyond))
        # Part by part: the columns of a million customers take much memory twice.
        yield from _rows(frame[begin:end].select(columns))
        begin = end


def _rows(part: "pl.DataFrame") -> Iterator[tuple[int, bytes]]:
    """Yield the rows of some customers; where there is nobody, floats are NaN, and all else 0."""
    import numpy as np

    ids = part["customer_id"].to_numpy()
    first = int(ids[0]) >> _BITS
    room = ((int(ids[-1]) >> _BITS) - first + 1) * _SIZE
    cells = []
    for name, field in zip(Detail._fields, _FIELDS, strict=True):
        column = np.full(room, nan if name in _FLOATS else 0, field.format)
        column[ids - first * _SIZE] = part[name].to_numpy()
        cells.append(column)
    for chunk in np.unique(ids >> _BITS).tolist():
        at = (chunk - first) * _SIZE
        yield chunk, b"".join(column[at : at + _SIZE].tobytes() for column in cells)


def write(connection: sqlite3.Connection, rows: Iterable[tuple[int, bytes]]) -> None:
    """Replace the kept details by these."""
    connection.execute("DELETE FROM score_details")
    connection.executemany("INSERT INTO score_details VALUES (?, ?)", rows)


def forget(connection: sqlite3.Connection, customer: int, place: str = "main") -> None:
    """Overwrite the record of a customer with nothing, in the database `place`."""
    row = connection.execute(
        f"SELECT records FROM {place}.score_details WHERE chunk = ?",  # noqa: S608
        (customer >> _BITS,),
    ).fetchone()
    if row is not None:
        room = bytearray(row[0])
        for name, start, field in zip(Detail._fields, _STARTS, _FIELDS, strict=True):
            nothing = nan if name in _FLOATS else 0
            field.pack_into(room, start + (customer & (_SIZE - 1)) * field.size, nothing)
        connection.execute(
            f"UPDATE {place}.score_details SET records = ? WHERE chunk = ?",  # noqa: S608
            (bytes(room), customer >> _BITS),
        )


def column(connection: sqlite3.Connection, name: str) -> Iterator[tuple[int, "array[float]"]]:
    """Yield the values of a field of floats, 256 customers at a time: the first id, and theirs.

    Where there is nobody, or the field is none, stands NaN.
    """
    start = _STARTS[_FLOATS.index(name)]
    for chunk, cells in connection.execute(
        "SELECT chunk, substr(records, ?, ?) FROM score_details ORDER BY chunk",
        (start + 1, _SIZE * 8),
    ):
        values = array("d", cells)
        if sys.byteorder == "big":
            values.byteswap()
        yield chunk << _BITS, values


def holds(connection: sqlite3.Connection, customer: int) -> bool:
    """Return whether the book's own run has scored a customer."""
    place = _STARTS[0] + (customer & (_SIZE - 1)) * _FIELDS[0].size
    row = connection.execute(
        "SELECT substr(records, ?, ?) FROM main.score_details WHERE chunk = ?",
        (place + 1, _FIELDS[0].size, customer >> _BITS),
    ).fetchone()
    return row is not None and not isnan(_FIELDS[0].unpack(row[0])[0])


def read(connection: sqlite3.Connection, last_days: dict[int, int]) -> dict[int, Detail]:
    """Return the details of customers with a score, given the day of each one's last purchase."""
    chunks = {customer >> _BITS for customer in last_days}
    rows = dict(
        connection.execute(
            "SELECT chunk, records FROM score_details"
            " WHERE chunk IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(chunks)),),
        ).fetchall()
    )
    return {
        customer: _detail(rows[customer >> _BITS], customer & (_SIZE - 1), last_day)
        for customer, last_day in last_days.items()
        if customer >> _BITS in rows
    }


def _detail(row: bytes, place: int, last_day: int) -> Detail:
    cells: list[float | None] = [
        field.unpack_from(row, start + place * field.size)[0]
        for start, field in zip(_STARTS, _FIELDS, strict=True)
    ]
    for at in _GAPS:
        value = cells[at]
        cells[at] = None if value is None or isnan(value) else value
    for at in range(len(cells) - len(_DAYS), len(cells)):
        days = cells[at]
        cells[at] = None if days is None or days == _NONE else days + last_day
    return Detail(*cells)  # type: ignore[arg-type]
