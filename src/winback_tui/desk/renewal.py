"""Renewing the scores behind a screen: each step is reported; what goes wrong is a sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Final, NamedTuple

from winback_tui.book.connection import explain
from winback_tui.desk.session import Desk
from winback_tui.errors import WinbackError

#: The step after which a book scored for the first time has a list to show.
FIRST: Final = "first"
#: The step after which the new scores can be read.
STORED: Final = "stored"
#: How long storing waits for another program's write, in milliseconds.
PATIENCE: Final = 60_000
#: Hears of each step and its share of the whole.
Report = Callable[[str, float], None]


class Outcome(NamedTuple):
    """How a renewal ended: whether the scores changed, or the sentence why it could not be done."""

    changed: bool = False
    fitted: bool = False
    complaint: str = ""


def renew(desk: Desk, report: Report, *, refit: bool = False) -> Outcome:
    """Score the book in the calling thread, on a connection of its own.

    `report` is told of each step and its share of the whole. What goes wrong comes back as a
    sentence; only an error of the program's own is raised.
    """
    from winback_tui.desk import scoring

    try:
        with desk.twin() as own, own.book.patience(PATIENCE):
            if scoring.prelude(own):
                report(FIRST, 0.1)
            done = scoring.renew(own, refit=refit, progress=report)
    except WinbackError as error:
        return Outcome(complaint=str(error))
    except sqlite3.Error as error:
        return Outcome(complaint=str(explain(error, desk.book.path)))
    return Outcome(changed=done.changed, fitted=done.fitted)
