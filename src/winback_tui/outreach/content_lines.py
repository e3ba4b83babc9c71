"""Content lines of iCalendar (RFC 5545) and vCard (RFC 2426): escaped, folded, ended with CRLF."""

from collections.abc import Sequence
from typing import Final

from winback_tui.words.printable import visible

#: Octets in a line before it is folded, without its break.
_LONGEST: Final = 75


def content_line(name: str, value: str) -> str:
    """Return `NAME:value`, folded; `value` is escaped already."""
    octets = 0
    line = ""
    for sign in f"{name}:{value}":
        size = len(sign.encode("utf-8", "replace"))
        if octets + size > _LONGEST:
            line, octets = f"{line}\r\n ", 1
        line, octets = line + sign, octets + size
    return f"{line}\r\n"


def escaped(text: str) -> str:
    """Return a text with what separates values escaped; a line break stays as one."""
    lines = [visible(each) for each in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    joined = "\\n".join(
        each.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,") for each in lines
    )
    return joined.strip()


def joined(lines: Sequence[tuple[str, str]]) -> str:
    """Return content lines in their order, without those that have no value."""
    return "".join(content_line(name, value) for name, value in lines if value)
