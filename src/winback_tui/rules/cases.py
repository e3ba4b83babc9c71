"""What a deed does to a case: pure moves from one state to the next.

A refused move raises BadInputError with the sentence why; nothing else is ever raised.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from winback_tui.errors import BadInputError, shown_day
from winback_tui.model import CaseState, LeavingReason, Outcome, Stage

#: Somebody heard us, or can hear us later: the case is contacted.
CONTACT: Final = frozenset({
    Outcome.REACHED, Outcome.MESSAGE, Outcome.VOICEMAIL, Outcome.CALLBACK, Outcome.NO_CONTACT,
    Outcome.INBOUND,
})  # fmt: skip
#: The customer spoke to us: a contacted case has its answer.
ANSWER: Final = frozenset({
    Outcome.REACHED, Outcome.CALLBACK, Outcome.NO_CONTACT, Outcome.INBOUND,
})  # fmt: skip

_WORKED: Final = frozenset({Stage.CONTACTED, Stage.RESPONDED, Stage.NURTURE, Stage.WARM})
_CLOSED: Final = frozenset({Stage.REACTIVATED, Stage.LOST, Stage.LET_GO})
#: Where people may bring a case from each stage; every open stage may also be closed.
MOVES: Final = {
    Stage.OPEN: _WORKED,
    Stage.CONTACTED: _WORKED,
    Stage.RESPONDED: frozenset({Stage.NURTURE, Stage.WARM}),
    Stage.NURTURE: frozenset({Stage.CONTACTED, Stage.RESPONDED, Stage.WARM}),
    Stage.WARM: frozenset({Stage.RESPONDED, Stage.NURTURE}),
    Stage.HANDED_OVER: frozenset({Stage.ACCEPTED, Stage.RETURNED}),
    Stage.ACCEPTED: frozenset({Stage.RETURNED}),
    Stage.RETURNED: _WORKED,
}


#: What a case without a snooze has.
_AWAKE: Final[Mapping[str, Any]] = {"snoozed_until": None, "snoozed_on": None, "wakes_on": None}
_NOT_PLANNED: Final[Mapping[str, Any]] = {
    "next_action_on": None,
    "next_action": None,
    "next_action_at": None,
}
#: Days after a reactivation on which to look again.
AFTERCARE_DAYS: Final = (30, 90)
#: What the follow-up after a reactivation is called.
AFTERCARE: Final = "aftercare: are they still content?"


def open_case(state: CaseState, today: date) -> CaseState:
    """Return the case that a deed works on: this one if it is open, else a new one from today.

    A closed case leaves nothing behind in the new one, so its attempts count from 0.
    """
    if state.stage is None:
        return state._replace(stage=Stage.OPEN, opened_on=today)
    if state.stage.closed:
        return CaseState(stage=Stage.OPEN, opened_on=today)
    return state


def after_call(
    state: CaseState,
    outcome: Outcome,
    today: date,
    *,
    follow_up: date | None = None,
    next_action: str | None = None,
    at: str | None = None,
    reason: LeavingReason | None = None,
    assessed: LeavingReason | None = None,
    aftercare: tuple[int, int] = AFTERCARE_DAYS,
) -> CaseState:
    """Return the case after a call; `at` is the time of day of the follow-up.

    Every call but an inbound one is an attempt. A call ends a snooze and takes the customer off
    today's queue, unless the follow-up is due today. A follow-up that was due is settled once
    somebody was reached; after no answer it stays due. A call in the aftercare of a reactivation
    (`aftercare`: days after it) belongs to that case and opens no other.
    """
    if outcome is Outcome.CALLBACK and follow_up is None:
        raise BadInputError("A call back needs a date, such as “tomorrow 14:30” or “fri”.")
    if outcome is Outcome.NO_CONTACT and follow_up is not None:
        raise BadInputError("Who wants no contact gets no follow-up; leave its date out.")
    if follow_up is not None:
        not_before(follow_up, today)
    case = state if in_aftercare(state) else open_case(state, today)
    contact = outcome in CONTACT
    if outcome is Outcome.NO_CONTACT:
        case = case._replace(**_NOT_PLANNED)
    elif contact:
        case = _settled(case, today, aftercare)
    if follow_up is not None:
        case = case._replace(next_action_on=follow_up, next_action=next_action, next_action_at=at)
    elif next_action and outcome is not Outcome.NO_CONTACT:
        case = case._replace(next_action=next_action)
    attempt = outcome is not Outcome.INBOUND
    answer = outcome in ANSWER
    return case._replace(
        stage=_stage_after(case.stage or Stage.OPEN, outcome),
        attempts=case.attempts + attempt,
        last_contact_on=today if contact else case.last_contact_on,
        answered_on=today if answer else case.answered_on,
        unanswered=0 if answer else case.unanswered + attempt,
        done_on=None if follow_up == today else today,
        reason=reason or case.reason,
        assessed=assessed or case.assessed,
        **_AWAKE,
    )


def in_aftercare(state: CaseState) -> bool:
    """Return whether a customer who came back is still to be looked after."""
    return state.stage is Stage.REACTIVATED and state.next_action_on is not None


def _settled(case: CaseState, today: date, aftercare: tuple[int, int]) -> CaseState:
    """Return the case without the follow-up that is due; an aftercare goes on to its next date."""
    if case.next_action_on is None or case.next_action_on > today:
        return case
    due = case.next_action_on
    case = case._replace(**_NOT_PLANNED)
    if case.stage is Stage.REACTIVATED and case.closed_on is not None:
        last = case.closed_on + timedelta(days=aftercare[1])
        if due < last:
            return case._replace(next_action_on=last, next_action=AFTERCARE)
    return case


def _stage_after(stage: Stage, outcome: Outcome) -> Stage:
    if outcome is Outcome.INBOUND and stage in {Stage.OPEN, Stage.CONTACTED, Stage.RETURNED}:
        return Stage.RESPONDED
    if stage in {Stage.OPEN, Stage.RETURNED} and outcome in CONTACT:
        return Stage.CONTACTED
    if stage is Stage.CONTACTED and outcome in ANSWER:
        return Stage.RESPONDED
    return stage


def after_stage(
    state: CaseState,
    stage: Stage,
    today: date,
    reason: LeavingReason | None = None,
    *,
    aftercare: tuple[int, int] = AFTERCARE_DAYS,
) -> CaseState:
    """Return the case moved to `stage` by hand; closing it drops what was planned.

    Who came back is looked after: the first follow-up is `aftercare[0]` days from today.
    """
    if stage is state.stage:
        raise BadInputError(f"The case is {_name(stage)} already.")
    if stage is Stage.HANDED_OVER:
        raise BadInputError("A case is handed over with a packet and a name: use hand-over.")
    if stage is Stage.OPEN:
        if state.stage is not None and not state.stage.closed:
            raise BadInputError(f"The case is open already; it is {_name(state.stage)}.")
        return open_case(state, today)._replace(reason=reason)
    case = open_case(state, today)
    current = case.stage or Stage.OPEN
    if stage in _CLOSED:
        case = case._replace(
            stage=stage,
            closed_on=today,
            done_on=today,
            reason=reason or case.reason,
            **_AWAKE,
            **_NOT_PLANNED,
        )
        if stage is Stage.REACTIVATED:
            first = today + timedelta(days=aftercare[0])
            case = case._replace(next_action_on=first, next_action=AFTERCARE)
        return case
    if stage not in MOVES[current]:
        allowed = ", ".join(_name(each) for each in Stage if each in MOVES[current] | _CLOSED)
        raise BadInputError(
            f"A case that is {_name(current)} cannot become {_name(stage)}; "
            f"from here it can become {allowed}."
        )
    case = case._replace(stage=stage, reason=reason or case.reason)
    if current is Stage.HANDED_OVER:
        # Sales has answered: nothing is to be asked any more.
        case = case._replace(**_NOT_PLANNED)
    if stage is Stage.RETURNED:
        case = case._replace(next_action_on=today, next_action="sales gave it back: what next?")
    return case


def not_before(follow_up: date, today: date) -> None:
    """Raise BadInputError for a follow-up on a day before today."""
    if follow_up < today:
        told = shown_day(follow_up)
        raise BadInputError(
            f"The follow-up ({told}) must not lie before today ({shown_day(today)})."
        )


def ahead(until: date, today: date) -> date:
    """Return the day until which to snooze; BadInputError where it is none to come."""
    if until <= today:
        raise BadInputError(
            f"Snooze until a day after today ({shown_day(today)}), not {shown_day(until)}."
        )
    return until


def after_snooze(
    state: CaseState, until: date, today: date, wakes_on: str | None = None
) -> CaseState:
    """Return the case asleep until (not including) the day `until`.

    `wakes_on` says what may wake it before that, words with commas between; None: anything. Who is
    in aftercare has nothing to sleep from: the next look is put off.
    """
    ahead(until, today)
    if (state.snoozed_until, state.wakes_on) == (until, wakes_on):
        raise BadInputError(f"The case is snoozed until {shown_day(until)} already.")
    if in_aftercare(state):
        return state._replace(next_action_on=until)
    return open_case(state, today)._replace(
        snoozed_until=until, snoozed_on=today, wakes_on=wakes_on
    )


def after_done(
    state: CaseState, today: date, aftercare: tuple[int, int] = AFTERCARE_DAYS
) -> CaseState:
    """Return the case off today's list; no case is opened, and a planned follow-up stays.

    An aftercare that is due is settled, and goes on to its next date.
    """
    settled = _settled(state, today, aftercare) if in_aftercare(state) else state
    if settled.done_on == today and settled == state:
        raise BadInputError(
            "What was done today has taken them off today's list already; undo that to have them "
            "there again."
        )
    return settled._replace(done_on=today)


def after_plan(
    state: CaseState, on: date, today: date, action: str | None = None, at: str | None = None
) -> CaseState:
    """Return the case with a follow-up on the day `on`, in the place of the one planned so far.

    It asks for attention on that day, whatever was snoozed or done.
    """
    not_before(on, today)
    case = state if in_aftercare(state) else open_case(state, today)
    return case._replace(
        next_action_on=on,
        next_action=action,
        next_action_at=at,
        done_on=None if on == today else state.done_on,
        **_AWAKE,
    )


def after_handover(state: CaseState, to: str, today: date) -> CaseState:
    """Return the case handed over to the salesperson `to`; handing over says that it is warm."""
    if not to.strip():
        raise BadInputError("A hand-over needs the name of who takes over.")
    if state.stage is Stage.HANDED_OVER and state.handed_to == to:
        raise BadInputError(f"The case is with {to} already.")
    if state.stage is Stage.ACCEPTED:
        raise BadInputError(f"{state.handed_to or 'Sales'} has accepted the case already.")
    return open_case(state, today)._replace(
        stage=Stage.HANDED_OVER,
        handed_to=to,
        handed_on=today,
        done_on=today,
        **_AWAKE,
    )


def _name(stage: Stage) -> str:
    return stage.value.replace("_", " ")
