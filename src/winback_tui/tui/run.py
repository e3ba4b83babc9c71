"""Opening the app: from a path and a date to a running screen, and back to the shell."""

from __future__ import annotations

import gc
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from winback_tui import config as configs
from winback_tui import paths
from winback_tui.desk.session import Desk

if TYPE_CHECKING:
    from winback_tui.desk.apart import Apart


def run_app(db: Path | None, config: Path | None, as_of: date | None, *, note: str = "") -> int:
    """Run the app on the book at `db` (None: the user's own) and return the exit code.

    Without a book there the welcome screen opens. Raises BadInputError or BookError before the
    screen is touched where the book or the config cannot be used. `note` is shown in the title.
    """
    # Tens of thousands of objects come with Textual and stay; looking through them for garbage
    # again and again would take a tenth of the time to the first paint. The app allows it again.
    gc.disable()
    loaded = configs.load(config)
    path = db or paths.default_book()
    today = as_of or date.today()  # noqa: DTZ011 - plain dates are in the user's zone
    desk = Desk.open(path, loaded, today) if path.exists() else None
    renewal = _begun(desk) if desk is not None else None
    from winback_tui.tui.app import WinbackApp

    app = WinbackApp(
        path,
        desk,
        loaded,
        today,
        follows_clock=as_of is None,
        note=note,
        apart=True,
        renewal=renewal,
    )
    try:
        code = app.run() or 0
    finally:
        if app.desk is not None:
            app.desk.close()
        app.closing.close()
    if app.line:
        from winback_tui.words.deeds import not_written

        sys.stderr.write(f"{not_written(len(app.line))}\n")
    if app.crash is not None:
        return _crashed(app.crash)
    return code


def _begun(desk: Desk) -> Apart | None:
    """Begin at once to renew scores of another day, beside all that a screen needs to be there."""
    # What the list reads by is imported while the other process begins.
    from winback_tui.book.connection import plain_errors
    from winback_tui.book.scores import current_run

    with plain_errors(desk.book.path):
        run = current_run(desk.book.connection)
    if run is None or run.as_of == desk.as_of.isoformat():
        return None
    from winback_tui.desk.apart import Apart

    return Apart(desk)


def _crashed(error: BaseException) -> int:
    """Say in one paragraph what happened, with the path of the report."""
    from winback_tui.errors import WinbackError

    if isinstance(error, WinbackError):
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    if os.environ.get("WINBACK_DEBUG"):
        import traceback

        traceback.print_exception(error)
        return 70
    from winback_tui.desk import crash

    sys.stderr.write(f"{crash.sentence(crash.write_report(error))}\n")
    return 70
