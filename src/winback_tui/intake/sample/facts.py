"""What the sample's customers let one know besides their orders: signals and contracts."""

from datetime import date
from typing import Final, NamedTuple

import polars as pl

from winback_tui.intake.sample.behaviour import EPOCH, MIX, Behaviour
from winback_tui.intake.sample.chance import below, between, draw, lookup, pick


class _Habit(NamedTuple):
    """One kind of signal: who sends it how often, when, and with which words.

    `shares` are percents of the customers by behaviour, `share` of all others; `ago` is from and
    to, in days before the as-of date; a customer sends up to `most` of them.
    """

    kind: str
    shares: dict[Behaviour, int]
    share: int
    ago: tuple[int, int]
    most: int = 1
    notes: tuple[str, ...] = ("",)


_DRIFTING: Final = (Behaviour.FADING, Behaviour.SHRINKING, Behaviour.LOST)

_HABITS: Final = (
    _Habit(
        "complaint",
        {Behaviour.FADING: 30, Behaviour.SHRINKING: 34, Behaviour.LOST: 26, Behaviour.GONE: 8},
        3,
        (8, 160),
        notes=(
            "Two deliveries came late and incomplete.",
            "Cups were of another size than ordered.",
            "Invoice did not match the agreed price.",
            "Nobody rang back after the damaged pallet.",
        ),
    ),
    _Habit("payment_overdue", dict.fromkeys(_DRIFTING, 14), 4, (5, 90)),
    _Habit("notice_given", {Behaviour.LOST: 10, Behaviour.SHRINKING: 5}, 0, (10, 70)),
    _Habit("contact_left", dict.fromkeys(_DRIFTING, 12), 2, (20, 300)),
    _Habit("bounce", {Behaviour.GONE: 22, Behaviour.LOST: 9}, 2, (30, 500)),
    _Habit(
        "email_opened",
        {**dict.fromkeys(_DRIFTING, 18), Behaviour.GONE: 3},
        45,
        (3, 200),
        most=3,
    ),
)


def signals(customers: pl.DataFrame, seed: int, as_of: date) -> pl.DataFrame:
    """Return one row per signal of these customers: `customer_id`, `kind`, `day`, `note`, `source`.

    `customers` has `id` and `rhythm`. They are sorted by customer, day and kind.
    """
    today = (as_of - EPOCH).days
    key = pl.col("id")
    parts = []
    for habit in _HABITS:
        share = lookup(
            pl.col("rhythm"), [habit.shares.get(each.behaviour, habit.share) for each in MIX]
        )
        counted = 1 + below(draw(seed, f"{habit.kind} often", key), habit.most)
        rows = (
            customers.filter(below(draw(seed, habit.kind, key), 100) < share)
            .select("id", pl.int_ranges(0, counted).alias("k"))
            .explode("k", empty_as_null=False)
        )
        which = (pl.col("id"), pl.col("k"))
        parts.append(
            rows.select(
                pl.col("id").alias("customer_id"),
                pl.lit(habit.kind).alias("kind"),
                (today - between(draw(seed, f"{habit.kind} ago", *which), *habit.ago)).alias("day"),
                pick(draw(seed, f"{habit.kind} note", *which), habit.notes).alias("note"),
                pl.lit("sample").alias("source"),
            )
        )
    return (
        pl.concat(parts)
        .unique(["customer_id", "kind", "day"], keep="first", maintain_order=True)
        .with_columns(pl.col("note").replace("", None))
        .sort("customer_id", "day", "kind")
    )


def contracts(customers: pl.DataFrame, seed: int, as_of: date) -> pl.DataFrame:
    """Return one row per framework agreement: about one business in six has one.

    Columns are those of the table `contracts`; amounts are a year's, in minor units.
    """
    key = pl.col("id")
    left = between(draw(seed, "contract left", key), 12, 400)
    ends = pl.lit(as_of) + pl.duration(days=left)
    return customers.filter(
        pl.col("party_kind") == "business", below(draw(seed, "contract", key), 100) < 16
    ).select(
        pl.col("id").alias("customer_id"),
        pl.format("RV-{}", pl.col("number")).alias("number"),
        pick(
            draw(seed, "contract title", key),
            ("Framework agreement", "Annual supply", "Price agreement"),
        ).alias("title"),
        (ends - pl.duration(days=730)).dt.to_string("%Y-%m-%d").alias("starts_on"),
        ends.dt.to_string("%Y-%m-%d").alias("ends_on"),
        pick(draw(seed, "contract notice", key), (30, 60, 90)).alias("notice_days"),
        pick(draw(seed, "contract renewal", key), ("automatic", "automatic", "manual")).alias(
            "renewal"
        ),
        (between(draw(seed, "contract amount", key), 12, 240) * 50_000).alias("amount"),
        pl.lit("EUR").alias("currency"),
    )
