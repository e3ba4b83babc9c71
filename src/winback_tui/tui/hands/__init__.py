"""What the keys do to customers and to the book: a hand is imported when it is first needed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from winback_tui.tui.hands.hand import Hand
    from winback_tui.tui.screens.doing import Doing

#: Module and class of each hand, with the ids of the commands that it does.
_HANDS: Final = {
    "deeds.Deeds": "call snooze note stage reactivate done repeat undo redo",
    "alerts.Alerts": "alerts",
    "cases.Cases": "accept dismiss people contract edit",
    "consent.ConsentHand": "consent",
    "mail.Mail": "mail",
    "offers.Offers": "offer",
    "outgoing.Outgoing": "duplicates erase export person",
    "sales.Sales": "handover",
    "showing.Showing": "copy help messages palette session settings why",
    "looking.Looking": "backtest import",
}
_BY_COMMAND: Final = {
    command: hand for hand, commands in _HANDS.items() for command in commands.split()
}


def hand_of(screen: Doing, command: str) -> Hand | None:
    """Return the screen's hand for the command with this id, None where no hand does it."""
    place = _BY_COMMAND.get(command)
    if place is None:
        return None
    if place not in screen.hands:
        screen.hands[place] = _class_at(place)(screen)
    return screen.hands[place]


def commands() -> dict[type[Hand], tuple[str, ...]]:
    """Return the ids of the commands that each hand is listed for; imports them all."""
    return {_class_at(place): tuple(ids.split()) for place, ids in _HANDS.items()}


def _class_at(place: str) -> type[Hand]:
    module, _, name = place.partition(".")
    found: type[Hand] = getattr(import_module(f"{__name__}.{module}"), name)
    return found
