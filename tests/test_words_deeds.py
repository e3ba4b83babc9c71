"""What deeds are called in the timeline, in confirmations and in the history."""

from datetime import date

import pytest

from winback_tui.model import EventKind, LeavingReason, Mood, Outcome, Stage, Standing
from winback_tui.rules.consent import UNSAID, ConsentCode, Contactability
from winback_tui.words.consent import mark
from winback_tui.words.deeds import (
    EVENTS,
    MOODS,
    OUTCOMES,
    REASONS,
    STAGES,
    confirmation,
    consent_line,
    event_line,
    people,
    redone_sentence,
    stage_title,
)
from winback_tui.words.format import Formats

BRITISH = Formats.from_environment("en_GB")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (OUTCOMES, Outcome),
        (STAGES, Stage),
        (REASONS, LeavingReason),
        (MOODS, Mood),
        (EVENTS, EventKind),
    ],
)
def test_everything_has_a_name_of_its_own(words: dict[str, str], kind: type) -> None:
    assert set(words) == set(kind)  # type: ignore[call-overload]
    assert len(set(words.values())) == len(words)


@pytest.mark.parametrize(
    ("kind", "payload", "line"),
    [
        (EventKind.CALL, {"outcome": "voicemail"}, "call, voicemail"),
        (
            EventKind.CALL,
            {
                "outcome": "callback",
                "mood": "good",
                "reason": "price",
                "follow_up": "2026-11-27",
                "next_action": "call at 14:30",
                "note": "back\non Monday",
                "justify": "they asked",
            },
            "call, call back, good mood, price, follow-up 27 Nov 2026: call at 14:30, "
            "“back on Monday”, called because “they asked”",
        ),
        (EventKind.STAGE, {"stage": "let_go", "why": "no net"}, "case, let go, “no net”"),
        (EventKind.SNOOZE, {"until": "2026-12-05"}, "snooze, until 5 Dec 2026"),
        (EventKind.HANDOVER, {"to": "Alex"}, "hand-over, to Alex"),
        (EventKind.DONE, {}, "done"),
        (EventKind.IMPORT, {"batch": 1, "file": "a.csv"}, "import, a.csv"),
        (EventKind.CALL, {"outcome": "by-pigeon"}, "call, by-pigeon"),
    ],
)
def test_an_event_is_one_line(kind: EventKind, payload: dict[str, str], line: str) -> None:
    assert event_line(kind, payload, BRITISH.date) == line


@pytest.mark.parametrize("kind", EventKind)
def test_every_deed_has_a_confirmation_and_a_redo(kind: EventKind) -> None:
    payload = {"outcome": "busy", "stage": "warm", "until": "2026-12-05", "to": "Alex"}
    said = confirmation(kind, payload, ["Nordwind"], 1, BRITISH.date)
    assert said[0].isupper()
    assert not said.endswith(".")
    again = redone_sentence(kind, payload, ["Nordwind"], 1, dates=BRITISH.date)
    assert again == f"Done again: {said[0].lower()}{said[1:]}."


@pytest.mark.parametrize(
    ("names", "count", "who"),
    [
        (["A"], 1, "A"),
        (["A", "B"], 2, "A and B"),
        (["A", "B", "C"], 3, "A and 2 more"),
        (["A", "B", "C"], 12, "A and 11 more"),
        ([], 0, "0 customers"),
    ],
)
def test_people_are_named_while_they_are_few(names: list[str], count: int, who: str) -> None:
    assert people(names, count) == who


def test_no_case_has_a_title_too() -> None:
    assert stage_title(None) == "no case"
    assert stage_title(Stage.HANDED_OVER) == "handed over"


@pytest.mark.parametrize("why", ConsentCode)
def test_every_rule_has_its_sentence(why: ConsentCode) -> None:
    line = consent_line(
        Contactability(Standing.ALLOWED, why, date(2027, 5, 3), date(2026, 5, 3)), BRITISH
    )
    assert line.startswith("yes until 3 May 2027, ")
    assert "{" not in line


@pytest.mark.parametrize("why", ConsentCode)
def test_what_nobody_has_said_is_a_question_in_a_column_as_it_is_in_the_rules(
    why: ConsentCode,
) -> None:
    assert (mark(Contactability(Standing.BLOCKED, why)) == "?") == (why in UNSAID)
