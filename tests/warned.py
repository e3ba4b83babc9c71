"""A book whose customers early warning looks at, and letting something happen to them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.apps import DRIFTING
from tests.little import AS_OF, EPOCH, Buyer, fill
from winback_tui.config import Config
from winback_tui.desk import scoring
from winback_tui.desk.session import Desk

#: On time, with a long history; the customers to whom the tests let something happen.
WHO, OTHER, LATE, ONCE = 1, 2, 3, 4
BUYERS = (
    Buyer("A1", "Anders & Co", silent=3, every=15, times=30),
    Buyer("B2", "Bäckerei Sommer", silent=4, every=15, times=30, amount=50_000),
    # Forty days is twice the usual gap, and was five days ago.
    Buyer("C3", "Cafe Late", silent=45, every=20, times=20),
    Buyer("D4", "Only Once", silent=45, every=1, times=1),
    *DRIFTING[-6:],
)
DAY = (AS_OF - EPOCH).days


def at(path: Path, config: Config | None = None, day: date = AS_OF) -> Desk:
    """Return a desk at the book on that day."""
    return replace(Desk.open(path, config or Config(), day), clock=lambda: day)


def signal(desk: Desk, who: int, kind: str, ago: int, value: float | None = None) -> None:
    with desk.book.write() as connection:
        connection.execute(
            "INSERT INTO signals (customer_id, kind, day, value) VALUES (?, ?, ?, ?)",
            (who, kind, DAY - ago, value),
        )
        desk.book.bump_revision()


def two_alerts(path: Path) -> Path:
    """Make a scored book at `path` in which a look will raise an alert for two customers."""
    fill(path, BUYERS)
    with at(path) as desk:
        scoring.renew(desk)
        signal(desk, WHO, "complaint", 2)
        signal(desk, OTHER, "notice_given", 3)
    return path
