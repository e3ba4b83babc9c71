"""The sections of the config file that every start reads, with what each value may be.

Records made at every start are named tuples: a data class costs a millisecond to make. A section
that only some rooms need stands in a module of its own beside this one.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Bands(NamedTuple):
    """Where one lifecycle ends and the next begins."""

    #: Scores from here on are watched.
    watch: float = 50.0
    #: Scores from here on are at risk and stand in the queue.
    at_risk: float = 65.0
    #: For a customer with a rhythm (four purchases) half of these scores will do when less than
    #: this share of those who are still there would be silent for so long.
    broken_rhythm: float = 0.05
    #: Silent for more than this many usual gaps: lapsed.
    lapsed_gaps: float = 4.0
    #: Silent for more than this many usual gaps (fast movers) or days: gone for good.
    gone_gaps: float = 6.0
    gone_days: int = 365

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        return {
            "watch": (0, 100),
            "at_risk": (0, 100),
            "broken_rhythm": (0, 1),
            "lapsed_gaps": (0.1, 1_000),
            "gone_gaps": (0.1, 1_000),
            "gone_days": (1, 36_500),
        }

    def broken(self) -> Iterator[str]:
        """Yield the rules between keys that these values break."""
        if not self.watch <= self.at_risk:
            yield "watch ≤ at_risk"
        if not self.lapsed_gaps <= self.gone_gaps:
            yield "lapsed_gaps ≤ gone_gaps"


class Horizon(NamedTuple):
    """The time within which a customer who is still there should buy again."""

    #: 0: two usual cycles of the customer's own; else this many days for everyone.
    days: int = 0
    cycles: float = 2.0
    shortest: int = 30
    longest: int = 365

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        return {
            "days": (0, 3_650),
            "cycles": (0.1, 100),
            "shortest": (1, 3_650),
            "longest": (1, 3_650),
        }

    def broken(self) -> Iterator[str]:
        """Yield the rules between keys that these values break."""
        if not self.shortest <= self.longest:
            yield "shortest ≤ longest"


class User(NamedTuple):
    """Who works with the book."""

    #: Empty: the login name.
    name: str = ""
    #: Empty: taken from the environment (LC_ALL, LC_NUMERIC, LANG).
    locale: str = ""


class Import(NamedTuple):
    """What import assumes where a file is silent."""

    currency: str = "EUR"
    party_kind: str = "unknown"
    #: Of phone numbers without a country (ISO 3166 code).
    region: str = "DE"
    #: Of clock times without a zone (IANA name).
    zone: str = "Europe/Berlin"

    def broken(self) -> Iterator[str]:
        """Yield the rules that these values break."""
        if self.party_kind not in {"business", "consumer", "unknown"}:
            yield "party_kind one of business, consumer, unknown"
        if re.fullmatch(r"[A-Z]{3}", self.currency) is None:
            yield "currency a code of three capitals such as EUR"
        if re.fullmatch(r"[A-Z]{2}", self.region) is None:
            yield "region a code of two capitals such as DE"
        if not _is_zone(self.zone):
            yield "zone a name such as Europe/Berlin"


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (OSError, ValueError):
        return False
    return True
