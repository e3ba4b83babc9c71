"""Files of customers of programs that nobody has listed: what is told of people finds its home."""

import sqlite3
from pathlib import Path

import pytest

from tests.kinds import bring, write
from winback_tui.book.connection import Book
from winback_tui.errors import BadInputError
from winback_tui.intake.kinds.fields import Kind
from winback_tui.intake.kinds.guessing import guess
from winback_tui.words import imports as words


def one(book: Book, columns: str) -> tuple[object, ...]:
    (found,) = book.connection.execute(f"SELECT {columns} FROM customers").fetchall()
    return tuple(found)


def points(book: Book) -> list[tuple[str, str]]:
    return book.connection.execute(
        "SELECT channel, value FROM contact_points ORDER BY id"
    ).fetchall()


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("user_email", "email"), ("E-mail 1 - Value", "email"), ("E-Mail (geschäftlich)", "email"),
        ("Email (Primary Contact)", "email"), ("E-mail 2 Address", "email"),
        ("Main Phone", "phone"), ("Phone1", "phone"), ("Telefon (2)", "phone"),
        ("default_billing_address_phone_number", "phone"), ("MobileNumber", "phone"),
        ("Address 1: City", "city"), ("Ort (Rechnung)", "city"), ("POCity", "city"),
        ("default_billing_address_zipcode", "zip"), ("Mailing Zip/Postal Code", "zip"),
        ("billing_address_1", "street"), ("Street Address 1", "street"),
        ("default_address.company", "name"), ("billing_company", "name"),
        ("Billing Firstname", "first_name"), ("Primary Contact", "person"),
    ],
)  # fmt: skip
def test_words_around_a_header_say_whose_it_is_and_not_what(header: str, field: str) -> None:
    assert [each.field for each in guess(Kind.CUSTOMERS, [header])] == [field]


def test_the_days_of_an_address_are_those_of_its_consent_in_files_of_consents_alone() -> None:
    days = ["Registriert", "Aktiviert", "Deaktiviert"]
    header = ["E-Mail", *days, "Quelle"]
    assert {each.column: str(each.field) for each in guess(Kind.CONSENTS, header)} == {
        "E-Mail": "email",
        "Registriert": "email_consent_at",
        "Aktiviert": "email_confirmed_at",
        "Deaktiviert": "email_withdrawn_at",
        "Quelle": "source",
    }
    # What says of itself what was said needs no guess; and customers have accounts as well.
    for kind, more in ((Kind.CONSENTS, ["Kanal", "Status"]), (Kind.CUSTOMERS, [])):
        known = {each.column for each in guess(kind, [*header, *more])}
        assert not known & set(days)


@pytest.mark.parametrize(
    "header",
    ["Username", "user_name", "Shipping Address", "E-mail 1 - Type", "Fax", "Account Lock",
     "Email Template", "Business Fax"],
)  # fmt: skip
def test_what_only_sounds_like_it_stays_without_a_home(header: str) -> None:
    assert guess(Kind.CUSTOMERS, [header]) == []


def test_a_shops_customers_bring_company_person_and_addresses(book: Book, tmp_path: Path) -> None:
    text = (
        "customer_id,user_login,user_email,first_name,last_name,billing_company,billing_phone,"
        "billing_address_1,billing_postcode,billing_city\n"
        "7,eva,eva@lang.example,Eva,Lang,Lang GmbH,0731 123456,Weg 1,89073,Ulm\n"
    )
    bring(book, "customers", write(tmp_path, text))
    assert one(book, "number, name, street, zip, city") == (
        "7",
        "Lang GmbH",
        "Weg 1",
        "89073",
        "Ulm",
    )
    assert points(book) == [("email", "eva@lang.example"), ("phone", "+49731123456")]


def test_a_contact_name_beside_a_persons_own_is_the_customers(book: Book, tmp_path: Path) -> None:
    text = "*ContactName,EmailAddress,FirstName,LastName\nLang Ltd,eva@lang.example,Eva,Lang\n"
    bring(book, "customers", write(tmp_path, text))
    assert one(book, "name") == ("Lang Ltd",)
    assert book.connection.execute("SELECT name FROM contacts").fetchall() == [("Eva Lang",)]


def test_a_customer_column_of_names_is_number_and_name(book: Book, tmp_path: Path) -> None:
    bring(book, "customers", write(tmp_path, "Customer,Email\nLang Inc,eva@lang.example\n"))
    assert one(book, "number, name") == ("Lang Inc", "Lang Inc")


def test_a_salutation_is_no_role(book: Book, tmp_path: Path) -> None:
    text = "Company,Title,First name,Last name\nLang,Mrs.,Eva,Lang\nKurz,CFO,Udo,Kurz\n"
    bring(book, "customers", write(tmp_path, text))
    roles = book.connection.execute("SELECT name, role FROM contacts ORDER BY id").fetchall()
    assert roles == [("Eva Lang", None), ("Udo Kurz", "CFO")]


def test_contacts_of_another_crm_are_not_taken_for_those_of_hubspot(
    book: Book, tmp_path: Path
) -> None:
    text = (
        "Record Id,Contact Owner.id,Contact Owner,First Name,Last Name,Account Name,Email,"
        "Email Opt Out\n1,9,Kim,Eva,Lang,Lang GmbH,eva@lang.example,true\n"
    )
    file = bring(book, "customers", write(tmp_path, text))
    assert file.preset == "auto"
    assert one(book, "name, owner") == ("Lang GmbH", "Kim")
    assert ("email", "withdrawn") in channels(book.connection)


def channels(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    return connection.execute("SELECT channel, event FROM consent_events").fetchall()


@pytest.mark.parametrize(
    ("header", "cell"),
    [("Email Subscription Status", "unsubscribed"), ("deactivated", "03.02.2026 10:00:00"),
     ("Newsletter abgemeldet am", "03.02.2026")],
)  # fmt: skip
def test_a_refusal_is_taken_whatever_the_tool_calls_it(
    book: Book, tmp_path: Path, header: str, cell: str
) -> None:
    text = f"email;{header}\neva@lang.example;{cell}\n"
    bring(book, "customers", write(tmp_path, text))
    # It closes what the book may learn of later, too.
    assert book.connection.execute("SELECT purpose, event FROM consent_events").fetchall() == [
        *(("winback", "withdrawn"), ("newsletter", "withdrawn")),
    ]


@pytest.mark.parametrize(
    ("header", "warned"),
    [("Werbung erlaubt", True), ("Receive Review Emails?", True), ("Do Not Mail", True),
     ("(Do Not Modify) Account", False), ("Marge", False)],
)  # fmt: skip
def test_a_passed_over_column_that_may_hold_refusals_is_pointed_at(
    header: str,
    warned: bool,
) -> None:
    assert words.homeless((header,), people=True).startswith("Attention") == warned


def test_two_hundred_columns_are_not_listed_one_by_one() -> None:
    told = words.homeless(tuple(f"c{n}" for n in range(200)))
    assert told.endswith("c29 and 170 more.")


def test_a_single_column_is_named_with_how_to_say_what_it_holds(book: Book, tmp_path: Path) -> None:
    path = write(tmp_path, "Werbemails\neva@lang.example\n")
    with pytest.raises(BadInputError, match="has a single column") as refused:
        bring(book, "customers", path)
    assert "--map Werbemails=number" in str(refused.value)
    assert bring(book, "customers", path, mapping=(("Werbemails", "email"),)).created == 1


@pytest.mark.parametrize(
    ("kind", "text", "parts"),
    [
        ("contracts", "Kundennummer;Vertragsende;Kündigungsfrist;Betrag\n;31.02.2026;bald;x\n",
         ("Kundennummer: ", "Vertragsende: ", "Kündigungsfrist: ", "Betrag: ")),
        ("signals", "Kundennummer;Signal;Datum;Wert\n7;;31.02.2026;x\n",
         ("Signal: ", "Datum: ", "Wert: ")),
        ("consents", "Kundennummer;Kanal;Einwilligung;Zeitpunkt\n7;Fax;vielleicht;1\n",
         ("Kanal: ", "Einwilligung: ")),
    ],
)  # fmt: skip
def test_a_rejected_row_of_any_kind_is_told_all_that_is_wrong_with_it(
    book: Book, tmp_path: Path, kind: str, text: str, parts: tuple[str, ...]
) -> None:
    out = tmp_path / "bad.csv"
    assert bring(book, kind, write(tmp_path, text), rejects=out).rejected == 1
    for part in parts:
        assert part in out.read_text(encoding="utf-8")
