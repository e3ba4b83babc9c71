"""How often a customer was tried, and when calling is worth it."""

from collections import Counter
from datetime import datetime
from typing import Final, NamedTuple

from winback_tui.book import tries as book
from winback_tui.book.connection import plain_errors
from winback_tui.desk.session import Desk
from winback_tui.model import Outcome

#: Outcomes in which we called and somebody of theirs spoke with us.
REACHED: Final = frozenset({Outcome.REACHED, Outcome.CALLBACK, Outcome.NO_CONTACT})
#: Fewer calls in an hour of the day say nothing about it.
_ENOUGH: Final = 10


class Tries(NamedTuple):
    """Attempts at one customer; a slot is weekday (0 Monday) and hour of the day, local time.

    `best` is the slot in which they were reached most (the newest of equals), `last` that of the
    last try. `hour`, `hour_reached` and `hour_made` say at which hour this book's customers are
    reached most; None where too few calls were made to tell.
    """

    made: int
    reached: int
    best: tuple[int, int] | None = None
    last: tuple[int, int] | None = None
    hour: int | None = None
    hour_reached: int = 0
    hour_made: int = 0


def tries_of(desk: Desk, customer: int) -> Tries:
    """Return how often the customer was tried, and when they, or others, were reached."""
    with plain_errors(desk.book.path):
        calls = book.of_customer(desk.book.connection, customer)
        hours = book.by_hour(desk.book.connection, tuple(each.value for each in REACHED))
    ours = [each for each in calls if each.outcome != Outcome.INBOUND.value]
    reached = [each for each in ours if each.outcome in REACHED]
    counted: Counter[tuple[int, int]] = Counter()
    for each in reversed(reached):
        counted[_slot(each.at)] += 1
    told = [(got / made, got, made, hour) for hour, made, got in hours if made >= _ENOUGH and got]
    best_hour = max(told, default=None)
    found = Tries(
        len(ours),
        len(reached),
        counted.most_common(1)[0][0] if counted else None,
        _slot(ours[-1].at) if ours else None,
    )
    if best_hour is None:
        return found
    return found._replace(hour=best_hour[3], hour_reached=best_hour[1], hour_made=best_hour[2])


def _slot(at: str) -> tuple[int, int]:
    local = datetime.fromisoformat(at).astimezone()
    return local.weekday(), local.hour
