"""What import says: why rows were set aside, what was guessed, and how it all ended."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from winback_tui.errors import shown_number
from winback_tui.model import RejectCode
from winback_tui.words import retold

#: The `_message` of a rejected row.
REJECTED: Final[Mapping[str, str]] = {
    RejectCode.RAGGED: "The row has more cells than the header; those beyond it are in “_extra”.",
    RejectCode.CUT_OFF: "The file ends in the middle of this row; complete it and empty “_extra”.",
    RejectCode.NO_CUSTOMER: "The row names no customer.",
    RejectCode.LONG_CUSTOMER: "The customer number is too long to be told from another one.",
    RejectCode.ROUNDED_CUSTOMER: "A spreadsheet has rounded the customer number (4,00123E+11); "
    "export it once more, with that column as text.",
    RejectCode.NO_DATE: "The row has no date.",
    RejectCode.BAD_DATE: "The date is not one that the calendar has, or is written otherwise.",
    RejectCode.NO_AMOUNT: "The row has no amount.",
    RejectCode.BAD_AMOUNT: "The amount is no number, is written otherwise, or is far too large.",
    RejectCode.BAD_CURRENCY: "The currency is none that is known for certain, or the amount "
    "bears the sign of another; write its code, such as EUR or USD.",
    RejectCode.TEST_ORDER: "The order is a test, no purchase.",
    RejectCode.CANCELLED: "The order was cancelled, so it is no purchase.",
    RejectCode.DRAFT: "The order is a draft or an offer, no purchase.",
    RejectCode.NOT_PAID: "The payment is pending or failed, so it is no purchase yet.",
    RejectCode.OPEN: "The deal is still open, no purchase.",
    RejectCode.LOST: "The deal was lost, so it is no purchase.",
    RejectCode.NO_SALE: "The row is no sale to a customer.",
    RejectCode.OUTGOING: "The money went out, so it is no purchase.",
    RejectCode.SAME_ORDER: "Another row of the same order was rejected; mend that one.",
    RejectCode.NO_CONTACT: "The row names no person, e-mail or phone.",
    RejectCode.NO_SIGNAL: "The row does not say what happened.",
    RejectCode.BAD_EMAIL: "The e-mail address is none.",
    RejectCode.BAD_PHONE: "The phone number is none, or lacks its area.",
    RejectCode.BAD_PARTY: "The kind of customer is neither business nor consumer.",
    RejectCode.BAD_CHANNEL: "The channel is none of email, phone, sms, post.",
    RejectCode.BAD_PURPOSE: "The purpose is none of winback, newsletter, similar_goods, service.",
    RejectCode.BAD_EVENT: "What was said about consent is no word that the book knows; it knows "
    "granted (Einwilligung), confirmed (bestätigt), withdrawn (Widerruf), objected (Widerspruch), "
    "bounced (unzustellbar), renewed (erneuert).",
    RejectCode.BAD_VALUE: "The value is no number, or is written otherwise.",
    RejectCode.BAD_NOTICE: "The notice is no number of days, weeks or months, or over ten years.",
    RejectCode.CONTRACT_OVER: "The contract is over, or was never made, so nothing of it is due.",
    RejectCode.ENDS_FIRST: "The contract would end before it starts.",
    RejectCode.BAD_RENEWAL: "The renewal is none of automatic, manual, none, and no time such as "
    "12 Monate; write one of these, or leave the column out with --map COLUMN=ignore.",
    RejectCode.NO_DEBTOR: "The account is not a customer's (10000 to 69999).",
    RejectCode.DELETED: "The program that wrote the file has deleted the row, or merged it into "
    "another.",
    RejectCode.UNKNOWN_CUSTOMER: "The customer is not in the book; import the customers first.",
    RejectCode.AMBIGUOUS_CUSTOMER: "More than one customer could be meant; give the number.",
}
_SHORT: Final[Mapping[str, str]] = {
    RejectCode.RAGGED: "with too many cells",
    RejectCode.CUT_OFF: "in whose middle the file ends",
    RejectCode.NO_CUSTOMER: "without a customer",
    RejectCode.LONG_CUSTOMER: "with an overlong customer number",
    RejectCode.ROUNDED_CUSTOMER: "with a customer number that a spreadsheet has rounded",
    RejectCode.NO_DATE: "without a date",
    RejectCode.BAD_DATE: "with a date that cannot be read",
    RejectCode.NO_AMOUNT: "without an amount",
    RejectCode.BAD_AMOUNT: "with an amount that cannot be read",
    RejectCode.BAD_CURRENCY: "with a currency that cannot be read",
    RejectCode.TEST_ORDER: "of test orders",
    RejectCode.CANCELLED: "of cancelled orders",
    RejectCode.DRAFT: "of drafts or offers",
    RejectCode.NOT_PAID: "of pending or failed payments",
    RejectCode.OPEN: "of open deals",
    RejectCode.LOST: "of lost deals",
    RejectCode.NO_SALE: "that are no sale",
    RejectCode.OUTGOING: "of money that went out",
    RejectCode.SAME_ORDER: "of orders with another rejected row",
    RejectCode.NO_CONTACT: "without a person or address",
    RejectCode.NO_SIGNAL: "that do not say what happened",
    RejectCode.BAD_EMAIL: "with an e-mail address that is none",
    RejectCode.BAD_PHONE: "with a phone number that is none",
    RejectCode.BAD_PARTY: "with an unknown kind of customer",
    RejectCode.BAD_CHANNEL: "with an unknown channel",
    RejectCode.BAD_PURPOSE: "with an unknown purpose",
    RejectCode.BAD_EVENT: "with an unknown word about consent",
    RejectCode.BAD_VALUE: "with a value that cannot be read",
    RejectCode.BAD_NOTICE: "with a notice period that cannot be read",
    RejectCode.BAD_RENEWAL: "with an unknown renewal",
    RejectCode.ENDS_FIRST: "of contracts that would end before they start",
    RejectCode.CONTRACT_OVER: "of contracts that are over or were never made",
    RejectCode.NO_DEBTOR: "of accounts that are not customers'",
    RejectCode.DELETED: "that their program has deleted or merged",
    RejectCode.UNKNOWN_CUSTOMER: "of customers who are not in the book",
    RejectCode.AMBIGUOUS_CUSTOMER: "that could mean several customers",
}
#: Added to the message of a row that was taken but for the cell it names.
REST_TAKEN: Final = "The rest of the row was taken."
_DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}

#: What the log of batches says when there is none.
EMPTY_LOG: Final = "Nothing has been imported yet; “winback import transactions FILE” does it."

#: How a number is written for this user.
Number = Callable[[float], str]


def rows(count: int, number: Number) -> str:
    """Return "1 row" or "1,204 rows"."""
    return f"{number(count)} {'row' if count == 1 else 'rows'}"


def rejected(reasons: Mapping[str, int], number: Number) -> str:
    """Return how many rows were rejected for which reasons, most frequent first."""
    ranked = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{number(count)} {_SHORT.get(code, code)}" for code, count in ranked)


def guessed(
    *,
    preset: str,
    mapping: Mapping[str, str],
    encoding: str,
    delimiter: str,
    currency: str,
) -> str:
    """Return the guess about a file in one line: make, layout, and column by field."""
    make = {"auto": "columns known by their names", "map": "columns as you mapped them"}
    columns = ", ".join(f"{field} = “{column}”" for field, column in mapping.items())
    laid_out = [encoding, _DELIMITERS.get(delimiter, delimiter), currency]
    shown = ", ".join(each for each in laid_out if each)
    return f"{make.get(preset, preset)} · {shown} · {columns}"


def homeless(columns: Sequence[str], pairs: Sequence[str] = (), *, people: bool = False) -> str:
    """Return the line about columns that import passes over; `pairs` would take some of them.

    `people`: the file is about people, of whom a column may say that they refuse something.
    """
    warned = refusing(columns, people=people)
    named = ", ".join(columns[:_LISTED])
    more = f" and {shown_number(len(columns) - _LISTED)} more" * (len(columns) > _LISTED)
    told = f"{warned}{' ' * bool(warned)}Passed over: {named}{more}."
    if not pairs:
        return told
    return f"{told} To take them: {' '.join(f'--map {pair}' for pair in pairs)}."


#: So many columns are named that are passed over.
_LISTED: Final = 30
#: Parts of headers that speak of people who are not to be written to.
_REFUSING: Final = (
    *("blacklist", "blocklist", "suppress", "unsubscri", "opt-out", "opt out", "optout", "opt_out"),
    *("abgemeldet", "abmeld", "widerspruch", "widerruf", "werbesperre"),
    *("do not call", "do not mail", "do not email", "do not contact", "do_not_", "donot"),
)
#: The same in files about people, where such a column is about them.
_OF_PEOPLE: Final = (
    *("subscription", "consent", "einwillig", "werbung", "marketing", "deactivat", "newsletter"),
    *("permission", "opt-in", "opt_in", "opt in", "do not", "receive", "deaktiv", "zulassen"),
    *("bounce", "inactive", "gesperrt"),
)
#: What only sounds like it.
_NO_REFUSAL: Final = ("do not modify",)


def refusing(columns: Sequence[str], *, people: bool = False) -> str:
    """Return a warning about passed-over columns that may hold refusals, "" if there are none."""
    parts = (*_REFUSING, *_OF_PEOPLE) if people else _REFUSING
    found = [
        column
        for column in columns
        if any(part in column.casefold() for part in parts)
        and not any(part in column.casefold() for part in _NO_REFUSAL)
    ]
    if not found:
        return ""
    named = ", ".join(f"“{column}”" for column in found)
    return (
        f"Attention: {named} may say who must not be written to, and was not taken; in an import "
        "of customers, --map COLUMN=email_opt_out (phone_opt_out, sms_opt_out) takes it where a "
        "yes forbids, =email_consent (phone_consent, sms_consent, post_consent) where a yes allows."
    )


class Brought(Protocol):
    """What a file of another kind than transactions brought beside its rows."""

    @property
    def kind(self) -> str:
        """Return what the file is about."""

    @property
    def cells_set_aside(self) -> int:
        """Return how many cells were not taken though their rows were."""

    @property
    def consents(self) -> Mapping[str, int]:
        """Return what was added to the consent ledger, counted by channel and event."""

    @property
    def retold(self) -> Mapping[str, Any]:
        """Return what became of purchases that earlier files had brought."""

    @property
    def cells_shortened(self) -> int:
        """Return how many cells were longer than is kept of them."""

    @property
    def batch(self) -> int | None:
        """Return the batch that it became, None where it brought nothing or nothing was kept."""

    @property
    def unknown_kind(self) -> int:
        """Return how many new customers are neither known as business nor as consumer."""

    @property
    def ruleless(self) -> Mapping[str, int]:
        """Return the kinds of signals without a rule, with their rows."""

    @property
    def changes(self) -> Sequence[Mapping[str, str]]:
        """Return the first fields that were changed."""

    @property
    def suggestions(self) -> Sequence[Mapping[str, str]]:
        """Return the first customers who may be one."""


#: What signals did to the consent ledger.
CLOSED: Final = (
    "Who unsubscribed has withdrawn, and what bounced is closed; a consent given later counts."
)


def ruleless(kinds: Mapping[str, int], number: Number) -> str:
    """Return the line about kinds of signals that are kept and move nothing."""
    named = ", ".join(
        f"“{kind}” ({rows(count, number)})" for kind, count in list(kinds.items())[:_LISTED]
    )
    more = f" and {number(len(kinds) - _LISTED)} more" * (len(kinds) > _LISTED)
    return f"No rule in [signals] for {named}{more}: kept, and without effect on the score."


#: Why two customers may be one.
REASONS: Final = {
    "name_zip": "same name and postcode",
    "email": "same e-mail",
    "phone": "same phone",
    "vat_id": "same VAT id",
    "zeros": "same number but for zeros in front",
}


def of_unknown_kind(count: int, number: Number, *, kept: bool | None = None) -> str:
    """Return what it means that new customers are of unknown kind, and how to say it.

    In the app, `kept` says whether they are in the book already; on the command line it is None.
    """
    one = count == 1
    who = "1 new customer is" if one else f"{number(count)} new customers are"
    taken = "a consumer, whom" if one else "consumers, whom"
    how = "--party-kind business with the import; now, winback edit --where kind:unknown "
    how += "kind=business, or mark them in the list and press E."
    if kept is not None:
        when = "" if kept else "once they are imported, "
        how = f"{when}press 5, filter by kind:unknown, mark them with *, and press E."
    return (
        f"{who} of unknown kind and taken for {taken} one may call only with consent. "
        f"For {'a business' if one else 'businesses'}: {how}"
    )


def beside(file: Brought, number: Number) -> Iterator[str]:
    """Yield a line each about kinds, consents, cells set aside, changes and likely duplicates."""
    if file.unknown_kind:
        yield of_unknown_kind(file.unknown_kind, number)
    if file.consents:
        told = ", ".join(f"{number(count)} × {what}" for what, count in file.consents.items())
        yield f"Consent: {told}."
        if file.kind == "signals":
            yield CLOSED
        if any(what.endswith("without a time") for what in file.consents):
            yield "Consent without a time may close a channel; it never opens one."
    if file.ruleless:
        yield ruleless(file.ruleless, number)
    yield from retold.lines(file.retold, file.batch, file.cells_shortened, number)
    if file.cells_set_aside:
        cells = "cell was" if file.cells_set_aside == 1 else "cells were"
        yield f"{number(file.cells_set_aside)} {cells} not taken; --rejects writes the rows out."
    for change in file.changes[:3]:
        before = f"“{change['before']}”" if change["before"] else "nothing"
        yield f"{change['number']}: {change['field']} was {before}, is “{change['after']}”."
    for pair in file.suggestions[:3]:
        why = REASONS.get(pair["reason"], pair["reason"])
        yield f"{pair['number']} and {pair['other']} may be one customer: {why}."
    if any(pair["reason"] == "zeros" for pair in file.suggestions):
        yield ZEROS


#: What to do about numbers that lack the zeros in front of those in the book.
ZEROS: Final = (
    "Attention: spreadsheets drop zeros in front of numbers. If that is why, take this file back, "
    "and write its numbers as the book has them."
)


def future(count: int, number: Number) -> str:
    """Return the line about rows that are dated after today."""
    are = "is" if count == 1 else "are"
    return f"{rows(count, number)} {are} dated after today; lists leave them out until then."


def outcome(counts: Mapping[str, int], number: Number, *, dry_run: bool) -> str:
    """Return the rows read and what became of them; kinds with no rows are left out."""
    names = {
        "created": "new",
        "updated": "updated",
        "unchanged": "known already",
        "duplicates": "said twice in what was imported",
        "suppressed": "suppressed",
        "rejected": "rejected",
    }
    parts = [f"{number(counts[key])} {name}" for key, name in names.items() if counts.get(key)]
    told = f"{rows(counts['read'], number)} read" + (f": {', '.join(parts)}" if parts else "")
    return f"{told}. Dry run: nothing was kept." if dry_run else f"{told}."


def already(batch: int) -> str:
    """Return the remark on a file that was imported before, byte for byte."""
    return f"This very file is in the book already, as batch {batch}."


def batch_line(batch: int, customers: int, number: Number) -> str:
    """Return which batch it became and how to take it back."""
    new = f"{number(customers)} new {'customer' if customers == 1 else 'customers'}. " * (
        customers > 0
    )
    return f"{new}Batch {batch}; “winback import undo {batch}” takes it back."


def really_undo(batch: int, file: str, created: int, number: Number) -> str:
    """Return the question before a batch is taken back; no answer means no."""
    return f"Take batch {batch} back ({file}, {rows(created, number)})? y/n"


#: What is said after the answer no.
NOT_UNDONE: Final = "Nothing was taken back."


def undone(
    batch: int,
    transactions: int,
    customers: int,
    kept: Sequence[str],
    number: Number,
    *,
    again: Sequence[str] = (),
    facts: int | None = None,
) -> str:
    """Return what taking a batch back did, and which customers it kept and why.

    `again` are later files that held lines known already, perhaps from this batch; `facts` are the
    rows that a batch of something else than transactions brought.
    """
    people = f"{number(customers)} {'customer' if customers == 1 else 'customers'}"
    if facts is None:
        text = f"Batch {batch} taken back: {rows(transactions, number)} and {people} removed."
    else:
        text = f"Batch {batch} taken back, with what {rows(facts, number)} of it brought"
        text += f": {people} removed." if customers else "."
    if kept:
        shown = ", ".join(kept[:10]) + (f" and {number(len(kept) - 10)} more" * (len(kept) > 10))
        text += f" Kept, as something else refers to them: {shown}."
    if again and transactions:
        text += (
            " Lines that later files had brought too are gone with it; import these again: "
            f"{', '.join(again)}."
        )
    return text


def log_line(
    *,
    batch: int,
    file: str,
    at: str,
    actor: str,
    created: int,
    rejected: int,
    undone_at: str | None,
    number: Number,
    updated: int = 0,
) -> str:
    """Return one batch of the log in one line."""
    counts = (
        f"{number(created)} new"
        + f", {number(updated)} updated" * (updated > 0)
        + (f", {number(rejected)} rejected" if rejected else "")
    )
    gone = f", taken back {undone_at[:10]}" if undone_at else ""
    return f"{batch:>4}  {at[:10]} {at[11:16]}  {file}: {counts}, by {actor}{gone}"


def rejects_written(path: str) -> str:
    """Return where the rejected rows are and what to do with them."""
    return f"The rejected rows are in {path}; mend them there and import that file."
