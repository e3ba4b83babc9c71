"""The logs that scores are compared on, as lines of customer, day, amount and currency."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

_EPOCH: Final = pl.date(1970, 1, 1)


def online_retail(folder: Path) -> pl.DataFrame:
    """Return the invoice lines of the UCI log; those without a customer are left out."""
    lines = pl.read_csv(
        folder / "online_retail.csv.gz",
        schema_overrides={"InvoiceNo": pl.String, "StockCode": pl.String, "CustomerID": pl.String},
        columns=["StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"],
    )
    day = pl.col("InvoiceDate").str.slice(0, 10).str.to_date("%Y-%m-%d")
    amount = pl.col("Quantity") * pl.col("UnitPrice") * 100
    return _lines(
        lines.filter(pl.col("CustomerID").is_not_null()),
        pl.col("CustomerID"),
        day,
        amount,
        pl.col("StockCode"),
    )


def plain(path: Path) -> pl.DataFrame:
    """Return the lines of a file with the columns customer_id, date and amount."""
    lines = pl.read_csv(path, schema_overrides={"customer_id": pl.String, "date": pl.String})
    day = pl.col("date").str.to_date("%Y-%m-%d")
    return _lines(lines, pl.col("customer_id"), day, pl.col("amount") * 100, pl.lit(""))


def sets(folder: Path) -> dict[str, pl.DataFrame]:
    """Return the three logs by name."""
    return {
        "online_retail": online_retail(folder),
        "cdnow": plain(folder / "cdnow.csv"),
        "iowa_beam": plain(folder / "iowa_beam.csv"),
    }


def _lines(
    lines: pl.DataFrame, customer: pl.Expr, day: pl.Expr, amount: pl.Expr, product: pl.Expr
) -> pl.DataFrame:
    return lines.select(
        customer_id=customer.rank("dense").cast(pl.Int64),
        day=(day - _EPOCH).dt.total_days().cast(pl.Int32),
        amount=amount.round().cast(pl.Int64),
        currency=pl.lit("EUR"),
        product=product,
    )
