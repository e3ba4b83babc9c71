"""What was done today: counted from the log, and worth what it was worth then."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.little import AS_OF, fill
from winback_tui.book import statistics
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import deeds, scoring, today
from winback_tui.desk.deeds import Call
from winback_tui.desk.listing import rows
from winback_tui.desk.session import Desk
from winback_tui.desk.undoing import undo
from winback_tui.model import Money, Outcome


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Book.open(fill(tmp_path / "book.db")) as book:
        desk = Desk(book, Config(), AS_OF, "kim")
        scoring.renew(desk)
        yield desk


def test_the_day_counts_what_stands(desk: Desk) -> None:
    deeds.log_call(desk, [1, 2], Call(Outcome.REACHED))
    deeds.log_call(desk, [3], Call(Outcome.BUSY))
    deeds.add_note(desk, [3], "x")
    undo(desk)
    found = today.summary(desk)
    assert (found.customers, found.calls, found.reached, found.notes) == (3, 3, 2, 0)
    assert found.saved == ()


def test_what_was_saved_is_what_was_at_risk_when_they_came_back(desk: Desk) -> None:
    at_risk = rows(desk, [1])[1].record.value_at_risk
    assert at_risk > 0
    deeds.reactivate(desk, [1, 4])
    before = today.summary(desk)
    assert before.reactivated == 2
    assert before.saved[0].amount > at_risk
    # The order that they came back with takes the risk away; what was saved stays.
    with desk.book.write() as connection:
        connection.execute(
            "INSERT INTO transactions (customer_id, day, document, amount, currency, batch_id)"
            " VALUES (1, ?, 'NEW', 100, 'EUR', 1)",
            ((AS_OF - date(1970, 1, 1)).days,),
        )
        statistics.refresh(connection, [1])
        desk.book.bump_revision()
    scoring.renew(desk)
    assert rows(desk, [1])[1].record.value_at_risk < at_risk
    assert today.summary(desk).saved == before.saved
    undo(desk)
    assert today.summary(desk).saved == ()


def test_who_has_no_score_adds_nothing(desk: Desk) -> None:
    with desk.book.write() as connection:
        connection.execute("INSERT INTO customers (id, number, name) VALUES (99, 'new', '')")
    deeds.reactivate(desk, [99])
    assert (today.summary(desk).reactivated, today.summary(desk).saved) == (1, ())
    deeds.reactivate(desk, [1])
    assert isinstance(today.summary(desk).saved[0], Money)
