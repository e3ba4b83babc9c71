"""Many rows into one table: many to a statement, and what all of them share bound but once."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import polars as pl

#: Values per statement. Beginning a statement costs as much as two thirds of a row.
_VALUES: Final = 384


class Rows(NamedTuple):
    """Rows as SQLite takes them: the values of the columns that vary, one row after another.

    The columns in `blank` have nulls, for which "" stands in `values`: Python binds None slowly.
    """

    varying: tuple[str, ...]
    blank: frozenset[str]
    values: list[Any]
    shared: dict[str, Any]
    height: int


def rows(frame: "pl.DataFrame", columns: Sequence[str]) -> Rows:
    """Return some columns of a frame as `insert` takes them."""
    varying = tuple(name for name in columns if not _one_value(frame[name]))
    blank = frozenset(name for name in varying if _blank(frame[name]))
    lists = [
        ["" if value is None else value for value in frame[name]]
        if name in blank
        else frame[name].to_list()
        for name in varying
    ]
    return Rows(
        varying,
        blank,
        _in_turns(lists),
        {name: frame[name][0] for name in columns if name not in varying and frame.height},
        frame.height,
    )


def _in_turns(lists: Sequence[list[Any]]) -> list[Any]:
    """Return the first values of all lists, then the second ones, and so on."""
    width = len(lists)
    values: list[Any] = [None] * sum(map(len, lists))
    for place, each in enumerate(lists):
        values[place::width] = each
    return values


def _one_value(column: "pl.Series") -> bool:
    return len(column) > 0 and bool(column.eq_missing(column[0]).all())


def _blank(column: "pl.Series") -> bool:
    """Return whether a column has nulls for which "" can stand."""
    import polars as pl

    return column.null_count() > 0 and not (column.dtype == pl.String and (column == "").any())


def insert(
    connection: sqlite3.Connection,
    table: str,
    made: Rows,
    also: Mapping[str, Any],
    unless: str = "",
) -> int:
    """Insert rows, each with the values in `also` besides; return how many went in.

    `unless` is what comes behind the rows, such as an ON CONFLICT. Table and column names are
    constants of this package.
    """
    shared = made.shared | dict(also)
    width = len(made.varying)
    if not made.height or not width:
        alike = [[*shared.values()]] * made.height
        return _insert(connection, table, made, shared, unless, alike, 1)
    rows = max(_VALUES // width, 1)
    size = width * rows
    ends = [*shared.values()]
    whole = len(made.values) - len(made.values) % size
    # One after the other: lists that are all there at once set off the garbage collector.
    many = (made.values[place : place + size] + ends for place in range(0, whole, size))
    done = _insert(connection, table, made, shared, unless, many, rows)
    if rest := made.values[whole:]:
        done += _insert(connection, table, made, shared, unless, [rest + ends], len(rest) // width)
    return done


def _insert(  # noqa: PLR0917 - it is called from one place
    connection: sqlite3.Connection,
    table: str,
    made: Rows,
    shared: Mapping[str, Any],
    unless: str,
    values: Iterable[list[Any]],
    rows: int,
) -> int:
    """Insert lists of the values of `rows` rows each, behind which stands what is shared."""
    width = len(made.varying)
    common = {name: f"?{rows * width + place}" for place, name in enumerate(shared, 1)}
    columns = (*made.varying, *common)

    def row(number: int) -> str:
        places = (f"?{number * width + place}" for place in range(1, width + 1))
        own = (
            f"nullif({place}, '')" if name in made.blank else place
            for name, place in zip(made.varying, places, strict=True)
        )
        return f"({', '.join((*own, *common.values()))})"

    statement = (
        # An error ends the transaction: no statement needs to be undone by itself, for which
        # SQLite would copy the pages that it is about to change.
        f"INSERT OR FAIL INTO {table} ({', '.join(columns)})"  # noqa: S608
        f" VALUES {', '.join(row(number) for number in range(rows))} {unless}"
    )
    return max(connection.executemany(statement, values).rowcount, 0)
