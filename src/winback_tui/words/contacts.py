"""How sure we are of a contact, in words."""

from datetime import date


def ago(day: date, today: date) -> str:
    """Return how long ago a day was: "today", "5 days ago", "14 months ago"."""
    days = (today - day).days
    if days <= 0:
        return "today"
    for size, unit in ((365, "year"), (30, "month"), (1, "day")):
        if (count := days // size) >= (2 if unit != "day" else 1):
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "yesterday"


def checked(verified_on: date | None, today: date, months: int) -> tuple[str, bool]:
    """Return when a contact was checked, and whether that is so long ago (`months`) as to warn."""
    if verified_on is None:
        return "never checked", True
    stale = (today - verified_on).days > months * 30.44
    return f"checked {ago(verified_on, today)}", stale
