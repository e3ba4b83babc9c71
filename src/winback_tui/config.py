"""The config file: TOML in, frozen records out, and one sentence for each mistake."""

import re
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Final, get_type_hints

from winback_tui.errors import BadInputError


@dataclass(frozen=True, slots=True)
class Bands:
    """Where one lifecycle ends and the next begins."""

    #: Scores from here on are watched.
    watch: float = 50.0
    #: Scores from here on are at risk and stand in the queue.
    at_risk: float = 65.0
    #: For a customer with a rhythm (four purchases) half of these scores will do when less than
    #: this share of those who are still there would be silent for so long.
    broken_rhythm: float = 0.05
    #: Silent for more than this many usual gaps: lapsed.
    lapsed_gaps: float = 4.0
    #: Silent for more than this many usual gaps (fast movers) or days: gone for good.
    gone_gaps: float = 6.0
    gone_days: int = 365


@dataclass(frozen=True, slots=True)
class Horizon:
    """The time within which a customer who is still there should buy again."""

    #: 0: two usual cycles of the customer's own; else this many days for everyone.
    days: int = 0
    cycles: float = 2.0
    shortest: int = 30
    longest: int = 365


@dataclass(frozen=True, slots=True)
class ConsentClocks:
    """After how many months without use a consent is doubted (warn) or has lapsed (block)."""

    unused_warn: int = 12
    unused_block: int = 18
    used_warn: int = 18
    used_block: int = 24


@dataclass(frozen=True, slots=True)
class User:
    """Who works with the book."""

    #: Empty: the login name.
    name: str = ""
    #: Empty: taken from the environment (LC_ALL, LC_NUMERIC, LANG).
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """What import assumes where a file is silent."""

    currency: str = "EUR"
    party_kind: str = "unknown"


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a user may set; the defaults are the ones documented in the README."""

    user: User = field(default_factory=User)
    bands: Bands = field(default_factory=Bands)
    horizon: Horizon = field(default_factory=Horizon)
    consent: ConsentClocks = field(default_factory=ConsentClocks)
    imports: Import = field(default_factory=Import)
    #: Keys of commands: `{"call": "c,C"}`.
    keys: dict[str, str] = field(default_factory=dict)


#: What each number may be: wide enough for every business, narrow enough for every calendar.
_RANGES: Final = {
    ("bands", "watch"): (0, 100),
    ("bands", "at_risk"): (0, 100),
    ("bands", "broken_rhythm"): (0, 1),
    ("bands", "lapsed_gaps"): (0.1, 1_000),
    ("bands", "gone_gaps"): (0.1, 1_000),
    ("bands", "gone_days"): (1, 36_500),
    ("horizon", "days"): (0, 3_650),
    ("horizon", "cycles"): (0.1, 100),
    ("horizon", "shortest"): (1, 3_650),
    ("horizon", "longest"): (1, 3_650),
    ("consent", "unused_warn"): (1, 1_200),
    ("consent", "unused_block"): (1, 1_200),
    ("consent", "used_warn"): (1, 1_200),
    ("consent", "used_block"): (1, 1_200),
}


def load(path: Path | None) -> Config:
    """Return the config in `path`, or the defaults where `path` is None.

    Raises BadInputError naming file, line and key for what is not understood.
    """
    if path is None:
        return Config()
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
    config = Config(**_values(Config, table, path, text, ""))
    _check_ranges(config, path)
    return config


def _values(
    kind: type, table: dict[str, Any], path: Path, text: str, section: str
) -> dict[str, Any]:
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, value in table.items():
        where = f"{path}, line {_line(text, section, key)}"
        name = f"{section}.{key}" if section else key
        if key not in hints:
            known = ", ".join(each.name for each in fields(kind))
            raise BadInputError(f"{where}: unknown key “{name}”; known here: {known}.")
        expected = hints[key]
        if is_dataclass(expected) and isinstance(expected, type):
            if not isinstance(value, dict):
                raise BadInputError(f"{where}: “{name}” must be a table, written [{name}].")
            values[key] = expected(**_values(expected, value, path, text, name))
        elif expected == dict[str, str]:
            if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
                raise BadInputError(f"{where}: “{name}” must be a table of texts.")
            values[key] = value
        else:
            values[key] = _scalar(expected, value, where, name)
    return values


def _scalar(expected: type, value: object, where: str, name: str) -> object:
    if expected is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is expected:
        return value
    words = {
        int: "a whole number",
        float: "a number",
        str: "a text in quotes",
        bool: "true or false",
    }
    raise BadInputError(f"{where}: “{name}” must be {words[expected]}, not {value!r}.")


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


def _check_ranges(config: Config, path: Path) -> None:
    for (section, key), (lowest, highest) in _RANGES.items():
        value = getattr(getattr(config, section), key)
        # Written so that “nan”, which is neither more nor less than anything, is refused.
        if not lowest <= value <= highest:
            raise BadInputError(
                f"{path}: “{section}.{key}” must be from {lowest:g} to {highest:g}, not {value:g}."
            )
    bands, horizon, consent = config.bands, config.horizon, config.consent
    checks = (
        (bands.watch <= bands.at_risk, "bands: watch ≤ at_risk"),
        (bands.lapsed_gaps <= bands.gone_gaps, "bands: lapsed_gaps ≤ gone_gaps"),
        (horizon.shortest <= horizon.longest, "horizon: shortest ≤ longest"),
        (consent.unused_warn <= consent.unused_block, "consent: unused_warn ≤ unused_block"),
        (consent.used_warn <= consent.used_block, "consent: used_warn ≤ used_block"),
        (
            config.imports.party_kind in {"business", "consumer", "unknown"},
            "imports: party_kind one of business, consumer, unknown",
        ),
        (
            re.fullmatch(r"[A-Z]{3}", config.imports.currency) is not None,
            "imports: currency a code of three capitals such as EUR",
        ),
    )
    for holds, rule in checks:
        if not holds:
            raise BadInputError(f"{path}: it must hold that {rule}.")
