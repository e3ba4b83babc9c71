"""What the score asks of each customer, as arrays; many customers are looked at in parts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import polars as pl

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Numbers = npt.NDArray[Any]
Columns = Mapping[str, Numbers]
#: A number for all customers, or one for each.
Number = Array | float

#: So many customers are looked at at once: what is worked out on the way stays in the processor's
#: cache, and in memory that the process has already. New memory costs more than the sums.
AT_ONCE: Final = 12_288
_STIR: Final = np.uint64(0x9E3779B97F4A7C15)
_KEPT: Final = ("lately", "gap_squares", "gap_max", "last_gap", "season_cos", "season_sin")
#: What stands for an unknown number; nothing for the others.
_UNKNOWN: Final = {"gap_squares": -1}


@dataclass(frozen=True, slots=True)
class Rows:
    """The statistics of customers; gaps are nothing for who has none."""

    #: Repeat purchase days, and the days from the first purchase to the last.
    x: Array
    span: Array
    last_day: Array
    lately: Array
    #: Below nothing: not known.
    gap_squares: Array
    gap_max: Array
    last_gap: Array
    season_cos: Array
    season_sin: Array

    @classmethod
    def of(cls, table: pl.DataFrame) -> Self:
        """Return the rows of `scoring.statistics`."""
        return cls.measured(columns(table))

    @classmethod
    def measured(cls, found: Columns) -> Self:
        """Return the rows of `columns`, or of what `scoring.histories.measures` found."""
        last_day = found["last_day"].astype(np.float64)
        kept = (found[name].astype(np.float64) for name in _KEPT)
        return cls(found["purchases"] - 1.0, last_day - found["first_day"], last_day, *kept)

    def part(self, places: slice | Whole) -> Self:
        """Return some of the rows."""
        if isinstance(places, slice):
            return type(self)(*(getattr(self, each.name)[places] for each in fields(self)))
        return type(self)(*(getattr(self, each.name).take(places) for each in fields(self)))

    def __len__(self) -> int:
        """Return how many customers there are."""
        return len(self.x)


def columns(table: pl.DataFrame) -> Columns:
    """Return the columns of `scoring.statistics` that `Rows` are made of, as they lie there."""
    found = {}
    for name in ("purchases", "first_day", "last_day", *_KEPT):
        values = table[name]
        if values.null_count():
            unknown = table["purchases"] if name == "lately" else pl.Series([_UNKNOWN.get(name, 0)])
            values = values.fill_null(unknown.cast(values.dtype))
        found[name] = values.to_numpy()
    return found


class Gathered:
    """Columns of so many rows that are filled part by part; new memory is dear, so it is once."""

    def __init__(self, count: int, kinds: Mapping[str, type[np.generic]] | None = None) -> None:
        """`kinds` are those of columns that are to be kept as another kind than they come as."""
        self._count, self._kinds, self._at = count, kinds or {}, 0
        self.columns: dict[str, Numbers] = {}

    def add(self, found: Columns) -> None:
        """Put the next rows behind those that there are."""
        if not self.columns:
            self.columns = {
                name: np.empty(self._count, self._kinds.get(name, values.dtype))
                for name, values in found.items()
            }
        begin = self._at
        for name, values in found.items():
            self._at = begin + len(values)
            self.columns[name][begin : self._at] = values


def parts(count: int) -> list[slice]:
    """Return the places of so many rows, `AT_ONCE` at a time; one of none where there are none."""
    return [slice(start, start + AT_ONCE) for start in range(0, max(count, 1), AT_ONCE)]


def stirred(columns: Iterable[Numbers]) -> npt.NDArray[np.uint64]:
    """Return a number for each row that all of its numbers, of 64 bits each, are stirred into.

    Sorting by it takes a tenth of the time of sorting by many columns.
    """
    found = np.zeros(1, np.uint64)
    for column in columns:
        found = (found + column.view(np.uint64)) * _STIR
        found ^= found >> np.uint64(29)
    return found
