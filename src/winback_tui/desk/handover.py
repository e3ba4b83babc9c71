"""Handing warm leads to sales: a packet per customer written to a folder, and the case moved.

The packets are written in full under hidden names, then the events are committed, then the packets
are put in place: so a packet that could not be written leaves no event, and none is in place
without one.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from winback_tui import paths
from winback_tui.book import events, handover_facts
from winback_tui.desk.action import Action, Plan, clean, decide, record
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import EventKind
from winback_tui.rules import cases as rules

if TYPE_CHECKING:
    from winback_tui.outreach.files import Staged

FORMATS: Final = ("md", "json")


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A hand-over that was done: its action, and the packets that were written."""

    action: Action
    files: tuple[Path, ...]


def hand_over(
    desk: Desk,
    customers: Sequence[int],
    to: str,
    *,
    note: str = "",
    out: Path | None = None,
    formats: Sequence[str] = FORMATS,
    notes: bool = False,
) -> HandedOver:
    """Hand these customers over to the salesperson `to` and return the packets' paths.

    `note` is a message to sales; `out` is the folder for the packets (default: the user's hand-over
    folder); `notes` also puts the notes of the timeline into the packet. Raises BadInputError, and
    changes nothing, for an unknown format, a folder that cannot be written to, and where the
    hand-over is refused for all.
    """
    if unknown := [each for each in formats if each not in FORMATS]:
        raise BadInputError(f"“{unknown[0]}” is no format of a packet; there are md and json.")
    if not formats:
        raise BadInputError("A packet needs a format: md, json, or both.")
    name = " ".join(clean(to).split())
    from winback_tui.outreach.files import Staged

    with _folder_errors(out):
        staged = Staged(out or paths.handover_dir())
    try:
        with _folder_errors(out), desk.book.write() as connection:
            plan = decide(
                connection, customers, lambda state: rules.after_handover(state, name, desk.as_of)
            )
            order = _Order(name, clean(note), tuple(dict.fromkeys(formats)), notes)
            facts, files = _write(desk, plan, order, staged)
            action = record(desk, connection, EventKind.HANDOVER, plan, facts)
    except BaseException:
        staged.discard()
        raise
    try:
        with _folder_errors(out):
            staged.publish()
    except BadInputError:
        from winback_tui.desk.undoing import take_back

        staged.discard()
        take_back(desk, action.id)
        raise
    return HandedOver(action, files)


@dataclass(frozen=True, slots=True)
class _Order:
    """How the packets are wanted."""

    to: str
    message: str
    formats: tuple[str, ...]
    notes: bool


def _write(
    desk: Desk, plan: Plan, order: _Order, staged: "Staged"
) -> tuple[dict[int, dict[str, Any]], tuple[Path, ...]]:
    """Write the packets aside; return the facts for each event, and the places of the files."""
    from winback_tui.desk.packets import packet_of, text_of

    connection = desk.book.connection
    book_id = handover_facts.book_id(connection)[:8]
    facts: dict[int, dict[str, Any]] = {}
    files: list[Path] = []
    for event, (customer, case) in enumerate(plan.after.items(), events.next_id(connection)):
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
        places = [
            staged.add(stem, f".{kind}", text_of(desk, packet, kind)) for kind in order.formats
        ]
        files += places
        facts[customer] = {
            "to": order.to,
            "packet": packet.id,
            "files": [place.name for place in places],
            **({"note": order.message} if order.message else {}),
        }
    return facts, tuple(files)


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
