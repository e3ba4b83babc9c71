"""Draw the README's pictures from the app itself, on a copy of sample.db.

Usage: python tools/shots.py DIRECTORY
"""

import asyncio
import os
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk.session import Desk
from winback_tui.tui.app import WinbackApp
from winback_tui.tui.screens.renewing import SUGGESTING

SAMPLE = Path(__file__).resolve().parent.parent / "sample.db"
#: Each picture: its name, its size, the theme, and the keys pressed before it is drawn.
SHOTS = (
    ("triage", (120, 36), "winback-dark", ()),
    ("call", (120, 36), "winback-dark", ("c", "r")),
    ("dossier", (120, 40), "winback-dark", ("enter",)),
)


async def draw(book: Path, folder: Path, as_of: date) -> None:
    for name, size, theme, keys in SHOTS:
        with Desk.open(book, Config(), as_of) as desk:
            app = WinbackApp(book, desk, Config(), as_of, note="Nordwind Handel")
            app.theme = theme
            async with app.run_test(size=size) as pilot:
                # What the facts suggest is looked for when no key has come for a moment.
                await asyncio.sleep(2 * SUGGESTING)
                await app.workers.wait_for_complete()
                await pilot.pause()
                await pilot.press(*keys)
                await pilot.pause()
                app.save_screenshot(f"{name}.svg", str(folder))
        print(folder / f"{name}.svg")


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["LANG"] = "en_GB.UTF-8"
    with tempfile.TemporaryDirectory() as room:
        os.environ["XDG_STATE_HOME"] = os.environ["XDG_DATA_HOME"] = room
        copy = Path(shutil.copy(SAMPLE, room))
        copy.chmod(0o600)
        with Book.open(copy) as book:
            as_of = date.fromisoformat(book.meta("sample_as_of") or "")
        asyncio.run(draw(copy, folder, as_of))


if __name__ == "__main__":
    main()
