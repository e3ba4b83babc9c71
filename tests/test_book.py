"""The file itself: made whole or not at all, never mistaken for another, its ids given once."""

import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from winback_tui.book import connection as connections
from winback_tui.book import lines, migrate
from winback_tui.book.connection import Book
from winback_tui.book.file import latest_version, look, migration_files
from winback_tui.config import Config
from winback_tui.desk.imports import import_transactions, undo_import
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError, BookError

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
        rows = pl.DataFrame(
            [(1, 20_000, "", "", 500, "EURO", 0, None)],
            schema=[*lines.KEY, "quantity"],
            orient="row",
        )
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"), book.write() as connection:
            lines.insert(connection, lines.as_taken(rows), 1)
        assert book.connection.execute("SELECT * FROM transactions").fetchall() == before

    def test_a_race_with_another_program_is_a_sentence(self, book: Book):
        with book.write() as connection:
            connection.execute("INSERT INTO customers (number) VALUES ('A')")
        with pytest.raises(BookError, match="changed by another program"), book.write() as late:
            late.execute("INSERT INTO customers (number) VALUES ('A')")
        with pytest.raises(BookError, match="changed by another program"), book.write() as late:
            late.execute("INSERT INTO drafts VALUES (99, 'note', '{}')")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "home")


class TestMaking:
    def test_never_shows_a_half_made_book_under_its_name(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        seen: list[bool] = []
        whole = migrate.upgrade

        def watched(connection: sqlite3.Connection, path: Path | None) -> Path | None:
            seen.append((tmp_path / "book.db").exists())
            return whole(connection, path)

        monkeypatch.setattr(migrate, "upgrade", watched)
        with Book.create(tmp_path / "book.db") as book:
            assert book.meta("book_id")
        assert seen == [False]
        assert names(tmp_path) == ["book.db"]
        assert (tmp_path / "book.db").stat().st_mode & 0o777 == 0o600

    def test_that_fails_leaves_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        def fail(*_: object) -> None:
            raise sqlite3.OperationalError("no")

        monkeypatch.setattr(migrate, "upgrade", fail)
        with pytest.raises(sqlite3.OperationalError):
            Book.create(tmp_path / "book.db")
        assert names(tmp_path) == []

    @pytest.mark.parametrize("links", [True, False])
    def test_leaves_a_file_that_comes_up_meanwhile(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
    ):
        whole, path = migrate.upgrade, tmp_path / "book.db"

        def slow(connection: sqlite3.Connection, of: Path | None) -> Path | None:
            path.write_text("mine", encoding="utf-8")
            return whole(connection, of)

        def unlinked(*_: object) -> None:
            raise OSError(1, "no links here")

        monkeypatch.setattr(migrate, "upgrade", slow)
        if not links:
            monkeypatch.setattr(Path, "hardlink_to", unlinked)
        with pytest.raises(BadInputError, match="exists already"):
            Book.create(path)
        assert path.read_text(encoding="utf-8") == "mine"
        assert names(tmp_path) == ["book.db"]

    def test_works_where_files_cannot_be_linked(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        def unlinked(*_: object) -> None:
            raise OSError(1, "no links here")

        monkeypatch.setattr(Path, "hardlink_to", unlinked)
        with Book.create(tmp_path / "book.db") as book:
            assert book.revision() == 0
        assert names(tmp_path) == ["book.db"]

    def test_does_not_fill_an_empty_file_or_follow_a_link_to_nowhere(self, tmp_path: Path):
        (tmp_path / "empty.db").touch()
        (tmp_path / "link.db").symlink_to(tmp_path / "nowhere.db")
        with pytest.raises(BadInputError, match="is empty"):
            Book.open_or_create(tmp_path / "empty.db")
        with pytest.raises(BadInputError, match="exists already"):
            Book.open_or_create(tmp_path / "link.db")
        assert names(tmp_path) == ["empty.db", "link.db"]

    def test_two_programs_that_bring_a_book_up_at_once_do_it_once(
        self, book: Book, monkeypatch: pytest.MonkeyPatch
    ):
        with book.twin() as other:
            step = book.path.with_name("9999_more.sql")
            step.write_text("CREATE TABLE more (x INTEGER) STRICT;\n", encoding="utf-8")
            both = [*migration_files(), (9999, step)]
            monkeypatch.setattr(migrate, "migration_files", lambda: both)
            whole = migrate.copy_book

            def slow(connection: sqlite3.Connection, to: Path) -> None:
                whole(connection, to)
                monkeypatch.setattr(migrate, "copy_book", whole)
                migrate.upgrade(other.connection, other.path)

            monkeypatch.setattr(migrate, "copy_book", slow)
            assert migrate.upgrade(book.connection, book.path)
        assert book.connection.execute("PRAGMA user_version").fetchone() == (9999,)
        assert book.connection.execute("SELECT count(*) FROM more").fetchone() == (0,)


def page_one_of(log: bytes) -> bytes:
    """The last state of the first page in a write-ahead log (frames of 24 bytes and a page)."""
    size = int.from_bytes(log[8:12], "big")
    frames = (log[at : at + 24 + size] for at in range(32, len(log) - size, 24 + size))
    return [frame[24:] for frame in frames if frame[:4] == b"\0\0\0\1"][-1]


MANY = [(f"n{number}", "x" * 200) for number in range(4_000)]
ADD = "INSERT INTO customers (number, name) VALUES (?, ?)"


class TestAWriteAheadLog:
    def test_half_folded_into_the_book_by_a_killed_program_is_no_damage(
        self, book: Book, tmp_path: Path
    ):
        book.connection.execute("PRAGMA wal_autocheckpoint = 0")
        with book.write() as connection:
            connection.executemany(ADD, MANY)
        killed = tmp_path / "killed.db"
        log = Path(f"{book.path}-wal").read_bytes()
        page = page_one_of(log)
        killed.write_bytes(page + book.path.read_bytes()[len(page) :])
        Path(f"{killed}-wal").write_bytes(log)
        assert look(killed) == latest_version()
        with Book.open(killed) as opened:
            assert opened.connection.execute("SELECT count(*) FROM customers").fetchone() == (
                4_000,
            )
            assert opened.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    def test_that_another_program_folds_in_is_never_taken_for_damage(self, tmp_path: Path):
        path = tmp_path / "book.db"
        Book.create(path).close()
        script = (
            "import sys\n"
            "from pathlib import Path\n"
            "from winback_tui.book.connection import Book\n"
            "for turn in range(8):\n"
            "    with Book.open(Path(sys.argv[1])) as book, book.write() as connection:\n"
            "        connection.executemany(\n"
            "            'INSERT INTO customers (number, name) VALUES (?, ?)',\n"
            "            [(f'{turn}-{each}', 'x' * 200) for each in range(5_000)],\n"
            "        )\n"
        )
        with subprocess.Popen([sys.executable, "-c", script, str(path)]) as writer:
            while writer.poll() is None:
                look(path)
        assert writer.returncode == 0

    def test_does_not_hide_a_book_whose_end_is_missing(self, book: Book, tmp_path: Path):
        with book.write() as connection:
            connection.executemany(ADD, MANY)
        book.close()
        content = book.path.read_bytes()
        book.path.write_bytes(content[: len(content) // 2])
        with pytest.raises(BookError, match="is damaged"):
            look(book.path)


class TestABookThatWasMovedAway:
    def test_while_it_is_open_is_a_sentence_and_no_new_file(self, book: Book):
        for path in book.path.parent.glob("book.db*"):
            path.rename(book.path.with_name(path.name.replace("book", "elsewhere")))
        with pytest.raises(BookError, match="any more: it was moved"):
            book.twin()
        assert not book.path.exists()

    def test_while_it_is_being_opened_is_a_sentence_and_no_new_file(
        self, book: Book, monkeypatch: pytest.MonkeyPatch
    ):
        def slow(path: Path, *, reading: bool) -> int:
            version = look(path, reading=reading)
            path.rename(path.with_name("elsewhere.db"))
            return version

        book.close()
        monkeypatch.setattr(connections, "look", slow)
        with pytest.raises(BookError, match="any more: it was moved"):
            Book.open(book.path)
        assert names(book.path.parent) == ["elsewhere.db"]

    def test_has_any_name_that_a_file_may_have(self, tmp_path: Path):
        path = tmp_path / "mode=ro?#% ü & 'x'.db"
        Book.create(path).close()
        with Book.open(path) as book, book.write():
            book.set_meta("it", "works")
        assert names(tmp_path) == [path.name]
