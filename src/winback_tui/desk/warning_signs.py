"""The signs of a book as of the desk's date: read in a few queries, measured and judged by polars.

What nobody has switched on is not read.
"""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from winback_tui.book import alert_facts as book
from winback_tui.book import attributes, models, statistics
from winback_tui.config.alerts import effective
from winback_tui.desk import groups
from winback_tui.desk.consent import standings
from winback_tui.desk.contracts import round_of
from winback_tui.desk.listing import EPOCH
from winback_tui.desk.session import Desk
from winback_tui.model import Channel, Standing
from winback_tui.rules.months import add_months
from winback_tui.scoring import alerts as scoring
from winback_tui.scoring import signs as measuring

if TYPE_CHECKING:
    from winback_tui.config.alerts import Rule

#: Days of lines that are read to know what is usual: a window, and the year before it.
_PAST: Final = 2 * measuring.YEAR
_ENDS: Final = {"customer_id": pl.Int64, "until": pl.Int32, "what": pl.String}
#: Months are not of one length, and a day of the ledger is one of its own zone.
_PAD: Final = timedelta(days=4)
#: Customers whose consent is looked at together.
_AT_ONCE: Final = 2_000


class _Asked(NamedTuple):
    """What is asked of the book: the rules in use, and the longest that each is news."""

    rules: dict[str, dict[str, "Rule"]]
    within: dict[str, int]


def signs(desk: Desk, connection: sqlite3.Connection, members: pl.DataFrame | None) -> pl.DataFrame:
    """Return the signs of today, one row per customer and rule (see scoring.alerts.judged)."""
    asked = _asked(desk)
    today = (desk.as_of - EPOCH).days
    told = _told(connection, asked, today)
    table = _table(desk, connection, members, today)
    measures = [
        pl.DataFrame(schema=measuring.MEASURES),
        *_from_purchases(connection, asked, table, today),
        *_from_signals(asked, told),
        *_from_scores(desk, connection, asked),
        *_from_contracts(desk, connection, asked),
    ]
    chosen = scoring.settings(asked.rules)
    found = scoring.judged(pl.concat(measures), chosen, members, today)
    if "consent_ends" in asked.within:
        ends = _consents(desk, connection, asked, found["customer_id"].unique())
        ending = scoring.judged(measuring.ahead(ends, "consent_ends"), chosen, members, today)
        found = pl.concat([found, ending])
    return scoring.unquiet(found, told, table, today, desk.config.alerts.season_days)


def _asked(desk: Desk) -> _Asked:
    """Return the rules by segment ("" is no segment), and the longest `within` of each in use."""
    names = ("", *desk.config.segments)
    rules = {name: effective(desk.config.alerts, name or None) for name in names}
    within: dict[str, int] = {}
    for own in rules.values():
        for name, rule in own.items():
            if rule.use:
                within[name] = max(within.get(name, 0), rule.within or 0)
    return _Asked(rules, within)


def _told(connection: sqlite3.Connection, asked: _Asked, today: int) -> pl.DataFrame:
    """Return the signals up to today, with those that stand elsewhere in the book."""
    longest = max(asked.within.values(), default=0)
    elsewhere = book.told(connection, today - longest, today)
    whole = pl.concat([attributes.signals(connection), elsewhere])
    return whole.filter(pl.col("day") <= today)


def _table(
    desk: Desk, connection: sqlite3.Connection, members: pl.DataFrame | None, today: int
) -> pl.DataFrame:
    """Return the purchase statistics with each customer's usual gap."""
    table = statistics.load(connection, today)
    medians = _medians(desk, connection, table)
    who = table.select("customer_id")
    if members is None or members.is_empty():
        placed = who.with_columns(group=pl.lit(""))
    else:
        placed = who.join(members, on="customer_id", how="left", maintain_order="left")
        placed = placed.with_columns(pl.col("group").fill_null(""))
    known = {name for name, each in desk.config.segments.items() if each.product_cycle}
    group = pl.col("group")
    return measuring.gaps(
        table,
        placed.select(
            "customer_id",
            median=group.replace_strict(
                list(medians), list(medians.values()), return_dtype=pl.Float64
            ),
            known=group.is_in(list(known)),
        ),
    )


def _medians(desk: Desk, connection: sqlite3.Connection, table: pl.DataFrame) -> dict[str, float]:
    """Return the gap that a customer's own is drawn towards, by segment."""
    from winback_tui.scoring.formula import Model
    from winback_tui.scoring.prior import prior

    kept = models.serving(connection, desk.as_of, table.height)
    model = Model.from_json(kept.parameters) if kept is not None else prior(table)
    own = {name: each.model.median_gap for name, each in groups.by_name(desk, model).items()}
    return {"": model.median_gap, **own}


def _from_purchases(
    connection: sqlite3.Connection, asked: _Asked, table: pl.DataFrame, today: int
) -> Iterator[pl.DataFrame]:
    if "silence" in asked.within:
        yield measuring.silence(table)
    spend = [
        asked.within[each] for each in ("spend_drop", "smaller_orders") if each in asked.within
    ]
    if spend:
        who = measuring.recent(table, today, max(spend))
        yield measuring.spending(book.daily(connection, who, today - _PAST, today), table, today)
    if "category_lost" in asked.within:
        # Whoever buys nothing at all is silent, and has lost no category.
        who = measuring.recent(table, today, asked.within["category_lost"])
        bought = book.categories(connection, who, today, measuring.ENOUGH)
        yield measuring.categories(bought, table)


def _from_signals(asked: _Asked, told: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield measuring.told(told)
    if "engagement" in asked.within:
        yield measuring.engagement(told)


def _from_scores(
    desk: Desk, connection: sqlite3.Connection, asked: _Asked
) -> Iterator[pl.DataFrame]:
    if "score_jump" not in asked.within:
        return
    since = desk.as_of - timedelta(days=asked.within["score_jump"])
    earlier = book.earlier_scores(connection, since, desk.as_of)
    if earlier is not None:
        on, before = earlier
        both = book.scores(connection).join(before, on="customer_id", how="inner")
        yield measuring.jumps(both, (on - EPOCH).days, (desk.as_of - EPOCH).days)


def _from_contracts(
    desk: Desk, connection: sqlite3.Connection, asked: _Asked
) -> Iterator[pl.DataFrame]:
    if "contract_end" not in asked.within:
        return
    rows = [
        (each.customer, (turn.decide_by - EPOCH).days, each.title or each.number)
        for each in book.contracts(connection, desk.as_of, asked.within["contract_end"])
        if (turn := round_of(desk, each)) is not None
    ]
    yield measuring.ahead(pl.DataFrame(rows, schema=_ENDS, orient="row"), "contract_end")


def _consents(
    desk: Desk, connection: sqlite3.Connection, asked: _Asked, others: pl.Series
) -> pl.DataFrame:
    """Return the customers of whom a channel may be used for a while only: until when, and which.

    A clock of the ledger ends so many months after one of its rows: whoever has no row that long
    ago is not looked at, nor is anybody without `others`' signs where this one alone is no alert.
    """
    own = [rules["consent_ends"] for rules in asked.rules.values()]
    alone = any(each.critical or (each.weight or 0) >= desk.config.alerts.threshold for each in own)
    clocks, within = desk.config.consent, asked.within["consent_ends"]
    spans = [
        (
            add_months(desk.as_of, -months) - _PAD,
            add_months(desk.as_of + timedelta(days=within), -months) + _PAD,
        )
        for months in {
            clocks.unused_warn, clocks.unused_block, clocks.used_warn, clocks.used_block
        }
    ]  # fmt: skip
    who = book.consents_of(connection, spans, None if alone else others.to_list())
    rows: list[tuple[int, int, str]] = []
    for start in range(0, len(who), _AT_ONCE):
        for customer, states in standings(desk, who[start : start + _AT_ONCE]).items():
            ends = [
                (found.until, channel.value)
                for channel, found in states.items()
                if channel is not Channel.POST
                and found.standing is Standing.ALLOWED
                and found.until is not None
                and found.until > desk.as_of
            ]
            if ends:
                until, channel = min(ends)
                rows.append((customer, (until - EPOCH).days, channel))
    return pl.DataFrame(rows, schema=_ENDS, orient="row")
