"""What the facts suggest for a case, and what wakes a snoozed one; nothing moves by itself."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.apps import scored
from tests.casework import at, buy, days, signal
from tests.little import AS_OF, fill
from winback_tui.book import attributes, cases, events
from winback_tui.config import Config
from winback_tui.config.cases import Cases
from winback_tui.desk import contracts, deeds, digest, listing, scoring, worked
from winback_tui.desk.contracts import Terms
from winback_tui.desk.deeds import Call
from winback_tui.desk.filters import Filter
from winback_tui.desk.matching import matching
from winback_tui.desk.report import outcomes
from winback_tui.desk.session import Desk
from winback_tui.desk.suggestions import accept, dismiss, suggestion_for
from winback_tui.desk.undoing import redo, undo
from winback_tui.errors import BadInputError
from winback_tui.model import (
    CaseState,
    LeavingReason,
    LetGoReason,
    Money,
    Outcome,
    Sort,
    Stage,
    Tab,
)
from winback_tui.rules.contracts import next_round
from winback_tui.rules.suggestions import Facts, Hint, Suggestion, suggest
from winback_tui.words.format import Formats
from winback_tui.words.suggestions import suggestion_done, suggestion_line

CLOCKS = Cases()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk.open(fill(tmp_path / "b.db"), Config(), AS_OF) as opened:
        yield opened


class TestAPurchase:
    def test_after_a_contact_suggests_reactivated_with_the_amount_and_moves_nothing(
        self, desk: Desk
    ) -> None:
        deeds.log_call(desk, [1], Call(Outcome.REACHED))
        assert suggestion_for(desk, 1) is None
        buy(desk, 1, days(10))
        buy(desk, 1, days(12), -400)
        later = at(desk, days(20))
        found = suggestion_for(later, 1)
        assert found is not None
        assert (found.hint, found.stage) == (Hint.PAID, Stage.REACTIVATED)
        assert found.amounts == (Money(120_000, "EUR"),)
        line = suggestion_line(found, Formats()).replace("\u00a0", " ")
        assert line == "Bought for 1,200.00 € since 1 Dec 2026, after a contact: reactivated?"
        assert cases.load(desk.book.connection, 1).stage is Stage.CONTACTED

    def test_too_long_after_the_contact_is_no_success_of_ours(self, desk: Desk) -> None:
        deeds.log_call(desk, [1], Call(Outcome.REACHED))
        buy(desk, 1, days(91))
        assert suggestion_for(at(desk, days(100)), 1) is None

    def test_of_somebody_who_was_let_go_suggests_a_new_case(self, desk: Desk) -> None:
        deeds.move_case(desk, [1], Stage.LET_GO, let_go=LetGoReason.NO_REACTION)
        buy(desk, 1, days(5))
        later = at(desk, days(6))
        found = suggestion_for(later, 1)
        assert found is not None
        assert found.hint is Hint.BOUGHT_AGAIN
        accept(later, 1)
        assert cases.load(desk.book.connection, 1).stage is Stage.OPEN

    @pytest.mark.parametrize("stage", [Stage.LOST, Stage.LET_GO])
    def test_that_was_not_known_when_somebody_was_given_up_suggests_a_new_case(
        self, desk: Desk, stage: Stage
    ) -> None:
        buy(desk, 2, days(-9))
        deeds.move_case(desk, [1, 2], stage)
        assert suggestion_for(desk, 1) is None
        buy(desk, 1, days(-9))
        found = suggestion_for(desk, 1)
        assert found is not None
        assert (found.hint, found.since) == (Hint.BOUGHT_AGAIN, days(-9))
        assert suggestion_for(desk, 2) is None


class TestTurningToUs:
    def test_before_somebody_was_given_up_counts_where_it_was_not_known(self, desk: Desk) -> None:
        signal(desk, 2, "ticket", days(-9))
        deeds.move_case(desk, [1, 2], Stage.LOST)
        signal(desk, 1, "ticket", days(-9))
        found = suggestion_for(desk, 1)
        assert found is not None
        assert (found.hint, found.since) == (Hint.WROTE_AGAIN, days(-9))
        assert suggestion_for(desk, 2) is None

    def test_years_before_somebody_was_given_up_or_snoozed_is_history(self, desk: Desk) -> None:
        deeds.move_case(desk, [1], Stage.LOST)
        deeds.snooze(desk, [2], days(60))
        for each in (1, 2):
            signal(desk, each, "ticket", days(-366))
        assert suggestion_for(desk, 1) is None
        assert worked.suggestions(at(desk, days(3))).woken == {}
        for each in (1, 2):
            signal(desk, each, "ticket", days(-364))
        assert suggestion_for(desk, 1) is not None
        assert worked.suggestions(at(desk, days(3))).woken[2].on == days(-364)

    def test_of_somebody_who_was_given_up_suggests_a_new_case(self, desk: Desk) -> None:
        deeds.move_case(desk, [1, 2], Stage.LOST)
        signal(desk, 1, "ticket", days(3))
        signal(desk, 2, "email_opened", days(3))
        assert suggestion_for(desk, 1) is None
        later = at(desk, days(4))
        found = suggestion_for(later, 1)
        assert found is not None
        assert (found.hint, found.stage) == (Hint.WROTE_AGAIN, Stage.OPEN)
        assert suggestion_line(found, Formats()) == (
            "Turned to us on 24 Nov 2026, and the case is closed: a new case?"
        )
        assert suggestion_for(later, 2) is None
        accept(later, 1)
        assert cases.load(desk.book.connection, 1).stage is Stage.OPEN
        assert suggestion_for(later, 1) is None


def test_what_was_undone_and_done_again_counts_as_it_stands(desk: Desk) -> None:
    def counted() -> tuple[bool, int, int]:
        found = suggestion_for(desk, 1)
        return (
            found is not None and found.hint is Hint.COMPETITOR,
            attributes.signals(desk.book.connection).height,
            outcomes(desk).calls,
        )

    deeds.log_call(
        desk,
        [1],
        Call(Outcome.REACHED, reason=LeavingReason.COMPETITOR, detail="signed"),
    )
    deeds.log_call(
        desk,
        [2],
        Call(
            Outcome.REACHED,
            reason=LeavingReason.SEASONAL,
            assessed=LeavingReason.UNKNOWN,
        ),
    )
    stands = counted()
    assert stands == (True, 1, 2)
    for _ in range(2):
        undo(desk, 2)
        assert counted() == (False, 0, 0)
        redo(desk)
        redo(desk)
        assert counted() == stands


class TestStopping:
    def test_is_suggested_after_enough_attempts_without_an_answer(self, desk: Desk) -> None:
        for turn in range(CLOCKS.stop_attempts):
            assert suggestion_for(at(desk, days(turn)), 1) is None
            deeds.log_call(at(desk, days(turn)), [1], Call(Outcome.NO_ANSWER))
        late = at(desk, days(20))
        found = suggestion_for(late, 1)
        assert found is not None
        assert (found.stage, found.let_go) == (Stage.LET_GO, LetGoReason.ATTEMPTS)
        assert "8 attempts in a row" in suggestion_line(found, Formats())
        dismiss(late, 1)
        assert suggestion_for(late, 1) is None
        undo(late)
        assert suggestion_for(late, 1) == found
        redo(late)
        # One more attempt is a new fact, and asks again.
        deeds.log_call(late, [1], Call(Outcome.BUSY))
        assert suggestion_for(late, 1) is not None
        accept(late, 1)
        assert cases.load(desk.book.connection, 1).stage is Stage.LET_GO
        event = events.of_customer(desk.book.connection, 1)[0]
        assert (event.payload["let_go"], event.payload["suggestion"]) == ("attempts", "stop")

    def test_is_suggested_after_a_year_without_a_reaction(self, desk: Desk) -> None:
        deeds.log_call(desk, [1], Call(Outcome.VOICEMAIL))
        assert suggestion_for(at(desk, days(364)), 1) is None
        found = suggestion_for(at(desk, days(365)), 1)
        assert found is not None
        assert found.let_go is LetGoReason.NO_REACTION

    def test_is_suggested_to_whoever_objected(self, desk: Desk) -> None:
        deeds.log_call(desk, [1], Call(Outcome.NO_CONTACT))
        found = suggestion_for(at(desk, days(1)), 1)
        assert found is not None
        assert (found.hint, found.stage) == (Hint.OBJECTED, Stage.LET_GO)
        undo(desk)
        assert suggestion_for(at(desk, days(1)), 1) is None


def test_sales_who_stay_silent_are_to_be_asked(desk: Desk) -> None:
    with desk.book.write() as connection:
        connection.execute(
            "INSERT INTO cases (customer_id, stage, opened_on, handed_to, handed_on)"
            " VALUES (1, 'handed_over', ?, 'Kim Berger', ?)",
            (AS_OF.isoformat(), AS_OF.isoformat()),
        )
    assert suggestion_for(at(desk, days(6)), 1) is None
    late = at(desk, days(7))
    found = suggestion_for(late, 1)
    assert found is not None
    assert found.hint is Hint.SALES_SILENT
    accept(late, 1)
    case = cases.load(desk.book.connection, 1)
    assert (case.stage, case.next_action_on) == (Stage.HANDED_OVER, days(7))
    assert case.next_action == "ask Kim Berger what became of it"
    assert suggestion_for(late, 1) is None


class TestARival:
    def test_suggests_sleep_until_the_contract_round_or_lost(self, desk: Desk) -> None:
        call = Call(Outcome.REACHED, reason=LeavingReason.COMPETITOR, detail="signed")
        deeds.log_call(desk, [1], call)
        found = suggestion_for(desk, 1)
        assert found is not None
        assert (found.hint, found.stage) == (Hint.COMPETITOR, Stage.LOST)
        contracts.add_contract(desk, 1, Terms(days(200), notice_days=60, renewal="manual"))
        found = suggestion_for(desk, 1)
        assert found is not None
        assert (found.stage, found.until) == (None, days(110))
        accept(desk, 1)
        assert suggestion_for(desk, 1) is None

    def test_gave_notice(self, desk: Desk) -> None:
        deeds.move_case(desk, [1], Stage.OPEN)
        signal(desk, 1, "notice_given", days(-3))
        found = suggestion_for(desk, 1)
        assert found is not None
        assert found.hint is Hint.NOTICE
        assert found.stage is Stage.LOST

    def test_gave_notice_of_a_contract_that_would_have_renewed_itself(self, desk: Desk) -> None:
        deeds.move_case(desk, [1], Stage.OPEN)
        contracts.add_contract(desk, 1, Terms(days(-20), notice_days=30, renewal="automatic"))
        signal(desk, 1, "notice_given", days(-3))
        found = suggestion_for(desk, 1)
        assert found is not None
        assert (found.hint, found.stage, found.until) == (Hint.NOTICE, Stage.LOST, None)
        contracts.add_contract(desk, 1, Terms(days(200), notice_days=60, renewal="automatic"))
        found = suggestion_for(desk, 1)
        assert found is not None
        assert (found.stage, found.until) == (None, days(110))


class TestAContractRound:
    def test_the_decision_lies_before_the_end_by_notice_and_lead_time(self) -> None:
        turn = next_round(days(100), 30, "manual", today=AS_OF, lead_days=14)
        assert turn is not None
        assert (turn.talk_from, turn.decide_by) == (days(56), days(70))
        assert next_round(days(20), 30, "manual", today=AS_OF, lead_days=14) is None

    def test_what_renews_itself_comes_round_again(self) -> None:
        turn = next_round(
            date(2026, 12, 1), 30, "automatic", today=AS_OF, lead_days=0,
            starts_on=date(2026, 9, 1),
        )  # fmt: skip
        assert turn is not None
        assert turn.ends_on == date(2027, 3, 1)

    @given(st.integers(-3_000, 3_000), st.integers(0, 400), st.integers(0, 200))
    def test_is_never_in_the_past(self, ends: int, notice: int, lead: int) -> None:
        turn = next_round(days(ends), notice, "automatic", today=AS_OF, lead_days=lead)
        assert turn is not None
        assert turn.decide_by >= AS_OF
        assert turn.decide_by == turn.ends_on - timedelta(days=notice)
        assert turn.talk_from == turn.decide_by - timedelta(days=lead)

    def test_sense_is_asked_for(self, desk: Desk) -> None:
        with pytest.raises(BadInputError, match="must start before it ends"):
            contracts.add_contract(desk, 1, Terms(AS_OF, starts_on=AS_OF))
        with pytest.raises(BadInputError, match="No contract that comes up again"):
            contracts.next_talk(desk, 1)

    def test_can_be_changed_and_taken_back(self, desk: Desk) -> None:
        contracts.add_contract(desk, 1, Terms(days(100), title="Frame"))
        contracts.add_contract(desk, 1, Terms(days(50)))
        first, second = (each.contract for each in contracts.contracts_of(desk, [1])[1])
        assert (first.number, second.number) == ("", "2") or second.number == ""
        contracts.change_contract(desk, 1, first.id, Terms(days(70), title="Frame 2"))
        contracts.remove_contract(desk, 1, second.id)
        assert [each.contract.title for each in contracts.contracts_of(desk, [1])[1]] == ["Frame 2"]
        undo(desk, 4)
        assert contracts.contracts_of(desk, [1])[1] == ()


def test_who_came_back_is_looked_after_on_two_days(desk: Desk) -> None:
    deeds.reactivate(desk, [1])
    due = [cases.load(desk.book.connection, 1).next_action_on]
    assert listing.counts(at(desk, days(29))).due == 0
    assert listing.counts(at(desk, days(30))).due == 1
    deeds.log_call(at(desk, days(31)), [1], Call(Outcome.REACHED))
    case = cases.load(desk.book.connection, 1)
    due.append(case.next_action_on)
    assert case.stage is Stage.REACTIVATED
    deeds.mark_done(at(desk, days(95)), [1])
    due.append(cases.load(desk.book.connection, 1).next_action_on)
    assert due == [days(30), days(90), None]


states = st.builds(
    CaseState,
    stage=st.sampled_from([None, *Stage]),
    opened_on=st.just(days(-400)),
    closed_on=st.none() | st.just(days(-20)),
    attempts=st.integers(0, 12),
    unanswered=st.integers(0, 12),
    last_contact_on=st.none() | st.just(days(-30)),
    answered_on=st.none() | st.just(days(-300)),
    handed_on=st.none() | st.just(days(-9)),
)
facts = st.builds(
    Facts,
    paid_on=st.none() | st.just(days(-5)),
    notice_on=st.none() | st.just(days(-2)),
    signed_on=st.none() | st.just(days(-2)),
    talk_from=st.none() | st.just(days(40)),
    objected_on=st.none() | st.just(days(-1)),
    ladder_used=st.booleans(),
    wrote_on=st.none() | st.just(days(-4)),
    losing_after=st.none() | st.sampled_from(["", "price"]),
)


@given(states, facts)
def test_only_a_case_has_a_suggestion_and_each_can_be_said_and_done(
    state: CaseState, about: Facts
) -> None:
    found = suggest(state, about, AS_OF, CLOCKS)
    if state.stage in (None, Stage.REACTIVATED):
        assert found is None
    if found is not None:
        assert found.evidence
        assert suggestion_line(found, Formats()).endswith("?")
        assert found.stage is not None or found.until is not None or found.ask_sales
        assert found.until is None or found.until > AS_OF
        assert (found.stage is Stage.LET_GO) == (found.let_go is not None)


@pytest.mark.parametrize("hint", Hint)
def test_what_a_suggestion_has_made_of_a_case_is_said_in_words(hint: Hint) -> None:
    assert suggestion_done(Suggestion(hint, ""), Formats()) not in set(Hint)
    until = Suggestion(hint, "", until=date(2027, 5, 3))
    assert suggestion_done(until, Formats()) == "asleep until 3 May"


@pytest.mark.parametrize("year", [1, 1899, 2201, 9999])
def test_a_contract_of_another_age_is_refused(desk: Desk, year: int) -> None:
    with pytest.raises(BadInputError, match="must end between 1900 and 2200"):
        contracts.add_contract(desk, 1, Terms(date(year, 6, 30), 90))


def test_a_round_before_all_days_begins_on_the_first() -> None:
    found = next_round(date(1, 1, 5), 30, "automatic", today=date(1, 1, 1), lead_days=30)
    assert found is not None
    assert found.talk_from == date(1, 1, 1)


def test_who_answered_and_is_gone_since_is_due_until_there_is_a_date(tmp_path: Path) -> None:
    path = scored(tmp_path / "b.db")
    with Desk.open(path, Config(), AS_OF) as desk:
        (who,) = matching(desk, Filter(words=("Gone Long",)))
        assert who in listing.order(desk, Tab.GONE, Sort.SCORE)
        deeds.log_call(desk, [who], Call(Outcome.REACHED))
        # Done for today: tomorrow nobody would see them but under Gone.
        assert who not in listing.order(desk, Tab.FOLLOWUPS, Sort.SCORE)
    with Desk.open(path, Config(), days(1)) as desk:
        scoring.renew(desk)
        assert who in listing.order(desk, Tab.FOLLOWUPS, Sort.SCORE)
        assert listing.counts(desk).due == 1
        assert listing.rows(desk, [who])[who].due
        (told,) = digest.make(desk, top=0).due
        assert told.why.startswith("answered on Nov 21, 2026 and is gone since; plan a date")
        deeds.mark_done(desk, [who])
        assert listing.counts(desk).due == 0
        assert not listing.rows(desk, [who])[who].due
        assert digest.make(desk, top=0).due == ()
        undo(desk)
        assert listing.counts(desk).due == 1
        deeds.snooze(desk, [who], days(30))
        assert listing.counts(desk).due == 0
        undo(desk)
        deeds.plan(desk, [who], days(30))
        assert listing.counts(desk).due == 0
        undo(desk)
        deeds.move_case(desk, [who], Stage.LET_GO, let_go=LetGoReason.OTHER)
        assert who not in listing.order(desk, Tab.FOLLOWUPS, Sort.SCORE)
        undo(desk)
    with Desk.open(path, Config(), days(120)) as desk:
        scoring.renew(desk)
        assert who not in listing.order(desk, Tab.FOLLOWUPS, Sort.SCORE)
