"""The formula of the score: MBG/NBD (Batislam, Denizel, Filiztekin 2007), of arrays of customers.

A customer buys at random at a rate of their own (rates vary as a gamma distribution with shape r
and rate alpha) and may leave after each purchase, the first one included, with a probability of
their own (varying as a beta distribution with a and b). Per customer: x repeat purchase days, t_x
days from the first to the last one, and the silence since.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Final, NamedTuple, Self

import numpy as np

from winback_tui.config import Horizon
from winback_tui.scoring.maths import exp, log
from winback_tui.scoring.rows import Array, Number, Rows


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


class Said(NamedTuple):
    """What the formula says of customers who are silent for some days; see `said`."""

    #: Log-odds that they buy nothing in the days ahead; never fall as the silence grows.
    odds: Array
    #: Chance that a customer who is still there is silent for so long.
    still_silent: Array
    #: Chance that they have gone already.
    left: Array
    #: Chance that a customer who is still there buys nothing in the days ahead.
    passed: Array


def silence(as_of_day: int, rows: Rows) -> Array:
    """Return the days since the last purchase."""
    return as_of_day - rows.last_day


def shrunk_gap(gap: Number, rows: Rows) -> Array:
    """Return the usual gap in days: the mean gap, with `gap`, the book's median, as one more."""
    return (rows.span + gap) / (rows.x + 1)


def horizon(gap: Number, settings: Horizon, rows: Rows) -> Array:
    """Return the whole days within which a customer who is still there should buy again."""
    if settings.days:
        return np.full(len(rows), float(settings.days))
    cycles = settings.cycles * shrunk_gap(gap, rows)
    found: Array = np.rint(clip(cycles, settings.shortest, settings.longest))
    return found


def said(parameters: Parameters, x: Array, span: Array, days: Number, ahead: Number) -> Said:
    """Return what is to be said of customers silent for `days`, and of the days `ahead`.

    Q, the chance that they buy nothing in these, is
    (a + (b+x)·S(days+ahead)) / (a + (b+x)·S(days)); its odds are that numerator against
    (b+x)·(S(days) − S(days+ahead)), which is kept as a product, so that no digit is lost where Q
    is nearly 1. Log-odds are within ±20.
    """
    p = parameters
    shape, scale, stay = p.r + x, p.alpha + span, p.b + x
    silent = -shape * log(1.0 + days / scale)
    passed, still = passing(parameters, x, span + days, ahead), exp(silent)
    there = stay * still
    odds = log((p.a + there * passed) / (stay * (1.0 - passed))) - silent
    return Said(clip(odds, -MOST, MOST), still, p.a / (p.a + there), passed)


def passing(parameters: Parameters, x: Array, age: Array, ahead: Number) -> Array:
    """Return the chance of no purchase in the days `ahead` of who is still there after `age`."""
    step = -(parameters.r + x) * log(1.0 + ahead / (parameters.alpha + age))
    return exp(np.minimum(step, _LEAST))


def fresh(parameters: Parameters, x: Array, span: Array, ahead: Number) -> Array:
    """Return the odds of Q on the day of a purchase: those of `said` without any silence."""
    passed = passing(parameters, x, span, ahead)
    found: Array = (parameters.a / (parameters.b + x) + passed) / (1.0 - passed)
    return found


def log_odds(odds: Array) -> Array:
    """Return the logarithm of odds, within ±20."""
    return clip(log(odds), -MOST, MOST)


def misses(parameters: Parameters, x: Array, span: Array, days: Number, ahead: Number) -> Array:
    """Return Q: the chance that a customer silent for `days` buys nothing in the days `ahead`."""
    return chance(said(parameters, x, span, days, ahead).odds)


def chance(odds: Array) -> Array:
    """Return the probability with these log-odds."""
    found: Array = 1.0 / (1.0 + exp(-odds))
    return found


def clip(values: Array, low: Number, high: Number) -> Array:
    """Return the values within limits; numpy's own takes longer for few of them."""
    found: Array = np.minimum(np.maximum(values, low), high)
    return found
