"""Handing warm leads to sales: a packet per customer written to a folder, and the case moved.

The packets are written in full under hidden names, then the events are committed, then the packets
are put in place: so a packet that could not be written leaves no event, and none is in place
without one. What a crash in between leaves behind is finished, or removed, by the next hand-over
into the same folder.
"""

import contextlib
import hashlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from winback_tui import paths
from winback_tui.book import events, manifest
from winback_tui.desk import gate
from winback_tui.desk.action import Action, clean, record
from winback_tui.desk.handover_draft import Draft, Order, book_id, drafted
from winback_tui.desk.session import Desk, now
from winback_tui.errors import BadInputError, BookBusyError
from winback_tui.model import Channel, EventKind
from winback_tui.outreach.packet import NO_TERMS, Terms

if TYPE_CHECKING:
    from winback_tui.outreach.files import Staged

#: How a packet may be written.
FORMATS: Final = ("md", "json", "csv", "vcf", "ics", "eml")


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
    formats: Sequence[str] = (),
    notes: bool = False,
    channel: Channel | None = None,
    justify: str = "",
    terms: Terms = NO_TERMS,
) -> HandedOver:
    """Hand these customers over to the salesperson `to` and return the packets' paths.

    `to` is a name, with an e-mail address in angle brackets where it is known; `formats` are some
    of FORMATS (default: the config's); `terms` say what the lead is worth sales' while.
    `note` is a message to sales; `out` is the folder for the packets (default: the user's hand-over
    folder); `notes` also puts the notes of the timeline into the packet. `channel` is what sales
    will use (None: phone or e-mail, whichever stands better): who may not be contacted on it is
    left out, and so is who may be with a reason only where `justify` gives none. Raises
    BadInputError, and changes nothing, for an unknown format, a folder that cannot be written to,
    and where the hand-over is refused for all; BookBusyError where others never stop writing.
    """
    formats = tuple(dict.fromkeys(formats)) or desk.config.handover.formats
    if unknown := [each for each in formats if each not in FORMATS]:
        there = ", ".join(FORMATS)
        raise BadInputError(f"“{unknown[0]}” is no format of a packet; there are {there}.")
    name, address = _salesperson(desk, to)
    channels = _SALES if channel is None else (channel,)
    passage = gate.Passage(desk, channels, source="hand-over", reason=justify)
    known = Terms(*(" ".join(clean(each).split()) for each in terms))
    order = Order(name, address, clean(note), formats, notes, passage, known)
    from winback_tui.outreach.files import Staged

    with _folder_errors(out), Staged(out or paths.handover_dir()) as staged:
        finished = _finish(desk, staged)
        action, files, listed = _commit(desk, customers, order, staged)
        try:
            staged.publish()
        except OSError:
            from winback_tui.desk.undoing import take_back

            staged.discard()
            take_back(desk, action.id)
            with desk.book.write() as connection:
                for number in listed:
                    manifest.forget(connection, number)
            raise
    return HandedOver(action, files, finished)


def standing(desk: Desk, customer: int, channel: Channel | None = None) -> gate.Gate:
    """Return where a customer stands on the channel that sales will use (None: the better one)."""
    channels = _SALES if channel is None else (channel,)
    return gate.best(desk, [customer], channels)[customer]


def _commit(
    desk: Desk, customers: Sequence[int], order: Order, staged: "Staged"
) -> tuple[Action, tuple[Path, ...], tuple[int, ...]]:
    """Write the packets aside and log the hand-over.

    Return its action, the files' places, and their rows in the manifest.

    The packets are made before the transaction, so that nobody waits for them; where anything was
    logged in between, they are made anew.
    """
    for _ in range(_TRIES):
        draft = drafted(desk, customers, order)
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
                listed = _list(desk, connection, draft, files)
                _queue(desk, connection, draft)
                staged.bind()
                return action, files, listed
        staged.discard()
    raise BookBusyError(
        "Other programs keep writing to the book, so nothing was handed over; try it again."
    )


def _stage(
    draft: Draft, order: Order, staged: "Staged"
) -> tuple[dict[int, dict[str, Any]], tuple[Path, ...]]:
    """Write the packets aside; return the facts for each event, and the places of the files."""
    facts: dict[int, dict[str, Any]] = {
        customer: {
            "to": order.to,
            "packet": packet.id,
            "files": [],
            **order.passage.facts(customer),
            **({"note": order.message} if order.message else {}),
            **{name: text for name, text in order.terms._asdict().items() if text},
        }
        for customer, packet in draft.packets.items()
    }
    files: list[Path] = []
    for file in draft.files:
        files.append(staged.add(file.stem, file.suffix, file.text))
        for customer in file.customers:
            facts[customer]["files"].append(files[-1].name)
    return facts, tuple(files)


def _list(
    desk: Desk, connection: sqlite3.Connection, draft: Draft, places: Sequence[Path]
) -> tuple[int, ...]:
    """Write a row of the manifest for each file, by its whole path, and return their numbers."""
    return tuple(
        manifest.add(
            connection,
            manifest.Export(
                id=0,
                at=now(),
                actor=desk.actor,
                kind="handover",
                format=file.suffix.rpartition(".")[2],
                file=str(place.absolute()),
                chosen="",
                rows=len(file.customers),
                suppressed=0,
                sha256=hashlib.sha256(file.text.encode()).hexdigest(),
            ),
            file.customers,
        )
        for file, place in zip(draft.files, places, strict=True)
    )


def _queue(desk: Desk, connection: sqlite3.Connection, draft: Draft) -> None:
    """Let the packets be posted to the webhook as well, where the config has one."""
    if not desk.config.webhook.url:
        return
    import json

    from winback_tui.desk import delivery
    from winback_tui.outreach.packet import as_json

    for event, (customer, packet) in enumerate(draft.packets.items(), draft.first):
        told = json.loads(as_json(packet))
        delivery.queue_handover(desk, connection, customer, event, told)


def _salesperson(desk: Desk, to: str) -> tuple[str, str]:
    """Return name and e-mail address of who takes over; the config may know the address."""
    from winback_tui.outreach.letters import split_address

    name, address = split_address(" ".join(clean(to).split()))
    if not address:
        known = {each.casefold(): mail for each, mail in desk.config.handover.people.items()}
        address = known.get(name.casefold(), "")
    return name, address


def _finish(desk: Desk, staged: "Staged") -> tuple[Path, ...]:
    """Put packets in place that a crash has left aside, if they were logged; remove the others.

    Those of another book are left alone.
    """
    ours = re.compile(rf"-{re.escape(book_id(desk))}-(\d+)(?:-\d+)?\.[a-z]+")
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
