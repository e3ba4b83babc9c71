"""A look at another day leaves the book's own scores alone, and one ahead does not stay."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.apps import Keyboard, scored, settled, shown, triage, until
from tests.little import AS_OF, points_of
from winback_tui.book import listing, score_history, scores
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import erase, looking, merge, renewal, scoring, undoing
from winback_tui.desk.apart import Apart
from winback_tui.desk.listing import rows as rows_of
from winback_tui.desk.renewal import Outcome, Report
from winback_tui.desk.session import Desk
from winback_tui.model import Sort, Tab
from winback_tui.tui.app import WinbackApp
from winback_tui.words.scores import AFTERWARDS

LAST_MONTH = AS_OF - timedelta(days=30)
LAST_WEEK = AS_OF - timedelta(days=7)
NEXT_MONTH = AS_OF + timedelta(days=30)
TABLES = ("scores", "score_details", "score_history", "score_orders", "score_runs")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where looks back are put, by this process and by others."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A book that was scored last week, and on the day that it is."""
    path = scored(tmp_path / "a.db", as_of=LAST_WEEK)
    with opened(path) as desk:
        scoring.renew(desk)
    return path


@pytest.fixture
def back(path: Path) -> Iterator[Desk]:
    """A desk that looks at the month before."""
    with opened(path, LAST_MONTH) as desk:
        yield desk


def opened(path: Path, as_of: date = AS_OF, today: date = AS_OF) -> Desk:
    return replace(Desk.open(path, Config(), as_of), clock=lambda: today)


def kept(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that the book holds of its scores."""
    with Book.open(path) as book:
        tables = {
            name: book.connection.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES
        }
        return tables | {"points": [*points_of(book.connection).items()]}


def points(desk: Desk) -> dict[int, float]:
    return points_of(desk.book.connection)


def days(desk: Desk) -> list[str]:
    rows = desk.book.connection.execute("SELECT as_of FROM score_history ORDER BY as_of")
    return [day for (day,) in rows]


@asynccontextmanager
async def app_at(
    desk: Desk, path: Path, *, apart: bool = False
) -> AsyncIterator[tuple[WinbackApp, Keyboard]]:
    """Give the app at this desk, and its pilot."""
    app = WinbackApp(path, desk, Config(), desk.as_of, apart=apart)
    try:
        async with app.run_test(size=(120, 40)):
            pilot = Keyboard(app)
            await settled(app, pilot)
            yield app, pilot
    finally:
        desk.close()
        app.closing.close()


# Back.


@pytest.mark.parametrize("apart", [False, True])
async def test_the_app_shows_an_earlier_day_and_the_book_keeps_its_own_scores(
    path: Path, back: Desk, temporary: Path, apart: bool
) -> None:
    before = kept(path)
    async with app_at(back, path, apart=apart) as (app, pilot):
        await until(lambda: triage(app).scored.as_of == LAST_MONTH)  # type: ignore[union-attr]
        await until(lambda: not triage(app)._at_work)
        assert "scores of" not in shown(app)
        with back.twin(bare=True) as own:
            scoring.glimpse(own)
            then = points(own)
            queue = listing.order(own.book.connection, Tab.QUEUE, Sort.SCORE)
        assert then != dict(before["points"])
        assert points(back) == then
        assert triage(app).table.ids == queue
        # Whoever works behind the screen sees the same, and what is done goes into the book.
        with back.twin() as twin:
            assert points(twin) == then
        await pilot.press("5", "e")
        (payload,) = back.book.connection.execute("SELECT payload FROM events").fetchone()
        assert LAST_MONTH.isoformat() in payload
        assert back.book.aside is not None
        folder = back.book.aside.parent
        assert folder.stat().st_mode & 0o077 == 0
    assert kept(path) == before
    assert not [*temporary.iterdir()]


def test_a_look_back_does_not_stand_in_the_way_of_merges_and_erasures(
    path: Path, back: Desk, tmp_path: Path
) -> None:
    with back.twin() as own:
        scoring.glimpse(own, path=tmp_path / "look.db")
    back.book.lay_over(tmp_path / "look.db")
    one, other, third = [*points(back)][:3]
    merge.merge(back, one, other)
    assert [*rows_of(back, [one, other])] == [one]
    undoing.undo(back)
    erase.purge_now(back, third)
    assert third not in points(back)
    assert third not in rows_of(back, [third])
    back.book.lay_over(None)
    assert {*rows_of(back, [one, other, third])} == {one, other}
    assert third not in dict(kept(path)["points"])


async def test_no_list_of_a_later_day_stands_under_an_earlier_one(
    path: Path, back: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, renew = Event(), renewal.renew

    def slowly(desk: Desk, report: Report, *, refit: bool = False) -> Outcome:
        assert go.wait(90)
        return renew(desk, report, refit=refit)

    monkeypatch.setattr(renewal, "renew", slowly)
    app = WinbackApp(path, back, Config(), back.as_of, apart=False)
    with closing(app.closing):
        async with app.run_test(size=(120, 40)):
            pilot = Keyboard(app)
            await until(lambda: triage(app)._at_work)
            await pilot.press("5")
            assert not triage(app).table.ids
            assert "Scoring the customers as of" in shown(app)
            assert not any(triage(app).counts.tabs.values())
            go.set()
            await until(lambda: bool(triage(app).table.ids))
            assert triage(app).scored.as_of == LAST_MONTH  # type: ignore[union-attr]
            assert triage(app).counts.tabs[Tab.ALL]


async def test_where_the_day_cannot_be_scored_the_list_of_a_later_one_says_which_it_is(
    path: Path, back: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(desk: Desk, report: Report, *, refit: bool = False) -> Outcome:
        return Outcome(complaint="The disk is full.")

    monkeypatch.setattr(renewal, "renew", refused)
    async with app_at(back, path) as (app, pilot):
        await until(lambda: ("The disk is full.", True) in app.messages)
        await pilot.press("5")
        assert triage(app).table.ids
        assert "scores of" in shown(app)


async def test_an_app_stays_on_its_day_when_another_program_goes_on_to_a_later_one(
    path: Path,
) -> None:
    with opened(path, LAST_WEEK, today=LAST_WEEK) as desk:
        scoring.renew(desk)
    desk = opened(path, LAST_WEEK)
    async with app_at(desk, path) as (app, pilot):
        await pilot.press("5")
        stood = list(triage(app).table.ids)
        with opened(path) as other:
            scoring.renew(other)
            before = kept(path)
        await until(lambda: desk.book.aside is not None)
        await until(lambda: not triage(app)._at_work and not triage(app).pending)
        assert triage(app).scored.as_of == LAST_WEEK  # type: ignore[union-attr]
        assert list(triage(app).table.ids) == stood
        assert "scores of" not in shown(app)
    assert kept(path) == before


def test_looking_back_in_another_process_leaves_the_books_own_scores(
    path: Path, back: Desk
) -> None:
    before = kept(path)
    outcome = Apart(back).hear(lambda step, share: None)
    assert not outcome.complaint
    assert kept(path) == before
    today = points(back)
    back.book.lay_over(Path(outcome.aside))
    assert scoring.is_fresh(back)
    assert points(back) != today
    with back.twin(bare=True) as bare:
        assert points(bare) == today
    back.book.lay_over(None)
    assert points(back) == today


def test_what_a_program_left_that_was_killed_is_removed_by_the_next_look_back(
    path: Path, back: Desk, temporary: Path
) -> None:
    killed, held, young = (
        Path(renewal.renew(back, lambda step, share: None).aside) for _ in range(3)
    )
    for each in (killed, held):
        os.utime(each.parent, (0, 0))
    with renewal.holding(held):
        last = Path(renewal.renew(back, lambda step, share: None).aside)
        assert {each.name for each in temporary.iterdir()} == {
            each.parent.name for each in (held, young, last)
        }
    assert not held.parent.exists()


def test_who_is_forgotten_is_forgotten_in_the_look_back_too(path: Path, back: Desk) -> None:
    outcome = renewal.renew(back, lambda step, share: None)
    back.book.lay_over(Path(outcome.aside))
    someone = min(points(back))
    with back.book.write() as connection:
        scores.forget(connection, someone)
    assert someone not in points(back)
    assert not score_history.history(back.book.connection, someone)
    assert someone not in listing.order(back.book.connection, Tab.ALL, Sort.SCORE)
    back.book.lay_over(None)
    assert someone not in points(back)
    assert someone not in listing.order(back.book.connection, Tab.ALL, Sort.SCORE)


def test_scoring_an_earlier_day_on_purpose_keeps_the_history_of_what_came_later(
    path: Path, back: Desk
) -> None:
    scoring.renew(back)
    assert days(back) == [each.isoformat() for each in (LAST_MONTH, LAST_WEEK, AS_OF)]
    someone = min(points(back))
    # Whoever looks from that day does not know yet what came later.
    seen = [day for day, _ in score_history.history(back.book.connection, someone)]
    assert seen == [LAST_MONTH.isoformat()]
    with opened(path) as desk:
        scoring.renew(desk)
        seen = [day for day, _ in score_history.history(desk.book.connection, someone)]
    assert seen == [each.isoformat() for each in (LAST_MONTH, LAST_WEEK, AS_OF)]


# Ahead.


def test_scores_of_a_day_to_come_give_way_to_those_of_today(path: Path) -> None:
    with opened(path, NEXT_MONTH) as ahead:
        looking.freshen(ahead)
        assert scores.current_run(ahead.book.connection).as_of == NEXT_MONTH.isoformat()  # type: ignore[union-attr]
    tomorrow = AS_OF + timedelta(days=1)
    with opened(path, tomorrow, tomorrow) as desk:
        looking.freshen(desk)
        run = scores.current_run(desk.book.connection)
        assert run is not None
        assert run.as_of == tomorrow.isoformat()
        # What was before is known still: that of the last day that there was, not of one to come.
        assert run.previous_as_of == AS_OF.isoformat()
        assert days(desk) == [each.isoformat() for each in (LAST_WEEK, AS_OF, tomorrow)]
    with opened(path, tomorrow, tomorrow) as desk:
        # Nothing is left to be computed.
        assert scoring.is_fresh(desk)


async def test_the_app_puts_todays_scores_in_the_place_of_those_of_a_day_to_come(
    path: Path,
) -> None:
    today = kept(path)
    with opened(path, NEXT_MONTH) as ahead:
        scoring.renew(ahead)
    async with app_at(opened(path), path) as (app, _):
        await until(lambda: triage(app).scored.as_of == AS_OF)  # type: ignore[union-attr]
    again = kept(path)
    assert again["scores"] == today["scores"]
    assert dict(again["points"]) == pytest.approx(dict(today["points"]))


# Asking again.


async def test_scores_asked_for_while_they_are_renewed_are_renewed_right_after(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    go = Event()

    def slowly(desk: Desk, report: Report, *, refit: bool = False) -> Outcome:
        asked.append(refit)
        assert go.wait(90)
        return Outcome()

    async with app_at(opened(path), path) as (app, pilot):
        monkeypatch.setattr(renewal, "renew", slowly)
        await pilot.press("ctrl+r")
        await until(lambda: asked == [True])
        await pilot.press("ctrl+r", "ctrl+r")
        assert (AFTERWARDS, False) in app.messages
        go.set()
        await until(lambda: len(asked) == 2 and not triage(app)._at_work)
        assert asked == [True, True]
