"""The fields that a column of a file about customers can hold. Standard library only."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.intake import likeness
from winback_tui.intake.fields import normal, of_bank, refuse_headless, shell
from winback_tui.intake.kinds.headers import HEADERS, OF_ADDRESSES
from winback_tui.intake.unclear import UnclearError

#: Begins the field of a column that is kept as an attribute: `attribute:Newsletter group`.
ATTRIBUTE: Final = "attribute:"


class Kind(StrEnum):
    """What a file is imported as."""

    CUSTOMERS = "customers"
    CONTACTS = "contacts"
    CONSENTS = "consents"
    SIGNALS = "signals"
    CONTRACTS = "contracts"


class What(StrEnum):
    """What a column means to the book. Several columns may hold e-mails, phones or mobiles."""

    ID = "id"
    NUMBER = "number"
    NAME = "name"
    PARTY_KIND = "party_kind"
    SEGMENT = "segment"
    INDUSTRY = "industry"
    OWNER = "owner"
    STREET = "street"
    HOUSE_NUMBER = "house_number"
    ZIP = "zip"
    CITY = "city"
    COUNTRY = "country"
    VAT_ID = "vat_id"
    VAT_COUNTRY = "vat_country"
    SINCE = "customer_since"
    CONTACT_ID = "contact_id"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    PERSON = "person"
    ROLE = "role"
    EMAIL = "email"
    PHONE = "phone"
    CHANNEL = "channel"
    PURPOSE = "purpose"
    EVENT = "event"
    BASIS = "basis"
    AT = "at"
    SOURCE = "source"
    REFERENCE = "reference"
    WORDING = "wording"
    EMAIL_CONSENT = "email_consent"
    EMAIL_CONSENT_AT = "email_consent_at"
    EMAIL_CONFIRMED_AT = "email_confirmed_at"
    EMAIL_OPT_OUT = "email_opt_out"
    EMAIL_WITHDRAWN_AT = "email_withdrawn_at"
    EMAIL_BOUNCED_AT = "email_bounced_at"
    EMAIL_SUPPRESSION = "email_suppression"
    SMS_OPT_OUT = "sms_opt_out"
    SMS_CONSENT = "sms_consent"
    SMS_CONSENT_AT = "sms_consent_at"
    PHONE_CONSENT = "phone_consent"
    PHONE_CONSENT_AT = "phone_consent_at"
    PHONE_OPT_OUT = "phone_opt_out"
    POST_CONSENT = "post_consent"
    POST_CONSENT_AT = "post_consent_at"
    SIGNAL = "signal"
    SIGNAL_ID = "signal_id"
    DATE = "date"
    VALUE = "value"
    NOTE = "note"
    CONTRACT = "contract"
    TITLE = "title"
    START = "start"
    END = "end"
    NOTICE_DAYS = "notice_days"
    RENEWAL = "renewal"
    STATUS = "status"
    AMOUNT = "amount"
    CURRENCY = "currency"
    IGNORE = "ignore"


#: Fields that more than one column may hold.
SEVERAL: Final = frozenset({What.EMAIL, What.PHONE})

_WHOSE: Final = (*(What.ID, What.NUMBER, What.NAME, What.VAT_ID, What.EMAIL, What.PHONE),)
_OF_CUSTOMER: Final = (
    *(What.PARTY_KIND, What.SEGMENT, What.INDUSTRY, What.OWNER, What.STREET, What.ZIP),
    What.HOUSE_NUMBER,
    *(What.CITY, What.COUNTRY, What.SINCE, What.VAT_COUNTRY),
)
_OF_PERSON: Final = (What.CONTACT_ID, What.FIRST_NAME, What.LAST_NAME, What.PERSON, What.ROLE)
_BESIDE: Final = (
    *(What.EMAIL_CONSENT, What.EMAIL_CONSENT_AT, What.EMAIL_CONFIRMED_AT, What.EMAIL_OPT_OUT),
    *(What.EMAIL_WITHDRAWN_AT, What.EMAIL_BOUNCED_AT),
    *(What.SMS_CONSENT, What.SMS_CONSENT_AT, What.PHONE_CONSENT, What.PHONE_CONSENT_AT),
    *(What.PHONE_OPT_OUT, What.SMS_OPT_OUT, What.POST_CONSENT, What.POST_CONSENT_AT),
    What.EMAIL_SUPPRESSION,
)
#: What each kind of file has homes for.
HOMES: Final[dict[Kind, tuple[What, ...]]] = {
    Kind.CUSTOMERS: (*_WHOSE, *_OF_CUSTOMER, *_OF_PERSON, *_BESIDE),
    Kind.CONTACTS: (*_WHOSE, What.COUNTRY, *_OF_PERSON, *_BESIDE),
    Kind.CONSENTS: (
        *_WHOSE, What.COUNTRY, What.CHANNEL, What.PURPOSE, What.EVENT, What.BASIS, What.AT,
        What.SOURCE, What.REFERENCE, What.WORDING, *_BESIDE,
    ),
    Kind.SIGNALS: (
        *_WHOSE, What.COUNTRY, What.SIGNAL, What.SIGNAL_ID, What.DATE, What.VALUE, What.NOTE,
    ),
    Kind.CONTRACTS: (
        *_WHOSE, What.COUNTRY, What.CONTRACT, What.TITLE, What.START, What.END, What.NOTICE_DAYS,
        What.RENEWAL, What.STATUS, What.AMOUNT, What.CURRENCY,
    ),
}  # fmt: skip

#: Fields that a header may hold with words around it that say whose or which.
_PLAIN: Final = frozenset(
    {
        *(What.NAME, What.EMAIL, What.PHONE, What.STREET, What.ZIP, What.CITY, What.COUNTRY),
        *(What.VAT_ID, What.FIRST_NAME, What.LAST_NAME, What.PERSON, What.OWNER, What.SINCE),
    }
)
#: Those words.
_BESIDES: Final = frozenset(
    ("billing", "default", "customer", "kunden", "kunde", "client", "mailing", "primary", "main",
     "requester", "reporter", "melder", "sender", "absender",
     "business", "work", "office", "contact", "po", "user", "account", "rechnung", "rechnungs",
     "bill", "to", "sold", "opportunity", "deal", "primaer", "geschaeftl",
     "geschaeftlich", "privat", "address", "adresse", "value", "invoice", "company", "person",
     "1", "")
)  # fmt: skip
#: Headers that in a file of customers are their number, where nothing says so better.
_BARE_NUMBERS: Final = ("number", "nr", "no", "nummer")
#: And in all files a name, where another column is the number.
_BARE_NAMES: Final = ("customer", "kunde", "client", "debitor", "account", "klant", "cliente")


#: Headers of files that tell of orders, bookings or contracts.
_OF_SALES: Final = re.compile(
    r"betrag|amount|(?:^|_)total$|summe|price|preis|umsatz|beleg|rechnung|invoice|order|auftrag|bestell|"
    r"vertrag|contract|buchung|booking|gebuehr|kurs|termin|appointment|ticket|"
    r"(?:^|_)(?:plan|tarif|mrr|arr|soll|netto|brutto|cancell?ed_at)(?:_|$)"
)
#: No header has more words; what has is a row of text.
_LONGEST: Final = 20


class Column(NamedTuple):
    """One column and the field it holds: a What, or `attribute:` and a name."""

    column: str
    field: str


def guess(kind: Kind, columns: Sequence[str]) -> list[Column]:
    """Return which columns hold which fields of `kind`, by the names that they bear.

    Where several columns could hold a field, the header that says it more exactly wins; e-mails
    and phones take all that say so.
    """
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(normal(column), column)
    if of_bank(by_name):
        for account in ("kontonummer", "kto", "kto_nr", "ktonr"):
            by_name.pop(account, None)
    found: list[Column] = []
    taken: set[str] = set()
    for field, headers in HEADERS.items():
        what = What(field)
        if what not in HOMES[kind]:
            continue
        names = headers.split()
        if kind is Kind.CONSENTS and What.EVENT not in {each.field for each in found}:
            names += OF_ADDRESSES.get(what, "").split()
        matches = [by_name[name] for name in names if name in by_name]
        free = [column for column in matches if column not in taken]
        if what is What.NAME:
            free = _name(free, by_name)
        for column in free if what in SEVERAL else free[:1]:
            found.append(Column(column, what))
            taken.add(column)
    found += _likely(kind, columns, found)
    found += _bare(kind, by_name, found)
    if kind is Kind.CONSENTS:
        found = _of_addresses(found, by_name)
    return _bare_name(found, columns)


def _bare(kind: Kind, by_name: Mapping[str, str], found: Sequence[Column]) -> list[Column]:
    """Return bare headers that are a customer's number or name where nothing says so better."""
    fields, taken = {each.field for each in found}, {each.column for each in found}
    wanted: list[tuple[What, tuple[str, ...]]] = []
    if kind is Kind.CUSTOMERS and not {What.ID, What.NUMBER} & fields:
        wanted.append((What.NUMBER, _BARE_NUMBERS))
    if not {What.NAME, What.PERSON, What.LAST_NAME} & fields:
        # Beside a number, a bare “Kunde” is who bears it.
        wanted.append((What.NAME, _BARE_NAMES))
    bare = ((what, [by_name[n] for n in names if n in by_name]) for what, names in wanted)
    return [Column(there[0], what) for what, there in bare if there and there[0] not in taken]


def of_sales(columns: Iterable[str]) -> bool:
    """Return whether a file tells of orders, bookings or contracts, by its columns."""
    return any(_OF_SALES.search(normal(column)) for column in columns)


def _of_addresses(found: list[Column], by_name: Mapping[str, str]) -> list[Column]:
    """Take a bare “Status” beside e-mail addresses alone for what was said of those.

    So newsletter tools write it, which have no other channel.
    """
    held = {each.field: each.column for each in found}
    status = held.get(What.EVENT, "")
    if normal(status) != "status" or What.EMAIL not in held:
        return found
    if {What.CHANNEL, What.PHONE, What.EMAIL_CONSENT, What.NUMBER, What.ID} & set(held):
        return found
    if of_sales(by_name):
        # It is that of an order or a contract, which allows nothing.
        return found
    other = {What.EVENT: What.EMAIL_CONSENT, What.AT: What.EMAIL_CONSENT_AT}
    made = [
        each._replace(field=str(other.get(What(each.field), each.field)))
        for each in found
        if not (each.field == What.AT and What.EMAIL_CONSENT_AT in held)
    ]
    for field, names in OF_ADDRESSES.items():
        free = (by_name[name] for name in names.split() if name in by_name)
        column = next((c for c in free if c not in held.values()), None)
        if column is not None and field not in {each.field for each in made}:
            made.append(Column(column, field))
    return made


def _likely(kind: Kind, columns: Sequence[str], found: Sequence[Column]) -> list[Column]:
    """Return columns that say what they hold once words such as “billing” are left out.

    So `default_billing_address_zipcode` is a postcode, and `E-mail 1 - Value` an address.
    """
    known = {
        name: What(field)
        for field, headers in HEADERS.items()
        if field in HOMES[kind] and field in _PLAIN
        for name in headers.split()
    }
    taken, held = {each.column for each in found}, {each.field for each in found}
    more: list[Column] = []
    for column in columns:
        if column in taken:
            continue
        what = next((known[name] for name in _shorter(column) if name in known), None)
        if what is None or (what in held and what not in SEVERAL):
            continue
        more.append(Column(column, what))
        held.add(what)
    return more


def _shorter(column: str) -> Iterator[str]:
    """Yield a header as `normal` writes it, with ever more of its outer words left out."""
    for header in (column, likeness.parted(column)):
        words = normal(header).split("_")
        if len(words) > _LONGEST:
            return
        for each in (words, [w.rstrip("0123456789") for w in words if not w.isdigit()]):
            for cut in range(len(each)):
                for front in range(cut, -1, -1):
                    kept = each[front : len(each) - (cut - front)]
                    left = each[:front] + each[len(each) - (cut - front) :]
                    # “User name” is no company.
                    if kept not in ([], ["name"]) and all(word in _BESIDES for word in left):
                        yield "_".join(kept)


def _name(free: list[str], by_name: dict[str, str]) -> list[str]:
    """Return `free` without a bare “Name” that stands beside a first name: it is the last name."""
    beside = {"first_name", "firstname", "vorname", "given_name"} & set(by_name)
    return [column for column in free if not (beside and normal(column) == "name")]


def _bare_name(found: list[Column], columns: Sequence[str]) -> list[Column]:
    """Take a bare “Name” beside “Vorname” for the last name where nothing else is."""
    fields = {each.field for each in found}
    names = {each.column for each in found}
    if What.FIRST_NAME in fields and What.LAST_NAME not in fields:
        bare = next((c for c in columns if normal(c) == "name" and c not in names), None)
        if bare is not None:
            return [*found, Column(bare, What.LAST_NAME)]
    return found


def overrule(
    kind: Kind, mapped: Sequence[Column], columns: Sequence[str], pairs: Sequence[tuple[str, str]]
) -> list[Column]:
    """Return `mapped` with the pairs of column and field that a person gave laid over it.

    Raises BadInputError for a column that the file lacks, a field that does not exist or has no
    place in such files, and a field given twice.
    """
    result = list(mapped)
    given: set[str] = set()
    for wanted, word in pairs:
        column = next((c for c in columns if c == wanted), None) or next(
            (c for c in columns if normal(c) == normal(wanted)), None
        )
        if column is None:
            shown = ", ".join(f"“{each}”" for each in columns[:20])
            raise BadInputError(
                f"The file has no column “{wanted}” to map; its columns are {shown}."
            )
        field = _field(kind, word)
        if field in given and field not in SEVERAL and field != What.IGNORE:
            raise BadInputError(f"--map names two columns for {field}; give each field one column.")
        result = [
            each
            for each in result
            if each.column != column
            and (each.field != field or (field in SEVERAL and field in given))
        ]
        given.add(field)
        if field != What.IGNORE:
            result.append(Column(column, field))
    return result


def _field(kind: Kind, word: str) -> str:
    if word.strip().casefold().startswith(ATTRIBUTE):
        name = word.strip()[len(ATTRIBUTE) :].strip()
        if kind is not Kind.CUSTOMERS or not name:
            raise BadInputError(
                "An attribute is mapped as COLUMN=attribute:NAME, in files of customers only."
            )
        return f"{ATTRIBUTE}{name[:100]}"
    try:
        what = What(normal(word))
    except ValueError:
        what = None
    if what is None or (what not in HOMES[kind] and what is not What.IGNORE):
        known = ", ".join([*HOMES[kind], What.IGNORE])
        also = ", attribute:NAME" if kind is Kind.CUSTOMERS else ""
        raise BadInputError(
            f"--map knows no field “{word}” in files of {kind}; the fields are {known}{also}."
        )
    return what


def lacking(kind: Kind, mapped: Sequence[Column]) -> list[str]:
    """Return what a file of this kind cannot do without and `mapped` does not hold."""
    fields = {each.field for each in mapped}
    named = {What.NAME, What.PERSON, What.LAST_NAME}
    missing: list[str] = []
    if not fields & {*_WHOSE, *named}:
        missing.append("number (or id, name, vat_id, email, phone)")
    if kind is Kind.CONTACTS and not fields & {*named, What.EMAIL, What.PHONE}:
        missing.append("person (or email, phone)")
    if kind is Kind.CONSENTS and not fields & set(_BESIDE):
        missing += [str(each) for each in (What.CHANNEL, What.EVENT) if each not in fields]
    if kind is Kind.SIGNALS:
        missing += [str(each) for each in (What.SIGNAL, What.DATE) if each not in fields]
    if kind is Kind.CONTRACTS and What.END not in fields:
        missing.append(str(What.END))
    return missing


def require(kind: Kind, mapped: Sequence[Column], columns: Sequence[str], name: str) -> None:
    """Raise UnclearError saying which columns are missing and how to name them, if any are."""
    missing = lacking(kind, mapped)
    if not missing:
        return
    if len(columns) == 1:
        raise BadInputError(
            f"{name} has a single column as commas, semicolons, tabs or bars part it "
            f"(“{columns[0][:60]}”); export it as CSV, or say what the column holds with "
            f"--map {shell(columns[0], missing[0].split()[0])}."
        )
    refuse_headless(columns, name, "number, name and email")
    used = {each.column for each in mapped}
    free = [column for column in columns if column not in used] or list(columns)
    example = shell(free[0], missing[0].split()[0])
    others = "".join(f" --map COLUMN={each.split()[0]}" for each in missing[1:])
    shown = ", ".join(f"“{column[:60]}”" for column in columns[:20])
    more = f" and {len(columns) - 20} more" if len(columns) > 20 else ""
    raise UnclearError(
        f"{name}: no column was recognised as {', '.join(missing)}; say which it is with "
        f"--map, such as --map {example}{others}. The columns are {shown}{more}.",
        "mapping",
        fact=f"No column was recognised as {', '.join(missing)}",
    )
