"""The parts of a dossier as drawn lines: who, why, what is allowed, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from rich.cells import cell_len
from rich.style import Style

from winback_tui.book.dossier import Contact, LogEntry, OrderEntry, SignalEntry
from winback_tui.desk.dossier import Dossier
from winback_tui.desk.listing import EPOCH
from winback_tui.model import Channel
from winback_tui.tui.text import cut, fit, printable, wrap
from winback_tui.tui.theme import Pens
from winback_tui.tui.widgets.columns import Words, case_text, consent_mark, heat_pen
from winback_tui.tui.widgets.drawn import Line
from winback_tui.words import deeds, reasons
from winback_tui.words.consent import short_line
from winback_tui.words.contacts import checked
from winback_tui.words.customers import CHANNELS, LIFECYCLES, PARTY_KINDS, customer_name
from winback_tui.words.offers import state_line
from winback_tui.words.outlook import foretold
from winback_tui.words.suggestions import suggestion_line, woken_line


def title(d: Dossier, width: int, pens: Pens, words: Words) -> Line:
    """Return the rule with the customer's name, place, age as a customer, and main contact."""
    record, glyphs = d.row.record, words.glyphs
    name = customer_name(record.number, record.name)
    facts = [f"no. {record.number}"] if record.name else []
    place = record.city or record.country
    facts += [place] if place and not name.endswith(place) else []
    if d.first_purchase:
        facts.append(f"customer since {d.first_purchase.year}")
    person = next((c for c in d.contacts if c.name and c.ended_on is None), None)
    if person:
        facts.append(f"{person.name}{f', {person.role}' if person.role else ''}")
    line: Line = [(f"{glyphs.rule} ", pens.faint)]
    shown = cut(name, max(10, width // 2))
    line.append((shown, pens.title))
    room = width - cell_len(shown) - 3
    for fact in facts:
        text = f" {glyphs.dot} {printable(fact)}"
        if cell_len(text) > room:
            break
        line.append((text, pens.dim))
        room -= cell_len(text)
    line.append((" " + glyphs.rule * max(0, room), pens.faint))
    return line


def why(d: Dossier, width: int, pens: Pens, words: Words, *, rows: int = 9) -> list[Line]:
    """Return the score with its headline, and the points that make it up."""
    record = d.row.record
    days, room = d.row.silence_days, width - 7
    headline = wrap(reasons.headline(record, days, words.formats), room)
    if len(headline) > rows:
        # A whole sentence says more than the beginning of two.
        headline = wrap(reasons.silence(record, days, words.formats), room)
    lines: list[Line] = []
    score = fit(str(round(record.score)), 4, right=True)
    for number, text in enumerate(headline):
        lead = (score if not number else "    ", heat_pen(record.score, pens) + Style(bold=True))
        lines.append([lead, ("   ", Style()), (text, pens.strong)])
    return [*lines, *points(d, width, pens, words)][:rows]


def points(d: Dossier, width: int, pens: Pens, words: Words) -> list[Line]:
    """Return the score's parts; they add up to it, and those that add nothing are left out."""
    record = d.row.record
    parts = reasons.reasons(record, d.row.silence_days, words.formats)
    whole = reasons.whole_points(parts, record.score)
    names = {"base": "average customer", "history": "purchases so far", "signal": "signals"}
    shown: list[Line] = []
    for part, value in zip(parts, whole, strict=True):
        base = part.code == "base"
        if not value and not base:
            continue
        text = str(value) if base else words.formats.signed(value)
        pen = pens.text if base else pens.bad if value > 0 else pens.good if value < 0 else pens.dim
        shown.append([(f"{names.get(part.code, part.code)} ", pens.dim), (text, pen)])
    return flow(shown, width)


def outlook(d: Dossier, width: int, pens: Pens, words: Words) -> list[Line]:
    """Return what is at stake, when the next order was due, and the band."""
    record, formats = d.row.record, words.formats
    money = formats.money(record.value_at_risk, record.currency, short=True)
    parts: list[Line] = [
        [(f"at risk in {formats.days(record.horizon_days)} ", pens.dim), (money, pens.text)]
    ]
    if d.due is not None:
        parts.append([("next order due ", pens.dim), (formats.date(d.due), pens.text)])
    if ahead := foretold(record, d.row.silence_days):
        year = (EPOCH + timedelta(days=record.last_day + d.row.silence_days)).year
        day, until = (
            formats.short_date(each) if each.year == year else formats.date(each) for each in ahead
        )
        parts.append([("next order if still there ", pens.dim), (f"{day}, by {until}", pens.text)])
    if len(d.scores) > 1:
        drawn = words.glyphs.spark([*(round(points) for _, points in d.scores), 100])[:-1]
        parts.append([("score so far ", pens.dim), (drawn, heat_pen(record.score, pens))])
    parts.append([("band ", pens.dim), (LIFECYCLES[record.lifecycle], pens.text)])
    if record.rfm:
        parts.append([(f"RFM {record.rfm}", pens.dim)])
    return flow(parts, width)


def may_contact(d: Dossier, width: int, pens: Pens, words: Words) -> list[Line]:
    """Return on which channels the customer may be contacted, in as few lines as hold it."""
    parts: list[Line] = []
    for channel in (Channel.EMAIL, Channel.PHONE, Channel.POST):
        state = d.row.contactable[channel]
        sign, pen = consent_mark(state, pens, words.glyphs)
        text = short_line(state, words.formats)
        parts.append([(f"{CHANNELS[channel]} ", pens.dim), (f"{sign} ", pen), (text, pens.text)])
    return flow(parts, width)


def flow(parts: Sequence[Line], width: int, indent: int = 7) -> list[Line]:
    """Return `parts` beside each other, on as many lines of `width` cells as they need."""
    lines: list[Line] = []
    used = width
    for part in parts:
        size = sum(cell_len(text) for text, _ in part)
        if used + 3 + size > width:
            lines.append([(" " * indent, Style()), *part])
            used = indent + size
        else:
            lines[-1] += [("   ", Style()), *part]
            used += 3 + size
    return lines


def numbers(d: Dossier, pens: Pens, known: Sequence[str]) -> list[Line]:
    """Return up to three of the `known` numbers to dial, with whose they are."""
    found: list[Line] = [
        [
            (f"{printable(point.value)}  ", pens.strong),
            (printable(", ".join(p for p in (contact.name, contact.role) if p)), pens.dim),
        ]
        for contact in d.contacts
        for point in contact.points
        if point.channel is Channel.PHONE and point.ended_on is None and contact.ended_on is None
        if point.value in known
    ]
    return found[:3]


def consent_lines(d: Dossier, width: int, pens: Pens, words: Words) -> list[Line]:
    """Return each channel with its sentence, wrapped."""
    lines: list[Line] = []
    for channel in Channel:
        state = d.row.contactable[channel]
        sign, pen = consent_mark(state, pens, words.glyphs)
        for number, text in enumerate(wrap(deeds.consent_line(state, words.formats), width - 10)):
            head: Line = [(f"{sign} ", pen), (fit(CHANNELS[channel], 8), pens.dim)]
            lines.append([*(head if not number else [(" " * 10, pens.dim)]), (text, pens.text)])
    return lines


def months(d: Dossier, width: int, pens: Pens, words: Words) -> Line:
    """Return the revenue of the last months as one line of columns with its ends named."""
    glyphs = words.glyphs
    first, last = d.month_starts[0], d.month_starts[-1]
    label = f"  {first:%Y-%m} {glyphs.dots} {last:%Y-%m}"
    spread = max(1, min(3, (width - 9 - len(label)) // len(d.months)))
    bars = "".join(sign * spread for sign in glyphs.spark(d.months))
    return [("       ", Style()), (bars, pens.good), (label, pens.dim)]


def plot(d: Dossier, width: int, height: int, pens: Pens, words: Words) -> list[Line]:
    """Return the revenue of the last months as columns `height` cells high, with an axis."""
    formats, glyphs = words.formats, words.glyphs
    currency = d.row.record.currency
    top = max(max(d.months, default=0), 1)
    label = formats.money(top, currency, short=True)
    left = max(cell_len(label), 3) + 1
    spread = max(1, min(4, (width - left) // max(1, len(d.months))))
    shown = d.months[-((width - left) // spread) :]
    steps = len(glyphs.levels) - 1
    lines: list[Line] = []
    for level in range(height, 0, -1):
        signs = []
        for value in shown:
            cells = max(0, value) * height * steps / top - (level - 1) * steps
            sign = glyphs.levels[min(steps, round(cells))] if cells >= 0.5 else " "
            signs.append((sign * max(1, spread - 1)).ljust(spread))
        axis = label if level == height else "0" if level == 1 else ""
        lines.append(
            [(fit(axis, left - 1, right=True) + " ", pens.dim), ("".join(signs), pens.good)]
        )
    starts = d.month_starts[-len(shown) :]
    marks = ""
    for number, start in enumerate(starts):
        at = number * spread
        mark = f"{start:%Y}" if start.month == 1 else "" if number else f"{start:%b %y}"
        if not number and start.month > 1 and (13 - start.month) * spread <= len(mark):
            # Too near the turn of the year, whose mark says more.
            continue
        if mark and len(marks) <= at:
            marks = marks.ljust(at) + mark
    lines.append([(" " * left, Style()), (cut(marks, max(1, width - left)), pens.dim)])
    return lines


def timeline(
    entries: Sequence[OrderEntry | LogEntry | SignalEntry],
    width: int,
    pens: Pens,
    words: Words,
    *,
    limit: int = 0,
    whole: bool = False,
) -> list[Line]:
    """Return one line per order and event, newest first; with `whole`, long notes are wrapped."""
    lines: list[Line] = []
    year: int | None = None
    for entry in entries[: limit or None]:
        day = _day(entry)
        stamp = fit(words.formats.short_date(day), 7, right=True)
        head = f"{day.year if day.year != year else '    '} {stamp}  "
        year = day.year
        for number, line in enumerate(_entry(entry, width - len(head), pens, words, whole=whole)):
            lines.append([(" " * len(head) if number else head, pens.dim), *line])
    return lines


def people(
    contacts: Sequence[Contact],
    today: date,
    width: int,
    pens: Pens,
    words: Words,
    *,
    months: int = 12,
) -> list[Line]:
    """Return the people at a customer with their contact points, those who left struck through.

    Who was not checked for so many `months` is marked.
    """
    lines: list[Line] = []
    for contact in contacts:
        gone = contact.ended_on is not None and contact.ended_on <= today
        style = pens.faint + Style(strike=True) if gone else pens.strong
        name = printable(contact.name) or "The house"
        role = f", {printable(contact.role)}" if contact.role else ""
        lines.append([(name, style), (role, pens.dim)])
        state, pen = "", pens.dim
        if gone and contact.ended_on:
            state, pen = f"left {words.formats.date(contact.ended_on)}", pens.warn
        elif contact.name:
            state, stale = checked(contact.verified_on, today, months)
            pen = pens.warn if stale else pen
            state = f"{words.glyphs.warn} {state}" if stale else state
        if state and cell_len(name + role + state) + 2 <= width:
            lines[-1].append((f"  {state}", pen))
        elif state:
            lines.append([(f"  {state}", pen)])
        for point in contact.points:
            style = pens.faint if gone or point.ended_on else pens.text
            label = fit(CHANNELS[point.channel], 7)
            lines.append([(f"  {label}", pens.dim), (printable(point.value), style)])
    return lines


def facts(d: Dossier, width: int, pens: Pens, words: Words) -> list[Line]:
    """Return the plain facts of a customer: number, kind, segment, owner, address, revenue."""
    record, formats = d.row.record, words.formats
    address = ", ".join(
        part
        for part in (
            d.address.street,
            " ".join(p for p in (d.address.zip, d.address.city) if p),
            d.address.country,
        )
        if part
    )
    pairs = [
        ("number", record.number),
        ("kind", PARTY_KINDS[record.party_kind]),
        ("segment", record.segment),
        ("industry", record.industry),
        ("owner", record.owner),
        ("address", address),
        ("VAT id", d.address.vat_id),
        ("orders", formats.number(record.purchases)),
        (
            "12 months",
            " + ".join(
                formats.money(amount, currency)
                for currency, amount in {record.currency: d.revenue_12m, **d.revenues}.items()
            ),
        ),
    ]
    return [
        [(fit("" if number else label, 11), pens.dim), (text, pens.text)]
        for label, value in pairs
        if value
        for number, text in enumerate(wrap(value, max(8, width - 11)))
    ]


def case_lines(d: Dossier, width: int, pens: Pens, words: Words) -> list[Line]:
    """Return where the case stands, what is suggested, and what stands around it."""
    case, formats = d.row.case, words.formats
    # The sleep, and what ended it, stand below on lines of their own.
    asleep = case.snoozed_until is not None and d.row.suggestion is None
    pairs = [
        ("stage", deeds.STAGES[case.stage] if asleep and case.stage else case_text(d.row, words))
    ]
    if case.opened_on:
        pairs.append(("opened", formats.date(case.opened_on)))
    if case.closed_on:
        pairs.append(("closed", formats.date(case.closed_on)))
    if case.attempts:
        pairs.append(("attempts", formats.number(case.attempts)))
    if case.last_contact_on:
        pairs.append(("last", formats.date(case.last_contact_on)))
    if case.next_action_on:
        action = f": {case.next_action}" if case.next_action else ""
        at = case.next_action_at
        at = f" {at}" if at and at not in action else ""
        pairs.append(("next", f"{formats.date(case.next_action_on)}{at}{action}"))
    if case.snoozed_until:
        pairs.append(("snoozed", f"until {formats.date(case.snoozed_until)}"))
    if d.row.woken:
        pairs.append(("woken", woken_line(d.row.woken.cause, d.row.woken.on, formats)))
    if case.reason:
        pairs.append(("they say", deeds.REASONS[case.reason]))
    if case.assessed:
        pairs.append(("we think", deeds.REASONS[case.assessed]))
    if case.handed_to:
        pairs.append(("with", case.handed_to))
    if offer := d.row.offer:
        shown = state_line(offer.title, offer.result or None, offer.made_on, formats.date)
        pairs.append(("offer", shown))
    pairs += d.around
    lines: list[Line] = [
        [(fit("" if number else label, 11), pens.dim), (piece, pens.text)]
        for label, text in pairs
        for number, piece in enumerate(wrap(text, max(12, width - 11)))
    ]
    if d.row.suggestion is not None:
        said = suggestion_line(d.row.suggestion, formats)
        lines += [
            *([(piece, pens.warn)] for piece in wrap(said, max(12, width))),
            [("A", pens.key), (" does it, ", pens.dim), ("X", pens.key), (" not so", pens.dim)],
        ]
    return lines


def _entry(
    entry: OrderEntry | LogEntry | SignalEntry, width: int, pens: Pens, words: Words, *, whole: bool
) -> list[Line]:
    if isinstance(entry, OrderEntry):
        refund = entry.amount < 0
        money = words.formats.money(entry.amount, entry.currency)
        count = f"{entry.lines} {'line' if entry.lines == 1 else 'lines'}"
        number = f", no. {entry.document}" if entry.document else ""
        return [
            [
                (fit("refund" if refund else "order", 10), pens.warn if refund else pens.good),
                (fit(money, 14, right=True) + "   ", pens.text),
                (cut(count + number, max(0, width - 27)), pens.dim),
            ]
        ]
    if isinstance(entry, SignalEntry):
        text = printable(reasons.signal_line(entry.kind, entry.value, entry.note))
        room = max(4, width - 10)
        pieces = wrap(text, room) if whole else [cut(text, room)]
        return [
            [(fit("" if number else "signal", 10), pens.warn), (piece, pens.text)]
            for number, piece in enumerate(pieces)
        ]
    kind = deeds.EVENTS[entry.kind]
    text = deeds.event_line(entry.kind, entry.payload, words.formats.date)
    text = text.removeprefix(kind).removeprefix(", ")
    style = pens.faint + Style(strike=True) if entry.undone else pens.text
    tail = printable(f"  {'undone ' + words.glyphs.dot + ' ' if entry.undone else ''}{entry.actor}")
    room = max(4, width - 10 - cell_len(tail))
    pieces = wrap(text, room) if whole else [cut(text, room)]
    lines: list[Line] = [[(" " * 10, pens.dim), (piece, style)] for piece in pieces] or [[]]
    first = lines[0][1:]
    lines[0] = [
        (fit(kind, 10), pens.faint if entry.undone else pens.title),
        *first,
        (tail, pens.faint),
    ]
    return lines


def _day(entry: OrderEntry | LogEntry | SignalEntry) -> date:
    if isinstance(entry, OrderEntry | SignalEntry):
        return entry.day
    on = entry.payload.get("on")
    if isinstance(on, str):
        return date.fromisoformat(on)
    return datetime.fromisoformat(entry.at).astimezone().date()
