"""Duplicates: found by what they share, made one without losing anything, and taken apart again."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.apps import DRIFTING, scored
from tests.kinds import bring, write
from tests.little import AS_OF, Buyer, a_sentence, fill, winback
from tests.test_erase import NAME, WHO, fill_every_table, traces
from winback_tui.book import cases, customers, duplicates, events, health, ledger, parties
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import deeds, erase, export, listing, merge, scoring, undoing
from winback_tui.desk.care import Grade, examine
from winback_tui.desk.export import What, Wish
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import CaseState, Channel, Outcome, Sort, Stage, Standing, Tab
from winback_tui.outreach.tables import Format
from winback_tui.rules.merging import combined

#: “Fjord Kontor”, number 1007, who turns out to be “Nordwind Handel” (1004).
OTHER = 9


def at(path: Path) -> Desk:
    return Desk.open(path, Config(), AS_OF)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = scored(tmp_path / "book.db", DRIFTING)
    with at(path) as desk:
        deeds.add_note(desk, [WHO], "of the one")
        deeds.log_call(desk, [OTHER], deeds.Call(Outcome.NO_CONTACT, note="of the other"))
        deeds.add_note(desk, [WHO, OTHER], "of both")
        with desk.book.write() as connection:
            for customer, channel, value in (
                (WHO, "email", "a@nordwind.example"),
                (OTHER, "email", "A@Nordwind.example"),
                (OTHER, "phone", "+4930123"),
            ):
                connection.execute(
                    "INSERT INTO contact_points (customer_id, channel, value) VALUES (?, ?, ?)",
                    (customer, channel, value),
                )
            fill_every_table(connection)
            connection.execute("DELETE FROM not_duplicates")
            connection.execute("DELETE FROM cases WHERE customer_id = ?", (WHO,))
            for signal in (WHO, OTHER):
                connection.execute(
                    "INSERT INTO signals (customer_id, kind, day) VALUES (?, 'complaint', 20000)",
                    (signal,),
                )
                connection.execute(
                    "INSERT INTO contracts (customer_id, number, ends_on) VALUES (?, 'K1', ?)",
                    (signal, "2027-01-01"),
                )
            connection.execute(
                "INSERT INTO transactions (customer_id, day, document, amount, currency, batch_id)"
                " SELECT ?, day, document, amount, currency, batch_id FROM transactions"
                " WHERE customer_id = ? LIMIT 3",
                (OTHER, WHO),
            )
            from winback_tui.book import statistics

            statistics.refresh(connection, [OTHER])
            customers.index_search(connection)
    return path


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of a book that are not the log's own."""
    with Book.open(path) as book:
        tables = [
            name
            for (name,) in book.connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        found = {
            name: sorted(book.connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for name in tables
            if name not in {"merges", "meta", "note_search"}
        }
        undone = {event for (event,) in book.connection.execute("SELECT event_id FROM merges")}
        log = book.connection.execute(
            "SELECT * FROM events WHERE kind <> 'merge' ORDER BY id"
        ).fetchall()
        found["events"] = log
        found["consent_events"] = book.connection.execute(
            "SELECT id, customer_id, channel, event, at FROM consent_events"
            " WHERE event_id IS NULL OR event_id NOT IN (SELECT value FROM json_each(?))",
            (json.dumps(list(undone)),),
        ).fetchall()
        return found


def test_a_merge_is_taken_back_exactly_and_done_again_exactly(path: Path) -> None:
    apart = dump(path)
    with at(path) as desk:
        merge.merge(desk, WHO, OTHER)
        before = listing.run(desk)
    one = dump(path)
    assert one != apart
    for _ in range(2):
        with at(path) as desk:
            undoing.undo(desk)
        assert dump(path) == apart
        with at(path) as desk:
            undoing.redo(desk)
        assert dump(path) == one
    assert before is not None
    for check in examine(path, Config(), AS_OF):
        assert check.grade is Grade.FINE, check


def test_the_one_who_stays_has_all_of_both(path: Path) -> None:
    def sizes(desk: Desk, *ids: int) -> dict[str, int]:
        found: dict[str, int] = {}
        for link in parties.links(desk.book.connection):
            for each in ids:
                rows = len(parties.rows(desk.book.connection, link, each))
                found[link.table] = found.get(link.table, 0) + rows
        return found

    with at(path) as desk:
        both = sizes(desk, WHO, OTHER)
        merge.merge(desk, WHO, OTHER)
        one = sizes(desk, WHO)
        for table in ("transactions", "contacts", "contact_points", "signals", "contracts"):
            assert one[table] == both[table], table
        assert one["events"] == both["events"] + 1
        notes = [each.payload.get("note") for each in events.of_customer(desk.book.connection, WHO)]
        assert {"of the one", "of the other", "of both"} <= set(notes)
        scoring.renew(desk)
        row = listing.rows(desk, [WHO, OTHER])
        assert list(row) == [WHO]
        assert row[WHO].contactable[Channel.EMAIL].standing is Standing.BLOCKED
        assert OTHER not in listing.order(desk, Tab.ALL, Sort.SCORE)
        assert list(ledger.verify(desk.book.connection)) == []


def test_both_numbers_find_the_one_and_a_later_import_goes_there(
    path: Path, tmp_path: Path
) -> None:
    with at(path) as desk:
        merge.merge(desk, WHO, OTHER)
        assert customers.find(desk.book.connection, "1007") == WHO
        assert customers.find(desk.book.connection, "1004") == WHO
        assert WHO in listing_search(desk, "1007")
    later = tmp_path / "later.csv"
    later.write_text("customer,date,amount,currency\n1007,2026-11-20,12.00,EUR\n")
    result = winback("--db", path, "import", "transactions", later, "--format", "json")
    assert result.returncode == 0, result.stderr
    with Book.open(path) as book:
        day = (AS_OF - listing.EPOCH).days - 1
        found = book.connection.execute(
            "SELECT customer_id, amount FROM transactions WHERE day = ?", (day,)
        ).fetchall()
    assert (WHO, 1200) in found


def listing_search(desk: Desk, word: str) -> set[int]:
    from winback_tui.desk.filters import Filter
    from winback_tui.desk.matching import matching

    return set(matching(desk, Filter(words=(word,))))


def test_nothing_before_a_merge_is_undone_while_it_stands(path: Path) -> None:
    with at(path) as desk:
        note = deeds.add_note(desk, [OTHER], "before")
        merge.merge(desk, WHO, OTHER)
        with pytest.raises(BadInputError, match="changed this case since"):
            undoing.take_back(desk, note.id)
        deeds.log_call(desk, [WHO], deeds.Call(Outcome.INBOUND))
        undoing.undo(desk, 3)
        assert cases.replay(desk.book.connection) == cases.everything(desk.book.connection)


def test_duplicates_are_found_by_what_they_share(tmp_path: Path) -> None:
    path = fill(
        tmp_path / "book.db",
        (
            Buyer("1", "Bäckerei Sommer GmbH"),
            Buyer("2", "Baeckerei Sommer"),
            Buyer("3", "Sommer Bäckerei"),
            Buyer("4", "Bäckerei Sommer", city="Berlin"),
            Buyer("5", "Winter KG"),
            Buyer("6", "Herbst AG"),
            Buyer("7", "Frühling"),
            Buyer("8", "Lenz"),
        ),
    )
    with at(path) as desk:
        with desk.book.write() as connection:
            connection.execute("UPDATE customers SET zip = '50667' WHERE city = 'Köln'")
            connection.execute("UPDATE customers SET vat_id = 'DE 123' WHERE number = '5'")
            connection.execute("UPDATE customers SET vat_id = 'de123' WHERE number = '6'")
            connection.executemany(
                "INSERT INTO contact_points (customer_id, channel, value) VALUES (?, ?, ?)",
                [
                    (7, "email", "Info@x.example"),
                    (8, "email", "info@X.example"),
                    (7, "phone", "+49 221 12345"),
                    (8, "sms", "+49221-12345"),
                ],
            )
        found = [
            (each.left.number, each.right.number, each.reasons) for each in merge.suggestions(desk)
        ]
        assert found[:2] == [("5", "6", ("vat_id",)), ("7", "8", ("email", "phone"))]
        assert {pair[:2] for pair in found[2:]} <= {("1", "2"), ("1", "3"), ("2", "3")}
        assert ("1", "3", ("name_zip",)) in found
        merge.dismiss(desk, 6, 5)
        assert ("5", "6") not in {(s.left.number, s.right.number) for s in merge.suggestions(desk)}
        with pytest.raises(BadInputError, match="on record already"):
            merge.dismiss(desk, 5, 6)
        undoing.undo(desk)
        assert ("5", "6") in {(s.left.number, s.right.number) for s in merge.suggestions(desk)}
        merge.merge(desk, 7, 8)
        assert ("7", "8") not in {(s.left.number, s.right.number) for s in merge.suggestions(desk)}


def test_who_is_known_by_name_alone_may_be_one_with_a_neighbour_of_that_name(
    tmp_path: Path,
) -> None:
    path = tmp_path / "book.db"
    sales = write(
        tmp_path,
        "Kunde;PLZ;Datum;Betrag\nHuber;80331;05.01.2026;3,00\nMeier;;05.01.2026;4,00\n"
        "K-17;10115;05.01.2026;4,00\nK-18;10115;05.01.2026;4,00\n",
        "sales.csv",
    )
    list_of = "Kundennummer;Firma;PLZ\n1;Huber GmbH;80331\n2;Meier AG;10115\n3;HUBER;80331\n"
    with Book.create(path) as book:
        bring(book, "transactions", sales)
        file = bring(book, "customers", write(tmp_path, list_of))
        assert [tuple(each.values()) for each in file.suggestions] == [("3", "Huber", "name_zip")]
    with at(path) as desk:
        found = {
            frozenset((each.left.number, each.right.number)): each.reasons
            for each in merge.suggestions(desk)
        }
    huber = [frozenset(pair) for pair in (("Huber", "1"), ("Huber", "3"), ("1", "3"))]
    assert found == dict.fromkeys(huber, ("name_zip",))


def test_names_are_compared_without_legal_forms() -> None:
    assert duplicates.plain_name("Müller & Söhne GmbH & Co. KG") == "muller sohne"
    assert duplicates.plain_name("GmbH") == "gmbh"
    assert duplicates.alike("nordwind handel", "nordwind handels")
    assert duplicates.alike("handel nordwind", "nordwind handel")
    assert not duplicates.alike("nordwind handel", "sudwind hafen")


def test_who_is_to_be_erased_is_not_merged_and_a_merged_one_is_erased_whole(path: Path) -> None:
    with at(path) as desk:
        with pytest.raises(BadInputError, match="same customer"):
            merge.merge(desk, WHO, WHO)
        erase.ask(desk, 7)
        with pytest.raises(BadInputError, match="not merged"):
            merge.merge(desk, WHO, 7)
        merge.merge(desk, WHO, OTHER)
        with pytest.raises(BadInputError, match="already"):
            merge.merge(desk, WHO, OTHER)
        erase.purge_now(desk, WHO)
    assert traces(path) == []
    content = path.read_bytes()
    assert b"Fjord Kontor" not in content
    assert b"of the other" not in content
    assert NAME.encode() not in content


def test_an_export_names_nobody_twice(path: Path, tmp_path: Path) -> None:
    with at(path) as desk:
        merge.merge(desk, WHO, OTHER)
        to = tmp_path / "c.csv"
        export.export(desk, Wish(What.CONSENTS, Format.CSV), to)
    assert "merged into" not in to.read_text()


def test_the_command_suggests_merges_and_keeps_apart(path: Path) -> None:
    listed = json.loads(winback("--db", path, "merge", "suggest", "--format", "json").stdout)
    pair = next(each for each in listed if each["reasons"] == ["email"])
    assert (pair["customer"], pair["other"]) == ("1004", "1007")
    assert "same e-mail" in winback("--db", path, "merge", "suggest").stdout
    done = winback("--db", path, "merge", "1004", "1007")
    assert done.stdout.startswith("Merged Fjord Kontor (1007) into Nordwind Handel (1004)")
    assert "Undone: merged 1007" in winback("--db", path, "undo").stdout
    assert "are two" in winback("--db", path, "merge", "dismiss", "1004", "1007").stdout
    assert "no customer" in a_sentence(winback("--db", path, "merge", "1004", "nobody"), 2)


STATES = st.builds(
    CaseState,
    stage=st.none() | st.sampled_from(Stage),
    opened_on=st.none() | st.dates(),
    closed_on=st.none() | st.dates(),
    attempts=st.integers(0, 9),
    last_contact_on=st.none() | st.dates(),
    next_action_on=st.none() | st.dates(),
    snoozed_until=st.none() | st.dates(),
)


@given(STATES, STATES)
def test_the_case_of_two_loses_no_effort(one: CaseState, other: CaseState) -> None:
    made = combined(one, other)
    assert made.attempts == one.attempts + other.attempts
    contacts = [each for each in (one.last_contact_on, other.last_contact_on) if each]
    assert made.last_contact_on == (max(contacts) if contacts else None)
    open_ones = [s.stage for s in (one, other) if s.stage and not s.stage.closed]
    if open_ones:
        assert made.stage in open_ones
    assert combined(one, CaseState()) == one
    assert combined(CaseState(), other) == other


LINES = st.lists(
    st.tuples(st.integers(20_000, 20_003), st.sampled_from("AB"), st.integers(1, 2)), max_size=12
)


@settings(max_examples=15)
@given(LINES, LINES)
def test_equal_purchases_of_both_stay_two(
    tmp_path_factory: pytest.TempPathFactory,
    one: list[tuple[int, str, int]],
    other: list[tuple[int, str, int]],
) -> None:
    path = fill(tmp_path_factory.mktemp("m") / "b.db", (Buyer("1", "A"), Buyer("2", "B")))
    with at(path) as desk:
        with desk.book.write() as connection:
            connection.execute("DELETE FROM transactions")
            for customer, lines in ((1, one), (2, other)):
                for number, (day, document, amount) in enumerate(sorted(lines)):
                    ordinal = sorted(lines)[:number].count((day, document, amount))
                    connection.execute(
                        "INSERT INTO transactions (customer_id, day, document, amount, currency,"
                        " ordinal, batch_id) VALUES (?, ?, ?, ?, 'EUR', ?, 1)",
                        (customer, day, document, amount, ordinal),
                    )
        whole = "SELECT * FROM transactions ORDER BY 1, 2, 3, 4, 5, 6, 7"
        before = desk.book.connection.execute(whole).fetchall()
        merge.merge(desk, 1, 2)
        found = desk.book.connection.execute(
            "SELECT day, document, amount FROM transactions WHERE customer_id = 1"
        ).fetchall()
        assert sorted(found) == sorted(one + other)
        undoing.undo(desk)
        assert desk.book.connection.execute(whole).fetchall() == before


def test_who_takes_lines_over_has_no_score_until_the_next_run(path: Path) -> None:
    with at(path) as desk:
        with desk.book.write() as connection:
            new = connection.execute("INSERT INTO customers (number) VALUES ('new')").lastrowid
        assert new is not None
        merge.merge(desk, new, OTHER)
        # Half of the other's score would be shown as a number that is none.
        assert listing.rows(desk, [new, OTHER]) == {}
        scoring.renew(desk)
        assert [*listing.rows(desk, [new, OTHER])] == [new]
        undoing.undo(desk)
        assert health.torn_scores(desk.book.connection, fresh=False) == 0
        assert [*listing.rows(desk, [new, OTHER])] == [new]
        scoring.renew(desk)
        assert [*listing.rows(desk, [new, OTHER])] == [OTHER]


def test_a_merge_that_an_earlier_version_noted_is_taken_back(path: Path) -> None:
    with at(path) as desk:
        merge.merge(desk, WHO, OTHER)
        scoring.renew(desk)
        kept = desk.book.connection.execute("SELECT * FROM scores").fetchall()
        with desk.book.write() as connection:
            (text,) = connection.execute("SELECT journal FROM merges").fetchone()
            journal = json.loads(text)
            del journal["score"]
            journal["dropped"]["scores"] = [{"customer_id": OTHER, "score": 9.5, "rfm": "111"}]
            journal["moved"]["scores"] = [["customer_id", {}, {}]]
            connection.execute("UPDATE merges SET journal = ?", (json.dumps(journal),))
        undoing.undo(desk)
        assert desk.book.connection.execute("SELECT * FROM scores").fetchall() == kept
        scoring.renew(desk)
        assert {*listing.rows(desk, [WHO, OTHER])} == {WHO, OTHER}
