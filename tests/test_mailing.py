"""Come-back mails: templates that no value can break, drafts and lists that the gate lets out."""

import csv
import email
import email.policy
import io
import json
from array import array
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.apps import running, scored, shown, triage
from tests.little import AS_OF, Buyer, a_sentence, winback
from winback_tui.book import consents, manifest
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.config.offers import Mails
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
from winback_tui.outreach import mails
from winback_tui.outreach.mails import SHIPPED, Template, render

EVIL = "{{ 7*7 }}{% for x in y %}\r\nBcc: all@evil.example\n[red]"
BUYERS = (
    Buyer("1001", "Sommer GmbH", silent=84, every=21, times=20, amount=40_000),
    Buyer("=2", EVIL, silent=90, every=20, times=15, amount=25_000),
    Buyer("1003", "Ohne Zusage", silent=90, every=20, times=15),
    Buyer("1004", "Ohne Adresse", silent=90, every=20, times=15),
)


def allow(path: Path) -> Path:
    """Let customers 1 and 2 be written to, and give all but the last an address."""
    with Book.open(path) as book, book.write() as connection:
        connection.execute(
            "INSERT INTO contacts (id, customer_id, name) VALUES (1, 1, 'Eva Arvid')"
        )
        connection.execute("INSERT INTO contacts (id, customer_id, name) VALUES (2, 2, ?)", (EVIL,))
        connection.executemany(
            "INSERT INTO contact_points (customer_id, contact_id, channel, value)"
            " VALUES (?, ?, 'email', ?)",
            [(1, 1, "eva@sommer.example"), (2, 2, "evil@x.example"), (3, None, "no@x.example")],
        )
        connection.executemany(
            "INSERT INTO consent_events (customer_id, channel, event, at, source, actor)"
            " VALUES (?, 'email', 'granted', '2026-10-01', 'form', 'kim')",
            [(1,), (2,), (4,)],
        )
    return path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Book.open(allow(scored(tmp_path / "b.db", BUYERS))) as book:
        mine = Mails(sender="Kim Berger", address="kim@we.example", company="We GmbH")
        yield Desk(book, Config(mails=mine), AS_OF, "kim")


def read(path: Path) -> EmailMessage:
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def uses(desk: Desk) -> int:
    facts = consents.facts(desk.book.connection, [1, 2, 3, 4])
    return sum(fact.event == "used" for each in facts.values() for fact in each[Channel.EMAIL])


class TestTemplates:
    @pytest.mark.parametrize("template", mails.templates(SHIPPED), ids=lambda t: f"{t[1]}/{t[0]}")
    @pytest.mark.parametrize("full", [True, False])
    def test_every_shipped_one_can_be_filled_and_says_how_to_object(
        self, template: Template, full: bool
    ) -> None:
        line = mails.objection(template.language, "a@b.example")
        values: dict[str, Any] = dict.fromkeys(mails.NAMES, "x" if full else "") | {
            "products": ["Tea", "Cups"] if full else [],
            "months_silent": 3,
            "objection": line,
        }
        written = render(template, values)
        assert written.subject
        assert line in written.body
        assert "{" not in written.body

    @pytest.mark.parametrize(
        ("months", "english", "german"),
        [
            (0, "How are you?", "Wie geht es Ihnen?"),
            (1, "How are you?", "Wie geht es Ihnen?"),
            (2, "2 months without you", "2 Monate ohne Sie"),
        ],
    )
    def test_months_without_them_are_counted_from_two_on(
        self, months: int, english: str, german: str
    ) -> None:
        values: dict[str, Any] = dict.fromkeys(mails.NAMES, "") | {"months_silent": months}
        known = mails.templates(SHIPPED)
        for language, subject in (("en", english), ("de", german)):
            assert render(mails.named(known, language, "personal"), values).subject == subject

    def test_both_languages_have_the_same(self) -> None:
        names = {
            language: {each.name for each in mails.templates(SHIPPED, language)}
            for language in mails.LANGUAGES
        }
        assert names["en"] == names["de"]
        assert {"fix", "personal", "content", "service", "price", "bundle", "exit"} <= names["en"]

    def test_a_value_is_never_read_as_a_template(self, desk: Desk) -> None:
        found = letters.mails_of(desk, [2], Asked())[2]
        assert "49" not in found.body
        assert "{{ 7*7 }}" in found.body
        assert "\n" not in found.subject

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("Hello", "must begin with"),
            ("Subject: x\n\n{{ nothing }}", "may name"),
            ("Subject: x\n\na\n{% if %}", "line 4"),
            ("Subject: {{ '' }}\n\nx", "empty subject"),
            ("Subject: x\n\n{{ ''.__class__.__mro__ }}", "unsafe"),
            ("Subject: x\n\n{{ products.append(1) }}", "unsafe"),
            ("Subject: x\n\n{% for i in range(99999) %}xxxxxxxxxx{% endfor %}", "more than"),
            (
                "Subject: x\n\n{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}"
                "{% endfor %}",
                "more than 100,000 turns or 2 seconds; let its loops be shorter",
            ),
            (
                "Subject: x\n\n{% set many = range(99999) | list %}{% for i in many %}"
                "{% for j in many %}{% endfor %}{% endfor %}",
                "let its loops be shorter",
            ),
            (
                "Subject: x\n\n{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}"
                "{% endmacro %}{{ m(40) }}",
                "let its loops be shorter",
            ),
            (
                "Subject: x\n\n{% for i in range(9999) %}{% set t = range(99999) | sum %}"
                "{% endfor %}",
                "let its loops be shorter",
            ),
            ("Subject: x\n\n{{ 1/0 }}", "zero"),
            ("Subject: x\n\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "without end"),
            ("Subject: x\n\n{{ 'a' * 10 }}", "small numbers"),
            ("Subject: x\n\n{{ 2 ** 99 }}", "small numbers"),
            ("Subject: x\n\n{{ 'a' | center(1000000000) }}", "center"),
            ("Subject: x\n\n{{ 'a'.ljust(1000000000) }}", "not safely callable"),
            ("Subject: x\n\n{{ lipsum() }}", "lipsum"),
            ("Subject: x\n\n{{ name.format.__self__ }}", "__self__"),
            ("Subject: x\n\n{% include '/etc/passwd' %}", "no loader"),
        ],
    )
    def test_what_a_template_may_not_do_is_said_with_its_place(
        self, tmp_path: Path, text: str, why: str
    ) -> None:
        values: dict[str, Any] = dict.fromkeys(mails.NAMES, "") | {"products": []}
        with pytest.raises(BadInputError, match=why) as refused:
            render(Template("x", "en", text, True, tmp_path / "x.txt"), values)
        assert "x.txt" in str(refused.value)

    @pytest.mark.parametrize(
        ("grown", "times"),
        [
            ("{{ 'a'#}}", " | replace('a', 'aaaaaaaaaa')"),
            ("{% set a = 'ab' %}#", "{% set a = a ~ a %}"),
            ("{% set a = 'ab' %}#", "{% set a = a + a %}"),
            ("{% set a = 'ab' %}#", "{% set a %}{{ a }}{{ a }}{% endset %}"),
            ("{% set a = [0] %}#{{ a }}", "{% set a = [a, a, a, a] %}"),
            ("{% set a = [0] %}#", "{% set a = a + a %}"),
            ("{{ range(99999)# | list }}", " | map('upper')"),
            ("{{ range(99999)# | list }}", " | map(attribute='real')"),
            ("{{ range(99999)# | list }}", " | select('number')"),
            ("{{ range(99999) | join('#') }}", "x" * 500),
            ("{{ '%1000000000d' % 5 }}", ""),
            ("{{ [1] | batch(1000000000, 'x') | list }}", ""),
            ("{{ 12345 | round(-1000000000) }}", ""),
            ("{{ [[1, 2], [3]] | sum(start=[]) }}", ""),
        ],
    )
    def test_nothing_grows_or_takes_long_by_being_chained(
        self, tmp_path: Path, grown: str, times: str
    ) -> None:
        text = f"Subject: x\n\n{grown.replace('#', times * 40)}"
        values: dict[str, Any] = dict.fromkeys(mails.NAMES, "") | {"products": []}
        with pytest.raises(BadInputError, match=r"loops be shorter|makes more than|numbers"):
            render(Template("x", "en", text, True, tmp_path / "x.txt"), values)

    def test_a_template_may_reckon_loop_and_have_macros(self, tmp_path: Path) -> None:
        text = (
            "Subject: x\n\n{% macro m(n) %}<{{ n * 2 }}>{% endmacro %}"
            "{% for i in range(2) %}{{ m(i) }}{% endfor %}{{ name | upper }}"
        )
        values: dict[str, Any] = dict.fromkeys(mails.NAMES, "") | {"products": [], "name": "kim"}
        made = render(Template("x", "en", text, True, tmp_path / "x.txt"), values)
        assert made.body.startswith("<0><2>KIM")

    def test_a_template_may_join_list_and_filter(self, tmp_path: Path) -> None:
        text = (
            "Subject: {{ 'x' ~ 1 }}\n\n{% set a, b = 1, 2 %}{{ a + b }} {{ [a, b] | join('-') }} "
            "{{ 'aXbXc' | replace('X', ', ', 1) }} {{ [3, 1] | sum }} {{ 'ab' + 'cd' }} "
            "{{ {'k': 'v'}.k }} {{ products | map('upper') | join(', ') }} "
            "{{ products | selectattr('upper') | list | length }} {{ 2.5 | round(1) }} "
            "{% if name in ['kim', 'alex'] %}{{ name | title | truncate(20) }}{% endif %}"
            "{% for p in products %} {{ loop.cycle('+', '-') }}{{ p }}{% endfor %}"
        )
        values = dict.fromkeys(mails.NAMES, "") | {"products": ["tea", "milk"], "name": "kim"}
        made = render(Template("x", "en", text, True, tmp_path / "x.txt"), values)
        assert made.subject == "x1"
        assert made.body.startswith("3 1-2 a, bXc 4 abcd v TEA, MILK 2 2.5 Kim +tea -milk")

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("{{ name.split() }}", "“split” is not safely callable; a template calls its own"),
            ("{{ 'about ' + months_silent }}", "“+” joins texts, or numbers; between the two"),
            ("{{ name | shout }}", "line 3: No filter named 'shout'."),
        ],
    )
    def test_what_a_template_may_not_do_is_told_with_what_it_may(
        self, tmp_path: Path, text: str, told: str
    ) -> None:
        values = dict.fromkeys(mails.NAMES, "") | {"months_silent": 7}
        with pytest.raises(BadInputError) as refused:
            render(Template("x", "en", f"Subject: x\n\n{text}", True, tmp_path / "x.txt"), values)
        said = str(refused.value)
        assert told in said
        assert "object at" not in said
        assert ".." not in said

    def test_a_template_without_the_line_on_objection_gets_it(self, tmp_path: Path) -> None:
        values: dict[str, Any] = dict.fromkeys(mails.NAMES, "") | {"objection": "Object here."}
        own = Template("x", "en", "Subject: x\n\nBuy.", True, tmp_path)
        assert render(own, values).body.endswith("--\nObject here.\n")

    def test_rung_and_reason_choose_the_template(self) -> None:
        known = mails.templates(SHIPPED)
        assert mails.choose(known, "de", "fix", "service").name == "fix-service"
        assert mails.choose(known, "de", "fix", "price").name == "fix"
        assert mails.choose(known, "de", "visit", "").name == "personal"
        assert mails.choose(known, "fr", "fix", "").language == "en"

    def test_one_s_own_stand_in_the_place_of_shipped_ones(self, desk: Desk) -> None:
        assert len(letters.copy_templates()) == len(mails.templates(SHIPPED))
        assert letters.copy_templates() == []
        own = letters.template_dir() / "en" / "personal.txt"
        own.write_text("Subject: Mine\n\n{{ greeting }} {{ city }}\n", encoding="utf-8")
        assert letters.mails_of(desk, [1], Asked(language="en"))[1].subject == "Mine"

    @given(st.dictionaries(st.sampled_from(["name", "person", "offer", "city"]), st.text()))
    @settings(max_examples=40)
    def test_no_text_of_a_customer_breaks_one(self, texts: dict[str, str]) -> None:
        values: dict[str, Any] = (
            dict.fromkeys(mails.NAMES, "") | {"products": [], "objection": "o"} | texts
        )
        template = Template("x", "en", "Subject: {{ name }}x\n\n{{ offer }}", True, Path("x"))
        assert "\n" not in render(template, values).subject


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


def test_templates_from_the_command_line() -> None:
    assert "{{ months_silent }} Monate ohne Sie{% else %}" in (
        winback("templates", "personal", "--language", "de").stdout
    )
    assert len(json.loads(winback("templates", "--format", "json").stdout)) == 18
    assert winback("templates", "--copy").stdout.count(".txt") == 18
    assert all(each["own"] for each in json.loads(winback("templates", "--format", "json").stdout))


# The app


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
