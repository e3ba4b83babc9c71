"""What the screen says in passing: why nothing is done, what is going on, what an empty line takes.

The titles and sentences of commands stand in their registry.
"""

from collections.abc import Sequence
from typing import Final

# Of deeds and what is shown of a customer.

HOUSE_STAYS: Final = "The house itself cannot leave; choose a person."
NOBODY_TO_LEAVE: Final = "No contact is known there; P adds the one who comes after."
UNCHANGED: Final = "Nothing was changed."
FIRST_WORD: Final = "A first word to the successor"
WHO_LEFT: Final = "Who has left?"
NOTHING_SUGGESTED: Final = "Nothing is suggested for this customer."
ERASED_FOR_GOOD: Final = "The erasure cannot be taken back; u again takes back your last deed."
NOTHING_TO_REDO: Final = "There is nothing to redo."
NUMBER_NOT_KNOWN: Final = "nobody knows; none is ended"
SNOOZE_HINT: Final = "tomorrow, +2w, fri, 15.12., next week, contract"
NOTE_HINT: Final = "what to remember"
NOTHING_OFFERED: Final = "Nothing was offered in this case yet."
MARGIN_FIRST: Final = "The margin is not known: say what is left of a sale."
GIVEN_BACK_HINT: Final = "no budget, wrong person, not ripe yet"
COPIED: Final = "Copied, if the terminal allows it (OSC 52)."
NOTHING_SAID: Final = "Nothing has been said yet."

EDIT_HINT: Final = "stays as it is"
EDIT_MARK: Final = "What you change here is marked * and no import changes it again."
EDIT_MANY: Final = "What you fill in is set for all of them, and no import changes it again."
KIND_HINT: Final = "business, consumer or unknown"

# Of the list, the dossier, the backtest, duplicates and imports.

LOOKING_BACK: Final = "looking back…"
LOOKING_BACK_LONG: Final = (
    "Looking back: scoring the customers of an earlier day from what was known then."
)
HOW_MANY: Final = "How many customers can you work?"
NOTHING_TO_REPEAT: Final = "There is nothing to repeat yet: do something first."
LAST_OF_LIST: Final = "This is the last customer of the list."
FIRST_OF_LIST: Final = "This is the first customer of the list."
NO_TIMELINE: Final = "Nothing has happened yet."
NO_CONTACTS: Final = "No contacts are known."
SEARCH_HINT: Final = "search: name, number, city, contact, note"
NO_MATCH: Final = "No further match."
SORT_BY: Final = "Sort by"
BY_SCORE: Final = "score: who is likeliest to stay away"
BY_VALUE: Final = "value at risk: where a call may save most"
FOLLOW_UPS_BY_DATE: Final = "Follow-ups stay in the order of their dates."
FILTERING: Final = "filtering…"
NO_CUSTOMER: Final = "There is no customer here to do that for."
ONE_SHEET: Final = "There is no other sheet in this file."
WHAT_ROWS: Final = "What the rows are"
PATH_HINT: Final = "path of a file, or part of its name"
RANGE_BEGUN: Final = "Range begun: move to its other end and press V again."
LOOKING_FOR_PAIRS: Final = "Looking for customers who may be one…"
NOTHING_SETTLED: Final = "Nothing has been settled here yet."
TAKEN_BACK: Final = "Taken back."
SCORING: Final = "scoring…"
RENEWING: Final = "renewing scores…"
FIRST_SCORING: Final = "Scoring the customers for the first time; the list fills in a moment."
SCORES_READY: Final = "new scores ready"
NOTHING_SEARCHED: Final = "Nothing has been searched for yet: press / first."
WAITING: Final = "Another program is writing to the book; this is done as soon as it has ended."
DRAFT_KEPT: Final = "The draft is kept for the next time."

# Of sheets: what is missing, and what belongs into an empty line.

OUTCOME_FIRST: Final = "Press the key of an outcome first."
CALL_BACK_WHEN: Final = (
    "A call back needs a date, such as “tomorrow 14:30”, “fri”, or t for tomorrow."
)
CALL_WHY: Final = "The phone needs a reason: why do they expect the call?"
NEXT_STEP_HINT: Final = "optional: what is to be done"
WHEN_HINT: Final = "tomorrow 14:30, +3d, fri, 15.12."
CALL_WHY_HINT: Final = "why the call is expected; kept beside the consent"
WORDING_NOT_TEXT: Final = "The wording is not UTF-8 text."
MOMENT_HINT: Final = "now; or yesterday, 2026-05-03 14:30"
SOURCE_HINT: Final = "where it is known from: web form, paper form, call, letter"
WORDING_HINT: Final = "optional: file with the text that they were shown or read out"
BASIS_HINT: Final = "the fact that it rests on, such as “orders by phone each month”"
FILE_FIRST: Final = "Name the file first."
HANDOVER_WHY: Final = "Say why it is expected that sales gets in touch."
MORE_OF_PLAN: Final = "  - and more; esc and p show all of it"
WHO_TAKES_OVER: Final = "Say who in sales takes over."
TAKER_HINT: Final = "who in sales takes over"
MESSAGE_HINT: Final = "optional: a message that goes into the packet"
HANDOVER_WHY_HINT: Final = "why it is expected; kept beside the consent"
NO_ALERT: Final = "There is no alert here."
LOOKING_FOR_NEWS: Final = "looking for what is new…"
MAIL_WHY: Final = "Say why the mail is expected."
MAIL_EXAMPLE: Final = "The first of them:"
MAILS_KEYS: Final = "enter writes the drafts · tab: next field · esc goes back"
MAIL_OFFER_HINT: Final = "what exactly is offered; empty: as the offer says"
MAIL_WHY_HINT: Final = "why the mail is expected; kept beside the consent"
OFFER_REFUSED: Final = "This offer is not made: see above."
WHY_FIRST: Final = "Say why first."
COST_HINT: Final = "as usual; else 50 or 10%"
MARGIN_HINT: Final = "what is left of a sale, such as 30%; asked once"
OFFER_HINT: Final = "what exactly is offered"
AMOUNT_HINT: Final = "optional: what was ordered"
PALETTE_HINT: Final = "a command, or a customer's name, number or city"
NOBODY_HERE: Final = "There is nobody here yet; press a to add somebody."
NO_CONTACTS_YET: Final = "No contacts are known. Press a to add one."


def which_number(who: str) -> str:
    """Return the question which of several numbers was the wrong one."""
    return f"Which number was wrong? {who}"


def move_case(who: str, stage: str) -> str:
    """Return the title of the choice of a stage; `stage` is the one that the case is in."""
    return f"Move the case: {who} (now {stage})"


def not_the_marked(name: str, number: str, marked: int, *, among: bool) -> str:
    """Return who is meant where others are marked, who are not."""
    if among:
        return f"{name} alone, of the {number} marked"
    return f"{name}, not the {number} marked" if marked > 1 else f"{name}, not the one marked"


def let_go(who: str) -> str:
    """Return the question why they are let go."""
    return f"Let go: {who}. Why?"


def erasure_cancelled(who: str) -> str:
    """Return that an erasure was taken back."""
    return f"{who} is not to be erased any more."


def erase_for_good(who: str) -> str:
    """Return the question before an erasure at once."""
    return f"Erase {who} for good?"


def type_number(number: str) -> str:
    """Return how the question before an erasure is answered."""
    return f"This cannot be taken back. To erase, type the number: {number}"


def held_on(who: str) -> str:
    """Return the title of a person's data."""
    return f"What we hold on {who}"


def given_back(sales: str, who: str) -> str:
    """Return the question why sales gave a lead back."""
    return f"Given back by {sales}: {who}"


def at_the_start(tab: str) -> str:
    """Return that there is nothing to go back to from the list of this title."""
    return f"This is the {tab.lower()}; q leaves the program."


def type_first(what: str) -> str:
    """Return that something must be typed before enter."""
    return f"Type the {what} first, or press esc."


def wording_unread(why: str) -> str:
    """Return that the file of a wording could not be read."""
    return f"The wording could not be read: {why}."


def some_of_formats(formats: Sequence[str]) -> str:
    """Return which formats a packet can have."""
    return f"The formats are some of {', '.join(formats)}."


def only_theirs(refusal: str) -> str:
    """Return the refusal of a call of ours, and what may be logged all the same."""
    return (
        f"{refusal} What you type now goes into the note. Only theirs is logged: shift+tab to the "
        "outcomes, then i if they called, x if they want no contact; esc leaves."
    )


def scoring_of(day: str) -> str:
    """Return what stands in the place of a list whose scores are of a later day."""
    return f"Scoring the customers as of {day}; the list fills in a moment."


def others_left_out(done: str, others: Sequence[str], more: str = "") -> str:
    """Return for how many a deed was done, and who was left out beside the one who was named.

    `more` is how many are not among `others`.
    """
    named = f"{', '.join(others)}{f' and {more} more' if more else ''}"
    return f"Done for {done}." + (f" Left out too: {named}." if others else "")
