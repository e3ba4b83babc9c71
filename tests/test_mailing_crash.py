"""Mails and mailing lists whose program ends, or whose disk fails, at the worst moment."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.little import AS_OF, fill
from winback_tui.config import Config
from winback_tui.desk import consent, contacts, mailing
from winback_tui.desk.consent import Statement
from winback_tui.desk.contacts import NewContact
from winback_tui.desk.mailing import Asked
from winback_tui.desk.session import Desk
from winback_tui.desk.undoing import history
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, EventKind
from winback_tui.outreach.files import Staged

Write = Callable[[Desk, Path], object]


class KilledError(BaseException):
    """The end of a program, which nothing in it can stop."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk.open(fill(tmp_path / "book.db"), Config(), AS_OF) as desk:
        new = NewContact("Ms A", "buyer", ((Channel.EMAIL, "a@x.example"),))
        contacts.add_contact(desk, 1, new)
        consent.record(desk, [1], Statement("granted", (Channel.EMAIL,), source="form"))
        yield desk


def draft(desk: Desk, out: Path) -> object:
    return mailing.draft_mails(desk, [1], Asked(), out=out)


def a_list(desk: Desk, out: Path) -> object:
    return mailing.mailing_list(desk, [1], Asked(), out / "people.csv")


def names(out: Path) -> list[str]:
    return sorted(each.name for each in out.iterdir())


@pytest.mark.parametrize(("write", "suffix"), [(draft, ".eml"), (a_list, ".csv")])
def test_what_was_logged_and_not_put_in_place_is_by_the_next_mail(
    desk: Desk, tmp_path: Path, write: Write, suffix: str
) -> None:
    out = tmp_path / "out"

    def die(_: Staged) -> None:
        raise KilledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Staged, "publish", die)
        with pytest.raises(KilledError):
            write(desk, out)
    assert [each.suffix for each in out.iterdir()] == [".part"]
    (out / ".other.csv.mail-ffffffff.0123abcd.part").write_text("of another book")
    draft(desk, out)
    found = names(out)
    assert found.pop(0) == ".other.csv.mail-ffffffff.0123abcd.part"
    assert len(found) == 2
    assert {Path(each).suffix for each in found} == {".eml", suffix}


def test_what_was_not_logged_is_removed(desk: Desk, tmp_path: Path) -> None:
    def die(_: Staged) -> None:
        raise KilledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Staged, "bind", die)
        patch.setattr(Staged, "discard", lambda _: None)
        with pytest.raises(KilledError):
            draft(desk, tmp_path / "out")
    assert len(names(tmp_path / "out")) == 1
    draft(desk, tmp_path / "out")
    (only,) = names(tmp_path / "out")
    assert only.startswith("mail-1001")


@pytest.mark.parametrize("write", [draft, a_list])
def test_where_the_disk_fails_no_file_no_deed_and_no_row_of_the_manifest_stays(
    desk: Desk, tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Staged) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Staged, "publish", full)
    with pytest.raises(BadInputError, match="No space left"):
        write(desk, tmp_path / "out")
    assert names(tmp_path / "out") == []
    assert desk.book.connection.execute("SELECT count(*) FROM exports").fetchone() == (0,)
    last = history(desk, 1)[0]
    assert (last.kind, last.undone) == (EventKind.MAIL, True)
