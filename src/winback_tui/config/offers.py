"""What offers cost, how the ladder goes, and how mails and packets are written."""

from collections.abc import Iterator
from typing import NamedTuple


class Rung(NamedTuple):
    """One rung of the ladder as a user changes it; what is None stays as it is shipped.

    Costs are in whole units of the currency of `[offers]`.
    """

    #: False takes the rung off the ladder.
    use: bool = True
    #: Its place on the ladder, from 0.
    step: int | None = None
    title: str | None = None
    #: What the offer costs where it is accepted.
    cost: float | None = None
    #: The same as a share of the expected revenue, such as 0.1 for ten percent off.
    cost_share: float | None = None
    #: How likely it is to be accepted, before this book's own outcomes are known.
    accept: float | None = None
    #: How much likelier it makes a return, before this book's own outcomes are known.
    uplift: float | None = None

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        return {
            "step": (0, 99),
            "cost": (0, 1e9),
            "cost_share": (0, 1),
            "accept": (0.001, 0.999),
            "uplift": (0.001, 0.999),
        }


class ContactCosts(NamedTuple):
    """What one contact costs on each channel, in whole units of the currency of `[offers]`.

    A call is a quarter of an hour of somebody at 40 an hour; a letter is postage and paper.
    """

    phone: float = 10.0
    email: float = 0.5
    sms: float = 0.2
    post: float = 2.0

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        return dict.fromkeys(ContactCosts._fields, (0, 1e6))


class Rate(NamedTuple):
    """What a currency is worth: so many units of it are one of the currency of `[offers]`."""

    rate: float = 0.0

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        return {"rate": (1e-6, 1e9)}


class Offers(NamedTuple):
    """The ladder of offers and its brakes."""

    #: Days between two rungs, unless a reason is given.
    cooldown_days: int = 14
    #: No offer may cost more than this (whole units of `currency`); 0: no such limit.
    cap: float = 0.0
    #: No offer may cost more than this share of the margin that it may bring.
    cap_share: float = 0.5
    #: So many outcomes of this book's own weigh as much as the shipped guess.
    prior_weight: float = 20.0
    #: Days over which the revenue is counted: 0 is the horizon of the customer's score.
    horizon_days: int = 365
    contact: ContactCosts = ContactCosts()
    #: The currency of all figures here; empty: the one that imports take where none is told.
    currency: str = ""
    #: By code: currencies of customers who pay in another one.
    currencies: dict[str, Rate] = {}  # noqa: RUF012 - never changed: a record's default
    #: By name: a shipped rung that is changed, or a new one.
    rungs: dict[str, Rung] = {}  # noqa: RUF012 - never changed: a record's default

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        return {
            "cooldown_days": (0, 3_650),
            "cap": (0, 1e9),
            "cap_share": (0, 1),
            "prior_weight": (1, 100_000),
            "horizon_days": (0, 3_650),
        }


class Handover(NamedTuple):
    """How packets for sales are written, and what they must hold."""

    #: Fields without which no hand-over is made: any of reach, person, reason, need, budget,
    #: authority, timing, next_step.
    needs: tuple[str, ...] = ("reach",)
    #: Formats where none is named.
    formats: tuple[str, ...] = ("md", "json")
    #: Where `csv` is asked for: for which programs.
    crm: tuple[str, ...] = ("hubspot", "salesforce")
    #: E-mail addresses of those who take over, by name.
    people: dict[str, str] = {}  # noqa: RUF012 - never changed: a record's default

    def broken(self) -> Iterator[str]:
        """Yield the rules that these values break."""
        known = {"reach", "person", "reason", "need", "budget", "authority", "timing", "next_step"}
        if not set(self.needs) <= known:
            yield f"needs any of {', '.join(sorted(known))}"
        if not self.formats or not set(self.formats) <= {"md", "json", "csv", "vcf", "ics", "eml"}:
            yield "formats some of md, json, csv, vcf, ics, eml"
        if not self.crm or not set(self.crm) <= {"hubspot", "salesforce"}:
            yield "crm hubspot, salesforce, or both"


class Mails(NamedTuple):
    """How come-back mails are written."""

    #: `en` or `de`; empty: by the user's locale, English where there is no template for it.
    language: str = ""
    #: Who writes: a name, an address, and what stands under the mail.
    sender: str = ""
    address: str = ""
    company: str = ""
    signature: str = ""
    #: Where an objection goes; empty: to the address.
    objection: str = ""
