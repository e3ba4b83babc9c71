"""Segments and signals, from the config file and the book to the score on show."""

import json
from array import array
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.little import AS_OF, EPOCH, fill, winback
from winback_tui.book import listing, score_history, scores
from winback_tui.book.connection import Book
from winback_tui.book.models import current
from winback_tui.config import Config, load
from winback_tui.config.segments import Segment
from winback_tui.config.signals import SHIPPED, Signal, effective
from winback_tui.desk.changes import since
from winback_tui.desk.dossier import dossier
from winback_tui.desk.scoring import glimpse, renew
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import Sort, Tab
from winback_tui.words import reasons

TODAY = (AS_OF - EPOCH).days


@pytest.fixture
def desk(tmp_path: Path):
    with Book.open(fill(tmp_path / "book.db")) as book:
        yield Desk(book, Config(), AS_OF, "kim")


def signal(desk: Desk, customer: int, kind: str, day: int = TODAY, value: float | None = None):
    """Add a signal as an import does."""
    with desk.book.write() as connection:
        connection.execute(
            "INSERT INTO signals (customer_id, kind, day, value, batch_id) VALUES (?, ?, ?, ?, 1)",
            (customer, kind, day, value),
        )
        desk.book.bump_revision()


def record(desk: Desk, customer: int) -> listing.Record:
    return listing.records(desk.book.connection, [customer])[customer]


class TestSignals:
    def test_of_the_book_move_the_score_and_are_told(self, desk):
        renew(desk)
        before = record(desk, 2)
        signal(desk, 2, "complaint", TODAY - 2)
        renew(desk)
        after = record(desk, 2)
        assert after.score > before.score
        assert after.signal_points == pytest.approx(after.score - before.score, abs=1e-6)
        told = reasons.reasons(after, 5)[-1]
        assert told.code == "signal"
        assert told.text == "Complaint on 19 Nov 2026: signals make staying away likelier."

    def test_that_were_undone_count_no_more(self, desk):
        renew(desk)
        before = record(desk, 2).score
        with desk.book.write() as connection:
            event = "INSERT INTO events (action, at, actor, kind, customer_id, payload, undoes)"
            connection.execute(
                f"{event} VALUES (1, '2026-11-20T08:00:00Z', 'kim', 'note', 2, '{{}}', NULL)"
            )
            connection.execute(
                f"{event} VALUES (2, '2026-11-20T08:01:00Z', 'kim', 'note', 2, '{{}}', 1)"
            )
            connection.execute(
                "INSERT INTO signals (customer_id, kind, day, event_id)"
                " VALUES (2, 'complaint', ?, 1)",
                (TODAY,),
            )
        renew(desk, refit=True)
        assert record(desk, 2).score == before

    def test_a_call_that_found_only_the_season_calms(self, desk):
        renew(desk)
        before = record(desk, 3).score
        with desk.book.write() as connection:
            connection.execute(
                "INSERT INTO events (action, at, actor, kind, customer_id, payload)"
                " VALUES (1, '2026-11-20T08:00:00Z', 'kim', 'call', 3, ?)",
                (json.dumps({"reason": "seasonal", "on": "2026-11-20"}),),
            )
            desk.book.bump_revision()
        renew(desk)
        assert record(desk, 3).signal == "seasonal"
        assert record(desk, 3).score < before - 10

    def test_of_a_hostile_name_are_harmless(self, desk):
        kind = "[red]\x1b[2J[/]"
        signal(desk, 2, kind)
        renew(replace(desk, config=Config(signals={kind: Signal(odds=2.0)})))
        text = reasons.reasons(record(desk, 2), 5)[-1].text
        assert "\x1b" not in text
        assert text.endswith("signals make staying away likelier.")

    def test_in_the_config_keep_what_they_leave_out(self):
        rules = effective({"complaint": Signal(odds=2.0), "mine": Signal(odds=-1.0)})
        assert (rules["complaint"].odds, rules["complaint"].half_life) == (2.0, 60)
        assert (rules["mine"].odds, rules["mine"].half_life, rules["mine"].floor) == (-1.0, 90, 0)
        assert set(SHIPPED) < set(rules)


class TestSegments:
    def test_go_by_columns_and_attributes_capitals_aside(self, desk):
        with desk.book.write() as connection:
            connection.execute("UPDATE customers SET segment = 'Wholesale' WHERE id IN (2, 3)")
            connection.execute("INSERT INTO customer_attributes VALUES (3, 'Route', 'North', 1)")
        both = Segment(match={"segment": "wholesale", "route": "north"}, days=300)
        first = Segment(match={"segment": "wholesale"}, days=99, at_risk=51.0)
        config = Config(segments={"north": both, "wholesale": first})
        renew(replace(desk, config=config))
        assert [record(desk, each).horizon_days for each in (2, 3)] == [99, 300]
        assert record(desk, 1).horizon_days not in {99, 300}

    def test_make_the_scores_anew_when_they_change(self, desk):
        renew(desk)
        config = Config(segments={"all": Segment(match={"party_kind": "business"}, days=77)})
        assert renew(replace(desk, config=config)).changed
        assert not renew(replace(desk, config=config)).changed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[segments.a]\ndays = 3\n", "match names at least one"),
        ("[segments.a]\nmatch = { segment = 'b' }\nwatch = 101\n", "line 3.*watch.*from 0 to 100"),
        ("[segments.a]\nmatch = { segment = 'b' }\nwatch = 60\nat_risk = 50\n", "watch ≤ at_risk"),
        ("[segments.a]\nhorizons = 3\n", "line 2: unknown key “segments.a.horizons”"),
        (
            "[signals.complaint]\nodds = 'high'\n",
            "line 2: “signals.complaint.odds” must be a number",
        ),
        ("[signals.complaint]\nodds = 50\n", "line 2: .*from -5 to 5"),
        (
            "[signals.complaint]\nhalflife = 5\n",
            "line 2: unknown key .*halflife”; known here: odds",
        ),
    ],
)
def test_a_mistake_in_the_config_is_named_with_its_line(tmp_path, text, said):
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError, match=said):
        load(path)


class TestWhatChanged:
    def test_adds_up_to_the_change_part_by_part(self, desk):
        earlier = replace(desk, as_of=AS_OF - timedelta(days=9))
        renew(earlier)
        signal(desk, 2, "payment_overdue", TODAY - 1)
        renew(desk)
        for customer in (1, 2, 3):
            found = dossier(desk, customer)
            assert found is not None
            day, changes = since(desk, found) or (None, ())
            assert day == earlier.as_of
            assert sum(each.points for each in changes) == pytest.approx(found.row.change, abs=1e-3)
        found = dossier(desk, 2)
        assert found is not None
        _, changes = since(desk, found) or (None, ())
        parts = {each.code: each.points for each in changes}
        assert parts["signal"] > 0
        assert parts["silence"] < 0  # they bought again in between

    def test_does_not_take_a_model_fitted_for_a_later_day(self, desk):
        desk = replace(desk, clock=lambda: AS_OF + timedelta(days=200))
        renew(replace(desk, as_of=AS_OF - timedelta(days=1)))
        renew(desk)
        day, plain = self.told(desk)
        renew(replace(desk, as_of=AS_OF + timedelta(days=90)))
        with desk.book.snapshot() as connection:
            newest = current(connection)
        assert newest is not None
        assert newest.as_of > AS_OF.isoformat()
        glimpse(desk)
        before, parts = self.told(desk)
        assert before == day
        assert parts == pytest.approx(plain, abs=0.006)

    def told(self, desk: Desk) -> tuple[date, dict[str, float]]:
        """Return since when the score of the first moved, and by what."""
        found = dossier(desk, 1)
        assert found is not None
        told = since(desk, found)
        assert told is not None
        return told[0], {each.code: each.points for each in told[1]}

    def test_is_nothing_before_there_is_a_run_to_compare_with(self, desk):
        renew(desk)
        found = dossier(desk, 1)
        assert found is not None
        assert since(desk, found) is None


class TestTheHistory:
    def test_keeps_the_last_twelve_days_and_forgets_what_came_later(self, desk):
        days = [AS_OF - timedelta(days=7 * n) for n in range(13, -1, -1)]
        for day in days:
            renew(replace(desk, as_of=day))
        kept = score_history.history(desk.book.connection, 2)
        assert [day for day, _ in kept] == [day.isoformat() for day in days[-12:]]
        assert kept[-1][1] == pytest.approx(record(desk, 2).score, abs=0.006)
        renew(replace(desk, as_of=days[-3]))
        assert len(score_history.history(desk.book.connection, 2)) == 10
        assert score_history.history(desk.book.connection, 999) == []

    def test_says_who_is_new_in_the_queue(self, desk):
        assert renew(desk).run.arrived is None
        later = replace(desk, as_of=AS_OF + timedelta(days=60))
        run = renew(later).run
        assert run.arrived is not None
        with later.book.snapshot() as connection:
            queue = set(array("I", scores.queue(connection) or b""))
        was = set(array("I", run.previous_queue or b""))
        assert run.arrived == len(queue - was) > 0
        assert renew(later, refit=True).run.arrived == run.arrived


def test_a_customer_can_be_forgotten_without_a_trace_in_the_scores(desk):
    renew(desk)
    others = record(desk, 1)
    with desk.book.write() as connection:
        scores.forget(connection, 2)
    assert record(desk, 1) == others
    assert score_history.history(desk.book.connection, 2) == []
    assert score_history.history(desk.book.connection, 1)
    assert listing.records(desk.book.connection, [2]) == {}
    for tab in Tab:
        assert 2 not in listing.order(desk.book.connection, tab, Sort.SCORE)


def test_score_says_what_the_past_did_and_show_what_comes_next(tmp_path):
    book = fill(tmp_path / "book.db")
    done = winback("--db", book, "--as-of", AS_OF, "score")
    assert "so the score is the formula's." in done.stdout
    shown = winback("--db", book, "--as-of", AS_OF, "show", "1002").stdout
    assert "the next order comes within" in shown
    assert "Expected in" in shown
    (row,) = [
        each
        for each in json.loads(
            winback(
                "--db", book, "--as-of", AS_OF, "list", "--tab", "all", "--format", "json"
            ).stdout
        )
        if each["customer"] == "1002"
    ]
    assert row["next_purchase_from"] <= row["next_purchase"] <= row["next_purchase_until"]
    assert row["expected_revenue"] > 0
