"""What an import gathers on its way through a file, and how many rows reach the book at once."""

import re
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback_tui.book import bulk, lines
from winback_tui.book.connection import Book
from winback_tui.book.today import newest_purchase
from winback_tui.config import Config
from winback_tui.desk.imports import ImportOptions, import_transactions
from winback_tui.desk.session import Desk
from winback_tui.intake.gather import Codes, Usual
from winback_tui.model import PartyKind


class TestCodes:
    def test_count_texts_as_they_are_first_named(self):
        codes = Codes()
        assert codes.of(pl.Series(["b", "a", "b"])).to_list() == [0, 1, 0]
        assert codes.of(pl.Series(["c", "a"])).to_list() == [2, 1]
        assert codes.frame("who").rows() == [("b", 0), ("a", 1), ("c", 2)]

    def test_of_nothing_are_none(self):
        assert Codes().frame("who").is_empty()

    def test_of_two_files_do_not_mix(self):
        first, second = Codes(), Codes()
        first.of(pl.Series(["a", "b"]))
        assert second.of(pl.Series(["b"])).to_list() == [0]


names = st.lists(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["", "x", "y", "zz"]))))


class TestTheUsualValue:
    @given(batches=names)
    def test_is_the_most_frequent_one_and_of_equals_the_first(
        self, batches: list[list[tuple[int, str]]]
    ):
        usual = Usual(["name"])
        counts: dict[int, dict[str, int]] = {code: {} for code in range(6)}
        for batch in batches:
            codes = pl.Series([code for code, _ in batch], dtype=pl.Int64)
            values = pl.Series("name", [name for _, name in batch], dtype=pl.String)
            usual.see(codes, values.to_frame())
            for code, name in batch:
                if name:
                    counts[code][name] = counts[code].get(name, 0) + 1
        expected = [
            min(counts[code], key=lambda name: (-counts[code][name], name))
            if counts[code]
            else None
            for code in range(6)
        ]
        frame = usual.join(pl.DataFrame({"code": range(6)}))
        assert frame["name"].to_list() == expected


class TestManyRowsAtOnce:
    def test_keep_what_is_blank_apart_from_what_is_missing(self):
        frame = pl.DataFrame({
            "id": range(1_000),
            "text": ["" if n % 3 else None for n in range(1_000)],
            "number": [None if n % 2 else n / 4 for n in range(1_000)],
            "same": "x",
            "none": pl.Series([None] * 1_000, dtype=pl.String),
        })  # fmt: skip
        connection = sqlite3.connect(":memory:")
        connection.execute(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT, number REAL, same TEXT, none TEXT,"
            " also INTEGER) STRICT"
        )
        made = bulk.rows(frame, frame.columns)
        assert bulk.insert(connection, "t", made, {"also": 7}) == 1_000
        there = connection.execute("SELECT * FROM t ORDER BY id").fetchall()
        assert there == [(*row, 7) for row in frame.rows()]

    @pytest.mark.parametrize("rows", [0, 1, 2])
    def test_may_be_few_and_alike(self, rows: int):
        connection = sqlite3.connect(":memory:")
        connection.execute("CREATE TABLE t (a TEXT, b INTEGER)")
        frame = pl.DataFrame({"a": ["x"] * rows}, schema={"a": pl.String})
        assert bulk.insert(connection, "t", bulk.rows(frame, ["a"]), {"b": 1}) == rows
        assert connection.execute("SELECT * FROM t").fetchall() == [("x", 1)] * rows

    def test_leave_the_book_with_its_foreign_keys(self, tmp_path: Path):
        with Book.create(tmp_path / "book.db") as book:
            with pytest.raises(ZeroDivisionError), book.by_the_million(), book.write():
                raise ZeroDivisionError
            with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
                book.connection.execute("INSERT INTO customer_search VALUES (1, 'nobody')")


class TestWhatIsCheckedForAllRowsAtOnce:
    def test_holds_for_currencies_as_the_table_says(self, tmp_path: Path):
        frame = pl.DataFrame({
            "customer_id": [1], "day": [20_000], "document": [""], "product": [""],
            "amount": [100], "currency": ["EURO"], "ordinal": [0], "quantity": [None],
        }, schema_overrides={"quantity": pl.Float64})  # fmt: skip
        with Book.create(tmp_path / "book.db") as book, book.by_the_million():
            with pytest.raises(sqlite3.IntegrityError, match="currency"), book.write() as writing:
                lines.insert(writing, lines.as_taken(frame), 1)
            assert not book.connection.execute("SELECT 1 FROM transactions").fetchall()

    def test_is_all_that_the_tables_check(self, tmp_path: Path):
        """A CHECK that a migration adds is to be asked in `lines` or `buyers` too."""
        kinds = ", ".join(f"'{kind}'" for kind in PartyKind)
        checks = {
            "transactions": ["CHECK (length(currency) = 3)"],
            "customers": [f"CHECK (party_kind IN ({kinds}))"],
        }
        with Book.create(tmp_path / "book.db") as book:
            for table, known in checks.items():
                (sql,) = book.connection.execute(
                    "SELECT sql FROM sqlite_master WHERE name = ?", (table,)
                ).fetchone()
                assert re.findall(r"CHECK .*\)(?=,|\s)", sql) == known

    def test_is_checked_row_by_row_again_behind_it(self, tmp_path: Path):
        with Book.create(tmp_path / "book.db") as book:
            with bulk.checked(book.connection):
                pass
            with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
                book.connection.execute(
                    "INSERT INTO customers (number, party_kind) VALUES ('K1', 'cat')"
                )


class TestTheNewestPurchase:
    @given(
        days=st.lists(st.integers(-40, 40), min_size=1, max_size=12),
        ahead=st.integers(-45, 45),
    )
    def test_is_the_same_by_what_is_kept_of_customers_as_by_their_lines(
        self, tmp_path_factory: pytest.TempPathFactory, days: list[int], ahead: int
    ):
        today = date(2026, 11, 21)
        rows = "".join(f"K{n % 3},{today + timedelta(days=day)},5\n" for n, day in enumerate(days))
        folder = tmp_path_factory.mktemp("newest")
        file = folder / "some.csv"
        file.write_text(f"customer,date,amount\n{rows}", encoding="utf-8")
        asked = today + timedelta(days=ahead)
        with Book.create(folder / "book.db") as book:
            summary = import_transactions(Desk(book, Config(), asked, "kim"), [file])
            assert summary.newest == newest_purchase(book.connection, asked)
            past = [day for day in days if day <= ahead]
            assert summary.newest == (today + timedelta(days=max(past)) if past else None)

    @given(
        rows=st.lists(
            st.tuples(st.integers(0, 2), st.integers(0, 9), st.sampled_from([5, 5, -5, -2])),
            min_size=1,
            max_size=10,
        )
    )
    def test_counts_where_it_was_cancelled_since_as_the_list_counts_it(
        self, tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, int]]
    ):
        today = date(2026, 11, 21)
        text = "".join(f"K{who},{today - timedelta(days=day)},{what}\n" for who, day, what in rows)
        folder = tmp_path_factory.mktemp("cancelled")
        file = folder / "some.csv"
        file.write_text(f"customer,date,amount\n{text}", encoding="utf-8")
        with Book.create(folder / "book.db") as book:
            # Ten rows that all bear a minus would be asked about.
            said = ImportOptions(mapping=(("amount", "amount"),))
            summary = import_transactions(Desk(book, Config(), today, "kim"), [file], said)
            assert summary.newest == newest_purchase(book.connection, today)
