"""Customers from files meet those in the book: found, brought up to date, never overwritten."""

import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kinds import bring, counts, desk, dump, fixture, rows, write
from winback_tui.book import ledger, suppression
from winback_tui.book.connection import Book
from winback_tui.desk.imports import ImportOptions, import_log, run_import, undo_import
from winback_tui.errors import BadInputError

HEADER = "Kundennummer;Firma;PLZ;Ort;USt-IdNr.;E-Mail;Telefon;Betreuer\n"


def customers(folder: Path, text: str, name: str = "customers.csv") -> Path:
    return write(folder, HEADER + text, name)


def purchases(book: Book, folder: Path, text: str) -> None:
    run_import(desk(book), "transactions", [write(folder, text, "orders.csv")])


ORDER = (
    # What the book knows, and what the file says of the same customer.
    ("K-1;Nord AG;;;;;;", "K-1;Nord AG Hamburg;;;;;;"),
    (";Nord AG;;;DE136695976;;;", ";Nord GmbH;;;DE 136 695 976;;;"),
    ("K-1;Nord AG;;;;info@nord.example;;", ";Nord;;;;INFO@nord.example;;"),
    ("K-1;Nord AG;;;;;0221 1234567;", ";Nord AG;;Köln;;;+49 221 123 4567;"),
)


@pytest.mark.parametrize(("first", "second"), ORDER)
def test_a_customer_is_found_by_number_vat_id_e_mail_and_phone(
    book: Book, tmp_path: Path, first: str, second: str
) -> None:
    bring(book, "customers", customers(tmp_path, first + "\n"))
    file = bring(book, "customers", customers(tmp_path, second + "\n", "b.csv"))
    assert counts(file) == {"read": 1, "updated": 1}
    assert rows(book, "SELECT count(*) FROM customers") == [(1,)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # A number of their own says that they are two, whatever they share.
        ("K-1;Nord AG;;;;info@nord.example;;", "K-2;Nord Süd;;;;info@nord.example;;"),
        ("K-1;Nord AG;;;DE136695976;a@nord.example;;", ";Süd;;;DE811569869;a@nord.example;;"),
        # Houses share a switchboard, families a telephone.
        ("K-1;Nord AG;;;;;0221 1234567;", ";Süd AG;;;;;0221 1234567;"),
        # Name and postcode suggest, and do no more.
        ("K-1;Nord AG;50667;;;;;", ";nord ag;50667;;;n@nord.example;;"),
    ],
)
def test_what_could_be_two_stays_two_and_is_suggested(
    book: Book, tmp_path: Path, first: str, second: str
) -> None:
    bring(book, "customers", customers(tmp_path, first + "\n"))
    file = bring(book, "customers", customers(tmp_path, second + "\n", "b.csv"))
    assert counts(file) == {"read": 1, "created": 1}
    assert len(file.suggestions) == 1
    assert file.suggestions[0]["other"] == "K-1"
    assert rows(book, "SELECT customer_id, other_id FROM import_suggestions") == [(2, 1)]


def test_an_address_of_several_needs_a_number(book: Book, tmp_path: Path) -> None:
    two = "K-1;Nord;;;;info@x.example;;\nK-2;Süd;;;;info@x.example;;\n"
    bring(book, "customers", customers(tmp_path, two))
    bad = tmp_path / "bad.csv"
    file = bring(
        book, "customers", customers(tmp_path, ";;;;;info@x.example;;\n", "b.csv"), rejects=bad
    )
    assert file.reasons == {"ambiguous_customer": 1}
    assert ";E-Mail;ambiguous_customer;" in bad.read_text()


def test_an_empty_cell_never_erases_and_what_a_person_set_stays(book: Book, tmp_path: Path) -> None:
    bring(book, "customers", customers(tmp_path, "K-1;Nord AG;50667;Köln;;;;Kim\n"))
    with book.write() as connection:
        connection.execute("UPDATE customers SET owner = 'Alex'")
        connection.execute("INSERT INTO customer_edits VALUES (1, 'owner')")
    file = bring(book, "customers", customers(tmp_path, "K-1;;;Bonn;;;;Kim\n", "b.csv"))
    assert counts(file) == {"read": 1, "updated": 1}
    assert rows(book, "SELECT name, zip, city, owner FROM customers") == [
        ("Nord AG", "50667", "Bonn", "Alex")
    ]
    assert file.changes == ({"number": "K-1", "field": "city", "before": "Köln", "after": "Bonn"},)


def test_a_customer_known_by_name_only_is_enriched_and_found_by_name_later(
    book: Book, tmp_path: Path
) -> None:
    orders = "Firma;Datum;Betrag\nNord AG;05.01.2026;10,00\n"
    purchases(book, tmp_path, orders)
    file = bring(book, "customers", customers(tmp_path, "K-1;Nord AG;50667;Köln;;;;\n"))
    assert counts(file) == {"read": 1, "updated": 1}
    purchases(book, tmp_path, orders + "Nord AG;06.01.2026;12,00\n")
    assert rows(book, "SELECT number, name, zip FROM customers") == [("K-1", "Nord AG", "50667")]
    assert rows(book, "SELECT count(*) FROM transactions") == [(2,)]


def test_a_buyer_known_by_e_mail_is_enriched(book: Book, tmp_path: Path) -> None:
    purchases(book, tmp_path, "customer,date,amount\nIda.Brandt@example.com,2026-01-05,10.00\n")
    bring(book, "customers", fixture("shopify_customers"))
    name = "SELECT name FROM customers JOIN transactions ON customer_id = id"
    assert rows(book, name) == [("Ida Brandt",)]
    assert rows(book, "SELECT count(*) FROM customers") == [(3,)]


def test_rows_of_one_file_that_mean_the_same_customer(book: Book, tmp_path: Path) -> None:
    text = "K-1;Nord;50667;;;a@n.example;;\nK-1;Nord AG;;Köln;;;;\nK-1;Nord;50667;;;a@n.example;;\n"
    bring(book, "customers", customers(tmp_path, text.replace("Nord AG", "Nord")))
    assert rows(book, "SELECT number, name, zip, city FROM customers") == [
        ("K-1", "Nord", "50667", "Köln")
    ]
    again = bring(book, "customers", customers(tmp_path, text.replace("Nord AG", "Nord")))
    assert counts(again) == {"read": 3, "unchanged": 2, "duplicates": 1}


def test_the_same_rows_in_two_files_of_one_command_are_duplicates(
    book: Book, tmp_path: Path
) -> None:
    one = customers(tmp_path, "K-1;Nord;;;;;;\n")
    two = customers(tmp_path, "K-1;Nord;;;;;;\nK-2;Süd;;;;;;\n", "b.csv")
    summary = run_import(desk(book), "customers", [one, two])
    assert [counts(file) for file in summary.files] == [
        {"read": 1, "created": 1},
        {"read": 2, "created": 1, "duplicates": 1},
    ]


def test_search_finds_people_and_addresses_that_came_with_a_file(book: Book) -> None:
    from winback_tui.book import search

    bring(book, "customers", fixture("german"))
    for word in ("eva muller", "info@nord.example", "+491711234567", "dresden"):
        assert search.customers(book.connection, [search.word(word)]) == {1}


def test_whoever_is_suppressed_is_counted_and_not_taken_in(book: Book, tmp_path: Path) -> None:
    with book.write() as connection:
        suppression.suppress(connection, "email", "IDA.Brandt@example.com", "2026-01-01T00:00:00Z")
        suppression.suppress(connection, "phone", "+44 113 496 0000", "2026-01-01T00:00:00Z")
    file = bring(book, "customers", fixture("shopify_customers"))
    assert counts(file) == {"read": 3, "created": 1, "suppressed": 2}
    assert "brandt" not in "\n".join(dump(book)).lower()
    assert rows(book, "SELECT suppressed FROM import_batches") == [(2,)]
    with book.write() as connection:
        suppression.suppress(connection, "number", "K-1", "2026-01-01T00:00:00Z")
    taken = bring(book, "customers", customers(tmp_path, "K-1;Nord;;;;;;\nK-2;Süd;;;;;;\n"))
    assert counts(taken) == {"read": 2, "created": 1, "suppressed": 1}


def test_digests_say_nothing_without_the_book_s_secret(book: Book) -> None:
    with book.write() as connection:
        suppression.suppress(connection, "phone", "+49 221 1234567", "2026-01-01T00:00:00Z")
        secret = suppression.secret(connection)
        assert suppression.secret(connection) == secret
    assert suppression.is_suppressed(book.connection, "phone", "+492211234567")
    assert not suppression.is_suppressed(book.connection, "email", "+492211234567")
    ((digest,),) = rows(book, "SELECT digest FROM suppressions")
    assert digest == suppression.digest(secret, "phone", "+492211234567")
    assert digest != suppression.digest("another", "phone", "+492211234567")


def test_undo_puts_everything_back_exactly(book: Book, tmp_path: Path) -> None:
    purchases(book, tmp_path, "Firma;Datum;Betrag\nNord AG;05.01.2026;10,00\n")
    bring(book, "customers", fixture("hubspot_companies"))
    before = dump(book)
    for name in ("german", "hubspot_contacts", "shopify_customers", "mailchimp", "klaviyo"):
        bring(book, "customers", fixture(name))
        taken = undo_import(desk(book))
        assert taken.kept == ()
        assert dump(book) == before
        assert list(ledger.verify(book.connection)) == []


def test_undo_of_changes_keeps_what_was_changed_since(book: Book, tmp_path: Path) -> None:
    bring(book, "customers", customers(tmp_path, "K-1;Nord;50667;Köln;;;;\nK-2;Süd;1;Ulm;;;;\n"))
    text = "K-1;Nord AG;50668;Bonn;;;;\nK-2;Süd AG;;;;;;\n"
    bring(book, "customers", customers(tmp_path, text, "b.csv"))
    with book.write() as connection:
        connection.execute("UPDATE customers SET city = 'Mainz' WHERE number = 'K-1'")
    taken = undo_import(desk(book))
    assert taken.kept == ("K-1",)
    assert rows(book, "SELECT name, zip, city FROM customers ORDER BY id") == [
        ("Nord", "50667", "Mainz"),
        ("Süd", "1", "Ulm"),
    ]


def test_undo_keeps_customers_whom_somebody_has_dealt_with_since(book: Book) -> None:
    from winback_tui.desk.deeds import add_note

    bring(book, "customers", fixture("shopify_customers"))
    add_note(desk(book), [1], "rang back")
    taken = undo_import(desk(book))
    assert (taken.customers, taken.kept) == (2, ("shopify-7201001",))
    assert list(ledger.verify(book.connection)) == []
    # What the ledger holds of whom stays, and counts no more.
    assert rows(book, "SELECT DISTINCT customer_id FROM consent_events") == [(1,)]
    from winback_tui.book import consents
    from winback_tui.model import Channel

    facts = consents.facts(book.connection, [1])
    assert [fact for fact in facts[1][Channel.EMAIL] if fact.event == "granted"] == []


def test_batches_are_taken_back_in_any_order(book: Book, tmp_path: Path) -> None:
    first, second = fixture("german"), fixture("consents")
    bring(book, "customers", first)
    bring(book, "consents", second)
    taken = undo_import(desk(book), 1)
    assert taken.kept == ("K-100", "K-101")
    assert undo_import(desk(book), 2).customers == 2
    assert rows(book, "SELECT count(*) FROM customers") == [(0,)]
    assert list(ledger.verify(book.connection)) == []
    assert bring(book, "customers", first).created == 3
    assert [batch.kind for batch in import_log(desk(book))] == [
        *("customers", "consents", "customers"),
    ]


@pytest.mark.parametrize("phase", ["read", "write", "statistics"])
def test_cancelling_leaves_the_book_as_it_was(book: Book, phase: str) -> None:
    class CancelledError(Exception):
        pass

    def cancel(_done: int, _total: int, now: str) -> None:
        if now == phase:
            raise CancelledError

    before = list(book.connection.iterdump())
    with pytest.raises(CancelledError):
        run_import(desk(book), "customers", [fixture("german")], progress=cancel)
    assert list(book.connection.iterdump()) == before


HOSTILE = (
    *(
        "[/]",
        "a\x1b[31mb\x07",
        "\u202eevil",
        "🌷 Käthe",
        "x" * 10_000,
        "=1+1",
        "O'Brien; DROP TABLE",
    ),
    *("%s{}", "a\u200bb", "ＦＵＬＬ", '"', "ß" * 400, "null", "-"),
)


def test_hostile_cells_are_data(book: Book, tmp_path: Path) -> None:
    cells = [cell.replace('"', '""') for cell in HOSTILE]
    lines = [f'"N{n}";"{c}";"{c}";"{c}";"{c}";"{c}";"{c}";"{c}"\n' for n, c in enumerate(cells)]
    file = bring(book, "customers", customers(tmp_path, "".join(lines)))
    assert file.created == len(HOSTILE)
    before = dump(book)
    assert bring(book, "customers", customers(tmp_path, "".join(lines))).updated == 0
    assert dump(book) == before
    everything = "".join(map(str, rows(book, "SELECT * FROM customers")))
    assert not set("\x1b\x07\u202e\u200b") & set(everything)


def _one_of(*cells: str) -> st.SearchStrategy[str]:
    return st.sampled_from(("", *cells))


LINE = st.tuples(
    _one_of("K-1", "K-2"),
    _one_of("Nord", "Süd"),
    _one_of("50667", "1"),
    _one_of("Köln"),
    _one_of("DE136695976", "DE811569869"),
    _one_of("a@x.example", "ä@x.example", "none@"),
    _one_of("0221 1234567", "x"),
    _one_of("Kim"),
).map(";".join)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LINE, min_size=1, max_size=6), st.lists(LINE, max_size=4), st.randoms())
def test_any_file_can_be_tried_brought_repeated_and_taken_back(
    lines: list[str], more: list[str], chance: random.Random
) -> None:
    chance.shuffle(more)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = customers(folder, "\n".join(lines) + "\n")
        two = customers(folder, "\n".join(more + lines) + "\n", "b.csv")
        with Book.create(folder / "a.db") as book:
            whole: list[Any] = list(book.connection.iterdump())
            dry = bring(book, "customers", one, dry_run=True)
            assert list(book.connection.iterdump()) == whole
            empty = dump(book)
            done = bring(book, "customers", one)
            assert counts(done) == counts(dry)
            first = dump(book)
            again = bring(book, "customers", one, ImportOptions())
            assert (again.created, again.updated) == (0, 0)
            assert dump(book) == first
            if bring(book, "customers", two).batch is not None:
                undo_import(desk(book))
                assert dump(book) == first
            if done.batch is not None:
                undo_import(desk(book))
                assert dump(book) == empty


SIGNALS = "Ticket-ID;Kundennummer;Art;Datum;Wert;Betreff\n"


def test_a_signal_with_an_id_of_its_own_is_brought_up_to_date(book: Book, tmp_path: Path) -> None:
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK-1;Nord\n"))
    bring(book, "signals", write(tmp_path, SIGNALS + "T-1;K-1;NPS;05.01.2026;3;offen\n"))
    before = dump(book)
    text = SIGNALS + "T-1;K-1;NPS;06.01.2026;9;\nT-2;K-1;NPS;07.01.2026;;neu\n"
    file = bring(book, "signals", write(tmp_path, text, "b.csv"))
    assert counts(file) == {"read": 2, "created": 1, "updated": 1}
    # An empty cell takes nothing away.
    found = "SELECT source_id, date(day * 86400, 'unixepoch'), value, note FROM signals ORDER BY 1"
    assert rows(book, found) == [
        ("T-1", "2026-01-06", 9.0, "offen"),
        ("T-2", "2026-01-07", None, "neu"),
    ]
    assert counts(bring(book, "signals", write(tmp_path, text, "b.csv"), again=True)) == {
        "read": 2,
        "unchanged": 2,
    }
    undo_import(desk(book))
    assert dump(book) == before


def signals(book: Book) -> list[tuple[str, str, float]]:
    return rows(book, "SELECT source_id, kind, value FROM signals ORDER BY 1, 2")


def test_a_signal_that_comes_again_under_another_kind_stands_once(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK-1;Nord\n"))
    first = SIGNALS + "T-1;K-1;NPS;05.01.2026;3;offen\n"
    bring(book, "signals", write(tmp_path, first))
    before = dump(book)
    other = SIGNALS + "T-1;K-1;Beschwerde;05.01.2026;3;offen\n"
    file = bring(book, "signals", write(tmp_path, other, "b.csv"))
    assert (counts(file), signals(book)) == (
        {"read": 1, "updated": 1}, [("T-1", "complaint", 3.0)],
    )  # fmt: skip
    bring(book, "signals", write(tmp_path, first + other.removeprefix(SIGNALS), "c.csv"))
    assert signals(book) == [("T-1", "complaint", 3.0), ("T-1", "nps", 3.0)]
    undo_import(desk(book))
    undo_import(desk(book))
    assert dump(book) == before


def test_a_signal_s_kind_is_not_taken_back_where_another_has_it_by_now(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK-1;Nord\n"))
    first, other = "T-1;K-1;NPS;05.01.2026;3;a\n", "T-1;K-1;Beschwerde;05.01.2026;3;a\n"
    for place, text in enumerate((first, other, first + other)):
        bring(book, "signals", write(tmp_path, SIGNALS + text, f"{place}.csv"))
    undo_import(desk(book), 3)
    assert signals(book) == [("T-1", "complaint", 3.0), ("T-1", "nps", 3.0)]


@pytest.mark.parametrize(
    "second",
    ["T-1;K-1;NPS;05.01.2026;3;offen\nT-1;K-1;Beschwerde;05.01.2026;3;offen\n",
     "T-1;K-1;Beschwerde;06.01.2026;3;offen\n"],
)  # fmt: skip
def test_a_signal_s_id_under_two_kinds_of_one_file_or_two_days_is_of_two(
    book: Book, tmp_path: Path, second: str
) -> None:
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK-1;Nord\n"))
    bring(book, "signals", write(tmp_path, SIGNALS + "T-1;K-1;NPS;05.01.2026;3;offen\n"))
    bring(book, "signals", write(tmp_path, SIGNALS + second, "b.csv"))
    assert [kind for _, kind, _ in signals(book)] == ["complaint", "nps"]


def test_many_rows_come_in_as_few_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from winback_tui.book import rows as bulk

    found = []
    for many in (10**9, 1):
        monkeypatch.setattr(bulk, "_MANY", many)
        with Book.create(tmp_path / f"{many}.db") as book:
            schema = set(rows(book, "SELECT type, name, sql FROM sqlite_master"))
            bring(book, "customers", fixture("shopify_customers"))
            bring(book, "contacts", fixture("hubspot_contacts"))
            assert set(rows(book, "SELECT type, name, sql FROM sqlite_master")) == schema
            assert rows(book, "PRAGMA integrity_check") == [("ok",)]
            found.append(
                (
                    rows(book, "SELECT * FROM contact_points ORDER BY id"),
                    rows(
                        book,
                        "SELECT id, event, contact_point_id FROM consent_events ORDER BY id",
                    ),
                )
            )
    assert found[0] == found[1]
    assert all(found[0])


def test_a_consent_that_was_taken_back_does_not_keep_a_file_s_out(
    book: Book, tmp_path: Path
) -> None:
    from winback_tui.desk import consent, undoing
    from winback_tui.desk.consent import Statement
    from winback_tui.model import Channel

    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK-1;Nord\n"))
    said = Statement("granted", (Channel.EMAIL,), source="form")
    consent.record(desk(book), [1], said)
    path = write(tmp_path, "Kundennummer;Kanal;Einwilligung\nK-1;email;ja\n", "c.csv")
    assert counts(bring(book, "consents", path)) == {"read": 1, "unchanged": 1}
    undoing.undo(desk(book))
    assert counts(bring(book, "consents", path)) == {"read": 1, "created": 1}


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("attribute:rabatt=gold", {1}),
        ("attribute:Rabatt=GOLD", {1}),
        ('attribute:"Rabatt=sehr hoch"', {2}),
        ("attribute:rabatt", {1, 2}),
        ("attribute:rabatt=", {3}),
        ("attribute:rabatt=nichts", set()),
        ("attribute:rabatt=gold nord", {1}),
    ],
)
def test_attributes_narrow_the_list(
    book: Book, tmp_path: Path, where: str, found: set[int]
) -> None:
    from winback_tui.desk import filters, matching

    text = "Kundennummer;Firma;Rabatt\nK-1;Nord;Gold\nK-2;Süd;sehr hoch\nK-3;West;\n"
    bring(book, "customers", write(tmp_path, text), mapping=(("Rabatt", "attribute:Rabatt"),))
    asked = filters.parse(where)
    assert matching.matching(desk(book), asked) == found
    assert filters.parse(str(asked)) == asked
    assert matching.choices(desk(book))["attribute"] == [
        ("Rabatt=Gold", 1),
        ("Rabatt=sehr hoch", 1),
    ]


def test_a_filter_by_no_attribute_is_refused() -> None:
    from winback_tui.desk import filters

    with pytest.raises(BadInputError, match="names no attribute"):
        filters.parse("attribute:=gold")


def test_merged_and_former_numbers_still_name_the_customer(book: Book, tmp_path: Path) -> None:
    from winback_tui.book import customers as people

    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK-1;Nord\n"))
    with book.write() as connection:
        connection.execute("INSERT INTO customer_aliases VALUES ('', 'OLD-9', 1, NULL)")
    assert people.find(book.connection, "OLD-9") == people.find(book.connection, "K-1") == 1


LEADS = """\
Lead ID,First Name,Last Name,Company,Title,Email,Phone,Street,Created Date
1,Eva,Lang,Lang GmbH,CEO,info@lang.example,0731 123456,Weg 1,2025-01-15
2,Udo,Kurz,Lang GmbH,CFO,info@lang.example,0731 123456,Weg 2,2025-02-16
3,Eva,LANG,Lang GmbH,COO,eva@lang.example,0731 123456,Weg 1,2025-03-17
3,Eva,LANG,Lang GmbH,Owner,eva@lang.example,0731 123456,Weg 1,2025-03-17
"""


def test_leads_of_one_company_that_differ_change_nothing_when_they_come_again(
    book: Book, tmp_path: Path
) -> None:
    path = write(tmp_path, LEADS)
    bring(book, "customers", path)
    for _ in range(2):
        again = bring(book, "customers", path, again=True)
        assert (again.created, again.updated, again.batch) == (0, 0, None)
    roles = book.connection.execute("SELECT name, role FROM contacts ORDER BY id").fetchall()
    assert roles == [("Eva LANG", "Owner"), ("Udo Kurz", "CFO")]


def test_the_last_row_of_a_contract_counts_and_brings_nothing_when_it_comes_again(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\n7;Nord AG\n", "c.csv"))
    text = "Kundennummer;Vertragsnummer;Vertragsende\n7;V1;2026-12-31\n7;V1;2027-12-31\n"
    path = write(tmp_path, text)
    bring(book, "contracts", path)
    again = bring(book, "contracts", path, again=True)
    assert (again.created, again.updated, again.batch) == (0, 0, None)
    assert book.connection.execute("SELECT ends_on FROM contracts").fetchall() == [("2027-12-31",)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna-lena@shop.example", "annalena@shop.example"),
        ("info@nord-see.example", "info@nordsee.example"),
        ("a(b)/c@x.example", "abc@x.example"),
    ],
)
def test_e_mail_addresses_that_differ_by_a_sign_are_two_customers(
    book: Book, tmp_path: Path, one: str, other: str
) -> None:
    bring(book, "customers", customers(tmp_path, f"K-1;Anna Lena GmbH;;;;{one};;\n"))
    purchases(book, tmp_path, f"customer;date;amount\n{other};2026-01-05;10.50\n")
    bring(book, "customers", customers(tmp_path, f";Annalena Meier;;;;{other};;\n", "b.csv"))
    named = rows(book, "SELECT number, name FROM customers ORDER BY id")
    assert named[0] == ("K-1", "Anna Lena GmbH")
    assert len(named) == 2
    assert rows(book, "SELECT count(*) FROM transactions WHERE customer_id = 1") == [(0,)]


def test_an_e_mail_address_is_the_same_in_any_case_and_a_number_in_any_writing(
    book: Book, tmp_path: Path
) -> None:
    text = "K-1;Anna Lena GmbH;;;;Anna-Lena@Shop.example;0221 1234567;\n"
    bring(book, "customers", customers(tmp_path, text))
    purchases(book, tmp_path, "customer;date;amount\nanna-lena@shop.example;2026-01-05;10.50\n")
    assert rows(book, "SELECT count(*) FROM customers") == [(1,)]
    again = ";Anna Lena GmbH;;;;;+49 221 12 34 567;\n"
    bring(book, "customers", customers(tmp_path, again, "b.csv"))
    assert rows(book, "SELECT count(*) FROM customers") == [(1,)]
