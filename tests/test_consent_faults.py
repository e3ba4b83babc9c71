"""What must never open a channel: uses of another address, marks of erasure, a second record."""

from datetime import date
from pathlib import Path

import pytest

from tests.little import AS_OF, fill
from winback_tui.book import ledger, suppression
from winback_tui.book.connection import Book
from winback_tui.config import Config, Consent
from winback_tui.desk import consent, deeds, erase
from winback_tui.desk.consent import Statement
from winback_tui.desk.merge import merge
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, PartyKind, Standing
from winback_tui.rules.consent import ConsentCode, ConsentFact, standing

OBJECTION = Statement("objected", (Channel.EMAIL,), source="mail")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Book.open(fill(tmp_path / "book.db")), Config(), AS_OF, "kim")


def why(desk: Desk, customer: int, channel: Channel) -> ConsentCode:
    return consent.standings(desk, [customer])[customer][channel].why


def test_a_use_does_not_revive_a_consent_that_had_lapsed_by_then() -> None:
    given, late, early = (
        ConsentFact(event, None, date(*day))
        for event, day in (
            ("granted", (2024, 1, 10)),
            ("used", (2026, 11, 1)),
            ("used", (2025, 6, 1)),
        )
    )
    asked = (Channel.EMAIL, PartyKind.CONSUMER, AS_OF, Consent())
    assert standing([given, late], *asked).why is ConsentCode.EXPIRED
    assert standing([given, early, late], *asked).why is ConsentCode.CONSENT


def test_an_objection_that_is_marked_as_erased_still_blocks_and_is_found(desk: Desk) -> None:
    consent.record(desk, [1], OBJECTION)
    with desk.book.write() as connection, ledger.maintenance(connection):
        connection.execute(
            "UPDATE consent_events SET event = 'granted', basis = 'consent',"
            " erased_on = '2026-01-01' WHERE event = 'objected'"
        )
    assert why(desk, 1, Channel.EMAIL) is ConsentCode.NO_CONSENT
    assert {each.what for each in ledger.verify(desk.book.connection)} == {"emptied"}


def test_what_an_erasure_took_away_is_no_fault(desk: Desk) -> None:
    consent.record(desk, [1, 2], OBJECTION)
    merge(desk, 1, 2)
    erase.purge_now(desk, 1)
    assert list(ledger.verify(desk.book.connection)) == []


def test_a_suppressed_postal_address_blocks_post(desk: Desk) -> None:
    with desk.book.write() as connection:
        connection.execute(
            "UPDATE customers SET name = 'Ada Berg', street = 'Weg 1', zip = '50667' WHERE id = 2"
        )
        suppression.suppress(connection, "post", "ada berg Weg 1 50667", "2026-01-01T00:00:00Z")
    assert why(desk, 2, Channel.POST) is ConsentCode.SUPPRESSED
    assert why(desk, 1, Channel.POST) is not ConsentCode.SUPPRESSED


def test_a_deed_on_who_was_merged_away_names_the_one_who_is_left(desk: Desk) -> None:
    merge(desk, 1, 2)
    for refused in (
        lambda: consent.record(desk, [2], OBJECTION),
        lambda: deeds.add_note(desk, [2], "says no"),
        lambda: erase.ask(desk, 2),
    ):
        with pytest.raises(BadInputError, match=r"merged into Madame A. GmbH \(1001\)"):
            refused()
    assert consent.standings(desk, [1])[1][Channel.EMAIL].standing is Standing.BLOCKED
    consent.record(desk, [1], OBJECTION)
    assert why(desk, 1, Channel.EMAIL) is ConsentCode.OBJECTED
