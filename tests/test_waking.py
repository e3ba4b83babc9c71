"""What wakes a customer who sleeps: before the date, with the reason, and never for old news."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.casework import at, buy, days, signal
from tests.little import AS_OF, fill
from winback_tui.book import consents, ledger
from winback_tui.config import Config
from winback_tui.config.cases import Cases
from winback_tui.desk import contracts, deeds, listing, worked
from winback_tui.desk.contracts import Terms
from winback_tui.desk.session import Desk
from winback_tui.desk.undoing import redo, undo
from winback_tui.model import (
    WakeCause,
)
from winback_tui.words.format import Formats
from winback_tui.words.suggestions import woken_line

CLOCKS = Cases()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk.open(fill(tmp_path / "b.db"), Config(), AS_OF) as opened:
        yield opened


class TestWaking:
    @pytest.mark.parametrize("cause", ["purchase", "inbound", "contact"])
    def test_before_the_date_with_the_reason(self, desk: Desk, cause: str) -> None:
        deeds.snooze(desk, [1], days(60))
        later = at(desk, days(10))
        assert worked.suggestions(later).woken == {}
        if cause == "purchase":
            buy(desk, 1, days(9))
        elif cause == "inbound":
            signal(desk, 1, "ticket", days(9))
        else:
            signal(desk, 1, "contact_left", days(9))
        woken = worked.suggestions(later).woken[1]
        assert (woken.cause, woken.on) == (WakeCause(cause), days(9))
        assert "30 Nov 2026" in woken_line(woken.cause, woken.on, Formats())
        assert listing.counts(later).due == 1

    @pytest.mark.parametrize("day", [days(-20), AS_OF])
    def test_for_a_purchase_of_before_that_came_to_the_book_later(
        self, desk: Desk, day: date
    ) -> None:
        buy(desk, 2, day)
        deeds.snooze(desk, [1, 2], days(60))
        assert worked.suggestions(at(desk, days(3))).woken == {}
        buy(desk, 1, day)
        buy(desk, 1, days(-400))
        found = worked.suggestions(at(desk, days(3))).woken
        assert {who: tuple(each) for who, each in found.items()} == {1: (WakeCause.PURCHASE, day)}

    def test_not_for_an_older_history_that_comes_to_the_book_later(self, desk: Desk) -> None:
        buy(desk, 1, days(-20))
        deeds.snooze(desk, [1], days(60))
        buy(desk, 1, days(-21))
        assert worked.suggestions(at(desk, days(3))).woken == {}

    @pytest.mark.parametrize("kind", ["ticket", "contact_left"])
    def test_for_a_signal_of_before_that_came_to_the_book_later(
        self, desk: Desk, kind: str
    ) -> None:
        signal(desk, 1, kind, days(-3))
        deeds.snooze(desk, [1], days(60))
        assert worked.suggestions(at(desk, days(3))).woken == {}
        signal(desk, 1, kind, days(-2))
        assert worked.suggestions(at(desk, days(3))).woken[1].on == days(-2)

    def test_not_for_a_contact_who_was_known_to_have_left_when_they_were_snoozed(
        self, desk: Desk
    ) -> None:
        with desk.book.write() as connection:
            connection.execute(
                "INSERT INTO contacts (customer_id, name, ended_on) VALUES (1, 'Ada', ?)",
                (AS_OF.isoformat(),),
            )
        deeds.snooze(desk, [1], days(60))
        assert worked.suggestions(at(desk, days(3))).woken == {}

    def test_a_snooze_that_does_not_say_what_was_known_goes_by_its_day(self, desk: Desk) -> None:
        buy(desk, 1, AS_OF)
        deeds.snooze(desk, [1], days(60))
        with desk.book.write() as connection:
            connection.execute("INSERT INTO meta VALUES ('maintenance', '1')")
            connection.execute("UPDATE events SET payload = json_remove(payload, '$.known')")
            connection.execute("DELETE FROM meta WHERE key = 'maintenance'")
        buy(desk, 1, days(-1))
        assert worked.suggestions(at(desk, days(3))).woken == {}
        buy(desk, 1, days(1))
        assert worked.suggestions(at(desk, days(3))).woken[1].on == days(1)

    def test_again_after_undo_and_redo_of_the_snooze(self, desk: Desk) -> None:
        deeds.snooze(desk, [1], days(60))
        undo(desk)
        buy(desk, 1, days(-20))
        assert worked.suggestions(at(desk, days(3))).woken == {}
        redo(desk)
        assert worked.suggestions(at(desk, days(3))).woken[1].on == days(-20)
        deeds.snooze(desk, [1], days(61))
        assert worked.suggestions(at(desk, days(3))).woken == {}

    def test_only_on_what_was_asked_for(self, desk: Desk) -> None:
        deeds.snooze(desk, [1], days(60), [WakeCause.INBOUND])
        deeds.snooze(desk, [2], days(60), [])
        for customer in (1, 2):
            buy(desk, customer, days(9))
            signal(desk, customer, "ticket", days(9))
        woken = worked.suggestions(at(desk, days(10))).woken
        assert {who: each.cause for who, each in woken.items()} == {1: WakeCause.INBOUND}

    def test_when_the_contract_is_to_be_talked_about(self, desk: Desk) -> None:
        contracts.add_contract(desk, 1, Terms(days(120), notice_days=30))
        assert contracts.next_talk(desk, 1) == days(60)
        deeds.snooze(desk, [1], days(100))
        assert worked.suggestions(at(desk, days(59))).woken == {}
        assert worked.suggestions(at(desk, days(60))).woken[1].cause is WakeCause.CONTRACT

    def test_when_a_consent_is_about_to_end(self, desk: Desk) -> None:
        granted = days(-300)
        with desk.book.write() as connection:
            ledger.append_many(
                connection,
                [ledger.Entry(1, "email", "granted", granted.isoformat(), "test", "kim")],
            )
        deeds.snooze(desk, [1], days(90))
        ends = listing.contactability(desk, *_ledger_of(desk, 1))
        until = min(each.until for each in ends.values() if each.until)
        before = at(desk, until - timedelta(days=CLOCKS.consent_ends + 1))
        assert worked.suggestions(before).woken == {}
        on_time = at(desk, until - timedelta(days=CLOCKS.consent_ends))
        assert worked.suggestions(on_time).woken[1].cause is WakeCause.CONSENT


def _ledger_of(desk: Desk, customer: int):
    connection = desk.book.connection
    kind = consents.party_kinds(connection, [customer])[customer]
    return kind, consents.facts(connection, [customer])[customer]
