"""What a deed does to a case, and which moves are refused."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback_tui.errors import BadInputError
from winback_tui.model import CaseState, LeavingReason, Outcome, Stage
from winback_tui.rules.cases import (
    AFTERCARE,
    after_call,
    after_done,
    after_handover,
    after_snooze,
    after_stage,
    open_case,
)

TODAY = date(2026, 11, 21)
FRIDAY = date(2026, 11, 27)
YESTERDAY = TODAY - timedelta(days=1)
NONE = CaseState()


def at(stage: Stage, **more: object) -> CaseState:
    return CaseState(stage=stage, opened_on=date(2026, 11, 1), **more)  # type: ignore[arg-type]


class TestCalls:
    @pytest.mark.parametrize(
        ("before", "outcome", "after"),
        [
            (None, Outcome.REACHED, Stage.CONTACTED),
            (None, Outcome.MESSAGE, Stage.CONTACTED),
            (None, Outcome.VOICEMAIL, Stage.CONTACTED),
            (None, Outcome.NO_ANSWER, Stage.OPEN),
            (None, Outcome.BUSY, Stage.OPEN),
            (None, Outcome.WRONG_NUMBER, Stage.OPEN),
            (None, Outcome.CONTACT_LEFT, Stage.OPEN),
            (None, Outcome.INBOUND, Stage.RESPONDED),
            (Stage.CONTACTED, Outcome.REACHED, Stage.RESPONDED),
            (Stage.CONTACTED, Outcome.VOICEMAIL, Stage.CONTACTED),
            (Stage.NURTURE, Outcome.REACHED, Stage.NURTURE),
            (Stage.WARM, Outcome.NO_ANSWER, Stage.WARM),
            (Stage.HANDED_OVER, Outcome.REACHED, Stage.HANDED_OVER),
            (Stage.RETURNED, Outcome.MESSAGE, Stage.CONTACTED),
            (Stage.LOST, Outcome.INBOUND, Stage.RESPONDED),
        ],
    )
    def test_bring_the_case_on(self, before: Stage | None, outcome: Outcome, after: Stage) -> None:
        state = NONE if before is None else at(before)
        assert after_call(state, outcome, TODAY).stage is after

    def test_each_outbound_call_is_an_attempt(self) -> None:
        state = NONE
        for outcome in (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.INBOUND, Outcome.REACHED):
            state = after_call(state, outcome, TODAY)
        assert state.attempts == 3

    def test_take_the_customer_off_todays_queue(self) -> None:
        assert after_call(NONE, Outcome.NO_ANSWER, TODAY).done_on == TODAY
        assert after_call(NONE, Outcome.CALLBACK, TODAY, follow_up=TODAY).done_on is None

    def test_keep_a_follow_up_with_its_action(self) -> None:
        state = after_call(
            NONE, Outcome.CALLBACK, TODAY, follow_up=FRIDAY, next_action="call at 14:30"
        )
        assert (state.next_action_on, state.next_action) == (FRIDAY, "call at 14:30")

    def test_settle_a_follow_up_only_when_somebody_was_reached(self) -> None:
        due = at(Stage.CONTACTED, next_action_on=TODAY, next_action="ask again")
        assert after_call(due, Outcome.REACHED, TODAY).next_action_on is None
        assert after_call(due, Outcome.NO_ANSWER, TODAY).next_action_on == TODAY
        ahead = at(Stage.CONTACTED, next_action_on=FRIDAY)
        assert after_call(ahead, Outcome.REACHED, TODAY).next_action_on == FRIDAY

    def test_wake_a_snoozed_case(self) -> None:
        asleep = at(Stage.OPEN, snoozed_until=FRIDAY)
        assert after_call(asleep, Outcome.INBOUND, TODAY).snoozed_until is None

    def test_remember_the_last_contact_and_the_reason(self) -> None:
        state = after_call(NONE, Outcome.REACHED, TODAY, reason=LeavingReason.PRICE)
        assert (state.last_contact_on, state.reason) == (TODAY, LeavingReason.PRICE)
        assert after_call(state, Outcome.BUSY, FRIDAY).last_contact_on == TODAY
        assert after_call(state, Outcome.BUSY, FRIDAY).reason is LeavingReason.PRICE

    def test_who_wants_no_contact_has_no_follow_up_any_more(self) -> None:
        planned = at(Stage.CONTACTED, next_action_on=FRIDAY, next_action="call")
        state = after_call(planned, Outcome.NO_CONTACT, TODAY)
        assert (state.next_action_on, state.next_action) == (None, None)

    @pytest.mark.parametrize(
        ("outcome", "follow_up", "why"),
        [
            (Outcome.CALLBACK, None, "needs a date"),
            (Outcome.NO_CONTACT, FRIDAY, "wants no contact"),
            (Outcome.REACHED, YESTERDAY, "before today"),
        ],
    )
    def test_are_refused_where_they_contradict_themselves(
        self, outcome: Outcome, follow_up: date | None, why: str
    ) -> None:
        with pytest.raises(BadInputError, match=why):
            after_call(NONE, outcome, TODAY, follow_up=follow_up)


class TestStages:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (Stage.OPEN, Stage.WARM),
            (Stage.CONTACTED, Stage.RESPONDED),
            (Stage.RESPONDED, Stage.NURTURE),
            (Stage.NURTURE, Stage.WARM),
            (Stage.WARM, Stage.NURTURE),
            (Stage.HANDED_OVER, Stage.ACCEPTED),
            (Stage.HANDED_OVER, Stage.RETURNED),
            (Stage.RETURNED, Stage.CONTACTED),
            (Stage.ACCEPTED, Stage.REACTIVATED),
            (Stage.WARM, Stage.LOST),
            (Stage.LOST, Stage.OPEN),
        ],
    )
    def test_move_by_hand(self, before: Stage, after: Stage) -> None:
        assert after_stage(at(before), after, TODAY).stage is after

    @pytest.mark.parametrize(
        ("before", "after", "why"),
        [
            (Stage.WARM, Stage.WARM, "is warm already"),
            (Stage.CONTACTED, Stage.OPEN, "is open already"),
            (Stage.RESPONDED, Stage.CONTACTED, "cannot become contacted"),
            (Stage.HANDED_OVER, Stage.WARM, "it can become accepted, returned, reactivated"),
            (Stage.OPEN, Stage.ACCEPTED, "cannot become accepted"),
            (Stage.WARM, Stage.HANDED_OVER, "use hand-over"),
            (Stage.LOST, Stage.LOST, "is lost already"),
        ],
    )
    def test_are_refused_with_the_reason(self, before: Stage, after: Stage, why: str) -> None:
        with pytest.raises(BadInputError, match=why):
            after_stage(at(before), after, TODAY)

    def test_closing_drops_what_was_planned(self) -> None:
        planned = at(Stage.WARM, next_action_on=FRIDAY, next_action="x", snoozed_until=FRIDAY)
        state = after_stage(planned, Stage.REACTIVATED, TODAY, LeavingReason.SEASONAL)
        assert state == at(
            Stage.REACTIVATED,
            closed_on=TODAY,
            done_on=TODAY,
            reason=LeavingReason.SEASONAL,
            next_action_on=TODAY + timedelta(days=30),
            next_action=AFTERCARE,
        )
        assert after_stage(planned, Stage.LET_GO, TODAY).next_action_on is None

    def test_a_customer_without_a_case_can_be_reactivated_at_once(self) -> None:
        state = after_stage(NONE, Stage.REACTIVATED, TODAY)
        assert (state.stage, state.opened_on, state.closed_on) == (Stage.REACTIVATED, TODAY, TODAY)


class TestNewCases:
    def test_a_closed_case_leaves_nothing_behind(self) -> None:
        closed = at(Stage.LOST, attempts=7, closed_on=YESTERDAY, reason=LeavingReason.PRICE)
        assert open_case(closed, TODAY) == CaseState(stage=Stage.OPEN, opened_on=TODAY)
        assert after_call(closed, Outcome.BUSY, TODAY).attempts == 1

    def test_an_open_case_is_worked_on(self) -> None:
        assert open_case(at(Stage.WARM), TODAY) == at(Stage.WARM)


class TestSnooze:
    def test_ends_on_a_later_day(self) -> None:
        assert after_snooze(NONE, FRIDAY, TODAY).snoozed_until == FRIDAY
        with pytest.raises(BadInputError, match="after today"):
            after_snooze(NONE, TODAY, TODAY)
        with pytest.raises(BadInputError, match="already"):
            after_snooze(at(Stage.OPEN, snoozed_until=FRIDAY), FRIDAY, TODAY)


class TestDone:
    def test_opens_no_case_and_holds_for_the_day(self) -> None:
        assert after_done(NONE, TODAY) == CaseState(done_on=TODAY)
        with pytest.raises(BadInputError, match="already"):
            after_done(CaseState(done_on=TODAY), TODAY)

    def test_after_a_call_says_that_this_was_enough(self) -> None:
        called = after_call(NONE, Outcome.VOICEMAIL, TODAY)
        with pytest.raises(BadInputError, match="done today has taken them off today's list"):
            after_done(called, TODAY)


class TestHandOver:
    def test_from_any_open_stage(self) -> None:
        state = after_handover(at(Stage.WARM, snoozed_until=FRIDAY), "Kim", TODAY)
        assert (state.stage, state.handed_to) == (Stage.HANDED_OVER, "Kim")
        assert state.snoozed_until is None
        assert after_handover(state, "Alex", TODAY).handed_to == "Alex"

    @pytest.mark.parametrize(
        ("state", "to", "why"),
        [
            (at(Stage.WARM), "  ", "needs the name"),
            (at(Stage.HANDED_OVER, handed_to="Kim"), "Kim", "with Kim already"),
            (at(Stage.ACCEPTED, handed_to="Kim"), "Alex", "has accepted"),
        ],
    )
    def test_is_refused_with_the_reason(self, state: CaseState, to: str, why: str) -> None:
        with pytest.raises(BadInputError, match=why):
            after_handover(state, to, TODAY)


deeds = st.one_of(
    st.sampled_from(Outcome).map(
        lambda outcome: (
            lambda state, day: after_call(
                state, outcome, day, follow_up=FRIDAY if outcome is Outcome.CALLBACK else None
            )
        )
    ),
    st.sampled_from(Stage).map(lambda stage: lambda state, day: after_stage(state, stage, day)),
    st.just(lambda state, day: after_snooze(state, day + timedelta(days=3), day)),
    st.just(after_done),
    st.sampled_from(["Kim", "Alex"]).map(
        lambda to: lambda state, day: after_handover(state, to, day)
    ),
)


@given(st.lists(deeds, max_size=25))
def test_no_sequence_of_deeds_leaves_a_case_that_contradicts_itself(
    moves: list[Callable[[CaseState, date], CaseState]],
) -> None:
    state = NONE
    for move in moves:
        try:
            state = move(state, TODAY)
        except BadInputError:
            continue
        assert (state.closed_on is not None) == (state.stage is not None and state.stage.closed)
        assert state.stage is None or state.opened_on is not None
        assert state.stage is not Stage.HANDED_OVER or state.handed_to
        planned = state.stage and state.stage.closed and state.next_action_on
        assert not planned or state.stage is Stage.REACTIVATED
        assert (state.snoozed_until is None) == (state.snoozed_on is None)
        assert state.unanswered <= state.attempts
