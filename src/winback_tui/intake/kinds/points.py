"""E-mail addresses and phone numbers as people type them, brought to one form each."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from winback_tui.intake.fields import normal

#: What people write where there is nothing to write.
_NOTHING: Final = frozenset(
    ("", "-", "--", "n/a", "na", "none", "null", "nan", "keine", "kein", "unbekannt", "unknown",
     "0", ".", "?", "x")
)  # fmt: skip
#: Google parts what is under one label with three colons.
_PARTS: Final = re.compile(r"[;,|\n]+|\s:::\s")
_WORDS: Final = re.compile(r"\s+/\s+|\s+(?:oder|od\.|und|or|and|&)\s+")
#: Addresses that need no library: plain letters, no two dots in a row, a domain with an end.
_PLAIN: Final = re.compile(
    r"[a-z0-9_%+-]+(?:\.[a-z0-9_%+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\.)+[a-z]{2,12}"
)
_IN_BRACKETS: Final = re.compile(r"<([^<>]*@[^<>]*)>")
_AT: Final = re.compile(r"\s*[(\[{]\s*(?:at|ät)\s*[)\]}]\s*")
_NO_MAIL: Final = frozenset(
    ("keine_e_mail", "keine_mail", "keine_email", "no_email", "no_e_mail", "kein_e_mail",
     "nicht_vorhanden", "hat_keine", "hat_keine_e_mail", "k_a", "n_v", "geen", "aucun",
     "nicht_bekannt")
)  # fmt: skip
#: Remarks behind a number: (Zentrale), (office).
_REMARK: Final = re.compile(r"\((?=[^)]*[^\W\d_])[^)]*\)")
_WORDS_ONLY: Final = re.compile(r"[^\d+@]{1,40}")
#: Words for an extension that the library does not know.
_EXTENSION: Final = re.compile(
    r"(?i)\s*\b(?:durchwahl|dw|nst|nebenstelle|app(?:arat)?|poste|int)\.?\s*(?=\d)"
)
_EXTENDED: Final = re.compile(r"(?i)[\s,]*(?:;ext=|ext(?:n|ension)?\b\.?|x|#)\s*:?\s*\d{1,7}$")
#: Words behind a number, and a number that is spelled in capitals, 0800 FLOWERS, of which no more
#: than so many figures are written; nor is one shorter that is followed by words.
_BEHIND: Final = re.compile(r"[\s,/–-]*[^\W\d_][^\d]*$")
_SPELLED: Final = re.compile(r"[+\d][\d\s()/.-]*[A-Z][A-Z\d\s-]*")
_OF_SPELLED: Final = 6
#: Below this is an area without a number.
_LEAST: Final = 10_000
_LABEL: Final = re.compile(r"^[^\d+(]{0,20}(?=[\d+(])")
#: Countries as files name them, beside their codes.
_REGIONS: Final[Mapping[str, str]] = {
    "deutschland": "DE", "germany": "DE", "d": "DE", "brd": "DE",
    "oesterreich": "AT", "austria": "AT", "a": "AT",
    "schweiz": "CH", "switzerland": "CH", "suisse": "CH",
    "liechtenstein": "LI", "luxemburg": "LU", "luxembourg": "LU",
    "niederlande": "NL", "netherlands": "NL", "the_netherlands": "NL", "holland": "NL",
    "belgien": "BE", "belgium": "BE", "frankreich": "FR", "france": "FR",
    "italien": "IT", "italy": "IT", "spanien": "ES", "spain": "ES", "portugal": "PT",
    "polen": "PL", "poland": "PL", "tschechien": "CZ", "czech_republic": "CZ", "czechia": "CZ",
    "daenemark": "DK", "denmark": "DK", "schweden": "SE", "sweden": "SE", "norwegen": "NO",
    "norway": "NO", "finnland": "FI", "finland": "FI", "irland": "IE", "ireland": "IE",
    "eire": "IE", "united_kingdom": "GB", "great_britain": "GB", "england": "GB", "uk": "GB",
    "grossbritannien": "GB", "vereinigtes_koenigreich": "GB", "united_states": "US", "usa": "US",
    "united_states_of_america": "US", "us": "US", "kanada": "CA", "canada": "CA",
    "australien": "AU", "australia": "AU", "new_zealand": "NZ", "neuseeland": "NZ",
    "ungarn": "HU", "hungary": "HU", "rumaenien": "RO", "romania": "RO", "griechenland": "GR",
    "greece": "GR", "tuerkei": "TR", "turkey": "TR", "japan": "JP", "china": "CN",
    "indien": "IN", "india": "IN", "slowakei": "SK", "slovakia": "SK", "slowenien": "SI",
    "slovenia": "SI", "kroatien": "HR", "croatia": "HR",
    "nederland": "NL", "pays_bas": "NL", "belgie": "BE", "belgique": "BE", "svizzera": "CH",
    "allemagne": "DE", "duitsland": "DE", "germania": "DE", "alemania": "DE", "tyskland": "DE",
    "autriche": "AT", "oostenrijk": "AT", "zwitserland": "CH", "frankrijk": "FR", "francia": "FR",
    "italia": "IT", "italie": "IT", "espana": "ES", "espagne": "ES", "spanje": "ES",
    "polska": "PL", "cesko": "CZ", "ceska_republika": "CZ", "danmark": "DK", "sverige": "SE",
    "norge": "NO", "suomi": "FI", "magyarorszag": "HU", "slovensko": "SK", "slovenija": "SI",
    "hrvatska": "HR", "letzebuerg": "LU", "royaume_uni": "GB", "etats_unis": "US",
    "deu": "DE", "aut": "AT", "che": "CH", "nld": "NL", "fra": "FR", "ita": "IT", "gbr": "GB",
    "bel": "BE", "lux": "LU", "pol": "PL", "dnk": "DK", "esp": "ES", "de_de": "DE", "ch_de": "CH",
    "l": "LU", "i": "IT", "f": "FR", "nl_nl": "NL", "fl": "LI",
}  # fmt: skip


#: The region of a country that nobody knows.
NOWHERE: Final = "ZZ"
_NO_COUNTRY: Final = frozenset(
    ("", "na", "n_a", "k_a", "none", "null", "unbekannt", "unknown", "0")
)


class Read(NamedTuple):
    """The addresses of one cell, each once, and whether a part of it was none."""

    values: tuple[str, ...]
    flawed: bool


@lru_cache(maxsize=4096)
def region(country: str, default: str) -> str:
    """Return the region code of a country as a file names it: `default` where it names none.

    Where nobody knows the country, only numbers that begin with a country's code can be read.
    """
    if not country.strip() or normal(country) in _NO_COUNTRY:
        return default
    word = normal(country)
    if word in _REGIONS:
        return _REGIONS[word]
    code = country.strip().upper()
    if len(code) == 2 and code.isascii() and code.isalpha():
        from phonenumbers import SUPPORTED_REGIONS

        if code in SUPPORTED_REGIONS:
            return code
    return NOWHERE


def emails(cell: str) -> Read:
    """Return the e-mail addresses of a cell in lower case; several stand with ; , | or spaces."""
    text = cell.strip().lower()
    if _PLAIN.fullmatch(text):
        return Read((text,), flawed=not _public(text))
    found: list[str] = []
    flawed = False
    if normal(text) in _NO_MAIL:
        return Read((), flawed=False)
    # “(at)” hides an address from programs that collect them; before brackets stands a name.
    text = _AT.sub("@", text)
    told = _IN_BRACKETS.findall(text)
    for part in told or _PARTS.split(text):
        bare = part.strip().removeprefix("mailto:")
        for each in bare.split():
            if each in _NOTHING:
                continue
            address = _email(each.strip("'\"<>()").rstrip("."))
            if address is None:
                flawed = True
            elif address not in found:
                found.append(address)
    return Read(tuple(found), flawed)


def _public(address: str) -> bool:
    """Return whether a plain address is one that the library would take: most are."""
    local, _, domain = address.rpartition("@")
    return len(local) <= 64 and len(domain) <= 253


def _email(text: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email

    if len(text) > 320:
        return None
    try:
        # Whether a domain answers is not asked: this program talks to no server.
        checked = validate_email(text, check_deliverability=False, test_environment=True)
    except (EmailNotValidError, UnicodeError, ValueError):
        return None
    return checked.normalized.lower()


def phones(cell: str, region: str) -> Read:
    """Return the phone numbers of a cell in E.164 (an extension as ;ext=), `region` unless named.

    Several stand with ; , | or a slash between spaces, a remark in brackets behind.
    """
    found: list[str] = []
    flawed = False
    for part in _PARTS.split(cell.strip().lstrip("'")):
        if part.strip().casefold() in _NOTHING:
            continue
        if found and _WORDS_ONLY.fullmatch(part.strip()):
            # A remark behind a number: whose it is.
            continue
        for each in _numbers(part, region):
            if each is None:
                flawed = True
            elif each not in found:
                found.append(each)
    return Read(tuple(found), flawed)


def _numbers(part: str, region: str) -> Iterable[str | None]:
    whole = _phone(part, region)
    if whole is not None:
        return [whole]
    pieces = [each for each in _WORDS.split(part) if each.strip()]
    return [_phone(each, region) for each in pieces] if len(pieces) > 1 else [None]


#: Numbers that need no library: digits in groups, behind a single 0 or a country's code.
_AT_HOME: Final = re.compile(r"0[1-9][\d /-]{2,24}")
_ABROAD: Final = re.compile(r"\+[1-9][\d /-]{5,24}")
#: Regions whose numbers are written so that only a leading 0 is to be taken off.
_ZERO: Final[Mapping[str, int]] = {"DE": 49, "AT": 43, "CH": 41}


def _plain_phone(text: str, region: str) -> str | None:
    """Return what the library would, for the numbers that most files hold; None for others."""
    if region in _ZERO and _AT_HOME.fullmatch(text):
        code, digits = _ZERO[region], _digits(text)[1:]
    elif _ABROAD.fullmatch(text):
        whole = _digits(text)
        code = next((each for each in _ZERO.values() if whole.startswith(str(each))), 0)
        digits = whole[2:]
        if not code or digits.startswith("0"):
            return None
    else:
        return None
    # Of shorter ones the library doubts whether the 0 is a part of them.
    return f"+{code}{digits}" if len(digits) > 6 and _possible(code, len(digits)) else None


def _digits(text: str) -> str:
    return text.translate(_SEPARATORS)


_SEPARATORS: Final = str.maketrans("", "", " /-+")


@lru_cache(maxsize=256)
def _possible(code: int, length: int) -> bool:
    """Return whether numbers of a country may have so many digits."""
    import phonenumbers as library

    number = library.PhoneNumber(country_code=code, national_number=int("2" * length))
    return bool(library.is_possible_number(number))


def _said(bare: str) -> str:
    """Return a number without the words behind it, which the library would dial; "" for others."""
    extended = _EXTENDED.search(bare)
    head, tail = (bare[: extended.start()], extended[0]) if extended else (bare, "")
    if not any(map(str.isalpha, head)):
        return bare
    if _SPELLED.fullmatch(head) and sum(map(str.isdigit, head)) <= _OF_SPELLED:
        return bare
    head = _BEHIND.sub("", head)
    if any(map(str.isalpha, head)) or sum(map(str.isdigit, head)) < _OF_SPELLED:
        return ""
    return head + tail


@lru_cache(maxsize=8192)
def _phone(text: str, region: str) -> str | None:
    if (plain := _plain_phone(text.strip(), region)) is not None:
        return plain
    import phonenumbers as library

    bare = _LABEL.sub("", _REMARK.sub("", text).strip().lstrip("'"))
    bare = _said(_EXTENSION.sub(" ext. ", bare).strip())
    if not 4 <= len(bare) <= 60:
        return None
    try:
        number = library.parse(bare, region)
        if bare[0] in "123456789":
            # A spreadsheet takes the plus off: then the country's code comes first.
            abroad = library.parse(f"+{bare}", region)
            if library.is_valid_number(abroad):
                if library.is_valid_number(number) and abroad != number:
                    return None
                number = abroad
    except library.NumberParseException:
        return None
    area_alone = number.italian_leading_zero and number.country_code in _ZERO.values()
    if (area_alone and (number.national_number or 0) < _LEAST) or not library.is_possible_number(
        number
    ):
        return None
    written = library.format_number(number, library.PhoneNumberFormat.E164)
    return f"{written};ext={number.extension}" if number.extension else written
