"""A program that is open while a newer one brings the book up: it says so, and loses nothing."""

from pathlib import Path

import pytest

from tests.apps import running, scored, settled, triage
from tests.little import AS_OF, fill
from tests.terminal import winback
from tests.test_terminal import ready
from winback_tui.book import events
from winback_tui.book.connection import Book
from winback_tui.book.file import latest_version
from winback_tui.config import Config
from winback_tui.desk import deeds, drafts
from winback_tui.desk.drafts import Sheet
from winback_tui.desk.session import Desk
from winback_tui.errors import BookError

SAID = "was brought up by a newer winback meanwhile"


def bring_up(path: Path, *changes: str) -> None:
    """Do to the book what a newer program does when it opens it."""
    with Book.open(path) as newer, newer.write() as connection:
        for change in changes:
            connection.execute(change)
        connection.execute(f"PRAGMA user_version = {latest_version() + 1}")


def test_nothing_is_written_and_what_still_fits_is_read(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.db")
    with Desk.open(path, Config(), AS_OF) as desk:
        bring_up(path)
        first = events.next_id(desk.book.connection)
        with pytest.raises(BookError, match=f"{SAID}.*nothing was written"):
            deeds.add_note(desk, [1], "rang")
        assert events.next_id(desk.book.connection) == first


def test_what_does_not_fit_any_more_is_no_error_of_the_program(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.db")
    with Desk.open(path, Config(), AS_OF) as desk:
        bring_up(path, "ALTER TABLE meta RENAME COLUMN value TO content")
        with pytest.raises(BookError, match=SAID):
            desk.book.meta("name")


async def test_the_app_refuses_the_deed_and_keeps_what_was_typed(tmp_path: Path) -> None:
    path = scored(tmp_path / "book.db")
    async with running(path) as (app, pilot):
        first = triage(app).table.ids[0]
        await pilot.press("c", "v")
        bring_up(path)
        await pilot.press(*"on holiday", "enter")
        await settled(app, pilot)
        assert any(SAID in text and wrong for text, wrong in app.messages)
        assert app.is_running
        draft = drafts.load_draft(triage(app).desk, first, Sheet.CALL)
        assert draft is not None
        assert draft["note"] == "on holiday"
        assert triage(app).table.ids[0] == first
        assert not triage(app).table.struck


def test_the_app_ends_with_the_sentence_where_it_cannot_go_on(tmp_path: Path) -> None:
    path = scored(tmp_path / "book.db")
    with winback(path) as app:
        ready(app)
        bring_up(path, "ALTER TABLE customers RENAME COLUMN name TO called")
        app.send("5")
        assert app.end() == 3
        assert app.restored()
        after = app.raw[app.raw.rfind(b"\x1b[?1049l") :].decode()
    assert SAID in " ".join(after.split())
    assert "Traceback" not in after
