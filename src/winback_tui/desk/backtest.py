"""Looks back: how well the score would have done on this book."""

import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from winback_tui.book import past
from winback_tui.book.connection import plain_errors
from winback_tui.desk.scoring import Progress
from winback_tui.desk.session import Desk
from winback_tui.proof import Backtest

if TYPE_CHECKING:
    import polars as pl

    from winback_tui.scoring.formula import Model
    from winback_tui.scoring.replay import Way

EPOCH = date(1970, 1, 1)


class Proof(NamedTuple):
    """A backtest of the desk's book, with the numbers and names of whom it tells of."""

    result: Backtest
    #: Number and name by customer id.
    people: dict[int, tuple[str, str]]
    as_of: date
    #: Of a very big book: how many customers were looked at, and of how many.
    drawn: tuple[int, int] | None = None


def backtest(
    desk: Desk,
    *,
    horizon_days: int | None = None,
    list_size: int | None = None,
    progress: Progress | None = None,
) -> Proof:
    """Return how the score would have done on what the book holds up to the desk's date.

    `horizon_days` is the same horizon for all (0: each customer's own; None: as the config says),
    `list_size` how many customers can be worked (None: see scoring.backtest). The book is read
    and never written to. Raises BookError where it cannot be read.
    """
    from winback_tui.scoring.backtest import backtest as proven

    report = progress or (lambda _step, _share: None)
    report("read", 0.0)
    looking = desk if horizon_days is None else _with_one_horizon(desk, horizon_days)
    last = (desk.as_of - EPOCH).days
    # One view of the book all the way: segments and signals are read as the scoring goes on.
    with plain_errors(desk.book.path), desk.book.snapshot() as connection:
        chosen, total = past.drawn(connection)
        result = proven(
            past.lines(connection, last, chosen),
            last,
            _way(looking, connection),
            list_size=list_size,
            segments=past.segments(connection),
            progress=report,
        )
        people = past.names(connection, [each.customer_id for each in result.named])
    return Proof(result, people, desk.as_of, None if chosen is None else (len(chosen), total))


def _way(desk: Desk, connection: sqlite3.Connection) -> "Way":
    """Return how this desk scores: with the segments and signals of its config and book."""
    import polars as pl

    from winback_tui.desk import groups
    from winback_tui.scoring.model import train
    from winback_tui.scoring.replay import Way
    from winback_tui.scoring.score import score
    from winback_tui.scoring.signals import effects

    config = desk.config
    members, signals, rules = (
        groups.members(desk, connection),
        groups.signals(connection),
        groups.rules(desk),
    )

    def learned(lines: "pl.DataFrame", day: int, known: "pl.DataFrame") -> "Model":
        return train(
            lines,
            day,
            horizon=config.horizon,
            known=known,
            segments=groups.segments(desk),
            members=members,
            signals=signals.filter(pl.col("day") <= day),
            rules=rules,
        )

    def scored(known: "pl.DataFrame", day: int, model: "Model") -> "pl.DataFrame":
        # As groups.score_all does, but the book is read once for all the days that are looked at.
        given = signals.join(known.select("customer_id"), on="customer_id", how="semi")
        return score(
            known,
            day,
            model,
            config.horizon,
            config.bands,
            groups=groups.by_name(desk, model),
            members=members,
            effects=None if given.is_empty() else effects(given, day, rules, model.signals),
        )

    return Way(config.horizon, config.bands, learned, scored)


def _with_one_horizon(desk: Desk, days: int) -> Desk:
    """Return the desk with one horizon for all, segments included."""
    config = desk.config
    alike = {
        name: each._replace(days=None, cycles=None, shortest=None, longest=None)
        for name, each in config.segments.items()
    }
    horizon = config.horizon._replace(days=days)
    return replace(desk, config=config._replace(horizon=horizon, segments=alike))


def day(number: int) -> date:
    """Return the date of a day counted from 1970-01-01."""
    return EPOCH + timedelta(days=number)
