"""Handing over in the app: formats and terms in the sheet, and the answer of sales."""

import json
from pathlib import Path

import pytest

from tests.apps import DRIFTING, running, scored, shown, triage
from winback_tui import paths
from winback_tui.book import cases
from winback_tui.model import Stage
from winback_tui.tui.sheets.handover import HandoverSheet


async def test_the_sheet_asks_for_formats_and_terms(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "s.db")) as (app, pilot):
        await pilot.press("w", *"Alex Berg", "tab", *" ics", "tab", "tab", *"tea")
        assert isinstance(app.screen, HandoverSheet)
        await pilot.press("enter")
        (packet,) = paths.handover_dir().glob("*.json")
        assert json.loads(packet.read_text("utf-8"))["qualification"]["need"] == "tea"
        assert len(list(paths.handover_dir().glob("*.ics"))) == 1


async def test_a_format_that_is_none_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "s.db")) as (app, pilot):
        await pilot.press("w", *"Alex", "tab", *" pdf", "enter")
        assert "The formats are some of md, json" in shown(app)
        await pilot.press("escape", "w")
        assert "Alex" in shown(app)
        assert "pdf" in shown(app)
        assert list(paths.handover_dir().iterdir()) == []


@pytest.mark.parametrize(
    ("keys", "stage"),
    [(("a",), Stage.ACCEPTED), (("r", *"no budget", "enter"), Stage.RETURNED)],
)
async def test_sales_takes_it_or_gives_it_back(
    tmp_path: Path, keys: tuple[str, ...], stage: Stage
) -> None:
    async with running(scored(tmp_path / "s.db"), size=(80, 24)) as (app, pilot):
        first = triage(app).table.current
        assert first is not None
        await pilot.press("enter", "w", *"Alex", "enter", "left_square_bracket", "w")
        assert "Alex has taken it" in shown(app)
        await pilot.press(*keys)
        assert cases.load(triage(app).desk.book.connection, first).stage is stage
        await pilot.press("u")
        case = cases.load(triage(app).desk.book.connection, first)
        assert (case.stage, case.handed_to) == (Stage.HANDED_OVER, "Alex")


async def test_several_are_handed_over_without_terms(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "s.db", DRIFTING)) as (app, pilot):
        await pilot.press("space", "space", "w")
        assert "what they need" not in shown(app)
        await pilot.press(*"Alex", "enter")
        assert len(list(paths.handover_dir().glob("*.json"))) == 2
