"""Offers in the app: the sheet weighs while one types, blocks, logs, and takes the answer."""

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.apps import DRIFTING, number, running, scored, shown, triage
from winback_tui.desk import margins, weighing
from winback_tui.tui.sheets.offer import AnswerSheet, OfferSheet


def made(app, customer: int) -> list[tuple[str, str | None]]:
    found = weighing.position(triage(app).desk, customer).made
    return [(each.rung, each.result.value if each.result else None) for each in found]


async def test_the_margin_is_asked_once_and_the_offer_weighed_while_one_types(
    tmp_path: Path,
) -> None:
    async with running(scored(tmp_path / "o.db")) as (app, pilot):
        current = triage(app).table.current
        assert current is not None
        await pilot.press("p")
        assert isinstance(app.screen, OfferSheet)
        assert "say what is left of a sale" in shown(app)
        await pilot.press("enter")
        assert "This offer is not made" in shown(app)
        await pilot.press(*"30%")
        await pilot.pause()
        assert "net " in shown(app)
        assert "30% margin" in shown(app)
        assert "a guess" in shown(app)
        await pilot.press("enter")
        assert made(app, current) == [("fix", None)]
        assert [each.rate for each in margins.margins(triage(app).desk)] == [0.3]
        assert "Offer, fix the problem: " in app.messages[-1][0]
        await pilot.press("2")
        assert "fix offered, Dec 5" in shown(app)
        await pilot.press("enter")
        assert "fix the problem: open since" in shown(app)


async def test_an_open_offer_asks_for_its_answer_first(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "o.db")) as (app, pilot):
        desk = triage(app).desk
        margins.set_margin(desk, 0.3)
        first = triage(app).table.current
        assert first is not None
        await pilot.press("enter", "p", "enter")
        assert made(app, first) == [("fix", None)]
        await pilot.press("left_square_bracket", "p", "a")
        assert isinstance(app.screen, AnswerSheet)
        await pilot.press("enter")
        assert made(app, first) == [("fix", "accepted")]
        await pilot.press("u")
        assert made(app, first) == [("fix", None)]
        await pilot.press("u")
        assert made(app, first) == []


async def test_too_soon_asks_why(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "o.db")) as (app, pilot):
        margins.set_margin(triage(app).desk, 0.3)
        first = triage(app).table.current
        assert first is not None
        await pilot.press("enter", "p", "enter", "left_square_bracket", "p", "o")
        assert "The last offer was made on Nov 21, 2026" in shown(app)
        await pilot.press("enter")
        assert "Say why first." in shown(app)
        await pilot.press(*"they called", "enter")
        assert made(app, first) == [("fix", None), ("personal", None)]


async def test_a_cost_above_the_cap_cannot_be_offered(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "o.db")) as (app, pilot):
        margins.set_margin(triage(app).desk, 0.3)
        await pilot.press("p", "tab", "tab", *"99999", "enter")
        assert isinstance(app.screen, OfferSheet)
        assert "the cap is" in shown(app)
        await pilot.press("escape")
        assert made(app, 1) == []


async def test_a_cost_in_another_currency_is_refused(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "book.db")) as (app, pilot):
        await pilot.press("p")
        app.screen.query_one("#cost", Input).value = "50$"
        await pilot.press("enter")
        assert "must be in EUR" in shown(app)


async def test_marked_customers_each_get_the_next_of_their_own(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "o.db")) as (app, pilot):
        margins.set_margin(triage(app).desk, 0.3)
        marked = triage(app).table.ids[:2]
        await pilot.press("space", "space", "p")
        assert "Each is weighed by itself" in shown(app)
        await pilot.press("enter")
        assert [made(app, each) for each in marked] == [[("fix", None)], [("fix", None)]]
        assert number(app) is not None


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_sheet_fits_and_a_hostile_name_stays_a_name(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with running(scored(tmp_path / "o.db", DRIFTING[4:5]), size=size) as (app, pilot):
        await pilot.press("5", "p")
        assert isinstance(app.screen, OfferSheet)
        assert "[red]=cmd" in shown(app)
        assert "enter makes the offer" in shown(app)
        assert "The margin is not known" in shown(app)
        # What cannot be read is said once, while it is typed and when it is sent off.
        await pilot.press(*"a lot", "enter")
        assert isinstance(app.screen, OfferSheet)
        told = " ".join(shown(app).split())
        assert told.count("The margin") == 1
        assert "This offer is not made: see above." in told
