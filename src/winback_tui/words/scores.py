"""What is said after the book was scored."""

import json
from datetime import date

from winback_tui.words.customers import count
from winback_tui.words.format import Formats


def scored(customers: int, as_of: str, seconds: float, changed: bool, formats: Formats) -> str:
    """Return the sentence on a run as of an ISO date, and how long it took."""
    told = count(formats.number(customers), customers, "customer")
    day = formats.date(date.fromisoformat(as_of))
    if not changed:
        return f"The scores of {told} are those of {day} already."
    return f"Scored {told} as of {day} in {formats.number(seconds, 1)} s."


def moved(points: float, formats: Formats) -> str:
    """Return by how much a score moved: "+1 point", "−12 points"."""
    whole = round(points)
    return count(formats.signed(whole), abs(whole), "point")


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
