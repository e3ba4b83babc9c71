"""A packet's people as vCards (version 3.0, RFC 2426, which every address book reads)."""

from winback_tui.model import Channel
from winback_tui.outreach.content_lines import escaped, joined
from winback_tui.outreach.leads import company, described
from winback_tui.outreach.packet import Packet, PacketContact
from winback_tui.words.printable import printable

_POINTS = {
    Channel.EMAIL: "EMAIL;TYPE=INTERNET",
    Channel.PHONE: "TEL;TYPE=WORK,VOICE",
    Channel.SMS: "TEL;TYPE=CELL",
}


def as_vcard(packet: Packet) -> str:
    """Return a card for each person with the points that may be used; at least one of the house."""
    people = list(packet.contacts) or [PacketContact("", None, None, ())]
    return "".join(_card(packet, each, number) for number, each in enumerate(people, 1))


def _card(packet: Packet, contact: PacketContact, number: int) -> str:
    name = printable(contact.name)
    first, _, last = name.rpartition(" ")
    shown = name or printable(company(packet))
    place = packet.place
    address = ("", "", place.street, place.city, "", place.zip, place.country)
    points = [
        (_POINTS[point.channel], escaped(point.value))
        for owner, point in packet.reachable
        if owner is contact and point.channel in _POINTS
    ]
    return joined(
        [
            ("BEGIN", "VCARD"),
            ("VERSION", "3.0"),
            ("PRODID", "-//winback//EN"),
            ("UID", escaped(f"{packet.uid}-{number}")),
            ("FN", escaped(shown)),
            ("N", ";".join(escaped(part) for part in (last or shown, first, "", "", ""))),
            ("ORG", escaped(printable(company(packet)))),
            ("TITLE", escaped(contact.role or "")),
            *points,
            ("ADR;TYPE=WORK", ";".join(map(escaped, address)) if any(address) else ""),
            ("CATEGORIES", "winback"),
            ("NOTE", escaped(described(packet))),
            ("REV", f"{packet.made_on:%Y%m%d}T000000Z"),
            ("END", "VCARD"),
        ]
    )
