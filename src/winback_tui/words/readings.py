"""How import read a file: what its user may want to object to, and rows before and after."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from winback_tui.errors import shown_number
from winback_tui.model import exponent

_EPOCH: Final = date(1970, 1, 1)
#: Fields whose words are told, and what those count as.
COUNTED: Final = {
    "status": "purchases",
    "other_status": "purchases",
    "document_type": "money that went back",
    "renewal": "automatic renewal, by the contract's own term",
}
#: Fields that are surer than this go without saying.
_SURE: Final = 0.7


def readings(
    *,
    decimal: str,
    day_first: bool | None,
    serial: bool,
    confidence: Mapping[str, float],
    mapped_on: str,
    left_out: Sequence[str],
    choices: Sequence[Mapping[str, Any]] = (),
) -> list[str]:
    """Return lines about how a file was read, where that is not plain."""
    told = [chosen(**choice) for choice in choices]
    if decimal == ",":
        told.append("Numbers are read with a decimal comma.")
    if decimal == "each":
        told.append(
            "Each number is read by itself, with a decimal comma or point; of one that could be "
            "either, such as 1,234, the row is rejected."
        )
    if day_first is False:
        told.append("Dates are read with the month first.")
    if serial:
        told.append("Bare numbers among the dates are read as a spreadsheet's days.")
    if mapped_on:
        told.append(
            f"Read as was said on {mapped_on} about a file with this header; --forget-mapping "
            "forgets that."
        )
    doubtful = [f"{field} ({share:.0%})" for field, share in confidence.items() if share < _SURE]
    if doubtful:
        told.append(f"Not sure of {', '.join(doubtful)}; --map says otherwise.")
    if left_out:
        told.append(f"Other sheets, not read: {', '.join(left_out)}.")
    return told


def chosen(field: str, column: str, others: Sequence[str]) -> str:
    """Return what was chosen of a file where it leaves room, and how to say otherwise."""
    # A word that is not named may be one that should not count.
    most = 20 if field in COUNTED else 6
    named = ", ".join(f"“{_short(each)}”" for each in others[:most])
    more = f" and {shown_number(len(others) - most)} more" * (len(others) > most)
    if field in _TELLS:
        return _TELLS[field](column, f"{named}{more}", others)
    if field in COUNTED:
        return f"“{column}”: {named}{more} counted as {COUNTED[field]}."
    if field == "party_kind":
        said = shlex.quote(f"{column}=name")
        return f"Taken as businesses because of the column “{column}”; --map {said} says otherwise."
    pair = shlex.quote(f"{others[0]}={field}")
    return f"“{column}” was chosen as the {field}, not {named}{more}; --map {pair} says otherwise."


def _repeated(column: str, named: str, others: Sequence[str]) -> str:
    stand = "stands" if len(others) == 1 else "stand"
    return (
        f"“{column}”: {named} {stand} in several rows, which all count, as parts of one order."
        " Where it is the same order told twice, take the older rows out."
    )


def _told_once(column: str, named: str, others: Sequence[str]) -> str:
    stand, count = ("stands", "counts") if len(others) == 1 else ("stand", "count")
    said = shlex.quote(f"{column}=ignore")
    return (
        f"“{column}”: {named} {stand} in several rows that say the same of it, and"
        f" {count} once; --map {said} counts each row."
    )


def _told_off(column: str, named: str, others: Sequence[str]) -> str:
    stand, are, them = (
        ("stands", "is no purchase", "it") if len(others) == 1 else ("stand", "are none", "them")
    )
    said = shlex.quote(f"{column}=ignore")
    return (
        f"“{column}”: {named} {stand} in several rows, of which one calls {them} off, and {are};"
        f" --map {said} counts the other rows."
    )


def _receipt(column: str, _named: str, others: Sequence[str]) -> str:
    said = " ".join(f"--map {shlex.quote(f'{each}=ignore')}" for each in others)
    return (
        f"“{column}” is taken together with {' and '.join(f'“{each}”' for each in others)}, as each"
        f" numbers its own; {said} takes it alone."
    )


def _newsletter(column: str, _named: str, others: Sequence[str]) -> str:
    """Return what consents to a newsletter open, and what leaving it closes."""
    told = {
        "given": "consent to a newsletter opens the newsletter, and nothing else",
        "left": "who left it has left the newsletter, and may have allowed or refused other mail",
    }
    return f"“{column}”: {'; '.join(told[each] for each in others)}."


def _two_names(column: str, _named: str, others: Sequence[str]) -> str:
    """Return that a number bears two names in one file; `others` are it, the names, how many."""
    number, one, other, count = others
    also = "" if count == "1" else f", as do {int(count) - 1} more"
    return (
        f"Attention: “{column}” {_short(number)} bears two names in this file, “{_short(one)}” and"
        f" “{_short(other)}”{also}; all rows of a number are one customer's. If they are two"
        " customers, put a sign of its own before the number of one."
    )


def _last_name(column: str, named: str, others: Sequence[str]) -> str:
    return _two_names(column, named, others).replace(
        "one customer's.", "one customer's, under the last of its names."
    )


def _last_said(column: str, _named: str, others: Sequence[str]) -> str:
    """Return that a file says two things of one number; `others` are it, both, how many, where."""
    number, one, other, count, where = others
    also = "" if count == "1" else f", and two things of {int(count) - 1} more"
    return (
        f"“{column}” {_short(number)} has “{_short(one)}” and “{_short(other)}” under “{where}” in"
        f" this file{also}; what its last row says counts."
    )


def _guests(column: str, _named: str, others: Sequence[str]) -> str:
    if not others:
        said = shlex.quote(f"{column}=customer")
        return (
            f"“{column}” is 0 for guests, whom nothing tells apart, so their rows are left out;"
            f" --map {said} takes them for one customer."
        )
    told = " or ".join(f"“{each}”" for each in others)
    said = " ".join(f"--map {shlex.quote(f'{each}=ignore')}" for each in others)
    return (
        f"“{column}” is 0 for guests, who are told apart by {told}; {said} takes them for one"
        " customer."
    )


#: What is told and leaves no other field to be said.
_TELLS: Final[Mapping[str, Callable[[str, str, Sequence[str]], str]]] = {
    "repeated": _repeated,
    "told_once": _told_once,
    "told_off": _told_off,
    "receipt": _receipt,
    "guests": _guests,
    "last_said": _last_said,
    "two_names": _two_names,
    "last_name": _last_name,
    "newsletter": _newsletter,
}
#: Choices that are told and leave nothing to be said otherwise.
TOLD: Final = frozenset((*COUNTED, "repeated", "two_names", "last_name", "last_said", "newsletter"))


def sample(
    line: int, before: Mapping[str, str], after: Mapping[str, str | int | float | None]
) -> str:
    """Return a row before and after in one line; `after` has day and amount as the book does.

    Of files without amounts it has texts by field.
    """
    cells = ", ".join(_short(cell) for cell in before.values() if cell.strip())
    if "amount" not in after:
        made = ", ".join(_short(str(value)) for value in after.values())
        return f"Line {line}: {cells} → {made}"
    day, amount, currency = after.get("day"), after.get("amount"), str(after.get("currency") or "")
    when = (_EPOCH + timedelta(days=day)).isoformat() if isinstance(day, int) else "no date"
    places = exponent(currency)
    money = (
        f"{amount / 10**places:.{places}f} {currency}" if isinstance(amount, int) else "no amount"
    )
    return f"Line {line}: {cells} → {_short(str(after.get('number') or ''))}, {when}, {money}"


def _short(cell: str) -> str:
    return cell if len(cell) <= 40 else f"{cell[:39]}…"
