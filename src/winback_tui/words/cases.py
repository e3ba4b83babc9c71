"""What happens around a case in words: plans, suggestions, contacts, contracts, edits."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from winback_tui.model import EventKind, LetGoReason
from winback_tui.words import leaving

#: The kinds of deeds that this module speaks for.
KINDS: Final = frozenset({
    EventKind.PLAN, EventKind.SUGGESTION, EventKind.ALERT, EventKind.CONTACT, EventKind.CONTRACT,
    EventKind.EDIT,
})  # fmt: skip
_CONTACT: Final = {
    "added": "added",
    "edited": "changed",
    "verified": "checked",
    "left": "has left",
}
_FIELDS: Final = {
    "party_kind": "kind", "vat_id": "VAT id", "zip": "postcode",
}  # fmt: skip
#: What a suggestion is called where there is room for a word or two.
SUGGESTIONS: Final = {
    "paid": "reactivated?",
    "stop": "let go?",
    "objected": "let go?",
    "competitor": "lost?",
    "notice": "notice given",
    "bought_again": "bought again",
    "wrote_again": "turned to us",
    "sales_silent": "ask sales",
}
#: Who answered, and is gone since, where there is room for a word or two.
ADRIFT: Final = "no date"
Dates = Callable[[date], str]


def details(kind: EventKind, payload: Mapping[str, Any]) -> list[str]:
    """Return what a deed of this module says beside its kind; any deed's let-go reason as well."""
    say = payload.get
    parts: list[str] = []
    if let_go := say("let_go"):
        parts.append(let_go_title(let_go))
    if kind is EventKind.SUGGESTION:
        parts.append(f"“{SUGGESTIONS.get(say('suggestion', ''), say('suggestion', ''))}” dismissed")
    if kind is EventKind.ALERT:
        from winback_tui.words import alerts

        parts.append(f"“{alerts.title(say('rule', ''))}” {say('mark', '')}")
    if kind is EventKind.CONTACT:
        parts.append(f"{say('name') or 'the house'} {_CONTACT.get(say('did', ''), '')}".strip())
        if point := say("point"):
            parts.append(str(point))
        if successor := say("successor"):
            parts.append(f"successor {successor}")
    if kind is EventKind.CONTRACT:
        parts.append(f"{say('title') or 'contract'} {say('did', '')}".strip())
    if kind is EventKind.EDIT:
        parts += [f"{field(name)}: {value or '–'}" for name, value in say("fields", {}).items()]
    return parts


def confirmation(kind: EventKind, payload: Mapping[str, Any], who: str, dates: Dates) -> str:
    """Return the sentence after a deed of this module, without a full stop."""
    say = payload.get
    if kind is EventKind.PLAN:
        at = f" {say('at')}" if say("at") else ""
        action = f": {say('next_action')}" if say("next_action") else ""
        return f"Planned for {who} on {_day(say('follow_up'), dates)}{at}{action}"
    if kind is EventKind.SUGGESTION:
        return f"Dismissed a suggestion on {who}"
    if kind is EventKind.ALERT:
        done = "Dismissed" if say("mark") == "dismissed" else "Noted"
        return f"{done} an alert on {who}"
    if kind is EventKind.CONTACT:
        did, name = say("did", ""), say("name") or "the house"
        sentences = {
            "added": f"Added {name} at {who}",
            "edited": f"Changed {name} at {who}",
            "verified": f"Checked {name} at {who}",
            "left": f"Noted that {name} has left {who}",
        }
        return sentences.get(did, f"Changed the contacts of {who}")
    if kind is EventKind.CONTRACT:
        did = {"added": "Entered", "edited": "Changed", "removed": "Removed"}
        return f"{did.get(say('did', ''), 'Changed')} a contract of {who}"
    return f"Changed {', '.join(map(field, say('fields', {}))) or 'a field'} of {who}"


def adrift(answered_on: str) -> str:
    """Return why somebody without a date is among the follow-ups."""
    return f"answered on {answered_on} and is gone since; plan a date, or let them go"


def field(name: str) -> str:
    """Return what a field of a customer is called."""
    return _FIELDS.get(name, name)


def let_go_title(code: str) -> str:
    """Return what a reason for letting go is called; a newer version's is shown as it is."""
    try:
        return leaving.LET_GO[LetGoReason(code)]
    except ValueError:
        return code


def _day(text: str | None, dates: Dates) -> str:
    return dates(date.fromisoformat(text)) if text else ""
