"""Scores in the book: never stale, never half written, painted at once."""

import random
import subprocess
import sys
from array import array
from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.buying import TODAY, insert, purchases
from tests.little import points_of
from winback_tui.book import details, listing, models, scores
from winback_tui.book.connection import Book
from winback_tui.config import Bands, Config
from winback_tui.desk.scoring import is_fresh, prelude, renew
from winback_tui.desk.session import Desk
from winback_tui.errors import BookError
from winback_tui.model import Sort, Tab


@pytest.fixture
def desk(book: Book) -> Desk:
    """A desk at a book of forty: weekly, monthly and lost customers, and single purchases."""
    lines = []
    for who in range(1, 11):
        lines += purchases(who, *range(who, 1_000, 7))
        lines += purchases(10 + who, *range(who, 990, 30))
        lines += purchases(20 + who, *range(who, 400 + 55 * who, 30), amount=who * 1_000)
        lines += purchases(30 + who, 1_000 - who * 90)
    insert(book, *lines)
    return Desk(book, Config(), TODAY, "me")


def ids_of(desk: Desk, tab: Tab, sort: Sort) -> list[int]:
    count, blob = desk.book.connection.execute(
        "SELECT customers, ids FROM score_orders WHERE tab = ? AND sort = ?", (tab, sort)
    ).fetchone()
    ids = array("I", blob)
    assert len(ids) == count
    return list(ids)


def column(desk: Desk, name: str) -> dict[int, Any]:
    connection = desk.book.connection
    if name in details.Detail._fields:
        known = points_of(connection, name)
        return {
            key: known.get(key) for (key,) in connection.execute("SELECT customer_id FROM scores")
        }
    return dict(connection.execute(f"SELECT customer_id, {name} FROM scores"))


def whole(desk: Desk) -> list[Any]:
    """All that is kept of the scores, as it is stored."""
    return [
        desk.book.connection.execute(f"SELECT * FROM {table}").fetchall()
        for table in ("scores", "score_details")
    ]


class TestRenewal:
    def test_scores_everyone_and_says_so(self, desk):
        assert not is_fresh(desk)
        steps = []
        done = renew(desk, progress=lambda step, share: steps.append((step, share)))
        assert (done.changed, done.fitted, done.customers) == (True, True, 40)
        assert (done.run.as_of, done.run.previous_as_of) == ("1972-09-27", None)
        assert [step for step, _ in steps] == [
            "read", "fit", "score", "store", "store", "stored",
        ]  # fmt: skip
        assert [share for _, share in steps] == sorted(share for _, share in steps)
        assert is_fresh(desk)
        assert scores.current_run(desk.book.connection) == done.run

    def test_does_nothing_when_nothing_changed(self, desk):
        first = renew(desk)
        again = renew(desk)
        assert (again.changed, again.fitted, again.run) == (False, False, first.run)

    def test_follows_the_date_the_data_the_config_and_the_model(self, desk):
        renew(desk)
        tomorrow = replace(desk, as_of=TODAY + timedelta(days=1))
        strict = replace(desk, config=Config(bands=Bands(watch=1)))
        assert not is_fresh(tomorrow)
        assert not is_fresh(strict)
        insert(desk.book, *purchases(50, 999))
        assert not is_fresh(desk)
        assert renew(desk).customers == 41
        assert renew(desk, refit=True).fitted
        assert is_fresh(desk)

    def test_gives_the_same_scores_again_and_in_another_book(self, desk, tmp_path):
        renew(desk)
        kept = whole(desk)
        renew(desk, refit=True)
        assert whole(desk) == kept
        lines = desk.book.connection.execute(
            "SELECT customer_id, day, amount, currency, product FROM transactions"
        ).fetchall()
        random.Random(4).shuffle(lines)
        with Book.create(tmp_path / "other.db") as other:
            for start in range(0, len(lines), 500):
                insert(other, *lines[start : start + 500])
            renew(replace(desk, book=other))
            assert whole(replace(desk, book=other)) == kept

    def test_of_an_empty_book_is_an_empty_list(self, book):
        empty = Desk(book, Config(), TODAY, "me")
        assert renew(empty).customers == 0
        assert ids_of(empty, Tab.ALL, Sort.SCORE) == []
        assert not renew(empty).changed

    def test_keeps_the_model_until_asked(self, desk):
        first = renew(desk).model
        assert renew(replace(desk, as_of=TODAY + timedelta(days=31))).model == first
        assert models.current(desk.book.connection) == first
        second = renew(desk, refit=True).model
        assert first is not None
        assert second is not None
        assert second.id != first.id
        assert models.current(desk.book.connection) == second
        assert is_fresh(desk)

    def test_ignores_what_is_dated_after_the_desk(self, desk):
        renew(desk)
        before = column(desk, "score")
        insert(desk.book, *purchases(1, 1_001, 1_050), *purchases(60, 1_100))
        assert renew(desk).changed
        assert column(desk, "score") == before

    def test_leaves_the_book_sound_and_its_guards_up(self, desk):
        renew(desk)
        assert desk.book.connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert desk.book.connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert desk.book.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


class TestTheKeptModel:
    def test_is_not_that_of_a_later_day(self, desk):
        today = renew(desk).model
        earlier = replace(desk, as_of=TODAY - timedelta(days=100))
        assert not is_fresh(earlier)
        then = renew(earlier)
        assert then.fitted
        assert then.model is not None
        assert then.model.as_of == earlier.as_of.isoformat()
        assert is_fresh(earlier)
        # Nor does looking back make today's model another one.
        assert renew(desk).model == today

    def test_of_the_past_is_what_it_would_have_been_then(self, desk, tmp_path):
        renew(desk)
        earlier = replace(desk, as_of=TODAY - timedelta(days=100))
        renew(earlier)
        found = column(earlier, "score")
        lines = desk.book.connection.execute(
            "SELECT customer_id, day, amount, currency, product FROM transactions WHERE day <= 900"
        ).fetchall()
        with Book.create(tmp_path / "then.db") as then:
            insert(then, *lines)
            renew(replace(earlier, book=then))
            assert column(replace(earlier, book=then), "score") == found

    def test_is_renewed_after_a_month(self, desk):
        renew(desk)
        assert not renew(replace(desk, as_of=TODAY + timedelta(days=31))).fitted
        assert renew(replace(desk, as_of=TODAY + timedelta(days=32))).fitted

    def test_of_a_small_book_is_renewed_when_five_customers_came(self, desk):
        renew(desk)
        insert(desk.book, *(line for who in range(50, 54) for line in purchases(who, 990)))
        assert not renew(desk).fitted
        insert(desk.book, *purchases(54, 990))
        assert not is_fresh(desk)
        assert renew(desk).fitted
        assert is_fresh(desk)

    def test_of_a_larger_book_is_renewed_when_it_grew_by_more_than_a_tenth(self, book):
        desk = Desk(book, Config(), TODAY, "me")
        insert(book, *(line for who in range(60) for line in purchases(who, who, 900 + who)))
        renew(desk)
        insert(book, *(line for who in range(60, 66) for line in purchases(who, 990)))
        assert not renew(desk).fitted
        insert(book, *purchases(66, 990))
        assert renew(desk).fitted

    def test_is_never_one_of_no_customers(self, book):
        desk = Desk(book, Config(), TODAY, "me")
        assert not is_fresh(desk)
        first = renew(desk)
        assert (first.fitted, first.model, first.run.model_id) == (False, None, None)
        assert is_fresh(desk)
        assert not renew(desk).changed
        assert not renew(desk, refit=True).fitted
        assert models.current(book.connection) is None
        insert(book, *purchases(1, 900, 950))
        assert renew(desk).fitted


class TestTheLog:
    def test_is_folded_into_the_book_after_the_commit_not_as_a_part_of_it(self, desk):
        done: list[str] = []
        desk.book.connection.set_trace_callback(done.append)
        renew(desk)
        desk.book.connection.set_trace_callback(None)
        steps = ["PRAGMA wal_autocheckpoint = 0", "BEGIN IMMEDIATE", "COMMIT",
                 "PRAGMA wal_checkpoint(PASSIVE)", "PRAGMA wal_autocheckpoint = 1000"]  # fmt: skip
        assert [each for each in done if each in steps] == steps


class TestThePrelude:
    def test_scores_a_new_book_without_the_optimiser(self, desk):
        assert prelude(desk)
        run = scores.current_run(desk.book.connection)
        assert run is not None
        assert run.customers == len(column(desk, "score"))
        assert run.model_id is None
        assert not is_fresh(desk)

    def test_gives_way_to_the_fit_and_is_not_done_again(self, desk):
        prelude(desk)
        renewal = renew(desk)
        assert renewal.fitted
        assert is_fresh(desk)
        assert not prelude(desk)
        assert is_fresh(desk)

    def test_ranks_much_as_the_fit_does(self, desk):
        prelude(desk)
        before = set(ids_of(desk, Tab.ALL, Sort.SCORE)[:10])
        renew(desk)
        after = set(ids_of(desk, Tab.ALL, Sort.SCORE)[:10])
        assert len(before & after) >= 7


class TestThePreviousScore:
    def test_is_that_of_the_last_run_with_an_earlier_date(self, desk):
        renew(desk)
        first = column(desk, "score")
        assert set(column(desk, "previous_score").values()) == {None}
        later = replace(desk, as_of=TODAY + timedelta(days=7))
        assert renew(later).run.previous_as_of == TODAY.isoformat()
        assert column(desk, "previous_score") == first

    def test_stays_when_the_same_day_is_scored_again(self, desk):
        renew(desk)
        first = column(desk, "score")
        later = replace(desk, as_of=TODAY + timedelta(days=7))
        renew(later)
        insert(desk.book, *purchases(99, 990))
        assert renew(later).run.previous_as_of == TODAY.isoformat()
        assert column(desk, "previous_score") == {**first, 99: None}

    def test_is_forgotten_when_time_runs_backwards(self, desk):
        renew(desk)
        earlier = replace(desk, as_of=TODAY - timedelta(days=7))
        assert renew(earlier).run.previous_as_of is None
        assert set(column(desk, "previous_score").values()) == {None}


class TestTheLists:
    def test_hold_who_belongs_there_highest_first(self, desk):
        renew(desk)
        bands = column(desk, "lifecycle")
        points = column(desk, "score")
        kept = listing.records(desk.book.connection, list(points))
        value = {who: record.value_at_risk for who, record in kept.items()}
        shown = {
            Tab.QUEUE: {"at_risk", "lapsed"},
            Tab.WATCH: {"watch"},
            Tab.GONE: {"gone"},
            Tab.ALL: set(bands.values()),
        }
        for tab, kinds in shown.items():
            members = [who for who, band in bands.items() if band in kinds]
            by_score = sorted(members, key=lambda who: (-points[who], -value[who], who))
            by_value = sorted(members, key=lambda who: (-value[who], -points[who], who))
            assert ids_of(desk, tab, Sort.SCORE) == by_score
            assert ids_of(desk, tab, Sort.VALUE) == by_value
        assert ids_of(desk, Tab.QUEUE, Sort.SCORE)
        assert ids_of(desk, Tab.GONE, Sort.SCORE)

    def test_break_ties_by_customer_number_not_by_id(self, book):
        insert(book, *purchases(1, 10), *purchases(2, 10), *purchases(3, 10))
        with book.write() as connection:
            connection.execute("UPDATE customers SET number = 'Z' WHERE id = 1")
            connection.execute("UPDATE customers SET number = 'A' WHERE id = 3")
        desk = Desk(book, Config(), TODAY, "me")
        renew(desk)
        assert ids_of(desk, Tab.ALL, Sort.SCORE) == [3, 2, 1]


class TestTwoPrograms:
    def test_an_import_in_the_middle_is_scored_too(self, desk):
        calls: list[float] = []

        def interrupt(step: str, share: float) -> None:
            if step == "store" and not calls:
                calls.append(share)
                with desk.book.twin() as other:
                    insert(other, *purchases(77, 990))

        assert renew(desk, progress=interrupt).customers == 41
        assert is_fresh(desk)

    def test_a_book_that_never_rests_is_left_as_it_was(self, desk):
        renew(desk)
        kept = column(desk, "score")
        days = iter(range(900, 990))

        def interrupt(step: str, share: float) -> None:
            if step == "score":
                with desk.book.twin() as other:
                    insert(other, *purchases(77, next(days)))

        with pytest.raises(BookError, match="again and again"):
            renew(replace(desk, as_of=TODAY + timedelta(days=1)), progress=interrupt)
        assert column(desk, "score") == kept
        assert renew(desk).changed

    def test_a_failure_while_storing_leaves_the_old_scores(self, desk):
        renew(desk)
        kept = column(desk, "score")
        with desk.book.write() as connection:
            connection.execute(
                "CREATE TRIGGER stop BEFORE INSERT ON score_orders"
                " BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        tomorrow = replace(desk, as_of=TODAY + timedelta(days=1))
        with pytest.raises(Exception, match="no"):
            renew(tomorrow)
        assert column(desk, "score") == kept
        assert not is_fresh(tomorrow)
        assert desk.book.connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        with desk.book.write() as connection:
            connection.execute("DROP TRIGGER stop")
        assert renew(tomorrow).changed


def test_asking_whether_scores_are_fresh_does_not_load_polars(book):
    code = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from winback_tui.config import Config; from winback_tui.desk.session import Desk\n"
        "from winback_tui.desk.scoring import is_fresh\n"
        "desk = Desk.open(Path(sys.argv[1]), Config(), date(2026, 1, 1))\n"
        "print(is_fresh(desk), [m for m in ('polars', 'numpy', 'scipy') if m in sys.modules])\n"
    )
    command = [sys.executable, "-c", code, str(book.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "False []\n"


_CUSTOMERS = st.dictionaries(
    st.integers(1, 12),
    st.tuples(
        st.sampled_from(["active", "gone"]),
        st.integers(20_000, 20_001),
        st.just("EUR"),
        st.sampled_from([None, "5-5"]),
        st.none(),
    ),
)
_KINDS = dict.fromkeys(scores._COLUMNS, pl.String) | dict.fromkeys(scores._NUMBERS, pl.Int64)


@given(now=_CUSTOMERS, before=_CUSTOMERS)
@example(now={1: ("gone", 20_000, "EUR", None, None)}, before={})
@example(now={}, before={1: ("gone", 20_000, "EUR", None, None)})
def test_rows_are_written_where_they_differ_from_those_that_stand(
    now: dict[int, tuple[Any, ...]], before: dict[int, tuple[Any, ...]]
):
    rows, standing = (
        pl.DataFrame([(key, *each[key]) for key in sorted(each)], schema=_KINDS, orient="row")
        for each in (now, before)
    )
    changed, left = scores._differing(rows, standing)
    assert changed.rows() == [row for row in rows.rows() if row not in standing.rows()]
    assert left == sorted(before.keys() - now.keys())
