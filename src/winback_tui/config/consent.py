"""What must be on record before a customer may be contacted, and how long it holds.

Germany's rules are the strict default: orientation, not legal advice. docs/consent.md tells more.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

#: What a channel may ask for: prior explicit consent; consent or a recorded factual reason to
#: expect the contact (presumed consent); or nothing but that nobody objected.
NEEDS: Final = ("consent", "reason", "opt_out")


class Needs(NamedTuple):
    """What a channel asks for, by who is contacted; of whom it is not known is a consumer."""

    business: str = "consent"
    consumer: str = "consent"

    def broken(self) -> Iterator[str]:
        """Yield the rules that these values break."""
        for key, value in self._asdict().items():
            if value not in NEEDS:
                yield f"{key} one of {', '.join(NEEDS)}"


class Policy(NamedTuple):
    """What each channel asks for before advertising goes out on it."""

    #: UWG §7 (2) no. 1: a consumer's prior express consent; a business's at least presumed consent.
    phone: Needs = Needs("reason", "consent")
    #: UWG §7 (2) no. 2: electronic mail needs prior express consent, of businesses too.
    email: Needs = Needs("consent", "consent")
    #: As e-mail: the law's “electronic mail” takes in SMS (Directive 2002/58/EC, Art. 2 (h)).
    sms: Needs = Needs("consent", "consent")
    #: UWG §7 (1): post is no nuisance unless the addressee shows that it is not wanted.
    post: Needs = Needs("opt_out", "opt_out")
    #: UWG §7 (3): electronic mail to existing customers about similar goods, where all of its four
    #: conditions are on record.
    existing_customers: bool = True
    #: Whether a business's consent lapses as a consumer's does; else it is doubted only.
    business_lapses: bool = False


class Consent(NamedTuple):
    """The clocks of consent, in months, and what each channel asks for.

    No statute sets a term; courts ask whether the contact is still expected (BGH, 1 February 2018,
    III ZR 196/17: no lapse by time alone; lower courts doubted consent unused for 18 to 24 months).
    """

    #: Given and never used: doubted (warn) from here on, lapsed (blocked) from there on.
    unused_warn: int = 12
    unused_block: int = 18
    #: Last used.
    used_warn: int = 18
    used_block: int = 24
    #: So many days before its end a consent is marked in the lists.
    expiring_days: int = 30
    policy: Policy = Policy()

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        months = ("unused_warn", "unused_block", "used_warn", "used_block")
        return {**dict.fromkeys(months, (1, 1_200)), "expiring_days": (0, 3_650)}

    def broken(self) -> Iterator[str]:
        """Yield the rules between keys that these values break."""
        if not self.unused_warn <= self.unused_block:
            yield "unused_warn ≤ unused_block"
        if not self.used_warn <= self.used_block:
            yield "used_warn ≤ used_block"
