"""One person in several spellings, addresses that a file names, and what is told of both."""

from pathlib import Path

import pytest

from tests.kinds import bring, desk, rows, write
from winback_tui.book.connection import Book
from winback_tui.desk.imports import undo_import
from winback_tui.words import retold

ORDERS = "email,date,amount\nAnna@Nord.example,2026-01-05,1.00\nanna@nord.example,2026-01-06,2.00\n"


def test_letters_of_another_case_make_no_other_customer(book: Book, tmp_path: Path) -> None:
    bring(book, "transactions", write(tmp_path, ORDERS))
    assert rows(book, "SELECT number FROM customers") == [("anna@nord.example",)]
    more = "customer,date,amount\nANNA@NORD.EXAMPLE,2026-01-07,3.00\n"
    bring(book, "transactions", write(tmp_path, more, "more.csv"))
    assert rows(book, "SELECT count(*), sum(amount) FROM transactions") == [(3, 600)]
    assert rows(book, "SELECT count(*) FROM customers") == [(1,)]
    undo_import(desk(book))
    undo_import(desk(book))
    assert rows(book, "SELECT count(*) FROM customers") == [(0,)]


def test_a_customer_of_an_older_book_is_found_in_any_spelling(book: Book, tmp_path: Path) -> None:
    with book.write() as connection:
        connection.execute(
            "INSERT INTO customers (number, name) VALUES ('Anna@Nord.example', 'Anna')"
        )
    bring(book, "transactions", write(tmp_path, ORDERS))
    assert rows(book, "SELECT number FROM customers") == [("Anna@Nord.example",)]


def test_a_number_keeps_its_case(book: Book, tmp_path: Path) -> None:
    text = "customer,date,amount\nK7a,2026-01-05,1.00\nk7A,2026-01-06,2.00\n"
    bring(book, "transactions", write(tmp_path, text))
    assert rows(book, "SELECT count(*) FROM customers") == [(2,)]


PEOPLE = "number,name,email\nK1,Nord AG,anna@nord.example\nK1,Nord AG,ben@nord.example\n"


@pytest.fixture
def filled(book: Book, tmp_path: Path) -> Book:
    bring(book, "customers", write(tmp_path, PEOPLE, "people.csv"))
    return book


def test_one_who_unsubscribes_is_told_once(filled: Book, tmp_path: Path) -> None:
    text = "customer_number,email,signal,date\nK1,anna@nord.example,unsubscribed,2026-03-01\n"
    file = bring(filled, "signals", write(tmp_path, text))
    assert file.consents == {"email withdrawn": 1}


@pytest.mark.parametrize("signal", ["unsubscribed", "bounce"])
def test_a_signal_of_an_unknown_address_closes_that_address_alone(
    filled: Book, tmp_path: Path, signal: str
) -> None:
    text = f"customer_number,email,signal,date\nK1,old@nord.example,{signal},2026-03-01\n"
    bring(filled, "signals", write(tmp_path, text))
    closed = rows(
        filled,
        "SELECT DISTINCT p.value, e.event FROM consent_events e"
        " LEFT JOIN contact_points p ON p.id = e.contact_point_id",
    )
    event = {"unsubscribed": "withdrawn", "bounce": "bounced"}[signal]
    assert closed == [("old@nord.example", event)]
    undo_import(desk(filled))
    addresses = rows(filled, "SELECT value FROM contact_points ORDER BY 1")
    assert addresses == [("anna@nord.example",), ("ben@nord.example",)]


def test_cells_that_are_cut_short_are_told(book: Book, tmp_path: Path) -> None:
    name = "x" * 10_000
    people = bring(book, "customers", write(tmp_path, f"number,name\nK1,{name}\nK2,Süd\n"))
    assert people.cells_shortened == 1
    orders = f"customer,company,date,amount\nK3,{name},2026-01-05,1.00\nK4,y,2026-01-05,1.00\n"
    bought = bring(book, "transactions", write(tmp_path, orders, "orders.csv"))
    assert bought.cells_shortened == 1
    assert [*retold.lines({}, None, 1, str)] == [
        "1 cell was too long; only the beginning was kept."
    ]


@pytest.mark.parametrize("header", ["Customer Account Name", "Bill To Account Name"])
def test_the_name_of_an_account_is_a_customer_s(book: Book, tmp_path: Path, header: str) -> None:
    bring(book, "customers", write(tmp_path, f"Account Number,{header}\nK1,Nord AG\n"))
    assert rows(book, "SELECT number, name FROM customers") == [("K1", "Nord AG")]


def test_a_number_goes_to_nobody_where_two_bear_the_name(book: Book, tmp_path: Path) -> None:
    two = "Name;PLZ;Ort\nMüller GmbH;50667;Köln\nMüller GmbH;80331;München\nNord AG;20095;Hamburg\n"
    bring(book, "customers", write(tmp_path, two))
    numbered = "Kundennummer;Name;PLZ\n2;Müller GmbH;80331\n3;Nord AG;\n"
    file = bring(book, "customers", write(tmp_path, numbered, "2.csv"))
    assert rows(book, "SELECT number, zip FROM customers ORDER BY id") == [
        ("Müller GmbH", "50667"), ("Müller GmbH (2)", "80331"), ("3", "20095"), ("2", "80331")
    ]  # fmt: skip
    assert [(each["number"], each["other"]) for each in file.suggestions] == [
        ("2", "Müller GmbH (2)")
    ]


def test_an_account_that_may_be_written_to_is_no_refusal(book: Book, tmp_path: Path) -> None:
    text = (
        "Firmenname;Kontonummer;E-Mail nicht zulassen\n"
        "Nord AG;1;Nicht zulassen\nSüd AG;2;Zulassen\nWest AG;3;Do Not Allow\nOst AG;4;Allow\n"
    )
    said = (("E-Mail nicht zulassen", "email_opt_out"), ("Kontonummer", "number"))
    bring(book, "customers", write(tmp_path, text), mapping=said)
    assert rows(
        book,
        "SELECT DISTINCT c.number, e.event FROM consent_events e"
        " JOIN customers c ON c.id = e.customer_id ORDER BY 1",
    ) == [("1", "withdrawn"), ("3", "withdrawn")]
