"""Looks back: how well the score would have done on this book."""

from datetime import date, timedelta
from typing import NamedTuple

from winback_tui.book import past
from winback_tui.book.connection import plain_errors
from winback_tui.desk.scoring import Progress
from winback_tui.desk.session import Desk
from winback_tui.proof import Backtest

EPOCH = date(1970, 1, 1)


class Proof(NamedTuple):
    """A backtest of the desk's book, with the numbers and names of whom it tells of."""

    result: Backtest
    #: Number and name by customer id.
    people: dict[int, tuple[str, str]]
    as_of: date


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
    with plain_errors(desk.book.path):
        with desk.book.snapshot() as connection:
            lines = past.lines(connection, (desk.as_of - EPOCH).days)
            segments = past.segments(connection)
        horizon = desk.config.horizon
        if horizon_days is not None:
            horizon = horizon._replace(days=horizon_days)
        result = proven(
            lines,
            (desk.as_of - EPOCH).days,
            horizon,
            desk.config.bands,
            list_size=list_size,
            segments=segments,
            progress=report,
        )
        with desk.book.snapshot() as connection:
            people = past.names(connection, [each.customer_id for each in result.named])
    return Proof(result, people, desk.as_of)


def day(number: int) -> date:
    """Return the date of a day counted from 1970-01-01."""
    return EPOCH + timedelta(days=number)
