"""What may reach a terminal: one line of letters and signs, and nothing that acts."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback_tui.cli import printing
from winback_tui.desk.action import clean
from winback_tui.words.printable import printable, visible

KEPT = "\u200c\u200d"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Larsen & Søn ApS", "Larsen & Søn ApS"),
        ("a\x1b[31mb\x07", "a[31mb"),
        ("one\r\n  two\tthree\u2028four", "one two three four"),
        ("\u202egnp.exe", "gnp.exe"),
        ("half\ud83d", "half"),
        ("👩\u200d🌾", "👩\u200d🌾"),
        ("1\u202f204\u00a0€", "1\u202f204\u00a0€"),
    ],
)
def test_nothing_acts_and_everything_else_stays(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_every_text_becomes_one_harmless_line(text: str) -> None:
    for done in (visible(text), printable(text)):
        assert len(done.splitlines()) <= 1
        assert all(c in KEPT or not unicodedata.category(c).startswith("C") for c in done)
        assert [c for c in done if c.isalnum()] == [c for c in text if c.isalnum()]
    assert visible(visible(text)) == visible(text)
    assert printable(printable(text)) == printable(text)
    assert "  " not in printable(text)


@given(st.text(st.characters()))
def test_json_says_the_same_and_acts_on_nothing(text: str) -> None:
    done = printing.dumps(text)
    assert all(c.isprintable() or unicodedata.category(c) != "Cc" for c in done)
    assert "\u202e" not in done
    assert json.loads(done) == text


def test_what_is_typed_keeps_its_lines() -> None:
    assert clean(" a \x1b[1m\r\n\tb\x00\u202e ") == "a [1m\n b"


def test_a_cell_for_a_spreadsheet_is_one_harmless_line() -> None:
    assert printing.defused("=1+1\x1b\n2") == "'=1+1 2"
    assert printing.defused(-1) == -1
