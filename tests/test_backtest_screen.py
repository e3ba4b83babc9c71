"""The backtest in the app: the key B, at any size, on any book."""

from pathlib import Path

import pytest

from tests.apps import Keyboard, number, running, scored, shown
from tests.little import AS_OF, fill
from tests.test_backtest_command import CROWD
from winback_tui.tui.app import WinbackApp
from winback_tui.tui.screens.backtest import BacktestScreen, Report
from winback_tui.tui.screens.triage import TriageScreen


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scored(tmp_path_factory.mktemp("crowd") / "book.db", CROWD, AS_OF)


def where(app: WinbackApp) -> type:
    """Return the kind of screen on show."""
    return type(app.screen)


async def worked_out(app: WinbackApp, pilot: Keyboard) -> str:
    """Return what the screen shows once the backtest is there."""
    screen = app.screen
    assert isinstance(screen, BacktestScreen)
    for worker in list(app.workers):
        if worker.group == "backtest":
            await worker.wait()
    await pilot.pause()
    return shown(app)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_it_is_laid_out_for_the_terminal(book: Path, size: tuple[int, int]) -> None:
    async with running(book, size=size) as (app, pilot):
        await pilot.press("B")
        text = await worked_out(app, pilot)
        assert "Backtest as of" in text
        assert "it would have put on your list" in text
        seen = text
        for _ in range(12):
            await pilot.press("space")
            seen += shown(app)
        for part in ("% found of those who stayed away", "The figures", "The bands", "was wrong"):
            assert part in seen
        assert "[red]x[/]" in seen
        assert "\u202e" not in seen
        assert "log loss" in seen
        await pilot.press("g")
        assert "it would have put on your list" in shown(app)


async def test_keys_answer_while_it_is_worked_out_and_escape_leaves(book: Path) -> None:
    async with running(book) as (app, pilot):
        await pilot.press("B")
        assert where(app) is BacktestScreen
        await pilot.press("escape")
        assert where(app) is TriageScreen
        before = number(app)
        await pilot.press("j")
        assert number(app) != before


async def test_the_length_of_the_list_can_be_changed(book: Path) -> None:
    async with running(book) as (app, pilot):
        await pilot.press("B")
        await worked_out(app, pilot)
        screen = app.screen
        await pilot.press("l", *["backspace"] * 4, "x", "enter")
        assert "whole number" in shown(app)
        await pilot.press("backspace", "7", "enter")
        await pilot.pause()
        assert app.screen is screen
        text = await worked_out(app, pilot)
        assert "Of 7 customers it would have put on your list" in text
        found = screen.query_one(Report).found
        assert found is not None
        assert found.result.list_size == 7


async def test_an_empty_book_says_why_there_is_nothing(tmp_path: Path) -> None:
    async with running(fill(tmp_path / "book.db", ())) as (app, pilot):
        await pilot.press("B")
        assert "nothing to look back on" in " ".join((await worked_out(app, pilot)).split())
        await pilot.press("q")
        assert where(app) is TriageScreen
