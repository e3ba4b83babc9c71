"""Delivering alerts and hand-overs: each way is off unless the config switches it on.

Messages for the webhook wait in the book, one per customer, until they are taken; a mail and a
notification tell of all alerts since the last one. What leaves is checked once more when it does.
"""

import hashlib
import os
import sqlite3
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from winback_tui.book import erase, events, outbox
from winback_tui.book.alerts import Alert
from winback_tui.desk import telling, worked
from winback_tui.desk.session import Desk, now
from winback_tui.errors import BadInputError, WinbackError
from winback_tui.model import Channel, Standing
from winback_tui.words import alerts as words
from winback_tui.words.format import Formats

if TYPE_CHECKING:
    from winback_tui.outreach.alerts import Told

#: So much of a secret is enough, in bytes.
_SECRET: Final = 16
_LONGEST: Final = 4_096


class Delivered(NamedTuple):
    """What was delivered on one way: how many, where to, and what went wrong (nothing: empty)."""

    way: str
    number: int
    where: str = ""
    wrong: str = ""


def queue_alerts(
    desk: Desk, connection: sqlite3.Connection, alerts: Sequence[Alert], at: str
) -> None:
    """Put alerts into the queue of the webhook, in the open write that raised them."""
    hook = desk.config.webhook
    if not hook.url or not hook.alerts or not alerts:
        return
    from winback_tui.outreach import webhook
    from winback_tui.outreach.alerts import SCHEMA, as_plain

    name, book_id = _book(desk)
    for each, told in zip(alerts, as_told(desk, alerts), strict=True):
        key = f"{book_id}-alert-{each.id}"
        body = webhook.envelope(SCHEMA, key, at=at, book=name, content={"alert": as_plain(told)})
        outbox.put(connection, customer=each.customer, topic="alert", key=key, body=body, at=at)


def queue_handover(
    desk: Desk,
    connection: sqlite3.Connection,
    customer: int,
    event: int,
    packet: "dict[str, Any]",
) -> None:
    """Put a hand-over's packet into the queue of the webhook, in the open write of the deed."""
    hook = desk.config.webhook
    if not hook.url or not hook.handovers:
        return
    from winback_tui.outreach import webhook

    at, (name, book_id) = now(), _book(desk)
    key = f"{book_id}-handover-{event}"
    body = webhook.envelope("winback.handover/1", key, at=at, book=name, content={"packet": packet})
    outbox.put(
        connection, customer=customer, topic="handover", key=key, body=body, at=at, event=event
    )


def as_told(desk: Desk, alerts: Sequence[Alert]) -> "list[Told]":
    """Return alerts with the sentences of their signs."""
    from winback_tui.outreach.alerts import Sign, Told

    formats = Formats.from_environment(desk.config.user.locale)
    return [
        Told(
            each.id,
            each.number,
            each.name,
            each.rule,
            each.priority,
            each.weight,
            each.raised_on,
            each.due_on,
            tuple(
                Sign(
                    sign.rule,
                    sign.day,
                    sign.value,
                    sign.usual,
                    sign.what,
                    sign.until,
                    sign.critical,
                    words.sentence(sign, formats),
                )
                for sign in each.signs
            ),
            each.mark,
        )
        for each in alerts
    ]


def deliver(desk: Desk) -> list[Delivered]:
    """Deliver what is new on every way that the config switches on; return what became of it.

    No failure is raised: it is told, and tried again by the next look (a notification is not).
    """
    done: list[Delivered] = []
    if desk.config.alerts.notify:
        done += _notify(desk)
    if desk.config.alerts.mail.to:
        done += _mail(desk)
    if desk.config.webhook.url:
        done += post_due(desk)
    return done


def post_due(desk: Desk) -> list[Delivered]:
    """Post the messages whose time has come.

    A server that is away, in trouble or asks for a pause ends the round; a message that it refuses
    (4xx) keeps no other from being posted.

    Whoever is suppressed, erased or merged away by now keeps a message from leaving; a hand-over
    is also kept by an objection or its undo. An alert is no advertising: it tells one's own people.
    """
    hook = desk.config.webhook
    with worked.one_view(desk.book) as connection:
        waiting = outbox.due(connection, now())
    if not waiting:
        return []
    try:
        secret = _secret(hook.secret_file, "[webhook] secret_file")
    except WinbackError as error:
        return [Delivered("webhook", 0, _host(hook.url), str(error))]
    from winback_tui.outreach import webhook

    count, wrong = 0, ""
    for number in waiting:
        at = now()
        with desk.book.write() as connection:
            message = outbox.claim(connection, number, at)
            if message is None or not _may_leave(desk, connection, message, at):
                continue
        answer = webhook.post(
            hook.url,
            secret,
            topic=f"{message.topic}.{'raised' if message.topic == 'alert' else 'made'}",
            key=message.key,
            body=message.body,
            timeout=hook.timeout,
        )
        at, said = now(), answer.said
        with desk.book.write() as connection:
            if answer.taken:
                outbox.sent(connection, message.id, at)
                telling.list_export(
                    desk,
                    connection,
                    message.topic,
                    [message.customer],
                    at,
                    format="webhook",
                    file=_host(hook.url),
                    sha256=message.sha256,
                )
                count += 1
            elif not outbox.failed(connection, message, at, said, hook.attempts):
                said = words.given_up(said, message.attempts)
        if not answer.taken:
            wrong = said
            if not answer.refused:
                break
    return [Delivered("webhook", count, _host(hook.url), wrong)] if count or wrong else []


def retry(desk: Desk) -> int:
    """Let all messages that wait or were given up be tried now; return how many that are."""
    with desk.book.write() as connection:
        return outbox.retry(connection, now())


def queue(desk: Desk) -> outbox.Waiting:
    """Return how the queue of the webhook stands."""
    with worked.one_view(desk.book) as connection:
        return outbox.waiting(connection)


def _may_leave(
    desk: Desk, connection: sqlite3.Connection, message: outbox.Message, at: str
) -> bool:
    """Return whether a message may be sent as the book stands; else say why not in the queue."""
    if message.customer in erase.never_leave(connection):
        outbox.drop(connection, message.id, at, "suppressed, erased or merged")
        return False
    if message.event is None:
        return True
    if events.is_undone(connection, message.event):
        # Redo lets it go.
        outbox.hold(connection, message, at)
        return False
    from winback_tui.desk import gate

    found = gate.best(desk, [message.customer], (Channel.PHONE, Channel.EMAIL))
    if found[message.customer].standing is Standing.BLOCKED and _objected(desk, message.customer):
        outbox.drop(connection, message.id, at, "they objected")
        return False
    return True


def _objected(desk: Desk, customer: int) -> bool:
    from winback_tui.desk import consent
    from winback_tui.rules.consent import ConsentCode

    states = consent.standings(desk, [customer])[customer].values()
    return any(each.why is ConsentCode.OBJECTED for each in states)


def _notify(desk: Desk) -> list[Delivered]:
    claimed = telling.claim(desk, telling.NOTICE)
    if not (found := claimed.alerts):
        return []
    from winback_tui.outreach import notices

    urgent = sum(each.priority == 1 for each in found)
    text = words.notice(urgent, len(found) - urgent, [each.rule for each in found])
    wrong = notices.notify("winback", text)
    # A notification is for now, and not taken back: an hour later it would be noise.
    telling.note_told(desk, claimed)
    return [Delivered("notification", 0 if wrong else len(found), "", wrong)]


def _mail(desk: Desk) -> list[Delivered]:
    claimed = telling.claim(desk, telling.MAIL)
    if not (found := claimed.alerts):
        return []
    from winback_tui.outreach import letters
    from winback_tui.outreach.alerts import as_text

    mail = desk.config.alerts.mail
    formats = Formats.from_environment(desk.config.user.locale)
    name, _ = _book(desk)
    try:
        draft = letters.as_draft(
            to=letters.split_address(mail.to),
            sender=letters.split_address(mail.sender),
            subject=f"winback: {len(found)} new alert{'' if len(found) == 1 else 's'}, {name}",
            body=as_text(as_told(desk, found), formats),
        )
        where, wrong = _sent(desk, draft) if mail.way == "smtp" else (_drafted(desk, draft), "")
    except WinbackError as error:
        where, wrong = mail.to, str(error)
    except BaseException:
        telling.release(desk, claimed)
        raise
    if wrong:
        telling.release(desk, claimed)
    else:
        digest = hashlib.sha256(draft.encode()).hexdigest()
        telling.note_told(desk, claimed, format=mail.way, file=where, sha256=digest)
    return [Delivered("mail", 0 if wrong else len(found), where, wrong)]


def _sent(desk: Desk, draft: str) -> tuple[str, str]:
    from winback_tui.outreach import smtp

    mail = desk.config.alerts.mail
    password = ""
    if mail.user:
        password = _secret(mail.password_file, "[alerts.mail] password_file", least=1).decode()
    return mail.to, smtp.send(mail, password, draft)


def _drafted(desk: Desk, draft: str) -> str:
    from winback_tui import paths
    from winback_tui.outreach.files import Staged

    folder = paths.mail_dir()
    try:
        with Staged(folder) as staged:
            place = staged.add(f"alerts-{desk.as_of.isoformat()}", ".eml", draft)
            staged.publish()
    except OSError as error:
        raise BadInputError(
            f"The mail could not be written to {folder}: {error.strerror or error}."
        ) from error
    return str(place)


def _secret(file: str, what: str, *, least: int = _SECRET) -> bytes:
    """Return what a file holds, without the ends of its lines.

    Raises BadInputError where it cannot be read, others may read it, or it holds too little.
    """
    path = Path(file).expanduser()
    try:
        with path.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            held = opened.read(_LONGEST).strip()
    except OSError as error:
        raise BadInputError(f"{what}: {path} could not be read: {error.strerror}.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadInputError(f"{what}: {path} may be read by others; “chmod 600” it.")
    if len(held) < least:
        raise BadInputError(f"{what}: {path} must hold at least {least} characters.")
    return held


def _host(url: str) -> str:
    """Return an address as it may be shown and kept: without what may be secret in it."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _book(desk: Desk) -> tuple[str, str]:
    """Return what the book is called, and the start of its id, which begins every message's."""
    return desk.book.meta("name") or desk.book.path.stem, (desk.book.meta("book_id") or "")[:8]
