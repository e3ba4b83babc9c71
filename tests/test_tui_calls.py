"""The call sheet: four keys at most, two reasons kept apart, and nothing typed is lost."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.apps import DRIFTING, number, running, scored, shown, until
from tests.little import AS_OF
from tests.terminal import Terminal
from winback_tui.book import events
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import deeds
from winback_tui.desk.deeds import Call
from winback_tui.desk.drafts import Sheet, load_draft
from winback_tui.desk.session import Desk
from winback_tui.desk.tries import tries_of
from winback_tui.model import EventKind, LeavingReason, Outcome
from winback_tui.tui.sheets.call import OUTCOMES
from winback_tui.tui.sheets.reasons import ReasonChoice
from winback_tui.words.format import Formats
from winback_tui.words.tries import tries_line


@pytest.fixture
def book_path(tmp_path: Path) -> Path:
    return scored(tmp_path / "book.db")


def last_call(path: Path) -> dict[str, object]:
    with Book.open(path) as book:
        return next(
            each.payload for each in events.actions(book.connection) if each.kind is EventKind.CALL
        )


def logged(path: Path) -> bool:
    with Book.open(path) as book:
        return any(each.kind is EventKind.CALL for each in events.actions(book.connection))


async def test_three_keys_log_a_call_and_the_time_of_a_call_back_is_kept(book_path: Path) -> None:
    async with running(book_path) as (_, pilot):
        await pilot.press("c", "n", "enter")
        assert last_call(book_path)["outcome"] == "no-answer"
        await pilot.press("c", "t", *"morgen", "space", *"14:30", "enter")
    call = last_call(book_path)
    assert (call["outcome"], call["follow_up"], call["at"]) == ("callback", "2026-11-22", "14:30")
    assert call["next_action"] == "call at 14:30"


@pytest.mark.parametrize(("key", "outcome"), OUTCOMES.items())
async def test_four_keys_at_most_log_a_call_with_each_outcome(
    book_path: Path, key: str, outcome: Outcome
) -> None:
    keys = ["c", key, *(["t"] if outcome is Outcome.CALLBACK else []), "enter"]
    assert len(keys) <= 4
    async with running(book_path) as (_, pilot):
        await pilot.press(*keys)
        await until(lambda: logged(book_path))
    call = last_call(book_path)
    assert call["outcome"] == outcome
    assert call.get("follow_up") == ("2026-11-22" if outcome is Outcome.CALLBACK else None)


async def test_stated_and_assessed_reasons_are_kept_apart_with_their_second_level(
    book_path: Path,
) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("c", "r")
        app.screen.query_one("#reason").focus()
        await pilot.press("p", "down")
        assert "first: ask what it is measured against, then a limited offer" in shown(app)
        app.screen.query_one("#assessed").focus()
        await pilot.press("s")
        # What we assess is what we go by, and then no discount comes first.
        assert "first: put right what went wrong" in shown(app)
        app.screen.query_one("#next").focus()
        await pilot.press(*"credit", "enter")
    call = last_call(book_path)
    assert (call["reason"], call["detail"]) == ("price", "increase")
    assert (call["assessed"], "assessed_detail" in call) == ("service", False)
    assert call["next_action"] == "credit"


async def test_a_reason_for_the_phone_is_asked_for_last_and_note_and_date_stay_theirs(
    tmp_path: Path,
) -> None:
    unasked = tuple(replace(each, called=False) for each in DRIFTING)
    path = scored(tmp_path / "unasked.db", unasked)
    sentence = "The phone needs a reason: why do they expect the call?"
    async with running(path) as (app, pilot):
        await pilot.press("c", "r", *"wants a quote")
        assert sentence not in shown(app)
        await pilot.press("enter")
        assert sentence in shown(app)
        assert app.focused is app.screen.query_one("#justify")
        await pilot.press(*"orders by phone", "enter")
        await until(lambda: logged(path))
        call = last_call(path)
        assert (call["note"], call["justify"]) == ("wants a quote", "orders by phone")
        await pilot.press("c", "t", *"morgen", "enter")
        assert sentence in shown(app)
        await pilot.press(*"they wrote", "enter")
        await until(lambda: last_call(path)["outcome"] == "callback")
    call = last_call(path)
    assert (call["follow_up"], call["justify"]) == ("2026-11-22", "they wrote")


async def test_what_is_typed_into_a_choice_and_fits_none_of_it_chooses_nothing(
    book_path: Path,
) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("c", "r")
        reason = app.screen.query_one("#reason", ReasonChoice)
        for typed in ("morgen 14:30", "next week", "15.12.", "+3d", "friday"):
            reason.focus()
            await pilot.press(*("space" if each == " " else each for each in typed))
            assert reason.value == "", typed
            app.screen.query_one("#note").focus()
            await pilot.pause()
        reason.focus()
        await pilot.press(*"pro")
        assert reason.value == "product"
        await pilot.press("right", *"pp")
        assert reason.value == "price"
        await pilot.press(*"m")
        assert reason.value == "competitor"


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_every_field_of_the_sheet_is_on_the_screen(
    book_path: Path, size: tuple[int, int]
) -> None:
    async with running(book_path, size=size) as (app, pilot):
        await pilot.press("c", "r")
        text = shown(app)
        for label in ("note", "follow-up", "they say", "we think", "mood", "next step"):
            assert label in text, label


def test_attempts_and_the_best_hour_come_from_history(book_path: Path) -> None:
    with Desk.open(book_path, Config(), AS_OF) as desk:
        assert tries_line(tries_of(desk, 1), Formats()) == ""
        for outcome in (Outcome.NO_ANSWER, Outcome.REACHED, Outcome.BUSY, Outcome.INBOUND):
            deeds.log_call(desk, [1], Call(outcome))
        tries = tries_of(desk, 1)
        assert (tries.made, tries.reached, tries.best) == (3, 1, tries.last)
        line = tries_line(tries._replace(best=(1, 10)), Formats())
        assert line == "3 tries; reached Tue 10–11"
        for each in range(2, 6):
            deeds.log_call(desk, [each] * 1, Call(Outcome.REACHED))
        assert tries_of(desk, 6).hour is None
        for _ in range(6):
            deeds.log_call(desk, [2], Call(Outcome.NO_ANSWER))
        late = tries_of(desk, 6)
        assert (late.hour_reached, late.hour_made) == (5, 13)
        assert tries_line(late._replace(hour=10), Formats()) == (
            "others are reached best 10–11 (5 of 13)"
        )


async def test_a_draft_is_kept_while_typing_and_forgotten_when_it_is_saved(
    book_path: Path,
) -> None:
    async with running(book_path) as (app, pilot):
        who = number(app)
        await pilot.press("c", "v", *"monday")
        with Desk.open(book_path, Config(), AS_OF) as other:
            (customer,) = other.book.connection.execute(
                "SELECT id FROM customers WHERE number = ?", (who,)
            ).fetchone()
            typed = {"outcome": "voicemail", "note": "monday"}
            await until(lambda: load_draft(other, customer, Sheet.CALL) == typed)
            await pilot.press("enter")
            assert load_draft(other, customer, Sheet.CALL) is None


def test_a_draft_survives_kill_9(book_path: Path) -> None:
    command = ("-m", "winback_tui", "--db", book_path, "--as-of", AS_OF.isoformat())
    with Terminal(*command) as terminal:
        terminal.until("Queue")
        terminal.send("crthey said perhaps")
        terminal.until("they said perhaps")

        def kept(_: str) -> bool:
            with Book.open(book_path) as book:
                rows = book.connection.execute("SELECT payload FROM drafts").fetchall()
            return [json.loads(row[0]).get("note") for row in rows] == ["they said perhaps"]

        terminal.until(kept)
        terminal.process.kill(9)
    with Terminal(*command) as terminal:
        terminal.until("Queue")
        terminal.send("c")
        terminal.until("they said perhaps")


def test_a_seasonal_reason_is_in_the_log_for_the_score_to_read(book_path: Path) -> None:
    with Desk.open(book_path, Config(), AS_OF) as desk:
        deeds.log_call(desk, [1], Call(Outcome.REACHED, reason=LeavingReason.SEASONAL))
        assert events.of_customer(desk.book.connection, 1)[0].payload["reason"] == "seasonal"


async def test_the_day_that_a_follow_up_means_stands_beside_it(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("c", "r", "tab", *"fri")
        meant = app.formats.date(date(2026, 11, 27))
        await until(lambda: f"Friday {meant}, in 6 days" in shown(app))
        await pilot.press("space", *"14:30")
        await until(lambda: "in 6 days, at 14:30" in shown(app))
        await pilot.press("x")
        await until(lambda: "in 6 days" not in shown(app))
