"""Undo and redo: from the log alone, per person, across restarts, never over others' work."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.little import expect_calls, winback
from winback_tui.book import cases, events, ledger
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import consent, contacts, deeds
from winback_tui.desk.consent import Statement
from winback_tui.desk.contacts import NewContact
from winback_tui.desk.deeds import Call
from winback_tui.desk.imports import import_transactions, undo_import
from winback_tui.desk.session import Desk
from winback_tui.desk.undoing import history, nothing_to_undo, redo, take_back, undo
from winback_tui.errors import BadInputError
from winback_tui.model import CaseState, Channel, EventKind, Outcome, Stage
from winback_tui.words.deeds import confirmation, history_line, undone_sentence

TODAY = date(2026, 11, 21)


def filled(path: Path) -> Book:
    book = Book.create(path)
    with book.write() as connection:
        connection.executemany(
            "INSERT INTO customers (number, name, party_kind, city)"
            " VALUES (?, ?, 'business', 'Bonn')",
            [("1", "Nordwind"), ("2", "Sommer"), ("3", ""), ("4", "Larsen")],
        )
        expect_calls(connection, [1, 2, 3, 4])
    return book


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with filled(tmp_path / "undo.db") as book:
        yield Desk(book, Config(), TODAY, "kim")


def colleague(desk: Desk, name: str = "alex") -> Desk:
    return Desk(desk.book, desk.config, TODAY, name)


def table(desk: Desk) -> dict[int, CaseState]:
    return cases.everything(desk.book.connection)


def test_undo_restores_and_redo_does_it_again(desk: Desk) -> None:
    deeds.log_call(desk, [1, 2], Call(Outcome.REACHED))
    one = table(desk)
    deeds.reactivate(desk, [2, 3])
    two = table(desk)
    assert [step.entry.kind for step in undo(desk)] == [EventKind.STAGE]
    assert table(desk) == one
    assert [step.entry.kind for step in undo(desk, 5)] == [EventKind.CALL]
    assert table(desk) == {}
    assert undo(desk) == []
    assert redo(desk) is not None
    assert table(desk) == one
    assert redo(desk) is not None
    assert table(desk) == two
    assert redo(desk) is None
    assert len(undo(desk, 2)) == 2
    assert table(desk) == {}


def test_it_works_after_a_restart(desk: Desk) -> None:
    deeds.snooze(desk, [1], TODAY + timedelta(days=3))
    with Desk.open(desk.book.path, Config(), TODAY) as again:
        other = Desk(again.book, Config(), TODAY, "kim")
        (step,) = undo(other)
        assert (step.entry.kind, step.entry.names) == (EventKind.SNOOZE, ("Nordwind",))
        assert step.entry.undone
    assert table(desk) == {}
    assert redo(desk) is not None


def test_each_takes_back_their_own(desk: Desk) -> None:
    deeds.mark_done(desk, [1])
    deeds.mark_done(colleague(desk), [2])
    assert undo(desk)[0].entry.customers == (1,)
    assert undo(desk) == []
    assert set(table(desk)) == {2}


def test_a_new_deed_ends_what_could_be_redone(desk: Desk) -> None:
    deeds.mark_done(desk, [1])
    undo(desk)
    deeds.mark_done(desk, [2])
    assert redo(desk) is None


def test_what_somebody_changed_since_is_not_overwritten(desk: Desk) -> None:
    deeds.move_case(desk, [1, 2], Stage.CONTACTED)
    deeds.move_case(colleague(desk), [1], Stage.WARM)
    before = table(desk)
    with pytest.raises(BadInputError, match=r"Nordwind: alex has changed this case since"):
        undo(desk)
    assert table(desk) == before
    assert undo(colleague(desk))
    assert undo(desk)
    assert table(desk) == {}


def test_what_somebody_changed_and_took_back_is_no_obstacle(desk: Desk) -> None:
    deeds.move_case(desk, [1], Stage.CONTACTED)
    deeds.move_case(colleague(desk), [1], Stage.WARM)
    undo(colleague(desk))
    redo(colleague(desk))
    undo(colleague(desk))
    assert undo(desk)
    with pytest.raises(BadInputError, match="kim has changed"):
        redo(colleague(desk))


def test_other_fields_of_the_case_are_left_alone(desk: Desk) -> None:
    deeds.mark_done(desk, [1])
    deeds.move_case(colleague(desk), [1], Stage.WARM)
    undo(desk)
    assert table(desk)[1].stage is Stage.WARM
    assert table(desk)[1].done_on is None


def test_a_deed_that_cannot_be_undone_does_not_hold_up_the_older_ones(desk: Desk) -> None:
    deeds.mark_done(desk, [2])
    deeds.snooze(desk, [3], TODAY + timedelta(days=3))
    deeds.move_case(desk, [4, 1], Stage.CONTACTED)
    deeds.move_case(colleague(desk), [1], Stage.WARM)
    left_out = (
        "Not undone: moved Larsen and Nordwind to contacted. Nordwind: alex has changed this case "
        "since; undo that first, or move the case by hand."
    )
    (step,) = undo(desk)
    assert (step.entry.kind, step.skipped) == (EventKind.SNOOZE, (left_out,))
    assert table(desk)[4].stage is Stage.CONTACTED
    (step,) = undo(desk, 5)
    assert (step.entry.kind, step.skipped) == (EventKind.DONE, (left_out,))
    with pytest.raises(BadInputError, match="alex has changed"):
        undo(desk)
    assert redo(desk) is not None
    assert [each.undone for each in history(desk, everyone=False)] == [False, True, False]


def test_what_is_left_out_last_is_told_too(desk: Desk) -> None:
    deeds.move_case(desk, [1], Stage.CONTACTED)
    deeds.mark_done(desk, [2])
    deeds.move_case(colleague(desk), [1], Stage.WARM)
    (step,) = undo(desk, 2)
    assert [each.partition(".")[0] for each in step.skipped] == [
        "Not undone: moved Nordwind to contacted"
    ]


def test_an_import_is_no_deed(desk: Desk, tmp_path: Path) -> None:
    deeds.mark_done(desk, [1])
    undo(desk)
    assert nothing_to_undo(desk) == "There is nothing to undo for kim."
    (tmp_path / "orders.csv").write_text("customer,date,amount\n9009,2026-10-01,12.50\n")
    import_transactions(desk, [tmp_path / "orders.csv"])
    assert undo(desk) == []
    assert nothing_to_undo(desk) == (
        "There is nothing to undo for kim; “winback import undo 1” takes the last import back."
    )
    assert redo(desk) is not None
    assert [each.kind for each in history(desk)] == [EventKind.IMPORT, EventKind.DONE]
    undo_import(desk)
    assert nothing_to_undo(colleague(desk)) == "There is nothing to undo for alex."
    assert history(desk)[0].undone


def test_one_deed_can_be_taken_back_by_its_number(desk: Desk) -> None:
    first = deeds.mark_done(desk, [1])
    deeds.mark_done(desk, [2])
    take_back(desk, first.id)
    assert set(table(desk)) == {2}


def test_a_note_goes_and_comes_back(desk: Desk) -> None:
    deeds.add_note(desk, [1], "new buyer")
    undo(desk)
    assert events.of_customer(desk.book.connection, 1) == []
    redo(desk)
    assert [each.kind for each in events.of_customer(desk.book.connection, 1)] == [EventKind.NOTE]


def test_the_history_names_deeds_and_marks_what_is_undone(desk: Desk) -> None:
    deeds.log_call(desk, [1], Call(Outcome.NO_ANSWER))
    deeds.add_note(colleague(desk), [1, 2, 3, 4], "hello")
    deeds.hand_over(desk, [2], "Kim Berger", out=desk.book.path.parent / "out", formats=("json",))
    undo(desk)
    entries = history(desk)
    assert [(each.kind, each.actor, each.undone, each.recall) for each in entries] == [
        (EventKind.HANDOVER, "kim", True, False),
        (EventKind.NOTE, "alex", False, True),
        (EventKind.CALL, "kim", False, True),
    ]
    assert entries[1].names == ("Nordwind", "Sommer", "Customer 3")
    assert entries[1].customers == (1, 2, 3, 4)
    assert [each.actor for each in history(desk, everyone=False)] == ["kim", "kim"]
    assert len(history(desk, 1)) == 1
    lines = [
        history_line(each.kind, each.facts, each.names, len(each.customers), undone=each.undone)
        for each in entries
    ]
    assert lines == [
        "Handed Sommer to Kim Berger (undone)",
        "Wrote a note on Nordwind and 3 more, “hello”",
        "Called Nordwind: no answer",
    ]
    top = entries[0]
    assert undone_sentence(top.kind, top.facts, top.names, 1, recall=top.recall) == (
        "Undone: handed Sommer to Kim Berger. "
        "What was handed out is recorded and cannot be recalled."
    )
    assert confirmation(EventKind.CALL, {"outcome": "from-the-future"}, ["A", "B"], 2) == (
        "Called A and B: from-the-future"
    )


customers = st.lists(st.integers(1, 4), min_size=1, max_size=4, unique=True)
some_days = st.integers(1, 30).map(lambda days: TODAY + timedelta(days=days))
do = st.one_of(
    st.tuples(
        st.just("call"),
        customers,
        st.builds(Call, st.sampled_from(Outcome), follow_up=st.none() | some_days),
    ),
    st.tuples(st.just("move"), customers, st.sampled_from(Stage)),
    st.tuples(st.just("snooze"), customers, some_days),
    st.tuples(st.just("done"), customers, st.none()),
    st.tuples(st.just("note"), customers, st.just("x")),
)
DEEDS: dict[str, Callable[..., deeds.Action]] = {
    "call": deeds.log_call,
    "move": deeds.move_case,
    "snooze": deeds.snooze,
    "done": lambda desk, who, _: deeds.mark_done(desk, who),
    "note": deeds.add_note,
}
quick = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@quick
@given(st.lists(st.one_of(do, st.just("undo"), st.just("redo")), max_size=20))
def test_undo_and_redo_return_the_cases_exactly(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder, filled(Path(folder) / "b.db") as book:
        book.connection.execute("PRAGMA synchronous = OFF")
        desk = Desk(book, Config(), TODAY, "kim")
        past: list[dict[int, CaseState]] = []
        future: list[dict[int, CaseState]] = []
        present: dict[int, CaseState] = {}
        for step in steps:
            if step == "undo":
                assert bool(undo(desk)) == bool(past)
                if past:
                    future.append(present)
                    present = past.pop()
            elif step == "redo":
                assert (redo(desk) is not None) == bool(future)
                if future:
                    past.append(present)
                    present = future.pop()
            else:
                name, who, what = step
                try:
                    DEEDS[name](desk, who, what)
                except BadInputError:
                    assert table(desk) == present
                else:
                    past.append(present)
                    present = table(desk)
                    future.clear()
            assert table(desk) == present
            assert cases.replay(book.connection) == present
        undo(desk, len(past))
        assert table(desk) == {}


@quick
@given(st.lists(st.tuples(st.sampled_from(["kim", "alex"]), do | st.just("undo") | st.just("redo")),
                max_size=20))  # fmt: skip
def test_two_people_never_leave_a_case_that_the_log_does_not_explain(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder, filled(Path(folder) / "b.db") as book:
        book.connection.execute("PRAGMA synchronous = OFF")
        for actor, step in steps:
            desk = Desk(book, Config(), TODAY, actor)
            before = table(desk)
            try:
                if step == "undo":
                    undo(desk)
                elif step == "redo":
                    redo(desk)
                else:
                    name, who, what = step
                    DEEDS[name](desk, who, what)
            except BadInputError:
                assert table(desk) == before
            assert cases.replay(book.connection) == table(desk)


def test_an_address_that_the_ledger_speaks_of_stays_ended_when_its_contact_goes(
    tmp_path: Path,
) -> None:
    filled(tmp_path / "book.db").close()
    with Desk.open(tmp_path / "book.db", Config(), TODAY) as desk:
        deeds.add_note(desk, [1], "older")
        ways = ((Channel.EMAIL, "a@x.example"), (Channel.PHONE, "0221 4711"))
        contacts.add_contact(desk, 1, NewContact("Ms A", "buyer", ways))
        (points,) = contacts.people_of(desk, 1).points.values()
        said = Statement("granted", (Channel.EMAIL,), source="form", point=points[0].id)
        consent.record(desk, [1], said)
        before = contacts.people_of(desk, 1)
        took = undo(desk, 3)
        assert [each.entry.kind for each in took] == [
            EventKind.CONSENT,
            EventKind.CONTACT,
            EventKind.NOTE,
        ]
        assert [each.kept for each in took] == [(), ("a@x.example",), ()]
        assert not any(each.skipped for each in took)
        after = contacts.people_of(desk, 1)
        assert after.people == ()
        # The number goes, of which the ledger says nothing; the address is nobody's, and ended.
        ((left,),) = after.points.values()
        assert (left.contact, left.value, left.ended_on) == (None, "a@x.example", str(TODAY))
        assert list(ledger.verify(desk.book.connection)) == []
        for _ in range(3):
            redo(desk)
        assert contacts.people_of(desk, 1) == before
        undo(desk, 3)
        assert contacts.people_of(desk, 1) == after


def test_an_address_entered_later_stays_when_it_and_then_its_contact_go(tmp_path: Path) -> None:
    filled(tmp_path / "book.db").close()
    with Desk.open(tmp_path / "book.db", Config(), TODAY) as desk:
        contacts.add_contact(desk, 1, NewContact("Ms A"))
        (person,) = contacts.people_of(desk, 1).people
        contacts.add_point(desk, 1, person.id, Channel.EMAIL, "a@x.example")
        ((point,),) = contacts.people_of(desk, 1).points.values()
        consent.record(
            desk, [1], Statement("withdrawn", (Channel.EMAIL,), source="mail", point=point.id)
        )
        assert [each.kept for each in undo(desk, 3)] == [(), ("a@x.example",), ()]
        ((left,),) = contacts.people_of(desk, 1).points.values()
        assert (left.contact, left.ended_on) == (None, str(TODAY))
        for _ in range(3):
            assert redo(desk) is not None
        assert contacts.people_of(desk, 1).points == {person.id: (point,)}


def test_the_command_says_what_stays_for_the_ledger(tmp_path: Path) -> None:
    filled(tmp_path / "book.db").close()
    with Desk.open(tmp_path / "book.db", Config(), TODAY) as desk:
        new = NewContact("Ms A", "buyer", ((Channel.EMAIL, "a@x.example"),))
        contacts.add_contact(desk, 1, new)
        ((point,),) = contacts.people_of(desk, 1).points.values()
        consent.record(
            desk, [1], Statement("granted", (Channel.EMAIL,), source="form", point=point.id)
        )
    said = winback("--db", tmp_path / "book.db", "undo", 2)
    assert said.returncode == 0, said.stderr
    assert "The consent ledger speaks of a@x.example, so it stays in the book, ended." in (
        said.stdout.splitlines()
    )
