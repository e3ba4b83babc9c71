"""Renewing the scores behind a screen: each step is reported; what goes wrong is a sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from winback_tui import paths
from winback_tui.book.connection import explain
from winback_tui.book.scores import current_run
from winback_tui.desk.session import Desk
from winback_tui.errors import WinbackError

#: The step after which a book scored for the first time has a list to show.
FIRST: Final = "first"
#: The step after which the new scores can be read.
STORED: Final = "stored"
#: How long storing waits for another program's write, in milliseconds.
PATIENCE: Final = 60_000
#: How the folders of looks back begin.
_FOLDER: Final = "winback-look-"
#: Hears of each step and its share of the whole.
Report = Callable[[str, float], None]


class Outcome(NamedTuple):
    """How a renewal ended: whether the scores changed, or the sentence why it could not be done.

    `aside` is the file in a folder of its own that holds the scores of a look back, which the book
    does not keep; see Book.lay_over.
    """

    changed: bool = False
    fitted: bool = False
    complaint: str = ""
    aside: str = ""


def renew(desk: Desk, report: Report, *, refit: bool = False) -> Outcome:
    """Score the book in the calling thread, on a connection of its own.

    Where the desk looks at a day before the book's own run, the book keeps that.
    `report` is told of each step and its share of the whole. What goes wrong comes back as a
    sentence; only an error of the program's own is raised.
    """
    from winback_tui.desk import scoring

    try:
        with desk.twin(bare=True) as own, own.book.patience(PATIENCE):
            with own.book.snapshot() as connection:
                back = scoring.looks_back(own, current_run(connection))
            if back:
                return _look_back(own, report, refit=refit)
            if scoring.prelude(own):
                report(FIRST, 0.1)
            done = scoring.renew(own, refit=refit, progress=report)
    except WinbackError as error:
        return Outcome(complaint=str(error))
    except sqlite3.Error as error:
        return Outcome(complaint=str(explain(error, desk.book.path)))
    return Outcome(changed=done.changed, fitted=done.fitted)


def _look_back(desk: Desk, report: Report, *, refit: bool) -> Outcome:
    """Score the book for a look at a day before its own run, into a file beside the book."""
    import shutil
    import tempfile

    from winback_tui.desk import scoring

    paths.clear_up(Path(tempfile.gettempdir()), _FOLDER)
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER))
    try:
        path = folder / "look.db"
        with paths.held(folder):
            scoring.glimpse(desk, refit=refit, progress=report, path=path)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Outcome(changed=True, aside=str(path))


@contextmanager
def holding(aside: Path) -> Iterator[None]:
    """Keep the file of a look back, in its folder, as long as the block lasts, and no longer."""
    import shutil

    try:
        with paths.held(aside.parent):
            yield
    finally:
        shutil.rmtree(aside.parent, ignore_errors=True)
