"""What the book's facts suggest about a case; nothing here ever moves one by itself."""

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from winback_tui.config.cases import Cases
from winback_tui.model import CaseState, LetGoReason, Money, Stage, WakeCause


class Hint(StrEnum):
    """What is suggested, by the fact that it stands on."""

    OBJECTED = "objected"
    PAID = "paid"
    BOUGHT_AGAIN = "bought_again"
    WROTE_AGAIN = "wrote_again"
    SALES_SILENT = "sales_silent"
    COMPETITOR = "competitor"
    NOTICE = "notice"
    STOP = "stop"


class Facts(NamedTuple):
    """What the book says about a customer with a case, beside the case itself.

    `paid_on` is the first purchase since the last contact, or since a case was closed as lost or
    let go, with what came in since by currency; `notice_on` and `signed_on` are when they gave
    notice, or signed with somebody else; `talk_from` is when to begin to talk about a contract.
    `losing_after` is the last rung offered (empty: none) where all that are left would lose money;
    `wrote_on` is when they turned to us after they were given up.
    """

    paid_on: date | None = None
    paid: tuple[Money, ...] = ()
    notice_on: date | None = None
    signed_on: date | None = None
    talk_from: date | None = None
    objected_on: date | None = None
    ladder_used: bool = False
    losing_after: str | None = None
    wrote_on: date | None = None


class Suggestion(NamedTuple):
    """One suggestion: what to do with the case, and what that stands on.

    Accepted, the case goes to `stage`, or sleeps until `until`, or gets a follow-up today
    (`ask_sales`). `evidence` changes with the facts, so that newer ones raise it again.
    """

    hint: Hint
    evidence: str
    stage: Stage | None = None
    until: date | None = None
    since: date | None = None
    amounts: tuple[Money, ...] = ()
    attempts: int = 0
    let_go: LetGoReason | None = None

    @property
    def ask_sales(self) -> bool:
        """Whether to ask sales what became of a hand-over."""
        return self.hint is Hint.SALES_SILENT


def suggest(state: CaseState, facts: Facts, today: date, clocks: Cases) -> Suggestion | None:
    """Return what is suggested for a case, the most important first, or None."""
    for rule in _RULES:
        found = rule(state, facts, today, clocks)
        if found is not None:
            return found
    return None


def _objected(state: CaseState, facts: Facts, _: date, __: Cases) -> Suggestion | None:
    if not _open(state) or facts.objected_on is None:
        return None
    return Suggestion(
        Hint.OBJECTED,
        facts.objected_on.isoformat(),
        Stage.LET_GO,
        since=facts.objected_on,
        let_go=LetGoReason.OBJECTION,
    )


def _paid(state: CaseState, facts: Facts, _: date, clocks: Cases) -> Suggestion | None:
    """Suggest reactivated for a purchase within 90 days (default) of a contact."""
    contact = state.last_contact_on
    if not _open(state) or contact is None or facts.paid_on is None:
        return None
    if facts.paid_on > contact + timedelta(days=clocks.paid_within):
        return None
    return Suggestion(
        Hint.PAID,
        facts.paid_on.isoformat(),
        Stage.REACTIVATED,
        since=facts.paid_on,
        amounts=facts.paid,
    )


def _bought_again(state: CaseState, facts: Facts, _: date, __: Cases) -> Suggestion | None:
    """Suggest a new case where they bought after the old one was given up."""
    if state.stage not in (Stage.LOST, Stage.LET_GO) or facts.paid_on is None:
        return None
    return Suggestion(
        Hint.BOUGHT_AGAIN,
        facts.paid_on.isoformat(),
        Stage.OPEN,
        since=facts.paid_on,
        amounts=facts.paid,
    )


def _wrote_again(state: CaseState, facts: Facts, _: date, __: Cases) -> Suggestion | None:
    """Suggest a new case where they turned to us after the old one was given up."""
    if state.stage not in (Stage.LOST, Stage.LET_GO) or facts.wrote_on is None:
        return None
    return Suggestion(
        Hint.WROTE_AGAIN, facts.wrote_on.isoformat(), Stage.OPEN, since=facts.wrote_on
    )


def _sales_silent(state: CaseState, _: Facts, today: date, clocks: Cases) -> Suggestion | None:
    if state.stage is not Stage.HANDED_OVER or state.handed_on is None:
        return None
    planned = state.next_action_on
    if planned is not None and planned >= state.handed_on:
        return None
    if (today - state.handed_on).days < clocks.sales_silent:
        return None
    return Suggestion(Hint.SALES_SILENT, state.handed_on.isoformat(), since=state.handed_on)


def _bound(
    state: CaseState, facts: Facts, today: date, hint: Hint, on: date | None
) -> Suggestion | None:
    """Suggest sleep until the contract round where one is known, else lost."""
    if not _open(state) or on is None or state.snoozed_until is not None:
        return None
    if facts.talk_from is not None and facts.talk_from > today:
        return Suggestion(hint, on.isoformat(), until=facts.talk_from, since=on)
    return Suggestion(hint, on.isoformat(), Stage.LOST, since=on)


def _competitor(state: CaseState, facts: Facts, today: date, _: Cases) -> Suggestion | None:
    return _bound(state, facts, today, Hint.COMPETITOR, facts.signed_on)


def _notice(state: CaseState, facts: Facts, today: date, _: Cases) -> Suggestion | None:
    return _bound(state, facts, today, Hint.NOTICE, facts.notice_on)


def _stop(state: CaseState, facts: Facts, today: date, clocks: Cases) -> Suggestion | None:
    """Stop after long without a reaction, enough attempts in a row, or all of the ladder.

    And where nothing that is left on the ladder would pay for itself.
    """
    if not _open(state) or state.stage in (Stage.HANDED_OVER, Stage.ACCEPTED):
        return None
    reacted = max((day for day in (state.answered_on, state.opened_on) if day), default=None)
    why, evidence = None, ""
    if state.unanswered >= clocks.stop_attempts:
        why, evidence = LetGoReason.ATTEMPTS, f"attempts {state.unanswered}"
    elif facts.ladder_used:
        why, evidence = LetGoReason.LADDER, "ladder"
    elif facts.losing_after is not None:
        why, evidence = LetGoReason.NOT_WORTH_IT, f"net below 0 after {facts.losing_after or '-'}"
    elif state.attempts and reacted and (today - reacted).days >= clocks.stop_after:
        why, evidence = LetGoReason.NO_REACTION, reacted.isoformat()
    if why is None:
        return None
    return Suggestion(
        Hint.STOP,
        evidence,
        Stage.LET_GO,
        since=reacted,
        attempts=state.unanswered,
        let_go=why,
    )


_Rule = Callable[[CaseState, Facts, date, Cases], Suggestion | None]
_RULES: Final[tuple[_Rule, ...]] = (
    _objected, _paid, _bought_again, _wrote_again, _sales_silent, _competitor, _notice, _stop,
)  # fmt: skip


def _open(state: CaseState) -> bool:
    return state.stage is not None and not state.stage.closed


class WakeFacts(NamedTuple):
    """What may end a snooze: when each happened since it began, or when it is to come."""

    bought_on: date | None = None
    wrote_on: date | None = None
    contact_on: date | None = None
    consent_ends: date | None = None
    talk_from: date | None = None


class Woken(NamedTuple):
    """Why a snoozed customer is back before their date, and the day that it goes by."""

    cause: WakeCause
    on: date


def wakes(state: CaseState, facts: WakeFacts, today: date, clocks: Cases) -> Woken | None:
    """Return what has woken a snoozed case before its date, or None while it sleeps."""
    if state.snoozed_until is None or state.snoozed_until <= today:
        return None
    wanted = set(WakeCause) if state.wakes_on is None else set(state.wakes_on.split(","))
    ends = facts.consent_ends
    talk = facts.talk_from
    began = state.snoozed_on or date.min
    # What was about to end when they were put to sleep is no news.
    news = began + timedelta(days=clocks.consent_ends) if state.snoozed_on else date.min
    soon = ends is not None and news < ends <= today + timedelta(days=clocks.consent_ends)
    for cause, on in (
        (WakeCause.PURCHASE, facts.bought_on),
        (WakeCause.INBOUND, facts.wrote_on),
        (WakeCause.CONTACT, facts.contact_on),
        (WakeCause.CONTRACT, talk if talk is not None and began < talk <= today else None),
        (WakeCause.CONSENT, ends if soon else None),
    ):
        if on is not None and cause in wanted:
            return Woken(cause, on)
    return None
