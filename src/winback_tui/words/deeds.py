"""What deeds are called, and the sentences that confirm, list and take them back.

Dates are written by the `dates` that is handed in, such as `Formats.date`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from winback_tui.errors import shown_number
from winback_tui.model import EventKind, LeavingReason, Mood, Outcome, Stage
from winback_tui.words import cases, consent, leaving, offers

Dates = Callable[[date], str]
#: Where a channel stands, for whoever shows it beside the deeds.
consent_line = consent.consent_line

STAGES: Final = {
    Stage.OPEN: "open",
    Stage.CONTACTED: "contacted",
    Stage.RESPONDED: "responded",
    Stage.NURTURE: "nurture",
    Stage.WARM: "warm",
    Stage.HANDED_OVER: "handed over",
    Stage.ACCEPTED: "accepted by sales",
    Stage.RETURNED: "returned by sales",
    Stage.REACTIVATED: "reactivated",
    Stage.LOST: "lost",
    Stage.LET_GO: "let go",
}
OUTCOMES: Final = {
    Outcome.REACHED: "reached",
    Outcome.MESSAGE: "message left with someone",
    Outcome.VOICEMAIL: "voicemail",
    Outcome.NO_ANSWER: "no answer",
    Outcome.BUSY: "busy",
    Outcome.WRONG_NUMBER: "wrong number",
    Outcome.CONTACT_LEFT: "the contact has left the company",
    Outcome.CALLBACK: "call back",
    Outcome.NO_CONTACT: "wants no contact",
    Outcome.INBOUND: "they called us",
}
REASONS: Final = {
    LeavingReason.PRICE: "price",
    LeavingReason.SERVICE: "service",
    LeavingReason.PRODUCT: "product",
    LeavingReason.COMPETITOR: "competitor",
    LeavingReason.CONTACT_LEFT: "contact left",
    LeavingReason.NO_NEED: "no need",
    LeavingReason.NEGLECT: "neglect",
    LeavingReason.PAYMENT: "payment",
    LeavingReason.SEASONAL: "seasonal, a false alarm",
    LeavingReason.OTHER: "another reason",
    LeavingReason.UNKNOWN: "reason unknown",
}
MOODS: Final = {Mood.BAD: "bad mood", Mood.NEUTRAL: "neutral mood", Mood.GOOD: "good mood"}
EVENTS: Final = {
    EventKind.CALL: "call",
    EventKind.STAGE: "case",
    EventKind.SNOOZE: "snooze",
    EventKind.DONE: "done",
    EventKind.NOTE: "note",
    EventKind.HANDOVER: "hand-over",
    EventKind.OFFER: "offer",
    EventKind.OFFER_ANSWER: "answer",
    EventKind.MARGIN: "margin",
    EventKind.MAIL: "mail",
    EventKind.CONSENT: "consent",
    EventKind.PLAN: "plan",
    EventKind.SUGGESTION: "suggestion",
    EventKind.ALERT: "alert",
    EventKind.CONTACT: "contact",
    EventKind.CONTRACT: "contract",
    EventKind.EDIT: "edit",
    EventKind.ERASE: "erasure",
    EventKind.MERGE: "merge",
    EventKind.NO_DUPLICATE: "no duplicate",
    EventKind.IMPORT: "import",
    EventKind.IMPORT_UNDONE: "import taken back",
}


#: The fact of a case that was moved past a contact that nobody logged.
_UNLOGGED: Final = "unlogged"
_OFFERS: Final = frozenset(
    {EventKind.OFFER, EventKind.OFFER_ANSWER, EventKind.MARGIN, EventKind.MAIL}
)


def day_of(payload: Mapping[str, Any], at: str) -> date:
    """Return the day that a deed belongs to: the desk's date then, or else that of the instant."""
    if on := payload.get("on"):
        return date.fromisoformat(on)
    return datetime.fromisoformat(at).astimezone().date()


def stage_title(stage: Stage | None) -> str:
    """Return what a stage is called; None is "no case"."""
    return "no case" if stage is None else STAGES[stage]


def event_line(kind: EventKind, payload: Mapping[str, Any], dates: Dates = date.isoformat) -> str:
    """Return an event of the timeline as one line: "call, voicemail, “back on Monday”"."""
    return ", ".join((EVENTS[kind], *_details(kind, payload, dates)))


def deed_mark(kind: EventKind, payload: Mapping[str, Any], dates: Dates = date.isoformat) -> str:
    """Return a deed in a word or two, for the row it was done on: of a call its outcome."""
    say = payload.get
    if kind is EventKind.OFFER:
        return f"offered {say('title') or say('rung') or ''}".strip()
    if outcome := say("outcome"):
        return _title(OUTCOMES, Outcome, outcome)
    marks = {
        EventKind.STAGE: _title(STAGES, Stage, say("stage", "")),
        EventKind.SNOOZE: f"until {_day(say('until'), dates)}",
        EventKind.DONE: "done today",
        EventKind.HANDOVER: f"to {say('to', 'sales')}",
        EventKind.MAIL: "mail drafted",
        EventKind.ERASE: f"erased on {_day(say('due'), dates)}",
    }
    return marks.get(kind, EVENTS[kind])


def _details(kind: EventKind, payload: Mapping[str, Any], dates: Dates) -> list[str]:
    say = payload.get
    pair = kind in {EventKind.MERGE, EventKind.NO_DUPLICATE}
    parts = [f"{say('number', '')} {say('name') or ''}".strip()] if pair else []
    if outcome := say("outcome"):
        parts.append(_title(OUTCOMES, Outcome, outcome))
    if stage := say("stage"):
        parts.append(_title(STAGES, Stage, stage) + _unlogged(say))
    if kind is EventKind.HANDOVER and say("to"):
        parts.append(f"to {say('to')}")
    if kind in _OFFERS:
        parts += offers.details(kind, payload)
    if kind is EventKind.CONSENT:
        parts += consent.details(payload)
    if until := _day(say("until"), dates):
        parts.append(f"until {until}")
    if mood := say("mood"):
        parts.append(_title(MOODS, Mood, mood))
    parts += [*_reasons(payload), *cases.details(kind, payload)]
    if follow_up := _day(say("follow_up"), dates):
        action = f": {say('next_action')}" if say("next_action") else ""
        at = f" {say('at')}" if say("at") and str(say("at")) not in action else ""
        parts.append(f"follow-up {follow_up}{at}{action}")
    if name := say("file") or say("file_name"):
        parts.append(str(name))
    if why := say("why"):
        parts.append(f"“{_one_line(why)}”")
    if note := say("note"):
        parts.append(f"“{_one_line(note)}”")
    if justify := say("justify"):
        verb = "called " if kind is EventKind.CALL else ""
        parts.append(f"{verb}because “{_one_line(justify)}”")
    return parts


def confirmation(
    kind: EventKind,
    payload: Mapping[str, Any],
    names: Sequence[str],
    count: int,
    dates: Dates = date.isoformat,
) -> str:
    """Return the sentence after a deed, such as "Called Nordwind (4711): no answer".

    `names` are those of the first of the `count` customers; the sentence has no full stop.
    """
    who = people(names, count)
    say = payload.get
    if say("erased"):
        return f"{EVENTS[kind].capitalize()} with {who}"
    if kind is EventKind.CALL:
        outcome = _title(OUTCOMES, Outcome, say("outcome", ""))
        follow_up = _day(say("follow_up"), dates)
        at = f" {say('at')}" if say("at") else ""
        if wrong := say("wrong_number"):
            outcome += f", {wrong} is called no more"
        return f"Called {who}: {outcome}" + (f", follow-up {follow_up}{at}" if follow_up else "")
    if kind in _OFFERS:
        return offers.confirmation(kind, payload, who)
    if kind is EventKind.CONSENT:
        return consent.confirmation(payload, who)
    if kind in cases.KINDS:
        return cases.confirmation(kind, payload, who, dates)
    stage = _title(STAGES, Stage, say("stage", "")) + _unlogged(say)
    sentences = {
        EventKind.STAGE: f"Moved {who} to {stage}",
        EventKind.SNOOZE: f"Snoozed {who} until {_day(say('until'), dates)}",
        EventKind.DONE: f"Done with {who} for today",
        EventKind.NOTE: f"Wrote a note on {who}",
        EventKind.HANDOVER: f"Handed {who} to {say('to', 'sales')}",
        EventKind.ERASE: f"Set {who} to be erased on {_day(say('due'), dates)}",
        EventKind.MERGE: f"Merged {say('number', '')} into {who}",
        EventKind.NO_DUPLICATE: f"Said that {who} and {say('number', '')} are two",
        EventKind.IMPORT: f"Imported {say('file') or say('file_name') or 'a file'}",
        EventKind.IMPORT_UNDONE: "Took an import back",
    }
    return sentences[kind]


def _unlogged(say: Callable[[str], Any]) -> str:
    """Return the remark on a case that was moved past a contact that nobody logged."""
    return " (no contact is logged)" if say(_UNLOGGED) else ""


def _again(
    kind: EventKind, payload: Mapping[str, Any], names: Sequence[str], count: int, dates: Dates
) -> str:
    """Return a deed as the middle of a sentence names it, without remarks on how it was done."""
    return _small(confirmation(kind, {**payload, _UNLOGGED: None}, names, count, dates))


def people(names: Sequence[str], count: int) -> str:
    """Return who a deed concerned: "Nordwind", "Nordwind and Sommer", "Nordwind and 11 more"."""
    if not names:
        return f"{shown_number(count)} customers"
    if count > 2 or count > len(names):
        return f"{names[0]} and {shown_number(count - 1)} more"
    return " and ".join(names)


def undone_sentence(
    kind: EventKind,
    payload: Mapping[str, Any],
    names: Sequence[str],
    count: int,
    *,
    recall: bool,
    dates: Dates = date.isoformat,
) -> str:
    """Return the sentence after an undo; what left the machine stays where it went."""
    sentence = f"Undone: {_again(kind, payload, names, count, dates)}."
    if not recall:
        sentence += " What was handed out is recorded and cannot be recalled."
    return sentence


def kept_sentence(addresses: Sequence[str]) -> str:
    """Return the sentence on addresses that an undo left in the book, for the ledger's sake."""
    stay = "it stays" if len(addresses) == 1 else "they stay"
    named = " and ".join(_one_line(each) for each in addresses)
    return f"The consent ledger speaks of {named}, so {stay} in the book, ended."


def left_out_sentence(
    kind: EventKind,
    payload: Mapping[str, Any],
    names: Sequence[str],
    count: int,
    *,
    why: str,
    dates: Dates = date.isoformat,
) -> str:
    """Return the sentence on a deed that undo passed over: which one, and why."""
    deed = _again(kind, payload, names, count, dates)
    return f"Not undone: {deed}. {why}"


def fewer_sentence(undone: int, wanted: int) -> str:
    """Return that there were fewer deeds to undo than `wanted`."""
    there = "was only 1 deed" if undone == 1 else f"were only {undone} deeds"
    return f"There {there} of yours that could be undone, not {wanted}."


def nothing_to_undo(actor: str, batch: int | None = None) -> str:
    """Return that `actor` has nothing to undo; `batch` is the import they did last."""
    sentence = f"There is nothing to undo for {actor}"
    if batch is None:
        return f"{sentence}."
    return f"{sentence}; “winback import undo {batch}” takes the last import back."


def redone_sentence(
    kind: EventKind,
    payload: Mapping[str, Any],
    names: Sequence[str],
    count: int,
    dates: Dates = date.isoformat,
) -> str:
    """Return the sentence after a redo."""
    return f"Done again: {_again(kind, payload, names, count, dates)}."


def missing_sentence(kind: EventKind, files: Sequence[str]) -> str:
    """Return that files which a deed had written are gone, and that a redo writes none again."""
    what, again = (
        ("packet", "undo, and hand over anew")
        if kind is EventKind.HANDOVER
        else ("draft", "draft it again")
    )
    if len(files) == 1:
        return f"Its {what} lies there no more, and is not written again; {again}, for a new one."
    return f"Its {what}s lie there no more, and are not written again; {again}, for new ones."


def missing_files(files: Sequence[str]) -> str:
    """Return which files lie no more where they were written."""
    return f"Missing: {', '.join(map(_one_line, files))}"


def history_line(
    kind: EventKind,
    payload: Mapping[str, Any],
    names: Sequence[str],
    count: int,
    *,
    undone: bool,
    dates: Dates = date.isoformat,
) -> str:
    """Return one deed of the history, marked where it is taken back."""
    line = confirmation(kind, {**payload, _UNLOGGED: None}, names, count, dates)
    if note := payload.get("note") or payload.get("why"):
        line += f", “{_one_line(note)}”"
    return f"{line} (undone)" if undone else line


def _title(titles: Mapping[Any, str], kind: Callable[[str], Any], value: str) -> str:
    """Return the title of a stored value; one from a newer version is shown as it is."""
    try:
        return titles[kind(value)]
    except ValueError:
        return value


def _reasons(payload: Mapping[str, Any]) -> list[str]:
    """Return why they leave as they state it, and as we see it."""
    say = payload.get
    parts = []
    if reason := say("reason"):
        parts.append(_title(REASONS, LeavingReason, reason) + _detail(say("detail")))
    if assessed := say("assessed"):
        title = _title(REASONS, LeavingReason, assessed) + _detail(say("assessed_detail"))
        parts.append(f"we think: {title}")
    return parts


def _detail(code: str | None) -> str:
    return f" ({leaving.detail(code)})" if code else ""


def _day(text: str | None, dates: Dates) -> str:
    return dates(date.fromisoformat(text)) if text else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def still_to_write(deeds: int) -> str:
    """Return the sentence on deeds that wait for another program when the user leaves."""
    told = "1 deed is" if deeds == 1 else f"{deeds} deeds are"
    return f"{told} still to be written; the program ends as soon as that is done."


def not_written(deeds: int) -> str:
    """Return the sentence on deeds that were waiting when the program was interrupted."""
    told = "1 deed was" if deeds == 1 else f"{deeds} deeds were"
    return f"{told} not written: another program held the book until winback was interrupted."
