"""What is said after the book was scored."""

import json
from datetime import date, timedelta
from typing import Final, Protocol

from winback_tui.words.customers import count
from winback_tui.words.format import Formats


def unscored(customers: int, formats: Formats) -> str:
    """Return the sentence on those of the book who have no score, or nothing where all have one."""
    if customers <= 0:
        return ""
    told = count(formats.number(customers), customers, "customer has", "customers have")
    return f"{told} no score: after cancellations no purchase up to that day is left."


def scored(customers: int, as_of: str, seconds: float, changed: bool, formats: Formats) -> str:
    """Return the sentence on a run as of an ISO date, and how long it took."""
    told = count(formats.number(customers), customers, "customer")
    day = formats.date(date.fromisoformat(as_of))
    if not changed:
        return f"The scores of {told} are those of {day} already."
    return f"Scored {told} as of {day} in {formats.number(seconds, 1)} s."


def not_renewed(code: int) -> str:
    """Return the sentence on a renewal whose process ended with `code` before it was done."""
    how = f"signal {-code}" if code < 0 else f"code {code}"
    return (
        f"The scores could not be renewed: their process ended early ({how}). Those on the screen"
        " are of before; ctrl+r tries again."
    )


def fitted(customers: int, before: int, queue: int, formats: Formats) -> str:
    """Return the sentence on a score that was fitted anew, and on what the queue was before it."""
    if not customers:
        return "Nobody has bought anything yet, so there is no score to fit."
    told = count(formats.number(customers), customers, "customer")
    then = "as before" if queue == before else f"and held {formats.number(before)} before"
    return f"The score is fitted anew to {told}; the queue holds {formats.number(queue)}, {then}."


#: What is said where the scores are asked for while they are being renewed.
AFTERWARDS: Final = "The scores are being renewed; they are fitted anew right after that."


def moved(points: float, formats: Formats) -> str:
    """Return by how much a score moved: "+1 point", "−12 points"."""
    whole = round(points)
    return count(formats.signed(whole), abs(whole), "point")


class Ran(Protocol):
    """A run of the scores: the day before it, and who is new in the queue since."""

    @property
    def as_of(self) -> date:
        """The day that the scores are of."""

    @property
    def previous_as_of(self) -> date | None:
        """The day of the scores before."""

    @property
    def arrived(self) -> int | None:
        """How many are in the queue who were not then."""


def arrived(run: Ran, formats: Formats) -> str:
    """Return "14 new since Friday", or nothing where nobody is new or there is no before."""
    before = run.previous_as_of
    if not run.arrived or before is None:
        return ""
    day = formats.date(before)
    if (run.as_of - before).days < len(_WEEKDAYS):
        day = _WEEKDAYS[before.weekday()]
    return f"{formats.number(run.arrived)} new since {day}"


_WEEKDAYS: Final = (
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)


def past(parameters: str, formats: Formats) -> str:
    """Return the sentence on what the book's own past did to a model, the JSON that is kept."""
    found = json.loads(parameters).get("past") or {"outcome": "little", "rows": 0}
    rows = formats.number(found["rows"])
    if found["outcome"] == "used":
        text = f"It learned from {count(rows, found['rows'], 'outcome')} of the book's own past"
        if found.get("formula_loss"):
            before, after = found["formula_loss"], found["layer_loss"]
            better = formats.percent(max(0.0, 1 - after / before))
            return f"{text}; held out, that made its log loss {better} smaller than the formula's."
        return f"{text}."
    return {
        "little": "The book's past is too short to learn from, so the score is the formula's.",
        "worse": (
            f"What {count(rows, found['rows'], 'outcome')} of the book's past say would have "
            "scored days held out worse than the formula, so it is not used."
        ),
    }.get(
        found["outcome"],
        "What the book's past says could not be fitted, so the score is the formula's.",
    )


def stood_still(parameters: str, formats: Formats) -> str:
    """Return the sentence on the days that count for nobody, by a model's JSON; or nothing."""
    during = [
        " to ".join(formats.date(_EPOCH + timedelta(day)) for day in stop)
        for stop in json.loads(parameters).get("stops") or ()
    ]
    if not during:
        return ""
    return f"Nobody bought from {', from '.join(during)}: these days count as silence for nobody."


_EPOCH: Final = date(1970, 1, 1)


def of_another_day(as_of: str, scored_at: str) -> str:
    """Return the sentence on scores that could not be renewed: of an ISO date, made at an instant.

    Both stay in ISO form, for it is said on standard error.
    """
    return (
        f"Another program is writing to the book, so these are its scores of {as_of}, "
        f"made on {scored_at[:10]} at {scored_at[11:16]} UTC."
    )


def model(fitted_at: str, customers: int, parameters: str, formats: Formats) -> str:
    """Return the sentence on a model: when it was fitted, on how many, and its four parameters.

    `fitted_at` is a UTC instant, `parameters` the JSON that the book keeps.
    """
    day = formats.date(date.fromisoformat(fitted_at[:10]))
    told = count(formats.number(customers), customers, "customer")
    four = json.loads(parameters)["parameters"]
    numbers = ", ".join(f"{name} {formats.number(four[name], 3)}" for name in sorted(four))
    return f"The model was fitted on {day} to {told}: {numbers}."
