"""The hand-over sheet: who takes over, in which formats, and what makes the lead worth it."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, Final, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from winback_tui.desk.handover import FORMATS
from winback_tui.model import Channel
from winback_tui.outreach.packet import Terms
from winback_tui.tui.sheets.fields import Choice, Field, line
from winback_tui.tui.sheets.sheet import Lines, Sheet
from winback_tui.tui.widgets.drawn import Part
from winback_tui.words import saying
from winback_tui.words.customers import CHANNELS

_TERMS: Final = {
    "need": "optional: what they need",
    "budget": "optional: what they may spend",
    "authority": "optional: who decides",
    "timing": "optional: when, and against whom",
    "fixed": "optional: what was put right",
    "promised": "optional: what you promised",
}


class Handing(NamedTuple):
    """A hand-over as it is asked for; `channel` None is phone or e-mail."""

    to: str
    note: str
    formats: tuple[str, ...]
    terms: Terms
    notes: bool
    channel: Channel | None
    justify: str


class HandoverSheet(Sheet[Handing | None]):
    """Asks who in sales takes over, and what they should know."""

    hint = "enter hands over · tab: next field · esc keeps the draft"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "save", show=False)]
    DEFAULT_CSS = """
    HandoverSheet Field { margin-top: 0; }
    """

    def __init__(
        self,
        heading: str,
        about: Sequence[Part],
        draft: dict[str, str],
        usual: str,
        *,
        formats: Sequence[str],
        justify: bool = False,
        must: Container[str] = (),
        blocked: Mapping[str, str] = MappingProxyType({}),
        by: str = "",
        terms: bool = True,
    ) -> None:
        """`justify` asks why the contact is expected; `by` is the channel that sales will use.

        `must` are the channels for which that may not be left out, and `blocked` says of those
        that nobody may be contacted on why not; "" is phone or e-mail.

        `terms` asks what only one customer can have: need, budget, and so on.
        """
        super().__init__()
        self.heading, self._about, self._draft, self._usual = heading, list(about), draft, usual
        self.kept: dict[str, str] = {}
        self._justify, self._by, self._terms = justify, by, terms
        self._must, self._blocked = must, blocked
        self._formats = " ".join(formats)

    def body(self) -> ComposeResult:
        """Yield the name, the formats, the message, and what is known of the lead."""
        yield Lines(self._about)
        given = self._draft.get
        yield Field("to", line(given("to", self._usual), placeholder=saying.TAKER_HINT, id="to"))
        yield Field(
            "formats",
            line(given("formats", self._formats), placeholder=" ".join(FORMATS), id="formats"),
        )
        hint = saying.MESSAGE_HINT
        yield Field("note", line(given("note", ""), placeholder=hint, id="note"))
        for name, hint in _TERMS.items() if self._terms else ():
            yield Field(name, line(given(name, ""), placeholder=hint, id=name))
        channels = [(each.value, CHANNELS[each]) for each in Channel if each is not Channel.SMS]
        yield Field("by", Choice([("", "phone or e-mail"), *channels], id="by"))
        yield Field("notes", Choice([("", "stay here"), ("yes", "go along")], id="notes"))
        if self._justify:
            hint = saying.HANDOVER_WHY_HINT
            yield Field("say why", line(given("justify", ""), placeholder=hint, id="justify"))

    def on_mount(self) -> None:
        """Let the keys go to the name."""
        self.query_one("#by", Choice).value = self._draft.get("by", self._by)
        self.query_one("#notes", Choice).value = self._draft.get("notes", "")
        self.query_one("#to", Input).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Dismiss with the hand-over, or say what is missing."""
        to = self._typed("to")
        if not to:
            self.complain(saying.WHO_TAKES_OVER)
            self.query_one("#to", Input).focus()
            return
        formats = tuple(self._typed("formats").casefold().replace(",", " ").split())
        if not formats or not set(formats) <= set(FORMATS):
            self.complain(saying.some_of_formats(FORMATS))
            self.query_one("#formats", Input).focus()
            return
        by = self.query_one("#by", Choice).value
        if why_not := self._blocked.get(by):
            self.complain(why_not)
            self.query_one("#by", Choice).focus()
            return
        if by in self._must and not self._typed("justify"):
            self.complain(saying.HANDOVER_WHY)
            self.query_one("#justify", Input).focus()
            return
        self.kept = self.draft()
        self.dismiss(
            Handing(
                to,
                self._typed("note"),
                formats,
                Terms(**{name: self._typed(name) for name in _TERMS}),
                self.query_one("#notes", Choice).value == "yes",
                Channel(by) if by else None,
                self._typed("justify"),
            )
        )

    def draft(self) -> dict[str, str]:
        """Return what has been typed so far; empty if nothing has."""
        names = ("to", "note", "justify", *_TERMS)
        found = {name: text for name in names if (text := self._typed(name))}
        if found.get("to") == self._usual:
            del found["to"]
        if (formats := self._typed("formats")) != self._formats:
            found["formats"] = formats
        return found

    def action_leave(self) -> None:
        """Keep the draft and go back."""
        self.kept = self.draft()
        self.dismiss(None)

    def _typed(self, field: str) -> str:
        return next((each.value.strip() for each in self.query(f"#{field}").results(Input)), "")
