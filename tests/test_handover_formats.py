"""Each format of a hand-over is read back by a library made for it, and no name breaks out."""

import csv
import email
import email.policy
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import icalendar
import pytest
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apps import scored
from tests.little import AS_OF, Buyer, winback
from winback_tui.book import manifest
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.config.offers import Handover
from winback_tui.desk import deeds, margins, offers
from winback_tui.desk.dossier import dossier
from winback_tui.desk.handover import FORMATS, HandedOver
from winback_tui.desk.session import Desk
from winback_tui.desk.undoing import undo
from winback_tui.desk.weighing import Ask
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, Outcome, Stage
from winback_tui.outreach.content_lines import content_line, escaped
from winback_tui.outreach.letters import as_draft, split_address
from winback_tui.outreach.packet import Terms

EVIL = "=cmd|'/C calc'!A0, [red]x;y\\[/]\r\nBcc: all@evil.example\u202e"
BUYERS = (
    Buyer("1001", "Bäckerei Sommer & Söhne GmbH", silent=84, every=21, times=20, amount=40_000),
    Buyer("+1;2", EVIL, silent=90, every=20, times=15, amount=25_000),
    Buyer("1003", "Erika Muster", silent=90, every=20, times=15, kind="consumer", city=""),
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk at a book with people, numbers, and one whose everything is hostile."""
    with Book.open(scored(tmp_path / "b.db", BUYERS)) as book:
        with book.write() as connection:
            connection.executemany(
                "INSERT INTO contacts (id, customer_id, name, role) VALUES (?, ?, ?, ?)",
                [(1, 1, "Eva Maria Arvid", "buyer"), (2, 2, EVIL, EVIL)],
            )
            connection.executemany(
                "INSERT INTO contact_points (customer_id, contact_id, channel, value)"
                " VALUES (?, ?, ?, ?)",
                [
                    (1, 1, "email", "eva@sommer.example"),
                    (1, 1, "phone", "+49 221 1234"),
                    (2, 2, "phone", "=1+1\r\nTEL:666"),
                ],
            )
            connection.execute("UPDATE customers SET street = 'Am Markt 3, Hof', zip = '50667'")
        yield Desk(book, Config(), AS_OF, "kim")


def hand(desk: Desk, tmp_path: Path, ids: list[int], *formats: str, **more: object) -> HandedOver:
    return deeds.hand_over(
        desk,
        ids,
        "Alex Berg <alex@example.org>",
        out=tmp_path / "out",
        formats=formats,
        **more,  # type: ignore[arg-type]
    )


def texts(handed: HandedOver) -> dict[str, str]:
    return {
        "".join(path.suffixes[-2:] if path.suffix == ".csv" else path.suffixes[-1:]): (
            path.read_bytes().decode("utf-8")
        )
        for path in handed.files
    }


class TestLeads:
    def test_hubspot_and_salesforce_read_their_own_headers(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        files = texts(hand(desk, tmp_path, [1], "csv", terms=Terms(need="tea for 40")))
        (hubspot,) = csv.DictReader(io.StringIO(files[".hubspot.csv"]))
        assert (hubspot["First Name"], hubspot["Last Name"]) == ("Eva Maria", "Arvid")
        assert hubspot["Company Name"] == "Bäckerei Sommer & Söhne GmbH"
        assert hubspot["Phone Number"] == "0049 221 1234"
        assert hubspot["Email"] == ""
        assert "Need: tea for 40." in hubspot["Message"]
        reader = csv.reader(io.StringIO(files[".salesforce.csv"]))
        header, row = reader
        assert header[:8] == [
            *("First Name", "Last Name", "Company", "Title"),
            *("Email", "Phone", "Lead Source", "Description"),
        ]
        assert row[header.index("Lead Source")] == "winback"

    def test_several_customers_are_one_table(self, desk: Desk, tmp_path: Path) -> None:
        handed = hand(desk, tmp_path, [1, 2], "csv")
        assert len(handed.files) == 2
        rows = list(csv.DictReader(handed.files[0].open(encoding="utf-8", newline="")))
        assert len(rows) == 2
        (entry, *_) = manifest.log(desk.book.connection)
        assert (entry.kind, entry.format, entry.rows) == ("handover", "csv", 2)

    def test_no_cell_is_a_formula_or_a_second_line(self, desk: Desk, tmp_path: Path) -> None:
        for text in texts(hand(desk, tmp_path, [2], "csv")).values():
            rows = list(csv.reader(io.StringIO(text)))
            assert len(rows) == 2
            for cell in rows[1]:
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
                assert "\n" not in cell
                assert "\u202e" not in cell

    def test_salesforce_gets_the_names_that_it_requires(self, desk: Desk, tmp_path: Path) -> None:
        with desk.book.write() as connection:
            connection.execute("DELETE FROM contact_points WHERE customer_id = 1")
            connection.execute("DELETE FROM contacts WHERE customer_id = 1")
        (row,) = csv.DictReader(
            io.StringIO(texts(hand(desk, tmp_path, [1], "csv"))[".salesforce.csv"])
        )
        assert row["Last Name"] == row["Company"] == "Bäckerei Sommer & Söhne GmbH"


class TestCards:
    def test_a_card_says_who_and_how_to_reach_them(self, desk: Desk, tmp_path: Path) -> None:
        card = vobject.readOne(texts(hand(desk, tmp_path, [1], "vcf"))[".vcf"])
        assert card.fn.value == "Eva Maria Arvid"
        assert (card.n.value.family, card.n.value.given) == ("Arvid", "Eva Maria")
        assert card.org.value == ["Bäckerei Sommer & Söhne GmbH"]
        assert card.tel.value == "+49 221 1234"
        assert card.adr.value.street == "Am Markt 3, Hof"
        assert not hasattr(card, "email")

    def test_a_hostile_name_adds_no_line(self, desk: Desk, tmp_path: Path) -> None:
        text = texts(hand(desk, tmp_path, [2], "vcf"))[".vcf"]
        card = vobject.readOne(text)
        assert card.fn.value.startswith("=cmd|'/C calc'!A0, [red]x;y\\[/]")
        assert len(list(vobject.readComponents(text))) == 1
        assert len(card.contents["tel"]) == 1
        assert not any(line.startswith(("Bcc", "TEL:666")) for line in text.splitlines())

    def test_a_customer_without_people_is_a_card_too(self, desk: Desk, tmp_path: Path) -> None:
        with desk.book.write() as connection:
            connection.execute(
                "INSERT INTO consent_events (customer_id, channel, event, at, source, actor)"
                " VALUES (3, 'phone', 'granted', '2026-10-01', 'form', 'kim')"
            )
        card = vobject.readOne(texts(hand(desk, tmp_path, [3], "vcf"))[".vcf"])
        assert card.fn.value == "Erika Muster"


class TestCalendars:
    def test_the_next_step_is_an_entry_on_its_day(self, desk: Desk, tmp_path: Path) -> None:
        call = deeds.Call(
            Outcome.CALLBACK, follow_up=date(2026, 11, 27), next_action="send; tea, now"
        )
        deeds.log_call(desk, [1], call)
        calendar = icalendar.Calendar.from_ical(texts(hand(desk, tmp_path, [1], "ics"))[".ics"])
        (event,) = calendar.walk("VEVENT")
        assert event.decoded("DTSTART") == date(2026, 11, 27)
        assert str(event["SUMMARY"]) == "Bäckerei Sommer & Söhne GmbH: send; tea, now"
        assert "Please answer kim" in str(event["DESCRIPTION"])

    def test_the_uid_stays_and_the_sequence_grows(self, desk: Desk, tmp_path: Path) -> None:
        found = []
        for _ in range(2):
            text = texts(hand(desk, tmp_path, [1], "ics"))[".ics"]
            (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
            found.append((str(event["UID"]), int(event["SEQUENCE"])))
            undo(desk)
        assert found[0][0] == found[1][0]
        assert found[0][1] < found[1][1]

    def test_a_hostile_name_adds_no_property(self, desk: Desk, tmp_path: Path) -> None:
        text = texts(hand(desk, tmp_path, [2], "ics"))[".ics"]
        (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
        assert str(event["SUMMARY"]).startswith("=cmd|")
        assert "BCC" not in event

    @given(st.text(max_size=300))
    @settings(max_examples=60)
    def test_lines_are_folded_at_75_octets_and_unfold_to_what_they_were(self, text: str) -> None:
        line = content_line("NOTE", escaped(text))
        assert line.endswith("\r\n")
        pieces = line[:-2].split("\r\n ")
        assert all(len(f" {each}".encode("utf-8", "replace")) <= 76 for each in pieces)
        assert "".join(pieces) == f"NOTE:{escaped(text)}"
        assert "\n" not in "".join(pieces)


class TestMails:
    def test_a_draft_opens_unsent_with_its_attachments(self, desk: Desk, tmp_path: Path) -> None:
        raw = texts(hand(desk, tmp_path, [1], "eml"))[".eml"]
        mail = email.message_from_string(raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        assert mail["X-Unsent"] == "1"
        assert mail["To"].addresses[0].addr_spec == "alex@example.org"
        body = mail.get_body(("plain",))
        assert body is not None
        assert "Hand-over: Bäckerei Sommer" in body.get_content()
        kinds = [each.get_content_type() for each in mail.iter_attachments()]
        assert kinds == ["text/vcard", "text/calendar", "application/json"]
        assert vobject.readOne(next(iter(mail.iter_attachments())).get_content()).fn.value

    def test_a_hostile_name_adds_no_header(self, desk: Desk, tmp_path: Path) -> None:
        raw = texts(hand(desk, tmp_path, [2], "eml"))[".eml"]
        mail = email.message_from_string(raw, policy=email.policy.default)
        assert sorted(mail.keys()) == ["Content-Type", "MIME-Version", "Subject", "To", "X-Unsent"]
        assert "all@evil.example" not in str(mail["To"])

    @given(subject=st.text(), name=st.text())
    @settings(max_examples=60)
    def test_no_text_makes_a_header_of_its_own(self, subject: str, name: str) -> None:
        raw = as_draft(to=(name, "a@example.org"), subject=subject, body=subject)
        mail = email.message_from_string(raw, policy=email.policy.default)
        assert set(mail.keys()) == {
            *("X-Unsent", "To", "Subject", "Content-Type", "Content-Transfer-Encoding"),
            "MIME-Version",
        }
        assert [each.addr_spec for each in mail["To"].addresses] == ["a@example.org"]

    @pytest.mark.parametrize(
        "text", ["a@b@c", "a b@c.d", "a@b.c\r\nBcc: x@y.z", "a@b.c, d@e.f", "<@>", "@x"]
    )
    def test_what_is_no_address_is_refused(self, text: str) -> None:
        with pytest.raises(BadInputError, match="no e-mail address"):
            as_draft(to=("", text), subject="", body="")

    def test_names_and_addresses_are_taken_apart(self) -> None:
        assert split_address("Kim Berger <kim@x.example>") == ("Kim Berger", "kim@x.example")
        assert split_address("Kim Berger") == ("Kim Berger", "")
        assert split_address("kim@x.example") == ("kim@x.example", "kim@x.example")


class TestContents:
    def test_json_holds_all_that_sales_asks(self, desk: Desk, tmp_path: Path) -> None:
        margins.set_margin(desk, 0.34)
        with desk.book.write() as connection:
            connection.execute(
                "INSERT INTO contracts (customer_id, number, title, ends_on, notice_days)"
                " VALUES (1, 'C1', 'Frame', '2027-03-31', 90)"
            )
        offers.make_offer(desk, [1], Ask(channel=Channel.PHONE, note="a new driver"))
        terms = Terms("tea", "4 k", "Ms Arvid", "before March", "the driver", "free freight")
        document = json.loads(texts(hand(desk, tmp_path, [1], "json", terms=terms))[".json"])
        assert document["qualification"]["need"] == "tea"
        assert document["qualification"]["contracts"] == [
            {
                "title": "Frame C1",
                "ends_on": "2027-03-31",
                "notice_by": "2026-12-31",
                "notice_days": 90,
                "renewal": "automatic",
            }
        ]
        assert document["value"]["margin_band"] == "30 to 40 %"
        assert document["why"]["fixed"] == "the driver"
        assert document["promised"] == {"what": "free freight", "by": "kim"}
        assert document["offers"] == [
            {
                "title": "fix the problem",
                "made_on": "2026-11-21",
                "by": "kim",
                "what": "a new driver",
                "result": None,
            }
        ]
        assert document["next"]["step"] == "answer to: fix the problem"
        assert document["id"] in document["answer"]

    def test_markdown_says_it_to_people(self, desk: Desk, tmp_path: Path) -> None:
        terms = Terms(need="*tea*", promised="free freight")
        text = texts(hand(desk, tmp_path, [1], "md", terms=terms))[".md"]
        assert "- Need: \\*tea\\*" in text
        assert "- Promised by kim: free freight" in text
        assert "## How to answer" in text

    def test_every_file_is_in_the_manifest(self, desk: Desk, tmp_path: Path) -> None:
        handed = hand(desk, tmp_path, [1], *FORMATS)
        listed = {entry.file: entry.sha256 for entry in manifest.log(desk.book.connection)}
        assert listed == {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in handed.files
        }
        assert len(listed) == 7


class TestGate:
    def test_who_cannot_be_reached_is_not_handed_over(self, desk: Desk, tmp_path: Path) -> None:
        with desk.book.write() as connection:
            connection.execute(
                "UPDATE customers SET street = NULL, zip = NULL, city = NULL WHERE id = 1"
            )
            connection.execute("DELETE FROM contact_points WHERE customer_id = 1")
        with pytest.raises(BadInputError, match="a way to reach"):
            hand(desk, tmp_path, [1], "md")
        assert list((tmp_path / "out").iterdir()) == []
        done = hand(desk, tmp_path, [1, 2], "md").action
        assert done.customers == (2,)
        assert [customer for customer, _ in done.skipped] == [1]

    def test_the_config_says_what_else_a_packet_needs(self, desk: Desk, tmp_path: Path) -> None:
        strict = Config(handover=Handover(needs=("reach", "need", "timing")))
        other = Desk(desk.book, strict, AS_OF, "kim")
        with pytest.raises(BadInputError, match="the need and the timing"):
            hand(other, tmp_path, [1], "md")
        hand(other, tmp_path, [1], "md", terms=Terms(need="tea", timing="soon"))

    def test_silence_of_sales_comes_back_as_a_follow_up(self, desk: Desk, tmp_path: Path) -> None:
        hand(desk, tmp_path, [1], "md")
        found = dossier(desk, 1)
        assert found is not None
        case = found.row.case
        assert case.next_action_on == AS_OF + timedelta(days=desk.config.cases.sales_silent)
        assert case.next_action == "ask Alex Berg what became of it"
        deeds.move_case(desk, [1], Stage.ACCEPTED)
        found = dossier(desk, 1)
        assert found is not None
        assert found.row.case.next_action_on is None

    def test_what_sales_gives_back_is_due_today(self, desk: Desk, tmp_path: Path) -> None:
        hand(desk, tmp_path, [1], "md")
        deeds.move_case(desk, [1], Stage.RETURNED, "no budget")
        found = dossier(desk, 1)
        assert found is not None
        assert found.row.case.next_action_on == AS_OF
        undo(desk, 2)
        found = dossier(desk, 1)
        assert found is not None
        assert found.row.case.stage is None


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=60))
def test_any_name_gives_files_that_can_be_read(desk: Desk, tmp_path: Path, name: str) -> None:
    with desk.book.write() as connection:
        plain = name.encode("utf-8", "replace").decode()
        connection.execute("UPDATE customers SET name = ? WHERE id = 1", (plain,))
        connection.execute("UPDATE contacts SET name = ? WHERE id = 1", (plain,))
    found = texts(hand(desk, tmp_path, [1], *FORMATS))
    assert len(list(vobject.readComponents(found[".vcf"]))) == 1
    assert len(icalendar.Calendar.from_ical(found[".ics"]).walk("VEVENT")) == 1
    assert len(list(csv.reader(io.StringIO(found[".hubspot.csv"])))) == 2
    json.loads(found[".json"])
    undo(desk)


def test_the_command_line_writes_each_format(desk: Desk, tmp_path: Path) -> None:
    path = desk.book.path
    desk.close()
    done = winback(
        *("--db", path, "--as-of", "2026-11-21", "handover", "1001", "--to", "Alex Berg"),
        *("--format", "csv", "--format", "vcf", "--format", "ics", "--need", "tea"),
        *("--out", tmp_path / "cli"),
    )
    assert done.returncode == 0, done.stderr
    names = sorted(path.name.partition(".")[2] for path in (tmp_path / "cli").iterdir())
    assert names == ["hubspot.csv", "ics", "salesforce.csv", "vcf"]


def test_an_amount_keeps_its_space_in_a_mail() -> None:
    text = as_draft(to=("Kim", "kim@example.org"), subject="x", body="4,227.10\u00a0€ at risk")
    body = email.message_from_string(text, policy=email.policy.default).get_body()
    assert body is not None
    assert "4,227.10 € at risk" in body.get_content()
