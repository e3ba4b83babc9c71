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


class TestAPlus:
    """What follows a plus in an e-mail address leads into the same mailbox."""

    @pytest.fixture
    def tagged(self, desk: Desk) -> Desk:
        """Customer 4 has Anna with a plus, and 5 has her with another; 4 has her twice."""
        with desk.book.write() as connection:
            connection.executemany(
                "INSERT INTO contact_points (id, customer_id, channel, value)"
                " VALUES (?, ?, 'email', ?)",
                [
                    (41, 4, "anna-lu+shop@home.example"),
                    (42, 4, "anna-lu+news@home.example"),
                    (43, 4, "anna-lux@home.example"),
                    (51, 5, "Anna-Lu+x@home.example"),
                    (52, 5, "anna-lu+x@other.example"),
                    (53, 5, "annalu+x@home.example"),
                ],
            )
        consent.record(desk, [4, 5], GIVEN)
        return desk

    @pytest.mark.parametrize(
        ("event", "why"),
        [("withdrawn", ConsentCode.WITHDRAWN), ("objected", ConsentCode.OBJECTED)],
    )
    def test_who_objects_is_not_written_to_with_a_plus_either(
        self, tagged: Desk, event: str, why: ConsentCode
    ) -> None:
        free = ConsentCode.CONSENT
        consent.record(tagged, [1], Statement(event, (Channel.EMAIL,), point=11))
        assert at(tagged, 4) == {41: why, 42: why, 43: free}
        assert at(tagged, 5) == {51: why, 52: free, 53: free}
        assert at(tagged, 2) == {21: why, 22: free}
        undo(tagged)
        assert set(at(tagged, 4).values()) == {free}

    def test_an_objection_with_a_plus_holds_without_and_with_another(self, tagged: Desk) -> None:
        consent.record(tagged, [5], Statement("withdrawn", (Channel.EMAIL,), point=51))
        free, why = ConsentCode.CONSENT, ConsentCode.WITHDRAWN
        assert at(tagged, 5) == {51: why, 52: free, 53: free}
        assert at(tagged, 4) == {41: why, 42: why, 43: free}
        assert at(tagged, 1) == {11: why}
        tagged.book.bump_revision()
        assert matching(tagged, parse("email:blocked")) == {1}

    def test_a_withdrawal_holds_for_the_same_customers_other_entry_of_the_mailbox(
        self, tagged: Desk
    ) -> None:
        consent.record(tagged, [4], Statement("withdrawn", (Channel.EMAIL,), point=41))
        free, why = ConsentCode.CONSENT, ConsentCode.WITHDRAWN
        assert at(tagged, 4) == {41: why, 42: why, 43: free}
        # Consent given anew for one of them is for that one.
        consent.record(tagged, [4], GIVEN._replace(point=42, at="2026-11-21T23:00:00Z"))
        assert at(tagged, 4) == {41: why, 42: free, 43: free}

    def test_a_bounce_tells_of_the_very_address_alone(self, tagged: Desk) -> None:
        consent.record(tagged, [1], Statement("bounced", (Channel.EMAIL,), point=11))
        assert set(at(tagged, 4).values()) == {ConsentCode.CONSENT}
        assert at(tagged, 2)[21] is ConsentCode.BOUNCED

    def test_the_list_of_who_may_be_written_to_agrees(self, tagged: Desk) -> None:
        with tagged.book.write() as connection:
            connection.execute("UPDATE contact_points SET ended_on = '2026-01-01' WHERE id = 43")
            tagged.book.bump_revision()
        matching(tagged, parse("email:allowed"))
        consent.record(tagged, [1], Statement("objected", (Channel.EMAIL,), point=11))
        assert matching(tagged, parse("email:allowed")) == {2, 3, 5}
        tagged.book.bump_revision()
        assert matching(tagged, parse("email:allowed")) == {2, 3, 5}
