"""Every screen at every size, with no customers, one, and one whose name is an attack."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.apps import DRIFTING, number, running, scored, settled, shown, triage, until
from tests.little import AS_OF, Buyer, fill
from winback_tui.book.connection import Book

HOSTILE = (
    "[/]",
    "[bold red]loud[/bold red]",
    "[@click=app.bell]press me[/]",
    "\\[not markup]",
    "esc \x1b[31mred\x1b]0;title\x07",
    "right \u202eto left",
    "line\nbreak\ttab",
    "🧑‍🚀🦀 emoji",
    "漢字の会社",
    "n" * 200,
    "zero\u200bwidth",
    "$variable {format} %s",
)
SIZES = ((120, 40), (80, 24), (170, 50), (60, 20), (40, 10))


#: What opens a sheet or a screen over the list: those where a name stands, and all the others.
NAMING = ("c", "i", "y", "P", "E", "W", "colon")
OTHERS = (
    *("w", "z", "s", "a", "r", "C", "K", "m", "p", "S", "M", "D", "f", "slash", "ctrl+x"),
    "question_mark",
)
#: Each name goes through some screens at one size; all of them, as one, through all at every size.
ATTACKS = [
    *((name, SIZES[at % len(SIZES)], NAMING) for at, name in enumerate(HOSTILE)),
    *((" ".join(HOSTILE), size, (*NAMING, *OTHERS)) for size in SIZES),
]


@pytest.mark.parametrize(("name", "size", "opening"), ATTACKS, ids=range(len(ATTACKS)))
async def test_a_hostile_name_is_only_text_on_every_screen(
    tmp_path: Path, name: str, size: tuple[int, int], opening: tuple[str, ...]
) -> None:
    path = scored(tmp_path / "hostile.db", (Buyer(name[:40], name, silent=90, city=name),))
    with Book.open(path) as book, book.write() as connection:
        connection.execute(
            "INSERT INTO contacts (customer_id, name, role) VALUES (1, ?, ?)", (name, name)
        )
        connection.execute(
            "INSERT INTO contact_points (customer_id, contact_id, channel, value)"
            " VALUES (1, 1, 'phone', ?)",
            (name,),
        )
    async with running(path, size=size) as (app, pilot):
        await pilot.press("5")
        for key in ("enter", "escape", "x", "x", *opening):
            await pilot.press(key)
            text = shown(app)
            assert "\x1b" not in text, key
            assert "\u202e" not in text, key
            while app.screen is not triage(app):
                await pilot.press("escape")
            await pilot.press("escape")
        app.messages.clear()
        await pilot.press("a", *"note", "enter")
        assert app.is_running
        assert app.crash is None
        assert len(app.messages) == 1


async def test_a_line_to_type_into_shows_no_escape_code_and_leaves_what_nobody_changed(
    tmp_path: Path,
) -> None:
    name = "esc \x1b[31mred\x07"
    path = scored(tmp_path / "edit.db", (Buyer("1", name, silent=90),))
    async with running(path) as (app, pilot):
        await pilot.press("5", "E")
        assert "esc [31mred" in shown(app)
        assert "\x1b" not in shown(app)
        await pilot.press("enter")
        assert app.messages[-1][0] == "Nothing was changed."
        await pilot.press("E", *"!", "enter")
        row = triage(app).table.row(1)
        assert row is not None
        assert row.record.name == "esc [31mred!"


@pytest.mark.parametrize("size", SIZES)
async def test_no_line_is_wider_than_the_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    from rich.cells import cell_len

    async with running(scored(tmp_path / "wide.db"), size=size) as (app, pilot):
        for keys in ((), ("5",), ("enter",)):
            await pilot.press(*keys)
            await pilot.pause()
            assert all(cell_len(line) <= size[0] for line in shown(app).splitlines())


async def test_without_a_book_the_welcome_offers_sample_and_import(tmp_path: Path) -> None:
    async with running(tmp_path / "none.db") as (app, pilot):
        assert "open the sample" in shown(app)
        assert "winback import transactions" in shown(app)
        await pilot.press("n")
        await settled(app, pilot)
        assert (tmp_path / "none.db").exists()
        assert "holds no customers yet: press I to import a file" in shown(app)


async def test_the_welcome_opens_the_sample(tmp_path: Path) -> None:
    async with running(tmp_path / "none.db") as (app, pilot):
        await pilot.press("s")
        await until(lambda: app.desk is not None)
        await settled(app, pilot)
        assert "sample book, not kept" in shown(app)
        assert triage(app).table.ids
        copy = app.path
        assert copy.exists()
    assert not copy.exists()
    assert not (tmp_path / "none.db").exists()


async def test_an_empty_book_says_what_to_do_and_no_key_hurts(tmp_path: Path) -> None:
    Book.create(tmp_path / "empty.db").close()
    async with running(tmp_path / "empty.db") as (app, pilot):
        assert "import a file" in shown(app)
        for key in (
            "j",
            "G",
            "c",
            "r",
            "w",
            "z",
            "e",
            "a",
            "space",
            "V",
            "asterisk",
            "enter",
            "i",
            "y",
            "u",
            "U",
            "full_stop",
            "n",
            "o",
            "escape",
            "2",
            "5",
            "O",
        ):
            await pilot.press(key)
            await pilot.pause()
        assert app.crash is None
        assert any("There is no customer here" in text for text, _ in app.messages)


async def test_one_customer_is_a_list(tmp_path: Path) -> None:
    path = scored(tmp_path / "one.db", (Buyer("7", "Only GmbH", silent=300),))
    async with running(path) as (app, pilot):
        await pilot.press("5")
        assert number(app) == "7"
        await pilot.press("r")
        await pilot.pause()
        assert number(app) == "7"
        assert triage(app).table.struck


async def test_a_book_never_scored_fills_behind_the_screen(tmp_path: Path) -> None:
    path = fill(tmp_path / "new.db", DRIFTING)
    async with running(path) as (app, pilot):
        await settled(app, pilot)
        await pilot.pause()
        assert triage(app).scored is not None
        assert triage(app).table.ids


async def test_stored_scores_are_shown_at_once_and_say_from_when(tmp_path: Path) -> None:
    path = scored(tmp_path / "old.db")
    async with running(path, as_of=AS_OF + timedelta(days=3)) as (app, pilot):
        await settled(app, pilot)
        run = triage(app).scored
        assert run is not None
        assert run.as_of == AS_OF + timedelta(days=3)
        assert run.previous_as_of == AS_OF


@pytest.mark.parametrize(
    "theme", ["winback-dark", "winback-light", "winback-contrast", "ansi-dark", "ansi-light"]
)
async def test_every_theme_draws_and_the_cursor_has_a_shape(tmp_path: Path, theme: str) -> None:
    async with running(scored(tmp_path / "theme.db")) as (app, pilot):
        app.theme = theme
        await settled(app, pilot)
        await until(lambda: "▌" in shown(app) and "▸1" in shown(app))


async def test_a_terminal_without_utf8_gets_ascii_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.ISO-8859-1")
    path = scored(tmp_path / "ascii.db", (Buyer("1", "Plain GmbH", silent=100, city="Bonn"),))
    async with running(path) as (app, pilot):
        await pilot.press("5")
        await pilot.pause()
        assert shown(app).isascii(), {sign for sign in shown(app) if not sign.isascii()}


async def test_the_cursor_stays_on_its_customer_through_sort_filter_and_rescoring(
    tmp_path: Path,
) -> None:
    async with running(scored(tmp_path / "stay.db")) as (app, pilot):
        await pilot.press("5", "j", "j", "j")
        customer = triage(app).table.current
        before = list(triage(app).table.ids)
        await pilot.press("o", "v")
        assert list(triage(app).table.ids) != before
        assert triage(app).table.current == customer
        await pilot.press("O")
        assert triage(app).table.current == customer
        number_here = number(app)
        await pilot.press("f", *"score:>1", "enter")
        await settled(app, pilot)
        assert number(app) == number_here
        triage(app).reload()
        await pilot.pause()
        assert triage(app).table.current == customer
        await pilot.press("ctrl+r")
        await settled(app, pilot)
        assert triage(app).table.current == customer
        fitted = next(text for text, _ in app.messages if text.startswith("The score is fitted"))
        size = len(triage(app).desk.book.connection.execute("SELECT 1 FROM customers").fetchall())
        assert f"anew to {size} customers; the queue holds" in fitted
        assert fitted.endswith(", as before.")


async def test_another_program_s_deed_appears_by_itself(tmp_path: Path) -> None:
    from winback_tui.config import Config
    from winback_tui.desk import deeds
    from winback_tui.desk.session import Desk
    from winback_tui.model import Stage

    path = scored(tmp_path / "two.db")
    async with running(path) as (app, pilot):
        first = triage(app).table.ids[0]
        with Desk.open(path, Config(), AS_OF) as other:
            deeds.move_case(other, [first], Stage.WARM)
        triage(app).glance()
        await settled(app, pilot)
        row = triage(app).table.row(first)
        assert row is not None
        assert row.case.stage is Stage.WARM


async def test_only_the_rows_on_the_screen_are_read(tmp_path: Path) -> None:
    buyers = tuple(Buyer(str(n), f"Customer {n}", silent=60 + n % 50, times=3) for n in range(600))
    path = scored(tmp_path / "many.db", buyers)
    async with running(path) as (app, pilot):
        await pilot.press("5")
        await pilot.pause()
        assert len(triage(app).table.ids) == 600
        asked: list[int] = []
        fetch = triage(app).table.fetch
        triage(app).table.fetch = lambda ids: asked.append(len(ids)) or fetch(ids)  # type: ignore[func-returns-value]
        await pilot.press("G")
        await pilot.pause()
        assert triage(app).table.cursor == 599
        assert sum(asked) < 200


async def test_a_session_over_midnight_goes_on_with_the_new_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import winback_tui.tui.screens.renewing as module

    class Tomorrow(date):
        @classmethod
        def today(cls) -> "Tomorrow":
            tomorrow = AS_OF + timedelta(days=1)
            return cls(tomorrow.year, tomorrow.month, tomorrow.day)

    monkeypatch.setattr(module, "date", Tomorrow)
    async with running(scored(tmp_path / "night.db")) as (app, pilot):
        app.follows_clock = True
        triage(app).glance()
        await settled(app, pilot)
        assert triage(app).desk.as_of == AS_OF + timedelta(days=1)
        assert "22 Nov 2026" in shown(app) or "Nov 22, 2026" in shown(app)
        assert triage(app).scored is not None
