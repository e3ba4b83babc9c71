"""From transaction lines to one row per customer: what the score needs to know of the past."""

from collections.abc import Iterator, Sequence
from math import tau
from typing import Final, Self

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
#: Fractions are added up as whole numbers of this part of one, and their sums kept to so many
#: digits, so that neither the order nor the machine makes a difference.
_UNIT: Final = 10**12
_DIGITS: Final = 9
_CURVES: Final = ("lately", "season_cos", "season_sin")

_DAY: Final = ("customer_id", "currency", "day")
#: Lines that are summed up at once.
_AT_ONCE: Final = 2_000_000


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
    total of the purchase days, both in the main currency; gap_p90, gap_max and last_gap
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
    parts = [_summary(part) for part in _parts(transactions)]
    return pl.concat(parts).sort("customer_id")


def _parts(transactions: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the lines in parts, each with all lines of its customers, to take less memory."""
    count = -(-transactions.height // _AT_ONCE)
    if count <= 1:
        yield transactions
        return
    customer = pl.col("customer_id")
    shares = (customer.quantile(each / count, "lower").alias(str(each)) for each in range(1, count))
    low = None
    for high in sorted({int(each) for each in transactions.select(*shares).row(0)}):
        within = customer < high
        yield transactions.filter(within if low is None else within & (customer >= low))
        low = high
    yield transactions.filter(customer >= low)


def _summary(transactions: pl.DataFrame) -> pl.DataFrame:
    days = _daily_net(transactions)
    money, gaps = _money(days), _gaps(_bought(days))
    if gaps.height == money.height:
        # The same customers in the same order.
        rows = pl.concat([money, gaps.drop("customer_id")], how="horizontal")
    else:
        rows = money.join(gaps, on="customer_id", how="left", maintain_order="left")
        rows = rows.with_columns(pl.col("purchases").fill_null(0))
    return rows.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def histories(transactions: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `statistics` without what money and the nine-in-ten gap tell."""
    return _gaps(_bought(_daily_net(transactions)), tenths=False)


def purchase_days(transactions: pl.DataFrame) -> pl.DataFrame:
    """Return customer_id and day of each purchase (see `statistics`), sorted, each day once."""
    return _bought(_daily_net(transactions))


def _bought(days: pl.DataFrame) -> pl.DataFrame:
    """Return customer_id and day of the days with a positive net in some currency, sorted."""
    paid = days if (days["amount"] > 0).all() else days.filter(pl.col("amount") > 0)
    bought = paid.select("customer_id", "day")
    if _one_currency(days):
        return bought
    return bought.sort("customer_id", "day").filter(_new("customer_id", "day"))


def _new(*keys: str) -> pl.Expr:
    """Return whether a row differs in some key from the one before it."""
    return pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift(1)) for key in keys)


def _one_currency(lines: pl.DataFrame) -> bool:
    return lines.is_empty() or bool((lines["currency"] == lines["currency"][0]).all())


def _daily_net(transactions: pl.DataFrame) -> pl.DataFrame:
    """Return the net amount per customer, currency and day, after cancellations.

    Sorted by customer_id, then by day or, where there are several currencies, by currency and day.
    """
    lines = transactions
    if not (lines["amount"] >= 0).all():
        lines = _standing(lines)
    keys = ("customer_id", "day") if _one_currency(lines) else _DAY
    lines = lines.select(*_DAY, "amount")
    if not lines.select(_sorted(keys).all()).item():
        rest = [name for name in _DAY if name not in keys]
        net = lines.group_by(keys).agg(pl.col(rest).first(), pl.col("amount").sum())
        return net.sort(keys)
    begins = lines.select(begins=_new(*keys))["begins"]
    if begins.all():
        return lines
    days = _Runs.of(begins.shift(-1, fill_value=True))
    return lines[days.ends].with_columns(amount=days.sums(lines["amount"]))


def _sorted(keys: Sequence[str]) -> pl.Expr:
    """Return whether a row does not come before the one above it; so the book's lines do."""
    holds = pl.lit(value=True)
    for key in reversed(keys):
        above = pl.col(key).shift(1)
        holds = (pl.col(key) > above) | ((pl.col(key) == above) & holds)
    return holds.fill_null(value=True)


class _Runs:
    """Where runs of rows that belong together begin and end, as places in a frame."""

    def __init__(self, ends: pl.Series) -> None:
        self.ends = ends
        self.starts = (ends + 1).shift(1, fill_value=0)

    @classmethod
    def of(cls, last: pl.Series) -> Self:
        """Return the runs whose last rows are marked."""
        return cls(last.arg_true().cast(pl.Int64))

    def lengths(self) -> pl.Series:
        """Return how many rows each run has."""
        return self.ends - self.starts + 1

    def sums(self, values: pl.Series) -> pl.Series:
        """Return the sum of whole numbers over each run; they are exact in any order."""
        summed = values.cast(pl.Int64).fill_null(0).cum_sum().gather(self.ends)
        return summed - summed.shift(1, fill_value=0)


def _standing(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines without what later refunds took back, in no order."""
    if "product" not in lines.columns:
        lines = lines.with_columns(product=pl.lit(""))
    refunds = lines.lazy().filter(pl.col("amount") < 0)
    customers = refunds.select("customer_id").unique()
    goods = ("customer_id", "currency", "product")
    bought = refunds.select(goods).unique()
    theirs = lines.lazy().join(customers, on="customer_id", how="semi")
    parts = (
        lines.lazy().join(customers, on="customer_id", how="anti"),
        theirs.join(bought, on=goods, how="anti"),
        _cancelled(theirs.join(bought, on=goods, how="semi")),
    )
    return pl.concat([part.select(*_DAY, "amount") for part in parts]).collect()


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


def _money(days: pl.DataFrame) -> pl.DataFrame:
    """Return what is known of each customer's money, and the day of the last line, sorted."""
    if _one_currency(days):
        each = _Runs.of(days.select(_last("customer_id")).to_series())
        amount = days["amount"]
        revenue, paid_days = each.sums(amount), each.lengths()
        purchase_revenue = revenue
        if not (amount > 0).all():
            paid_days = each.sums(amount > 0)
            purchase_revenue = each.sums(amount.clip(lower_bound=0))
        return pl.DataFrame(
            {
                "customer_id": days["customer_id"].gather(each.ends),
                "currency": days["currency"].gather(each.ends),
                "last_transaction_day": days["day"].gather(each.ends),
                "paid_days": paid_days,
                "revenue": revenue,
                "purchase_revenue": purchase_revenue,
            }
        )
    paid = pl.col("amount") > 0
    return (
        days.lazy()
        .group_by("customer_id", "currency")
        .agg(
            last_transaction_day=pl.col("day").max(),
            paid_days=paid.sum(),
            latest=pl.col("day").filter(paid).max(),
            revenue=pl.col("amount").sum(),
            purchase_revenue=pl.col("amount").clip(lower_bound=0).sum(),
        )
        .with_columns(pl.col("last_transaction_day").max().over("customer_id"))
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
        .collect()
    )


def _last(*keys: str) -> pl.Expr:
    """Return whether a row differs in some key from the one after it."""
    return pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift(-1)) for key in keys)


def _gaps(bought: pl.DataFrame, *, tenths: bool = True) -> pl.DataFrame:
    """Return purchases, first_day, last_day and the measures of the gaps per customer, sorted.

    Each customer's purchases lie side by side, so that everything is a running sum or a row
    picked out; nothing is done customer by customer.
    """
    customer, day = pl.col("customer_id"), pl.col("day")
    last = _last("customer_id")
    rows = bought.select(
        "day",
        last=last,
        # The first purchase has no gap; -1 sorts before all gaps.
        gap=pl.when(customer == customer.shift(1)).then(day - day.shift(1)).otherwise(-1),
        before=(pl.when(last).then(day).backward_fill() - day).cast(pl.UInt32),
    )
    each = _Runs.of(rows["last"])
    gap = rows["gap"]
    found = {
        "customer_id": bought["customer_id"].gather(each.ends),
        "first_day": rows["day"].gather(each.starts),
        "last_day": rows["day"].gather(each.ends),
        "purchases": each.lengths(),
        "last_gap": gap.gather(each.ends),
        "gap_squares": each.sums(gap.clip(lower_bound=0).cast(pl.Int64).pow(2)),
        **_ranked(rows, each, tenths=tenths),
        **{name: each.sums(share) / _UNIT for name, share in _shares(rows["before"]).items()},
    }
    of_gaps = [name for name in ("gap_p90", "gap_max", "last_gap") if name in found]
    return pl.DataFrame(found).with_columns(
        *(pl.when(pl.col("purchases") > 1).then(pl.col(name)) for name in of_gaps),
        pl.col(_CURVES).round(_DIGITS),
    )


def _ranked(rows: pl.DataFrame, each: "_Runs", *, tenths: bool) -> dict[str, pl.Series]:
    """Return the longest gap of each customer and, with `tenths`, the nine-in-ten gap."""
    number = rows["last"].shift(1, fill_value=False).cast(pl.Int64).cum_sum()
    ranked = (number * 2**32 + rows["gap"]).sort().cast(pl.Int32, wrap_numerical=True)
    longest = ranked.gather(each.ends)
    if not tenths:
        return {"gap_max": longest}
    # It lies between two of the ranked ones, so many tenths of the way.
    way = (each.lengths() - 2).clip(lower_bound=0) * 9
    below = each.starts + 1 + way // 10
    under, over = (ranked.gather(_least(place, each.ends)) for place in (below, below + 1))
    return {"gap_max": longest, "gap_p90": (under * (10 - way % 10) + over * (way % 10)) / 10}


def _least(one: pl.Series, other: pl.Series) -> pl.Series:
    return pl.select(pl.min_horizontal(one, other)).to_series()


def _shares(before: pl.Series) -> dict[str, pl.Series]:
    """Return what each purchase adds to lately, season_cos and season_sin, in parts of `_UNIT`.

    `before` are the days between a purchase and the customer's last one. There are far fewer
    distances than purchases, so that each is worked out once.
    """
    most: int = before.to_frame().select(pl.col(before.name).max()).item() or 0
    if most > len(before):
        return _curves(before)
    table = _curves(pl.Series(range(most + 1), dtype=pl.UInt32))
    return {name: values.gather(before) for name, values in table.items()}


def _curves(before: pl.Series) -> dict[str, pl.Series]:
    day = -before.cast(pl.Float64)
    values = ((day / FADING).exp(), (day * ANGLE).cos(), (day * ANGLE).sin())
    return {
        name: (value * _UNIT).round().cast(pl.Int64)
        for name, value in zip(_CURVES, values, strict=True)
    }
