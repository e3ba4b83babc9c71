"""The formula of the score: MBG/NBD (Batislam, Denizel, Filiztekin 2007) as polars expressions.

A customer buys at random at a rate of their own (rates vary as a gamma distribution with shape r
and rate alpha) and may leave after each purchase, the first one included, with a probability of
their own (varying as a beta distribution with a and b). Per customer: x repeat purchase days, t_x
days from the first to the last one, and the silence since.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Self

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
class Model:
    """What the whole book says about any one of its customers; kept until it is fitted anew."""

    parameters: Parameters
    #: Median over repeat customers of their mean gap, in days.
    median_gap: float
    #: Nine in ten repeat customers never stayed away longer than this and came back, in days.
    tail: float
    #: Median over customers of what one purchase day brings, in minor units, per currency.
    median_spend: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the model as JSON text with sorted keys: equal models give equal texts."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the model that `to_json` wrote."""
        table = json.loads(text)
        return cls(**{**table, "parameters": Parameters(**table["parameters"])})


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
    return (-(p.r + X) * (days / (p.alpha + SPAN)).log1p()).exp()


def left(parameters: Parameters, days: pl.Expr) -> pl.Expr:
    """Return P(left): the chance that a customer silent for `days` has gone already."""
    p = parameters
    return p.a / (p.a + (p.b + X) * still_silent(p, days))


def misses(parameters: Parameters, days: pl.Expr, ahead: pl.Expr) -> pl.Expr:
    """Return Q: the chance that a customer silent for `days` buys nothing in the days `ahead`.

    Never falls as `days` grow with all else equal; always between 0 and 1.
    """
    p = parameters
    now, then = still_silent(p, days), still_silent(p, days + ahead)
    return ((p.a + (p.b + X) * then) / (p.a + (p.b + X) * now)).clip(0.0, 1.0)


def rate(parameters: Parameters) -> pl.Expr:
    """Return the purchases per day to be expected of a customer who is still there.

    The posterior mean up to the last purchase; the silence since says whether they are there.
    """
    return (parameters.r + X) / (parameters.alpha + SPAN)
