"""The list on its own: a cursor that stays with its customer, rows that wait for idle hands."""

import gc
import warnings
from array import array
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import pytest

from tests.apps import DRIFTING, running, scored, settled, shown, triage, until
from tests.little import AS_OF, EPOCH, Buyer
from winback_tui.book import statistics
from winback_tui.book.connection import Book
from winback_tui.config import Bands, Config
from winback_tui.desk import imports, listing, scoring
from winback_tui.desk.listing import Row
from winback_tui.desk.session import Desk
from winback_tui.model import Sort, Tab
from winback_tui.tui.screens.finding import Finding
from winback_tui.tui.widgets.triage_list import TriageList

MANY = tuple(Buyer(str(n), f"Customer {n}", silent=60 + n % 50, times=3) for n in range(200))


def line_of_cursor(table: TriageList) -> int:
    """Return on which line of the view the cursor stands."""
    return table.cursor - round(table.scroll_y)


def rescored(path: Path) -> list[int]:
    """Let another process import an order and score the book; return its new order of all."""
    with Book.open(path) as book, book.write() as connection:
        connection.execute(
            "INSERT INTO transactions (customer_id, day, document, amount, currency, batch_id)"
            " SELECT id, ?, 'NEW', 10000, 'EUR', 1 FROM customers WHERE number = '1005'",
            ((AS_OF - EPOCH).days - 1,),
        )
        statistics.refresh(connection)
        book.bump_revision()
    with Desk.open(path, Config(), AS_OF) as other:
        assert scoring.renew(other).changed
        return list(listing.order(other, Tab.ALL, Sort.SCORE, None))


async def test_the_cursor_stays_with_its_customer_on_its_line_when_the_order_changes(
    tmp_path: Path,
) -> None:
    async with running(scored(tmp_path / "many.db", MANY)) as (app, pilot):
        await pilot.press("5", *["ctrl+d"] * 6, "k", "k")
        await pilot.pause()
        table = triage(app).table
        customer, line = table.current, line_of_cursor(table)
        assert table.scroll_y > 0
        assert customer is not None
        shuffled = list(table.ids)
        shuffled.remove(customer)
        shuffled.insert(90, customer)
        table.show(array("I", shuffled), keep=customer)
        await pilot.pause()
        assert table.current == customer
        assert table.cursor == 90
        assert line_of_cursor(table) == line


async def test_when_the_customer_is_gone_the_cursor_keeps_its_place(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "many.db", MANY)) as (app, pilot):
        await pilot.press("5")
        table = triage(app).table
        table.move(20)
        left = array("I", [each for each in table.ids if each != table.current])
        table.show(left, keep=table.current, near=table.cursor)
        await pilot.pause()
        assert table.cursor == 20
        assert table.current == left[20]
        table.show(array("I", left[:5]), keep=left[20], near=20)
        await pilot.pause()
        assert table.cursor == 4
        table.show(array("I"))
        await pilot.pause()
        assert table.current is None


async def test_a_filter_that_leaves_the_customer_out_begins_at_its_first(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "filter.db")) as (app, pilot):
        await pilot.press("5", "G")
        table = triage(app).table
        last = table.ids[-1]
        here = table.row(last)
        assert here is not None
        await pilot.press("f", *f"score:>{round(here.record.score) + 1}", "enter")
        assert last not in table.ids
        assert len(table.ids) > 2
        assert table.cursor == 0
        assert f"({len(table.ids)})" in shown(app).splitlines()[1]
        await pilot.press("j", "escape")
        assert table.cursor == 1


async def test_an_order_by_value_is_told_in_words_where_it_holds(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "order.db")) as (app, pilot):
        assert "by value" not in shown(app).splitlines()[1]
        await pilot.press("o", "v", "O")
        assert "by value reversed" in shown(app).splitlines()[1]
        await pilot.press("2")
        assert "by value" not in shown(app).splitlines()[1]


@pytest.mark.parametrize("width", [160, 120, 80, 40])
async def test_the_column_that_sorts_has_an_arrow_whatever_the_colours(
    tmp_path: Path, width: int
) -> None:
    path = scored(tmp_path / "order.db")

    async with running(path, size=(width, 30)) as (app, pilot):

        def title() -> str:
            """Return the titles from the one with an arrow on, up to the arrow."""
            titles = shown(app).splitlines()[2]
            (at,) = [place for place, sign in enumerate(titles) if sign in "▲▼"]
            return titles[:at].rpartition("  ")[2] + titles[at]

        score = "score" if width > 40 else "sc"
        assert title().replace(" ", "") == f"{score}▼"
        await pilot.press("O")
        assert title().replace(" ", "") == f"{score}▲"
        await pilot.press("O", "2")
        assert title() == "case ▲"
        if width > 40:
            await pilot.press("1", "o", "v")
            assert title() == "risk ▼"


async def test_struck_rows_stay_until_the_list_is_left(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "struck.db")) as (app, pilot):
        table = triage(app).table
        before = list(table.ids)
        await pilot.press("r", "e")
        await pilot.pause()
        triage(app).reload()
        await pilot.pause()
        assert list(table.ids) == before
        assert set(table.struck) == set(before[:2])
        assert "reactivated" in shown(app).splitlines()[3]
        await pilot.press("3", "1")
        await pilot.pause()
        assert list(table.ids) == before[2:]
        assert not table.struck


async def test_marks_survive_a_reload_and_leave_with_the_list(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "marks.db")) as (app, pilot):
        table = triage(app).table
        await pilot.press("x", "j", "x")
        await pilot.pause()
        marked = set(table.ids[:2])
        assert table.marked == marked
        assert "2 marked" in shown(app)
        triage(app).reload()
        assert table.marked == marked
        await pilot.press("x")
        assert table.marked == {table.ids[0]}
        await pilot.press("escape")
        assert not table.marked
        await pilot.press("x", "2")
        assert not table.marked


async def test_going_to_a_customer_shows_them_or_says_that_they_are_not_here(
    tmp_path: Path,
) -> None:
    async with running(scored(tmp_path / "many.db", MANY)) as (app, pilot):
        await pilot.press("5")
        table = triage(app).table
        last = table.ids[-1]
        assert table.go_to(last)
        await pilot.pause()
        assert table.current == last
        assert 0 <= line_of_cursor(table) < table.size.height
        assert not table.go_to(999_999)
        assert table.current == last


async def test_moving_past_either_end_stays_at_the_end(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "ends.db")) as (app, _):
        table = triage(app).table
        table.move(-5)
        assert table.cursor == 0
        table.move(10_000)
        assert table.cursor == len(table.ids) - 1


async def test_windows_are_read_once_and_only_as_large_as_the_screen_needs(
    tmp_path: Path,
) -> None:
    async with running(scored(tmp_path / "many.db", MANY)) as (app, pilot):
        await pilot.press("5")
        await pilot.pause()
        table = triage(app).table
        fetch, asked = table.fetch, []

        def counted(ids: Sequence[int]) -> dict[int, Row]:
            asked.append(list(ids))
            return fetch(ids)

        table.fetch = counted
        table.forget()
        for _ in range(3):
            await pilot.press("G", "g", "ctrl+d", "k")
            await pilot.pause()
        flat = [each for window in asked for each in window]
        assert len(flat) == len(set(flat)) <= len(MANY)
        assert all(len(window) <= table.size.height + 2 * 40 + 1 for window in asked)


async def test_rows_do_not_move_under_busy_hands(tmp_path: Path) -> None:
    path = scored(tmp_path / "busy.db")
    async with running(path) as (app, pilot):
        screen = triage(app)
        await pilot.press("5", "j", "j")
        before, customer = list(screen.table.ids), screen.table.current
        after = rescored(path)
        assert after != before
        screen._last_key = monotonic() + 1_000
        screen.glance()
        await settled(app, pilot)
        screen.glance()
        await pilot.pause()
        assert list(screen.table.ids) == before
        assert "new scores ready" in shown(app).splitlines()[0]
        screen._last_key = monotonic() - 1_000
        screen.glance()
        await pilot.pause()
        assert list(screen.table.ids) == after
        assert screen.table.current == customer
        assert "new scores ready" not in shown(app).splitlines()[0]


async def test_rows_do_not_move_under_an_open_sheet_or_a_search(tmp_path: Path) -> None:
    path = scored(tmp_path / "sheet.db")
    async with running(path) as (app, pilot):
        screen = triage(app)
        await pilot.press("5", "j")
        before = list(screen.table.ids)
        after = rescored(path)
        await pilot.press("z")
        await pilot.pause()
        screen._last_key = monotonic() - 1_000
        screen.glance()
        await pilot.pause()
        assert list(screen.table.ids) == before
        await pilot.press("escape")
        await pilot.pause()
        screen._last_key = monotonic() - 1_000
        screen.glance()
        await pilot.pause()
        assert list(screen.table.ids) == after


async def test_customers_whose_import_was_undone_leave_without_a_crash(tmp_path: Path) -> None:
    path = scored(tmp_path / "undone.db")
    orders = tmp_path / "orders.csv"
    orders.write_text(
        "customer,name,date,amount\n"
        + "".join(
            f"new{n},Newcomer {n},2026-0{month}-1{n},100\n" for n in range(3) for month in (1, 2, 3)
        ),
        encoding="utf-8",
    )
    with Desk.open(path, Config(), AS_OF) as other:
        imports.import_transactions(other, [orders], imports.ImportOptions())
        scoring.renew(other)
    async with running(path) as (app, pilot):
        await pilot.press("5")
        await pilot.pause()
        screen = triage(app)
        assert len(screen.table.ids) == len(DRIFTING) + 3
        assert "Newcomer" in shown(app)
        with Desk.open(path, Config(), AS_OF) as other:
            imports.undo_import(other)
        screen._last_key = monotonic() + 1_000
        screen.glance()
        await settled(app, pilot)
        for key in ("g", *"jjjjjjjjjjjjjjjjjjj", "x", "i", "escape", "c", "escape", "G", "g"):
            await pilot.press(key)
            await pilot.pause()
        screen._last_key = monotonic() - 1_000
        screen.glance()
        await settled(app, pilot)
        assert app.crash is None
        assert len(screen.table.ids) == len(DRIFTING)
        assert "Newcomer" not in shown(app)


async def test_an_answer_that_a_later_letter_has_overtaken_is_dropped(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "stale.db")) as (app, pilot):
        screen = triage(app)
        await pilot.press("5", "slash", *"aarh")
        await settled(app, pilot)
        found = list(screen.table.ids)
        assert len(found) == 1
        everyone = {1, 2, 3, 4}
        screen.post_message(Finding.Found("a", everyone, screen._round - 1))
        await pilot.pause()
        assert list(screen.table.ids) == found
        screen.post_message(Finding.Found("a", everyone, screen._round))
        await pilot.pause()
        assert set(screen.table.ids) == everyone


async def test_an_answer_that_comes_after_the_search_was_closed_is_dropped(
    tmp_path: Path,
) -> None:
    async with running(scored(tmp_path / "closed.db")) as (app, pilot):
        screen = triage(app)
        await pilot.press("5", "slash", "a")
        await settled(app, pilot)
        number = screen._round
        await pilot.press("escape")
        await settled(app, pilot)
        everyone = list(screen.table.ids)
        screen.post_message(Finding.Found("a", {1}, number))
        await pilot.pause()
        assert list(screen.table.ids) == everyone
        assert screen.found is None


async def test_other_bands_part_the_customers_otherwise_at_the_next_start(
    tmp_path: Path,
) -> None:
    path = scored(tmp_path / "bands.db")
    async with running(path) as (app, _):
        before = triage(app).counts.tabs[Tab.WATCH]
    async with running(path, config=Config(bands=Bands(watch=1.0))) as (app, pilot):
        await settled(app, pilot)
        assert triage(app).counts.tabs[Tab.WATCH] > before


async def test_who_is_dealt_with_in_a_search_stands_where_they_stood_when_it_is_left(
    tmp_path: Path,
) -> None:
    async with running(scored(tmp_path / "book.db", DRIFTING)) as (app, pilot):
        table = triage(app).table
        before = list(table.ids)
        last = before[-1]
        with Book.open(triage(app).desk.book.path) as book:
            (who,) = book.connection.execute(
                "SELECT number FROM customers WHERE id = ?", (last,)
            ).fetchone()
        await pilot.press("slash", *who)
        await until(lambda: list(table.ids) == [last])
        await pilot.press("enter", "e", "escape")
        assert list(table.ids) == before


async def test_ctrl_c_leaves_from_anywhere_with_the_code_of_an_interrupt(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "book.db", DRIFTING)) as (app, pilot):
        await pilot.press("c", "ctrl+c")
    assert app.return_value == 130


async def test_what_the_facts_suggest_may_be_asked_again_before_the_first_look_began(
    tmp_path: Path,
) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        async with running(scored(tmp_path / "b.db")) as (app, pilot):
            screen = triage(app)
            await settled(app, pilot)
            screen._last_key = 0.0
            # The second takes the place of the first, which has not come to its first step.
            screen._suggest()
            screen._suggest()
            await settled(app, pilot)
        del app, pilot, screen
        gc.collect()
    assert [str(each.message) for each in told if "never awaited" in str(each.message)] == []
