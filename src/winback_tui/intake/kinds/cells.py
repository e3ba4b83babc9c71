"""The mapped columns of a file as lists of clean cells, and what is wrong with some of them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

import polars as pl

from winback_tui.intake import clean, dates
from winback_tui.intake.fields import Answers
from winback_tui.intake.kinds import instants
from winback_tui.intake.kinds.fields import ALL_OF, ATTRIBUTE, Column, What
from winback_tui.intake.table import Table

Value = TypeVar("Value")

#: In files of attributes and notes longer texts than names have are kept.
_LONG = 2_000


class Problem(NamedTuple):
    """What is wrong with a row: the column it stands in, and the RejectCode."""

    column: str
    code: str


class Cells:
    """The columns of one file by field; each is read and cleaned when it is asked for.

    `flawed` collects, by row, cells that cannot be taken although their row can.
    """

    def __init__(
        self, table: Table, mapped: Sequence[Column], before: Answers | None = None
    ) -> None:
        """`before` is what was said about an earlier file; it serves where this proves nothing."""
        self.table = table
        self.before = before or Answers()
        self.height = table.frame.height
        self._columns: dict[str, list[str]] = {}
        for each in mapped:
            self._columns.setdefault(each.field, []).append(each.column)
        #: The kind of all rows' signals, where no column holds it.
        of_all = next((each for each in self._columns if each.startswith(ALL_OF)), "")
        self.all_of = of_all[len(ALL_OF) :]
        #: Its column: rows in which nothing stands there are of no kind.
        self.column_of_all = next(iter(self._columns.get(of_all, ())), "")
        self.flawed: dict[int, list[Problem]] = {}
        #: Cells that were longer than is kept of them, by column.
        self.shortened: dict[str, int] = {}

    def has(self, what: What) -> bool:
        """Return whether a column holds the field."""
        return what in self._columns

    def column(self, what: What) -> str:
        """Return the name of the field's (first) column, or ""."""
        return next(iter(self._columns.get(what, ())), "")

    def columns(self, what: What) -> list[str]:
        """Return the names of the field's columns."""
        return list(self._columns.get(what, ()))

    def series(self, what: What) -> pl.Series:
        """Return the field's cells as they stand; blank ones where no column holds it."""
        if what in self._columns:
            return self.table.frame[self.column(what)]
        return pl.Series([""], dtype=pl.String).new_from_index(0, self.height)

    def texts(self, what: What, longest: int = clean.LONGEST) -> list[str]:
        """Return the field's cells cleaned, "" where nothing stands."""
        if what not in self._columns:
            return [""] * self.height
        self._cut(self.series(what), self.column(what), longest)
        return clean.text(self.series(what), longest).to_list()

    def _cut(self, cells: pl.Series, column: str, longest: int) -> None:
        """Note how many cells are longer than is kept of them."""
        if clean.longest(cells) > longest:
            long = cells.str.strip_chars().str.len_chars() > longest
            self.shortened[column] = int(long.sum())

    def notes(self, what: What) -> list[str]:
        """Return the field's cells cleaned; longer texts than names are kept."""
        return self.texts(what, _LONG)

    def ids(self, what: What) -> list[str]:
        """Return numbers and ids: without the apostrophe and the `.0` that spreadsheets add."""
        if what not in self._columns:
            return [""] * self.height
        bare = self.series(what).str.strip_chars().str.replace(r"^'([\w+=@-])", "$1")
        return clean.numbers(bare).str.head(clean.LONGEST).str.strip_chars_end().to_list()

    def attributes(self) -> list[tuple[str, list[str]]]:
        """Return name and cells of each column that is kept as an attribute."""
        for field, columns in self._columns.items():
            for column in columns if field.startswith(ATTRIBUTE) else ():
                self._cut(self.table.frame[column], column, _LONG)
        return [
            (field[len(ATTRIBUTE) :], clean.text(self.table.frame[column], _LONG).to_list())
            for field, columns in self._columns.items()
            if field.startswith(ATTRIBUTE)
            for column in columns
        ]

    def days(
        self, what: What, day_first: bool | None, without: Sequence[bool] = ()
    ) -> list[int | None]:
        """Return the field's dates as days since 1970-01-01, None where there is none.

        Rows of which `without` holds are passed over. Raises BadInputError where the order of day
        and month stays open.
        """
        if what not in self._columns:
            return [None] * self.height
        series = instants.from_clock(self.series(what))
        if any(without):
            kept = pl.when(pl.Series(without)).then(pl.lit("")).otherwise(series)
            series = pl.select(kept).to_series()
        found = dates.days(series, self.column(what), day_first, self.before.day_first)
        return found.to_list()

    def each(self, cells: Sequence[str], read: Callable[[str], Value]) -> list[Value]:
        """Return what `read` makes of each cell, asked once for each text."""
        known: dict[str, Value] = {}
        found: list[Value] = []
        for cell in cells:
            if cell not in known:
                known[cell] = read(cell)
            found.append(known[cell])
        return found

    def flaw(self, row: int, column: str, code: str) -> None:
        """Note that a row's cell cannot be taken."""
        self.flawed.setdefault(row, []).append(Problem(column, code))
