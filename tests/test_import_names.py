"""One number and two names, in one file, or in a file and the book: nobody is joined in silence."""

from pathlib import Path

import pytest

from tests.foreign import chosen
from tests.kinds import bring, rows, told, write
from tests.test_intake_files import given, planned
from winback_tui.book import duplicates
from winback_tui.book.connection import Book
from winback_tui.words import importing, imports, readings

SALES = "Kundennummer;Kunde;Datum;Betrag\n"


def names(book: Book) -> list[tuple[str, str]]:
    return rows(book, "SELECT number, name FROM customers ORDER BY number")


def test_two_names_of_one_number_among_purchases_are_told(tmp_path: Path) -> None:
    text = SALES + (
        "7;Huber GmbH;05.01.2026;1,00\n7;Café Meier;06.01.2026;2,00\n7;Huber;07.01.2026;4,00\n"
        "8;Alt KG;05.01.2026;8,00\n9;Zoo;05.01.2026;1,00\n9;Bar;05.01.2026;1,00\n"
    )
    (line,) = chosen(planned(given(tmp_path, text)))
    assert line == (
        "Attention: “Kundennummer” 7 bears two names in this file, “Huber GmbH” and “Café Meier”, "
        "as do 1 more; all rows of a number are one customer's. If they are two customers, put a "
        "sign of its own before the number of one."
    )


@pytest.mark.parametrize("other", ["Huber", "HUBER GmbH & Co. KG", "Fa. Huber", "Josef Huber", ""])
def test_one_name_in_several_spellings_is_one(tmp_path: Path, other: str) -> None:
    text = SALES + f"7;Huber GmbH;05.01.2026;1,00\n7;{other};06.01.2026;2,00\n"
    assert chosen(planned(given(tmp_path, text))) == []


def test_two_names_of_one_customer_in_a_list_of_them_are_told(book: Book, tmp_path: Path) -> None:
    text = "Kundennummer;Firma\n7;Huber GmbH\n7;Café Meier\n8;Alt KG\n8;Alt KG\n"
    file = bring(book, "customers", write(tmp_path, text))
    assert names(book) == [("7", "Café Meier"), ("8", "Alt KG")]
    lines = [readings.chosen(**choice) for choice in file.choices]
    assert lines[-1] == (
        "Attention: “Kundennummer” 7 bears two names in this file, “Huber GmbH” and “Café Meier”; "
        "all rows of a number are one customer's, under the last of its names. If they are two "
        "customers, put a sign of its own before the number of one."
    )


def test_two_addresses_of_one_customer_in_a_list_of_them_are_told(
    book: Book, tmp_path: Path
) -> None:
    text = (
        "Kundennummer;Firma;PLZ;Ort;Ansprechpartner\n7;Huber;80331;München;Anna\n"
        "7;Huber;;MÜNCHEN;Bert\n7;Huber;80333;;Carl\n8;Alt;1;A;\n8;Alt;1;B;\n"
    )
    file = bring(book, "customers", write(tmp_path, text))
    assert rows(book, "SELECT zip FROM customers WHERE number = '7'") == [("80333",)]
    assert [readings.chosen(**choice) for choice in file.choices][-1] == (
        "“Kundennummer” 7 has “80331” and “80333” under “PLZ” in this file, and two things of 1 "
        "more; what its last row says counts."
    )
    alike = text.replace("80333", "80331").replace(";B;", ";a;")
    told_of = bring(book, "customers", write(tmp_path, alike, "alike.csv")).choices
    assert not any(choice["field"] == "last_said" for choice in told_of)


CONTACTS = "Kundennummer;Firma;Ansprechpartner;E-Mail\n"


def test_a_contact_of_another_company_under_a_known_number_is_told(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\n7;Huber GmbH\n8;Alt KG\n"))
    text = CONTACTS + "7;Café Meier;Mia Meier;mia@meier.example\n8;ALT;Al Alt;al@alt.example\n"
    file = bring(book, "contacts", write(tmp_path, text, "contacts.csv"))
    assert names(book) == [("7", "Huber GmbH"), ("8", "Alt KG")]
    (line,) = told(file)
    assert line == (
        "Attention: 1 customer bears the number of somebody with another name in the book: 7 is "
        "“Huber GmbH” there and “Café Meier” here. If they are others, such as those of another "
        "shop: “winback import undo 2” takes this file back, and put a sign of its own before the "
        "numbers of this file."
    )


def test_whose_address_is_known_is_no_other_company(book: Book, tmp_path: Path) -> None:
    first = CONTACTS + "7;Huber GmbH;Mia Meier;mia@meier.example\n"
    bring(book, "customers", write(tmp_path, first))
    renamed = first.replace("Huber GmbH", "Café Meier").replace("Mia", "Maria")
    assert told(bring(book, "contacts", write(tmp_path, renamed, "contacts.csv"))) == []


def test_a_list_of_another_houses_customers_is_told_and_one_new_name_is_only_shown(
    book: Book, tmp_path: Path
) -> None:
    mine = "Kundennummer;Firma\n1;Huber GmbH\n2;Alt KG\n3;Sonne OHG\n"
    bring(book, "customers", write(tmp_path, mine))
    renamed = bring(book, "customers", write(tmp_path, mine.replace("Alt", "Neu"), "new.csv"))
    assert told(renamed) == []
    assert [(each["before"], each["after"]) for each in renamed.changes] == [("Alt KG", "Neu KG")]
    theirs = "Kundennummer;Firma\n1;Café Meier\n2;Zoo AG\n3;Sonne OHG\n"
    file = bring(book, "customers", write(tmp_path, theirs, "theirs.csv"))
    assert told(file)[0].startswith("Attention: 2 customers bear the number of somebody with")


@pytest.mark.parametrize(("there", "here"), [("00017", "17"), ("17", "00017"), ("017", "00017")])
def test_a_number_that_lost_its_zeros_is_pointed_out(
    book: Book, tmp_path: Path, there: str, here: str
) -> None:
    bring(book, "customers", write(tmp_path, f"Kundennummer;Firma\n{there};Huber GmbH\n18;Alt\n"))
    text = f"Kundennummer;Firma\n{here};Huber GmbH\n18;Alt\n170;Zoo\n"
    file = bring(book, "customers", write(tmp_path, text, "more.csv"))
    pairs = [(each["number"], each["other"], each["reason"]) for each in file.suggestions]
    assert pairs == [(here, there, "zeros")]
    assert list(imports.beside(file, str))[-2:] == [
        f"{here} and {there} may be one customer: same number but for zeros in front.",
        "Attention: spreadsheets drop zeros in front of numbers. If that is why, take this file "
        "back, and write its numbers as the book has them.",
    ]
    found = duplicates.candidates(book.connection)
    assert [each.reasons for each in found] == [("zeros", "name")]
    assert importing.same(file.suggestions[0]) == (
        f"{here} and {there}: same number but for zeros in front"
    )
