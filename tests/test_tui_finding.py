"""Finding whom one looks for in the app: search, filter, order, tabs, palette."""

import threading
from pathlib import Path

import pytest

from tests.apps import number, running, scored, settled, shown, triage, until
from winback_tui.book import customers, search
from winback_tui.book.connection import Book
from winback_tui.desk import matching
from winback_tui.desk.session import Desk
from winback_tui.model import Sort, Tab


@pytest.fixture
def book_path(tmp_path: Path) -> Path:
    return scored(tmp_path / "finding.db")


async def test_search_narrows_while_typing_and_escape_brings_all_back(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("5")
        everyone = len(triage(app).table.ids)
        await pilot.press("slash", *"aarh")
        await settled(app, pilot)
        assert number(app) == "1005"
        assert len(triage(app).table.ids) == 1
        await pilot.press("enter", "escape")
        await settled(app, pilot)
        assert len(triage(app).table.ids) == everyone
        assert number(app) == "1005"


async def test_search_finds_what_another_program_wrote_while_it_is_open(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("/", "n", "o", "r")
        await until(lambda: triage(app)._texts is not None and number(app) == "1004")
        with Book.open(book_path) as other, other.write() as connection:
            connection.execute("UPDATE customers SET name = 'Südwind' WHERE number = '1004'")
            customers.index_search(connection)
        await pilot.press("d")
        await settled(app, pilot)
        assert len(triage(app).table.ids) == 0
        await pilot.press("escape")
        assert triage(app)._texts is None


async def test_texts_are_fetched_once_and_not_kept_for_a_search_line_that_is_closed(
    book_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Desk] = []
    given: list[Desk] = []
    slow, texts = threading.Event(), matching.search_texts

    def slowly(desk: Desk) -> search.Texts | None:
        asked.append(desk)
        slow.wait(20)
        given.append(desk)
        return texts(desk)

    monkeypatch.setattr(matching, "search_texts", slowly)
    async with running(book_path) as (app, pilot):
        await pilot.press("slash", *"nord")
        # Until they are there, the book is asked.
        await until(lambda: number(app) == "1004")
        await until(lambda: asked)
        await pilot.press("enter", "slash")
        slow.set()
        await until(lambda: triage(app)._texts is not None)
        assert len(asked) == 2
        slow.clear()
        with Book.open(book_path) as other, other.write() as connection:
            connection.execute("UPDATE customers SET city = 'Ulm' WHERE number = '1004'")
        await pilot.press("x")
        await until(lambda: len(asked) == 3)
        await pilot.press("escape")
        slow.set()
        await until(lambda: len(given) == 3)
        await pilot.pause(0.1)
        assert triage(app)._texts is None


async def test_letters_typed_into_the_search_are_no_commands(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("slash", *"crwzq")
        await settled(app, pilot)
        assert app.is_running
        assert "Nobody here fits" in shown(app)
        await pilot.press("escape")


async def test_who_looks_in_all_already_is_not_sent_there(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("5", "slash", *"crwzq")
        await settled(app, pilot)
        assert "try fewer words. Press esc" in " ".join(shown(app).split())
        await pilot.press("escape")


async def test_a_note_is_found_by_search(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        first = triage(app).table.current
        await pilot.press("a", *"loves Käse", "enter")
        await pilot.pause()
        assert triage(app).table.current == first
        await pilot.press("slash", *"kase")
        await settled(app, pilot)
        assert list(triage(app).table.ids) == [first]


async def test_a_filter_narrows_by_condition_and_says_what_it_does_not_know(
    book_path: Path,
) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("5", "f", *"city:aarhus", "enter")
        await pilot.pause()
        assert number(app) == "1005"
        assert "city:aarhus" in shown(app)
        await pilot.press("f", *" band:nonsense", "enter")
        await pilot.pause()
        assert "band:nonsense" in shown(app)
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert not triage(app).where


async def test_sorting_by_value_and_reversing_keep_everyone(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("5")
        table = triage(app).table
        everyone = set(table.ids)
        await pilot.press("o", "v")
        await pilot.pause()
        assert triage(app).sort is Sort.VALUE
        by_value = list(table.ids)
        values = [table.row(each).record.value_at_risk for each in by_value]  # type: ignore[union-attr]
        assert values == sorted(values, reverse=True)
        await pilot.press("O")
        await pilot.pause()
        assert list(table.ids) == by_value[::-1]
        assert set(table.ids) == everyone


async def test_the_tabs_part_the_customers(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        parts: dict[Tab, set[int]] = {}
        for key, tab in zip("12345", Tab, strict=True):
            await pilot.press(key)
            await pilot.pause()
            assert triage(app).tab is tab
            parts[tab] = set(triage(app).table.ids)
        assert parts[Tab.QUEUE] | parts[Tab.WATCH] | parts[Tab.GONE] <= parts[Tab.ALL]
        assert not parts[Tab.QUEUE] & parts[Tab.WATCH]
        assert not parts[Tab.QUEUE] & parts[Tab.GONE]


async def test_a_follow_up_waits_under_its_own_tab(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        first = triage(app).table.ids[0]
        await pilot.press("c", "t", *"+3d", "enter")
        await pilot.pause()
        await pilot.press("2")
        await pilot.pause()
        assert list(triage(app).table.ids) == [first]


async def test_the_palette_finds_a_customer_and_a_command(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("colon", *"hansen", "enter")
        await pilot.pause()
        assert number(app) == "1005"
        await pilot.press("colon", *"why this", "enter")
        await pilot.pause()
        assert "Why" in shown(app)
