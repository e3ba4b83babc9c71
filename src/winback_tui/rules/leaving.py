"""Why customers leave, on two levels, with what can be recovered and what to do first.

A first move is a discount only where the reason is price: customers won back by price alone have
the shortest second lifetime (Kumar, Bhagwat, Zhang: Regaining “Lost” Customers, Journal of
Marketing 79 (2015) 4).
"""

from enum import StrEnum
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.model import LeavingReason


class Recoverability(StrEnum):
    """How often a customer who left for a reason can be won back."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    #: Nothing is lost: the alarm was false.
    NOT_LOST = "not_lost"
    OPEN = "open"


#: The second level of each reason: codes, unique within their reason.
DETAILS: Final[dict[LeavingReason, tuple[str, ...]]] = {
    LeavingReason.PRICE: ("increase", "too_high", "cheaper_offer", "terms", "budget_cut"),
    LeavingReason.SERVICE: ("late", "wrong_delivery", "complaint", "unreachable", "unfriendly"),
    LeavingReason.PRODUCT: ("quality", "missing", "discontinued", "out_of_stock", "does_not_fit"),
    LeavingReason.COMPETITOR: ("signed", "trying", "closer", "wider_range", "merged"),
    LeavingReason.CONTACT_LEFT: ("new_buyer", "nobody_in_charge", "central_purchasing"),
    LeavingReason.NO_NEED: ("closed_down", "less_business", "changed_business", "own_production",
                            "stocked_up"),
    LeavingReason.NEGLECT: ("not_called", "forgot_us", "no_owner", "order_effort"),
    LeavingReason.PAYMENT: ("overdue", "credit_limit", "dispute"),
    LeavingReason.SEASONAL: ("season", "project", "holiday"),
    LeavingReason.OTHER: (),
    LeavingReason.UNKNOWN: ("not_reached", "would_not_say"),
}  # fmt: skip

RECOVERABILITY: Final[dict[LeavingReason, Recoverability]] = {
    LeavingReason.PRICE: Recoverability.FAIR,
    LeavingReason.SERVICE: Recoverability.GOOD,
    LeavingReason.PRODUCT: Recoverability.FAIR,
    LeavingReason.COMPETITOR: Recoverability.FAIR,
    LeavingReason.CONTACT_LEFT: Recoverability.GOOD,
    LeavingReason.NO_NEED: Recoverability.POOR,
    LeavingReason.NEGLECT: Recoverability.GOOD,
    LeavingReason.PAYMENT: Recoverability.FAIR,
    LeavingReason.SEASONAL: Recoverability.NOT_LOST,
    LeavingReason.OTHER: Recoverability.OPEN,
    LeavingReason.UNKNOWN: Recoverability.OPEN,
}

#: Where a detail is otherwise than its reason.
_EXCEPTIONS: Final[dict[tuple[LeavingReason, str], Recoverability]] = {
    (LeavingReason.NO_NEED, "stocked_up"): Recoverability.GOOD,
    (LeavingReason.COMPETITOR, "signed"): Recoverability.POOR,
    (LeavingReason.COMPETITOR, "trying"): Recoverability.GOOD,
    (LeavingReason.PRODUCT, "out_of_stock"): Recoverability.GOOD,
    (LeavingReason.PRODUCT, "discontinued"): Recoverability.POOR,
}


class Why(NamedTuple):
    """A reason and, where it is known, its second level."""

    reason: LeavingReason
    detail: str = ""

    @property
    def recoverability(self) -> Recoverability:
        """How often such a customer can be won back."""
        return _EXCEPTIONS.get((self.reason, self.detail), RECOVERABILITY[self.reason])

    def __str__(self) -> str:
        return f"{self.reason.value}/{self.detail}" if self.detail else self.reason.value


def parse_why(text: str) -> Why:
    """Return the reason that `text` names: `price` or `price/increase`.

    Hyphens, spaces and underscores are one. Raises BadInputError that lists what there is.
    """
    first, _, second = text.strip().casefold().replace("-", "_").partition("/")
    first, second = first.strip().replace(" ", "_"), second.strip().replace(" ", "_")
    try:
        reason = LeavingReason(first)
    except ValueError:
        known = ", ".join(LeavingReason)
        raise BadInputError(f"“{text}” is no reason; there are {known}.") from None
    if second and second not in DETAILS[reason]:
        known = ", ".join(f"{reason.value}/{each}" for each in DETAILS[reason])
        there = f"there are {known}" if known else "it has none"
        raise BadInputError(f"“{second}” is no detail of “{reason.value}”; {there}.")
    return Why(reason, second)


def ruling(stated: LeavingReason | None, assessed: LeavingReason | None) -> LeavingReason | None:
    """Return the reason to go by: what we assess where that says anything, else what was stated."""
    if assessed not in (None, LeavingReason.UNKNOWN):
        return assessed
    return stated or assessed
