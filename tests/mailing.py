"""A book of customers of whom some may be written to, and one whose name is hostile."""

from collections.abc import Iterator
from pathlib import Path

from tests.apps import scored
from tests.little import AS_OF, Buyer
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.config.offers import Mails
from winback_tui.desk.session import Desk

EVIL = "{{ 7*7 }}{% for x in y %}\r\nBcc: all@evil.example\n[red]"
BUYERS = (
    Buyer("1001", "Sommer GmbH", silent=84, every=21, times=20, amount=40_000),
    Buyer("=2", EVIL, silent=90, every=20, times=15, amount=25_000),
    Buyer("1003", "Ohne Zusage", silent=90, every=20, times=15),
    Buyer("1004", "Ohne Adresse", silent=90, every=20, times=15),
)


def allow(path: Path) -> Path:
    """Let customers 1 and 2 be written to, and give all but the last an address."""
    with Book.open(path) as book, book.write() as connection:
        connection.execute(
            "INSERT INTO contacts (id, customer_id, name) VALUES (1, 1, 'Eva Arvid')"
        )
        connection.execute("INSERT INTO contacts (id, customer_id, name) VALUES (2, 2, ?)", (EVIL,))
        connection.executemany(
            "INSERT INTO contact_points (customer_id, contact_id, channel, value)"
            " VALUES (?, ?, 'email', ?)",
            [(1, 1, "eva@sommer.example"), (2, 2, "evil@x.example"), (3, None, "no@x.example")],
        )
        connection.executemany(
            "INSERT INTO consent_events (customer_id, channel, event, at, source, actor)"
            " VALUES (?, 'email', 'granted', '2026-10-01', 'form', 'kim')",
            [(1,), (2,), (4,)],
        )
    return path


def senders(path: Path) -> Iterator[Desk]:
    """Yield a desk over such a book, with a sender."""
    with Book.open(allow(scored(path, BUYERS))) as book:
        mine = Mails(sender="Kim Berger", address="kim@we.example", company="We GmbH")
        yield Desk(book, Config(mails=mine), AS_OF, "kim")
