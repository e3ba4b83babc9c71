"""Deeds: what each leaves in the book, for one customer and for many, whatever happens."""

import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from winback_tui.book import cases, consents, events
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import deeds
from winback_tui.desk.action import refuse_all
from winback_tui.desk.consent import standings
from winback_tui.desk.deeds import Call
from winback_tui.desk.drafts import Sheet, delete_draft, load_draft, save_draft
from winback_tui.desk.session import Desk
from winback_tui.desk.undoing import redo, undo
from winback_tui.errors import BadInputError
from winback_tui.model import (
    CaseState,
    Channel,
    EventKind,
    LeavingReason,
    Mood,
    Outcome,
    Stage,
    Standing,
)
from winback_tui.words.deeds import people

TODAY = date(2026, 11, 21)
FRIDAY = date(2026, 11, 27)


@pytest.fixture
def desk(book: Book) -> Desk:
    """A desk at a book of five customers."""
    with book.write() as connection:
        connection.executemany(
            "INSERT INTO customers (number, name, party_kind, city)"
            " VALUES (?, ?, 'business', 'Bonn')",
            [("4711", "Nordwind"), ("4712", "Bäckerei Sommer"), ("4713", ""), ("4714", "[/]"),
             ("4715", "Larsen & Søn")],
        )  # fmt: skip
    return Desk(book, Config(), TODAY, "kim")


def state(desk: Desk, customer: int) -> CaseState:
    return cases.load(desk.book.connection, customer)


def last_event(desk: Desk) -> events.Event:
    return next(events.actions(desk.book.connection))


class TestOneCustomer:
    def test_a_call_is_an_event_and_moves_the_case(self, desk: Desk) -> None:
        call = Call(
            Outcome.REACHED,
            note="late\x1b[31m delivery\n",
            reason=LeavingReason.SERVICE,
            mood=Mood.BAD,
            follow_up=FRIDAY,
            next_action="bring news",
            justify="they asked for it",
        )
        action = deeds.log_call(desk, [1], call)
        assert state(desk, 1) == CaseState(
            stage=Stage.CONTACTED,
            opened_on=TODAY,
            attempts=1,
            last_contact_on=TODAY,
            next_action_on=FRIDAY,
            next_action="bring news",
            done_on=TODAY,
            reason=LeavingReason.SERVICE,
            answered_on=TODAY,
        )
        event = last_event(desk)
        assert (event.id, event.kind, event.actor) == (action.id, EventKind.CALL, "kim")
        assert event.payload["note"] == "late[31m delivery"
        assert event.payload["justify"] == "they asked for it"
        assert event.payload["on"] == "2026-11-21"
        assert event.payload["before"]["stage"] is None
        assert event.payload["after"]["stage"] == "contacted"

    def test_stage_snooze_done_and_note_are_kept(self, desk: Desk) -> None:
        deeds.move_case(desk, [1], Stage.WARM, why="budget is there")
        deeds.snooze(desk, [1], FRIDAY)
        deeds.mark_done(desk, [1])
        deeds.add_note(desk, [1], "  new buyer  ")
        assert state(desk, 1) == CaseState(
            stage=Stage.WARM,
            opened_on=TODAY,
            snoozed_until=FRIDAY,
            snoozed_on=TODAY,
            done_on=TODAY,
        )
        kinds = [event.kind for event in events.of_customer(desk.book.connection, 1)]
        assert kinds == [EventKind.NOTE, EventKind.DONE, EventKind.SNOOZE, EventKind.STAGE]
        assert last_event(desk).payload["note"] == "new buyer"

    def test_reactivated_closes_the_case(self, desk: Desk) -> None:
        deeds.reactivate(desk, [1], why="ordered")
        assert state(desk, 1).stage is Stage.REACTIVATED
        assert state(desk, 1).closed_on == TODAY

    def test_a_refusal_names_the_customer_and_changes_nothing(self, desk: Desk) -> None:
        deeds.move_case(desk, [1], Stage.WARM)
        with pytest.raises(BadInputError, match=r"Nordwind \(4711\): The case is warm already"):
            deeds.move_case(desk, [1], Stage.WARM)
        with pytest.raises(BadInputError, match=r"^4713: "):
            deeds.snooze(desk, [3], TODAY)
        with pytest.raises(BadInputError, match="note is empty"):
            deeds.add_note(desk, [1], " \x07 ")
        assert len(events.of_customer(desk.book.connection, 1)) == 1
        assert events.of_customer(desk.book.connection, 3) == []

    def test_nobody_and_strangers_are_refused(self, desk: Desk) -> None:
        with pytest.raises(BadInputError, match="No customer is chosen"):
            deeds.mark_done(desk, [])
        with pytest.raises(BadInputError, match="no customer with the id 99"):
            deeds.mark_done(desk, [1, 99])
        assert cases.everything(desk.book.connection) == {}


class TestManyCustomers:
    def test_are_one_action(self, desk: Desk) -> None:
        action = deeds.snooze(desk, [3, 1, 2, 1], FRIDAY)
        assert action.customers == (3, 1, 2)
        assert events.customers_of(desk.book.connection, action.id) == (3, 1, 2)
        assert [state(desk, each).snoozed_until for each in (1, 2, 3)] == [FRIDAY] * 3

    def test_who_refuses_is_skipped_with_the_reason(self, desk: Desk) -> None:
        deeds.move_case(desk, [2], Stage.WARM)
        action = deeds.move_case(desk, [1, 2, 3], Stage.WARM)
        assert action.customers == (1, 3)
        assert action.skipped == ((2, "Bäckerei Sommer (4712): The case is warm already."),)

    def test_if_all_refuse_it_says_so_once(self, desk: Desk) -> None:
        deeds.move_case(desk, [1, 2, 3], Stage.WARM)
        with pytest.raises(BadInputError, match=r"Nordwind.*same goes for 2 more"):
            deeds.move_case(desk, [1, 2, 3], Stage.WARM)

    def test_days_and_numbers_of_a_refusal_are_written_as_the_user_reads_them(
        self, desk: Desk
    ) -> None:
        german = Config(user=Config().user._replace(locale="de_DE"))
        with Desk.open(desk.book.path, german, TODAY) as own:
            deeds.snooze(own, [1], date(2027, 3, 1))
            with pytest.raises(BadInputError, match=r"snoozed until 01\.03\.2027 already"):
                deeds.snooze(own, [1], date(2027, 3, 1))
            with pytest.raises(BadInputError, match=r"\(21.11.2026\), not 20.11.2026"):
                deeds.snooze(own, [1], date(2026, 11, 20))
            with pytest.raises(BadInputError, match=r"\(20.11.2026\) must not lie before today"):
                deeds.plan(own, [1], date(2026, 11, 20))
            with pytest.raises(BadInputError, match=r"The same goes for 1.233 more\."):
                refuse_all([(each, "No.") for each in range(1_234)])
            assert people(["Nordwind"], 1_235) == "Nordwind and 1.234 more"

    def test_more_than_a_statement_takes_parameters(self, desk: Desk) -> None:
        with desk.book.write() as connection:
            connection.executemany(
                "INSERT INTO customers (number) VALUES (?)", [(f"m{n}",) for n in range(1200)]
            )
        everyone = range(1, 1206)
        action = deeds.mark_done(desk, everyone)
        assert len(action.customers) == 1205
        assert cases.everything(desk.book.connection) == cases.replay(desk.book.connection)
        undo(desk)
        assert cases.everything(desk.book.connection) == {}


class TestNoContact:
    def phone(self, desk: Desk) -> Standing:
        return standings(desk, [1])[1][Channel.PHONE].standing

    def test_objects_on_every_channel_in_the_same_transaction(self, desk: Desk) -> None:
        action = deeds.log_call(desk, [1], Call(Outcome.NO_CONTACT, note="never again"))
        found = standings(desk, [1, 2])
        assert {each.standing for each in found[1].values()} == {Standing.BLOCKED}
        assert found[2][Channel.POST].standing is Standing.ALLOWED
        rows = desk.book.connection.execute(
            "SELECT channel, event, note, event_id FROM consent_events ORDER BY id"
        ).fetchall()
        assert rows == [(each.value, "objected", "never again", action.id) for each in Channel]

    def test_counts_no_more_after_undo_and_again_after_redo(self, desk: Desk) -> None:
        deeds.log_call(desk, [1], Call(Outcome.NO_CONTACT))
        for _ in range(2):
            assert undo(desk)
            assert self.phone(desk) is Standing.WARN
            assert redo(desk)
            assert self.phone(desk) is Standing.BLOCKED

    def test_an_objection_on_one_channel_counts_for_all(self, desk: Desk) -> None:
        with desk.book.write() as connection:
            connection.execute(
                "INSERT INTO consent_events (customer_id, channel, event, at, source, actor)"
                " VALUES (1, 'email', 'objected', '2026-03-02', 'import', 'kim')"
            )
        facts = consents.facts(desk.book.connection, [1])[1]
        assert {len(facts[channel]) for channel in Channel} == {1}
        assert self.phone(desk) is Standing.BLOCKED


class TestDrafts:
    def test_survive_and_are_forgotten(self, desk: Desk) -> None:
        typed = {"outcome": "reached", "note": "half a sen[/]tence"}
        save_draft(desk, 1, Sheet.CALL, {"note": "h"})
        save_draft(desk, 1, Sheet.CALL, typed)
        with Book.open(desk.book.path) as again:
            other = Desk(again, Config(), TODAY, "kim")
            assert load_draft(other, 1, Sheet.CALL) == typed
            assert load_draft(other, 1, Sheet.NOTE) is None
            assert load_draft(other, 2, Sheet.CALL) is None
        delete_draft(desk, 1, Sheet.CALL)
        assert load_draft(desk, 1, Sheet.CALL) is None
        save_draft(desk, 1, Sheet.NOTE, typed)
        save_draft(desk, 1, Sheet.NOTE, {})
        assert load_draft(desk, 1, Sheet.NOTE) is None


def test_events_can_be_neither_changed_nor_deleted(desk: Desk) -> None:
    deeds.mark_done(desk, [1])
    for statement in ("UPDATE events SET actor = 'x'", "DELETE FROM events"):
        with pytest.raises(Exception, match="append-only"):
            desk.book.connection.execute(statement)


_START = """
import sys
from datetime import date
from pathlib import Path
from winback_tui.config import Config
from winback_tui.desk import action, deeds
from winback_tui.desk.session import Desk
from winback_tui.model import Outcome
desk = Desk.open(Path(sys.argv[1]), Config(), date(2026, 11, 21))
"""


def run(script: str, path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", _START + script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_killed_in_the_middle_of_a_deed_the_book_is_whole(desk: Desk) -> None:
    deeds.log_call(desk, [1], Call(Outcome.BUSY, justify="they asked for it"))
    before = cases.everything(desk.book.connection)
    ledger = "SELECT event FROM consent_events"
    assert desk.book.connection.execute(ledger).fetchall() == [("basis_claimed",)]
    # The third customer's case is never saved: the process says so and waits to be killed.
    process = run(
        "saved, save = [], action.cases.save\n"
        "def hang(connection, customer, state):\n"
        "    save(connection, customer, state)\n"
        "    saved.append(customer)\n"
        "    if len(saved) == 2:\n"
        "        print('now', flush=True)\n"
        "        sys.stdin.read()\n"
        "action.cases.save = hang\n"
        "deeds.log_call(desk, [1, 2, 3], deeds.Call(Outcome.NO_CONTACT))\n",
        desk.book.path,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "now\n"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with Book.open(desk.book.path) as again:
        connection = again.connection
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert cases.everything(connection) == before == cases.replay(connection)
        assert connection.execute(ledger).fetchall() == [("basis_claimed",)]
    assert deeds.log_call(desk, [1, 2, 3], Call(Outcome.NO_CONTACT)).customers == (1, 2, 3)


def test_two_processes_at_once_lose_nothing(desk: Desk) -> None:
    script = (
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "for _ in range(25):\n"
        "    deeds.log_call(desk, [1, 2], deeds.Call(Outcome.BUSY, justify='expected'))\n"
    )
    both = [run(script, desk.book.path) for _ in range(2)]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in both:
        process.communicate()
        assert process.returncode == 0
    assert [state(desk, each).attempts for each in (1, 2)] == [50, 50]
    assert cases.everything(desk.book.connection) == cases.replay(desk.book.connection)
    payloads = desk.book.connection.execute("SELECT payload FROM events WHERE customer_id = 1")
    attempts = [json.loads(row[0])["after"]["attempts"] for row in payloads]
    assert attempts == list(range(1, 51))


def test_a_new_book_can_be_opened_beside_the_one_who_made_it(desk: Desk) -> None:
    with Desk.open(desk.book.path, Config(), TODAY) as other:
        deeds.mark_done(other, [1])
    assert state(desk, 1).done_on == TODAY


def test_what_a_terminal_sends_is_kept_without_what_it_acts_upon(desk: Desk) -> None:
    deeds.add_note(desk, [1], "one\r\ntwo\x00\x1b[2J\x9b \udcff ü\u200d")
    assert last_event(desk).payload["note"] == "one\ntwo[2J  ü\u200d"
    deeds.hand_over(
        desk, [1], "Al\x1bex\n Berg\udcff", out=desk.book.path.parent / "out", justify="they asked"
    )
    assert state(desk, 1).handed_to == "Alex Berg"


def test_deeds_are_imported_without_what_is_heavy() -> None:
    code = (
        "import sys, winback_tui.desk.deeds, winback_tui.desk.undoing, winback_tui.desk.drafts\n"
        "heavy = {'polars', 'sqlite_utils', 'typer', 'scipy', 'numpy', 'textual', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.stdout == "[]\n", result.stderr


def test_a_draft_for_a_customer_who_is_gone_is_one_sentence(desk: Desk) -> None:
    with pytest.raises(BadInputError, match="no customer with the id 99 in this book any more"):
        save_draft(desk, 99, Sheet.CALL, {"note": "lost?"})
    save_draft(desk, 1, Sheet.CALL, {"note": "kept"})
    assert load_draft(desk, 1, Sheet.CALL) == {"note": "kept"}


@pytest.mark.parametrize(
    ("stage", "said"),
    [(Stage.LOST, "lost"), (Stage.LET_GO, "let go"), (Stage.REACTIVATED, "reactivated"),
     (Stage.HANDED_OVER, "handed over")],
)  # fmt: skip
def test_who_is_closed_or_with_sales_is_not_done_for_today(
    desk: Desk, stage: Stage, said: str, tmp_path: Path
) -> None:
    if stage is Stage.HANDED_OVER:
        deeds.log_call(
            desk, [1],
            Call(Outcome.INBOUND, consent=(Channel.PHONE,), reason=LeavingReason.PRICE),
        )  # fmt: skip
        deeds.hand_over(desk, [1], "Bo", out=tmp_path)
    else:
        deeds.move_case(desk, [1], stage)
    tomorrow = Desk(desk.book, desk.config, FRIDAY, "kim")
    with pytest.raises(BadInputError, match=f"Nothing is to be done today.* {said}"):
        deeds.mark_done(tomorrow, [1])
    assert deeds.mark_done(tomorrow, [1, 2]).customers == (2,)
    if stage in (Stage.REACTIVATED, Stage.HANDED_OVER):
        # Aftercare that is due, or sales who stay silent, is something to be done.
        due = Desk(desk.book, desk.config, date(2027, 1, 20), "kim")
        assert deeds.mark_done(due, [1]).customers == (1,)


@pytest.mark.parametrize("outcome", [Outcome.NO_ANSWER, Outcome.BUSY])
def test_the_reason_for_a_call_that_nobody_answered_is_a_basis_too(
    desk: Desk, outcome: Outcome
) -> None:
    def noted() -> list[tuple[str, str | None]]:
        return desk.book.connection.execute(
            "SELECT event, note FROM consent_events ORDER BY id"
        ).fetchall()

    deeds.log_call(desk, [1], Call(outcome, justify="orders by phone"))
    assert noted() == [("basis_claimed", "orders by phone")]
    assert standings(desk, [1])[1][Channel.PHONE].standing is Standing.ALLOWED
    undo(desk)
    assert standings(desk, [1])[1][Channel.PHONE].standing is Standing.WARN
    redo(desk)
    deeds.log_call(desk, [1], Call(outcome))
    assert noted() == [("basis_claimed", "orders by phone")]
