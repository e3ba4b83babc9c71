"""Dates by the evidence of the whole column; what stays open is asked, never guessed."""

import polars as pl

from winback_tui.errors import BadInputError

#: Days outside these years are taken for typing errors.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199

_TIME = r"(?:[T ,].*)?$"
_YEAR_FIRST = r"^(?<y>\d{4})[-/.](?<m>\d{1,2})[-/.](?<d>\d{1,2})" + _TIME
_COMPACT = r"^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})$"
_YEAR_LAST = r"^(?<a>\d{1,2})(?<s>[-/.])(?<b>\d{1,2})[-/.](?<y>\d{4}|\d{2})" + _TIME


def days(column: pl.Series, name: str, day_first: bool | None) -> pl.Series:
    """Return the cells as whole days since 1970-01-01, null where a cell holds no date.

    Read are 2026-11-21 (also with / or . and a time behind), 20261121, and dates that begin with
    the day or the month: with dots the day comes first, with slashes or dashes whatever the
    column proves, unless `day_first` says it. Two-digit years up to 68 are of this century
    (POSIX). Raises BadInputError where the order stays open; `name` is the column's.
    """
    old = column.alias("old").to_frame()
    found = old.unique().with_columns(pl.col("old").str.strip_chars().alias("cell"))
    cell = pl.col("cell")
    found = found.with_columns(
        cell.str.extract_groups(_YEAR_FIRST).alias("iso"),
        cell.str.extract_groups(_COMPACT).alias("compact"),
        cell.str.extract_groups(_YEAR_LAST).alias("last"),
    ).with_columns(
        pl.col("last").struct.field("a").cast(pl.Int32).alias("a"),
        pl.col("last").struct.field("b").cast(pl.Int32).alias("b"),
        pl.col("last").struct.field("s").alias("s"),
    )
    order = _order(found, name, day_first)
    iso, compact, last = (pl.col(each).struct for each in ("iso", "compact", "last"))
    day, month = ("a", "b") if order else ("b", "a")
    year = last.field("y").cast(pl.Int32)
    century = pl.when(year <= 68).then(2000).when(year <= 99).then(1900).otherwise(0)
    parsed = found.select(
        "old",
        _day(
            pl.coalesce(iso.field("y"), compact.field("y"))
            .cast(pl.Int32)
            .fill_null(century + year),
            pl.coalesce(iso.field("m"), compact.field("m")).cast(pl.Int32).fill_null(pl.col(month)),
            pl.coalesce(iso.field("d"), compact.field("d")).cast(pl.Int32).fill_null(pl.col(day)),
        ).alias("day"),
    )
    return old.join(parsed, on="old", how="left", nulls_equal=True, maintain_order="left")["day"]


def _order(found: pl.DataFrame, name: str, day_first: bool | None) -> bool:
    """Return whether the day comes first in the dates that end with the year."""
    if day_first is not None:
        return day_first
    numeric = found.filter(pl.col("a").is_not_null() & (pl.col("a") != pl.col("b")))
    if numeric.is_empty():
        return True
    first = numeric.filter((pl.col("a") > 12) & (pl.col("b") <= 12))["cell"]
    second = numeric.filter((pl.col("b") > 12) & (pl.col("a") <= 12))["cell"]
    if len(first) and len(second):
        one, other = (each.sort().to_list()[0] for each in (first, second))
        raise BadInputError(
            f"Column “{name}” holds dates of both orders, such as {one} and {other}; say "
            "--dayfirst or --monthfirst, and the others are rejected."
        )
    if len(first) or len(second):
        return len(first) > 0
    if (numeric["s"] == ".").all():
        return True
    example = numeric.filter(pl.col("s") != ".")["cell"].sort().to_list()[0]
    raise BadInputError(
        f"Column “{name}” does not tell day from month, as in {example}; say --dayfirst or "
        "--monthfirst."
    )


def _day(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Return days since 1970-01-01, null for what the calendar does not have."""
    written = pl.concat_str(
        year.cast(pl.String).str.zfill(4),
        month.cast(pl.String).str.zfill(2),
        day.cast(pl.String).str.zfill(2),
        separator="-",
    )
    date = written.str.to_date("%Y-%m-%d", strict=False)
    inside = year.is_between(_FIRST_YEAR, _LAST_YEAR)
    return pl.when(inside).then(date.to_physical().cast(pl.Int64))
