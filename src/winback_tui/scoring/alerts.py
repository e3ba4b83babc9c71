"""The signs of early warning, for all customers of a book at once: frames in, frames out.

Each kind of sign is measured in the columns of MEASURES; `judged` then says which measures are
signs today, and `ranked` whose signs add up to an alert. `rules.alerts` says the same of one
customer in plain words, and a test holds the two equal.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from winback_tui.config.alerts import Rule

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
#: One row per segment ("" is no segment) and rule in use.
SETTINGS: Final[dict[str, type[pl.DataType]]] = {
    "group": pl.String,
    "rule": pl.String,
    "critical": pl.Boolean,
    "weight": pl.Float64,
    "at": pl.Float64,
    "within": pl.Int64,
    "cooldown": pl.Int64,
}
#: Days over which spend is compared: at least so many, or three usual gaps, at most so many.
WINDOW: Final = (90, 180)
YEAR: Final = 365
#: Purchases of a year, or before the last three, below which nothing is usual.
ENOUGH: Final = 5
LAST: Final = 3
#: Days in which e-mails may go unread before that says anything.
UNREAD: Final = 60
#: Signs that a false alarm about the season quiets.
SEASONAL: Final = ("silence", "spend_drop", "smaller_orders", "category_lost")
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
_DIGITS: Final = 6


def settings(rules: Mapping[str, Mapping[str, Rule]]) -> pl.DataFrame:
    """Return the rules that are in use, by the name of the segment, as a frame."""
    rows = [
        (group, name, rule.critical, rule.weight, rule.at, rule.within, rule.cooldown)
        for group, own in rules.items()
        for name, rule in own.items()
        if rule.use
    ]
    return pl.DataFrame(rows, schema=SETTINGS, orient="row")


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
    spend = _measures(
        fallen,
        rule=pl.lit("spend_drop"),
        day=pl.col("last_day"),
        period=pl.col("last_day"),
        measure=1 - pl.col("now") / pl.col("usual"),
        value=pl.col("now").cast(pl.Float64),
        usual=pl.col("usual"),
        what=pl.col("currency"),
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
    smaller = _measures(
        orders,
        rule=pl.lit("smaller_orders"),
        day=pl.col("last_day"),
        period=pl.col("last_day"),
        measure=1 - pl.col("value") / pl.col("usual"),
        value=pl.col("value").cast(pl.Float64),
        usual=pl.col("usual"),
        what=pl.col("currency"),
    )
    return pl.concat([spend, smaller])


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


def judged(
    measures: pl.DataFrame, chosen: pl.DataFrame, members: pl.DataFrame | None, today: int
) -> pl.DataFrame:
    """Return the measures that are signs today: one per customer and rule, the latest.

    With `day` moved to when each came about, and weight, critical and cooldown of its rule.
    `chosen` is what `settings` gives, `members` says who (customer_id) is in which group.
    """
    rows = measures.lazy()
    if members is None or members.is_empty():
        rows = rows.with_columns(group=pl.lit(""))
    else:
        rows = rows.join(members.lazy(), on="customer_id", how="left").with_columns(
            pl.col("group").fill_null("")
        )
    at, day = pl.col("at"), pl.col("day")
    later = pl.max_horizontal(day + (pl.col("per") * at).ceil(), pl.col("floor"))
    came = pl.when(pl.col("per").is_not_null()).then(later).otherwise(day)
    measure = pl.col("measure")
    met = measure.is_null() | pl.when(pl.col("most")).then(measure <= at).otherwise(measure >= at)
    # A cast of something beyond the years of people is nobody's news.
    rows = rows.join(chosen.lazy(), on=["group", "rule"], how="inner").with_columns(
        day=came.clip(-(2**30), 2**30).ceil().cast(pl.Int32)
    )
    news = pl.when(pl.col("until").is_not_null()).then(
        (pl.col("until") - today).is_between(0, pl.col("within"))
    ).otherwise((today - pl.col("day")).is_between(0, pl.col("within")))  # fmt: skip
    return (
        rows.filter(met, news)
        .sort("customer_id", "rule", "day", "what", descending=[False, False, True, False])
        .unique(["customer_id", "rule"], keep="first", maintain_order=True)
        .select(
            "customer_id", "rule", "day", "period", "until", "value", "usual", "what",
            "weight", "critical", "cooldown",
        )
        .collect()
    )  # fmt: skip


def fresh(signs: pl.DataFrame, raised: pl.DataFrame, today: int) -> pl.DataFrame:
    """Return the signs that nobody was warned of yet, nor of their kind within its cooldown.

    `raised` holds customer_id, rule, period and raised_day.
    """
    last = raised.lazy().group_by("customer_id", "rule").agg(pl.col("raised_day").max())
    return (
        signs.lazy()
        .join(raised.lazy(), on=["customer_id", "rule", "period"], how="anti")
        .join(last, on=["customer_id", "rule"], how="left", maintain_order="left")
        .filter(
            pl.col("raised_day").is_null()
            | (today - pl.col("raised_day") >= pl.col("cooldown"))
        )
        .drop("raised_day")
        .collect()
    )  # fmt: skip


def unquiet(
    signs: pl.DataFrame, signals: pl.DataFrame, table: pl.DataFrame, today: int, season: int
) -> pl.DataFrame:
    """Return the signs without those that a call found to be only the season."""
    quiet = (
        signals.lazy()
        .filter(pl.col("kind") == "seasonal", pl.col("day").is_between(today - season, today))
        .group_by("customer_id")
        .agg(said=pl.col("day").max())
        .join(table.lazy().select("customer_id", "last_day"), on="customer_id", how="left")
        .filter(pl.col("last_day").is_null() | (pl.col("last_day") <= pl.col("said")))
        .select("customer_id")
        .collect()["customer_id"]
    )
    muted = pl.col("customer_id").is_in(quiet.implode()) & pl.col("rule").is_in(SEASONAL)
    return signs.filter(~muted)


def ranked(
    signs: pl.DataFrame,
    threshold: float,
    high: float,
    places: pl.Series,
    currencies: pl.DataFrame,
) -> pl.DataFrame:
    """Return customer_id, priority and weight of whose signs are an alert, the first to act first.

    That is by how urgent it is, then by the value at risk (`places` are the ids in its order; who
    is not among them comes last), then by weight. Amounts of two currencies cannot be compared, so
    a customer's place is that among those who pay in the same (`currencies` has customer_id,
    currency).
    """
    order = (
        pl.DataFrame({"customer_id": places.cast(pl.Int64)})
        .join(currencies, on="customer_id", how="inner", maintain_order="left")
        .with_columns(place=pl.int_range(pl.len()).over("currency") / pl.len().over("currency"))
        .select("customer_id", "place")
    )
    urgent = pl.col("critical").any()
    weight = pl.col("weight").sum().round(_DIGITS)
    return (
        signs.lazy()
        .group_by("customer_id")
        .agg(weight=weight, urgent=urgent)
        .filter(pl.col("urgent") | (pl.col("weight") >= threshold))
        .with_columns(
            priority=pl.when("urgent").then(1).when(pl.col("weight") >= high).then(2).otherwise(3)
        )
        .join(order.lazy(), on="customer_id", how="left")
        .sort(
            "priority",
            "place",
            "weight",
            "customer_id",
            descending=[False, False, True, False],
            nulls_last=True,
        )
        .select("customer_id", "priority", "weight")
        .collect()
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
