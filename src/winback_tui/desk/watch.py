"""One look of `winback watch`: score, raise the day's alerts, deliver what is new."""

from typing import NamedTuple

from winback_tui.book.alerts import Alert
from winback_tui.book.outbox import Waiting
from winback_tui.desk import alerts, delivery, looking, scoring, telling
from winback_tui.desk.delivery import Delivered
from winback_tui.desk.session import Desk
from winback_tui.errors import BookBusyError


class Watched(NamedTuple):
    """What one look came to: the alerts that were not printed yet, and what was delivered where.

    `waiting` customers have to wait for another day; `queue` is what waits to be posted. `claimed`
    is what `to_print` took; say by `printed` or `unprinted` what became of it.
    """

    new: tuple[Alert, ...]
    waiting: int
    delivered: tuple[Delivered, ...]
    queue: Waiting
    claimed: telling.Claimed = telling.NOTHING

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
    if alerts.is_ahead(desk):
        look, new = alerts.look(desk), telling.untold(desk, telling.PRINT)
        return Watched((*new, *look.raised), look.waiting, (), delivery.queue(desk))
    telling.begin(desk)
    look = alerts.look(desk)
    delivered = delivery.deliver(desk)
    new = telling.untold(desk, telling.PRINT)
    return Watched(tuple(new), look.waiting, tuple(delivered), delivery.queue(desk))


def to_print(desk: Desk, found: Watched) -> Watched:
    """Take what is new to be printed, so that no other look prints it too, and return the look.

    As of a day to come nothing is taken.
    """
    if alerts.is_ahead(desk):
        return found
    claimed = telling.claim(desk, telling.PRINT)
    return found._replace(new=claimed.alerts, claimed=claimed)


def printed(desk: Desk, found: Watched, format_: str, sha256: str) -> None:
    """Keep that alerts were printed, so that the next look prints others.

    As of a day to come nothing is kept.
    """
    telling.note_told(desk, found.claimed, format=format_, file="-", sha256=sha256)


def unprinted(desk: Desk, found: Watched) -> None:
    """Give back alerts that could not be printed: the next look prints them."""
    telling.release(desk, found.claimed)
