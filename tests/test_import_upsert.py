"""Customers from files meet those in the book: found, brought up to date, never overwritten."""

from pathlib import Path

import pytest

from tests.kinds import bring, counts, customers, desk, dump, fixture, rows, write
from winback_tui.book import suppression
from winback_tui.book.connection import Book
from winback_tui.desk.imports import run_import


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
