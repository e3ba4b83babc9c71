"""What a file says happened stands in the timeline: the day, the kind and the text."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.apps import DRIFTING, running, scored, shown, triage
from tests.little import AS_OF, EPOCH, winback
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import erase
from winback_tui.desk.session import Desk

WHO = 6
TODAY = (AS_OF - EPOCH).days
TEXT = "two *pallets* [bold]broken[/] \x1b[31m"
ROWS = (
    ("complaint", TODAY - 3, None, TEXT),
    ("notice_given", TODAY - 2, None, "to the end of the year"),
    ("nps", TODAY - 4, 3.0, None),
    ("email_opened", TODAY - 1, None, None),
    ("complaint", TODAY + 5, None, "not yet"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = scored(tmp_path / "book.db", DRIFTING)
    with Book.open(path) as book, book.write() as connection:
        connection.executemany(
            "INSERT INTO signals (customer_id, kind, day, value, note, batch_id)"
            f" VALUES ({WHO}, ?, ?, ?, ?, 1)",
            ROWS,
        )
        book.bump_revision()
    return path


def number(path: Path) -> str:
    with Book.open(path) as book:
        sought = "SELECT number FROM customers WHERE id = ?"
        return str(book.connection.execute(sought, (WHO,)).fetchone()[0])


def show(path: Path, shape: str) -> str:
    ran = winback("--db", path, "--as-of", AS_OF.isoformat(), "show", number(path),
                  "--format", shape, env={"LC_ALL": "en_GB.UTF-8"})  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return str(ran.stdout)


def test_signals_stand_in_the_timeline_of_show(path: Path) -> None:
    text = show(path, "text")
    assert "18 Nov 2026: complaint, “two *pallets* [bold]broken[/] " in text
    assert "19 Nov 2026: notice given, “to the end of the year”" in text
    assert "17 Nov 2026: recommendation score, 3 of 10" in text
    assert text.index("notice given, “") < text.index("complaint, “")
    assert "not yet" not in text
    assert "e-mail opened" not in text
    assert "\x1b" not in text


def test_the_text_of_a_signal_is_no_markup(path: Path) -> None:
    assert "two \\*pallets\\* \\[bold\\]broken" in show(path, "md")
    told = [each for each in json.loads(show(path, "json"))["timeline"] if each["type"] == "signal"]
    assert [(each["kind"], each["text"]) for each in told] == [
        ("notice_given", "to the end of the year"),
        ("complaint", TEXT),
        ("nps", ""),
    ]
    assert told[1]["day"] == (AS_OF - timedelta(days=3)).isoformat()


async def test_signals_stand_in_the_dossier(path: Path) -> None:
    async with running(path) as (app, pilot):
        triage(app).go_to_customer(WHO)
        await pilot.press("enter")
        text = shown(app)
        assert "complaint, “two *pallets* [bold]broken[/]" in text
        assert "to the end of the year" in text


def test_an_erasure_leaves_nothing_of_a_signal(path: Path) -> None:
    with Desk.open(path, Config(), AS_OF) as desk:
        erase.purge_now(desk, WHO)
    raw = b"".join(each.read_bytes() for each in path.parent.glob("book.db*"))
    assert b"pallets" not in raw
    assert b"to the end of the year" not in raw
