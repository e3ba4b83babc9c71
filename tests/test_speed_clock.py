"""The speed clock: since when somebody stands in the queue, and how soon we tried."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from tests.apps import scored
from tests.little import AS_OF
from winback_tui.book import flags
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import deeds, offers, session
from winback_tui.desk.around import around
from winback_tui.desk.deeds import Call
from winback_tui.desk.session import Desk, moment
from winback_tui.desk.undoing import undo
from winback_tui.desk.weighing import Ask
from winback_tui.model import Channel, Outcome
from winback_tui.words.format import Formats
from winback_tui.words.report import speed


class Later(date):
    """A clock that shows none of the days that the tests are about."""

    @classmethod
    def today(cls) -> "Later":
        return cls(2031, 5, 5)


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "date", Later)
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


def instant(day: date, at: time = time()) -> str:
    """Return an instant of the user's own clock as the book keeps it."""
    local = datetime.combine(day, at).astimezone()
    return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def call(path: Path, as_of: date, outcome: Outcome = Outcome.NO_ANSWER) -> None:
    with Desk.open(path, Config(), as_of) as desk:
        assert deeds.log_call(desk, [1], Call(outcome)).customers == (1,)


def told(path: Path, as_of: date = AS_OF) -> str | None:
    with Desk.open(path, Config(), as_of) as desk:
        return dict(around(desk, desk.book.connection, 1)).get("speed")


def clock(path: Path) -> flags.Clock:
    with Book.open(path) as book:
        found = flags.clock(book.connection, 1)
    assert found is not None
    return found


def test_the_flag_is_of_the_day_that_the_scores_are_of(tmp_path: Path) -> None:
    assert clock(scored(tmp_path / "a.db")).flagged_at == moment(AS_OF)


def test_today_has_an_hour_and_another_day_begins_at_midnight(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "now", lambda: "2031-05-05T07:08:09Z")
    long_ago = date(2011, 12, 9)
    assert moment(long_ago) == instant(long_ago)
    assert moment(Later.today()) == "2031-05-05T07:08:09Z"


def test_an_attempt_on_the_day_of_the_flag_stops_the_clock(tmp_path: Path) -> None:
    path = scored(tmp_path / "a.db")
    assert told(path) == "flagged 21 Nov 2026, not tried yet"
    call(path, AS_OF)
    assert told(path) == "flagged 21 Nov 2026, first tried after 0 min"
    call(path, AS_OF + timedelta(days=4))
    assert told(path) == "flagged 21 Nov 2026, first tried after 0 min"


def test_an_attempt_days_later_is_counted_in_hours_or_days(tmp_path: Path) -> None:
    path = scored(tmp_path / "a.db")
    call(path, AS_OF + timedelta(days=3), Outcome.INBOUND)
    assert clock(path).tried_at is None
    call(path, AS_OF + timedelta(days=5))
    assert told(path, AS_OF + timedelta(days=5)) == (
        "flagged 21 Nov 2026, first tried after 5 days"
    )
    with Book.open(path) as book:
        assert flags.hours(book.connection) == [120]


def test_an_offer_and_a_mail_are_attempts_as_well(tmp_path: Path) -> None:
    path = scored(tmp_path / "a.db")
    with Desk.open(path, Config(), AS_OF + timedelta(days=2)) as desk:
        offers.make_offer(desk, [1], Ask(channel=Channel.PHONE, margin=0.3))
    assert told(path, AS_OF + timedelta(days=2)) == (
        "flagged 21 Nov 2026, first tried after 2 days"
    )
    with Desk.open(path, Config(), AS_OF + timedelta(days=2)) as desk:
        undo(desk)
    assert clock(path).tried_at is None


def test_an_attempt_before_the_flag_is_not_silently_forgotten(tmp_path: Path) -> None:
    path = scored(tmp_path / "a.db")
    call(path, AS_OF - timedelta(days=9))
    call(path, AS_OF - timedelta(days=8))
    assert told(path) == "flagged 21 Nov 2026, last tried before that, on 13 Nov 2026"
    with Book.open(path) as book:
        assert flags.hours(book.connection) == []


def test_a_look_at_an_earlier_day_knows_no_flag_of_a_later_one(tmp_path: Path) -> None:
    assert told(scored(tmp_path / "a.db"), AS_OF - timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (timedelta(minutes=20), "20 min"),
        (timedelta(hours=30), "30 h"),
        (timedelta(days=4), "4 days"),
    ],
)
def test_the_hour_is_named_where_it_is_known(after: timedelta, said: str) -> None:
    flagged = instant(AS_OF, time(9, 15))
    tried = (datetime.fromisoformat(flagged) + after).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (
        speed(flagged, tried, Formats()) == f"flagged 21 Nov 2026 09:15, first tried after {said}"
    )
