"""Handing warm leads to sales: a packet per customer written to a folder, and the case moved.

The packets are written in full under hidden names, then the events are committed, then the packets
are put in place: so a packet that could not be written leaves no event, and none is in place
without one. What a crash in between leaves behind is finished, or removed, by the next hand-over
into the same folder.
"""

import contextlib
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from winback_tui import paths
from winback_tui.book import events, handover_facts
from winback_tui.desk import gate
from winback_tui.desk.action import Action, Plan, clean, decide, record
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError, BookBusyError
from winback_tui.model import Channel, EventKind
from winback_tui.rules import cases as rules

if TYPE_CHECKING:
    from winback_tui.outreach.files import Staged

FORMATS: Final = ("md", "json")


#: How sales get in touch where nothing else is said.
_SALES: Final = (Channel.PHONE, Channel.EMAIL)
#: So often is a packet made anew because others wrote to the book meanwhile.
_TRIES: Final = 20


class HandedOver(NamedTuple):
    """A hand-over that was done: its action, and the packets that were written.

    `finished` are packets of an earlier hand-over that a crash had kept from their place.
    """

    action: Action
    files: tuple[Path, ...]
    finished: tuple[Path, ...] = ()


def hand_over(
    desk: Desk,
    customers: Sequence[int],
    to: str,
    *,
    note: str = "",
    out: Path | None = None,
    formats: Sequence[str] = FORMATS,
    notes: bool = False,
    channel: Channel | None = None,
    justify: str = "",
) -> HandedOver:
    """Hand these customers over to the salesperson `to` and return the packets' paths.

    `note` is a message to sales; `out` is the folder for the packets (default: the user's hand-over
    folder); `notes` also puts the notes of the timeline into the packet. `channel` is what sales
    will use (None: phone or e-mail, whichever stands better): who may not be contacted on it is
    left out, and so is who may be with a reason only where `justify` gives none. Raises
    BadInputError, and changes nothing, for an unknown format, a folder that cannot be written to,
    and where the hand-over is refused for all; BookBusyError where others never stop writing.
    """
    if unknown := [each for each in formats if each not in FORMATS]:
        raise BadInputError(f"“{unknown[0]}” is no format of a packet; there are md and json.")
    if not formats:
        raise BadInputError("A packet needs a format: md, json, or both.")
    name = " ".join(clean(to).split())
    channels = _SALES if channel is None else (channel,)
    passage = gate.Passage(desk, channels, source="hand-over", reason=justify)
    order = _Order(name, clean(note), tuple(dict.fromkeys(formats)), notes, passage)
    from winback_tui.outreach.files import Staged

    with _folder_errors(out), Staged(out or paths.handover_dir()) as staged:
        finished = _finish(desk, staged)
        action, files = _commit(desk, customers, order, staged)
        try:
            staged.publish()
        except OSError:
            from winback_tui.desk.undoing import take_back

            staged.discard()
            take_back(desk, action.id)
            raise
    return HandedOver(action, files, finished)


class _Order(NamedTuple):
    """How the packets are wanted."""

    to: str
    message: str
    formats: tuple[str, ...]
    notes: bool
    passage: gate.Passage


class _Draft(NamedTuple):
    """What a hand-over will do as the book stands: its first event's number, and the packets.

    `texts` are customer, packet id, stem, suffix and text of each file.
    """

    first: int
    plan: Plan
    texts: tuple[tuple[int, str, str, str, str], ...]


def _commit(
    desk: Desk, customers: Sequence[int], order: _Order, staged: "Staged"
) -> tuple[Action, tuple[Path, ...]]:
    """Write the packets aside and log the hand-over; return its action and the files' places.

    The packets are made before the transaction, so that nobody waits for them; where anything was
    logged in between, they are made anew.
    """
    for _ in range(_TRIES):
        draft = _draft(desk, customers, order)
        facts, files = _stage(draft, order, staged)
        with desk.book.write() as connection:
            if events.next_id(connection) == draft.first:
                action = record(
                    desk,
                    connection,
                    EventKind.HANDOVER,
                    draft.plan,
                    facts,
                    also=order.passage.claim,
                )
                staged.bind()
                return action, files
        staged.discard()
    raise BookBusyError(
        "Other programs keep writing to the book, so nothing was handed over; try it again."
    )


def _draft(desk: Desk, customers: Sequence[int], order: _Order) -> _Draft:
    """Return what the hand-over comes to as the book stands now."""
    from winback_tui.desk.packets import packet_of, text_of

    texts: list[tuple[int, str, str, str, str]] = []
    with desk.book.snapshot() as connection:
        plan = decide(
            connection,
            customers,
            lambda state: rules.after_handover(state, order.to, desk.as_of),
            order.passage.refuse,
        )
        book_id = _book_id(desk)
        first = events.next_id(connection)
        for event, (customer, case) in enumerate(plan.after.items(), first):
            packet = packet_of(
                desk,
                customer,
                case,
                number=f"{book_id}-{event}",
                to=order.to,
                message=order.message,
                notes=order.notes,
            )
            stem = _stem(packet.number, packet.name, desk.as_of, packet.id)
            texts += [
                (customer, packet.id, stem, f".{kind}", text_of(desk, packet, kind))
                for kind in order.formats
            ]
    return _Draft(first, plan, tuple(texts))


def _stage(
    draft: _Draft, order: _Order, staged: "Staged"
) -> tuple[dict[int, dict[str, Any]], tuple[Path, ...]]:
    """Write the packets aside; return the facts for each event, and the places of the files."""
    facts: dict[int, dict[str, Any]] = {}
    files: list[Path] = []
    for customer, packet, stem, suffix, text in draft.texts:
        files.append(staged.add(stem, suffix, text))
        fact = facts.setdefault(
            customer,
            {"to": order.to, "packet": packet, "files": [], **order.passage.facts(customer)},
        )
        fact["files"].append(files[-1].name)
        if order.message:
            fact["note"] = order.message
    return facts, tuple(files)


def _finish(desk: Desk, staged: "Staged") -> tuple[Path, ...]:
    """Put packets in place that a crash has left aside, if they were logged; remove the others.

    Those of another book are left alone.
    """
    ours = re.compile(rf"-{re.escape(_book_id(desk))}-(\d+)(?:-\d+)?\.[a-z]+")
    finished: list[Path] = []
    for leftover in staged.leftovers():
        if found := ours.search(leftover.name):
            if _was_logged(desk, int(found[1]), leftover.name):
                finished.append(staged.adopt(leftover))
            else:
                leftover.aside.unlink(missing_ok=True)
    return tuple(finished)


def _was_logged(desk: Desk, event: int, name: str) -> bool:
    """Return whether this event is a hand-over that stands and names the file."""
    with desk.book.snapshot() as connection:
        try:
            found = events.by_id(connection, event)
        except LookupError:
            return False
        return (
            found.kind is EventKind.HANDOVER
            and name in found.payload.get("files", ())
            and not events.is_undone(connection, event)
        )


def _book_id(desk: Desk) -> str:
    """Return the start of the book's id, which begins the number of each packet."""
    return handover_facts.book_id(desk.book.connection)[:8]


def _stem(number: str, name: str, day: date, packet: str) -> str:
    """Return the name of a packet's files; nothing in it can be a path."""
    from winback_tui.outreach.files import safe

    parts = ("handover", safe(number) or "customer", safe(name), day.isoformat(), packet)
    return "-".join(part for part in parts if part)


@contextlib.contextmanager
def _folder_errors(out: Path | None) -> Iterator[None]:
    """Turn what the disk refuses into one sentence about the folder."""
    try:
        yield
    except OSError as error:
        where = out or "the hand-over folder"
        raise BadInputError(
            f"The packet could not be written to {where} ({error.strerror or error}); nothing was "
            "handed over. Name another folder."
        ) from error
