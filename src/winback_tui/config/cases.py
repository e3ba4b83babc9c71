"""What governs cases: when a purchase counts as a success, when to stop, when to look again."""

from collections.abc import Iterator
from typing import NamedTuple


class Cases(NamedTuple):
    """The clocks of a case, in days unless said otherwise."""

    #: A purchase within so many days of a contact suggests that the contact brought it about.
    paid_within: int = 90
    #: The stop rule: so long without any reaction, or so many attempts in a row without one.
    stop_after: int = 365
    stop_attempts: int = 8
    #: After so long without an answer from sales somebody should ask.
    sales_silent: int = 7
    #: After a reactivation the customer is looked at again on these days.
    aftercare_first: int = 30
    aftercare_second: int = 90
    #: How long before a contract's last day of notice one should begin to talk.
    contract_lead: int = 30
    #: A snooze wakes when a consent ends within so many days.
    consent_ends: int = 30
    #: A contact who was not checked for so many months may have left.
    checked_months: int = 12

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        return {
            **dict.fromkeys(Cases._fields, (1, 3_650)),
            "contract_lead": (0, 3_650),
            "stop_attempts": (1, 1_000),
            "checked_months": (1, 1_200),
        }

    def broken(self) -> Iterator[str]:
        """Yield the rules between keys that these values break."""
        if not self.aftercare_first < self.aftercare_second:
            yield "aftercare_first < aftercare_second"

    @property
    def aftercare(self) -> tuple[int, int]:
        """The two days after a reactivation on which to look again."""
        return self.aftercare_first, self.aftercare_second
