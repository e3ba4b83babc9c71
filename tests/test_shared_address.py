"""A person known at two companies: what they say against contact holds at both."""

from pathlib import Path

import pytest

from tests.little import AS_OF, fill
from winback_tui.book import sharing
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import consent, gate
from winback_tui.desk.consent import Statement
from winback_tui.desk.filters import parse
from winback_tui.desk.matching import matching
from winback_tui.desk.session import Desk
from winback_tui.desk.undoing import undo
from winback_tui.model import Channel, Standing
from winback_tui.rules.consent import ConsentCode

GIVEN = Statement("granted", (Channel.EMAIL,), source="paper form", at="2026-09-01")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Customers 1 and 2 share Anna, 2 has Bo besides; 3 has an address that only looks alike."""
    desk = Desk(Book.open(fill(tmp_path / "book.db")), Config(), AS_OF, "kim")
    with desk.book.write() as connection:
        connection.executemany(
            "INSERT INTO contact_points (id, customer_id, channel, value) VALUES (?, ?, ?, ?)",
            [
                (11, 1, "email", "anna-lu@home.example"),
                (12, 1, "phone", "+49 30 1234-56"),
                (21, 2, "email", "Anna-Lu@Home.example"),
                (22, 2, "email", "bo@firm.example"),
                (23, 2, "sms", "+493012345 6"),
                (31, 3, "email", "annalu@home.example"),
            ],
        )
    consent.record(desk, [1, 2, 3], GIVEN)
    return desk


def at(desk: Desk, customer: int) -> dict[int, ConsentCode]:
    found = gate.gate(desk, [customer], Channel.EMAIL)[customer]
    return {each.address.point: each.state.why for each in found.addresses}


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("withdrawn", ConsentCode.WITHDRAWN),
        ("objected", ConsentCode.OBJECTED),
        ("bounced", ConsentCode.BOUNCED),
    ],
)
@pytest.mark.parametrize("point", [11, None])
def test_what_is_said_against_an_address_counts_wherever_it_stands(
    desk: Desk, event: str, why: ConsentCode, point: int | None
) -> None:
    consent.record(desk, [1], Statement(event, (Channel.EMAIL,), point=point))
    assert at(desk, 2) == {21: why, 22: ConsentCode.CONSENT}
    assert at(desk, 3) == {31: ConsentCode.CONSENT}
    undo(desk)
    assert at(desk, 2) == {21: ConsentCode.CONSENT, 22: ConsentCode.CONSENT}


def test_an_objection_counts_for_every_number_of_the_person(desk: Desk) -> None:
    consent.record(desk, [1], Statement("objected", (Channel.POST,)))
    found = consent.standings(desk, [2])[2]
    assert found[Channel.SMS].why is ConsentCode.OBJECTED
    assert found[Channel.POST].standing is Standing.ALLOWED


def test_consent_given_anew_opens_the_address_again(desk: Desk) -> None:
    consent.record(desk, [1], Statement("withdrawn", (Channel.EMAIL,), at="2026-10-01"))
    consent.record(desk, [1], GIVEN._replace(at="2026-10-05"))
    assert at(desk, 2)[21] is ConsentCode.CONSENT


def test_consent_is_not_shared(desk: Desk) -> None:
    consent.record(desk, [2], Statement("withdrawn", (Channel.EMAIL,), at="2026-10-01"))
    consent.record(desk, [1], GIVEN._replace(at="2026-10-05"))
    assert set(at(desk, 2).values()) == {ConsentCode.WITHDRAWN}


def test_the_filter_agrees_before_and_after_a_deed(desk: Desk) -> None:
    with desk.book.write() as connection:
        connection.execute("UPDATE contact_points SET ended_on = '2026-01-01' WHERE id = 22")
        desk.book.bump_revision()
    assert matching(desk, parse("consent:withdrawn")) == set()
    consent.record(desk, [1], Statement("withdrawn", (Channel.EMAIL,)))
    assert matching(desk, parse("consent:withdrawn")) == {1, 2}
    desk.book.bump_revision()
    assert matching(desk, parse("consent:withdrawn")) == {1, 2}


def test_the_index_of_addresses_finds_them(desk: Desk) -> None:
    plan = desk.book.connection.execute(f"EXPLAIN QUERY PLAN {sharing._PAIRS}", ("[1]",)).fetchall()
    assert any("contact_points_plain" in str(row) for row in plan)
