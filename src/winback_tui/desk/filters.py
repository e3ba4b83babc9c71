"""What narrows the list: words to find and `key:value` conditions, in one small language."""

import re
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.model import Channel, Lifecycle, PartyKind, Stage, Standing

_CASES: Final = (*(stage.value for stage in Stage), "none", "any", "snoozed")
#: What may stand before the colon, and which values are known (None: any text).
KEYS: Final[dict[str, tuple[str, ...] | None]] = {
    "segment": None,
    "industry": None,
    "owner": None,
    "city": None,
    "country": None,
    "kind": tuple(PartyKind),
    "band": tuple(Lifecycle),
    "case": _CASES,
    "channel": tuple(Channel),
    "consent": (
        *("ask", "expired", "expiring", "ageing", "unknown"),
        *("objected", "withdrawn", "bounced", "suppressed"),
    ),
    **{channel.value: tuple(Standing) for channel in Channel},
    "score": None,
    "rfm": None,
    "attribute": None,
}


class Filter(NamedTuple):
    """Words that must all be found, and conditions that must all hold; two combine with `&`."""

    words: tuple[str, ...] = ()
    conditions: tuple[tuple[str, str], ...] = ()

    def __and__(self, other: "Filter") -> "Filter":
        return Filter(self.words + other.words, self.conditions + other.conditions)

    def __bool__(self) -> bool:
        return bool(self.words or self.conditions)

    def __str__(self) -> str:
        return " ".join(
            [
                *(f"{key}:{_quoted(value)}" for key, value in self.conditions),
                *(_quoted(word) for word in self.words),
            ]
        )


#: Patterns as texts: compiled when the first filter is read, not at every start.
_PART: Final = r'([A-Za-z_]+)[:=]"([^"]*)"|([A-Za-z_]+)([:=])(\S+)|"([^"]*)"|(\S+)'
#: A comparison as other programs write it.
_COMPARED: Final = r"(?<!\S)([A-Za-z_]+)\s*([<>]=?)\s*(\d+(?:\.\d+)?)(?!\S)"
_PLAIN: Final = r'[^\s":=]+'


def parse(text: str) -> Filter:
    """Return the filter that `text` says, such as `segment:retail phone:allowed müller`.

    Raises BadInputError for an unknown field, an unknown value, or a score range that is none.
    Quoted text, a web address, and a word with a colon and digits after it are searched for.
    """
    words: list[str] = []
    conditions: list[tuple[str, str]] = []
    if compared := re.search(_COMPARED, re.sub(r'"[^"]*"', '""', text)):
        _refuse_comparison(*compared.groups())
    for match in re.finditer(_PART, text):
        quoted_key, quoted, key, sign, value, phrase, word = match.groups()
        name = (quoted_key or key or "").lower()
        if name in KEYS:
            conditions.append(_condition(name, quoted if quoted_key else value))
        elif phrase is not None:
            words.extend([phrase] if phrase.strip() else [])
        elif quoted_key or (sign == ":" and not _is_text(name, value)):
            raise BadInputError(
                f"“{name}” is no field to filter by; the fields are {', '.join(KEYS)}. To search "
                f'for the text itself, put it in quotes: "{(match[0]).replace(chr(34), "")}".'
            )
        else:
            bare = (word or "").lower().rstrip(":=")
            if word != bare and bare in KEYS:
                raise BadInputError(f"“{word}” names no value; write it like {_EXAMPLES[bare]}.")
            words.append(match[0])
    return Filter(tuple(words), tuple(conditions))


def _refuse_comparison(name: str, sign: str, number: str) -> None:
    """Raise BadInputError for `score>80`, which misses the colon, and for what compares nothing."""
    told = f"{name}{sign}{number}"
    if name.lower() == "score":
        raise BadInputError(f"“{told}” lacks a colon; write it like score:{sign}{number}.")
    raise BadInputError(
        f"“{told}” is no condition: only the score is compared, like {_EXAMPLES['score']}. To "
        f'search for the text itself, put it in quotes: "{told}".'
    )


_EXAMPLES: Final = {
    **{key: f"{key}:{known[0]}" for key, known in KEYS.items() if known},
    "segment": "segment:retail",
    "industry": "industry:bakery",
    "owner": "owner:jana",
    "city": "city:Köln",
    "country": "country:DE",
    "score": "score:>80",
    "rfm": "rfm:15?",
    "attribute": "attribute:discount=gold",
}


def _is_text(name: str, value: str) -> bool:
    """Whether `name:value` is no attempt at a field: an address, or a number after a word."""
    if value.startswith("//"):
        return True
    if not re.fullmatch(r"[\d.,:/-]+", value):
        return False
    from difflib import get_close_matches

    return not get_close_matches(name, KEYS, n=1, cutoff=0.75)


def _quoted(text: str) -> str:
    return text if re.fullmatch(_PLAIN, text) or '"' in text else f'"{text}"'


def _condition(key: str, value: str) -> tuple[str, str]:
    known = KEYS[key]
    folded = value.lower().replace("-", "_") if known else value
    if known and folded not in known:
        raise BadInputError(f"“{key}:{value}” is not known; {key} is one of {', '.join(known)}.")
    if key == "score" and not re.fullmatch(r"(>|>=|<|<=)?\d+(\.\d+)?", value, re.ASCII):
        raise BadInputError(f"“score:{value}” is not a range; write it like score:>80.")
    if key == "rfm" and not re.fullmatch(r"[1-5?]{3}", value):
        raise BadInputError(
            f"“rfm:{value}” is not a class; write three digits like rfm:15? or rfm:555."
        )
    if key == "attribute" and not value.partition("=")[0].strip():
        raise BadInputError(
            f"“attribute:{value}” names no attribute; write it like {_EXAMPLES[key]}."
        )
    return key, folded
