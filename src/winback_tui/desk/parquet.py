"""Tables as Parquet, which needs polars, and so stands here and not with the other writers."""

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Final

from winback_tui.outreach.tables import Column, Kind, Row

if TYPE_CHECKING:
    import polars as pl

#: Rows that polars is given at once.
_FRAME: Final = 50_000


def write_parquet(columns: Sequence[Column], rows: Iterable[Row], to: IO[bytes]) -> int:
    """Write a table as Parquet, a part at a time, and return the number of its rows."""
    import polars as pl

    kinds: dict[Kind, pl.DataType | type[pl.DataType]] = {
        Kind.TEXT: pl.String,
        Kind.WHOLE: pl.Int64,
        Kind.NUMBER: pl.Float64,
        Kind.MONEY: pl.Decimal(38, 3),
        Kind.DAY: pl.Date,
        Kind.INSTANT: pl.Datetime("us", "UTC"),
        Kind.FLAG: pl.Boolean,
    }
    schema = pl.Schema({column.name: kinds[column.kind] for column in columns})
    parts = [pl.DataFrame(schema=schema)]
    parts += [_frame(columns, part, schema) for part in _in_parts(rows)]
    whole = pl.concat(parts)
    whole.write_parquet(to)
    return whole.height


def _frame(columns: Sequence[Column], rows: Sequence[Row], schema: "pl.Schema") -> "pl.DataFrame":
    import polars as pl

    found = []
    for column, cells in zip(columns, zip(*rows, strict=True), strict=True):
        if column.kind is Kind.INSTANT:
            # A plain date is the start of its day.
            whole = [f"{each}T00:00:00Z" if len(str(each)) == 10 else each for each in cells]
            series = pl.Series(column.name, whole, pl.String).str.to_datetime(
                time_zone="UTC", time_unit="us", strict=False
            )
        elif column.kind is Kind.DAY:
            series = pl.Series(column.name, cells, pl.String).str.to_date()
        elif column.kind is Kind.MONEY:
            series = pl.Series(column.name, cells, pl.String).cast(schema[column.name])
        else:
            series = pl.Series(column.name, cells, schema[column.name], strict=False)
        found.append(series)
    return pl.DataFrame(found)


def _in_parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    part: list[Row] = []
    for row in rows:
        part.append(row)
        if len(part) == _FRAME:
            yield part
            part = []
    if part:
        yield part
