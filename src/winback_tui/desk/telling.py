"""Which alerts each way has told: taken by one look at a time, so that none is told twice."""

import secrets
import sqlite3
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from winback_tui.book import alerts as book
from winback_tui.book import manifest, outbox
from winback_tui.book.alerts import Alert
from winback_tui.desk import worked
from winback_tui.desk.session import Desk, now

#: The ways that tell of all alerts since the last time.
PRINT: Final = "print"
NOTICE: Final = "notice"
MAIL: Final = "mail"
#: So many seconds somebody else is waited for who tells what is new.
_PATIENCE: Final = 3.0
#: The sign of this process, as no other has it.
_OURS: Final = secrets.token_hex(8)


def untold(desk: Desk, way: str) -> list[Alert]:
    """Return the standing alerts that one way has not told yet."""
    from winback_tui.desk import alerts

    with worked.one_view(desk.book) as connection:
        return alerts.told(desk, connection, book.told_until(connection, way) or 0)


class Claimed(NamedTuple):
    """What one way has to tell, taken for oneself: the alerts, and the sign of who took them."""

    way: str
    alerts: tuple[Alert, ...]
    by: str = ""


NOTHING: Final = Claimed(PRINT, ())


def claim(desk: Desk, way: str) -> Claimed:
    """Take what a way has not told yet, so that nobody else tells it as well.

    Where somebody else is at it, they are waited for a moment; what they are still at then is
    theirs. Say what became of it by `note_told` or `release`; who never does, as after a crash,
    loses it after a while to the next who asks.
    """
    from winback_tui.desk import alerts

    by, last = f"{_OURS}-{id(desk.book)}", time.monotonic() + _PATIENCE
    while True:
        at = now()
        with desk.book.write() as connection:
            if book.claim(connection, way, by, at, outbox.leased(at)):
                until = book.told_until(connection, way) or 0
                found = tuple(alerts.told(desk, connection, until))
                if not found:
                    book.release(connection, way, by)
                return Claimed(way, found, by)
        if time.monotonic() > last:
            return Claimed(way, ())
        time.sleep(0.1)


def release(desk: Desk, claimed: Claimed) -> None:
    """Give back what was claimed and not told: the next look tells it."""
    if claimed.alerts:
        with desk.book.write() as connection:
            book.release(connection, claimed.way, claimed.by)


def note_told(desk: Desk, claimed: Claimed, **about: str) -> None:
    """Keep that a way has told what was claimed; with `about`, also write a row of the manifest.

    `about` has format, file and sha256 of what left.
    """
    if not claimed.alerts:
        return
    at = now()
    with desk.book.write() as connection:
        book.tell_until(connection, claimed.way, max(each.id for each in claimed.alerts))
        book.release(connection, claimed.way, claimed.by)
        if about:
            customers = [each.customer for each in claimed.alerts]
            list_export(desk, connection, "alerts", customers, at, **about)


def begin(desk: Desk) -> None:
    """Let each way that is switched on, and was never used, tell what is raised from now on."""
    settings = desk.config.alerts
    ways = [way for way, on in ((NOTICE, settings.notify), (MAIL, settings.mail.to)) if bool(on)]
    with worked.one_view(desk.book) as connection:
        new = [way for way in ways if book.told_until(connection, way) is None]
    if new:
        with desk.book.write() as connection:
            for way in new:
                if book.told_until(connection, way) is None:
                    book.tell_until(connection, way, book.last_id(connection))


def list_export(
    desk: Desk,
    connection: sqlite3.Connection,
    kind: str,
    customers: Sequence[int],
    at: str,
    **about: str,
) -> None:
    """Write a row of the manifest about what left, inside a write.

    `about` has format, file and sha256 of it.
    """
    entry = manifest.Export(
        0, at, desk.actor, kind, about["format"], about["file"], "", len(customers), 0,
        about["sha256"],
    )  # fmt: skip
    manifest.add(connection, entry, customers)
