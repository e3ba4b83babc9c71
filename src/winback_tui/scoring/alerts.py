"""Which measures are early warnings, for all customers of a book at once: frames in, frames out.

`signs` measures; `judged` then says which measures are signs today, and `ranked` whose signs add up
to an alert. `rules.alerts` says the same of one customer in plain words, and a test holds the two
equal.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from winback_tui.config.alerts import Rule

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
#: Signs that a false alarm about the season quiets.
SEASONAL: Final = ("silence", "spend_drop", "smaller_orders", "category_lost")
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
