"""Receipts that earlier files told by their number alone, and this one by branch and till too."""

import json
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from winback_tui.book import frames
from winback_tui.book.lines import KEY

if TYPE_CHECKING:
    import polars as pl

#: What is the same of a line whatever its receipt is called.
_SAME: Final = ("customer_id", "day", "product", "amount", "currency")
#: A branch or a till before a number.
_PART: Final = "[^/]+/"
#: The columns that `told_bare` asks for.
_LINES: Final = (*KEY, "batch_id", "quantity")


def told_bare(
    connection: sqlite3.Connection, lines: "pl.DataFrame", batch: int, earlier: Sequence[int]
) -> "pl.DataFrame":
    """Return the lines of `earlier` batches in whose place lines of `batch` stand.

    Those are the same but for the number, which is now behind a branch or a till; each new line
    takes the place of one. `lines` are those of a part of the file, written already.
    """
    import polars as pl

    customers = lines["customer_id"].unique().to_list()
    new, old = _read(connection, customers, [batch]), _read(connection, customers, earlier)
    old = old.filter(pl.col("document") != "")
    numbers = old.select(*_SAME, bare="document").unique()
    # Without a till, or without a till and a branch; each new line with its place among equals.
    bare = [
        new.select(
            *_SAME, "document", "ordinal", bare=pl.col("document").str.extract(f"^{each}(.+)$")
        )
        for each in (_PART, _PART * 2)
    ]
    pairs = (
        pl.concat(bare)
        .join(numbers, on=(*_SAME, "bare"), how="semi")
        .unique([*_SAME, "document", "ordinal"], keep="first", maintain_order=True)
        .sort(*_SAME, "bare", "document", "ordinal")
        .with_columns(place=pl.int_range(pl.len()).over(*_SAME, "bare"))
    )
    numbered = old.sort(*_SAME, "document", "ordinal", "batch_id").with_columns(
        place=pl.int_range(pl.len()).over(*_SAME, "document")
    )
    of = (*_SAME, "document", "place")
    found = numbered.join(pairs.select(*_SAME, "place", document="bare"), on=of, how="semi")
    return found.drop("place")


def _read(
    connection: sqlite3.Connection, customers: list[int], batches: Sequence[int]
) -> "pl.DataFrame":
    import polars as pl

    schema = {
        **dict.fromkeys(_LINES, pl.Int64()),
        **dict.fromkeys(("document", "product", "currency"), pl.String()),
        "quantity": pl.Float64(),
    }
    return frames.read(
        connection,
        schema,
        "transactions WHERE customer_id IN (SELECT value FROM json_each(?))"
        " AND batch_id IN (SELECT value FROM json_each(?))",
        (json.dumps(customers), json.dumps(list(batches))),
    )
