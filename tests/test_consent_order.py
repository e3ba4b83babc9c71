"""Of what was said on one day the last statement holds; where nobody knows which, the stricter."""

from pathlib import Path

import pytest

from tests.little import AS_OF, fill
from winback_tui.book import ledger
from winback_tui.book.connection import Book
from winback_tui.book.ledger import Entry
from winback_tui.config import Config
from winback_tui.desk import consent
from winback_tui.desk.filters import parse
from winback_tui.desk.matching import matching
from winback_tui.desk.session import Desk
from winback_tui.model import Channel, Standing

DAY = "2026-11-20"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Book.open(fill(tmp_path / "book.db")), Config(), AS_OF, "kim")


def say(desk: Desk, *said: tuple[str, str, str]) -> Standing:
    """Write rows (event, time, precision) in this order; return where e-mail stands then."""
    with desk.book.write() as connection:
        for event, at, precision in said:
            channels = Channel if event == "objected" else (Channel.EMAIL,)
            ledger.append_many(
                connection,
                [
                    Entry(1, each.value, event, at, "x", "kim", precision=precision)
                    for each in channels
                ],
            )
    found = consent.standings(desk, [1])[1][Channel.EMAIL].standing
    blocked = matching(desk, parse("email:blocked"))
    assert (1 in blocked) is (found is Standing.BLOCKED), "the filter says the same"
    return found


@pytest.mark.parametrize("against", ["objected", "withdrawn"])
def test_a_statement_that_is_repeated_counts_again(desk: Desk, against: str) -> None:
    told = [
        (event, f"{DAY}T{hour}:00:00Z", "second")
        for hour, event in ((10, against), (11, "granted"), (12, against))
    ]
    assert say(desk, *told) is Standing.BLOCKED
    assert say(desk, ("granted", f"{DAY}T13:00:00Z", "second")) is Standing.ALLOWED


def test_what_was_said_later_holds_whatever_was_written_first(desk: Desk) -> None:
    later = ("objected", f"{DAY}T15:00:00Z", "second")
    earlier = ("granted", f"{DAY}T10:00:00Z", "minute")
    assert say(desk, later, earlier) is Standing.BLOCKED


@pytest.mark.parametrize(
    ("grant", "objection"),
    [
        ((DAY, "day"), (f"{DAY}T10:00:00Z", "second")),
        ((f"{DAY}T10:00:00Z", "second"), (DAY, "day")),
        ((DAY, "day"), (DAY, "day")),
        ((f"{DAY}T10:00:30Z", "second"), (f"{DAY}T10:00:00Z", "minute")),
    ],
)
def test_where_nobody_knows_which_came_first_contact_stays_blocked(
    desk: Desk, grant: tuple[str, str], objection: tuple[str, str]
) -> None:
    assert say(desk, ("objected", *objection), ("granted", *grant)) is Standing.BLOCKED
