"""People at customers: added, corrected, checked, and seen off; everything can be undone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.little import AS_OF, Buyer, a_sentence, fill, winback
from winback_tui.config import Config
from winback_tui.desk import contacts, gate
from winback_tui.desk.consent import Statement, record
from winback_tui.desk.contacts import NewContact, find_contact, people_of
from winback_tui.desk.deeds import Call, log_call, plan
from winback_tui.desk.filters import parse
from winback_tui.desk.listing import find_customers
from winback_tui.desk.matching import matching
from winback_tui.desk.scoring import renew
from winback_tui.desk.session import Desk
from winback_tui.desk.successors import note_for
from winback_tui.desk.undoing import redo, undo
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, Outcome, Standing
from winback_tui.rules.consent import ConsentCode

ARVID = NewContact(
    "Ms Arvid", "buyer", ((Channel.EMAIL, "Arvid@Madame.example"), (Channel.PHONE, "0221 123"))
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk.open(fill(tmp_path / "b.db"), Config(), AS_OF) as opened:
        yield opened


def rows(desk: Desk) -> list[list[tuple[object, ...]]]:
    tables = ("contacts", "contact_points", "signals", "customer_search")
    return [
        desk.book.connection.execute(f"SELECT * FROM {each} ORDER BY 1").fetchall()
        for each in tables
    ]


def test_a_new_contact_is_found_by_search_and_has_been_checked_today(desk: Desk) -> None:
    renew(desk)
    contacts.add_contact(desk, 1, ARVID)
    (person,) = people_of(desk, 1).people
    assert (person.name, person.role, person.verified_on) == ("Ms Arvid", "buyer", "2026-11-21")
    points = people_of(desk, 1).points[person.id]
    assert [each.value for each in points] == ["arvid@madame.example", "+49221123"]
    assert [each.record.number for each in find_customers(desk, ["arvid"], 5)] == ["1001"]
    undo(desk)
    assert find_customers(desk, ["arvid"], 5) == []


@pytest.mark.parametrize(
    ("channel", "value"),
    [(Channel.EMAIL, "nobody"), (Channel.EMAIL, "a b@c.de"), (Channel.PHONE, "call me")],
)
def test_what_is_no_address_is_refused_and_nothing_is_written(
    desk: Desk, channel: Channel, value: str
) -> None:
    before = rows(desk)
    with pytest.raises(BadInputError, match="is no address for"):
        contacts.add_contact(desk, 1, NewContact("Kim", ways=((channel, value),)))
    assert rows(desk) == before


def test_a_contact_who_has_left_is_ended_and_passes_nothing_on(desk: Desk) -> None:
    contacts.add_contact(desk, 1, ARVID)
    person = find_contact(desk, 1, "arvid")
    before = rows(desk)
    successor = NewContact("Mr Blom", "buyer", ((Channel.EMAIL, "blom@madame.example"),))
    contacts.contact_left(desk, 1, person.id, successor)
    known = people_of(desk, 1)
    assert [(each.name, each.ended_on) for each in known.people] == [
        ("Mr Blom", None),
        ("Ms Arvid", "2026-11-21"),
    ]
    assert known.people[1].successor == known.people[0].id
    assert {each.ended_on for each in known.points[person.id]} == {"2026-11-21"}
    assert desk.book.connection.execute("SELECT kind FROM signals").fetchall() == [
        ("contact_left",)
    ]
    # The successor's address is a row of its own: what the other allowed does not count for it.
    assert known.points[known.people[0].id][0].id not in {
        each.id for each in known.points[person.id]
    }
    after = rows(desk)
    undo(desk)
    assert rows(desk) == before
    redo(desk)
    assert rows(desk) == after
    with pytest.raises(BadInputError, match="has left already"):
        contacts.contact_left(desk, 1, person.id)


def test_the_note_for_the_successor_is_drafted_from_the_history(desk: Desk) -> None:
    contacts.add_contact(desk, 1, ARVID)
    person = find_contact(desk, 1, "arvid")
    contacts.contact_left(desk, 1, person.id, NewContact("Mr Blom"))
    text = note_for(desk, 1)
    assert text.startswith("Dear Mr Blom,\n\nyou have taken over from Ms Arvid at Madame A. GmbH")
    assert "You have been our customer since 2025." in text
    assert "order of" in text


def in_the_letter(desk: Desk) -> tuple[str, str]:
    """Return what the letter says to the successor, and what it says to us alone."""
    letter, _, alone = note_for(desk, 1).partition("[For you alone")
    return letter, alone.partition("]")[0]


def test_the_letter_says_what_was_agreed_in_a_talk(desk: Desk) -> None:
    contacts.add_contact(desk, 1, ARVID)
    soon = AS_OF + timedelta(days=4)
    call = Call(Outcome.REACHED, follow_up=soon, next_action="send the list")
    log_call(desk, [1], call)
    assert "Agreed for Nov 25, 2026: send the list.\n" in in_the_letter(desk)[0]
    log_call(desk, [1], call._replace(next_action="shall we meet?"))
    assert "Agreed for Nov 25, 2026: shall we meet?\n" in in_the_letter(desk)[0]


def test_the_letter_never_tells_the_customer_our_own_reminders(desk: Desk) -> None:
    contacts.add_contact(desk, 1, ARVID)
    soon = AS_OF + timedelta(days=4)
    for step in ("ask Kim what became of it", "aftercare: are they still content?"):
        plan(desk, [1], soon, step)
        letter, alone = in_the_letter(desk)
        assert step not in letter
        assert "Agreed" not in letter
        assert f"planned for Nov 25, 2026: {step}" in alone
    log_call(desk, [1], Call(Outcome.NO_ANSWER, follow_up=soon, next_action="third try"))
    letter, alone = in_the_letter(desk)
    assert "third try" not in letter
    assert "planned for Nov 25, 2026: third try" in alone


def test_a_corrected_address_is_another_one(desk: Desk) -> None:
    contacts.add_contact(desk, 1, ARVID)
    person = find_contact(desk, 1, "arvid@madame.example")
    mail = people_of(desk, 1).points[person.id][0]
    contacts.change_point(desk, 1, mail.id, "arvid@new.example")
    points = people_of(desk, 1).points[person.id]
    assert [(each.value, each.ended_on) for each in points if each.channel is Channel.EMAIL] == [
        ("arvid@new.example", None),
        ("arvid@madame.example", "2026-11-21"),
    ]
    contacts.change_point(desk, 1, next(e.id for e in points if "new" in e.value), "")
    assert all(
        each.ended_on or each.channel is Channel.PHONE
        for each in people_of(desk, 1).points[person.id]
    )


def test_checking_renews_the_date_and_is_asked_for_once_a_day(desk: Desk) -> None:
    contacts.add_contact(desk, 1, ARVID, verified=False)
    person = find_contact(desk, 1, "arvid")
    assert person.verified_on is None
    contacts.verify_contact(desk, 1, person.id)
    assert find_contact(desk, 1, "arvid").verified_on == "2026-11-21"
    with pytest.raises(BadInputError, match="checked today already"):
        contacts.verify_contact(desk, 1, person.id)


def test_undo_refuses_where_the_contact_was_changed_since(desk: Desk) -> None:
    contacts.add_contact(desk, 1, ARVID)
    person = find_contact(desk, 1, "arvid")
    with desk.book.write() as connection:
        connection.execute("UPDATE contacts SET role = 'head of buying' WHERE id = ?", (person.id,))
    with pytest.raises(BadInputError, match=r"Madame A. GmbH: The contact has been changed since"):
        undo(desk)


def test_a_hostile_name_is_only_a_name(desk: Desk) -> None:
    contacts.add_contact(desk, 1, NewContact("[/]\x1b[31m'; DROP TABLE contacts; --", "=1+1"))
    (person,) = people_of(desk, 1).people
    assert person.name == "[/][31m'; DROP TABLE contacts; --"


def test_the_command_does_what_the_app_does(tmp_path: Path) -> None:
    at = ("--db", fill(tmp_path / "b.db", (Buyer("7", "Sommer"),)), "--as-of", "2026-11-21")
    said = winback(*at, "contact", "add", "7", "Ms Arvid", "--role", "buyer",
                   "--email", "arvid@sommer.example", "--phone", "0221 123")  # fmt: skip
    assert said.stdout == "Added Ms Arvid at Sommer (7). Undo with “winback undo”.\n", said.stderr
    assert "Checked Ms Arvid" not in said.stdout
    said = winback(*at, "contact", "verify", "7", "arvid")
    assert "checked today already" in a_sentence(said, 2)
    said = winback(*at, "contact", "left", "7", "arvid", "--successor", "Mr Blom",
                   "--email", "blom@sommer.example")  # fmt: skip
    assert said.returncode == 0, said.stderr
    first, _, draft = said.stdout.partition("\n")
    assert first == "Noted that Ms Arvid has left Sommer (7). Undo with “winback undo”."
    assert "Dear Mr Blom," in draft
    assert "nobody" in a_sentence(winback(*at, "contact", "verify", "7", "nobody"), 2)
    assert winback(*at, "contact", "list", "7").stdout.startswith("Mr Blom")
    said = winback(*at, "undo", "2")
    assert said.returncode == 0
    assert "No contacts are known" in winback(*at, "contact", "list", "7").stdout


class TestConsentDoesNotPassOn:
    """What somebody allowed who named no address ends with them, where nobody else was there."""

    def stands(self, desk: Desk) -> list[tuple[Standing, ConsentCode]]:
        found = gate.gate(desk, [1], Channel.EMAIL)[1].state
        listed = 1 in matching(desk, parse("email:allowed"))
        assert listed is (found.standing is Standing.ALLOWED)
        return [(found.standing, found.why)]

    def test_to_a_successor(self, desk: Desk) -> None:
        given = Statement("granted", (Channel.EMAIL,), source="web form", at="2026-10-01")
        allowed = [(Standing.ALLOWED, ConsentCode.CONSENT)]
        left = [(Standing.BLOCKED, ConsentCode.LEFT)]
        contacts.add_contact(desk, 1, ARVID)
        record(desk, [1], given)
        record(desk, [1], given._replace(at=""))
        assert self.stands(desk) == allowed
        arvid = find_contact(desk, 1, "arvid")
        contacts.contact_left(desk, 1, arvid.id)
        assert self.stands(desk) == left
        contacts.add_contact(desk, 1, NewContact("Mr Blom", "", ((Channel.EMAIL, "b@m.example"),)))
        assert self.stands(desk) == left
        with pytest.raises(BadInputError, match="no consent for email that could be confirmed"):
            record(desk, [1], given._replace(event="confirmed", at=""))
        record(desk, [1], given._replace(at=""))
        assert self.stands(desk) == allowed
        for _ in range(2):
            undo(desk)
        undo(desk)
        assert self.stands(desk) == allowed
        redo(desk)
        assert self.stands(desk) == left

    def test_but_stays_where_a_colleague_was_there(self, desk: Desk) -> None:
        contacts.add_contact(desk, 1, ARVID)
        contacts.add_contact(desk, 1, NewContact("Mr Blom"))
        record(desk, [1], Statement("granted", (Channel.EMAIL,), source="web form"))
        contacts.contact_left(desk, 1, find_contact(desk, 1, "arvid").id, NewContact("Ms Cho"))
        assert self.stands(desk) == [(Standing.ALLOWED, ConsentCode.CONSENT)]

    def test_and_an_objection_stays_whoever_made_it(self, desk: Desk) -> None:
        contacts.add_contact(desk, 1, ARVID)
        record(desk, [1], Statement("objected", tuple(Channel), source="letter"))
        contacts.contact_left(desk, 1, find_contact(desk, 1, "arvid").id, NewContact("Ms Cho"))
        assert self.stands(desk) == [(Standing.BLOCKED, ConsentCode.OBJECTED)]
