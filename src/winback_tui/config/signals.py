"""What a signal does to the score: `[signals.KIND]`, and what is shipped."""

from typing import Final, NamedTuple


class Signal(NamedTuple):
    """How a dated fact about a customer moves their score.

    A key that is left out is the shipped one of this kind, or else that of a kind unknown so far.
    """

    #: Log-odds added on its day: 0.7 doubles the odds to stay away, −0.7 halves them.
    odds: float | None = None
    #: Days in which that fades to half.
    half_life: int | None = None
    #: The score is never below this …
    floor: float | None = None
    #: … for so many days.
    holds: int | None = None
    #: It counts only where its value is at most, or at least, this.
    at_most: float | None = None
    at_least: float | None = None

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        return {
            "odds": (-5, 5),
            "half_life": (1, 3_650),
            "floor": (0, 100),
            "holds": (1, 3_650),
        }


#: What a kind that nobody has configured does: nothing.
UNKNOWN: Final = Signal(odds=0.0, half_life=90, floor=0.0, holds=180)

#: What is shipped. The sizes are judgements, not measurements: a complaint a bit more than doubles
#: the odds, someone who opens an e-mail takes off a quarter. A book with enough outcomes corrects
#: them by its own.
SHIPPED: Final[dict[str, Signal]] = {
    "notice_given": Signal(odds=3.0, half_life=180, floor=90.0, holds=365),
    "complaint": Signal(odds=0.8, half_life=60),
    "contact_left": Signal(odds=0.7, half_life=120),
    "payment_overdue": Signal(odds=0.5, half_life=60),
    "unsubscribed": Signal(odds=0.6, half_life=120),
    "bounce": Signal(odds=0.3, half_life=90),
    "ticket": Signal(odds=0.2, half_life=30),
    "nps": Signal(odds=0.9, half_life=120, at_most=6.0),
    "email_opened": Signal(odds=-0.3, half_life=30),
    "email_clicked": Signal(odds=-0.5, half_life=30),
    "visit": Signal(odds=-0.4, half_life=30),
    "inquiry": Signal(odds=-0.8, half_life=45),
    "seasonal": Signal(odds=-2.0, half_life=90),
}


def effective(given: dict[str, Signal]) -> dict[str, Signal]:
    """Return what each kind does: as `given` in the config, else as shipped."""
    kinds = {**SHIPPED, **given}
    return {kind: _filled(given.get(kind), SHIPPED.get(kind)) for kind in sorted(kinds)}


def _filled(given: Signal | None, shipped: Signal | None) -> Signal:
    whole = UNKNOWN
    for each in (shipped, given):
        if each is not None:
            own = {name: value for name, value in each._asdict().items() if value is not None}
            whole = whole._replace(**own)
    return whole
