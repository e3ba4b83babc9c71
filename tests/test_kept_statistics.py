"""Statistics of purchases as the book keeps them: what a recount finds, on any day."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.buying import LINE, insert, purchases
from winback_tui.book import frames, statistics
from winback_tui.book.connection import Book
from winback_tui.scoring.statistics import statistics as from_scratch


def recomputed(book: Book, day: int) -> pl.DataFrame:
    """The statistics as of a day, from the rows as Python reads them."""
    rows = book.connection.execute(
        "SELECT customer_id, day, amount, currency, product FROM transactions WHERE day <= ?",
        (day,),
    ).fetchall()
    schema = {
        "customer_id": pl.Int64,
        "day": pl.Int32,
        "amount": pl.Int64,
        "currency": pl.String,
        "product": pl.String,
    }
    return from_scratch(pl.DataFrame(rows, schema=schema, orient="row"))


class TestFrames:
    def test_reads_every_kind_of_value_as_it_is(self, book):
        with book.write() as connection:
            connection.execute("INSERT INTO meta VALUES ('a', '[/] \"„–\" \\ \t')")
            connection.execute("INSERT INTO meta VALUES ('b', '')")
        source = (
            "(SELECT value, 1.5 AS half, NULL AS none FROM meta WHERE key IN ('a', ?) ORDER BY key)"
        )
        columns = {"value": pl.String, "half": pl.Float64, "none": pl.Int64}
        frame = frames.read(book.connection, columns, source, ("b",))
        assert frame.rows() == [('[/] "„–" \\ \t', 1.5, None), ("", 1.5, None)]

    def test_of_nothing_has_the_columns_and_no_rows(self, book):
        frame = frames.read(book.connection, {"customer_id": pl.Int64}, "transactions")
        assert (frame.columns, frame.height) == (["customer_id"], 0)
        assert frames.transactions(book.connection, 1, 9).height == 0
        assert frames.transactions_of(book.connection, []).height == 0


STEP = st.one_of(
    st.tuples(
        st.just("insert"),
        st.lists(
            st.tuples(
                st.sampled_from([1, 2, 3, 65_535, 65_536, 200_000]),
                st.integers(0, 15),
                st.sampled_from([-200, -100, 100, 100, 200]),
                st.sampled_from(["EUR", "EUR", "USD"]),
                st.sampled_from(["A", "B"]),
            ),
            min_size=1,
            max_size=8,
        ),
    ),
    st.tuples(st.just("delete"), st.integers(0, 9)),
    st.tuples(st.just("refresh"), st.none()),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(STEP, max_size=6), st.lists(st.integers(-1, 16), min_size=2, max_size=3))
def test_kept_statistics_equal_a_recount_after_any_changes(tmp_path_factory, steps, days):
    with Book.create(tmp_path_factory.mktemp("any") / "book.db") as book:
        for what, facts in steps:
            if what == "insert":
                insert(book, *facts)
            with book.write() as connection:
                if what == "delete":
                    hit = "WHERE (customer_id + day) % 10 = ?"
                    rows = connection.execute(
                        f"SELECT DISTINCT customer_id FROM transactions {hit}", (facts,)
                    )
                    gone = [row[0] for row in rows]
                    connection.execute(f"DELETE FROM transactions {hit}", (facts,))
                    statistics.refresh(connection, gone)
                elif what == "refresh":
                    statistics.refresh(connection)
        for day in days:
            with book.snapshot() as connection:
                assert statistics.load(connection, day).equals(recomputed(book, day))


class TestStatistics:
    def test_know_an_order_before_it_was_cancelled(self, book):
        insert(book, (1, 10, 500, "EUR", "A"), (1, 20, -500, "EUR", "A"))
        with book.snapshot() as connection:
            assert statistics.load(connection, 30).is_empty()
            assert statistics.load(connection, 15)["purchases"].to_list() == [1]

    def test_go_when_the_last_line_of_a_chunk_goes(self, book):
        insert(book, *purchases(70_000, 1, 2))
        with book.write() as connection:
            connection.execute("DELETE FROM transactions")
            statistics.refresh(connection, [70_000])
        assert book.connection.execute("SELECT count(*) FROM purchase_statistics").fetchone() == (
            0,
        )

    def test_may_be_made_from_lines_in_hand(self, book):
        lines = [*purchases(1, 1, 2), *purchases(66_000, 3), (2, 4, -7, "EUR", "A")]
        insert(book, *lines)
        names = ("customer_id", "day", "amount", "currency", "product")
        hand = pl.DataFrame(lines, schema=names, orient="row").cast({"day": pl.Int32})
        expected = recomputed(book, 9)
        for who in (None, [1, 2, 66_000]):
            with book.write() as connection:
                connection.execute("DELETE FROM purchase_statistics")
                statistics.refresh(connection, who, transactions=hand)
                assert statistics.load(connection, 9).equals(expected)

    def test_return_to_what_they_were_when_the_import_fails(self, book):
        insert(book, *purchases(1, 5))

        def fail() -> None:
            with book.write() as connection:
                connection.execute(LINE, (1, 9, "", 100, "EUR", 0))
                statistics.refresh(connection, [1])
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        with book.snapshot() as connection:
            assert statistics.load(connection, 99)["last_day"].to_list() == [5]
