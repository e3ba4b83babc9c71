"""The consent ledger: append-only, chained, evidence of who said what, and what undo leaves."""

import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.little import AS_OF, fill
from winback_tui.book import consents, evidence, ledger
from winback_tui.book.connection import Book
from winback_tui.book.ledger import Entry
from winback_tui.config import Config, Consent
from winback_tui.desk import consent, erase, gate
from winback_tui.desk.consent import Statement
from winback_tui.desk.evidence import consent_records, of_customer
from winback_tui.desk.filters import parse
from winback_tui.desk.matching import matching
from winback_tui.desk.session import Desk
from winback_tui.desk.undoing import redo, undo
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, PartyKind, Purpose, Standing
from winback_tui.rules.consent import CONDITIONS, ConsentCode, ConsentFact, standing
from winback_tui.rules.moments import parse_moment
from winback_tui.words.consent import consent_line

GIVEN = Entry(1, "email", "granted", "2026-05-03T12:30:00Z", "web form", "kim", basis="consent")
CHANGES = {"consent_events": "SET note = 'x'", "consent_wordings": "SET text = 'x'"}
FORM = Statement("granted", (Channel.EMAIL,), source="paper form")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Book.open(fill(tmp_path / "book.db")), Config(), AS_OF, "kim")


def stands(desk: Desk, customer: int, channel: Channel = Channel.EMAIL) -> Standing:
    return consent.standings(desk, [customer])[customer][channel].standing


def tamper(desk: Desk, statement: str) -> list[tuple[int, str]]:
    """Change the ledger as somebody with another program would; return what the check finds."""
    with desk.book.write() as connection, ledger.maintenance(connection):
        connection.execute(statement)
    return [(each.id, each.what) for each in ledger.verify(desk.book.connection)]


class TestTheChain:
    @pytest.fixture
    def filled(self, desk: Desk) -> Desk:
        with desk.book.write() as connection:
            ledger.append_many(connection, [GIVEN, GIVEN._replace(customer=2), GIVEN])
        return desk

    def test_holds_as_it_was_written(self, filled: Desk) -> None:
        assert list(ledger.verify(filled.book.connection)) == []

    def test_shows_a_changed_row(self, filled: Desk) -> None:
        assert tamper(filled, "UPDATE consent_events SET note = 'x' WHERE id = 6") == [
            (6, "changed")
        ]

    def test_shows_a_row_that_was_taken_out(self, filled: Desk) -> None:
        assert tamper(filled, "DELETE FROM consent_events WHERE id = 6") == [(7, "unlinked")]

    def test_shows_rows_cut_off_the_end_even_after_others_follow(self, filled: Desk) -> None:
        assert tamper(filled, "DELETE FROM consent_events WHERE id >= 7") == [(6, "cut_off")]
        with filled.book.write() as connection:
            assert ledger.append(connection, GIVEN) == 9
        assert [each.what for each in ledger.verify(filled.book.connection)] == ["unlinked"]

    def test_shows_a_row_written_past_it(self, filled: Desk) -> None:
        found = tamper(
            filled,
            "INSERT INTO consent_events (customer_id, channel, event, at, source, actor)"
            " VALUES (1, 'email', 'granted', '2026-05-03', 'x', 'x')",
        )
        assert (9, "unsealed") in found

    def test_is_kept_by_triggers(self, filled: Desk) -> None:
        with filled.book.write() as connection:
            ledger.keep_wording(connection, "May we?")
        for table in ("consent_events", "consent_wordings"):
            for statement in (f"UPDATE {table} {CHANGES[table]}", f"DELETE FROM {table}"):
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    filled.book.connection.execute(statement)

    def test_survives_an_erasure_that_leaves_nothing_to_guess_from(self, filled: Desk) -> None:
        erase.purge_now(filled, 1)
        assert list(ledger.verify(filled.book.connection)) == []
        rows = filled.book.connection.execute(
            "SELECT source, note, actor, salt FROM consent_events WHERE customer_id = 1"
        ).fetchall()
        assert len(rows) >= 3
        assert set(rows) == {("", None, "", b"")}

    def test_takes_in_the_rows_of_an_older_book(self, filled: Desk) -> None:
        with filled.book.write() as connection, ledger.maintenance(connection):
            connection.execute("UPDATE consent_events SET salt = x'', digest = x'', hash = x''")
        with filled.book.write() as connection:
            assert ledger.seal(connection) == 8
        assert list(ledger.verify(filled.book.connection)) == []

    def test_doctor_tells(self, filled: Desk, capsys: pytest.CaptureFixture[str]) -> None:
        from winback_tui.__main__ import main

        path = str(filled.book.path)
        assert main(["--db", path, "consent", "verify"]) == 0
        assert "unbroken up to row 8" in capsys.readouterr().out
        tamper(filled, "UPDATE consent_events SET at = '2020-01-01' WHERE id = 6")
        assert main(["--db", path, "consent", "verify"]) == 1
        assert "row 6 was changed" in capsys.readouterr().out
        assert main(["--db", path, "consent", "show", "1001"]) == 1
        assert "CHANGED since it was written" in capsys.readouterr().out


class TestRecording:
    def test_keeps_who_what_when_where_from_and_the_wording_once(self, desk: Desk) -> None:
        said = FORM._replace(
            channels=(Channel.EMAIL, Channel.SMS), at="2026-05-03 14:30:00+02:00",
            wording="May we write to you?\n", note="[/]", reference="scan 12",
        )  # fmt: skip
        consent.record(desk, [2], said)
        consent.record(desk, [3], said)
        rows = evidence.of_customer(desk.book.connection, 2)[1:]
        assert [(row.channel, row.at, row.precision, row.zone) for row in rows] == [
            ("email", "2026-05-03T12:30:00Z", "second", "+02:00"),
            ("sms", "2026-05-03T12:30:00Z", "second", "+02:00"),
        ]
        assert {(row.source, row.reference, row.text, row.note, row.seal) for row in rows} == {
            ("paper form", "scan 12", "May we write to you?", "[/]", "sealed")
        }
        count = desk.book.connection.execute("SELECT count(*) FROM consent_wordings").fetchone()
        assert count == (1,)

    def test_undo_makes_it_count_no_more_and_leaves_it_in_the_evidence(self, desk: Desk) -> None:
        consent.record(desk, [2], FORM)
        for _ in range(2):
            assert stands(desk, 2) is Standing.ALLOWED
            undo(desk)
            assert stands(desk, 2) is Standing.BLOCKED
            assert [row.counts for row in of_customer(desk, 2).rows[1:]] == [False]
            redo(desk)

    def test_an_objection_is_one_on_every_channel(self, desk: Desk) -> None:
        consent.record(desk, [2], Statement("objected", (Channel.EMAIL,)))
        assert {stands(desk, 2, channel) for channel in Channel} == {Standing.BLOCKED}

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            (FORM._replace(source=" "), "without a source"),
            (FORM._replace(channels=()), "No channel"),
            (FORM._replace(at="2026-11-22"), "has happened"),
            (FORM._replace(at="soon"), "no moment"),
            (FORM._replace(basis="presumed"), "as a claim"),
            (FORM._replace(event="used"), "cannot be recorded"),
            (FORM._replace(event="confirmed"), "record a new one"),
            (Statement("basis_claimed", (Channel.PHONE,), basis="presumed"), "fact"),
            (Statement("basis_claimed", (Channel.PHONE,), basis="habit"), "needs a basis"),
            (
                Statement("basis_claimed", (Channel.EMAIL,), basis="existing-customer",
                          conditions=("sale",)),
                "missing: similar, no_objection, notice",
            ),
            (
                Statement("basis_claimed", (Channel.POST,), basis="existing_customer",
                          conditions=CONDITIONS),
                "e-mail and SMS",
            ),
        ],
    )  # fmt: skip
    def test_what_would_prove_nothing_is_refused(
        self, desk: Desk, said: Statement, why: str
    ) -> None:
        before = ledger.head(desk.book.connection)
        with pytest.raises(BadInputError, match=why):
            consent.record(desk, [2], said)
        assert ledger.head(desk.book.connection) == before


class TestAddresses:
    @pytest.fixture
    def peopled(self, desk: Desk) -> Desk:
        with desk.book.write() as connection:
            connection.execute("INSERT INTO contacts (customer_id, name) VALUES (2, 'Ms Arvid')")
            connection.executemany(
                "INSERT INTO contact_points (customer_id, contact_id, channel, value)"
                " VALUES (2, ?, 'email', ?)",
                [(1, "arvid@sommer.example"), (None, "info@sommer.example")],
            )
        return desk

    def test_consent_for_one_address_does_not_hold_for_another(self, peopled: Desk) -> None:
        consent.record(peopled, [2], FORM._replace(point=1))
        found = gate.gate(peopled, [2], Channel.EMAIL)[2]
        assert found.standing is Standing.ALLOWED
        assert [at.state.standing for at in found.addresses] == [
            Standing.ALLOWED,
            Standing.BLOCKED,
        ]
        consent.record(peopled, [2], Statement("bounced", (Channel.EMAIL,), point=2))
        assert stands(peopled, 2) is Standing.ALLOWED

    def test_consent_ends_with_the_person_and_does_not_pass_to_the_successor(
        self, peopled: Desk
    ) -> None:
        consent.record(peopled, [2], FORM._replace(point=1))
        with peopled.book.write() as connection:
            connection.execute("UPDATE contacts SET ended_on = '2026-10-01' WHERE id = 1")
            connection.execute("INSERT INTO contacts (customer_id, name) VALUES (2, 'Mr New')")
            connection.execute(
                "INSERT INTO contact_points (customer_id, contact_id, channel, value)"
                " VALUES (2, 2, 'email', 'new@sommer.example')"
            )
        assert stands(peopled, 2) is Standing.BLOCKED
        with pytest.raises(BadInputError, match="not one of theirs that is in use"):
            consent.record(peopled, [2], FORM._replace(point=1))

    def test_an_address_is_found_as_it_is_typed(self, peopled: Desk) -> None:
        assert consent.address_of(peopled, 2, " ARVID@sommer.example ") == {Channel.EMAIL: 1}
        with pytest.raises(BadInputError, match=r"in use are arvid@sommer\.example"):
            consent.address_of(peopled, 2, "nobody@sommer.example")


class TestTheGate:
    def test_who_was_erased_and_comes_back_stays_out(self, desk: Desk) -> None:
        from winback_tui.book import suppression

        consent.record(desk, [2], FORM)
        with desk.book.write() as connection:
            connection.execute(
                "INSERT INTO contact_points (customer_id, channel, value)"
                " VALUES (2, 'email', 'Info@Sommer.example')"
            )
            suppression.suppress(connection, "email", "info@sommer.example", "2026-01-01")
        for channel in Channel:
            assert gate.gate(desk, [2], channel)[2].state.why is ConsentCode.SUPPRESSED
        assert matching(desk, parse("consent:suppressed")) == {2}

    def test_an_import_that_is_taken_back_counts_no_more(self, desk: Desk) -> None:
        with desk.book.write() as connection:
            ledger.append(connection, GIVEN._replace(customer=2, batch=1))
        assert stands(desk, 2) is Standing.ALLOWED
        with desk.book.write() as connection:
            connection.execute("UPDATE import_batches SET undone_at = '2026-11-21T10:00:00Z'")
        assert stands(desk, 2) is Standing.BLOCKED
        assert matching(desk, parse("email:allowed")) == set()

    def test_a_page_is_read_by_a_fixed_number_of_queries(self, desk: Desk) -> None:
        def queries(customers: list[int]) -> int:
            asked: list[str] = []
            desk.book.connection.set_trace_callback(asked.append)
            consents.facts(desk.book.connection, customers)
            desk.book.connection.set_trace_callback(None)
            return len(asked)

        for customer in (1, 2, 3, 4, 5):
            consent.record(desk, [customer], FORM)
        assert queries([1]) == queries([1, 2, 3, 4, 5])

    def test_the_filter_follows_each_deed(self, desk: Desk) -> None:
        for word, said in (
            ("withdrawn", Statement("withdrawn", (Channel.EMAIL,))),
            ("bounced", Statement("bounced", (Channel.EMAIL,))),
            ("objected", Statement("objected", (Channel.EMAIL,))),
        ):
            assert matching(desk, parse(f"consent:{word}")) == set()
            consent.record(desk, [3], said)
            assert matching(desk, parse(f"consent:{word}")) == {3}
            undo(desk)
            assert matching(desk, parse(f"consent:{word}")) == set()

    def test_whose_consent_ends_soon_or_has_ended_is_found(self, desk: Desk) -> None:
        consent.record(desk, [1], FORM._replace(at="2025-12-10"))
        consent.record(desk, [2], FORM._replace(at="2026-05-10"))
        assert matching(desk, parse("consent:expiring")) == {1}
        assert matching(desk, parse("consent:ageing")) == set()
        found = consent.standings(desk, [1])[1][Channel.EMAIL]
        assert found.ends_in == 19
        assert consent_line(found) == (
            "yes until 10 Dec 2026 (expires in 19 days), consent of 10 Dec 2025"
        )
        later = Desk(desk.book, desk.config, date(2026, 12, 10), "kim")
        assert matching(later, parse("consent:ageing")) == {1}


def test_the_records_are_those_of_the_standard(desk: Desk) -> None:
    consent.record(desk, [2], FORM._replace(wording="May we?"))
    consent.record(desk, [2], Statement("withdrawn", (Channel.EMAIL,)))
    records = consent_records(desk, [2, 3])
    mail = next(each for each in records if each["record_id"].endswith("1002-email-winback"))
    assert json.loads(json.dumps(mail)) == mail
    assert {"schema_version", "record_id", "pii_principal_id", "pii_processing",
            "party_identification", "events"} <= mail.keys()  # fmt: skip
    assert mail["schema_version"] == "ISO/IEC TS 27560:2023"
    assert [each["event_state"] for each in mail["events"]] == ["given", "withdrawn"]
    assert mail["pii_processing"]["privacy_notice"]["text"] == "May we?"
    assert mail["winback"]["standing"]["why"] == "withdrawn"
    assert mail["winback"]["chain_holds"] is True


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2026-05-03", "2026-05-03", "day"),
        ("3.5.2026", "2026-05-03", "day"),
        ("2026-05", "2026-05-01", "month"),
        ("2026", "2026-01-01", "year"),
        ("2026-05-03T14:30Z", "2026-05-03T14:30:00Z", "minute"),
        ("yesterday", "2026-11-20", "day"),
        ("Gestern", "2026-11-20", "day"),
        ("vorgestern", "2026-11-19", "day"),
        ("heute", "2026-11-21", "day"),
        # That is a Saturday, so the last one was a week ago.
        ("Samstag", "2026-11-14", "day"),
        ("letzten Freitag", "2026-11-20", "day"),
        ("last monday", "2026-11-16", "day"),
        ("vor drei Tagen", "2026-11-18", "day"),
        ("2 weeks ago", "2026-11-07", "day"),
        ("vor 3 Monaten", "2026-08-21", "day"),
        ("a year ago", "2025-11-21", "day"),
        ("15.12.", "2025-12-15", "day"),
        ("21.11.", "2026-11-21", "day"),
        ("29.2.", "2024-02-29", "day"),
        ("2026-05-03 14:30:05+02:00", "2026-05-03T12:30:05Z", "second"),
    ],
)
def test_a_moment_is_as_exact_as_it_was_told(text: str, at: str, precision: str) -> None:
    assert parse_moment(text, AS_OF)[:2] == (at, precision)


@pytest.mark.parametrize("text", ["tomorrow", "vor x Tagen", "99999 weeks ago", "31.2.", "ago"])
def test_what_is_no_moment_gone_by_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="is no moment; write it like yesterday"):
        parse_moment(text, AS_OF)


def test_what_is_known_to_the_month_is_never_to_the_caller_s_advantage() -> None:
    def day(event: str, precision: str) -> date:
        return consents.fact_of((event, None, "2026-02-01", precision, "winback", None, None, 0)).at

    assert day("granted", "month") == date(2026, 2, 1)
    assert day("objected", "month") == date(2026, 2, 28)
    assert day("withdrawn", "year") == date(2026, 12, 31)


STRICTNESS = [Standing.ALLOWED, Standing.WARN, Standing.BLOCKED]
FACTS = st.builds(
    ConsentFact,
    st.sampled_from(["granted", "confirmed", "renewed", "used", "withdrawn", "objected",
                     "bounced", "basis_claimed", "basis_lost"]),
    st.sampled_from([None, "consent", "presumed", "existing_customer"]),
    st.dates(date(2019, 1, 1), AS_OF),
    st.sampled_from([each.value for each in Purpose]),
    st.none(),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", ",".join(CONDITIONS)]),
)  # fmt: skip
ASKED = st.tuples(st.sampled_from(Channel), st.sampled_from(PartyKind), st.sampled_from(Purpose))


AGAINST = st.builds(
    ConsentFact,
    st.sampled_from(["objected", "withdrawn", "bounced", "basis_lost"]),
    st.none(),
    st.dates(date(2019, 1, 1), AS_OF),
)


def strictness(facts: list[ConsentFact], asked: tuple[Channel, PartyKind, Purpose]) -> int:
    channel, kind, purpose = asked
    found = standing(facts, channel, kind, AS_OF, Consent(), purpose=purpose)
    return STRICTNESS.index(found.standing)


@given(st.lists(FACTS, max_size=7), AGAINST, st.integers(0, 7), ASKED)
def test_nothing_said_against_contact_ever_opens_a_channel(
    facts: list[ConsentFact],
    against: ConsentFact,
    place: int,
    asked: tuple[Channel, PartyKind, Purpose],
) -> None:
    more = [*facts[:place], against, *facts[place:]]
    assert strictness(more, asked) >= strictness(facts, asked)


@given(st.lists(FACTS, max_size=7), FACTS, ASKED)
def test_what_has_no_date_never_opens_a_channel(
    facts: list[ConsentFact], added: ConsentFact, asked: tuple[Channel, PartyKind, Purpose]
) -> None:
    more = [*facts, added._replace(dated=False)]
    assert strictness(more, asked) >= strictness(facts, asked)
