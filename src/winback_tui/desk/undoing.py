"""Undo and redo, derived from the log alone: they work after a restart and across processes.

Each actor takes back only their own deeds, newest first. A new deed ends what could be redone.
Imports are no deeds: they stand in the history, and are taken back by a command of their own.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from winback_tui.book import cases, changes, events, manifest
from winback_tui.book.events import Event
from winback_tui.desk import reversal
from winback_tui.desk.session import Desk, now
from winback_tui.errors import BadInputError
from winback_tui.model import EventKind
from winback_tui.words import deeds as words
from winback_tui.words.customers import customer_name
from winback_tui.words.format import Formats


class HistoryEntry(NamedTuple):
    """One deed of the log.

    `at` is a UTC instant; `names` are what up to three of its `customers` are called; `undone`
    says that it is taken back now; `recall` is False where something
    left the machine, which undo cannot fetch back; `facts` are those of its first event.
    """

    action: int
    at: str
    actor: str
    kind: EventKind
    customers: tuple[int, ...]
    names: tuple[str, ...]
    undone: bool
    recall: bool
    facts: dict[str, Any]


class Undone(NamedTuple):
    """One step of undo or redo: the deed it concerned, and the number of the new action.

    `skipped` are sentences on newer deeds that were left as they are, each saying which and why;
    `kept` are addresses that stay in the book, ended, for the consent ledger speaks of them.
    `missing` are files that the deed had written and that lie there no more: they are not written
    again, for the book has changed since.
    """

    entry: HistoryEntry
    action: int
    skipped: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def undo(desk: Desk, count: int = 1) -> list[Undone]:
    """Take back the actor's last `count` deeds that stand, and return them, the last one first.

    A deed whose case somebody has changed since is left out, and the next older one is taken.
    Each is a transaction of its own. Fewer are returned where there are no more. Raises
    BadInputError, with the sentence on the newest, where there are deeds but all are left out.
    """
    done: list[Undone] = []
    left: dict[int, _Refusal] = {}
    while len(done) < count:
        known = len(left)
        step = _undo_next(desk, left)
        skipped = tuple(each.sentence for each in list(left.values())[known:])
        if step is None:
            if done:
                done[-1] = done[-1]._replace(skipped=done[-1].skipped + skipped)
            break
        done.append(step._replace(skipped=skipped))
    if left and not done:
        raise BadInputError(next(iter(left.values())).why)
    return done


def nothing_to_undo(desk: Desk) -> str:
    """Return the sentence for an actor without a deed to undo.

    Where an import of theirs stands, it says how to take the newest back.
    """
    with desk.book.snapshot() as connection:
        for event in events.actions(connection, desk.actor):
            if event.kind is EventKind.IMPORT and not events.is_undone(connection, event.id):
                return words.nothing_to_undo(desk.actor, event.payload["batch"])
    return words.nothing_to_undo(desk.actor)


def redo(desk: Desk) -> Undone | None:
    """Do the actor's last undone deed again; None if there is none, or a new deed came after it.

    Raises BadInputError where somebody has changed the same since.
    """
    with desk.book.write() as connection:
        found = _last_undo(connection, desk.actor)
        if found is None:
            return None
        action = _invert(desk, connection, found)
        root = _root(connection, found)
        return Undone(_entry(connection, root), action, missing=_missing(connection, root))


def take_back(desk: Desk, action: int) -> int:
    """Take back one deed by its number, whatever came after it; return the new action's number.

    Raises BadInputError where somebody has changed the same since.
    """
    with desk.book.write() as connection:
        return _invert(desk, connection, events.by_id(connection, action))


def history(desk: Desk, limit: int = 20, *, everyone: bool = True) -> list[HistoryEntry]:
    """Return the last deeds, newest first: of everyone who works with the book, or of the actor."""
    with desk.book.snapshot() as connection:
        actor = None if everyone else desk.actor
        return [_entry(connection, deed) for deed in events.deeds(connection, actor, limit=limit)]


def entry_of(desk: Desk, action: int) -> HistoryEntry:
    """Return one deed of the log by its number; LookupError if there is none."""
    with desk.book.snapshot() as connection:
        return _entry(connection, events.by_id(connection, action))


def taken_back(desk: Desk, actions: Iterable[int]) -> set[int]:
    """Return which of these deeds are taken back now, by whomever."""
    with desk.book.snapshot() as connection:
        return {each for each in actions if events.is_undone(connection, each)}


class _Refusal(NamedTuple):
    """Why a deed cannot be taken back; `sentence` also says which deed it is."""

    why: str
    sentence: str


def _undo_next(desk: Desk, left: dict[int, _Refusal]) -> Undone | None:
    """Take back the newest deed that can be, adding those that cannot to `left`."""
    with desk.book.write() as connection:
        for found in _standing(connection, desk.actor):
            if found.action in left:
                continue
            try:
                action = _invert(desk, connection, found)
            except BadInputError as refusal:
                left[found.action] = _refusal(desk, connection, found, str(refusal))
                continue
            kept = tuple(
                address
                for event in events.of_action(connection, action)
                for address in changes.of_spared(event.payload)
            )
            return Undone(_entry(connection, _root(connection, found)), action, kept=kept)
    return None


def _refusal(desk: Desk, connection: sqlite3.Connection, found: Event, why: str) -> _Refusal:
    entry = _entry(connection, _root(connection, found))
    dates = Formats.from_environment(desk.config.user.locale).date
    sentence = words.left_out_sentence(
        entry.kind, entry.facts, entry.names, len(entry.customers), why=why, dates=dates
    )
    return _Refusal(why, sentence)


def _standing(connection: sqlite3.Connection, actor: str) -> Iterator[Event]:
    """Yield the actor's deeds, and redos of them, that stand, newest first."""
    for event in events.actions(connection, actor):
        if (
            event.kind not in reversal.NO_DEEDS
            and not events.is_erased(connection, event)
            and not events.is_undone(connection, event.id)
            and events.depth(connection, event.id) % 2 == 0
        ):
            yield event


def _last_undo(connection: sqlite3.Connection, actor: str) -> Event | None:
    """Return the actor's newest undo that stands, unless a new deed came after it."""
    for event in events.actions(connection, actor):
        if event.kind in reversal.NO_DEEDS or events.is_erased(connection, event):
            continue
        if event.undoes is None:
            return None
        if events.depth(connection, event.id) % 2 and not events.is_undone(connection, event.id):
            return event
    return None


def _root(connection: sqlite3.Connection, event: Event) -> Event:
    return events.by_id(connection, events.chain(connection, event.id)[0])


def _invert(desk: Desk, connection: sqlite3.Connection, first: Event) -> int:
    """Append the inverse of an action, restore cases and rows, and return the new action's number.

    Raises BadInputError, before anything is written, where somebody has changed the same since.
    """
    inverted = events.of_action(connection, first.action)
    back = {
        event.id: changes.spared(
            connection, changes.inverse(changes.of_payload(event.payload)), desk.as_of.isoformat()
        )
        for event in inverted
    }
    seen: set[tuple[Any, ...]] = set()
    for event in reversed(inverted):
        _refuse_if_rewritten(connection, event, back[event.id], seen)
    changes.check_held(connection, [each for event in inverted for each in back[event.id]])
    for event in inverted:
        if event.customer is not None:
            _refuse_if_changed(connection, event, event.customer)
    states = cases.load_many(
        connection, [event.customer for event in inverted if event.customer is not None]
    )
    changes.in_any_order(connection)
    for event in reversed(inverted):
        _restore(connection, event)
        changes.apply(connection, back[event.id])
        if event.customer is not None:
            restored = cases.apply(states[event.customer], event.payload.get("before", {}))
            if restored != states[event.customer]:
                cases.save(connection, event.customer, restored)
                states[event.customer] = restored
    at = now()
    action = events.next_id(connection)
    for event in inverted:
        events.append(
            connection,
            kind=event.kind,
            actor=desk.actor,
            at=at,
            customer=event.customer,
            payload={
                **event.payload,
                "before": event.payload.get("after", {}),
                "after": event.payload.get("before", {}),
                **({"rows": [list(each) for each in back[event.id]]} if back[event.id] else {}),
            },
            action=action,
            undoes=event.id,
        )
    return action


def _restore(connection: sqlite3.Connection, event: Event) -> None:
    """Let the kind's own restorer, if it has one, take back or do again what `event` did."""
    restore = reversal.restorer(event.kind)
    if restore is not None:
        links = events.chain(connection, event.id)
        redone = links.index(event.id) % 2
        restore(
            connection,
            events.by_id(connection, links[0]),
            reversal.Direction.REDO if redone else reversal.Direction.UNDO,
        )


def _refuse_if_rewritten(
    connection: sqlite3.Connection,
    event: Event,
    back: Sequence[changes.Change],
    seen: set[tuple[Any, ...]],
) -> None:
    """Raise BadInputError, naming the customer, if a row is not as `event` left it."""
    try:
        changes.check(connection, back, seen)
    except BadInputError as refusal:
        if event.customer is None:
            raise
        (name,) = _names(connection, (event.customer,))
        raise BadInputError(f"{name}: {refusal}") from None


def _refuse_if_changed(connection: sqlite3.Connection, event: Event, customer: int) -> None:
    """Raise BadInputError if a later deed that stands has changed what `event` changed."""
    touched = set(event.payload.get("after", {}))
    for later in events.later(connection, customer, event.id):
        if later.action == event.action:
            continue
        # What stood before a merge cannot be told apart in what stands now.
        merged = later.kind is EventKind.MERGE
        if not merged and not touched & set(later.payload.get("after", {})):
            continue
        # What was undone and done again in between stands as it stood then.
        links = events.chain(connection, later.id)
        stood = len([link for link in links if link <= event.id]) % 2
        if stood != len(links) % 2:
            (name,) = _names(connection, (customer,))
            raise BadInputError(
                f"{name}: {later.actor} has changed this case since; undo that first, or move the "
                "case by hand."
            )


def _missing(connection: sqlite3.Connection, deed: Event) -> tuple[str, ...]:
    """Return the files that a deed put somewhere, and that lie there no more."""
    names = {
        name
        for event in events.of_action(connection, deed.action)
        for name in (*event.payload.get("files", ()), event.payload.get("list"))
        if name
    }
    places: dict[str, list[Path]] = {}
    for export in manifest.log(connection) if names else ():
        place = Path(export.file)
        if place.name in names:
            places.setdefault(place.name, []).append(place)
    # Of a place that an older version kept as it was typed, nobody knows where it is.
    return tuple(str(found[0]) for _, found in sorted(places.items()) if all(map(_is_gone, found)))


def _is_gone(place: Path) -> bool:
    """Return whether nothing lies at a place; of one that cannot be looked at nobody knows."""
    try:
        return place.is_absolute() and not place.exists()
    except OSError:
        return False


def _entry(connection: sqlite3.Connection, deed: Event) -> HistoryEntry:
    customers = events.customers_of(connection, deed.action)
    return HistoryEntry(
        deed.action,
        deed.at,
        deed.actor,
        deed.kind,
        customers,
        _names(connection, customers[:3]),
        events.is_undone(connection, deed.id),
        deed.kind not in reversal.LEFT_THE_MACHINE,
        events.facts_of(deed.payload),
    )


def _names(connection: sqlite3.Connection, customers: Sequence[int]) -> tuple[str, ...]:
    labels = cases.labels(connection, customers)
    return tuple(customer_name(*labels[customer]) for customer in customers)
