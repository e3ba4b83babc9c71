"""Whether a deed stands, as SQL asks it: undone and done again it counts, undone once more not."""


def stands(event: str) -> str:
    """Return the condition that the deed whose id is in the column `event` is not undone now.

    Each undo or redo names the one before it, so the deed stands where their number is even. Most
    have none, and that is asked first.
    """
    return (
        f"(NOT EXISTS (SELECT 1 FROM events first WHERE first.undoes = {event})"  # noqa: S608
        f" OR (WITH RECURSIVE link(id, place) AS (SELECT {event}, 0 UNION ALL"
        " SELECT next.id, place + 1 FROM link JOIN events next ON next.undoes = link.id)"
        " SELECT max(place) % 2 = 0 FROM link))"
    )
