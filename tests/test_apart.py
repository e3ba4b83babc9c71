"""Scores are renewed in a process of their own, so that no key waits for it."""

import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.apps import scored, shown, triage, until
from tests.little import AS_OF, points_of
from winback_tui.book import listing
from winback_tui.book.connection import Book
from winback_tui.config import Bands, Config
from winback_tui.desk import scoring
from winback_tui.desk.apart import Apart
from winback_tui.desk.renewal import STORED
from winback_tui.desk.session import Desk
from winback_tui.model import Sort, Tab
from winback_tui.tui.app import WinbackApp

NEXT_WEEK = AS_OF + timedelta(days=7)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk a week after its book was scored."""
    with Desk.open(scored(tmp_path / "a.db"), Config(), NEXT_WEEK) as desk:
        yield desk


def scores(desk: Desk) -> dict[int, float]:
    return points_of(desk.book.connection)


def test_the_process_does_what_the_program_itself_would(desk: Desk, tmp_path: Path) -> None:
    steps: list[tuple[str, float]] = []
    outcome = Apart(desk).hear(lambda step, share: steps.append((step, share)))
    assert outcome.changed
    assert not outcome.complaint
    assert steps[-1] == (STORED, 1.0)
    assert [share for _, share in steps] == sorted(share for _, share in steps)
    assert scoring.is_fresh(desk)
    with Desk.open(scored(tmp_path / "b.db"), Config(), NEXT_WEEK) as other:
        scoring.renew(other)
        assert scores(desk) == scores(other)


def test_it_goes_by_the_config_that_holds_here(desk: Desk) -> None:
    strict = replace(desk, config=Config(bands=Bands(watch=0.5, at_risk=1.0)))
    Apart(strict).hear(lambda step, share: None)
    assert scoring.is_fresh(strict)
    with desk.book.snapshot() as connection:
        queue = len(listing.order(connection, Tab.QUEUE, Sort.SCORE))
        gone = len(listing.order(connection, Tab.GONE, Sort.SCORE))
        assert queue + gone == len(listing.order(connection, Tab.ALL, Sort.SCORE))


def test_fresh_scores_are_left_as_they_are(desk: Desk) -> None:
    scoring.renew(desk)
    outcome = Apart(desk).hear(lambda step, share: None)
    assert not outcome.changed
    assert not outcome.complaint


def test_what_goes_wrong_is_a_sentence(desk: Desk) -> None:
    away = desk.book.path.with_name("away.db")
    desk.book.path.rename(away)
    outcome = Apart(desk).hear(lambda step, share: None)
    assert "a.db" in outcome.complaint
    assert not outcome.changed


def test_a_process_that_is_ended_leaves_the_book_whole_and_is_told_of(desk: Desk) -> None:
    before = scores(desk)
    running = Apart(desk)
    running.stop()
    outcome = running.hear(lambda step, share: None)
    assert f"signal {int(signal.SIGKILL)}" in outcome.complaint
    assert "ctrl+r" in outcome.complaint
    assert scores(desk) == before
    with Book.open(desk.book.path) as book:
        assert book.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_nothing_is_imported_from_the_folder_that_one_stands_in(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "polars.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert Apart(desk).hear(lambda step, share: None).changed


async def test_the_list_takes_over_what_the_process_stored(tmp_path: Path) -> None:
    path = scored(tmp_path / "c.db")
    desk = Desk.open(path, Config(), NEXT_WEEK)
    # As `winback` does it: the process runs before the screen is there.
    app = WinbackApp(path, desk, Config(), NEXT_WEEK, apart=True, renewal=Apart(desk))
    try:
        async with app.run_test(size=(120, 40)):
            await until(lambda: triage(app).scored is not None)
            await until(lambda: triage(app).scored.as_of == NEXT_WEEK)  # type: ignore[union-attr]
            await until(lambda: not triage(app)._at_work)
            assert "new since" in shown(app) or "scores of" not in shown(app)
            first = triage(app).table.row(triage(app).table.ids[0])
            assert first is not None
            assert round(first.record.score) == round(scores(desk)[first.record.id])
            # And again at a key, with newly fitted parameters.
            runs = desk.book.connection.execute("SELECT max(id) FROM score_models").fetchone()
            triage(app).give_rescore()
            await until(
                lambda: (
                    desk.book.connection.execute("SELECT max(id) FROM score_models").fetchone()
                    != runs
                )
            )
    finally:
        desk.close()
    assert app.renewal_runs is not None
