"""Customers and people as CRMs and address books export them: addresses, kinds, deleted ones."""

from pathlib import Path

import pytest

from tests.kinds import bring, rows, write
from winback_tui.book.connection import Book


def points(book: Book) -> list[str]:
    return [each for (each,) in rows(book, "SELECT value FROM contact_points ORDER BY id")]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("d(at)d.example", ["d@d.example"]), ("e [at] e.example", ["e@e.example"]),
        ("Lang, Bea <b@b.example>", ["b@b.example"]), ("I@I.EXAMPLE.", ["i@i.example"]),
        ("A <a@a.example>; B <b@b.example>", ["a@a.example", "b@b.example"]),
        ("keine E-Mail", []), ("k.A.", []),
    ],
)  # fmt: skip
def test_mail_addresses_as_people_write_them(
    book: Book, tmp_path: Path, cell: str, found: list[str]
) -> None:
    text = f'Kundennummer,Firma,E-Mail\n1,Nord AG,"{cell}"\n'
    assert bring(book, "customers", write(tmp_path, text)).cells_set_aside == 0
    assert points(book) == found


@pytest.mark.parametrize(
    ("cell", "country", "found"),
    [
        ("0221-123456 Durchwahl 12", "DE", "+49221123456;ext=12"),
        ("0221 123456 App. 7", "DE", "+49221123456;ext=7"),
        ("(0221) 123456, Hr. Meyer", "DE", "+49221123456"),
        ("020 1234567", "Nederland", "+31201234567"), ("044 668 18 00", "CHE", "+41446681800"),
        ("04 93 00 00 00", "F", "+33493000000"), ("0221 123456", "", "+49221123456"),
        ("+55 21 3456-7890", "Brasil", "+552134567890"),
    ],
)  # fmt: skip
def test_phone_numbers_belong_to_the_country_that_stands_beside_them(
    book: Book, tmp_path: Path, cell: str, country: str, found: str
) -> None:
    text = f"Kundennummer;Firma;Telefon;Land\n1;Nord AG;{cell};{country}\n"
    assert bring(book, "customers", write(tmp_path, text)).cells_set_aside == 0
    assert points(book) == [found]


def test_a_number_of_a_country_that_nobody_knows_is_not_taken_for_a_german_one(
    book: Book, tmp_path: Path
) -> None:
    text = "Kundennummer;Firma;Telefon;Land\n1;Rio Ltda;021 3456-7890;Brasil\n"
    assert bring(book, "customers", write(tmp_path, text)).reasons == {"bad_phone": 1}
    assert points(book) == []


@pytest.mark.parametrize(
    ("header", "cell"),
    [("Gelöscht", "1"), ("IsDeleted", "true"), ("deleted_at", "2026-01-01"), ("merged_into", "1")],
)
@pytest.mark.parametrize("kind", ["customers", "contacts"])
def test_a_row_that_its_program_has_deleted_or_merged_is_set_aside(
    book: Book, tmp_path: Path, kind: str, header: str, cell: str
) -> None:
    bring(book, "customers", write(tmp_path, "number,name\n1,Nord\n2,Süd\n", "k.csv"))
    text = f"customer_number,email,{header}\n1,a@x.example,\n2,b@x.example,{cell}\n"
    assert bring(book, kind, write(tmp_path, text)).reasons == {"deleted": 1}
    assert points(book) == ["a@x.example"]


def test_a_refusal_of_a_deleted_one_is_not_lost(book: Book, tmp_path: Path) -> None:
    bring(book, "customers", write(tmp_path, "number,name\n1,Nord\n", "k.csv"))
    text = "number,email,deleted,do not call\n1,a@x.example,1,yes\n"
    bring(book, "customers", write(tmp_path, text))
    assert rows(book, "SELECT DISTINCT channel, event FROM consent_events") == [
        ("phone", "withdrawn")
    ]


@pytest.mark.parametrize(
    ("said", "kind"),
    [("Privatperson", "consumer"), ("Endkunde", "consumer"), ("Geschäftlich", "business"),
     ("particulier", "consumer"), ("Entreprise", "business")],
)  # fmt: skip
def test_more_words_for_companies_and_people(
    book: Book, tmp_path: Path, said: str, kind: str
) -> None:
    bring(book, "customers", write(tmp_path, f"Kundennr;Kundentyp;Name\n1;{said};Nord\n"))
    assert rows(book, "SELECT party_kind FROM customers") == [(kind,)]


def test_addresses_with_remarks_in_their_headers_are_taken(book: Book, tmp_path: Path) -> None:
    text = (
        "Kundennummer;Firma;E-Mail (Büro);E-Mail (privat);Telefon direkt;Postanschrift Straße;"
        "PLZ (Büro)\n1;Nord AG;a@n.example;p@n.example;0221 123456-12;Weg 1;01067\n"
    )
    bring(book, "customers", write(tmp_path, text))
    assert points(book) == ["a@n.example", "p@n.example", "+4922112345612"]
    assert rows(book, "SELECT street, zip FROM customers") == [("Weg 1", "01067")]


def test_what_nobody_asked_for_is_not_kept(book: Book, tmp_path: Path) -> None:
    text = "Kundennummer;Vorname;Nachname;Geburtsdatum;Religion\n1;Anna;Nord;01.05.1980;ev\n"
    file = bring(book, "customers", write(tmp_path, text))
    assert file.columns_without_a_home == ("Geburtsdatum", "Religion")
    assert "1980" not in "\n".join(book.connection.iterdump())


def test_a_bare_customer_column_of_names_finds_them_by_name_or_number(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "customers", write(tmp_path, "number,name\nK1,Nord\nK2,Süd\n", "k.csv"))
    text = "Kunde;Ereignis;Datum\nNord;Beschwerde;13.10.2026\nK2;Beschwerde;13.10.2026\n"
    assert bring(book, "signals", write(tmp_path, text)).created == 2


def test_a_remark_may_say_that_a_column_holds_something_else(book: Book, tmp_path: Path) -> None:
    text = (
        "Kundennummer;Firma;Ansprechpartner (Telefon);Firma (alt)\n1;Nord AG;0221 123456;West AG\n"
    )
    bring(book, "customers", write(tmp_path, text))
    assert rows(book, "SELECT name FROM contacts") == []
    assert rows(book, "SELECT name FROM customers") == [("Nord AG",)]


def test_a_phone_book_names_people_beside_their_companies(book: Book, tmp_path: Path) -> None:
    bring(book, "customers", write(tmp_path, "number,name\n1,Nord AG\n", "k.csv"))
    text = (
        "Name;Firma;Telefon (geschäftlich);Telefon (mobil);Fax\n"
        "Nord, Anna;Nord AG;+49 221 123457;0151/23456789;0221 999\n"
    )
    bring(book, "contacts", write(tmp_path, text))
    assert rows(book, "SELECT name FROM contacts") == [("Nord, Anna",)]
    assert points(book) == ["+49221123457", "+4915123456789"]
