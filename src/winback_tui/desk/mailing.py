"""Come-back mails: drafts to send one by one, and a gated list for the newsletter tool.

Nothing is sent from here. A file is written aside, then its event is committed, then it is put in
its place, by the next mail where this one crashed; whoever undoes it takes back what the book says,
not the file.
"""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from winback_tui import paths
from winback_tui.book import events, handover_facts, manifest
from winback_tui.desk import gate
from winback_tui.desk.action import Action, Plan, clean, decide, record, refuse_all
from winback_tui.desk.letters import Asked, Mail, mails_of
from winback_tui.desk.session import Desk, now
from winback_tui.errors import BadInputError
from winback_tui.model import CaseState, Channel, EventKind
from winback_tui.outreach.files import Staged, safe
from winback_tui.outreach.letters import as_draft
from winback_tui.outreach.mailing_list import HEADER, as_list, row_of
from winback_tui.rules import offer_cases
from winback_tui.words import plans
from winback_tui.words.consent import nobody
from winback_tui.words.format import Formats

__all__ = ["HEADER", "Asked", "Drafted", "draft_mails", "mailing_list"]


class Drafted(NamedTuple):
    """Mails that were drafted: their action, and the files that were written."""

    action: Action
    files: tuple[Path, ...]


def draft_mails(
    desk: Desk, customers: Sequence[int], asked: Asked, *, out: Path | None = None
) -> Drafted:
    """Write a draft (`.eml`) for each of these customers, and log it.

    Whom the gate does not let through is left out, and so is who has no e-mail address that may
    be used. Raises BadInputError, and changes nothing, where that is everybody, for a template
    that cannot be filled, and for a folder that cannot be written to.
    """
    try:
        with Staged(out or paths.mail_dir(), _mark(desk)) as staged:
            _finish(desk, staged)
            action, files, listed = _draft(desk, customers, asked, staged)
            _publish(desk, staged, action, listed)
    except OSError as error:
        where = out or "the folder for mails"
        raise BadInputError(
            f"The draft could not be written to {where} ({error.strerror or error}); nothing was"
            " logged. Name another folder."
        ) from error
    return Drafted(action, files)


def mailing_list(desk: Desk, customers: Sequence[int], asked: Asked, to: Path) -> Drafted:
    """Write the mails of these customers as one CSV for the newsletter tool, and log each.

    As with `draft_mails`, only those come in whom the gate lets through. A file that is there is
    not overwritten.
    """
    if to.exists():
        raise BadInputError(f"{to} is there already; name another file.")
    try:
        with Staged(to.parent, _mark(desk)) as staged:
            _finish(desk, staged)
            action, place, listed = _listed(desk, customers, asked, to, staged)
            _publish(desk, staged, action, listed)
    except OSError as error:
        raise BadInputError(
            f"{to} could not be written ({error.strerror or error}); nothing was logged."
        ) from error
    return Drafted(action, (place,))


def _listed(
    desk: Desk, customers: Sequence[int], asked: Asked, to: Path, staged: Staged
) -> tuple[Action, Path, tuple[int, ...]]:
    with desk.book.write() as connection:
        plan, mails, passage = _allowed(desk, connection, customers, asked)
        chosen = [mails[each] for each in plan.after]
        text = as_list(
            row_of(
                to=mail.address,
                name=mail.person,
                company=mail.name,
                number=mail.number,
                language=mail.template.language,
                template=mail.template.name,
                subject=mail.subject,
                text=mail.body,
                basis=gate.BASES.get(mail.state.why, ""),
                until=mail.state.until,
            )
            for mail in chosen
        )
        place = staged.add(to.stem, to.suffix, text)
        facts = {
            each: {**_facts(mails[each], asked), "list": to.name, **passage.facts(each)}
            for each in plan.after
        }
        action = record(desk, connection, EventKind.MAIL, plan, facts, also=passage.write)
        numbers = _list(desk, connection, "mailing", [(place, text, tuple(plan.after))])
        staged.bind()
    return action, place, numbers


def _draft(
    desk: Desk, customers: Sequence[int], asked: Asked, staged: Staged
) -> tuple[Action, tuple[Path, ...], tuple[int, ...]]:
    with desk.book.write() as connection:
        plan, mails, passage = _allowed(desk, connection, customers, asked)
        files: list[tuple[Path, str, tuple[int, ...]]] = []
        facts: dict[int, dict[str, Any]] = {}
        for customer in plan.after:
            mail = mails[customer]
            text = as_draft(
                to=(mail.person or mail.name, mail.address),
                subject=mail.subject,
                body=mail.body,
                sender=(desk.config.mails.sender or desk.actor, desk.config.mails.address),
                unsubscribe=desk.config.mails.objection or desk.config.mails.address,
            )
            place = staged.add(_stem(mail, desk), ".eml", text)
            files.append((place, text, (customer,)))
            facts[customer] = {
                **_facts(mail, asked),
                "files": [place.name],
                **passage.facts(customer),
            }
        action = record(desk, connection, EventKind.MAIL, plan, facts, also=passage.write)
        listed = _list(desk, connection, "mail", files)
        staged.bind()
    return action, tuple(place for place, _, _ in files), listed


def _mark(desk: Desk) -> str:
    """Return what the files of this book are told by while they lie aside."""
    return f"mail-{handover_facts.book_id(desk.book.connection)[:8]}"


def _finish(desk: Desk, staged: Staged) -> None:
    """Put in place what a crash has left aside, if it was logged; remove the others."""
    for leftover in staged.leftovers():
        with desk.book.snapshot() as connection:
            logged = events.names_file(connection, EventKind.MAIL, leftover.name)
        if logged:
            staged.adopt(leftover)
        else:
            leftover.aside.unlink(missing_ok=True)


def _publish(desk: Desk, staged: Staged, action: Action, listed: Sequence[int]) -> None:
    """Put the files in place; where that fails, take the deed back."""
    try:
        staged.publish()
    except OSError:
        from winback_tui.desk.undoing import take_back

        staged.discard()
        take_back(desk, action.id)
        with desk.book.write() as connection:
            for number in listed:
                manifest.forget(connection, number)
        raise


def _allowed(
    desk: Desk, connection: sqlite3.Connection, customers: Sequence[int], asked: Asked
) -> tuple[Plan, dict[int, Mail], gate.Passage]:
    """Return what the mails come to: the plan of those who get one, and their mails."""
    passage = gate.Passage(desk, Channel.EMAIL, source="mail", reason=asked.justify)
    try:
        plan = decide(connection, customers, lambda state: _after(desk, state), passage.refuse)
    except BadInputError as error:
        why = Counter(
            str(each.state.why) for who, each in passage.gates.items() if not passage.may(who)
        )
        if why.total() < 2 or why.total() < len(passage.gates):
            raise
        number = Formats.from_environment(desk.config.user.locale).number
        raise BadInputError(nobody(Channel.EMAIL, why, number)) from error
    mails: dict[int, Mail] = {}
    refused: list[tuple[int, str]] = []
    for customer, found in mails_of(desk, list(plan.after), asked).items():
        if found.refused:
            refused.append((customer, f"{found.name}: {found.refused}"))
        else:
            mails[customer] = found
    if not mails:
        refuse_all(refused)
    after = {each: state for each, state in plan.after.items() if each in mails}
    return plan._replace(after=after, skipped=(*plan.skipped, *refused)), mails, passage


def _after(desk: Desk, state: CaseState) -> CaseState:
    """Return the case after a mail: contacted, and due again unless something is planned."""
    case = offer_cases.contacted(state, desk.as_of)
    if case.next_action_on is not None and case.next_action_on > desk.as_of:
        return case
    due = desk.as_of + timedelta(days=desk.config.offers.cooldown_days)
    return case._replace(next_action_on=due, next_action=plans.MAIL_ANSWERED, next_action_at=None)


def _facts(mail: Mail, asked: Asked) -> dict[str, Any]:
    """Return what the event keeps of a mail."""
    facts = {
        "template": f"{mail.template.language}/{mail.template.name}",
        "rung": mail.rung,
        "subject": mail.subject,
        "sha256": hashlib.sha256(mail.body.encode()).hexdigest(),
        "note": clean(asked.offer),
    }
    return {name: value for name, value in facts.items() if value}


def _list(
    desk: Desk,
    connection: sqlite3.Connection,
    kind: str,
    files: Iterable[tuple[Path, str, tuple[int, ...]]],
) -> tuple[int, ...]:
    """Write a row of the manifest for each file, by its whole path, and return their numbers."""
    return tuple(
        manifest.add(
            connection,
            manifest.Export(
                id=0,
                at=now(),
                actor=desk.actor,
                kind=kind,
                format=place.suffix.removeprefix("."),
                file=str(place.absolute()),
                chosen="",
                rows=len(customers),
                suppressed=0,
                sha256=hashlib.sha256(text.encode()).hexdigest(),
            ),
            customers,
        )
        for place, text, customers in files
    )


def _stem(mail: Mail, desk: Desk) -> str:
    """Return the name of a draft's file; nothing in it can be a path."""
    parts = ("mail", safe(mail.number) or "customer", safe(mail.name), desk.as_of.isoformat())
    return "-".join(part for part in parts if part)
