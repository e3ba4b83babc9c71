"""Come-back mails: drafts and lists that the gate lets out."""

import csv
import email
import email.policy
import io
import json
from array import array
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.apps import running, scored, shown, triage
from tests.little import a_sentence, winback
from tests.mailing import BUYERS, allow, senders
from winback_tui.book import consents, manifest
from winback_tui.desk import consent, letters, margins, offers
from winback_tui.desk.consent import Statement
from winback_tui.desk.dossier import dossier
from winback_tui.desk.letters import Asked
from winback_tui.desk.mailing import HEADER, draft_mails, mailing_list
from winback_tui.desk.session import Desk
from winback_tui.desk.undoing import history, redo, undo
from winback_tui.desk.weighing import Ask
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, LeavingReason, Stage


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from senders(tmp_path / "b.db")


def read(path: Path) -> EmailMessage:
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def uses(desk: Desk) -> int:
    facts = consents.facts(desk.book.connection, [1, 2, 3, 4])
    return sum(fact.event == "used" for each in facts.values() for fact in each[Channel.EMAIL])


class TestDrafts:
    def test_a_draft_is_the_customer_s_own_and_unsent(self, desk: Desk, tmp_path: Path) -> None:
        drafted = draft_mails(desk, [1], Asked(language="en"), out=tmp_path / "m")
        mail = read(drafted.files[0])
        assert mail["X-Unsent"] == "1"
        assert str(mail["To"]) == "Eva Arvid <eva@sommer.example>"
        assert str(mail["From"]) == "Kim Berger <kim@we.example>"
        assert mail["List-Unsubscribe"] == "<mailto:kim@we.example>"
        text = mail.get_content().replace("\r\n", "\n")
        assert text.startswith("Dear Eva Arvid,\n")
        assert "29 Aug 2026" in text
        assert "kim@we.example is enough" in text

    def test_where_it_went_is_kept_whole_and_it_is_missed_when_it_is_done_again(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        drafted = draft_mails(desk, [1], Asked(), out=Path("m"))
        place = tmp_path / drafted.files[0]
        (entry,) = manifest.log(desk.book.connection)
        assert entry.file == str(place)
        place.unlink()
        undo(desk)
        step = redo(desk)
        assert step is not None
        assert step.missing == (str(place),)

    def test_it_writes_its_event_and_uses_the_consent(self, desk: Desk, tmp_path: Path) -> None:
        drafted = draft_mails(desk, [1], Asked(), out=tmp_path / "m")
        found = dossier(desk, 1)
        assert found is not None
        assert found.row.case.stage is Stage.CONTACTED
        assert found.row.case.next_action == "answer to the mail?"
        assert uses(desk) == 1
        (entry,) = manifest.log(desk.book.connection)
        assert (entry.kind, entry.file) == ("mail", str(drafted.files[0]))
        (step,) = undo(desk)
        assert not step.entry.recall
        assert uses(desk) == 0
        assert drafted.files[0].exists()

    def test_who_does_not_allow_it_or_has_no_address_gets_none(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        for customer, why in ((3, "blocked"), (4, "no e-mail address is known")):
            with pytest.raises(BadInputError, match=why):
                draft_mails(desk, [customer], Asked(justify="please"), out=tmp_path / "m")
        assert list((tmp_path / "m").iterdir()) == []
        assert history(desk) == []
        drafted = draft_mails(desk, [1, 2, 3, 4], Asked(), out=tmp_path / "m")
        assert drafted.action.customers == (1, 2)
        assert {customer for customer, _ in drafted.action.skipped} == {3, 4}

    def test_a_hostile_name_is_no_header_and_no_path(self, desk: Desk, tmp_path: Path) -> None:
        with desk.book.write() as connection:
            connection.execute("UPDATE customers SET number = '../../x' WHERE id = 2")
        (path,) = draft_mails(desk, [2], Asked(), out=tmp_path / "m").files
        assert path.parent == tmp_path / "m"
        mail = read(path)
        assert mail["Bcc"] is None
        assert [each.addr_spec for each in mail["To"].addresses] == ["evil@x.example"]

    def test_an_address_that_is_none_is_refused(self, desk: Desk, tmp_path: Path) -> None:
        with desk.book.write() as connection:
            connection.execute(
                "UPDATE contact_points SET value = 'a@b.c, d@e.f' WHERE customer_id = 1"
            )
        with pytest.raises(BadInputError, match="no e-mail address"):
            draft_mails(desk, [1], Asked(), out=tmp_path / "m")

    def test_the_open_offer_chooses_what_the_mail_says(self, desk: Desk, tmp_path: Path) -> None:
        margins.set_margin(desk, 0.4)
        with pytest.raises(BadInputError, match="make the offer first"):
            draft_mails(desk, [1], Asked(rung="price"), out=tmp_path / "m")
        with pytest.raises(BadInputError, match="make the offer first"):
            draft_mails(desk, [1], Asked(template="price"), out=tmp_path / "m")
        ask = Ask(rung="price", channel=Channel.EMAIL, skip_why="asked", note="7 % until Friday")
        offers.make_offer(desk, [1], ask)
        (path,) = draft_mails(desk, [1], Asked(language="de"), out=tmp_path / "m").files
        text = read(path).get_content()
        assert "7 % until Friday" in text
        assert text.startswith("Guten Tag Eva Arvid,")

    def test_the_reason_chooses_too(self, desk: Desk) -> None:
        with desk.book.write() as connection:
            connection.execute(
                "INSERT INTO cases (customer_id, stage, reason) VALUES (1, 'open', ?)",
                (LeavingReason.CONTACT_LEFT.value,),
            )
        found = letters.mails_of(desk, [1], Asked(language="en"))[1]
        assert found.template.name == "personal-contact_left"

    def test_a_folder_that_cannot_be_written_to_changes_nothing(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        (tmp_path / "file").write_text("x")
        with pytest.raises(BadInputError, match="nothing was logged"):
            draft_mails(desk, [1], Asked(), out=tmp_path / "file")
        assert history(desk) == []


class TestLists:
    def test_a_list_holds_only_who_allows_it(self, desk: Desk, tmp_path: Path) -> None:
        done = mailing_list(desk, [1, 2, 3, 4], Asked(language="en"), tmp_path / "list.csv")
        rows = list(csv.DictReader(io.StringIO((tmp_path / "list.csv").read_text("utf-8"))))
        assert tuple(rows[0]) == HEADER
        assert [row["email"] for row in rows] == ["eva@sommer.example", "evil@x.example"]
        assert rows[0]["consent_basis"] == "consent"
        assert rows[0]["text"].startswith("Dear Eva Arvid,\n")
        assert rows[1]["customer"] == "'=2"
        assert len(done.action.skipped) == 2
        assert uses(desk) == 2
        (entry,) = manifest.log(desk.book.connection)
        assert (entry.kind, entry.rows) == ("mailing", 2)

    def test_a_list_for_which_nobody_allows_it_says_how_many_for_which_reason(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        consent.record(desk, [1, 2], Statement("objected", tuple(Channel), source="call"))
        with pytest.raises(BadInputError) as refused:
            mailing_list(desk, [1, 2, 3], Asked(), tmp_path / "list.csv")
        said = str(refused.value)
        assert said.startswith("None of these 3 may be contacted by e-mail: 2 want no contact, 1 ")
        assert "1 without a consent on record" in said
        assert "“email:allowed”" in said
        assert not (tmp_path / "list.csv").exists()

    def test_a_file_that_is_there_stays(self, desk: Desk, tmp_path: Path) -> None:
        (tmp_path / "list.csv").write_text("mine")
        with pytest.raises(BadInputError, match="is there already"):
            mailing_list(desk, [1], Asked(), tmp_path / "list.csv")
        assert (tmp_path / "list.csv").read_text() == "mine"


# The command line


def test_mails_from_the_command_line(desk: Desk, tmp_path: Path) -> None:
    path = desk.book.path
    desk.close()
    run = ("--db", path, "--as-of", "2026-11-21")
    seen = winback(*run, "mail", "1001", "--dry-run", "--format", "json")
    told = json.loads(seen.stdout)
    assert (told["to"], told["standing"]) == ("eva@sommer.example", "allowed")
    refused = winback(*run, "mail", "1003")
    assert "blocked" in a_sentence(refused, 2)
    done = winback(*run, "mail", "1001", "--out", tmp_path / "m")
    assert done.returncode == 0, done.stderr
    assert "Drafted a mail to Sommer GmbH (1001)." in done.stdout
    listed = winback(*run, "mailing", "--tab", "all", "--out", tmp_path / "l.csv")
    assert listed.returncode == 1
    assert "2 left out" in listed.stderr
    # For what consent is asked comes before who lacks it.
    assert listed.stderr.index("e-mail for winning back") < listed.stderr.index("2 left out")
    taken = winback(*run, "undo", "2")
    assert taken.stdout.count("recorded and cannot be recalled") == 2
    for arguments, why in (
        (("mail", "1001", "--language", "fr"), "en and de"),
        (("mail", "1001", "--template", "none"), "there are bundle"),
        (("mail", "1001", "--rung", "gold"), "no rung"),
        (("mail", "1001", "--valid-until", "2026-01-01"), "before today"),
        (("mailing", "--where", "city:nowhere", "--out", tmp_path / "x.csv"), "Nobody"),
    ):
        assert why in a_sentence(winback(*run, *arguments), 2)


async def test_the_app_shows_the_mail_before_it_is_drafted(tmp_path: Path) -> None:
    path = allow(scored(tmp_path / "b.db", BUYERS))
    async with running(path) as (app, pilot):
        triage(app).go_to_customer(1)
        await pilot.press("m")
        text = shown(app)
        assert "eva@sommer.example" in text
        assert "3 months without you" in text
        assert "Dear Eva Arvid," in text
        await pilot.press("enter")
        (entry, *_) = history(triage(app).desk)
        assert entry.kind.value == "mail"
        assert "draft" in app.messages[-1][0].casefold()


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_who_may_not_be_written_to_is_told_so(tmp_path: Path, size: tuple[int, int]) -> None:
    path = allow(scored(tmp_path / "b.db", BUYERS))
    async with running(path, size=size) as (app, pilot):
        triage(app).go_to_customer(3)
        await pilot.press("m")
        assert any("blocked" in text for text, _ in app.messages) or "blocked" in shown(app)
        await pilot.press("escape")
        triage(app).go_to_customer(2)
        await pilot.press("m")
        assert "evil@x.example" in shown(app)
        assert history(triage(app).desk) == []


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_of_several_a_mail_is_shown_that_may_be_written_whoever_stands_first(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = allow(scored(tmp_path / "b.db", BUYERS))
    async with running(path, size=size) as (app, pilot):
        await pilot.press("5", "*")
        screen = triage(app)
        ids = [3, *(each for each in screen.table.ids if each != 3)]
        screen.table.show(array("I", ids))
        await pilot.press("m")
        text = shown(app)
        assert "left out" in text
        assert "The first of them:" in text
        assert "enter writes the drafts" in text
        assert "@" in text
        assert "may be used" not in text
        await pilot.press("enter")
        assert [entry.kind.value for entry in history(screen.desk)] == ["mail"]
