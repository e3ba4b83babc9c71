"""JSON whose rows lie in a list of one object, as interfaces answer: {"orders": [...]}."""

import io
import json
from collections.abc import Iterator
from typing import IO, Any, Final

from winback_tui.errors import BadInputError
from winback_tui.intake.cells import number
from winback_tui.intake.sniff import Raw

#: No such text is longer (bytes); it is read as a whole.
_LONGEST: Final = 64 << 20
#: Parts of what an answer says of itself beside its rows.
_ABOUT: Final = (
    *("page", "count", "total", "more", "next", "prev", "object", "url", "limit", "offset"),
    *("success", "status", "cursor", "version", "generated", "export", "currency", "size"),
)


def rows(raw: Raw, name: str) -> IO[bytes] | None:
    """Return the objects of a JSON document one per line, or None for JSON Lines.

    Of an object with one list of objects those are the rows, else the object is the one row. Raises
    BadInputError where several lists could be meant.
    """
    raw.text.seek(raw.start)
    line = raw.text.readline(_LONGEST)
    if _object(line) is not None:
        # A first line that is whole: JSON Lines, unless it is the only one and wraps rows.
        if raw.text.read(4096).strip():
            return None
        text = line
    else:
        raw.text.seek(raw.start)
        text = raw.text.read(_LONGEST + 1)
        if len(text) > _LONGEST:
            raise BadInputError(
                f"{name} is one JSON document of more than {_LONGEST >> 20} MB; export CSV, or "
                "JSON with one object per line."
            )
    found = _object(text)
    if found is None:
        return None
    lists = dict(_lists(found)) if _answers(found) else {}
    if len(lists) > 1:
        named = ", ".join(f"“{each}”" for each in lists)
        raise BadInputError(f"{name} holds several lists ({named}); export one of them.")
    objects = next(iter(lists.values()), [found])
    return io.BytesIO("".join(f"{json.dumps(each)}\n" for each in objects).encode())


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(text, parse_float=number, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _answers(found: dict[str, Any]) -> bool:
    """Return whether an object says of itself only how much it holds, and so is no row itself."""
    plain = [key for key, value in found.items() if not isinstance(value, dict | list)]
    return all(any(part in key.casefold() for part in _ABOUT) for key in plain)


def _lists(found: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Yield the lists of objects in an object and in the objects right below it."""
    for key, value in found.items():
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            yield f"{prefix}{key}", value
        elif isinstance(value, dict) and not prefix:
            yield from _lists(value, f"{key}.")
