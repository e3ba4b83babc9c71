"""People at customers: added, corrected, checked, and seen off with a word to who comes after."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from winback_tui.book import contacts as book
from winback_tui.book.changes import Changes
from winback_tui.book.connection import plain_errors
from winback_tui.book.contacts import Person, Point
from winback_tui.desk.action import Action, clean, perform
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError, shown_day
from winback_tui.model import Channel, EventKind
from winback_tui.words.customers import CHANNELS

_EPOCH: Final = date(1970, 1, 1)
_EMAIL: Final = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()/.\-]{3,30}")


class NewContact(NamedTuple):
    """A person as they are entered; `ways` are their e-mail, phone and so on."""

    name: str
    role: str = ""
    ways: tuple[tuple[Channel, str], ...] = ()


class People(NamedTuple):
    """Who is known at a customer, and how each can be reached (None: the house itself)."""

    people: tuple[Person, ...]
    points: Mapping[int | None, tuple[Point, ...]]


def people_of(desk: Desk, customer: int) -> People:
    """Return the people at a customer with their points, those still there first."""
    with plain_errors(desk.book.path):
        people = book.people(desk.book.connection, customer)
        points: dict[int | None, list[Point]] = {}
        for each in book.points(desk.book.connection, customer):
            points.setdefault(each.contact, []).append(each)
    return People(tuple(people), {key: tuple(each) for key, each in points.items()})


def find_contact(desk: Desk, customer: int, words: str) -> Person:
    """Return the one contact at a customer whom `words` name (a name, part of it, an address).

    Raises BadInputError that says who there is where nobody, or more than one, is meant.
    """
    with plain_errors(desk.book.path):
        found = book.matching(desk.book.connection, customer, clean(words))
        known = book.people(desk.book.connection, customer)
    there = [each for each in found if each.ended_on is None]
    if len(there) == 1:
        return there[0]
    if len(found) == 1:
        return found[0]
    names = ", ".join(each.name for each in (found or known)[:5])
    if found:
        raise BadInputError(f"“{words}” may be {names}; give the whole name or the address.")
    raise BadInputError(
        f"There is no contact “{words}”; known are {names}."
        if names
        else "No contacts are known of this customer; add one first."
    )


def add_contact(desk: Desk, customer: int, new: NewContact, *, verified: bool = True) -> Action:
    """Add a contact; `verified` says that what was entered has just been checked.

    With an empty name the ways are those of the house. Raises BadInputError for what is no address.
    """
    name, role, ways = _checked(desk, customer, new)
    if not name and not ways:
        raise BadInputError("Give a name, or at least one way to reach the house.")
    on = desk.as_of.isoformat() if verified else None

    def write(changes: Changes, who: int, _: int) -> None:
        if name:
            if any(each.name == name and not each.ended_on
                   for each in book.people(changes.connection, who)):  # fmt: skip
                raise BadInputError(f"{name} is known there already.")
            before = book.people(changes.connection, who)
            added = book.add(changes, who, name, role, ways, verified_on=on)
            if before and all(each.ended_on for each in before):
                # Whoever comes where nobody is left comes after the last who went.
                last = max(before, key=lambda each: (each.ended_on or "", each.id))
                if last.successor is None:
                    changes.update("contacts", last.id, successor_id=added)
            return
        for channel, value in ways:
            _add_point(changes, who, None, channel, value, on=on)

    return _perform(desk, customer, write, did="added", name=name, point=_first(ways))


def add_point(
    desk: Desk, customer: int, contact: int | None, channel: Channel, value: str
) -> Action:
    """Add a way to reach a contact (None: the house), checked today."""
    text = address(channel, value, home(desk, customer))

    def write(changes: Changes, who: int, _: int) -> None:
        _person(changes, who, contact)
        _add_point(changes, who, contact, channel, text, on=desk.as_of.isoformat())

    name = _name(desk, customer, contact)
    return _perform(desk, customer, write, did="edited", name=name, point=text)


def edit_contact(
    desk: Desk, customer: int, contact: int, *, name: str | None = None, role: str | None = None
) -> Action:
    """Correct a contact's name or role; None leaves it, an empty role takes it away."""
    values: dict[str, Any] = {}
    if name is not None:
        values["name"] = " ".join(clean(name).split())
        if not values["name"]:
            raise BadInputError("A contact needs a name.")
    if role is not None:
        values["role"] = " ".join(clean(role).split()) or None

    def write(changes: Changes, who: int, _: int) -> None:
        _person(changes, who, contact)
        if not values or not changes.update("contacts", contact, **values):
            raise BadInputError("Nothing about the contact was changed.")

    shown = values.get("name") or _name(desk, customer, contact)
    return _perform(desk, customer, write, did="edited", name=shown)


def change_point(desk: Desk, customer: int, point: int, value: str) -> Action:
    """Correct an address, or with an empty value end it: it stays in the book, and serves no more.

    A corrected address is another one: consent given for the old does not carry over, so the old
    row ends and a new one begins.
    """
    with plain_errors(desk.book.path):
        known = book.points(desk.book.connection, customer)
    old = next((each for each in known if each.id == point and each.ended_on is None), None)
    if old is None:
        raise BadInputError("There is no such address any more.")
    text = address(old.channel, value, home(desk, customer)) if value.strip() else ""
    if text == old.value:
        raise BadInputError("The address is that one already.")

    def write(changes: Changes, who: int, _: int) -> None:
        changes.update("contact_points", point, ended_on=desk.as_of.isoformat())
        if text:
            _add_point(changes, who, old.contact, old.channel, text, on=desk.as_of.isoformat())

    name = _name(desk, customer, old.contact)
    return _perform(
        desk, customer, write, did="edited", name=name, point=text or f"not {old.value}"
    )


def verify_contact(desk: Desk, customer: int, contact: int | None) -> Action:
    """Note that a contact (None: the house) and their addresses were checked today."""
    on = desk.as_of.isoformat()

    def write(changes: Changes, who: int, _: int) -> None:
        changed = False
        if contact is not None:
            if _person(changes, who, contact).ended_on:
                raise BadInputError(
                    "Who has left cannot be checked; add them anew if they are back."
                )
            changed = changes.update("contacts", contact, verified_on=on)
        for point in book.points(changes.connection, who):
            if point.contact == contact and point.ended_on is None:
                changed = changes.update("contact_points", point.id, verified_on=on) or changed
        if not changed:
            raise BadInputError("That was checked today already.")

    return _perform(desk, customer, write, did="verified", name=_name(desk, customer, contact))


def contact_left(
    desk: Desk,
    customer: int,
    contact: int,
    successor: NewContact | None = None,
    *,
    on: date | None = None,
) -> Action:
    """Note that a contact has left on a day (default: today), and who comes after, if known.

    The person and their addresses end and stay in the book; their consent stays with them, for it
    is theirs. A successor begins without any. The leaving is also a signal.
    """
    day = on or desk.as_of
    if day > desk.as_of:
        raise BadInputError(
            f"Nobody can have left on {shown_day(day)}, "
            f"which is after today ({shown_day(desk.as_of)})."
        )
    named = successor is not None and successor.name.strip()
    new = _checked(desk, customer, successor) if successor is not None and named else None

    def write(changes: Changes, who: int, event: int) -> None:
        person = _person(changes, who, contact)
        if person.ended_on:
            ended = shown_day(date.fromisoformat(person.ended_on))
            raise BadInputError(f"{person.name} has left already, on {ended}.")
        book.end(changes, who, contact, day.isoformat())
        if new is not None:
            after = book.add(changes, who, *new, verified_on=desk.as_of.isoformat())
            changes.update("contacts", contact, successor_id=after)
        book.signal_left(changes, who, (day - _EPOCH).days, person.name, event)

    return _perform(
        desk,
        customer,
        write,
        did="left",
        name=_name(desk, customer, contact),
        successor=new[0] if new else "",
    )


def address(channel: Channel, value: str, region: str = "") -> str:
    """Return an address as the book keeps it. Raises BadInputError for what can be none.

    With the `region` of numbers without a country's code, a phone number becomes what an import
    makes of it: written in two ways it would be two, and a refusal of one not hold for the other.
    """
    text = unicodedata.normalize("NFC", " ".join(clean(value).split()))
    fits = {
        Channel.EMAIL: _EMAIL.fullmatch(text),
        Channel.PHONE: _PHONE.fullmatch(text),
        Channel.SMS: _PHONE.fullmatch(text),
        Channel.POST: text,
    }[channel]
    if not fits:
        raise BadInputError(f"“{text[:40]}” is no address for {CHANNELS[channel]}.")
    if channel is Channel.EMAIL:
        return text.lower()
    if channel is Channel.POST or not region:
        return text
    from winback_tui.intake.kinds.points import phones

    read = phones(text, region)
    return read.values[0] if len(read.values) == 1 and not read.flawed else text


def home(desk: Desk, customer: int) -> str:
    """Return the region of a customer, for numbers that are written as at home."""
    from winback_tui.book.dossier import address as place
    from winback_tui.intake.kinds.points import region

    with plain_errors(desk.book.path):
        found = place(desk.book.connection, customer)
    return region((found and found.country) or "", desk.config.imports.region)


def _checked(
    desk: Desk, customer: int, new: NewContact
) -> tuple[str, str | None, tuple[tuple[Channel, str], ...]]:
    name = " ".join(clean(new.name).split())
    role = " ".join(clean(new.role).split()) or None
    given = [(channel, value) for channel, value in new.ways if value.strip()]
    region = home(desk, customer) if given else ""
    ways = tuple((channel, address(channel, value, region)) for channel, value in given)
    return name, role, tuple(dict.fromkeys(ways))


def _add_point(
    changes: Changes, who: int, contact: int | None, channel: Channel, value: str, *, on: str | None
) -> None:
    for each in book.points(changes.connection, who):
        if (each.contact, each.channel, each.value, each.ended_on) == (
            contact,
            channel,
            value,
            None,
        ):
            raise BadInputError(f"{value} is known there already.")
    book.add_point(changes, who, contact, channel, value, verified_on=on)


def _person(changes: Changes, customer: int, contact: int | None) -> Person:
    """Return the contact; BadInputError where the customer has no such contact any more."""
    if contact is None:
        return Person(0, "", None, None, None, None)
    for each in book.people(changes.connection, customer):
        if each.id == contact:
            return each
    raise BadInputError("There is no such contact any more.")


def _name(desk: Desk, customer: int, contact: int | None) -> str:
    with plain_errors(desk.book.path):
        known = book.people(desk.book.connection, customer)
    return next((each.name for each in known if each.id == contact), "")


def _first(ways: Sequence[tuple[Channel, str]]) -> str:
    return ways[0][1] if ways else ""


def _perform(desk: Desk, customer: int, write: Any, **facts: str) -> Action:
    said = {name: value for name, value in facts.items() if value}
    return perform(desk, [customer], EventKind.CONTACT, lambda state: state, said, rows=write)
