"""The inbox in the app: it looks for what is new, and each alert has a key for its answer."""

from pathlib import Path

import pytest

from tests.apps import running, settled, shown, triage, until
from tests.little import AS_OF, fill, winback
from tests.warned import BUYERS, LATE, OTHER, WHO, at, signal
from winback_tui.desk import alerts, looking, scoring
from winback_tui.tui.screens.dossier import DossierScreen
from winback_tui.tui.sheets.inbox import Inbox


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = fill(tmp_path / "book.db", BUYERS)
    with at(path) as desk:
        signal(desk, WHO, "complaint", 2)
        signal(desk, OTHER, "notice_given", 3)
        signal(desk, LATE, "contact_left", 2)
        with desk.book.write() as connection:
            connection.execute("UPDATE customers SET name = '[/]\u202e[@click=quit]' WHERE id = 3")
        scoring.renew(desk)
    return path


def look(path: Path) -> None:
    with at(path) as desk:
        looking.freshen(desk)
        alerts.look(desk)


async def test_the_key_looks_for_what_is_new_and_shows_it(path: Path) -> None:
    async with running(path) as (app, pilot):
        await pilot.press("exclamation_mark")
        await until(lambda: isinstance(app.screen, Inbox) and "complained on" in shown(app))
        text = shown(app)
        assert "gave notice on" in text
        assert "[/][@click=quit]" in text
        assert "due Nov 22" in text
        assert "looking" not in text
        await pilot.press("escape")
        assert triage(app) is app.screen


def marks(path: Path) -> list[tuple[int, str | None]]:
    with at(path) as desk:
        return sorted((each.id, each.mark) for each in alerts.standing(desk))


async def test_x_dismisses_s_marks_and_u_takes_back(path: Path) -> None:
    look(path)
    with at(path) as desk:
        one, two, three = (each.id for each in alerts.standing(desk))
    async with running(path) as (app, pilot):
        await pilot.press("exclamation_mark")
        await until(lambda: isinstance(app.screen, Inbox) and "complained on" in shown(app))
        await pilot.press("x")
        await until(lambda: marks(path) == [(two, None), (three, None)])
        await pilot.press("j", "s")
        await until(lambda: marks(path) == [(two, None), (three, "seen")])
        await pilot.press("u")
        await until(lambda: marks(path) == [(two, None), (three, None)])
        await pilot.press("u")
        await until(lambda: marks(path) == [(one, None), (two, None), (three, None)])
        assert isinstance(app.screen, Inbox)


async def test_enter_goes_to_the_customer_in_list_and_dossier(path: Path) -> None:
    look(path)
    with at(path) as desk:
        last = alerts.standing(desk)[-1]
    async with running(path) as (app, pilot):
        await pilot.press("exclamation_mark", "G", "enter")
        await settled(app, pilot)
        assert triage(app).table.current == last.customer
        await pilot.press("enter")
        await settled(app, pilot)
        await pilot.press("exclamation_mark", "g", "enter")
        await settled(app, pilot)
        assert isinstance(app.screen, DossierScreen)
        assert app.screen.standing_on() != last.customer


async def test_an_empty_inbox_says_how_alerts_come_about(path: Path) -> None:
    with at(path) as desk, desk.book.write() as connection:
        connection.execute("DELETE FROM signals")
        connection.execute("DELETE FROM transactions WHERE customer_id = 3")
    async with running(path, size=(80, 24)) as (app, pilot):
        await pilot.press("exclamation_mark")
        await until(lambda: "No alerts." in shown(app))
        await pilot.press("x")
        await settled(app, pilot)
        assert "There is no alert here." in shown(app)
        assert isinstance(app.screen, Inbox)


async def test_the_start_says_that_alerts_wait(path: Path) -> None:
    look(path)
    async with running(path) as (app, _):
        await until(lambda: any("3 alerts: ! shows them" in text for text, _ in app.messages))


async def test_the_title_says_how_many_alerts_stand(path: Path) -> None:
    look(path)
    async with running(path) as (app, pilot):
        await until(lambda: "3 alerts (!)" in shown(app))
        await pilot.press("exclamation_mark")
        await until(lambda: isinstance(app.screen, Inbox) and "complained on" in shown(app))
        await pilot.press("x")
        await until(lambda: len(marks(path)) == 2)
        await pilot.press("escape")
        await until(lambda: "2 alerts (!)" in shown(app))
        await pilot.press("u")
        await until(lambda: "3 alerts (!)" in shown(app))


async def test_a_book_of_one_day_says_why_nothing_warns_yet(tmp_path: Path) -> None:
    book = fill(tmp_path / "young.db")
    with at(book) as desk:
        scoring.renew(desk)
    async with running(book) as (app, pilot):
        await pilot.press("exclamation_mark")
        await until(lambda: isinstance(app.screen, Inbox) and "scored for one day" in shown(app))
    first = winback("--db", book, "--as-of", AS_OF, "watch")
    assert (first.returncode, first.stdout) == (0, "")
    assert "scored for one day only" in first.stderr
    inbox = winback("--db", book, "--as-of", AS_OF, "alerts")
    assert "scored for one day only" in inbox.stdout
    later = winback("--db", book, "--as-of", "2026-11-23", "watch")
    assert "scored for one day" not in later.stderr
