"""What a manager does to customers: each deed one transaction, one action, one undo.

All take the desk and the ids of one or more customers. A deed that some of them refuse is done for
the others, and `Action.skipped` says who was left as they were and why; it raises BadInputError,
and changes nothing, only where all refuse.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from winback_tui.book import cases, consents, ledger, listing
from winback_tui.desk import gate, worked
from winback_tui.desk.action import Action, More, clean, perform
from winback_tui.desk.handover import HandedOver, hand_over
from winback_tui.desk.session import Desk
from winback_tui.desk.wrong_number import WrongNumber
from winback_tui.errors import BadInputError
from winback_tui.model import (
    Channel,
    EventKind,
    LeavingReason,
    LetGoReason,
    Mood,
    Outcome,
    Stage,
    WakeCause,
)
from winback_tui.rules import cases as rules

__all__ = [
    "Action",
    "Call",
    "HandedOver",
    "add_note",
    "hand_over",
    "log_call",
    "mark_done",
    "move_case",
    "plan",
    "reactivate",
    "snooze",
]


class Call(NamedTuple):
    """A call as it is logged; `justify` is the reason for calling against a consent warning.

    `reason` and `detail` are why they drift away as they state it, `assessed` and its detail as we
    see it; `at` is the time of day of the follow-up, such as "14:30". `consent` are the channels
    on which they said that we may contact them; `number` is the one that was called, where it turns
    out to be wrong and the customer has several.
    """

    outcome: Outcome
    note: str = ""
    reason: LeavingReason | None = None
    mood: Mood | None = None
    follow_up: date | None = None
    next_action: str | None = None
    justify: str = ""
    at: str | None = None
    detail: str = ""
    assessed: LeavingReason | None = None
    assessed_detail: str = ""
    consent: tuple[Channel, ...] = ()
    number: str = ""


#: Kept whatever consent says: they called, or want no contact.
_KEPT: Final = frozenset({Outcome.INBOUND, Outcome.NO_CONTACT})
#: We spoke with nobody who was called, so no consent was used.
_UNHEARD: Final = frozenset(
    {Outcome.NO_ANSWER, Outcome.BUSY, Outcome.WRONG_NUMBER, Outcome.INBOUND}
)
#: Nobody spoke, so nobody can have allowed anything.
_SILENT: Final = frozenset(
    {Outcome.VOICEMAIL, Outcome.NO_ANSWER, Outcome.BUSY, Outcome.WRONG_NUMBER}
)

#: The stages at which a case is nobody's work of today by itself.
_AWAY: Final = frozenset(
    {Stage.HANDED_OVER, Stage.ACCEPTED, Stage.REACTIVATED, Stage.LOST, Stage.LET_GO}
)
#: The stages of those whom somebody has contacted.
_HEARD: Final = frozenset({Stage.CONTACTED, Stage.RESPONDED, Stage.NURTURE, Stage.WARM})


def log_call(desk: Desk, customers: Sequence[int], call: Call) -> Action:
    """Log a call with these customers.

    A call of ours goes through the gate: whom consent does not allow to be called is left out, and
    so is who may be called with a reason only where `justify` gives none. A call of theirs, and a
    wish not to be contacted, are kept in any case. The reason given is kept as a basis, whoever
    answers. The outcome NO_CONTACT also writes an objection
    on every channel, WRONG_NUMBER that the number reaches them no more, and `consent` what they
    allowed on the phone, in the same transaction.
    """
    today, outcome = desk.as_of, call.outcome
    _check(call)
    passage = gate.Passage(desk, Channel.PHONE, source="call", reason=call.justify)
    wrong = WrongNumber(desk, call.number) if outcome is Outcome.WRONG_NUMBER else None

    def refuse(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, str]:
        if outcome in _KEPT:
            return passage.look(connection, ids)
        named = wrong.refuse(ids) if wrong is not None else {}
        return {**named, **passage.refuse(connection, ids)}

    def more(_: sqlite3.Connection, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        if outcome in _KEPT:
            return {}
        found = {each: wrong.of(each) if wrong is not None else "" for each in ids}
        return {each: {**passage.facts(each), **_facts(wrong_number=found[each])} for each in ids}

    def ledger_rows(connection: sqlite3.Connection, customer: int, event: int) -> None:
        if outcome not in _UNHEARD and passage.may(customer):
            passage.write(connection, customer, event)
        elif outcome not in _KEPT and passage.may(customer):
            # Nobody answered, and why they may be called holds all the same.
            passage.claim(connection, customer, event)
        if wrong is not None:
            wrong.write(connection, customer, event)
        at, precision = gate.moment(desk)
        note = clean(call.note) or None
        if outcome is Outcome.NO_CONTACT:
            ledger.append_many(
                connection,
                consents.objections(
                    customer,
                    at=at,
                    precision=precision,
                    source="call",
                    actor=desk.actor,
                    note=note,
                    event=event,
                ),
            )
        for channel in call.consent:
            entry = ledger.Entry(
                customer, channel.value, "granted", at, "call", desk.actor, basis="consent"
            )
            ledger.append(connection, entry._replace(precision=precision, note=note, cause=event))

    return perform(
        desk,
        customers,
        EventKind.CALL,
        lambda state: rules.after_call(
            state,
            call.outcome,
            today,
            follow_up=call.follow_up,
            next_action=clean(call.next_action or "") or None,
            at=call.at,
            reason=call.reason,
            assessed=call.assessed,
            aftercare=desk.config.cases.aftercare,
        ),
        _facts(
            outcome=call.outcome.value,
            note=clean(call.note),
            reason=call.reason and call.reason.value,
            detail=call.detail,
            assessed=call.assessed and call.assessed.value,
            assessed_detail=call.assessed_detail,
            mood=call.mood and call.mood.value,
            follow_up=call.follow_up and call.follow_up.isoformat(),
            at=call.at,
            next_action=clean(call.next_action or ""),
            consent=", ".join(call.consent),
        ),
        more=more,
        also=ledger_rows,
        refuse=refuse,
    )


def _check(call: Call) -> None:
    """Raise BadInputError where what is said of a call cannot all be so."""
    if call.number.strip() and call.outcome is not Outcome.WRONG_NUMBER:
        raise BadInputError("A number is named only where it turned out to be wrong; leave it out.")
    if call.consent and call.outcome is Outcome.NO_CONTACT:
        raise BadInputError("Somebody who wants no contact gives no consent; log one of the two.")
    if call.consent and call.outcome in _SILENT:
        raise BadInputError("Where nobody was spoken to, nobody gave a consent; leave it out.")


def move_case(
    desk: Desk,
    customers: Sequence[int],
    stage: Stage,
    why: str = "",
    reason: LeavingReason | None = None,
    *,
    let_go: LetGoReason | None = None,
    because: Mapping[str, Any] | None = None,
) -> Action:
    """Move the cases of these customers to `stage`; who has no open case gets a new one first.

    A reactivation keeps what was at risk when the customer came back, and giving up what was known
    of them then; giving back needs `why`, what sales says; `let_go` says why somebody is let go.
    `because` are facts for the log, such as the suggestion that is accepted.
    """
    if let_go is not None and stage is not Stage.LET_GO:
        raise BadInputError("A reason for letting go belongs to the stage let-go alone.")
    if stage is Stage.RETURNED and not clean(why):
        raise BadInputError("Say why sales gives it back; the next attempt starts from that.")
    return perform(
        desk,
        customers,
        EventKind.STAGE,
        lambda state: rules.after_stage(
            state, stage, desk.as_of, reason, aftercare=desk.config.cases.aftercare
        ),
        _facts(
            stage=stage.value,
            why=clean(why),
            reason=reason and reason.value,
            let_go=let_go and let_go.value,
            **(because or {}),
        ),
        more=_more(desk, stage),
    )


def _more(desk: Desk, stage: Stage) -> More | None:
    if stage is Stage.REACTIVATED:
        return _at_risk
    if stage in (Stage.LOST, Stage.LET_GO):
        return _known(desk)
    return _unheard if stage in _HEARD else None


def _known(desk: Desk) -> More:
    """Return what tells what the book knows now of customers, as facts of an event."""
    from winback_tui.book import suggestions

    def known(
        connection: sqlite3.Connection, customers: Sequence[int]
    ) -> dict[int, dict[str, Any]]:
        found = suggestions.latest(connection, customers, desk.as_of)
        return {customer: {"known": days} for customer, days in found.items()}

    return known


def _unheard(connection: sqlite3.Connection, customers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return who is moved past a contact that nobody logged, as facts of an event."""
    states = cases.load_many(connection, customers)
    return {
        each: {"unlogged": True}
        for each in customers
        if (state := states.get(each)) is None
        or state.stage is None
        or state.stage.closed
        or (state.stage is Stage.OPEN and not (state.attempts or state.last_contact_on))
    }


def _at_risk(connection: sqlite3.Connection, customers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the value at risk (minor units) of those who have a score, as facts of an event."""
    return {
        customer: {"value_at_risk": record.value_at_risk, "currency": record.currency}
        for customer, record in listing.records(connection, customers).items()
    }


def reactivate(
    desk: Desk, customers: Sequence[int], why: str = "", reason: LeavingReason | None = None
) -> Action:
    """Close the cases of these customers as won back."""
    return move_case(desk, customers, Stage.REACTIVATED, why, reason)


def snooze(
    desk: Desk,
    customers: Sequence[int],
    until: date,
    wakes_on: Sequence[WakeCause] | None = None,
    *,
    because: Mapping[str, Any] | None = None,
) -> Action:
    """Put these customers to sleep until the day `until`, which must lie after today.

    `wakes_on` is what may wake them before (None: anything, empty: the date alone). What the book
    knows of them is kept: a purchase of last week that is imported tomorrow wakes them.
    """
    causes = None if wakes_on is None else ",".join(dict.fromkeys(wakes_on))
    return perform(
        desk,
        customers,
        EventKind.SNOOZE,
        lambda state: rules.after_snooze(state, until, desk.as_of, causes),
        {
            "until": until.isoformat(),
            **({} if causes is None else {"wakes_on": causes}),
            **(because or {}),
        },
        more=_known(desk),
    )


def plan(
    desk: Desk,
    customers: Sequence[int],
    on: date,
    action: str = "",
    *,
    at: str | None = None,
    because: Mapping[str, Any] | None = None,
) -> Action:
    """Plan a follow-up with these customers on the day `on`, at the time of day `at`."""
    step = clean(action)
    return perform(
        desk,
        customers,
        EventKind.PLAN,
        lambda state: rules.after_plan(state, on, desk.as_of, step or None, at),
        _facts(follow_up=on.isoformat(), at=at, next_action=step, **(because or {})),
    )


def mark_done(desk: Desk, customers: Sequence[int]) -> Action:
    """Take these customers off today's list.

    Whose case is closed or with sales is on it only where something is to be done about them today.
    """

    def refuse(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, str]:
        states = cases.load_many(connection, ids)
        away = {each: stage for each in ids if (stage := states[each].stage) and stage in _AWAY}
        waiting = worked.work(desk, whole=True).waiting if away else {}
        return {
            each: f"Nothing is to be done today, for the case is {stage.value.replace('_', ' ')}."
            for each, stage in away.items()
            if waiting.get(each, date.max) > desk.as_of and states[each].done_on != desk.as_of
        }

    return perform(
        desk,
        customers,
        EventKind.DONE,
        lambda state: rules.after_done(state, desk.as_of, desk.config.cases.aftercare),
        {},
        refuse=refuse,
    )


def add_note(desk: Desk, customers: Sequence[int], text: str) -> Action:
    """Write a note on these customers; an empty one is refused."""
    note = clean(text)
    if not note:
        raise BadInputError("The note is empty; write what to remember.")
    return perform(desk, customers, EventKind.NOTE, lambda state: state, {"note": note})


def _facts(**facts: Any) -> dict[str, Any]:
    """Return what is worth keeping in an event: everything that was said."""
    return {name: value for name, value in facts.items() if value not in (None, "")}
