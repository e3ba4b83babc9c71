"""What offers, their answers and mails do to a case."""

from datetime import date

from winback_tui.errors import BadInputError
from winback_tui.model import CaseState, LeavingReason, Stage
from winback_tui.rules.cases import not_before, open_case
from winback_tui.rules.offers import Result

_WAITING = frozenset({Stage.OPEN, Stage.RETURNED})


def after_offer(
    state: CaseState,
    today: date,
    *,
    follow_up: date,
    next_action: str,
    reason: LeavingReason | None = None,
) -> CaseState:
    """Return the case after an offer was made: contacted, and due again on `follow_up`.

    An offer is an attempt and a contact. Raises BadInputError where sales has the case, and for a
    follow-up before today.
    """
    not_before(follow_up, today)
    case = contacted(state, today)
    return case._replace(
        next_action_on=follow_up,
        next_action=next_action,
        next_action_at=None,
        done_on=None if follow_up == today else today,
        reason=reason or case.reason,
    )


def contacted(state: CaseState, today: date) -> CaseState:
    """Return the case after a contact that the other side need not have answered.

    Raises BadInputError where sales has the case.
    """
    if state.stage in (Stage.HANDED_OVER, Stage.ACCEPTED):
        raise BadInputError(
            f"The case is with {state.handed_to or 'sales'}; take it back before you write or offer"
            " anything."
        )
    case = open_case(state, today)
    return case._replace(
        stage=Stage.CONTACTED if case.stage in _WAITING else case.stage,
        attempts=case.attempts + 1,
        unanswered=case.unanswered + 1,
        last_contact_on=today,
        snoozed_until=None,
        snoozed_on=None,
        wakes_on=None,
        done_on=today,
    )


def after_answer(
    state: CaseState, result: Result, today: date, *, follow_up: date | None, next_action: str
) -> CaseState:
    """Return the case after the answer to an offer.

    Yes or no is an answer, so a contacted case has responded; silence is none. What was planned is
    settled by the answer; `follow_up` says when the next step is due.
    """
    stage, silent = state.stage, result is Result.NO_ANSWER
    if stage is Stage.CONTACTED and not silent:
        stage = Stage.RESPONDED
    if stage is None or stage.closed:
        return state
    return state._replace(
        stage=stage,
        last_contact_on=state.last_contact_on if silent else today,
        answered_on=state.answered_on if silent else today,
        unanswered=state.unanswered if silent else 0,
        next_action_on=follow_up,
        next_action=next_action if follow_up else None,
        next_action_at=None,
    )
