"""The app on a little book, for tests that press keys."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from functools import partial
from pathlib import Path

from textual.pilot import Pilot

from tests.little import AS_OF, BUYERS, Buyer, fill
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import scoring
from winback_tui.desk.session import Desk
from winback_tui.tui.app import WinbackApp
from winback_tui.tui.screens.triage import TriageScreen

#: Buyers of whom several are overdue, so that the queue has something to work on.
DRIFTING = (
    *BUYERS,
    Buyer("1004", "Nordwind Handel", silent=95, every=20, times=15, amount=25_000),
    Buyer("1005", "Hansen Værktøj", silent=120, every=25, times=12, city="Aarhus"),
    Buyer("1006", "Mills & Daughters", silent=60, every=12, times=22, currency="GBP"),
    Buyer("1007", "Fjord Kontor", silent=70, every=16, times=18, amount=30_000),
    Buyer("1008", "Gone Long Ago Ltd", silent=300, every=16, times=18),
    *(Buyer(f"20{n}", f"Steady {n}", silent=5 + n, every=14 + n, times=15) for n in range(6)),
)


def scored(path: Path, buyers: tuple[Buyer, ...] = DRIFTING, as_of: date = AS_OF) -> Path:
    """Make a book of these buyers, scored as of `as_of`, and return its path."""
    fill(path, buyers)
    with Book.open(path) as book:
        scoring.renew(Desk(book, Config(), as_of, "kim"))
    return path


@asynccontextmanager
async def running(
    path: Path,
    *,
    size: tuple[int, int] = (120, 40),
    as_of: date = AS_OF,
    config: Config | None = None,
    toasts: bool = False,
) -> AsyncIterator[tuple[WinbackApp, Keyboard]]:
    """Give the running app on the book at `path` (or the welcome), and its pilot."""
    settings = config or Config()
    desk = Desk.open(path, settings, as_of) if path.exists() else None
    app = WinbackApp(path, desk, settings, as_of)
    try:
        async with app.run_test(size=size, notifications=toasts):
            pilot = Keyboard(app)
            await settled(app, pilot)
            yield app, pilot
    finally:
        if app.desk is not None:
            app.desk.close()
        app.closing.close()


async def settled(app: WinbackApp, pilot: Pilot[int]) -> None:
    """Wait until the keys are dealt with, and no worker runs that is not waiting for a sheet."""
    await app.keys_done()
    await pilot.pause()
    for screen in app.screen_stack:
        if isinstance(screen, TriageScreen):
            await until(partial(_has_looked, screen))
        for worker in list(app.workers):
            if worker.node is screen and worker.group in ("renew", "search"):
                await worker.wait()
    await pilot.pause()


def _has_looked(screen: TriageScreen) -> bool:
    return screen.looked or not screen.is_running


async def until(fits: Callable[[], object], patience: float = 90.0) -> None:
    """Wait until `fits` does; a slow machine gets the time that it needs."""
    end = time.monotonic() + patience
    while not fits():
        assert time.monotonic() < end, "never came about"
        await asyncio.sleep(0.02)


class Keyboard(Pilot[int]):
    """A pilot whose keys have done what they do when `press` returns."""

    async def press(self, *keys: str) -> None:
        await super().press(*keys)
        app = self.app
        assert isinstance(app, WinbackApp)
        await app.keys_done()
        await self.pause()


def triage(app: WinbackApp) -> TriageScreen:
    """Return the triage screen of the app."""
    return next(screen for screen in app.screen_stack if isinstance(screen, TriageScreen))


def number(app: WinbackApp) -> str | None:
    """Return the number of the customer under the cursor."""
    table = triage(app).table
    row = table.row(table.current) if table.current is not None else None
    return None if row is None else row.record.number


def shown(app: WinbackApp) -> str:
    """Return what the screen shows, as plain text."""
    lines = app.screen._compositor.render_strips()[: app.size.height]
    return "\n".join("".join(segment.text for segment in strip) for strip in lines)
