"""Whether two names can be those of one customer: by the words that tell one from another."""

import re
import unicodedata
from typing import Final

#: Words that many firms bear.
_FORMS: Final = frozenset(
    ("gmbh", "mbh", "ag", "kg", "ohg", "gbr", "ug", "se", "co", "und", "and", "ek", "ev",
     "eg", "inc", "ltd", "llc", "plc", "corp", "company", "sa", "sarl", "srl", "spa", "bv",
     "nv", "sohn", "sohne", "herr", "frau", "firma", "fa", "dr", "prof", "the", "der",
     "die", "das", "von", "van", "de")
)  # fmt: skip


def words_of(name: str) -> frozenset[str]:
    """Return the words of a name that tell it from others; ä and ae are one."""
    plain = unicodedata.normalize("NFKD", re.sub(r"([aouAOU])e", r"\1", name).casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return frozenset(word for word in re.findall(r"\w+", plain) if len(word) > 1) - _FORMS


def of_others(one: str, other: str) -> bool:
    """Return whether two names have words, and none in common."""
    mine, theirs = words_of(one), words_of(other)
    return bool(mine and theirs) and not mine & theirs
