"""Reads the config file into its records, and says for each mistake where it stands.

A section is a named tuple. Its fields may be numbers, texts, yes or no, a tuple of texts, another
section, or a table of texts, numbers or sections under names of the user's own. `ranges()` gives
the lowest and highest value of its numbers, `broken()` the rules between them that are broken.
"""

import re
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from winback_tui.errors import BadInputError

Record = TypeVar("Record", bound=tuple[Any, ...])

_WORDS: Final = {
    int: "a whole number",
    float: "a number",
    str: "a text in quotes",
    bool: "true or false",
}


class _Source(NamedTuple):
    path: Path
    text: str

    def at(self, section: str, key: str) -> str:
        """Return file and line of a key, for the head of a sentence."""
        return f"{self.path}, line {_line(self.text, section, key)}"


def read(kind: type[Record], path: Path) -> Record:
    """Return the record of `kind` that the TOML file holds.

    Raises BadInputError naming file, line and key for what is not understood.
    """
    import tomllib

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise BadInputError(f"{path} could not be read: {reason}.") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"{path} is not valid TOML: {error}.") from error
    return _record(kind, table, _Source(path, text), "")


def _record(kind: type[Record], table: dict[str, Any], source: _Source, section: str) -> Record:
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{section}.{key}" if section else key
        if key not in hints:
            raise BadInputError(
                f"{source.at(section, key)}: unknown key “{name}”; known here: {', '.join(hints)}."
            )
        values[key] = _value(hints[key], value, source, section, key)
    record = kind(**values)
    _check(record, source, section, set(values))
    return record


def _value(expected: Any, value: object, source: _Source, section: str, key: str) -> object:
    name = f"{section}.{key}" if section else key
    where = source.at(section, key)
    if _is_record(expected):
        if not isinstance(value, dict):
            raise BadInputError(f"{where}: “{name}” must be a table, written [{name}].")
        return _record(expected, value, source, name)
    if get_origin(expected) is dict:
        of = get_args(expected)[1]
        if not isinstance(value, dict):
            raise BadInputError(f"{where}: “{name}” must be a table, written [{name}].")
        if of is str and not all(isinstance(each, str) for each in value.values()):
            raise BadInputError(f"{where}: “{name}” must be a table of texts.")
        return {each: _value(of, inner, source, name, each) for each, inner in value.items()}
    if get_origin(expected) is tuple:
        of = get_args(expected)[0]
        if not isinstance(value, list):
            raise BadInputError(f"{where}: “{name}” must be a list, written [ … ].")
        return tuple(_scalar(of, each, where, name) for each in value)
    options = [each for each in get_args(expected) if each is not type(None)]
    return _scalar(options[0] if options else expected, value, where, name)


def _is_record(expected: Any) -> bool:
    return (
        isinstance(expected, type) and issubclass(expected, tuple) and hasattr(expected, "_fields")
    )


def _scalar(expected: type, value: object, where: str, name: str) -> object:
    if expected is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is expected:
        return value
    raise BadInputError(f"{where}: “{name}” must be {_WORDS[expected]}, not {value!r}.")


def _check(record: Any, source: _Source, section: str, given: set[str]) -> None:
    ranges = record.ranges() if hasattr(record, "ranges") else {}
    for key in sorted(given & set(ranges)):
        value, (lowest, highest) = getattr(record, key), ranges[key]
        # Written so that “nan”, which is neither more nor less than anything, is refused.
        if value is not None and not lowest <= value <= highest:
            raise BadInputError(
                f"{source.at(section, key)}: “{section}.{key}” must be from {lowest:g} to"
                f" {highest:g}, not {value:g}."
            )
    for rule in record.broken() if hasattr(record, "broken") else ():
        of = f"{section}: " if section else ""
        raise BadInputError(f"{source.path}: it must hold that {of}{rule}.")


def _line(text: str, section: str, key: str) -> int:
    """Return the line on which `key` of `section` stands, as near as the text tells."""
    current, fallback = "", 1
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            current = header[1]
            if current.split(".")[-1] == key:
                fallback = number
        elif re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
            if current == section:
                return number
            fallback = number
    return fallback
