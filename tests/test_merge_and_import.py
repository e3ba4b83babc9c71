"""Merges that imports cross: whatever is taken back, each line ends with whom it is of."""

from pathlib import Path

import pytest

from tests.kinds import bring, desk, rows, write
from winback_tui.book import duplicates
from winback_tui.book.connection import Book
from winback_tui.desk import merge, undoing
from winback_tui.desk.imports import undo_import

HEADER = "customer,order_no,date,amount\n"
FIRST = f"{HEADER}A,1,2026-01-05,10.00\nB,2,2026-01-06,20.00\n"


def lines(book: Book) -> list[tuple[str, str, int, int]]:
    """Customer, document, amount and batch of each line."""
    return rows(
        book,
        "SELECT c.number, t.document, t.amount, t.batch_id FROM transactions t"
        " JOIN customers c ON c.id = t.customer_id ORDER BY 1, 2, 3",
    )


@pytest.fixture
def filled(book: Book, tmp_path: Path) -> Book:
    bring(book, "transactions", write(tmp_path, FIRST))
    return book


def later(book: Book, tmp_path: Path) -> None:
    """Bring the second export, in which B's order has changed."""
    bring(book, "transactions", write(tmp_path, FIRST.replace("20.00", "25.00"), "2.csv"))


AS_FIRST = [("A", "1", 1000, 1), ("B", "2", 2000, 1)]
AS_LATER = [("A", "1", 1000, 1), ("B", "2", 2500, 2)]


def test_an_import_after_a_merge_goes_apart_with_it(filled: Book, tmp_path: Path) -> None:
    merge.merge(desk(filled), 1, 2)
    later(filled, tmp_path)
    assert lines(filled) == [("A", "1", 1000, 1), ("A", "2", 2500, 2)]
    undoing.undo(desk(filled))
    assert lines(filled) == AS_LATER
    undo_import(desk(filled))
    assert lines(filled) == AS_FIRST


def test_an_import_after_a_merge_is_taken_back_first(filled: Book, tmp_path: Path) -> None:
    merge.merge(desk(filled), 1, 2)
    later(filled, tmp_path)
    undo_import(desk(filled))
    assert lines(filled) == [("A", "1", 1000, 1), ("A", "2", 2000, 1)]
    undoing.undo(desk(filled))
    assert lines(filled) == AS_FIRST


def test_an_import_before_a_merge_is_taken_back_after_it(filled: Book, tmp_path: Path) -> None:
    later(filled, tmp_path)
    merge.merge(desk(filled), 1, 2)
    undo_import(desk(filled))
    assert lines(filled) == [("A", "1", 1000, 1), ("A", "2", 2000, 1)]
    undoing.undo(desk(filled))
    assert lines(filled) == AS_FIRST


def test_a_line_that_comes_back_stands_beside_an_equal_one(book: Book, tmp_path: Path) -> None:
    both = f"{HEADER}A,1,2026-01-05,10.00\nB,1,2026-01-05,20.00\n"
    bring(book, "transactions", write(tmp_path, both))
    changed = HEADER + "B,1,2026-01-05,30.00\n"
    bring(book, "transactions", write(tmp_path, changed, "2.csv"))
    assert lines(book) == [("A", "1", 1000, 1), ("B", "1", 3000, 2)]
    with book.write() as connection:
        connection.execute("UPDATE transactions SET amount = 2000 WHERE amount = 1000")
    merge.merge(desk(book), 1, 2)
    undo_import(desk(book))
    assert lines(book) == [("A", "1", 2000, 1), ("A", "1", 2000, 1)]
    undoing.undo(desk(book))
    assert lines(book) == [("A", "1", 2000, 1), ("B", "1", 2000, 1)]


def test_a_name_that_an_import_had_changed_goes_back_across_a_merge(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "customers", write(tmp_path, "number,name,vat_id\nA,Alpha,\nB,Beta,DE1\n"))
    bring(book, "customers", write(tmp_path, "number,name,vat_id\nB,Berta,DE2\n", "2.csv"))
    merge.merge(desk(book), 1, 2)
    assert rows(book, "SELECT name, vat_id FROM customers WHERE id = 1") == [("Alpha", "DE2")]
    undo_import(desk(book))
    assert rows(book, "SELECT name, vat_id FROM customers WHERE id = 1") == [("Alpha", "DE1")]
    undoing.undo(desk(book))
    assert rows(book, "SELECT name, vat_id FROM customers ORDER BY id") == [
        ("Alpha", None),
        ("Beta", "DE1"),
    ]


def test_what_a_batch_had_brought_does_not_come_back_with_the_other(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "customers", write(tmp_path, "number,name\nA,Alpha\nB,Beta\n"))
    more = write(tmp_path, "number,rank\nA,gold\nB,blau\n", "2.csv")
    said = (("number", "number"), ("rank", "attribute:rank"))
    bring(book, "customers", more, mapping=said)
    merge.merge(desk(book), 1, 2)
    undo_import(desk(book))
    undoing.undo(desk(book))
    assert rows(book, "SELECT * FROM customer_attributes") == []


def test_names_of_two_imports_that_are_taken_back_in_any_order(book: Book, tmp_path: Path) -> None:
    for n, name in enumerate(("Alpha", "Beta", "Gamma")):
        bring(book, "customers", write(tmp_path, f"number,name\nA,{name}\n", f"{n}.csv"))
    undo_import(desk(book), 2)
    assert rows(book, "SELECT name FROM customers") == [("Gamma",)]
    undo_import(desk(book), 3)
    assert rows(book, "SELECT name FROM customers") == [("Alpha",)]


def test_people_of_two_imports_go_in_any_order(book: Book, tmp_path: Path) -> None:
    header = "customer_number,first_name,last_name,email\n"
    bring(book, "customers", write(tmp_path, "number,name\nA,Alpha\n"))
    bring(book, "contacts", write(tmp_path, f"{header}A,Kim,Quist,\n", "2.csv"))
    bring(book, "contacts", write(tmp_path, f"{header}A,Kim,Quist,k@a.example\n", "3.csv"))
    undo_import(desk(book), 2)
    assert rows(book, "SELECT name FROM contacts") == [("Kim Quist",)]
    undo_import(desk(book), 3)
    assert rows(book, "SELECT name FROM contacts") == []


def test_what_a_merge_brought_does_not_come_again_with_the_undo_of_an_import_after_it(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "customers", write(tmp_path, "number,name,city\nA,Alpha,\nB,Beta,Ulm\n"))
    merge.merge(desk(book), 1, 2)
    bring(book, "customers", write(tmp_path, "number,name,city\nA,Alpha,Bonn\n", "2.csv"))
    undoing.undo(desk(book))
    undo_import(desk(book))
    assert rows(book, "SELECT number, city FROM customers ORDER BY id") == [
        ("A", None),
        ("B", "Ulm"),
    ]


def test_the_same_name_is_suggested_without_a_postcode(book: Book, tmp_path: Path) -> None:
    text = (
        "number,name,zip,city\n1,Bäckerei Sommer GmbH,50667,Köln\n2,Baeckerei Sommer,,Köln\n"
        "3,Bäckerei Sommer,10115,Berlin\n4,Winter KG,,\n5,Winter,,\n6,Herbst AG,50667,Köln\n"
        "7,Herbst,10115,Berlin\n8,Wintergarten,,\n"
    )
    bring(book, "customers", write(tmp_path, text))
    found = {each[:2]: each.reasons for each in duplicates.candidates(book.connection)}
    assert found == {(1, 2): ("name_city",), (4, 5): ("name",)}
