"""One customer in full: as JSON, as text, as Markdown."""

from datetime import date
from typing import Any

from winback_tui.book.dossier import Contact, OrderEntry, SignalEntry
from winback_tui.book.events import facts_of
from winback_tui.cli import rows
from winback_tui.cli.printing import iso, printable
from winback_tui.desk.dossier import Dossier
from winback_tui.desk.session import Desk
from winback_tui.model import CaseState, Channel
from winback_tui.words import consent, outlook, reasons
from winback_tui.words.contacts import checked
from winback_tui.words.customers import CHANNELS, LIFECYCLES, PARTY_KINDS, count, customer_name
from winback_tui.words.deeds import REASONS, day_of, event_line, stage_title
from winback_tui.words.format import Formats
from winback_tui.words.offers import state_line
from winback_tui.words.suggestions import suggestion_line, woken_line

#: So many lines of the timeline do text and Markdown show.
SHOWN = 30


def record(found: Dossier, hints: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the dossier as JSON has it: all of `list`, and what only `show` knows."""
    return {
        **rows.record(found.row, found.revenues),
        "party_kind": found.row.record.party_kind.value,
        "segment": found.row.record.segment,
        "industry": found.row.record.industry,
        "owner": found.row.record.owner,
        "rfm": found.row.record.rfm,
        "first_purchase": iso(found.first_purchase),
        "next_purchase_due": iso(found.due),
        "address": {
            "street": found.address.street,
            "zip": found.address.zip,
            "city": found.address.city,
            "country": found.address.country,
            "vat_id": found.address.vat_id,
        },
        "contacts": [contact_record(each) for each in found.contacts],
        "consent_reasons": {
            channel.value: {
                "why": each.why.value,
                "until": iso(each.until),
                "since": iso(each.since),
            }
            for channel, each in found.row.contactable.items()
        },
        "case": _case(found),
        "around": [f"{label}: {said}" for label, said in found.around],
        "hints": list(hints),
        "months": [
            {"month": start.isoformat()[:7], "revenue": amount}
            for start, amount in zip(found.month_starts, found.months, strict=True)
        ],
        "timeline": [_entry(each) for each in found.timeline],
    }


def text(
    found: Dossier,
    formats: Formats,
    *,
    markdown: bool = False,
    moved: str = "",
    hints: tuple[str, ...] = (),
) -> str:
    """Return the dossier to be read, as plain text or as Markdown.

    `moved` is the sentence on what moved the score since the run before.
    """
    stored = found.row.record
    name = _safe(customer_name(stored.number, stored.name), markdown)
    title = f"{name} ({_safe(stored.number, markdown)})" if stored.name.strip() else name
    parts = [
        ("", [_who(found, formats, markdown)]),
        ("Why", [*_why(found, formats, markdown), *([moved] if moved else [])]),
        ("May I contact?", _consent(found, formats)),
        ("Case", _case_lines(found, formats, markdown)),
        ("What else they might buy", [_safe(each, markdown) for each in hints]),
        ("People", [_person(each, formats, markdown) for each in found.contacts]),
        ("Timeline", _timeline(found, formats, markdown)),
    ]
    lines = [f"# {title}" if markdown else title]
    for heading, body in parts:
        if not body:
            continue
        if heading:
            lines += ["", f"## {heading}" if markdown else heading.upper()]
        lines += ["", *body] if markdown and not heading else _listed(body, heading, markdown)
    return "\n".join(lines) + "\n"


def _listed(body: list[str], heading: str, markdown: bool) -> list[str]:
    if not heading:
        return body
    return ["", *(f"- {line}" for line in body)] if markdown else [f"  {line}" for line in body]


def _who(found: Dossier, formats: Formats, markdown: bool) -> str:
    stored, address = found.row.record, found.address
    place = " ".join(each for each in (address.zip, address.city) if each)
    facts = [
        place,
        address.country or "",
        "" if stored.party_kind.value == "unknown" else PARTY_KINDS[stored.party_kind],
        stored.segment or "",
        f"owner {stored.owner}" if stored.owner else "",
        f"customer since {found.first_purchase.year}" if found.first_purchase else "",
        LIFECYCLES[stored.lifecycle],
        f"RFM {stored.rfm}",
        " and ".join(
            formats.money(amount, currency)
            for currency, amount in {stored.currency: 0, **found.revenues}.items()
        )
        + " in 12 months",
        f"{formats.money(stored.value_at_risk, stored.currency)} at risk",
    ]
    return _safe(" · ".join(each for each in facts if each), markdown)


def _why(found: Dossier, formats: Formats, markdown: bool) -> list[str]:
    row = found.row
    parts = reasons.reasons(row.record, row.silence_days, formats)
    points = reasons.whole_points(parts, row.record.score)
    lines = [
        f"Score {formats.number(row.record.score)}: "
        + reasons.headline(row.record, row.silence_days, formats),
        *(
            f"**{formats.signed(n)}** {part.text}"
            if markdown
            else f"{formats.signed(n):>4}  {part.text}"
            for n, part in zip(points, parts, strict=True)
        ),
        reasons.chance(row.record, formats),
    ]
    if found.due is not None:
        lines.append(f"The next order by the usual gap: {formats.date(found.due)}.")
    lines.append(_ahead(found, formats))
    if len(found.scores) > 1:
        told = (f"{formats.date(day)} {formats.number(points)}" for day, points in found.scores)
        lines.append(f"Scores so far: {', '.join(told)}.")
    return lines


def _ahead(found: Dossier, formats: Formats) -> str:
    """Return when the next order is to be expected, what it will bring, and what is at risk."""
    stored, silent = found.row.record, found.row.silence_days
    told = outlook.next_purchase(stored, silent, formats)
    return f"{told} {outlook.worth(stored, silent, formats)}".strip()


def _consent(found: Dossier, formats: Formats) -> list[str]:
    lines = []
    for channel, each in found.row.contactable.items():
        lines.append(f"{CHANNELS[channel]}: {consent.consent_line(each, formats)}")
    return lines


def _case_lines(found: Dossier, formats: Formats, markdown: bool) -> list[str]:
    case = found.row.case
    if case.stage is None:
        return ["no case", *(_safe(f"{label}: {said}", markdown) for label, said in found.around)]
    tries = count(formats.number(case.attempts), case.attempts, "try", "tries")

    def dated(label: str, day: date | None) -> str:
        return f"{label} {formats.date(day)}" if day else ""

    facts = [
        stage_title(case.stage),
        dated("opened", case.opened_on),
        dated("closed", case.closed_on),
        tries if case.attempts else "",
        dated("last contact", case.last_contact_on),
        dated("snoozed until", case.snoozed_until),
        _next(case, dated("next action", case.next_action_on)),
        f"handed to {case.handed_to}" if case.handed_to else "",
        f"they say: {REASONS[case.reason]}" if case.reason else "",
        f"we think: {REASONS[case.assessed]}" if case.assessed else "",
    ]
    lines = [" · ".join(each for each in facts if each)]
    lines += [f"{label}: {said}" for label, said in found.around]
    if (offer := found.row.offer) is not None:
        shown = state_line(offer.title, offer.result or None, offer.made_on, formats.date)
        lines.append(f"offer: {shown}")
    if found.row.woken is not None:
        lines.append(f"woken: {woken_line(found.row.woken.cause, found.row.woken.on, formats)}")
    if found.row.suggestion is not None:
        lines.append(f"suggested: {suggestion_line(found.row.suggestion, formats)}")
    return [_safe(each, markdown) for each in lines]


def _next(case: CaseState, day: str) -> str:
    """Return what is to be done next, after its day where there is one."""
    at = f" {case.next_action_at}" if day and case.next_action_at else ""
    if not case.next_action:
        return f"{day}{at}"
    return f"{day or 'next action'}{at}: {case.next_action}"


def person_line(contact: Contact, formats: Formats, desk: Desk) -> str:
    """Return a contact in one line, with a warning where it was not checked for long."""
    line = _person(contact, formats, markdown=False)
    if contact.name and contact.ended_on is None:
        said, stale = checked(contact.verified_on, desk.as_of, desk.config.cases.checked_months)
        line += f" ({said}: check again)" if stale else ""
    return line


def _person(contact: Contact, formats: Formats, markdown: bool) -> str:
    who = contact.name or "the house"
    facts = [
        contact.role or "",
        f"left {formats.date(contact.ended_on)}" if contact.ended_on else "",
        f"checked {formats.date(contact.verified_on)}" if contact.verified_on else "",
        *(f"{CHANNELS[each.channel]} {each.value}" for each in contact.points if not each.ended_on),
    ]
    return _safe(", ".join([who, *(each for each in facts if each)]), markdown)


def _timeline(found: Dossier, formats: Formats, markdown: bool) -> list[str]:
    lines = [_safe(_entry_line(each, formats), markdown) for each in found.timeline[:SHOWN]]
    if more := len(found.timeline) - len(lines):
        lines.append(f"… and {formats.number(more)} more; see --format json.")
    return lines


def _entry_line(entry: Any, formats: Formats) -> str:
    if isinstance(entry, OrderEntry):
        kind = "order" if entry.amount >= 0 else "refund"
        lines = count(formats.number(entry.lines), entry.lines, "line")
        document = f" {entry.document}" if entry.document else ""
        money = formats.money(entry.amount, entry.currency)
        return f"{formats.date(entry.day)}: {kind}{document}, {money}, {lines}"
    if isinstance(entry, SignalEntry):
        told = reasons.signal_line(entry.kind, entry.value, entry.note)
        return f"{formats.date(entry.day)}: {told}"
    undone = " (taken back)" if entry.undone else ""
    day = day_of(entry.payload, entry.at)
    deed = event_line(entry.kind, entry.payload, formats.date)
    return f"{formats.date(day)}: {deed}, {entry.actor}{undone}"


def _entry(entry: Any) -> dict[str, Any]:
    if isinstance(entry, OrderEntry):
        return {
            "type": "order",
            "day": entry.day.isoformat(),
            "document": entry.document,
            "amount": entry.amount,
            "currency": entry.currency,
            "lines": entry.lines,
        }
    if isinstance(entry, SignalEntry):
        return {
            "type": "signal",
            "day": entry.day.isoformat(),
            "kind": entry.kind,
            "value": entry.value,
            "text": entry.note,
        }
    return {
        "type": "event",
        "at": entry.at,
        "day": day_of(entry.payload, entry.at).isoformat(),
        "kind": entry.kind.value,
        "actor": entry.actor,
        "facts": facts_of(entry.payload),
        "undone": entry.undone,
    }


def contact_record(contact: Contact) -> dict[str, Any]:
    """Return a contact as JSON has it."""
    return {
        "name": contact.name,
        "role": contact.role,
        "verified_on": iso(contact.verified_on),
        "ended_on": iso(contact.ended_on),
        "points": [
            {
                "channel": Channel(each.channel).value,
                "value": each.value,
                "ended_on": iso(each.ended_on),
            }
            for each in contact.points
        ],
    }


def _case(found: Dossier) -> dict[str, Any]:
    case = found.row.case
    return {
        "stage": case.stage.value if case.stage else None,
        "opened_on": iso(case.opened_on),
        "closed_on": iso(case.closed_on),
        "attempts": case.attempts,
        "last_contact_on": iso(case.last_contact_on),
        "next_action_on": iso(case.next_action_on),
        "next_action": case.next_action,
        "snoozed_until": iso(case.snoozed_until),
        "handed_to": case.handed_to,
        "assessed": case.assessed.value if case.assessed else None,
        "next_action_at": case.next_action_at,
        "unanswered": case.unanswered,
        "reason": case.reason.value if case.reason else None,
        "offer": (
            {
                "rung": found.row.offer.rung,
                "made_on": iso(found.row.offer.made_on),
                "result": found.row.offer.result or None,
            }
            if found.row.offer
            else None
        ),
    }


def _safe(line: str, markdown: bool) -> str:
    """Return data as one line; in Markdown its signs stay signs."""
    plain = printable(line)
    if not markdown:
        return plain
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|" else c for c in plain)
