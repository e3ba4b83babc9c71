"""From clean cells to entries: who a row is about, and what it says of them."""

import re
from typing import Final, NamedTuple

from winback_tui.entries import ConsentEntry, Entry, SignalEntry
from winback_tui.intake.fields import normal
from winback_tui.intake.kinds import consents, facts, points, vocabulary
from winback_tui.intake.kinds.cells import Cells, Problem
from winback_tui.intake.kinds.fields import Kind, What
from winback_tui.intake.kinds.headers import HOUSES
from winback_tui.intake.kinds.hints import KindHints
from winback_tui.intake.kinds.presets import PeoplePreset
from winback_tui.intake.table import CUT, EXTRA
from winback_tui.model import RejectCode

#: DATEV: customers are accounts 10000 to 69999, suppliers 70000 to 99999; with longer numbers too.
_DEBTOR: Final = re.compile(r"[1-6]\d{4,8}")
_OF_ADDRESS: Final = (RejectCode.BAD_EMAIL, RejectCode.BAD_PHONE)
#: What stands before a name, and is no role.
_SALUTATIONS: Final = frozenset(
    ("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "prof_dr", "herr", "frau", "divers", "firma",
     "m", "mme", "mlle", "sir", "madam")
)  # fmt: skip
#: Headers of a number that is a name where no other column is.
_BARE: Final = frozenset(
    ("customer", "kunde", "client", "debitor", "account", "klant", "cliente", "kund")
)


#: A number that a spreadsheet has rounded, and what stands in the last row of a list.
_ROUNDED: Final = re.compile(r"\d(?:[.,]\d+)?[Ee]\+\d{2,}")
_FOOTER: Final = re.compile(
    r"(?i)(?:summen?|gesamt|gesamtsumme|insgesamt|totals?|grand totals?|sum|count)"
    r"\s*(?::?\s*|\(.*\))|"
    r"(?:anzahl(?: \w+)?|summe \w+|total \w+|number of \w+|gesamtanzahl)\s*:\s*\d[\d.,]*|"
    r"\d+ (?:datensätze|zeilen|kunden|records?|rows|kontakte|contacts|customers)"
)


#: `50667 Köln`, `D-50667 Köln`, `1010 Wien`.
_PLACE: Final = re.compile(r"(?:[A-Z]{1,3}[- ])?(\d{4,5})\s+(\D.*)")


class _Who(NamedTuple):
    """Who each row is about; every field has one value per row."""

    own: list[str]
    links: list[tuple[str, ...]]
    source: list[str]
    number: list[str]
    name: list[str]
    vat: list[str]
    emails: list[tuple[str, ...]]
    phones: list[tuple[str, ...]]
    contact: list[str]
    person: list[str]
    #: Whether the row names a company.
    house: list[bool]


def build(
    kind: Kind, cells: Cells, preset: PeoplePreset | None, hints: KindHints, name: str
) -> tuple[list[Entry], dict[int, Problem]]:
    """Return an entry for each row that can be taken, and what is wrong with the others.

    Raises BadInputError where dates or numbers could be read in two ways.
    """
    who = _who(kind, cells, preset, hints)
    setting = consents.Setting(
        source=preset.title if preset else name,
        purpose=preset.purpose if preset else "winback",
        zone=preset.zone if preset else hints.zone,
        day_first=hints.day_first,
        of_program=preset is not None,
    )
    told, wrong = _consents(kind, cells, who, setting)
    signals = facts.signals(cells, hints, wrong) if kind is Kind.SIGNALS else None
    if signals is not None:
        told = consents.of_signals(signals, setting, who.emails)
        signals = _last_of_each(signals, who)
    contracts = facts.contracts(cells, hints, wrong) if kind is Kind.CONTRACTS else None
    parties = _parties(cells)
    attributes = _attributes(cells, hints)
    plain = {
        what: cells.texts(what)
        for what in (What.SEGMENT, What.INDUSTRY, What.OWNER, What.STREET, What.CITY, What.COUNTRY)
    }
    houses = cells.ids(What.HOUSE_NUMBER)
    for row, street in enumerate(plain[What.STREET]):
        if street and houses[row]:
            plain[What.STREET][row] = f"{street} {houses[row]}"
    zips = cells.ids(What.ZIP)
    if not cells.has(What.ZIP) and normal(cells.column(What.CITY)).startswith(("plz", "zip")):
        # Both stand in one cell.
        for row, place in enumerate(plain[What.CITY]):
            if (both := _PLACE.fullmatch(place)) is not None:
                zips[row], plain[What.CITY][row] = both[1], both[2]
    roles = ["" if normal(each) in _SALUTATIONS else each for each in cells.texts(What.ROLE)]
    guesses = _guessed_parties(cells, who, preset, hints)
    rejected = _rejected(kind, cells, preset, who, wrong)
    rejected |= _deleted(cells, told, rejected)
    entries = [
        Entry(
            row=row,
            source=who.source[row],
            own_id=who.own[row],
            number=who.number[row],
            name=who.name[row],
            party_kind=parties[row],
            party_guess=guesses[row],
            segment=plain[What.SEGMENT][row],
            industry=plain[What.INDUSTRY][row],
            owner=plain[What.OWNER][row],
            street=plain[What.STREET][row],
            zip=zips[row],
            city=plain[What.CITY][row],
            country=plain[What.COUNTRY][row],
            vat_id=who.vat[row],
            contact_id=who.contact[row],
            person=who.person[row],
            role=roles[row],
            emails=who.emails[row],
            phones=who.phones[row],
            attributes=attributes[row],
            consents=tuple(told[row]),
            signal=signals[row] if signals else None,
            contract=contracts[row] if contracts else None,
            by_name=bool(preset and preset.by_name and who.house[row]),
            links=who.links[row],
            of_person=bool(preset and preset.people and not who.house[row]),
        )
        for row in range(cells.height)
        if row not in rejected
    ]
    return entries, rejected


def _last_of_each(signals: list[SignalEntry | None], who: _Who) -> list[SignalEntry | None]:
    """Return the signals, of which those with one id say what the latest of them says.

    Otherwise each import of the file would set them to one and to the other.
    """
    keys = [
        (who.source[row], who.own[row], who.number[row], who.name[row], who.emails[row],
         who.phones[row], signal.kind, signal.source_id)
        if signal is not None and signal.source_id
        else None
        for row, signal in enumerate(signals)
    ]  # fmt: skip
    last: dict[tuple[object, ...], SignalEntry] = {}
    for key, signal in zip(keys, signals, strict=True):
        if (
            key is not None
            and signal is not None
            and (key not in last or signal.day >= last[key].day)
        ):
            last[key] = signal
    return [signal if key is None else last[key] for key, signal in zip(keys, signals, strict=True)]


def _who(kind: Kind, cells: Cells, preset: PeoplePreset | None, hints: KindHints) -> _Who:
    own, links = _own_ids(cells)
    names = cells.texts(What.NAME)
    if not cells.has(What.NAME) and normal(cells.column(What.NUMBER)) in _BARE:
        numbers = cells.texts(What.NUMBER)
        names = [each if any(map(str.isalpha, each)) else "" for each in numbers]
    contacts = cells.ids(What.CONTACT_ID)
    people = _people(cells)
    if not cells.has(What.NAME):
        # Beside a person's own names, a “contact name” is the customer's.
        whole, parts = cells.texts(What.PERSON), _parts(cells)
        for row, (one, both) in enumerate(zip(whole, parts, strict=True)):
            if one and both and one != both:
                names[row], people[row] = one, both
    vats = cells.each(cells.texts(What.VAT_ID), vocabulary.vat_id)
    if cells.has(What.VAT_COUNTRY):
        lands = cells.texts(What.VAT_COUNTRY)
        vats = [
            vat if not vat or vat[:2].isalpha() else f"{land.upper()}{vat}"
            for vat, land in zip(vats, lands, strict=True)
        ]
    source = preset.source if preset and preset.source else "own"
    sources = [source] * cells.height
    housed = [bool(name) for name in names]
    for row in range(cells.height):
        if names[row] or not people[row]:
            continue
        # A person without a company is the customer.
        names[row] = people[row]
        if kind is Kind.CUSTOMERS:
            people[row] = ""
            if not own[row] and contacts[row]:
                own[row], sources[row], contacts[row] = contacts[row], f"{source}:person", ""
    return _Who(
        own=own,
        links=links,
        source=sources,
        number=cells.ids(What.NUMBER),
        name=names,
        vat=vats,
        emails=_emails(cells),
        phones=_phones(cells, hints.region, plus=bool(preset and preset.plus)),
        contact=contacts,
        person=people,
        house=housed,
    )


def _own_ids(cells: Cells) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the program's own id of each row's customer, and further ones joined with ;."""
    own = cells.ids(What.ID)
    links: list[tuple[str, ...]] = [()] * cells.height
    for row, cell in enumerate(own):
        if ";" in cell:
            first, *rest = [part.strip() for part in cell.split(";") if part.strip()] or [""]
            own[row], links[row] = first, tuple(dict.fromkeys(each for each in rest))
    return own, links


def _people(cells: Cells) -> list[str]:
    return [one or both for one, both in zip(cells.texts(What.PERSON), _parts(cells), strict=True)]


def _parts(cells: Cells) -> list[str]:
    """Return first and last name of each row in one."""
    first, last = cells.texts(What.FIRST_NAME), cells.texts(What.LAST_NAME)
    return [f"{given} {family}".strip() for given, family in zip(first, last, strict=True)]


def _emails(cells: Cells) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()] * cells.height
    for column in cells.columns(What.EMAIL):
        for row, read in enumerate(cells.each(_raw(cells, column), points.emails)):
            if read.flawed:
                cells.flaw(row, column, RejectCode.BAD_EMAIL)
            if read.values:
                found[row] = tuple(dict.fromkeys((*found[row], *read.values)))
    return found


def _phones(cells: Cells, default: str, *, plus: bool) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()] * cells.height
    countries = cells.texts(What.COUNTRY)
    for column in cells.columns(What.PHONE):
        known: dict[tuple[str, str], points.Read] = {}
        for row, cell in enumerate(_raw(cells, column)):
            if not cell:
                continue
            if plus and cell[:1] in "123456789":
                cell = f"+{cell}"  # noqa: PLW2901 - the same number, whole
            key = (cell, points.region(countries[row], default))
            read = known.get(key)
            if read is None:
                read = known[key] = points.phones(*key)
            if read.flawed:
                cells.flaw(row, column, RejectCode.BAD_PHONE)
            if read.values:
                found[row] = tuple(dict.fromkeys((*found[row], *read.values)))
    return found


def _raw(cells: Cells, column: str) -> list[str]:
    """Return a column's cells with its line breaks, which part several addresses."""
    breaks = cells.table.frame[column].str.replace_all(r"[\r\n]+", ";")
    return breaks.str.replace_all(r"[\p{Cc}\p{Cf}]", "").str.strip_chars().to_list()


def _consents(
    kind: Kind, cells: Cells, who: _Who, setting: consents.Setting
) -> tuple[list[list[ConsentEntry]], dict[int, Problem]]:
    wrong: dict[int, Problem] = {}
    if kind in (Kind.SIGNALS, Kind.CONTRACTS):
        return [[] for _ in range(cells.height)], wrong
    told = consents.beside(cells, setting, who.emails, who.phones)
    if cells.has(What.CHANNEL) and cells.has(What.EVENT):
        rows, wrong = consents.ledger(cells, setting, who.emails, who.phones)
        told = [[*one, *other] for one, other in zip(told, rows, strict=True)]
    elif kind is Kind.CONSENTS:
        for row, flaws in cells.flawed.items():
            bad = [
                each for each in flaws if each.code in (RejectCode.BAD_EVENT, RejectCode.BAD_DATE)
            ]
            if bad and not told[row]:
                wrong[row] = bad[0]
    return told, wrong


def _parties(cells: Cells) -> list[str]:
    found = cells.each(
        cells.texts(What.PARTY_KIND), lambda cell: vocabulary.party(cell) if cell else ""
    )
    for row, party in enumerate(found):
        if party is None:
            cells.flaw(row, cells.column(What.PARTY_KIND), RejectCode.BAD_PARTY)
    return ["" if each in (None, "unknown") else str(each) for each in found]


def _guessed_parties(
    cells: Cells, who: _Who, preset: PeoplePreset | None, hints: KindHints
) -> list[str]:
    """Return "business" for rows that name a company, or have a VAT id, where that is certain."""
    if preset is None:
        column = cells.column(What.NAME)
        # Who says that it is the name says that it tells no more.
        certain = normal(column) in HOUSES and (column, str(What.NAME)) not in hints.mapping
    else:
        certain = preset.party == "business" or preset.accounts
    return [
        "business" if vat or (certain and house) else ""
        for house, vat in zip(who.house, who.vat, strict=True)
    ]


def _attributes(cells: Cells, hints: KindHints) -> list[tuple[tuple[str, str], ...]]:
    columns = cells.attributes()
    if cells.has(What.SINCE):
        days = cells.days(What.SINCE, hints.day_first)
        texts = cells.texts(What.SINCE)
        for row, day in enumerate(days):
            if day is None and texts[row]:
                cells.flaw(row, cells.column(What.SINCE), RejectCode.BAD_DATE)
        columns.append((str(What.SINCE), ["" if day is None else facts.iso(day) for day in days]))
    if not columns:
        return [()] * cells.height
    return [
        tuple((name, listed[row]) for name, listed in columns if listed[row])
        for row in range(cells.height)
    ]


def _sums_up(who: _Who, row: int) -> bool:
    """Return whether a row holds the sum or the count of the others, and nobody."""
    told = {who.number[row], who.name[row], who.person[row]} - {""}
    if len(told) != 1 or who.emails[row] or who.phones[row]:
        return False
    return _FOOTER.fullmatch(told.pop()) is not None


def _deleted(
    cells: Cells, told: list[list[ConsentEntry]], rejected: dict[int, Problem]
) -> dict[int, Problem]:
    """Return the rows that their program has deleted, unless they bring a refusal."""
    gone = cells.each(cells.texts(What.DELETED), vocabulary.says_so)
    return {
        row: Problem(cells.column(What.DELETED), RejectCode.DELETED)
        for row, each in enumerate(gone)
        if each and row not in rejected and not any(map(_closes, told[row]))
    }


def _closes(consent: ConsentEntry) -> bool:
    return consent.event in ("withdrawn", "objected", "bounced") and not consent.plain_no


def _rejected(
    kind: Kind,
    cells: Cells,
    preset: PeoplePreset | None,
    who: _Who,
    wrong: dict[int, Problem],
) -> dict[int, Problem]:
    extra = cells.table.frame[EXTRA].to_list()
    place = cells.column(What.NUMBER) or cells.column(What.EMAIL) or cells.column(What.NAME)
    found: dict[int, Problem] = {}
    for row in range(cells.height):
        identity = (
            *(who.own[row], who.number[row], who.name[row], who.vat[row]),
            *(who.emails[row], who.phones[row]),
        )
        if extra[row]:
            code = RejectCode.CUT_OFF if extra[row] == CUT else RejectCode.RAGGED
            found[row] = Problem("", code)
        elif _ROUNDED.fullmatch(who.number[row]):
            # Several numbers may have been this one before a spreadsheet rounded them.
            found[row] = Problem(cells.column(What.NUMBER), RejectCode.ROUNDED_CUSTOMER)
        elif _sums_up(who, row):
            found[row] = Problem(place, RejectCode.NO_SALE)
        elif preset and preset.accounts and not _DEBTOR.fullmatch(who.number[row]):
            found[row] = Problem(place, RejectCode.NO_DEBTOR)
        elif not any(identity):
            flaws = [each for each in cells.flawed.get(row, ()) if each.code in _OF_ADDRESS]
            found[row] = flaws[0] if flaws else Problem(place, RejectCode.NO_CUSTOMER)
        elif row in wrong:
            found[row] = wrong[row]
        elif kind is Kind.CONTACTS and not (who.person[row] or who.emails[row] or who.phones[row]):
            found[row] = Problem(cells.column(What.PERSON), RejectCode.NO_CONTACT)
        if row in wrong and found[row] != wrong[row]:
            cells.flaw(row, *wrong[row])
    return found
