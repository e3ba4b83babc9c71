"""Groups of customers with a pace and bands of their own: `[segments.NAME]`."""

from collections.abc import Iterator
from typing import NamedTuple

from winback_tui.config.sections import Bands, Horizon


class Segment(NamedTuple):
    """Who belongs to it, and what is otherwise there than in the rest of the book.

    A key that is left out is that of the whole book.
    """

    #: What a customer must be: `segment`, `industry` or another column, or the name of any
    #: attribute that an import brought, and its value. All of them must hold.
    match: dict[str, str] = {}  # noqa: RUF012 - never changed: a record's default
    #: Days after which a customer of this segment usually has used up what they bought.
    product_cycle: int | None = None
    #: The horizon, as in `[horizon]`.
    days: int | None = None
    cycles: float | None = None
    shortest: int | None = None
    longest: int | None = None
    #: The bands, as in `[bands]`.
    watch: float | None = None
    at_risk: float | None = None
    broken_rhythm: float | None = None
    lapsed_gaps: float | None = None
    gone_gaps: float | None = None
    gone_days: int | None = None

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        return Horizon.ranges() | Bands.ranges() | {"product_cycle": (1, 3_650)}

    def broken(self) -> Iterator[str]:
        """Yield the rules between keys that these values break."""
        if not self.match:
            yield "match names at least one column or attribute"
        for low, high in (
            ("watch", "at_risk"),
            ("shortest", "longest"),
            ("lapsed_gaps", "gone_gaps"),
        ):
            least, most = getattr(self, low), getattr(self, high)
            if least is not None and most is not None and not least <= most:
                yield f"{low} ≤ {high}"

    def horizon(self, book: Horizon) -> Horizon:
        """Return the horizon of this segment in a book with another one."""
        own = {name: getattr(self, name) for name in Horizon._fields}
        given = {name: value for name, value in own.items() if value is not None}
        # Cycles of one's own are meant in place of one number of days for the whole book.
        if "days" not in given and "cycles" in given:
            given["days"] = 0
        return book._replace(**given)

    def bands(self, book: Bands) -> Bands:
        """Return the bands of this segment in a book with other ones."""
        own = {name: getattr(self, name) for name in Bands._fields}
        return book._replace(**{name: value for name, value in own.items() if value is not None})
