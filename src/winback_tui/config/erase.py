"""How long an erasure waits, and what the law wants kept in spite of it."""

from typing import NamedTuple


class Erase(NamedTuple):
    """Days of waiting, and years of keeping; see docs/privacy.md, which is not legal advice."""

    #: An erasure can be taken back for so long (GDPR Art. 12 (3) allows a month).
    waiting_days: int = 7
    #: Booking documents, so the lines of invoices: § 147 (3) AO, § 257 (4) HGB, since 2025.
    booking_years: int = 8
    #: Books and annual accounts, which lie in the bookkeeping and not here: § 147 (3) AO.
    books_years: int = 10
    #: Commercial letters, which lie in the mail and not here: § 147 (3) AO, § 257 (4) HGB.
    letters_years: int = 6
    #: Proof of consent, from when it was given and from each use: § 7a (2) UWG.
    proof_years: int = 5

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        return {
            "waiting_days": (0, 30),
            "booking_years": (0, 30),
            "books_years": (0, 30),
            "letters_years": (0, 30),
            "proof_years": (0, 30),
        }
