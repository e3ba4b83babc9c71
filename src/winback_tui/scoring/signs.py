"""What may be a sign of early warning, measured for all customers of a book at once.

Each kind of sign is measured in the columns of MEASURES; `alerts` says which measures are signs
today.
"""

from typing import Final

import polars as pl

#: What was measured: from `day` on, or `per` × the rule's `at` days later but not before `floor`;
#: `measure` must be at least (`most`: at most) the rule's `at`; `until` is when it is to come.
MEASURES: Final[dict[str, type[pl.DataType]]] = {
    "customer_id": pl.Int64,
    "rule": pl.String,
    "day": pl.Int32,
    "period": pl.Int64,
    "per": pl.Float64,
    "floor": pl.Float64,
    "measure": pl.Float64,
    "most": pl.Boolean,
    "until": pl.Int32,
    "value": pl.Float64,
    "usual": pl.Float64,
    "what": pl.String,
}
#: Days over which spend is compared: at least so many, or three usual gaps, at most so many.
WINDOW: Final = (90, 180)
YEAR: Final = 365
#: Purchases of a year, or before the last three, below which nothing is usual.
ENOUGH: Final = 5
LAST: Final = 3
#: Days in which e-mails may go unread before that says anything.
UNREAD: Final = 60
_OPENED: Final = ("email_opened", "email_clicked")
#: Kinds of signals that are a sign as they are.
_TOLD: Final = {
    "complaint": "complaint",
    "payment_overdue": "unpaid",
    "notice_given": "notice_given",
    "contact_left": "contact_left",
    "bounce": "bounce",
    "nps": "nps",
    "unsubscribed": "engagement",
}


def gaps(table: pl.DataFrame, medians: pl.DataFrame) -> pl.DataFrame:
    """Return the statistics with `gap`: the usual gap, null where nobody can know it.

    `medians` holds customer_id, median and known: the gap that a customer's own is drawn towards,
    and whether it stands for one of whom there is a single purchase (a product cycle).
    """
    x = (pl.col("purchases") - 1).cast(pl.Float64)
    span = (pl.col("last_day") - pl.col("first_day")).cast(pl.Float64)
    return table.join(medians, on="customer_id", how="left", maintain_order="left").with_columns(
        gap=pl.when((x > 0) | pl.col("known")).then((span + pl.col("median")) / (x + 1))
    )


def silence(table: pl.DataFrame) -> pl.DataFrame:
    """Return who has been silent since when, against their own cadence."""
    return _measures(
        table.lazy().filter(pl.col("gap").is_not_null()),
        rule=pl.lit("silence"),
        day=pl.col("last_day"),
        period=pl.col("last_day"),
        per=pl.col("gap"),
        floor=pl.col("last_day") + pl.col("gap_p90").fill_null(0) + 1,
        usual=pl.col("gap"),
    )


def recent(table: pl.DataFrame, today: int, within: int) -> pl.Series:
    """Return who has bought lately and often enough to compare what they spend, by id."""
    return table.filter(
        pl.col("purchases") > ENOUGH, pl.col("last_day") >= today - within, pl.col("gap") > 0
    )["customer_id"]


def spending(days: pl.DataFrame, table: pl.DataFrame, today: int) -> pl.DataFrame:
    """Return by which share spend and orders have fallen, against the customer's own past.

    `days` holds customer_id, day and amount: the net of each day in the main currency. Spend is
    that of the last window against the mean of the year before it or, where it was less, the same
    window a year ago, so that a season is no fall. Orders: the largest of the last three against
    the median of those before.
    """
    low, high = WINDOW
    known = table.lazy().select(
        "customer_id",
        "currency",
        "last_day",
        "first_day",
        window=(pl.col("gap") * LAST).ceil().clip(low, high),
    )
    lines = (
        days.lazy()
        .join(known, on="customer_id", how="inner")
        .with_columns(ago=today - pl.col("day"))
    )
    window = pl.col("window")

    def between(start: pl.Expr, end: pl.Expr) -> pl.Expr:
        return pl.col("amount").filter((pl.col("ago") >= start) & (pl.col("ago") < end)).sum()

    year = (pl.col("ago") >= window) & (pl.col("ago") < window + YEAR) & (pl.col("amount") > 0)
    totals = lines.group_by("customer_id").agg(
        pl.col("currency", "last_day", "first_day", "window").first(),
        now=between(pl.lit(0.0), window),
        before=between(window, window + YEAR),
        then=between(pl.lit(float(YEAR)), window + YEAR),
        bought=year.sum(),
        last=((pl.col("ago") < window) & (pl.col("amount") > 0)).any(),
    )
    mean = pl.col("before") * window / YEAR
    old = today - pl.col("first_day") >= window + YEAR
    usual = pl.when(old).then(pl.min_horizontal(mean, pl.col("then"))).otherwise(mean)
    fallen = totals.with_columns(usual=usual.round(0)).filter(
        pl.col("last"), pl.col("bought") >= ENOUGH, pl.col("usual") > 0
    )
    spend = fallen.select(
        "customer_id",
        "currency",
        "last_day",
        "usual",
        value=pl.col("now"),
        rule=pl.lit("spend_drop"),
    )
    orders = (
        lines.filter(pl.col("amount") > 0, pl.col("ago") < 2 * YEAR)
        .sort("customer_id", "day")
        .group_by("customer_id", maintain_order=True)
        .agg(
            pl.col("currency", "last_day").first(),
            value=pl.col("amount").tail(LAST).max(),
            usual=pl.col("amount").head(pl.len() - pl.min_horizontal(pl.len(), LAST)).median(),
            bought=pl.len(),
        )
        .filter(pl.col("bought") >= ENOUGH + LAST, pl.col("usual") > 0)
    )
    smaller = orders.select(
        "customer_id", "currency", "last_day", "usual", "value", rule=pl.lit("smaller_orders")
    )
    return pl.concat([_fallen(spend), _fallen(smaller)])


def categories(bought: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Return which category was bought regularly and is not any more, though others still are.

    `bought` holds customer_id, category, days, first and last: on how many days it was bought.
    """
    gap = (pl.col("last") - pl.col("first")).cast(pl.Float64) / (pl.col("days") - 1)
    rows = (
        bought.lazy()
        .filter(pl.col("days") >= ENOUGH)
        .join(table.lazy().select("customer_id", "last_day"), on="customer_id", how="inner")
        .with_columns(gap=gap)
        .filter(pl.col("gap") > 0)
    )
    return _measures(
        rows,
        rule=pl.lit("category_lost"),
        day=pl.col("last"),
        period=pl.col("last"),
        per=pl.col("gap"),
        # Bought again after the category was overdue, and not it.
        measure=(pl.col("last_day") - pl.col("last")) / pl.col("gap"),
        usual=pl.col("gap"),
        what=pl.col("category"),
    )


def told(signals: pl.DataFrame) -> pl.DataFrame:
    """Return what signals say: complaints, unpaid invoices, notices, who left, bounces, answers.

    `signals` holds customer_id, kind, day and value.
    """
    score = pl.col("kind") == "nps"
    rows = signals.lazy().filter(pl.col("kind").is_in(list(_TOLD)))
    return _measures(
        rows.filter(~score | pl.col("value").is_not_null()),
        rule=pl.col("kind").replace_strict(_TOLD, default=None, return_dtype=pl.String),
        day=pl.col("day"),
        period=pl.col("day"),
        measure=pl.when(score).then(pl.col("value")),
        most=score,
        value=pl.col("value"),
        what=pl.when(pl.col("kind") == "unsubscribed").then(pl.lit("unsubscribed")),
    )


def engagement(signals: pl.DataFrame) -> pl.DataFrame:
    """Return who used to open e-mails and does not any more.

    Where nobody's have been opened since, the import has stopped and not the customers.
    """
    opened = signals.lazy().filter(pl.col("kind").is_in(_OPENED))
    newest = signals.filter(pl.col("kind").is_in(_OPENED))["day"].max()
    rows = (
        opened.select("customer_id", "day")
        .unique()
        .group_by("customer_id")
        .agg(first=pl.col("day").min(), last=pl.col("day").max(), days=pl.len())
        .filter(pl.col("days") >= LAST, pl.col("last") < (newest if newest is not None else 0))
        .with_columns(
            gap=(pl.col("last") - pl.col("first")).cast(pl.Float64) / (pl.col("days") - 1)
        )
        # One more e-mail round after it was overdue, to others: they are still being sent.
        .filter(pl.col("last") + pl.max_horizontal("gap", pl.lit(float(UNREAD))) <= (newest or 0))
    )
    return _measures(
        rows,
        rule=pl.lit("engagement"),
        day=pl.col("last"),
        period=pl.col("last"),
        per=pl.col("gap"),
        floor=pl.col("last") + pl.lit(float(UNREAD)),
        usual=pl.col("gap"),
    )


def jumps(scores: pl.DataFrame, base_day: int, today: int) -> pl.DataFrame:
    """Return by how many points scores have risen since `base_day`.

    `scores` holds customer_id, score and before.
    """
    return _measures(
        scores.lazy().filter(pl.col("before").is_not_null()),
        rule=pl.lit("score_jump"),
        day=pl.lit(base_day),
        period=pl.lit(today),
        measure=pl.col("score") - pl.col("before"),
        value=pl.col("score"),
        usual=pl.col("before"),
    )


def ahead(rows: pl.DataFrame, rule: str) -> pl.DataFrame:
    """Return what is to come: `rows` holds customer_id, until (a day) and what."""
    return _measures(
        rows.lazy(),
        rule=pl.lit(rule),
        day=pl.col("until"),
        period=pl.col("until"),
        until=pl.col("until"),
        what=pl.col("what"),
    )


def _fallen(rows: pl.LazyFrame) -> pl.DataFrame:
    """Return by which share `value` has fallen below `usual`, both in a currency."""
    return _measures(
        rows,
        rule=pl.col("rule"),
        day=pl.col("last_day"),
        period=pl.col("last_day"),
        measure=1 - pl.col("value") / pl.col("usual"),
        value=pl.col("value").cast(pl.Float64),
        usual=pl.col("usual"),
        what=pl.col("currency"),
    )


def _measures(rows: pl.LazyFrame, **given: pl.Expr) -> pl.DataFrame:
    """Return rows in the columns of MEASURES; what is not given is null."""
    columns = {"most": pl.lit(value=False), **given}
    return rows.select(
        (pl.col(name) if name == "customer_id" else columns.get(name, pl.lit(None)))
        .cast(kind)
        .alias(name)
        for name, kind in MEASURES.items()
    ).collect()
