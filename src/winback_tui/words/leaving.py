"""What the reasons for leaving are called, how far they can be mended, and what to do first."""

from typing import Final

from winback_tui.model import LeavingReason, LetGoReason

DETAILS: Final[dict[str, str]] = {
    "increase": "after an increase",
    "too_high": "too high",
    "cheaper_offer": "a cheaper offer",
    "terms": "terms of payment",
    "budget_cut": "their budget was cut",
    "late": "late deliveries",
    "wrong_delivery": "wrong or damaged goods",
    "complaint": "a complaint left open",
    "unreachable": "nobody to be reached",
    "unfriendly": "unfriendly",
    "quality": "quality",
    "missing": "something is missing",
    "discontinued": "discontinued",
    "out_of_stock": "out of stock",
    "does_not_fit": "does not fit any more",
    "signed": "has signed with them",
    "trying": "is trying them",
    "closer": "is closer by",
    "wider_range": "has a wider range",
    "merged": "after a merger",
    "new_buyer": "a new buyer decides",
    "nobody_in_charge": "nobody is in charge",
    "central_purchasing": "central purchasing decides",
    "closed_down": "closed down",
    "less_business": "less business of their own",
    "changed_business": "does something else now",
    "own_production": "makes it themselves",
    "stocked_up": "has enough in stock",
    "not_called": "nobody called",
    "forgot_us": "forgot us",
    "no_owner": "had no contact with us",
    "order_effort": "ordering is cumbersome",
    "overdue": "invoices overdue",
    "credit_limit": "credit limit",
    "dispute": "an invoice in dispute",
    "season": "buys in the season",
    "project": "buys by project",
    "holiday": "on holiday",
    "not_reached": "not reached yet",
    "would_not_say": "would not say",
}

RECOVERABILITY: Final = {
    "good": "often comes back",
    "fair": "can come back",
    "poor": "seldom comes back",
    "not_lost": "is not lost",
    "open": "nobody knows yet",
}

#: What to do first. A discount is one only where the price is the reason.
FIRST_MOVES: Final = {
    LeavingReason.PRICE: "ask what it is measured against, then a limited offer",
    LeavingReason.SERVICE: "put right what went wrong, and say by when and who",
    LeavingReason.PRODUCT: "show what replaces it, or send a sample",
    LeavingReason.COMPETITOR: "ask what is better there, and when that contract ends",
    LeavingReason.CONTACT_LEFT: "introduce yourself to the successor with the history",
    LeavingReason.NO_NEED: "ask what they need now, and when to ask again",
    LeavingReason.NEGLECT: "apologise, name one person in charge, agree on the next date",
    LeavingReason.PAYMENT: "agree on instalments with bookkeeping before anything is sold",
    LeavingReason.SEASONAL: "note the season; the alarm stays quiet until then",
    LeavingReason.OTHER: "write down what it was, in their words",
    LeavingReason.UNKNOWN: "ask openly what changed, and listen",
}

LET_GO: Final = {
    LetGoReason.NO_REACTION: "no reaction for long",
    LetGoReason.ATTEMPTS: "enough attempts",
    LetGoReason.LADDER: "every offer was made",
    LetGoReason.NOT_WORTH_IT: "not worth the cost",
    LetGoReason.OBJECTION: "wants no contact",
    LetGoReason.CLOSED_DOWN: "closed down",
    LetGoReason.OTHER: "another reason",
}


def detail(code: str) -> str:
    """Return what a detail is called; one from a newer version is shown as it is."""
    return DETAILS.get(code, code.replace("_", " "))
