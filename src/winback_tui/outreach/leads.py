"""Leads as CSV, with the headers that HubSpot and Salesforce import under.

What may not be used is left out: the file cannot say that an address is blocked. No cell is a
formula.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from winback_tui.model import Channel, PartyKind
from winback_tui.outreach.packet import Packet
from winback_tui.words.deeds import REASONS
from winback_tui.words.printable import defused, printable

_SOURCE: Final = "winback"


def as_leads(packets: Sequence[Packet], crm: str) -> str:
    """Return the packets as CSV for `crm` ("hubspot" or "salesforce"), a row per customer."""
    columns = _COLUMNS[crm]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for packet in packets:
        writer.writerow([defused(printable(make(packet))) for make in columns.values()])
    return buffer.getvalue()


def person(packet: Packet) -> tuple[str, str]:
    """Return first and last name of whom to speak to; for a business without one both are ""."""
    name = next((each.name for each in packet.contacts if each.name), "")
    if not name and packet.party_kind is PartyKind.CONSUMER:
        name = packet.name
    first, _, last = printable(name).rpartition(" ")
    return first, last


def point(packet: Packet, channel: Channel) -> str:
    """Return the first address of a channel that may be used; empty where there is none."""
    return next((p.value for _, p in packet.reachable if p.channel is channel), "")


def dialled(packet: Packet) -> str:
    """Return the phone number, an international one with 00: a sign before it is a formula."""
    number = printable(point(packet, Channel.PHONE) or point(packet, Channel.SMS))
    return f"00{number[1:].lstrip()}" if number.startswith("+") else number


def company(packet: Packet) -> str:
    """Return what the customer is called, or their number where nobody knows."""
    return packet.name or f"Customer {packet.number}"


def described(packet: Packet) -> str:
    """Return in a few sentences what sales must know; no text that was typed freely but terms."""
    parts = [f"winback {packet.id}, customer {packet.number}."]
    if packet.leaving_reason:
        parts.append(f"Left for: {REASONS[packet.leaving_reason]}.")
    terms = packet.terms
    for label, text in (
        ("Need", terms.need),
        ("Budget", terms.budget),
        ("Authority", terms.authority),
        ("Timing", terms.timing),
        ("Put right", terms.fixed),
        ("Promised", terms.promised),
    ):
        if text:
            parts.append(f"{label}: {text}.")
    parts.append(f"Next: {packet.next_step or 'get in touch'}.")
    if packet.due:
        parts.append(f"Due {packet.due}.")
    if packet.message:
        parts.append(packet.message)
    return " ".join(parts)


def _title(packet: Packet) -> str:
    return next((each.role or "" for each in packet.contacts if each.name), "")


_Column = Callable[[Packet], str]
_HUBSPOT: Final[Mapping[str, _Column]] = {
    "First Name": lambda packet: person(packet)[0],
    "Last Name": lambda packet: person(packet)[1],
    "Email": lambda packet: point(packet, Channel.EMAIL),
    "Phone Number": dialled,
    "Job Title": _title,
    "Company Name": company,
    "Street Address": lambda packet: packet.place.street,
    "City": lambda packet: packet.place.city,
    "Postal Code": lambda packet: packet.place.zip,
    "Country/Region": lambda packet: packet.place.country,
    "Lead Status": lambda _: "New",
    "Contact owner": lambda packet: packet.to_address or packet.to,
    "Message": described,
}
#: Last name and company are required there.
_SALESFORCE: Final[Mapping[str, _Column]] = {
    "First Name": lambda packet: person(packet)[0],
    "Last Name": lambda packet: person(packet)[1] or company(packet),
    "Company": company,
    "Title": _title,
    "Email": lambda packet: point(packet, Channel.EMAIL),
    "Phone": dialled,
    "Lead Source": lambda _: _SOURCE,
    "Description": described,
    "Street": lambda packet: packet.place.street,
    "City": lambda packet: packet.place.city,
    "Zip/Postal Code": lambda packet: packet.place.zip,
    "Country": lambda packet: packet.place.country,
    "Lead Status": lambda _: "Open - Not Contacted",
}
_COLUMNS: Final = {"hubspot": _HUBSPOT, "salesforce": _SALESFORCE}
