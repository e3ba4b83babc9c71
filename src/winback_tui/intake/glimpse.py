"""What looks at the first rows of a file start from."""

from collections.abc import Callable

import polars as pl


class Glimpse:
    """The first rows of a file of no known program, and what is known of its columns.

    `mapped` are the columns by field, `said` the fields that a person named; `free` returns the
    columns that nothing holds.
    """

    def __init__(
        self,
        name: str,
        first: pl.DataFrame,
        mapped: dict[str, str],
        free: Callable[[], list[str]],
        *,
        said: set[str],
    ) -> None:
        self._name = name
        self._first = first
        self._mapped = mapped
        self._free = free
        self._said = said
