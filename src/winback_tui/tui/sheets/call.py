"""The call sheet: the outcome's key, then enter; the rest is optional."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from winback_tui.desk.deeds import Call
from winback_tui.errors import WinbackError
from winback_tui.model import Channel, Mood, Outcome
from winback_tui.rules.dates import parse_when
from winback_tui.tui.sheets.fields import Choice, DayMeant, Field, line
from winback_tui.tui.sheets.reasons import Advice, ReasonChoice
from winback_tui.tui.sheets.sheet import Lines, Sheet
from winback_tui.tui.widgets.drawn import Drawn, Line, Part
from winback_tui.words import deeds, plans, saying

#: The key of each outcome, in the order of the sheet.
OUTCOMES: Final = {
    "r": Outcome.REACHED,
    "g": Outcome.MESSAGE,
    "v": Outcome.VOICEMAIL,
    "n": Outcome.NO_ANSWER,
    "b": Outcome.BUSY,
    "w": Outcome.WRONG_NUMBER,
    "l": Outcome.CONTACT_LEFT,
    "t": Outcome.CALLBACK,
    "x": Outcome.NO_CONTACT,
    "i": Outcome.INBOUND,
}

#: What fits beside a key.
_SHORT: Final = deeds.OUTCOMES | {
    Outcome.MESSAGE: "left a message",
    Outcome.CONTACT_LEFT: "contact left",
    Outcome.NO_CONTACT: "no contact!",
    Outcome.INBOUND: "they called",
    Outcome.CALLBACK: "call back at…",
}


#: Logged whatever consent says: they called, or want no contact.
_THEIRS: Final = frozenset({Outcome.INBOUND, Outcome.NO_CONTACT})
#: What they said on the phone that we may do.
_ALLOWED: Final = [
    ("", "–"),
    ("phone", "calls"),
    ("email", "e-mails"),
    ("phone email", "calls and e-mails"),
]


class OutcomePicker(Drawn, can_focus=True):
    """Ten outcomes, one key each."""

    DEFAULT_CSS = "OutcomePicker { height: auto; }"

    class Picked(Message):
        """An outcome's key was pressed."""

        def __init__(self, outcome: Outcome) -> None:
            super().__init__()
            self.outcome = outcome

    outcome: Outcome | None = None
    #: Calls of ours are refused; after one of them no key counts until the keys come here again.
    theirs_only = False
    _shut = False

    def on_key(self, event: events.Key) -> None:
        """Take the outcome whose key was pressed."""
        picked = OUTCOMES.get(event.character or "")
        if picked is None:
            return
        event.stop()
        if self._shut:
            return
        self._shut = self.theirs_only and picked not in _THEIRS
        self.pick(None if self._shut else picked)
        self.post_message(self.Picked(picked))

    def on_focus(self) -> None:
        """Take keys again."""
        self._shut = False

    def pick(self, outcome: Outcome | None) -> None:
        """Show an outcome as chosen."""
        self.outcome = outcome
        self.redraw()

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the outcomes in columns."""
        pens = self.pens
        wide = max(len(text) for text in _SHORT.values()) + 4
        across = max(1, min(5, width // wide))
        lines: list[Line] = []
        for place, (key, outcome) in enumerate(OUTCOMES.items()):
            if place % across == 0:
                lines.append([])
            chosen = outcome is self.outcome
            text = _SHORT[outcome]
            pointer = self.winback.glyphs.pointer if chosen else " "
            lines[-1] += [
                (f"{pointer}{key} ", pens.key),
                (text.ljust(wide - 3), pens.strong if chosen else pens.text),
            ]
        return lines


class CallSheet(Sheet[Call | None]):
    """Asks how a call went."""

    hint = "the outcome's key, enter saves · tab: next · esc keeps the draft"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "save", show=False),
    ]
    DEFAULT_CSS = """
    CallSheet Field { margin-top: 0; }
    CallSheet #note-field { margin-top: 1; }
    CallSheet.-small Frame { max-height: 100%; margin-bottom: 0; }
    """

    def __init__(
        self,
        heading: str,
        about: Sequence[Part],
        today: date,
        draft: dict[str, Any] | None,
        *,
        justify: bool = False,
        must: bool = False,
        blocked: str = "",
    ) -> None:
        """`justify` asks also why the call was expected: the consent does not say so.

        With `must` no call of ours is logged without; where `blocked` says why, none is at all.
        """
        super().__init__()
        self._justify, self._must, self._blocked = justify, must, blocked
        self.heading = heading
        self._about = about
        self._today = today
        self._given = draft or {}
        #: What had been typed when the sheet was left.
        self.kept: dict[str, str] = {}

    def body(self) -> ComposeResult:
        """Yield the outcomes and the optional fields."""
        yield Lines(self._about)
        yield OutcomePicker()
        note = Field("note", line(self._given.get("note", ""), placeholder="optional", id="note"))
        note.id = "note-field"
        yield note
        yield Field(
            "follow-up",
            line(
                self._given.get("follow_up", ""),
                placeholder=saying.WHEN_HINT,
                id="follow_up",
            ),
            DayMeant(self._today, "follow_up"),
        )
        if self._justify:
            hint = saying.CALL_WHY_HINT
            given = self._given.get("justify", "")
            yield Field("say why", line(given, placeholder=hint, id="justify"))
        yield Field("they say", ReasonChoice(id="reason"))
        yield Field(
            "mood", Choice([("", "–"), *((m.value, deeds.MOODS[m]) for m in Mood)], id="mood")
        )
        yield Field("we think", ReasonChoice(id="assessed"))
        yield Advice()
        yield Field(
            "next step",
            line(self._given.get("next", ""), placeholder=saying.NEXT_STEP_HINT, id="next"),
        )
        yield Field("they allow", Choice(_ALLOWED, id="consent"))

    def on_mount(self) -> None:
        """Lay out the draft, if one was kept."""
        picker = self.query_one(OutcomePicker)
        picker.theirs_only = bool(self._blocked)
        if outcome := self._given.get("outcome"):
            picker.pick(Outcome(outcome))
        for name in ("reason", "assessed"):
            self.query_one(f"#{name}", ReasonChoice).value = self._given.get(name, "")
        self._advise()
        self.query_one("#consent", Choice).value = self._given.get("consent", "")
        self.query_one("#mood", Choice).value = self._given.get("mood", "")
        picker.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Use all of a low screen."""
        self.set_class(event.size.height < 30, "-small")

    @on(Choice.Changed)
    def _advise(self) -> None:
        """Say what to do first about the reason to go by."""
        stated = self.query_one("#reason", ReasonChoice).why
        assessed = self.query_one("#assessed", ReasonChoice).why
        self.query_one(Advice).say(stated, assessed)

    @on(OutcomePicker.Picked)
    def _picked(self, event: OutcomePicker.Picked) -> None:
        self.typed()
        if not self._may(event.outcome):
            return
        wanted = "#follow_up" if event.outcome is Outcome.CALLBACK else "#note"
        self.query_one(wanted, Input).focus()

    def mended(self) -> None:
        """Take back what was wrong, but not that the phone is blocked: no typing opens it."""
        if not self._blocked:
            super().mended()

    def _may(self, outcome: Outcome) -> bool:
        """Return whether a call with this outcome may be logged; else say why not."""
        if outcome in _THEIRS or not self._blocked:
            self.complain("")
            return True
        self._refuse()
        return False

    def _refuse(self) -> None:
        """Say why no call of ours is logged; what is typed next is a note, never an outcome."""
        self.complain(saying.only_theirs(self._blocked))
        self.query_one(OutcomePicker).pick(None)
        self.query_one("#note", Input).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Dismiss with the call, or say what is missing."""
        outcome = self.query_one(OutcomePicker).outcome
        if outcome is None and self._blocked:
            self._refuse()
            return
        if outcome is None:
            self.complain(saying.OUTCOME_FIRST)
            self.query_one(OutcomePicker).focus()
            return
        self.kept = self.draft()
        if not self._may(outcome):
            return
        typed = self._value("follow_up")
        if outcome is Outcome.CALLBACK and not typed:
            self.complain(saying.CALL_BACK_WHEN)
            self.query_one("#follow_up", Input).focus()
            return
        follow_up, action, at = None, self._value("next") or None, None
        if typed:
            try:
                when = parse_when(typed, self._today)
            except WinbackError as error:
                self.complain(error)
                self.query_one("#follow_up", Input).focus()
                return
            follow_up = when.day
            at = f"{when.time:%H:%M}" if when.time else None
            action = action or (plans.call_at(at) if at else None)
        if self._must and outcome not in _THEIRS and not self._value("justify"):
            self.complain(saying.CALL_WHY)
            self.query_one("#justify", Input).focus()
            return
        mood = self.query_one("#mood", Choice).value
        stated = self.query_one("#reason", ReasonChoice).why
        assessed = self.query_one("#assessed", ReasonChoice).why
        self.dismiss(
            Call(
                outcome,
                note=self._value("note"),
                reason=stated.reason if stated else None,
                mood=Mood(mood) if mood else None,
                follow_up=follow_up,
                next_action=action,
                justify=self._value("justify"),
                at=at,
                detail=stated.detail if stated else "",
                assessed=assessed.reason if assessed else None,
                assessed_detail=assessed.detail if assessed else "",
                consent=tuple(
                    Channel(each) for each in self.query_one("#consent", Choice).value.split()
                ),
            )
        )

    def draft(self) -> dict[str, str]:
        """Return what has been typed so far; empty if nothing has."""
        outcome = self.query_one(OutcomePicker).outcome
        values = {
            "outcome": outcome.value if outcome else "",
            "note": self._value("note"),
            "follow_up": self._value("follow_up"),
            "justify": self._value("justify"),
            "next": self._value("next"),
            "reason": self.query_one("#reason", Choice).value,
            "assessed": self.query_one("#assessed", Choice).value,
            "mood": self.query_one("#mood", Choice).value,
            "consent": self.query_one("#consent", Choice).value,
        }
        return {key: value for key, value in values.items() if value}

    def action_leave(self) -> None:
        """Keep the draft and go back."""
        self.kept = self.draft()
        self.dismiss(None)

    def _value(self, field: str) -> str:
        return next((each.value.strip() for each in self.query(f"#{field}").results(Input)), "")
