"""What narrows the list: words to find and `key:value` conditions, in one small language."""

import re
from dataclasses import dataclass
from typing import Final

from winback_tui.errors import BadInputError
from winback_tui.model import Channel, Lifecycle, Stage, Standing

_CASES: Final = (*(stage.value for stage in Stage), "none", "any", "snoozed")
#: What may stand before the colon, and which values are known (None: any text).
KEYS: Final[dict[str, tuple[str, ...] | None]] = {
    "segment": None,
    "industry": None,
    "owner": None,
    "city": None,
    "country": None,
    "band": tuple(Lifecycle),
    "case": _CASES,
    "channel": tuple(Channel),
    **{channel.value: tuple(Standing) for channel in Channel},
    "score": None,
    "rfm": None,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Words that must all be found, and conditions that must all hold; two combine with `&`."""

    words: tuple[str, ...] = ()
    conditions: tuple[tuple[str, str], ...] = ()

    def __and__(self, other: "Filter") -> "Filter":
        return Filter(self.words + other.words, self.conditions + other.conditions)

    def __bool__(self) -> bool:
        return bool(self.words or self.conditions)

    def __str__(self) -> str:
        quoted = [f'{k}:"{v}"' if " " in v else f"{k}:{v}" for k, v in self.conditions]
        return " ".join([*quoted, *(f'"{w}"' if " " in w else w for w in self.words)])


_TOKEN: Final = re.compile(r'([A-Za-z_]+)[:=]"([^"]*)"|([A-Za-z_]+)[:=](\S+)|"([^"]*)"|(\S+)')


def parse(text: str) -> Filter:
    """Return the filter that `text` says, such as `segment:retail phone:allowed müller`.

    Raises BadInputError for an unknown value or score range; an unknown key is searched as text.
    """
    words: list[str] = []
    conditions: list[tuple[str, str]] = []
    for match in _TOKEN.finditer(text):
        quoted_key, quoted, key, value, phrase, word = match.groups()
        name = (quoted_key or key or "").lower()
        if name in KEYS:
            conditions.append(_condition(name, quoted if quoted_key else value))
        else:
            found = phrase if phrase is not None else (word or match[0])
            if found:
                words.append(found)
    return Filter(tuple(words), tuple(conditions))


def _condition(key: str, value: str) -> tuple[str, str]:
    known = KEYS[key]
    folded = value.lower().replace("-", "_") if known else value
    if known and folded not in known:
        raise BadInputError(f"“{key}:{value}” is not known; {key} is one of {', '.join(known)}.")
    if key == "score" and not re.fullmatch(r"(>|>=|<|<=)?\d+(\.\d+)?", value):
        raise BadInputError(f"“score:{value}” is not a range; write it like score:>80.")
    if key == "rfm" and not re.fullmatch(r"[1-5?]{3}", value):
        raise BadInputError(
            f"“rfm:{value}” is not a class; write three digits like rfm:15? or rfm:555."
        )
    return key, folded
