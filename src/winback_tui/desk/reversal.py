"""What undo needs to know about each kind of deed, in one place.

Most deeds need nothing: a deed's event keeps the case's fields before and after, and the rows that
it wrote through `book.changes` (`perform(…, rows=…)`), and undo puts both back. Rows in append-only
tables carry their deed's `event_id`, and count no more while it is undone. A kind that changed
something else names a function here that restores it.
"""

import importlib
import sqlite3
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from winback_tui.book.events import Event
from winback_tui.model import EventKind


class Direction(Enum):
    """Whether a deed is being taken back or done again."""

    UNDO = auto()
    REDO = auto()


#: Restores what a deed changed beyond case and rows, inside the transaction of the undo or redo;
#: BadInputError, before anything is written, where that is not possible. `event` is the deed's own.
Restore = Callable[[sqlite3.Connection, Event, Direction], None]

#: No deeds: they stand in the history, and undo passes over them.
NO_DEEDS: Final = frozenset({EventKind.IMPORT, EventKind.IMPORT_UNDONE})
#: Something left the machine: undo takes back what the book says, and says that it did so.
LEFT_THE_MACHINE: Final = frozenset({EventKind.HANDOVER, EventKind.MAIL})
#: Where a kind's own Restore stands, as "module:function"; imported when it is needed.
_HOMES: Final[dict[EventKind, str]] = {EventKind.MERGE: "winback_tui.desk.merge:restore"}
_known: dict[EventKind, Restore] = {}


def register(kind: EventKind, restore: Restore) -> None:
    """Let `restore` take back, and do again, what deeds of this kind change beyond their rows.

    A module that may not be imported yet when a deed of another session is undone stands in
    `_HOMES` instead.
    """
    _known[kind] = restore


def restorer(kind: EventKind) -> Restore | None:
    """Return what restores deeds of this kind, or None where case and rows are all."""
    if kind not in _known and kind in _HOMES:
        module, _, name = _HOMES[kind].partition(":")
        _known[kind] = getattr(importlib.import_module(module), name)
    return _known.get(kind)
