"""Around a case in the app: suggestions by one key, people, contracts, edits, letting go."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.apps import number, running, scored, settled, shown, triage, until
from tests.little import AS_OF, EPOCH
from winback_tui.book import cases, events
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import contacts, contracts, deeds
from winback_tui.desk.deeds import Call
from winback_tui.desk.scoring import renew
from winback_tui.desk.session import Desk
from winback_tui.model import CaseState, Channel, LetGoReason, Outcome, Stage, Tab


@pytest.fixture
def book_path(tmp_path: Path) -> Path:
    return scored(tmp_path / "book.db")


def state(path: Path, customer: int) -> CaseState:
    with Book.open(path) as book:
        return cases.load(book.connection, customer)


def call_then_buy(path: Path) -> None:
    """Let customer 1 be called a month ago, and buy since."""
    with Desk.open(path, Config(), AS_OF - timedelta(days=30)) as desk:
        deeds.log_call(desk, [1], Call(Outcome.REACHED))
        with desk.book.write() as connection:
            connection.execute(
                "INSERT INTO transactions (customer_id, day, document, amount, currency, batch_id)"
                " VALUES (1, ?, 'new', 99900, 'EUR', 1)",
                ((AS_OF - EPOCH).days - 3,),
            )


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_suggestion_is_marked_explained_and_accepted_by_one_key(
    book_path: Path, size: tuple[int, int]
) -> None:
    call_then_buy(book_path)
    async with running(book_path, size=size) as (app, pilot):
        # What the facts suggest is looked for once no key comes, and stands in the list then.
        await pilot.press("2")
        await until(lambda: number(app) == "1001")
        assert size[0] < 100 or "reactivated?" in shown(app)
        await pilot.press("enter")
        app.screen.query_one("#case").scroll_visible(animate=False)
        await pilot.pause()
        assert "Bought for 999.00 €" in shown(app).replace("\u00a0", " ")
        assert "A does it, X not so" in shown(app)
        assert state(book_path, 1).stage is Stage.CONTACTED
        await pilot.press("A")
        assert state(book_path, 1).stage is Stage.REACTIVATED
        assert app.messages[-1][0].startswith("Reactivated: ")
        await pilot.press("escape", "u")
        assert state(book_path, 1).stage is Stage.CONTACTED
        await pilot.press("X")
        assert "Suggestion dismissed" in app.messages[-1][0]
        assert triage(app).tab is Tab.FOLLOWUPS
        await pilot.press("A")
        assert app.messages[-1][0] == "Nothing is suggested for this customer."


async def test_people_are_added_checked_and_seen_off(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("P")
        assert "No contacts are known" in shown(app)
        await pilot.press("a", *"Ms Arvid", "tab", *"buyer", "tab", *"arvid@x.example", "enter")
        text = shown(app)
        assert "Ms Arvid, buyer   checked today" in text
        assert "arvid@x.example" in text
        await pilot.press("l", *"Mr [/] Blom", "enter")
        assert "Dear Mr [/] Blom," in shown(app)
        await pilot.press("escape")
        assert "Mr [/] Blom" in shown(app)
        await pilot.press("escape", "u")
        with Desk.open(book_path, Config(), AS_OF) as desk:
            customer = triage(app).table.current or 0
            (person,) = contacts.people_of(desk, customer).people
            assert (person.name, person.ended_on) == ("Ms Arvid", None)


async def test_what_is_no_address_is_said_in_the_sheet(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("P", "a", *"Kim", "tab", "tab", *"nowhere", "enter")
        assert "is no address for e-mail" in shown(app)


async def test_an_address_is_corrected_in_a_sheet_that_stays_until_it_is_one(
    book_path: Path,
) -> None:
    with Desk.open(book_path, Config(), AS_OF) as desk:
        contacts.add_contact(
            desk, 1, contacts.NewContact("Ms Arvid", ways=((Channel.EMAIL, "a@example.com"),))
        )
    async with running(book_path) as (app, pilot):
        triage(app).go_to_customer(1)
        await pilot.pause()
        await pilot.press("P", "j", "e", "ctrl+u", *"nowhere", "enter")
        assert "is no address for e-mail" in shown(app)
        assert "nowhere" in shown(app)
        await pilot.press("ctrl+u", *"b@example.com", "enter")
        assert "b@example.com" in shown(app)


async def test_a_call_that_finds_a_contact_gone_asks_who_comes_after(book_path: Path) -> None:
    with Desk.open(book_path, Config(), AS_OF) as desk:
        contacts.add_contact(
            desk, 1, contacts.NewContact("Ms Arvid", ways=((Channel.PHONE, "0221 12345"),))
        )
    async with running(book_path) as (app, pilot):
        triage(app).go_to_customer(1)
        await pilot.pause()
        await pilot.press("c", "l", "enter")
        assert "Ms Arvid has left" in shown(app)
        await pilot.press(*"Mr Blom", "enter", "escape")
    with Desk.open(book_path, Config(), AS_OF) as desk:
        people = contacts.people_of(desk, 1).people
        assert [(each.name, bool(each.ended_on)) for each in people] == [
            ("Mr Blom", False),
            ("Ms Arvid", True),
        ]


async def test_a_contract_is_entered_and_shown_in_the_dossier(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        customer = triage(app).table.current or 0
        await pilot.press("K", *"Frame", "tab", "tab", "tab", *"2027-06-30", "tab", *"90", "enter")
        await pilot.press("enter")
        assert "Frame: ends Jun 30, 2027" in shown(app)
        await pilot.press("escape", "K")
        assert "change Frame: ends" in shown(app)
        await pilot.press("1")
        assert "Change contract Frame" in shown(app)
        await pilot.press("escape", "K", "n")
        assert "New contract" in shown(app)
        await pilot.press("escape", "z", *"contract", "enter")
        assert str(state(book_path, customer).snoozed_until) == "2027-03-02"
    with Desk.open(book_path, Config(), AS_OF) as desk:
        assert contracts.contracts_of(desk, [customer])[customer][0].contract.title == "Frame"


async def test_an_edit_by_hand_is_shown_and_taken_back(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        customer = triage(app).table.current
        await pilot.press("E", "end", *" & Co", "enter")
        assert "& Co" in shown(app)
        with Book.open(book_path) as book:
            rows = book.connection.execute("SELECT customer_id, field FROM customer_edits")
            assert rows.fetchall() == [(customer, "name")]
        await pilot.press("u")
        with Book.open(book_path) as book:
            assert book.connection.execute("SELECT * FROM customer_edits").fetchall() == []


async def test_what_was_wrong_is_not_said_beside_what_is_typed_next(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("z", *"heute", "enter")
        assert "Snooze until a day after today" in shown(app)
        assert "heute" in shown(app)
        await pilot.press("ctrl+u", *"blah", "enter")
        assert "“blah” is not a date" in shown(app)
        await pilot.press("ctrl+u", *"morgen")
        assert "is not a date" not in shown(app)
        await pilot.press("enter")
        assert len(app.screen_stack) == 1
        assert state(book_path, triage(app).table.ids[0]).snoozed_until == AS_OF + timedelta(days=1)


async def test_letting_go_asks_why(book_path: Path) -> None:
    async with running(book_path) as (app, pilot):
        customer = triage(app).table.current or 0
        await pilot.press("s")
        key = next(
            line.split()[line.split().index("let") - 1]
            for line in shown(app).splitlines()
            if " let go" in line
        )
        await pilot.press(key.strip("│"))
        assert "Why?" in shown(app)
        await pilot.press("1")
        assert state(book_path, customer).stage is Stage.LET_GO
    with Book.open(book_path) as book:
        event = events.of_customer(book.connection, customer)[0]
        assert event.payload["let_go"] == LetGoReason.NO_REACTION.value


async def test_the_speed_clock_and_the_report_are_on_show(book_path: Path) -> None:
    with Desk.open(book_path, Config(), AS_OF) as desk:
        renew(desk)
    async with running(book_path) as (app, pilot):
        await pilot.press("enter")
        assert "speed      flagged" in shown(app)
        await pilot.press("escape", "c", "n", "enter", "S")
        assert "first tried after (median)" in shown(app)


async def test_whose_people_and_contract_are_meant_is_said_where_others_are_marked(
    book_path: Path,
) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("space", "space", "K")
        assert ", not the 2 marked" in shown(app)
        await pilot.press("escape", "k", "P")
        assert " alone, of the 2 marked" in shown(app)
        await pilot.press("escape", "enter", "P")
        assert "marked" not in shown(app).split("People: ")[1].splitlines()[0]


async def test_whose_suggestion_was_taken_is_said_where_others_are_marked(book_path: Path) -> None:
    call_then_buy(book_path)
    async with running(book_path) as (app, pilot):
        await pilot.press("2")
        await until(lambda: number(app) == "1001")
        await pilot.press("5", "space", "space")
        marked = triage(app).targets()
        assert len(marked) == 2
        while number(app) != "1001":
            await pilot.press("k" if 1 in marked else "j")
        await pilot.press("X")
        await until(lambda: app.messages[-1][0].startswith("Suggestion dismissed: "))
        among = " alone, of the 2 marked" if 1 in marked else ", not the 2 marked"
        assert among in app.messages[-1][0]


async def test_what_is_filled_in_is_set_for_all_marked_and_a_slip_loses_nothing(
    book_path: Path,
) -> None:
    async with running(book_path) as (app, pilot):
        await pilot.press("5", "x", "j", "x", "E", *"firm", "enter")
        await until(lambda: "“firm” is no kind" in shown(app))
        await pilot.press(*["backspace"] * 4, *"consumer", "tab", *"retail", "enter")
        await settled(app, pilot)
        with app.desk.book.snapshot() as connection:  # type: ignore[union-attr]
            rows = connection.execute(
                "SELECT count(*) FROM customers"
                " WHERE party_kind = 'consumer' AND segment = 'retail'"
            ).fetchone()
        assert rows == (2,)
        await pilot.press("u")
        await settled(app, pilot)
        with app.desk.book.snapshot() as connection:  # type: ignore[union-attr]
            rows = connection.execute(
                "SELECT count(*) FROM customers WHERE segment = 'retail'"
            ).fetchone()
        assert rows == (0,)


async def test_the_dossier_names_the_stage_of_who_sleeps_and_until_when(book_path: Path) -> None:
    with Desk.open(book_path, Config(), AS_OF) as desk:
        deeds.move_case(desk, [1], Stage.WARM)
        deeds.snooze(desk, [1], AS_OF + timedelta(days=20))
    async with running(book_path) as (app, pilot):
        await pilot.press("2")
        await until(lambda: number(app) == "1001")
        await pilot.press("enter")
        told = " ".join(shown(app).split())
        assert "stage warm" in told
        assert "snoozed until Dec 11, 2026" in told
