"""Mails as drafts: `.eml` files that a mail program opens ready to send (`X-Unsent: 1`).

Nothing is sent from here. A name cannot start a header of its own: what is no plain text goes.
"""

import re
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.words.printable import printable

#: What one mail program or another would take for more than an address.
_ADDRESS: Final = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,255}")
#: The longest subject; longer ones are cut by mail programs.
_SUBJECT: Final = 200


class Attachment(NamedTuple):
    """A text that goes along with a mail, as a file of its own."""

    name: str
    kind: str
    text: str


def as_draft(
    *,
    to: tuple[str, str],
    subject: str,
    body: str,
    sender: tuple[str, str] = ("", ""),
    attachments: Sequence[Attachment] = (),
    unsubscribe: str = "",
) -> str:
    """Return a mail as the text of an `.eml` file, ASCII alone, lines ended with CRLF.

    `to` and `sender` are name and address; a sender without an address is left to the mail
    program. `unsubscribe` is the address for List-Unsubscribe. Raises BadInputError for an address
    that is none.
    """
    mail = EmailMessage(policy=SMTP)
    mail["X-Unsent"] = "1"
    if to[1]:
        mail["To"] = _mailbox(to)
    if sender[1]:
        mail["From"] = _mailbox(sender)
    mail["Subject"] = one_line(subject)[:_SUBJECT]
    if unsubscribe:
        mail["List-Unsubscribe"] = f"<mailto:{address(unsubscribe)}>"
    mail.set_content(_typed(body), cte="quoted-printable")
    for each in attachments:
        main, _, sub = each.kind.partition("/")
        if main == "text":
            mail.add_attachment(_typed(each.text), subtype=sub, filename=each.name, cte="base64")
        else:
            mail.add_attachment(each.text.encode(), maintype=main, subtype=sub, filename=each.name)
    return mail.as_bytes().decode("ascii")


def address(text: str) -> str:
    """Return an e-mail address as it stands in a header; BadInputError for what is none."""
    plain = text.strip()
    if _ADDRESS.fullmatch(plain) is None or not plain.isprintable():
        raise BadInputError(f"“{printable(plain)[:60]}” is no e-mail address.")
    if not plain.rpartition("@")[0].isascii():
        # No header of a draft can hold it; few mail servers take it (RFC 6531).
        raise BadInputError(
            f"“{printable(plain)[:60]}” has letters before the @ that few mail servers take; ask"
            " for another address."
        )
    return plain


def split_address(text: str) -> tuple[str, str]:
    """Return name and address of "Kim Berger <kim@example.org>"; the address may be missing."""
    plain = printable(text)
    if "@" not in plain:
        return plain, ""
    name, found = parseaddr(plain)
    return (name or found), address(found)


def one_line(text: str) -> str:
    """Return a text as it may stand in a header: one line, nothing unseen."""
    return printable(" ".join(text.split()))


def _mailbox(who: tuple[str, str]) -> Address:
    plain = address(who[1])
    local, _, domain = plain.rpartition("@")
    try:
        return Address(one_line(who[0])[:100], local, domain.encode("idna").decode("ascii"))
    except (ValueError, IndexError, UnicodeError) as error:
        raise BadInputError(f"“{printable(plain)[:60]}” is no e-mail address.") from error


def _typed(text: str) -> str:
    """Return a text with plain line ends and nothing unseen but them; spaces stay spaces."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    spaced = (each.replace("\u00a0", " ").replace("\u202f", " ") for each in lines)
    kept = ("".join(s for s in each if s.isprintable() or s in "\t\u200d") for each in spaced)
    return "\n".join(kept).rstrip("\n") + "\n"
