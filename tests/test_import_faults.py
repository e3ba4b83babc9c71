"""Faults that people met when they brought in their own files, each mended."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.kinds import bring, write
from winback_tui.book.connection import Book

DEALS = """\
Record ID,Deal Name,Deal Stage,Close Date,Amount,Associated Company IDs,Associated Company,\
Associated Contact IDs
9001,Roof,Closed Won,2026-01-05,1200.50,501,Alpha Dach GmbH,
9002,Gate,Closed Won,2026-01-25,800.00,,,604
"""
COMPANIES = """\
Record ID,Company name,Company owner,City
501,Alpha Dach GmbH,Kim,Ulm
604,Beta Bau GmbH,Kim,Bonn
"""
PEOPLE = """\
Record ID,First Name,Last Name,Email,Lead Status,Associated Company IDs
604,Eva,Brandt,eva@brandt.example,new,
"""
HUBSPOT = {
    "transactions": ("deals.csv", DEALS),
    "customers": ("companies.csv", COMPANIES),
    "people": ("people.csv", PEOPLE),
}


def customers(book: Book) -> list[tuple[str, str]]:
    """Number and name of each customer."""
    return book.connection.execute("SELECT number, name FROM customers ORDER BY number").fetchall()


def deals(book: Book) -> list[tuple[str, str]]:
    """Document of each deal, and the number of the customer who has it."""
    return book.connection.execute(
        "SELECT document, number FROM transactions JOIN customers ON customers.id = customer_id"
        " ORDER BY document"
    ).fetchall()


@pytest.mark.parametrize(
    "order",
    [
        ("transactions", "customers", "people"),
        ("customers", "people", "transactions"),
        ("people", "transactions", "customers"),
    ],
)
def test_hubspot_companies_and_people_are_the_same_whichever_file_comes_first(
    book: Book, tmp_path: Path, order: Iterable[str]
) -> None:
    for name in order:
        file, text = HUBSPOT[name]
        bring(book, name.replace("people", "customers"), write(tmp_path, text, file))
    assert customers(book) == [
        ("hubspot-501", "Alpha Dach GmbH"),
        ("hubspot-604", "Beta Bau GmbH"),
        ("hubspot:person-604", "Eva Brandt"),
    ]
    assert deals(book) == [("9001", "hubspot-501"), ("9002", "hubspot:person-604")]


def test_a_deal_of_a_person_is_their_companys_where_the_book_knows_it(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "customers", write(tmp_path, COMPANIES, "companies.csv"))
    bring(book, "contacts", write(tmp_path, PEOPLE.replace("new,", "new,501"), "people.csv"))
    bring(book, "transactions", write(tmp_path, DEALS, "deals.csv"))
    assert deals(book) == [("9001", "hubspot-501"), ("9002", "hubspot-501")]


def test_a_house_number_is_no_hubspot_id(book: Book, tmp_path: Path) -> None:
    bring(book, "customers", write(tmp_path, "number,name\n501,Somebody Else\n", "own.csv"))
    bring(book, "transactions", write(tmp_path, DEALS, "deals.csv"))
    assert ("9001", "hubspot-501") in deals(book)
