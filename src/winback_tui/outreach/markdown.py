"""The hand-over packet as Markdown (CommonMark), for people.

Every stored string is escaped, so a name full of markup stays a name.
"""

import re

from winback_tui.model import Standing
from winback_tui.outreach.packet import Packet, PacketOrder, PacketProduct
from winback_tui.words.customers import CHANNELS, LIFECYCLES, PARTY_KINDS, count, customer_name
from winback_tui.words.deeds import REASONS
from winback_tui.words.format import Formats
from winback_tui.words.offers import RESULTS
from winback_tui.words.printable import printable
from winback_tui.words.reasons import whole_points


def as_markdown(packet: Packet, formats: Formats) -> str:
    """Return the packet as Markdown (CommonMark), dates and money in the user's formats."""
    sections = (
        _head(packet, formats),
        _section("Next", _next(packet, formats)),
        _section("Who", _who(packet, formats)),
        _section("May we", [f"{CHANNELS[each.channel]}: {each.text}" for each in packet.channels]),
        _section("Why", _why(packet, formats)),
        _section("Value", _value(packet, formats)),
        _section("Last orders", [_order(each, formats) for each in packet.orders]),
        _section("Products", [_product(each, formats) for each in packet.products]),
        _section("Budget, authority, need, timing", _qualified(packet, formats)),
        _section("Offered and promised", _offered(packet, formats)),
        _section("What else they might buy", packet.hints),
        _section("History", packet.history),
        _section("Notes", packet.notes),
        _section("How to answer", [packet.answer]),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def escape(text: str) -> str:
    """Return `text` as one line of Markdown that renders as exactly these characters.

    What is unseen is dropped, as `printable` has it.
    """
    escaped = re.sub(r"([\\`*_\[\]<>#|~&!$])", r"\\\1", printable(text))
    # GitHub makes a link of these without being asked.
    escaped = re.sub(r"(\bwww)\.", r"\1\\.", escaped.replace("://", "\\://"), flags=re.IGNORECASE)
    return re.sub(r"^([-+=:]|\d+(?=[.)](?:\s|$)))", _at_start, escaped)


def _at_start(found: re.Match[str]) -> str:
    """Return a list's or a heading's mark at the start of a line made harmless."""
    return f"\\{found[0]}" if not found[0].isdigit() else f"{found[0]}\\"


def _head(packet: Packet, formats: Formats) -> str:
    name = customer_name(packet.number, packet.name)
    return (
        f"# Hand-over: {escape(name)}\n\n"
        f"From {escape(packet.made_by)} to {escape(packet.to)}, {formats.date(packet.made_on)}. "
        f"Number {escape(packet.id)}; please name it in your answer."
    )


def _section(title: str, lines: tuple[str, ...] | list[str]) -> str:
    if not lines:
        return ""
    return f"## {title}\n\n" + "\n".join(f"- {escape(line)}" for line in lines)


def _next(packet: Packet, formats: Formats) -> list[str]:
    due = f"due {formats.date(packet.due)}" if packet.due else "no date agreed"
    lines = [f"{packet.next_step or 'Get in touch'}, {due}, owner {packet.to}"]
    return [*lines, packet.message] if packet.message else lines


def _who(packet: Packet, formats: Formats) -> list[str]:
    since = (
        f", customer since {formats.date(packet.customer_since)}" if packet.customer_since else ""
    )
    lines = [f"Customer {packet.number}, {PARTY_KINDS[packet.party_kind]}{since}"]
    if packet.place.lines:
        lines.append(", ".join(packet.place.lines))
    standing = {Standing.ALLOWED: "", Standing.WARN: " (say why)"}
    for each in packet.contacts:
        parts = [part for part in (each.name, each.role) if part]
        parts += [
            (
                f"{point.channel.value} blocked"
                if point.standing is Standing.BLOCKED
                else f"{point.value}{standing[point.standing]}"
            )
            + (f" (until {formats.date(point.until)})" if point.until else "")
            for point in each.points
        ]
        if each.checked_on:
            parts.append(f"checked {formats.date(each.checked_on)}")
        lines.append(", ".join(parts))
    return lines


def _why(packet: Packet, formats: Formats) -> list[str]:
    lines: list[str] = []
    if score := packet.score:
        lines.append(
            f"Score {formats.number(score.score)} of 100, {LIFECYCLES[score.lifecycle]}. "
            f"{score.headline}"
        )
        points = whole_points(score.reasons, score.score)
        lines += [
            f"{formats.signed(whole)}: {each.text}"
            for whole, each in zip(points, score.reasons, strict=True)
        ]
    if packet.leaving_reason:
        lines.append(f"Reason to leave: {REASONS[packet.leaving_reason]}")
    if packet.assessed and packet.assessed is not packet.leaving_reason:
        lines.append(f"As we see it: {REASONS[packet.assessed]}")
    if packet.terms.fixed:
        lines.append(f"Put right: {packet.terms.fixed}")
    return lines


def _value(packet: Packet, formats: Formats) -> list[str]:
    lines = [
        f"{formats.money(each.last_12_months, each.currency)} in 12 months, "
        f"{formats.money(each.last_24_months, each.currency)} in 24 months"
        for each in packet.revenue
    ]
    if packet.score:
        at_risk = packet.score.value_at_risk
        lines.append(f"{formats.money(at_risk.amount, at_risk.currency)} at risk")
    if packet.margin:
        lines.append(f"Margin {packet.margin}")
    return lines


def _qualified(packet: Packet, formats: Formats) -> list[str]:
    terms = packet.terms
    pairs = (
        ("Budget", terms.budget),
        ("Authority", terms.authority),
        ("Need", terms.need),
        ("Timing", terms.timing),
    )
    lines = [f"{label}: {text}" for label, text in pairs if text]
    for each in packet.contracts:
        notice = f", notice by {formats.date(each.notice_by)}" if each.notice_by else ""
        title = each.title or "Contract"
        if each.ends_on is None:
            notice = f", notice {formats.days(each.notice_days)}" if each.notice_days else ""
            lines.append(f"{title}: runs without an end{notice}")
            continue
        lines.append(f"{title}: ends {formats.date(each.ends_on)}{notice}, renewal {each.renewal}")
    return lines


def _offered(packet: Packet, formats: Formats) -> list[str]:
    lines = []
    for each in packet.offers:
        what = f": {each.what}" if each.what else ""
        result = RESULTS.get(each.result, each.result) if each.result else "no answer yet"
        lines.append(f"{formats.date(each.made_on)}, {each.title}{what}, by {each.by}, {result}")
    if packet.terms.promised:
        lines.append(f"Promised by {packet.promised_by}: {packet.terms.promised}")
    return lines


def _order(order: PacketOrder, formats: Formats) -> str:
    document = f", {order.document}" if order.document else ""
    lines = count(formats.number(order.lines), order.lines, "line")
    money = formats.money(order.net.amount, order.net.currency)
    return f"{formats.date(order.day)}{document}: {money}, {lines}"


def _product(product: PacketProduct, formats: Formats) -> str:
    name = f"{product.name} ({product.code})" if product.name else product.code
    money = formats.money(product.net.amount, product.net.currency)
    return f"{name}: {money}, last on {formats.date(product.last_day)}"
