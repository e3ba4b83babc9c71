"""Who is being worked on: dates on which to act, what the facts suggest, and who is dealt with."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from winback_tui.book import cases, listing
from winback_tui.book.connection import Book, plain_errors
from winback_tui.book.listing import EPOCH
from winback_tui.desk.session import Desk
from winback_tui.model import CaseState, Stage
from winback_tui.rules.cases import in_aftercare

if TYPE_CHECKING:
    from winback_tui.rules.suggestions import Suggestion, Woken

#: After a reactivation the customer is left in peace for this long (first aftercare date).
AFTERCARE: Final = timedelta(days=30)


class Known(NamedTuple):
    """The suggestions that stand, and the snoozed who are awake before their date."""

    suggestions: dict[int, Suggestion]
    woken: dict[int, Woken]


@contextmanager
def one_view(book: Book) -> Iterator[sqlite3.Connection]:
    """One consistent view for several reads, within a transaction that is open or in its own."""
    if book.connection.in_transaction:
        with plain_errors(book.path):
            yield book.connection
    else:
        with book.snapshot() as connection:
            yield connection


def due_on(state: CaseState) -> date | None:
    """Return the day on which a case asks for attention: its next action or the end of a snooze."""
    if state.stage is not None and state.stage.closed and not in_aftercare(state):
        return None
    dates = [each for each in (state.next_action_on, state.snoozed_until) if each]
    return min(dates) if dates else None


def is_due(state: CaseState, today: date) -> bool:
    """Return whether the day on which a case asks for attention has come."""
    due = due_on(state)
    return due is not None and due <= today


class Worked(NamedTuple):
    """The customers with a date on which to act, and those the queue need not show.

    One that was due and is done for today is not among those waiting.
    """

    waiting: dict[int, date]
    hidden: frozenset[int]
    known: Known
    #: The time of day of a follow-up, such as "14:30", for those that have one.
    times: dict[int, str]
    #: Those waiting who answered, are gone since, and have no date.
    adrift: frozenset[int] = frozenset()


#: The state of a book, as one connection counts it, what is laid over its scores, and the day.
Moment = tuple[int, int, Path | None, date]


class _Read(NamedTuple):
    """What was read last from a book, and the moment that it holds for."""

    at: Moment
    worked: Worked
    #: Whether what the facts suggest is of that moment too, not of one before.
    whole: bool


_read: WeakKeyDictionary[Book, _Read] = WeakKeyDictionary()


def work(desk: Desk, *, whole: bool = False) -> Worked:
    """Return who has a case that matters; read again only after a write, by whomever.

    With `whole`, what the facts suggest is of now even after `begin`.
    """
    book, connection = desk.book, desk.book.connection
    now = _moment(desk)
    kept = _read.get(book)
    if kept is not None and kept.at == now and (kept.whole or not whole):
        return kept.worked
    found = listing.case_dates(connection)
    worked = _placed(desk, found, _known(desk, connection) if found else _NOTHING)
    _read[book] = _Read(now, worked, whole=True)
    return worked


def _placed(desk: Desk, found: Sequence[tuple[Any, ...]], known: Known) -> Worked:
    """Return who waits and who is hidden, by the dates of the cases and by what is known."""
    waiting: dict[int, date] = {}
    hidden: list[int] = []
    times: dict[int, str] = {}
    adrift: list[int] = []
    lately = (desk.as_of - timedelta(days=desk.config.cases.paid_within)).isoformat()
    for customer, *stored, at, answered in found:
        due, away = _place(desk.as_of, tuple(stored))
        if answered is not None and answered >= lately and not away:
            due = desk.as_of
            adrift.append(customer)
        if customer in known.woken or customer in known.suggestions:
            due = desk.as_of if due is None else min(due, desk.as_of)
            if _done_today(desk.as_of, stored):
                due = None
        if due is not None:
            waiting[customer] = due
            if at:
                times[customer] = at
        if away:
            hidden.append(customer)
    return Worked(waiting, frozenset(hidden), known, times, frozenset(adrift))


def begin(desk: Desk) -> Moment:
    """Let the list be read with what the facts suggested before, until `learn` or until a write.

    What they suggest takes longer than the rest of a list, and moves no row of the queue. At first
    that is nothing. `suggestions` tells what they suggest now all the same.
    """
    with one_view(desk.book) as connection:
        at = _moment(desk)
        kept = _read.get(desk.book)
        if kept is None or kept.at != at:
            before = kept.worked.known if kept and kept.at[-1] == desk.as_of else _NOTHING
            worked = _placed(desk, listing.case_dates(connection), before)
            _read[desk.book] = _Read(at, worked, whole=False)
    return at


def learn(desk: Desk, known: Known, since: Moment) -> bool:
    """Take over what `suggestions` found on a twin; after a write since `begin` nothing of it.

    Return whether anything is to be shown otherwise than before.
    """
    with one_view(desk.book) as connection:
        before = _read.get(desk.book)
        if _moment(desk) != since:
            return True
        worked = _placed(desk, listing.case_dates(connection), known)
        _read[desk.book] = _Read(since, worked, whole=True)
        return before is None or before.worked != worked


def _moment(desk: Desk) -> Moment:
    book = desk.book
    return book.data_version(), book.connection.total_changes, book.aside, desk.as_of


def _known(desk: Desk, connection: sqlite3.Connection) -> Known:
    from winback_tui.desk import suggestions as facts

    return facts.known(desk, connection)


_NOTHING: Final = Known({}, {})


def suggestions(desk: Desk) -> Known:
    """Return what the facts suggest for which case, and who is awake before their date."""
    with one_view(desk.book):
        return work(desk, whole=True).known


def _done_today(today: date, stored: Sequence[Any]) -> bool:
    return bool(stored[_DONE_ON] == today.isoformat())


_DONE_ON: Final = listing.CASE_DATES.index("done_on")


@lru_cache(maxsize=20_000)
def _place(today: date, stored: tuple[Any, ...]) -> tuple[date | None, bool]:
    """Return when a case as stored asks for attention, and whether the queue may leave it out."""
    *dates, last_day = stored
    state = cases.state_of(dict(zip(listing.CASE_DATES, dates, strict=True)))
    due = due_on(state)
    if due is not None and due <= today and state.done_on == today:
        due = None
    return due, _dealt_with(state, today, last_day)


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
