"""The wide part of a score: packed records of one width, found by the customer's id.

A row of `score_details` holds 256 customers. Days are kept as distances from the customer's last
purchase, so that they stay right when all dates of a book move.
"""

import json
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import isnan
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import polars as pl

_BITS: Final = 8
_SIZE: Final = 1 << _BITS
_RECORD: Final = struct.Struct("<9d2q7i")
_CHUNK: Final = struct.Struct("<" + _RECORD.format.removeprefix("<") * _SIZE)
_WIDTH: Final = _RECORD.size
#: Stands for none; no distance in days is that far.
_NONE: Final = -(2**31)


class Detail(NamedTuple):
    """What is kept of one customer's score beside the row of `scores`; see Record for the units."""

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


_FLOATS: Final = Detail._fields[:9]
_GAPS: Final = slice(1, 3)
_DAYS: Final = Detail._fields[13:]


def packed(frame: "pl.DataFrame") -> Iterator[tuple[int, bytes]]:
    """Yield the rows of `score_details` that hold a frame of scores, sorted by customer_id."""
    import polars as pl

    columns = frame.select(
        pl.col("customer_id"),
        *(pl.col(name).cast(pl.Float64).fill_null(float("nan")) for name in _FLOATS),
        *(pl.col(name).cast(pl.Int64) for name in Detail._fields[9:13]),
        *((pl.col(name) - pl.col("last_day")).fill_null(_NONE) for name in _DAYS),
    )
    for (chunk,), part in columns.group_by(pl.col("customer_id") // _SIZE, maintain_order=True):
        yield int(chunk), _records(part)


def _records(part: "pl.DataFrame") -> bytes:
    """Return the records of customers of one chunk, zeros where there is nobody."""
    places, *lists = (column.to_list() for column in part.iter_columns())
    if part.height == _SIZE:
        # One call for all is twice as fast as one for each.
        return _CHUNK.pack(*chain.from_iterable(zip(*lists, strict=True)))
    room = bytearray(_SIZE * _WIDTH)
    for customer, *values in zip(places, *lists, strict=True):
        _RECORD.pack_into(room, (customer & (_SIZE - 1)) * _WIDTH, *values)
    return bytes(room)


def write(connection: sqlite3.Connection, rows: Iterable[tuple[int, bytes]]) -> None:
    """Replace the kept details by these."""
    connection.execute("DELETE FROM score_details")
    connection.executemany("INSERT INTO score_details VALUES (?, ?)", rows)


def forget(connection: sqlite3.Connection, customer: int) -> None:
    """Overwrite the record of a customer with nothing."""
    row = connection.execute(
        "SELECT records FROM score_details WHERE chunk = ?", (customer >> _BITS,)
    ).fetchone()
    if row is not None:
        room = bytearray(row[0])
        at = (customer & (_SIZE - 1)) * _WIDTH
        room[at : at + _WIDTH] = bytes(_WIDTH)
        connection.execute(
            "UPDATE score_details SET records = ? WHERE chunk = ?",
            (bytes(room), customer >> _BITS),
        )


def read(connection: sqlite3.Connection, last_days: dict[int, int]) -> dict[int, Detail]:
    """Return the details of customers with a score, given the day of each one's last purchase."""
    found: dict[int, Detail] = {}
    for customer, record in connection.execute(
        "SELECT value, substr(records, (value & ?) * ? + 1, ?) FROM json_each(?)"
        " JOIN score_details ON chunk = value >> ?",
        (_SIZE - 1, _WIDTH, _WIDTH, json.dumps(list(last_days)), _BITS),
    ):
        found[customer] = _unpacked(_RECORD.unpack(record), last_days[customer])
    return found


def _unpacked(values: Sequence[float], last_day: int) -> Detail:
    cells: list[float | None] = list(values)
    cells[_GAPS] = [None if each is None or isnan(each) else each for each in cells[_GAPS]]
    for at in range(len(cells) - len(_DAYS), len(cells)):
        days = cells[at]
        cells[at] = None if days is None or days == _NONE else days + last_day
    return Detail(*cells)  # type: ignore[arg-type]
