"""A wrong number ends with the call that found out: blocked, told why, and undone with the call."""

from pathlib import Path

import pytest

from tests.apps import running, scored, shown
from tests.little import AS_OF, a_sentence, fill, winback
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import contacts, deeds, gate
from winback_tui.desk.contacts import NewContact
from winback_tui.desk.deeds import Call
from winback_tui.desk.session import Desk
from winback_tui.desk.undoing import redo, undo
from winback_tui.desk.wrong_number import numbers
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, Outcome, Standing
from winback_tui.rules.consent import ConsentCode
from winback_tui.words.consent import fix_line

WRONG = Call(Outcome.WRONG_NUMBER)
MOBILE = "+491701234567"
OFFICE = "+4930901820"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Customer 1 is called expectedly; nothing else is known."""
    return Desk(Book.open(fill(tmp_path / "book.db")), Config(), AS_OF, "kim")


def add(desk: Desk, customer: int, name: str, *ways: tuple[Channel, str]) -> None:
    contacts.add_contact(desk, customer, NewContact(name, "", ways))


def phone(desk: Desk, customer: int = 1) -> tuple[Standing, ConsentCode]:
    state = gate.gate(desk, [customer], Channel.PHONE)[customer].state
    return state.standing, state.why


def wrong(desk: Desk, customer: int = 1) -> list[tuple[Channel, str]]:
    return [
        (channel, each.address.value)
        for channel in Channel
        for each in gate.gate(desk, [customer], channel)[customer].addresses
        if each.state.why is ConsentCode.BOUNCED
    ]


def test_the_only_number_ends_and_undo_opens_it_again(desk: Desk) -> None:
    add(desk, 1, "Anna", (Channel.PHONE, OFFICE))
    before = phone(desk)
    assert before[0] is Standing.ALLOWED
    deeds.log_call(desk, [1], WRONG)
    assert phone(desk) == (Standing.BLOCKED, ConsentCode.BOUNCED)
    assert "Enter an address that works" in fix_line(ConsentCode.BOUNCED)
    with pytest.raises(BadInputError, match="Phone is blocked"):
        deeds.log_call(desk, [1], Call(Outcome.REACHED))
    undo(desk)
    assert phone(desk) == before
    redo(desk)
    assert phone(desk) == (Standing.BLOCKED, ConsentCode.BOUNCED)


def test_a_new_number_opens_the_channel_again(desk: Desk) -> None:
    add(desk, 1, "Anna", (Channel.PHONE, OFFICE))
    deeds.log_call(desk, [1], WRONG)
    add(desk, 1, "Bo", (Channel.PHONE, MOBILE))
    assert phone(desk)[0] is Standing.ALLOWED
    assert numbers(desk, 1) == (MOBILE,)
    deeds.log_call(desk, [1], WRONG)
    assert wrong(desk) == [(Channel.PHONE, OFFICE), (Channel.PHONE, MOBILE)]


def test_it_ends_for_messages_too_and_with_whomever_it_stands(desk: Desk) -> None:
    add(desk, 1, "Anna", (Channel.PHONE, MOBILE), (Channel.SMS, MOBILE))
    add(desk, 1, "Bo", (Channel.PHONE, MOBILE))
    deeds.log_call(desk, [1], WRONG)
    assert wrong(desk) == [
        (Channel.PHONE, MOBILE), (Channel.PHONE, MOBILE), (Channel.SMS, MOBILE),
    ]  # fmt: skip


def test_of_several_none_is_ended_unless_it_is_named(desk: Desk) -> None:
    add(desk, 1, "Anna", (Channel.PHONE, OFFICE))
    add(desk, 1, "Bo", (Channel.PHONE, MOBILE))
    deeds.log_call(desk, [1], WRONG)
    assert wrong(desk) == []
    deeds.log_call(desk, [1], WRONG._replace(number="030 / 90 18 20"))
    assert wrong(desk) == [(Channel.PHONE, OFFICE)]
    with pytest.raises(BadInputError, match="not an address of this customer"):
        deeds.log_call(desk, [1], WRONG._replace(number="0221 1"))
    with pytest.raises(BadInputError, match="only where it turned out to be wrong"):
        deeds.log_call(desk, [1], Call(Outcome.BUSY, number=OFFICE))


def test_a_number_that_is_wrong_here_may_be_right_elsewhere(desk: Desk) -> None:
    add(desk, 1, "Anna", (Channel.PHONE, OFFICE))
    add(desk, 2, "Bo", (Channel.PHONE, "030 901820"))
    deeds.log_call(desk, [1], WRONG)
    assert wrong(desk, 2) == []
    assert phone(desk, 2)[0] is Standing.ALLOWED


@pytest.mark.parametrize(
    "outcome", [Outcome.VOICEMAIL, Outcome.NO_ANSWER, Outcome.BUSY, Outcome.WRONG_NUMBER]
)
def test_nobody_who_was_not_spoken_to_gives_a_consent(desk: Desk, outcome: Outcome) -> None:
    with pytest.raises(BadInputError, match="nobody gave a consent"):
        deeds.log_call(desk, [1], Call(outcome, consent=(Channel.EMAIL,)))


def test_the_command_says_which_number_ended_or_asks_for_it(tmp_path: Path) -> None:
    at = ("--db", fill(tmp_path / "b.db"), "--as-of", "2026-11-21")
    winback(*at, "contact", "add", "1001", "Anna", "--phone", "030 901820")
    called = (*at, "log-call", "1001", "--outcome", "wrong-number", "--justify", "they asked")
    assert f"wrong number, {OFFICE} is called no more." in winback(*called).stdout
    assert "the address no longer works" in winback(*at, "consent", "show", "1001").stdout
    assert "Enter an address that works" in a_sentence(winback(*called), 2)
    winback(*at, "undo")
    winback(*at, "contact", "add", "1001", "Bo", "--phone", MOBILE)
    said = winback(*called)
    assert said.returncode == 0
    assert f"name it with --number: {OFFICE}, {MOBILE}." in said.stderr
    assert f"{MOBILE} is called no more" in winback(*called, "--number", "0170 1234567").stdout


async def test_in_the_app_the_only_number_ends_by_three_keys_and_one_of_several_by_four(
    tmp_path: Path,
) -> None:
    path = scored(tmp_path / "book.db")
    with Desk.open(path, Config(), AS_OF) as desk:
        add(desk, 1, "Anna", (Channel.PHONE, OFFICE))
        add(desk, 1, "Bo", (Channel.PHONE, MOBILE))
        async with running(path) as (app, pilot):
            await pilot.press("slash", *"1001", "enter", "c", "w", "enter")
            assert "Which number was wrong?" in shown(app)
            await pilot.press("2")
            assert wrong(desk) == [(Channel.PHONE, MOBILE)]
            await pilot.press("c")
            assert OFFICE in shown(app)
            assert MOBILE not in shown(app)
            await pilot.press("w", "enter")
            assert wrong(desk) == [(Channel.PHONE, OFFICE), (Channel.PHONE, MOBILE)]
            await pilot.press("u", "u")
            assert wrong(desk) == []


async def test_who_leaves_the_question_which_number_logs_nothing_and_keeps_the_draft(
    tmp_path: Path,
) -> None:
    path = scored(tmp_path / "book.db")
    with Desk.open(path, Config(), AS_OF) as desk:
        add(desk, 1, "Anna", (Channel.PHONE, OFFICE), (Channel.PHONE, MOBILE))
        before = desk.book.connection.execute("SELECT count(*) FROM events").fetchone()
        async with running(path) as (app, pilot):
            await pilot.press("slash", *"1001", "enter", "c", "w", *"odd", "enter", "escape")
            after = desk.book.connection.execute("SELECT count(*) FROM events").fetchone()
            assert after == before
            await pilot.press("c")
            assert "odd" in shown(app)


def test_an_e_mail_address_is_no_number_that_could_be_wrong(desk: Desk) -> None:
    add(desk, 1, "Anna", (Channel.PHONE, OFFICE), (Channel.EMAIL, "anna@sommer.example"))
    with pytest.raises(BadInputError, match="is not an address of this customer") as refusal:
        deeds.log_call(desk, [1], WRONG._replace(number="anna@sommer.example"))
    assert OFFICE in str(refusal.value)
    assert wrong(desk) == []
