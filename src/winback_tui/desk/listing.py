"""The triage list: which customers, in which order, and what a row shows."""

from __future__ import annotations

from array import array
from collections.abc import Sequence, Set
from datetime import date
from functools import lru_cache
from itertools import compress, filterfalse, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.book import cases, consents, listing
from winback_tui.book.connection import plain_errors
from winback_tui.book.listing import EPOCH, Record, Run
from winback_tui.book.offer_marks import OfferMark, last_offers
from winback_tui.config import Consent
from winback_tui.desk.filters import Filter
from winback_tui.desk.session import Desk
from winback_tui.desk.worked import is_due, one_view, work
from winback_tui.model import CaseState, Channel, PartyKind, Sort, Tab
from winback_tui.rules.consent import ConsentFact, Contactability, marked, standing

if TYPE_CHECKING:
    from winback_tui.rules.suggestions import Suggestion, Woken

__all__ = [
    "EPOCH",
    "SPARK_MONTHS",
    "Counts",
    "Record",
    "Row",
    "Run",
    "among",
    "contactability",
    "counts",
    "find_customers",
    "has_customers",
    "order",
    "rows",
    "run",
]

SPARK_MONTHS: Final = 12
#: One in so many customers is a lot of them.
_MANY: Final = 4


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
            if tab is Tab.QUEUE and (hidden := work(desk).hidden):
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
        worked = work(desk)
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
        worked = work(desk)
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
            or is_due(states.get(each, CaseState()), desk.as_of),
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


def _followups(desk: Desk) -> array[int]:
    worked = work(desk)
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
        phrase = " ".join(words)
        best = list(customers.ids_of(connection, [phrase]).values())
        ids = listing.order(connection, Tab.ALL, Sort.SCORE)
        for hits in (search.named(connection, phrase, found) if found else set(), found):
            best += islice(filter(hits.__contains__, ids), limit)
        shown = rows(desk, list(dict.fromkeys(best))[: limit + 1])
        return list(shown.values())[:limit]
