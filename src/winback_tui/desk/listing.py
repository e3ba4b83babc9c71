"""The triage list: which customers, in which order, and what a row shows."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import filterfalse
from typing import Final
from weakref import WeakKeyDictionary

from winback_tui.book import cases, consents, customers, listing
from winback_tui.book.connection import Book, plain_errors
from winback_tui.book.listing import EPOCH, Record, Run
from winback_tui.config import ConsentClocks
from winback_tui.desk.filters import Filter
from winback_tui.desk.session import Desk
from winback_tui.model import CaseState, Channel, PartyKind, Sort, Stage, Standing, Tab
from winback_tui.rules.consent import ConsentFact, Contactability, standing

#: After a reactivation the customer is left in peace for this long (first aftercare date).
AFTERCARE: Final = timedelta(days=30)
SPARK_MONTHS: Final = 12
_CHANNELS: Final = frozenset(channel.value for channel in Channel)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list. `months` are net revenues per calendar month, oldest first."""

    record: Record
    case: CaseState
    contactable: dict[Channel, Contactability]
    months: tuple[int, ...]
    silence_days: int
    #: Whether the case asks for attention today: a follow-up or the end of a snooze has come.
    due: bool

    @property
    def change(self) -> float | None:
        """How many points the score moved since the last look on an earlier day."""
        before = self.record.previous_score
        return None if before is None else self.record.score - before


@dataclass(frozen=True, slots=True)
class Counts:
    """How many customers each tab holds; for the follow-ups, how many are due."""

    tabs: dict[Tab, int]
    due: int


def run(desk: Desk) -> Run | None:
    """Return which run the scores on show come from, or None before the first."""
    with plain_errors(desk.book.path):
        return listing.run(desk.book.connection)


def order(desk: Desk, tab: Tab, sort: Sort, where: Filter | None = None) -> array[int]:
    """Return the ids of a tab's customers in their order, narrowed by `where`."""
    with plain_errors(desk.book.path):
        if tab is Tab.FOLLOWUPS:
            ids = _followups(desk)
        else:
            ids = listing.order(desk.book.connection, tab, sort)
            if tab is Tab.QUEUE and (hidden := _worked(desk).hidden):
                ids = array("I", filterfalse(hidden.__contains__, ids))
        if where:
            ids = array("I", filter(matching(desk, where).__contains__, ids))
        return ids


def counts(desk: Desk) -> Counts:
    """Return how many customers stand in each tab."""
    with plain_errors(desk.book.path):
        tabs = dict.fromkeys(Tab, 0) | listing.sizes(desk.book.connection)
        hidden = _worked(desk).hidden
        if hidden:
            queue = listing.order(desk.book.connection, Tab.QUEUE, Sort.SCORE)
            tabs[Tab.QUEUE] -= len(hidden.intersection(queue))
        waiting = _waiting(desk)
        tabs[Tab.FOLLOWUPS] = len(waiting)
        return Counts(tabs, sum(due <= desk.as_of for due in waiting.values()))


def rows(desk: Desk, ids: Sequence[int]) -> dict[int, Row]:
    """Return what the list shows of these customers, by id; customers without a score are left out.

    A fixed number of queries, whatever the number of ids.
    """
    with plain_errors(desk.book.path):
        connection = desk.book.connection
        records = listing.records(connection, ids)
        states = cases.load_many(connection, ids)
        facts = consents.facts(connection, ids)
        months = listing.monthly(connection, ids, desk.as_of, SPARK_MONTHS)
    today = (desk.as_of - EPOCH).days
    return {
        each: Row(
            record,
            states.get(each, CaseState()),
            contactability(desk, record.party_kind, facts.get(each, {})),
            months[each],
            max(0, today - record.last_day),
            _is_due(states.get(each, CaseState()), desk.as_of),
        )
        for each, record in records.items()
    }


def contactability(
    desk: Desk, kind: PartyKind, facts: dict[Channel, list[ConsentFact]]
) -> dict[Channel, Contactability]:
    """Return what is allowed on each channel today."""
    return {
        channel: _standing(
            tuple(facts.get(channel, ())), channel, kind, desk.as_of, desk.config.consent
        )
        for channel in Channel
    }


@lru_cache(maxsize=50_000)
def _standing(
    facts: tuple[ConsentFact, ...],
    channel: Channel,
    kind: PartyKind,
    today: date,
    clocks: ConsentClocks,
) -> Contactability:
    return standing(facts, channel, kind, today, clocks)


def matching(desk: Desk, where: Filter) -> set[int]:
    """Return the customers that `where` lets through."""
    connection = desk.book.connection
    listing.register_fold(connection, customers.fold)
    found: set[int] | None = None
    if where.words:
        found = listing.search(connection, [customers.fold(word) for word in where.words])
    plain = [c for c in where.conditions if c[0] != "channel" and c[0] not in _CHANNELS]
    if plain:
        hits = listing.matching(connection, plain, desk.as_of)
        found = hits if found is None else found & hits
    for key, value in where.conditions:
        if key == "channel":
            hits = _on_channel(desk, Channel(value), Standing.ALLOWED)
        elif key in _CHANNELS:
            hits = _on_channel(desk, Channel(key), Standing(value))
        else:
            continue
        found = hits if found is None else found & hits
    return found if found is not None else set()


def _on_channel(desk: Desk, channel: Channel, wanted: Standing) -> set[int]:
    """Return the customers whose `channel` stands at `wanted`; the rule runs once per situation."""
    kinds = listing.party_kinds(desk.book.connection)
    facts = consents.facts(desk.book.connection, listing.in_ledger(desk.book.connection))
    none: dict[Channel, list[ConsentFact]] = {}
    plain = {kind: contactability(desk, kind, none)[channel].standing for kind in PartyKind}
    return {
        customer
        for customer, kind in kinds.items()
        if (
            contactability(desk, kind, facts[customer])[channel].standing
            if customer in facts
            else plain[kind]
        )
        is wanted
    }


def due_on(state: CaseState) -> date | None:
    """Return the day on which a case asks for attention: its next action or the end of a snooze."""
    if state.stage is not None and state.stage.closed:
        return None
    dates = [each for each in (state.next_action_on, state.snoozed_until) if each]
    return min(dates) if dates else None


def _is_due(state: CaseState, today: date) -> bool:
    due = due_on(state)
    return due is not None and due <= today


def _waiting(desk: Desk) -> dict[int, date]:
    """Return who has a date on which to act; one that was due and is done for today is left out."""
    today = desk.as_of
    return {
        each: due
        for each, state in _worked(desk).states.items()
        if (due := due_on(state)) and not (due <= today and state.done_on == today)
    }


def _followups(desk: Desk) -> array[int]:
    waiting = _waiting(desk)
    scores = listing.records(desk.book.connection, list(waiting))
    return array(
        "I",
        sorted(scores, key=lambda each: (waiting[each], -scores[each].score, scores[each].number)),
    )


@dataclass(frozen=True, slots=True)
class _Worked:
    """The customers whom somebody has worked on, and those the queue need not show for it."""

    states: dict[int, CaseState]
    hidden: frozenset[int]


#: What was read last from a book, with the state of the book and the day that it holds for.
_read: WeakKeyDictionary[Book, tuple[tuple[int, int, date], _Worked]] = WeakKeyDictionary()


def _worked(desk: Desk) -> _Worked:
    """Return the cases of the book; they are read again only after a write, by whomever."""
    book, connection = desk.book, desk.book.connection
    now = (book.data_version(), connection.total_changes, desk.as_of)
    kept = _read.get(book)
    if kept is not None and kept[0] == now:
        return kept[1]
    states = cases.everything(connection)
    closed = [each for each, state in states.items() if state.stage and state.stage.closed]
    last = listing.last_days(connection, closed)
    hidden = (e for e, state in states.items() if _dealt_with(state, desk.as_of, last.get(e)))
    worked = _Worked(states, frozenset(hidden))
    _read[book] = (now, worked)
    return worked


def _dealt_with(state: CaseState, today: date, last_day: int | None) -> bool:
    if state.done_on == today:
        return True
    if state.stage is not None and state.stage.closed:
        closed_on = state.closed_on or today
        if state.stage is Stage.REACTIVATED:
            return today < closed_on + AFTERCARE
        return last_day is None or EPOCH + timedelta(days=last_day) <= closed_on
    if state.stage in (Stage.HANDED_OVER, Stage.ACCEPTED):
        return True
    due = due_on(state)
    return due is not None and due > today


def has_customers(desk: Desk) -> bool:
    """Return whether the book holds any customer, scored or not."""
    with plain_errors(desk.book.path):
        return listing.has_customers(desk.book.connection)


def values_of(desk: Desk, column: str) -> list[tuple[str, int]]:
    """Return the commonest segments, owners, industries, cities or countries, with counts."""
    with plain_errors(desk.book.path):
        return listing.values_of(desk.book.connection, column)
