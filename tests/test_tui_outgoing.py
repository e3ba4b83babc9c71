"""In the app: export what is shown, erase with a typed confirmation, settle duplicates."""

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.apps import DRIFTING, Keyboard, number, running, scored, settled, shown, triage, until
from tests.little import AS_OF, Buyer
from tests.test_erase import at
from winback_tui.book import manifest
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import consent, deeds, erase, merge
from winback_tui.desk.consent import Statement
from winback_tui.desk.session import Desk
from winback_tui.model import Channel
from winback_tui.tui.app import WinbackApp
from winback_tui.tui.screens.merge import MergeScreen, Pairs
from winback_tui.tui.sheets.export import ExportSheet
from winback_tui.tui.sheets.sheet import Complaint
from winback_tui.words import erase as erase_words

TWINS = (*DRIFTING, Buyer("1004b", "Nordwind Handel GmbH", silent=80, every=20, times=9))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return scored(tmp_path / "book.db", TWINS)


async def written(app: WinbackApp, pilot: Keyboard) -> None:
    """Wait until the writes behind the screen are done."""
    for worker in list(app.workers):
        if worker.group == "write":
            await worker.wait()
    await settled(app, pilot)


async def stand_on(app: WinbackApp, pilot: Keyboard, wanted: str) -> None:
    with Book.open(app.path) as book:
        (found,) = book.connection.execute(
            "SELECT id FROM customers WHERE number = ?", (wanted,)
        ).fetchone()
    triage(app).go_to_customer(found)
    await pilot.pause()


async def test_the_list_as_shown_is_exported(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "shown.csv"
    async with running(path) as (app, pilot):
        ids = list(triage(app).table.ids)
        await pilot.press("W")
        app.screen.query_one("#file", Input).value = str(out)
        await pilot.press("enter")
        await written(app, pilot)
        assert out.exists(), app.messages
        assert f"Exported {len(ids)} rows" in app.messages[-1][0]
    # The end of a name of one's own says the format.
    assert len(list(csv.DictReader(out.open(encoding="utf-8")))) == len(ids)


async def test_marked_customers_alone_are_exported(path: Path, tmp_path: Path) -> None:
    async with running(path) as (app, pilot):
        first = number(app)
        await pilot.press("x", "W", "tab", "right")
        field = app.screen.query_one("#file", Input)
        assert field.value.endswith("-list.csv")
        field.value = str(tmp_path / "one.csv")
        await pilot.press("enter")
        await written(app, pilot)
        rows = list(csv.DictReader((tmp_path / "one.csv").open(encoding="utf-8")))
        assert [row["customer"].lstrip("'") for row in rows] == [first]


async def test_a_file_that_is_there_is_not_overwritten(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.xlsx"
    out.write_text("mine")
    async with running(path) as (app, pilot):
        await pilot.press("W")
        app.screen.query_one("#file", Input).value = str(out)
        await pilot.press("enter")
        assert isinstance(app.screen, ExportSheet)
        complaint = app.screen.query_one(Complaint)
        await until(lambda: "exists already" in complaint.text)
        await pilot.press("escape")
    assert out.read_text() == "mine"


async def test_an_erasure_waits_is_taken_back_and_is_done_by_the_typed_number(path: Path) -> None:
    async with running(path) as (app, pilot):
        await stand_on(app, pilot, "1007")
        await pilot.press("ctrl+x")
        assert "Erase: Fjord Kontor" in shown(app)
        await pilot.press("p")
        assert "§ 147 AO" in shown(app)
        await pilot.press("escape")
        await pilot.press("w")
        assert erase.waiting(triage(app).desk, 9) is not None
        await pilot.press("u")
        assert erase.waiting(triage(app).desk, 9) is None
        await stand_on(app, pilot, "1007")
        await pilot.press("ctrl+x", "n", *"1008", "enter")
        assert "not the number" in shown(app)
        await pilot.press(*["backspace"] * 4, *"1007", "enter")
        await written(app, pilot)
        await until(lambda: "Fjord Kontor is erased" in shown(app))
        await pilot.press("escape")
        await settled(app, pilot)
        assert "Fjord Kontor" not in shown(app)
    assert b"Fjord Kontor" not in path.read_bytes()


async def test_before_an_erasure_stands_what_is_left_to_do_by_hand(path: Path) -> None:
    async with running(path) as (app, pilot):
        await stand_on(app, pilot, "1007")
        await pilot.press("ctrl+x", "n")
        text = shown(app)
        assert "To be done by hand:" in text
        assert "delete backups of the book" in text
        assert "type the number: 1007" in text


async def test_what_stays_after_an_erasure_is_said_whole_on_a_small_screen(path: Path) -> None:
    with Desk.open(path, Config(), AS_OF) as desk:
        consent.record(desk, [9], Statement("granted", tuple(Channel), source="form"))
        for note in ("one", "two"):
            deeds.add_note(desk, [9], note)
        told = erase.plan(desk, 9)
    async with running(path, size=(80, 24)) as (app, pilot):
        left = erase_words.stays(
            told.lines, told.proofs, told.proofs_until, told.suppressed, app.formats
        )
        await stand_on(app, pilot, "1007")
        await pilot.press("ctrl+x", "n")
        rows = [line.split("│") for line in shown(app).splitlines()]
        text = " ".join(" ".join(row[1] for row in rows if len(row) > 2).split())
        assert len(left) > 1
        for each in left:
            assert " ".join(each.split()) in text
        assert "delete backups of the book" in text
        assert "type the number: 1007" in text
        await pilot.press(*"99", "enter")
        assert "99" in shown(app)
        assert "not the number" in shown(app)


async def test_of_several_marked_one_is_erased_and_that_is_said(path: Path) -> None:
    async with running(path) as (app, pilot):
        await pilot.press("space", "space", "space", "ctrl+x")
        assert "alone, of the 3 marked: one at a time" in shown(app)
        await pilot.press("w")
        await written(app, pilot)
        desk = triage(app).desk
        assert sum(erase.waiting(desk, each) is not None for each in range(1, 12)) == 1


async def test_undo_right_after_an_erasure_first_says_what_it_would_take_back(path: Path) -> None:
    async with running(path) as (app, pilot):
        await stand_on(app, pilot, "1004")
        await pilot.press("a", *"keeps", "enter")
        await stand_on(app, pilot, "1007")
        await pilot.press("ctrl+x", "n", *"1007", "enter")
        await written(app, pilot)
        await until(lambda: "Fjord Kontor is erased" in shown(app))
        await pilot.press("escape", "u")
        await settled(app, pilot)
        assert app.messages[-1][0].startswith("The erasure cannot be taken back")
        await pilot.press("u")
        await until(lambda: app.messages[-1][0].startswith("Undone"))
        await stand_on(app, pilot, "1004")
        await pilot.press("a", *"again", "enter", "u")
        await until(lambda: app.messages[-1][0].startswith("Undone"))


async def test_what_is_due_is_said_at_the_start(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erase, "clock", lambda: AS_OF - timedelta(days=7))
    with at(path, -7) as desk:
        erase.ask(desk, 9)
    monkeypatch.setattr(erase, "clock", lambda: date(2099, 1, 1))
    async with running(path) as (app, pilot):
        triage(app).say_what_is_due()
        assert "1 erasure is due" in app.messages[-1][0]
        await pilot.press("ctrl+x", "d")
        await written(app, pilot)
        await until(lambda: "Fjord Kontor is erased" in shown(app))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_duplicates_are_settled_side_by_side(path: Path, size: tuple[int, int]) -> None:
    async with running(path, size=size) as (app, pilot):
        await pilot.press("D")
        screen = app.screen
        assert isinstance(screen, MergeScreen)
        for worker in list(app.workers):
            if worker.group == "duplicates":
                await worker.wait()
        await pilot.pause()
        pairs = screen.query_one(Pairs)
        before = len(pairs.pairs)
        assert before > 0
        assert "Nordwind Handel GmbH (1004b)" in shown(app)
        (lines,) = (each for each in shown(app).splitlines() if each.startswith(" lines"))
        assert str(AS_OF.year) in lines
        assert f"{AS_OF.year}-" not in lines
        keys = shown(app).splitlines()[-1]
        assert all(each in keys for each in ("merge into left", "they are two", "u undo", "esc"))
        pairs.cursor = next(
            at for at, each in enumerate(pairs.pairs) if each.right.number == "1004b"
        )
        for key, left in (("1", before - 1), ("u", before), ("x", before - 1), ("u", before)):
            await pilot.press(key)
            for worker in list(app.workers):
                if worker.group == "duplicates":
                    await worker.wait()
            await pilot.pause()
            assert len(pairs.pairs) <= left, key
        await pilot.press("escape")
        assert triage(app) is app.screen


@pytest.mark.parametrize("where", ["the list", "the dossier"])
async def test_who_was_merged_is_listed_again_right_after_the_undo(path: Path, where: str) -> None:
    async with running(path) as (app, pilot):

        def listed() -> set[str]:
            return {
                row.record.number
                for each in triage(app).table.ids
                if (row := triage(app).table.row(each)) is not None
            }

        await pilot.press("5")
        everybody = listed()
        merge.merge(triage(app).desk, 6, min(set(triage(app).table.ids) - {6}))
        triage(app).book_changed()
        for _ in range(2):
            # Nothing that was written before is still to be noticed.
            await settled(app, pilot)
            triage(app).glance()
        await settled(app, pilot)
        (gone,) = everybody - listed()
        if where == "the dossier":
            await pilot.press("enter")
        await pilot.press("u")
        if where == "the dossier":
            await pilot.press("escape")
        # Rows move as soon as no key came for a moment.
        await until(lambda: listed() == everybody, 10)
        await pilot.press("U")
        await until(lambda: listed() == everybody - {gone}, 10)


async def test_an_empty_book_says_so_everywhere(tmp_path: Path) -> None:
    Book.create(tmp_path / "empty.db").close()
    async with running(tmp_path / "empty.db", size=(80, 24)) as (app, pilot):
        await pilot.press("D")
        for worker in list(app.workers):
            if worker.group == "duplicates":
                await worker.wait()
        await pilot.press("1", "x", "u", "j", "k")
        assert "Nobody looks like a duplicate" in shown(app)
        assert shown(app).splitlines()[-1].split() == ["u", "undo", "esc", "back"]
        await pilot.press("escape")
        await pilot.press("W")
        assert "nobody" in shown(app)
        await pilot.press("escape")
        await pilot.press("ctrl+x")
        assert "no customer here" in app.messages[-1][0]
    assert AS_OF


async def test_a_persons_data_are_written_where_it_says(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    async with running(path) as (app, pilot):
        await stand_on(app, pilot, "1001")
        await pilot.press("Y")
        assert "What we hold on Madame A. GmbH" in shown(app)
        app.screen.query_one(Input).value = str(folder)
        await pilot.press("enter")
        await written(app, pilot)
        said = app.messages[-1][0]
    (as_json,), (as_text,) = folder.glob("person-*.json"), folder.glob("person-*.md")
    assert said == (
        f"What we hold on Madame A. GmbH: {as_json.name} and {as_text.name}, in {folder}."
    )
    assert json.loads(as_json.read_text())["customer"] == "1001"
    with Book.open(path) as book:
        assert {each.kind for each in manifest.log(book.connection)} == {"person"}


async def test_a_folder_that_cannot_be_written_to_is_said(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with running(path) as (app, pilot):
        await pilot.press("Y")
        app.screen.query_one(Input).value = str(tmp_path / "file")
        await pilot.press("enter")
        await written(app, pilot)
        assert "could not be written to" in app.messages[-1][0]
