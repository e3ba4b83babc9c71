"""Whatever is done, undoing all of it returns the book exactly, table by table."""

import tempfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.little import AS_OF, Buyer, fill
from winback_tui.book import cases, duplicates
from winback_tui.config import Config
from winback_tui.desk import (
    alerts,
    consent,
    contacts,
    contracts,
    deeds,
    edits,
    erase,
    margins,
    suggestions,
)
from winback_tui.desk.consent import Statement
from winback_tui.desk.contacts import NewContact
from winback_tui.desk.contracts import Terms
from winback_tui.desk.deeds import Call
from winback_tui.desk.letters import Asked
from winback_tui.desk.mailing import draft_mails, mailing_list
from winback_tui.desk.merge import dismiss, merge
from winback_tui.desk.offers import answer_offer, make_offer
from winback_tui.desk.session import Desk
from winback_tui.desk.undoing import redo, undo
from winback_tui.desk.weighing import Ask
from winback_tui.errors import BadInputError
from winback_tui.model import (
    Channel,
    LeavingReason,
    LetGoReason,
    Outcome,
    Stage,
    WakeCause,
)
from winback_tui.rules.contracts import WITHOUT_END
from winback_tui.rules.offers import Result

BUYERS = (Buyer("1", "Nordwind"), Buyer("2", "[/] Sommer", silent=90), Buyer("3", ""))
#: The logs only ever grow; what an undone deed wrote there counts no more.
LOGS = frozenset({
    "consent_events", "consent_wordings", "erasures", "events", "exports", "merges", "note_search",
    "not_duplicates", "sqlite_sequence",
})  # fmt: skip
#: What follows from the tables, and counters of changes.
DERIVED = frozenset({"meta", "purchase_statistics", "scores", "score_orders", "score_runs"})

Deed = Callable[[Desk, int], object]
some_day = st.integers(1, 400).map(lambda days: AS_OF + timedelta(days=days))
a_name = st.sampled_from(["Ms Arvid", "Mr Blom", "=1+1", "[/]\u202e"])
some_customers = st.lists(st.integers(1, len(BUYERS)), min_size=1, unique=True)
SPOKEN = (Channel.EMAIL, Channel.PHONE)
an_address = st.sampled_from(["a@x.example", "b@x.example"])


def contact(at: int) -> Callable[[Desk, int], int]:
    """Return what finds the customer's contact at a place; BadInputError where there is none."""

    def find(desk: Desk, customer: int) -> int:
        people = contacts.people_of(desk, customer).people
        if at >= len(people):
            raise BadInputError("nobody there")
        return people[at].id

    return find


def _call(call: Call) -> Deed:
    return lambda desk, who: deeds.log_call(desk, [who], call)


def _point(desk: Desk, who: int, value: str) -> object:
    for points in contacts.people_of(desk, who).points.values():
        for each in points:
            if each.ended_on is None:
                return contacts.change_point(desk, who, each.id, value)
    raise BadInputError("nothing there")


def _granted(desk: Desk, who: int, at: int) -> object:
    """Put on record that one address may be written to, as imports and the sheet do."""
    points = [each for said in contacts.people_of(desk, who).points.values() for each in said]
    if at >= len(points):
        raise BadInputError("nothing there")
    said = Statement("granted", (Channel.EMAIL,), source="test", point=points[at].id)
    return consent.record(desk, [who], said)


def _contract(desk: Desk, who: int, terms: Terms | None) -> object:
    known = contracts.contracts_of(desk, [who])[who]
    if not known:
        raise BadInputError("nothing there")
    if terms is None:
        return contracts.remove_contract(desk, who, known[0].contract.id)
    return contracts.change_contract(desk, who, known[0].contract.id, terms)


def _handed(desk: Desk, customers: Sequence[int]) -> object:
    """Hand over with packets, which stay where they went."""
    out = desk.book.path.parent / "packets"
    return deeds.hand_over(desk, customers, "Alex", out=out, justify="they asked")


def _mailed(desk: Desk, customers: Sequence[int], *, listed: bool) -> object:
    """Write the drafts of mails, or a list for the newsletter tool; both stay where they went."""
    folder = desk.book.path.parent / "mails"
    folder.mkdir(exist_ok=True)
    if not listed:
        return draft_mails(desk, customers, Asked(justify="they asked"), out=folder)
    to = folder / f"list{len(list(folder.iterdir()))}.csv"
    return mailing_list(desk, customers, Asked(justify="they asked"), to)


def _until_contract(desk: Desk, who: int) -> object:
    return deeds.snooze(desk, [who], contracts.next_talk(desk, who))


def _terms(ends: date, notice: int, title: str) -> Terms:
    return Terms(ends, notice, title=title)


new_contact = st.builds(
    lambda name, mail: NewContact(name, "buyer", ((Channel.EMAIL, mail),)), a_name, an_address
)
terms = st.builds(
    _terms, some_day | st.just(WITHOUT_END), st.integers(0, 90), st.sampled_from(["", "Frame"])
)
deed = st.one_of(
    st.builds(
        Call,
        st.sampled_from(Outcome),
        note=st.sampled_from(["", "said = so"]),
        reason=st.none() | st.sampled_from(LeavingReason),
        assessed=st.none() | st.sampled_from(LeavingReason),
        follow_up=st.none() | some_day,
        justify=st.just("they asked for it"),
    ).map(_call),
    st.sampled_from(Stage).map(
        lambda to: lambda desk, who: deeds.move_case(desk, [who], to, "why")
    ),
    st.sampled_from(LetGoReason).map(
        lambda why: lambda desk, who: deeds.move_case(desk, [who], Stage.LET_GO, let_go=why)
    ),
    st.tuples(some_day, st.none() | st.lists(st.sampled_from(WakeCause), unique=True)).map(
        lambda told: lambda desk, who: deeds.snooze(desk, [who], *told)
    ),
    st.tuples(some_day, st.just("ask again")).map(
        lambda told: lambda desk, who: deeds.plan(desk, [who], *told)
    ),
    st.just(lambda desk, who: deeds.mark_done(desk, [who])),
    st.just(lambda desk, who: deeds.add_note(desk, [who], "note")),
    st.just(suggestions.accept),
    st.just(suggestions.dismiss),
    st.sampled_from(["seen", "dismissed"]).map(
        lambda how: lambda desk, who: alerts.mark(desk, who, how)
    ),
    new_contact.map(lambda new: lambda desk, who: contacts.add_contact(desk, who, new)),
    st.tuples(st.integers(0, 2), st.none() | new_contact).map(
        lambda told: (
            lambda desk, who: contacts.contact_left(desk, who, contact(told[0])(desk, who), told[1])
        )
    ),
    st.integers(0, 2).map(
        lambda at: lambda desk, who: contacts.verify_contact(desk, who, contact(at)(desk, who))
    ),
    st.tuples(st.integers(0, 2), a_name).map(
        lambda told: (
            lambda desk, who: contacts.edit_contact(
                desk, who, contact(told[0])(desk, who), name=told[1]
            )
        )
    ),
    st.tuples(st.integers(0, 2), an_address).map(
        lambda told: (
            lambda desk, who: contacts.add_point(
                desk, who, contact(told[0])(desk, who), Channel.EMAIL, told[1]
            )
        )
    ),
    (st.just("") | an_address).map(lambda value: lambda desk, who: _point(desk, who, value)),
    terms.map(lambda new: lambda desk, who: contracts.add_contract(desk, who, new)),
    (st.none() | terms).map(lambda new: lambda desk, who: _contract(desk, who, new)),
    st.dictionaries(
        st.sampled_from(["name", "owner", "segment", "city", "vat_id"]),
        st.sampled_from(["", "kim", "[/]"]),
        min_size=1,
    ).map(lambda fields: lambda desk, who: edits.edit_customer(desk, who, fields)),
    st.sampled_from(["service", "message", "price"]).map(
        lambda rung: (
            lambda desk, who: make_offer(
                desk, [who], Ask(rung, skip_why="x", justify="asked", margin=0.5)
            )
        )
    ),
    st.sampled_from(Result).map(lambda how: lambda desk, who: answer_offer(desk, [who], how)),
    st.tuples(st.sampled_from(["granted", "withdrawn", "objected"]), st.sampled_from(Channel)).map(
        lambda told: (
            lambda desk, who: consent.record(
                desk, [who], Statement(told[0], (told[1],), source="test", wording="yes")
            )
        )
    ),
    st.integers(0, 1).map(lambda at: lambda desk, who: _granted(desk, who, at)),
    st.integers(1, len(BUYERS)).map(lambda gone: lambda desk, who: merge(desk, who, gone)),
    st.just(erase.ask),
    st.just(_until_contract),
    some_customers.map(lambda some: lambda desk, _: _handed(desk, some)),
    st.tuples(some_customers, st.booleans()).map(
        lambda told: lambda desk, _: _mailed(desk, told[0], listed=told[1])
    ),
    st.sampled_from([Stage.ACCEPTED, Stage.RETURNED]).map(
        lambda to: lambda desk, who: deeds.move_case(desk, [who], to, "no budget")
    ),
    st.tuples(some_customers, some_day).map(
        lambda told: lambda desk, _: deeds.plan(desk, told[0], told[1], "ring", at="14:30")
    ),
    some_customers.map(
        lambda some: (
            lambda desk, _: deeds.log_call(desk, some, Call(Outcome.INBOUND, consent=SPOKEN))
        )
    ),
    st.tuples(st.lists(st.integers(1, len(BUYERS)), unique=True), st.sampled_from([0.2, 0.4])).map(
        lambda told: lambda desk, _: margins.set_margin(desk, told[1], customers=told[0])
    ),
    st.integers(1, len(BUYERS)).map(lambda other: lambda desk, who: dismiss(desk, who, other)),
    st.sampled_from(["business", "consumer", "unknown"]).map(
        lambda kind: lambda desk, who: edits.edit_customer(desk, who, {"party_kind": kind})
    ),
)
steps = st.lists(
    st.tuples(deed, st.integers(1, len(BUYERS))) | st.sampled_from(["undo", "redo"]), max_size=14
)


def tables(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Return every table that a deed may write, whole."""
    connection = desk.book.connection
    names = [
        row[0]
        for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if row[0] not in LOGS | DERIVED
    ]
    return {
        name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
        for name in names
    }


def standing(desk: Desk) -> Sequence[Any]:
    """Return what ledger and log say (consents, margins, who are two), without what was undone."""
    from winback_tui.book import consents

    found = consents.facts(desk.book.connection, [1, 2, 3]).items()
    apart = duplicates.kept_apart(desk.book.connection)
    return [*sorted(found, key=repr), margins.margins(desk), sorted(apart)]


def did(desk: Desk, deed: Deed, who: int) -> bool:
    """Return whether a deed was done, not refused."""
    try:
        deed(desk, who)
    except BadInputError:
        return False
    return True


def without_kept(desk: Desk, then: dict[str, Any]) -> dict[str, Any]:
    """Return the tables as they are, but for what an undo had to leave.

    An address of which the consent ledger speaks stays, ended, where what entered it is undone.
    """
    found = tables(desk)
    spoken = {
        row[0]
        for row in desk.book.connection.execute(
            "SELECT id FROM contact_points WHERE ended_on IS NOT NULL AND id IN"
            " (SELECT contact_point_id FROM consent_events)"
        )
    }
    known = {row[0] for row in then["contact_points"]}
    left = spoken - known
    if left:
        customers = {row[1] for row in found["contact_points"] if row[0] in left}
        found["contact_points"] = [r for r in found["contact_points"] if r[0] not in left]
        # Search finds a customer by such an address as well.
        for each in (found, then):
            each["customer_search"] = [r for r in each["customer_search"] if r[0] not in customers]
    return found


def is_as(desk: Desk, then: dict[str, Any]) -> bool:
    """Return whether the book is as it was, but for what an undo had to leave."""
    then = dict(then)
    return without_kept(desk, then) == then


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
@given(steps)
def test_undoing_everything_returns_the_book_exactly(wanted: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = fill(Path(folder) / "b.db", BUYERS)
        with Desk.open(path, Config(), AS_OF) as desk:
            desk.book.connection.execute("PRAGMA synchronous = OFF")
            with desk.book.write() as connection:
                connection.executemany(
                    "INSERT INTO alerts (id, customer_id, raised_on, raised_at, rule, priority,"
                    " weight, due_on, after_event, reasons) VALUES (?1, ?1, '2026-11-21',"
                    " '2026-11-21T08:00:00Z', 'nps', 3, 1, '2026-11-28', 0, '[]')",
                    [(who,) for who in (1, 2, 3)],
                )
            # The search index as a deed would write it.
            contacts.add_contact(desk, 1, NewContact("first"))
            undo(desk)
            edits.edit_customer(desk, 2, {"owner": "x"})
            undo(desk)
            edits.edit_customer(desk, 3, {"owner": "x"})
            undo(desk)
            first, allowed = tables(desk), standing(desk)
            past = [first]
            future: list[Any] = []
            for step in wanted:
                if step == "undo":
                    if len(past) > 1:
                        assert not any(each.skipped for each in undo(desk, 1))
                        future.append(past.pop())
                    else:
                        assert undo(desk) == []
                elif step == "redo":
                    if future:
                        assert redo(desk) is not None
                        past.append(future.pop())
                elif did(desk, *step):
                    past.append(tables(desk))
                    future.clear()
                assert is_as(desk, past[-1])
                assert cases.replay(desk.book.connection) == cases.everything(desk.book.connection)
            taken = undo(desk, len(past) - 1) if len(past) > 1 else []
            assert len(taken) == len(past) - 1
            assert not any(each.skipped for each in taken)
            assert is_as(desk, first)
            assert standing(desk) == allowed
