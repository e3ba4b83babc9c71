"""Which columns of a file about customers hold which fields, by the names that they bear."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from winback_tui.intake import likeness
from winback_tui.intake.fields import normal, of_bank
from winback_tui.intake.kinds import parts
from winback_tui.intake.kinds.fields import BESIDE, HOMES, SEVERAL, Column, Kind, What
from winback_tui.intake.kinds.headers import HEADERS, HOUSES, OF_ADDRESSES, SIGNED_UP

#: Fields that a header may hold with words around it that say whose or which.
_PLAIN: Final = frozenset(
    {
        *(What.NAME, What.EMAIL, What.PHONE, What.STREET, What.ZIP, What.CITY, What.COUNTRY),
        *(What.VAT_ID, What.FIRST_NAME, What.LAST_NAME, What.PERSON, What.OWNER, What.SINCE),
    }
)
#: Those words.
_BESIDES: Final = frozenset(
    ("direkt", "direct", "durchwahl", "zentrale", "buero",
     "billing", "default", "customer", "kunden", "kunde", "client", "mailing",
     "postanschrift", "primary", "main",
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


def guess(kind: Kind, columns: Sequence[str]) -> list[Column]:
    """Return which columns hold which fields of `kind`, by the names that they bear.

    Where several columns could hold a field, the header that says it more exactly wins; e-mails
    and phones take all that say so.
    """
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(normal(column), column)
    for column in columns:
        by_name.setdefault(normal(likeness.parted(column)), column)
    loose = _bare_headers(columns, by_name)
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
        # What is said of consent may hold for what stands behind it alone.
        exact = [by_name[name] for name in names if name in by_name]
        bare = () if what in (*BESIDE, What.EVENT, What.AT) else names
        matches = dict.fromkeys((*exact, *(c for name in bare for c in loose.get(name, ()))))
        free = [column for column in matches if column not in taken]
        if what is What.NAME:
            free = _name(free, by_name)
        for column in free if what in SEVERAL else free[:1]:
            found.append(Column(column, what))
            taken.add(column)
    found += parts.refusals(kind, columns, found)
    found += _likely(kind, columns, found)
    found += _bare(kind, by_name, found)
    if kind is Kind.CONSENTS:
        found = _signed_up(_of_addresses(found, by_name), by_name)
    found = parts.dated(found, by_name)
    if kind is Kind.SIGNALS:
        found = parts.of_signals(found, columns)
    if kind is Kind.CONTRACTS:
        found = parts.of_contracts(found, columns)
    return _bare_name(found, columns, people=What.PERSON in HOMES[kind])


#: What stands behind a header's name: a unit, or a remark in brackets.
_BEHIND: Final = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$|\s+in\s+\S+$")


#: Remarks that say what a column holds.
_OF_ANOTHER: Final = re.compile(
    r"mail|telefon|phone|^tel|fax|(?:^|_)(?:id|nr|no|name|url|link|status|date)(?:_|$)|nummer|number|"
    r"datum|strasse|plz|(?:^|_)ort(?:_|$)|alt(?:_|$)|old|frueher|former"
)


def _bare_headers(columns: Sequence[str], by_name: Mapping[str, str]) -> dict[str, list[str]]:
    """Return columns by header without the unit or the remark that stands behind it.

    So `Kündigungsfrist (Monate)` is a “Kündigungsfrist”, where no other column is.
    """
    found: dict[str, list[str]] = {}
    for column in columns:
        behind = _BEHIND.search(column)
        remark = "" if behind is None else normal(behind[0])
        # “Ansprechpartner (Telefon)” is a telephone, and nobody's name.
        cut = column if _OF_ANOTHER.search(remark) else _BEHIND.sub("", column)
        for bare in (likeness.bare(column), cut):
            for name in (normal(bare), normal(likeness.parted(bare))):
                if name and name not in by_name:
                    found.setdefault(name, []).append(column)
    return found


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
    if {What.CHANNEL, What.EMAIL_CONSENT, What.NUMBER, What.ID} & set(held):
        return found
    if What.PHONE in held and not {What.EMAIL_WITHDRAWN_AT, What.EMAIL_CONFIRMED_AT} & set(held):
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


#: Fields that tell of an address in a newsletter tool.
_OF_TOOLS: Final = frozenset({
    *(What.EMAIL_CONSENT, What.EMAIL_CONFIRMED_AT, What.EMAIL_OPT_OUT, What.EMAIL_WITHDRAWN_AT),
    What.EMAIL_BOUNCED_AT,
})  # fmt: skip


def _signed_up(found: list[Column], by_name: Mapping[str, str]) -> list[Column]:
    """Add the day of signing up where something else says that it was to a newsletter.

    In a list of members it is when they joined.
    """
    held = {each.field for each in found}
    if What.EMAIL_CONSENT_AT in held or not held & _OF_TOOLS or {What.NUMBER, What.ID} & held:
        return found
    taken = {each.column for each in found}
    there = (by_name[name] for name in SIGNED_UP.split() if name in by_name)
    column = next((each for each in there if each not in taken), None)
    return found if column is None else [*found, Column(column, What.EMAIL_CONSENT_AT)]


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


def _bare_name(found: list[Column], columns: Sequence[str], *, people: bool) -> list[Column]:
    """Take a bare “Name” beside “Vorname” for the last name, beside “Firma” for a person."""
    fields = {each.field for each in found}
    names = {each.column for each in found}
    bare = next((c for c in columns if normal(c) == "name" and c not in names), None)
    if bare is None or What.LAST_NAME in fields or What.PERSON in fields:
        return found
    if What.FIRST_NAME in fields:
        return [*found, Column(bare, What.LAST_NAME)]
    house = next((each.column for each in found if each.field == What.NAME), "")
    if people and normal(house) in HOUSES:
        # Beside a company stands whom one speaks to there.
        return [*found, Column(bare, What.PERSON)]
    return found
