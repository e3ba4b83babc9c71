"""Faults that people met when they brought in their own files, each mended."""

import csv
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


ORDERS = "customer,date,amount,currency,note\n"


def test_a_file_that_ends_in_the_middle_of_a_row_does_not_pass_silently(
    book: Book, tmp_path: Path
) -> None:
    whole = f"{ORDERS}A,2026-01-05,10.00,EUR,x\nB,2026-01-06,1"
    rejects = tmp_path / "rejects.csv"
    file = bring(book, "transactions", write(tmp_path, whole), rejects=rejects)
    assert (file.created, file.reasons) == (1, {"cut_off": 1})
    assert "The file ends in the middle of this row" in rejects.read_text()
    again = bring(book, "transactions", rejects)
    assert (again.created, again.reasons) == (0, {"cut_off": 1})


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("customers", "number,name,city,country\nA,Alpha,Ulm,DE\nB,Be"),
        ("contacts", "customer_number,person,email,role\nA,Eva,eva@a.example,x\nA,Bo"),
    ],
)
def test_rows_of_people_are_not_cut_off_silently(
    book: Book, tmp_path: Path, kind: str, text: str
) -> None:
    bring(book, "customers", write(tmp_path, "number,name\nA,Alpha\n", "first.csv"))
    assert bring(book, kind, write(tmp_path, text)).reasons == {"cut_off": 1}


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_whole_last_row_needs_no_line_end(book: Book, tmp_path: Path, end: str) -> None:
    text = f"{ORDERS}A,2026-01-05,10.00,EUR,x\nB,2026-01-06,1,EUR,{end}"
    assert bring(book, "transactions", write(tmp_path, text)).created == 2


def test_rows_that_all_end_before_the_header_does_are_not_cut_off(
    book: Book, tmp_path: Path
) -> None:
    text = "customer,date,amount,\nA,2026-01-05,10.00\nB,2026-01-06,1"
    assert bring(book, "transactions", write(tmp_path, text)).created == 2


@pytest.mark.parametrize("quoted", ["x", '"6"" plate"', '6" plate'])
def test_cells_beyond_the_header_are_all_kept_and_rejected_once_more(
    book: Book, tmp_path: Path, quoted: str
) -> None:
    text = f"{ORDERS}A,2026-01-05,1,200.50,EUR,{quoted},,z\nB,2026-01-06,1.00,EUR,\n"
    rejects = tmp_path / "rejects.csv"
    file = bring(book, "transactions", write(tmp_path, text), rejects=rejects)
    assert (file.created, file.reasons) == (1, {"too_many_cells": 1})
    (row,) = csv.DictReader(rejects.open(newline=""))
    beyond = next(csv.reader([row["_extra"]]))
    assert beyond == ['6" plate' if "plate" in quoted else "x", "", "z"]
    again = bring(book, "transactions", rejects)
    assert (again.created, again.reasons) == (0, {"too_many_cells": 1})
    mended = rejects.read_text().replace("1,200.50,EUR,", "1200.50,EUR,,")
    rows = list(csv.reader(mended.splitlines()))
    rows[1][rows[0].index("_extra")] = ""
    out = tmp_path / "mended.csv"
    with out.open("w", newline="") as target:
        csv.writer(target).writerows(rows)
    assert bring(book, "transactions", out).created == 1
