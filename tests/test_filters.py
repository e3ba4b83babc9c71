"""Filters: what they say, whom they let through, and how the list reads its rows."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.little import AS_OF, Buyer, fill
from winback_tui.book import consents
from winback_tui.book import listing as lists
from winback_tui.config import Config
from winback_tui.desk import consent, deeds, dossier, filters, listing, matching, scoring, undoing
from winback_tui.desk.consent import Statement
from winback_tui.desk.deeds import Call
from winback_tui.desk.filters import Filter
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, Lifecycle, Outcome, PartyKind, Sort, Stage, Standing, Tab

KINDS = ("business", "consumer", "unknown", "business", "consumer", "unknown")
BUYERS = tuple(
    Buyer(
        str(1001 + at),
        f"{name} Nr. {at}",
        silent=40 + 30 * at,
        times=5,
        kind=KINDS[at],
        city=city,
    )
    for at, (name, city) in enumerate(
        [
            ("Ahorn", "Köln"),
            ("Birke", "Halle"),
            ("Ahorn", "Halle (Westfalen)"),
            ("Erle", "Kolding"),
            ("Buche", "Ahornweg"),
            ("1001", "Bonn"),
        ]
    )
)
EVERYBODY = set(range(1, len(BUYERS) + 1))
EVENTS = ("granted", "confirmed", "used", "withdrawn", "objected", "bounced", "renewed")
CLAIMS = ("basis_claimed", "basis_lost")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scored book of six customers, two of each kind, with owners for some."""
    path = fill(tmp_path_factory.mktemp("filters") / "book.db", BUYERS)
    with Desk.open(path, Config(), AS_OF) as desk:
        with desk.book.write() as connection:
            connection.execute("UPDATE customers SET owner = 'Jana Petersen' WHERE id IN (1, 2)")
            connection.execute("UPDATE customers SET owner = 'Jana' WHERE id = 3")
            connection.execute("UPDATE customers SET owner = 'Tom Böll' WHERE id = 4")
            connection.execute("UPDATE customers SET owner = '' WHERE id = 5")
        scoring.renew(desk)
    return path


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk at a copy of that book."""
    path = tmp_path / "copy.db"
    path.write_bytes(template.read_bytes())
    with Desk.open(path, Config(), AS_OF) as opened:
        yield opened


def to_ask(desk: Desk) -> set[int]:
    """Return whom to ask for consent by post, by the rule that the gate asks, one by one."""
    facts = consents.facts(desk.book.connection, sorted(EVERYBODY))
    kinds = consents.party_kinds(desk.book.connection, sorted(EVERYBODY))
    lost = {
        each
        for each, row in listing.rows(desk, sorted(EVERYBODY)).items()
        if row.record.lifecycle in {Lifecycle.WATCH, Lifecycle.AT_RISK, Lifecycle.LAPSED}
    }
    assert lost
    assert lost != EVERYBODY
    return {
        each
        for each in lost
        if all(
            stands.standing is (Standing.ALLOWED if channel is Channel.POST else Standing.BLOCKED)
            for channel, stands in listing.contactability(desk, kinds[each], facts[each]).items()
        )
    }


def let_through(desk: Desk, text: str) -> set[int]:
    """Return the customers of the list of all that a filter leaves."""
    return set(listing.order(desk, Tab.ALL, Sort.SCORE, filters.parse(text)))


class TestWhatIsTyped:
    """The little language."""

    @pytest.mark.parametrize(
        ("text", "words", "conditions"),
        [
            ("müller", ("müller",), ()),
            ('"anna müller" köln', ("anna müller", "köln"), ()),
            (
                "Segment:retail PHONE:allowed x",
                ("x",),
                (("segment", "retail"), ("phone", "allowed")),
            ),
            ('owner:"Jana Petersen"', (), (("owner", "Jana Petersen"),)),
            ('owner:""', (), (("owner", ""),)),
            ("at 12:30", ("at", "12:30"), ()),
            ("room:12", ("room:12",), ()),
            ("https://a.example/?a=b", ("https://a.example/?a=b",), ()),
            ('"stand:hall"', ("stand:hall",), ()),
            ("a=b", ("a=b",), ()),
            ("note:", ("note:",), ()),
            ('""', (), ()),
        ],
    )
    def test_is_understood(
        self, text: str, words: tuple[str, ...], conditions: tuple[tuple[str, str], ...]
    ) -> None:
        assert filters.parse(text) == Filter(words, conditions)

    @pytest.mark.parametrize("text", ["status:open", "ownr:jana", "scor:80", 'stand:"hall 3"'])
    def test_an_unknown_field_is_refused_with_the_known_ones(self, text: str) -> None:
        with pytest.raises(BadInputError) as refusal:
            filters.parse(text)
        assert "segment, industry, owner" in str(refusal.value)
        assert "quotes" in str(refusal.value)

    @pytest.mark.parametrize("text", ["owner:", "band:", "score:high", "rfm:9", "band:nice"])
    def test_a_field_without_a_value_that_fits_is_refused(self, text: str) -> None:
        with pytest.raises(BadInputError, match=text.partition(":")[0]):
            filters.parse(text)

    @given(st.text(max_size=30))
    def test_what_is_understood_can_be_written_and_read_again(self, text: str) -> None:
        try:
            typed = filters.parse(text)
        except BadInputError:
            return
        assert filters.parse(str(typed)) == typed


class TestColumns:
    """Values of customers."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("owner:petersen", {1, 2}),
            ("owner:jana", {3}),
            ("owner:JAN", {1, 2, 3}),
            ('owner:"jana petersen"', {1, 2}),
            ("owner:boll", {4}),
            ('owner:""', {5, 6}),
            ("owner:nobody", set()),
            ("city:halle", {2}),
            ("city:hal", {2, 3}),
            ("city:kol", {1, 4}),
            ("city:halle owner:petersen", {2}),
            ("city:hal ahorn", {3}),
        ],
    )
    def test_an_equal_value_is_meant_or_else_all_that_contain_it(
        self, desk: Desk, text: str, expected: set[int]
    ) -> None:
        assert let_through(desk, text) == expected

    def test_cases_are_told_apart(self, desk: Desk) -> None:
        deeds.move_case(desk, [1], Stage.NURTURE)
        deeds.snooze(desk, [2], AS_OF + timedelta(days=9))
        assert let_through(desk, "case:any") >= {1}
        assert let_through(desk, "case:nurture") == {1}
        assert let_through(desk, "case:snoozed") == {2}
        assert let_through(desk, "case:none") == EVERYBODY - let_through(desk, "case:any")

    def test_scores_and_bands_are_those_of_the_rows(self, desk: Desk) -> None:
        rows = listing.rows(desk, sorted(EVERYBODY))
        assert let_through(desk, "score:>=50") == {
            e for e, r in rows.items() if r.record.score >= 50
        }
        for band in {row.record.lifecycle for row in rows.values()}:
            wanted = {e for e, r in rows.items() if r.record.lifecycle is band}
            assert let_through(desk, f"band:{band}") == wanted

    def test_the_choices_are_the_values_with_the_commonest_first(self, desk: Desk) -> None:
        found = matching.choices(desk)
        assert found["owner"] == [("Jana Petersen", 2), ("Jana", 1), ("Tom Böll", 1)]
        assert found["segment"] == []
        with desk.book.write() as connection:
            connection.execute("UPDATE customers SET segment = 'A'")
            desk.book.bump_revision()
        assert matching.choices(desk)["segment"] == [("A", len(BUYERS))]
        assert let_through(desk, "segment:a") == EVERYBODY


DAYS = st.one_of(
    st.integers(-3, 40),
    st.integers(0, 1500),
    st.sampled_from([350, 365, 366, 700, 730, 731]),
).map(lambda back: AS_OF - timedelta(days=back))
INSTANTS = st.one_of(
    DAYS.map(date.isoformat),
    st.tuples(DAYS, st.sampled_from(["T00:10:00Z", "T23:50:00Z", "T23:30:00+02:00"])).map(
        lambda each: each[0].isoformat() + each[1]
    ),
)
LEDGER = st.lists(
    st.tuples(
        st.sampled_from(sorted(EVERYBODY)),
        st.sampled_from([channel.value for channel in Channel]),
        st.sampled_from(EVENTS + CLAIMS),
        st.sampled_from([None, "existing_customer", 'a "basis", too']),
        INSTANTS,
    ),
    max_size=25,
)


class TestChannels:
    """What the consent ledger allows."""

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(LEDGER)
    def test_the_filter_agrees_with_the_row_of_every_customer(
        self, desk: Desk, ledger: list[tuple[int, str, str, str | None, str]]
    ) -> None:
        with desk.book.write() as connection:
            connection.execute("INSERT INTO meta VALUES ('maintenance', '1')")
            connection.execute("DELETE FROM consent_events")
            connection.execute("DELETE FROM meta WHERE key = 'maintenance'")
            connection.executemany(
                "INSERT INTO consent_events (customer_id, channel, event, basis, at, source, actor)"
                " VALUES (?, ?, ?, ?, ?, 'test', 'kim')",
                ledger,
            )
            desk.book.bump_revision()
        # Of the few, before it is known where everybody stands; and from that, further below.
        assert let_through(desk, "consent:ask") == to_ask(desk)
        facts = consents.facts(desk.book.connection, sorted(EVERYBODY))
        soon = {
            each
            for each in EVERYBODY
            for channel, stands in listing.contactability(
                desk, PartyKind(KINDS[each - 1]), facts[each]
            ).items()
            if stands.ends_in is not None and channel is not Channel.POST
        }
        assert let_through(desk, "consent:expiring") == soon
        for channel in Channel:
            stands = {
                each: listing.contactability(desk, PartyKind(KINDS[each - 1]), facts[each])[
                    channel
                ].standing
                for each in EVERYBODY
            }
            for standing in Standing:
                wanted = {each for each, found in stands.items() if found is standing}
                assert let_through(desk, f"{channel}:{standing}") == wanted, channel
            allowed = {each for each, found in stands.items() if found is Standing.ALLOWED}
            assert let_through(desk, f"channel:{channel}") == allowed
        assert let_through(desk, "consent:expiring") == soon
        assert let_through(desk, "consent:ask") == to_ask(desk)

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(
            st.tuples(
                st.sampled_from([1, 2, 3]),
                st.sampled_from(EVENTS),
                INSTANTS,
                st.sampled_from(["second", "minute", "day", "month", "year", "unknown"]),
                st.sampled_from([None, 0, 1]),
            ),
            max_size=20,
        ),
        st.sampled_from([None, "2025-06-01", AS_OF.isoformat()]),
        st.sampled_from([None, "2025-06-01", AS_OF.isoformat()]),
    )
    def test_so_it_does_where_rows_name_addresses_and_people_leave(
        self,
        desk: Desk,
        ledger: list[tuple[int, str, str, str, int | None]],
        ended: str | None,
        left: str | None,
    ) -> None:
        with desk.book.write() as connection:
            connection.execute("INSERT INTO meta VALUES ('maintenance', '1')")
            for table in ("consent_events", "contact_points", "contacts"):
                connection.execute(f"DELETE FROM {table}")
            connection.execute("DELETE FROM meta WHERE key = 'maintenance'")
            connection.executemany(
                "INSERT INTO contacts (id, customer_id, name, ended_on) VALUES (?, ?, 'Kim', ?)",
                [(each, each, left if each < 3 else None) for each in (1, 2, 3)],
            )
            connection.executemany(
                "INSERT INTO contact_points (id, customer_id, contact_id, channel, value, ended_on)"
                " VALUES (?, ?, ?, 'email', ?, ?)",
                [
                    (2 * each + at, each, each if at else None, f"{each}{at}@x.example", over)
                    for each in (1, 2, 3)
                    for at, over in ((0, ended), (1, None))
                ],
            )
            connection.executemany(
                "INSERT INTO consent_events (customer_id, channel, event, at, precision,"
                " contact_point_id, source, actor) VALUES (?, 'email', ?, ?, ?, ?, 'test', 'kim')",
                [
                    (who, event, at, exact, None if point is None else 2 * who + point)
                    for who, event, at, exact, point in ledger
                ],
            )
            desk.book.bump_revision()
        assert let_through(desk, "consent:ask") == to_ask(desk)
        facts = consents.facts(desk.book.connection, sorted(EVERYBODY))
        stands = {
            each: listing.contactability(desk, PartyKind(KINDS[each - 1]), facts[each])
            for each in EVERYBODY
        }
        soon = {
            each
            for each, found in stands.items()
            if any(at.ends_in is not None for ch, at in found.items() if ch is not Channel.POST)
        }
        assert let_through(desk, "consent:expiring") == soon
        for standing in Standing:
            wanted = {e for e, found in stands.items() if found[Channel.EMAIL].standing is standing}
            assert let_through(desk, f"email:{standing}") == wanted

    def test_a_consent_that_ends_soon_is_found_by_its_clock_and_what_stands_against_it(
        self, desk: Desk
    ) -> None:
        year = AS_OF.replace(year=AS_OF.year - 1)
        with desk.book.write() as connection:
            connection.executemany(
                "INSERT INTO consent_events (customer_id, channel, event, purpose, at, source,"
                " actor) VALUES (?, 'email', ?, ?, ?, 'test', 'kim')",
                [
                    # It ends in ten days, and then after a newsletter's consent.
                    (1, "granted", "winback", (year + timedelta(days=10)).isoformat()),
                    (2, "granted", "newsletter", (year + timedelta(days=10)).isoformat()),
                    # Used since, which sets the longer clock; and used too late to count.
                    (3, "granted", "winback", (year + timedelta(days=10)).isoformat()),
                    (3, "used", "winback", (AS_OF - timedelta(days=60)).isoformat()),
                    (6, "granted", "winback", "2022-01-10"),
                    (6, "used", "winback", "2025-06-01"),
                    # Another customer has the address, and objected there.
                    (4, "granted", "winback", (year + timedelta(days=10)).isoformat()),
                    (5, "objected", "winback", "2026-02-03"),
                ],
            )
            connection.executemany(
                "INSERT INTO contact_points (customer_id, channel, value) VALUES (?, 'email', ?)",
                [(4, "kim@x.example"), (5, "Kim@x.example"), (1, "other@x.example")],
            )
        assert let_through(desk, "consent:expiring") == {1}
        assert let_through(desk, "email:allowed") == {1, 3}
        assert let_through(desk, "consent:expired") == {6}

    def test_an_objection_that_is_undone_and_done_again_is_followed(self, desk: Desk) -> None:
        assert 1 in let_through(desk, "post:allowed")
        deeds.log_call(desk, [1], Call(Outcome.NO_CONTACT))
        assert let_through(desk, "post:blocked") == {1}
        undoing.undo(desk)
        assert let_through(desk, "post:blocked") == set()
        undoing.redo(desk)
        assert let_through(desk, "post:blocked") == {1}

    def test_whom_to_ask_follows_each_deed_and_what_is_said_elsewhere(self, desk: Desk) -> None:
        with desk.book.write() as connection:
            connection.execute("DELETE FROM contact_points")
            connection.execute("UPDATE customers SET party_kind = 'consumer'")
            connection.executemany(
                "INSERT INTO contact_points (customer_id, channel, value) VALUES (?, 'email', ?)",
                [(1, "kim@x.example"), (6, "Kim+shop@x.example"), (2, "ida@x.example")],
            )
            desk.book.bump_revision()
        assert let_through(desk, "consent:ask") == to_ask(desk) == {1, 2, 3}
        said = Statement("granted", (Channel.EMAIL,), source="form")
        for customers, left in (([1], {2, 3}), ([2, 6], {3})):
            consent.record(desk, customers, said)
            assert let_through(desk, "consent:ask") == to_ask(desk) == left
        # Who objects as kim+shop is not written to as kim, and may not be asked there again.
        deeds.log_call(desk, [6], Call(Outcome.NO_CONTACT))
        assert let_through(desk, "consent:ask") == to_ask(desk)
        undoing.undo(desk)
        assert let_through(desk, "consent:ask") == to_ask(desk) == {3}
        deeds.log_call(desk, [3], Call(Outcome.NO_CONTACT))
        assert let_through(desk, "consent:ask") == to_ask(desk) == set()
        undoing.undo(desk)
        undoing.undo(desk)
        assert let_through(desk, "consent:ask") == to_ask(desk) == {2, 3}

    def test_the_filter_follows_the_date(self, desk: Desk) -> None:
        with desk.book.write() as connection:
            connection.execute(
                "INSERT INTO consent_events (customer_id, channel, event, at, source, actor)"
                " VALUES (2, 'email', 'granted', ?, 'test', 'kim')",
                (AS_OF.isoformat(),),
            )
        assert let_through(desk, "email:allowed") == {2}
        before = Desk(desk.book, desk.config, AS_OF - timedelta(days=1), desk.actor)
        assert let_through(before, "email:allowed") == set()


class TestTheList:
    """Orders, counts, and finding one customer."""

    def test_counts_follow_each_deed(self, desk: Desk) -> None:
        before = listing.counts(desk)
        queue = list(listing.order(desk, Tab.QUEUE, Sort.SCORE))
        deeds.snooze(desk, queue[:2], AS_OF + timedelta(days=4))
        after = listing.counts(desk)
        assert after.tabs[Tab.QUEUE] == before.tabs[Tab.QUEUE] - 2
        assert after.tabs[Tab.FOLLOWUPS] == before.tabs[Tab.FOLLOWUPS] + 2
        assert (before.due, after.due) == (0, 0)
        assert set(listing.order(desk, Tab.FOLLOWUPS, Sort.SCORE)) == set(queue[:2])
        assert list(listing.order(desk, Tab.QUEUE, Sort.SCORE)) == queue[2:]
        undoing.undo(desk)
        assert listing.counts(desk) == before

    def test_the_number_comes_first_then_the_beginning_of_a_name_then_the_score(
        self, desk: Desk
    ) -> None:
        with desk.book.write() as connection:
            # The little book writes its index by hand, on one line.
            from winback_tui.book import customers

            customers.index_search(connection)
        ahorns = [r.record.id for r in listing.find_customers(desk, ["ahorn"], 9)]
        assert set(ahorns[:2]) == {1, 3}
        assert ahorns[2] == 5
        assert [r.record.id for r in listing.find_customers(desk, ["1001"], 9)] == [1, 6]
        assert [r.record.id for r in listing.find_customers(desk, ["1001"], 1)] == [1]
        assert [r.record.id for r in listing.find_customers(desk, ["erle", "nr"], 9)] == [4]
        assert listing.find_customers(desk, ["nobody"], 9) == []
        assert listing.find_customers(desk, [], 9) == []

    def test_rows_and_dossiers_are_read_inside_a_transaction_too(self, desk: Desk) -> None:
        outside = listing.rows(desk, [2, 1])
        assert list(outside) == [2, 1]
        with desk.book.snapshot() as connection:
            assert listing.rows(desk, [2, 1]) == outside
            assert dossier.dossier(desk, 1) is not None
            assert connection.in_transaction
        assert not desk.book.connection.in_transaction

    def test_a_customer_who_is_gone_has_no_row_and_no_dossier(self, desk: Desk) -> None:
        assert listing.rows(desk, [99]) == {}
        assert dossier.dossier(desk, 99) is None

    def test_a_look_into_the_past_does_not_show_later_deeds(self, desk: Desk) -> None:
        deeds.add_note(desk, [1], "said today")
        past = Desk(desk.book, desk.config, AS_OF - timedelta(days=1), desk.actor)
        now, then = dossier.dossier(desk, 1), dossier.dossier(past, 1)
        assert now is not None
        assert then is not None
        assert [each for each in now.timeline if hasattr(each, "payload")]
        assert not [each for each in then.timeline if hasattr(each, "payload")]

    def test_values_are_counted_in_parts(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = lists.values(desk.book.connection)
        monkeypatch.setattr(lists, "_AT_ONCE", 2)
        assert lists.values(desk.book.connection) == whole
