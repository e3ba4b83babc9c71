"""The triage list: which customers, in which order, and what a row shows."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from datetime import date, timedelta
from functools import lru_cache
from itertools import compress, filterfalse, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from winback_tui.book import cases, consents, listing
from winback_tui.book.connection import Book, plain_errors
from winback_tui.book.listing import EPOCH, Record, Run
from winback_tui.book.offer_marks import OfferMark, last_offers
from winback_tui.config import Consent
from winback_tui.desk.filters import Filter
from winback_tui.desk.session import Desk
from winback_tui.model import CaseState, Channel, PartyKind, Sort, Stage, Tab
from winback_tui.rules.cases import in_aftercare
from winback_tui.rules.consent import ConsentFact, Contactability, marked, standing

if TYPE_CHECKING:
    from winback_tui.rules.suggestions import Suggestion, Woken

__all__ = [
    "AFTERCARE",
    "EPOCH",
    "SPARK_MONTHS",
    "Counts",
    "Record",
    "Row",
    "Run",
    "among",
    "contactability",
    "counts",
    "due_on",
    "find_customers",
    "has_customers",
    "one_view",
    "order",
    "rows",
    "run",
    "suggestions",
]

#: After a reactivation the customer is left in peace for this long (first aftercare date).
AFTERCARE: Final = timedelta(days=30)
SPARK_MONTHS: Final = 12
#: One in so many customers is a lot of them.
_MANY: Final = 4


class Known(NamedTuple):
    """The suggestions that stand, and the snoozed who are awake before their date."""

    suggestions: dict[int, Suggestion]
    woken: dict[int, Woken]


class Row(NamedTuple):
    """One line of the list. `months` are net revenues per calendar month, oldest first."""

    record: Record
    case: CaseState
    contactable: dict[Channel, Contactability]
    months: tuple[int, ...]
    silence_days: int
    #: Whether the case asks for attention today: a follow-up or the end of a snooze has come.
    due: bool
    #: What the facts suggest for the case, and what has woken it before its date.
    suggestion: Suggestion | None = None
    woken: Woken | None = None
    #: The last offer of the case that is open, and what became of it.
    offer: OfferMark | None = None
    #: Whether they answered, are gone since, and have no date on which to act.
    adrift: bool = False

    @property
    def change(self) -> float | None:
        """How many points the score moved since the last look on an earlier day."""
        before = self.record.previous_score
        return None if before is None else self.record.score - before


class Counts(NamedTuple):
    """How many customers each tab holds; for the follow-ups, how many are due."""

    tabs: dict[Tab, int]
    due: int


@contextmanager
def one_view(book: Book) -> Iterator[sqlite3.Connection]:
    """One consistent view for several reads, within a transaction that is open or in its own."""
    if book.connection.in_transaction:
        with plain_errors(book.path):
            yield book.connection
    else:
        with book.snapshot() as connection:
            yield connection


def run(desk: Desk) -> Run | None:
    """Return which run the scores on show come from, or None before the first."""
    with plain_errors(desk.book.path):
        return listing.run(desk.book.connection)


def order(desk: Desk, tab: Tab, sort: Sort, where: Filter | None = None) -> array[int]:
    """Return the ids of a tab's customers in their order, narrowed by `where`."""
    with one_view(desk.book) as connection:
        if tab is Tab.FOLLOWUPS:
            ids = _followups(desk)
        else:
            ids = listing.order(connection, tab, sort)
            if tab is Tab.QUEUE and (hidden := _worked(desk).hidden):
                ids = array("I", filterfalse(hidden.__contains__, ids))
        if where:
            from winback_tui.desk.matching import matching

            ids = among(ids, matching(desk, where))
        return ids


def among(ids: array[int], found: Set[int]) -> array[int]:
    """Return those of `ids` who are in `found`, in their order."""
    if not isinstance(found, set):
        from winback_tui.book.search import Hits

        if isinstance(found, Hits):
            return found.among(ids)
    if len(found) < len(ids) // _MANY:
        return array("I", filter(found.__contains__, ids))
    # A big set lies all over the memory; a byte for each customer takes half the time.
    there = bytearray(max(max(ids, default=0), max(found, default=0)) + 1)
    for each in found:
        there[each] = 1
    return array("I", compress(ids, map(there.__getitem__, ids)))


def counts(desk: Desk) -> Counts:
    """Return how many customers stand in each tab."""
    with one_view(desk.book) as connection:
        tabs = dict.fromkeys(Tab, 0) | listing.sizes(connection)
        worked = _worked(desk)
        hidden, waiting = worked.hidden, worked.waiting
        if hidden:
            queue = listing.order(connection, Tab.QUEUE, Sort.SCORE)
            tabs[Tab.QUEUE] -= sum(map(hidden.__contains__, queue))
        tabs[Tab.FOLLOWUPS] = len(waiting)
        return Counts(tabs, sum(due <= desk.as_of for due in waiting.values()))


def rows(desk: Desk, ids: Sequence[int]) -> dict[int, Row]:
    """Return what the list shows of these customers, by id; customers without a score are left out.

    They come in the order of `ids`, as of one moment, by a fixed number of queries.
    """
    with one_view(desk.book) as connection:
        records = listing.records(connection, ids)
        states = cases.load_many(connection, ids)
        facts = consents.facts(connection, ids)
        months = listing.monthly(connection, ids, desk.as_of, SPARK_MONTHS)
        worked = _worked(desk)
        known = worked.known
        offers = last_offers(connection, ids)
    today = (desk.as_of - EPOCH).days
    return {
        each: Row(
            record,
            states.get(each, CaseState()),
            contactability(desk, record.party_kind, facts.get(each, {})),
            months[each],
            max(0, today - record.last_day),
            each in known.woken
            or each in worked.adrift
            or _is_due(states.get(each, CaseState()), desk.as_of),
            known.suggestions.get(each),
            known.woken.get(each),
            _of_case(offers.get(each), states.get(each, CaseState())),
            each in worked.adrift,
        )
        for each in ids
        if (record := records.get(each)) is not None
    }


def _of_case(offer: OfferMark | None, state: CaseState) -> OfferMark | None:
    """Return the offer if it belongs to the case that is open now."""
    if offer is None or state.stage is None or state.stage.closed:
        return None
    return offer if state.opened_on is None or offer.made_on >= state.opened_on else None


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
    clocks: Consent,
) -> Contactability:
    return marked(standing(facts, channel, kind, today, clocks), today, clocks)


def due_on(state: CaseState) -> date | None:
    """Return the day on which a case asks for attention: its next action or the end of a snooze."""
    if state.stage is not None and state.stage.closed and not in_aftercare(state):
        return None
    dates = [each for each in (state.next_action_on, state.snoozed_until) if each]
    return min(dates) if dates else None


def _is_due(state: CaseState, today: date) -> bool:
    due = due_on(state)
    return due is not None and due <= today


def _followups(desk: Desk) -> array[int]:
    worked = _worked(desk)
    waiting = worked.waiting
    ranks = listing.ranks(desk.book.connection, list(waiting))
    return array(
        "I",
        sorted(
            ranks,
            key=lambda each: (
                waiting[each],
                worked.times.get(each, ""),
                -ranks[each][0],
                ranks[each][1],
            ),
        ),
    )


class _Worked(NamedTuple):
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
    worked: _Worked
    #: Whether what the facts suggest is of that moment too, not of one before.
    whole: bool


_read: WeakKeyDictionary[Book, _Read] = WeakKeyDictionary()


def _worked(desk: Desk, *, whole: bool = False) -> _Worked:
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


def _placed(desk: Desk, found: Sequence[tuple[Any, ...]], known: Known) -> _Worked:
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
    return _Worked(waiting, frozenset(hidden), known, times, frozenset(adrift))


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
        return _worked(desk, whole=True).known


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


def has_customers(desk: Desk) -> bool:
    """Return whether the book holds any customer, scored or not."""
    with plain_errors(desk.book.path):
        return listing.has_customers(desk.book.connection)


def unscored(desk: Desk) -> int:
    """Return how many customers of the book the standing run gave no score."""
    with plain_errors(desk.book.path):
        return listing.unscored(desk.book.connection)


def find_customers(desk: Desk, words: Sequence[str], limit: int) -> list[Row]:
    """Return up to `limit` customers with a score in whom all `words` occur, the best first.

    Best is whose number the words are, then whose name begins with them, then the higher score.
    """
    from winback_tui.book import customers, search
    from winback_tui.desk.matching import matching

    with one_view(desk.book) as connection:
        found = matching(desk, Filter(words=tuple(words)))
        phrase = search.word(" ".join(words))
        best = list(customers.ids_of(connection, [" ".join(words)]).values())
        ids = listing.order(connection, Tab.ALL, Sort.SCORE)
        for hits in (search.named(connection, phrase, found) if found else set(), found):
            best += islice(filter(hits.__contains__, ids), limit)
        shown = rows(desk, list(dict.fromkeys(best))[: limit + 1])
        return list(shown.values())[:limit]
