"""The file itself: made whole or not at all, never mistaken for another, its ids given once."""

import sqlite3
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from winback_tui.book import imports
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk.imports import import_transactions, undo_import
from winback_tui.desk.session import Desk
from winback_tui.errors import BookError

HEADER = "customer,name,date,amount\n"


def desk(book: Book) -> Desk:
    return Desk(book, Config(), date(2026, 11, 21), "anna")


def file_of(folder: Path, name: str, *numbers: str) -> Path:
    path = folder / f"{name}.csv"
    lines = (f"{number},,2026-0{month}-01,100.00\n" for number in numbers for month in (1, 2))
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return path


def ids(book: Book) -> dict[str, int]:
    return dict(book.connection.execute("SELECT number, id FROM customers").fetchall())


class TestIds:
    def test_of_customers_taken_back_are_never_given_again(self, book: Book, tmp_path: Path):
        import_transactions(desk(book), [file_of(tmp_path, "first", "A", "B")])
        first = set(ids(book).values())
        undo_import(desk(book))
        import_transactions(desk(book), [file_of(tmp_path, "second", "C", "D")])
        assert not first & set(ids(book).values())

    def test_are_not_used_up_by_customers_who_are_there_already(self, book: Book, tmp_path: Path):
        import_transactions(desk(book), [file_of(tmp_path, "first", "A", "B")])
        for number in ("C", "D", "E"):
            import_transactions(desk(book), [file_of(tmp_path, number, "A", "B", number)])
        assert ids(book) == {"A": 1, "B": 2, "C": 3, "D": 4, "E": 5}


class TestWhatTheBookRefuses:
    def test_a_line_that_breaks_a_rule_of_the_book_is_not_left_out_in_silence(
        self, book: Book, tmp_path: Path
    ):
        import_transactions(desk(book), [file_of(tmp_path, "first", "A")])
        before = book.connection.execute("SELECT * FROM transactions").fetchall()
        lines = pl.DataFrame(
            [(1, 20_000, "", "", 500, "EURO", 0, None)],
            schema=[*imports._KEY, "quantity"],
            orient="row",
        )
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"), book.write() as connection:
            imports._add_transactions(connection, lines, 1, lambda *_: None)
        assert book.connection.execute("SELECT * FROM transactions").fetchall() == before

    def test_a_race_with_another_program_is_a_sentence(self, book: Book):
        with book.write() as connection:
            connection.execute("INSERT INTO customers (number) VALUES ('A')")
        with pytest.raises(BookError, match="changed by another program"), book.write() as late:
            late.execute("INSERT INTO customers (number) VALUES ('A')")
        with pytest.raises(BookError, match="changed by another program"), book.write() as late:
            late.execute("INSERT INTO drafts VALUES (99, 'note', '{}')")
