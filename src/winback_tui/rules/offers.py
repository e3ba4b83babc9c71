"""The ladder of offers: which rung comes next, what it may cost, and what it brings.

Pure decisions on plain values. Money is in minor units of one currency, shares are from 0 to 1.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from winback_tui.config.offers import Offers
from winback_tui.errors import BadInputError, shown_day
from winback_tui.model import LeavingReason
from winback_tui.rules.beta import interval


class Result(StrEnum):
    """What became of an offer."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    NO_ANSWER = "no-answer"


class Step(NamedTuple):
    """One rung: its cost (whole units and a share of the revenue) and the shipped guesses."""

    code: str
    place: int
    title: str
    cost: float
    cost_share: float
    accept: float
    uplift: float


#: Costs and chances are guesses to begin with, not findings: `[offers.rungs]` changes them, and
#: this book's own outcomes outweigh them. That a price cut stands late on the ladder is a finding:
#: those won back by a discount alone stay shortest (Kumar, Bhagwat, Zhang 2015).
SHIPPED: Final = (
    Step("fix", 0, "fix the problem", 0.0, 0.0, 0.35, 0.12),
    Step("personal", 1, "personal message or call", 0.0, 0.0, 0.25, 0.08),
    Step("content", 2, "useful content", 0.0, 0.0, 0.20, 0.04),
    Step("service", 3, "service extra", 20.0, 0.0, 0.25, 0.09),
    Step("price", 4, "price, for a limited time", 0.0, 0.10, 0.30, 0.14),
    Step("bundle", 5, "bundle", 0.0, 0.08, 0.20, 0.10),
    Step("exit", 6, "exit question", 0.0, 0.0, 0.15, 0.01),
)
#: How much better or worse than usual a rung fits a reason, to begin with.
_FIT: Final[Mapping[tuple[str, LeavingReason], float]] = {
    ("fix", LeavingReason.SERVICE): 1.6,
    ("fix", LeavingReason.PRODUCT): 1.4,
    ("fix", LeavingReason.PAYMENT): 1.4,
    ("personal", LeavingReason.NEGLECT): 1.6,
    ("personal", LeavingReason.CONTACT_LEFT): 1.6,
    ("service", LeavingReason.SERVICE): 1.3,
    ("price", LeavingReason.PRICE): 1.5,
    ("price", LeavingReason.SERVICE): 0.6,
    ("price", LeavingReason.NEGLECT): 0.7,
    ("bundle", LeavingReason.PRODUCT): 1.3,
    **{(step.code, LeavingReason.NO_NEED): 0.4 for step in SHIPPED},
}


def ladder(settings: Offers) -> tuple[Step, ...]:
    """Return the rungs in their order: the shipped ones as changed, and the user's own.

    Raises BadInputError where none is left.
    """
    steps = {step.code: step for step in SHIPPED}
    for code, own in settings.rungs.items():
        step = steps.get(code) or Step(code, 99, code, 0.0, 0.0, 0.2, 0.05)
        steps[code] = step._replace(
            place=step.place if own.step is None else own.step,
            title=own.title or step.title,
            cost=step.cost if own.cost is None else own.cost,
            cost_share=step.cost_share if own.cost_share is None else own.cost_share,
            accept=step.accept if own.accept is None else own.accept,
            uplift=step.uplift if own.uplift is None else own.uplift,
        )
    left = [s for s in steps.values() if s.code not in settings.rungs or settings.rungs[s.code].use]
    if not left:
        raise BadInputError("config, [offers.rungs]: no rung is left in use; leave one at least.")
    return tuple(sorted(left, key=lambda step: (step.place, step.code)))


def rung_of(steps: Sequence[Step], text: str) -> Step:
    """Return the rung that `text` names by its code or its place; BadInputError for another."""
    wanted = text.strip().casefold()
    for step in steps:
        if wanted in (step.code.casefold(), str(step.place), step.title.casefold()):
            return step
    known = ", ".join(f"{step.place} {step.code}" for step in steps)
    raise BadInputError(f"“{text.strip()[:40]}” is no rung of the ladder; there are {known}.")


class Made(NamedTuple):
    """An offer that was made to a customer, and what became of it (None: no answer is known)."""

    event: int
    rung: str
    made_on: date
    result: Result | None = None
    answered_on: date | None = None
    amount: int = 0
    currency: str = ""
    title: str = ""


def next_step(steps: Sequence[Step], made: Sequence[Made]) -> Step | None:
    """Return the rung that comes next after those made in this case, None where all are used."""
    return next(iter(left(steps, made)), None)


def left(steps: Sequence[Step], made: Sequence[Made]) -> tuple[Step, ...]:
    """Return the rungs above those made in this case, in their order."""
    reached = _reached(steps, made)
    return tuple(step for step in steps if reached is None or step.place > reached)


def waits(made: Sequence[Made], today: date, cooldown: int) -> bool:
    """Return whether the last offer may yet be answered: until the next one might follow."""
    free = free_from(made, cooldown)
    return free is not None and made[-1].result is None and today < free


def used_up(steps: Sequence[Step], made: Sequence[Made]) -> bool:
    """Return whether the ladder is used up: the last rung was offered, and nothing was accepted."""
    return not left(steps, made) and not any(m.result is Result.ACCEPTED for m in made)


def free_from(made: Sequence[Made], cooldown: int) -> date | None:
    """Return the day from which the next rung may be offered, None where no offer was made."""
    if not made:
        return None
    return max(each.made_on for each in made) + timedelta(days=cooldown)


def may_step(
    steps: Sequence[Step],
    step: Step,
    made: Sequence[Made],
    today: date,
    *,
    cooldown: int,
    why: str = "",
) -> None:
    """Raise BadInputError where `step` comes too soon or skips a rung and no reason says why."""
    if why.strip():
        return
    reached = _reached(steps, made)
    skipped = [s for s in steps if s.place < step.place and (reached is None or s.place > reached)]
    if skipped:
        names = ", ".join(each.title for each in skipped)
        raise BadInputError(
            f"“{step.title}” skips what comes before it on the ladder ({names}); say why."
        )
    free = free_from(made, cooldown)
    if free is not None and today < free:
        last = max(each.made_on for each in made)
        raise BadInputError(
            f"the last offer was made on {shown_day(last)}; the next one may"
            f" follow from {shown_day(free)} on, or say why it should come sooner."
        )


def _reached(steps: Sequence[Step], made: Sequence[Made]) -> int | None:
    places = {step.code: step.place for step in steps}
    return max((places[each.rung] for each in made if each.rung in places), default=None)


# What an offer brings, learned


class Tally(NamedTuple):
    """Outcomes of a kind of offer: how many, how many were accepted, and the credit for them.

    Of each accepted offer only the probability that the customer had left counts as its credit:
    the others would have bought anyway.
    """

    n: int = 0
    accepted: int = 0
    credit: float = 0.0

    def plus(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(self.n + other.n, self.accepted + other.accepted, self.credit + other.credit)

    def minus(self, other: "Tally") -> "Tally":
        """Return this one without the other, which is a part of it."""
        return Tally(
            self.n - other.n, self.accepted - other.accepted, max(0.0, self.credit - other.credit)
        )


class Belief(NamedTuple):
    """A share that is believed after `n` outcomes, with its interval of nine in ten."""

    mean: float
    low: float
    high: float
    n: int


def believe(prior: float, weight: float, successes: float, n: int) -> Belief:
    """Return what is believed of a share after `successes` of `n`, beginning with `prior`.

    Beta-binomial in closed form: the prior counts as `weight` outcomes; the mean lies between the
    prior and the share that was seen.
    """
    a, b = _beta(prior, weight, successes, n)
    low, high = interval(a, b, 0.9)
    return Belief(_mean(a, b), low, high, n)


def _beta(prior: float, weight: float, successes: float, n: int) -> tuple[float, float]:
    """Return the two parameters of the beta distribution of a share."""
    return prior * weight + successes, (1 - prior) * weight + max(0.0, n - successes)


def _mean(a: float, b: float) -> float:
    return a / (a + b)


class Lesson(NamedTuple):
    """What this book has taught about one rung with one reason (None: with all)."""

    step: Step
    reason: LeavingReason | None
    uplift: Belief
    accept: Belief
    accepted: int


def lesson(
    step: Step,
    reason: LeavingReason | None,
    tallies: Mapping[tuple[str, LeavingReason], Tally],
    weight: float,
) -> Lesson:
    """Return what to expect of a rung, for customers who leave for `reason`.

    Shrunk twice: a reason's own outcomes towards what the rung did for the other reasons, and
    those towards the shipped guess.
    """
    whole = Tally()
    for (code, _), tally in tallies.items():
        if code == step.code:
            whole = whole.plus(tally)
    if reason is None:
        return _lesson(step, None, whole, (step.uplift, step.accept), weight)
    own = tallies.get((step.code, reason), Tally())
    others = whole.minus(own)
    fit = _FIT.get((step.code, reason), 1.0)
    uplift = _mean(*_beta(step.uplift, weight, others.credit, others.n))
    accept = _mean(*_beta(step.accept, weight, others.accepted, others.n))
    prior = (min(0.95, uplift * fit), min(0.95, accept * fit))
    return _lesson(step, reason, own, prior, weight)


def _lesson(
    step: Step,
    reason: LeavingReason | None,
    tally: Tally,
    prior: tuple[float, float],
    weight: float,
) -> Lesson:
    return Lesson(
        step,
        reason,
        believe(prior[0], weight, tally.credit, tally.n),
        believe(prior[1], weight, tally.accepted, tally.n),
        tally.accepted,
    )


# What an offer costs and brings


class Quote(NamedTuple):
    """An offer weighed: net = uplift × margin_rate × revenue − cost × accept − contact."""

    uplift: float
    accept: float
    margin_rate: float
    revenue: int
    cost: int
    contact: int
    currency: str

    @property
    def gain(self) -> float:
        """What the offer brings on average before its costs, in minor units."""
        return self.uplift * self.margin_rate * self.revenue

    @property
    def net(self) -> int:
        """What the offer brings on average after its costs, in minor units."""
        return round(self.gain - self.cost * self.accept - self.contact)


def cost_of(step: Step, revenue: int, minor: int, asked: float | None, share: float | None) -> int:
    """Return what an offer costs in minor units: as asked (whole units, or a share), or as usual.

    `minor` is how many minor units a whole one has.
    """
    if asked is not None:
        return round(asked * minor)
    if share is not None:
        return round(share * revenue)
    return round(step.cost * minor + step.cost_share * revenue)


def cap_of(margin_rate: float, revenue: int, minor: int, settings: Offers) -> int:
    """Return the most that an offer may cost, in minor units."""
    caps = [settings.cap_share * margin_rate * revenue]
    if settings.cap:
        caps.append(settings.cap * minor)
    return int(min(caps))


class Block(StrEnum):
    """Why an offer is not made."""

    CAP = "cap"
    NET = "net"


def blocked(quote: Quote, cap: int) -> Block | None:
    """Return why an offer must not be made, or None: a cost above the cap, or a negative net."""
    if quote.cost > cap:
        return Block.CAP
    return Block.NET if quote.net < 0 else None
