"""What a file says about customers, row by row: made by intake, written by the book."""

from typing import NamedTuple


class ConsentEntry(NamedTuple):
    """One consent that a row tells of.

    `at` is a UTC instant, a plain date, or "" where the file gives no time; `address` the e-mail
    or phone it is about, or "". A `plain_no` is a program's, which says it of people who were
    never asked, too: it matters where something was allowed.
    """

    channel: str
    event: str
    purpose: str
    at: str
    precision: str
    zone: str
    source: str
    basis: str = ""
    reference: str = ""
    wording: str = ""
    address: str = ""
    plain_no: bool = False


class SignalEntry(NamedTuple):
    """One dated fact; `day` counts from 1970-01-01, `source_id` is its own id in its program."""

    kind: str
    day: int
    value: float | None
    note: str
    source_id: str


class ContractEntry(NamedTuple):
    """One contract; dates are ISO, the amount is in minor units. Empty or None: not said."""

    number: str
    title: str
    starts_on: str
    ends_on: str
    notice_days: int | None
    renewal: str
    amount: int | None
    currency: str


class Entry(NamedTuple):
    """What one row says. Texts are "" where it says nothing.

    `row` is its place among the file's rows. `source` and `own_id` are the program and its own id
    of the customer, `contact_id` its id of the person. `party_guess` is a party kind that counts
    only where none is known. With `by_name`, a customer may be meant by name alone (programs that
    link people to companies so). `links` are further customers of the same program that the
    person belongs to, by own id.
    """

    row: int
    source: str
    own_id: str
    number: str
    name: str
    party_kind: str
    party_guess: str
    segment: str
    industry: str
    owner: str
    street: str
    zip: str
    city: str
    country: str
    vat_id: str
    contact_id: str
    person: str
    role: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    consents: tuple[ConsentEntry, ...] = ()
    signal: SignalEntry | None = None
    contract: ContractEntry | None = None
    by_name: bool = False
    links: tuple[str, ...] = ()
    #: The name is a person's, as tools for mailings have it: it never takes a customer's place.
    of_person: bool = False
