"""Two cases of what turns out to be one customer, made one."""

from datetime import date
from typing import Final

from winback_tui.model import CaseState, Stage

#: Who is further along is who was worked more; an open case comes before a closed one.
_RANK: Final = {stage: place for place, stage in enumerate(Stage)}


def combined(kept: CaseState, gone: CaseState) -> CaseState:
    """Return the one case of two: what is open and further along, with the efforts of both.

    Attempts are added; the earlier follow-up stands; it sleeps only if both did.
    """
    if gone == CaseState():
        return kept
    if kept == CaseState():
        return gone
    ahead, other = (kept, gone) if _weight(kept) >= _weight(gone) else (gone, kept)
    open_now = ahead.stage is None or not ahead.stage.closed
    sooner = ahead
    if open_now and _due(other) < _due(ahead) and not (other.stage and other.stage.closed):
        sooner = other
    asleep = bool(kept.snoozed_until and gone.snoozed_until)
    waker = min(kept, gone, key=lambda each: each.snoozed_until or date.max)
    alone = not other.stage and not other.snoozed_until
    return ahead._replace(
        opened_on=_first(kept.opened_on, gone.opened_on),
        attempts=kept.attempts + gone.attempts,
        last_contact_on=_last(kept.last_contact_on, gone.last_contact_on),
        answered_on=_last(kept.answered_on, gone.answered_on),
        next_action_on=sooner.next_action_on,
        next_action=sooner.next_action,
        next_action_at=sooner.next_action_at,
        snoozed_until=waker.snoozed_until if asleep else ahead.snoozed_until if alone else None,
        snoozed_on=waker.snoozed_on if asleep else ahead.snoozed_on if alone else None,
        wakes_on=waker.wakes_on if asleep else ahead.wakes_on if alone else None,
        reason=ahead.reason or other.reason,
        assessed=ahead.assessed or other.assessed,
    )


def _weight(state: CaseState) -> tuple[bool, int, date]:
    if state.stage is None:
        return (False, -1, date.min)
    if state.stage.closed:
        return (False, 0, state.closed_on or date.min)
    return (True, _RANK[state.stage], state.last_contact_on or date.min)


def _due(state: CaseState) -> date:
    return state.next_action_on or date.max


def _first(one: date | None, other: date | None) -> date | None:
    return min((each for each in (one, other) if each), default=None)


def _last(one: date | None, other: date | None) -> date | None:
    return max((each for each in (one, other) if each), default=None)
