"""Consent at the desk: where customers stand, and recording what they allow, refuse or withdraw."""

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from winback_tui.book import consents, ledger
from winback_tui.book.connection import plain_errors
from winback_tui.desk import gate, listing
from winback_tui.desk.action import Action, clean, perform
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, EventKind, Purpose
from winback_tui.rules.consent import CONDITIONS, GIVEN, UNSAID, ConsentCode, Contactability
from winback_tui.rules.moments import parse_moment

#: What may be recorded by hand; `used` is written by the deeds that contact somebody.
EVENTS: Final = (
    "granted", "confirmed", "renewed", "withdrawn", "objected", "bounced", "basis_claimed",
    "basis_lost",
)  # fmt: skip
#: Legal bases that may be claimed instead of consent.
CLAIMS: Final = ("presumed", "existing_customer")
#: Where a confirmation does not help, for the consent itself is gone.
_GONE: Final = frozenset(
    {ConsentCode.OBJECTED, ConsentCode.WITHDRAWN, ConsentCode.SUPPRESSED, ConsentCode.PRESUMED,
     ConsentCode.LEFT, ConsentCode.INCOMPLETE, *UNSAID}
)  # fmt: skip


class Statement(NamedTuple):
    """What is recorded about consent: one ledger event on one or more channels.

    `at` is a moment as `rules.moments` reads it (empty: now); `wording` is the text that the person
    was shown or read out; `conditions` are codes of `rules.consent.CONDITIONS`; `point` is the id
    of the address that it holds for (None: all of the channel).
    """

    event: str
    channels: tuple[Channel, ...]
    purpose: Purpose = Purpose.WINBACK
    basis: str = ""
    at: str = ""
    source: str = ""
    reference: str = ""
    wording: str = ""
    note: str = ""
    conditions: tuple[str, ...] = ()
    point: int | None = None


def standings(desk: Desk, customers: Sequence[int]) -> dict[int, dict[Channel, Contactability]]:
    """Return, for each customer, where every channel stands as of the desk's date."""
    with plain_errors(desk.book.path):
        facts = consents.facts(desk.book.connection, customers)
        kinds = consents.party_kinds(desk.book.connection, customers)
    return {
        customer: listing.contactability(desk, kind, facts[customer])
        for customer, kind in kinds.items()
    }


def record(desk: Desk, customers: Sequence[int], said: Statement) -> Action:
    """Record a statement on consent for these customers, as a deed that undo takes back.

    An objection holds for every channel (GDPR Art. 21 (3)). Raises BadInputError where something
    that the proof needs is missing: the source of a consent, the basis and the facts of a claim.
    """
    said = _checked(said)
    moment = parse_moment(said.at, desk.as_of) if said.at.strip() else None
    at, precision = gate.moment(desk) if moment is None else (moment.at, moment.precision)

    def refuse(connection: sqlite3.Connection, ids: Sequence[int]) -> Mapping[int, str]:  # noqa: ARG001
        return {**_not_theirs(desk, ids, said), **_nothing_to_confirm(desk, ids, said)}

    def append(connection: sqlite3.Connection, customer: int, event: int) -> None:
        wording = ledger.keep_wording(connection, said.wording) if said.wording else None
        ledger.append_many(
            connection,
            [
                ledger.Entry(
                    customer,
                    channel.value,
                    said.event,
                    at,
                    said.source,
                    desk.actor,
                    purpose=said.purpose.value,
                    basis=said.basis or None,
                    conditions=",".join(said.conditions) or None,
                    point=said.point,
                    precision=precision,
                    zone=moment.zone if moment is not None else "UTC",
                    reference=said.reference or None,
                    wording=wording,
                    note=said.note or None,
                    cause=event,
                )
                for channel in said.channels
            ],
        )

    return perform(
        desk,
        customers,
        EventKind.CONSENT,
        lambda state: state,
        _facts(said),
        also=append,
        refuse=refuse,
    )


def check(said: Statement, today: date) -> None:
    """Raise BadInputError where a statement could not be recorded, whoever it is about."""
    _checked(said)
    if said.at.strip():
        parse_moment(said.at, today)


def address_of(
    desk: Desk, customer: int, typed: str, among: Sequence[Channel] = tuple(Channel)
) -> dict[Channel, int]:
    """Return the id of a customer's address in use, by the channel (one of `among`) it belongs to.

    Case and spaces do not count, nor how a number is written. Raises BadInputError where the
    customer has no such address.
    """
    wanted = spellings(desk, customer, typed)
    found: dict[Channel, int] = {}
    known: list[str] = []
    with plain_errors(desk.book.path):
        for channel in among:
            own = consents.addresses(desk.book.connection, [customer], channel)
            for each in own.get(customer, ()):
                known.append(each.value)
                if _plain(each.value) in wanted:
                    found.setdefault(channel, each.point)
    if not found:
        told = f"in use are {', '.join(known)}" if known else "none is on record"
        raise BadInputError(f"“{typed}” is not an address of this customer that is in use; {told}.")
    return found


def spellings(desk: Desk, customer: int, typed: str) -> frozenset[str]:
    """Return how an address may stand in the book: as typed, and as an import writes a number."""
    from winback_tui.desk.contacts import address, home

    found = {_plain(typed)}
    if any(sign.isdigit() for sign in typed) and "@" not in typed:
        with contextlib.suppress(BadInputError):
            found.add(_plain(address(Channel.PHONE, typed, home(desk, customer))))
    return frozenset(found)


def _plain(address: str) -> str:
    return "".join(address.split()).casefold()


def _facts(said: Statement) -> dict[str, Any]:
    facts = {
        "event": said.event,
        "channels": [channel.value for channel in said.channels],
        "purpose": said.purpose.value,
        "basis": said.basis,
        "at": said.at.strip(),
        "source": said.source,
        "note": said.note,
    }
    return {name: value for name, value in facts.items() if value}


def _checked(said: Statement) -> Statement:
    """Return the statement trimmed and filled up; BadInputError where the proof would be none."""
    if said.event not in EVENTS:
        raise BadInputError(f"“{said.event}” cannot be recorded; there are {', '.join(EVENTS)}.")
    if not said.channels:
        raise BadInputError("No channel is named; say which: email, phone, sms or post.")
    said = said._replace(
        source=clean(said.source),
        reference=clean(said.reference),
        note=clean(said.note),
        wording=said.wording.strip(),
        basis=said.basis.strip().lower().replace("-", "_"),
    )
    if said.event == "objected":
        said = said._replace(channels=tuple(Channel), point=None)
    if said.event in GIVEN:
        if said.basis not in ("", "consent"):
            raise BadInputError(
                f"The basis of a consent is consent, not “{said.basis}”; record another basis as "
                "a claim."
            )
        if not said.source:
            raise BadInputError(
                "A consent without a source proves nothing; say where it comes from, such as “web "
                "form, double opt-in”."
            )
        said = said._replace(basis="consent")
    return _checked_claim(said) if said.event == "basis_claimed" else _sourced(said)


def _checked_claim(said: Statement) -> Statement:
    if said.basis not in CLAIMS:
        raise BadInputError(f"A claim needs a basis; there are {', '.join(CLAIMS)}.")
    if unknown := [each for each in said.conditions if each not in CONDITIONS]:
        raise BadInputError(f"“{unknown[0]}” is no condition; there are {', '.join(CONDITIONS)}.")
    if said.basis == "presumed" and not said.note:
        raise BadInputError(
            "Presumed consent needs the fact that it is presumed from; write it as the note."
        )
    if said.basis == "existing_customer":
        if missing := [each for each in CONDITIONS if each not in said.conditions]:
            raise BadInputError(
                "The exception for existing customers needs all four of its conditions (UWG §7 "
                f"(3)); missing: {', '.join(missing)}."
            )
        if wrong := [each for each in said.channels if each not in (Channel.EMAIL, Channel.SMS)]:
            raise BadInputError(
                f"The exception for existing customers is one for e-mail and SMS, not {wrong[0]}."
            )
    return _sourced(said)


def _sourced(said: Statement) -> Statement:
    return said if said.source else said._replace(source="entered by hand")


def _not_theirs(desk: Desk, customers: Sequence[int], said: Statement) -> dict[int, str]:
    """Return the customers to whom the named address does not belong, or no more."""
    if said.point is None:
        return {}
    sentence = "this address is not one of theirs that is in use."
    known = {
        customer: {each.point for each in own}
        for channel in said.channels
        for customer, own in consents.addresses(desk.book.connection, customers, channel).items()
    }
    return {each: sentence for each in customers if said.point not in known.get(each, set())}


def _nothing_to_confirm(desk: Desk, customers: Sequence[int], said: Statement) -> dict[int, str]:
    """Return those who have no consent that could be confirmed: theirs would be a new one."""
    if said.event not in {"confirmed", "renewed"}:
        return {}
    refused: dict[int, str] = {}
    for channel in said.channels:
        for customer, found in gate.gate(desk, customers, channel, said.purpose).items():
            if found.state.why in _GONE:
                refused[customer] = (
                    f"there is no consent for {channel.value} that could be {said.event}; record "
                    "a new one as granted."
                )
    return refused
