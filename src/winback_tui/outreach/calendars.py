"""The next step of a packet as a calendar entry (iCalendar, RFC 5545)."""

from datetime import timedelta

from winback_tui.outreach.content_lines import escaped, joined
from winback_tui.outreach.leads import company, described
from winback_tui.outreach.packet import Packet
from winback_tui.words.printable import printable


def as_calendar(packet: Packet) -> str:
    """Return one entry for the whole day on which the next step is due.

    Its UID is the customer's own and its sequence grows, so that a later hand-over moves the entry
    and adds none.
    """
    day = packet.due or packet.remind_on or packet.made_on
    step = packet.next_step or "get in touch"
    sequence = packet.id.rpartition("-")[2]
    return joined(
        [
            ("BEGIN", "VCALENDAR"),
            ("VERSION", "2.0"),
            ("PRODID", "-//winback//EN"),
            ("CALSCALE", "GREGORIAN"),
            ("METHOD", "PUBLISH"),
            ("BEGIN", "VEVENT"),
            ("UID", escaped(packet.uid)),
            ("SEQUENCE", sequence if sequence.isdigit() else "0"),
            ("DTSTAMP", f"{packet.made_on:%Y%m%d}T000000Z"),
            ("DTSTART;VALUE=DATE", f"{day:%Y%m%d}"),
            ("DTEND;VALUE=DATE", f"{day + timedelta(days=1):%Y%m%d}"),
            ("SUMMARY", escaped(printable(f"{company(packet)}: {step}"))),
            ("DESCRIPTION", escaped(f"{described(packet)}\n{packet.answer}")),
            ("LOCATION", escaped(", ".join(packet.place.lines))),
            ("TRANSP", "TRANSPARENT"),
            ("END", "VEVENT"),
            ("END", "VCALENDAR"),
        ]
    )
