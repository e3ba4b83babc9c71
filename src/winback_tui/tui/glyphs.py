"""The marks that the screens draw with, and their ASCII forms for terminals without UTF-8."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self


def ascii_only(environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether the locale's character set is another than UTF-8."""
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    charset = locale.partition(".")[2].partition("@")[0].lower().replace("-", "")
    return charset not in {"", "utf8"} or locale in {"C", "POSIX"}


class Glyphs(NamedTuple):
    """Every sign has a shape of its own, so that colour never carries meaning alone."""

    cursor: str = "▌"
    mark: str = "●"
    up: str = "▲"
    down: str = "▼"
    #: Beside the title of the column that a list is sorted by.
    falling: str = "▼"
    rising: str = "▲"
    allowed: str = "✓"
    expiring: str = "◔"
    warn: str = "!"
    blocked: str = "✗"
    unknown: str = "?"
    #: Bars are a little lower than their line, so that those of neighbours do not run together.
    bars: str = " ▁▂▃▄▅▆▇▇"
    sparks: str = "·▁▂▃▄▅▆▇"
    #: For columns that are several lines high.
    levels: str = "·▁▂▃▄▅▆▇█"
    dot: str = "·"
    dash: str = "—"
    dots: str = "…"
    rule: str = "─"
    arrow: str = "→"
    pointer: str = "▸"
    email: str = "✉"
    phone: str = "☎"
    sms: str = "✆"
    post: str = "▤"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Return the signs for the locale's character set; ASCII unless that is UTF-8."""
        if not ascii_only(environ):
            return cls()
        return cls(
            cursor=">",
            mark="*",
            up="+",
            down="-",
            falling="v",
            rising="^",
            allowed="y",
            expiring="e",
            warn="!",
            blocked="x",
            bars=" .......#",
            sparks="_.:-=+*#",
            levels="_.:-=+*#@",
            dot="-",
            dash="-",
            dots="~",
            rule="-",
            arrow=">",
            pointer=">",
            email="m",
            phone="p",
            sms="s",
            post="l",
        )

    def bar(self, share: float, width: int) -> str:
        """Return a bar of `width` cells, filled to `share` (0 to 1) in eighths of a cell."""
        eighths = max(0, min(width * 8, round(share * width * 8)))
        full, rest = divmod(eighths, 8)
        text = self.bars[8] * full + (self.bars[rest] if rest else "")
        return text + " " * (width - len(text))

    def spark(self, values: Sequence[int]) -> str:
        """Return one sign per value, as high as its share of the largest; nothing is a dot."""
        top = max(values, default=0)
        if top <= 0:
            return self.sparks[0] * len(values)
        steps = len(self.sparks) - 2
        return "".join(
            self.sparks[0] if value <= 0 else self.sparks[1 + round(steps * value / top)]
            for value in values
        )
