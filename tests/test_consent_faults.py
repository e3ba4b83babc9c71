"""What must never open a channel: uses of another address, marks of erasure, a second record."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.little import AS_OF, fill
from winback_tui.book import ledger, suppression
from winback_tui.book.connection import Book
from winback_tui.config import Config, Consent
from winback_tui.config.offers import Handover
from winback_tui.desk import consent, contacts, deeds, erase, evidence, gate, mailing
from winback_tui.desk.around import around as dossier_around
from winback_tui.desk.consent import Statement
from winback_tui.desk.contacts import NewContact
from winback_tui.desk.merge import merge
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, PartyKind, Standing
from winback_tui.rules.consent import ConsentCode, ConsentFact, standing

FORM = Statement("granted", (Channel.EMAIL,), source="paper form")
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
    asked: tuple[Callable[[], object], ...] = (
        lambda: consent.record(desk, [2], OBJECTION),
        lambda: deeds.add_note(desk, [2], "says no"),
        lambda: erase.ask(desk, 2),
    )
    for refused in asked:
        with pytest.raises(BadInputError, match=r"merged into Madame A. GmbH \(1001\)"):
            refused()
    assert consent.standings(desk, [1])[1][Channel.EMAIL].standing is Standing.BLOCKED
    consent.record(desk, [1], OBJECTION)
    assert why(desk, 1, Channel.EMAIL) is ConsentCode.OBJECTED


def with_two_addresses(desk: Desk) -> dict[str, int]:
    """Give the first customer, a consumer, two people with an address each; return their ids."""
    for name in ("a", "b"):
        person = NewContact(f"Ms {name}", "buyer", ((Channel.EMAIL, f"{name}@x.example"),))
        contacts.add_contact(desk, 1, person)
    with desk.book.write() as connection:
        connection.execute("UPDATE customers SET party_kind = 'consumer' WHERE id = 1")
    return dict(
        desk.book.connection.execute("SELECT value, id FROM contact_points WHERE channel = 'email'")
    )


def test_a_mail_uses_the_address_that_it_is_written_to_and_no_other(
    desk: Desk, tmp_path: Path
) -> None:
    points = with_two_addresses(desk)
    for address, day in (("a@x.example", "2026-11-01"), ("b@x.example", "2025-06-01")):
        consent.record(desk, [1], FORM._replace(point=points[address], at=day))
    before = gate.gate(desk, [1], Channel.EMAIL)[1].addresses[1].state
    mailing.draft_mails(desk, [1], mailing.Asked(), out=tmp_path)
    (used,) = desk.book.connection.execute(
        "SELECT contact_point_id FROM consent_events WHERE event = 'used'"
    ).fetchall()
    assert used == (points["a@x.example"],)
    assert gate.gate(desk, [1], Channel.EMAIL)[1].addresses[1].state == before


def test_an_older_date_opens_no_consent_that_has_lapsed_by_now(desk: Desk, tmp_path: Path) -> None:
    with_two_addresses(desk)
    consent.record(desk, [1], FORM._replace(at="2023-01-10"))
    old = replace(desk, as_of=date(2023, 6, 1), clock=lambda: AS_OF)
    assert consent.standings(old, [1])[1][Channel.EMAIL].standing is Standing.ALLOWED
    assert gate.gate(old, [1], Channel.EMAIL)[1].standing is Standing.BLOCKED
    with pytest.raises(BadInputError, match="consent"):
        mailing.draft_mails(old, [1], mailing.Asked(), out=tmp_path)
    assert list(tmp_path.glob("*.eml")) == []
    told = "e-mail for what leaves today: blocked: the consent is too old"
    around = dict(dossier_around(old, old.book.connection, 1))
    assert around["consent"].startswith(told)
    assert evidence.of_customer(old, 1).leaving[Channel.EMAIL].why is ConsentCode.EXPIRED
    assert evidence.of_customer(replace(old, as_of=AS_OF), 1).leaving == {}
    then = replace(old, clock=lambda: date(2023, 6, 1))
    assert gate.gate(then, [1], Channel.EMAIL)[1].standing is Standing.ALLOWED


def test_a_later_date_opens_no_consent_that_is_dated_after_today(desk: Desk) -> None:
    with_two_addresses(desk)
    ahead = replace(desk, as_of=date(2028, 3, 1), clock=lambda: AS_OF)
    consent.record(ahead, [1], FORM._replace(at="2028-02-01"))
    assert consent.standings(ahead, [1])[1][Channel.EMAIL].standing is Standing.ALLOWED
    assert gate.gate(ahead, [1], Channel.EMAIL)[1].standing is Standing.BLOCKED


def test_a_packet_says_where_channels_stand_on_the_day_that_it_leaves(
    desk: Desk, tmp_path: Path
) -> None:
    with_two_addresses(desk)
    consent.record(desk, [1], FORM._replace(at="2023-01-10"))
    old = replace(desk, as_of=date(2023, 6, 1), clock=lambda: AS_OF)
    old = replace(old, config=Config(handover=Handover(needs=())))
    done = deeds.hand_over(old, [1], "Kim", out=tmp_path, formats=["json"], channel=Channel.POST)
    told = json.loads(done.files[0].read_text())
    assert told["consent"]["email"]["standing"] == "blocked"


def test_a_hand_over_leaves_out_addresses_that_may_not_be_used(desk: Desk, tmp_path: Path) -> None:
    points = with_two_addresses(desk)
    consent.record(desk, [1], FORM._replace(point=points["a@x.example"], at="2026-11-01"))
    (tmp_path / "out").mkdir()
    kinds = ("md", "json", "csv", "vcf", "eml")
    deeds.hand_over(desk, [1], "Kim", out=tmp_path / "out", formats=kinds, channel=Channel.EMAIL)
    files = [each for each in (tmp_path / "out").iterdir() if each.is_file()]
    assert {each.suffix for each in files} >= {".md", ".json", ".csv", ".vcf", ".eml"}
    assert all("b@x.example" not in each.read_text("utf-8") for each in files)
    assert any("email blocked" in each.read_text("utf-8") for each in files)
