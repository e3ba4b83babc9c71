"""Exports of newsletter tools and address books: who may be written to, and who is nobody."""

from pathlib import Path

import pytest

from tests.kinds import bring, counts, rows, write
from winback_tui.book.connection import Book
from winback_tui.errors import BadInputError

CONSENTS = (
    "SELECT name, channel, event, substr(at, 1, 10) FROM consent_events e "
    "JOIN customers c ON c.id = e.customer_id ORDER BY c.id, e.id"
)
PEOPLE = "".join(f"{n};{n};{n.lower()}@x.example\n" for n in ("Al", "Bo", "Cy", "Di", "Ed"))


@pytest.fixture
def known(book: Book, tmp_path: Path) -> Book:
    """A book with five people and their addresses."""
    bring(book, "customers", write(tmp_path, f"Kundennummer;Kunde;E-Mail\n{PEOPLE}", "known.csv"))
    return book


def states(book: Book) -> list[tuple[str, str]]:
    """Return the last that is known of each address."""
    last = {name: event for name, _, event, _ in rows(book, CONSENTS)}
    return list(last.items())


def test_a_status_beside_addresses_is_that_of_the_address(known: Book, tmp_path: Path) -> None:
    text = (
        "E-Mail;Vorname;Status;Angelegt am;Aktiviert am;Abgemeldet am\n"
        "al@x.example;Al;aktiv;01.02.2025 10:00;01.02.2025 10:05;\n"
        "bo@x.example;Bo;abgemeldet;01.02.2025 10:00;01.02.2025 10:05;05.03.2026 08:00\n"
        "cy@x.example;Cy;gelöscht;01.02.2025 10:00;;\n"
        "di@x.example;Di;hardbounce;01.02.2025 10:00;01.02.2025 10:05;\n"
        "ed@x.example;Ed;neu;01.02.2025 10:00;;\n"
    )
    path = write(tmp_path, text)
    bring(known, "consents", path)
    assert states(known) == [
        ("Al", "confirmed"), ("Bo", "withdrawn"), ("Cy", "withdrawn"), ("Di", "bounced"),
    ]  # fmt: skip
    before = rows(known, CONSENTS)
    assert counts(bring(known, "consents", path, again=True)) == {"read": 5, "unchanged": 5}
    assert rows(known, CONSENTS) == before


def test_when_somebody_signed_up_is_not_when_they_left(known: Book, tmp_path: Path) -> None:
    text = (
        "email;optin-status;optin-datum;abmeldedatum\nal@x.example;bestätigt;2025-02-01;\n"
        "bo@x.example;abgemeldet;2025-02-01;2026-03-05\ncy@x.example;abgemeldet;2025-02-01;\n"
    )
    bring(known, "consents", write(tmp_path, text))
    told = [each for each in rows(known, CONSENTS) if each[0] != "Cy"]
    # Bo has left the newsletter, and wants no other advertising either.
    assert told == [
        ("Al", "email", "confirmed", "2025-02-01"),
        *[("Bo", "email", "withdrawn", "2026-03-05")] * 2,
    ]  # fmt: skip
    assert states(known)[-1] == ("Cy", "withdrawn")
    assert ("Cy", "email", "withdrawn", "2025-02-01") not in rows(known, CONSENTS)


def test_seconds_since_1970_are_moments_and_a_nought_is_none(known: Book, tmp_path: Path) -> None:
    text = (
        "email;registered;activated;deactivated\nal@x.example;1738400000;1738400300;0\n"
        "bo@x.example;1738400000;1738400300;1772700000\n"
    )
    file = bring(known, "consents", write(tmp_path, text))
    assert file.cells_set_aside == 0
    assert rows(known, CONSENTS)[-1] == ("Bo", "email", "withdrawn", "2026-03-05")
    assert states(known) == [("Al", "confirmed"), ("Bo", "withdrawn")]


@pytest.mark.parametrize("header", ["Status", "Marketing-Status", "List membership"])
def test_who_has_unsubscribed_is_not_lost_whatever_the_header(
    book: Book, tmp_path: Path, header: str
) -> None:
    text = f"ID,Email,First Name,Last Name,{header}\n" + "".join(
        f"{n},{name}@x.example,{name},X,{word}\n"
        for n, (name, word) in enumerate(
            (("Al", "Active"), ("Bo", "Unsubscribed"), ("Cy", "Bounced"), ("Di", "Unconfirmed"))
        )
    )
    bring(book, "customers", write(tmp_path, text))
    assert states(book) == [("Al X", "granted"), ("Bo X", "withdrawn"), ("Cy X", "bounced")]


@pytest.mark.parametrize("kind", ["consents", "customers"])
def test_a_known_program_s_own_status_counts_beside_its_times(
    known: Book, tmp_path: Path, kind: str
) -> None:
    text = "Email Address,First Name,OPTIN_TIME,CONFIRM_TIME,Mailing state\n" + "".join(
        f"{name}@x.example,{name},2026-05-03 09:12:00,2026-05-03 09:15:00,{word}\n"
        for name, word in (("al", "subscribed"), ("bo", "unsubscribed"), ("cy", "cleaned"))
    )
    bring(known, kind, write(tmp_path, text))
    assert states(known) == [("Al", "confirmed"), ("Bo", "withdrawn"), ("Cy", "bounced")]


def test_a_ledger_s_other_columns_are_no_status_of_addresses(known: Book, tmp_path: Path) -> None:
    text = (
        "E-Mail;Kanal;Einwilligung;Datum;Liste\nal@x.example;Post;ja;2026-05-03;abgemeldet\n"
        "bo@x.example;Post;ja;2026-05-03;\n"
    )
    bring(known, "consents", write(tmp_path, text))
    told = [(name, channel, event) for name, channel, event, _ in rows(known, CONSENTS)]
    assert told == [("Al", "post", "granted"), ("Bo", "post", "granted")]


def test_a_status_of_customers_is_none_of_their_addresses(book: Book, tmp_path: Path) -> None:
    text = "Kundennummer;Firma;E-Mail;Status\n1;Al;al@x.example;aktiv\n2;Bo;bo@x.example;inaktiv\n"
    bring(book, "customers", write(tmp_path, text))
    assert rows(book, CONSENTS) == []


@pytest.mark.parametrize(
    ("number", "header"),
    [
        ("Nummer", "Mitgliedsstatus"), ("Kundennummer", "Status"), ("Nummer", "Kundenstatus"),
        ("Nummer", "Notiz"), ("Kundennummer", "Stand"), ("Nummer", "Vertragsstatus"),
    ],
)  # fmt: skip
def test_who_has_left_a_club_tells_nothing_of_who_allowed_mail(
    book: Book, tmp_path: Path, number: str, header: str
) -> None:
    text = f"{number};Name;E-Mail;{header}\n1;Al;al@x.example;aktiv\n2;Bo;bo@x.example;abgemeldet\n"
    bring(book, "customers", write(tmp_path, text))
    assert rows(book, CONSENTS) == []


@pytest.mark.parametrize(
    "header",
    ["email,plan,mrr,started_at", "email,belegnr,soll,datum", "kundennummer,email,name,datum",
     "email,order_id,total,date"],
)  # fmt: skip
def test_the_status_of_a_contract_or_an_order_allows_nothing(
    known: Book, tmp_path: Path, header: str
) -> None:
    cells = ",".join("al@x.example" if name == "email" else "1" for name in header.split(","))
    path = write(tmp_path, f"{header},status\n{cells},active\n")
    with pytest.raises(BadInputError, match="no column was recognised as channel"):
        bring(known, "consents", path)


def test_who_confirmed_a_course_allowed_no_mail(book: Book, tmp_path: Path) -> None:
    text = (
        "Name;E-Mail;Kurs;Buchungsdatum;Status\nAl;al@x.example;Yoga;21.05.2026;bestätigt\n"
        "Bo;bo@x.example;Yoga;22.05.2026;abgemeldet\n"
    )
    bring(book, "customers", write(tmp_path, text))
    assert rows(book, CONSENTS) == []


def test_a_list_of_addresses_alone_says_who_left_it(book: Book, tmp_path: Path) -> None:
    text = "E-Mail;Name;Status\nal@x.example;Al;angemeldet\nbo@x.example;Bo;abgemeldet\n"
    bring(book, "customers", write(tmp_path, text))
    assert states(book) == [("Al", "granted"), ("Bo", "withdrawn")]


def test_a_line_of_thousands_of_words_is_no_header_that_is_thought_about(
    book: Book, tmp_path: Path
) -> None:
    words = " ".join(f"name{n}" for n in range(5_000))
    text = f"Kundennummer;Name;{words}\n1;Al;x\n"
    assert bring(book, "customers", write(tmp_path, text)).created == 1


def test_consent_in_numbers_is_asked_about(book: Book, tmp_path: Path) -> None:
    text = "Kundennummer;Firma;E-Mail;Email Status\n1;Al;al@x.example;1\n2;Bo;bo@x.example;2\n"
    path = write(tmp_path, text)
    with pytest.raises(BadInputError, match=r"“Email Status” tells what was allowed in numbers"):
        bring(book, "customers", path)
    bring(book, "customers", path, mapping=(("Email Status", "ignore"),))
    assert rows(book, CONSENTS) == []


def test_what_a_crm_does_not_allow_is_withdrawn(known: Book, tmp_path: Path) -> None:
    text = (
        "(Do Not Modify) Contact,Full Name,Email,Company Name,Do not allow Emails,"
        "Do not allow Phone Calls\n1,Al A,al@x.example,Al,Allow,Allow\n"
        "2,Bo B,bo@x.example,Bo,Do Not Allow,Do Not Allow\n"
    )
    bring(known, "contacts", write(tmp_path, text))
    told = {(name, channel, event) for name, channel, event, _ in rows(known, CONSENTS)}
    assert told == {("Bo", "email", "withdrawn"), ("Bo", "phone", "withdrawn")}


def test_an_address_book_s_three_colons_part_addresses(known: Book, tmp_path: Path) -> None:
    text = (
        "First Name,Last Name,Organization Name,E-mail 1 - Value,Phone 1 - Value\n"
        "Al,A,Al,al@x.example ::: al2@x.example,0221 123456 ::: 0221 123457\n"
    )
    file = bring(known, "contacts", write(tmp_path, text))
    assert file.cells_set_aside == 0
    points = rows(known, "SELECT value FROM contact_points WHERE customer_id = 1 ORDER BY value")
    assert points == [("+49221123456",), ("+49221123457",), ("al2@x.example",), ("al@x.example",)]


def test_rows_that_count_or_sum_up_others_are_no_customers(book: Book, tmp_path: Path) -> None:
    text = (
        "Kundennummer;Firma;Ort;Umsatz\n1;Nord;Köln;10,00\n2;Total Energies;Ulm;20,00\n"
        "Summe;;;30,00\nAnzahl Kunden: 2;;;\n;Gesamt;;30,00\nGrand Totals (2 records);;;\n"
    )
    file = bring(book, "customers", write(tmp_path, text))
    assert rows(book, "SELECT name FROM customers") == [("Nord",), ("Total Energies",)]
    assert file.reasons == {"no_sale": 4}


def test_a_number_that_a_spreadsheet_rounded_makes_no_two_customers_one(
    book: Book, tmp_path: Path
) -> None:
    text = "Kundennummer;Firma\n4,00123E+11;Nord\n4,00123E+11;Süd\n7;West\n"
    file = bring(book, "customers", write(tmp_path, text))
    assert rows(book, "SELECT name FROM customers") == [("West",)]
    assert file.reasons == {"rounded_customer": 2}


@pytest.mark.parametrize(
    "end",
    ["31.12.2999", "2999-12-31", "31.12.9999 23:59:59", "2999-12-31T23:59:59Z", "12/31/9999",
     "9999-12-31 00:00:00.000", "01.01.3000", "20991231", "29991231"],
)  # fmt: skip
def test_a_day_that_never_comes_is_no_end(known: Book, tmp_path: Path, end: str) -> None:
    text = (
        f"Vertragsnummer;Kundennummer;Beginn;Ende\nV1;Al;01.01.2025;{end}\n"
        "V2;Bo;01.01.2025;21.05.2027\n"
    )
    bring(known, "contracts", write(tmp_path, text))
    never = "2099-12-31" if end == "20991231" else "9999-12-31"
    ends = rows(known, "SELECT number, ends_on FROM contracts ORDER BY number")
    assert ends == [("V1", never), ("V2", "2027-05-21")]


def test_a_signal_that_stands_twice_says_what_is_the_latest_of_it(
    known: Book, tmp_path: Path
) -> None:
    text = (
        "Ticket ID;Kundennummer;Typ;Datum;Betreff\nT1;Al;Beschwerde;06.01.2026;gelöst\n"
        "T1;Al;Beschwerde;05.01.2026;kaputt\nT2;Bo;Beschwerde;06.01.2026;x\n"
    )
    path = write(tmp_path, text)
    assert bring(known, "signals", path).created == 2
    notes = "SELECT source_id, note FROM signals ORDER BY source_id"
    assert rows(known, notes) == [("T1", "gelöst"), ("T2", "x")]
    again = counts(bring(known, "signals", path, again=True))
    assert again == {"read": 3, "unchanged": 2, "duplicates": 1}
    assert rows(known, notes) == [("T1", "gelöst"), ("T2", "x")]


@pytest.mark.parametrize("header", ["PLZ/Ort", "PLZ Ort", "Plz und Ort"])
def test_postcode_and_town_may_stand_in_one_cell(book: Book, tmp_path: Path, header: str) -> None:
    text = f"Kd.-Nr.;Kunde;{header}\n1;Nord;01067 Dresden\n2;Süd;D-89073 Ulm\n3;West;Bonn\n"
    bring(book, "customers", write(tmp_path, text))
    assert rows(book, "SELECT name, zip, city FROM customers ORDER BY id") == [
        ("Nord", "01067", "Dresden"), ("Süd", "89073", "Ulm"), ("West", None, "Bonn"),
    ]  # fmt: skip


def test_a_contract_to_which_notice_was_given_renews_itself_no_more(
    known: Book, tmp_path: Path
) -> None:
    text = (
        "Vertragsnr;Kundennr;Vertragsbeginn;Vertragsende;Automatische Verlängerung;Gekündigt zum\n"
        "V1;Al;01.01.2025;31.12.2027;ja;\nV2;Bo;01.01.2025;31.12.2027;ja;31.12.2027\n"
    )
    bring(known, "contracts", write(tmp_path, text))
    renewals = rows(known, "SELECT number, renewal FROM contracts ORDER BY number")
    assert renewals == [("V1", "automatic"), ("V2", "none")]
