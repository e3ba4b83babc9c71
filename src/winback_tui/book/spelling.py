"""One name in its spellings: Müller, Mueller and Muller; Søren, Soeren and Soren."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, product
from typing import Final, NamedTuple

from winback_tui.book.customers import fold, plainly

_TWO: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}
#: Letters that become two where there is no key for them.
_WRITTEN_OUT: Final = str.maketrans(
    dict(chain.from_iterable(((one, two), (one.upper(), two)) for one, two in _TWO.items()))
)
#: Two letters that may stand for one. No “ü” follows an a, an e or a q: Bauer, Feuer, Quelle.
_PAIR: Final = re.compile(r"ae|oe|aa|(?<![aeq])ue")
#: So many of them are tried in a word, each both ways.
_PAIRS: Final = 3


class Sought(NamedTuple):
    """A typed word, and how else what is meant may stand where no letter has its accent.

    What holds `plain` or `written_out` is what was typed. Of what holds one of `perhaps`, only the
    text as it was written tells: “muller” was Müller, but no “blum” was “blüm” to “bluem”.
    """

    plain: str
    written_out: str
    #: With letters such as ø, as books of before still hold them.
    folded: str
    perhaps: tuple[str, ...]

    @property
    def surely(self) -> tuple[str, ...]:
        """The spellings of which each is what was typed."""
        return tuple(dict.fromkeys((self.plain, self.written_out, self.folded)))

    @property
    def every(self) -> tuple[str, ...]:
        """All spellings."""
        return tuple(dict.fromkeys((*self.surely, *self.perhaps)))

    def fits(self, text: str) -> bool:
        """Return whether the word stands in a text as somebody wrote it."""
        return self.written_out in written_out(text) or self.plain in plainly(fold(text))


def sought(typed: str) -> Sought:
    """Return a typed word or phrase as search compares it, with single spaces."""
    text = " ".join(typed.encode("utf-8", "replace").decode().split())
    folded = fold(text)
    plain = plainly(folded)
    return Sought(plain, written_out(text), folded, tuple(_shorter(plain)))


def written_out(text: str) -> str:
    """Return a text folded, with two letters for one that has an umlaut or the like."""
    if text.isascii():
        return text.lower()
    return plainly(fold(unicodedata.normalize("NFC", text).translate(_WRITTEN_OUT)))


def same(one: str, other: str) -> bool:
    """Return whether two texts are one, however each of them is spelled."""
    return bool(ways(one) & ways(other))


def ways(text: str) -> set[str]:
    """Return how a text may be spelled, folded: without its accents, and with letters for them."""
    return {plainly(fold(text)), written_out(text)}


def _shorter(plain: str) -> Iterator[str]:
    """Yield the word with some of its pairs as the first of their letters, accents dropped."""
    pairs = [each.start() for each in _PAIR.finditer(plain)][:_PAIRS]
    for dropped in product((False, True), repeat=len(pairs)):
        gone = {start + 1 for start, drop in zip(pairs, dropped, strict=True) if drop}
        if gone:
            yield "".join(letter for place, letter in enumerate(plain) if place not in gone)
