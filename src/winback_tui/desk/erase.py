"""Erasing a customer at their wish: a plan, a waiting time, then the purge.

The wish is a deed like any other, and undo takes it back while it waits; it also objects to every
channel, so that nobody is contacted meanwhile. The purge cannot be taken back.
"""

import secrets
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path, PurePath
from typing import Final, NamedTuple

from winback_tui import paths
from winback_tui.book import consents, erase, events, ledger, purge
from winback_tui.book.connection import plain_errors
from winback_tui.book.erase import Erasure, Keeping, Party
from winback_tui.book.manifest import Export
from winback_tui.book.purge import Purged
from winback_tui.desk.action import Action, must_exist, perform
from winback_tui.desk.session import Desk, now
from winback_tui.errors import BadInputError, shown_day
from winback_tui.model import CaseState, Channel, EventKind
from winback_tui.rules import cases as rules
from winback_tui.words import erase as words
from winback_tui.words.customers import customer_name
from winback_tui.words.format import Formats

#: How long a purge waits for another program, in milliseconds.
_PATIENCE: Final = 10_000


#: The day that it really is: what cannot be taken back goes by no other day that somebody names.
clock: Callable[[], date] = date.today


class ErasePlan(NamedTuple):
    """What an erasure would do as the book stands.

    `goes` counts rows by table; `lines` are the invoice lines kept, by the last day of keeping,
    and `lines_gone` those that may go; `proofs_until` is the last day of the last of `proofs`.
    `suppressed` counts the addresses by kind. `exports`, `files` (packets, copies of the book) and
    `mentions` (numbers of others) are left to a person to deal with; `perhaps` are those of them
    where a family name alone stands, which may be somebody else's.
    """

    customer: int
    number: str
    name: str
    due_on: date
    asked: Erasure | None
    goes: dict[str, int]
    lines: dict[date, int]
    lines_gone: int
    proofs: int
    proofs_until: date | None
    suppressed: dict[str, int]
    exports: tuple[Export, ...]
    files: tuple[str, ...]
    mentions: tuple[str, ...]
    perhaps: tuple[str, ...]


class Erased(NamedTuple):
    """A purge that was done: what it left, and what is left to do by hand.

    `cleared` is False where another program had the book open, so that its log and free pages are
    to be cleared by another `clear_up`.
    """

    pseudonym: str
    purged: Purged
    plan: ErasePlan
    cleared: bool


def plan(desk: Desk, customer: int) -> ErasePlan:
    """Return what erasing a customer would do. Raises BadInputError for one erased already."""
    with desk.book.snapshot() as connection:
        return _plan(desk, connection, customer)


def ask(desk: Desk, customer: int) -> Action:
    """Let an erasure begin to wait; nobody may contact the customer from now on.

    Raises BadInputError where one waits already, or is done.
    """
    due = _from_now(desk)

    def asleep(state: CaseState) -> CaseState:
        try:
            return rules.after_snooze(state, due, desk.as_of)
        except BadInputError:
            return state

    def begin(connection: sqlite3.Connection, who: int, event: int) -> None:
        at = now()
        _refuse_twice(desk, connection, who)
        # An objection on one channel stands on all (GDPR Art. 21 (3)).
        objection = ledger.Entry(
            who, Channel.POST.value, "objected", at, "erasure", desk.actor, cause=event
        )
        ledger.append(connection, objection)
        pseudonym = f"erased-{secrets.token_hex(4)}"
        erase.note(connection, Erasure(0, who, event, at, desk.actor, due, pseudonym, "waiting"))

    return perform(desk, [customer], EventKind.ERASE, asleep, {"due": due.isoformat()}, also=begin)


def cancel(desk: Desk, customer: int) -> Action:
    """Take back an erasure that waits; whoever asked for it.

    Raises BadInputError where none waits.
    """
    from winback_tui.desk import undoing

    asked = waiting(desk, customer)
    if asked is None:
        raise BadInputError("No erasure of this customer is waiting; there is nothing to cancel.")
    with plain_errors(desk.book.path):
        # It may have been undone and done again.
        last = events.chain(desk.book.connection, asked.event)[-1]
    return Action(undoing.take_back(desk, last), EventKind.ERASE, (customer,))


def waiting(desk: Desk, customer: int) -> Erasure | None:
    """Return the erasure of a customer that waits, or None."""
    with plain_errors(desk.book.path):
        found = erase.standing(desk.book.connection, customer)
    return next((each for each in found if each.state == "waiting"), None)


def due(desk: Desk) -> list[Erasure]:
    """Return the erasures whose waiting time is over, by the clock as well as by `desk.as_of`."""
    with plain_errors(desk.book.path):
        found = erase.standing(desk.book.connection)
    return [
        each
        for each in found
        if each.state == "waiting" and each.due_on <= _today(desk) and _until(desk, each) <= clock()
    ]


def next_due(desk: Desk) -> date | None:
    """Return the first day on which an erasure that waits will be due, or None where none waits.

    It waits its time by the clock as well, whatever day the book was looked at when it was asked.
    """
    with plain_errors(desk.book.path):
        found = erase.standing(desk.book.connection)
    days = [_until(desk, each) for each in found if each.state == "waiting"]
    return min(days, default=None)


def to_clear(desk: Desk) -> bool:
    """Return whether a purge was cut off before the book's free pages and log were cleared."""
    with plain_errors(desk.book.path):
        return any(each.state == "purged" for each in erase.standing(desk.book.connection))


def purge_now(desk: Desk, customer: int) -> Erased:
    """Erase a customer at once, waiting or not; it cannot be taken back."""
    asked = waiting(desk, customer)
    if asked is None:
        ask(desk, customer)
        asked = waiting(desk, customer)
    if asked is None:
        raise BadInputError("The erasure was taken back by another program; nothing was erased.")
    return _purge(desk, asked)


def purge_due(desk: Desk) -> list[Erased]:
    """Carry out the erasures whose time has come, and let go of what was kept long enough."""
    done = [_purge(desk, each) for each in due(desk)]
    with desk.book.write() as connection:
        purge.let_expire(connection, _today(desk))
    if not done:
        clear_up(desk)
    return done


def clear_up(desk: Desk) -> bool:
    """Clear free pages and log after a purge that could not; return whether all is clear."""
    if not to_clear(desk):
        return True
    with plain_errors(desk.book.path), desk.book.patience(_PATIENCE):
        return purge.clear(desk.book.connection)


def plan_lines(desk: Desk, told: ErasePlan, shown: Formats) -> list[str]:
    """Return a plan as people read it, a line each."""
    parts = (
        ("Goes:", words.goes(told.goes, told.lines_gone, shown.number)),
        (
            words.STAYS,
            words.stays(told.lines, told.proofs, told.proofs_until, told.suppressed, shown),
        ),
        (words.BY_HAND, todos(desk, told, shown)),
    )
    lines = [words.heading(told.name, shown.date(told.due_on), waiting=told.asked is not None)]
    for title, found in parts:
        lines += [title, *(f"  - {each}" for each in found)] if found else []
    return lines


def todos(desk: Desk, told: ErasePlan, shown: Formats) -> list[str]:
    """Return what is left to do by hand, a line each."""
    settings = desk.config.erase
    # A draft is an export as well, which tells where it went.
    exported = {each.file for each in told.exports}
    named = exported | {PurePath(each).name for each in exported}
    return words.todos(
        [(each.kind, shown.date(consents.day_of(each.at)), each.file) for each in told.exports],
        [each for each in told.files if each not in named],
        _besides(told.mentions, told.perhaps),
        (settings.letters_years, settings.books_years),
        told.perhaps,
    )


def _besides(all_: Iterable[str], some: Iterable[str]) -> tuple[str, ...]:
    """Return those of all that are not among some."""
    left_out = set(some)
    return tuple(each for each in all_ if each not in left_out)


def _purge(desk: Desk, asked: Erasure) -> Erased:
    connection = desk.book.connection
    with plain_errors(desk.book.path), desk.book.patience(_PATIENCE):
        purge.overwrite(connection)
        with desk.book.write():
            told = _plan(desk, connection, asked.customer)
            who = _known_as(desk, connection, asked.customer)
            purged = purge.purge(connection, asked, who, _keeping(desk), now())
            desk.book.bump_revision()
        return Erased(asked.pseudonym, purged, told, purge.clear(connection))


def _plan(desk: Desk, connection: sqlite3.Connection, customer: int) -> ErasePlan:
    ((number, name),) = must_exist(connection, [customer]).values()
    asked = next(iter(erase.standing(connection, customer)), None)
    if asked is not None and asked.state != "waiting":
        raise BadInputError(f"{number} is erased already.")
    who = _known_as(desk, connection, customer)
    counts = erase.counts(connection, who.ids)
    lines = erase.lines(connection, who.ids, _keeping(desk))
    proofs = erase.proofs(connection, who.ids, _keeping(desk))
    kinds = [kind for kind, _ in who.addresses]
    named = tuple(erase.mentions(connection, who))
    return ErasePlan(
        customer=customer,
        number=number,
        name=customer_name(number, name),
        due_on=_until(desk, asked) if asked else _from_now(desk),
        asked=asked,
        goes={each: rows for each, rows in counts.items() if each != "transactions"},
        lines=lines,
        lines_gone=counts.get("transactions", 0) - sum(lines.values()),
        proofs=len(proofs),
        proofs_until=max((each.until for each in proofs), default=None),
        suppressed={kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
        exports=tuple(erase.exports_with(connection, who)),
        files=(*_found(desk, erase.files_of(connection, who)), *_copies(desk.book.path)),
        mentions=named,
        perhaps=_besides(named, erase.mentions(connection, who, families=False)),
    )


def _today(desk: Desk) -> date:
    """Return `desk.as_of`, or the real day where that is earlier: nothing goes before its time."""
    return min(desk.as_of, clock())


def _from_now(desk: Desk) -> date:
    """Return when an erasure may be carried out that is asked for now.

    The waiting time runs by the clock as well, whatever day the book is looked at.
    """
    return max(desk.as_of, clock()) + _waiting(desk)


def _until(desk: Desk, asked: Erasure) -> date:
    """Return when an erasure that waits may be carried out; it may have been asked for long ago."""
    return max(asked.due_on, consents.day_of(asked.requested_at) + _waiting(desk))


def _waiting(desk: Desk) -> timedelta:
    return timedelta(days=desk.config.erase.waiting_days)


def _keeping(desk: Desk) -> Keeping:
    settings = desk.config.erase
    return Keeping(_today(desk), settings.booking_years, settings.proof_years)


def _known_as(desk: Desk, connection: sqlite3.Connection, customer: int) -> Party:
    """Return who a customer is, phones also as imports write them."""
    from winback_tui.intake.kinds.points import emails, phones, region
    from winback_tui.outreach.files import safe

    who = erase.party(connection, customer)
    home = region(erase.country(connection, customer), desk.config.imports.region)
    more: list[tuple[str, str]] = []
    for kind, value in who.addresses:
        if kind == "phone":
            more += [(kind, each) for each in phones(value, home).values]
        elif kind == "email":
            more += [(kind, each) for each in emails(value).values]
    slugs = (safe(each) for each in (*who.numbers, *who.words))
    return who._replace(
        addresses=tuple(dict.fromkeys((*who.addresses, *more))),
        slugs=tuple(dict.fromkeys(each for each in slugs if each)),
    )


def _copies(book: Path) -> list[str]:
    """Return what migrations, and imports that were killed, left beside the book."""
    beginnings = (f"{book.name}.before-v", f".{book.name}.")
    return sorted(str(each) for each in book.parent.iterdir() if each.name.startswith(beginnings))


def _refuse_twice(desk: Desk, connection: sqlite3.Connection, customer: int) -> None:
    for asked in erase.standing(connection, customer):
        if asked.state == "waiting":
            until = shown_day(_until(desk, asked))
            raise BadInputError(
                f"The erasure waits until {until} already; --now carries it out, --cancel takes it "
                "back."
            )
        raise BadInputError(f"{asked.pseudonym} is erased already.")


def _found(desk: Desk, names: Sequence[str]) -> list[str]:
    """Return files by their path where they lie in a folder that packets usually go to."""
    folders = (paths.handover_dir(), desk.book.path.parent / "handovers")
    return [
        next((str(folder / name) for folder in folders if (folder / name).exists()), name)
        for name in names
    ]
