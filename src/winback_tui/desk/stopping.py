"""Whom to stop working on: no offer that is left on the ladder would pay for itself."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from winback_tui.book import cases, listing
from winback_tui.book import offers as book
from winback_tui.book.listing import Record
from winback_tui.book.offers import Margin
from winback_tui.desk import weighing
from winback_tui.desk.session import Desk
from winback_tui.desk.weighing import Ask
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, LeavingReason, Lifecycle, Money
from winback_tui.rules import offers as rules
from winback_tui.rules.offers import Lesson, Step, Tally

#: Who buys is not let go, whatever an offer would come to.
_BUYING: Final = frozenset({Lifecycle.ACTIVE, Lifecycle.RETURNED})
#: At a score of so few points nobody knows what they would bring if they came back.
_TOO_LOW: Final = 0.5


class _Ground(NamedTuple):
    """What offers are weighed by: the margins that are known, and what was learned."""

    margins: tuple[Margin, ...]
    learned: Mapping[tuple[str, LeavingReason], Tally]


def losing(desk: Desk, connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, str]:
    """Return those of `ids`, with open cases, with whom every rung that is left would lose money.

    Each with the last rung that was offered (empty: none). Who has no margin, no score, no rung
    left, or an offer that may yet be answered, is not among them: their net is not known.
    """
    ground = _Ground(tuple(book.margins(connection)), book.tallies(connection))
    records = listing.records(connection, ids) if ground.margins else {}
    states, made = cases.load_many(connection, ids), book.made(connection, list(records))
    steps, cooldown = rules.ladder(desk.config.offers), desk.config.offers.cooldown_days
    left: dict[int, tuple[Step, ...]] = {}

    @cache
    def taught(step: Step, reason: LeavingReason) -> Lesson:
        return rules.lesson(step, reason, ground.learned, desk.config.offers.prior_weight)

    for each, record in records.items():
        these = weighing.of_case(made.get(each, []), states[each])
        rungs = rules.left(steps, these)
        margin = _margin(desk, connection, record, ground)
        if not rungs or margin is None or rules.waits(these, desk.as_of, cooldown):
            continue
        reason = weighing.reason_of(states[each])
        lessons = (taught(step, reason) for step in rungs)
        if _may_lose(desk, record, margin, lessons):
            left[each] = rungs
    return {
        each: where.made[-1].rung if where.made else ""
        for each, where in weighing.positions(desk, connection, list(left)).items()
        if all(
            weighing.proposed(desk, where, Ask(rung=step.code), ground.learned).quote.net < 0
            for step in left[each]
        )
    }


def _margin(
    desk: Desk, connection: sqlite3.Connection, record: Record, ground: _Ground
) -> float | None:
    """Return the margin of a customer who does not buy now; None where it is not known."""
    if record.lifecycle in _BUYING or record.score <= _TOO_LOW:
        return None
    groups = any(each.scope == "group" for each in ground.margins)
    basket = book.basket(connection, record.id, desk.as_of) if groups else {}
    found = weighing.margin_from(ground.margins, record.id, basket)
    return None if found is None else found.rate


def _may_lose(desk: Desk, record: Record, margin: float, lessons: Iterable[Lesson]) -> bool:
    """Return whether each offer would lose money on the dearest channel.

    So that where each channel stands is asked of few, however many cases are open.
    """
    revenue = Money(weighing.expected_revenue(desk, record)[0], record.currency)
    costs = desk.config.offers.contact._asdict()
    dearest = max(Channel, key=lambda channel: costs[channel.value])
    try:
        return all(
            weighing.quoted(desk, each, margin, (revenue, dearest)).net < 0 for each in lessons
        )
    except BadInputError:
        # Nobody has said what their currency is worth.
        return False
