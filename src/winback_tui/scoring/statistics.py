"""From transaction lines to one row per customer: what the score needs to know of the past."""

from math import tau
from typing import Final

import polars as pl

#: The columns of `statistics`; days count from 1970-01-01, gaps are days, money is minor units.
SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "customer_id": pl.Int64,
    "currency": pl.String,
    "first_day": pl.Int32,
    "last_day": pl.Int32,
    "purchases": pl.Int32,
    "paid_days": pl.Int32,
    "revenue": pl.Int64,
    "purchase_revenue": pl.Int64,
    "gap_p50": pl.Float64,
    "gap_p90": pl.Float64,
    "gap_max": pl.Int32,
    "last_gap": pl.Int32,
    "last_transaction_day": pl.Int32,
    "gap_squares": pl.Int64,
    "lately": pl.Float64,
    "season_cos": pl.Float64,
    "season_sin": pl.Float64,
}
#: The days in which what counts for `lately` falls to a third.
FADING: Final = 365.0
#: What a day of the year is of a full circle.
ANGLE: Final = tau / 365.25
#: Sums of fractions are kept to so many digits, so that no machine adds them up otherwise.
_DIGITS: Final = 9

_DAY: Final = ("customer_id", "currency", "day")


def statistics(transactions: pl.DataFrame) -> pl.DataFrame:
    """Return one row per customer with at least one purchase, sorted by customer_id.

    `transactions` has customer_id, day, amount, currency and, where known, product. A purchase is
    a distinct day on which the customer's net amount in some currency is positive.

    Refunds net out in two steps. First, a product's lines of one day are summed; where that sum is
    negative and a nearest earlier day of the same customer, currency and product has exactly the
    opposite sum, the two cancel, so that an order cancelled weeks later is no purchase on its own
    day and takes nothing from the day of the credit note. Whatever is left is netted by day: a
    partial refund lowers revenue on its own day and never moves a purchase. The outcome depends
    neither on the order of the rows nor on how a product's amount of one day is split into lines.

    Columns: currency is the main one (most purchase days, then the latest purchase, then the
    alphabet); first_day and last_day are purchase days; purchases counts purchase days in all
    currencies, paid_days those in the main one; revenue is the net total and purchase_revenue the
    total of the purchase days, both in the main currency; gap_p50, gap_p90, gap_max and last_gap
    describe the days between purchases (null below two); last_transaction_day is that of any
    line, refunds included; gap_squares is the sum of the squared gaps; lately counts each purchase
    for e^(−years before the last one); season_cos and season_sin add up the purchases as unit
    vectors by the day of the year, counted from that of the last one.
    """
    return summary(transactions).filter(pl.col("purchases") > 0)


def summary(transactions: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `statistics`, and one with zero purchases for each customer without any.

    The book keeps these, because a customer whose only order was cancelled later still had a
    purchase as of a day in between.
    """
    days = _daily_net(transactions).collect().lazy()
    money = _money(days)
    gaps = _gaps(days)
    last = days.group_by("customer_id").agg(last_transaction_day=pl.col("day").max())
    return (
        last.join(money, on="customer_id", how="left")
        .join(gaps, on="customer_id", how="left")
        .with_columns(pl.col("purchases").fill_null(0))
        .select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
        .sort("customer_id")
        .collect()
    )


def purchase_days(transactions: pl.DataFrame) -> pl.DataFrame:
    """Return customer_id and day of each purchase (see `statistics`), sorted, each day once."""
    return _purchase_days(_daily_net(transactions)).sort("customer_id", "day").collect()


def _purchase_days(days: pl.LazyFrame) -> pl.LazyFrame:
    return days.filter(pl.col("amount") > 0).select("customer_id", "day").unique()


def _daily_net(transactions: pl.DataFrame) -> pl.LazyFrame:
    """Return the net amount per customer, currency and day, after cancellations."""
    refunding = transactions.lazy().filter(pl.col("amount") < 0).select("customer_id").unique()
    lines = transactions.lazy()
    if "product" not in transactions.columns:
        lines = lines.with_columns(product=pl.lit(""))
    plain = lines.join(refunding, on="customer_id", how="anti")
    others = _cancelled(lines.join(refunding, on="customer_id", how="semi"))
    return (
        pl.concat([part.select(*_DAY, "amount") for part in (plain, others)])
        .group_by(_DAY)
        .agg(pl.col("amount").sum())
    )


def _cancelled(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Return the net per product and day, without what a later refund took back to the cent.

    Sales and refunds of one size nest like brackets: a refund closes the nearest sale that is
    still open. A running balance tells the depth; on each depth openings and closings alternate,
    so that neighbours on a depth are the pairs.
    """
    size = ("customer_id", "currency", "product", "size")
    level = (*size, "depth")
    refund = pl.col("amount") < 0
    net = (
        lines.group_by(*_DAY, "product")
        .agg(pl.col("amount").sum())
        .with_columns(size=pl.col("amount").abs())
    )
    refunded = net.filter(refund).select(size).unique()
    balance = pl.col("amount").sign().cast(pl.Int32).cum_sum().over(size)
    closed = ~refund & refund.shift(-1).over(level)
    closing = refund & ~refund.shift(1).over(level)
    pair = (closed | closing).fill_null(value=False)
    return pl.concat(
        [
            net.join(refunded, on=size, how="anti"),
            net.join(refunded, on=size, how="semi")
            .sort(*size, "day")
            .with_columns(depth=balance + refund.cast(pl.Int32))
            .with_columns(amount=pl.when(pair).then(0).otherwise(pl.col("amount")))
            .drop("depth"),
        ]
    )


def _money(days: pl.LazyFrame) -> pl.LazyFrame:
    """Return main currency, paid_days, revenue and purchase_revenue per customer."""
    paid = pl.col("amount") > 0
    return (
        days.group_by("customer_id", "currency")
        .agg(
            paid_days=paid.sum(),
            latest=pl.col("day").filter(paid).max(),
            revenue=pl.col("amount").sum(),
            purchase_revenue=pl.col("amount").clip(lower_bound=0).sum(),
        )
        .sort(
            "customer_id",
            "paid_days",
            "latest",
            "currency",
            descending=[False, True, True, False],
            nulls_last=True,
        )
        .unique("customer_id", keep="first", maintain_order=True)
        .drop("latest")
    )


def _gaps(days: pl.LazyFrame) -> pl.LazyFrame:
    """Return purchases, first_day, last_day and the measures of the gaps per customer."""
    same = pl.col("customer_id") == pl.col("customer_id").shift(1)
    gap = pl.col("gap").drop_nulls()
    day = pl.col("day").cast(pl.Float64)
    return (
        _purchase_days(days)
        .sort("customer_id", "day")
        .with_columns(gap=pl.when(same).then(pl.col("day") - pl.col("day").shift(1)))
        .group_by("customer_id", maintain_order=True)
        .agg(
            first_day=pl.col("day").first(),
            last_day=pl.col("day").last(),
            purchases=pl.len(),
            gap_p50=gap.quantile(0.5, "linear"),
            gap_p90=gap.quantile(0.9, "linear"),
            gap_max=pl.col("gap").max(),
            last_gap=pl.col("gap").last(),
            gap_squares=pl.col("gap").cast(pl.Int64).pow(2).sum(),
            lately=((day - day.last()) / FADING).exp().sum().round(_DIGITS),
            season_cos=((day - day.last()) * ANGLE).cos().sum().round(_DIGITS),
            season_sin=((day - day.last()) * ANGLE).sin().sum().round(_DIGITS),
        )
    )
