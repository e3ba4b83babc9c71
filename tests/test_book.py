"""The file itself: made whole or not at all, never mistaken for another, its ids given once."""

from datetime import date
from pathlib import Path

from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk.imports import import_transactions, undo_import
from winback_tui.desk.session import Desk

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
