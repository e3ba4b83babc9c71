"""Many rows into one table: many to a statement, and what all of them share bound but once."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import polars as pl

#: Values per statement. Beginning a statement costs as much as two thirds of a row.
_VALUES: Final = 384
#: Statements whose values are made at once: few enough to stay near the processor.
_STATEMENTS: Final = 16


class Rows(NamedTuple):
    """Rows as SQLite takes them: the columns that vary, and one value of each other.

    For the nulls of the columns in `blank` stands "": Python binds None slowly.
    """

    varying: "dict[str, pl.Series]"
    blank: frozenset[str]
    shared: dict[str, Any]
    height: int


def rows(frame: "pl.DataFrame", columns: Sequence[str]) -> Rows:
    """Return some columns of a frame as `insert` takes them."""
    varying = {name: frame[name] for name in columns if not _one_value(frame[name])}
    blank = frozenset(name for name, column in varying.items() if _blank(column))
    shared = {name: frame[name][0] for name in columns if name not in varying and frame.height}
    return Rows(varying, blank, shared, frame.height)


def _values(made: Rows, begin: int, end: int) -> list[Any]:
    """Return the values of some rows that vary, one row after another."""
    lists = [
        ["" if value is None else value for value in column[begin:end]]
        if name in made.blank
        else column[begin:end].to_list()
        for name, column in made.varying.items()
    ]
    width = len(lists)
    values: list[Any] = [None] * (width * (end - begin))
    for place, each in enumerate(lists):
        values[place::width] = each
    return values


def _one_value(column: "pl.Series") -> bool:
    return len(column) > 0 and bool(column.eq_missing(column[0]).all())


def _blank(column: "pl.Series") -> bool:
    """Return whether a column has nulls for which "" can stand."""
    import polars as pl

    return column.null_count() > 0 and not (column.dtype == pl.String and (column == "").any())


@contextmanager
def checked(connection: sqlite3.Connection) -> Iterator[None]:
    """Let the block insert rows whose CHECKs have been asked already, of all of them at once."""
    connection.execute("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    finally:
        connection.execute("PRAGMA ignore_check_constraints = OFF")


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
    ends = [*shared.values()]
    whole = made.height - made.height % rows
    done = _insert(connection, table, made, shared, unless, _many(made, rows, whole, ends), rows)
    if rest := made.height - whole:
        values = [_values(made, whole, made.height) + ends]
        done += _insert(connection, table, made, shared, unless, values, rest)
    return done


def _many(made: Rows, rows: int, whole: int, ends: list[Any]) -> Iterator[list[Any]]:
    """Yield the values of the first `whole` rows, as each statement for `rows` of them takes them.

    They are made as they are wanted: lists of all of them would be asked of the system each time,
    and set off the garbage collector.
    """
    size = rows * len(made.varying)
    for begin in range(0, whole, rows * _STATEMENTS):
        values = _values(made, begin, min(begin + rows * _STATEMENTS, whole))
        for place in range(0, len(values), size):
            yield values[place : place + size] + ends


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
