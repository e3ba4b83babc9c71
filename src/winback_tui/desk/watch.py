"""One look of `winback watch`: score, raise the day's alerts, deliver what is new."""

from collections.abc import Sequence
from typing import NamedTuple

from winback_tui.book import alerts as book
from winback_tui.book.alerts import Alert
from winback_tui.book.connection import plain_errors
from winback_tui.book.outbox import Waiting
from winback_tui.desk import alerts, delivery, looking, scoring
from winback_tui.desk.delivery import Delivered
from winback_tui.desk.session import Desk
from winback_tui.errors import BookBusyError


class Watched(NamedTuple):
    """What one look came to: the alerts that were not printed yet, and what was delivered where.

    `waiting` customers have to wait for another day; `queue` is what waits to be posted.
    """

    new: tuple[Alert, ...]
    waiting: int
    delivered: tuple[Delivered, ...]
    queue: Waiting

    @property
    def wrong(self) -> list[str]:
        """Sentences on what could not be delivered."""
        return [
            f"{each.way}{f' to {each.where}' if each.where else ''}: {each.wrong}"
            for each in self.delivered
            if each.wrong
        ]


def once(desk: Desk, progress: scoring.Progress | None = None) -> Watched:
    """Score the book where that is to do, raise and deliver what is new, and return it.

    As of a day to come what would be raised is returned, and nothing is kept or delivered.

    Raises BookBusyError where another program keeps writing to the book.
    """
    stale = looking.freshen(desk, progress=progress)
    if stale is not None:
        raise BookBusyError(
            f"{desk.book.path} is in use by another program that is writing; try again shortly."
        )
    with plain_errors(desk.book.path):
        before = book.last_id(desk.book.connection)
    look = alerts.look(desk)
    new = delivery.untold(desk, delivery.PRINT)
    if alerts.is_ahead(desk):
        return Watched((*new, *look.raised), look.waiting, (), delivery.queue(desk))
    delivered = delivery.deliver(desk, before)
    return Watched(tuple(new), look.waiting, tuple(delivered), delivery.queue(desk))


def printed(desk: Desk, new: Sequence[Alert], format_: str, sha256: str) -> None:
    """Keep that alerts were printed, so that the next look prints others.

    As of a day to come nothing is kept.
    """
    if alerts.is_ahead(desk):
        return
    delivery.note_told(desk, delivery.PRINT, new, format=format_, file="-", sha256=sha256)
