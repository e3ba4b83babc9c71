"""What an erasure overlooks easily: names in file names, numbers that are names, other notes."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.apps import DRIFTING, scored
from tests.little import AS_OF, EPOCH
from winback_tui.book import manifest, suppression
from winback_tui.book.erase import never_leave
from winback_tui.book.manifest import Export
from winback_tui.config import Config, Webhook
from winback_tui.desk import alerts, contacts, deeds, erase, export, gate, person
from winback_tui.desk.contacts import NewContact
from winback_tui.desk.export import What, Wish
from winback_tui.desk.session import Desk
from winback_tui.model import Channel, Tab
from winback_tui.outreach.tables import Format
from winback_tui.rules.consent import ConsentCode
from winback_tui.words import erase as words
from winback_tui.words.format import Formats

WHO = 6
NUMBERS = ("Anna.Schmitt@example.org", "Anna Schmitt", "DE89370400440532013000", "K77")


def erasable(path: Path, number: str) -> Desk:
    """Return a book where customer 6 has this number, with files on her and on others."""
    # Nobody listens there: what is to be posted waits in the book.
    config = Config(webhook=Webhook(url="http://127.0.0.1:9/", secret_file="none"))
    desk = Desk.open(scored(path / "book.db", DRIFTING), config, AS_OF)
    with desk.book.write() as connection:
        connection.execute(
            "UPDATE customers SET number = ?, name = 'Anna Schmitt' WHERE id = ?", (number, WHO)
        )
        connection.execute(
            "INSERT INTO contacts (customer_id, name) VALUES (?, 'Jo Schnittlauch')", (WHO,)
        )
        connection.execute(
            "UPDATE import_batches SET file_name = ?, summary = ?",
            (f"orders {number}.csv", json.dumps({"rows": 1004, "seen": [f"at {number} twice"]})),
        )
        connection.execute(
            "INSERT INTO import_replaced (batch_id, old_batch_id, customer_id, day, document,"
            " product, amount, currency, ordinal) VALUES (1, 1, ?, 1, ?, '', 1, 'EUR', 0)",
            (WHO, number),
        )
        connection.execute(
            "INSERT INTO signals (customer_id, kind, day) VALUES (?, 'complaint', ?)",
            (WHO, (AS_OF - EPOCH).days),
        )
        desk.book.bump_revision()
    assert WHO in {each.customer for each in alerts.look(desk).raised}
    deeds.hand_over(desk, [WHO], "Alex", out=path / "out", justify="asked for")
    person.write(desk, WHO, path / "out")
    export.export(
        desk, Wish(What.LIST, Format.CSV, Tab.ALL), path / f"all but {number.casefold()}.csv"
    )
    return desk


def texts(connection: sqlite3.Connection) -> list[str]:
    """Return every text that any table holds, with table and column."""
    tables = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    found = []
    for (table,) in tables:
        cursor = connection.execute(f"SELECT * FROM {table}")
        names = [each[0] for each in cursor.description]
        for row in cursor:
            for name, value in zip(names, row, strict=True):
                text = value.decode("latin-1") if isinstance(value, bytes) else value
                if isinstance(text, str):
                    found.append(f"{table}.{name}: {text}".casefold())
    return found


@pytest.mark.parametrize("number", NUMBERS)
def test_no_table_holds_the_name_or_the_number_after_a_purge(tmp_path: Path, number: str) -> None:
    with erasable(tmp_path, number) as desk:
        words = {number.casefold(), "anna schmitt", "anna-schmitt", "schnittlauch"}
        held = texts(desk.book.connection)
        assert any(number.casefold() in each for each in held)
        queued = [each for each in held if each.startswith("outbox.body") and "anna" in each]
        assert len(queued) == 2  # the alert and the packet
        before = manifest.log(desk.book.connection)
        done = erase.purge_now(desk, WHO)
        left = [each for each in texts(desk.book.connection) for word in words if word in each]
        assert left == []
        after = manifest.log(desk.book.connection)
        assert [each.sha256 for each in after] == [each.sha256 for each in before]
        assert {each.file for each in after if each.kind != "list"} == {done.pseudonym}
        assert sorted(each.file for each in done.plan.exports) == sorted(e.file for e in before)
        (rows,) = desk.book.connection.execute("SELECT summary FROM import_batches").fetchone()
        assert json.loads(rows) == {"rows": 1004, "seen": [f"at {done.pseudonym} twice"]}


def test_the_files_for_a_person_do_not_carry_the_name(tmp_path: Path) -> None:
    with erasable(tmp_path, "Anna Schmitt") as desk:
        files = person.write(desk, WHO, tmp_path / "again")
        assert not any("anna" in each.name.casefold() for each in files)
        assert len({each.stem for each in files}) == 1


@pytest.mark.parametrize(
    ("note", "found"),
    [
        ("Kennt Herrn Schnittlauch von drüben", True),
        ("Bruder von k77.", True),
        ("Jo Schnittlauch's friend", True),
        ("bought K778 and Schnittlauchbrot", False),
    ],
)
def test_the_plan_names_notes_of_others_that_mention_people_or_the_number(
    tmp_path: Path, note: str, found: bool
) -> None:
    with erasable(tmp_path, "K77") as desk:
        deeds.add_note(desk, [8], note)
        assert bool(erase.plan(desk, WHO).mentions) is found


def test_a_contact_of_the_same_name_elsewhere_mentions_nobody(tmp_path: Path) -> None:
    with erasable(tmp_path, "K77") as desk:
        name = "Jo Schnittlauch"
        contacts.add_contact(desk, 8, NewContact(name))
        assert erase.plan(desk, WHO).mentions == ()
        deeds.add_note(desk, [7], f"asked {name}")
        found = erase.plan(desk, WHO).mentions
        assert found == (number_of(desk, 7),)


def number_of(desk: Desk, customer: int) -> str:
    sought = "SELECT number FROM customers WHERE id = ?"
    return str(desk.book.connection.execute(sought, (customer,)).fetchone()[0])


def test_signals_and_contracts_of_others_that_mention_people_are_named(tmp_path: Path) -> None:
    with erasable(tmp_path, "K77") as desk:
        with desk.book.write() as connection:
            connection.execute(
                "INSERT INTO signals (customer_id, kind, day, note)"
                " VALUES (8, 'complaint', 15000, 'rude to Herr SCHNITTLAUCH')"
            )
            connection.execute(
                "INSERT INTO contracts (customer_id, title, ends_on)"
                " VALUES (7, 'as for K77', '2027-01-01')"
            )
            connection.execute(
                "INSERT INTO contracts (customer_id, title, ends_on)"
                " VALUES (6, 'Schnittlauchbrot', '2027-01-01')"
            )
        found = erase.plan(desk, WHO).mentions
        assert set(found) == {number_of(desk, 8), number_of(desk, 7)}


def test_a_draft_that_is_an_export_as_well_is_told_once(tmp_path: Path) -> None:
    with erasable(tmp_path, "K77") as desk:
        at = "2026-11-27T10:00:00Z"
        export = Export(1, at, "kim", "mail", "eml", "mails/mail-77.eml", "", 1, 0, "")
        files = ("mail-77.eml", "/packets/handover-77.md")
        told = erase.plan(desk, WHO)._replace(exports=(export,), files=files)
        lines = erase.todos(desk, told, Formats())
        assert sum("mail-77.eml" in each for each in lines) == 1
        assert "delete /packets/handover-77.md" in lines


def test_a_family_name_alone_is_told_as_perhaps(tmp_path: Path) -> None:
    with erasable(tmp_path, "K77") as desk:
        deeds.add_note(desk, [8], "Frau Schnittlauch, one of many")
        deeds.add_note(desk, [7], "asked Jo Schnittlauch")
        told = erase.plan(desk, WHO)
        assert set(told.mentions) == {number_of(desk, 7), number_of(desk, 8)}
        assert told.perhaps == (number_of(desk, 8),)
        lines = erase.todos(desk, told, Formats())
        (sure,) = (each for each in lines if "they mention the customer" in each)
        (perhaps,) = (each for each in lines if each.startswith("perhaps, look yourself"))
        assert number_of(desk, 7) in sure
        assert number_of(desk, 8) not in sure
        assert number_of(desk, 8) in perhaps
        assert number_of(desk, 7) not in perhaps


def test_where_many_mention_the_customer_the_rest_is_counted() -> None:
    numbers = [f"A{each}" for each in range(23)]
    (line,) = (each for each in words.todos([], [], numbers, (6, 8)) if "mention" in each)
    assert "A19 and 3 more: they mention the customer" in line
    (line,) = (each for each in words.todos([], [], numbers[:2], (6, 8)) if "mention" in each)
    assert "A0 and A1: they mention" in line


def test_a_suppressed_number_stays_out_however_it_is_cased(tmp_path: Path) -> None:
    with erasable(tmp_path, "K77") as desk:
        erase.purge_now(desk, WHO)
        connection = desk.book.connection
        assert suppression.among(connection, "number", ["k77", "K77", "k78"]) == {"k77", "K77"}
        with desk.book.write():
            old = suppression.digest(suppression.secret(connection), "number", "X9")
            connection.execute(
                "INSERT INTO suppressions VALUES (?, 'number', '2026-01-01')", (old,)
            )
        assert suppression.is_suppressed(connection, "number", "X9")


def test_a_last_name_goes_from_the_names_of_files_but_not_from_within_words(
    tmp_path: Path,
) -> None:
    with Desk.open(scored(tmp_path / "book.db", DRIFTING), Config(), AS_OF) as desk:
        with desk.book.write() as connection:
            connection.execute(
                "UPDATE customers SET name = 'Anna Gold', party_kind = 'consumer' WHERE id = ?",
                (WHO,),
            )
            connection.execute("UPDATE import_batches SET file_name = 'gold-goldfish.csv'")
        done = erase.purge_now(desk, WHO)
        (name,) = desk.book.connection.execute("SELECT file_name FROM import_batches").fetchone()
        assert name == f"{done.pseudonym}-goldfish.csv"


@pytest.mark.parametrize(
    ("erased", "came_back", "kept_out"),
    [
        ("kim@home.example", "Kim+Shop@home.example", True),
        ("kim+shop@home.example", "kim@home.example", True),
        ("kim+a@home.example", "kim+b@home.example", True),
        ("kim@home.example", "kimshop@home.example", False),
        ("kim@home.example", "kim@work.example", False),
        ("+a@home.example", "+b@home.example", False),
    ],
)
def test_what_follows_a_plus_makes_no_other_mailbox(
    tmp_path: Path, erased: str, came_back: str, *, kept_out: bool
) -> None:
    with Desk.open(scored(tmp_path / "book.db", DRIFTING), Config(), AS_OF) as desk:
        with desk.book.write() as connection:
            suppression.suppress(connection, "email", erased, "2026-01-01")
        assert suppression.is_suppressed(desk.book.connection, "email", came_back) is kept_out


def test_who_was_erased_and_had_an_address_for_a_number_is_kept_out_as_that_mailbox(
    tmp_path: Path,
) -> None:
    with erasable(tmp_path, "kim@home.example") as desk:
        with desk.book.write() as connection:
            connection.execute("UPDATE customers SET number = 'Kim+Shop@home.example' WHERE id = 1")
        kim = NewContact("Kim", "", ((Channel.EMAIL, "kim@home.example"),))
        contacts.add_contact(desk, 2, kim)
        erase.purge_now(desk, WHO)
        states = {who: each.state for who, each in gate.gate(desk, [1, 2], Channel.EMAIL).items()}
        assert {each.why for each in states.values()} == {ConsentCode.SUPPRESSED}
        assert never_leave(desk.book.connection) >= {1, 2}


def test_an_erased_number_is_known_however_it_is_typed(tmp_path: Path) -> None:
    with Desk.open(scored(tmp_path / "book.db", DRIFTING), Config(), AS_OF) as desk:
        kim = NewContact("Kim", "", ((Channel.PHONE, "030 / 555 77 88"),))
        contacts.add_contact(desk, WHO, kim)
        erase.purge_now(desk, WHO)
        bo = NewContact("Bo", "", ((Channel.PHONE, "+49 (0)30 5557788"),))
        contacts.add_contact(desk, 1, bo)
        state = gate.gate(desk, [1], Channel.PHONE)[1].state
        assert state.why is ConsentCode.SUPPRESSED
