"""Pictures of the main screens; a change in one is looked at before it is accepted.

After a change on purpose: `pytest -n 0 tests/test_tui_snapshots.py --snapshot-update`, and look at
the SVG files in `tests/__snapshots__`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.apps import scored, settled
from tests.little import AS_OF
from winback_tui.book.connection import Book
from winback_tui.config import Config, User
from winback_tui.desk.session import Desk
from winback_tui.tui.app import WinbackApp

Compare = Callable[..., bool]
CONFIG = Config(user=User(name="kim", locale="en_GB.UTF-8"))


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave nothing of the machine in the pictures."""
    for name in ("LC_ALL", "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_MONETARY", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A scored book with people and consents, whose title is the same on every machine."""
    path = scored(tmp_path / "shop.db")
    with Book.open(path) as book, book.write() as connection:
        connection.execute(
            "INSERT INTO contacts (customer_id, name, role)"
            " SELECT id, 'Ms Arvid', 'buyer' FROM customers"
        )
        connection.execute(
            "INSERT INTO contact_points (customer_id, contact_id, channel, value)"
            " SELECT customer_id, id, 'phone', '+49 30 555 0142' FROM contacts"
        )
    return path


@contextmanager
def opened(path: Path, *, theme: str = "winback-dark") -> Iterator[WinbackApp]:
    """Give the app on a book, not yet running."""
    app = WinbackApp(path, Desk.open(path, CONFIG, AS_OF), CONFIG, AS_OF)
    app.theme = theme
    try:
        yield app
    finally:
        if app.desk is not None:
            app.desk.close()
        app.closing.close()


async def _still(pilot: Pilot[int]) -> None:
    app = pilot.app
    assert isinstance(app, WinbackApp)
    await settled(app, pilot)


def after(*keys: str) -> Callable[[Pilot[int]], object]:
    """Return what presses keys, one at a time, and waits until the screen stands still."""

    async def press(pilot: Pilot[int]) -> None:
        await _still(pilot)
        for key in keys:
            await pilot.press(key)
            await _still(pilot)
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False

    return press


@pytest.mark.parametrize(
    ("theme", "size"),
    [
        ("winback-dark", (120, 40)),
        ("winback-dark", (80, 24)),
        ("winback-dark", (60, 20)),
        ("winback-dark", (170, 44)),
        ("winback-light", (120, 40)),
    ],
    ids=("dark-120x40", "dark-80x24", "dark-60x20", "dark-170x44", "light-120x40"),
)
def test_the_list(snap_compare: Compare, shop: Path, theme: str, size: tuple[int, int]) -> None:
    with opened(shop, theme=theme) as app:
        assert snap_compare(app, terminal_size=size, run_before=after("j"))


def test_the_dossier(snap_compare: Compare, shop: Path) -> None:
    with opened(shop) as app:
        assert snap_compare(app, terminal_size=(120, 40), run_before=after("j", "enter"))


def test_the_call_sheet(snap_compare: Compare, shop: Path) -> None:
    with opened(shop) as app:
        keys = after("c", "r", *"wants", "space", *"a", "space", *"quote")
        assert snap_compare(app, terminal_size=(120, 40), run_before=keys)


def test_help(snap_compare: Compare, shop: Path) -> None:
    with opened(shop) as app:
        assert snap_compare(app, terminal_size=(120, 40), run_before=after("question_mark"))


def test_an_empty_book(snap_compare: Compare, tmp_path: Path) -> None:
    Book.create(tmp_path / "shop.db").close()
    with opened(tmp_path / "shop.db") as app:
        assert snap_compare(app, terminal_size=(80, 24), run_before=after())
