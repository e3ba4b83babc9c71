"""What the rows of a file say about customers and products, gathered batch by batch."""

from collections.abc import Sequence

import polars as pl

#: Rows of counts that are kept before they are added up.
_MANY = 300_000


class Codes:
    """Numbers customers in the order in which a file first names them."""

    def __init__(self) -> None:
        self._known = pl.DataFrame(schema={"number": pl.String, "code": pl.Int64})

    def of(self, numbers: pl.Series) -> pl.Series:
        """Return the code of each customer number, new ones for new customers."""
        named = numbers.alias("number").to_frame()
        distinct = named.unique(maintain_order=True).join(
            self._known, on="number", how="left", maintain_order="left"
        )
        new = distinct.filter(pl.col("code").is_null()).select("number")
        if new.height:
            start = self._known.height
            codes = pl.Series("code", range(start, start + new.height), dtype=pl.Int64)
            added = new.with_columns(codes)
            self._known = pl.concat([self._known, added])
            if self._known.n_chunks() > 32:
                self._known = self._known.rechunk()
            distinct = pl.concat([distinct.filter(pl.col("code").is_not_null()), added])
        return named.join(distinct, on="number", how="left", maintain_order="left")["code"]

    def frame(self) -> pl.DataFrame:
        """Return all customers: number and code."""
        return self._known


class Usual:
    """The most frequent value of some columns per key, such as a customer's usual name."""

    def __init__(self, key: str, kind: pl.DataType, columns: Sequence[str]) -> None:
        self._key = key
        self._kind = kind
        self._counts: dict[str, list[pl.DataFrame]] = {column: [] for column in columns}

    def see(self, frame: pl.DataFrame) -> None:
        """Count the values of a batch; columns that it lacks are passed over."""
        for column, counts in self._counts.items():
            if column not in frame.columns:
                continue
            counts.append(
                frame.lazy()
                .select(self._key, column)
                .filter(pl.col(column) != "")
                .group_by(self._key, column)
                .agg(pl.len().cast(pl.Int64).alias("times"))
                .collect()
            )
            if sum(each.height for each in counts[1:]) > _MANY:
                added = self._added(column)
                counts.clear()
                counts.append(added)

    def _added(self, column: str) -> pl.DataFrame:
        schema = pl.Schema([(self._key, self._kind), (column, pl.String()), ("times", pl.Int64())])
        return (
            pl.concat([pl.DataFrame(schema=schema), *self._counts[column]])
            .group_by(self._key, column)
            .agg(pl.col("times").sum())
        )

    def join(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return `frame`, which has the key, with the usual value of each column, or null; once."""
        for column in self._counts:
            # Of equally frequent ones the first by the alphabet: the order of lines means nothing.
            usual = (
                self._added(column)
                .sort("times", column, descending=[True, False])
                .unique(self._key, keep="first", maintain_order=True)
                .select(self._key, column)
            )
            self._counts[column].clear()
            frame = frame.join(usual, on=self._key, how="left", maintain_order="left")
        return frame
