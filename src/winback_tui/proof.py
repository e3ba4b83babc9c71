"""What a backtest found: records of figures that every room may know."""

from typing import Final, NamedTuple

#: The scorers that are compared, the program's own first.
SCORERS: Final = ("winback", "formula", "recency", "rfm")
#: Those whose value is a probability; the others have no Brier, log loss or calibration.
PROBABLE: Final = ("winback", "formula")


class Figure(NamedTuple):
    """A figure with its 95 % interval; None where it cannot be known."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


class ScorerFigures(NamedTuple):
    """How well one scorer did. `listed` is the share of its list who stayed away."""

    auc: Figure = Figure()
    lift_top_decile: Figure = Figure()
    listed: Figure = Figure()
    lift_list: Figure = Figure()
    brier: Figure = Figure()
    log_loss: Figure = Figure()
    calibration_error: Figure = Figure()


class Lead(NamedTuple):
    """By how much winback is better than another scorer, on the same customers."""

    auc: Figure = Figure()
    listed: Figure = Figure()


class BandFigures(NamedTuple):
    """One band of the score: its share who stayed away, and its share of all who did."""

    band: str
    customers: int
    stayed: int
    precision: Figure
    recall: float | None


class Group(NamedTuple):
    """Customers of about the same score: the mean probability, and the share who stayed away."""

    customers: int
    predicted: float
    stayed: Figure


class SegmentFigures(NamedTuple):
    """One segment; an empty name stands for the customers without one."""

    segment: str
    customers: int
    churned_share: float
    predicted: float
    auc: Figure


class Named(NamedTuple):
    """A customer at the top of the list; `returned_after` days, None where nobody knows of any.

    `usual_gap` is None before the second purchase. Only who is `flagged`, in the band at risk or
    lapsed, would have stood in the queue; a list may be filled up with others.
    """

    customer_id: int
    score: float
    silence: int
    usual_gap: float | None
    horizon_days: int
    returned_after: int | None
    stayed: bool
    flagged: bool


class LeadTime(NamedTuple):
    """How early those who stayed away were flagged; `days` is the median, 8 in 10 lie within."""

    days: Figure = Figure()
    flagged_share: float | None = None
    customers: int = 0


class Backtest(NamedTuple):
    """What the replay of one day showed.

    `customers` were judged; of `known` who had bought by the day, `long_gone` were silent for more
    than a year, and the horizon of `unobserved` runs beyond the book's last purchase.
    """

    day: int | None
    first: int | None
    last: int | None
    #: 0: each customer's own horizon; else days.
    horizon: int
    known: int = 0
    customers: int = 0
    stayed: int = 0
    long_gone: int = 0
    unobserved: int = 0
    #: Median horizon in days.
    usual_horizon: float | None = None
    #: How many can be worked, of how many not yet gone, and how many of those stayed away.
    list_size: int = 0
    workable: int = 0
    workable_stayed: int = 0
    scorers: dict[str, ScorerFigures] = dict.fromkeys(SCORERS, ScorerFigures())
    leads: dict[str, Lead] = {}  # noqa: RUF012 - never changed: a record's default
    bands: tuple[BandFigures, ...] = ()
    groups: tuple[Group, ...] = ()
    segments: tuple[SegmentFigures, ...] = ()
    lead_time: LeadTime = LeadTime()
    named: tuple[Named, ...] = ()
    #: Per scorer the share of those who stayed away among the first 0, 5, 10 … 100 % of customers.
    curves: dict[str, tuple[float, ...]] = {}  # noqa: RUF012 - as above

    @property
    def flagged(self) -> tuple[Named, ...]:
        """Those of the list who would have stood in the queue."""
        return tuple(each for each in self.named if each.flagged)

    @property
    def churned_share(self) -> float | None:
        """The share of the judged customers who stayed away; None for nobody."""
        return self.stayed / self.customers if self.customers else None
