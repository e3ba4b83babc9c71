"""The formula of the score: MBG/NBD (Batislam, Denizel, Filiztekin 2007) as polars expressions.

A customer buys at random at a rate of their own (rates vary as a gamma distribution with shape r
and rate alpha) and may leave after each purchase, the first one included, with a probability of
their own (varying as a beta distribution with a and b). Per customer: x repeat purchase days, t_x
days from the first to the last one, and the silence since.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Self

import polars as pl

from winback_tui.config import Horizon


@dataclass(frozen=True, slots=True)
class Parameters:
    """The four parameters of the formula; alpha is in days."""

    r: float
    alpha: float
    a: float
    b: float


@dataclass(frozen=True, slots=True)
class Layer:
    """What the book's own past corrects: weights of a logistic layer on the formula's log-odds.

    The signs are bound, so that neither more silence nor a purchase can move a score the wrong
    way: `formula` and `silence` are never negative, `purchases` and `lately` never positive.
    The means are those of the features that the weights were fitted to.
    """

    intercept: float
    formula: float
    silence: float
    purchases: float
    lately: float
    silence_mean: float
    purchases_mean: float
    lately_mean: float


@dataclass(frozen=True, slots=True)
class Past:
    """What came of looking at the book's own past.

    `outcome` is "used", "little" (too little past for anything), "worse" (it would have scored the
    days held out worse than the formula) or "failed" (no fit was found). The losses are the mean
    log losses of formula and layer on the days of the past, each held out in its turn.
    """

    outcome: str
    rows: int = 0
    dates: tuple[int, ...] = ()
    formula_loss: float | None = None
    layer_loss: float | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """What the whole book says about any one of its customers; kept until it is fitted anew."""

    parameters: Parameters
    #: Median over repeat customers of their mean gap, in days.
    median_gap: float
    #: Nine in ten repeat customers never stayed away longer than this and came back, in days.
    tail: float
    #: Median over customers of what one purchase day brings, in minor units, per currency.
    median_spend: dict[str, float] = field(default_factory=dict)
    #: Parameters of the segments of the config that have customers of their own.
    segments: dict[str, Parameters] = field(default_factory=dict)
    #: None: the score is the formula itself.
    layer: Layer | None = None
    past: Past | None = None
    #: Learned log-odds of the kinds of signals; a kind that is missing goes by the config.
    signals: dict[str, float] = field(default_factory=dict)
    #: First and last day of each time in which nobody bought anything (scoring.stops).
    stops: tuple[tuple[int, int], ...] = ()

    def to_json(self) -> str:
        """Return the model as JSON text with sorted keys: equal models give equal texts."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the model that `to_json` wrote."""
        table = json.loads(text)
        layer, past = table.get("layer"), table.get("past")
        return cls(
            **{
                **table,
                "parameters": Parameters(**table["parameters"]),
                "segments": {
                    name: Parameters(**each) for name, each in table.get("segments", {}).items()
                },
                "layer": Layer(**layer) if layer else None,
                "stops": tuple((first, last) for first, last in table.get("stops", ())),
                "past": Past(**{**past, "dates": tuple(past["dates"])}) if past else None,
            }
        )

    def of(self, segment: str | None) -> Self:
        """Return the model with the parameters of a segment, if it has some of its own."""
        own = self.segments.get(segment or "")
        return self if own is None else replace(self, parameters=own)


#: Log-odds beyond this are as good as certain.
MOST: Final = 20.0
#: Keeps what is left of a chance that is nearly 1 above the last bit of a number.
_LEAST: Final = -1e-12

#: Repeat purchase days, and the days from the first to the last of them.
X = (pl.col("purchases") - 1).cast(pl.Float64)
SPAN = (pl.col("last_day") - pl.col("first_day")).cast(pl.Float64)


def silence(as_of_day: int) -> pl.Expr:
    """Return the days since the last purchase."""
    return (pl.lit(as_of_day, pl.Int64) - pl.col("last_day")).cast(pl.Float64)


def shrunk_gap(model: Model) -> pl.Expr:
    """Return the usual gap in days: the mean gap, with the book's median as one gap more."""
    return (SPAN + model.median_gap) / (X + 1)


def horizon(model: Model, settings: Horizon) -> pl.Expr:
    """Return the whole days within which a customer who is still there should buy again."""
    if settings.days:
        return pl.lit(settings.days, pl.Int64)
    cycles = settings.cycles * shrunk_gap(model)
    return cycles.clip(settings.shortest, settings.longest).round().cast(pl.Int64)


def still_silent(parameters: Parameters, days: pl.Expr) -> pl.Expr:
    """Return S: the chance that a customer who is still there is silent for `days`."""
    p = parameters
    return (-(p.r + X) * (1.0 + days / (p.alpha + SPAN)).log()).exp()


def left(parameters: Parameters, days: pl.Expr) -> pl.Expr:
    """Return P(left): the chance that a customer silent for `days` has gone already."""
    p = parameters
    return p.a / (p.a + (p.b + X) * still_silent(p, days))


def log_odds(
    parameters: Parameters, x: pl.Expr, span: pl.Expr, days: pl.Expr, ahead: pl.Expr
) -> pl.Expr:
    """Return the log-odds of Q: that a customer silent for `days` buys nothing in the days `ahead`.

    Q = (a + (b+x)·S(days+ahead)) / (a + (b+x)·S(days)); its odds are that numerator against
    (b+x)·(S(days) − S(days+ahead)), which is kept as a product, so that no digit is lost where Q
    is nearly 1. Never falls as `days` grow with all else equal; within ±20.
    """
    p = parameters
    n, scale = p.r + x, p.alpha + span
    now = -n * (1.0 + days / scale).log()
    step = -n * (1.0 + ahead / (scale + days)).log()
    silent = p.a + (p.b + x) * (now + step).exp()
    bought = (p.b + x) * (1.0 - step.clip(upper_bound=_LEAST).exp())
    return ((silent / bought).log() - now).clip(-MOST, MOST)


def fresh_odds(parameters: Parameters, x: pl.Expr, span: pl.Expr, ahead: pl.Expr) -> pl.Expr:
    """Return the log-odds of Q on the day of a purchase: `log_odds` of no silence at all."""
    p = parameters
    passed = (-(p.r + x) * (1.0 + ahead / (p.alpha + span)).log()).clip(upper_bound=_LEAST).exp()
    return ((p.a / (p.b + x) + passed) / (1.0 - passed)).log().clip(-MOST, MOST)


def misses(parameters: Parameters, days: pl.Expr, ahead: pl.Expr) -> pl.Expr:
    """Return Q: the chance that a customer silent for `days` buys nothing in the days `ahead`."""
    return chance(log_odds(parameters, X, SPAN, days, ahead))


def chance(odds: pl.Expr) -> pl.Expr:
    """Return the probability with these log-odds."""
    return 1.0 / (1.0 + (-odds).exp())
