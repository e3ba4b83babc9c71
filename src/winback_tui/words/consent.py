"""Why a channel may be used, or may not, and what would change that."""

from datetime import date
from typing import Final, Protocol

from winback_tui.model import Standing
from winback_tui.words.format import Formats

#: By the rule's code: why, with {since} where a fact decided. Orientation, not legal advice.
_WHY: Final = {
    "objected": "wants no contact{since}",
    "withdrawn": "consent was withdrawn{since}",
    "bounced": "the address no longer works{since}",
    "expired": "the consent is too old{since}; ask for it again",
    "ageing": "the consent{given} is getting old; say why this contact is expected",
    "consent": "consent{given}",
    "existing_customer": "an existing customer, similar goods{since}",
    "reason_recorded": "a reason to expect the call is on record{since}",
    "presumed": "presumed consent only; say why the call is welcome",
    "not_needed": "no consent is needed, and nobody objected",
    "no_consent": "no consent on record; ask for it first",
}
_STANDINGS: Final = {
    Standing.ALLOWED: "yes",
    Standing.WARN: "with a reason",
    Standing.BLOCKED: "no",
}


class Contactable(Protocol):
    """Where a channel stands: a standing, the rule's code, and its dates."""

    @property
    def standing(self) -> Standing:
        """Allowed, warn or blocked."""

    @property
    def why(self) -> str:
        """The rule's code."""

    @property
    def until(self) -> date | None:
        """The first day on which this no longer holds."""

    @property
    def since(self) -> date | None:
        """The day of the fact that decided."""


def standing_line(
    standing: Standing,
    why: str,
    until: date | None = None,
    since: date | None = None,
    formats: Formats | None = None,
) -> str:
    """Return where a channel stands: "yes until 3 May 2027, consent of 3 May 2026"."""
    shown = formats or Formats()
    day = shown.date(since) if since else ""
    reason = _WHY[why].format(
        since=f" since {day}" if day else "", given=f" of {day}" if day else ""
    )
    end = f" until {shown.date(until)}" if until else ""
    return f"{_STANDINGS[standing]}{end}, {reason}"


def consent_line(found: Contactable, formats: Formats | None = None) -> str:
    """Return where a channel stands, such as "yes until 3 May 2027, consent of 3 May 2026"."""
    return standing_line(found.standing, found.why, found.until, found.since, formats)


_SHORT: Final = {
    "objected": "objected",
    "withdrawn": "withdrawn",
    "bounced": "bounces",
    "expired": "too old, ask again",
    "ageing": "getting old",
    "presumed": "presumed only: say why",
    "no_consent": "no consent",
}


def short_line(found: Contactable, formats: Formats | None = None) -> str:
    """Return where a channel stands in a few words: "until 3 May 2027", "objected 2 Mar 2026"."""
    shown = formats or Formats()
    if found.why in _SHORT:
        day = (
            f" {shown.date(found.since)}"
            if found.since and found.standing is Standing.BLOCKED
            else ""
        )
        return f"{_SHORT[found.why]}{day}"
    return f"until {shown.date(found.until)}" if found.until else "yes"
