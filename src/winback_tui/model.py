"""The words of the field: enums and frozen records that every room shares."""

from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple


class PartyKind(StrEnum):
    """Whether a customer buys as a business or as a consumer; the law differs."""

    BUSINESS = "business"
    CONSUMER = "consumer"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    """A way to reach a customer."""

    EMAIL = "email"
    PHONE = "phone"
    SMS = "sms"
    POST = "post"


class Purpose(StrEnum):
    """What a contact is for; all but `service` are advertising."""

    WINBACK = "winback"
    NEWSLETTER = "newsletter"
    SIMILAR_GOODS = "similar_goods"
    SERVICE = "service"


class Standing(StrEnum):
    """What the consent ledger says about one channel today."""

    ALLOWED = "allowed"
    WARN = "warn"
    BLOCKED = "blocked"


class Lifecycle(StrEnum):
    """Where behaviour puts a customer; derived from data, never typed."""

    ACTIVE = "active"
    WATCH = "watch"
    AT_RISK = "at_risk"
    LAPSED = "lapsed"
    GONE = "gone"
    RETURNED = "returned"


class Stage(StrEnum):
    """Where people have brought a case."""

    OPEN = "open"
    CONTACTED = "contacted"
    RESPONDED = "responded"
    NURTURE = "nurture"
    WARM = "warm"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REACTIVATED = "reactivated"
    LOST = "lost"
    LET_GO = "let_go"

    @property
    def closed(self) -> bool:
        """Whether a case at this stage has ended."""
        return self in _CLOSED


_CLOSED: Final = frozenset({Stage.REACTIVATED, Stage.LOST, Stage.LET_GO})


class Outcome(StrEnum):
    """How a call ended."""

    REACHED = "reached"
    MESSAGE = "message"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    WRONG_NUMBER = "wrong-number"
    CONTACT_LEFT = "contact-left"
    CALLBACK = "callback"
    NO_CONTACT = "no-contact"
    INBOUND = "inbound"


class Mood(StrEnum):
    """How the other side sounded."""

    BAD = "bad"
    NEUTRAL = "neutral"
    GOOD = "good"


class LeavingReason(StrEnum):
    """Why a customer drifts away, as stated or assessed."""

    PRICE = "price"
    SERVICE = "service"
    PRODUCT = "product"
    COMPETITOR = "competitor"
    CONTACT_LEFT = "contact_left"
    NO_NEED = "no_need"
    NEGLECT = "neglect"
    PAYMENT = "payment"
    SEASONAL = "seasonal"
    OTHER = "other"
    UNKNOWN = "unknown"


class WakeCause(StrEnum):
    """What ends a snooze before its date."""

    PURCHASE = "purchase"
    INBOUND = "inbound"
    CONSENT = "consent"
    CONTACT = "contact"
    CONTRACT = "contract"


class LetGoReason(StrEnum):
    """Why a customer is let go: an end that was chosen, and a good one."""

    NO_REACTION = "no_reaction"
    ATTEMPTS = "attempts"
    LADDER = "ladder"
    NOT_WORTH_IT = "not_worth_it"
    OBJECTION = "objection"
    CLOSED_DOWN = "closed_down"
    OTHER = "other"


class Tab(StrEnum):
    """The five lists of the triage screen, in the order of their number keys."""

    QUEUE = "queue"
    FOLLOWUPS = "followups"
    WATCH = "watch"
    GONE = "gone"
    ALL = "all"


class Sort(StrEnum):
    """The two orders of the list."""

    SCORE = "score"
    VALUE = "value"


class EventKind(StrEnum):
    """What an event in the log records."""

    CALL = "call"
    STAGE = "stage"
    SNOOZE = "snooze"
    DONE = "done"
    NOTE = "note"
    HANDOVER = "handover"
    OFFER = "offer"
    OFFER_ANSWER = "offer_answer"
    MARGIN = "margin"
    MAIL = "mail"
    CONSENT = "consent"
    PLAN = "plan"
    SUGGESTION = "suggestion"
    ALERT = "alert"
    CONTACT = "contact"
    CONTRACT = "contract"
    EDIT = "edit"
    ERASE = "erase"
    MERGE = "merge"
    NO_DUPLICATE = "no_duplicate"
    IMPORT = "import"
    IMPORT_UNDONE = "import_undone"


class RejectCode(StrEnum):
    """Why import set a row aside; stands in the reject file's `_code`."""

    RAGGED = "too_many_cells"
    CUT_OFF = "cut_off"
    NO_CUSTOMER = "no_customer"
    LONG_CUSTOMER = "long_customer"
    ROUNDED_CUSTOMER = "rounded_customer"
    NO_DATE = "no_date"
    BAD_DATE = "bad_date"
    NO_AMOUNT = "no_amount"
    BAD_AMOUNT = "bad_amount"
    BAD_CURRENCY = "bad_currency"
    TEST_ORDER = "test_order"
    CANCELLED = "cancelled"
    DRAFT = "draft"
    NOT_PAID = "not_paid"
    OPEN = "open_deal"
    LOST = "lost_deal"
    NO_SALE = "no_sale"
    OUTGOING = "outgoing"
    SAME_ORDER = "same_order"
    NO_CONTACT = "no_contact"
    NO_SIGNAL = "no_signal"
    BAD_EMAIL = "bad_email"
    BAD_PHONE = "bad_phone"
    BAD_PARTY = "bad_party"
    BAD_CHANNEL = "bad_channel"
    BAD_PURPOSE = "bad_purpose"
    BAD_EVENT = "bad_event"
    BAD_VALUE = "bad_value"
    BAD_NOTICE = "bad_notice"
    BAD_RENEWAL = "bad_renewal"
    CONTRACT_OVER = "contract_over"
    ENDS_FIRST = "ends_before_start"
    NO_DEBTOR = "no_debtor"
    DELETED = "deleted"
    UNKNOWN_CUSTOMER = "unknown_customer"
    AMBIGUOUS_CUSTOMER = "ambiguous_customer"


class Money(NamedTuple):
    """An amount in minor units (cents) of one currency."""

    amount: int
    currency: str


class CaseState(NamedTuple):
    """One effort to keep or win back one customer, as it stands now.

    Dates are plain dates in the user's zone. `done_on` hides the customer from that day's queue.
    `reason` is why they drift away as they state it, `assessed` as we see it; `next_action_at` is a
    time of day such as "14:30". `wakes_on` holds what may end a snooze before its date, words with
    commas between; None: anything. `unanswered` counts the attempts since `answered_on`.
    """

    stage: Stage | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    attempts: int = 0
    last_contact_on: date | None = None
    next_action_on: date | None = None
    next_action: str | None = None
    snoozed_until: date | None = None
    done_on: date | None = None
    handed_to: str | None = None
    reason: LeavingReason | None = None
    assessed: LeavingReason | None = None
    next_action_at: str | None = None
    snoozed_on: date | None = None
    wakes_on: str | None = None
    handed_on: date | None = None
    answered_on: date | None = None
    unanswered: int = 0


#: Currencies whose minor unit is not a hundredth (ISO 4217).
_EXPONENTS: Final = {
    **dict.fromkeys(
        (
            *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"),
            *("VUV", "XAF", "XOF", "XPF"),
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def exponent(currency: str) -> int:
    """Return how many decimals `currency` (ISO 4217 code) has: 2 unless known otherwise."""
    return _EXPONENTS.get(currency, 2)
