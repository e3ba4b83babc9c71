"""Handing over in the app: formats and terms in the sheet, and the answer of sales."""

import json
from pathlib import Path

import pytest

from tests.apps import DRIFTING, running, scored, shown, triage
from tests.little import AS_OF
from winback_tui import paths
from winback_tui.book import cases
from winback_tui.config import Config
from winback_tui.desk.session import Desk
from winback_tui.model import Stage
from winback_tui.tui.sheets.fields import Choice
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


async def test_a_reason_that_is_missing_is_asked_for_and_the_sheet_stays(tmp_path: Path) -> None:
    path = scored(tmp_path / "s.db")
    with Desk.open(path, Config(), AS_OF) as desk, desk.book.write() as connection:
        # The fact on which a call could rest is given up, so it needs a reason of its own.
        connection.execute(
            "INSERT INTO consent_events (customer_id, channel, event, at, source, actor)"
            " SELECT id, 'phone', 'basis_lost', '2026-11-20', 'test', 'kim' FROM customers"
        )
        desk.book.bump_revision()
    async with running(path) as (app, pilot):
        await pilot.press("w", *"Alex", "enter")
        assert isinstance(app.screen, HandoverSheet)
        assert "Say why it is expected" in shown(app)
        assert list(paths.handover_dir().iterdir()) == []
        await pilot.press(*"they asked for it", "enter")
        assert len(list(paths.handover_dir().glob("*.json"))) == 1


async def test_a_channel_on_which_nobody_may_be_contacted_keeps_the_sheet(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "s.db")) as (app, pilot):
        await pilot.press("w", *"Alex")
        assert isinstance(app.screen, HandoverSheet)
        app.screen.query_one("#by", Choice).value = "email"
        await pilot.press("enter")
        assert isinstance(app.screen, HandoverSheet)
        assert "mail is blocked" in shown(app)


async def test_moved_back_by_hand_the_reason_is_asked_for_as_well(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "s.db")) as (app, pilot):
        first = triage(app).table.current
        assert first is not None
        await pilot.press("enter", "w", *"Alex", "enter", "left_square_bracket", "s")
        assert "returned by sales" in shown(app)
        await pilot.press("2", "enter")
        assert cases.load(triage(app).desk.book.connection, first).stage is Stage.HANDED_OVER
        await pilot.press(*"no budget", "enter")
        assert cases.load(triage(app).desk.book.connection, first).stage is Stage.RETURNED
