"""What an erasure leaves for the others: their offers, their history, and rows that stay empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.little import AS_OF, fill, winback
from winback_tui.config import Config
from winback_tui.desk import consent, contacts, deeds, drafts, erase, margins
from winback_tui.desk import merge as merging
from winback_tui.desk.consent import Statement
from winback_tui.desk.contacts import NewContact
from winback_tui.desk.session import Desk
from winback_tui.desk.undoing import redo, undo
from winback_tui.errors import BadInputError
from winback_tui.model import Channel

SOMMER = "Bäckerei Sommer"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk.open(fill(tmp_path / "book.db"), Config(), AS_OF) as desk:
        yield desk


def everything(desk: Desk) -> str:
    """Return all that the book's tables say, as text."""
    connection = desk.book.connection
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return "\n".join(
        repr(connection.execute(f"SELECT * FROM {name}").fetchall()) for (name,) in tables
    )


def test_a_margin_goes_with_its_customer_and_the_others_stay(desk: Desk) -> None:
    margins.set_margin(desk, 0.3, customers=[2])
    margins.set_margin(desk, 0.4)
    erase.purge_now(desk, 2)
    assert [each.rate for each in margins.margins(desk)] == [0.4]
    assert winback("--db", desk.book.path, "margin").returncode == 0


def test_who_was_once_merged_and_parted_can_be_erased(desk: Desk) -> None:
    new = NewContact("Ms Arvid", "buyer", ((Channel.EMAIL, "arvid@x.example"),))
    contacts.add_contact(desk, 2, new)
    ((point,),) = contacts.people_of(desk, 2).points.values()
    said = Statement(
        "granted", (Channel.EMAIL,), source="form of Arvid", note="Arvid said yes", point=point.id
    )
    consent.record(desk, [2], said)
    merging.merge(desk, 1, 2)
    undo(desk)
    erase.purge_now(desk, 2)
    assert "Arvid" not in everything(desk)
    assert SOMMER not in everything(desk)
    assert "'1002'" not in everything(desk)
    with pytest.raises(BadInputError, match="is erased since"):
        redo(desk)


def test_who_is_no_duplicate_of_another_is_not_named_there_after_an_erasure(desk: Desk) -> None:
    merging.dismiss(desk, 1, 2)
    undo(desk)
    redo(desk)
    erase.purge_now(desk, 2)
    assert SOMMER not in everything(desk)
    assert "1002" not in everything(desk)


def test_nothing_is_written_of_who_was_erased(desk: Desk) -> None:
    erase.purge_now(desk, 2)
    contact = NewContact("Zed Zeppelin", "", ((Channel.EMAIL, "z@x.example"),))
    for deed in (
        lambda: contacts.add_contact(desk, 2, contact),
        lambda: deeds.add_note(desk, [2], "Zed Zeppelin called"),
        lambda: consent.record(desk, [2], Statement("granted", (Channel.EMAIL,), source="Zed")),
        lambda: margins.set_margin(desk, 0.3, customers=[2]),
        lambda: merging.dismiss(desk, 1, 2),
        lambda: drafts.save_draft(desk, 2, drafts.Sheet.NOTE, {"note": "Zed"}),
        lambda: erase.ask(desk, 2),
    ):
        with pytest.raises(BadInputError, match="is erased"):
            deed()
    assert "Zed" not in everything(desk)
    assert deeds.add_note(desk, [1, 2], "both").customers == (1,)
