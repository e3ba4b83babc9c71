"""The sample book: the same rows everywhere, believable, and movable to today."""

import re
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
import pytest

from tests.little import points_of
from winback_tui import paths
from winback_tui.book import cases, consents, samples
from winback_tui.book.connection import Book
from winback_tui.book.customers import index_search
from winback_tui.book.health import broken_references, integrity, wrong_statistics
from winback_tui.config import Config, Consent
from winback_tui.desk import scoring
from winback_tui.desk.sample import SAMPLE_AS_OF, demo_copy, make_sample, move_to
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError, BookError
from winback_tui.intake.sample import chance, customers, lines, people
from winback_tui.intake.sample.behaviour import EPOCH, MIX, Behaviour, order_days
from winback_tui.model import Channel, EventKind, Outcome, PartyKind, Stage
from winback_tui.rules.consent import ConsentCode, standing

DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}Z)?")
TODAY = (SAMPLE_AS_OF - EPOCH).days
#: Written by other libraries: held against the rows as values, not byte by byte.
BLOBS = {"purchase_statistics", "score_orders", "score_details"}


def committed() -> Path:
    found = paths.sample_book()
    assert found is not None, "sample.db belongs to the checkout; “make sample” makes it"
    return found


def read(path: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def tables(path: Path) -> list[str]:
    return [name for (name,) in read(path, "SELECT name FROM sqlite_schema WHERE type = 'table'")]


def rows(path: Path, table: str) -> list[tuple[Any, ...]]:
    return sorted(read(path, f"SELECT * FROM {table}"), key=repr)


def numbers(path: Path, name: str) -> dict[int, float]:
    """A number that is kept with the scores, by customer."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    with closing(connection):
        return points_of(connection, name)


def behaviour_of() -> dict[int, Behaviour]:
    drawn = customers.customers(7, 0, 300)
    return {
        key: MIX[rhythm].behaviour for key, rhythm in zip(drawn["id"], drawn["rhythm"], strict=True)
    }


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as “make sample” makes it, made again."""
    path = tmp_path_factory.mktemp("sample") / "again.db"
    make_sample(path, 300, 7)
    return path


class TestTheCommittedSample:
    """sample.db is the output of the command, to the last row."""

    def test_is_what_making_it_again_gives(self, again):
        assert tables(again) == tables(committed())
        for table in set(tables(again)) - BLOBS:
            assert rows(again, table) == rows(committed(), table), table

    def test_has_the_same_scores_and_lists(self, again):
        for name in ("score", "p_left", "signal_points", "long_gap"):
            new, old = numbers(again, name), numbers(committed(), name)
            assert len(old) > 200
            assert new == pytest.approx(old, rel=1e-9)
        assert len(numbers(committed(), "score")) > 290
        assert rows(again, "score_orders") == rows(committed(), "score_orders")

    def test_fits_into_a_package_and_is_one_closed_file(self, again):
        assert committed().stat().st_size < 2_000_000
        assert [each.name for each in again.parent.iterdir()] == ["again.db"]

    def test_opens_with_scores_that_are_fresh(self, again):
        with Desk(Book.open(again), Config(), SAMPLE_AS_OF, "you") as desk:
            assert scoring.is_fresh(desk)
            assert samples.made_as_of(desk.book) == SAMPLE_AS_OF

    def test_is_a_sound_book(self, again):
        with Book.open(again) as book:
            assert integrity(book.connection) == []
            assert broken_references(book.connection) == {}
            assert wrong_statistics(book.connection) == 0
            assert cases.replay(book.connection) == cases.everything(book.connection)

    def test_search_finds_what_the_book_itself_would_index(self, again, tmp_path):
        copy = tmp_path / "copy.db"
        samples.copy(again, copy)
        with Book.open(copy) as book:
            made = read_open(book, "SELECT * FROM customer_search ORDER BY customer_id")
            with book.write() as connection:
                index_search(connection)
            assert read_open(book, "SELECT * FROM customer_search ORDER BY customer_id") == made


class TestBelievable:
    """What somebody sees who opens it for the first time."""

    def test_names_are_varied(self):
        names = [name for (name,) in read(committed(), "SELECT name FROM customers")]
        assert len(set(names)) > 285
        for mark in ("ü", "ø", "'", "&", "ß", "ı"):
            assert any(mark in name for name in names), mark
        assert any(len(name) > 80 for name in names)
        assert median(map(len, names)) < 30

    def test_the_queue_can_be_worked_and_every_tab_has_something(self):
        counts = dict(
            read(committed(), "SELECT tab, customers FROM score_orders WHERE sort = 'score'")
        )
        assert 30 <= counts["queue"] <= 70
        assert 15 <= counts["watch"] <= 60
        assert 15 <= counts["gone"] <= 60

    def test_the_queue_holds_those_who_drift_and_not_those_who_are_well(self):
        behaviours = behaviour_of()
        queue = read(
            committed(),
            "SELECT customer_id FROM scores WHERE lifecycle IN ('at_risk', 'lapsed')",
        )
        kinds = Counter(behaviours[key] for (key,) in queue)
        drifting = {Behaviour.LOST, Behaviour.FADING, Behaviour.SHRINKING}
        assert sum(kinds[each] for each in drifting) > 0.6 * len(queue)

    def test_every_behaviour_occurs(self):
        assert set(behaviour_of().values()) == set(Behaviour)

    def test_every_standing_of_consent_occurs(self):
        with sqlite3.connect(f"{committed().as_uri()}?mode=ro&immutable=1", uri=True) as book:
            keys = [key for (key,) in book.execute("SELECT id FROM customers")]
            facts, parties = consents.facts(book, keys), consents.party_kinds(book, keys)
        found = {
            standing(facts[key][channel], channel, parties[key], SAMPLE_AS_OF, Consent())
            for key in keys
            for channel in Channel
        }
        assert {each.why for each in found} >= {
            ConsentCode.CONSENT,
            ConsentCode.AGEING,
            ConsentCode.EXPIRED,
            ConsentCode.PRESUMED,
            ConsentCode.REASON_RECORDED,
            ConsentCode.WITHDRAWN,
            ConsentCode.OBJECTED,
            ConsentCode.BOUNCED,
            ConsentCode.NO_CONSENT,
        }
        month = SAMPLE_AS_OF + timedelta(days=30)
        assert any(each.until and SAMPLE_AS_OF < each.until <= month for each in found)

    def test_has_businesses_and_a_few_consumers(self):
        parties = dict(read(committed(), "SELECT party_kind, count(*) FROM customers GROUP BY 1"))
        assert parties[PartyKind.BUSINESS] > 10 * parties[PartyKind.CONSUMER] > 0

    def test_something_is_due_today_soon_and_overdue(self):
        days = [
            date.fromisoformat(day)
            for (day,) in read(
                committed(), "SELECT next_action_on FROM cases WHERE next_action_on IS NOT NULL"
            )
        ]
        assert SAMPLE_AS_OF in days
        assert any(SAMPLE_AS_OF < day <= SAMPLE_AS_OF + timedelta(days=7) for day in days)
        assert any(day < SAMPLE_AS_OF for day in days)

    def test_the_log_holds_every_sort_of_deed_and_cases_at_many_stages(self):
        kinds = {kind for (kind,) in read(committed(), "SELECT DISTINCT kind FROM events")}
        assert kinds >= {
            EventKind.CALL,
            EventKind.STAGE,
            EventKind.NOTE,
            EventKind.SNOOZE,
            EventKind.HANDOVER,
        }
        outcomes = read(
            committed(),
            "SELECT DISTINCT json_extract(payload, '$.outcome') FROM events WHERE kind = 'call'",
        )
        assert len(outcomes) >= len(Outcome) - 2
        stages = {stage for (stage,) in read(committed(), "SELECT DISTINCT stage FROM cases")}
        assert len(stages & set(Stage)) >= 7

    def test_contacts_were_verified_lately_long_ago_and_never(self):
        verified = [day for (day,) in read(committed(), "SELECT verified_on FROM contacts")]
        year_ago = (SAMPLE_AS_OF - timedelta(days=365)).isoformat()
        assert {None} < {day and day > year_ago for day in verified}
        assert {day > year_ago for day in verified if day} == {True, False}
        assert read(committed(), "SELECT 1 FROM contacts WHERE ended_on IS NOT NULL LIMIT 1")

    def test_addresses_and_numbers_reach_nobody(self):
        points = read(committed(), "SELECT channel, value FROM contact_points")
        for channel, value in points:
            if channel == "email":
                assert value.endswith((".example", "@example.com", "@example.org", "@example.net"))
                assert value.isascii()
            else:
                assert value.startswith((
                    "+49 30 23125 ", "+49 40 66969 ", "+49 221 4710 ", "+49 89 99998 ",
                    "+49 69 90009 ", "+49 171 39200", "+49 176 040690", "+43 0", "+41 0",
                    "+45 00", "+31 0", "+44 1632 960", "+44 20 7946 0", "+44 7700 900",
                )), value  # fmt: skip

    def test_a_customer_pays_in_one_currency_and_most_in_euros(self):
        per_customer = read(
            committed(), "SELECT customer_id, count(DISTINCT currency) FROM transactions GROUP BY 1"
        )
        assert {count for _, count in per_customer} == {1}
        counts = Counter(
            dict(read(committed(), "SELECT currency, count(*) FROM transactions GROUP BY 1"))
        )
        assert counts.most_common(1)[0][0] == "EUR"
        assert {"GBP", "DKK", "CHF"} < set(counts)

    def test_there_are_credit_notes_and_orders_of_several_lines(self):
        credited, total = read(committed(), "SELECT sum(amount < 0), count(*) FROM transactions")[0]
        assert 0 < credited < total / 50
        most = read(
            committed(), "SELECT count(*) n FROM transactions GROUP BY document ORDER BY n DESC"
        )
        assert most[0][0] >= 4

    def test_nothing_lies_in_the_future(self):
        (last,) = read(committed(), "SELECT max(day) FROM transactions")[0]
        assert last <= TODAY
        for sql in (
            "SELECT max(substr(at, 1, 10)) FROM events",
            "SELECT max(substr(at, 1, 10)) FROM consent_events",
            "SELECT max(verified_on) FROM contacts",
            "SELECT max(ended_on) FROM contacts",
            "SELECT max(last_contact_on) FROM cases",
        ):
            assert read(committed(), sql)[0][0] <= SAMPLE_AS_OF.isoformat(), sql


class TestDrawing:
    """Rows depend on their own key and the seed, on nothing else."""

    def test_the_vectorised_number_is_splitmix64(self):
        drawn = pl.select(chance.draw(7, "a purpose", pl.int_range(0, 500, dtype=pl.UInt64)))
        expected = [chance.number(7, "a purpose", counter) for counter in range(500)]
        assert drawn.to_series().to_list() == expected

    def test_numbers_stay_the_same_from_version_to_version(self):
        assert chance.number(7, "behaviour", 1) == 4_677_325_596_868_848_726

    def test_numbers_are_even_and_purposes_independent(self):
        keys = pl.int_range(0, 20_000)
        frame = pl.select(
            a=chance.below(chance.draw(1, "a", keys), 10),
            b=chance.below(chance.draw(1, "b", keys), 10),
        )
        counts = frame.group_by("a", "b").len()["len"]
        assert len(counts) == 100
        assert min(counts) > 130
        assert max(counts) < 280

    @pytest.mark.parametrize("draw", [people.consents, people.contacts])
    def test_chunks_leave_no_trace_in_people(self, draw):
        whole = draw(customers.customers(3, 0, 90), 3, SAMPLE_AS_OF)
        parts = [
            draw(customers.customers(3, low, low + 30), 3, SAMPLE_AS_OF) for low in (0, 30, 60)
        ]
        assert pl.concat(parts).equals(whole)

    def test_chunks_leave_no_trace_in_a_book(self, tmp_path):
        one, other = tmp_path / "one.db", tmp_path / "other.db"
        make_sample(one, 50, 5, chunk=50)
        make_sample(other, 50, 5, chunk=7)
        for table in tables(one):
            assert rows(one, table) == rows(other, table), table

    def test_another_seed_is_another_book(self):
        one, other = (customers.customers(seed, 0, 50)["name"].to_list() for seed in (1, 2))
        assert one != other

    def test_no_order_on_a_weekend_and_none_twice_a_day(self):
        drawn = customers.customers(11, 0, 2_000)
        placed = order_days(drawn, 11, SAMPLE_AS_OF, 10_000_000)
        assert placed.select((pl.col("day") + 3) % 7 < 5).to_series().all()
        assert placed.select("id", "day").is_unique().all()
        assert max(placed["day"]) <= TODAY
        assert placed["id"].n_unique() == 2_000

    def test_a_big_book_has_about_ten_lines_each(self):
        assert lines.default_lines(300) == 13_500
        assert lines.default_lines(2_000) == 45_000
        assert lines.default_lines(100_000) == 1_000_000
        drawn = customers.customers(7, 0, 3_000)
        made = lines.transactions(drawn, 7, SAMPLE_AS_OF, 10, 6)
        assert 9 < len(made) / 3_000 < 11


class TestMaking:
    """Any number of customers, at any day, at a free path."""

    @pytest.mark.parametrize("count", [1, 2])
    def test_small_books_work(self, tmp_path, count):
        path = tmp_path / "small.db"
        made = make_sample(path, count, 1)
        assert made.customers == count
        assert read(path, "SELECT count(*) FROM customers") == [(count,)]
        assert made.transactions == read(path, "SELECT count(*) FROM transactions")[0][0] > 0

    def test_another_day_is_another_end(self, tmp_path):
        path = tmp_path / "book.db"
        make_sample(path, 30, 1, date(2024, 2, 29))
        assert read(path, "SELECT as_of FROM score_runs") == [("2024-02-29",)]
        (last,) = read(path, "SELECT max(day) FROM transactions")[0]
        assert last <= (date(2024, 2, 29) - EPOCH).days

    def test_a_file_that_is_there_stays(self, tmp_path):
        path = tmp_path / "letter.txt"
        path.write_text("Dear customer")
        for force in (False, True):
            with pytest.raises(BadInputError):
                make_sample(path, 2, 1, force=force)
        assert path.read_text() == "Dear customer"
        assert sorted(each.name for each in tmp_path.iterdir()) == ["home", "letter.txt"]

    def test_a_book_that_somebody_has_open_stays(self, tmp_path):
        path = tmp_path / "book.db"
        make_sample(path, 2, 1)
        with Book.open(path) as opened:
            opened.revision()
            with pytest.raises(BookError, match="in use"):
                make_sample(path, 3, 1, force=True)
            assert read_open(opened, "SELECT count(*) FROM customers") == [(2,)]

    def test_a_book_that_somebody_opens_while_the_sample_is_made_stays(self, tmp_path):
        path = tmp_path / "book.db"
        make_sample(path, 2, 1)
        opened: list[Book] = []

        def open_it(step: str, share: float) -> None:
            if step == "score" and not opened:
                opened.append(Book.open(path))
                opened[0].revision()

        with pytest.raises(BookError, match="in use"):
            make_sample(path, 3, 1, force=True, progress=open_it)
        assert read_open(opened[0], "SELECT count(*) FROM customers") == [(2,)]
        opened[0].close()
        assert sorted(each.name for each in tmp_path.iterdir()) == ["book.db", "home"]

    def test_too_few_transactions_are_refused(self, tmp_path):
        with pytest.raises(BadInputError, match="too few"):
            make_sample(tmp_path / "book.db", 10, 1, transactions=5)


class TestMovedToToday:
    """The demo: a copy whose dates end today."""

    @pytest.mark.parametrize("days", [1, 7, 41, 400, -7, -30])
    def test_scores_are_the_same_on_another_day(self, tmp_path, days):
        copy = tmp_path / "copy.db"
        samples.copy(committed(), copy)
        today = SAMPLE_AS_OF + timedelta(days=days)
        with Desk(Book.open(copy), Config(), today, "you") as desk:
            move_to(desk.book, today)
            assert scoring.is_fresh(desk)
            kept = read_open(desk.book, "SELECT customer_id, lifecycle FROM scores")
            points = points_of(desk.book.connection)
            with desk.book.write() as connection:
                connection.execute("DELETE FROM score_runs")
            assert scoring.renew(desk).changed
            assert read_open(desk.book, "SELECT customer_id, lifecycle FROM scores") == kept
            assert points_of(desk.book.connection) == pytest.approx(points, rel=1e-9)
            assert wrong_statistics(desk.book.connection) == 0

    def test_deeds_and_cases_move_along(self, tmp_path):
        copy = tmp_path / "copy.db"
        samples.copy(committed(), copy)
        with Book.open(copy) as book:
            move_to(book, SAMPLE_AS_OF + timedelta(days=41))
            assert cases.replay(book.connection) == cases.everything(book.connection)
            assert samples.made_as_of(book) == SAMPLE_AS_OF + timedelta(days=41)
            assert book.meta("maintenance") is None
            moved = read_open(book, "SELECT next_action_on FROM cases ORDER BY customer_id")
            with pytest.raises(sqlite3.IntegrityError):
                book.connection.execute("UPDATE events SET actor = 'x'")
        was = read(committed(), "SELECT next_action_on FROM cases ORDER BY customer_id")
        for (new,), (old,) in zip(moved, was, strict=True):
            assert (new is None) == (old is None)
            if old:
                gap = date.fromisoformat(new) - date.fromisoformat(old)
                assert gap == timedelta(days=41)

    def test_every_date_of_every_table_moves(self, tmp_path):
        path = tmp_path / "book.db"
        make_sample(path, 60, 3)
        before = {table: dated(path, table) for table in tables(path)}
        with Book.open(path) as book:
            move_to(book, SAMPLE_AS_OF + timedelta(days=41))
        assert sum(map(len, before.values())) > 300
        for table, days in before.items():
            moved = [str(date.fromisoformat(day) + timedelta(days=41)) for day in days]
            assert dated(path, table) == sorted(moved), table

    def test_the_copy_is_gone_afterwards_and_the_sample_is_as_it_was(self):
        before = committed().read_bytes()
        with demo_copy(date(2027, 1, 15)) as copy:
            assert copy.stat().st_mode & 0o077 == 0
            assert read(copy, "SELECT as_of FROM score_runs") == [("2027-01-15",)]
        assert not copy.parent.exists()
        assert committed().read_bytes() == before

    def test_a_book_that_is_no_sample_is_not_moved(self, book):
        with pytest.raises(BadInputError, match="not a sample"):
            move_to(book, date(2027, 1, 1))


def dated(path: Path, table: str) -> list[str]:
    """Return the day of every text of a table that is a date or an instant, sorted."""
    texts = [each for row in read(path, f"SELECT * FROM {table}") for each in row]
    return sorted(
        found[1] for each in texts if isinstance(each, str) and (found := DAY.fullmatch(each))
    )


def read_open(book: Book, sql: str) -> list[tuple[Any, ...]]:
    return book.connection.execute(sql).fetchall()


class TestTheCommand:
    """`winback sample FILE` and `winback demo`."""

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "winback_tui", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )

    def test_makes_a_book_and_says_how_to_look_at_it(self, tmp_path):
        path = tmp_path / "play.db"
        done = self.run("sample", str(path), "--customers", "20", "--seed", "3")
        assert done.returncode == 0, done.stderr
        assert "20 customers" in done.stdout
        assert f"--db {path} --as-of 2026-11-20" in done.stdout
        assert path.stat().st_mode & 0o077 == 0
        assert sorted(each.name for each in tmp_path.iterdir()) == ["home", "play.db"]

    def test_refuses_to_overwrite_and_replaces_when_forced(self, tmp_path):
        path = tmp_path / "play.db"
        self.run("sample", str(path), "--customers", "5")
        before = path.read_bytes()
        refused = self.run("sample", str(path), "--customers", "6")
        assert refused.returncode == 2
        assert "exists already" in refused.stderr
        assert path.read_bytes() == before
        forced = self.run("--as-of", "2026-03-01", "sample", str(path), "-n", "6", "--force")
        assert forced.returncode == 0, forced.stderr
        assert read(path, "SELECT value FROM meta WHERE key = 'sample_as_of'") == [("2026-03-01",)]
        assert read(path, "SELECT count(*) FROM customers") == [(6,)]

    def test_demo_without_a_terminal_prints_the_top_and_leaves_nothing(self, tmp_path, monkeypatch):
        room = tmp_path / "room"
        room.mkdir()
        monkeypatch.setenv("TMPDIR", str(room))
        done = self.run("demo")
        assert done.returncode == 0, done.stderr
        names = {name for (name,) in read(committed(), "SELECT name FROM customers")}
        assert sum(name in done.stdout for name in names) >= 10
        assert list(room.iterdir()) == []
