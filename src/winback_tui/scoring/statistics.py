"""From transaction lines to one row per customer: what the score needs to know of the past."""

from collections.abc import Iterator, Sequence
from math import tau
from typing import Final, NamedTuple

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

_DAY: Final = ("customer_id", "currency", "day")
#: Lines that are summed up at once.
_AT_ONCE: Final = 2_000_000


class _Net(NamedTuple):
    """The net amount per customer, currency and day.

    Sorted by customer_id, then by day or, where there are several currencies, by currency and day.
    """

    days: pl.DataFrame
    one_currency: bool


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
    found = summary(transactions)
    bought = found["purchases"] > 0
    return found if bought.all() else found.filter(bought)


def summary(transactions: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `statistics`, and one with zero purchases for each customer without any.

    The book keeps these, because a customer whose only order was cancelled later still had a
    purchase as of a day in between.
    """
    return pl.concat([_summary(part) for part in _parts(transactions)])


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
    from winback_tui.scoring.histories import gaps

    net = _daily_net(transactions)
    amount = net.days["amount"]
    if net.one_currency and not amount.null_count() and (amount > 0).all():
        # As good as always: each day is a purchase.
        rows = gaps(net.days, brought=amount).with_columns(
            currency=pl.lit(net.days["currency"].first(), pl.String),
            paid_days=pl.col("purchases"),
            purchase_revenue=pl.col("revenue"),
            last_transaction_day=pl.col("last_day"),
        )
        return rows.select(*SCHEMA)
    money, history = _money(net), gaps(_bought(net))
    if history.height == money.height:
        # The same customers in the same order.
        rows = pl.concat([money, history.drop("customer_id")], how="horizontal")
    else:
        rows = money.join(history, on="customer_id", how="left", maintain_order="left")
        rows = rows.with_columns(pl.col("purchases").fill_null(0))
    return rows.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def histories(transactions: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `statistics` without what money and the nine-in-ten gap tell."""
    from winback_tui.scoring.histories import gaps

    return gaps(purchase_days(transactions), tenths=False)


def purchase_days(transactions: pl.DataFrame) -> pl.DataFrame:
    """Return customer_id and day of each purchase (see `statistics`), sorted, each day once."""
    return _bought(_daily_net(transactions))


def _bought(net: _Net) -> pl.DataFrame:
    """Return customer_id and day of the days with a positive net in some currency, sorted."""
    days = net.days
    paid = days if (days["amount"] > 0).all() else days.filter(pl.col("amount") > 0)
    bought = paid.select("customer_id", "day")
    if net.one_currency:
        return bought
    return bought.sort("customer_id", "day").filter(_new("customer_id", "day"))


def _new(*keys: str) -> pl.Expr:
    """Return whether a row differs in some key from the one before it."""
    return pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift(1)) for key in keys)


def _one_currency(lines: pl.DataFrame) -> bool:
    return lines.is_empty() or bool((lines["currency"] == lines["currency"][0]).all())


def _daily_net(transactions: pl.DataFrame) -> _Net:
    """Return the net amounts after cancellations."""
    from winback_tui.scoring.histories import Runs, rising

    lines = transactions
    if not (lines["amount"] >= 0).all():
        lines = _standing(lines)
    one = _one_currency(lines)
    keys = ("customer_id", "day") if one else _DAY
    lines = lines.select(*_DAY, "amount")
    if one and rising(lines["customer_id"], lines["day"]):
        return _Net(lines, one_currency=True)
    if not lines.select(_sorted(keys).all()).item():
        rest = [name for name in _DAY if name not in keys]
        net = lines.group_by(keys).agg(pl.col(rest).first(), pl.col("amount").sum())
        return _Net(net.sort(keys), one)
    begins = lines.select(begins=_new(*keys))["begins"]
    if begins.all():
        return _Net(lines, one)
    days = Runs(begins.to_numpy())
    sums = pl.Series("amount", days.sums(lines["amount"].fill_null(0).to_numpy()))
    return _Net(lines.select(days.last(lines[name]) for name in _DAY).with_columns(sums), one)


def _sorted(keys: Sequence[str]) -> pl.Expr:
    """Return whether a row does not come before the one above it; so the book's lines do."""
    holds = pl.lit(value=True)
    for key in reversed(keys):
        above = pl.col(key).shift(1)
        holds = (pl.col(key) > above) | ((pl.col(key) == above) & holds)
    return holds.fill_null(value=True)


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


def _money(net: _Net) -> pl.DataFrame:
    """Return what is known of each customer's money, and the day of the last line, sorted."""
    days = net.days
    if net.one_currency:
        from winback_tui.scoring.histories import money

        currency = pl.lit(days["currency"].first(), pl.String)
        return money(days).with_columns(currency=currency)
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
