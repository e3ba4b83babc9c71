"""What the sample's customers bought: invoice lines and credit notes."""

from datetime import date
from typing import Final

import polars as pl

from winback_tui.intake.sample.behaviour import EPOCH, NATURAL_ORDERS, order_days
from winback_tui.intake.sample.chance import below, between, draw, lookup, spread
from winback_tui.intake.sample.products import ASSORTMENT, CATALOGUE, assortments

#: Mean lines of one order, with what the fewest orders of a rhythm add: in a rich book, and in
#: one where lines are scarce.
_RICH_LINES: Final = 2.5
_FEW_LINES: Final = 1.9
#: One in so many orders is followed by a credit note for its first line.
_CREDITED: Final = 60
#: What a euro is in each currency's minor units per cent, in thousandths.
_RATES: Final = {"EUR": 1000, "GBP": 860, "DKK": 7460, "CHF": 940}


def default_lines(customers: int) -> int:
    """Return how many transactions a sample has unless told otherwise.

    45 for each customer up to a thousand customers, so that a timeline is worth reading; beyond
    that 45,000 in all or ten for each, whichever is more.
    """
    return min(45 * customers, max(45_000, 10 * customers))


def transactions(
    customers: pl.DataFrame, seed: int, as_of: date, wanted: float, digits: int
) -> pl.DataFrame:
    """Return the lines of these customers, sorted as the book keeps them.

    `wanted` is the mean number of lines per customer (reached to within a tenth or so); `digits`
    is how many the number of the last customer has, which makes documents unique.
    """
    rich = wanted >= 25
    lines = _RICH_LINES if rich else _FEW_LINES
    orders = min(NATURAL_ORDERS * 1000, int(wanted * 1000 / lines))
    placed = order_days(customers, seed, as_of, orders)
    rows = _lines(placed, customers, seed, as_of, most=4 if rich else 2, digits=digits)
    credited = _credits(rows, seed, (as_of - EPOCH).days, digits)
    columns = ["customer_id", "day", "document", "product", "amount", "currency", "quantity"]
    return pl.concat([rows.select(columns), credited.select(columns)]).sort(columns[:4])


def _lines(
    orders: pl.DataFrame,
    customers: pl.DataFrame,
    seed: int,
    as_of: date,
    *,
    most: int,
    digits: int,
) -> pl.DataFrame:
    key, k, j = pl.col("customer_id"), pl.col("k"), pl.col("j")
    catalogue = assortments()
    # The customer's own shelf: a stride through the trade's assortment; an order takes some steps.
    stride = between(draw(seed, "stride", key), 1, ASSORTMENT - 1)
    first = below(draw(seed, "basket", key, k), 9)
    position = (
        pl.col("trade") * ASSORTMENT + (pl.col("stride") * (pl.col("first") + j + 1)) % ASSORTMENT
    )
    price = lookup(pl.col("article"), [product.price for product in CATALOGUE])
    quantity = (
        pl.col("size") * spread(draw(seed, "quantity", key, k, j), 45) // 1000 * pl.col("scale")
        * 7 // 1_000_000 + 1
    )  # fmt: skip
    # Prices were two per cent lower for each year back.
    years = ((as_of - EPOCH).days - pl.col("day")) // 365
    unit = price * (1000 - 20 * years) // 1000 * pl.col("rate") // 1000
    # Mean lines: `most` 4 gives two and a half, 2 one and three quarters.
    count = pl.max_horizontal(
        below(draw(seed, "lines", key, k), most) + 1, below(draw(seed, "more", key, k), 2) + 1
    )
    rate = lookup(
        pl.col("currency").replace_strict(
            {c: at for at, c in enumerate(_RATES)}, return_dtype=pl.Int64
        ),
        list(_RATES.values()),
    )
    placed = orders.rename({"id": "customer_id"}).with_columns(
        count.alias("count"), first.alias("first")
    )
    known = customers.select(
        pl.col("id").alias("customer_id"), "trade", "size", "currency", rate.alias("rate")
    ).with_columns(stride.alias("stride"))
    return (
        placed.join(known, on="customer_id", how="left")
        .with_columns(pl.int_ranges(0, "count").alias("j"))
        .explode("j", empty_as_null=False)
        .with_columns(lookup(position, catalogue).alias("article"), quantity.alias("quantity"))
        .with_columns(
            document("R", pl.col("day"), key, digits).alias("document"),
            lookup(pl.col("article"), [product.code for product in CATALOGUE]).alias("product"),
            unit.alias("unit"),
            (unit * pl.col("quantity")).alias("amount"),
        )
    )


def document(kind: str, on: pl.Expr, customer: pl.Expr, digits: int) -> pl.Expr:
    """Return an invoice's number: rising with the day, and on one day different for each customer.

    7,919 shares no factor with ten, so that multiplying by it only shuffles the last `digits`.
    """
    width = 10**digits
    return pl.concat_str(pl.lit(kind), ((on - 14_000) * width + customer * 7_919 % width))


def _credits(rows: pl.DataFrame, seed: int, today: int, digits: int) -> pl.DataFrame:
    """Return credit notes, some days after their order, for a part of its first line."""
    key, k = pl.col("customer_id"), pl.col("k")
    day = pl.col("day") + between(draw(seed, "credit day", key, k), 3, 12)
    weekday = (day + 3) % 7
    returned = pl.min_horizontal(
        pl.col("quantity"), between(draw(seed, "credit part", key, k), 1, 4)
    )
    return (
        rows.filter((pl.col("j") == 0) & (below(draw(seed, "credit", key, k), _CREDITED) == 0))
        .with_columns(
            (day - (weekday - 4).clip(lower_bound=0)).alias("day"), returned.alias("quantity")
        )
        .with_columns(
            document("G", pl.col("day"), key, digits).alias("document"),
            (-pl.col("unit") * pl.col("quantity")).alias("amount"),
            (-pl.col("quantity")).alias("quantity"),
        )
        .filter(pl.col("day") <= today)
        .unique(["customer_id", "document", "product"], keep="first", maintain_order=True)
    )
