"""The fields that a column of a file about customers can hold. Standard library only."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.intake.fields import normal, refuse_headless, shell
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
    DELETED = "deleted"
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
    EMAIL_BOUNCED = "email_bounced"
    EMAIL_SUPPRESSION = "email_suppression"
    SMS_OPT_OUT = "sms_opt_out"
    SMS_CONSENT = "sms_consent"
    SMS_CONSENT_AT = "sms_consent_at"
    PHONE_CONSENT = "phone_consent"
    PHONE_CONSENT_AT = "phone_consent_at"
    PHONE_OPT_OUT = "phone_opt_out"
    POST_CONSENT = "post_consent"
    POST_CONSENT_AT = "post_consent_at"
    POST_OPT_OUT = "post_opt_out"
    OBJECTION = "objection"
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
    NOTICE_BY = "notice_by"
    NOTICE_GIVEN = "notice_given"
    RENEWAL = "renewal"
    STATUS = "status"
    AMOUNT = "amount"
    CURRENCY = "currency"
    IGNORE = "ignore"


#: Begins the field of a column because of which all rows are of one kind: `signal:complaint`.
ALL_OF: Final = f"{What.SIGNAL}:"
#: Fields that more than one column may hold.
SEVERAL: Final = frozenset(
    {
        *(What.EMAIL, What.PHONE, What.EMAIL_OPT_OUT, What.PHONE_OPT_OUT, What.SMS_OPT_OUT),
        *(What.POST_OPT_OUT, What.OBJECTION, What.EMAIL_BOUNCED, What.EMAIL_SUPPRESSION),
    }
)

_WHOSE: Final = (*(What.ID, What.NUMBER, What.NAME, What.VAT_ID, What.EMAIL, What.PHONE),)
_OF_CUSTOMER: Final = (
    *(What.PARTY_KIND, What.SEGMENT, What.INDUSTRY, What.OWNER, What.STREET, What.ZIP),
    What.HOUSE_NUMBER,
    *(What.CITY, What.COUNTRY, What.SINCE, What.VAT_COUNTRY, What.DELETED),
)
_OF_PERSON: Final = (What.CONTACT_ID, What.FIRST_NAME, What.LAST_NAME, What.PERSON, What.ROLE)
BESIDE: Final = (
    *(What.EMAIL_CONSENT, What.EMAIL_CONSENT_AT, What.EMAIL_CONFIRMED_AT, What.EMAIL_OPT_OUT),
    *(What.EMAIL_WITHDRAWN_AT, What.EMAIL_BOUNCED_AT, What.EMAIL_BOUNCED),
    *(What.SMS_CONSENT, What.SMS_CONSENT_AT, What.PHONE_CONSENT, What.PHONE_CONSENT_AT),
    *(What.PHONE_OPT_OUT, What.SMS_OPT_OUT, What.POST_CONSENT, What.POST_CONSENT_AT),
    *(What.EMAIL_SUPPRESSION, What.POST_OPT_OUT, What.OBJECTION),
)
#: What each kind of file has homes for.
HOMES: Final[dict[Kind, tuple[What, ...]]] = {
    Kind.CUSTOMERS: (*_WHOSE, *_OF_CUSTOMER, *_OF_PERSON, *BESIDE),
    Kind.CONTACTS: (*_WHOSE, What.COUNTRY, What.DELETED, *_OF_PERSON, *BESIDE),
    Kind.CONSENTS: (
        *_WHOSE, What.COUNTRY, What.CHANNEL, What.PURPOSE, What.EVENT, What.BASIS, What.AT,
        What.SOURCE, What.REFERENCE, What.WORDING, *BESIDE,
    ),
    Kind.SIGNALS: (
        *_WHOSE, What.COUNTRY, What.SIGNAL, What.SIGNAL_ID, What.DATE, What.VALUE, What.NOTE,
    ),
    Kind.CONTRACTS: (
        *_WHOSE, What.COUNTRY, What.CONTRACT, What.TITLE, What.START, What.END, What.NOTICE_DAYS,
        What.NOTICE_BY, What.NOTICE_GIVEN, What.RENEWAL, What.STATUS, What.AMOUNT, What.CURRENCY,
    ),
}  # fmt: skip


class Column(NamedTuple):
    """One column and the field it holds: a What, or `attribute:` and a name."""

    column: str
    field: str


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
    if kind is Kind.SIGNALS and word.strip().casefold().startswith(ALL_OF):
        said = normal(word.strip()[len(ALL_OF) :])
        if said:
            return f"{ALL_OF}{said[:80]}"
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


def without_ledger(kind: Kind, mapped: list[Column]) -> list[Column]:
    """Return `mapped` without what only rows of a ledger say, where they name no channel."""
    held = {each.field for each in mapped}
    if kind is not Kind.CONSENTS or What.CHANNEL in held or not held & set(BESIDE):
        return mapped
    only = (What.EVENT, What.PURPOSE, What.AT, What.BASIS, What.SOURCE, What.WORDING)
    return [each for each in mapped if each.field not in only]


def lacking(kind: Kind, mapped: Sequence[Column]) -> list[str]:
    """Return what a file of this kind cannot do without and `mapped` does not hold."""
    fields = {each.field for each in mapped}
    named = {What.NAME, What.PERSON, What.LAST_NAME}
    missing: list[str] = []
    if not fields & {*_WHOSE, *named}:
        missing.append("number (or id, name, vat_id, email, phone)")
    if kind is Kind.CONTACTS and not fields & {*named, What.EMAIL, What.PHONE}:
        missing.append("person (or email, phone)")
    if kind is Kind.CONSENTS and not fields & set(BESIDE):
        missing += [str(each) for each in (What.CHANNEL, What.EVENT) if each not in fields]
    if kind is Kind.SIGNALS:
        if What.SIGNAL not in fields and not any(each.startswith(ALL_OF) for each in fields):
            missing.append(f"{What.SIGNAL} (or {ALL_OF}KIND where all rows are of one)")
        missing += [str(What.DATE)] * (What.DATE not in fields)
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
